#include "target/linux/guardian.h"

#include "base/vec.h"
#include "target/linux/sys.h"

#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <time.h>
#include <unistd.h>

/* TRAPS: memory is used only as far as there are entries. WAIT_MS: how long our end as a tracer is waited for, and a thread's stop. */
enum { TRAPS = 1 << 16, PROCESSES_MAX = 256, WAIT_MS = 1000, RELEASE_STACK = 1 << 14 };

struct trap {
	uint64_t addr;
	atomic_int pid; /* 0: free. Written last, cleared first */
	uint32_t size;
	uint8_t original[GUARDIAN_TRAP_MAX], trap[GUARDIAN_TRAP_MAX];
};

/* Shared by both. The mutex is ours as long as we live. It is a robust one: of all that the kernel does at a process's end, it gives
 * those back first, and lets the traced threads go last (kernel/exit.c, do_exit). In between it takes the memory down, and an AIO context
 * that is found there makes it wait for a grace period of RCU (fs/aio.c, exit_aio): tens of milliseconds, which the guardian has before
 * anybody runs into a trap. */
struct table {
	pthread_mutex_t alive;
	atomic_bool done; /* it ends because nothing is to be guarded any more */
	atomic_size_t used;
	struct trap traps[TRAPS];
};

struct linux_guardian {
	struct table *table;
	aio_context_t delay; /* 0: there is none here, and less time */
	VEC(size_t) free;
};

/* ---- the guardian ---- */

static void nap(void)
{
	struct timespec ms = { 0, 1000000 };
	nanosleep(&ms, NULL);
}

static int open_memory(pid_t pid)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/mem", pid);
	return open(path, O_RDWR | O_CLOEXEC);
}

/* Only where a trap still is: another file may be mapped there by now. */
static bool take_out(int memory, const struct trap *trap)
{
	uint8_t now[GUARDIAN_TRAP_MAX];
	return pread(memory, now, trap->size, (off_t)trap->addr) == (ssize_t)trap->size &&
	       memcmp(now, trap->trap, trap->size) == 0 &&
	       pwrite(memory, trap->original, trap->size, (off_t)trap->addr) == (ssize_t)trap->size;
}

/* Entries are in no order, and few processes are attached to: one look at the table for each. */
static size_t take_all_out(struct table *table, pid_t pid)
{
	int memory = open_memory(pid);
	size_t left = 0, used = atomic_load(&table->used);
	for (size_t i = 0; i < used; i++) {
		if (atomic_load(&table->traps[i].pid) == pid)
			left += memory < 0 || !take_out(memory, &table->traps[i]);
	}
	if (memory >= 0)
		close(memory);
	return left;
}

static const struct trap *find(struct table *table, pid_t pid, uint64_t addr)
{
	size_t used = atomic_load(&table->used);
	for (size_t i = 0; i < used; i++) {
		if (table->traps[i].addr == addr && atomic_load(&table->traps[i].pid) == pid)
			return &table->traps[i];
	}
	return NULL;
}

/* Where memory may be written by a tracer only. */
static void poke_all(struct table *table, pid_t pid, pid_t tid)
{
	size_t used = atomic_load(&table->used);
	for (size_t i = 0; i < used; i++) {
		const struct trap *trap = &table->traps[i];
		if (atomic_load(&trap->pid) != pid)
			continue;
		errno = 0;
		long word = ptrace(PTRACE_PEEKDATA, tid, (void *)(uintptr_t)trap->addr, 0);
		if (errno != 0 || trap->size > sizeof word || memcmp(&word, trap->trap, trap->size) != 0)
			continue;
		memcpy(&word, trap->original, trap->size);
		ptrace(PTRACE_POKEDATA, tid, (void *)(uintptr_t)trap->addr, (void *)word);
	}
}

/* A thread that has run into a trap which is not there any more: back to before it. */
static bool put_back(struct table *table, pid_t pid, pid_t tid)
{
	struct user_regs_struct regs;
	struct iovec iov = { &regs, sizeof regs };
	if (ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &iov) != 0)
		return false;
	const struct trap *trap = find(table, pid, regs.rip - 1);
	if (!trap || trap->size != 1)
		return false;
	regs.rip--;
	return ptrace(PTRACE_SETREGSET, tid, NT_PRSTATUS, &iov) == 0;
}

