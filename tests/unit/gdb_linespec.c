/* Places and lists of numbers, as users type them. */
#include "gdb_session.h"
#include "gdb_tests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct gdb g;

static int begin(void **state)
{
	(void)state;
	gdb_session_init(&g);
	gdb_session_list(&g, "/src/main.rs", 11, 20);
	return 0;
}

static int end(void **state)
{
	(void)state;
	gdb_session_deinit(&g);
	return 0;
}

static void expect_text(struct str text, const char *expected)
{
	char *copy = str_dup(text);
	assert_string_equal(copy, expected);
	free(copy);
}

/* What the text means; the rest behind it is `rest`. */
static struct eng_spec parsed(const char *text, const char *rest)
{
	struct eng_spec spec;
	struct str left;
	struct error *err = gdb_parse_place(&g, str_from(text), &spec, &left);
	if (err)
		fail_msg("%s: %s", text, err->message);
	expect_text(left, rest);
	return spec;
}

static void expect_line(const char *text, const char *file, uint32_t line, const char *rest)
{
	struct eng_spec spec = parsed(text, rest);
	assert_int_equal(spec.kind, ENG_SPEC_LINE);
	expect_text(spec.file, file);
	assert_int_equal(spec.line, line);
}

static void expect_function(const char *text, const char *file, const char *function, const char *rest)
{
	struct eng_spec spec = parsed(text, rest);
	assert_int_equal(spec.kind, ENG_SPEC_FUNCTION);
	expect_text(spec.file, file);
	expect_text(spec.function, function);
}

static void expect_address(const char *text, uint64_t address, const char *rest)
{
	struct eng_spec spec = parsed(text, rest);
	assert_int_equal(spec.kind, ENG_SPEC_ADDRESS);
	assert_int_equal(spec.address, address);
}

static void expect_error(const char *text, const char *message)
{
	struct eng_spec spec;
	struct str rest;
	struct error *err = gdb_parse_place(&g, str_from(text), &spec, &rest);
	if (!err)
		fail_msg("%s: no error", text);
	assert_string_equal(err->message, message);
	error_destroy(err);
}

static void takes_lines(void **state)
{
	(void)state;
	expect_line("13", "/src/main.rs", 13, "");
	expect_line("  main.rs:13  ", "main.rs", 13, "");
	expect_line("src/a b.rs:7", "src/a b.rs", 7, "");
	expect_line("\"a:b.rs\":7", "a:b.rs", 7, "");
	expect_line("/rustc/0a1b/library/core/src/fmt/mod.rs:100",
		    "/rustc/0a1b/library/core/src/fmt/mod.rs", 100, "");
	expect_line("+3", "/src/main.rs", 24, "");
	expect_line("-4", "/src/main.rs", 17, "");
	expect_line("-400", "/src/main.rs", 1, "");
}

static void takes_functions(void **state)
{
	(void)state;
	expect_function("main", "", "main", "");
	expect_function("main.rs:main", "main.rs", "main", "");
	expect_function("orders::Order::total", "", "orders::Order::total", "");
	expect_function("main.rs:orders::price", "main.rs", "orders::price", "");
	expect_function("<orders::Line as core::fmt::Debug>::fmt", "",
			"<orders::Line as core::fmt::Debug>::fmt", "");
	expect_function("show<[i32; 2], u8>", "", "show<[i32; 2], u8>", "");
	expect_function("map<fn(u8) -> u8, A>::call", "", "map<fn(u8) -> u8, A>::call", "");
	expect_function("'middle(int)'", "", "middle(int)", "");
	expect_function("iffy", "", "iffy", "");
	expect_function("+foo", "", "+foo", "");
}

static void leaves_what_follows(void **state)
{
	(void)state;
	expect_function("main if x == 3", "", "main", "if x == 3");
	expect_function("main if(x)", "", "main", "if(x)");
	expect_function("show<u8> thread 2 if a, b", "", "show<u8>", "thread 2 if a, b");
	expect_line("main.rs:13 -force-condition if y", "main.rs", 13, "-force-condition if y");
	expect_line("3,9", "/src/main.rs", 3, ",9");
	expect_function("main,", "", "main", ",");
	/* A keyword at the very end is a part of the name, as gdb has it. */
	expect_function("main if", "", "main if", "");
	expect_function("main thread", "", "main thread", "");
}

