/* Values and types as gdb writes them: `point::Point {x: 1, y: 2}`, `(*mut i32) 0x7ffe…`, C's `{x = 1, y = 2}`. */
#pragma once

#include "eval/expr.h"

/* `set print …`, with gdb's defaults. 0 = unlimited where a number is a limit. */
struct eval_print_settings {
	uint32_t elements;   /* 200 */
	uint32_t repeats;    /* 10 */
	uint32_t max_depth;  /* 20; UINT32_MAX: unlimited */
	uint32_t characters; /* 0: as elements */
	bool pretty, array, array_indexes, null_stop, address, symbol, union_, object, vtbl,
		static_members, demangle, asm_demangle;
	char radix; /* 'x' or 'o' for numbers and characters without a format of their own; 0: decimal */
};
#define EVAL_PRINT_DEFAULTS                                    \
	((struct eval_print_settings){ .elements = 200,        \
				       .repeats = 10,          \
				       .max_depth = 20,        \
				       .address = true,        \
				       .symbol = true,         \
				       .union_ = true,         \
				       .static_members = true, \
				       .demangle = true })

/* A format of `print/x`: letter 0 = none; size letter b h w g or 0 (x only); count for x. `s` and `i` are the caller's for x. */
struct eval_format_spec {
	char letter, size;
	bool raw; /* /r */
};

enum eval_style { EVAL_STYLE_NAME, EVAL_STYLE_ADDRESS, EVAL_STYLE_REMARK };

struct eval_printer {
	struct eval_print_settings settings;
	enum eval_language language; /* not AUTO */
	const struct eval_env *env;
	/* "<main+4>" for an address; false: none. */
	bool (*symbolise)(void *ctx, uint64_t addr, struct buf *out);
	/* The same with linkage names, for /a and x while `print asm-demangle` is off; NULL: symbolise. */
	bool (*symbolise_linkage)(void *ctx, uint64_t addr, struct buf *out);
	void *symbolise_ctx;            /* of both, and of interrupted */
	bool (*interrupted)(void *ctx); /* NULL: never; a long value is cut short by it */
	/* What a screen wants, with the same ctx; NULL: nothing. A place where a line may be broken; a name of a member, an address. */
	void (*wrap)(void *ctx, uint32_t indent, struct buf *out);
	void (*style)(void *ctx, enum eval_style style, struct str text, struct buf *out);
};
/* As `print` writes a value at its top (a pointer with its type), and as it does within others. */
struct error *eval_print(const struct eval_printer *p, const struct eval_value *v,
			 struct eval_format_spec format, bool top, struct buf *out) ERROR_CHECK;
/* Scalars only, for backtraces with `print frame-arguments scalars`: others are "...". */
struct error *eval_print_argument(const struct eval_printer *p, const struct eval_value *v,
				  struct buf *out) ERROR_CHECK;
/* C's declaration of a variable: "int (*name)(void)"; a type without a name is written out. */
void eval_declaration(const struct eval_printer *p, const struct sym_type *t, struct str name,
		      struct buf *out);
/* `whatis`: the name. `ptype`: the definition; /o with offsets. */
void eval_type_name(const struct eval_printer *p, const struct sym_type *t, struct buf *out);
/* ptype's offsets and sizes of members. */
enum eval_offsets { EVAL_NO_OFFSETS, EVAL_OFFSETS_DECIMAL, EVAL_OFFSETS_HEX };
struct error *eval_type_definition(const struct eval_printer *p, const struct sym_type *t,
				   enum eval_offsets offsets, struct buf *out) ERROR_CHECK;
/* One unit of x/FMT at bytes, in gdb's words. */
struct error *eval_print_unit(const struct eval_printer *p, const uint8_t *bytes, size_t size,
			      char letter, struct buf *out) ERROR_CHECK;
/* A string of units of 1, 2 or 4 bytes, as x/s shows it; more: it goes on. */
void eval_print_text(const struct eval_printer *p, const uint8_t *bytes, size_t count, size_t unit,
		     bool more, struct buf *out);
