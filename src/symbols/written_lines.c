/* A unit's line program as it is written: all rows, for who wants to know what the compiler said of an address, and not where a debugger stops. */
#include "symbols/symbols_internal.h"

#include <stdlib.h>

struct written_run {
	struct written_lines *lines;
	size_t first; /* of the sequence */
	bool open, usable;
};

static bool add_row(void *ctx, const struct dw_line *row)
{
	struct written_run *run = ctx;
	struct written_lines *lines = run->lines;
	if (!run->open) {
		run->first = lines->rows.count;
		run->usable = row->addr.value >
			      1; /* linkers leave sequences of dropped functions at 0 or 1 */
	}
	run->open = !(row->flags & DW_LINE_END);
	if (lines->rows.count > run->first && row->addr.value < lines->rows.data[lines->rows.count - 1].addr)
		run->usable = false;
	vec_push(&lines->rows,
		 ((struct written_row){ row->addr.value, row->file, row->line, row->column }));
	if (run->open)
		return true;
	struct written_sequence sequence = { lines->rows.data[run->first].addr, row->addr.value,
					     run->first, lines->rows.count - 1 };
	if (run->usable && sequence.end > sequence.start)
		vec_push(&lines->sequences, sequence);
	else
		lines->rows.count = run->first;
	return true;
}

static int by_start(const void *a, const void *b)
{
	const struct written_sequence *x = a, *y = b;
	return x->start < y->start ? -1 : x->start > y->start;
}

static const struct written_lines *written(struct sym_unit *u)
{
	struct unit_lines *lines = unit_lines_header(u);
	if (!lines || lines->written)
		return lines ? lines->written : NULL;
	struct sym_module *m = u->module;
	lines->written = ARENA_NEW(&m->arena, struct written_lines);
	struct written_run run = { .lines = lines->written };
	module_trouble(m, dw_line_run(&m->sections, &lines->header, add_row, &run));
	if (lines->written->sequences.count > 1)
		qsort(lines->written->sequences.data, lines->written->sequences.count,
		      sizeof *lines->written->sequences.data, by_start);
	return lines->written;
}

void written_lines_deinit(struct written_lines *lines)
{
	vec_free(&lines->rows);
	vec_free(&lines->sequences);
}

static bool row_at(const struct written_lines *lines, uint64_t pc, struct written_row *ret)
{
	size_t low = 0, high = lines->sequences.count;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (lines->sequences.data[mid].start <= pc)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == 0 || pc >= lines->sequences.data[low - 1].end)
		return false;
	const struct written_sequence *sequence = &lines->sequences.data[low - 1];
	low = sequence->first;
	high = sequence->last;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (lines->rows.data[mid].addr <= pc)
			low = mid + 1;
		else
			high = mid;
	}
	*ret = lines->rows.data[low - 1];
	return true;
}

bool written_line_at(struct sym_module *m, struct file_addr pc, struct sym_line *ret)
{
	size_t state = SIZE_MAX;
	struct written_row row;
	for (struct sym_unit *u; (u = unit_at(m, pc.value, &state));) {
		const struct written_lines *lines = written(u);
		if (lines && row_at(lines, pc.value, &row)) {
			*ret = (struct sym_line){ unit_file(u, row.file), row.line, row.column };
			return true;
		}
	}
	return false;
}
