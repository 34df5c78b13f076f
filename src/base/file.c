#include "base/file.h"

#include "base/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAP_FROM = 64 << 10, READ_FIRST = 16 << 10 };

/* For what has no size (/proc, a pipe): nothing that oxdb opens there comes near this. */
#define UNSIZED_LIMIT ((size_t)256 << 20)

/* Reads to the end. size_hint is what stat said, 0 where it says nothing. */
static struct error *read_fd(int fd, const char *path, size_t size_hint, size_t limit, struct file_map *ret)
{
	/* One byte more than expected, so that the end of file shows without another round. */
	size_t capacity = size_hint ? size_hint + 1 : READ_FIRST;
	size_t size = 0;
	uint8_t *data = xrealloc(NULL, capacity);
	for (;;) {
		if (size == capacity) {
			capacity *= 2;
			data = xrealloc(data, capacity);
		}
		ssize_t got = read(fd, data + size, capacity - size);
		if (got == 0)
			break;
		if (got < 0) {
			if (errno == EINTR)
				continue;
			int saved = errno;
			free(data);
			return error_errno(saved, "%s", path);
		}
		size += (size_t)got;
		if (size > limit) {
			free(data);
			return error_new(ERROR_LIMIT, "%s: longer than the limit of %zu bytes", path,
					 limit);
		}
	}
	if (size == 0) {
		free(data);
		data = NULL;
	}
	*ret = (struct file_map){ .data = data, .size = size };
	return NULL;
}

static struct error *open_fd(const char *path, int *ret_fd, struct stat *ret_stat)
{
	/* O_NONBLOCK: a FIFO planted where a file is expected must not hang oxdb. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return error_errno(errno, "%s", path);
	if (fstat(fd, ret_stat) != 0) {
		int saved = errno;
		close(fd);
		return error_errno(saved, "%s", path);
	}
	*ret_fd = fd;
	return NULL;
}

struct error *file_open(const char *path, struct file_map *ret)
{
	int fd;
	struct stat st;
	TRY(open_fd(path, &fd, &st));
	struct error *err = NULL;
	/* Files of /proc say that they are regular and of size 0. */
	size_t size = S_ISREG(st.st_mode) ? (size_t)st.st_size : 0;
	if (size >= MAP_FROM) {
		void *data = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (data == MAP_FAILED)
			err = error_errno(errno, "%s", path);
		else
			*ret = (struct file_map){ .data = data, .size = size, .mapped = true };
	} else {
		err = read_fd(fd, path, size, UNSIZED_LIMIT, ret);
	}
	close(fd);
	return err;
}

struct error *file_read_all(const char *path, size_t limit, struct file_map *ret)
{
	int fd;
	struct stat st;
	TRY(open_fd(path, &fd, &st));
	size_t size = S_ISREG(st.st_mode) ? (size_t)st.st_size : 0;
	struct error *err;
	if (size > limit)
		err = error_new(ERROR_LIMIT, "%s: longer than the limit of %zu bytes", path, limit);
	else
		err = read_fd(fd, path, size, limit, ret);
	close(fd);
	return err;
}

void file_close(struct file_map *f)
{
	if (f->mapped)
		munmap((void *)f->data, f->size);
	else
		free((void *)f->data);
	*f = (struct file_map){ 0 };
}

void file_drop(const struct file_map *f, size_t offset, size_t size)
{
	if (!f->mapped || offset >= f->size)
		return;
	if (size > f->size - offset)
		size = f->size - offset;
	/* Whole pages around the range: neighbours fault in again from the page cache when read. */
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t start = offset & ~(page - 1);
	madvise((void *)(f->data + start), offset + size - start, MADV_DONTNEED);
}
