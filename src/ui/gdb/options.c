#include "ui/gdb/options.h"

#include "base/buf.h"

#include <getopt.h>
#include <stdio.h>

enum option_code {
	OPTION_ARGS = 256,
	OPTION_BATCH,
	OPTION_BATCH_SILENT,
	OPTION_CD,
	OPTION_CHILD_RESULT,
	OPTION_COMMAND,
	OPTION_CONFIGURATION,
	OPTION_CORE,
	OPTION_DIRECTORY,
	OPTION_EVAL,
	OPTION_EXEC,
	OPTION_FULLNAME,
	OPTION_HELP,
	OPTION_IGNORED,
	OPTION_INIT_COMMAND,
	OPTION_INIT_EVAL,
	OPTION_INTERPRETER,
	OPTION_NH,
	OPTION_NX,
	OPTION_PID,
	OPTION_QUIET,
	OPTION_SE,
	OPTION_SYMBOLS,
	OPTION_TTY,
	OPTION_TUI,
	OPTION_VERSION,
	OPTION_WRITE,
};

/* Those that make no difference here are taken all the same, for scripts that pass them. */
static const struct option long_options[] = {
	{ "args", no_argument, NULL, OPTION_ARGS },
	{ "annotate", required_argument, NULL, OPTION_INTERPRETER },
	{ "b", required_argument, NULL, OPTION_IGNORED },
	{ "batch", no_argument, NULL, OPTION_BATCH },
	{ "batch-silent", no_argument, NULL, OPTION_BATCH_SILENT },
	{ "baud", required_argument, NULL, OPTION_IGNORED },
	{ "c", required_argument, NULL, OPTION_CORE },
	{ "cd", required_argument, NULL, OPTION_CD },
	{ "command", required_argument, NULL, OPTION_COMMAND },
	{ "configuration", no_argument, NULL, OPTION_CONFIGURATION },
	{ "core", required_argument, NULL, OPTION_CORE },
	{ "d", required_argument, NULL, OPTION_DIRECTORY },
	{ "D", required_argument, NULL, OPTION_IGNORED },
	{ "data-directory", required_argument, NULL, OPTION_IGNORED },
	{ "directory", required_argument, NULL, OPTION_DIRECTORY },
	{ "e", required_argument, NULL, OPTION_EXEC },
	{ "early-init-command", required_argument, NULL, OPTION_INIT_COMMAND },
	{ "early-init-eval-command", required_argument, NULL, OPTION_INIT_EVAL },
	{ "eiex", required_argument, NULL, OPTION_INIT_EVAL },
	{ "eix", required_argument, NULL, OPTION_INIT_COMMAND },
	{ "eval-command", required_argument, NULL, OPTION_EVAL },
	{ "ex", required_argument, NULL, OPTION_EVAL },
	{ "exec", required_argument, NULL, OPTION_EXEC },
	{ "f", no_argument, NULL, OPTION_FULLNAME },
	{ "fullname", no_argument, NULL, OPTION_FULLNAME },
	{ "h", no_argument, NULL, OPTION_HELP },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ "i", required_argument, NULL, OPTION_INTERPRETER },
	{ "iex", required_argument, NULL, OPTION_INIT_EVAL },
	{ "init-command", required_argument, NULL, OPTION_INIT_COMMAND },
	{ "init-eval-command", required_argument, NULL, OPTION_INIT_EVAL },
	{ "interpreter", required_argument, NULL, OPTION_INTERPRETER },
	{ "ix", required_argument, NULL, OPTION_INIT_COMMAND },
	{ "l", required_argument, NULL, OPTION_IGNORED },
	{ "n", no_argument, NULL, OPTION_NX },
	{ "nh", no_argument, NULL, OPTION_NH },
	{ "nowindows", no_argument, NULL, OPTION_IGNORED },
	{ "nw", no_argument, NULL, OPTION_IGNORED },
	{ "nx", no_argument, NULL, OPTION_NX },
	{ "p", required_argument, NULL, OPTION_PID },
	{ "pid", required_argument, NULL, OPTION_PID },
	{ "q", no_argument, NULL, OPTION_QUIET },
	{ "quiet", no_argument, NULL, OPTION_QUIET },
	{ "r", no_argument, NULL, OPTION_IGNORED },
	{ "readnever", no_argument, NULL, OPTION_IGNORED },
	{ "readnow", no_argument, NULL, OPTION_IGNORED },
	{ "return-child-result", no_argument, NULL, OPTION_CHILD_RESULT },
	{ "s", required_argument, NULL, OPTION_SYMBOLS },
	{ "se", required_argument, NULL, OPTION_SE },
	{ "silent", no_argument, NULL, OPTION_QUIET },
	{ "statistics", no_argument, NULL, OPTION_IGNORED },
	{ "symbols", required_argument, NULL, OPTION_SYMBOLS },
	{ "t", required_argument, NULL, OPTION_TTY },
	{ "tty", required_argument, NULL, OPTION_TTY },
	{ "tui", no_argument, NULL, OPTION_TUI },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ "v", no_argument, NULL, OPTION_VERSION },
	{ "V", no_argument, NULL, OPTION_VERSION },
	{ "w", no_argument, NULL, OPTION_IGNORED },
	{ "windows", no_argument, NULL, OPTION_IGNORED },
	{ "write", no_argument, NULL, OPTION_WRITE },
	{ "x", required_argument, NULL, OPTION_COMMAND },
	{ 0 },
};

