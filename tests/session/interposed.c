// A library's variable of which the program has one of the same name: the dynamic linker takes the program's for both.
//@ aux-build: shares.c
//@ compile-flags: -rdynamic
#include <dlfcn.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int shared_total = 40;

int main(void)
{
	char path[PATH_MAX] = "";
	if (readlink("/proc/self/exe", path, sizeof path - 32) < 0)
		return 1;
	dirname(path);
	strcat(path, "/auxiliary/libshares.so");
	void *library = dlopen(path, RTLD_NOW);
	int (*bump)(void) = (int (*)(void))dlsym(library, "bump");
	bump();
	return bump() == 0; // #break
}

// gdb-command: run
// gdb-command: break bump
// gdb-command: continue
// gdb-check: [...]bump () at [...]shares.c:5
// gdb-command: print shared_total
// gdb-check: $1 = 41
// gdb-command: print &shared_total
// gdb-check: $2 = (int *) 0x[...] <shared_total>
// gdb-command: up
// gdb-command: print shared_total
// gdb-check: $3 = 41
