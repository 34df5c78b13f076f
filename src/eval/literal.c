/* Values that an expression spells out: numbers, texts, tuples, arrays, structures, ranges; and slices by a range. */
#include "eval/eval_internal.h"

#include <stdlib.h>

void eval_literal_number(struct machine *m, const struct node *n, struct eval_value *ret)
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

void eval_literal_text(struct machine *m, const struct node *n, struct eval_value *ret)
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
		TRY(value_fetch(m->env, m->arena, &elements[i]));
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

struct error *eval_tuple(struct machine *m, struct node *n, struct eval_value *ret)
{
	struct eval_value *list;
	uint8_t *bytes;
	if (n->count == 0) {
		value_of_type(sym_type_primitive(NULL, STR_LIT("()"), true), m->arena, ret);
		return NULL;
	}
	TRY(eval_operands(m, n, &list));
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
	TRY(eval_operand(m, n->b, &count));
	TRY(value_fetch(m->env, m->arena, &count));
	if (!type_is_integer(count.type) || !eval_as_signed(&count, &times))
		return error_new(ERROR_USAGE, "Array length must be an integer");
	if (times < 0)
		return error_new(ERROR_USAGE, "Array with negative number of elements");
	if (element.is_type) {
		*ret = (struct eval_value){ .type = sym_type_array_of(element.type, (uint64_t)times),
					    .is_type = true };
		return NULL;
	}
	TRY(value_fetch(m->env, m->arena, &element));
	uint64_t size = type_size(element.type), all;
	if (!element.type || __builtin_mul_overflow(size, (uint64_t)times, &all) ||
	    all > EVAL_MAX_OBJECT || element.size < size)
		return error_new(ERROR_LIMIT, "The array would have more than %d bytes.", EVAL_MAX_OBJECT);
	TRY(made(m, sym_type_array_of(element.type, (uint64_t)times), &bytes, ret));
	for (uint64_t i = 0; size && i < (uint64_t)times; i++)
		memcpy(bytes + i * size, element.bytes, size);
	return NULL;
}

struct error *eval_array(struct machine *m, struct node *n, struct eval_value *ret)
{
	struct eval_value *list;
	uint8_t *bytes;
	if (n->a)
		return repeated_array(m, n, ret);
	TRY(eval_operands(m, n, &list));
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

struct error *eval_structure(struct machine *m, struct node *n, struct eval_value *ret)
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
		TRY(eval_operand(m, n->a, &base));
		TRY(value_cast(m, &base, type, &cast));
		TRY(value_fetch(m->env, m->arena, &cast));
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
		TRY(eval_operand(m, n->list[i], &value));
		if (rust_is_str(value.type))
			TRY(value_to_program(m, &value));
		TRY(value_cast(m, &value, member->type, &cast));
		TRY(value_fetch(m->env, m->arena, &cast));
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

struct error *eval_range(struct machine *m, struct node *n, struct eval_value *ret)
{
	struct eval_value ends[2];
	size_t count = 0;
	uint8_t *bytes;
	if (n->a)
		TRY(eval_operand(m, n->a, &ends[count++]));
	if (n->b)
		TRY(eval_operand(m, n->b, &ends[count++]));
	const struct sym_type *index = count ? ends[0].type : NULL;
	if (count == 2 && ends[1].type != index) {
		struct eval_value wide;
		if (!index || !ends[1].type || type_size(index) != type_size(ends[1].type)) {
			bool second = type_size(ends[1].type) > type_size(index);
			index = second ? ends[1].type : index;
			TRY(value_fetch(m->env, m->arena, &ends[!second]));
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
	TRY(eval_operand(m, n, &v));
	TRY(value_fetch(m->env, m->arena, &v));
	if (!type_is_integer(v.type) || !eval_as_signed(&v, ret))
		return error_new(ERROR_USAGE, "Cannot subscript with a value that is no integer");
	return NULL;
}

/* `&v[a..b]`. */
struct error *eval_slice(struct machine *m, struct node *n, struct eval_value *ret)
{
	struct eval_value v;
	const struct node *r = n->b;
	int64_t low, high;
	TRY(eval_operand(m, n->a, &v));
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
		TRY(value_fetch(m->env, m->arena, &v));
		memcpy(&data, v.bytes, 8);
		memcpy(&length, v.bytes + 8, 8);
		const struct sym_member *pointer = sym_type_member(type, "data_ptr");
		element = sym_type_target(type_plain(pointer->type));
		result = v.type;
	} else if (type_is_pointer(type)) {
		TRY(value_fetch(m->env, m->arena, &v));
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
