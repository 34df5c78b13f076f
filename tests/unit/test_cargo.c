/* What src/ui/cargo/cargo.h promises; runs with cargo itself are in tests/cargo. */
#include "ui/cargo/cargo.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void assert_str(struct str s, const char *wanted)
{
	if (!str_is(s, wanted))
		fail_msg("\"%.*s\" instead of \"%s\"", STR_ARG(s), wanted);
}

static void assert_words(const struct cargo_words *words, const char *wanted)
{
	struct buf text = { 0 };
	buf_str(&text, STR_EMPTY);
	for (size_t i = 0; i < words->count; i++)
		buf_printf(&text, "%s%s", i ? " " : "", words->data[i]);
	assert_str(buf_view(&text), wanted);
	buf_deinit(&text);
}

/* ---- the command line ---- */

enum { WORDS_MAX = 32 };

struct line {
	char text[256];
	char *argv[WORDS_MAX + 1];
	int argc;
};

/* The words of a line, divided by blanks. */
static struct line *line_of(const char *text)
{
	static struct line line;
	line = (struct line){ 0 };
	snprintf(line.text, sizeof line.text, "%s", text);
	char *rest = line.text;
	for (char *word; line.argc < WORDS_MAX && (word = strsep(&rest, " "));)
		line.argv[line.argc++] = word;
	return &line;
}

struct wanted_options {
	const char *line;
	const char *filter, *cargo, *session, *rest; /* filter NULL: none */
};

static void check_options(enum cargo_command command, const struct wanted_options *wanted)
{
	struct cargo_options o;
	struct line *line = line_of(wanted->line);
	assert_null(cargo_options_parse(command, line->argc, line->argv, &o));
	if (wanted->filter)
		assert_string_equal(o.filter, wanted->filter);
	else
		assert_null(o.filter);
	assert_words(&o.cargo, wanted->cargo);
	assert_words(&o.session, wanted->session);
	struct cargo_words rest = { 0 };
	for (char *const *word = o.rest; *word; word++)
		vec_push(&rest, *word);
	assert_words(&rest, wanted->rest);
	vec_free(&rest);
	cargo_options_deinit(&o);
}

static void sorts_the_words_of_test(void **state)
{
	(void)state;
	static const struct wanted_options wanted[] = {
		{ "test", NULL, "", "", "" },
		{ "test works", "works", "", "", "" },
		{ "test -p shapes works", "works", "-p shapes", "", "" },
		{ "test -pshapes works", "works", "-pshapes", "", "" },
		{ "test -qp shapes works", "works", "-qp shapes", "", "" },
		{ "test -vv works", "works", "-vv", "", "" },
		{ "test --package=shapes works --lib", "works", "--package=shapes --lib", "", "" },
		{ "test --features a,b works -F c", "works", "--features a,b -F c", "", "" },
		{ "test --test whole works", "works", "--test whole", "", "" },
		{ "test works --test", "works", "--test", "", "" },
		{ "test --test --lib", NULL, "--test --lib", "", "" },
		{ "test works -ex run --lib", "works", "--lib", "-ex run", "" },
		{ "test works --ex=run -x file", "works", "", "-ex run -x file", "" },
		{ "test works --batch -nx", "works", "", "-batch -nx", "" },
		{ "test works -- --skip x", "works", "", "", "--skip x" },
		{ "test -- works", NULL, "", "", "works" },
		{ "test works --no-fail-fast", "works", "", "", "" },
		{ "test works --bogus", "works", "--bogus", "", "" },
		{ "test +nightly works", "works", "", "", "" },
	};
	for (size_t i = 0; i < COUNT(wanted); i++)
		check_options(CARGO_TEST, &wanted[i]);
}

static void sorts_the_words_of_run(void **state)
{
	(void)state;
	static const struct wanted_options wanted[] = {
		{ "run", NULL, "", "", "" },
		{ "run --bin tool -- --bin x", NULL, "--bin tool", "", "--bin x" },
		{ "run --bin tool word --bin x", NULL, "--bin tool", "", "word --bin x" },
		{ "run -ex start --release", NULL, "--release", "-ex start", "" },
		{ "run --list", NULL, "--list", "", "" }, /* test's alone */
	};
	for (size_t i = 0; i < COUNT(wanted); i++)
		check_options(CARGO_RUN, &wanted[i]);
}

