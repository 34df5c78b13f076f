/* What oxdb's own process is made to do while there is a target. */
#include "target/linux/linux.h"

#include "base/pool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Until it has been seen, a wake-up is repeated at this interval: a signal that comes between the look at the flag and the blocking system
 * call would be lost otherwise, and to have it blocked outside that call would cost two system calls more at every stop. */
enum { WAKE_NS = 2000000 };

/* SIGCHLD and SIGURG only have to end system calls; a signal whose default is to be ignored wakes nobody without a handler. */
static void do_nothing(int signal)
{
	(void)signal;
}

struct error *linux_host_init(struct linux_target *t)
{
	sigset_t blocked;
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &blocked, &t->old_mask) != 0)
		return error_errno(errno, "blocking SIGCHLD");
	t->wait_mask = t->old_mask;
	sigdelset(&t->wait_mask, SIGCHLD);
	sigdelset(&t->wait_mask, SIGURG);
	struct sigaction action = { .sa_handler = do_nothing };
	sigaction(SIGCHLD, &action, &t->old_chld);
	sigaction(SIGURG, &action, &t->old_urg);
	sigaction(SIGINT, NULL, &t->old_int);
	sigaction(SIGQUIT, NULL, &t->old_quit);
	struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGURG };
	event._sigev_un._tid = (pid_t)syscall(SYS_gettid);
	t->has_timer = timer_create(CLOCK_MONOTONIC, &event, &t->timer) == 0;
	pool_width(); /* which looks where we may run: before we are pinned */
	t->has_cpus = sched_getaffinity(0, sizeof t->cpus, &t->cpus) == 0;
	return NULL;
}

void linux_host_deinit(struct linux_target *t)
{
	linux_stay_near(&t->base, 0);
	if (t->has_timer)
		timer_delete(t->timer);
	sigaction(SIGCHLD, &t->old_chld, NULL);
	sigaction(SIGURG, &t->old_urg, NULL);
	if (t->ignore_terminal) {
		sigaction(SIGINT, &t->old_int, NULL);
		sigaction(SIGQUIT, &t->old_quit, NULL);
	}
	sigprocmask(SIG_SETMASK, &t->old_mask, NULL);
}

void linux_host_ignore_terminal(struct linux_target *t)
{
	if (t->ignore_terminal)
		return;
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	sigaction(SIGINT, &ignore, NULL);
	sigaction(SIGQUIT, &ignore, NULL);
	t->ignore_terminal = true;
}

void linux_host_leave(const struct linux_target *t)
{
	sigaction(SIGINT, &t->old_int, NULL);
	sigaction(SIGQUIT, &t->old_quit, NULL);
	sigaction(SIGCHLD, &t->old_chld, NULL);
	sigaction(SIGURG, &t->old_urg, NULL);
	if (t->pinned)
		sched_setaffinity(0, sizeof t->cpus, &t->cpus);
	sigprocmask(SIG_SETMASK, &t->old_mask, NULL);
}

/* ---- wake-ups ---- */

void linux_wake(struct target *base)
{
	struct linux_target *t = linux_target(base);
	int saved = errno;
	atomic_store(&t->woken, true);
	/* Async-signal-safe: signal-safety(7). */
	struct itimerspec often = { .it_value = { 0, WAKE_NS / 4 }, .it_interval = { 0, WAKE_NS } };
	if (t->has_timer)
		timer_settime(t->timer, 0, &often, NULL);
	errno = saved;
}

bool linux_take_wake(struct linux_target *t)
{
	if (!atomic_load_explicit(&t->woken, memory_order_relaxed))
		return false;
	struct itimerspec never = { 0 };
	if (t->has_timer)
		timer_settime(t->timer, 0, &never, NULL);
	atomic_store(&t->woken, false);
	return true;
}

/* ---- CPU ---- */

/* The CPU that a thread ran on last: field 39 of proc_pid_stat(5). -1: not known. */
static int last_cpu(target_tid tid)
{
	enum { FIELD = 39, FIRST_BEHIND_NAME = 3 };
	char path[64], text[1024];
	snprintf(path, sizeof path, "/proc/%d/stat", tid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	ssize_t size = read(fd, text, sizeof text - 1);
	close(fd);
	if (size <= 0)
		return -1;
	text[size] = '\0';
	/* The name may hold anything, so what follows its last parenthesis counts. */
	const char *at = strrchr(text, ')');
	for (int field = FIRST_BEHIND_NAME - 1; at && field < FIELD; field++) {
		at = strchr(at, ' ');
		at = at ? at + 1 : NULL;
	}
	return at && *at >= '0' && *at <= '9' ? atoi(at) : -1;
}

void linux_stay_near(struct target *base, target_tid tid)
{
	struct linux_target *t = linux_target(base);
	if (!t->has_cpus || (tid == 0 && !t->pinned))
		return;
	if (tid == 0) {
		sched_setaffinity(0, sizeof t->cpus, &t->cpus);
		t->pinned = false;
		return;
	}
	int cpu = last_cpu(tid);
	if (cpu < 0 || cpu >= CPU_SETSIZE || !CPU_ISSET(cpu, &t->cpus) ||
	    (t->pinned && t->pinned_cpu == cpu))
		return;
	cpu_set_t one;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	if (sched_setaffinity(0, sizeof one, &one) == 0) {
		t->pinned = true;
		t->pinned_cpu = cpu;
	}
}
