/* Values as text: made-up debug information in Rust's shapes over made-up memory, and this test's own
 * variables for C. */
#include "eval/eval.h"
#include "unwind/calls.h"

#include "dwarf/constants.h"

#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "eval_scene.h"
#include "eval_tests.h"

/* ---- values on entry ---- */

/* Functions of the scene, as offsets from TEXT: `scene` is called by `caller`, and that by `outer`; or jumped to by `jumper`, `other`. */
enum { CALLER = 0x40, OUTER = 0x80, JUMPER = 0xc0, OTHER = 0xe0, EITHER = 0xf0, FUNCTION_SIZE = 0x10 };

static uint32_t piece_of_code(struct scene *s, const char *name, uint64_t offset, uint64_t size)
{
	uint32_t f = die(s, DW_TAG_subprogram, true);
	at_str(s, DW_AT_name, name);
	attr(s, DW_AT_low_pc, DW_FORM_addr);
	number(&s->info, TEXT + offset, 8);
	at_u(s, DW_AT_high_pc, size);
	attr(s, DW_AT_GNU_all_call_sites, DW_FORM_flag_present);
	return f;
}

static void call_site(struct scene *s, uint64_t return_offset, uint32_t target, bool tail, bool parameters)
{
	die(s, DW_TAG_GNU_call_site, parameters);
	attr(s, DW_AT_low_pc, DW_FORM_addr);
	number(&s->info, TEXT + return_offset, 8);
	at_ref(s, DW_AT_abstract_origin, target);
	if (tail)
		attr(s, DW_AT_GNU_tail_call, DW_FORM_flag_present);
}

static void passes(struct scene *s, uint8_t reg, const uint8_t *value, size_t size)
{
	uint8_t place = (uint8_t)(DW_OP_reg0 + reg);
	die(s, DW_TAG_GNU_call_site_parameter, false);
	at_block(s, DW_AT_location, DW_FORM_exprloc, &place, 1);
	at_block(s, DW_AT_GNU_call_site_value, DW_FORM_exprloc, value, size);
}
#define PASSES(s, reg, ...)                                      \
	do {                                                     \
		static const uint8_t value_[] = { __VA_ARGS__ }; \
		passes((s), (reg), value_, sizeof value_);       \
	} while (0)

struct calls_scene {
	struct scene *s;
	struct unwind_frame unwinds[2];
	struct eval_frame frames[2]; /* caller, outer */
	uint64_t return_offset;      /* of caller's call */
};

static bool calls_code(void *ctx, uint64_t pc, struct unwind_code *ret)
{
	const struct scene *s = ctx;
	*ret = (struct unwind_code){ .kind = UNWIND_CODE_NATIVE, .module = s->module, .bias = BIAS };
	return pc >= BIAS + TEXT && pc < BIAS + TEXT + TEXT_SIZE;
}

static bool calls_caller(void *ctx, const struct eval_frame *frame, struct eval_frame *ret)
{
	struct calls_scene *c = ctx;
	if (frame == &c->frames[1] || frame->frame == &c->unwinds[1])
		return false;
	*ret = frame->frame == &c->unwinds[0] ? c->frames[1] : c->frames[0];
	return true;
}

static void frame_at(struct calls_scene *c, size_t i, uint64_t offset, uint64_t rbx)
{
	c->unwinds[i] = (struct unwind_frame){ .pc = RUN_ADDR(0, BIAS + TEXT + offset),
					       .how = UNWIND_CFI,
					       .index = (uint32_t)i + 1 };
	arch_reg_set(&c->unwinds[i].regs, ARCH_RBX, rbx);
	c->frames[i] = (struct eval_frame){ .context = &c->s->context,
					    .frame = &c->unwinds[i],
					    .module = c->s->module,
					    .bias = BIAS,
					    .pc = FILE_ADDR(TEXT + offset - 1),
					    .caller = calls_caller,
					    .caller_ctx = c };
}

/* restarts: the function may jump to its own beginning. */
static void calls_start(struct calls_scene *c, struct scene *s, bool restarts)
{
	scene_start(s);
	c->s = s;
	uint32_t i64 = base(s, "i64", ATE_SIGNED, 8);
	uint32_t scene = piece_of_code(s, "scene", 0, CALLER);
	static const uint8_t first[] = { 0xf3, 1, 0x55, 0x9f }, second[] = { 0xf3, 1, 0x54, 0x9f };
	static const uint8_t untold[] = { 0xf3, 1, 0x58, 0x9f }, sum[] = { 0xf3, 1, 0x55, 0x23, 2, 0x9f };
	variable_at(s, "first", i64, first, sizeof first);
	variable_at(s, "second", i64, second, sizeof second);
	variable_at(s, "untold", i64, untold, sizeof untold);
	variable_at(s, "sum", i64, sum, sizeof sum);
	if (restarts)
		call_site(s, 0x10, scene, true, false);
	end_children(s);
	uint32_t jumper = piece_of_code(s, "jumper", JUMPER, FUNCTION_SIZE);
	call_site(s, JUMPER + 8, scene, true, false);
	end_children(s);
	uint32_t other = piece_of_code(s, "other", OTHER, FUNCTION_SIZE);
	call_site(s, OTHER + 8, scene, true, false);
	end_children(s);
	uint32_t either = piece_of_code(s, "either", EITHER, FUNCTION_SIZE);
	call_site(s, EITHER + 4, jumper, true, false);
	call_site(s, EITHER + 8, other, true, false);
	end_children(s);
	uint32_t caller = piece_of_code(s, "caller", CALLER, OUTER - CALLER);
	call_site(s, CALLER + 0x10, scene, false, true);
	PASSES(s, ARCH_RDI, 0x73, 1);                /* breg3 (rbx) 1 */
	PASSES(s, ARCH_RSI, 0xf3, 1, 0x55, 0x23, 1); /* what it was given itself, and one more */
	end_children(s);
	call_site(s, CALLER + 0x20, jumper, false, true); /* calls something else */
	PASSES(s, ARCH_RDI, 0x33);
	end_children(s);
	end_children(s);
	piece_of_code(s, "outer", OUTER, JUMPER - OUTER);
	call_site(s, OUTER + 0x10, caller, false, true);
	PASSES(s, ARCH_RDI, 0x08, 40); /* const1u */
	end_children(s);
	call_site(s, OUTER + 0x18, jumper, false, false);
	call_site(s, OUTER + 0x1c, either, false, false);
	scene_finish(s);
	s->context.code = calls_code;
	s->unwind.pc = RUN_ADDR(0, BIAS + TEXT + 8);
	s->frame.pc = FILE_ADDR(TEXT + 8);
	s->frame.caller = calls_caller;
	s->frame.caller_ctx = c;
	frame_at(c, 0, CALLER + 0x10, 6);
	frame_at(c, 1, OUTER + 0x10, 0);
}

