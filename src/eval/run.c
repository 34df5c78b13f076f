/* From the tree to a value. */
#include "eval/eval_internal.h"

#include <stdlib.h>

static struct error *fetch(struct machine *m, struct eval_value *v)
{
	return value_fetch(m->env, m->arena, v);
}

/* A value where a type will not do. */
static struct error *operand(struct machine *m, struct node *n, struct eval_value *ret)
{
	TRY(eval_node(m, n, ret));
	if (ret->is_type && !m->no_side)
		return error_new(ERROR_USAGE, m->rust ? "Attempt to use a type name as an expression"
						      : "Attempt to use a type as an expression");
	return NULL;
}

/* ---- literals ---- */

static void number(struct machine *m, const struct node *n, struct eval_value *ret)
{
	if (type_kind(n->type) == SYM_TYPE_FLOAT)
		value_real(n->type, (long double)n->real, m->arena, ret);
	else
		value_number(n->type, n->low, n->high, m->arena, ret);
}

void value_text(struct machine *m, struct str text, struct eval_value *ret)
{
	uint64_t length = text.len;
	uint8_t *bytes = arena_alloc(m->arena, 16 + text.len);
	memcpy(bytes + 8, &length, 8);
	if (text.len)
		memcpy(bytes + 16, text.ptr, text.len);
	*ret = (struct eval_value){ .type = sym_type_str(), .bytes = bytes, .size = 16 + text.len };
}

static void wide_text(struct machine *m, const struct node *n, struct eval_value *ret)
{
	size_t width = type_size(n->type), size = width * (n->text.len + 1);
	uint8_t *bytes = arena_alloc(m->arena, size);
	for (size_t i = 0; i < n->text.len; i++)
		bytes[width * i] = (uint8_t)n->text.ptr[i];
	*ret = (struct eval_value){ .type = sym_type_array_of(n->type, n->text.len + 1),
				    .bytes = bytes,
				    .size = size };
}

static void text(struct machine *m, const struct node *n, struct eval_value *ret)
{
	if (n->op == STRING_STR) {
		value_text(m, n->text, ret);
		return;
	}
	if (n->op == STRING_C_WIDE) {
		wide_text(m, n, ret);
		return;
	}
	bool rust = n->op == STRING_BYTES;
	size_t size = n->text.len + !rust;
	uint8_t *bytes = arena_alloc(m->arena, size ? size : 1);
	if (n->text.len)
		memcpy(bytes, n->text.ptr, n->text.len);
	const struct sym_type *element =
		sym_type_primitive(NULL, rust ? STR_LIT("u8") : STR_LIT("char"), rust);
	*ret = (struct eval_value){ .type = sym_type_array_of(element, size), .bytes = bytes, .size = size };
	if (rust)
		ret->name = STR_LIT("b"); /* written as it was: b"…" */
}

/* Text inside another value has to be somewhere. */
static struct error *text_to_program(struct machine *m, struct eval_value *v)
{
	bool nowhere = rust_is_str(v->type) && !v->has_address && v->size > 16;
	if (nowhere && !m->env->call && !m->no_side)
		return error_new(ERROR_USAGE, "evaluation of this expression requires the program to have a "
					      "function \"malloc\".");
	return nowhere ? value_to_program(m, v) : NULL;
}

static struct error *gather(struct machine *m, const struct sym_type *type, struct eval_value *elements,
			    const struct sym_member *members, size_t count, uint8_t *bytes)
{
	uint64_t size = type_size(type);
	for (size_t i = 0; i < count; i++) {
		uint64_t part = type_size(elements[i].type);
		TRY(fetch(m, &elements[i]));
		TRY(text_to_program(m, &elements[i]));
		uint64_t offset = members ? members[i].offset : i * part;
		if (elements[i].size < part || offset > size || size - offset < part)
			return error_new(ERROR_LIMIT, "A part is larger than %d bytes.", EVAL_MAX_BYTES);
		if (part)
			memcpy(bytes + offset, elements[i].bytes, part);
	}
	return NULL;
}

static struct error *made(struct machine *m, const struct sym_type *type, uint8_t **ret_bytes,
			  struct eval_value *ret)
{
	uint64_t size = type_size(type);
	if (size > EVAL_MAX_OBJECT)
		return error_new(ERROR_LIMIT, "The value would have more than %d bytes.", EVAL_MAX_OBJECT);
	*ret_bytes = arena_alloc(m->arena, size ? size : 1);
	*ret = (struct eval_value){ .type = type, .bytes = *ret_bytes, .size = size };
	return NULL;
}

static struct error *operands(struct machine *m, struct node *n, struct eval_value **ret)
{
	struct eval_value *list = ARENA_ARRAY(m->arena, struct eval_value, n->count ? n->count : 1);
	for (size_t i = 0; i < n->count; i++)
		TRY(operand(m, n->list[i], &list[i]));
	*ret = list;
	return NULL;
}

