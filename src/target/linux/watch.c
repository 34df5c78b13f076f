/* Debug registers, through PTRACE_POKEUSER. The kernel keeps them for each thread; a new thread, and one that calls execve, has none. */
#include "target/linux/linux.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/utsname.h>

enum { DR_STATUS = 6, DR_CONTROL = 7, DR_HITS = 0xf };

static uintptr_t dr_offset(unsigned index)
{
	return offsetof(struct user, u_debugreg) + index * sizeof(uint64_t);
}

static bool write_dr(struct linux_thread *thread, unsigned index, uint64_t value)
{
	return sys_ptrace(PTRACE_POKEUSER, thread->tid, dr_offset(index), (void *)(uintptr_t)value) == 0;
}

/* Local enable bits 0, 2, 4, 6; from bit 16 on four bits for each: condition, then length. */
uint64_t linux_watch_control(const struct target_watch watches[TARGET_MAX_WATCHES])
{
	static const uint8_t conditions[] = {
		[TARGET_WATCH_EXECUTE] = 0, [TARGET_WATCH_WRITE] = 1, [TARGET_WATCH_ACCESS] = 3
	};
	uint64_t control = 0;
	for (unsigned i = 0; i < TARGET_MAX_WATCHES; i++) {
		const struct target_watch *w = &watches[i];
		if (w->size == 0)
			continue;
		uint64_t length = w->size == 8 ? 2 : (uint64_t)w->size - 1;
		control |= (uint64_t)1 << (2 * i);
		control |= (conditions[w->kind] | length << 2) << (16 + 4 * i);
	}
	return control;
}

static bool possible(const struct target_watch *w)
{
	bool size = w->size == 0 || w->size == 1 || w->size == 2 || w->size == 4 || w->size == 8;
	return size && w->kind <= TARGET_WATCH_ACCESS && (w->size == 0 || w->addr % w->size == 0) &&
	       (w->kind != TARGET_WATCH_EXECUTE || w->size <= 1);
}

/* An address changes only while its register is off. */
static bool write_all(struct linux_thread *thread, const struct target_watch *watches, uint64_t control)
{
	for (unsigned i = 0; i < TARGET_MAX_WATCHES; i++) {
		if (watches[i].size == 0 || thread->watch_addr[i] == watches[i].addr)
			continue;
		if (thread->watch_control & (uint64_t)3 << (2 * i)) {
			if (!write_dr(thread, DR_CONTROL, 0))
				return false;
			thread->watch_control = 0;
		}
		if (!write_dr(thread, i, watches[i].addr))
			return false;
		thread->watch_addr[i] = watches[i].addr;
	}
	if (control != thread->watch_control) {
		if (!write_dr(thread, DR_CONTROL, control))
			return false;
		thread->watch_control = control;
		thread->watched |= control != 0;
	}
	return true;
}

struct error *linux_set_watches(struct target *base, target_tid tid,
				const struct target_watch watches[TARGET_MAX_WATCHES])
{
	struct linux_thread *thread;
	TRY(linux_find_thread(linux_target(base), tid, &thread));
	for (unsigned i = 0; i < TARGET_MAX_WATCHES; i++) {
		if (!possible(&watches[i]))
			return error_new(ERROR_UNSUPPORTED,
					 "a debug register cannot watch %u bytes at 0x%llx",
					 watches[i].size, (unsigned long long)watches[i].addr);
	}
	if (write_all(thread, watches, linux_watch_control(watches)))
		return NULL;
	if (errno == ESRCH)
		return error_errno(errno, "thread %d: writing debug registers", tid);
	/* EINVAL: an address of the kernel's; ENOSPC: perf has them; EIO, ENODEV: a virtual machine without. */
	return error_new(ERROR_UNSUPPORTED, "thread %d: the system refuses its debug registers: %s", tid,
			 strerror(errno));
}

/* Before Linux 5.10 the kernel only adds to what it shows as DR6; since then that is of the last debug exception alone. */
static bool status_is_fresh(void)
{
	static int fresh = -1;
	struct utsname name;
	unsigned major, minor;
	if (fresh < 0)
		fresh = uname(&name) == 0 && sscanf(name.release, "%u.%u", &major, &minor) == 2 &&
			(major > 5 || (major == 5 && minor >= 10));
	return fresh;
}

/* The only one that is in use; TARGET_MAX_WATCHES: none or several are. */
static unsigned only_watch(const struct linux_thread *thread)
{
	unsigned only = TARGET_MAX_WATCHES;
	for (unsigned i = 0; i < TARGET_MAX_WATCHES; i++) {
		if (!(thread->watch_control & (uint64_t)1 << (2 * i)))
			continue;
		if (only < TARGET_MAX_WATCHES)
			return TARGET_MAX_WATCHES;
		only = i;
	}
	return only;
}

unsigned linux_watch_hits(struct linux_thread *thread, bool certain)
{
	if (thread->watch_control == 0)
		return 0;
	unsigned only = certain && status_is_fresh() ? only_watch(thread) : TARGET_MAX_WATCHES;
	if (only < TARGET_MAX_WATCHES)
		return 1u << only;
	uint64_t status = (uint64_t)sys_ptrace(PTRACE_PEEKUSER, thread->tid, dr_offset(DR_STATUS), 0);
	if (status == UINT64_MAX && errno != 0)
		return 0;
	unsigned hits = 0;
	for (unsigned i = 0; i < TARGET_MAX_WATCHES; i++) {
		if ((status & (uint64_t)1 << i) && (thread->watch_control & (uint64_t)1 << (2 * i)))
			hits |= 1u << i;
	}
	if (status & DR_HITS && !status_is_fresh())
		write_dr(thread, DR_STATUS, 0);
	return hits;
}
