// What is still known when the program has ended; names of files that the debug information has with a folder of its own.
//@ typed
#include <stdlib.h>

static int last(int n)
{
	exit(n); // #break
}

#line 7 "elsewhere/part.c"
static int part(int n)
{
	return n + 1;
}

int main(void)
{
	return last(part(4));
}

// gdb-command: break part
// gdb-check: Breakpoint 2 at [...]: file elsewhere/part.c, line 9.
// gdb-command: run
// gdb-check: Breakpoint 2, part (n=4) at elsewhere/part.c:9
// gdb-check: 9	elsewhere/part.c: No such file or directory.
// gdb-command: info source
// gdb-check: Current source file is elsewhere/part.c
// gdb-command: info line *$pc
// gdb-check: Line 9 of "elsewhere/part.c" starts at address [...] <part+7> and ends at [...] <part+13>.
// gdb-command: up
// gdb-check: #1  [...] in main () at elsewhere/part.c:14
// gdb-check: 14	in elsewhere/part.c
// gdb-command: info sharedlibrary libc
// gdb-check: From[...]To[...]Syms Read   Shared Object Library
// gdb-check: [...]libc.so.6
// gdb-command: continue
// gdb-check: Breakpoint 1, last (n=5) at [...]ended.c:7
// gdb-command: continue
// gdb-check: [Inferior 1 (process [...]) exited with code 05]
// gdb-command: info source
// gdb-check: Current source file is [...]ended.c
// gdb-check: Source language is c.
// gdb-check: Does not include preprocessor macro info.
// gdb-command: print $_exitcode
// gdb-check: $1 = 5
// gdb-command: print $unset
// gdb-check: $2 = void
// gdb-command: info sharedlibrary
// gdb-check: From                To                  Syms Read   Shared Object Library
// gdb-check: 0x[...]  0x[...]  Yes[...]/lib64/ld-linux-x86-64.so.2
// gdb-command: info symbol last
// gdb-check: last in section .text of %exe%
// gdb-command: info line last
// gdb-check: Line [...] of "[...]ended.c" starts at address 0x5555[...] <last> and ends at 0x5555[...] <last+[...]>.
// gdb-command: x/i last
// gdb-check:    0x5555[...] <last>:[...]push   %rbp
