/* Lines from stdin, and questions to who types there. */
#include "ui/gdb/input.h"

#include "ui/gdb/output.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

struct gdb_input {
	bool terminal, ended, no_editor;
	struct buf pending; /* read, not yet used; no terminal */
	size_t used;
	struct gdb_history history;
	struct gdb_editor *editor; /* made when the first line is wanted */
	struct buf begun;          /* lines that ended in a backslash: the last one is still to come */
};

struct gdb_input *gdb_input_create(struct gdb *g)
{
	struct gdb_input *in = xmalloc(sizeof *in);
	in->terminal = isatty(STDIN_FILENO);
	if (!g->settings.history_filename)
		g->settings.history_filename = gdb_history_default_path();
	return in;
}

void gdb_input_destroy(struct gdb *g, struct gdb_input *in)
{
	if (!in)
		return;
	if (in->editor && g->settings.history_save) {
		struct error *err = gdb_history_save(g, &in->history);
		if (err)
			gdb_warn(g, "Could not save the history: %s", err->message);
		error_destroy(err);
	}
	gdb_editor_destroy(in->editor);
	gdb_history_deinit(&in->history);
	buf_deinit(&in->pending);
	buf_deinit(&in->begun);
	free(in);
}

bool gdb_input_is_terminal(const struct gdb *g)
{
	return g->shell->input->terminal;
}

struct gdb_history *gdb_input_history(struct gdb *g)
{
	return g->shell->input && g->shell->input->editor ? &g->shell->input->history : NULL;
}

/* The target's wake-ups repeat until it is asked for events: not while a person thinks. */
static void be_quiet(bool quiet)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGURG);
	sigprocmask(quiet ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
}

/* A Ctrl-C that comes just before the wait is seen, too: the signal is let in by the waiting call itself. */
int gdb_await_input(void)
{
	sigset_t set, old;
	struct pollfd wait = { .fd = STDIN_FILENO, .events = POLLIN };
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, &old);
	int number = EINTR, ready = -1;
	if (!gdb_interrupt_pending()) {
		ready = ppoll(&wait, 1, NULL, &old);
		number = errno;
	}
	sigprocmask(SIG_SETMASK, &old, NULL);
	errno = number;
	return ready;
}

/* ---- plain lines ---- */

static ssize_t read_some(char *part, size_t size)
{
	be_quiet(true);
	ssize_t count = gdb_await_input() < 0 ? -1 : read(STDIN_FILENO, part, size);
	int number = errno;
	be_quiet(false);
	errno = number;
	return count;
}

/* False: nothing more came, or Ctrl-C. */
static bool fill(struct gdb_input *in)
{
	char part[4096];
	while (!in->ended) {
		ssize_t count = read_some(part, sizeof part);
		if (count > 0) {
			buf_add(&in->pending, part, (size_t)count);
			return true;
		}
		if (count < 0 && errno == EAGAIN) {
			struct pollfd wait = { .fd = STDIN_FILENO, .events = POLLIN };
			poll(&wait, 1, -1);
		} else if (count < 0 && errno == EINTR) {
			if (gdb_interrupt_pending())
				return false;
		} else {
			in->ended = true;
		}
	}
	return false;
}

static enum gdb_line plain_line(struct gdb_input *in, char **ret)
{
	size_t looked = in->used;
	size_t end;
	for (;;) {
		struct str rest = str_sub(buf_view(&in->pending), looked, in->pending.len);
		end = str_find(rest, STR_LIT("\n"));
		if (end != SIZE_MAX) {
			end += looked;
			break;
		}
		looked = in->pending.len;
		if (fill(in))
			continue;
		if (!in->ended)
			return GDB_LINE_INTERRUPTED;
		if (in->pending.len == in->used)
			return GDB_LINE_END;
		end = in->pending.len;
		break;
	}
	struct str line = str_sub(buf_view(&in->pending), in->used, end - in->used);
	if (line.len && line.ptr[line.len - 1] == '\r')
		line.len--;
	*ret = str_dup(line);
	in->used = end < in->pending.len ? end + 1 : end;
	if (in->used == in->pending.len)
		in->used = in->pending.len = 0;
	return GDB_LINE_READ;
}

/* ---- typed ones ---- */

/* NULL: there is none for this terminal. */
static struct gdb_editor *editor(struct gdb *g)
{
	struct gdb_input *in = g->shell->input;
	if (!in->editor && !in->no_editor) {
		gdb_history_load(g, &in->history);
		in->editor = gdb_editor_create(g, &in->history);
		in->no_editor = !in->editor;
	}
	return in->editor;
}

