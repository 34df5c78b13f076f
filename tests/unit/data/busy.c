/* Says where `beat` and `never` are; two threads call the first again and again, and each of its rounds is written out by one of them. */
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static volatile unsigned long beats;

void __attribute__((noinline)) beat(void)
{
	beats++;
}

void __attribute__((noinline)) never(void)
{
	beats = 0;
}

static void *run(void *arg)
{
	for (;;) {
		beat();
		usleep(1000);
	}
	return arg;
}

int main(void)
{
	pthread_t other;
	printf("%p %p\n", (void *)beat, (void *)never);
	fflush(stdout);
	pthread_create(&other, NULL, run, NULL);
	for (;;) {
		beat();
		usleep(1000);
		if (write(1, ".", 1) != 1)
			return 1;
	}
}
