/* What the shell asks of output.c besides printing. */
#pragma once

#include "ui/gdb/shell_internal.h"

/* After gdb_settings_init: fills in width, height and whether there are colours. */
struct gdb_output *gdb_output_create(struct gdb *g);
void gdb_output_destroy(struct gdb_output *o);
void gdb_output_set_silent(struct gdb *g);
bool gdb_output_is_terminal(const struct gdb *g);
bool gdb_output_colours(const struct gdb *g);
bool gdb_output_broken(const struct gdb *g); /* nobody reads stdout any more */
/* A new command at the prompt: the pager counts anew, an interruption is forgotten. */
void gdb_output_begin(struct gdb *g);
/* The user has just seen what there is. */
void gdb_output_restart_page(struct gdb *g);
/* q was pressed at the pager since gdb_output_begin. */
bool gdb_output_was_quit(const struct gdb *g);
/* What is printed from now on goes there, unpaged (NULL: out again). Gives what was set before. */
struct buf *gdb_output_capture(struct gdb *g, struct buf *into);

/* Of settings. */
void gdb_output_set_size(struct gdb *g);
struct error *gdb_output_set_logging(struct gdb *g) ERROR_CHECK;

/* With what a terminal would obey as \xNN. */
void gdb_escape(struct str text, struct buf *out);

/* From signal handlers. */
void gdb_note_interrupt(void);
void gdb_output_note_size(void);
