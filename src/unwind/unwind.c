#include "unwind/internal.h"

enum { EM_X86_64_ = 62, ENTRY_CODE_BYTES = 64 };

const char *unwind_how_name(enum unwind_how how)
{
	static const char *const names[] = {
		[UNWIND_REGISTERS] = "registers",         [UNWIND_CFI] = "cfi",
		[UNWIND_BAD_CALL] = "bad-call",           [UNWIND_SIGNAL] = "signal",
		[UNWIND_JIT_RULE] = "jit-rule",           [UNWIND_PROLOGUE] = "prologue",
		[UNWIND_FRAME_POINTER] = "frame-pointer", [UNWIND_SCAN] = "scan",
	};
	return names[how];
}

bool unwind_is_guess(enum unwind_how how)
{
	return how == UNWIND_SCAN;
}

/* Decoding knows x86-64 only; CFI serves every CPU. */
static bool can_decode(const struct unwind_context *context)
{
	return context->arch->elf_machine == EM_X86_64_;
}

static void finish_frame(const struct unwind_context *context, struct unwind_frame *frame)
{
	struct unwind_code code;
	frame->signal_frame = unwind_signal_trampoline(context, frame->pc.value);
	frame->cfa = 0;
	if (frame->signal_frame || !unwind_code_at(context, unwind_lookup_pc(frame), &code))
		return;
	struct unwind_caller caller;
	uint64_t cfa;
	if (code.kind == UNWIND_CODE_NATIVE && unwind_cfi_cfa(context, &code, frame, &cfa))
		frame->cfa = cfa;
	else if (code.kind == UNWIND_CODE_JIT && can_decode(context) &&
		 unwind_prologue(context, code.start, code.frame_pointer, frame, &caller))
		frame->cfa = caller.cfa;
}

void unwind_start(const struct unwind_context *context, const struct arch_regs *regs,
		  struct unwind_frame *ret)
{
	struct unwind_frame frame = { .how = UNWIND_REGISTERS, .exact_pc = true, .regs = *regs };
	uint64_t pc = arch_reg_known(regs, context->arch->pc) ? regs->value[context->arch->pc] : 0;
	frame.pc = RUN_ADDR(context->process, pc);
	if (arch_reg_known(regs, context->arch->sp))
		finish_frame(context, &frame);
	*ret = frame;
}

static bool is_code(const struct unwind_context *context, uint64_t addr)
{
	struct unwind_code code;
	return addr && (unwind_code_at(context, addr - 1, &code) || unwind_code_at(context, addr, &code));
}

/* Does a frame pointer chain go on from these registers? Then a return address into code that is gone
 * is a fact, not rubbish. */
static bool chain_goes_on(const struct unwind_context *context, const struct arch_regs *regs)
{
	struct unwind_frame frame = { .regs = *regs };
	struct unwind_caller caller;
	return unwind_frame_pointer(context, &frame, &caller);
}

/* The rules that any caller found by a description of the frame has to keep. */
static enum unwind_end check(const struct unwind_context *context, const struct unwind_frame *frame,
			     const struct unwind_caller *caller)
{
	const struct arch *arch = context->arch;
	uint64_t pc = caller->regs.value[arch->pc], sp = caller->regs.value[arch->sp];
	if (caller->how == UNWIND_SIGNAL)
		return UNWIND_END_NONE; /* any pc may have been interrupted, on any stack */
	if (!pc) {
		bool fp_ends = !arch_reg_known(&caller->regs, arch->fp) || !caller->regs.value[arch->fp];
		return fp_ends ? UNWIND_END_ENTRY : UNWIND_END_CORRUPT;
	}
	struct unwind_stack stack = unwind_stack_of(context, frame->regs.value[arch->sp]);
	bool grows = sp > frame->regs.value[arch->sp] ||
		     (sp == frame->regs.value[arch->sp] && caller->pc_in_register);
	if (!grows || (stack.known && sp > stack.high)) {
		/* Some functions switch stacks and say so in their CFI: another stack, and a return
		 * address that was called from. */
		struct unwind_stack other = unwind_stack_of(context, sp);
		struct arch_insn call;
		if (!stack.known || !other.known || other.low == stack.low ||
		    !unwind_return_address(context, pc, &call))
			return UNWIND_END_CORRUPT;
	}
	if (!is_code(context, pc) && !chain_goes_on(context, &caller->regs))
		return UNWIND_END_CORRUPT;
	return UNWIND_END_NONE;
}

/* The function's bounds in memory; false when not known. */
static bool function_bounds(const struct unwind_code *code, uint64_t pc, uint64_t *ret_start,
			    uint64_t *ret_end)
{
	struct file_range range;
	switch (code->kind) {
	case UNWIND_CODE_JIT:
		*ret_start = code->start;
		*ret_end = code->end;
		return true;
	case UNWIND_CODE_NATIVE:
		if (!code->module || !sym_function_bounds(code->module, FILE_ADDR(pc - code->bias), &range))
			return false;
		*ret_start = range.start.value + code->bias;
		*ret_end = range.end.value + code->bias;
		return true;
	default:
		return false;
	}
}

/* Is the frame in the code where the file begins to run? There is nothing above it, and often no CFI to
 * say so. */
static bool at_program_entry(const struct unwind_code *code, uint64_t pc)
{
	if (code->kind != UNWIND_CODE_NATIVE || !code->module || !sym_module_elf(code->module))
		return false;
	uint64_t entry = elf_entry(sym_module_elf(code->module)).value, start, end;
	if (!entry)
		return false;
	if (function_bounds(code, pc, &start, &end))
		return start == entry + code->bias;
	return pc >= entry + code->bias && pc - (entry + code->bias) < ENTRY_CODE_BYTES;
}

