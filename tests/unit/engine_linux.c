/* The engine over ptrace and real programs. */
#include "engine/engine.h"
#include "target/linux/sys.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "debuggee.h"
#include "engine_tests.h"

/* ---- a session that does what the test says at each event ---- */

struct run {
	struct eng_session *session;
	struct eng_process *root;
	uint64_t deadline;
	void (*on_event)(struct run *run, const struct eng_event *e);
	int counts[ENG_EVENT_ALL_GONE + 1];
	int status;           /* of the root, when it ended */
	const char *function; /* to be hooked wherever it is found */
	eng_hook_fn *fn;
	long hits, returns;
	target_tid dying, faulting;
	bool kill_seen;
	long frames;
};

static void run_begin(struct run *run, bool follow, const char *name, const char *arg, const char *arg2)
{
	struct target *t;
	ok(target_linux_create(&t));
	struct eng_options options = { .follow_children = follow };
	run->session = eng_session_create(t, &options);
	const char *path = debuggee(name);
	struct target_launch spec = { .argv = (const char *[]){ path, arg, arg ? arg2 : NULL, NULL } };
	ok(eng_launch(run->session, &spec, &run->root));
	run->status = -1;
}

static void on_return(struct eng_thread *t, struct eng_hook *hook, void *user)
{
	(void)t, (void)hook;
	((struct run *)user)->returns++;
}

static void on_hit(struct eng_thread *t, struct eng_hook *hook, void *user)
{
	struct run *run = user;
	(void)hook;
	run->hits++;
	ok(eng_hook_return(t, on_return, run));
}

static bool find_symbol(struct eng_process *p, const char *name, uint64_t *ret)
{
	struct eng_module *const *modules;
	size_t count = eng_modules(p, &modules);
	for (size_t i = 0; i < count; i++) {
		struct sym_symbol symbol;
		if (!modules[i]->is_main)
			continue;
		struct sym_module *symbols = eng_module_symbols(p, modules[i]);
		assert_non_null(symbols);
		if (sym_symbol_by_name(symbols, str_from(name), &symbol)) {
			*ret = symbol.addr.value + modules[i]->bias;
			return true;
		}
	}
	return false;
}

static void hook_function(struct run *run, struct eng_process *p, const char *name, eng_hook_fn *fn)
{
	uint64_t addr;
	struct eng_hook *hook;
	if (find_symbol(p, name, &addr))
		ok(eng_hook_add(p, RUN_ADDR(eng_process_number(p), addr), fn, run, &hook));
}

static void run_to_end(struct run *run)
{
	for (;;) {
		struct eng_event e;
		ok(eng_wait(run->session, run->deadline, &e));
		run->counts[e.kind]++;
		if (e.kind == ENG_EVENT_MODULES && run->function)
			hook_function(run, e.process, run->function, run->fn ? run->fn : on_hit);
		if (e.kind == ENG_EVENT_EXITED && e.process == run->root)
			run->status = e.status;
		if (run->on_event)
			run->on_event(run, &e);
		if (e.kind == ENG_EVENT_ALL_GONE)
			break;
		if (e.thread)
			ok(eng_resume(e.thread, e.kind == ENG_EVENT_SIGNAL ? e.signal : 0));
	}
	eng_session_destroy(run->session);
}

/* ---- hooks ---- */

static void every_call_is_counted(void **state)
{
	(void)state;
	static const char *const functions[] = { "f_push",   "f_test", "f_rip",
						 "f_branch", "f_leaf", "f_string" };
	static const long calls[] = { 16000 /* f_jump goes there, too */, 8000, 8000, 8000, 8000, 400 };
	for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
		struct run run = { .function = functions[i] };
		run_begin(&run, true, "calls", NULL, NULL);
		run_to_end(&run);
		assert_int_equal(run.status, 0);
		assert_int_equal(run.hits, calls[i]);
		assert_int_equal(run.returns, run.hits);
		assert_int_equal(run.counts[ENG_EVENT_DYING], 1);
		assert_int_equal(run.counts[ENG_EVENT_SIGNAL], 0);
	}
}

/* All at once: they interrupt each other's steps. */
static void hook_all(struct run *run, const struct eng_event *e)
{
	static const char *const functions[] = { "f_push", "f_test",   "f_rip",
						 "f_jump", "f_branch", "f_leaf" };
	if (e->kind != ENG_EVENT_MODULES)
		return;
	for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++)
		hook_function(run, e->process, functions[i], on_hit);
}

