/* From one frame to its caller. Pure computation: memory and knowledge about code come by callbacks.
 * Every frame says how it was found, so that a guess is never shown as a fact. */
#pragma once

#include "arch/arch.h"
#include "base/addr.h"
#include "base/error.h"
#include "symbols/symbols.h"

enum unwind_how {
	UNWIND_REGISTERS, /* the thread's own registers: the innermost frame */
	UNWIND_CFI,       /* call frame information */
	UNWIND_BAD_CALL, /* a call to an address that cannot be executed: the caller is at [sp] (jit-facts C) */
	UNWIND_SIGNAL,   /* across a signal frame: registers from the saved context */
	UNWIND_JIT_RULE, /* JIT code: Cranelift's prologue and epilogue rules */
	UNWIND_PROLOGUE, /* no description: decoded from the function's start, or on to its return */
	UNWIND_FRAME_POINTER, /* rbp chain, validated */
	UNWIND_SCAN,          /* a word on the stack that looks like a return address: a guess */
};
/* "registers", "cfi", "bad-call" … (these words are part of the JSON schema). */
const char *unwind_how_name(enum unwind_how how);
bool unwind_is_guess(enum unwind_how how);

enum unwind_code_kind {
	UNWIND_CODE_NONE,   /* not executable, or not mapped */
	UNWIND_CODE_NATIVE, /* in a module */
	UNWIND_CODE_JIT,    /* a function that a JIT source knows: start and end are its range */
	UNWIND_CODE_ANON, /* executable memory that belongs to no file and nobody named: start and end are the mapping's */
};

/* What is known of the code at a pc. */
struct unwind_code {
	enum unwind_code_kind kind;
	struct sym_module *module; /* NATIVE */
	uint64_t bias;             /* NATIVE: run-time minus file address */
	uint64_t start, end;       /* JIT, ANON */
	bool frame_pointer;        /* JIT: the generator always sets up rbp (Cranelift) */
};

struct unwind_calls; /* calls.h */

struct unwind_context {
	void *ctx;
	const struct arch *arch;
	uint32_t process; /* for run_addr */
	/* All of [addr, addr+size), or false. */
	bool (*memory)(void *ctx, uint64_t addr, void *buf, size_t size);
	/* False is the same as UNWIND_CODE_NONE. */
	bool (*code)(void *ctx, uint64_t pc, struct unwind_code *ret);
	/* The mapping of the stack that holds sp, to bound scans and frame pointers; false when not
	 * known. */
	bool (*stack_bounds)(void *ctx, uint64_t sp, uint64_t *ret_low, uint64_t *ret_high);
	/* Where a function of that linkage name is, in whatever module; NULL: not known. */
	bool (*function)(void *ctx, struct str name, uint64_t *ret);
	struct unwind_calls *calls; /* answers about calls are kept there; NULL: they are not */
};

struct unwind_frame {
	struct run_addr pc;
	uint64_t cfa; /* 0: not known */
	enum unwind_how how;
	bool signal_frame; /* this frame is the kernel's signal trampoline */
	bool exact_pc; /* pc is where execution stands (innermost, or interrupted by a signal), not a return address: look symbols up
	                     * at pc, else at pc - 1 */
	uint32_t index;         /* 0: innermost */
	uint32_t stack_changes; /* signal frames and switches of stacks crossed so far */
	struct arch_regs regs;
};

enum { UNWIND_MAX_FRAMES = 1 << 22, UNWIND_MAX_SCAN_BYTES = 64 * 1024, UNWIND_MAX_STACK_CHANGES = 1024 };

enum unwind_end {
	UNWIND_END_NONE,    /* there is a caller */
	UNWIND_END_ENTRY,   /* the outermost frame (return address undefined by CFI, _start, clone) */
	UNWIND_END_LOST,    /* nothing credible above: the chain is broken here */
	UNWIND_END_CORRUPT, /* the stack pointer leaves the stack or does not grow */
	UNWIND_END_LIMIT,
};

/* The innermost frame of registers. */
void unwind_start(const struct unwind_context *context, const struct arch_regs *regs,
		  struct unwind_frame *ret);
/* The caller of `frame`. UNWIND_END_NONE: *ret is set (may be the same object). */
enum unwind_end unwind_next(const struct unwind_context *context, const struct unwind_frame *frame,
			    struct unwind_frame *ret);
