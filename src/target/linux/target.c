#include "target/linux/linux.h"

#include "base/log.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

struct error *linux_go(struct linux_thread *thread, enum target_go how, int signal)
{
	static const enum __ptrace_request requests[] = {
		[TARGET_GO_CONTINUE] = PTRACE_CONT, [TARGET_GO_STEP] = PTRACE_SINGLESTEP, [TARGET_GO_SYSCALL] = PTRACE_SYSCALL
	};
	thread->stepping = how == TARGET_GO_STEP;
	if (sys_ptrace(requests[how], thread->tid, 0, (void *)(intptr_t)signal) != 0)
		return error_errno(errno, "thread %d: resuming", thread->tid);
	return NULL;
}

/* The kernel ends a step out of a system call behind the call, where no instruction has run. False: something else has happened. */
static bool leave_exec(struct linux_target *t, struct linux_thread *thread)
{
	int status;
	pid_t got;
	if (sys_ptrace(PTRACE_SINGLESTEP, thread->tid, 0, 0) != 0)
		return true; /* as the step that follows will say */
	do {
		got = sys_wait(thread->tid, &status, 0);
	} while (got < 0 && errno == EINTR);
	if (got == thread->tid && WIFSTOPPED(status) && status >> 8 == SIGTRAP)
		return true;
	if (got == thread->tid)
		linux_note(t, thread->tid, status);
	return false;
}

static struct error *linux_resume(struct target *base, target_tid tid, enum target_go how, int signal)
{
	struct linux_thread *thread;
	TRY(linux_find_thread(linux_target(base), tid, &thread));
	thread->step_owed |= thread->stepping;
	thread->stepping = how == TARGET_GO_STEP;
	thread->entered &= how == TARGET_GO_SYSCALL;
	bool leaves = thread->in_exec && how == TARGET_GO_STEP;
	thread->in_exec = false;
	thread->trap_stop = false;
	thread->regs_valid = thread->siginfo_valid = false;
	if (thread->process)
		thread->process->moves++;
	if (leaves && !leave_exec(linux_target(base), thread))
		return NULL;
	static const enum __ptrace_request requests[] = {
		[TARGET_GO_CONTINUE] = PTRACE_CONT, [TARGET_GO_STEP] = PTRACE_SINGLESTEP, [TARGET_GO_SYSCALL] = PTRACE_SYSCALL
	};
	if (sys_ptrace(requests[how], tid, 0, (void *)(intptr_t)signal) != 0)
		return error_errno(errno, "thread %d: resuming", tid);
	return NULL;
}

static struct error *linux_listen(struct target *base, target_tid tid)
{
	struct linux_thread *thread;
	TRY(linux_find_thread(linux_target(base), tid, &thread));
	thread->step_owed |= thread->stepping;
	thread->stepping = thread->regs_valid = thread->siginfo_valid = false;
	if (sys_ptrace(PTRACE_LISTEN, tid, 0, 0) != 0)
		return error_errno(errno, "thread %d: leaving it in its group stop", tid);
	return NULL;
}

static struct error *linux_interrupt(struct target *base, target_pid pid, target_tid tid)
{
	(void)base, (void)pid;
	if (sys_ptrace(PTRACE_INTERRUPT, tid, 0, 0) != 0)
		return error_errno(errno, "thread %d: interrupting", tid);
	return NULL;
}

static struct error *linux_siginfo_bytes(struct target *base, target_tid tid,
					 uint8_t ret[TARGET_SIGINFO_SIZE])
{
	siginfo_t info = { 0 };
	_Static_assert(sizeof info == TARGET_SIGINFO_SIZE, "siginfo_t has another size");
	(void)base;
	if (sys_ptrace(PTRACE_GETSIGINFO, tid, 0, &info) != 0)
		return error_errno(errno, "thread %d: reading siginfo", tid);
	memcpy(ret, &info, sizeof info);
	return NULL;
}

static struct error *linux_set_siginfo_bytes(struct target *base, target_tid tid,
					     const uint8_t bytes[TARGET_SIGINFO_SIZE])
{
	struct linux_thread *thread;
	siginfo_t info;
	TRY(linux_find_thread(linux_target(base), tid, &thread));
	memcpy(&info, bytes, sizeof info);
	thread->siginfo_valid = false;
	if (sys_ptrace(PTRACE_SETSIGINFO, tid, 0, &info) != 0)
		return error_errno(errno, "thread %d: writing siginfo", tid);
	return NULL;
}

static struct error *linux_siginfo(struct target *base, target_tid tid, struct target_siginfo *ret)
{
	struct linux_thread *thread;
	TRY(linux_find_thread(linux_target(base), tid, &thread));
	if (!thread->siginfo_valid) {
		if (sys_ptrace(PTRACE_GETSIGINFO, tid, 0, &thread->siginfo) != 0)
			return error_errno(errno, "thread %d: reading siginfo", tid);
		if (thread->signal_stop && linux_event_of(&thread->siginfo) == PTRACE_EVENT_EXIT)
			return error_errno(ESRCH, "thread %d: reading siginfo", tid); /* killed out of it */
		thread->siginfo_valid = true;
	}
	*ret = linux_siginfo_convert(&thread->siginfo);
	return NULL;
}

