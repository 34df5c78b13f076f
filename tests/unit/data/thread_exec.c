/* A thread that is not the leader execs, while others sleep. The new program (this one, with an argument) ends with 7. */
#include <pthread.h>
#include <unistd.h>

static char *self;

static void *sleeper(void *arg)
{
	for (;;)
		pause();
	return arg;
}

static void *execer(void *arg)
{
	execl(self, self, "again", (char *)NULL);
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t t;
	if (argc > 1)
		return 7;
	self = argv[0];
	for (int i = 0; i < 3; i++)
		pthread_create(&t, NULL, sleeper, NULL);
	pthread_create(&t, NULL, execer, NULL);
	for (;;)
		pause();
}
