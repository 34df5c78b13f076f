/* gdb's command line. */
#pragma once

#include "base/error.h"
#include "base/vec.h"

enum gdb_todo_kind {
	GDB_TODO_FILE,      /* -x */
	GDB_TODO_COMMAND,   /* -ex */
	GDB_TODO_INIT_FILE, /* -ix: before the program is opened */
	GDB_TODO_INIT_COMMAND,
};
struct gdb_todo {
	enum gdb_todo_kind kind;
	const char *text;
};

/* Strings are argv's. */
struct gdb_options {
	bool help, version, configuration;
	bool batch, batch_silent, quiet, no_init, no_home_init, fullname, child_result, has_args, write;
	const char *program, *symbols, *exec, *core, *pid, *directory, *tty;
	const char *second; /* behind PROGRAM without --args: a core file or a process */
	const char *excess; /* the first argument that means nothing; NULL: none */
	bool more_excess;   /* and there are others */
	char *const *args;  /* NULL-terminated, with has_args */
	VEC(const char *) source_directories;
	VEC(struct gdb_todo) todo;
};

/* ERROR_USAGE with what is wrong. Options may come in any order, with one dash or two, shortened as long as they are unique. */
struct error *gdb_options_parse(int argc, char **argv, struct gdb_options *ret) ERROR_CHECK;
void gdb_options_deinit(struct gdb_options *o);
extern const char gdb_options_help[];
