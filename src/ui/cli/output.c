#include "ui/cli/cli_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/* ---- streams ---- */

static struct error *write_all(int fd, struct str text)
{
	while (text.len) {
		ssize_t count = write(fd, text.ptr, text.len);
		if (count >= 0) {
			text = str_sub(text, (size_t)count, text.len);
		} else if (errno == EAGAIN) {
			struct pollfd wait = { .fd = fd, .events = POLLOUT };
			poll(&wait, 1, -1);
		} else if (errno != EINTR) {
			return error_errno(errno, "%s", fd == STDOUT_FILENO ? "stdout" : "write");
		}
	}
	return NULL;
}

struct error *cli_unless_closed(struct error *err)
{
	if (!err || err->sys_errno != EPIPE)
		return err;
	error_destroy(err);
	return NULL;
}

/* A program that died on a terminal may have left it in raw mode, where a new line does not go back to column 0. */
static bool needs_return(int fd)
{
	struct termios mode;
	return tcgetattr(fd, &mode) == 0 && !(mode.c_oflag & OPOST);
}

struct error *cli_write(int fd, struct str text)
{
	/* SIGPIPE is held back for the moment and taken away: ignoring it would be inherited by the programs that oxdb runs. */
	sigset_t pipe;
	sigset_t before;
	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &pipe, &before);
	struct error *err;
	if (needs_return(fd)) {
		struct buf lines = { 0 };
		for (size_t i = 0; i < text.len; i++) {
			if (text.ptr[i] == '\n')
				buf_char(&lines, '\r');
			buf_char(&lines, text.ptr[i]);
		}
		err = write_all(fd, buf_view(&lines));
		buf_deinit(&lines);
	} else {
		err = write_all(fd, text);
	}
	if (err && err->sys_errno == EPIPE) {
		const struct timespec now = { 0, 0 };
		while (sigtimedwait(&pipe, NULL, &now) < 0 && errno == EINTR)
			;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return err;
}

/* ---- files ---- */

/* One of oxdb's own streams when `path` is another name of it (/dev/stdout); else -1. */
static int stream_of(const struct stat *file)
{
	for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++) {
		struct stat stream;
		if (fstat(fd, &stream) == 0 && stream.st_dev == file->st_dev &&
		    stream.st_ino == file->st_ino && stream.st_rdev == file->st_rdev)
			return fd;
	}
	return -1;
}

static char *directory_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	if (!slash)
		return xstrdup(".");
	return slash == path ? xstrdup("/") : str_dup((struct str){ path, (size_t)(slash - path) });
}

struct error *cli_check_file(const char *path)
{
	struct stat file;
	if (stat(path, &file) == 0) {
		if (S_ISDIR(file.st_mode))
			return error_errno(EISDIR, "%s", path);
		return access(path, W_OK) == 0 ? NULL : error_errno(errno, "%s", path);
	}
	if (errno != ENOENT)
		return error_errno(errno, "%s", path);
	char *directory = directory_of(path);
	struct error *err = access(directory, W_OK | X_OK) == 0 ? NULL : error_errno(errno, "%s", path);
	free(directory);
	return err;
}

static struct error *write_and_close(int fd, const char *path, struct str content)
{
	struct error *err = write_all(fd, content);
	if (close(fd) != 0 && !err)
		err = error_errno(errno, "close");
	return err ? error_prefix(err, "%s", path) : NULL;
}

static struct error *write_in_place(const char *path, struct str content)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0)
		return error_errno(errno, "%s", path);
	return write_and_close(fd, path, content);
}

/* `path` is no symbolic link. */
static struct error *replace(const char *path, mode_t mode, struct str content)
{
	struct buf name = { 0 };
	buf_printf(&name, "%s.XXXXXX", path);
	int fd = mkostemp(name.data, O_CLOEXEC);
	if (fd < 0) { /* the file may be writable where its directory is not */
		buf_deinit(&name);
		return write_in_place(path, content);
	}
	/* mkostemp makes it for the owner alone. */
	struct error *err = fchmod(fd, mode) == 0 ? NULL : error_errno(errno, "%s", name.data);
	if (err)
		close(fd);
	else
		err = write_and_close(fd, name.data, content);
	if (!err && rename(name.data, path) != 0)
		err = error_errno(errno, "%s", path);
	if (err)
		unlink(name.data);
	buf_deinit(&name);
	return err;
}

struct error *cli_write_file(const char *path, struct str content)
{
	struct stat file;
	if (stat(path, &file) != 0) {
		/* Nothing is there, or a link to nothing. */
		struct stat link;
		if (lstat(path, &link) == 0)
			return write_in_place(path, content);
		mode_t mask = umask(0);
		umask(mask);
		return replace(path, 0666 & ~mask, content);
	}
	int stream = stream_of(&file);
	if (stream >= 0)
		return cli_write(stream, content);
	if (!S_ISREG(file.st_mode))
		return write_in_place(path, content);
	char *real = realpath(path, NULL);
	if (!real)
		return error_errno(errno, "%s", path);
	struct error *err = replace(real, file.st_mode & 07777, content);
	free(real);
	return err;
}
