/* A function on one line that calls itself: all its frames are in the same code. */
//@ typed
//@ compile-flags: -g
#include <stdio.h>
#include <unistd.h>

static int total;

static int add(int n)
{
	total += n;
	return n;
}

static int deep(int n) { if (n == 0) { return add(3); } return deep(n - 1) + 1; } /* #deep */

int main(void)
{
	char none;
	int x = deep(5);
	read(-1, &none, 1); /* #after */
	printf("%d %d\n", x, deep(4));
	return 0; /* #end */
}

// gdb-command: list ,
// gdb-check: Two empty args do not say what lines to list.
// gdb-command: tbreak deep if n == 0
// gdb-command: run
// gdb-check: Temporary breakpoint 1, deep (n=0) at [...]recursion.c:%deep%
// gdb-command: next
// gdb-check: main () at [...]recursion.c:%after%
// gdb-command: print x
// gdb-check: $1 = 8
// gdb-command: tbreak deep if n == 1
// gdb-command: continue
// gdb-check: Temporary breakpoint 2, deep (n=1) at [...]recursion.c:%deep%
// gdb-command: step
// gdb-check: deep (n=0) at [...]recursion.c:%deep%
// gdb-command: finish
// gdb-check: Run till exit from #0  deep (n=0) at [...]recursion.c:%deep%
// gdb-check: Value returned is $2 = 3
// gdb-command: next
// gdb-check: main () at [...]recursion.c:%end%
// gdb-command: kill

// gdb-command: delete
// gdb-command: catch syscall write
// gdb-command: catch syscall brk
// gdb-command: catch syscall execve
// gdb-command: run
// gdb-check: Catchpoint 4 (call to syscall brk), [...]
// gdb-command: delete 4
// gdb-command: continue
// gdb-check: Catchpoint 3 (call to syscall write), [...]
// gdb-command: continue
// gdb-check: Catchpoint 3 (returned from syscall write), [...]
