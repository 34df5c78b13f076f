/* Lives on recovering from SIGSEGV, as runtimes do that use guard pages and traps: 10,000 faults, half of them left with siglongjmp, half by
 * changing the saved context, in a handler on an alternate stack. No fault: exits with 0.
 *
 * With an argument, one more fault follows at the end, in last_fault(), and the program dies of it:
 *   --then-abort      no fault: it calls abort() after the 10,000
 *   --handler-abort   the handler calls abort()
 *   --reraise         the handler restores the default action and returns, so that the instruction faults again
 *   --refault         the handler faults itself, at another address
 *   --kill-self       the handler restores the default action and raises the signal again
 * and with --few as a second argument there are 10 before it, not 10,000. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

static sigjmp_buf recovery;
static volatile sig_atomic_t jump, last;
static char *guard;
static const char *ending = "";

static void handler(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;
	if (!last) {
		if (jump)
			siglongjmp(recovery, 1);
		// Skips the faulting instruction of touch().
		uc->uc_mcontext.gregs[REG_RIP] += 3;
		return;
	}
	if (!strcmp(ending, "--handler-abort"))
		abort();
	if (!strcmp(ending, "--refault"))
		*(volatile char *)0xdead000 = 1;
	signal(sig, SIG_DFL);
	if (!strcmp(ending, "--kill-self")) {
		sigset_t set;
		sigemptyset(&set);
		sigaddset(&set, sig);
		raise(sig);
		sigprocmask(SIG_UNBLOCK, &set, NULL);
	}
	(void)info;
}

__attribute__((noinline)) static void touch(char *where)
{
	__asm__ volatile("movb $0, (%%rdi)" : : "D"(where) : "memory"); // three bytes
}

__attribute__((noinline)) static void last_fault(char *where)
{
	last = 1;
	*(volatile int *)(where + 0x40) = 7;
	last = 0;
}

int main(int argc, char **argv)
{
	ending = argc > 1 ? argv[1] : "";
	int count = argc > 2 && !strcmp(argv[2], "--few") ? 10 : 10000;
	guard = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	stack_t stack = { .ss_sp = malloc(65536), .ss_size = 65536 };
	sigaltstack(&stack, NULL);
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_ONSTACK };
	// A fault inside the handler is deadly at once, as the signal is blocked there.
	sigaction(SIGSEGV, &action, NULL);

	volatile int survived = 0;
	for (volatile int i = 0; i < count; i++) {
		jump = i % 2;
		if (!sigsetjmp(recovery, 1))
			touch(guard + i % 4096);
		survived++;
	}
	printf("survived %d\n", survived);
	fflush(stdout);
	if (!strcmp(ending, "--then-abort"))
		abort();
	if (ending[0])
		last_fault(guard);
	return 0;
}
