/* Loads the library ARG1, calls plugin_entry(21) in it and unloads it, twice. Ends with 0. */
#include <dlfcn.h>
#include <stddef.h>

int main(int argc, char **argv)
{
	for (int i = 0; argc > 1 && i < 2; i++) {
		void *library = dlopen(argv[1], RTLD_NOW);
		if (!library)
			return 1;
		int (*entry)(int) = (int (*)(int))dlsym(library, "plugin_entry");
		if (!entry || entry(21) != 42)
			return 2;
		dlclose(library);
	}
	return 0;
}
