/* The operations of an expression as text, a line each, as gdb's disassemble_dwarf_expression lays them out. */
#include "dwarf/expr_internal.h"

#include <inttypes.h>
#include <stdlib.h>

struct text {
	const struct dw_unit *unit;
	const struct dw_expr_names *names;
	struct reader reader; /* over the whole, also within DW_OP_entry_value */
	int depth;
	struct buf *out;
};

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

static void add_typed(struct text *t, enum dw_expr_operands operands)
{
	struct reader *r = &t->reader;
	uint64_t reg;
	uint8_t size;
	switch (operands) {
	case DW_OPERANDS_DEREF_TYPE:
		size = reader_u8(r);
		add_type(t, reader_uleb(r));
		buf_printf(t->out, " %u-byte", size);
		return;
	case DW_OPERANDS_CONST_TYPE:
		add_type(t, reader_uleb(r));
		add_block(t, reader_u8(r));
		return;
	case DW_OPERANDS_REGVAL_TYPE:
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

static void add_registers(struct text *t, uint8_t op, enum dw_expr_operands operands)
{
	struct reader *r = &t->reader;
	uint64_t reg;
	switch (operands) {
	case DW_OPERANDS_REGISTER:
		buf_char(t->out, ' ');
		add_register(t, op - DW_OP_reg0);
		return;
	case DW_OPERANDS_REGX:
		reg = reader_uleb(r);
		buf_printf(t->out, " %" PRIu64 " ", reg);
		add_register(t, reg);
		return;
	case DW_OPERANDS_BASE_REGISTER:
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

static void add_operands(struct text *t, uint8_t op, struct dw_expr_layout layout)
{
	struct reader *r = &t->reader;
	uint8_t address_size = t->unit ? t->unit->address_size : 8;
	uint8_t offset_size = t->unit && t->unit->is_64 ? 8 : 4;
	uint64_t number;
	int64_t by;
	switch (layout.operands) {
	case DW_OPERANDS_PIECE:
		buf_printf(t->out, " %" PRIu64, reader_uleb(r));
		return;
	case DW_OPERANDS_BIT_PIECE:
		number = reader_uleb(r);
		buf_printf(t->out, " %" PRIu64 " bits at %" PRIu64, number, reader_uleb(r));
		return;
	case DW_OPERANDS_ADDRESS:
		buf_printf(t->out, " 0x%" PRIx64, reader_uint(r, address_size));
		return;
	case DW_OPERANDS_UNSIGNED:
		number = layout.size ? reader_uint(r, layout.size) : reader_uleb(r);
		buf_printf(t->out, " %" PRIu64, number);
		return;
	case DW_OPERANDS_SIGNED:
		by = layout.size ? reader_int(r, layout.size) : reader_sleb(r);
		buf_printf(t->out, " %" PRId64, by);
		return;
	case DW_OPERANDS_BYTE:
		buf_printf(t->out, " %u", reader_u8(r));
		return;
	case DW_OPERANDS_SKIP:
	case DW_OPERANDS_BRANCH:
		by = reader_int(r, 2);
		buf_printf(t->out, layout.operands == DW_OPERANDS_SKIP ? " to %" PRId64 : " %" PRId64,
			   (int64_t)r->pos + by);
		return;
	case DW_OPERANDS_DIE:
		number = reader_uint(r, layout.size ? layout.size : offset_size);
		buf_printf(t->out, " offset %" PRIx64, number);
		return;
	case DW_OPERANDS_POINTER:
		number = reader_uint(r, offset_size);
		buf_printf(t->out, " DIE %" PRIx64 " offset %" PRId64, number, reader_sleb(r));
		return;
	case DW_OPERANDS_BLOCK:
		number = reader_uleb(r);
		reader_skip(r, number > SIZE_MAX ? SIZE_MAX : (size_t)number);
		buf_printf(t->out, " %" PRIu64, number);
		return;
	case DW_OPERANDS_ADDRESS_INDEX:
	case DW_OPERANDS_CONSTANT_INDEX:
		add_index(t, layout.operands == DW_OPERANDS_ADDRESS_INDEX);
		return;
	case DW_OPERANDS_REGISTER:
	case DW_OPERANDS_REGX:
	case DW_OPERANDS_BASE_REGISTER:
	case DW_OPERANDS_BREGX:
		add_registers(t, op, layout.operands);
		return;
	case DW_OPERANDS_DEREF_TYPE:
	case DW_OPERANDS_CONST_TYPE:
	case DW_OPERANDS_REGVAL_TYPE:
	case DW_OPERANDS_TYPE:
		add_typed(t, layout.operands);
		return;
	default:
		return;
	}
}

static struct error *add_operations(struct text *t, size_t end)
{
	struct reader *r = &t->reader;
	size_t begin = r->pos;
	if (t->depth >= DW_EXPR_MAX_DEPTH)
		return error_at(ERROR_LIMIT, r->pos, "more than %d nested expressions", DW_EXPR_MAX_DEPTH);
	while (!r->failed && r->pos < end) {
		size_t at = r->pos;
		uint8_t op = r->data[at];
		bool one_line = t->names->one_line;
		if ((op == DW_OP_piece || op == DW_OP_bit_piece) && !one_line)
			break;
		r->pos++;
		struct dw_expr_layout layout = dw_expr_layout_of(op);
		if (layout.operands == DW_OPERANDS_UNKNOWN)
			return error_new(ERROR_UNSUPPORTED, "Unrecognized DWARF opcode 0x%02x at %zu",
					 op, at);
		if (one_line)
			buf_printf(t->out, "%s%s", at > begin ? ", " : "", dw_op_name(op));
		else
			buf_printf(t->out, "  %*zu: %s", 2 * t->depth + 4, at, dw_op_name(op));
		if (layout.operands == DW_OPERANDS_ENTRY) {
			uint64_t size = reader_uleb(r);
			buf_char(t->out, one_line ? '(' : '\n');
			if (size > reader_left(r)) {
				reader_skip(r, SIZE_MAX);
				break;
			}
			t->depth++;
			TRY(add_operations(t, r->pos + (size_t)size));
			t->depth--;
			if (one_line)
				buf_char(t->out, ')');
			continue;
		}
		add_operands(t, op, layout);
		if (!one_line)
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