static int wait_for(pid_t tid)
{
	for (int i = 0; i < WAIT_MS; i++) {
		int status;
		pid_t got = waitpid(tid, &status, __WALL | WNOHANG);
		if (got == tid)
			return status;
		if (got < 0)
			return 0;
		nap();
	}
	return 0;
}

static bool trap_pending(pid_t tid)
{
	char path[64], text[4096];
	snprintf(path, sizeof path, "/proc/%d/status", tid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t size = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
	if (fd >= 0)
		close(fd);
	text[size > 0 ? size : 0] = '\0';
	const char *pending = strstr(text, "\nSigPnd:");
	return pending && (strtoull(pending + strlen("\nSigPnd:"), NULL, 16) >> (SIGTRAP - 1) & 1);
}

/* The thread is attached to once more, as soon as the kernel has let it go for us. */
static void rescue(struct table *table, pid_t pid, pid_t tid, bool poke)
{
	int tries = 0;
	while (ptrace(PTRACE_SEIZE, tid, 0, 0) != 0) {
		if (errno != EPERM || ++tries > WAIT_MS)
			return;
		nap();
	}
	if (ptrace(PTRACE_INTERRUPT, tid, 0, 0) != 0)
		return;
	int status = wait_for(tid);
	if (WIFSTOPPED(status) && poke)
		poke_all(table, pid, tid);
	if (WIFSTOPPED(status) && status >> 16 == PTRACE_EVENT_STOP && trap_pending(tid)) {
		ptrace(PTRACE_CONT, tid, 0, 0);
		status = wait_for(tid);
	}
	if (!WIFSTOPPED(status))
		return;
	int signal = status >> 16 == 0 ? WSTOPSIG(status) : 0;
	if (signal == SIGTRAP && put_back(table, pid, tid))
		signal = 0;
	ptrace(PTRACE_DETACH, tid, 0, (void *)(intptr_t)signal);
}

static void rescue_threads(struct table *table, pid_t pid, bool poke)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/task", pid);
	DIR *tasks = opendir(path);
	if (!tasks)
		return;
	for (struct dirent *entry; (entry = readdir(tasks));) {
		pid_t tid = atoi(entry->d_name);
		if (tid > 0)
			rescue(table, pid, tid, poke);
	}
	closedir(tasks);
}

/* Bytes first, for each process: a thread that runs into a trap from now on is lost otherwise. */
static void mend(struct table *table)
{
	pid_t pids[PROCESSES_MAX];
	bool left[PROCESSES_MAX];
	size_t count = 0, used = atomic_load(&table->used);
	for (size_t i = 0; i < used && count < PROCESSES_MAX; i++) {
		pid_t pid = atomic_load(&table->traps[i].pid);
		size_t known = 0;
		while (known < count && pids[known] != pid)
			known++;
		if (pid == 0 || known < count)
			continue;
		left[count] = take_all_out(table, pid) > 0;
		pids[count++] = pid;
	}
	for (size_t i = 0; i < count; i++)
		rescue_threads(table, pids[i], left[i]);
}

static void detach_from_everything(void)
{
	setsid();
	sigset_t all;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	prctl(PR_SET_NAME, "oxdb-guardian");
	setpriority(PRIO_PROCESS, 0, -20); /* for the one moment; not permitted to most */
	int null = open("/dev/null", O_RDWR);
	for (int fd = 0; fd < 3 && null >= 0; fd++)
		dup2(null, fd);
	close_range(3, ~0u, 0);
	if (chdir("/") != 0)
		return; /* it only keeps a directory busy */
}

_Noreturn static void guard(struct table *table)
{
	detach_from_everything();
	if (pthread_mutex_lock(&table->alive) == EOWNERDEAD && !atomic_load(&table->done))
		mend(table);
	_exit(0);
}

/* ---- in oxdb ---- */

