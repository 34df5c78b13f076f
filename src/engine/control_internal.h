/* What the files of the all-stop session share; not for other layers. How they hang together:
 *
 *   control.c      inferiors, what is selected, threads' numbers
 *   run.c          from a request to the next stop: who goes on, whose event it is, who is stopped for it
 *   plan.c         a command that is under way in one thread (step, finish, until, a call): where it wants to stop
 *   steps.c        the rules of stepping by lines
 *   breakpoints.c  the user's breakpoints, and the traps for them and for plans
 *   watch.c, catch.c, signals.c, follow.c, call.c, launch.c
 *   levels.c       the stack as users count it
 *   locate.c       from what people write to places in code
 */
#pragma once

#include "engine/control.h"
#include "engine/internal.h"

typedef VEC(struct eng_location) eng_locations;

/* ---- levels ---- */

struct eng_level_cache {
	struct eng_control *control;
	uint64_t runs, writes; /* of the thread and of the session, when it was begun */
	uint64_t rewrites;
	bool valid;
	struct eng_view view;
	struct unwind_context context;
	struct unwind_frame next; /* the physical frame taken apart last; before the first: the innermost */
	enum unwind_end end;
	VEC(struct eng_level *)
	pool; /* the first `count` are levels, inlined ones that are skipped included */
	size_t count;
	unsigned skipped; /* innermost ones that are not shown: the stop is at their call */
	bool vectors_read, vectors_known;
	uint8_t vectors[16][16];
};

/* Which function's execution it is. */
struct eng_frame_id {
	uint64_t cfa;                       /* 0: not known */
	uint64_t start;                     /* of the physical frame's function */
	const struct sym_function *inlined; /* NULL: the physical frame itself */
};

struct eng_frame_id eng_frame_id_of(const struct eng_level *level);
bool eng_frame_id_eq(const struct eng_frame_id *a, const struct eng_frame_id *b);
/* The id of the physical frame that level n is part of. */
struct eng_frame_id eng_frame_id_physical(struct eng_control *c, struct eng_thread *t, uint32_t n);
/* At this stop, hides the innermost inlined functions that begin at pc, unless `shown` (may be NULL) says that this one is to be seen. */
void eng_levels_skip(struct eng_control *c, struct eng_thread *t,
		     bool (*shown)(void *ctx, const struct eng_level *level), void *ctx);
/* One of them is entered: the number still hidden goes down by one. False: none was. */
bool eng_levels_enter(struct eng_control *c, struct eng_thread *t);
unsigned eng_levels_skipped(struct eng_control *c, struct eng_thread *t);
void eng_levels_free(struct eng_level_cache *cache);

/* ---- threads ---- */

struct eng_thread_control {
	uint32_t global;
	bool told;  /* held for an event that run.c has seen */
	int signal; /* … which is to be delivered when it goes on as it was stopped */
	/* Of the arrival that an event HIT tells of. */
	VEC(struct eng_breakpoint *) hits;
	unsigned hit_location;
	struct eng_breakpoint *hit_scope; /* a watch whose frame is gone */
	unsigned hit_temps;               /* mask of eng_temp_kind */
	bool hit_left;                    /* a call that was left is back */
	struct eng_left_call *left;       /* the last one first */
	bool watching;                    /* its debug registers are as eng_control.watches says */
	uint64_t watch_version;
	bool in_syscall;
	struct eng_level_cache levels;
};
struct eng_thread_control *eng_thread_control(struct eng_control *c, struct eng_thread *t);

/* ---- call.c: calls that were left because something else stopped the program in them ---- */

/* The registers of whom the call was made for, where pc and sp are what it returns to; NULL: they are not. */
const struct arch_regs *eng_left_call_regs(const struct eng_thread_control *tc, uint64_t pc, uint64_t sp);
bool eng_left_call_ends(const struct eng_thread_control *tc, uint64_t pc, uint64_t sp);
/* What its function gives, before it is popped. */
struct eng_returned *eng_left_call_result(struct eng_control *c, struct eng_thread *t, struct arena *arena);
/* The thread, which stands where such a call returns to, is put back to where it was before. */
struct error *eng_left_call_pop(struct eng_control *c, struct eng_thread *t) ERROR_CHECK;
void eng_left_calls_forget(struct eng_thread *t);

