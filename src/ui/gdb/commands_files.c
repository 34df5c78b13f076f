/* file, cd, pwd, path, tty and their like. */
#include "ui/gdb/shell_internal.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *gdb_expand_home(struct str path)
{
	const char *home = getenv("HOME");
	struct buf text = { 0 };
	if (path.len >= 2 && (path.ptr[0] == '"' || path.ptr[0] == '\'') &&
	    path.ptr[path.len - 1] == path.ptr[0])
		path = str_sub(path, 1, path.len - 2);
	if (home && path.len && path.ptr[0] == '~' && (path.len == 1 || path.ptr[1] == '/')) {
		buf_printf(&text, "%s", home);
		path = str_sub(path, 1, path.len);
	}
	buf_str(&text, path);
	char *copy = str_dup(buf_view(&text));
	buf_deinit(&text);
	return copy;
}

static bool has_debug_information(struct gdb *g, struct eng_inferior *i)
{
	struct sym_module *m = eng_inferior_symbols(g->control, i, &i->file);
	return !m || sym_module_has_debug_info(m);
}

static struct error *in_gdbs_words(const char *path, struct error *err)
{
	struct error *said = err;
	if (err && err->sys_errno)
		said = error_new(err->code, "%s: %s.", path, strerror(err->sys_errno));
	else if (err && (err->code == ERROR_FORMAT || err->code == ERROR_TRUNCATED))
		said = error_new(err->code,
				 "\"%s\": not in executable format: file format not recognized", path);
	if (said != err)
		error_destroy(err);
	return said;
}

struct error *gdb_open_program(struct gdb *g, const char *path, bool say)
{
	struct eng_inferior *i = eng_selected_inferior(g->control);
	TRY(in_gdbs_words(path, eng_inferior_set_program(g->control, i, path)));
	if (!path || !say)
		return NULL;
	gdb_print(g, "Reading symbols from ");
	gdb_print_styled(g, GDB_STYLE_FILE, str_from(path));
	gdb_print(g, "...\n");
	if (!has_debug_information(g, i))
		gdb_print(g, "(No debugging symbols found in %s)\n", path);
	return NULL;
}

static struct error *run_file(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command;
	char *path = args.len ? gdb_expand_home(args) : NULL;
	if (!path && gdb_from_tty(g) && !gdb_query(g, "No symbol file now.  Discard the program? "))
		return error_new(ERROR_USAGE, "Not confirmed.");
	if (!path && g->shell->from_tty)
		gdb_print(g, "No executable file now.\n");
	struct error *err = gdb_open_program(g, path, g->shell->from_tty || g->settings.verbose);
	if (!path && g->shell->from_tty)
		gdb_print(g, "No symbol file now.\n");
	free(path);
	return err;
}

static struct error *refuse_core(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)g, (void)command;
	if (!args.len) {
		if (gdb_from_tty(g))
			gdb_print(g, "No core file now.\n");
		return NULL;
	}
	return error_new(ERROR_UNSUPPORTED, "Core files cannot be read by this version of oxdb.");
}

static struct error *refuse_symbols(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)g, (void)args;
	return error_new(ERROR_UNSUPPORTED,
			 "%s is not offered: symbols come from the files that the program has mapped.",
			 command->name);
}

/* ---- folders ---- */

static struct error *run_pwd(struct gdb *g, const struct gdb_command *command, struct str args)
{
	char path[PATH_MAX];
	(void)command;
	if (args.len)
		return error_new(ERROR_USAGE, "The \"pwd\" command does not take an argument: %.*s",
				 STR_ARG(args));
	if (!getcwd(path, sizeof path))
		return error_new(ERROR_SYSTEM, "Error finding name of working directory: %s",
				 strerror(errno));
	gdb_print(g, "Working directory ");
	gdb_print_styled(g, GDB_STYLE_FILE, str_from(path));
	gdb_print(g, ".\n");
	return NULL;
}

static struct error *run_cd(struct gdb *g, const struct gdb_command *command, struct str args)
{
	char *path = gdb_expand_home(args.len ? args : STR_LIT("~"));
	struct error *err = NULL;
	if (chdir(path) != 0)
		err = error_new(ERROR_NOT_FOUND, "%s: %s.", path, strerror(errno));
	free(path);
	if (err || !g->shell->from_tty)
		return err;
	return run_pwd(g, command, STR_EMPTY);
}

