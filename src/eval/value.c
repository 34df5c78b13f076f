/* Values: numbers out of bytes and back, parts, what is read late. */
#include "eval/eval_internal.h"

#include <math.h>

/* ---- types ---- */

const struct sym_type *type_plain(const struct sym_type *t)
{
	for (int i = 0; t && i < EVAL_MAX_ALIASES && sym_type_kind(t) == SYM_TYPE_ALIAS; i++)
		t = sym_type_target(t);
	return t;
}

enum sym_type_kind type_kind(const struct sym_type *t)
{
	t = type_plain(t);
	return t ? sym_type_kind(t) : SYM_TYPE_VOID;
}

bool type_is_integer(const struct sym_type *t)
{
	switch (type_kind(t)) {
	case SYM_TYPE_BOOL:
	case SYM_TYPE_CHAR:
	case SYM_TYPE_SIGNED:
	case SYM_TYPE_UNSIGNED:
	case SYM_TYPE_ENUM:
		return true;
	default:
		return false;
	}
}

bool type_is_pointer(const struct sym_type *t)
{
	enum sym_type_kind kind = type_kind(t);
	return kind == SYM_TYPE_POINTER || kind == SYM_TYPE_REFERENCE;
}

bool type_is_scalar(const struct sym_type *t)
{
	return type_is_integer(t) || type_is_pointer(t) || type_kind(t) == SYM_TYPE_FLOAT;
}

bool type_is_signed(const struct sym_type *t)
{
	t = type_plain(t);
	switch (type_kind(t)) {
	case SYM_TYPE_SIGNED:
		return true;
	case SYM_TYPE_CHAR:
		return !sym_type_is_rust(t) && !sym_type_is_unsigned_char(t);
	case SYM_TYPE_ENUM: {
		const struct sym_type *integer = type_plain(sym_type_target(t));
		if (integer && sym_type_kind(integer) == SYM_TYPE_SIGNED)
			return true;
		const struct sym_enumerator *list;
		size_t count = sym_type_enumerators(t, &list);
		for (size_t i = 0; !integer && i < count; i++)
			if (list[i].value < 0)
				return true;
		return false;
	}
	default:
		return false;
	}
}

uint64_t type_size(const struct sym_type *t)
{
	return t ? sym_type_size(t) : 0;
}

const struct sym_type *type_named(const struct machine *m, const char *rust, const char *c)
{
	return sym_type_primitive(NULL, str_from(m->rust ? rust : c), m->rust);
}

/* ---- memory ---- */

bool env_read(const struct eval_env *env, uint64_t addr, void *buf, size_t size, uint64_t *ret_bad)
{
	size_t got = 0;
	if (size == 0)
		return true;
	if (env->read)
		got = env->read(env->ctx, addr, buf, size);
	if (got >= size)
		return true;
	*ret_bad = addr + got;
	return false;
}

struct error *memory_error(uint64_t address)
{
	struct error *err =
		error_new(ERROR_MEMORY, "Cannot access memory at address 0x%jx", (uintmax_t)address);
	err->has_where = true;
	err->where = address;
	return err;
}

struct error *value_fetch(const struct eval_env *env, struct arena *arena, struct eval_value *v)
{
	if (v->state == EVAL_OK && v->lost)
		return error_new(ERROR_NOT_FOUND, "value has been optimized out");
	return value_look(env, arena, v);
}

struct error *value_look(const struct eval_env *env, struct arena *arena, struct eval_value *v)
{
	if (v->state == EVAL_OPTIMISED_OUT)
		return error_new(ERROR_NOT_FOUND, v->place == EVAL_PLACE_REGISTER
							  ? "register has not been saved in frame"
							  : "value has been optimized out");
	if (v->state == EVAL_UNREADABLE)
		return v->has_address ? error_new(ERROR_MEMORY, "Cannot access memory at address 0x%jx",
						  (uintmax_t)v->address)
				      : error_new(ERROR_NOT_FOUND, "%.*s", STR_ARG(v->why));
	if (!v->lazy)
		return NULL;
	uint64_t whole = type_size(v->type), bad;
	size_t size = whole < EVAL_MAX_BYTES ? (size_t)whole : EVAL_MAX_BYTES;
	if (v->size > size) /* a value that an expression wants whole */
		size = v->size;
	uint8_t *bytes = arena_alloc(arena, size ? size : 1);
	if (type_kind(v->type) != SYM_TYPE_FUNCTION && !env_read(env, v->address, bytes, size, &bad))
		return memory_error(bad);
	v->bytes = bytes;
	v->size = size;
	v->lazy = false;
	return NULL;
}

