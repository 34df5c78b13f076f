#pragma once

#include "base/buf.h"
#include "symbols/symbols.h"
#include "ui/cargo/cargo.h"
#include "ui/cli/cli.h"
#include "ui/report/text.h"

enum { CLI_EXIT_FAILED = 2 };

struct cli_command {
	const char *name;
	const char *synopsis; /* what follows the name, without it */
	const char *summary;  /* a few words for the list */
	const char *details;  /* what --help says below the synopsis; lines of at most 79 columns */
	/* argv[0] is the command's name. Gives the exit code. */
	int (*run)(const struct cli_command *command, int argc, char **argv,
		   cli_create_target *create_target);
};

extern const struct cli_command cli_commands[];
extern const size_t cli_command_count;
int cli_triage(const struct cli_command *command, int argc, char **argv, cli_create_target *create_target);
int cli_help(const struct cli_command *command, int argc, char **argv, cli_create_target *create_target);

int cli_dump(const struct cli_command *command, int argc, char **argv, cli_create_target *create_target);
int cli_test(const struct cli_command *command, int argc, char **argv, cli_create_target *create_target);
int cli_run(const struct cli_command *command, int argc, char **argv, cli_create_target *create_target);
int cli_symbolize(const struct cli_command *command, int argc, char **argv,
		  cli_create_target *create_target);
int cli_natvis(const struct cli_command *command, int argc, char **argv, cli_create_target *create_target);

/* The file's module, with its separate debug information if it has any. */
struct error *cli_open_module(const char *path, struct sym_module **ret) ERROR_CHECK;

/* ---- messages ---- */

/* "oxdb: MESSAGE" on stderr; gives CLI_EXIT_FAILED. Takes the error. */
int cli_fail(struct error *err);
/* The same, then the command's (NULL: oxdb's own) synopsis. */
int cli_fail_usage(const struct cli_command *command, struct error *err);
/* Prints on stdout; gives 0 or, when that failed, cli_fail's. */
int cli_print(struct str text);
/* The command's --help; as cli_print. */
int cli_print_help(const struct cli_command *command);
/* The command that was probably meant, or NULL. */
const struct cli_command *cli_suggest(struct str name);

/* ---- triage's options ---- */

struct cli_triage_options {
	bool help;
	bool json;             /* a document is wanted */
	const char *json_file; /* where; NULL: on stdout instead of the text, "-": on stdout behind the text */
	double timeout_s; /* 0: none */
	int pid;          /* who runs already; 0: `program` is run */
	bool no_children;
	char *const *program; /* NULL-terminated, in argv */
};

/* argv[0] is the command's name. */
struct error *cli_triage_parse(int argc, char **argv, struct cli_triage_options *ret) ERROR_CHECK;
struct error *cli_parse_pid(const char *text, int *ret) ERROR_CHECK;
/* For what getopt_long returns of an option that is not there or lacks its value; long ones have numbers from 256 on. */
struct error *cli_option_error(int option, char **argv) ERROR_CHECK;
/* A NULL-terminated list of the parts of a colon-separated one, empty ones left out; NULL when there are none. In the arena. */
const char *const *cli_split_list(const char *list, struct arena *arena);

/* ---- output ---- */

/* NULL, when all that went wrong is that the reader of our output has closed it: who did has read enough. Takes the error. */
struct error *cli_unless_closed(struct error *err) ERROR_CHECK;
/* Writes all of it to the file descriptor, even if the program has made that non-blocking; no SIGPIPE. */
struct error *cli_write(int fd, struct str text) ERROR_CHECK;
/* Tells early that cli_write_file(path) would fail. */
struct error *cli_check_file(const char *path) ERROR_CHECK;
/* Whoever reads a regular file at `path` sees either what was there or all of `content`. */
struct error *cli_write_file(const char *path, struct str content) ERROR_CHECK;

struct cli_terminal {
	struct report_style style;
	bool is_terminal;
	char directory[4096];
};

/* How to write for whoever reads this file descriptor. */
void cli_terminal_init(struct cli_terminal *t, int fd);

/* ---- cargo ---- */

/* Where `oxdb test` and `oxdb run` stand. All that is pointed at lives in the arena. */
struct cli_cargo {
	struct cargo_options options;
	cli_create_target *create_target;
	struct cargo_programs programs;
	struct cargo_start *starts; /* of each program, as cargo would start it */
	struct cargo_tests tests;
	bool by_nextest; /* it names the tests and starts them */
	struct str what; /* is debugged, in words */
	struct str host; /* once cargo was taken over */
	struct cargo_starts *socket;
	struct arena arena;
};

/* The first words of a command of cargo's ("test", "run"), with the user's options for it. */
void cli_cargo_words(struct cli_cargo *c, const char *subcommand, struct cargo_words *ret);
/* The list as execvp wants it. */
struct cargo_start cli_cargo_command(struct cargo_words *words);
/* The triple that cargo itself was built for, and N of its version 1.N. */
struct error *cli_cargo_host(struct cli_cargo *c, struct str *ret, unsigned *ret_minor) ERROR_CHECK;
/* Makes cargo start programs by `oxdb cargo-runner`; opens the socket. To be called when the words are complete. */
struct error *cli_cargo_take_over(struct cli_cargo *c, struct cargo_start *cargo) ERROR_CHECK;
/* All targets of the workspace, into c->programs. */
struct error *cli_cargo_targets(struct cli_cargo *c) ERROR_CHECK;
/* `oxdb cargo-names KIND`, for completion in shells: names of packages or of targets. What main() returns. */
int cli_cargo_names(int argc, char **argv);
void cli_cargo_deinit(struct cli_cargo *c);
/* `what` is its name for people. oxdb goes where the program would start, takes its environment and gives what main() returns: that of the session, or of triage. */
int cli_cargo_start(struct cli_cargo *c, const struct cargo_start *start, struct str what);
/* Asks which of several is meant; only where somebody is there to answer. */
struct error *cli_choose(const struct cli_cargo *c, const struct cargo_tests *among,
			 size_t *ret) ERROR_CHECK;
/* nextest is there, and was not refused, and what the harness is given does not choose tests in a way of its own. */
bool cli_nextest_is_wanted(const struct cli_cargo *c);
/* Fills c->tests. */
struct error *cli_nextest_list(struct cli_cargo *c) ERROR_CHECK;
/* How nextest would start each of these. */
struct error *cli_nextest_starts(struct cli_cargo *c, const struct cargo_tests *tests,
				 struct cargo_start *ret) ERROR_CHECK;
/* `oxdb test --doc`. */
struct error *cli_doc_test(struct cli_cargo *c, int *ret_code) ERROR_CHECK;
/* Each in a process of its own, as many at a time as there are CPUs: a line for each, then what there is to say of those that failed. The starts are those of
 * the tests, in their order; `ignored` more are not run. */
struct error *cli_triage_tests(struct cli_cargo *c, const struct cargo_tests *tests,
			       const struct cargo_start *starts, size_t ignored, int *ret_code) ERROR_CHECK;
