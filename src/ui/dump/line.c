/* Line tables: header, directories, files and every row. */
#include "ui/dump/dump_internal.h"

#include <inttypes.h>

struct walk {
	struct dump *d;
	struct dump_unit *unit;
	const struct dw_line_header *header;
	struct dump_ranges functions; /* that are asked for */
	bool *wanted_files;           /* by number; NULL: nobody asks for any */
	bool header_shown;
};

static void show_files(struct walk *w)
{
	const struct dw_line_header *h = w->header;
	struct buf *out = &w->d->out;
	/* Before version 5 numbers begin at 1. */
	size_t first = h->version < 5;
	buf_str(out, STR_LIT("  directories\n"));
	for (size_t i = first; i < h->directory_count; i++) {
		buf_printf(out, "    %5zu  ", i);
		dump_quoted(out, h->directories[i]);
		buf_char(out, '\n');
	}
	buf_str(out, STR_LIT("  files\n"));
	for (size_t i = first; i < h->file_count; i++) {
		const struct dw_line_file *file = &h->files[i];
		buf_printf(out, "    %5zu  directory %" PRIu64 "  ", i, file->directory);
		dump_quoted(out, file->name);
		if (file->has_md5) {
			buf_str(out, STR_LIT("  md5 "));
			for (size_t k = 0; k < sizeof file->md5; k++)
				buf_printf(out, "%02x", file->md5[k]);
		}
		buf_char(out, '\n');
		dump_flush(w->d, false);
	}
}

static void show_header(struct walk *w)
{
	const struct dw_line_header *h = w->header;
	struct buf *out = &w->d->out;
	if (w->header_shown)
		return;
	w->header_shown = true;
	buf_printf(out, "0x%08" PRIx64 ": line table of unit 0x%08" PRIx64 " ", h->offset,
		   w->unit->dw.offset);
	dump_quoted(out, w->unit->name);
	buf_printf(out,
		   "\n  version %u, 0x%" PRIx64 " bytes, program at 0x%08" PRIx64
		   ", min_inst_length %u, max_ops %u, default_is_stmt %u, line_base %d, line_range %u, "
		   "opcode_base %u\n",
		   h->version, h->end - h->offset, h->program, h->min_inst_length, h->max_ops,
		   h->default_is_stmt, h->line_base, h->line_range, h->opcode_base);
	if (!w->d->name.len)
		show_files(w);
	buf_str(out,
		STR_LIT("  opcode      address               line  column  file  discriminator  flags\n"));
}

static bool is_wanted(struct walk *w, const struct dw_line *row)
{
	if (!w->d->name.len)
		return true;
	if (w->wanted_files && row->file < w->header->file_count && w->wanted_files[row->file])
		return true;
	uint64_t addr = row->addr.value;
	if (row->flags & DW_LINE_END && addr)
		addr--;
	return dump_in_ranges(&w->functions, (struct file_range){ FILE_ADDR(addr), FILE_ADDR(addr + 1) });
}

static bool show_row(void *ctx, const struct dw_line *row)
{
	struct walk *w = ctx;
	struct buf *out = &w->d->out;
	if (!is_wanted(w, row))
		return true;
	w->d->found = true;
	show_header(w);
	buf_printf(out, "  0x%08" PRIx64 "  0x%016" PRIx64 " %7u %7u %5u %14u ", row->offset,
		   row->addr.value, row->line, row->column, row->file, row->discriminator);
	static const struct {
		uint8_t flag;
		const char *name;
	} flags[] = {
		{ DW_LINE_STMT, " is_stmt" },
		{ DW_LINE_BASIC_BLOCK, " basic_block" },
		{ DW_LINE_PROLOGUE_END, " prologue_end" },
		{ DW_LINE_EPILOGUE_BEGIN, " epilogue_begin" },
		{ DW_LINE_END, " end_sequence" },
	};
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
		if (row->flags & flags[i].flag)
			buf_str(out, str_from(flags[i].name));
	buf_char(out, '\n');
	dump_flush(w->d, false);
	return !w->d->stopped;
}

static void want_files(struct walk *w)
{
	struct dump *d = w->d;
	w->wanted_files = NULL;
	if (!d->name.len || d->has_number)
		return;
	for (size_t i = 0; i < w->header->file_count; i++) {
		struct str path = dw_line_path(w->header, (uint32_t)i, w->unit->comp_dir, &d->arena);
		if (!dump_path_matches(d, path))
			continue;
		if (!w->wanted_files)
			w->wanted_files = ARENA_ARRAY(&d->arena, bool, w->header->file_count);
		w->wanted_files[i] = true;
	}
}

static bool has_stmt_list(struct dump_unit *unit, uint64_t *ret)
{
	struct dw_value value;
	if (!unit->readable)
		return false;
	struct dw_cursor c = dw_cursor_at(&unit->dw, unit->dw.first_die);
	return dw_cursor_next(&c) && dw_attr(&c, DW_AT_stmt_list, &value) &&
	       dw_value_unsigned(&value, ret);
}

static void show_table(struct walk *w, uint64_t offset)
{
	struct dump *d = w->d;
	struct dw_line_header header;
	struct error *err = dw_line_header(d->sections, &w->unit->dw, offset, &d->arena, &header);
	if (!err) {
		w->header = &header;
		w->header_shown = false;
		want_files(w);
		if (!d->name.len)
			show_header(w);
		err = dw_line_run(d->sections, &header, show_row, w);
	}
	dump_trouble(d, 2, err);
}

void dump_line(struct dump *d)
{
	struct walk w = { .d = d };
	struct map seen = { 0 };
	dump_units_read(d);
	if (d->name.len)
		dump_function_ranges(d, &w.functions);
	for (size_t i = 0; i < d->units.count && !d->stopped; i++) {
		uint64_t offset, known;
		w.unit = &d->units.data[i];
		if (!has_stmt_list(w.unit, &offset) || map_get(&seen, offset, &known))
			continue;
		map_set(&seen, offset, 1);
		show_table(&w, offset);
		arena_reset(&d->arena);
	}
	map_deinit(&seen);
	vec_free(&w.functions.list);
}
