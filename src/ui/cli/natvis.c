/* oxdb natvis */
#include "ui/cli/cli_internal.h"

#include "natvis/natvis.h"

#include <stdlib.h>

enum { EXIT_ERRORS = 1 };

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

/* FILE:LINE: [note: ]ENTRY: MESSAGE. Names of files and what is in them may hold anything. */
static void add_problem(struct str path, const struct nv_problem *p, struct buf *out)
{
	struct buf text = { 0 };
	buf_printf(&text, "%.*s:%u: %s%.*s%s%.*s", STR_ARG(path), p->line, p->is_note ? "note: " : "",
		   STR_ARG(p->entry), p->entry.len ? ": " : "", STR_ARG(p->message));
	report_escape(buf_view(&text), true, out);
	buf_char(out, '\n');
	buf_deinit(&text);
}

static void add_sum(const struct nv_file *f, struct buf *out)
{
	const struct nv_problem *problems;
	size_t kept = nv_file_problems(f, &problems), errors = nv_file_errors(f), types = nv_file_types(f);
	size_t more = errors;
	for (size_t i = 0; i < kept; i++)
		more -= !problems[i].is_note;
	report_escape(nv_file_path(f), true, out);
	buf_printf(out, ": %zu type%s can be used, ", types, plural(types));
	if (errors)
		buf_printf(out, "%zu error%s", errors, plural(errors));
	else
		buf_str(out, STR_LIT("no errors"));
	if (more)
		buf_printf(out, " (%zu of them not shown)", more);
	buf_char(out, '\n');
}

/* 0 or EXIT_ERRORS; CLI_EXIT_FAILED when it cannot be read. */
static int check(const char *path)
{
	struct nv_file *f;
	struct buf out = { 0 };
	const struct nv_problem *problems;
	struct error *err = nv_file_open(path, &f);
	if (err)
		return cli_fail(err);
	size_t count = nv_file_problems(f, &problems);
	for (size_t i = 0; i < count; i++)
		add_problem(nv_file_path(f), &problems[i], &out);
	add_sum(f, &out);
	int code = cli_print(buf_view(&out));
	if (!code && nv_file_errors(f))
		code = EXIT_ERRORS;
	buf_deinit(&out);
	nv_file_close(f);
	return code;
}

int cli_natvis(const struct cli_command *command, int argc, char **argv, cli_create_target *create_target)
{
	(void)create_target;
	if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
		return cli_print_help(command);
	if (argc < 2)
		return cli_fail_usage(command, error_new(ERROR_USAGE, "natvis takes a word: check"));
	if (strcmp(argv[1], "check") != 0)
		return cli_fail_usage(command,
				      error_new(ERROR_USAGE, "natvis has no %s; it has check", argv[1]));
	if (argc < 3)
		return cli_fail_usage(command, error_new(ERROR_USAGE, "natvis check takes files"));
	int code = 0;
	for (int i = 2; i < argc; i++) {
		int one = check(argv[i]);
		code = one > code ? one : code;
	}
	return code;
}
