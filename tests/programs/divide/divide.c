// Divides by zero: SIGFPE. --least: INT_MIN / -1, which does not fit, the same signal.
#include <limits.h>
#include <stdio.h>
#include <string.h>

__attribute__((noinline)) static int share(volatile int *sum, volatile int *count)
{
	return *sum / *count;
}

int main(int argc, char **argv)
{
	int sum = 42, count = 0;
	if (argc > 1 && !strcmp(argv[1], "--least")) {
		sum = INT_MIN;
		count = -1;
	}
	printf("%d\n", share(&sum, &count));
	return 0;
}
