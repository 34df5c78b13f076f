/* The operands of each operation (D5 7.7.1), and whether an expression keeps to them. */
#include "dwarf/expr_internal.h"

static struct dw_expr_layout layout_of_number(uint8_t op)
{
	switch (op) {
	case DW_OP_addr:
		return (struct dw_expr_layout){ DW_OPERANDS_ADDRESS, 0 };
	case DW_OP_const1u:
	case DW_OP_const2u:
	case DW_OP_const4u:
	case DW_OP_const8u:
		return (struct dw_expr_layout){ DW_OPERANDS_UNSIGNED,
						(uint8_t)(1 << (op - DW_OP_const1u) / 2) };
	case DW_OP_const1s:
	case DW_OP_const2s:
	case DW_OP_const4s:
	case DW_OP_const8s:
		return (struct dw_expr_layout){ DW_OPERANDS_SIGNED,
						(uint8_t)(1 << (op - DW_OP_const1s) / 2) };
	case DW_OP_constu:
	case DW_OP_plus_uconst:
		return (struct dw_expr_layout){ DW_OPERANDS_UNSIGNED, 0 };
	case DW_OP_consts:
	case DW_OP_fbreg:
		return (struct dw_expr_layout){ DW_OPERANDS_SIGNED, 0 };
	case DW_OP_pick:
	case DW_OP_deref_size:
	case DW_OP_xderef_size:
		return (struct dw_expr_layout){ DW_OPERANDS_BYTE, 0 };
	case DW_OP_call2:
		return (struct dw_expr_layout){ DW_OPERANDS_DIE, 2 };
	case DW_OP_call4:
	case DW_OP_GNU_parameter_ref:
		return (struct dw_expr_layout){ DW_OPERANDS_DIE, 4 };
	case DW_OP_call_ref:
	case DW_OP_GNU_variable_value:
		return (struct dw_expr_layout){ DW_OPERANDS_DIE, 0 };
	default:
		return (struct dw_expr_layout){ DW_OPERANDS_UNKNOWN, 0 };
	}
}

static enum dw_expr_operands operands_of(uint8_t op)
{
	switch (op) {
	case DW_OP_piece:
		return DW_OPERANDS_PIECE;
	case DW_OP_bit_piece:
		return DW_OPERANDS_BIT_PIECE;
	case DW_OP_regx:
		return DW_OPERANDS_REGX;
	case DW_OP_bregx:
		return DW_OPERANDS_BREGX;
	case DW_OP_skip:
		return DW_OPERANDS_SKIP;
	case DW_OP_bra:
		return DW_OPERANDS_BRANCH;
	case DW_OP_implicit_value:
		return DW_OPERANDS_BLOCK;
	case DW_OP_implicit_pointer:
	case DW_OP_GNU_implicit_pointer:
		return DW_OPERANDS_POINTER;
	case DW_OP_addrx:
	case DW_OP_GNU_addr_index:
		return DW_OPERANDS_ADDRESS_INDEX;
	case DW_OP_constx:
	case DW_OP_GNU_const_index:
		return DW_OPERANDS_CONSTANT_INDEX;
	case DW_OP_deref_type:
	case DW_OP_GNU_deref_type:
	case DW_OP_xderef_type:
		return DW_OPERANDS_DEREF_TYPE;
	case DW_OP_const_type:
	case DW_OP_GNU_const_type:
		return DW_OPERANDS_CONST_TYPE;
	case DW_OP_regval_type:
	case DW_OP_GNU_regval_type:
		return DW_OPERANDS_REGVAL_TYPE;
	case DW_OP_convert:
	case DW_OP_GNU_convert:
	case DW_OP_reinterpret:
	case DW_OP_GNU_reinterpret:
		return DW_OPERANDS_TYPE;
	case DW_OP_entry_value:
	case DW_OP_GNU_entry_value:
		return DW_OPERANDS_ENTRY;
	/* Whose operands are their makers' own. */
	case DW_OP_GNU_encoded_addr:
	case DW_OP_WASM_location:
		return DW_OPERANDS_UNKNOWN;
	}
	if (op >= DW_OP_reg0 && op <= DW_OP_reg31)
		return DW_OPERANDS_REGISTER;
	if (op >= DW_OP_breg0 && op <= DW_OP_breg31)
		return DW_OPERANDS_BASE_REGISTER;
	return str_is(str_from(dw_op_name(op)), "DW_OP_?") ? DW_OPERANDS_UNKNOWN : DW_OPERANDS_NONE;
}

struct dw_expr_layout dw_expr_layout_of(uint8_t op)
{
	struct dw_expr_layout layout = layout_of_number(op);
	if (layout.operands == DW_OPERANDS_UNKNOWN)
		layout.operands = operands_of(op);
	return layout;
}

/* ---- the check ---- */

struct check {
	const struct dw_unit *unit;
	const struct dw_expr_checks *checks;
	struct reader reader;
	int depth;
};

static void tell_type(struct check *c, uint64_t die)
{
	if (die && c->checks && c->checks->type)
		c->checks->type(c->checks->ctx, die);
}

