/* From a request to the next stop. All that is resumed runs, each thread stops for itself, and what of it is a stop for the user makes
 * everything stand still. */
#include "engine/control_internal.h"

#include <stdlib.h>

/* ---- a stop's description ---- */

void eng_stop_forget(struct eng_control *c)
{
	c->stop = (struct eng_stop){ 0 };
	c->stop_breakpoints.count = 0;
	arena_reset(&c->stop_arena);
	eng_breakpoints_bury(c);
}

void eng_stop_begin(struct eng_control *c, enum eng_stop_kind kind, struct eng_thread *t,
		    struct eng_stop *ret)
{
	*ret = (struct eng_stop){ .kind = kind, .thread = t };
	ret->inferior = t ? eng_inferior_of(c, t->process) : c->inferior;
	ret->pid = t ? t->process->pid : 0;
	ret->new_frame = true;
}

/* Of processes that do not end with us: threads that stand at one of our traps, or behind a step, wait where they would live on if we were
 * killed now. One that is to be given its SIGTRAP stays where that can be done. */
static void settle(struct eng_control *c)
{
	struct target *target = c->session->target;
	for (size_t k = 0; k < c->inferiors.count; k++) {
		const struct eng_inferior *i = c->inferiors.data[k];
		if (!i->process || !i->attached || i->process->gone)
			continue;
		vec_for(&i->process->threads, t) {
			const struct eng_thread_control *tc = (*t)->control;
			if ((*t)->running || (*t)->gone || (tc && tc->signal))
				continue;
			eng_ignore(eng_thread_flush(*t));
			eng_ignore(target->ops->settle(target, (*t)->tid));
		}
	}
}

void eng_stop_finish(struct eng_control *c, struct eng_stop *stop)
{
	settle(c);
	struct eng_thread *t = stop->thread;
	if (t && t->gone)
		stop->thread = t = NULL;
	stop->thread_changed = t && ((c->previous && c->previous != t->tid) || c->switched);
	c->switched = false;
	if (stop->inferior)
		c->inferior = stop->inferior;
	c->thread = t;
	if (t || stop->kind != ENG_STOP_NONE)
		c->ended = 0;
	c->level = stop->select;
	eng_inferiors_prune(c);
	c->stop = *stop;
	eng_plan_clear(c);
}

const struct eng_stop *eng_last_stop(struct eng_control *c)
{
	return &c->stop;
}

/* ---- standing still ---- */

/* Threads that are about to end do so at once: nobody is to be shown one that is hardly there. A leader stays until the others end. */
static void await_ends(struct eng_control *c, struct eng_process *p)
{
	enum { PATIENCE_NS = 50000000 };
	uint64_t deadline = 0;
	for (;;) {
		bool any = false;
		vec_for(&p->threads, t)
			any |= (*t)->exiting && (*t)->running && (*t)->tid != p->pid;
		if (!any || p->gone)
			return;
		uint64_t now = eng_now_ns();
		if (deadline == 0)
			deadline = now + PATIENCE_NS;
		if (now >= deadline)
			return;
		struct error *err = eng_pump(c->session, 10, &any);
		if (err) {
			eng_ignore(err);
			return;
		}
	}
}

void eng_stop_all(struct eng_control *c)
{
	for (size_t k = 0; k < c->inferiors.count; k++) {
		struct eng_inferior *i = c->inferiors.data[k];
		struct eng_inferior_state *state = eng_inferior_state(i);
		if (!i->process || i->process->gone || state->frozen)
			continue;
		struct error *err = eng_freeze(i->process);
		state->frozen = !err;
		if (!err)
			await_ends(c, i->process);
		eng_ignore(err);
	}
	struct target *target = c->session->target;
	if (c->lent && target->ops->terminal_to_us)
		target->ops->terminal_to_us(target);
	c->running = c->lent = false;
}

/* ---- going on ---- */

void eng_lend_terminal(struct eng_control *c, struct eng_process *p)
{
	struct target *target = c->session->target;
	c->lent = true;
	if (target->ops->terminal_to_program)
		target->ops->terminal_to_program(target, p->pid);
}

bool eng_take_terminal(struct eng_control *c)
{
	struct target *target = c->session->target;
	if (!c->lent || !target->ops->terminal_to_us)
		return false;
	target->ops->terminal_to_us(target);
	c->lent = false;
	return true;
}