static struct error *tuple(struct machine *m, struct node *n, struct eval_value *ret)
{
	struct eval_value *list;
	uint8_t *bytes;
	if (n->count == 0) {
		value_of_type(sym_type_primitive(NULL, STR_LIT("()"), true), m->arena, ret);
		return NULL;
	}
	TRY(operands(m, n, &list));
	const struct sym_type **types = ARENA_ARRAY(m->arena, const struct sym_type *, n->count);
	for (size_t i = 0; i < n->count; i++) {
		if (!list[i].type)
			return error_new(ERROR_USAGE, "A part of the tuple has no value");
		types[i] = list[i].type;
		if (list[i].is_type) {
			list[i].is_type = false;
			value_of_type(types[i], m->arena, &list[i]);
		}
	}
	const struct sym_type *type = sym_type_tuple_of(types, n->count, session_types(m->session));
	const struct sym_member *members;
	sym_type_members(type, &members);
	TRY(made(m, type, &bytes, ret));
	return gather(m, type, list, members, n->count, bytes);
}

static struct error *repeated_array(struct machine *m, struct node *n, struct eval_value *ret)
{
	struct eval_value element, count;
	int64_t times;
	uint8_t *bytes;
	TRY(eval_node(m, n->a, &element));
	TRY(operand(m, n->b, &count));
	TRY(fetch(m, &count));
	if (!type_is_integer(count.type) || !eval_as_signed(&count, &times))
		return error_new(ERROR_USAGE, "Array length must be an integer");
	if (times < 0)
		return error_new(ERROR_USAGE, "Array with negative number of elements");
	if (element.is_type) {
		*ret = (struct eval_value){ .type = sym_type_array_of(element.type, (uint64_t)times),
					    .is_type = true };
		return NULL;
	}
	TRY(fetch(m, &element));
	uint64_t size = type_size(element.type), all;
	if (!element.type || __builtin_mul_overflow(size, (uint64_t)times, &all) ||
	    all > EVAL_MAX_OBJECT || element.size < size)
		return error_new(ERROR_LIMIT, "The array would have more than %d bytes.", EVAL_MAX_OBJECT);
	TRY(made(m, sym_type_array_of(element.type, (uint64_t)times), &bytes, ret));
	for (uint64_t i = 0; size && i < (uint64_t)times; i++)
		memcpy(bytes + i * size, element.bytes, size);
	return NULL;
}

static struct error *array(struct machine *m, struct node *n, struct eval_value *ret)
{
	struct eval_value *list;
	uint8_t *bytes;
	if (n->a)
		return repeated_array(m, n, ret);
	TRY(operands(m, n, &list));
	if (n->count == 0 && !m->rust)
		return error_new(ERROR_USAGE, "bad array bounds (0, -1)");
	if (n->count == 0) {
		const struct sym_type *none =
			sym_type_array_of(sym_type_primitive(NULL, STR_LIT("i32"), true), 0);
		return made(m, none, &bytes, ret);
	}
	if (!list[0].type)
		return error_new(ERROR_USAGE, "array elements must all be the same size");
	for (size_t i = 1; i < n->count; i++)
		if (type_size(list[i].type) != type_size(list[0].type))
			return error_new(ERROR_USAGE, "array elements must all be the same size");
	TRY(made(m, sym_type_array_of(list[0].type, n->count), &bytes, ret));
	return gather(m, ret->type, list, NULL, n->count, bytes);
}

/* A field's number in a tuple struct: "0" is "__0". */
static const struct sym_member *literal_member(struct machine *m, const struct sym_type *type,
					       struct str name)
{
	const struct sym_member *members;
	size_t count = sym_type_members(type, &members);
	if (name.len && parse_is_digit(name.ptr[0]))
		name = arena_printf(m->arena, "__%.*s", STR_ARG(name));
	for (size_t i = 0; i < count; i++)
		if (str_eq(members[i].name, name))
			return &members[i];
	return NULL;
}

