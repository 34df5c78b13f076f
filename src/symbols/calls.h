/* What a file says of the calls in its functions (D5 3.4; before version 5 the GNU extensions of the same meaning): whom they call, and what
 * they hand over. Optimising compilers write it, so that values which a function has given up are found in its caller. */
#pragma once

#include "symbols/symbols.h"

enum sym_call_target {
	SYM_CALL_UNKNOWN,
	SYM_CALL_EXPRESSION, /* target: an expression, for the caller's registers */
	SYM_CALL_NAME,       /* name: a linkage name, of whatever module */
	SYM_CALL_ADDRESSES,  /* addresses, of this module: where the function's pieces begin */
};

enum sym_call_parameter_kind {
	SYM_CALL_REGISTER, /* reg: DWARF number */
	SYM_CALL_STACK, /* offset: from the stack pointer at the call, which is the callee's offset from its CFA */
};

struct sym_call_parameter {
	enum sym_call_parameter_kind kind;
	unsigned reg;
	int64_t offset;
	struct dw_span value;      /* an expression (not a location) for the caller's registers */
	struct dw_span data_value; /* of what it points at; size 0: not told */
};

struct sym_call_site {
	struct file_addr return_pc;
	bool tail; /* a jump: the frame that made it is gone */
	enum sym_call_target target_kind;
	struct dw_span target;
	struct str name;
	const struct file_addr *addresses;
	size_t address_count;
	const struct dw_unit *unit; /* for the expressions */
	const struct sym_call_parameter *parameters;
	size_t parameter_count;
};

/* The call that returns to return_pc, or the jump that ends before it. NULL: nothing is told of it. */
const struct sym_call_site *sym_call_site_at(struct sym_module *m, struct file_addr return_pc);
/* The same where f, inlined or not, is known to hold return_pc - 1. */
const struct sym_call_site *sym_function_call_site(const struct sym_function *f,
						   struct file_addr return_pc);
/* The jumps with which f may end, in no order: of a function that says that they are all told of, else none. */
size_t sym_function_tail_calls(const struct sym_function *f, const struct sym_call_site *const **ret);
