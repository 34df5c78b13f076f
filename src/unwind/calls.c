#include "unwind/calls.h"

#include "base/map.h"
#include "base/vec.h"
#include "unwind/internal.h"

#include <stdlib.h>

/* ---- what was answered before ---- */

struct chain_answer {
	uint64_t return_pc, function;
	size_t count;
	uint64_t pcs[];
};

struct unwind_calls {
	struct map restarts; /* function → bool */
	struct strmap names; /* → run-time address, 0: none */
	struct map chains;   /* return_pc and function, mixed → struct chain_answer * */
	struct arena arena;
};

struct unwind_calls *unwind_calls_create(void)
{
	return xmalloc(sizeof(struct unwind_calls));
}

void unwind_calls_clear(struct unwind_calls *calls)
{
	map_deinit(&calls->restarts);
	strmap_deinit(&calls->names);
	map_deinit(&calls->chains);
	arena_deinit(&calls->arena);
	*calls = (struct unwind_calls){ 0 };
}

void unwind_calls_destroy(struct unwind_calls *calls)
{
	if (!calls)
		return;
	unwind_calls_clear(calls);
	free(calls);
}

/* ---- one call ---- */

bool unwind_call_at(const struct unwind_context *context, uint64_t return_pc, struct unwind_call *ret)
{
	struct unwind_code code;
	if (return_pc == 0 || !unwind_code_at(context, return_pc - 1, &code) ||
	    code.kind != UNWIND_CODE_NATIVE || !code.module)
		return false;
	ret->site = sym_call_site_at(code.module, FILE_ADDR(return_pc - code.bias));
	ret->bias = code.bias;
	return ret->site != NULL;
}

static bool address_of_name(const struct unwind_context *context, struct str name, uint64_t *ret)
{
	uint64_t addr = 0;
	if (context->calls && strmap_get(&context->calls->names, name, &addr)) {
		*ret = addr;
		return addr != 0;
	}
	if (!context->function || !context->function(context->ctx, name, &addr))
		addr = 0;
	if (context->calls)
		strmap_set(&context->calls->names, arena_str(&context->calls->arena, name), addr);
	*ret = addr;
	return addr != 0;
}

bool unwind_call_targets(const struct unwind_context *context, const struct unwind_call *call,
			 bool (*fn)(void *ctx, uint64_t function), void *ctx)
{
	const struct sym_call_site *site = call->site;
	uint64_t addr;
	switch (site->target_kind) {
	case SYM_CALL_NAME:
		if (!address_of_name(context, site->name, &addr))
			return false;
		fn(ctx, addr);
		return true;
	case SYM_CALL_ADDRESSES:
		for (size_t i = 0; i < site->address_count; i++)
			if (!fn(ctx, site->addresses[i].value + call->bias))
				break;
		return true;
	default:
		return false;
	}
}

/* ---- functions ---- */

/* The function that begins at addr, by its debug information. */
static const struct sym_function *function_from(const struct unwind_context *context, uint64_t addr,
						uint64_t *ret_bias)
{
	struct unwind_code code;
	struct sym_function_info info;
	if (!unwind_code_at(context, addr, &code) || code.kind != UNWIND_CODE_NATIVE || !code.module)
		return NULL;
	const struct sym_function *f = sym_function_at(code.module, FILE_ADDR(addr - code.bias));
	if (!f)
		return NULL;
	sym_function_describe(f, &info);
	*ret_bias = code.bias;
	return info.entry.value + code.bias == addr ? f : NULL;
}

/* ---- can a function begin again in its own frame? ---- */

struct spreading {
	uint64_t function; /* that must not be reached */
	bool reached;
	struct map seen;
	VEC(uint64_t) todo;
};

static bool spread(void *ctx, uint64_t function)
{
	struct spreading *s = ctx;
	uint64_t known;
	s->reached |= function == s->function;
	if (!map_get(&s->seen, function, &known)) {
		map_set(&s->seen, function, 1);
		vec_push(&s->todo, function);
	}
	return !s->reached;
}

static bool restarts(const struct unwind_context *context, uint64_t function)
{
	struct spreading s = { .function = function };
	bool clear = true;
	size_t searched = 0;
	vec_push(&s.todo, function);
	while (clear && s.todo.count > 0) {
		const struct sym_call_site *const *tails;
		struct unwind_call call = { 0 };
		const struct sym_function *f =
			function_from(context, s.todo.data[--s.todo.count], &call.bias);
		size_t count = f ? sym_function_tail_calls(f, &tails) : 0;
		searched += count;
		clear = f && searched <= UNWIND_MAX_CALLS_SEARCHED;
		for (size_t i = 0; clear && i < count; i++) {
			call.site = tails[i];
			clear = unwind_call_targets(context, &call, spread, &s) && !s.reached;
		}
	}
	map_deinit(&s.seen);
	vec_free(&s.todo);
	return !clear;
}

bool unwind_may_restart(const struct unwind_context *context, uint64_t function)
{
	uint64_t known;
	if (context->calls && map_get(&context->calls->restarts, function, &known))
		return known;
	bool answer = restarts(context, function);
	if (context->calls)
		map_set(&context->calls->restarts, function, answer);
	return answer;
}

/* ---- the jumps between a call and a function ---- */

struct site_on_way {
	struct unwind_call call;
	uint64_t pc; /* run-time return_pc */
};