const char gdb_options_help[] =
	"usage: oxdb [OPTION…] [PROGRAM [PID]]\n"
	"       oxdb [OPTION…] --args PROGRAM [ARGUMENT…]\n"
	"       oxdb triage [OPTION…] [--] PROGRAM [ARGUMENT…]\n"
	"       oxdb test [FILTER] [CARGO'S OPTION…], oxdb run [CARGO'S OPTION…]\n"
	"\n"
	"A debugger for Rust programs, in gdb's language. Options are gdb's:\n"
	"\n"
	"  --args               what follows PROGRAM are its arguments\n"
	"  -p, --pid=PID        attach to a running process\n"
	"  -ex, --eval-command=COMMAND\n"
	"                       run a command once the program is open; repeatable\n"
	"  -x, --command=FILE   run the commands in FILE\n"
	"  -iex, -ix            the same before the program is opened\n"
	"  --batch              no questions, no pages; leave when -x and -ex are done\n"
	"  --batch-silent       the same, and print nothing of ours on stdout\n"
	"  --return-child-result\n"
	"                       leave with the program's exit code\n"
	"  -nx, -n              do not read ~/.config/oxdb/init\n"
	"  -q, --quiet          no greeting\n"
	"  -cd=DIRECTORY        work in DIRECTORY\n"
	"  -d, --directory=DIRECTORY\n"
	"                       look for sources there, too\n"
	"  --tty=TTY            a terminal for the program's input and output\n"
	"  -f, --fullname       tell a surrounding editor where the program stands\n"
	"  -se=FILE             the program, as an option\n"
	"  --version            print the version\n"
	"  -h, --help           print this\n"
	"\n"
	"`oxdb triage` runs a program and explains its crash: oxdb help triage. `oxdb test`\n"
	"and `oxdb run` build with cargo and debug a test or a program.\n"
	"In the session `help` describes every command. The manual page is oxdb(1).\n";

static void add_todo(struct gdb_options *o, enum gdb_todo_kind kind)
{
	vec_push(&o->todo, (struct gdb_todo){ kind, optarg });
}

static struct error *refuse_interpreter(const char *name, const char *value)
{
	if (strcmp(name, "annotate") == 0)
		return strcmp(value, "0") == 0 ? NULL
					       : error_new(ERROR_USAGE, "annotations are not offered");
	if (strcmp(value, "console") == 0)
		return NULL;
	return error_new(ERROR_USAGE,
			 "the interpreter %s is not offered: oxdb speaks gdb's command language only, "
			 "not MI",
			 value);
}

