#include "unwind/internal.h"

enum { PAGE = 4096 };

/* As many bytes as can be had from addr on, `size` at most: memory is asked for whole, so a read that
 * reaches into an unmapped page is tried again up to the page's end. */
static size_t read_some(const struct unwind_context *context, uint64_t addr, uint8_t *buf, size_t size)
{
	if (context->memory(context->ctx, addr, buf, size))
		return size;
	size_t left = PAGE - addr % PAGE;
	if (left < size && context->memory(context->ctx, addr, buf, left))
		return left;
	/* Less than a page may be known: bytes of one function that were kept. */
	for (size_t n = size < left ? size / 2 : left / 2; n; n /= 2)
		if (context->memory(context->ctx, addr, buf, n))
			return n;
	return 0;
}

bool unwind_insn_at(struct unwind_code_window *w, uint64_t pc, struct arch_insn *ret)
{
	bool inside = pc >= w->addr && pc - w->addr < w->size;
	if (!inside || w->size - (pc - w->addr) < ARCH_INSN_MAX) {
		w->addr = pc;
		w->size = read_some(w->context, pc, w->bytes, sizeof w->bytes);
		if (!w->size)
			return false;
	}
	size_t at = pc - w->addr;
	w->context->arch->decode(w->bytes + at, w->size - at, pc, ret);
	return true;
}

bool unwind_read_u64(const struct unwind_context *context, uint64_t addr, uint64_t *ret)
{
	uint8_t bytes[8];
	if (addr > UINT64_MAX - sizeof bytes || !context->memory(context->ctx, addr, bytes, sizeof bytes))
		return false;
	uint64_t value = 0;
	for (int i = 7; i >= 0; i--)
		value = value << 8 | bytes[i];
	*ret = value;
	return true;
}

bool unwind_code_at(const struct unwind_context *context, uint64_t pc, struct unwind_code *ret)
{
	*ret = (struct unwind_code){ .kind = UNWIND_CODE_NONE };
	struct unwind_code code = *ret;
	if (!context->code(context->ctx, pc, &code) || code.kind == UNWIND_CODE_NONE)
		return false;
	*ret = code;
	return true;
}

uint64_t unwind_lookup_pc(const struct unwind_frame *frame)
{
	return frame->exact_pc || !frame->pc.value ? frame->pc.value : frame->pc.value - 1;
}

bool unwind_return_address(const struct unwind_context *context, uint64_t addr, struct arch_insn *ret_call)
{
	enum { FIRST_PAGE = 4096 };
	struct unwind_code code;
	if (addr < FIRST_PAGE || !context->arch->canonical(addr) ||
	    !unwind_code_at(context, addr - 1, &code))
		return false;
	/* A call is 2 to 7 bytes with its prefixes; more is asked for where it can be had. */
	uint8_t bytes[ARCH_INSN_MAX];
	size_t size = sizeof bytes;
	while (size >= 2 && !context->memory(context->ctx, addr - size, bytes, size))
		size--;
	return size >= 2 && context->arch->call_before(bytes, size, addr, ret_call);
}

bool unwind_return_slot(const struct unwind_context *context, uint64_t slot, uint64_t *ret_pc)
{
	uint64_t pc;
	struct arch_insn call;
	if (!unwind_read_u64(context, slot, &pc) || !unwind_return_address(context, pc, &call))
		return false;
	*ret_pc = pc;
	return true;
}

struct unwind_stack unwind_stack_of(const struct unwind_context *context, uint64_t sp)
{
	struct unwind_stack s = { .low = 0, .high = UINT64_MAX };
	if (!context->stack_bounds)
		return s;
	uint64_t low, high;
	if (context->stack_bounds(context->ctx, sp, &low, &high) && low <= sp && sp <= high)
		s = (struct unwind_stack){ .known = true, .low = low, .high = high };
	return s;
}

void unwind_caller_regs(const struct unwind_context *context, const struct arch_regs *regs, bool keep,
			uint64_t pc, uint64_t sp, struct arch_regs *ret)
{
	/* Segment registers and bases do not change with calls. */
	uint64_t stays = UINT64_C(0x3f) << ARCH_ES | UINT64_C(1) << ARCH_FS_BASE |
			 UINT64_C(1) << ARCH_GS_BASE | UINT64_C(1) << ARCH_ORIG_RAX;
	if (keep)
		stays |= context->arch->callee_saved[ARCH_CC_SYSV];
	struct arch_regs caller = *regs;
	caller.known &= stays;
	arch_reg_set(&caller, context->arch->pc, pc);
	arch_reg_set(&caller, context->arch->sp, sp);
	*ret = caller;
}
