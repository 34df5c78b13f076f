/* Callers by call frame information (D5 6.4; System V x86-64 psABI 3.7). */
#include "unwind/internal.h"

struct cfi_frame {
	const struct unwind_context *context;
	const struct arch_regs *regs;
};

static bool expr_reg(void *ctx, unsigned reg, uint64_t *ret)
{
	const struct cfi_frame *f = ctx;
	if (!arch_reg_known(f->regs, reg))
		return false;
	*ret = f->regs->value[reg];
	return true;
}

static bool expr_memory(void *ctx, uint64_t addr, void *buf, size_t size)
{
	const struct cfi_frame *f = ctx;
	return f->context->memory(f->context->ctx, addr, buf, size);
}

static bool evaluate(struct cfi_frame *f, struct dw_span expr, bool has_initial, uint64_t initial,
		     uint64_t *ret)
{
	struct dw_expr_context context = {
		.ctx = f,
		.address_size = f->context->arch->address_size,
		.version = 5,
		.reg = expr_reg,
		.memory = expr_memory,
	};
	struct error *err = dw_expr_value(&context, expr, has_initial, initial, ret);
	if (!err)
		return true;
	error_destroy(err);
	return false;
}

/* What is wrong with the file is among the module's troubles. */
static const struct dw_cfi_row *row_at(const struct unwind_code *code, uint64_t pc)
{
	return code->module ? sym_cfi_row_kept(code->module, FILE_ADDR(pc - code->bias)) : NULL;
}

static bool row_cfa(struct cfi_frame *f, const struct dw_cfi_row *row, uint64_t *ret)
{
	if (row->cfa_is_expr)
		return evaluate(f, row->cfa_expr, false, 0, ret);
	if (!arch_reg_known(f->regs, row->cfa_reg))
		return false;
	*ret = f->regs->value[row->cfa_reg] + (uint64_t)row->cfa_offset;
	return true;
}

/* The caller's value of a register; false: not known there. */
static bool apply_rule(struct cfi_frame *f, const struct dw_cfi_rule *rule, unsigned reg, uint64_t cfa,
		       uint64_t *ret)
{
	uint64_t addr;
	switch (rule->kind) {
	case DW_CFI_SAME:
		return expr_reg(f, reg, ret);
	case DW_CFI_OFFSET:
		return unwind_read_u64(f->context, cfa + (uint64_t)rule->offset, ret);
	case DW_CFI_VAL_OFFSET:
		*ret = cfa + (uint64_t)rule->offset;
		return true;
	case DW_CFI_REGISTER:
		return expr_reg(f, rule->reg, ret);
	case DW_CFI_EXPRESSION:
		return evaluate(f, rule->expr, true, cfa, &addr) && unwind_read_u64(f->context, addr, ret);
	case DW_CFI_VAL_EXPRESSION:
		return evaluate(f, rule->expr, true, cfa, ret);
	default:
		return false;
	}
}

enum unwind_cfi_result unwind_cfi(const struct unwind_context *context, const struct unwind_code *code,
				  const struct unwind_frame *frame, struct unwind_caller *ret)
{
	const struct arch *arch = context->arch;
	struct cfi_frame f = { .context = context, .regs = &frame->regs };
	const struct dw_cfi_row *row = row_at(code, unwind_lookup_pc(frame));
	if (!row)
		return UNWIND_CFI_NONE;
	if (row->return_reg < DW_CFI_MAX_REG && row->rules[row->return_reg].kind == DW_CFI_UNDEFINED)
		return UNWIND_CFI_OUTERMOST;
	uint64_t cfa, pc;
	if (!row_cfa(&f, row, &cfa) || row->return_reg >= DW_CFI_MAX_REG ||
	    !apply_rule(&f, &row->rules[row->return_reg], row->return_reg, cfa, &pc))
		return UNWIND_CFI_BROKEN;

	struct unwind_caller caller = { .cfa = cfa,
					.how = UNWIND_CFI,
					.pc_in_register = row->rules[row->return_reg].kind ==
							  DW_CFI_REGISTER };
	unwind_caller_regs(context, &frame->regs, true, pc, cfa, &caller.regs);
	for (uint64_t ruled = row->ruled; ruled; ruled &= ruled - 1) {
		unsigned reg = (unsigned)__builtin_ctzll(ruled);
		const struct dw_cfi_rule *rule = &row->rules[reg];
		if (reg == row->return_reg || reg == arch->pc)
			continue;
		uint64_t value;
		if (apply_rule(&f, rule, reg, cfa, &value))
			arch_reg_set(&caller.regs, reg, value);
		else
			arch_reg_forget(&caller.regs, reg);
	}
	if (!arch_reg_known(&caller.regs, arch->sp))
		return UNWIND_CFI_BROKEN;
	if (row->signal_frame) {
		caller.how = UNWIND_SIGNAL;
		caller.exact_pc = true;
	}
	*ret = caller;
	return UNWIND_CFI_OK;
}

bool unwind_cfi_cfa(const struct unwind_context *context, const struct unwind_code *code,
		    const struct unwind_frame *frame, uint64_t *ret)
{
	struct cfi_frame f = { .context = context, .regs = &frame->regs };
	const struct dw_cfi_row *row = row_at(code, unwind_lookup_pc(frame));
	return row && row_cfa(&f, row, ret);
}

bool unwind_cfi_covers(const struct unwind_code *code, uint64_t pc)
{
	return row_at(code, pc) != NULL;
}
