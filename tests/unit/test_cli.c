/* What the headers of src/ui/cli promise; runs of programs are in tests/triage. */
#include "ui/cli/cli_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* ---- help ---- */

static struct error *no_target(struct target **ret)
{
	(void)ret;
	return error_new(ERROR_PERMISSION, "ptrace: refused\033[2J");
}

struct output {
	int code;
	char *out, *err;
};

static char *read_file(const char *path)
{
	struct buf text = { 0 };
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	char part[4096];
	size_t count;
	while ((count = fread(part, 1, sizeof part, file)) > 0)
		buf_add(&text, part, count);
	fclose(file);
	if (!text.data)
		buf_str(&text, STR_EMPTY);
	return text.data;
}

/* A new empty folder, left to be the current one. */
static int enter_folder(void **state)
{
	char path[] = "/tmp/oxdb-test-cli-XXXXXX";
	if (!mkdtemp(path) || chdir(path) != 0)
		return -1;
	*state = xstrdup(path);
	return 0;
}

static int leave_folder(void **state)
{
	char command[256];
	snprintf(command, sizeof command, "rm -rf '%s'", (char *)*state);
	free(*state);
	return chdir("/") != 0 || system(command) != 0 ? -1 : 0;
}

/* Runs cli_main in a child, with the words that follow "oxdb", ended by NULL. */
static struct output run(const char *first, ...)
{
	char *argv[16] = { xstrdup("oxdb") };
	int argc = 1;
	va_list words;
	va_start(words, first);
	for (const char *word = first; word; word = va_arg(words, const char *))
		argv[argc++] = xstrdup(word);
	va_end(words);
	fflush(NULL);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		int out = open("stdout", O_WRONLY | O_CREAT | O_TRUNC, 0600);
		int err = open("stderr", O_WRONLY | O_CREAT | O_TRUNC, 0600);
		dup2(out, STDOUT_FILENO);
		dup2(err, STDERR_FILENO);
		_exit(cli_main(argc, argv, no_target));
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	for (int i = 0; i < argc; i++)
		free(argv[i]);
	return (struct output){ WEXITSTATUS(status), read_file("stdout"), read_file("stderr") };
}

static void output_free(struct output *o)
{
	free(o->out);
	free(o->err);
}

static void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" is not in:\n%s", part, text);
}

static struct error *parse(struct cli_triage_options *ret, const char *const *words)
{
	int argc = 0;
	while (words[argc])
		argc++;
	return cli_triage_parse(argc, (char **)(uintptr_t)words, ret);
}

#define PARSE(ret, ...) parse(ret, (const char *const[]){ "triage", __VA_ARGS__, NULL })

/* ---- options ---- */

static void options_are_read(void **state)
{
	(void)state;
	struct cli_triage_options o;
	assert_null(PARSE(&o, "program"));
	assert_false(o.json || o.no_children || o.help);
	assert_true(o.timeout_s == 0);
	assert_string_equal(o.program[0], "program");
	assert_null(o.program[1]);

	assert_null(
		PARSE(&o, "--json", "--timeout", "2.5", "--no-children", "--", "--program", "--json=x"));
	assert_true(o.json && o.no_children);
	assert_null(o.json_file);
	assert_true(o.timeout_s == 2.5);
	assert_string_equal(o.program[0], "--program");
	assert_string_equal(o.program[1], "--json=x");

	/* What follows the program's name is the program's. */
	assert_null(PARSE(&o, "--json=FILE", "program", "--no-children", "--", "--timeout=x"));
	assert_string_equal(o.json_file, "FILE");
	assert_false(o.no_children);
	assert_string_equal(o.program[2], "--");

	assert_null(PARSE(&o, "--timeout=.5", "program"));
	assert_true(o.timeout_s == 0.5);
	assert_null(PARSE(&o, "--help"));
	assert_true(o.help);
	assert_null(PARSE(&o, "-h"));
	assert_true(o.help);
}

