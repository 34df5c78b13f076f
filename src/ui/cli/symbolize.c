/* oxdb symbolize */
#include "ui/cli/cli_internal.h"

#include "base/map.h"
#include "base/pool.h"
#include "base/vec.h"
#include "target/target.h"
#include "ui/symbolize/symbolize.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	OPTION_STYLE = 256,
	OPTION_JSON,
	OPTION_BASENAMES,
	OPTION_NO_DEMANGLE,
	OPTION_NO_INLINES,
	OPTION_PRETTY,
	OPTION_PID
};

static const struct option long_options[] = {
	{ "exe", required_argument, NULL, 'e' },
	{ "obj", required_argument, NULL, 'e' },
	{ "pid", required_argument, NULL, 'p' },
	{ "json", no_argument, NULL, OPTION_JSON },
	{ "style", required_argument, NULL, OPTION_STYLE },
	{ "output-style", required_argument, NULL, OPTION_STYLE },
	{ "addresses", no_argument, NULL, 'a' },
	{ "basenames", no_argument, NULL, 's' },
	{ "no-demangle", no_argument, NULL, OPTION_NO_DEMANGLE },
	{ "no-inlines", no_argument, NULL, OPTION_NO_INLINES },
	{ "pretty", no_argument, NULL, OPTION_PRETTY },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

struct options {
	bool help;
	const char *file;
	int pid;
	struct symbolize_format format;
	char *const *addresses; /* NULL-terminated; none: they are on stdin */
};

static struct error *parse_style(const char *text, enum symbolize_style *ret)
{
	if (strcasecmp(text, "llvm") == 0)
		*ret = SYMBOLIZE_LLVM;
	else if (strcasecmp(text, "gnu") == 0 || strcasecmp(text, "addr2line") == 0)
		*ret = SYMBOLIZE_GNU;
	else if (strcasecmp(text, "json") == 0)
		*ret = SYMBOLIZE_JSON;
	else
		return error_new(ERROR_USAGE, "--style: there are llvm, gnu and json, not %s", text);
	return NULL;
}

static struct error *parse_option(int option, char **argv, struct options *ret)
{
	switch (option) {
	case 'e':
		ret->file = optarg;
		return NULL;
	case 'p':
		return cli_parse_pid(optarg, &ret->pid);
	case 'a':
		ret->format.addresses = true;
		return NULL;
	case 's':
	case OPTION_BASENAMES:
		ret->format.base_names = true;
		return NULL;
	case OPTION_JSON:
		ret->format.style = SYMBOLIZE_JSON;
		return NULL;
	case OPTION_STYLE:
		return parse_style(optarg, &ret->format.style);
	case OPTION_NO_DEMANGLE:
		ret->format.linkage_names = true;
		return NULL;
	case OPTION_NO_INLINES:
		ret->format.innermost_only = true;
		return NULL;
	case OPTION_PRETTY:
		ret->format.one_line = true;
		return NULL;
	case 'h':
		ret->help = true;
		return NULL;
	default:
		return cli_option_error(option, argv);
	}
}

static struct error *parse(int argc, char **argv, struct options *ret)
{
	int option;
	opterr = 0;
	optind = 0; /* GNU: begin anew */
	while ((option = getopt_long(argc, argv, ":ae:hp:s", long_options, NULL)) != -1)
		TRY(parse_option(option, argv, ret));
	ret->addresses = argv + optind;
	if (ret->help)
		return NULL;
	if (ret->file && ret->pid)
		return error_new(ERROR_USAGE, "-e and -p exclude each other");
	if (!ret->file && !ret->pid)
		return error_new(ERROR_USAGE, "whose addresses? -e FILE or -p PID is missing");
	return NULL;
}

struct asked {
	uint64_t addr;
	bool bad;           /* no address */
	uint32_t worker;    /* whose texts the answer is in … */
	size_t start, size; /* … and where */
};

/* A source is for one thread, so each has its own; with the addresses sorted they have little in common. Of a process there is only one. */
struct worker {
	struct symbolize_source *source; /* NULL: not needed yet */
	struct buf texts;
	struct error *err;
};

enum { WORKERS_MAX = 8 };

struct work {
	const struct options *options;
	struct sym_options where;
	struct target *target; /* NULL: for a file */
	struct worker workers[WORKERS_MAX];
	size_t worker_count; /* for the addresses that are asked about now */
	VEC(struct asked) asked;
	VEC(uint32_t) order; /* of asked, by address */
	struct buf out;
	bool failed; /* something was no address */
};

static void ask(struct work *w, struct str text)
{
	struct asked asked = { 0 };
	while (text.len && strchr(" \t\r", text.ptr[text.len - 1]))
		text.len--;
	while (text.len && strchr(" \t", text.ptr[0]))
		text = str_sub(text, 1, SIZE_MAX);
	if (!text.len)
		return;
	asked.bad = !str_hex(text, &asked.addr);
	if (asked.bad) {
		w->failed = true;
		cli_fail(error_new(ERROR_USAGE, "%.*s is no hexadecimal address", STR_ARG(text)));
	}
	vec_push(&w->asked, asked);
}

static int by_address(const void *a, const void *b, void *ctx)
{
	const struct asked *all = ctx, *x = &all[*(const uint32_t *)a], *y = &all[*(const uint32_t *)b];
	return x->addr < y->addr ? -1 : x->addr > y->addr;
}

static struct error *open_source(struct work *w, struct worker *worker)
{
	if (worker->source)
		return NULL;
	return w->target ? symbolize_open_process(w->target, w->options->pid, &w->where, &worker->source)
			 : symbolize_open_file(w->options->file, &w->where, &worker->source);
}

/* What is no address has an answer, too: who reads along counts them. */
static struct error *answer(struct work *w, struct worker *worker, struct asked *asked)
{
	struct symbolize_place place;
	asked->worker = (uint32_t)(worker - w->workers);
	asked->start = worker->texts.len;
	if (asked->bad)
		symbolize_nothing(asked->addr, &place);
	else
		symbolize_at(worker->source, asked->addr, &place);
	struct error *err = symbolize_print(&place, &w->options->format, &worker->texts);
	asked->size = worker->texts.len - asked->start;
	return err;
}

static void answer_part(void *ctx, size_t index, size_t thread)
{
	enum { DROP = 4096 };
	struct work *w = ctx;
	struct worker *worker = &w->workers[index];
	(void)thread;
	size_t start = w->order.count * index / w->worker_count;
	size_t end = w->order.count * (index + 1) / w->worker_count;
	worker->texts.len = 0;
	worker->err = open_source(w, worker);
	if (!worker->err)
		symbolize_begin(worker->source);
	for (size_t i = start; !worker->err && i < end; i++) {
		worker->err = answer(w, worker, &w->asked.data[w->order.data[i]]);
		if ((i - start) % DROP == DROP - 1) /* the units that it was in will not come again soon */
			symbolize_drop_pages(worker->source);
	}
}

static struct error *print_all(struct work *w)
{
	enum { PART = 1 << 16 };
	struct error *err = NULL;
	w->out.len = 0;
	for (size_t i = 0; !err && i < w->asked.count; i++) {
		const struct asked *asked = &w->asked.data[i];
		buf_add(&w->out, w->workers[asked->worker].texts.data + asked->start, asked->size);
		if (w->out.len >= PART || i + 1 == w->asked.count) {
			err = cli_write(STDOUT_FILENO, buf_view(&w->out));
			w->out.len = 0;
		}
	}
	return err;
}

/* In the order of the addresses, in which the code of one unit comes together; printed in the order in which they were asked for. */
static struct error *answer_all(struct work *w)
{
	enum { FEW = 2048 }; /* are answered before another source is open */
	struct error *err = NULL;
	w->order.count = 0;
	for (uint32_t i = 0; i < w->asked.count; i++)
		vec_push(&w->order, i);
	if (w->order.count > 1)
		qsort_r(w->order.data, w->order.count, sizeof *w->order.data, by_address, w->asked.data);
	w->worker_count = pool_width() < WORKERS_MAX ? pool_width() : WORKERS_MAX;
	if (w->target || w->asked.count < FEW)
		w->worker_count = 1;
	pool_for(w->worker_count, answer_part, w);
	for (size_t i = 0; i < w->worker_count; i++) {
		if (!err)
			err = w->workers[i].err;
		else
			error_destroy(w->workers[i].err);
		w->workers[i].err = NULL;
	}
	if (!err)
		err = print_all(w);
	w->asked.count = 0;
	return err;
}

/* All whole lines of what has come are answered before more is asked for: a program may write one address and wait. */
static struct error *answer_lines(struct work *w, struct buf *in, bool last)
{
	size_t at = 0;
	while (at < in->len) {
		const char *end = memchr(in->data + at, '\n', in->len - at);
		if (!end && !last)
			break;
		size_t size = end ? (size_t)(end - in->data) - at : in->len - at;
		ask(w, (struct str){ in->data + at, size });
		at += size + (end != NULL);
	}
	memmove(in->data, in->data + at, in->len - at);
	in->len -= at;
	return answer_all(w);
}

static struct error *answer_stdin(struct work *w)
{
	enum { LINE_MAX_BYTES = 1 << 16, AT_ONCE = 1 << 20 };
	char *part = xmalloc(AT_ONCE);
	struct buf in = { 0 };
	struct error *err = NULL;
	for (ssize_t got; !err && (got = read(STDIN_FILENO, part, AT_ONCE)) != 0;) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			err = error_errno(errno, "reading addresses");
			break;
		}
		buf_add(&in, part, (size_t)got);
		err = answer_lines(w, &in, false);
		if (!err && in.len > LINE_MAX_BYTES)
			err = error_new(ERROR_LIMIT, "a line of more than %d bytes is no address",
					LINE_MAX_BYTES);
	}
	if (!err && in.len)
		err = answer_lines(w, &in, true);
	buf_deinit(&in);
	free(part);
	return err;
}

