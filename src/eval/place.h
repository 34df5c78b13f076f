/* Between location.c (from a variable to its bytes) and entry.c (values on entry). */
#pragma once

#include "eval/eval_internal.h"

enum { PLACE_MAX_CALLERS = 16 }; /* frames that one value on entry may lead through */

/* What the evaluation of one location asks of the frame; the first thing that was not there is kept for
 * the message. */
struct place_context {
	const struct eval_env *env; /* asked instead of the frame when there is one */
	const struct eval_frame *frame;
	bool has_frame; /* else only the module and its bias are known */
	bool outer;     /* the frame is a caller of env's: its registers are its own */
	/* Of a caller: whom it called. A register that the compiler names for the time of the call, though calls may use it, is one that it knows
	 * this call to leave alone (gcc's -fipa-ra). */
	struct place_context *callee;
	unsigned callers;                    /* how many calls further out than where it began */
	const struct sym_function *function; /* the out-of-line function at pc, or NULL */
	struct dw_expr_context expr;
	bool in_frame_base;
	bool missing_reg, missing_memory, missing_tls;
	unsigned reg;
	uint64_t address;
};

/* For expressions of that unit (NULL: none yet) in a frame. env may be NULL. */
void place_init(struct place_context *c, const struct eval_env *env, const struct eval_frame *frame,
		const struct dw_unit *unit);
/* A location as a number: what DW_AT_frame_base and DW_OP_entry_value mean by theirs. */
bool place_number(struct place_context *c, struct dw_span expr, uint64_t *ret);

/* ---- entry.c ---- */

/* DW_OP_entry_value: ctx is a struct place_context. */
bool place_entry_value(void *ctx, struct dw_span expr, uint64_t *ret);
/* What the parameter with this location at its function's entry was given, as the caller knows it. */
bool place_argument(struct place_context *c, struct dw_span expr, uint64_t *ret);
