/* The line table of one unit. Rows are kept as gdb keeps them, since what a line is decides where a step ends and where a breakpoint
 * goes: rows of line 0 are left out, so that the code behind them belongs to the row before; where the program goes on in another
 * file, the first one's code ends, and its rows at that very address are forgotten; a row of the same line is none when the line has
 * discriminators. */
#include "symbols/symbols_internal.h"

#include <stdlib.h>

/* ---- files ---- */

struct unit_lines *unit_lines_header(struct sym_unit *u)
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

static bool is_absolute(struct str path)
{
	return path.len > 0 && path.ptr[0] == '/';
}

/* path == directory/name */
static bool is_joined(struct str path, struct str directory, struct str name)
{
	size_t slash = directory.len > 0 && directory.ptr[directory.len - 1] != '/';
	return path.len == directory.len + slash + name.len && str_starts(path, directory) &&
	       str_ends(path, name) && (!slash || path.ptr[directory.len] == '/');
}

size_t file_name_length(const struct dw_line_header *header, uint64_t file,
			const struct unit_file_base *base, struct str path)
{
	const struct dw_line_file *f = &header->files[file];
	bool has_directory = (f->directory > 0 || header->version >= 5) &&
			     f->directory < header->directory_count;
	struct str directory = has_directory ? header->directories[f->directory] : STR_EMPTY;
	if (is_absolute(f->name) || is_absolute(directory)) {
		bool own = base->name.len > 0 && !is_absolute(base->name) && base->directory.len > 0 &&
			   is_joined(path, base->directory, base->name);
		return own ? base->name.len : path.len;
	}
	size_t length = directory.len > 0 ? directory.len + 1 + f->name.len : f->name.len;
	return length > path.len ? path.len : length;
}

struct str sym_file_name(struct sym_module *m, struct str path)
{
	uint64_t length;
	if (!map_get(&m->file_names, (uintptr_t)path.ptr, &length) || length > path.len)
		return STR_EMPTY;
	return str_sub(path, path.len - (size_t)length, SIZE_MAX);
}

static struct str file_directory(const struct dw_line_header *h, size_t file)
{
	uint64_t directory = h->files[file].directory;
	return directory < h->directory_count ? h->directories[directory] : STR_EMPTY;
}

/* The lowest number of each file: version 5 has the unit's own as 0 and as 1 or another. */
static uint32_t *number_files(const struct dw_line_header *h, struct arena *arena)
{
	uint32_t *numbers = ARENA_ARRAY(arena, uint32_t, h->file_count + 1);
	struct strmap names = { 0 }; /* to the number of the last file of that name */
	uint32_t *before = xmalloc((h->file_count + 1) * sizeof *before);
	for (size_t i = 0; i < h->file_count; i++) {
		uint64_t last = 0;
		numbers[i] = (uint32_t)i;
		before[i] = UINT32_MAX;
		if (h->files[i].name.len == 0)
			continue;
		if (strmap_get(&names, h->files[i].name, &last))
			before[i] = (uint32_t)last;
		int steps = 0;
		for (uint32_t at = before[i]; at != UINT32_MAX && steps < 64; at = before[at], steps++)
			if (h->files[at].directory == h->files[i].directory ||
			    str_eq(file_directory(h, at), file_directory(h, i)))
				numbers[i] = numbers[at];
		strmap_set(&names, h->files[i].name, i);
	}
	strmap_deinit(&names);
	free(before);
	return numbers;
}

static const uint32_t *file_numbers(struct sym_unit *u)
{
	struct unit_lines *lines = u->lines;
	if (!lines->numbers)
		lines->numbers = number_files(&lines->header, &u->module->arena);
	return lines->numbers;
}

struct str unit_file(struct sym_unit *u, uint64_t file)
{
	struct unit_lines *lines = unit_lines_header(u);
	if (!lines || file >= lines->header.file_count)
		return STR_EMPTY;
	file = file_numbers(u)[file];
	struct str *path = &lines->paths[file];
	if (!path->ptr) {
		*path = dw_line_path(&lines->header, (uint32_t)file, u->comp_dir, &u->module->arena);
		const struct unit_file_base base = { u->name, u->comp_dir };
		if (path->ptr)
			map_set(&u->module->file_names, (uintptr_t)path->ptr,
				file_name_length(&lines->header, file, &base, *path));
	}
	return *path;
}

/* ---- rows ---- */

struct run {
	struct unit_lines *lines;
	const uint32_t *files; /* by number */
	size_t file_count;
	/* Of the sequence. */
	bool open, dropped, any;
	bool unlined;
	size_t first, first_unlined;
	uint64_t start, address; /* the last row's */
	bool stmt_at_address, discriminators;
	uint32_t file,
		line; /* the file that the program was in before this row, the line of the last row that was kept; any */
	uint32_t last_file, last_line; /* of the last row */
};