static void takes_its_own_options(void **state)
{
	(void)state;
	struct cargo_options o;
	struct line *line = line_of("test +nightly --triage --timeout 2.5 --no-nextest --doc");
	assert_null(cargo_options_parse(CARGO_TEST, line->argc, line->argv, &o));
	assert_true(o.triage && o.doc && o.no_nextest && !o.list && !o.help);
	assert_true(o.timeout_s > 2.4 && o.timeout_s < 2.6);
	assert_string_equal(o.toolchain, "+nightly");
	assert_int_equal(o.cargo.count, 0);
	cargo_options_deinit(&o);
	line = line_of("run --bench many");
	assert_null(cargo_options_parse(CARGO_RUN, line->argc, line->argv, &o));
	assert_true(o.bench);
	assert_words(&o.cargo, "--bench many");
	cargo_options_deinit(&o);
}

static void refuses_what_cannot_be(void **state)
{
	(void)state;
	static const struct {
		const char *line, *message;
	} wanted[] = {
		{ "test a b", "one test at a time: both a and b were given" },
		{ "test -ex", "-ex needs a value" },
		{ "test --timeout", "--timeout needs a value" },
		{ "test --triage --timeout x", "--timeout: x is no number of seconds" },
		{ "test --triage --timeout 0", "--timeout: 0 is no number of seconds" },
		{ "test --triage --timeout nan", "--timeout: nan is no number of seconds" },
		{ "test --timeout 3", "--timeout goes with --triage" },
		{ "test --triage -ex run", "-ex is for a session, not for --triage" },
		{ "test --triage --list", "--list and --triage do not go together" },
		{ "test --message-format json",
		  "--message-format is for cargo alone: oxdb test says itself what it needs of cargo" },
		{ "test --no-run",
		  "--no-run is for cargo alone: oxdb test says itself what it needs of cargo" },
	};
	for (size_t i = 0; i < COUNT(wanted); i++) {
		struct cargo_options o;
		struct line *line = line_of(wanted[i].line);
		struct error *err = cargo_options_parse(CARGO_TEST, line->argc, line->argv, &o);
		assert_non_null(err);
		assert_int_equal(err->code, ERROR_USAGE);
		assert_string_equal(err->message, wanted[i].message);
		error_destroy(err);
	}
}

static void knows_files_of_the_session(void **state)
{
	(void)state;
	assert_true(cargo_names_file("-x"));
	assert_true(cargo_names_file("-ix"));
	assert_false(cargo_names_file("-ex"));
	assert_false(cargo_names_file("-batch"));
	assert_false(cargo_names_file("file"));
}

/* ---- messages ---- */

static void finds_the_package_in_its_id(void **state)
{
	(void)state;
	static const struct {
		const char *id, *name;
	} wanted[] = {
		{ "path+file:///home/a/shapes#1.2.3", "shapes" },
		{ "path+file:///home/a/folder#shapes@1.2.3", "shapes" },
		{ "registry+https://example.org/index#serde@1.0.0", "serde" },
		{ "git+https://example.org/a/shapes?branch=x/y#0.1.0", "shapes" },
		{ "shapes 1.2.3 (path+file:///home/a/shapes)", "shapes" },
		{ "path+file:///home/a#b/shapes#1.2.3", "shapes" },
		{ "", "" },
		{ "#", "" },
		{ "shapes", "" },
	};
	for (size_t i = 0; i < COUNT(wanted); i++)
		assert_str(cargo_package_of(str_from(wanted[i].id)), wanted[i].name);
}

