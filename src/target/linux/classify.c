#include "target/linux/linux.h"

enum target_event_kind linux_classify_trap(int code, bool stepping)
{
	switch (code) {
	case SI_KERNEL: /* int3 */
		return TARGET_EVENT_TRAP;
	case TRAP_TRACE:
	case TRAP_BRKPT:
		/* BRKPT: the end of a step over a system call (user_single_step_report); else the program's own icebp. */
	case SIGTRAP: /* stepped into a handler: ptrace_notify's own code */
		return stepping ? TARGET_EVENT_STEPPED : TARGET_EVENT_SIGNAL;
	case TRAP_HWBKPT:
		return TARGET_EVENT_WATCH;
	default: /* kill, tgkill, sigqueue, perf's own */
		return TARGET_EVENT_SIGNAL;
	}
}

int linux_event_of(const siginfo_t *info)
{
	bool notified = info->si_signo == SIGTRAP && info->si_code > UINT8_MAX &&
			(info->si_code & 0xff) == SIGTRAP;
	return notified ? info->si_code >> 8 : 0;
}

struct target_siginfo linux_siginfo_convert(const siginfo_t *info)
{
	struct target_siginfo out = { .signal = info->si_signo,
				      .code = info->si_code,
				      .sys_errno = info->si_errno };
	/* si_code > 0: the kernel made it; the union then holds what the signal says. SI_KERNEL of SIGSEGV has address 0, which is
	 * no address (general protection); it is kept, because that is what a handler would see. */
	switch (info->si_signo) {
	case SIGSEGV:
	case SIGBUS:
	case SIGILL:
	case SIGFPE:
	case SIGTRAP:
		if (info->si_code > 0) {
			out.has_addr = true;
			out.addr = (uint64_t)(uintptr_t)info->si_addr;
		}
		break;
	default:
		break;
	}
	if (info->si_code == SI_USER || info->si_code == SI_QUEUE || info->si_code == SI_TKILL) {
		out.has_sender = true;
		out.sender_pid = info->si_pid;
		out.sender_uid = info->si_uid;
	}
	return out;
}
