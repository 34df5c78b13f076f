/* Counts its own signals: 100 SIGUSR1, 10 raised SIGTRAP, 10 from its own int3, 100 faults that the handler mends, with the siginfo that
 * each must have. Ends with 0 when every one arrived as it was sent. */
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

static volatile sig_atomic_t user, raised, own, faults, wrong;
static char *page;

static void handler(int signal, siginfo_t *info, void *context)
{
	(void)context;
	switch (signal) {
	case SIGUSR1:
		user++;
		wrong += info->si_code != SI_TKILL || info->si_pid != getpid();
		break;
	case SIGTRAP:
		if (info->si_code == SI_KERNEL)
			own++;
		else
			raised++;
		break;
	default:
		faults++;
		wrong += info->si_addr != page || info->si_code != SEGV_ACCERR;
		mprotect(page, 4096, PROT_READ | PROT_WRITE);
		break;
	}
}

int main(void)
{
	struct sigaction action;
	memset(&action, 0, sizeof action);
	action.sa_sigaction = handler;
	action.sa_flags = SA_SIGINFO;
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGTRAP, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
	page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	for (int i = 0; i < 100; i++) {
		raise(SIGUSR1);
		mprotect(page, 4096, PROT_READ);
		*(volatile char *)page = 1;
	}
	for (int i = 0; i < 10; i++) {
		raise(SIGTRAP);
		__asm__ volatile("int3");
	}
	return user == 100 && raised == 10 && own == 10 && faults == 100 && wrong == 0 ? 0 : 1;
}
