/* The table of commands, what is said about them, and how one is chosen. */
#include "ui/cli/cli_internal.h"

#include "ui/gdb/gdb.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char triage_details[] =
	"Runs PROGRAM until it ends, or waits until the process PID ends, and when it\n"
	"crashes says what happened, where, and why.\n"
	"\n"
	"  --json           the report as one JSON document on stdout, instead of the text\n"
	"  --json=FILE      the document into FILE, besides the text (-: stdout)\n"
	"  -p, --pid=PID    waits for a process that runs already to crash; Ctrl-C lets it\n"
	"                   go on without oxdb\n"
	"  --timeout=S      after S seconds reports all threads' backtraces, and ends it\n"
	"                   (with -p: lets it go on)\n"
	"  --no-children    leaves processes that PROGRAM starts to themselves\n"
	"  -h, --help       this text\n"
	"\n"
	"The exit code is 0 for exit(0); 1 for a fatal signal, an unhandled panic or a\n"
	"time-out; the program's own for any other exit; 2 when oxdb itself could not do\n"
	"its work.\n"
	"\n"
	"OXDB_DEBUG_DIRECTORY   directories with separate debug information, by colons\n"
	"                       (default: /usr/lib/debug)\n"
	"NO_COLOR               no colours on a terminal\n";

static const char test_details[] =
	"Builds as cargo test does, finds the test that FILTER names and opens it in a\n"
	"session in gdb's language: `run` starts it, as cargo would start it.\n"
	"FILTER is the test's name, the end of its path or a part of it; a name that\n"
	"is whole goes before a part. Where several match you are asked which.\n"
	"\n"
	"  --list           only lists the tests that match\n"
	"  --triage         runs all that match, each in a process of its own, and explains\n"
	"                   each crash and panic at the end\n"
	"  --timeout=S      with --triage: ends a test after S seconds, with the backtraces\n"
	"                   of its threads\n"
	"  --doc            the doc tests instead; FILTER may be the documented item\n"
	"  -p, --lib, --test NAME, --features …\n"
	"                   cargo's options, all but --message-format and --no-run\n"
	"  -ex COMMAND, -x FILE, -batch …\n"
	"                   the session's options (oxdb --help)\n"
	"  --no-nextest     cargo's way of listing and starting tests, even where\n"
	"                   cargo-nextest is installed\n"
	"  +TOOLCHAIN       as the first word: rustup's choice of a toolchain\n"
	"  -h, --help       this text\n"
	"\n"
	"ARGUMENTs are for the test's harness. When the build fails the exit code is\n"
	"cargo's; 2 when no test matches, or several and there is nobody to ask; with\n"
	"--triage 0 when all tests have passed, else 1.\n";

static const char run_details[] =
	"Builds as cargo run does and opens the program in a session in gdb's language:\n"
	"`run` starts it, as cargo would start it.\n"
	"\n"
	"  --bin NAME, --example NAME, --bench NAME, -p, --features …\n"
	"                   cargo's options, all but --message-format\n"
	"  --triage         runs it at once and explains its crash, as oxdb triage does\n"
	"  --timeout=S      with --triage: for S seconds at most\n"
	"  -ex COMMAND, -x FILE, -batch …\n"
	"                   the session's options (oxdb --help)\n"
	"  +TOOLCHAIN       as the first word: rustup's choice of a toolchain\n"
	"  -h, --help       this text\n"
	"\n"
	"When the build fails the exit code is cargo's.\n";

static const char symbolize_details[] =
	"Prints what stands at addresses: the function, what was inlined there, and file\n"
	"and line of each. Addresses are hexadecimal; without one they are read from\n"
	"stdin, a line each, and answered as they come.\n"
	"\n"
	"  -e, --exe=FILE   a program or library; addresses are the file's own\n"
	"  -p, --pid=PID    a running process, which is not stopped; addresses are its own,\n"
	"                   and code made at run time has the names of its perf map\n"
	"  --style=STYLE    llvm (llvm-symbolizer's text; the default), gnu (addr2line's),\n"
	"                   json\n"
	"  --json           an object in a line for each address, with llvm-symbolizer's keys\n"
	"  -a, --addresses  the address in front\n"
	"  -s, --basenames  files without their directories\n"
	"  --pretty         a line for each function\n"
	"  --no-inlines     only the innermost function\n"
	"  --no-demangle    names as the linker knows them\n"
	"  -h, --help       this text\n"
	"\n"
	"The exit code is 0; 1 when something was no address; 2 when the file or process\n"
	"cannot be read.\n";

