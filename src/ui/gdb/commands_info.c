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
};

const struct gdb_command_table gdb_commands_info = { commands, sizeof commands / sizeof *commands };