struct error *eval_check(const struct eval_value *v)
{
	struct eval_value copy = *v;
	copy.lazy = false;
	return value_fetch(NULL, NULL, &copy);
}

void value_at(const struct sym_type *type, uint64_t address, struct eval_value *ret)
{
	*ret = (struct eval_value){ .type = type, .has_address = true, .address = address, .lazy = true };
}

void value_of_type(const struct sym_type *type, struct arena *arena, struct eval_value *ret)
{
	uint64_t size = type_size(type);
	size = size < EVAL_MAX_BYTES ? size : EVAL_MAX_BYTES;
	*ret = (struct eval_value){ .type = type,
				    .bytes = arena_alloc(arena, size ? size : 1),
				    .size = size };
}

void value_detach(struct eval_value *v)
{
	v->has_address = v->is_type = false;
	v->address = 0;
	v->place = EVAL_PLACE_NONE;
	v->pieces = NULL;
	v->bit_size = v->bit_offset = v->place_offset = 0;
}

/* ---- numbers ---- */

void value_number(const struct sym_type *type, uint64_t low, uint64_t high, struct arena *arena,
		  struct eval_value *ret)
{
	uint64_t size = type_size(type);
	size = size <= 16 ? size : 16;
	uint8_t *bytes = arena_alloc(arena, 16);
	memcpy(bytes, &low, 8);
	memcpy(bytes + 8, &high, 8);
	*ret = (struct eval_value){ .type = type, .bytes = bytes, .size = size };
}

bool value_wide(const struct eval_value *v, unsigned __int128 *ret)
{
	size_t size = v->size;
	if (v->state != EVAL_OK || v->lazy || v->lost || !v->bytes || size == 0 || size > 16)
		return false;
	unsigned __int128 n = 0;
	memcpy(&n, v->bytes, size);
	if (size < 16 && type_is_signed(v->type) && v->bytes[size - 1] & 0x80)
		n |= ~(unsigned __int128)0 << (8 * size);
	*ret = n;
	return true;
}

static long double extended(const uint8_t *bytes)
{
	uint64_t mantissa;
	memcpy(&mantissa, bytes, 8);
	int exponent = (bytes[9] & 0x7f) << 8 | bytes[8];
	long double sign = bytes[9] & 0x80 ? -1 : 1;
	if (exponent == 0x7fff)
		return mantissa << 1 ? (long double)NAN : sign * (long double)INFINITY;
	return sign * ldexpl((long double)mantissa, exponent - 16383 - 63);
}

static long double half(uint16_t h)
{
	int exponent = h >> 10 & 0x1f;
	long double mantissa = h & 0x3ff, sign = h & 0x8000 ? -1 : 1;
	if (exponent == 0x1f)
		return mantissa != 0 ? (long double)NAN : sign * (long double)INFINITY;
	return sign * (exponent ? ldexpl(1024 + mantissa, exponent - 25) : ldexpl(mantissa, -24));
}

static bool float_of(const uint8_t *bytes, size_t size, long double *ret)
{
	float f;
	double d;
	uint16_t h;
	switch (size) {
	case 2:
		memcpy(&h, bytes, 2);
		*ret = half(h);
		return true;
	case 4:
		memcpy(&f, bytes, 4);
		*ret = (long double)f;
		return true;
	case 8:
		memcpy(&d, bytes, 8);
		*ret = (long double)d;
		return true;
	case 10:
	case 12:
	case 16:
		*ret = extended(bytes);
		return true;
	default:
		return false;
	}
}

bool value_long_double(const struct eval_value *v, long double *ret)
{
	if (v->state != EVAL_OK || v->lazy || v->lost || !v->bytes)
		return false;
	if (type_kind(v->type) == SYM_TYPE_FLOAT)
		return float_of(v->bytes, v->size, ret);
	unsigned __int128 n;
	if (!(type_is_integer(v->type) || type_is_pointer(v->type)) || !value_wide(v, &n))
		return false;
	*ret = type_is_signed(v->type) ? (long double)(__int128)n : (long double)n;
	return true;
}

