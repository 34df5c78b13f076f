/* Registers that are no 64-bit numbers: vectors, the floating-point unit's, as gdb names and types them. They lie in the XSAVE area
 * (Intel SDM 1, chapter 13). */
#include "ui/gdb/looking.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	XSAVE_ST = 32,
	XSAVE_XMM = 160,
	XSAVE_XCR0 = 464, /* the kernel's note of which parts there are */
	XSAVE_HEADER = 512,
	XSAVE_YMM_HIGH = 576,
	/* Where AVX-512's parts begin: behind MPX's with Intel, without that gap with AMD, whose area is smaller than Intel's can be. */
	XSAVE_AVX512_INTEL = 1088,
	XSAVE_AVX512_AMD = 832,
	XSAVE_INTEL_LEAST = 1664 + 1024,
	/* Bits of XCR0 and of the header's first word: which parts are not in their initial state, 0. */
	PART_X87 = 0x1,
	PART_SSE = 0x2,
	PART_AVX = 0x4,
	PART_OPMASK = 0x20,
	PART_ZMM_HIGH = 0x40,
	PART_ZMM_16 = 0x80,
};

struct xstate {
	uint8_t *bytes;
	size_t size;
	uint64_t parts, live;
	size_t avx512;
};

struct span {
	size_t offset, size;
};

static bool xstate_read(struct eng_thread *t, struct xstate *ret)
{
	struct target *target = eng_target(eng_process_session(eng_thread_process(t)));
	*ret = (struct xstate){ 0 };
	struct error *err = target->ops->get_xstate ? target->ops->get_xstate(target, eng_thread_tid(t),
									      &ret->bytes, &ret->size)
						    : error_new(ERROR_UNSUPPORTED, "no vectors");
	error_destroy(err);
	if (err || ret->size < XSAVE_HEADER)
		return false;
	ret->parts = ret->live = 3;
	if (ret->size >= XSAVE_YMM_HIGH) {
		memcpy(&ret->parts, ret->bytes + XSAVE_XCR0, 8);
		memcpy(&ret->live, ret->bytes + XSAVE_HEADER, 8);
	}
	ret->avx512 = ret->size < XSAVE_INTEL_LEAST ? XSAVE_AVX512_AMD : XSAVE_AVX512_INTEL;
	return true;
}

/* Zeros where the part is as the CPU began with it. */
static void take(const struct xstate *x, uint64_t part, size_t offset, void *to, size_t size)
{
	memset(to, 0, size);
	if ((part == 0 || (x->live & part)) && offset + size <= x->size)
		memcpy(to, x->bytes + offset, size);
}

/* ---- types ---- */

static const struct sym_type *named(const char *like, const char *name)
{
	return sym_type_named(sym_type_primitive(NULL, str_from(like), false), str_from(name));
}

static const struct sym_type *half(const char *name)
{
	return sym_type_float_of(str_from(name), 2);
}

struct lane {
	const char *name;
	const struct sym_type *type;
	size_t size;
};

/* union vec128 {v8_bfloat16 …}: lanes of each width that fit into `size` bytes. */
static const struct sym_type *vector_type(size_t size)
{
	static const struct sym_type *made[3];
	static char names[3][9][16];
	unsigned index = size == 16 ? 0 : size == 32 ? 1 : 2;
	if (made[index])
		return made[index];
	const struct lane lanes[] = {
		{ "bfloat16", half("bfloat16"), 2 },
		{ "half", half("half"), 2 },
		{ "float", sym_type_primitive(NULL, STR_LIT("float"), false), 4 },
		{ "double", sym_type_primitive(NULL, STR_LIT("double"), false), 8 },
		{ "int8", named("int8_t", "int8_t"), 1 },
		{ "int16", named("int16_t", "int16_t"), 2 },
		{ "int32", named("int32_t", "int32_t"), 4 },
		{ "int64", named("int64_t", "int64_t"), 8 },
		{ "int128",
		  named(size == 16 ? "uint128_t" : "int128_t", size == 16 ? "uint128_t" : "int128_t"), 16 },
	};
	struct sym_member members[9] = { 0 };
	for (size_t i = 0; i < 9; i++) {
		size_t count = size / lanes[i].size;
		if (count == 1)
			snprintf(names[index][i], sizeof names[index][i], "uint128");
		else
			snprintf(names[index][i], sizeof names[index][i], "v%zu_%s", count, lanes[i].name);
		members[i].name = str_from(names[index][i]);
		members[i].type = count == 1 ? lanes[i].type : sym_type_array_of(lanes[i].type, count);
	}
	static const char *const unions[3] = { "vec128", "builtin_type_vec256i", "builtin_type_vec512i" };
	made[index] = sym_type_union_of(str_from(unions[index]), members, 9, size);
	return made[index];
}