static struct error *structure(struct machine *m, struct node *n, struct eval_value *ret)
{
	uint8_t *bytes;
	const struct sym_type *type = find_type(m, n->text);
	if (!type)
		return error_new(ERROR_NOT_FOUND, "Could not find type '%.*s'", STR_ARG(n->text));
	if (type_kind(type) != SYM_TYPE_STRUCT && type_kind(type) != SYM_TYPE_UNION)
		return error_new(ERROR_USAGE, "Struct expression applied to non-struct type");
	TRY(made(m, type, &bytes, ret));
	if (n->a) {
		struct eval_value base, cast;
		TRY(operand(m, n->a, &base));
		TRY(value_cast(m, &base, type, &cast));
		TRY(fetch(m, &cast));
		if (cast.size < ret->size)
			return error_new(ERROR_LIMIT, "The structure is larger than %d bytes.",
					 EVAL_MAX_BYTES);
		memcpy(bytes, cast.bytes, ret->size);
	}
	for (size_t i = 0; i < n->count; i++) {
		const struct sym_member *member = literal_member(m, type_plain(type), n->names[i]);
		struct eval_value value, cast;
		if (!member)
			return error_new(ERROR_USAGE, "There is no member named %.*s.",
					 STR_ARG(n->names[i]));
		TRY(operand(m, n->list[i], &value));
		if (rust_is_str(value.type))
			TRY(value_to_program(m, &value));
		TRY(value_cast(m, &value, member->type, &cast));
		TRY(fetch(m, &cast));
		uint64_t size = type_size(member->type);
		if (cast.size < size || member->offset > ret->size || ret->size - member->offset < size)
			return error_new(ERROR_LIMIT, "A field is larger than %d bytes.", EVAL_MAX_BYTES);
		memcpy(bytes + member->offset, cast.bytes, size);
	}
	return NULL;
}

/* ---- ranges ---- */

static const struct sym_type *range_type(struct machine *m, const struct node *n,
					 const struct sym_type *index)
{
	static const char *const names[] = {
		"RangeFull", "RangeFrom", "RangeTo",          "Range",
		"",          "",          "RangeToInclusive", "RangeInclusive"
	};
	int which = (n->a ? 1 : 0) | (n->b ? 2 : 0) | (n->b && n->op ? 4 : 0);
	const struct sym_type *types[2] = { index, index };
	size_t count = (size_t)(n->a != NULL) + (n->b != NULL);
	const struct sym_type *layout = count ? sym_type_tuple_of(types, count, session_types(m->session))
					      : sym_type_primitive(NULL, STR_LIT("()"), true);
	struct sym_member *fields;
	const struct sym_member *members;
	sym_type_members(layout, &members);
	fields = (struct sym_member *)(uintptr_t)members; /* made for this expression alone */
	if (count) {
		fields[0].name = n->a ? STR_LIT("start") : STR_LIT("end");
		if (count == 2)
			fields[1].name = STR_LIT("end");
	}
	return sym_type_named(layout, arena_printf(m->arena, "std::ops::%s", names[which]));
}

static struct error *range(struct machine *m, struct node *n, struct eval_value *ret)
{
	struct eval_value ends[2];
	size_t count = 0;
	uint8_t *bytes;
	if (n->a)
		TRY(operand(m, n->a, &ends[count++]));
	if (n->b)
		TRY(operand(m, n->b, &ends[count++]));
	const struct sym_type *index = count ? ends[0].type : NULL;
	if (count == 2 && ends[1].type != index) {
		struct eval_value wide;
		if (!index || !ends[1].type || type_size(index) != type_size(ends[1].type)) {
			bool second = type_size(ends[1].type) > type_size(index);
			index = second ? ends[1].type : index;
			TRY(fetch(m, &ends[!second]));
			TRY(value_cast(m, &ends[!second], index, &wide));
			ends[!second] = wide;
		}
	}
	if (count && !index)
		return error_new(ERROR_USAGE, "Range expression with different types");
	const struct sym_type *type = range_type(m, n, index);
	const struct sym_member *members;
	sym_type_members(type, &members);
	TRY(made(m, type, &bytes, ret));
	return gather(m, type, ends, members, count, bytes);
}

static struct error *bound(struct machine *m, struct node *n, int64_t fallback, int64_t *ret)
{
	struct eval_value v;
	*ret = fallback;
	if (!n)
		return NULL;
	TRY(operand(m, n, &v));
	TRY(fetch(m, &v));
	if (!type_is_integer(v.type) || !eval_as_signed(&v, ret))
		return error_new(ERROR_USAGE, "Cannot subscript with a value that is no integer");
	return NULL;
}

