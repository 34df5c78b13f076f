/* What may stand where the cursor is. */
#pragma once

#include "ui/gdb/shell_internal.h"

struct gdb_candidates {
	VEC(char *) list; /* sorted, each once: full words in place of `word` */
	struct str word; /* the end of the text that is being completed; within the text that was given */
	bool open;       /* a lone candidate is not followed by a blank (a folder, a field's dot) */
	bool limited;    /* there are more than `set max-completions` */
};
void gdb_complete(struct gdb *g, struct str text, struct gdb_candidates *ret);
void gdb_candidates_deinit(struct gdb_candidates *c);
/* Bytes that all begin with. */
size_t gdb_candidates_common(const struct gdb_candidates *c);
struct error *gdb_run_complete(struct gdb *g, const struct gdb_command *command,
			       struct str args) ERROR_CHECK;
