/* Commands that run commands. */
#include "ui/gdb/shell_internal.h"

struct buf *gdb_output_capture(struct gdb *g, struct buf *into) __attribute__((weak));

bool gdb_from_tty(const struct gdb *g)
{
	return g->shell->from_tty;
}

struct error *gdb_execute_to(struct gdb *g, struct str line, struct buf *out)
{
	if (!gdb_output_capture)
		return gdb_execute(g, line, false);
	struct buf *before = gdb_output_capture(g, out);
	struct error *err = gdb_execute(g, line, false);
	gdb_output_capture(g, before);
	return err;
}
