/* The line table of one unit as sorted sequences of rows. */
#include "symbols/lookup.h"
#include "symbols/symbols_internal.h"

#include <stdlib.h>

static struct unit_lines *lines_header(struct sym_unit *u)
{
	struct sym_module *m = u->module;
	if (u->lines)
		return u->lines->header_good ? u->lines : NULL;
	if (!unit_load(u))
		return NULL;
	struct unit_lines *lines = u->lines = ARENA_NEW(&m->arena, struct unit_lines);
	if (!u->has_lines)
		return NULL;
	struct error *err = dw_line_header(&m->sections, &u->dw, u->stmt_list, &m->arena, &lines->header);
	module_trouble(m, err);
	lines->header_good = !err;
	if (!err)
		lines->paths = ARENA_ARRAY(&m->arena, struct str, lines->header.file_count);
	return err ? NULL : lines;
}

struct run {
	struct unit_lines *lines;
	bool open;
	struct line_sequence sequence;
};

static bool add_row(void *ctx, const struct dw_line *row)
{
	struct run *run = ctx;
	struct unit_lines *lines = run->lines;
	if (!run->open) {
		run->open = true;
		run->sequence = (struct line_sequence){ .start = row->addr.value,
							.first = (uint32_t)lines->rows.count };
	}
	struct line_sequence *s = &run->sequence;
	uint64_t offset = row->addr.value - s->start;
	/* Rows must ascend within a sequence (D5 6.2.5); one that does not is damage. */
	bool usable = row->addr.value >= s->start && offset < UINT32_MAX &&
		      (s->count == 0 || lines->rows.data[lines->rows.count - 1].offset <= offset);
	if (row->flags & DW_LINE_END) {
		run->open = false;
		s->end = row->addr.value;
		/* Linkers leave sequences of dropped functions at 0. */
		if (usable && s->count > 0 && s->end > s->start && s->start > 1)
			vec_push(&lines->sequences, *s);
		else
			lines->rows.count = s->first;
		return true;
	}
	if (!usable)
		return true;
	struct line_row add = { (uint32_t)offset, row->file, row->line,
				row->column > UINT16_MAX ? UINT16_MAX : (uint16_t)row->column, row->flags };
	struct line_row *last = s->count ? &lines->rows.data[lines->rows.count - 1] : NULL;
	if (last && last->file == add.file && last->line == add.line && last->column == add.column &&
	    last->flags == add.flags)
		return true;
	vec_push(&lines->rows, add);
	s->count++;
	return true;
}

static int compare_sequences(const void *a, const void *b)
{
	const struct line_sequence *x = a, *y = b;
	return x->start < y->start ? -1 : x->start > y->start;
}

static struct unit_lines *lines_rows(struct sym_unit *u)
{
	struct unit_lines *lines = lines_header(u);
	if (!lines || lines->rows_read)
		return lines;
	lines->rows_read = true;
	struct sym_module *m = u->module;
	struct run run = { .lines = lines };
	module_trouble(m, dw_line_run(&m->sections, &lines->header, add_row, &run));
	if (run.open)
		lines->rows.count = run.sequence.first;
	if (lines->sequences.count)
		qsort(lines->sequences.data, lines->sequences.count, sizeof *lines->sequences.data,
		      compare_sequences);
	uint64_t max_end = 0;
	vec_for(&lines->sequences, s) {
		max_end = s->end > max_end ? s->end : max_end;
		s->max_end = max_end;
	}
	const struct dw_span *span = &m->sections.section[DW_SECTION_LINE];
	module_drop(m, span->data + lines->header.offset,
		    (size_t)(lines->header.end - lines->header.offset));
	return lines;
}

/* How much of the end of a path is the file's name as the table has it: without the unit's directory. */
static size_t name_length(const struct dw_line_header *header, uint64_t file, struct str path)
{
	const struct dw_line_file *f = &header->files[file];
	struct str directory = f->directory > 0 && f->directory < header->directory_count
				       ? header->directories[f->directory]
				       : STR_EMPTY;
	bool absolute = (f->name.len > 0 && f->name.ptr[0] == '/') ||
			(directory.len > 0 && directory.ptr[0] == '/');
	size_t length = directory.len > 0 ? directory.len + 1 + f->name.len : f->name.len;
	return absolute || length > path.len ? path.len : length;
}

struct str sym_file_name(struct sym_module *m, struct str path)
{
	uint64_t length;
	if (!map_get(&m->file_names, (uintptr_t)path.ptr, &length) || length > path.len)
		return STR_EMPTY;
	return str_sub(path, path.len - (size_t)length, SIZE_MAX);
}

struct str unit_file(struct sym_unit *u, uint64_t file)
{
	struct unit_lines *lines = lines_header(u);
	if (!lines || file >= lines->header.file_count)
		return STR_EMPTY;
	struct str *path = &lines->paths[file];
	if (!path->ptr) {
		*path = dw_line_path(&lines->header, (uint32_t)file, u->comp_dir, &u->module->arena);
		if (path->ptr)
			map_set(&u->module->file_names, (uintptr_t)path->ptr,
				name_length(&lines->header, file, *path));
	}
	return *path;
}

/* The last row at or before pc: of several at one address the last one is what the code there belongs to. */
static const struct line_row *row_at(const struct unit_lines *lines, const struct line_sequence *s,
				     uint64_t pc)
{
	const struct line_row *rows = &lines->rows.data[s->first];
	size_t low = 0, high = s->count;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (rows[mid].offset <= pc - s->start)
			low = mid + 1;
		else
			high = mid;
	}
	return low ? &rows[low - 1] : NULL;
}

bool unit_line_at(struct sym_unit *u, uint64_t pc, struct sym_line *ret)
{
	const struct unit_lines *lines = lines_rows(u);
	size_t low = 0, high = lines ? lines->sequences.count : 0;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (lines->sequences.data[mid].start <= pc)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low > 0 && lines->sequences.data[low - 1].max_end > pc; low--) {
		const struct line_sequence *s = &lines->sequences.data[low - 1];
		const struct line_row *row = pc < s->end ? row_at(lines, s, pc) : NULL;
		if (!row)
			continue;
		*ret = (struct sym_line){ unit_file(u, row->file), row->line, row->column };
		return true;
	}
	return false;
}
