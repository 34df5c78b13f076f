/* Every setting: its name, where it is kept, what is said about it, and its value at the start. */
#include "ui/gdb/output.h"
#include "ui/gdb/settings.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* ---- what a change brings about ---- */

static void replace(char **place, const char *text)
{
	char *copy = text && *text ? xstrdup(text) : NULL;
	free(*place);
	*place = copy;
}

static struct error *args_changed(struct gdb *g)
{
	replace(&eng_selected_inferior(g->control)->arguments, g->settings.args);
	return NULL;
}

static struct error *cwd_changed(struct gdb *g)
{
	replace(&eng_selected_inferior(g->control)->directory, g->settings.cwd);
	return NULL;
}

static struct error *tty_changed(struct gdb *g)
{
	replace(&eng_selected_inferior(g->control)->terminal, g->settings.inferior_tty);
	return NULL;
}

static struct error *size_changed(struct gdb *g)
{
	gdb_output_set_size(g);
	return NULL;
}

static struct error *logging_changed(struct gdb *g)
{
	return gdb_output_set_logging(g);
}

static struct error *history_changed(struct gdb *g)
{
	gdb_history_limit(g);
	return NULL;
}

static struct error *input_radix_changed(struct gdb *g)
{
	uint32_t radix = g->settings.input_radix;
	if (radix < 2)
		return error_new(ERROR_USAGE,
				 "Nonsense input radix ``decimal %u''; input radix unchanged.", radix);
	eval_set_input_radix(g->eval, radix);
	if (gdb_from_tty(g))
		gdb_print(g, "Input radix now set to decimal %u, hex %x, octal %o.\n", radix, radix, radix);
	return NULL;
}

static struct error *output_radix_changed(struct gdb *g)
{
	uint32_t radix = g->settings.output_radix;
	if (radix != 8 && radix != 10 && radix != 16)
		return error_new(ERROR_USAGE,
				 "Unsupported output radix ``decimal %u''; output radix unchanged.",
				 radix);
	g->settings.print.radix = radix == 10 ? 0 : radix == 16 ? 'x' : 'o';
	if (gdb_from_tty(g))
		gdb_print(g, "Output radix now set to decimal %u, hex %x, octal %o.\n", radix, radix,
			  radix);
	return NULL;
}

static struct error *dprintf_style_changed(struct gdb *g)
{
	if (strcmp(g->settings.dprintf_style, "gdb") == 0)
		return NULL;
	return error_new(ERROR_UNSUPPORTED,
			 "oxdb prints what a dprintf prints itself: its only style is \"gdb\", not \"%s\".",
			 g->settings.dprintf_style);
}

static struct error *value_size_changed(struct gdb *g)
{
	if (g->settings.max_value_size > 0 && g->settings.max_value_size < 16) {
		g->settings.max_value_size = 16;
		return error_new(ERROR_LIMIT, "max-value-size set too low, increasing to 16 bytes");
	}
	return NULL;
}

static struct error *debug_directories_changed(struct gdb *g)
{
	eng_session_debug_directories(eng_control_session(g->control), g->settings.debug_file_directory);
	return NULL;
}

static struct error *library_paths_changed(struct gdb *g)
{
	eng_session_library_paths(eng_control_session(g->control), g->settings.sysroot,
				  g->settings.solib_search_path);
	return NULL;
}

static struct error *wrapper_changed(struct gdb *g)
{
	replace(&eng_selected_inferior(g->control)->wrapper, g->settings.exec_wrapper);
	return NULL;
}

/* ---- what show says where a sentence does not do ---- */

static void show_max_value_size(struct gdb *g, struct buf *out)
{
	if (g->settings.max_value_size)
		buf_printf(out, "Maximum value size is %u bytes.\n", g->settings.max_value_size);
	else
		buf_printf(out, "Maximum value size is unlimited.\n");
}

static void show_cwd(struct gdb *g, struct buf *out)
{
	const char *cwd = g->settings.cwd;
	if (cwd && *cwd)
		buf_printf(out,
			   "Current working directory that will be used when starting the inferior is \"%s\".\n",
			   cwd);
	else
		buf_printf(out, "You have not set the inferior's current working directory.\n"
				"The inferior will inherit oxdb's cwd.\n");
}

static void show_logging_enabled(struct gdb *g, struct buf *out)
{
	buf_printf(out, "%s",
		   g->settings.logging_enabled ? "on: Logging is enabled.\n"
					       : "off: Logging is disabled.\n");
}

static void show_logging_overwrite(struct gdb *g, struct buf *out)
{
	buf_printf(out, "%s",
		   g->settings.logging_overwrite ? "on: Logging overwrites the log file.\n"
						 : "off: Logging appends to the log file.\n");
}

static void show_logging_redirect(struct gdb *g, struct buf *out)
{
	buf_printf(out, "%s",
		   g->settings.logging_redirect
			   ? "on: Output will go only to the log file.\n"
			   : "off: Output will go to both the screen and the log file.\n");
}

static void show_logging_debugredirect(struct gdb *g, struct buf *out)
{
	buf_printf(out, "%s",
		   g->settings.logging_debugredirect
			   ? "on: Debug output will go only to the log file.\n"
			   : "off: Debug output will go to both the screen and the log file.\n");
}

static void show_style_enabled(struct gdb *g, struct buf *out)
{
	buf_printf(out, "CLI output styling is %s.\n", g->settings.style_enabled ? "enabled" : "disabled");
}

static void show_style_sources(struct gdb *g, struct buf *out)
{
	buf_printf(out, "Source code styling is %s.\n", g->settings.style_sources ? "enabled" : "disabled");
}

/* ---- rows ---- */

