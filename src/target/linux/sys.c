#include "target/linux/sys.h"

#include "base/log.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct {
	enum sys_fault fault;
	unsigned long nth, count;
} inject;

void sys_inject(enum sys_fault fault, unsigned long nth)
{
	inject.fault = fault;
	inject.nth = nth;
	inject.count = 0;
}

void sys_inject_from_environment(void)
{
	static const struct {
		const char *name;
		enum sys_fault fault;
	} faults[] = { { "eintr:", SYS_FAULT_EINTR },
		       { "kill:", SYS_FAULT_KILL },
		       { "gone:", SYS_FAULT_GONE },
		       { "ended:", SYS_FAULT_ENDED },
		       { "self:", SYS_FAULT_SELF } };
	const char *text = getenv("OXDB_INJECT");
	for (size_t i = 0; text && i < sizeof faults / sizeof faults[0]; i++) {
		size_t len = strlen(faults[i].name);
		if (strncmp(text, faults[i].name, len) == 0)
			sys_inject(faults[i].fault, strtoul(text + len, NULL, 10));
	}
}

bool sys_injecting(void)
{
	return inject.fault != SYS_FAULT_NONE;
}

unsigned long sys_calls(void)
{
	return inject.count;
}

/* Until the thread stands at its end, or behind it. */
static void await_end(pid_t tid)
{
	enum { LOOKS = 200, MOMENT_NS = 100000 };
	const struct timespec moment = { 0, MOMENT_NS };
	for (int i = 0; i < LOOKS; i++) {
		siginfo_t info = { 0 };
		if (waitid(P_PID, (id_t)tid, &info, WEXITED | WSTOPPED | WNOHANG | WNOWAIT | __WALL) != 0 ||
		    info.si_pid == tid)
			break;
		nanosleep(&moment, NULL);
	}
}

/* True: the call is not made, errno is set. */
static bool fault(pid_t pid)
{
	if (++inject.count != inject.nth)
		return false;
	LOG("inject", "call %lu, for %d", inject.nth, pid);
	if (inject.fault == SYS_FAULT_SELF)
		kill(getpid(), SIGKILL);
	if (inject.fault == SYS_FAULT_EINTR) {
		errno = EINTR;
		return true;
	}
	if (pid > 0)
		kill(pid, SIGKILL);
	if (pid > 0 && inject.fault == SYS_FAULT_ENDED)
		await_end(pid);
	errno = ESRCH;
	return pid > 0 && inject.fault == SYS_FAULT_GONE;
}

static inline bool faulty(pid_t pid)
{
	return __builtin_expect(inject.fault != SYS_FAULT_NONE, 0) && fault(pid);
}

long sys_ptrace(enum __ptrace_request request, pid_t tid, uintptr_t addr, void *data)
{
	long result;
	do {
		errno = 0;
		bool fails = faulty(tid);
		int saved = errno;
		/* One that is dying already does not wake up from its exit stop by being killed once more. */
		result = fails && inject.fault == SYS_FAULT_EINTR
				 ? -1
				 : ptrace(request, tid, (void *)addr, data);
		if (fails) {
			result = -1;
			errno = saved;
		}
	} while (result == -1 && errno == EINTR);
	return result;
}

pid_t sys_wait(pid_t tid, int *ret_status, int options)
{
	return faulty(tid) ? -1 : waitpid(tid, ret_status, options | __WALL);
}

ssize_t sys_read_vm(pid_t pid, const struct iovec *local, const struct iovec *remote)
{
	ssize_t result;
	do {
		result = faulty(pid) ? -1 : process_vm_readv(pid, local, 1, remote, 1, 0);
	} while (result < 0 && errno == EINTR);
	return result;
}

ssize_t sys_read_mem(pid_t pid, int fd, void *buf, size_t size, off_t at)
{
	ssize_t result;
	do {
		result = faulty(pid) ? -1 : pread(fd, buf, size, at);
	} while (result < 0 && errno == EINTR);
	return result;
}

ssize_t sys_write_mem(pid_t pid, int fd, const void *buf, size_t size, off_t at)
{
	ssize_t result;
	do {
		result = faulty(pid) ? -1 : pwrite(fd, buf, size, at);
	} while (result < 0 && errno == EINTR);
	return result;
}
