/* C-like expressions, as Natvis has them: what they are parsed into, and what is wrong with those that are not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "eval/cx.h"
#include "symbols/lookup.h"

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

/* ---- running ---- */

/* struct node { int a; unsigned char b; short c[3]; struct node *next; double real; unsigned long big; } at 0x1000, the next at 0x1040. */
enum { NODE_SIZE = 40 };
static uint8_t memory[128];

static size_t read_memory(void *ctx, uint64_t address, void *buf, size_t size)
{
	(void)ctx;
	if (address < 0x1000 || address - 0x1000 > sizeof memory ||
	    size > sizeof memory - (address - 0x1000))
		return 0;
	memcpy(buf, memory + (address - 0x1000), size);
	return size;
}

static const struct sym_type *c_type(const char *name)
{
	return sym_type_primitive(NULL, str_from(name), false);
}

static const struct sym_type *node_type(void)
{
	static const struct sym_type *made;
	struct sym_member members[] = {
		{ .name = STR_LIT("a"), .type = c_type("int"), .offset = 0 },
		{ .name = STR_LIT("b"), .type = c_type("unsigned char"), .offset = 4 },
		{ .name = STR_LIT("c"), .type = sym_type_array_of(c_type("short"), 3), .offset = 6 },
		{ .name = STR_LIT("next"), .type = sym_type_pointer_to(c_type("void")), .offset = 16 },
		{ .name = STR_LIT("real"), .type = c_type("double"), .offset = 24 },
		{ .name = STR_LIT("big"), .type = c_type("unsigned long"), .offset = 32 },
		{ .name = STR_LIT("low"), .type = c_type("int"), .offset = 4, .bit_size = 4, .bit_offset = 2 },
	};
	if (!made)
		made = sym_type_c_members_of(false, STR_LIT("node"), members,
					     sizeof members / sizeof *members, NODE_SIZE);
	return made;
}

static const struct sym_type *find_type(void *ctx, struct str name)
{
	(void)ctx;
	return str_is(name, "node") || str_is(name, "$T1") ? node_type() : NULL;
}

struct intrinsics {
	struct arena *arena;
	struct eval_cx_expr twice, loop;
};

static bool find_intrinsic(void *ctx, struct str name, size_t arguments, struct eval_cx_intrinsic *ret)
{
	struct intrinsics *i = ctx;
	if (str_is(name, "weigh") && arguments == 2) {
		ret->body = &i->twice;
		ret->count = 2;
		ret->parameters[0] = (struct eval_cx_parameter){ STR_LIT("x"), STR_LIT("unsigned char") };
		ret->parameters[1] = (struct eval_cx_parameter){ STR_LIT("y"), STR_LIT("int") };
		return true;
	}
	ret->body = &i->loop;
	ret->count = 0;
	return str_is(name, "loop") && arguments == 0;
}

static void fill_memory(void)
{
	for (int i = 0; i < 2; i++) {
		uint8_t *n = memory + i * 0x40;
		int a = i ? 7 : -5;
		short c[3] = { 10, -20, 30 };
		uint64_t next = i ? 0 : 0x1040, big = UINT64_MAX;
		double real = 2.5;
		memcpy(n, &a, 4);
		n[4] = 0xac; /* low: 1011, which is -5 */
		memcpy(n + 6, c, sizeof c);
		memcpy(n + 16, &next, 8);
		memcpy(n + 24, &real, 8);
		memcpy(n + 32, &big, 8);
	}
}

/* The value as a number, "at ADDRESS TYPE" for a place, or what the error says; i is 3 before, and *ret_i after it. */
static void run_in(const char *text, bool own_bytes, uint64_t steps, struct buf *out, int64_t *ret_i)
{
	struct arena arena = ARENA_INIT;
	struct intrinsics intrinsics = { .arena = &arena };
	struct eval_cx_expr e;
	struct eval_cx_code code;
	struct eval_cx_result r;
	struct eval_cx_variable variables[] = { { STR_LIT("i"), { .sym = c_type("int") } } };
	struct eval_cx_scope scope = { .self = { .sym = node_type() },
				       .variables = variables,
				       .variable_count = 1,
				       .ctx = &intrinsics,
				       .type = find_type,
				       .intrinsic = find_intrinsic };
	struct eval_cx_env env = { .read = read_memory, .steps = &steps };
	assert_null(eval_cx_parse(STR_LIT("x * 10 + y + a"), &arena, &intrinsics.twice));
	assert_null(eval_cx_parse(STR_LIT("loop()"), &arena, &intrinsics.loop));
	env.object = own_bytes ? (struct eval_cx_object){ .bytes = memory, .size = NODE_SIZE }
			       : (struct eval_cx_object){ .has_address = true, .address = 0x1000 };
	env.cells[0] = 3;
	struct error *err = eval_cx_parse(str_from(text), &arena, &e);
	if (!err)
		err = eval_cx_compile(e.root, &scope, &arena, &code);
	if (!err)
		err = eval_cx_run(&code, &env, &r);
	if (err)
		buf_str(out, str_from(err->message));
	else if (r.is_place)
		buf_printf(out, "at %s0x%llx %.*s", r.cell >> 64 ? "own " : "",
			   (unsigned long long)r.cell, STR_ARG(sym_type_name(r.type.sym)));
	else if (sym_type_kind(r.type.sym) == SYM_TYPE_FLOAT) {
		uint64_t bits = (uint64_t)r.cell;
		double d;
		memcpy(&d, &bits, sizeof d);
		buf_printf(out, "%g", d);
	} else
		buf_printf(out, "%lld", (long long)r.cell);
	*ret_i = (int64_t)env.cells[0];
	error_destroy(err);
	arena_deinit(&arena);
}

