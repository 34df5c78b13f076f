/* What engine.h promises, over a target that the test plays: orders of events that a real kernel seldom gives. */
#include "engine/engine.h"
#include "target/fake/fake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine_tests.h"

enum {
	PID = 100,
	CODE = 0x401000,
	DATA = 0x402000,
	STACK = 0x7000000,
	SP = STACK + 0x2800,
	ENTRY = CODE + 0x10
};

void ok(struct error *err)
{
	if (err)
		print_error("%s\n", err->message);
	assert_null(err);
}

/* ---- a program to play ---- */

struct play {
	struct target *target;
	struct eng_session *session;
	struct eng_process *process;
	struct eng_thread *thread;
	int hits, others, destroyed;
	struct eng_hook *hook;
};

/* An ELF file whose only segment is two pages at file address 0, the second of them code, with `slack` bytes unused at its end. */
static void lay_out_program(struct target *t, uint64_t base, size_t slack)
{
	uint8_t header[64 + 56] = { 0x7f, 'E', 'L', 'F', 2, 1, 1 };
	uint64_t phoff = 64, size = 0x2000 - slack;
	uint16_t entry_size = 56, count = 1;
	uint32_t type = 1, flags = 5;
	memcpy(header + 32, &phoff, 8);
	memcpy(header + 54, &entry_size, 2);
	memcpy(header + 56, &count, 2);
	memcpy(header + 64, &type, 4);
	memcpy(header + 68, &flags, 4);
	memcpy(header + 96, &size, 8);
	memcpy(header + 104, &size, 8);
	fake_map(t, PID, base, 0x2000, TARGET_READ | TARGET_EXEC, "/fake/program");
	fake_poke(t, PID, base, header, sizeof header);
}

static void event(struct play *p, struct target_event e)
{
	fake_event(p->target, &e);
}

static void set_pc(struct play *p, target_tid tid, uint64_t pc)
{
	arch_reg_set(fake_regs(p->target, tid), ARCH_RIP, pc);
}

static uint64_t pc_of(struct play *p, target_tid tid)
{
	return fake_regs(p->target, tid)->value[ARCH_RIP];
}

static void log_is(struct play *p, const char *expected)
{
	struct buf *log = fake_log(p->target);
	assert_string_equal(log->data ? log->data : "", expected);
	log->len = 0;
	if (log->data)
		log->data[0] = '\0';
}

/* At its entry point: launched, run up to there, and the MODULES event resumed. */
static struct play *play_begin(bool follow)
{
	struct play *p = xmalloc(sizeof *p);
	struct target *t = p->target = target_fake_create(&arch_x86_64);
	fake_add_process(t, PID);
	lay_out_program(t, CODE - 0x1000, 64);
	fake_map(t, PID, DATA, 0x1000, TARGET_READ | TARGET_WRITE, "");
	fake_map(t, PID, STACK, 0x4000, TARGET_READ | TARGET_WRITE, "[stack]");
	fake_auxv(t, PID, 9 /* AT_ENTRY */, ENTRY);
	arch_reg_set(fake_regs(t, PID), ARCH_RSP, SP);
	struct eng_options options = { .follow_children = follow };
	p->session = eng_session_create(t, &options);
	ok(eng_launch(p->session, &(struct target_launch){ .argv = (const char *[]){ "x", NULL } },
		      &p->process));
	struct eng_thread *const *threads;
	assert_int_equal(eng_threads(p->process, &threads), 1);
	p->thread = threads[0];
	event(p, (struct target_event){ .kind = TARGET_EVENT_TRAP, .pid = PID, .tid = PID });
	set_pc(p, PID, ENTRY + 1);
	struct eng_event e;
	ok(eng_wait(p->session, 0, &e));
	assert_int_equal(e.kind, ENG_EVENT_MODULES);
	ok(eng_resume(e.thread, 0));
	assert_int_equal(pc_of(p, PID), ENTRY);
	log_is(p, "resume 100\nresume 100\n");
	return p;
}

static void play_end(struct play *p)
{
	eng_session_destroy(p->session);
	free(p);
}

static struct eng_event next(struct play *p)
{
	struct eng_event e;
	ok(eng_wait(p->session, 0, &e));
	return e;
}

/* Everything queued is handled; nothing is for the caller. */
static void settle(struct play *p)
{
	struct eng_event e;
	ok(eng_wait(p->session, eng_now_ns() + 1, &e));
	for (int i = 0; e.kind == ENG_EVENT_TIMEOUT && i < 20; i++)
		ok(eng_wait(p->session, eng_now_ns() + 2000000, &e));
	assert_int_equal(e.kind, ENG_EVENT_TIMEOUT);
}

static void count_hit(struct eng_thread *t, struct eng_hook *hook, void *user)
{
	struct play *p = user;
	assert_int_equal(eng_thread_process(t) == eng_hook_process(hook), true);
	p->hits++;
}

static void count_other(struct eng_thread *t, struct eng_hook *hook, void *user)
{
	(void)t, (void)hook;
	((struct play *)user)->others++;
}

static struct run_addr at(struct play *p, uint64_t addr)
{
	return RUN_ADDR(eng_process_number(p->process), addr);
}

static struct eng_hook *hook_at(struct play *p, uint64_t addr, const void *code, size_t size)
{
	struct eng_hook *hook;
	fake_poke(p->target, PID, addr, code, size);
	ok(eng_hook_add(p->process, at(p, addr), count_hit, p, &hook));
	return hook;
}

static void trap(struct play *p, target_pid pid, target_tid tid, uint64_t addr)
{
	event(p, (struct target_event){ .kind = TARGET_EVENT_TRAP, .pid = pid, .tid = tid });
	set_pc(p, tid, addr + 1);
}

/* ---- memory ---- */

static void traps_are_not_seen(void **state)
{
	(void)state;
	struct play *p = play_begin(true);
	struct eng_hook *hook = hook_at(p, CODE + 0x100, "\x55\x90", 2);
	uint8_t bytes[4];
	fake_peek(p->target, PID, CODE + 0x100, bytes, 2);
	assert_int_equal(bytes[0], 0xcc);
	assert_int_equal(eng_read(p->process, at(p, CODE + 0xff), bytes, 4), 4);
	assert_memory_equal(bytes, "\0\x55\x90\0", 4);
	/* What is written under it shows, and the trap stays. */
	ok(eng_write(p->process, at(p, CODE + 0xff), "\x11\x22\x33", 3));
	assert_int_equal(eng_read(p->process, at(p, CODE + 0xff), bytes, 3), 3);
	assert_memory_equal(bytes, "\x11\x22\x33", 3);
	fake_peek(p->target, PID, CODE + 0xff, bytes, 3);
	assert_memory_equal(bytes, "\x11\xcc\x33", 3);
	eng_hook_remove(hook);
	fake_peek(p->target, PID, CODE + 0xff, bytes, 3);
	assert_memory_equal(bytes, "\x11\x22\x33", 3);
	play_end(p);
}

