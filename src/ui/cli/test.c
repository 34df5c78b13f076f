/* oxdb test */
#include "base/map.h"
#include "ui/cli/cli_internal.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	LIST_MS = 20000, /* to answer --list; who does not know it may do anything */
	LIST_LOUD = 1,   /* its complaints are shown */
};

/* ---- building ---- */

static int compare_ids(const void *a, const void *b)
{
	const struct cargo_program *x = a;
	const struct cargo_program *y = b;
	return str_cmp(x->id, y->id);
}

/* Cargo builds and says what it has to say. *ret_code: cargo's, when that is not 0 all ends here. */
static struct error *build(struct cli_cargo *c, int *ret_code)
{
	struct cargo_words words = { 0 };
	struct buf output = { 0 };
	int status = 0;
	cli_cargo_words(c, "test", &words);
	vec_push(&words, "--no-run");
	vec_push(&words, "--message-format=json-render-diagnostics");
	const struct cargo_start cargo = cli_cargo_command(&words);
	struct error *err = cargo_run(&cargo, CARGO_NO_INPUT, 0, &output, &status);
	if (!err) {
		*ret_code = cargo_exit_code(status);
		cargo_parse_messages(buf_view(&output), &c->arena, &c->programs);
		if (c->programs.count) /* they are built in any order */
			qsort(c->programs.data, c->programs.count, sizeof *c->programs.data, compare_ids);
	}
	buf_deinit(&output);
	vec_free(&words);
	return err;
}

/* ---- how cargo starts the test programs ---- */

static size_t index_of(const struct cli_cargo *c, const char *path)
{
	for (size_t i = 0; i < c->programs.count; i++)
		if (str_is(c->programs.data[i].path, path))
			return i;
	return SIZE_MAX;
}

/* The last one of them is told to have failed, so that cargo ends before the doc tests. */
static struct error *take_each(struct cli_cargo *c)
{
	size_t missing = c->programs.count;
	int status = 0;
	while (missing) {
		struct cargo_start start;
		bool some;
		TRY(cargo_starts_next(c->socket, &c->arena, &start, &some, &status));
		if (!some)
			return error_new(ERROR_NOT_FOUND,
					 "cargo test ended before it had started all tests: %.*s",
					 STR_ARG(cargo_starts_said(c->socket, &c->arena)));
		size_t i = index_of(c, start.argv[0]);
		if (i != SIZE_MAX && !c->starts[i].argv) {
			c->starts[i] = start;
			missing--;
		}
		cargo_starts_answer(c->socket, missing == 0);
	}
	cargo_starts_finish(c->socket);
	return NULL;
}

static struct error *take_starts(struct cli_cargo *c)
{
	struct cargo_words words = { 0 };
	c->starts = ARENA_ARRAY(&c->arena, struct cargo_start, c->programs.count + 1);
	cli_cargo_words(c, "test", &words);
	struct cargo_start cargo = cli_cargo_command(&words);
	struct error *err = cli_cargo_take_over(c, &cargo);
	if (!err)
		err = cargo_starts_launch(c->socket, &cargo, CARGO_QUIET, false);
	vec_free(&words);
	if (!err)
		err = take_each(c);
	cargo_starts_close(c->socket);
	c->socket = NULL;
	return err;
}

/* ---- tests ---- */

static bool is_in(char *const *words, const char *word)
{
	for (; *words; words++)
		if (strcmp(*words, word) == 0)
			return true;
	return false;
}