static void takes_test_programs_out_of_messages(void **state)
{
	(void)state;
	static const char output[] =
		"warning: not a message\n"
		"{\"reason\":\"compiler-artifact\",\"package_id\":\"path+file:///w/shapes#1.2.3\",\"target\":{\"kind\":[\"rlib\",\"cdylib\"],"
		"\"name\":\"shapes\"},\"profile\":{\"test\":true},\"executable\":\"/t/shapes-1\"}\n"
		"{\"reason\":\"compiler-artifact\",\"package_id\":\"path+file:///w/tool#0.1.0\",\"target\":{\"kind\":[\"bin\"],"
		"\"name\":\"other\"},\"profile\":{\"test\":false},\"executable\":\"/t/other\"}\n"
		"{\"reason\":\"compiler-artifact\",\"package_id\":\"path+file:///w/tool#0.1.0\",\"target\":{\"kind\":[\"bin\"],"
		"\"name\":\"other\"},\"profile\":{\"test\":true},\"executable\":\"/t/other-2\"}\n"
		"{\"reason\":\"compiler-artifact\",\"package_id\":\"path+file:///w/tool#0.1.0\",\"target\":{\"kind\":[\"test\"],"
		"\"name\":\"runs\"},\"profile\":{\"test\":true},\"executable\":\"/t/runs-3\"}\n"
		"{\"reason\":\"compiler-artifact\",\"target\":{\"kind\":[\"lib\"]},\"profile\":{\"test\":true},\"executable\":null}\n"
		"{\"reason\":\"compiler-artifact\",\"target\":7,\"profile\":[],\"executable\":\"/t/x\"}\n"
		"{\"reason\":\"build-finished\",\"success\":true}\n"
		"{\"broken\n"
		"{}";
	struct arena arena = ARENA_INIT;
	struct cargo_programs programs = { 0 };
	cargo_parse_messages(str_from(output), &arena, &programs);
	assert_int_equal(programs.count, 3);
	assert_str(programs.data[0].id, "shapes");
	assert_str(programs.data[0].kind, "lib");
	assert_str(programs.data[0].path, "/t/shapes-1");
	assert_str(programs.data[1].id, "tool::bin/other");
	assert_str(programs.data[1].path, "/t/other-2");
	assert_str(programs.data[2].id, "tool::runs");
	assert_str(programs.data[2].target, "runs");
	vec_free(&programs);
	arena_deinit(&arena);
}

static void takes_targets_out_of_metadata(void **state)
{
	(void)state;
	struct arena arena = ARENA_INIT;
	struct cargo_programs programs = { 0 };
	assert_null(cargo_parse_metadata(
		str_from("{\"packages\":[{\"name\":\"a\",\"targets\":[{\"kind\":[\"lib\"],\"name\":\"a\"},"
			 "{\"kind\":[\"example\"],\"name\":\"e\"},{\"kind\":[],\"name\":\"x\"},7]},{},null]}"),
		&arena, &programs));
	assert_int_equal(programs.count, 2);
	assert_str(programs.data[1].package, "a");
	assert_str(programs.data[1].target, "e");
	struct error *err = cargo_parse_metadata(STR_EMPTY, &arena, &programs);
	assert_non_null(err);
	error_destroy(err);
	vec_free(&programs);
	arena_deinit(&arena);
}

/* ---- tests ---- */

static void reads_lists(void **state)
{
	(void)state;
	struct cargo_tests tests = { 0 };
	assert_true(cargo_parse_list(
		str_from("tests::a: test\r\nb: benchmark\n: test\nnoise\n\n1 test, 1 benchmark\n"), 3,
		&tests));
	assert_int_equal(tests.count, 2);
	assert_str(tests.data[0].name, "tests::a");
	assert_str(tests.data[1].name, "b");
	assert_int_equal(tests.data[1].program, 3);
	vec_free(&tests);
	assert_true(cargo_parse_list(str_from("0 tests, 0 benchmarks\n"), 0, &tests));
	assert_false(cargo_parse_list(str_from("Hello: tests\n"), 0, &tests));
	assert_false(cargo_parse_list(STR_EMPTY, 0, &tests));
	assert_int_equal(tests.count, 0);
}

static void measures_how_a_name_fits(void **state)
{
	(void)state;
	static const struct {
		const char *name, *filter;
		enum cargo_fit fit;
	} wanted[] = {
		{ "tests::works", "tests::works", CARGO_FIT_EXACT },
		{ "tests::works", "shapes tests::works", CARGO_FIT_EXACT },
		{ "tests::works", "words tests::works", CARGO_FIT_NONE },
		{ "tests::works", "shapes  tests::works", CARGO_FIT_NONE },
		{ "tests::works", "works", CARGO_FIT_LAST },
		{ "a::tests::works", "tests::works", CARGO_FIT_LAST },
		{ "tests::works", "orks", CARGO_FIT_PART },
		{ "tests::works", "::works", CARGO_FIT_PART },
		{ "tests::works", "", CARGO_FIT_PART },
		{ "works", "works", CARGO_FIT_EXACT },
		{ "::works", "works", CARGO_FIT_PART },
		{ "tests::works", "fails", CARGO_FIT_NONE },
		{ "src/lib.rs - m::area (line 5)", "area", CARGO_FIT_LAST },
		{ "src/lib.rs - m::area (line 5)", "m::area", CARGO_FIT_LAST },
		{ "src/lib.rs - m::area (line 5)", "rea", CARGO_FIT_PART },
		{ "src/lib.rs - (line 5)", "lib", CARGO_FIT_PART },
	};
	const struct cargo_program program = { .id = STR_LIT("shapes") };
	for (size_t i = 0; i < COUNT(wanted); i++) {
		const struct cargo_test test = { .name = str_from(wanted[i].name) };
		if (cargo_fit(&test, &program, str_from(wanted[i].filter)) != wanted[i].fit)
			fail_msg("%s and %s", wanted[i].name, wanted[i].filter);
	}
}

