#include "engine/internal.h"

#include <stdlib.h>

struct eng_session *eng_session_create(struct target *target, const struct eng_options *options)
{
	struct eng_session *s = xmalloc(sizeof *s);
	s->target = target;
	s->arch = target->arch;
	if (options)
		s->options = *options;
	return s;
}

void eng_session_destroy(struct eng_session *s)
{
	if (!s)
		return;
	eng_let_hidden_go(s);
	/* First, while nobody writes to memory that is about to go: the processes. */
	s->target->ops->destroy(s->target);
	vec_for(&s->all, p) {
		if ((*p)->space)
			(*p)->space->dead = true;
	}
	while (s->all.count > 0)
		eng_process_free(s->all.data[--s->all.count]);
	eng_free_removed(s);
	eng_free_gone(s);
	eng_symbol_files_close(s);
	eng_session_paths_deinit(s);
	vec_free(&s->all);
	vec_free(&s->visible);
	vec_free(&s->events);
	vec_free(&s->ready);
	vec_free(&s->removed_hooks);
	vec_free(&s->gone_threads);
	map_deinit(&s->living);
	map_deinit(&s->threads);
	free(s);
}

struct target *eng_target(struct eng_session *s)
{
	return s->target;
}

struct error *eng_launch(struct eng_session *s, const struct target_launch *spec, struct eng_process **ret)
{
	struct target_launch mine = *spec;
	/* Children are traced even when they are not followed: until our traps are out of what they inherited. */
	mine.follow_children = true;
	target_pid pid;
	TRY(s->target->ops->launch(s->target, &mine, &pid));
	struct eng_process *p = eng_process_add(s, pid, NULL);
	p->number = ++s->last_number;
	p->space = eng_space_create();
	struct eng_thread *t = eng_thread_add(p, pid);
	t->running = false;
	t->held = true;
	eng_process_announce(p);
	eng_image_begin(p);
	s->launched = t;
	*ret = p;
	return NULL;
}

/* Its threads report one by one; what came before they were named here is taken in all the same. */
static struct error *take_threads(struct eng_process *p)
{
	struct target *target = p->session->target;
	struct arena arena = ARENA_INIT;
	target_tid *tids;
	size_t count;
	struct error *err = target->ops->threads(target, p->pid, &arena, &tids, &count);
	for (size_t i = 0; !err && i < count; i++) {
		if (!eng_thread_find(p->session, tids[i]))
			eng_thread_add(p, tids[i])->interrupt_sent = true;
	}
	arena_deinit(&arena);
	return err ? err : eng_freeze_wait(p);
}

struct error *eng_adopt(struct eng_session *s, target_pid pid, struct eng_process **ret)
{
	if (eng_process_find(s, pid))
		return error_new(ERROR_USAGE, "process %d: is being debugged already", pid);
	TRY(s->target->ops->attach(s->target, pid));
	struct eng_process *p = eng_process_add(s, pid, NULL);
	p->number = ++s->last_number;
	p->space = eng_space_create();
	p->attached = true;
	p->frozen = 1;
	eng_process_announce(p);
	struct error *err = take_threads(p);
	if (!err && p->gone)
		err = error_new(ERROR_GONE, "process %d: no longer exists", pid);
	if (err) {
		if (!p->gone)
			eng_process_let_go(p);
		return err;
	}
	eng_image_adopt(p);
	*ret = p;
	return NULL;
}

struct error *eng_resume(struct eng_thread *t, int signal)
{
	if (t->gone || !t->held)
		return NULL;
	t->held = t->stepping = false;
	return eng_thread_go(t, signal);
}

struct error *eng_resume_step(struct eng_thread *t, int signal)
{
	if (t->gone || !t->held)
		return NULL;
	t->held = false;
	t->stepping = true;
	return eng_thread_go(t, signal);
}

bool eng_all_killed(const struct eng_session *s)
{
	for (size_t i = 0; i < s->visible.count; i++) {
		if (!s->visible.data[i]->killed)
			return false;
	}
	return s->any_killed;
}

/* Nobody has been told of it yet, and nobody will be. Children that are not followed are none of ours. */
static bool unborn(const struct eng_process *p)
{
	return !p->announced && !p->hidden && !p->gone && !p->killed;
}

