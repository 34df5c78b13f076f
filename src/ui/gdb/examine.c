/* x/NFU. */
#include "ui/gdb/looking.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_STRING = 1 << 16 };

/* ---- what is meant ---- */

/* What was not said is as last time, except where the letter would make no sense of it. */
static void complete_format(struct gdb *g, struct gdb_format *f)
{
	char old = g->x_format.size ? g->x_format.size : 'w';
	if (!f->spec.letter)
		f->spec.letter = g->x_format.letter ? g->x_format.letter : 'x';
	if (f->spec.size)
		return;
	switch (f->spec.letter) {
	case 'a':
		f->spec.size = 'g';
		break;
	case 'f':
		f->spec.size = old == 'w' || old == 'g' ? old : 'g';
		break;
	case 'c':
		f->spec.size = 'b';
		break;
	case 's':
		break;
	default:
		f->spec.size = old;
	}
}

static size_t size_of(char letter)
{
	switch (letter) {
	case 'h':
		return 2;
	case 'w':
		return 4;
	case 'g':
		return 8;
	default:
		return 1;
	}
}

static unsigned per_line(const struct gdb_format *f)
{
	if (f->spec.letter == 's' || f->spec.letter == 'i')
		return 1;
	switch (size_of(f->spec.size)) {
	case 8:
		return 2;
	case 4:
		return 4;
	default:
		return 8;
	}
}

/* ---- units ---- */

struct examine {
	struct gdb *g;
	struct gdb_format format;
	struct eval_printer printer;
	uint64_t next, last;
	struct buf out;
};

static void add_label(struct examine *x)
{
	struct gdb *g = x->g;
	char text[24];
	if (x->format.spec.letter == 'i') {
		struct eng_thread *t = eng_selected_thread(g->control);
		const struct eng_level *level =
			t ? eng_level(g->control, t, eng_selected_level(g->control)) : NULL;
		bool here = level && level->unwind.pc.value == x->next;
		buf_str(&x->out, here ? STR_LIT("=> ") : STR_LIT("   "));
	}
	snprintf(text, sizeof text, "0x%" PRIx64, x->next);
	gdb_styled(g, GDB_STYLE_ADDRESS, str_from(text), &x->out);
	size_t before = x->out.len;
	buf_char(&x->out, ' ');
	if (!gdb_symbolise_asm(g, x->next, &x->out))
		x->out.len = before;
	buf_char(&x->out, ':');
}

/* Text up to its NUL, or as much of it as `print elements` allows. */
static struct error *add_string(struct examine *x)
{
	size_t unit = size_of(x->format.spec.size);
	uint32_t limit = x->g->settings.print.characters ? x->g->settings.print.characters
							 : x->g->settings.print.elements;
	size_t most = limit && limit < MAX_STRING ? limit : MAX_STRING;
	uint8_t *bytes = arena_alloc(&x->g->scratch, (most + 1) * unit);
	size_t got = 0, count = 0;
	bool ended = false;
	while (count < most && !ended) {
		/* No more than a page at a time is asked for: what is behind the string may not be there. */
		uint64_t addr = x->next + got;
		size_t part = (size_t)(4096 - addr % 4096);
		part = part > (most - count) * unit ? (most - count) * unit : part;
		part = part < unit ? unit : part;
		size_t have = gdb_read(x->g, addr, bytes + got, part);
		if (have < unit)
			break;
		got += have - have % unit;
		for (; count * unit < got && !ended; count++) {
			uint32_t c = 0;
			memcpy(&c, bytes + count * unit, unit);
			ended = c == 0;
		}
		if (have < part)
			break;
	}
	x->last = x->next;
	if (count == 0) {
		struct error *err = gdb_memory_error(x->next);
		buf_printf(&x->out, "<error: %s>", err->message);
		error_destroy(err);
		return NULL;
	}
	size_t length = ended ? count - 1 : count;
	eval_print_text(&x->printer, bytes, length, unit, !ended && length == most, &x->out);
	x->next += count * unit;
	return NULL;
}

static struct error *add_unit(struct examine *x)
{
	uint8_t bytes[ARCH_INSN_MAX], length;
	size_t size = size_of(x->format.spec.size);
	x->last = x->next;
	if (x->format.spec.letter == 's')
		return add_string(x);
	if (x->format.spec.letter == 'i') {
		gdb_wrap_hint(x->g, 4, &x->out);
		TRY(gdb_format_insn(x->g, x->next, &x->out, &length, bytes));
		x->next += length;
		return NULL;
	}
	if (gdb_read(x->g, x->next, bytes, size) < size)
		return gdb_memory_error(x->next);
	x->next += size;
	return eval_print_unit(&x->printer, bytes, size, x->format.spec.letter, &x->out);
}

static struct error *examine_forward(struct examine *x, uint64_t count)
{
	unsigned width = per_line(&x->format);
	while (count > 0 && !gdb_interrupted(x->g)) {
		add_label(x);
		for (unsigned i = 0; i < width && count > 0; i++, count--) {
			buf_char(&x->out, '\t');
			TRY(add_unit(x));
		}
		buf_char(&x->out, '\n');
		if (x->out.len > 1 << 16)
			gdb_print_buf(x->g, &x->out);
	}
	return NULL;
}

