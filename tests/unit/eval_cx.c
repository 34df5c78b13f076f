/* C-like expressions, as Natvis has them: what they are parsed into, and what is wrong with those that are not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "eval/cx.h"

#include "eval_tests.h"

/* The tree in parentheses, or "OFFSET: message". */
static void parses(const char *text, const char *expected)
{
	struct arena arena = ARENA_INIT;
	struct eval_cx_expr e;
	struct buf out = { 0 };
	struct error *err = eval_cx_parse(str_from(text), &arena, &e);
	if (err)
		buf_printf(&out, "%llu: %s", (unsigned long long)err->where, err->message);
	else
		eval_cx_describe(&e, &out);
	if (strcmp(out.data, expected) != 0)
		print_error("%s:\n", text);
	assert_string_equal(out.data, expected);
	error_destroy(err);
	buf_deinit(&out);
	arena_deinit(&arena);
}

static void test_operators(void **state)
{
	(void)state;
	parses("a + b * c - d", "((a + (b * c)) - d)");
	parses("a - b - c", "((a - b) - c)");
	parses("a || b && c | d ^ e & f == g < h << i + j % k",
	       "(a || (b && (c | (d ^ (e & (f == (g < (h << (i + (j % k))))))))))");
	parses("a << 2 >> 1", "((a << 2) >> 1)");
	parses("a <= b != c >= d", "((a <= b) != (c >= d))");
	parses("!a && ~b == -c", "((!a) && ((~b) == (-c)))");
	parses("*p++ + &q", "((*(p++)) + (&q))");
	parses("--i", "(--i)");
	parses("a ? b : c ? d : e", "(a ? b : (c ? d : e))");
	parses("i = j = i + 1", "(i = (j = (i + 1)))");
	parses("i <<= 2", "(i <<= 2)");
	parses("i-- - 1", "((i--) - 1)");
	parses("a--b", "3: it should end before `b`");
	parses("a->b.c[d]->e", "a->b.c[d]->e");
	parses("a . b -> __0", "a.b->__0");
	parses("this->a", "this->a");
	parses("f(a, g(), b + 1)", "f(a, g(), (b + 1))");
	parses("-a.b", "(-a.b)");
	parses("p[-(i + 1)].__0", "p[(-(i + 1))].__0");
}

static void test_literals(void **state)
{
	(void)state;
	parses("0", "0");
	parses("2147483647", "2147483647");
	parses("2147483648", "2147483648l");
	parses("0xFFFFFFFF", "4294967295u");
	parses("0x80", "128");
	parses("0b101", "5");
	parses("017", "15");
	parses("1u", "1u");
	parses("1ull", "1ul");
	parses("18446744073709551615", "18446744073709551615ul");
	parses("18446744073709551616", "0: the number has more than 64 bits");
	parses("0x", "0: the number has no digits");
	parses("12ab", "0: this is no number");
	parses("1.5", "1.5");
	parses("1e3", "1000");
	parses("2.5f", "2.5");
	parses("'a'", "'\\97'");
	parses("'\\n'", "'\\10'");
	parses("'\\x41'", "'\\65'");
	parses("'ab'", "0: there is not one character in the quotes");
	parses("\"a\\\"b\"", "\"a\"b\"");
	parses("\"a", "0: the quote is not closed");
	parses("true ? nullptr : false", "(true ? nullptr : false)");
}

static void test_types(void **state)
{
	(void)state;
	parses("(int)x", "(int)x");
	parses("(unsigned  __int64) x + 1", "((unsigned __int64)x + 1)");
	parses("(char*)data_ptr", "(char*)data_ptr");
	parses("(const char *)p", "(char*)p");
	parses("(char const * const *)p", "(char**)p");
	parses("($T1*)buf.ptr", "($T1*)buf.ptr");
	parses("($T1)x", "($T1)x");
	parses("*(alloc::list::Node<$T1>**)&head", "(*(alloc::list::Node<$T1>**)(&head))");
	parses("(($T1*)p)[i % n]", "($T1*)p[(i % n)]");
	parses("static_cast<tuple$<$T1, $T2>*>(p)[-1].__1", "(tuple$<$T1, $T2>*)p[(-1)].__1");
	parses("reinterpret_cast<size_t*>(p) + 2", "((size_t*)p + 2)");
	parses("sizeof(int)", "sizeof(int)");
	parses("sizeof(a.b)", "sizeof(a.b)");
	parses("sizeof($T1)", "sizeof($T1)");
	parses("(Foo)x", "(Foo)x");
	parses("(a)", "a");
	parses("(a) + 1", "(a + 1)");
	parses("(a) - b", "(a - b)");
	parses("(a < b)", "(a < b)");
	parses("(a < b && c > d)", "((a < b) && (c > d))");
	parses("(a < b > c)", "((a < b) > c)");
	parses("((a))", "a");
	parses("(fn(u8))", "fn(u8)"); /* a call: a function's type has no form here */
	parses("static_cast<>(a)", "12: a type is missing");
}

