/* Commands that run commands. */
#include "ui/gdb/output.h"

struct error *gdb_execute_to(struct gdb *g, struct str line, struct buf *out)
{
	struct buf *before = gdb_output_capture(g, out);
	struct error *err = gdb_execute(g, line, gdb_from_tty(g));
	gdb_output_capture(g, before);
	return err;
}
