/* The user's breakpoints: made, found again when programs change, taken away. */
#include "engine/control_internal.h"

#include <stdlib.h>

/* Those of threads that have ended. Nothing runs, and no list of breakpoints is walked. */
static void sweep(struct eng_control *c)
{
	if (!c->breakpoints_to_sweep)
		return;
	c->breakpoints_to_sweep = false;
	for (size_t i = c->breakpoints.count; i > 0; i--) {
		if (c->breakpoints.data[i - 1]->thread_gone)
			eng_breakpoint_delete(c, c->breakpoints.data[i - 1]);
	}
}

void eng_breakpoints_lose_thread(struct eng_control *c, struct eng_thread *t, bool last)
{
	uint32_t global = t->control ? ((struct eng_thread_control *)t->control)->global : 0;
	for (size_t i = 0; global && i < c->breakpoints.count; i++) {
		struct eng_breakpoint *b = c->breakpoints.data[i];
		if (b->thread != global || b->thread_gone)
			continue;
		b->thread_gone = c->breakpoints_to_sweep = true;
		eng_notify(c, &(struct eng_notice){ .kind = ENG_NOTICE_BREAKPOINT_GONE,
						    .inferior = eng_inferior_of(c, t->process),
						    .thread = t,
						    .number = b->number,
						    .last = last });
	}
}

size_t eng_breakpoints(struct eng_control *c, struct eng_breakpoint *const **ret)
{
	sweep(c);
	*ret = c->breakpoints.data;
	return c->breakpoints.count;
}

struct eng_breakpoint *eng_breakpoint_find(struct eng_control *c, uint32_t number)
{
	sweep(c);
	vec_for(&c->breakpoints, b) {
		if ((*b)->number == number)
			return *b;
	}
	return NULL;
}

/* ---- where they are ---- */

struct found {
	eng_locations list;
};

static int by_address(const void *a, const void *b)
{
	const struct eng_location *x = a, *y = b;
	if (x->place.address != y->place.address)
		return x->place.address < y->place.address ? -1 : 1;
	return (x->inferior->number > y->inferior->number) - (x->inferior->number < y->inferior->number);
}

static bool same_place(const struct eng_location *a, const struct eng_location *b)
{
	return a->inferior == b->inferior && a->place.address == b->place.address;
}

/* An address typed without a process is the file's, unless the file has none such: then it is where the program will be. */
static struct eng_spec spec_for(const struct eng_breakpoint *b, struct eng_inferior *i)
{
	struct eng_spec spec = b->spec;
	if (spec.kind != ENG_SPEC_ADDRESS)
		return spec;
	bool relocates = i->process && !b->address_is_run_time;
	struct eng_module *const *modules;
	size_t count = relocates ? eng_inferior_modules(i, &modules) : 0;
	for (size_t m = 0; m < count; m++) {
		uint64_t address = b->spec.address + modules[m]->bias;
		if (modules[m]->is_main && address >= modules[m]->start && address < modules[m]->end)
			spec.address = address;
	}
	return spec;
}

/* Where they were while it ran; modules may have gone meanwhile that no file leads to. */
static bool keep_places(const struct eng_breakpoint *b, const struct eng_inferior *i, struct found *found)
{
	bool any = false;
	for (size_t k = 0; k < b->location_count; k++) {
		if (b->locations[k].inferior != i)
			continue;
		vec_push(&found->list, b->locations[k]);
		any = true;
	}
	return any;
}

/* In every inferior. The error is the selected one's when nothing is found at all. */
static struct error *find_places(struct eng_control *c, struct eng_breakpoint *b, struct found *found)
{
	struct error *first = NULL;
	vec_for(&c->inferiors, i) {
		struct arena arena = ARENA_INIT;
		struct eng_place *places;
		size_t count;
		const struct eng_inferior_state *state = eng_inferior_state(*i);
		if (state->aside || (state->was_run && keep_places(b, *i, found)))
			continue;
		if (b->spec.kind == ENG_SPEC_ADDRESS && *i != c->inferior && !(*i)->process)
			continue;
		struct eng_spec spec = spec_for(b, *i);
		struct error *err = eng_locate(c, *i, &spec, &arena, &places, &count);
		for (size_t p = 0; !err && p < count; p++)
			vec_push(&found->list, (struct eng_location){ .place = places[p],
								      .inferior = *i,
								      .enabled = true });
		if (err && (!first || *i == c->inferior)) {
			error_destroy(first);
			first = err;
		} else {
			error_destroy(err);
		}
		arena_deinit(&arena);
	}
	if (found->list.count == 0)
		return first ? first : error_new(ERROR_NOT_FOUND, "No default breakpoint address now.");
	error_destroy(first);
	qsort(found->list.data, found->list.count, sizeof *found->list.data, by_address);
	return NULL;
}

