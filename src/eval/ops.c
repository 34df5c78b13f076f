/* Operators on values. */
#include "eval/eval_internal.h"
#include "eval/print.h"

#include <math.h>

typedef unsigned __int128 wide;

static struct error *fetch(struct machine *m, struct eval_value *v)
{
	return value_fetch(m->env, m->arena, v);
}

struct error *value_truth(struct machine *m, struct eval_value *v, bool *ret)
{
	TRY(fetch(m, v));
	return eval_as_bool(v, ret);
}

static void truth_value(struct machine *m, bool b, struct eval_value *ret)
{
	value_number(type_named(m, "bool", "int"), b, 0, m->arena, ret);
}

/* ---- arithmetic ---- */

struct promoted {
	bool is_float;
	const struct sym_type *type;
};

/* The type in which two numbers meet: C's rules; for Rust, whose own would refuse most mixtures, 64 bits as gdb does it. */
static const struct sym_type *common_integer(struct machine *m, const struct sym_type *a,
					     const struct sym_type *b)
{
	uint64_t size_a = type_size(a), size_b = type_size(b);
	bool unsigned_a = !type_is_signed(a), unsigned_b = !type_is_signed(b);
	if (size_a < 4) {
		size_a = 4;
		unsigned_a = false;
	}
	if (size_b < 4) {
		size_b = 4;
		unsigned_b = false;
	}
	uint64_t size = size_a > size_b ? size_a : size_b;
	bool is_unsigned = size_a == size_b  ? unsigned_a || unsigned_b
			   : size_a > size_b ? unsigned_a
					     : unsigned_b;
	if (size > 8)
		return type_named(m, is_unsigned ? "u128" : "i128",
				  is_unsigned ? "unsigned __int128" : "__int128");
	if (size > 4 || m->rust)
		return type_named(m, is_unsigned ? "u64" : "i64", is_unsigned ? "unsigned long" : "long");
	return type_named(m, "i32", is_unsigned ? "unsigned int" : "int");
}

static const struct sym_type *common_float(struct machine *m, const struct sym_type *a,
					   const struct sym_type *b)
{
	uint64_t size_a = type_kind(a) == SYM_TYPE_FLOAT ? type_size(a) : 0;
	uint64_t size_b = type_kind(b) == SYM_TYPE_FLOAT ? type_size(b) : 0;
	uint64_t size = size_a > size_b ? size_a : size_b;
	if (size > 8)
		return sym_type_primitive(NULL, STR_LIT("long double"), false);
	if (size <= 4 && !m->rust)
		return type_named(m, "f32", "float");
	return type_named(m, "f64", "double");
}

static bool is_number(const struct eval_value *v)
{
	return type_is_integer(v->type) || type_kind(v->type) == SYM_TYPE_FLOAT;
}

static struct error *not_a_number(void)
{
	return error_new(ERROR_USAGE, "Argument to arithmetic operation not a number or boolean.");
}

static bool is_comparison(enum node_op op)
{
	return op >= OP_EQ && op <= OP_GE;
}

#define COMPARE(op, a, b)             \
	((op) == OP_EQ   ? (a) == (b) \
	 : (op) == OP_NE ? (a) != (b) \
	 : (op) == OP_LT ? (a) < (b)  \
	 : (op) == OP_LE ? (a) <= (b) \
	 : (op) == OP_GT ? (a) > (b)  \
			 : (a) >= (b))

