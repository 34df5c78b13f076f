// A library's function before the library is there (its stub stands for it), and by a name that only the symbol table has.
//@ compile-flags: -Wl,-z,lazy -fcf-protection=none -no-pie -rdynamic
//@ typed
#include <stdio.h>

int work(int n)
{
	return n * 2;
}

/* Another name of it, as C libraries have them: malloc is __libc_malloc. */
extern int alias(int n) __attribute__((alias("work")));

int main(void)
{
	return puts("3") + alias(2) == 0;
}

// gdb-command: break puts
// gdb-check: Breakpoint 1 at 0x401[...]
// gdb-command: info breakpoints
// gdb-check: 1       breakpoint     keep y   0x0000000000401[...] <puts@plt>
// gdb-command: info line puts
// gdb-check: No line number information available for address 0x401[...] <puts@plt>
// gdb-command: print puts
// gdb-check: $1 = {<text variable, no debug info>} 0x401[...] <puts@plt>
// gdb-command: info address puts
// gdb-check: Symbol "puts" is at 0x401[...] in a file compiled without debugging.
// gdb-command: break alias
// gdb-check: Breakpoint 2 at 0x401[...]: file [...]library-functions.c, line 8.
// gdb-command: run
// gdb-check: Breakpoint 1, [...]puts ([...]
// gdb-command: info breakpoints
// gdb-check: [...]y   0x00007[...]puts[...]
// gdb-command: continue
// gdb-check: Breakpoint 2, work (n=2) at [...]library-functions.c:8
