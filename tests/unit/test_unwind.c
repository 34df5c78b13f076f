/* The unwinder on made-up stacks and code, on its own process, and on rubbish. */
#include "unwind/unwind.h"

#include <elf.h>
#include <execinfo.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

enum {
	STACK = 0x7f0000000000,
	STACK_SIZE = 0x4000,
	CODE = 0x100000, /* each piece of code in a page of its own */
	CALLER = 0x200000,
	MAX_REGIONS = 16,
	MAX_CODES = 16,
};

struct region {
	uint64_t addr, size;
	const uint8_t *bytes;
};

struct world {
	struct region regions[MAX_REGIONS];
	size_t region_count;
	struct unwind_code codes[MAX_CODES];
	size_t code_count;
	uint8_t stack[STACK_SIZE];
	bool bounds;
};

static bool world_memory(void *ctx, uint64_t addr, void *buf, size_t size)
{
	const struct world *w = ctx;
	for (size_t i = 0; i < w->region_count; i++) {
		const struct region *r = &w->regions[i];
		if (addr >= r->addr && addr - r->addr <= r->size && size <= r->size - (addr - r->addr)) {
			memcpy(buf, r->bytes + (addr - r->addr), size);
			return true;
		}
	}
	return false;
}

static bool world_code(void *ctx, uint64_t pc, struct unwind_code *ret)
{
	const struct world *w = ctx;
	for (size_t i = 0; i < w->code_count; i++) {
		if (pc >= w->codes[i].start && pc < w->codes[i].end) {
			*ret = w->codes[i];
			return true;
		}
	}
	return false;
}

static bool world_bounds(void *ctx, uint64_t sp, uint64_t *ret_low, uint64_t *ret_high)
{
	const struct world *w = ctx;
	*ret_low = STACK;
	*ret_high = STACK + STACK_SIZE;
	return w->bounds && sp >= STACK && sp <= STACK + STACK_SIZE;
}

static struct unwind_context world_context(struct world *w)
{
	return (struct unwind_context){
		.ctx = w,
		.arch = &arch_x86_64,
		.process = 7,
		.memory = world_memory,
		.code = world_code,
		.stack_bounds = world_bounds,
	};
}

static void add_region(struct world *w, uint64_t addr, const void *bytes, uint64_t size)
{
	assert_true(w->region_count < MAX_REGIONS);
	w->regions[w->region_count++] = (struct region){ addr, size, bytes };
}

static void add_code(struct world *w, enum unwind_code_kind kind, bool frame_pointer, uint64_t addr,
		     const void *bytes, uint64_t size)
{
	assert_true(w->code_count < MAX_CODES);
	add_region(w, addr, bytes, size);
	w->codes[w->code_count++] = (struct unwind_code){
		.kind = kind, .start = addr, .end = addr + size, .frame_pointer = frame_pointer
	};
}

/* call CODE; ret: a caller in the middle of whose code the return address lies. */
enum { CALLER_RETURN = CALLER + 5 };
static const uint8_t caller_code[] = {
	0xe8, 0xfb, 0xff, 0xef, 0xff, /* call CODE (rel32 = CODE - CALLER_RETURN) */
	0x90, 0x90, 0xc3,
};

static struct world *world_new(void)
{
	struct world *w = calloc(1, sizeof *w);
	assert_non_null(w);
	w->bounds = true;
	add_region(w, STACK, w->stack, STACK_SIZE);
	add_code(w, UNWIND_CODE_JIT, true, CALLER, caller_code, sizeof caller_code);
	return w;
}

static uint64_t get64(const struct world *w, uint64_t addr)
{
	uint64_t v;
	assert_true(addr >= STACK && addr + 8 <= STACK + STACK_SIZE);
	memcpy(&v, w->stack + (addr - STACK), 8);
	return v;
}

static void put64(struct world *w, uint64_t addr, uint64_t v)
{
	assert_true(addr >= STACK && addr + 8 <= STACK + STACK_SIZE);
	memcpy(w->stack + (addr - STACK), &v, 8);
}

/* ---- a processor for the instructions that the tests' code is made of ---- */

struct cpu {
	uint64_t regs[16]; /* by encoding: rax rcx rdx rbx rsp rbp rsi rdi r8… */
	uint64_t pc;
};
enum { E_RAX, E_RCX, E_RDX, E_RBX, E_RSP, E_RBP, E_RSI, E_RDI };
static const uint16_t dwarf_of[16] = {
	ARCH_RAX, ARCH_RCX, ARCH_RDX, ARCH_RBX, ARCH_RSP, ARCH_RBP, ARCH_RSI, ARCH_RDI,
	ARCH_R8,  ARCH_R9,  ARCH_R10, ARCH_R11, ARCH_R12, ARCH_R13, ARCH_R14, ARCH_R15,
};

static void cpu_push(struct world *w, struct cpu *c, uint64_t v)
{
	c->regs[E_RSP] -= 8;
	put64(w, c->regs[E_RSP], v);
}

static uint64_t cpu_pop(struct world *w, struct cpu *c)
{
	uint64_t v = get64(w, c->regs[E_RSP]);
	c->regs[E_RSP] += 8;
	return v;
}

/* mov between a register and [base + disp], base rsp or rbp, or a register. Returns the bytes behind
 * the opcode. */
static unsigned cpu_mov(struct world *w, struct cpu *c, const uint8_t *modrm, unsigned rex, bool load)
{
	unsigned mod = modrm[0] >> 6, reg = (modrm[0] >> 3 & 7) | (rex & 4) << 1,
		 rm = (modrm[0] & 7) | (rex & 1) << 3;
	unsigned length = 1;
	if (mod == 3) {
		if (load)
			c->regs[reg] = c->regs[rm];
		else
			c->regs[rm] = c->regs[reg];
		return length;
	}
	if ((rm & 7) == 4)
		length++; /* SIB 0x24: no index */
	int64_t disp = 0;
	if (mod == 1) {
		disp = (int8_t)modrm[length];
		length++;
	}
	uint64_t addr = c->regs[rm] + (uint64_t)disp;
	if (load)
		c->regs[reg] = get64(w, addr);
	else
		put64(w, addr, c->regs[reg]);
	return length;
}

