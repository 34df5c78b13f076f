/* The session: processes, threads, modules, internal breakpoints, stops. A stop belongs to a thread: while one thread is stopped at
 * an event the others run, unless eng_freeze() holds the process. Several processes from the start. One thread owns all of it. */
#pragma once

#include "base/addr.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/vec.h"
#include "eval/eval.h"
#include "symbols/symbols.h"
#include "target/target.h"
#include "unwind/unwind.h"

struct eng_session;
struct eng_process;
struct eng_thread;
struct eng_hook;

/* A file mapped into a process. */
struct eng_module {
	char *path; /* as the program sees it */
	struct sym_module *symbols; /* opened on first use by eng_module_symbols; shared between processes by device, inode, size, mtime */
	uint64_t bias;          /* run-time minus file address */
	uint64_t start, end;    /* lowest and highest mapped address */
	uint64_t device, inode; /* of the file, as the memory map has them */
	bool is_main, is_vdso, symbols_failed;
	bool unwinder_sought;   /* are these known? */
	uint8_t unwinder_exits; /* where its unwinder goes to landing pads: how many … */
	struct file_addr unwinder_exit[8];
	struct error *trouble; /* why symbols could not be opened, or NULL */
};

/* ---- session ---- */

struct eng_options {
	bool follow_children;
	bool controlled;                      /* events that a debugging session wants, see below */
	const char *const *debug_directories; /* NULL: default */
};

/* Directories separated by colons, for modules that are opened from now on: in which debug files are looked for … */
void eng_session_debug_directories(struct eng_session *s, const char *directories);
/* … and libraries: below `sysroot` (NULL, "", "/", "target:": none) by their paths, in `search` by their names. */
void eng_session_library_paths(struct eng_session *s, const char *sysroot, const char *search);
/* Takes the target over. */
struct eng_session *eng_session_create(struct target *target, const struct eng_options *options);
/* Kills launched processes (kernel: also when oxdb dies, PTRACE_O_EXITKILL). */
void eng_session_destroy(struct eng_session *s);
/* The program stands at its exec, before its first instruction; the first eng_wait lets it go. Whether children are followed is the
 * session's option. */
struct error *eng_launch(struct eng_session *s, const struct target_launch *spec,
			 struct eng_process **ret) ERROR_CHECK;
/* A running process is attached to. It is frozen once (eng_freeze): all its threads are stopped. */
struct error *eng_adopt(struct eng_session *s, target_pid pid, struct eng_process **ret) ERROR_CHECK;
struct target *eng_target(struct eng_session *s);

/* ---- events ---- */

enum eng_event_kind {
	ENG_EVENT_TIMEOUT, /* the deadline passed, or the target was woken */
	ENG_EVENT_SIGNAL, /* a signal is about to be delivered to the (stopped) thread; resume with it or without */
	ENG_EVENT_PROCESS_NEW, /* a child was forked; stopped; hooks of the parent are in place in it */
	ENG_EVENT_EXEC, /* a process has a new image: all hooks, modules and JIT knowledge of the old one are gone */
	ENG_EVENT_MODULES, /* the list of modules changed (after start-up: at the program's entry point; dlopen, dlclose); thread stopped */
	ENG_EVENT_CODE_MAPPED, /* executable memory without a file appeared: range; no thread stopped */
	ENG_EVENT_DYING, /* the process is about to end, its memory and the thread's registers can still be read; status: wait status.
	                        * Given once per process, for the thread that carries the deadly signal or calls exit */
	ENG_EVENT_EXITED,   /* the process is gone: status */
	ENG_EVENT_ALL_GONE, /* no process is left */
	/* The rest only where the session is controlled (control.h). The thread is stopped. */
	ENG_EVENT_HIT,     /* a hook's callback has called eng_hook_hold */
	ENG_EVENT_STEPPED, /* eng_resume_step is done */
	ENG_EVENT_WATCH,   /* debug registers: `watches` */
	ENG_EVENT_SYSCALL, /* of a thread whose system calls are asked for: syscall, returning */
	ENG_EVENT_FORK,    /* it has forked: child, vfork */
	ENG_EVENT_VFORK_DONE,
	ENG_EVENT_CHILD_LOST, /* of a parent, without a thread: its child ended before PROCESS_NEW could tell of it */
	ENG_EVENT_INTERRUPTED, /* nothing of its own */
};

