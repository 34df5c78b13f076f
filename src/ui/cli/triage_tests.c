/* oxdb test --triage: many tests, each explained when it fails. */
#include "ui/cli/cli_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	WORKERS_MAX = 64,
	REASON_MAX = 200,
	REPORT_MAX = 16 << 20,
	PRINTED_MAX = 64 << 10, /* of what a test printed: the end matters */
};

extern char **environ;

enum test_end { TEST_OK, TEST_FAILED, TEST_CRASHED, TEST_TIMEOUT, TEST_TROUBLE, TEST_END_COUNT };

/* What a worker leaves at the start of its report's file. */
struct result {
	enum test_end end;
	char reason[REASON_MAX];
};

struct worker {
	pid_t pid; /* 0: free */
	size_t test;
	int report, printed; /* files without a name */
	struct timespec began;
};

struct failure {
	size_t test;
	struct result result;
	struct str report, printed;
};

struct runs {
	struct cli_cargo *c;
	const struct cargo_tests *tests;
	const struct cargo_start *starts;
	struct cli_terminal terminal;
	struct worker workers[WORKERS_MAX];
	size_t worker_count, id_width;
	size_t ends[TEST_END_COUNT];
	VEC(struct failure) failures; /* in the order of their ends */
	struct error *trouble;        /* the first of writing's */
};

static void print(struct runs *r, struct buf *text)
{
	struct error *err = cli_write(STDOUT_FILENO, buf_view(text));
	if (r->trouble)
		error_destroy(err);
	else
		r->trouble = err;
	text->len = 0;
}

/* ---- in a worker's process ---- */

struct work {
	const struct runs *runs;
	struct buf text;
};

static void keep_report(void *ctx, const struct report *report)
{
	struct work *w = ctx;
	report_text(report, &w->runs->terminal.style, &w->text);
}

/* One line, the start of it. */
static void set_reason(struct result *result, struct str what, struct str more)
{
	struct buf text = { 0 };
	report_escape(what, true, &text);
	if (more.len) {
		buf_str(&text, STR_LIT(": "));
		report_escape(str_sub(more, 0, str_find(more, STR_LIT("\n"))), true, &text);
	}
	if (text.len >= REASON_MAX)
		text.len = REASON_MAX - 1;
	while (text.len && text.len == REASON_MAX - 1 && !str_is_utf8(buf_view(&text)))
		text.len--;
	memcpy(result->reason, text.data, text.len);
	result->reason[text.len] = '\0';
	buf_deinit(&text);
}

/* The signal, the verdict and the reader's own function: what a line has room for. */
static struct str short_crash(const struct report *r, struct str directory, struct arena *arena)
{
	const struct report_backtrace *bt = &r->backtrace;
	size_t at = 0;
	while (at < bt->count && (bt->frames[at].library || !bt->frames[at].function.len))
		at++;
	const struct report_frame *f = at < bt->count ? &bt->frames[at] : NULL;
	struct str text = r->signal_name;
	if (r->verdict.kind != REPORT_NONE)
		text = arena_printf(arena, "%.*s: %s", STR_ARG(text), report_verdict_name(r->verdict.kind));
	if (f)
		text = arena_printf(arena, "%.*s in %.*s", STR_ARG(text), STR_ARG(f->function));
	if (!f || !f->file.len || !f->line)
		return text;
	struct str file = f->file;
	if (directory.len && directory.len < file.len && str_starts(file, directory) &&
	    file.ptr[directory.len] == '/')
		file = str_sub(file, directory.len + 1, file.len);
	return arena_printf(arena, "%.*s at %.*s:%u", STR_ARG(text), STR_ARG(file), f->line);
}