static void test_entry_values(void **state)
{
	(void)state;
	struct calls_scene c;
	struct scene *s = xmalloc(sizeof *s);
	calls_start(&c, s, false);
	check(s, "first", "7");
	check(s, "sum", "9");
	check(s, "second", "41");
	check(s, "untold", "<optimized out>");
	/* The caller's own caller is not known. */
	c.unwinds[1].pc = RUN_ADDR(0, BIAS + TEXT + OUTER + 4);
	check(s, "first", "7");
	check(s, "second", "<optimized out>");
	/* A call of another function: this one was reached in some other way. */
	frame_at(&c, 0, CALLER + 0x20, 6);
	check(s, "first", "<optimized out>");
	/* A register that has not been saved. */
	frame_at(&c, 0, CALLER + 0x10, 6);
	c.unwinds[0].regs = (struct arch_regs){ 0 };
	check(s, "first", "<optimized out>");
	scene_end(s);
}

/* What it was given the last time that it began is not to be known. */
static void test_entry_values_restarted(void **state)
{
	(void)state;
	struct calls_scene c;
	struct scene *s = xmalloc(sizeof *s);
	calls_start(&c, s, true);
	check(s, "first", "<optimized out>");
	assert_true(unwind_may_restart(&s->context, BIAS + TEXT));
	assert_false(unwind_may_restart(&s->context, BIAS + TEXT + OUTER));
	scene_end(s);
}

static void test_tail_calls(void **state)
{
	(void)state;
	struct calls_scene c;
	struct scene *s = xmalloc(sizeof *s);
	uint64_t pcs[UNWIND_MAX_TAIL_CALLS];
	calls_start(&c, s, false);
	struct unwind_calls *calls = unwind_calls_create();
	for (int pass = 0; pass < 3; pass++) { /* the last answers are remembered ones */
		s->context.calls = pass == 0 ? NULL : calls;
		assert_int_equal(
			unwind_tail_calls(&s->context, BIAS + TEXT + OUTER + 0x18, BIAS + TEXT, pcs), 1);
		assert_int_equal(pcs[0], BIAS + TEXT + JUMPER + 8);
		/* Straight to it; not to it at all; by two ways. */
		assert_int_equal(
			unwind_tail_calls(&s->context, BIAS + TEXT + CALLER + 0x10, BIAS + TEXT, pcs), 0);
		assert_int_equal(
			unwind_tail_calls(&s->context, BIAS + TEXT + OUTER + 0x10, BIAS + TEXT, pcs), 0);
		assert_int_equal(
			unwind_tail_calls(&s->context, BIAS + TEXT + OUTER + 0x1c, BIAS + TEXT, pcs), 0);
		assert_int_equal(
			unwind_tail_calls(&s->context, BIAS + TEXT + OUTER + 1, BIAS + TEXT, pcs), 0);
	}
	unwind_calls_destroy(calls);
	scene_end(s);
}

static void test_scalars(void **state)
{
	(void)state;
	struct scene *s = scene_new();
	uint32_t i32 = base(s, "i32", ATE_SIGNED, 4), u8 = base(s, "u8", ATE_UNSIGNED, 1);
	uint32_t i8 = base(s, "i8", ATE_SIGNED, 1), u128 = base(s, "u128", ATE_UNSIGNED, 16);
	uint32_t i128 = base(s, "i128", ATE_SIGNED, 16), boolean = base(s, "bool", ATE_BOOLEAN, 1);
	uint32_t f64 = base(s, "f64", ATE_FLOAT, 8), f32 = base(s, "f32", ATE_FLOAT, 4);
	uint32_t c = base(s, "char", ATE_UTF, 4);
	function(s, no_frame_base, sizeof no_frame_base);
	VARIABLE(s, "i32", i32, (int32_t)-5);
	VARIABLE(s, "u8", u8, (uint8_t)200);
	VARIABLE(s, "i8", i8, (int8_t)-128);
	VARIABLE(s, "u128", u128, ~(unsigned __int128)0);
	VARIABLE(s, "i128", i128, (__int128)((unsigned __int128)1 << 127));
	VARIABLE(s, "i128_1", i128, (__int128)-1);
	VARIABLE(s, "true", boolean, (uint8_t)1);
	VARIABLE(s, "bad_bool", boolean, (uint8_t)7);
	VARIABLE(s, "one", f64, 1.0);
	VARIABLE(s, "tenth", f64, 0.1);
	VARIABLE(s, "third", f64, 1.0 / 3.0);
	VARIABLE(s, "big", f64, 1e21);
	VARIABLE(s, "whole", f64, 1234567890123.0);
	VARIABLE(s, "small", f64, 1.5e-9);
	VARIABLE(s, "nan", f64, (double)NAN);
	VARIABLE(s, "inf", f64, (double)-INFINITY);
	VARIABLE(s, "minus_zero", f64, -0.0);
	VARIABLE(s, "f32", f32, 0.1f);
	VARIABLE(s, "c", c, (uint32_t)0xe9);
	VARIABLE(s, "quote", c, (uint32_t)'\'');
	VARIABLE(s, "double_quote", c, (uint32_t)'"');
	VARIABLE(s, "newline", c, (uint32_t)'\n');
	VARIABLE(s, "escape", c, (uint32_t)0x1b);
	VARIABLE(s, "surrogate", c, (uint32_t)0xd800);
	scene_finish(s);
	check(s, "i32", "-5");
	check(s, "u8", "200");
	check(s, "i8", "-128");
	check(s, "u128", "340282366920938463463374607431768211455");
	check(s, "i128", "-170141183460469231731687303715884105728");
	check(s, "i128_1", "-1");
	check(s, "true", "true");
	check(s, "bad_bool", "<not a bool: 7>");
	check(s, "one", "1.0");
	check(s, "tenth", "0.1");
	check(s, "third", "0.3333333333333333");
	check(s, "big", "1e21");
	check(s, "whole", "1234567890123.0");
	check(s, "small", "1.5e-9");
	check(s, "nan", "NaN");
	check(s, "inf", "-inf");
	check(s, "minus_zero", "-0.0");
	check(s, "f32", "0.1");
	check(s, "c", "'é'");
	check(s, "quote", "'\\''");
	check(s, "double_quote", "'\"'");
	check(s, "newline", "'\\n'");
	check(s, "escape", "'\\u{1b}'");
	check(s, "surrogate", "<not a char: 0xd800>");
	check_width(s, "u128", "3402…", 5);
	check_width(s, "u8", "200", 3);
	check_width(s, "u8", "2…", 2);
	check_width(s, "u8", "", 0);
	scene_end(s);
}

