/* echo, printf, shell, pipe, alias, with, quit and what else helps the others. */
#include "ui/gdb/complete.h"
#include "ui/gdb/help.h"
#include "ui/gdb/input.h"
#include "ui/gdb/output.h"
#include "ui/gdb/printf.h"
#include "ui/gdb/script.h"
#include "ui/gdb/settings.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- text ---- */

char gdb_unescape(struct str text, size_t *at)
{
	static const char letters[] = "abefnrtv";
	static const char meanings[] = "\a\b\033\f\n\r\t\v";
	char c = text.ptr[(*at)++];
	const char *letter = c ? strchr(letters, c) : NULL;
	if (letter)
		return meanings[letter - letters];
	if (c < '0' || c > '7')
		return c;
	int value = c - '0';
	for (int i = 0; i < 2 && *at < text.len && text.ptr[*at] >= '0' && text.ptr[*at] <= '7'; i++)
		value = value * 8 + (text.ptr[(*at)++] - '0');
	return (char)value;
}

void gdb_add_utf8(struct buf *out, uint32_t c)
{
	if (c < 0x80) {
		buf_char(out, (char)c);
		return;
	}
	if (c < 0x800) {
		buf_char(out, (char)(0xc0 | c >> 6));
	} else {
		if (c < 0x10000) {
			buf_char(out, (char)(0xe0 | c >> 12));
		} else {
			buf_char(out, (char)(0xf0 | (c >> 18 & 7)));
			buf_char(out, (char)(0x80 | (c >> 12 & 0x3f)));
		}
		buf_char(out, (char)(0x80 | (c >> 6 & 0x3f)));
	}
	buf_char(out, (char)(0x80 | (c & 0x3f)));
}

static struct error *run_echo(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct buf out = { 0 };
	(void)command;
	for (size_t i = 0; i < args.len;) {
		if (args.ptr[i] != '\\')
			buf_char(&out, args.ptr[i++]);
		else if (++i < args.len) /* a backslash at the end protects blanks before it */
			buf_char(&out, gdb_unescape(args, &i));
	}
	gdb_print_buf(g, &out);
	buf_deinit(&out);
	return NULL;
}

static struct error *run_printf(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct buf out = { 0 };
	(void)command;
	struct error *err = gdb_printf(g, args, &out);
	if (!err)
		gdb_print_buf(g, &out);
	buf_deinit(&out);
	return err;
}

static struct error *run_eval(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct buf line = { 0 }, with_arguments = { 0 };
	(void)command;
	if (!args.len)
		return error_new(ERROR_USAGE,
				 "Argument required (format-control string and values to print).");
	struct error *err = gdb_printf(g, args, &line);
	if (!err) /* "$arg%d": what it names is known only now */
		err = gdb_insert_arguments(g, buf_view(&line), &with_arguments);
	if (!err)
		err = gdb_execute(g, buf_view(&with_arguments), g->shell->from_tty);
	buf_deinit(&line);
	buf_deinit(&with_arguments);
	return err;
}

/* ---- the end ---- */

static bool something_lives(struct gdb *g)
{
	struct eng_inferior *const *all;
	size_t count = eng_inferiors(g->control, &all);
	for (size_t i = 0; i < count; i++)
		if (all[i]->process)
			return true;
	return false;
}

bool gdb_may_quit(struct gdb *g)
{
	struct eng_inferior *const *all;
	struct buf text = { 0 };
	if (!g->settings.confirm || !something_lives(g))
		return true;
	buf_printf(&text, "A debugging session is active.\n\n");
	size_t count = eng_inferiors(g->control, &all);
	for (size_t i = 0; i < count; i++)
		if (all[i]->process)
			buf_printf(&text, "\tInferior %u [process %d] will be %s.\n", all[i]->number,
				   (int)eng_process_pid(all[i]->process),
				   all[i]->attached ? "detached" : "killed");
	buf_printf(&text, "\nQuit anyway? ");
	bool yes = gdb_query(g, "%s", text.data);
	buf_deinit(&text);
	return yes;
}