static void reads_end_where_memory_does(void **state)
{
	(void)state;
	struct play *p = play_begin(true);
	static uint8_t big[1 << 18];
	assert_int_equal(eng_read(p->process, at(p, STACK + 0x3ffc), big, 16), 4);
	assert_int_equal(eng_read(p->process, at(p, STACK), big, sizeof big), 0x4000);
	assert_int_equal(eng_read(p->process, at(p, 0x10), big, 16), 0);
	assert_int_equal(eng_read(p->process, at(p, UINT64_MAX - 4), big, 16), 0);
	struct error *err = eng_read_exact(p->process, at(p, STACK + 0x3ffc), big, 16);
	assert_non_null(err);
	assert_int_equal(err->where, STACK + 0x4000);
	error_destroy(err);
	play_end(p);
}

static void the_cache_lasts_until_it_runs(void **state)
{
	(void)state;
	struct play *p = play_begin(true);
	event(p,
	      (struct target_event){ .kind = TARGET_EVENT_SIGNAL, .pid = PID, .tid = PID, .signal = 10 });
	struct eng_event e = next(p);
	uint64_t word = 1, got;
	assert_true(eng_read_u64(p->process, DATA, &got));
	assert_int_equal(got, 0);
	fake_poke(p->target, PID, DATA, &word, 8); /* behind the engine's back */
	assert_true(eng_read_u64(p->process, DATA, &got));
	assert_int_equal(got, 0);
	word = 2; /* but its own writes show */
	ok(eng_write(p->process, at(p, DATA + 8), &word, 8));
	assert_true(eng_read_u64(p->process, DATA + 8, &got));
	assert_int_equal(got, 2);
	ok(eng_resume(e.thread, 0));
	event(p,
	      (struct target_event){ .kind = TARGET_EVENT_SIGNAL, .pid = PID, .tid = PID, .signal = 10 });
	next(p);
	assert_true(eng_read_u64(p->process, DATA, &got));
	assert_int_equal(got, 1);
	play_end(p);
}

/* ---- hooks ---- */

static void plain_instructions_are_emulated(void **state)
{
	(void)state;
	struct play *p = play_begin(true);
	hook_at(p, CODE + 0x100, "\x55", 1); /* push rbp */
	arch_reg_set(fake_regs(p->target, PID), ARCH_RBP, 0x1234);
	trap(p, PID, PID, CODE + 0x100);
	settle(p);
	assert_int_equal(p->hits, 1);
	assert_int_equal(pc_of(p, PID), CODE + 0x101);
	uint64_t pushed;
	fake_peek(p->target, PID, SP - 8, &pushed, 8);
	assert_int_equal(pushed, 0x1234);
	log_is(p, "resume 100\n");
	/* sub rsp, 16: flags as the CPU would set them. */
	hook_at(p, CODE + 0x120, "\x48\x83\xec\x10", 4);
	arch_reg_set(fake_regs(p->target, PID), ARCH_RSP, 8);
	trap(p, PID, PID, CODE + 0x120);
	settle(p);
	assert_int_equal(fake_regs(p->target, PID)->value[ARCH_RSP], (uint64_t)-8);
	assert_int_equal(fake_regs(p->target, PID)->value[ARCH_RFLAGS] & 0x8d5, 0x81); /* CF, SF */
	/* A push onto a page that is not there is left to the CPU: it must fault. */
	arch_reg_set(fake_regs(p->target, PID), ARCH_RSP, STACK);
	log_is(p, "resume 100\n");
	trap(p, PID, PID, CODE + 0x100);
	settle(p);
	log_is(p, "step 100\n");
	play_end(p);
}

static void others_step_on_a_copy(void **state)
{
	(void)state;
	struct play *p = play_begin(true);
	hook_at(p, CODE + 0x100, "\x40\x84\xff", 3); /* test dil, dil */
	trap(p, PID, PID, CODE + 0x100);
	settle(p);
	log_is(p, "step 100\n");
	uint64_t copy = pc_of(p, PID);
	assert_true(copy >= CODE + 0x1000 - 64 && copy < CODE + 0x1000);
	uint8_t bytes[3];
	fake_peek(p->target, PID, copy, bytes, 3);
	assert_memory_equal(bytes, "\x40\x84\xff", 3);
	assert_int_equal(eng_read(p->process, at(p, copy), bytes, 3), 3); /* not seen either */
	assert_memory_equal(bytes, "\0\0\0", 3);
	event(p, (struct target_event){ .kind = TARGET_EVENT_STEPPED, .pid = PID, .tid = PID });
	set_pc(p, PID, copy + 3);
	settle(p);
	assert_int_equal(pc_of(p, PID), CODE + 0x103);
	assert_int_equal(p->hits, 1);
	log_is(p, "resume 100\n");
	play_end(p);
}

static void signals_during_a_step_see_the_real_pc(void **state)
{
	(void)state;
	struct play *p = play_begin(true);
	hook_at(p, CODE + 0x100, "\x40\x84\xff", 3);
	trap(p, PID, PID, CODE + 0x100);
	/* Before the copy has run. */
	event(p,
	      (struct target_event){ .kind = TARGET_EVENT_SIGNAL, .pid = PID, .tid = PID, .signal = 10 });
	struct eng_event e = next(p);
	assert_int_equal(e.kind, ENG_EVENT_SIGNAL);
	struct arch_regs regs;
	ok(eng_thread_regs(e.thread, &regs));
	assert_int_equal(regs.value[ARCH_RIP], CODE + 0x100);
	log_is(p, "step 100\n");
	ok(eng_resume(e.thread, 10));
	assert_int_equal(pc_of(p, PID), CODE + 0x100);
	log_is(p, "resume 100 signal 10\n");
	/* Back from the handler it arrives again, which is no new arrival. */
	trap(p, PID, PID, CODE + 0x100);
	settle(p);
	assert_int_equal(p->hits, 1);
	log_is(p, "step 100\n");
	/* Now the copy has run when the signal comes; a late SIGTRAP of the step changes nothing. */
	uint64_t copy = pc_of(p, PID);
	event(p,
	      (struct target_event){ .kind = TARGET_EVENT_SIGNAL, .pid = PID, .tid = PID, .signal = 10 });
	set_pc(p, PID, copy + 3);
	e = next(p);
	ok(eng_thread_regs(e.thread, &regs));
	assert_int_equal(regs.value[ARCH_RIP], CODE + 0x103);
	ok(eng_resume(e.thread, 0));
	event(p, (struct target_event){ .kind = TARGET_EVENT_STEPPED, .pid = PID, .tid = PID });
	settle(p);
	assert_int_equal(pc_of(p, PID), CODE + 0x103);
	/* A new arrival is one. */
	trap(p, PID, PID, CODE + 0x100);
	settle(p);
	assert_int_equal(p->hits, 2);
	play_end(p);
}