/* One instruction; false at a return, a jump out or something that is not known here. */
static bool cpu_step(struct world *w, struct cpu *c)
{
	uint8_t b[16] = { 0 };
	for (size_t n = 15; n && !world_memory(w, c->pc, b, n); n--)
		;
	unsigned rex = 0, at = 0;
	if ((b[0] & 0xf0) == 0x40)
		rex = b[at++];
	uint8_t op = b[at++];
	if ((op & 0xf8) == 0x50) {
		cpu_push(w, c, c->regs[(op & 7) | (rex & 1) << 3]);
	} else if ((op & 0xf8) == 0x58) {
		c->regs[(op & 7) | (rex & 1) << 3] = cpu_pop(w, c);
	} else if (op == 0x89 || op == 0x8b) {
		at += cpu_mov(w, c, b + at, rex, op == 0x8b);
	} else if (op == 0x83 && (b[at] == 0xec || b[at] == 0xc4 || b[at] == 0xeb)) {
		uint64_t imm = (uint64_t)(int8_t)b[at + 1];
		unsigned reg = b[at] & 7;
		c->regs[reg] += b[at] == 0xc4 ? imm : -imm;
		at += 2;
	} else if (op == 0x81 && (b[at] == 0xec || b[at] == 0xc4 || b[at] == 0xeb)) {
		int32_t imm;
		memcpy(&imm, b + at + 1, 4);
		unsigned reg = b[at] & 7;
		c->regs[reg] += b[at] == 0xc4 ? (uint64_t)imm : -(uint64_t)imm;
		at += 5;
	} else if (op == 0xff && b[at] == 0xd2) { /* call r10: what a callee may destroy, it does */
		at++;
		put64(w, c->regs[E_RSP] - 8, 0x1234);
		put64(w, c->regs[E_RSP] - 16, CALLER_RETURN);
		static const unsigned lost[] = { E_RAX, E_RCX, E_RDX, E_RSI, E_RDI, 8, 9, 10, 11 };
		for (size_t i = 0; i < sizeof lost / sizeof lost[0]; i++)
			c->regs[lost[i]] = 0xdead0000 + i;
	} else if (op == 0xc9) { /* leave */
		c->regs[E_RSP] = c->regs[E_RBP];
		c->regs[E_RBP] = cpu_pop(w, c);
	} else if ((op & 0xf8) == 0xb8 && rex) { /* movabs */
		memcpy(&c->regs[(op & 7) | (rex & 1) << 3], b + at, 8);
		at += 8;
	} else if (op != 0x90) {
		return false;
	}
	c->pc += at;
	return true;
}

static struct arch_regs cpu_regs(const struct cpu *c)
{
	struct arch_regs r = { .known = 0 };
	for (unsigned i = 0; i < 16; i++)
		arch_reg_set(&r, dwarf_of[i], c->regs[i]);
	arch_reg_set(&r, ARCH_RIP, c->pc);
	return r;
}

enum { CALLER_RSP = STACK + 0x2000, CALLER_RBP = STACK + 0x2040, ENTRY_RSP = CALLER_RSP - 8 };

/* As CALLER's call has just been carried out. The stack is full of stale return addresses. */
static struct cpu cpu_called(struct world *w, uint64_t target)
{
	struct cpu c = { .pc = target };
	for (uint64_t at = STACK; at < STACK + STACK_SIZE; at += 8)
		put64(w, at, at % 64 == 0 ? CALLER_RETURN : 0x1111111111111111);
	for (unsigned i = 0; i < 16; i++)
		c.regs[i] = 0xc0de0000 + i;
	c.regs[E_RSP] = CALLER_RSP;
	c.regs[E_RBP] = CALLER_RBP;
	put64(w, CALLER_RBP, STACK + 0x2100);
	put64(w, CALLER_RBP + 8, CALLER_RETURN);
	cpu_push(w, &c, CALLER_RETURN);
	return c;
}

static void assert_caller(const struct unwind_frame *f, enum unwind_how how, bool registers)
{
	assert_int_equal(f->pc.value, CALLER_RETURN);
	assert_int_equal(f->pc.process, 7);
	assert_int_equal(f->how, how);
	assert_false(f->exact_pc);
	assert_int_equal(f->index, 1);
	assert_int_equal(f->regs.value[ARCH_RSP], CALLER_RSP);
	assert_true(arch_reg_known(&f->regs, ARCH_RBP));
	assert_int_equal(f->regs.value[ARCH_RBP], CALLER_RBP);
	assert_false(arch_reg_known(&f->regs, ARCH_RDI));
	static const unsigned saved[] = { E_RBX, 12, 13, 14, 15 };
	for (size_t i = 0; registers && i < sizeof saved / sizeof saved[0]; i++) {
		assert_true(arch_reg_known(&f->regs, dwarf_of[saved[i]]));
		assert_int_equal(f->regs.value[dwarf_of[saved[i]]], 0xc0de0000 + saved[i]);
	}
}

/* Runs the function and asks for its caller before each instruction. */
static void at_every_instruction(struct world *w, enum unwind_how how, uint64_t start, size_t least)
{
	struct unwind_context context = world_context(w);
	struct cpu c = cpu_called(w, start);
	size_t count = 0;
	do {
		struct arch_regs regs = cpu_regs(&c);
		struct unwind_frame frame;
		unwind_start(&context, &regs, &frame);
		assert_int_equal(frame.how, UNWIND_REGISTERS);
		assert_true(frame.exact_pc);
		if (how == UNWIND_JIT_RULE)
			assert_int_equal(frame.cfa, CALLER_RSP);
		enum unwind_end end = unwind_next(&context, &frame, &frame);
		if (end != UNWIND_END_NONE)
			print_error("at %#jx: end %d\n", (uintmax_t)c.pc, end);
		assert_int_equal(end, UNWIND_END_NONE);
		assert_caller(&frame, how, true);
		count++;
	} while (cpu_step(w, &c));
	assert_true(count >= least);
	assert_int_equal(c.regs[E_RSP], ENTRY_RSP); /* the test's own code is sound */
}

#define SAVES                                                         \
	0x55,                                 /* push rbp */          \
		0x48, 0x89, 0xe5,             /* mov rbp, rsp */      \
		0x48, 0x83, 0xec, 0x30,       /* sub rsp, 48 */       \
		0x48, 0x89, 0x5c, 0x24, 0x10, /* mov [rsp+16], rbx */ \
		0x4c, 0x89, 0x64, 0x24, 0x18, /* mov [rsp+24], r12 */ \
		0x4c, 0x89, 0x7c, 0x24, 0x20  /* mov [rsp+32], r15 */
#define BODY                                                              \
	0x48, 0x89, 0xfb,                           /* mov rbx, rdi */    \
		0x49, 0x89, 0xf4,                   /* mov r12, rsi */    \
		0x49, 0x89, 0xd7,                   /* mov r15, rdx */    \
		0x49, 0xba, 1, 2, 3, 4, 5, 6, 7, 8, /* movabs r10, … */ \
		0x41, 0xff, 0xd2                    /* call r10 */
#define RESTORES                                                      \
	0x48, 0x8b, 0x5c, 0x24, 0x10,         /* mov rbx, [rsp+16] */ \
		0x4c, 0x8b, 0x64, 0x24, 0x18, /* mov r12, [rsp+24] */ \
		0x4c, 0x8b, 0x7c, 0x24, 0x20, /* mov r15, [rsp+32] */ \
		0x48, 0x83, 0xc4, 0x30,       /* add rsp, 48 */       \
		0x48, 0x89, 0xec,             /* mov rsp, rbp */      \
		0x5d                          /* pop rbp */
#define NOPS_10 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90

static void test_cranelift_function(void **state)
{
	(void)state;
	static const uint8_t code[] = { SAVES, BODY, RESTORES, 0xc3 };
	struct world *w = world_new();
	add_code(w, UNWIND_CODE_JIT, true, CODE, code, sizeof code);
	at_every_instruction(w, UNWIND_JIT_RULE, CODE, 18);
	free(w);
}

/* Longer than what is decoded from the start: body and epilogue are told apart all the same. */
static void test_cranelift_long_function(void **state)
{
	(void)state;
	static const uint8_t code[] = { SAVES,   BODY,    NOPS_10,  NOPS_10, NOPS_10, NOPS_10,
					NOPS_10, NOPS_10, NOPS_10,  NOPS_10, NOPS_10, NOPS_10,
					NOPS_10, BODY,    RESTORES, 0xc3 };
	struct world *w = world_new();
	add_code(w, UNWIND_CODE_JIT, true, CODE, code, sizeof code);
	at_every_instruction(w, UNWIND_JIT_RULE, CODE, 120);
	free(w);
}

