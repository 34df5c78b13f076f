// Small things that gdb says and does: arguments in eval, tables of breakpoints and signals, jumps out of a function, fields of /proc.
//@ typed
#include <stdio.h>

int twice(int n)
{
	return n + n; /* #break */
}

int other(void)
{
	puts("other");
	return 7;
}

int main(void)
{
	printf("%d\n", twice(4));
	return other();
}

// gdb-command: define adder
// gdb-command: set $sum = 0
// gdb-command: set $i = 0
// gdb-command: while $i < $argc
// gdb-command: eval "set $sum = $sum + $arg%d", $i
// gdb-command: set $i = $i + 1
// gdb-command: end
// gdb-command: print $sum
// gdb-command: end
// gdb-command: adder 1 2 3
// gdb-check: $1 = 6
// gdb-command: commands 1
// gdb-command: if 0
// gdb-command: while 0
// gdb-command: echo no
// gdb-command: end
// gdb-command: else
// gdb-command: echo hello\n
// gdb-command: end
// gdb-command: end
// gdb-command: enable count 3 1
// gdb-command: info breakpoints
// gdb-check: 	disable after next 3 hits
// gdb-check:         if 0
// gdb-check:           while 0
// gdb-check:             echo no
// gdb-check:           end
// gdb-check:         else
// gdb-check:           echo hello\n
// gdb-check:         end
// gdb-command: break second-look.c:7 nonsense
// gdb-check: malformed linespec error: unexpected string, "nonsense"
// gdb-command: set environment D=
// gdb-check: Setting environment variable "D" to null value.
// gdb-command: path /no-such-directory
// gdb-check: Warning: /no-such-directory: No such file or directory.
// gdb-command: handle all nostop
// gdb-check: SIGEMT        No	Yes	Yes		Emulation trap
// gdb-command: info signals SIG65
// gdb-check: SIG65         No	Yes	Yes		Real-time event 65
// gdb-command: run
// gdb-check: hello
// gdb-command: info proc stat
// gdb-check: State: t
// gdb-command: backtrace -frame-info source-line
// gdb-check: 7	[...]return n + n;[...]
// gdb-check: 0x[...]	18	[...]printf[...]
// gdb-command: catch syscall write
// gdb-command: continue
// gdb-command: info program
// gdb-check: It stopped at breakpoint 2.
// gdb-command: delete
// gdb-command: tbreak main
// gdb-command: run
// gdb-command: set confirm on
// gdb-command: jump other
// gdb-check: Line 12 is not in `main'.  Jump anyway? (y or n) [answered Y; input not from terminal]
// gdb-check: Continuing at 0x[...].
// gdb-check: other
