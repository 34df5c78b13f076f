/* Debug registers: watched places, and breakpoints of the hardware. Every thread has them set, from its first stop on. */
#include "engine/control_internal.h"

#include "base/buf.h"

#include <stdlib.h>

static bool uses_registers(const struct eng_breakpoint *b)
{
	return b->kind == ENG_BP_WATCH || b->kind == ENG_BP_RWATCH || b->kind == ENG_BP_AWATCH ||
	       b->kind == ENG_BP_HARDWARE;
}

/* The aligned pieces that a place is made of; 0: more than there are registers. */
static size_t pieces(uint64_t addr, uint32_t size, uint8_t kind, struct target_watch *ret, size_t limit)
{
	size_t count = 0;
	while (size > 0) {
		uint8_t piece = 8;
		while (piece > 1 && (piece > size || addr % piece != 0))
			piece /= 2;
		if (count == limit)
			return 0;
		ret[count++] = (struct target_watch){ .addr = addr, .size = piece, .kind = kind };
		addr += piece;
		size -= piece;
	}
	return count;
}

static bool is_watch(const struct eng_breakpoint *b)
{
	return b->kind == ENG_BP_WATCH || b->kind == ENG_BP_RWATCH || b->kind == ENG_BP_AWATCH;
}

static void look_at(struct eng_breakpoint *b, struct eng_process *p)
{
	b->watch_process = p ? p->number : 0;
	b->watch_known = p && eng_read(p, RUN_ADDR(p->number, b->watch_addr), b->watch_old,
				       b->watch_size) == b->watch_size;
}

struct wanted {
	struct target_watch list[TARGET_MAX_WATCHES];
	struct eng_breakpoint *owner[TARGET_MAX_WATCHES];
	uint32_t process[TARGET_MAX_WATCHES];
	size_t count;
};

/* Whose memory it is in; NULL: there is none, or it is no inferior's any more. */
static struct eng_process *process_of(struct eng_control *c, const struct eng_breakpoint *b)
{
	vec_for(&c->inferiors, i) {
		if ((*i)->number == b->watch_inferior)
			return (*i)->process;
	}
	return NULL;
}

static bool want(struct wanted *w, struct eng_breakpoint *b)
{
	struct target_watch list[TARGET_MAX_WATCHES];
	uint32_t process[TARGET_MAX_WATCHES];
	size_t count = 0, room = TARGET_MAX_WATCHES - w->count;
	if (b->kind == ENG_BP_HARDWARE) {
		for (size_t i = 0; i < b->location_count; i++) {
			if (!b->locations[i].enabled || !b->locations[i].inferior->process)
				continue;
			if (count == room)
				return false;
			process[count] = b->locations[i].inferior->process->number;
			list[count++] = (struct target_watch){ .addr = b->locations[i].place.address,
							       .size = 1,
							       .kind = TARGET_WATCH_EXECUTE };
		}
	} else {
		/* There is none for reading alone. */
		uint8_t kind = b->kind == ENG_BP_WATCH ? TARGET_WATCH_WRITE : TARGET_WATCH_ACCESS;
		count = pieces(b->watch_addr, b->watch_size, kind, list, room);
		if (count == 0)
			return false;
		for (size_t i = 0; i < count; i++)
			process[i] = b->watch_process;
	}
	for (size_t i = 0; i < count; i++) {
		w->list[w->count] = list[i];
		w->process[w->count] = process[i];
		w->owner[w->count++] = b;
	}
	return true;
}

static struct error *no_room(const struct eng_breakpoint *b)
{
	if (b->kind == ENG_BP_HARDWARE)
		return error_new(ERROR_UNSUPPORTED, "Hardware breakpoints used exceeds limit.");
	return error_new(
		ERROR_UNSUPPORTED,
		"Could not insert hardware watchpoint %u.\nCould not insert hardware breakpoints:\nYou may have requested too many hardware breakpoints/watchpoints.\n",
		b->number);
}

