/* A child stops itself; its parent sees it stopped, continues it, and sees it end with 4. Ends with 0 when all that happened. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	int status, go[2];
	char byte = 0;
	if (pipe(go) != 0)
		return 5;
	pid_t pid = fork();
	if (pid == 0) {
		raise(SIGSTOP);
		_exit(read(go[0], &byte, 1) == 1 ? 4 : 6);
	}
	if (waitpid(pid, &status, WUNTRACED) != pid || !WIFSTOPPED(status) || WSTOPSIG(status) != SIGSTOP)
		return 1;
	if (waitpid(pid, &status, WNOHANG) != 0)
		return 2; /* it did not stay stopped */
	kill(pid, SIGCONT);
	if (waitpid(pid, &status, WCONTINUED) != pid || !WIFCONTINUED(status))
		return 3;
	if (write(go[1], &byte, 1) != 1)
		return 5;
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 4 ? 0 : 4;
}