#define AT(field) offsetof(struct gdb_settings, field)
#define BOOL(name, field, what, shown_text)                                                        \
	{                                                                                          \
		name, GDB_SETTING_BOOL, AT(field), NULL, "Set " what, shown_text, NULL, NULL, NULL \
	}
#define ENUM(name, field, choices, what, shown_text)                                                  \
	{                                                                                             \
		name, GDB_SETTING_ENUM, AT(field), choices, "Set " what, shown_text, NULL, NULL, NULL \
	}
#define UINT(name, field, what, shown_text)                                                        \
	{                                                                                          \
		name, GDB_SETTING_UINT, AT(field), NULL, "Set " what, shown_text, NULL, NULL, NULL \
	}
#define BOOL_IDLE(name, field, what, shown_text, why)                                             \
	{                                                                                         \
		name, GDB_SETTING_BOOL, AT(field), NULL, "Set " what, shown_text, NULL, NULL, why \
	}
#define ENUM_IDLE(name, field, choices, what, shown_text, why)                                       \
	{                                                                                            \
		name, GDB_SETTING_ENUM, AT(field), choices, "Set " what, shown_text, NULL, NULL, why \
	}
#define ZUINT(name, field, what, shown_text)                                                        \
	{                                                                                           \
		name, GDB_SETTING_ZUINT, AT(field), NULL, "Set " what, shown_text, NULL, NULL, NULL \
	}
/* Without effect, `why`: taken for gdb's scripts. The help and `set` say so. */
#define IDLE(name, kind, field, choices, what, shown_text, why)                               \
	{                                                                                     \
		name, kind, AT(idle.field), choices, "Set " what, shown_text, NULL, NULL, why \
	}
#define IDLE_BOOL(name, n, what, shown_text, why) \
	IDLE(name, GDB_SETTING_BOOL, flags[n], NULL, what, shown_text, why)
#define IDLE_ENUM(name, n, values, what, shown_text, why) \
	IDLE(name, GDB_SETTING_ENUM, choices[n], values, what, shown_text, why)
#define IDLE_NUMBER(name, n, what, shown_text, why) \
	IDLE(name, GDB_SETTING_ZUINT, numbers[n], NULL, what, shown_text, why)
#define IDLE_TEXT(name, n, what, shown_text, why) \
	IDLE(name, GDB_SETTING_STRING, texts[n], "", what, shown_text, why)
#define OPTIONAL "" /* in `choices`: the text may be empty */

enum {
	FLAG_NON_STOP,
	FLAG_MI_ASYNC,
	FLAG_OPAQUE,
	FLAG_OVERLOAD,
	FLAG_TRUST,
	FLAG_CODE_CACHE,
	FLAG_STACK_CACHE,
	FLAG_INDEX_CACHE,
	FLAG_AUTOLOAD_SCRIPTS,
	FLAG_AUTOLOAD_PYTHON,
	FLAG_AUTOLOAD_LOCAL,
	FLAG_AUTOLOAD_THREAD_DB,
	FLAG_BASENAMES,
	FLAG_RANGE,
	FLAG_MAY_BREAK,
	FLAG_MAY_INTERRUPT,
	FLAG_TERMINATING,
	FLAG_MEMORY_TAGS,
	FLAG_PASCAL,
	FLAG_OBSERVER
};
enum { NUMBER_ANNOTATE, NUMBER_COMPLAINTS, NUMBER_REMOTE, NUMBER_WATCHDOG, NUMBER_DEBUGINFOD };
enum {
	CHOICE_DEBUGINFOD,
	CHOICE_DISPLACED,
	CHOICE_MISMATCH,
	CHOICE_INTERACTIVE,
	CHOICE_DEMANGLE,
	CHOICE_STACK,
	CHOICE_CONDITIONS
};
enum {
	TEXT_SAFE_PATH,
	TEXT_THREAD_DB,
	TEXT_DEBUGINFOD,
	TEXT_OSABI,
	TEXT_ARCHITECTURE,
	TEXT_CHARSET,
	TEXT_SCRIPTS
};

static struct error *all_stop_only(struct gdb *g)
{
	if (!g->settings.idle.flags[FLAG_NON_STOP] && !g->settings.idle.flags[FLAG_OBSERVER])
		return NULL;
	return error_new(ERROR_UNSUPPORTED, "oxdb works in all-stop mode only.");
}

