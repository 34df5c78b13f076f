/* Does a function keep the callee-saved registers? Shown from its machine code alone, by abstract interpretation: nothing is
 * executed. For diagnosing code whose author is suspected of breaking the calling convention.
 *
 * What it takes for granted, so that ordinary code can be judged:
 * - a called function keeps the registers of callee_saved_mask, whatever its own convention, and rsp, and does not write to this
 *   function's save slots. Where calls are followed by `sub rsp, N` they may also have popped N bytes of arguments, as those of
 *   Cranelift's Tail convention do: code that is right only so is right;
 * - a store hits a save slot only when it is made through rsp or rbp at a known offset, and a load through a pointer that does not
 *   come from rsp does not read one;
 * - a jump to outside the code with rsp as on entry is a tail call: the registers must be as on entry there too. With another rsp
 *   it goes to a part of the function that is elsewhere (a .cold part): nothing is concluded there, and `complete` is false;
 * - an indirect jump other than through the GOT may be a jump table or a tail call: `complete` is false, and where rsp is as on entry
 *   the registers that are not count as not provable;
 * - a call before a place that other code jumps to with another rsp may not return (panics); what is found only behind such a
 *   call counts as not provable. */
#pragma once

#include "arch/arch.h"

struct arch_clobber_report {
	bool complete; /* every path was followed to its end: no indirect jump, undecodable byte, or limit on the way */
	uint64_t broken; /* by DWARF number: on some path to a return the register does not get its entry value back: a constant is
	                  * in it, another register's value, something loaded or computed from neither it nor its save slot */
	uint64_t always; /* the part of broken that holds on every path to a return: whichever was taken, it was changed */
	uint64_t maybe; /* neither shown to be kept nor to be broken on some path; disjoint from broken */
	/* For each register in broken: one such path. */
	struct arch_clobber_detail {
		uint64_t write_pc; /* the instruction that put the value there which it has at the return */
		uint64_t return_pc; /* the return or tail jump */
		bool has_imm;       /* the value is this constant */
		uint64_t imm;
	} detail[ARCH_REG_LIMIT];
	bool sp_balanced;       /* at no return rsp was shown to be other than on entry */
	bool sp_unknown;        /* at some return it could not be told */
	uint64_t bad_return_pc; /* when not balanced: that return */
};

/* Code is [code, code + size), at base_pc when it runs; entry_pc in it is the function's first instruction (a part that only jumps
 * lead to, such as a .cold or .warm symbol, has no entry state and gives nonsense). callee_saved_mask by
 * DWARF number: general registers and xmm0 to xmm15 are understood, rsp is always checked, others are ignored. Always sets *ret;
 * entry_pc outside the code gives an empty report that is not complete. Time and memory are bounded (complete is false when a
 * bound was hit). */
void arch_x86_64_check_saved(const uint8_t *code, size_t size, uint64_t base_pc, uint64_t entry_pc,
			     uint64_t callee_saved_mask, struct arch_clobber_report *ret);

enum { ARCH_DEFINITION_CALLS_MAX = 16 };

/* Where a register got its value, on the straight line from a function's start to an instruction in it. */
struct arch_definition {
	bool in_step;    /* decoding from the start arrived at at_pc exactly; else nothing else is set */
	bool found;      /* an instruction before at_pc writes the register */
	uint64_t def_pc; /* the last one */
	/* Return addresses of the calls between it (or the start) and at_pc; when more, the ones nearest to at_pc. */
	size_t call_count;
	uint64_t calls[ARCH_DEFINITION_CALLS_MAX];
	bool more_calls;
};

/* For a callee-saved register: calls do not count as writing it. A heuristic: the linear order of the code is taken for the order
 * of execution, so with loops and branches both the definition and the calls may be others than those executed. */
void arch_x86_64_last_definition(const uint8_t *code, size_t size, uint64_t base_pc,
				 uint64_t function_start, uint64_t at_pc, unsigned reg,
				 struct arch_definition *ret);