/* The x87 format of a number (Intel SDM 1, 4.2.2). */
static void to_extended(long double number, uint8_t *bytes)
{
	int exponent;
	bool negative = signbit(number);
	long double magnitude = fabsl(number), fraction = frexpl(magnitude, &exponent);
	uint64_t mantissa = 0;
	uint16_t word = 0;
	if (isnan(number)) {
		mantissa = UINT64_C(0xc000000000000000);
		word = 0x7fff;
	} else if (isinf(number)) {
		mantissa = UINT64_C(1) << 63;
		word = 0x7fff;
	} else if (magnitude != 0) {
		mantissa = (uint64_t)ldexpl(fraction, 64);
		word = (uint16_t)(exponent + 16382);
	}
	word = (uint16_t)(word | (negative ? 0x8000 : 0));
	memcpy(bytes, &mantissa, 8);
	memcpy(bytes + 8, &word, 2);
}

void value_real(const struct sym_type *type, long double number, struct arena *arena, struct eval_value *ret)
{
	uint64_t size = type_size(type);
	uint8_t *bytes = arena_alloc(arena, 16);
	float f = (float)number;
	double d = (double)number;
	if (size == 4)
		memcpy(bytes, &f, 4);
	else if (size == 8)
		memcpy(bytes, &d, 8);
	else
		to_extended(number, bytes);
	*ret = (struct eval_value){ .type = type, .bytes = bytes, .size = size <= 16 ? size : 16 };
}

bool eval_as_unsigned(const struct eval_value *v, uint64_t *ret)
{
	unsigned __int128 n;
	long double d;
	if (type_kind(v->type) == SYM_TYPE_FLOAT && value_long_double(v, &d)) {
		*ret = d < 0 ? (uint64_t)(int64_t)d : (uint64_t)d;
		return true;
	}
	if (v->state == EVAL_OK && type_kind(v->type) == SYM_TYPE_FUNCTION && v->has_address) {
		*ret = v->address;
		return true;
	}
	if (!(type_is_integer(v->type) || type_is_pointer(v->type)) || !value_wide(v, &n))
		return false;
	*ret = (uint64_t)n;
	return true;
}

bool eval_as_signed(const struct eval_value *v, int64_t *ret)
{
	uint64_t n;
	if (!eval_as_unsigned(v, &n))
		return false;
	*ret = (int64_t)n;
	return true;
}

bool eval_as_double(const struct eval_value *v, double *ret)
{
	long double d;
	if (!value_long_double(v, &d))
		return false;
	*ret = (double)d;
	return true;
}

struct error *eval_as_bool(const struct eval_value *v, bool *ret)
{
	unsigned __int128 n;
	long double d;
	TRY(eval_check(v));
	if (type_kind(v->type) == SYM_TYPE_FLOAT && value_long_double(v, &d)) {
		*ret = d != 0;
		return NULL;
	}
	if (type_is_scalar(v->type) && value_wide(v, &n)) {
		*ret = n != 0;
		return NULL;
	}
	/* As gdb takes it: any byte that is not zero. */
	*ret = type_kind(v->type) == SYM_TYPE_FUNCTION;
	for (size_t i = 0; i < v->size && !*ret; i++)
		*ret = v->bytes[i] != 0;
	return NULL;
}

struct error *eval_as_address(const struct eval_value *v, uint64_t *ret)
{
	TRY(eval_check(v));
	if (eval_as_unsigned(v, ret))
		return NULL;
	/* Text of an expression has no address as long as it is not put into the program. */
	bool nowhere = v->size > 16 && !v->has_address;
	if (rust_is_slice(v->type) && v->size >= 8 && !nowhere) {
		memcpy(ret, v->bytes, 8);
		return NULL;
	}
	if (v->has_address) {
		*ret = v->address;
		return NULL;
	}
	return error_new(ERROR_USAGE, "Value can't be converted to integer.");
}

/* ---- parts ---- */

bool value_all_lost(const struct eval_value *v)
{
	if (v->state != EVAL_OK || !v->lost)
		return v->state == EVAL_OPTIMISED_OUT;
	for (size_t i = 0; i < v->size; i++)
		if (v->lost[i] != 0xff)
			return false;
	return true;
}

/* The part of `lost` that is about these bytes; NULL: nothing of them is. */
static const uint8_t *lost_part(const uint8_t *lost, uint64_t offset, size_t size)
{
	for (size_t i = 0; lost && i < size; i++)
		if (lost[offset + i])
			return lost + offset;
	return NULL;
}

