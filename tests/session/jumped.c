/* A breakpoint at the place to which pc is set is hit there. */
//@ typed
//@ compile-flags: -g
#include <stdio.h>

static int got;

int main(void)
{
	got = 1; /* #one */
	got = 2; /* #two */
	got = 3; /* #three */
	printf("%d\n", got);
	return 0;
}

// gdb-command: break %one%
// gdb-command: run
// gdb-command: break %three%
// gdb-command: jump %three%
// gdb-check: Continuing at 0x[...].
// gdb-check: Breakpoint 2, main () at [...]jumped.c:%three%
// gdb-command: print got
// gdb-check: $1 = 0
// gdb-command: jump %one%
// gdb-check: Breakpoint 1, main () at [...]jumped.c:%one%
// gdb-command: tbreak %two%
// gdb-command: continue
// gdb-check: Temporary breakpoint 3, main () at [...]jumped.c:%two%
// gdb-command: break %two%
// gdb-command: continue
// gdb-check: Breakpoint 2, main () at [...]jumped.c:%three%
// gdb-command: continue
// gdb-check: 3