/* ---- values ---- */

static void vector_bytes(const struct xstate *x, unsigned n, uint8_t bytes[64])
{
	if (n >= 16) {
		take(x, PART_ZMM_16, x->avx512 + 64 + 512 + 64 * (size_t)(n - 16), bytes, 64);
		return;
	}
	take(x, 0, XSAVE_XMM + 16 * (size_t)n, bytes, 16);
	take(x, PART_AVX, XSAVE_YMM_HIGH + 16 * (size_t)n, bytes + 16, 16);
	take(x, PART_ZMM_HIGH, x->avx512 + 64 + 32 * (size_t)n, bytes + 32, 32);
}

static void set(struct eval_value *ret, struct arena *arena, const struct sym_type *type,
		const void *bytes, size_t size)
{
	*ret = (struct eval_value){ .type = type, .bytes = arena_copy(arena, bytes, size), .size = size };
}

/* "xmm12" with the prefix "xmm": 12; below `limit`. */
static bool numbered(struct str name, const char *prefix, unsigned limit, unsigned *ret)
{
	size_t length = strlen(prefix);
	unsigned n = 0;
	if (!str_starts(name, str_from(prefix)) || name.len == length || name.len > length + 2)
		return false;
	for (size_t i = length; i < name.len; i++) {
		if (name.ptr[i] < '0' || name.ptr[i] > '9')
			return false;
		n = n * 10 + (unsigned)(name.ptr[i] - '0');
	}
	*ret = n;
	return n < limit && (name.len == length + 1 || name.ptr[length] != '0');
}

/* The full tag word out of FXSAVE's short one: which registers hold a zero, a number, something special. */
static uint16_t full_tags(const struct xstate *x)
{
	uint16_t status, tags = 0;
	memcpy(&status, x->bytes + 2, 2);
	unsigned top = status >> 11 & 7;
	for (unsigned physical = 0; physical < 8; physical++) {
		unsigned tag = 3;
		if (x->bytes[4] >> physical & 1) {
			const uint8_t *st = x->bytes + XSAVE_ST + 16 * (size_t)((physical - top) & 7);
			uint64_t mantissa;
			memcpy(&mantissa, st, 8);
			unsigned exponent = (unsigned)(st[9] & 0x7f) << 8 | st[8];
			tag = exponent == 0x7fff               ? 2
			      : exponent == 0 && mantissa == 0 ? 1
			      : mantissa >> 63                 ? 0
							       : 2;
		}
		tags = (uint16_t)(tags | tag << (2 * physical));
	}
	return tags;
}

static bool control_value(const struct xstate *x, struct str name, struct arena *arena,
			  struct eval_value *ret)
{
	static const struct {
		const char *name;
		uint8_t offset, size;
	} words[] = {
		{ "fctrl", 0, 2 }, { "fstat", 2, 2 },  { "ftag", 4, 1 },   { "fiseg", 12, 2 },
		{ "fioff", 8, 4 }, { "foseg", 20, 2 }, { "fooff", 16, 4 }, { "fop", 6, 2 },
	};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		int32_t value = 0;
		if (!str_is(name, words[i].name))
			continue;
		memcpy(&value, x->bytes + words[i].offset, words[i].size);
		if (words[i].offset == 4)
			value = full_tags(x);
		if (words[i].offset == 0 && !(x->live & PART_X87))
			value = 0x37f;
		set(ret, arena, sym_type_primitive(NULL, STR_LIT("int"), false), &value, 4);
		return true;
	}
	return false;
}

static const struct sym_type *mxcsr_type(void)
{
	static const struct sym_type *made;
	if (!made)
		made = named("unsigned int", "i386_mxcsr");
	return made;
}