static void push_row(struct run *run, uint64_t addr, uint32_t file, const struct dw_line *row, uint32_t line)
{
	struct line_row add = { .addr = addr, .file = file, .line = line };
	add.column = row->column > UINT16_MAX ? UINT16_MAX : (uint16_t)row->column;
	add.flags = line ? row->flags : DW_LINE_STMT | DW_LINE_END;
	vec_push(&run->lines->rows, add);
}

/* The file's code ends at addr: its rows there have none, and go. */
static void end_file(struct run *run, uint64_t addr, const struct dw_line *row)
{
	struct unit_lines *lines = run->lines;
	if (!run->any)
		return;
	size_t kept = lines->rows.count;
	while (kept > run->first && lines->rows.data[kept - 1].addr == addr)
		kept--;
	for (size_t i = kept; i < lines->rows.count; i++)
		if (lines->rows.data[i].file != run->file)
			lines->rows.data[kept++] = lines->rows.data[i];
	lines->rows.count = kept;
	push_row(run, addr, run->file, row, 0);
}

static void note_unlined(struct run *run, uint64_t addr, bool unlined)
{
	struct unit_lines *lines = run->lines;
	if (unlined && !run->unlined) {
		vec_push(&lines->unlined, (struct unlined){ addr, addr });
	} else if (!unlined && run->unlined) {
		struct unlined *last = &lines->unlined.data[lines->unlined.count - 1];
		last->end = addr;
		lines->unlined.count -= last->start == addr;
	}
	run->unlined = unlined;
}

static void end_sequence(struct run *run, const struct dw_line *row, bool usable)
{
	/* Linkers leave sequences of dropped functions at 0. */
	if (run->dropped || !usable || row->addr.value <= run->start) {
		run->lines->rows.count = run->first;
		run->lines->unlined.count = run->first_unlined;
	} else {
		note_unlined(run, row->addr.value, false);
		end_file(run, row->addr.value, row);
	}
	run->open = false;
}

static void begin_sequence(struct run *run, uint64_t start)
{
	run->open = true;
	run->dropped = start <= 1 || start >= UINT64_MAX - 1;
	run->first = run->lines->rows.count;
	run->first_unlined = run->lines->unlined.count;
	run->unlined = false;
	run->start = run->address = start;
	run->any = run->stmt_at_address = run->discriminators = false;
	run->line = run->last_line = 0;
}

static void keep_row(struct run *run, const struct dw_line *row, uint32_t file)
{
	bool stmt = row->flags & DW_LINE_STMT, changed = !run->any || run->file != file;
	uint64_t addr = row->addr.value;
	/* Rather the statement of the other file than code of this one that is none. */
	if (row->line == 0 || (changed && run->address == addr && !stmt && run->stmt_at_address))
		return;
	if (changed)
		end_file(run, addr, row);
	/* Code of one line in several pieces, told apart by discriminators only. */
	if (!changed && run->line == row->line && run->discriminators)
		return;
	run->any = true;
	run->file = file;
	run->line = row->line;
	push_row(run, addr, file, row, row->line);
}

static bool add_row(void *ctx, const struct dw_line *row)
{
	struct run *run = ctx;
	uint64_t addr = row->addr.value;
	if (!run->open)
		begin_sequence(run, addr);
	/* Rows must ascend within a sequence (D5 6.2.5); one that does not is damage. */
	bool usable = addr >= run->address;
	if (row->flags & DW_LINE_END) {
		end_sequence(run, row, usable);
		return true;
	}
	if (!usable || run->dropped || row->file >= run->file_count)
		return true;
	note_unlined(run, addr, row->line == 0);
	uint32_t file = run->files[row->file];
	if (row->line != run->last_line || file != run->last_file)
		run->discriminators = false;
	/* From a file whose row was not kept, too: what follows is another piece of code. */
	if (run->any && file != run->last_file)
		run->file = run->last_file;
	run->discriminators |= row->discriminator != 0;
	run->last_line = row->line;
	run->last_file = file;
	keep_row(run, row, file);
	if (run->address != addr) {
		run->stmt_at_address = false;
		run->address = addr;
	}
	run->stmt_at_address |= (row->flags & DW_LINE_STMT) != 0;
	return true;
}

struct row_key {
	uint64_t addr;
	bool is_line;
	size_t index;
};

/* At one address the end of what was before comes first, the rest as written. */
static int compare_keys(const void *a, const void *b)
{
	const struct row_key *x = a, *y = b;
	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	if (x->is_line != y->is_line)
		return x->is_line ? 1 : -1;
	return x->index < y->index ? -1 : x->index > y->index;
}

