/* The operations of an expression as text, a line each, as gdb's disassemble_dwarf_expression lays them out. */
#include "dwarf/dwarf_internal.h"
#include "dwarf/expr.h"

#include <inttypes.h>
#include <stdlib.h>

enum operands {
	OPERANDS_UNKNOWN,
	OPERANDS_NONE,
	OPERANDS_ADDRESS,
	OPERANDS_UNSIGNED, /* of `size` bytes, ULEB128 when that is 0 */
	OPERANDS_SIGNED,
	OPERANDS_BYTE, /* an offset into the stack, a size */
	OPERANDS_REGISTER,
	OPERANDS_REGX,
	OPERANDS_BASE_REGISTER,
	OPERANDS_BREGX,
	OPERANDS_SKIP,
	OPERANDS_BRANCH,
	OPERANDS_DIE, /* its offset, `size` bytes; 0: of the DWARF format's size */
	OPERANDS_POINTER,
	OPERANDS_BLOCK,
	OPERANDS_ADDRESS_INDEX,
	OPERANDS_CONSTANT_INDEX,
	OPERANDS_DEREF_TYPE,
	OPERANDS_CONST_TYPE,
	OPERANDS_REGVAL_TYPE,
	OPERANDS_TYPE,
	OPERANDS_ENTRY,
};

struct layout {
	enum operands operands;
	uint8_t size;
};

struct text {
	const struct dw_unit *unit;
	const struct dw_expr_names *names;
	struct reader reader; /* over the whole, also within DW_OP_entry_value */
	int depth;
	struct buf *out;
};

static struct layout layout_of_number(uint8_t op)
{
	switch (op) {
	case DW_OP_addr:
		return (struct layout){ OPERANDS_ADDRESS, 0 };
	case DW_OP_const1u:
	case DW_OP_const2u:
	case DW_OP_const4u:
	case DW_OP_const8u:
		return (struct layout){ OPERANDS_UNSIGNED, (uint8_t)(1 << (op - DW_OP_const1u) / 2) };
	case DW_OP_const1s:
	case DW_OP_const2s:
	case DW_OP_const4s:
	case DW_OP_const8s:
		return (struct layout){ OPERANDS_SIGNED, (uint8_t)(1 << (op - DW_OP_const1s) / 2) };
	case DW_OP_constu:
	case DW_OP_plus_uconst:
		return (struct layout){ OPERANDS_UNSIGNED, 0 };
	case DW_OP_consts:
	case DW_OP_fbreg:
		return (struct layout){ OPERANDS_SIGNED, 0 };
	case DW_OP_pick:
	case DW_OP_deref_size:
	case DW_OP_xderef_size:
		return (struct layout){ OPERANDS_BYTE, 0 };
	case DW_OP_call2:
		return (struct layout){ OPERANDS_DIE, 2 };
	case DW_OP_call4:
	case DW_OP_GNU_parameter_ref:
		return (struct layout){ OPERANDS_DIE, 4 };
	case DW_OP_call_ref:
	case DW_OP_GNU_variable_value:
		return (struct layout){ OPERANDS_DIE, 0 };
	default:
		return (struct layout){ OPERANDS_UNKNOWN, 0 };
	}
}

