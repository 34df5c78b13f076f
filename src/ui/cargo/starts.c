/* Starts taken over from cargo: the side of the socket that oxdb is on. */
#include "ui/cargo/cargo_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	LOOK_MS = 20,       /* how often to see whether cargo has ended */
	SAID_MAX = 1 << 16, /* of what cargo has said */
};

struct cargo_starts {
	char *folder;
	char *path; /* of the socket */
	char *link; /* to oxdb, since a runner's words are divided at blanks */
	int listening;
	int asking;  /* who waits for an answer; -1: nobody */
	int said;    /* a file with a quiet cargo's stderr; -1: none */
	pid_t cargo; /* 0: not running */
	bool own_group;
};

/* ---- being killed ---- */

/* The one that is open: what a signal's handler may clean up after. */
static struct cargo_starts *volatile open_starts;
static const int deadly[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

static void clean_up(int signal)
{
	struct cargo_starts *s = open_starts;
	if (s) {
		unlink(s->path);
		unlink(s->link);
		rmdir(s->folder);
		if (s->cargo > 0 && s->own_group)
			kill(-s->cargo, signal);
	}
	struct sigaction fall = { .sa_handler = SIG_DFL };
	sigaction(signal, &fall, NULL);
	raise(signal);
}

/* What we are told to ignore (nohup) stays ignored. */
static void handle_deadly(void (*before)(int), void (*handler)(int))
{
	for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++) {
		struct sigaction now;
		const struct sigaction action = { .sa_handler = handler };
		if (sigaction(deadly[i], NULL, &now) == 0 && now.sa_handler == before)
			sigaction(deadly[i], &action, NULL);
	}
}

/* ---- the socket ---- */

static struct error *listen_at(const char *path, int *ret)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof address.sun_path)
		return error_new(ERROR_LIMIT, "%s: too long for a socket's name", path);
	memcpy(address.sun_path, path, strlen(path));
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return error_errno(errno, "socket");
	if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, SOMAXCONN) != 0) {
		struct error *err = error_errno(errno, "%s", path);
		close(fd);
		return err;
	}
	*ret = fd;
	return NULL;
}

struct error *cargo_starts_open(struct cargo_starts **ret)
{
	char folder[] = "/tmp/oxdb-XXXXXX"; /* a socket's name is short */
	struct buf path = { 0 };
	struct buf link = { 0 };
	if (!mkdtemp(folder))
		return error_errno(errno, "%s", folder);
	struct cargo_starts *s = xmalloc(sizeof *s);
	buf_printf(&path, "%s/cargo", folder);
	buf_printf(&link, "%s/oxdb", folder);
	*s = (struct cargo_starts){
		.folder = xstrdup(folder), .path = path.data, .listening = -1, .asking = -1, .said = -1
	};
	s->link = link.data;
	char own[4096];
	ssize_t length = readlink("/proc/self/exe", own, sizeof own - 1);
	own[length > 0 ? length : 0] = '\0';
	open_starts = s;
	handle_deadly(SIG_DFL, clean_up);
	struct error *err = listen_at(s->path, &s->listening);
	if (!err && symlink(own, s->link) != 0)
		err = error_errno(errno, "%s", s->link);
	if (err)
		cargo_starts_close(s);
	else
		*ret = s;
	return err;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void cargo_starts_close(struct cargo_starts *s)
{
	if (!s)
		return;
	cargo_starts_answer(s, 1);
	close_fd(&s->listening);
	close_fd(&s->said);
	handle_deadly(clean_up, SIG_DFL);
	open_starts = NULL;
	unlink(s->path);
	unlink(s->link);
	rmdir(s->folder);
	free(s->path);
	free(s->link);
	free(s->folder);
	free(s);
}

/* ---- cargo ---- */

const char *cargo_starts_folder(const struct cargo_starts *s)
{
	return s->folder;
}

const char *cargo_starts_path(const struct cargo_starts *s)
{
	return s->path;
}

struct error *cargo_starts_launch(struct cargo_starts *s, const struct cargo_start *cargo,
				  unsigned flags, bool own_group)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null < 0)
		return error_errno(errno, "/dev/null");
	bool quiet = flags & CARGO_QUIET;
	if (quiet) {
		close_fd(&s->said);
		FILE *file = tmpfile();
		s->said = file ? fcntl(fileno(file), F_DUPFD_CLOEXEC, 3) : -1;
		if (file)
			fclose(file);
	}
	const struct cargo_streams streams = { .in = null,
					       .out = quiet ? s->said : -1,
					       .err = quiet ? s->said : -1,
					       .own_group = own_group };
	struct error *err = cargo_fork(cargo, &streams, &s->cargo);
	s->own_group = own_group;
	close(null);
	return err;
}