static const struct sym_type *st_type(void)
{
	static const struct sym_type *made;
	if (!made)
		made = named("long double", "builtin_type_i387_ext");
	return made;
}

static bool value_of(const struct xstate *x, struct str name, struct arena *arena, struct eval_value *ret)
{
	uint8_t bytes[64] = { 0 };
	unsigned n;
	bool has_512 = x->parts & PART_ZMM_HIGH;
	if (numbered(name, "xmm", has_512 ? 32 : 16, &n)) {
		vector_bytes(x, n, bytes);
		set(ret, arena, vector_type(16), bytes, 16);
	} else if ((x->parts & PART_AVX) && numbered(name, "ymm", has_512 ? 32 : 16, &n)) {
		vector_bytes(x, n, bytes);
		set(ret, arena, vector_type(32), bytes, 32);
	} else if (has_512 && numbered(name, "zmm", 32, &n)) {
		vector_bytes(x, n, bytes);
		set(ret, arena, vector_type(64), bytes, 64);
	} else if ((x->parts & PART_OPMASK) && numbered(name, "k", 8, &n)) {
		take(x, PART_OPMASK, x->avx512 + 8 * (size_t)n, bytes, 8);
		set(ret, arena, sym_type_primitive(NULL, STR_LIT("uint64_t"), false), bytes, 8);
	} else if (numbered(name, "st", 8, &n)) {
		take(x, PART_X87, XSAVE_ST + 16 * (size_t)n, bytes, 10);
		set(ret, arena, st_type(), bytes, 16);
	} else if (str_is(name, "mxcsr")) {
		set(ret, arena, mxcsr_type(), x->bytes + 24, 4);
	} else {
		return control_value(x, name, arena, ret);
	}
	return true;
}

/* $_siginfo: nothing without a thread. */
static bool signal_information(const struct gdb_frame_env *e, struct arena *arena, struct eval_value *ret)
{
	struct target *target = eng_target(eng_control_session(e->g->control));
	uint8_t bytes[TARGET_SIGINFO_SIZE];
	if (!e->thread || !eng_thread_stopped(e->thread) || !target->ops->siginfo_bytes)
		return false;
	struct error *err = target->ops->siginfo_bytes(target, eng_thread_tid(e->thread), bytes);
	error_destroy(err);
	if (!err)
		set(ret, arena, gdb_siginfo_type(), bytes, sizeof bytes);
	return !err;
}

/* The gdb whose language this is. */
enum { GDB_MAJOR = 13, GDB_MINOR = 1 };

/* $_thread, $_gthread, $_inferior: 0 without a thread. $_gdb_major, $_gdb_minor. */
static bool thread_number(const struct gdb_frame_env *e, struct str name, struct arena *arena,
			  struct eval_value *ret)
{
	int32_t number;
	if (str_is(name, "_thread"))
		number = e->thread ? (int32_t)eng_thread_number(e->thread) : 0;
	else if (str_is(name, "_gthread"))
		number = e->thread ? (int32_t)eng_thread_global_number(e->g->control, e->thread) : 0;
	else if (str_is(name, "_inferior"))
		number = (int32_t)e->inferior->number;
	else if (str_is(name, "_gdb_major"))
		number = GDB_MAJOR;
	else if (str_is(name, "_gdb_minor"))
		number = GDB_MINOR;
	else
		return false;
	set(ret, arena, sym_type_primitive(NULL, STR_LIT("int"), false), &number, 4);
	return true;
}

bool gdb_named_register(void *ctx, struct str name, struct arena *arena, struct eval_value *ret)
{
	const struct gdb_frame_env *e = ctx;
	if (str_is(name, "_siginfo"))
		return signal_information(e, arena, ret);
	if (name.len > 0 && name.ptr[0] == '_')
		return thread_number(e, name, arena, ret);
	struct xstate x;
	if (!e->thread || name.len < 2 || name.len > 6 || !strchr("xyzksfm", name.ptr[0]))
		return false;
	bool found = xstate_read(e->thread, &x) && value_of(&x, name, arena, ret);
	free(x.bytes);
	return found;
}

/* ---- writing ---- */