static struct error *run_quit(struct gdb *g, const struct gdb_command *command, struct str args)
{
	int64_t code = 0;
	(void)command;
	if (args.len)
		TRY(gdb_eval_number(g, args, &code));
	if (!gdb_may_quit(g))
		return error_new(ERROR_USAGE, "Not confirmed.");
	g->quitting = true;
	g->exit_code = (int)(code & 0xff);
	return NULL;
}

/* ---- other programs ---- */

static void note_status(struct gdb *g, int status)
{
	eval_convenience_clear(g->eval, STR_LIT("_shell_exitcode"));
	eval_convenience_clear(g->eval, STR_LIT("_shell_exitsignal"));
	if (WIFEXITED(status))
		eval_convenience_set_int(g->eval, STR_LIT("_shell_exitcode"), WEXITSTATUS(status));
	else if (WIFSIGNALED(status))
		eval_convenience_set_int(g->eval, STR_LIT("_shell_exitsignal"), WTERMSIG(status));
}

/* In the child: the shell runs the line with the signals as a program expects them. */
static void become_shell(const char *line)
{
	const char *shell = getenv("SHELL");
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	if (!shell || !*shell)
		shell = "/bin/sh";
	const char *name = strrchr(shell, '/');
	name = name ? name + 1 : shell;
	if (line)
		execl(shell, name, "-c", line, (char *)NULL);
	else
		execl(shell, name, (char *)NULL);
	fprintf(stderr, "Cannot execute %s: %s\n", shell, strerror(errno));
	_exit(0177);
}

static struct error *run_in_shell(struct gdb *g, const char *line)
{
	int status;
	gdb_flush(g);
	pid_t child = fork();
	if (child < 0)
		return error_errno(errno, "fork");
	if (child == 0)
		become_shell(line);
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return error_errno(errno, "waitpid");
	note_status(g, status);
	gdb_output_restart_page(g);
	return NULL;
}

static struct error *run_shell(struct gdb *g, const struct gdb_command *command, struct str args)
{
	char *line = args.len ? str_dup(args) : NULL;
	(void)command;
	struct error *err = run_in_shell(g, line);
	free(line);
	return err;
}

static struct error *run_make(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct buf line = { 0 };
	(void)command;
	buf_printf(&line, "make %.*s", STR_ARG(args));
	struct error *err = run_in_shell(g, line.data);
	buf_deinit(&line);
	return err;
}

static struct error *feed_shell(struct gdb *g, const char *line, struct str text)
{
	int status;
	gdb_flush(g);
	FILE *pipe = popen(line, "we");
	if (!pipe)
		return error_errno(errno, "Error launching \"%s\"", line);
	fwrite(text.ptr, 1, text.len, pipe);
	status = pclose(pipe);
	if (status >= 0)
		note_status(g, status);
	gdb_output_restart_page(g);
	return NULL;
}

/* The command before this one, which Enter repeats from now on. Lives as long as the command that asks. */
static struct str previous_line(struct gdb *g)
{
	struct gdb_shell *s = g->shell;
	s->last_line.len = 0;
	buf_str(&s->last_line, buf_view(&s->previous_line));
	return arena_str(&g->scratch, buf_view(&s->last_line));
}

static struct error *run_pipe(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct str delimiter = STR_LIT("|");
	struct str rest = args;
	struct buf text = { 0 };
	(void)command;
	if (str_is(gdb_take_word(&rest), "-d")) {
		delimiter = gdb_take_word(&rest);
		if (!delimiter.len)
			return error_new(ERROR_USAGE, "-d requires an argument");
		args = rest;
	}
	if (!args.len)
		return error_new(ERROR_USAGE, "Missing COMMAND");
	size_t at = str_find(args, delimiter);
	struct str line = gdb_strip(str_sub(args, 0, at));
	if (at == SIZE_MAX)
		return error_new(ERROR_USAGE, "Missing delimiter before SHELL_COMMAND");
	if (!line.len)
		line = previous_line(g);
	if (!line.len)
		return error_new(ERROR_USAGE, "Missing COMMAND");
	char *shell = str_dup(gdb_strip(str_sub(args, at + delimiter.len, args.len)));
	if (!*shell) {
		free(shell);
		return error_new(ERROR_USAGE, "Missing SHELL_COMMAND");
	}
	struct buf *before = gdb_output_capture(g, &text);
	struct error *err = gdb_execute(g, line, false);
	gdb_output_capture(g, before);
	if (!err)
		err = feed_shell(g, shell, buf_view(&text));
	buf_deinit(&text);
	free(shell);
	return err;
}