/* ---- backwards ---- */

/* Where `count` instructions before addr begin: decoded from the start of the function around. */
static struct error *insns_before(struct gdb *g, uint64_t addr, uint64_t count, uint64_t *ret)
{
	VEC(uint64_t) starts = { 0 };
	uint64_t at = addr;
	while (count > 0) {
		struct str name;
		uint64_t offset;
		if (at == 0 || !gdb_nearest_symbol(g, at - 1, true, &name, &offset))
			break;
		starts.count = 0;
		uint64_t end = at;
		for (uint64_t pc = at - 1 - offset; pc < end;) {
			uint8_t bytes[ARCH_INSN_MAX];
			struct arch_insn insn;
			size_t size;
			struct error *err = gdb_read_insn(g, pc, bytes, &size, &insn);
			if (err) {
				vec_free(&starts);
				return err;
			}
			vec_push(&starts, pc);
			pc += insn.length;
		}
		if (starts.count >= count) {
			at = starts.data[starts.count - (size_t)count];
			count = 0;
		} else {
			count -= starts.count;
			at = end - 1 - offset;
		}
	}
	vec_free(&starts);
	*ret = at;
	return NULL;
}

static struct error *examine(struct gdb *g, const struct gdb_format *format, uint64_t addr)
{
	struct examine x = { .g = g, .format = *format, .next = addr, .last = addr };
	const struct eval_env *env = gdb_env(g);
	uint64_t count = format->count;
	gdb_printer_on_screen(g, env, &x.printer);
	x.printer.symbolise = gdb_symbolise_asm;
	if (format->backwards) {
		if (format->spec.letter == 'i')
			TRY(insns_before(g, addr, count, &x.next));
		else
			x.next = addr - count * size_of(format->spec.size);
	}
	struct error *err = examine_forward(&x, count);
	gdb_print_buf(g, &x.out);
	buf_deinit(&x.out);
	g->x_next = format->backwards ? addr - (x.next - addr) : x.next;
	if (!err && count > 0)
		gdb_set_last_address(g, x.last, &format->spec);
	return err;
}

struct error *gdb_examine(struct gdb *g, const struct gdb_format *format, uint64_t addr)
{
	struct gdb_format f = *format;
	complete_format(g, &f);
	return examine(g, &f, addr);
}

/* ---- $_ and $__ ---- */

static const struct sym_type *unit_type(struct gdb *g, const struct eval_format_spec *spec)
{
	bool rust = eval_language(g->eval, gdb_env(g)) == EVAL_LANGUAGE_RUST;
	static const char *const names[2][4] = { { "i8", "i16", "i32", "i64" },
						 { "int8_t", "int16_t", "int32_t", "int64_t" } };
	size_t size = spec ? size_of(spec->size) : 0;
	unsigned index = size == 8 ? 3 : size == 4 ? 2 : size == 2 ? 1 : 0;
	if (!spec)
		return sym_type_primitive(NULL, rust ? STR_LIT("()") : STR_LIT("void"), rust);
	const struct sym_type *like = sym_type_primitive(NULL, str_from(names[!rust][index]), rust);
	static const struct sym_type *made[2][4];
	if (!made[rust][index] && like)
		made[rust][index] = sym_type_named(like, str_from(names[1][index]));
	return made[rust][index];
}

void gdb_set_last_address(struct gdb *g, uint64_t addr, const struct eval_format_spec *spec)
{
	const struct sym_type *unit = unit_type(g, spec);
	struct eval_value value = { .type = unit ? sym_type_pointer_to(unit) : NULL,
				    .bytes = (const uint8_t *)&addr,
				    .size = sizeof addr };
	uint8_t bytes[8];
	if (!value.type)
		return;
	eval_convenience_set(g->eval, STR_LIT("_"), &value);
	if (!spec)
		return;
	size_t size = size_of(spec->size);
	if (gdb_read(g, addr, bytes, size) < size)
		return;
	value = (struct eval_value){
		.type = unit, .has_address = true, .address = addr, .bytes = bytes, .size = size
	};
	eval_convenience_set(g->eval, STR_LIT("__"), &value);
}

/* ---- the command ---- */

struct error *gdb_run_x(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct gdb_format format;
	struct eval_value value;
	(void)command;
	bool bare = args.len == 0;
	TRY(gdb_take_format(&args, &format));
	complete_format(g, &format);
	if (bare && g->x_count > 0)
		format.count = g->x_count;
	g->x_count = format.count;
	if (args.len == 0 && g->x_next == 0)
		return error_new(ERROR_USAGE, "Argument required (starting display address).");
	if (args.len > 0) {
		TRY(gdb_eval(g, args, &value));
		TRY(gdb_as_address(&value, &g->x_next));
	}
	TRY(examine(g, &format, g->x_next));
	g->x_format = format.spec;
	if (format.spec.letter == 's')
		g->x_format.size = 'b';
	return NULL;
}
