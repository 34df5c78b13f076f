/* Settings of gdb that change nothing here (what they are about oxdb has not, or does in one way only), and the colours. They are taken so
 * that scripts written for gdb run; `show' tells their value, and `set' why it means nothing. Made when somebody first asks for a
 * setting that settings_table.c has not: nobody starts slower for them. */
#include "ui/gdb/output.h"
#include "ui/gdb/settings.h"

#include <stdio.h>

#define W_LANGUAGE "oxdb knows Rust and C."
#define W_CHECK "expressions are checked as their language has it."
#define W_CACHE "memory is cached for a stop, page by page."
#define W_DEBUG "it is about gdb's inside. OXDB_LOG=all in the environment tells of oxdb's."
#define W_SCRIPT "oxdb has gdb's command language only."
#define W_MEM "memory is what the process has mapped."
#define W_RECORD "oxdb does not record executions."
#define W_REMOTE "oxdb debugs processes of this machine only."
#define W_TUI "oxdb has no text user interface."
#define W_INDEX "oxdb needs no index on disk."
#define W_TRACE "oxdb has no tracepoints."
#define W_COMPILE "oxdb does not compile code into the program."
#define W_DATA "oxdb reads no files of its own."
#define W_CORE "oxdb neither writes nor reads core files."
#define W_FILE "it is that of the program's file."
#define W_ASYNC "commands run one after the other."
#define W_PROMPT "see `set prompt'."
#define W_EXT "a file's language is that of its debug information."
#define W_CHARSET "text is UTF-8."
#define W_CPLUS "it is for C++'s classes."
#define W_ABI "functions are called as the System V ABI says."
#define W_WRITE "oxdb does not change files."
#define W_DPRINTF "oxdb prints what a dprintf prints itself."
#define W_STYLE "what it would colour is not coloured."
#define OPTIONAL "" /* in `choices`: the text may be empty */
#define COLOURS "none black red green yellow blue magenta cyan white"
#define INTENSITIES "normal bold dim"