/* `&v[a..b]`. */
static struct error *slice(struct machine *m, struct node *n, struct eval_value *ret)
{
	struct eval_value v;
	const struct node *r = n->b;
	int64_t low, high;
	TRY(operand(m, n->a, &v));
	const struct sym_type *type = type_plain(v.type), *element = NULL, *result = NULL;
	uint64_t data = 0, length = 0;
	bool known = true;
	if (type_kind(type) == SYM_TYPE_ARRAY) {
		element = sym_type_target(type);
		length = sym_type_count(type, &known);
		if (!v.has_address && !m->no_side)
			return error_new(ERROR_USAGE,
					 "Attempt to take address of value not located in memory.");
		data = v.address;
		result = sym_type_slice_of(element);
	} else if (rust_is_slice(type)) {
		TRY(fetch(m, &v));
		memcpy(&data, v.bytes, 8);
		memcpy(&length, v.bytes + 8, 8);
		const struct sym_member *pointer = sym_type_member(type, "data_ptr");
		element = sym_type_target(type_plain(pointer->type));
		result = v.type;
	} else if (type_is_pointer(type)) {
		TRY(fetch(m, &v));
		TRY(eval_as_address(&v, &data));
		element = sym_type_target(type);
		result = sym_type_slice_of(element);
		known = false;
	} else {
		return error_new(ERROR_USAGE, "Cannot subscript non-array type");
	}
	TRY(bound(m, r->a, 0, &low));
	TRY(bound(m, r->b, (int64_t)length, &high));
	high += r->b && r->op;
	if (low < 0)
		return error_new(ERROR_USAGE, "Index less than zero");
	if (known && (uint64_t)low > length)
		return error_new(ERROR_USAGE, "Index greater than length");
	if (high < 0)
		return error_new(ERROR_USAGE, "High index less than zero");
	if (low > high)
		return error_new(ERROR_USAGE, "Low index greater than high index");
	if (known && (uint64_t)high > length && !m->no_side)
		return error_new(ERROR_USAGE, "High index greater than length");
	uint64_t pair[2] = { data + (uint64_t)low * type_size(element), (uint64_t)(high - low) };
	*ret = (struct eval_value){ .type = result,
				    .bytes = arena_copy(m->arena, pair, sizeof pair),
				    .size = sizeof pair };
	return NULL;
}

/* ---- the rest ---- */

/* The address of an array that only the expression knows: none; gdb says so too. */
static struct error *unary(struct machine *m, struct node *n, struct eval_value *ret)
{
	struct eval_value a;
	if (n->op == OP_ADDRESS && n->a->kind == NODE_INDEX && n->a->b->kind == NODE_RANGE)
		return slice(m, n->a, ret);
	TRY(eval_node(m, n->a, &a));
	if (a.is_type && (n->op == OP_DEREF || n->op == OP_ADDRESS) && m->no_side && n->op == OP_ADDRESS) {
		*ret = (struct eval_value){ .type = sym_type_pointer_to(a.type), .is_type = true };
		return NULL;
	}
	if (a.is_type)
		return error_new(ERROR_USAGE, m->rust ? "Attempt to use a type name as an expression"
						      : "Attempt to take contents of a non-pointer value.");
	if (n->op == OP_ADDRESS && n->a->kind == NODE_NAME)
		TRY(value_named_address(m, &a, n->a->text));
	return eval_unary(m, (enum node_op)n->op, &a, ret);
}

static struct error *logical(struct machine *m, struct node *n, struct eval_value *ret)
{
	struct eval_value v;
	bool truth;
	TRY(operand(m, n->a, &v));
	TRY(value_truth(m, &v, &truth));
	if (truth == (n->op == OP_LOGICAL_AND) || m->no_side) {
		TRY(operand(m, n->b, &v));
		TRY(value_truth(m, &v, &truth));
	}
	value_number(type_named(m, "bool", "int"), truth, 0, m->arena, ret);
	return NULL;
}

/* A symbol that nothing tells the type of is of the one that it is cast to. */
static struct error *known_type(struct eval_value *v, const struct sym_type *type)
{
	if (v->type && v->lazy && type && str_is(sym_type_name(v->type), "<data variable, no debug info>"))
		v->type = type;
	return NULL;
}

static struct error *no_known_type(struct machine *m, struct node *n, const struct eval_value *v)
{
	if (m->no_side || !v->type || !v->lazy ||
	    !str_is(sym_type_name(v->type), "<data variable, no debug info>"))
		return NULL;
	return error_new(ERROR_USAGE, "'%.*s' has unknown type; cast it to its declared type",
			 STR_ARG(n->text));
}

static struct error *binary(struct machine *m, struct node *n, struct eval_value *ret)
{
	struct eval_value a, b;
	if (n->op == OP_LOGICAL_AND || n->op == OP_LOGICAL_OR)
		return logical(m, n, ret);
	TRY(eval_node(m, n->a, &a));
	TRY(no_known_type(m, n->a, &a));
	if (a.is_type) {
		/* `(T) -x`: whether T is a type only its name's meaning tells. */
		bool sign = n->op == OP_SUB || n->op == OP_ADD || n->op == OP_MUL || n->op == OP_AND;
		if (m->rust || !sign)
			return error_new(ERROR_USAGE, "Attempt to use a type name as an expression");
		enum node_op op = n->op == OP_SUB   ? OP_NEG
				  : n->op == OP_ADD ? OP_PLUS
				  : n->op == OP_MUL ? OP_DEREF
						    : OP_ADDRESS;
		struct eval_value inner;
		TRY(operand(m, n->b, &b));
		TRY(eval_unary(m, op, &b, &inner));
		return value_cast(m, &inner, a.type, ret);
	}
	TRY(operand(m, n->b, &b));
	return eval_binary(m, (enum node_op)n->op, &a, &b, ret);
}