void eng_give_terminal(struct eng_control *c)
{
	if (c->running && c->resumed && c->resumed->process)
		eng_lend_terminal(c, c->resumed->process);
}

/* Stops of one thread that follow each other closely come sooner when oxdb is on the CPU where it runs. */
void eng_stay_near(struct eng_control *c, struct eng_thread *t)
{
	enum { FIRST = 32, EVERY = 64 };
	struct target *target = c->session->target;
	if (!target->ops->stay_near)
		return;
	if (t != c->near_thread) {
		c->near_thread = t;
		c->near_count = 0;
	}
	c->near_count++;
	if (c->near_count % EVERY == FIRST) {
		target->ops->stay_near(target, t->tid);
		c->near = true;
	}
}

void eng_stay_anywhere(struct eng_control *c)
{
	struct target *target = c->session->target;
	c->near_count = 0;
	if (!c->near)
		return;
	c->near = false;
	target->ops->stay_near(target, 0);
}

struct error *eng_go_on(struct eng_control *c, struct eng_thread *t, int signal)
{
	struct eng_thread_control *tc = eng_thread_control(c, t);
	struct eng_plan *plan = &c->plan;
	tc->told = false;
	tc->signal = 0;
	bool step = plan->thread == t && plan->ranged && !plan->resuming;
	/* With a signal a step goes into the handler, if there is one. */
	if (step && !plan->exits && !signal)
		plan->exits = eng_exits_arm(c, t);
	step = step && !plan->exits;
	eng_watches_apply(c, t);
	return step ? eng_resume_step(t, signal) : eng_resume(t, signal);
}

static bool resumes(const struct eng_control *c, const struct eng_inferior *i)
{
	return c->settings.schedule_multiple || i == c->resumed;
}

/* Is this request one during which the other threads stand still? */
static bool locked(const struct eng_control *c)
{
	return c->settings.scheduler_lock == ENG_LOCK_ON ||
	       (c->settings.scheduler_lock == ENG_LOCK_STEP && c->plan.kind == ENG_PLAN_STEP) ||
	       c->plan.kind == ENG_PLAN_CALL;
}

/* The thread of the request stands where it is until all is prepared. An event of its own that has not been told of yet comes first. */
static bool hold(struct eng_control *c, struct eng_thread *t)
{
	struct eng_thread_control *tc = eng_thread_control(c, t);
	if (t->held)
		return tc->told;
	if (t->queued || t->running || t->gone)
		return false;
	if (t->has_deferred && t->deferred.kind != TARGET_EVENT_INTERRUPTED &&
	    t->deferred.kind != TARGET_EVENT_STEPPED && t->deferred.kind != TARGET_EVENT_CLONE)
		return false;
	t->has_deferred = false;
	t->held = tc->told = true;
	return true;
}

/* One of the hardware's is hit before its instruction runs. */
static void pass_hardware(struct eng_control *c, struct eng_thread *t)
{
	const struct arch *arch = c->session->arch;
	if (!arch->resume_flag || t->regs.value[arch->flags] & arch->resume_flag ||
	    !eng_hardware_at(c, t->regs.value[arch->pc]))
		return;
	struct arch_regs regs = t->regs;
	regs.value[arch->flags] |= arch->resume_flag;
	eng_ignore(eng_thread_set_regs(t, &regs));
}

/* Who stands at a breakpoint goes on from there without hitting it. */
static void pass_trap(struct eng_control *c, struct eng_thread *t)
{
	const struct arch *arch = t->process->session->arch;
	struct error *err = eng_thread_fetch(t);
	if (err) {
		eng_ignore(err);
		return;
	}
	uint64_t pc = t->regs.value[arch->pc];
	pass_hardware(c, t);
	if (!t->process->space || !eng_trap_at(t->process->space, pc))
		return;
	t->past_trap = true;
	t->past_addr = pc;
	t->past_sp = t->regs.value[arch->sp];
}

static struct error *thaw(struct eng_control *c, struct eng_inferior *i, struct eng_thread *first)
{
	struct eng_inferior_state *state = eng_inferior_state(i);
	struct eng_process *p = i->process;
	bool alone = first && first->process == p && locked(c);
	vec_for(&p->threads, t)
		(*t)->parked = alone && *t != first;
	if (state->frozen) {
		state->frozen = false;
		TRY(eng_thaw(p));
	}
	for (size_t k = 0; k < p->threads.count && i->process == p; k++) {
		struct eng_thread *t = p->threads.data[k];
		struct eng_thread_control *tc = eng_thread_control(c, t);
		if (t == first || !t->held || !tc->told || t->parked || eng_follow_waits(c, t))
			continue;
		struct eng_signal_policy policy = eng_signal_policy(c, tc->signal);
		TRY(eng_go_on(c, t, tc->signal && policy.pass ? tc->signal : 0));
	}
	return NULL;
}