static void add_thread(struct play *p, target_tid tid)
{
	event(p, (struct target_event){ .kind = TARGET_EVENT_CLONE, .pid = PID, .tid = PID, .child = tid });
	event(p, (struct target_event){ .kind = TARGET_EVENT_STARTED, .pid = PID, .tid = tid });
	fake_add_thread(p->target, PID, tid);
	arch_reg_set(fake_regs(p->target, tid), ARCH_RSP, STACK + 0x1800);
	settle(p);
	fake_log(p->target)->len = 0;
}

/* Answers a single-step with STEPPED, three bytes on. */
static void play_step(void *ctx, struct target *t, target_tid tid, bool step, int signal)
{
	(void)ctx, (void)signal;
	struct target_event e = { .kind = TARGET_EVENT_STEPPED, .pid = PID, .tid = tid };
	if (!step)
		return;
	uint8_t byte;
	fake_peek(t, PID, fake_regs(t, tid)->value[ARCH_RIP], &byte, 1);
	assert_int_not_equal(byte, 0xcc); /* the trap is out */
	arch_reg_set(fake_regs(t, tid), ARCH_RIP, fake_regs(t, tid)->value[ARCH_RIP] + 2);
	fake_event(t, &e);
}

static void the_rest_steps_in_place(void **state)
{
	(void)state;
	struct play *p = play_begin(true);
	add_thread(p, 101);
	hook_at(p, CODE + 0x100, "\xe3\x10", 2); /* jrcxz */
	fake_on_resume(p->target, play_step, p);
	trap(p, PID, PID, CODE + 0x100);
	settle(p);
	log_is(p, "interrupt 101\nstep 100\nresume 100\nresume 101\n");
	assert_int_equal(pc_of(p, PID), CODE + 0x102);
	uint8_t byte;
	fake_peek(p->target, PID, CODE + 0x100, &byte, 1);
	assert_int_equal(byte, 0xcc);
	assert_int_equal(p->hits, 1);
	play_end(p);
}

/* While one thread steps in place, another's execve comes to its end. */
static void play_exec_during_step(void *ctx, struct target *t, target_tid tid, bool step, int signal)
{
	(void)ctx, (void)tid, (void)signal;
	if (!step)
		return;
	fake_clear_memory(t, PID);
	fake_event(t, &(struct target_event){
			      .kind = TARGET_EVENT_EXEC, .pid = PID, .tid = PID, .former_tid = 101 });
}

static void an_exec_ends_a_step_in_place(void **state)
{
	(void)state;
	struct play *p = play_begin(true);
	add_thread(p, 101);
	hook_at(p, CODE + 0x100, "\xe3\x10", 2); /* jrcxz */
	fake_on_resume(p->target, play_exec_during_step, p);
	trap(p, PID, PID, CODE + 0x100);
	struct eng_event e = next(p);
	assert_int_equal(e.kind, ENG_EVENT_EXEC);
	log_is(p, "interrupt 101\nstep 100\n");
	ok(eng_resume(e.thread, 0));
	log_is(p, "resume 100\n"); /* nobody holds it any more */
	play_end(p);
}

/* The process is killed while one thread steps in place and another's signal waits to be shown. */
static void play_kill_during_step(void *ctx, struct target *t, target_tid tid, bool step, int signal)
{
	if (step)
		fake_event(t, &(struct target_event){
				      .kind = TARGET_EVENT_EXITING, .pid = PID, .tid = 101, .status = 9 });
	play_step(ctx, t, tid, step, signal);
}

static void freeze_and_thaw(struct eng_thread *t, struct eng_hook *hook, void *user)
{
	(void)hook;
	((struct play *)user)->hits++;
	ok(eng_freeze(eng_thread_process(t)));
	ok(eng_thaw(eng_thread_process(t)));
}

static void a_killed_thread_has_no_other_news(void **state)
{
	(void)state;
	struct play *p = play_begin(true);
	add_thread(p, 101);
	fake_poke(p->target, PID, CODE + 0x100, "\xe3\x10", 2); /* jrcxz */
	ok(eng_hook_add(p->process, at(p, CODE + 0x100), freeze_and_thaw, p, NULL));
	fake_on_resume(p->target, play_kill_during_step, p);
	trap(p, PID, PID, CODE + 0x100);
	event(p,
	      (struct target_event){ .kind = TARGET_EVENT_SIGNAL, .pid = PID, .tid = 101, .signal = 12 });
	struct eng_event e = next(p);
	assert_int_equal(p->hits, 1);
	assert_int_equal(e.kind, ENG_EVENT_DYING);
	assert_int_equal(eng_thread_tid(e.thread), 101);
	play_end(p);
}

/* Its end comes while its own hook's callback holds the process. */
static void a_thread_killed_in_a_callback_is_shown(void **state)
{
	(void)state;
	struct play *p = play_begin(true);
	add_thread(p, 101);
	fake_poke(p->target, PID, CODE + 0x100, "\x55", 1);
	ok(eng_hook_add(p->process, at(p, CODE + 0x100), freeze_and_thaw, p, NULL));
	trap(p, PID, PID, CODE + 0x100);
	event(p,
	      (struct target_event){ .kind = TARGET_EVENT_EXITING, .pid = PID, .tid = PID, .status = 9 });
	struct eng_event e = next(p);
	assert_int_equal(p->hits, 1);
	assert_int_equal(e.kind, ENG_EVENT_DYING);
	assert_int_equal(eng_thread_tid(e.thread), PID);
	play_end(p);
}

static void remove_itself(struct eng_thread *t, struct eng_hook *hook, void *user)
{
	(void)t;
	((struct play *)user)->hits++;
	eng_hook_remove(hook);
}

static void a_trap_that_is_no_more(void **state)
{
	(void)state;
	struct play *p = play_begin(true);
	add_thread(p, 101);
	struct eng_hook *hook;
	fake_poke(p->target, PID, CODE + 0x100, "\x40\x84\xff", 3);
	ok(eng_hook_add(p->process, at(p, CODE + 0x100), remove_itself, p, &hook));
	/* Both have hit it before the first one's callback takes it out. */
	trap(p, PID, PID, CODE + 0x100);
	trap(p, PID, 101, CODE + 0x100);
	settle(p);
	assert_int_equal(p->hits, 1);
	assert_int_equal(pc_of(p, PID), CODE + 0x100);
	assert_int_equal(pc_of(p, 101), CODE + 0x100);
	log_is(p, "resume 100\nresume 101\n");
	play_end(p);
}

static void the_programs_own_trap_is_its_signal(void **state)
{
	(void)state;
	struct play *p = play_begin(true);
	fake_poke(p->target, PID, CODE + 0x100, "\xcc", 1);
	trap(p, PID, PID, CODE + 0x100);
	struct eng_event e = next(p);
	assert_int_equal(e.kind, ENG_EVENT_SIGNAL);
	assert_int_equal(e.signal, TARGET_SIGTRAP);
	ok(eng_resume(e.thread, e.signal));
	assert_int_equal(pc_of(p, PID), CODE + 0x101);
	log_is(p, "resume 100 signal 5\n");
	/* Also where one of ours once was. */
	eng_hook_remove(hook_at(p, CODE + 0x200, "\x90", 1));
	fake_poke(p->target, PID, CODE + 0x200, "\xcc", 1);
	trap(p, PID, PID, CODE + 0x200);
	assert_int_equal(next(p).kind, ENG_EVENT_SIGNAL);
	play_end(p);
}