static void tell_die(struct check *c, uint64_t die, bool in_unit)
{
	if (c->checks && c->checks->die)
		c->checks->die(c->checks->ctx, die, in_unit);
}

static const char *check_typed(struct check *c, enum dw_expr_operands operands)
{
	struct reader *r = &c->reader;
	if (operands == DW_OPERANDS_DEREF_TYPE)
		reader_u8(r);
	else if (operands == DW_OPERANDS_REGVAL_TYPE)
		reader_uleb(r);
	uint64_t type = reader_uleb(r);
	if (operands == DW_OPERANDS_CONST_TYPE)
		reader_skip(r, reader_u8(r));
	if (!r->failed)
		tell_type(c, type);
	return NULL;
}

/* A branch may lead to the expression's end, but not out of it. */
static const char *check_branch(struct reader *r, size_t begin, size_t end)
{
	int64_t by = reader_int(r, 2), to = (int64_t)r->pos + by;
	return r->failed || (to >= (int64_t)begin && to <= (int64_t)end)
		       ? NULL
		       : "a branch leads out of the expression";
}

static const char *check_index(struct check *c)
{
	uint64_t index = reader_uleb(&c->reader), value;
	if (!c->unit)
		return "an address index outside a unit";
	if (!c->reader.failed && !dw_unit_addrx(c->unit, index, &value))
		return "an address index is not in .debug_addr";
	return NULL;
}

static const char *check_operands(struct check *c, struct dw_expr_layout layout, size_t begin, size_t end)
{
	struct reader *r = &c->reader;
	size_t offset_size = c->unit && c->unit->is_64 ? 8 : 4;
	uint64_t number;
	switch (layout.operands) {
	case DW_OPERANDS_ADDRESS:
		reader_skip(r, c->unit ? c->unit->address_size : 8);
		return NULL;
	case DW_OPERANDS_UNSIGNED:
	case DW_OPERANDS_SIGNED:
		if (layout.size)
			reader_skip(r, layout.size);
		else
			reader_uleb(r);
		return NULL;
	case DW_OPERANDS_BYTE:
		reader_u8(r);
		return NULL;
	case DW_OPERANDS_REGX:
	case DW_OPERANDS_BASE_REGISTER:
	case DW_OPERANDS_PIECE:
		reader_uleb(r);
		return NULL;
	case DW_OPERANDS_BREGX:
	case DW_OPERANDS_BIT_PIECE:
		reader_uleb(r);
		reader_uleb(r);
		return NULL;
	case DW_OPERANDS_SKIP:
	case DW_OPERANDS_BRANCH:
		return check_branch(r, begin, end);
	case DW_OPERANDS_DIE:
		number = reader_uint(r, layout.size ? layout.size : offset_size);
		if (!r->failed)
			tell_die(c, number, layout.size != 0);
		return NULL;
	case DW_OPERANDS_POINTER:
		number = reader_uint(r, offset_size);
		reader_uleb(r);
		if (!r->failed)
			tell_die(c, number, false);
		return NULL;
	case DW_OPERANDS_BLOCK:
		number = reader_uleb(r);
		reader_skip(r, number > SIZE_MAX ? SIZE_MAX : (size_t)number);
		return NULL;
	case DW_OPERANDS_ADDRESS_INDEX:
	case DW_OPERANDS_CONSTANT_INDEX:
		return check_index(c);
	case DW_OPERANDS_DEREF_TYPE:
	case DW_OPERANDS_CONST_TYPE:
	case DW_OPERANDS_REGVAL_TYPE:
	case DW_OPERANDS_TYPE:
		return check_typed(c, layout.operands);
	default:
		return NULL;
	}
}

static const char *check_operations(struct check *c, size_t end)
{
	struct reader *r = &c->reader;
	size_t begin = r->pos;
	if (c->depth >= DW_EXPR_MAX_DEPTH)
		return "expressions are nested more than 16 deep";
	while (!r->failed && r->pos < end) {
		uint8_t op = reader_u8(r);
		struct dw_expr_layout layout = dw_expr_layout_of(op);
		if (layout.operands == DW_OPERANDS_UNKNOWN)
			return "an operation that is not known";
		const char *wrong = NULL;
		if (layout.operands == DW_OPERANDS_ENTRY) {
			uint64_t size = reader_uleb(r);
			if (r->failed || size > end - r->pos)
				return "an entry value's expression ends behind it";
			c->depth++;
			wrong = check_operations(c, r->pos + (size_t)size);
			c->depth--;
		} else {
			wrong = check_operands(c, layout, begin, end);
		}
		if (wrong)
			return wrong;
		if (r->failed || r->pos > end)
			return "an operation's operands end behind the expression";
	}
	return NULL;
}

const char *dw_expr_check(const struct dw_unit *unit, struct dw_span expr,
			  const struct dw_expr_checks *checks)
{
	struct check c = { .unit = unit, .checks = checks, .reader = reader_init(expr.data, expr.size) };
	return check_operations(&c, expr.size);
}
