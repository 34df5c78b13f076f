/* oxdb triage */
#include "ui/cli/cli_internal.h"

#include "ui/report/json.h"

#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- options ---- */

enum { OPTION_JSON = 256, OPTION_TIMEOUT, OPTION_NO_CHILDREN };

static const struct option long_options[] = {
	{ "json", optional_argument, NULL, OPTION_JSON },
	{ "timeout", required_argument, NULL, OPTION_TIMEOUT },
	{ "no-children", no_argument, NULL, OPTION_NO_CHILDREN },
	{ "pid", required_argument, NULL, 'p' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static const double timeout_max_s = 1e9; /* thirty years; in nanoseconds it fits the clock */

static struct error *parse_timeout(const char *text, double *ret)
{
	char *end;
	double seconds = strtod(text, &end);
	/* strtod also takes "nan", "inf" and hexadecimal digits. */
	if (!*text || *end || strspn(text, "0123456789.") != strlen(text))
		return error_new(ERROR_USAGE, "--timeout: %s is no number of seconds", text);
	if (!(seconds > 0))
		return error_new(ERROR_USAGE, "--timeout: %s seconds are too few", text);
	if (seconds > timeout_max_s)
		return error_new(ERROR_USAGE,
				 "--timeout: %s seconds are too many; leave it out to wait for ever",
				 text);
	*ret = seconds;
	return NULL;
}

struct error *cli_parse_pid(const char *text, int *ret)
{
	char *end;
	long pid = strtol(text, &end, 10);
	if (!*text || *end || strspn(text, "0123456789") != strlen(text) || pid <= 0 || pid > INT_MAX)
		return error_new(ERROR_USAGE, "-p: %s is no process id", text);
	*ret = (int)pid;
	return NULL;
}

struct error *cli_option_error(int option, char **argv)
{
	enum { FIRST_LONG = 256 };
	if (option == ':')
		return error_new(ERROR_USAGE, "%s needs a value", argv[optind - 1]);
	/* optopt: a short option, or the value of a long one that takes no argument. */
	if (optopt && optopt < FIRST_LONG)
		return error_new(ERROR_USAGE, "there is no option -%c", optopt);
	if (optopt)
		return error_new(ERROR_USAGE, "%s takes no value", argv[optind - 1]);
	return error_new(ERROR_USAGE, "there is no option %s", argv[optind - 1]);
}

static struct error *parse_option(int option, char **argv, struct cli_triage_options *options)
{
	switch (option) {
	case OPTION_JSON:
		options->json = true;
		options->json_file = optarg;
		if (optarg && !*optarg)
			return error_new(ERROR_USAGE, "--json=: the file's name is missing");
		return NULL;
	case OPTION_TIMEOUT:
		return parse_timeout(optarg, &options->timeout_s);
	case OPTION_NO_CHILDREN:
		options->no_children = true;
		return NULL;
	case 'p':
		return cli_parse_pid(optarg, &options->pid);
	case 'h':
		options->help = true;
		return NULL;
	default:
		return cli_option_error(option, argv);
	}
}

struct error *cli_triage_parse(int argc, char **argv, struct cli_triage_options *ret)
{
	struct cli_triage_options options = { 0 };
	int option;
	opterr = 0;
	optind = 0; /* GNU: begin anew */
	/* +: what follows the program's name is the program's. */
	while ((option = getopt_long(argc, argv, "+:hp:", long_options, NULL)) != -1)
		TRY(parse_option(option, argv, &options));
	options.program = argv + optind;
	if (!options.help && options.pid && optind < argc)
		return error_new(ERROR_USAGE, "a program to run and -p do not go together");
	if (!options.help && !options.pid && optind >= argc)
		return error_new(ERROR_USAGE, "the program to run is missing");
	*ret = options;
	return NULL;
}

const char *const *cli_split_list(const char *list, struct arena *arena)
{
	size_t count = 1;
	for (const char *p = list; p && *p; p++)
		count += *p == ':';
	const char **parts = ARENA_ARRAY(arena, const char *, count + 1);
	size_t used = 0;
	while (list && *list) {
		size_t length = strcspn(list, ":");
		if (length)
			parts[used++] = arena_str(arena, (struct str){ list, length }).ptr;
		list += length + (list[length] == ':');
	}
	return used ? parts : NULL;
}

/* ---- the run ---- */

struct run {
	const struct cli_triage_options *options;
	struct cli_terminal terminal;
	struct error *trouble; /* the first that writing met */
};

static void keep(struct run *run, struct error *err)
{
	if (run->trouble)
		error_destroy(err);
	else
		run->trouble = err;
}

static bool document_instead_of_text(const struct cli_triage_options *options)
{
	return options->json && !options->json_file;
}

static bool document_on_stdout(const struct cli_triage_options *options)
{
	return options->json && (!options->json_file || strcmp(options->json_file, "-") == 0);
}

/* The program is stopped meanwhile, so that nothing of it gets between these lines. */
static void show_text(void *ctx, const struct report *report)
{
	struct run *run = ctx;
	struct buf text = { 0 };
	if (document_instead_of_text(run->options))
		return;
	buf_char(&text, '\n'); /* the program's last line may not have ended */
	report_text(report, &run->terminal.style, &text);
	keep(run, cli_write(STDOUT_FILENO, buf_view(&text)));
	buf_deinit(&text);
}

static void write_document(struct run *run, const struct report *report)
{
	struct buf text = { 0 };
	bool on_stdout = document_on_stdout(run->options);
	if (on_stdout)
		buf_char(&text, '\n');
	struct error *err = report_json(report, &text);
	if (!err && on_stdout)
		err = cli_write(STDOUT_FILENO, buf_view(&text));
	else if (!err)
		err = cli_write_file(run->options->json_file, buf_view(&text));
	keep(run, err);
	buf_deinit(&text);
}

static void let_go(int signal)
{
	(void)signal;
	triage_stop();
}

/* A process that was there before us is left as it was; but what we are told to ignore (nohup) we ignore. */
static void let_go_on_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct sigaction action = { .sa_handler = let_go }, old;
	for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
		if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(signals[i], &action, NULL);
	}
}

