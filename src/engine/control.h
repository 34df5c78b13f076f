/* The debugging session as its user sees it, an all-stop above the threads' own stops: inferiors, breakpoints, ways of going on,
 * and the stop that ends each. What one command does is one request here; a dialect only words it. One thread calls all of it. */
#pragma once

#include "engine/engine.h"
#include "engine/locate.h"

struct eng_control;
struct eng_breakpoint;
struct eng_level;

/* ---- inferiors: programs that can be run, with or without a process ---- */

struct eng_inferior {
	uint32_t number; /* from 1 */
	char *program;   /* absolute path of the file, or NULL */
	/* The program without a process: where it last was, bias 0 before it was run; path NULL when there is none. */
	struct eng_module file;
	char *arguments; /* as typed, for the shell; NULL: none */
	char *wrapper; /* what the shell executes in its place, as typed: it execs the program; NULL: none */
	char *directory;    /* NULL: ours */
	char *terminal;     /* stdin, stdout and stderr of the program; NULL: ours */
	char **environment; /* "NAME=value", NULL-terminated: what the program is given. Owned */
	struct eng_process *process; /* NULL: not running */
	bool attached;               /* else launched by us, or forked from what was */
	/* It has a process, or shall have one beside those that there are. */
	bool connected;
	bool has_exit_code;
	int exit_code;
	uint64_t loader; /* run-time address of the dynamic linker of the last process that was launched here; 0: none */
};

/* What happens while the program runs, for who shows it. Strings live during the call. */
enum eng_notice_kind {
	ENG_NOTICE_THREAD_NEW, /* thread */
	ENG_NOTICE_THREAD_GONE,
	/* A breakpoint that was for a thread alone (number, thread) goes with it. `last`: with it the process goes, too. */
	ENG_NOTICE_BREAKPOINT_GONE,
	/* Child pid, parent_pid. `inferior`: the child's when it is debugged (`kept`: both are; `followed`: it is selected now), else the
	 * parent's. `thread`: the parent's that forked, NULL: gone. Told before the parent of a followed child is let go. */
	ENG_NOTICE_FORK,
	/* The parent of a followed child goes on without us: inferior, pid; `vfork`: now that the child has a new image (`exec`) or ended. */
	ENG_NOTICE_PARENT_LEFT,
	ENG_NOTICE_DETACHED,        /* pid */
	ENG_NOTICE_INFERIOR_GONE,   /* one that is not the stop's own exited: status */
	ENG_NOTICE_EXEC,            /* path */
	ENG_NOTICE_SIGNAL,          /* a signal that is shown (handle … print) but does not stop */
	ENG_NOTICE_BREAKPOINTS,     /* locations changed; a pending one was resolved */
	ENG_NOTICE_UNLOADED,        /* a library with breakpoints in it; text: its path. Once for each */
	ENG_NOTICE_NO_LINES,        /* step runs through a function without lines; text: its name */
	ENG_NOTICE_TROUBLE,         /* text: e.g. a breakpoint that cannot be planted */
	ENG_NOTICE_CONDITION,       /* a breakpoint's could not be evaluated: it stops; text: why */
	ENG_NOTICE_PROGRAM_CHANGED, /* the file was rebuilt: its symbols are read again; text: path */
};
struct eng_notice {
	enum eng_notice_kind kind;
	struct eng_inferior *inferior;
	struct eng_thread *thread;
	target_pid pid, parent_pid;
	int signal, status;
	bool kept, followed, vfork, exec, last;
	uint32_t number;
	struct str text;
	const struct sym_module *written_over; /* PROGRAM_CHANGED: what is left of it says nothing any more; NULL: the old file is still there */
};

enum eng_follow { ENG_FOLLOW_PARENT, ENG_FOLLOW_CHILD };
enum eng_scheduler_lock { ENG_LOCK_OFF, ENG_LOCK_ON, ENG_LOCK_STEP, ENG_LOCK_REPLAY };

/* Settings that change how the program is run. The caller writes into them at any time. */
struct eng_settings {
	enum eng_follow follow_fork;
	bool detach_on_fork, follow_exec_new, schedule_multiple;
	enum eng_scheduler_lock scheduler_lock;
	bool disable_randomization, startup_with_shell;
	bool step_std;           /* `step` enters std and core */
	bool step_over_no_debug; /* !: `step` stops in functions without lines */
	bool past_main;          /* frames further out than main are the user's, too */
	bool stop_on_solib;
	bool unwind_on_signal;
	bool breakpoint_pending; /* unknown places wait for a library */
};