static const struct more {
	const char *name;
	enum gdb_setting_kind kind;
	const char *choices, *value, *show, *why;
} rows[] = {
	{ "ada print-signatures", GDB_SETTING_BOOL, NULL, "on",
	  "Whether the output of formal and return types for functions in the overloads selection menu is activated is %s.",
	  W_LANGUAGE },
	{ "ada source-charset", GDB_SETTING_STRING, OPTIONAL, "ISO-8859-1",
	  "The Ada source character set is \"%s\".", W_LANGUAGE },
	{ "agent", GDB_SETTING_BOOL, NULL, "off",
	  "Debugger's willingness to use agent in inferior as a helper is %s.", W_REMOTE },
	{ "auto-connect-native-target", GDB_SETTING_BOOL, NULL, "on",
	  "Whether GDB may automatically connect to the native target is %s.", W_REMOTE },
	{ "check range", GDB_SETTING_ENUM, "auto off on warn", "auto",
	  "Range checking is \"auto; currently off\".|Range checking is \"%s\".", W_CHECK },
	{ "check type", GDB_SETTING_BOOL, NULL, "on", "Strict type checking is %s.", W_CHECK },
	{ "circular-trace-buffer", GDB_SETTING_BOOL, NULL, "off",
	  "Target's use of circular trace buffer is %s.", W_TRACE },
	{ "coerce-float-to-double", GDB_SETTING_BOOL, NULL, "on",
	  "Coercion of floats to doubles when calling functions is %s.", W_ABI },
	{ "compile-args", GDB_SETTING_STRING, OPTIONAL, "",
	  "Compile command command-line arguments are \"%s\".", W_COMPILE },
	{ "compile-gcc", GDB_SETTING_FILENAME, OPTIONAL, "",
	  "Compile command GCC driver filename is \"%s\".", W_COMPILE },
	{ "cp-abi", GDB_SETTING_ENUM, "auto gnu-v2 gnu-v3", "auto",
	  "The currently selected C++ ABI is \"auto\" (currently \"gnu-v3\").|The currently selected C++ ABI is \"%s\".",
	  W_LANGUAGE },
	{ "data-directory", GDB_SETTING_FILENAME, OPTIONAL, "", "GDB's data directory is \"%s\".", W_DATA },
	{ "dcache line-size", GDB_SETTING_ZUINT, NULL, "64", "Dcache line size is %s.", W_CACHE },
	{ "dcache size", GDB_SETTING_ZUINT, NULL, "4096", "Number of dcache lines is %s.", W_CACHE },
	{ "debug arch", GDB_SETTING_ZUINT, NULL, "0", "Architecture debugging is %s.", W_DEBUG },
	{ "debug auto-load", GDB_SETTING_BOOL, NULL, "off",
	  "Debugging output for files of 'set auto-load ...' is %s.", W_DEBUG },
	{ "debug bfd-cache", GDB_SETTING_BOOL, NULL, "off", "BFD cache debugging is %s.", W_DEBUG },
	{ "debug check-physname", GDB_SETTING_BOOL, NULL, "off", "Whether to check \"physname\" is %s.",
	  W_DEBUG },
	{ "debug coff-pe-read", GDB_SETTING_ZUINT, NULL, "0", "Coff PE read debugging is %s.", W_DEBUG },
	{ "debug compile", GDB_SETTING_BOOL, NULL, "off", "Compile debugging is %s.", W_DEBUG },
	{ "debug compile-cplus-scopes", GDB_SETTING_BOOL, NULL, "off",
	  "Debugging of C++ compile scopes is %s.", W_DEBUG },
	{ "debug compile-cplus-types", GDB_SETTING_BOOL, NULL, "off",
	  "Debugging of C++ compile type conversion is %s.", W_DEBUG },
	{ "debug displaced", GDB_SETTING_BOOL, NULL, "off", "Displace stepping debugging is %s.", W_DEBUG },
	{ "debug dwarf-die", GDB_SETTING_ZUINT, NULL, "0", "Debugging of the DWARF DIE reader is %s.",
	  W_DEBUG },
	{ "debug dwarf-line", GDB_SETTING_ZUINT, NULL, "0", "Debugging of the dwarf line reader is %s.",
	  W_DEBUG },
	{ "debug dwarf-read", GDB_SETTING_ZUINT, NULL, "0", "Debugging of the DWARF reader is %s.",
	  W_DEBUG },
	{ "debug entry-values", GDB_SETTING_ZUINT, NULL, "0",
	  "Entry values and tail call frames debugging is %s.", W_DEBUG },
	{ "debug event-loop", GDB_SETTING_ENUM, "all all-except-ui off", "off",
	  "Event loop debugging is %s.", W_DEBUG },
	{ "debug expression", GDB_SETTING_ZUINT, NULL, "0", "Expression debugging is %s.", W_DEBUG },
	{ "debug fortran-array-slicing", GDB_SETTING_BOOL, NULL, "off",
	  "Debugging of Fortran array slicing is %s.", W_DEBUG },
	{ "debug frame", GDB_SETTING_BOOL, NULL, "off", "Frame debugging is %s.", W_DEBUG },
	{ "debug index-cache", GDB_SETTING_BOOL, NULL, "off",
	  "Display of index-cache debug messages is %s.", W_DEBUG },
	{ "debug infcall", GDB_SETTING_BOOL, NULL, "off", "Inferior call debugging is %s.", W_DEBUG },
	{ "debug infrun", GDB_SETTING_BOOL, NULL, "off", "Inferior debugging is %s.", W_DEBUG },
	{ "debug jit", GDB_SETTING_BOOL, NULL, "off", "JIT debugging is %s.", W_DEBUG },
	{ "debug libthread-db", GDB_SETTING_ZUINT, NULL, "0", "libthread-db debugging is %s.", W_DEBUG },
	{ "debug linux-namespaces", GDB_SETTING_BOOL, NULL, "off",
	  "Debugging of GNU/Linux namespaces module is %s.", W_DEBUG },
	{ "debug linux-nat", GDB_SETTING_BOOL, NULL, "off",
	  "Debugging of GNU/Linux native targets is %s.", W_DEBUG },
	{ "debug notification", GDB_SETTING_BOOL, NULL, "off",
	  "Debugging of async remote notification is %s.", W_DEBUG },
	{ "debug observer", GDB_SETTING_BOOL, NULL, "off", "Observer debugging is %s.", W_DEBUG },
	{ "debug overload", GDB_SETTING_ZUINT, NULL, "0", "Debugging of C++ overloading is %s.", W_DEBUG },
	{ "debug parser", GDB_SETTING_BOOL, NULL, "off", "Parser debugging is %s.", W_DEBUG },
	{ "debug py-breakpoint", GDB_SETTING_BOOL, NULL, "off", "Python breakpoint debugging is %s.",
	  W_DEBUG },
	{ "debug py-micmd", GDB_SETTING_BOOL, NULL, "off", "Python MI command debugging is %s.", W_DEBUG },
	{ "debug py-unwind", GDB_SETTING_BOOL, NULL, "off", "Python unwinder debugging is %s.", W_DEBUG },
	{ "debug record", GDB_SETTING_ZUINT, NULL, "0", "Debugging of process record target is %s.",
	  W_DEBUG },
	{ "debug remote", GDB_SETTING_BOOL, NULL, "off", "Debugging of remote protocol is %s.", W_DEBUG },
	{ "debug remote-packet-max-chars", GDB_SETTING_UINT, NULL, "512",
	  "Number of remote packet characters to display is %s.", W_DEBUG },
	{ "debug separate-debug-file", GDB_SETTING_BOOL, NULL, "off",
	  "Printing of separate debug info file search debug is %s.", W_DEBUG },
	{ "debug serial", GDB_SETTING_ZUINT, NULL, "0", "Serial debugging is %s.", W_DEBUG },
	{ "debug skip", GDB_SETTING_BOOL, NULL, "off",
	  "Whether the debug output about skipping files and functions is printed is %s.", W_DEBUG },
	{ "debug solib", GDB_SETTING_BOOL, NULL, "off", "Solib debugging is %s.", W_DEBUG },
	{ "debug stap-expression", GDB_SETTING_ZUINT, NULL, "0",
	  "SystemTap Probe expression debugging is %s.", W_DEBUG },
	{ "debug symbol-lookup", GDB_SETTING_ZUINT, NULL, "0", "Debugging of symbol lookup is %s.",
	  W_DEBUG },
	{ "debug symfile", GDB_SETTING_BOOL, NULL, "off", "Symfile debugging is %s.", W_DEBUG },
	{ "debug symtab-create", GDB_SETTING_ZUINT, NULL, "0",
	  "Debugging of symbol table creation is %s.", W_DEBUG },
	{ "debug target", GDB_SETTING_ZUINT, NULL, "0", "Target debugging is %s.", W_DEBUG },
	{ "debug threads", GDB_SETTING_BOOL, NULL, "off", "Thread debugging is \"%s\".", W_DEBUG },
	{ "debug timestamp", GDB_SETTING_BOOL, NULL, "off", "Timestamping debugging messages is %s.",
	  W_DEBUG },
	{ "debug tui", GDB_SETTING_BOOL, NULL, "off", "TUI debugging is \"%s\".", W_DEBUG },
	{ "debug varobj", GDB_SETTING_ZUINT, NULL, "0", "Varobj debugging is %s.", W_DEBUG },
	{ "debug xml", GDB_SETTING_BOOL, NULL, "off", "XML debugging is %s.", W_DEBUG },
	{ "default-collect", GDB_SETTING_STRING, OPTIONAL, "",
	  "The list of expressions to collect by default is \"%s\".", W_TRACE },
	{ "dprintf-channel", GDB_SETTING_STRING, OPTIONAL, "",
	  "The channel to use for dynamic printf is \"%s\".", W_DPRINTF },
	{ "dprintf-function", GDB_SETTING_STRING, OPTIONAL, "printf",
	  "The function to use for dynamic printf is \"%s\".", W_DPRINTF },
	{ "disconnected-dprintf", GDB_SETTING_BOOL, NULL, "on",
	  "Whether dprintf continues after GDB disconnects is %s.", W_REMOTE },
	{ "disconnected-tracing", GDB_SETTING_BOOL, NULL, "off",
	  "Whether tracing continues after GDB disconnects is %s.", W_TRACE },
	{ "dump-excluded-mappings", GDB_SETTING_BOOL, NULL, "off",
	  "Dumping of mappings marked with the VM_DONTDUMP flag is %s.", W_CORE },
	{ "endian", GDB_SETTING_ENUM, "auto big little", "auto",
	  "The target endianness is set automatically (currently little endian).|The target is set to %s endian.",
	  W_FILE },
	{ "exec-done-display", GDB_SETTING_BOOL, NULL, "off",
	  "Notification of completion for asynchronous execution commands is %s.", W_ASYNC },
	{ "extended-prompt", GDB_SETTING_STRING, OPTIONAL, "",
	  "The extended prompt is not set.|The extended prompt is: %s", W_PROMPT },
	{ "extension-language", GDB_SETTING_STRING, OPTIONAL, "",
	  "Mapping between filename extension and source language is \"%s\".", W_EXT },
	{ "fortran repack-array-slices", GDB_SETTING_BOOL, NULL, "off",
	  "Repacking of Fortran array slices is %s.", W_LANGUAGE },
	{ "gnutarget", GDB_SETTING_STRING, OPTIONAL, "auto", "The current BFD target is \"%s\".", W_FILE },
	{ "guile print-stack", GDB_SETTING_ENUM, "full message none", "message",
	  "The mode of Guile exception printing on error is \"%s\".", W_SCRIPT },
	{ "host-charset", GDB_SETTING_STRING, OPTIONAL, "auto",
	  "The host character set is \"auto; currently UTF-8\".|The host character set is \"%s\".",
	  W_CHARSET },
	{ "index-cache directory", GDB_SETTING_FILENAME, OPTIONAL, "",
	  "The directory of the index cache is \"%s\".", W_INDEX },
	{ "may-insert-fast-tracepoints", GDB_SETTING_BOOL, NULL, "on",
	  "Permission to insert fast tracepoints in the target is %s.", W_TRACE },
	{ "may-insert-tracepoints", GDB_SETTING_BOOL, NULL, "on",
	  "Permission to insert tracepoints in the target is %s.", W_TRACE },
	{ "mem inaccessible-by-default", GDB_SETTING_BOOL, NULL, "on",
	  "Unknown memory addresses will be treated as inaccessible.|Unknown memory addresses will be treated as RAM.",
	  W_MEM },
	{ "print type methods", GDB_SETTING_BOOL, NULL, "on",
	  "Printing of methods defined in a class in %s", W_CPLUS },
	{ "print type nested-type-limit", GDB_SETTING_UINT_MAX, NULL, "0",
	  "Will not print nested types defined in a class|Will print nested types defined in a class to a depth of %s",
	  W_CPLUS },
	{ "print type typedefs", GDB_SETTING_BOOL, NULL, "on",
	  "Printing of typedefs defined in a class in %s", W_CPLUS },
	{ "python dont-write-bytecode", GDB_SETTING_AUTO_BOOL, NULL, "auto",
	  "Python's dont-write-bytecode setting is auto (currently on).|Python's dont-write-bytecode setting is %s.",
	  W_SCRIPT },
	{ "python ignore-environment", GDB_SETTING_BOOL, NULL, "off",
	  "Python's ignore-environment setting is %s.", W_SCRIPT },
	{ "ravenscar task-switching", GDB_SETTING_BOOL, NULL, "on",
	  "Support for Ravenscar task/thread switching is enabled|Support for Ravenscar task/thread switching is disabled",
	  W_LANGUAGE },
	{ "record btrace bts buffer-size", GDB_SETTING_UINT, NULL, "65536",
	  "The record/replay bts buffer size is %s.", W_RECORD },
	{ "record btrace cpu", GDB_SETTING_STRING, OPTIONAL, "auto", "btrace cpu is '%s'.", W_RECORD },
	{ "record btrace pt buffer-size", GDB_SETTING_UINT, NULL, "16384",
	  "The record/replay pt buffer size is %s.", W_RECORD },
	{ "record btrace replay-memory-access", GDB_SETTING_ENUM, "read-only read-write", "read-only",
	  "Replay memory access is %s.", W_RECORD },
	{ "record full insn-number-max", GDB_SETTING_UINT, NULL, "200000",
	  "Record/replay buffer limit is %s.", W_RECORD },
	{ "record full memory-query", GDB_SETTING_BOOL, NULL, "off",
	  "Whether query if PREC cannot record memory change of next instruction is %s.", W_RECORD },
	{ "record full stop-at-limit", GDB_SETTING_BOOL, NULL, "on",
	  "Whether record/replay stops when record/replay buffer becomes full is %s.", W_RECORD },
	{ "record function-call-history-size", GDB_SETTING_UINT, NULL, "10",
	  "Number of functions to print in \"record function-call-history\" is %s.", W_RECORD },
	{ "record instruction-history-size", GDB_SETTING_UINT, NULL, "10",
	  "Number of instructions to print in \"record instruction-history\" is %s.", W_RECORD },
	{ "remoteaddresssize", GDB_SETTING_ZUINT, NULL, "0",
	  "The maximum size of the address (in bits) in a memory packet is %s.", W_REMOTE },
	{ "remotecache", GDB_SETTING_BOOL, NULL, "off", "Deprecated remotecache flag is %s.", W_REMOTE },
	{ "remoteflow", GDB_SETTING_BOOL, NULL, "off", "Hardware flow control is %s.", W_REMOTE },
	{ "remotelogbase", GDB_SETTING_ENUM, "ascii hex octal", "ascii",
	  "Numerical base for remote session logging is \"%s\".", W_REMOTE },
	{ "remotelogfile", GDB_SETTING_FILENAME, OPTIONAL, "",
	  "Filename for remote session recording is \"%s\".", W_REMOTE },
	{ "script-extension", GDB_SETTING_ENUM, "off soft strict", "soft",
	  "Script filename extension recognition is \"%s\".", W_SCRIPT },
	{ "serial baud", GDB_SETTING_STRING, OPTIONAL, "-1", "Baud rate for remote serial I/O is %s.",
	  W_REMOTE },
	{ "serial parity", GDB_SETTING_ENUM, "even none odd", "none",
	  "Parity for remote serial I/O is \"%s\".", W_REMOTE },
	{ "struct-convention", GDB_SETTING_ENUM, "default pcc reg", "default",
	  "The convention for returning small structs is \"%s\".", W_ABI },
	{ "style disassembler enabled", GDB_SETTING_BOOL, NULL, "on",
	  "Disassembler output styling is enabled.|Disassembler output styling is disabled.", W_STYLE },
	{ "style tui-active-border background", GDB_SETTING_ENUM, COLOURS, "none",
	  "The \"tui-active-border\" style background color is: %s", W_STYLE },
	{ "style tui-active-border foreground", GDB_SETTING_ENUM, COLOURS, "cyan",
	  "The \"tui-active-border\" style foreground color is: %s", W_STYLE },
	{ "style tui-border background", GDB_SETTING_ENUM, COLOURS, "none",
	  "The \"tui-border\" style background color is: %s", W_STYLE },
	{ "style tui-border foreground", GDB_SETTING_ENUM, COLOURS, "cyan",
	  "The \"tui-border\" style foreground color is: %s", W_STYLE },
	{ "style tui-current-position", GDB_SETTING_BOOL, NULL, "off",
	  "Styling the text highlighted by the TUI's current position indicator is %s.", W_STYLE },
	{ "target-charset", GDB_SETTING_STRING, OPTIONAL, "auto",
	  "The target character set is \"auto; currently UTF-8\".|The target character set is \"%s\".",
	  W_CHARSET },
	{ "target-file-system-kind", GDB_SETTING_ENUM, "auto dos-based unix", "auto",
	  "The assumed file system kind for target reported file names is \"auto\" (currently \"unix\").|The assumed file system kind for target reported file names is \"%s\".",
	  W_REMOTE },
	{ "target-wide-charset", GDB_SETTING_STRING, OPTIONAL, "auto",
	  "The target wide character set is \"auto; currently UTF-32\".|The target wide character set is \"%s\".",
	  W_CHARSET },
	{ "tcp auto-retry", GDB_SETTING_BOOL, NULL, "on", "Auto-retry on socket connect is %s.", W_REMOTE },
	{ "tcp connect-timeout", GDB_SETTING_UINT, NULL, "15",
	  "Timeout limit in seconds for socket connection is %s.", W_REMOTE },
	{ "tdesc filename", GDB_SETTING_FILENAME, OPTIONAL, "",
	  "The target description will be read from the target.|The target description will be read from \"%s\".",
	  W_REMOTE },
	{ "trace-buffer-size", GDB_SETTING_UINT, NULL, "unlimited",
	  "Requested size of trace buffer is %s.", W_TRACE },
	{ "trace-notes", GDB_SETTING_STRING, OPTIONAL, "",
	  "The notes string to use for current and future trace runs is \"%s\".", W_TRACE },
	{ "trace-stop-notes", GDB_SETTING_STRING, OPTIONAL, "",
	  "The notes string to use for future tstop commands is \"%s\".", W_TRACE },
	{ "trace-user", GDB_SETTING_STRING, OPTIONAL, "",
	  "The user name to use for current and future trace runs is \"%s\".", W_TRACE },
	{ "tui active-border-mode", GDB_SETTING_ENUM,
	  "bold bold-standout half half-standout normal reverse standout", "bold-standout",
	  "The attribute mode to use for the active TUI window border is \"%s\".", W_TUI },
	{ "tui border-kind", GDB_SETTING_ENUM, "acs ascii space", "acs",
	  "The kind of border for TUI windows is \"%s\".", W_TUI },
	{ "tui border-mode", GDB_SETTING_ENUM,
	  "bold bold-standout half half-standout normal reverse standout", "normal",
	  "The attribute mode to use for the TUI window borders is \"%s\".", W_TUI },
	{ "tui compact-source", GDB_SETTING_BOOL, NULL, "off", "TUI source window compactness is %s.",
	  W_TUI },
	{ "tui tab-width", GDB_SETTING_ZUINT, NULL, "8", "TUI tab width is %s spaces.", W_TUI },
	{ "use-coredump-filter", GDB_SETTING_BOOL, NULL, "on",
	  "Use of /proc/PID/coredump_filter file to generate corefiles is %s.", W_CORE },
	{ "use-deprecated-index-sections", GDB_SETTING_BOOL, NULL, "off",
	  "Whether to use deprecated gdb_index sections is %s.", W_INDEX },
	{ "write", GDB_SETTING_BOOL, NULL, "off", "Writing into executable and core files is %s.", W_WRITE },
};

