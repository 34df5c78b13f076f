#include "arch/arch.h"
#include "arch/clobber.h"

#include "arch_code.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define BIT(reg) (UINT64_C(1) << (reg))

static const struct arch *const x86 = &arch_x86_64;

/* ---- registers ---- */

static void test_registers(void **state)
{
	(void)state;
	assert_ptr_equal(arch_by_elf_machine(62), x86);
	assert_null(arch_by_elf_machine(183));
	assert_string_equal(arch_reg_by_dwarf(x86, 3)->name, "rbx");
	assert_string_equal(arch_reg_by_dwarf(x86, 16)->name, "rip");
	assert_string_equal(arch_reg_by_dwarf(x86, 25)->name, "xmm8");
	assert_null(arch_reg_by_dwarf(x86, 60));
	assert_int_equal(arch_reg_by_name(x86, STR_LIT("r13"))->dwarf, ARCH_R13);
	assert_int_equal(arch_reg_by_name(x86, STR_LIT("fs_base"))->dwarf, 58);
	assert_null(arch_reg_by_name(x86, STR_LIT("r1")));
	assert_int_equal(x86->callee_saved[ARCH_CC_SYSV], BIT(ARCH_RBX) | BIT(ARCH_RBP) | BIT(ARCH_R12) |
								  BIT(ARCH_R13) | BIT(ARCH_R14) |
								  BIT(ARCH_R15));
	assert_true(x86->callee_saved[ARCH_CC_WIN64] & BIT(ARCH_XMM15));
	assert_false(x86->callee_saved[ARCH_CC_WIN64] & BIT(ARCH_XMM0 + 5));
	for (size_t i = 0; i < x86->reg_count; i++)
		assert_ptr_equal(arch_reg_by_dwarf(x86, x86->regs[i].dwarf), &x86->regs[i]);
}

static void test_canonical(void **state)
{
	(void)state;
	assert_true(x86->canonical(0));
	assert_true(x86->canonical(UINT64_C(0x00007fffffffffff)));
	assert_false(x86->canonical(UINT64_C(0x0000800000000000)));
	assert_false(x86->canonical(UINT64_C(0xdeadbeefdeadbeef)));
	assert_true(x86->canonical(UINT64_C(0xffff800000000000)));
}

/* ---- decoding ---- */

struct decode_case {
	uint8_t bytes[16];
	uint8_t length, kind, alignment;
	bool privileged;
	const char *text;
};

/* All at pc 0x401000. */
static const struct decode_case decode_cases[] = {
	{ { 0xe8, 0xfb, 0x0f, 0x00, 0x00 }, 5, ARCH_INSN_CALL, 0, false, "call 0x402000 <main+0x10>" },
	{ { 0xff, 0xd0 }, 2, ARCH_INSN_CALL, 0, false, "call rax" },
	{ { 0x41, 0xff, 0x54, 0x24, 0x08 }, 5, ARCH_INSN_CALL, 0, false, "call qword ptr [r12+0x8]" },
	{ { 0xeb, 0xfe }, 2, ARCH_INSN_JUMP, 0, false, "jmp 0x401000" },
	{ { 0xff, 0x25, 0xfa, 0x0f, 0x00, 0x00 },
	  6,
	  ARCH_INSN_JUMP,
	  0,
	  false,
	  "jmp qword ptr [rip+0xffa] # 0x402000 <main+0x10>" },
	{ { 0x0f, 0x84, 0xfa, 0x0f, 0x00, 0x00 }, 6, ARCH_INSN_BRANCH, 0, false, "jz 0x402000 <main+0x10>" },
	{ { 0xe2, 0x10 }, 2, ARCH_INSN_BRANCH, 0, false, "loop 0x401012" },
	{ { 0xc3 }, 1, ARCH_INSN_RETURN, 0, false, "ret" },
	{ { 0xc2, 0x10, 0x00 }, 3, ARCH_INSN_RETURN, 0, false, "ret 0x10" },
	{ { 0x0f, 0x0b }, 2, ARCH_INSN_TRAP, 0, false, "ud2" },
	{ { 0xcc }, 1, ARCH_INSN_BREAKPOINT, 0, false, "int3" },
	{ { 0x0f, 0x05 }, 2, ARCH_INSN_SYSCALL, 0, false, "syscall" },
	{ { 0xcd, 0x80 }, 2, ARCH_INSN_SYSCALL, 0, false, "int 0x80" },
	{ { 0x48, 0xf7, 0xf9 }, 3, ARCH_INSN_DIVIDE, 0, false, "idiv rcx" },
	{ { 0x55 }, 1, ARCH_INSN_PUSH, 0, false, "push rbp" },
	{ { 0x5d }, 1, ARCH_INSN_POP, 0, false, "pop rbp" },
	{ { 0x06 }, 1, ARCH_INSN_INVALID, 0, false, ".byte 0x06" },
	{ { 0x48, 0x8b, 0x05, 0x4a, 0x2f, 0x00, 0x00 },
	  7,
	  ARCH_INSN_OTHER,
	  0,
	  false,
	  "mov rax, qword ptr [rip+0x2f4a] # 0x403f51" },
	{ { 0x48, 0x8d, 0x3d, 0xf9, 0x0f, 0x00, 0x00 },
	  7,
	  ARCH_INSN_OTHER,
	  0,
	  false,
	  "lea rdi, [rip+0xff9] # 0x402000 <main+0x10>" },
	{ { 0x48, 0xb8, 0x00, 0x20, 0x40, 0, 0, 0, 0, 0 },
	  10,
	  ARCH_INSN_OTHER,
	  0,
	  false,
	  "mov rax, 0x402000 <main+0x10>" },
	{ { 0x64, 0x48, 0x8b, 0x04, 0x25, 0x28, 0, 0, 0 },
	  9,
	  ARCH_INSN_OTHER,
	  0,
	  false,
	  "mov rax, qword ptr fs:[0x28]" },
	{ { 0x48, 0x89, 0x44, 0x24, 0xf8 }, 5, ARCH_INSN_OTHER, 0, false, "mov qword ptr [rsp-0x8], rax" },
	/* alignment: legacy SSE */
	{ { 0x0f, 0x28, 0x04, 0x24 }, 4, ARCH_INSN_OTHER, 16, false, "movaps xmm0, xmmword ptr [rsp]" },
	{ { 0x0f, 0x10, 0x04, 0x24 }, 4, ARCH_INSN_OTHER, 0, false, "movups xmm0, xmmword ptr [rsp]" },
	{ { 0xf3, 0x0f, 0x6f, 0x04, 0x24 }, 5, ARCH_INSN_OTHER, 0, false, "movdqu xmm0, xmmword ptr [rsp]" },
	{ { 0x66, 0x0f, 0xef, 0x04, 0x24 }, 5, ARCH_INSN_OTHER, 16, false, "pxor xmm0, xmmword ptr [rsp]" },
	{ { 0xf2, 0x0f, 0x58, 0x04, 0x24 }, 5, ARCH_INSN_OTHER, 0, false, "addsd xmm0, qword ptr [rsp]" },
	{ { 0x66, 0x0f, 0x3a, 0x63, 0x04, 0x24, 0x0c },
	  7,
	  ARCH_INSN_OTHER,
	  0,
	  false,
	  "pcmpistri xmm0, xmmword ptr [rsp], 0xc" },
	{ { 0xf2, 0x0f, 0xf0, 0x04, 0x24 }, 5, ARCH_INSN_OTHER, 0, false, "lddqu xmm0, xmmword ptr [rsp]" },
	{ { 0x0f, 0x28, 0xc1 }, 3, ARCH_INSN_OTHER, 0, false, "movaps xmm0, xmm1" },
	/* VEX and EVEX: only the aligned moves */
	{ { 0xc5, 0xf8, 0x28, 0x04, 0x24 }, 5, ARCH_INSN_OTHER, 16, false, "vmovaps xmm0, xmmword ptr [rsp]" },
	{ { 0xc5, 0xfd, 0x6f, 0x04, 0x24 }, 5, ARCH_INSN_OTHER, 32, false, "vmovdqa ymm0, ymmword ptr [rsp]" },
	{ { 0x62, 0xf1, 0x7c, 0x48, 0x28, 0x04, 0x24 },
	  7,
	  ARCH_INSN_OTHER,
	  64,
	  false,
	  "vmovaps zmm0, zmmword ptr [rsp]" },
	{ { 0xc5, 0xfd, 0xef, 0x04, 0x24 }, 5, ARCH_INSN_OTHER, 0, false, "vpxor ymm0, ymm0, ymmword ptr [rsp]" },
	{ { 0xc5, 0xfd, 0xe7, 0x04, 0x24 }, 5, ARCH_INSN_OTHER, 32, false, "vmovntdq ymmword ptr [rsp], ymm0" },
	{ { 0x0f, 0xae, 0x04, 0x24 }, 4, ARCH_INSN_OTHER, 16, false, "fxsave [rsp]" },
	{ { 0x0f, 0xae, 0x24, 0x24 }, 4, ARCH_INSN_OTHER, 64, false, "xsave [rsp]" },
	{ { 0x48, 0x0f, 0xc7, 0x0c, 0x24 }, 5, ARCH_INSN_OTHER, 16, false, "cmpxchg16b xmmword ptr [rsp]" },
	{ { 0x0f, 0xc7, 0x0c, 0x24 }, 4, ARCH_INSN_OTHER, 0, false, "cmpxchg8b qword ptr [rsp]" },
	/* #GP in user mode */
	{ { 0xf4 }, 1, ARCH_INSN_OTHER, 0, true, "hlt" },
	{ { 0xec }, 1, ARCH_INSN_OTHER, 0, true, "in al, dx" },
	{ { 0xe7, 0x80 }, 2, ARCH_INSN_OTHER, 0, true, "out 0x80, eax" },
	{ { 0xfa }, 1, ARCH_INSN_OTHER, 0, true, "cli" },
	{ { 0x0f, 0x30 }, 2, ARCH_INSN_OTHER, 0, true, "wrmsr" },
	{ { 0x0f, 0x22, 0xd8 }, 3, ARCH_INSN_OTHER, 0, true, "mov cr3, rax" },
	{ { 0xcd, 0x50 }, 2, ARCH_INSN_OTHER, 0, true, "int 0x50" },
	{ { 0x0f, 0xa2 }, 2, ARCH_INSN_OTHER, 0, false, "cpuid" },
};

