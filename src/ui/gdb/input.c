/* Lines from stdin: from a terminal through libedit, else as they are. */
#include "ui/gdb/shell_internal.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

struct gdb_input {
	bool terminal, ended;
	struct buf pending; /* read, not yet used; no terminal */
	size_t used;
};

struct gdb_input *gdb_input_create(void)
{
	struct gdb_input *in = xmalloc(sizeof *in);
	in->terminal = isatty(STDIN_FILENO);
	return in;
}

void gdb_input_destroy(struct gdb_input *in)
{
	if (in)
		buf_deinit(&in->pending);
	free(in);
}

bool gdb_input_is_terminal(const struct gdb *g)
{
	return g->shell->input && g->shell->input->terminal;
}

/* False: nothing more came. */
static bool fill(struct gdb_input *in)
{
	char part[4096];
	if (in->ended)
		return false;
	for (;;) {
		ssize_t count = read(STDIN_FILENO, part, sizeof part);
		if (count > 0) {
			buf_add(&in->pending, part, (size_t)count);
			return true;
		}
		if (count < 0 && errno == EAGAIN) {
			struct pollfd wait = { .fd = STDIN_FILENO, .events = POLLIN };
			poll(&wait, 1, -1);
		} else if (count == 0 || errno != EINTR) {
			in->ended = true;
			return false;
		}
	}
}

static bool plain_line(struct gdb_input *in, char **ret)
{
	for (size_t looked = in->used;;) {
		struct str rest = str_sub(buf_view(&in->pending), looked, in->pending.len);
		size_t end = str_find(rest, STR_LIT("\n"));
		if (end == SIZE_MAX && fill(in)) {
			looked = in->pending.len > 4096 ? looked : in->used;
			continue;
		}
		struct str line = str_sub(buf_view(&in->pending), in->used, in->pending.len);
		if (end != SIZE_MAX)
			line = str_sub(line, 0, looked - in->used + end);
		else if (!line.len)
			return false;
		*ret = str_dup(line);
		in->used += line.len + (end != SIZE_MAX);
		if (in->used >= in->pending.len)
			in->used = in->pending.len = 0;
		return true;
	}
}

bool gdb_read_line(struct gdb *g, const char *prompt, char **ret)
{
	if (!g->shell->input)
		g->shell->input = gdb_input_create();
	if (prompt)
		gdb_print(g, "%s", prompt);
	gdb_flush(g);
	return plain_line(g->shell->input, ret);
}