struct fat {
	uint64_t data, length;
};

static void test_strings_and_slices(void **state)
{
	(void)state;
	struct scene *s = scene_new();
	uint32_t u8 = base(s, "u8", ATE_UNSIGNED, 1), usize = base(s, "usize", ATE_UNSIGNED, 8);
	uint32_t i32 = base(s, "i32", ATE_SIGNED, 4);
	uint32_t u8_pointer = pointer(s, NULL, u8), i32_pointer = pointer(s, NULL, i32);
	uint32_t str = structure_of(
		s, "&str", 16,
		(struct member[]){ { "data_ptr", u8_pointer, 0 }, { "length", usize, 8 }, { 0 } });
	uint32_t slice = structure_of(
		s, "&[i32]", 16,
		(struct member[]){ { "data_ptr", i32_pointer, 0 }, { "length", usize, 8 }, { 0 } });
	uint32_t mut_slice = structure_of(
		s, "&mut [i32]", 16,
		(struct member[]){ { "data_ptr", i32_pointer, 0 }, { "length", usize, 8 }, { 0 } });
	uint32_t raw = pointer(s, "*const u8", u8);
	uint32_t nonnull =
		structure_of(s, "NonNull<u8>", 8, (struct member[]){ { "pointer", raw, 0 }, { 0 } });
	uint32_t unique =
		structure_of(s, "Unique<u8>", 8, (struct member[]){ { "pointer", nonnull, 0 }, { 0 } });
	uint32_t inner =
		structure_of(s, "RawVecInner<Global>", 16,
			     (struct member[]){ { "cap", usize, 0 }, { "ptr", unique, 8 }, { 0 } });
	uint32_t raw_vec = structure_of(s, "RawVec<T, Global>", 16,
					(struct member[]){ { "inner", inner, 0 }, { 0 } });
	uint32_t vec_u8 =
		structure_of(s, "Vec<u8, alloc::alloc::Global>", 24,
			     (struct member[]){ { "buf", raw_vec, 0 }, { "len", usize, 16 }, { 0 } });
	uint32_t string = structure_of(s, "String", 24, (struct member[]){ { "vec", vec_u8, 0 }, { 0 } });
	/* Vec<i32>: the pointer is to u8 in current rustc, the element is the type argument. */
	uint32_t vec_i32 = structure(s, "Vec<i32, alloc::alloc::Global>", 24);
	member(s, "buf", raw_vec, 0);
	member(s, "len", usize, 16);
	die(s, DW_TAG_template_type_parameter, false);
	at_str(s, DW_AT_name, "T");
	at_ref(s, DW_AT_type, i32);
	end_children(s);
	uint32_t dyn =
		structure_of(s, "&dyn scene::Shape", 16,
			     (struct member[]){ { "pointer", raw, 0 }, { "vtable", raw, 8 }, { 0 } });
	uint32_t box_dyn =
		structure_of(s, "alloc::boxed::Box<dyn scene::Shape, alloc::alloc::Global>", 16,
			     (struct member[]){ { "pointer", raw, 0 }, { "vtable", raw, 8 }, { 0 } });
	uint32_t box_str = structure_of(
		s, "alloc::boxed::Box<str, alloc::alloc::Global>", 16,
		(struct member[]){ { "data_ptr", u8_pointer, 0 }, { "length", usize, 8 }, { 0 } });
	uint32_t box_slice = structure_of(
		s, "alloc::boxed::Box<[i32], alloc::alloc::Global>", 16,
		(struct member[]){ { "data_ptr", i32_pointer, 0 }, { "length", usize, 8 }, { 0 } });
	function(s, no_frame_base, sizeof no_frame_base);
	static const char text[] = "h\303\251llo \"you\"\n\x1b\xff";
	uint64_t text_at = put(s, text, sizeof text - 1);
	char *long_text = malloc(1000);
	assert_non_null(long_text);
	memset(long_text, 'x', 1000);
	long_text[198] = '\303'; /* a character of three bytes that the limit cuts */
	uint64_t long_at = put(s, long_text, 1000);
	free(long_text);
	static const int32_t numbers[] = { 1, -2, 3 };
	uint64_t numbers_at = put(s, numbers, sizeof numbers);
	VARIABLE(s, "str", str, (struct fat){ text_at, sizeof text - 1 });
	VARIABLE(s, "empty", str, (struct fat){ 1, 0 });
	VARIABLE(s, "long", str, (struct fat){ long_at, 1000 });
	VARIABLE(s, "lie", str, (struct fat){ text_at, UINT64_MAX });
	VARIABLE(s, "swapped", str, (struct fat){ 0x12, 4 });
	VARIABLE(s, "slice", slice, (struct fat){ numbers_at, 3 });
	VARIABLE(s, "mut_slice", mut_slice, (struct fat){ numbers_at, 2 });
	VARIABLE(s, "no_slice", slice, (struct fat){ 4, 0 });
	VARIABLE(s, "lying_slice", slice, (struct fat){ numbers_at, UINT64_C(0x4000000000000001) });
	VARIABLE(s, "string", string, ((struct { uint64_t cap, ptr, len; }){ 100, text_at, 4 }));
	VARIABLE(s, "bad_string", string, ((struct { uint64_t cap, ptr, len; }){ 0, 0x12, 4 }));
	VARIABLE(s, "vec", vec_i32, ((struct { uint64_t cap, ptr, len; }){ 4, numbers_at, 3 }));
	VARIABLE(s, "bad_vec", vec_i32, ((struct { uint64_t cap, ptr, len; }){ 4, 0x1000, 3 }));
	VARIABLE(s, "box_dyn", box_dyn, ((struct fat){ 0x1234, 0x5678 }));
	VARIABLE(s, "box_str", box_str, ((struct fat){ text_at, 4 }));
	VARIABLE(s, "box_slice", box_slice, ((struct fat){ numbers_at, 2 }));
	VARIABLE(s, "dyn", dyn, ((struct fat){ 0x1234, 0x5678 }));
	scene_finish(s);
	check(s, "str", "\"héllo \\\"you\\\"\\n\\u{1b}\\xff\"");
	check(s, "empty", "\"\"");
	check(s, "lie", "&str { data_ptr: 0x7000000, length: 18446744073709551615 }");
	check(s, "swapped", "&str { data_ptr: 0x12, length: 4 }");
	check(s, "slice", "&[1, -2, 3]");
	check(s, "mut_slice", "&mut [1, -2]");
	check(s, "no_slice", "&[]");
	char lie[80];
	snprintf(lie, sizeof lie, "&[i32] { data_ptr: 0x%jx, length: 4611686018427387905 }",
		 (uintmax_t)numbers_at);
	check(s, "lying_slice", lie);
	check(s, "string", "\"hél\"");
	check(s, "vec", "[1, -2, 3]");
	check(s, "box_dyn", "Box<dyn scene::Shape> 0x1234");
	check(s, "box_str", "\"hél\"");
	check(s, "box_slice", "[1, -2]");
	check(s, "dyn", "&dyn scene::Shape 0x1234");
	check_width(s, "str", "\"hél…", 5);
	check(s, "bad_string", "String { ptr: 0x12, len: 4 }");
	check(s, "bad_vec", "Vec { ptr: 0x1000, len: 3 }");
	struct buf out = { 0 };
	struct eval_value value = evaluate(s, "long");
	eval_format(&s->frame, &value, 1000, &out);
	assert_int_equal(out.len, 1 + EVAL_MAX_STRING - 2 + 1 + 1 + strlen("\\xc3") + strlen("…"));
	buf_deinit(&out);
	scene_end(s);
}

