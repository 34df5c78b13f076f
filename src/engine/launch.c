/* How inferiors get a process, and how they lose it. */
#include "engine/control_internal.h"

#include <stdlib.h>
#include <sys/stat.h>

/* ---- the command line ---- */

/* Would a shell take these arguments apart at blanks and do nothing else? */
static bool plain(const char *arguments)
{
	for (const char *p = arguments; *p; p++) {
		unsigned char ch = (unsigned char)*p;
		bool word = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
			    (ch >= '0' && ch <= '9') || strchr(" \t_-./,:+@%=", ch);
		if (!word)
			return false;
	}
	return true;
}

struct command {
	struct arena arena;
	VEC(const char *) argv;
	unsigned execs;
};

/* 'as \'' a shell wants it. */
static struct str quoted(struct arena *arena, const char *text)
{
	struct str out = STR_LIT("'");
	for (const char *p = text; *p; p++)
		out = *p == '\'' ? arena_printf(arena, "%.*s'\\''", STR_ARG(out))
				 : arena_printf(arena, "%.*s%c", STR_ARG(out), *p);
	return arena_printf(arena, "%.*s'", STR_ARG(out));
}

static const char *variable(char *const *environment, const char *name)
{
	size_t length = strlen(name);
	for (; environment && *environment; environment++) {
		if (strncmp(*environment, name, length) == 0 && (*environment)[length] == '=')
			return *environment + length + 1;
	}
	return NULL;
}

/* A shell is only started when it has something to do: redirections, globs, quotes, a wrapper. */
static void make_command(struct eng_control *c, const struct eng_inferior *i, struct command *ret)
{
	const char *arguments = i->arguments ? i->arguments : "";
	const char *wrapper = i->wrapper ? i->wrapper : "";
	if ((!plain(arguments) || *wrapper) && c->settings.startup_with_shell) {
		const char *shell = variable(i->environment, "SHELL");
		struct str program = plain(i->program) && !strchr(i->program, ' ')
					     ? str_from(i->program)
					     : quoted(&ret->arena, i->program);
		vec_push(&ret->argv, shell && *shell ? shell : "/bin/sh");
		vec_push(&ret->argv, "-c");
		vec_push(&ret->argv, arena_printf(&ret->arena, "exec %s%s%.*s %s", wrapper,
						  *wrapper ? " " : "", STR_ARG(program), arguments)
					     .ptr);
		ret->execs = *wrapper ? 2 : 1;
	} else {
		char *text = arena_copy(&ret->arena, arguments, strlen(arguments) + 1);
		char *save;
		vec_push(&ret->argv, i->program);
		for (char *word = strtok_r(text, " \t\n", &save); word;
		     word = strtok_r(NULL, " \t\n", &save))
			vec_push(&ret->argv, word);
	}
	vec_push(&ret->argv, NULL);
}

/* ---- run ---- */

struct error *eng_inferior_refresh(struct eng_control *c, struct eng_inferior *i)
{
	struct eng_inferior_state *state = eng_inferior_state(i);
	struct stat st;
	if (stat(i->program, &st) != 0)
		return error_new(ERROR_NOT_FOUND, "%s: No such file or directory.", i->program);
	uint64_t mtime = (uint64_t)st.st_mtim.tv_sec * 1000000000 + (uint64_t)st.st_mtim.tv_nsec;
	if (state->device == (uint64_t)st.st_dev && state->inode == (uint64_t)st.st_ino &&
	    state->size == (uint64_t)st.st_size && state->mtime == mtime)
		return NULL;
	bool in_place = state->device == (uint64_t)st.st_dev && state->inode == (uint64_t)st.st_ino;
	struct sym_module *former = i->file.symbols;
	char *path = xstrdup(i->program), *before = state->build_id;
	state->build_id = NULL;
	struct error *err = eng_inferior_set_program(c, i, path);
	free(path);
	bool same = before && state->build_id && strcmp(before, state->build_id) == 0;
	if (err)
		state->build_id = before;
	else
		free(before);
	if (!err && !same)
		eng_notify(c, &(struct eng_notice){ .kind = ENG_NOTICE_PROGRAM_CHANGED,
						    .inferior = i,
						    .written_over = in_place ? former : NULL,
						    .text = str_from(i->program) });
	return err;
}

static struct error *launch(struct eng_control *c, struct eng_inferior *i, struct eng_process **ret)
{
	struct command command = { 0 };
	make_command(c, i, &command);
	bool pristine = i->terminal == NULL;
	struct target_launch spec = { .argv = command.argv.data,
				      .directory = i->directory,
				      .keep_aslr = !c->settings.disable_randomization,
				      .environ = (const char *const *)i->environment,
				      .execs_to_pass = command.execs,
				      .terminal = i->terminal,
				      .own_group = pristine };
	struct error *err = eng_launch(c->session, &spec, ret);
	vec_free(&command.argv);
	arena_deinit(&command.arena);
	return err;
}

