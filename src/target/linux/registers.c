#include "target/linux/linux.h"

#include <elf.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#define FIELD(dwarf, name)                                       \
	{                                                        \
		(dwarf), offsetof(struct user_regs_struct, name) \
	}

static const struct {
	uint8_t dwarf;
	uint8_t offset;
} fields[] = {
	FIELD(ARCH_RAX, rax),         FIELD(ARCH_RDX, rdx),         FIELD(ARCH_RCX, rcx),
	FIELD(ARCH_RBX, rbx),         FIELD(ARCH_RSI, rsi),         FIELD(ARCH_RDI, rdi),
	FIELD(ARCH_RBP, rbp),         FIELD(ARCH_RSP, rsp),         FIELD(ARCH_R8, r8),
	FIELD(ARCH_R9, r9),           FIELD(ARCH_R10, r10),         FIELD(ARCH_R11, r11),
	FIELD(ARCH_R12, r12),         FIELD(ARCH_R13, r13),         FIELD(ARCH_R14, r14),
	FIELD(ARCH_R15, r15),         FIELD(ARCH_RIP, rip),         FIELD(ARCH_RFLAGS, eflags),
	FIELD(ARCH_ES, es),           FIELD(ARCH_CS, cs),           FIELD(ARCH_SS, ss),
	FIELD(ARCH_DS, ds),           FIELD(ARCH_FS, fs),           FIELD(ARCH_GS, gs),
	FIELD(ARCH_FS_BASE, fs_base), FIELD(ARCH_GS_BASE, gs_base), FIELD(ARCH_ORIG_RAX, orig_rax),
};

/* The last is only read: written back it would have an interrupted system call restarted somewhere else. */
enum { FIELD_COUNT = sizeof fields / sizeof fields[0], WRITABLE_COUNT = FIELD_COUNT - 1 };

struct error *linux_user_regs(struct linux_thread *thread, const struct user_regs_struct **ret)
{
	if (!thread->regs_valid) {
		struct iovec iov = { &thread->regs, sizeof thread->regs };
		if (sys_ptrace(PTRACE_GETREGSET, thread->tid, NT_PRSTATUS, &iov) != 0)
			return error_errno(errno, "thread %d: reading registers", thread->tid);
		if (iov.iov_len != sizeof thread->regs)
			return error_new(ERROR_UNSUPPORTED, "thread %d: runs 32-bit code", thread->tid);
		thread->regs_valid = true;
	}
	*ret = &thread->regs;
	return NULL;
}

struct error *linux_get_regs(struct target *base, target_tid tid, struct arch_regs *ret)
{
	struct linux_thread *thread;
	TRY(linux_find_thread(linux_target(base), tid, &thread));
	const struct user_regs_struct *user;
	TRY(linux_user_regs(thread, &user));
	ret->known = 0;
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		uint64_t value;
		memcpy(&value, (const char *)user + fields[i].offset, sizeof value);
		arch_reg_set(ret, fields[i].dwarf, value);
	}
	return NULL;
}

struct error *linux_set_regs(struct target *base, target_tid tid, const struct arch_regs *regs)
{
	struct linux_thread *thread;
	TRY(linux_find_thread(linux_target(base), tid, &thread));
	const struct user_regs_struct *old;
	TRY(linux_user_regs(thread, &old));
	struct user_regs_struct user = *old;
	for (size_t i = 0; i < WRITABLE_COUNT; i++) {
		if (arch_reg_known(regs, fields[i].dwarf))
			memcpy((char *)&user + fields[i].offset, &regs->value[fields[i].dwarf],
			       sizeof(uint64_t));
	}
	/* A thread that was in a system call would otherwise have it restarted: the kernel moves pc back by the length of the
	 * instruction, wherever we have put it. */
	if (user.rip != old->rip && (int64_t)user.orig_rax >= 0)
		user.orig_rax = (unsigned long long)-1;
	struct iovec iov = { &user, sizeof user };
	if (sys_ptrace(PTRACE_SETREGSET, tid, NT_PRSTATUS, &iov) != 0)
		return error_errno(errno, "thread %d: writing registers", tid);
	thread->regs = user;
	return NULL;
}

/* 64 KiB is far above any area that a CPU has (AMX: 11 KiB). */
enum { XSTATE_FIRST = 4096, XSTATE_LIMIT = 1 << 16 };

struct error *linux_get_xstate(struct target *base, target_tid tid, uint8_t **ret, size_t *ret_size)
{
	(void)base;
	uint8_t *bytes = NULL;
	for (size_t capacity = XSTATE_FIRST; capacity <= XSTATE_LIMIT; capacity *= 2) {
		bytes = xrealloc(bytes, capacity);
		struct iovec iov = { bytes, capacity };
		if (sys_ptrace(PTRACE_GETREGSET, tid, NT_X86_XSTATE, &iov) != 0) {
			int saved = errno;
			free(bytes);
			return error_errno(saved, "thread %d: reading vector registers", tid);
		}
		/* A buffer that was filled to the brim may have been too small: the kernel cuts and says nothing. */
		if (iov.iov_len < capacity) {
			*ret = bytes;
			*ret_size = iov.iov_len;
			return NULL;
		}
	}
	free(bytes);
	return error_new(ERROR_LIMIT, "thread %d: vector registers take more than the limit of %d bytes",
			 tid, XSTATE_LIMIT);
}

struct error *linux_set_xstate(struct target *base, target_tid tid, const uint8_t *bytes, size_t size)
{
	(void)base;
	struct iovec iov = { (void *)(uintptr_t)bytes, size };
	if (sys_ptrace(PTRACE_SETREGSET, tid, NT_X86_XSTATE, &iov) != 0)
		return error_errno(errno, "thread %d: writing vector registers", tid);
	return NULL;
}
