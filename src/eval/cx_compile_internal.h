/* Between cx_compile.c and cx_member.c. */
#pragma once

#include "eval/cx_internal.h"
#include "eval/eval_internal.h"

struct cx_compiler {
	const struct eval_cx_scope *scope;
	struct arena *arena;
	VEC(struct eval_cx_op) ops;
	struct eval_cx_variable variables[EVAL_CX_MAX_CELLS]; /* parameters of intrinsics, too */
	size_t variable_base, variable_count;                 /* those from base on are known by name */
	int depth, inlined;
	struct error *error;
};

/* What code leaves on the stack. */
struct cx_made {
	struct eval_cx_type type;
	bool place;
	uint32_t bit_size, bit_offset;
};

/* The number of the instruction. Too many of them are the compiler's error. */
size_t cx_emit(struct cx_compiler *c, struct eval_cx_op op);
#define EMIT(...) cx_emit(c, (struct eval_cx_op){ __VA_ARGS__ })

static inline struct eval_cx_type cx_plain(const struct sym_type *t)
{
	return (struct eval_cx_type){ .sym = t };
}

static inline struct cx_made cx_value_of(const struct sym_type *t)
{
	return (struct cx_made){ .type = cx_plain(t) };
}

static inline const struct sym_type *cx_c_type(const char *name)
{
	return sym_type_primitive(NULL, str_from(name), false);
}

static inline bool cx_is_aggregate(const struct sym_type *t)
{
	enum sym_type_kind kind = type_kind(t);
	return kind == SYM_TYPE_STRUCT || kind == SYM_TYPE_UNION || kind == SYM_TYPE_VARIANT;
}

/* A member of the place on the stack, which becomes the member's. False without an error: there is none of that name. */
bool cx_member_of(struct cx_compiler *c, struct str name, struct cx_made *m);
