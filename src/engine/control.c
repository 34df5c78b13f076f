/* Inferiors, what is selected, and the threads' numbers. */
#include "engine/control_internal.h"

#include "unwind/calls.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

extern char **environ;

void eng_notify(struct eng_control *c, const struct eng_notice *notice)
{
	if (c->listener.notice)
		c->listener.notice(c->listener.ctx, notice);
}

void eng_notify_trouble(struct eng_control *c, struct error *err)
{
	if (!err)
		return;
	if (err->code != ERROR_GONE)
		eng_notify(c, &(struct eng_notice){ .kind = ENG_NOTICE_TROUBLE,
						    .text = str_from(err->message) });
	error_destroy(err);
}

/* ---- threads ---- */

struct eng_thread_control *eng_thread_control(struct eng_control *c, struct eng_thread *t)
{
	if (!t->control) {
		struct eng_thread_control *tc = xmalloc(sizeof *tc);
		tc->global = ++c->last_thread;
		t->control = tc;
	}
	return t->control;
}

uint32_t eng_thread_global_number(struct eng_control *c, const struct eng_thread *t)
{
	return eng_thread_control(c, (struct eng_thread *)t)->global;
}

uint32_t eng_highest_thread(const struct eng_control *c)
{
	return c->last_thread;
}

/* Threads have their numbers in the order in which they are made, whichever gets going first. */
static void thread_created(void *ctx, struct eng_thread *t)
{
	eng_thread_control(ctx, t);
}

static void thread_started(void *ctx, struct eng_thread *t)
{
	struct eng_control *c = ctx;
	bool first = t->number == 1;
	eng_thread_control(c, t);
	struct eng_inferior *i = eng_inferior_of(c, t->process);
	if (i && !first)
		eng_notify(c, &(struct eng_notice){
				      .kind = ENG_NOTICE_THREAD_NEW, .inferior = i, .thread = t });
	eng_watches_apply(c, t);
}

static void thread_dropped(void *ctx, struct eng_thread *t)
{
	struct eng_control *c = ctx;
	struct eng_inferior *i = eng_inferior_of(c, t->process);
	if (i && t->process->threads.count > 1)
		eng_notify(c, &(struct eng_notice){
				      .kind = ENG_NOTICE_THREAD_GONE, .inferior = i, .thread = t });
	eng_breakpoints_lose_thread(c, t, !i || t->process->threads.count <= 1);
	if (c->alone == t) {
		c->alone = NULL;
		c->alone_gone = c->session->look_up = true;
	}
	if (c->thread == t) {
		c->thread = NULL;
		c->ended = t->process->gone ? 0 : t->number;
	}
	if (c->stop.thread == t)
		c->stop.thread = NULL;
	if (c->near_thread == t) {
		c->near_thread = NULL;
		eng_stay_anywhere(c);
	}
	if (c->plan.thread == t)
		eng_plan_clear(c);
	vec_for(&c->forks, fork) {
		if (fork->thread == t)
			fork->thread = NULL;
	}
	vec_for(&c->breakpoints, b) {
		if ((*b)->watch_thread == t)
			(*b)->watch_thread = NULL;
	}
	struct eng_thread_control *tc = t->control;
	if (!tc)
		return;
	vec_free(&tc->hits);
	eng_left_calls_forget(t);
	eng_levels_free(&tc->levels);
	free(tc);
	t->control = NULL;
}

static void image_dropped(void *ctx, struct eng_process *p)
{
	struct eng_control *c = ctx;
	struct eng_inferior *i = eng_inferior_of(c, p);
	if (!i)
		return;
	eng_inferior_state(i)->known.count = 0;
	eng_inferior_state(i)->known_valid = false;
	eng_breakpoints_forget_modules(c, i);
	vec_for(&p->threads, t)
		eng_left_calls_forget(*t);
}

size_t eng_all_threads(struct eng_control *c, struct arena *arena, struct eng_thread ***ret)
{
	size_t count = 0, at = 0;
	vec_for(&c->inferiors, i)
		count += (*i)->process ? (*i)->process->threads.count : 0;
	struct eng_thread **list = ARENA_ARRAY(arena, struct eng_thread *, count + 1);
	vec_for(&c->inferiors, i) {
		/* In the order in which they came. */
		for (size_t k = 0; (*i)->process && k < (*i)->process->threads.count; k++)
			list[at++] = (*i)->process->threads.data[k];
	}
	*ret = list;
	return count;
}

