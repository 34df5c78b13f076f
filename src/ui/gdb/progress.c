/* Long reading of symbols: past half a second a line on the terminal tells of it, and Ctrl-C ends it. */
#include "ui/gdb/shell_internal.h"

#include "symbols/lookup.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { SHOW_AFTER_MS = 500, SHOW_EVERY_MS = 100 };

static struct {
	int64_t began, shown; /* ms; shown 0: there is no line */
	size_t done;
	bool terminal, stopped;
} progress;

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool on_progress(void *ctx, const char *path, size_t done, size_t total)
{
	struct gdb *g = ctx;
	if (gdb_interrupted(g)) {
		progress.stopped = true;
		return false;
	}
	int64_t now = now_ms();
	if (done == 0 || done < progress.done)
		progress.began = now;
	progress.done = done;
	if (!progress.terminal || now - progress.began < SHOW_AFTER_MS ||
	    (progress.shown && now - progress.shown < SHOW_EVERY_MS))
		return true;
	gdb_flush(g);
	fprintf(stderr, "\r\033[KReading symbols from %s... %zu%%", path, total ? done * 100 / total : 100);
	progress.shown = now;
	return true;
}

void gdb_progress_begin(struct gdb *g)
{
	progress.terminal = isatty(STDOUT_FILENO) && isatty(STDERR_FILENO);
	sym_set_progress(on_progress, g);
}

void gdb_progress_wipe(void)
{
	if (progress.shown)
		fputs("\r\033[K", stderr);
	progress.shown = 0;
}

bool gdb_progress_stopped(void)
{
	return progress.stopped;
}

bool gdb_progress_take_stopped(void)
{
	bool stopped = progress.stopped;
	progress.stopped = false;
	return stopped;
}
