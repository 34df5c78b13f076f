/* Machine code as text: x/i and `disassemble`. */
#include "ui/gdb/looking.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- one instruction ---- */

struct error *gdb_read_insn(struct gdb *g, uint64_t addr, uint8_t bytes[ARCH_INSN_MAX], size_t *ret_size,
			    struct arch_insn *ret)
{
	const struct arch *arch = eng_target(eng_control_session(g->control))->arch;
	size_t size = gdb_read(g, addr, bytes, ARCH_INSN_MAX);
	if (size == 0)
		return gdb_memory_error(addr);
	arch->decode(bytes, size, addr, ret);
	if (ret->length > size)
		return gdb_memory_error(addr + size);
	*ret_size = size;
	return NULL;
}

struct error *gdb_format_insn(struct gdb *g, uint64_t addr, struct buf *out, uint8_t *ret_length,
			      uint8_t ret_bytes[ARCH_INSN_MAX])
{
	const struct arch *arch = eng_target(eng_control_session(g->control))->arch;
	const char *flavor = g->settings.disassembly_flavor;
	struct arch_insn insn;
	size_t size;
	TRY(gdb_read_insn(g, addr, ret_bytes, &size, &insn));
	arch->format_gdb(ret_bytes, size, addr, flavor && strcmp(flavor, "intel") == 0,
			 gdb_symbolise_asm, g, out);
	*ret_length = insn.length;
	return NULL;
}

/* ---- disassemble ---- */

enum { WITH_RAW = 1, WITH_SOURCE = 2, SOURCE_CENTRIC = 4, WITH_RAW_BYTES = 8 };

struct dump {
	struct gdb *g;
	unsigned flags;
	uint64_t start, end; /* run-time */
	uint64_t pc;         /* of the frame: marked; 0: none */
	struct str function; /* offsets are from its start */
	uint64_t function_start;
	struct buf out;
};

static struct error *add_insn(struct dump *d, uint64_t addr, uint64_t *ret_next)
{
	uint8_t bytes[ARCH_INSN_MAX], length;
	struct buf text = { 0 };
	struct error *err = gdb_format_insn(d->g, addr, &text, &length, bytes);
	if (err) {
		buf_deinit(&text);
		return err;
	}
	char number[24];
	snprintf(number, sizeof number, "0x%016" PRIx64, addr);
	buf_str(&d->out, addr == d->pc && d->pc ? STR_LIT("=> ") : STR_LIT("   "));
	gdb_styled(d->g, GDB_STYLE_ADDRESS, str_from(number), &d->out);
	struct str name;
	uint64_t offset;
	if (d->function.len > 0 && addr >= d->function_start)
		buf_printf(&d->out, " <+%" PRIu64 ">", addr - d->function_start);
	else if (gdb_nearest_symbol(d->g, addr, !d->g->settings.print.asm_demangle, &name, &offset)) {
		buf_str(&d->out, STR_LIT(" <"));
		gdb_styled(d->g, GDB_STYLE_FUNCTION, name, &d->out);
		buf_printf(&d->out, "+%" PRIu64 ">", offset);
	}
	buf_str(&d->out, STR_LIT(":\t"));
	if (d->flags & (WITH_RAW | WITH_RAW_BYTES)) {
		for (int i = 0; i < length; i++)
			buf_printf(&d->out, "%s%02x", i ? " " : "", bytes[i]);
		/* gdb's columns are for instructions of 7 bytes. */
		if (length < 7)
			buf_pad(&d->out, ' ', 3 * (7u - length) - 1);
		buf_char(&d->out, '\t');
	}
	buf_str(&d->out, buf_view(&text));
	buf_char(&d->out, '\n');
	buf_deinit(&text);
	*ret_next = addr + length;
	return NULL;
}

static struct error *add_range(struct dump *d, uint64_t start, uint64_t end)
{
	struct error *err = NULL;
	for (uint64_t addr = start; addr < end && !err && !gdb_interrupted(d->g);) {
		err = add_insn(d, addr, &addr);
		if (d->out.len > 1 << 16)
			gdb_print_buf(d->g, &d->out);
	}
	return err;
}