static void test_enums(void **state)
{
	(void)state;
	struct scene *s = scene_new();
	uint32_t i32 = base(s, "i32", ATE_SIGNED, 4), u32 = base(s, "u32", ATE_UNSIGNED, 4),
		 u64 = base(s, "u64", ATE_UNSIGNED, 8);
	uint32_t u8 = base(s, "u8", ATE_UNSIGNED, 1), u128 = base(s, "u128", ATE_UNSIGNED, 16);
	uint32_t reference = pointer(s, "&i32", i32);
	uint32_t none = structure_of(s, "None", 8, (struct member[]){ { 0 } });
	uint32_t some = structure_of(s, "Some", 8, (struct member[]){ { "__0", i32, 4 }, { 0 } });
	uint32_t some_ref = structure_of(s, "Some", 8, (struct member[]){ { "__0", reference, 0 }, { 0 } });
	uint32_t named =
		structure_of(s, "B", 24, (struct member[]){ { "x", u32, 16 }, { "y", u64, 0 }, { 0 } });
	uint32_t tuple = structure_of(s, "A", 24, (struct member[]){ { "__0", u32, 8 }, { 0 } });

	uint32_t option = structure(s, "Option<i32>", 8);
	variant_part(s, u32, 0);
	variant(s, &(uint32_t){ 0 }, 4, "None", none);
	variant(s, &(uint32_t){ 1 }, 4, "Some", some);
	end_children(s);
	end_children(s);

	uint32_t option_ref = structure(s, "Option<&i32>", 8);
	variant_part(s, u64, 0);
	variant(s, &(uint64_t){ 0 }, 8, "None", none);
	variant(s, NULL, 0, "Some", some_ref);
	end_children(s);
	end_children(s);

	/* A niche with several dataful variants (rustc 1.64 and later). */
	uint32_t niche = structure(s, "E", 24);
	variant_part(s, u64, 0);
	variant(s, &(uint64_t){ UINT64_C(0x8000000000000000) }, 8, "A", tuple);
	variant(s, NULL, 0, "B", named);
	variant(s, &(uint64_t){ UINT64_C(0x8000000000000002) }, 8, "C", none);
	end_children(s);
	end_children(s);

	uint32_t wide = structure(s, "Big", 32);
	variant_part(s, u128, 0);
	variant(s, &(unsigned __int128){ 0 }, 16, "L", tuple);
	variant(s, &(unsigned __int128){ (unsigned __int128)1 << 64 }, 16, "S", none);
	end_children(s);
	end_children(s);

	/* Result<u8, Never>: no discriminant at all. */
	uint32_t never = die(s, DW_TAG_structure_type, true);
	at_str(s, DW_AT_name, "Never");
	at_u(s, DW_AT_byte_size, 0);
	die(s, DW_TAG_variant_part, false);
	end_children(s);
	uint32_t err_payload = structure_of(s, "Err", 1, (struct member[]){ { "__0", never, 0 }, { 0 } });
	uint32_t ok_payload = structure_of(s, "Ok", 1, (struct member[]){ { "__0", u8, 0 }, { 0 } });
	uint32_t result = structure(s, "Result<u8, Never>", 1);
	die(s, DW_TAG_variant_part, true);
	variant(s, NULL, 0, "Err", err_payload);
	variant(s, NULL, 0, "Ok", ok_payload);
	end_children(s);
	end_children(s);

	uint32_t color = die(s, DW_TAG_enumeration_type, true);
	at_str(s, DW_AT_name, "Color");
	at_ref(s, DW_AT_type, u8);
	at_u(s, DW_AT_byte_size, 1);
	die(s, DW_TAG_enumerator, false);
	at_str(s, DW_AT_name, "Red");
	at_u(s, DW_AT_const_value, 0);
	die(s, DW_TAG_enumerator, false);
	at_str(s, DW_AT_name, "Blue");
	at_u(s, DW_AT_const_value, 255);
	end_children(s);

	function(s, no_frame_base, sizeof no_frame_base);
	uint64_t number_at = put(s, &(int32_t){ 77 }, 4);
	VARIABLE(s, "none", option, ((struct { uint32_t a, b; }){ 0, 9 }));
	VARIABLE(s, "some", option, ((struct {
			 uint32_t a;
			 int32_t b;
		 }){ 1, -9 }));
	VARIABLE(s, "bad", option, ((struct { uint32_t a, b; }){ 2, 9 }));
	VARIABLE(s, "no_ref", option_ref, (uint64_t)0);
	VARIABLE(s, "some_ref", option_ref, number_at);
	VARIABLE(s, "wild_ref", option_ref, (uint64_t)0x12);
	VARIABLE(s, "niche_a", niche,
		 ((struct { uint64_t a, b, c; }){ UINT64_C(0x8000000000000000), 5, 6 }));
	VARIABLE(s, "niche_b", niche, ((struct { uint64_t a, b, c; }){ 4, 5, 6 }));
	VARIABLE(s, "niche_c", niche,
		 ((struct { uint64_t a, b, c; }){ UINT64_C(0x8000000000000002), 5, 6 }));
	VARIABLE(s, "wide_l", wide, ((struct { uint64_t a, b, c, d; }){ 0, 0, 0, 0 }));
	VARIABLE(s, "wide_s", wide, ((struct { uint64_t a, b, c, d; }){ 0, 1, 0, 0 }));
	VARIABLE(s, "result", result, (uint8_t)200);
	VARIABLE(s, "red", color, (uint8_t)0);
	VARIABLE(s, "blue", color, (uint8_t)255);
	VARIABLE(s, "no_color", color, (uint8_t)3);
	scene_finish(s);
	check(s, "none", "None");
	check(s, "some", "Some(-9)");
	check(s, "bad", "<no Option: discriminant 0x2>");
	check(s, "no_ref", "None");
	check(s, "some_ref", "Some(&77)");
	check(s, "wild_ref", "Some(0x12)");
	check(s, "niche_a", "A(5)");
	check(s, "niche_b", "B { x: 6, y: 4 }");
	check(s, "niche_c", "C");
	check(s, "wide_l", "L(0)");
	check(s, "wide_s", "S");
	check(s, "result", "Ok(200)");
	check(s, "red", "Red");
	check(s, "blue", "Blue");
	check(s, "no_color", "<no Color: 3>");
	scene_end(s);
}

