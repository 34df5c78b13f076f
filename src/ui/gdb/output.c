/* Everything that is printed: kept until somebody waits for it, wrapped at its hints, styled and paged on a terminal, copied to the log. */
#include "ui/gdb/output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { FLUSH_AT = 1 << 16 };

/* A place in the text where a line may be broken: no UTF-8 begins so. What follows is the next line's indentation, and one. */
static const char hint_sign[] = "\xff\xfe\xff";
enum { HINT_SIGN = sizeof hint_sign - 1, HINT_LENGTH = HINT_SIGN + 1, MAX_INDENT = 250 };

struct gdb_output {
	struct buf pending;
	bool terminal, colour;
	bool silent;    /* -batch-silent: stdout goes nowhere */
	bool broken;    /* nobody reads stdout any more */
	int log;        /* -1: none */
	bool log_alone; /* not on the screen */
	/* The pager. */
	bool go_on, quit; /* until the next prompt: the user pressed c, or q */
	uint32_t line, column;
	bool in_escape;
	/* The last hint of this line, in what is pending; hint_column 0: none. */
	size_t hint_at;
	uint32_t hint_column, hint_indent;
	uint32_t measured_width, measured_height; /* of the terminal */
	struct buf *capture;                      /* pipe: what is printed goes there */
};

static volatile sig_atomic_t interrupted;
static volatile sig_atomic_t resized;

void gdb_note_interrupt(void)
{
	interrupted = 1;
}

bool gdb_interrupted(struct gdb *g)
{
	return interrupted != 0 || g->output->quit;
}

bool gdb_interrupt_pending(void)
{
	return interrupted != 0;
}

void gdb_output_note_size(void)
{
	resized = 1;
}

/* ---- creation ---- */

static bool terminal_shows_colours(void)
{
	const char *term = getenv("TERM");
	const char *no_color = getenv("NO_COLOR");
	return term && *term && strcmp(term, "dumb") != 0 && !(no_color && *no_color);
}

static uint32_t from_environment(const char *name)
{
	const char *text = getenv(name);
	long value = text ? strtol(text, NULL, 10) : 0;
	return value > 0 && value < 100000 ? (uint32_t)value : 0;
}

static uint32_t default_width(void)
{
	uint32_t columns = from_environment("COLUMNS");
	return columns ? columns : 80;
}

/* What a user has set stays. */
static void measure(struct gdb *g, struct gdb_output *o)
{
	struct winsize size = { 0 };
	bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col;
	uint32_t lines = from_environment("LINES");
	uint32_t width = known ? size.ws_col : default_width();
	uint32_t height = known ? size.ws_row : lines ? lines : 24;
	if (g->settings.width == o->measured_width)
		g->settings.width = width;
	if (g->settings.height == o->measured_height)
		g->settings.height = height;
	o->measured_width = width;
	o->measured_height = height;
}

/* The settings are there already. */
struct gdb_output *gdb_output_create(struct gdb *g)
{
	struct gdb_output *o = xmalloc(sizeof *o);
	o->log = -1;
	o->terminal = isatty(STDOUT_FILENO);
	o->colour = o->terminal && terminal_shows_colours();
	g->settings.style_enabled = o->colour;
	o->measured_width = g->settings.width;
	o->measured_height = g->settings.height;
	if (o->terminal)
		measure(g, o);
	else
		g->settings.width = default_width();
	return o;
}

void gdb_output_destroy(struct gdb_output *o)
{
	if (!o)
		return;
	if (o->log >= 0)
		close(o->log);
	buf_deinit(&o->pending);
	free(o);
}

void gdb_output_set_silent(struct gdb *g)
{
	g->output->silent = true;
}

bool gdb_output_is_terminal(const struct gdb *g)
{
	return g->output->terminal;
}

bool gdb_output_colours(const struct gdb *g)
{
	return g->output->colour && g->settings.style_enabled;
}

bool gdb_output_broken(const struct gdb *g)
{
	return g->output->broken;
}

void gdb_output_begin(struct gdb *g)
{
	struct gdb_output *o = g->output;
	interrupted = 0;
	o->go_on = o->quit = false;
	gdb_output_restart_page(g);
	if (resized && o->terminal && !g->batch) {
		resized = 0;
		measure(g, o);
	}
}

void gdb_output_restart_page(struct gdb *g)
{
	g->output->line = g->output->column = g->output->hint_column = 0;
}

bool gdb_output_was_quit(const struct gdb *g)
{
	return g->output->quit;
}

void gdb_output_set_size(struct gdb *g)
{
	gdb_output_restart_page(g);
}

/* ---- the log ---- */

