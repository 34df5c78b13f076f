/* What the files of the expression language share: the tree of an expression, its evaluation. */
#pragma once

#include "base/vec.h"
#include "eval/expr.h"
#include "eval/value.h"
#include "symbols/lookup.h"

/* ---- the tree ---- */

enum node_kind {
	NODE_NUMBER,  /* type, low, high; real for floats */
	NODE_STRING,  /* text: the bytes; op: enum string_kind */
	NODE_NAME,    /* text: a path */
	NODE_DOLLAR,  /* text: without the dollar */
	NODE_HISTORY, /* low: number; op: 0 absolute, 1 counted back from the last one */
	NODE_UNARY,   /* op a */
	NODE_BINARY,  /* a op b */
	NODE_ASSIGN,  /* a op= b; op 0: = */
	NODE_STEP,    /* ++a, a--: op '+' or '-', low: 1 when the old value is the result */
	NODE_FIELD,   /* a.text; op: 1 for -> */
	NODE_INDEX,   /* a[b] */
	NODE_RANGE,   /* a..b, either NULL; op: 1 for ..= */
	NODE_CALL,    /* a(list) */
	NODE_CAST,    /* a as type */
	NODE_AT,      /* {type} a */
	NODE_REPEAT,  /* a @ b */
	NODE_SIZEOF,  /* of a, or type */
	NODE_TYPE,    /* type */
	NODE_TUPLE,   /* list */
	NODE_ARRAY,   /* list; or [a; b] when a */
	NODE_STRUCT,  /* text {names: list, ..a} */
	NODE_COMMA,   /* a, b */
	NODE_CHOICE,  /* a ? b : c */
	NODE_ENTRY,   /* text: a parameter, as it was on entry */
	NODE_SCOPE,   /* 'file'::text or function::text: names[0] */
};

enum string_kind { STRING_STR, STRING_BYTES, STRING_C, STRING_C_WIDE };

enum node_op {
	OP_NONE,
	OP_ADD,
	OP_SUB,
	OP_MUL,
	OP_DIV,
	OP_REM,
	OP_AND,
	OP_OR,
	OP_XOR,
	OP_SHL,
	OP_SHR,
	OP_EQ,
	OP_NE,
	OP_LT,
	OP_LE,
	OP_GT,
	OP_GE,
	OP_LOGICAL_AND,
	OP_LOGICAL_OR,
	/* unary */
	OP_NEG,
	OP_PLUS,
	OP_NOT, /* Rust's ! */
	OP_LOGICAL_NOT,
	OP_COMPLEMENT,
	OP_DEREF,
	OP_ADDRESS,
};

enum type_text_kind {
	TYPE_TEXT_NAME,     /* name; tag: 's' 'u' 'e' for C's struct, union, enum, else 0 */
	TYPE_TEXT_POINTER,  /* to target; op 'r' for a reference */
	TYPE_TEXT_ARRAY,    /* [target; count] */
	TYPE_TEXT_SLICE,    /* &[target] */
	TYPE_TEXT_TUPLE,    /* list */
	TYPE_TEXT_FUNCTION, /* fn(list) -> target */
};

struct node;
struct type_text {
	uint8_t kind;
	char tag;
	uint8_t qualifiers; /* SYM_CONST … */
	struct str name;
	struct type_text *target;
	struct type_text **list;
	size_t list_count;
	uint64_t count;
};

/* Where the local that a name means is, for one pc. */
struct binding {
	bool valid;
	const struct sym_module *module;
	struct file_addr pc;
	const struct sym_function *function; /* of the frame: an inlined one has the same pc */
	const struct sym_variable *variable;
	/* Its place is the register's value and an offset. */
	bool simple;
	uint16_t base;
	int64_t offset;
	bool cfa; /* the base is the CFA */
};

struct node {
	uint8_t kind, op;
	struct node *a, *b, *c;
	struct node **list;
	struct str *names;
	size_t count;
	struct str text;
	struct type_text *type_text;
	const struct sym_type *type;
	uint64_t low, high;
	double real;
	struct binding binding;
};

struct eval_expr {
	struct arena arena;
	struct str text;
	enum eval_language language;
	struct node *root;
};

