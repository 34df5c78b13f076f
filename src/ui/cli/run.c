/* oxdb run */
#include "ui/cli/cli_internal.h"

#include <unistd.h>

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
		struct buf text = { 0 };
		cli_command_help(command, &text);
		code = cli_print(buf_view(&text));
		buf_deinit(&text);
	} else {
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
