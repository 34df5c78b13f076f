#include "engine/internal.h"

#include "base/log.h"

#include <stdlib.h>
#include <time.h>

/* A thread that does not stop within this waits in the kernel, where it does no harm. */
#define FREEZE_NS UINT64_C(2000000000)

uint64_t eng_now_ns(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

void eng_ignore(struct error *err)
{
	if (err && err->code != ERROR_GONE)
		LOG("engine", "%s", err->message);
	error_destroy(err);
}

/* ---- going on ---- */

struct error *eng_thread_flush(struct eng_thread *t)
{
	if (!t->regs_dirty)
		return NULL;
	struct target *target = t->process->session->target;
	t->regs_dirty = false;
	return target->ops->set_regs(target, t->tid, &t->regs);
}

static struct error *unless_gone(struct error *err)
{
	if (err && err->code == ERROR_GONE) {
		error_destroy(err);
		return NULL;
	}
	return err;
}

struct error *eng_thread_run(struct eng_thread *t, bool step, int signal)
{
	struct target *target = t->process->session->target;
	struct error *err = eng_thread_flush(t);
	eng_space_invalidate(t->process->space);
	/* Also when it turns out to be gone: it is no longer ours to look at, and its end will be reported. */
	t->running = true;
	t->held = t->regs_valid = false;
	t->delivered = signal;
	t->runs++;
	enum target_go how = TARGET_GO_CONTINUE;
	if (step || t->stepping)
		how = TARGET_GO_STEP;
	else if (t->process->syscalls)
		how = TARGET_GO_SYSCALL;
	if (!err)
		err = target->ops->resume(target, t->tid, how, signal);
	return unless_gone(err);
}

struct error *eng_thread_go(struct eng_thread *t, int signal)
{
	struct eng_process *p = t->process;
	if (t->gone || t->running)
		return NULL;
	if (p->frozen > 0 || t->busy || (t->parked && !t->exiting)) {
		t->next_signal = signal;
		return NULL;
	}
	if (t->exiting) /* it runs nothing more of the program's, and the others' end waits for it */
		return eng_thread_run(t, false, 0);
	if (t->past_trap && signal == 0) {
		struct error *err = eng_thread_fetch(t);
		if (err)
			return unless_gone(err);
		struct eng_trap *trap = eng_trap_at(p->space, t->past_addr);
		if (t->regs.value[p->session->arch->pc] == t->past_addr && trap && trap->planted)
			return eng_step_over(t, trap);
		t->past_trap = false;
	}
	return eng_thread_run(t, false, signal);
}

/* ---- events for the caller ---- */

void eng_emit(struct eng_process *p, struct eng_thread *t, struct eng_event event)
{
	struct eng_session *s = p->session;
	event.process = p;
	event.thread = t;
	if (t)
		t->held = true;
	if (s->events_head == s->events.count)
		s->events_head = s->events.count = 0;
	vec_push(&s->events, event);
}

/* ---- dispatch ---- */

static struct error *dispatch_trap(struct eng_thread *t)
{
	struct eng_process *p = t->process;
	const struct arch *arch = p->session->arch;
	TRY(unless_gone(eng_thread_fetch(t)));
	if (!t->regs_valid)
		return NULL;
	uint64_t pc = t->regs.value[arch->pc], sp = t->regs.value[arch->sp];
	struct eng_trap *trap = eng_trap_at(p->space, pc);
	/* Back from a signal that came between the hooks and the instruction: the hooks have run. */
	bool again = t->past_trap && t->past_addr == pc && t->past_sp == sp;
	t->past_trap = trap != NULL;
	t->past_addr = pc;
	t->past_sp = sp;
	if (trap && !again) {
		t->arrival++;
		t->busy = true;
		eng_hooks_run(t, trap);
		t->busy = false;
	}
	if (t->held || t->gone)
		return NULL;
	if (t->has_deferred && p->frozen == 0) { /* it was killed while a callback held the process frozen */
		t->has_deferred = false;
		eng_route(p->session, &t->deferred);
		return NULL;
	}
	return eng_thread_go(t, 0);
}

struct error *eng_stepped(struct eng_thread *t)
{
	struct eng_process *p = t->process;
	const struct arch *arch = p->session->arch;
	TRY(unless_gone(eng_thread_fetch(t)));
	if (!t->regs_valid)
		return NULL;
	uint64_t pc = t->regs.value[arch->pc], sp = t->regs.value[arch->sp];
	struct eng_trap *trap = eng_trap_at(p->space, pc);
	/* Who steps to a trap has arrived there. */
	if (trap && trap->planted && !(t->past_trap && t->past_addr == pc && t->past_sp == sp)) {
		t->past_trap = true;
		t->past_addr = pc;
		t->past_sp = sp;
		t->arrival++;
		t->busy = true;
		eng_hooks_run(t, trap);
		t->busy = false;
	}
	if (!t->held && !t->gone)
		eng_emit(p, t, (struct eng_event){ .kind = ENG_EVENT_STEPPED });
	return NULL;
}

static struct error *dispatch_signal(struct eng_thread *t, int signal)
{
	struct eng_process *p = t->process;
	struct target *target = p->session->target;
	if (p->hidden)
		return eng_thread_go(t, signal);
	struct eng_event event = { .kind = ENG_EVENT_SIGNAL,
				   .signal = signal,
				   .siginfo = { .signal = signal } };
	struct error *err = target->ops->siginfo(target, t->tid, &event.siginfo);
	/* Its handler is not to see pc in a copy. */
	if (!err && p->space->scratch.count > 0)
		err = eng_thread_fetch(t);
	if (err)
		return unless_gone(err);
	/* A fault of the copy of an instruction. */
	const struct target_siginfo *info = &event.siginfo;
	if (info->has_addr && info->addr != 0 && info->addr == t->copied_at && t->past_trap)
		event.siginfo.addr = t->past_addr;
	eng_emit(p, t, event);
	return NULL;
}

static struct error *dispatch_group_stop(struct eng_thread *t)
{
	struct target *target = t->process->session->target;
	struct error *err = eng_thread_flush(t);
	t->running = true;
	t->regs_valid = false;
	if (!err)
		err = target->ops->listen(target, t->tid);
	return unless_gone(err);
}

static struct error *dispatch_start(struct eng_thread *t, int signal)
{
	struct eng_process *p = t->process;
	const struct eng_observer *observer = &p->session->observer;
	if (observer->started && !p->hidden)
		observer->started(observer->ctx, t);
	if (p->hidden && p->space->refs == 1) {
		if (p->check_traps)
			eng_traps_verify(p);
		eng_process_let_go(p);
		return NULL;
	}
	if (!p->hidden && !p->announced && !p->killed) {
		eng_process_announce(p);
		eng_emit(p, t, (struct eng_event){ .kind = ENG_EVENT_PROCESS_NEW, .parent = p->parent });
		return NULL;
	}
	return signal ? dispatch_group_stop(t) : eng_thread_go(t, 0);
}

/* What only a debugging session asks for. */
static struct error *dispatch_controlled(struct eng_process *p, struct eng_thread *t,
					 const struct target_event *event)
{
	struct eng_event out = { .vfork = event->vfork,
				 .watches = event->watches ? event->watches : 1u << event->watch,
				 .syscall = event->syscall,
				 .returning = event->returning };
	switch (event->kind) {
	case TARGET_EVENT_FORK:
		out.kind = ENG_EVENT_FORK;
		out.child = eng_process_find(p->session, event->child);
		break;
	case TARGET_EVENT_VFORK_DONE:
		out.kind = ENG_EVENT_VFORK_DONE;
		break;
	case TARGET_EVENT_WATCH:
		out.kind = ENG_EVENT_WATCH;
		break;
	case TARGET_EVENT_SYSCALL:
		out.kind = ENG_EVENT_SYSCALL;
		break;
	default:
		return eng_thread_go(t, 0);
	}
	if (p->hidden)
		return eng_thread_go(t, 0);
	eng_emit(p, t, out);
	return NULL;
}

struct error *eng_dispatch(struct eng_session *s, struct target_event *event)
{
	struct eng_process *p = eng_process_find(s, event->pid);
	if (!p)
		return NULL;
	if (event->kind == TARGET_EVENT_CODE_MAPPED) {
		struct eng_event out = { .kind = ENG_EVENT_CODE_MAPPED };
		out.range.start = event->range.start;
		out.range.end = event->range.end;
		eng_emit(p, NULL, out);
		return NULL;
	}
	struct eng_thread *t = eng_thread_find(s, event->tid);
	if (!t || t->process != p || t->running)
		return NULL;
	t->queued = false;
	if (p->frozen > 0) { /* since it was taken in */
		t->deferred = *event;
		t->has_deferred = true;
		return NULL;
	}
	switch (event->kind) {
	case TARGET_EVENT_SIGNAL:
		return dispatch_signal(t, event->signal);
	case TARGET_EVENT_TRAP:
		return dispatch_trap(t);
	case TARGET_EVENT_GROUP_STOP:
		return dispatch_group_stop(t);
	case TARGET_EVENT_STARTED:
		return dispatch_start(t, event->signal);
	case TARGET_EVENT_EXEC:
		if (p->hidden)
			eng_process_let_go(p);
		else
			eng_emit(p, t, (struct eng_event){ .kind = ENG_EVENT_EXEC });
		return NULL;
	case TARGET_EVENT_EXITING:
		eng_emit(p, t, (struct eng_event){ .kind = ENG_EVENT_DYING, .status = event->status });
		return NULL;
	case TARGET_EVENT_STEPPED:
		return t->stepping ? eng_stepped(t) : eng_thread_go(t, 0);
	default:
		return s->options.controlled ? dispatch_controlled(p, t, event) : eng_thread_go(t, 0);
	}
}

void eng_unroute(struct eng_session *s, const struct eng_thread *t)
{
	size_t kept = s->ready_head;
	for (size_t i = s->ready_head; i < s->ready.count; i++) {
		const struct target_event *event = &s->ready.data[i];
		if (event->tid != t->tid || event->kind == TARGET_EVENT_CODE_MAPPED)
			s->ready.data[kept++] = *event;
	}
	s->ready.count = kept;
}

void eng_route(struct eng_session *s, const struct target_event *event)
{
	struct eng_thread *t = eng_thread_find(s, event->tid);
	if (t && event->kind != TARGET_EVENT_CODE_MAPPED) {
		if (t->process->frozen > 0) {
			t->deferred = *event;
			t->has_deferred = true;
			return;
		}
		t->queued = true;
	}
	if (s->ready_head == s->ready.count)
		s->ready_head = s->ready.count = 0;
	vec_push(&s->ready, *event);
}

struct error *eng_pump(struct eng_session *s, int timeout_ms, bool *ret_any)
{
	struct target_event event;
	TRY(s->target->ops->wait(s->target, timeout_ms, &event));
	*ret_any = event.kind != TARGET_EVENT_NONE;
	if (*ret_any && eng_intake(s, &event))
		eng_route(s, &event);
	return NULL;
}

/* ---- all-stop above it ---- */

bool eng_thread_may_stop(const struct eng_thread *t)
{
	return t->running && !t->in_vfork && !t->exiting;
}

/* A leader that is dead already may not tell of it before the last of the others is. */
static bool awaited(const struct eng_thread *t)
{
	return eng_thread_may_stop(t) && !t->deaf && !t->process->ending;
}

static bool any_running(const struct eng_process *p)
{
	for (size_t i = 0; i < p->threads.count; i++) {
		if (awaited(p->threads.data[i]))
			return true;
	}
	return false;
}

struct error *eng_freeze_wait(struct eng_process *p)
{
	struct eng_session *s = p->session;
	uint64_t deadline = eng_now_ns() + FREEZE_NS;
	while (!p->gone && any_running(p)) {
		uint64_t now = eng_now_ns();
		if (now >= deadline) {
			LOG("engine", "process %d: not all threads stop", p->pid);
			vec_for(&p->threads, t)
				(*t)->deaf = eng_thread_may_stop(*t);
			break;
		}
		bool any;
		TRY(eng_pump(s, (int)((deadline - now) / 1000000) + 1, &any));
	}
	return NULL;
}

struct error *eng_freeze(struct eng_process *p)
{
	struct eng_session *s = p->session;
	if (p->gone)
		return error_new(ERROR_GONE, "process %d: no longer exists", p->pid);
	if (p->frozen++ > 0)
		return NULL;
	vec_for(&p->threads, t) {
		if (!eng_thread_may_stop(*t) || (*t)->interrupt_sent)
			continue;
		(*t)->interrupt_sent = true;
		eng_ignore(s->target->ops->interrupt(s->target, p->pid, (*t)->tid));
	}
	struct error *err = eng_freeze_wait(p);
	if (err)
		p->frozen--;
	return err;
}

/* Events after which nothing is left to be done but to go on. */
static bool only_goes_on(const struct eng_thread *t)
{
	switch (t->deferred.kind) {
	case TARGET_EVENT_INTERRUPTED:
	case TARGET_EVENT_CLONE:
		return true;
	case TARGET_EVENT_STEPPED:
		return !t->stepping;
	case TARGET_EVENT_FORK:
	case TARGET_EVENT_VFORK_DONE:
		return !t->process->session->options.controlled;
	default:
		return false;
	}
}

struct error *eng_thaw(struct eng_process *p)
{
	struct eng_session *s = p->session;
	struct error *first = NULL;
	if (p->frozen == 0 || --p->frozen > 0 || p->gone)
		return NULL;
	/* Going on can run others' events (a step in place), which may change the list and freeze and thaw again. */
	for (size_t i = 0; i < p->threads.count && p->frozen == 0; i++) {
		struct eng_thread *t = p->threads.data[i];
		if (t->running || t->held || t->queued || t->busy || (t->parked && !t->exiting))
			continue;
		bool deferred = t->has_deferred && !only_goes_on(t);
		t->has_deferred = false;
		if (deferred) {
			eng_route(s, &t->deferred);
			continue;
		}
		struct error *err = eng_thread_go(t, t->next_signal);
		if (first)
			error_destroy(err);
		else
			first = err;
	}
	return first;
}