enum {
	EVAL_MAX_NESTING = 200, /* of an expression */
	EVAL_MAX_DEPTH = 400,   /* of its tree */
	EVAL_MAX_TEXT = 1 << 16,
	EVAL_MAX_LIST = 4096,
	EVAL_MAX_OBJECT = 1 << 20, /* bytes of a value that an expression makes */
	EVAL_MAX_ALIASES = 32,
};

/* ---- parsing ---- */

struct parser {
	struct arena *arena;
	struct eval_session *session;
	struct str text;
	size_t at;
	int depth;
	bool stop_early;     /* ends at a comma on the outermost level */
	struct error *error; /* the first one */
};

uint32_t session_input_radix(const struct eval_session *s);
struct node *node_new(struct parser *p, enum node_kind kind);
struct node *node_unary(struct parser *p, enum node_op op, struct node *a);
struct node *node_binary(struct parser *p, enum node_op op, struct node *a, struct node *b);
/* Sets p->error when it is the first one; gives NULL. */
void *parse_fail(struct parser *p, const char *format, ...) ERROR_PRINTF(2, 3);
bool parse_enter(struct parser *p);          /* one level deeper; false: too deep */
struct node *parse_dollar(struct parser *p); /* at '$' */
void parse_blanks(struct parser *p);
/* `@entry` behind a name; blanks: it may have some. */
bool parse_entry(struct parser *p, bool blanks);
static inline char parse_peek(const struct parser *p, size_t ahead)
{
	return p->at + ahead < p->text.len ? p->text.ptr[p->at + ahead] : '\0';
}
static inline bool parse_is_name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80);
}
static inline bool parse_is_digit(char c)
{
	return c >= '0' && c <= '9';
}
static inline bool parse_is_name(char c)
{
	return parse_is_name_start(c) || parse_is_digit(c);
}
/* The token at p->at when it is exactly that punctuation (and not the beginning of a longer one in `longer`, by spaces). */
bool parse_try(struct parser *p, const char *token, const char *longer);

struct type_text *type_text_new(struct parser *p, enum type_text_kind kind);
/* Nodes or types while their number is not known; parse_list_to copies them into the arena and frees the list. */
struct parse_list {
	VEC(void *) items;
};
void parse_list_to(struct parser *p, struct parse_list *l, void *ret_items, size_t *ret_count);

/* A binary operator: `longer` are the characters that make another one of it; a higher level binds closer. OP_NONE: `a@n`. */
struct parse_operator {
	const char *token, *longer;
	uint8_t op, level;
};
/* Operands with the operators of `table` (the last one's token is NULL) between them, from `level` on. */
struct node *parse_operators(struct parser *p, const struct parse_operator *table,
			     struct node *(*operand)(struct parser *), int level);
/* `n`, or an assignment to it if one stands here. */
struct node *parse_assigned(struct parser *p, struct node *n, struct node *(*value)(struct parser *));
struct node *parse_rust(struct parser *p);
struct node *parse_c(struct parser *p);
/* A code point as UTF-8. */
size_t utf8_encode(uint32_t c, char out[4]);

/* ---- evaluating ---- */

struct machine {
	struct eval_session *session;
	const struct eval_env *env;
	struct arena *arena;
	struct eval_expr *expr;
	enum eval_language language;
	bool rust;
	bool no_side; /* only the type is wanted: nothing is read, written or called */
	int depth;
	const struct sym_type *call_type; /* what a cast around a call says of its result */
};

/* A `&str` that is nowhere in the program: a null pointer, its length, and the text behind them. */
void value_text(struct machine *m, struct str text, struct eval_value *ret);
struct error *eval_node(struct machine *m, struct node *n, struct eval_value *ret) ERROR_CHECK;

/* A value where a type will not do. */
struct error *eval_operand(struct machine *m, struct node *n, struct eval_value *ret) ERROR_CHECK;

/* Those of a node's list. In the machine's arena. */
struct error *eval_operands(struct machine *m, struct node *n, struct eval_value **ret) ERROR_CHECK;

/* ---- literal.c, dollar.c: kinds of nodes ---- */