/* ---- with source lines ---- */

struct row {
	uint64_t addr;
	struct sym_line line;
};
struct rows {
	VEC(struct row) list;
	uint64_t bias;
};

static void add_row(void *ctx, struct file_addr addr, struct sym_line line, bool is_stmt)
{
	struct rows *rows = ctx;
	(void)is_stmt;
	struct row row = { addr.value + rows->bias, line };
	struct row *last = rows->list.count ? &rows->list.data[rows->list.count - 1] : NULL;
	if (last && last->addr == row.addr)
		*last = row;
	else if (!last || last->line.line != line.line || !str_eq(last->line.file, line.file))
		vec_push(&rows->list, row);
}

/* Files that are missing are told of as everywhere: once, then by name alone. */
static void add_source(struct dump *d, struct str file, uint32_t first, uint32_t last)
{
	struct gdb_source *source;
	struct error *err = gdb_source_open(d->g, file, STR_EMPTY, &source);
	bool missing = err != NULL;
	error_destroy(err);
	gdb_print_buf(d->g, &d->out);
	for (uint32_t line = first; line <= last && !gdb_interrupted(d->g); line++) {
		if (missing || line <= gdb_source_lines(source))
			gdb_print_source_line(d->g, file, line);
	}
}

/* The first of the lines directly before `line`, behind `shown`, that have no code of their own, such as comments and braces. */
static uint32_t first_without_code(const struct rows *rows, struct str file, uint32_t shown, uint32_t line)
{
	uint32_t candidate = shown + 1;
	for (size_t k = 0; k < rows->list.count; k++) {
		const struct sym_line *other = &rows->list.data[k].line;
		if (str_eq(other->file, file) && other->line >= candidate && other->line < line)
			candidate = other->line + 1;
	}
	return candidate;
}

/* /s: in order of address; each line is shown with those before it, behind the last one, that have no code. */
static struct error *dump_by_address(struct dump *d, const struct rows *rows)
{
	struct str file = STR_EMPTY;
	uint32_t shown = 0;
	size_t count = rows->list.count;
	for (size_t i = 0; i < count && !gdb_interrupted(d->g); i++) {
		const struct row *row = &rows->list.data[i];
		uint64_t from = row->addr < d->start ? d->start : row->addr;
		uint64_t to = i + 1 < count ? rows->list.data[i + 1].addr : d->end;
		uint32_t line = row->line.line, first = line;
		if (from >= to)
			continue;
		bool same_file = str_eq(file, row->line.file);
		if (!same_file || line != shown) {
			if (from > d->start)
				buf_char(&d->out, '\n');
			if (!same_file)
				buf_printf(&d->out, "%.*s:\n",
					   STR_ARG(gdb_display_file(d->g, row->line.file)));
			else if (shown != 0 && line > shown)
				first = first_without_code(rows, file, shown, line);
			add_source(d, row->line.file, first, line);
		}
		file = row->line.file;
		shown = line;
		TRY(add_range(d, from, to));
	}
	return NULL;
}

static int compare_lines(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	if (x->line.line != y->line.line)
		return x->line.line < y->line.line ? -1 : 1;
	return x->addr < y->addr ? -1 : x->addr > y->addr;
}

struct piece {
	struct row row;
	uint64_t end;
};

/* /m: the lines of the function's file in order, those between them too; code of other files is left out. */
static struct error *dump_by_line(struct dump *d, const struct rows *rows)
{
	size_t count = rows->list.count, kept = 0;
	struct piece *pieces = ARENA_ARRAY(&d->g->scratch, struct piece, count);
	struct str file = rows->list.data[0].line.file;
	for (size_t i = 0; i < count; i++) {
		struct row row = rows->list.data[i];
		uint64_t end = i + 1 < count ? rows->list.data[i + 1].addr : d->end;
		row.addr = row.addr < d->start ? d->start : row.addr;
		if (row.addr < end && row.line.line && str_eq(row.line.file, file))
			pieces[kept++] = (struct piece){ row, end };
	}
	if (kept)
		qsort(pieces, kept, sizeof *pieces, compare_lines);
	uint32_t next = 0;
	for (size_t i = 0; i < kept && !gdb_interrupted(d->g); i++) {
		uint32_t line = pieces[i].row.line.line;
		if (line >= next) {
			add_source(d, file, next ? next : line, line);
			next = line + 1;
		}
		TRY(add_range(d, pieces[i].row.addr, pieces[i].end));
		if (i + 1 == kept || pieces[i + 1].row.line.line != line)
			buf_char(&d->out, '\n');
	}
	return NULL;
}