struct eng_listener {
	void *ctx;
	void (*notice)(void *ctx, const struct eng_notice *notice);
	/* Asked between events while the program runs: true ends the wait with ENG_STOP_INTERRUPT (the user's Ctrl-C). NULL: never. */
	bool (*interrupted)(void *ctx);
	/* Whether a panic is caught here, where std begins it (late: where it has told of it and is about to unwind). Called as a condition
	 * is. NULL: always. */
	bool (*panic_now)(void *ctx, struct eng_thread *t, bool late);
	/* The message of the panic that the thread, at a stop PANIC, is about to begin: its text in the arena. NULL: not known. */
	struct str (*panic_message)(void *ctx, struct eng_thread *t, struct arena *arena);
	/* Where what a watch without a frame watches is in the selected inferior, now that this has another image or other modules. False: as
	 * it was. NULL: never anywhere else. */
	bool (*watch_place)(void *ctx, const struct eng_breakpoint *b, uint64_t *ret_addr,
			    uint32_t *ret_size);
	/* Does the user want `step` to run through the level's function, with all that it calls? Asked where one is called. NULL: never. */
	bool (*skips)(void *ctx, const struct eng_level *level);
};

/* The session stays the caller's, and is destroyed after it. */
struct eng_control *eng_control_create(struct eng_session *session, const struct eng_listener *listener);
/* Kills what was launched, detaches from what was attached. */
void eng_control_destroy(struct eng_control *c);
struct eng_session *eng_control_session(struct eng_control *c);
struct eng_settings *eng_control_settings(struct eng_control *c);
/* What `skips` answers, or `step_std`, has changed: what was found out about calls is to be asked again. */
void eng_skips_changed(struct eng_control *c);

size_t eng_inferiors(struct eng_control *c, struct eng_inferior *const **ret);
/* How many times there was a first process, or there is one again. */
uint32_t eng_connection_number(const struct eng_control *c);
struct eng_inferior *eng_inferior_add(struct eng_control *c);
/* Arguments, directory, terminal and environment: as the other one's. */
void eng_inferior_copy_settings(struct eng_inferior *to, const struct eng_inferior *from);
struct error *eng_inferior_remove(struct eng_control *c,
				  struct eng_inferior *i) ERROR_CHECK; /* not while it runs */
struct eng_inferior *eng_inferior_of(struct eng_control *c, const struct eng_process *p);
/* The file of an inferior without a process. NULL path: none. Its symbols are opened here: what is no ELF is refused. */
struct error *eng_inferior_set_program(struct eng_control *c, struct eng_inferior *i,
				       const char *path) ERROR_CHECK;
/* Modules to look for symbols in: the process's, or the file alone. */
size_t eng_inferior_modules(struct eng_inferior *i, struct eng_module *const **ret);
struct sym_module *eng_inferior_symbols(struct eng_control *c, struct eng_inferior *i,
					struct eng_module *m);
/* The dynamic linker of the process that was here, where it was: what is known of libraries once that is gone. Its path is the program's.
 * False: none. */
bool eng_inferior_loader(struct eng_control *c, struct eng_inferior *i, struct str *ret_path,
			 uint64_t *ret_bias, struct sym_module **ret);

/* ---- what is selected ---- */

struct eng_inferior *eng_selected_inferior(struct eng_control *c); /* never NULL */
struct eng_thread *eng_selected_thread(struct eng_control *c);     /* NULL: none, or not stopped */
/* Number of the thread that was selected and has ended, as long as no other is selected; 0: none. */
uint32_t eng_selected_that_ended(const struct eng_control *c);
void eng_select_inferior(struct eng_control *c, struct eng_inferior *i);
void eng_select_thread(struct eng_control *c, struct eng_thread *t); /* and its innermost frame */