static struct error *float_binary(struct machine *m, enum node_op op, struct eval_value *a,
				  struct eval_value *b, struct eval_value *ret)
{
	long double x, y, r;
	const struct sym_type *type = common_float(m, type_plain(a->type), type_plain(b->type));
	if (!value_long_double(a, &x) || !value_long_double(b, &y))
		return not_a_number();
	if (is_comparison(op)) {
		truth_value(m, COMPARE(op, x, y), ret);
		return NULL;
	}
	bool is_double = type_size(type) <= 8;
	switch (op) {
	case OP_ADD:
		r = is_double ? (long double)((double)x + (double)y) : x + y;
		break;
	case OP_SUB:
		r = is_double ? (long double)((double)x - (double)y) : x - y;
		break;
	case OP_MUL:
		r = is_double ? (long double)((double)x * (double)y) : x * y;
		break;
	case OP_DIV:
		r = is_double ? (long double)((double)x / (double)y) : x / y;
		break;
	default:
		return error_new(ERROR_USAGE, "Integer-only operation on floating point number.");
	}
	value_real(type, r, m->arena, ret);
	return NULL;
}

static struct error *integer_op(enum node_op op, bool is_unsigned, wide x, wide y, wide *ret)
{
	switch (op) {
	case OP_ADD:
		*ret = x + y;
		break;
	case OP_SUB:
		*ret = x - y;
		break;
	case OP_MUL:
		*ret = x * y;
		break;
	case OP_DIV:
	case OP_REM:
		if (y == 0)
			return error_new(ERROR_USAGE, "Division by zero");
		if (is_unsigned)
			*ret = op == OP_DIV ? x / y : x % y;
		else if (y == ~(wide)0)
			*ret = op == OP_DIV ? -x : 0; /* the least number by -1 would trap */
		else
			*ret = (wide)(op == OP_DIV ? (__int128)x / (__int128)y : (__int128)x % (__int128)y);
		break;
	case OP_AND:
		*ret = x & y;
		break;
	case OP_OR:
		*ret = x | y;
		break;
	case OP_XOR:
		*ret = x ^ y;
		break;
	default:
		return not_a_number();
	}
	return NULL;
}

/* A number cut to the type's width. */
static wide fit(wide n, const struct sym_type *type)
{
	uint64_t bits = type_size(type) * 8;
	if (bits == 0 || bits >= 128)
		return n;
	n &= ((wide)1 << bits) - 1;
	if (type_is_signed(type) && n >> (bits - 1) & 1)
		n |= ~(wide)0 << bits;
	return n;
}

static struct error *shift(struct machine *m, enum node_op op, struct eval_value *a, wide x, wide y,
			   struct eval_value *ret)
{
	const struct sym_type *type = type_plain(a->type);
	if (!m->rust && type_size(type) < 4)
		type = type_named(m, "i32", "int");
	wide n = 0;
	bool negative = type_is_signed(a->type) && x >> 127;
	if (y < type_size(type) * 8)
		n = op == OP_SHL ? x << y : negative ? (wide)((__int128)x >> y) : x >> y;
	else if (op == OP_SHR && negative)
		n = ~(wide)0;
	n = fit(n, type);
	value_number(type, (uint64_t)n, (uint64_t)(n >> 64), m->arena, ret);
	return NULL;
}

static struct error *integer_binary(struct machine *m, enum node_op op, struct eval_value *a,
				    struct eval_value *b, struct eval_value *ret)
{
	wide x, y, n;
	if (!value_wide(a, &x) || !value_wide(b, &y))
		return not_a_number();
	if (op == OP_SHL || op == OP_SHR)
		return shift(m, op, a, x, y, ret);
	bool bools = m->rust && type_kind(a->type) == SYM_TYPE_BOOL &&
		     type_kind(b->type) == SYM_TYPE_BOOL && (op == OP_AND || op == OP_OR || op == OP_XOR);
	const struct sym_type *type = bools ? type_named(m, "bool", "int")
					    : common_integer(m, a->type, b->type);
	bool is_unsigned = !type_is_signed(type);
	x = fit(x, type);
	y = fit(y, type);
	if (is_comparison(op)) {
		truth_value(m, is_unsigned ? COMPARE(op, x, y) : COMPARE(op, (__int128)x, (__int128)y),
			    ret);
		return NULL;
	}
	TRY(integer_op(op, is_unsigned, x, y, &n));
	n = fit(n, type);
	value_number(type, (uint64_t)n, (uint64_t)(n >> 64), m->arena, ret);
	return NULL;
}

