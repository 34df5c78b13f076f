/* Values of which only parts have a place: what is known of them is shown, computed with, kept and set; the rest is nowhere made up. */
#include "eval/print.h"

#include "eval_scene.h"
#include "eval_tests.h"

struct parts {
	struct scene *scene;
	struct eval_session *session;
	struct eval_env env;
};

static size_t parts_read(void *ctx, uint64_t addr, void *buf, size_t size)
{
	struct parts *p = ctx;
	return scene_memory(p->scene, addr, buf, size) ? size : 0;
}

static struct error *parts_write(void *ctx, uint64_t addr, const void *buf, size_t size)
{
	struct parts *p = ctx;
	assert_true(addr >= MEMORY && addr - MEMORY + size <= sizeof p->scene->memory);
	memcpy(p->scene->memory + (addr - MEMORY), buf, size);
	return NULL;
}

static bool parts_reg(void *ctx, unsigned reg, uint64_t *ret)
{
	struct parts *p = ctx;
	if (!arch_reg_known(&p->scene->unwind.regs, reg))
		return false;
	*ret = p->scene->unwind.regs.value[reg];
	return true;
}

static struct error *parts_set_reg(void *ctx, unsigned reg, uint64_t value)
{
	struct parts *p = ctx;
	arch_reg_set(&p->scene->unwind.regs, reg, value);
	return NULL;
}

static bool parts_module(void *ctx, size_t index, struct sym_module **ret, uint64_t *ret_bias)
{
	struct parts *p = ctx;
	*ret = p->scene->module;
	*ret_bias = BIAS;
	return index == 0;
}

static void parts_start(struct parts *p, struct scene *s)
{
	*p = (struct parts){ .scene = s, .session = eval_session_create() };
	p->env = (struct eval_env){ .ctx = p,
				    .arch = &arch_x86_64,
				    .frame = &s->frame,
				    .read = parts_read,
				    .write = parts_write,
				    .reg = parts_reg,
				    .set_reg = parts_set_reg,
				    .module = parts_module };
}

static void parts_end(struct parts *p)
{
	eval_session_destroy(p->session);
	scene_end(p->scene);
}

/* What print says, or the error; "/x NAME" with a format. Each value goes into the history. */
static void prints(struct parts *p, const char *text, const char *expected)
{
	struct arena arena = ARENA_INIT;
	struct eval_expr *e = NULL;
	struct eval_value v;
	struct buf out = { 0 };
	struct eval_format_spec format = { 0 };
	struct eval_printer printer = { .settings = EVAL_PRINT_DEFAULTS,
					.language = EVAL_LANGUAGE_RUST,
					.env = &p->env };
	const char *expression = text;
	if (text[0] == '/') {
		format.letter = text[1];
		expression += 3;
	}
	struct error *err = eval_parse(p->session, EVAL_LANGUAGE_RUST, str_from(expression), NULL, &e);
	if (!err)
		err = eval_run(e, p->session, &p->env, &arena, &v);
	if (!err)
		err = eval_print(&printer, &v, format, true, &out);
	if (!err)
		eval_history_add(p->session, &v);
	else
		buf_str(&out, str_from(err->message));
	buf_str(&out, STR_EMPTY);
	if (strcmp(out.data, expected) != 0)
		print_error("%s:\n", text);
	assert_string_equal(out.data, expected);
	error_destroy(err);
	eval_expr_destroy(e);
	buf_deinit(&out);
	arena_deinit(&arena);
}

static uint32_t option_of(struct scene *s, uint32_t u32)
{
	uint32_t none = structure_of(s, "None", 8, (struct member[]){ { 0 } });
	uint32_t some = structure_of(s, "Some", 8, (struct member[]){ { "__0", u32, 4 }, { 0 } });
	uint32_t option = structure(s, "Option<u32>", 8);
	variant_part(s, u32, 0);
	variant(s, &(uint32_t){ 0 }, 4, "None", none);
	variant(s, &(uint32_t){ 1 }, 4, "Some", some);
	end_children(s);
	end_children(s);
	return option;
}