/* ---- colours ---- */

static const struct style {
	const char *name, *foreground, *intensity;
	enum gdb_style style; /* GDB_PLAIN: nothing of oxdb's is written so */
} styles[] = {
	{ "filename", "green", "normal", GDB_STYLE_FILE },
	{ "function", "yellow", "normal", GDB_STYLE_FUNCTION },
	{ "variable", "cyan", "normal", GDB_STYLE_VARIABLE },
	{ "address", "blue", "normal", GDB_STYLE_ADDRESS },
	{ "title", "none", "bold", GDB_STYLE_TITLE },
	{ "highlight", "red", "normal", GDB_STYLE_HIGHLIGHT },
	{ "metadata", "none", "dim", GDB_STYLE_METADATA },
	{ "version", "magenta", "bold", GDB_PLAIN },
	{ "disassembler comment", "white", "dim", GDB_PLAIN },
	{ "disassembler immediate", "blue", "normal", GDB_PLAIN },
	{ "disassembler mnemonic", "green", "normal", GDB_PLAIN },
	{ "disassembler register", "red", "normal", GDB_PLAIN },
};
enum { ROWS = sizeof rows / sizeof *rows, STYLES = sizeof styles / sizeof *styles };
_Static_assert(ROWS + 3 * STYLES <= GDB_MORE_SETTINGS, "struct gdb_settings has a slot for each");