static struct error *take_option(struct gdb_options *o, int option, const char *name)
{
	switch ((enum option_code)option) {
	case OPTION_ARGS:
		o->has_args = true;
		break;
	case OPTION_BATCH_SILENT:
		o->batch_silent = true;
		o->batch = o->quiet = true;
		break;
	case OPTION_BATCH:
		o->batch = o->quiet = true;
		break;
	case OPTION_CD:
		o->directory = optarg;
		break;
	case OPTION_CHILD_RESULT:
		o->child_result = true;
		break;
	case OPTION_COMMAND:
		add_todo(o, GDB_TODO_FILE);
		break;
	case OPTION_CONFIGURATION:
		o->configuration = true;
		break;
	case OPTION_CORE:
		o->core = optarg;
		break;
	case OPTION_DIRECTORY:
		vec_push(&o->source_directories, optarg);
		break;
	case OPTION_EVAL:
		add_todo(o, GDB_TODO_COMMAND);
		break;
	case OPTION_EXEC:
		o->exec = optarg;
		break;
	case OPTION_FULLNAME:
		o->fullname = true;
		break;
	case OPTION_HELP:
		o->help = true;
		break;
	case OPTION_IGNORED:
		break;
	case OPTION_INIT_COMMAND:
		add_todo(o, GDB_TODO_INIT_FILE);
		break;
	case OPTION_INIT_EVAL:
		add_todo(o, GDB_TODO_INIT_COMMAND);
		break;
	case OPTION_INTERPRETER:
		return refuse_interpreter(name, optarg);
	case OPTION_NH:
		o->no_home_init = true;
		break;
	case OPTION_NX:
		o->no_init = true;
		break;
	case OPTION_PID:
		o->pid = optarg;
		break;
	case OPTION_QUIET:
		o->quiet = true;
		break;
	case OPTION_SE:
		o->program = optarg;
		break;
	case OPTION_SYMBOLS:
		o->symbols = optarg;
		break;
	case OPTION_TTY:
		o->tty = optarg;
		break;
	case OPTION_TUI:
		return error_new(ERROR_USAGE, "the text user interface (TUI) is not offered");
	case OPTION_VERSION:
		o->version = true;
		break;
	case OPTION_WRITE:
		return error_new(ERROR_USAGE,
				 "--write is not offered: oxdb never changes the file of a program");
	}
	return NULL;
}

static struct error *wrong_option(int option, char **argv)
{
	const char *text = argv[optind - 1];
	if (option == ':')
		return error_new(ERROR_USAGE, "option '%s' requires an argument", text);
	if (optopt >= OPTION_ARGS)
		return error_new(ERROR_USAGE, "option '%s' doesn't allow an argument", text);
	struct buf names = { 0 };
	size_t length = strcspn(text, "=");
	size_t dashes = text[0] == '-' && text[1] == '-' ? 2 : 1;
	for (const struct option *o = long_options; o->name; o++)
		if (length > dashes && strncmp(o->name, text + dashes, length - dashes) == 0)
			buf_printf(&names, " '--%s'", o->name);
	struct error *err = names.len
				    ? error_new(ERROR_USAGE, "option '%s' is ambiguous; possibilities:%s",
						text, names.data)
				    : error_new(ERROR_USAGE, "unrecognized option '%s'", text);
	buf_deinit(&names);
	return err;
}

static struct error *take_operands(struct gdb_options *o, int argc, char **argv)
{
	int at = optind;
	if (o->has_args && at >= argc)
		return error_new(ERROR_USAGE, "`--args' specified but no program specified");
	if (at < argc && !o->program)
		o->program = argv[at++];
	if (o->has_args) {
		o->args = argv + at;
		return NULL;
	}
	if (at < argc)
		o->second = argv[at++];
	if (at < argc) {
		o->excess = argv[at];
		o->more_excess = at + 1 < argc;
	}
	return NULL;
}

struct error *gdb_options_parse(int argc, char **argv, struct gdb_options *ret)
{
	struct gdb_options o = { 0 };
	struct error *err = NULL;
	int option, index = 0;
	opterr = 0;
	optind = 0; /* GNU: begin anew */
	while (!err && !o.has_args &&
	       (option = getopt_long_only(argc, argv, ":", long_options, &index)) != -1)
		err = option == '?' || option == ':' ? wrong_option(option, argv)
						     : take_option(&o, option, long_options[index].name);
	if (!err)
		err = take_operands(&o, argc, argv);
	if (err)
		gdb_options_deinit(&o);
	else
		*ret = o;
	return err;
}

void gdb_options_deinit(struct gdb_options *o)
{
	vec_free(&o->source_directories);
	vec_free(&o->todo);
}
