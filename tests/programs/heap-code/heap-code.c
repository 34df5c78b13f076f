/* Code in a page of the heap, as older versions of cranelift-jit have it: the page comes from malloc's arena and mprotect makes it executable.
 * The code reads from an address where nothing is: SIGSEGV in it.
 * --freed: instead the page is made writable again, given back with free, used for something else, and called. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

// push rbp; mov rbp, rsp; mov rax, [rdi]; pop rbp; ret
static const unsigned char code[] = { 0x55, 0x48, 0x89, 0xe5, 0x48, 0x8b, 0x07, 0x5d, 0xc3 };

__attribute__((noinline)) static long call(const void *function, const long *argument)
{
	return ((long (*)(const long *))function)(argument) + 1;
}

__attribute__((noinline)) static void give_back(void *page)
{
	mprotect(page, 4096, PROT_READ | PROT_WRITE);
	free(page);
}

int main(int argc, char **argv)
{
	void *page = aligned_alloc(4096, 4096);
	if (!page)
		return 3;
	memcpy(page, code, sizeof code);
	mprotect(page, 4096, PROT_READ | PROT_EXEC);
	long value = 41;
	if (call(page, &value) != 42)
		return 3;
	if (argc > 1 && !strcmp(argv[1], "--freed")) {
		/* As long as code lives at least: the kernel's news of it comes a little after the fact. */
		usleep(50000);
		give_back(page);
	} else {
		return (int)call(page, (const long *)0x414141414000);
	}
	return (int)call(page, &value);
}
