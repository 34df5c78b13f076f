/* Files of visualisers: what is read of them, what is wrong with them, and which entry a type's name gets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "natvis/natvis.h"

#include <stdlib.h>

#define XMLNS "xmlns=\"http://schemas.microsoft.com/vstudio/debugger/natvis/2010\""

static struct nv_file *read_text(const char *text)
{
	return nv_file_read(STR_LIT("test.natvis"), text, strlen(text));
}

/* All problems as oxdb natvis check shows them, without the file's name. */
static void problems_of(const struct nv_file *f, struct buf *out)
{
	const struct nv_problem *p;
	size_t count = nv_file_problems(f, &p);
	buf_str(out, STR_EMPTY);
	for (size_t i = 0; i < count; i++)
		buf_printf(out, "%u: %s%.*s%s%.*s\n", p[i].line, p[i].is_note ? "note: " : "",
			   STR_ARG(p[i].entry), p[i].entry.len ? ": " : "", STR_ARG(p[i].message));
}

/* The content of an AutoVisualizer, beginning in line 1. */
static void expect_problems(const char *content, const char *expected)
{
	struct buf text = { 0 }, out = { 0 };
	buf_printf(&text, "<AutoVisualizer " XMLNS ">%s</AutoVisualizer>", content);
	struct nv_file *f = nv_file_read(STR_LIT("test.natvis"), text.data, text.len);
	problems_of(f, &out);
	assert_string_equal(out.data ? out.data : "", expected);
	buf_deinit(&out);
	buf_deinit(&text);
	nv_file_close(f);
}

static void test_all_elements(void **state)
{
	(void)state;
	expect_problems(
		"<Intrinsic Name='twice' Expression='x * 2'><Parameter Name='x' Type='int'/></Intrinsic>\n"
		"<Type Name='a::B&lt;*,*&gt;' Priority='MediumHigh' Inheritable='false' IncludeView='v'>\n"
		"<AlternativeType Name='a::C&lt;*&gt;' Priority='Low'/>\n"
		"<Version Name='a.dll' Min='1.0' Max='1.2.3.4'/>\n"
		"<SmartPointer Usage='Minimal' DefaultExpansion='false'>ptr</SmartPointer>\n"
		"<MostDerivedType>this</MostDerivedType>\n"
		"<DisplayString Condition='len == 0' Optional='true' ExcludeView='v;w'>{{empty}}</DisplayString>\n"
		"<DisplayString ModuleName='m' ModuleVersionMin='1.0'>{twice(len),d} of {cap,[3]s8nvo}</DisplayString>\n"
		"<StringView>data,[len]s8</StringView>\n"
		"<Expand HideRawView='true'>\n"
		"<Item Name='[{len}]' Condition='len &gt; 1'>len</Item>\n"
		"<ExpandedItem>*this,view(simple)</ExpandedItem>\n"
		"<Synthetic Name='[all]' Expression='len'><DisplayString>x</DisplayString><Expand/></Synthetic>\n"
		"<ArrayItems><Direction>Backward</Direction><Rank>2</Rank><Size>dims[$i]</Size>"
		"<LowerBound>1</LowerBound><Stride>2</Stride><ValuePointer>data</ValuePointer></ArrayItems>\n"
		"<IndexListItems><Size>len</Size><ValueNode>data[$i]</ValueNode></IndexListItems>\n"
		"<LinkedListItems><Size>len</Size><HeadPointer>head</HeadPointer><NextPointer>next</NextPointer>"
		"<ValueNode Name='{key}'/></LinkedListItems>\n"
		"<TreeItems><HeadPointer>root</HeadPointer><LeftPointer>l</LeftPointer>"
		"<RightPointer>r</RightPointer><ValueNode Condition='used'>value</ValueNode></TreeItems>\n"
		"<CustomListItems MaxItemsPerView='100'><Variable Name='i' InitialValue='0'/><Size>len</Size>"
		"<Skip Value='n'><Exec>i += n</Exec></Skip>"
		"<Loop Condition='i &lt; len'><If Condition='data[i]'><Item>data[i]</Item></If>"
		"<Elseif Condition='i == 3'><Break Condition='true'/></Elseif><Else><Exec>i++</Exec></Else>"
		"<Exec>i++</Exec></Loop></CustomListItems>\n"
		"</Expand></Type>",
		"");
}