static void several_hooks_share_a_trap(void **state)
{
	(void)state;
	struct play *p = play_begin(true);
	struct eng_hook *first, *second;
	fake_poke(p->target, PID, CODE + 0x100, "\x55", 1);
	ok(eng_hook_add(p->process, at(p, CODE + 0x100), remove_itself, p, &first));
	ok(eng_hook_add(p->process, at(p, CODE + 0x100), count_other, p, &second));
	trap(p, PID, PID, CODE + 0x100);
	settle(p);
	trap(p, PID, PID, CODE + 0x100);
	settle(p);
	assert_int_equal(p->hits, 1);
	assert_int_equal(p->others, 2);
	eng_hook_remove(second);
	uint8_t byte;
	fake_peek(p->target, PID, CODE + 0x100, &byte, 1);
	assert_int_equal(byte, 0x55);
	struct error *err = eng_hook_add(p->process, at(p, 0x10), count_hit, p, &first);
	assert_non_null(err);
	assert_int_equal(err->code, ERROR_MEMORY);
	error_destroy(err);
	play_end(p);
}

static void hook_return(struct eng_thread *t, struct eng_hook *hook, void *user)
{
	struct play *p = user;
	(void)hook;
	p->hits++;
	ok(eng_hook_return(t, count_other, p));
}

static void put_return(struct play *p, target_tid tid, uint64_t sp, uint64_t back)
{
	fake_poke(p->target, PID, sp, &back, 8);
	arch_reg_set(fake_regs(p->target, tid), ARCH_RSP, sp);
}

static void returns_are_told_apart_by_stack(void **state)
{
	(void)state;
	struct play *p = play_begin(true);
	const uint64_t function = CODE + 0x100, back = CODE + 0x200;
	add_thread(p, 101);
	struct eng_hook *hook;
	fake_poke(p->target, PID, function, "\x55", 1);
	fake_poke(p->target, PID, back, "\x90", 1);
	ok(eng_hook_add(p->process, at(p, function), hook_return, p, &hook));
	/* The function, and itself again deeper, both returning to the same place. */
	put_return(p, PID, SP, back);
	trap(p, PID, PID, function);
	settle(p);
	put_return(p, PID, SP - 0x100, back);
	trap(p, PID, PID, function);
	settle(p);
	assert_int_equal(p->hits, 2);
	/* Another thread comes by: not meant. */
	arch_reg_set(fake_regs(p->target, 101), ARCH_RSP, SP + 8);
	trap(p, PID, 101, back);
	settle(p);
	assert_int_equal(p->others, 0);
	/* The inner one returns: only it. */
	arch_reg_set(fake_regs(p->target, PID), ARCH_RSP, SP - 0xf8);
	trap(p, PID, PID, back);
	settle(p);
	assert_int_equal(p->others, 1);
	arch_reg_set(fake_regs(p->target, PID), ARCH_RSP, SP + 8);
	trap(p, PID, PID, back);
	settle(p);
	assert_int_equal(p->others, 2);
	uint8_t byte;
	fake_peek(p->target, PID, back, &byte, 1);
	assert_int_equal(byte, 0x90); /* both were for once */
	/* Left by unwinding; later a frame far above comes by the same place. */
	put_return(p, PID, SP - 0x2000, back);
	trap(p, PID, PID, function);
	settle(p);
	arch_reg_set(fake_regs(p->target, PID), ARCH_RSP, SP);
	trap(p, PID, PID, back);
	settle(p);
	assert_int_equal(p->others, 2);
	fake_peek(p->target, PID, back, &byte, 1);
	assert_int_equal(byte, 0x90);
	/* Its thread ends. */
	put_return(p, 101, STACK + 0x800, back);
	trap(p, PID, 101, function);
	settle(p);
	fake_peek(p->target, PID, back, &byte, 1);
	assert_int_equal(byte, 0xcc);
	event(p, (struct target_event){ .kind = TARGET_EVENT_EXITED, .pid = PID, .tid = 101 });
	settle(p);
	fake_peek(p->target, PID, back, &byte, 1);
	assert_int_equal(byte, 0x90);
	play_end(p);
}

/* ---- freezing ---- */

static void events_wait_while_frozen(void **state)
{
	(void)state;
	struct play *p = play_begin(true);
	add_thread(p, 101);
	add_thread(p, 102);
	hook_at(p, CODE + 0x100, "\x55", 1);
	/* 101 has a signal and 102 is at a trap when they are to be stopped. */
	event(p,
	      (struct target_event){ .kind = TARGET_EVENT_SIGNAL, .pid = PID, .tid = 101, .signal = 12 });
	trap(p, PID, 102, CODE + 0x100);
	ok(eng_freeze(p->process));
	ok(eng_freeze(p->process));
	log_is(p, "interrupt 100\ninterrupt 101\ninterrupt 102\n");
	assert_int_equal(p->hits, 0);
	struct eng_thread *const *threads;
	size_t count = eng_threads(p->process, &threads);
	assert_int_equal(count, 3);
	for (size_t i = 0; i < count; i++)
		assert_true(eng_thread_stopped(threads[i]));
	struct arch_regs regs;
	ok(eng_thread_regs(threads[2], &regs));
	assert_int_equal(regs.value[ARCH_RIP], CODE + 0x100);
	ok(eng_thaw(p->process));
	log_is(p, ""); /* once more to go */
	ok(eng_thaw(p->process));
	log_is(p, "resume 100\n");
	struct eng_event e = next(p);
	assert_int_equal(e.kind, ENG_EVENT_SIGNAL);
	assert_int_equal(e.signal, 12);
	assert_int_equal(eng_thread_tid(e.thread), 101);
	ok(eng_resume(e.thread, 12));
	settle(p);
	assert_int_equal(p->hits, 1);
	/* The interrupts of these two came late, and nobody waits for them any more. */
	log_is(p, "resume 101 signal 12\nresume 102\nresume 101\nresume 102\n");
	play_end(p);
}

static void a_held_thread_stays_held(void **state)
{
	(void)state;
	struct play *p = play_begin(true);
	add_thread(p, 101);
	event(p,
	      (struct target_event){ .kind = TARGET_EVENT_SIGNAL, .pid = PID, .tid = PID, .signal = 12 });
	struct eng_event e = next(p);
	ok(eng_freeze(p->process));
	ok(eng_thaw(p->process));
	log_is(p, "interrupt 101\nresume 101\n");
	ok(eng_freeze(p->process));
	ok(eng_resume(e.thread, 12)); /* when it may */
	log_is(p, "interrupt 101\n");
	ok(eng_thaw(p->process));
	log_is(p, "resume 100 signal 12\nresume 101\n");
	play_end(p);
}

