/* Where a variable is, in gdb's words (`info scope`, `info address`): from what the file says, no process is asked. */
#pragma once

#include "base/buf.h"
#include "symbols/lookup.h"

struct eval_place_query {
	const struct arch *arch;
	const struct sym_function *function; /* that the variable belongs to; NULL: a static */
	struct file_addr pc;                 /* in it */
	uint64_t bias;                       /* added to addresses */
	bool scope; /* `info scope`'s words for constants and statics, which are longer */
};

/* "multi-location:…", "a variable in $rdi", "a complex DWARF expression:…", "static storage at address 0x4018", "constant",
 * "optimized out" … False for the last: the variable is nowhere, and so has no length to tell. Errors are gdb's, about broken expressions. */
struct error *eval_describe_place(const struct eval_place_query *q, const struct sym_variable *v,
				  struct buf *out, bool *ret_is_somewhere) ERROR_CHECK;