static void test_structures(void **state)
{
	(void)state;
	struct scene *s = scene_new();
	uint32_t i32 = base(s, "i32", ATE_SIGNED, 4), u8 = base(s, "u8", ATE_UNSIGNED, 1);
	uint32_t boolean = base(s, "bool", ATE_BOOLEAN, 1);
	uint32_t unit = structure_of(s, "()", 0, (struct member[]){ { 0 } });
	uint32_t marker = structure_of(s, "Marker", 0, (struct member[]){ { 0 } });
	uint32_t pair = structure_of(s, "(i32, bool)", 8,
				     (struct member[]){ { "__0", i32, 0 }, { "__1", boolean, 4 }, { 0 } });
	uint32_t single = structure_of(s, "(i32,)", 4, (struct member[]){ { "__0", i32, 0 }, { 0 } });
	uint32_t point = structure_of(s, "Point<i32>", 8,
				      (struct member[]){ { "x", i32, 0 }, { "y", i32, 4 }, { 0 } });
	uint32_t wrapper = structure_of(s, "Wrapper", 8, (struct member[]){ { "__0", point, 0 }, { 0 } });
	uint32_t deep3 = structure_of(s, "Deep3", 8, (struct member[]){ { "p", point, 0 }, { 0 } });
	uint32_t deep2 = structure_of(s, "Deep2", 8, (struct member[]){ { "d", deep3, 0 }, { 0 } });
	uint32_t deep1 = structure_of(s, "Deep1", 8, (struct member[]){ { "d", deep2, 0 }, { 0 } });
	uint32_t bytes = array(s, u8, 4), pairs = array(s, pair, 2), huge = array(s, u8, 100000);
	uint32_t point_ref = pointer(s, "&mut Point<i32>", point),
		 point_raw = pointer(s, "*const Point<i32>", point);
	uint32_t boxed = pointer(s, "alloc::boxed::Box<i32, alloc::alloc::Global>", i32);
	function(s, no_frame_base, sizeof no_frame_base);
	uint64_t point_at = put(s, (int32_t[]){ 3, 4 }, 8);
	VARIABLE(s, "unit", unit, (uint8_t)0);
	VARIABLE(s, "marker", marker, (uint8_t)0);
	VARIABLE(s, "pair", pair, ((struct {
			 int32_t a;
			 uint8_t b[4];
		 }){ 7, { 1 } }));
	VARIABLE(s, "single", single, (int32_t)7);
	VARIABLE(s, "point", point, ((struct { int32_t x, y; }){ 1, 2 }));
	VARIABLE(s, "wrapper", wrapper, ((struct { int32_t x, y; }){ 1, 2 }));
	VARIABLE(s, "deep", deep1, ((struct { int32_t x, y; }){ 1, 2 }));
	VARIABLE(s, "bytes", bytes, (uint32_t)0x04030201);
	VARIABLE(s, "pairs", pairs, ((struct {
			 int32_t a;
			 uint8_t b[4];
			 int32_t c;
			 uint8_t d[4];
		 }){ 1, { 1 }, 2, { 0 } }));
	VARIABLE(s, "huge", huge, ((struct { uint8_t a[EVAL_MAX_BYTES]; }){ { 9, 8 } }));
	VARIABLE(s, "ref", point_ref, point_at);
	VARIABLE(s, "raw", point_raw, point_at);
	VARIABLE(s, "null", point_ref, (uint64_t)0);
	VARIABLE(s, "boxed", boxed, point_at);
	scene_finish(s);
	check(s, "unit", "()");
	check(s, "marker", "Marker");
	check(s, "pair", "(7, true)");
	check(s, "single", "(7,)");
	check(s, "point", "Point { x: 1, y: 2 }");
	check(s, "wrapper", "Wrapper(Point { x: 1, y: 2 })");
	check(s, "deep", "Deep1 { d: Deep2 { d: Deep3 { p: Point { … } } } }");
	check(s, "bytes", "[1, 2, 3, 4]");
	check(s, "pairs", "[(1, true), (2, false)]");
	check(s, "ref", "&mut Point { x: 3, y: 4 }");
	check(s, "raw", "0x7000000");
	check(s, "null", "0x0");
	check(s, "boxed", "Box(3)");
	check_width(s, "huge", "[9, 8, 0, 0, 0, …", 17);
	check(s, "huge",
	      "[9, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, "
	      "… 100000 in all]");
	scene_end(s);
}

