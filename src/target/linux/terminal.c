/* Who has the terminal: oxdb and the program take turns when they share one (credentials(7), tcsetpgrp(3)). */
#include "target/linux/linux.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

int linux_terminal_enter(const char *name, bool own_group)
{
	if (!name) {
		if (own_group)
			setpgid(0, 0);
		return 0;
	}
	setsid();
	int fd = open(name, O_RDWR | O_NOCTTY);
	if (fd < 0)
		return errno;
	/* Fails where it is no terminal, or another session's: then it is only the three streams. */
	ioctl(fd, TIOCSCTTY, 0);
	for (int stream = 0; stream < 3; stream++) {
		if (dup2(fd, stream) < 0)
			return errno;
	}
	if (fd > 2)
		close(fd);
	return 0;
}

/* From the background these calls would stop us. */
static void block_ttou(sigset_t *ret_old)
{
	sigset_t ttou;
	sigemptyset(&ttou);
	sigaddset(&ttou, SIGTTOU);
	sigprocmask(SIG_BLOCK, &ttou, ret_old);
}

static void set_modes(const struct termios *modes)
{
	struct termios now;
	if (tcgetattr(STDIN_FILENO, &now) == 0 && memcmp(&now, modes, sizeof now) != 0)
		tcsetattr(STDIN_FILENO, TCSADRAIN, modes);
}

void linux_terminal_lend(struct linux_target *t, struct linux_process *process)
{
	if (t->terminal_lent || !process->own_group || t->no_terminal)
		return;
	/* Only what is ours to give. */
	t->our_group = getpgrp();
	pid_t now = tcgetpgrp(STDIN_FILENO);
	t->no_terminal = now < 0 && errno == ENOTTY;
	if (now != t->our_group || tcgetattr(STDIN_FILENO, &t->our_modes) != 0)
		return;
	sigset_t old;
	block_ttou(&old);
	if (process->has_modes)
		set_modes(&process->modes);
	pid_t group = process->foreground ? process->foreground : process->pid;
	/* The group that had it may be gone. */
	t->terminal_lent = tcsetpgrp(STDIN_FILENO, group) == 0 ||
			   tcsetpgrp(STDIN_FILENO, process->pid) == 0;
	if (t->terminal_lent)
		t->borrower = process->pid;
	else
		set_modes(&t->our_modes);
	sigprocmask(SIG_SETMASK, &old, NULL);
}

void linux_terminal_to_program(struct target *base, target_pid pid)
{
	struct linux_target *t = linux_target(base);
	struct linux_process *process = linux_process(t, pid);
	if (process)
		linux_terminal_lend(t, process);
}

void linux_terminal_to_us(struct target *base)
{
	struct linux_target *t = linux_target(base);
	if (!t->terminal_lent)
		return;
	t->terminal_lent = false;
	sigset_t old;
	block_ttou(&old);
	struct linux_process *process = linux_process(t, t->borrower);
	pid_t group = tcgetpgrp(STDIN_FILENO);
	if (process) {
		process->foreground = group > 0 ? group : 0;
		process->has_modes = tcgetattr(STDIN_FILENO, &process->modes) == 0;
	}
	tcsetpgrp(STDIN_FILENO, t->our_group);
	set_modes(&t->our_modes);
	sigprocmask(SIG_SETMASK, &old, NULL);
}
