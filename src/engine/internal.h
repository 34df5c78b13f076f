/* What the files of this layer share; not for other layers. How the pieces hang together:
 *
 *   target event → intake (bookkeeping that must be done at once: who is stopped, pc moved back from a trap, what died or was born)
 *                → dispatch (what may wait while the process is frozen: hooks' callbacks, events for the caller, going on)
 *
 * A frozen process's events are taken in, but their dispatch is put off (thread.deferred) until it is thawed. */
#pragma once

#include "arch/emulate.h"
#include "base/map.h"
#include "engine/engine.h"

enum { ENG_PAGE = 4096, ENG_TRAP_MAX = 8, ENG_SLOT_SIZE = 32, ENG_SLOT_MAX = 64 };

struct eng_hook {
	struct eng_process *process;
	struct eng_trap *trap;
	struct eng_hook *next; /* of the same trap, in the order they came */
	eng_hook_fn *fn;
	void *user;
	bool removed;              /* freed when no callback can be using it any more */
	struct eng_thread *thread; /* return hooks: only this one … */
	uint64_t sp; /* … with the stack pointer above this, once: what it was on entry, */
	uint64_t entry,
		arrival; /* of the function at this address, at this one of the thread's arrivals at traps */
	struct eng_hook *child; /* its copy, while a fork is being handled */
};

struct eng_trap {
	uint64_t addr;
	uint8_t original[ENG_TRAP_MAX];
	bool planted; /* false: it could not be, or its mapping is gone */
	struct eng_hook *hooks;
};

/* Room for copies of instructions. */
struct eng_scratch {
	bool looked_for;
	uint64_t start;
	size_t count; /* slots */
	uint8_t original[ENG_SLOT_MAX * ENG_SLOT_SIZE];
	uint8_t content[ENG_SLOT_MAX][ENG_SLOT_SIZE];
	bool written[ENG_SLOT_MAX]; /* something else than the original is there … */
	bool valid[ENG_SLOT_MAX];   /* … namely content */
	struct eng_thread *user[ENG_SLOT_MAX];
	/* A copy with a jump back behind it, for the instruction at this address (0: none): threads run through it and are not seen again. */
	uint64_t resident[ENG_SLOT_MAX];
	uint8_t length[ENG_SLOT_MAX]; /* of that instruction */
	unsigned next_victim;
};

struct eng_page {
	uint64_t addr;
	uint64_t generation;
	bool readable;
	uint8_t bytes[ENG_PAGE];
};

/* An address space: one process's, or shared with its vfork child until that execs. */
struct eng_space {
	size_t refs;
	bool dead;                    /* its memory is no longer there to be written */
	VEC(struct eng_trap *) traps; /* sorted by address */
	/* Traps that were taken out: address → original bytes. A thread that hit one before, or a child forked before, is told from the
	 * program's own int3 by it. */
	struct map removed;
	struct eng_scratch scratch;
	uint64_t generation;     /* of what is cached; grows whenever memory may have changed */
	uint64_t missed;         /* the generation that something was last read in */
	struct eng_page **pages; /* direct-mapped cache */
	uint64_t mappings_generation;
	bool mappings_valid;
	struct arena mappings_arena;
	struct target_mappings mappings;
};

struct eng_data {
	const void *key;
	void *data;
	void (*destroy)(void *data);
	void *(*copy)(void *data, struct eng_process *child);
};

struct eng_code_range {
	uint64_t start, end;
	struct eng_module *module;
	bool writable; /* so that it may differ from the file */
};

struct eng_process {
	struct eng_session *session;
	uint32_t number;
	target_pid pid;
	struct eng_process *parent;
	struct eng_space *space;
	bool hidden; /* an unfollowed child, traced only until its memory is its own and clean */
	/* It was let go while threads of it could not be stopped: each goes when it stops. Until then frozen and hidden. */
	bool leaving;
	bool announced;    /* PROCESS_NEW was given, or it was launched */
	bool gone, buried; /* its end was taken in; what belonged to it has been freed */
	bool dying_reported, killed;
	bool ending;      /* all its threads are: by a signal, or exit_group() */
	bool check_traps; /* forked from a process with several threads: see eng_traps_verify */
	bool orphan;      /* its parent is not known */
	bool syscalls;    /* its threads stop at system calls */
	bool attached;
	unsigned frozen;
	VEC(struct eng_thread *) threads;
	uint32_t last_thread_number;
	VEC(struct eng_data) data;
	char *name, *command;
	/* The image. */
	uint64_t entry, phdr, phdr_count, vdso; /* AT_ENTRY …; 0: none */
	uint64_t loader; /* AT_BASE: where the dynamic linker is; 0: none, or it was attached to */
	bool past_entry;
	uint64_t r_debug;                 /* of the dynamic linker, 0: none */
	VEC(struct eng_module *) modules; /* sorted by start */
	VEC(struct eng_module *) retired; /* unmapped since; somebody may still show them */
	VEC(struct eng_code_range) code;  /* sorted */
	uint64_t modules_generation;      /* of the space, when the list was made */
};

