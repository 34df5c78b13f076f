/* Steps that something takes elsewhere: into a signal handler, over one that only passes, to lines that are no statements of their own,
 * into data; and finish where there is nothing further out. */
//@ compile-flags: -g
#include <signal.h>

static volatile int n;

static void handler(int sig)
{
	n += sig;
	n++;
}

static void by_the_way(int sig)
{
	n -= sig;
}

unsigned char code[] = { 0xc3 };

int main(void)
{
	signal(SIGUSR1, handler); // #break
	signal(SIGUSR2, by_the_way);
	raise(SIGUSR1);
	raise(SIGUSR2);
	n = 3;
	((void (*)(void))code)();
	return n;
}

// gdb-command: handle SIGUSR2 nostop noprint pass
// gdb-command: run
// gdb-check: 23	[...]#break
// gdb-command: next
// gdb-check: 24	[...]
// gdb-command: next
// gdb-check: 25	[...]raise(SIGUSR1);
// gdb-command: next
// gdb-check: Program received signal SIGUSR1, User defined signal 1.
// gdb-command: next
// gdb-check: handler (sig=[...]) at [...]stepping-away.c:9
// gdb-command: backtrace 2
// gdb-check: #0  handler (sig=[...]) at [...]stepping-away.c:9
// gdb-check: #1  <signal handler called>
// gdb-command: next
// gdb-check: 10	[...]n += sig;
// gdb-command: up 1
// gdb-check: #1  <signal handler called>
// gdb-command: tbreak 26
// gdb-command: continue
// gdb-check: Temporary breakpoint 2, main () at [...]stepping-away.c:26
// gdb-command: next
// gdb-absent: by_the_way (sig[...]
// gdb-check: 27	[...]n = 3;
// gdb-command: next
// gdb-check: 28	[...]code)();
// gdb-command: next
// gdb-check: Program received signal SIGSEGV, Segmentation fault.
// gdb-check: [...] in code ()
// gdb-command: info symbol $pc
// gdb-check: code in section .data[...]
// gdb-command: up
// gdb-check: #1  [...] in main () at [...]stepping-away.c:28
// gdb-command: finish
// gdb-check: "finish" not meaningful in the outermost frame.
