/* The tree of a C-like expression. */
#pragma once

#include "eval/cx.h"

enum cx_kind {
	CX_NUMBER, /* number, type_text by its suffix */
	CX_REAL,   /* real */
	CX_CHAR,   /* number */
	CX_STRING, /* text: the bytes */
	CX_BOOL,   /* number */
	CX_NULL,   /* nullptr */
	CX_THIS,
	CX_NAME,   /* text: a member, a variable, a path with :: or `$i` */
	CX_MEMBER, /* a.text; op CX_ARROW: a->text */
	CX_INDEX,  /* a[b] */
	CX_CALL,   /* text(list): an intrinsic */
	CX_CAST,   /* (type) a */
	CX_SIZEOF, /* of a, or of type */
	CX_UNARY,
	CX_BINARY,
	CX_CHOICE, /* a ? b : c */
	CX_ASSIGN, /* a = b; op: of a op= b, else 0 */
	CX_STEP,   /* ++a; number 1: a++ */
};

enum cx_op {
	CX_NONE,
	CX_ADD,
	CX_SUB,
	CX_MUL,
	CX_DIV,
	CX_REM,
	CX_SHL,
	CX_SHR,
	CX_AND,
	CX_OR,
	CX_XOR,
	CX_EQ,
	CX_NE,
	CX_LT,
	CX_LE,
	CX_GT,
	CX_GE,
	CX_LOGICAL_AND,
	CX_LOGICAL_OR,
	CX_NEG,
	CX_PLUS,
	CX_NOT,
	CX_COMPLEMENT,
	CX_DEREF,
	CX_ADDRESS,
	CX_ARROW,
	CX_DOT,
};

/* A type as written: a name ("unsigned __int64", "alloc::vec::Vec<$T1>", "$T2") and what stands behind it. */
struct cx_type_text {
	struct str name;   /* blanks as one each */
	uint32_t pointers; /* `*`, and `&` counts as one */
};

struct eval_cx_node {
	uint8_t kind, op;
	uint8_t width;    /* CX_NUMBER: 4 or 8 bytes */
	bool is_unsigned; /* CX_NUMBER */
	uint32_t at;      /* offset in the text */
	struct eval_cx_node *a, *b, *c;
	struct eval_cx_node **list;
	size_t count;
	struct str text;
	struct cx_type_text type;
	uint64_t number;
	double real;
};

struct cx_parser {
	struct arena *arena;
	struct str text;
	size_t at;
	int depth;
	struct error *error; /* the first one */
};

/* Sets p->error when it is the first one, at the offset; gives NULL. */
void *cx_fail(struct cx_parser *p, size_t at, const char *format, ...) ERROR_PRINTF(3, 4);
struct eval_cx_node *cx_parse_expression(struct cx_parser *p); /* up to a comma, bracket or the end */
void cx_blanks(struct cx_parser *p);
bool cx_try(struct cx_parser *p, const char *token);
/* At the first comma behind the expression: all specifiers. */
void cx_parse_format(struct cx_parser *p, struct eval_cx_format *ret);
/* A type and nothing else up to `end`, which is passed over; false without an error: none stands here, and p is where it was. */
bool cx_parse_type(struct cx_parser *p, char end, struct cx_type_text *ret);

/* ---- bytecode: a stack of cells ---- */

enum cx_code {
	CX_OP_NOTHING,
	CX_OP_PUSH,      /* imm */
	CX_OP_PUSH_WIDE, /* imm and high */
	CX_OP_SELF,      /* the value's place */
	CX_OP_GET,       /* cell imm */
	CX_OP_SET,       /* cell imm; the value stays */
	CX_OP_POP,
	CX_OP_OFFSET,    /* + imm */
	CX_OP_LOAD,      /* size bytes at the place */
	CX_OP_LOAD_BITS, /* size bits from bit imm on at the place */
	CX_OP_LOAD_REAL, /* 4 or 8 bytes as a double */
	CX_OP_INDEX,     /* place, index: + index * imm */
	CX_OP_UNINDEX,   /* place, index: - index * imm */
	CX_OP_DISTANCE,  /* two places: their difference / imm */
	CX_OP_CUT,       /* to size bytes, signed or not */
	CX_OP_TRUTH,     /* != 0 */
	CX_OP_NOT,       /* == 0 */
	CX_OP_NEG,
	CX_OP_COMPLEMENT,
	CX_OP_BINARY,      /* enum cx_op in imm, of two cells cut to size */
	CX_OP_BINARY_REAL, /* the same of doubles */
	CX_OP_NEG_REAL,
	CX_OP_REAL,        /* an integer to a double */
	CX_OP_INTEGER,     /* a double to an integer */
	CX_OP_JUMP,        /* to op imm */
	CX_OP_JUMP_IF_NOT, /* takes the cell */
};

struct eval_cx_op {
	uint8_t code, size;
	bool is_signed;
	int64_t imm;
	uint64_t high;
};