static struct error *resume_all(struct eng_control *c, struct eng_thread *t, int signal)
{
	bool held = t && hold(c, t);
	c->running = true;
	c->alone = t && locked(c) ? t : NULL;
	c->alone_gone = false;
	/* A step is soon over; if the program wants the terminal meanwhile, its signal says so (signals.c). */
	if (t && c->plan.kind != ENG_PLAN_STEP)
		eng_lend_terminal(c, t->process);
	if (held && t->regs_valid && !t->past_trap && !t->moved)
		pass_trap(c, t);
	for (size_t k = 0; k < c->inferiors.count; k++) {
		struct eng_inferior *i = c->inferiors.data[k];
		if (i->process && !i->process->gone && resumes(c, i))
			TRY(thaw(c, i, t));
	}
	if (!held || t->gone || eng_follow_waits(c, t))
		return NULL;
	return eng_go_on(c, t, signal);
}

/* ---- events ---- */

static bool is_standing(struct eng_control *c, const struct eng_thread *t)
{
	struct eng_inferior *i = eng_inferior_of(c, t->process);
	return i && eng_inferior_state(i)->frozen;
}

static struct str breakpoints_of(struct eng_control *c, struct eng_thread_control *tc)
{
	c->stop_breakpoints.count = 0;
	vec_for(&tc->hits, b)
		vec_push(&c->stop_breakpoints, *b);
	return STR_EMPTY;
}

/* What becomes of a breakpoint that has stopped the program. */
static void dispose(struct eng_control *c, struct eng_breakpoint *b)
{
	bool changed = true;
	switch (b->disposition) {
	case ENG_DELETE:
		eng_breakpoint_drop(c, b);
		break;
	case ENG_DISABLE_ONCE:
		b->enabled = false;
		break;
	case ENG_DISABLE_COUNT:
		if (b->enable_count > 0)
			b->enable_count--;
		b->enabled = b->enable_count > 0;
		changed = !b->enabled;
		break;
	default:
		changed = false;
		break;
	}
	if (changed)
		eng_breakpoint_changed(c, b);
}

void eng_stop_breakpoints(struct eng_control *c, struct eng_stop *stop)
{
	stop->breakpoints = c->stop_breakpoints.data;
	stop->breakpoint_count = c->stop_breakpoints.count;
	vec_for(&c->stop_breakpoints, b)
		dispose(c, *b);
}

struct shown {
	struct eng_control *c;
	struct eng_thread_control *tc;
	uint64_t pc;
};

/* A breakpoint that was made for the inlined function that begins here shows it. */
static bool shown_by_breakpoint(void *ctx, const struct eng_level *level)
{
	const struct shown *shown = ctx;
	vec_for(&shown->tc->hits, b) {
		for (size_t i = 0; i < (*b)->location_count; i++) {
			const struct eng_place *place = &(*b)->locations[i].place;
			if (place->address == shown->pc && place->function == level->function)
				return true;
		}
	}
	return false;
}

void eng_stop_hide_inlined(struct eng_control *c, struct eng_thread *t)
{
	const struct arch *arch = c->session->arch;
	struct shown shown = { c, eng_thread_control(c, t), t->regs.value[arch->pc] };
	eng_levels_skip(c, t, shown_by_breakpoint, &shown);
}

/* It was left. Only finish out of its function shows where the thread is again. */
static bool call_is_back(struct eng_control *c, struct eng_thread *t, struct eng_stop *ret)
{
	bool finished = c->plan.kind == ENG_PLAN_FINISH && c->plan.thread == t && c->plan.finished;
	struct eng_returned *returned = finished ? eng_left_call_result(c, t, &c->stop_arena) : NULL;
	struct error *err = eng_left_call_pop(c, t);
	if (err)
		eng_notify_trouble(c, err);
	eng_plan_end(c, t, finished ? ENG_STOP_FINISHED : ENG_STOP_CALLED, ret);
	ret->returned = returned;
	return true;
}