/* Threads are numbered from 1 again when nothing else is there. */
static void number_anew(struct eng_control *c)
{
	vec_for(&c->inferiors, i) {
		if ((*i)->process)
			return;
	}
	c->last_thread = 0;
}

static void count_anew(struct eng_control *c)
{
	vec_for(&c->breakpoints, b) {
		(*b)->hits = 0;
		for (size_t k = 0; k < (*b)->location_count; k++)
			(*b)->locations[k].hits = 0;
	}
}

struct error *eng_run(struct eng_control *c, enum eng_start how, struct eng_stop *ret)
{
	struct eng_inferior *i = c->inferior;
	struct eng_process *p;
	if (!i->program)
		return error_new(
			ERROR_USAGE,
			"No executable file specified.\nUse the \"file\" or \"exec-file\" command.");
	if (i->process)
		return error_new(ERROR_USAGE, "The program being debugged has been started already.");
	eng_stop_forget(c);
	TRY(eng_inferior_refresh(c, i));
	number_anew(c);
	count_anew(c);
	TRY(launch(c, i, &p));
	struct eng_thread *t = p->threads.data[0];
	c->session->launched = NULL; /* it goes on when we say so */
	eng_inferior_take(c, i, p);
	eng_thread_control(c, t)->told = true;
	c->thread = t;
	c->level = 0;
	eng_breakpoints_resolve(c);
	eng_catches_update(c);
	eng_plan_clear(c);
	if (how == ENG_START_RUN)
		return eng_go(c, t, 0, ret);
	eng_stop_all(c);
	c->previous = 0;
	eng_stop_begin(c, ENG_STOP_ENTRY, t, ret);
	eng_stop_finish(c, ret);
	return NULL;
}

/* ---- attach, detach, kill ---- */

struct error *eng_attach(struct eng_control *c, target_pid pid, struct eng_stop *ret)
{
	struct eng_inferior *i = c->inferior;
	struct eng_process *p;
	if (i->process)
		return error_new(ERROR_USAGE, "A program is being debugged already.");
	eng_stop_forget(c);
	number_anew(c);
	TRY(eng_adopt(c->session, pid, &p));
	eng_inferior_take(c, i, p);
	i->attached = true;
	eng_inferior_state(i)->frozen = true; /* by eng_adopt */
	if (!i->program && p->name && *p->name)
		eng_ignore(eng_inferior_set_program(c, i, p->name));
	eng_breakpoints_resolve(c);
	eng_catches_update(c);
	eng_watches_update_ignoring(c);
	c->previous = 0;
	eng_stop_begin(c, ENG_STOP_ATTACHED, p->threads.count ? p->threads.data[0] : NULL, ret);
	eng_stop_finish(c, ret);
	return NULL;
}

/* The debug registers are ours, not the program's. */
static void clear_watches(struct eng_process *p)
{
	static const struct target_watch none[TARGET_MAX_WATCHES];
	struct target *target = p->session->target;
	vec_for(&p->threads, t) {
		struct eng_thread_control *tc = (*t)->control;
		if (tc && tc->watching && !(*t)->running)
			eng_ignore(target->ops->set_watches(target, (*t)->tid, none));
	}
}

struct error *eng_inferior_detach(struct eng_control *c, struct eng_inferior *i, int signal)
{
	struct eng_process *p = i->process;
	if (!p)
		return error_new(ERROR_USAGE, "The program is not being run.");
	struct eng_inferior_state *state = eng_inferior_state(i);
	eng_plan_clear(c);
	if (!state->frozen)
		TRY(eng_freeze(p));
	clear_watches(p);
	vec_for(&p->threads, t) {
		struct eng_thread_control *tc = eng_thread_control(c, *t);
		(*t)->parked = false;
		if ((*t)->held && tc->told)
			(*t)->next_signal = eng_signal_to_pass(c, *t, *t == c->thread ? signal : -1);
	}
	target_pid pid = p->pid;
	eng_inferior_lose(c, i);
	TRY(eng_detach(p));
	eng_notify(c, &(struct eng_notice){ .kind = ENG_NOTICE_DETACHED, .inferior = i, .pid = pid });
	return NULL;
}

/* Until it is gone: somebody may want to run the program again at once. */
static void await_end(struct eng_control *c, struct eng_process *p)
{
	uint64_t deadline = eng_now_ns() + UINT64_C(2000000000);
	while (!p->gone && eng_now_ns() < deadline) {
		bool any;
		struct error *err = eng_pump(c->session, 100, &any);
		if (err) {
			eng_ignore(err);
			return;
		}
	}
}

struct error *eng_inferior_kill(struct eng_control *c, struct eng_inferior *i)
{
	struct eng_process *p = i->process;
	if (!p)
		return error_new(ERROR_USAGE, "The program is not being run.");
	eng_plan_clear(c);
	TRY(eng_kill(p));
	eng_inferior_lose(c, i);
	await_end(c, p);
	return NULL;
}
