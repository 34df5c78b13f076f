/* What shell.c, lookup.c, input.c, script.c, help.c, complete.c and settings.c share, and nobody else needs. */
#pragma once

#include "ui/gdb/gdb_internal.h"

/* ---- lookup.c: finding commands by their words ---- */

/* A name of a command. Sorted by path, so that the names below a prefix stand behind it. */
struct gdb_entry {
	const char *path; /* "info breakpoints", "info b" */
	const struct gdb_command *command;
	bool alias;
	bool dynamic;           /* made by define or alias */
	const char *alias_args; /* words that an alias stands for besides its command; NULL: none */
};
struct gdb_registry {
	VEC(struct gdb_entry) entries;
	struct arena arena; /* of the paths that no table has */
	/* Adds the settings that are seldom asked for; called once, when a name below `set` or `show` is not found as it stands, or all are
	 * wanted. NULL: they are there, or there are none. */
	void (*more)(struct gdb_registry *r);
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
/* Errors in gdb's words. */
struct error *gdb_lookup(struct gdb_registry *r, struct str line, struct gdb_found *ret) ERROR_CHECK;
/* The entry with exactly this path; NULL. */
const struct gdb_entry *gdb_registry_find(const struct gdb_registry *r, struct str path);
/* [*ret_first, +count): names directly or deeper below "PREFIX " ("" : all). */
size_t gdb_registry_below(struct gdb_registry *r, struct str prefix, size_t *ret_first);
/* Bytes of the command word at the start of text. */
size_t gdb_word_length(struct str text);

/* ---- the shell ---- */

enum { GDB_MAX_DEPTH = 1024 }; /* of commands within commands: gdb's max-user-call-depth */

struct gdb_input;   /* input.h */
struct gdb_scripts; /* script.h */
struct gdb_candidates;

struct gdb_shell {
	struct gdb_registry registry;
	unsigned depth;              /* of gdb_execute */
	VEC(struct arena) scratches; /* by depth: an inner command leaves the outer one's alone */
	struct buf last_line;        /* what Enter repeats; empty: nothing */
	struct buf previous_line;    /* the same of the command before the one that runs */
	bool from_tty;               /* of the command that runs */
	int64_t last_value_shown, last_command_shown; /* `show values +`, `show commands +` */
	struct gdb_input *input;
	struct gdb_scripts *scripts;
	struct gdb_candidates *candidates; /* while completing */
};

/* All commands and settings of oxdb. */
void gdb_registry_fill(struct gdb_registry *r);
struct gdb_shell *gdb_shell_create(struct gdb *g);
void gdb_shell_destroy(struct gdb *g);
/* A line that a person typed (or that stands for one): an empty one runs the last again. */
struct error *gdb_execute_typed(struct gdb *g, struct str line, bool from_tty) ERROR_CHECK;

/* Asks when a process lives. */
bool gdb_may_quit(struct gdb *g);
extern const char gdb_version_text[];

/* commands_inferiors.c: args, cwd and tty in the settings are the selected inferior's. */
void gdb_settings_follow_inferior(struct gdb *g);

/* ---- help.c ---- */

struct error *gdb_list_subcommands(struct gdb *g, const struct gdb_command *prefix) ERROR_CHECK;

/* ---- input.c ---- */

bool gdb_input_is_terminal(const struct gdb *g);
/* A line that answers a question; no editing, no history. False: the end, or Ctrl-C. */
bool gdb_read_answer(struct gdb *g, const char *question, char **ret);
void gdb_history_limit(struct gdb *g); /* `set history size` */

/* ---- output.c ---- */

void gdb_print_error(struct gdb *g, struct error *err); /* and destroys it */
void gdb_print_raw(struct gdb *g, struct str text);     /* now, and not through the pager */
bool gdb_interrupt_pending(void);                       /* Ctrl-C was pressed */

/* ---- progress.c ---- */

void gdb_progress_begin(struct gdb *g);
/* The line that tells of it goes, before anything else is written. */
void gdb_progress_wipe(void);
/* Whether Ctrl-C has stopped something since it was last asked. */
bool gdb_progress_take_stopped(void);
bool gdb_progress_stopped(void);

/* ---- commands_files.c ---- */

/* Makes it the selected inferior's program; NULL: none any more. */
struct error *gdb_open_program(struct gdb *g, const char *path, bool say) ERROR_CHECK;
/* "~/x" with the home; malloc'ed. */
char *gdb_expand_home(struct str path);