static void hooks_do_not_disturb_each_other(void **state)
{
	(void)state;
	struct run run = { .on_event = hook_all };
	run_begin(&run, true, "calls", NULL, NULL);
	run_to_end(&run);
	assert_int_equal(run.status, 0);
	assert_int_equal(run.hits, 7 * 8000);
	assert_int_equal(run.returns, 7 * 8000);
}

static void remove_and_add(struct eng_thread *t, struct eng_hook *hook, void *user)
{
	struct run *run = user;
	run->hits++;
	struct run_addr addr = eng_hook_addr(hook);
	eng_hook_remove(hook);
	ok(eng_hook_add(eng_thread_process(t), addr, remove_and_add, run, &hook));
}

static void hooks_come_and_go_under_threads(void **state)
{
	(void)state;
	struct run run = { .function = "f_leaf", .fn = remove_and_add };
	run_begin(&run, true, "calls", NULL, NULL);
	run_to_end(&run);
	assert_int_equal(run.status, 0);
	assert_true(run.hits > 0 && run.hits <= 8000); /* some pass while it is out */
	assert_int_equal(run.counts[ENG_EVENT_SIGNAL], 0);
}

static void freeze_and_thaw(struct eng_thread *t, struct eng_hook *hook, void *user)
{
	struct run *run = user;
	(void)hook;
	struct eng_process *p = eng_thread_process(t);
	if (run->hits++ % 50 != 0)
		return;
	ok(eng_freeze(p));
	struct eng_thread *const *threads;
	size_t count = eng_threads(p, &threads);
	for (size_t i = 0; i < count; i++) {
		struct arch_regs regs;
		if (eng_thread_stopped(threads[i])) /* not one that is ending */
			ok(eng_thread_regs(threads[i], &regs));
		else
			assert_ptr_not_equal(threads[i], t);
	}
	ok(eng_thaw(p));
}

static void freezing_loses_nothing(void **state)
{
	(void)state;
	struct run run = { .function = "f_test", .fn = freeze_and_thaw };
	run_begin(&run, true, "calls", NULL, NULL);
	run_to_end(&run);
	assert_int_equal(run.status, 0);
	assert_int_equal(run.hits, 8000);
}

/* ---- processes ---- */

static void a_tree_is_followed(void **state)
{
	(void)state;
	for (int threads = 0; threads < 2; threads++) {
		struct run run = { .function = "hooked" };
		run_begin(&run, true, "tree", "0", threads ? "threads" : NULL);
		run_to_end(&run);
		assert_int_equal(run.status, 0);
		/* The three upper ones: 1 and 3 forked children's 2 each; the four lowest: 1. What a vforked child calls is not counted. */
		assert_int_equal(run.hits, 3 * 7 + 4 + (threads ? 3 * 500 : 0));
		assert_int_equal(run.returns, run.hits);
		assert_int_equal(run.counts[ENG_EVENT_PROCESS_NEW], 24);
		assert_int_equal(run.counts[ENG_EVENT_EXEC], 6);
		assert_int_equal(run.counts[ENG_EVENT_EXITED], 25);
		assert_int_equal(run.counts[ENG_EVENT_DYING], 25);
	}
}

static void a_tree_is_let_go(void **state)
{
	(void)state;
	for (int threads = 0; threads < 2; threads++) {
		struct run run = { .function = "hooked" };
		run_begin(&run, false, "tree", "0", threads ? "threads" : NULL);
		run_to_end(&run);
		assert_int_equal(run.status, 0);
		assert_int_equal(run.hits, 1 + (threads ? 500 : 0));
		assert_int_equal(run.counts[ENG_EVENT_PROCESS_NEW], 0);
		assert_int_equal(run.counts[ENG_EVENT_EXITED], 1);
	}
}

static void another_thread_execs(void **state)
{
	(void)state;
	struct run run = { 0 };
	run_begin(&run, true, "thread_exec", NULL, NULL);
	run_to_end(&run);
	assert_int_equal(run.status, 7 << 8);
	assert_int_equal(run.counts[ENG_EVENT_EXEC], 1);
	assert_int_equal(run.counts[ENG_EVENT_DYING], 1);
}

