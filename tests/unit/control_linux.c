/* The all-stop session over ptrace and real programs. */
#include "engine/control_internal.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "debuggee.h"
#include "engine_tests.h"

struct control_run {
	struct eng_session *session;
	struct eng_control *control;
	struct eng_stop stop;
	long asked;
};

static void begin(struct control_run *run, const char *name, const char *arguments)
{
	struct target *t;
	struct eng_options options = { 0 };
	*run = (struct control_run){ 0 };
	ok(target_linux_create(&t));
	run->session = eng_session_create(t, &options);
	run->control = eng_control_create(run->session, NULL);
	struct eng_inferior *i = eng_selected_inferior(run->control);
	ok(eng_inferior_set_program(run->control, i, debuggee(name)));
	if (arguments)
		i->arguments = strdup(arguments);
}

static void end(struct control_run *run)
{
	eng_control_destroy(run->control);
	eng_session_destroy(run->session);
}

static struct eng_breakpoint *break_at(struct control_run *run, const char *function)
{
	struct eng_spec spec = { .kind = ENG_SPEC_FUNCTION, .function = str_from(function) };
	struct eng_breakpoint *b;
	ok(eng_break(run->control, &spec, ENG_BP_CODE, false, &b));
	return b;
}

static const struct eng_level *top(struct control_run *run)
{
	const struct eng_level *level = eng_level(run->control, eng_selected_thread(run->control), 0);
	assert_non_null(level);
	return level;
}

static bool stands_in(struct control_run *run, const char *function)
{
	return str_is(top(run)->info.name, function);
}

static struct error *never(void *ctx, struct eng_control *c, struct eng_thread *t,
			   struct eng_breakpoint *b, bool *ret_stop)
{
	(void)c, (void)t, (void)b;
	((struct control_run *)ctx)->asked++;
	*ret_stop = false;
	return NULL;
}

/* Eight threads pass the same instructions, by copies that jump back, by emulation, in their place: nobody misses one. */
static void a_false_condition_is_asked_each_time(void **state)
{
	(void)state;
	static const char *const functions[] = { "f_push", "f_test", "f_rip", "f_branch", "f_leaf" };
	static const long calls[] = { 16000, 8000, 8000, 8000, 8000 };
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
		struct control_run run;
		begin(&run, "calls", NULL);
		struct eng_breakpoint *b = break_at(&run, functions[i]);
		b->condition = never;
		b->condition_ctx = &run;
		ok(eng_run(run.control, ENG_START_RUN, &run.stop));
		assert_int_equal(run.stop.kind, ENG_STOP_EXITED);
		assert_int_equal(run.stop.status, 0);
		assert_int_equal(run.asked, calls[i]);
		assert_int_equal(b->hits, 0);
		end(&run);
	}
}

static void recursion_is_told_apart(void **state)
{
	(void)state;
	struct control_run run;
	begin(&run, "recurse", "30");
	struct eng_breakpoint *b = break_at(&run, "down");
	ok(eng_run(run.control, ENG_START_RUN, &run.stop));
	assert_int_equal(run.stop.kind, ENG_STOP_BREAKPOINT);
	ok(eng_continue(run.control, ENG_SIGNAL_AS_STOPPED, &run.stop));
	assert_int_equal(b->hits, 2);
	b->enabled = false;
	ok(eng_breakpoint_update(run.control, b));
	uint64_t cfa = top(&run)->unwind.cfa;
	/* Over the 28 calls below it. */
	for (int i = 0; i < 2; i++) {
		ok(eng_step(run.control, ENG_STEP_LINE, true, 1, &run.stop));
		assert_int_equal(run.stop.kind, ENG_STOP_STEPPED);
		assert_true(stands_in(&run, "down"));
		assert_int_equal(top(&run)->unwind.cfa, cfa);
	}
	ok(eng_finish(run.control, &run.stop));
	assert_int_equal(run.stop.kind, ENG_STOP_FINISHED);
	struct arch_regs regs;
	ok(eng_thread_regs(eng_selected_thread(run.control), &regs));
	assert_int_equal(regs.value[ARCH_RAX], 30);
	assert_true(top(&run)->unwind.cfa > cfa);
	ok(eng_continue(run.control, ENG_SIGNAL_AS_STOPPED, &run.stop));
	assert_int_equal(run.stop.kind, ENG_STOP_EXITED);
	assert_int_equal(run.stop.status, 0);
	end(&run);
}

