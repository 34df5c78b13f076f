// Optimised code: where variables are, entry by entry.
//@ compile-flags: -O2
#include <stdio.h>
struct two {
	long a, b;
};
__thread int kept = 3;
static int total = 5;
__attribute__((noinline)) int weigh(int x, int unused, struct two t)
{
	static int counter = 7;
	int k = 42;
	counter += x * 2;
	printf("%d %d %ld\n", counter, k, t.a); // #weigh
	for (int i = 0; i < 3; i++) {
		int q = i * x;
		printf("%d\n", q);
		kept += q;
	}
	total++;
	return counter + total;
}
int main(int argc, char **argv)
{
	struct two t = { argc, 2 };
	return weigh(argc, 3, t) == 0;
}

// gdb-command: info scope weigh
// gdb-check: Symbol x is multi-location:
// gdb-check: [...]Range 0x[...]-0x[...]: a variable in $rdi
// gdb-check:   Range 0x[...]-0x[...]: a complex DWARF expression:
// gdb-check:      0: DW_OP_[...]entry_value
// gdb-check:        2: DW_OP_reg5 [$rdi]
// gdb-check:      3: DW_OP_stack_value
// gdb-check: , length 4.
// gdb-check: Symbol t is multi-location:
// gdb-check: [...] a variable in $rdx [8-byte piece], and a variable in $rcx [8-byte piece]
// gdb-check: , length 16.
// gdb-check: Symbol counter is in static storage at address 0x[...], length 4.
// gdb-check: Symbol k is a constant with value 42 (0x2a), length 4.
// gdb-command: info address total
// gdb-check: Symbol "total" is static storage at address 0x[...].
// gdb-command: info address kept
// gdb-check: Symbol "kept" is a thread-local variable at offset 0x0 in the thread-local storage for `[...]optimised[...]'.
// gdb-command: break weigh
// gdb-command: run
// gdb-command: info address x
// gdb-check: Symbol "x" is multi-location:
// gdb-check: [...]Range 0x[...]-0x[...]: a variable in $rdi
// gdb-command: info address k
// gdb-check: Symbol "k" is constant.
