/* Expressions: Rust's language as gdb reads it (and C's for C frames), compiled once and evaluated as often as wanted. */
#pragma once

#include "eval/value.h"

/* What an expression is evaluated in. Callbacks give errors that the user sees; NULL ones: not available ("No frame selected." …). */
/* What $_gdb_setting gives: a number, or a text; and that as `set` would take it. */
struct eval_setting {
	bool is_number;
	int64_t number;
	struct str text;
};

struct eval_env {
	void *ctx;
	const struct arch *arch;
	const struct eval_frame *frame; /* NULL: none selected */
	size_t (*read)(void *ctx, uint64_t addr, void *buf, size_t size);
	struct error *(*write)(void *ctx, uint64_t addr, const void *buf, size_t size);
	/* As the frame sees it; false: not saved. xmm and st: 16 bytes and 10. */
	bool (*reg)(void *ctx, unsigned dwarf_reg, uint64_t *ret);
	struct error *(*set_reg)(void *ctx, unsigned dwarf_reg, uint64_t value);
	/* Registers by gdb's names that are not 64-bit general ones ($xmm0, $st0, $eflags, $ymm0 …): bytes and a type's description. */
	bool (*named_register)(void *ctx, struct str name, struct arena *arena, struct eval_value *ret);
	/* Writes a part of one of them. NULL: it cannot be. */
	struct error *(*set_named_register)(void *ctx, struct str name, size_t offset,
					    const uint8_t *bytes, size_t size);
	/* Modules to look names up in, the frame's own first; run-time bias. False: no more. */
	bool (*module)(void *ctx, size_t index, struct sym_module **ret, uint64_t *ret_bias);
	/* The file that was started, in which copies of libraries' variables may be. NULL or false: not known. */
	bool (*program)(void *ctx, struct sym_module **ret, uint64_t *ret_bias);
	/* Thread-local block of a module for the thread: its address. */
	bool (*tls)(void *ctx, struct sym_module *m, uint64_t offset, uint64_t *ret);
	/* Calls a function of the program; NULL where that cannot be (a condition). */
	struct error *(*call)(void *ctx, uint64_t function, const struct sym_function *f,
			      const struct eval_value *args, size_t count, struct arena *arena,
			      struct eval_value *ret);
	/* The function's name of the frame that is n further out than the selected one (0: itself), as a backtrace has it. False: there is none.
	 * NULL: no frames are known. */
	bool (*caller)(void *ctx, uint64_t n, struct arena *arena, struct str *ret);
	/* A setting of the debugger's by name: false: there is none. NULL: there are no settings. */
	bool (*setting)(void *ctx, struct str name, struct arena *arena, struct eval_setting *ret);
	/* Something to be told beside the value. NULL: nobody wants to know. */
	void (*warn)(void *ctx, const char *text);
};

/* What outlives commands: convenience variables ($x), the value history ($, $$, $1), settings. */
struct eval_session;
struct eval_session *eval_session_create(void);
void eval_session_destroy(struct eval_session *s);
enum eval_language { EVAL_LANGUAGE_AUTO, EVAL_LANGUAGE_RUST, EVAL_LANGUAGE_C };
void eval_set_language(struct eval_session *s,
		       enum eval_language language); /* AUTO: the frame's, else the program's */
enum eval_language eval_language(struct eval_session *s, const struct eval_env *env); /* never AUTO */
/* A frame of that language was selected: AUTO is the same from now on where a frame, or no frame, says nothing of it. AUTO: forget it. */
void eval_seen_language(struct eval_session *s, enum eval_language language);

/* What numbers without a prefix are written in, in C: 2 and more; 10 at first. Rust has its own ways to say it. */
void eval_set_input_radix(struct eval_session *s, uint32_t radix);

/* "$NAME" without the dollar. Void when it was never set. */
void eval_convenience_get(struct eval_session *s, struct str name, struct eval_value *ret);
void eval_convenience_set(struct eval_session *s, struct str name, const struct eval_value *value); /* copies */
void eval_convenience_set_int(struct eval_session *s, struct str name, int64_t value);
void eval_convenience_clear(struct eval_session *s, struct str name); /* void again */
typedef void eval_convenience_fn(void *ctx, struct str name, const struct eval_value *value);
void eval_convenience_each(struct eval_session *s, eval_convenience_fn *fn,
			   void *ctx); /* newest first, as gdb shows them */
/* Adds to the history, gives its number (the first is 1). */
size_t eval_history_add(struct eval_session *s, const struct eval_value *value);
size_t eval_history_count(const struct eval_session *s);
bool eval_history_get(struct eval_session *s, size_t number, struct eval_value *ret);
/* Values whose types are the module's become void: called before it is closed. */
void eval_session_forget(struct eval_session *s, const struct sym_module *m);

/* ---- compiled expressions ---- */