/* In a thread that is stopped, when they are not as they should be. */
void eng_watches_apply(struct eng_control *c, struct eng_thread *t)
{
	if (c->watch_version == 0 || t->gone || t->running)
		return;
	struct eng_thread_control *tc = eng_thread_control(c, t);
	if (tc->watch_version == c->watch_version)
		return;
	struct target *target = c->session->target;
	struct target_watch list[TARGET_MAX_WATCHES] = { 0 };
	bool any = false;
	for (size_t i = 0; i < TARGET_MAX_WATCHES; i++) {
		if (c->watches[i].size == 0 || c->watch_process[i] != t->process->number)
			continue;
		list[i] = c->watches[i];
		any = true;
	}
	if (!any && !tc->watching) {
		tc->watch_version = c->watch_version;
		return;
	}
	struct error *err = target->ops->set_watches(target, t->tid, list);
	tc->watch_version = c->watch_version;
	tc->watching = any && !err;
	eng_notify_trouble(c, err);
}

struct error *eng_watches_update(struct eng_control *c)
{
	struct wanted w = { 0 };
	struct error *err = NULL;
	vec_for(&c->breakpoints, b) {
		if (!uses_registers(*b) || !(*b)->enabled) {
			(*b)->watch_on = false;
			continue;
		}
		/* What it was meanwhile is nothing that it tells of. */
		if (!(*b)->watch_on && is_watch(*b))
			look_at(*b, process_of(c, *b));
		(*b)->watch_on = true;
		bool fits = want(&w, *b);
		if (!fits && !err)
			err = no_room(*b);
		for (size_t i = 0; i < (*b)->location_count; i++)
			(*b)->locations[i].planted = fits;
	}
	bool same = true;
	struct target_watch list[TARGET_MAX_WATCHES] = { 0 };
	memcpy(list, w.list, w.count * sizeof *list);
	for (size_t i = 0; i < TARGET_MAX_WATCHES; i++)
		same &= list[i].addr == c->watches[i].addr && list[i].size == c->watches[i].size &&
			list[i].kind == c->watches[i].kind && w.process[i] == c->watch_process[i];
	memcpy(c->watches, list, sizeof list);
	memcpy(c->watch_owner, w.owner, sizeof w.owner);
	memcpy(c->watch_process, w.process, sizeof w.process);
	if (same)
		return err;
	c->watch_version++;
	/* Those that run are told when they stop for something; all stand still between requests. */
	vec_for(&c->inferiors, i) {
		for (size_t k = 0; (*i)->process && k < (*i)->process->threads.count; k++)
			eng_watches_apply(c, (*i)->process->threads.data[k]);
	}
	return err;
}

void eng_watches_update_ignoring(struct eng_control *c)
{
	eng_notify_trouble(c, eng_watches_update(c));
}

void eng_watches_resolve(struct eng_control *c)
{
	struct target_watch list[TARGET_MAX_WATCHES];
	struct eng_process *p = c->inferior->process;
	bool any = false;
	vec_for(&c->breakpoints, bp) {
		struct eng_breakpoint *b = *bp;
		uint64_t addr = b->watch_addr;
		uint32_t size = b->watch_size;
		if (!is_watch(b) || b->watch_scoped || !p || b->watch_inferior != c->inferior->number)
			continue;
		any = true;
		if (c->listener.watch_place && c->listener.watch_place(c->listener.ctx, b, &addr, &size) &&
		    (size == 0 || size > sizeof b->watch_old ||
		     pieces(addr, size, TARGET_WATCH_WRITE, list, TARGET_MAX_WATCHES) == 0))
			continue;
		if (addr == b->watch_addr && size == b->watch_size && b->watch_process == p->number)
			continue;
		b->watch_addr = addr;
		b->watch_size = size;
		look_at(b, p);
	}
	if (any)
		eng_watches_update_ignoring(c);
}

void eng_watches_move(struct eng_control *c, const struct eng_inferior *from, const struct eng_inferior *to)
{
	bool any = false;
	vec_for(&c->breakpoints, b) {
		if (!is_watch(*b) || (*b)->watch_inferior != from->number)
			continue;
		(*b)->watch_inferior = to->number;
		(*b)->watch_process = to->process ? to->process->number : 0;
		any = true;
	}
	if (any)
		eng_watches_update_ignoring(c);
}

