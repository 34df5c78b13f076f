/* Faults of kinds that the other programs do not have, each in a function of its own:
 *   --ud2         an instruction that is none: SIGILL
 *   --int3        a breakpoint that no debugger set: SIGTRAP
 *   --bus         behind the end of a file that was mapped: SIGBUS
 *   --privileged  hlt, which only a kernel may execute: SIGSEGV without an address
 *   --abort       abort()
 *   --assert      an assertion that fails
 *   --read-only   a write to memory that may only be read
 *   --floats      in a function whose arguments are in vector registers (release builds)
 *   --below       a read just below address zero, at the top of the address space */
#define _GNU_SOURCE
#undef NDEBUG
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

__attribute__((noinline)) static void undefined_instruction(void)
{
	__asm__ volatile("ud2");
}

__attribute__((noinline)) static void breakpoint(void)
{
	__asm__ volatile("int3");
}

__attribute__((noinline)) static int behind_the_end(void)
{
	int fd = memfd_create("short", 0);
	volatile char *map = mmap(NULL, 8192, PROT_READ, MAP_SHARED, fd, 0);
	return map[4096];
}

__attribute__((noinline)) static void privileged(void)
{
	__asm__ volatile("hlt");
}

__attribute__((noinline)) static void give_up(void)
{
	abort();
}

__attribute__((noinline)) static void check(int count)
{
	assert(count > 0 && "there must be some");
}

__attribute__((noinline)) static void write_constant(const char *text)
{
	*(volatile char *)(uintptr_t)text = 'X';
}

__attribute__((noinline)) static long read_at(uintptr_t where)
{
	return *(volatile long *)where;
}

__attribute__((noinline)) static void store(double scale, float ratio, double *at)
{
	*(volatile float *)at = ratio;
	at[1] = scale;
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";
	if (!strcmp(how, "--ud2"))
		undefined_instruction();
	if (!strcmp(how, "--int3"))
		breakpoint();
	if (!strcmp(how, "--bus"))
		behind_the_end();
	if (!strcmp(how, "--privileged"))
		privileged();
	if (!strcmp(how, "--abort"))
		give_up();
	if (!strcmp(how, "--assert"))
		check(0);
	if (!strcmp(how, "--read-only"))
		write_constant("constant");
	if (!strcmp(how, "--floats"))
		store(argc + 0.5, argc / 8.0F, (double *)(uintptr_t)(argc * 0x10000L));
	if (!strcmp(how, "--below"))
		return (int)read_at((uintptr_t)-8);
	return 0;
}
