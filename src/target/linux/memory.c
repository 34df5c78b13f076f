#include "target/linux/linux.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void linux_forget_memory(struct linux_process *process)
{
	if (process->mem_fd >= 0)
		close(process->mem_fd);
	process->mem_fd = -1;
	free(process->auxv);
	process->auxv = NULL;
	process->auxv_count = 0;
}

static int mem_file(struct linux_process *process)
{
	if (process->mem_fd < 0) {
		char path[64];
		snprintf(path, sizeof path, "/proc/%d/mem", process->memory_tid);
		process->mem_fd = open(path, O_RDWR | O_CLOEXEC);
	}
	return process->mem_fd;
}

/* Offsets of /proc/PID/mem are signed; there is no user memory up there. */
static bool beyond(uint64_t addr, size_t size)
{
	uint64_t end;
	return __builtin_add_overflow(addr, size, &end) || end > INT64_MAX;
}

static struct error *no_memory(target_pid pid, uint64_t addr, const char *what)
{
	return error_at(ERROR_MEMORY, addr, "process %d: cannot %s memory", pid, what);
}

struct error *linux_read_memory(struct target *base, target_pid pid, uint64_t addr, void *buf,
				size_t size, size_t *ret_count)
{
	struct linux_target *t = linux_target(base);
	struct linux_process *process;
	TRY(linux_find_process(t, pid, &process));
	if (beyond(addr, size)) {
		if (addr > INT64_MAX)
			return no_memory(pid, addr, "read");
		size = (size_t)(INT64_MAX - addr);
	}
	size_t done = 0;
	if (!t->use_mem_file && size > 0) {
		struct iovec local = { buf, size };
		struct iovec remote = { (void *)(uintptr_t)addr, size };
		ssize_t got = sys_read_vm(process->memory_tid, &local, &remote);
		if (got > 0)
			done = (size_t)got;
		else if (got < 0 && (errno == EPERM || errno == ENOSYS))
			t->use_mem_file = true;
	}
	/* Pages that only ptrace may read (PROT_NONE, execute-only). Behind others they are left to who asks for them: a read up to a
	 * mapping's end is common, and need not try what is not there. */
	while (done == 0 && size > 0) {
		int fd = mem_file(process);
		ssize_t got = fd < 0 ? -1
				     : sys_read_mem(process->memory_tid, fd, (char *)buf + done,
						    size - done, (off_t)(addr + done));
		if (got <= 0)
			break;
		done += (size_t)got;
	}
	if (done == 0 && size > 0)
		return no_memory(pid, addr, "read");
	*ret_count = done;
	return NULL;
}

struct error *linux_write_memory(struct target *base, target_pid pid, uint64_t addr, const void *buf,
				 size_t size)
{
	struct linux_process *process;
	TRY(linux_find_process(linux_target(base), pid, &process));
	if (beyond(addr, size))
		return no_memory(pid, addr, "write");
	for (size_t done = 0; done < size;) {
		int fd = mem_file(process);
		ssize_t put = fd < 0 ? -1
				     : sys_write_mem(process->memory_tid, fd, (const char *)buf + done,
						     size - done, (off_t)(addr + done));
		if (put <= 0)
			return no_memory(pid, addr + done, "write");
		done += (size_t)put;
	}
	return NULL;
}
