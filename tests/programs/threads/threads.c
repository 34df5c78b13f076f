/* Threads in the ways in which they are hard for a debugger:
 *   --leader-gone   main's thread ends by pthread_exit; another one writes through a null pointer later
 *   --crowd         forty threads write through a null pointer at the same moment
 *   --exec PROGRAM  a thread that is not the first executes another program
 *   --exit          a thread that is not the first calls exit(3), while others come and go
 *   --come-and-go   two thousand threads that live for a moment; exits with 0 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static pthread_barrier_t barrier;
static char **arguments;

__attribute__((noinline)) static void store(volatile int *place)
{
	*place = 1;
}

static void *store_later(void *unused)
{
	usleep(100000);
	store(unused);
	return NULL;
}

static void *store_together(void *unused)
{
	pthread_barrier_wait(&barrier);
	store(unused);
	return NULL;
}

static void *execute(void *unused)
{
	usleep(20000);
	execv(arguments[0], arguments);
	return unused;
}

static void *leave(void *unused)
{
	usleep(20000);
	exit(3);
	return unused;
}

static void *nothing(void *unused)
{
	return unused;
}

static void come_and_go(int rounds)
{
	for (int i = 0; i < rounds; i++) {
		pthread_t some[8];
		for (int k = 0; k < 8; k++)
			pthread_create(&some[k], NULL, nothing, NULL);
		for (int k = 0; k < 8; k++)
			pthread_join(some[k], NULL);
	}
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";
	pthread_t thread;
	if (!strcmp(how, "--leader-gone")) {
		pthread_create(&thread, NULL, store_later, NULL);
		pthread_exit(NULL);
	}
	if (!strcmp(how, "--crowd")) {
		pthread_barrier_init(&barrier, NULL, 40);
		for (int i = 0; i < 40; i++)
			pthread_create(&thread, NULL, store_together, NULL);
		pthread_join(thread, NULL);
	}
	if (!strcmp(how, "--exec")) {
		arguments = argv + 2;
		pthread_create(&thread, NULL, execute, NULL);
		come_and_go(100000);
	}
	if (!strcmp(how, "--exit")) {
		pthread_create(&thread, NULL, leave, NULL);
		come_and_go(100000);
	}
	come_and_go(250);
	puts("all gone");
	return 0;
}