void eng_stop_at_breakpoints(struct eng_control *c, struct eng_thread *t, struct eng_stop *ret)
{
	struct eng_thread_control *tc = eng_thread_control(c, t);
	bool panic = tc->hits.data[0]->kind == ENG_BP_PANIC;
	eng_stop_begin(c, panic ? ENG_STOP_PANIC : ENG_STOP_BREAKPOINT, t, ret);
	ret->location = tc->hit_location + 1;
	if (panic) {
		eng_panic_describe(c, t, ret);
	} else {
		eng_stop_hide_inlined(c, t);
		ret->select = eng_users_level(c, t, eng_hit_level(c, t));
	}
	eng_stop_breakpoints(c, ret);
	tc->hits.count = 0;
}

static bool on_hit(struct eng_control *c, struct eng_thread *t, struct eng_stop *ret)
{
	struct eng_thread_control *tc = eng_thread_control(c, t);
	if (tc->hit_left)
		return call_is_back(c, t, ret);
	if (tc->hits.count > 0) {
		breakpoints_of(c, tc);
		eng_stop_at_breakpoints(c, t, ret);
		return true;
	}
	if (tc->hit_scope)
		return eng_watch_scope_ended(c, t, tc->hit_scope, ret);
	if (tc->hit_temps && c->plan.thread == t)
		return eng_plan_hit(c, t, tc->hit_temps, ret);
	/* It came to the trap by a step. */
	return c->plan.thread == t && t->stepping && eng_plan_stepped(c, t, ret);
}

static bool on_exited(struct eng_control *c, const struct eng_event *event, struct eng_stop *ret)
{
	struct eng_inferior *i = eng_inferior_of(c, event->process);
	if (!i)
		return false;
	bool signaled = (event->status & 0x7f) != 0;
	*ret = (struct eng_stop){ .kind = signaled ? ENG_STOP_KILLED : ENG_STOP_EXITED,
				  .inferior = i,
				  .pid = event->process->pid,
				  .status = event->status,
				  .signal = event->status & 0x7f };
	i->has_exit_code = !signaled;
	i->exit_code = event->status >> 8 & 0xff;
	eng_inferior_lose(c, i);
	return true;
}

/* True: everything is to stand still, for *ret. Else the event's thread has been sent on. */
static bool on_event(struct eng_control *c, const struct eng_event *event, struct eng_stop *ret)
{
	struct eng_thread *t = event->thread;
	bool stop = false;
	if (t) {
		eng_thread_control(c, t)->told = true;
		eng_stay_near(c, t);
	}
	switch (event->kind) {
	case ENG_EVENT_HIT:
		stop = on_hit(c, t, ret);
		break;
	case ENG_EVENT_STEPPED:
		stop = c->plan.thread == t && eng_plan_stepped(c, t, ret);
		break;
	case ENG_EVENT_SIGNAL:
		return eng_signal_event(c, event, ret);
	case ENG_EVENT_WATCH:
		stop = eng_watch_event(c, event, ret);
		break;
	case ENG_EVENT_SYSCALL:
	case ENG_EVENT_EXEC:
	case ENG_EVENT_MODULES:
		stop = eng_catch_event(c, event, ret);
		break;
	case ENG_EVENT_FORK:
	case ENG_EVENT_VFORK_DONE:
	case ENG_EVENT_PROCESS_NEW:
	case ENG_EVENT_CHILD_LOST:
		return eng_follow_event(c, event, ret);
	case ENG_EVENT_EXITED:
		return on_exited(c, event, ret);
	case ENG_EVENT_ALL_GONE:
		eng_stop_begin(c, ENG_STOP_NONE, NULL, ret);
		return true;
	default:
		break;
	}
	/* A process that is not meant to run may still have had something to tell. */
	if (!stop && t && !t->gone && !is_standing(c, t))
		eng_ignore(eng_go_on(c, t, 0));
	return stop;
}

/* The user's Ctrl-C, where the program has not been given it as a signal. */
static bool interrupted(struct eng_control *c, struct eng_thread *t, struct eng_stop *ret)
{
	if (!c->listener.interrupted || !c->listener.interrupted(c->listener.ctx))
		return false;
	eng_stop_all(c);
	if (!t || t->gone || t->running) {
		struct eng_process *p = c->resumed ? c->resumed->process : NULL;
		t = p && p->threads.count ? p->threads.data[0] : NULL;
	}
	eng_stop_begin(c, ENG_STOP_INTERRUPT, t, ret);
	ret->signal = TARGET_SIGINT;
	return true;
}