/* Blocks behind the first return. */
static void test_cranelift_cold_block(void **state)
{
	(void)state;
	static const uint8_t code[] = { SAVES, BODY, RESTORES, 0xc3, 0x0f, 0x0b /* ud2 */ };
	struct world *w = world_new();
	add_code(w, UNWIND_CODE_JIT, true, CODE, code, sizeof code);
	struct unwind_context context = world_context(w);
	struct cpu c = cpu_called(w, CODE);
	while (c.pc < CODE + 40)
		assert_true(cpu_step(w, &c));
	c.pc = CODE + sizeof code - 2;
	struct arch_regs regs = cpu_regs(&c);
	struct unwind_frame frame;
	unwind_start(&context, &regs, &frame);
	assert_int_equal(unwind_next(&context, &frame, &frame), UNWIND_END_NONE);
	assert_caller(&frame, UNWIND_JIT_RULE, true);
	free(w);
}

/* Cranelift's Tail convention: room for the arguments of a larger tail call is made below the return
 * address, which moves. */
static void test_cranelift_tail_arguments(void **state)
{
	(void)state;
	static const uint8_t code[] = {
		0x55,                         /* push rbp */
		0x48, 0x89, 0xe5,             /* mov rbp, rsp */
		0x48, 0x83, 0xec, 0x20,       /* sub rsp, 32 */
		0x48, 0x89, 0xe5,             /* mov rbp, rsp */
		0x4c, 0x8b, 0x5c, 0x24, 0x20, /* mov r11, [rsp+32] */
		0x4c, 0x89, 0x1c, 0x24,       /* mov [rsp], r11 */
		0x4c, 0x8b, 0x5c, 0x24, 0x28, /* mov r11, [rsp+40] */
		0x4c, 0x89, 0x5c, 0x24, 0x08, /* mov [rsp+8], r11 */
		0x48, 0x83, 0xec, 0x10,       /* sub rsp, 16 */
		0x48, 0x89, 0x1c, 0x24,       /* mov [rsp], rbx */
		0x48, 0x89, 0xfb,             /* mov rbx, rdi */
		0x48, 0x89, 0x7d, 0x20, /* mov [rbp+32], rdi: an argument, where the saved rbp was */
		0x48, 0x89, 0x7d, 0x28, /* mov [rbp+40], rdi: another, where the return address was */
		0x90,                   /* the body */
		0x48, 0x8b, 0x1c, 0x24, /* mov rbx, [rsp] */
		0x48, 0x83, 0xc4, 0x10, /* add rsp, 16 */
		0x48, 0x89, 0xec,       /* mov rsp, rbp */
		0x5d,                   /* pop rbp */
		0x4c, 0x8b, 0x1c, 0x24, /* mov r11, [rsp] */
		0x4c, 0x89, 0x5c, 0x24, 0x10, /* mov [rsp+16], r11 */
		0x48, 0x83, 0xc4, 0x10,       /* add rsp, 16 */
		0x41, 0xff, 0xe2,             /* jmp r10 */
	};
	struct world *w = world_new();
	add_code(w, UNWIND_CODE_JIT, true, CODE, code, sizeof code);
	struct unwind_context context = world_context(w);
	struct cpu c = cpu_called(w, CODE);
	size_t count = 0;
	do {
		struct arch_regs regs = cpu_regs(&c);
		struct unwind_frame frame;
		unwind_start(&context, &regs, &frame);
		assert_int_equal(unwind_next(&context, &frame, &frame), UNWIND_END_NONE);
		assert_int_equal(frame.how, UNWIND_JIT_RULE);
		assert_int_equal(frame.pc.value, CALLER_RETURN);
		assert_int_equal(frame.regs.value[ARCH_RBP], CALLER_RBP);
		assert_int_equal(frame.regs.value[ARCH_RBX], 0xc0de0000 + E_RBX);
		count++;
	} while (cpu_step(w, &c));
	assert_int_equal(count, 22);
	free(w);
}

/* The other way: a tail call that needs fewer stack arguments than came in moves the return address up. */
static void test_cranelift_tail_shrinks(void **state)
{
	(void)state;
	static const uint8_t code[] = {
		0x55,                         /* push rbp */
		0x48, 0x89, 0xe5,             /* mov rbp, rsp */
		0x48, 0x89, 0xec,             /* mov rsp, rbp */
		0x5d,                         /* pop rbp */
		0x4c, 0x8b, 0x1c, 0x24,       /* mov r11, [rsp] */
		0x4c, 0x89, 0x5c, 0x24, 0x10, /* mov [rsp+16], r11 */
		0x48, 0x83, 0xc4, 0x10,       /* add rsp, 16 */
		0x41, 0xff, 0xe2,             /* jmp r10 */
	};
	struct world *w = world_new();
	add_code(w, UNWIND_CODE_JIT, true, CODE, code, sizeof code);
	struct unwind_context context = world_context(w);
	struct cpu c = cpu_called(w, CODE);
	size_t count = 0;
	do {
		struct arch_regs regs = cpu_regs(&c);
		struct unwind_frame frame;
		unwind_start(&context, &regs, &frame);
		assert_int_equal(unwind_next(&context, &frame, &frame), UNWIND_END_NONE);
		assert_int_equal(frame.how, UNWIND_JIT_RULE);
		assert_int_equal(frame.pc.value, CALLER_RETURN);
		assert_int_equal(frame.regs.value[ARCH_RBP], CALLER_RBP);
		assert_true(frame.regs.value[ARCH_RSP] > regs.value[ARCH_RSP]);
		count++;
	} while (cpu_step(w, &c));
	assert_int_equal(count, 8);
	free(w);
}

/* A stack probe's loop leaves rsp at the register that it is compared with: the registers saved behind
 * it are found. */
static void test_cranelift_probe_loop(void **state)
{
	(void)state;
	static const uint8_t code[] = {
		0x55,                                     /* push rbp */
		0x48, 0x89, 0xe5,                         /* mov rbp, rsp */
		0x49, 0x89, 0xe3,                         /* mov r11, rsp */
		0x49, 0x81, 0xeb, 0x00, 0x50, 0x00, 0x00, /* sub r11, 0x5000 */
		0x48, 0x81, 0xec, 0x00, 0x10, 0x00, 0x00, /* loop: sub rsp, 0x1000 */
		0xc7, 0x04, 0x24, 0x00, 0x00, 0x00, 0x00, /* mov dword [rsp], 0 */
		0x4c, 0x39, 0xdc,                         /* cmp rsp, r11 */
		0x75, 0xed,                               /* jne loop */
		0x48, 0x81, 0xc4, 0x00, 0x50, 0x00, 0x00, /* add rsp, 0x5000 */
		0x48, 0x83, 0xec, 0x20,                   /* sub rsp, 32 */
		0x48, 0x89, 0x5c, 0x24, 0x08,             /* mov [rsp+8], rbx */
		0x48, 0x31, 0xdb,                         /* xor rbx, rbx */
		0x90,
	};
	struct world *w = world_new();
	add_code(w, UNWIND_CODE_JIT, true, CODE, code, sizeof code);
	struct unwind_context context = world_context(w);
	struct cpu c = cpu_called(w, CODE);
	put64(w, ENTRY_RSP - 8, CALLER_RBP);
	put64(w, ENTRY_RSP - 8 - 24, c.regs[E_RBX]);
	c.regs[E_RBP] = ENTRY_RSP - 8;
	c.regs[E_RSP] = ENTRY_RSP - 8 - 32;
	c.regs[E_RBX] = 0;
	c.pc = CODE + sizeof code - 1;
	struct arch_regs regs = cpu_regs(&c);
	struct unwind_frame frame;
	unwind_start(&context, &regs, &frame);
	assert_int_equal(unwind_next(&context, &frame, &frame), UNWIND_END_NONE);
	assert_caller(&frame, UNWIND_JIT_RULE, true);
	free(w);
}