/* ---- pointers ---- */

static uint64_t step_of(const struct sym_type *pointer)
{
	const struct sym_type *target = type_plain(sym_type_target(type_plain(pointer)));
	uint64_t size = type_size(target);
	return size && type_kind(target) != SYM_TYPE_FUNCTION && type_kind(target) != SYM_TYPE_VOID ? size
												    : 1;
}

static struct error *pointer_binary(struct machine *m, enum node_op op, struct eval_value *a,
				    struct eval_value *b, struct eval_value *ret)
{
	wide x, y;
	bool left = type_is_pointer(a->type), right = type_is_pointer(b->type);
	if (!value_wide(a, &x) || !value_wide(b, &y))
		return not_a_number();
	if (is_comparison(op)) {
		truth_value(m, COMPARE(op, (uint64_t)x, (uint64_t)y), ret);
		return NULL;
	}
	if (left && right) {
		uint64_t step = step_of(a->type);
		if (op != OP_SUB || step != step_of(b->type))
			return op == OP_SUB
				       ? error_new(ERROR_USAGE,
						   "First argument of `-' is a pointer and second argument is neither\n"
						   "an integer nor a pointer of the same type.")
				       : not_a_number();
		int64_t difference = (int64_t)((uint64_t)x - (uint64_t)y) / (int64_t)step;
		value_number(type_named(m, "i64", "long"), (uint64_t)difference, 0, m->arena, ret);
		return NULL;
	}
	if (left && (op == OP_ADD || op == OP_SUB)) {
		uint64_t by = (uint64_t)y * step_of(a->type);
		value_number(a->type, op == OP_ADD ? (uint64_t)x + by : (uint64_t)x - by, 0, m->arena, ret);
		return NULL;
	}
	if (right && op == OP_ADD) {
		value_number(b->type, (uint64_t)y + (uint64_t)x * step_of(b->type), 0, m->arena, ret);
		return NULL;
	}
	/* As gdb does it: with others the pointer is a number. */
	wide n;
	TRY(integer_op(op, true, (uint64_t)x, (uint64_t)y, &n));
	value_number(left ? a->type : b->type, (uint64_t)n, 0, m->arena, ret);
	return NULL;
}

/* ---- text ---- */

static struct error *read_text(struct machine *m, struct eval_value *v, const uint8_t **ret,
			       uint64_t *ret_size)
{
	uint64_t address, size, bad;
	TRY(fetch(m, v));
	if (v->size < 16)
		return not_a_number();
	memcpy(&address, v->bytes, 8);
	memcpy(&size, v->bytes + 8, 8);
	*ret_size = size;
	if (size > EVAL_MAX_OBJECT)
		return error_new(ERROR_LIMIT, "The string is longer than %d bytes.", EVAL_MAX_OBJECT);
	/* Text that an expression made has its bytes behind the pair. */
	if (!v->has_address && address == 0 && v->size >= 16 + size) {
		*ret = v->bytes + 16;
		return NULL;
	}
	uint8_t *bytes = arena_alloc(m->arena, size ? size : 1);
	if (!env_read(m->env, address, bytes, size, &bad))
		return memory_error(bad);
	*ret = bytes;
	return NULL;
}

static struct error *text_binary(struct machine *m, enum node_op op, struct eval_value *a,
				 struct eval_value *b, struct eval_value *ret)
{
	const uint8_t *x, *y;
	uint64_t size_x, size_y;
	TRY(read_text(m, a, &x, &size_x));
	TRY(read_text(m, b, &y, &size_y));
	int order = str_cmp((struct str){ (const char *)x, size_x },
			    (struct str){ (const char *)y, size_y });
	truth_value(m, COMPARE(op, order, 0), ret);
	return NULL;
}