/* Threads in the order of their numbers, over all inferiors; valid until something runs. */
size_t eng_all_threads(struct eng_control *c, struct arena *arena, struct eng_thread ***ret);
/* Is it one of those still? It may be freed already. */
bool eng_is_thread(struct eng_control *c, const struct eng_thread *t);
/* From 1, never used again in this control; `info threads`' first column (with one inferior its number in it). */
uint32_t eng_thread_global_number(struct eng_control *c, const struct eng_thread *t);
uint32_t eng_highest_thread(const struct eng_control *c); /* number given so far; begins anew when nothing runs */

/* ---- the stack, as users count frames: inlined calls are frames ---- */

struct eng_level {
	uint32_t level;             /* 0: innermost */
	bool inlined;               /* this function was inlined into the next level's */
	bool guess;                 /* unwind_is_guess */
	bool innermost_of_physical; /* the first level of its physical frame */
	struct unwind_frame unwind; /* of the physical frame, shared by its levels */
	struct unwind_code code;
	struct eng_module *module;           /* NULL: in no module */
	struct file_addr lookup_pc;          /* already moved back for a return address */
	const struct sym_function *function; /* NULL: no debug information */
	struct sym_function_info info;       /* name empty: nothing is known */
	struct sym_line line; /* where it stands: of pc, or of the call that was inlined */
	/* A function that is gone: it jumped to the one below, as call sites prove. Its unwind's index and CFA are that one's. */
	bool tail_call;
	bool left_call; /* where a function that was called by eng_call, and left, returns to; its caller is whom it was called for */
	bool pc_is_line_start; /* pc is the first address of that line's row, a statement's: no "0x… in" */
};

/* Level n of a stopped thread; NULL: there is none. Unwound as far as asked for and kept until the thread runs. */
const struct eng_level *eng_level(struct eng_control *c, struct eng_thread *t, uint32_t n);
/* Why the stack ends after its last level (all of it has been walked). */
enum unwind_end eng_level_end(struct eng_control *c, struct eng_thread *t);
/* The physical caller of level n: its first level; NULL: none. */
const struct eng_level *eng_level_caller(struct eng_control *c, struct eng_thread *t, uint32_t n);
/* The frame with this CFA (or, pc not 0, with that and this pc); NULL: none. */
const struct eng_level *eng_level_by_address(struct eng_control *c, struct eng_thread *t, uint64_t cfa,
					     uint64_t pc);
uint32_t eng_selected_level(struct eng_control *c); /* 0 when nothing runs */
void eng_select_level(struct eng_control *c, uint32_t n);
/* For eval: filled from a level, but for vector registers. The view must live as long as `ret` is used. */
void eng_level_eval(struct eng_control *c, struct eng_thread *t, const struct eng_level *level,
		    struct eng_view *view, struct unwind_context *context, struct eval_frame *ret);
/* xmm0-15 of an innermost frame, for eval_frame.xmm; NULL: not known. A system call, once a stop. */
const uint8_t (*eng_level_vectors(struct eng_control *c, struct eng_thread *t,
				  const struct eng_level *level))[16];
/* Writes a register as level n sees it: to the thread, or to the stack where an inner frame has saved it. */
struct error *eng_level_set_reg(struct eng_control *c, struct eng_thread *t, uint32_t n,
				unsigned dwarf_reg, uint64_t value) ERROR_CHECK;
/* Writes the thread's XSAVE area, as target's get_xstate gave it. */
struct error *eng_set_xstate(struct eng_control *c, struct eng_thread *t, const uint8_t *bytes,
			     size_t size) ERROR_CHECK;

/* Bytes of what the thread's signal says, as the system lays it out: the program's handler is told that. */
struct error *eng_set_siginfo(struct eng_control *c, struct eng_thread *t, size_t offset,
			      const uint8_t *bytes, size_t size) ERROR_CHECK;

/* ---- stops ---- */