static void judge(const struct runs *runs, const struct triage_result *triage, struct result *result)
{
	const struct report *r = triage->report;
	struct arena arena = ARENA_INIT;
	if (triage->program_end == 0 && r->outcome != REPORT_TIMEOUT) {
		result->end = TEST_OK;
	} else if (r->outcome == REPORT_TIMEOUT) {
		result->end = TEST_TIMEOUT;
		set_reason(result, arena_printf(&arena, "no end after %g s", runs->c->options.timeout_s),
			   STR_EMPTY);
	} else if (r->outcome == REPORT_CRASHED && r->signal) {
		result->end = TEST_CRASHED;
		set_reason(result, short_crash(r, runs->terminal.style.directory, &arena), STR_EMPTY);
	} else if (r->outcome == REPORT_CRASHED && r->panic.present) {
		result->end = TEST_FAILED;
		set_reason(result,
			   arena_printf(&arena, "panicked at %.*s:%u", STR_ARG(r->panic.file),
					r->panic.line),
			   r->panic.message);
	} else {
		result->end = triage->program_end < 0 ? TEST_CRASHED : TEST_FAILED;
		set_reason(result,
			   arena_printf(&arena, "%s %d", triage->program_end < 0 ? "signal" : "exit code",
					abs(triage->program_end)),
			   STR_EMPTY);
	}
	arena_deinit(&arena);
}

static struct error *triage_one(struct work *w, const struct cargo_start *start, struct result *result)
{
	struct arena arena = ARENA_INIT;
	struct target *target;
	struct triage_result triage = { 0 };
	if (chdir(start->directory) != 0)
		return error_errno(errno, "%s", start->directory);
	environ = (char **)(uintptr_t)start->env;
	TRY(w->runs->c->create_target(&target));
	const struct triage_options options = {
		.argv = (const char *const *)start->argv,
		.timeout_s = w->runs->c->options.timeout_s,
		.debug_directories = cli_split_list(getenv("OXDB_DEBUG_DIRECTORY"), &arena),
		.on_report = keep_report,
		.ctx = w,
	};
	struct error *err = triage_run(target, &options, &triage);
	if (!err)
		judge(w->runs, &triage, result);
	report_destroy(triage.report);
	arena_deinit(&arena);
	return err;
}

static void work(const struct runs *r, const struct worker *worker)
{
	struct work w = { .runs = r };
	struct result result = { .end = TEST_TROUBLE };
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	dup2(null, STDIN_FILENO);
	dup2(worker->printed, STDOUT_FILENO);
	dup2(worker->printed, STDERR_FILENO);
	struct error *err = triage_one(&w, &r->starts[worker->test], &result);
	if (err)
		set_reason(&result, str_from(err->message), STR_EMPTY);
	error_destroy(err);
	error_destroy(cli_write(worker->report, (struct str){ (const char *)&result, sizeof result }));
	error_destroy(cli_write(worker->report, buf_view(&w.text)));
	_exit(0);
}

/* ---- in oxdb's own ---- */