enum eng_step_kind { ENG_STEP_NONE, ENG_STEP_COPY, ENG_STEP_IN_PLACE };

struct eng_thread {
	struct eng_process *process;
	target_tid tid;
	uint32_t number;
	bool running; /* also: in a group stop, where nothing can be asked of it */
	bool gone;
	bool held; /* stopped for an event that the caller has, or will be given, and has not resumed */
	bool queued; /* an event of it waits in session.ready */
	bool busy;   /* callbacks are running on it */
	bool exiting;
	bool in_vfork; /* waits in the kernel for its child; cannot be stopped */
	bool interrupt_sent;
	bool deaf; /* did not answer an interrupt in time: nobody waits for it again until it reports */
	bool trap_sought; /* of a process that leaves: stepped once, in case a trap was pending */
	bool has_deferred;
	struct target_event deferred;
	int next_signal; /* to go on with, when that was put off by a freeze */
	int delivered;   /* the signal it last went on with; 0 once it has stopped for something else */
	bool regs_valid, regs_dirty;
	bool moved; /* since it stopped pc was written: what stands there is to be hit */
	struct arch_regs regs;
	/* The hooks at this address have run for this arrival; what is left is the instruction itself. */
	bool past_trap;
	uint64_t arrival; /* counts these */
	uint64_t past_addr, past_sp;
	enum eng_step_kind step;
	unsigned step_slot;
	uint8_t step_length;
	bool step_cut;      /* something else came before a step's end: that may still be reported */
	uint64_t copied_at; /* where the last copy it stepped stood */
	bool stepping;      /* asked to stop after one instruction (eng_resume_step) */
	bool parked;        /* it is not to run whatever else goes on */
	uint64_t runs;      /* grows whenever it runs or its registers change */
	uint64_t rewrites;  /* how many of those were changes that left it where it was */
	uint64_t pointer;   /* eng_thread_pointer */
	void *control;      /* struct eng_thread_control */
	size_t return_hooks;
	uint64_t stack_low, stack_high; /* bounds of the stack it was last seen on */
};

struct eng_symbol_file {
	uint64_t device, inode, size, mtime;
	struct sym_module *symbols;
	struct error *trouble;
	unsigned directories; /* of the session's, as of directories_set */
};

/* Who keeps something of its own about threads. `started`: its first stop, whose registers can be read. */
struct eng_observer {
	void *ctx;
	void (*created)(void *ctx,
			struct eng_thread *t); /* by a thread that is stopped for it; it may not be there itself yet */
	void (*started)(void *ctx, struct eng_thread *t);
	void (*dropped)(void *ctx, struct eng_thread *t);
	/* Its modules are about to be freed: the process has a new image, or is gone. The event of it may come much later. */
	void (*image_dropped)(void *ctx, struct eng_process *p);
};

struct eng_session {
	bool look_up; /* the observer wants eng_wait to return, though nothing has happened that is an event */
	struct target *target;
	struct eng_observer observer;
	uint64_t writes; /* grows when memory is written to */
	struct eng_options options;
	const struct arch *arch;
	VEC(struct eng_process *) all;     /* every one there was */
	VEC(struct eng_process *) visible; /* alive and told of */
	struct map living, threads;        /* pid → process, tid → thread */
	struct eng_process *last_exited;   /* the caller was told just now */
	uint32_t last_number;
	bool any_killed;              /* by eng_kill */
	VEC(struct eng_event) events; /* for the caller */
	size_t events_head;
	VEC(struct target_event) ready; /* taken in, to be dispatched */
	size_t ready_head;
	unsigned callback_depth;
	VEC(struct eng_hook *) removed_hooks;
	VEC(struct eng_thread *) gone_threads;
	struct eng_thread *launched; /* stands at its exec until the first eng_wait */
	struct eng_code_source source;
	VEC(struct eng_symbol_file) symbol_files;
	struct sym_module *vdso;
	bool vdso_tried;
	/* paths.c: of its user; lists end in NULL. */
	unsigned directories_set; /* how often the next was */
	const char **debug_directories, **library_directories;
	char *sysroot;
};