static void threads_storm(void **state)
{
	(void)state;
	struct run run = { 0 };
	run_begin(&run, true, "storm", "100", NULL);
	run_to_end(&run);
	assert_int_equal(run.status, 0);
	assert_int_equal(run.counts[ENG_EVENT_DYING], 1);
}

static void stops_and_signals_are_the_programs(void **state)
{
	(void)state;
	struct run run = { 0 };
	run_begin(&run, true, "group_stop", NULL, NULL);
	run_to_end(&run);
	assert_int_equal(run.status, 0);
	run = (struct run){ 0 };
	run_begin(&run, true, "signals", NULL, NULL);
	run_to_end(&run);
	assert_int_equal(run.status, 0);
	assert_int_equal(run.counts[ENG_EVENT_SIGNAL], 220);
}

/* ---- ends ---- */

static void note_death(struct run *run, const struct eng_event *e)
{
	if (e->kind == ENG_EVENT_SIGNAL)
		run->faulting = eng_thread_tid(e->thread);
	if (e->kind == ENG_EVENT_DYING) {
		run->dying = eng_thread_tid(e->thread);
		struct arch_regs regs;
		ok(eng_thread_regs(e->thread, &regs)); /* can still be read */
		uint8_t byte;
		ok(eng_read_exact(e->process,
				  RUN_ADDR(eng_process_number(e->process), regs.value[ARCH_RSP]), &byte,
				  1));
	}
}

static void deaths_are_shown_once(void **state)
{
	(void)state;
	static const struct {
		const char *how;
		int status;
	} ends[] = { { "segv", SIGSEGV },
		     { "abort", SIGABRT },
		     { "exit", 3 << 8 },
		     { "thread_exit", 5 << 8 },
		     { "leader_first", 0 } };
	for (size_t i = 0; i < 5 * sizeof ends / sizeof ends[0]; i++) {
		size_t which = i % (sizeof ends / sizeof ends[0]);
		struct run run = { .on_event = note_death };
		run_begin(&run, true, "die", ends[which].how, NULL);
		run_to_end(&run);
		assert_int_equal(run.status & 0xff7f, ends[which].status);
		assert_int_equal(run.counts[ENG_EVENT_DYING], 1);
		if (run.faulting)
			assert_int_equal(run.dying, run.faulting);
	}
}

static void kill_from_outside(struct run *run, const struct eng_event *e)
{
	if (e->kind == ENG_EVENT_TIMEOUT) {
		kill(eng_process_pid(run->root), SIGKILL);
		run->deadline = 0;
	}
}

static void killed_under_us(void **state)
{
	(void)state;
	struct run run = { .on_event = kill_from_outside };
	run_begin(&run, true, "sleeper", "5", NULL);
	run.deadline = eng_now_ns() + 50000000;
	run_to_end(&run);
	assert_int_equal(run.status, SIGKILL);
	assert_true(run.counts[ENG_EVENT_DYING] <= 1);
	assert_int_equal(run.counts[ENG_EVENT_EXITED], 1);
}

/* Also while it is held at an event, and its threads are frozen. */
static void kill_while_held(struct run *run, const struct eng_event *e)
{
	if (e->kind != ENG_EVENT_TIMEOUT)
		return;
	run->deadline = 0;
	ok(eng_freeze(run->root));
	kill(eng_process_pid(run->root), SIGKILL);
	usleep(20000);
	struct eng_thread *const *threads;
	size_t count = eng_threads(run->root, &threads);
	for (size_t i = 0; i < count; i++) {
		struct arch_regs regs;
		error_destroy(eng_thread_regs(threads[i], &regs));
	}
	uint64_t word;
	eng_read_u64(run->root, 0x1000, &word);
	ok(eng_thaw(run->root));
}

static void killed_while_frozen(void **state)
{
	(void)state;
	struct run run = { .on_event = kill_while_held };
	run_begin(&run, true, "sleeper", "5", NULL);
	run.deadline = eng_now_ns() + 50000000;
	run_to_end(&run);
	assert_int_equal(run.status, SIGKILL);
	assert_int_equal(run.counts[ENG_EVENT_EXITED], 1);
}

