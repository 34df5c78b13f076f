/* What x86-64 instructions do to the stack pointer, the frame pointer and the stack: enough of a
 * simulator to follow prologues and epilogues. Two uses: from a function's first instruction with
 * nothing known (values are then "what register R held on entry"), or from a pc on with the frame's
 * registers and memory. */
#pragma once

#include "unwind/internal.h"

enum sim_kind {
	SIM_UNKNOWN,
	SIM_ENTRY,          /* what `reg` held on entry, plus num */
	SIM_RETURN_ADDRESS, /* what was at [rsp] on entry */
	SIM_NUMBER,         /* num */
};

struct sim_value {
	uint8_t kind; /* enum sim_kind */
	uint8_t reg;
	uint64_t num;
};

/* A store, newest last. Newer ones hide older ones. */
struct sim_slot {
	uint8_t kind; /* of its address: SIM_ENTRY (of rsp) or SIM_NUMBER */
	uint8_t bytes;
	uint64_t addr;
	struct sim_value value;
};

enum { SIM_REGS = 16, SIM_MAX_SLOTS = 64 };

struct sim {
	const struct unwind_context *context;
	struct sim_value regs[SIM_REGS];
	struct sim_slot slots[SIM_MAX_SLOTS];
	size_t slot_count;
	bool overflow;  /* there were more stores: what is in no slot is not known any more */
	bool sp_raised; /* the last instruction was `add rsp, N` */
	/* `add rsp, N; mov rsp, rbp` did not agree: a callee popped its arguments, and what was loaded
	 * relative to rsp since then is wrong. */
	bool sp_doubtful;
};

void sim_init_entry(struct sim *s, const struct unwind_context *context);
void sim_init_regs(struct sim *s, const struct unwind_context *context, const struct arch_regs *regs);
/* Has no effect for returns, jumps and branches, which are the caller's to follow; a call is one that
 * returned. */
void sim_step(struct sim *s, const struct arch_insn *insn, uint64_t next_pc);
struct sim_value sim_load(const struct sim *s, struct sim_value addr);
/* The newest place that still holds value. */
bool sim_find(const struct sim *s, struct sim_value value, struct sim_value *ret_addr);

static inline struct sim_value sim_number(uint64_t num)
{
	return (struct sim_value){ .kind = SIM_NUMBER, .num = num };
}

static inline bool sim_equal(struct sim_value a, struct sim_value b)
{
	if (a.kind != b.kind || a.kind == SIM_UNKNOWN)
		return false;
	return a.kind == SIM_RETURN_ADDRESS ||
	       (a.num == b.num && (a.kind == SIM_NUMBER || a.reg == b.reg));
}

/* The stack pointer on entry plus something? */
static inline bool sim_is_stack(struct sim_value v)
{
	return v.kind == SIM_ENTRY && v.reg == ARCH_RSP;
}
