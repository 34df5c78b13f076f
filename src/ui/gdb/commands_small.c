/* Commands of gdb that take a few lines each: edit, demangle, sharedlibrary, and what is said where there is nothing to show. */
#include "ui/gdb/looking.h"

#include <inttypes.h>
#include <stdlib.h>

/* ---- edit ---- */

static struct error *open_editor(struct gdb *g, struct str path, uint32_t line)
{
	const char *editor = getenv("EDITOR");
	struct buf text = { 0 };
	buf_printf(&text, "shell %s +%u \"%.*s\"", editor && *editor ? editor : "/bin/ex", line,
		   STR_ARG(path));
	struct error *err = gdb_execute(g, buf_view(&text), false);
	buf_deinit(&text);
	return err;
}

static struct error *edit_at(struct gdb *g, struct str file, uint32_t line)
{
	struct gdb_source *source;
	TRY(gdb_source_open(g, file, STR_EMPTY, &source));
	return open_editor(g, str_from(gdb_source_path(source)), line);
}

enum { LINES = 10 }; /* what gdb's list has at first */

static struct error *run_edit(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct eng_spec spec;
	struct eng_place *places;
	struct str rest;
	size_t count;
	(void)command;
	if (!args.len) {
		TRY(gdb_need_list_place(g));
		/* As gdb, from where `list' would go on. */
		uint32_t next = g->list.first ? g->list.last + 1 : g->list.last;
		return edit_at(g, arena_str(&g->scratch, str_from(g->list.file)), next + LINES / 2);
	}
	TRY(gdb_parse_place(g, args, &spec, &rest));
	if (rest.len)
		return error_new(ERROR_USAGE, "Junk at end of line specification.");
	if (spec.kind == ENG_SPEC_LINE) {
		struct str file = gdb_find_file(g, spec.file);
		if (!file.len)
			return error_new(ERROR_NOT_FOUND, "No source file named %.*s.", STR_ARG(spec.file));
		return edit_at(g, file, spec.line);
	}
	TRY(eng_locate(g->control, eng_selected_inferior(g->control), &spec, &g->scratch, &places, &count));
	if (!count || !places[0].line.file.len)
		return error_new(ERROR_NOT_FOUND, "No line number known for %.*s.", STR_ARG(args));
	struct sym_line line = places[0].line;
	struct sym_function_info info = { 0 };
	if (spec.kind == ENG_SPEC_FUNCTION && places[0].function)
		sym_function_describe(places[0].function, &info);
	if (info.entry.value)
		sym_line_at(sym_function_module(places[0].function), info.entry, &line);
	if (spec.kind == ENG_SPEC_ADDRESS)
		gdb_print(g, "0x%" PRIx64 " is in %.*s (%.*s:%u).\n", spec.address,
			  STR_ARG(places[0].name), STR_ARG(line.file), line.line);
	return edit_at(g, line.file, line.line);
}

/* ---- demangle ---- */

static struct error *run_demangle(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command;
	bool options = true;
	while (options && args.len && args.ptr[0] == '-') {
		struct str word = gdb_take_word(&args);
		options = !str_is(word, "--");
		if (options && !str_is(word, "-l"))
			return error_new(ERROR_USAGE, "Unrecognized option '%.*s' to demangle command",
					 STR_ARG(word));
		if (options)
			gdb_take_word(&args); /* a name shows in which language it was mangled */
	}
	if (!args.len)
		return error_new(ERROR_USAGE, "Usage: demangle [-l LANGUAGE] [--] NAME");
	struct str name = sym_demangle_verbose(args, &g->scratch);
	if (str_eq(name, args))
		return error_new(ERROR_NOT_FOUND, "Can't demangle \"%.*s\"", STR_ARG(args));
	gdb_print(g, "%.*s\n", STR_ARG(name));
	return NULL;
}

/* ---- what there is nothing to do for ---- */

static struct error *do_nothing(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)g, (void)command, (void)args;
	return NULL;
}

static struct error *run_sharedlibrary(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct gdb_regex *regex;
	(void)g, (void)command;
	TRY(gdb_regex_new(args, &regex)); /* their symbols are read when they are asked for */
	gdb_regex_destroy(regex);
	return NULL;
}

/* ---- info ---- */

static const char *const auto_load[][2] = {
	{ "gdb-scripts", "No auto-load scripts." },
	{ "libthread-db", "No auto-loaded libthread-db." },
	{ "local-gdbinit", "Local .gdbinit file was not found." },
	{ "python-scripts", "No auto-load scripts." },
};

static struct error *info_auto_load(struct gdb *g, const struct gdb_command *command, struct str args)
{
	const char *one = strrchr(command->name, ' ') + 1;
	bool all = strcmp(one, "auto-load") == 0;
	if (all && args.len)
		return error_new(ERROR_USAGE,
				 "Undefined info auto-load command: \"%.*s\".  Try \"help info auto-load\".",
				 STR_ARG(args));
	for (size_t i = 0; i < sizeof auto_load / sizeof *auto_load; i++) {
		if (all)
			gdb_print(g, "%s:  %s\n", auto_load[i][0], auto_load[i][1]);
		else if (strcmp(one, auto_load[i][0]) == 0)
			gdb_print(g, "%s\n", auto_load[i][1]);
	}
	return NULL;
}

