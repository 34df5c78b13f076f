// A pointer that the compiler removed, since it knows what it points at: what is there can be seen all the same.
//@ compile-flags: -O2
//@ typed
#include <stdio.h>
struct two {
	long a, b;
};
volatile long sink;
static inline __attribute__((always_inline)) long sum(struct two *p, long *q)
{
	sink = p->a; // #sum
	sink = *q;
	p->b += 3;
	return p->a + p->b + *q;
}
__attribute__((noinline)) long work(long x)
{
	struct two t = { x, 7 };
	long z = x + 9;
	long r = sum(&t, &z);
	sink = r;
	return r;
}
int main(int argc, char **argv)
{
	return work(argc) == 0;
}

// gdb-command: break synthetic.c:%sum%
// gdb-command: run
// gdb-check: Breakpoint 1, sum (q=<synthetic pointer>, p=<synthetic pointer>) at [...]
// gdb-command: info args
// gdb-check: q = <synthetic pointer>
// gdb-check: p = <synthetic pointer>
// gdb-command: print p
// gdb-check: $1 = (struct two *) <synthetic pointer>
// gdb-command: print *p
// gdb-check: $2 = {a = 1, b = 7}
// gdb-command: print p->b
// gdb-check: $3 = 7
// gdb-command: print *q + 1
// gdb-check: $4 = 11
// gdb-command: print *$1
// gdb-check: $5 = {a = 1, b = 7}
// gdb-command: whatis *p
// gdb-check: type = struct two
// gdb-command: up
// gdb-command: info locals
// gdb-check: t = {a = 1, b = 7}
// gdb-check: z = 10
