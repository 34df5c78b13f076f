/* What differs from CPU to CPU, as data and functions behind one struct: registers, trap bytes, calling conventions,
 * instruction decoding. Nothing here depends on the CPU or OS that oxdb itself runs on. Register numbers are DWARF's (x86-64:
 * System V psABI figure 3.36). */
#pragma once

#include "base/addr.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

/* x86-64 DWARF register numbers that code names directly. */
enum arch_x86_64_reg {
	ARCH_RAX,
	ARCH_RDX,
	ARCH_RCX,
	ARCH_RBX,
	ARCH_RSI,
	ARCH_RDI,
	ARCH_RBP,
	ARCH_RSP,
	ARCH_R8,
	ARCH_R9,
	ARCH_R10,
	ARCH_R11,
	ARCH_R12,
	ARCH_R13,
	ARCH_R14,
	ARCH_R15,
	ARCH_RIP = 16,
	ARCH_XMM0 = 17,
	ARCH_XMM15 = 32,
	ARCH_RFLAGS = 49,
	ARCH_ES,
	ARCH_CS,
	ARCH_SS,
	ARCH_DS,
	ARCH_FS,
	ARCH_GS,
	ARCH_FS_BASE = 58,
	ARCH_GS_BASE = 59,
	/* No number of the psABI, which has 60 reserved: the system call that a thread is in, as Linux tells it; -1: none. */
	ARCH_ORIG_RAX = 60,
};

enum { ARCH_REG_NONE = 0xffff, ARCH_REG_LIMIT = 64 };

/* The 64-bit registers of one frame; which of them are known is a mask by DWARF number. */
struct arch_regs {
	uint64_t value[ARCH_REG_LIMIT];
	uint64_t known;
};

static inline bool arch_reg_known(const struct arch_regs *r, unsigned reg)
{
	return reg < ARCH_REG_LIMIT && (r->known >> reg & 1);
}

static inline void arch_reg_set(struct arch_regs *r, unsigned reg, uint64_t value)
{
	r->value[reg] = value;
	r->known |= UINT64_C(1) << reg;
}

static inline void arch_reg_forget(struct arch_regs *r, unsigned reg)
{
	r->known &= ~(UINT64_C(1) << reg);
}

struct arch_reg {
	const char *name; /* "rax" */
	uint16_t dwarf;   /* DWARF number */
	uint8_t bits;
	bool general; /* shown among the general registers, in this order */
};

/* ---- instructions ---- */

enum arch_insn_kind {
	ARCH_INSN_OTHER,
	ARCH_INSN_CALL,   /* direct (has_target) or indirect */
	ARCH_INSN_JUMP,   /* unconditional */
	ARCH_INSN_BRANCH, /* conditional */
	ARCH_INSN_RETURN,
	ARCH_INSN_TRAP,       /* ud2, ud0/1 */
	ARCH_INSN_BREAKPOINT, /* int3 */
	ARCH_INSN_SYSCALL,
	ARCH_INSN_DIVIDE, /* div, idiv */
	ARCH_INSN_PUSH,
	ARCH_INSN_POP,
	ARCH_INSN_INVALID, /* cannot be decoded; length 1 */
};

enum { ARCH_INSN_MAX = 15, ARCH_INSN_MAX_OPERANDS = 5 };

enum arch_operand_kind { ARCH_OPERAND_REG, ARCH_OPERAND_MEM, ARCH_OPERAND_IMM };

struct arch_operand {
	uint8_t kind; /* enum arch_operand_kind */
	bool read, write, visible;
	/* REG: DWARF number of the containing full register (al → rax, ymm3 → xmm3), ARCH_REG_NONE for others; MEM: see below */
	uint16_t reg;
	uint16_t bits;  /* width of the operand */
	bool high_byte; /* REG: ah, bh, ch, dh: bits 8..15 of reg */
	/* MEM: address = segment base + base + index * scale + disp; rip-relative has base ARCH_RIP (value: the next
	 * instruction's address). lea, nop and prefetches have memory operands that are neither read nor written. disp is
	 * meant for the registers at the instruction's beginning: push and call write at [rsp-8], pop [rsp] at [rsp+8]. */
	uint16_t base, index,
		segment; /* ARCH_REG_NONE when absent; segment only FS/GS; index is a vector in gathers */
	uint8_t address_bits; /* 64; 32 with an address-size prefix: the sum is cut to 32 bits before the segment base */
	uint8_t scale;
	int64_t disp;
	/* IMM: sign-extended from the width that it has in the instruction where the instruction does so; of relative branches
	 * the target */
	uint64_t imm;
};