/* `count` bits from bit `first` on, as a number of the type's width. */
static void take_bits(const uint8_t *from, size_t size, uint32_t first, uint32_t count, bool is_signed,
		      uint8_t out[16])
{
	memset(out, 0, 16);
	for (uint32_t i = 0; i < count && i < 128; i++) {
		uint32_t bit = first + i;
		if (bit / 8 < size && from[bit / 8] >> (bit % 8) & 1)
			out[i / 8] |= (uint8_t)(1u << (i % 8));
	}
	if (is_signed && count && count < 128 && out[(count - 1) / 8] >> ((count - 1) % 8) & 1)
		for (uint32_t i = count; i < 128; i++)
			out[i / 8] |= (uint8_t)(1u << (i % 8));
}

void value_keep_bits(struct arena *arena, uint32_t count, struct eval_value *v)
{
	if (!count || !v->bytes || v->size > 16)
		return;
	uint8_t *bytes = arena_alloc(arena, 16);
	take_bits(v->bytes, v->size, 0, count, type_is_signed(v->type), bytes);
	v->bytes = bytes;
}

static void move_place(const struct eval_value *v, uint64_t offset, const struct sym_type *type,
		       struct eval_value *ret)
{
	*ret = *v;
	ret->type = type;
	ret->address += offset;
	ret->place_offset += (uint32_t)offset;
	ret->pointee = NULL;
	ret->is_type = false;
}

static struct error *bit_field(const struct eval_env *env, struct arena *arena, struct eval_value *v,
			       const struct sym_member *member, struct eval_value *ret)
{
	uint8_t *bytes = arena_alloc(arena, 16), lost[16];
	TRY(value_look(env, arena, v));
	move_place(v, member->offset, member->type, ret);
	size_t left = member->offset < v->size ? v->size - member->offset : 0;
	if (((uint64_t)member->bit_offset + member->bit_size + 7) / 8 > left)
		return error_new(ERROR_FORMAT, "The bit field lies beyond its structure.");
	take_bits(v->bytes + member->offset, left, member->bit_offset, member->bit_size,
		  type_is_signed(member->type), bytes);
	ret->bytes = bytes;
	ret->size = type_size(member->type) <= 16 ? (size_t)type_size(member->type) : 16;
	ret->bit_size = member->bit_size;
	ret->bit_offset = member->bit_offset;
	ret->lazy = false;
	ret->lost = NULL;
	if (v->lost) {
		take_bits(v->lost + member->offset, left, member->bit_offset, member->bit_size, false,
			  lost);
		if (lost_part(lost, 0, sizeof lost)) /* a number is known or not */
			ret->lost = memset(arena_alloc(arena, 16), 0xff, 16);
	}
	return NULL;
}

/* The bytes [offset, offset + size) of v, read on their own when they are beyond what was kept of it. */
static struct error *slice_bytes(struct eval_value *v, uint64_t offset, uint64_t size,
				 struct eval_value *ret)
{
	if (v->lazy || v->state != EVAL_OK)
		return NULL;
	uint64_t kept = size < EVAL_MAX_BYTES ? size : EVAL_MAX_BYTES;
	if (offset <= v->size && kept <= v->size - offset) {
		ret->bytes = v->bytes ? v->bytes + offset : NULL;
		ret->size = v->size - offset < size ? (size_t)(v->size - offset) : (size_t)size;
		ret->lost = lost_part(v->lost, offset, ret->size);
		return NULL;
	}
	if (!v->has_address)
		return error_new(ERROR_NOT_FOUND, "value is not available");
	ret->lazy = true;
	ret->size = 0;
	ret->lost = NULL;
	return NULL;
}

struct error *value_part(const struct eval_env *env, struct arena *arena, struct eval_value *v,
			 const struct sym_member *member, struct eval_value *ret)
{
	if (member->bit_size)
		return bit_field(env, arena, v, member, ret);
	move_place(v, member->offset, member->type, ret);
	return slice_bytes(v, member->offset, type_size(member->type), ret);
}

struct error *value_element(const struct eval_env *env, struct arena *arena, struct eval_value *v,
			    const struct sym_type *element, uint64_t index, struct eval_value *ret)
{
	uint64_t size = type_size(element), offset;
	(void)env, (void)arena;
	if (__builtin_mul_overflow(size, index, &offset))
		return error_new(ERROR_USAGE, "Index too large");
	move_place(v, offset, element, ret);
	return slice_bytes(v, offset, size, ret);
}

