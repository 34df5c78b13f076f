// A breakpoint in a library is planted before the library's constructors run, when the program is linked with it (here: preloaded) and when it loads it.
//@ aux-build: begins.c
#include <dlfcn.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char path[PATH_MAX] = "";
	if (getenv("LD_PRELOAD"))
		return 0; /* #linked */
	if (readlink("/proc/self/exe", path, sizeof path - 32) < 0)
		return 1;
	dirname(path);
	strcat(path, "/auxiliary/libbegins.so");
	return !dlopen(path, RTLD_NOW); /* #loads */
}

// gdb-command: set breakpoint pending on
// gdb-command: set confirm off
// gdb-command: break in_constructor
// gdb-check: Breakpoint 1 (in_constructor) pending.
// gdb-command: break main
// gdb-command: run
// gdb-check: Breakpoint 2, main ([...]) at [...]constructors.c:12
// gdb-command: continue
// gdb-check: Breakpoint 1, in_constructor (n=4) at [...]begins.c:5
// gdb-check: 5		return n + 1;
// gdb-command: up
// gdb-check: #1  [...] in begin () at [...]begins.c:10
// gdb-check: 10		begun = in_constructor(4);
// gdb-command: kill
// gdb-command: set environment LD_LIBRARY_PATH %dir%/auxiliary
// gdb-command: set environment LD_PRELOAD libbegins.so
// gdb-command: run
// gdb-check: Breakpoint 1, in_constructor (n=4) at [...]begins.c:5
// gdb-command: finish
// gdb-check: Value returned is $1 = 5
// gdb-command: continue
// gdb-check: Breakpoint 2, main ([...]) at [...]constructors.c:12
// gdb-command: info breakpoints
// gdb-check: 1       breakpoint     keep y   [...] in in_constructor at [...]begins.c:5
// gdb-check: 	breakpoint already hit 1 time
// gdb-command: continue
// gdb-check: [Inferior 1 (process [...]) exited normally]
