/* What oxdb asks of whatever is debugged. One implementation per folder (linux, fake; core files, a remote stub later).
 * Everything here is about raw processes and threads by their kernel ids; breakpoints, modules and policy are the engine's.
 * One thread (the engine's) calls all of it. */
#pragma once

#include "arch/arch.h"
#include "base/addr.h"
#include "base/arena.h"
#include "base/error.h"

typedef int32_t target_pid; /* kernel ids, in oxdb's own pid namespace */
typedef int32_t target_tid;

struct target;

enum { TARGET_NOBODY = -1 };

struct target_launch {
	const char *const *argv;        /* argv[0] is looked for in PATH */
	const char *const *environ_add; /* "NAME=value" added to oxdb's own environment; NULL for none */
	const char *const *environ_drop; /* names to leave out; NULL for none */
	const char *directory;           /* NULL: ours */
	bool follow_children; /* report forks and trace what they make; false: children run untouched. A caller that plants traps
	                           * needs true (fork copies them into the child) and lets go of children itself */
	bool keep_aslr;             /* leave address randomisation as it is */
	const char *const *environ; /* NULL-terminated: the whole environment instead of ours; NULL: ours */
	unsigned execs_to_pass; /* 1: argv is a shell that execs the program; launch ends at the second exec. When it ends instead, the error says
	                         * "During startup program exited with code N." */
	const char *terminal; /* stdin, stdout and stderr of the program, and its controlling terminal; NULL: ours */
	bool own_group; /* a process group of its own, which has the terminal while it runs (terminal_to_program) */
	/* SIGINT and SIGQUIT of the terminal are the program's alone: oxdb ignores them from then on. Otherwise what they do to oxdb is the
	 * caller's business. */
	bool ignore_interrupts;
};

enum target_event_kind {
	TARGET_EVENT_NONE,   /* the time ran out, or a wake-up without news */
	TARGET_EVENT_SIGNAL, /* signal-delivery stop: `signal`; ask target_siginfo */
	TARGET_EVENT_TRAP, /* SIGTRAP of a breakpoint instruction, whoever put it there: pc stands arch->trap_pc_advance behind it. To
	                        * let the program have it, resume with SIGTRAP; or … */
	TARGET_EVENT_STEPPED,    /* … of a single step; `watches` when debug registers hit during it */
	TARGET_EVENT_WATCH,      /* … of debug registers: `watches` */
	TARGET_EVENT_GROUP_STOP, /* stopped by job control: `signal`; let it wait with listen */
	TARGET_EVENT_INTERRUPTED, /* our own interrupt took effect, or a group stop is over (SIGCONT) */
	TARGET_EVENT_FORK, /* `child` is a new process (already traced and stopped, or about to be), `vfork`, `shares_memory`. When the
	                        * parent died before it could tell (`lost`), `tid` is any thread of it, which is not stopped for it, and
	                        * `pid` 0 when the parent is not known at all */
	TARGET_EVENT_VFORK_DONE,
	TARGET_EVENT_CLONE, /* `child` is a new thread of the same process; `lost` as above */
	TARGET_EVENT_STARTED, /* a new thread or process reports for the first time, stopped; always after its FORK or CLONE. `signal`
	                        * not 0: it is in a group stop */
	TARGET_EVENT_EXEC, /* new image; other threads are gone; `former_tid` is what `tid` was before */
	TARGET_EVENT_EXITING, /* the thread is about to end: memory and registers can still be read; `status`; whole_process: because it
	                        * ends its process (exit_group, or it is the last thread); leader_alone: it is the leader, and the others
	                        * live on. Once it goes on nothing more is heard of it until all of them have ended */
	TARGET_EVENT_EXITED, /* thread gone; `status` is a wait status; process_gone: the whole process is */
	TARGET_EVENT_SYSCALL, /* resumed with TARGET_GO_SYSCALL: about to enter (`returning` false) or back from `syscall` */
	TARGET_EVENT_CODE_MAPPED, /* target_watch_code: executable memory without a file appeared: `range`; no thread is stopped. An
	                           * empty range: some were missed, look at the mappings */
};

struct target_event {
	enum target_event_kind kind;
	target_pid pid;
	target_tid tid;
	int signal;
	int status;
	target_tid child, former_tid;
	bool vfork, shares_memory, lost;
	bool whole_process, leader_alone, process_gone;
	unsigned watch; /* index of the debug register that hit, as the lowest of `watches` (a mask) */
	unsigned watches;
	uint64_t syscall;
	bool returning;
	struct {
		uint64_t start, end;
	} range;
};

enum { TARGET_SIGINFO_SIZE = 128 };
/* As si_… of siginfo_t, in a form that is not the host's. */
struct target_siginfo {
	int signal, code, sys_errno;
	bool has_addr;
	uint64_t addr; /* SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP */
	bool has_sender;
	target_pid sender_pid; /* SI_USER, SI_QUEUE, SI_TKILL */
	uint32_t sender_uid;
};