struct error *gdb_output_set_logging(struct gdb *g)
{
	struct gdb_output *o = g->output;
	const struct gdb_settings *s = &g->settings;
	gdb_flush(g);
	if (o->log >= 0)
		close(o->log);
	if (o->log >= 0 && !s->logging_enabled && g->shell->from_tty)
		fprintf(stdout, "Done logging to %s.\n", s->logging_file), fflush(stdout);
	o->log = -1;
	if (!s->logging_enabled)
		return NULL;
	int fd = open(s->logging_file,
		      O_WRONLY | O_CREAT | O_CLOEXEC | (s->logging_overwrite ? O_TRUNC : O_APPEND), 0666);
	if (fd < 0)
		return error_errno(errno, "set logging: %s", s->logging_file);
	if (g->shell->from_tty)
		gdb_print(g, "%s output to %s.\nCopying debug output to %s.\n",
			  s->logging_redirect ? "Redirecting" : "Copying", s->logging_file,
			  s->logging_file);
	gdb_flush(g);
	o->log = fd;
	o->log_alone = s->logging_redirect;
	return NULL;
}

/* ---- writing ---- */

/* False: nobody reads it. */
static bool write_all(int fd, struct str text)
{
	while (text.len) {
		ssize_t count = write(fd, text.ptr, text.len);
		if (count >= 0) {
			text = str_sub(text, (size_t)count, text.len);
		} else if (errno == EAGAIN) {
			struct pollfd wait = { .fd = fd, .events = POLLOUT };
			poll(&wait, 1, -1);
		} else if (errno != EINTR) {
			return false;
		}
	}
	return true;
}

void gdb_flush(struct gdb *g)
{
	struct gdb_output *o = g->output;
	gdb_progress_wipe();
	if (!o->pending.len)
		return;
	struct str text = buf_view(&o->pending);
	if (o->log >= 0)
		write_all(o->log, text);
	if (!o->silent && !o->broken && !(o->log >= 0 && o->log_alone))
		o->broken = !write_all(STDOUT_FILENO, text);
	o->pending.len = 0;
	o->hint_column = 0; /* what may still wrap is out */
}

/* ---- pages ---- */

static bool pages(const struct gdb *g)
{
	const struct gdb_output *o = g->output;
	return o->terminal && g->settings.pagination && !g->batch && g->settings.height && !o->go_on &&
	       gdb_input_is_terminal(g);
}

/* At the end of a page. False: the user wants no more. */
static bool ask_for_more(struct gdb *g)
{
	struct gdb_output *o = g->output;
	char *answer;
	if (o->pending.len && o->pending.data[o->pending.len - 1] != '\n')
		buf_char(&o->pending, '\n'); /* the question has a line of its own */
	gdb_flush(g);
	bool read = gdb_read_answer(g, "--Type <RET> for more, q to quit, c to continue without paging--",
				    &answer);
	gdb_output_restart_page(g);
	if (!read) {
		o->quit = true;
		return false;
	}
	char c = answer[strspn(answer, " \t")];
	free(answer);
	o->quit = c == 'q';
	o->go_on = c == 'c';
	return !o->quit;
}

/* False: the user wants no more. */
static bool page_goes_on(struct gdb *g)
{
	uint32_t allowed = g->settings.height > 1 ? g->settings.height - 1 : 1;
	return g->output->line < allowed || !pages(g) || ask_for_more(g);
}

/* ---- lines ---- */

static bool wraps(const struct gdb *g)
{
	return g->settings.width && !g->batch && !g->output->capture;
}

void gdb_wrap_hint(struct gdb *g, uint32_t indent, struct buf *out)
{
	if (!wraps(g))
		return;
	buf_str(out, STR_LIT(hint_sign));
	buf_char(out, (char)((indent < MAX_INDENT ? indent : MAX_INDENT) + 1));
}

void gdb_print_wrap_hint(struct gdb *g, uint32_t indent)
{
	struct buf text = { 0 };
	gdb_wrap_hint(g, indent, &text);
	gdb_print_buf(g, &text);
	buf_deinit(&text);
}

static void begin_line(struct gdb *g)
{
	struct gdb_output *o = g->output;
	buf_char(&o->pending, '\n');
	o->column = o->hint_column = 0;
	o->line++;
}

static void take_hint(struct gdb *g, uint32_t indent)
{
	struct gdb_output *o = g->output;
	if (o->column >= g->settings.width) {
		begin_line(g);
		buf_pad(&o->pending, ' ', indent);
		o->column = indent;
		return;
	}
	o->hint_at = o->pending.len;
	o->hint_column = o->column;
	o->hint_indent = indent;
}

/* The line is full: what came since the hint goes to the next one; without a hint the terminal does what it does. */
static void overflow(struct gdb *g)
{
	struct gdb_output *o = g->output;
	uint32_t column = o->column, at = o->hint_column, indent = o->hint_indent;
	if (!at) {
		o->column = 0;
		o->line++;
		return;
	}
	char *tail = str_dup(str_sub(buf_view(&o->pending), o->hint_at, o->pending.len));
	size_t length = o->pending.len - o->hint_at;
	o->pending.len = o->hint_at;
	begin_line(g);
	if (page_goes_on(g)) {
		buf_pad(&o->pending, ' ', indent);
		buf_add(&o->pending, tail, length);
		o->column = indent + (column - at);
	}
	free(tail);
}