static void test_locations(void **state)
{
	(void)state;
	struct scene *s = scene_new();
	uint32_t i32 = base(s, "i32", ATE_SIGNED, 4), i64 = base(s, "i64", ATE_SIGNED, 8),
		 f64 = base(s, "f64", ATE_FLOAT, 8);
	uint32_t i128 = base(s, "i128", ATE_SIGNED, 16);
	uint32_t u8 = base(s, "u8", ATE_UNSIGNED, 1), usize = base(s, "usize", ATE_UNSIGNED, 8);
	uint32_t u8_pointer = pointer(s, NULL, u8);
	uint32_t str = structure_of(
		s, "&str", 16,
		(struct member[]){ { "data_ptr", u8_pointer, 0 }, { "length", usize, 8 }, { 0 } });
	uint32_t unit = structure_of(s, "()", 0, (struct member[]){ { 0 } });
	static const uint8_t rbp[] = { 0x56 };
	function(s, rbp, sizeof rbp);
	uint64_t text_at = put(s, "text", 4), number_at = put(s, &(int32_t){ 4711 }, 4);
	arch_reg_set(&s->regs, ARCH_RBX, 0xffffffff00000007);
	arch_reg_set(&s->regs, ARCH_RDI, text_at);
	arch_reg_set(&s->regs, ARCH_RSI, 4);
	arch_reg_set(&s->regs, ARCH_RBP, number_at + 16);
	s->cfa = number_at + 32;
	memcpy(s->xmm[1], &(double){ 2.5 }, 8);
	AT(s, "reg", i32, 0x53);                            /* DW_OP_reg3: rbx */
	AT(s, "lost_reg", i32, 0x52);                       /* rcx */
	AT(s, "fbreg", i32, 0x91, 0x70);                    /* DW_OP_fbreg -16 */
	AT(s, "cfa", i32, 0x9c, 0x11, 0x60, 0x22);          /* DW_OP_call_frame_cfa, consts -32, plus */
	AT(s, "value", i64, 0x11, 0x7e, 0x9f);              /* consts -2, stack_value */
	AT(s, "wide_value", i128, 0x11, 0x7e, 0x9f);        /* the same, sign-extended */
	AT(s, "implicit", i32, 0x9e, 4, 1, 2, 0, 0);        /* DW_OP_implicit_value */
	AT(s, "pieces", str, 0x55, 0x93, 8, 0x54, 0x93, 8); /* rdi piece 8, rsi piece 8 */
	AT(s, "half", str, 0x55, 0x93, 8, 0x93, 8);         /* rdi piece 8, nothing piece 8 */
	AT(s, "empty", i32);
	AT(s, "xmm", f64, 0x62);                    /* DW_OP_reg18: xmm1 */
	AT(s, "unreadable", i32, 0x0a, 0x10, 0x00); /* const2u 16 */
	AT(s, "tls", i32, 0x30, 0xe0);              /* lit0, GNU_push_tls_address */
	AT(s, "entry", i64, 0xf3, 1, 0x54, 0x9f);   /* GNU_entry_value(rsi), stack_value */
	die(s, DW_TAG_formal_parameter, false);
	at_str(s, DW_AT_name, "const");
	at_ref(s, DW_AT_type, i32);
	at_u(s, DW_AT_const_value, 300);
	die(s, DW_TAG_formal_parameter, false);
	at_str(s, DW_AT_name, "nowhere");
	at_ref(s, DW_AT_type, i32);
	die(s, DW_TAG_formal_parameter, false);
	at_str(s, DW_AT_name, "zero_sized");
	at_ref(s, DW_AT_type, unit);
	scene_finish(s);
	check(s, "zero_sized", "()");
	check(s, "reg", "7");
	check(s, "lost_reg", "<optimized out>");
	check(s, "fbreg", "4711");
	check(s, "cfa", "4711");
	check(s, "value", "-2");
	check(s, "wide_value", "-2");
	check(s, "implicit", "513");
	check(s, "pieces", "\"text\"");
	check(s, "half", "&str { data_ptr: 0x7000000, length: <optimized out> }");
	check(s, "empty", "<optimized out>");
	check(s, "nowhere", "<optimized out>");
	check(s, "xmm", "2.5");
	check(s, "unreadable", "<cannot read 0x10>");
	check(s, "entry", "4");
	check(s, "const", "300");
	struct eval_value v = evaluate(s, "lost_reg");
	assert_int_equal(v.state, EVAL_OPTIMISED_OUT);
	assert_true(str_is(v.why, "rcx is not known in this frame"));
	v = evaluate(s, "tls");
	assert_int_equal(v.state, EVAL_UNREADABLE);
	assert_true(str_contains(v.why, STR_LIT("thread-local")));
	v = evaluate(s, "fbreg");
	assert_true(v.has_address);
	assert_int_equal(v.address, number_at);
	assert_int_equal(v.size, 4);
	v = evaluate(s, "reg");
	assert_false(v.has_address);
	/* In a caller neither vector registers nor what registers held on entry are known. */
	s->unwind.index = 1;
	s->unwind.exact_pc = false;
	check(s, "xmm", "<optimized out>");
	check(s, "entry", "<optimized out>");
	s->unwind.cfa = 0;
	check(s, "cfa", "<optimized out>");
	scene_end(s);
}

static uint32_t declared(struct scene *s, const char *name)
{
	uint32_t t = die(s, DW_TAG_structure_type, false);
	at_str(s, DW_AT_name, name);
	attr(s, DW_AT_declaration, DW_FORM_flag_present);
	return t;
}

