// define, document, if, while, arguments, hooks, source-like loops, on a C program.
//@ typed
#include <stdio.h>

static int values[5] = {3, 1, 4, 1, 5};

int sum(const int *v, int n)
{
	int total = 0;
	for (int i = 0; i < n; i++)
		total += v[i]; /* #break */
	return total;
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	printf("%d\n", sum(values, 5));
	return 3;
}

// gdb-command: define twice
// gdb-command: print $arg0 * 2
// gdb-command: end
// gdb-command: document twice
// gdb-command: Prints twice its argument.
// gdb-command: end
// gdb-command: help twice
// gdb-check: Prints twice its argument.
// gdb-command: twice 21
// gdb-check: $1 = 42
// gdb-command: define count
// gdb-command: set $k = 0
// gdb-command: while $k < $argc
// gdb-command: set $k = $k + 1
// gdb-command: end
// gdb-command: printf "%d arguments\n", $k
// gdb-command: end
// gdb-command: count a b c
// gdb-check: 3 arguments
// gdb-command: run
// gdb-check: Starting program: [...]scripts
// gdb-check: Breakpoint 1, sum (v=[...] <values>, n=5) at [...]scripts.c:11
// gdb-check: 11			total += v[i]; /* #break */
// gdb-command: set $i = 0
// gdb-command: while $i < 3
// gdb-command: printf "values[%d] = %d\n", $i, values[$i]
// gdb-command: set $i = $i + 1
// gdb-command: end
// gdb-check: values[0] = 3
// gdb-check: values[1] = 1
// gdb-check: values[2] = 4
// gdb-command: if total == 0
// gdb-command: echo zero\n
// gdb-command: else
// gdb-command: echo not zero\n
// gdb-command: end
// gdb-check: zero
// gdb-command: if i > 0
// gdb-command: echo late\n
// gdb-command: else
// gdb-command: echo early\n
// gdb-command: end
// gdb-check: early
// gdb-command: set $n = 0
// gdb-command: while 1
// gdb-command: set $n = $n + 1
// gdb-command: if $n == 4
// gdb-command: loop_break
// gdb-command: end
// gdb-command: loop_continue
// gdb-command: echo never\n
// gdb-command: end
// gdb-command: print $n
// gdb-check: $2 = 4
// gdb-command: show user twice
// gdb-check: User command "twice":
// gdb-check:   print $arg0 * 2
// gdb-command: define hook-echo
// gdb-command: printf "before: "
// gdb-command: end
// gdb-command: echo hooked\n
// gdb-check: before: hooked
// gdb-command: tbreak 12
// gdb-check: Temporary breakpoint 2 at [...]: file [...]scripts.c, line 12.
// gdb-command: nosuch command
// gdb-check: Undefined command: "nosuch".  Try "help".
// gdb-command: delete 1
// gdb-command: continue
// gdb-check: Continuing.
// gdb-check: Temporary breakpoint 2, sum (v=[...] <values>, n=5) at [...]scripts.c:12
// gdb-check: 12		return total;
// gdb-command: print total
// gdb-check: $3 = 14
// gdb-command: p $_exitcode
// gdb-check: $4 = void
// gdb-command: continue
// gdb-check: Continuing.
// gdb-check: 14
// gdb-check: [Inferior 1 (process [...]) exited with code 03]
// gdb-command: p $_exitcode
// gdb-check: $5 = 3
// gdb-command: p $bpnum
// gdb-check: $6 = 2
