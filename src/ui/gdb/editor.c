/* A line from a terminal, edited with libedit. */
#include "ui/gdb/complete.h"
#include "ui/gdb/input.h"
#include "ui/gdb/output.h"

#include <errno.h>
#include <fcntl.h>
#include <histedit.h>
#include <locale.h>
#include <stdio.h>
#include <unistd.h>
#include <wchar.h>

struct gdb_editor {
	struct gdb *g;
	EditLine *line;
	History *history;
	char *prompt;
	int input; /* the terminal again, where a read does not block; stdin where it cannot be opened */
};

static struct gdb_editor *editor_of(EditLine *line)
{
	void *data = NULL;
	el_get(line, EL_CLIENTDATA, &data);
	return data;
}

static char *prompt_of(EditLine *line)
{
	return editor_of(line)->prompt;
}

/* A character; -1 ends the line: at the end of the input, or on Ctrl-C. Ctrl-C takes away what was typed before it, also what was there
 * when the wait ended: a read that blocked would not see the signal that has already come. */
static int read_character(EditLine *line, wchar_t *ret)
{
	mbstate_t state = { 0 };
	char byte;
	for (;;) {
		ssize_t count = gdb_await_input() < 0 ? -1 : read(editor_of(line)->input, &byte, 1);
		if (count < 0 && errno == EAGAIN)
			continue;
		if (count < 0 && errno == EINTR && !gdb_interrupt_pending()) {
			el_set(line, EL_REFRESH); /* the window has another size, or we were in the background */
			continue;
		}
		if (count < 0)
			return -1;
		if (count == 0)
			return 0;
		size_t length = mbrtowc(ret, &byte, 1, &state);
		if (length == (size_t)-2)
			continue;
		if (length == (size_t)-1) {
			state = (mbstate_t){ 0 };
			*ret = (unsigned char)byte;
		}
		return 1;
	}
}

/* ---- Tab ---- */

static void show_candidates(struct gdb *g, struct gdb_candidates *c)
{
	size_t widest = 0;
	vec_for(&c->list, text)
		if (strlen(*text) > widest)
			widest = strlen(*text);
	size_t columns = g->settings.width ? g->settings.width / (widest + 2) : 1;
	if (!columns)
		columns = 1;
	size_t rows = (c->list.count + columns - 1) / columns;
	gdb_output_restart_page(g);
	gdb_print(g, "\n");
	for (size_t row = 0; row < rows; row++) {
		for (size_t i = row; i < c->list.count; i += rows) {
			bool last = i + rows >= c->list.count;
			gdb_print(g, "%s", c->list.data[i]);
			if (!last)
				gdb_print(g, "%*s", (int)(widest + 2 - strlen(c->list.data[i])), "");
		}
		gdb_print(g, "\n");
	}
	if (c->limited)
		gdb_print(g, "*** List may be truncated, max-completions reached. ***\n");
	gdb_flush(g);
}

static unsigned char complete(EditLine *line, int character)
{
	struct gdb *g = editor_of(line)->g;
	const LineInfo *info = el_line(line);
	struct str text = { info->buffer, (size_t)(info->cursor - info->buffer) };
	struct gdb_candidates c;
	unsigned char result = CC_ERROR;
	(void)character;
	gdb_complete(g, text, &c);
	size_t common = gdb_candidates_common(&c);
	if (c.list.count && common > c.word.len) {
		char *more = str_dup(str_sub((struct str){ c.list.data[0], common }, c.word.len, common));
		result = el_insertstr(line, more) == 0 ? CC_REFRESH : CC_ERROR;
		free(more);
	}
	if (c.list.count == 1 && !c.open)
		result = el_insertstr(line, " ") == 0 ? CC_REFRESH : CC_ERROR;
	else if (c.list.count > 1 && result == CC_ERROR) {
		show_candidates(g, &c);
		result = CC_REDISPLAY;
	}
	gdb_candidates_deinit(&c);
	return result;
}

/* Ctrl-D: the end on an empty line, else the character under the cursor goes. */
static unsigned char end_or_delete(EditLine *line, int character)
{
	const LineInfo *info = el_line(line);
	(void)character;
	if (info->buffer == info->lastchar)
		return CC_EOF;
	if (info->cursor == info->lastchar)
		return CC_ERROR;
	if (el_cursor(line, 1) < 0)
		return CC_ERROR;
	el_deletestr(line, 1);
	return CC_REFRESH;
}

/* ---- creation ---- */

struct gdb_editor *gdb_editor_create(struct gdb *g, const struct gdb_history *h)
{
	struct gdb_editor *e = xmalloc(sizeof *e);
	HistEvent event;
	setlocale(LC_CTYPE, "");
	e->g = g;
	e->prompt = xstrdup("");
	e->input = STDIN_FILENO;
	e->line = el_init("oxdb", stdin, stdout, stderr);
	e->history = history_init();
	if (!e->line || !e->history) {
		gdb_editor_destroy(e);
		return NULL;
	}
	history(e->history, &event, H_SETSIZE, INT32_MAX);
	for (size_t i = 0; i < h->lines.count; i++)
		history(e->history, &event, H_ENTER, h->lines.data[i]);
	el_set(e->line, EL_CLIENTDATA, e);
	int again = open("/proc/self/fd/0", O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (again >= 0)
		e->input = again;
	el_set(e->line, EL_PROMPT, prompt_of);
	el_set(e->line, EL_EDITOR, "emacs");
	el_set(e->line, EL_SIGNAL, 1);
	el_set(e->line, EL_HIST, history, e->history);
	el_set(e->line, EL_GETCFN, read_character);
	el_set(e->line, EL_ADDFN, "oxdb-complete", "Complete the word", complete);
	el_set(e->line, EL_BIND, "^I", "oxdb-complete", NULL);
	el_set(e->line, EL_ADDFN, "oxdb-end", "End of input, or delete a character", end_or_delete);
	el_set(e->line, EL_BIND, "^D", "oxdb-end", NULL);
	el_set(e->line, EL_BIND, "^R", "em-inc-search-prev", NULL);
	el_source(e->line, NULL); /* ~/.editrc */
	return e;
}

void gdb_editor_destroy(struct gdb_editor *e)
{
	if (!e)
		return;
	if (e->line)
		el_end(e->line);
	if (e->input != STDIN_FILENO)
		close(e->input);
	if (e->history)
		history_end(e->history);
	free(e->prompt);
	free(e);
}

void gdb_editor_add(struct gdb_editor *e, const char *line)
{
	HistEvent event;
	if (e->history)
		history(e->history, &event, H_ENTER, line);
}

enum gdb_line gdb_editor_read(struct gdb_editor *e, const char *prompt, char **ret)
{
	int length = 0;
	free(e->prompt);
	e->prompt = xstrdup(prompt);
	const char *line = el_gets(e->line, &length);
	if (gdb_interrupt_pending()) {
		el_reset(e->line);
		return GDB_LINE_INTERRUPTED;
	}
	if (!line || length <= 0)
		return GDB_LINE_END;
	struct str text = { line, (size_t)length };
	while (text.len && (text.ptr[text.len - 1] == '\n' || text.ptr[text.len - 1] == '\r'))
		text.len--;
	*ret = str_dup(text);
	return GDB_LINE_READ;
}
