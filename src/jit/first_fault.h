/* The first fault of a thread, kept while the program's own handler decides what becomes of it: registers, siginfo, the stack above and the code
 * around. When the program dies of it in the end (the handler raised it again, aborted, or made another), this is what the report is about. */
#pragma once

#include "engine/engine.h"

struct first_fault {
	struct target_siginfo siginfo;
	struct arch_regs regs;
	struct eng_snapshot_range overlay[2]; /* code around pc, stack from sp on */
	size_t overlay_count;
	bool again; /* the one before it was the same: nothing but the handler ran between */
};

/* Of the threads whose faults were last recorded or asked for: one more takes the place of the one that it is longest ago for. */
enum { FIRST_FAULTS_KEPT = 256 };

struct first_faults;
struct first_faults *first_faults_create(void);
void first_faults_destroy(struct first_faults *faults);

/* At a signal stop of a fault. Replaces what was kept of this thread, unless the thread faults again inside the handler of what was kept
 * (still on the stack by the signal frame): then the first one stays. */
void first_fault_record(struct first_faults *faults, struct eng_thread *t,
			const struct target_siginfo *siginfo);
/* The fault that the thread, dying or aborting now, is still in: its signal frame is on the stack, or it stands at the faulting instruction again.
 * NULL when there is none. *ret_in_handler: it died inside its handler. */
const struct first_fault *first_fault_behind(struct first_faults *faults, struct eng_thread *t,
					     bool *ret_in_handler);
void first_faults_forget(struct first_faults *faults, const struct eng_process *p);
/* How many are kept. */
size_t first_faults_count(const struct first_faults *faults);
