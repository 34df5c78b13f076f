/* Expressions of both languages without a program, and over this test's own statics. */
#include "eval/print.h"

#include <link.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "eval_tests.h"

struct point {
	int x;
	double y;
};

/* What the expressions of test_own see: by name, through this program's own debug information. */
struct expr_sample {
	struct point point;
	unsigned low : 3;
	int middle : 7;
	const char *text;
	int numbers[12];
	struct expr_sample *self;
	union {
		int whole;
		unsigned char bytes[4];
	};
};
enum expr_mode { EXPR_OFF, EXPR_ON = 4, EXPR_AUTO };
struct expr_sample expr_sample;
enum expr_mode expr_mode;
int expr_counter;
int expr_twice(int n);

int expr_twice(int n)
{
	return 2 * n;
}

struct world {
	struct eval_session *session;
	struct eval_env env;
	uint64_t regs[17];
	struct sym_module *module;
	uint64_t bias;
};

static size_t own_read(void *ctx, uint64_t addr, void *buf, size_t size)
{
	(void)ctx;
	if (addr < 4096)
		return 0;
	memcpy(buf, (const void *)(uintptr_t)addr, size);
	return size;
}

static struct error *own_write(void *ctx, uint64_t addr, const void *buf, size_t size)
{
	(void)ctx;
	memcpy((void *)(uintptr_t)addr, buf, size);
	return NULL;
}

static bool own_reg(void *ctx, unsigned reg, uint64_t *ret)
{
	const struct world *w = ctx;
	if (reg < 17)
		*ret = w->regs[reg];
	return reg < 17;
}

static struct error *own_set_reg(void *ctx, unsigned reg, uint64_t value)
{
	struct world *w = ctx;
	assert_true(reg < 17);
	w->regs[reg] = value;
	return NULL;
}

static bool own_module(void *ctx, size_t index, struct sym_module **ret, uint64_t *ret_bias)
{
	const struct world *w = ctx;
	if (index > 0 || !w->module)
		return false;
	*ret = w->module;
	*ret_bias = w->bias;
	return true;
}

static void world_init(struct world *w)
{
	*w = (struct world){ .session = eval_session_create() };
	w->regs[ARCH_RAX] = 0x1122334455667788;
	w->env = (struct eval_env){ .ctx = w,
				    .arch = &arch_x86_64,
				    .read = own_read,
				    .write = own_write,
				    .reg = own_reg,
				    .set_reg = own_set_reg,
				    .module = own_module };
}

static void world_end(struct world *w)
{
	eval_session_destroy(w->session);
	if (w->module)
		sym_module_close(w->module);
}

/* The value as print shows it, or the error. */
static char *printed(struct world *w, enum eval_language language, const char *text)
{
	struct arena arena = ARENA_INIT;
	struct eval_expr *e = NULL;
	struct eval_value v;
	struct buf out = { 0 };
	struct eval_format_spec format = { 0 };
	struct eval_printer printer = { .settings = EVAL_PRINT_DEFAULTS,
					.language = language,
					.env = &w->env };
	if (text[0] == '/') {
		format.letter = text[1];
		text += 3;
	}
	struct error *err = eval_parse(w->session, language, str_from(text), NULL, &e);
	if (!err)
		err = eval_run(e, w->session, &w->env, &arena, &v);
	if (!err)
		err = eval_print(&printer, &v, format, true, &out);
	if (!err)
		eval_history_add(w->session, &v);
	char *result = str_dup(err ? str_from(err->message) : buf_view(&out));
	error_destroy(err);
	eval_expr_destroy(e);
	buf_deinit(&out);
	arena_deinit(&arena);
	return result;
}