struct error *eng_kill(struct eng_process *p)
{
	struct eng_session *s = p->session;
	if (p->gone)
		return NULL;
	p->killed = s->any_killed = true;
	struct error *err = s->target->ops->kill(s->target, p->pid);
	if (err && err->code == ERROR_GONE) {
		error_destroy(err);
		err = NULL;
	}
	/* Who stands at its end already is not woken by it. */
	vec_for(&p->threads, t) {
		if ((*t)->exiting && !(*t)->running)
			eng_ignore(eng_thread_run(*t, false, 0));
	}
	for (size_t i = 0; i < s->all.count; i++) {
		struct eng_process *child = s->all.data[i];
		if (unborn(child) && (child->parent == p || eng_all_killed(s)))
			eng_ignore(eng_kill(child));
	}
	return err;
}

/* What the caller saw last is over. */
static void clean_up(struct eng_session *s)
{
	if (s->last_exited)
		eng_process_bury(s->last_exited);
	s->last_exited = NULL;
	if (s->callback_depth == 0 && s->events_head == s->events.count)
		eng_free_gone(s);
}

static bool next_event(struct eng_session *s, struct eng_event *ret)
{
	if (s->events_head == s->events.count)
		return false;
	*ret = s->events.data[s->events_head++];
	if (ret->kind == ENG_EVENT_EXITED)
		s->last_exited = ret->process;
	return true;
}

/* -1: no deadline. Rounded up, so that a wait does not end just before it. */
static int ms_until(uint64_t deadline_ns, uint64_t now)
{
	if (deadline_ns == 0)
		return -1;
	uint64_t ms = now < deadline_ns ? (deadline_ns - now + 999999) / 1000000 : 0;
	return ms > INT32_MAX ? INT32_MAX : (int)ms;
}

/* The target says that there is nothing to wait for, so what is listed as living is not. */
static void all_gone(struct eng_session *s)
{
	for (size_t i = s->all.count; i > 0; i--) {
		struct eng_process *p = s->all.data[i - 1];
		if (!p->gone)
			eng_process_gone(p);
	}
}

struct error *eng_wait(struct eng_session *s, uint64_t deadline_ns, struct eng_event *ret)
{
	clean_up(s);
	if (s->launched) {
		struct eng_thread *t = s->launched;
		s->launched = NULL;
		TRY(eng_resume(t, 0));
	}
	for (;;) {
		if (next_event(s, ret))
			return NULL;
		uint64_t now = deadline_ns ? eng_now_ns() : 0;
		if (s->look_up || (deadline_ns && now >= deadline_ns)) {
			s->look_up = false;
			*ret = (struct eng_event){ .kind = ENG_EVENT_TIMEOUT };
			return NULL;
		}
		if (s->ready_head < s->ready.count) {
			struct target_event event = s->ready.data[s->ready_head++];
			struct error *err = eng_dispatch(s, &event);
			if (err && err->code != ERROR_GONE)
				return err;
			error_destroy(err);
			continue;
		}
		if (s->living.count == 0) {
			*ret = (struct eng_event){ .kind = ENG_EVENT_ALL_GONE };
			return NULL;
		}
		eng_free_gone(s);
		bool any;
		struct error *err = eng_pump(s, ms_until(deadline_ns, now), &any);
		if (!err && !any) { /* woken, or the time is over */
			*ret = (struct eng_event){ .kind = ENG_EVENT_TIMEOUT };
			return NULL;
		}
		if (err && err->code == ERROR_GONE) {
			error_destroy(err);
			all_gone(s);
			continue;
		}
		if (err)
			return err;
	}
}

struct error *eng_thread_regs(struct eng_thread *t, struct arch_regs *ret)
{
	if (t->gone || t->running)
		return error_new(ERROR_GONE, "thread %d: is not stopped", t->tid);
	TRY(eng_thread_fetch(t));
	*ret = t->regs;
	return NULL;
}

struct error *eng_thread_set_regs(struct eng_thread *t, const struct arch_regs *regs)
{
	if (t->gone || t->running)
		return error_new(ERROR_GONE, "thread %d: is not stopped", t->tid);
	TRY(eng_thread_fetch(t));
	unsigned pc = t->process->session->arch->pc;
	bool moves = arch_reg_known(regs, pc) && regs->value[pc] != t->regs.value[pc];
	t->moved |= moves;
	t->rewrites += !moves;
	for (unsigned reg = 0; reg < ARCH_REG_LIMIT; reg++) {
		if (arch_reg_known(regs, reg))
			arch_reg_set(&t->regs, reg, regs->value[reg]);
	}
	t->regs_dirty = true;
	t->runs++;
	return NULL;
}

void eng_set_code_source(struct eng_session *s, const struct eng_code_source *source)
{
	s->source = source ? *source : (struct eng_code_source){ 0 };
}
