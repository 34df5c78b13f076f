/* What an event means for the books, done at once, frozen or not: who is stopped, who was born or died, where pc really is. */
#include "engine/internal.h"

#include "base/log.h"

/* Wait statuses as the Linux ABI has them. */
static bool status_signaled(int status, int *ret_signal)
{
	*ret_signal = status & 0x7f;
	return *ret_signal != 0;
}

struct error *eng_thread_fetch(struct eng_thread *t)
{
	if (t->regs_valid)
		return NULL;
	struct target *target = t->process->session->target;
	TRY(target->ops->get_regs(target, t->tid, &t->regs));
	t->regs_valid = true;
	t->regs_dirty = t->moved = false;
	if (arch_reg_known(&t->regs, ARCH_FS_BASE) && t->regs.value[ARCH_FS_BASE])
		t->pointer = t->regs.value[ARCH_FS_BASE];
	if (t->process->space && t->process->space->scratch.count > 0)
		eng_step_settle(t);
	return NULL;
}

/* ---- traps ---- */

/* pc goes back to the trap; one that nobody has hooked any more is as if nothing had been. The program's own is its signal. */
static void take_trap(struct eng_thread *t, struct target_event *event)
{
	struct eng_process *p = t->process;
	const struct arch *arch = p->session->arch;
	struct error *err = eng_thread_fetch(t);
	if (err) {
		eng_ignore(err);
		event->kind = TARGET_EVENT_INTERRUPTED;
		return;
	}
	uint64_t addr = t->regs.value[arch->pc] - arch->trap_pc_advance;
	/* In the table, though perhaps lifted for a moment (a step in place), or no longer in it. */
	if (!eng_trap_at(p->space, addr) && !eng_trap_was_ours(p, addr)) {
		event->kind = TARGET_EVENT_SIGNAL;
		event->signal = TARGET_SIGTRAP;
		return;
	}
	arch_reg_set(&t->regs, arch->pc, addr);
	t->regs_dirty = true;
}

/* ---- births ---- */

static struct eng_process *add_child(struct eng_session *s, struct eng_process *parent,
				     struct eng_thread *forker, const struct target_event *event)
{
	struct eng_process *child = eng_process_add(s, event->child, parent);
	struct eng_thread *thread = eng_thread_add(child, event->child);
	child->hidden = !s->options.follow_children || (parent && parent->hidden);
	if (!child->hidden)
		child->number = ++s->last_number;
	if (!parent) {
		child->orphan = true;
		child->space = eng_space_create();
		return child;
	}
	if (forker)
		forker->in_vfork = event->vfork;
	if (event->shares_memory) {
		child->space = parent->space;
		child->space->refs++;
	} else {
		child->space = eng_space_create();
		eng_hooks_copy(parent, child, forker, thread);
		child->check_traps = parent->threads.count > 1 || event->lost || parent->leaving;
	}
	eng_image_copy(parent, child);
	if (!child->hidden && !event->shares_memory)
		eng_process_copy_data(parent, child);
	return child;
}

static void take_fork(struct eng_session *s, struct eng_process *parent, struct eng_thread *forker,
		      const struct target_event *event)
{
	if (eng_process_find(s, event->child))
		return;
	struct eng_process *child = add_child(s, parent, forker, event);
	/* It was born as its parent was killed. */
	if (!child->hidden && ((parent && parent->killed) || eng_all_killed(s)))
		eng_ignore(eng_kill(child));
}

static void take_clone(struct eng_process *p, target_tid tid)
{
	const struct eng_observer *observer = &p->session->observer;
	if (eng_thread_find(p->session, tid))
		return;
	struct eng_thread *t = eng_thread_add(p, tid);
	if (observer->created && !p->hidden)
		observer->created(observer->ctx, t);
}

static void take_start(struct eng_process *p)
{
	if (p->announced || p->hidden || p->space->refs > 1)
		return;
	if (p->check_traps)
		eng_traps_verify(p);
	eng_traps_prune(p);
}

/* ---- exec ---- */

/* What is mapped at the old addresses now is another program's: nothing is to be put back there. */
static void leave_image(struct eng_process *p)
{
	if (p->space->refs == 1)
		p->space->dead = true;
	else
		eng_hooks_leave(p);
}

static void take_exec(struct eng_process *p, struct eng_thread *t)
{
	for (size_t i = p->threads.count; i > 0; i--) {
		if (p->threads.data[i - 1] != t)
			eng_thread_drop(p->threads.data[i - 1]);
	}
	eng_step_abandon(t);
	struct eng_space *old = p->space;
	eng_process_drop_data(p);
	if (old->refs == 1)
		eng_hooks_drop_all(p->session, old);
	eng_space_unref(old);
	p->space = eng_space_create();
	eng_image_drop(p);
	t->return_hooks = 0;
	t->past_trap = t->in_vfork = t->interrupt_sent = t->regs_valid = t->regs_dirty = false;
	t->stack_low = t->stack_high = t->copied_at = 0;
	if (!p->hidden)
		eng_image_begin(p);
}

/* The thread that was in execve is the leader now, under the leader's id. */
static struct eng_thread *exec_thread(struct eng_session *s, struct eng_process *p,
				      const struct target_event *event)
{
	struct eng_thread *t = eng_thread_find(s, event->former_tid);
	if (!t || t->process != p)
		t = eng_thread_find(s, event->tid);
	if (!t)
		return eng_thread_add(p, event->tid);
	struct eng_thread *leader = eng_thread_find(s, event->tid);
	if (leader && leader != t)
		eng_thread_drop(leader);
	eng_thread_renumber(t, event->tid);
	t->exiting = false;
	return t;
}

