/* Lines of scripts, and commands that are made of lines. */
#pragma once

#include "ui/gdb/shell_internal.h"

/* Lines that are being executed; the innermost is where bodies of if, while, define … are read. */
struct gdb_stream {
	struct gdb_stream *outer;
	char *const *lines;
	size_t count, next;
};

struct gdb_user_arguments {
	struct gdb_user_arguments *outer;
	struct str *words;
	size_t count;
	struct str all;
};

struct gdb_body {
	char **lines;
	size_t count;
};

struct gdb_user_command {
	struct gdb_command command; /* first: the table's entry is it */
	struct gdb_body body;
	char *doc;
	bool defined; /* has a body; else only a prefix (define-prefix) */
};

/* hook-NAME and hookpost-NAME, by the command that they belong to. */
struct gdb_hook {
	const struct gdb_command *command; /* NULL: the pseudo-command stop */
	struct gdb_user_command *before, *after;
	bool running;
};

enum gdb_loop { GDB_LOOP_NONE, GDB_LOOP_BREAK, GDB_LOOP_CONTINUE };

struct gdb_scripts {
	struct gdb_stream *stream;
	struct gdb_user_arguments *arguments;
	VEC(struct gdb_user_command *) commands;
	VEC(struct gdb_hook) hooks;
	VEC(struct gdb_body) graveyard; /* bodies that were replaced, perhaps while they ran */
	enum gdb_loop loop;
	unsigned loop_depth, trace_depth, user_depth;
};

void gdb_scripts_deinit(struct gdb_scripts *s);
/* The next line of the innermost stream, or of stdin with this prompt; a backslash at the end joins the next one. Malloc'ed; NULL: the end.
 * ERROR "Quit" on Ctrl-C. */
struct error *gdb_next_line(struct gdb *g, const char *prompt, char **ret) ERROR_CHECK;
/* As gdb_read_body, with prompts that are indented by `indent` blanks. */
struct error *gdb_read_block(struct gdb *g, unsigned indent, char ***ret, size_t *ret_count) ERROR_CHECK;
void gdb_free_lines(char **lines, size_t count);
/* "TEXT": the user's own commands hooked before (after) this command. */
struct error *gdb_run_hooks(struct gdb *g, const struct gdb_command *command, bool after) ERROR_CHECK;
/* A file of commands. Errors say where. */
struct error *gdb_source_file(struct gdb *g, const char *path, bool from_tty, bool verbose) ERROR_CHECK;
/* `show user`: one command with its body. */
void gdb_show_user_command(struct gdb *g, const struct gdb_user_command *c);
struct gdb_user_command *gdb_user_command_of(const struct gdb_command *command); /* NULL: it is none */
/* The line with $argc, $arg0 … of the user-defined command that runs. */
struct error *gdb_insert_arguments(struct gdb *g, struct str line, struct buf *out) ERROR_CHECK;
void gdb_trace_line(struct gdb *g, struct str line);
/* The words of a user's command or of `alias`: blanks separate, quotes and backslashes protect. In the arena. */
size_t gdb_split_words(struct str text, struct arena *arena, struct str **ret);

extern const struct gdb_command_table gdb_commands_script;