static struct table *make_table(void)
{
	struct table *table =
		mmap(NULL, sizeof *table, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (table == MAP_FAILED)
		return NULL;
	pthread_mutexattr_t attributes;
	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(&table->alive, &attributes);
	pthread_mutexattr_destroy(&attributes);
	pthread_mutex_lock(&table->alive);
	return table;
}

struct error *linux_guardian_start(struct linux_guardian **ret)
{
	struct table *table = make_table();
	if (!table)
		return error_errno(errno, "memory for the guardian");
	/* Not a child: whoever waits for all our children shall not meet it. */
	pid_t pid = fork();
	if (pid == 0) {
		pid_t second = fork();
		if (second == 0)
			guard(table);
		_exit(second < 0);
	}
	int status = -1;
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (status != 0) {
		pthread_mutex_unlock(&table->alive);
		munmap(table, sizeof *table);
		return error_new(ERROR_SYSTEM, "the guardian could not be started");
	}
	struct linux_guardian *g = xmalloc(sizeof *g);
	g->table = table;
	if (syscall(SYS_io_setup, 1, &g->delay) != 0)
		g->delay = 0;
	*ret = g;
	return NULL;
}

/* To destroy the context takes the same grace period, at an orderly end, too. So a process that shares our memory does it while we go on,
 * or end: the kernel takes memory down with its last user. It uses nothing of ours but this. */
static struct {
	aio_context_t context;
	pid_t busy; /* the kernel clears it (CLONE_CHILD_CLEARTID) */
	_Alignas(16) char stack[2][RELEASE_STACK];
} release;

static int release_delay(void *unused)
{
	(void)unused;
	syscall(SYS_close_range, 0, ~0u, 0); /* whoever reads from our pipes shall not wait for this one */
	syscall(SYS_io_destroy, release.context);
	return 0;
}

/* Nobody's child, as the guardian is. */
static int start_release(void *unused)
{
	(void)unused;
	return clone(release_delay, release.stack[1] + RELEASE_STACK, CLONE_VM | CLONE_CHILD_CLEARTID,
		     NULL, NULL, NULL, &release.busy) < 0;
}

static void destroy_delay(aio_context_t context)
{
	sigset_t all, old;
	int status = -1;
	pid_t pid = -1;
	if (__atomic_load_n(&release.busy, __ATOMIC_ACQUIRE) == 0) {
		release.context = context;
		release.busy = -1;
		sigfillset(&all); /* no handler of ours is to run there */
		pthread_sigmask(SIG_SETMASK, &all, &old);
		pid = clone(start_release, release.stack[0] + RELEASE_STACK,
			    CLONE_VM | CLONE_VFORK | SIGCHLD, NULL);
		while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
		pthread_sigmask(SIG_SETMASK, &old, NULL);
		if (status != 0)
			release.busy = 0;
	}
	if (status != 0)
		syscall(SYS_io_destroy, context);
}

void linux_guardian_end(struct linux_guardian *g)
{
	if (!g)
		return;
	atomic_store(&g->table->done, true);
	pthread_mutex_unlock(&g->table->alive);
	munmap(g->table, sizeof *g->table);
	if (g->delay)
		destroy_delay(g->delay);
	vec_free(&g->free);
	free(g);
}

size_t linux_guardian_add(struct linux_guardian *g, target_pid pid, uint64_t addr, const void *original,
			  const void *trap, size_t size)
{
	struct table *table = g->table;
	size_t used = atomic_load(&table->used);
	size_t index = g->free.count > 0 ? g->free.data[--g->free.count] : used;
	if (index >= TRAPS || size > GUARDIAN_TRAP_MAX)
		return SIZE_MAX;
	struct trap *entry = &table->traps[index];
	entry->addr = addr;
	entry->size = (uint32_t)size;
	memcpy(entry->original, original, size);
	memcpy(entry->trap, trap, size);
	atomic_store(&entry->pid, pid);
	if (index == used)
		atomic_store(&table->used, used + 1);
	return index;
}

void linux_guardian_drop(struct linux_guardian *g, size_t index)
{
	if (index >= TRAPS)
		return;
	atomic_store(&g->table->traps[index].pid, 0);
	vec_push(&g->free, index);
}
