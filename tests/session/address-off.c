// set print address off: no column of addresses, and none in what break says. The user's stop by the keyboard has its own word.
//@ typed
#include <signal.h>
#include <stdio.h>

static int counter;

int main(void)
{
	signal(SIGTSTP, SIG_IGN);
	raise(SIGTSTP);
	counter = 3; /* #here */
	return counter - 3;
}

// gdb-command: set print address off
// gdb-command: break main
// gdb-check: Breakpoint 1: file [...]address-off.c, line 10.
// gdb-command: tbreak %here%
// gdb-check: Temporary breakpoint 2: file [...]address-off.c, line %here%.
// gdb-command: catch fork
// gdb-command: info breakpoints
// gdb-check: Num     Type           Disp Enb What
// gdb-check: 1       breakpoint     keep y   in main at [...]address-off.c:10
// gdb-check: 2       breakpoint     del  y   in main at [...]address-off.c:%here%
// gdb-check: 3       catchpoint     keep y   fork
// gdb-command: run
// gdb-command: continue
// gdb-check: Program received signal SIGTSTP, Stopped (user).