struct search {
	const struct unwind_context *context;
	uint64_t function;
	bool failed; /* something on the way is not told, or there is too much */
	size_t searched;
	struct site_on_way way[UNWIND_MAX_TAIL_CALLS];
	size_t length;
	/* What all the ways so far have in common: the first is kept, with how much of its beginning (callers) and of its end
	 * (callees) the later ones share. */
	bool found;
	uint64_t first[UNWIND_MAX_TAIL_CALLS];
	size_t first_length, callers, callees;
};

/* A way that leads there. False: the ways have nothing in common. */
static bool add_way(struct search *s)
{
	if (!s->found) {
		s->found = true;
		s->first_length = s->callers = s->callees = s->length;
		for (size_t i = 0; i < s->length; i++)
			s->first[i] = s->way[i].pc;
		return true;
	}
	if (s->callers > s->length)
		s->callers = s->length;
	for (size_t i = 0; i < s->callers; i++)
		if (s->first[i] != s->way[i].pc)
			s->callers = i;
	if (s->callees > s->length)
		s->callees = s->length;
	for (size_t i = 0; i < s->callees; i++)
		if (s->first[s->first_length - 1 - i] != s->way[s->length - 1 - i].pc)
			s->callees = i;
	return s->callers > 0 || s->callees > 0;
}

struct targets {
	uint64_t function; /* the one that is sought */
	bool exact;
	VEC(uint64_t) others;
};

static bool take_target(void *ctx, uint64_t function)
{
	struct targets *t = ctx;
	if (function == t->function)
		t->exact = true;
	else
		vec_push(&t->others, function);
	return true;
}

static bool is_on_way(const struct search *s, uint64_t pc)
{
	for (size_t i = 0; i < s->length; i++)
		if (s->way[i].pc == pc)
			return true;
	return false;
}

static void search_from(struct search *s, const struct unwind_call *call);

/* Its tail calls, each as the next one on the way. */
static void search_function(struct search *s, uint64_t function)
{
	const struct sym_call_site *const *tails;
	struct unwind_call call;
	const struct sym_function *f = function_from(s->context, function, &call.bias);
	size_t count = f ? sym_function_tail_calls(f, &tails) : 0;
	s->failed |= !f;
	for (size_t i = 0; i < count && !s->failed; i++) {
		call.site = tails[i];
		uint64_t pc = tails[i]->return_pc.value + call.bias;
		if (is_on_way(s, pc))
			continue;
		if (s->length == UNWIND_MAX_TAIL_CALLS || ++s->searched > UNWIND_MAX_CALLS_SEARCHED) {
			s->failed = true;
			break;
		}
		s->way[s->length++] = (struct site_on_way){ call, pc };
		search_from(s, &call);
		s->length--;
	}
}

/* As deep as the way is long, which is limited. */
static void search_from(struct search *s, const struct unwind_call *call)
{
	struct targets targets = { .function = s->function };
	if (!unwind_call_targets(s->context, call, take_target, &targets))
		s->failed = true;
	else if (targets.exact)
		s->failed |= !add_way(s);
	else
		for (size_t i = 0; i < targets.others.count && !s->failed; i++)
			search_function(s, targets.others.data[i]);
	vec_free(&targets.others);
}

/* The frames to show, innermost first: what is common at the callee's end, then at the caller's. */
static size_t common_frames(const struct search *s, uint64_t ret[UNWIND_MAX_TAIL_CALLS])
{
	size_t count = 0;
	for (size_t i = 0; i < s->callees; i++)
		ret[count++] = s->first[s->first_length - 1 - i];
	if (s->callees == s->first_length)
		return count;
	for (size_t i = s->callers; i > 0 && count < s->first_length; i--)
		ret[count++] = s->first[i - 1];
	return count;
}

static size_t find_tail_calls(const struct unwind_context *context, uint64_t return_pc,
			      uint64_t function, uint64_t ret[UNWIND_MAX_TAIL_CALLS])
{
	struct unwind_call call;
	if (!unwind_call_at(context, return_pc, &call))
		return 0;
	struct search *s = xmalloc(sizeof *s);
	s->context = context;
	s->function = function;
	search_from(s, &call);
	size_t count = s->found && !s->failed ? common_frames(s, ret) : 0;
	free(s);
	return count;
}

size_t unwind_tail_calls(const struct unwind_context *context, uint64_t return_pc, uint64_t function,
			 uint64_t ret[UNWIND_MAX_TAIL_CALLS])
{
	struct unwind_calls *calls = context->calls;
	uint64_t key = return_pc ^ function << 20 ^ function >> 44;
	if (!function)
		return 0;
	const struct chain_answer *known = calls ? map_get_ptr(&calls->chains, key) : NULL;
	if (known && known->return_pc == return_pc && known->function == function) {
		memcpy(ret, known->pcs, known->count * sizeof *ret);
		return known->count;
	}
	size_t count = find_tail_calls(context, return_pc, function, ret);
	if (calls) {
		struct chain_answer *answer =
			arena_alloc(&calls->arena, sizeof *answer + count * sizeof *answer->pcs);
		*answer = (struct chain_answer){ return_pc, function, count };
		memcpy(answer->pcs, ret, count * sizeof *ret);
		map_set_ptr(&calls->chains, key, answer);
	}
	return count;
}
