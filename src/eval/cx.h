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
