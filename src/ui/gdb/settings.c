/* set and show: one table, one way to read a value and one to write it. */
#include "ui/gdb/shell_internal.h"

#include <stddef.h>
#include <stdio.h>

#define AT(field) offsetof(struct gdb_settings, field)

static const struct gdb_setting settings[] = {
	{ "confirm", GDB_SETTING_BOOL, AT(confirm), NULL,
	  "Set whether to confirm potentially dangerous operations.",
	  "Whether to confirm potentially dangerous operations is %s.", NULL },
};

void gdb_settings_register(struct gdb_registry *r)
{
	(void)r;
	(void)settings;
}

void gdb_settings_init(struct gdb *g)
{
	struct gdb_settings *s = &g->settings;
	s->confirm = s->pagination = true;
	s->disable_randomization = s->detach_on_fork = s->startup_with_shell = true;
	s->print_thread_events = s->print_inferior_events = s->print_symbol_filename = true;
	s->listsize = 10;
	s->breakpoint_pending = -1;
	s->can_use_hw_watchpoints = 1;
	s->follow_fork_mode = "parent";
	s->follow_exec_mode = "same";
	s->scheduler_locking = "replay";
	s->disassembly_flavor = "att";
	s->language = "auto";
	s->frame_arguments = "scalars";
	s->frame_info = "auto";
	s->entry_values = "default";
	s->filename_display = "relative";
	s->prompt = xstrdup("(oxdb) ");
	s->args = xstrdup("");
	s->print = EVAL_PRINT_DEFAULTS;
}

void gdb_settings_deinit(struct gdb *g)
{
	free(g->settings.prompt);
	free(g->settings.args);
}