static bool is_convenience(const struct node *n, const struct eval_value *v)
{
	return n->kind == NODE_DOLLAR && v->place == EVAL_PLACE_CONVENIENCE;
}

static struct error *assign(struct machine *m, struct node *n, struct eval_value *ret)
{
	struct eval_value target, value;
	TRY(operand(m, n->a, &target));
	if (n->op == OP_NONE && n->b->kind == NODE_ARRAY && n->b->count &&
	    type_kind(target.type) == SYM_TYPE_ARRAY) {
		struct eval_value *list;
		TRY(operands(m, n->b, &list));
		TRY(value_elements(m, list, n->b->count, target.type, &value));
	} else {
		TRY(operand(m, n->b, &value));
	}
	if (n->op != OP_NONE) {
		struct eval_value old = target, sum;
		if (!old.type) /* $x += 1 where there was none */
			value_number(type_named(m, "i32", "int"), 0, 0, m->arena, &old);
		TRY(eval_binary(m, (enum node_op)n->op, &old, &value, &sum));
		value = sum;
	}
	if (m->no_side) {
		*ret = target;
	} else if (is_convenience(n->a, &target)) {
		if (value.state != EVAL_OPTIMISED_OUT)
			TRY(value_look(m->env, m->arena, &value));
		eval_convenience_set(m->session, n->a->text, &value);
		eval_convenience_get(m->session, n->a->text, ret);
	} else {
		TRY(value_assign(m, &target, &value));
		/* What is there now, which need not be all that was written. */
		*ret = target;
		if (target.has_address && !target.bit_size) {
			ret->lazy = true;
			ret->size = 0;
		} else {
			TRY(value_cast(m, &value, target.type, ret));
			value_keep_bits(m->arena, target.bit_size, ret);
		}
	}
	if (m->rust)
		value_of_type(sym_type_primitive(NULL, STR_LIT("()"), true), m->arena, ret);
	return NULL;
}

static struct error *step(struct machine *m, struct node *n, struct eval_value *ret)
{
	struct eval_value target, one, sum;
	TRY(operand(m, n->a, &target));
	TRY(fetch(m, &target));
	struct eval_value old = target;
	if (!old.type)
		value_number(type_named(m, "i32", "int"), 0, 0, m->arena, &old);
	value_number(type_named(m, "i32", "int"), 1, 0, m->arena, &one);
	TRY(eval_binary(m, n->op == '+' ? OP_ADD : OP_SUB, &old, &one, &sum));
	if (!m->no_side) {
		if (is_convenience(n->a, &target))
			eval_convenience_set(m->session, n->a->text, &sum);
		else
			TRY(value_assign(m, &target, &sum));
	}
	*ret = n->low ? old : sum;
	value_detach(ret);
	return NULL;
}

static struct error *cast(struct machine *m, struct node *n, struct eval_value *ret)
{
	const struct sym_type *type;
	struct eval_value v;
	TRY(resolve_type(m, n->type_text, &type));
	if (n->a->kind == NODE_CALL)
		m->call_type = type;
	struct error *err = operand(m, n->a, &v);
	m->call_type = NULL;
	if (err)
		return err;
	TRY(known_type(&v, type));
	TRY(value_cast(m, &v, type, ret));
	if (ret->bytes == v.bytes && ret->has_address)
		return NULL; /* the same place seen as another type of the same layout */
	if (ret->state != EVAL_OPTIMISED_OUT)
		TRY(value_look(m->env, m->arena, ret));
	value_detach(ret);
	return NULL;
}

static struct error *at_address(struct machine *m, struct node *n, struct eval_value *ret)
{
	const struct sym_type *type;
	struct eval_value v;
	uint64_t address;
	TRY(resolve_type(m, n->type_text, &type));
	TRY(operand(m, n->a, &v));
	if (type_kind(v.type) != SYM_TYPE_ARRAY)
		TRY(fetch(m, &v));
	TRY(eval_as_address(&v, &address));
	value_at(type, address, ret);
	return NULL;
}

static struct error *repeat(struct machine *m, struct node *n, struct eval_value *ret)
{
	struct eval_value v, count;
	int64_t times;
	TRY(operand(m, n->a, &v));
	TRY(operand(m, n->b, &count));
	TRY(fetch(m, &count));
	if (!type_is_integer(count.type) || !eval_as_signed(&count, &times))
		return error_new(ERROR_USAGE, "Only values in memory can be extended with '@'.");
	if (!v.has_address || v.bit_size)
		return error_new(ERROR_USAGE, "Only values in memory can be extended with '@'.");
	if (times <= 0)
		return error_new(ERROR_USAGE, "Invalid number %jd of repetitions.", (intmax_t)times);
	if (!v.type)
		return error_new(ERROR_USAGE, "Only values in memory can be extended with '@'.");
	value_at(sym_type_array_of(v.type, (uint64_t)times), v.address, ret);
	return NULL;
}

