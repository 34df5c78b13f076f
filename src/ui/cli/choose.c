/* Which of several tests or programs is meant. */
#include "ui/cli/cli_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { SHOWN_MAX = 40, ANSWER_MAX = 32 };

static void list(const struct cli_cargo *c, const struct cargo_tests *among, bool numbered, struct buf *out)
{
	size_t width = 0;
	size_t shown = among->count < SHOWN_MAX ? among->count : SHOWN_MAX;
	for (size_t i = 0; i < shown; i++) {
		size_t length = c->programs.data[among->data[i].program].id.len;
		width = length > width ? length : width;
	}
	for (size_t i = 0; i < shown; i++) {
		const struct cargo_test *t = &among->data[i];
		struct str id = c->programs.data[t->program].id;
		if (numbered)
			buf_printf(out, "%3zu", i + 1);
		buf_printf(out, "  %-*.*s  ", (int)width, STR_ARG(id));
		report_escape(t->name, true, out);
		buf_char(out, '\n');
	}
	if (shown < among->count)
		buf_printf(out, "     … and %zu more\n", among->count - shown);
}

static struct error *show(struct buf *text)
{
	struct error *err = cli_write(STDERR_FILENO, buf_view(text));
	buf_deinit(text);
	return err;
}

/* A line, byte by byte: what follows it is for the session. False at the end of input. */
static bool read_line(char *line, size_t size)
{
	size_t length = 0;
	for (;;) {
		char c;
		ssize_t got = read(STDIN_FILENO, &c, 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		if (c == '\n')
			break;
		if (length + 1 < size)
			line[length++] = c;
	}
	line[length] = '\0';
	return true;
}

struct error *cli_choose(const struct cli_cargo *c, const struct cargo_tests *among, size_t *ret)
{
	struct buf text = { 0 };
	bool asks = isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
	list(c, among, asks, &text);
	TRY(show(&text));
	if (!asks)
		return error_new(ERROR_USAGE,
				 "%zu tests match; name one wholly (\"ID NAME\", as --list has them), or "
				 "say where it is with -p, --lib, --test …",
				 among->count);
	for (;;) {
		char answer[ANSWER_MAX];
		char *end;
		buf_printf(&text, "Which one? [1-%zu] ", among->count);
		TRY(show(&text));
		if (!read_line(answer, sizeof answer) || !*answer || *answer == 'q')
			return error_new(ERROR_USAGE, "none was chosen");
		unsigned long number = strtoul(answer, &end, 10);
		if (!*end && number >= 1 && number <= among->count) {
			*ret = number - 1;
			return NULL;
		}
	}
}