/* Waits until there is a stop; a thread that is gone by the time that all stand still was none. */
static struct error *wait_for_stop(struct eng_control *c, struct eng_thread *t, struct eng_stop *ret)
{
	for (;;) {
		struct eng_event event;
		if (interrupted(c, c->thread == t ? t : NULL, ret))
			return NULL;
		if (c->alone_gone && c->resumed && c->resumed->process && !c->resumed->process->gone &&
		    !c->resumed->process->ending) { /* whoever else there is stands still */
			eng_stop_all(c);
			eng_stop_begin(c, ENG_STOP_NONE, NULL, ret);
			return NULL;
		}
		TRY(eng_wait(c->session, 0, &event));
		if (!on_event(c, &event, ret))
			continue;
		struct eng_thread *stopped = ret->thread;
		uint64_t tid = stopped ? (uint64_t)stopped->tid : 0;
		eng_stop_all(c);
		if (!stopped || map_get_ptr(&c->session->threads, tid) == stopped)
			return NULL;
		TRY(resume_all(c, NULL, 0));
	}
}

struct error *eng_go(struct eng_control *c, struct eng_thread *t, int signal, struct eng_stop *ret)
{
	c->previous = c->thread ? c->thread->tid : 0;
	c->resumed = t ? eng_inferior_of(c, t->process) : c->inferior;
	eng_stop_forget(c);
	eng_libraries_note(c);
	struct eng_thread *held = eng_follow_decide(c);
	if (held) {
		eng_stop_begin(c, ENG_STOP_VFORK_HELD, held, ret);
		eng_stop_finish(c, ret);
		*ret = c->stop;
		return NULL;
	}
	struct error *err = resume_all(c, t, signal);
	if (!err)
		err = wait_for_stop(c, t, ret);
	if (err) {
		eng_stop_all(c);
		eng_plan_clear(c);
		return err;
	}
	eng_stop_finish(c, ret);
	*ret = c->stop;
	return NULL;
}

/* ---- requests ---- */

struct error *eng_request_thread(struct eng_control *c, struct eng_thread **ret)
{
	struct eng_inferior *i = c->inferior;
	if (!i->process)
		return error_new(ERROR_USAGE, "The program is not being run.");
	if (eng_selected_that_ended(c))
		return error_new(ERROR_GONE, "Cannot execute this command without a live selected thread.");
	if (!c->thread && i->process->threads.count)
		eng_select_thread(c, i->process->threads.data[0]);
	*ret = c->thread;
	return NULL;
}

int eng_signal_to_pass(struct eng_control *c, struct eng_thread *t, int signal)
{
	if (signal >= 0 || !t)
		return signal >= 0 ? signal : 0;
	int own = eng_thread_control(c, t)->signal;
	return own && eng_signal_policy(c, own).pass ? own : 0;
}

struct error *eng_continue(struct eng_control *c, int signal, struct eng_stop *ret)
{
	struct eng_thread *t;
	TRY(eng_request_thread(c, &t));
	eng_plan_clear(c);
	return eng_go(c, t, eng_signal_to_pass(c, t, signal), ret);
}

void eng_queue_signal(struct eng_control *c, struct eng_thread *t, int signal)
{
	hold(c, t);
	eng_thread_control(c, t)->signal = signal;
}

struct error *eng_jump(struct eng_control *c, uint64_t addr, struct eng_stop *ret)
{
	struct eng_thread *t;
	TRY(eng_request_thread(c, &t));
	if (!t)
		return error_new(ERROR_USAGE, "The program is not being run.");
	enum { RESUME_FLAG = 1 << 16 };
	struct arch_regs regs = { 0 };
	TRY(eng_thread_fetch(t));
	arch_reg_set(&regs, c->session->arch->pc, addr);
	/* It was for the instruction at the old place: a hardware breakpoint at the new one is to be hit. */
	if (c->session->arch == &arch_x86_64 && arch_reg_known(&t->regs, ARCH_RFLAGS))
		arch_reg_set(&regs, ARCH_RFLAGS, t->regs.value[ARCH_RFLAGS] & ~(uint64_t)RESUME_FLAG);
	TRY(eng_thread_set_regs(t, &regs));
	t->past_trap = false;
	eng_plan_clear(c);
	eng_thread_control(c, t)->levels.skipped = 0;
	return eng_go(c, t, 0, ret);
}
