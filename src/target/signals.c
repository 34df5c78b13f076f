#include "target/target.h"

#include <stdio.h>

struct signal_info {
	const char *name, *description;
	bool survives; /* the default action is to ignore, stop or continue */
};

/* signal(7), x86-64 and most others. */
static const struct signal_info signals[] = {
	[1] = { "SIGHUP", "Hangup", false },
	[2] = { "SIGINT", "Interrupt", false },
	[3] = { "SIGQUIT", "Quit", false },
	[4] = { "SIGILL", "Illegal instruction", false },
	[5] = { "SIGTRAP", "Trace/breakpoint trap", false },
	[6] = { "SIGABRT", "Aborted", false },
	[7] = { "SIGBUS", "Bus error", false },
	[8] = { "SIGFPE", "Arithmetic exception", false },
	[9] = { "SIGKILL", "Killed", false },
	[10] = { "SIGUSR1", "User defined signal 1", false },
	[11] = { "SIGSEGV", "Segmentation fault", false },
	[12] = { "SIGUSR2", "User defined signal 2", false },
	[13] = { "SIGPIPE", "Broken pipe", false },
	[14] = { "SIGALRM", "Alarm clock", false },
	[15] = { "SIGTERM", "Terminated", false },
	[16] = { "SIGSTKFLT", "Stack fault", false },
	[17] = { "SIGCHLD", "Child status changed", true },
	[18] = { "SIGCONT", "Continued", true },
	[19] = { "SIGSTOP", "Stopped (signal)", true },
	[20] = { "SIGTSTP", "Stopped (user)", true },
	[21] = { "SIGTTIN", "Stopped (tty input)", true },
	[22] = { "SIGTTOU", "Stopped (tty output)", true },
	[23] = { "SIGURG", "Urgent I/O condition", true },
	[24] = { "SIGXCPU", "CPU time limit exceeded", false },
	[25] = { "SIGXFSZ", "File size limit exceeded", false },
	[26] = { "SIGVTALRM", "Virtual timer expired", false },
	[27] = { "SIGPROF", "Profiling timer expired", false },
	[28] = { "SIGWINCH", "Window size changed", true },
	[29] = { "SIGIO", "I/O possible", false },
	[30] = { "SIGPWR", "Power failure", false },
	[31] = { "SIGSYS", "Bad system call", false },
};

enum { SIGNAL_MAX = 64, SIGNAL_COUNT = sizeof signals / sizeof signals[0] };

static const struct signal_info *find(int signal)
{
	return signal > 0 && signal < SIGNAL_COUNT ? &signals[signal] : NULL;
}

const char *target_signal_name(int signal)
{
	static char others[SIGNAL_MAX + 2][16];
	const struct signal_info *info = find(signal);
	if (info)
		return info->name;
	/* Real-time signals and nonsense; what does not fit the table shares its last entry. */
	char *name = others[signal >= 0 && signal <= SIGNAL_MAX ? signal : SIGNAL_MAX + 1];
	snprintf(name, sizeof others[0], "signal %d", signal);
	return name;
}

const char *target_signal_description(int signal)
{
	const struct signal_info *info = find(signal);
	if (info)
		return info->description;
	return signal >= SIGNAL_COUNT && signal <= SIGNAL_MAX ? "Real-time signal" : "Unknown signal";
}

bool target_signal_deadly(int signal)
{
	const struct signal_info *info = find(signal);
	if (info)
		return !info->survives;
	return signal >= SIGNAL_COUNT && signal <= SIGNAL_MAX;
}
