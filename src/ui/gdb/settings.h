/* Settings, for the files of the shell. */
#pragma once

#include "ui/gdb/shell_internal.h"

extern const struct gdb_setting gdb_settings_table[];
extern const size_t gdb_setting_count;

/* Adds a `set NAME` and a `show NAME` for each. */
void gdb_settings_register(struct gdb_registry *r, const struct gdb_setting *settings, size_t count);
/* Those of settings_more.c, which are sorted in. */
void gdb_settings_register_more(struct gdb_registry *r);
void gdb_settings_deinit_more(struct gdb_settings *s);
/* Of these: the value until somebody sets it. Their `show` may be two sentences with '|' between them: that of this value, and that of
 * others. NULL: it is a setting of the other table. */
const char *gdb_setting_initial(const struct gdb_setting *setting);

struct error *gdb_run_set_setting(struct gdb *g, const struct gdb_command *command,
				  struct str args) ERROR_CHECK;
struct error *gdb_run_show_setting(struct gdb *g, const struct gdb_command *command,
				   struct str args) ERROR_CHECK;
/* A prefix of `show`: every setting below it. */
struct error *gdb_run_show_prefix(struct gdb *g, const struct gdb_command *command,
				  struct str args) ERROR_CHECK;
/* Whose `set` or `show` a command is; NULL: it is none of the table's. */
const struct gdb_setting *gdb_setting_of(const struct gdb_command *command);
struct error *gdb_setting_set(struct gdb *g, const struct gdb_setting *setting, struct str text) ERROR_CHECK;
/* To what gdb_setting_value has told; nobody is told of it. */
void gdb_setting_put_back(struct gdb *g, const struct gdb_setting *setting, struct str text);
/* As `set` would take it. */
void gdb_setting_value(struct gdb *g, const struct gdb_setting *setting, struct buf *out);
/* What `show` says, with its newline. */
void gdb_setting_show(struct gdb *g, const struct gdb_setting *setting, struct buf *out);