void eval_literal_number(struct machine *m, const struct node *n, struct eval_value *ret);
void eval_literal_text(struct machine *m, const struct node *n, struct eval_value *ret);
struct error *eval_tuple(struct machine *m, struct node *n, struct eval_value *ret) ERROR_CHECK;
struct error *eval_array(struct machine *m, struct node *n, struct eval_value *ret) ERROR_CHECK;
struct error *eval_structure(struct machine *m, struct node *n, struct eval_value *ret) ERROR_CHECK;
struct error *eval_range(struct machine *m, struct node *n, struct eval_value *ret) ERROR_CHECK;
struct error *eval_slice(struct machine *m, struct node *n, struct eval_value *ret) ERROR_CHECK;
struct error *eval_dollar(struct machine *m, struct node *n, struct eval_value *ret) ERROR_CHECK;

/* ---- value.c ---- */

const struct sym_type *type_plain(const struct sym_type *t); /* aliases looked through; NULL stays NULL */
enum sym_type_kind type_kind(const struct sym_type *t);      /* of the plain type; NULL: VOID */
bool type_is_integer(const struct sym_type *t);              /* bool, char, integers, C-like enums */
bool type_is_scalar(const struct sym_type *t);
bool type_is_pointer(const struct sym_type *t);
bool type_is_signed(const struct sym_type *t);
uint64_t type_size(const struct sym_type *t);
const struct sym_type *type_named(const struct machine *m, const char *rust, const char *c);
/* Reads what is lazy. ERROR "Cannot access memory at address 0x…", "value has been optimized out" (also when that is so of a part only). */
struct error *value_fetch(const struct eval_env *env, struct arena *arena, struct eval_value *v) ERROR_CHECK;
/* The same for who asks `lost` of each byte. */
struct error *value_look(const struct eval_env *env, struct arena *arena, struct eval_value *v) ERROR_CHECK;
bool value_all_lost(const struct eval_value *v); /* no bit of it is known */
void value_of_type(const struct sym_type *type, struct arena *arena, struct eval_value *ret); /* zeros */
void value_number(const struct sym_type *type, uint64_t low, uint64_t high, struct arena *arena,
		  struct eval_value *ret);
void value_real(const struct sym_type *type, long double number, struct arena *arena,
		struct eval_value *ret);
void value_at(const struct sym_type *type, uint64_t address, struct eval_value *ret); /* lazy */
bool value_wide(const struct eval_value *v, unsigned __int128 *ret); /* sign-extended when signed */
bool value_long_double(const struct eval_value *v, long double *ret);
/* A number as it comes back from a bit field of `count` bits; 0: it was in none. */
void value_keep_bits(struct arena *arena, uint32_t count, struct eval_value *v);
/* A part of a value, still an lvalue when it is one. */
struct error *value_part(const struct eval_env *env, struct arena *arena, struct eval_value *v,
			 const struct sym_member *member, struct eval_value *ret) ERROR_CHECK;
struct error *value_element(const struct eval_env *env, struct arena *arena, struct eval_value *v,
			    const struct sym_type *element, uint64_t index,
			    struct eval_value *ret) ERROR_CHECK;
/* The same type and bytes, no place. */
void value_detach(struct eval_value *v);
struct error *value_cast(struct machine *m, struct eval_value *v, const struct sym_type *type,
			 struct eval_value *ret) ERROR_CHECK;
/* As an argument is for a parameter of that type. */
struct error *value_coerce(struct machine *m, struct eval_value *v,
			   const struct sym_type *parameter) ERROR_CHECK;
struct machine machine_of(struct eval_expr *e, struct eval_session *s, const struct eval_env *env,
			  struct arena *arena);
struct error *memory_error(uint64_t address) ERROR_NEW; /* "Cannot access memory at address 0x…" */
bool env_read(const struct eval_env *env, uint64_t addr, void *buf, size_t size, uint64_t *ret_bad);
double long_double_from(const uint8_t bytes[10]);

/* ---- rust values ---- */

bool rust_is_slice(const struct sym_type *t); /* &[T], &str, &mut [T] */
bool rust_is_str(const struct sym_type *t);
bool rust_is_tuple(const struct sym_type *t);
bool rust_is_tuple_struct(const struct sym_type *t); /* or of a variant */
/* The variant that the bytes of a fetched value say; NULL: none, damaged. *ret_lost: what would say it is optimized out. */
const struct sym_variant *rust_variant(const struct eval_value *v, bool *ret_lost);

/* ---- ops.c ---- */

struct error *eval_unary(struct machine *m, enum node_op op, struct eval_value *a,
			 struct eval_value *ret) ERROR_CHECK;
