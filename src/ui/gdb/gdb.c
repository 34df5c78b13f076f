/* Start-up, the loop over commands, and the end. */
#include "ui/gdb/gdb.h"

#include "ui/gdb/options.h"
#include "ui/gdb/shell_internal.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

/* ---- Ctrl-C ---- */

static struct target *woken;

static void on_interrupt(int signal)
{
	(void)signal;
	gdb_note_interrupt();
	if (woken)
		woken->ops->wake(woken);
}

static void catch_interrupts(struct target *t)
{
	struct sigaction action = { .sa_handler = on_interrupt };
	sigemptyset(&action.sa_mask);
	woken = t;
	sigaction(SIGINT, &action, NULL);
}

static bool was_interrupted(void *ctx)
{
	return gdb_interrupted(ctx);
}

/* ---- creation ---- */

static struct error *create(struct gdb *g, gdb_create_target *create_target)
{
	struct target *t;
	TRY(create_target(&t));
	catch_interrupts(t);
	g->output = gdb_output_create();
	gdb_settings_init(g);
	const struct eng_options options = { .follow_children = true };
	const struct eng_listener listener = { .ctx = g,
					       .notice = gdb_notice,
					       .interrupted = was_interrupted };
	g->control = eng_control_create(eng_session_create(t, &options), &listener);
	g->eval = eval_session_create();
	g->shell = gdb_shell_create();
	gdb_progress_begin(g);
	return NULL;
}

static void destroy(struct gdb *g)
{
	gdb_shell_destroy(g->shell);
	if (g->eval)
		eval_session_destroy(g->eval);
	if (g->control)
		eng_control_destroy(g->control);
	woken = NULL;
	gdb_settings_deinit(g);
	gdb_flush(g);
	gdb_output_destroy(g->output);
	arena_deinit(&g->scratch);
}

/* ---- the run ---- */

static int fail(struct error *err)
{
	fprintf(stderr, "oxdb: %s\nUse `oxdb --help' for a complete list of options.\n", err->message);
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

static struct error *source(struct gdb *g, const char *path)
{
	struct buf line = { 0 };
	buf_printf(&line, "source %s", path);
	struct error *err = gdb_execute(g, buf_view(&line), !g->batch);
	buf_deinit(&line);
	return err;
}

/* Those of one moment; the last one's success. */
static bool do_todos(struct gdb *g, const struct gdb_options *o, bool init)
{
	bool good = true;
	for (size_t i = 0; i < o->todo.count && !g->quitting; i++) {
		const struct gdb_todo *todo = &o->todo.data[i];
		bool is_file = todo->kind == GDB_TODO_FILE || todo->kind == GDB_TODO_INIT_FILE;
		bool is_init = todo->kind == GDB_TODO_INIT_FILE || todo->kind == GDB_TODO_INIT_COMMAND;
		if (is_init != init)
			continue;
		gdb_output_begin(g);
		struct error *err = is_file ? source(g, todo->text)
					    : gdb_execute(g, str_from(todo->text), !g->batch);
		good = !err;
		gdb_print_error(g, err);
	}
	return good;
}

static void prepare(struct gdb *g, const struct gdb_options *o)
{
	struct eng_inferior *inferior = eng_selected_inferior(g->control);
	if (o->directory && chdir(o->directory) != 0)
		gdb_print_error(g, error_errno(errno, "%s", o->directory));
	if (o->args) {
		free(g->settings.args);
		g->settings.args = join_arguments(o->args);
	}
	if (o->program)
		gdb_print_error(g, gdb_open_program(g, o->program));
	free(inferior->arguments);
	inferior->arguments = xstrdup(g->settings.args);
}

static void loop(struct gdb *g)
{
	char *line;
	while (!g->quitting) {
		gdb_output_begin(g);
		if (!gdb_read_line(g, g->settings.prompt, &line))
			break;
		gdb_print_error(g, gdb_execute_typed(g, str_from(line), gdb_input_is_terminal(g)));
		free(line);
	}
}

static int session(struct gdb *g, const struct gdb_options *o)
{
	g->batch = o->batch;
	g->quiet = o->quiet;
	g->fullname = o->fullname;
	if (g->batch)
		g->settings.confirm = false;
	do_todos(g, o, true);
	if (!g->quitting)
		prepare(g, o);
	bool good = do_todos(g, o, false);
	if (!g->quitting && g->batch)
		g->exit_code = good ? 0 : 1;
	else if (!g->quitting)
		loop(g);
	return g->exit_code;
}

int gdb_main(int argc, char **argv, gdb_create_target *create_target)
{
	struct gdb_options options;
	struct gdb g = { 0 };
	struct error *err = gdb_options_parse(argc, argv, &options);
	if (err)
		return fail(err);
	if (options.help || options.version) {
		printf("%s", options.help ? gdb_options_help : "oxdb " OXDB_VERSION "\n");
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
