/* Four threads that map code, call it and unmap it, two hundred times each, while a timer interrupts them all the time and a child is forked
 * now and then that does the same. No fault: exits with 0 when every call gave the right answer.
 * --crash: at the end one of them calls what it unmapped. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 4, ROUNDS = 200 };

static volatile sig_atomic_t ticks;
static int wrong;

static void tick(int sig)
{
	(void)sig;
	ticks++;
}

__attribute__((noinline)) static int call(const void *code)
{
	return ((int (*)(void))code)() + 1;
}

static void *map_code(int value)
{
	unsigned char code[] = { 0xb8, 0, 0, 0, 0, 0xc3 }; // mov eax, value; ret
	memcpy(code + 1, &value, 4);
	unsigned char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memcpy(page, code, sizeof code);
	mprotect(page, 4096, PROT_READ | PROT_EXEC);
	return page;
}

static void rounds(int count)
{
	for (int i = 0; i < count; i++) {
		void *page = map_code(i);
		if (call(page) != i + 1)
			__atomic_store_n(&wrong, 1, __ATOMIC_SEQ_CST);
		munmap(page, 4096);
	}
}

static void *work(void *unused)
{
	rounds(ROUNDS);
	return unused;
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = tick, .sa_flags = SA_RESTART };
	sigaction(SIGALRM, &action, NULL);
	struct itimerval timer = { .it_interval = { .tv_usec = 300 }, .it_value = { .tv_usec = 300 } };
	setitimer(ITIMER_REAL, &timer, NULL);
	pthread_t threads[THREADS];
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, work, NULL);
	for (int i = 0; i < 5; i++) {
		pid_t pid = fork();
		if (pid == 0) {
			rounds(20);
			_exit(wrong);
		}
		int status;
		while (waitpid(pid, &status, 0) < 0) {
		}
		wrong |= status;
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	timer.it_interval.tv_usec = timer.it_value.tv_usec = 0;
	setitimer(ITIMER_REAL, &timer, NULL);
	printf("%s\n", wrong ? "wrong" : "right");
	fflush(stdout);
	if (argc > 1 && !strcmp(argv[1], "--crash")) {
		void *page = map_code(7);
		call(page);
		munmap(page, 4096);
		call(page);
	}
	return wrong;
}
