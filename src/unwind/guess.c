/* Callers without any description of the frame: each answer must be borne out by a call instruction
 * before the return address. */
#include "unwind/internal.h"

bool unwind_bad_call(const struct unwind_context *context, const struct unwind_frame *frame,
		     struct unwind_caller *ret)
{
	uint64_t sp = frame->regs.value[context->arch->sp], pc;
	if (!unwind_return_slot(context, sp, &pc))
		return false;
	/* Nothing of the callee has run: all registers are as they were at the call. */
	struct unwind_caller caller = { .regs = frame->regs, .cfa = sp + 8, .how = UNWIND_BAD_CALL };
	arch_reg_set(&caller.regs, context->arch->pc, pc);
	arch_reg_set(&caller.regs, context->arch->sp, sp + 8);
	*ret = caller;
	return true;
}

/* Where a call goes, as far as it still can be told. */
static bool call_target(const struct arch_insn *call, const struct arch_regs *regs, uint64_t *ret)
{
	if (call->has_target) {
		*ret = call->target;
		return true;
	}
	const struct arch_operand *op = &call->operands[0];
	if (!call->operand_count || op->kind != ARCH_OPERAND_REG || !arch_reg_known(regs, op->reg))
		return false;
	*ret = regs->value[op->reg];
	return true;
}

bool unwind_at_entry(const struct unwind_context *context, const struct unwind_frame *frame,
		     struct unwind_caller *ret)
{
	uint64_t pc, target;
	struct arch_insn call;
	if (!frame->exact_pc || !unwind_read_u64(context, frame->regs.value[context->arch->sp], &pc) ||
	    !unwind_return_address(context, pc, &call) || !call_target(&call, &frame->regs, &target) ||
	    target != frame->pc.value || !unwind_bad_call(context, frame, ret))
		return false;
	ret->how = UNWIND_PROLOGUE;
	return true;
}

/* Is fp a saved frame pointer in the stack above sp, with a return address above it? */
static bool plausible_fp(const struct unwind_context *context, const struct unwind_stack *stack,
			 uint64_t sp, uint64_t fp, uint64_t *ret_pc)
{
	return fp % 8 == 0 && fp >= sp && stack->high >= 16 && fp <= stack->high - 16 &&
	       unwind_return_slot(context, fp + 8, ret_pc);
}

bool unwind_frame_pointer(const struct unwind_context *context, const struct unwind_frame *frame,
			  struct unwind_caller *ret)
{
	const struct arch *arch = context->arch;
	uint64_t sp = frame->regs.value[arch->sp], pc, saved;
	if (!arch_reg_known(&frame->regs, arch->fp))
		return false;
	uint64_t fp = frame->regs.value[arch->fp];
	struct unwind_stack stack = unwind_stack_of(context, sp);
	if (!plausible_fp(context, &stack, sp, fp, &pc) || !unwind_read_u64(context, fp, &saved))
		return false;
	struct unwind_caller caller = { .cfa = fp + 16, .how = UNWIND_FRAME_POINTER };
	unwind_caller_regs(context, &frame->regs, false, pc, fp + 16, &caller.regs);
	arch_reg_set(&caller.regs, arch->fp, saved);
	*ret = caller;
	return true;
}

/* How well a call instruction fits the function that the frame is in. */
enum fit { FIT_NO, FIT_MAYBE, FIT_CALLS_IT };

/* Through a stub (a PLT entry, a thunk) a direct call reaches another function than it names. */
static bool is_stub(const struct unwind_context *context, uint64_t target)
{
	struct unwind_code_window window = { .context = context };
	struct arch_insn insn;
	for (int i = 0; i < 2; i++) { /* an endbr64 may come first */
		if (!unwind_insn_at(&window, target, &insn))
			return false;
		if (insn.kind == ARCH_INSN_JUMP)
			return true;
		target += insn.length;
	}
	return false;
}

