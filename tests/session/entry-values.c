// What arguments were given, though their registers have been used again; functions that are gone because they jumped on.
//@ compile-flags: -O2 -fno-ipa-cp -fno-ipa-sra -fno-ipa-icf
#include <stdio.h>
int sink;
struct point {
	int x, y;
};
#define APART __attribute__((noinline, noclone))

APART int leaf(int n, int unused, struct point *p)
{
	sink += n * 3;
	printf("%d\n", sink);
	puts("leaf"); // #leaf
	return sink + p->x;
}
APART int middle(int n, struct point *p)
{
	sink += n;
	return leaf(n + 1, 7, p); // #middle
}
APART int outer(int n, struct point *p)
{
	sink -= n;
	return middle(n * 2, p); // #outer
}
/* Which of two it came by is not to be told. */
APART int left(int n, struct point *p)
{
	sink += n;
	return leaf(n, 8, p);
}
APART int right(int n, struct point *p)
{
	sink -= n;
	return leaf(n, 9, p);
}
APART int either(int n, struct point *p)
{
	return n > 1000 ? left(n, p) : right(n + sink, p);
}
int main(int argc, char **argv)
{
	struct point p = { argc, 2 };
	int sum = outer(argc + 4, &p); // #main
	sum += either(sum, &p);
	printf("%d %s\n", sum, argv[0]);
	return 0;
}

// gdb-command: break entry-values.c:%leaf%
// gdb-command: run
// gdb-check: Breakpoint 1, leaf (n=<optimized out>, unused=unused@entry=7, p=p@entry=0x7ff[...]) at [...]entry-values.c:%leaf%
// gdb-command: bt
// gdb-check: #0  leaf (n=<optimized out>, unused=unused@entry=7, p=p@entry=0x7ff[...]) at [...]entry-values.c:%leaf%
// gdb-check: #1  0x[...] in middle (n=<optimized out>, p=p@entry=0x7ff[...]) at [...]entry-values.c:%middle%
// gdb-check: #2  0x[...] in outer (n=<optimized out>, p=p@entry=0x7ff[...]) at [...]entry-values.c:%outer%
// gdb-check: #3  0x[...] in main (argc=<optimized out>, argv=0x7ff[...]) at [...]entry-values.c:%main%
// gdb-command: info frame
// gdb-check:  rip = 0x[...] in leaf ([...]entry-values.c:%leaf%); saved rip = 0x[...]
// gdb-check:  called by frame at 0x7ff[...]
// gdb-check:   rbx at 0x7ff[...]
// gdb-command: up
// gdb-check: #1  0x[...] in middle (n=<optimized out>, p=p@entry=0x7ff[...]) at [...]entry-values.c:%middle%
// gdb-command: info frame
// gdb-check:  tail call frame, caller of frame at 0x7ff[...]
// gdb-check:  Arglist at unknown address.
// gdb-check:  Locals at unknown address, Previous frame's sp in rsp
// gdb-command: bt -entry-values no
// gdb-check: #0  leaf (n=<optimized out>, unused=7, p=0x7ff[...]) at [...]
// gdb-command: bt -entry-values only
// gdb-check: #0  leaf (n@entry=<optimized out>, unused@entry=7, p@entry=0x7ff[...]) at [...]
// gdb-check: #3  0x[...] in main (argc@entry=<optimized out>, argv@entry=<optimized out>) at [...]
// gdb-command: bt -entry-values preferred
// gdb-check: #0  leaf (n@entry=<optimized out>, unused@entry=7, p@entry=0x7ff[...]) at [...]
// gdb-check: #3  0x[...] in main (argc@entry=<optimized out>, argv=0x7ff[...]) at [...]
// gdb-command: bt -entry-values both
// gdb-check: #0  leaf (n=<optimized out>, n@entry=<optimized out>, unused=7, unused@entry=7, p=0x7ff[...], p@entry=0x7ff[...]) at [...]
// gdb-command: bt -entry-values if-needed
// gdb-check: #0  leaf (n=<optimized out>, unused=7, p=0x7ff[...]) at [...]
// gdb-command: bt -entry-values compact
// gdb-check: #0  leaf (n=<optimized out>, unused=unused@entry=7, p=p@entry=0x7ff[...]) at [...]
// gdb-command: set print entry-values both
// gdb-command: show print entry-values
// gdb-check: Printing of function arguments at function entry is "both".
// gdb-command: set print entry-values default

// main's own caller is asked only when it is shown.
// gdb-command: set backtrace past-main on
// gdb-command: frame 0
// gdb-check: #0  leaf (n=n@entry=11, unused=unused@entry=7, p=p@entry=0x7ff[...]) at [...]entry-values.c:%leaf%
// gdb-command: bt
// gdb-check: #1  0x[...] in middle (n=n@entry=10, p=p@entry=0x7ff[...]) at [...]entry-values.c:%middle%
// gdb-check: #2  0x[...] in outer (n=n@entry=5, p=p@entry=0x7ff[...]) at [...]entry-values.c:%outer%
// gdb-check: #3  0x[...] in main (argc=argc@entry=1, argv=argv@entry=0x7ff[...]) at [...]entry-values.c:%main%
// gdb-command: print n * 2
// gdb-check: $1 = 22
// gdb-command: output n@entry + 1
// gdb-check: 12
// gdb-command: echo \n
// gdb-command: whatis p@entry
// gdb-check: type = [...]*
// gdb-command: set backtrace past-main off

// gdb-command: frame 0
// gdb-command: finish
// gdb-check: Value returned is $2 = 39
// gdb-command: continue
// gdb-command: bt
// gdb-check: #0  leaf (n=<optimized out>, unused=<optimized out>, p=0x7ff[...]) at [...]entry-values.c:%leaf%
// gdb-check: #1  0x[...] in main (argc=<optimized out>, argv=0x7ff[...]) at [...]entry-values.c:[...]
