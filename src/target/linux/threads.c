#include "target/linux/linux.h"

#include <stdlib.h>
#include <unistd.h>

struct linux_thread *linux_thread(struct linux_target *t, target_tid tid)
{
	return map_get_ptr(&t->threads, (uint64_t)tid);
}

struct linux_process *linux_process(struct linux_target *t, target_pid pid)
{
	return map_get_ptr(&t->processes, (uint64_t)pid);
}

struct error *linux_find_thread(struct linux_target *t, target_tid tid, struct linux_thread **ret)
{
	struct linux_thread *thread = linux_thread(t, tid);
	if (!thread)
		return error_new(ERROR_GONE, "thread %d: no longer exists", tid);
	*ret = thread;
	return NULL;
}

struct error *linux_find_process(struct linux_target *t, target_pid pid, struct linux_process **ret)
{
	struct linux_process *process = linux_process(t, pid);
	if (!process)
		return error_new(ERROR_GONE, "process %d: no longer exists", pid);
	*ret = process;
	return NULL;
}

struct linux_process *linux_add_process(struct linux_target *t, target_pid pid,
					const struct linux_process *parent)
{
	struct linux_process *process = xmalloc(sizeof *process);
	process->pid = pid;
	process->memory_tid = pid;
	process->mem_fd = -1;
	if (parent) {
		process->launched = parent->launched;
		process->follow_children = parent->follow_children;
		process->code_watched = parent->code_watched;
	}
	map_set_ptr(&t->processes, (uint64_t)pid, process);
	return process;
}

struct linux_thread *linux_add_thread(struct linux_target *t, target_tid tid, struct linux_process *process)
{
	struct linux_thread *thread = xmalloc(sizeof *thread);
	thread->tid = tid;
	thread->process = process;
	if (process)
		process->live++;
	else
		t->early++;
	map_set_ptr(&t->threads, (uint64_t)tid, thread);
	return thread;
}

void linux_drop_thread(struct linux_target *t, struct linux_thread *thread)
{
	if (thread->process)
		linux_thread_exiting(t, thread);
	else if (!thread->ended)
		t->early--;
	map_remove(&t->threads, (uint64_t)thread->tid);
	free(thread);
}

void linux_drop_process(struct linux_target *t, struct linux_process *process)
{
	linux_forget_memory(process);
	linux_forget_traps(t, process);
	map_remove(&t->processes, (uint64_t)process->pid);
	free(process);
}

size_t linux_list_threads(struct linux_target *t, const struct linux_process *process,
			  struct linux_thread ***ret)
{
	VEC(struct linux_thread *) list = { 0 };
	for (size_t i = 0; i < t->threads.capacity; i++) {
		const struct map_slot *slot = &t->threads.slots[i];
		struct linux_thread *thread = slot->used ? (struct linux_thread *)(uintptr_t)slot->value
							 : NULL;
		if (thread && (!process || thread->process == process))
			vec_push(&list, thread);
	}
	*ret = list.data;
	return list.count;
}

struct linux_thread *linux_any_thread(struct linux_target *t, const struct linux_process *process)
{
	for (size_t i = 0; i < t->threads.capacity; i++) {
		const struct map_slot *slot = &t->threads.slots[i];
		struct linux_thread *thread = slot->used ? (struct linux_thread *)(uintptr_t)slot->value
							 : NULL;
		if (thread && thread->process == process && !thread->exiting)
			return thread;
	}
	return NULL;
}

bool linux_has_other(struct linux_target *t, const struct linux_process *process,
		     const struct linux_thread *than)
{
	struct linux_thread **list;
	size_t count = linux_list_threads(t, process, &list);
	bool other = count > 1 || (count == 1 && list[0] != than);
	free(list);
	return other;
}

void linux_thread_exiting(struct linux_target *t, struct linux_thread *thread)
{
	if (thread->exiting)
		return;
	thread->exiting = true;
	struct linux_process *process = thread->process;
	process->live--;
	if (process->memory_tid != thread->tid)
		return;
	struct linux_thread *other = linux_any_thread(t, process);
	if (other)
		process->memory_tid = other->tid;
}