/* ---- traps ---- */

/* Temporary ones, of the plan. */
enum eng_temp_kind {
	ENG_TEMP_RESUME,   /* back in the frame that is stepped: go on with stepping */
	ENG_TEMP_RETURN,   /* out of the frame: finish, until */
	ENG_TEMP_PLACE,    /* until, advance */
	ENG_TEMP_CALL,     /* a call is back */
	ENG_TEMP_UNWIND,   /* the unwinder is about to go to a landing pad */
	ENG_TEMP_PAD,      /* that pad */
	ENG_TEMP_EXIT,     /* one of the ways out of a line's code */
	ENG_TEMP_ENTER,    /* a function of the user's that a library may call */
	ENG_TEMP_INDIRECT, /* a call in a library whose target is not known before */
};
struct eng_temp {
	enum eng_temp_kind kind;
	uint64_t addr;
	uint64_t cfa;            /* of the frame that is meant; 0: any */
	uint32_t library_levels; /* PLACE: as of an eng_place */
	uint64_t min_sp; /* only with the stack pointer here or above: deeper ones are other calls. 0: any */
	struct eng_process *process;
};

enum { ENG_SITE_SCOPE = UINT32_MAX };
struct eng_site_user {
	struct eng_breakpoint *breakpoint;
	unsigned location; /* index; ENG_SITE_SCOPE: where the frame of a watched local returns to */
};
/* A place in a process with a hook of ours. */
struct eng_site {
	struct eng_control *control;
	struct eng_process *process;
	uint64_t addr;
	struct eng_hook *hook;
	VEC(struct eng_site_user) users;
	unsigned temps;
	bool wanted;
};
struct eng_sites {
	struct eng_control *control;
	struct eng_process *process;
	VEC(struct eng_site *) list; /* by address */
	VEC(uint64_t) idle;          /* planted though nobody asks: the next step may */
};

/* ---- plans ---- */

enum eng_plan_kind {
	ENG_PLAN_NONE, /* continue */
	ENG_PLAN_STEP,
	ENG_PLAN_FINISH,
	ENG_PLAN_UNTIL, /* a place */
	ENG_PLAN_CALL,
};
enum eng_over { ENG_OVER_NONE, ENG_OVER_ALL, ENG_OVER_NO_LINES };

struct eng_plan {
	enum eng_plan_kind kind;
	struct eng_thread *thread;
	/* STEP: it is stepped while pc is in [start, end); both 1: one instruction. */
	bool ranged;
	uint64_t start, end;
	uint64_t more; /* instructions before the last one, of which nothing is asked but that they are done */
	enum eng_over over;
	bool until_next;                     /* not backwards */
	struct eng_frame_id frame, physical; /* that are stepped */
	uint64_t start_function;
	struct sym_line line; /* another one ends the step */
	struct sym_line from; /* the same, but that code without a line leaves it as it is */
	VEC(struct eng_temp) temps;
	uint64_t entered; /* a function that is stepped into: the end of its prologue; 0: none */
	bool resuming;    /* runs to an ENG_TEMP_RESUME */
	bool in_library;  /* it began there: its lines are stepped like others */
	bool new_frame;   /* the stop shows its frame, come what may */
	bool unwinding;   /* landing pads are watched for */
	uint64_t armed_start, armed_end; /* the code whose exits have traps */
	uint64_t armed_cfa;              /* and for which frame */
	bool exits;                      /* runs to an ENG_TEMP_EXIT */
	uint64_t unwound_sp; /* landing pads with this stack pointer or a higher one end the command */
	/* FINISH */
	const struct sym_function *finished;
	struct eng_module *finished_module;
};

/* ---- the session ---- */