static void detach_it(struct run *run, const struct eng_event *e)
{
	if (e->kind == ENG_EVENT_MODULES) {
		hook_function(run, e->process, "f_push", on_hit);
		hook_function(run, e->process, "f_test", on_hit);
	}
	if (e->kind == ENG_EVENT_TIMEOUT && run->deadline) {
		run->deadline = 0;
		ok(eng_detach(run->root));
	}
}

static void detached_it_runs_on(void **state)
{
	(void)state;
	struct run run = { .on_event = detach_it };
	int go[2];
	assert_int_equal(pipe(go), 0);
	run_begin(&run, true, "calls", NULL, NULL);
	run.deadline = eng_now_ns() + 5000000;
	target_pid pid = eng_process_pid(run.root);
	run_to_end(&run);
	/* It was our child; without a tracer its end is for us to see. */
	int status = -1;
	if (run.status == -1) {
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
	}
	close(go[0]);
	close(go[1]);
}

/* Detached while it waits in vfork, where it cannot be stopped; then the session ends. */
static void who_waits_in_vfork_is_not_killed(void **state)
{
	(void)state;
	struct run run = { 0 };
	run_begin(&run, true, "borrow", "vfork", NULL);
	target_pid pid = eng_process_pid(run.root);
	struct eng_event e;
	for (;;) {
		ok(eng_wait(run.session, 0, &e));
		if (e.kind == ENG_EVENT_PROCESS_NEW)
			break;
		assert_non_null(e.thread);
		ok(eng_resume(e.thread, 0));
	}
	ok(eng_detach(e.process));
	ok(eng_detach(run.root));
	eng_session_destroy(run.session);
	int status = -1;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* ---- modules and frames ---- */

static void note_modules(struct run *run, const struct eng_event *e)
{
	struct eng_module *const *modules;
	if (e->kind != ENG_EVENT_MODULES)
		return;
	size_t count = eng_modules(e->process, &modules);
	bool main_there = false, vdso = false, plugin = false;
	for (size_t i = 0; i < count; i++) {
		assert_true(i == 0 || modules[i]->start >= modules[i - 1]->end);
		main_there |= modules[i]->is_main &&
			      str_ends(str_from(modules[i]->path), STR_LIT("/load_plugin"));
		vdso |= modules[i]->is_vdso && eng_module_symbols(e->process, modules[i]);
		plugin |= str_ends(str_from(modules[i]->path), STR_LIT("/plugin.so"));
		assert_ptr_equal(eng_module_at(e->process, modules[i]->start), modules[i]);
	}
	assert_true(main_there);
	assert_true(vdso);
	run->hits += plugin;
}

static void libraries_come_and_go(void **state)
{
	(void)state;
	struct run run = { .on_event = note_modules };
	run_begin(&run, true, "load_plugin", debuggee("plugin.so"), NULL);
	run_to_end(&run);
	assert_int_equal(run.status, 0);
	assert_int_equal(run.counts[ENG_EVENT_MODULES], 5); /* at the entry, two loaded, two unloaded */
	assert_int_equal(run.hits, 2);
}

static void look_back(struct eng_thread *t, struct eng_hook *hook, void *user)
{
	struct run *run = user;
	(void)hook;
	struct eng_view view;
	ok(eng_view_of_thread(t, &view));
	struct arena arena = ARENA_INIT;
	struct eng_backtrace trace;
	eng_backtrace(&view, 100, true, &arena, &trace);
	run->frames = (long)(trace.count + trace.left_out);
	assert_int_equal(trace.end, UNWIND_END_ENTRY);
	assert_int_equal(trace.count, 100);
	assert_int_equal(trace.left_out_at, 75);
	assert_int_equal(trace.frames[0].unwind.how, UNWIND_REGISTERS);
	assert_true(trace.frames[0].chain_count >= 1);
	assert_true(str_is(trace.frames[0].chain[0].info.name, "bottom"));
	assert_true(str_is(trace.frames[1].chain[0].info.name, "down"));
	assert_true(str_is(trace.frames[80].chain[0].info.name, "down"));
	bool main_there = false;
	for (size_t i = 90; i < 100; i++)
		main_there |= trace.frames[i].chain_count > 0 &&
			      str_is(trace.frames[i].chain[0].info.name, "main");
	assert_true(main_there);
	uint64_t pcs[64];
	assert_int_equal(eng_backtrace_pcs(&view, pcs, 64), 64);
	assert_int_equal(pcs[0], trace.frames[0].unwind.pc.value);
	assert_int_equal(pcs[63], trace.frames[63].unwind.pc.value);
	struct eng_module *module;
	static struct sym_chain_entry chain[SYM_MAX_INLINE];
	assert_true(eng_chain_at(eng_thread_process(t), pcs[1], false, chain, &module) >= 1);
	assert_true(str_is(chain[0].info.name, "down"));
	assert_true(module->is_main);
	arena_deinit(&arena);
}

static void deep_stacks_are_walked(void **state)
{
	(void)state;
	struct run run = { .function = "bottom", .fn = look_back };
	run_begin(&run, true, "recurse", "70000", NULL);
	run_to_end(&run);
	assert_int_equal(run.status, 0);
	assert_true(run.frames >= 70002 &&
		    run.frames < 70010); /* bottom, main, and what the C library puts above */
}

static void freeze_at_timeout(struct run *run, const struct eng_event *e)
{
	if (e->kind != ENG_EVENT_TIMEOUT)
		return;
	run->deadline = 0;
	ok(eng_freeze(run->root));
	struct eng_thread *const *threads;
	size_t count = eng_threads(run->root, &threads);
	for (size_t i = 0; i < count; i++) {
		struct eng_view view;
		ok(eng_view_of_thread(threads[i], &view));
		uint64_t pcs[32];
		run->frames += eng_backtrace_pcs(&view, pcs, 32) >= 3;
	}
	run->hits = (long)count;
	ok(eng_kill(run->root));
	ok(eng_thaw(run->root));
}

static void a_timeout_shows_all_threads(void **state)
{
	(void)state;
	struct run run = { .on_event = freeze_at_timeout };
	run_begin(&run, true, "sleeper", "7", NULL);
	run.deadline = eng_now_ns() + 300000000;
	run_to_end(&run);
	assert_int_equal(run.counts[ENG_EVENT_TIMEOUT], 1);
	assert_int_equal(run.counts[ENG_EVENT_DYING], 0);
	assert_int_equal(run.hits, 8);
	assert_int_equal(run.frames, 8);
	assert_int_equal(run.status, SIGKILL);
}

/* ---- whatever the kernel answers ---- */

static void freeze_for_a_moment(struct eng_thread *t, struct eng_hook *hook, void *user)
{
	struct eng_process *p = eng_thread_process(t);
	(void)hook;
	((struct run *)user)->hits++;
	error_destroy(eng_freeze(p));
	error_destroy(eng_thaw(p));
	error_destroy(eng_hook_return(t, on_return, user));
}

/* Nothing may be left that is stopped, or traced, or a zombie: all that was there is our child, or was our tracee. */
static void nobody_is_left(unsigned long nth)
{
	int status;
	for (int tries = 0; tries < 200; tries++) {
		pid_t pid = waitpid(-1, &status, __WALL | WNOHANG);
		if (pid < 0)
			return;
		usleep(pid == 0 ? 10000 : 0);
	}
	print_error("after call %lu somebody is left\n", nth);
	fail();
}

/* One session in which the nth call fails; false: it had no more than that. */
static bool session_with_fault(enum sys_fault fault, unsigned long nth, const char *name,
			       const char *arg, int *ret_status, long *ret_hits)
{
	struct run run = { .function = "hooked", .fn = freeze_for_a_moment, .status = -1 };
	struct target *t;
	ok(target_linux_create(&t));
	sys_inject(fault, nth);
	struct eng_options options = { .follow_children = true };
	run.session = eng_session_create(t, &options);
	const char *path = debuggee(name);
	struct target_launch spec = { .argv = (const char *[]){ path, arg, NULL } };
	struct error *err = eng_launch(run.session, &spec, &run.root);
	while (!err) {
		struct eng_event e;
		err = eng_wait(run.session, 0, &e);
		if (err)
			break;
		uint64_t addr;
		struct eng_hook *hook;
		if (e.kind == ENG_EVENT_MODULES && find_symbol(e.process, run.function, &addr))
			error_destroy(eng_hook_add(e.process, RUN_ADDR(eng_process_number(e.process), addr),
						   run.fn, &run, &hook));
		if (e.kind == ENG_EVENT_EXITED && e.process == run.root)
			run.status = e.status;
		if (e.kind == ENG_EVENT_ALL_GONE)
			break;
		if (e.thread)
			ok(eng_resume(e.thread, e.kind == ENG_EVENT_SIGNAL ? e.signal : 0));
	}
	/* Killed before there was a session to speak of: a message, and no more. */
	if (err) {
		assert_int_not_equal(fault, SYS_FAULT_EINTR);
		assert_int_equal(run.root, NULL);
		assert_true(strlen(err->message) > 0);
		error_destroy(err);
	}
	eng_session_destroy(run.session);
	bool reached = sys_calls() >= nth;
	sys_inject(SYS_FAULT_NONE, 0);
	nobody_is_left(nth);
	*ret_status = run.status;
	*ret_hits = run.hits;
	return reached;
}

static char now_doing[64];

static void took_too_long(int signal)
{
	(void)signal;
	if (write(2, now_doing, strlen(now_doing)) > 0)
		abort();
}

/* OXDB_SWEEP=1 in the environment: every single call. Else a step of more than 1 keeps the tests short: it is prime to what repeats itself. */
static void sweep(enum sys_fault fault, const char *name, const char *arg, unsigned long step)
{
	int plain, status;
	long plain_hits, hits;
	session_with_fault(SYS_FAULT_EINTR, 1000000000, name, arg, &plain, &plain_hits);
	assert_int_equal(plain, 0);
	unsigned long nth = 1;
	const char *wanted = getenv("OXDB_SWEEP");
	if (wanted && atoi(wanted) > 0)
		step = (unsigned long)atoi(wanted);
	signal(SIGALRM, took_too_long);
	for (;; nth += nth < 60 ? 1 : step) {
		snprintf(now_doing, sizeof now_doing, "fault %d of call %lu of %s hangs\n", fault, nth,
			 name);
		alarm(30);
		if (!session_with_fault(fault, nth, name, arg, &status, &hits))
			break;
		if (fault == SYS_FAULT_EINTR) {
			assert_int_equal(status, 0);
			assert_int_equal(hits, plain_hits);
		}
	}
	alarm(0);
	assert_true(nth > 60);
}

static void interrupted_calls_are_made_again(void **state)
{
	(void)state;
	sweep(SYS_FAULT_EINTR, "tree", "1", 7);
	sweep(SYS_FAULT_EINTR, "storm", "2", 11);
}

static void killed_before_any_call(void **state)
{
	(void)state;
	sweep(SYS_FAULT_KILL, "tree", "1", 7);
	sweep(SYS_FAULT_KILL, "storm", "2", 11);
}

static void any_call_may_find_it_gone(void **state)
{
	(void)state;
	sweep(SYS_FAULT_GONE, "tree", "1", 7);
	sweep(SYS_FAULT_GONE, "storm", "2", 11);
}

static void any_call_may_find_it_at_its_end(void **state)
{
	(void)state;
	sweep(SYS_FAULT_ENDED, "tree", "1", 7);
	sweep(SYS_FAULT_ENDED, "storm", "2", 11);
}

int engine_linux_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_call_is_counted),
		cmocka_unit_test(hooks_do_not_disturb_each_other),
		cmocka_unit_test(hooks_come_and_go_under_threads),
		cmocka_unit_test(freezing_loses_nothing),
		cmocka_unit_test(a_tree_is_followed),
		cmocka_unit_test(a_tree_is_let_go),
		cmocka_unit_test(another_thread_execs),
		cmocka_unit_test(threads_storm),
		cmocka_unit_test(stops_and_signals_are_the_programs),
		cmocka_unit_test(deaths_are_shown_once),
		cmocka_unit_test(killed_under_us),
		cmocka_unit_test(killed_while_frozen),
		cmocka_unit_test(detached_it_runs_on),
		cmocka_unit_test(who_waits_in_vfork_is_not_killed),
		cmocka_unit_test(libraries_come_and_go),
		cmocka_unit_test(deep_stacks_are_walked),
		cmocka_unit_test(a_timeout_shows_all_threads),
		cmocka_unit_test(interrupted_calls_are_made_again),
		cmocka_unit_test(killed_before_any_call),
		cmocka_unit_test(any_call_may_find_it_gone),
		cmocka_unit_test(any_call_may_find_it_at_its_end),
	};
	return cmocka_run_group_tests_name("engine over linux", tests, NULL, NULL);
}
