/* Processes that were there before us: how they are taken, and how they are let go. */
#include "target/linux/linux.h"

#include "base/log.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Threads that are about to end may be left of a process that was let go. */
static void forget_process(struct linux_target *t, struct linux_process *process)
{
	struct linux_thread **left;
	size_t count = linux_list_threads(t, process, &left);
	for (size_t i = 0; i < count; i++)
		linux_drop_thread(t, left[i]);
	free(left);
	linux_drop_process(t, process);
}

/* What is stopped goes on; what runs is stopped for it, for only what has stopped can be let go. A leader that has ended before the others does
 * not stop any more. */
void linux_let_go(struct linux_target *t, const struct linux_process *process)
{
	struct linux_thread **list;
	size_t count = linux_list_threads(t, process, &list);
	for (size_t i = 0; i < count; i++) {
		if (sys_ptrace(PTRACE_DETACH, list[i]->tid, 0, 0) == 0 || list[i]->exiting ||
		    sys_ptrace(PTRACE_INTERRUPT, list[i]->tid, 0, 0) != 0)
			list[i] = NULL;
	}
	for (size_t i = 0; i < count; i++) {
		int status;
		if (!list[i] || sys_wait(list[i]->tid, &status, 0) != list[i]->tid || !WIFSTOPPED(status))
			continue;
		int signal = status >> 16 == 0 ? WSTOPSIG(status) : 0;
		sys_ptrace(PTRACE_DETACH, list[i]->tid, 0, (void *)(intptr_t)signal);
	}
	free(list);
}

/* A thread that one of ours has started meanwhile is traced already; its creator is about to tell. One that has exited, as a leader that only
 * waits for the others, or is about to, cannot be traced; there is nothing to be seen of it. */
static bool ours_or_ending(target_tid tid)
{
	uint64_t tracer = 0;
	if (linux_status_field(tid, "TracerPid:", 10, &tracer) && (pid_t)tracer == gettid())
		return true;
	return linux_is_ending(tid);
}

static struct error *seize_thread(struct linux_target *t, struct linux_process *process, target_tid tid,
				  bool *ret_any)
{
	long options = linux_options(false, process->follow_children);
	if (sys_ptrace(PTRACE_SEIZE, tid, 0, (void *)options) != 0) {
		int saved = errno;
		if (saved == ESRCH || (saved == EPERM && ours_or_ending(tid)))
			return NULL; /* ESRCH: it ended meanwhile */
		return linux_explain_refusal(saved, tid, "attaching to");
	}
	*ret_any = true;
	linux_add_thread(t, tid, process);
	if (sys_ptrace(PTRACE_INTERRUPT, tid, 0, 0) != 0 && errno != ESRCH)
		return error_errno(errno, "thread %d: interrupting", tid);
	return NULL;
}

static struct error *explain_nobody(target_pid pid)
{
	if (!linux_is_zombie(pid))
		return error_errno(ESRCH, "process %d", pid);
	struct error *err = error_new(ERROR_PERMISSION,
				      "process %d is a zombie - the process has already terminated", pid);
	err->sys_errno = EPERM;
	return err;
}

/* Threads start others until the last one is seized: look again until nothing is new. */
static struct error *seize_all(struct linux_target *t, struct linux_process *process, DIR *tasks)
{
	for (bool any = true; any;) {
		any = false;
		rewinddir(tasks);
		for (struct dirent *entry; (entry = readdir(tasks));) {
			target_tid tid = atoi(entry->d_name);
			if (tid > 0 && !linux_thread(t, tid))
				TRY(seize_thread(t, process, tid, &any));
		}
	}
	if (process->live == 0)
		return explain_nobody(process->pid);
	if (!linux_thread(t, process->pid)) {
		process->leaderless = true;
		process->memory_tid = linux_any_thread(t, process)->tid;
	}
	return NULL;
}

struct error *linux_attach(struct target *base, target_pid pid)
{
	struct linux_target *t = linux_target(base);
	if (linux_process(t, pid))
		return error_new(ERROR_USAGE, "process %d: is being debugged already", pid);
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/task", pid);
	DIR *tasks = opendir(path);
	if (!tasks)
		return error_errno(errno == ENOENT ? ESRCH : errno, "process %d", pid);
	/* Without one it is as with other debuggers: nobody mends what we leave behind when we are killed. */
	struct error *err = t->guardian ? NULL : linux_guardian_start(&t->guardian);
	if (err)
		LOG("target", "%s", err->message);
	error_destroy(err);
	struct linux_process *process = linux_add_process(t, pid, NULL);
	process->follow_children = true;
	err = seize_all(t, process, tasks);
	closedir(tasks);
	if (err) {
		linux_let_go(t, process);
		forget_process(t, process);
	}
	return err;
}