struct error *eval_binary(struct machine *m, enum node_op op, struct eval_value *a, struct eval_value *b,
			  struct eval_value *ret) ERROR_CHECK;
struct error *value_truth(struct machine *m, struct eval_value *v, bool *ret) ERROR_CHECK;
struct error *value_decay(struct machine *m, struct eval_value *v) ERROR_CHECK;
struct error *value_deref(struct machine *m, struct eval_value *v, struct eval_value *ret) ERROR_CHECK;
/* An array of `type` of these elements, each converted; of other lengths an array as it is. */
struct error *value_elements(struct machine *m, struct eval_value *list, size_t count,
			     const struct sym_type *type, struct eval_value *ret) ERROR_CHECK;
/* Why the address of what a name alone means cannot be taken; NULL: it can be tried. */
struct error *value_named_address(struct machine *m, const struct eval_value *v,
				  struct str name) ERROR_CHECK;
struct error *value_address(struct machine *m, struct eval_value *v, struct eval_value *ret) ERROR_CHECK;
struct error *value_field(struct machine *m, struct eval_value *v, struct str name, bool arrow,
			  struct eval_value *ret) ERROR_CHECK;
struct error *value_index(struct machine *m, struct eval_value *v, struct eval_value *index,
			  struct eval_value *ret) ERROR_CHECK;

/* ---- assign.c ---- */

struct error *value_assign(struct machine *m, struct eval_value *target,
			   struct eval_value *value) ERROR_CHECK;

/* ---- names.c ---- */

struct error *eval_entry_name(struct machine *m, struct node *n, struct eval_value *ret) ERROR_CHECK;
struct error *eval_name(struct machine *m, struct node *n, struct eval_value *ret) ERROR_CHECK;
bool local_is(struct machine *m, struct node *n, struct eval_value *ret); /* false: no local of the frame */
struct error *eval_scope_name(struct machine *m, struct node *n, struct eval_value *ret) ERROR_CHECK;
struct error *resolve_type(struct machine *m, const struct type_text *t,
			   const struct sym_type **ret) ERROR_CHECK;
const struct sym_type *find_type(struct machine *m, struct str path);
void value_function(const struct sym_function *f, uint64_t bias, struct eval_value *ret);
typedef bool found_function_fn(void *ctx, const struct sym_function *f, uint64_t bias);
void find_functions(struct machine *m, struct str path, found_function_fn *fn, void *ctx);
const struct sym_function *frame_function(const struct eval_env *env);
const struct sym_block_name *block_name(const struct machine *m, enum sym_block_name_kind kind,
					struct str name);
struct module_walk {
	struct sym_module *module;
	uint64_t bias;
	size_t index;
	bool own_first;
};
/* The frame's module, then the others. */
bool next_module(const struct machine *m, struct module_walk *w);

/* ---- statics.c ---- */

bool static_value(struct machine *m, struct sym_module *module, uint64_t bias, struct str path,
		  struct eval_value *ret);
bool symbol_value(struct machine *m, struct str name, struct eval_value *ret); /* without debug information */

/* ---- call.c ---- */

/* Text and arrays that only the expression has get memory in the program, where there is one to call malloc in; others are left alone. */
struct error *value_to_program(struct machine *m, struct eval_value *v) ERROR_CHECK;

struct error *eval_call(struct machine *m, struct node *n, struct eval_value *ret) ERROR_CHECK;

/* ---- functions.c ---- */

/* $_streq(…) and the others that gdb has by itself; *ret_done false: it is none of them. */
struct error *eval_internal_function(struct machine *m, struct node *n, struct eval_value *ret,
				     bool *ret_done) ERROR_CHECK;

/* ---- location.c ---- */

void locate_variable(const struct eval_env *env, const struct eval_frame *frame,
		     const struct sym_variable *variable, struct arena *arena, struct eval_value *ret);

/* ---- session.c ---- */

struct error *session_history(struct eval_session *s, uint64_t number, bool back,
			      struct eval_value *ret) ERROR_CHECK;
/* For types that an expression makes: its value may be kept in the history or a variable. */
struct arena *session_types(struct eval_session *s);
struct error *session_assign_part(struct eval_session *s, struct str name, uint32_t offset,
				  const uint8_t *bytes, size_t size) ERROR_CHECK;
