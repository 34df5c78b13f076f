/* movaps with an address that is no multiple of 16: a general-protection fault, SIGSEGV without an address. --noncanonical: a
 * read at an address whose upper bits are neither all zero nor all one, the same. */
#include <stdio.h>
#include <string.h>

__attribute__((noinline)) static void copy(float *to, const float *from)
{
	__asm__ volatile("movaps (%1), %%xmm0\n\tmovaps %%xmm0, (%0)"
			 :
			 : "r"(to), "r"(from)
			 : "xmm0", "memory");
}

__attribute__((noinline)) static long read_at(const long *where)
{
	long value;
	__asm__ volatile("mov 8(%1), %0" : "=r"(value) : "r"(where));
	return value;
}

int main(int argc, char **argv)
{
	static float from[8] __attribute__((aligned(16))), to[8] __attribute__((aligned(16)));
	if (argc > 1 && !strcmp(argv[1], "--noncanonical"))
		return (int)read_at((const long *)0xabcd000012345670);
	copy(to, from + 1);
	printf("%f\n", to[0]);
	return 0;
}
