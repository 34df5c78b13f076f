/* The system calls by which a debuggee is held, in one place: EINTR is dealt with here, and tests make the n-th of them fail. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>

/* What the n-th call (from 1) finds. Each but EINTR happens once. */
enum sys_fault {
	SYS_FAULT_NONE,
	SYS_FAULT_EINTR, /* the call is interrupted, and works when tried again */
	SYS_FAULT_KILL, /* the thread that it is for is killed just before it, and with it its process */
	SYS_FAULT_GONE, /* the same, and the call says ESRCH, as when the kernel had got further with it */
	SYS_FAULT_ENDED, /* it is killed, and the call is made when it stands at its end */
	SYS_FAULT_SELF,  /* oxdb itself is killed */
};

/* For tests: OXDB_INJECT=eintr:N, kill:N, gone:N, ended:N or self:N in oxdb's environment, read by target_linux_create; with OXDB_LOG=inject it is
 * told which call that was, and at the end how many there were. */
void sys_inject(enum sys_fault fault, unsigned long nth);
void sys_inject_from_environment(void);
bool sys_injecting(void);
unsigned long sys_calls(void); /* counted while something is injected */

/* As ptrace(2): -1 and errno. With PEEK requests errno tells -1 from a failure. */
long sys_ptrace(enum __ptrace_request request, pid_t tid, uintptr_t addr, void *data);
/* As waitpid(2) with __WALL; EINTR is given to the caller, for whom a signal may be news. */
pid_t sys_wait(pid_t tid, int *ret_status, int options);
ssize_t sys_read_vm(pid_t pid, const struct iovec *local, const struct iovec *remote);
/* /proc/PID/mem. */
ssize_t sys_read_mem(pid_t pid, int fd, void *buf, size_t size, off_t at);
ssize_t sys_write_mem(pid_t pid, int fd, const void *buf, size_t size, off_t at);
