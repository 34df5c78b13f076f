/* What gdb has and oxdb does not offer. Each says so, and why: a script that uses one ends with a clear word and not with "Undefined
 * command". The reason is the second line of the help. */
#include "ui/gdb/script.h"

static struct error *refusal(const struct gdb_command *command)
{
	const char *reason = strchr(command->help, '\n');
	return error_new(ERROR_UNSUPPORTED, "%s", reason ? reason + 1 : command->help);
}

static struct error *refuse(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)g, (void)args;
	return refusal(command);
}

/* Lines up to `end` follow one without arguments, and are no commands. */
static struct error *refuse_body(struct gdb *g, const struct gdb_command *command, struct str args)
{
	char **lines = NULL;
	size_t count = 0;
	if (!args.len)
		TRY(gdb_read_block(g, 0, &lines, &count));
	gdb_free_lines(lines, count);
	return refusal(command);
}

static struct error *refuse_mi(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct str rest = args;
	struct str name = gdb_take_word(&rest);
	(void)command;
	if (!name.len || !rest.len)
		return error_new(ERROR_USAGE, "Usage: interpreter-exec INTERPRETER COMMAND...");
	if (!str_is(name, "console"))
		return error_new(
			ERROR_UNSUPPORTED,
			"The interpreter \"%.*s\" is not offered: oxdb speaks gdb's command language only, not MI.",
			STR_ARG(name));
	if (rest.len > 1 && rest.ptr[0] == '"' && rest.ptr[rest.len - 1] == '"')
		rest = str_sub(rest, 1, rest.len - 2);
	return gdb_execute(g, rest, false);
}

static struct error *show_direction(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command, (void)args;
	gdb_print(g, "Forward.\n");
	return NULL;
}

static struct error *run_target(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct str rest = args;
	struct str kind = gdb_take_word(&rest);
	struct buf line = { 0 };
	if (!kind.len)
		return error_new(ERROR_USAGE, "Argument required (target name).  Try `help target'");
	if (!str_is(kind, "exec") && !str_is(kind, "core"))
		return refusal(command);
	buf_printf(&line, "%s %.*s", str_is(kind, "exec") ? "exec-file" : "core-file", STR_ARG(rest));
	struct error *err = gdb_execute(g, buf_view(&line), gdb_from_tty(g));
	buf_deinit(&line);
	return err;
}

#define NO_TUI "oxdb has no text user interface (TUI)."
#define NO_TRACE \
	"oxdb has no tracepoints: they need a remote agent, and oxdb debugs processes of this machine only."
#define NO_RECORD "oxdb does not record executions, so that there is no reverse debugging."
#define NO_REMOTE "oxdb debugs processes of this machine only: it does not speak gdb's remote protocol."
#define NO_CHECKPOINT "oxdb makes no checkpoints of processes."
#define NO_SCRIPT "scripting is not supported in oxdb: it has gdb's command language only."
#define NO_JIT "oxdb loads no code of others; what a JIT compiler registers it does not read yet."
#define NO_ADA "oxdb knows Rust and C: there are no Ada tasks, exceptions and the like."
#define NO_OBJECTIVE_C "oxdb knows Rust and C, not Objective-C."
#define NO_FORTRAN "oxdb knows Rust and C, not Fortran."
#define NO_FILTER "oxdb has none: they are code in Python, and oxdb has gdb's command language only."
#define NO_TAGS "the processor has no memory tags."
#define NO_REGIONS "oxdb reads what the process has mapped: memory regions are for hardware."
#define NO_SYMBOLS \
	"symbols come from the files that the program has mapped, and are read when they are asked for."
#define NO_CHOICE "oxdb dumps bytes as they are: `dump binary' is the only format."
#define NO_OVERLAY "oxdb knows no overlays: programs of this system have none."