/* Everything that does without a description of the frame, the surest first. `described`: CFI was
 * there, but led nowhere. */
static enum unwind_end without_description(const struct unwind_context *context,
					   const struct unwind_code *code, const struct unwind_frame *frame,
					   bool described, struct unwind_caller *ret)
{
	uint64_t start = 0, end = UINT64_MAX;
	if (!can_decode(context))
		return UNWIND_END_LOST;
	bool bounds = function_bounds(code, unwind_lookup_pc(frame), &start, &end);
	if (bounds && !described && unwind_prologue(context, start, false, frame, ret)) {
		ret->how = UNWIND_PROLOGUE;
		return UNWIND_END_NONE;
	}
	/* Behind a call that does not return, at the function's very end, comes another function's code. */
	if (frame->pc.value < end && unwind_forward(context, frame, ret)) {
		ret->how = UNWIND_PROLOGUE;
		return UNWIND_END_NONE;
	}
	if (unwind_at_entry(context, frame, ret) || unwind_frame_pointer(context, frame, ret))
		return UNWIND_END_NONE;
	/* The ABI's mark of the outermost frame (System V x86-64 psABI 3.4.1). */
	if (!described && !frame->exact_pc && code->kind == UNWIND_CODE_NATIVE &&
	    arch_reg_known(&frame->regs, context->arch->fp) && !frame->regs.value[context->arch->fp])
		return UNWIND_END_ENTRY;
	return unwind_scan(context, code, start, frame, ret) ? UNWIND_END_NONE : UNWIND_END_LOST;
}

static enum unwind_end native_caller(const struct unwind_context *context, const struct unwind_code *code,
				     const struct unwind_frame *frame, struct unwind_caller *ret)
{
	enum unwind_end end = UNWIND_END_CORRUPT;
	switch (unwind_cfi(context, code, frame, ret)) {
	case UNWIND_CFI_OUTERMOST:
		return UNWIND_END_ENTRY;
	case UNWIND_CFI_OK:
		end = check(context, frame, ret);
		if (end == UNWIND_END_NONE || end == UNWIND_END_ENTRY)
			return end;
		break;
	case UNWIND_CFI_NONE:
		if (at_program_entry(code, unwind_lookup_pc(frame)))
			return UNWIND_END_ENTRY;
		return without_description(context, code, frame, false, ret);
	case UNWIND_CFI_BROKEN:
		end = UNWIND_END_LOST;
		break;
	}
	enum unwind_end other = without_description(context, code, frame, true, ret);
	return other == UNWIND_END_NONE ? other : end;
}

static enum unwind_end find_caller(const struct unwind_context *context,
				   const struct unwind_frame *frame, struct unwind_caller *ret)
{
	struct unwind_code code;
	if (frame->signal_frame && unwind_signal(context, frame, ret))
		return UNWIND_END_NONE;
	unwind_code_at(context, unwind_lookup_pc(frame), &code);
	switch (code.kind) {
	case UNWIND_CODE_NONE:
		if (!can_decode(context))
			return UNWIND_END_LOST;
		if (frame->exact_pc && unwind_bad_call(context, frame, ret))
			return UNWIND_END_NONE;
		/* Reached by a return or a jump, or gone since: only what lies on the stack is left. */
		if (unwind_frame_pointer(context, frame, ret) || unwind_scan(context, &code, 0, frame, ret))
			return UNWIND_END_NONE;
		return UNWIND_END_LOST;
	case UNWIND_CODE_NATIVE:
		return native_caller(context, &code, frame, ret);
	case UNWIND_CODE_JIT:
		if (code.frame_pointer && can_decode(context) &&
		    unwind_prologue(context, code.start, true, frame, ret)) {
			ret->how = UNWIND_JIT_RULE;
			if (check(context, frame, ret) == UNWIND_END_NONE)
				return UNWIND_END_NONE;
		}
		return without_description(context, &code, frame, code.frame_pointer, ret);
	case UNWIND_CODE_ANON:
		return without_description(context, &code, frame, false, ret);
	}
	return UNWIND_END_LOST;
}

enum unwind_end unwind_next(const struct unwind_context *context, const struct unwind_frame *frame,
			    struct unwind_frame *ret)
{
	const struct arch *arch = context->arch;
	if (frame->index + 1 >= UNWIND_MAX_FRAMES)
		return UNWIND_END_LIMIT;
	if (!arch_reg_known(&frame->regs, arch->pc) || !arch_reg_known(&frame->regs, arch->sp))
		return UNWIND_END_LOST;
	struct unwind_caller caller;
	enum unwind_end end = find_caller(context, frame, &caller);
	if (end != UNWIND_END_NONE)
		return end;
	struct unwind_frame next = {
		.pc = RUN_ADDR(context->process, caller.regs.value[arch->pc]),
		.how = caller.how,
		.exact_pc = caller.exact_pc,
		.index = frame->index + 1,
		.stack_changes = frame->stack_changes,
		.regs = caller.regs,
	};
	/* Elsewhere sp grows with every frame, so these are the only ways to go round in a circle. */
	if (caller.how == UNWIND_SIGNAL || next.regs.value[arch->sp] <= frame->regs.value[arch->sp])
		next.stack_changes++;
	if (next.stack_changes > UNWIND_MAX_STACK_CHANGES)
		return UNWIND_END_LIMIT;
	finish_frame(context, &next);
	*ret = next;
	return UNWIND_END_NONE;
}
