/* info registers, info all-registers, info float, info vector. */
#include "ui/gdb/looking.h"

#include <inttypes.h>
#include <stdlib.h>

enum { VALUE_COLUMN = 15, NATURAL_COLUMN = 35 };

/* ---- one ---- */

static void pad_to(struct buf *out, size_t line, size_t column)
{
	size_t width = out->len - line;
	buf_pad(out, ' ', width < column ? column - width : 1);
}

static void add_raw(const struct eval_value *v, size_t size, struct buf *out)
{
	buf_str(out, STR_LIT("(raw 0x"));
	for (size_t i = size; i > 0; i--)
		buf_printf(out, "%02x", v->bytes[i - 1]);
	buf_char(out, ')');
}

/* In hexadecimal and as what it is; a vector only in hexadecimal. */
static void add_register(struct gdb *g, const struct eval_printer *printer, const char *name,
			 const struct eval_value *v, struct buf *out)
{
	struct eval_format_spec hex = { .letter = 'x' }, natural = { 0 };
	size_t line = out->len;
	struct error *err = NULL;
	(void)g;
	buf_str(out, str_from(name));
	pad_to(out, line, VALUE_COLUMN);
	if (v->state != EVAL_OK) {
		buf_str(out, STR_LIT("<not saved>"));
		pad_to(out, line, NATURAL_COLUMN);
		buf_str(out, STR_LIT("<not saved>\n"));
		return;
	}
	enum sym_type_kind kind = sym_type_kind(v->type);
	if (kind == SYM_TYPE_FLOAT) {
		err = eval_print(printer, v, natural, false, out);
		pad_to(out, line, NATURAL_COLUMN);
		add_raw(v, 10, out);
	} else {
		err = eval_print(printer, v, hex, false, out);
		if (!err && kind != SYM_TYPE_UNION) {
			pad_to(out, line, NATURAL_COLUMN);
			err = eval_print(printer, v, natural, false, out);
		}
	}
	if (err)
		buf_printf(out, "<error: %s>", err->message);
	error_destroy(err);
	buf_char(out, '\n');
}

static bool value_of(struct gdb *g, const char *name, struct eval_value *ret)
{
	struct str text = arena_printf(&g->scratch, "$%s", name);
	struct error *err = gdb_eval(g, text, ret);
	error_destroy(err);
	return !err && ret->type && sym_type_kind(ret->type) != SYM_TYPE_VOID &&
	       (ret->size > 0 || ret->state != EVAL_OK);
}

static bool print_register(struct gdb *g, const char *name)
{
	struct eval_value value;
	struct eval_printer printer;
	struct buf out = { 0 };
	if (!value_of(g, name, &value))
		return false;
	gdb_printer(g, gdb_env(g), &printer);
	add_register(g, &printer, name, &value, &out);
	gdb_print_buf(g, &out);
	buf_deinit(&out);
	return true;
}

/* ---- groups ---- */

static const char *const general[] = { "rax", "rbx",    "rcx", "rdx", "rsi", "rdi", "rbp", "rsp",
				       "r8",  "r9",     "r10", "r11", "r12", "r13", "r14", "r15",
				       "rip", "eflags", "cs",  "ss",  "ds",  "es",  "fs",  "gs" };
static const char *const x87[] = { "st0",   "st1",   "st2",  "st3",   "st4",   "st5",   "st6",   "st7",
				   "fctrl", "fstat", "ftag", "fiseg", "fioff", "foseg", "fooff", "fop" };
static const char *const system_registers[] = { "fs_base", "gs_base", "orig_rax" };

static void print_list(struct gdb *g, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count && !gdb_interrupted(g); i++)
		print_register(g, names[i]);
}
#define PRINT_LIST(g, list) print_list((g), (list), sizeof(list) / sizeof *(list))

static void print_numbered(struct gdb *g, const char *prefix, unsigned count)
{
	for (unsigned i = 0; i < count && !gdb_interrupted(g); i++)
		print_register(g, arena_printf(&g->scratch, "%s%u", prefix, i).ptr);
}