struct eng_event {
	enum eng_event_kind kind;
	struct eng_process *process;
	struct eng_thread *thread; /* NULL for CODE_MAPPED, EXITED, TIMEOUT, ALL_GONE */
	int signal;
	struct target_siginfo siginfo; /* SIGNAL */
	int status;
	struct {
		uint64_t start, end;
	} range;
	struct eng_process *parent; /* PROCESS_NEW */
	struct eng_process *child;  /* FORK, CHILD_LOST; may be gone */
	bool vfork, returning;
	unsigned watches;
	uint64_t syscall;
};

/* Runs the event loop (hooks' callbacks included) until there is an event for the caller. deadline: CLOCK_MONOTONIC nanoseconds, 0 = none. */
struct error *eng_wait(struct eng_session *s, uint64_t deadline_ns, struct eng_event *ret) ERROR_CHECK;
uint64_t eng_now_ns(void);
/* The stopped thread of an event goes on; signal 0: none is delivered. */
struct error *eng_resume(struct eng_thread *t, int signal) ERROR_CHECK;
/* The same for one instruction: then there is an event STEPPED, unless another one comes first. */
struct error *eng_resume_step(struct eng_thread *t, int signal) ERROR_CHECK;
/* Stops all threads of the process (those that can be) until eng_thaw; an event for the caller that comes meanwhile is kept. Nests. */
struct error *eng_freeze(struct eng_process *p) ERROR_CHECK;
struct error *eng_thaw(struct eng_process *p) ERROR_CHECK;
/* With it go its children that PROCESS_NEW has not told of, and with the last process whoever else it has not; it never will. */
struct error *eng_kill(struct eng_process *p) ERROR_CHECK;
/* Lets the process run on untraced; hooks are taken out first. */
struct error *eng_detach(struct eng_process *p) ERROR_CHECK;

/* ---- processes and threads ---- */

uint32_t eng_process_number(const struct eng_process *p); /* from 1 */
target_pid eng_process_pid(const struct eng_process *p);
struct eng_process *eng_process_parent(const struct eng_process *p);
struct eng_session *eng_process_session(const struct eng_process *p);
const struct arch *eng_process_arch(const struct eng_process *p);
const char *eng_process_name(struct eng_process *p);    /* path of the program */
const char *eng_process_command(struct eng_process *p); /* command line */
size_t eng_processes(struct eng_session *s, struct eng_process *const **ret);
size_t eng_threads(struct eng_process *p, struct eng_thread *const **ret);
struct eng_process *eng_thread_process(const struct eng_thread *t);
target_tid eng_thread_tid(const struct eng_thread *t);
uint32_t eng_thread_number(const struct eng_thread *t); /* in its process, from 1 */
bool eng_thread_stopped(const struct eng_thread *t);
/* Its thread pointer, as its registers last had it; also of one that is ending. 0: not seen yet. */
uint64_t eng_thread_pointer(const struct eng_thread *t);
/* Each layer above may hang one pointer on a process, under a key of its own (address of a static); destroyed with the process and,
 * as the hooks are, copied on fork by `copy` (NULL: the child begins without) and dropped on exec. */
void eng_process_attach_data(struct eng_process *p, const void *key, void *data,
			     void (*destroy)(void *data),
			     void *(*copy)(void *data, struct eng_process *child));
void *eng_process_data(const struct eng_process *p, const void *key);

/* ---- modules ---- */

size_t eng_modules(struct eng_process *p, struct eng_module *const **ret);
struct eng_module *eng_module_at(struct eng_process *p, uint64_t addr);
struct sym_module *eng_module_symbols(struct eng_process *p, struct eng_module *m); /* NULL: see m->trouble */

/* Where a stopped thread has the variable at `offset` in the module's thread-local storage. ERROR_NOT_FOUND: none, or not yet. */
struct error *eng_tls(struct eng_thread *t, struct eng_module *m, uint64_t offset,
		      uint64_t *ret) ERROR_CHECK;

/* ---- memory and registers of a stop ---- */

/* Bytes read from the front; cached by page until the process next runs. */
size_t eng_read(struct eng_process *p, struct run_addr addr, void *buf, size_t size);
struct error *eng_read_exact(struct eng_process *p, struct run_addr addr, void *buf,
			     size_t size) ERROR_CHECK;
bool eng_read_u64(struct eng_process *p, uint64_t addr, uint64_t *ret);
/* Hooks' trap bytes are not seen in what is read and survive what is written. */
struct error *eng_write(struct eng_process *p, struct run_addr addr, const void *buf,
			size_t size) ERROR_CHECK;