/* A part that was in its initial state begins with zeros and is live from now on. */
static void put(struct xstate *x, uint64_t part, struct span of_part, size_t offset, const void *from,
		size_t size)
{
	if (offset + size > x->size || of_part.offset + of_part.size > x->size)
		return;
	if (x->size >= XSAVE_HEADER + 8 && !(x->live & part)) {
		memset(x->bytes + of_part.offset, 0, of_part.size);
		if (part == PART_X87) /* as FNINIT leaves it */
			memcpy(memset(x->bytes, 0, 24), "\x7f\x03", 2);
		x->live |= part;
		memcpy(x->bytes + XSAVE_HEADER, &x->live, 8);
	}
	memcpy(x->bytes + offset, from, size);
}

/* The first `size` bytes of vector n; what is behind them stays. */
static void put_vector(struct xstate *x, unsigned n, const uint8_t bytes[64], size_t size)
{
	struct span sse = { XSAVE_XMM, 256 }, avx = { XSAVE_YMM_HIGH, 256 };
	struct span high = { x->avx512 + 64, 512 }, rest = { x->avx512 + 64 + 512, 1024 };
	if (n >= 16) {
		put(x, PART_ZMM_16, rest, rest.offset + 64 * (size_t)(n - 16), bytes, size);
		return;
	}
	put(x, PART_SSE, sse, sse.offset + 16 * (size_t)n, bytes, 16);
	if (size > 16)
		put(x, PART_AVX, avx, avx.offset + 16 * (size_t)n, bytes + 16, 16);
	if (size > 32)
		put(x, PART_ZMM_HIGH, high, high.offset + 32 * (size_t)n, bytes + 32, 32);
}

static bool put_value(struct xstate *x, struct str name, const uint8_t bytes[64])
{
	struct span sse = { XSAVE_XMM, 256 };
	struct span masks = { x->avx512, 64 }, stack = { XSAVE_ST, 128 };
	unsigned n;
	if (numbered(name, "xmm", 32, &n))
		put_vector(x, n, bytes, 16);
	else if (numbered(name, "ymm", 32, &n))
		put_vector(x, n, bytes, 32);
	else if (numbered(name, "zmm", 32, &n))
		put_vector(x, n, bytes, 64);
	else if (numbered(name, "k", 8, &n))
		put(x, PART_OPMASK, masks, masks.offset + 8 * (size_t)n, bytes, 8);
	else if (numbered(name, "st", 8, &n))
		put(x, PART_X87, stack, stack.offset + 16 * (size_t)n, bytes, 10);
	else if (str_is(name, "mxcsr"))
		put(x, PART_SSE, sse, 24, bytes, 4);
	else
		return false;
	return true;
}

struct error *gdb_set_named_register(void *ctx, struct str name, size_t offset, const uint8_t *bytes,
				     size_t size)
{
	const struct gdb_frame_env *e = ctx;
	struct arena arena = ARENA_INIT;
	struct eval_value value;
	struct xstate x = { 0 };
	uint8_t whole[64] = { 0 };
	struct error *err = NULL;
	if (!e->g->settings.may_write_registers)
		return error_new(ERROR_USAGE, "Writing to registers is not allowed.");
	if (str_is(name, "_siginfo") && e->thread)
		return eng_set_siginfo(e->g->control, e->thread, offset, bytes, size);
	bool known = e->thread && xstate_read(e->thread, &x) && value_of(&x, name, &arena, &value) &&
		     value.size <= sizeof whole && offset <= value.size && size <= value.size - offset;
	if (known) {
		memcpy(whole, value.bytes, value.size);
		memcpy(whole + offset, bytes, size);
		known = put_value(&x, name, whole);
	}
	if (known)
		err = eng_set_xstate(e->g->control, e->thread, x.bytes, x.size);
	else
		err = error_new(ERROR_UNSUPPORTED, "Register $%.*s cannot be written.", STR_ARG(name));
	free(x.bytes);
	arena_deinit(&arena);
	return err;
}

unsigned gdb_vector_width(struct eng_thread *t, bool *ret_masks)
{
	struct xstate x;
	unsigned width = 16;
	*ret_masks = false;
	if (xstate_read(t, &x)) {
		width = x.parts & PART_ZMM_HIGH ? 64 : x.parts & PART_AVX ? 32 : 16;
		*ret_masks = x.parts & PART_OPMASK;
	}
	free(x.bytes);
	return width;
}
