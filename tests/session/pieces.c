// A C structure in two registers, and what can be done with such values.
//@ compile-flags: -O2
//@ typed
#include <stdio.h>
struct two {
	long a, b;
};
__attribute__((noinline)) long weigh(long x, struct two t, long un)
{
	long k = x * 3;
	printf("%ld\n", k);
	return k + t.a + t.b;
}
int main(int argc, char **argv)
{
	struct two t = { argc, 2 };
	return weigh(argc, t, 3) == 14;
}

// gdb-command: break weigh
// gdb-command: run
// gdb-command: print t
// gdb-check: $1 = {a = 1, b = 2}
// gdb-command: print t.b
// gdb-check: $2 = 2
// gdb-command: print k
// gdb-check: $3 = <optimized out>
// gdb-command: print &x
// gdb-check: Address requested for identifier "x" which is in register $rdi
// gdb-command: print *&x
// gdb-check: Address requested for identifier "x" which is in register $rdi
// gdb-command: print &t
// gdb-check: Can't take address of "t" which isn't an lvalue.
// gdb-command: print &t.a
// gdb-check: Attempt to take address of value not located in memory.
// gdb-command: print &k
// gdb-check: Can't take address of "k" which isn't an lvalue.
// gdb-command: print x[1]
// gdb-check: cannot subscript something of type `long'
// gdb-command: set var t.b = 5
// gdb-command: print t
// gdb-check: $4 = {a = 1, b = 5}
// gdb-command: print t.a = 6
// gdb-check: $5 = 6
// gdb-command: print/x t
// gdb-check: $6 = {a = 0x6, b = 0x5}
// gdb-command: print sizeof(t)
// gdb-check: $7 = 16
// gdb-command: print $_isvoid(k)
// gdb-check: $8 = 0
// gdb-command: print $_as_string(t)
// gdb-check: $9 = "{a = 6, b = 5}"
// oxdb-command: watch t.b
// oxdb-check: `t.b' is in no memory, and oxdb has no software watchpoints.
// gdb-command: finish
// gdb-check: Value returned is $10 = 14