static enum operands operands_of(uint8_t op)
{
	switch (op) {
	case DW_OP_regx:
		return OPERANDS_REGX;
	case DW_OP_bregx:
		return OPERANDS_BREGX;
	case DW_OP_skip:
		return OPERANDS_SKIP;
	case DW_OP_bra:
		return OPERANDS_BRANCH;
	case DW_OP_implicit_value:
		return OPERANDS_BLOCK;
	case DW_OP_implicit_pointer:
	case DW_OP_GNU_implicit_pointer:
		return OPERANDS_POINTER;
	case DW_OP_addrx:
	case DW_OP_GNU_addr_index:
		return OPERANDS_ADDRESS_INDEX;
	case DW_OP_constx:
	case DW_OP_GNU_const_index:
		return OPERANDS_CONSTANT_INDEX;
	case DW_OP_deref_type:
	case DW_OP_GNU_deref_type:
	case DW_OP_xderef_type:
		return OPERANDS_DEREF_TYPE;
	case DW_OP_const_type:
	case DW_OP_GNU_const_type:
		return OPERANDS_CONST_TYPE;
	case DW_OP_regval_type:
	case DW_OP_GNU_regval_type:
		return OPERANDS_REGVAL_TYPE;
	case DW_OP_convert:
	case DW_OP_GNU_convert:
	case DW_OP_reinterpret:
	case DW_OP_GNU_reinterpret:
		return OPERANDS_TYPE;
	case DW_OP_entry_value:
	case DW_OP_GNU_entry_value:
		return OPERANDS_ENTRY;
	/* Whose operands are their makers' own. */
	case DW_OP_GNU_encoded_addr:
	case DW_OP_WASM_location:
		return OPERANDS_UNKNOWN;
	}
	if (op >= DW_OP_reg0 && op <= DW_OP_reg31)
		return OPERANDS_REGISTER;
	if (op >= DW_OP_breg0 && op <= DW_OP_breg31)
		return OPERANDS_BASE_REGISTER;
	return str_is(str_from(dw_op_name(op)), "DW_OP_?") ? OPERANDS_UNKNOWN : OPERANDS_NONE;
}

static void add_register(struct text *t, uint64_t reg)
{
	buf_str(t->out, STR_LIT("[$"));
	t->names->reg(t->names->ctx, reg > UINT16_MAX ? UINT16_MAX : (unsigned)reg, t->out);
	buf_char(t->out, ']');
}

static void add_type(struct text *t, uint64_t die)
{
	buf_char(t->out, '<');
	t->names->type(t->names->ctx, die, t->out);
	buf_printf(t->out, " [0x%" PRIx64 "]>", die);
}

static void add_block(struct text *t, size_t count)
{
	const uint8_t *bytes = reader_bytes(&t->reader, count);
	buf_printf(t->out, " %zu-byte block:", count);
	for (size_t i = 0; bytes && i < count; i++)
		buf_printf(t->out, " %02x", bytes[i]);
}

static void add_typed(struct text *t, enum operands operands)
{
	struct reader *r = &t->reader;
	uint64_t reg;
	uint8_t size;
	switch (operands) {
	case OPERANDS_DEREF_TYPE:
		size = reader_u8(r);
		add_type(t, reader_uleb(r));
		buf_printf(t->out, " %u-byte", size);
		return;
	case OPERANDS_CONST_TYPE:
		add_type(t, reader_uleb(r));
		add_block(t, reader_u8(r));
		return;
	case OPERANDS_REGVAL_TYPE:
		reg = reader_uleb(r);
		add_type(t, reader_uleb(r));
		buf_char(t->out, ' ');
		add_register(t, reg);
		return;
	default:
		reg = reader_uleb(r);
		if (reg)
			add_type(t, reg);
		else
			buf_str(t->out, STR_LIT("<0>"));
	}
}

static void add_index(struct text *t, bool address)
{
	uint64_t index = reader_uleb(&t->reader), value;
	if (!t->unit || !dw_unit_addrx(t->unit, index, &value))
		t->reader.failed = true;
	else
		buf_printf(t->out, address ? " 0x%" PRIx64 : " %" PRIu64, value);
}

static void add_registers(struct text *t, uint8_t op, enum operands operands)
{
	struct reader *r = &t->reader;
	uint64_t reg;
	switch (operands) {
	case OPERANDS_REGISTER:
		buf_char(t->out, ' ');
		add_register(t, op - DW_OP_reg0);
		return;
	case OPERANDS_REGX:
		reg = reader_uleb(r);
		buf_printf(t->out, " %" PRIu64 " ", reg);
		add_register(t, reg);
		return;
	case OPERANDS_BASE_REGISTER:
		buf_printf(t->out, " %" PRId64 " ", reader_sleb(r));
		add_register(t, op - DW_OP_breg0);
		return;
	default:
		reg = reader_uleb(r);
		buf_printf(t->out, " register %" PRIu64 " ", reg);
		add_register(t, reg);
		buf_printf(t->out, " offset %" PRId64, reader_sleb(r));
	}
}

