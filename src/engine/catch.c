/* Catchpoints without a place in code: system calls, new images, and the news of loaded modules. */
#include "engine/control_internal.h"

#include <stdlib.h>

struct error *eng_catch(struct eng_control *c, enum eng_breakpoint_kind kind, const int *numbers,
			size_t count, struct eng_breakpoint **ret)
{
	struct eng_breakpoint *b = eng_breakpoint_new(c, kind);
	if (count > 0) {
		b->numbers = xmalloc(count * sizeof *b->numbers);
		memcpy(b->numbers, numbers, count * sizeof *numbers);
		b->number_count = count;
	}
	if (kind == ENG_BP_PANIC)
		eng_breakpoints_resolve(c);
	eng_catches_update(c);
	*ret = b;
	return NULL;
}

void eng_catches_update(struct eng_control *c)
{
	bool any = false;
	vec_for(&c->breakpoints, b)
		any |= (*b)->kind == ENG_BP_SYSCALL && (*b)->enabled;
	vec_for(&c->inferiors, i) {
		if ((*i)->process)
			(*i)->process->syscalls = any;
	}
}

/* Those of a kind that are for this number (0: any); true when one stops. They are in c->stop_breakpoints. */
bool eng_caught(struct eng_control *c, enum eng_breakpoint_kind kind, struct eng_thread *t, uint64_t number)
{
	c->stop_breakpoints.count = 0;
	for (size_t i = 0; i < c->breakpoints.count; i++) {
		struct eng_breakpoint *b = c->breakpoints.data[i];
		bool match = b->kind == kind && b->number_count == 0;
		for (size_t k = 0; b->kind == kind && k < b->number_count; k++)
			match |= (uint64_t)b->numbers[k] == number;
		if (match && eng_breakpoint_admits(c, b, t))
			vec_push(&c->stop_breakpoints, b);
	}
	return c->stop_breakpoints.count > 0;
}

static bool on_exec(struct eng_control *c, struct eng_thread *t, struct eng_stop *ret)
{
	struct eng_process *p = t->process;
	struct eng_inferior *i = eng_inferior_of(c, p);
	if (!i)
		return false;
	struct eng_thread_control *tc = eng_thread_control(c, t);
	if (c->plan.thread == t || (c->plan.thread && c->plan.thread->process == p))
		eng_plan_clear(c);
	eng_follow_release_parent(c, i, true);
	eng_inferior_state(i)->known_valid = false;
	eng_libraries_note(c);
	eng_exits_forget(c);
	t->pointer = 0;
	tc->watch_version = 0;
	tc->watching = false;
	tc->levels.valid = false;
	/* Frames of the old image are gone without a word. */
	eng_watches_drop_scoped(c, p);
	struct str path = str_from(eng_process_name(p));
	eng_notify(c, &(struct eng_notice){
			      .kind = ENG_NOTICE_EXEC, .inferior = i, .pid = p->pid, .text = path });
	if (path.len)
		eng_ignore(eng_inferior_set_program(c, i, path.ptr));
	else
		eng_breakpoints_resolve(c);
	if (!eng_caught(c, ENG_BP_EXEC, t, 0))
		return false;
	eng_stop_begin(c, ENG_STOP_EXEC, t, ret);
	ret->text = arena_str(&c->stop_arena, path);
	eng_stop_breakpoints(c, ret);
	for (size_t k = 0; k < ret->breakpoint_count; k++) {
		free(ret->breakpoints[k]->path);
		ret->breakpoints[k]->path = str_dup(path);
	}
	return true;
}

static bool on_syscall(struct eng_control *c, const struct eng_event *event, struct eng_stop *ret)
{
	if (!eng_caught(c, ENG_BP_SYSCALL, event->thread, event->syscall))
		return false;
	eng_stop_begin(c, ENG_STOP_SYSCALL, event->thread, ret);
	ret->syscall = event->syscall;
	ret->returning = event->returning;
	eng_stop_breakpoints(c, ret);
	return true;
}

static bool is_among(struct eng_module *const *list, size_t count, const struct eng_module *m)
{
	for (size_t i = 0; i < count; i++) {
		if (list[i] == m)
			return true;
	}
	return false;
}

/* Those that breakpoints stand in, before they are looked for anew. */
static void tell_unloaded(struct eng_control *c, const struct eng_process *p)
{
	VEC(struct eng_module *) told = { 0 };
	const struct eng_inferior *inferior = eng_inferior_of(c, p);
	for (size_t k = 0; p->retired.count > 0 && k < c->breakpoints.count; k++) {
		const struct eng_breakpoint *b = c->breakpoints.data[k];
		for (size_t i = 0; b->kind != ENG_BP_PANIC && i < b->location_count; i++) {
			struct eng_module *m = b->locations[i].place.module;
			if (m && b->locations[i].inferior == inferior &&
			    !is_among(told.data, told.count, m) &&
			    is_among(p->retired.data, p->retired.count, m))
				vec_push(&told, m);
		}
	}
	vec_for(&told, m)
		eng_notify(c, &(struct eng_notice){ .kind = ENG_NOTICE_UNLOADED,
						    .text = str_from((*m)->path) });
	vec_free(&told);
}