static void test_structure(void **state)
{
	(void)state;
	expect_problems("<Tpye Name='x'/>", "1: there is no element Tpye\n");
	expect_problems("<Expand/>", "1: Expand cannot stand in AutoVisualizer\n");
	expect_problems("<Type/>", "1: Type: it needs the attribute Name\n");
	expect_problems("<Type Name='a'>text</Type>", "1: Type a: it takes no text\n");
	expect_problems("<Type Name='a' Colour='red'/>", "1: Type a: it takes no attribute Colour\n");
	expect_problems(
		"<Type Name='a' Priority='Highest'/>",
		"1: Type a: Priority is `Highest`, not Low, MediumLow, Medium, MediumHigh or High\n");
	expect_problems("<Type Name='a' Inheritable='yes'/>",
			"1: Type a: Inheritable is `yes`, not true or false\n");
	expect_problems("<Type Name='a'>\n<Version Name='m' Min='1'/></Type>",
			"2: Type a, Version m: Min is `1`, not a version as 1.2 or 1.2.3.4\n");
	expect_problems("<Type Name='a'>\n<Expand>\n<Item>x</Item></Expand></Type>",
			"3: Type a, Item: it needs the attribute Name\n");
	expect_problems("<Type Name='a'><Expand/>\n<Expand/></Type>",
			"2: Type a, Expand: there is a second Expand (the first is in line 1)\n");
	expect_problems("<Type Name='a'><Expand><ArrayItems><Size>1</Size></ArrayItems></Expand></Type>",
			"1: Type a, ArrayItems: it needs a ValuePointer\n");
	expect_problems("<Type Name='a'><Expand><CustomListItems><Else/></CustomListItems></Expand></Type>",
			"1: Type a, Else: it stands behind no If\n");
	expect_problems("<Type Name='a'><SmartPointer>p</SmartPointer></Type>",
			"1: Type a, SmartPointer: it needs the attribute Usage\n");
	expect_problems(
		"<Type Name='a'><Expand><CustomListItems MaxItemsPerView='0'/></Expand></Type>",
		"1: Type a, CustomListItems: MaxItemsPerView is `0`, not a number from 1 to 50000\n");
}

static void test_expressions(void **state)
{
	(void)state;
	expect_problems(
		"<Type Name='a'>\n<DisplayString>one\n{len +} two</DisplayString></Type>",
		"3: Type a, DisplayString: the text `len +`, at 6: it ends where an operand is missing\n");
	expect_problems(
		"<Type Name='a'><DisplayString>a { b</DisplayString></Type>",
		"1: Type a, DisplayString: the text has a `{` that is not closed; `{{` is one brace\n");
	expect_problems(
		"<Type Name='a'><DisplayString>a } b</DisplayString></Type>",
		"1: Type a, DisplayString: the text has a `}` that closes nothing; `}}` is one brace\n");
	expect_problems("<Type Name='a'><DisplayString>{'}'}</DisplayString></Type>", "");
	expect_problems(
		"<Type Name='a'><DisplayString Condition='1 ='>x</DisplayString></Type>",
		"1: Type a, DisplayString: Condition `1 =`, at 4: it ends where an operand is missing\n");
	expect_problems("<Type Name='a'><DisplayString>{x,q7}</DisplayString></Type>",
			"1: Type a, DisplayString: the text `x,q7`, at 3: `q7` is no format specifier\n");
	expect_problems("<Type Name='a'><StringView/></Type>",
			"1: Type a, StringView: it has no expression\n");
	expect_problems("<Type Name='a'><DisplayString>{$j}</DisplayString></Type>",
			"1: Type a, DisplayString: `$j` is no value: expressions know $i\n");
}

