/* `oxdb cargo-runner SOCKET PROGRAM ARGUMENT…`: what cargo is told to start programs with. */
#include "ui/cargo/cargo_internal.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { FAILED = 2 };

extern char **environ;

static uint32_t add_words(struct buf *to, char *const *words)
{
	uint32_t count = 0;
	for (; words[count]; count++)
		buf_add(to, words[count], strlen(words[count]) + 1);
	return count;
}

static struct error *connect_to(const char *path, int *ret)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof address.sun_path)
		return error_new(ERROR_LIMIT, "%s: too long for a socket's name", path);
	memcpy(address.sun_path, path, strlen(path));
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return error_errno(errno, "socket");
	if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
		struct error *err = error_errno(errno, "%s", path);
		close(fd);
		return err;
	}
	*ret = fd;
	return NULL;
}

/* Tells what is to be started, and waits for the answer. */
static struct error *hand_over(int fd, char *const *program, int *ret_code)
{
	struct buf text = { 0 };
	struct cargo_hello hello = { .magic = CARGO_HELLO_MAGIC };
	char *directory = getcwd(NULL, 0);
	uint8_t code = FAILED;
	if (!directory)
		return error_errno(errno, "the working directory");
	buf_add(&text, directory, strlen(directory) + 1);
	free(directory);
	hello.argument_count = add_words(&text, program);
	hello.variable_count = add_words(&text, environ);
	hello.bytes = (uint32_t)text.len;
	bool good = text.len <= CARGO_HELLO_BYTES_MAX && cargo_send(fd, &hello, sizeof hello) &&
		    cargo_send(fd, text.data, text.len) && cargo_receive(fd, &code, sizeof code);
	buf_deinit(&text);
	if (!good)
		return error_new(ERROR_GONE, "the debugger is gone");
	*ret_code = code;
	return NULL;
}

/* nextest has each program list its tests by the runner, too. */
static bool asks_for_list(char *const *words)
{
	for (; *words; words++)
		if (strcmp(*words, "--list") == 0)
			return true;
	return false;
}

int cargo_runner(int argc, char **argv)
{
	int fd = -1;
	int code = FAILED;
	if (argc > 2 && (strcmp(argv[1], "-") == 0 || asks_for_list(argv + 2)))
		execv(argv[2], argv + 2);
	struct error *err =
		argc < 3 ? error_new(ERROR_USAGE, "cargo-runner is for oxdb test and oxdb run alone")
			 : connect_to(argv[1], &fd);
	if (!err)
		err = hand_over(fd, argv + 2, &code);
	if (fd >= 0)
		close(fd);
	if (err)
		fprintf(stderr, "oxdb: %s\n", err->message);
	error_destroy(err);
	return code;
}