/* Lines that a backslash joins are one. */
static void keep(struct gdb *g, const char *line)
{
	struct gdb_input *in = g->shell->input;
	buf_str(&in->begun, str_from(line));
	size_t length = in->begun.len;
	if (length && in->begun.data[length - 1] == '\\') {
		in->begun.len--;
		return;
	}
	in->begun.len = 0;
	const char *whole = in->begun.data;
	if (!length || !whole[strspn(whole, " \t")])
		return;
	gdb_history_add(g, &in->history, str_from(whole));
	gdb_editor_add(in->editor, whole);
}

static enum gdb_line edited_line(struct gdb *g, const char *prompt, char **ret)
{
	struct gdb_input *in = g->shell->input;
	be_quiet(true);
	enum gdb_line what = gdb_editor_read(in->editor, prompt, ret);
	be_quiet(false);
	if (what != GDB_LINE_READ) {
		in->begun.len = 0;
		return what;
	}
	if (g->settings.history_expansion) {
		char *expanded;
		struct error *err = gdb_history_expand(&in->history, str_from(*ret), &expanded);
		if (err || expanded) {
			free(*ret);
			*ret = expanded ? expanded : xstrdup("");
		}
		if (expanded)
			gdb_print(g, "%s\n", expanded);
		gdb_print_error(g, err);
	}
	keep(g, *ret);
	return GDB_LINE_READ;
}

enum gdb_line gdb_read_line(struct gdb *g, const char *prompt, char **ret)
{
	struct gdb_input *in = g->shell->input;
	gdb_flush(g);
	if (in->terminal && gdb_output_is_terminal(g) && g->settings.editing && editor(g)) {
		enum gdb_line what = edited_line(g, prompt ? prompt : "", ret);
		gdb_output_restart_page(g);
		return what;
	}
	if (prompt)
		gdb_print(g, "%s", prompt);
	gdb_flush(g);
	return plain_line(in, ret);
}

/* Ctrl-C is not shown as such: what comes of it is said behind the question. False: it is no terminal. */
static bool hide_controls(struct termios *ret_before)
{
	struct termios t;
	if (tcgetattr(STDIN_FILENO, &t) < 0)
		return false;
	*ret_before = t;
	t.c_lflag &= ~(tcflag_t)ECHOCTL;
	return tcsetattr(STDIN_FILENO, TCSANOW, &t) == 0;
}

bool gdb_read_answer(struct gdb *g, const char *question, char **ret)
{
	bool lent = eng_take_terminal(g->control);
	struct termios before;
	bool hidden = hide_controls(&before);
	gdb_print_raw(g, str_from(question));
	enum gdb_line what = plain_line(g->shell->input, ret);
	if (hidden)
		tcsetattr(STDIN_FILENO, TCSANOW, &before);
	if (lent)
		eng_give_terminal(g->control);
	return what == GDB_LINE_READ;
}

/* ---- questions ---- */

/* What is taken for an answer where there is none; with confirm off it is not even said. */
static bool query(struct gdb *g, struct buf *question, bool empty_is_no)
{
	const char *choice = empty_is_no ? "(y or [n]) " : "(y or n) ";
	if (!g->settings.confirm)
		return !empty_is_no;
	buf_printf(question, "%s", choice);
	gdb_flush(g);
	bool asked = gdb_input_is_terminal(g) && gdb_output_is_terminal(g) && !g->batch;
	bool yes = !asked && !empty_is_no;
	if (!asked)
		gdb_print(g, "%s[answered %c; input not from terminal]\n", question->data, yes ? 'Y' : 'N');
	for (char *answer; asked;) {
		if (!gdb_read_answer(g, question->data, &answer)) {
			gdb_print(g, "%sEOF [assumed %c]\n", gdb_interrupt_pending() ? "\n" : "",
				  empty_is_no ? 'N' : 'Y');
			yes = !empty_is_no && !gdb_interrupted(g);
			break;
		}
		char c = answer[strspn(answer, " \t")];
		free(answer);
		yes = c == 'y' || c == 'Y';
		if (yes || c == 'n' || c == 'N' || (!c && empty_is_no))
			break;
		gdb_print(g, "Please answer %s.\n", empty_is_no ? "y or [n]" : "y or n");
		gdb_flush(g);
	}
	gdb_output_restart_page(g);
	return yes;
}

bool gdb_query(struct gdb *g, const char *format, ...)
{
	struct buf question = { 0 };
	va_list args;
	va_start(args, format);
	buf_vprintf(&question, format, args);
	va_end(args);
	bool yes = query(g, &question, false);
	buf_deinit(&question);
	return yes;
}

bool gdb_query_no(struct gdb *g, const char *format, ...)
{
	struct buf question = { 0 };
	va_list args;
	va_start(args, format);
	buf_vprintf(&question, format, args);
	va_end(args);
	bool yes = query(g, &question, true);
	buf_deinit(&question);
	return yes;
}
