/* Forks: which of the two is debugged from then on, or both. */
#include "engine/control_internal.h"

#include <stdlib.h>

static void notify(struct eng_control *c, const struct eng_fork *fork, struct eng_inferior *i, bool kept,
		   bool followed)
{
	eng_notify(c, &(struct eng_notice){ .kind = ENG_NOTICE_FORK,
					    .inferior = i,
					    .thread = fork->thread,
					    .pid = fork->pid,
					    .parent_pid = fork->parent ? fork->parent->pid : 0,
					    .vfork = fork->vfork,
					    .kept = kept,
					    .followed = followed });
}

/* The parent of a vfork goes on only when the child does. */
static bool would_hang(const struct eng_control *c, const struct eng_fork *fork)
{
	return fork->vfork && c->settings.follow_fork == ENG_FOLLOW_PARENT && !c->settings.detach_on_fork &&
	       !c->settings.schedule_multiple && fork->child && !fork->child->gone;
}

/* What becomes of the child. Its first stop is still to be dispatched. */
static void decide(struct eng_control *c, struct eng_fork *fork)
{
	bool follow = c->settings.follow_fork == ENG_FOLLOW_CHILD;
	struct eng_process *child = fork->child;
	fork->decided = true;
	fork->follow = follow;
	if (follow || !c->settings.detach_on_fork) {
		fork->waits = fork->thread && child && !child->gone && !child->announced;
		return;
	}
	if (child && !child->gone && !child->announced)
		child->hidden = true; /* it goes when its memory is its own, and clean */
	notify(c, fork, eng_inferior_of(c, fork->parent), false, false);
}

static void forget(struct eng_control *c, const struct eng_process *child)
{
	for (size_t i = c->forks.count; i > 0; i--) {
		const struct eng_fork *fork = &c->forks.data[i - 1];
		if (fork->child == child || (fork->decided && fork->child && fork->child->hidden))
			vec_remove(&c->forks, i - 1);
	}
}

struct eng_thread *eng_follow_decide(struct eng_control *c)
{
	vec_for(&c->forks, fork) {
		if (fork->decided)
			continue;
		if (fork->thread && would_hang(c, fork))
			return fork->thread;
		decide(c, fork);
	}
	forget(c, NULL);
	return NULL;
}

static bool on_fork(struct eng_control *c, const struct eng_event *event, struct eng_stop *ret)
{
	struct eng_thread *t = event->thread;
	struct eng_fork fork = { .parent = event->process,
				 .child = event->child,
				 .thread = t,
				 .pid = event->child ? event->child->pid : 0,
				 .vfork = event->vfork };
	bool caught = eng_caught(c, fork.vfork ? ENG_BP_VFORK : ENG_BP_FORK, t, 0);
	fork.caught = caught;
	vec_push(&c->forks, fork);
	if (caught) {
		eng_stop_begin(c, fork.vfork ? ENG_STOP_VFORK : ENG_STOP_FORK, t, ret);
		ret->child = fork.pid;
		eng_stop_breakpoints(c, ret);
		for (size_t k = 0; k < ret->breakpoint_count; k++)
			ret->breakpoints[k]->child = fork.pid;
		return true;
	}
	if (would_hang(c, &fork)) {
		eng_stop_begin(c, ENG_STOP_VFORK_HELD, t, ret);
		return true;
	}
	decide(c, &c->forks.data[c->forks.count - 1]);
	bool waits = c->forks.data[c->forks.count - 1].waits;
	forget(c, NULL);
	if (!waits)
		eng_ignore(eng_go_on(c, t, 0));
	return false;
}

static struct eng_inferior *inferior_like(struct eng_control *c, const struct eng_inferior *from)
{
	struct eng_inferior *i = eng_inferior_add(c);
	if (!from)
		return i;
	if (from->program)
		eng_ignore(eng_inferior_set_program(c, i, from->program));
	eng_inferior_copy_settings(i, from);
	return i;
}

/* The plan goes on in the child, where the traps are at the same addresses. */
static void move_plan(struct eng_control *c, struct eng_process *child, struct eng_thread *t)
{
	struct eng_plan *plan = &c->plan;
	VEC(struct eng_temp) temps = { 0 };
	for (size_t k = 0; k < plan->temps.count; k++)
		vec_push(&temps, plan->temps.data[k]);
	eng_temps_clear(c, ~0u);
	plan->thread = t;
	(void)child;
	vec_for(&temps, temp) {
		eng_ignore(eng_temp_add(c, temp->kind, temp->addr, temp->min_sp));
		if (plan->temps.count > 0)
			plan->temps.data[plan->temps.count - 1].cfa = temp->cfa;
	}
	vec_free(&temps);
}

static void let_parent_go(struct eng_control *c, struct eng_inferior *parent, bool vfork, bool exec)
{
	eng_notify(c, &(struct eng_notice){ .kind = ENG_NOTICE_PARENT_LEFT,
					    .inferior = parent,
					    .pid = parent->process->pid,
					    .vfork = vfork,
					    .exec = exec });
	struct eng_inferior *selected = c->inferior;
	struct eng_thread *t = c->thread;
	uint32_t level = c->level;
	eng_notify_trouble(c, eng_inferior_detach(c, parent, 0));
	c->inferior = selected;
	c->thread = t && !t->gone ? t : NULL;
	c->level = level;
}