static void a_function_is_called(void **state)
{
	(void)state;
	struct control_run run;
	begin(&run, "recurse", "5");
	struct eng_breakpoint *b = break_at(&run, "bottom");
	ok(eng_run(run.control, ENG_START_RUN, &run.stop));
	uint64_t function = top(&run)->info.entry.value + top(&run)->code.bias;
	struct arch_regs before, regs = { 0 }, result, after;
	uint8_t xmm[2][16];
	ok(eng_thread_regs(eng_selected_thread(run.control), &before));
	arch_reg_set(&regs, ARCH_RDI, 1234);
	b->enabled = false;
	ok(eng_breakpoint_update(run.control, b));
	struct eng_call call = { .function = function, .regs = &regs };
	ok(eng_call(run.control, &call, &result, xmm));
	assert_int_equal(result.value[ARCH_RAX], 1234);
	ok(eng_thread_regs(eng_selected_thread(run.control), &after));
	assert_memory_equal(before.value, after.value, sizeof before.value);
	ok(eng_continue(run.control, ENG_SIGNAL_AS_STOPPED, &run.stop));
	assert_int_equal(run.stop.status, 0);
	end(&run);
}

static void the_library_is_told_by_its_paths(void **state)
{
	(void)state;
	static const char *const theirs[] = {
		"/rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/hint.rs",
		"/root/.rustup/toolchains/stable/lib/rustlib/src/rust/library/alloc/src/vec/mod.rs",
		"/build/rustc-1.63.0/library/std/src/rt.rs",
		"/rust/deps/libc-0.2.178/src/unix/mod.rs",
	};
	static const char *const users[] = { "", "src/main.rs", "/home/me/library/src/main.rs",
					     "/home/me/library/core/main.rs", "/home/me/rustc/main.rs" };
	for (size_t i = 0; i < sizeof theirs / sizeof *theirs; i++)
		assert_true(eng_library_file(str_from(theirs[i])));
	for (size_t i = 0; i < sizeof users / sizeof *users; i++)
		assert_false(eng_library_file(str_from(users[i])));
}

static void killed_at_a_stop(void **state)
{
	(void)state;
	struct control_run run;
	begin(&run, "calls", NULL);
	break_at(&run, "f_leaf");
	ok(eng_run(run.control, ENG_START_RUN, &run.stop));
	assert_int_equal(run.stop.kind, ENG_STOP_BREAKPOINT);
	kill(eng_process_pid(run.stop.inferior->process), SIGKILL);
	ok(eng_continue(run.control, ENG_SIGNAL_AS_STOPPED, &run.stop));
	assert_int_equal(run.stop.kind, ENG_STOP_KILLED);
	/* And again, from the start. */
	ok(eng_run(run.control, ENG_START_RUN, &run.stop));
	assert_int_equal(run.stop.kind, ENG_STOP_BREAKPOINT);
	ok(eng_inferior_kill(run.control, run.stop.inferior));
	assert_null(eng_selected_thread(run.control));
	end(&run);
}

int control_linux_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_false_condition_is_asked_each_time),
		cmocka_unit_test(recursion_is_told_apart),
		cmocka_unit_test(a_function_is_called),
		cmocka_unit_test(the_library_is_told_by_its_paths),
		cmocka_unit_test(killed_at_a_stop),
	};
	return cmocka_run_group_tests_name("control over linux", tests, NULL, NULL);
}
