/* The lines that were typed, kept between sessions in a file of plain lines. */
#include "ui/gdb/input.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 16 << 20 };

static void push(struct gdb_history *h, struct str line)
{
	vec_push(&h->lines, str_dup(line));
}

static void drop(struct gdb_history *h, size_t index)
{
	free(h->lines.data[index]);
	vec_remove(&h->lines, index);
	if (index < h->new_from)
		h->new_from--;
}

void gdb_history_deinit(struct gdb_history *h)
{
	vec_for(&h->lines, line)
		free(*line);
	vec_free(&h->lines);
}

static void limit(struct gdb_history *h, uint32_t size)
{
	if (h->lines.count <= size)
		return;
	size_t excess = h->lines.count - size;
	for (size_t i = 0; i < excess; i++)
		free(h->lines.data[i]);
	memmove(h->lines.data, h->lines.data + excess, size * sizeof *h->lines.data);
	h->lines.count = size;
	h->dropped += excess;
	h->new_from = h->new_from > excess ? h->new_from - excess : 0;
}

void gdb_history_add(struct gdb *g, struct gdb_history *h, struct str line)
{
	uint32_t back = g->settings.history_duplicates;
	for (size_t i = h->lines.count; back && i > 0; i--, back--) {
		if (str_is(line, h->lines.data[i - 1])) {
			drop(h, i - 1);
			break;
		}
	}
	push(h, line);
	limit(h, g->settings.history_size);
}

void gdb_history_limit(struct gdb *g)
{
	struct gdb_history *h = gdb_input_history(g);
	if (h)
		limit(h, g->settings.history_size);
}

/* ---- the file ---- */

char *gdb_history_default_path(void)
{
	struct buf path = { 0 };
	const char *state = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");
	if (state && *state == '/')
		buf_printf(&path, "%s/oxdb/history", state);
	else if (home && *home)
		buf_printf(&path, "%s/.local/state/oxdb/history", home);
	return path.data;
}

static void read_lines(const char *path, struct gdb_history *h)
{
	struct file_map file;
	struct error *err = file_read_all(path, FILE_MAX, &file);
	if (err) {
		error_destroy(err); /* there is none yet */
		return;
	}
	struct str rest = { (const char *)file.data, file.size };
	while (rest.len) {
		size_t length = str_find(rest, STR_LIT("\n"));
		struct str line = str_sub(rest, 0, length);
		if (line.len && !memchr(line.ptr, 0, line.len))
			push(h, line);
		rest = length == SIZE_MAX ? STR_EMPTY : str_sub(rest, length + 1, rest.len);
	}
	file_close(&file);
}

void gdb_history_load(struct gdb *g, struct gdb_history *h)
{
	const char *path = g->settings.history_filename;
	if (path && *path)
		read_lines(path, h);
	limit(h, g->settings.history_size);
	h->new_from = h->lines.count;
}

static void make_folders(const char *path)
{
	char *copy = xstrdup(path);
	for (char *p = copy + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = 0;
		mkdir(copy, 0700); /* what goes wrong shows when the file is written */
		*p = '/';
	}
	free(copy);
}

static struct error *replace_file(const char *path, struct str text)
{
	struct buf name = { 0 };
	buf_printf(&name, "%s.XXXXXX", path);
	int fd = mkostemp(name.data, O_CLOEXEC);
	struct error *err = NULL;
	if (fd < 0)
		err = error_errno(errno, "%s", path);
	for (size_t done = 0; !err && done < text.len;) {
		ssize_t count = write(fd, text.ptr + done, text.len - done);
		if (count >= 0)
			done += (size_t)count;
		else if (errno != EINTR)
			err = error_errno(errno, "%s", path);
	}
	if (fd >= 0 && close(fd) != 0 && !err)
		err = error_errno(errno, "%s", path);
	if (!err && rename(name.data, path) != 0)
		err = error_errno(errno, "%s", path);
	if (err && fd >= 0)
		unlink(name.data);
	buf_deinit(&name);
	return err;
}

/* Other sessions may have written meanwhile: what is new here goes behind what is in the file now. */
struct error *gdb_history_save(struct gdb *g, struct gdb_history *h)
{
	const char *path = g->settings.history_filename;
	struct gdb_history all = { 0 };
	struct buf text = { 0 };
	if (!path || !*path || h->new_from >= h->lines.count)
		return NULL;
	make_folders(path);
	read_lines(path, &all);
	for (size_t i = h->new_from; i < h->lines.count; i++)
		push(&all, str_from(h->lines.data[i]));
	limit(&all, g->settings.history_size);
	vec_for(&all.lines, line)
		buf_printf(&text, "%s\n", *line);
	struct error *err = replace_file(path, buf_view(&text));
	buf_deinit(&text);
	gdb_history_deinit(&all);
	return err;
}

/* ---- !! ---- */

struct error *gdb_history_expand(const struct gdb_history *h, struct str line, char **ret)
{
	const char *found = NULL;
	size_t used = 0;
	*ret = NULL;
	if (line.len < 2 || line.ptr[0] != '!' || line.ptr[1] == ' ' || line.ptr[1] == '\t')
		return NULL;
	if (line.ptr[1] == '!') {
		used = 2;
		found = h->lines.count ? h->lines.data[h->lines.count - 1] : NULL;
	} else if (line.ptr[1] == '-' || (line.ptr[1] >= '0' && line.ptr[1] <= '9')) {
		char *end;
		char *copy = str_dup(line);
		long n = strtol(copy + 1, &end, 10);
		used = line.len - strlen(end);
		free(copy);
		long index = n < 0 ? (long)h->lines.count + n : n - 1 - (long)h->dropped;
		if (index >= 0 && index < (long)h->lines.count)
			found = h->lines.data[index];
	} else {
		used = 1;
		while (used < line.len && line.ptr[used] != ' ')
			used++;
		for (size_t i = h->lines.count; i > 0 && !found; i--)
			if (str_starts(str_from(h->lines.data[i - 1]), str_sub(line, 1, used - 1)))
				found = h->lines.data[i - 1];
	}
	if (!found)
		return error_new(ERROR_NOT_FOUND, "%.*s: event not found", STR_ARG(line));
	struct buf text = { 0 };
	buf_str(&text, str_from(found));
	buf_str(&text, str_sub(line, used, line.len));
	*ret = text.data;
	return NULL;
}