static void takes_values(void **state)
{
	(void)state;
	eval_convenience_set_int(g.eval, STR_LIT("line"), 12);
	expect_line("$line", "/src/main.rs", 12, "");
	expect_line("other.rs:$line if z", "other.rs", 12, "if z");
	expect_address("*0x1000", 0x1000, "");
	expect_address("*$line + 4 if a", 16, "if a");
	expect_error("$nothing", "Undefined convenience variable or function \"$nothing\" not defined.");
	eval_convenience_set_int(g.eval, STR_LIT("line"), -1);
	expect_error("$line", "Line number -1 out of range");
}

static void takes_options(void **state)
{
	(void)state;
	expect_function("-function main", "", "main", "");
	expect_function("-source main.rs -function main if x", "main.rs", "main", "if x");
	expect_function("-qualified main", "", "main", "");
	expect_line("-line 13", "/src/main.rs", 13, "");
	expect_line("-line 13 -source \"a b.rs\" thread 1", "a b.rs", 13, "thread 1");
	expect_line("-line +2", "/src/main.rs", 23, "");
	expect_error("-function", "missing argument for \"-function\"");
	expect_error("-line foo", "malformed line offset: \"foo\"");
	expect_error("-foo 3", "invalid explicit location argument, \"-foo\"");
	expect_error("-source main.rs", "Source filename requires function, label, or line offset.");
}

static void says_what_is_wrong(void **state)
{
	(void)state;
	expect_error("", "No default breakpoint address now.");
	expect_error("if x", "No default breakpoint address now.");
	expect_error(":13", "malformed linespec error: unexpected colon");
	expect_error("main.rs:", "malformed linespec error: unexpected end of input");
	expect_error("13 14", "malformed linespec error: unexpected number, \"14\"");
	expect_error("13 foo", "malformed linespec error: unexpected string, \"foo\"");
	expect_error("''", "malformed linespec error: unexpected end of input");
}

/* A place alone: nothing may follow. */
static void wants_nothing_behind(void **state)
{
	struct eng_spec spec;
	(void)state;
	assert_null(gdb_parse_place(&g, STR_LIT("main"), &spec, NULL));
	struct error *err = gdb_parse_place(&g, STR_LIT("main if x"), &spec, NULL);
	assert_non_null(err);
	assert_string_equal(err->message, "Junk at end of arguments: if x");
	error_destroy(err);
}

/* ---- numbers ---- */

static void expect_numbers(const char *text, const char *expected, const char *rest)
{
	struct gdb_numbers list = { .text = str_from(text) };
	struct buf seen = { 0 };
	buf_str(&seen, STR_EMPTY);
	while (!gdb_numbers_end(&list)) {
		int n;
		struct error *err = gdb_numbers_next(&g, &list, &n);
		if (err) {
			buf_printf(&seen, "%s", err->message);
			error_destroy(err);
			break;
		}
		buf_printf(&seen, "%d ", n);
	}
	expect_text(buf_view(&seen), expected);
	if (rest)
		expect_text(list.text, rest);
	buf_deinit(&seen);
}

static void takes_numbers(void **state)
{
	(void)state;
	eval_convenience_set_int(g.eval, STR_LIT("n"), 4);
	expect_numbers("1", "1 ", "");
	expect_numbers("1 3-5 $n", "1 3 4 5 4 ", "");
	expect_numbers("2-$n print 1", "2 3 4 ", "print 1");
	expect_numbers("1 -s foo", "1 ", "-s foo");
	expect_numbers("1x 2", "0 2 ", "");
	expect_numbers("foo", "", "foo");
	expect_numbers("3-1", "inverted range", NULL);
	expect_numbers("1-", "inverted range", NULL);
	expect_numbers("-1", "negative value", NULL);
	expect_numbers("99999999999999999999", "2147483647 ", "");
}

int gdb_linespec_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_lines),          cmocka_unit_test(takes_functions),
		cmocka_unit_test(leaves_what_follows),  cmocka_unit_test(takes_values),
		cmocka_unit_test(takes_options),        cmocka_unit_test(says_what_is_wrong),
		cmocka_unit_test(wants_nothing_behind), cmocka_unit_test(takes_numbers),
	};
	return cmocka_run_group_tests_name("gdb-linespec", tests, begin, end);
}
