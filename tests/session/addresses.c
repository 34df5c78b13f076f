// A breakpoint at the address where the program will be, set before it runs.
int main(void)
{
	return 0;
}

// gdb-command: set $at = (long)main + 0x555555554000
// gdb-command: break *$at
// gdb-check: Breakpoint 1 at 0x55555555[...]
// gdb-command: run
// gdb-check: Breakpoint 1, main () at [...]addresses.c:3
// gdb-command: info breakpoints
// gdb-check: Num     Type           Disp Enb Address            What
// gdb-check: 1       breakpoint     keep y   0x000055555555[...] in main at [...]addresses.c:3