/* ---- Rust's structures ---- */

static bool is_rust_struct(const struct sym_type *t)
{
	enum sym_type_kind kind = type_kind(t);
	return (kind == SYM_TYPE_STRUCT || kind == SYM_TYPE_VARIANT) && sym_type_is_rust(type_plain(t));
}

bool rust_is_slice(const struct sym_type *t)
{
	t = type_plain(t);
	if (!is_rust_struct(t))
		return false;
	struct str name = sym_type_bare_name(t);
	const struct sym_member *members;
	return str_starts(name, STR_LIT("&")) && sym_type_members(t, &members) == 2 &&
	       sym_type_member(t, "data_ptr") && sym_type_member(t, "length");
}

bool rust_is_str(const struct sym_type *t)
{
	struct str name = t && type_plain(t) ? sym_type_bare_name(type_plain(t)) : STR_EMPTY;
	return (str_is(name, "&str") || str_is(name, "&mut str")) && rust_is_slice(t);
}

/* "__0", "__1" … in order of their numbers. */
static bool has_numbered_members(const struct sym_type *t)
{
	const struct sym_member *members;
	size_t count = sym_type_members(t, &members);
	for (size_t i = 0; i < count; i++) {
		struct str name = members[i].name;
		if (name.len < 3 || !str_starts(name, STR_LIT("__")) || !parse_is_digit(name.ptr[2]))
			return false;
	}
	return count > 0;
}

bool rust_is_tuple(const struct sym_type *t)
{
	t = type_plain(t);
	return is_rust_struct(t) && str_starts(sym_type_bare_name(t), STR_LIT("("));
}

bool rust_is_tuple_struct(const struct sym_type *t)
{
	t = type_plain(t);
	return is_rust_struct(t) && sym_type_kind(t) == SYM_TYPE_STRUCT && has_numbered_members(t);
}

/* A variant whose fields can have no value: no part of it is ever there. */
static bool is_uninhabited(const struct sym_type *t, int depth)
{
	t = type_plain(t);
	const struct sym_member *members;
	if (!t || depth == 0)
		return false;
	if (sym_type_kind(t) == SYM_TYPE_VARIANT) {
		const struct sym_variant_part *part = sym_type_variants(t);
		return part && part->count == 0;
	}
	if (sym_type_kind(t) == SYM_TYPE_ENUM) {
		const struct sym_enumerator *list;
		return sym_type_enumerators(t, &list) == 0;
	}
	if (str_is(sym_type_bare_name(t), "!"))
		return true;
	if (sym_type_kind(t) != SYM_TYPE_STRUCT)
		return false;
	size_t count = sym_type_members(t, &members);
	for (size_t i = 0; i < count; i++)
		if (is_uninhabited(members[i].type, depth - 1))
			return true;
	return false;
}

const struct sym_variant *rust_variant(const struct eval_value *value, bool *ret_lost)
{
	enum { DEPTH = 8 };
	const struct sym_variant_part *part = sym_type_variants(type_plain(value->type));
	const struct sym_variant *fallback = NULL;
	*ret_lost = false;
	if (!part)
		return NULL;
	if (!part->has_discr) {
		for (size_t i = 0; i < part->count; i++)
			if (part->count == 1 || !is_uninhabited(part->variants[i].member.type, DEPTH))
				return &part->variants[i];
		return part->count ? &part->variants[0] : NULL;
	}
	uint64_t width = type_size(part->discr.type), low = 0, high = 0;
	if (width == 0 || width > 16 || part->discr.offset > value->size ||
	    value->size - part->discr.offset < width)
		return NULL;
	if (lost_part(value->lost, part->discr.offset, (size_t)width)) {
		*ret_lost = true;
		return NULL;
	}
	memcpy(&low, value->bytes + part->discr.offset, width < 8 ? width : 8);
	if (width > 8)
		memcpy(&high, value->bytes + part->discr.offset + 8, width - 8);
	for (size_t i = 0; i < part->count; i++) {
		const struct sym_variant *v = &part->variants[i];
		if (v->is_default)
			fallback = v;
		else if (v->discr == low && v->discr_high == high)
			return v;
	}
	return fallback;
}