/* A thread that stands at its end already, and whose stop was read, is not woken by one more SIGKILL. */
static void go_on_ending(struct linux_target *t)
{
	for (size_t i = 0; i < t->threads.capacity; i++) {
		struct map_slot *slot = &t->threads.slots[i];
		const struct linux_thread *thread = slot->used ? (const void *)(uintptr_t)slot->value
							       : NULL;
		if (thread && thread->exiting && thread->process && thread->process->launched)
			sys_ptrace(PTRACE_CONT, thread->tid, 0, 0);
	}
}

/* Everything launched is killed and reaped: a zombie would stay as long as oxdb's own process does. Stops on the way (the exit
 * event among them) are passed. */
static void kill_launched(struct linux_target *t)
{
	size_t count = 0;
	for (size_t i = 0; i < t->processes.capacity; i++) {
		struct map_slot *slot = &t->processes.slots[i];
		const struct linux_process *p = slot->used ? (const void *)(uintptr_t)slot->value : NULL;
		if (p && p->launched) {
			kill(p->pid, SIGKILL);
			count++;
		}
	}
	/* A child whose fork was not yet told. */
	for (size_t i = 0; i < t->threads.capacity; i++) {
		struct map_slot *slot = &t->threads.slots[i];
		const struct linux_thread *thread = slot->used ? (const void *)(uintptr_t)slot->value
							       : NULL;
		if (thread && !thread->process && !thread->ended) {
			kill(thread->tid, SIGKILL);
			count++;
		}
	}
	if (count == 0)
		return;
	go_on_ending(t);
	int status;
	for (;;) {
		pid_t tid = sys_wait(-1, &status, 0);
		if (tid < 0 && errno == EINTR)
			continue;
		if (tid < 0)
			break;
		if (WIFSTOPPED(status)) {
			/* Unknown ones are children that were forked as we killed. */
			const struct linux_thread *thread = linux_thread(t, tid);
			if (!thread || !thread->process || thread->process->launched)
				kill(tid, SIGKILL);
			sys_ptrace(PTRACE_CONT, tid, 0, 0);
		}
	}
}

static void detach_attached(struct linux_target *t)
{
	for (size_t i = 0; i < t->processes.capacity; i++) {
		struct map_slot *slot = &t->processes.slots[i];
		const struct linux_process *p = slot->used ? (const void *)(uintptr_t)slot->value : NULL;
		if (p && !p->launched)
			linux_let_go(t, p);
	}
}

static void linux_destroy(struct target *base)
{
	struct linux_target *t = linux_target(base);
	LOG("inject", "%lu calls", sys_calls());
	linux_terminal_to_us(base);
	detach_attached(t);
	linux_guardian_end(t->guardian);
	kill_launched(t);
	for (size_t i = 0; i < t->threads.capacity; i++) {
		if (t->threads.slots[i].used)
			free((void *)(uintptr_t)t->threads.slots[i].value);
	}
	for (size_t i = 0; i < t->processes.capacity; i++) {
		struct map_slot *slot = &t->processes.slots[i];
		if (!slot->used)
			continue;
		struct linux_process *process = (struct linux_process *)(uintptr_t)slot->value;
		linux_forget_memory(process);
		map_deinit(&process->traps);
		free(process);
	}
	map_deinit(&t->threads);
	map_deinit(&t->processes);
	linux_close_rings(t);
	vec_free(&t->queue);
	linux_host_deinit(t);
	free(t);
}

static const struct target_ops linux_ops = {
	.name = "linux",
	.destroy = linux_destroy,
	.launch = linux_launch,
	.attach = linux_attach,
	.detach = linux_detach,
	.kill = linux_kill,
	.wait = linux_wait,
	.resume = linux_resume,
	.listen = linux_listen,
	.interrupt = linux_interrupt,
	.read_memory = linux_read_memory,
	.write_memory = linux_write_memory,
	.trap_planted = linux_trap_planted,
	.trap_lifted = linux_trap_lifted,
	.settle = linux_settle,
	.get_regs = linux_get_regs,
	.set_regs = linux_set_regs,
	.get_xstate = linux_get_xstate,
	.set_xstate = linux_set_xstate,
	.siginfo = linux_siginfo,
	.siginfo_bytes = linux_siginfo_bytes,
	.set_siginfo_bytes = linux_set_siginfo_bytes,
	.mappings = linux_mappings,
	.auxv = linux_auxv,
	.auxv_all = linux_auxv_all,
	.mapped_file = linux_mapped_file,
	.foreign_mappings = linux_foreign_mappings,
	.foreign_file = linux_foreign_file,
	.executable = linux_executable,
	.thread_name = linux_thread_name,
	.command_line = linux_command_line,
	.signal_caught = linux_signal_caught,
	.threads = linux_threads,
	.set_watches = linux_set_watches,
	.stay_near = linux_stay_near,
	.terminal_to_program = linux_terminal_to_program,
	.terminal_to_us = linux_terminal_to_us,
	.wake = linux_wake,
	.watch_code = linux_watch_code,
};

struct error *target_linux_create(struct target **ret)
{
	struct linux_target *t = xmalloc(sizeof *t);
	t->base.ops = &linux_ops;
	t->base.arch = &arch_x86_64;
	struct error *err = linux_host_init(t);
	if (err) {
		free(t);
		return err;
	}
	sys_inject_from_environment();
	*ret = &t->base;
	return NULL;
}