static bool symbolise(void *ctx, uint64_t addr, struct buf *out)
{
	(void)ctx;
	if (addr == 0x402000)
		buf_str(out, STR_LIT("<main+0x10>"));
	return addr == 0x402000;
}

static void test_decode_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof decode_cases / sizeof *decode_cases; i++) {
		const struct decode_case *c = &decode_cases[i];
		struct arch_insn insn;
		struct buf text = { 0 };
		x86->decode(c->bytes, sizeof c->bytes, 0x401000, &insn);
		x86->format(c->bytes, sizeof c->bytes, 0x401000, symbolise, NULL, &text);
		assert_string_equal(text.data, c->text);
		assert_int_equal(insn.length, c->length);
		assert_int_equal(insn.kind, c->kind);
		assert_int_equal(insn.alignment, c->alignment);
		assert_int_equal(insn.needs_alignment, c->alignment != 0);
		assert_int_equal(insn.privileged, c->privileged);
		buf_deinit(&text);
		/* Cut off by one byte it is no instruction. */
		x86->decode(c->bytes, c->length - 1, 0x401000, &insn);
		assert_int_equal(insn.kind, ARCH_INSN_INVALID);
		assert_int_equal(insn.length, 1);
	}
}

static struct arch_insn decode(const char *bytes, size_t size)
{
	struct arch_insn insn;
	x86->decode((const uint8_t *)bytes, size, 0x401000, &insn);
	return insn;
}
#define DECODE(lit) decode(lit, sizeof(lit) - 1)

static void test_format_appends(void **state)
{
	(void)state;
	struct buf text = { 0 };
	buf_str(&text, STR_LIT("=> "));
	x86->format((const uint8_t *)"\xe8\xfb\x0f\x00\x00", 5, 0x401000, NULL, NULL, &text);
	assert_string_equal(text.data, "=> call 0x402000");
	x86->format(NULL, 0, 0x401000, NULL, NULL, &text);
	assert_string_equal(text.data, "=> call 0x402000.byte ?");
	buf_deinit(&text);
}

static void test_targets(void **state)
{
	(void)state;
	struct arch_insn insn = DECODE("\xe8\x00\x00\x00\x00");
	assert_true(insn.has_target);
	assert_int_equal(insn.target, 0x401005);
	insn = DECODE("\x74\xf0"); /* jz */
	assert_true(insn.has_target);
	assert_int_equal(insn.target, 0x400ff2);
	insn = DECODE("\xff\xe0"); /* jmp rax */
	assert_false(insn.has_target);
}