static int by_id(const void *a, const void *b)
{
	const target_tid *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

struct error *linux_threads(struct target *base, target_pid pid, struct arena *arena, target_tid **ret,
			    size_t *ret_count)
{
	struct linux_target *t = linux_target(base);
	struct linux_process *process;
	TRY(linux_find_process(t, pid, &process));
	struct linux_thread **list;
	size_t count = linux_list_threads(t, process, &list);
	target_tid *tids = ARENA_ARRAY(arena, target_tid, count + 1);
	for (size_t i = 0; i < count; i++)
		tids[i] = list[i]->tid;
	free(list);
	qsort(tids, count, sizeof *tids, by_id);
	for (size_t i = 0; i < count; i++) {
		if (tids[i] != pid)
			continue;
		memmove(tids + 1, tids, i * sizeof *tids);
		tids[0] = pid;
	}
	*ret = tids;
	*ret_count = count;
	return NULL;
}

/* A hit of a debug register may wait behind the interrupt that was reported before it; without a tracer it would kill the program. *signal is
 * delivered on the way. */
static void take_pending_hit(struct linux_thread *thread, int *signal)
{
	uint64_t pending;
	int status;
	pid_t got;
	siginfo_t info;
	if (!thread->watched || !linux_status_field(thread->tid, "SigPnd:", 16, &pending) ||
	    !(pending >> (SIGTRAP - 1) & 1) ||
	    sys_ptrace(PTRACE_CONT, thread->tid, 0, (void *)(intptr_t)*signal) != 0)
		return;
	*signal = 0;
	do {
		got = sys_wait(thread->tid, &status, 0);
	} while (got < 0 && errno == EINTR);
	if (got != thread->tid || !WIFSTOPPED(status) || status >> 16 != 0)
		return;
	/* Another one than ours is the program's. */
	if (WSTOPSIG(status) != SIGTRAP || (sys_ptrace(PTRACE_GETSIGINFO, thread->tid, 0, &info) == 0 &&
					    info.si_code != TRAP_HWBKPT && info.si_code != TRAP_TRACE))
		*signal = WSTOPSIG(status);
}

struct error *linux_detach(struct target *base, target_pid pid, target_tid tid, int signal)
{
	struct linux_target *t = linux_target(base);
	struct error *err = NULL;
	struct linux_thread *thread = linux_thread(t, tid);
	if (thread)
		take_pending_hit(thread, &signal);
	if (sys_ptrace(PTRACE_DETACH, tid, 0, (void *)(intptr_t)signal) != 0)
		err = error_errno(errno, "thread %d: detaching", tid);
	if (thread)
		linux_drop_thread(t, thread);
	struct linux_process *process = linux_process(t, pid);
	if (process && process->live == 0)
		forget_process(t, process);
	return err;
}

struct error *linux_kill(struct target *base, target_pid pid)
{
	(void)base;
	if (kill(pid, SIGKILL) != 0)
		return error_errno(errno, "process %d: killing", pid);
	return NULL;
}

/* ---- what we leave behind when we are killed ---- */

void linux_trap_planted(struct target *base, target_pid pid, uint64_t addr, const void *original,
			const void *trap, size_t size)
{
	struct linux_target *t = linux_target(base);
	struct linux_process *process = linux_process(t, pid);
	if (!t->guardian || !process || process->launched)
		return;
	linux_trap_lifted(base, pid, addr);
	map_set(&process->traps, addr, linux_guardian_add(t->guardian, pid, addr, original, trap, size));
}

void linux_trap_lifted(struct target *base, target_pid pid, uint64_t addr)
{
	struct linux_target *t = linux_target(base);
	struct linux_process *process = linux_process(t, pid);
	uint64_t index;
	if (!process || !map_get(&process->traps, addr, &index))
		return;
	map_remove(&process->traps, addr);
	linux_guardian_drop(t->guardian, (size_t)index);
}

void linux_forget_traps(struct linux_target *t, struct linux_process *process)
{
	for (size_t i = 0; i < process->traps.capacity; i++) {
		const struct map_slot *slot = &process->traps.slots[i];
		if (slot->used)
			linux_guardian_drop(t->guardian, (size_t)slot->value);
	}
	map_deinit(&process->traps);
}

/* If we are killed while a thread is about to be given a SIGTRAP, it is given it, and dies of it. An interrupt that is pending when it goes on
 * without the signal stops it before it gets back to its program. */
struct error *linux_settle(struct target *base, target_tid tid)
{
	struct linux_target *t = linux_target(base);
	struct linux_thread *thread;
	TRY(linux_find_thread(t, tid, &thread));
	if (!thread->trap_stop || thread->process->launched)
		return NULL;
	if (sys_ptrace(PTRACE_INTERRUPT, tid, 0, 0) != 0 || sys_ptrace(PTRACE_CONT, tid, 0, 0) != 0)
		return error_errno(errno, "thread %d: settling", tid);
	thread->trap_stop = thread->signal_stop = false;
	int status;
	pid_t got;
	do {
		got = sys_wait(tid, &status, 0);
	} while (got < 0 && errno == EINTR);
	if (got == tid && !(WIFSTOPPED(status) && status >> 16 == PTRACE_EVENT_STOP))
		linux_note(t, tid, status); /* killed meanwhile */
	return NULL;
}