struct eng_inferior_state { /* behind the public struct */
	struct eng_inferior public;
	bool frozen;    /* by us */
	bool removable; /* came with a fork of one that was followed itself: goes when it has ended and another one is selected */
	bool aside; /* its process went on without us when the child was followed: breakpoints are not for it until it is run */
	uint32_t vfork_parent; /* number of the inferior that is let go when this one has its own memory, or ends; 0: none */
	bool was_run; /* its process is gone: locations stay where they were there */
	uint64_t device, inode, size, mtime; /* of the file when its symbols were opened */
	VEC(struct eng_module *) file_list;
	VEC(struct eng_module *) known; /* modules when somebody who waits for others last looked … */
	bool known_valid;               /* … in this image */
	char *build_id; /* its, then; NULL: none. The mapping of a file that was written over has the new one */
};

/* A child whose parent stands at the fork, or of which it is known what becomes of it. */
struct eng_fork {
	struct eng_process *parent, *child;
	struct eng_thread *thread; /* of the parent; NULL: gone */
	target_pid pid;
	bool vfork;
	bool caught;          /* it stopped there: the child is the one that is asked to go on */
	bool decided, follow; /* the child is kept, and followed */
	bool waits;           /* the parent's thread stands until the child is there */
};

struct eng_control {
	struct eng_session *session;
	struct eng_listener listener;
	bool breakpoints_to_sweep; /* one's thread is gone */
	struct eng_settings settings;
	VEC(struct eng_inferior *) inferiors;
	uint32_t last_inferior, last_thread, last_breakpoint, last_connection;
	struct eng_inferior *inferior; /* selected */
	struct eng_thread *thread;
	uint32_t ended; /* number of the thread that was selected when it ended before its process; 0: none */
	uint32_t level;
	VEC(struct eng_breakpoint *) breakpoints;
	VEC(struct eng_breakpoint *) deleted; /* freed when nobody can be looking at them any more */
	struct eng_signal_policy signals[128];
	/* The last stop, and what it points to. */
	struct eng_stop stop;
	struct arena stop_arena;
	VEC(struct eng_breakpoint *) stop_breakpoints;
	target_tid previous; /* selected before the request, whether it is still there or not; 0: none */
	struct eng_plan plan;
	bool running;
	/* oxdb's thread stays on the CPU of one that stops again and again. */
	struct eng_thread *near_thread;
	unsigned near_count;
	bool near, lent; /* lent: the program has the terminal */
	bool switched;   /* to a child: the next stop's thread is another one than before */
	VEC(struct eng_fork) forks;
	struct eng_inferior *resumed; /* the one that runs, unless all do */
	struct eng_thread *alone;     /* the only thread that runs: scheduler-locking */
	bool alone_gone;
	/* Chains of functions by module and pc. */
	struct map chains;
	/* What call sites prove in this process, while it has as many modules. */
	struct unwind_calls *calls;
	const struct eng_process *calls_process;
	size_t calls_modules;
	struct arena chain_arena;
	struct map regions;   /* of exits.c */
	struct map callbacks; /* of into.c */
	struct arena region_arena;
	/* Debug registers, as they are to be in every thread. */
	struct target_watch watches[TARGET_MAX_WATCHES];
	struct eng_breakpoint *watch_owner[TARGET_MAX_WATCHES];
	uint32_t watch_process[TARGET_MAX_WATCHES]; /* number of the process that each is for */
	uint64_t watch_version;
};

static inline struct eng_inferior_state *eng_inferior_state(struct eng_inferior *i)
{
	return (struct eng_inferior_state *)i;
}

void eng_notify(struct eng_control *c, const struct eng_notice *notice);
void eng_notify_trouble(struct eng_control *c, struct error *err); /* takes it */

/* ---- run.c ---- */

/* From a standstill to the next stop. `t`: who the request is about (NULL: nobody in particular); it goes on with `signal`. */
struct error *eng_go(struct eng_control *c, struct eng_thread *t, int signal,
		     struct eng_stop *ret) ERROR_CHECK;
/* A thread that is held goes on, the way the plan wants it. */
struct error *eng_go_on(struct eng_control *c, struct eng_thread *t, int signal) ERROR_CHECK;
/* Begins the description of a stop. */
void eng_stop_begin(struct eng_control *c, enum eng_stop_kind kind, struct eng_thread *t,
		    struct eng_stop *ret);
