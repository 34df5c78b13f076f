// catch load and catch unload, with and without an expression; set stop-on-solib-events.
//@ typed
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
	for (int i = 0; i < 2; i++) {
		void *library = dlopen(path, RTLD_NOW);
		dlclose(library);
	}
	return 0;
}

// gdb-command: catch load
// gdb-check: Catchpoint 1 (load)
// gdb-command: catch unload nosuch
// gdb-check: Catchpoint 2 (unload)
// gdb-command: tcatch unload plug
// gdb-check: Catchpoint 3 (unload)
// gdb-command: catch load [
// gdb-check: Invalid regexp: [...]
// gdb-command: info breakpoints
// gdb-check: 1       catchpoint     keep y              load of library
// gdb-check: 2       catchpoint     keep y              unload of library matching nosuch
// gdb-check: 3       catchpoint     del  y              unload of library matching plug
// gdb-command: run
// gdb-check: Catchpoint 1
// gdb-check:   Inferior loaded [...]libc.so.6
// gdb-command: continue
// gdb-check: Catchpoint 1
// gdb-check:   Inferior loaded [...]libplugin.so
// gdb-command: backtrace -1
// gdb-check: [...] in main () at [...]libraries.c:20
// gdb-command: continue
// gdb-check: Temporary catchpoint 3
// gdb-check:   Inferior unloaded [...]libplugin.so
// gdb-command: info breakpoints
// gdb-check: 1       catchpoint     keep y [...] load of library
// gdb-check: 	catchpoint already hit 2 times
// gdb-check: 2       catchpoint     keep y [...] unload of library matching nosuch
// gdb-command: delete
// gdb-command: set stop-on-solib-events 1
// gdb-command: continue
// gdb-check: Stopped due to shared library event:
// gdb-check:   Inferior loaded [...]libplugin.so
// gdb-command: set stop-on-solib-events 0
// gdb-command: continue
// gdb-check: [Inferior 1 (process [...]) exited normally]