static char *type_of(struct world *w, enum eval_language language, const char *text, bool whole)
{
	struct arena arena = ARENA_INIT;
	struct eval_expr *e = NULL;
	const struct sym_type *type;
	bool is_type;
	struct buf out = { 0 };
	struct eval_printer printer = { .settings = EVAL_PRINT_DEFAULTS,
					.language = language,
					.env = &w->env };
	struct error *err = eval_parse(w->session, language, str_from(text), NULL, &e);
	if (!err)
		err = eval_type_of(e, w->session, &w->env, &arena, &type, &is_type);
	if (!err && whole)
		err = eval_type_definition(&printer, type, EVAL_NO_OFFSETS, &out);
	else if (!err)
		eval_type_name(&printer, type, &out);
	char *result = str_dup(err ? str_from(err->message) : buf_view(&out));
	error_destroy(err);
	eval_expr_destroy(e);
	buf_deinit(&out);
	arena_deinit(&arena);
	return result;
}

static void check(struct world *w, enum eval_language language, const char *const (*table)[2], size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char *got = printed(w, language, table[i][0]);
		if (strcmp(got, table[i][1]) != 0)
			fail_msg("%s\n  gives    %s\n  expected %s", table[i][0], got, table[i][1]);
		free(got);
	}
}

static void check_types(struct world *w, enum eval_language language, const char *const (*table)[2],
			size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char *got = type_of(w, language, table[i][0], false);
		if (strcmp(got, table[i][1]) != 0)
			fail_msg("whatis %s\n  gives    %s\n  expected %s", table[i][0], got, table[i][1]);
		free(got);
	}
}

