/* help and apropos. */
#pragma once

#include "ui/gdb/shell_internal.h"

/* What `help` says of it, without a newline at the end. */
void gdb_command_help(const struct gdb_command *command, struct buf *out);
struct error *gdb_run_help(struct gdb *g, const struct gdb_command *command, struct str args) ERROR_CHECK;
struct error *gdb_run_apropos(struct gdb *g, const struct gdb_command *command, struct str args) ERROR_CHECK;
