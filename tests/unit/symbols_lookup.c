/* Questions of symbols/lookup.h: lines, breakpoint places, everything of a kind, statics, scopes. */
#include "symbols_tests.h"

#include "base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char SOURCE[] = "tests/unit/data/symbols.rs";

static void ok(struct error *err)
{
	if (err)
		fail_msg("%s", err->message);
}

static bool is(struct str s, const char *expected)
{
	return str_is(s, expected);
}

/* The number of the line that holds `mark`. */
static uint32_t line_of(const char *mark)
{
	struct file_map map;
	ok(file_open(SOURCE, &map));
	struct str text = { (const char *)map.data, map.size };
	size_t at = str_find(text, str_from(mark));
	assert_int_not_equal(at, SIZE_MAX);
	uint32_t line = 1;
	for (size_t i = 0; i < at; i++)
		line += text.ptr[i] == '\n';
	file_close(&map);
	return line;
}

/* ---- spots ---- */

struct spots {
	size_t count, inlined;
	struct sym_spot last;
	uint64_t previous;
};

static bool count_spot(void *ctx, const struct sym_spot *spot)
{
	struct spots *s = ctx;
	assert_true(spot->addr.value > s->previous); /* by address, each once */
	s->previous = spot->addr.value;
	s->count++;
	s->inlined += spot->inlined;
	s->last = *spot;
	return true;
}

static struct spots line_spots(struct sym_module *m, const char *file, uint32_t line, uint32_t *ret_line)
{
	struct spots s = { 0 };
	ok(sym_line_spots(m, str_from(file), line, count_spot, &s, ret_line));
	return s;
}

static struct spots function_spots(struct sym_module *m, const char *name)
{
	struct spots s = { 0 };
	ok(sym_function_spots(m, str_from(name), false, count_spot, &s));
	return s;
}

static void check_lines(struct sym_module *m, bool debug)
{
	uint32_t found;
	struct sym_line line;
	struct file_range range;
	struct spots s = line_spots(m, "data/symbols.rs", line_of("// line: all in scope"), &found);
	assert_true(s.count >= 1);
	assert_true(sym_line_range(m, s.last.addr, &line, &range));
	if (debug) {
		assert_int_equal(found, line_of("// line: all in scope"));
		assert_int_equal(s.count, 1);
		assert_int_equal(line.line, found);
	}
	assert_true(range.start.value <= s.last.addr.value && s.last.addr.value < range.end.value);
	assert_true(str_ends(line.file, str_from(SOURCE)));
	assert_true(str_ends(sym_file_name(m, line.file), STR_LIT("symbols.rs")));

	/* A line without code means the next one that has some. */
	s = line_spots(m, "symbols.rs", line_of("// line: no code"), &found);
	if (debug)
		assert_int_equal(found, line_of("// line: after a gap"));
	assert_true(s.count >= 1);
	s = line_spots(m, "symbols.rs", line_of("// line: inlined"), &found);
	assert_true(s.count >= 1 && s.inlined >= 1);

	struct error *err = sym_line_spots(m, STR_LIT("symbols.rs"), 100000, count_spot, &s, &found);
	assert_non_null(err);
	assert_string_equal(err->message, "No line 100000 in file \"symbols.rs\".");
	error_destroy(err);
	err = sym_line_spots(m, STR_LIT("bols.rs"), 1, count_spot, &s, &found);
	assert_non_null(err);
	assert_string_equal(err->message, "No source file named bols.rs.");
	error_destroy(err);
	assert_true(sym_has_file(m, STR_LIT("symbols.rs")));
	assert_false(sym_has_file(m, STR_LIT("symbols.r")));
}

static void check_functions(struct sym_module *m, bool debug)
{
	struct sym_function_info info;
	const struct sym_function *f = sym_rust_main(m);
	assert_non_null(f);
	sym_function_describe(f, &info);
	assert_true(is(info.name, "symbols::main"));
	assert_true(sym_function_body(f).value > info.entry.value);
	struct spots s = function_spots(m, "symbols::main");
	assert_int_equal(s.count, 1);
	assert_int_equal(s.last.addr.value, sym_function_body(f).value);

	/* Each instance of a generic; copies that only exist inlined. */
	assert_in_range(function_spots(m, "generic").count, debug ? 2 : 1, 2);
	s = function_spots(m, "middle");
	assert_true(s.count >= 1 && s.inlined >= 1);
	sym_function_describe(s.last.function, &info);
	assert_true(is(info.name, "symbols::middle"));
	assert_int_equal(function_spots(m, "Square::area").count, 1);
	assert_int_equal(function_spots(m, "<Square as Area>::area").count, 1);
	assert_int_equal(function_spots(m, "no_such_function").count, 0);

	struct sym_unit_info unit;
	assert_true(sym_unit_at(m, info.decl.line ? s.last.addr : info.entry, &unit));
	assert_int_equal(unit.language, 0x1c); /* DW_LANG_Rust */
	assert_true(str_contains(unit.producer, STR_LIT("rustc")));
	assert_true(unit.directory.len > 0);
	assert_false(sym_function_nocall(f));
}

