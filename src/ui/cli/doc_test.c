/* oxdb test --doc: rustdoc compiles doc tests, and runs each by the tool that it is told of. */
#include "ui/cli/cli_internal.h"

#include "base/file.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* Cargo gives rustdoc the runner as its --test-runtool since 1.89 (rust-lang/cargo#15462); before, that option was unstable. */
enum { MINOR_WITH_RUNTOOL = 89 };

static struct error *check_version(struct cli_cargo *c, struct str *ret_host)
{
	unsigned minor = 0;
	TRY(cli_cargo_host(c, ret_host, &minor));
	if (minor && minor < MINOR_WITH_RUNTOOL)
		return error_new(
			ERROR_UNSUPPORTED,
			"doc tests need cargo and rustdoc 1.%d or newer, which has --test-runtool; this one is 1.%u",
			MINOR_WITH_RUNTOOL, minor);
	return NULL;
}

/* Cargo asks rustdoc for no debug information. Its flags come from the first of these places that has any. */
static void add_debug_info(struct cargo_words *words)
{
	static const char flag[] = "-Cdebuginfo=2";
	const char *encoded = getenv("CARGO_ENCODED_RUSTDOCFLAGS");
	const char *plain = getenv("RUSTDOCFLAGS");
	struct buf text = { 0 };
	if (encoded) {
		buf_printf(&text, "%s%s%s", encoded, *encoded ? "\x1f" : "", flag);
		setenv("CARGO_ENCODED_RUSTDOCFLAGS", text.data, 1);
	} else if (plain) {
		buf_printf(&text, "%s %s", plain, flag);
		setenv("RUSTDOCFLAGS", text.data, 1);
	} else {
		vec_push(words, "--config");
		vec_push(words, "build.rustdocflags=[\"-Cdebuginfo=2\"]");
	}
	buf_deinit(&text);
}

static void add_rest(struct cli_cargo *c, struct cargo_words *words)
{
	for (char *const *rest = c->options.rest; *rest; rest++)
		vec_push(words, *rest);
}

static void begin_words(struct cli_cargo *c, struct cargo_words *words)
{
	cli_cargo_words(c, "test", words);
	vec_push(words, "--doc");
}

/* ---- which ---- */

/* Cargo and rustdoc compile, and say what they have to say. What merged tests are compiled to is run for its list: by no runner of the user's. */
static struct error *list_tests(struct cli_cargo *c, struct str host, int *ret_code)
{
	struct cargo_words words = { 0 };
	struct buf output = { 0 };
	int status = 0;
	TRY(cargo_starts_open(&c->socket));
	begin_words(c, &words);
	vec_push(&words, "--");
	vec_push(&words, "--list");
	add_rest(c, &words);
	struct cargo_start cargo = cli_cargo_command(&words);
	cargo.env =
		cargo_starts_environment(c->socket, "cargo-runner -", host, NULL, cargo.argv, &c->arena);
	struct error *err = cargo_run(&cargo, CARGO_NO_INPUT, 0, &output, &status);
	if (!err) {
		*ret_code = cargo_exit_code(status);
		cargo_parse_list(arena_str(&c->arena, buf_view(&output)), 0, &c->tests);
	}
	cargo_starts_close(c->socket);
	c->socket = NULL;
	buf_deinit(&output);
	vec_free(&words);
	vec_push(&c->programs, (struct cargo_program){ .id = STR_LIT("doc") });
	return err;
}

static struct error *print_list(const struct cargo_tests *tests, int *ret_code)
{
	struct buf text = { 0 };
	for (size_t i = 0; i < tests->count; i++) {
		buf_str(&text, STR_LIT("doc "));
		buf_str(&text, tests->data[i].name);
		buf_char(&text, '\n');
	}
	*ret_code = cli_print(buf_view(&text));
	buf_deinit(&text);
	return NULL;
}

static size_t index_of(const struct cargo_tests *all, struct str name)
{
	size_t i = 0;
	while (i + 1 < all->count && !str_eq(all->data[i].name, name))
		i++;
	return i;
}

/* ---- debugging one ---- */

static bool contains(const struct file_map *file, struct str text)
{
	return file->size && memmem(file->data, file->size, text.ptr, text.len);
}