/* ---- libraries that come and go ---- */

struct changes {
	VEC(struct eng_module *) added, removed;
};

static bool is_library(const struct eng_module *m)
{
	return !m->is_main && !m->is_vdso && m->path && m->path[0] == '/';
}

static bool is_wanted(const struct eng_control *c)
{
	bool wanted = c->settings.stop_on_solib;
	for (size_t i = 0; i < c->breakpoints.count; i++) {
		enum eng_breakpoint_kind kind = c->breakpoints.data[i]->kind;
		wanted |= kind == ENG_BP_LOAD || kind == ENG_BP_UNLOAD;
	}
	return wanted;
}

static void note(struct eng_inferior_state *state, struct eng_process *p)
{
	struct eng_module *const *modules;
	size_t count = eng_modules(p, &modules);
	state->known.count = 0;
	for (size_t k = 0; k < count; k++) {
		if (is_library(modules[k]))
			vec_push(&state->known, modules[k]);
	}
	state->known_valid = true;
}

void eng_libraries_note(struct eng_control *c)
{
	if (!is_wanted(c))
		return;
	vec_for(&c->inferiors, i) {
		struct eng_inferior_state *state = eng_inferior_state(*i);
		if ((*i)->process && !(*i)->process->gone && !state->known_valid)
			note(state, (*i)->process);
	}
}

static void find_changes(struct eng_control *c, struct eng_process *p, struct changes *ret)
{
	struct eng_inferior *i = eng_inferior_of(c, p);
	struct eng_inferior_state *state = i ? eng_inferior_state(i) : NULL;
	struct eng_module *const *modules;
	if (!state)
		return;
	if (!is_wanted(c) || !state->known_valid) {
		state->known_valid = false;
		return;
	}
	size_t count = eng_modules(p, &modules);
	for (size_t k = 0; k < count; k++) {
		if (is_library(modules[k]) && !is_among(state->known.data, state->known.count, modules[k]))
			vec_push(&ret->added, modules[k]);
	}
	vec_for(&state->known, m) {
		if (!is_among(modules, count, *m))
			vec_push(&ret->removed, *m);
	}
	note(state, p);
}

static bool matches(const struct eng_breakpoint *b, const struct changes *changes)
{
	bool load = b->kind == ENG_BP_LOAD;
	struct eng_module *const *list = load ? changes->added.data : changes->removed.data;
	size_t count = load ? changes->added.count : changes->removed.count;
	for (size_t k = 0; k < count; k++) {
		if (!b->library_matches || b->library_matches(b->library_ctx, list[k]->path))
			return true;
	}
	return false;
}

static bool catches_libraries(struct eng_control *c, struct eng_thread *t, const struct changes *changes)
{
	c->stop_breakpoints.count = 0;
	for (size_t k = 0; k < c->breakpoints.count; k++) {
		struct eng_breakpoint *b = c->breakpoints.data[k];
		if ((b->kind == ENG_BP_LOAD || b->kind == ENG_BP_UNLOAD) && matches(b, changes) &&
		    eng_breakpoint_admits(c, b, t))
			vec_push(&c->stop_breakpoints, b);
	}
	return c->stop_breakpoints.count > 0;
}

static bool on_modules(struct eng_control *c, struct eng_thread *t, struct eng_stop *ret)
{
	struct changes changes = { 0 };
	tell_unloaded(c, t->process);
	find_changes(c, t->process, &changes);
	eng_exits_forget(c);
	eng_breakpoints_resolve(c);
	bool caught = catches_libraries(c, t, &changes);
	bool stops = caught || c->settings.stop_on_solib;
	if (stops) {
		eng_stop_begin(c, ENG_STOP_SOLIB, t, ret);
		ret->added_count = changes.added.count;
		ret->removed_count = changes.removed.count;
		ret->added = arena_copy(&c->stop_arena, changes.added.data,
					changes.added.count * sizeof *changes.added.data);
		struct str *paths = ARENA_ARRAY(&c->stop_arena, struct str, changes.removed.count + 1);
		for (size_t k = 0; k < changes.removed.count; k++)
			paths[k] = arena_str(&c->stop_arena, str_from(changes.removed.data[k]->path));
		ret->removed = paths;
		if (caught)
			eng_stop_breakpoints(c, ret);
	}
	vec_free(&changes.added);
	vec_free(&changes.removed);
	return stops;
}

bool eng_catch_event(struct eng_control *c, const struct eng_event *event, struct eng_stop *ret)
{
	switch (event->kind) {
	case ENG_EVENT_EXEC:
		return on_exec(c, event->thread, ret);
	case ENG_EVENT_SYSCALL:
		return on_syscall(c, event, ret);
	default:
		return on_modules(c, event->thread, ret);
	}
}
