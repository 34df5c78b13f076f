/* Threads that come and go: ROUNDS times eight. */
#include <pthread.h>
#include <stdlib.h>

static void *run(void *arg)
{
	return arg;
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 10;
	for (int r = 0; r < rounds; r++) {
		pthread_t t[8];
		for (int i = 0; i < 8; i++) {
			if (pthread_create(&t[i], NULL, run, NULL) != 0)
				return 1;
		}
		for (int i = 0; i < 8; i++)
			pthread_join(t[i], NULL);
	}
	return 0;
}
