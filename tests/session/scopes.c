// What has a name in a block: types, enumerators, labels, declarations and the inlined function itself, beside the variables.
//@ typed
#include <stdio.h>

static inline __attribute__((always_inline)) int thrice(int number)
{
	enum { FACTOR = 3, OTHER };
	return FACTOR * number + OTHER; // #thrice
}

int work(int first)
{
	typedef long wide;
	struct pair {
		int b;
		char c;
	} s = { first, 'x' };
	enum colour { RED, GREEN = -4, BLUE } e = BLUE;
	static int counter = 5;
	extern char **environ;
	wide l = 4;
again:
	counter++;
	{
		typedef short narrow;
		narrow is = 2;
		int inner = counter;
		printf("%d %d\n", inner, is); // #inner
		if (inner < 7)
			goto again;
	}
	return s.b + e + (int)l + thrice(first) + (environ == NULL); // #break
}

int main(int argc, char **argv)
{
	return work(argc) == 77;
}

// gdb-command: info scope work
// gdb-check: Scope for work:
// gdb-check: Symbol first is a complex DWARF expression:
// gdb-check:      0: DW_OP_fbreg -[...]
// gdb-check: , length 4.
// gdb-check: Symbol wide is a typedef.
// gdb-check: Symbol pair is a typedef.
// gdb-check: Symbol s is a complex DWARF expression:
// gdb-check:      0: DW_OP_fbreg -[...]
// gdb-check: , length 8.
// gdb-check: Symbol RED is a constant with value 0 (0x0), length 4.
// gdb-check: Symbol GREEN is a constant with value -4 (0xfffffffffffffffc), length 4.
// gdb-check: Symbol BLUE is a constant with value -3 (0xfffffffffffffffd), length 4.
// gdb-check: Symbol colour is a typedef.
// gdb-check: Symbol e is a complex DWARF expression:
// gdb-check:      0: DW_OP_fbreg -[...]
// gdb-check: , length 4.
// gdb-check: Symbol counter is in static storage at address 0x[...], length 4.
// gdb-check: Symbol environ is static storage at address 0x[...], length 8.
// gdb-check: Symbol l is a complex DWARF expression:
// gdb-check:      0: DW_OP_fbreg -[...]
// gdb-check: , length 8.
// gdb-check: Symbol again is a label at address 0x[...], length 8.
// gdb-command: info scope scopes.c:%inner%
// gdb-check: Symbol narrow is a typedef.
// gdb-check: Symbol inner is a complex DWARF expression:
// gdb-check:      0: DW_OP_fbreg -[...]
// gdb-check: , length 4.
// gdb-check: Symbol wide is a typedef.
// gdb-command: info scope scopes.c:%thrice%
// gdb-check: Scope for scopes.c:%thrice%:
// gdb-check: Symbol thrice is a function at address 0x[...], length 1.
// gdb-check: Symbol number is a complex DWARF expression:
// gdb-check:      0: DW_OP_fbreg -[...]
// gdb-check: , length 4.
// gdb-check: Symbol FACTOR is a constant with value 3 (0x3), length 4.
// gdb-check: Symbol OTHER is a constant with value 4 (0x4), length 4.
// gdb-command: run
// gdb-command: info locals
// gdb-check: s = {b = 1, c = 120 'x'}
// gdb-check: RED = RED
// gdb-check: GREEN = GREEN
// gdb-check: BLUE = BLUE
// gdb-check: e = BLUE
// gdb-check: counter = [...]
// gdb-check: l = 4
// gdb-absent: environ = [...]
// gdb-command: info locals -t int
// gdb-check: counter = [...]
// gdb-command: print GREEN
// gdb-check: $1 = GREEN
// gdb-command: print (int)GREEN
// gdb-check: $2 = -4
// gdb-command: whatis environ
// gdb-check: type = char **
// gdb-command: print environ != 0
// gdb-check: $3 = 1
// gdb-command: info address environ
// gdb-check: Symbol "environ" is static storage at address 0x[...].
// gdb-command: info address BLUE
// gdb-check: Symbol "BLUE" is constant.
// gdb-command: up
// gdb-command: print BLUE
// gdb-check: No symbol "BLUE" in current context.