struct error *eval_binary(struct machine *m, enum node_op op, struct eval_value *a, struct eval_value *b,
			  struct eval_value *ret)
{
	struct eval_value x = *a, y = *b;
	TRY(fetch(m, &x));
	TRY(fetch(m, &y));
	if (is_comparison(op) && rust_is_str(x.type) && rust_is_str(y.type) && !m->no_side)
		return text_binary(m, op, &x, &y, ret);
	if (type_kind(x.type) == SYM_TYPE_ARRAY || type_kind(x.type) == SYM_TYPE_FUNCTION)
		TRY(value_decay(m, &x));
	if (type_kind(y.type) == SYM_TYPE_ARRAY || type_kind(y.type) == SYM_TYPE_FUNCTION)
		TRY(value_decay(m, &y));
	bool pointers = type_is_pointer(x.type) || type_is_pointer(y.type);
	if (pointers && (is_number(&x) || type_is_pointer(x.type)) &&
	    (is_number(&y) || type_is_pointer(y.type)))
		return pointer_binary(m, op, &x, &y, ret);
	if (!is_number(&x) || !is_number(&y)) {
		static const char *const names[] = { "+",  "-",  "*",  "/",  "%", "&",  "|", "^",
						     "<<", ">>", "==", "!=", "<", "<=", ">", ">=" };
		enum sym_type_kind kind = type_kind(is_number(&x) ? y.type : x.type);
		if (kind == SYM_TYPE_STRUCT)
			return error_new(ERROR_USAGE, "Structure has no component named operator%s.",
					 names[op - OP_ADD]);
		return not_a_number();
	}
	if (type_kind(x.type) == SYM_TYPE_FLOAT || type_kind(y.type) == SYM_TYPE_FLOAT)
		return float_binary(m, op, &x, &y, ret);
	if (m->no_side && (op == OP_DIV || op == OP_REM))
		value_number(y.type, 1, 0, m->arena, &y);
	return integer_binary(m, op, &x, &y, ret);
}

/* ---- one operand ---- */

static struct error *negate(struct machine *m, struct eval_value *v, struct eval_value *ret)
{
	wide n;
	long double d;
	if (type_kind(v->type) == SYM_TYPE_FLOAT && value_long_double(v, &d)) {
		value_real(v->type, -d, m->arena, ret);
		return NULL;
	}
	if (!type_is_integer(v->type) || !value_wide(v, &n))
		return error_new(ERROR_USAGE, "Argument to arithmetic operation not a number or boolean.");
	const struct sym_type *type = v->type;
	if (type_size(type) < 4 || type_kind(type) == SYM_TYPE_BOOL)
		type = type_named(m, "i32", "int");
	n = fit(-n, type);
	value_number(type, (uint64_t)n, (uint64_t)(n >> 64), m->arena, ret);
	return NULL;
}

static struct error *complement(struct machine *m, struct eval_value *v, struct eval_value *ret)
{
	wide n;
	if (!type_is_integer(v->type) || !value_wide(v, &n))
		return error_new(ERROR_USAGE, "Argument to complement operation not an integer, boolean.");
	const struct sym_type *type = v->type;
	if (!m->rust && type_size(type) < 4)
		type = type_named(m, "i32", "int");
	n = fit(~n, type);
	value_number(type, (uint64_t)n, (uint64_t)(n >> 64), m->arena, ret);
	return NULL;
}

struct error *eval_unary(struct machine *m, enum node_op op, struct eval_value *v, struct eval_value *ret)
{
	bool truth;
	if (op == OP_DEREF)
		return value_deref(m, v, ret);
	if (op == OP_ADDRESS)
		return value_address(m, v, ret);
	TRY(fetch(m, v));
	if (type_kind(v->type) == SYM_TYPE_STRUCT) {
		const char *name = op == OP_NEG          ? "-"
				   : op == OP_PLUS       ? "+"
				   : op == OP_COMPLEMENT ? "~"
							 : "!";
		return error_new(ERROR_USAGE, "Structure has no component named operator%s.", name);
	}
	switch (op) {
	case OP_NEG:
		return negate(m, v, ret);
	case OP_PLUS:
		if (!is_number(v))
			return not_a_number();
		*ret = *v;
		value_detach(ret);
		if (type_size(v->type) < 4 && type_is_integer(v->type))
			return value_cast(m, v, type_named(m, "i32", "int"), ret);
		return NULL;
	case OP_NOT:
		if (type_kind(v->type) != SYM_TYPE_BOOL)
			return complement(m, v, ret);
		__attribute__((fallthrough));
	case OP_LOGICAL_NOT:
		TRY(eval_as_bool(v, &truth));
		truth_value(m, !truth, ret);
		return NULL;
	default:
		return complement(m, v, ret);
	}
}

