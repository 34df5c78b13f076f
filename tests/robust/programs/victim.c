/* What the sessions of test_injected.py debug. Without an argument it does a bit of everything and ends with 0; with "wait" it works until its stdin
 * ends, and then says whether its code is as it was: "intact" or "changed". */
#define _GNU_SOURCE
#include <link.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 20, ROUNDS = 5 };

volatile int total;
volatile int ready;

__attribute__((noinline)) int twice(int n)
{
	return 2 * n;
}

__attribute__((noinline)) int inner(int n)
{
	int half = n / 2;
	total += half;
	return half;
}

__attribute__((noinline)) int outer(int n)
{
	int sum = 0;
	for (int i = 0; i < n; i++)
		sum += inner(i);
	return twice(sum);
}

__attribute__((noinline)) void work(int round)
{
	__atomic_fetch_add(&ready, 1, __ATOMIC_SEQ_CST);
	__asm__ volatile("" ::"r"(round));
}

static void *thread(void *arg)
{
	for (int i = 0; i < ROUNDS; i++)
		work(i);
	return arg;
}

static void threads(void)
{
	pthread_t list[THREADS];
	for (int i = 0; i < THREADS; i++)
		pthread_create(&list[i], NULL, thread, NULL);
	for (int i = 0; i < THREADS; i++)
		pthread_join(list[i], NULL);
}

__attribute__((noinline)) int in_child(int n)
{
	return n + 1;
}

static int children(const char *self)
{
	int status;
	pid_t pid = fork();
	if (pid == 0)
		_exit(in_child(2));
	if (waitpid(pid, &status, 0) != pid || WEXITSTATUS(status) != 3)
		return 1;
	pid = vfork();
	if (pid == 0) {
		execl(self, self, "nothing", (char *)NULL);
		_exit(9);
	}
	return waitpid(pid, &status, 0) != pid || status != 0;
}

/* ---- wait ---- */

static int add_code(struct dl_phdr_info *info, size_t size, void *data)
{
	unsigned long *sum = data;
	(void)size;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		const unsigned char *bytes = (const unsigned char *)(info->dlpi_addr + p->p_vaddr);
		for (size_t k = 0; p->p_type == PT_LOAD && (p->p_flags & PF_X) && k < p->p_memsz; k++)
			*sum = *sum * 31 + bytes[k];
	}
	return 0;
}

static volatile int over;

__attribute__((noinline)) void tick(int n)
{
	total = n;
}

static void *ticking(void *arg)
{
	for (int i = 0; !over; i++) {
		tick(i);
		usleep(1000);
	}
	return arg;
}

static int waits(void)
{
	unsigned long before = 0, after = 0;
	char byte;
	pthread_t list[3];
	dl_iterate_phdr(add_code, &before);
	for (int i = 0; i < 3; i++)
		pthread_create(&list[i], NULL, ticking, NULL);
	printf("ready\n");
	fflush(stdout);
	while (read(0, &byte, 1) > 0)
		;
	over = 1;
	for (int i = 0; i < 3; i++)
		pthread_join(list[i], NULL);
	dl_iterate_phdr(add_code, &after);
	printf("%s\n", before == after ? "intact" : "changed");
	return before != after;
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return strcmp(argv[1], "wait") == 0 ? waits() : 0;
	int sum = outer(4);
	sum += twice(sum);
	threads();
	if (sum != 12 || ready != THREADS * ROUNDS)
		return 2;
	return children(argv[0]);
}
