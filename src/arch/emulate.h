/* Running one instruction on a copy of the registers, so that a debugger gets past its own breakpoint without a single-step: only the
 * plain ones that functions begin with. Intel SDM volume 2; AMD APM volume 3. */
#pragma once

#include "arch/arch.h"

struct arch_memory {
	void *ctx;
	bool (*read)(void *ctx, uint64_t addr, void *buf, size_t size);
	bool (*write)(void *ctx, uint64_t addr, const void *buf, size_t size);
};

/* Does what `insn`, which stands at regs' pc, would do: registers, flags, memory, pc. False when it is not among those known here, a
 * register it needs is not known, or memory refuses: then nothing has been changed. Shadow stacks are not kept up. */
bool arch_emulate(const struct arch *arch, const struct arch_insn *insn, struct arch_regs *regs,
		  const struct arch_memory *memory);
/* May a copy of it, run at another address, stand for it? pc behind it has to be moved back by the caller, unless it is a return. */
bool arch_relocatable(const struct arch *arch, const struct arch_insn *insn);
/* The same at another address `to`, as far as that is possible: what is addressed relative to pc is so from there. `ret` has room for
 * ARCH_INSN_MAX bytes; the length stays. */
bool arch_relocate(const struct arch *arch, const struct arch_insn *insn, const uint8_t *bytes,
		   uint64_t from, uint64_t to, uint8_t *ret);
enum { ARCH_JUMP_MAX = 14 };
/* A jump to anywhere, that changes nothing else; the number of bytes. */
size_t arch_jump(const struct arch *arch, uint64_t target, uint8_t ret[ARCH_JUMP_MAX]);
/* The address that the function returns to at whose first instruction the thread stands; false when it cannot be read. */
bool arch_return_address(const struct arch *arch, const struct arch_regs *regs,
			 const struct arch_memory *memory, uint64_t *ret);
