/* Call frame instructions as text (D5 6.4.2). */
#include "dwarf/cfi_internal.h"

#include <inttypes.h>

struct text {
	const struct dw_cfi_section *section;
	const struct dw_cfi_entry *entry;
	const struct dw_expr_names *names;
	struct reader reader;
	uint64_t location;
	struct buf *out;
};

static void add_reg(struct text *t, uint64_t reg)
{
	buf_char(t->out, ' ');
	t->names->reg(t->names->ctx, reg > UINT16_MAX ? UINT16_MAX : (unsigned)reg, t->out);
}

static void add_advance(struct text *t, uint64_t units)
{
	uint64_t bytes = units * t->entry->code_align;
	t->location += bytes;
	buf_printf(t->out, " %" PRIu64 " to 0x%" PRIx64, bytes, t->location);
}

static void add_cfa(struct text *t, const char *how, int64_t offset)
{
	buf_printf(t->out, " %scfa%+" PRId64, how, offset);
}

static int64_t scaled(const struct text *t, uint64_t factor)
{
	return (int64_t)(factor * (uint64_t)t->entry->data_align);
}

static struct error *add_expr(struct text *t)
{
	uint64_t size = reader_uleb(&t->reader);
	const uint8_t *data = reader_bytes(&t->reader, size > SIZE_MAX ? SIZE_MAX : (size_t)size);
	if (!data)
		return NULL;
	struct dw_expr_names names = *t->names;
	size_t end;
	names.one_line = true;
	buf_str(t->out, STR_LIT(" ("));
	TRY(dw_expr_text(NULL, (struct dw_span){ data, (size_t)size }, &names, t->out, &end));
	buf_char(t->out, ')');
	return NULL;
}

static void add_location(struct text *t)
{
	uint64_t to;
	if (!dw_cfi_read_pointer(t->section, &t->reader, t->section->addr, t->entry->pointer_encoding,
				 t->entry->range.start.value, &to)) {
		t->reader.failed = true;
		return;
	}
	t->location = to;
	buf_printf(t->out, " 0x%" PRIx64, to);
}

/* Those that give a register's rule: a register first. */
static struct error *add_rule(struct text *t, uint8_t op)
{
	struct reader *r = &t->reader;
	add_reg(t, reader_uleb(r));
	switch (op) {
	case DW_CFA_offset_extended:
		add_cfa(t, "at ", scaled(t, reader_uleb(r)));
		break;
	case DW_CFA_offset_extended_sf:
		add_cfa(t, "at ", scaled(t, (uint64_t)reader_sleb(r)));
		break;
	case DW_CFA_GNU_negative_offset_extended:
		add_cfa(t, "at ", scaled(t, -reader_uleb(r)));
		break;
	case DW_CFA_val_offset:
		add_cfa(t, "is ", scaled(t, reader_uleb(r)));
		break;
	case DW_CFA_val_offset_sf:
		add_cfa(t, "is ", scaled(t, (uint64_t)reader_sleb(r)));
		break;
	case DW_CFA_register:
		buf_str(t->out, STR_LIT(" in"));
		add_reg(t, reader_uleb(r));
		break;
	case DW_CFA_expression:
		buf_str(t->out, STR_LIT(" at"));
		return add_expr(t);
	case DW_CFA_val_expression:
		buf_str(t->out, STR_LIT(" is"));
		return add_expr(t);
	}
	return NULL;
}

static struct error *add_operands(struct text *t, uint8_t op)
{
	struct reader *r = &t->reader;
	switch (op) {
	case DW_CFA_nop:
	case DW_CFA_remember_state:
	case DW_CFA_restore_state:
	case DW_CFA_GNU_window_save:
		return NULL;
	case DW_CFA_set_loc:
		add_location(t);
		return NULL;
	case DW_CFA_advance_loc1:
		add_advance(t, reader_u8(r));
		return NULL;
	case DW_CFA_advance_loc2:
		add_advance(t, reader_u16(r));
		return NULL;
	case DW_CFA_advance_loc4:
		add_advance(t, reader_u32(r));
		return NULL;
	case DW_CFA_def_cfa:
		add_reg(t, reader_uleb(r));
		buf_printf(t->out, "%+" PRId64, (int64_t)reader_uleb(r));
		return NULL;
	case DW_CFA_def_cfa_sf:
		add_reg(t, reader_uleb(r));
		buf_printf(t->out, "%+" PRId64, scaled(t, (uint64_t)reader_sleb(r)));
		return NULL;
	case DW_CFA_def_cfa_register:
		add_reg(t, reader_uleb(r));
		return NULL;
	case DW_CFA_def_cfa_offset:
	case DW_CFA_GNU_args_size:
		buf_printf(t->out, " %" PRIu64, reader_uleb(r));
		return NULL;
	case DW_CFA_def_cfa_offset_sf:
		buf_printf(t->out, " %" PRId64, scaled(t, (uint64_t)reader_sleb(r)));
		return NULL;
	case DW_CFA_def_cfa_expression:
		return add_expr(t);
	}
	return add_rule(t, op);
}

static bool is_known(uint8_t op)
{
	return !str_is(str_from(dw_cfa_name(op)), "DW_CFA_?");
}

static struct error *add_instruction(struct text *t)
{
	size_t at = t->reader.pos;
	uint8_t opcode = reader_u8(&t->reader), high = opcode & 0xc0, operand = opcode & 0x3f;
	if (!high && !is_known(opcode))
		return error_at(ERROR_UNSUPPORTED, at,
				"%s: %s: an unknown call frame instruction 0x%02x", t->section->name,
				t->section->is_eh ? ".eh_frame" : ".debug_frame", opcode);
	buf_str(t->out, str_from(dw_cfa_name(high ? high : opcode)));
	if (high == DW_CFA_advance_loc) {
		add_advance(t, operand);
	} else if (high == DW_CFA_offset) {
		add_reg(t, operand);
		add_cfa(t, "at ", scaled(t, reader_uleb(&t->reader)));
	} else if (high == DW_CFA_restore) {
		add_reg(t, operand);
	} else {
		return add_operands(t, opcode);
	}
	return NULL;
}

struct error *dw_cfi_instructions(const struct dw_cfi_section *section, const struct dw_cfi_entry *entry,
				  const struct dw_expr_names *names, dw_cfi_instruction_fn *fn, void *ctx)
{
	struct buf text = { 0 };
	struct text t = { .section = section,
			  .entry = entry,
			  .names = names,
			  .location = entry->range.start.value,
			  .out = &text };
	struct error *err = NULL;
	t.reader = reader_init(section->data.data, (size_t)entry->next);
	reader_seek(&t.reader, (size_t)entry->instructions);
	while (!err && reader_left(&t.reader) > 0) {
		uint64_t at = t.reader.pos;
		text.len = 0;
		err = add_instruction(&t);
		if (!err && t.reader.failed)
			err = error_at(ERROR_TRUNCATED, at, "%s: an instruction ends behind its entry",
				       section->name);
		if (!err)
			fn(ctx, at, buf_view(&text));
	}
	buf_deinit(&text);
	return err;
}
