/* The symbols layer, asked about this very program, about copies of it that are stripped or damaged, and about a Rust program that
 * meson built (paths in argv: debug with DWARF 4 and legacy names, release with DWARF 5 and v0 names). */
#include "base/file.h"
#include "symbols/lookup.h"
#include "symbols/symbols.h"
#include "symbols/symbols_internal.h"
#include "symbols_tests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct sym_module *self;
static struct file_map self_bytes;
static const char *rust_debug, *rust_release;
static struct arena arena;

static void ok(struct error *err)
{
	if (err)
		fail_msg("%s", err->message);
}

static void fails(struct error *err, enum error_code code)
{
	assert_non_null(err);
	assert_int_equal(err->code, code);
	error_destroy(err);
}

#define assert_str(s, expected) assert_string_equal(arena_str(&arena, (s)).ptr, (expected))

static uint64_t load_bias(void)
{
	return getauxval(AT_ENTRY) - elf_entry(sym_module_elf(self)).value;
}

static struct file_addr here(const void *code)
{
	return FILE_ADDR((uintptr_t)code - load_bias());
}

/* ---- what there is to find ---- */

enum probe_enum { PROBE_MINUS = -3, PROBE_BIG = 1 << 20 };

union probe_union {
	int number;
	float real;
};

struct probe {
	char letter;
	short pair[2];
	const char *text;
	union probe_union both;
	enum probe_enum what;
	unsigned low : 3, high : 7;
	struct probe *next;
	int (*call)(int, char);
	double grid[2][3];
};

struct probe_pair {
	long first;
	double second;
};

struct __attribute__((packed)) probe_packed {
	char a;
	long b;
};

typedef struct probe probe_alias;
typedef float probe_vector __attribute__((vector_size(16)));

static const void *volatile seen_pc;

__attribute__((noinline)) static int note_pc(int x)
{
	seen_pc = __builtin_extract_return_addr(__builtin_return_address(0));
	return x + 1;
}

enum { LEAF_LINE = __LINE__ + 3, MIDDLE_LINE = __LINE__ + 8, OUTER_LINE = __LINE__ + 15 };
__attribute__((always_inline)) static inline int probe_leaf(int leaf)
{
	return note_pc(leaf) * 3; /* LEAF_LINE */
}

__attribute__((always_inline)) static inline int probe_middle(int middle)
{
	int doubled = probe_leaf(middle + 1) * 2; /* MIDDLE_LINE */
	return doubled + note_pc(5);
}

int probe_outer(int outer);
__attribute__((noinline)) int probe_outer(int outer)
{
	int result = probe_middle(outer) - 1; /* OUTER_LINE */
	return result;
}

struct probe_pair probe_function(probe_alias *restrict p, const char *const *texts,
				 int (*call)(int, char), double d, int rest, ...);
__attribute__((noinline)) struct probe_pair probe_function(probe_alias *restrict p,
							   const char *const *texts,
							   int (*call)(int, char), double d, int rest, ...)
{
	p->text = texts[0];
	p->call = call;
	return (struct probe_pair){ rest, d };
}

_Noreturn void probe_never(const volatile struct probe_packed *packed, probe_vector v, long double wide);
_Noreturn __attribute__((noinline)) void probe_never(const volatile struct probe_packed *packed,
						     probe_vector v, long double wide)
{
	exit(packed->a + (int)v[0] + (int)wide);
}

/* ---- demangling and paths ---- */

