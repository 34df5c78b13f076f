/* The table of the commands about source files, and those that say where files are looked for. */
#include "ui/gdb/looking.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

/* A word, perhaps in quotes. */
static struct str take_argument(struct str *args)
{
	struct str s = gdb_strip(*args);
	if (s.len > 1 && (s.ptr[0] == '"' || s.ptr[0] == '\'')) {
		size_t end = str_find(str_sub(s, 1, SIZE_MAX), (struct str){ s.ptr, 1 });
		if (end != SIZE_MAX) {
			*args = gdb_strip(str_sub(s, end + 2, SIZE_MAX));
			return str_sub(s, 1, end);
		}
	}
	return gdb_take_word(args);
}

static struct error *run_set_substitute(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct str from = take_argument(&args), to = take_argument(&args);
	(void)command;
	if (from.len == 0 || to.ptr == NULL ||
	    (to.len == 0 && args.len == 0 && to.ptr == from.ptr + from.len))
		return error_new(ERROR_USAGE, "Incorrect usage, too few arguments in command");
	if (args.len > 0)
		return error_new(ERROR_USAGE, "Incorrect usage, too many arguments in command");
	return gdb_substitute_add(g, from, to);
}

static struct error *run_unset_substitute(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct str from = take_argument(&args);
	(void)command;
	if (args.len > 0)
		return error_new(ERROR_USAGE, "Incorrect usage, too many arguments in command");
	if (from.len == 0 && !gdb_query(g, "Delete all source path substitution rules? "))
		return error_new(ERROR_USAGE, "Canceled");
	return gdb_substitute_remove(g, from);
}

static struct error *run_show_substitute(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command;
	gdb_substitute_show(g, take_argument(&args));
	return NULL;
}

/* ---- directory ---- */

static void set_directories(struct gdb *g, const char *list)
{
	free(g->settings.directories);
	g->settings.directories = xstrdup(list);
	gdb_sources_forget(g);
}

static bool in_list(struct str list, struct str one)
{
	while (list.len > 0) {
		size_t colon = str_find(list, STR_LIT(":"));
		if (str_eq(str_sub(list, 0, colon), one))
			return true;
		list = colon == SIZE_MAX ? STR_EMPTY : str_sub(list, colon + 1, SIZE_MAX);
	}
	return false;
}

static void add_directory(struct gdb *g, struct buf *list, struct str directory)
{
	char resolved[PATH_MAX], *text = str_dup(directory);
	struct str full = directory;
	if (directory.ptr[0] != '$') {
		if (realpath(text, resolved))
			full = str_from(resolved);
		else
			gdb_warn_as(g, "Warning: ", "%s: No such file or directory.", text);
	}
	if (!in_list(buf_view(list), full)) {
		if (list->len)
			buf_char(list, ':');
		buf_str(list, full);
	}
	free(text);
}

static void show_directories(struct gdb *g)
{
	gdb_print(g, "Source directories searched: %s\n", g->settings.directories);
}

static struct error *run_directory(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct buf list = { 0 };
	(void)command;
	if (args.len == 0) {
		if (!gdb_from_tty(g) || gdb_query(g, "Reinitialize source path to %s? ", "$cdir:$cwd"))
			set_directories(g, "$cdir:$cwd");
		if (gdb_from_tty(g))
			show_directories(g);
		return NULL;
	}
	while (args.len > 0) {
		struct str word = take_argument(&args);
		while (word.len > 0) {
			size_t colon = str_find(word, STR_LIT(":"));
			struct str one = str_sub(word, 0, colon);
			if (one.len > 0)
				add_directory(g, &list, one);
			word = colon == SIZE_MAX ? STR_EMPTY : str_sub(word, colon + 1, SIZE_MAX);
		}
	}
	for (struct str old = str_from(g->settings.directories); old.len > 0;) {
		size_t colon = str_find(old, STR_LIT(":"));
		add_directory(g, &list, str_sub(old, 0, colon));
		old = colon == SIZE_MAX ? STR_EMPTY : str_sub(old, colon + 1, SIZE_MAX);
	}
	set_directories(g, list.data);
	buf_deinit(&list);
	if (gdb_from_tty(g))
		show_directories(g);
	return NULL;
}

static struct error *run_show_directories(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command, (void)args;
	show_directories(g);
	return NULL;
}

static struct error *run_set_directories(struct gdb *g, const struct gdb_command *command, struct str args)
{
	set_directories(g, "$cdir:$cwd");
	return args.len ? run_directory(g, command, args) : NULL;
}

static void complete_directories(struct gdb *g, struct str args, struct str word)
{
	(void)args;
	gdb_complete_files(g, word);
}

