/* What `oxdb test` and `oxdb run` have in common. */
#include "ui/cli/cli_internal.h"

#include "ui/gdb/gdb.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

extern char **environ;

void cli_cargo_words(struct cli_cargo *c, const char *subcommand, struct cargo_words *ret)
{
	const struct cargo_options *o = &c->options;
	const char *cargo =
		getenv("CARGO"); /* where cargo started us: that one, not rustup's proxy once more */
	vec_push(ret, cargo && *cargo && !o->toolchain ? cargo : "cargo");
	if (o->toolchain)
		vec_push(ret, o->toolchain);
	vec_push(ret, subcommand);
	for (size_t i = 0; i < o->cargo.count; i++)
		vec_push(ret, o->cargo.data[i]);
}

struct cargo_start cli_cargo_command(struct cargo_words *words)
{
	vec_push(words, NULL);
	words->count--;
	return (struct cargo_start){ .argv = (char *const *)(uintptr_t)words->data };
}

/* The rest of the line behind the label; empty: no such line. */
static struct str labelled(struct str text, struct str label)
{
	size_t at = str_find(text, label);
	if (at == SIZE_MAX)
		return STR_EMPTY;
	text = str_sub(text, at + label.len, text.len);
	return str_sub(text, 0, str_find(text, STR_LIT("\n")));
}

struct error *cli_cargo_host(struct cli_cargo *c, struct str *ret, unsigned *ret_minor)
{
	struct cargo_words words = { 0 };
	struct buf output = { 0 };
	int status = 0;
	unsigned minor = 0;
	const struct cargo_words options = c->options.cargo;
	c->options.cargo = (struct cargo_words){ 0 };
	cli_cargo_words(c, "-vV", &words);
	c->options.cargo = options;
	const struct cargo_start start = cli_cargo_command(&words);
	struct error *err = cargo_run(&start, CARGO_NO_INPUT, 0, &output, &status);
	struct str host = labelled(buf_view(&output), STR_LIT("host: "));
	struct str release = arena_str(&c->arena, labelled(buf_view(&output), STR_LIT("release: ")));
	if (!err && !host.len)
		err = error_new(ERROR_UNSUPPORTED, "cargo -vV does not name its host");
	if (!err && sscanf(release.ptr, "1.%u.", &minor) == 1)
		*ret_minor = minor;
	if (!err)
		*ret = arena_str(&c->arena, host);
	buf_deinit(&output);
	vec_free(&words);
	return err;
}

struct error *cli_cargo_take_over(struct cli_cargo *c, struct cargo_start *cargo)
{
	unsigned minor = 0;
	if (!c->host.len)
		TRY(cli_cargo_host(c, &c->host, &minor));
	TRY(cargo_starts_open(&c->socket));
	struct str runner = arena_printf(&c->arena, "cargo-runner %s", cargo_starts_path(c->socket));
	cargo->env = cargo_starts_environment(c->socket, runner.ptr, c->host, &c->programs, cargo->argv,
					      &c->arena);
	return NULL;
}

struct error *cli_cargo_targets(struct cli_cargo *c)
{
	struct cargo_words words = { 0 };
	struct buf output = { 0 };
	int status = 0;
	const struct cargo_words options = c->options.cargo;
	c->options.cargo = (struct cargo_words){ 0 };
	cli_cargo_words(c, "metadata", &words);
	c->options.cargo = options;
	vec_push(&words, "--no-deps");
	vec_push(&words, "--offline");
	vec_push(&words, "--format-version=1");
	const struct cargo_start cargo = cli_cargo_command(&words);
	struct error *err = cargo_run(&cargo, CARGO_QUIET | CARGO_NO_INPUT, 0, &output, &status);
	if (!err && cargo_exit_code(status) != 0)
		err = error_new(ERROR_NOT_FOUND, "cargo metadata ended with code %d",
				cargo_exit_code(status));
	if (!err)
		err = cargo_parse_metadata(buf_view(&output), &c->arena, &c->programs);
	buf_deinit(&output);
	vec_free(&words);
	return err;
}

