#include "jit/internal.h"

#include "base/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* oxdb only reads maps that are there. cranelift-jit writes one when PERF_BUILDID_DIR is in its
 * environment; oxdb does not set that for a program, because the file would stay behind in /tmp and the
 * program would not run as it does alone. */

enum { MAX_MAP_BYTES = 256 << 20, READ_CHUNK = 1 << 20, MAX_STATUS = 64 << 10 };

void jit_perf_deinit(struct jit_perf *perf)
{
	vec_free(&perf->entries);
	vec_free(&perf->functions);
	jit_spans_deinit(&perf->spans);
	map_deinit(&perf->function_of);
}

/* The pid by which the process knows itself: last of NSpid in its status (proc_pid_status(5)). */
static target_pid inner_pid(target_pid pid)
{
	char path[64];
	struct file_map status;
	(void)snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	struct error *err = file_read_all(path, MAX_STATUS, &status);
	if (err) {
		error_destroy(err);
		return pid;
	}
	struct str text = { (const char *)status.data, status.size };
	size_t at = str_find(text, STR_LIT("\nNSpid:"));
	long inner = pid;
	if (at != SIZE_MAX) {
		inner = 0;
		for (size_t i = at + 7; i < text.len && text.ptr[i] != '\n'; i++) {
			char c = text.ptr[i];
			if (c < '0' || c > '9')
				inner = i + 1 < text.len && text.ptr[i + 1] >= '0' && text.ptr[i + 1] <= '9'
						? 0
						: inner;
			else if (inner < INT32_MAX / 10)
				inner = inner * 10 + (c - '0');
		}
	}
	file_close(&status);
	return inner > 0 ? (target_pid)inner : pid;
}

static int64_t process_start(int pid)
{
	char path[64];
	struct file_map stat_file;
	(void)snprintf(path, sizeof path, "/proc/%d/stat", pid);
	struct error *err = file_read_all(path, MAX_STATUS, &stat_file);
	if (err) {
		error_destroy(err);
		return 0;
	}
	struct str text = { (const char *)stat_file.data, stat_file.size };
	/* Field 22; field 2 is in brackets and may hold anything. */
	size_t at = str_rfind(text, STR_LIT(")"));
	unsigned long long ticks = 0;
	for (unsigned field = 2; at != SIZE_MAX && at < text.len && field <= 22; at++) {
		char c = text.ptr[at];
		if (c == ' ')
			field++;
		else if (field == 22 && c >= '0' && c <= '9')
			ticks = ticks * 10 + (unsigned)(c - '0');
	}
	file_close(&stat_file);
	struct timespec boot, now;
	long hz = sysconf(_SC_CLK_TCK);
	if (ticks == 0 || hz <= 0 || clock_gettime(CLOCK_BOOTTIME, &boot) != 0 ||
	    clock_gettime(CLOCK_REALTIME, &now) != 0)
		return 0;
	return now.tv_sec - (boot.tv_sec - (time_t)(ticks / (unsigned long)hz));
}

static void place_init(int pid, struct jit_perf_place *ret)
{
	ret->pid = pid;
	(void)snprintf(ret->path, sizeof ret->path, "/proc/%d/root/tmp/perf-%d.map", pid,
		       (int)inner_pid(pid));
	ret->start = process_start(pid);
}

/* A file of an earlier process with the same pid, or of somebody who would like to name our functions, does not count. */
static bool is_trusted(const struct jit_perf_place *place, const struct stat *st, struct error **ret_err)
{
	char path[64];
	struct stat process;
	(void)snprintf(path, sizeof path, "/proc/%d", place->pid);
	if (!S_ISREG(st->st_mode) || stat(path, &process) != 0)
		return false;
	if (st->st_uid != process.st_uid && st->st_uid != 0 && st->st_uid != geteuid()) {
		*ret_err = error_new(ERROR_PERMISSION, "%s: belongs to another user, not read",
				     place->path);
		return false;
	}
	/* The clocks above count in seconds. */
	return place->start == 0 || st->st_mtime + 2 >= place->start;
}