static void options_are_refused(void **state)
{
	(void)state;
	static const struct {
		const char *words[4], *message;
	} cases[] = {
		{ { "triage" }, "the program to run is missing" },
		{ { "triage", "--" }, "the program to run is missing" },
		{ { "triage", "--josn", "p" }, "there is no option --josn" },
		{ { "triage", "-x", "p" }, "there is no option -x" },
		{ { "triage", "--no-children=1", "p" }, "--no-children=1 takes no value" },
		{ { "triage", "--json=", "p" }, "the file's name is missing" },
		{ { "triage", "--timeout" }, "--timeout needs a value" },
		{ { "triage", "--timeout=0", "p" }, "0 seconds are too few" },
		{ { "triage", "--timeout=0.0", "p" }, "0.0 seconds are too few" },
		{ { "triage", "--timeout=-1", "p" }, "-1 is no number of seconds" },
		{ { "triage", "--timeout=", "p" }, " is no number of seconds" },
		{ { "triage", "--timeout=2s", "p" }, "2s is no number of seconds" },
		{ { "triage", "--timeout=nan", "p" }, "nan is no number of seconds" },
		{ { "triage", "--timeout=inf", "p" }, "inf is no number of seconds" },
		{ { "triage", "--timeout=1.2.3", "p" }, "1.2.3 is no number of seconds" },
		{ { "triage", "--timeout=99999999999", "p" }, "99999999999 seconds are too many" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct cli_triage_options o = { .timeout_s = -7 };
		struct error *err = parse(&o, cases[i].words);
		assert_non_null(err);
		assert_int_equal(err->code, ERROR_USAGE);
		assert_has(err->message, cases[i].message);
		assert_true(o.timeout_s == -7); /* untouched */
		error_destroy(err);
	}
}

static void lists_are_split(void **state)
{
	(void)state;
	struct arena arena = ARENA_INIT;
	assert_null(cli_split_list(NULL, &arena));
	assert_null(cli_split_list("", &arena));
	assert_null(cli_split_list("::", &arena));
	const char *const *list = cli_split_list(":/a b::/c:", &arena);
	assert_string_equal(list[0], "/a b");
	assert_string_equal(list[1], "/c");
	assert_null(list[2]);
	arena_deinit(&arena);
}

static void commands_are_suggested(void **state)
{
	(void)state;
	static const char *const meant[] = { "traige", "triag", "Triage", "trige", "triagee" };
	for (size_t i = 0; i < COUNT(meant); i++)
		assert_string_equal(cli_suggest(str_from(meant[i]))->name, "triage");
	assert_string_equal(cli_suggest(STR_LIT("hlep"))->name, "help");
	assert_string_equal(cli_suggest(STR_LIT("tset"))->name, "test");
	assert_string_equal(cli_suggest(STR_LIT("rn"))->name, "run");
	static const char *const others[] = { "",      "x",
					      "hi",    "true",
					      "debug", "a-command-whose-name-has-more-than-32-letters" };
	for (size_t i = 0; i < COUNT(others); i++)
		assert_null(cli_suggest(str_from(others[i])));
}

/* ---- the command line ---- */

static void help_is_printed(void **state)
{
	(void)state;
	static const struct {
		const char *words[3], *part;
	} cases[] = {
		{ { "--version" }, "oxdb 0." },
		{ { "-V" }, "oxdb 0." },
		{ { "--help" }, "usage: oxdb [OPTION" },
		{ { "-h" }, "triage" },
		{ { "help" }, "runs a program and explains its crash" },
		{ { "help", "triage" }, "--no-children" },
		{ { "help", "help" }, "usage: oxdb help [COMMAND]" },
		{ { "help", "--help" }, "usage: oxdb help [COMMAND]" },
		{ { "triage", "--help" }, "usage: oxdb triage [" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct output o = run(cases[i].words[0], cases[i].words[1], NULL);
		assert_int_equal(o.code, 0);
		assert_has(o.out, cases[i].part);
		assert_string_equal(o.err, "");
		for (const char *line = o.out; *line; line += strcspn(line, "\n") + 1)
			assert_true(strcspn(line, "\n") <= 100);
		output_free(&o);
	}
}

static void mistakes_are_named(void **state)
{
	(void)state;
	static const struct {
		const char *words[3], *message, *usage;
	} cases[] = {
		{ { "traige", "x" },
		  "oxdb: there is no command traige; did you mean triage?\n",
		  "oxdb COMMAND" },
		{ { "help", "gdb\033[1m" },
		  "oxdb: there is no command gdb\\x1b[1m; oxdb help lists them\n",
		  "oxdb COMMAND" },
		{ { "help", "traige" }, "did you mean triage?", "oxdb COMMAND" },
		{ { "triage" }, "oxdb: the program to run is missing\n", "usage: oxdb triage [" },
		{ { "triage", "--what" }, "oxdb: there is no option --what\n", "usage: oxdb triage [" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct output o = run(cases[i].words[0], cases[i].words[1], NULL);
		assert_int_equal(o.code, 2);
		assert_string_equal(o.out, "");
		assert_has(o.err, cases[i].message);
		assert_has(o.err, cases[i].usage);
		assert_null(strchr(o.err, '\033'));
		output_free(&o);
	}
}

static void failure_is_told(void **state)
{
	(void)state;
	struct output o = run("triage", "true", NULL);
	assert_int_equal(o.code, 2);
	assert_string_equal(o.out, "");
	assert_string_equal(o.err, "oxdb: ptrace: refused\\x1b[2J\n");
	output_free(&o);

	o = run("triage", "--json", "true", NULL);
	assert_int_equal(o.code, 2);
	json_t *root = json_loads(o.out, 0, NULL);
	assert_non_null(root);
	assert_string_equal(json_string_value(json_object_get(root, "outcome")), "failed");
	assert_string_equal(json_string_value(json_object_get(root, "failure")), "ptrace: refused\033[2J");
	json_decref(root);
	output_free(&o);

	o = run("triage", "--json=report", "true", NULL);
	assert_int_equal(o.code, 2);
	assert_string_equal(o.out, "");
	char *document = read_file("report");
	root = json_loads(document, 0, NULL);
	assert_non_null(root);
	json_decref(root);
	free(document);
	output_free(&o);

	/* Known before the program is run. */
	o = run("triage", "--json=no-such-folder/report", "true", NULL);
	assert_int_equal(o.code, 2);
	assert_string_equal(o.err, "oxdb: no-such-folder/report: No such file or directory\n");
	output_free(&o);
	o = run("triage", "--json=.", "true", NULL);
	assert_string_equal(o.err, "oxdb: .: Is a directory\n");
	output_free(&o);
}

/* ---- files ---- */

static void assert_content(const char *path, const char *content)
{
	char *text = read_file(path);
	assert_string_equal(text, content);
	free(text);
}

static void files_are_replaced(void **state)
{
	(void)state;
	mode_t mask = umask(027);
	assert_null(cli_check_file("new"));
	assert_null(cli_write_file("new", STR_LIT("one")));
	struct stat file;
	assert_int_equal(stat("new", &file), 0);
	assert_int_equal(file.st_mode & 07777, 0640);
	umask(mask);
	assert_content("new", "one");

	/* A reader of the old file goes on reading that; rights and links stay. */
	assert_int_equal(chmod("new", 0604), 0);
	assert_int_equal(symlink("new", "link"), 0);
	FILE *reader = fopen("link", "r");
	assert_null(cli_write_file("link", STR_LIT("two\0three")));
	assert_int_equal(fgetc(reader), 'o');
	fclose(reader);
	assert_int_equal(lstat("link", &file), 0);
	assert_true(S_ISLNK(file.st_mode));
	assert_int_equal(stat("new", &file), 0);
	assert_int_equal(file.st_mode & 07777, 0604);
	assert_int_equal(file.st_size, 9);

	assert_int_equal(symlink("later", "dangling"), 0);
	assert_null(cli_write_file("dangling", STR_LIT("x")));
	assert_content("later", "x");
	assert_null(cli_write_file("/dev/null", STR_LIT("x")));
	assert_int_equal(stat("/dev/null", &file), 0);
	assert_true(S_ISCHR(file.st_mode));

	struct error *err = cli_write_file("/dev/full", STR_LIT("x"));
	assert_non_null(err);
	assert_has(err->message, "/dev/full");
	assert_int_equal(err->sys_errno, ENOSPC);
	error_destroy(err);
	int leftovers =
		system("test -z \"$(ls | grep -vxE 'new|link|later|dangling|stdout|stderr|report')\"");
	assert_int_equal(leftovers, 0);
}

static void streams_fail_without_a_signal(void **state)
{
	(void)state;
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	close(ends[0]);
	struct error *err = cli_write(ends[1], STR_LIT("x"));
	assert_non_null(err);
	assert_int_equal(err->sys_errno, EPIPE);
	error_destroy(err);
	close(ends[1]);
	/* Neither ignored nor left pending: both would reach the programs that are run. */
	struct sigaction action;
	sigaction(SIGPIPE, NULL, &action);
	assert_ptr_equal(action.sa_handler, SIG_DFL);
	sigset_t set;
	sigpending(&set);
	assert_false(sigismember(&set, SIGPIPE));
	sigprocmask(SIG_BLOCK, NULL, &set);
	assert_false(sigismember(&set, SIGPIPE));
}

static void streams_may_not_block(void **state)
{
	(void)state;
	int ends[2];
	assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
	enum { SIZE = 1 << 20 };
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0) {
		close(ends[0]);
		struct buf text = { 0 };
		buf_pad(&text, 'x', SIZE);
		_exit(cli_write(ends[1], buf_view(&text)) != NULL);
	}
	close(ends[1]);
	fcntl(ends[0], F_SETFL, 0);
	size_t total = 0;
	char part[4096];
	ssize_t count;
	while ((count = read(ends[0], part, sizeof part)) > 0)
		total += (size_t)count;
	close(ends[0]);
	int status;
	waitpid(pid, &status, 0);
	assert_int_equal(status, 0);
	assert_int_equal(total, SIZE);
}

static void a_pipe_is_no_terminal(void **state)
{
	(void)state;
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	setenv("COLUMNS", "50", 1);
	struct cli_terminal t;
	cli_terminal_init(&t, ends[1]);
	assert_false(t.is_terminal || t.style.colour);
	assert_int_equal(t.style.width, 0);
	assert_true(t.style.utf8);
	assert_true(t.style.directory.len >= 1 && *t.style.directory.ptr == '/');
	close(ends[0]);
	close(ends[1]);
}

static void a_terminal_is_asked(void **state)
{
	(void)state;
	int leader = posix_openpt(O_RDWR | O_NOCTTY);
	assert_true(leader >= 0);
	assert_int_equal(grantpt(leader), 0);
	assert_int_equal(unlockpt(leader), 0);
	int fd = open(ptsname(leader), O_RDWR | O_NOCTTY);
	assert_true(fd >= 0);
	struct cli_terminal t;
	setenv("TERM", "xterm", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	unsetenv("NO_COLOR");
	setenv("COLUMNS", "50", 1); /* the new terminal has no size */
	cli_terminal_init(&t, fd);
	assert_true(t.is_terminal && t.style.colour && t.style.utf8);
	assert_int_equal(t.style.width, 50);
	setenv("COLUMNS", "7", 1);
	setenv("LC_ALL", "C", 1);
	setenv("NO_COLOR", "", 1); /* as good as unset */
	cli_terminal_init(&t, fd);
	assert_int_equal(t.style.width, REPORT_WIDTH_MIN);
	assert_true(t.style.colour);
	assert_false(t.style.utf8);
	unsetenv("COLUMNS");
	setenv("NO_COLOR", "1", 1);
	cli_terminal_init(&t, fd);
	assert_int_equal(t.style.width, 80);
	assert_false(t.style.colour);
	unsetenv("NO_COLOR");
	setenv("TERM", "dumb", 1);
	cli_terminal_init(&t, fd);
	assert_false(t.style.colour);
	close(fd);
	close(leader);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_are_read),
		cmocka_unit_test(options_are_refused),
		cmocka_unit_test(lists_are_split),
		cmocka_unit_test(commands_are_suggested),
		cmocka_unit_test_setup_teardown(help_is_printed, enter_folder, leave_folder),
		cmocka_unit_test_setup_teardown(mistakes_are_named, enter_folder, leave_folder),
		cmocka_unit_test_setup_teardown(failure_is_told, enter_folder, leave_folder),
		cmocka_unit_test_setup_teardown(files_are_replaced, enter_folder, leave_folder),
		cmocka_unit_test(streams_fail_without_a_signal),
		cmocka_unit_test(streams_may_not_block),
		cmocka_unit_test(a_pipe_is_no_terminal),
		cmocka_unit_test(a_terminal_is_asked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
