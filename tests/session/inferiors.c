// Parent and child in one session: numbers of threads, commands for one of several, which runs, and what remains of them.
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static int work(int n)
{
	return n + 1;
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	pid_t pid = fork();
	if (pid == 0)
		_exit(work(6));
	int status = 0;
	work(3);
	waitpid(pid, &status, 0);
	printf("child %d\n", WEXITSTATUS(status));
	return 0;
}

// gdb-command: info inferiors
// gdb-check:   Num  Description       Connection           Executable
// gdb-check: * 1    <null>                                 [...]inferiors
// gdb-command: set detach-on-fork off
// gdb-command: break work
// gdb-check: Breakpoint 1 at [...]: file [...]inferiors.c, line 8.
// gdb-command: run
// gdb-check: [New inferior 2 (process [...])]
// gdb-check: Thread 1.1 "inferiors" hit Breakpoint 1.1, work (n=3) at [...]inferiors.c:8
// gdb-command: info inferiors
// gdb-check: * 1    process [...] 1 (native)           [...]inferiors
// gdb-check:   2    process [...] 1 (native)           [...]inferiors
// gdb-command: info breakpoints
// gdb-check: 1       breakpoint     keep y   <MULTIPLE>
// gdb-check: 	breakpoint already hit 1 time
// gdb-check: 1.1                         y   [...] in work at [...]inferiors.c:8 inf 1
// gdb-check: 1.2                         y   [...] in work at [...]inferiors.c:8 inf 2
// gdb-command: info threads
// gdb-check:   Id   Target Id [...] Frame
// gdb-check: * 1.1  Thread [...] (LWP [...]) "inferiors" work (n=3) at [...]inferiors.c:8
// gdb-check:   2.1  Thread [...] (LWP [...]) "inferiors" [...]
// gdb-command: inferior
// gdb-check: [Current inferior is 1 [process [...]] ([...]inferiors)]
// gdb-command: thread apply all print $_inferior
// gdb-check: Thread 2.1 (Thread [...] (LWP [...]) "inferiors"):
// gdb-check: $1 = 2
// gdb-check: Thread 1.1 (Thread [...] (LWP [...]) "inferiors"):
// gdb-check: $2 = 1
// gdb-command: thread apply 1.1 2.1 print $_gthread
// gdb-check: $3 = 1
// gdb-check: $4 = 2
// gdb-command: thread apply 2.* print $_thread
// gdb-check: Thread 2.1 (Thread [...] (LWP [...]) "inferiors"):
// gdb-check: $5 = 1
// gdb-command: add-inferior
// gdb-check: [New inferior 3]
// gdb-check: Added inferior 3 on connection 1 (native)
// gdb-command: clone-inferior -copies 2 1
// gdb-check: [New inferior 4]
// gdb-check: Added inferior 4 on connection 1 (native)
// gdb-check: [New inferior 5]
// gdb-check: Added inferior 5 on connection 1 (native)
// gdb-command: info inferiors 3-4
// gdb-check:   Num  Description       Connection           Executable
// gdb-check:   3    <null>            1 (native)
// gdb-check:   4    <null>            1 (native)           [...]inferiors
// gdb-command: remove-inferiors 1 2 4-5
// gdb-check: warning: Can not remove current inferior 1.
// gdb-check: warning: Can not remove active inferior 2.
// gdb-command: kill inferiors 3 9
// gdb-check: warning: Inferior ID 3 is not running.
// gdb-check: warning: Inferior ID 9 not known.
// gdb-command: thread 2.1
// gdb-check: [Switching to thread 2.1 (Thread [...] (LWP [...]))]
// gdb-command: continue
// gdb-check: Thread 2.1 "inferiors" hit Breakpoint 1.2, work (n=6) at [...]inferiors.c:8
// gdb-command: up
// gdb-check: #1  [...] in main () at [...]inferiors.c:16
// gdb-command: inferior 2
// gdb-check: [Switching to inferior 2 [process [...]] ([...]inferiors)]
// gdb-check: [Switching to thread 2.1 (Thread [...] (LWP [...]))]
// gdb-check: #1  [...] in main () at [...]inferiors.c:16
// gdb-command: continue
// gdb-check: [Inferior 2 (process [...]) exited with code 07]
// gdb-command: info inferiors
// gdb-check:   1    process [...] 1 (native)           [...]inferiors
// gdb-check: * 2    <null>                                 [...]inferiors
// gdb-check:   3    <null>            1 (native)
// gdb-command: inferior 1
// gdb-check: [Switching to inferior 1 [process [...]] ([...]inferiors)]
// gdb-check: [Switching to thread 1.1 (Thread [...] (LWP [...]))]
// gdb-check: #0  work (n=3) at [...]inferiors.c:8
// gdb-command: finish
// gdb-check: Value returned is $6 = 4
// gdb-command: info inferiors
// gdb-check: * 1    process [...] 1 (native)           [...]inferiors
// gdb-check:   3    <null>            1 (native)
// gdb-command: detach inferiors 1
// gdb-check: [Inferior 1 (process [...]) detached]
// gdb-command: remove-inferiors 3
// gdb-command: info inferiors
// gdb-check: * 1    <null>                                 [...]inferiors
// gdb-command: run
// gdb-check: [New inferior 6 (process [...])]
// gdb-check: Thread 1.1 "inferiors" hit Breakpoint 1.1, work (n=3) at [...]inferiors.c:8
// gdb-command: info breakpoints
// gdb-check: 	breakpoint already hit 1 time
// gdb-command: kill inferiors 6
// gdb-command: next
// gdb-check: 9	}
// gdb-command: info inferiors
// gdb-check: * 1    process [...] 2 (native)           [...]inferiors
// gdb-command: info threads
// gdb-check: * 1    Thread [...] (LWP [...]) "inferiors" work (n=3) at [...]inferiors.c:9
// gdb-command: continue
// gdb-check: child 0
// gdb-check: [Inferior 1 (process [...]) exited normally]