const struct gdb_setting gdb_settings_table[] = {
	/* The prompt and what is printed. */
	BOOL("confirm", confirm, "whether to confirm potentially dangerous operations.",
	     "Whether to confirm potentially dangerous operations is %s."),
	BOOL("pagination", pagination,
	     "state of output pagination.\nWhen it is on and a command prints more than a page, oxdb waits at the end of each.",
	     "State of pagination is %s."),
	{ "height", GDB_SETTING_UINT, AT(height), NULL,
	  "Set number of lines in a page for oxdb's output pagination.\nOutput waits after so many lines and asks "
	  "whether to go on.\n\"unlimited\" or zero: it never waits.",
	  "Number of lines gdb thinks are in a page is %s.", size_changed, NULL, NULL },
	{ "width", GDB_SETTING_UINT, AT(width), NULL,
	  "Set number of characters where oxdb should wrap lines of its output.\n\"unlimited\" or zero: lines are not "
	  "wrapped.",
	  "Number of characters gdb thinks are in a line is %s.", size_changed, NULL, NULL },
	{ "prompt", GDB_SETTING_STRING, AT(prompt), NULL, "Set oxdb's prompt.",
	  "Gdb's prompt is \"%s\".", NULL, NULL, NULL },
	BOOL("verbose", verbose, "verbosity.\nWhen it is on oxdb tells more of what it does.",
	     "Verbosity is %s."),
	BOOL("trace-commands", trace_commands,
	     "tracing of commands.\nWhen it is on each command of a script is shown before it runs.",
	     "State of GDB CLI command tracing is %s."),
	BOOL("editing", editing, "editing of command lines as they are typed.",
	     "Editing of command lines as they are typed is %s."),
	BOOL("suppress-cli-notifications", suppress_notifications,
	     "whether notifications are printed on the command line.\nWhen it is on `frame', `thread' and their like "
	     "print nothing when they select.",
	     "Suppression of printing CLI notifications is %s."),
	BOOL_IDLE("startup-quietly", startup_quietly,
		  "whether oxdb starts without a greeting.\nOnly useful in the "
		  "init file.",
		  "Whether to start up quietly is %s.",
		  "the greeting comes before any file is read; use -q."),
	{ "style enabled", GDB_SETTING_BOOL, AT(style_enabled), NULL, "Set whether output is styled.",
	  "", NULL, show_style_enabled, NULL },
	{ "style sources", GDB_SETTING_BOOL, AT(style_sources), NULL, "Set whether source code is styled.",
	  "", NULL, show_style_sources, "sources are not coloured." },
	UINT("max-completions", max_completions,
	     "maximum number of completion candidates.\nMore are not looked for. "
	     "\"unlimited\" or -1: all.",
	     "Maximum number of completion candidates is %s."),
	UINT("max-user-call-depth", max_user_call_depth, "the max call depth for user-defined commands.",
	     "The max call depth for user-defined commands is %s."),
	{ "history save", GDB_SETTING_BOOL, AT(history_save), NULL,
	  "Set saving of the history record on exit.\nOn at the start when a person types; the file is that of `set history "
	  "filename'.",
	  "Saving of the history record on exit is %s.", NULL, NULL, NULL },
	{ "history filename", GDB_SETTING_FILENAME, AT(history_filename), OPTIONAL,
	  "Set the filename in which to record the command history.",
	  "The filename in which to record the command history is \"%s\".", NULL, NULL, NULL },
	{ "history size", GDB_SETTING_UINT_MAX, AT(history_size), NULL,
	  "Set the size of the command history.\n\"unlimited\" or -1: all is kept.",
	  "The size of the command history is %s.", history_changed, NULL, NULL },
	{ "history remove-duplicates", GDB_SETTING_UINT_MAX, AT(history_duplicates), NULL,
	  "Set how far back in history to look for and remove duplicate entries.\n0: duplicates stay. \"unlimited\": "
	  "the whole history.",
	  "The number of history entries to look back at for duplicates is %s.", history_changed, NULL,
	  NULL },
	BOOL("history expansion", history_expansion,
	     "history expansion on command input.\nWhen it is on, `!!', `!N' and `!TEXT' at the start of a line "
	     "stand for lines typed before.",
	     "History expansion on command input is %s."),
	{ "logging enabled", GDB_SETTING_BOOL, AT(logging_enabled), NULL,
	  "Set whether logging is enabled.\nWhen it is on output goes to the file of `set logging file', too.",
	  "", logging_changed, show_logging_enabled, NULL },
	{ "logging file", GDB_SETTING_FILENAME, AT(logging_file), NULL,
	  "Set the current logfile.\nThe logfile is used when logging is switched on.",
	  "The current logfile is \"%s\".", NULL, NULL, NULL },
	{ "logging overwrite", GDB_SETTING_BOOL, AT(logging_overwrite), NULL,
	  "Set whether logging overwrites or appends to the log file.", "", NULL, show_logging_overwrite,
	  NULL },
	{ "logging redirect", GDB_SETTING_BOOL, AT(logging_redirect), NULL,
	  "Set the logging output mode.\nOff: output goes to the screen and the log file. On: only to the file.",
	  "", NULL, show_logging_redirect, NULL },
	{ "logging debugredirect", GDB_SETTING_BOOL, AT(logging_debugredirect), NULL,
	  "Set the logging debug output mode.", "", NULL, show_logging_debugredirect,
	  "there is no debug output; OXDB_LOG writes to stderr." },

	/* Running. */
	{ "args", GDB_SETTING_STRING, AT(args), NULL,
	  "Set argument list to give program being debugged when it is started.\nThe shell sees it: globs and redirections work.",
	  "Argument list to give program being debugged when it is started is \"%s\".", args_changed,
	  NULL, NULL },
	{ "cwd", GDB_SETTING_FILENAME, AT(cwd), OPTIONAL,
	  "Set the current working directory to be used when the inferior is started.\nWithout a directory: that of "
	  "oxdb.",
	  "", cwd_changed, show_cwd, NULL },
	{ "inferior-tty", GDB_SETTING_FILENAME, AT(inferior_tty), OPTIONAL,
	  "Set terminal for future runs of program being debugged.\nUsage: set inferior-tty [TTY]\nWithout one: oxdb's.",
	  "Terminal for future runs of program being debugged is \"%s\".", tty_changed, NULL, NULL },
	BOOL("disable-randomization", disable_randomization,
	     "disabling of debuggee's virtual address space randomization.\nWhen it is on the program's addresses are "
	     "the same in each run.",
	     "Disabling randomization of debuggee's virtual address space is %s."),
	BOOL("startup-with-shell", startup_with_shell,
	     "use of shell to start subprocesses.\nWhen it is on $SHELL (or /bin/sh) expands the arguments.",
	     "Use of shell to start subprocesses is %s."),
	{ "exec-wrapper", GDB_SETTING_FILENAME, AT(exec_wrapper), NULL,
	  "Set a wrapper for running programs.\nThe wrapper prepares the system and environment for the new program: the shell of `run' executes it with the\nprogram and "
	  "its arguments behind it, and it has to exec them. Not with `set startup-with-shell off'.",
	  "The wrapper for running programs is \"%s\".", wrapper_changed, NULL, NULL },
	ENUM("follow-fork-mode", follow_fork_mode, "child parent",
	     "debugger response to a program call of fork or vfork.\n  parent  - the original process is debugged after a "
	     "fork\n  child   - the new process is debugged after a fork\nThe other one goes on, or is held: see `set "
	     "detach-on-fork'.",
	     "Debugger response to a program call of fork or vfork is \"%s\"."),
	BOOL("detach-on-fork", detach_on_fork,
	     "whether oxdb detaches the child of a fork.\nWhen it is off both processes are debugged.",
	     "Whether gdb will detach the child of a fork is %s."),
	ENUM("follow-exec-mode", follow_exec_mode, "new same",
	     "debugger response to a program call of exec.\n  new - a new inferior is made for the new program\n  same - "
	     "the inferior has the new program",
	     "Follow exec mode is \"%s\"."),
	BOOL("schedule-multiple", schedule_multiple,
	     "mode for resuming threads of all processes.\nWhen it is on, commands that go on resume the threads of all "
	     "processes, else those of the current one.",
	     "Resuming the execution of threads of all processes is %s."),
	ENUM("scheduler-locking", scheduler_locking, "off on step replay",
	     "mode for locking scheduler during execution.\noff    == other threads may run at any time\non     == only the "
	     "current thread runs\nstep   == only the current thread runs during step, next, stepi and nexti\nreplay == as "
	     "off: there is no replay",
	     "Mode for locking scheduler during execution is \"%s\"."),
	BOOL("step-mode", step_stops_without_lines,
	     "mode of the step operation.\nWhen it is on `step' stops in functions without line information, else it "
	     "goes through them.",
	     "Mode of the step operation is %s."),
	BOOL("step-std", step_std,
	     "whether `step' enters the standard library.\nWhen it is off calls of std, core and alloc are run through, and a breakpoint in code of theirs that "
	     "was inlined into\nyour function shows that function and steps in it.",
	     "Whether step enters Rust's standard library is %s."),
	ZUINT("stop-on-solib-events", stop_on_solib,
	      "stopping for shared library events.\nWhen it is not 0 the program stops as libraries are loaded and "
	      "unloaded.",
	      "Stopping for shared library events is %s."),
	BOOL("unwindonsignal", unwind_on_signal,
	     "unwinding of stack if a signal is received while in a call dummy.\nWhen it is on the stack is put back "
	     "when a function that oxdb called is stopped by a signal.",
	     "Unwinding of stack if a signal is received while in a call dummy is %s."),
	BOOL("may-call-functions", may_call_functions, "permission to call functions in the program.",
	     "Permission to call functions in the program is %s."),
	BOOL("may-write-memory", may_write_memory, "permission to write into target memory.",
	     "Permission to write into target memory is %s."),
	BOOL("may-write-registers", may_write_registers, "permission to write into registers.",
	     "Permission to write into registers is %s."),
	ZUINT("can-use-hw-watchpoints", can_use_hw_watchpoints,
	      "debugger's willingness to use watchpoint hardware.\nWatchpoints use debug registers, or are refused: "
	      "there is no single-stepping in their place.",
	      "Debugger's willingness to use watchpoint hardware is %s."),
	{ "breakpoint pending", GDB_SETTING_AUTO_BOOL, AT(breakpoint_pending), NULL,
	  "Set debugger's behavior regarding pending breakpoints.\nOn: an unknown place waits for a library. Off: it is an "
	  "error. Auto: oxdb asks.",
	  "Debugger's behavior regarding pending breakpoints is %s.", NULL, NULL, NULL },
	{ "dprintf-style", GDB_SETTING_ENUM, AT(dprintf_style), "gdb call agent",
	  "Set the style of usage for dynamic printf.\ngdb: oxdb prints. The others, for which the program or an agent would print, are "
	  "refused.",
	  "The style of usage for dynamic printf is \"%s\".", dprintf_style_changed, NULL, NULL },
	BOOL_IDLE("breakpoint always-inserted", breakpoint_always_inserted,
		  "mode for inserting breakpoints.", "Always inserted breakpoint mode is %s.",
		  "breakpoints are in the program whenever it runs."),
	BOOL_IDLE("breakpoint auto-hw", breakpoint_auto_hw, "automatic usage of hardware breakpoints.",
		  "Automatic usage of hardware breakpoints is %s.",
		  "code can be written to, so that breakpoints need no debug registers."),

	/* Files. */
	{ "debug-file-directory", GDB_SETTING_FILENAME, AT(debug_file_directory), OPTIONAL,
	  "Set the directories where separate debug symbols are searched for.\nSeparated by colons; looked into by build-id "
	  "and by .gnu_debuglink for programs and libraries\nopened from now on.",
	  "The directory where separate debug symbols are searched for is \"%s\".",
	  debug_directories_changed, NULL, NULL },
	{ "sysroot", GDB_SETTING_FILENAME, AT(sysroot), OPTIONAL,
	  "Set an alternate system root.\nThe shared libraries of a process are looked for below it first. \"target:\" and nothing: "
	  "where\nthe process has them.",
	  "The current system root is \"%s\".", library_paths_changed, NULL, NULL },
	{ "solib-search-path", GDB_SETTING_FILENAME, AT(solib_search_path), OPTIONAL,
	  "Set the search path for loading non-absolute shared library symbol files.\nDirectories, separated by colons, in which "
	  "libraries are looked for by their names when they are not\nthere, nor below a system root.",
	  "The search path for loading non-absolute shared library symbol files is %s.",
	  library_paths_changed, NULL, NULL },
	BOOL_IDLE("auto-solib-add", auto_solib_add, "autoloading of shared library symbols.",
		  "Autoloading of shared library symbols is %s.",
		  "symbols are read when they are asked for."),
	BOOL("source open", source_open,
	     "whether oxdb should open source files.\nWhen it is off, lines are told by their numbers alone.",
	     "Source opening is \"%s\"."),
	ENUM("filename-display", filename_display, "basename relative absolute",
	     "how to display filenames.\nbasename - display only the file's own name\nrelative - as the compiler was given "
	     "it\nabsolute - display the whole path",
	     "Filenames are displayed as \"%s\"."),

	/* Looking. */
	{ "language", GDB_SETTING_ENUM, AT(language),
	  "auto local unknown ada asm c c++ d fortran go minimal modula-2 objective-c opencl pascal rust",
	  "Set the current source language.\nauto: that of the selected frame, or of the program.", "",
	  gdb_language_changed, gdb_show_language, NULL },
	UINT("listsize", listsize,
	     "number of source lines oxdb lists by default.\n\"unlimited\" or zero: no limit.",
	     "Number of source lines gdb will list by default is %s."),
	UINT("backtrace limit", backtrace_limit, "an upper bound on the number of backtrace levels.",
	     "An upper bound on the number of backtrace levels is %s."),
	BOOL("backtrace past-main", backtrace_past_main,
	     "whether backtraces should continue past \"main\".\nFor a Rust program that is its own main; what called it is "
	     "std's start-up code.",
	     "Whether backtraces should continue past \"main\" is %s."),
	BOOL("backtrace past-entry", backtrace_past_entry,
	     "whether backtraces should continue past the entry point of a program.",
	     "Whether backtraces should continue past the entry point of a program is %s."),
	ENUM("disassembly-flavor", disassembly_flavor, "att intel",
	     "the disassembly flavor.\nThe valid values are \"att\" and \"intel\", and the default value is \"att\".",
	     "The disassembly flavor is \"%s\"."),
	{ "disassemble-next-line", GDB_SETTING_AUTO_BOOL, AT(disassemble_next_line), NULL,
	  "Set whether to disassemble next source line or insn when execution stops.\nOn: the line's instructions are "
	  "shown besides it. Auto: the next instruction is shown where there is no line.",
	  "Debugger's willingness to use disassemble-next-line is %s.", NULL, NULL, NULL },
	{ "disassembler-options", GDB_SETTING_STRING, AT(disassembler_options), OPTIONAL,
	  "Set the disassembler options.", "The current disassembler options are '%s'", NULL, NULL,
	  "`set disassembly-flavor' chooses the only option." },
	ENUM_IDLE("multiple-symbols", multiple_symbols, "ask all cancel",
		  "how the debugger handles ambiguities in expressions.",
		  "How the debugger handles ambiguities in expressions is \"%s\".",
		  "a name that means several things means all of them."),
	ENUM_IDLE("case-sensitive", case_sensitive, "on off auto", "case sensitivity in name search.",
		  "Case sensitivity in name search is \"%s\".",
		  "names are told apart by case in Rust and C."),
	{ "max-value-size", GDB_SETTING_UINT, AT(max_value_size), NULL,
	  "Set maximum sized value oxdb will load from the program.\n\"unlimited\" or zero: there is no limit; the least is 16 "
	  "bytes. A larger value is not printed.",
	  "", value_size_changed, show_max_value_size, NULL },
	{ "input-radix", GDB_SETTING_ZUINT, AT(input_radix), NULL,
	  "Set default input radix for entering numbers.\nOf C's numbers without a prefix; Rust's are decimal unless they say something else.",
	  "Default input radix for entering numbers is %s.", input_radix_changed, NULL, NULL },
	{ "output-radix", GDB_SETTING_ZUINT, AT(output_radix), NULL,
	  "Set default output radix for printing of values.\n8, 10 or 16: for numbers and characters that are printed without a format.",
	  "Default output radix for printing of values is %s.", output_radix_changed, NULL, NULL },
	BOOL("print address", print.address, "printing of addresses.", "Printing of addresses is %s."),
	BOOL("print array", print.array, "pretty formatting of arrays.",
	     "Pretty formatting of arrays is %s."),
	BOOL("print array-indexes", print.array_indexes, "printing of array indexes.",
	     "Printing of array indexes is %s."),
	BOOL("print asm-demangle", print.asm_demangle, "demangling of names in disassembly listings.",
	     "Demangling of C++/ObjC names in disassembly listings is %s."),
	UINT("print characters", print.characters,
	     "limit on string chars to print.\n0: as many as `set print elements' says.",
	     "Limit on string characters to print is %s."),
	BOOL("print demangle", print.demangle, "demangling of encoded names when displaying symbols.",
	     "Demangling of encoded C++/ObjC names when displaying symbols is %s."),
	UINT("print elements", print.elements,
	     "limit on string chars or array elements to print.\n\"unlimited\" causes there to be no limit.",
	     "Limit on string chars or array elements to print is %s."),
	ENUM("print entry-values", entry_values, "no only preferred if-needed both compact default",
	     "printing of function arguments at function entry.",
	     "Printing of function arguments at function entry is \"%s\"."),
	BOOL("print finish", print_finish, "whether `finish' prints the return value.",
	     "Printing of return value after `finish' is %s."),
	ENUM("print frame-arguments", frame_arguments, "all scalars none presence",
	     "printing of non-scalar frame arguments.\nall: every value; scalars: others as \"...\"; none: every one as "
	     "\"...\"; presence: only whether there are any.",
	     "Printing of non-scalar frame arguments is \"%s\"."),
	ENUM("print frame-info", frame_info,
	     "auto source-line location source-and-location location-and-address short-location",
	     "printing of frame information.", "Printing of frame information is \"%s\"."),
	BOOL("print inferior-events", print_inferior_events,
	     "printing of inferior events.\nSuch as that a process started, exited or was detached.",
	     "Printing of inferior events is %s."),
	{ "print max-depth", GDB_SETTING_UINT_MAX, AT(print.max_depth), NULL,
	  "Set maximum print depth for nested structures, unions and arrays.\nDeeper ones are shown as \"{...}\". "
	  "\"unlimited\" or -1: all.",
	  "Maximum print depth is %s.", NULL, NULL, NULL },
	UINT("print max-symbolic-offset", max_symbolic_offset,
	     "the largest offset that will be printed in <SYMBOL+1234> form.",
	     "The largest offset that will be printed in <symbol+1234> form is %s."),
	BOOL_IDLE("print nibbles", print_nibbles, "whether to print binary values in groups of four bits.",
		  "Printing binary values in groups is %s.", "binary values are written without groups."),
	BOOL("print null-stop", print.null_stop, "printing of char arrays to stop at first null char.",
	     "Printing of char arrays to stop at first null char is %s."),
	BOOL_IDLE("print object", print.object, "printing of an object's derived type based on its vtable.",
		  "Printing of object's derived type based on vtable info is %s.",
		  "it is for C++'s virtual tables."),
	BOOL("print pretty", print.pretty, "pretty formatting of structures.",
	     "Pretty formatting of structures is %s."),
	BOOL_IDLE("print raw-frame-arguments", print_raw_frame_arguments,
		  "whether to print frame arguments in raw form.",
		  "Whether to print frame arguments in raw form is %s.", "there are no pretty-printers."),
	BOOL_IDLE("print raw-values", print_raw_values, "whether to print values in raw form.",
		  "Whether to print values in raw form is %s.", "there are no pretty-printers."),
	UINT("print repeats", print.repeats,
	     "threshold for repeated print elements.\nMore equal elements than that are shown once, with their number.",
	     "Threshold for repeated print elements is %s."),
	BOOL_IDLE("print sevenbit-strings", print_sevenbit,
		  "printing of 8-bit characters in strings as \\nnn.",
		  "Printing of 8-bit characters in strings as \\nnn is %s.",
		  "what a terminal would obey is escaped in any case."),
	BOOL_IDLE("print static-members", print.static_members, "printing of C++ static members.",
		  "Printing of C++ static members is %s.", "it is for C++'s classes."),
	BOOL("print symbol", print.symbol, "printing of symbol names when printing pointers.",
	     "Printing of symbols when printing pointers is %s."),
	BOOL("print symbol-filename", print_symbol_filename,
	     "printing of source filename and line number with <SYMBOL>.",
	     "Printing of source filename and line number with <symbol> is %s."),
	ENUM_IDLE("print symbol-loading", symbol_loading, "off brief full",
		  "printing of symbol loading messages.", "Printing of symbol loading messages is \"%s\".",
		  "symbols are read when they are asked for, without a word."),
	BOOL("print thread-events", print_thread_events,
	     "printing of thread events.\nSuch as that a thread started or exited.",
	     "Printing of thread events is %s."),
	BOOL_IDLE("print type hex", type_hex,
		  "printing of struct members sizes and offsets using hex notation.",
		  "Display of struct members offsets and sizes in hexadecimal is %s",
		  "offsets are written in decimal."),
	BOOL("print natvis", print_natvis,
	     "printing of values by visualisers.\nprint then shows collections as their authors describe them in Natvis.",
	     "Printing of values by visualisers is %s."),
	BOOL("print union", print.union_, "printing of unions interior to structures.",
	     "Printing of unions interior to structures is %s."),
	BOOL_IDLE("print vtbl", print.vtbl, "printing of C++ virtual function tables.",
		  "Printing of C++ virtual function tables is %s.", "it is for C++'s virtual tables."),

	/* Idle ones. */
	{ "non-stop", GDB_SETTING_BOOL, AT(idle.flags[FLAG_NON_STOP]), NULL,
	  "Set whether oxdb controls the inferior in non-stop mode.\nIt does not, and says so.",
	  "Controlling the inferior in non-stop mode is %s.", all_stop_only, NULL, NULL },
	{ "observer", GDB_SETTING_BOOL, AT(idle.flags[FLAG_OBSERVER]), NULL,
	  "Set whether oxdb only observes the inferior.\nIt does not, and says so.",
	  "Observer mode is %s.", all_stop_only, NULL, NULL },
	IDLE_BOOL("mi-async", FLAG_MI_ASYNC, "whether MI asynchronous mode is enabled.",
		  "Whether MI is in asynchronous mode is %s.", "oxdb does not speak MI."),
	IDLE_BOOL("opaque-type-resolution", FLAG_OPAQUE, "resolution of opaque types.",
		  "Resolution of opaque struct/class/union types (if set before loading symbols) is %s.",
		  "types are always looked for in all files."),
	IDLE_BOOL("overload-resolution", FLAG_OVERLOAD, "overload resolution in evaluating C++ functions.",
		  "Overload resolution in evaluating C++ functions is %s.",
		  "C++ functions are not chosen by the types of arguments."),
	IDLE_BOOL("trust-readonly-sections", FLAG_TRUST, "mode for reading from readonly sections.",
		  "Mode for reading from readonly sections is %s.",
		  "memory is always read from the process."),
	IDLE_BOOL("code-cache", FLAG_CODE_CACHE, "cache use for code segment access.",
		  "Cache use for code accesses is %s.", "memory is cached for a stop in any case."),
	IDLE_BOOL("stack-cache", FLAG_STACK_CACHE, "cache use for stack segment access.",
		  "Cache use for stack accesses is %s.", "memory is cached for a stop in any case."),
	IDLE_BOOL("index-cache enabled", FLAG_INDEX_CACHE, "whether the index cache is used.",
		  "The index cache is %s.", "oxdb needs no index on disk."),
	IDLE_BOOL("auto-load gdb-scripts", FLAG_AUTOLOAD_SCRIPTS, "auto-loading of scripts of commands.",
		  "Auto-loading of canned sequences of commands scripts is %s.",
		  "nothing is loaded unasked."),
	IDLE_BOOL("auto-load python-scripts", FLAG_AUTOLOAD_PYTHON, "auto-loading of Python scripts.",
		  "Auto-loading of Python scripts is %s.", "oxdb has no Python."),
	IDLE_BOOL("auto-load local-gdbinit", FLAG_AUTOLOAD_LOCAL,
		  "auto-loading of .gdbinit in the current directory.",
		  "Auto-loading of .gdbinit script from current directory is %s.",
		  "nothing is loaded unasked; the init file is ~/.config/oxdb/init."),
	IDLE_BOOL("auto-load libthread-db", FLAG_AUTOLOAD_THREAD_DB, "auto-loading of libthread_db.",
		  "Auto-loading of inferior specific libthread_db is %s.",
		  "oxdb does not need libthread_db."),
	IDLE_TEXT("auto-load safe-path", TEXT_SAFE_PATH,
		  "the directories that it is safe to auto-load files from.",
		  "List of directories from which it is safe to auto-load files is %s.",
		  "nothing is loaded unasked."),
	IDLE_TEXT("auto-load scripts-directory", TEXT_SCRIPTS, "the directories to auto-load scripts from.",
		  "List of directories from which to load auto-loaded scripts is %s.",
		  "nothing is loaded unasked."),
	IDLE_BOOL("basenames-may-differ", FLAG_BASENAMES,
		  "whether a source file may have multiple base names.",
		  "Whether a source file may have multiple base names is %s.",
		  "files are compared by their whole paths."),
	IDLE_BOOL("range-stepping", FLAG_RANGE, "whether range stepping is used.",
		  "Debugger's willingness to use range stepping is %s.", "it is for remote targets."),
	IDLE_BOOL("may-insert-breakpoints", FLAG_MAY_BREAK,
		  "permission to insert breakpoints in the target.",
		  "Permission to insert breakpoints in the target is %s.",
		  "it is for observer mode, which oxdb has not."),
	IDLE_BOOL("may-interrupt", FLAG_MAY_INTERRUPT, "permission to interrupt or signal the target.",
		  "Permission to interrupt or signal the target is %s.",
		  "it is for observer mode, which oxdb has not."),
	IDLE_BOOL("unwind-on-terminating-exception", FLAG_TERMINATING,
		  "unwinding of the stack when std::terminate is called in a call dummy.",
		  "Unwind stack if a C++ exception is unhandled while in a call dummy is %s.",
		  "C++ exceptions are not caught in called functions."),
	IDLE_BOOL("print memory-tag-violations", FLAG_MEMORY_TAGS, "printing of memory tag violations.",
		  "Printing of memory tag violations is %s.", "the processor has no memory tags."),
	IDLE_BOOL("print pascal_static-members", FLAG_PASCAL, "printing of pascal static members.",
		  "Printing of pascal static members is %s.", "oxdb knows Rust and C."),
	IDLE_NUMBER("annotate", NUMBER_ANNOTATE, "annotation_level.", "Annotation_level is %s.",
		    "annotations are not offered."),
	IDLE_NUMBER("complaints", NUMBER_COMPLAINTS, "max number of complaints about incorrect symbols.",
		    "Max number of complaints about incorrect symbols is %s.",
		    "what is wrong with symbols is told by `info sharedlibrary' and OXDB_LOG=symbols."),
	IDLE_NUMBER("remotetimeout", NUMBER_REMOTE, "the timeout limit to wait for a target to respond.",
		    "Timeout limit to wait for target to respond is %s.", "there are no remote targets."),
	IDLE_NUMBER("watchdog", NUMBER_WATCHDOG, "watchdog timer.", "Watchdog timer is %s.",
		    "there are no remote targets."),
	IDLE_NUMBER("debuginfod verbose", NUMBER_DEBUGINFOD, "verbosity of debuginfod output.",
		    "Debuginfod verbose output is set to %s.", "debuginfod is not asked."),
	IDLE_ENUM("debuginfod enabled", CHOICE_DEBUGINFOD, "off on ask",
		  "whether debuginfod is asked for symbols.",
		  "Debuginfod functionality is currently set to \"%s\".",
		  "debuginfod is not asked: nothing is fetched from the network."),
	IDLE_TEXT("debuginfod urls", TEXT_DEBUGINFOD, "the list of debuginfod server URLs.",
		  "Debuginfod URLs are currently set to:\n%s",
		  "debuginfod is not asked: nothing is fetched from the network."),
	IDLE_ENUM("displaced-stepping", CHOICE_DISPLACED, "auto on off",
		  "debugger's willingness to use displaced stepping.",
		  "Debugger's willingness to use displaced stepping to step over breakpoints is %s.",
		  "breakpoints are stepped over out of line wherever that is possible."),
	IDLE_ENUM("exec-file-mismatch", CHOICE_MISMATCH, "ask warn off", "exec-file-mismatch handling.",
		  "exec-file-mismatch handling is currently \"%s\".",
		  "a process is read through its own file, whatever program was named."),
	IDLE_ENUM("interactive-mode", CHOICE_INTERACTIVE, "auto on off", "whether stdin is a terminal.",
		  "Debugger's interactive mode is %s.",
		  "whether a person types is seen from the terminal."),
	IDLE_ENUM("demangle-style", CHOICE_DEMANGLE, "auto rust gnu-v3 none java gnat dlang",
		  "the current demangling style.", "The current C++ demangling style is \"%s\".",
		  "a name shows how it was mangled."),
	IDLE_ENUM("python print-stack", CHOICE_STACK, "none message full", "mode for Python stack dumps.",
		  "The mode of Python stack printing on error is \"%s\".", "oxdb has no Python."),
	IDLE_ENUM("breakpoint condition-evaluation", CHOICE_CONDITIONS, "auto host target",
		  "mode of breakpoint condition evaluation.",
		  "Breakpoint condition evaluation mode is %s.", "conditions are evaluated by oxdb."),
	IDLE_TEXT("libthread-db-search-path", TEXT_THREAD_DB, "search path for libthread_db.",
		  "The current search path or libthread_db is \"%s\".", "oxdb does not need libthread_db."),
	IDLE_TEXT("osabi", TEXT_OSABI, "OS ABI of target.", "The current OS ABI is \"%s\".",
		  "it is that of the program's file."),
	IDLE_TEXT("architecture", TEXT_ARCHITECTURE, "architecture of target.",
		  "The target architecture is set to \"%s\".", "it is that of the program's file."),
	IDLE_TEXT("charset", TEXT_CHARSET, "the host and target character sets.",
		  "The character set is \"%s\".", "text is UTF-8."),
};
const size_t gdb_setting_count = sizeof gdb_settings_table / sizeof *gdb_settings_table;

