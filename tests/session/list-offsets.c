// Where +N and -N count from, and what `list` does behind the end.
//@ typed
//@ compile-flags: -O2 -g
#include <stdio.h>

static int calls;

static inline __attribute__((always_inline)) int add(int a, int b)
{
	calls++;
	return a + b;
}

__attribute__((noinline)) int work(int n)
{
	return add(n, calls); /* #call */
}

int main(void)
{
	return work(3);
}

// gdb-command: list 6,15
// gdb-command: list +5
// gdb-check: 16	[...]return add[...]
// gdb-check: 25[...]
// gdb-command: list 6,15
// gdb-command: list -5
// gdb-check: 6	static int calls;
// gdb-check: 14	__attribute__[...]
// gdb-command: list 1000
// gdb-check: Line number 995 out of range; [...] has 44 lines.
// gdb-command: list
// gdb-check: Line number 995 out of range; [...] has 44 lines.
// gdb-command: list
// gdb-check: Line number 995 out of range; [...] has 44 lines.
// gdb-command: break work
// gdb-command: run
// gdb-command: set var $rax = 1
// gdb-command: frame
// gdb-check: #0  work (n=[...]3) at [...]
// gdb-command: disassemble
// gdb-check: Dump of assembler code for function work:
