/* Signals on their way to the program, and what `handle` says about them. */
#include "engine/control_internal.h"

static struct eng_breakpoint *caught_by(struct eng_control *c, struct eng_thread *t, int signal)
{
	struct eng_breakpoint *first = NULL;
	c->stop_breakpoints.count = 0;
	for (size_t i = 0; i < c->breakpoints.count; i++) {
		struct eng_breakpoint *b = c->breakpoints.data[i];
		if (b->kind != ENG_BP_SIGNAL)
			continue;
		/* Without numbers: all but those that debuggers themselves use. */
		bool match = b->number_count == 0 && signal != TARGET_SIGTRAP && signal != TARGET_SIGINT;
		for (size_t k = 0; k < b->number_count; k++)
			match |= b->numbers[k] == signal;
		if (!match || !eng_breakpoint_admits(c, b, t))
			continue;
		vec_push(&c->stop_breakpoints, b);
		if (!first)
			first = b;
	}
	return first;
}

/* The program reads from the terminal, or sets its modes, during a step: it has it from then on, and tries again. */
static bool wants_terminal(struct eng_control *c, int signal)
{
	enum { SIGTTIN_ = 21, SIGTTOU_ = 22 };
	return (signal == SIGTTIN_ || signal == SIGTTOU_) && c->running && !c->lent;
}

bool eng_signal_event(struct eng_control *c, const struct eng_event *event, struct eng_stop *ret)
{
	struct eng_thread *t = event->thread;
	struct eng_signal_policy policy = eng_signal_policy(c, event->signal);
	struct eng_inferior *i = eng_inferior_of(c, event->process);
	struct eng_thread_control *tc = eng_thread_control(c, t);
	if (wants_terminal(c, event->signal) && event->siginfo.code > 0) {
		eng_lend_terminal(c, event->process);
		eng_ignore(eng_go_on(c, t, 0));
		return false;
	}
	tc->signal = event->signal;
	bool caught = caught_by(c, t, event->signal) != NULL;
	if (caught || policy.stop) {
		eng_stop_begin(c, ENG_STOP_SIGNAL, t, ret);
		ret->signal = event->signal;
		ret->siginfo = event->siginfo;
		if (caught)
			eng_stop_breakpoints(c, ret);
		struct error *err = eng_thread_fetch(t);
		if (!err)
			eng_stop_hide_inlined(c, t);
		eng_ignore(err);
		return true;
	}
	if (policy.print)
		eng_notify(c, &(struct eng_notice){ .kind = ENG_NOTICE_SIGNAL,
						    .inferior = i,
						    .thread = t,
						    .signal = event->signal });
	if (i && eng_inferior_state(i)->frozen)
		return false; /* delivered when its process goes on */
	eng_ignore(eng_plan_signal(c, t, policy.pass ? event->signal : 0));
	return false;
}