/* ---- defaults ---- */

static void init_switches(struct gdb_settings *s)
{
	static const unsigned char idle_on[] = {
		FLAG_OPAQUE,           FLAG_OVERLOAD,    FLAG_CODE_CACHE, FLAG_STACK_CACHE,
		FLAG_AUTOLOAD_SCRIPTS, FLAG_RANGE,       FLAG_MAY_BREAK,  FLAG_MAY_INTERRUPT,
		FLAG_TERMINATING,      FLAG_MEMORY_TAGS, FLAG_PASCAL
	};
	s->confirm = s->pagination = s->history_save = s->editing = s->style_sources = true;
	s->disable_randomization = s->detach_on_fork = s->startup_with_shell = true;
	s->print_thread_events = s->print_inferior_events = s->print_finish = true;
	s->breakpoint_auto_hw = s->auto_solib_add = s->source_open = true;
	s->may_call_functions = s->may_write_memory = s->may_write_registers = true;
	s->breakpoint_pending = -1;
	for (size_t i = 0; i < sizeof idle_on; i++)
		s->idle.flags[idle_on[i]] = true;
}

static void init_choices(struct gdb_settings *s)
{
	s->follow_fork_mode = "parent";
	s->follow_exec_mode = "same";
	s->scheduler_locking = "replay";
	s->disassembly_flavor = "att";
	s->language = "auto";
	s->frame_arguments = "scalars";
	s->frame_info = "auto";
	s->entry_values = "default";
	s->filename_display = "relative";
	s->multiple_symbols = "all";
	s->case_sensitive = "auto";
	s->symbol_loading = "full";
	s->dprintf_style = "gdb";
	s->idle.choices[CHOICE_DEBUGINFOD] = "off";
	s->idle.choices[CHOICE_DISPLACED] = s->idle.choices[CHOICE_INTERACTIVE] = "auto";
	s->idle.choices[CHOICE_MISMATCH] = "ask";
	s->idle.choices[CHOICE_DEMANGLE] = s->idle.choices[CHOICE_CONDITIONS] = "auto";
	s->idle.choices[CHOICE_STACK] = "message";
}