static void who_cannot_be_stopped_is_left(void **state)
{
	(void)state;
	struct play *p = play_begin(true);
	fake_fork(p->target, PID, 200, true);
	event(p, (struct target_event){ .kind = TARGET_EVENT_FORK,
					.pid = PID,
					.tid = PID,
					.child = 200,
					.vfork = true,
					.shares_memory = true });
	event(p, (struct target_event){ .kind = TARGET_EVENT_STARTED, .pid = 200, .tid = 200 });
	struct eng_event e = next(p);
	assert_int_equal(e.kind, ENG_EVENT_PROCESS_NEW);
	ok(eng_freeze(p->process)); /* the parent waits in vfork */
	ok(eng_thaw(p->process));
	log_is(p, "resume 100\n");
	play_end(p);
}

static void new_threads_join_the_freeze(void **state)
{
	(void)state;
	struct play *p = play_begin(true);
	fake_deaf(p->target, PID, true);
	event(p, (struct target_event){ .kind = TARGET_EVENT_CLONE, .pid = PID, .tid = PID, .child = 101 });
	event(p, (struct target_event){ .kind = TARGET_EVENT_STARTED, .pid = PID, .tid = 101 });
	fake_add_thread(p->target, PID, 101);
	ok(eng_freeze(p->process));
	log_is(p, "interrupt 100\n");
	ok(eng_thaw(p->process));
	settle(p);
	log_is(p, "resume 100\nresume 101\n");
	play_end(p);
}

static bool stopped(struct play *p, target_tid tid)
{
	struct eng_thread *const *threads;
	size_t count = eng_threads(p->process, &threads);
	for (size_t i = 0; i < count; i++) {
		if (eng_thread_tid(threads[i]) == tid)
			return eng_thread_stopped(threads[i]);
	}
	fail();
	return false;
}

static void who_does_not_answer_is_not_awaited_again(void **state)
{
	(void)state;
	struct play *p = play_begin(true);
	add_thread(p, 101);
	fake_deaf(p->target, 101, true);
	ok(eng_freeze(p->process));
	assert_true(stopped(p, PID));
	assert_false(stopped(p, 101));
	/* The second one has nobody to wait for, so the answer that comes now is left for later. */
	ok(eng_thaw(p->process));
	event(p,
	      (struct target_event){ .kind = TARGET_EVENT_SIGNAL, .pid = PID, .tid = PID, .signal = 12 });
	struct eng_event e = next(p);
	log_is(p, "interrupt 100\ninterrupt 101\nresume 100\n");
	event(p, (struct target_event){ .kind = TARGET_EVENT_INTERRUPTED, .pid = PID, .tid = 101 });
	ok(eng_freeze(p->process));
	assert_false(stopped(p, 101));
	ok(eng_thaw(p->process));
	log_is(p, "");
	ok(eng_resume(e.thread, 0));
	settle(p);
	log_is(p, "resume 100\nresume 101\n");
	/* It has reported: it is asked again. */
	fake_deaf(p->target, 101, false);
	ok(eng_freeze(p->process));
	assert_true(stopped(p, 101));
	ok(eng_thaw(p->process));
	log_is(p, "interrupt 100\ninterrupt 101\nresume 100\nresume 101\n");
	play_end(p);
}

/* ---- detaching ---- */

static void who_could_not_be_stopped_leaves_later(void **state)
{
	(void)state;
	struct play *p = play_begin(true);
	add_thread(p, 101);
	add_thread(p, 102);
	hook_at(p, CODE + 0x100, "\x55", 1);
	fake_deaf(p->target, 101, true);
	fake_deaf(p->target, 102, true);
	ok(eng_detach(p->process));
	log_is(p, "interrupt 100\ninterrupt 101\ninterrupt 102\ndetach 100\n");
	uint8_t byte;
	fake_peek(p->target, PID, CODE + 0x100, &byte, 1);
	assert_int_equal(byte, 0x55);
	struct eng_process *const *list;
	assert_int_equal(eng_processes(p->session, &list), 0);
	/* One had been at the trap; the other is given its signal. */
	trap(p, PID, 101, CODE + 0x100);
	settle(p);
	log_is(p, "detach 101\n");
	assert_int_equal(pc_of(p, 101), CODE + 0x100);
	assert_int_equal(p->hits, 0);
	event(p,
	      (struct target_event){ .kind = TARGET_EVENT_SIGNAL, .pid = PID, .tid = 102, .signal = 12 });
	assert_int_equal(next(p).kind, ENG_EVENT_ALL_GONE);
	log_is(p, "detach 102\n");
	play_end(p);
}

/* Its child is made while it leaves, and goes too. */
static void who_leaves_takes_its_children_along(void **state)
{
	(void)state;
	struct play *p = play_begin(true);
	add_thread(p, 101);
	fake_deaf(p->target, 101, true);
	hook_at(p, CODE + 0x100, "\x55", 1);
	fake_fork(p->target, PID, 200, false); /* nobody has heard of it when the traps are taken out */
	ok(eng_detach(p->process));
	log_is(p, "interrupt 100\ninterrupt 101\ndetach 100\n");
	event(p, (struct target_event){ .kind = TARGET_EVENT_FORK, .pid = PID, .tid = 101, .child = 200 });
	event(p, (struct target_event){ .kind = TARGET_EVENT_STARTED, .pid = 200, .tid = 200 });
	assert_int_equal(next(p).kind, ENG_EVENT_ALL_GONE);
	log_is(p, "detach 101\ndetach 200\n");
	uint8_t byte;
	fake_peek(p->target, 200, CODE + 0x100, &byte, 1);
	assert_int_equal(byte, 0x55);
	play_end(p);
}

/* ---- processes ---- */

static const char key;

struct layer {
	struct play *play;
	struct eng_hook *hook;
};

static void layer_destroy(void *data)
{
	struct layer *layer = data;
	layer->play->destroyed++;
	if (layer->hook)
		eng_hook_remove(layer->hook);
	free(layer);
}

static void *layer_copy(void *data, struct eng_process *child)
{
	struct layer *copy = xmalloc(sizeof *copy);
	const struct layer *from = data;
	*copy = *from;
	copy->hook = eng_hook_in_child(from->hook, child);
	assert_non_null(copy->hook);
	assert_ptr_equal(eng_hook_process(copy->hook), child);
	return copy;
}

static void attach_layer(struct play *p)
{
	struct layer *layer = xmalloc(sizeof *layer);
	layer->play = p;
	layer->hook = hook_at(p, CODE + 0x100, "\x55", 1);
	eng_process_attach_data(p->process, &key, layer, layer_destroy, layer_copy);
}

static void fork_event(struct play *p, target_pid child, bool share)
{
	fake_fork(p->target, PID, child, share);
	event(p, (struct target_event){ .kind = TARGET_EVENT_FORK,
					.pid = PID,
					.tid = PID,
					.child = child,
					.vfork = share,
					.shares_memory = share });
	event(p, (struct target_event){ .kind = TARGET_EVENT_STARTED, .pid = child, .tid = child });
}

