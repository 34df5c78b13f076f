/* Stack operations and arithmetic of expressions (D5 2.5.1.3, 2.5.1.4). */
#include "dwarf/expr_internal.h"

#include <stdarg.h>
#include <stdio.h>

uint64_t dw_expr_fail(struct dw_expr *e, enum error_code code, const char *format, ...)
{
	if (e->error)
		return 0;
	char text[160];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	e->error = error_new(code, "%s: %s: %s", e->name, dw_op_name(e->opcode), text);
	return 0;
}

static unsigned type_bits(const struct dw_expr *e, struct dw_expr_type type)
{
	return 8u * (type.size ? type.size : e->context->address_size);
}

uint64_t dw_expr_cut(const struct dw_expr *e, struct dw_expr_type type, uint64_t u)
{
	unsigned bits = type_bits(e, type);
	return bits >= 64 ? u : u & ((UINT64_C(1) << bits) - 1);
}

static int64_t as_signed(const struct dw_expr *e, struct dw_expr_value v)
{
	unsigned shift = 64 - type_bits(e, v.type);
	return (int64_t)(v.u << shift) >> shift;
}

void dw_expr_push(struct dw_expr *e, struct dw_expr_value value)
{
	if (e->depth == DW_EXPR_MAX_STACK) {
		dw_expr_fail(e, ERROR_LIMIT, "the expression's stack has more than %d values",
			     DW_EXPR_MAX_STACK);
		return;
	}
	value.u = dw_expr_cut(e, value.type, value.u);
	e->stack[e->depth++] = value;
}

void dw_expr_push_generic(struct dw_expr *e, uint64_t u)
{
	dw_expr_push(e, (struct dw_expr_value){ .u = u });
}

struct dw_expr_value dw_expr_peek(struct dw_expr *e, size_t n)
{
	if (n >= e->depth) {
		dw_expr_fail(e, ERROR_FORMAT, "the expression's stack has only %zu values", e->depth);
		return (struct dw_expr_value){ 0 };
	}
	return e->stack[e->depth - 1 - n];
}

struct dw_expr_value dw_expr_pop(struct dw_expr *e)
{
	struct dw_expr_value v = dw_expr_peek(e, 0);
	if (e->depth > 0)
		e->depth--;
	return v;
}

static void rotate(struct dw_expr *e)
{
	struct dw_expr_value first = dw_expr_pop(e), second = dw_expr_pop(e), third = dw_expr_pop(e);
	dw_expr_push(e, first);
	dw_expr_push(e, third);
	dw_expr_push(e, second);
}

static uint64_t divide(struct dw_expr *e, struct dw_expr_value a, struct dw_expr_value b)
{
	if (b.u == 0)
		return dw_expr_fail(e, ERROR_FORMAT, "division by zero");
	/* The generic type divides as signed but takes the remainder as unsigned. */
	bool typed_unsigned = a.type.size && !a.type.is_signed;
	if (typed_unsigned)
		return a.u / b.u;
	int64_t x = as_signed(e, a), y = as_signed(e, b);
	return y == -1 ? -(uint64_t)x : (uint64_t)(x / y);
}

static uint64_t modulo(struct dw_expr *e, struct dw_expr_value a, struct dw_expr_value b)
{
	if (b.u == 0)
		return dw_expr_fail(e, ERROR_FORMAT, "division by zero");
	if (!a.type.is_signed)
		return a.u % b.u;
	int64_t x = as_signed(e, a), y = as_signed(e, b);
	return y == -1 ? 0 : (uint64_t)(x % y);
}

static uint64_t shift(struct dw_expr *e, uint8_t opcode, struct dw_expr_value a, struct dw_expr_value by)
{
	if (opcode == DW_OP_shra) /* past the type's width too, only the sign is left */
		return (uint64_t)(as_signed(e, a) >> (by.u < 64 ? by.u : 63));
	if (by.u >= type_bits(e, a.type))
		return 0;
	return opcode == DW_OP_shl ? a.u << by.u : a.u >> by.u;
}