/* Several sources of one file have the same ones. */
static void tell_troubles(struct symbolize_source *source, struct strmap *told)
{
	const struct error *trouble;
	uint64_t known;
	while ((trouble = symbolize_next_trouble(source)) != NULL) {
		struct str message = str_from(trouble->message);
		if (!strmap_get(told, message, &known))
			cli_fail(error_copy(trouble));
		strmap_set(told, message, 1);
	}
}

static void close_sources(struct work *w)
{
	struct strmap told = { 0 };
	for (size_t i = 0; i < WORKERS_MAX; i++)
		if (w->workers[i].source)
			tell_troubles(w->workers[i].source, &told);
	strmap_deinit(&told);
	for (size_t i = 0; i < WORKERS_MAX; i++) {
		if (w->workers[i].source)
			symbolize_close(w->workers[i].source);
		buf_deinit(&w->workers[i].texts);
	}
}

static int symbolize(const struct options *options, cli_create_target *create_target)
{
	struct arena arena = ARENA_INIT;
	struct work w = { .options = options };
	w.where.debug_directories = cli_split_list(getenv("OXDB_DEBUG_DIRECTORY"), &arena);
	struct error *err = options->pid ? create_target(&w.target) : NULL;
	if (!err)
		err = open_source(&w, &w.workers[0]);
	for (char *const *at = options->addresses; !err && *at; at++)
		ask(&w, str_from(*at));
	if (!err)
		err = *options->addresses ? answer_all(&w) : answer_stdin(&w);
	close_sources(&w);
	if (w.target)
		w.target->ops->destroy(w.target);
	err = cli_unless_closed(err);
	int code = err ? cli_fail(err) : w.failed;
	vec_free(&w.asked);
	vec_free(&w.order);
	buf_deinit(&w.out);
	arena_deinit(&arena);
	return code;
}

int cli_symbolize(const struct cli_command *command, int argc, char **argv, cli_create_target *create_target)
{
	struct options options = { 0 };
	struct error *err = parse(argc, argv, &options);
	if (err)
		return cli_fail_usage(command, err);
	return options.help ? cli_print_help(command) : symbolize(&options, create_target);
}
