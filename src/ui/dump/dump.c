/* What all dumps share: output, units, and the choice among them. */
#include "ui/dump/dump_internal.h"

#include <inttypes.h>
#include <stdlib.h>

enum { FLUSH_SIZE = 64 << 10 };

/* ---- text ---- */

void dump_flush(struct dump *d, bool all)
{
	if (d->out.len == 0 || (!all && d->out.len < FLUSH_SIZE))
		return;
	if (!d->stopped && !d->sink->write(d->sink->ctx, buf_view(&d->out)))
		d->stopped = true;
	d->out.len = 0;
}

static void escape(struct buf *out, struct str s, bool quotes)
{
	bool utf8 = str_is_utf8(s);
	size_t done = 0;
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = (uint8_t)s.ptr[i];
		/* C1 controls are two bytes in UTF-8. */
		bool c1 = utf8 && c == 0xc2 && i + 1 < s.len && (uint8_t)s.ptr[i + 1] < 0xa0;
		if (c >= 0x20 && c != 0x7f && c != '\\' && !(quotes && c == '"') && !c1 &&
		    (utf8 || c < 0x80))
			continue;
		buf_add(out, s.ptr + done, i - done);
		if (c == '\\' || c == '"')
			buf_printf(out, "\\%c", c);
		else if (c == '\n')
			buf_str(out, STR_LIT("\\n"));
		else
			buf_printf(out, "\\x%02x", c);
		if (c1)
			buf_printf(out, "\\x%02x", (uint8_t)s.ptr[++i]);
		done = i + 1;
	}
	if (s.len > done)
		buf_add(out, s.ptr + done, s.len - done);
}

void dump_escaped(struct buf *out, struct str s)
{
	escape(out, s, false);
}

void dump_quoted(struct buf *out, struct str s)
{
	buf_char(out, '"');
	escape(out, s, true);
	buf_char(out, '"');
}

void dump_trouble(struct dump *d, size_t indent, struct error *err)
{
	if (!err)
		return;
	buf_pad(&d->out, ' ', indent);
	buf_str(&d->out, STR_LIT("trouble: "));
	dump_escaped(&d->out, str_from(err->message));
	buf_char(&d->out, '\n');
	error_destroy(err);
}

/* ---- units ---- */

static const struct dw_abbrevs *abbrevs_of(struct dump *d, const struct dw_unit *unit)
{
	uint64_t known;
	struct dw_abbrevs *abbrevs = NULL;
	if (map_get(&d->abbrevs, unit->abbrev_offset, &known))
		return (const struct dw_abbrevs *)(uintptr_t)known;
	dump_trouble(d, 0,
		     dw_abbrevs_parse(d->sections, unit->abbrev_offset, unit->address_size, unit->is_64,
				      &abbrevs));
	map_set_ptr(&d->abbrevs, unit->abbrev_offset, abbrevs);
	return abbrevs;
}

static void prepare(struct dump *d, struct dump_unit *u)
{
	const struct dw_abbrevs *abbrevs = abbrevs_of(d, &u->dw);
	if (!abbrevs)
		return;
	struct error *err = dw_unit_set_abbrevs(&u->dw, abbrevs);
	if (err) {
		dump_trouble(d, 0, err);
		return;
	}
	u->readable = true;
	struct dw_cursor c = dw_cursor_at(&u->dw, u->dw.first_die);
	struct dw_value value;
	if (!dw_cursor_next(&c) || !c.abbrev)
		return;
	if (dw_attr(&c, DW_AT_name, &value) && value.kind == DW_VALUE_STRING)
		u->name = value.str;
	if (dw_attr(&c, DW_AT_comp_dir, &value) && value.kind == DW_VALUE_STRING)
		u->comp_dir = value.str;
}

static void read_section(struct dump *d, enum dw_section_id id)
{
	uint64_t offset = 0, size = d->sections->section[id].size;
	while (offset < size) {
		struct dump_unit u = { 0 };
		uint64_t next;
		struct error *err = id == DW_SECTION_TYPES
					    ? dw_unit_read_types(d->sections, offset, &u.dw, &next)
					    : dw_unit_read(d->sections, offset, &u.dw, &next);
		if (err) {
			dump_trouble(d, 0, err);
		} else {
			prepare(d, &u);
			vec_push(&d->units, u);
			if (u.dw.type == DW_UT_type)
				map_set(&d->signatures, u.dw.type_signature, u.dw.type_die);
		}
		if (next <= offset)
			break;
		offset = next;
	}
}