/* Code that was freed and not kept, of which only the range is known. */
static void test_cranelift_freed(void **state)
{
	(void)state;
	static const uint8_t code[] = { SAVES, BODY, RESTORES, 0xc3 };
	struct world *w = world_new();
	add_code(w, UNWIND_CODE_JIT, true, CODE, code, sizeof code);
	struct unwind_context context = world_context(w);
	struct cpu c = cpu_called(w, CODE);
	const size_t body = sizeof(uint8_t[]){ SAVES, BODY };
	for (; c.pc < CODE + body; assert_true(cpu_step(w, &c))) {
		w->regions[w->region_count - 1].size = 0;
		struct arch_regs regs = cpu_regs(&c);
		struct unwind_frame frame;
		unwind_start(&context, &regs, &frame);
		assert_int_equal(unwind_next(&context, &frame, &frame), UNWIND_END_NONE);
		assert_caller(&frame, UNWIND_JIT_RULE, false);
		assert_false(arch_reg_known(&frame.regs, ARCH_RBX));
		w->regions[w->region_count - 1].size = sizeof code;
	}
	free(w);
}

/* Hand-written code in a mapping that nobody knows anything of. */
static void test_anonymous_code(void **state)
{
	(void)state;
	static const uint8_t code[] = {
		0x53,                         /* push rbx */
		0x41, 0x54,                   /* push r12 */
		0x48, 0x83, 0xec, 0x28,       /* sub rsp, 40 */
		0x48, 0x89, 0xfb,             /* mov rbx, rdi */
		0x49, 0x89, 0xf4,             /* mov r12, rsi */
		0x41, 0xff, 0xd2,             /* call r10 */
		0x48, 0x89, 0x5c, 0x24, 0x08, /* mov [rsp+8], rbx */
		0x48, 0x83, 0xc4, 0x28,       /* add rsp, 40 */
		0x41, 0x5c,                   /* pop r12 */
		0x5b,                         /* pop rbx */
		0xc3,                         /* ret */
	};
	struct world *w = world_new();
	add_code(w, UNWIND_CODE_ANON, false, CODE, code, sizeof code);
	at_every_instruction(w, UNWIND_PROLOGUE, CODE, 11);
	free(w);
}

/* A loop and a panic path before the return: the way out is found. */
static void test_anonymous_branches(void **state)
{
	(void)state;
	static const uint8_t code[] = {
		0x53,             /* 0: push rbx */
		0x48, 0xff, 0xcf, /* 1: dec rdi */
		0x74, 0x06,       /* 4: je 12 */
		0x78, 0x02,       /* 6: js 10 */
		0xeb, 0xf7,       /* 8: jmp 1 */
		0x0f, 0x0b,       /* 10: ud2 */
		0x5b,             /* 12: pop rbx */
		0xc3,             /* 13: ret */
	};
	struct world *w = world_new();
	add_code(w, UNWIND_CODE_ANON, false, CODE, code, sizeof code);
	struct unwind_context context = world_context(w);
	static const uint8_t stops[] = { 1, 4, 6, 8 };
	for (size_t i = 0; i < sizeof stops; i++) {
		struct cpu c = cpu_called(w, CODE);
		assert_true(cpu_step(w, &c));
		c.pc = CODE + stops[i];
		c.regs[E_RBX] = 1;
		struct arch_regs regs = cpu_regs(&c);
		struct unwind_frame frame;
		unwind_start(&context, &regs, &frame);
		assert_int_equal(unwind_next(&context, &frame, &frame), UNWIND_END_NONE);
		assert_caller(&frame, UNWIND_PROLOGUE, true);
	}
	free(w);
}

static void test_bad_call(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct unwind_context context = world_context(w);
	struct cpu c = cpu_called(w, 0x12);
	struct arch_regs regs = cpu_regs(&c);
	struct unwind_frame frame;
	unwind_start(&context, &regs, &frame);
	assert_int_equal(frame.pc.value, 0x12);
	assert_int_equal(unwind_next(&context, &frame, &frame), UNWIND_END_NONE);
	assert_int_equal(frame.how, UNWIND_BAD_CALL);
	assert_int_equal(frame.pc.value, CALLER_RETURN);
	assert_int_equal(frame.regs.value[ARCH_RSP], CALLER_RSP);
	assert_int_equal(frame.regs.value[ARCH_RDI], 0xc0de0000 + E_RDI); /* as at the call */
	free(w);
}

/* The same without a call before the word at sp: no frame may be made of it. */
static void test_jump_to_nowhere(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct unwind_context context = world_context(w);
	struct cpu c = cpu_called(w, 0x12);
	memset(w->stack, 0x11, sizeof w->stack);
	put64(w, c.regs[E_RSP], CALLER_RETURN + 1);
	struct arch_regs regs = cpu_regs(&c);
	struct unwind_frame frame;
	unwind_start(&context, &regs, &frame);
	assert_int_equal(unwind_next(&context, &frame, &frame), UNWIND_END_LOST);
	/* With a sound rbp chain the caller's caller is a fact. */
	put64(w, CALLER_RBP, STACK + 0x2100);
	put64(w, CALLER_RBP + 8, CALLER_RETURN);
	assert_int_equal(unwind_next(&context, &frame, &frame), UNWIND_END_NONE);
	assert_int_equal(frame.how, UNWIND_FRAME_POINTER);
	assert_int_equal(frame.regs.value[ARCH_RSP], CALLER_RBP + 16);
	assert_int_equal(frame.regs.value[ARCH_RBP], STACK + 0x2100);
	assert_false(arch_reg_known(&frame.regs, ARCH_RBX));
	free(w);
}