bool eng_is_thread(struct eng_control *c, const struct eng_thread *t)
{
	vec_for(&c->inferiors, i) {
		for (size_t k = 0; (*i)->process && k < (*i)->process->threads.count; k++)
			if ((*i)->process->threads.data[k] == t)
				return true;
	}
	return false;
}

/* ---- the session ---- */

static struct eng_signal_policy first_policy(int signal)
{
	struct eng_signal_policy policy = { true, true, true };
	switch (signal) {
	case TARGET_SIGINT:
	case TARGET_SIGTRAP:
		policy.pass = false;
		break;
	case TARGET_SIGALRM:
	case 16: /* SIGSTKFLT */
	case 17: /* SIGCHLD */
	case 23: /* SIGURG */
	case 26: /* SIGVTALRM */
	case 27: /* SIGPROF */
	case 28: /* SIGWINCH */
	case 29: /* SIGIO */
	case 32: /* of threads: cancel, setxid */
	case 33:
		policy.stop = policy.print = false;
		break;
	default:
		break;
	}
	if (signal == 16)
		policy.stop = policy.print = true;
	return policy;
}

struct eng_signal_policy eng_signal_policy(struct eng_control *c, int signal)
{
	return signal > 0 && signal < 128 ? c->signals[signal] : first_policy(0);
}

void eng_set_signal_policy(struct eng_control *c, int signal, struct eng_signal_policy policy)
{
	if (signal > 0 && signal < 128)
		c->signals[signal] = policy;
}

struct eng_control *eng_control_create(struct eng_session *session, const struct eng_listener *listener)
{
	struct eng_control *c = xmalloc(sizeof *c);
	c->session = session;
	if (listener)
		c->listener = *listener;
	session->options.follow_children = session->options.controlled = true;
	session->observer = (struct eng_observer){ c, thread_created, thread_started, thread_dropped,
						   image_dropped };
	c->settings = (struct eng_settings){ .detach_on_fork = true,
					     .scheduler_lock = ENG_LOCK_REPLAY,
					     .disable_randomization = true,
					     .startup_with_shell = true,
					     .step_over_no_debug = true };
	for (int signal = 1; signal < 128; signal++)
		c->signals[signal] = first_policy(signal);
	c->inferior = eng_inferior_add(c);
	return c;
}

static void free_inferior(struct eng_inferior *i)
{
	struct eng_inferior_state *state = eng_inferior_state(i);
	vec_for(&state->file_list, m)
		free((*m)->path);
	vec_free(&state->file_list);
	vec_free(&state->known);
	free(i->program);
	free(i->arguments);
	free(i->wrapper);
	free(i->directory);
	free(i->terminal);
	for (char **e = i->environment; e && *e; e++)
		free(*e);
	free(i->environment);
	free(state->build_id);
	error_destroy(i->file.trouble);
	free(state);
}

void eng_control_destroy(struct eng_control *c)
{
	if (!c)
		return;
	struct eng_session *s = c->session;
	eng_plan_clear(c);
	vec_for(&c->inferiors, i) {
		struct eng_process *p = (*i)->process;
		if (!p || p->gone)
			continue;
		if ((*i)->attached)
			eng_ignore(eng_inferior_detach(c, *i, 0));
		else
			eng_ignore(eng_inferior_kill(c, *i));
	}
	eng_breakpoints_free(c);
	vec_for(&c->inferiors, i)
		free_inferior(*i);
	vec_free(&c->inferiors);
	vec_free(&c->stop_breakpoints);
	vec_free(&c->forks);
	arena_deinit(&c->stop_arena);
	eng_exits_forget(c);
	map_deinit(&c->chains);
	unwind_calls_destroy(c->calls);
	arena_deinit(&c->chain_arena);
	/* Its threads' parts go with them, when the session does. */
	for (size_t i = 0; i < s->threads.capacity; i++) {
		if (s->threads.slots[i].used)
			thread_dropped(c, (struct eng_thread *)(uintptr_t)s->threads.slots[i].value);
	}
	s->observer = (struct eng_observer){ 0 };
	vec_free(&c->plan.temps);
	free(c);
}

struct eng_session *eng_control_session(struct eng_control *c)
{
	return c->session;
}

struct eng_settings *eng_control_settings(struct eng_control *c)
{
	return &c->settings;
}

/* ---- inferiors ---- */

size_t eng_inferiors(struct eng_control *c, struct eng_inferior *const **ret)
{
	*ret = c->inferiors.data;
	return c->inferiors.count;
}