int cli_cargo_names(int argc, char **argv)
{
	struct cli_cargo c = { 0 };
	struct buf text = { 0 };
	struct str before = STR_EMPTY;
	struct str kind = str_from(argc > 1 ? argv[1] : "package");
	bool packages = str_is(kind, "package");
	struct error *err = cli_cargo_targets(&c);
	vec_for(&c.programs, p) {
		struct str name = packages ? p->package : p->target;
		if ((!packages && !str_eq(p->kind, kind)) || str_eq(name, before))
			continue;
		before = name;
		buf_str(&text, name);
		buf_char(&text, '\n');
	}
	int code = err ? cli_fail(err) : cli_print(buf_view(&text));
	buf_deinit(&text);
	cli_cargo_deinit(&c);
	return code;
}

void cli_cargo_deinit(struct cli_cargo *c)
{
	cargo_starts_close(c->socket);
	cargo_options_deinit(&c->options);
	vec_free(&c->programs);
	vec_free(&c->tests);
	arena_deinit(&c->arena);
}

/* Files that the user named are named from where the user is. */
static const char *absolute(struct cli_cargo *c, const char *directory, const char *file)
{
	if (*file == '/' || *file == '~')
		return file;
	return arena_printf(&c->arena, "%s/%s", directory, file).ptr;
}

static void add_session_options(struct cli_cargo *c, const char *directory, struct cargo_words *words)
{
	const struct cargo_words *session = &c->options.session;
	for (size_t i = 0; i < session->count; i++) {
		vec_push(words, session->data[i]);
		if (!cargo_names_file(session->data[i]) || i + 1 == session->count)
			continue;
		vec_push(words, absolute(c, directory, session->data[++i]));
	}
}

static int start_triage(struct cli_cargo *c, struct cargo_words *words)
{
	const struct cli_command triage = { .name = "triage" };
	struct cargo_words all = { 0 };
	vec_push(&all, "triage");
	if (c->options.timeout_s > 0)
		vec_push(&all, arena_printf(&c->arena, "--timeout=%f", c->options.timeout_s).ptr);
	vec_push(&all, "--");
	for (size_t i = 0; i < words->count; i++)
		vec_push(&all, words->data[i]);
	const struct cargo_start start = cli_cargo_command(&all);
	int code = cli_triage(&triage, (int)all.count, (char **)(uintptr_t)start.argv, c->create_target);
	vec_free(&all);
	return code;
}

static bool has_word(const struct cargo_words *words, const char *word)
{
	for (size_t i = 0; i < words->count; i++)
		if (strcmp(words->data[i], word) == 0)
			return true;
	return false;
}

/* Instead of the session's greeting: what `run` is going to start. */
static void greet(const struct cli_cargo *c)
{
	struct buf text = { 0 };
	const struct cargo_words *session = &c->options.session;
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || has_word(session, "-batch") ||
	    has_word(session, "-batch-silent"))
		return;
	buf_str(&text, STR_LIT("`run` starts "));
	report_escape(c->what, true, &text);
	buf_char(&text, '\n');
	(void)cli_print(buf_view(&text)); /* who cannot read that cannot read the session either */
	buf_deinit(&text);
}

static int start_session(struct cli_cargo *c, const char *directory, struct cargo_words *words)
{
	struct cargo_words all = { 0 };
	greet(c);
	vec_push(&all, "oxdb");
	vec_push(&all, "-q");
	add_session_options(c, directory, &all);
	vec_push(&all, "--args");
	for (size_t i = 0; i < words->count; i++)
		vec_push(&all, words->data[i]);
	const struct cargo_start start = cli_cargo_command(&all);
	int code = gdb_main((int)all.count, (char **)(uintptr_t)start.argv, c->create_target);
	vec_free(&all);
	return code;
}

int cli_cargo_start(struct cli_cargo *c, const struct cargo_start *start, struct str what)
{
	c->what = what;
	struct cargo_words words = { 0 };
	char *before = getcwd(NULL, 0);
	if (chdir(start->directory) != 0) {
		free(before);
		return cli_fail(error_errno(errno, "%s", start->directory));
	}
	environ = (char **)(uintptr_t)start->env;
	for (size_t i = 0; start->argv[i]; i++)
		vec_push(&words, start->argv[i]);
	int code = c->options.triage ? start_triage(c, &words)
				     : start_session(c, before ? before : ".", &words);
	vec_free(&words);
	free(before);
	return code;
}