struct error *eng_thread_regs(struct eng_thread *t, struct arch_regs *ret) ERROR_CHECK;
struct error *eng_thread_set_regs(struct eng_thread *t, const struct arch_regs *regs) ERROR_CHECK;
struct error *eng_mappings(struct eng_process *p, const struct target_mappings **ret)
	ERROR_CHECK; /* cached until the process next runs */
const struct target_mapping *eng_mapping_at(struct eng_process *p, uint64_t addr);

/* ---- hooks: internal breakpoints ---- */

/* Called when a thread reaches the hook; that thread is stopped, the others run. It may read, write, add and remove hooks. The thread goes on
 * afterwards. */
typedef void eng_hook_fn(struct eng_thread *t, struct eng_hook *hook, void *user);
/* On fork the child gets the hook too, with the same `user`. */
struct error *eng_hook_add(struct eng_process *p, struct run_addr addr, eng_hook_fn *fn, void *user,
			   struct eng_hook **ret) ERROR_CHECK;
/* Hooks go with their process (exec, exit) after the layers' data has been destroyed: do not remove one later. */
void eng_hook_remove(struct eng_hook *hook);
/* Inside a callback: the thread does not go on; there is an event HIT. */
void eng_hook_hold(struct eng_thread *t);
struct run_addr eng_hook_addr(const struct eng_hook *hook);
struct eng_process *eng_hook_process(const struct eng_hook *hook);
/* Calls fn once when the thread returns from the function at whose first instruction it stands now (deeper recursion is told
 * apart by the stack pointer). Not called when the frame is left by unwinding or longjmp, or the thread ends (cleaned up by itself). */
struct error *eng_hook_return(struct eng_thread *t, eng_hook_fn *fn, void *user) ERROR_CHECK;
/* Inside a layer's copy function: the child's twin of one of the parent's hooks; NULL: it has none. */
struct eng_hook *eng_hook_in_child(const struct eng_hook *hook, const struct eng_process *child);

/* ---- frames ---- */

/* Who knows about code that is in no module (the jit layer sets it). */
struct eng_code_source {
	void *ctx;
	/* kind JIT or ANON; false: not mine. */
	bool (*code)(void *ctx, struct eng_process *p, uint64_t pc, struct unwind_code *ret);
};
void eng_set_code_source(struct eng_session *s, const struct eng_code_source *source);

/* Memory as it was at an earlier moment, laid over what is there now (a stack copied at a panic or a first fault). */
struct eng_snapshot_range {
	uint64_t start;
	size_t size;
	const uint8_t *bytes;
};

/* A place to look at a thread from: its registers now, or those of a snapshot. */
struct eng_view {
	struct eng_process *process;
	struct eng_thread *thread; /* may be gone: NULL */
	struct arch_regs regs;
	size_t overlay_count;
	const struct eng_snapshot_range *overlay;
};
struct error *eng_view_of_thread(struct eng_thread *t, struct eng_view *ret) ERROR_CHECK;
size_t eng_view_read(const struct eng_view *v, uint64_t addr, void *buf, size_t size);
/* For unwind and eval; borrows the view. */
void eng_view_unwind_context(const struct eng_view *v, struct unwind_context *ret);

/* One physical frame with its inlined functions. */
struct eng_frame {
	struct unwind_frame unwind;
	struct unwind_code code;
	struct eng_module *module;  /* NATIVE */
	struct file_addr lookup_pc; /* NATIVE: already moved back for a return address */
	size_t chain_count;         /* innermost first; 0: nothing known */
	struct sym_chain_entry *chain;
};

struct eng_backtrace {
	struct eng_frame *frames;
	size_t count;
	size_t left_out; /* frames between the first and the last parts when there were more than `limit` */
	size_t left_out_at; /* index of the first frame behind the gap */
	enum unwind_end end;
};
/* Walks to the end; keeps the first limit*3/4 and the last limit/4 frames. In the arena. symbols: look up chains, too. */
void eng_backtrace(const struct eng_view *v, size_t limit, bool symbols, struct arena *arena,
		   struct eng_backtrace *ret);
/* Bare pcs only, for histories: at most `limit`; the first is where execution stands, the others are return addresses. Returns the count. */
size_t eng_backtrace_pcs(const struct eng_view *v, uint64_t *ret_pcs, size_t limit);
/* Symbols for one recorded pc. */
size_t eng_chain_at(struct eng_process *p, uint64_t pc, bool exact,
		    struct sym_chain_entry ret[SYM_MAX_INLINE], struct eng_module **ret_module);
