/* Four threads that wait for ever: for a condition, for a timer, for input that does not come, and for each other. --fork: and a child that
 * does. --spin: the first thread computes instead. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t never = PTHREAD_COND_INITIALIZER;

static void *wait_for_condition(void *unused)
{
	pthread_mutex_lock(&lock);
	for (;;)
		pthread_cond_wait(&never, &lock);
	return unused;
}

static void *wait_for_timer(void *unused)
{
	for (;;)
		sleep(1000);
	return unused;
}

static void *wait_for_input(void *ends)
{
	char byte;
	while (read(((int *)ends)[0], &byte, 1) > 0) {
	}
	return NULL;
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";
	int ends[2];
	if (pipe(ends))
		return 1;
	if (!strcmp(how, "--fork") && fork() < 0)
		return 1;
	pthread_t threads[3];
	pthread_create(&threads[0], NULL, wait_for_condition, NULL);
	pthread_create(&threads[1], NULL, wait_for_timer, NULL);
	pthread_create(&threads[2], NULL, wait_for_input, ends);
	pthread_setname_np(threads[0], "condition");
	pthread_setname_np(threads[1], "timer");
	pthread_setname_np(threads[2], "input");
	puts("asleep");
	fflush(stdout);
	for (volatile unsigned long i = 0; !strcmp(how, "--spin"); i++) {
	}
	pthread_join(threads[0], NULL);
	return 0;
}
