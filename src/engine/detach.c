/* Letting a process run on untraced, as if nobody had been there. */
#include "engine/internal.h"

/* To report a trap that has been hit takes no time; a system call that is stepped instead may block. */
#define SETTLE_NS UINT64_C(1000000000)

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

struct error *eng_detach(struct eng_process *p)
{
	if (p->gone)
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
