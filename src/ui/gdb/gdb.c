/* Start-up, the loop over commands, and the end. */
#include "ui/gdb/gdb.h"

#include "jit/panic.h"
#include "ui/gdb/input.h"
#include "ui/gdb/looking.h"
#include "ui/gdb/options.h"
#include "ui/gdb/output.h"
#include "ui/gdb/running.h"
#include "ui/gdb/script.h"
#include "ui/gdb/settings.h"

#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

const char gdb_version_text[] = "oxdb " OXDB_VERSION "\n"
				"A debugger for Rust programs, in gdb's language (that of GNU gdb 13).\n"
				"License: MIT or Apache-2.0, at your option. There is no warranty.\n";

/* ---- signals ---- */

static struct target *woken;

static void on_interrupt(int signal)
{
	(void)signal;
	gdb_note_interrupt();
	if (woken)
		woken->ops->wake(woken);
}

static void on_resize(int signal)
{
	(void)signal;
	gdb_output_note_size();
}

/* A handler of our own, since an ignored signal would be inherited by what we start. */
static void on_broken_pipe(int signal)
{
	(void)signal;
}

/* Reading from the terminal ends when one comes: no SA_RESTART for those. */
static void catch_signals(struct target *t)
{
	struct sigaction action = { .sa_handler = on_interrupt };
	sigemptyset(&action.sa_mask);
	woken = t;
	sigaction(SIGINT, &action, NULL);
	action.sa_handler = on_resize;
	sigaction(SIGWINCH, &action, NULL);
	action.sa_handler = on_broken_pipe;
	action.sa_flags = SA_RESTART;
	sigaction(SIGPIPE, &action, NULL);
}

static bool was_interrupted(void *ctx)
{
	return gdb_interrupted(ctx);
}

/* ---- panics ---- */

static bool panic_now(void *ctx, struct eng_thread *t, bool late)
{
	(void)ctx;
	return jit_panic_stops(t, late);
}

static struct str panic_message(void *ctx, struct eng_thread *t, struct arena *arena)
{
	(void)ctx;
	return jit_panic_text(t, arena);
}

/* ---- creation ---- */

static struct error *create(struct gdb *g, gdb_create_target *create_target)
{
	struct target *t;
	TRY(create_target(&t));
	catch_signals(t);
	gdb_settings_init(g);
	g->settings_of = 1;
	g->output = gdb_output_create(g);
	const struct eng_options options = { .follow_children = true };
	const struct eng_listener listener = { .ctx = g,
					       .notice = gdb_notice,
					       .panic_now = panic_now,
					       .panic_message = panic_message,
					       .interrupted = was_interrupted,
					       .watch_place = gdb_watch_place,
					       .skips = gdb_skips };
	g->control = eng_control_create(eng_session_create(t, &options), &listener);
	g->eval = eval_session_create();
	g->shell = gdb_shell_create(g);
	gdb_settings_apply(g);
	gdb_progress_begin(g);
	return NULL;
}

static void destroy(struct gdb *g)
{
	if (!g->output) { /* no target: nothing was made */
		return;
	}
	gdb_flush(g);
	g->batch = true; /* nobody is asked anything any more */
	gdb_shell_destroy(g);
	vec_for(&g->displays, d) {
		free(d->text);
		free(d->function_name);
		if (d->expr)
			eval_expr_destroy(d->expr);
	}
	vec_free(&g->displays);
	gdb_skips_deinit(g);
	gdb_forget_libraries(g);
	free(g->list.file);
	free(g->foreign_signals);
	gdb_sources_destroy(g);
	gdb_natvis_deinit(g);
	eval_session_destroy(g->eval);
	struct eng_session *engine = eng_control_session(g->control);
	eng_control_destroy(g->control);
	woken = NULL;
	eng_session_destroy(engine);
	gdb_say_gone_breakpoints(g);
	buf_deinit(&g->stops.gone);
	gdb_settings_deinit(g);
	gdb_flush(g);
	gdb_output_destroy(g->output);
	arena_deinit(&g->scratch);
}