struct error *value_named_address(struct machine *m, const struct eval_value *v, struct str name)
{
	if (v->has_address || v->is_type || m->no_side)
		return NULL;
	const struct arch_reg *reg = v->place == EVAL_PLACE_REGISTER && m->env->arch
					     ? arch_reg_by_dwarf(m->env->arch, v->reg)
					     : NULL;
	return reg ? error_new(ERROR_USAGE,
			       "Address requested for identifier \"%.*s\" which is in register $%s",
			       STR_ARG(name), reg->name)
		   : error_new(ERROR_USAGE, "Can't take address of \"%.*s\" which isn't an lvalue.",
			       STR_ARG(name));
}

struct error *value_address(struct machine *m, struct eval_value *v, struct eval_value *ret)
{
	if (v->is_type)
		return error_new(ERROR_USAGE, "Attempt to take address of value not located in memory.");
	if (!v->has_address && type_kind(v->type) == SYM_TYPE_ARRAY)
		TRY(value_to_program(m, v));
	if (!v->has_address && !m->no_side)
		return error_new(ERROR_USAGE, "Attempt to take address of value not located in memory.");
	if (v->state == EVAL_OPTIMISED_OUT)
		return error_new(ERROR_USAGE, "Attempt to take address of value not located in memory.");
	const struct sym_type *type = v->type ? v->type : type_named(m, "()", "void");
	value_number(sym_type_pointer_to(type), v->address, 0, m->arena, ret);
	return NULL;
}

/* ---- fields ---- */

/* The member of that name, in anonymous structures and unions too; *ret is v's part. False: none. */
static struct error *find_member(struct machine *m, struct eval_value *v, struct str name, int depth,
				 struct eval_value *ret, bool *ret_found)
{
	const struct sym_member *members;
	const struct sym_type *type = type_plain(v->type);
	size_t count = sym_type_members(type, &members);
	*ret_found = false;
	for (size_t i = 0; i < count && depth > 0 && !*ret_found; i++) {
		enum sym_type_kind kind = type_kind(members[i].type);
		if (str_eq(members[i].name, name)) {
			*ret_found = true;
			return value_part(m->env, m->arena, v, &members[i], ret);
		}
		if (members[i].name.len == 0 && (kind == SYM_TYPE_STRUCT || kind == SYM_TYPE_UNION)) {
			struct eval_value inner;
			TRY(value_part(m->env, m->arena, v, &members[i], &inner));
			TRY(find_member(m, &inner, name, depth - 1, ret, ret_found));
		}
	}
	return NULL;
}

static struct error *no_such_field(const struct sym_type *type, struct str name, bool variant)
{
	const struct sym_member *members;
	size_t count = sym_type_members(type, &members);
	struct str type_name = sym_type_name(type);
	bool tuple = rust_is_tuple_struct(type) || rust_is_tuple(type);
	if (parse_is_digit(name.ptr[0])) {
		if (!tuple && count)
			return variant ? error_new(ERROR_USAGE,
						   "Attempting to access anonymous field %.*s of %.*s, which has only named fields",
						   STR_ARG(name), STR_ARG(type_name))
				       : error_new(ERROR_USAGE,
						   "Anonymous field access is only allowed on tuples, tuple structs, and "
						   "tuple-like enum variants");
		return error_new(ERROR_USAGE,
				 "Cannot access field %.*s of %s%.*s, there are only %zu fields",
				 STR_ARG(name), variant ? "variant " : "", STR_ARG(type_name), count);
	}
	if (variant && tuple)
		return error_new(
			ERROR_USAGE,
			"Attempting to access named field %.*s of tuple variant %.*s, which has only anonymous fields",
			STR_ARG(name), STR_ARG(type_name));
	if (variant)
		return error_new(ERROR_USAGE, "Could not find field %.*s of struct variant %.*s",
				 STR_ARG(name), STR_ARG(type_name));
	return error_new(ERROR_USAGE, "There is no member named %.*s.", STR_ARG(name));
}

