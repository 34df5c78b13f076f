/* Private to target/linux. ptrace(2), wait(2), proc(5), perf_event_open(2). */
#pragma once

#include "base/map.h"
#include "base/vec.h"
#include "target/target.h"

#include "target/linux/guardian.h"
#include "target/linux/sys.h"

#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/user.h>
#include <termios.h>
#include <time.h>

enum { LINUX_NAME_SIZE = 64 }; /* of the kernel's comm: 16, of its own threads more */

struct linux_process {
	target_pid pid;
	bool launched; /* or made by what was launched: it goes when oxdb goes */
	bool follow_children;
	bool code_watched; /* a ring gets its records: its own, or inherited */
	bool leaderless;   /* its leader had ended before we came */
	struct map traps;  /* address → the guardian's entry; of one that was attached to */
	bool own_group;    /* see target_launch */
	pid_t foreground;  /* the process group that has the terminal while it runs; 0: not known */
	bool has_modes;    /* of the terminal while it runs: */
	struct termios modes;
	size_t live;           /* threads that have not begun to exit */
	uint64_t moves;        /* grows whenever a thread goes on or stops */
	target_tid memory_tid; /* a thread through which memory can be reached: a dead leader has none */
	int mem_fd;            /* /proc/PID/mem of the present image, or -1 */
	struct target_auxv *auxv; /* of the present image, read once; NULL: not yet */
	size_t auxv_count;
};

struct linux_thread {
	target_tid tid;
	struct linux_process *process; /* NULL: its creator has not told of it yet */
	bool started;                  /* its first stop was reported */
	bool stepping;
	/* It was interrupted during a step. The step's SIGTRAP may be pending still: interrupts are reported before signals. */
	bool step_owed;
	bool exiting;
	bool ended;       /* reaped before its creator told of it; kept only to know that then */
	unsigned looked;  /* how often its creator was looked for */
	int early_status; /* first stop of a thread without process; 0: none came yet */
	bool regs_valid, siginfo_valid;
	struct user_regs_struct regs;
	siginfo_t siginfo;
	bool signal_stop; /* a signal that it goes on with is delivered; elsewhere the kernel ignores it … */
	int sent;         /* … and it is sent, to be passed on without a word when it comes; 0: none */
	enum target_go sent_how;
	bool trap_stop;   /* it stands where SIGTRAP is about to be delivered */
	bool in_exec;     /* launched, it stands at the end of the exec, before its first instruction */
	bool entered;     /* it is in a system call, and was asked to tell of its way in … */
	uint64_t syscall; /* … to this one */
	uint64_t watch_addr[TARGET_MAX_WATCHES], watch_control; /* what its debug registers hold */
	bool watched;                                           /* they have held something */
	char name[LINUX_NAME_SIZE];                             /* as /proc gave it … */
	uint64_t name_moves; /* … at this count of its process's moves, plus 1; 0: never */
};

struct linux_ring {
	int fd;
	uint8_t *pages; /* one page of header and LINUX_RING_SIZE bytes */
};

struct linux_target {
	struct target base;
	struct map threads;   /* tid → struct linux_thread */
	struct map processes; /* pid → struct linux_process */
	size_t early;         /* threads without process */
	VEC(struct target_event) queue;
	size_t queue_head;
	VEC(struct linux_ring) rings;
	bool use_mem_file;                                     /* process_vm_readv is refused here */
	bool ignore_terminal;                                  /* SIGINT and SIGQUIT are ignored … */
	struct sigaction old_int, old_quit, old_chld, old_urg; /* … and what they did before */
	sigset_t old_mask;
	sigset_t wait_mask;              /* old_mask without SIGCHLD and SIGURG */
	struct linux_guardian *guardian; /* NULL: nothing was attached to yet, or it could not be started */
	/* wake(): the timer sends SIGURG until somebody has looked at the flag. */
	atomic_bool woken;
	bool has_timer;
	timer_t timer;
	/* stay_near(). */
	bool has_cpus, pinned;
	int pinned_cpu;
	cpu_set_t cpus;  /* where we may run */
	target_tid near; /* asked for last */
	struct {
		int64_t looked; /* when its CPU was */
		int64_t asked;  /* when it was asked for last without a pause; 0: there was one */
		/* What so many stops take, not pinned [0] and pinned [1], and when that was seen. 0: not known. */
		int64_t cost[2], seen[2];
		bool changed; /* since it was asked for last */
		int awake; /* how often waiting without sleeping may be in vain until it is asked for again */
	} nearness;
	/* The terminal that is our stdin, while a program has it. */
	bool no_terminal; /* stdin is none */
	bool terminal_lent;
	target_pid borrower;
	pid_t our_group;
	struct termios our_modes;
};