/* All that it takes for a stop to be the last one. */
void eng_stop_finish(struct eng_control *c, struct eng_stop *stop);
/* Everything that runs is stopped. */
void eng_stop_all(struct eng_control *c);
void eng_stop_forget(struct eng_control *c);
/* A process is told of: an inferior's, from now on. */
void eng_inferior_take(struct eng_control *c, struct eng_inferior *i, struct eng_process *p);
void eng_inferior_lose(struct eng_control *c, struct eng_inferior *i);
/* Those that came with a fork and have ended go. */
void eng_inferiors_prune(struct eng_control *c);

/* ---- breakpoints.c ---- */

/* Locations anew, in all inferiors, and the traps for them. */
void eng_breakpoints_resolve(struct eng_control *c);
/* Traps in a process are as the locations say. */
void eng_sites_sync(struct eng_control *c, struct eng_process *p);
/* tc->hits: the breakpoints at pc that admit a stop, though their trap was not executed. */
void eng_sites_here(struct eng_control *c, struct eng_thread *t);
struct eng_sites *eng_sites_of(struct eng_control *c, struct eng_process *p);
struct error *eng_temp_add(struct eng_control *c, enum eng_temp_kind kind, uint64_t addr,
			   uint64_t min_sp) ERROR_CHECK;
void eng_temps_clear(struct eng_control *c, unsigned kinds); /* mask */
/* A trap that outlives plans, and its end. */
struct error *eng_trap_keep(struct eng_control *c, struct eng_process *p, uint64_t addr) ERROR_CHECK;
void eng_trap_release(struct eng_process *p, uint64_t addr);

void eng_breakpoints_free(struct eng_control *c);
/* Of the catchpoints and others without a place: conditions and counts. True: it stops. */
bool eng_breakpoint_admits(struct eng_control *c, struct eng_breakpoint *b, struct eng_thread *t);

/* Out of the list, and away when the last stop is forgotten (eng_breakpoints_bury). */
void eng_breakpoint_drop(struct eng_control *c, struct eng_breakpoint *b);
void eng_breakpoints_bury(struct eng_control *c);
struct eng_breakpoint *eng_breakpoint_new(struct eng_control *c, enum eng_breakpoint_kind kind);
/* It was turned off, or is gone: traps and debug registers follow. */
void eng_breakpoint_changed(struct eng_control *c, struct eng_breakpoint *b);
/* The modules that its locations are in are about to be freed. */
void eng_breakpoints_forget_modules(struct eng_control *c, const struct eng_inferior *i);
/* It is about to be freed. */
void eng_breakpoints_forget_inferior(struct eng_control *c, const struct eng_inferior *i);
/* An inferior's process is about to go: nothing is planted in it any more. */
void eng_breakpoints_gone(struct eng_control *c, struct eng_inferior *i);

/* ---- plan.c ---- */

void eng_plan_clear(struct eng_control *c);
void eng_plan_begin(struct eng_control *c, enum eng_plan_kind kind, struct eng_thread *t);
/* The frame that is stepped is level n now. */
void eng_plan_frame(struct eng_control *c, struct eng_thread *t, uint32_t n);
/* Where the thread stands is where its next step begins. */
void eng_plan_here(struct eng_control *c, struct eng_thread *t);
/* The command ends here; true. */
bool eng_plan_end(struct eng_control *c, struct eng_thread *t, enum eng_stop_kind kind,
		  struct eng_stop *ret);
/* One of the plan's traps was hit: true with *ret when the command ends there. Else the thread is to go on (eng_go_on). */
bool eng_plan_hit(struct eng_control *c, struct eng_thread *t, unsigned temps, struct eng_stop *ret);
/* The thread goes on with a signal; while a handler runs, it is not stepped. */
struct error *eng_plan_signal(struct eng_control *c, struct eng_thread *t, int signal) ERROR_CHECK;
/* Stops in this level's frame, or further out, when the stack is unwound that far. */
void eng_plan_watch_unwinding(struct eng_control *c, struct eng_thread *t, uint32_t level);

/* ---- steps.c ---- */

/* The thread was stepped, or is back in its frame: true when the step ends here. */
bool eng_plan_stepped(struct eng_control *c, struct eng_thread *t, struct eng_stop *ret);
/* The unwinder has come to a landing pad of the library's: true when the command goes on from there, to the user's next frame or, where
 * there is none further out, to the end of the thread. */