static struct error *make_file(int *ret)
{
	FILE *file = tmpfile();
	if (!file)
		return error_errno(errno, "a temporary file");
	*ret = fcntl(fileno(file), F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	fclose(file);
	/* Several processes write: each behind the others. */
	if (*ret >= 0)
		fcntl(*ret, F_SETFL, O_APPEND);
	return *ret < 0 ? error_errno(errno, "a temporary file") : NULL;
}

static struct error *begin(struct runs *r, struct worker *worker, size_t test)
{
	*worker = (struct worker){ .test = test, .report = -1, .printed = -1 };
	TRY(make_file(&worker->report));
	struct error *err = make_file(&worker->printed);
	if (err) {
		close(worker->report);
		return err;
	}
	clock_gettime(CLOCK_MONOTONIC, &worker->began);
	pid_t pid = fork();
	if (pid == 0)
		work(r, worker);
	if (pid > 0) {
		worker->pid = pid;
		return NULL;
	}
	err = error_errno(errno, "fork");
	close(worker->report);
	close(worker->printed);
	return err;
}

/* The last `limit` bytes of a file behind its first `skip`. In the arena. */
static struct str read_end(int fd, off_t skip, size_t limit, struct arena *arena)
{
	struct stat file;
	if (fstat(fd, &file) != 0 || file.st_size <= skip)
		return STR_EMPTY;
	size_t size = (size_t)(file.st_size - skip);
	size = size > limit ? limit : size;
	char *text = arena_alloc(arena, size);
	ssize_t got = pread(fd, text, size, file.st_size - (off_t)size);
	return (struct str){ text, got > 0 ? (size_t)got : 0 };
}

static const struct {
	const char *word, *sum, *colour;
} ends[TEST_END_COUNT] = {
	[TEST_OK] = { "ok", "passed", "32" },
	[TEST_FAILED] = { "FAILED", "failed", "31" },
	[TEST_CRASHED] = { "CRASHED", "crashed", "1;31" },
	[TEST_TIMEOUT] = { "TIMEOUT", "timed out", "31" },
	[TEST_TROUBLE] = { "TROUBLE", "not run", "33" },
};

static void add_coloured(const struct runs *r, const char *colour, const char *text, size_t width,
			 struct buf *out)
{
	if (r->terminal.style.colour)
		buf_printf(out, "\x1b[%sm%s\x1b[0m", colour, text);
	else
		buf_str(out, str_from(text));
	for (size_t length = strlen(text); length < width; length++)
		buf_char(out, ' ');
}

static void add_name(const struct runs *r, size_t test, size_t width, struct buf *out)
{
	const struct cargo_test *t = &r->tests->data[test];
	struct str id = r->c->programs.data[t->program].id;
	buf_printf(out, "%-*.*s  ", (int)width, STR_ARG(id));
	report_escape(t->name, r->terminal.style.utf8, out);
}

static double seconds_since(const struct timespec *then)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - then->tv_sec) + (double)(now.tv_nsec - then->tv_nsec) / 1e9;
}

static void end(struct runs *r, struct worker *worker, int status)
{
	struct result result = { .end = TEST_TROUBLE };
	struct buf line = { 0 };
	if (pread(worker->report, &result, sizeof result, 0) != sizeof result ||
	    (unsigned)result.end >= TEST_END_COUNT) {
		result.end = TEST_TROUBLE;
		snprintf(result.reason, sizeof result.reason, "oxdb itself ended with status 0x%x",
			 (unsigned)status);
	}
	result.reason[REASON_MAX - 1] = '\0';
	r->ends[result.end]++;
	add_coloured(r, ends[result.end].colour, ends[result.end].word, 8, &line);
	buf_printf(&line, "%8.3fs  ", seconds_since(&worker->began));
	add_name(r, worker->test, r->id_width, &line);
	buf_printf(&line, "%s%s\n", *result.reason ? ": " : "", result.reason);
	print(r, &line);
	buf_deinit(&line);
	if (result.end != TEST_OK)
		vec_push(&r->failures,
			 (struct failure){
				 .test = worker->test,
				 .result = result,
				 .report = read_end(worker->report, sizeof result, REPORT_MAX, &r->c->arena),
				 .printed = read_end(worker->printed, 0, PRINTED_MAX, &r->c->arena),
			 });
	close(worker->report);
	close(worker->printed);
	worker->pid = 0;
}

/* Waits for one to end; there is one. */
static void wait_for_one(struct runs *r)
{
	int status = 0;
	pid_t pid = waitpid(-1, &status, 0);
	for (size_t i = 0; i < r->worker_count; i++)
		if (pid > 0 && r->workers[i].pid == pid)
			end(r, &r->workers[i], status);
}

static struct worker *free_worker(struct runs *r)
{
	for (size_t i = 0; i < r->worker_count; i++)
		if (!r->workers[i].pid)
			return &r->workers[i];
	return NULL;
}