/* ---- alias, with ---- */

static struct error *alias_usage(void)
{
	return error_new(ERROR_USAGE, "Usage: alias [-a] [--] ALIAS = COMMAND [DEFAULT-ARGS...]");
}

static struct error *run_alias(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct gdb_registry *r = &g->shell->registry;
	struct gdb_found found;
	(void)command;
	for (;;) {
		struct str rest = args;
		struct str word = gdb_take_word(&rest);
		if (!str_is(word, "-a") && !str_is(word, "--"))
			break;
		args = rest;
	}
	size_t equals = str_find(args, STR_LIT("="));
	struct str name = gdb_strip(str_sub(args, 0, equals));
	struct str meaning = equals == SIZE_MAX ? STR_EMPTY
						: gdb_strip(str_sub(args, equals + 1, args.len));
	if (!name.len || !meaning.len)
		return alias_usage();
	if (gdb_word_length(name) != name.len && str_find(name, STR_LIT(" ")) == SIZE_MAX)
		return error_new(ERROR_USAGE, "Invalid command name: %.*s", STR_ARG(name));
	TRY(gdb_lookup(r, meaning, &found));
	const struct gdb_entry *old = gdb_registry_find(r, name);
	if (old && old->alias)
		return error_new(ERROR_USAGE, "Alias already exists: %.*s", STR_ARG(name));
	if (old)
		return error_new(ERROR_USAGE, "Alias %.*s is the name of an existing command",
				 STR_ARG(name));
	char *words = found.args.len ? str_dup(found.args) : NULL;
	gdb_registry_insert(r, name, found.command, words, true);
	free(words);
	return NULL;
}

static struct error *run_with(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct gdb_found found;
	struct buf line = { 0 };
	struct buf before = { 0 };
	(void)command;
	if (!args.len)
		return error_new(ERROR_USAGE, "Missing arguments.");
	size_t at = str_find(args, STR_LIT("-- "));
	struct str setting = gdb_strip(str_sub(args, 0, at));
	struct str inner = at == SIZE_MAX ? previous_line(g) : gdb_strip(str_sub(args, at + 3, args.len));
	if (at == SIZE_MAX && !inner.len)
		return error_new(ERROR_USAGE, "Missing arguments.");
	if (!inner.len)
		return error_new(ERROR_USAGE, "Missing nested command after '--' delimiter");
	buf_printf(&line, "set %.*s", STR_ARG(setting));
	struct error *err = gdb_lookup(&g->shell->registry, buf_view(&line), &found);
	const struct gdb_setting *row = err ? NULL : gdb_setting_of(found.command);
	if (!err && !row && strcmp(found.command->name, "set") == 0)
		err = error_new(ERROR_USAGE, "Undefined set command: \"%.*s\".  Try \"help set\".",
				(int)gdb_word_length(found.args), found.args.ptr);
	else if (!err && !row)
		err = error_new(ERROR_USAGE, "Cannot use this setting with the \"with\" command");
	if (!err) {
		gdb_setting_value(g, row, &before);
		err = gdb_setting_set(g, row, gdb_strip(found.args));
	}
	if (!err) {
		err = gdb_execute(g, inner, g->shell->from_tty);
		g->putting_back = true;
		struct error *back = gdb_setting_set(g, row, buf_view(&before));
		g->putting_back = false;
		if (!err)
			err = back;
		else
			error_destroy(back);
	}
	buf_deinit(&before);
	buf_deinit(&line);
	return err;
}

/* ---- the rest ---- */

static struct error *run_init_if_undefined(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct eval_value value;
	struct str rest = args;
	size_t length = 1;
	(void)command;
	while (length < args.len && (gdb_word_length(str_sub(args, length, 1)) &&
				     args.ptr[length] != '.' && args.ptr[length] != '-'))
		length++;
	struct str name = str_sub(args, 0, length);
	rest = gdb_strip(str_sub(args, length, args.len));
	if (!args.len || args.ptr[0] != '$' || length < 2 || !rest.len || rest.ptr[0] != '=')
		return error_new(ERROR_USAGE, "Init-if-undefined requires an assignment expression.");
	eval_convenience_get(g->eval, str_sub(name, 1, name.len), &value);
	if (value.type && sym_type_kind(value.type) != SYM_TYPE_VOID)
		return NULL;
	return gdb_eval(g, args, &value);
}