bool eng_plan_passes_pad(struct eng_control *c, struct eng_thread *t);
/* Breakpoints for it alone go, too; last: so does its process. */
void eng_breakpoints_lose_thread(struct eng_control *c, struct eng_thread *t, bool last);

/* ---- exits.c ---- */

/* Of a step that has the code of one row: further rows of the same line are it, too. */
void eng_plan_reach(struct eng_control *c, struct eng_thread *t, const struct eng_level *level);
/* Traps at the ways out of the code that is stepped; false: the next instruction is to be stepped by itself. */
bool eng_exits_arm(struct eng_control *c, struct eng_thread *t);
void eng_exits_disarm(struct eng_control *c);
/* Code may have changed, or which functions a step does not enter. */
void eng_exits_forget(struct eng_control *c);

/* ---- into.c: the user's functions behind library calls ---- */

bool eng_plan_entered(struct eng_control *c, struct eng_thread *t, struct eng_stop *ret);
/* A step ends behind the prologue of a function that it has gone into. */
bool eng_plan_end_entered(struct eng_control *c, struct eng_thread *t, struct eng_stop *ret);
void eng_plan_indirect(struct eng_control *c, struct eng_thread *t);
/* Traps at what the library function that the thread has just entered may call of the user's. */
void eng_plan_watch_callbacks(struct eng_control *c, struct eng_thread *t);
/* Does a step that would enter what is called there run through it, for it is the library's? */
bool eng_call_is_run_through(struct eng_control *c, struct eng_process *p, uint64_t target);
/* Traps at what the library function that begins there may call of the user's. */
void eng_plan_watch_calls(struct eng_control *c, struct eng_process *p, uint64_t entry);

/* ---- unwinder.c ---- */

/* Addresses of the last instructions of a module's unwinder; 0: it has none. */
size_t eng_unwinder_exits(struct sym_module *m, struct file_addr *ret, size_t limit);
/* At one of them: where it goes, with which stack pointer. */
bool eng_unwinder_target(struct eng_thread *t, uint64_t *ret_sp, uint64_t *ret_pad);

/* ---- run.c ---- */

void eng_lend_terminal(struct eng_control *c, struct eng_process *p);
/* A thread has stopped for something of ours. */
void eng_stay_near(struct eng_control *c, struct eng_thread *t);
/* Work in several threads is about to begin. */
void eng_stay_anywhere(struct eng_control *c);
void eng_stop_hide_inlined(struct eng_control *c, struct eng_thread *t);
/* The breakpoints collected in c->stop_breakpoints are the stop's; temporary ones go. */
void eng_stop_breakpoints(struct eng_control *c, struct eng_stop *stop);
/* For what the thread has hit (tc->hits) and c->stop_breakpoints. */
void eng_stop_at_breakpoints(struct eng_control *c, struct eng_thread *t, struct eng_stop *ret);
struct error *eng_request_thread(struct eng_control *c, struct eng_thread **ret) ERROR_CHECK;
/* What to deliver: `signal`, or for ENG_SIGNAL_AS_STOPPED what it was stopped with if that is passed. */
int eng_signal_to_pass(struct eng_control *c, struct eng_thread *t, int signal);

/* ---- call.c ---- */

struct error *eng_set_result_vectors(struct eng_control *c, struct eng_thread *t,
				     const struct eng_result *result) ERROR_CHECK;

/* ---- signals.c ---- */

bool eng_signal_event(struct eng_control *c, const struct eng_event *event, struct eng_stop *ret);

/* ---- library.c ---- */

/* One of the library's sources, as rustc writes their paths. */
bool eng_library_file(struct str path);
/* Is this function one that is not stepped into: the standard library's? */
/* What main and the functions of threads are called by: further out there is nothing of the user's. */
bool eng_begins_thread(const struct eng_level *level);
bool eng_is_library(const struct sym_function_info *info, const struct sym_line *line);
bool eng_step_skips(struct eng_control *c, const struct eng_level *level);
/* By the `skip` list; what it calls is not looked for either. */
bool eng_step_skipped_by_user(struct eng_control *c, const struct eng_level *level);
/* Where code of the library's was inlined into a function of the user's, and that, or (by_line) a line of its file, was asked for, the place
 * is in this. */
