/* A process of our own that outlives us: when oxdb is killed, nobody else takes the trap instructions out of a process that we have attached
 * to. It sleeps until then. */
#pragma once

#include "base/error.h"
#include "target/target.h"

enum { GUARDIAN_TRAP_MAX = 8 };

struct linux_guardian;

/* Forks it. Called by the thread that owns the debuggee: the guardian acts when that thread is no more. */
struct error *linux_guardian_start(struct linux_guardian **ret) ERROR_CHECK;
/* Sends it away. NULL: nothing. */
void linux_guardian_end(struct linux_guardian *g);
/* The bytes that stand at addr; called before others are put there. The entry's index, for `drop`; SIZE_MAX: the table is full. */
size_t linux_guardian_add(struct linux_guardian *g, target_pid pid, uint64_t addr, const void *original,
			  const void *trap, size_t size);
/* They stand there again, or nothing of it is there any more. */
void linux_guardian_drop(struct linux_guardian *g, size_t index);