/* Tests of edition 2024 are compiled into one program for each crate, which runs even when it has none to run; that one names its tests. */
static bool has_test(const char *path, struct str name)
{
	struct file_map file;
	struct error *err = file_open(path, &file);
	if (err) {
		error_destroy(err);
		return false;
	}
	bool has = !contains(&file, STR_LIT("RUSTDOC_DOCTEST_RUN_NB_TEST")) || contains(&file, name);
	file_close(&file);
	return has;
}

/* While rustdoc waits for the program's end its folder is there, with the source of merged tests. */
static struct error *take_and_debug(struct cli_cargo *c, struct str name, int *ret_code)
{
	struct cargo_start start;
	bool some = true;
	bool done = false;
	int status = 0;
	struct error *err = NULL;
	while (!err && some) {
		err = cargo_starts_next(c->socket, &c->arena, &start, &some, &status);
		if (!err && some && !done && has_test(start.argv[0], name)) {
			done = true;
			*ret_code = cli_cargo_start(c, &start, name);
		}
		cargo_starts_answer(c->socket, 0);
	}
	if (!err && !done) {
		struct str said = cargo_starts_said(c->socket, &c->arena);
		error_destroy(cli_write(STDERR_FILENO, said));
		err = error_new(ERROR_NOT_FOUND, "rustdoc did not run %.*s", STR_ARG(name));
	}
	return err;
}

static struct error *debug_one(struct cli_cargo *c, struct str name, int *ret_code)
{
	struct cargo_words words = { 0 };
	begin_words(c, &words);
	add_debug_info(&words);
	vec_push(&words, "--");
	struct error *err = cargo_select_doc_test(&c->tests, index_of(&c->tests, name), &c->arena, &words);
	vec_push(&words, "--nocapture");
	struct cargo_start cargo = cli_cargo_command(&words);
	if (!err)
		err = cli_cargo_take_over(c, &cargo);
	if (!err)
		err = cargo_starts_launch(c->socket, &cargo, CARGO_QUIET, true);
	vec_free(&words);
	return err ? err : take_and_debug(c, name, ret_code);
}

/* ---- all of them ---- */

static struct error *triage_all(struct cli_cargo *c, struct str host, int *ret_code)
{
	struct cargo_words words = { 0 };
	int status = 0;
	struct str runner = STR_LIT("cargo-triage --");
	if (c->options.timeout_s > 0)
		runner = arena_printf(&c->arena, "cargo-triage --timeout=%f --", c->options.timeout_s);
	TRY(cargo_starts_open(&c->socket));
	begin_words(c, &words);
	add_debug_info(&words);
	if (c->options.filter)
		vec_push(&words, c->options.filter);
	vec_push(&words, "--no-fail-fast");
	vec_push(&words, "--");
	add_rest(c, &words);
	struct cargo_start cargo = cli_cargo_command(&words);
	cargo.env = cargo_starts_environment(c->socket, runner.ptr, host, NULL, cargo.argv, &c->arena);
	struct error *err = cargo_run(&cargo, 0, 0, NULL, &status);
	vec_free(&words);
	if (!err)
		*ret_code = cargo_exit_code(status);
	return err;
}

struct error *cli_doc_test(struct cli_cargo *c, int *ret_code)
{
	struct str host;
	struct cargo_tests fitting = { 0 };
	size_t which = 0;
	int code = 0;
	TRY(check_version(c, &host));
	if (c->options.triage)
		return triage_all(c, host, ret_code);
	TRY(list_tests(c, host, &code));
	*ret_code = code;
	if (code)
		return NULL;
	cargo_filter(&c->tests, &c->programs, c->options.filter, !c->options.list, &fitting);
	struct error *err = NULL;
	if (c->options.list)
		err = print_list(&fitting, ret_code);
	else if (!fitting.count)
		err = error_new(ERROR_NOT_FOUND, "no doc test matches; oxdb test --doc --list lists them");
	else if (fitting.count > 1)
		err = cli_choose(c, &fitting, &which);
	if (!err && !c->options.list)
		err = debug_one(c, fitting.data[which].name, ret_code);
	vec_free(&fitting);
	return err;
}