static void children_get_copies(void **state)
{
	(void)state;
	struct play *p = play_begin(true);
	attach_layer(p);
	fork_event(p, 200, false);
	struct eng_event e = next(p);
	assert_int_equal(e.kind, ENG_EVENT_PROCESS_NEW);
	assert_int_equal(eng_process_pid(e.process), 200);
	assert_int_equal(eng_process_number(e.process), 2);
	assert_ptr_equal(e.parent, p->process);
	assert_ptr_equal(eng_process_parent(e.process), p->process);
	struct layer *theirs = eng_process_data(e.process, &key),
		     *ours = eng_process_data(p->process, &key);
	assert_true(theirs && ours && theirs != ours);
	ok(eng_resume(e.thread, 0));
	trap(p, 200, 200, CODE + 0x100);
	settle(p);
	assert_int_equal(p->hits, 1);
	/* One's table is not the other's. */
	eng_hook_remove(theirs->hook);
	theirs->hook = NULL;
	uint8_t byte;
	fake_peek(p->target, 200, CODE + 0x100, &byte, 1);
	assert_int_equal(byte, 0x55);
	fake_peek(p->target, PID, CODE + 0x100, &byte, 1);
	assert_int_equal(byte, 0xcc);
	event(p, (struct target_event){ .kind = TARGET_EVENT_EXITED,
					.pid = 200,
					.tid = 200,
					.process_gone = true,
					.status = 0x100 });
	e = next(p);
	assert_int_equal(e.kind, ENG_EVENT_EXITED);
	assert_int_equal(e.status, 0x100);
	assert_int_equal(p->destroyed, 0); /* it can still be looked at */
	settle(p);
	assert_int_equal(p->destroyed, 1);
	play_end(p);
}

static void a_fork_in_between_is_mended(void **state)
{
	(void)state;
	struct play *p = play_begin(true);
	add_thread(p, 101);
	struct eng_hook *old = hook_at(p, CODE + 0x100, "\x55", 1);
	fake_fork(p->target, PID, 200, false);
	/* Before anybody hears of the fork, one trap goes and another comes in the parent. */
	eng_hook_remove(old);
	hook_at(p, CODE + 0x140, "\x41\x57", 2);
	fake_poke(p->target, 200, CODE + 0x140, "\x41\x57", 2);
	event(p, (struct target_event){ .kind = TARGET_EVENT_FORK, .pid = PID, .tid = PID, .child = 200 });
	event(p, (struct target_event){ .kind = TARGET_EVENT_STARTED, .pid = 200, .tid = 200 });
	assert_int_equal(next(p).kind, ENG_EVENT_PROCESS_NEW);
	uint8_t bytes[2];
	fake_peek(p->target, 200, CODE + 0x100, bytes, 1);
	assert_int_equal(bytes[0], 0x55);
	fake_peek(p->target, 200, CODE + 0x140, bytes, 2);
	assert_memory_equal(bytes, "\xcc\x57", 2);
	play_end(p);
}

static void unfollowed_children_go_clean(void **state)
{
	(void)state;
	struct play *p = play_begin(false);
	attach_layer(p);
	fork_event(p, 200, false);
	settle(p);
	log_is(p, "resume 100\ndetach 200\n");
	uint8_t byte;
	fake_peek(p->target, 200, CODE + 0x100, &byte, 1);
	assert_int_equal(byte, 0x55);
	fake_peek(p->target, PID, CODE + 0x100, &byte, 1);
	assert_int_equal(byte, 0xcc);
	struct eng_process *const *list;
	assert_int_equal(eng_processes(p->session, &list), 1);
	play_end(p);
}

static void borrowed_memory_is_given_back_first(void **state)
{
	(void)state;
	struct play *p = play_begin(false);
	attach_layer(p);
	fork_event(p, 200, true);
	settle(p);
	log_is(p, "resume 100\nresume 200\n");
	/* The child hits the parent's trap: no arrival of the parent's. */
	trap(p, 200, 200, CODE + 0x100);
	settle(p);
	assert_int_equal(p->hits, 0);
	assert_int_equal(pc_of(p, 200), CODE + 0x101);
	log_is(p, "resume 200\n");
	fake_clear_memory(p->target, 200);
	event(p, (struct target_event){
			 .kind = TARGET_EVENT_EXEC, .pid = 200, .tid = 200, .former_tid = 200 });
	event(p, (struct target_event){ .kind = TARGET_EVENT_VFORK_DONE, .pid = PID, .tid = PID });
	settle(p);
	log_is(p, "detach 200\nresume 100\n");
	uint8_t byte;
	fake_peek(p->target, PID, CODE + 0x100, &byte, 1);
	assert_int_equal(byte, 0xcc);
	play_end(p);
}

static void exec_drops_everything(void **state)
{
	(void)state;
	struct play *p = play_begin(true);
	attach_layer(p);
	add_thread(p, 101);
	struct eng_module *const *modules;
	assert_int_equal(eng_modules(p->process, &modules), 1);
	/* By the second thread, which becomes the leader. */
	fake_clear_memory(p->target, PID);
	fake_map(p->target, PID, CODE, 0x1000, TARGET_READ | TARGET_EXEC, "");
	event(p, (struct target_event){
			 .kind = TARGET_EVENT_EXEC, .pid = PID, .tid = PID, .former_tid = 101 });
	struct eng_event e = next(p);
	assert_int_equal(e.kind, ENG_EVENT_EXEC);
	assert_int_equal(p->destroyed, 1);
	assert_null(eng_process_data(p->process, &key));
	assert_int_equal(eng_thread_tid(e.thread), PID);
	assert_int_equal(eng_thread_number(e.thread), 2);
	struct eng_thread *const *threads;
	assert_int_equal(eng_threads(p->process, &threads), 1);
	assert_int_equal(eng_modules(p->process, &modules), 0);
	uint8_t byte;
	fake_peek(p->target, PID, CODE + 0x100, &byte, 1);
	assert_int_equal(byte, 0);
	play_end(p);
}

/* What stood under a hook of the old image is not written into the new one. */
static void exec_writes_nothing_back(void **state)
{
	(void)state;
	struct play *p = play_begin(true);
	const uint64_t function = CODE + 0x100, back = CODE + 0x200;
	add_thread(p, 101);
	fake_poke(p->target, PID, function, "\x55", 1);
	fake_poke(p->target, PID, back, "\x90", 1);
	ok(eng_hook_add(p->process, at(p, function), hook_return, p, NULL));
	put_return(p, PID, SP, back);
	trap(p, PID, PID, function);
	settle(p);
	fake_clear_memory(p->target, PID);
	fake_map(p->target, PID, CODE, 0x1000, TARGET_READ | TARGET_EXEC, "");
	event(p, (struct target_event){
			 .kind = TARGET_EVENT_EXEC, .pid = PID, .tid = PID, .former_tid = 101 });
	assert_int_equal(next(p).kind, ENG_EVENT_EXEC);
	uint8_t byte;
	fake_peek(p->target, PID, back, &byte, 1);
	assert_int_equal(byte, 0);
	play_end(p);
}

