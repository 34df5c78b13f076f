/* Other processes: cargo, and test programs that are asked for their list. */
#include "ui/cargo/cargo_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { OUTPUT_MAX = 512 << 20, CANNOT_EXECUTE = 127 };

static void use_stream(int fd, int as)
{
	if (fd >= 0)
		dup2(fd, as); /* without close-on-exec */
}

static void run_child(const struct cargo_start *start, const struct cargo_streams *streams, int report)
{
	int failure;
	if (streams->own_group)
		setpgid(0, 0);
	use_stream(streams->in, STDIN_FILENO);
	use_stream(streams->out, STDOUT_FILENO);
	use_stream(streams->err, STDERR_FILENO);
	if (!start->directory || chdir(start->directory) == 0) {
		if (start->env)
			execvpe(start->argv[0], start->argv, start->env);
		else
			execvp(start->argv[0], start->argv);
	}
	failure = errno;
	while (write(report, &failure, sizeof failure) < 0 && errno == EINTR)
		;
	_exit(CANNOT_EXECUTE);
}

struct error *cargo_fork(const struct cargo_start *start, const struct cargo_streams *streams, pid_t *ret)
{
	int report[2];
	int failure = 0;
	if (pipe2(report, O_CLOEXEC) != 0)
		return error_errno(errno, "pipe");
	pid_t pid = fork();
	if (pid == 0)
		run_child(start, streams, report[1]);
	int fork_failure = errno;
	close(report[1]);
	if (pid > 0 && cargo_receive(report[0], &failure, sizeof failure))
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	close(report[0]);
	if (pid < 0)
		return error_errno(fork_failure, "fork");
	if (failure)
		return error_errno(failure, "%s", start->argv[0]);
	*ret = pid;
	return NULL;
}

bool cargo_send(int fd, const void *bytes, size_t count)
{
	const char *at = bytes;
	while (count) {
		ssize_t sent = send(fd, at, count, MSG_NOSIGNAL);
		if (sent < 0 && errno != EINTR)
			return false;
		if (sent > 0) {
			at += sent;
			count -= (size_t)sent;
		}
	}
	return true;
}

bool cargo_receive(int fd, void *bytes, size_t count)
{
	char *at = bytes;
	while (count) {
		ssize_t got = read(fd, at, count);
		if (got == 0 || (got < 0 && errno != EINTR))
			return false;
		if (got > 0) {
			at += got;
			count -= (size_t)got;
		}
	}
	return true;
}

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Until the other side is closed, `until_ms` (0: never) or the limit. */
static struct error *read_output(int fd, int64_t until_ms, struct buf *output)
{
	static const size_t step = 1 << 16;
	char *part = xmalloc(step);
	struct error *err = NULL;
	while (!err) {
		struct pollfd wait = { .fd = fd, .events = POLLIN };
		int64_t left = until_ms ? until_ms - now_ms() : -1;
		if (until_ms && left <= 0) {
			err = error_new(ERROR_TIMEOUT, "no end of its output");
			break;
		}
		if (poll(&wait, 1, (int)left) <= 0)
			continue;
		ssize_t got = read(fd, part, step);
		if (got == 0)
			break;
		if (got < 0 && errno != EINTR)
			err = error_errno(errno, "read");
		if (got > 0)
			buf_add(output, part, (size_t)got);
		if (output->len > OUTPUT_MAX)
			err = error_new(ERROR_LIMIT, "more than %d MiB of output", OUTPUT_MAX >> 20);
	}
	free(part);
	return err;
}

static int wait_for(pid_t pid)
{
	int status = 0;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

struct error *cargo_run(const struct cargo_start *start, unsigned flags, int timeout_ms,
			struct buf *ret_output, int *ret_status)
{
	int out[2] = { -1, -1 };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null < 0)
		return error_errno(errno, "/dev/null");
	if (ret_output && pipe2(out, O_CLOEXEC) != 0) {
		close(null);
		return error_errno(errno, "pipe");
	}
	const struct cargo_streams streams = { .in = flags & CARGO_NO_INPUT ? null : -1,
					       .out = out[1],
					       .err = flags & CARGO_QUIET ? null : -1,
					       .own_group = timeout_ms != 0 };
	pid_t pid = 0;
	struct error *err = cargo_fork(start, &streams, &pid);
	close(null);
	if (ret_output)
		close(out[1]);
	if (!err && ret_output) {
		err = read_output(out[0], timeout_ms ? now_ms() + timeout_ms : 0, ret_output);
		if (err)
			err = error_prefix(err, "%s", start->argv[0]);
	}
	if (ret_output)
		close(out[0]);
	if (err && pid)
		kill(timeout_ms ? -pid : pid, SIGKILL);
	if (pid)
		*ret_status = wait_for(pid);
	return err;
}

int cargo_exit_code(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