static const char natvis_details[] =
	"Says what is wrong with files of visualisers (Natvis): each error and each\n"
	"element that oxdb passes over, with its line and its entry, and how many of\n"
	"their types can be used. No program is needed.\n"
	"\n"
	"  -h, --help       this text\n"
	"\n"
	"The exit code is 0 without errors, 1 with some, and 2 when a file cannot be\n"
	"read.\n";

static const char dump_details[] =
	"Prints the debug information of FILE as it is written:\n"
	"\n"
	"  info             the tree of entries, with offsets, attributes, forms and values\n"
	"  types            types with their layout\n"
	"  line             line tables: files and every row, with its flags\n"
	"  cfi              call frame information: instructions and the rows they make\n"
	"  names            the index of names that FILE has, and the one that oxdb makes\n"
	"\n"
	"NAME restricts it to a function, a type or a file of that name (a path, or the\n"
	"end of one), or to what is at an offset or address, 0x….\n"
	"\n"
	"  -h, --help       this text\n"
	"\n"
	"The exit code is 1 when FILE has nothing of that kind or name, and 2 when it\n"
	"cannot be read.\n"
	"\n"
	"OXDB_DEBUG_DIRECTORY   as for oxdb triage\n";

const struct cli_command cli_commands[] = {
	{ "triage",
	  "[--json[=FILE]] [--timeout S] [--no-children] [--] PROGRAM [ARGUMENT…]\n"
	  "       oxdb triage [--json[=FILE]] [--timeout S] [--no-children] -p PID",
	  "runs a program and explains its crash", triage_details, cli_triage },
	{ "test", "[FILTER] [OPTION…] [-- ARGUMENT…]",
	  "builds, finds a test and debugs it: cargo's options", test_details, cli_test },
	{ "run", "[OPTION…] [[--] ARGUMENT…]", "builds a program and debugs it: cargo's options",
	  run_details, cli_run },
	{ "symbolize", "[OPTION…] -e FILE|-p PID [ADDRESS…]", "says what stands at addresses",
	  symbolize_details, cli_symbolize },
	{ "natvis", "check FILE…", "checks files of visualisers", natvis_details, cli_natvis },
	{ "dump", "info|types|line|cfi|names FILE [NAME]", "prints debug information as it is written",
	  dump_details, cli_dump },
	{ "help", "[COMMAND]", "says how oxdb or one of its commands is used", NULL, cli_help },
};
const size_t cli_command_count = sizeof cli_commands / sizeof *cli_commands;

static const char own_synopsis[] = "usage: oxdb [OPTION…] [PROGRAM [PID]]\n"
				   "       oxdb [OPTION…] --args PROGRAM [ARGUMENT…]\n"
				   "       oxdb COMMAND [OPTION…]\n"
				   "       oxdb --version | --help\n";

/* ---- messages ---- */

int cli_fail(struct error *err)
{
	struct buf text = { 0 };
	buf_str(&text, STR_LIT("oxdb: "));
	report_escape(str_from(err->message), true, &text); /* names of files and programs may hold anything */
	buf_char(&text, '\n');
	error_destroy(cli_write(STDERR_FILENO, buf_view(&text))); /* there is nowhere else to say it */
	buf_deinit(&text);
	error_destroy(err);
	return CLI_EXIT_FAILED;
}

static void add_synopsis(const struct cli_command *command, struct buf *out)
{
	buf_printf(out, "usage: oxdb %s %s\n", command->name, command->synopsis);
}

int cli_fail_usage(const struct cli_command *command, struct error *err)
{
	struct buf text = { 0 };
	if (command)
		add_synopsis(command, &text);
	else
		buf_str(&text, str_from(own_synopsis));
	int code = cli_fail(err);
	error_destroy(cli_write(STDERR_FILENO, buf_view(&text)));
	buf_deinit(&text);
	return code;
}

int cli_print(struct str text)
{
	struct error *err = cli_write(STDOUT_FILENO, text);
	return err ? cli_fail(err) : 0;
}

/* ---- help ---- */

int cli_print_help(const struct cli_command *command)
{
	struct buf text = { 0 };
	add_synopsis(command, &text);
	buf_printf(&text, "\n%s", command->details ? command->details : "");
	if (!command->details)
		buf_printf(&text, "%s\n", command->summary);
	int code = cli_print(buf_view(&text));
	buf_deinit(&text);
	return code;
}

