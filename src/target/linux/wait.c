/* From wait statuses to events. A thread has at most one unread stop, so taking all that the kernel has before the first is
 * handed on is fair: nobody is served twice while another waits. */
#include "target/linux/linux.h"

#include <errno.h>
#include <linux/kcmp.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* How long a new thread's stop may wait for its creator's word before /proc is asked whose it is. */
enum { EARLY_MS = 50, EARLY_LOOKS = 20, ORPHAN_LOOKS = 20, ORPHAN_NS = 1000000 };

void linux_push(struct linux_target *t, const struct target_event *event)
{
	if (t->queue_head == t->queue.count)
		t->queue_head = t->queue.count = 0;
	vec_push(&t->queue, *event);
}

static struct target_event event_of(const struct linux_thread *thread, enum target_event_kind kind)
{
	return (struct target_event){ .kind = kind, .pid = thread->process->pid, .tid = thread->tid };
}

static void push_kind(struct linux_target *t, const struct linux_thread *thread, enum target_event_kind kind)
{
	struct target_event event = event_of(thread, kind);
	linux_push(t, &event);
}

static bool stopping_signal(int signal)
{
	return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

static void note_stop(struct linux_target *t, struct linux_thread *thread, int status);

/* A thread whose creator has now been named. Its stop, if it was there first, comes behind the creator's event. */
static void adopt(struct linux_target *t, target_tid tid, struct linux_process *process)
{
	struct linux_thread *thread = linux_thread(t, tid);
	if (!thread) {
		linux_add_thread(t, tid, process);
		return;
	}
	if (thread->process)
		return; /* a number used again before its end was seen, or told twice */
	thread->process = process;
	t->early--;
	process->live++;
	if (thread->early_status)
		note_stop(t, thread, thread->early_status);
}

static bool same_thread_group(target_pid pid, target_tid tid)
{
	/* 0 sends nothing. ESRCH: not of this group. */
	return syscall(SYS_tgkill, pid, tid, 0) == 0;
}

/* By the system call that the parent is still in: clone(2). */
static bool asked_for_same_memory(struct linux_target *t, struct linux_thread *parent)
{
	const struct user_regs_struct *regs;
	struct error *err = linux_user_regs(parent, &regs);
	uint64_t flags = 0;
	size_t got = 0;
	if (!err && regs->orig_rax == SYS_vfork)
		flags = CLONE_VM;
	else if (!err && regs->orig_rax == SYS_clone)
		flags = regs->rdi;
	else if (!err && regs->orig_rax == SYS_clone3) /* struct clone_args begins with them */
		err = linux_read_memory(&t->base, parent->process->pid, regs->rdi, &flags, sizeof flags,
					&got);
	error_destroy(err);
	return flags & CLONE_VM;
}

/* kcmp is refused in many a container. */
static bool same_memory(struct linux_target *t, struct linux_thread *parent, target_pid child, int how,
			bool lost)
{
	long order = syscall(SYS_kcmp, parent->tid, child, KCMP_VM, 0, 0);
	if (order >= 0)
		return order == 0;
	return how == PTRACE_EVENT_VFORK || (!lost && asked_for_same_memory(t, parent));
}

static void note_child(struct linux_target *t, struct linux_thread *parent, target_tid child, int how,
		       bool lost)
{
	struct linux_thread *known = linux_thread(t, child);
	if (known && (known->process || known->ended)) {
		/* Settled already, its creator was slow; or it has come and gone, which nobody needs to know. */
		if (known->ended)
			linux_drop_thread(t, known);
		if (!lost)
			push_kind(t, parent, TARGET_EVENT_INTERRUPTED);
		return;
	}
	struct target_event event = event_of(parent, TARGET_EVENT_FORK);
	event.child = child;
	event.lost = lost;
	struct linux_process *process = parent->process;
	/* PTRACE_EVENT_CLONE is everything whose exit signal is not SIGCHLD, processes included. */
	if (how == PTRACE_EVENT_CLONE && same_thread_group(process->pid, child)) {
		event.kind = TARGET_EVENT_CLONE;
	} else {
		event.vfork = how == PTRACE_EVENT_VFORK;
		event.shares_memory = same_memory(t, parent, child, how, lost);
		process = linux_add_process(t, child, process);
	}
	linux_push(t, &event);
	adopt(t, child, process);
}

/* A stop that could not be looked at (errno): the thread has been killed out of it, and its end will be reported. If the kernel means
 * something else by it, it is not left standing. */
static void give_up(const struct linux_thread *thread)
{
	if (errno != ESRCH)
		sys_ptrace(PTRACE_CONT, thread->tid, 0, 0);
}

/* A thread that has been killed out of a stop may stand at its end by the time that it is asked about that stop, and answers for the end: a
 * status instead of a child's number, the end's siginfo instead of a trap's. */
static bool event_message(const struct linux_thread *thread, int event, unsigned long *ret)
{
	siginfo_t info;
	if (sys_ptrace(PTRACE_GETEVENTMSG, thread->tid, 0, ret) != 0)
		return false;
	if (event == PTRACE_EVENT_EXIT)
		return true;
	if (sys_ptrace(PTRACE_GETSIGINFO, thread->tid, 0, &info) != 0)
		return false;
	errno = ESRCH;
	return linux_event_of(&info) == event;
}

/* The thread that called execve now has the leader's id; all others, the old leader among them, are gone without a word. */
static void note_exec(struct linux_target *t, struct linux_thread *thread)
{
	struct target_event event = event_of(thread, TARGET_EVENT_EXEC);
	unsigned long former = 0;
	event.former_tid = event_message(thread, PTRACE_EVENT_EXEC, &former) ? (target_tid)former
									     : thread->tid;
	struct linux_process *process = thread->process;
	if (event.former_tid != thread->tid) {
		struct linux_thread *old = linux_thread(t, event.former_tid);
		if (old && old->process == process)
			linux_drop_thread(t, old);
		if (thread->exiting) { /* the old leader had begun to; this is another one */
			thread->exiting = false;
			process->live++;
		}
		/* What it reported and nobody has read yet is of a thread that no longer exists. */
		for (size_t i = t->queue_head; i < t->queue.count; i++) {
			struct target_event *e = &t->queue.data[i];
			if (e->tid != event.former_tid && e->tid != thread->tid)
				continue;
			if (e->kind == TARGET_EVENT_FORK || e->kind == TARGET_EVENT_CLONE)
				e->lost = true;
			else if (e->kind != TARGET_EVENT_CODE_MAPPED)
				e->kind = TARGET_EVENT_NONE;
		}
	}
	process->memory_tid = thread->tid;
	linux_forget_memory(process);
	linux_forget_traps(t, process);
	memset(thread->watch_addr, 0, sizeof thread->watch_addr);
	thread->watch_control = 0;
	linux_push(t, &event);
}

/* -1: none, or it is not known. */
static int64_t call_in_progress(struct linux_thread *thread)
{
	const struct user_regs_struct *regs;
	struct error *err = linux_user_regs(thread, &regs);
	if (err) {
		error_destroy(err);
		return -1;
	}
	return (int64_t)regs->orig_rax;
}

static void note_exiting(struct linux_target *t, struct linux_thread *thread)
{
	struct target_event event = event_of(thread, TARGET_EVENT_EXITING);
	unsigned long status;
	if (!event_message(thread, PTRACE_EVENT_EXIT, &status)) {
		/* There is no stop behind this one: only its end is still to come. */
		sys_ptrace(PTRACE_CONT, thread->tid, 0, 0);
		return;
	}
	event.status = (int)status;
	linux_thread_exiting(t, thread);
	bool before_others = thread->tid == thread->process->pid && thread->process->live > 0;
	int64_t call = WIFEXITED(event.status) ? call_in_progress(thread) : -1;
	/* A leader stays a zombie until the others end, and can't be detached. They shall not be killed for it when they are let go. */
	if (before_others)
		sys_ptrace(PTRACE_SETOPTIONS, thread->tid, 0,
			   (void *)linux_options(false, thread->process->follow_children));
	event.whole_process = thread->process->live == 0 || call == SYS_exit_group;
	event.leader_alone = before_others && call == SYS_exit;
	linux_push(t, &event);
}

/* A signal-delivery stop. */
static void note_signal(struct linux_target *t, struct linux_thread *thread, int signal)
{
	struct target_event event = event_of(thread, TARGET_EVENT_SIGNAL);
	event.signal = signal;
	if (signal == thread->sent) { /* the one that it was to go on with */
		thread->sent = 0;
		error_destroy(linux_go(thread, thread->sent_how, signal));
		return;
	}
	if (signal == SIGTRAP) {
		if (sys_ptrace(PTRACE_GETSIGINFO, thread->tid, 0, &thread->siginfo) != 0) {
			give_up(thread);
			return;
		}
		if (linux_event_of(&thread->siginfo) == PTRACE_EVENT_EXIT) /* killed out of it */
			return;
		thread->siginfo_valid = true;
		event.kind = linux_classify_trap(thread->siginfo.si_code,
						 thread->stepping || thread->step_owed);
		/* Of a step and a hit in one the code tells only the step. */
		if (event.kind == TARGET_EVENT_WATCH || event.kind == TARGET_EVENT_STEPPED)
			event.watches = linux_watch_hits(thread, event.kind == TARGET_EVENT_WATCH);
		event.watch = event.watches ? (unsigned)__builtin_ctz(event.watches) : 0;
		if (event.kind == TARGET_EVENT_STEPPED && thread->stepping)
			thread->stepping = false;
		else if (event.kind == TARGET_EVENT_STEPPED)
			thread->step_owed = false;
	}
	linux_push(t, &event);
}

/* PTRACE_GET_SYSCALL_INFO came with Linux 5.3. Before, the way in is known by the result that the kernel has put there already. */
static void note_syscall(struct linux_target *t, struct linux_thread *thread)
{
	struct target_event event = event_of(thread, TARGET_EVENT_SYSCALL);
	struct __ptrace_syscall_info info;
	long size = sys_ptrace(PTRACE_GET_SYSCALL_INFO, thread->tid, sizeof info, &info);
	const struct user_regs_struct *regs;
	if (size > 0 && info.op == PTRACE_SYSCALL_INFO_ENTRY) {
		event.syscall = thread->syscall = info.entry.nr;
		thread->entered = true;
	} else if (size > 0 && info.op == PTRACE_SYSCALL_INFO_EXIT && thread->entered) {
		event.returning = true;
		event.syscall = thread->syscall;
		thread->entered = false;
	} else if (size > 0 && info.op == PTRACE_SYSCALL_INFO_NONE) { /* killed out of it, and at its end */
		return;
	} else {
		struct error *err = linux_user_regs(thread, &regs);
		if (err) {
			errno = err->code == ERROR_GONE ? ESRCH : 0;
			error_destroy(err);
			give_up(thread);
			return;
		}
		event.syscall = regs->orig_rax;
		event.returning = size > 0 || (int64_t)regs->rax != -ENOSYS;
		/* Its way in was not asked for: of a launched program that is the exec which began it, nothing that it did. */
		if (event.returning && (event.syscall == SYS_execve || event.syscall == SYS_execveat)) {
			error_destroy(linux_go(thread, TARGET_GO_SYSCALL, 0));
			return;
		}
	}
	linux_push(t, &event);
}

static void note_event_stop(struct linux_target *t, struct linux_thread *thread, int signal)
{
	struct target_event event = event_of(thread, TARGET_EVENT_INTERRUPTED);
	if (stopping_signal(signal)) {
		event.kind = TARGET_EVENT_GROUP_STOP;
		event.signal = signal;
	}
	if (!thread->started) {
		event.kind = TARGET_EVENT_STARTED;
		thread->started = true;
	}
	linux_push(t, &event);
}

static void note_stop(struct linux_target *t, struct linux_thread *thread, int status)
{
	int event = status >> 16;
	int signal = WSTOPSIG(status);
	unsigned long child;
	if (event != PTRACE_EVENT_STOP)
		thread->started = true; /* killed before its first stop */
	switch (event) {
	case 0:
		if (signal == (SIGTRAP | 0x80)) /* PTRACE_O_TRACESYSGOOD */
			note_syscall(t, thread);
		else
			note_signal(t, thread, signal);
		break;
	case PTRACE_EVENT_STOP:
		note_event_stop(t, thread, signal);
		break;
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
	case PTRACE_EVENT_CLONE:
		if (event_message(thread, event, &child))
			note_child(t, thread, (target_tid)child, event, false);
		else
			give_up(thread);
		break;
	case PTRACE_EVENT_VFORK_DONE:
		push_kind(t, thread, TARGET_EVENT_VFORK_DONE);
		break;
	case PTRACE_EVENT_EXEC:
		note_exec(t, thread);
		break;
	case PTRACE_EVENT_EXIT:
		note_exiting(t, thread);
		break;
	default: /* nothing that was asked for */
		give_up(thread);
		break;
	}
}

/* A process of which nobody is left to tell that it made it: `pid` 0. */
static void note_orphan(struct linux_target *t, target_pid pid)
{
	struct target_event event = { .kind = TARGET_EVENT_FORK, .child = pid, .lost = true };
	linux_push(t, &event);
	struct linux_process *process = linux_add_process(t, pid, NULL);
	process->launched = process->follow_children = true;
	adopt(t, pid, process);
}

/* Whose is a thread that was started by one that has not said so? That one may only be slow; or it was killed before it could: then by
 * what /proc says, else by `fallback`, a thread of a process that is just ending. */
static bool settle(struct linux_target *t, struct linux_thread *thread, struct linux_thread *fallback)
{
	uint64_t tgid = 0, ppid = 0;
	linux_status_field(thread->tid, "Tgid:", 10, &tgid);
	linux_status_field(thread->tid, "PPid:", 10, &ppid);
	bool is_thread = tgid != 0 && (target_tid)tgid != thread->tid;
	const struct linux_process *process = linux_process(t, (target_pid)(is_thread ? tgid : ppid));
	struct linux_thread *parent = process ? linux_any_thread(t, process) : NULL;
	if (parent && ++thread->looked < EARLY_LOOKS)
		return false;
	if (!parent)
		parent = fallback;
	if (parent)
		note_child(t, parent, thread->tid, is_thread ? PTRACE_EVENT_CLONE : PTRACE_EVENT_FORK,
			   true);
	else if (!is_thread)
		note_orphan(t, thread->tid);
	else
		return false; /* its process is ending, and takes it along */
	return true;
}

static void settle_all(struct linux_target *t, struct linux_thread *fallback)
{
	VEC(target_tid) early = { 0 };
	for (size_t i = 0; i < t->threads.capacity; i++) {
		const struct map_slot *slot = &t->threads.slots[i];
		const struct linux_thread *thread = slot->used ? (const void *)(uintptr_t)slot->value
							       : NULL;
		if (thread && !thread->process && !thread->ended)
			vec_push(&early, thread->tid);
	}
	vec_for(&early, tid) {
		struct linux_thread *thread = linux_thread(t, *tid);
		if (thread && !thread->process)
			settle(t, thread, fallback);
	}
	vec_free(&early);
}

/* The last one has ended. A child that was being forked as its parent was killed is traced, but nobody has told of it: it will stop in a
 * moment. If other children of oxdb's keep us waiting, it is not for long. */
static void look_for_orphans(struct linux_target *t)
{
	struct timespec moment = { 0, ORPHAN_NS };
	for (int i = 0; i < ORPHAN_LOOKS; i++) {
		int status;
		pid_t tid = sys_wait(-1, &status, WNOHANG);
		if (tid < 0 && errno != EINTR)
			break;
		if (tid > 0)
			linux_note(t, tid, status);
		else
			nanosleep(&moment, NULL);
	}
	if (t->early > 0)
		settle_all(t, NULL);
}

static void note_end(struct linux_target *t, struct linux_thread *thread, int status)
{
	struct linux_process *process = thread->process;
	if (!process) { /* ended before anybody knew it */
		if (!thread->ended)
			t->early--;
		thread->ended = true;
		return;
	}
	struct target_event event = event_of(thread, TARGET_EVENT_EXITED);
	event.status = status;
	/* The leader is reported last, after all other threads of the process. */
	event.process_gone = thread->tid == process->pid ||
			     (process->leaderless && !linux_has_other(t, process, thread));
	if (event.process_gone && t->early > 0)
		settle_all(t, thread);
	linux_push(t, &event);
	linux_drop_thread(t, thread);
	if (event.process_gone)
		linux_drop_process(t, process);
	if (t->threads.count == 0 && WIFSIGNALED(status))
		look_for_orphans(t);
}

/* A stop of a thread whose creator has not told of it yet is kept until it does. Unless it is dying: the creator may be dying with it and
 * never tell, and its process waits for it. */
static void note_early(struct linux_target *t, struct linux_thread *thread, int status)
{
	if (thread->ended) { /* the number is used again */
		thread->ended = false;
		t->early++;
	}
	thread->early_status = status;
	if (status >> 16 == PTRACE_EVENT_EXIT) {
		thread->early_status = 0;
		sys_ptrace(PTRACE_CONT, thread->tid, 0, 0);
	}
}

void linux_note(struct linux_target *t, target_tid tid, int status)
{
	struct linux_thread *thread = linux_thread(t, tid);
	if (!thread)
		thread = linux_add_thread(t, tid, NULL);
	thread->regs_valid = thread->siginfo_valid = false;
	if (thread->process)
		thread->process->moves++;
	thread->signal_stop = WIFSTOPPED(status) && status >> 16 == 0 && WSTOPSIG(status) < 0x80;
	thread->trap_stop = thread->signal_stop && WSTOPSIG(status) == SIGTRAP;
	if (!WIFSTOPPED(status))
		note_end(t, thread, status);
	else if (!thread->process)
		note_early(t, thread, status);
	else
		note_stop(t, thread, status);
}

/* Where stops follow each other closely and the thread runs on another CPU, it is back sooner than we would have gone to sleep and been
 * woken. 0: there is nothing yet. */
static pid_t wait_awake(struct linux_target *t, int *ret_status)
{
	enum { AWAKE_NS = 60000, PAUSES = 50 };
	if (t->nearness.awake == 0)
		return 0;
	int64_t until = linux_now_ns() + AWAKE_NS;
	pid_t tid;
	do {
		/* Asking all the time would hold the locks that the thread's stop needs. */
		for (int i = 0; i < PAUSES; i++)
			__builtin_ia32_pause();
		tid = sys_wait(-1, ret_status, WNOHANG);
	} while (tid == 0 && !atomic_load_explicit(&t->woken, memory_order_relaxed) &&
		 linux_now_ns() < until);
	if (tid == 0)
		t->nearness.awake--;
	return tid;
}

/* Takes what the kernel has; block: waits until there is something, or a wake-up. False: no children at all. */
static bool collect(struct linux_target *t, bool block)
{
	int options = block ? 0 : WNOHANG;
	for (;;) {
		int status;
		if (block && atomic_load_explicit(&t->woken, memory_order_relaxed))
			return true;
		pid_t tid = block ? wait_awake(t, &status) : 0;
		if (tid == 0)
			tid = sys_wait(-1, &status, options);
		if (tid < 0 && errno == EINTR)
			continue;
		if (tid < 0)
			return t->queue_head < t->queue.count;
		if (tid == 0)
			return true;
		linux_note(t, tid, status);
		/* One thread alone has one stop: no need to ask for more. */
		if (t->threads.count <= 1)
			return true;
		options |= WNOHANG;
		block = false;
	}
}

static bool pop(struct linux_target *t, struct target_event *ret)
{
	while (t->queue_head < t->queue.count) {
		const struct target_event *event = &t->queue.data[t->queue_head++];
		if (event->kind != TARGET_EVENT_NONE) {
			*ret = *event;
			return true;
		}
	}
	return false;
}

static int64_t now_ms(void)
{
	return linux_now_ns() / 1000000;
}

/* Sleeps until a child has news, a ring has, or the time is over. SIGCHLD is blocked but for this call, so none is missed. */
static void sleep_until_news(struct linux_target *t, int64_t timeout_ms)
{
	struct pollfd *fds = xmalloc((t->rings.count + 1) * sizeof *fds);
	for (size_t i = 0; i < t->rings.count; i++)
		fds[i] = (struct pollfd){ .fd = t->rings.data[i].fd, .events = POLLIN };
	struct timespec ts = { timeout_ms / 1000, timeout_ms % 1000 * 1000000 };
	int got = ppoll(fds, t->rings.count, timeout_ms < 0 ? NULL : &ts, &t->wait_mask);
	/* A ring whose task and heirs have all ended hangs up, and would never let us sleep again. */
	for (size_t i = t->rings.count; got > 0 && i > 0; i--) {
		if (fds[i - 1].revents & (POLLHUP | POLLERR | POLLNVAL)) {
			linux_read_rings(t);
			linux_close_ring(t, i - 1);
		}
	}
	free(fds);
}

/* A thread that has stopped made its records before: they are older than the stops, which end at index `stops` of the queue. */
static void put_code_first(struct linux_target *t, size_t stops)
{
	size_t head = t->queue_head;
	if (stops <= head || t->queue.count == stops)
		return;
	size_t count = stops - head, code = t->queue.count - stops;
	struct target_event *kept = xmalloc(count * sizeof *kept);
	memcpy(kept, &t->queue.data[head], count * sizeof *kept);
	memmove(&t->queue.data[head], &t->queue.data[stops], code * sizeof *kept);
	memcpy(&t->queue.data[head + code], kept, count * sizeof *kept);
	free(kept);
}

struct error *linux_wait(struct target *base, int timeout_ms, struct target_event *ret)
{
	struct linux_target *t = linux_target(base);
	if (pop(t, ret))
		return NULL;
	int64_t deadline = timeout_ms > 0 ? now_ms() + timeout_ms : 0;
	for (;;) {
		bool simple = timeout_ms < 0 && t->rings.count == 0 && t->early == 0;
		bool children = collect(t, simple);
		if (t->queue_head == t->queue.count) /* as linux_push would: indices hold from here on */
			t->queue_head = t->queue.count = 0;
		size_t stops = t->queue.count;
		linux_read_rings(t);
		put_code_first(t, stops);
		if (pop(t, ret))
			return NULL;
		if (linux_take_wake(t)) {
			*ret = (struct target_event){ .kind = TARGET_EVENT_NONE };
			return NULL;
		}
		if (!children)
			return error_new(ERROR_GONE, "nothing is left to wait for");
		if (simple)
			continue;
		int64_t left = timeout_ms < 0 ? -1 : timeout_ms == 0 ? 0 : deadline - now_ms();
		if (timeout_ms >= 0 && left <= 0) {
			*ret = (struct target_event){ .kind = TARGET_EVENT_NONE };
			return NULL;
		}
		bool early = t->early > 0 && (left < 0 || left > EARLY_MS);
		int64_t before = early ? now_ms() : 0;
		sleep_until_news(t, early ? EARLY_MS : left);
		if (early && now_ms() - before >= EARLY_MS)
			settle_all(t, NULL);
		/* Before anything is waited for again: there may be no other news. */
		if (pop(t, ret))
			return NULL;
	}
}