/* Errors that only say that somebody is gone are dropped: the event of it comes. Others are logged. */
void eng_ignore(struct error *err);

/* ---- session.c ---- */

bool eng_all_killed(const struct eng_session *s); /* by eng_kill: all that there is, and something was */

/* ---- process.c ---- */

struct eng_process *eng_process_add(struct eng_session *s, target_pid pid, struct eng_process *parent);
struct eng_process *eng_process_find(struct eng_session *s, target_pid pid); /* a living one */
struct eng_thread *eng_thread_add(struct eng_process *p, target_tid tid);
struct eng_thread *eng_thread_find(struct eng_session *s, target_tid tid);
void eng_thread_drop(struct eng_thread *t); /* it is gone; the struct lives until the next eng_wait */
void eng_thread_renumber(struct eng_thread *t, target_tid tid);
void eng_free_gone(struct eng_session *s);
void eng_process_announce(struct eng_process *p);
void eng_process_drop_data(struct eng_process *p);
void eng_process_unlist(struct eng_process *p); /* out of what the caller sees */
/* Its end: no longer listed; what it owns is freed by eng_process_bury when the caller has seen the event. */
void eng_process_gone(struct eng_process *p);
void eng_process_bury(struct eng_process *p);
void eng_process_free(struct eng_process *p);
void eng_process_copy_data(struct eng_process *parent, struct eng_process *child);

/* ---- memory.c ---- */

struct eng_space *eng_space_create(void);
void eng_space_unref(struct eng_space *space);
/* Instructions: out of the file where the program cannot have changed them, else as eng_read. */
size_t eng_read_code(struct eng_process *p, uint64_t addr, void *buf, size_t size);
/* Memory may have changed. */
void eng_space_invalidate(struct eng_space *space);
/* As it is, traps and all; not cached. */
bool eng_read_raw(struct eng_process *p, uint64_t addr, void *buf, size_t size);
/* The same by the page, as it was when that was first read at this stop. */
bool eng_read_raw_cached(struct eng_process *p, uint64_t addr, void *buf, size_t size);
struct error *eng_write_raw(struct eng_process *p, uint64_t addr, const void *buf, size_t size) ERROR_CHECK;
void eng_space_free_cache(struct eng_space *space);

/* ---- hooks.c ---- */

struct eng_trap *eng_trap_at(const struct eng_space *space, uint64_t addr); /* NULL: none */
size_t eng_trap_from(const struct eng_space *space, uint64_t addr); /* index of the first at or behind addr */
/* Was this trap instruction, hit at addr, one of ours that has been taken out meanwhile? */
bool eng_trap_was_ours(struct eng_process *p, uint64_t addr);
void eng_hooks_run(struct eng_thread *t, struct eng_trap *trap);
/* All hooks and traps of a space whose memory is gone, or about to be. */
void eng_hooks_drop_all(struct eng_session *s, struct eng_space *space);
void eng_hooks_drop_thread(struct eng_thread *t);
/* Those of a process that leaves its space to others. The traps stay: the memory cannot be reached through it any more. */
void eng_hooks_leave(struct eng_process *p);
/* Those inside [start, end), which was unmapped. */
void eng_traps_unmapped(struct eng_space *space, uint64_t start, uint64_t end);
void eng_hooks_copy(struct eng_process *parent, struct eng_process *child,
		    const struct eng_thread *forker, struct eng_thread *child_thread);
/* Makes the memory of a child that has not run yet agree with the table: a fork may have caught it in between. */
void eng_traps_verify(struct eng_process *p);
/* Traps without hooks are taken out: those of a fork's other threads. */
void eng_traps_prune(struct eng_process *p);
/* Takes every trap out of the memory, not out of the table. */
void eng_traps_lift(struct eng_process *p);
void eng_free_removed(struct eng_session *s);
struct error *eng_trap_plant(struct eng_process *p, struct eng_trap *trap) ERROR_CHECK;
void eng_trap_lift(struct eng_process *p, struct eng_trap *trap);

/* ---- step.c ---- */