static char **copy_environment(char *const *from)
{
	size_t count = 0;
	while (from && from[count])
		count++;
	char **copy = xmalloc((count + 1) * sizeof *copy);
	for (size_t i = 0; i < count; i++)
		copy[i] = xstrdup(from[i]);
	return copy;
}

struct eng_inferior *eng_inferior_add(struct eng_control *c)
{
	struct eng_inferior_state *state = xmalloc(sizeof *state);
	state->public.number = ++c->last_inferior;
	state->public.environment = copy_environment(environ);
	vec_push(&c->inferiors, &state->public);
	return &state->public;
}

static void replace(char **to, const char *from)
{
	char *copy = from ? xstrdup(from) : NULL;
	free(*to);
	*to = copy;
}

void eng_inferior_copy_settings(struct eng_inferior *to, const struct eng_inferior *from)
{
	replace(&to->arguments, from->arguments);
	replace(&to->wrapper, from->wrapper);
	replace(&to->directory, from->directory);
	replace(&to->terminal, from->terminal);
	char **environment = copy_environment(from->environment);
	for (char **e = to->environment; e && *e; e++)
		free(*e);
	free(to->environment);
	to->environment = environment;
}

struct error *eng_inferior_remove(struct eng_control *c, struct eng_inferior *i)
{
	if (i->process)
		return error_new(ERROR_USAGE, "Can not remove active inferior %u.", i->number);
	if (c->inferior == i)
		return error_new(ERROR_USAGE, "Can not remove current inferior %u.", i->number);
	for (size_t at = 0; at < c->inferiors.count; at++) {
		if (c->inferiors.data[at] != i)
			continue;
		vec_remove(&c->inferiors, at);
		eng_breakpoints_forget_inferior(c, i);
		if (c->resumed == i)
			c->resumed = NULL;
		free_inferior(i);
		eng_breakpoints_resolve(c);
		return NULL;
	}
	return NULL;
}

struct eng_inferior *eng_inferior_of(struct eng_control *c, const struct eng_process *p)
{
	vec_for(&c->inferiors, i) {
		if (p && (*i)->process == p)
			return *i;
	}
	return NULL;
}

static void forget_program(struct eng_inferior *i)
{
	struct eng_inferior_state *state = eng_inferior_state(i);
	free(i->program);
	free(i->file.path);
	free(state->build_id);
	error_destroy(i->file.trouble);
	i->program = NULL;
	state->build_id = NULL;
	i->loader = 0;
	i->file = (struct eng_module){ 0 };
	state->file_list.count = 0;
	state->was_run = state->aside = false;
}

/* Symbols of a file that no process has mapped; shared with those that do. */
static struct error *open_program(struct eng_control *c, struct eng_inferior *i, const char *path)
{
	struct eng_inferior_state *state = eng_inferior_state(i);
	struct stat st;
	struct sym_module *symbols;
	if (stat(path, &st) != 0)
		return error_new(ERROR_NOT_FOUND, "%s: No such file or directory.", path);
	TRY(eng_symbols_of_file(c->session, path, NULL, path, &symbols));
	forget_program(i);
	i->program = xstrdup(path);
	i->file = (struct eng_module){
		.path = xstrdup(path), .symbols = symbols, .is_main = true, .end = UINT64_MAX
	};
	state->device = (uint64_t)st.st_dev;
	state->inode = (uint64_t)st.st_ino;
	state->size = (uint64_t)st.st_size;
	state->mtime = (uint64_t)st.st_mtim.tv_sec * 1000000000 + (uint64_t)st.st_mtim.tv_nsec;
	struct str id = sym_module_build_id(symbols);
	state->build_id = id.len ? str_dup(id) : NULL;
	vec_push(&state->file_list, &i->file);
	return NULL;
}

struct error *eng_inferior_set_program(struct eng_control *c, struct eng_inferior *i, const char *path)
{
	if (path) {
		char resolved[PATH_MAX];
		/* As it is called: links are not followed in the name, only made absolute. */
		if (path[0] != '/' && realpath(".", resolved)) {
			struct arena arena = ARENA_INIT;
			struct str full = arena_printf(&arena, "%s/%s", resolved,
						       path[0] == '.' && path[1] == '/' ? path + 2 : path);
			struct error *err = open_program(c, i, full.ptr);
			arena_deinit(&arena);
			if (err)
				return err;
		} else {
			TRY(open_program(c, i, path));
		}
	} else {
		forget_program(i);
	}
	eng_breakpoints_resolve(c);
	return NULL;
}

