#include "base/file.h"

#include "base/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAP_FROM = 64 << 10, READ_FIRST = 16 << 10 };

/* For what has no size (/proc, a pipe): nothing that oxdb opens there comes near this. */
#define UNSIZED_LIMIT ((size_t)256 << 20)

/* ---- files that are written to while we have them mapped ---- */

/* A page of a mapping that its file does not reach any more raises SIGBUS when it is read: then zeros stand there, which whoever parses the file
 * takes for damage. Linkers and `cp` write over a program in its place. */
enum { GUARDED = 4096 };

static struct {
	_Atomic(uintptr_t) start; /* 0: free. Written last, cleared first */
	atomic_size_t size;
} guarded[GUARDED];
static struct sigaction former_action;
static uintptr_t page_size;

static void put_zeros(int signal, siginfo_t *info, void *context)
{
	uintptr_t addr = (uintptr_t)info->si_addr;
	(void)context;
	for (size_t i = 0; i < GUARDED; i++) {
		uintptr_t start = atomic_load(&guarded[i].start);
		if (!start || addr < start || addr - start >= atomic_load(&guarded[i].size))
			continue;
		int saved = errno;
		void *page = (void *)(addr & ~(page_size - 1));
		bool done = mmap(page, page_size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
				 0) == page;
		errno = saved;
		if (done)
			return;
	}
	sigaction(signal, &former_action, NULL); /* not ours: it happens again */
}

static void install_guard(void)
{
	struct sigaction action = { .sa_sigaction = put_zeros, .sa_flags = SA_SIGINFO };
	sigemptyset(&action.sa_mask);
	page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
	sigaction(SIGBUS, &action, &former_action);
}

/* One more than there is room for goes without. */
static void guard(const void *data, size_t size)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, install_guard);
	for (size_t i = 0; i < GUARDED; i++) {
		size_t free = 0;
		if (!atomic_compare_exchange_strong(&guarded[i].size, &free, size))
			continue;
		atomic_store(&guarded[i].start, (uintptr_t)data);
		return;
	}
}

static void unguard(const void *data)
{
	for (size_t i = 0; i < GUARDED; i++) {
		if (atomic_load(&guarded[i].start) != (uintptr_t)data)
			continue;
		atomic_store(&guarded[i].start, 0);
		atomic_store(&guarded[i].size, 0);
		return;
	}
}

/* ---- reading ---- */

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
		if (!err)
			guard(data, size);
	} else {
		err = read_fd(fd, path, size, UNSIZED_LIMIT, ret);
	}
	close(fd);
	return err;
}

struct error *file_read_fd(int fd, const char *path, size_t limit, struct file_map *ret)
{
	struct stat st;
	if (fstat(fd, &st) != 0)
		return error_errno(errno, "%s", path);
	size_t size = S_ISREG(st.st_mode) ? (size_t)st.st_size : 0;
	if (size > limit)
		return error_new(ERROR_LIMIT, "%s: longer than the limit of %zu bytes", path, limit);
	return read_fd(fd, path, size, limit, ret);
}

struct error *file_read_all(const char *path, size_t limit, struct file_map *ret)
{
	int fd;
	struct stat st;
	TRY(open_fd(path, &fd, &st));
	struct error *err = file_read_fd(fd, path, limit, ret);
	close(fd);
	return err;
}

void file_close(struct file_map *f)
{
	if (f->mapped)
		unguard(f->data);
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