/* A process execs while another still runs in the memory that they shared. */
static void exec_of_the_lender(void **state)
{
	(void)state;
	struct play *p = play_begin(true);
	attach_layer(p);
	fork_event(p, 200, true);
	struct eng_event e = next(p);
	assert_int_equal(e.kind, ENG_EVENT_PROCESS_NEW);
	ok(eng_resume(e.thread, 0));
	fake_clear_memory(p->target, PID);
	event(p, (struct target_event){
			 .kind = TARGET_EVENT_EXEC, .pid = PID, .tid = PID, .former_tid = PID });
	e = next(p);
	assert_int_equal(e.kind, ENG_EVENT_EXEC);
	assert_int_equal(p->destroyed, 1);
	assert_null(eng_process_data(p->process, &key));
	/* The child passes the trap that is still there. */
	uint8_t byte;
	fake_peek(p->target, 200, CODE + 0x100, &byte, 1);
	assert_int_equal(byte, 0xcc);
	trap(p, 200, 200, CODE + 0x100);
	settle(p);
	assert_int_equal(p->hits, 0);
	assert_int_equal(pc_of(p, 200), CODE + 0x101);
	play_end(p);
}

/* ---- ends ---- */

static void exiting(struct play *p, target_tid tid, int status, bool whole)
{
	event(p, (struct target_event){ .kind = TARGET_EVENT_EXITING,
					.pid = PID,
					.tid = tid,
					.status = status,
					.whole_process = whole });
}

static void the_thread_that_got_the_signal_is_shown(void **state)
{
	(void)state;
	struct play *p = play_begin(true);
	add_thread(p, 101);
	add_thread(p, 102);
	event(p,
	      (struct target_event){ .kind = TARGET_EVENT_SIGNAL, .pid = PID, .tid = 101, .signal = 11 });
	struct eng_event e = next(p);
	ok(eng_resume(e.thread, 11));
	/* Those that are taken along may come first. */
	exiting(p, 102, 11, false);
	exiting(p, 101, 11, false);
	exiting(p, PID, 11, true);
	e = next(p);
	assert_int_equal(e.kind, ENG_EVENT_DYING);
	assert_int_equal(eng_thread_tid(e.thread), 101);
	assert_int_equal(e.status, 11);
	log_is(p, "resume 101 signal 11\nresume 102\n");
	ok(eng_resume(e.thread, 0));
	settle(p);
	log_is(p, "resume 101\nresume 100\n");
	for (target_tid tid = 102; tid >= PID; tid--)
		event(p, (struct target_event){ .kind = TARGET_EVENT_EXITED,
						.pid = PID,
						.tid = tid,
						.status = 11,
						.process_gone = tid == PID });
	assert_int_equal(next(p).kind, ENG_EVENT_EXITED);
	assert_int_equal(next(p).kind, ENG_EVENT_ALL_GONE);
	play_end(p);
}

static void a_kill_is_shown_once(void **state)
{
	(void)state;
	struct play *p = play_begin(true);
	add_thread(p, 101);
	exiting(p, 101, 9, false);
	exiting(p, PID, 9, true);
	struct eng_event e = next(p);
	assert_int_equal(e.kind, ENG_EVENT_DYING);
	assert_int_equal(e.status, 9);
	ok(eng_resume(e.thread, 0));
	event(p, (struct target_event){ .kind = TARGET_EVENT_EXITED, .pid = PID, .tid = 101, .status = 9 });
	event(p, (struct target_event){ .kind = TARGET_EVENT_EXITED,
					.pid = PID,
					.tid = PID,
					.status = 9,
					.process_gone = true });
	assert_int_equal(next(p).kind, ENG_EVENT_EXITED);
	play_end(p);
}

static void threads_end_without_a_word(void **state)
{
	(void)state;
	struct play *p = play_begin(true);
	add_thread(p, 101);
	exiting(p, 101, 0, false);
	event(p, (struct target_event){ .kind = TARGET_EVENT_EXITED, .pid = PID, .tid = 101 });
	settle(p);
	log_is(p, "resume 101\n");
	exiting(p, PID, 0x300, true);
	struct eng_event e = next(p);
	assert_int_equal(e.kind, ENG_EVENT_DYING);
	assert_int_equal(e.status, 0x300);
	play_end(p);
}

static void what_we_kill_we_do_not_show(void **state)
{
	(void)state;
	struct play *p = play_begin(true);
	ok(eng_kill(p->process));
	exiting(p, PID, 9, true);
	event(p, (struct target_event){ .kind = TARGET_EVENT_EXITED,
					.pid = PID,
					.tid = PID,
					.status = 9,
					.process_gone = true });
	assert_int_equal(next(p).kind, ENG_EVENT_EXITED);
	log_is(p, "kill 100\nresume 100\n");
	play_end(p);
}

/* Children of whom nobody has been told: one made before the parent is killed, one as it is. */
static void unborn_children_are_killed_along(void **state)
{
	(void)state;
	struct play *p = play_begin(true);
	add_thread(p, 101);
	fake_fork(p->target, PID, 200, false);
	fake_fork(p->target, PID, 300, false);
	event(p, (struct target_event){ .kind = TARGET_EVENT_FORK, .pid = PID, .tid = PID, .child = 200 });
	ok(eng_freeze(p->process));
	log_is(p, "interrupt 100\ninterrupt 101\n");
	ok(eng_kill(p->process));
	log_is(p, "kill 100\nkill 200\n");
	event(p, (struct target_event){
			 .kind = TARGET_EVENT_FORK, .pid = PID, .tid = PID, .child = 300, .lost = true });
	event(p, (struct target_event){ .kind = TARGET_EVENT_STARTED, .pid = 300, .tid = 300 });
	settle(p);
	log_is(p, "kill 300\nresume 300\n");
	play_end(p);
}

/* Those that are not followed are not ours to kill. */
static void unfollowed_children_are_not_killed_along(void **state)
{
	(void)state;
	struct play *p = play_begin(false);
	fake_fork(p->target, PID, 200, false);
	event(p, (struct target_event){ .kind = TARGET_EVENT_FORK, .pid = PID, .tid = PID, .child = 200 });
	ok(eng_freeze(p->process));
	ok(eng_kill(p->process));
	event(p, (struct target_event){ .kind = TARGET_EVENT_STARTED, .pid = 200, .tid = 200 });
	settle(p);
	log_is(p, "interrupt 100\nkill 100\ndetach 200\n");
	play_end(p);
}