static int print_own_help(void)
{
	struct buf text = { 0 };
	buf_str(&text, str_from(own_synopsis));
	buf_str(&text,
		STR_LIT("\nA debugger for Rust programs and the machine code that they make at run time.\n"
			"Without a command it starts a session in gdb's language: oxdb --help lists its\n"
			"options. The commands are:\n\n"));
	for (size_t i = 0; i < cli_command_count; i++)
		buf_printf(&text, "  %-10s %s\n", cli_commands[i].name, cli_commands[i].summary);
	buf_str(&text, STR_LIT("\noxdb help COMMAND says more about one. The manual page is oxdb(1).\n"));
	int code = cli_print(buf_view(&text));
	buf_deinit(&text);
	return code;
}

/* Levenshtein's distance, for names of at most NAME_MAX_LENGTH bytes; longer ones are unlike all. */
static size_t distance(struct str a, struct str b)
{
	enum { NAME_MAX_LENGTH = 32 };
	size_t row[NAME_MAX_LENGTH + 1];
	if (a.len > NAME_MAX_LENGTH || b.len > NAME_MAX_LENGTH)
		return SIZE_MAX;
	for (size_t j = 0; j <= b.len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			size_t best = diagonal + (a.ptr[i - 1] != b.ptr[j - 1]);
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			diagonal = row[j];
			row[j] = best;
		}
	}
	return row[b.len];
}

const struct cli_command *cli_suggest(struct str name)
{
	const struct cli_command *best = NULL;
	size_t least = 3; /* more mistakes make another word */
	for (size_t i = 0; i < cli_command_count; i++) {
		struct str command = str_from(cli_commands[i].name);
		size_t d = distance(name, command);
		if (d < least && d < name.len && 2 * d <= command.len) { /* half of it at most is wrong */
			least = d;
			best = &cli_commands[i];
		}
	}
	return best;
}

static const struct cli_command *find(const char *name)
{
	for (size_t i = 0; i < cli_command_count; i++)
		if (strcmp(cli_commands[i].name, name) == 0)
			return &cli_commands[i];
	return NULL;
}

static int fail_unknown(const char *name)
{
	const struct cli_command *meant = cli_suggest(str_from(name));
	if (meant)
		return cli_fail_usage(NULL,
				      error_new(ERROR_USAGE, "there is no command %s; did you mean %s?",
						name, meant->name));
	return cli_fail_usage(
		NULL, error_new(ERROR_USAGE, "there is no command %s; oxdb help lists them", name));
}

int cli_help(const struct cli_command *command, int argc, char **argv, cli_create_target *create_target)
{
	(void)create_target;
	const char *name = argc > 1 ? argv[1] : NULL;
	const struct cli_command *about = name ? find(name) : NULL;
	bool on_itself = name && (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0);
	if (argc > 2)
		return cli_fail_usage(command, error_new(ERROR_USAGE, "help takes one command"));
	if (name && !about && !on_itself)
		return fail_unknown(name);
	return name ? cli_print_help(about ? about : command) : print_own_help();
}

/* ---- choice ---- */

/* A stream that was closed at the start would be given to the next file that is opened, and reports would go into that. What
 * stands in here cannot be used either, and the programs that oxdb runs do not inherit it. */
static void occupy_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", (fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) | O_CLOEXEC) != fd)
			return;
}

/* `cargo oxdb test` runs `cargo-oxdb oxdb test`. */
static void drop_cargo_word(int *argc, char ***argv)
{
	const char *own = *argc ? (*argv)[0] : "";
	const char *slash = strrchr(own, '/');
	if (strcmp(slash ? slash + 1 : own, "cargo-oxdb") != 0 || *argc < 2 ||
	    strcmp((*argv)[1], "oxdb") != 0)
		return;
	(*argc)--;
	(*argv)++;
}

int cli_main(int argc, char **argv, cli_create_target *create_target)
{
	occupy_streams();
	/* Not for people, and so no rows of the table. */
	if (argc > 1 && strcmp(argv[1], "cargo-runner") == 0)
		return cargo_runner(argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "cargo-names") == 0)
		return cli_cargo_names(argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "cargo-triage") ==
				0) { /* triage, of what cargo is to run as if we were not there */
		static char triage[] = "triage";
		cargo_forget_runner(argv[0]);
		argv[1] = triage;
	}
	drop_cargo_word(&argc, &argv);
	const char *name = argc > 1 ? argv[1] : NULL;
	const struct cli_command *command = name ? find(name) : NULL;
	if (command)
		return command->run(command, argc - 1, argv + 1, create_target);
	/* A word that is nearly a command and no program. */
	if (name && *name != '-' && access(name, F_OK) != 0 && cli_suggest(str_from(name)))
		return fail_unknown(name);
	return gdb_main(argc, argv, create_target);
}
