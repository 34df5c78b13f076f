/* A watch is about the memory of one process. */
//@ typed
//@ compile-flags: -g
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static int shared;

int main(void)
{
	int status;
	pid_t child = fork(); /* #fork */
	if (child == 0) {
		shared = 7;
		_exit(shared);
	}
	wait(&status);
	shared = WEXITSTATUS(status) + 1;
	printf("%d\n", shared);
	return 0;
}

// gdb-command: set detach-on-fork off
// gdb-command: set schedule-multiple on
// gdb-command: break %fork%
// gdb-command: run
// gdb-command: watch shared
// gdb-command: continue
// gdb-check: [Inferior 2 (process [...]) exited with code 07]
// gdb-command: info breakpoints
// gdb-check: 2       hw watchpoint  keep y                      shared inf 1
// gdb-command: inferior 1
// gdb-command: continue
// gdb-check: [...]Hardware watchpoint 2: shared
// gdb-check: Old value = 0
// gdb-check: New value = 8
// gdb-command: kill

// gdb-command: set detach-on-fork on
// gdb-command: set follow-fork-mode child
// gdb-command: run
// gdb-command: continue
// gdb-check: [...]Hardware watchpoint 2: shared
// gdb-check: Old value = 0
// gdb-check: New value = 7