static void print_masks(struct gdb *g, struct eng_thread *t)
{
	bool masks;
	gdb_vector_width(t, &masks);
	if (masks)
		print_numbered(g, "k", 8);
}

static void print_general(struct gdb *g, struct eng_thread *t)
{
	PRINT_LIST(g, general);
	print_masks(g, t);
}

static void print_vectors(struct gdb *g, struct eng_thread *t)
{
	bool masks;
	unsigned width = gdb_vector_width(t, &masks);
	print_register(g, "mxcsr");
	print_numbered(g, width == 64 ? "zmm" : width == 32 ? "ymm" : "xmm", width == 64 ? 32 : 16);
}

static void print_all(struct gdb *g, struct eng_thread *t)
{
	bool masks;
	unsigned width = gdb_vector_width(t, &masks);
	PRINT_LIST(g, general);
	PRINT_LIST(g, x87);
	print_register(g, "mxcsr");
	print_masks(g, t);
	print_numbered(g, width == 64 ? "zmm" : width == 32 ? "ymm" : "xmm", width == 64 ? 32 : 16);
}

static bool print_group(struct gdb *g, struct eng_thread *t, struct str word)
{
	if (str_is(word, "general"))
		print_general(g, t);
	else if (str_is(word, "float"))
		PRINT_LIST(g, x87);
	else if (str_is(word, "vector"))
		print_vectors(g, t);
	else if (str_is(word, "all") || str_is(word, "save") || str_is(word, "restore"))
		print_all(g, t);
	else if (str_is(word, "system"))
		PRINT_LIST(g, system_registers);
	else
		return false;
	return true;
}

/* A convenience variable is none, whatever its name. */
static bool is_register(struct gdb *g, struct str word)
{
	struct eval_value v;
	eval_convenience_get(g->eval, word, &v);
	return !v.type || sym_type_kind(v.type) == SYM_TYPE_VOID;
}

static struct error *need_registers(struct gdb *g, struct eng_thread **ret)
{
	const struct eng_level *level;
	struct error *err = gdb_need_frame(g, ret, &level);
	if (!err)
		return NULL;
	error_destroy(err);
	return error_new(ERROR_USAGE, "The program has no registers now.");
}

struct error *gdb_run_info_registers(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct eng_thread *t;
	(void)command;
	TRY(need_registers(g, &t));
	if (args.len == 0)
		print_general(g, t);
	while (args.len > 0 && !gdb_interrupted(g)) {
		struct str word = gdb_take_word(&args);
		if (word.len > 0 && word.ptr[0] == '$')
			word = str_sub(word, 1, SIZE_MAX);
		char *name = arena_copy(&g->scratch, arena_str(&g->scratch, word).ptr, word.len + 1);
		if (str_is(word, "pc") || str_is(word, "sp") || str_is(word, "fp")) {
			struct eval_value value;
			struct eval_printer printer;
			struct buf out = { 0 };
			if (value_of(g, name, &value)) {
				gdb_printer(g, gdb_env(g), &printer);
				add_register(g, &printer, name, &value, &out);
			}
			gdb_print_buf(g, &out);
			buf_deinit(&out);
		} else if (!is_register(g, word) || !print_register(g, name)) {
			if (!print_group(g, t, word))
				return error_new(ERROR_USAGE, "Invalid register `%.*s'", STR_ARG(word));
		}
	}
	return NULL;
}

struct error *gdb_run_info_all_registers(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct eng_thread *t;
	TRY(need_registers(g, &t));
	if (args.len > 0)
		return gdb_run_info_registers(g, command, args);
	print_all(g, t);
	return NULL;
}

struct error *gdb_run_info_vector(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct eng_thread *t;
	(void)command, (void)args;
	TRY(need_registers(g, &t));
	print_vectors(g, t);
	return NULL;
}

/* ---- info float: gdb's i387_print_float_info ---- */

static uint32_t word_of(struct gdb *g, const char *name)
{
	struct eval_value value;
	uint64_t n = 0;
	if (value_of(g, name, &value))
		eval_as_unsigned(&value, &n);
	return (uint32_t)n;
}