static struct error *size_of(struct machine *m, struct node *n, struct eval_value *ret)
{
	struct eval_value v;
	bool before = m->no_side;
	m->no_side = true;
	struct error *err = eval_node(m, n->a, &v);
	m->no_side = before;
	if (err)
		return err;
	value_number(type_named(m, "usize", "int"), type_size(v.type), 0, m->arena, ret);
	return NULL;
}

static struct error *type_alone(struct machine *m, struct node *n, struct eval_value *ret)
{
	const struct sym_type *type;
	/* `path<T>` without more may be a function. */
	struct error *err = resolve_type(m, n->type_text, &type);
	if (err && n->type_text->kind == TYPE_TEXT_NAME && !n->type_text->tag) {
		struct node named = { .kind = NODE_NAME, .text = n->type_text->name };
		error_destroy(err);
		return eval_name(m, &named, ret);
	}
	if (err)
		return err;
	*ret = (struct eval_value){ .type = type, .is_type = true };
	return NULL;
}

static struct error *choice(struct machine *m, struct node *n, struct eval_value *ret)
{
	struct eval_value v;
	bool truth;
	TRY(operand(m, n->a, &v));
	TRY(value_truth(m, &v, &truth));
	return operand(m, truth ? n->b : n->c, ret);
}

static struct error *field(struct machine *m, struct node *n, struct eval_value *ret)
{
	struct eval_value v;
	TRY(operand(m, n->a, &v));
	return value_field(m, &v, n->text, n->op, ret);
}

static struct error *index_of(struct machine *m, struct node *n, struct eval_value *ret)
{
	struct eval_value v, index;
	if (n->b->kind == NODE_RANGE)
		return error_new(ERROR_USAGE, "Can't take slice of array without '&'");
	TRY(operand(m, n->a, &v));
	TRY(operand(m, n->b, &index));
	return value_index(m, &v, &index, ret);
}

static bool sub_register(struct str name, unsigned *ret_reg, unsigned *ret_offset, unsigned *ret_size)
{
	static const char *const full[] = { "rax", "rdx", "rcx", "rbx", "rsi", "rdi", "rbp", "rsp" };
	static const char *const low[] = { "al", "dl", "cl", "bl", "sil", "dil", "bpl", "spl" };
	for (unsigned i = 0; i < 8; i++) {
		struct str word = { full[i] + 1, 2 };
		*ret_reg = i;
		*ret_offset = 0;
		*ret_size = name.len == 3 && name.ptr[0] == 'e' && str_eq(str_sub(name, 1, 2), word) ? 4
			    : str_eq(name, word)                                                     ? 2
			    : str_is(name, low[i])                                                   ? 1
												     : 0;
		if (*ret_size)
			return true;
		if (i < 4 && name.len == 2 && name.ptr[1] == 'h' && name.ptr[0] == full[i][1]) {
			*ret_offset = *ret_size = 1;
			return true;
		}
	}
	if (name.len >= 3 && name.ptr[0] == 'r' && parse_is_digit(name.ptr[1])) {
		char last = name.ptr[name.len - 1];
		unsigned n = 0;
		for (size_t i = 1; i + 1 < name.len; i++)
			n = parse_is_digit(name.ptr[i]) ? n * 10 + (unsigned)(name.ptr[i] - '0') : 99;
		*ret_reg = n;
		*ret_offset = 0;
		*ret_size = last == 'd' ? 4 : last == 'w' ? 2 : last == 'l' || last == 'b' ? 1 : 0;
		return n >= 8 && n <= 15 && *ret_size;
	}
	return false;
}

static const struct sym_type *flags_type(void)
{
	static const struct sym_type *made;
	if (!made)
		made = sym_type_named(sym_type_primitive(NULL, STR_LIT("unsigned int"), false),
				      STR_LIT("i386_eflags"));
	return made;
}