static inline struct linux_target *linux_target(struct target *t)
{
	return (struct linux_target *)t;
}

/* ---- threads.c ---- */

struct linux_thread *linux_thread(struct linux_target *t, target_tid tid); /* NULL: unknown */
struct linux_process *linux_process(struct linux_target *t, target_pid pid);
struct error *linux_find_thread(struct linux_target *t, target_tid tid,
				struct linux_thread **ret) ERROR_CHECK;
struct error *linux_find_process(struct linux_target *t, target_pid pid,
				 struct linux_process **ret) ERROR_CHECK;
struct linux_process *linux_add_process(struct linux_target *t, target_pid pid,
					const struct linux_process *parent);
struct linux_thread *linux_add_thread(struct linux_target *t, target_tid tid,
				      struct linux_process *process);
void linux_drop_thread(struct linux_target *t, struct linux_thread *thread);
void linux_drop_process(struct linux_target *t, struct linux_process *process);
/* Any live thread of the process, or NULL. */
struct linux_thread *linux_any_thread(struct linux_target *t, const struct linux_process *process);
/* Has it threads besides this one, ending ones included? */
bool linux_has_other(struct linux_target *t, const struct linux_process *process,
		     const struct linux_thread *than);
/* The thread begins to exit: its process's memory must be reached through another one. */
void linux_thread_exiting(struct linux_target *t, struct linux_thread *thread);

/* All that there are, or (process not NULL) those of one process. The caller frees *ret. */
size_t linux_list_threads(struct linux_target *t, const struct linux_process *process,
			  struct linux_thread ***ret);

/* ---- launch.c ---- */

long linux_options(bool launched, bool follow_children);
/* EPERM with what the user can do about it. */
struct error *linux_explain_refusal(int sys_errno, target_pid pid, const char *what) ERROR_CHECK;
struct error *linux_launch(struct target *base, const struct target_launch *spec, target_pid *ret_pid);

/* ---- attach.c ---- */

struct error *linux_attach(struct target *base, target_pid pid);
struct error *linux_threads(struct target *base, target_pid pid, struct arena *arena, target_tid **ret,
			    size_t *ret_count);
struct error *linux_detach(struct target *base, target_pid pid, target_tid tid, int signal);
struct error *linux_kill(struct target *base, target_pid pid);
/* Of a process all threads are detached, whatever they do. */
void linux_let_go(struct linux_target *t, const struct linux_process *process);

void linux_trap_planted(struct target *base, target_pid pid, uint64_t addr, const void *original,
			const void *trap, size_t size);
void linux_trap_lifted(struct target *base, target_pid pid, uint64_t addr);
void linux_forget_traps(struct linux_target *t,
			struct linux_process *process); /* its memory is gone, or not ours */
struct error *linux_settle(struct target *base, target_tid tid);

/* ---- target.c ---- */

struct error *linux_go(struct linux_thread *thread, enum target_go how, int signal) ERROR_CHECK;

/* ---- terminal.c ---- */

/* In the child, before it execs: a group of its own, and with a name that terminal as stdin, stdout, stderr and controlling terminal. */
int linux_terminal_enter(const char *name, bool own_group);
void linux_terminal_to_program(struct target *base, target_pid pid);
void linux_terminal_lend(struct linux_target *t, struct linux_process *process);
void linux_terminal_to_us(struct target *base);

/* ---- watch.c ---- */

struct error *linux_set_watches(struct target *base, target_tid tid,
				const struct target_watch watches[TARGET_MAX_WATCHES]);
/* Debug registers that have hit since the last time, as a mask; forgets them. 0 without a system call when none are in use. `certain`: the
 * kernel has told that there was a hit, so that of one alone nothing is asked. */
unsigned linux_watch_hits(struct linux_thread *thread, bool certain);
/* DR7 for these (Intel SDM 3B, 18.2.4). Pure. */
uint64_t linux_watch_control(const struct target_watch watches[TARGET_MAX_WATCHES]);

/* ---- host.c ---- */