/* ---- rows ---- */

struct rows {
	uint64_t last;
	size_t count, stmts;
};

static void count_row(void *ctx, struct file_addr addr, struct sym_line line, bool is_stmt)
{
	struct rows *r = ctx;
	assert_true(addr.value >= r->last && line.line > 0);
	r->last = addr.value;
	r->count++;
	r->stmts += is_stmt;
}

static void count_range(void *ctx, struct file_range range)
{
	assert_true(range.end.value >= range.start.value);
	(*(size_t *)ctx)++;
}

/* The ranges of a function's rows follow on each other without a gap. */
static void check_rows(struct sym_module *m, const struct sym_function *f, uint32_t with_code)
{
	const struct file_range *ranges;
	struct rows rows = { 0 };
	struct sym_line line;
	struct file_range range;
	assert_true(sym_function_ranges(f, &ranges) > 0);
	sym_line_rows(m, ranges[0], count_row, &rows);
	assert_true(rows.count > 0 && rows.stmts > 0);
	for (uint64_t pc = ranges[0].start.value; pc < ranges[0].end.value; pc = range.end.value) {
		assert_true(sym_line_range(m, FILE_ADDR(pc), &line, &range));
		assert_int_equal(range.start.value, pc);
		assert_true(range.end.value > pc);
	}
	size_t count = 0;
	ok(sym_line_ranges(m, STR_LIT("symbols.rs"), with_code, count_range, &count));
	assert_true(count >= 1);
}

static bool one_function(void *ctx, const struct sym_function *f)
{
	*(const struct sym_function **)ctx = f;
	return false;
}

/* In a debug build the parts of an `if` end in a jump of the whole's line, and sums in code without a line. */
static void check_statements(struct sym_module *m)
{
	const struct sym_function *joins = NULL;
	const struct file_range *ranges;
	size_t jumps = 0, missing = 0, taken = 0;
	ok(sym_functions_by_name(m, STR_LIT("symbols::joins"), one_function, &joins));
	assert_int_equal(sym_function_ranges(joins, &ranges), 1);
	for (uint64_t pc = ranges[0].start.value; pc < ranges[0].end.value; pc++) {
		struct sym_line line, leads;
		struct file_range range, none;
		assert_true(sym_line_range(m, FILE_ADDR(pc), &line, &range));
		if (sym_line_missing(m, FILE_ADDR(pc), &none)) {
			assert_true(none.start.value <= pc && pc < none.end.value);
			assert_true(range.start.value < none.start.value &&
				    none.end.value <= range.end.value);
			missing++;
		}
		if (range.start.value != pc || !sym_line_jumps(m, range, &leads))
			continue;
		jumps++;
		taken += line.line == line_of("// line: if") &&
			 leads.line == line_of("// line: behind the if");
	}
	assert_true(taken >= 1 && jumps >= taken && missing > 0);
	struct file_range none;
	assert_false(sym_line_missing(m, FILE_ADDR(0), &none));
}

/* ---- scopes ---- */

static void check_scopes(struct sym_module *m)
{
	struct arena arena = ARENA_INIT;
	struct sym_scope *scopes;
	uint32_t found;
	struct spots s = line_spots(m, "symbols.rs", line_of("// line: all in scope"), &found);
	size_t count = sym_function_scopes(s.last.function, s.last.addr, &arena, &scopes);
	assert_int_equal(count, 4);
	assert_int_equal(scopes[0].count, 1);
	assert_true(is(sym_variable_name(scopes[0].variables[0]), "sum"));
	assert_true(is(sym_variable_name(scopes[1].variables[0]), "alpha"));
	/* The order of gdb's hash table, which has one bucket for so few (as `info locals` of gdb 13 shows them). */
	static const char *const names[] = { "alpha", "beta", "gamma", "delta" };
	assert_int_equal(scopes[2].count, 4);
	for (int i = 0; i < 4; i++)
		assert_true(is(sym_variable_name(scopes[2].variables[i]), names[i]));
	assert_int_equal(scopes[3].count, 0);
	assert_true(scopes[0].range.start.value <= s.last.addr.value);
	arena_deinit(&arena);
}