static void puts_the_best_first(void **state)
{
	(void)state;
	struct cargo_program program = { .id = STR_LIT("shapes") };
	struct cargo_test tests[] = { { .name = STR_LIT("works_too") },
				      { .name = STR_LIT("tests::works") },
				      { .name = STR_LIT("works") } };
	const struct cargo_programs programs = { .data = &program, .count = 1 };
	const struct cargo_tests all = { .data = tests, .count = COUNT(tests) };
	struct cargo_tests found = { 0 };
	cargo_filter(&all, &programs, "works", false, &found);
	assert_int_equal(found.count, 3);
	assert_str(found.data[0].name, "works");
	assert_str(found.data[1].name, "tests::works");
	vec_free(&found);
	cargo_filter(&all, &programs, "works", true, &found);
	assert_int_equal(found.count, 2);
	vec_free(&found);
	cargo_filter(&all, &programs, "ork", true, &found);
	assert_int_equal(found.count, 3);
	vec_free(&found);
	cargo_filter(&all, &programs, NULL, true, &found);
	assert_int_equal(found.count, 3);
	vec_free(&found);
}

static void selects_one_doc_test(void **state)
{
	(void)state;
	struct cargo_test tests[] = { { .name = STR_LIT("a/lib.rs - f (line 4)") },
				      { .name = STR_LIT("a/lib.rs - f (line 14)") },
				      { .name = STR_LIT("b/lib.rs - g (line 14)") },
				      { .name = STR_LIT("a/lib.rs - f (line 114)") } };
	const struct cargo_tests all = { .data = tests, .count = COUNT(tests) };
	struct arena arena = ARENA_INIT;
	for (size_t which = 0; which < COUNT(tests); which++) {
		struct cargo_words words = { 0 };
		assert_null(cargo_select_doc_test(&all, which, &arena, &words));
		/* As rustdoc's libtest would: the filter's words are the first, each behind --skip leaves out. */
		for (size_t i = 0; i < COUNT(tests); i++) {
			bool runs = str_contains(tests[i].name, str_from(words.data[0]));
			for (size_t w = 1; w < words.count; w += 2) {
				assert_string_equal(words.data[w], "--skip");
				runs &= !str_contains(tests[i].name, str_from(words.data[w + 1]));
			}
			assert_int_equal(runs, i == which);
		}
		vec_free(&words);
	}
	arena_deinit(&arena);
}

/* ---- nextest ---- */

static void speaks_nextests_options(void **state)
{
	(void)state;
	const char *words[] = { "--profile", "dev", "--profile=dev", "-j4", "-j", "2",
				"--jobs=3",  "-q",  "--lib",         "-p",  "a" };
	const struct cargo_words cargo = { .data = words, .count = COUNT(words) };
	struct cargo_words nextest = { 0 };
	struct arena arena = ARENA_INIT;
	cargo_nextest_options(&cargo, &arena, &nextest);
	assert_words(
		&nextest,
		"--cargo-profile dev --cargo-profile=dev --build-jobs=4 --build-jobs 2 --build-jobs=3 --lib -p a");
	vec_free(&nextest);
	arena_deinit(&arena);
}

