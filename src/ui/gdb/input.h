/* Where lines come from: a terminal through libedit, a pipe, a script. */
#pragma once

#include "ui/gdb/shell_internal.h"

/* ---- history.c ---- */

struct gdb_history {
	VEC(char *) lines;
	size_t dropped;  /* lines that went because there were too many */
	size_t new_from; /* of this session; those before came from the file */
};
void gdb_history_deinit(struct gdb_history *h);
void gdb_history_add(struct gdb *g, struct gdb_history *h, struct str line);
void gdb_history_load(struct gdb *g, struct gdb_history *h);
struct error *gdb_history_save(struct gdb *g, struct gdb_history *h) ERROR_CHECK;
/* $XDG_STATE_HOME/oxdb/history, malloc'ed; NULL: there is no home. */
char *gdb_history_default_path(void);
/* `!!`, `!N`, `!TEXT` at the start of the line: *ret is what it stands for, malloc'ed; NULL: the line is none. */
struct error *gdb_history_expand(const struct gdb_history *h, struct str line, char **ret) ERROR_CHECK;

/* ---- input.c ---- */

struct gdb_input *gdb_input_create(struct gdb *g);
/* Saves the history. */
void gdb_input_destroy(struct gdb *g, struct gdb_input *in);
struct gdb_history *gdb_input_history(struct gdb *g); /* NULL: nothing was read yet */

/* Until there is something on stdin; -1 and EINTR on Ctrl-C, however shortly before it came, and for other signals. */
int gdb_await_input(void);

enum gdb_line { GDB_LINE_READ, GDB_LINE_END, GDB_LINE_INTERRUPTED };
/* The next line from stdin. Malloc'ed, without its newline. */
enum gdb_line gdb_read_line(struct gdb *g, const char *prompt, char **ret);

/* ---- editor.c: libedit ---- */

struct gdb_editor;
struct gdb_editor *gdb_editor_create(struct gdb *g, const struct gdb_history *h);
void gdb_editor_destroy(struct gdb_editor *e);
enum gdb_line gdb_editor_read(struct gdb_editor *e, const char *prompt, char **ret);
/* A line was added to the history. */
void gdb_editor_add(struct gdb_editor *e, const char *line);
