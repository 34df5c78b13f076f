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
					    .vfork = fork->vfork,
					    .kept = kept,
					    .followed = followed });
}

/* What becomes of the child. Its first stop is still to be dispatched. */
static void decide(struct eng_control *c, struct eng_fork *fork)
{
	bool follow = c->settings.follow_fork == ENG_FOLLOW_CHILD;
	struct eng_process *child = fork->child;
	fork->decided = true;
	fork->follow = follow;
	if (follow || !c->settings.detach_on_fork)
		return;
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

void eng_follow_decide(struct eng_control *c)
{
	vec_for(&c->forks, fork) {
		if (!fork->decided)
			decide(c, fork);
	}
	forget(c, NULL);
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
	vec_push(&c->forks, fork);
	if (caught) {
		eng_stop_begin(c, fork.vfork ? ENG_STOP_VFORK : ENG_STOP_FORK, t, ret);
		ret->child = fork.pid;
		eng_stop_breakpoints(c, ret);
		for (size_t k = 0; k < ret->breakpoint_count; k++)
			ret->breakpoints[k]->child = fork.pid;
		return true;
	}
	decide(c, &c->forks.data[c->forks.count - 1]);
	bool waits = c->forks.data[c->forks.count - 1].follow;
	forget(c, NULL);
	if (!waits) /* else it stands until the child is there */
		eng_ignore(eng_go_on(c, t, 0));
	return false;
}

static char *copy(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

static struct eng_inferior *inferior_like(struct eng_control *c, const struct eng_inferior *from)
{
	struct eng_inferior *i = eng_inferior_add(c);
	if (!from)
		return i;
	if (from->program)
		eng_ignore(eng_inferior_set_program(c, i, from->program));
	i->arguments = copy(from->arguments);
	i->directory = copy(from->directory);
	i->terminal = copy(from->terminal);
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

/* The parent goes on by itself, or waits until the user turns to it again. */
static void leave_parent(struct eng_control *c, const struct eng_fork *fork, struct eng_inferior *parent)
{
	if (!parent || !parent->process)
		return;
	if (c->settings.detach_on_fork) {
		eng_notify_trouble(c, eng_inferior_detach(c, parent, 0));
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
	c->switched = true;
	if (c->plan.thread && c->plan.thread == fork->thread)
		move_plan(c, child->process, t);
	leave_parent(c, fork, parent);
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
	notify(c, &fork, parent ? parent : i, true, fork.follow);
	bool runs = fork.follow || c->settings.schedule_multiple;
	if (fork.follow)
		follow_child(c, &fork, i, t);
	eng_breakpoints_resolve(c);
	eng_catches_update(c);
	if (runs) {
		eng_ignore(eng_go_on(c, t, 0));
		return false;
	}
	struct error *err = eng_freeze(child);
	eng_inferior_state(i)->frozen = !err;
	eng_ignore(err);
	return false;
}

bool eng_follow_event(struct eng_control *c, const struct eng_event *event, struct eng_stop *ret)
{
	switch (event->kind) {
	case ENG_EVENT_FORK:
		return on_fork(c, event, ret);
	case ENG_EVENT_PROCESS_NEW:
		return on_new(c, event, ret);
	default: /* a vfork is over */
		eng_ignore(eng_go_on(c, event->thread, 0));
		return false;
	}
}