/* ---- the program's environment ---- */

static const char *const *environment_of(struct gdb *g)
{
	struct eng_inferior *i = eng_selected_inferior(g->control);
	return i->environment ? (const char *const *)i->environment : (const char *const *)environ;
}

/* The "NAME=…" of it; NULL: not set. */
static const char *find_variable(struct gdb *g, struct str name)
{
	for (const char *const *p = environment_of(g); *p; p++)
		if (str_starts(str_from(*p), name) && (*p)[name.len] == '=')
			return *p;
	return NULL;
}

/* The inferior's own list without `name`, and with `entry` (malloc'ed) at the end when there is one. */
static void change_variable(struct gdb *g, struct str name, char *entry)
{
	struct eng_inferior *inferior = eng_selected_inferior(g->control);
	const char *const *old = environment_of(g);
	size_t count = 0;
	while (old[count])
		count++;
	char **list = xmalloc((count + 2) * sizeof *list);
	size_t kept = 0;
	for (size_t i = 0; i < count; i++)
		if (!(name.len && str_starts(str_from(old[i]), name) && old[i][name.len] == '='))
			list[kept++] = xstrdup(old[i]);
	if (entry)
		list[kept++] = entry;
	for (char **p = inferior->environment; p && *p; p++)
		free(*p);
	free(inferior->environment);
	inferior->environment = list;
}

static void set_variable(struct gdb *g, struct str name, struct str value)
{
	struct buf entry = { 0 };
	buf_printf(&entry, "%.*s=%.*s", STR_ARG(name), STR_ARG(value));
	change_variable(g, name, entry.data);
}

static struct error *run_set_environment(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command;
	if (!args.len)
		return error_new(ERROR_USAGE, "Argument required (environment variable and value).");
	size_t end = 0;
	while (end < args.len && args.ptr[end] != '=' && args.ptr[end] != ' ' && args.ptr[end] != '\t')
		end++;
	if (end == 0)
		return error_new(ERROR_USAGE, "Argument required (environment variable to set).");
	struct str name = str_sub(args, 0, end);
	struct str value = gdb_strip(str_sub(args, end, args.len));
	if (value.len && value.ptr[0] == '=')
		value = gdb_strip(str_sub(value, 1, value.len));
	if (!value.len)
		gdb_print(g, "Setting environment variable \"%.*s\" to null value.\n", STR_ARG(name));
	set_variable(g, name, value);
	return NULL;
}

static struct error *run_unset_environment(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command;
	if (args.len) {
		change_variable(g, args, NULL);
		return NULL;
	}
	if (g->shell->from_tty && !gdb_query(g, "Delete all environment variables? "))
		return NULL;
	struct eng_inferior *inferior = eng_selected_inferior(g->control);
	for (char **p = inferior->environment; p && *p; p++)
		free(*p);
	free(inferior->environment);
	inferior->environment = xmalloc(sizeof(char *));
	return NULL;
}

static struct error *run_show_environment(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command;
	if (!args.len) {
		for (const char *const *p = environment_of(g); *p && !gdb_interrupted(g); p++)
			gdb_print(g, "%s\n", *p);
		return NULL;
	}
	const char *entry = find_variable(g, args);
	if (entry)
		gdb_print(g, "%.*s = %s\n", STR_ARG(args), entry + args.len + 1);
	else
		gdb_print(g, "Environment variable \"%.*s\" not defined.\n", STR_ARG(args));
	return NULL;
}

static struct error *run_show_paths(struct gdb *g, const struct gdb_command *command, struct str args)
{
	const char *entry = find_variable(g, STR_LIT("PATH"));
	(void)command, (void)args;
	gdb_print(g, "Executable and object file path: %s\n", entry ? entry + 5 : "");
	return NULL;
}

static struct error *run_path(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct buf value = { 0 };
	while (args.len) {
		char path[PATH_MAX];
		char *word = gdb_expand_home(gdb_take_word(&args));
		const char *full = realpath(word, path);
		struct stat status;
		if (stat(word, &status) < 0)
			gdb_print(g, "Warning: %s: %s.\n", word, strerror(errno));
		else if (!S_ISDIR(status.st_mode))
			gdb_warn(g, "%s is not a directory.", word);
		buf_printf(&value, "%s%s", value.len ? ":" : "", full ? full : word);
		free(word);
	}
	if (value.len) {
		const char *entry = find_variable(g, STR_LIT("PATH"));
		buf_printf(&value, "%s%s", entry ? ":" : "", entry ? entry + 5 : "");
		set_variable(g, STR_LIT("PATH"), buf_view(&value));
	}
	buf_deinit(&value);
	return g->shell->from_tty ? run_show_paths(g, command, STR_EMPTY) : NULL;
}

