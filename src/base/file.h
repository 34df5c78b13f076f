/* Whole files as read-only bytes. */
#pragma once

#include "base/error.h"
#include "base/str.h"

struct file_map {
	const uint8_t *data; /* NULL for an empty file */
	size_t size;
	bool mapped; /* mmap'ed, else on the heap */
};

/* Regular files are mapped (private, read-only), those below 64 KiB are read; so is what has no size
 * (/proc), up to 256 MiB. What a mapped file is truncated by meanwhile reads as zeros (a handler of SIGBUS, from the first mapping on), and what is
 * written over shows as it is then. A FIFO without a writer is an empty file, never a wait. */
struct error *file_open(const char *path, struct file_map *ret) ERROR_CHECK;
/* Reads a file that changes or has no size onto the heap. Longer than `limit` bytes is ERROR_LIMIT. */
struct error *file_read_all(const char *path, size_t limit, struct file_map *ret) ERROR_CHECK;
/* The same of one that is open, to its end; it stays open. `path` is for messages. */
struct error *file_read_fd(int fd, const char *path, size_t limit, struct file_map *ret) ERROR_CHECK;
void file_close(struct file_map *f);
/* Tells the kernel that these bytes are not needed soon, so that they stop counting in our RSS. The
 * contents stay valid. No-op where the file is not mapped. */
void file_drop(const struct file_map *f, size_t offset, size_t size);