static void test_formats(void **state)
{
	(void)state;
	parses("x,d", "x, d");
	parses("x , xb", "x, x, no_prefix");
	parses("x,X", "x, x, upper");
	parses("p,na", "p, na");
	parses("p,[len]s8", "p, s8, [len]");
	parses("p,[n + 1]sub", "p, s16, no_quotes, [(n + 1)]");
	parses("p,s32b", "p, s32, no_quotes");
	parses("p,10", "p, [10]");
	parses("p,010x", "p, x, [8]");
	parses("e,en", "e, en");
	parses("x,nvo,x", "x, x, nvo");
	parses("*this,view(simple)nd", "(*this), nd, view(simple)");
	parses("x,!", "x, !");
	parses("f(a, b),bb", "f(a, b), b, no_prefix");
	parses("x,", "2: it ends where a format specifier is missing");
	parses("x,q", "2: `q` is no format specifier");
	parses("x,view", "2: `view` is no format specifier");
	parses("x,view()", "2: view has no (NAME)");
	parses("x,[3", "4: `]` is missing");
	for (size_t i = 0; eval_cx_specifier(i); i++) { /* no one hides another */
		struct arena arena = ARENA_INIT;
		struct eval_cx_expr e;
		struct str text = arena_printf(&arena, "x,%s", eval_cx_specifier(i));
		struct error *err = eval_cx_parse(text, &arena, &e);
		assert_null(err);
		arena_deinit(&arena);
	}
}

static void test_errors(void **state)
{
	(void)state;
	parses("", "0: it is empty");
	parses("  ", "2: it ends where an operand is missing");
	parses("a +", "3: it ends where an operand is missing");
	parses("a + )", "4: an operand is missing at `)`");
	parses("(a", "2: it ends where `)` is missing");
	parses("a[1", "3: it ends where `]` is missing");
	parses("a b", "2: it should end before `b`");
	parses("a.", "2: a member's name is missing");
	parses("a ? b", "5: it ends where `:` is missing");
	parses("f(a,", "4: it ends where an operand is missing");
	parses("a::", "3: a name is missing behind `::`");
}

static void test_limits(void **state)
{
	(void)state;
	static const char *const pieces[] = { "(",  "-",       "a[", "f(", "(a<",  "a?",
					      "a=", "sizeof(", "a.", "a+", "(int)" };
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		struct arena arena = ARENA_INIT;
		struct eval_cx_expr e;
		struct buf text = { 0 };
		while (text.len + 10 < EVAL_CX_MAX_TEXT)
			buf_str(&text, str_from(pieces[i]));
		buf_char(&text, 'a');
		struct error *err = eval_cx_parse(buf_view(&text), &arena, &e);
		assert_non_null(err);
		assert_int_equal(err->code, ERROR_LIMIT);
		assert_string_equal(err->message, "it is nested more than 100 levels deep");
		error_destroy(err);
		buf_pad(&text, ' ', EVAL_CX_MAX_TEXT);
		err = eval_cx_parse(buf_view(&text), &arena, &e);
		assert_non_null(err);
		assert_string_equal(err->message, "it is longer than 16384 bytes");
		error_destroy(err);
		buf_deinit(&text);
		arena_deinit(&arena);
	}
}

int eval_cx_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_operators), cmocka_unit_test(test_literals),
		cmocka_unit_test(test_types),     cmocka_unit_test(test_formats),
		cmocka_unit_test(test_errors),    cmocka_unit_test(test_limits),
	};
	return cmocka_run_group_tests_name("eval_cx", tests, NULL, NULL);
}
