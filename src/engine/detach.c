/* Letting a process run on untraced, as if nobody had been there. */
#include "engine/internal.h"

#include "base/log.h"

/* To report a trap that has been hit takes no time; a system call that is stepped instead may block. */
#define SETTLE_NS UINT64_C(1000000000)
/* At the session's end: for how long those that leave are waited for. A vfork ends soon, as a rule; what waits for a dead disk does not. */
#define LEAVE_NS UINT64_C(2000000000)

/* Without a tracer a SIGTRAP of ours would kill it. Interrupts are reported before signals, so a thread that was interrupted just behind a
 * trap, or in a step, may have one pending. */
static bool may_have_trap_pending(struct eng_thread *t)
{
	const struct arch *arch = t->process->session->arch;
	if (t->running || t->gone || (t->has_deferred && t->deferred.kind == TARGET_EVENT_TRAP))
		return false;
	struct error *err = eng_thread_fetch(t);
	if (err) {
		eng_ignore(err);
		return false;
	}
	return t->step_cut ||
	       eng_trap_at(t->process->space, t->regs.value[arch->pc] - arch->trap_pc_advance);
}

static struct error *wait_for_stop(struct eng_thread *t)
{
	uint64_t deadline = eng_now_ns() + SETTLE_NS;
	while (t->running && !t->gone) {
		uint64_t now = eng_now_ns();
		bool any;
		if (now >= deadline)
			break;
		TRY(eng_pump(t->process->session, (int)((deadline - now) / 1000000) + 1, &any));
	}
	return NULL;
}

/* A single step reports what is pending before it runs anything; else it runs one instruction of the program's own. */
static struct error *take_pending_trap(struct eng_thread *t)
{
	struct eng_session *s = t->process->session;
	TRY(eng_thread_run(t, true, 0));
	TRY(wait_for_stop(t));
	if (!t->running || t->gone)
		return NULL;
	eng_ignore(s->target->ops->interrupt(s->target, t->process->pid, t->tid));
	return wait_for_stop(t);
}

/* A signal that was about to be delivered still is. */
static int signal_due(const struct eng_session *s, const struct eng_thread *t)
{
	if (t->has_deferred && t->deferred.kind == TARGET_EVENT_SIGNAL)
		return t->deferred.signal;
	for (size_t i = s->ready_head; i < s->ready.count && t->queued; i++) {
		const struct target_event *event = &s->ready.data[i];
		if (event->tid == t->tid && event->kind == TARGET_EVENT_SIGNAL)
			return event->signal;
	}
	return t->next_signal;
}

static void detach_thread(struct eng_thread *t)
{
	struct target *target = t->process->session->target;
	if (t->process->space && t->process->space->scratch.count > 0 && !t->running)
		eng_ignore(eng_thread_fetch(t)); /* out of a copy */
	eng_ignore(eng_thread_flush(t));
	eng_ignore(target->ops->detach(target, t->process->pid, t->tid, t->next_signal));
	eng_thread_drop(t);
}

static void interrupt(struct eng_thread *t)
{
	struct target *target = t->process->session->target;
	if (!eng_thread_may_stop(t) || t->interrupt_sent)
		return;
	t->interrupt_sent = true;
	eng_ignore(target->ops->interrupt(target, t->process->pid, t->tid));
}

void eng_process_let_go(struct eng_process *p)
{
	bool left = false;
	eng_traps_lift(p);
	for (size_t i = p->threads.count; i > 0; i--) {
		struct eng_thread *t = p->threads.data[i - 1];
		if (!t->running) {
			detach_thread(t);
			continue;
		}
		interrupt(t);
		left |= !t->exiting; /* one that is ending does not stop any more */
	}
	if (!left) {
		while (p->threads.count > 0)
			detach_thread(p->threads.data[p->threads.count - 1]);
		eng_process_gone(p);
		eng_process_bury(p);
	} else if (!p->leaving) {
		LOG("engine", "process %d: leaves when its last thread has stopped", p->pid);
		p->leaving = p->hidden = true;
		p->frozen++;
		eng_process_unlist(p);
	}
}

void eng_leaving_stopped(struct eng_process *p, struct eng_thread *t, const struct target_event *event)
{
	if (t && event->kind == TARGET_EVENT_INTERRUPTED && !t->trap_sought && may_have_trap_pending(t)) {
		t->trap_sought = true;
		eng_ignore(eng_thread_run(t, true, 0));
		t->interrupt_sent = true; /* one more would be reported before the trap */
		return;
	}
	if (t)
		t->next_signal = event->kind == TARGET_EVENT_SIGNAL ? event->signal : 0;
	eng_process_let_go(p);
}

static bool any_leaving(const struct eng_session *s)
{
	for (size_t i = 0; i < s->all.count; i++) {
		if (s->all.data[i]->leaving && !s->all.data[i]->gone)
			return true;
	}
	return false;
}

/* Those of the others stay as they are: they end with the session. */
static struct error *dispatch_hidden(struct eng_session *s)
{
	while (s->ready_head < s->ready.count) {
		struct target_event event = s->ready.data[s->ready_head++];
		const struct eng_process *p = eng_process_find(s, event.pid);
		if (p && p->hidden)
			TRY(eng_dispatch(s, &event));
	}
	return NULL;
}

void eng_let_hidden_go(struct eng_session *s)
{
	for (size_t i = 0; i < s->all.count; i++) {
		struct eng_process *p = s->all.data[i];
		if (p->gone || !p->hidden || p->leaving)
			continue;
		if (p->check_traps)
			eng_traps_verify(p);
		eng_process_let_go(p);
	}
	uint64_t deadline = eng_now_ns() + LEAVE_NS, now;
	struct error *err = NULL;
	while (!err && any_leaving(s) && (now = eng_now_ns()) < deadline) {
		bool any;
		err = eng_pump(s, (int)((deadline - now) / 1000000) + 1, &any);
		if (!err)
			err = dispatch_hidden(s);
	}
	eng_ignore(err);
	if (any_leaving(s))
		LOG("engine", "%s", "processes that were to be let go could not be stopped");
}

struct error *eng_detach(struct eng_process *p)
{
	if (p->gone || p->leaving)
		return NULL;
	TRY(eng_freeze(p));
	if (p->gone)
		return NULL;
	eng_traps_lift(p);
	for (size_t i = 0; i < p->threads.count && !p->gone; i++) {
		struct eng_thread *t = p->threads.data[i];
		if (may_have_trap_pending(t) && signal_due(p->session, t) == 0)
			TRY(take_pending_trap(t));
	}
	if (p->gone)
		return NULL;
	vec_for(&p->threads, t)
		(*t)->next_signal = signal_due(p->session, *t);
	eng_process_let_go(p);
	return NULL;
}
