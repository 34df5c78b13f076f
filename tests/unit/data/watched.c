/* Tells where its variable and its function are (rdi, rsi at an int3), then touches them. */
#include <unistd.h>

static volatile long value;

static void __attribute__((noinline)) touch(long x)
{
	value = x;
}

int main(void)
{
	for (int i = 0; i < 4; i++) {
		__asm__ volatile("int3" ::"D"(&value), "S"(touch) : "memory");
		touch(i);
		(void)value;
		getppid();
	}
	return 0;
}
