/* What cargo builds, which tests are in it, and how cargo would start them. Cargo is asked, not imitated: what it starts is taken over from it
 * (cargo_starts), so that environment and working directory are its own whatever its version. */
#pragma once

#include "base/buf.h"
#include "base/vec.h"

/* ---- the command line of `oxdb test` and `oxdb run` ---- */

enum cargo_command { CARGO_TEST, CARGO_RUN };

/* Borrowed words. */
struct cargo_words {
	const char **data;
	size_t count, capacity;
};

struct cargo_options {
	bool help;
	bool triage; /* all that match, each explained when it crashes */
	bool list;   /* only names */
	bool doc;    /* doc tests */
	bool bench;  /* run: --bench was given */
	bool no_nextest;
	double timeout_s;         /* with triage; 0: none */
	const char *toolchain;    /* "+nightly" or NULL */
	const char *filter;       /* NULL: all */
	struct cargo_words cargo; /* options that are cargo's, in their order */
	struct cargo_words session; /* options that are the session's, in their order; each value is a word of its own */
	char *const *rest; /* what the program is given; NULL-terminated, in argv */
};

/* argv[0] is the command's name. The words stay argv's. */
struct error *cargo_options_parse(enum cargo_command command, int argc, char **argv,
				  struct cargo_options *ret) ERROR_CHECK;
void cargo_options_deinit(struct cargo_options *o);
/* The word behind this one of the session's options is a file, named from where oxdb was started. */
bool cargo_names_file(const char *session_word);

/* ---- what cargo says it has built ---- */

struct cargo_program {
	struct str package; /* its name */
	struct str kind;    /* "lib", "bin", "test", "example", "bench" */
	struct str target;  /* its name */
	struct str path;    /* of the executable */
	bool is_default;    /* of metadata: what `cargo run` runs of its package */
	struct str id;      /* as nextest names binaries: "shapes", "shapes::whole", "tool::bin/tool" */
};

struct cargo_programs {
	struct cargo_program *data;
	size_t count, capacity;
};

/* The test programs among the messages that `cargo test --message-format=json` printed, in their order; lines that are no messages are passed
 * over. Everything is copied to the arena but the vector, which is the caller's. */
void cargo_parse_messages(struct str output, struct arena *arena, struct cargo_programs *ret);
/* All targets of the workspace's packages out of what `cargo metadata --no-deps` printed; the path is that of the package's Cargo.toml. */
struct error *cargo_parse_metadata(struct str output, struct arena *arena,
				   struct cargo_programs *ret) ERROR_CHECK;
/* The package's name out of its id, in the forms of all versions of cargo (Package ID Specifications of the Cargo book, and "NAME VERSION
 * (SOURCE)" before 1.77). Empty: none of these. Part of `id`. */
struct str cargo_package_of(struct str id);
/* In the arena. */
struct str cargo_program_id(struct str package, struct str kind, struct str target, struct arena *arena);

/* ---- tests ---- */

struct cargo_test {
	struct str name;
	size_t program; /* index into cargo_programs */
	bool ignored;   /* or left out by nextest's default filter */
	bool whole; /* the program has no harness that lists tests: it is the test, and its name is the target's */
};

struct cargo_tests {
	struct cargo_test *data;
	size_t count, capacity;
};

/* What a test program printed for --list: "NAME: test" a line, and with libtest "N tests, M benchmarks" at the end. False when it is no such
 * list. The names are parts of `output`. */
bool cargo_parse_list(struct str output, size_t program, struct cargo_tests *ret);

/* How well a test's name fits what was asked for: the lower, the better. */
enum cargo_fit { CARGO_FIT_EXACT, CARGO_FIT_LAST, CARGO_FIT_PART, CARGO_FIT_NONE };

/* EXACT: the name, or the program's id, a space and the name. LAST: the last parts of the path; of a doc test ("FILE - ITEM (line N)") of the item's. PART: a part of the text, as cargo's filter. */
enum cargo_fit cargo_fit(const struct cargo_test *test, const struct cargo_program *program,
			 struct str filter);
/* Those that fit, best first, else in their order. With `best_only` none that fits by a part when others fit better. */
void cargo_filter(const struct cargo_tests *all, const struct cargo_programs *programs,
		  const char *filter, bool best_only, struct cargo_tests *ret);

