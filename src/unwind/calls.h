/* What call sites prove about frames: whom a call reached, and through which jumps (tail calls), whose frames are gone. All as far as the
 * compiler wrote it down; what it left open proves nothing. */
#pragma once

#include "symbols/calls.h"
#include "unwind/unwind.h"

enum {
	UNWIND_MAX_TAIL_CALLS = 64, /* frames between two */
	UNWIND_MAX_CALLS_SEARCHED =
		4096 /* call sites looked at for one answer; more of them: nothing is proven */
};

struct unwind_call {
	const struct sym_call_site *site;
	uint64_t bias;
};

/* Answers that were given, for one process as long as its modules stay. */
struct unwind_calls;
struct unwind_calls *unwind_calls_create(void);
void unwind_calls_destroy(struct unwind_calls *calls);
void unwind_calls_clear(struct unwind_calls *calls);

/* The call that returns to return_pc, in the module that holds it. */
bool unwind_call_at(const struct unwind_context *context, uint64_t return_pc, struct unwind_call *ret);
/* Run-time addresses of the functions that it may call. False: not told, or (SYM_CALL_EXPRESSION) only with the caller's registers. */
bool unwind_call_targets(const struct unwind_context *context, const struct unwind_call *call,
			 bool (*fn)(void *ctx, uint64_t function), void *ctx);
/* True unless it is proven that a function that has begun at `function` is still what its caller called: it must not be able to jump back to
 * its own beginning, itself or through others. */
bool unwind_may_restart(const struct unwind_context *context, uint64_t function);
/* The jumps by which a call that returns to return_pc came to the function that begins at `function`, innermost first: where the jumps end,
 * run-time addresses. As many as all possible ways have in common, those at either end; 0: a call straight to it, or unclear. */
size_t unwind_tail_calls(const struct unwind_context *context, uint64_t return_pc, uint64_t function,
			 uint64_t ret[UNWIND_MAX_TAIL_CALLS]);