/* In the order of COLOURS from the second one: their codes follow each other. */
static int colour_code(const char *name)
{
	static const char *const names[] = { "black", "red",     "green", "yellow",
					     "blue",  "magenta", "cyan",  "white" };
	for (int i = 0; i < 8; i++)
		if (strcmp(name, names[i]) == 0)
			return i;
	return -1;
}

static const char *style_default(size_t at, size_t part)
{
	return part == 0 ? styles[at].foreground : part == 1 ? "none" : styles[at].intensity;
}

static const char *style_value(const struct gdb *g, size_t at, size_t part)
{
	const struct gdb_more_setting *slot = &g->settings.more[ROWS + 3 * at + part];
	return slot->set ? slot->choice : style_default(at, part);
}

const char *gdb_style_start(const struct gdb *g, enum gdb_style style, char buffer[GDB_STYLE_LENGTH])
{
	size_t at = 0, used = 0;
	while (at < STYLES && (style == GDB_PLAIN || styles[at].style != style))
		at++;
	if (at == STYLES)
		return "";
	int foreground = colour_code(style_value(g, at, 0)),
	    background = colour_code(style_value(g, at, 1));
	char intensity = style_value(g, at, 2)[0];
	int codes[] = { foreground < 0 ? -1 : 30 + foreground, background < 0 ? -1 : 40 + background,
			intensity == 'b'   ? 1
			: intensity == 'd' ? 2
					   : -1 };
	buffer[0] = '\0';
	for (size_t i = 0; i < 3; i++)
		if (codes[i] >= 0)
			used += (size_t)snprintf(buffer + used, GDB_STYLE_LENGTH - used, "%s%d",
						 used ? ";" : "\033[", codes[i]);
	if (used)
		snprintf(buffer + used, GDB_STYLE_LENGTH - used, "m");
	return buffer;
}