static void threads_may_vanish(void **state)
{
	(void)state;
	struct play *p = play_begin(true);
	add_thread(p, 101);
	hook_at(p, CODE + 0x100, "\x55", 1);
	/* At a trap, and gone before anybody looks. */
	event(p, (struct target_event){ .kind = TARGET_EVENT_TRAP, .pid = PID, .tid = 101 });
	fake_forget(p->target, 101);
	event(p, (struct target_event){ .kind = TARGET_EVENT_EXITED, .pid = PID, .tid = 101, .status = 9 });
	settle(p);
	event(p,
	      (struct target_event){ .kind = TARGET_EVENT_SIGNAL, .pid = PID, .tid = PID, .signal = 11 });
	struct eng_event e = next(p);
	fake_forget(p->target, PID);
	struct arch_regs regs;
	struct error *err = eng_thread_regs(e.thread, &regs);
	assert_non_null(err);
	assert_int_equal(err->code, ERROR_GONE);
	error_destroy(err);
	ok(eng_resume(e.thread, 11));
	event(p, (struct target_event){ .kind = TARGET_EVENT_EXITED,
					.pid = PID,
					.tid = PID,
					.status = 9,
					.process_gone = true });
	assert_int_equal(next(p).kind, ENG_EVENT_EXITED);
	assert_int_equal(next(p).kind, ENG_EVENT_ALL_GONE);
	assert_int_equal(next(p).kind, ENG_EVENT_ALL_GONE);
	play_end(p);
}

static void code_events_stop_nobody(void **state)
{
	(void)state;
	struct play *p = play_begin(true);
	struct target_event mapped = { .kind = TARGET_EVENT_CODE_MAPPED, .pid = PID, .tid = PID };
	mapped.range.start = 0x1000;
	mapped.range.end = 0x3000;
	event(p, mapped);
	struct eng_event e = next(p);
	assert_int_equal(e.kind, ENG_EVENT_CODE_MAPPED);
	assert_null(e.thread);
	assert_int_equal(e.range.end, 0x3000);
	log_is(p, "");
	event(p,
	      (struct target_event){
		      .kind = TARGET_EVENT_GROUP_STOP, .pid = PID, .tid = PID, .signal = TARGET_SIGSTOP });
	settle(p);
	log_is(p, "listen 100\n");
	play_end(p);
}

/* ---- views ---- */

static void an_overlay_lies_over_memory(void **state)
{
	(void)state;
	struct play *p = play_begin(true);
	event(p,
	      (struct target_event){ .kind = TARGET_EVENT_SIGNAL, .pid = PID, .tid = PID, .signal = 11 });
	struct eng_event e = next(p);
	struct eng_view view;
	ok(eng_view_of_thread(e.thread, &view));
	uint8_t now[16], bytes[16];
	for (int i = 0; i < 16; i++)
		now[i] = (uint8_t)i;
	ok(eng_write(p->process, at(p, DATA), now, 16));
	struct eng_snapshot_range ranges[] = {
		{ DATA + 4, 2, (const uint8_t *)"AB" },
		{ DATA + 8, 3, (const uint8_t *)"CDE" },
		{ 0x9000, 4, (const uint8_t *)"gone" },
	};
	view.overlay_count = 3;
	view.overlay = ranges;
	assert_int_equal(eng_view_read(&view, DATA, bytes, 16), 16);
	assert_memory_equal(bytes, "\0\1\2\3AB\6\7CDE\x0b\x0c\x0d\x0e\x0f", 16);
	assert_int_equal(eng_view_read(&view, 0x9001, bytes, 16), 3);
	assert_memory_equal(bytes, "one", 3);
	assert_int_equal(eng_view_read(&view, 0x8fff, bytes, 4), 0);
	struct unwind_context context;
	eng_view_unwind_context(&view, &context);
	assert_true(context.memory(context.ctx, DATA + 4, bytes, 2));
	assert_false(context.memory(context.ctx, 0x9001, bytes, 4));
	uint64_t low, high;
	assert_true(context.stack_bounds(context.ctx, SP, &low, &high));
	assert_int_equal(low, STACK);
	assert_int_equal(high, STACK + 0x4000);
	struct unwind_code code;
	assert_false(context.code(context.ctx, DATA, &code));
	assert_true(context.code(context.ctx, CODE, &code));
	assert_int_equal(code.kind, UNWIND_CODE_NATIVE);
	assert_int_equal(code.bias, CODE - 0x1000);
	fake_map(p->target, PID, 0x600000, 0x1000, TARGET_READ | TARGET_EXEC, "");
	ok(eng_resume(e.thread, 0));
	event(p,
	      (struct target_event){ .kind = TARGET_EVENT_SIGNAL, .pid = PID, .tid = PID, .signal = 11 });
	e = next(p);
	ok(eng_view_of_thread(e.thread, &view));
	eng_view_unwind_context(&view, &context);
	assert_true(context.code(context.ctx, 0x600010, &code));
	assert_int_equal(code.kind, UNWIND_CODE_ANON);
	assert_int_equal(code.end, 0x601000);
	play_end(p);
}

/* An argument is a pattern of names: the other tests are left out. */
int main(int argc, char **argv)
{
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(traps_are_not_seen),
		cmocka_unit_test(reads_end_where_memory_does),
		cmocka_unit_test(the_cache_lasts_until_it_runs),
		cmocka_unit_test(plain_instructions_are_emulated),
		cmocka_unit_test(others_step_on_a_copy),
		cmocka_unit_test(signals_during_a_step_see_the_real_pc),
		cmocka_unit_test(the_rest_steps_in_place),
		cmocka_unit_test(an_exec_ends_a_step_in_place),
		cmocka_unit_test(a_killed_thread_has_no_other_news),
		cmocka_unit_test(a_thread_killed_in_a_callback_is_shown),
		cmocka_unit_test(a_trap_that_is_no_more),
		cmocka_unit_test(the_programs_own_trap_is_its_signal),
		cmocka_unit_test(several_hooks_share_a_trap),
		cmocka_unit_test(returns_are_told_apart_by_stack),
		cmocka_unit_test(events_wait_while_frozen),
		cmocka_unit_test(a_held_thread_stays_held),
		cmocka_unit_test(who_cannot_be_stopped_is_left),
		cmocka_unit_test(new_threads_join_the_freeze),
		cmocka_unit_test(who_does_not_answer_is_not_awaited_again),
		cmocka_unit_test(who_could_not_be_stopped_leaves_later),
		cmocka_unit_test(who_leaves_takes_its_children_along),
		cmocka_unit_test(children_get_copies),
		cmocka_unit_test(a_fork_in_between_is_mended),
		cmocka_unit_test(unfollowed_children_go_clean),
		cmocka_unit_test(borrowed_memory_is_given_back_first),
		cmocka_unit_test(exec_drops_everything),
		cmocka_unit_test(exec_writes_nothing_back),
		cmocka_unit_test(exec_of_the_lender),
		cmocka_unit_test(the_thread_that_got_the_signal_is_shown),
		cmocka_unit_test(a_kill_is_shown_once),
		cmocka_unit_test(threads_end_without_a_word),
		cmocka_unit_test(what_we_kill_we_do_not_show),
		cmocka_unit_test(unborn_children_are_killed_along),
		cmocka_unit_test(unfollowed_children_are_not_killed_along),
		cmocka_unit_test(threads_may_vanish),
		cmocka_unit_test(code_events_stop_nobody),
		cmocka_unit_test(an_overlay_lies_over_memory),
	};
	int failed = cmocka_run_group_tests_name("engine over fake", tests, NULL, NULL);
	return failed + engine_linux_tests() + control_linux_tests();
}