size_t eng_inferior_modules(struct eng_inferior *i, struct eng_module *const **ret)
{
	if (i->process && !i->process->gone)
		return eng_modules(i->process, ret);
	struct eng_inferior_state *state = eng_inferior_state(i);
	*ret = state->file_list.data;
	return state->file_list.count;
}

struct sym_module *eng_inferior_symbols(struct eng_control *c, struct eng_inferior *i, struct eng_module *m)
{
	(void)c;
	if (m == &i->file || !i->process || i->process->gone)
		return m->symbols;
	return eng_module_symbols(i->process, m);
}

bool eng_inferior_loader(struct eng_control *c, struct eng_inferior *i, struct str *ret_path,
			 uint64_t *ret_bias, struct sym_module **ret)
{
	struct str path = i->file.symbols ? elf_interp(sym_module_elf(i->file.symbols)) : STR_EMPTY;
	if (i->process || !i->loader || path.len == 0)
		return false;
	char *name = str_dup(path);
	struct error *err = eng_symbols_of_file(c->session, name, NULL, name, ret);
	free(name);
	error_destroy(err);
	*ret_path = path;
	*ret_bias = i->loader; /* it is linked at 0 */
	return !err;
}

void eng_inferior_take(struct eng_control *c, struct eng_inferior *i, struct eng_process *p)
{
	struct eng_inferior_state *state = eng_inferior_state(i);
	bool any = false;
	vec_for(&c->inferiors, other)
		any |= (*other)->connected;
	if (!any)
		c->last_connection++;
	i->process = p;
	i->connected = true;
	i->has_exit_code = false;
	state->frozen = state->was_run = state->aside = false;
	state->known_valid = false;
}

void eng_inferior_lose(struct eng_control *c, struct eng_inferior *i)
{
	struct eng_process *p = i->process;
	eng_exits_forget(c);
	if (c->thread && c->thread->process == p)
		c->thread = NULL;
	if (c->plan.thread && c->plan.thread->process == p)
		eng_plan_clear(c);
	i->loader = p ? p->loader : 0;
	eng_follow_release_parent(c, i, false);
	/* Symbols stay where they were, as people have seen them. */
	for (size_t k = 0; k < p->modules.count && i->file.path; k++) {
		const struct eng_module *m = p->modules.data[k];
		if (m->is_main && (!m->symbols || m->symbols == i->file.symbols))
			i->file.bias = m->bias;
	}
	eng_breakpoints_gone(c, i);
	eng_watches_drop_scoped(c, p);
	i->process = NULL;
	i->attached = i->connected = false;
	eng_inferior_state(i)->frozen = false;
	eng_inferior_state(i)->was_run = true;
	c->level = 0;
}

void eng_inferiors_prune(struct eng_control *c)
{
	bool any = false;
	for (size_t at = c->inferiors.count; at > 0; at--) {
		struct eng_inferior *i = c->inferiors.data[at - 1];
		if (i->process || i == c->inferior || !eng_inferior_state(i)->removable)
			continue;
		vec_remove(&c->inferiors, at - 1);
		eng_breakpoints_forget_inferior(c, i);
		if (c->resumed == i)
			c->resumed = NULL;
		free_inferior(i);
		any = true;
	}
	if (any)
		eng_breakpoints_resolve(c);
}

uint32_t eng_connection_number(const struct eng_control *c)
{
	return c->last_connection;
}

/* ---- what is selected ---- */

struct eng_inferior *eng_selected_inferior(struct eng_control *c)
{
	return c->inferior;
}

struct eng_thread *eng_selected_thread(struct eng_control *c)
{
	return c->thread && !c->thread->gone && !c->thread->running ? c->thread : NULL;
}

uint32_t eng_selected_that_ended(const struct eng_control *c)
{
	return c->inferior && c->inferior->process && !c->thread ? c->ended : 0;
}

void eng_select_thread(struct eng_control *c, struct eng_thread *t)
{
	c->thread = t;
	c->ended = 0;
	c->level = 0;
	struct eng_inferior *i = t ? eng_inferior_of(c, t->process) : NULL;
	if (i)
		c->inferior = i;
}

void eng_select_inferior(struct eng_control *c, struct eng_inferior *i)
{
	bool stays = c->inferior == i && c->thread && i->process && c->thread->process == i->process;
	c->inferior = i;
	if (stays)
		return;
	c->ended = 0;
	c->level = 0;
	c->thread = i->process && i->process->threads.count ? i->process->threads.data[0] : NULL;
}

uint32_t eng_selected_level(struct eng_control *c)
{
	return c->level;
}

void eng_select_level(struct eng_control *c, uint32_t n)
{
	c->level = n;
}