/* ---- deaths ---- */

/* Is this the thread whose end is to be shown as the process's? Given once per process. Of threads that die together the kernel reports
 * any first; the one that was given the signal is meant. If another has it and is still to come, this one is not it. */
static bool shows_death(const struct eng_process *p, const struct eng_thread *t, int delivered,
			const struct target_event *event)
{
	int signal;
	if (p->dying_reported || p->killed || !p->announced)
		return false;
	if (!status_signaled(event->status, &signal))
		return event->whole_process;
	if (delivered == signal)
		return true;
	for (size_t i = 0; i < p->threads.count; i++) {
		const struct eng_thread *other = p->threads.data[i];
		if (other != t && other->running && !other->exiting && other->delivered == signal)
			return false;
	}
	return true;
}

static void take_end(struct eng_process *p, struct eng_thread *t, const struct target_event *event)
{
	if (t)
		eng_thread_drop(t);
	if (!event->process_gone)
		return;
	bool tell = p->announced && !p->leaving;
	eng_process_gone(p);
	if (tell)
		eng_emit(p, NULL, (struct eng_event){ .kind = ENG_EVENT_EXITED, .status = event->status });
	else
		eng_process_bury(p);
	if (!p->announced && !p->hidden && p->parent && !p->parent->gone && p->session->options.controlled)
		eng_emit(p->parent, NULL, (struct eng_event){ .kind = ENG_EVENT_CHILD_LOST, .child = p });
}

/* ---- */

/* Everything that is cached about a thread or its memory is of before it ran. */
static void note_stop(struct eng_thread *t)
{
	if (t->queued)
		eng_unroute(t->process->session, t);
	t->running = t->held = t->queued = t->has_deferred = false;
	t->regs_valid = t->regs_dirty = false;
	t->next_signal = 0;
	t->deaf = false;
	t->interrupt_sent =
		false; /* whatever stopped it: the kernel drops an interrupt that is pending then */
	eng_space_invalidate(t->process->space);
}

static bool take_stop(struct eng_session *s, struct eng_thread *t, struct target_event *event)
{
	struct eng_process *p = t->process;
	int delivered = t->delivered;
	t->delivered = 0;
	note_stop(t);
	if (t->step != ENG_STEP_NONE) {
		t->step_cut |= event->kind != TARGET_EVENT_STEPPED;
		eng_step_stopped(t);
	} else if (event->kind == TARGET_EVENT_STEPPED) {
		t->step_cut = false;
	}
	switch (event->kind) {
	case TARGET_EVENT_TRAP:
		take_trap(t, event);
		return true;
	case TARGET_EVENT_WATCH:
		if (s->options.controlled)
			return true;
		/* none of ours */
		event->kind = TARGET_EVENT_SIGNAL;
		event->signal = TARGET_SIGTRAP;
		return true;
	case TARGET_EVENT_FORK:
		take_fork(s, p, t, event);
		return true;
	case TARGET_EVENT_CLONE:
		take_clone(p, event->child);
		return true;
	case TARGET_EVENT_VFORK_DONE:
		t->in_vfork = false;
		return true;
	case TARGET_EVENT_STARTED:
		take_start(p);
		return true;
	case TARGET_EVENT_EXITING:
		t->exiting = true;
		t->in_vfork = false;
		p->ending |= event->whole_process || (event->status & 0x7f) != 0;
		if (p->leaving)
			return true;
		if (!shows_death(p, t, delivered, event)) {
			eng_ignore(eng_thread_run(
				t, false, 0)); /* even when frozen: others may be waiting for it in the kernel */
			if (event->leader_alone)
				eng_thread_drop(t);
			return false;
		}
		p->dying_reported = true;
		return true;
	default:
		return true;
	}
}

bool eng_intake(struct eng_session *s, struct target_event *event)
{
	struct eng_process *p = eng_process_find(s, event->pid);
	LOG("engine", "event %d of %d/%d signal %d status 0x%x child %d", event->kind, event->pid,
	    event->tid, event->signal, (unsigned)event->status, event->child);
	if (event->kind == TARGET_EVENT_FORK && event->lost) {
		take_fork(s, p, NULL, event);
		return false;
	}
	if (!p)
		return false;
	struct eng_thread *t = eng_thread_find(s, event->tid);
	switch (event->kind) {
	case TARGET_EVENT_NONE:
		return false;
	case TARGET_EVENT_CODE_MAPPED:
		return p->announced && !p->leaving;
	case TARGET_EVENT_EXITED:
		take_end(p, t, event);
		if (p->leaving && !p->gone)
			eng_leaving_stopped(p, NULL, event);
		return false;
	case TARGET_EVENT_CLONE:
		if (event->lost) {
			take_clone(p, event->child);
			return false;
		}
		break;
	case TARGET_EVENT_EXEC:
		leave_image(p);
		t = exec_thread(s, p, event);
		t->delivered = 0;
		note_stop(t);
		take_exec(p, t);
		if (!p->leaving)
			return true;
		eng_leaving_stopped(p, t, event);
		return false;
	default:
		break;
	}
	if (!t)
		t = eng_thread_add(p, event->tid);
	bool dispatch = take_stop(s, t, event);
	if (!p->leaving)
		return dispatch;
	eng_leaving_stopped(p, t, event);
	return false;
}