/* The thread, whose hooks at pc have run, gets past the trap there and goes on. */
struct error *eng_step_over(struct eng_thread *t, struct eng_trap *trap) ERROR_CHECK;
/* A stop during or behind a step: pc is put back to where the program thinks it is. */
void eng_step_stopped(struct eng_thread *t);
void eng_step_abandon(struct eng_thread *t);
/* A thread that was stopped in a copy with a jump back is where the program thinks it is. */
void eng_step_settle(struct eng_thread *t);
bool eng_scratch_overlaps(const struct eng_space *space, uint64_t addr, size_t size);

/* ---- intake.c ---- */

/* True: to be dispatched. */
bool eng_intake(struct eng_session *s, struct target_event *event);
struct error *eng_thread_fetch(struct eng_thread *t) ERROR_CHECK; /* registers, once a stop */

/* ---- dispatch.c ---- */

/* Waits for one target event, takes it in and queues what is to be dispatched. timeout_ms as target's; *ret_any false: the time ran out. */
struct error *eng_pump(struct eng_session *s, int timeout_ms, bool *ret_any) ERROR_CHECK;
struct error *eng_dispatch(struct eng_session *s, struct target_event *event) ERROR_CHECK;
void eng_route(struct eng_session *s, const struct target_event *event);
/* What waits of this thread says nothing any more: it has stopped anew (killed out of the stop that was told), or is gone. */
void eng_unroute(struct eng_session *s, const struct eng_thread *t);
/* For the caller; the thread, if any, is held for it. */
void eng_emit(struct eng_process *p, struct eng_thread *t, struct eng_event event);
/* The thread, which was asked for one instruction, has done it. */
struct error *eng_stepped(struct eng_thread *t) ERROR_CHECK;
/* A stopped thread goes on, past the trap it stands at; when it is frozen, later. A thread that is gone is no error. */
struct error *eng_thread_go(struct eng_thread *t, int signal) ERROR_CHECK;
/* The same, come what may at pc. */
struct error *eng_thread_run(struct eng_thread *t, bool step, int signal) ERROR_CHECK;
struct error *eng_thread_flush(struct eng_thread *t) ERROR_CHECK; /* registers that were changed */
/* Until all threads of a frozen process that have been interrupted are stopped, or do not listen. */
struct error *eng_freeze_wait(struct eng_process *p) ERROR_CHECK;
bool eng_thread_may_stop(const struct eng_thread *t); /* runs, and an interrupt is of use */

/* ---- detach.c ---- */

/* Lets a process go untraced, without traps: the threads that are stopped at once, the others when they stop (`leaving`). */
void eng_process_let_go(struct eng_process *p);
/* A thread of a process that is leaving has stopped, or is gone (NULL). */
void eng_leaving_stopped(struct eng_process *p, struct eng_thread *t, const struct target_event *event);
/* Before the session ends: who is not to be killed with it is let go, as far as it stops within a time. */
void eng_let_hidden_go(struct eng_session *s);

/* ---- linker.c ---- */

/* The function of the dynamic linker at `base` that it calls when its list of objects has changed; false: not known. Before it has run. */
bool eng_linker_notifies(struct eng_process *p, uint64_t base, uint64_t *ret);

/* ---- image.c, modules.c ---- */

/* A new image stands at its first instruction. */
void eng_image_begin(struct eng_process *p);
/* One that has been running for long: attached to. */
void eng_image_adopt(struct eng_process *p);
void eng_image_copy(const struct eng_process *parent, struct eng_process *child);
void eng_modules_copy(const struct eng_process *parent, struct eng_process *child);
void eng_image_drop(struct eng_process *p);
/* True when the list has changed. */
bool eng_modules_refresh(struct eng_process *p);
/* Where instructions can be copied to: behind the end of a module's code, up to the end of its last page. */
bool eng_modules_slack(struct eng_process *p, uint64_t *ret_start, uint64_t *ret_end);
const struct eng_code_range *eng_code_at(struct eng_process *p, uint64_t pc);
void eng_symbol_files_close(struct eng_session *s);

/* ---- paths.c ---- */

void eng_session_paths_deinit(struct eng_session *s);
/* A library's file below the system root, or (when its own is not `there`) in a directory of the search path. False: none. */
bool eng_library_elsewhere(const struct eng_session *s, const char *path, bool there,
			   struct arena *arena, struct str *ret);
/* The symbols of a file; the same as long as the file is. `name` is for messages; root: NULL, or "/proc/PID/root", which `path` begins with. */
struct error *eng_symbols_of_file(struct eng_session *s, const char *path, const char *root,
				  const char *name, struct sym_module **ret) ERROR_CHECK;