static void add_st(struct gdb *g, const struct eval_printer *printer, unsigned physical, unsigned top,
		   unsigned tag, struct buf *out)
{
	static const char *const tags[] = { "Valid   ", "Zero    ", "Special ", "Empty   " };
	struct eval_value v;
	unsigned st = (physical - top) & 7;
	buf_printf(out, "%sR%u: %s", physical == top ? "=>" : "  ", physical, tags[tag]);
	if (!value_of(g, arena_printf(&g->scratch, "st%u", st).ptr, &v) || v.size < 10)
		return;
	buf_str(out, STR_LIT("0x"));
	for (int i = 9; i >= 0; i--)
		buf_printf(out, "%02x", v.bytes[i]);
	if (tag != 3) {
		buf_char(out, ' ');
		bool negative = v.bytes[9] & 0x80;
		if (!negative)
			buf_char(out, '+');
		struct error *err = eval_print(printer, &v, (struct eval_format_spec){ 0 }, false, out);
		error_destroy(err);
	}
	buf_char(out, '\n');
}

static void add_flags(uint32_t bits, const char *const *names, size_t count, struct buf *out)
{
	for (size_t i = 0; i < count; i++)
		buf_printf(out, " %s", bits >> i & 1 ? names[i] : "  ");
}

static void add_status(uint32_t status, unsigned top, struct buf *out)
{
	static const char *const exceptions[] = { "IE", "DE", "ZE", "OE", "UE", "PE" };
	buf_printf(out, "\nStatus Word:         0x%04x  ", status & 0xffff);
	add_flags(status, exceptions, 6, out);
	buf_printf(out, "  %s", status & 0x80 ? "ES" : "  ");
	buf_str(out, STR_LIT("  "));
	buf_printf(out, " %s", status & 0x40 ? "SF" : "  ");
	buf_str(out, STR_LIT("  "));
	buf_printf(out, " %s %s %s %s\n", status & 0x0100 ? "C0" : "  ", status & 0x0200 ? "C1" : "  ",
		   status & 0x0400 ? "C2" : "  ", status & 0x4000 ? "C3" : "  ");
	buf_printf(out, "                       TOP: %u\n", top);
}

static void add_control(uint32_t control, struct buf *out)
{
	static const char *const masks[] = { "IM", "DM", "ZM", "OM", "UM", "PM" };
	static const char *const precision[] = { "Single Precision (24-bits)\n", "Reserved\n",
						 "Double Precision (53-bits)\n",
						 "Extended Precision (64-bits)\n" };
	static const char *const rounding[] = { "Round to nearest\n", "Round down\n", "Round up\n",
						"Round toward zero\n" };
	buf_printf(out, "Control Word:        0x%04x  ", control & 0xffff);
	add_flags(control, masks, 6, out);
	buf_char(out, '\n');
	buf_printf(out, "                       PC: %s", precision[control >> 8 & 3]);
	buf_printf(out, "                       RC: %s", rounding[control >> 10 & 3]);
}

struct error *gdb_run_info_float(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct eng_thread *t;
	struct eval_printer printer;
	struct buf out = { 0 };
	(void)command, (void)args;
	TRY(need_registers(g, &t));
	gdb_printer(g, gdb_env(g), &printer);
	uint32_t control = word_of(g, "fctrl"), status = word_of(g, "fstat"), tags = word_of(g, "ftag");
	unsigned top = status >> 11 & 7;
	for (int physical = 7; physical >= 0; physical--)
		add_st(g, &printer, (unsigned)physical, top, tags >> (2 * physical) & 3, &out);
	add_status(status, top, &out);
	add_control(control, &out);
	buf_printf(&out, "Tag Word:            0x%04x\n", tags);
	buf_printf(&out, "Instruction Pointer: 0x%02x:0x%08x\n", word_of(g, "fiseg"), word_of(g, "fioff"));
	buf_printf(&out, "Operand Pointer:     0x%02x:0x%08x\n", word_of(g, "foseg"), word_of(g, "fooff"));
	uint32_t op = word_of(g, "fop");
	buf_printf(&out, "Opcode:              0x%04x\n", op ? op | 0xd800 : 0);
	gdb_print_buf(g, &out);
	buf_deinit(&out);
	return NULL;
}