enum eng_stop_kind {
	ENG_STOP_NONE,
	ENG_STOP_BREAKPOINT, /* breakpoints, location */
	ENG_STOP_WATCH,      /* breakpoints; old and new bytes */
	ENG_STOP_STEPPED,    /* a step's end */
	ENG_STOP_FINISHED,   /* finish: out of the frame; `finished` */
	ENG_STOP_LOCATION,   /* until, advance: arrived */
	ENG_STOP_ENTRY,      /* starti */
	ENG_STOP_ATTACHED,
	ENG_STOP_SIGNAL,
	ENG_STOP_INTERRUPT, /* the user's */
	ENG_STOP_EXITED,    /* status; the process is gone */
	ENG_STOP_KILLED,    /* by a signal: status; the process is gone */
	ENG_STOP_FORK,      /* catch: breakpoints, child */
	ENG_STOP_VFORK,
	ENG_STOP_EXEC,    /* path */
	ENG_STOP_SYSCALL, /* syscall, returning */
	ENG_STOP_PANIC,   /* text: the message; level `select` is the user's frame */
	ENG_STOP_SOLIB,   /* set stop-on-solib-events; catch load, unload: breakpoints. added, removed */
	ENG_STOP_WATCH_SCOPE, /* the frame of a watched local is gone; breakpoints */
	ENG_STOP_CALLED,      /* a called function is back */
	ENG_STOP_VFORK_HELD, /* it waits for a child that is to stand still: cannot go on with these settings */
};

/* What a function that has returned left, where the thread's registers are others again. */
struct eng_returned {
	struct arch_regs regs;
	bool has_xmm;
	uint8_t xmm[2][16];
};

struct eng_stop {
	enum eng_stop_kind kind;
	struct eng_inferior *inferior;
	struct eng_thread *thread; /* NULL when the process is gone */
	bool thread_changed;       /* another one than was selected before: "[Switching to …]" */
	struct eng_breakpoint *const *breakpoints; /* that stopped here, by number */
	size_t breakpoint_count;
	unsigned location; /* of breakpoints[0], from 1 */
	int signal;
	struct target_siginfo siginfo;
	int status;
	target_pid pid; /* of the process, which may be gone */
	target_pid child;
	bool in_call; /* in a function that was called by eng_call, which is not back */
	uint64_t syscall;
	bool returning;
	uint32_t select;                 /* the level to show */
	struct str text;                 /* path of an exec, message of a panic */
	struct eng_module *const *added; /* SOLIB */
	const struct str *removed;       /* paths */
	size_t added_count, removed_count;
	/* STEPPED and others: did the function or the physical frame change since the command began? Then the frame's line is shown, else
	 * only the source's. */
	bool new_frame;
	/* FINISHED: of the function that returned, for its value; its registers at return are the thread's, or (a call that was left is
	 * back) `returned`. */
	const struct sym_function *finished;
	const struct eng_returned *returned;
	struct eng_module *finished_module;
};
/* The last one; kind NONE before the first. Valid until the next request that runs something. */
const struct eng_stop *eng_last_stop(struct eng_control *c);

/* While the program runs it may have the terminal. True: it had, and somebody is to be asked something; eng_give_terminal afterwards. */
bool eng_take_terminal(struct eng_control *c);
void eng_give_terminal(struct eng_control *c);

/* ---- starting and ending ---- */

enum eng_start { ENG_START_RUN, ENG_START_ENTRY /* starti */ };
/* The file may have been built anew (build-id) since its symbols were read: a notice, and they are read again. */
struct error *eng_inferior_refresh(struct eng_control *c, struct eng_inferior *i) ERROR_CHECK;
/* Refreshes, launches, and runs to the first stop. */
struct error *eng_run(struct eng_control *c, enum eng_start how, struct eng_stop *ret) ERROR_CHECK;
/* Stops all its threads. The program of the selected inferior is set from it when there is none. */
struct error *eng_attach(struct eng_control *c, target_pid pid, struct eng_stop *ret) ERROR_CHECK;
/* Takes every trap out; the process goes on (with `signal`). */
struct error *eng_inferior_detach(struct eng_control *c, struct eng_inferior *i, int signal) ERROR_CHECK;
struct error *eng_inferior_kill(struct eng_control *c, struct eng_inferior *i) ERROR_CHECK;

/* ---- going on: each runs to the next stop ---- */

enum eng_signal_choice { ENG_SIGNAL_AS_STOPPED = -1, ENG_SIGNAL_NONE = 0 };

struct error *eng_continue(struct eng_control *c, int signal, struct eng_stop *ret) ERROR_CHECK;
/* What the stopped thread is given when it goes on as it was stopped; 0: nothing. */
void eng_queue_signal(struct eng_control *c, struct eng_thread *t, int signal);
/* `ignore` further hits of the breakpoint that the thread stands at: `continue N` sets N - 1. */
enum eng_step_unit { ENG_STEP_LINE, ENG_STEP_INSTRUCTION };
/* step/next/stepi/nexti COUNT; stops early for anything else. `over`: calls are run through. */
struct error *eng_step(struct eng_control *c, enum eng_step_unit unit, bool over, uint64_t count,
		       struct eng_stop *ret) ERROR_CHECK;