static void reads_nextests_list(void **state)
{
	(void)state;
	static const char list[] =
		"{\"rust-suites\":{\"words\":{\"binary-id\":\"words-id\",\"binary-path\":\"/t/words\",\"testcases\":{}},"
		"\"shapes\":{\"binary-path\":\"/t/shapes\",\"testcases\":{\"a\":{\"ignored\":true},\"b\":{},\"c\":{\"filter-match\":{\"status\":\"mismatch\",\"reason\":\"default-filter\"}}}}}}";
	static const char *const wrong[] = { "", "[]", "{}", "{\"rust-suites\":{}}",
					     "{\"rust-suites\":{\"a\":7}}" };
	struct cargo_program data[] = { { .path = STR_LIT("/t/shapes") }, { .path = STR_LIT("/t/words") } };
	struct cargo_programs programs = { .data = data, .count = COUNT(data) };
	struct arena arena = ARENA_INIT;
	struct cargo_tests tests = { 0 };
	assert_null(cargo_parse_nextest(str_from(list), &programs, &arena, &tests));
	assert_int_equal(tests.count, 3);
	assert_str(tests.data[0].name, "a");
	assert_true(tests.data[0].ignored && !tests.data[1].ignored && tests.data[2].ignored);
	assert_str(data[1].id, "words-id");
	vec_free(&tests);
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct error *err = cargo_parse_nextest(str_from(wrong[i]), &programs, &arena, &tests);
		assert_non_null(err);
		error_destroy(err);
	}
	arena_deinit(&arena);
}

/* ---- other processes ---- */

static void reads_output_and_status(void **state)
{
	(void)state;
	char *const argv[] = { "sh", "-c", "pwd; echo $V; exit 3", NULL };
	char *const env[] = { "V=value", "PATH=/usr/bin:/bin", NULL };
	const struct cargo_start start = { .directory = "/", .argv = argv, .env = env };
	struct buf output = { 0 };
	int status = 0;
	assert_null(cargo_run(&start, CARGO_NO_INPUT, 0, &output, &status));
	assert_str(buf_view(&output), "/\nvalue\n");
	assert_int_equal(cargo_exit_code(status), 3);
	buf_deinit(&output);
	assert_int_equal(cargo_exit_code(9), 137);
}

static void tells_what_cannot_be_run(void **state)
{
	(void)state;
	char *const argv[] = { "/no/such/program", NULL };
	const struct cargo_start start = { .argv = argv };
	struct buf output = { 0 };
	int status = 0;
	struct error *err = cargo_run(&start, 0, 0, &output, &status);
	assert_non_null(err);
	assert_non_null(strstr(err->message, "No such file"));
	error_destroy(err);
	buf_deinit(&output);
}

static void ends_who_takes_too_long(void **state)
{
	(void)state;
	char *const argv[] = { "sh", "-c", "sleep 1000 & sleep 1000", NULL };
	const struct cargo_start start = { .argv = argv };
	struct buf output = { 0 };
	int status = 0;
	struct error *err = cargo_run(&start, CARGO_QUIET, 50, &output, &status);
	assert_non_null(err);
	assert_int_equal(err->code, ERROR_TIMEOUT);
	assert_true(WIFSIGNALED(status));
	error_destroy(err);
	buf_deinit(&output);
}

static pid_t start_runner(struct cargo_starts *s, const char *argument)
{
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		char *argv[] = { "cargo-runner", (char *)(uintptr_t)cargo_starts_path(s), "/a/program",
				 (char *)(uintptr_t)argument, NULL };
		if (chdir("/") != 0 || setenv("OXDB_UNIT", "a\nb", 1) != 0)
			_exit(99);
		_exit(cargo_runner(4, argv));
	}
	return pid;
}

/* A shell is cargo; what it would start comes over the socket, and ends as it is told. */
static void takes_over_what_cargo_starts(void **state)
{
	(void)state;
	char *const argv[] = { "sh", "-c", "echo said >&2; sleep 0.2; exit 5", NULL };
	const struct cargo_start cargo = { .argv = argv };
	struct cargo_starts *s;
	struct cargo_start start;
	struct arena arena = ARENA_INIT;
	bool some = false;
	bool has_variable = false;
	int status = 0;
	assert_null(cargo_starts_open(&s));
	assert_null(cargo_starts_launch(s, &cargo, CARGO_QUIET, false));
	pid_t runner = start_runner(s, "an argument");
	assert_null(cargo_starts_next(s, &arena, &start, &some, &status));
	assert_true(some);
	assert_string_equal(start.directory, "/");
	assert_string_equal(start.argv[0], "/a/program");
	assert_string_equal(start.argv[1], "an argument");
	assert_null(start.argv[2]);
	for (char *const *variable = start.env; *variable; variable++)
		has_variable |= strcmp(*variable, "OXDB_UNIT=a\nb") == 0;
	assert_true(has_variable);
	cargo_starts_answer(s, 42);
	assert_int_equal(waitpid(runner, &status, 0), runner);
	assert_int_equal(WEXITSTATUS(status), 42);
	assert_null(cargo_starts_next(s, &arena, &start, &some, &status));
	assert_false(some);
	assert_int_equal(cargo_exit_code(status), 5);
	assert_str(cargo_starts_said(s, &arena), "said\n");
	char *path = xstrdup(cargo_starts_path(s));
	cargo_starts_close(s);
	assert_int_not_equal(access(path, F_OK), 0);
	free(path);
	arena_deinit(&arena);
}