static void test_signal_frame(void **state)
{
	(void)state;
	static const uint8_t trampoline[] = { 0x90, 0x48, 0xc7, 0xc0, 0x0f, 0, 0, 0, 0x0f, 0x05 };
	static const uint8_t code[] = { SAVES, BODY, RESTORES, 0xc3 };
	static const uint16_t order[] = { 8,     9,     10,    11,    12,    13,    14,    15,
					  E_RDI, E_RSI, E_RBP, E_RBX, E_RDX, E_RAX, E_RCX, E_RSP };
	enum { TRAMPOLINE = 0x300000, UCONTEXT = STACK + 0x400 };
	struct world *w = world_new();
	add_code(w, UNWIND_CODE_JIT, true, CODE, code, sizeof code);
	add_code(w, UNWIND_CODE_NATIVE, false, TRAMPOLINE, trampoline, sizeof trampoline);
	struct unwind_context context = world_context(w);
	struct cpu c = cpu_called(w, CODE);
	assert_true(cpu_step(w, &c)); /* interrupted behind push rbp */
	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
		put64(w, UCONTEXT + 40 + 8 * i, c.regs[order[i]]);
	put64(w, UCONTEXT + 40 + 8 * 16, c.pc);
	/* The handler is about to return: pushed return address, then the ucontext. */
	static const uint8_t handler[] = { 0xc3 };
	enum { HANDLER = 0x400000 };
	add_code(w, UNWIND_CODE_JIT, true, HANDLER, handler, sizeof handler);
	struct cpu h = { .pc = TRAMPOLINE + 1 };
	h.regs[E_RSP] = UCONTEXT;
	for (int at_syscall = 0; at_syscall < 2; at_syscall++, h.pc += 7) {
		struct arch_regs regs = cpu_regs(&h);
		struct unwind_frame frame;
		unwind_start(&context, &regs, &frame);
		assert_true(frame.signal_frame);
		assert_int_equal(unwind_next(&context, &frame, &frame), UNWIND_END_NONE);
		assert_int_equal(frame.how, UNWIND_SIGNAL);
		assert_true(frame.exact_pc);
		assert_int_equal(frame.pc.value, CODE + 1);
		assert_int_equal(frame.regs.value[ARCH_RDI], 0xc0de0000 + E_RDI);
		frame.index = 0;
		assert_int_equal(unwind_next(&context, &frame, &frame), UNWIND_END_NONE);
		assert_caller(&frame, UNWIND_JIT_RULE, true);
	}
	free(w);
}

/* A context that leads back to its own trampoline. */
static void test_signal_loop(void **state)
{
	(void)state;
	static const uint8_t trampoline[] = { 0x48, 0xc7, 0xc0, 0x0f, 0, 0, 0, 0x0f, 0x05 };
	enum { TRAMPOLINE = 0x300000, UCONTEXT = STACK + 0x400 };
	struct world *w = world_new();
	add_code(w, UNWIND_CODE_NATIVE, false, TRAMPOLINE, trampoline, sizeof trampoline);
	put64(w, UCONTEXT + 40 + 8 * 15, UCONTEXT);
	put64(w, UCONTEXT + 40 + 8 * 16, TRAMPOLINE);
	struct unwind_context context = world_context(w);
	struct cpu c = { .pc = TRAMPOLINE };
	c.regs[E_RSP] = UCONTEXT;
	struct arch_regs regs = cpu_regs(&c);
	struct unwind_frame frame;
	unwind_start(&context, &regs, &frame);
	int count = 0;
	enum unwind_end end;
	while ((end = unwind_next(&context, &frame, &frame)) == UNWIND_END_NONE)
		count++;
	assert_int_equal(end, UNWIND_END_LIMIT);
	assert_int_equal(count, UNWIND_MAX_STACK_CHANGES);
	free(w);
}

/* Unknown code with nothing to go by: the word that a call to this function left is better than the
 * stale ones below it. */
static void test_scan(void **state)
{
	(void)state;
	static const uint8_t code[] = { 0x90, 0x90, 0x0f, 0x0b };
	static const uint8_t other[] = {
		0xe8, 0, 0, 0, 0, 0x90, 0xff, 0xd0, 0x90
	}; /* calls elsewhere, and call rax */
	enum { OTHER = 0x500000 };
	struct world *w = world_new();
	add_code(w, UNWIND_CODE_JIT, false, CODE, code, sizeof code);
	add_code(w, UNWIND_CODE_ANON, false, OTHER, other, sizeof other);
	struct unwind_context context = world_context(w);
	struct cpu c = cpu_called(w, CODE + 2);
	memset(w->stack, 0, sizeof w->stack);
	put64(w, CALLER_RSP - 8, CALLER_RETURN);
	put64(w, CALLER_RSP - 0x80, OTHER + 5); /* a direct call to something else */
	put64(w, CALLER_RSP - 0x78, OTHER + 8); /* an indirect one */
	c.regs[E_RSP] = CALLER_RSP - 0x100;
	c.regs[E_RBP] = 0x1234;
	struct arch_regs regs = cpu_regs(&c);
	struct unwind_frame frame, caller;
	unwind_start(&context, &regs, &frame);
	assert_int_equal(unwind_next(&context, &frame, &caller), UNWIND_END_NONE);
	assert_int_equal(caller.how, UNWIND_SCAN);
	assert_true(unwind_is_guess(caller.how));
	assert_int_equal(caller.pc.value, CALLER_RETURN);
	assert_int_equal(caller.regs.value[ARCH_RSP], CALLER_RSP);
	assert_false(arch_reg_known(&caller.regs, ARCH_RBP));
	/* Without the direct call the indirect one is left; without that nothing is invented. */
	put64(w, CALLER_RSP - 8, 0);
	assert_int_equal(unwind_next(&context, &frame, &caller), UNWIND_END_NONE);
	assert_int_equal(caller.pc.value, OTHER + 8);
	put64(w, CALLER_RSP - 0x78, 0);
	assert_int_equal(unwind_next(&context, &frame, &caller), UNWIND_END_LOST);
	free(w);
}

/* ---- rubbish ---- */