void dump_units_read(struct dump *d)
{
	if (!d->sections || d->units.count)
		return;
	read_section(d, DW_SECTION_INFO);
	d->info_units = d->units.count;
	read_section(d, DW_SECTION_TYPES);
}

struct dump_unit *dump_unit_at(struct dump *d, uint64_t offset)
{
	size_t low = 0, high = d->info_units;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (d->units.data[mid].dw.offset <= offset)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == 0)
		return NULL;
	struct dump_unit *u = &d->units.data[low - 1];
	return u->readable && offset >= u->dw.first_die && offset < u->dw.end ? u : NULL;
}

const struct dw_line_header *dump_unit_lines(struct dump *d, struct dump_unit *unit)
{
	struct dw_value value;
	if (unit->lines_read || !unit->readable)
		return unit->has_lines ? &unit->lines : NULL;
	unit->lines_read = true;
	struct dw_cursor c = dw_cursor_at(&unit->dw, unit->dw.first_die);
	uint64_t offset;
	if (!dw_cursor_next(&c) || !dw_attr(&c, DW_AT_stmt_list, &value) ||
	    !dw_value_unsigned(&value, &offset))
		return NULL;
	/* Its trouble is told by the dump of lines. */
	struct error *err = dw_line_header(d->sections, &unit->dw, offset, &d->arena, &unit->lines);
	unit->has_lines = !err;
	error_destroy(err);
	return unit->has_lines ? &unit->lines : NULL;
}

struct str dump_unit_file(struct dump *d, struct dump_unit *unit, uint64_t file)
{
	const struct dw_line_header *lines = dump_unit_lines(d, unit);
	if (!lines || file >= lines->file_count)
		return STR_EMPTY;
	if (!unit->paths)
		unit->paths = ARENA_ARRAY(&d->arena, struct str, lines->file_count);
	struct str *path = &unit->paths[file];
	if (!path->len)
		*path = dw_line_path(lines, (uint32_t)file, unit->comp_dir, &d->arena);
	return *path;
}

/* ---- the choice ---- */

static void deinit(struct dump *d)
{
	for (size_t i = 0; i < d->abbrevs.capacity; i++)
		if (d->abbrevs.slots[i].used)
			dw_abbrevs_destroy((struct dw_abbrevs *)(uintptr_t)d->abbrevs.slots[i].value);
	map_deinit(&d->abbrevs);
	map_deinit(&d->signatures);
	vec_free(&d->units);
	buf_deinit(&d->out);
	arena_deinit(&d->arena);
}

static struct error *nothing_there(const struct dump *d, enum dump_what what)
{
	const char *path = sym_module_path(d->m);
	bool cfi = sym_module_cfi(d->m, true)->data.size || sym_module_cfi(d->m, false)->data.size;
	if (what == DUMP_CFI && !cfi)
		return error_new(ERROR_NOT_FOUND, "%s: there is no call frame information", path);
	if (what != DUMP_CFI && what != DUMP_NAMES && !d->sections)
		return error_new(ERROR_NOT_FOUND, "%s: there is no debug information", path);
	return NULL;
}

struct error *dump_file(struct sym_module *m, enum dump_what what, struct str name,
			const struct dump_sink *sink)
{
	static void (*const dumps[])(struct dump * d) = {
		[DUMP_INFO] = dump_info, [DUMP_TYPES] = dump_types, [DUMP_LINE] = dump_line,
		[DUMP_CFI] = dump_cfi,   [DUMP_NAMES] = dump_names,
	};
	TRY(sym_module_check_linked(m));
	struct dump d = { .m = m, .sections = sym_module_dwarf(m), .name = name, .sink = sink };
	TRY(nothing_there(&d, what));
	d.has_number = str_starts(name, STR_LIT("0x")) && str_hex(name, &d.number);
	dumps[what](&d);
	dump_flush(&d, true);
	struct error *err = NULL;
	if (name.len && !d.found && !d.stopped)
		err = error_new(ERROR_NOT_FOUND, "%s: nothing there is called %.*s", sym_module_path(m),
				STR_ARG(name));
	deinit(&d);
	return err;
}
