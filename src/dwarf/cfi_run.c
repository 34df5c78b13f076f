/* Call frame instructions (D5 6.4.2, GNU's in LSB core 10.6.1). */
#include "dwarf/cfi_internal.h"

/* What remember_state keeps. */
struct state {
	bool cfa_is_expr;
	uint16_t cfa_reg;
	int64_t cfa_offset;
	struct dw_span cfa_expr;
	struct dw_cfi_rule rules[DW_CFI_MAX_REG];
};

/* Compilers nest one or two deep. */
enum { MAX_REMEMBERED = 8 };

struct machine {
	const struct dw_cfi_section *section;
	const struct dw_fde *fde;
	struct reader reader;
	uint64_t pc, location;
	bool done; /* the row that begins at `location` is behind pc */
	bool in_cie;
	bool strict; /* locations may neither go back nor leave the FDE */
	dw_cfi_row_fn *on_row;
	void *ctx;
	const char *trouble;
	enum error_code trouble_code;
	uint64_t at; /* of the instruction */
	size_t remembered;
	struct state state, initial;
	struct state stack[MAX_REMEMBERED];
};

static void fail(struct machine *m, enum error_code code, const char *what)
{
	if (!m->trouble) {
		m->trouble = what;
		m->trouble_code = code;
	}
}

static void fill_row(const struct machine *m, struct dw_cfi_row *ret)
{
	const struct dw_fde *fde = m->fde;
	*ret = (struct dw_cfi_row){
		.function = { FILE_ADDR(fde->start), FILE_ADDR(fde->end) },
		.cfa_is_expr = m->state.cfa_is_expr,
		.cfa_reg = m->state.cfa_reg,
		.cfa_offset = m->state.cfa_offset,
		.cfa_expr = m->state.cfa_expr,
		.return_reg = fde->cie.return_reg,
		.signal_frame = fde->cie.signal_frame,
	};
	memcpy(ret->rules, m->state.rules, sizeof ret->rules);
}

static void give_row(const struct machine *m)
{
	struct dw_cfi_row row;
	if (!m->on_row)
		return;
	fill_row(m, &row);
	m->on_row(m->ctx, FILE_ADDR(m->location), &row);
}

static void move(struct machine *m, uint64_t next)
{
	if (next > m->pc)
		m->done = true;
	if (m->strict && !m->in_cie) {
		if (next < m->location)
			fail(m, ERROR_FORMAT, "the location goes back");
		else if (next > m->fde->end)
			fail(m, ERROR_FORMAT, "the location leaves the function");
		else if (next > m->location)
			give_row(m);
	}
	m->location = next;
}

static void advance(struct machine *m, uint64_t units)
{
	uint64_t bytes, next;
	if (__builtin_mul_overflow(units, m->fde->cie.code_align, &bytes) ||
	    __builtin_add_overflow(m->location, bytes, &next)) {
		fail(m, ERROR_FORMAT, "the location wraps around");
		return;
	}
	move(m, next);
}

static void set_location(struct machine *m)
{
	uint64_t next;
	if (!dw_cfi_read_pointer(m->section, &m->reader, m->section->addr, m->fde->cie.pointer_encoding,
				 m->fde->start, &next)) {
		fail(m, ERROR_FORMAT, "an address cannot be read");
		return;
	}
	move(m, next);
}

static void set_rule(struct machine *m, uint64_t reg, struct dw_cfi_rule rule)
{
	/* Others (vector registers, k-masks) are of no interest to unwinding. */
	if (reg < DW_CFI_MAX_REG)
		m->state.rules[reg] = rule;
}

static void set_kind(struct machine *m, uint64_t reg, enum dw_cfi_rule_kind kind)
{
	set_rule(m, reg, (struct dw_cfi_rule){ .kind = (uint8_t)kind });
}

static int64_t scaled(const struct machine *m, uint64_t factor)
{
	return (int64_t)(factor * (uint64_t)m->fde->cie.data_align);
}

static void set_offset(struct machine *m, uint64_t reg, enum dw_cfi_rule_kind kind, int64_t offset)
{
	set_rule(m, reg, (struct dw_cfi_rule){ .kind = (uint8_t)kind, .offset = offset });
}