/* ---- into the registry ---- */

static void make_row(struct gdb_registry *r, const struct more *more, size_t slot, struct gdb_setting *ret)
{
	*ret = (struct gdb_setting){
		.name = more->name,
		.kind = more->kind,
		.offset = offsetof(struct gdb_settings, more) + slot * sizeof(struct gdb_more_setting),
		.choices = more->choices,
		.help = arena_printf(&r->arena, "Set gdb's \"%s\".", more->name).ptr,
		.show = more->show,
		.idle = more->why,
	};
}

static void make_style(struct gdb_registry *r, size_t at, struct gdb_setting *ret)
{
	static const char *const parts[] = { "foreground", "background", "intensity" };
	static const char *const sentences[] = { "The \"%s\" style foreground color is: %%s",
						 "The \"%s\" style background color is: %%s",
						 "The \"%s\" style display intensity is: %%s" };
	const struct style *style = &styles[at];
	const char *space = strrchr(style->name, ' ');
	const char *bare = space ? space + 1 : style->name;
	for (size_t part = 0; part < 3; part++) {
		struct more more = {
			.name = arena_printf(&r->arena, "style %s %s", style->name, parts[part]).ptr,
			.kind = GDB_SETTING_ENUM,
			.choices = part < 2 ? COLOURS : INTENSITIES,
			.show = arena_printf(&r->arena, sentences[part], bare).ptr,
			.why = style->style == GDB_PLAIN ? W_STYLE : NULL,
		};
		make_row(r, &more, ROWS + 3 * at + part, &ret[part]);
		ret[part].help =
			arena_printf(&r->arena, "Set the %s of the \"%s\" style.", parts[part], bare).ptr;
	}
}

