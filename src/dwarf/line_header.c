/* The line number program's header (D5 6.2.4, D4 6.2.4) and its tables of directories and files. */
#include "dwarf/dwarf_internal.h"
#include "dwarf/line.h"

#include "base/vec.h"

#include <stdlib.h>

struct parse {
	const struct dw_sections *sections;
	const struct dw_unit *unit; /* as the program's header has it: offset and address size are its own */
	struct reader reader;
	bool is_64;
	struct dw_line_header header;
	VEC(struct str) directories;
	VEC(struct dw_line_file) files;
};

static struct error *bad(const struct parse *p, enum error_code code, uint64_t offset, const char *what)
{
	return error_at(code, offset, "%s: .debug_line: %s", p->sections->name, what);
}

/* Versions 2 to 4: strings up to an empty one. Index 0 is the unit's: its directory, and (by nobody's
 * use) its file. */
static void parse_old_tables(struct parse *p)
{
	struct reader *r = &p->reader;
	vec_push(&p->directories, STR_EMPTY);
	while (!r->failed) {
		struct str s = reader_cstr(r);
		if (s.len == 0)
			break;
		vec_push(&p->directories, s);
	}
	vec_push(&p->files, (struct dw_line_file){ 0 });
	while (!r->failed) {
		struct dw_line_file file = { .name = reader_cstr(r) };
		if (file.name.len == 0)
			break;
		file.directory = reader_uleb(r);
		reader_uleb(r); /* time of last change */
		reader_uleb(r); /* size */
		vec_push(&p->files, file);
	}
}

struct column {
	uint64_t content, form;
};

/* One entry of a version 5 table, as the format columns describe it. */
static struct error *parse_entry(struct parse *p, const struct column *columns, size_t column_count,
				 struct dw_line_file *ret)
{
	struct dw_line_file file = { 0 };
	for (size_t i = 0; i < column_count; i++) {
		uint64_t at = p->reader.pos;
		struct dw_attr_spec spec = { .form = columns[i].form > UINT16_MAX
							     ? 0
							     : (uint16_t)columns[i].form };
		struct dw_value value;
		if (!dw_value_read(p->unit, &p->reader, &spec, &value))
			return bad(p, ERROR_UNSUPPORTED, at, "a file or directory in an unknown form");
		if (p->reader.failed)
			return bad(p, ERROR_TRUNCATED, at, "the tables of files end behind the header");
		switch (columns[i].content) {
		case DW_LNCT_path:
			if (value.kind == DW_VALUE_STRING)
				file.name = value.str;
			break;
		case DW_LNCT_directory_index:
			dw_value_unsigned(&value, &file.directory);
			break;
		case DW_LNCT_MD5:
			if (value.kind == DW_VALUE_BLOCK && value.block.size == sizeof file.md5) {
				file.has_md5 = true;
				memcpy(file.md5, value.block.data, sizeof file.md5);
			}
			break;
		}
	}
	*ret = file;
	return NULL;
}

static struct error *parse_new_table(struct parse *p, bool directories)
{
	struct reader *r = &p->reader;
	struct column columns[UINT8_MAX];
	uint8_t column_count = reader_u8(r);
	for (size_t i = 0; i < column_count; i++) {
		columns[i].content = reader_uleb(r);
		columns[i].form = reader_uleb(r);
	}
	uint64_t at = r->pos, count = reader_uleb(r);
	if (r->failed)
		return bad(p, ERROR_TRUNCATED, r->failed_pos, "the tables of files end behind the header");
	/* Entries of no bytes would let a count of any size through. */
	if (count > reader_left(r))
		return bad(p, ERROR_FORMAT, at, "more files or directories than the header has bytes");
	for (uint64_t i = 0; i < count; i++) {
		struct dw_line_file file;
		TRY(parse_entry(p, columns, column_count, &file));
		if (directories)
			vec_push(&p->directories, file.name);
		else
			vec_push(&p->files, file);
	}
	return NULL;
}

static struct error *parse_fixed(struct parse *p, uint64_t offset, uint8_t address_size)
{
	struct dw_line_header *h = &p->header;
	struct reader *r = &p->reader;
	const struct dw_span *span = &p->sections->section[DW_SECTION_LINE];
	*r = reader_init(span->data, span->size);
	reader_seek(r, offset > SIZE_MAX ? SIZE_MAX : (size_t)offset);
	uint64_t length = dw_read_initial_length(r, &p->is_64);
	if (r->failed || length > r->size - r->pos)
		return bad(p, ERROR_TRUNCATED, offset, "a line program ends behind the section");
	h->offset = offset;
	h->end = r->pos + length;
	r->size = (size_t)h->end;

