/* Between expr.c (control flow, locations), expr_stack.c (the stack's arithmetic) and expr_type.c. */
#pragma once

#include "dwarf/dwarf_internal.h"
#include "dwarf/expr.h"

/* The type of a value on the stack: size 0 is the generic type (address-sized, no sign of its own; D5
 * 2.5.1). */
struct dw_expr_type {
	uint8_t size; /* bytes: 1, 2, 4 or 8 */
	bool is_signed;
};

struct dw_expr_value {
	uint64_t u; /* cut to its type's size, not sign-extended */
	struct dw_expr_type type;
};

struct dw_expr {
	const struct dw_expr_context *context;
	const char *name; /* the file, for messages */
	size_t depth;
	struct dw_expr_value stack[DW_EXPR_MAX_STACK];
	int calls; /* DW_OP_call… nested; they share the stack */
	unsigned steps;
	uint8_t opcode;      /* the current one */
	struct error *error; /* the first */
};

/* Keeps the first error; gives 0. */
uint64_t dw_expr_fail(struct dw_expr *e, enum error_code code, const char *format, ...) ERROR_PRINTF(3, 4);

void dw_expr_push(struct dw_expr *e, struct dw_expr_value value);
void dw_expr_push_generic(struct dw_expr *e, uint64_t u);
struct dw_expr_value dw_expr_pop(struct dw_expr *e);
/* n-th from the top, 0 = top. */
struct dw_expr_value dw_expr_peek(struct dw_expr *e, size_t n);

/* dup … ne: operations whose operands are all on the stack. False for another opcode. */
bool dw_expr_stack_op(struct dw_expr *e, uint8_t opcode);

uint64_t dw_expr_cut(const struct dw_expr *e, struct dw_expr_type type, uint64_t u);

/* The base type at an offset within the unit; 0 is the generic type. */
struct dw_expr_type dw_expr_base_type(struct dw_expr *e, uint64_t unit_offset);

/* What stands behind an opcode. */
enum dw_expr_operands {
	DW_OPERANDS_UNKNOWN,
	DW_OPERANDS_NONE,
	DW_OPERANDS_ADDRESS,
	DW_OPERANDS_UNSIGNED, /* of `size` bytes, ULEB128 when that is 0 */
	DW_OPERANDS_SIGNED,
	DW_OPERANDS_BYTE, /* an offset into the stack, a size */
	DW_OPERANDS_REGISTER,
	DW_OPERANDS_REGX,
	DW_OPERANDS_BASE_REGISTER,
	DW_OPERANDS_BREGX,
	DW_OPERANDS_SKIP,
	DW_OPERANDS_BRANCH,
	DW_OPERANDS_DIE, /* its offset, `size` bytes; 0: of the DWARF format's size */
	DW_OPERANDS_POINTER,
	DW_OPERANDS_BLOCK,
	DW_OPERANDS_ADDRESS_INDEX,
	DW_OPERANDS_CONSTANT_INDEX,
	DW_OPERANDS_DEREF_TYPE,
	DW_OPERANDS_CONST_TYPE,
	DW_OPERANDS_REGVAL_TYPE,
	DW_OPERANDS_TYPE,
	DW_OPERANDS_ENTRY,
	DW_OPERANDS_PIECE,
	DW_OPERANDS_BIT_PIECE,
};

struct dw_expr_layout {
	enum dw_expr_operands operands;
	uint8_t size;
};
/* DW_OPERANDS_UNKNOWN: no such operation, or one whose operands are its maker's own. */
struct dw_expr_layout dw_expr_layout_of(uint8_t op);