/* ---- what cargo starts ---- */

/* `count` words, the rest of the text is moved behind them. */
static char **take_words(struct str *text, uint32_t count, struct arena *arena)
{
	char **words = ARENA_ARRAY(arena, char *, (size_t)count + 1);
	for (uint32_t i = 0; i < count; i++) {
		size_t length = text->len ? strnlen(text->ptr, text->len) : 0;
		if (length == text->len)
			return NULL;
		words[i] = (char *)(uintptr_t)text->ptr;
		*text = str_sub(*text, length + 1, text->len);
	}
	return words;
}

static struct error *take_hello(int fd, struct arena *arena, struct cargo_start *ret)
{
	struct cargo_hello hello;
	if (!cargo_receive(fd, &hello, sizeof hello))
		return error_new(ERROR_GONE, "cargo's runner is gone");
	if (hello.magic != CARGO_HELLO_MAGIC || hello.bytes > CARGO_HELLO_BYTES_MAX ||
	    !hello.argument_count || hello.argument_count > hello.bytes ||
	    hello.variable_count > hello.bytes)
		return error_new(ERROR_FORMAT,
				 "cargo's runner speaks another language: is it another oxdb?");
	char *bytes = arena_alloc(arena, (size_t)hello.bytes + 1);
	if (!cargo_receive(fd, bytes, hello.bytes))
		return error_new(ERROR_GONE, "cargo's runner is gone");
	struct str text = { bytes, hello.bytes };
	char **directory = take_words(&text, 1, arena);
	char **argv = directory ? take_words(&text, hello.argument_count, arena) : NULL;
	char **env = argv ? take_words(&text, hello.variable_count, arena) : NULL;
	if (!env)
		return error_new(ERROR_TRUNCATED, "cargo's runner: fewer words than it says");
	*ret = (struct cargo_start){ .directory = *directory, .argv = argv, .env = env };
	return NULL;
}

struct error *cargo_starts_next(struct cargo_starts *s, struct arena *arena, struct cargo_start *ret,
				bool *ret_some, int *ret_status)
{
	for (;;) {
		struct pollfd wait = { .fd = s->listening, .events = POLLIN };
		if (poll(&wait, 1, LOOK_MS) > 0) {
			s->asking = accept4(s->listening, NULL, NULL, SOCK_CLOEXEC);
			if (s->asking < 0)
				continue;
			*ret_some = true;
			TRY(take_hello(s->asking, arena, ret));
			ret->env = cargo_restore_environment(s, ret->env, arena);
			return NULL;
		}
		if (waitpid(s->cargo, ret_status, WNOHANG) == s->cargo) {
			s->cargo = 0;
			*ret_some = false;
			return NULL;
		}
	}
}

void cargo_starts_answer(struct cargo_starts *s, int exit_code)
{
	uint8_t code = (uint8_t)exit_code;
	if (s->asking >= 0)
		(void)cargo_send(s->asking, &code, sizeof code); /* who is gone needs no answer */
	close_fd(&s->asking);
}

int cargo_starts_finish(struct cargo_starts *s)
{
	int status = 0;
	if (s->cargo)
		while (waitpid(s->cargo, &status, 0) < 0 && errno == EINTR)
			;
	s->cargo = 0;
	return status;
}

struct str cargo_starts_said(struct cargo_starts *s, struct arena *arena)
{
	struct stat file;
	if (s->said < 0 || fstat(s->said, &file) != 0)
		return STR_EMPTY;
	char *text = arena_alloc(arena, SAID_MAX + 1);
	off_t from = file.st_size > SAID_MAX ? file.st_size - SAID_MAX : 0;
	ssize_t got = pread(s->said, text, SAID_MAX, from);
	return (struct str){ text, got > 0 ? (size_t)got : 0 };
}