/* -1: there is none; or none of the process itself (*ret_err, else NULL). */
static int open_place(const struct jit_perf_place *place, struct stat *ret_stat, struct error **ret_err)
{
	*ret_err = NULL;
	int fd = open(place->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	if (fd < 0)
		return -1;
	if (fstat(fd, ret_stat) == 0 && is_trusted(place, ret_stat, ret_err))
		return fd;
	close(fd);
	return -1;
}

static struct error *bad_lines(const struct jit_perf_place *place, const struct jit_perf_lines *lines)
{
	return error_new(ERROR_FORMAT, "%s: line %zu is no \"START SIZE name\"", place->path,
			 lines->first_bad);
}

struct error *jit_perf_map_read(int pid, void (*fn)(void *ctx, const struct jit_perf_entry *entry),
				void *ctx)
{
	struct jit_perf_place place;
	struct jit_perf_lines lines = { 0 };
	struct file_map text;
	struct stat st;
	struct error *err;
	place_init(pid, &place);
	int fd = open_place(&place, &st, &err);
	if (fd < 0)
		return err;
	err = file_read_fd(fd, place.path, MAX_MAP_BYTES, &text);
	close(fd);
	if (err)
		return err;
	jit_perf_map_parse((struct str){ (const char *)text.data, text.size }, true, &lines, fn, ctx);
	file_close(&text);
	return lines.bad ? bad_lines(&place, &lines) : NULL;
}

static int open_map(struct jit_process *jp, struct stat *ret_stat)
{
	struct jit_perf *perf = &jp->perf;
	struct error *err;
	if (perf->refused || strcmp(eng_target(eng_process_session(jp->process))->ops->name, "linux") != 0)
		return -1;
	if (!perf->place.pid)
		place_init((int)eng_process_pid(jp->process), &perf->place);
	int fd = open_place(&perf->place, ret_stat, &err);
	if (err)
		jit_trouble(jp, err);
	return fd;
}

static void add_entry(void *ctx, const struct jit_perf_entry *entry)
{
	struct jit_process *jp = ctx;
	struct jit_perf_entry kept = *entry;
	kept.name = arena_str(jit_arena(jp), entry->name);
	jit_spans_add(&jp->perf.spans, entry->start, entry->start + entry->size,
		      (uint32_t)jp->perf.entries.count);
	vec_push(&jp->perf.entries, kept);
}

/* A line that is still being written is left for the next time. */
static void read_tail(struct jit_process *jp, int fd, uint64_t size)
{
	struct jit_perf *perf = &jp->perf;
	char *buf = xmalloc(READ_CHUNK);
	while (perf->offset < size) {
		ssize_t got = pread(fd, buf, READ_CHUNK, (off_t)perf->offset);
		if (got <= 0)
			break;
		size_t used = jit_perf_map_parse((struct str){ buf, (size_t)got }, false, &perf->lines,
						 add_entry, jp);
		if (used == 0)
			break;
		perf->offset += used;
	}
	free(buf);
}

void jit_perf_refresh(struct jit_process *jp)
{
	struct jit_perf *perf = &jp->perf;
	struct stat st;
	if (perf->looks > 0 && perf->looked == jit_registry_stop(jp->registry))
		return;
	perf->looked = jit_registry_stop(jp->registry);
	perf->looks++;
	int fd = open_map(jp, &st);
	if (fd < 0)
		return;
	if (st.st_dev != perf->device || st.st_ino != perf->inode || (uint64_t)st.st_size < perf->offset) {
		/* Another file now: what the first one said may still hold, later lines win. */
		perf->device = st.st_dev;
		perf->inode = st.st_ino;
		perf->offset = 0;
	}
	if (st.st_size > MAX_MAP_BYTES) {
		jit_trouble(jp, error_new(ERROR_LIMIT, "%s: larger than %d MiB, not read",
					  perf->place.path, MAX_MAP_BYTES >> 20));
		perf->refused = true;
	} else {
		size_t bad = perf->lines.bad;
		read_tail(jp, fd, (uint64_t)st.st_size);
		if (bad == 0 && perf->lines.bad > 0)
			jit_trouble(jp, bad_lines(&perf->place, &perf->lines));
	}
	close(fd);
}

static struct jit_function *function_of(struct jit_process *jp, size_t index)
{
	struct jit_perf *perf = &jp->perf;
	uint64_t known;
	if (map_get(&perf->function_of, index, &known))
		return perf->functions.data[known];
	const struct jit_perf_entry *entry = &perf->entries.data[index];
	struct jit_function *f = ARENA_NEW(jit_arena(jp), struct jit_function);
	*f = (struct jit_function){
		.name = entry->name,
		.start = entry->start,
		.end = entry->start + entry->size,
		.source = JIT_SOURCE_PERF_MAP,
		.made = SIZE_MAX,
		.freed = SIZE_MAX,
	};
	map_set(&perf->function_of, index, perf->functions.count);
	vec_push(&perf->functions, f);
	return f;
}

const struct jit_function *jit_perf_at(struct jit_process *jp, uint64_t addr, size_t freed)
{
	struct jit_spans_iter it = jit_spans_at(&jp->perf.spans, addr);
	for (uint32_t id; jit_spans_next(&it, &id);) {
		const struct jit_perf_entry *entry = &jp->perf.entries.data[id];
		if (addr >= entry->start && addr < entry->start + entry->size) {
			struct jit_function *f = function_of(jp, id);
			f->freed = freed;
			return f;
		}
	}
	return NULL;
}

const struct jit_function *jit_perf_by_name(struct jit_process *jp, struct str name)
{
	for (size_t i = jp->perf.entries.count; i-- > 0;)
		if (str_eq(jp->perf.entries.data[i].name, name))
			return function_of(jp, i);
	return NULL;
}