static struct error *rust_field(struct machine *m, struct eval_value *v, struct str name,
				struct eval_value *ret)
{
	enum { DEPTH = 8 };
	bool found, variant = false;
	struct eval_value whole = *v;
	if (type_kind(v->type) == SYM_TYPE_VARIANT) {
		bool lost;
		TRY(value_look(m->env, m->arena, v));
		const struct sym_variant *which = rust_variant(v, &lost);
		if (!which)
			return lost ? error_new(ERROR_NOT_FOUND, "value has been optimized out")
				    : error_new(ERROR_FORMAT, "Could not find active enum variant");
		TRY(value_part(m->env, m->arena, v, &which->member, &whole));
		variant = true;
	}
	struct str stored = name;
	if (parse_is_digit(name.ptr[0]))
		stored = arena_printf(m->arena, "__%.*s", STR_ARG(name));
	TRY(find_member(m, &whole, stored, DEPTH, ret, &found));
	return found ? NULL : no_such_field(type_plain(whole.type), name, variant);
}

struct error *value_field(struct machine *m, struct eval_value *v, struct str name, bool arrow,
			  struct eval_value *ret)
{
	enum { MAX_POINTERS = 8, DEPTH = 16 };
	struct eval_value at = *v;
	bool found;
	for (int i = 0; i < MAX_POINTERS && type_is_pointer(at.type); i++) {
		struct eval_value next;
		if (!m->rust && i == 1)
			break; /* C's dot goes through one pointer, as gdb's does */
		TRY(value_deref(m, &at, &next));
		at = next;
	}
	enum sym_type_kind kind = type_kind(at.type);
	bool aggregate = kind == SYM_TYPE_STRUCT || kind == SYM_TYPE_UNION || kind == SYM_TYPE_VARIANT;
	if (!aggregate && parse_is_digit(name.ptr[0]))
		return error_new(ERROR_USAGE,
				 "Anonymous field access is only allowed on tuples, tuple structs, and "
				 "tuple-like enum variants");
	if (!aggregate)
		return error_new(ERROR_USAGE,
				 "Attempt to extract a component of a value that is not a structure%s.",
				 arrow || type_is_pointer(v->type) ? " pointer" : "");
	if (sym_type_is_rust(type_plain(at.type)))
		return rust_field(m, &at, name, ret);
	TRY(find_member(m, &at, name, DEPTH, ret, &found));
	return found ? NULL : error_new(ERROR_USAGE, "There is no member named %.*s.", STR_ARG(name));
}

/* ---- indexing ---- */

static struct error *slice_parts(struct machine *m, struct eval_value *v, uint64_t *ret_data,
				 uint64_t *ret_length, const struct sym_type **ret_element)
{
	const struct sym_type *type = type_plain(v->type);
	const struct sym_member *data = sym_type_member(type, "data_ptr"),
				*length = sym_type_member(type, "length");
	if (!data || !length)
		return error_new(ERROR_USAGE, "Cannot subscript non-array type");
	TRY(fetch(m, v));
	if (v->size < data->offset + 8 || v->size < length->offset + 8)
		return error_new(ERROR_FORMAT, "The slice is cut off.");
	memcpy(ret_data, v->bytes + data->offset, 8);
	memcpy(ret_length, v->bytes + length->offset, 8);
	*ret_element = type_is_pointer(data->type) ? sym_type_target(type_plain(data->type)) : NULL;
	return NULL;
}

