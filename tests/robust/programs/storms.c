/* Many threads, signals, forks and an exec at a function that has a breakpoint. Ends with 0 when each did its part. */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

volatile int hits, signals;
volatile int values[4] = { 1, 2, 3, 4 };

__attribute__((noinline)) void hit(int n)
{
	__atomic_fetch_add(&hits, 1, __ATOMIC_SEQ_CST);
	(void)n;
}

/* Instructions that a debugger cannot run just anywhere: relative to pc, calls, jumps, a system call. Each label is a breakpoint. */
__attribute__((noinline)) long kinds(long n)
{
	long r;
	__asm__ volatile(".globl k_rip, k_call, k_jump, k_indirect, k_branch, k_syscall, k_push, k_string\n"
			 "k_rip: movl values+4(%%rip), %%eax\n"
			 "k_call: call 2f\n"
			 "k_jump: jmp 3f\n"
			 "2: ret\n"
			 "3: leaq 4f(%%rip), %%rcx\n"
			 "k_indirect: jmp *%%rcx\n"
			 "ud2\n"
			 "4: cmpl $2, %%eax\n"
			 "k_branch: je 5f\n"
			 "ud2\n"
			 "5: movl $39, %%eax\n"
			 "k_syscall: syscall\n"
			 "k_push: push %%rax\n"
			 "pop %%rbx\n"
			 "movl $4, %%ecx\n"
			 "leaq values(%%rip), %%rsi\n"
			 "k_string: rep lodsl\n"
			 : "=a"(r)
			 : "0"(n)
			 : "rcx", "rbx", "rsi", "r11", "memory", "cc");
	return r;
}

static void *one(void *arg)
{
	hit((int)(long)arg);
	return arg;
}

static int many(int count)
{
	pthread_t *list = calloc((size_t)count, sizeof *list);
	pthread_attr_t small;
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 65536);
	for (long i = 0; i < count; i++)
		if (pthread_create(&list[i], &small, one, (void *)i) != 0)
			return 1;
	for (int i = 0; i < count; i++)
		pthread_join(list[i], NULL);
	return hits != count;
}

static void on_alarm(int signal)
{
	(void)signal;
	signals++;
}

static int under_signals(int count)
{
	struct itimerval often = { { 0, 500 }, { 0, 500 } }, never = { { 0, 0 }, { 0, 0 } };
	signal(SIGUSR1, on_alarm);
	signal(SIGALRM, on_alarm);
	setitimer(ITIMER_REAL, &often, NULL);
	for (int i = 0; i < count; i++)
		hit(i);
	while (signals < 3)
		;
	setitimer(ITIMER_REAL, &never, NULL);
	return hits != count;
}

static volatile int stop;

static void *hitting(void *arg)
{
	while (!stop)
		hit(0);
	return arg;
}

static int forks(int count)
{
	pthread_t t[3];
	int bad = 0;
	for (int i = 0; i < 3; i++)
		pthread_create(&t[i], NULL, hitting, NULL);
	for (int i = 0; i < count; i++) {
		int status;
		pid_t pid = fork();
		if (pid == 0) {
			hit(1); /* an int3 of the parent's that stayed would kill it here */
			_exit(7);
		}
		bad |= waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 7;
	}
	stop = 1;
	for (int i = 0; i < 3; i++)
		pthread_join(t[i], NULL);
	return bad;
}

static char *self;

static void *execs(void *arg)
{
	(void)arg;
	execl(self, self, "many", "3", (char *)NULL);
	exit(9);
}

static int exec_elsewhere(void)
{
	pthread_t t;
	for (int i = 0; i < 3; i++)
		pthread_create(&t, NULL, hitting, NULL);
	usleep(20000);
	pthread_create(&t, NULL, execs, NULL);
	for (;;)
		pause();
}

__attribute__((noinline)) int crashes(volatile int *p)
{
	return *p;
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";
	int count = argc > 2 ? atoi(argv[2]) : 1;
	self = argv[0];
	if (strcmp(mode, "many") == 0)
		return many(count);
	if (strcmp(mode, "signals") == 0)
		return under_signals(count);
	if (strcmp(mode, "forks") == 0)
		return forks(count);
	if (strcmp(mode, "exec") == 0)
		return exec_elsewhere();
	if (strcmp(mode, "kinds") == 0) {
		for (int i = 0; i < count; i++)
			if ((int)kinds(i) != 4)
				return 3;
		return 0;
	}
	hit(argc);
	return 0;
}
