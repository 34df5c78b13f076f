/* Commands, line by line, in a session without a process: the finding of commands by their words, their arguments, places of breakpoints,
 * settings, scripts, help. Where the first byte is odd the program is this one, so that names are found.
 *
 * What would reach beyond the session (a shell, files, a run) is not carried out: an input with such a command is left alone as a whole. */
#include "target/fake/fake.h"
#include "ui/gdb/shell_internal.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

static const char *const forbidden[] = {
	"!",          "|",           "add-auto-load", "add-symbol",   "alias",       "append",       "apply",     "attach",
	"cd",         "compile",     "core",          "define",       "detach",      "directory",    "dump",      "edit",
	"eval",       "exec-file",   "faas",          "file",         "gcore",       "generate-core", "hook",     "jit-reader",
	"kill",       "load",        "macro",         "make",         "pipe",        "python",       "record",    "restore",
	"run",        "save",        "set history",   "set logging",  "shell",       "signal",       "source",    "start",
	"starti",     "symbol-file", "taas",          "target",       "tfaas",       "thread apply", "frame apply", "tty",
	"with",       "while",       "set inferior",  "set cwd",      "set trace",   "new-inferior", "add-inferior", "clone-inferior",
	"set startup", "set exec",   "set sysroot",   "set debug-file", "set solib", "set directories",
};

static bool is_forbidden(const char *name)
{
	for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++) {
		if (strncmp(name, forbidden[i], strlen(forbidden[i])) == 0)
			return true;
	}
	return strstr(name, "apply") != NULL;
}

static bool may_run(const struct gdb_registry *r, struct str line)
{
	struct gdb_found found;
	struct error *err = gdb_lookup(r, line, &found);
	if (err) {
		error_destroy(err);
		return true; /* it will say so */
	}
	return !found.command || !is_forbidden(found.command->name);
}

enum { MAX_LINES = 64 };

static size_t split(char *text, char **ret_lines)
{
	size_t count = 0;
	for (char *save, *line = strtok_r(text, "\n", &save); line && count < MAX_LINES; line = strtok_r(NULL, "\n", &save))
		ret_lines[count++] = line;
	return count;
}

static void on_alarm(int signal)
{
	(void)signal;
	gdb_note_interrupt();
}

/* As Ctrl-C would, a second from now: long output ends. */
static void interrupt_later(void)
{
	static const struct itimerval later = { .it_value = { .tv_sec = 1 } };
	signal(SIGALRM, on_alarm);
	setitimer(ITIMER_REAL, &later, NULL);
}

static void silence(void)
{
	static bool done;
	if (done)
		return;
	done = true;
	if (!freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "r", stdin))
		abort();
}

static void session(char *const *lines, size_t count, bool with_program)
{
	struct gdb g = { .batch = true, .quiet = true };
	const struct eng_options options = { .follow_children = true };
	const struct eng_listener listener = { .ctx = &g, .notice = gdb_notice };
	g.output = gdb_output_create();
	gdb_settings_init(&g);
	g.settings.confirm = false;
	g.control = eng_control_create(eng_session_create(target_fake_create(&arch_x86_64), &options), &listener);
	g.eval = eval_session_create();
	g.shell = gdb_shell_create();
	bool good = true;
	for (size_t i = 0; i < count && good; i++)
		good = may_run(&g.shell->registry, str_from(lines[i]));
	if (good) {
		if (with_program)
			error_destroy(gdb_open_program(&g, "/proc/self/exe"));
		interrupt_later();
		for (size_t i = 0; i < count && !g.quitting; i++) {
			gdb_output_begin(&g);
			error_destroy(gdb_execute(&g, str_from(lines[i]), false));
		}
		gdb_output_begin(&g);
		error_destroy(gdb_execute_lines(&g, lines, count, false));
	}
	gdb_shell_destroy(g.shell);
	eval_session_destroy(g.eval);
	eng_control_destroy(g.control);
	gdb_settings_deinit(&g);
	gdb_flush(&g);
	gdb_output_destroy(g.output);
	arena_deinit(&g.scratch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0 || size > 4096)
		return 0;
	silence();
	char *text = malloc(size), *lines[MAX_LINES];
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	size_t count = split(text, lines);
	if (count)
		session(lines, count, data[0] & 1);
	free(text);
	return 0;
}
