/* What oxdb's own process is made to do while there is a target. */
#include "target/linux/linux.h"

#include "base/pool.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

/* What a child of fork() has of its parent, a shell for a command among them. */
static struct {
	bool registered, blocked, pinned;
	cpu_set_t cpus;
	sigset_t mask;
} inherited;

static void mend_child(void)
{
	if (inherited.pinned)
		sched_setaffinity(0, sizeof inherited.cpus, &inherited.cpus);
	if (inherited.blocked)
		sigprocmask(SIG_SETMASK, &inherited.mask, NULL);
}

struct error *linux_host_init(struct linux_target *t)
{
	sigset_t blocked;
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &blocked, &t->old_mask) != 0)
		return error_errno(errno, "blocking SIGCHLD");
	inherited.mask = t->old_mask;
	inherited.registered = inherited.registered || pthread_atfork(NULL, NULL, mend_child) == 0;
	inherited.blocked = true;
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

static void unpin(struct linux_target *t);

void linux_host_deinit(struct linux_target *t)
{
	unpin(t);
	if (t->has_timer)
		timer_delete(t->timer);
	sigaction(SIGCHLD, &t->old_chld, NULL);
	sigaction(SIGURG, &t->old_urg, NULL);
	if (t->ignore_terminal) {
		sigaction(SIGINT, &t->old_int, NULL);
		sigaction(SIGQUIT, &t->old_quit, NULL);
	}
	sigprocmask(SIG_SETMASK, &t->old_mask, NULL);
	inherited.blocked = false;
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

static void unpin(struct linux_target *t)
{
	if (t->pinned)
		sched_setaffinity(0, sizeof t->cpus, &t->cpus);
	t->pinned = inherited.pinned = false;
}

int64_t linux_now_ns(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* To the CPU that the thread is on. */
static void pin(struct linux_target *t, int64_t now)
{
	t->nearness.looked = now;
	int cpu = last_cpu(t->near);
	if (cpu < 0 || cpu >= CPU_SETSIZE || !CPU_ISSET(cpu, &t->cpus) ||
	    (t->pinned && t->pinned_cpu == cpu))
		return;
	cpu_set_t one;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	inherited.cpus = t->cpus;
	if (sched_setaffinity(0, sizeof one, &one) == 0) {
		t->pinned = inherited.pinned = true;
		t->pinned_cpu = cpu;
	}
}

static void change(struct linux_target *t, int64_t now)
{
	t->nearness.changed = true;
	if (t->pinned)
		unpin(t);
	else
		pin(t, now);
}

/* `took`: what the stops since it was asked for last have taken. */
static void judge(struct linux_target *t, int64_t now, int64_t took)
{
	enum { LOOK_NS = 20000000, DRIFT_NS = 100000000, OLD_NS = 1000000000 };
	bool is = t->pinned;
	int64_t known = t->nearness.cost[is], other = t->nearness.cost[!is];
	int64_t age = now - t->nearness.seen[!is];
	bool worse = known && took > known + known / 2;
	t->nearness.cost[is] = known ? (3 * known + took) / 4 : took;
	t->nearness.seen[is] = now;
	if (other == 0 || age > OLD_NS || (worse && age > DRIFT_NS)) {
		t->nearness.cost[!is] = 0; /* to be seen anew */
		change(t, now);
	} else if (t->nearness.cost[is] > other + other / 8) {
		change(t, now);
	} else if (is && (worse || now - t->nearness.looked > LOOK_NS)) {
		pin(t, now);
	}
}

/* What is better is for the scheduler to say. With idle CPUs the thread is woken on another one than ours, wherever we are; then we had better
 * stay awake until it has stopped again, on whatever CPU. With all of them busy it runs where we are pinned, as soon as we sleep. So both are
 * tried, and now and then again. Commands that step come one after the other, so CPUs are only lent back for good when somebody needs that. */
void linux_stay_near(struct target *base, target_tid tid)
{
	enum { PAUSE_NS = 50000000, FEW = 4 };
	struct linux_target *t = linux_target(base);
	if (tid == TARGET_NOBODY)
		unpin(t);
	if (!t->has_cpus || tid == TARGET_NOBODY || tid == 0) {
		t->nearness.asked = 0;
		t->nearness.awake = 0;
		return;
	}
	int64_t now = linux_now_ns(), took = t->nearness.asked ? now - t->nearness.asked : 0;
	t->nearness.asked = now;
	if (t->near != tid) {
		t->near = tid;
		memset(t->nearness.cost, 0, sizeof t->nearness.cost);
		pin(t, now);
	} else if (t->nearness.changed) {
		t->nearness.changed = false; /* nothing is judged by how it begins */
	} else if (took > 0 && took < PAUSE_NS) {
		judge(t, now, took);
	} else if (t->pinned || t->nearness.cost[0] == 0) {
		pin(t, now);
	}
	/* How often is waited must not depend on time where calls are counted. */
	bool awake = !t->pinned && CPU_COUNT(&t->cpus) > 1 && !sys_injecting();
	t->nearness.awake = awake ? FEW : 0;
}