/* Out of the selected frame (an inlined one too). */
struct error *eng_finish(struct eng_control *c, struct eng_stop *ret) ERROR_CHECK;
/* until without a place: like next, but not backwards. */
struct error *eng_until_next(struct eng_control *c, struct eng_stop *ret) ERROR_CHECK;
/* until PLACE (in_frame: also stops when the current frame returns), advance PLACE. */
struct error *eng_until(struct eng_control *c, const struct eng_spec *spec, bool in_frame,
			struct eng_stop *ret) ERROR_CHECK;
struct error *eng_jump(struct eng_control *c, uint64_t addr, struct eng_stop *ret) ERROR_CHECK;
/* What a function that returns leaves in registers: the general ones that are known, xmm0 and xmm1 by `vectors`, the x87 stack's top. */
struct eng_result {
	struct arch_regs regs;
	unsigned vectors; /* mask */
	uint8_t vector[2][16];
	unsigned x87_count;
	uint8_t x87[2][10];
};
/* Pops frames up to and including the selected one; runs nothing. `result`: NULL leaves the registers as they are. */
struct error *eng_return(struct eng_control *c, const struct eng_result *result) ERROR_CHECK;

/* Calls a function of the program: registers as given (arch_call places are the caller's work), sp aligned, a return trap. Runs the
 * selected thread until it is back; then `ret_regs` (and xmm0/1 in ret_xmm) are as the function left them and the thread's are restored.
 * ERROR_GONE etc. or, when something else stopped it (a breakpoint, a signal), that as the last stop (in_call) and an error that says so. */
struct eng_call {
	uint64_t function; /* run-time address */
	const char *name;  /* for messages; NULL: not known */
	const struct arch_regs *regs; /* those known are set; sp, when it is known: begins there, not below the thread's */
	const uint8_t (*xmm)[16]; /* xmm0…7, or NULL */
	const uint8_t *stack;     /* bytes at [sp] behind the return address, or NULL */
	size_t stack_size;
};
struct error *eng_call(struct eng_control *c, const struct eng_call *call, struct arch_regs *ret_regs,
		       uint8_t ret_xmm[2][16]) ERROR_CHECK;

/* ---- signals: handle ---- */

struct eng_signal_policy {
	bool stop, print, pass;
};
struct eng_signal_policy eng_signal_policy(struct eng_control *c, int signal);
void eng_set_signal_policy(struct eng_control *c, int signal, struct eng_signal_policy policy);

/* ---- breakpoints ---- */

enum eng_breakpoint_kind {
	ENG_BP_CODE,
	ENG_BP_HARDWARE, /* hbreak */
	ENG_BP_WATCH,    /* write */
	ENG_BP_RWATCH,
	ENG_BP_AWATCH,
	ENG_BP_FORK, /* catch … */
	ENG_BP_VFORK,
	ENG_BP_EXEC,
	ENG_BP_SIGNAL,
	ENG_BP_SYSCALL,
	ENG_BP_PANIC,
	ENG_BP_LOAD, /* of libraries */
	ENG_BP_UNLOAD,
};
enum eng_disposition { ENG_KEEP, ENG_DELETE, ENG_DISABLE_ONCE, ENG_DISABLE_COUNT };

struct eng_location {
	struct eng_place place;
	struct eng_inferior *inferior;
	bool enabled;
	bool planted;
	uint64_t hits;
};

/* Told of a hit before it stops: false lets the thread go on. Called with the thread stopped and the others running: it may read memory
 * and registers, no more. An error is shown and stops. */
typedef struct error *eng_condition_fn(void *ctx, struct eng_control *c, struct eng_thread *t,
				       struct eng_breakpoint *b, bool *ret_stop);

