/* Works until somebody stops it: what Ctrl-C must be able to do at any moment. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

volatile long turns;

__attribute__((noinline)) void turn(long n)
{
	turns = n;
}

__attribute__((noinline)) int for_ever(int sleeps)
{
	for (long n = 0;; n++) {
		turn(n);
		if (sleeps)
			usleep(1000);
	}
	return 0;
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";
	if (strcmp(mode, "ignores") == 0)
		signal(SIGINT, SIG_IGN);
	if (strcmp(mode, "blocks") == 0) {
		sigset_t set;
		sigemptyset(&set);
		sigaddset(&set, SIGINT);
		sigprocmask(SIG_BLOCK, &set, NULL);
	}
	printf("ready\n");
	fflush(stdout);
	int result = for_ever(strcmp(mode, "sleeps") == 0);
	return result;
}