static struct error *run_program(struct run *run, cli_create_target *create_target, int *ret_code)
{
	const struct cli_triage_options *options = run->options;
	struct arena arena = ARENA_INIT;
	struct target *target = NULL;
	struct triage_result result = { .exit_code = CLI_EXIT_FAILED };
	const struct triage_options triage = {
		.argv = (const char *const *)options->program,
		.pid = options->pid,
		.timeout_s = options->timeout_s,
		.no_children = options->no_children,
		.debug_directories = cli_split_list(getenv("OXDB_DEBUG_DIRECTORY"), &arena),
		.on_report = show_text,
		.ctx = run,
	};
	struct error *err = create_target(&target);
	if (options->pid)
		let_go_on_signals();
	if (!err)
		err = triage_run(target, &triage, &result);
	struct report failed = { .outcome = REPORT_FAILED,
				 .failure = err ? str_from(err->message) : STR_EMPTY };
	if (options->json)
		write_document(run, result.report ? result.report : &failed);
	report_destroy(result.report);
	arena_deinit(&arena);
	*ret_code = result.exit_code;
	return err;
}

int cli_triage(const struct cli_command *command, int argc, char **argv, cli_create_target *create_target)
{
	struct cli_triage_options options;
	struct error *err = cli_triage_parse(argc, argv, &options);
	if (err)
		return cli_fail_usage(command, err);
	if (options.help)
		return cli_print_help(command);
	if (options.json && !document_on_stdout(&options))
		err = cli_check_file(options.json_file);
	if (err)
		return cli_fail(err);
	struct run run = { .options = &options };
	cli_terminal_init(&run.terminal, STDOUT_FILENO);
	int code = CLI_EXIT_FAILED;
	err = run_program(&run, create_target, &code);
	if (err)
		code = cli_fail(err);
	if (run.trouble)
		code = cli_fail(run.trouble);
	return code;
}