void eng_watches_drop_scoped(struct eng_control *c, const struct eng_process *p)
{
	bool any = false;
	for (size_t k = c->breakpoints.count; k > 0; k--) {
		struct eng_breakpoint *b = c->breakpoints.data[k - 1];
		if (!b->watch_scoped || (b->watch_thread && b->watch_thread->process != p))
			continue;
		eng_breakpoint_drop(c, b);
		any = true;
	}
	if (any)
		eng_watches_update_ignoring(c);
}

struct error *eng_hardware_claim(struct eng_control *c, struct eng_breakpoint *b)
{
	struct error *err = eng_watches_update(c);
	if (!err)
		return NULL;
	b->enabled = false;
	eng_ignore(eng_watches_update(c));
	return err;
}

struct error *eng_watch(struct eng_control *c, enum eng_breakpoint_kind kind, uint64_t addr,
			uint32_t size, const struct eng_level *scope, struct eng_breakpoint **ret)
{
	struct target_watch list[TARGET_MAX_WATCHES];
	if (size == 0 || size > sizeof((struct eng_breakpoint *)0)->watch_old ||
	    pieces(addr, size, TARGET_WATCH_WRITE, list, TARGET_MAX_WATCHES) == 0)
		return error_new(ERROR_UNSUPPORTED, "Only a place of 1 to 8 bytes can be watched.");
	struct eng_breakpoint *b = eng_breakpoint_new(c, kind);
	b->watch_addr = addr;
	b->watch_size = size;
	b->watch_inferior = c->inferior->number;
	struct eng_process *p = c->inferior->process;
	struct error *err = eng_watches_update(c);
	if (err) {
		eng_breakpoint_drop(c, b);
		eng_breakpoints_bury(c);
		eng_ignore(eng_watches_update(c));
		c->last_breakpoint--;
		return err;
	}
	if (scope && scope->unwind.cfa) {
		const struct eng_level *caller = eng_level_caller(c, c->thread, scope->level);
		b->watch_scoped = caller != NULL;
		b->watch_cfa = scope->unwind.cfa;
		b->watch_return = caller ? caller->unwind.pc.value : 0;
		b->watch_thread = c->thread;
		if (b->watch_scoped)
			eng_sites_sync(c, p);
	}
	*ret = b;
	return NULL;
}

/* ---- when one hits ---- */

/* Its value now; for `watch` only another one is news. */
static bool triggers(struct eng_control *c, struct eng_thread *t, struct eng_breakpoint *b, uint8_t now[8])
{
	struct eng_process *p = t->process;
	bool known = eng_read(p, RUN_ADDR(p->number, b->watch_addr), now, b->watch_size) == b->watch_size;
	bool changed = known && (!b->watch_known || memcmp(now, b->watch_old, b->watch_size) != 0);
	if (b->kind == ENG_BP_WATCH && !changed)
		return false;
	/* The hardware knows no reading without writing: what changed was written. */
	if (b->kind == ENG_BP_RWATCH && changed) {
		memcpy(b->watch_old, now, b->watch_size);
		b->watch_known = known;
		return false;
	}
	/* gdb compares with what it was at the last hit, whether or not the condition held. */
	memcpy(b->watch_before, b->watch_old, b->watch_size);
	bool stops = eng_breakpoint_admits(c, b, t);
	memcpy(b->watch_old, now, b->watch_size);
	b->watch_known = known;
	return stops;
}

/* A place of the hardware's: as at a trap, but nothing was executed. */
static bool at_hardware(struct eng_control *c, struct eng_thread *t, struct eng_breakpoint *b,
			unsigned *ret_index)
{
	uint64_t pc = t->regs.value[c->session->arch->pc];
	for (unsigned i = 0; i < b->location_count; i++) {
		if (b->locations[i].place.address != pc || !b->locations[i].enabled)
			continue;
		*ret_index = i;
		if (!eng_breakpoint_admits(c, b, t))
			return false;
		b->locations[i].hits++;
		return true;
	}
	return false;
}

/* The frame of a watched local has been left: at its return address, with its frame below the stack pointer. */
bool eng_watch_scope_ended(struct eng_control *c, struct eng_thread *t, struct eng_breakpoint *b,
			   struct eng_stop *ret)
{
	eng_stop_begin(c, ENG_STOP_WATCH_SCOPE, t, ret);
	eng_stop_hide_inlined(c, t);
	b->disposition = ENG_DELETE;
	c->stop_breakpoints.count = 0;
	vec_push(&c->stop_breakpoints, b);
	eng_stop_breakpoints(c, ret);
	return true;
}