static bool is_any_busy(const struct runs *r)
{
	for (size_t i = 0; i < r->worker_count; i++)
		if (r->workers[i].pid)
			return true;
	return false;
}

/* Lines as they are, but nothing that a terminal would obey. */
static void add_printed(const struct runs *r, struct str text, struct buf *out)
{
	while (text.len) {
		size_t line_end = str_find(text, STR_LIT("\n"));
		buf_str(out, STR_LIT("  | "));
		report_escape(str_sub(text, 0, line_end), r->terminal.style.utf8, out);
		buf_char(out, '\n');
		text = str_sub(text, line_end == SIZE_MAX ? text.len : line_end + 1, text.len);
	}
}

static void print_failures(struct runs *r)
{
	struct buf text = { 0 };
	vec_for(&r->failures, f) {
		buf_char(&text, '\n');
		buf_str(&text, STR_LIT("==== "));
		add_name(r, f->test, 0, &text);
		buf_printf(&text, ": %s\n", f->result.reason);
		if (f->printed.len) {
			buf_printf(&text, "It printed%s:\n",
				   f->printed.len == PRINTED_MAX ? ", at the end" : "");
			add_printed(r, f->printed, &text);
		}
		if (f->report.len) {
			buf_char(&text, '\n');
			buf_str(&text, f->report);
		}
		print(r, &text);
	}
	buf_deinit(&text);
}

static void print_sum(struct runs *r, size_t ignored)
{
	struct buf text = { 0 };
	buf_printf(&text, "\n%zu test%s: %zu passed", r->tests->count, r->tests->count == 1 ? "" : "s",
		   r->ends[TEST_OK]);
	for (size_t i = TEST_OK + 1; i < TEST_END_COUNT; i++)
		if (r->ends[i])
			buf_printf(&text, ", %zu %s", r->ends[i], ends[i].sum);
	if (ignored)
		buf_printf(&text, "; %zu ignored", ignored);
	buf_char(&text, '\n');
	print(r, &text);
	buf_deinit(&text);
}

/* libtest's own option for it, or the CPUs that we may use. */
static size_t count_workers(char *const *rest)
{
	static const struct str option = { "--test-threads", 14 };
	long count = sysconf(_SC_NPROCESSORS_ONLN);
	for (; *rest; rest++) {
		struct str word = str_from(*rest);
		if (str_is(word, option.ptr) && rest[1])
			count = strtol(rest[1], NULL, 10);
		else if (str_starts(word, option) && word.len > option.len && word.ptr[option.len] == '=')
			count = strtol(word.ptr + option.len + 1, NULL, 10);
	}
	return count < 1 ? 1 : count > WORKERS_MAX ? WORKERS_MAX : (size_t)count;
}

struct error *cli_triage_tests(struct cli_cargo *c, const struct cargo_tests *tests,
			       const struct cargo_start *starts, size_t ignored, int *ret_code)
{
	struct runs r = { .c = c, .tests = tests, .starts = starts };
	struct error *err = NULL;
	cli_terminal_init(&r.terminal, STDOUT_FILENO);
	r.worker_count = count_workers(c->options.rest);
	for (size_t i = 0; i < tests->count; i++) {
		size_t width = c->programs.data[tests->data[i].program].id.len;
		r.id_width = width > r.id_width ? width : r.id_width;
	}
	for (size_t i = 0; i < tests->count && !err; i++) {
		if (!free_worker(&r))
			wait_for_one(&r);
		err = begin(&r, free_worker(&r), i);
	}
	while (is_any_busy(&r))
		wait_for_one(&r);
	print_failures(&r);
	print_sum(&r, ignored);
	vec_free(&r.failures);
	*ret_code = r.ends[TEST_TROUBLE] ? CLI_EXIT_FAILED : r.ends[TEST_OK] == tests->count ? 0 : 1;
	if (err)
		error_destroy(r.trouble);
	return err ? err : r.trouble;
}