static void test_intrinsics(void **state)
{
	(void)state;
	expect_problems("<Type Name='a'><DisplayString>{f(1)}</DisplayString></Type>",
			"1: Type a, DisplayString: there is no intrinsic f\n");
	expect_problems("<Type Name='a'><Intrinsic Name='f' Expression='1'/>"
			"<DisplayString>{f(1)}</DisplayString></Type>",
			"1: Type a, DisplayString: the intrinsic f is not for 1 argument\n");
	/* By the number of parameters, and the Type's own before the file's. */
	expect_problems("<Intrinsic Name='f' Expression='1'/>\n"
			"<Type Name='a'><Intrinsic Name='f' Expression='x'><Parameter Name='x' Type='int'/>"
			"</Intrinsic><DisplayString>{f(1) + f()}</DisplayString></Type>",
			"");
	expect_problems("<Intrinsic Name='f' Expression='1'/>\n<Intrinsic Name='f' Expression='2'/>",
			"2: Intrinsic f: the intrinsic f is there already, in line 1\n");
	expect_problems("<Intrinsic Name='f' Expression='g()'/>\n<Intrinsic Name='g' Expression='f()'/>",
			"1: Intrinsic f: it is in a circle of calls, or a chain of more than 32\n"
			"2: Intrinsic g: it is in a circle of calls, or a chain of more than 32\n");
	expect_problems("<Intrinsic Name='1f' Expression='1'/>",
			"1: Intrinsic 1f: `1f` is no identifier\n");
}

static void test_passed_over(void **state)
{
	(void)state;
	expect_problems(
		"<UIVisualizer ServiceId='x' Id='1'><Any><Thing/></Any></UIVisualizer>\n"
		"<Type Name='a'><CustomVisualizer VisualizerId='x'/><DisplayString>x</DisplayString></Type>",
		"1: note: UIVisualizer is passed over: it is for Visual Studio\n"
		"2: note: Type a: CustomVisualizer is passed over: it is for Visual Studio\n");
}

static void test_usable(void **state)
{
	(void)state;
	/* An optional element with an error costs nothing else, another one its entry. */
	struct nv_file *f =
		read_text("<AutoVisualizer " XMLNS ">"
			  "<Type Name='a'><DisplayString Optional='true'>{+}</DisplayString></Type>"
			  "<Type Name='b'><DisplayString>{+}</DisplayString></Type>"
			  "<Type Name='c'/></AutoVisualizer>");
	assert_int_equal(nv_file_errors(f), 2);
	assert_int_equal(nv_file_types(f), 2);
	nv_file_close(f);
}

static void test_no_xml(void **state)
{
	(void)state;
	static const char *const bad[][2] = {
		{ "", "1: this is no XML: no element found\n" },
		{ "<AutoVisualizer>", "1: this is no XML: no element found\n" },
		{ "<AutoVisualizer></Auto>", "1: this is no XML: mismatched tag\n" },
		{ "<Type Name='a'/>", "1: the outermost element is Type, not AutoVisualizer\n" },
		{ "<!DOCTYPE a [<!ENTITY b 'cc'>]>\n<AutoVisualizer/>", "1: a DOCTYPE is not read\n" },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct buf out = { 0 };
		struct nv_file *f = read_text(bad[i][0]);
		problems_of(f, &out);
		assert_string_equal(out.data, bad[i][1]);
		assert_int_equal(nv_file_types(f), 0);
		buf_deinit(&out);
		nv_file_close(f);
	}
}