static const struct gdb_command commands[] = {
	{ "list", "l", GDB_CLASS_FILES, GDB_REPEATS_BARE, gdb_run_list, gdb_complete_places,
	  "List specified function or line.\n"
	  "With no argument, lists ten more lines after or around previous listing.\n"
	  "\"list +\" lists the ten lines following the last ten lines listed.\n"
	  "\"list -\" lists the ten lines before the lines last listed.\n"
	  "One argument specifies a line, and ten lines are listed around that line.\n"
	  "Two arguments with comma between specify starting and ending lines to list.\n"
	  "Lines can be specified in these ways:\n"
	  "  LINENUM, to list around that line in current file,\n"
	  "  FILE:LINENUM, to list around that line in that file,\n"
	  "  FUNCTION, to list around beginning of that function,\n"
	  "  FILE:FUNCTION, to distinguish among like-named static functions.\n"
	  "  *ADDRESS, to list around the line containing that address.\n"
	  "With two args, if one is empty, it stands for ten lines away from\n"
	  "the other arg.\n\n"
	  "By default, when a single location is given, display ten lines.\n"
	  "This can be changed using \"set listsize\", and the current value\n"
	  "can be shown using \"show listsize\"." },
	{ "forward-search", "search fo", GDB_CLASS_FILES, 0, gdb_run_search, NULL,
	  "Search for regular expression (see regex(3)) from last line listed.\n"
	  "The matching line number is also stored as the value of \"$_\"." },
	{ "reverse-search", "rev", GDB_CLASS_FILES, 0, gdb_run_reverse_search, NULL,
	  "Search backward for regular expression (see regex(3)) from last line listed.\n"
	  "The matching line number is also stored as the value of \"$_\"." },
	{ "directory", "dir", GDB_CLASS_FILES, GDB_ONCE, run_directory, complete_directories,
	  "Add directory DIR to beginning of search path for source files.\n"
	  "Usage: directory [DIR]...\n"
	  "Forget cached info on source file locations and line positions.\n"
	  "DIR can also be $cwd for the current working directory, or $cdir for the\n"
	  "directory in which the source file was compiled into object code.\n"
	  "With no argument, reset the search path to $cdir:$cwd, the default." },
	{ "show directories", NULL, GDB_CLASS_FILES, 0, run_show_directories, NULL,
	  "Show the search path for finding source files." },
	{ "set directories", NULL, GDB_CLASS_FILES, 0, run_set_directories, NULL,
	  "Set the search path for finding source files.\n"
	  "$cwd in the path means the current working directory.\n"
	  "This is equivalent to the $cdir:$cwd path by default." },
	{ "set substitute-path", NULL, GDB_CLASS_FILES, 0, run_set_substitute, NULL,
	  "Add a substitution rule to rewrite the source directories.\n"
	  "Usage: set substitute-path FROM TO\n"
	  "Add a substitution rule replacing FROM into TO in source file names.\n"
	  "If a substitution rule was previously set for FROM, the old rule\n"
	  "is replaced by the new one." },
	{ "unset substitute-path", NULL, GDB_CLASS_FILES, 0, run_unset_substitute, NULL,
	  "Delete one or all substitution rules rewriting the source directories.\n"
	  "Usage: unset substitute-path [FROM]\n"
	  "Delete the rule for substituting FROM in source directories.  If FROM\n"
	  "is not specified, all substituting rules are deleted." },
	{ "show substitute-path", NULL, GDB_CLASS_FILES, 0, run_show_substitute, NULL,
	  "Show one or all substitution rules rewriting the source directories.\n"
	  "Usage: show substitute-path [FROM]" },
	{ "info line", NULL, GDB_CLASS_STATUS, 0, gdb_run_info_line, gdb_complete_places,
	  "Core addresses of the code for a source line.\n"
	  "Line can be specified as\n"
	  "  LINENUM, to list around that line in current file,\n"
	  "  FILE:LINENUM, to list around that line in that file,\n"
	  "  FUNCTION, to list around beginning of that function,\n"
	  "  FILE:FUNCTION, to distinguish among like-named static functions.\n"
	  "Default is to describe the last source line that was listed.\n\n"
	  "This sets the default address for \"x\" to the line's first instruction\n"
	  "so that \"x/i\" suffices to start examining the machine code.\n"
	  "The address is also stored as the value of \"$_\"." },
	{ "info source", NULL, GDB_CLASS_STATUS, 0, gdb_run_info_source, NULL,
	  "Information about the current source file." },
	{ "info symbol", NULL, GDB_CLASS_STATUS, 0, gdb_run_info_symbol, gdb_complete_expression,
	  "Describe what symbol is at location ADDR.\n"
	  "Usage: info symbol ADDR\n"
	  "Only for symbols with fixed locations (global or static scope)." },
	{ "info address", NULL, GDB_CLASS_STATUS, 0, gdb_run_info_address, gdb_complete_expression,
	  "Describe where symbol SYM is stored.\n"
	  "Usage: info address SYM" },
	{ "info scope", "sc", GDB_CLASS_STATUS, 0, gdb_run_info_scope, gdb_complete_places,
	  "List the variables local to a scope.\n"
	  "Usage: info scope LOCATION" },
};

const struct gdb_command_table gdb_commands_source = { commands, sizeof commands / sizeof *commands };
