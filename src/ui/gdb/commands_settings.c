/* Commands about settings that settings.c's table cannot hold. */
#include "ui/gdb/shell_internal.h"

/* `set NAME = VALUE` of a variable is what an unknown word means. */
static struct error *run_set(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct buf line = { 0 };
	(void)command;
	buf_printf(&line, "set variable %.*s", STR_ARG(args));
	struct error *err = gdb_execute(g, buf_view(&line), false);
	buf_deinit(&line);
	return err;
}

static const struct gdb_command commands[] = {
	{ "info", "inf i", GDB_CLASS_STATUS, 0, NULL, NULL,
	  "Generic command for showing things about the program being debugged." },
	{ "set", NULL, GDB_CLASS_DATA, 0, run_set, NULL,
	  "Evaluate expression EXP and assign result to variable VAR." },
	{ "show", NULL, GDB_CLASS_STATUS, 0, NULL, NULL,
	  "Generic command for showing things about the debugger." },
};
const struct gdb_command_table gdb_commands_settings = { commands, sizeof commands / sizeof *commands };