static void test_demangle(void **state)
{
	(void)state;
	static const char *const names[][2] = {
		{ "_ZN4core3fmt9Formatter3pad17h0123456789abcdefE", "core::fmt::Formatter::pad" },
		{ "_ZN4core3fmt9Formatter3pad17h0123456789abcdefE.llvm.123456",
		  "core::fmt::Formatter::pad" },
		{ "_ZN66_$LT$alloc..vec..Vec$LT$T$GT$$u20$as$u20$core..ops..drop..Drop$GT$4drop17h0123456789abcdefE",
		  "<alloc::vec::Vec<T> as core::ops::drop::Drop>::drop" },
		{ "_ZN3std2rt10lang_start28_$u7b$$u7b$closure$u7d$$u7d$17h0123456789abcdefE",
		  "std::rt::lang_start::{{closure}}" },
		{ "_RNvCs1234_7mycrate3foo", "mycrate::foo" },
		{ "_RINvNtCs1234_7mycrate3mod3genhE", "mycrate::mod::gen::<u8>" },
		{ "_RNvXCs1234_1cNtB2_1SNtB2_1T1f", "<c::S as c::T>::f" },
		{ "_ZN2ns5ClassC1Ev", "ns::Class::Class()" },
		{ "_ZN2ns1fIiEEvT_", "void ns::f<int>(int)" },
		{ "main", "main" },
		{ "_ZN", "_ZN" },
		{ "_R", "_R" },
		{ "_RNvC", "_RNvC" },
		{ "", "" },
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		assert_str(sym_demangle(str_from(names[i][0]), &arena), names[i][1]);
}

static void test_demangle_is_bounded(void **state)
{
	(void)state;
	/* Nested deeper than any stack, and longer than any name. */
	char *deep = malloc(1 << 20);
	memset(deep, 'R', 1 << 20);
	for (int i = 0; i < 4; i++)
		deep[i] = "_RNv"[i];
	struct str name = { deep, 1 << 20 };
	assert_int_equal(sym_demangle(name, &arena).len, name.len);
	name.len = 15000;
	assert_int_equal(sym_demangle(name, &arena).len, name.len);
	free(deep);
	/* Tuples of two references back to the tuple before: the text doubles with each of 40 levels. */
	static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	struct buf bomb = { 0 };
	buf_str(&bomb, STR_LIT("_RINvC1a1f"));
	size_t last = bomb.len, three = 0;
	buf_str(&bomb, STR_LIT("Tuu"));
	buf_char(&bomb, 'E');
	for (int i = 0; i < 40; i++) {
		size_t at = bomb.len;
		char reference[8];
		/* Back references count in base 62, minus one, from behind the "_R". */
		size_t n = last - 3;
		if (n < 62)
			snprintf(reference, sizeof reference, "B%c_", digits[n]);
		else
			snprintf(reference, sizeof reference, "B%c%c_", digits[n / 62], digits[n % 62]);
		buf_printf(&bomb, "T%s%sE", reference, reference);
		last = at;
		if (i == 3)
			three = bomb.len;
	}
	buf_char(&bomb, 'E');
	struct str text = sym_demangle(buf_view(&bomb), &arena);
	assert_str(text, arena_str(&arena, buf_view(&bomb)).ptr); /* as given: too long a text */
	/* Three levels are fine, so it is the limit that stopped it. */
	bomb.len = three;
	buf_char(&bomb, 'E');
	assert_true(str_starts(sym_demangle(buf_view(&bomb), &arena), STR_LIT("a::f::<")));
	buf_deinit(&bomb);
}

static void test_paths(void **state)
{
	(void)state;
	static const struct {
		const char *path, *query;
		bool matches;
	} cases[] = {
		{ "alloc::vec::Vec<T,A>::push", "push", true },
		{ "alloc::vec::Vec<T,A>::push", "Vec::push", true },
		{ "alloc::vec::Vec<T,A>::push", "alloc::vec::Vec::push", true },
		{ "alloc::vec::Vec<T,A>::push", "Vec<T, A>::push", true },
		{ "alloc::vec::Vec<T,A>::push", "Vec<T>::push", true },
		{ "alloc::vec::Vec<T,A>::push", "Vec<U>::push", false },
		{ "alloc::vec::Vec<T,A>::push", "ec::push", false },
		{ "alloc::vec::Vec<T,A>::push", "x::alloc::vec::Vec::push", false },
		{ "alloc::vec::Vec<T,A>::push", "Vec", false },
		{ "<a::S as b::T>::f", "<S as T>::f", true },
		{ "<a::S as b::T>::f", "<a::S as b::T>::f", true },
		{ "<a::S as b::T>::f", "<T as S>::f", false },
		{ "<a::S as b::T>::f", "S::f", true },
		{ "<a::S as b::T>::f", "a::S::f", true },
		{ "<a::S as b::T>::f", "T::f", true },
		{ "<a::S as b::T>::f", "U::f", false },
		{ "<a::S<u8> as b::T<c::V>>::f", "<S<u8> as T<V>>::f", true },
		{ "<a::S<u8> as b::T<c::V>>::f", "<S<u16> as T<V>>::f", false },
		{ "core::fmt::num::<impl core::fmt::Display for u32>::fmt", "<u32 as Display>::fmt", true },
		{ "core::fmt::num::<impl core::fmt::Display for u32>::fmt", "Display::fmt", true },
		{ "c::gen::<u8>", "gen", true },
		{ "c::gen::<u8>", "gen::<u8>", true },
		{ "c::gen::<u8>", "gen<u8>", true },
		{ "c::gen::<u8>", "gen<u16>", false },
		{ "c::main::{{closure}}", "main::{closure#1}", true },
		{ "c::main::{closure#0}", "main::{closure#1}", false },
		{ "c::main::{closure#0}", "main::{{closure}}", true },
		{ "Fn<(&str), Output=Option<u8>>", "Fn", true },
		{ "a::f<b::C -> d::E>::g", "f::g", true },
		{ "main", "main", true },
		{ "main", "", false },
		{ "", "main", false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (path_matches(str_from(cases[i].path), str_from(cases[i].query)) != cases[i].matches)
			fail_msg("\"%s\" and \"%s\"", cases[i].path, cases[i].query);
	assert_str(path_last_identifier(STR_LIT("a::Vec<b::T>::push<c::U>")), "push");
	assert_str(path_last_identifier(STR_LIT("a::f::<u8>")), "f");
	assert_str(path_last_identifier(STR_LIT("a::{closure#3}")), "closure");
	assert_str(path_last_identifier(STR_LIT("<a::S as b::T>::f")), "f");
}

static void test_scope_depth(void **state)
{
	static const struct {
		const char *path, *query, *from;
		size_t depth;
	} cases[] = {
		{ "s::T", "T", "s::alpha::f", 2 },
		{ "s::alpha::T", "T", "s::alpha::f", 3 },
		{ "s::alpha::zeta::T", "T", "s::alpha::f", 0 },
		{ "s::alpha::f", "f", "s::alpha::f", 3 },
		{ "s::alpha::f::f", "f", "s::alpha::f", 4 },
		{ "s::alpha::T<u8>", "alpha::T", "s::alpha::f", 2 },
		{ "s::alpha::Ta", "T", "s::alpha::f", 0 },
		{ "s::alphabet::T", "T", "s::alpha::f", 0 },
		{ "T", "T", "s::f", 1 },
		{ "T", "T", "", 1 },
		{ "", "T", "s", 0 },
		{ "s::T", "", "s", 0 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(sym_scope_depth(str_from(cases[i].path), str_from(cases[i].query),
						 str_from(cases[i].from)),
				 cases[i].depth);
	assert_true(path_has_numbers(STR_LIT("a::{closure#1}")));
	assert_false(path_has_numbers(STR_LIT("a::{{closure}}")));
	assert_true(path_numbers_match(STR_LIT("a::{impl#0}::f::{closure#1}"),
				       STR_LIT("<A as T>::f::{closure#1}")));
	assert_false(path_numbers_match(STR_LIT("a::f::{closure#0}"), STR_LIT("f::{closure#1}")));
	assert_false(path_numbers_match(STR_LIT("a::{closure#0}::{closure#1}"),
					STR_LIT("a::{closure#1}::{closure#1}")));
}

static void test_thread_local_names(void **state)
{
	(void)state;
	assert_str(without_thread_local(STR_LIT("a::D::{constant#0}::{closure#1}::__RUST_STD_INTERNAL_VAL")),
		   "a::D");
	assert_str(without_thread_local(STR_LIT("a::D::{constant#0}::{closure#1}::VAL")), "a::D");
	assert_str(without_thread_local(STR_LIT("a::D::__getit::__KEY")), "a::D");
	assert_str(without_thread_local(STR_LIT("a::VAL")), "a::VAL");
	assert_str(without_thread_local(STR_LIT("a::f::{closure#0}::VAL")), "a::f::{closure#0}::VAL");
	assert_str(without_thread_local(STR_LIT("VAL")), "VAL");
}

static void test_shortening(void **state)
{
	(void)state;
	assert_str(rust_shorten(STR_LIT("core::option::Option<alloc::string::String>"), &arena),
		   "Option<String>");
	assert_str(rust_shorten(STR_LIT("alloc::vec::Vec<u8, alloc::alloc::Global>"), &arena), "Vec<u8>");
	assert_str(rust_shorten(STR_LIT("<a::S as b::T>::Item"), &arena), "<S as T>::Item");
	assert_str(rust_shorten(STR_LIT("&mut [a::b::C; 4]"), &arena), "&mut [C; 4]");
}

/* ---- symbols ---- */

static void test_symbols(void **state)
{
	(void)state;
	struct sym_symbol s;
	assert_true(sym_symbol_by_name(self, STR_LIT("probe_outer"), &s));
	assert_int_equal(s.addr.value, here((const void *)probe_outer).value);
	assert_true(s.is_function && s.global && s.size > 0);
	uint64_t size = s.size;
	assert_true(sym_symbol_at(self, FILE_ADDR(s.addr.value + size - 1), &s));
	assert_str(s.linkage_name, "probe_outer");
	assert_true(!sym_symbol_at(self, FILE_ADDR(s.addr.value + size), &s) ||
		    !str_is(s.linkage_name, "probe_outer"));
	assert_false(sym_symbol_by_name(self, STR_LIT("probe_oute"), &s));
	assert_false(sym_symbol_by_name(self, STR_LIT("no such symbol"), &s));
	assert_false(sym_symbol_at(self, FILE_ADDR(0), &s));
	assert_false(sym_symbol_at(self, FILE_ADDR(UINT64_MAX), &s));
	assert_int_equal(sym_symbols_by_path(self, STR_LIT("probe_outer"), &s, 1), 1);
	assert_int_equal(sym_symbols_by_path(self, STR_LIT("x::probe_outer"), &s, 1), 0);
	assert_int_equal(sym_symbols_by_path(self, STR_LIT("zzz_not_there"), &s, 1), 0);
	assert_false(sym_module_is_rust(self));
	assert_true(sym_module_has_debug_info(self));
	assert_ptr_equal(sym_module_arch(self), arch_by_elf_machine(elf_machine(sym_module_elf(self))));
}

/* ---- functions and lines ---- */

static void test_inline_chain(void **state)
{
	(void)state;
	struct sym_chain_entry chain[SYM_MAX_INLINE];
	struct file_range bounds;
	probe_outer(1);
	/* The last call that noted its pc stands in probe_middle, behind the one in probe_leaf. */
	size_t count = sym_chain_at(self, FILE_ADDR(here(seen_pc).value - 1), chain);
	assert_int_equal(count, 2);
	assert_str(chain[0].info.name, "probe_middle");
	assert_true(chain[0].inlined);
	assert_int_equal(chain[0].line.line, MIDDLE_LINE + 1);
	assert_int_equal(chain[0].info.entry.value, 0);
	assert_str(chain[1].info.name, "probe_outer");
	assert_false(chain[1].inlined);
	assert_int_equal(chain[1].line.line, OUTER_LINE);
	assert_true(str_ends(chain[1].line.file, STR_LIT("tests/unit/test_symbols.c")));
	assert_int_equal(chain[1].info.entry.value, here((const void *)probe_outer).value);
	assert_int_equal(chain[0].start.value, chain[1].info.entry.value);
	assert_int_equal(chain[0].info.decl.line, MIDDLE_LINE - 2);

	/* Somewhere in probe_outer there is the leaf, too, and each pc of it has a chain that ends in probe_outer. */
	assert_true(sym_function_bounds(self, chain[1].start, &bounds));
	bool leaf = false;
	for (uint64_t pc = bounds.start.value; pc < bounds.end.value; pc++) {
		count = sym_chain_at(self, FILE_ADDR(pc), chain);
		assert_in_range(count, 1, 3);
		assert_str(chain[count - 1].info.name, "probe_outer");
		if (count == 3 && str_is(chain[0].info.name, "probe_leaf") &&
		    chain[0].line.line == LEAF_LINE) {
			leaf = true;
			assert_int_equal(chain[1].line.line, MIDDLE_LINE);
			const struct sym_variable *const *params;
			assert_int_equal(sym_function_params(chain[0].function, &params), 1);
			assert_str(sym_variable_name(params[0]), "leaf");
		}
	}
	assert_true(leaf);
}

static bool keep_function(void *ctx, const struct sym_function *f)
{
	const struct sym_function **found = ctx;
	*found = f;
	return false;
}

static const struct sym_function *function_named(struct sym_module *m, const char *name)
{
	const struct sym_function *found = NULL;
	ok(sym_functions_by_name(m, str_from(name), keep_function, &found));
	if (!found)
		fail_msg("no function %s", name);
	return found;
}

static void test_functions_by_name(void **state)
{
	(void)state;
	struct sym_function_info info;
	const struct sym_function *f = function_named(self, "probe_outer");
	sym_function_describe(f, &info);
	assert_str(info.name, "probe_outer");
	assert_int_equal(info.entry.value, here((const void *)probe_outer).value);
	assert_true(info.from_debug_info && !info.is_rust);
	assert_ptr_equal(sym_function_at(self, info.entry), f);
	assert_ptr_equal(sym_function_module(f), self);
	const struct file_range *ranges;
	assert_int_equal(sym_function_ranges(f, &ranges), 1);
	assert_int_equal(ranges[0].start.value, info.entry.value);
	f = NULL;
	ok(sym_functions_by_name(self, STR_LIT("probe_nothing"), keep_function, &f));
	assert_null(f);
	/* Inlined everywhere: no out-of-line copy. */
	ok(sym_functions_by_name(self, STR_LIT("probe_leaf"), keep_function, &f));
	assert_null(f);
	fails(sym_functions_by_name(self, STR_EMPTY, keep_function, &f), ERROR_USAGE);
}

static void test_prototypes(void **state)
{
	(void)state;
	bool guess = true;
	const struct sym_function *f = function_named(self, "probe_function");
	assert_str(sym_function_prototype(f, &arena),
		   "struct probe_pair probe_function(probe_alias * restrict p, const char * const *texts, "
		   "int (*call)(int, char), double d, int rest, ...)");
	assert_false(sym_function_noreturn(f));
	assert_int_equal(sym_function_convention(f, &guess), ARCH_CC_SYSV);
	assert_false(guess);
	f = function_named(self, "probe_never");
	struct str text = sym_function_prototype(f, &arena);
	assert_true(
		str_starts(text, STR_LIT("void probe_never(const volatile struct probe_packed *packed, ")) ||
		str_starts(text, STR_LIT("void probe_never(volatile const struct probe_packed *packed, ")));
	assert_true(sym_function_noreturn(f));
	assert_null(sym_function_result(f));
}

static void test_call_places(void **state)
{
	(void)state;
	struct arch_call call;
	/* psABI: struct {long; double} comes back in rax and xmm0. */
	assert_true(sym_function_call(function_named(self, "probe_function"), &call));
	assert_false(call.hidden_return);
	assert_int_equal(call.result.kind, ARCH_PLACE_REGS);
	assert_int_equal(call.result.reg_count, 2);
	assert_int_equal(call.result.regs[0], ARCH_RAX);
	assert_int_equal(call.result.regs[1], ARCH_XMM0);
	assert_int_equal(call.arg_count, 5);
	assert_int_equal(call.args[0].regs[0], ARCH_RDI);
	assert_int_equal(call.args[3].regs[0], ARCH_XMM0);
	assert_int_equal(call.args[4].regs[0], ARCH_RCX);
	assert_true(sym_function_call(function_named(self, "probe_never"), &call));
	assert_int_equal(call.args[1].regs[0], ARCH_XMM0);
	assert_int_equal(call.args[2].kind, ARCH_PLACE_STACK);
	assert_true(sym_function_call_as(function_named(self, "probe_outer"), ARCH_CC_WIN64, &call));
	assert_int_equal(call.args[0].regs[0], ARCH_RCX);
}

static void test_variables(void **state)
{
	(void)state;
	const struct sym_function *f = function_named(self, "probe_outer");
	const struct sym_variable *const *params, **locals;
	struct sym_function_info info;
	struct dw_span expr;
	const struct dw_unit *unit;
	bool is_const;
	sym_function_describe(f, &info);
	assert_int_equal(sym_function_params(f, &params), 1);
	assert_str(sym_variable_name(params[0]), "outer");
	assert_str(sym_type_name(sym_variable_type(params[0])), "int");
	assert_int_equal(sym_variable_decl(params[0]).line, OUTER_LINE - 2);
	ok(sym_variable_location(params[0], info.entry, &expr, &unit, &is_const));
	assert_true(!is_const && expr.size > 0 && unit);
	assert_int_equal(sym_function_locals(f, info.entry, &arena, &locals), 1);
	assert_str(sym_variable_name(locals[0]), "result");
	ok(sym_function_frame_base(f, info.entry, &expr, &unit));
	assert_true(expr.size > 0);
}

/* ---- types ---- */

static const struct sym_type *type_named(struct sym_module *m, const char *name)
{
	const struct sym_type *t = sym_type_by_name(m, str_from(name));
	if (!t)
		fail_msg("no type %s", name);
	return t;
}

static const struct sym_type *member_type(const struct sym_type *t, const char *name, uint64_t offset)
{
	const struct sym_member *member = sym_type_member(t, name);
	if (!member) {
		fail_msg("no member %s", name);
		return NULL;
	}
	assert_int_equal(member->offset, offset);
	return member->type;
}

static void test_c_types(void **state)
{
	(void)state;
	const struct sym_type *t = type_named(self, "probe"), *inner;
	const struct sym_enumerator *enumerators;
	bool known;
	assert_int_equal(sym_type_kind(t), SYM_TYPE_STRUCT);
	assert_str(sym_type_name(t), "struct probe");
	assert_int_equal(sym_type_size(t), sizeof(struct probe));
	assert_int_equal(sym_type_align(t), _Alignof(struct probe));
	assert_int_equal(sym_type_kind(member_type(t, "letter", 0)), SYM_TYPE_CHAR);

	inner = member_type(t, "pair", offsetof(struct probe, pair));
	assert_int_equal(sym_type_kind(inner), SYM_TYPE_ARRAY);
	assert_int_equal(sym_type_count(inner, &known), 2);
	assert_true(known);
	assert_int_equal(sym_type_size(inner), 4);

	inner = member_type(t, "text", offsetof(struct probe, text));
	assert_int_equal(sym_type_kind(inner), SYM_TYPE_POINTER);
	assert_str(sym_type_name(inner), "const char *");
	assert_int_equal(sym_type_kind(sym_type_target(inner)), SYM_TYPE_CHAR);

	inner = member_type(t, "both", offsetof(struct probe, both));
	assert_int_equal(sym_type_kind(inner), SYM_TYPE_UNION);
	member_type(inner, "real", 0);

	inner = member_type(t, "what", offsetof(struct probe, what));
	assert_int_equal(sym_type_kind(inner), SYM_TYPE_ENUM);
	assert_int_equal(sym_type_enumerators(inner, &enumerators), 2);
	assert_str(enumerators[0].name, "PROBE_MINUS");
	assert_int_equal(enumerators[0].value, -3);
	assert_int_equal(enumerators[1].value, 1 << 20);

	const struct sym_member *high = sym_type_member(t, "high");
	assert_non_null(high);
	assert_int_equal(high->bit_size, 7);
	assert_int_equal(high->offset * 8 + high->bit_offset, (offsetof(struct probe, what) + 4) * 8 + 3);

	inner = member_type(t, "next", offsetof(struct probe, next));
	assert_ptr_equal(sym_type_target(inner), t);
	assert_str(sym_type_name(member_type(t, "call", offsetof(struct probe, call))),
		   "int (*)(int, char)");

	inner = member_type(t, "grid", offsetof(struct probe, grid));
	assert_str(sym_type_name(inner), "double [2][3]");
	assert_int_equal(sym_type_size(inner), sizeof(double[2][3]));
	assert_int_equal(sym_type_count(inner, &known), 2);
	inner = sym_type_target(inner);
	assert_int_equal(sym_type_kind(inner), SYM_TYPE_ARRAY);
	assert_int_equal(sym_type_count(inner, &known), 3);
	assert_int_equal(sym_type_kind(sym_type_target(inner)), SYM_TYPE_FLOAT);

	t = type_named(self, "probe_alias");
	assert_int_equal(sym_type_kind(t), SYM_TYPE_ALIAS);
	assert_int_equal(sym_type_size(t), sizeof(struct probe));
	assert_ptr_equal(sym_type_target(t), type_named(self, "probe"));
	assert_null(sym_type_by_name(self, STR_LIT("probe_not_there")));
	assert_null(sym_type_member(t, "nothing"));
}

static void test_c_names(void **state)
{
	(void)state;
	c_check_names(self);
}

static void test_shapes(void **state)
{
	(void)state;
	struct arch_shape shape;
	assert_true(sym_type_shape(type_named(self, "probe_pair"), &shape));
	assert_int_equal(shape.size, 16);
	assert_true(shape.aggregate && !shape.unaligned && !shape.array);
	assert_int_equal(shape.count, 2);
	assert_int_equal(shape.scalars[0].kind, ARCH_SCALAR_INT);
	assert_int_equal(shape.scalars[1].kind, ARCH_SCALAR_FLOAT);
	assert_int_equal(shape.scalars[1].offset, 8);
	assert_true(sym_type_shape(type_named(self, "probe_packed"), &shape));
	assert_true(shape.unaligned);
	assert_int_equal(shape.size, 9);
	assert_int_equal(shape.align, 1);
	assert_true(sym_type_shape(type_named(self, "probe_union"), &shape));
	assert_int_equal(shape.count, 2);
	assert_true(sym_type_shape(type_named(self, "probe"), &shape));
	assert_true(shape.array);
	assert_true(sym_type_shape(type_named(self, "long double"), &shape));
	assert_int_equal(shape.count, 1);
	assert_int_equal(shape.scalars[0].kind, ARCH_SCALAR_X87);
}

/* ---- frames ---- */

static void test_cfi(void **state)
{
	(void)state;
	struct dw_cfi_row row;
	struct sym_symbol s;
	struct file_addr entry = here((const void *)probe_outer);
	struct file_range bounds;
	ok(sym_cfi_row(self, entry, &row));
	/* At the first instruction only the return address has been pushed. */
	assert_int_equal(row.cfa_reg, ARCH_RSP);
	assert_int_equal(row.cfa_offset, 8);
	assert_int_equal(row.function.start.value, entry.value);
	fails(sym_cfi_row(self, FILE_ADDR(UINT64_MAX), &row), ERROR_NOT_FOUND);
	assert_true(sym_symbol_by_name(self, STR_LIT("probe_outer"), &s));
	assert_true(sym_function_bounds(self, FILE_ADDR(entry.value + 1), &bounds));
	assert_int_equal(bounds.start.value, entry.value);
	assert_int_equal(bounds.end.value, entry.value + s.size);
	assert_false(sym_function_bounds(self, FILE_ADDR(UINT64_MAX), &bounds));
}

/* ---- separate debug files ---- */

static char folder[] = "/tmp/test_symbols.XXXXXX";

static bool run(const char *format, ...)
{
	char *command;
	va_list args;
	va_start(args, format);
	int size = vasprintf(&command, format, args);
	va_end(args);
	assert_true(size > 0);
	int status = system(command);
	free(command);
	return status == 0;
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	return run("rm -rf '%s'", folder) ? 0 : -1;
}

static struct sym_module *open_copy(const char *name, const char *directory)
{
	const char *const directories[] = { directory, NULL };
	struct sym_options options = { .debug_directories = directories };
	struct sym_module *m;
	ok(sym_module_open(arena_printf(&arena, "%s/%s", folder, name).ptr, &options, &m));
	return m;
}

static bool has_trouble(struct sym_module *m, const char *text)
{
	const struct error *const *troubles;
	size_t count = sym_module_troubles(m, &troubles);
	for (size_t i = 0; i < count; i++)
		if (strstr(troubles[i]->message, text))
			return true;
	return false;
}

static void test_separate_debug_file(void **state)
{
	(void)state;
	if (!run("cd '%s' && cp /proc/%d/exe whole && objcopy --only-keep-debug whole prog.debug && objcopy -g whole prog && "
		 "strip prog && objcopy --add-gnu-debuglink=prog.debug prog",
		 folder, (int)getpid())) {
		print_message("skipped: objcopy and strip are not there\n");
		skip();
	}
	struct sym_chain_entry chain[SYM_MAX_INLINE];
	struct file_addr pc = FILE_ADDR(here((const void *)probe_outer).value + 1);
	struct dw_cfi_row row;
	struct sym_symbol s;

	struct sym_module *m = open_copy("prog", folder);
	assert_true(sym_module_has_debug_info(m));
	size_t count = sym_chain_at(m, pc, chain);
	assert_true(count >= 1 && chain[count - 1].info.from_debug_info);
	assert_str(chain[count - 1].info.name, "probe_outer");
	assert_true(sym_symbol_by_name(m, STR_LIT("probe_outer"), &s));
	ok(sym_cfi_row(m, pc, &row));
	assert_non_null(sym_type_by_name(m, STR_LIT("probe_pair")));
	sym_module_close(m);

	/* In .debug/, and found by its build-id in a debug directory. */
	assert_true(run("cd '%s' && mkdir .debug && mv prog.debug .debug/", folder));
	m = open_copy("prog", folder);
	assert_true(sym_module_has_debug_info(m));
	struct str id = arena_str(&arena, sym_module_build_id(m));
	sym_module_close(m);
	if (id.len >= 2) {
		struct str path = elf_build_id_path(&arena, str_from(folder), id);
		assert_true(run("mkdir -p \"$(dirname '%s')\" && mv '%s/.debug/prog.debug' '%s'",
				path.ptr, folder, path.ptr));
		m = open_copy("prog", folder);
		assert_true(sym_module_has_debug_info(m));
		sym_module_close(m);
		m = open_copy("prog", "/nonexistent");
		assert_false(sym_module_has_debug_info(m));
		sym_module_close(m);
		assert_true(run("cp '%s' '%s/prog.debug'", path.ptr, folder));
		/* Another program's file under this one's name. */
		assert_true(run("cd '%s' && cp /bin/sh prog.debug && rm -rf .build-id .debug", folder));
		m = open_copy("prog", folder);
		assert_false(sym_module_has_debug_info(m));
		assert_true(has_trouble(m, "does not belong to"));
		assert_int_equal(sym_chain_at(m, pc, chain) == 0 || !chain[0].info.from_debug_info, 1);
		sym_module_close(m);
	}
}

/* Without build-ids the checksum decides. */
static void test_debug_link_checksum(void **state)
{
	(void)state;
	if (!run("cd '%s' && rm -rf * .debug && cp /proc/%d/exe whole && objcopy -R .note.gnu.build-id whole && "
		 "objcopy --only-keep-debug whole prog.debug && strip -o prog whole && objcopy --add-gnu-debuglink=prog.debug prog",
		 folder, (int)getpid())) {
		print_message("skipped: objcopy and strip are not there\n");
		skip();
	}
	struct sym_module *m = open_copy("prog", folder);
	assert_true(sym_module_has_debug_info(m));
	sym_module_close(m);
	assert_true(run("cd '%s' && printf x >> prog.debug", folder));
	m = open_copy("prog", folder);
	assert_false(sym_module_has_debug_info(m));
	assert_true(has_trouble(m, "its CRC differs"));
	sym_module_close(m);
}

static void test_open_refuses(void **state)
{
	(void)state;
	struct sym_module *m;
	fails(sym_module_open("/nonexistent/file", NULL, &m), ERROR_SYSTEM);
	fails(sym_module_open_bytes("x", "no ELF", 6, &m), ERROR_FORMAT);
	fails(sym_module_open_bytes("x", "", 0, &m), ERROR_FORMAT);
}

/* ---- damage ---- */

static bool ask_function(void *ctx, const struct sym_function *f)
{
	struct arch_call call;
	const struct sym_variable *const *params, **locals;
	struct sym_function_info info;
	struct dw_span expr;
	const struct dw_unit *unit;
	bool is_const, guess;
	int *left = ctx;
	sym_function_describe(f, &info);
	sym_function_prototype(f, &arena);
	sym_function_call(f, &call);
	sym_function_convention(f, &guess);
	size_t count = sym_function_params(f, &params);
	for (size_t i = 0; i < count; i++) {
		sym_type_name(sym_variable_type(params[i]));
		error_destroy(sym_variable_location(params[i], info.entry, &expr, &unit, &is_const));
	}
	sym_function_locals(f, info.entry, &arena, &locals);
	error_destroy(sym_function_frame_base(f, info.entry, &expr, &unit));
	return --*left > 0;
}

static void ask_type(const struct sym_type *t, int depth)
{
	const struct sym_member *members;
	const struct sym_enumerator *enumerators;
	struct arch_shape shape;
	bool known;
	if (!t || depth == 0)
		return;
	sym_type_name(t);
	sym_type_size(t);
	sym_type_align(t);
	sym_type_count(t, &known);
	sym_type_shape(t, &shape);
	sym_type_enumerators(t, &enumerators);
	ask_type(sym_type_target(t), depth - 1);
	size_t count = sym_type_members(t, &members);
	for (size_t i = 0; i < count && i < 8; i++)
		ask_type(members[i].type, depth - 1);
	const struct sym_variant_part *part = sym_type_variants(t);
	for (size_t i = 0; part && i < part->count && i < 8; i++)
		ask_type(part->variants[i].member.type, depth - 1);
}

/* Every kind of question; what matters is that each is answered. */
static void ask_all(const uint8_t *bytes, size_t size, uint64_t pc)
{
	struct sym_module *m;
	struct sym_chain_entry chain[SYM_MAX_INLINE];
	struct sym_symbol symbols[4];
	struct dw_cfi_row row;
	struct file_range bounds;
	const struct error *const *troubles;
	struct error *err = sym_module_open_bytes("damaged", bytes, size, &m);
	if (err) {
		error_destroy(err);
		return;
	}
	for (int i = 0; i < 40; i++, pc += 97) {
		int left = 1;
		size_t count = sym_chain_at(m, FILE_ADDR(pc), chain);
		for (size_t j = 0; j < count; j++)
			if (chain[j].function)
				ask_function(&left, chain[j].function);
		error_destroy(sym_cfi_row(m, FILE_ADDR(pc), &row));
		sym_function_bounds(m, FILE_ADDR(pc), &bounds);
	}
	static const char *const functions[] = { "probe_function", "probe_never", "main",
						 "next_event",     "holds",       "area" };
	static const char *const types[] = { "probe",       "probe_alias", "Token",
					     "Option<u32>", "Event",       "Wide" };
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
		int left = 4;
		error_destroy(sym_functions_by_name(m, str_from(functions[i]), ask_function, &left));
		sym_symbols_by_path(m, str_from(functions[i]), symbols, 4);
		sym_symbol_by_name(m, str_from(functions[i]), symbols);
	}
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		ask_type(sym_type_by_name(m, str_from(types[i])), 5);
	lookup_ask_all(m, FILE_ADDR(pc));
	sym_module_is_rust(m);
	assert_in_range(sym_module_troubles(m, &troubles), 0, SYM_MAX_TROUBLES);
	sym_module_close(m);
	arena_reset(&arena);
}

static uint32_t seed;

static uint32_t random_number(void)
{
	seed = seed * 1664525 + 1013904223;
	return seed >> 8;
}

static void damage(const uint8_t *bytes, size_t size, uint64_t pc, int rounds)
{
	struct elf_file *elf;
	ok(elf_open("whole", bytes, size, &elf));
	uint8_t *copy = malloc(size);
	for (int round = 0; round < rounds; round++) {
		memcpy(copy, bytes, size);
		size_t cut = size;
		seed = (uint32_t)round * 7919 + 1;
		if (round % 4 == 0) {
			cut = random_number() % size;
		} else {
			/* A few bytes in one section, so that deep places are reached. */
			const struct elf_section *s =
				elf_section(elf, random_number() % elf_section_count(elf));
			if (s->size == 0 || s->offset >= size || s->size > size - s->offset ||
			    strncmp(s->name.ptr, ".text", 5) == 0)
				continue;
			for (int i = 0; i < 1 << round % 6; i++) {
				size_t at = s->offset +
					    ((uint64_t)random_number() << 8 | random_number() % 256) %
						    s->size;
				copy[at] = (uint8_t)(round % 3 ? random_number()
							       : copy[at] ^ 1u << random_number() % 8);
			}
		}
		/* Its own block, so that a read behind a cut is seen. */
		uint8_t *exact = malloc(cut ? cut : 1);
		memcpy(exact, copy, cut);
		ask_all(exact, cut, pc);
		free(exact);
	}
	free(copy);
	elf_close(elf);
}

static void test_damage(void **state)
{
	(void)state;
	uint64_t pc = here((const void *)note_pc).value;
	ask_all(self_bytes.data, self_bytes.size, pc);
	damage(self_bytes.data, self_bytes.size, pc, 250);
}

/* ---- Rust ---- */

static struct sym_module *open_rust(const char *path)
{
	struct sym_module *m;
	if (!path) {
		print_message("skipped: no Rust program was built (rustc is not there)\n");
		skip();
	}
	ok(sym_module_open(path, NULL, &m));
	return m;
}

static void check_rust_types(struct sym_module *m)
{
	const struct sym_type *t = type_named(m, "shapes::Token");
	const struct sym_enumerator *enumerators;
	assert_int_equal(sym_type_kind(t), SYM_TYPE_VARIANT);
	assert_str(sym_type_name(t), "symbols::shapes::Token");
	assert_str(sym_type_bare_name(t), "Token");
	assert_int_equal(sym_type_size(t), 32);
	const struct sym_variant_part *part = sym_type_variants(t);
	assert_non_null(part);
	assert_int_equal(part->count, 3);
	assert_true(part->has_discr);
	bool word = false;
	for (size_t i = 0; i < 3; i++) {
		if (!str_is(part->variants[i].name, "Word"))
			continue;
		word = true;
		assert_true(part->variants[i].is_default);
		assert_non_null(sym_type_member(part->variants[i].member.type, "line"));
		assert_str(sym_type_name(part->variants[i].member.type), "symbols::shapes::Token::Word");
	}
	assert_true(word);

	t = type_named(m, "Color");
	assert_int_equal(sym_type_kind(t), SYM_TYPE_ENUM);
	assert_int_equal(sym_type_size(t), 1);
	assert_int_equal(sym_type_enumerators(t, &enumerators), 2);
	assert_int_equal(enumerators[1].value, 200);
	assert_int_equal(sym_type_enumerators(type_named(m, "Sign"), &enumerators), 2);
	assert_int_equal(enumerators[0].value, -1);

	t = type_named(m, "core::option::Option<u32>");
	struct arch_shape shape;
	assert_true(sym_type_shape(t, &shape));
	assert_int_equal(shape.count, 2);
	assert_int_equal(shape.scalars[1].offset, 4);
	assert_true(sym_type_shape(type_named(m, "Packed"), &shape));
	assert_true(shape.unaligned);
	assert_int_equal(sym_type_kind(type_named(m, "Bits")), SYM_TYPE_UNION);
}

static void check_rust_functions(struct sym_module *m)
{
	struct sym_function_info info;
	struct arch_call call;
	bool guess;
	const struct sym_function *f = function_named(m, "next_event");
	assert_str(sym_function_prototype(f, &arena),
		   "extern \"C\" fn next_event(parser: *mut Token, input: *const u8) -> Event");
	assert_int_equal(sym_function_convention(f, &guess), ARCH_CC_SYSV);
	assert_false(guess);
	assert_true(sym_function_call(f, &call));
	assert_true(call.hidden_return);
	assert_int_equal(call.hidden.regs[0], ARCH_RDI);
	assert_int_equal(call.args[0].regs[0], ARCH_RSI);
	assert_int_equal(call.args[1].regs[0], ARCH_RDX);
	sym_function_describe(f, &info);
	assert_str(info.name, "symbols::next_event");
	assert_true(info.is_rust);

	f = function_named(m, "holds");
	assert_str(sym_function_prototype(f, &arena),
		   "fn holds(token: &Token, color: Color, sign: Sign, packed: Packed, bits: Bits, wide: &Wide, name: &str, "
		   "maybe: Option<u32>, boxed: Box<dyn Area>) -> f64");
	assert_int_equal(sym_function_convention(f, &guess), ARCH_CC_RUST);
	assert_true(guess);
	sym_function_describe(f, &info);
	assert_str(info.name, "symbols::holds");
	assert_true(str_ends(info.decl.file, STR_LIT("data/symbols.rs")));

	static const char *const ways[] = { "<Square as Area>::area", "Square::area", "Area::area",
					    "<symbols::shapes::Square as symbols::shapes::Area>::area" };
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		sym_function_describe(function_named(m, ways[i]), &info);
		assert_str(info.name, "<symbols::shapes::Square as symbols::shapes::Area>::area");
	}
	struct sym_symbol symbol;
	assert_int_equal(sym_symbols_by_path(m, STR_LIT("<Square as Area>::area"), &symbol, 1), 1);
	assert_int_equal(symbol.addr.value, info.entry.value);
	sym_function_describe(function_named(m, "generic<&str, 1>"), &info);
	assert_true(str_starts(info.name, STR_LIT("symbols::generic")));
}

static void check_rust_chain(struct sym_module *m)
{
	struct sym_chain_entry chain[SYM_MAX_INLINE];
	struct sym_symbol symbol;
	assert_true(sym_symbol_by_name(m, STR_LIT("inline_chain"), &symbol));
	bool inner = false;
	for (uint64_t pc = symbol.addr.value; pc < symbol.addr.value + symbol.size; pc++) {
		size_t count = sym_chain_at(m, FILE_ADDR(pc), chain);
		assert_true(count >= 1);
		assert_str(chain[count - 1].info.name, "symbols::inline_chain");
		if (count < 3 || !str_is(chain[count - 3].info.name, "symbols::inner"))
			continue;
		inner = true;
		assert_str(chain[count - 2].info.name, "symbols::middle");
		assert_true(chain[count - 2].inlined && chain[count - 2].info.is_rust);
		assert_true(chain[count - 2].line.line > chain[count - 3].info.decl.line);
	}
	assert_true(inner);
}

static void check_rust(const char *path)
{
	struct sym_module *m = open_rust(path);
	const struct error *const *troubles;
	assert_true(sym_module_is_rust(m));
	lookup_check_stopped(m);
	check_rust_types(m);
	check_rust_functions(m);
	check_rust_chain(m);
	lookup_check_rust(m, path == rust_debug);
	if (sym_module_troubles(m, &troubles) > 0)
		fail_msg("%s", troubles[0]->message);
	sym_module_close(m);
}

/* ---- the search for a few names, and the index for more ---- */

enum { KEPT = 8192 };

struct kept {
	uint64_t addr[KEPT];
	size_t count, inlined;
};

static bool keep_spot(void *ctx, const struct sym_spot *spot)
{
	struct kept *kept = ctx;
	assert_true(kept->count < KEPT);
	kept->addr[kept->count++] = spot->addr.value;
	kept->inlined += spot->inlined;
	return true;
}

/* What the first few questions find without an index is what the index finds. */
static void check_search(const char *path)
{
	static const char *const names[] = {
		"main",        "area",
		"inner",       "middle",
		"generic",     "symbols::holds",
		"fmt",         "drop_in_place<u8>",
		"{closure#0}", "new",
	};
	enum { COUNT = sizeof names / sizeof *names };
	static struct kept kept, searched;
	struct sym_module *indexed = open_rust(path);
	for (size_t i = 0; i < COUNT; i++) {
		kept.count = 0;
		ok(sym_function_spots(indexed, str_from(names[i]), false, keep_spot, &kept));
	}
	size_t any = 0, inlined = 0;
	for (size_t i = 0; i < COUNT; i++) {
		struct sym_module *m = open_rust(path);
		memset(&kept, 0, sizeof kept);
		memset(&searched, 0, sizeof searched);
		ok(sym_function_spots(m, str_from(names[i]), false, keep_spot, &searched));
		ok(sym_function_spots(indexed, str_from(names[i]), false, keep_spot, &kept));
		assert_int_equal(searched.count, kept.count);
		assert_memory_equal(&searched, &kept, sizeof kept);
		any += kept.count > 0;
		inlined += kept.inlined;
		sym_module_close(m);
	}
	assert_true(any >= 5);
	assert_true(path == rust_debug || inlined > 0);
	sym_module_close(indexed);
}

static void test_rust_debug(void **state)
{
	(void)state;
	check_rust(rust_debug);
	check_search(rust_debug);
}

static void test_rust_release(void **state)
{
	(void)state;
	check_rust(rust_release);
	check_search(rust_release);
}

static void test_rust_damage(void **state)
{
	(void)state;
	struct sym_symbol symbol;
	struct file_map map;
	struct sym_module *m = open_rust(rust_release);
	assert_true(sym_symbol_by_name(m, STR_LIT("next_event"), &symbol));
	sym_module_close(m);
	ok(file_open(rust_release, &map));
	damage(map.data, map.size, symbol.addr.value - 1000, 60);
	file_close(&map);
}

static void test_lines_of_self(void **state)
{
	(void)state;
	lookup_check_c(self, here((const void *)probe_outer), MIDDLE_LINE);
}

static void test_no_trouble(void **state)
{
	(void)state;
	const struct error *const *troubles;
	if (sym_module_troubles(self, &troubles) > 0)
		fail_msg("%s", troubles[0]->message);
}

int main(int argc, char **argv)
{
	rust_debug = argc > 1 ? argv[1] : NULL;
	rust_release = argc > 2 ? argv[2] : NULL;
	struct error *err = sym_module_open("/proc/self/exe", NULL, &self);
	if (!err)
		err = file_open("/proc/self/exe", &self_bytes);
	if (err) {
		fprintf(stderr, "%s\n", err->message);
		return 1;
	}
	struct probe p = { 0 };
	const char *text = "text";
	if (argc > 100) /* keeps them from being dropped */
		probe_never((void *)probe_function(&p, &text, NULL, 1, 2).first, (probe_vector){ 0 }, 0);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_demangle),
		cmocka_unit_test(test_demangle_is_bounded),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_scope_depth),
		cmocka_unit_test(test_thread_local_names),
		cmocka_unit_test(test_shortening),
		cmocka_unit_test(test_symbols),
		cmocka_unit_test(test_inline_chain),
		cmocka_unit_test(test_functions_by_name),
		cmocka_unit_test(test_prototypes),
		cmocka_unit_test(test_call_places),
		cmocka_unit_test(test_variables),
		cmocka_unit_test(test_c_types),
		cmocka_unit_test(test_c_names),
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_cfi),
		cmocka_unit_test(test_lines_of_self),
		cmocka_unit_test(test_no_trouble),
		cmocka_unit_test(test_open_refuses),
		cmocka_unit_test_setup_teardown(test_separate_debug_file, make_folder, NULL),
		cmocka_unit_test_setup_teardown(test_debug_link_checksum, NULL, remove_folder),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_rust_debug),
		cmocka_unit_test(test_rust_release),
		cmocka_unit_test(test_rust_damage),
	};
	int failed = cmocka_run_group_tests_name("symbols", tests, NULL, NULL);
	sym_module_close(self);
	file_close(&self_bytes);
	arena_deinit(&arena);
	return failed;
}
