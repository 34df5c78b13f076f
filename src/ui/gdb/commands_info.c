/* The table of the info commands about the process, its registers and files. */
#include "ui/gdb/looking.h"

static const struct gdb_command commands[] = {
	{ "info registers", "info r", GDB_CLASS_STATUS, 0, gdb_run_info_registers, NULL,
	  "List of integer registers and their contents, for selected stack frame.\n"
	  "One or more register names as argument means describe the given registers.\n"
	  "One or more register group names as argument means describe the registers\n"
	  "in the named register groups." },
	{ "info all-registers", NULL, GDB_CLASS_STATUS, 0, gdb_run_info_all_registers, NULL,
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
	{ "info proc", NULL, GDB_CLASS_STATUS, 0, gdb_run_info_proc, NULL,
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
	  "Usage: info sources [REGEXP]" },
};

const struct gdb_command_table gdb_commands_info = { commands, sizeof commands / sizeof *commands };