/* gdb's types of registers: code and data pointers for pc and the stack's, flags, numbers. */
static const struct sym_type *register_type(struct machine *m, unsigned reg, uint32_t size)
{
	static const struct sym_type *code[2];
	const struct arch *a = m->env->arch;
	if (size == 8 && reg == a->pc) {
		if (!code[m->rust])
			code[m->rust] = m->rust ? sym_type_named(sym_type_pointer_to(sym_type_primitive(
									 NULL, STR_LIT("()"), true)),
								 STR_LIT("*mut fn ()"))
						: sym_type_named(sym_type_pointer_to(sym_type_primitive(
									 NULL, STR_LIT("void"), false)),
								 STR_LIT("void (*)()"));
		return code[m->rust];
	}
	if (size == 8 && (reg == a->sp || reg == a->fp))
		return sym_type_pointer_to(type_named(m, "()", "void"));
	if (reg == ARCH_RFLAGS)
		return flags_type();
	const char *name = size == 8   ? "int64_t"
			   : size == 4 ? "int32_t"
			   : size == 2 ? "int16_t"
				       : "int8_t";
	if (reg >= ARCH_ES && reg <= ARCH_GS)
		name = "int32_t";
	if (size == 8 && (reg == ARCH_FS_BASE || reg == ARCH_GS_BASE || reg == ARCH_ORIG_RAX))
		name = "long";
	return sym_type_primitive(NULL, str_from(name), false);
}

static bool register_value(struct machine *m, struct str name, bool *ret_missing, struct eval_value *ret)
{
	const struct arch *a = m->env->arch;
	if (!a)
		return false;
	unsigned reg = ARCH_REG_NONE, offset = 0, size = 8;
	const struct arch_reg *known = arch_reg_by_name(a, name);
	if (str_is(name, "pc"))
		reg = a->pc;
	else if (str_is(name, "sp"))
		reg = a->sp;
	else if (str_is(name, "fp"))
		reg = a->fp;
	else if (str_is(name, "eflags") || str_is(name, "ps"))
		reg = ARCH_RFLAGS;
	else if (str_is(name, "orig_rax"))
		reg = ARCH_ORIG_RAX;
	else if (known && known->bits <= 64)
		reg = known->dwarf;
	else if (!sub_register(name, &reg, &offset, &size))
		return false;
	uint64_t value = 0;
	bool have = m->env->reg && m->env->reg(m->env->ctx, reg, &value);
	*ret_missing = !have && !m->env->frame && !m->no_side;
	if (*ret_missing)
		return false;
	const struct sym_type *type = register_type(m, reg, size);
	if (size == 8)
		size = (unsigned)type_size(type);
	uint8_t *bytes = arena_alloc(m->arena, 8);
	memcpy(bytes, (uint8_t *)&value + offset, size);
	*ret = (struct eval_value){ .type = type,
				    .bytes = bytes,
				    .size = size,
				    .place = EVAL_PLACE_REGISTER,
				    .reg = (uint16_t)reg,
				    .place_offset = offset };
	if (!have) {
		ret->state = EVAL_OPTIMISED_OUT;
		ret->why = STR_LIT("not saved");
	}
	return true;
}

static struct error *dollar(struct machine *m, struct node *n, struct eval_value *ret)
{
	bool missing = false;
	if (register_value(m, n->text, &missing, ret))
		return NULL;
	if (missing)
		return error_new(ERROR_USAGE, "No registers.");
	if (m->env->named_register && m->env->named_register(m->env->ctx, n->text, m->arena, ret)) {
		if (ret->place == EVAL_PLACE_NONE && !ret->has_address) {
			ret->place = EVAL_PLACE_NAMED_REGISTER;
			ret->name = n->text;
		}
		return NULL;
	}
	eval_convenience_get(m->session, n->text, ret);
	if (ret->size) /* it may be set anew while this is of use */
		ret->bytes = arena_copy(m->arena, ret->bytes, ret->size);
	if (ret->lost)
		ret->lost = arena_copy(m->arena, ret->lost, ret->size);
	return NULL;
}

static struct error *evaluate(struct machine *m, struct node *n, struct eval_value *ret)
{
	struct eval_value unused;
	switch ((enum node_kind)n->kind) {
	case NODE_NUMBER:
		number(m, n, ret);
		return NULL;
	case NODE_STRING:
		text(m, n, ret);
		return NULL;
	case NODE_NAME: {
		struct error *err = eval_name(m, n, ret);
		if (!err || !n->a)
			return err;
		error_destroy(err);
		number(m, n->a, ret);
		return NULL;
	}
	case NODE_ENTRY:
		return eval_entry_name(m, n, ret);
	case NODE_SCOPE:
		return eval_scope_name(m, n, ret);
	case NODE_DOLLAR:
		return dollar(m, n, ret);
	case NODE_HISTORY:
		return session_history(m->session, n->low, n->op, ret);
	case NODE_UNARY:
		return unary(m, n, ret);
	case NODE_BINARY:
		return binary(m, n, ret);
	case NODE_ASSIGN:
		return assign(m, n, ret);
	case NODE_STEP:
		return step(m, n, ret);
	case NODE_FIELD:
		return field(m, n, ret);
	case NODE_INDEX:
		return index_of(m, n, ret);
	case NODE_RANGE:
		return range(m, n, ret);
	case NODE_CALL:
		return eval_call(m, n, ret);
	case NODE_CAST:
		return cast(m, n, ret);
	case NODE_AT:
		return at_address(m, n, ret);
	case NODE_REPEAT:
		return repeat(m, n, ret);
	case NODE_SIZEOF:
		return size_of(m, n, ret);
	case NODE_TYPE:
		return type_alone(m, n, ret);
	case NODE_TUPLE:
		return tuple(m, n, ret);
	case NODE_ARRAY:
		return array(m, n, ret);
	case NODE_STRUCT:
		return structure(m, n, ret);
	case NODE_COMMA:
		TRY(operand(m, n->a, &unused));
		return operand(m, n->b, ret);
	case NODE_CHOICE:
		return choice(m, n, ret);
	}
	return error_new(ERROR_UNSUPPORTED, "The expression cannot be evaluated.");
}