/* A unit that only declares a type (LTO leaves such) shows what another DIE defines under that name. */
static void test_declared(void **state)
{
	(void)state;
	struct scene *s = scene_new();
	uint32_t u32 = base(s, "u32", ATE_UNSIGNED, 4);
	uint32_t pair = declared(s, "Pair"), option = declared(s, "Option<u32>"),
		 nobody = declared(s, "Nobody"), listed = array(s, pair, 2);
	structure_of(s, "OtherPair", 4, (struct member[]){ { "c", u32, 0 }, { 0 } });
	structure_of(s, "Pair", 8, (struct member[]){ { "a", u32, 0 }, { "b", u32, 4 }, { 0 } });
	uint32_t none = structure_of(s, "None", 8, (struct member[]){ { 0 } });
	uint32_t some = structure_of(s, "Some", 8, (struct member[]){ { "__0", u32, 4 }, { 0 } });
	structure(s, "Option<u32>", 8);
	variant_part(s, u32, 0);
	variant(s, &(uint32_t){ 0 }, 4, "None", none);
	variant(s, &(uint32_t){ 1 }, 4, "Some", some);
	end_children(s);
	end_children(s);
	function(s, no_frame_base, sizeof no_frame_base);
	VARIABLE(s, "pair", pair, ((struct { uint32_t a, b; }){ 1, 2 }));
	VARIABLE(s, "option", option, ((struct { uint32_t a, b; }){ 1, 2 }));
	VARIABLE(s, "listed", listed, ((struct { uint32_t a, b, c, d; }){ 1, 2, 3, 4 }));
	VARIABLE(s, "nobody", nobody, (uint32_t)1);
	AT(s, "half", pair, 0x93, 4, 0x33, 0x9f, 0x93, 4);
	AT(s, "nowhere", nobody);
	scene_finish(s);
	check(s, "pair", "Pair { a: 1, b: 2 }");
	check(s, "option", "Some(2)");
	check(s, "listed", "[Pair { a: 1, b: 2 }, Pair { a: 3, b: 4 }]");
	check(s, "half", "Pair { a: <optimized out>, b: 3 }");
	check(s, "nobody", "<incomplete type>");
	check(s, "nowhere", "<optimized out>");
	scene_end(s);
}

/* Types and locations out of damaged debug information: any text, but an end. */
static void test_damaged(void **state)
{
	(void)state;
	uint64_t random = 0x9e3779b97f4a7c15;
	for (unsigned round = 0; round < 1500; round++) {
		struct scene *s = scene_new();
		uint32_t i32 = base(s, "i32", ATE_SIGNED, 4), usize = base(s, "usize", ATE_UNSIGNED, 8);
		uint32_t i32_pointer = pointer(s, NULL, i32), reference = pointer(s, "&i32", i32);
		uint32_t slice = structure_of(
			s, "&[i32]", 16,
			(struct member[]){ { "data_ptr", i32_pointer, 0 }, { "length", usize, 8 }, { 0 } });
		uint32_t pair =
			structure_of(s, "(i32, &[i32])", 24,
				     (struct member[]){ { "__0", i32, 16 }, { "__1", slice, 0 }, { 0 } });
		uint32_t none = structure_of(s, "None", 8, (struct member[]){ { 0 } });
		uint32_t some =
			structure_of(s, "Some", 8, (struct member[]){ { "__0", reference, 0 }, { 0 } });
		uint32_t option = structure(s, "Option<&i32>", 8);
		variant_part(s, usize, 0);
		variant(s, &(uint64_t){ 0 }, 8, "None", none);
		variant(s, NULL, 0, "Some", some);
		end_children(s);
		end_children(s);
		uint32_t pairs = array(s, pair, 3);
		static const uint8_t rbp[] = { 0x56 };
		function(s, rbp, sizeof rbp);
		uint64_t numbers_at = put(s, (int32_t[]){ 1, 2, 3, 4 }, 16);
		arch_reg_set(&s->regs, ARCH_RBP, numbers_at);
		VARIABLE(s, "option", option, numbers_at);
		variable(s, "pairs", pairs,
			 (uint64_t[9]){ numbers_at, 3, 1, numbers_at, 2, 2, numbers_at, 1, 3 }, 72);
		AT(s, "pieces", slice, 0x55, 0x93, 8, 0x54, 0x93, 8);
		AT(s, "fbreg", pair, 0x91, 0x70);
		for (unsigned i = 0; i < 1 + round % 8; i++) {
			random = random * 6364136223846793005 + 1442695040888963407;
			struct buf *b = random >> 20 & 1 ? &s->info : &s->abbrev;
			size_t from = b == &s->info ? 11 : 0; /* the unit's header stays */
			b->data[from + (random >> 33) % (b->len - from)] ^=
				(char)(1u << (random >> 60 & 7));
		}
		scene_finish(s);
		const struct sym_function *f = sym_function_at(s->module, FILE_ADDR(TEXT));
		const struct sym_variable *const *params;
		size_t count = f ? sym_function_params(f, &params) : 0;
		for (size_t i = 0; i < count; i++) {
			struct eval_value value;
			struct buf out = { 0 };
			eval_variable(&s->frame, params[i], &s->arena, &value);
			eval_format(&s->frame, &value, 300, &out);
			assert_true(out.len <= 300 * 4 + 3);
			buf_deinit(&out);
		}
		scene_end(s);
	}
}

/* ---- C: this program's own variables ---- */

struct own {
	int mem;
	uint64_t bias, start, end;
	struct sym_module *module;
};

static bool own_memory(void *ctx, uint64_t addr, void *buf, size_t size)
{
	struct own *o = ctx;
	return addr <= INT64_MAX && pread(o->mem, buf, size, (off_t)addr) == (ssize_t)size;
}

static bool own_code(void *ctx, uint64_t pc, struct unwind_code *ret)
{
	struct own *o = ctx;
	*ret = (struct unwind_code){ .kind = UNWIND_CODE_NATIVE, .module = o->module, .bias = o->bias };
	return pc >= o->start && pc < o->end;
}

extern const char __ehdr_start[];
extern const char etext[];

enum animal { CAT, DOG = 7 };
union either {
	int number;
	char letter;
};
struct flags {
	unsigned low : 3;
	int negative : 4;
	unsigned high : 9;
};
struct inner {
	int a;
	const char *text;
};
struct outer {
	struct inner inner;
	enum animal pet;
	int numbers[3];
};

static void own_check(struct own *o, struct unwind_context *context, struct unwind_frame *frame,
		      const char *name, const char *text)
{
	struct eval_frame f = { .context = context,
				.frame = frame,
				.module = o->module,
				.bias = o->bias,
				.pc = FILE_ADDR(frame->pc.value - 1 - o->bias) };
	const struct sym_function *function = sym_function_at(o->module, f.pc);
	assert_non_null(function);
	struct arena arena = ARENA_INIT;
	const struct sym_variable **locals;
	size_t count = sym_function_locals(function, f.pc, &arena, &locals);
	struct buf out = { 0 };
	struct str why = STR_EMPTY;
	for (size_t i = 0; i < count; i++) {
		if (!str_is(sym_variable_name(locals[i]), name))
			continue;
		struct eval_value value;
		eval_variable(&f, locals[i], &arena, &value);
		why = value.why;
		eval_format(&f, &value, 200, &out);
		break;
	}
	if (!out.data || strcmp(out.data, text) != 0)
		print_error("%s: %.*s\n", name, STR_ARG(why));
	assert_non_null(out.data);
	assert_string_equal(out.data, text);
	buf_deinit(&out);
	arena_deinit(&arena);
}

