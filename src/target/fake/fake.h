/* A target for tests: nothing runs. The test lays out memory, registers and mappings, queues events, and plays the program when a thread is
 * resumed. */
#pragma once

#include "base/buf.h"
#include "target/target.h"

struct target *target_fake_create(const struct arch *arch);

/* A process with its leader, stopped. The first one made is what launch gives. */
void fake_add_process(struct target *t, target_pid pid);
void fake_add_thread(struct target *t, target_pid pid, target_tid tid);
/* The child has a copy of the parent's memory, or the same memory. */
void fake_fork(struct target *t, target_pid parent, target_pid child, bool share);
/* New, empty memory (exec). */
void fake_clear_memory(struct target *t, target_pid pid);
/* A process or thread of which every operation says ERROR_GONE. */
void fake_forget(struct target *t, target_tid tid);

/* start and size in whole pages; zeroed. name "/…" gets an inode. */
void fake_map(struct target *t, target_pid pid, uint64_t start, uint64_t size, uint8_t flags,
	      const char *name);
void fake_unmap(struct target *t, target_pid pid, uint64_t start);
void fake_poke(struct target *t, target_pid pid, uint64_t addr, const void *bytes, size_t size);
void fake_peek(struct target *t, target_pid pid, uint64_t addr, void *bytes, size_t size);
void fake_auxv(struct target *t, target_pid pid, uint64_t type, uint64_t value);
struct arch_regs *fake_regs(struct target *t, target_tid tid);

void fake_event(struct target *t, const struct target_event *event);
/* Called when a thread is resumed, after its registers have been set. */
typedef void fake_resume_fn(void *ctx, struct target *t, target_tid tid, bool step, int signal);
void fake_on_resume(struct target *t, fake_resume_fn *fn, void *ctx);
/* Interrupts of this thread are not answered (it waits in the kernel). */
void fake_deaf(struct target *t, target_tid tid, bool deaf);

/* TARGET_MAX_WATCHES of them, as they were set last. */
const struct target_watch *fake_watches(struct target *t, target_tid tid);

/* What was asked of it, a line each: "resume 5", "resume 5 signal 11", "step 5", "syscall 5",
 * "watch 5 0x1000+8", "listen 5", "interrupt 5", "detach 5", "kill 5". */
struct buf *fake_log(struct target *t);
