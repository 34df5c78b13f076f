/* Rust panics as they happen: a hook where std begins one (rust_panic_with_hook; _Unwind_RaiseException with Rust's exception class where the
 * program has no symbols) keeps a snapshot, so that a panic which ends the program, however late, is reported as it was. A panic that is
 * caught costs two short stops. */
#pragma once

#include "engine/engine.h"

struct jit_panic {
	uint32_t thread; /* eng_thread_number */
	target_tid tid;
	struct str thread_name;
	uint64_t serial;  /* order in the process, from 1 */
	uint64_t earlier; /* panics that this thread had before */
	struct str before; /* the last of them, in words; it was caught, or is being unwound still (a panic in a destructor) */
	bool has_message;
	struct str message; /* as the panic's payload says; empty payload types: has_message false */
	struct str file;    /* location as the program has it */
	uint32_t line, column;
	bool can_unwind;      /* false: ends in abort at once */
	struct eng_view view; /* registers and stack as they were; thread may be NULL later */
	/* A panic that std raises because an earlier one of this thread could not go on ("panic in a function that cannot unwind", "panic
	 * in a destructor during cleanup"): that earlier one, with its own snapshot; else NULL. */
	const struct jit_panic *cause;
};

struct jit_panics;
struct jit_panics *jit_panics_create(struct eng_session *s);
void jit_panics_destroy(struct jit_panics *panics);
void jit_panics_event(struct jit_panics *panics, const struct eng_event *event);
/* The panics of a process that may still matter: the latest of each thread, oldest first. */
size_t jit_panics_of(struct jit_panics *panics, struct eng_process *p, const struct jit_panic *const **ret);
/* The latest of one thread; NULL when none. */
const struct jit_panic *jit_panic_latest(struct jit_panics *panics, struct eng_process *p, target_tid tid);
/* Reads the message of the thread's latest panic again while that panic is still on its stack (its hook has formatted it by now). Call it at
 * each signal stop and at the end of the thread. */
void jit_panic_complete(struct jit_panics *panics, struct eng_thread *t);
/* A panic begins in the thread, which is stopped: what the hook does. payload and vtable: of the &mut dyn PanicPayload, 0 when not known. */
void jit_panic_begins(struct jit_panics *panics, struct eng_thread *t, const struct arch_regs *regs,
		      uint64_t payload, uint64_t vtable);
/* For who stops at panics: the thread stands at the entry of rust_panic_with_hook or, late, of rust_panic. False: not here. */
bool jit_panic_stops(struct eng_thread *t, bool late);
/* Its message, there; empty: not known. In the arena. */
struct str jit_panic_text(struct eng_thread *t, struct arena *arena);
/* Bytes of stack that are kept of all panics of the process; at most JIT_PANIC_STACKS and the latest one's: then those that are longest ago are
 * cut to their newest frames. */
enum { JIT_PANIC_STACKS = 64 << 20 };
size_t jit_panic_stacks(struct jit_panics *panics, struct eng_process *p);
/* Number of panics seen in the process. */
uint64_t jit_panic_count(struct jit_panics *panics, struct eng_process *p);
