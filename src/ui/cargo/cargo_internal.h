#pragma once

#include "ui/cargo/cargo.h"

#include <sys/types.h>

/* What one side of the socket tells the other: this, then as many bytes: the directory, the arguments and the environment, a NUL behind each. */
struct cargo_hello {
	uint32_t magic, argument_count, variable_count, bytes;
};

enum {
	CARGO_HELLO_MAGIC = 0x6f786462,
	CARGO_HELLO_BYTES_MAX =
		64 << 20, /* the kernel takes 6 MiB of arguments and environment unless told otherwise */
};

/* Streams of a child: -1 leaves oxdb's. */
struct cargo_streams {
	int in, out, err;
	bool own_group;
};

struct error *cargo_fork(const struct cargo_start *start, const struct cargo_streams *streams,
			 pid_t *ret) ERROR_CHECK;
/* The socket's. */
const char *cargo_starts_folder(const struct cargo_starts *s);
/* What the program would have got from cargo without us. In the arena. */
char *const *cargo_restore_environment(const struct cargo_starts *s, char *const *env, struct arena *arena);
/* EINTR does not end them. False: the other side is gone. */
bool cargo_send(int fd, const void *bytes, size_t count);
bool cargo_receive(int fd, void *bytes, size_t count);