#define CHECK(w, language, table) \
	check(w, EVAL_LANGUAGE_##language, table, sizeof(table) / sizeof(table)[0])
#define CHECK_TYPES(w, language, table) \
	check_types(w, EVAL_LANGUAGE_##language, table, sizeof(table) / sizeof(table)[0])

static void test_rust(void **state)
{
	(void)state;
	static const char *const table[][2] = {
		{ "1_000u64", "1000" },
		{ "0xff + 0o17 + 0b11", "273" },
		{ "5000000000", "5000000000" },
		{ "999999999999999999999999999999999999999999", "Integer literal is too large" },
		{ "170141183460469231731687303715884105727i128", "170141183460469231731687303715884105727" },
		{ "1.5e3", "1500" },
		{ "0.1", "0.10000000000000001" },
		{ "0.1f32", "0.100000001" },
		{ "1.0 / 0", "inf" },
		{ "'a'", "97 'a'" },
		{ "'\\''", "39 '\\''" },
		{ "'é'", "233 '\\xe9'" },
		{ "'\\u{2603}'", "9731 '\\u{002603}'" },
		{ "b'x'", "120" },
		{ "\"a\\\"b\\n\"", "\"a\\\"b\\n\"" },
		{ "\"\\u{fc} ☃\"", "\"ü ☃\"" },
		{ "\"aaaaaaaaaaaaaaaab\"", "'a' <repeats 16 times>, \"b\"" },
		{ "r#\"a\"b\"#", "\"a\\\"b\"" },
		{ "b\"x\\xff\"", "b\"x\\377\"" },
		{ "'ab'", "overlong character literal" },
		{ "\"abc", "Unexpected EOF in string" },
		{ "true && !false", "true" },
		{ "!5", "-6" },
		{ "-7 / 2", "-3" },
		{ "-7 % 3", "-1" },
		{ "1 / 0", "Division by zero" },
		{ "1 + 2 * 3 == 7", "true" },
		{ "1 << 4 | 1", "17" },
		{ "200u8 + 100", "300" },
		{ "3u64 - 5", "18446744073709551614" },
		{ "5 & 3 ^ 1", "0" },
		{ "300 as u8", "44" },
		{ "-1 as u32", "4294967295" },
		{ "3.9 as i32", "3" },
		{ "65 as char", "65 'A'" },
		{ "()", "()" },
		{ "(1, 'b', 3.5).1", "98 'b'" },
		{ "[1, 2, 3]", "[1, 2, 3]" },
		{ "[1, 2, 3][1]", "2" },
		{ "[1, 2, 3][3]", "Index greater than length" },
		{ "[7; 4]", "[7, 7, 7, 7]" },
		{ "[0u8; 300]", "[0 <repeats 300 times>]" },
		{ "1..3", "std::ops::Range {start: 1, end: 3}" },
		{ "..=3", "std::ops::RangeToInclusive {end: 3}" },
		{ "sizeof(u64) + sizeof([u16; 3])", "14" },
		{ "\"abc\" == \"abc\" && \"abc\" < \"abd\"", "true" },
		{ "$x = 5", "()" },
		{ "$x * 2", "10" },
		{ "$x += 1", "()" },
		{ "$x", "6" },
		{ "$$2 + $", "16" },
		{ "$nothing", "()" },
		{ "$999", "History has not yet reached $999." },
		{ "/x $rax", "0x1122334455667788" },
		{ "/x $ax", "0x7788" },
		{ "$eax = 1", "()" },
		{ "/x $rax", "0x1122334400000001" },
		{ "/x 255", "0xff" },
		{ "/o 8", "010" },
		{ "/t 10", "1010" },
		{ "/z 5", "0x00000005" },
		{ "/d 200u8", "-56" },
		{ "/c 65", "65 'A'" },
		{ "/c 2.7", "2 '\\002'" },
		{ "/c 1.0 / 0", "-1 '\\377'" },
		{ "/c -1e300", "0 '\\000'" },
		{ "/d ()", "0" },
		{ "/f 1065353216", "1" },
		{ "/x (1, 2.0f32)", "(0x1, 0x40000000)" },
		{ "*5", "Attempt to take contents of a non-pointer value." },
		{ "*(8 as *const i32)", "Cannot access memory at address 0x8" },
		{ "8 as *const u8", "(*mut u8) 0x8" },
		{ "8 as *const u32 as u64 + 1", "9" },
		{ "&5", "Attempt to take address of value not located in memory." },
		{ "5 = 6", "Left operand of assignment is not an lvalue." },
		{ "nosuch", "No symbol table is loaded.  Use the \"file\" command." },
		{ "1 +", "unexpected token" },
		{ "(1", "',' or ')' expected" },
		{ "1 2", "Syntax error near '2'" },
		{ "5.x", "Attempt to extract a component of a value that is not a structure." },
		{ "-\"a\"", "Structure has no component named operator-." },
	};
	struct world w;
	world_init(&w);
	CHECK(&w, RUST, table);
	static const char *const types[][2] = {
		{ "1", "i32" },
		{ "0xffffffff", "i64" },
		{ "1.5", "f64" },
		{ "'a'", "char" },
		{ "\"x\"", "&str" },
		{ "1 == 1", "bool" },
		{ "[1u8; 3]", "[u8; 3]" },
		{ "(1, 'a')", "(i32, char)" },
		{ "8 as *const u8", "*mut u8" },
		{ "*mut [i32; 3]", "*mut [i32; 3]" },
		{ "()", "()" },
		{ "$rip", "*mut fn ()" },
	};
	CHECK_TYPES(&w, RUST, types);
	world_end(&w);
}

static void test_c(void **state)
{
	(void)state;
	static const char *const table[][2] = {
		{ "{1, 2, 3}", "{1, 2, 3}" },
		{ "{{1, 2}, {3, 4}}", "{{1, 2}, {3, 4}}" },
		{ "{1.5, 2}", "array elements must all be the same size" },
		{ "{}", "bad array bounds (0, -1)" },
		{ "(int[2])0x0000000200000001", "{1, 2}" },
		{ "(int[3])5", "Invalid cast." },
		{ "010 + 0x10 + 10u + 10L", "44" },
		{ "2147483648", "2147483648" },
		{ "4294967295u + 1", "0" },
		{ "-1 > 0u", "1" },
		{ "1 ? 2 : 3", "2" },
		{ "(char) 65", "65 'A'" },
		{ "(unsigned char) 300", "44 ','" },
		{ "(short) 70000", "4464" },
		{ "(float) 1 / 3", "0.333333343" },
		{ "1.0L / 3", "0.333333333333333333342" },
		{ "5 > 3 == 1", "1" },
		{ "-7 >> 1", "-4" },
		{ "~5 & 0xff", "250" },
		{ "!5 || !0", "1" },
		{ "'\\n'", "10 '\\n'" },
		{ "'\\101'", "65 'A'" },
		{ "\"a\" \"b\"", "\"ab\"" },
		{ "\"abc\"[1]", "98 'b'" },
		{ "sizeof(\"abc\") + sizeof(int)", "8" },
		{ "L'x'", "120 L'x'" },
		{ "1, 2", "2" },
		{ "$i = 3", "3" },
		{ "$i++", "3" },
		{ "++$i", "5" },
		{ "$i", "5" },
		{ "$nothing", "void" },
		{ "$_isvoid($nothing)", "1" },
		{ "1 / 0", "Division by zero" },
		{ "*(int *)8", "Cannot access memory at address 0x8" },
		{ "(char *)0", "0x0" },
		{ "(int *)16", "(int *) 0x10" },
		{ "*(void *)8", "Attempt to dereference a generic pointer." },
		{ "3 +", "A syntax error in expression, near `'." },
		{ "i j", "A syntax error in expression, near `j'." },
		{ "99999999999999999999", "Numeric constant too large." },
		{ "5 = 6", "Left operand of assignment is not an lvalue." },
	};
	struct world w;
	world_init(&w);
	CHECK(&w, C, table);
	static const char *const types[][2] = {
		{ "1", "int" },
		{ "1L", "long" },
		{ "1.5f", "float" },
		{ "'a' + 1", "int" },
		{ "\"abc\"", "char [4]" },
		{ "1 == 1", "int" },
		{ "1u + 1L", "long" },
		{ "unsigned", "unsigned int" },
		{ "(char *)0", "char *" },
		{ "char **", "char **" },
		{ "$sp", "void *" },
		{ "$rip", "void (*)()" },
	};
	CHECK_TYPES(&w, C, types);
	world_end(&w);
}

static int first_object(struct dl_phdr_info *info, size_t size, void *ctx)
{
	(void)size;
	*(uint64_t *)ctx = info->dlpi_addr;
	return 1;
}

static void test_own(void **state)
{
	(void)state;
	struct world w;
	world_init(&w);
	struct error *err = sym_module_open("/proc/self/exe", NULL, &w.module);
	assert_null(err);
	dl_iterate_phdr(first_object, &w.bias);
	if (!sym_module_has_debug_info(w.module)) {
		world_end(&w);
		skip();
	}
	expr_sample = (struct expr_sample){ .point = { 3, 2.5 }, .low = 5, .middle = -3, .text = "hello" };
	expr_sample.self = &expr_sample;
	for (int i = 0; i < 12; i++)
		expr_sample.numbers[i] = i < 11 ? 7 : 9;
	expr_sample.whole = 0x41;
	expr_mode = EXPR_ON;
	char address[32], function[64], sum[32];
	snprintf(address, sizeof address, "(int *) %p", (void *)&expr_sample.point.x);
	snprintf(function, sizeof function, "{int (int)} %p", (void *)(uintptr_t)expr_twice);
	snprintf(sum, sizeof sum, "(int *) %p", (void *)&expr_sample.numbers[2]);
	const char *const table[][2] = {
		{ "expr_sample.point", "{x = 3, y = 2.5}" },
		{ "expr_sample.self->self->point.x", "3" },
		{ "expr_sample.low", "5" },
		{ "expr_sample.middle", "-3" },
		{ "*expr_sample.text", "104 'h'" },
		{ "*expr_sample.text@5", "\"hello\"" },
		{ "expr_sample.numbers", "{7 <repeats 11 times>, 9}" },
		{ "expr_sample.numbers[11]", "9" },
		{ "*expr_sample.numbers@2", "{7, 7}" },
		{ "&expr_sample.point.x", address },
		{ "expr_sample.numbers + 2", sum },
		{ "&expr_sample.numbers[4] - &expr_sample.numbers[1]", "3" },
		{ "expr_sample.whole", "65" },
		{ "expr_sample.bytes", "\"A\\000\\000\"" },
		{ "/x expr_sample.bytes", "{0x41, 0x0, 0x0, 0x0}" },
		{ "expr_sample.nothing", "There is no member named nothing." },
		{ "expr_mode", "EXPR_ON" },
		{ "EXPR_AUTO", "EXPR_AUTO" },
		{ "/d EXPR_AUTO", "5" },
		{ "(enum expr_mode)0", "EXPR_OFF" },
		{ "expr_mode == EXPR_ON", "1" },
		{ "expr_counter = 41", "41" },
		{ "++expr_counter", "42" },
		{ "expr_sample.low = 2", "2" },
		{ "expr_sample.middle", "-3" },
		{ "expr_sample.middle = 60", "60" },
		{ "expr_sample.low", "2" },
		{ "expr_sample.point.y = 1", "1" },
		{ "expr_sample.point", "{x = 3, y = 1}" },
		{ "*(struct point *)expr_sample.self", "{x = 3, y = 1}" },
		{ "{int}&expr_counter", "42" },
		{ "sizeof(struct point)", "16" },
		{ "expr_twice", function },
		{ "expr_twice(3)", "You can't do that without a process to debug." },
		{ "nosuch", "No symbol \"nosuch\" in current context." },
		{ "(struct nosuch *) 0", "No struct type named nosuch." },
	};
	CHECK(&w, C, table);
	assert_int_equal(expr_counter, 42);
	assert_int_equal(expr_sample.low, 2);
	assert_int_equal(expr_sample.middle, 60);
	char *got = type_of(&w, EVAL_LANGUAGE_C, "expr_sample.point", true);
	assert_string_equal(got, "struct point {\n    int x;\n    double y;\n}");
	free(got);
	got = type_of(&w, EVAL_LANGUAGE_C, "expr_mode", true);
	assert_string_equal(got, "enum expr_mode {EXPR_OFF, EXPR_ON = 4, EXPR_AUTO}");
	free(got);
	world_end(&w);
}

static void test_rest(void **state)
{
	(void)state;
	static const struct {
		enum eval_language language;
		const char *text, *expression, *rest;
	} table[] = {
		{ EVAL_LANGUAGE_RUST, "x == 3 if y", "x == 3", "if y" },
		{ EVAL_LANGUAGE_RUST, "f(1, 2), 3", "f(1, 2)", ", 3" },
		{ EVAL_LANGUAGE_C, "$pc thread 2", "$pc", "thread 2" },
		{ EVAL_LANGUAGE_C, "f(1, 2), 3", "f(1, 2)", ", 3" },
		{ EVAL_LANGUAGE_C, "(1, 2)", "(1, 2)", "" },
	};
	struct eval_session *s = eval_session_create();
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct eval_expr *e;
		struct str rest;
		struct error *err = eval_parse(s, table[i].language, str_from(table[i].text), &rest, &e);
		assert_null(err);
		assert_true(str_is(eval_expr_text(e), table[i].expression));
		assert_true(str_is(rest, table[i].rest));
		eval_expr_destroy(e);
	}
	eval_session_destroy(s);
}

int eval_expr_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rust),
		cmocka_unit_test(test_c),
		cmocka_unit_test(test_own),
		cmocka_unit_test(test_rest),
	};
	return cmocka_run_group_tests_name("eval-expr", tests, NULL, NULL);
}
