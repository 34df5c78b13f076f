// set and show.
//@ typed
#include <stdio.h>

struct point {
	int x, y;
};

int main(void)
{
	struct point p = {1, 2};
	int array[300] = {1, 2, 3};
	char text[300] = "a long text";
	const char *s = text;
	printf("%d %d %s\n", p.x, array[1], s); /* #break */
	return 0;
}

// gdb-command: show width
// gdb-check: Number of characters gdb thinks are in a line is unlimited.
// gdb-command: show height
// gdb-check: Number of lines gdb thinks are in a page is unlimited.
// gdb-command: show confirm
// gdb-check: Whether to confirm potentially dangerous operations is off.
// gdb-command: show pagination
// gdb-check: State of pagination is off.
// gdb-command: run
// gdb-check: Starting program: [...]settings
// gdb-check: Breakpoint 1, main () at [...]settings.c:15
// gdb-check: 15		printf("%d %d %s\n", p.x, array[1], s); /* #break */
// gdb-command: set print pretty on
// gdb-command: print p
// gdb-check: $1 = {
// gdb-check:   x = 1,
// gdb-check:   y = 2
// gdb-check: }
// gdb-command: set print pretty off
// gdb-command: print p
// gdb-check: $2 = {x = 1, y = 2}
// gdb-command: show print elements
// gdb-check: Limit on string chars or array elements to print is 200.
// gdb-command: set print elements 4
// gdb-command: print array
// gdb-check: $3 = {1, 2, 3, 0 <repeats 297 times>}
// gdb-command: print s
// gdb-check: $4 = [...] "a lo"...
// gdb-command: set print elements 200
// gdb-command: set print repeats 2
// gdb-command: print array
// gdb-check: $5 = {1, 2, 3, 0 <repeats 297 times>}
// gdb-command: set print repeats unlimited
// gdb-command: show print repeats
// gdb-check: Threshold for repeated print elements is unlimited.
// gdb-command: set print elements 3
// gdb-command: print -elements 2 -- array
// gdb-check: $6 = {1, 2...}
// gdb-command: set print address off
// gdb-command: print s
// gdb-check: $7 = "a l"...
// gdb-command: print &p
// gdb-check: $8 = (struct point *)
// gdb-command: backtrace
// gdb-check: #0  main () at [...]settings.c:15
// gdb-command: set print address on
// gdb-command: set print elements unlimited
// gdb-command: print text
// gdb-check: $9 = "a long text\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000"
// gdb-command: set print null-stop on
// gdb-command: print text
// gdb-check: $10 = "a long text"
// gdb-command: set print array on
// gdb-command: print p
// gdb-check: $11 = {x = 1, y = 2}
// gdb-command: show print array
// gdb-check: Pretty formatting of arrays is on.
// gdb-command: set language rust
// gdb-command: print p
// gdb-check: $12 = point {x: 1, y: 2}
// gdb-command: show language
// gdb-check: The current source language is "rust".
// gdb-command: set language auto
// gdb-command: show language
// gdb-check: The current source language is "auto; currently c".
// gdb-command: set listsize 5
// gdb-command: show listsize
// gdb-check: Number of source lines gdb will list by default is 5.
// gdb-command: set nosuch 1
// gdb-check: No symbol "nosuch" in current context.
// gdb-command: show nosuch
// gdb-check: Undefined show command: "nosuch".  Try "help show".
// gdb-command: set print nosuch on
// gdb-check: Undefined set print command: "nosuch on".  Try "help set print".
// gdb-command: set confirm maybe
// gdb-check: "on" or "off" expected.
// gdb-command: show scheduler-locking
// gdb-check: Mode for locking scheduler during execution is "replay".
// gdb-command: show disable-randomization
// gdb-check: Disabling randomization of debuggee's virtual address space is on.