static void sort_rows(struct unit_lines *lines)
{
	size_t count = lines->rows.count;
	struct line_row *rows = lines->rows.data;
	bool sorted = true;
	for (size_t i = 1; i < count && sorted; i++)
		sorted = rows[i - 1].addr < rows[i].addr ||
			 (rows[i - 1].addr == rows[i].addr && !(rows[i - 1].line && !rows[i].line));
	if (sorted)
		return;
	struct row_key *keys = xmalloc(count * sizeof *keys);
	struct line_row *copy = xmalloc(count * sizeof *copy);
	for (size_t i = 0; i < count; i++)
		keys[i] = (struct row_key){ rows[i].addr, rows[i].line != 0, i };
	qsort(keys, count, sizeof *keys, compare_keys);
	for (size_t i = 0; i < count; i++)
		copy[i] = rows[keys[i].index];
	free(keys);
	free(rows);
	lines->rows.data = copy;
	lines->rows.capacity = count;
}

static int compare_unlined(const void *a, const void *b)
{
	const struct unlined *x = a, *y = b;
	return x->start < y->start ? -1 : x->start > y->start;
}

static void sort_unlined(struct unit_lines *lines)
{
	bool sorted = true;
	for (size_t i = 1; i < lines->unlined.count && sorted; i++)
		sorted = lines->unlined.data[i - 1].start <= lines->unlined.data[i].start;
	if (!sorted)
		qsort(lines->unlined.data, lines->unlined.count, sizeof *lines->unlined.data,
		      compare_unlined);
}

struct unit_lines *unit_lines(struct sym_unit *u)
{
	struct unit_lines *lines = unit_lines_header(u);
	if (!lines || lines->rows_read)
		return lines;
	lines->rows_read = true;
	struct sym_module *m = u->module;
	struct run run = { .lines = lines, .files = file_numbers(u), .file_count = lines->header.file_count };
	module_trouble(m, dw_line_run(&m->sections, &lines->header, add_row, &run));
	if (run.open) {
		lines->rows.count = run.first;
		lines->unlined.count = run.first_unlined;
	}
	sort_rows(lines);
	sort_unlined(lines);
	const struct dw_span *span = &m->sections.section[DW_SECTION_LINE];
	module_drop(m, span->data + lines->header.offset,
		    (size_t)(lines->header.end - lines->header.offset));
	return lines;
}

/* ---- at an address ---- */

size_t lines_first(const struct unit_lines *lines, uint64_t addr)
{
	size_t low = 0, high = lines->rows.count;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (lines->rows.data[mid].addr < addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

bool unit_row_at(struct sym_unit *u, uint64_t pc, struct line_row *ret, uint64_t *ret_end)
{
	const struct unit_lines *lines = unit_lines(u);
	if (!lines || pc == UINT64_MAX)
		return false;
	size_t next = lines_first(lines, pc + 1);
	const struct line_row *rows = lines->rows.data;
	if (next == 0 || next == lines->rows.count)
		return false;
	/* Of several at one address the last is what the code there belongs to, unless only an earlier one of its file is a statement. */
	size_t at = next - 1;
	uint64_t addr = rows[at].addr;
	if (rows[at].line == 0)
		return false;
	for (size_t i = at; !(rows[at].flags & DW_LINE_STMT) && i > 0 && rows[i - 1].addr == addr; i--)
		if (rows[i - 1].line && rows[i - 1].file == rows[at].file &&
		    rows[i - 1].flags & DW_LINE_STMT) {
			at = i - 1;
			break;
		}
	*ret = rows[at];
	*ret_end = rows[next].addr;
	return true;
}

bool unit_unlined_at(struct sym_unit *u, uint64_t pc, struct file_range *ret)
{
	const struct unit_lines *lines = unit_lines(u);
	size_t low = 0, high = lines ? lines->unlined.count : 0;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (lines->unlined.data[mid].end <= pc)
			low = mid + 1;
		else
			high = mid;
	}
	if (!lines || low == lines->unlined.count || pc < lines->unlined.data[low].start)
		return false;
	*ret = (struct file_range){ FILE_ADDR(lines->unlined.data[low].start),
				    FILE_ADDR(lines->unlined.data[low].end) };
	return true;
}

bool unit_line_at(struct sym_unit *u, uint64_t pc, struct sym_line *ret)
{
	struct line_row row;
	uint64_t end;
	if (!unit_row_at(u, pc, &row, &end))
		return false;
	*ret = (struct sym_line){ unit_file(u, row.file), row.line, row.column };
	return true;
}