enum { TARGET_READ = 1, TARGET_WRITE = 2, TARGET_EXEC = 4, TARGET_SHARED = 8 };

struct target_mapping {
	uint64_t start, end;
	uint8_t flags;   /* TARGET_READ … */
	uint64_t offset; /* in the file */
	uint64_t inode;  /* 0: no file */
	uint32_t device_major, device_minor;
	struct str name; /* path, "[heap]", "[stack]", "[anon:…]" or empty; " (deleted)" is kept */
};

struct target_mappings {
	struct target_mapping *data; /* sorted by start */
	size_t count;
};

struct target_auxv {
	uint64_t type, value; /* AT_… of getauxval(3) */
};

/* Reads /proc/PID/maps (proc_pid_maps(5)). A line that is none is an error with its offset. Names point into the arena. */
struct error *target_mappings_parse(struct str text, struct arena *arena,
				    struct target_mappings *ret) ERROR_CHECK;

enum target_go { TARGET_GO_CONTINUE, TARGET_GO_STEP, TARGET_GO_SYSCALL };

enum { TARGET_MAX_WATCHES = 4 };
/* One debug register. size 0: not used. EXECUTE has size 1; others 1, 2, 4 or 8, aligned to their size. */
enum target_watch_kind { TARGET_WATCH_EXECUTE, TARGET_WATCH_WRITE, TARGET_WATCH_ACCESS };
struct target_watch {
	uint64_t addr;
	uint8_t size, kind;
};

/* Any operation on a thread or process may find it gone: ERROR_GONE, which is news and no fault. */
struct target_ops {
	const char *name;
	void (*destroy)(struct target *t); /* kills what was launched, detaches from what was attached */
	/* Ends with the program's only thread stopped at its first exec, before the first instruction (no event tells of it). */
	struct error *(*launch)(struct target *t, const struct target_launch *spec, target_pid *ret_pid);
	/* All its threads, which stop; each reports STARTED. One that is in a group stop stays in it when it is detached without having
	 * been continued by a SIGCONT. */
	struct error *(*attach)(struct target *t, target_pid pid);
	/* The threads of a process that are traced: the leader first, the others by their ids. In the arena. */
	struct error *(*threads)(struct target *t, target_pid pid, struct arena *arena, target_tid **ret,
				 size_t *ret_count);
	struct error *(*detach)(struct target *t, target_pid pid, target_tid tid,
				int signal); /* one stopped thread */
	struct error *(*kill)(struct target *t, target_pid pid);
	/* Waits for one event. timeout_ms < 0: for ever; 0: only what is there. Events are fair among threads. */
	struct error *(*wait)(struct target *t, int timeout_ms,
			      struct target_event *ret); /* ERROR_GONE: nothing is left to wait for */
	/* A stopped thread goes on; signal 0 = none. */
	struct error *(*resume)(struct target *t, target_tid tid, enum target_go how, int signal);
	/* A thread in group stop stays stopped but reports what comes. */
	struct error *(*listen)(struct target *t, target_tid tid);
	/* A running thread stops soon and reports INTERRUPTED (or whatever came first). */
	struct error *(*interrupt)(struct target *t, target_pid pid, target_tid tid);
	/* *ret_count bytes were transferred, from the front; an error only when none could be. */
	struct error *(*read_memory)(struct target *t, target_pid pid, uint64_t addr, void *buf,
				     size_t size, size_t *ret_count);
	/* Writes to read-only text too. */
	struct error *(*write_memory)(struct target *t, target_pid pid, uint64_t addr, const void *buf,
				      size_t size);
	/* About to be written at addr, instead of `original`; and written back, or not written after all. If oxdb is killed, they are taken
	 * out of processes that were attached to. */
	void (*trap_planted)(struct target *t, target_pid pid, uint64_t addr, const void *original,
			     const void *trap, size_t size);
	void (*trap_lifted)(struct target *t, target_pid pid, uint64_t addr);
	/* A thread that stands at a trap or a step's end is moved to where it would simply go on if oxdb were killed now; its registers stay.
	 * Others are left alone. */
	struct error *(*settle)(struct target *t, target_tid tid);
	struct error *(*get_regs)(struct target *t, target_tid tid, struct arch_regs *ret);
	struct error *(*set_regs)(struct target *t, target_tid tid, const struct arch_regs *regs);
	/* The XSAVE area of any size (AMX included); malloc'ed. xcr0-ordered standard format as PTRACE_GETREGSET gives it. */
	struct error *(*get_xstate)(struct target *t, target_tid tid, uint8_t **ret, size_t *ret_size);
	struct error *(*set_xstate)(struct target *t, target_tid tid, const uint8_t *bytes, size_t size);
	struct error *(*siginfo)(struct target *t, target_tid tid, struct target_siginfo *ret);
	/* The same as the system lays it out. NULL: it has none. */
	struct error *(*siginfo_bytes)(struct target *t, target_tid tid, uint8_t ret[TARGET_SIGINFO_SIZE]);
	/* What the program is told of the signal that the thread stands at, if it is given that. NULL: it cannot be changed. */
	struct error *(*set_siginfo_bytes)(struct target *t, target_tid tid,
					   const uint8_t bytes[TARGET_SIGINFO_SIZE]);
	struct error *(*mappings)(struct target *t, target_pid pid, struct arena *arena,
				  struct target_mappings *ret);
	struct error *(*auxv)(struct target *t, target_pid pid, uint64_t type,
			      uint64_t *ret); /* AT_…; ERROR_NOT_FOUND */
	/* All of it as the kernel wrote it, AT_NULL at the end included. In the arena. */
	struct error *(*auxv_all)(struct target *t, target_pid pid, struct arena *arena,
				  struct target_auxv **ret, size_t *ret_count);
	/* A path by which oxdb can open the file of a mapping: it may have been deleted or replaced meanwhile, or lie in another mount
	 * namespace. ERROR_NOT_FOUND when it cannot be had any more. */
	struct error *(*mapped_file)(struct target *t, target_pid pid, const struct target_mapping *mapping,
				     struct arena *arena, struct str *ret);
	/* mappings and mapped_file of a process that was neither launched nor attached to, and is not touched. NULL: there are none. */
	struct error *(*foreign_mappings)(struct target *t, target_pid pid, struct arena *arena,
					  struct target_mappings *ret);
	struct error *(*foreign_file)(struct target *t, target_pid pid,
				      const struct target_mapping *mapping, struct arena *arena,
				      struct str *ret);
	/* A path by which oxdb can open the program (/proc/PID/exe), and the name it has. In the arena. */
	struct error *(*executable)(struct target *t, target_pid pid, struct arena *arena,
				    struct str *ret_open, struct str *ret_name);
	struct error *(*thread_name)(struct target *t, target_pid pid, target_tid tid,
				     struct arena *arena, struct str *ret);
	struct error *(*command_line)(struct target *t, target_pid pid, struct arena *arena,
				      struct str *ret);
	/* Would this signal be caught by a handler of the program (SigCgt) and not blocked in this thread? */
	struct error *(*signal_caught)(struct target *t, target_pid pid, target_tid tid, int signal,
				       bool *ret);
	/* Debug registers of one stopped thread; threads that it makes afterwards have none. */
	struct error *(*set_watches)(struct target *t, target_tid tid,
				     const struct target_watch watches[TARGET_MAX_WATCHES]);
	/* Asked for after every so many stops of tid that follow each other closely: the calling thread of oxdb moves to the CPU on which tid
	 * ran last (a wake-up across CPUs costs several times as much), unless it turns out that stops come sooner when it may run anywhere and
	 * waits for them without sleeping. 0: there is no need any more, but it may be asked for again soon. TARGET_NOBODY: anywhere again, at
	 * once. The debuggee's affinity is never touched, and a child of fork() is where oxdb was. */
	void (*stay_near)(struct target *t, target_tid tid);
	/* The terminal that is stdin: to the program's process group, with its modes; back to us, keeping them. No-ops without a terminal or
	 * own_group. */
	void (*terminal_to_program)(struct target *t, target_pid pid);
	void (*terminal_to_us)(struct target *t);
	/* Ends a wait that is in progress or to come, once, with TARGET_EVENT_NONE. Async-signal-safe. */
	void (*wake)(struct target *t);
	/* Report CODE_MAPPED events for this process and those it forks, at no cost to it. ERROR_PERMISSION or ERROR_UNSUPPORTED where the
	 * kernel refuses; the caller then plants breakpoints. */
	struct error *(*watch_code)(struct target *t, target_pid pid);
};

