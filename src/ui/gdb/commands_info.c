/* The table of the info commands about the process, its registers and files. */
#include "ui/gdb/looking.h"

static const struct gdb_command commands[] = {
	{ "info registers", "r", GDB_CLASS_STATUS, 0, gdb_run_info_registers, gdb_complete_registers,
	  "List of integer registers and their contents, for selected stack frame.\n"
	  "One or more register names as argument means describe the given registers.\n"
	  "One or more register group names as argument means describe the registers\n"
	  "in the named register groups." },
	{ "info all-registers", NULL, GDB_CLASS_STATUS, 0, gdb_run_info_all_registers,
	  gdb_complete_registers,
	  "List of all registers and their contents, for selected stack frame.\n"
	  "One or more register names as argument means describe the given registers.\n"
	  "One or more register group names as argument means describe the registers\n"
	  "in the named register groups." },
	{ "info float", NULL, GDB_CLASS_STATUS, 0, gdb_run_info_float, NULL,
	  "Print the status of the floating point unit." },
	{ "info vector", NULL, GDB_CLASS_STATUS, 0, gdb_run_info_vector, NULL,
	  "Print the status of the vector unit." },
	{ "info sharedlibrary", "dll", GDB_CLASS_STATUS, 0, gdb_run_info_sharedlibrary, NULL,
	  "Status of loaded shared object libraries." },
	{ "info files", NULL, GDB_CLASS_STATUS, 0, gdb_run_info_files, NULL,
	  "Names of targets and files being debugged.\n"
	  "Shows the entire stack of targets currently in use (including the exec-file,\n"
	  "core-file, and process, if any), as well as the symbol file name." },
	{ "info target", NULL, GDB_CLASS_STATUS, 0, gdb_run_info_files, NULL,
	  "Names of targets and files being debugged." },
	{ "info proc", NULL, GDB_CLASS_STATUS, GDB_COVERS, gdb_run_info_proc, gdb_complete_proc,
	  "Show additional information about a process.\n"
	  "Usage: info proc [mappings|stat|status|cmdline|cwd|exe|all]" },
	{ "info auxv", NULL, GDB_CLASS_STATUS, 0, gdb_run_info_auxv, NULL,
	  "Display the inferior's auxiliary vector." },
	{ "info functions", "fu fun", GDB_CLASS_STATUS, 0, gdb_run_info_functions, NULL,
	  "All function names or those matching REGEXPs.\n"
	  "Usage: info functions [-q] [-n] [-t TYPEREGEXP] [NAMEREGEXP]\n"
	  "Prints the functions.\n\n"
	  "Options:\n"
	  "  -q\n    For \"quiet\": nothing is said when none matches.\n"
	  "  -n\n    Leave out the symbols without debug information.\n"
	  "  -t TYPEREGEXP\n    Only those whose type matches." },
	{ "info variables", NULL, GDB_CLASS_STATUS, 0, gdb_run_info_variables, NULL,
	  "All global and static variable names or those matching REGEXPs.\n"
	  "Usage: info variables [-q] [-n] [-t TYPEREGEXP] [NAMEREGEXP]" },
	{ "info types", NULL, GDB_CLASS_STATUS, 0, gdb_run_info_types, NULL,
	  "All type names, or those matching REGEXP.\n"
	  "Usage: info types [-q] [REGEXP]" },
	{ "info sources", NULL, GDB_CLASS_STATUS, 0, gdb_run_info_sources, NULL,
	  "All source files in the program or those matching REGEXP.\n"
	  "Usage: info sources [-dirname|-basename] [REGEXP]\n"
	  "With -dirname or -basename that part of the path alone is to match." },
	{ "info signals", NULL, GDB_CLASS_STATUS, 0, gdb_run_info_signals, gdb_complete_signals,
	  "What debugger does when program gets various signals.\n"
	  "Specify a signal as argument to print info on that signal only." },
	{ "info handle", NULL, GDB_CLASS_STATUS, 0, gdb_run_info_signals, NULL,
	  "What debugger does when program gets various signals." },
	{ "info program", NULL, GDB_CLASS_STATUS, 0, gdb_run_info_program, NULL,
	  "Execution status of the program." },
	{ "signal", NULL, GDB_CLASS_RUNNING, GDB_ONCE, gdb_run_signal, gdb_complete_signals,
	  "Continue program with the specified signal.\n"
	  "Usage: signal SIGNAL\n"
	  "The SIGNAL argument is processed the same as the handle command.\n\n"
	  "An argument of \"0\" means continue the program without sending it a signal.\n"
	  "This is useful in cases where the program stopped because of a signal,\n"
	  "and you want to resume the program while discarding the signal." },
	{ "queue-signal", NULL, GDB_CLASS_RUNNING, 0, gdb_run_queue_signal, NULL,
	  "Queue a signal to be delivered to the current thread when it is resumed.\n"
	  "Usage: queue-signal SIGNAL\n"
	  "The SIGNAL argument is processed the same as the handle command.\n"
	  "It is an error if the handling state of SIGNAL is \"nopass\".\n\n"
	  "An argument of \"0\" means remove any currently queued signal from\n"
	  "the current thread.  This is useful in cases where the program stopped\n"
	  "because of a signal, and you want to resume it while discarding the signal.\n\n"
	  "In a multi-threaded program the signal is queued with, or discarded from,\n"
	  "the current thread only." },
	{ "return", NULL, GDB_CLASS_RUNNING, 0, gdb_run_return, NULL,
	  "Make selected stack frame return to its caller.\n"
	  "Control remains in the debugger, but when you continue\n"
	  "execution will resume in the frame above the one now selected.\n"
	  "If an argument is given, it is an expression for the value to return." },
	{ "handle", NULL, GDB_CLASS_RUNNING, 0, gdb_run_handle, gdb_complete_handle,
	  "Specify how to handle signals.\n"
	  "Usage: handle SIGNAL [ACTIONS]\n"
	  "Args are signals and actions to apply to those signals.\n"
	  "If no actions are specified, the current settings for the specified signals\n"
	  "will be displayed instead.\n\n"
	  "Symbolic signals (e.g. SIGSEGV) are recommended but numeric signals\n"
	  "from 1-15 are allowed for compatibility with old versions of GDB.\n"
	  "Numeric ranges may be specified with the form LOW-HIGH (e.g. 1-5).\n"
	  "The special arg \"all\" is recognized to mean all signals except those\n"
	  "used by the debugger, typically SIGTRAP and SIGINT.\n\n"
	  "Recognized actions include \"stop\", \"nostop\", \"print\", \"noprint\",\n"
	  "\"pass\", \"nopass\", \"ignore\", or \"noignore\".\n"
	  "Stop means reenter debugger if this signal happens (implies print).\n"
	  "Print means print a message if this signal happens.\n"
	  "Pass means let program see this signal; otherwise program doesn't know.\n"
	  "Ignore is a synonym for nopass and noignore is a synonym for pass.\n"
	  "Pass and Stop may be combined." },
};

const struct gdb_command_table gdb_commands_info = { commands, sizeof commands / sizeof *commands };