struct eval_expr;
/* Parses `text`; with ret_rest (may be NULL) stops where the expression ends, at a ',' on the outermost level or trailing words such as
 * `if` and `thread`, and gives what is left. Names are bound on evaluation and remembered while the function of the frame is the same.
 * ERROR_USAGE with gdb's words for a syntax error. */
struct error *eval_parse(struct eval_session *s, enum eval_language language, struct str text,
			 struct str *ret_rest, struct eval_expr **ret) ERROR_CHECK;
void eval_expr_destroy(struct eval_expr *e);
struct error *eval_run(struct eval_expr *e, struct eval_session *s, const struct eval_env *env,
		       struct arena *arena, struct eval_value *ret) ERROR_CHECK;
/* The type alone, nothing is read or changed (whatis, ptype, sizeof). A name of a type gives that type and *ret_is_type. */
struct error *eval_type_of(struct eval_expr *e, struct eval_session *s, const struct eval_env *env,
			   struct arena *arena, const struct sym_type **ret, bool *ret_is_type) ERROR_CHECK;
/* The text that it was made from. */
struct str eval_expr_text(const struct eval_expr *e);
/* A variable's name alone: for `info address`, watch scopes. True when a local of the frame is used. */
bool eval_expr_uses_locals(struct eval_expr *e, struct eval_session *s, const struct eval_env *env);
/* Literals and operators alone: nothing in the program can change it. */
bool eval_expr_is_constant(const struct eval_expr *e);

/* The text that a value is: of a str, a String, an array of bytes up to NUL, or where a pointer points up to NUL; cut at 1 MiB. */
struct error *eval_text(const struct eval_env *env, const struct eval_value *v, struct buf *out) ERROR_CHECK;
/* Names of gdb's own functions ("_streq"), NULL behind the last one. */
const char *eval_function_name(size_t n);

/* Variables of a frame (`info locals`, backtrace's arguments). */
void eval_read_variable(const struct eval_env *env, const struct sym_variable *v, struct arena *arena,
			struct eval_value *ret);

/* What a parameter was given, by the frame's caller: false where that is not known. */
bool eval_read_entry_value(const struct eval_env *env, const struct sym_variable *v, struct arena *arena,
			   struct eval_value *ret);

/* ---- calls: for who implements env->call ---- */

enum { EVAL_CALL_XMM = 8 };

/* What a call needs before the program runs. */
struct eval_call_plan {
	struct arch_regs regs; /* those known are set; sp among them, below what is written beside the stack */
	bool has_xmm;
	uint8_t xmm[EVAL_CALL_XMM][16];
	const uint8_t *stack; /* behind the return address */
	size_t stack_size;    /* a multiple of 8 */
	struct {
		uint64_t address;
		const uint8_t *bytes;
		size_t size;
	} * writes; /* to memory, first */
	size_t write_count;
	bool hidden_return;
	uint64_t result_address; /* then */
	struct arch_place result;
	const struct sym_type *type; /* of the result */
};
/* By f's convention, or System V's by the values' types where f is NULL or has another number of parameters. `result` as env->call finds it in
 * ret->type. sp is the selected frame's thread's. */
struct error *eval_plan_call(const struct eval_env *env, const struct sym_function *f,
			     const struct eval_value *args, size_t count, uint64_t sp,
			     const struct sym_type *result, struct arena *arena,
			     struct eval_call_plan *ret) ERROR_CHECK;
/* xmm: two of them. */
struct error *eval_call_result(const struct eval_env *env, const struct eval_call_plan *plan,
			       const struct arch_regs *regs, const uint8_t (*xmm)[16],
			       struct arena *arena, struct eval_value *ret) ERROR_CHECK;
/* `return`: what registers hold when f gives the expression's value to its caller. */
struct eval_return_plan {
	bool is_void;          /* there is nothing to give */
	bool in_memory;        /* it is written to a place that only f knew */
	struct arch_regs regs; /* those known are set */
	unsigned vectors;      /* mask of xmm0 and xmm1 */
	uint8_t vector[2][16];
	unsigned x87_count;
	uint8_t x87[2][10];
};
/* Evaluates it, and makes f's result type of it. f NULL: nothing is known of the function; then a cast has to say the type. */
struct error *eval_plan_return(struct eval_expr *e, struct eval_session *s, const struct eval_env *env,
			       const struct sym_function *f, struct arena *arena,
			       struct eval_return_plan *ret) ERROR_CHECK;
/* `finish`: what f, which has just returned, gave. void: ret->type is NULL or void. xmm: two of them, or NULL. */
struct error *eval_returned(const struct eval_env *env, const struct sym_function *f,
			    const struct arch_regs *regs, const uint8_t (*xmm)[16], struct arena *arena,
			    struct eval_value *ret) ERROR_CHECK;
