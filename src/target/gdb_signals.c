/* gdb's table of signals (gdb 13, include/gdb/signals.def and the defaults of gdb/infrun.c), which numbers them in its own way. */
#include "target/gdb_signals.h"

#include "target/target.h"

#include <stdio.h>

enum { LINUX_MAX = 64, REALTIME_FIRST = 33, REALTIME_LAST = 127 };

#define ROW(name, number, stop, pass, description)                      \
	{                                                               \
		(name), (description), (number), (stop), (stop), (pass) \
	}

static const struct target_gdb_signal named[] = {
	ROW("SIGHUP", 1, true, true, "Hangup"),
	ROW("SIGINT", 2, true, false, "Interrupt"),
	ROW("SIGQUIT", 3, true, true, "Quit"),
	ROW("SIGILL", 4, true, true, "Illegal instruction"),
	ROW("SIGTRAP", 5, true, false, "Trace/breakpoint trap"),
	ROW("SIGABRT", 6, true, true, "Aborted"),
	ROW("SIGEMT", 0, true, true, "Emulation trap"),
	ROW("SIGFPE", 8, true, true, "Arithmetic exception"),
	ROW("SIGKILL", 9, true, true, "Killed"),
	ROW("SIGBUS", 7, true, true, "Bus error"),
	ROW("SIGSEGV", 11, true, true, "Segmentation fault"),
	ROW("SIGSYS", 31, true, true, "Bad system call"),
	ROW("SIGPIPE", 13, true, true, "Broken pipe"),
	ROW("SIGALRM", 14, false, true, "Alarm clock"),
	ROW("SIGTERM", 15, true, true, "Terminated"),
	ROW("SIGURG", 23, false, true, "Urgent I/O condition"),
	ROW("SIGSTOP", 19, true, true, "Stopped (signal)"),
	ROW("SIGTSTP", 20, true, true, "Stopped (user)"),
	ROW("SIGCONT", 18, true, true, "Continued"),
	ROW("SIGCHLD", 17, false, true, "Child status changed"),
	ROW("SIGTTIN", 21, true, true, "Stopped (tty input)"),
	ROW("SIGTTOU", 22, true, true, "Stopped (tty output)"),
	ROW("SIGIO", 29, false, true, "I/O possible"),
	ROW("SIGXCPU", 24, true, true, "CPU time limit exceeded"),
	ROW("SIGXFSZ", 25, true, true, "File size limit exceeded"),
	ROW("SIGVTALRM", 26, false, true, "Virtual timer expired"),
	ROW("SIGPROF", 27, false, true, "Profiling timer expired"),
	ROW("SIGWINCH", 28, false, true, "Window size changed"),
	ROW("SIGLOST", 0, true, true, "Resource lost"),
	ROW("SIGUSR1", 10, true, true, "User defined signal 1"),
	ROW("SIGUSR2", 12, true, true, "User defined signal 2"),
	ROW("SIGPWR", 30, true, true, "Power fail/restart"),
	ROW("SIGPOLL", 0, false, true, "Pollable event occurred"),
	ROW("SIGWIND", 0, true, true, "SIGWIND"),
	ROW("SIGPHONE", 0, true, true, "SIGPHONE"),
	ROW("SIGWAITING", 0, false, true, "Process's LWPs are blocked"),
	ROW("SIGLWP", 0, false, true, "Signal LWP"),
	ROW("SIGDANGER", 0, true, true, "Swap space dangerously low"),
	ROW("SIGGRANT", 0, true, true, "Monitor mode granted"),
	ROW("SIGRETRACT", 0, true, true, "Need to relinquish monitor mode"),
	ROW("SIGMSG", 0, true, true, "Monitor mode data available"),
	ROW("SIGSOUND", 0, true, true, "Sound completed"),
	ROW("SIGSAK", 0, true, true, "Secure attention"),
	ROW("SIGPRIO", 0, false, true, "SIGPRIO"),
	/* SIG33 to SIG63 come here, */
	ROW("SIGCANCEL", 0, false, true, "LWP internal signal"),
	/* and SIG32, SIG64 to SIG127 here. */
	ROW("SIGINFO", 0, true, true, "Information request"),
	ROW("EXC_BAD_ACCESS", 0, true, true, "Could not access memory"),
	ROW("EXC_BAD_INSTRUCTION", 0, true, true, "Illegal instruction/operand"),
	ROW("EXC_ARITHMETIC", 0, true, true, "Arithmetic exception"),
	ROW("EXC_EMULATION", 0, true, true, "Emulation instruction"),
	ROW("EXC_SOFTWARE", 0, true, true, "Software generated exception"),
	ROW("EXC_BREAKPOINT", 0, true, true, "Breakpoint"),
	ROW("SIGLIBRT", 0, false, true, "librt internal signal"),
};

enum {
	NAMED = sizeof named / sizeof named[0],
	COUNT = NAMED + REALTIME_LAST - REALTIME_FIRST + 2,
	NAME_SIZE = 8,
	DESCRIPTION_SIZE = 24
};

static struct target_gdb_signal table[COUNT];
static char names[REALTIME_LAST + 1][NAME_SIZE], descriptions[REALTIME_LAST + 1][DESCRIPTION_SIZE];
static size_t filled;

static void add_realtime(int number)
{
	snprintf(names[number], NAME_SIZE, "SIG%d", number);
	snprintf(descriptions[number], DESCRIPTION_SIZE, "Real-time event %d", number);
	table[filled++] = (struct target_gdb_signal)ROW(names[number], number <= LINUX_MAX ? number : 0,
							true, true, descriptions[number]);
}

static void fill(void)
{
	for (size_t i = 0; i < NAMED; i++) {
		bool cancel = strcmp(named[i].name, "SIGCANCEL") == 0;
		for (int n = REALTIME_FIRST; cancel && n < LINUX_MAX; n++)
			add_realtime(n);
		table[filled++] = named[i];
		if (cancel)
			add_realtime(REALTIME_FIRST - 1);
		for (int n = LINUX_MAX; cancel && n <= REALTIME_LAST; n++)
			add_realtime(n);
	}
}

size_t target_gdb_signals(const struct target_gdb_signal **ret)
{
	if (filled == 0)
		fill();
	*ret = table;
	return filled;
}

const struct target_gdb_signal *target_gdb_signal(int number)
{
	const struct target_gdb_signal *all;
	size_t count = target_gdb_signals(&all);
	for (size_t i = 0; i < count; i++) {
		if (all[i].number == number && number > 0)
			return &all[i];
	}
	return NULL;
}

const struct target_gdb_signal *target_gdb_signal_by_name(struct str name)
{
	const struct target_gdb_signal *all;
	size_t count = target_gdb_signals(&all);
	for (size_t i = 0; i < count; i++) {
		if (str_is(name, all[i].name))
			return &all[i];
	}
	return NULL;
}
