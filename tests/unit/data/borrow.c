/* A child in this program's own memory: "clone": by clone without CLONE_VFORK, "clone3": the same by clone3, "fork": one with a copy of it,
 * for comparison, by clone; "vfork": one that stays for a while before it ends. Exits with 0 when the child did. */
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char stack[65536] __attribute__((aligned(16)));

static int child(void *unused)
{
	(void)unused;
	return 0;
}

/* The child comes back on an empty stack, where it must not return: it ends right there. */
static pid_t by_clone3(void)
{
	struct clone_args args = { .flags = CLONE_VM,
				   .exit_signal = SIGCHLD,
				   .stack = (uintptr_t)stack,
				   .stack_size = sizeof stack };
	long pid;
	__asm__ volatile("syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "xor %%edi, %%edi\n\t"
			 "mov $60, %%eax\n\t" /* exit */
			 "syscall\n"
			 "1:"
			 : "=a"(pid)
			 : "a"(SYS_clone3), "D"(&args), "S"(sizeof args)
			 : "rcx", "r11", "memory", "cc");
	return (pid_t)pid;
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";
	pid_t pid = -1;
	int status;
	if (!strcmp(how, "clone"))
		pid = clone(child, stack + sizeof stack, CLONE_VM | SIGCHLD, NULL);
	else if (!strcmp(how, "clone3"))
		pid = by_clone3();
	else if (!strcmp(how, "fork"))
		pid = clone(child, stack + sizeof stack, SIGCHLD, NULL);
	else if (!strcmp(how, "vfork") && (pid = vfork()) == 0) {
		usleep(300000);
		_exit(0);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0 ? 0 : 1;
}