static enum fit call_fit(const struct unwind_context *context, const struct unwind_code *code,
			 uint64_t function_start, uint64_t pc, const struct arch_insn *call)
{
	if (!call->has_target || code->kind == UNWIND_CODE_NONE)
		return FIT_MAYBE;
	if (function_start)
		return call->target == function_start   ? FIT_CALLS_IT
		       : is_stub(context, call->target) ? FIT_MAYBE
							: FIT_NO;
	/* An unknown function of this mapping begins at or before pc. */
	if (code->kind == UNWIND_CODE_ANON && call->target >= code->start && call->target <= pc)
		return call->target == pc ? FIT_CALLS_IT : FIT_MAYBE;
	return is_stub(context, call->target) ? FIT_MAYBE : FIT_NO;
}

static bool credible(const struct unwind_context *context, uint64_t addr, struct arch_insn *ret_call)
{
	struct unwind_code code;
	if (!unwind_return_address(context, addr, ret_call) || !unwind_code_at(context, addr - 1, &code))
		return false;
	return code.kind != UNWIND_CODE_NATIVE || unwind_cfi_covers(&code, addr - 1);
}

/* The slot of the best candidate in [sp, end). */
static bool scan_words(const struct unwind_context *context, const struct unwind_code *code,
		       uint64_t function_start, uint64_t frame_pc, uint64_t sp, uint64_t end,
		       uint64_t *ret_slot, uint64_t *ret_pc)
{
	enum { CHUNK = 512 };
	uint8_t chunk[CHUNK];
	enum fit best = FIT_NO;
	for (uint64_t at = sp; at < end;) {
		size_t size = end - at < CHUNK ? (size_t)(end - at) : CHUNK;
		if (!context->memory(context->ctx, at, chunk, size)) {
			/* Where the stack's end is not known, its last words come one by one. */
			size = 8;
			if (!context->memory(context->ctx, at, chunk, size))
				break;
		}
		for (size_t i = 0; i + 8 <= size; i += 8) {
			uint64_t word = 0;
			for (int b = 7; b >= 0; b--)
				word = word << 8 | chunk[i + (size_t)b];
			struct arch_insn call;
			if (!credible(context, word, &call))
				continue;
			enum fit fit = call_fit(context, code, function_start, frame_pc, &call);
			if (fit <= best)
				continue;
			best = fit;
			*ret_slot = at + i;
			*ret_pc = word;
			if (fit == FIT_CALLS_IT)
				return true;
		}
		at += size;
	}
	return best != FIT_NO;
}

bool unwind_scan(const struct unwind_context *context, const struct unwind_code *code,
		 uint64_t function_start, const struct unwind_frame *frame, struct unwind_caller *ret)
{
	const struct arch *arch = context->arch;
	uint64_t sp = (frame->regs.value[arch->sp] + 7) & ~UINT64_C(7), slot, pc, ignored, below;
	if (sp < frame->regs.value[arch->sp])
		return false;
	struct unwind_stack stack = unwind_stack_of(context, sp);
	uint64_t end = UINT64_MAX - sp < UNWIND_MAX_SCAN_BYTES ? UINT64_MAX : sp + UNWIND_MAX_SCAN_BYTES;
	if (end > stack.high)
		end = stack.high;
	if (!scan_words(context, code, function_start, frame->pc.value, sp, end, &slot, &pc))
		return false;
	struct unwind_caller caller = { .how = UNWIND_SCAN };
	unwind_caller_regs(context, &frame->regs, false, pc, slot + 8, &caller.regs);
	/* The frame pointer: pushed below the return address, or never touched. */
	if (slot > sp && unwind_read_u64(context, slot - 8, &below) && below > slot &&
	    plausible_fp(context, &stack, slot + 8, below, &ignored))
		arch_reg_set(&caller.regs, arch->fp, below);
	else if (arch_reg_known(&frame->regs, arch->fp) &&
		 plausible_fp(context, &stack, slot + 8, frame->regs.value[arch->fp], &ignored))
		arch_reg_set(&caller.regs, arch->fp, frame->regs.value[arch->fp]);
	*ret = caller;
	return true;
}
