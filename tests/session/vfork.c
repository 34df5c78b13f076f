// vfork: the parent of a followed child is let go when that has a memory of its own; held children hold their parent.
//@ typed
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static int work(int n)
{
	return n + 1;
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	if (argc > 1) {
		printf("image %d\n", work(atoi(argv[1])));
		return 5;
	}
	pid_t pid = vfork();
	if (pid == 0) {
		execl("/proc/self/exe", argv[0], "4", NULL);
		_exit(6);
	}
	int status = 0;
	waitpid(pid, &status, 0);
	printf("child %d\n", WEXITSTATUS(status));
	work(9);
	return 0;
}

// gdb-command: set detach-on-fork off
// gdb-command: run
// gdb-check: Can not resume the parent process over vfork in the foreground while
// gdb-check: holding the child stopped.  Try "set detach-on-fork" or "set schedule-multiple".
// gdb-command: backtrace 2
// gdb-check: #0  [...]vfork[...]
// gdb-check: #1  [...] in main (argc=1, argv=[...]) at [...]vfork.c:20
// gdb-command: continue
// gdb-check: Can not resume the parent process over vfork in the foreground while
// gdb-command: set follow-fork-mode child
// gdb-command: break work
// gdb-check: Breakpoint 1 at [...]: file [...]vfork.c, line 10.
// gdb-command: continue
// gdb-check: [Attaching after Thread [...] (LWP [...]) vfork to child process [...]]
// gdb-check: [New inferior 2 (process [...])]
// gdb-check: process [...] is executing new program: [...]vfork
// gdb-check: Thread 2.1 "exe" hit Breakpoint 1.2, work (n=4) at [...]vfork.c:10
// gdb-command: info inferiors
// gdb-check:   1    process [...] 1 (native)           [...]vfork
// gdb-check: * 2    process [...] 1 (native)           [...]vfork
// gdb-command: continue
// gdb-check: image 5
// gdb-check: [Inferior 2 (process [...]) exited with code 05]
// gdb-command: inferior 1
// gdb-check: [Switching to inferior 1 [process [...]] ([...]vfork)]
// gdb-command: continue
// gdb-check: child 5
// gdb-check: Thread 1 "vfork" hit Breakpoint 1, work (n=9) at [...]vfork.c:10
// gdb-command: kill
// gdb-check: [Inferior 1 (process [...]) killed]
// gdb-command: set detach-on-fork on
// gdb-command: run
// gdb-check: [Attaching after Thread [...] (LWP [...]) vfork to child process [...]]
// gdb-check: [New inferior 3 (process [...])]
// gdb-check: [Detaching vfork parent process [...] after child exec]
// gdb-check: [Inferior 1 (process [...]) detached]
// gdb-check: process [...] is executing new program: [...]vfork
// gdb-check: [Switching to Thread [...] (LWP [...])]
// gdb-check: Thread 3.1 "exe" hit Breakpoint 1, work (n=4) at [...]vfork.c:10
// gdb-command: info breakpoints
// gdb-check: 1       breakpoint     keep y   [...] in work at [...]vfork.c:10 inf [...]3
// gdb-command: set print inferior-events off
// gdb-command: kill
// gdb-absent: [Inferior 3 (process [...]) killed]
// gdb-command: info inferiors
// gdb-check:   1    <null>                                 [...]vfork
// gdb-check: * 3    <null>                                 [...]vfork
