/* Breakpoints at the place to which an access of a watched place leads. */
//@ typed
//@ compile-flags: -g
#include <stdio.h>

int sum;

int main(void)
{
	int i;
	for (i = 0; i < 4; i++) { /* #for */
		sum += i;
		sum += 1; /* #one */
	}
	printf("%d\n", sum);
	return 0;
}

// gdb-command: tbreak %for%
// gdb-command: run
// gdb-command: break %one%
// gdb-command: watch sum
// gdb-command: continue
// gdb-check: Breakpoint 2, main () at [...]watch-and-break.c:%one%
// gdb-command: continue
// gdb-check: Hardware watchpoint 3: sum
// gdb-check: Old value = 0
// gdb-command: continue
// gdb-check: Breakpoint 2, main () at [...]watch-and-break.c:%one%
// gdb-command: info breakpoints
// gdb-check: 2       breakpoint     keep y   [...]
// gdb-check: 	breakpoint already hit 2 times
// gdb-check: 3       hw watchpoint  keep y  [...]
// gdb-check: 	breakpoint already hit 2 times
// gdb-command: delete
// gdb-command: watch i
// gdb-command: continue
// gdb-check: New value = 2
// gdb-command: hbreak *$pc
// gdb-command: continue
// gdb-check: Breakpoint 5, 0x[...] in main () at [...]
// gdb-command: print i
// gdb-check: $1 = 3
// gdb-command: info breakpoints
// gdb-check: 4       hw watchpoint  keep y  [...]
// gdb-check: 	breakpoint already hit 2 times
// gdb-check: 5       hw breakpoint  keep y  [...]
// gdb-check: 	breakpoint already hit 1 time

// What happens while a watch is disabled is not told of later.
// gdb-command: delete
// gdb-command: run
// gdb-command: tbreak %for%
// gdb-command: run
// gdb-command: watch sum
// gdb-command: disable $bpnum
// gdb-command: tbreak %one% if i == 2
// gdb-command: continue
// gdb-check: Temporary breakpoint 8, main () at [...]
// gdb-command: print sum
// gdb-check: $2 = 5
// gdb-command: enable 7
// gdb-command: continue
// gdb-check: Hardware watchpoint 7: sum
// gdb-check: Old value = 5
// gdb-check: New value = 6
// gdb-command: watch 5
// gdb-check: Cannot watch constant value `5'.
// oxdb-command: watch sum + 1
// oxdb-check: Cannot watch `sum + 1': it is no place in memory. [...]