/* low: 3 bits, high: 5 bits */
static uint32_t bits_of(struct scene *s, uint32_t u8)
{
	uint32_t bits = structure(s, "Bits", 1);
	for (int i = 0; i < 2; i++) {
		die(s, DW_TAG_member, false);
		at_str(s, DW_AT_name, i ? "high" : "low");
		at_ref(s, DW_AT_type, u8);
		at_u(s, DW_AT_bit_size, i ? 5 : 3);
		at_u(s, DW_AT_data_bit_offset, i ? 3 : 0);
	}
	end_children(s);
	return bits;
}

static struct scene *parts_scene(void)
{
	struct scene *s = scene_new();
	uint32_t u8 = base(s, "u8", ATE_UNSIGNED, 1), u16 = base(s, "u16", ATE_UNSIGNED, 2),
		 u32 = base(s, "u32", ATE_UNSIGNED, 4), u64 = base(s, "u64", ATE_UNSIGNED, 8);
	uint32_t u8_pointer = pointer(s, "*mut u8", u8), list = array(s, u16, 4), bits = bits_of(s, u8);
	uint32_t range = structure_of(s, "Range", 16,
				      (struct member[]){ { "start", u64, 0 }, { "end", u64, 8 }, { 0 } });
	uint32_t text = structure_of(
		s, "&str", 16,
		(struct member[]){ { "data_ptr", u8_pointer, 0 }, { "length", u64, 8 }, { 0 } });
	uint32_t slice = structure_of(
		s, "&[u8]", 16,
		(struct member[]){ { "data_ptr", u8_pointer, 0 }, { "length", u64, 8 }, { 0 } });
	uint32_t empty = structure_of(s, "Empty", 0, (struct member[]){ { 0 } });
	uint32_t outer = structure_of(
		s, "Outer", 24,
		(struct member[]){
			{ "range", range, 8 }, { "first", u64, 0 }, { "empty", empty, 8 }, { 0 } });
	uint32_t option = option_of(s, u32);
	function(s, no_frame_base, sizeof no_frame_base);
	uint64_t text_at = put(s, "text", 4);
	uint64_t number_at = put(s, &(uint64_t){ 1000 }, 8);
	assert_int_equal(number_at, MEMORY + 0x10);
	arch_reg_set(&s->regs, ARCH_RDI, text_at);
	arch_reg_set(&s->regs, ARCH_RSI, 4);
	arch_reg_set(&s->regs, ARCH_RBX, 20);
	/* 0x93: DW_OP_piece, 0x9d: DW_OP_bit_piece, 0x50+n: DW_OP_reg, 0x30+n: DW_OP_lit, 0x9f: DW_OP_stack_value, 0x0c: DW_OP_const4u,
	 * 0x9e: DW_OP_implicit_value. rcx is not known here. */
	uint8_t at = (uint8_t)s->info.len, high = (uint8_t)(s->info.len >> 8);
	AT(s, "end", range, 0x93, 8, 0x53, 0x93, 8);
	/* DW_OP_GNU_implicit_pointer to it and 0 or 8 bytes into it, beyond it, and to no variable. */
	AT(s, "to_end", pointer(s, "&Range", range), 0xf2, at, high, 0, 0, 0);
	AT(s, "to_member", pointer(s, "&u64", u64), 0xf2, at, high, 0, 0, 8);
	AT(s, "beyond", pointer(s, "&u64", u64), 0xf2, at, high, 0, 0, 9);
	AT(s, "astray", pointer(s, "&u64", u64), 0xf2, 1, 0, 0, 0, 0);
	AT(s, "start", range, 0x53, 0x93, 8); /* and nothing says anything of its end */
	AT(s, "nothing", range, 0x93, 8, 0x93, 8);
	AT(s, "unsaved", range, 0x52, 0x93, 8, 0x53, 0x93, 8);
	AT(s, "memory", range, 0x0c, 0x10, 0, 0, 7, 0x93, 8, 0x53, 0x93, 8);
	AT(s, "unreadable", range, 0x40, 0x93, 8, 0x53, 0x93, 8);
	AT(s, "computed", range, 0x9e, 8, 1, 1, 0, 0, 0, 0, 0, 0, 0x93, 8, 0x37, 0x9f, 0x93, 8);
	AT(s, "inner", outer, 0x93, 8, 0x93, 8, 0x53, 0x93, 8);
	AT(s, "around", outer, 0x53, 0x93, 8, 0x93, 16);
	AT(s, "text", text, 0x55, 0x93, 8, 0x54, 0x93, 8);
	AT(s, "no_length", text, 0x55, 0x93, 8, 0x93, 8);
	AT(s, "no_slice", slice, 0x93, 8, 0x54, 0x93, 8);
	AT(s, "list", list, 0x93, 4, 0x35, 0x9f, 0x93, 2, 0x35, 0x9f, 0x93, 2);
	AT(s, "number", u32, 0x53, 0x93, 2, 0x93, 2);
	AT(s, "maybe", option, 0x93, 4, 0x53, 0x93, 4);
	AT(s, "some", option, 0x31, 0x9f, 0x93, 4, 0x93, 4);
	AT(s, "none", option, 0x30, 0x9f, 0x93, 4, 0x93, 4);
	AT(s, "bits", bits, 0x35, 0x9f, 0x9d, 3, 0);
	AT(s, "set_bits", bits, 0x53, 0x9d, 3, 4, 0x53, 0x9d, 5, 8);
	scene_finish(s);
	return s;
}