/* The same place in the file: of an instance of the program that ran before. */
static const struct eng_location *counterpart(const struct eng_breakpoint *b,
					      const struct eng_location *location)
{
	for (size_t i = 0; i < b->location_count; i++) {
		const struct eng_location *old = &b->locations[i];
		if (same_place(old, location))
			return old;
	}
	for (size_t i = 0; i < b->location_count; i++) {
		const struct eng_location *old = &b->locations[i];
		if (old->inferior == location->inferior && old->place.function &&
		    location->place.function && old->place.function == location->place.function &&
		    old->place.name_offset == location->place.name_offset)
			return old;
	}
	return NULL;
}

/* Takes over what is found; true when anything is different. */
static bool set_locations(struct eng_breakpoint *b, struct found *found)
{
	bool changed = found->list.count != b->location_count;
	for (size_t i = 0; i < found->list.count; i++) {
		struct eng_location *location = &found->list.data[i];
		const struct eng_location *old = counterpart(b, location);
		changed |= !old || i >= b->location_count || !same_place(&b->locations[i], location);
		if (!old)
			continue;
		location->enabled = old->enabled;
		location->hits = old->hits;
		location->planted = old->planted && same_place(old, location);
	}
	free(b->locations);
	b->locations = found->list.data;
	b->location_count = found->list.count;
	return changed;
}

static bool has_places(const struct eng_breakpoint *b)
{
	return b->kind == ENG_BP_CODE || b->kind == ENG_BP_HARDWARE || b->kind == ENG_BP_PANIC;
}

static bool resolve(struct eng_control *c, struct eng_breakpoint *b)
{
	struct found found = { 0 };
	struct error *err = b->kind == ENG_BP_PANIC ? eng_panic_places(c, b, &found.list)
						    : find_places(c, b, &found);
	if (err) {
		vec_free(&found.list);
		bool gone = b->location_count > 0;
		/* A library that is not there at the moment; an address stays what it is. */
		for (size_t i = 0; i < b->location_count; i++)
			b->locations[i].planted = false;
		if (gone && err->code == ERROR_NOT_FOUND && b->kind == ENG_BP_CODE) {
			free(b->locations);
			b->locations = NULL;
			b->location_count = 0;
			b->pending = true;
		}
		error_destroy(err);
		return gone;
	}
	b->pending = false;
	return set_locations(b, &found);
}

void eng_breakpoints_resolve(struct eng_control *c)
{
	bool changed = false;
	vec_for(&c->breakpoints, b) {
		if (has_places(*b))
			changed |= resolve(c, *b);
	}
	vec_for(&c->inferiors, i) {
		if ((*i)->process)
			eng_sites_sync(c, (*i)->process);
	}
	eng_watches_resolve(c);
	if (changed)
		eng_notify(c, &(struct eng_notice){ .kind = ENG_NOTICE_BREAKPOINTS });
}

static void sync_all(struct eng_control *c)
{
	vec_for(&c->inferiors, i) {
		if ((*i)->process)
			eng_sites_sync(c, (*i)->process);
	}
}

/* ---- made and taken away ---- */

static struct str own(struct str s)
{
	return s.len ? str_from(str_dup(s)) : STR_EMPTY;
}

struct eng_breakpoint *eng_breakpoint_new(struct eng_control *c, enum eng_breakpoint_kind kind)
{
	struct eng_breakpoint *b = xmalloc(sizeof *b);
	b->kind = kind;
	b->enabled = true;
	b->number = ++c->last_breakpoint;
	vec_push(&c->breakpoints, b);
	return b;
}

static void free_breakpoint(struct eng_breakpoint *b)
{
	if (b->condition_destroy)
		b->condition_destroy(b->condition_ctx);
	free((char *)b->spec.file.ptr);
	free((char *)b->spec.function.ptr);
	if (b->instead_destroy)
		b->instead_destroy(b->instead_ctx);
	free(b->dprintf);
	free(b->spec_text);
	free(b->pending_tail);
	free(b->locations);
	free(b->condition_text);
	for (char **line = b->commands; line && *line; line++)
		free(*line);
	free(b->commands);
	free(b->expression);
	free(b->numbers);
	free(b->path);
	if (b->library_destroy)
		b->library_destroy(b->library_ctx);
	free(b);
}

