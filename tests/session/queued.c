// queue-signal, signal 0, hbreak with all four registers, jump; catchpoints for groups of system calls and for all signals.
//@ typed
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static volatile int got;

static void handler(int signal)
{
	got = signal;
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	signal(SIGUSR1, handler);
	got = 1;
	printf("got %d\n", got);
	got = 2;
	got = 3;
	raise(SIGUSR2);
	printf("got %d\n", got);
	getppid();
	return 0;
}

// gdb-command: queue-signal SIGUSR1
// gdb-check: The program is not being run.
// gdb-command: break 19
// gdb-command: run
// gdb-check: Breakpoint 1, main () at [...]queued.c:19
// gdb-command: queue-signal
// gdb-check: Argument required (signal number).
// gdb-command: queue-signal 16
// gdb-check: Only signals 1-15 are valid as numeric signals.
// gdb-command: handle SIGUSR2 nopass
// gdb-command: queue-signal SIGUSR2
// gdb-check: Signal handling set to not pass this signal to the program.
// gdb-command: queue-signal SIGTERM
// gdb-command: queue-signal 0
// gdb-command: queue-signal SIGUSR1
// gdb-command: delete 1
// gdb-command: hbreak 20
// gdb-check: Hardware assisted breakpoint 2 at [...]: file [...]queued.c, line 20.
// gdb-command: hbreak 21
// gdb-command: hbreak 22
// gdb-command: hbreak 24
// gdb-command: info breakpoints
// gdb-check: 5       hw breakpoint  keep y   [...] in main at [...]queued.c:24
// gdb-command: continue
// gdb-check: got 10
// gdb-check: Breakpoint 2, main () at [...]queued.c:20
// gdb-command: delete 3
// gdb-command: continue
// gdb-check: Breakpoint 4, main () at [...]queued.c:22
// oxdb-command: jump 24
// oxdb-check: Continuing at [...].
// oxdb-check: Breakpoint 5, main () at [...]queued.c:24
// oxdb-command: jump 22
// oxdb-check: Breakpoint 4, main () at [...]queued.c:22
// gdb-command: continue
// gdb-check: Program received signal SIGUSR2, User defined signal 2.
// gdb-command: delete
// gdb-command: handle SIGUSR2 pass
// gdb-command: catch syscall group:process
// gdb-check: Catchpoint 6 (syscalls 'clone' [56] 'fork' [57] 'vfork' [58] 'execve' [59] 'exit' [60] 'wait4' [61] 'arch_prctl' [158] 'exit_group' [231] 'waitid' [247] 'unshare' [272] 'rt_tgsigqueueinfo' [297])
// gdb-command: catch syscall g:nosuch
// gdb-check: Unknown syscall group 'nosuch'.
// gdb-command: catch signal all
// gdb-check: Catchpoint 7 (any signal)
// gdb-command: catch signal all SIGUSR1
// gdb-check: 'all' cannot be caught with other signals
// gdb-command: info breakpoints
// gdb-check: 6       catchpoint     keep y [...] syscalls "clone, fork, vfork, execve, exit, wait4, arch_prctl, exit_group, waitid, unshare, rt_tgsigqueueinfo"
// gdb-check: 7       catchpoint     keep y [...] signal "<any signal>"
// gdb-command: signal 0
// gdb-check: got 3
// gdb-check: Catchpoint 6 (call to syscall exit_group), [...]
// gdb-command: continue
// gdb-check: [Inferior 1 (process [...]) exited normally]