/* ---- names ---- */

struct names {
	const char *wanted;
	size_t asked, count, elf;
	struct sym_named last;
};

static bool want_name(void *ctx, struct str name)
{
	struct names *n = ctx;
	n->asked++;
	return str_contains(name, str_from(n->wanted));
}

static bool count_name(void *ctx, const struct sym_named *named)
{
	struct names *n = ctx;
	assert_true(str_contains(named->name, str_from(n->wanted)));
	n->count++;
	if (named->file.len == 0)
		n->elf++;
	else
		n->last = *named;
	return true;
}

static struct names each(struct sym_module *m, enum sym_name_kind kind, const char *wanted)
{
	struct names n = { .wanted = wanted };
	sym_each(m, kind, true, want_name, count_name, &n);
	return n;
}

static void check_each(struct sym_module *m)
{
	struct names n = each(m, SYM_NAME_FUNCTION, "symbols::scopes");
	assert_true(n.count >= 1 && n.asked > 10);
	assert_non_null(n.last.function);
	n = each(m, SYM_NAME_FUNCTION, "_start");
	assert_true(n.elf >= 1);
	n = each(m, SYM_NAME_VARIABLE, "symbols::inner_module::COUNTER");
	assert_true(n.count - n.elf >= 1);
	assert_non_null(n.last.variable);
	assert_true(n.last.addr.value > 0);
	n = each(m, SYM_NAME_TYPE, "symbols::shapes::Packed");
	assert_int_equal(n.count, 1);
	assert_true(is(n.last.name, "symbols::shapes::Packed"));
}

static bool find_file(void *ctx, struct str path)
{
	*(size_t *)ctx += str_ends(path, str_from(SOURCE));
	return true;
}

static void check_statics(struct sym_module *m)
{
	const struct sym_function *from = sym_rust_main(m);
	const struct sym_variable *v = sym_variable_by_name(m, STR_LIT("COUNTER"), from);
	assert_non_null(v);
	assert_true(is(sym_type_name(sym_variable_type(v)), "u32"));
	assert_ptr_equal(v, sym_variable_by_name(m, STR_LIT("symbols::inner_module::COUNTER"), NULL));
	assert_null(sym_variable_by_name(m, STR_LIT("OUNTER"), from));
	struct dw_span expr;
	const struct dw_unit *unit;
	bool constant;
	ok(sym_variable_location(v, FILE_ADDR(0), &expr, &unit, &constant));
	assert_false(constant);
	assert_true(expr.size > 0);

	v = sym_variable_by_name(m, STR_LIT("DEPTH"), from);
	assert_non_null(v);
	assert_true(is(sym_type_name(sym_variable_type(v)), "core::cell::Cell<u32>"));
	assert_ptr_equal(v, sym_variable_by_name(m, STR_LIT("symbols::DEPTH"), from));

	const struct sym_type *t = sym_type_near(m, SYM_TAG_ANY, STR_LIT("Token"), from);
	assert_true(is(sym_type_name(t), "symbols::shapes::Token"));
	assert_true(sym_type_same(t, sym_type_near(m, SYM_TAG_ANY, STR_LIT("shapes::Token"), NULL)));
	assert_null(sym_type_near(m, SYM_TAG_ANY, STR_LIT("Toke"), from));

	size_t files = 0;
	sym_files(m, find_file, &files);
	sym_files(m, find_file, &files);
	assert_int_equal(files, 2);
}

static bool stop_work(void *ctx, const char *path, size_t done, size_t total)
{
	assert_true(path && done <= total);
	++*(int *)ctx;
	return false;
}

/* Work that was stopped answers with nothing, and is done when it is asked for again. */
void lookup_check_stopped(struct sym_module *m)
{
	int asked = 0;
	sym_set_progress(stop_work, &asked);
	assert_int_equal(function_spots(m, "symbols::main").count, 0);
	assert_int_equal(each(m, SYM_NAME_FUNCTION, "symbols::main").count, 0);
	assert_false(sym_has_file(m, STR_LIT("symbols.rs")));
	assert_true(asked >= 3);
	sym_set_progress(NULL, NULL);
	assert_int_equal(function_spots(m, "symbols::main").count, 1);
}

