/* Dies as ARG1 says, of several threads in thread 2 where there is a choice: segv, exit, thread_exit, abort, leader_first. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *how;

static void *sleeper(void *arg)
{
	for (;;)
		pause();
	return arg;
}

static void *killer(void *arg)
{
	if (strcmp(how, "segv") == 0)
		*(volatile int *)16 = 1;
	if (strcmp(how, "abort") == 0)
		abort();
	if (strcmp(how, "exit") == 0)
		_exit(3);
	usleep(10000);
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t t;
	how = argc > 1 ? argv[1] : "exit";
	if (strcmp(how, "leader_first") == 0) {
		pthread_create(&t, NULL, killer, NULL);
		pthread_exit(NULL);
	}
	pthread_create(&t, NULL, killer, NULL);
	if (strcmp(how, "thread_exit") == 0) {
		pthread_join(t, NULL);
		return 5;
	}
	pthread_create(&t, NULL, sleeper, NULL);
	for (;;)
		pause();
}
