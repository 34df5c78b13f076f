/* A child forks a grandchild, which writes through a null pointer and dies; all wait for their children, the program exits with 0.
 * --exec PROGRAM ARGS…: the grandchild executes another program. */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

__attribute__((noinline)) static void store(volatile int *place)
{
	*place = 1;
}

static int wait_for(const char *who, pid_t pid)
{
	int status;
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 3;
	printf("%s: %s %d\n", who, WIFSIGNALED(status) ? "signal" : "exit",
	       WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	fflush(stdout);
	return 0;
}

int main(int argc, char **argv)
{
	pid_t child = fork();
	if (child == 0) {
		pid_t grandchild = fork();
		if (grandchild == 0) {
			if (argc > 2 && !strcmp(argv[1], "--exec")) {
				execv(argv[2], argv + 2);
				return 4;
			}
			store(NULL);
			return 0;
		}
		return wait_for("grandchild", grandchild);
	}
	return wait_for("child", child);
}
