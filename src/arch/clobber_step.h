/* The effect of one instruction on a clobber_state.h state; not for other layers. */
#pragma once

#include "arch/clobber_state.h"
#include "arch/x86_64.h"

struct step {
	const struct arch_insn *insn;
	ZydisMnemonic mnemonic;
	uint32_t offset; /* in the code; values made here remember it */
	uint64_t next_pc;
};

/* Everything but transfers of control, of which only the registers that the instruction itself names are done (loop's rcx). */
void step_apply(struct state *st, const struct step *s);
/* A call that returns; `popped` bytes of arguments were taken off by the callee. */
void step_call(struct state *st, const struct step *s, uint64_t popped);
/* What is known where a jz or jnz went the way that means `equal`; false when it cannot go there. */
bool step_refine(struct state *st, bool equal);