static void restore(struct machine *m, uint64_t reg)
{
	if (m->in_cie)
		fail(m, ERROR_FORMAT, "a CIE restores what only it sets");
	else if (reg < DW_CFI_MAX_REG)
		m->state.rules[reg] = m->initial.rules[reg];
}

static struct dw_span read_expr(struct machine *m)
{
	uint64_t size = reader_uleb(&m->reader);
	const uint8_t *data = reader_bytes(&m->reader, size > SIZE_MAX ? SIZE_MAX : (size_t)size);
	return (struct dw_span){ data, data ? (size_t)size : 0 };
}

static void set_expr(struct machine *m, enum dw_cfi_rule_kind kind)
{
	uint64_t reg = reader_uleb(&m->reader);
	set_rule(m, reg, (struct dw_cfi_rule){ .kind = (uint8_t)kind, .expr = read_expr(m) });
}

static void set_cfa_reg(struct machine *m, uint64_t reg)
{
	if (reg > UINT16_MAX)
		fail(m, ERROR_FORMAT, "the CFA is in no register");
	m->state.cfa_is_expr = false;
	m->state.cfa_reg = (uint16_t)reg;
}

static void set_cfa_offset(struct machine *m, int64_t offset)
{
	if (m->state.cfa_is_expr)
		fail(m, ERROR_FORMAT, "an offset for a CFA that an expression gives");
	m->state.cfa_offset = offset;
}

static void remember(struct machine *m)
{
	if (m->remembered == MAX_REMEMBERED)
		fail(m, ERROR_LIMIT, "more than 8 nested remember_state");
	else
		m->stack[m->remembered++] = m->state;
}

static void recall(struct machine *m)
{
	if (m->remembered == 0)
		fail(m, ERROR_FORMAT, "restore_state without remember_state");
	else
		m->state = m->stack[--m->remembered];
}

static void step_extended(struct machine *m, uint8_t opcode)
{
	struct reader *r = &m->reader;
	uint64_t reg;
	switch (opcode) {
	case DW_CFA_nop:
		break;
	case DW_CFA_set_loc:
		set_location(m);
		break;
	case DW_CFA_advance_loc1:
		advance(m, reader_u8(r));
		break;
	case DW_CFA_advance_loc2:
		advance(m, reader_u16(r));
		break;
	case DW_CFA_advance_loc4:
		advance(m, reader_u32(r));
		break;
	case DW_CFA_offset_extended:
		reg = reader_uleb(r);
		set_offset(m, reg, DW_CFI_OFFSET, scaled(m, reader_uleb(r)));
		break;
	case DW_CFA_offset_extended_sf:
		reg = reader_uleb(r);
		set_offset(m, reg, DW_CFI_OFFSET, scaled(m, (uint64_t)reader_sleb(r)));
		break;
	case DW_CFA_GNU_negative_offset_extended:
		reg = reader_uleb(r);
		set_offset(m, reg, DW_CFI_OFFSET, scaled(m, -reader_uleb(r)));
		break;
	case DW_CFA_val_offset:
		reg = reader_uleb(r);
		set_offset(m, reg, DW_CFI_VAL_OFFSET, scaled(m, reader_uleb(r)));
		break;
	case DW_CFA_val_offset_sf:
		reg = reader_uleb(r);
		set_offset(m, reg, DW_CFI_VAL_OFFSET, scaled(m, (uint64_t)reader_sleb(r)));
		break;
	case DW_CFA_restore_extended:
		restore(m, reader_uleb(r));
		break;
	case DW_CFA_undefined:
		set_kind(m, reader_uleb(r), DW_CFI_UNDEFINED);
		break;
	case DW_CFA_same_value:
		set_kind(m, reader_uleb(r), DW_CFI_SAME);
		break;
	case DW_CFA_register: {
		reg = reader_uleb(r);
		uint64_t from = reader_uleb(r);
		if (from > UINT16_MAX)
			fail(m, ERROR_FORMAT, "a register is saved in no register");
		set_rule(m, reg, (struct dw_cfi_rule){ .kind = DW_CFI_REGISTER, .reg = (uint16_t)from });
		break;
	}
	case DW_CFA_remember_state:
		remember(m);
		break;
	case DW_CFA_restore_state:
		recall(m);
		break;
	case DW_CFA_def_cfa:
		set_cfa_reg(m, reader_uleb(r));
		set_cfa_offset(m, (int64_t)reader_uleb(r));
		break;
	case DW_CFA_def_cfa_sf:
		set_cfa_reg(m, reader_uleb(r));
		set_cfa_offset(m, scaled(m, (uint64_t)reader_sleb(r)));
		break;
	case DW_CFA_def_cfa_register:
		set_cfa_reg(m, reader_uleb(r));
		break;
	case DW_CFA_def_cfa_offset:
		set_cfa_offset(m, (int64_t)reader_uleb(r));
		break;
	case DW_CFA_def_cfa_offset_sf:
		set_cfa_offset(m, scaled(m, (uint64_t)reader_sleb(r)));
		break;
	case DW_CFA_def_cfa_expression:
		m->state.cfa_expr = read_expr(m);
		m->state.cfa_is_expr = true;
		break;
	case DW_CFA_expression:
		set_expr(m, DW_CFI_EXPRESSION);
		break;
	case DW_CFA_val_expression:
		set_expr(m, DW_CFI_VAL_EXPRESSION);
		break;
	case DW_CFA_GNU_window_save: /* on aarch64 negate_ra_state: the unwinder strips signatures anyway */
		break;
	case DW_CFA_GNU_args_size:
		reader_uleb(r);
		break;
	default:
		fail(m, ERROR_UNSUPPORTED, "an unknown call frame instruction");
	}
}