static void who_is_not_answered_fails(void **state)
{
	(void)state;
	char *const argv[] = { "sleep", "0.1", NULL };
	const struct cargo_start cargo = { .argv = argv };
	struct cargo_starts *s;
	struct cargo_start start;
	struct arena arena = ARENA_INIT;
	bool some = false;
	int status = 0;
	assert_null(cargo_starts_open(&s));
	assert_null(cargo_starts_launch(s, &cargo, CARGO_QUIET, true));
	pid_t runner = start_runner(s, "x");
	assert_null(cargo_starts_next(s, &arena, &start, &some, &status));
	assert_int_equal(cargo_exit_code(cargo_starts_finish(s)), 0);
	cargo_starts_close(s);
	assert_int_equal(waitpid(runner, &status, 0), runner);
	assert_int_equal(WEXITSTATUS(status), 1);
	arena_deinit(&arena);
}

static const char *value_in(char *const *env, const char *name)
{
	size_t length = strlen(name);
	for (; *env; env++)
		if (strncmp(*env, name, length) == 0 && (*env)[length] == '=')
			return *env + length + 1;
	return NULL;
}

static void names_runners(void **state)
{
	(void)state;
	char *words[] = {
		"cargo", "--target=aarch64-unknown-linux-gnu", "--release", "--", "a-word-like-a-target",
		NULL
	};
	struct cargo_program program = { .path = STR_LIT("/t/thumbv8m.main-none-eabi/debug/x y/z") };
	const struct cargo_programs programs = { .data = &program, .count = 1 };
	struct arena arena = ARENA_INIT;
	struct cargo_starts *s;
	setenv("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER", "qemu", 1);
	assert_null(cargo_starts_open(&s));
	char *const *env = cargo_starts_environment(s, "triage --", STR_LIT("x86_64-unknown-linux-gnu"),
						    &programs, words, &arena);
	static const char *const variables[] = { "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER",
						 "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER",
						 "CARGO_TARGET_THUMBV8M_MAIN_NONE_EABI_RUNNER" };
	for (size_t i = 0; i < COUNT(variables); i++) {
		const char *value = value_in(env, variables[i]);
		assert_non_null(value);
		assert_true(str_ends(str_from(value), STR_LIT("/oxdb triage --")));
		assert_int_equal(
			access(arena_str(&arena, str_sub(str_from(value), 0, strcspn(value, " "))).ptr,
			       X_OK),
			0);
	}
	assert_null(value_in(env, "CARGO_TARGET_A_WORD_LIKE_A_TARGET_RUNNER"));
	assert_null(value_in(env, "CARGO_TARGET___RELEASE_RUNNER"));
	assert_string_equal(value_in(env, "PATH"), getenv("PATH"));
	cargo_starts_close(s);
	unsetenv("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER");
	arena_deinit(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sorts_the_words_of_test),
		cmocka_unit_test(sorts_the_words_of_run),
		cmocka_unit_test(takes_its_own_options),
		cmocka_unit_test(refuses_what_cannot_be),
		cmocka_unit_test(knows_files_of_the_session),
		cmocka_unit_test(finds_the_package_in_its_id),
		cmocka_unit_test(takes_test_programs_out_of_messages),
		cmocka_unit_test(takes_targets_out_of_metadata),
		cmocka_unit_test(reads_lists),
		cmocka_unit_test(measures_how_a_name_fits),
		cmocka_unit_test(puts_the_best_first),
		cmocka_unit_test(selects_one_doc_test),
		cmocka_unit_test(speaks_nextests_options),
		cmocka_unit_test(reads_nextests_list),
		cmocka_unit_test(reads_output_and_status),
		cmocka_unit_test(tells_what_cannot_be_run),
		cmocka_unit_test(ends_who_takes_too_long),
		cmocka_unit_test(takes_over_what_cargo_starts),
		cmocka_unit_test(who_is_not_answered_fails),
		cmocka_unit_test(names_runners),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
