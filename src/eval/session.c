/* What outlives a command: convenience variables and the history of values. */
#include "eval/eval_internal.h"

#include <stdlib.h>

struct convenience {
	struct str name; /* on the heap */
	struct eval_value value;
	uint8_t *bytes; /* the value's, and its mask */
};

struct eval_session {
	enum eval_language language, seen;
	uint32_t input_radix;              /* 0: 10 */
	VEC(struct convenience) variables; /* oldest first */
	VEC(struct eval_value) history;
	struct arena types;
};

struct eval_session *eval_session_create(void)
{
	return xmalloc(sizeof(struct eval_session));
}

void eval_set_input_radix(struct eval_session *s, uint32_t radix)
{
	s->input_radix = radix;
}

uint32_t session_input_radix(const struct eval_session *s)
{
	return s && s->input_radix ? s->input_radix : 10;
}

static void free_str(struct str s)
{
	free((void *)(uintptr_t)s.ptr);
}

void eval_session_destroy(struct eval_session *s)
{
	if (!s)
		return;
	vec_for(&s->variables, c) {
		free_str(c->name);
		free(c->bytes);
	}
	vec_for(&s->history, v)
		free((void *)(uintptr_t)v->bytes);
	vec_free(&s->variables);
	vec_free(&s->history);
	arena_deinit(&s->types);
	free(s);
}

struct arena *session_types(struct eval_session *s)
{
	return &s->types;
}

void eval_set_language(struct eval_session *s, enum eval_language language)
{
	s->language = language;
}

void eval_seen_language(struct eval_session *s, enum eval_language language)
{
	s->seen = language;
}

enum eval_language eval_language(struct eval_session *s, const struct eval_env *env)
{
	struct sym_module *m = NULL;
	uint64_t bias;
	if (s && s->language != EVAL_LANGUAGE_AUTO)
		return s->language;
	const struct sym_function *f = env ? frame_function(env) : NULL;
	if (f) {
		struct sym_function_info info;
		sym_function_describe(f, &info);
		return info.is_rust ? EVAL_LANGUAGE_RUST : EVAL_LANGUAGE_C;
	}
	/* Without debug information there: that of the last frame that had some, else what the program is written in. */
	if (s && s->seen != EVAL_LANGUAGE_AUTO)
		return s->seen;
	bool any = env && env->module && env->module(env->ctx, 0, &m, &bias);
	if (env && env->module && (!any || (m && !sym_module_is_rust(m)))) /* gdb's own, without a program */
		return EVAL_LANGUAGE_C;
	return EVAL_LANGUAGE_RUST;
}

/* ---- convenience variables ---- */

static struct convenience *find(struct eval_session *s, struct str name)
{
	vec_for(&s->variables, c)
		if (str_eq(c->name, name))
			return c;
	return NULL;
}

/* The bytes of a value, and of what of it is lost, in one block of the heap that belongs to the keeper of v. */
static uint8_t *keep_bytes(struct eval_value *v)
{
	uint8_t *bytes = xmalloc(v->size ? (v->lost ? 2 : 1) * v->size : 1);
	if (v->size && v->bytes)
		memcpy(bytes, v->bytes, v->size);
	if (v->size && v->lost)
		v->lost = memcpy(bytes + v->size, v->lost, v->size);
	v->bytes = bytes;
	return bytes;
}

void eval_convenience_get(struct eval_session *s, struct str name, struct eval_value *ret)
{
	struct convenience *c = s ? find(s, name) : NULL;
	*ret = c ? c->value : (struct eval_value){ 0 };
	ret->place = EVAL_PLACE_CONVENIENCE;
	ret->place_offset = 0;
	ret->name = name;
}