static uint64_t random_state;
static uint64_t random64(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

static uint64_t random_word(void)
{
	switch (random64() % 8) {
	case 0:
		return CALLER_RETURN;
	case 1:
		return CODE + random64() % 0x120;
	case 2:
		return STACK + random64() % STACK_SIZE;
	case 3:
		return (STACK + random64() % STACK_SIZE) & ~UINT64_C(15);
	case 4:
		return 0;
	case 5:
		return 0x300001; /* the signal trampoline */
	case 6:
		return UINT64_MAX - random64() % 64;
	default:
		return random64();
	}
}

/* Ends, within bounds, whatever the registers, the stack and the code say. */
static void test_rubbish(void **state)
{
	(void)state;
	static const uint8_t trampoline[] = { 0x90, 0x48, 0xc7, 0xc0, 0x0f, 0, 0, 0, 0x0f, 0x05 };
	static const uint8_t sound[] = { SAVES, BODY, RESTORES, 0xc3 };
	static uint8_t code[0x120];
	for (unsigned round = 0; round < 3000; round++) {
		random_state = 0x9e3779b97f4a7c15 * (round + 1);
		struct world *w = world_new();
		w->bounds = round % 3 != 0;
		memcpy(code, sound, sizeof sound);
		if (round % 2)
			for (size_t i = 0; i < sizeof code; i++)
				code[i] = (uint8_t)random64();
		add_code(w, round % 5 < 3 ? UNWIND_CODE_JIT : UNWIND_CODE_ANON, round % 5 < 2, CODE,
			 code, sizeof code);
		add_code(w, UNWIND_CODE_NATIVE, false, 0x300000, trampoline, sizeof trampoline);
		for (uint64_t at = STACK; at < STACK + STACK_SIZE; at += 8)
			put64(w, at, random_word());
		struct unwind_context context = world_context(w);
		struct arch_regs regs = {
			.known = random64() | (round % 7 ? UINT64_C(1) << ARCH_RIP | 1 << ARCH_RSP : 0)
		};
		for (unsigned i = 0; i < ARCH_REG_LIMIT; i++)
			regs.value[i] = random_word();
		if (round % 4)
			regs.value[ARCH_RSP] = STACK + random64() % STACK_SIZE;
		struct unwind_frame frame;
		unwind_start(&context, &regs, &frame);
		uint64_t sp = frame.regs.value[ARCH_RSP];
		for (int i = 0; i < 3000 && unwind_next(&context, &frame, &frame) == UNWIND_END_NONE; i++) {
			if (frame.how != UNWIND_SIGNAL && w->bounds && sp >= STACK &&
			    sp <= STACK + STACK_SIZE)
				assert_true(frame.regs.value[ARCH_RSP] > sp);
			sp = frame.regs.value[ARCH_RSP];
		}
		free(w);
	}
}

/* A saved rbp that points back at itself. */
static void test_frame_pointer_loop(void **state)
{
	(void)state;
	static const uint8_t code[] = { 0x0f, 0x0b };
	struct world *w = world_new();
	add_code(w, UNWIND_CODE_ANON, false, CODE, code, sizeof code);
	w->codes[0].kind = UNWIND_CODE_ANON;
	struct unwind_context context = world_context(w);
	struct cpu c = cpu_called(w, CODE);
	memset(w->stack, 0, sizeof w->stack);
	put64(w, CALLER_RBP, CALLER_RBP);
	put64(w, CALLER_RBP + 8, CALLER_RETURN);
	struct arch_regs regs = cpu_regs(&c);
	struct unwind_frame frame;
	unwind_start(&context, &regs, &frame);
	assert_int_equal(unwind_next(&context, &frame, &frame), UNWIND_END_NONE);
	assert_int_equal(frame.how, UNWIND_FRAME_POINTER);
	assert_int_equal(unwind_next(&context, &frame, &frame), UNWIND_END_LOST);
	free(w);
}

/* ---- call frame information, made up ---- */

enum { NATIVE = 0x600000, NATIVE_FUNCTION_SIZE = 0x20, NATIVE_FUNCTIONS = 4 };

static void u32(struct buf *b, uint32_t v)
{
	buf_add(b, &v, sizeof v);
}

static void pad_entry(struct buf *b, size_t start)
{
	while ((b->len - start) % 8)
		buf_char(b, 0); /* DW_CFA_nop */
	uint32_t length = (uint32_t)(b->len - start - 4);
	memcpy(b->data + start, &length, 4);
}

static void fde(struct buf *b, uint64_t address, const uint8_t *instructions, size_t size)
{
	size_t start = b->len;
	u32(b, 0);
	u32(b, (uint32_t)b->len); /* back to the CIE at offset 0 */
	uint64_t range[2] = { address, NATIVE_FUNCTION_SIZE };
	buf_add(b, range, sizeof range);
	buf_char(b, 0); /* no augmentation data */
	buf_add(b, instructions, size);
	pad_entry(b, start);
}

/* A file with .text at address 0x1000 and functions of NATIVE_FUNCTION_SIZE bytes, each with its rules. */
static struct sym_module *cfi_module(const uint8_t *const *rules, const size_t *sizes, size_t count)
{
	static const char names[] = "\0.text\0.eh_frame\0.shstrtab";
	static const uint8_t cie[] = { 1,    'z', 'R',
				       0,    1,   0x78 /* data alignment -8 */,
				       16,   1,   0 /* absptr */,
				       0x0c, 7,   8 /* def_cfa rsp+8 */,
				       0x90, 1 /* rip at cfa-8 */ };
	struct buf frames = { 0 }, file = { 0 };
	u32(&frames, 0);
	u32(&frames, 0);
	buf_add(&frames, cie, sizeof cie);
	pad_entry(&frames, 0);
	for (size_t i = 0; i < count; i++)
		fde(&frames, 0x1000 + i * NATIVE_FUNCTION_SIZE, rules[i], sizes[i]);
	u32(&frames, 0);
	Elf64_Ehdr e = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_DYN,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_ehsize = sizeof e,
		.e_shentsize = sizeof(Elf64_Shdr),
		.e_shnum = 4,
		.e_shstrndx = 3,
		.e_shoff = sizeof e + frames.len + sizeof names,
	};
	const Elf64_Shdr sections[] = {
		{ .sh_type = SHT_NULL },
		{ .sh_name = 1,
		  .sh_type = SHT_NOBITS,
		  .sh_flags = SHF_ALLOC | SHF_EXECINSTR,
		  .sh_addr = 0x1000,
		  .sh_size = NATIVE_FUNCTION_SIZE * count,
		  .sh_addralign = 1 },
		{ .sh_name = 7,
		  .sh_type = SHT_PROGBITS,
		  .sh_flags = SHF_ALLOC,
		  .sh_addr = 0x3000,
		  .sh_offset = sizeof e,
		  .sh_size = frames.len,
		  .sh_addralign = 8 },
		{ .sh_name = 17,
		  .sh_type = SHT_STRTAB,
		  .sh_offset = sizeof e + frames.len,
		  .sh_size = sizeof names,
		  .sh_addralign = 1 },
	};
	buf_add(&file, &e, sizeof e);
	buf_add(&file, frames.data, frames.len);
	buf_add(&file, names, sizeof names);
	buf_add(&file, sections, sizeof sections);
	struct sym_module *module;
	struct error *err = sym_module_open_bytes("cfi", file.data, file.len, &module);
	if (err)
		fail_msg("%s", err->message);
	buf_deinit(&frames);
	buf_deinit(&file);
	return module;
}

/* The world of the other tests and a module at NATIVE with one function of these rules, interrupted in its middle. */
struct cfi_scene {
	struct world *w;
	struct sym_module *module;
	struct unwind_context context;
	struct unwind_frame frame;
	struct cpu cpu;
};

static const uint8_t native_code[NATIVE_FUNCTIONS * NATIVE_FUNCTION_SIZE] = { [0 ... 0x7f] = 0x90 };

static void cfi_scene(struct cfi_scene *s, const uint8_t *rules, size_t size)
{
	static const uint8_t plain[] = { 0x0c, 7, 8 };
	const uint8_t *all[] = { rules, plain };
	const size_t sizes[] = { size, sizeof plain };
	s->w = world_new();
	s->module = cfi_module(all, sizes, 2);
	add_code(s->w, UNWIND_CODE_NATIVE, false, NATIVE, native_code, sizeof native_code);
	s->w->codes[s->w->code_count - 1].module = s->module;
	s->w->codes[s->w->code_count - 1].bias = NATIVE - 0x1000;
	s->context = world_context(s->w);
	s->cpu = cpu_called(s->w, NATIVE + 4);
}

static enum unwind_end cfi_next(struct cfi_scene *s)
{
	struct arch_regs regs = cpu_regs(&s->cpu);
	unwind_start(&s->context, &regs, &s->frame);
	return unwind_next(&s->context, &s->frame, &s->frame);
}

static void cfi_end(struct cfi_scene *s)
{
	sym_module_close(s->module);
	free(s->w);
}

