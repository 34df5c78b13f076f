/* Linux x86-64 signal frames: struct rt_sigframe of arch/x86/include/asm/sigframe.h, struct sigcontext
 * of arch/x86/include/uapi/asm/sigcontext.h. When the handler has returned into the trampoline, sp
 * stands at the ucontext. */
#include "unwind/internal.h"

enum {
	EM_X86_64_ = 62,
	UC_MCONTEXT = 40, /* behind uc_flags, uc_link and uc_stack */
	GREG_COUNT = 18,
};

/* The order of struct sigcontext's 64-bit members. */
static const uint16_t greg_order[GREG_COUNT] = {
	ARCH_R8,  ARCH_R9,  ARCH_R10, ARCH_R11, ARCH_R12, ARCH_R13, ARCH_R14, ARCH_R15, ARCH_RDI,
	ARCH_RSI, ARCH_RBP, ARCH_RBX, ARCH_RDX, ARCH_RAX, ARCH_RCX, ARCH_RSP, ARCH_RIP, ARCH_RFLAGS,
};

bool unwind_signal_trampoline(const struct unwind_context *context, uint64_t pc)
{
	static const uint8_t code[] = { 0x48, 0xc7, 0xc0, 0x0f, 0x00, 0x00, 0x00, /* mov rax, 15 */
					0x0f, 0x05 };                             /* syscall */
	if (context->arch->elf_machine != EM_X86_64_ || !pc)
		return false;
	/* At its first instruction, or (innermost) at the system call. */
	uint8_t bytes[sizeof code];
	if (!context->memory(context->ctx, pc, bytes, 2))
		return false;
	if (bytes[0] == code[0])
		return context->memory(context->ctx, pc, bytes, sizeof bytes) &&
		       memcmp(bytes, code, sizeof code) == 0;
	return bytes[0] == code[7] && bytes[1] == code[8] && pc >= 7 &&
	       context->memory(context->ctx, pc - 7, bytes, sizeof bytes) &&
	       memcmp(bytes, code, sizeof code) == 0;
}

bool unwind_signal(const struct unwind_context *context, const struct unwind_frame *frame,
		   struct unwind_caller *ret)
{
	uint8_t raw[GREG_COUNT * 8];
	uint64_t ucontext = frame->regs.value[context->arch->sp];
	if (!context->memory(context->ctx, ucontext + UC_MCONTEXT, raw, sizeof raw))
		return false;
	struct unwind_caller caller = { .how = UNWIND_SIGNAL, .exact_pc = true };
	unwind_caller_regs(context, &frame->regs, false, 0, 0, &caller.regs);
	for (size_t i = 0; i < GREG_COUNT; i++) {
		uint64_t value = 0;
		for (int b = 7; b >= 0; b--)
			value = value << 8 | raw[i * 8 + (size_t)b];
		arch_reg_set(&caller.regs, greg_order[i], value);
	}
	caller.cfa = caller.regs.value[context->arch->sp];
	*ret = caller;
	return true;
}
