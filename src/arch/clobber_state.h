/* What check_saved (clobber.h) knows of the registers and the stack at one point of one path; not for other layers. */
#pragma once

#include "arch/arch.h"

enum value_kind {
	VALUE_OTHER, /* anything; see deps */
	VALUE_ENTRY, /* what register (or symbol) `base` held on entry, plus k */
	VALUE_CONST, /* k */
};

enum {
	TRACKED_REGS = ARCH_XMM15 + 1, /* by DWARF number; rip's place is free … */
	ALIGNED_SP = ARCH_RIP, /* … and stands for rsp after `and rsp, -N`, a second origin of stack addresses */
	SLOTS_MAX = 32,
};

struct value {
	uint64_t k;
	uint64_t deps; /* OTHER: registers (of the interesting ones) whose entry value may be part of it */
	uint32_t pc;   /* offset in the code of the instruction that made it; not part of its identity */
	uint8_t kind; /* enum value_kind */
	uint8_t base;
};

/* A value in the function's frame; only those with deps are kept. */
struct slot {
	struct value value;
	int64_t offset; /* from the origin */
	uint8_t origin; /* ARCH_RSP (as on entry) or ALIGNED_SP */
	uint8_t size;   /* 8 or 16 */
};

struct state {
	uint64_t interesting; /* callee-saved registers and rsp */
	struct value regs[TRACKED_REGS];
	struct slot slots[SLOTS_MAX];
	uint32_t slot_count;
	/* Interesting registers whose entry value may be in memory that is not tracked. */
	uint64_t escaped;
	/* `cmp a, b` was the last instruction that set the flags. */
	bool compared;
	uint8_t compared_a, compared_b;
};

void state_init(struct state *st, uint64_t interesting);

struct value value_const(uint64_t k, uint32_t pc);
struct value value_other(uint64_t deps, uint32_t pc);
bool value_is_entry(const struct value *v, unsigned reg, uint64_t k);
/* Known distance from an origin on the stack. */
bool value_is_stack(const struct value *v);
/* Interesting registers whose entry value may be part of v. */
uint64_t value_deps(const struct state *st, const struct value *v);

/* direct: through rsp or rbp. Other stores do not hit the save slots: the analysis follows paths that a loop's condition forbids,
 * and would move a pointer into them there. */
void slot_store(struct state *st, const struct value *address, size_t size, const struct value *value,
		bool direct);
/* A store to somewhere not known, or of unknown size. */
void slot_store_unknown(struct state *st, uint64_t deps);
struct value slot_load(const struct state *st, const struct value *address, size_t size, uint32_t pc);
/* What a call does to the slots: those below rsp are gone, those that save no register may have changed. */
void slots_after_call(struct state *st);
/* Of all slots. */
uint64_t slots_deps(const struct state *st);

/* Same entry values in the same registers and slots: joining loses nothing that matters. */
bool state_same_shape(const struct state *a, const struct state *b);
/* Each finds the other's saved registers in the same slots. */
bool state_same_saves(const struct state *a, const struct state *b);
/* Takes what `from` knows less into `into`; true when `into` changed. */
bool state_join(struct state *into, const struct state *from);