/* What oxdb's own process is made to do while there is a target: signals, CPU. */
struct error *linux_host_init(struct linux_target *t) ERROR_CHECK;
void linux_host_deinit(struct linux_target *t);
void linux_host_ignore_terminal(struct linux_target *t);
/* In a child: as if there were no target. */
void linux_host_leave(const struct linux_target *t);
void linux_wake(struct target *base);
bool linux_take_wake(struct linux_target *t);
void linux_stay_near(struct target *base, target_tid tid);
int64_t linux_now_ns(void); /* CLOCK_MONOTONIC */

/* ---- wait.c ---- */

struct error *linux_wait(struct target *base, int timeout_ms, struct target_event *ret);
void linux_push(struct linux_target *t, const struct target_event *event);
void linux_note(struct linux_target *t, target_tid tid, int status); /* what waitpid() says */

/* ---- classify.c ---- */

/* What a SIGTRAP means (siginfo's si_code; x86: arch/x86/kernel/traps.c). stepping: the thread was resumed with step. */
enum target_event_kind linux_classify_trap(int code, bool stepping);
/* PTRACE_EVENT_… by the siginfo of a stop; 0: it is none of these. */
int linux_event_of(const siginfo_t *info);
/* siginfo_t in the form that is not the host's. */
struct target_siginfo linux_siginfo_convert(const siginfo_t *info);

/* ---- registers.c ---- */

struct error *linux_user_regs(struct linux_thread *thread, const struct user_regs_struct **ret) ERROR_CHECK;
struct error *linux_get_regs(struct target *base, target_tid tid, struct arch_regs *ret);
struct error *linux_set_regs(struct target *base, target_tid tid, const struct arch_regs *regs);
struct error *linux_get_xstate(struct target *base, target_tid tid, uint8_t **ret, size_t *ret_size);
struct error *linux_set_xstate(struct target *base, target_tid tid, const uint8_t *bytes, size_t size);

/* ---- memory.c ---- */

struct error *linux_read_memory(struct target *base, target_pid pid, uint64_t addr, void *buf,
				size_t size, size_t *ret_count);
struct error *linux_write_memory(struct target *base, target_pid pid, uint64_t addr, const void *buf,
				 size_t size);
void linux_forget_memory(struct linux_process *process); /* a new image, or none any more */

/* ---- procfs.c ---- */

struct error *linux_mappings(struct target *base, target_pid pid, struct arena *arena,
			     struct target_mappings *ret);
struct error *linux_auxv(struct target *base, target_pid pid, uint64_t type, uint64_t *ret);
struct error *linux_auxv_all(struct target *base, target_pid pid, struct arena *arena,
			     struct target_auxv **ret, size_t *ret_count);
struct error *linux_executable(struct target *base, target_pid pid, struct arena *arena,
			       struct str *ret_open, struct str *ret_name);
struct error *linux_mapped_file(struct target *base, target_pid pid, const struct target_mapping *mapping,
				struct arena *arena, struct str *ret);
struct error *linux_foreign_mappings(struct target *base, target_pid pid, struct arena *arena,
				     struct target_mappings *ret);
struct error *linux_foreign_file(struct target *base, target_pid pid, const struct target_mapping *mapping,
				 struct arena *arena, struct str *ret);
struct error *linux_thread_name(struct target *base, target_pid pid, target_tid tid, struct arena *arena,
				struct str *ret);
struct error *linux_command_line(struct target *base, target_pid pid, struct arena *arena, struct str *ret);
struct error *linux_signal_caught(struct target *base, target_pid pid, target_tid tid, int signal,
				  bool *ret);
bool linux_is_zombie(target_tid tid);
/* It has exited, is about to, or is gone: the kernel lets nobody trace it, and says EPERM as for what is forbidden. */
bool linux_is_ending(target_tid tid);
/* A field of /proc/TID/status ("Tgid:", "PPid:"), in base 10 or 16; false when it is not there. */
bool linux_status_field(target_tid tid, const char *field, int base, uint64_t *ret);

/* ---- perf.c ---- */

struct error *linux_watch_code(struct target *base, target_pid pid);
/* Queues events for what the rings hold; true when there was any. */
bool linux_read_rings(struct linux_target *t);
void linux_close_ring(struct linux_target *t, size_t index);
void linux_close_rings(struct linux_target *t);
/* One record of a ring (perf_event_open(2), PERF_RECORD_MMAP2): true when it is executable memory without a file. Pure. */
bool linux_code_record(const uint8_t *record, size_t size, struct target_event *ret);