bool eng_hardware_at(const struct eng_control *c, uint64_t pc)
{
	for (size_t k = 0; k < c->breakpoints.count; k++) {
		const struct eng_breakpoint *b = c->breakpoints.data[k];
		bool hardware = b->kind == ENG_BP_HARDWARE && b->enabled;
		for (unsigned i = 0; hardware && i < b->location_count; i++) {
			if (b->locations[i].place.address == pc && b->locations[i].enabled)
				return true;
		}
	}
	return false;
}

static int by_number(const void *a, const void *b)
{
	const struct eng_breakpoint *const *x = a, *const *y = b;
	return ((*x)->number > (*y)->number) - ((*x)->number < (*y)->number);
}

/* Breakpoints at the instruction behind the one that has accessed a watched place are hit by the same stop, in the order of their numbers. */
static void add_those_here(struct eng_control *c, struct eng_thread *t)
{
	struct eng_thread_control *tc = eng_thread_control(c, t);
	eng_sites_here(c, t);
	for (size_t k = 0; k < c->breakpoints.count; k++) {
		struct eng_breakpoint *b = c->breakpoints.data[k];
		unsigned location;
		if (b->kind != ENG_BP_HARDWARE || !at_hardware(c, t, b, &location))
			continue;
		if (tc->hits.count == 0 || b->number < tc->hits.data[0]->number)
			tc->hit_location = location;
		vec_push(&tc->hits, b);
	}
	vec_for(&tc->hits, b)
		vec_push(&c->stop_breakpoints, *b);
	if (tc->hits.count > 0) {
		qsort(tc->hits.data, tc->hits.count, sizeof *tc->hits.data, by_number);
		qsort(c->stop_breakpoints.data, c->stop_breakpoints.count,
		      sizeof *c->stop_breakpoints.data, by_number);
	}
}

bool eng_watch_event(struct eng_control *c, const struct eng_event *event, struct eng_stop *ret)
{
	struct eng_thread *t = event->thread;
	struct eng_breakpoint *seen = NULL;
	bool code = false;
	unsigned location = 0;
	c->stop_breakpoints.count = 0;
	for (unsigned i = 0; i < TARGET_MAX_WATCHES; i++) {
		struct eng_breakpoint *b = c->watch_owner[i];
		uint8_t now[8];
		if (!(event->watches >> i & 1) || !b || b == seen)
			continue;
		seen = b;
		bool hardware = b->kind == ENG_BP_HARDWARE;
		/* Of a place that is watched everywhere nothing but its value is of interest. */
		if (hardware || b->watch_scoped)
			eng_ignore(eng_thread_fetch(t));
		if ((hardware || b->watch_scoped) && !t->regs_valid)
			break;
		if (b->watch_scoped && b->watch_thread == t &&
		    t->regs.value[c->session->arch->sp] >= b->watch_cfa)
			return eng_watch_scope_ended(c, t, b, ret); /* unwound */
		if (hardware ? !at_hardware(c, t, b, &location) : !triggers(c, t, b, now))
			continue;
		code |= hardware && c->stop_breakpoints.count == 0;
		vec_push(&c->stop_breakpoints, b);
	}
	if (c->stop_breakpoints.count > 0) {
		eng_ignore(eng_thread_fetch(t));
		if (t->regs_valid && !code)
			add_those_here(c, t);
		struct eng_breakpoint *first = c->stop_breakpoints.data[0];
		struct eng_thread_control *tc = eng_thread_control(c, t);
		if (tc->hits.count > 0 && first == tc->hits.data[0]) {
			eng_stop_at_breakpoints(c, t, ret);
			return true;
		}
		tc->hits.count = 0;
		eng_stop_begin(c, code ? ENG_STOP_BREAKPOINT : ENG_STOP_WATCH, t, ret);
		ret->location = code ? location + 1 : 0;
		eng_stop_hide_inlined(c, t);
		eng_stop_breakpoints(c, ret);
		return true;
	}
	/* A watch's report comes after its instruction: the step of a plan may have ended with it. */
	return c->plan.thread == t && t->stepping && eng_plan_stepped(c, t, ret);
}