/* The words before the last of a setting's name are prefix commands: those that nobody has made. */
static void add_prefixes(struct gdb_registry *r, const char *verb, const char *name)
{
	for (const char *space = strchr(name, ' '); space; space = strchr(space + 1, ' ')) {
		struct str path = arena_printf(&r->arena, "%s %.*s", verb, (int)(space - name), name);
		if (gdb_registry_find(r, path))
			continue;
		struct gdb_command *command = ARENA_NEW(&r->arena, struct gdb_command);
		*command = (struct gdb_command){
			.name = path.ptr,
			.class = GDB_CLASS_SUPPORT,
			.run = verb[1] == 'h' ? gdb_run_show_prefix : NULL,
			.help = arena_printf(&r->arena, "Generic command for %sing %.*s settings.",
					     verb[1] == 'h' ? "show" : "sett", (int)(space - name), name)
					.ptr,
		};
		gdb_registry_insert(r, path, command, NULL, false);
	}
}

/* Second names that gdb has. */
static void add_other_names(struct gdb_registry *r, const char *verb)
{
	static const char *const names[][2] = {
		{ "style disassembler address", "style address" },
		{ "style disassembler symbol", "style function" },
		{ "c", "check" },
		{ "ch", "check" },
		{ "g", "gnutarget" },
		{ "gu", "guile" },
		{ "rec", "record" },
		{ "processor", "architecture" },
		{ "solib-absolute-prefix", "sysroot" },
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct str path = arena_printf(&r->arena, "%s %s", verb, names[i][0]);
		struct str meant = arena_printf(&r->arena, "%s %s", verb, names[i][1]);
		gdb_registry_insert(r, path, gdb_registry_find(r, meant)->command, NULL, true);
	}
}