static void test_limits(void **state)
{
	(void)state;
	struct buf text = { 0 }, out = { 0 };
	buf_str(&text, STR_LIT("<AutoVisualizer><Type Name='a'><Expand><CustomListItems>"));
	for (int i = 0; i < NV_MAX_DEPTH; i++)
		buf_str(&text, STR_LIT("<Loop>"));
	struct nv_file *f = nv_file_read(STR_LIT("x"), text.data, text.len);
	problems_of(f, &out);
	assert_string_equal(out.data, "1: Type a, Loop: elements are nested more than 64 deep\n");
	nv_file_close(f);
	buf_deinit(&text);
	buf_deinit(&out);

	/* Each of 30 intrinsics calls the next one twice, which is 2^30 calls; and of 40 the first ones are too far from the last. */
	text = (struct buf){ 0 };
	out = (struct buf){ 0 };
	buf_str(&text, STR_LIT("<AutoVisualizer>"));
	for (int i = 0; i < 30; i++)
		buf_printf(&text, "<Intrinsic Name='f%d' Expression='f%d() + f%d()'/>", i, i + 1, i + 1);
	buf_str(&text, STR_LIT("<Intrinsic Name='f30' Expression='1'/></AutoVisualizer>"));
	f = nv_file_read(STR_LIT("x"), text.data, text.len);
	assert_int_equal(nv_file_errors(f), 0);
	nv_file_close(f);
	buf_deinit(&text);
	text = (struct buf){ 0 };
	buf_str(&text, STR_LIT("<AutoVisualizer>"));
	for (int i = 39; i >= 0; i--)
		buf_printf(&text, "<Intrinsic Name='f%d' Expression='f%d()'/>", i, i + 1);
	buf_str(&text, STR_LIT("<Intrinsic Name='f40' Expression='1'/></AutoVisualizer>"));
	f = nv_file_read(STR_LIT("x"), text.data, text.len);
	assert_int_equal(nv_file_errors(f), 41 - 32);
	nv_file_close(f);
	buf_deinit(&text);

	text = (struct buf){ 0 };
	buf_str(&text, STR_LIT("<AutoVisualizer>"));
	for (int i = 0; i < 3 * NV_MAX_PROBLEMS; i++)
		buf_str(&text, STR_LIT("<Bad/>"));
	buf_str(&text, STR_LIT("</AutoVisualizer>"));
	f = nv_file_read(STR_LIT("x"), text.data, text.len);
	const struct nv_problem *p;
	assert_int_equal(nv_file_problems(f, &p), NV_MAX_PROBLEMS);
	assert_int_equal(nv_file_errors(f), 3 * NV_MAX_PROBLEMS);
	nv_file_close(f);
	buf_deinit(&text);
}

/* ---- names ---- */

