// A fork: which process is followed, several inferiors in one session.
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static int child_work(int n)
{
	return n + 1;
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	pid_t pid = fork(); /* #break */
	if (pid == 0)
		_exit(child_work(6));
	int status = 0;
	waitpid(pid, &status, 0);
	printf("child %d\n", WEXITSTATUS(status));
	return 0;
}

// gdb-command: catch fork
// gdb-check: Catchpoint 2 (fork)
// gdb-command: run
// gdb-check: Breakpoint 1, main () at [...]forks.c:14
// gdb-check: 14		pid_t pid = fork(); /* #break */
// gdb-command: continue
// gdb-check: Catchpoint 2 (forked process [...]), [...]fork[...]
// gdb-command: info breakpoints
// gdb-check: Num     Type           Disp Enb Address            What
// gdb-check: 1       breakpoint     keep y   [...] in main at [...]forks.c:14
// gdb-check: 	breakpoint already hit 1 time
// gdb-check: 2       catchpoint     keep y                      fork, process [...]
// gdb-check: 	catchpoint already hit 1 time
// gdb-command: delete 2
// gdb-command: set detach-on-fork off
// gdb-command: set follow-fork-mode child
// gdb-command: show follow-fork-mode
// gdb-check: Debugger response to a program call of fork or vfork is "child".
// gdb-command: break child_work
// gdb-check: Breakpoint 3 at [...]: file [...]forks.c, line 8.
// gdb-command: continue
// gdb-check: [Attaching after Thread [...] (LWP [...]) fork to child process [...]]
// gdb-check: [New inferior 2 (process [...])]
// gdb-check: Thread 2.1 "forks" hit Breakpoint 3.2, child_work (n=6) at [...]forks.c:8
// gdb-check: 8		return n + 1;
// gdb-command: print n
// gdb-check: $1 = 6
// gdb-command: finish
// gdb-check: [...] in main () at [...]forks.c:16
// gdb-check: 16			_exit(child_work(6));
// gdb-check: Value returned is $2 = 7
// gdb-command: continue
// gdb-check: [Inferior 2 (process [...]) exited with code 07]
// gdb-command: print $_exitcode
// gdb-check: $3 = 7
// gdb-command: inferior 1
// gdb-check: [Switching to inferior 1 [process [...]] ([...]forks)]
// gdb-check: [Switching to thread 1.1 (Thread [...] (LWP [...]))]
// gdb-check: #0  [...]fork[...]
// gdb-command: continue
// gdb-check: child 7
// gdb-check: [Inferior 1 (process [...]) exited normally]