static void test_operands(void **state)
{
	(void)state;
	/* mov rax, [rbx + rcx*4 + 0x10] */
	struct arch_insn insn = DECODE("\x48\x8b\x44\x8b\x10");
	assert_int_equal(insn.operand_count, 2);
	assert_int_equal(insn.operands[0].reg, ARCH_RAX);
	assert_true(insn.operands[0].write && !insn.operands[0].read);
	assert_int_equal(insn.operands[1].kind, ARCH_OPERAND_MEM);
	assert_int_equal(insn.operands[1].base, ARCH_RBX);
	assert_int_equal(insn.operands[1].index, ARCH_RCX);
	assert_int_equal(insn.operands[1].scale, 4);
	assert_int_equal(insn.operands[1].bits, 64);
	assert_true(insn.operands[1].read && !insn.operands[1].write);
	assert_int_equal(insn.regs_read, BIT(ARCH_RBX) | BIT(ARCH_RCX));
	assert_int_equal(insn.regs_written, BIT(ARCH_RAX));

	struct arch_regs regs = { 0 };
	uint64_t addr = 1;
	arch_reg_set(&regs, ARCH_RBX, 0x1000);
	assert_false(arch_operand_address(&insn.operands[1], &regs, 0, &addr));
	assert_int_equal(addr, 1);
	arch_reg_set(&regs, ARCH_RCX, UINT64_MAX);
	assert_true(arch_operand_address(&insn.operands[1], &regs, 0, &addr));
	assert_int_equal(addr, 0x100c);
	assert_false(arch_operand_address(&insn.operands[0], &regs, 0, &addr));

	insn = DECODE("\x8d\x04\x0b"); /* lea eax, [rbx+rcx] */
	assert_false(insn.operands[1].read || insn.operands[1].write);
	insn = DECODE("\x0f\x1f\x40\x00"); /* nop [rax] */
	assert_false(insn.operands[0].read || insn.operands[0].write);
	insn = DECODE("\x0f\x18\x00"); /* prefetchnta [rax] */
	assert_false(insn.operands[0].read || insn.operands[0].write);

	insn = DECODE("\xf6\xf4"); /* div ah */
	assert_int_equal(insn.operands[0].reg, ARCH_RAX);
	assert_true(insn.operands[0].high_byte);
	insn = DECODE("\xf6\xf0"); /* div al */
	assert_false(insn.operands[0].high_byte);

	insn = DECODE("\x83\xf8\xff"); /* cmp eax, -1 */
	assert_int_equal(insn.operands[1].imm, UINT64_MAX);
	insn = DECODE("\x48\x0f\x44\xc1"); /* cmovz rax, rcx keeps rax when not taken */
	assert_true(insn.regs_read & BIT(ARCH_RAX));
	insn = DECODE("\xc5\xfc\x28\xd9"); /* vmovaps ymm3, ymm1 */
	assert_int_equal(insn.operands[0].reg, ARCH_XMM0 + 3);
	assert_int_equal(insn.operands[0].bits, 256);
}

static void test_address_forms(void **state)
{
	(void)state;
	struct arch_regs regs = { 0 };
	uint64_t addr;
	arch_reg_set(&regs, ARCH_RSP, 0x7000);
	arch_reg_set(&regs, ARCH_RAX, UINT64_C(0x1fffffff8));
	arch_reg_set(&regs, ARCH_FS_BASE, 0x500);

	struct arch_insn insn = DECODE("\x48\x8b\x05\x10\x00\x00\x00"); /* mov rax, [rip+0x10] */
	assert_true(arch_operand_address(&insn.operands[1], &regs, 0x401007, &addr));
	assert_int_equal(addr, 0x401017);
	insn = DECODE("\x64\x48\x8b\x04\x25\x28\x00\x00\x00"); /* mov rax, fs:[0x28] */
	assert_true(arch_operand_address(&insn.operands[1], &regs, 0, &addr));
	assert_int_equal(addr, 0x528);
	insn = DECODE("\x65\x48\x8b\x04\x25\x28\x00\x00\x00"); /* gs: not known */
	assert_false(arch_operand_address(&insn.operands[1], &regs, 0, &addr));
	insn = DECODE("\x67\x8b\x40\x10"); /* mov eax, [eax+0x10]: wraps at 32 bits */
	assert_true(arch_operand_address(&insn.operands[1], &regs, 0, &addr));
	assert_int_equal(addr, 8);

	insn = DECODE("\xff\x74\x24\x08"); /* push [rsp+8]: reads there, writes at [rsp-8] */
	assert_true(arch_operand_address(&insn.operands[0], &regs, 0, &addr));
	assert_int_equal(addr, 0x7008);
	assert_true(insn.operands[1].write && !insn.operands[1].visible);
	assert_true(arch_operand_address(&insn.operands[1], &regs, 0, &addr));
	assert_int_equal(addr, 0x6ff8);
	insn = DECODE("\x8f\x44\x24\x08"); /* pop [rsp+8]: rsp counts after the pop */
	assert_true(arch_operand_address(&insn.operands[0], &regs, 0, &addr));
	assert_int_equal(addr, 0x7010);
	insn = DECODE("\xe8\x00\x00\x00\x00"); /* call: pushes the return address */
	assert_true(insn.operands[1].write);
	assert_true(arch_operand_address(&insn.operands[1], &regs, 0, &addr));
	assert_int_equal(addr, 0x6ff8);
	insn = DECODE("\xc4\xe2\x71\x92\x04\x12"); /* vgatherdps xmm0, [rdx+xmm2], xmm1: several addresses */
	assert_int_equal(insn.kind, ARCH_INSN_OTHER);
	assert_int_equal(insn.operands[1].index, ARCH_XMM0 + 2);
	arch_reg_set(&regs, ARCH_RDX, 0);
	arch_reg_set(&regs, ARCH_XMM0 + 2, 0);
	assert_false(arch_operand_address(&insn.operands[1], &regs, 0, &addr));
}

static void test_register_masks(void **state)
{
	(void)state;
	struct arch_insn insn = DECODE("\x0f\xa2"); /* cpuid */
	assert_int_equal(insn.regs_written & 0xffff,
			 BIT(ARCH_RAX) | BIT(ARCH_RBX) | BIT(ARCH_RCX) | BIT(ARCH_RDX));
	insn = DECODE("\xe8\x00\x00\x00\x00");
	assert_int_equal(insn.regs_written, BIT(ARCH_RSP) | BIT(ARCH_RIP));
	insn = DECODE("\x48\xf7\xe1"); /* mul rcx */
	assert_int_equal(insn.regs_written, BIT(ARCH_RAX) | BIT(ARCH_RDX) | BIT(ARCH_RFLAGS));
	insn = DECODE("\xc9"); /* leave */
	assert_int_equal(insn.regs_written, BIT(ARCH_RSP) | BIT(ARCH_RBP));
}

