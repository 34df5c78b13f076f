/* Where cargo-nextest is installed it says which tests there are, and how it would start them. */
#include "ui/cli/cli_internal.h"

#include "base/map.h"

/* What a person may say to the harness that is no filter of nextest's making. */
static bool is_plain_option(const char *word)
{
	static const char *const plain[] = { "--nocapture", "--no-capture",      "--show-output",
					     "--ignored",   "--include-ignored", "--test-threads",
					     "--exact" };
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		if (strncmp(word, plain[i], strlen(plain[i])) == 0)
			return true;
	return strspn(word, "0123456789") == strlen(word); /* --test-threads 4 */
}

bool cli_nextest_is_wanted(const struct cli_cargo *c)
{
	for (char *const *rest = c->options.rest; *rest; rest++)
		if (!is_plain_option(*rest))
			return false;
	return !c->options.no_nextest && cargo_has_nextest();
}

/* cargo nextest SUBCOMMAND and the user's options. */
static void begin_words(struct cli_cargo *c, const char *subcommand, struct cargo_words *words)
{
	const struct cargo_words options = c->options.cargo;
	c->options.cargo = (struct cargo_words){ 0 };
	cli_cargo_words(c, "nextest", words);
	c->options.cargo = options;
	vec_push(words, subcommand);
	cargo_nextest_options(&options, &c->arena, words);
}

/* Ours is the only runner, for lists, too: it runs a program that is asked for one as it is. */
struct error *cli_nextest_list(struct cli_cargo *c)
{
	struct cargo_words words = { 0 };
	struct buf output = { 0 };
	int status = 0;
	begin_words(c, "list", &words);
	vec_push(&words, "--message-format");
	vec_push(&words, "json");
	vec_push(&words, "--run-ignored");
	vec_push(&words, "all");
	struct cargo_start cargo = cli_cargo_command(&words);
	struct error *err = cli_cargo_take_over(c, &cargo);
	if (!err)
		err = cargo_run(&cargo, CARGO_QUIET | CARGO_NO_INPUT, 0, &output, &status);
	if (!err && cargo_exit_code(status) != 0)
		err = error_new(ERROR_UNSUPPORTED, "cargo nextest list ended with code %d",
				cargo_exit_code(status));
	if (!err)
		err = cargo_parse_nextest(buf_view(&output), &c->programs, &c->arena, &c->tests);
	cargo_starts_close(c->socket);
	c->socket = NULL;
	buf_deinit(&output);
	vec_free(&words);
	return err;
}

/* ---- starts ---- */

/* Which of the tests that start is for: SIZE_MAX when none. `BINARY --exact NAME …`. */
static size_t index_of_start(const struct strmap *names, const struct cargo_start *start,
			     struct arena *arena)
{
	uint64_t index;
	char *const *word = start->argv + 1;
	while (*word && strcmp(*word, "--exact") != 0)
		word++;
	if (!*word || !word[1])
		return SIZE_MAX;
	return strmap_get(names, arena_printf(arena, "%s %s", start->argv[0], word[1]), &index)
		       ? index
		       : SIZE_MAX;
}

static struct error *take_each(struct cli_cargo *c, const struct cargo_tests *tests, struct cargo_start *ret)
{
	struct strmap names = { 0 };
	struct error *err = NULL;
	size_t missing = tests->count;
	bool some = true;
	int status = 0;
	for (size_t i = 0; i < tests->count; i++) {
		const struct cargo_test *t = &tests->data[i];
		struct str path = c->programs.data[t->program].path;
		strmap_set(&names, arena_printf(&c->arena, "%.*s %.*s", STR_ARG(path), STR_ARG(t->name)),
			   i);
	}
	while (!err && some) {
		struct cargo_start start;
		err = cargo_starts_next(c->socket, &c->arena, &start, &some, &status);
		size_t i = !err && some ? index_of_start(&names, &start, &c->arena) : SIZE_MAX;
		if (i != SIZE_MAX && !ret[i].argv) {
			ret[i] = start;
			missing--;
		}
		cargo_starts_answer(c->socket, 0);
	}
	strmap_deinit(&names);
	if (!err && missing)
		err = error_new(ERROR_NOT_FOUND, "cargo nextest run did not start %zu of %zu tests",
				missing, tests->count);
	return err;
}

/* One test is asked for by its name; many are, too, by all that nextest would run. */
static void add_selection(struct cli_cargo *c, const struct cargo_tests *tests, struct cargo_words *words)
{
	vec_push(words, "--run-ignored");
	vec_push(words, "all");
	vec_push(words, "--no-fail-fast");
	if (tests->count != 1)
		return;
	vec_push(words, "-E");
	vec_push(words, arena_printf(&c->arena, "binary_id(=%.*s)",
				     STR_ARG(c->programs.data[tests->data[0].program].id))
				.ptr);
	vec_push(words, "--");
	vec_push(words, "--exact");
	vec_push(words, arena_str(&c->arena, tests->data[0].name).ptr);
}

struct error *cli_nextest_starts(struct cli_cargo *c, const struct cargo_tests *tests,
				 struct cargo_start *ret)
{
	struct cargo_words words = { 0 };
	begin_words(c, "run", &words);
	add_selection(c, tests, &words);
	struct cargo_start cargo = cli_cargo_command(&words);
	struct error *err = cli_cargo_take_over(c, &cargo);
	if (!err)
		err = cargo_starts_launch(c->socket, &cargo, CARGO_QUIET, false);
	if (!err)
		err = take_each(c, tests, ret);
	cargo_starts_close(c->socket);
	c->socket = NULL;
	vec_free(&words);
	return err;
}
