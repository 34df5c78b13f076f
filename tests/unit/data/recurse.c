/* `down` calls itself ARG1 deep; `bottom` is the last. */
#include <stdlib.h>

__attribute__((noinline)) int bottom(int x)
{
	__asm__ volatile("");
	return x;
}

__attribute__((noinline)) int down(int depth)
{
	int below = depth > 1 ? down(depth - 1) : bottom(depth);
	__asm__ volatile("nop"); /* a line of its own, whatever the compiler */
	return below + 1;
}

int main(int argc, char **argv)
{
	int depth = argc > 1 ? atoi(argv[1]) : 10;
	return down(depth) == depth + 1 ? 0 : 1;
}