/* clang-format off */
static const struct gdb_command commands[] = {
	/* Languages of others. */
	{ "python", "py", GDB_CLASS_OBSCURE, GDB_COVERS, refuse_body, NULL, "Refuse a Python command.\nPython " NO_SCRIPT },
	{ "python-interactive", "pi", GDB_CLASS_OBSCURE, GDB_COVERS, refuse_body, NULL, "Refuse a Python prompt.\nPython " NO_SCRIPT },
	{ "guile", "gu", GDB_CLASS_OBSCURE, GDB_COVERS, refuse_body, NULL, "Refuse a Guile command.\nGuile " NO_SCRIPT },
	{ "guile-repl", "gr", GDB_CLASS_OBSCURE, GDB_COVERS, refuse, NULL, "Refuse a Guile prompt.\nGuile " NO_SCRIPT },
	{ "interpreter-exec", NULL, GDB_CLASS_SUPPORT, 0, refuse_mi, NULL,
	  "Execute a command in an interpreter.\nUsage: interpreter-exec console \"COMMAND\"\nThe console is the only one: MI is not offered." },
	{ "new-ui", NULL, GDB_CLASS_SUPPORT, GDB_COVERS, refuse, NULL,
	  "Refuse to make another user interface.\noxdb speaks gdb's command language on one terminal only, and no MI." },
	{ "compile", NULL, GDB_CLASS_OBSCURE, GDB_COVERS, refuse_body, NULL,
	  "Refuse to compile code into the program.\noxdb does not compile code into the program; `print' and `call' evaluate Rust's and C's expressions." },
	{ "expression", NULL, GDB_CLASS_OBSCURE, GDB_COVERS, refuse_body, NULL,
	  "Refuse to compile code into the program.\noxdb does not compile code into the program; `print' and `call' evaluate Rust's and C's expressions." },
	{ "macro", NULL, GDB_CLASS_OBSCURE, GDB_COVERS, refuse, NULL,
	  "Refuse to work on preprocessor macros.\noxdb does not read C's preprocessor macros; Rust's are gone when a program is compiled." },
	{ "info macro", NULL, GDB_CLASS_STATUS, GDB_COVERS, refuse, NULL,
	  "Refuse to show a preprocessor macro.\noxdb does not read C's preprocessor macros; Rust's are gone when a program is compiled." },
	{ "info macros", NULL, GDB_CLASS_STATUS, GDB_COVERS, refuse, NULL,
	  "Refuse to show preprocessor macros.\noxdb does not read C's preprocessor macros; Rust's are gone when a program is compiled." },

	/* Windows. */
	{ "tui", NULL, GDB_CLASS_TUI, GDB_COVERS, refuse, NULL, "Refuse to enter the text user interface.\n" NO_TUI },
	{ "layout", NULL, GDB_CLASS_TUI, GDB_COVERS, refuse, NULL, "Refuse to change the layout of windows.\n" NO_TUI },
	{ "focus", "fs", GDB_CLASS_TUI, GDB_COVERS, refuse, NULL, "Refuse to choose a window.\n" NO_TUI },
	{ "refresh", NULL, GDB_CLASS_TUI, GDB_COVERS, refuse, NULL, "Refuse to draw the windows.\n" NO_TUI },
	{ "update", NULL, GDB_CLASS_TUI, GDB_COVERS, refuse, NULL, "Refuse to update the source window.\n" NO_TUI },
	{ "winheight", "wh", GDB_CLASS_TUI, GDB_COVERS, refuse, NULL, "Refuse to change the height of a window.\n" NO_TUI },
	{ "winwidth", NULL, GDB_CLASS_TUI, GDB_COVERS, refuse, NULL, "Refuse to change the width of a window.\n" NO_TUI },
	{ "info win", NULL, GDB_CLASS_STATUS, GDB_COVERS, refuse, NULL, "Refuse to list the windows.\n" NO_TUI },

	/* Going back. */
	{ "record", "rec", GDB_CLASS_OBSCURE, GDB_COVERS, refuse, NULL, "Refuse to record an execution.\n" NO_RECORD },
	{ "info record", "rec", GDB_CLASS_STATUS, GDB_COVERS, refuse, NULL, "Refuse to show a recorded execution.\n" NO_RECORD },
	{ "reverse-continue", "rc", GDB_CLASS_RUNNING, GDB_COVERS, refuse, NULL, "Refuse to run backward.\n" NO_RECORD },
	{ "reverse-finish", NULL, GDB_CLASS_RUNNING, GDB_COVERS, refuse, NULL, "Refuse to run backward.\n" NO_RECORD },
	{ "reverse-next", "rn", GDB_CLASS_RUNNING, GDB_COVERS, refuse, NULL, "Refuse to run backward.\n" NO_RECORD },
	{ "reverse-nexti", "rni", GDB_CLASS_RUNNING, GDB_COVERS, refuse, NULL, "Refuse to run backward.\n" NO_RECORD },
	{ "reverse-step", "rs", GDB_CLASS_RUNNING, GDB_COVERS, refuse, NULL, "Refuse to run backward.\n" NO_RECORD },
	{ "reverse-stepi", "rsi", GDB_CLASS_RUNNING, GDB_COVERS, refuse, NULL, "Refuse to run backward.\n" NO_RECORD },
	{ "bookmark", NULL, GDB_CLASS_OBSCURE, GDB_COVERS, refuse, NULL, "Refuse to mark a place in a recorded execution.\n" NO_RECORD },
	{ "goto-bookmark", NULL, GDB_CLASS_OBSCURE, GDB_COVERS, refuse, NULL, "Refuse to go to a place in a recorded execution.\n" NO_RECORD },
	{ "checkpoint", NULL, GDB_CLASS_OBSCURE, GDB_COVERS, refuse, NULL, "Refuse to make a checkpoint.\n" NO_CHECKPOINT },
	{ "restart", NULL, GDB_CLASS_OBSCURE, GDB_COVERS, refuse, NULL, "Refuse to go back to a checkpoint.\n" NO_CHECKPOINT },
	{ "info checkpoints", NULL, GDB_CLASS_STATUS, GDB_COVERS, refuse, NULL, "Refuse to list checkpoints.\n" NO_CHECKPOINT },

	/* Other targets. */
	{ "target", NULL, GDB_CLASS_RUNNING, GDB_COVERS, run_target, NULL, "Refuse to connect to a target.\n" NO_REMOTE },
	{ "disconnect", NULL, GDB_CLASS_RUNNING, GDB_COVERS | GDB_ONCE, refuse, NULL, "Refuse to disconnect from a target.\n" NO_REMOTE },
	{ "remote", NULL, GDB_CLASS_FILES, GDB_COVERS, refuse, NULL, "Refuse to work on files of a remote system.\n" NO_REMOTE },
	{ "monitor", NULL, GDB_CLASS_OBSCURE, GDB_COVERS, refuse, NULL, "Refuse to send a command to a remote monitor.\n" NO_REMOTE },
	{ "load", NULL, GDB_CLASS_FILES, GDB_COVERS | GDB_ONCE, refuse, NULL, "Refuse to load a file into a target.\n" NO_REMOTE },
	{ "compare-sections", NULL, GDB_CLASS_DATA, GDB_COVERS, refuse, NULL, "Refuse to compare memory with a target's file.\n" NO_REMOTE },
	{ "generate-core-file", "gcore", GDB_CLASS_FILES, GDB_COVERS, refuse, NULL,
	  "Refuse to save a core file.\noxdb neither writes nor reads core files." },

	/* Tracepoints. */
	{ "trace", "tp tr", GDB_CLASS_BREAKPOINTS, GDB_COVERS, refuse, NULL, "Refuse to set a tracepoint.\n" NO_TRACE },
	{ "ftrace", NULL, GDB_CLASS_BREAKPOINTS, GDB_COVERS, refuse, NULL, "Refuse to set a fast tracepoint.\n" NO_TRACE },
	{ "strace", NULL, GDB_CLASS_BREAKPOINTS, GDB_COVERS, refuse, NULL, "Refuse to set a static tracepoint.\n" NO_TRACE },
	{ "actions", NULL, GDB_CLASS_OBSCURE, GDB_COVERS, refuse, NULL, "Refuse a tracepoint's actions.\n" NO_TRACE },
	{ "collect", NULL, GDB_CLASS_OBSCURE, GDB_COVERS, refuse, NULL, "Refuse a tracepoint's action.\n" NO_TRACE },
	{ "passcount", NULL, GDB_CLASS_OBSCURE, GDB_COVERS, refuse, NULL, "Refuse to count a tracepoint's passes.\n" NO_TRACE },
	{ "tstart", NULL, GDB_CLASS_OBSCURE, GDB_COVERS, refuse, NULL, "Refuse to start a trace.\n" NO_TRACE },
	{ "tstop", NULL, GDB_CLASS_OBSCURE, GDB_COVERS, refuse, NULL, "Refuse to stop a trace.\n" NO_TRACE },
	{ "tstatus", NULL, GDB_CLASS_OBSCURE, GDB_COVERS, refuse, NULL, "Refuse to show the state of a trace.\n" NO_TRACE },
	{ "tfind", NULL, GDB_CLASS_OBSCURE, GDB_COVERS, refuse, NULL, "Refuse to select a trace frame.\n" NO_TRACE },
	{ "tdump", NULL, GDB_CLASS_OBSCURE, GDB_COVERS, refuse, NULL, "Refuse to print what a tracepoint collected.\n" NO_TRACE },
	{ "tsave", NULL, GDB_CLASS_OBSCURE, GDB_COVERS, refuse, NULL, "Refuse to save a trace.\n" NO_TRACE },
	{ "tvariable", NULL, GDB_CLASS_OBSCURE, GDB_COVERS, refuse, NULL, "Refuse to define a trace variable.\n" NO_TRACE },
	{ "save tracepoints", NULL, GDB_CLASS_OBSCURE, GDB_COVERS, refuse, NULL, "Refuse to save tracepoints.\n" NO_TRACE },
	{ "info tracepoints", "tp", GDB_CLASS_STATUS, GDB_COVERS, refuse, NULL, "Refuse to list tracepoints.\n" NO_TRACE },
	{ "info tvariables", NULL, GDB_CLASS_STATUS, GDB_COVERS, refuse, NULL, "Refuse to list trace variables.\n" NO_TRACE },

	/* The rest. */
	{ "overlay", "ovly ov", GDB_CLASS_FILES, GDB_COVERS, refuse, NULL, "Refuse to work on overlays.\n" NO_OVERLAY },
	{ "delete bookmark", NULL, GDB_CLASS_OBSCURE, 0, refuse, NULL, "Refuse to delete a bookmark.\n" NO_RECORD },
	{ "info bookmarks", NULL, GDB_CLASS_STATUS, 0, refuse, NULL, "Refuse to list bookmarks.\n" NO_RECORD },
	{ "delete checkpoint", NULL, GDB_CLASS_OBSCURE, 0, refuse, NULL, "Refuse to delete a checkpoint.\n" NO_CHECKPOINT },
	{ "detach checkpoint", NULL, GDB_CLASS_OBSCURE, 0, refuse, NULL, "Refuse to detach from a checkpoint.\n" NO_CHECKPOINT },
	{ "delete tracepoints", "tr", GDB_CLASS_OBSCURE, GDB_ONCE, refuse, NULL, "Refuse to delete tracepoints.\n" NO_TRACE },
	{ "delete tvariable", NULL, GDB_CLASS_OBSCURE, GDB_ONCE, refuse, NULL, "Refuse to delete trace variables.\n" NO_TRACE },
	{ "info static-tracepoint-markers", NULL, GDB_CLASS_STATUS, 0, refuse, NULL,
	  "Refuse to list static tracepoint markers.\n" NO_TRACE },
	{ "teval", NULL, GDB_CLASS_OBSCURE, 0, refuse, NULL, "Refuse a tracepoint's action.\n" NO_TRACE },
	{ "while-stepping", "stepping ws", GDB_CLASS_OBSCURE, 0, refuse_body, NULL, "Refuse a tracepoint's action.\n" NO_TRACE },
	{ "agent-printf", NULL, GDB_CLASS_DATA, 0, refuse, NULL, "Refuse to have an agent print.\n" NO_REMOTE },
	{ "flash-erase", NULL, GDB_CLASS_OBSCURE, 0, refuse, NULL, "Refuse to erase flash memory.\n" NO_REMOTE },
	{ "set remote", NULL, GDB_CLASS_SUPPORT, GDB_COVERS, refuse, NULL, "Refuse settings of gdb's remote protocol.\n" NO_REMOTE },
	{ "show remote", NULL, GDB_CLASS_SUPPORT, GDB_COVERS, refuse, NULL, "Refuse settings of gdb's remote protocol.\n" NO_REMOTE },
	{ "set remotewritesize", NULL, GDB_CLASS_SUPPORT, 0, refuse, NULL, "Refuse settings of gdb's remote protocol.\n" NO_REMOTE },
	{ "show remotewritesize", NULL, GDB_CLASS_SUPPORT, 0, refuse, NULL, "Refuse settings of gdb's remote protocol.\n" NO_REMOTE },
	{ "unset tdesc", NULL, GDB_CLASS_SUPPORT, GDB_COVERS, refuse, NULL, "Refuse to forget a target's description.\n" NO_REMOTE },
	{ "set exec-direction", NULL, GDB_CLASS_SUPPORT, 0, refuse, NULL, "Refuse to choose a direction to run in.\n" NO_RECORD },
	{ "show exec-direction", NULL, GDB_CLASS_SUPPORT, 0, show_direction, NULL, "Show the direction to run in: it is always forward." },
	{ "break-range", NULL, GDB_CLASS_BREAKPOINTS, 0, refuse, NULL,
	  "Refuse to set a breakpoint for an address range.\nthe processor has no breakpoints on ranges of addresses." },
	{ "mem", NULL, GDB_CLASS_DATA, 0, refuse, NULL, "Refuse to define a memory region.\n" NO_REGIONS },
	{ "info mem", NULL, GDB_CLASS_STATUS, 0, refuse, NULL, "Refuse to list memory regions.\n" NO_REGIONS },
	{ "delete mem", NULL, GDB_CLASS_DATA, GDB_ONCE, refuse, NULL, "Refuse to delete memory regions.\n" NO_REGIONS },
	{ "enable mem", NULL, GDB_CLASS_DATA, 0, refuse, NULL, "Refuse to enable memory regions.\n" NO_REGIONS },
	{ "disable mem", NULL, GDB_CLASS_DATA, 0, refuse, NULL, "Refuse to disable memory regions.\n" NO_REGIONS },
	{ "info dcache", NULL, GDB_CLASS_STATUS, 0, refuse, NULL,
	  "Refuse to show the cache of memory.\noxdb caches memory for a stop, page by page, and has nothing to tell of it." },
	{ "memory-tag", NULL, GDB_CLASS_DATA, GDB_COVERS, refuse, NULL, "Refuse to work on memory tags.\n" NO_TAGS },
	{ "set mpx", NULL, GDB_CLASS_SUPPORT, GDB_COVERS, refuse, NULL,
	  "Refuse to set memory protection bounds.\nIntel Memory Protection Extensions not supported on this target." },
	{ "show mpx", NULL, GDB_CLASS_SUPPORT, GDB_COVERS, refuse, NULL,
	  "Refuse to show memory protection bounds.\nIntel Memory Protection Extensions not supported on this target." },
	{ "print-object", "po", GDB_CLASS_DATA, 0, refuse, NULL, "Refuse to ask an object to print itself.\n" NO_OBJECTIVE_C },
	{ "info classes", NULL, GDB_CLASS_STATUS, 0, refuse, NULL, "Refuse to list classes.\n" NO_OBJECTIVE_C },
	{ "info selectors", NULL, GDB_CLASS_STATUS, 0, refuse, NULL, "Refuse to list selectors.\n" NO_OBJECTIVE_C },
	{ "info vtbl", NULL, GDB_CLASS_STATUS, 0, refuse, NULL,
	  "Refuse to show a C++ virtual function table.\noxdb knows Rust and C, not C++." },
	{ "info common", NULL, GDB_CLASS_STATUS, 0, refuse, NULL, "Refuse to show COMMON blocks.\n" NO_FORTRAN },
	{ "info modules", NULL, GDB_CLASS_STATUS, 0, refuse, NULL,
	  "Refuse to list modules.\n" NO_FORTRAN " Rust's modules are the beginnings of its paths: `info functions ^NAME::'." },
	{ "info module", NULL, GDB_CLASS_STATUS, GDB_COVERS, refuse, NULL,
	  "Refuse to list what modules have.\n" NO_FORTRAN " Rust's modules are the beginnings of its paths: `info functions ^NAME::'." },
	{ "info exceptions", NULL, GDB_CLASS_STATUS, 0, refuse, NULL, "Refuse to list exceptions.\n" NO_ADA },
	{ "info tasks", NULL, GDB_CLASS_STATUS, 0, refuse, NULL, "Refuse to list tasks.\n" NO_ADA },
	{ "task", NULL, GDB_CLASS_RUNNING, GDB_COVERS, refuse, NULL, "Refuse to select a task.\n" NO_ADA },
	{ "save gdb-index", NULL, GDB_CLASS_FILES, 0, refuse, NULL,
	  "Refuse to save an index.\noxdb needs no index on disk." },
	{ "show index-cache stats", NULL, GDB_CLASS_SUPPORT, 0, refuse, NULL,
	  "Refuse to count hits of the index cache.\noxdb needs no index on disk." },
	{ "add-symbol-file-from-memory", NULL, GDB_CLASS_FILES, 0, refuse, NULL, "Refuse to load symbols from memory.\n" NO_SYMBOLS },
	{ "remove-symbol-file", NULL, GDB_CLASS_FILES, GDB_ONCE, refuse, NULL, "Refuse to forget symbols.\n" NO_SYMBOLS },
	{ "nosharedlibrary", NULL, GDB_CLASS_FILES, 0, refuse, NULL, "Refuse to forget the libraries' symbols.\n" NO_SYMBOLS },
	{ "section", NULL, GDB_CLASS_FILES, 0, refuse, NULL,
	  "Refuse to change where a section is.\nwhere a section is comes from the file that has it." },
#define FORMAT(name) \
	{ "dump " name, NULL, GDB_CLASS_DATA, GDB_COVERS, refuse, NULL, "Refuse to write a file of the format " name ".\n" NO_CHOICE }
	FORMAT("ihex"), FORMAT("srec"), FORMAT("tekhex"), FORMAT("verilog"),
	{ "explore", NULL, GDB_CLASS_DATA, GDB_COVERS, refuse, NULL,
	  "Refuse to explore a value or a type step by step.\noxdb has no dialogue of the kind: use `print', `ptype' and the completion of fields." },
#define FILTER(name, what) \
	{ "info " name, NULL, GDB_CLASS_STATUS, 0, refuse, NULL, "Refuse to list " what ".\n" NO_FILTER }, \
	{ "enable " name, NULL, GDB_CLASS_DATA, 0, refuse, NULL, "Refuse to enable " what ".\n" NO_FILTER }, \
	{ "disable " name, NULL, GDB_CLASS_DATA, 0, refuse, NULL, "Refuse to disable " what ".\n" NO_FILTER }
	FILTER("frame-filter", "frame filters"),
	FILTER("pretty-printer", "pretty-printers"),
	FILTER("unwinder", "unwinders"),
	FILTER("xmethod", "xmethods"),
	{ "info type-printers", NULL, GDB_CLASS_STATUS, 0, refuse, NULL, "Refuse to list type printers.\n" NO_FILTER },
	{ "enable type-printer", NULL, GDB_CLASS_DATA, 0, refuse, NULL, "Refuse to enable type printers.\n" NO_FILTER },
	{ "disable type-printer", NULL, GDB_CLASS_DATA, 0, refuse, NULL, "Refuse to disable type printers.\n" NO_FILTER },
	{ "set frame-filter", NULL, GDB_CLASS_SUPPORT, GDB_COVERS, refuse, NULL, "Refuse settings of frame filters.\n" NO_FILTER },
	{ "show frame-filter", NULL, GDB_CLASS_SUPPORT, GDB_COVERS, refuse, NULL, "Refuse settings of frame filters.\n" NO_FILTER },
	{ "info guile", "gu", GDB_CLASS_STATUS, 0, refuse, NULL, "Refuse to show what Guile has loaded.\nGuile " NO_SCRIPT },
	{ "enable probes", NULL, GDB_CLASS_DATA, 0, refuse, NULL, "Refuse to enable probes.\noxdb does not read SystemTap's probes." },
	{ "disable probes", NULL, GDB_CLASS_DATA, 0, refuse, NULL, "Refuse to disable probes.\noxdb does not read SystemTap's probes." },
	{ "jit-reader-load", NULL, GDB_CLASS_DATA, GDB_COVERS, refuse, NULL, "Refuse to load a reader of JIT code.\n" NO_JIT },
	{ "jit-reader-unload", NULL, GDB_CLASS_DATA, GDB_COVERS, refuse, NULL, "Refuse to unload a reader of JIT code.\n" NO_JIT },
	{ "maintenance", "mt", GDB_CLASS_INTERNALS, GDB_COVERS, refuse, NULL,
	  "Refuse gdb's maintenance commands.\noxdb has none of gdb's maintenance commands: they are about its inside. OXDB_LOG=all in the environment tells of oxdb's." },
	{ "info os", NULL, GDB_CLASS_STATUS, GDB_COVERS, refuse, NULL,
	  "Refuse to show tables of the operating system.\noxdb does not show tables of the operating system: use `shell ps', `shell ss' and their like." },
	{ "info probes", NULL, GDB_CLASS_STATUS, GDB_COVERS, refuse, NULL,
	  "Refuse to show probes.\noxdb does not read SystemTap's probes." },
};
/* clang-format on */
const struct gdb_command_table gdb_commands_refused = { commands, sizeof commands / sizeof *commands };
