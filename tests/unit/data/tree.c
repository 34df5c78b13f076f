/* A tree of processes by fork, vfork and exec, in each of which `hooked` is called a known number of times: by the program 1, by each of
 * 3 forked children 2, by each of 3 vforked children 2; and the same again, two levels down, by 2 children each that exec this program (the lowest
 * call it once). With "threads", a second thread calls it 500 times meanwhile (not in the lowest). Ends with 0 when every child ended as it should. */
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

__attribute__((noinline)) int hooked(int x)
{
	__asm__ volatile("");
	return x + 1;
}

static void *churn(void *arg)
{
	for (int i = 0; i < 500; i++)
		hooked(i);
	return arg;
}

static void expect(pid_t pid, int code)
{
	int status;
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != code)
		exit(1);
}

static void spawn_level(char **argv, int depth, int threads)
{
	char digits[16];
	snprintf(digits, sizeof digits, "%d", depth);
	char *child[] = { argv[0], digits, threads ? "threads" : NULL, NULL };
	for (int i = 0; i < 2; i++) {
		pid_t pid;
		if (posix_spawn(&pid, argv[0], NULL, NULL, child, environ) != 0)
			exit(1);
		expect(pid, 0);
	}
}

int main(int argc, char **argv)
{
	int depth = argc > 1 ? atoi(argv[1]) : 0;
	int threads = argc > 2;
	hooked(1);
	if (depth >= 2)
		return 0;
	pthread_t t;
	if (threads)
		pthread_create(&t, NULL, churn, NULL);
	for (int i = 0; i < 3; i++) {
		pid_t pid = fork();
		if (pid == 0) {
			hooked(2);
			hooked(3);
			_exit(10 + i);
		}
		expect(pid, 10 + i);
	}
	for (int i = 0; i < 3; i++) {
		pid_t pid = vfork();
		if (pid == 0) {
			hooked(2);
			hooked(3);
			_exit(20 + i);
		}
		expect(pid, 20 + i);
	}
	spawn_level(argv, depth + 1, threads);
	if (threads)
		pthread_join(t, NULL);
	return 0;
}