/* All processes are the operating system's: one connection, while there is one of them. */
static struct error *info_connections(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct eng_inferior *const *all;
	bool any = false;
	(void)command, (void)args;
	size_t count = eng_inferiors(g->control, &all);
	for (size_t i = 0; i < count; i++)
		any |= all[i]->process || all[i]->connected;
	if (!any) {
		gdb_print(g, "No connections.\n");
		return NULL;
	}
	const struct eng_inferior *selected = eng_selected_inferior(g->control);
	bool here = selected->process || selected->connected;
	gdb_print(g, "  Num  What    Description       \n%c 1    native  Native process    \n",
		  here ? '*' : ' ');
	return NULL;
}

static struct error *info_extensions(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command, (void)args;
	gdb_print(g, "A file's language is that of its debug information, whatever it is called. Of a file without any:\n\n"
		     "\t.rs\t- rust\n\t.c\t- c\n");
	return NULL;
}

static struct error *info_terminal(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct eng_inferior *inferior = eng_selected_inferior(g->control);
	(void)command, (void)args;
	if (!inferior->process)
		gdb_print(g, "No saved terminal information.\n");
	else if (inferior->terminal)
		gdb_print(g, "The program has the terminal %s.\n", inferior->terminal);
	else
		gdb_print(g, "The program has oxdb's terminal while it runs.\n");
	return NULL;
}

/* clang-format off */
static const struct gdb_command commands[] = {
	{ "edit", NULL, GDB_CLASS_FILES, 0, run_edit, gdb_complete_places,
	  "Edit specified file or function.\nUsage: edit [PLACE]\n"
	  "Without PLACE: where `list' stands. The editor is that of $EDITOR, called with +LINE and the file's path." },
	{ "demangle", NULL, GDB_CLASS_SUPPORT, 0, run_demangle, NULL,
	  "Demangle a mangled name.\nUsage: demangle [-l LANGUAGE] [--] NAME\nLANGUAGE is accepted: a name shows it itself." },
	{ "sharedlibrary", NULL, GDB_CLASS_FILES, GDB_ONCE, run_sharedlibrary, NULL,
	  "Load shared object library symbols for files matching REGEXP.\nUsage: sharedlibrary [REGEXP]\n"
	  "There is nothing to do: symbols are read when they are asked for." },
	{ "stop", NULL, GDB_CLASS_RUNNING, 0, do_nothing, NULL,
	  "There is no `stop' command, but you can set a hook on `stop'.\n"
	  "This allows you to set a list of commands to be run each time execution\nof the program stops." },
	{ "interrupt", NULL, GDB_CLASS_RUNNING, 0, do_nothing, NULL,
	  "Interrupt the execution of the debugged program.\nUsage: interrupt [-a]\n"
	  "Where a command can be given nothing runs; Ctrl-C interrupts a program that does." },
	{ "add-auto-load-scripts-directory", NULL, GDB_CLASS_SUPPORT, 0, do_nothing, NULL,
	  "Accept a directory to auto-load scripts from.\nNothing is loaded from it." },
	{ "info auto-load", NULL, GDB_CLASS_STATUS, 0, info_auto_load, NULL,
	  "Print current status of auto-loaded files.\nNothing is loaded unasked." },
	{ "info auto-load gdb-scripts", NULL, GDB_CLASS_STATUS, 0, info_auto_load, NULL,
	  "Print the list of automatically loaded command sequences." },
	{ "info auto-load libthread-db", NULL, GDB_CLASS_STATUS, 0, info_auto_load, NULL,
	  "Print the list of loaded inferior specific libthread_db." },
	{ "info auto-load local-gdbinit", NULL, GDB_CLASS_STATUS, 0, info_auto_load, NULL,
	  "Print whether current directory .gdbinit file has been loaded." },
	{ "info auto-load python-scripts", NULL, GDB_CLASS_STATUS, 0, info_auto_load, NULL,
	  "Print the list of automatically loaded Python scripts." },
	{ "info connections", NULL, GDB_CLASS_STATUS, 0, info_connections, NULL,
	  "Target connections in use.\nProcesses of this machine are the only ones." },
	{ "info extensions", NULL, GDB_CLASS_STATUS, 0, info_extensions, NULL,
	  "All filename extensions associated with a source language." },
	{ "info terminal", NULL, GDB_CLASS_STATUS, 0, info_terminal, NULL,
	  "Print inferior's saved terminal status." },
};
/* clang-format on */
const struct gdb_command_table gdb_commands_small = { commands, sizeof commands / sizeof *commands };