/* The words for rustdoc's --test-args, which it splits at white space, that select one of its tests: a filter, and what tells the others that the
 * filter matches from it. In the arena. */
struct error *cargo_select_doc_test(const struct cargo_tests *all, size_t which, struct arena *arena,
				    struct cargo_words *ret) ERROR_CHECK;

/* ---- nextest ---- */

/* Whether cargo would find its subcommand: in PATH, or where cargo installs programs. */
bool cargo_has_nextest(void);
/* Cargo's options as nextest calls them; what only says how to print is left out. The new words live in the arena. */
void cargo_nextest_options(const struct cargo_words *cargo, struct arena *arena, struct cargo_words *ret);
/* The tests of those programs, in their order, out of what `cargo nextest list --message-format json` printed (nextest's book, "Machine-readable
 * output"). The programs get its ids. Names are copied to
 * the arena. */
struct error *cargo_parse_nextest(struct str output, struct cargo_programs *programs,
				  struct arena *arena, struct cargo_tests *ret) ERROR_CHECK;

/* ---- other processes ---- */

/* Where a program runs and with what. NULL-terminated lists; NULL env: oxdb's own. */
struct cargo_start {
	const char *directory; /* NULL: oxdb's own */
	char *const *argv;
	char *const *env;
};

enum cargo_output_flags {
	CARGO_QUIET = 1, /* what it says is not shown */
	CARGO_NO_INPUT = 2,
};

/* Runs it and reads its stdout whole (NULL: that goes where oxdb's does). Status as waitpid gives it. After timeout_ms (0: none) it is killed, with
 * ERROR_TIMEOUT. */
struct error *cargo_run(const struct cargo_start *start, unsigned flags, int timeout_ms,
			struct buf *ret_output, int *ret_status) ERROR_CHECK;
/* What oxdb exits with when cargo ended so: its exit code, or 128 + signal as a shell would. */
int cargo_exit_code(int status);

/* ---- starts taken over from cargo ----
 * Cargo is told to use `oxdb cargo-runner SOCKET` as its runner. That process says over the socket what it was told to run, in which directory
 * and with which environment, and ends with the code that it is answered. */

struct cargo_starts;

/* A socket for them, in a folder that only the user can enter. */
struct error *cargo_starts_open(struct cargo_starts **ret) ERROR_CHECK;
/* Also unlinks it. Whoever still waits for an answer ends with code 1. NULL is fine. */
void cargo_starts_close(struct cargo_starts *s);
const char *cargo_starts_path(const struct cargo_starts *s);
/* oxdb's environment with what makes cargo start programs by oxdb with these words, which blanks divide (`cargo-runner SOCKET`): for the host's target,
 * and for whatever else in the paths of what was built (NULL: not known yet) or among cargo's words may be one. In the arena. */
char *const *cargo_starts_environment(const struct cargo_starts *s, const char *runner, struct str host,
				      const struct cargo_programs *programs, char *const *words,
				      struct arena *arena);
/* Takes those variables out of oxdb's own environment that name it as a runner by `own`, its argv[0]: what it runs is not to see them. */
void cargo_forget_runner(const char *own);
/* Starts cargo (its input is /dev/null; own_group: in a process group of its own, so that Ctrl-C does not reach it). */
struct error *cargo_starts_launch(struct cargo_starts *s, const struct cargo_start *cargo,
				  unsigned flags, bool own_group) ERROR_CHECK;
/* Waits for the next program that cargo starts; it is in the arena, without a trace of the runner in its environment. *ret_some false: cargo has ended, with *ret_status. */
struct error *cargo_starts_next(struct cargo_starts *s, struct arena *arena, struct cargo_start *ret,
				bool *ret_some, int *ret_status) ERROR_CHECK;
/* Answers the last one that was taken. */
void cargo_starts_answer(struct cargo_starts *s, int exit_code);
/* Waits for cargo's end. */
int cargo_starts_finish(struct cargo_starts *s);
/* What a quiet cargo has said, the end of it. */
struct str cargo_starts_said(struct cargo_starts *s, struct arena *arena);

/* `oxdb cargo-runner SOCKET PROGRAM …`: what main() returns. With "-" for SOCKET, or when the program
 * is asked for its --list, the program is run without a word to anybody. */
int cargo_runner(int argc, char **argv);
