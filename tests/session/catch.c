// catch syscall, exec and signal.
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	if (argc > 1) {
		printf("again\n");
		return 4;
	}
	signal(SIGUSR1, SIG_IGN); /* #break */
	getppid();
	raise(SIGUSR1);
	execl("/proc/self/exe", argv[0], "x", NULL);
	return 1;
}

// gdb-command: run
// gdb-check: Breakpoint 1, main (argc=1, argv=[...]) at [...]catch.c:13
// gdb-check: 13		signal(SIGUSR1, SIG_IGN); /* #break */
// gdb-command: catch syscall getppid
// gdb-check: Catchpoint 2 (syscall 'getppid' [110])
// gdb-command: continue
// gdb-check: Catchpoint 2 (call to syscall getppid), [...]getppid[...]
// gdb-command: continue
// gdb-check: Catchpoint 2 (returned from syscall getppid), [...]getppid[...]
// gdb-command: delete 2
// gdb-command: catch signal SIGUSR1
// gdb-check: Catchpoint 3 (signal SIGUSR1)
// gdb-command: info breakpoints
// gdb-check: Num     Type           Disp Enb Address            What
// gdb-check: 1       breakpoint     keep y   [...] in main at [...]catch.c:13
// gdb-check: 	breakpoint already hit 1 time
// gdb-check: 3       catchpoint     keep y                      signal "SIGUSR1"
// gdb-command: continue
// gdb-check: Catchpoint 3 (signal SIGUSR1), [...]pthread_kill[...]
// gdb-command: delete 3
// gdb-command: catch exec
// gdb-check: Catchpoint 4 (exec)
// gdb-command: delete 1
// gdb-command: continue
// gdb-check: process [...] is executing new program: [...]catch
// gdb-check: Catchpoint 4 (exec'd [...]catch), [...] in _start () from /lib64/ld-linux-x86-64.so.2
// gdb-command: continue
// gdb-check: again
// gdb-check: [Inferior 1 (process [...]) exited with code 04]
// gdb-command: print $_exitcode
// gdb-check: $1 = 4