void eval_convenience_set(struct eval_session *s, struct str name, const struct eval_value *value)
{
	struct eval_value kept = *value;
	uint8_t *bytes = keep_bytes(&kept);
	struct convenience *c = find(s, name);
	if (!c) {
		char *copy = str_dup(name);
		vec_push(&s->variables, (struct convenience){ .name = { copy, name.len } });
		c = &s->variables.data[s->variables.count - 1];
	}
	free(c->bytes);
	c->bytes = bytes;
	c->value = kept;
	c->value.why = c->value.name = STR_EMPTY;
	c->value.lazy = c->value.is_type = false;
	value_detach(&c->value);
	/* Where an array or a function is stays of use ($f(1), *$a@3). */
	if (value->has_address && type_kind(value->type) == SYM_TYPE_FUNCTION) {
		c->value.has_address = true;
		c->value.address = value->address;
	}
}

void eval_convenience_set_int(struct eval_session *s, struct str name, int64_t value)
{
	uint8_t bytes[8];
	bool narrow = value == (int32_t)value;
	memcpy(bytes, &value, sizeof bytes);
	/* The integer of both languages: gdb's is C's int. */
	struct eval_value v = { .type = sym_type_primitive(
					NULL, narrow ? STR_LIT("int") : STR_LIT("long"), false),
				.bytes = bytes,
				.size = narrow ? 4 : 8 };
	eval_convenience_set(s, name, &v);
}

void eval_convenience_clear(struct eval_session *s, struct str name)
{
	struct convenience *c = find(s, name);
	if (!c)
		return;
	free(c->bytes);
	c->bytes = NULL;
	c->value = (struct eval_value){ 0 };
}

void eval_convenience_each(struct eval_session *s, eval_convenience_fn *fn, void *ctx)
{
	for (size_t i = s->variables.count; i > 0; i--)
		fn(ctx, s->variables.data[i - 1].name, &s->variables.data[i - 1].value);
}

struct error *session_assign_part(struct eval_session *s, struct str name, uint32_t offset,
				  const uint8_t *bytes, size_t size)
{
	struct convenience *c = find(s, name);
	if (!c || offset > c->value.size || c->value.size - offset < size)
		return error_new(ERROR_USAGE, "Left operand of assignment is not an lvalue.");
	memcpy(c->bytes + offset, bytes, size);
	if (c->value.lost)
		memset(c->bytes + c->value.size + offset, 0, size);
	return NULL;
}

/* ---- history ---- */

size_t eval_history_add(struct eval_session *s, const struct eval_value *value)
{
	struct eval_value v = *value;
	keep_bytes(&v);
	v.why = v.name = STR_EMPTY;
	v.lazy = v.is_type = false;
	v.place = EVAL_PLACE_NONE;
	v.pieces = NULL;
	vec_push(&s->history, v);
	return s->history.count;
}

size_t eval_history_count(const struct eval_session *s)
{
	return s->history.count;
}

bool eval_history_get(struct eval_session *s, size_t number, struct eval_value *ret)
{
	if (number == 0 || number > s->history.count)
		return false;
	*ret = s->history.data[number - 1];
	return true;
}

struct error *session_history(struct eval_session *s, uint64_t number, bool back, struct eval_value *ret)
{
	size_t count = s ? s->history.count : 0;
	*ret = (struct eval_value){ 0 };
	if (back) {
		/* The manual says void; gdb 13 says this. */
		if (number == 0 && count == 0)
			return error_new(ERROR_USAGE, "The history is empty.");
		if (number >= count)
			return error_new(ERROR_USAGE, "History does not go back to $$%ju.",
					 (uintmax_t)number);
		*ret = s->history.data[count - 1 - number];
		return NULL;
	}
	if (number == 0 || !eval_history_get(s, number, ret))
		return number ? error_new(ERROR_USAGE, "History has not yet reached $%ju.",
					  (uintmax_t)number)
			      : NULL;
	return NULL;
}

void eval_session_forget(struct eval_session *s, const struct sym_module *m)
{
	vec_for(&s->variables, c)
		if (c->value.type && sym_type_module(c->value.type) == m)
			eval_convenience_clear(s, c->name);
	vec_for(&s->history, v)
		if (v->type && sym_type_module(v->type) == m) {
			free((void *)(uintptr_t)v->bytes);
			*v = (struct eval_value){ .bytes = xmalloc(1) };
		}
}