/* Looks at the variables of its caller. */
static __attribute__((noinline)) void look(const char *expected[][2], size_t count)
{
	uint64_t rip, rsp, rbp, rbx, r12, r13, r14, r15;
	__asm__ volatile("leaq 0(%%rip), %0\n\tmovq %%rsp, %1" : "=r"(rip), "=r"(rsp));
	__asm__ volatile("movq %%rbp, %0\n\tmovq %%rbx, %1\n\tmovq %%r12, %2\n\tmovq %%r13, %3"
			 : "=m"(rbp), "=m"(rbx), "=m"(r12), "=m"(r13));
	__asm__ volatile("movq %%r14, %0\n\tmovq %%r15, %1" : "=m"(r14), "=m"(r15));
	const uint64_t values[] = { rip, rsp, rbp, rbx, r12, r13, r14, r15 };
	static const unsigned numbers[] = { ARCH_RIP, ARCH_RSP, ARCH_RBP, ARCH_RBX,
					    ARCH_R12, ARCH_R13, ARCH_R14, ARCH_R15 };
	struct arch_regs regs = { .known = 0 };
	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
		arch_reg_set(&regs, numbers[i], values[i]);

	struct own o = { .mem = open("/proc/self/mem", O_RDONLY | O_CLOEXEC),
			 .start = (uint64_t)(uintptr_t)__ehdr_start,
			 .end = (uint64_t)(uintptr_t)etext };
	assert_true(o.mem >= 0);
	struct error *err = sym_module_open("/proc/self/exe", NULL, &o.module);
	if (err)
		fail_msg("%s", err->message);
	uint64_t lowest = UINT64_MAX;
	struct elf_file *elf = sym_module_elf(o.module);
	for (size_t i = 0; i < elf_segment_count(elf); i++)
		if (elf_segment(elf, i)->type == PT_LOAD && elf_segment(elf, i)->addr.value < lowest)
			lowest = elf_segment(elf, i)->addr.value;
	o.bias = o.start - lowest;
	struct unwind_context context = {
		.ctx = &o, .arch = &arch_x86_64, .memory = own_memory, .code = own_code
	};
	struct unwind_frame frame;
	unwind_start(&context, &regs, &frame);
	assert_int_equal(unwind_next(&context, &frame, &frame), UNWIND_END_NONE);
	for (size_t i = 0; i < count; i++)
		own_check(&o, &context, &frame, expected[i][0], expected[i][1]);
	sym_module_close(o.module);
	close(o.mem);
}

/* Keeps a variable in memory, and alive, at this point. */
static inline void keep(const void *variable)
{
	__asm__ volatile("" : : "r"(variable) : "memory");
}

/* Its variables are to have a place for the whole function: neither optimised nor moved by a sanitizer. */
#ifdef __clang__
#define PLAIN __attribute__((noinline, optnone, no_sanitize("address")))
#else
#define PLAIN __attribute__((noinline, optimize("O0"), no_sanitize("address")))
#endif

static PLAIN void test_c(void **state)
{
	(void)state;
	int negative = -3;
	unsigned char byte = 200;
	char letter = 'a', quote = '\'', bell = 7;
	_Bool yes = 1;
	double whole = 2, part = 0.25;
	const char *text = "say \"hi\"\n";
	const char *wild = (const char *)8;
	const char *null = NULL;
	char room[16] = "in a room";
	int numbers[3] = { 1, 2, 3 };
	enum animal pet = DOG, no_pet = (enum animal)3;
	union either either = { .number = 65 };
	struct flags flags = { .low = 5, .negative = -2, .high = 300 };
	struct outer outer = { { 1, NULL }, CAT, { 4, 5, 6 } };
	struct outer *pointer = (struct outer *)0x1000;
	int (*function)(int) = (int (*)(int))0x2000;
	unsigned long long big = UINT64_MAX;
	const void *kept[] = { &negative, &byte,   &letter, &quote, &bell,    &yes,      &whole,
			       &part,     &text,   &wild,   &null,  &room,    &numbers,  &pet,
			       &no_pet,   &either, &flags,  &outer, &pointer, &function, &big };
	for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
		keep(kept[i]);
	char text_expected[80];
	snprintf(text_expected, sizeof text_expected, "%p \"say \\\"hi\\\"\\n\"", (const void *)text);
	const char *expected[][2] = {
		{ "negative", "-3" },
		{ "byte", "200 '\\310'" },
		{ "letter", "97 'a'" },
		{ "quote", "39 '\\''" },
		{ "bell", "7 '\\007'" },
		{ "yes", "true" },
		{ "whole", "2" },
		{ "part", "0.25" },
		{ "text", text_expected },
		{ "wild", "0x8" },
		{ "null", "0x0" },
		{ "room", "\"in a room\"" },
		{ "numbers", "{1, 2, 3}" },
		{ "pet", "DOG" },
		{ "no_pet", "3" },
		{ "either", "{number = 65, letter = 65 'A'}" },
		{ "flags", "{low = 5, negative = -2, high = 300}" },
		{ "outer", "{inner = {a = 1, text = 0x0}, pet = CAT, numbers = {4, 5, 6}}" },
		{ "pointer", "0x1000" },
		{ "function", "0x2000" },
		{ "big", "18446744073709551615" },
	};
	look(expected, sizeof expected / sizeof expected[0]);
	for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
		keep(kept[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scalars),      cmocka_unit_test(test_strings_and_slices),
		cmocka_unit_test(test_enums),        cmocka_unit_test(test_structures),
		cmocka_unit_test(test_locations),    cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_entry_values), cmocka_unit_test(test_entry_values_restarted),
		cmocka_unit_test(test_tail_calls),   cmocka_unit_test(test_c),
		cmocka_unit_test(test_declared),
	};
	int failed = cmocka_run_group_tests_name("eval", tests, NULL, NULL);
	return failed + eval_expr_tests() + eval_parts_tests() + eval_cx_tests();
}