static void test_names(void **state)
{
	(void)state;
	static const char *const names[][3] = {
		/* as rustc writes it in DWARF, for MSVC, and the first again (NULL: the same) */
		{ "u32", "u32", NULL },
		{ "alloc::vec::Vec<u8, alloc::alloc::Global>",
		  "alloc::vec::Vec<u8,alloc::alloc::Global>", NULL },
		{ "&str", "ref$<str$>", NULL },
		{ "&mut [u8]", "ref_mut$<slice2$<u8>>", NULL },
		{ "*const [core::option::Option<i32>]", "ptr_const$<slice2$<core::option::Option<i32>>>",
		  NULL },
		{ "*mut i32", "ptr_mut$<i32>", NULL },
		{ "(u8, &str)", "tuple$<u8,ref$<str$>>", NULL },
		{ "()", "tuple$<>", NULL },
		{ "[u16; 4]", "array$<u16,4>", NULL },
		{ "&dyn core::fmt::Debug", "ref$<dyn$<core::fmt::Debug>>", NULL },
		{ "dyn core::iter::Iterator<Item=u32> + core::marker::Send",
		  "dyn$<core::iter::Iterator<assoc$<Item,u32>>,core::marker::Send>", NULL },
		{ "a::{impl#3}::f::{closure_env#0}<u8>", "a::impl$3::f::closure_env$0<u8>", NULL },
		{ "!", "never$", NULL },
		{ "G<u16, -4>", "G<u16,-4>", NULL },
		{ "a<b>::c<d, e>::f", "a<b>::c<d,e>::f", NULL },
		{ "a<fn(u8) -> (u8, u8)>", "a<fn(u8)->(u8,u8)>", "a<fn(u8)->(u8,u8)>" },
		{ "enum2$<core::option::Option<u32> >", "enum2$<core::option::Option<u32>>",
		  "core::option::Option<u32>" },
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct arena arena = ARENA_INIT;
		struct buf out = { 0 };
		struct nv_name *n = nv_name_parse(str_from(names[i][0]), false, &arena, NULL);
		assert_non_null(n);
		nv_name_text(n, &out);
		assert_string_equal(out.data, names[i][1]);
		out.len = 0;
		nv_name_rust(n, &out);
		assert_string_equal(out.data, names[i][2] ? names[i][2] : names[i][0]);
		/* MSVC's form is read as well, and is the same. */
		out.len = 0;
		struct nv_name *again = nv_name_parse(str_from(names[i][1]), false, &arena, NULL);
		assert_non_null(again);
		nv_name_text(again, &out);
		assert_string_equal(out.data, names[i][1]);
		buf_deinit(&out);
		arena_deinit(&arena);
	}
}

static void test_bad_names(void **state)
{
	(void)state;
	static const char *const bad[] = { "",      "a<", "a<b", "a::",    "a<b>>",
					   "a<b>x", "(a", "[a;", "a<b c>", "a b" };
	struct arena arena = ARENA_INIT;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		const char *why = NULL;
		assert_null(nv_name_parse(str_from(bad[i]), true, &arena, &why));
		assert_non_null(why);
	}
	struct buf deep = { 0 };
	for (int i = 0; i < 100000; i++)
		buf_str(&deep, STR_LIT("a<"));
	assert_null(nv_name_parse(buf_view(&deep), true, &arena, NULL));
	buf_deinit(&deep);
	arena_deinit(&arena);
}

/* The captures by commas; NULL: it does not match. */
static void matches(const char *pattern, const char *name, const char *expected)
{
	struct arena arena = ARENA_INIT;
	struct nv_captures c;
	struct buf out = { 0 };
	struct nv_name *p = nv_name_parse(str_from(pattern), true, &arena, NULL);
	struct nv_name *n = nv_name_parse(str_from(name), false, &arena, NULL);
	assert_non_null(p);
	assert_non_null(n);
	bool found = nv_name_matches(p, n, &c);
	assert_int_equal(found, expected != NULL);
	buf_str(&out, STR_EMPTY);
	for (size_t i = 0; found && i < c.count; i++) {
		buf_str(&out, i ? STR_LIT(" ") : STR_EMPTY);
		nv_name_text(c.names[i], &out);
	}
	if (found)
		assert_string_equal(out.data ? out.data : "", expected);
	buf_deinit(&out);
	arena_deinit(&arena);
}

static void test_matching(void **state)
{
	(void)state;
	matches("a::B", "a::B", "");
	matches("a::B", "a::B<u8>", NULL);
	matches("Vec<*>", "Vec<u8, Global>", "u8 Global"); /* the last wildcard stands for all that follow */
	matches("Vec<*,*>", "Vec<u8>", NULL);
	matches("Map<*,u8>", "Map<Vec<i8>, u8>", "Vec<i8>");
	matches("Map<*,u8>", "Map<Vec<i8>, u16>", NULL);
	matches("Map<*,u8>", "Map<Vec<i8>, u8, x>", NULL);
	matches("Rc<slice2$<*>,*>", "Rc<[u8], Global>", "u8 Global");
	matches("ref$<str$>", "&str", "");
	matches("&[*]", "&[u8]", "u8");
	matches("tuple$<>", "()", "");
	matches("tuple$<*,*>", "(u8, (u8, u8))", "u8 tuple$<u8,u8>");
	matches("a<*>::b<*>", "a<x, y>::b<z>", "x y z");
	matches("*", "a<x>", "a<x>");
}