/* What the program prints for --list and those words; false when it did not end well. The output is in the arena. */
static bool ask_for_list(struct cli_cargo *c, size_t program, unsigned flags, const char *word,
			 char *const *more, struct str *ret)
{
	struct cargo_start start = c->starts[program];
	struct cargo_words words = { 0 };
	struct buf output = { 0 };
	int status = 0;
	for (size_t i = 0; start.argv[i]; i++)
		vec_push(&words, start.argv[i]);
	vec_push(&words, "--list");
	if (word)
		vec_push(&words, word);
	for (; more && *more; more++)
		vec_push(&words, *more);
	start.argv = cli_cargo_command(&words).argv;
	struct error *err = cargo_run(&start, CARGO_NO_INPUT | (flags & LIST_LOUD ? 0 : CARGO_QUIET),
				      LIST_MS, &output, &status);
	*ret = arena_str(&c->arena, buf_view(&output));
	buf_deinit(&output);
	vec_free(&words);
	error_destroy(err); /* then it is a program that knows no lists */
	return !err && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Whether a program that did not list its tests for the user's words does so without them. */
static bool refuses_words(struct cli_cargo *c, size_t program)
{
	struct cargo_tests tests = { 0 };
	struct str output;
	bool lists = c->options.rest[0] && ask_for_list(c, program, 0, NULL, NULL, &output) &&
		     cargo_parse_list(output, program, &tests);
	vec_free(&tests);
	return lists;
}

/* A program that does not list its tests is one. */
static struct error *list_tests(struct cli_cargo *c)
{
	for (size_t i = 0; i < c->programs.count; i++) {
		struct str output;
		size_t before = c->tests.count;
		if (ask_for_list(c, i, 0, NULL, c->options.rest, &output) &&
		    cargo_parse_list(output, i, &c->tests))
			continue;
		c->tests.count = before;
		if (refuses_words(c, i)) {
			ask_for_list(c, i, LIST_LOUD, NULL, c->options.rest, &output);
			return error_new(ERROR_USAGE,
					 "the harness of %.*s does not take the words behind --",
					 STR_ARG(c->programs.data[i].id));
		}
		vec_push(&c->tests, (struct cargo_test){ .name = c->programs.data[i].target,
							 .program = i,
							 .whole = true });
	}
	return NULL;
}

/* Marks those of one program. */
static void mark_ignored(struct cli_cargo *c, struct cargo_tests *tests, size_t program)
{
	struct cargo_tests ignored = { 0 };
	struct strmap names = { 0 };
	struct str output;
	uint64_t unused;
	if (ask_for_list(c, program, 0, "--ignored", NULL, &output) &&
	    cargo_parse_list(output, program, &ignored))
		vec_for(&ignored, i)
			strmap_set(&names, i->name, 1);
	vec_for(tests, t) {
		if (t->program == program && !t->whole)
			t->ignored = strmap_get(&names, t->name, &unused);
	}
	strmap_deinit(&names);
	vec_free(&ignored);
}

/* The user has said what to do with those that are ignored. */
static bool ignored_are_wanted(const struct cli_cargo *c)
{
	return is_in(c->options.rest, "--ignored") || is_in(c->options.rest, "--include-ignored");
}

static bool has_word(const struct cargo_words *words, const char *word)
{
	for (size_t i = 0; i < words->count; i++)
		if (strcmp(words->data[i], word) == 0)
			return true;
	return false;
}

/* The words that make the program run that test alone; nextest has said them already. */
static void add_selection(struct cli_cargo *c, const struct cargo_test *t, struct cargo_words *words)
{
	if (t->whole)
		return;
	vec_push(words, arena_str(&c->arena, t->name).ptr);
	vec_push(words, "--exact");
	vec_push(words, "--nocapture");
	if (t->ignored && !ignored_are_wanted(c))
		vec_push(words, "--include-ignored");
}

/* As cargo or nextest starts the test, and what the user has to say to its harness. */
static struct cargo_start start_of(struct cli_cargo *c, const struct cargo_test *t, struct cargo_start start)
{
	struct cargo_words words = { 0 };
	for (size_t i = 0; start.argv[i]; i++)
		vec_push(&words, start.argv[i]);
	if (!c->by_nextest)
		add_selection(c, t, &words);
	for (char *const *rest = c->options.rest; *rest; rest++) {
		if ((*rest)[0] == '-' && has_word(&words, *rest)) /* libtest takes each option once */
			continue;
		if (!c->by_nextest || !str_ends(str_from(*rest), STR_LIT("ignored")))
			vec_push(&words, *rest);
	}
	start.argv = cli_cargo_command(&words).argv;
	start.argv = arena_copy(&c->arena, start.argv, (words.count + 1) * sizeof *start.argv);
	vec_free(&words);
	return start;
}

/* How each of these starts. */
static struct error *find_starts(struct cli_cargo *c, const struct cargo_tests *tests,
				 struct cargo_start *ret)
{
	struct error *err = c->by_nextest ? cli_nextest_starts(c, tests, ret) : NULL;
	if (err) { /* such as its default filter leaves out */
		cli_fail(error_prefix(err, "as cargo starts it"));
		c->by_nextest = false;
		TRY(take_starts(c));
	}
	for (size_t i = 0; i < tests->count; i++) {
		const struct cargo_test *t = &tests->data[i];
		ret[i] = start_of(c, t, c->by_nextest ? ret[i] : c->starts[t->program]);
	}
	return NULL;
}

/* ---- what is wanted ---- */

static int print_list(const struct cli_cargo *c, const struct cargo_tests *tests)
{
	struct buf text = { 0 };
	for (size_t i = 0; i < tests->count; i++) {
		const struct cargo_test *t = &tests->data[i];
		buf_str(&text, c->programs.data[t->program].id);
		buf_char(&text, ' ');
		buf_str(&text, t->name);
		buf_char(&text, '\n');
	}
	int code = cli_print(buf_view(&text));
	buf_deinit(&text);
	return code;
}

static struct error *none(const struct cli_cargo *c)
{
	if (!c->options.filter)
		return error_new(ERROR_NOT_FOUND, "there are no tests");
	return error_new(ERROR_NOT_FOUND, "no test matches %s; oxdb test --list lists them",
			 c->options.filter);
}

static struct str name_of(struct cli_cargo *c, const struct cargo_test *t)
{
	return arena_printf(&c->arena, "%.*s %.*s", STR_ARG(c->programs.data[t->program].id),
			    STR_ARG(t->name));
}

static struct error *debug_one(struct cli_cargo *c, int *ret_code)
{
	struct cargo_tests fitting = { 0 };
	size_t which = 0;
	cargo_filter(&c->tests, &c->programs, c->options.filter, true, &fitting);
	struct error *err = !fitting.count      ? none(c)
			    : fitting.count > 1 ? cli_choose(c, &fitting, &which)
						: NULL;
	if (!err) {
		struct cargo_tests one = { .data = &fitting.data[which], .count = 1 };
		struct cargo_start start = { 0 };
		if (!c->by_nextest)
			mark_ignored(c, &one, one.data->program);
		err = find_starts(c, &one, &start);
		if (!err)
			*ret_code = cli_cargo_start(c, &start, name_of(c, one.data));
	}
	vec_free(&fitting);
	return err;
}

static struct error *list_all(struct cli_cargo *c, int *ret_code)
{
	struct cargo_tests fitting = { 0 };
	cargo_filter(&c->tests, &c->programs, c->options.filter, false, &fitting);
	*ret_code = print_list(c, &fitting);
	vec_free(&fitting);
	return NULL;
}

/* Those that are ignored only where that was asked for, as with cargo; which has then left out the others itself. */
static bool is_wanted(const struct cli_cargo *c, const struct cargo_test *t)
{
	if (c->by_nextest && is_in(c->options.rest, "--ignored"))
		return t->ignored;
	return !t->ignored || ignored_are_wanted(c);
}

static struct error *triage_all(struct cli_cargo *c, int *ret_code)
{
	struct cargo_tests fitting = { 0 };
	struct cargo_tests wanted = { 0 };
	cargo_filter(&c->tests, &c->programs, c->options.filter, false, &fitting);
	for (size_t i = 0; i < c->programs.count && !c->by_nextest && !ignored_are_wanted(c); i++)
		mark_ignored(c, &fitting, i);
	vec_for(&fitting, t) {
		if (is_wanted(c, t))
			vec_push(&wanted, *t);
	}
	struct cargo_start *starts = ARENA_ARRAY(&c->arena, struct cargo_start, wanted.count + 1);
	struct error *err = fitting.count ? find_starts(c, &wanted, starts) : none(c);
	if (!err)
		err = cli_triage_tests(c, &wanted, starts, fitting.count - wanted.count, ret_code);
	vec_free(&fitting);
	vec_free(&wanted);
	return err;
}

/* nextest cannot list where a test program knows no lists; cargo runs that all the same. */
static struct error *find_tests(struct cli_cargo *c)
{
	struct error *err = cli_nextest_is_wanted(c) ? cli_nextest_list(c) : NULL;
	c->by_nextest = !err && c->tests.count;
	error_destroy(err);
	if (c->by_nextest)
		return NULL;
	TRY(take_starts(c));
	return list_tests(c);
}

static struct error *test(struct cli_cargo *c, int *ret_code)
{
	int code = 0;
	if (c->options.doc)
		return cli_doc_test(c, ret_code);
	TRY(build(c, &code));
	*ret_code = code;
	if (code)
		return NULL;
	if (!c->programs.count)
		return none(c);
	TRY(find_tests(c));
	return c->options.list     ? list_all(c, ret_code)
	       : c->options.triage ? triage_all(c, ret_code)
				   : debug_one(c, ret_code);
}

int cli_test(const struct cli_command *command, int argc, char **argv, cli_create_target *create_target)
{
	struct cli_cargo c = { .create_target = create_target };
	int code = CLI_EXIT_FAILED;
	struct error *err = cargo_options_parse(CARGO_TEST, argc, argv, &c.options);
	if (err)
		return cli_fail_usage(command, err);
	if (c.options.help) {
		code = cli_print_help(command);
	} else {
		err = test(&c, &code);
		if (err)
			code = cli_fail(err);
	}
	cli_cargo_deinit(&c);
	return code;
}