/* The line of each address, which of several rows there is not always the last one. */
static void lines_by_address(struct dump *d, struct sym_module *m, struct rows *rows)
{
	struct sym_line line;
	struct file_range range;
	for (uint64_t addr = d->start; addr < d->end && !gdb_interrupted(d->g);) {
		uint64_t at = addr - rows->bias;
		if (!sym_line_range(m, FILE_ADDR(at), &line, &range) || range.end.value <= at)
			return;
		vec_push(&rows->list, ((struct row){ addr, line }));
		addr = range.end.value + rows->bias;
	}
}

static struct error *dump_code(struct dump *d)
{
	uint64_t bias;
	struct sym_module *m = gdb_module_at(d->g, d->start, &bias, NULL);
	if (!m || !(d->flags & (WITH_SOURCE | SOURCE_CENTRIC)))
		return add_range(d, d->start, d->end);
	struct rows rows = { .bias = bias };
	struct file_range range = { FILE_ADDR(d->start - bias), FILE_ADDR(d->end - bias) };
	if (d->flags & WITH_SOURCE)
		lines_by_address(d, m, &rows);
	else
		sym_line_rows(m, range, add_row, &rows);
	struct error *err;
	if (rows.list.count == 0)
		err = add_range(d, d->start, d->end);
	else if (d->flags & WITH_SOURCE)
		err = dump_by_address(d, &rows);
	else
		err = dump_by_line(d, &rows);
	vec_free(&rows.list);
	return err;
}

/* ---- what to show ---- */

static struct error *take_flags(struct str *args, unsigned *ret)
{
	*ret = 0;
	if (args->len == 0 || args->ptr[0] != '/')
		return NULL;
	struct str rest = *args, word = gdb_take_word(&rest);
	if (word.len == 1)
		return error_new(ERROR_USAGE, "Missing modifier.");
	for (size_t i = 1; i < word.len; i++) {
		switch (word.ptr[i]) {
		case 'r':
			*ret |= WITH_RAW;
			break;
		case 'b':
			*ret |= WITH_RAW_BYTES;
			break;
		case 's':
			*ret |= WITH_SOURCE;
			break;
		case 'm':
			*ret |= SOURCE_CENTRIC;
			break;
		default:
			return error_new(ERROR_USAGE, "Invalid disassembly modifier.");
		}
	}
	if ((*ret & WITH_SOURCE) && (*ret & SOURCE_CENTRIC))
		return error_new(ERROR_USAGE, "Cannot specify both /m and /s.");
	*args = rest;
	return NULL;
}

/* The function around an address. */
static struct error *function_around(struct gdb *g, uint64_t addr, struct dump *d)
{
	uint64_t bias, offset;
	struct file_range bounds;
	struct sym_module *m = gdb_module_at(g, addr, &bias, NULL);
	if (!m || !sym_function_bounds(m, FILE_ADDR(addr - bias), &bounds) ||
	    !gdb_nearest_symbol(g, addr, !g->settings.print.asm_demangle, &d->function, &offset))
		return error_new(ERROR_USAGE, "No function contains specified address.");
	d->start = bounds.start.value + bias;
	d->end = bounds.end.value + bias;
	d->function_start = d->start;
	return NULL;
}

static struct error *address_of(struct gdb *g, struct str text, uint64_t *ret)
{
	struct eval_value value;
	TRY(gdb_eval(g, text, &value));
	return gdb_as_address(&value, ret);
}