static struct error *run_dont_repeat(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command, (void)args;
	gdb_dont_repeat(g);
	return NULL;
}

static struct error *run_function(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)g, (void)command, (void)args;
	return error_new(ERROR_USAGE,
			 "\"function\" is for its help only: gdb's own functions stand in expressions.");
}

static void complete_help(struct gdb *g, struct str args, struct str word)
{
	struct gdb_candidates c;
	(void)word;
	gdb_complete(g, args, &c);
	vec_for(&c.list, text)
		gdb_complete_add(g, str_from(*text));
	gdb_candidates_deinit(&c);
}

static void complete_expression(struct gdb *g, struct str args, struct str word)
{
	gdb_complete_expression(g, args, word);
}

static const struct gdb_command commands[] = {
	{ "help", "h", GDB_CLASS_SUPPORT, 0, gdb_run_help, complete_help,
	  "Print list of commands.\nUsage: help [CLASS | COMMAND | all]" },
	{ "apropos", NULL, GDB_CLASS_SUPPORT, 0, gdb_run_apropos, NULL,
	  "Search for commands matching a REGEXP.\nUsage: apropos [-v] REGEXP\n"
	  "-v: the full help of each command that matches is shown." },
	{ "complete", NULL, GDB_CLASS_OBSCURE, GDB_KEEPS_TEXT | GDB_ONCE, gdb_run_complete, NULL,
	  "List the completions for the rest of the line as a command." },
	{ "echo", NULL, GDB_CLASS_SUPPORT, GDB_KEEPS_TEXT, run_echo, NULL,
	  "Print a constant string.  Give string as argument.\nC escapes such as \\n may be used; no newline is added.\n"
	  "A backslash at the end of the line keeps the blanks before it." },
	{ "printf", NULL, GDB_CLASS_DATA, 0, run_printf, complete_expression,
	  "Formatted printing, like the C \"printf\" function.\nUsage: printf \"FORMAT\", ARG1, ARG2, …\n"
	  "%s takes a pointer to bytes that end in NUL, a str, a String or an array of bytes." },
	{ "eval", NULL, GDB_CLASS_DATA, 0, run_eval, NULL,
	  "Construct a command from a printf-like format and run it.\nUsage: eval \"FORMAT\", ARG1, ARG2, …" },
	{ "quit", "q exit", GDB_CLASS_SUPPORT, 0, run_quit, NULL,
	  "Exit oxdb.\nUsage: quit [EXPR]\nThe optional expression EXPR, if present, is evaluated and the result\n"
	  "used as the exit code." },
	{ "shell", "!", GDB_CLASS_SUPPORT, 0, run_shell, NULL,
	  "Execute the rest of the line as a shell command.\nWith no arguments, run an inferior shell.\n"
	  "$_shell_exitcode is its exit code." },
	{ "make", NULL, GDB_CLASS_SUPPORT, 0, run_make, NULL,
	  "Run the ``make'' program using the rest of the line as arguments." },
	{ "pipe", "|", GDB_CLASS_SUPPORT, 0, run_pipe, NULL,
	  "Send the output of a command to a shell command.\nUsage: | [COMMAND] | SHELL_COMMAND\n"
	  "Usage: pipe -d DELIM COMMAND DELIM SHELL_COMMAND\nWithout COMMAND the last one is run again." },
	{ "alias", NULL, GDB_CLASS_SUPPORT, 0, run_alias, gdb_complete_commands,
	  "Define a new command that is an alias of an existing command.\n"
	  "Usage: alias [-a] [--] ALIAS = COMMAND [DEFAULT-ARGS...]" },
	{ "with", "w", GDB_CLASS_DATA, 0, run_with, gdb_complete_with,
	  "Temporarily set SETTING to VALUE, run COMMAND using the setting.\nUsage: with SETTING [VALUE] [-- COMMAND]\n"
	  "Without COMMAND the last one is run again." },
	{ "init-if-undefined", NULL, GDB_CLASS_DATA, 0, run_init_if_undefined, NULL,
	  "Initialize a convenience variable if necessary.\nUsage: init-if-undefined $VARIABLE = EXPRESSION\n"
	  "Nothing happens when the variable has a value already." },
	{ "dont-repeat", NULL, GDB_CLASS_SUPPORT, GDB_ONCE, run_dont_repeat, NULL,
	  "Don't repeat this command.\nPrimarily used inside of user-defined commands that should not be repeated when\n"
	  "hitting return." },
#define FUNCTION(name, text)                                                        \
	{                                                                           \
		"function " name, NULL, GDB_CLASS_DATA, 0, run_function, NULL, text \
	}
	{ "function", NULL, GDB_CLASS_SUPPORT, 0, NULL, NULL,
	  "Placeholder command for showing help on convenience functions." },
	FUNCTION("_gdb_setting",
		 "Return a setting's value.\nUsage: $_gdb_setting (NAME)\nAs `show NAME' finds it: 1 or 0 for on and off, -1 for auto, "
		 "numbers as they are, and texts."),
	FUNCTION("_gdb_setting_str",
		 "Return a setting's value as a string.\nUsage: $_gdb_setting_str (NAME)\nAs `set NAME' would take it."),
	FUNCTION("_gdb_maint_setting",
		 "Return a maintenance setting's value.\nUsage: $_gdb_maint_setting (NAME)\noxdb has no maintenance settings."),
	FUNCTION("_gdb_maint_setting_str",
		 "Return a maintenance setting's value as a string.\nUsage: $_gdb_maint_setting_str (NAME)\n"
		 "oxdb has no maintenance settings."),
	FUNCTION("_cimag",
		 "Extract the imaginary part of a complex number.\nUsage: $_cimag (EXPRESSION)\nThere are none in Rust."),
	FUNCTION("_creal",
		 "Extract the real part of a complex number.\nUsage: $_creal (EXPRESSION)\nThere are none in Rust."),
	FUNCTION("_any_caller_is",
		 "Check all calling function's names.\nUsage: $_any_caller_is (NAME [, NUMBER-OF-FRAMES])\n"
		 "True when the selected frame's function or one of so many callers (1 when nothing is said) has this name."),
	FUNCTION("_any_caller_matches",
		 "Compare all calling function's names with a regexp.\nUsage: $_any_caller_matches (REGEX [, NUMBER-OF-FRAMES])\n"
		 "As $_any_caller_is; the name has to begin with what REGEX matches."),
	FUNCTION("_as_string",
		 "Return the string representation of a value.\nUsage: $_as_string (VALUE)\nAs `print' writes it."),
	FUNCTION("_caller_is",
		 "Check the calling function's name.\nUsage: $_caller_is (NAME [, NUMBER-OF-FRAMES])\n"
		 "True when the function of the frame that is so many frames (1 when nothing is said) further out has this name."),
	FUNCTION("_caller_matches",
		 "Compare the calling function's name with a regexp.\nUsage: $_caller_matches (REGEX [, NUMBER-OF-FRAMES])\n"
		 "As $_caller_is; the name has to begin with what REGEX matches."),
	FUNCTION("_isvoid",
		 "Check whether an expression is void.\nUsage: $_isvoid (EXPRESSION)\nReturn 1 if the expression is void, zero otherwise."),
	FUNCTION("_memeq",
		 "Compare bytes of memory.\nUsage: $_memeq (A, B, N)\nTrue when the N bytes at the addresses A and B are the same."),
	FUNCTION("_regex",
		 "Check if a string matches a regular expression.\nUsage: $_regex (STRING, REGEX)\n"
		 "REGEX is an extended regular expression of POSIX, and has to match at the beginning."),
	FUNCTION("_streq",
		 "Check string equality.\nUsage: $_streq (A, B)\nEach is a str, a String, an array of bytes or a pointer to text that ends in NUL."),
	FUNCTION("_strlen", "Compute string length.\nUsage: $_strlen (A)\nIn bytes, of what $_streq takes."),
#undef FUNCTION
};
const struct gdb_command_table gdb_commands_support = { commands, sizeof commands / sizeof *commands };