static void step(struct machine *m)
{
	m->at = m->reader.pos;
	uint8_t opcode = reader_u8(&m->reader);
	uint8_t operand = opcode & 0x3f;
	switch (opcode & 0xc0) {
	case DW_CFA_advance_loc:
		advance(m, operand);
		break;
	case DW_CFA_offset:
		set_offset(m, operand, DW_CFI_OFFSET, scaled(m, reader_uleb(&m->reader)));
		break;
	case DW_CFA_restore:
		restore(m, operand);
		break;
	default:
		step_extended(m, opcode);
	}
}

static struct error *run(struct machine *m, struct reader instructions)
{
	m->reader = instructions;
	m->at = instructions.pos;
	while (reader_left(&m->reader) > 0 && !m->trouble && !m->done)
		step(m);
	if (m->reader.failed)
		fail(m, ERROR_TRUNCATED, "an instruction ends behind its entry");
	if (!m->trouble)
		return NULL;
	return error_at(m->trouble_code, m->at, "%s: %s: %s", m->section->name,
			m->section->is_eh ? ".eh_frame" : ".debug_frame", m->trouble);
}

static struct error *run_both(struct machine *m, const struct dw_cfi_section *s,
			      const struct dw_fde *fde, uint64_t pc)
{
	m->section = s;
	m->fde = fde;
	m->pc = pc;
	m->location = fde->start;
	m->done = false;
	m->in_cie = true;
	m->trouble = NULL;
	m->remembered = 0;
	m->state = (struct state){ 0 };
	TRY(run(m, fde->cie.instructions));
	/* A CIE has no business with locations. */
	m->location = fde->start;
	m->done = false;
	m->in_cie = false;
	m->initial = m->state;
	return run(m, fde->instructions);
}

struct error *dw_cfi_run(const struct dw_cfi_section *s, const struct dw_fde *fde, uint64_t pc,
			 struct dw_cfi_row *ret)
{
	struct machine m;
	m.strict = false;
	m.on_row = NULL;
	TRY(run_both(&m, s, fde, pc));
	fill_row(&m, ret);
	return NULL;
}

struct error *dw_cfi_rows(const struct dw_cfi_section *section, uint64_t offset, dw_cfi_row_fn *fn,
			  void *ctx)
{
	struct machine m;
	struct dw_fde fde;
	TRY(dw_cfi_fde_at(section, offset, &fde));
	m.strict = true;
	m.on_row = fn;
	m.ctx = ctx;
	TRY(run_both(&m, section, &fde, UINT64_MAX));
	give_row(&m);
	return NULL;
}
