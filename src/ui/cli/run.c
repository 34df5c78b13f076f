/* oxdb run */
#include "ui/cli/cli_internal.h"

#include <stdlib.h>
#include <unistd.h>

/* ---- which program ---- */

/* The user, or an option whose sense is cargo's to know, has said which one. */
static bool is_said(const struct cli_cargo *c)
{
	static const char *const options[] = { "--bin",     "--example",       "--bench",
					       "--package", "--manifest-path", "-p" };
	for (size_t i = 0; i < c->options.cargo.count; i++)
		for (size_t k = 0; k < sizeof options / sizeof *options; k++)
			if (strncmp(c->options.cargo.data[i], options[k], strlen(options[k])) == 0)
				return true;
	return false;
}

/* The next Cargo.toml, here or above, as cargo looks for it; empty: none. */
static struct str find_manifest(struct arena *arena)
{
	char *directory = getcwd(NULL, 0);
	struct str at = str_from(directory);
	struct str ret = STR_EMPTY;
	while (at.len && !ret.len) {
		struct str path = arena_printf(arena, "%.*s/Cargo.toml", STR_ARG(at));
		if (access(path.ptr, F_OK) == 0)
			ret = path;
		at = str_sub(at, 0, str_rfind(at, STR_LIT("/")));
	}
	free(directory);
	return ret;
}

/* What `cargo run` may run: the bins of the package that we are in, or of all packages of a workspace without one of its own. */
static void find_candidates(struct cli_cargo *c, struct cargo_tests *ret)
{
	struct str manifest = find_manifest(&c->arena);
	bool in_package = false;
	for (size_t i = 0; i < c->programs.count; i++)
		in_package |= str_eq(c->programs.data[i].path, manifest);
	for (size_t i = 0; i < c->programs.count; i++) {
		const struct cargo_program *p = &c->programs.data[i];
		if (str_is(p->kind, "bin") && (!in_package || str_eq(p->path, manifest)))
			vec_push(ret,
				 (struct cargo_test){ .name = p->target, .program = i, .whole = true });
	}
}

/* One that is the default of its package, and the only one that is, is cargo's own choice. */
static bool is_clear(const struct cli_cargo *c, const struct cargo_tests *candidates)
{
	size_t defaults = 0;
	for (size_t i = 0; i < candidates->count; i++)
		defaults += c->programs.data[candidates->data[i].program].is_default;
	return defaults == 1 || candidates->count < 2;
}

/* Cargo would only list them and end. Where nobody is there to ask it does. */
static struct error *ask_which(struct cli_cargo *c)
{
	struct cargo_tests candidates = { 0 };
	size_t which = 0;
	if (c->options.bench || is_said(c) || !isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return NULL;
	error_destroy(cli_cargo_targets(c)); /* then cargo run says what is wrong */
	find_candidates(c, &candidates);
	bool asks = !is_clear(c, &candidates);
	struct error *err = asks ? cli_choose(c, &candidates, &which) : NULL;
	if (asks && !err) {
		const struct cargo_program *p = &c->programs.data[candidates.data[which].program];
		vec_push(&c->options.cargo, "--bin");
		vec_push(&c->options.cargo, p->target.ptr);
		for (size_t i = 0; i < candidates.count; i++) {
			if (i == which || !str_eq(candidates.data[i].name, p->target))
				continue;
			vec_push(&c->options.cargo, "--package");
			vec_push(&c->options.cargo, p->package.ptr);
			break;
		}
	}
	c->programs.count = 0;
	vec_free(&candidates);
	return err;
}

/* ---- how cargo starts it ---- */

/* "bench" is a command of cargo's; bins and examples are run by another. */
static void add_words(struct cli_cargo *c, struct cargo_words *words)
{
	cli_cargo_words(c, c->options.bench ? "bench" : "run", words);
}

/* Cargo builds, says what it has to say, and starts the program by the runner. *ret_code is cargo's where it ended without. */
static struct error *take_start(struct cli_cargo *c, struct cargo_start *ret, bool *ret_some, int *ret_code)
{
	struct cargo_words words = { 0 };
	int status = 0;
	add_words(c, &words);
	vec_push(&words, "--");
	for (size_t i = 0; c->options.rest[i]; i++)
		vec_push(&words, c->options.rest[i]);
	struct cargo_start cargo = cli_cargo_command(&words);
	struct error *err = cli_cargo_take_over(c, &cargo);
	if (!err)
		err = cargo_starts_launch(c->socket, &cargo, 0, false);
	if (!err)
		err = cargo_starts_next(c->socket, &c->arena, ret, ret_some, &status);
	vec_free(&words);
	if (err)
		return err;
	*ret_code = cargo_exit_code(status);
	if (!*ret_some)
		return NULL;
	cargo_starts_answer(c->socket, 0);
	cargo_starts_finish(c->socket);
	return NULL;
}

int cli_run(const struct cli_command *command, int argc, char **argv, cli_create_target *create_target)
{
	struct cli_cargo c = { .create_target = create_target };
	struct cargo_start start;
	bool some = false;
	int code = CLI_EXIT_FAILED;
	struct error *err = cargo_options_parse(CARGO_RUN, argc, argv, &c.options);
	if (err)
		return cli_fail_usage(command, err);
	if (c.options.help) {
		code = cli_print_help(command);
	} else {
		err = ask_which(&c);
		if (!err)
			err = take_start(&c, &start, &some, &code);
		cargo_starts_close(c.socket);
		c.socket = NULL;
		if (err)
			code = cli_fail(err);
		else if (some)
			code = cli_cargo_start(&c, &start, str_from(start.argv[0]));
	}
	cli_cargo_deinit(&c);
	return code;
}