static void gives(const char *text, const char *expected)
{
	struct buf out = { 0 };
	int64_t i;
	run_in(text, false, 1000, &out, &i);
	if (strcmp(out.data, expected) != 0)
		print_error("%s:\n", text);
	assert_string_equal(out.data, expected);
	buf_deinit(&out);
}

static void test_run(void **state)
{
	(void)state;
	fill_memory();
	gives("a + 0", "-5");
	gives("a", "at 0x1000 int");
	gives("this->b + 1", "173");
	gives("c[1] * 2", "-40");
	gives("*(c + 2) + 0", "30");
	gives("&c[2] - &c[0]", "2");
	gives("2 + c == &c[2]", "1");
	gives("((node*)next)->a + 0", "7");
	gives("static_cast<$T1*>(next)[0].c[0] + 0", "10");
	gives("*(node*)next", "at 0x1040 struct node");
	gives("real * 2", "5");
	gives("(int)real", "2");
	gives("real > a", "1");
	gives("low + 0", "-5");
	gives("big + 1 == 0", "1");
	gives("big > -1", "0"); /* C's conversion: -1 is the largest number */
	gives("a < 0u", "0");
	gives("a / 2", "-2");
	gives("a % 2", "-1");
	gives("a >> 1", "-3");
	gives("1 << 31", "-2147483648");
	gives("1 << 32", "0");
	gives("(unsigned char)a", "251");
	gives("(char)b", "-84");
	gives("~0", "-1");
	gives("!next", "0");
	gives("next && a == -5", "1");
	gives("!next && *(int*)0", "0"); /* the right side is not looked at */
	gives("next || *(int*)0", "1");
	gives("next ? 1 : *(int*)0", "1");
	gives("a < 0 ? 1.5 : 2", "1.5");
	gives("sizeof(node) + sizeof(a) + sizeof(char*)", "52");
	gives("i * 2 + 1", "7");
	gives("weigh(0x102, i)", "18"); /* the parameter has 8 bits; a is the value's own */
	gives("weigh(weigh(1, 1), 2)", "57");
	gives("(size_t)next", "4160");
	gives("next == nullptr", "0");
}

static void test_run_errors(void **state)
{
	(void)state;
	fill_memory();
	gives("x", "there is no member x in struct node");
	gives("a.b", "there is no member b in int");
	gives("next->a", "there is no member a in void");
	gives("*a", "it is no pointer that can be followed");
	gives("*this + 1", "a struct node is no number and no pointer");
	gives("(nothing*)next", "there is no type nothing");
	gives("a / (b - b)", "division by zero");
	gives("*(int*)8 + 0", "cannot read 4 bytes at 0x8");
	gives("&(a + 1)", "it has no address");
	gives("real & 1", "the operator is not for floating-point numbers");
	gives("nothing()", "there is no intrinsic nothing");
	gives("loop()", "calls of intrinsics are nested too deeply");
	gives("a = 1", "only a Variable of CustomListItems can be changed");
	gives("\"text\"", "a text is in no memory");
	struct buf out = { 0 };
	int64_t i;
	run_in("a + a + a", false, 3, &out, &i);
	assert_string_equal(out.data, "the limit of steps is reached");
	buf_deinit(&out);
}

static void test_run_variables(void **state)
{
	(void)state;
	static const struct {
		const char *text, *value;
		int64_t after;
	} cases[] = { { "i++", "3", 4 },    { "++i", "4", 4 },
		      { "i--", "3", 2 },    { "i = i + c[0]", "13", 13 },
		      { "i += 2", "5", 5 }, { "i <<= 3", "24", 24 } };
	fill_memory();
	for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
		struct buf out = { 0 };
		int64_t i;
		run_in(cases[k].text, false, 1000, &out, &i);
		assert_string_equal(out.data, cases[k].value);
		assert_int_equal(i, cases[k].after);
		buf_deinit(&out);
	}
}

/* A value that is in registers: its members are there, its address is not one of the program's. */
static void test_run_own_bytes(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
		{ "c[1] + 0", "-20" },
		{ "c[1]", "at own 0x8 short" },
		{ "((node*)next)->a", "at 0x1040 int" },
		{ "c[100] + 0", "2 bytes at offset 206 are not in the value" },
		{ "*(int*)((char*)this + 4) & 0xff", "172" },
	};
	fill_memory();
	for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
		struct buf out = { 0 };
		int64_t i;
		run_in(cases[k][0], true, 1000, &out, &i);
		assert_string_equal(out.data, cases[k][1]);
		buf_deinit(&out);
	}
}

/* Operators on both sides, many deep: the compiler does not look at an operand twice. */
static void test_run_deep(void **state)
{
	(void)state;
	struct buf text = { 0 };
	fill_memory();
	for (int i = 0; i < 12; i++)
		buf_str(&text, STR_LIT("1+(a?2:("));
	buf_str(&text, STR_LIT("a"));
	for (int i = 0; i < 12; i++)
		buf_str(&text, STR_LIT("))"));
	gives(text.data, "3");
	buf_deinit(&text);
}

int eval_cx_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_operators),     cmocka_unit_test(test_literals),
		cmocka_unit_test(test_types),         cmocka_unit_test(test_formats),
		cmocka_unit_test(test_errors),        cmocka_unit_test(test_limits),
		cmocka_unit_test(test_run),           cmocka_unit_test(test_run_errors),
		cmocka_unit_test(test_run_variables), cmocka_unit_test(test_run_own_bytes),
		cmocka_unit_test(test_run_deep),
	};
	return cmocka_run_group_tests_name("eval_cx", tests, NULL, NULL);
}
