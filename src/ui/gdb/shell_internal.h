/* What shell.c, lookup.c, input.c, script.c, help.c, complete.c and settings.c share, and nobody else needs. */
#pragma once

#include "ui/gdb/gdb_internal.h"

/* ---- lookup.c: finding commands by their words ---- */

/* A name of a command. Sorted by path, so that the names below a prefix stand behind it. */
struct gdb_entry {
	const char *path; /* "info breakpoints", "info b" */
	const struct gdb_command *command;
	bool alias;
	const char *alias_args; /* words that an alias stands for besides its command; NULL: none */
};
struct gdb_registry {
	VEC(struct gdb_entry) entries;
	struct arena arena; /* of the paths that no table has */
};
struct gdb_found {
	const struct gdb_command *command; /* NULL: an empty line */
	const char *alias_args;
	struct str args; /* behind the command's words, leading blanks stripped */
};

void gdb_registry_add_table(struct gdb_registry *r, const struct gdb_command *commands, size_t count);
void gdb_registry_sort(struct gdb_registry *r); /* after all tables were added */
void gdb_registry_deinit(struct gdb_registry *r);
/* One more, after sorting; replaces one of the same path. Strings are copied, the command is not. */
void gdb_registry_insert(struct gdb_registry *r, struct str path, const struct gdb_command *command,
			 const char *alias_args, bool alias);
/* Errors in gdb's words. No side effects. */
struct error *gdb_lookup(const struct gdb_registry *r, struct str line, struct gdb_found *ret) ERROR_CHECK;
/* The entry with exactly this path; NULL. */
const struct gdb_entry *gdb_registry_find(const struct gdb_registry *r, struct str path);
/* [*ret_first, +count): names directly or deeper below "PREFIX " ("" : all). */
size_t gdb_registry_below(const struct gdb_registry *r, struct str prefix, size_t *ret_first);
/* Bytes of the command word at the start of text. */
size_t gdb_word_length(struct str text);

/* ---- the shell ---- */

enum { GDB_MAX_DEPTH = 1024 }; /* of commands within commands: gdb's max-user-call-depth */

struct gdb_input; /* input.c */

struct gdb_shell {
	struct gdb_registry registry;
	unsigned depth;              /* of gdb_execute */
	VEC(struct arena) scratches; /* by depth: an inner command leaves the outer one's alone */
	struct buf last_line;        /* what Enter repeats; empty: nothing */
	bool from_tty;               /* of the command that runs */
	struct gdb_input *input;
};

struct gdb_shell *gdb_shell_create(void);
void gdb_shell_destroy(struct gdb_shell *s);

/* A line that a person typed (or that stands for one): an empty one runs the last again. */
struct error *gdb_execute_typed(struct gdb *g, struct str line, bool from_tty) ERROR_CHECK;

/* ---- help.c ---- */

struct error *gdb_list_subcommands(struct gdb *g, const struct gdb_command *prefix) ERROR_CHECK;

/* ---- input.c ---- */

struct gdb_input *gdb_input_create(void);
void gdb_input_destroy(struct gdb_input *in);
bool gdb_input_is_terminal(const struct gdb *g);

/* The next line from stdin, with a prompt; false: the end. Malloc'ed, without its newline. */
bool gdb_read_line(struct gdb *g, const char *prompt, char **ret);

/* ---- output.c ---- */

struct gdb_output *gdb_output_create(void);
void gdb_output_destroy(struct gdb_output *o);
void gdb_print_error(struct gdb *g, struct error *err); /* and destroys it */
/* A new command at the prompt: the pager counts anew, interruption is forgotten. */
void gdb_output_begin(struct gdb *g);
/* From a signal handler. */
void gdb_note_interrupt(void);

/* ---- progress.c ---- */

void gdb_progress_begin(struct gdb *g);
/* The line that tells of it goes, before anything else is written. */
void gdb_progress_wipe(void);
/* Whether Ctrl-C has stopped something since it was last asked. */
bool gdb_progress_take_stopped(void);

/* ---- commands_files.c ---- */

/* Makes it the selected inferior's program; NULL: none any more. */
struct error *gdb_open_program(struct gdb *g, const char *path) ERROR_CHECK;

/* ---- settings.c ---- */

/* Adds a `set NAME` and a `show NAME` for each setting. */
void gdb_settings_register(struct gdb_registry *r);
void gdb_settings_init(struct gdb *g);
void gdb_settings_deinit(struct gdb *g);
