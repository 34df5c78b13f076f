/* Is ended by a signal that another process sends: a child's SIGTERM. --kill: SIGKILL; --segv: a SIGSEGV that is no fault; --self: its
 * own kill(), SIGTERM. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static void wait_for_ever(void)
{
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";
	int sig = !strcmp(how, "--kill") ? SIGKILL : !strcmp(how, "--segv") ? SIGSEGV : SIGTERM;
	if (!strcmp(how, "--self"))
		kill(getpid(), sig);
	else if (fork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		usleep(50000);
		kill(getppid(), sig);
		_exit(0);
	}
	wait_for_ever();
	return 0;
}
