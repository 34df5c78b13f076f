#include "arch/x86_64.h"

#include "arch/clobber.h"
#include "arch/convention.h"

/* General registers in the order in which debuggers print them; the others follow. Numbers: psABI figure 3.36. */
static const struct arch_reg regs[] = {
	{ "rax", ARCH_RAX, 64, true },
	{ "rbx", ARCH_RBX, 64, true },
	{ "rcx", ARCH_RCX, 64, true },
	{ "rdx", ARCH_RDX, 64, true },
	{ "rsi", ARCH_RSI, 64, true },
	{ "rdi", ARCH_RDI, 64, true },
	{ "rbp", ARCH_RBP, 64, true },
	{ "rsp", ARCH_RSP, 64, true },
	{ "r8", ARCH_R8, 64, true },
	{ "r9", ARCH_R9, 64, true },
	{ "r10", ARCH_R10, 64, true },
	{ "r11", ARCH_R11, 64, true },
	{ "r12", ARCH_R12, 64, true },
	{ "r13", ARCH_R13, 64, true },
	{ "r14", ARCH_R14, 64, true },
	{ "r15", ARCH_R15, 64, true },
	{ "rip", ARCH_RIP, 64, true },
	{ "rflags", ARCH_RFLAGS, 64, true },
	{ "cs", ARCH_CS, 16, true },
	{ "ss", ARCH_SS, 16, true },
	{ "ds", ARCH_DS, 16, true },
	{ "es", ARCH_ES, 16, true },
	{ "fs", ARCH_FS, 16, true },
	{ "gs", ARCH_GS, 16, true },
	{ "fs_base", ARCH_FS_BASE, 64, true },
	{ "gs_base", ARCH_GS_BASE, 64, true },
	{ "st0", 33, 80, false },
	{ "st1", 34, 80, false },
	{ "st2", 35, 80, false },
	{ "st3", 36, 80, false },
	{ "st4", 37, 80, false },
	{ "st5", 38, 80, false },
	{ "st6", 39, 80, false },
	{ "st7", 40, 80, false },
	{ "xmm0", 17, 128, false },
	{ "xmm1", 18, 128, false },
	{ "xmm2", 19, 128, false },
	{ "xmm3", 20, 128, false },
	{ "xmm4", 21, 128, false },
	{ "xmm5", 22, 128, false },
	{ "xmm6", 23, 128, false },
	{ "xmm7", 24, 128, false },
	{ "xmm8", 25, 128, false },
	{ "xmm9", 26, 128, false },
	{ "xmm10", 27, 128, false },
	{ "xmm11", 28, 128, false },
	{ "xmm12", 29, 128, false },
	{ "xmm13", 30, 128, false },
	{ "xmm14", 31, 128, false },
	{ "xmm15", 32, 128, false },
};

static const uint8_t int3 = 0xcc;

#define BIT(reg) (UINT64_C(1) << (reg))
#define SYSV_SAVED \
	(BIT(ARCH_RBX) | BIT(ARCH_RBP) | BIT(ARCH_R12) | BIT(ARCH_R13) | BIT(ARCH_R14) | BIT(ARCH_R15))
/* xmm6 to xmm15 */
#define WIN64_XMM_SAVED (UINT64_C(0x3ff) << (ARCH_XMM0 + 6))

static void classify(enum arch_convention cc, const struct arch_shape *result,
		     const struct arch_shape *args, size_t arg_count, struct arch_call *ret)
{
	switch (cc) {
	case ARCH_CC_SYSV:
		sysv_classify(result, args, arg_count, ret);
		break;
	case ARCH_CC_RUST:
		rust_cc_classify(result, args, arg_count, ret);
		break;
	case ARCH_CC_WIN64:
		win64_classify(result, args, arg_count, ret);
		break;
	}
}

static bool canonical(uint64_t addr)
{
	return (uint64_t)((int64_t)(addr << 16) >> 16) == addr;
}

static bool vectors(const uint8_t *xsave, size_t size, uint8_t ret[16][16])
{
	enum { XMM_OFFSET = 160 };
	if (size < XMM_OFFSET + 16 * 16)
		return false;
	memcpy(ret, xsave + XMM_OFFSET, 16 * 16);
	return true;
}

const struct arch arch_x86_64 = {
	.name = "x86-64",
	.elf_machine = 62, /* EM_X86_64 */
	.address_size = 8,
	.pc = ARCH_RIP,
	.sp = ARCH_RSP,
	.fp = ARCH_RBP,
	.trap = &int3,
	.trap_size = 1,
	.trap_pc_advance = 1,
	.flags = ARCH_RFLAGS,
	.resume_flag = 1 << 16,
	.regs = regs,
	.reg_count = sizeof regs / sizeof *regs,
	.callee_saved = {
		[ARCH_CC_SYSV] = SYSV_SAVED,
		[ARCH_CC_RUST] = SYSV_SAVED,
		[ARCH_CC_WIN64] = SYSV_SAVED | BIT(ARCH_RDI) | BIT(ARCH_RSI) | WIN64_XMM_SAVED,
	},
	.stack_align = 16,
	.red_zone = 128,
	.decode = x86_64_decode,
	.format = x86_64_format,
	.format_gdb = x86_64_format_gdb,
	.classify = classify,
	.call_before = x86_64_call_before,
	.check_saved = arch_x86_64_check_saved,
	.last_definition = arch_x86_64_last_definition,
	.vectors = vectors,
	.canonical = canonical,
};
