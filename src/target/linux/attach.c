/* Processes that were there before us: how they are taken, and how they are let go. */
#include "target/linux/linux.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static struct error *seize_thread(struct linux_target *t, struct linux_process *process, target_tid tid)
{
	long options = linux_options(false, process->follow_children);
	if (sys_ptrace(PTRACE_SEIZE, tid, 0, (void *)options) != 0) {
		if (errno == ESRCH)
			return NULL; /* it ended meanwhile */
		return linux_explain_refusal(errno, tid, "attaching to");
	}
	linux_add_thread(t, tid, process);
	if (sys_ptrace(PTRACE_INTERRUPT, tid, 0, 0) != 0 && errno != ESRCH)
		return error_errno(errno, "thread %d: interrupting", tid);
	return NULL;
}

struct error *linux_attach(struct target *base, target_pid pid)
{
	struct linux_target *t = linux_target(base);
	if (linux_process(t, pid))
		return error_new(ERROR_USAGE, "process %d: is being debugged already", pid);
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/task", pid);
	DIR *dir = opendir(path);
	if (!dir)
		return error_errno(errno == ENOENT ? ESRCH : errno, "process %d", pid);
	struct linux_process *process = linux_add_process(t, pid, NULL);
	process->follow_children = true;
	struct error *err = NULL;
	/* Threads start others until the last one is seized: look again until nothing is new. */
	for (bool any = true; any && !err;) {
		any = false;
		rewinddir(dir);
		for (struct dirent *entry; !err && (entry = readdir(dir));) {
			target_tid tid = atoi(entry->d_name);
			if (tid <= 0 || linux_thread(t, tid))
				continue;
			err = seize_thread(t, process, tid);
			any |= linux_thread(t, tid) != NULL;
		}
	}
	closedir(dir);
	if (!err && process->live == 0)
		err = error_new(ERROR_GONE, "process %d: no longer exists", pid);
	if (err && process->live == 0)
		linux_drop_process(t, process);
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

struct error *linux_detach(struct target *base, target_pid pid, target_tid tid, int signal)
{
	struct linux_target *t = linux_target(base);
	struct error *err = NULL;
	if (sys_ptrace(PTRACE_DETACH, tid, 0, (void *)(intptr_t)signal) != 0)
		err = error_errno(errno, "thread %d: detaching", tid);
	struct linux_thread *thread = linux_thread(t, tid);
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