/* True where the byte takes a column of the screen or more. */
static bool takes_column(struct gdb_output *o, char c)
{
	if (o->in_escape) {
		o->in_escape = !((c >= '@' && c <= '~') && c != '[');
		return false;
	}
	if (c == '\033') {
		o->in_escape = true;
		return false;
	}
	if (c == '\r')
		o->column = 0;
	else if (c == '\t')
		o->column = (o->column / 8 + 1) * 8;
	else
		o->column++;
	return c != '\r';
}

static bool continues_character(struct str text, size_t i)
{
	return i < text.len && ((unsigned char)text.ptr[i] & 0xc0) == 0x80;
}

static void print_in_lines(struct gdb *g, struct str text)
{
	struct gdb_output *o = g->output;
	for (size_t i = 0; i < text.len; i++) {
		if (!page_goes_on(g))
			return;
		char c = text.ptr[i];
		if (c == hint_sign[0] && text.len - i >= HINT_LENGTH &&
		    memcmp(text.ptr + i, hint_sign, HINT_SIGN) == 0) {
			unsigned char above = (unsigned char)text.ptr[i + HINT_SIGN];
			take_hint(g, above ? above - 1U : 0);
			i += HINT_LENGTH - 1;
			continue;
		}
		if (c == '\n') {
			begin_line(g);
			continue;
		}
		bool took = takes_column(o, c);
		buf_char(&o->pending, c);
		while (continues_character(text, i + 1))
			buf_char(&o->pending, text.ptr[++i]);
		if (took && g->settings.width && o->column >= g->settings.width)
			overflow(g);
	}
}

void gdb_print_raw(struct gdb *g, struct str text)
{
	gdb_flush(g);
	write_all(STDOUT_FILENO, text);
}

void gdb_print_str(struct gdb *g, struct str text)
{
	struct gdb_output *o = g->output;
	if (o->capture) {
		buf_str(o->capture, text);
		return;
	}
	if (o->quit)
		return;
	if (pages(g) || wraps(g))
		print_in_lines(g, text);
	else
		buf_str(&o->pending, text);
	if (o->pending.len >= FLUSH_AT)
		gdb_flush(g);
}

struct buf *gdb_output_capture(struct gdb *g, struct buf *into)
{
	struct buf *before = g->output->capture;
	g->output->capture = into;
	return before;
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

void gdb_print_styled(struct gdb *g, enum gdb_style style, struct str text)
{
	bool styled = style != GDB_PLAIN && text.len && gdb_output_colours(g) && !g->output->capture;
	char buffer[GDB_STYLE_LENGTH];
	struct str start = styled ? str_from(gdb_style_start(g, style, buffer)) : STR_EMPTY;
	gdb_print_str(g, start);
	gdb_print_str(g, text);
	if (start.len)
		gdb_print_str(g, STR_LIT("\033[m"));
}

/* ---- stderr ---- */

/* Names in messages may hold anything, and a terminal obeys some of it. */
void gdb_escape(struct str text, struct buf *out)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];
		bool c1 = c == 0xc2 && i + 1 < text.len && ((unsigned char)text.ptr[i + 1] & 0xe0) == 0x80;
		if ((c < ' ' && c != '\n' && c != '\t') || c == 0x7f || c1)
			buf_printf(out, "\\x%02x", c);
		else
			buf_char(out, (char)c);
	}
}

static void print_line_to_stderr(struct gdb *g, const char *prefix, struct str text)
{
	struct gdb_output *o = g->output;
	struct buf line = { 0 };
	gdb_flush(g);
	buf_printf(&line, "%s", prefix);
	gdb_escape(text, &line);
	buf_char(&line, '\n');
	if (o->log >= 0)
		write_all(o->log, buf_view(&line));
	write_all(STDERR_FILENO, buf_view(&line));
	buf_deinit(&line);
}

static void warn(struct gdb *g, const char *word, const char *format, va_list args)
{
	struct buf text = { 0 };
	buf_vprintf(&text, format, args);
	print_line_to_stderr(g, word, buf_view(&text));
	buf_deinit(&text);
}

void gdb_warn(struct gdb *g, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	warn(g, "warning: ", format, args);
	va_end(args);
}

void gdb_warn_as(struct gdb *g, const char *word, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	warn(g, word, format, args);
	va_end(args);
}

void gdb_print_error(struct gdb *g, struct error *err)
{
	/* What a question to symbols said that was not answered to its end means nothing. */
	if (gdb_progress_take_stopped()) {
		error_destroy(err);
		err = error_new(ERROR_LIMIT, "Quit");
	}
	if (err && *err->message)
		print_line_to_stderr(g, "", str_from(err->message));
	error_destroy(err);
}