const char *gdb_setting_initial(const struct gdb_setting *setting)
{
	if (setting->offset < offsetof(struct gdb_settings, more))
		return NULL;
	size_t slot = (setting->offset - offsetof(struct gdb_settings, more)) /
		      sizeof(struct gdb_more_setting);
	return slot < ROWS ? rows[slot].value : style_default((slot - ROWS) / 3, (slot - ROWS) % 3);
}

void gdb_settings_register_more(struct gdb_registry *r)
{
	enum { COUNT = ROWS + 3 * STYLES };
	struct gdb_setting *all = ARENA_ARRAY(&r->arena, struct gdb_setting, COUNT);
	for (size_t i = 0; i < ROWS; i++)
		make_row(r, &rows[i], i, &all[i]);
	for (size_t i = 0; i < STYLES; i++)
		make_style(r, i, &all[ROWS + 3 * i]);
	gdb_settings_register(r, all, COUNT);
	gdb_registry_sort(r);
	for (size_t i = 0; i < COUNT; i++) {
		add_prefixes(r, "set", all[i].name);
		add_prefixes(r, "show", all[i].name);
	}
	add_other_names(r, "set");
	add_other_names(r, "show");
}

void gdb_settings_deinit_more(struct gdb_settings *s)
{
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].kind == GDB_SETTING_STRING || rows[i].kind == GDB_SETTING_FILENAME)
			free(s->more[i].text);
}
