/* The operands of each operation (D5 7.7.1). */
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