static struct error *rust_index(struct machine *m, struct eval_value *v, int64_t index,
				struct eval_value *ret)
{
	const struct sym_type *type = type_plain(v->type), *element;
	uint64_t data, length;
	bool known;
	switch (type_kind(type)) {
	case SYM_TYPE_ARRAY:
		length = sym_type_count(type, &known);
		if (index < 0)
			return error_new(ERROR_USAGE, "Index less than zero");
		if (known && (uint64_t)index >= length && !m->no_side)
			return error_new(ERROR_USAGE, "Index greater than length");
		return value_element(m->env, m->arena, v, sym_type_target(type), (uint64_t)index, ret);
	case SYM_TYPE_POINTER:
	case SYM_TYPE_REFERENCE:
		element = sym_type_target(type);
		TRY(eval_as_address(v, &data));
		value_at(element, data + (uint64_t)index * type_size(element), ret);
		return NULL;
	case SYM_TYPE_STRUCT:
		TRY(slice_parts(m, v, &data, &length, &element));
		if (index < 0)
			return error_new(ERROR_USAGE, "Index less than zero");
		if ((uint64_t)index >= length && !m->no_side)
			return error_new(ERROR_USAGE, "Index greater than length");
		/* Text of the expression itself; without effects an index may be past its end. */
		if (!v->has_address && data == 0 && (uint64_t)index < length && v->size >= 16 &&
		    length <= v->size - 16 && type_size(element) == 1) {
			value_number(element, v->bytes[16 + index], 0, m->arena, ret);
			return NULL;
		}
		value_at(element, data + (uint64_t)index * type_size(element), ret);
		return NULL;
	default:
		return error_new(ERROR_USAGE, "Cannot subscript non-array type");
	}
}

static struct error *no_subscripts(struct machine *m, const struct sym_type *type)
{
	struct buf name = { 0 };
	eval_type_name(&(struct eval_printer){ .language = m->language, .env = m->env }, type, &name);
	struct error *err = error_new(ERROR_USAGE, "cannot subscript something of type `%.*s'",
				      STR_ARG(buf_view(&name)));
	buf_deinit(&name);
	return err;
}

struct error *value_index(struct machine *m, struct eval_value *v, struct eval_value *index,
			  struct eval_value *ret)
{
	int64_t i;
	TRY(fetch(m, index));
	if (!type_is_integer(index->type) || !eval_as_signed(index, &i)) {
		if (m->rust)
			return error_new(ERROR_USAGE, "Cannot subscript with a value that is no integer");
		return error_new(ERROR_USAGE, "Argument to arithmetic operation not a number or boolean.");
	}
	/* Of an array the element alone is wanted, and of a structure nothing. */
	if (type_is_scalar(v->type) || rust_is_slice(v->type))
		TRY(fetch(m, v));
	if (m->rust)
		return rust_index(m, v, i, ret);
	const struct sym_type *type = type_plain(v->type);
	if (type_kind(type) == SYM_TYPE_ARRAY) {
		if (!v->has_address) {
			bool known;
			uint64_t count = sym_type_count(type, &known);
			if (i < 0 || (uint64_t)i >= count)
				return error_new(ERROR_USAGE, "no such vector element");
			return value_element(m->env, m->arena, v, sym_type_target(type), (uint64_t)i, ret);
		}
		const struct sym_type *element = sym_type_target(type);
		value_at(element, v->address + (uint64_t)i * type_size(element), ret);
		return NULL;
	}
	if (!type_is_pointer(type))
		return no_subscripts(m, v->type);
	struct eval_value moved;
	TRY(pointer_binary(m, OP_ADD, v, index, &moved));
	return value_deref(m, &moved, ret);
}

/* ---- casts ---- */

