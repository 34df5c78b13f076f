/* file, cd, pwd and their like. */
#include "ui/gdb/shell_internal.h"

#include <unistd.h>

struct error *gdb_open_program(struct gdb *g, const char *path)
{
	struct eng_inferior *i = eng_selected_inferior(g->control);
	TRY(eng_inferior_set_program(g->control, i, path));
	if (path && !g->batch) {
		gdb_print(g, "Reading symbols from ");
		gdb_print_styled(g, GDB_STYLE_FILE, str_from(path));
		gdb_print(g, "...\n");
	}
	return NULL;
}

static struct error *run_file(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command;
	char *path = args.len ? str_dup(args) : NULL;
	struct error *err = gdb_open_program(g, path);
	free(path);
	return err;
}

static const struct gdb_command commands[] = {
	{ "file", NULL, GDB_CLASS_FILES, 0, run_file, NULL, "Use FILE as program to be debugged." },
};
const struct gdb_command_table gdb_commands_files = { commands, sizeof commands / sizeof *commands };
