/* Everything that is printed: kept until somebody waits for it, styled and paged on a terminal. */
#include "ui/gdb/shell_internal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

enum { FLUSH_AT = 1 << 16 };

struct gdb_output {
	struct buf pending;
	bool terminal;
};

static volatile sig_atomic_t interrupted;

void gdb_note_interrupt(void)
{
	interrupted = 1;
}

bool gdb_interrupted(struct gdb *g)
{
	(void)g;
	return interrupted != 0;
}

struct gdb_output *gdb_output_create(void)
{
	struct gdb_output *o = xmalloc(sizeof *o);
	o->terminal = isatty(STDOUT_FILENO);
	return o;
}

void gdb_output_destroy(struct gdb_output *o)
{
	if (o)
		buf_deinit(&o->pending);
	free(o);
}

void gdb_output_begin(struct gdb *g)
{
	(void)g;
	interrupted = 0;
}

static void write_all(int fd, struct str text)
{
	while (text.len) {
		ssize_t count = write(fd, text.ptr, text.len);
		if (count >= 0) {
			text = str_sub(text, (size_t)count, text.len);
		} else if (errno == EAGAIN) {
			struct pollfd wait = { .fd = fd, .events = POLLOUT };
			poll(&wait, 1, -1);
		} else if (errno != EINTR) {
			return; /* there is nowhere else to say it */
		}
	}
}

void gdb_flush(struct gdb *g)
{
	struct buf *pending = &g->output->pending;
	gdb_progress_wipe();
	if (pending->len)
		write_all(STDOUT_FILENO, buf_view(pending));
	pending->len = 0;
}

void gdb_print_str(struct gdb *g, struct str text)
{
	buf_str(&g->output->pending, text);
	if (g->output->pending.len >= FLUSH_AT)
		gdb_flush(g);
}

void gdb_print(struct gdb *g, const char *format, ...)
{
	struct buf text = { 0 };
	va_list args;
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	gdb_print_buf(g, &text);
	buf_deinit(&text);
}

void gdb_print_buf(struct gdb *g, struct buf *text)
{
	gdb_print_str(g, buf_view(text));
	text->len = 0;
}

static const char *const style_codes[] = {
	[GDB_PLAIN] = "",
	[GDB_STYLE_FILE] = "\033[32m",
	[GDB_STYLE_FUNCTION] = "\033[33m",
	[GDB_STYLE_VARIABLE] = "\033[36m",
	[GDB_STYLE_ADDRESS] = "\033[34m",
	[GDB_STYLE_TITLE] = "\033[1m",
	[GDB_STYLE_HIGHLIGHT] = "\033[31m",
	[GDB_STYLE_METADATA] = "\033[2m",
};

void gdb_print_styled(struct gdb *g, enum gdb_style style, struct str text)
{
	bool styled = style != GDB_PLAIN && g->settings.style_enabled && text.len;
	if (styled)
		gdb_print_str(g, str_from(style_codes[style]));
	gdb_print_str(g, text);
	if (styled)
		gdb_print_str(g, STR_LIT("\033[m"));
}

static void print_line_to_stderr(struct gdb *g, const char *prefix, struct str text)
{
	struct buf line = { 0 };
	gdb_flush(g);
	buf_printf(&line, "%s%.*s\n", prefix, STR_ARG(text));
	write_all(STDERR_FILENO, buf_view(&line));
	buf_deinit(&line);
}

void gdb_warn(struct gdb *g, const char *format, ...)
{
	struct buf text = { 0 };
	va_list args;
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	print_line_to_stderr(g, "warning: ", buf_view(&text));
	buf_deinit(&text);
}

void gdb_print_error(struct gdb *g, struct error *err)
{
	/* What a question to symbols said that was not answered to its end means nothing. */
	if (gdb_progress_take_stopped()) {
		error_destroy(err);
		err = error_new(ERROR_LIMIT, "Quit");
	}
	if (err)
		print_line_to_stderr(g, "", str_from(err->message));
	error_destroy(err);
}