void eng_follow_release_parent(struct eng_control *c, struct eng_inferior *child, bool exec)
{
	struct eng_inferior_state *state = eng_inferior_state(child);
	uint32_t number = state->vfork_parent;
	state->vfork_parent = 0;
	for (size_t k = 0; number && k < c->inferiors.count; k++) {
		struct eng_inferior *i = c->inferiors.data[k];
		if (i->number != number || !i->process || i->process->gone)
			continue;
		let_parent_go(c, i, true, exec);
		return;
	}
}

/* The parent goes on by itself, or waits until the user turns to it again. */
static void leave_parent(struct eng_control *c, const struct eng_fork *fork, struct eng_inferior *parent,
			 struct eng_inferior *child)
{
	if (!parent || !parent->process)
		return;
	if (c->settings.detach_on_fork) {
		eng_inferior_state(parent)->aside = true;
		eng_watches_move(c, parent, child);
		if (fork->vfork) /* they share their memory, and what is planted in it is for the child now */
			eng_inferior_state(child)->vfork_parent = parent->number;
		else
			let_parent_go(c, parent, false, false);
		return;
	}
	struct eng_inferior_state *state = eng_inferior_state(parent);
	if (!state->frozen) {
		struct error *err = eng_freeze(fork->parent);
		state->frozen = !err;
		eng_ignore(err);
	}
}

static void follow_child(struct eng_control *c, struct eng_fork *fork, struct eng_inferior *child,
			 struct eng_thread *t)
{
	struct eng_inferior *parent = eng_inferior_of(c, fork->parent);
	c->resumed = child;
	c->inferior = child;
	c->switched = !fork->caught;
	if (fork->caught)
		c->previous = t->tid;
	if (c->plan.thread && c->plan.thread == fork->thread)
		move_plan(c, child->process, t);
	leave_parent(c, fork, parent, child);
}

bool eng_follow_waits(const struct eng_control *c, const struct eng_thread *t)
{
	for (size_t k = 0; k < c->forks.count; k++) {
		if (c->forks.data[k].waits && c->forks.data[k].thread == t)
			return true;
	}
	return false;
}

static void parent_goes_on(struct eng_control *c, const struct eng_fork *fork)
{
	struct eng_inferior *parent = fork->thread ? eng_inferior_of(c, fork->thread->process) : NULL;
	if (fork->waits && parent && !eng_inferior_state(parent)->frozen && !fork->thread->gone)
		eng_ignore(eng_go_on(c, fork->thread, 0));
}

static bool on_new(struct eng_control *c, const struct eng_event *event, struct eng_stop *ret)
{
	(void)ret;
	struct eng_process *child = event->process;
	struct eng_thread *t = event->thread;
	struct eng_fork fork = { .parent = event->parent, .child = child, .pid = child->pid };
	vec_for(&c->forks, known) {
		if (known->child == child)
			fork = *known;
	}
	forget(c, child);
	struct eng_inferior *parent = fork.parent ? eng_inferior_of(c, fork.parent) : NULL;
	if (!fork.decided && c->settings.detach_on_fork) { /* nobody saw it come */
		eng_ignore(eng_detach(child));
		return false;
	}
	struct eng_inferior *i = inferior_like(c, parent);
	eng_inferior_take(c, i, child);
	i->attached = parent && parent->attached;
	bool both = !fork.follow || !c->settings.detach_on_fork;
	eng_inferior_state(i)->removable = both;
	notify(c, &fork, i, both, fork.follow);
	bool runs = fork.follow || c->settings.schedule_multiple;
	if (fork.follow)
		follow_child(c, &fork, i, t);
	eng_breakpoints_resolve(c);
	eng_catches_update(c);
	if (runs) {
		eng_ignore(eng_go_on(c, t, 0));
	} else {
		struct error *err = eng_freeze(child);
		eng_inferior_state(i)->frozen = !err;
		eng_ignore(err);
	}
	if (!fork.follow)
		parent_goes_on(c, &fork);
	return false;
}

static void on_lost(struct eng_control *c, const struct eng_event *event)
{
	struct eng_fork fork = { 0 };
	vec_for(&c->forks, known) {
		if (known->child == event->child)
			fork = *known;
	}
	forget(c, event->child);
	parent_goes_on(c, &fork);
}

bool eng_follow_event(struct eng_control *c, const struct eng_event *event, struct eng_stop *ret)
{
	switch (event->kind) {
	case ENG_EVENT_FORK:
		return on_fork(c, event, ret);
	case ENG_EVENT_PROCESS_NEW:
		return on_new(c, event, ret);
	case ENG_EVENT_CHILD_LOST:
		on_lost(c, event);
		return false;
	default: /* a vfork is over */
		eng_ignore(eng_go_on(c, event->thread, 0));
		return false;
	}
}