void gdb_settings_init(struct gdb *g)
{
	struct gdb_settings *s = &g->settings;
	init_switches(s);
	init_choices(s);
	s->listsize = 10;
	s->history_size = 256;
	s->max_completions = 200;
	s->max_user_call_depth = 1024;
	s->max_value_size = 65536;
	s->can_use_hw_watchpoints = 1;
	s->input_radix = s->output_radix = 10;
	s->idle.numbers[NUMBER_REMOTE] = 2;
	s->prompt = xstrdup("(oxdb) ");
	s->args = xstrdup("");
	s->directories = xstrdup("$cdir:$cwd");
	s->debug_file_directory = xstrdup("/usr/lib/debug");
	s->sysroot = xstrdup("target:");
	s->logging_file = xstrdup("oxdb.txt");
	s->idle.texts[TEXT_SAFE_PATH] = xstrdup("$debugdir:$datadir/auto-load");
	s->idle.texts[TEXT_SCRIPTS] = xstrdup("$debugdir:$datadir/auto-load");
	s->idle.texts[TEXT_THREAD_DB] = xstrdup("$sdir:$pdir");
	s->idle.texts[TEXT_OSABI] = xstrdup("auto");
	s->idle.texts[TEXT_ARCHITECTURE] = xstrdup("auto");
	s->idle.texts[TEXT_CHARSET] = xstrdup("auto; currently UTF-8");
	s->print = EVAL_PRINT_DEFAULTS;
}

void gdb_settings_deinit(struct gdb *g)
{
	free(g->settings.directories); /* its commands are source.c's */
	for (size_t i = 0; i < gdb_setting_count; i++) {
		const struct gdb_setting *setting = &gdb_settings_table[i];
		if (setting->kind == GDB_SETTING_STRING || setting->kind == GDB_SETTING_FILENAME)
			free(*(char **)((char *)&g->settings + setting->offset));
	}
	gdb_settings_deinit_more(&g->settings);
}
