/* Threads as users name them. */
#include "ui/gdb/looking.h"

#include <inttypes.h>
#include <stdlib.h>

enum { MAX_RANGE = 1 << 16 };

static bool several_inferiors(struct gdb *g)
{
	struct eng_inferior *const *inferiors;
	return eng_inferiors(g->control, &inferiors) > 1 || inferiors[0]->number != 1;
}

static uint32_t inferior_of(struct gdb *g, struct eng_thread *t)
{
	const struct eng_inferior *i = eng_inferior_of(g->control, eng_thread_process(t));
	return i ? i->number : 0;
}

struct str gdb_thread_id_of(struct gdb *g, uint32_t inferior, uint32_t number)
{
	if (several_inferiors(g))
		return arena_printf(&g->scratch, "%" PRIu32 ".%" PRIu32, inferior, number);
	return arena_printf(&g->scratch, "%" PRIu32, number);
}

struct str gdb_thread_id(struct gdb *g, struct eng_thread *t)
{
	return gdb_thread_id_of(g, inferior_of(g, t), eng_thread_number(t));
}

struct str gdb_thread_name(struct gdb *g, struct eng_thread *t)
{
	struct target *target = eng_target(eng_control_session(g->control));
	uint32_t number = eng_thread_global_number(g->control, t);
	struct str name = STR_EMPTY;
	vec_for(&g->thread_names, known)
		if (known->number == number)
			return str_from(known->name);
	error_destroy(target->ops->thread_name(target, eng_process_pid(eng_thread_process(t)),
					       eng_thread_tid(t), &g->scratch, &name));
	return name;
}

/* ---- lists of them ---- */

static struct eng_thread *find(struct gdb *g, uint32_t inferior, uint32_t number)
{
	struct eng_thread **threads;
	size_t count = eng_all_threads(g->control, &g->scratch, &threads);
	for (size_t i = 0; i < count; i++)
		if (eng_thread_number(threads[i]) == number && inferior_of(g, threads[i]) == inferior)
			return threads[i];
	return NULL;
}

static bool take_digits(struct str *s, uint32_t *ret)
{
	uint32_t n = 0;
	size_t i = 0;
	for (; i < s->len && s->ptr[i] >= '0' && s->ptr[i] <= '9'; i++) {
		if (n > 100000000)
			return false;
		n = n * 10 + (uint32_t)(s->ptr[i] - '0');
	}
	*s = str_sub(*s, i, SIZE_MAX);
	*ret = n;
	return i > 0;
}

static void add_unknown(struct gdb *g, uint32_t inferior, bool qualified, uint32_t number, bool warn)
{
	if (warn && qualified)
		gdb_warn(g, "Unknown thread %" PRIu32 ".%" PRIu32, inferior, number);
	else if (warn)
		gdb_warn(g, "Unknown thread %" PRIu32, number);
}

static void add_range(struct gdb *g, uint32_t inferior, bool qualified, uint32_t from, uint32_t to,
		      bool warn, struct gdb_thread_list *ret)
{
	for (uint32_t n = from; n <= to && n - from < MAX_RANGE && !gdb_interrupted(g); n++) {
		struct eng_thread *t = find(g, inferior, n);
		if (t)
			vec_push(&ret->threads, t);
		else
			add_unknown(g, inferior, qualified, n, warn);
	}
}

static void add_all_of(struct gdb *g, uint32_t inferior, struct gdb_thread_list *ret)
{
	struct eng_thread **threads;
	size_t count = eng_all_threads(g->control, &g->scratch, &threads);
	for (size_t i = 0; i < count; i++)
		if (inferior_of(g, threads[i]) == inferior)
			vec_push(&ret->threads, threads[i]);
}

/* "3", "3-5", "1.3", "1.3-5", "1.*", "*", "$var": false when the word is none, perhaps with an error. */
static bool take_one(struct gdb *g, struct str word, bool warn, struct gdb_thread_list *ret,
		     struct error **ret_error)
{
	uint32_t inferior = eng_selected_inferior(g->control)->number, from, to;
	bool qualified = several_inferiors(g);
	struct str s = word;
	if (str_is(word, "*")) {
		add_all_of(g, inferior, ret);
		return true;
	}
	if (word.len > 1 && word.ptr[0] == '$') {
		int64_t n;
		struct error *err = gdb_eval_number(g, word, &n);
		error_destroy(err);
		if (!err && n > 0 && n < UINT32_MAX)
			add_range(g, inferior, qualified, (uint32_t)n, (uint32_t)n, warn, ret);
		return !err;
	}
	if (!take_digits(&s, &from))
		return false;
	if (s.len > 0 && s.ptr[0] == '.') {
		s = str_sub(s, 1, SIZE_MAX);
		inferior = from;
		qualified = true;
		if (str_is(s, "*")) {
			add_all_of(g, inferior, ret);
			return true;
		}
		if (!take_digits(&s, &from))
			return false;
	}
	to = from;
	if (s.len > 0 && s.ptr[0] == '-') {
		s = str_sub(s, 1, SIZE_MAX);
		if (!take_digits(&s, &to))
			return false;
	}
	if (s.len > 0 || from == 0)
		return false;
	if (to < from) {
		*ret_error = error_new(ERROR_USAGE, "inverted range");
		return false;
	}
	add_range(g, inferior, qualified, from, to, warn, ret);
	return true;
}

struct error *gdb_take_threads(struct gdb *g, struct str *text, bool warn, struct gdb_thread_list *ret)
{
	while (text->len > 0) {
		struct str rest = *text, word = gdb_take_word(&rest);
		size_t before = ret->threads.count;
		struct error *err = NULL;
		if (!take_one(g, word, warn, ret, &err)) {
			if (err)
				return err;
			ret->threads.count = before;
			bool looks_like = (word.ptr[0] >= '0' && word.ptr[0] <= '9') ||
					  word.ptr[0] == '$' || !ret->any;
			if (looks_like && !ret->any)
				return error_new(ERROR_USAGE, "Invalid thread ID: %.*s", STR_ARG(*text));
			return NULL;
		}
		ret->any = true;
		*text = rest;
	}
	return NULL;
}