/* A comma outside of brackets. */
static size_t find_comma(struct str s)
{
	int depth = 0;
	for (size_t i = 0; i < s.len; i++) {
		if (strchr("([{", s.ptr[i]))
			depth++;
		else if (strchr(")]}", s.ptr[i]))
			depth--;
		else if (s.ptr[i] == ',' && depth == 0)
			return i;
	}
	return SIZE_MAX;
}

static struct error *range_of(struct gdb *g, struct str args, struct dump *d, bool *ret_whole)
{
	size_t comma = find_comma(args);
	uint64_t addr;
	*ret_whole = comma == SIZE_MAX;
	TRY(address_of(g, gdb_strip(str_sub(args, 0, comma)), &addr));
	if (comma == SIZE_MAX)
		return function_around(g, addr, d);
	struct str end = gdb_strip(str_sub(args, comma + 1, SIZE_MAX));
	bool relative = end.len > 0 && end.ptr[0] == '+';
	uint64_t to;
	TRY(address_of(g, relative ? gdb_strip(str_sub(end, 1, SIZE_MAX)) : end, &to));
	d->start = addr;
	d->end = relative ? addr + to : to;
	return NULL;
}

/* `set disassemble-next-line`: the code of the line that was shown; auto: the next instruction where there is no line. */
void gdb_disassemble_line(struct gdb *g, const struct eng_level *level)
{
	uint64_t bias, pc = level->unwind.pc.value;
	struct sym_line line;
	struct file_range range;
	struct dump d = { .g = g, .flags = WITH_RAW, .pc = pc, .start = pc, .end = pc + 1 };
	int how = g->settings.disassemble_next_line;
	struct sym_module *m = how ? gdb_module_at(g, pc, &bias, NULL) : NULL;
	bool has_line = level->line.file.len > 0;
	if (how == 0 || (how < 0 && has_line))
		return;
	if (has_line && m && sym_line_range(m, level->lookup_pc, &line, &range)) {
		d.start = range.start.value + bias;
		d.end = range.end.value + bias;
	}
	error_destroy(add_range(&d, d.start, d.end));
	gdb_print_buf(g, &d.out);
	buf_deinit(&d.out);
}

static void add_bounds(struct dump *d)
{
	struct str start = arena_printf(&d->g->scratch, "0x%" PRIx64, d->start);
	struct str end = arena_printf(&d->g->scratch, "0x%" PRIx64, d->end);
	buf_str(&d->out, STR_LIT("from "));
	gdb_styled(d->g, GDB_STYLE_ADDRESS, start, &d->out);
	buf_str(&d->out, STR_LIT(" to "));
	gdb_styled(d->g, GDB_STYLE_ADDRESS, end, &d->out);
	buf_str(&d->out, STR_LIT(":\n"));
}

struct error *gdb_run_disassemble(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct dump d = { .g = g };
	struct eng_thread *t = eng_selected_thread(g->control);
	const struct eng_level *level = t ? eng_level(g->control, t, eng_selected_level(g->control))
					  : NULL;
	bool whole = true;
	(void)command;
	TRY(take_flags(&args, &d.flags));
	if (level)
		d.pc = level->unwind.pc.value;
	if (args.len > 0) {
		TRY(range_of(g, args, &d, &whole));
	} else if (!level) {
		return error_new(ERROR_USAGE, "No frame selected.");
	} else {
		struct error *err = function_around(g, d.pc, &d);
		if (err) {
			error_destroy(err);
			return error_new(ERROR_USAGE,
					 "No function contains program counter for selected frame.");
		}
	}
	buf_str(&d.out, STR_LIT("Dump of assembler code "));
	if (whole)
		buf_printf(&d.out, "for function %.*s:\n", STR_ARG(d.function));
	else
		add_bounds(&d);
	struct error *err = dump_code(&d);
	if (!err)
		buf_str(&d.out, STR_LIT("End of assembler dump.\n"));
	gdb_print_buf(g, &d.out);
	buf_deinit(&d.out);
	return err;
}
