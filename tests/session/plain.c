//@ compile-flags: -O1 -fcf-protection -g0
// Functions without debug information: a breakpoint is behind a prologue that makes a frame, and else at the first instruction.
#include <stdlib.h>
__attribute__((noinline)) int leaf(int a)
{
	return a * 3;
}
__attribute__((noinline)) int saves(int a, int b)
{
	int x = rand(), y = rand();
	return leaf(a) + leaf(b) + x * y;
}
__attribute__((noinline, optimize("no-omit-frame-pointer"))) int framed(int a)
{
	return leaf(a) + rand();
}
int main(int argc, char **argv)
{
	return (saves(argc, 2) + framed(argc)) & 1;
}

// gdb-command: break leaf
// gdb-command: break saves
// gdb-command: break framed
// gdb-command: run
// gdb-check: Breakpoint 2, 0x[...] in saves ()
// gdb-command: info symbol $pc
// gdb-check: saves in section .text of [...]
// gdb-command: continue
// gdb-check: Breakpoint 1, 0x[...] in leaf ()
// gdb-command: info symbol $pc
// gdb-check: leaf in section .text of [...]
// gdb-command: delete 1
// gdb-command: continue
// gdb-check: Breakpoint 3, 0x[...] in framed ()
// gdb-command: info symbol $pc
// gdb-check: framed + 8 in section .text of [...]