/* ---- what the command line asks for ---- */

static int fail(struct error *err)
{
	struct buf text = { 0 };
	buf_printf(&text, "oxdb: ");
	gdb_escape(str_from(err->message), &text);
	if (err->code == ERROR_USAGE)
		buf_printf(&text, "\nUse `oxdb --help' for a complete list of options.");
	fprintf(stderr, "%s\n", text.data);
	buf_deinit(&text);
	error_destroy(err);
	return 1;
}

/* What the shell of `run` is given: each argument quoted where it must be. */
static char *join_arguments(char *const *args)
{
	static const char special[] = "\"!#$&*()\\|[]{}<>?'`~^; \t";
	struct buf line = { 0 };
	buf_str(&line, STR_EMPTY);
	for (size_t i = 0; args[i]; i++) {
		buf_str(&line, i ? STR_LIT(" ") : STR_LIT(""));
		if (!*args[i])
			buf_str(&line, STR_LIT("''"));
		for (const char *p = args[i]; *p; p++) {
			if (*p == '\n') {
				buf_str(&line, STR_LIT("'\n'"));
				continue;
			}
			if (strchr(special, *p))
				buf_char(&line, '\\');
			buf_char(&line, *p);
		}
	}
	return line.data ? line.data : xstrdup("");
}

static struct error *execute(struct gdb *g, const char *command, const char *argument)
{
	struct buf line = { 0 };
	buf_printf(&line, "%s %s", command, argument);
	struct error *err = gdb_execute(g, buf_view(&line), !g->batch);
	buf_deinit(&line);
	return err;
}

/* The file is read only when it is there. */
static bool read_init_file(struct gdb *g)
{
	struct buf path = { 0 };
	const char *config = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");
	bool good = true;
	if (config && *config == '/')
		buf_printf(&path, "%s/oxdb/init", config);
	else if (home && *home)
		buf_printf(&path, "%s/.config/oxdb/init", home);
	if (path.data && access(path.data, R_OK) == 0) {
		struct error *err = gdb_source_file(g, path.data, false, false);
		good = !err;
		gdb_print_error(g, err);
	}
	buf_deinit(&path);
	return good;
}

/* Those of one moment; the last one's success. */
static bool do_todos(struct gdb *g, const struct gdb_options *o, bool init)
{
	bool good = true;
	for (size_t i = 0; i < o->todo.count && !g->quitting; i++) {
		const struct gdb_todo *todo = &o->todo.data[i];
		bool is_file = todo->kind == GDB_TODO_FILE || todo->kind == GDB_TODO_INIT_FILE;
		bool is_init = todo->kind == GDB_TODO_INIT_FILE || todo->kind == GDB_TODO_INIT_COMMAND;
		struct error *err = NULL;
		if (is_init != init)
			continue;
		gdb_output_begin(g);
		if (is_file) {
			char *path = gdb_expand_home(str_from(todo->text));
			if (access(path, F_OK) != 0)
				gdb_warn(g, "%s: %s", path, strerror(errno));
			else
				err = gdb_source_file(g, path, false, false);
			free(path);
		} else {
			err = gdb_execute(g, str_from(todo->text), !g->batch);
		}
		good = !err;
		gdb_print_error(g, err);
	}
	return good;
}

static struct error *open_second(struct gdb *g, const struct gdb_options *o)
{
	if (o->pid)
		return execute(g, "attach", o->pid);
	if (o->core)
		return execute(g, "core-file", o->core);
	if (!o->second)
		return NULL;
	bool number = isdigit((unsigned char)o->second[0]) && access(o->second, F_OK) != 0;
	return execute(g, number ? "attach" : "core-file", o->second);
}

/* False when something did not work. */
static bool prepare(struct gdb *g, const struct gdb_options *o)
{
	const char *program = o->program ? o->program : o->exec ? o->exec : o->symbols;
	struct error *err = NULL;
	bool good = true;
	if (o->directory && chdir(o->directory) != 0)
		gdb_print_error(g, error_new(ERROR_NOT_FOUND, "%s: %s.", o->directory, strerror(errno)));
	if (o->args) {
		char *line = join_arguments(o->args);
		gdb_print_error(g, execute(g, "set args", line));
		free(line);
	}
	if (o->tty)
		gdb_print_error(g, execute(g, "tty", o->tty));
	for (size_t i = 0; i < o->source_directories.count; i++)
		gdb_print_error(g, execute(g, "directory", o->source_directories.data[i]));
	if (program) {
		char *path = gdb_expand_home(str_from(program));
		err = gdb_open_program(g, path, !g->batch);
		good = !err;
		gdb_print_error(g, err);
		free(path);
	}
	err = open_second(g, o);
	good = good && !err;
	gdb_print_error(g, err);
	return good;
}

/* ---- the prompt ---- */

/* Ctrl-D: the question may be answered with no. At the end of a pipe it is answered by itself. */
static bool end_of_input(struct gdb *g)
{
	if (gdb_input_is_terminal(g))
		gdb_print(g, "quit\n");
	return gdb_may_quit(g) || !gdb_input_is_terminal(g);
}

static void loop(struct gdb *g)
{
	while (!g->quitting && !gdb_output_broken(g)) {
		char *line;
		gdb_output_begin(g);
		struct error *err = gdb_next_line(g, g->settings.prompt, &line);
		gdb_output_begin(g);
		if (!err && !line) {
			if (end_of_input(g))
				break;
			continue;
		}
		if (!err)
			err = gdb_execute_typed(g, str_from(line), true);
		gdb_print_error(g, err);
		free(line);
	}
}

static void apply_options(struct gdb *g, const struct gdb_options *o)
{
	g->batch = o->batch;
	g->quiet = o->quiet;
	g->fullname = o->fullname;
	if (o->batch_silent)
		gdb_output_set_silent(g);
	/* gdb's manual says that confirm is off, too, but it is not: questions are shown with their answer. */
	if (g->batch)
		g->settings.width = g->settings.height = 0;
}

static int session(struct gdb *g, const struct gdb_options *o)
{
	apply_options(g, o);
	if (!g->quiet && gdb_input_is_terminal(g) && gdb_output_is_terminal(g))
		gdb_print(g, "%sFor help, type \"help\".\n", gdb_version_text);
	if (o->excess)
		gdb_print_error(g, error_new(ERROR_USAGE, "Excess command line arguments ignored. (%s%s)",
					     o->excess, o->more_excess ? " ..." : ""));
	do_todos(g, o, true);
	if (!g->quitting && !o->no_init && !o->no_home_init)
		read_init_file(g);
	bool good = g->quitting || prepare(g, o);
	if (o->todo.count && !g->quitting)
		good = do_todos(g, o, false);
	if (!g->quitting && g->batch)
		g->exit_code = good ? 0 : 1;
	else if (!g->quitting)
		loop(g);
	const struct eng_inferior *inferior = eng_selected_inferior(g->control);
	if (o->child_result)
		return inferior->has_exit_code ? inferior->exit_code & 0xff : 0xff;
	return g->exit_code;
}

int gdb_main(int argc, char **argv, gdb_create_target *create_target)
{
	struct gdb_options options;
	struct gdb g = { 0 };
	struct error *err = gdb_options_parse(argc, argv, &options);
	if (err)
		return fail(err);
	if (options.help || options.version || options.configuration) {
		printf("%s", options.help ? gdb_options_help : gdb_version_text);
		fflush(stdout);
		gdb_options_deinit(&options);
		return 0;
	}
	int code = 1;
	err = create(&g, create_target);
	if (err)
		fail(err);
	else
		code = session(&g, &options);
	destroy(&g);
	gdb_options_deinit(&options);
	return code;
}
