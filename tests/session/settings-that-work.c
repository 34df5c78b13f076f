// Settings that change what is run, shown or allowed; those without effect say so.
//@ typed
#include <stdio.h>
#include <stdlib.h>

int numbers[8] = { 20, 21, 22, 23, 24, 25, 26, 27 };

int twice(int n)
{
	int r = n + n; /* #break */
	return r;
}

int main(int argc, char **argv)
{
	const char *value = getenv("OXDB_SESSION_WRAPPED");
	printf("%s %s\n", value ? value : "alone", argc > 1 ? argv[1] : "-");
	fflush(stdout);
	return twice(argc);
}

// gdb-command: set exec-wrapper env OXDB_SESSION_WRAPPED=wrapped
// gdb-command: run 'a b'
// gdb-check: wrapped a b
// gdb-command: print $_exitcode
// gdb-command: set output-radix 16
// gdb-check: Output radix now set to decimal 16, hex 10, octal 20.
// gdb-command: print numbers
// gdb-check: $2 = {0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1b}
// gdb-command: info args
// gdb-check: n = 0x2
// gdb-command: print/d n
// gdb-check: $3 = 2
// gdb-command: set output-radix 7
// gdb-check: Unsupported output radix ``decimal 7''; output radix unchanged.
// gdb-command: set output-radix 10
// gdb-command: set input-radix 16
// gdb-check: Input radix now set to decimal 16, hex 10, octal 20.
// gdb-command: print 10 + ff
// gdb-check: $[...] = 271
// gdb-command: print numbers[1]
// gdb-check: $[...] = 21
// gdb-command: set input-radix 10
// gdb-command: show input-radix
// gdb-check: Default input radix for entering numbers is 16.
// gdb-command: with print elements 3 -- print numbers
// gdb-check: $[...] = {20, 21, 22...}
// gdb-command: set input-radix 0
// gdb-check: Nonsense input radix ``decimal 0''; input radix unchanged.
// gdb-command: set radix 9
// gdb-check: Unsupported output radix ``decimal 9''; output radix unchanged.
// gdb-command: set radix
// gdb-check: Input and output radices now set to decimal 10, hex a, octal 12.
// gdb-command: set max-value-size 5
// gdb-check: max-value-size set too low, increasing to 16 bytes
// gdb-command: print numbers
// gdb-check: value requires 32 bytes, which is more than max-value-size
// gdb-command: set max-value-size unlimited
// gdb-command: show max-value-size
// gdb-check: Maximum value size is unlimited.
// gdb-command: set print symbol-filename on
// gdb-command: print &numbers
// gdb-command: output $pc
// gdb-check: (void (*)()) 0x[...] <twice+[...] at [...]settings-that-work.c:10>[...]
// gdb-command: echo \n
// gdb-command: set print symbol-filename off
// gdb-command: set disassemble-next-line on
// gdb-command: next
// gdb-check: [...]11		return r;
// gdb-check: => 0x[...] <twice+[...]>:	8b 45 fc           	mov    -0x4(%rbp),%eax
// gdb-command: set disassemble-next-line off
// gdb-command: set print max-symbolic-offset 1
// gdb-command: x/i $pc
// gdb-check: => 0x[...]:	mov [...]
// gdb-command: set print max-symbolic-offset unlimited
// gdb-command: set may-call-functions off
// gdb-command: print twice(1)
// gdb-check: Cannot call functions in the program: may-call-functions is off.
// gdb-command: set may-call-functions on
// gdb-command: set can-use-hw-watchpoints 0
// gdb-command: rwatch r
// gdb-check: Can't set read/access watchpoint when hardware watchpoints are disabled.
// gdb-command: set print finish off
// gdb-command: finish
// gdb-check: Value returned is $[...] = <not displayed>
// gdb-command: set may-write-memory off
// gdb-command: set var argc = 5
// gdb-check: Writing to memory is not allowed (addr 0x[...], len 4)
// gdb-command: set listsize
// gdb-check: Argument required (integer to set it to, or "unlimited").
// gdb-command: set follow-fork-mode foo
// gdb-check: Undefined item: "foo".
// oxdb-command: set print object on
// oxdb-check: "set print object" has no effect in oxdb: it is for C++'s virtual tables.
// oxdb-command: help set debuginfod enabled
// oxdb-check: This has no effect in oxdb: debuginfod is not asked: nothing is fetched from the network.
// gdb-command: set confirm off
// gdb-command: kill