static void test_call_before(void **state)
{
	(void)state;
	static const struct {
		uint8_t bytes[15];
		uint8_t size, length; /* 0: no call */
	} cases[] = {
		{ { 0x90, 0xe8, 0x01, 0x02, 0x03, 0x04 }, 6, 5 },
		{ { 0x90, 0xff, 0xd0 }, 3, 2 },                      /* call rax */
		{ { 0x90, 0x41, 0xff, 0xd4 }, 4, 3 },                /* call r12 rather than call rsp */
		{ { 0xff, 0x15, 0x10, 0x20, 0x30, 0x40 }, 6, 6 },    /* call [rip+x] */
		{ { 0xff, 0x50, 0x18 }, 3, 3 },                      /* call [rax+0x18] */
		{ { 0x41, 0xff, 0x94, 0x24, 0x88, 0, 0, 0 }, 8, 8 }, /* call [r12+0x88] */
		{ { 0xff, 0xe0 }, 2, 0 },                            /* jmp rax */
		{ { 0x55, 0x48, 0x89, 0xe5 }, 4, 0 },                /* a prologue */
		{ { 0x02, 0x03, 0x04 }, 3, 0 },
		{ { 0xd0 }, 1, 0 },
		{ { 0 }, 0, 0 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct arch_insn insn = { 0 };
		assert_int_equal(x86->call_before(cases[i].bytes, cases[i].size, 0x401000, &insn),
				 cases[i].length != 0);
		assert_int_equal(insn.length, cases[i].length);
	}
	struct arch_insn insn;
	assert_true(x86->call_before((const uint8_t *)"\xe8\xfb\x0f\x00\x00", 5, 0x401005, &insn));
	assert_int_equal(insn.target, 0x402000);
}

/* Random bytes in exactly sized heap blocks, so that a read past the end is seen by ASan. */
static void test_decode_random(void **state)
{
	(void)state;
	uint64_t seed = 88172645463325252u;
	for (int round = 0; round < 20000; round++) {
		seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
		size_t size = seed % 18;
		uint8_t *bytes = malloc(size ? size : 1);
		assert_non_null(bytes);
		for (size_t i = 0; i < size; i++) {
			seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
			bytes[i] = (uint8_t)(seed >> 24);
		}
		struct arch_insn insn;
		struct buf text = { 0 };
		x86->decode(bytes, size, seed, &insn);
		assert_true(insn.length >= 1 && insn.length <= ARCH_INSN_MAX);
		assert_true(insn.length <= (size ? size : 1));
		assert_true(insn.operand_count <= ARCH_INSN_MAX_OPERANDS);
		if (insn.kind == ARCH_INSN_INVALID)
			assert_int_equal(insn.length, 1);
		x86->format(bytes, size, seed, symbolise, NULL, &text);
		assert_true(text.len > 0);
		buf_deinit(&text);
		x86->call_before(bytes, size, seed, &insn);
		struct arch_clobber_report report;
		x86->check_saved(bytes, size, 0x1000, 0x1000, x86->callee_saved[ARCH_CC_SYSV], &report);
		struct arch_definition def;
		x86->last_definition(bytes, size, 0x1000, 0x1000, 0x1000 + size, ARCH_RBX, &def);
		free(bytes);
	}
}

/* ---- calling conventions ---- */

/* Shapes by name; the tables below were compared with what gcc 12 and rustc 1.95 compile. */
#define INT(offset, size)                     \
	{                                     \
		offset, size, ARCH_SCALAR_INT \
	}
#define FLT(offset, size)                       \
	{                                       \
		offset, size, ARCH_SCALAR_FLOAT \
	}
#define X87(offset)                         \
	{                                   \
		offset, 16, ARCH_SCALAR_X87 \
	}
#define VEC(size)                           \
	{                                   \
		0, size, ARCH_SCALAR_VECTOR \
	}

static const struct named_shape {
	const char *name;
	struct arch_shape shape;
} shapes[] = {
	{ "void", { 0 } },
	{ "bool", { .size = 1, .align = 1, .count = 1, .scalars = { INT(0, 1) } } },
	{ "i32", { .size = 4, .align = 4, .count = 1, .scalars = { INT(0, 4) } } },
	{ "i64", { .size = 8, .align = 8, .count = 1, .scalars = { INT(0, 8) } } },
	{ "i128", { .size = 16, .align = 16, .count = 1, .scalars = { INT(0, 16) } } },
	{ "f32", { .size = 4, .align = 4, .count = 1, .scalars = { FLT(0, 4) } } },
	{ "f64", { .size = 8, .align = 8, .count = 1, .scalars = { FLT(0, 8) } } },
	{ "f128", { .size = 16, .align = 16, .count = 1, .scalars = { FLT(0, 16) } } },
	{ "x87", { .size = 16, .align = 16, .count = 1, .scalars = { X87(0) } } },
	{ "cplxld", { .size = 32, .align = 16, .count = 2, .scalars = { X87(0), X87(16) } } },
	{ "cplxf", { .size = 8, .align = 4, .count = 2, .scalars = { FLT(0, 4), FLT(4, 4) } } },
	{ "cplxd", { .size = 16, .align = 8, .count = 2, .scalars = { FLT(0, 8), FLT(8, 8) } } },
	{ "m128", { .size = 16, .align = 16, .count = 1, .scalars = { VEC(16) } } },
	{ "m256", { .size = 32, .align = 32, .count = 1, .scalars = { VEC(32) } } },
	{ "empty", { .size = 0, .align = 1, .aggregate = true } },
	{ "cxx_empty", { .size = 1, .align = 1, .aggregate = true } },
	{ "{i64}", { .size = 8, .align = 8, .aggregate = true, .count = 1, .scalars = { INT(0, 8) } } },
	{ "{f64}", { .size = 8, .align = 8, .aggregate = true, .count = 1, .scalars = { FLT(0, 8) } } },
	{ "{i64,i64}",
	  { .size = 16, .align = 8, .aggregate = true, .count = 2, .scalars = { INT(0, 8), INT(8, 8) } } },
	{ "{i64,i64,i64}",
	  { .size = 24,
	    .align = 8,
	    .aggregate = true,
	    .count = 3,
	    .scalars = { INT(0, 8), INT(8, 8), INT(16, 8) } } },
	{ "{i32,i32}",
	  { .size = 8, .align = 4, .aggregate = true, .count = 2, .scalars = { INT(0, 4), INT(4, 4) } } },
	{ "{f64,i64}",
	  { .size = 16, .align = 8, .aggregate = true, .count = 2, .scalars = { FLT(0, 8), INT(8, 8) } } },
	{ "{i64,f64}",
	  { .size = 16, .align = 8, .aggregate = true, .count = 2, .scalars = { INT(0, 8), FLT(8, 8) } } },
	{ "{f32,f32}",
	  { .size = 8, .align = 4, .aggregate = true, .count = 2, .scalars = { FLT(0, 4), FLT(4, 4) } } },
	{ "{f32,i32}",
	  { .size = 8, .align = 4, .aggregate = true, .count = 2, .scalars = { FLT(0, 4), INT(4, 4) } } },
	{ "{f32,f32,f32}",
	  { .size = 12,
	    .align = 4,
	    .aggregate = true,
	    .count = 3,
	    .scalars = { FLT(0, 4), FLT(4, 4), FLT(8, 4) } } },
	{ "{bool,f32,f64}",
	  { .size = 16,
	    .align = 8,
	    .aggregate = true,
	    .count = 3,
	    .scalars = { INT(0, 1), FLT(4, 4), FLT(8, 8) } } },
	{ "{i64,bool}",
	  { .size = 16, .align = 8, .aggregate = true, .count = 2, .scalars = { INT(0, 8), INT(8, 1) } } },
	{ "{i32,i64}",
	  { .size = 16, .align = 8, .aggregate = true, .count = 2, .scalars = { INT(0, 4), INT(8, 8) } } },
	{ "{x87}", { .size = 16, .align = 16, .aggregate = true, .count = 1, .scalars = { X87(0) } } },
	{ "union{x87,i32}",
	  { .size = 16, .align = 16, .aggregate = true, .count = 2, .scalars = { X87(0), INT(0, 4) } } },
	{ "union{f64,i64}",
	  { .size = 8, .align = 8, .aggregate = true, .count = 2, .scalars = { FLT(0, 8), INT(0, 8) } } },
	{ "packed",
	  { .size = 9,
	    .align = 1,
	    .aggregate = true,
	    .unaligned = true,
	    .count = 2,
	    .scalars = { INT(0, 1), INT(1, 8) } } },
	{ "{m128}", { .size = 16, .align = 16, .aggregate = true, .count = 1, .scalars = { VEC(16) } } },
	{ "{m128,i64}",
	  { .size = 32, .align = 16, .aggregate = true, .count = 2, .scalars = { VEC(16), INT(16, 8) } } },
	{ "align16{i32}",
	  { .size = 16, .align = 16, .aggregate = true, .count = 1, .scalars = { INT(0, 4) } } },
	{ "{i128}", { .size = 16, .align = 16, .aggregate = true, .count = 1, .scalars = { INT(0, 16) } } },
	{ "{i128,i64}",
	  { .size = 32, .align = 16, .aggregate = true, .count = 2, .scalars = { INT(0, 16), INT(16, 8) } } },
	{ "[i64;2]",
	  { .size = 16,
	    .align = 8,
	    .aggregate = true,
	    .array = true,
	    .count = 2,
	    .scalars = { INT(0, 8), INT(8, 8) } } },
	{ "[f32;1]",
	  { .size = 4, .align = 4, .aggregate = true, .array = true, .count = 1, .scalars = { FLT(0, 4) } } },
	{ "[f32;4]",
	  { .size = 16,
	    .align = 4,
	    .aggregate = true,
	    .array = true,
	    .count = 4,
	    .scalars = { FLT(0, 4), FLT(4, 4), FLT(8, 4), FLT(12, 4) } } },
	{ "[u8;3]",
	  { .size = 3,
	    .align = 1,
	    .aggregate = true,
	    .array = true,
	    .count = 3,
	    .scalars = { INT(0, 1), INT(1, 1), INT(2, 1) } } },
	{ "[u8;12]",
	  { .size = 12,
	    .align = 1,
	    .aggregate = true,
	    .array = true,
	    .count = 12,
	    .scalars = { INT(0, 1), INT(1, 1), INT(2, 1), INT(3, 1), INT(4, 1), INT(5, 1), INT(6, 1),
			 INT(7, 1), INT(8, 1), INT(9, 1), INT(10, 1), INT(11, 1) } } },
	{ "big", { .size = 4096, .align = 8, .aggregate = true, .count = ARCH_SHAPE_MAX + 1 } },
	{ "Option<u32>",
	  { .size = 8, .align = 4, .aggregate = true, .count = 2, .scalars = { INT(0, 4), INT(4, 4) } } },
	{ "Result<u64,i64>",
	  { .size = 16,
	    .align = 8,
	    .aggregate = true,
	    .count = 3,
	    .scalars = { INT(0, 8), INT(8, 8), INT(8, 8) } } },
	{ "Result<u32,f32>",
	  { .size = 8,
	    .align = 4,
	    .aggregate = true,
	    .count = 3,
	    .scalars = { INT(0, 4), INT(4, 4), FLT(4, 4) } } },
	{ "Result<u64,u32>",
	  { .size = 16,
	    .align = 8,
	    .aggregate = true,
	    .count = 3,
	    .scalars = { INT(0, 1), INT(4, 4), INT(8, 8) } } },
};

static struct arch_shape shape_of(struct str name)
{
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
		if (str_is(name, shapes[i].name))
			return shapes[i].shape;
	fail_msg("no shape %.*s", STR_ARG(name));
	return shapes[0].shape;
}

static void show_place(struct buf *out, const struct arch_place *place)
{
	if (place->kind == ARCH_PLACE_NONE)
		buf_char(out, '-');
	if (place->kind == ARCH_PLACE_POINTER)
		buf_char(out, '*');
	if (place->kind == ARCH_PLACE_STACK || (place->kind == ARCH_PLACE_POINTER && place->reg_count == 0))
		buf_printf(out, "[%u]", place->stack_offset);
	for (size_t i = 0; i < place->reg_count; i++) {
		if (i)
			buf_char(out, '+');
		if (place->regs[i] == ARCH_REG_NONE)
			buf_printf(out, "[%u]", place->part_stack[i]);
		else
			buf_str(out, str_from(arch_reg_by_dwarf(x86, place->regs[i])->name));
	}
}

/* "shape shape … -> shape" classified and shown as "place place … -> place", with "ret=place" in front for a hidden one. */
static void check_call(enum arch_convention cc, const char *prototype, const char *expected)
{
	struct arch_shape args[ARCH_MAX_ARGS], result;
	size_t count = 0;
	struct str rest = str_from(prototype);
	bool last = false;
	for (;;) {
		size_t end = str_find(rest, STR_LIT(" "));
		struct str word = str_sub(rest, 0, end);
		if (str_is(word, "->")) {
			last = true;
		} else if (last) {
			result = shape_of(word);
			break;
		} else {
			args[count++] = shape_of(word);
		}
		rest = str_sub(rest, end + 1, rest.len);
	}
	struct arch_call call;
	struct buf shown = { 0 };
	x86->classify(cc, &result, args, count, &call);
	assert_int_equal(call.arg_count, count);
	if (call.hidden_return) {
		buf_str(&shown, STR_LIT("ret="));
		show_place(&shown, &call.hidden);
		buf_char(&shown, ' ');
	}
	for (size_t i = 0; i < count; i++) {
		show_place(&shown, &call.args[i]);
		buf_char(&shown, ' ');
	}
	buf_str(&shown, STR_LIT("-> "));
	show_place(&shown, &call.result);
	if (strcmp(shown.data, expected) != 0)
		fail_msg("%s: %s, expected %s", prototype, shown.data, expected);
	buf_deinit(&shown);
}

struct call_case {
	const char *prototype, *expected;
};

static void test_sysv(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "-> void", "-> -" },
		{ "i64 i32 bool i64 i64 i64 i64 i32 -> i64", "rdi rsi rdx rcx r8 r9 [8] [16] -> rax" },
		{ "f64 i32 f32 i64 -> f64", "xmm0 rdi xmm1 rsi -> xmm0" },
		{ "f64 f64 f64 f64 f64 f64 f64 f64 f32 i32 -> f32",
		  "xmm0 xmm1 xmm2 xmm3 xmm4 xmm5 xmm6 xmm7 [8] rdi -> xmm0" },
		{ "{i64,i64} i32 -> {i64,i64}", "rdi+rsi rdx -> rax+rdx" },
		{ "{f64,i64} i32 -> {f64,i64}", "xmm0+rdi rsi -> xmm0+rax" },
		{ "{i64,f64} i32 -> {i64,f64}", "rdi+xmm0 rsi -> rax+xmm0" },
		{ "{f32,f32} i32 -> {f32,f32}", "xmm0 rdi -> xmm0" },
		{ "{f32,i32} i32 -> {f32,i32}", "rdi rsi -> rax" },
		{ "{f32,f32,f32} i32 -> {f32,f32,f32}", "xmm0+xmm1 rdi -> xmm0+xmm1" },
		{ "{bool,f32,f64} i32 -> {bool,f32,f64}", "rdi+xmm0 rsi -> rax+xmm0" },
		{ "[u8;12] i32 -> [u8;12]", "rdi+rsi rdx -> rax+rdx" },
		{ "[f32;4] i32 -> [f32;4]", "xmm0+xmm1 rdi -> xmm0+xmm1" },
		{ "union{f64,i64} i32 -> union{f64,i64}", "rdi rsi -> rax" },
		/* in memory; the hidden pointer shifts the arguments */
		{ "{i64,i64,i64} i32 -> {i64,i64,i64}", "ret=rdi [8] rsi -> *rax" },
		{ "packed i32 -> packed", "ret=rdi [8] rsi -> *rax" },
		{ "big i32 -> big", "ret=rdi [8] rsi -> *rax" },
		{ "i64 -> {i64,i64,i64}", "ret=rdi rsi -> *rax" },
		{ "{m128,i64} -> {m128,i64}", "ret=rdi [8] -> *rax" },
		/* x87 */
		{ "x87 i32 -> x87", "[8] rdi -> st0" },
		{ "i64 i64 i64 i64 i64 i64 i64 x87 i32 -> {x87}",
		  "rdi rsi rdx rcx r8 r9 [8] [24] [40] -> st0" },
		{ "cplxld i32 -> cplxld", "[8] rdi -> st0+st1" },
		{ "union{x87,i32} i32 -> union{x87,i32}", "ret=rdi [8] rsi -> *rax" },
		{ "cplxf i32 -> cplxf", "xmm0 rdi -> xmm0" },
		{ "cplxd i32 -> cplxd", "xmm0+xmm1 rdi -> xmm0+xmm1" },
		/* vectors */
		{ "m128 i32 -> m128", "xmm0 rdi -> xmm0" },
		{ "m256 f64 -> m256", "xmm0 xmm1 -> xmm0" },
		{ "{m128} f64 -> {m128}", "xmm0 xmm1 -> xmm0" },
		{ "f128 f64 -> f128", "xmm0 xmm1 -> xmm0" },
		/* __int128 */
		{ "i128 i32 -> i128", "rdi+rsi rdx -> rax+rdx" },
		{ "{i128} i32 -> {i128}", "rdi+rsi rdx -> rax+rdx" },
		{ "i64 i64 i64 i64 i64 i128 i64 -> void", "rdi rsi rdx rcx r8 [8] r9 -> -" },
		{ "i64 i64 i64 i64 i64 i64 i64 i128 i64 -> void",
		  "rdi rsi rdx rcx r8 r9 [8] [24] [40] -> -" },
		/* registers run out: all of an aggregate or nothing */
		{ "i64 i64 i64 i64 i64 {i64,i64} i64 -> void", "rdi rsi rdx rcx r8 [8] r9 -> -" },
		{ "i64 i64 i64 i64 i64 i64 {f64,i64} f64 -> void", "rdi rsi rdx rcx r8 r9 [8] xmm0 -> -" },
		{ "i64 i64 i64 i64 i64 i64 i32 align16{i32} i64 -> void",
		  "rdi rsi rdx rcx r8 r9 [8] [24] [40] -> -" },
		/* padding and nothing */
		{ "align16{i32} i32 -> align16{i32}", "rdi rsi -> rax" },
		{ "empty i32 -> empty", "- rdi -> -" },
		{ "cxx_empty i32 -> cxx_empty", "- rdi -> -" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check_call(ARCH_CC_SYSV, cases[i].prototype, cases[i].expected);
}

static void test_rust(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "i64 f32 bool -> i64", "rdi xmm0 rsi -> rax" },
		{ "{i64,i64} i64 -> {i64,i64}", "rdi+rsi rdx -> rax+rdx" },
		{ "{f32,f32} i64 -> {f32,f32}", "xmm0+xmm1 rdi -> xmm0+xmm1" },
		{ "{f64,i64} i32 -> {f64,i64}", "xmm0+rdi rsi -> xmm0+rax" },
		{ "Option<u32> i32 -> Option<u32>", "rdi+rsi rdx -> rax+rdx" },
		{ "{i64,bool} -> {i64,bool}", "rdi+rsi -> rax+rdx" },
		{ "{i32,i64} -> {i32,i64}", "rdi+rsi -> rax+rdx" },
		{ "Result<u64,i64> i32 -> Result<u64,i64>", "rdi+rsi rdx -> rax+rdx" },
		{ "Result<u32,f32> i32 -> Result<u32,f32>", "rdi rsi -> rax" },
		{ "Result<u64,u32> i32 -> Result<u64,u32>", "ret=rdi *rsi rdx -> *rax" },
		{ "{i64} {f64} -> {f64}", "rdi xmm0 -> xmm0" },
		{ "{i64,i64,i64} i32 -> {i64,i64,i64}", "ret=rdi *rsi rdx -> *rax" },
		{ "[u8;12] i32 -> [u8;12]", "ret=rdi *rsi rdx -> *rax" },
		{ "[i64;2] i32 -> [i64;2]", "ret=rdi *rsi rdx -> *rax" },
		{ "[u8;3] i32 -> [u8;3]", "rdi rsi -> rax" },
		{ "[f32;1] i32 -> [f32;1]", "rdi rsi -> rax" },
		{ "align16{i32} -> void", "*rdi -> -" },
		{ "packed -> packed", "ret=rdi *rsi -> *rax" },
		{ "m128 i32 -> m128", "ret=rdi *rsi rdx -> *rax" },
		{ "i128 i32 -> i128", "rdi+rsi rdx -> rax+rdx" },
		{ "{i128,i64} i32 -> {i128,i64}", "ret=rdi rsi+rdx+rcx r8 -> *rax" },
		{ "empty i32 -> empty", "- rdi -> -" },
		{ "big i32 -> void", "*rdi rsi -> -" },
		/* each half of a pair takes the next register on its own */
		{ "i64 i64 i64 i64 i64 {i64,i64} i64 -> i64", "rdi rsi rdx rcx r8 r9+[8] [16] -> rax" },
		{ "i64 i64 i64 i64 i64 i64 {i64,i64} i64 -> i64", "rdi rsi rdx rcx r8 r9 [8] [24] -> rax" },
		{ "i64 i64 i64 i64 i64 i64 {i32,i32} i64 -> i64",
		  "rdi rsi rdx rcx r8 r9 [8]+[16] [24] -> rax" },
		{ "i64 i64 i64 i64 i64 i128 i64 -> i64", "rdi rsi rdx rcx r8 [8] r9 -> rax" },
		{ "i64 i64 i64 i64 i64 i64 i64 i128 i64 -> i64",
		  "rdi rsi rdx rcx r8 r9 [8] [24] [40] -> rax" },
		{ "i64 i64 i64 i64 i64 i64 big -> i64", "rdi rsi rdx rcx r8 r9 *[8] -> rax" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check_call(ARCH_CC_RUST, cases[i].prototype, cases[i].expected);
}

static void test_win64(void **state)
{
	(void)state;
	static const struct call_case cases[] = {
		{ "i64 f64 i32 f32 i64 f64 -> i64", "rcx xmm1 r8 xmm3 [40] [48] -> rax" },
		{ "i32 -> f32", "rcx -> xmm0" },
		{ "{i64} {f64} {f32,f32} bool -> {f32,f32}", "rcx rdx r8 r9 -> rax" },
		{ "i32 {i64,i64} f64 i32 i32 {i64,i64} -> {i64,i64}",
		  "ret=rcx rdx *r8 xmm3 [40] [48] *[56] -> *rax" },
		{ "[u8;3] -> [u8;3]", "ret=rcx *rdx -> *rax" },
		{ "i32 i128 -> i128", "rcx *rdx -> xmm0" },
		{ "m128 m256 -> m128", "*rcx *rdx -> xmm0" },
		{ "x87 -> x87", "ret=rcx *rdx -> *rax" },
		{ "f128 -> f128", "ret=rcx *rdx -> *rax" },
		{ "cplxf cplxd -> cplxf", "rcx *rdx -> rax" },
		{ "f64 -> {i64,i64,i64}", "ret=rcx xmm1 -> *rax" },
		{ "empty i32 -> empty", "- rcx -> -" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check_call(ARCH_CC_WIN64, cases[i].prototype, cases[i].expected);
}

static void test_parts(void **state)
{
	(void)state;
	struct arch_shape arg = shape_of(STR_LIT("[u8;12]")), none = { 0 };
	struct arch_call call;
	x86->classify(ARCH_CC_SYSV, &none, &arg, 1, &call);
	assert_int_equal(call.args[0].part_offset[1], 8);
	assert_int_equal(call.args[0].part_size[0], 8);
	assert_int_equal(call.args[0].part_size[1], 4);
	arg = shape_of(STR_LIT("{i32,i64}"));
	x86->classify(ARCH_CC_RUST, &arg, &arg, 1, &call);
	assert_int_equal(call.args[0].part_size[0], 4);
	assert_int_equal(call.args[0].part_offset[1], 8);
	assert_int_equal(call.result.part_offset[1], 8);

	struct arch_shape many[ARCH_MAX_ARGS + 3];
	for (size_t i = 0; i < ARCH_MAX_ARGS + 3; i++)
		many[i] = shape_of(STR_LIT("i64"));
	x86->classify(ARCH_CC_SYSV, &none, many, ARCH_MAX_ARGS + 3, &call);
	assert_int_equal(call.arg_count, ARCH_MAX_ARGS);
	assert_int_equal(call.args[ARCH_MAX_ARGS - 1].stack_offset, 8 + 8 * (ARCH_MAX_ARGS - 7));
}

/* ---- callee-saved registers ---- */

#define SYSV_SAVED (x86->callee_saved[ARCH_CC_SYSV])

static struct arch_clobber_report check(const uint8_t *code, size_t size, uint64_t mask)
{
	struct arch_clobber_report report;
	x86->check_saved(code, size, 0x1000, 0x1000, mask, &report);
	assert_int_equal(report.broken & report.maybe, 0);
	return report;
}
#define CHECK(code) check(code, sizeof(code), SYSV_SAVED)

static void assert_kept(struct arch_clobber_report r)
{
	assert_int_equal(r.broken, 0);
	assert_int_equal(r.maybe, 0);
	assert_true(r.complete);
	assert_true(r.sp_balanced);
	assert_false(r.sp_unknown);
}

/* Sizes that no scalar has, as broken debug information may give a base type: never in more parts than a place has room for. */
static void test_rust_odd_scalars(void **state)
{
	(void)state;
	static const struct arch_shape shapes[] = {
		{ .size = 64, .align = 8, .count = 1, .scalars = { { 0, 64, ARCH_SCALAR_INT } } },
		{ .size = 16,
		  .align = 8,
		  .count = 2,
		  .scalars = { { 0, 12, ARCH_SCALAR_INT }, { 12, 4, ARCH_SCALAR_INT } } },
	};
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
		struct arch_call call;
		x86->classify(ARCH_CC_RUST, &shapes[i], &shapes[i], 1, &call);
		assert_true(call.hidden_return);
		assert_int_equal(call.args[0].kind, ARCH_PLACE_POINTER);
	}
}

static void test_saved_kept(void **state)
{
	(void)state;
	assert_kept(CHECK(cranelift_ok));
	assert_kept(CHECK(gcc_ok));
	assert_kept(CHECK(leave_ok));
	assert_kept(CHECK(scratch_save));
	assert_kept(CHECK(tail_ok));
	assert_kept(CHECK(probe_loop));
	assert_kept(CHECK(realigned));
	assert_kept(CHECK(moving_pointer));
	assert_kept(CHECK(callee_pops)); /* is right when the callee takes 16 bytes off */
	assert_kept(check(win64_ok, sizeof win64_ok, x86->callee_saved[ARCH_CC_WIN64]));
	assert_kept(CHECK(endless));
}

static void assert_broken(struct arch_clobber_report r, unsigned reg, uint64_t write_pc, uint64_t return_pc)
{
	assert_int_equal(r.broken, BIT(reg));
	assert_int_equal(r.detail[reg].write_pc, write_pc);
	assert_int_equal(r.detail[reg].return_pc, return_pc);
}

static void test_saved_broken(void **state)
{
	(void)state;
	struct arch_clobber_report r = CHECK(clobbers_rbx);
	assert_broken(r, ARCH_RBX, 0x1000, 0x100b);
	assert_true(r.detail[ARCH_RBX].has_imm);
	assert_int_equal(r.detail[ARCH_RBX].imm, 0x12);
	assert_true(r.complete && r.sp_balanced);
	assert_int_equal(r.always, BIT(ARCH_RBX));

	r = CHECK(one_path_wrong);
	assert_broken(r, ARCH_RBX, 0x100e, 0x1017);
	assert_int_equal(r.detail[ARCH_RBX].imm, 7);
	assert_int_equal(r.always, 0);
	assert_true(r.sp_balanced);

	r = CHECK(joined_wrong); /* one return, right on one way to it only */
	assert_broken(r, ARCH_RBX, 0x1001, 0x1014);
	assert_true(r.detail[ARCH_RBX].has_imm);

	r = CHECK(swapped_pops);
	assert_int_equal(r.broken, BIT(ARCH_RBX) | BIT(ARCH_R12));
	assert_int_equal(r.detail[ARCH_R12].write_pc, 0x100a);
	assert_false(r.detail[ARCH_R12].has_imm);

	assert_broken(CHECK(tail_wrong), ARCH_RBX, 0x1000, 0x1003);
	assert_broken(CHECK(wrong_slot), ARCH_RBX, 0x1010, 0x1019);
	assert_broken(CHECK(rbx_from_memory), ARCH_RBX, 0x1000, 0x1006);

	r = check(win64_wrong, sizeof win64_wrong, x86->callee_saved[ARCH_CC_WIN64]);
	assert_int_equal(r.broken, BIT(ARCH_RSI) | BIT(ARCH_XMM0 + 6));
	/* The same code breaks nothing of System V. */
	assert_kept(CHECK(win64_wrong));
}

static void test_saved_unbalanced(void **state)
{
	(void)state;
	struct arch_clobber_report r = CHECK(unbalanced);
	assert_int_equal(r.broken, 0);
	assert_false(r.sp_balanced);
	assert_int_equal(r.bad_return_pc, 0x1008);
}

static void test_saved_not_provable(void **state)
{
	(void)state;
	struct arch_clobber_report r = CHECK(xor_swap);
	assert_int_equal(r.broken, 0);
	assert_int_equal(r.maybe, BIT(ARCH_RBX));
	assert_true(r.complete);

	r = CHECK(cold_part); /* the rest of the function is elsewhere */
	assert_int_equal(r.broken | r.maybe, 0);
	assert_false(r.complete);
	r = CHECK(jump_table);
	assert_int_equal(r.broken | r.maybe, 0);
	assert_false(r.complete);

	/* mov rbx, rdi; jmp rax: a tail call with rbx lost, unless it is a jump table */
	r = check((const uint8_t *)"\x48\x89\xfb\xff\xe0", 5, SYSV_SAVED);
	assert_int_equal(r.broken, 0);
	assert_int_equal(r.maybe, BIT(ARCH_RBX));
	assert_false(r.complete);

	r = CHECK(noreturn_call); /* is right when the call does not return */
	assert_int_equal(r.broken, 0);
	assert_int_equal(r.maybe, BIT(ARCH_RBX));
	assert_true(r.sp_balanced && r.sp_unknown);
}

static void test_saved_bad_input(void **state)
{
	(void)state;
	struct arch_clobber_report r;
	x86->check_saved(clobbers_rbx, sizeof clobbers_rbx, 0x1000, 0x2000, SYSV_SAVED, &r);
	assert_false(r.complete);
	x86->check_saved(clobbers_rbx, sizeof clobbers_rbx, 0x1000, 0xfff, SYSV_SAVED, &r);
	assert_false(r.complete);
	/* Cut off in the middle of an instruction, and before the return. */
	for (size_t size = 1; size < sizeof cranelift_ok; size++) {
		r = check(cranelift_ok, size, SYSV_SAVED);
		assert_int_equal(r.broken, 0);
		if (size != 0x28) /* there it ends with a call, which need not return */
			assert_false(r.complete);
	}
}

static void test_last_definition(void **state)
{
	(void)state;
	struct arch_definition d;
	x86->last_definition(definition, sizeof definition, 0x1000, 0x1000, 0x100b, ARCH_RBX, &d);
	assert_true(d.in_step && d.found);
	assert_int_equal(d.def_pc, 0x1001);
	assert_int_equal(d.call_count, 2);
	assert_int_equal(d.calls[0], 0x1009);
	assert_int_equal(d.calls[1], 0x100b);
	assert_false(d.more_calls);
	x86->last_definition(definition, sizeof definition, 0x1000, 0x1000, 0x1011, ARCH_RBX, &d);
	assert_int_equal(d.def_pc, 0x100e);
	assert_int_equal(d.call_count, 0);
	x86->last_definition(definition, sizeof definition, 0x1000, 0x1000, 0x100b, ARCH_R12, &d);
	assert_true(d.in_step && !d.found);
	assert_int_equal(d.call_count, 2);
	x86->last_definition(definition, sizeof definition, 0x1000, 0x1000, 0x100c, ARCH_RBX, &d);
	assert_false(d.in_step);
	x86->last_definition(definition, sizeof definition, 0x1000, 0x1000, 0x1100, ARCH_RBX, &d);
	assert_false(d.in_step);

	uint8_t calls[40]; /* twenty times call rax */
	for (size_t i = 0; i < sizeof calls; i++)
		calls[i] = i % 2 ? 0xd0 : 0xff;
	x86->last_definition(calls, sizeof calls, 0x1000, 0x1000, 0x1028, ARCH_RBX, &d);
	assert_int_equal(d.call_count, ARCH_DEFINITION_CALLS_MAX);
	assert_true(d.more_calls);
	assert_int_equal(d.calls[ARCH_DEFINITION_CALLS_MAX - 1], 0x1028);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_registers),
		cmocka_unit_test(test_canonical),
		cmocka_unit_test(test_decode_table),
		cmocka_unit_test(test_format_appends),
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_operands),
		cmocka_unit_test(test_address_forms),
		cmocka_unit_test(test_register_masks),
		cmocka_unit_test(test_call_before),
		cmocka_unit_test(test_decode_random),
		cmocka_unit_test(test_sysv),
		cmocka_unit_test(test_rust),
		cmocka_unit_test(test_win64),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_rust_odd_scalars),
		cmocka_unit_test(test_saved_kept),
		cmocka_unit_test(test_saved_broken),
		cmocka_unit_test(test_saved_unbalanced),
		cmocka_unit_test(test_saved_not_provable),
		cmocka_unit_test(test_saved_bad_input),
		cmocka_unit_test(test_last_definition),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