struct error *eval_node(struct machine *m, struct node *n, struct eval_value *ret)
{
	if (m->depth >= EVAL_MAX_DEPTH)
		return error_new(ERROR_LIMIT, "The expression is nested too deeply (more than %d levels).",
				 EVAL_MAX_DEPTH);
	m->depth++;
	struct error *err = evaluate(m, n, ret);
	m->depth--;
	/* For a type alone bytes do not matter, and reading them could fail. */
	if (!err && m->no_side && (ret->lazy || ret->lost || ret->state != EVAL_OK)) {
		struct eval_value v = *ret;
		value_of_type(v.type, m->arena, ret);
		ret->is_type = v.is_type;
		ret->has_address = v.has_address || v.state == EVAL_OK;
		ret->address = v.address;
	}
	return err;
}

struct machine machine_of(struct eval_expr *e, struct eval_session *s, const struct eval_env *env,
			  struct arena *arena)
{
	return (struct machine){ .session = s,
				 .env = env,
				 .arena = arena,
				 .expr = e,
				 .language = e->language,
				 .rust = e->language != EVAL_LANGUAGE_C };
}

struct error *eval_run(struct eval_expr *e, struct eval_session *s, const struct eval_env *env,
		       struct arena *arena, struct eval_value *ret)
{
	struct machine m = machine_of(e, s, env, arena);
	struct eval_value v;
	TRY(eval_node(&m, e->root, &v));
	TRY(no_known_type(&m, e->root, &v));
	if (v.is_type)
		return error_new(ERROR_USAGE, m.rust ? "Attempt to use a type name as an expression"
						     : "Attempt to use a type as an expression");
	if (v.state != EVAL_OPTIMISED_OUT)
		TRY(value_look(env, arena, &v));
	*ret = v;
	return NULL;
}

struct error *eval_type_of(struct eval_expr *e, struct eval_session *s, const struct eval_env *env,
			   struct arena *arena, const struct sym_type **ret, bool *ret_is_type)
{
	struct machine m = machine_of(e, s, env, arena);
	struct eval_value v;
	m.no_side = true;
	TRY(eval_node(&m, e->root, &v));
	*ret = v.type;
	*ret_is_type = v.is_type;
	return NULL;
}

/* ---- names in an expression ---- */

static bool uses_locals(struct machine *m, struct node *n, int depth)
{
	struct eval_value v;
	if (!n || depth == 0)
		return false;
	if (n->kind == NODE_ENTRY)
		return true;
	if (n->kind == NODE_NAME && !str_contains(n->text, STR_LIT("::")) && local_is(m, n, &v))
		return true;
	for (size_t i = 0; i < n->count && n->list; i++)
		if (uses_locals(m, n->list[i], depth - 1))
			return true;
	return uses_locals(m, n->a, depth - 1) || uses_locals(m, n->b, depth - 1) ||
	       uses_locals(m, n->c, depth - 1);
}

bool eval_expr_uses_locals(struct eval_expr *e, struct eval_session *s, const struct eval_env *env)
{
	struct arena arena = ARENA_INIT;
	struct machine m = machine_of(e, s, env, &arena);
	m.no_side = true;
	bool uses = uses_locals(&m, e->root, 2 * EVAL_MAX_NESTING);
	arena_deinit(&arena);
	return uses;
}

static bool is_constant(const struct node *n, int depth)
{
	if (!n)
		return true;
	if (depth == 0)
		return false;
	switch (n->kind) {
	case NODE_NAME:
	case NODE_SCOPE:
	case NODE_DOLLAR:
	case NODE_CALL:
	case NODE_AT:
		return false;
	default:
		break;
	}
	for (size_t i = 0; i < n->count && n->list; i++) {
		if (!is_constant(n->list[i], depth - 1))
			return false;
	}
	return is_constant(n->a, depth - 1) && is_constant(n->b, depth - 1) &&
	       is_constant(n->c, depth - 1);
}

bool eval_expr_is_constant(const struct eval_expr *e)
{
	return is_constant(e->root, 2 * EVAL_MAX_NESTING);
}