static void add_operands(struct text *t, uint8_t op, struct layout layout)
{
	struct reader *r = &t->reader;
	uint8_t address_size = t->unit ? t->unit->address_size : 8;
	uint8_t offset_size = t->unit && t->unit->is_64 ? 8 : 4;
	uint64_t number;
	int64_t by;
	switch (layout.operands) {
	case OPERANDS_ADDRESS:
		buf_printf(t->out, " 0x%" PRIx64, reader_uint(r, address_size));
		return;
	case OPERANDS_UNSIGNED:
		number = layout.size ? reader_uint(r, layout.size) : reader_uleb(r);
		buf_printf(t->out, " %" PRIu64, number);
		return;
	case OPERANDS_SIGNED:
		by = layout.size ? reader_int(r, layout.size) : reader_sleb(r);
		buf_printf(t->out, " %" PRId64, by);
		return;
	case OPERANDS_BYTE:
		buf_printf(t->out, " %u", reader_u8(r));
		return;
	case OPERANDS_SKIP:
	case OPERANDS_BRANCH:
		by = reader_int(r, 2);
		buf_printf(t->out, layout.operands == OPERANDS_SKIP ? " to %" PRId64 : " %" PRId64,
			   (int64_t)r->pos + by);
		return;
	case OPERANDS_DIE:
		number = reader_uint(r, layout.size ? layout.size : offset_size);
		buf_printf(t->out, " offset %" PRIx64, number);
		return;
	case OPERANDS_POINTER:
		number = reader_uint(r, offset_size);
		buf_printf(t->out, " DIE %" PRIx64 " offset %" PRId64, number, reader_sleb(r));
		return;
	case OPERANDS_BLOCK:
		number = reader_uleb(r);
		reader_skip(r, number > SIZE_MAX ? SIZE_MAX : (size_t)number);
		buf_printf(t->out, " %" PRIu64, number);
		return;
	case OPERANDS_ADDRESS_INDEX:
	case OPERANDS_CONSTANT_INDEX:
		add_index(t, layout.operands == OPERANDS_ADDRESS_INDEX);
		return;
	case OPERANDS_REGISTER:
	case OPERANDS_REGX:
	case OPERANDS_BASE_REGISTER:
	case OPERANDS_BREGX:
		add_registers(t, op, layout.operands);
		return;
	case OPERANDS_DEREF_TYPE:
	case OPERANDS_CONST_TYPE:
	case OPERANDS_REGVAL_TYPE:
	case OPERANDS_TYPE:
		add_typed(t, layout.operands);
		return;
	default:
		return;
	}
}

static struct error *add_operations(struct text *t, size_t end)
{
	struct reader *r = &t->reader;
	if (t->depth >= DW_EXPR_MAX_DEPTH)
		return error_at(ERROR_LIMIT, r->pos, "more than %d nested expressions", DW_EXPR_MAX_DEPTH);
	while (!r->failed && r->pos < end) {
		size_t at = r->pos;
		uint8_t op = r->data[at];
		if (op == DW_OP_piece || op == DW_OP_bit_piece)
			break;
		r->pos++;
		struct layout layout = layout_of_number(op);
		if (layout.operands == OPERANDS_UNKNOWN)
			layout.operands = operands_of(op);
		if (layout.operands == OPERANDS_UNKNOWN)
			return error_new(ERROR_UNSUPPORTED, "Unrecognized DWARF opcode 0x%02x at %zu",
					 op, at);
		buf_printf(t->out, "  %*zu: %s", 2 * t->depth + 4, at, dw_op_name(op));
		if (layout.operands == OPERANDS_ENTRY) {
			uint64_t size = reader_uleb(r);
			buf_char(t->out, '\n');
			if (size > reader_left(r)) {
				reader_skip(r, SIZE_MAX);
				break;
			}
			t->depth++;
			TRY(add_operations(t, r->pos + (size_t)size));
			t->depth--;
			continue;
		}
		add_operands(t, op, layout);
		buf_char(t->out, '\n');
	}
	return reader_error(r, 0, "a DWARF expression");
}

struct error *dw_expr_text(const struct dw_unit *unit, struct dw_span expr,
			   const struct dw_expr_names *names, struct buf *out, size_t *ret_end)
{
	struct text t = { .unit = unit, .names = names, .out = out };
	t.reader = reader_init(expr.data, expr.size);
	TRY(add_operations(&t, expr.size));
	*ret_end = t.reader.pos;
	return NULL;
}