/* Every implementation begins with this. */
struct target {
	const struct target_ops *ops;
	const struct arch *arch;
};

/* target/linux: ptrace. Programs get the dispositions and the mask of signals that oxdb had when it was made. OXDB_NO_PERF=1 in oxdb's
 * environment makes watch_code refuse, as a kernel may. */
struct error *target_linux_create(struct target **ret) ERROR_CHECK;

/* "SIGSEGV" for 11; "signal 77" otherwise. Linux numbers. */
const char *target_signal_name(int signal);
const char *target_signal_description(int signal); /* "Segmentation fault" */
/* Numbers as the Linux ABI has them, for code that may not include <signal.h> of the host. */
enum target_signal {
	TARGET_SIGHUP = 1,
	TARGET_SIGINT = 2,
	TARGET_SIGQUIT = 3,
	TARGET_SIGILL = 4,
	TARGET_SIGTRAP = 5,
	TARGET_SIGABRT = 6,
	TARGET_SIGBUS = 7,
	TARGET_SIGFPE = 8,
	TARGET_SIGKILL = 9,
	TARGET_SIGSEGV = 11,
	TARGET_SIGPIPE = 13,
	TARGET_SIGALRM = 14,
	TARGET_SIGTERM = 15,
	TARGET_SIGSTOP = 19,
	TARGET_SIGSYS = 31
};
/* Does this signal end a process that neither catches nor ignores it? */
bool target_signal_deadly(int signal);