void eng_breakpoint_drop(struct eng_control *c, struct eng_breakpoint *b)
{
	for (size_t i = 0; i < c->breakpoints.count; i++) {
		if (c->breakpoints.data[i] == b)
			vec_remove(&c->breakpoints, i);
	}
	/* Threads that stand at it and whose turn has not come. */
	vec_for(&c->inferiors, i) {
		struct eng_process *p = (*i)->process;
		for (size_t k = 0; p && k < p->threads.count; k++) {
			struct eng_thread_control *tc = p->threads.data[k]->control;
			for (size_t h = tc ? tc->hits.count : 0; h > 0; h--) {
				if (tc->hits.data[h - 1] == b)
					vec_remove(&tc->hits, h - 1);
			}
			if (tc && tc->hit_scope == b)
				tc->hit_scope = NULL;
		}
	}
	/* The last stop may still show it. */
	vec_push(&c->deleted, b);
}

void eng_breakpoints_free(struct eng_control *c)
{
	eng_breakpoints_bury(c);
	vec_for(&c->breakpoints, b)
		free_breakpoint(*b);
	vec_free(&c->breakpoints);
	vec_free(&c->deleted);
}

void eng_breakpoints_bury(struct eng_control *c)
{
	vec_for(&c->deleted, b)
		free_breakpoint(*b);
	c->deleted.count = 0;
}

struct error *eng_break(struct eng_control *c, const struct eng_spec *spec,
			enum eng_breakpoint_kind kind, bool pending, struct eng_breakpoint **ret)
{
	struct eng_breakpoint *b = eng_breakpoint_new(c, kind);
	struct found found = { 0 };
	b->spec = *spec;
	b->spec.file = own(spec->file);
	b->spec.function = own(spec->function);
	b->address_is_run_time = c->inferior->process != NULL || c->inferior->file.bias != 0;
	struct error *err = find_places(c, b, &found);
	if (err && pending && err->code == ERROR_NOT_FOUND) {
		error_destroy(err);
		err = NULL;
		b->pending = true;
	} else if (!err) {
		set_locations(b, &found);
		err = kind == ENG_BP_HARDWARE ? eng_hardware_claim(c, b) : NULL;
	}
	if (err) {
		eng_breakpoint_drop(c, b);
		eng_breakpoints_bury(c);
		c->last_breakpoint--;
		return err;
	}
	sync_all(c);
	*ret = b;
	return NULL;
}

void eng_breakpoint_changed(struct eng_control *c, struct eng_breakpoint *b)
{
	(void)b;
	sync_all(c);
	eng_watches_update_ignoring(c);
	eng_catches_update(c);
}

void eng_breakpoints_forget_inferior(struct eng_control *c, const struct eng_inferior *i)
{
	vec_for(&c->breakpoints, b) {
		size_t kept = 0;
		for (size_t k = 0; k < (*b)->location_count; k++) {
			if ((*b)->locations[k].inferior != i)
				(*b)->locations[kept++] = (*b)->locations[k];
		}
		(*b)->location_count = kept;
	}
}

void eng_breakpoints_forget_modules(struct eng_control *c, const struct eng_inferior *i)
{
	vec_for(&c->breakpoints, b) {
		for (size_t k = 0; k < (*b)->location_count; k++) {
			struct eng_location *location = &(*b)->locations[k];
			if (location->inferior == i && location->place.module != &i->file)
				location->place.module = NULL;
		}
	}
}

void eng_breakpoints_gone(struct eng_control *c, struct eng_inferior *i)
{
	vec_for(&c->breakpoints, b) {
		for (size_t k = 0; k < (*b)->location_count; k++) {
			struct eng_location *location = &(*b)->locations[k];
			if (location->inferior != i)
				continue;
			struct eng_module *m = location->place.module;
			location->planted = false;
			/* The process's list of modules goes with it. */
			location->place.module =
				m && m->is_main && m->symbols == i->file.symbols ? &i->file : NULL;
		}
	}
}

void eng_breakpoint_delete(struct eng_control *c, struct eng_breakpoint *b)
{
	eng_breakpoint_drop(c, b);
	eng_breakpoint_changed(c, b);
}

struct error *eng_breakpoint_update(struct eng_control *c, struct eng_breakpoint *b)
{
	(void)b;
	sync_all(c);
	struct error *err = eng_watches_update(c);
	eng_catches_update(c);
	return err;
}

void eng_breakpoint_unplace(struct eng_control *c, struct eng_breakpoint *b)
{
	free(b->locations);
	b->locations = NULL;
	b->location_count = 0;
	b->pending = true;
	sync_all(c);
}

void eng_breakpoint_unmake(struct eng_control *c, struct eng_breakpoint *b)
{
	bool last = b->number == c->last_breakpoint;
	eng_breakpoint_delete(c, b);
	c->last_breakpoint -= last;
}