struct arch_insn {
	uint8_t length;  /* bytes, at least 1 */
	uint8_t kind;    /* enum arch_insn_kind */
	bool has_target; /* of a direct call, jump or branch */
	bool needs_alignment; /* a memory operand must be aligned (movaps, movdqa … and legacy-SSE memory operands) … */
	uint8_t alignment; /* … to this many bytes, else a general-protection fault; 0 when not needs_alignment */
	bool privileged; /* a general-protection fault when user code executes it (hlt, in, out, cli, wrmsr …) */
	uint64_t target;
	/* Operands as written, then hidden memory, then hidden registers as far as there is room. */
	uint8_t operand_count;
	struct arch_operand operands[ARCH_INSN_MAX_OPERANDS];
	uint64_t regs_written; /* mask by DWARF number 0..63, hidden operands included (call: rsp; cpuid: rax…) */
	uint64_t regs_read;
	char mnemonic[16];
};

/* Address that a memory operand names, from register values as they were when the instruction began. False when a register
 * in it is not known (FS and GS: ARCH_FS_BASE and ARCH_GS_BASE) or the operand is no memory or one of several (gathers). */
bool arch_operand_address(const struct arch_operand *operand, const struct arch_regs *regs,
			  uint64_t next_pc, uint64_t *ret);

/* Symbolises an address in an instruction's text: appends "<name+off>", brackets included and no space before, and gives
 * true; or appends nothing and gives false. Asked for branch targets, rip-relative and absolute operands, and mov's 64-bit
 * immediates. */
typedef bool arch_symbolise_fn(void *ctx, uint64_t addr, struct buf *out);

/* ---- calling conventions ---- */

/* A scalar inside a type that is passed or returned by value, at its byte offset; a type is flattened to its scalars. */
enum arch_scalar_kind { ARCH_SCALAR_INT, ARCH_SCALAR_FLOAT, ARCH_SCALAR_X87, ARCH_SCALAR_VECTOR };
struct arch_scalar {
	uint32_t offset, size; /* bytes */
	uint8_t kind;
};

enum { ARCH_SHAPE_MAX = 32 };
/* What a calling convention sees of a type. */
struct arch_shape {
	uint64_t size, align; /* bytes; size 0: passed nowhere (ZST, void) */
	bool aggregate;       /* struct, union, array, enum with data */
	bool unaligned;       /* packed fields: in memory */
	bool array; /* is an array or has one inside: the Rust convention then passes bytes, not scalars */
	/* Scalars in order of offset. More than ARCH_SHAPE_MAX: count = ARCH_SHAPE_MAX + 1 and the type is bigger than registers */
	uint32_t count;
	struct arch_scalar scalars[ARCH_SHAPE_MAX];
};

enum arch_place_kind {
	ARCH_PLACE_NONE,  /* size 0, or nothing but padding */
	ARCH_PLACE_REGS,  /* in 1 or 2 registers (Rust: a pair with a u128 has 3 or 4) */
	ARCH_PLACE_STACK, /* by value on the stack at stack_offset */
	ARCH_PLACE_POINTER, /* a pointer to a copy: the pointer is in regs[0] or, count 0, at stack_offset */
	/* Rust only: a pair of which parts are on the stack; those have ARCH_REG_NONE and are at part_stack[i]. */
	ARCH_PLACE_SPLIT,
};
struct arch_place {
	uint8_t kind; /* enum arch_place_kind */
	uint8_t reg_count;
	uint16_t regs[4]; /* DWARF numbers */
	/* REGS, SPLIT: regs[i] holds this part of the value, bytes, in its low bits. Bytes in no part are padding. POINTER: 0, 8. */
	uint16_t part_offset[4], part_size[4];
	uint32_t part_stack[4]; /* SPLIT: from the same origin as stack_offset, which is the first of them */
	uint32_t stack_offset; /* from the stack pointer at the callee's first instruction (the first argument is at 8) */
};

enum arch_convention { ARCH_CC_SYSV, ARCH_CC_RUST, ARCH_CC_WIN64 };