static struct error *run_tty(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct buf line = { 0 };
	(void)command;
	buf_printf(&line, "set inferior-tty %.*s", STR_ARG(args));
	struct error *err = gdb_execute(g, buf_view(&line), false);
	buf_deinit(&line);
	return err;
}

static struct error *run_unset_exec_wrapper(struct gdb *g, const struct gdb_command *command,
					    struct str args)
{
	(void)command, (void)args;
	free(g->settings.exec_wrapper);
	g->settings.exec_wrapper = NULL;
	struct eng_inferior *i = eng_selected_inferior(g->control);
	free(i->wrapper);
	i->wrapper = NULL;
	return NULL;
}

static void complete_file(struct gdb *g, struct str args, struct str word)
{
	(void)args;
	gdb_complete_files(g, word);
}

static const struct gdb_command commands[] = {
	{ "file", NULL, GDB_CLASS_FILES, GDB_ONCE, run_file, complete_file,
	  "Use FILE as program to be debugged.\nUsage: file FILE\n"
	  "Its symbols are read when they are asked for; `run' starts it. Without FILE there is no program any more." },
	{ "exec-file", NULL, GDB_CLASS_FILES, 0, run_file, complete_file,
	  "Use FILE as program for getting contents of pure memory.\nUsage: exec-file FILE\nThe same as `file'." },
	{ "symbol-file", NULL, GDB_CLASS_FILES, GDB_ONCE, run_file, complete_file,
	  "Load symbol table from executable file FILE.\nUsage: symbol-file FILE\nThe same as `file'." },
	{ "core-file", "core", GDB_CLASS_FILES, GDB_ONCE, refuse_core, complete_file,
	  "Refuse to use FILE as core dump.\nThis version of oxdb debugs processes only." },
	{ "add-symbol-file", NULL, GDB_CLASS_FILES, GDB_ONCE, refuse_symbols, complete_file,
	  "Refuse to load symbols from FILE.\nSymbols come from the files that the program has mapped." },
	{ "pwd", NULL, GDB_CLASS_FILES, 0, run_pwd, NULL,
	  "Print working directory.\nUsage: pwd\nThis is used for your program as well, unless `set cwd' says another." },
	{ "cd", NULL, GDB_CLASS_FILES, GDB_ONCE, run_cd, complete_file,
	  "Set working directory to DIR for debugger.\nUsage: cd [DIR]\nWithout DIR: the home directory." },
	{ "path", NULL, GDB_CLASS_FILES, GDB_ONCE, run_path, complete_file,
	  "Add directory DIR(s) to beginning of search path for object files.\nUsage: path [DIR…]\n"
	  "The program is given the PATH that results." },
	{ "show paths", NULL, GDB_CLASS_FILES, 0, run_show_paths, NULL,
	  "Current search path for finding object files." },
	{ "tty", NULL, GDB_CLASS_RUNNING, 0, run_tty, complete_file,
	  "Set terminal for future runs of program being debugged.\nUsage: tty TTY" },
	{ "set environment", NULL, GDB_CLASS_RUNNING, 0, run_set_environment, NULL,
	  "Set environment variable value to give the program.\nUsage: set environment VAR[=VALUE]\n"
	  "VALUES of environment variables are uninterpreted strings. It takes effect at the next `run'." },
	{ "show environment", NULL, GDB_CLASS_RUNNING, 0, run_show_environment, NULL,
	  "The environment to give the program.\nUsage: show environment [VAR]" },
	{ "unset environment", NULL, GDB_CLASS_RUNNING, 0, run_unset_environment, NULL,
	  "Cancel environment variable VAR for the program.\nUsage: unset environment [VAR]\nWithout VAR: all." },
	{ "unset exec-wrapper", NULL, GDB_CLASS_RUNNING, 0, run_unset_exec_wrapper, NULL,
	  "Disable use of an execution wrapper." },
};
const struct gdb_command_table gdb_commands_files = { commands, sizeof commands / sizeof *commands };