static void test_shown(void **state)
{
	(void)state;
	struct parts p;
	parts_start(&p, parts_scene());
	prints(&p, "end", "Range {start: <optimized out>, end: 20}");
	prints(&p, "/x end", "Range {start: <optimized out>, end: 0x14}");
	prints(&p, "start", "Range {start: 20, end: <optimized out>}");
	prints(&p, "nothing", "<optimized out>");
	prints(&p, "unsaved", "Range {start: <optimized out>, end: 20}");
	prints(&p, "memory", "Range {start: 1000, end: 20}");
	prints(&p, "unreadable", "Cannot access memory at address 0x10");
	prints(&p, "computed", "Range {start: 257, end: 7}");
	prints(&p, "inner",
	       "Outer {range: Range {start: <optimized out>, end: 20}, first: <optimized out>, empty: Empty}");
	prints(&p, "inner.range", "Range {start: <optimized out>, end: 20}");
	prints(&p, "inner.range.end + 1", "21");
	/* gdb, too, says it of the members within a structure, and of the whole on its own. */
	prints(&p, "around",
	       "Outer {range: Range {start: <optimized out>, end: <optimized out>}, first: 20, empty: Empty}");
	prints(&p, "around.range", "<optimized out>");
	prints(&p, "around.empty", "Empty");
	prints(&p, "text", "\"text\"");
	prints(&p, "no_length", "<error reading variable: value has been optimized out>");
	prints(&p, "no_length.data_ptr", "(*mut u8) 0x7000000");
	prints(&p, "no_length[0]", "value has been optimized out");
	prints(&p, "no_slice", "&[u8] <error reading variable: value has been optimized out>");
	prints(&p, "no_slice.length", "4");
	prints(&p, "list", "[<optimized out>, <optimized out>, 5, 5]");
	prints(&p, "list[2] + list[3]", "10");
	prints(&p, "list[1]", "<optimized out>");
	prints(&p, "number", "<optimized out>");
	prints(&p, "number + 1", "value has been optimized out");
	prints(&p, "end.start == 1", "value has been optimized out");
	prints(&p, "&end.end", "Attempt to take address of value not located in memory.");
	prints(&p, "sizeof(end)", "16");
	parts_end(&p);
}

static void test_lost_variants(void **state)
{
	(void)state;
	struct parts p;
	parts_start(&p, parts_scene());
	prints(&p, "maybe", "<optimized out>");
	prints(&p, "maybe.0", "value has been optimized out");
	prints(&p, "some", "Some(<optimized out>)");
	prints(&p, "some.0", "<optimized out>");
	prints(&p, "none", "None");
	prints(&p, "bits", "Bits {low: 5, high: <optimized out>}");
	prints(&p, "bits.low", "5");
	prints(&p, "bits.high", "<optimized out>");
	parts_end(&p);
}