static void test_set(void **state)
{
	(void)state;
	struct arena arena = ARENA_INIT;
	struct nv_match m[NV_MAX_MATCHES];
	struct nv_set *s = nv_set_create();
	nv_set_add(s, read_text("<AutoVisualizer><Type Name='Rc&lt;*&gt;'/>\n"
				"<Type Name='Rc&lt;slice2$&lt;*&gt;,*&gt;'/>\n"
				"<Type Name='T&lt;*&gt;'/>\n<Type Name='T&lt;*,*&gt;'/>\n"
				"<Type Name='P&lt;*&gt;' Priority='High'/>\n<Type Name='P&lt;u8&gt;'/>\n"
				"<Type Name='enum2$&lt;Option&lt;*&gt;&gt;'><AlternativeType Name='Alt'/></Type>\n"
				"<Type Name='broken'><DisplayString>{+}</DisplayString></Type>\n"
				"<Type Name='*'/></AutoVisualizer>"));
	static const struct {
		const char *name;
		bool is_enum;
		uint32_t lines[4]; /* of the entries, the best first; 0 behind the last */
	} cases[] = {
		{ "Rc<u8, Global>", false, { 1, 9 } },
		{ "Rc<[u8], Global>", false, { 2, 1, 9 } },
		{ "T<u8>", false, { 3, 9 } },
		{ "T<u8, u8>", false, { 4, 3, 9 } },
		{ "P<u8>", false, { 5, 6, 9 } },
		{ "Option<u8>", true, { 7, 9 } },
		{ "Option<u8>", false, { 9 } },
		{ "Alt", false, { 7, 9 } },
		{ "broken", false, { 9 } },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct nv_name *n = nv_name_parse(str_from(cases[i].name), false, &arena, NULL);
		size_t count = nv_set_find(s, n, cases[i].is_enum, &arena, m);
		for (size_t k = 0; k < 4 && cases[i].lines[k]; k++) {
			assert_true(k < count);
			assert_int_equal(nv_type_line(m[k].type), cases[i].lines[k]);
		}
		assert_true(count == 4 || cases[i].lines[count] == 0);
	}
	/* A file that comes later goes before, until it is taken away. */
	struct nv_name *n = nv_name_parse(STR_LIT("P<u8>"), false, &arena, NULL);
	nv_set_add(s, nv_file_read(STR_LIT("mine"),
				   "<AutoVisualizer>\n\n\n<Type Name='P&lt;*&gt;' Priority='High'/></AutoVisualizer>",
				   76));
	assert_int_equal(nv_set_find(s, n, false, &arena, m), 4);
	assert_string_equal(nv_file_path(m[0].file).ptr, "mine");
	assert_false(nv_set_remove(s, STR_LIT("other")));
	assert_true(nv_set_remove(s, STR_LIT("mine")));
	assert_int_equal(nv_set_find(s, n, false, &arena, m), 3);
	assert_string_equal(nv_file_path(m[0].file).ptr, "test.natvis");
	nv_set_destroy(s);
	arena_deinit(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_elements), cmocka_unit_test(test_structure),
		cmocka_unit_test(test_expressions),  cmocka_unit_test(test_intrinsics),
		cmocka_unit_test(test_passed_over),  cmocka_unit_test(test_usable),
		cmocka_unit_test(test_no_xml),       cmocka_unit_test(test_limits),
		cmocka_unit_test(test_names),        cmocka_unit_test(test_bad_names),
		cmocka_unit_test(test_matching),     cmocka_unit_test(test_set),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
