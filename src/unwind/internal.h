/* Shared by the files of this layer. */
#pragma once

#include "unwind/unwind.h"

/* What one rule found out about the caller of a frame. */
struct unwind_caller {
	struct arch_regs regs; /* pc and sp always known */
	uint64_t cfa;          /* of the frame that was left; 0 for guesses that do not know it */
	enum unwind_how how;
	bool exact_pc;
	bool pc_in_register; /* nothing of it needs to lie on the stack */
};

/* ---- code.c: what can be said of single addresses ---- */

/* Code bytes in a window, so that decoding does not ask for memory at each instruction. */
struct unwind_code_window {
	const struct unwind_context *context;
	uint64_t addr;
	size_t size;
	uint8_t bytes[256];
};

/* The instruction at pc; false when its first byte cannot be read. */
bool unwind_insn_at(struct unwind_code_window *window, uint64_t pc, struct arch_insn *ret);
bool unwind_read_u64(const struct unwind_context *context, uint64_t addr, uint64_t *ret);
/* UNWIND_CODE_NONE in *ret when false. */
bool unwind_code_at(const struct unwind_context *context, uint64_t pc, struct unwind_code *ret);
/* The address that code and symbols of a frame are looked up at: a return address may be the first byte
 * behind its function. */
uint64_t unwind_lookup_pc(const struct unwind_frame *frame);
/* Is addr in executable memory, with a call instruction just before it? */
bool unwind_return_address(const struct unwind_context *context, uint64_t addr, struct arch_insn *ret_call);
/* Is the word at slot a return address within the stack? */
bool unwind_return_slot(const struct unwind_context *context, uint64_t slot, uint64_t *ret_pc);

/* The stack that holds a stack pointer. */
struct unwind_stack {
	bool known;
	uint64_t low, high;
};
struct unwind_stack unwind_stack_of(const struct unwind_context *context, uint64_t sp);

/* ---- one file per rule ---- */

enum unwind_cfi_result { UNWIND_CFI_OK, UNWIND_CFI_NONE, UNWIND_CFI_OUTERMOST, UNWIND_CFI_BROKEN };
enum unwind_cfi_result unwind_cfi(const struct unwind_context *context, const struct unwind_code *code,
				  const struct unwind_frame *frame, struct unwind_caller *ret);
bool unwind_cfi_cfa(const struct unwind_context *context, const struct unwind_code *code,
		    const struct unwind_frame *frame, uint64_t *ret);
/* Does any CFI cover this file address? */
bool unwind_cfi_covers(const struct unwind_code *code, uint64_t pc);

/* Linux's signal trampoline (x86-64: `mov rax, 15; syscall`, which is all that a signal frame needs to
 * be known by). */
bool unwind_signal_trampoline(const struct unwind_context *context, uint64_t pc);
bool unwind_signal(const struct unwind_context *context, const struct unwind_frame *frame,
		   struct unwind_caller *ret);

/* By decoding from the function's start (`start`) up to pc. cranelift: the rules of Cranelift's code
 * hold (rbp is always set up and is not touched in the body), so that the state behind the prologue is
 * good for the whole body. */
bool unwind_prologue(const struct unwind_context *context, uint64_t start, bool cranelift,
		     const struct unwind_frame *frame, struct unwind_caller *ret);
/* By decoding from pc to the return, following the stack pointer. */
bool unwind_forward(const struct unwind_context *context, const struct unwind_frame *frame,
		    struct unwind_caller *ret);
bool unwind_bad_call(const struct unwind_context *context, const struct unwind_frame *frame,
		     struct unwind_caller *ret);
/* At a function's first instruction, which its caller names. */
bool unwind_at_entry(const struct unwind_context *context, const struct unwind_frame *frame,
		     struct unwind_caller *ret);
bool unwind_frame_pointer(const struct unwind_context *context, const struct unwind_frame *frame,
			  struct unwind_caller *ret);
/* function_start: of the frame's own function, 0 when not known. */
bool unwind_scan(const struct unwind_context *context, const struct unwind_code *code,
		 uint64_t function_start, const struct unwind_frame *frame, struct unwind_caller *ret);

/* The caller's registers when nothing is known of what the frame saved: callee-saved ones keep their
 * values, when `keep`; those that belong to the thread stay in any case. */
void unwind_caller_regs(const struct unwind_context *context, const struct arch_regs *regs, bool keep,
			uint64_t pc, uint64_t sp, struct arch_regs *ret);
