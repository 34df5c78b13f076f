/* The C-like expressions of Natvis (and of cdb): C's operators and casts over the members of a value, with format specifiers
 * behind a comma. A language of its own beside expr.h's, which are gdb's: names are members of one value, nothing is called, nothing
 * in the program is changed.
 * Source: "Create custom views of C++ objects" and "Format specifiers for C++" in the documentation of Visual Studio.
 *
 * A text is parsed once into a tree, a tree is compiled for a type into bytecode, and that is run for each value. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

/* ---- format specifiers ---- */

enum eval_cx_style {
	EVAL_CX_DEFAULT,
	EVAL_CX_DECIMAL,  /* d */
	EVAL_CX_OCTAL,    /* o */
	EVAL_CX_HEX,      /* x h; X H: upper case */
	EVAL_CX_BINARY,   /* b */
	EVAL_CX_CHAR,     /* c */
	EVAL_CX_FLOAT,    /* f */
	EVAL_CX_EXPONENT, /* e */
	EVAL_CX_SHORTER,  /* g */
	EVAL_CX_TEXT,     /* s, s8, su, s32: text of `unit` bytes each, in quotes */
	EVAL_CX_ENUM,     /* en: the enumerator's name alone */
};

/* What stands behind the comma. */
struct eval_cx_format {
	uint8_t style;             /* enum eval_cx_style */
	uint8_t unit;              /* of EVAL_CX_TEXT: 1, 2 or 4 bytes */
	bool upper, no_prefix;     /* X; xb */
	bool no_quotes;            /* sb, s8b, sub, s32b */
	bool no_address;           /* na */
	bool no_derived;           /* nd */
	bool no_raw;               /* nr */
	bool value_only;           /* nvo */
	bool raw;                  /* ! */
	struct str view;           /* view(NAME); empty: none */
	struct eval_cx_node *size; /* [EXPR], or a number alone; NULL: none */
};

/* ---- parsing ---- */

enum {
	EVAL_CX_MAX_TEXT = 1 << 14, /* bytes of an expression */
	EVAL_CX_MAX_NESTING = 100,
	EVAL_CX_MAX_ARGUMENTS = 32, /* of a call */
};

struct eval_cx_node;
struct eval_cx_expr {
	struct eval_cx_node *root;
	struct eval_cx_format format;
	struct str text; /* as written, without blanks around it */
};

/* Parses all of the text; what is made lives in the arena, and so must the text. ERROR_USAGE (or ERROR_LIMIT) with `where`, the
 * offset in the text, and a message that does not repeat it. */
struct error *eval_cx_parse(struct str text, struct arena *arena, struct eval_cx_expr *ret) ERROR_CHECK;
/* The tree as text, fully in parentheses: what tests compare. */
void eval_cx_describe(const struct eval_cx_expr *e, struct buf *out);
/* How a specifier is written, for each that there is; NULL behind the last one. */
const char *eval_cx_specifier(size_t n);
/* Calls each name that is called in the expression, with the number of its arguments, and each `$name`, with SIZE_MAX. */
typedef void eval_cx_name_fn(void *ctx, struct str name, size_t arguments);
void eval_cx_each_name(const struct eval_cx_expr *e, eval_cx_name_fn *fn, void *ctx);

/* ---- compiling ---- */

struct sym_type;

/* Rust's enums have members here that only MSVC's debug information has: `variantN` with `NAME`, `DISCR_EXACT` and `value`, and `tag`. */
enum eval_cx_view {
	EVAL_CX_PLAIN,
	EVAL_CX_VARIANT, /* one variant of the enum */
	EVAL_CX_NAME,    /* the text that is its name */
};

struct eval_cx_type {
	const struct sym_type *sym; /* NULL: void */
	uint8_t view;               /* enum eval_cx_view */
	uint32_t variant;           /* of the two last ones */
};

/* Integers sign- or zero-extended, pointers, the bits of a double. Addresses with the high half 1 are offsets in the value's own bytes. */
typedef unsigned __int128 eval_cx_cell;

struct eval_cx_variable {
	struct str name;
	struct eval_cx_type type;
};

struct eval_cx_parameter {
	struct str name, type;
};
struct eval_cx_intrinsic {
	const struct eval_cx_expr *body;
	struct eval_cx_parameter parameters[EVAL_CX_MAX_ARGUMENTS];
	size_t count;
};

/* What names mean. */
struct eval_cx_scope {
	struct eval_cx_type self;                 /* what `this` points at */
	const struct eval_cx_variable *variables; /* in this order in eval_cx_env.cells; `$i` is one of them */
	size_t variable_count;
	void *ctx; /* of the callbacks, which may be NULL */
	/* The type of that name, which may have `$T1` in it. NULL: there is none. */
	const struct sym_type *(*type)(void *ctx, struct str name);
	bool (*intrinsic)(void *ctx, struct str name, size_t arguments, struct eval_cx_intrinsic *ret);
};

enum { EVAL_CX_MAX_CELLS = 64, EVAL_CX_MAX_CODE = 4096, EVAL_CX_MAX_STACK = 256 };

struct eval_cx_op;
struct eval_cx_code {
	const struct eval_cx_op *ops;
	size_t count;
	struct eval_cx_type type;
	bool is_place; /* the result is where the value is, not the value */
	uint32_t bit_size, bit_offset;
};

/* Code for values of that type; lives in the arena. ERROR_NOT_FOUND: a member or a type is not there; ERROR_USAGE: it has no sense for
 * these types; ERROR_LIMIT. `where` is the offset in the text. */
struct error *eval_cx_compile(const struct eval_cx_node *root, const struct eval_cx_scope *scope,
			      struct arena *arena, struct eval_cx_code *ret) ERROR_CHECK;

/* ---- running ---- */

struct eval_cx_object {
	bool has_address;
	uint64_t address;
	const uint8_t *bytes; /* without an address: all of the value */
	size_t size;
};

struct eval_cx_env {
	void *ctx;
	/* How many bytes could be read. */
	size_t (*read)(void *ctx, uint64_t address, void *buf, size_t size);
	struct eval_cx_object object;
	eval_cx_cell cells[EVAL_CX_MAX_CELLS]; /* the scope's variables; behind them what intrinsics use */
	uint64_t *steps;                       /* how many more are allowed; ERROR_LIMIT at 0 */
};

struct eval_cx_result {
	struct eval_cx_type type;
	bool is_place;
	eval_cx_cell cell; /* the value, or its place */
	uint32_t bit_size, bit_offset;
};
struct error *eval_cx_run(const struct eval_cx_code *code, struct eval_cx_env *env,
			  struct eval_cx_result *ret) ERROR_CHECK;
/* Bytes at a place. */
bool eval_cx_read(struct eval_cx_env *env, eval_cx_cell place, void *buf, size_t size);
/* A scalar in memory as a cell. False: it is none, or cannot be read. */
bool eval_cx_load(struct eval_cx_env *env, eval_cx_cell place, const struct sym_type *type,
		  eval_cx_cell *ret);
bool eval_cx_is_scalar(const struct sym_type *type);
/* The variant that a Rust enum has; NULL: none. */
struct sym_variant;
const struct sym_variant *eval_cx_variant(struct eval_cx_env *env, eval_cx_cell place,
					  const struct sym_type *type);