static bool compare(struct dw_expr *e, uint8_t opcode, struct dw_expr_value a, struct dw_expr_value b)
{
	int order;
	if (a.type.size && !a.type.is_signed) {
		order = (a.u > b.u) - (a.u < b.u);
	} else {
		int64_t x = as_signed(e, a), y = as_signed(e, b);
		order = (x > y) - (x < y);
	}
	switch (opcode) {
	case DW_OP_eq:
		return order == 0;
	case DW_OP_ne:
		return order != 0;
	case DW_OP_lt:
		return order < 0;
	case DW_OP_le:
		return order <= 0;
	case DW_OP_gt:
		return order > 0;
	default:
		return order >= 0;
	}
}

static bool same_type(struct dw_expr_type a, struct dw_expr_type b)
{
	return a.size == b.size && (a.size == 0 || a.is_signed == b.is_signed);
}

static void binary(struct dw_expr *e, uint8_t opcode)
{
	struct dw_expr_value b = dw_expr_pop(e), a = dw_expr_pop(e);
	bool is_shift = opcode == DW_OP_shl || opcode == DW_OP_shr || opcode == DW_OP_shra;
	if (!is_shift && !same_type(a.type, b.type)) {
		dw_expr_fail(e, ERROR_FORMAT, "operands of different types");
		return;
	}
	struct dw_expr_value result = { .type = a.type };
	switch (opcode) {
	case DW_OP_and:
		result.u = a.u & b.u;
		break;
	case DW_OP_or:
		result.u = a.u | b.u;
		break;
	case DW_OP_xor:
		result.u = a.u ^ b.u;
		break;
	case DW_OP_plus:
		result.u = a.u + b.u;
		break;
	case DW_OP_minus:
		result.u = a.u - b.u;
		break;
	case DW_OP_mul:
		result.u = a.u * b.u;
		break;
	case DW_OP_div:
		result.u = divide(e, a, b);
		break;
	case DW_OP_mod:
		result.u = modulo(e, a, b);
		break;
	case DW_OP_shl:
	case DW_OP_shr:
	case DW_OP_shra:
		result.u = shift(e, opcode, a, b);
		break;
	default:
		dw_expr_push_generic(e, compare(e, opcode, a, b));
		return;
	}
	dw_expr_push(e, result);
}

static void unary(struct dw_expr *e, uint8_t opcode)
{
	struct dw_expr_value v = dw_expr_pop(e);
	bool negative = (v.type.size == 0 || v.type.is_signed) && as_signed(e, v) < 0;
	if (opcode == DW_OP_not)
		v.u = ~v.u;
	else if (opcode == DW_OP_neg || negative)
		v.u = -v.u;
	dw_expr_push(e, v);
}

bool dw_expr_stack_op(struct dw_expr *e, uint8_t opcode)
{
	switch (opcode) {
	case DW_OP_dup:
		dw_expr_push(e, dw_expr_peek(e, 0));
		return true;
	case DW_OP_drop:
		dw_expr_pop(e);
		return true;
	case DW_OP_over:
		dw_expr_push(e, dw_expr_peek(e, 1));
		return true;
	case DW_OP_swap: {
		struct dw_expr_value first = dw_expr_pop(e), second = dw_expr_pop(e);
		dw_expr_push(e, first);
		dw_expr_push(e, second);
		return true;
	}
	case DW_OP_rot:
		rotate(e);
		return true;
	case DW_OP_abs:
	case DW_OP_neg:
	case DW_OP_not:
		unary(e, opcode);
		return true;
	case DW_OP_and:
	case DW_OP_or:
	case DW_OP_xor:
	case DW_OP_plus:
	case DW_OP_minus:
	case DW_OP_mul:
	case DW_OP_div:
	case DW_OP_mod:
	case DW_OP_shl:
	case DW_OP_shr:
	case DW_OP_shra:
	case DW_OP_eq:
	case DW_OP_ge:
	case DW_OP_gt:
	case DW_OP_le:
	case DW_OP_lt:
	case DW_OP_ne:
		binary(e, opcode);
		return true;
	}
	return false;
}