static void test_synthetic_pointers(void **state)
{
	(void)state;
	struct parts p;
	parts_start(&p, parts_scene());
	prints(&p, "to_end", "(*mut Range) <synthetic pointer>");
	prints(&p, "*to_end", "Range {start: <optimized out>, end: 20}");
	prints(&p, "to_end.end", "20");
	prints(&p, "to_end.start", "<optimized out>");
	prints(&p, "to_end.end = 21", "()");
	prints(&p, "*to_member + 1", "22");
	prints(&p, "*$1", "Range {start: <optimized out>, end: 21}");
	prints(&p, "*beyond", "access outside bounds of object referenced via synthetic pointer");
	prints(&p, "to_member + 1", "value has been optimized out");
	prints(&p, "astray", "<optimized out>");
	prints(&p, "*astray", "value has been optimized out");
	parts_end(&p);
}

static void test_kept(void **state)
{
	(void)state;
	struct parts p;
	parts_start(&p, parts_scene());
	prints(&p, "end", "Range {start: <optimized out>, end: 20}");
	prints(&p, "$1", "Range {start: <optimized out>, end: 20}");
	prints(&p, "$1.end", "20");
	prints(&p, "$1.start", "<optimized out>");
	prints(&p, "$kept = end", "()");
	prints(&p, "$kept", "Range {start: <optimized out>, end: 20}");
	prints(&p, "$kept.start", "<optimized out>");
	prints(&p, "$none = nothing", "()");
	prints(&p, "$none", "<optimized out>");
	prints(&p, "$kept.start = 3", "()");
	prints(&p, "$kept", "Range {start: 3, end: 20}");
	prints(&p, "end", "Range {start: <optimized out>, end: 20}");
	parts_end(&p);
}

static void test_set(void **state)
{
	(void)state;
	static const char refused[] = "Left operand of assignment is not a modifiable lvalue.";
	struct parts p;
	parts_start(&p, parts_scene());
	prints(&p, "end.end = 30", "()");
	prints(&p, "end", "Range {start: <optimized out>, end: 30}");
	prints(&p, "end.start = 1", refused);
	prints(&p, "start.end = 1", refused);
	prints(&p, "unsaved.end += 1", "()");
	prints(&p, "$rbx", "31");
	prints(&p, "memory.start = 2000", "()");
	prints(&p, "memory.end = 40", "()");
	prints(&p, "memory", "Range {start: 2000, end: 40}");
	/* All of it or nothing. */
	prints(&p, "end = memory", refused);
	prints(&p, "memory = memory", "()");
	prints(&p, "memory = end", "value has been optimized out");
	prints(&p, "computed.end = 1", refused);
	prints(&p, "memory", "Range {start: 2000, end: 40}");
	prints(&p, "list[3] = 1", refused);
	/* Bits 4 to 6 of rbx, and 8 to 12. */
	prints(&p, "$rbx = 0xffff0", "()");
	prints(&p, "set_bits", "Bits {low: 7, high: 31}");
	prints(&p, "set_bits.low = 2", "()");
	prints(&p, "set_bits.high = 17", "()");
	prints(&p, "set_bits", "Bits {low: 2, high: 17}");
	prints(&p, "/x $rbx", "0xff1a0");
	parts_end(&p);
}

/* As triage writes them. */
static void test_formatted(void **state)
{
	(void)state;
	struct scene *s = parts_scene();
	check(s, "end", "Range { start: <optimized out>, end: 20 }");
	check(s, "start", "Range { start: 20, end: <optimized out> }");
	check(s, "nothing", "<optimized out>");
	check(s, "computed", "Range { start: 257, end: 7 }");
	check(s, "around", "Outer { range: <optimized out>, first: 20, empty: Empty }");
	check(s, "no_length", "&str { data_ptr: 0x7000000, length: <optimized out> }");
	check(s, "list", "[<optimized out>, <optimized out>, 5, 5]");
	check(s, "number", "<optimized out>");
	check(s, "maybe", "<optimized out>");
	check(s, "some", "Some(<optimized out>)");
	check(s, "none", "None");
	check(s, "bits", "Bits { low: 5, high: <optimized out> }");
	scene_end(s);
}

int eval_parts_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shown), cmocka_unit_test(test_lost_variants),
		cmocka_unit_test(test_kept),  cmocka_unit_test(test_synthetic_pointers),
		cmocka_unit_test(test_set),   cmocka_unit_test(test_formatted),
	};
	return cmocka_run_group_tests_name("eval parts", tests, NULL, NULL);
}