static void test_cfi_rules(void **state)
{
	(void)state;
	static const uint8_t rules[] = {
		0x0c, 7,  32,                  /* def_cfa rsp+32 */
		0x83, 2,                       /* rbx at cfa-16 */
		0x07, 12,                      /* r12 undefined */
		0x08, 13,                      /* r13 same */
		0x09, 14, 5,                   /* r14 in rdi */
		0x14, 15, 1,                   /* r15 is cfa-8 */
		0x10, 6,  2,  0x23, 0x08,      /* rbp at the address cfa+8 */
		0x16, 0,  3,  0x11, 0x7f, 0x9f /* rax by an expression that does not belong there */
	};
	struct cfi_scene s;
	cfi_scene(&s, rules, sizeof rules);
	uint64_t cfa = ENTRY_RSP - 0x100 + 32;
	s.cpu.regs[E_RSP] = ENTRY_RSP - 0x100;
	put64(s.w, cfa - 8, CALLER_RETURN);
	put64(s.w, cfa - 16, 0xb0b0);
	put64(s.w, cfa + 8, 0xb1b1);
	assert_int_equal(cfi_next(&s), UNWIND_END_NONE);
	const struct arch_regs *r = &s.frame.regs;
	assert_int_equal(s.frame.how, UNWIND_CFI);
	assert_int_equal(s.frame.pc.value, CALLER_RETURN);
	assert_int_equal(r->value[ARCH_RSP], cfa);
	assert_int_equal(r->value[ARCH_RBX], 0xb0b0);
	assert_false(arch_reg_known(r, ARCH_R12));
	assert_int_equal(r->value[ARCH_R13], 0xc0de0000 + 13);
	assert_int_equal(r->value[ARCH_R14], 0xc0de0000 + E_RDI);
	assert_int_equal(r->value[ARCH_R15], cfa - 8);
	assert_int_equal(r->value[ARCH_RBP], 0xb1b1);
	assert_false(arch_reg_known(r, ARCH_RCX));
	assert_false(arch_reg_known(r, ARCH_RDI));
	cfi_end(&s);
}

static void test_cfi_expression(void **state)
{
	(void)state;
	static const uint8_t rules[] = { 0x0f, 3, 0x77, 0x08, 0x06 }; /* the CFA is the word at rsp+8 */
	struct cfi_scene s;
	cfi_scene(&s, rules, sizeof rules);
	put64(s.w, s.cpu.regs[E_RSP] + 8, CALLER_RSP + 0x100);
	put64(s.w, CALLER_RSP + 0x100 - 8, CALLER_RETURN);
	assert_int_equal(cfi_next(&s), UNWIND_END_NONE);
	assert_int_equal(s.frame.how, UNWIND_CFI);
	assert_int_equal(s.frame.regs.value[ARCH_RSP], CALLER_RSP + 0x100);
	cfi_end(&s);
}

static void test_cfi_outermost(void **state)
{
	(void)state;
	static const uint8_t rules[] = { 0x07, 16 }; /* rip undefined */
	struct cfi_scene s;
	cfi_scene(&s, rules, sizeof rules);
	assert_int_equal(cfi_next(&s), UNWIND_END_ENTRY);
	cfi_end(&s);
}

/* At a return address the row of the call counts, not that of what follows; the last byte may be the call's. */
static void test_cfi_return_address(void **state)
{
	(void)state;
	static const uint8_t rules[] = { 0x0c, 7, 16, 0x40 | 8, 0x0c, 7, 48 }; /* rsp+16; from byte 8 on rsp+48 */
	struct cfi_scene s;
	cfi_scene(&s, rules, sizeof rules);
	struct unwind_frame frame;
	for (int exact = 0; exact < 2; exact++) {
		s.cpu.pc = NATIVE + 8;
		struct arch_regs regs = cpu_regs(&s.cpu);
		unwind_start(&s.context, &regs, &frame);
		frame.exact_pc = exact;
		put64(s.w, s.cpu.regs[E_RSP] + (exact ? 40 : 8), CALLER_RETURN);
		assert_int_equal(unwind_next(&s.context, &frame, &frame), UNWIND_END_NONE);
		assert_int_equal(frame.regs.value[ARCH_RSP], s.cpu.regs[E_RSP] + (exact ? 48 : 16));
	}
	cfi_end(&s);
}

/* Each of these is a stack that was written over: no frame but a marked guess may come of it. */
static void test_cfi_smashed(void **state)
{
	(void)state;
	static const uint8_t rules[] = { 0x0c, 6, 16 }; /* def_cfa rbp+16 */
	static const uint64_t bad_rbp[] = {
		0, 0x12, ENTRY_RSP - 0x40, STACK + STACK_SIZE, 0x4141414141414141, UINT64_MAX - 7
	};
	for (size_t i = 0; i < sizeof bad_rbp / sizeof bad_rbp[0]; i++) {
		struct cfi_scene s;
		cfi_scene(&s, rules, sizeof rules);
		memset(s.w->stack, 0x41, sizeof s.w->stack);
		s.cpu.regs[E_RBP] = bad_rbp[i];
		enum unwind_end end = cfi_next(&s);
		assert_true(end == UNWIND_END_CORRUPT || end == UNWIND_END_LOST);
		put64(s.w, CALLER_RSP + 0x40, CALLER_RETURN + 1);
		assert_int_not_equal(cfi_next(&s), UNWIND_END_NONE);
		cfi_end(&s);
	}
	/* The return address is overwritten. */
	struct cfi_scene s;
	cfi_scene(&s, rules, sizeof rules);
	memset(s.w->stack, 0x41, sizeof s.w->stack);
	assert_int_equal(cfi_next(&s), UNWIND_END_CORRUPT);
	cfi_end(&s);
}

/* A return address into code that is gone is believed when the chain goes on behind it. */
static void test_cfi_into_freed_code(void **state)
{
	(void)state;
	static const uint8_t rules[] = { 0x0c, 7, 8 };
	struct cfi_scene s;
	cfi_scene(&s, rules, sizeof rules);
	put64(s.w, s.cpu.regs[E_RSP], 0x900010);
	assert_int_equal(cfi_next(&s), UNWIND_END_NONE);
	assert_int_equal(s.frame.how, UNWIND_CFI);
	assert_int_equal(s.frame.pc.value, 0x900010);
	assert_int_equal(unwind_next(&s.context, &s.frame, &s.frame), UNWIND_END_NONE);
	assert_int_equal(s.frame.how, UNWIND_FRAME_POINTER);
	assert_int_equal(s.frame.pc.value, CALLER_RETURN);
	assert_int_equal(s.frame.regs.value[ARCH_RBP], STACK + 0x2100);
	cfi_end(&s);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(unwind_how_name(UNWIND_REGISTERS), "registers");
	assert_string_equal(unwind_how_name(UNWIND_JIT_RULE), "jit-rule");
	assert_string_equal(unwind_how_name(UNWIND_SCAN), "scan");
	assert_false(unwind_is_guess(UNWIND_FRAME_POINTER));
}

/* ---- this process ---- */

enum { MAX_MODULES = 64, MAX_SELF_FRAMES = 200 };

struct self_module {
	char path[512];
	uint64_t start, end, offset;
	struct sym_module *module;
	uint64_t bias;
};

struct self {
	int mem;
	struct self_module modules[MAX_MODULES];
	size_t module_count;
};

