/* Functions that are called from an expression and stopped in: they stand on the stack, and their end puts the thread back. */
//@ typed
//@ compile-flags: -g
#include <signal.h>
#include <stdio.h>

static int rec(int n)
{
	if (n == 0)
		return 0;
	return rec(n - 1) + n;
}

static int unlucky(void)
{
	raise(SIGUSR1);
	return 7;
}

int main(void)
{
	signal(SIGUSR1, SIG_IGN);
	int here = rec(1); /* #break */
	printf("%d %d\n", here, unlucky());
	return here;
}

// gdb-command: run
// gdb-check: Breakpoint 1, main () at [...]called.c:%break%
// gdb-command: break rec if n == 1
// gdb-command: print rec(2)
// gdb-check: Breakpoint 2, rec (n=1) at [...]called.c:9
// gdb-check: The program being debugged stopped while in a function called from GDB.
// gdb-command: print rec(3)
// gdb-check: Breakpoint 2, rec (n=1) at [...]called.c:9
// gdb-command: backtrace
// gdb-check: #0  rec (n=1) at [...]called.c:9
// gdb-check: #1  0x[...] in rec (n=2) at [...]called.c:11
// gdb-check: #2  0x[...] in rec (n=3) at [...]called.c:11
// gdb-check: #3  <function called from gdb>
// gdb-check: #4  rec (n=1) at [...]called.c:9
// gdb-check: #5  0x[...] in rec (n=2) at [...]called.c:11
// gdb-check: #6  <function called from gdb>
// gdb-check: #7  main () at [...]called.c:%break%
// gdb-command: frame 7
// gdb-check: #7  main () at [...]called.c:%break%
// gdb-command: delete
// gdb-command: continue
// gdb-command: backtrace
// gdb-check: #0  rec (n=1) at [...]called.c:9
// gdb-check: #1  0x[...] in rec (n=2) at [...]called.c:11
// gdb-check: #2  <function called from gdb>
// gdb-check: #3  main () at [...]called.c:%break%
// gdb-command: up
// gdb-check: #1  0x[...] in rec (n=2) at [...]called.c:11
// gdb-command: finish
// gdb-check: Run till exit from #1  0x[...] in rec (n=2) at [...]called.c:11
// gdb-check: main () at [...]called.c:%break%
// gdb-command: print unlucky()
// gdb-check: Program received signal SIGUSR1, User defined signal 1.
// gdb-check: The program being debugged was signaled while in a function called from GDB.
// gdb-command: backtrace -2
// gdb-check: [...]<function called from gdb>
// gdb-check: [...]main () at [...]called.c:%break%
// gdb-command: frame function unlucky
// gdb-check: [...]in unlucky () at [...]called.c:16
// gdb-command: return 0
// gdb-check: #0  main () at [...]called.c:%break%
// gdb-command: next
// gdb-check: [...]	printf("%d %d\n", here, unlucky());
// gdb-command: print here
// gdb-check: [...] = 1
// gdb-command: continue
// gdb-check: Program received signal SIGUSR1, User defined signal 1.
// gdb-command: continue
// gdb-check: [Inferior 1 (process [...]) exited with code 01]
// gdb-command: break rec if n == 5
// gdb-command: tbreak main
// gdb-command: run
// gdb-command: print rec(5)
// gdb-check: When the function is done executing, GDB will silently stop.
// gdb-command: finish
// gdb-check: Run till exit from #0  rec (n=5) at [...]called.c:9
// gdb-check: main () at [...]called.c:[...]
// gdb-check: Value returned is $[...] = 15
// gdb-command: print rec(5)
// gdb-command: up
// gdb-check: #1  <function called from gdb>
// gdb-command: finish
// gdb-check: Run till exit from #1  <function called from gdb>
// gdb-command: backtrace
// gdb-check: #0  main () at [...]called.c:[...]