enum { ARCH_MAX_ARGS = 64 };
/* Where a function's arguments and its result are on entry and at return. */
struct arch_call {
	bool hidden_return; /* the result is written through a hidden pointer … */
	struct arch_place hidden; /* … which is passed here (and comes back in the first integer return register) */
	struct arch_place result; /* REGS, NONE, or POINTER (hidden) */
	size_t arg_count;
	struct arch_place args[ARCH_MAX_ARGS];
};

struct arch_clobber_report;
struct arch_definition;

struct arch {
	const char *name; /* "x86-64" */
	uint16_t elf_machine;
	uint8_t address_size;
	uint16_t pc, sp, fp; /* DWARF numbers */
	const uint8_t *trap; /* breakpoint instruction */
	uint8_t trap_size;
	uint8_t trap_pc_advance; /* how far pc is past the trap when it is reported */
	const struct arch_reg *regs;
	size_t reg_count;
	uint64_t callee_saved[3]; /* mask by DWARF number, indexed by enum arch_convention; without sp */
	uint8_t stack_align;      /* of sp at a call */
	uint32_t red_zone;        /* bytes below sp that a leaf may use */
	/* DWARF number of the flags, and the bit of them that lets the instruction at pc run though the hardware watches its address (Intel
	 * SDM 3, 18.3.1.1: RF); 0: there is none. */
	uint16_t flags;
	uint64_t resume_flag;

	/* Decodes one instruction out of [bytes, bytes+size); always sets *ret (INVALID, length 1 when it cannot be decoded or is
	 * cut off). */
	void (*decode)(const uint8_t *bytes, size_t size, uint64_t pc, struct arch_insn *ret);
	/* Intel syntax, no address, no bytes: "call 0x401000 <main>" through symbolise (may be NULL), "mov rax, qword ptr
	 * [rip+0x2f4a] # 0x404010 <stdout>". An undecodable one is ".byte 0x06". */
	void (*format)(const uint8_t *bytes, size_t size, uint64_t pc, arch_symbolise_fn *symbolise,
		       void *ctx, struct buf *out);
	/* As gdb writes it: "mov    $0x3,%edi", intel: "mov    edi,0x3"; an undecodable one is "(bad)". */
	void (*format_gdb)(const uint8_t *bytes, size_t size, uint64_t pc, bool intel,
			   arch_symbolise_fn *symbolise, void *ctx, struct buf *out);
	/* Classifies a prototype; result size 0 for none. Variadic calls are not known here. */
	void (*classify)(enum arch_convention cc, const struct arch_shape *result,
			 const struct arch_shape *args, size_t arg_count, struct arch_call *ret);
	/* Does a call instruction end just before pc? bytes are the 15 before pc at most (bytes[size-1] is at pc-1). Where the
	 * bytes can be read as several, the likeliest one is given: direct, then with a REX prefix, then without. */
	bool (*call_before)(const uint8_t *bytes, size_t size, uint64_t pc, struct arch_insn *ret_call);
	/* arch/clobber.h: does a function keep the callee-saved registers; where does a register's value come from? */
	void (*check_saved)(const uint8_t *code, size_t size, uint64_t base_pc, uint64_t entry_pc,
			    uint64_t callee_saved_mask, struct arch_clobber_report *ret);
	void (*last_definition)(const uint8_t *code, size_t size, uint64_t base_pc, uint64_t function_start,
				uint64_t at_pc, unsigned reg, struct arch_definition *ret);
	/* xmm0 to xmm15 out of an XSAVE area in standard form (Intel SDM 1, 13.4: legacy region, from byte 160 on); false when it is too
	 * short. */
	bool (*vectors)(const uint8_t *xsave, size_t size, uint8_t ret[16][16]);
	/* Canonical form of an address (x86-64: 48-bit sign extension; 57-bit addresses are canonical only with LA57). */
	bool (*canonical)(uint64_t addr);
};

extern const struct arch arch_x86_64;
/* By ELF e_machine; NULL when unknown. */
const struct arch *arch_by_elf_machine(uint16_t elf_machine);
const struct arch_reg *arch_reg_by_dwarf(const struct arch *arch, unsigned dwarf);
const struct arch_reg *arch_reg_by_name(const struct arch *arch, struct str name);