	h->version = reader_u16(r);
	if (!r->failed && (h->version < 2 || h->version > 5))
		return bad(p, ERROR_UNSUPPORTED, offset, "a line program of unknown version");
	h->address_size = address_size;
	if (h->version >= 5) {
		h->address_size = reader_u8(r);
		uint8_t segment_size = reader_u8(r);
		if (!r->failed && ((h->address_size != 4 && h->address_size != 8) || segment_size != 0))
			return bad(p, ERROR_UNSUPPORTED, offset,
				   "a line program of unknown address size or with segments");
	}
	uint64_t header_length = dw_read_offset(r, p->is_64);
	if (!r->failed && header_length > r->size - r->pos)
		return bad(p, ERROR_TRUNCATED, offset, "a line program's header ends behind it");
	h->program = r->pos + header_length;
	h->min_inst_length = reader_u8(r);
	h->max_ops = h->version >= 4 ? reader_u8(r) : 1;
	h->default_is_stmt = reader_u8(r);
	h->line_base = (int8_t)reader_u8(r);
	h->line_range = reader_u8(r);
	h->opcode_base = reader_u8(r);
	h->opcode_lengths = reader_bytes(r, h->opcode_base ? h->opcode_base - 1u : 0);
	if (r->failed)
		return bad(p, ERROR_TRUNCATED, offset, "a line program's header is cut off");
	if (h->max_ops == 0 || h->line_range == 0 || h->opcode_base == 0)
		return bad(p, ERROR_FORMAT, offset,
			   "a line program with max_ops, line_range or opcode_base 0");
	return NULL;
}

static struct error *parse_tables(struct parse *p)
{
	struct dw_line_header *h = &p->header;
	if (p->reader.pos > h->program)
		return bad(p, ERROR_FORMAT, h->offset, "a line program's header overlaps its program");
	p->reader.size = (size_t)h->program;
	if (h->version >= 5) {
		TRY(parse_new_table(p, true));
		TRY(parse_new_table(p, false));
	} else {
		parse_old_tables(p);
		if (p->reader.failed)
			return bad(p, ERROR_TRUNCATED, h->offset,
				   "the tables of files end behind the header");
	}
	return NULL;
}

struct error *dw_line_header(const struct dw_sections *sections, const struct dw_unit *unit,
			     uint64_t offset, struct arena *arena, struct dw_line_header *ret)
{
	struct dw_unit own = *unit;
	struct parse p = { .sections = sections, .unit = &own };
	TRY(parse_fixed(&p, offset, unit->address_size));
	own.sections = sections;
	own.is_64 = p.is_64;
	own.address_size = p.header.address_size;

	struct error *err = parse_tables(&p);
	if (!err) {
		struct dw_line_header *h = &p.header;
		h->directory_count = p.directories.count;
		h->file_count = p.files.count;
		if (h->directory_count > 0)
			h->directories = arena_copy(arena, p.directories.data,
						    h->directory_count * sizeof(struct str));
		if (h->file_count > 0)
			h->files = arena_copy(arena, p.files.data,
					      h->file_count * sizeof(struct dw_line_file));
		*ret = *h;
	}
	vec_free(&p.directories);
	vec_free(&p.files);
	return err;
}

static bool is_absolute(struct str path)
{
	return path.len > 0 && path.ptr[0] == '/';
}

static struct str join(struct arena *arena, struct str directory, struct str name)
{
	if (directory.len == 0 || is_absolute(name))
		return name;
	if (name.len == 0)
		return directory;
	bool slash = directory.ptr[directory.len - 1] == '/';
	return arena_printf(arena, "%.*s%s%.*s", STR_ARG(directory), slash ? "" : "/", STR_ARG(name));
}

struct str dw_line_path(const struct dw_line_header *header, uint32_t file, struct str comp_dir,
			struct arena *arena)
{
	if (file >= header->file_count || header->files[file].name.len == 0)
		return STR_EMPTY;
	const struct dw_line_file *f = &header->files[file];
	struct str directory = f->directory < header->directory_count ? header->directories[f->directory]
								      : STR_EMPTY;
	struct str path = is_absolute(f->name) ? f->name
					       : join(arena, join(arena, comp_dir, directory), f->name);
	return arena_str(arena, path);
}
