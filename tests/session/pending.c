// A pending breakpoint is planted when the library is loaded, and its locations go when it is unloaded.
//@ aux-build: plugin.c
#include <dlfcn.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
	char path[PATH_MAX] = "";
	setvbuf(stdout, NULL, _IONBF, 0);
	if (readlink("/proc/self/exe", path, sizeof path - 32) < 0)
		return 1;
	dirname(path);
	strcat(path, "/auxiliary/libplugin.so");
	void *library = dlopen(path, RTLD_NOW); /* #break */
	int (*answer)(int) = (int (*)(int))dlsym(library, "plugin_answer");
	printf("%d\n", answer(21));
	dlclose(library);
	return 0;
}

// gdb-command: set breakpoint pending on
// gdb-command: break plugin_answer
// gdb-check: Function "plugin_answer" not defined.
// gdb-check: Breakpoint 2 (plugin_answer) pending.
// gdb-command: tbreak plugin_answer if n > 20
// gdb-check: Temporary breakpoint 3 (plugin_answer if n > 20) pending.
// gdb-command: info breakpoints
// gdb-check: Num     Type           Disp Enb Address            What
// gdb-check: 1       breakpoint     keep y   [...] in main at [...]pending.c:18
// gdb-check: 2       breakpoint     keep y   <PENDING>          plugin_answer
// gdb-check: 3       breakpoint     del  y   <PENDING>          plugin_answer if n > 20
// gdb-command: run
// gdb-check: Breakpoint 1, main () at [...]pending.c:18
// gdb-check: 18		void *library = dlopen(path, RTLD_NOW); /* #break */
// gdb-command: continue
// gdb-check: Breakpoint 2, plugin_answer (n=21) at [...]plugin.c:3
// gdb-check: 3		int twice = n * 2;
// gdb-command: print n
// gdb-check: $1 = 21
// gdb-command: backtrace
// gdb-check: #0  plugin_answer (n=21) at [...]plugin.c:3
// gdb-check: #1  [...] in main () at [...]pending.c:20
// gdb-command: info breakpoints
// gdb-check: Num     Type           Disp Enb Address            What
// gdb-check: 1       breakpoint     keep y   [...] in main at [...]pending.c:18
// gdb-check: 	breakpoint already hit 1 time
// gdb-check: 2       breakpoint     keep y   [...] in plugin_answer at [...]plugin.c:3
// gdb-check: 	breakpoint already hit 1 time
// gdb-command: info sharedlibrary plugin
// gdb-check: From                To                  Syms Read   Shared Object Library
// gdb-check: [...]  [...]  Yes         [...]auxiliary/libplugin.so
// gdb-command: info symbol plugin_answer
// gdb-check: plugin_answer in section .text of [...]auxiliary/libplugin.so
// gdb-command: finish
// gdb-check: [...] in main () at [...]pending.c:20
// gdb-check: 20		printf("%d\n", answer(21));
// gdb-check: Value returned is $2 = 42
// gdb-command: continue
// gdb-check: 42
// gdb-check: warning: Temporarily disabling breakpoints for unloaded shared library "[...]auxiliary/libplugin.so"
// gdb-check: [Inferior 1 (process [...]) exited normally]
