/* Machine code that comes and goes by system calls of its own, past the C library's functions: mapped executable from the start, called, unmapped
 * and called again: SIGSEGV. What oxdb keeps of code made at run time has a gap here, which it must say and not fill with guesses.
 * --crash: the code is not unmapped; called with an address where nothing is, it ends in SIGSEGV itself. */
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

static long raw(long number, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long ret;
	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return ret;
}

// push rbp; mov rbp, rsp; mov rax, [rdi]; pop rbp; ret
static const unsigned char code[] = { 0x55, 0x48, 0x89, 0xe5, 0x48, 0x8b, 0x07, 0x5d, 0xc3 };

__attribute__((noinline)) static long call(long (*function)(const long *), const long *argument)
{
	return function(argument) + 1;
}

int main(int argc, char **argv)
{
	long page = raw(SYS_mmap, 0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memcpy((void *)page, code, sizeof code);
	raw(SYS_mprotect, page, 4096, PROT_READ | PROT_EXEC, 0, 0, 0);
	long value = 41;
	if (call((long (*)(const long *))page, &value) != 42)
		return 3;
	if (argc > 1 && !strcmp(argv[1], "--crash"))
		return (int)call((long (*)(const long *))page, (const long *)0x414141414000);
	raw(SYS_munmap, page, 4096, 0, 0, 0, 0);
	return (int)call((long (*)(const long *))page, &value);
}