static struct error *cast_number(struct machine *m, struct eval_value *v, const struct sym_type *type,
				 const struct sym_type *plain, struct eval_value *ret)
{
	wide n;
	long double d;
	bool from_float = type_kind(v->type) == SYM_TYPE_FLOAT;
	if (type_kind(plain) == SYM_TYPE_FLOAT) {
		if (!value_long_double(v, &d))
			return error_new(ERROR_USAGE, "Invalid cast.");
		value_real(type, d, m->arena, ret);
		return NULL;
	}
	if (from_float) {
		if (!value_long_double(v, &d))
			return error_new(ERROR_USAGE, "Invalid cast.");
		/* Out of range is undefined in C; Rust saturates. */
		long double most = ldexpl(1, 126);
		d = isnan(d) ? 0 : d > most ? most : d < -most ? -most : d;
		n = (wide)(__int128)d;
	} else if (!value_wide(v, &n)) {
		return error_new(ERROR_USAGE, "Invalid cast.");
	}
	if (type_kind(plain) == SYM_TYPE_BOOL)
		n = n != 0;
	value_number(type, (uint64_t)n, (uint64_t)(n >> 64), m->arena, ret);
	return NULL;
}

struct error *value_cast(struct machine *m, struct eval_value *v, const struct sym_type *type,
			 struct eval_value *ret)
{
	const struct sym_type *plain = type_plain(type);
	enum sym_type_kind to = type_kind(type), from = type_kind(v->type);
	if (to == SYM_TYPE_VOID) {
		*ret = (struct eval_value){ .type = type };
		return NULL;
	}
	if (v->type == type || (v->type && sym_type_same(type_plain(v->type), plain))) {
		*ret = *v;
		ret->type = type;
		return NULL;
	}
	bool scalar = type_is_scalar(plain), scalar_from = type_is_scalar(type_plain(v->type));
	if (scalar && (from == SYM_TYPE_ARRAY || from == SYM_TYPE_FUNCTION))
		TRY(value_decay(m, v));
	else if (scalar && to == SYM_TYPE_POINTER && rust_is_slice(v->type)) {
		uint64_t data, length;
		const struct sym_type *element;
		TRY(slice_parts(m, v, &data, &length, &element));
		value_number(type, data, 0, m->arena, ret);
		return NULL;
	}
	TRY(fetch(m, v));
	if (scalar && type_is_scalar(v->type))
		return cast_number(m, v, type, plain, ret);
	/* As gdb does it: what is in memory is seen as something else. */
	if (v->has_address && !v->bit_size) {
		value_at(type, v->address, ret);
		return NULL;
	}
	if ((to == from || (to == SYM_TYPE_ARRAY && scalar_from)) && to != SYM_TYPE_STRUCT &&
	    to != SYM_TYPE_UNION && type_size(type) == type_size(v->type)) {
		*ret = *v;
		ret->type = type;
		return NULL;
	}
	return error_new(ERROR_USAGE, "Invalid cast.");
}

struct error *value_elements(struct machine *m, struct eval_value *list, size_t count,
			     const struct sym_type *type, struct eval_value *ret)
{
	const struct sym_type *element = sym_type_target(type_plain(type));
	bool known;
	uint64_t part = type_size(element), whole = type_size(type);
	if (sym_type_count(type_plain(type), &known) != count || !known || whole > EVAL_MAX_OBJECT ||
	    part > whole / count)
		return error_new(ERROR_USAGE, "Array of %zu elements expected, not of that many.", count);
	uint8_t *bytes = arena_alloc(m->arena, whole ? whole : 1);
	for (size_t i = 0; i < count; i++) {
		struct eval_value cast;
		if (rust_is_str(list[i].type))
			TRY(value_to_program(m, &list[i]));
		TRY(value_cast(m, &list[i], element, &cast));
		TRY(fetch(m, &cast));
		if (cast.size < part)
			return error_new(ERROR_LIMIT, "A part is larger than %d bytes.", EVAL_MAX_BYTES);
		memcpy(bytes + i * part, cast.bytes, part);
	}
	*ret = (struct eval_value){ .type = type, .bytes = bytes, .size = whole };
	return NULL;
}
