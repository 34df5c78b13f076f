/* What a hook at a function's first instruction sees of its arguments. */
#pragma once

#include "engine/engine.h"

enum { JIT_MAX_ARGUMENTS = 6 };

/* The first `count` integer arguments of a C function (or a Rust one: the same, with scalar pairs taken
 * apart) at whose first instruction t stands. False when they are not in registers, or those cannot be
 * read. */
bool jit_thread_arguments(struct eng_thread *t, struct arch_regs *regs, uint64_t *ret, size_t count);