void lookup_check_rust(struct sym_module *m, bool debug)
{
	check_lines(m, debug);
	check_functions(m, debug);
	check_rows(m, sym_rust_main(m), line_of("// line: inlined"));
	if (debug) {
		check_statements(m);
		check_scopes(m);
	}
	check_each(m);
	check_statics(m);
}

/* ---- C ---- */

void lookup_check_c(struct sym_module *m, struct file_addr function, uint32_t line)
{
	uint32_t found;
	struct spots s = line_spots(m, "test_symbols.c", line, &found);
	assert_true(s.count >= 1 && s.inlined >= 1);
	assert_int_equal(found, line);
	const struct sym_function *f = sym_function_at(m, function);
	assert_non_null(f);
	assert_true(sym_function_body(f).value >= function.value);
	assert_null(sym_rust_main(m));
	s = function_spots(m, "probe_leaf");
	assert_true(s.count >= 1 && s.inlined == s.count);
	s = function_spots(m, "probe_outer");
	assert_int_equal(s.count, 1);
	const struct sym_type *t = sym_type_near(m, SYM_TAG_ANY, STR_LIT("probe_pair"), f);
	assert_non_null(t);
	assert_true(is(sym_type_name(t), "struct probe_pair"));
	assert_true(sym_type_same(t, sym_type_near(m, SYM_TAG_STRUCT, STR_LIT("probe_pair"), f)));
	assert_null(sym_type_near(m, SYM_TAG_UNION, STR_LIT("probe_pair"), f));
	assert_null(sym_type_near(m, SYM_TAG_ENUM, STR_LIT("probe_pair"), NULL));
}

/* ---- of damaged files ---- */

static bool ignore_spot(void *ctx, const struct sym_spot *spot)
{
	(void)spot;
	return --*(int *)ctx > 0;
}

static bool ignore_file(void *ctx, struct str path)
{
	(void)path;
	return --*(int *)ctx > 0;
}

static bool want_some(void *ctx, struct str name)
{
	(void)ctx;
	return name.len % 16 == 5;
}

static bool ignore_named(void *ctx, const struct sym_named *named)
{
	(void)named;
	return --*(int *)ctx > 0;
}

static void ignore_row(void *ctx, struct file_addr addr, struct sym_line line, bool is_stmt)
{
	(void)ctx;
	(void)addr;
	(void)line;
	(void)is_stmt;
}

static void ignore_range(void *ctx, struct file_range range)
{
	(void)ctx;
	(void)range;
}

void lookup_ask_all(struct sym_module *m, struct file_addr pc)
{
	struct arena arena = ARENA_INIT;
	struct sym_line line;
	struct file_range range = { pc, FILE_ADDR(pc.value + 4000) };
	struct sym_scope *scopes;
	struct sym_unit_info unit;
	uint32_t found;
	int left = 20;
	const struct sym_function *f = sym_function_at(m, pc), *main_function = sym_rust_main(m);
	sym_line_rows(m, range, ignore_row, NULL);
	sym_line_range(m, pc, &line, &range);
	if (f) {
		sym_function_body(f);
		sym_function_scopes(f, pc, &arena, &scopes);
		sym_function_unit(f, &unit);
	}
	if (main_function)
		sym_function_body(main_function);
	sym_unit_at(m, pc, &unit);
	error_destroy(sym_line_spots(m, STR_LIT("symbols.rs"), 60, ignore_spot, &left, &found));
	error_destroy(sym_line_spots(m, STR_LIT("test_symbols.c"), 90, ignore_spot, &left, &found));
	error_destroy(sym_line_ranges(m, STR_LIT("symbols.rs"), 60, ignore_range, NULL));
	left = 20;
	error_destroy(sym_function_spots(m, STR_LIT("inner"), false, ignore_spot, &left));
	error_destroy(sym_function_spots(m, STR_LIT("probe_leaf"), false, ignore_spot, &left));
	left = 20;
	sym_files(m, ignore_file, &left);
	for (int kind = SYM_NAME_FUNCTION; kind <= SYM_NAME_TYPE; kind++) {
		left = 20;
		sym_each(m, (enum sym_name_kind)kind, true, want_some, ignore_named, &left);
	}
	sym_variable_by_name(m, STR_LIT("DEPTH"), f);
	sym_type_near(m, SYM_TAG_ANY, STR_LIT("Token"), f);
	arena_deinit(&arena);
}