static void self_open(struct self *s)
{
	*s = (struct self){ .mem = open("/proc/self/mem", O_RDONLY | O_CLOEXEC) };
	assert_true(s->mem >= 0);
	FILE *maps = fopen("/proc/self/maps", "re");
	assert_non_null(maps);
	char line[1024];
	while (fgets(line, sizeof line, maps) && s->module_count < MAX_MODULES) {
		struct self_module m = { .module = NULL };
		char access[8];
		unsigned long long start, end, offset;
		if (sscanf(line, "%llx-%llx %7s %llx %*s %*s %511[^\n]", &start, &end, access, &offset,
			   m.path) == 5 &&
		    access[2] == 'x' && m.path[0] == '/') {
			m.start = start;
			m.end = end;
			m.offset = offset;
			s->modules[s->module_count++] = m;
		}
	}
	fclose(maps);
}

static void self_close(struct self *s)
{
	for (size_t i = 0; i < s->module_count; i++)
		if (s->modules[i].module)
			sym_module_close(s->modules[i].module);
	close(s->mem);
}

static bool self_memory(void *ctx, uint64_t addr, void *buf, size_t size)
{
	struct self *s = ctx;
	return addr <= INT64_MAX && pread(s->mem, buf, size, (off_t)addr) == (ssize_t)size;
}

static bool self_code(void *ctx, uint64_t pc, struct unwind_code *ret)
{
	struct self *s = ctx;
	for (size_t i = 0; i < s->module_count; i++) {
		struct self_module *m = &s->modules[i];
		if (pc < m->start || pc >= m->end)
			continue;
		if (!m->module) {
			struct error *err = sym_module_open(m->path, NULL, &m->module);
			if (err)
				fail_msg("%s", err->message);
			struct elf_file *elf = sym_module_elf(m->module);
			for (size_t k = 0; k < elf_segment_count(elf); k++) {
				const struct elf_segment *segment = elf_segment(elf, k);
				if (segment->type == PT_LOAD && segment->flags & PF_X)
					m->bias = m->start - m->offset + segment->offset -
						  segment->addr.value;
			}
		}
		*ret = (struct unwind_code){ .kind = UNWIND_CODE_NATIVE,
					     .module = m->module,
					     .bias = m->bias };
		return true;
	}
	return false;
}

/* Unwinds from here and compares with glibc's backtrace(). */
static __attribute__((noinline)) void compare_with_backtrace(bool through_signal)
{
	struct arch_regs regs = { .known = 0 };
	uint64_t rip, rsp, rbp, rbx, r12, r13, r14, r15;
	__asm__ volatile("leaq 0(%%rip), %0\n\tmovq %%rsp, %1" : "=r"(rip), "=r"(rsp));
	__asm__ volatile("movq %%rbp, %0\n\tmovq %%rbx, %1\n\tmovq %%r12, %2\n\tmovq %%r13, %3"
			 : "=m"(rbp), "=m"(rbx), "=m"(r12), "=m"(r13));
	__asm__ volatile("movq %%r14, %0\n\tmovq %%r15, %1" : "=m"(r14), "=m"(r15));
	arch_reg_set(&regs, ARCH_RIP, rip);
	arch_reg_set(&regs, ARCH_RSP, rsp);
	arch_reg_set(&regs, ARCH_RBP, rbp);
	arch_reg_set(&regs, ARCH_RBX, rbx);
	arch_reg_set(&regs, ARCH_R12, r12);
	arch_reg_set(&regs, ARCH_R13, r13);
	arch_reg_set(&regs, ARCH_R14, r14);
	arch_reg_set(&regs, ARCH_R15, r15);
	void *expected[MAX_SELF_FRAMES];
	int count = backtrace(expected, MAX_SELF_FRAMES);
	assert_true(count > 3);

	struct self *self = calloc(1, sizeof *self);
	assert_non_null(self);
	self_open(self);
	struct unwind_context context = {
		.ctx = self, .arch = &arch_x86_64, .memory = self_memory, .code = self_code
	};
	struct unwind_frame frame;
	unwind_start(&context, &regs, &frame);
	assert_true(frame.cfa > rsp);
	enum unwind_end end;
	bool signal_seen = false;
	int i = -1;
	while ((end = unwind_next(&context, &frame, &frame)) == UNWIND_END_NONE) {
		/* Ahead of the caller comes this function, once or (a sanitizer's backtrace) twice. */
		for (int k = 0; i < 0 && k < 3; k++)
			if (frame.pc.value == (uint64_t)(uintptr_t)expected[k])
				i = k - 1;
		i++;
		assert_in_range(i, 1, count - 1);
		assert_int_equal(frame.pc.value, (uint64_t)(uintptr_t)expected[i]);
		assert_true(frame.how == UNWIND_CFI || frame.how == UNWIND_SIGNAL);
		assert_int_equal(frame.exact_pc, frame.how == UNWIND_SIGNAL);
		signal_seen |= frame.how == UNWIND_SIGNAL;
	}
	assert_int_equal(end, UNWIND_END_ENTRY);
	assert_int_equal(i, count - 1);
	assert_int_equal(signal_seen, through_signal);
	self_close(self);
	free(self);
}

static __attribute__((noinline)) int recurse(int depth)
{
	volatile char room[64 + 16 * 3];
	room[0] = (char)depth;
	if (depth == 0)
		compare_with_backtrace(false);
	else
		recurse(depth - 1);
	return room[0];
}

static void test_self(void **state)
{
	(void)state;
	assert_int_equal(recurse(20), 20);
}

static void on_signal(int signal)
{
	(void)signal;
	compare_with_backtrace(true);
}

static void test_self_signal(void **state)
{
	(void)state;
	static char other_stack[256 * 1024] __attribute__((aligned(16)));
	stack_t stack = { .ss_sp = other_stack, .ss_size = sizeof other_stack }, old;
	assert_int_equal(sigaltstack(&stack, &old), 0);
	for (int on_other = 0; on_other < 2; on_other++) {
		struct sigaction action = { .sa_handler = on_signal,
					    .sa_flags = on_other ? SA_ONSTACK : 0 },
				 before;
		assert_int_equal(sigaction(SIGUSR1, &action, &before), 0);
		assert_int_equal(raise(SIGUSR1), 0);
		assert_int_equal(sigaction(SIGUSR1, &before, NULL), 0);
	}
	assert_int_equal(sigaltstack(&old, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cranelift_function),
		cmocka_unit_test(test_cranelift_long_function),
		cmocka_unit_test(test_cranelift_cold_block),
		cmocka_unit_test(test_cranelift_tail_arguments),
		cmocka_unit_test(test_cranelift_tail_shrinks),
		cmocka_unit_test(test_cranelift_probe_loop),
		cmocka_unit_test(test_cranelift_freed),
		cmocka_unit_test(test_anonymous_code),
		cmocka_unit_test(test_anonymous_branches),
		cmocka_unit_test(test_bad_call),
		cmocka_unit_test(test_jump_to_nowhere),
		cmocka_unit_test(test_signal_frame),
		cmocka_unit_test(test_signal_loop),
		cmocka_unit_test(test_scan),
		cmocka_unit_test(test_rubbish),
		cmocka_unit_test(test_frame_pointer_loop),
		cmocka_unit_test(test_cfi_rules),
		cmocka_unit_test(test_cfi_expression),
		cmocka_unit_test(test_cfi_outermost),
		cmocka_unit_test(test_cfi_return_address),
		cmocka_unit_test(test_cfi_smashed),
		cmocka_unit_test(test_cfi_into_freed_code),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_self),
		cmocka_unit_test(test_self_signal),
	};
	return cmocka_run_group_tests_name("unwind", tests, NULL, NULL);
}