void eng_place_library(struct sym_module *m, struct file_addr addr, bool by_line, struct eng_place *place);
/* Of what was hit together, the least eng_breakpoint_level. */
uint32_t eng_hit_level(struct eng_control *c, struct eng_thread *t);
/* Such a level as the one to be shown: without those that are hidden; 0 when the library is stepped into. */
uint32_t eng_users_level(struct eng_control *c, struct eng_thread *t, uint32_t library_levels);
/* The innermost level of the innermost physical frame that is not skipped; 0 when all are. */
uint32_t eng_outside_library(struct eng_control *c, struct eng_thread *t);
/* The level that a step belongs to: the one that the thread's stop has shown, unless the user has gone further in. */
uint32_t eng_stepped_level(struct eng_control *c, const struct eng_thread *t);

/* ---- panics.c ---- */

/* Where a panic begins, in every inferior. */
struct error *eng_panic_places(struct eng_control *c, struct eng_breakpoint *b,
			       eng_locations *ret) ERROR_CHECK;
/* Whether the panic at this location is the moment to stop. */
bool eng_panic_admits(struct eng_control *c, struct eng_breakpoint *b, size_t index, struct eng_thread *t);
void eng_panic_describe(struct eng_control *c, struct eng_thread *t, struct eng_stop *ret);
/* Code without lines: behind `push %rbp; mov %rsp,%rbp` (with endbr64 before it), which is what gdb looks for. */
struct file_addr eng_plain_prologue(struct sym_module *symbols, struct file_addr entry, uint64_t size);

/* ---- watch.c ---- */

/* The frame of a watched local has been left: the watch ends, and the thread stops. */
bool eng_watch_scope_ended(struct eng_control *c, struct eng_thread *t, struct eng_breakpoint *b,
			   struct eng_stop *ret);
/* Does an enabled breakpoint of the hardware's stand there? */
bool eng_hardware_at(const struct eng_control *c, uint64_t pc);
bool eng_watch_event(struct eng_control *c, const struct eng_event *event, struct eng_stop *ret);
void eng_watches_apply(struct eng_control *c, struct eng_thread *t);
/* Debug registers as the breakpoints want them, in all threads. */
struct error *eng_watches_update(struct eng_control *c) ERROR_CHECK;
void eng_watches_update_ignoring(struct eng_control *c);
/* Watches of what is not in a frame move with it: another run, a rebuilt program. */
void eng_watches_resolve(struct eng_control *c);
/* A child takes the place of the process that is left alone. */
void eng_watches_move(struct eng_control *c, const struct eng_inferior *from,
		      const struct eng_inferior *to);
/* Frames of this process are gone, and with them the watches of their locals. */
void eng_watches_drop_scoped(struct eng_control *c, const struct eng_process *p);
struct error *eng_hardware_claim(struct eng_control *c, struct eng_breakpoint *b) ERROR_CHECK;

/* ---- catch.c, follow.c ---- */

/* Who stops at system calls. */
void eng_catches_update(struct eng_control *c);
/* Forks that were caught: what becomes of their children, now that things go on. */
/* Before anything runs. The thread that cannot go on, since it waits for a child that is to stand still; NULL: all can. */
struct eng_thread *eng_follow_decide(struct eng_control *c);
/* It stands until its child is there. */
bool eng_follow_waits(const struct eng_control *c, const struct eng_thread *t);
/* A followed vfork child has its own memory, or is gone. */
void eng_follow_release_parent(struct eng_control *c, struct eng_inferior *child, bool exec);
bool eng_follow_event(struct eng_control *c, const struct eng_event *event, struct eng_stop *ret);

/* Somebody may wait for libraries that come and go from here on. */
void eng_libraries_note(struct eng_control *c);
/* Catchpoints of a kind that are for this number; true when one stops. They are in c->stop_breakpoints. */
bool eng_caught(struct eng_control *c, enum eng_breakpoint_kind kind, struct eng_thread *t,
		uint64_t number);
bool eng_catch_event(struct eng_control *c, const struct eng_event *event, struct eng_stop *ret);