struct eng_breakpoint {
	uint32_t number;
	enum eng_breakpoint_kind kind;
	enum eng_disposition disposition;
	bool enabled, temporary_internal, pending;
	bool thread_gone;         /* that it was for: it is deleted once nobody looks at it */
	bool address_is_run_time; /* spec.address; else it is the file's */
	uint64_t hits, ignore;
	uint32_t enable_count; /* ENG_DISABLE_COUNT */
	struct eng_spec spec;  /* owned: what it was asked for */
	char *spec_text;       /* as typed */
	bool bare; /* nothing was typed: it is where the program stood, and named by its line alone */
	char *pending_tail; /* what was typed behind the place, for the dialect to read once it is found. NULL: nothing */
	struct eng_location *locations;
	size_t location_count;
	char *condition_text; /* NULL: none */
	eng_condition_fn *condition;
	void *condition_ctx;
	void (*condition_destroy)(void *ctx);
	/* What is done in place of stopping, called as the condition is once it holds; *ret_stop: after all. NULL: it stops. */
	eng_condition_fn *instead;
	void *instead_ctx;
	void (*instead_destroy)(void *ctx);
	char *dprintf;   /* what `instead` prints, as typed; NULL: it is no dprintf */
	char **commands; /* NULL-terminated lines, or NULL */
	uint32_t thread; /* global number; 0: any */
	/* WATCH: what is watched. */
	char *expression;
	uint64_t watch_addr;
	uint32_t watch_size; /* 1, 2, 4, 8; an unaligned or bigger place takes several debug registers */
	bool watch_scoped;   /* a local: until its frame is gone */
	uint32_t watch_inferior; /* number of the inferior to which the place belongs */
	uint32_t watch_process;  /* number of the process in which it was last looked at; 0: none */
	bool watch_on;           /* it was enabled when the debug registers were last given away */
	uint64_t watch_cfa, watch_return;      /* the frame, and where it returns to */
	struct eng_thread *watch_thread;       /* whose frame it is; NULL: gone */
	bool watch_known;                      /* watch_old could be read */
	uint8_t watch_old[8], watch_before[8]; /* as it is, as it was before the last hit */
	target_pid child;                      /* FORK, VFORK: of the last hit; 0: none */
	char *path;                            /* EXEC: of the last hit's program; NULL: none */
	/* LOAD, UNLOAD: is a library meant? NULL: each is. */
	bool (*library_matches)(void *ctx, const char *path);
	void (*library_destroy)(void *ctx);
	void *library_ctx;
	/* FORK … SYSCALL: numbers, none = all. */
	int *numbers;
	size_t number_count;
};

size_t eng_breakpoints(struct eng_control *c, struct eng_breakpoint *const **ret); /* by number */
struct eng_breakpoint *eng_breakpoint_find(struct eng_control *c, uint32_t number);
/* The level that a hit of b is about when its thread stands at one of b's locations: the user's, where std's code was inlined into it. Counted
 * before a stop hides any. */
uint32_t eng_breakpoint_level(struct eng_thread *t, const struct eng_breakpoint *b);
/* A place that is not found: ERROR_NOT_FOUND; with `pending` the breakpoint is made all the same and waits. Takes the spec's texts as
 * copies. The next number is used up only on success. */
struct error *eng_break(struct eng_control *c, const struct eng_spec *spec, enum eng_breakpoint_kind kind,
			bool pending, struct eng_breakpoint **ret) ERROR_CHECK;
/* ERROR_UNSUPPORTED: no debug registers left, or more than 8 bytes … */
struct error *eng_watch(struct eng_control *c, enum eng_breakpoint_kind kind, uint64_t addr, uint32_t size,
			const struct eng_level *scope, struct eng_breakpoint **ret) ERROR_CHECK;
struct error *eng_catch(struct eng_control *c, enum eng_breakpoint_kind kind, const int *numbers,
			size_t count, struct eng_breakpoint **ret) ERROR_CHECK;
void eng_breakpoint_delete(struct eng_control *c, struct eng_breakpoint *b);
/* It has no place any more and waits for a library, as if none had been found. */
void eng_breakpoint_unplace(struct eng_control *c, struct eng_breakpoint *b);
/* The newest one was a mistake: it goes, and its number is free again. */
void eng_breakpoint_unmake(struct eng_control *c, struct eng_breakpoint *b);
/* After enabled, a location's enabled or the disposition was changed. */
struct error *eng_breakpoint_update(struct eng_control *c, struct eng_breakpoint *b) ERROR_CHECK;
