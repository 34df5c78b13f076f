/* Functions of the program that are called from here: the thread's state is kept, put aside, and put back. */
#include "engine/control_internal.h"

#include <stdio.h>
#include <stdlib.h>

struct saved {
	struct arch_regs regs;
	uint8_t *xstate;
	size_t xstate_size;
	unsigned skipped;
	uint32_t level;
	bool past_trap, moved;
	uint64_t past_addr, past_sp;
	struct eng_stop stop;
	struct eng_thread *thread;
};

static struct error *save(struct eng_control *c, struct eng_thread *t, struct saved *ret)
{
	struct target *target = c->session->target;
	TRY(eng_thread_regs(t, &ret->regs));
	TRY(target->ops->get_xstate(target, t->tid, &ret->xstate, &ret->xstate_size));
	struct eng_thread_control *tc = eng_thread_control(c, t);
	ret->skipped = tc->levels.skipped;
	ret->level = c->level;
	ret->past_trap = t->past_trap;
	ret->moved = t->moved;
	ret->past_addr = t->past_addr;
	ret->past_sp = t->past_sp;
	ret->stop = c->stop;
	ret->thread = t;
	return NULL;
}

static struct error *restore(struct eng_control *c, const struct saved *saved)
{
	struct target *target = c->session->target;
	struct eng_thread *t = saved->thread;
	struct error *err = target->ops->set_xstate(target, t->tid, saved->xstate, saved->xstate_size);
	if (!err)
		err = eng_thread_set_regs(t, &saved->regs);
	if (!err)
		err = eng_thread_flush(t);
	t->past_trap = saved->past_trap;
	t->moved = saved->moved;
	t->past_addr = saved->past_addr;
	t->past_sp = saved->past_sp;
	c->thread = t;
	c->level = saved->level;
	eng_level(c, t, 0);
	eng_thread_control(c, t)->levels.skipped = 0;
	if (saved->skipped)
		eng_stop_hide_inlined(c, t);
	return err;
}

/* SDM volume 1, 13.4: xmm0 begins at byte 160 of the XSAVE area; XSTATE_BV at 512 says which parts are valid, bit 1 being SSE. */
enum { XSAVE_XMM = 160, XSAVE_BV = 512, XSAVE_MXCSR = 24, SSE = 2, ARGUMENTS = 8 };

static struct error *set_vectors(struct eng_control *c, struct eng_thread *t, const struct saved *saved,
				 const uint8_t (*xmm)[16])
{
	struct target *target = c->session->target;
	if (!xmm)
		return NULL;
	if (saved->xstate_size < XSAVE_BV + 8)
		return error_new(ERROR_UNSUPPORTED, "Vector registers cannot be written.");
	uint8_t *bytes = xmalloc(saved->xstate_size);
	memcpy(bytes, saved->xstate, saved->xstate_size);
	bytes[XSAVE_BV] |= SSE;
	memcpy(bytes + XSAVE_XMM, xmm, (size_t)ARGUMENTS * 16);
	struct error *err = target->ops->set_xstate(target, t->tid, bytes, saved->xstate_size);
	free(bytes);
	return err;
}

/* The legacy region (SDM volume 1, 10.5.1): the status word, whose bits 11 to 13 are the top of the stack, the abridged tags, and from byte
 * 32 on the registers, 16 bytes each, by their place on the stack. */
enum { FXSAVE_STATUS = 2, FXSAVE_TAGS = 4, FXSAVE_ST = 32, X87 = 1, TOP_SHIFT = 3, X87_REGS = 8 };

/* As behind a call: the results are all that is on the stack. */
static void put_x87(uint8_t *xstate, const struct eng_result *result)
{
	unsigned top = X87_REGS - result->x87_count;
	xstate[FXSAVE_STATUS + 1] =
		(uint8_t)((xstate[FXSAVE_STATUS + 1] & ~(7u << TOP_SHIFT)) | top << TOP_SHIFT);
	xstate[FXSAVE_TAGS] = (uint8_t)(0xff << top);
	for (unsigned i = 0; i < result->x87_count; i++)
		memcpy(xstate + FXSAVE_ST + (size_t)16 * i, result->x87[i], sizeof result->x87[i]);
}

struct error *eng_set_result_vectors(struct eng_control *c, struct eng_thread *t,
				     const struct eng_result *result)
{
	struct target *target = c->session->target;
	uint8_t *bytes;
	size_t size;
	if (!result->vectors && !result->x87_count)
		return NULL;
	TRY(target->ops->get_xstate(target, t->tid, &bytes, &size));
	struct error *err = NULL;
	if (size < XSAVE_BV + 8) {
		err = error_new(ERROR_UNSUPPORTED, "Vector registers cannot be written.");
	} else {
		bytes[XSAVE_BV] |= (uint8_t)((result->vectors ? SSE : 0) | (result->x87_count ? X87 : 0));
		for (unsigned i = 0; i < 2; i++) {
			if (result->vectors >> i & 1)
				memcpy(bytes + XSAVE_XMM + (size_t)16 * i, result->vector[i], 16);
		}
		if (result->x87_count)
			put_x87(bytes, result);
		err = target->ops->set_xstate(target, t->tid, bytes, size);
	}
	free(bytes);
	return err;
}

static struct error *get_vectors(struct eng_control *c, struct eng_thread *t, uint8_t ret[2][16])
{
	struct target *target = c->session->target;
	uint8_t *bytes, all[16][16];
	size_t size;
	TRY(target->ops->get_xstate(target, t->tid, &bytes, &size));
	bool known = c->session->arch->vectors && c->session->arch->vectors(bytes, size, all);
	free(bytes);
	if (!known)
		return error_new(ERROR_UNSUPPORTED, "Vector registers cannot be read.");
	memcpy(ret, all, 32);
	return NULL;
}

/* Behind the red zone, aligned: the arguments on the stack, and below them the return address, which is that of the program's first
 * instruction: nobody else comes by there. */
static struct error *set_up(struct eng_control *c, struct eng_thread *t, const struct saved *saved,
			    const struct eng_call *call, uint64_t *ret_frame)
{
	struct eng_process *p = t->process;
	const struct arch *arch = p->session->arch;
	/* The caller may have put copies of arguments below the stack, and says how far down they go. */
	bool lower = arch_reg_known(call->regs, arch->sp);
	uint64_t sp = lower ? call->regs->value[arch->sp] : saved->regs.value[arch->sp] - arch->red_zone;
	sp -= call->stack_size;
	sp -= sp % arch->stack_align;
	if (call->stack_size)
		TRY(eng_write(p, RUN_ADDR(p->number, sp), call->stack, call->stack_size));
	uint64_t back = p->entry;
	if (!back)
		return error_new(ERROR_NOT_FOUND, "The program's entry point is not known.");
	uint64_t frame = *ret_frame = sp;
	sp -= arch->address_size;
	TRY(eng_write(p, RUN_ADDR(p->number, sp), &back, arch->address_size));
	struct arch_regs regs = *call->regs;
	arch_reg_set(&regs, arch->sp, sp);
	arch_reg_set(&regs, arch->pc, call->function);
	TRY(set_vectors(c, t, saved, call->xmm));
	TRY(eng_thread_set_regs(t, &regs));
	t->past_trap = false;
	eng_plan_begin(c, ENG_PLAN_CALL, t);
	return eng_temp_add(c, ENG_TEMP_CALL, back, frame);
}

/* A system call that was interrupted is not to be restarted in the middle of this: orig_rax is not among the registers that are set. */
static struct error *stopped_inside(const struct eng_stop *stop, const struct eng_call *call, bool undone)
{
	char unnamed[32];
	const char *name = call->name;
	if (!name) {
		snprintf(unnamed, sizeof unnamed, "at 0x%llx", (unsigned long long)call->function);
		name = unnamed;
	}
	if (stop->kind == ENG_STOP_EXITED || stop->kind == ENG_STOP_KILLED)
		return error_new(ERROR_GONE,
				 "The program being debugged exited while in a function called from GDB.");
	if (stop->kind == ENG_STOP_SIGNAL && undone)
		return error_new(ERROR_UNSUPPORTED,
				 "The program being debugged was signaled while in a function called from GDB.\n"
				 "GDB has restored the context to what it was before the call.\n"
				 "To change this behavior use \"set unwindonsignal off\".\n"
				 "Evaluation of the expression containing the function\n"
				 "(%s) will be abandoned.",
				 name);
	if (stop->kind == ENG_STOP_SIGNAL)
		return error_new(ERROR_UNSUPPORTED,
				 "The program being debugged was signaled while in a function called from GDB.\n"
				 "GDB remains in the frame where the signal was received.\n"
				 "To change this behavior use \"set unwindonsignal on\".\n"
				 "Evaluation of the expression containing the function\n"
				 "(%s) will be abandoned.\n"
				 "When the function is done executing, GDB will silently stop.",
				 name);
	return error_new(ERROR_UNSUPPORTED,
			 "The program being debugged stopped while in a function called from GDB.\n"
			 "Evaluation of the expression containing the function\n"
			 "(%s) will be abandoned.\n"
			 "When the function is done executing, GDB will silently stop.",
			 name);
}

/* ---- calls that were left ---- */

struct eng_left_call {
	struct eng_left_call *outer;
	struct eng_process *process;
	uint64_t back, sp; /* what it returns to */
	struct saved saved;
};

static bool is_back(const struct eng_left_call *call, uint64_t pc, uint64_t sp)
{
	return pc == call->back && sp >= call->sp;
}

const struct arch_regs *eng_left_call_regs(const struct eng_thread_control *tc, uint64_t pc, uint64_t sp)
{
	for (const struct eng_left_call *call = tc->left; call; call = call->outer) {
		if (pc == call->back && sp == call->sp)
			return &call->saved.regs;
	}
	return NULL;
}

bool eng_left_call_ends(const struct eng_thread_control *tc, uint64_t pc, uint64_t sp)
{
	return tc->left && is_back(tc->left, pc, sp);
}

/* Takes the saved state over. */
static struct error *leave(struct eng_control *c, struct eng_thread *t, uint64_t sp, struct saved *saved)
{
	struct eng_thread_control *tc = eng_thread_control(c, t);
	uint64_t back = t->process->entry;
	TRY(eng_trap_keep(c, t->process, back));
	struct eng_left_call *call = xmalloc(sizeof *call);
	*call = (struct eng_left_call){
		.outer = tc->left, .process = t->process, .back = back, .sp = sp, .saved = *saved
	};
	saved->xstate = NULL;
	tc->left = call;
	tc->levels.valid = false;
	return NULL;
}

static void forget_innermost(struct eng_thread_control *tc)
{
	struct eng_left_call *call = tc->left;
	tc->left = call->outer;
	tc->levels.valid = false;
	eng_trap_release(call->process, call->back);
	free(call->saved.xstate);
	free(call);
}

void eng_left_calls_forget(struct eng_thread *t)
{
	struct eng_thread_control *tc = t->control;
	while (tc && tc->left)
		forget_innermost(tc);
}

struct eng_returned *eng_left_call_result(struct eng_control *c, struct eng_thread *t, struct arena *arena)
{
	struct eng_returned *result = ARENA_NEW(arena, struct eng_returned);
	result->regs = t->regs;
	struct error *err = get_vectors(c, t, result->xmm);
	result->has_xmm = !err;
	eng_ignore(err);
	return result;
}

struct error *eng_left_call_pop(struct eng_control *c, struct eng_thread *t)
{
	struct eng_thread_control *tc = eng_thread_control(c, t);
	const struct arch *arch = c->session->arch;
	uint64_t pc = t->regs.value[arch->pc], sp = t->regs.value[arch->sp];
	/* A jump out of several ends all of them. */
	while (tc->left->outer && is_back(tc->left->outer, pc, sp))
		forget_innermost(tc);
	struct error *err = restore(c, &tc->left->saved);
	tc->hit_left = false;
	forget_innermost(tc);
	return err;
}

/* ---- calling ---- */

struct error *eng_call(struct eng_control *c, const struct eng_call *call, struct arch_regs *ret_regs,
		       uint8_t ret_xmm[2][16])
{
	struct eng_thread *t;
	TRY(eng_request_thread(c, &t));
	if (!t)
		return error_new(ERROR_USAGE, "You can't do that without a process to debug.");
	struct saved saved = { 0 };
	uint64_t tid = (uint64_t)t->tid;
	c->stop.in_call = false;
	TRY(save(c, t, &saved));
	struct eng_stop stop = { 0 };
	struct arena kept = c->stop_arena; /* of the last stop, which is still the last one afterwards */
	c->stop_arena = ARENA_INIT;
	uint64_t frame = 0;
	struct error *err = set_up(c, t, &saved, call, &frame);
	if (!err)
		err = eng_go(c, t, 0, &stop);
	else
		eng_plan_clear(c);
	bool back = !err && stop.kind == ENG_STOP_CALLED && stop.thread == t;
	if (back) {
		err = eng_thread_regs(t, ret_regs);
		if (!err)
			err = get_vectors(c, t, ret_xmm);
	}
	/* The thread may have ended in it. */
	bool alive = map_get_ptr(&c->session->threads, tid) == t;
	bool undone = alive && (back || (c->settings.unwind_on_signal && stop.kind == ENG_STOP_SIGNAL) ||
				!c->stop.kind);
	if (!back && !err)
		err = stopped_inside(&stop, call, undone);
	c->stop.in_call = !back && !undone;
	if (undone) {
		struct error *second = restore(c, &saved);
		if (err)
			error_destroy(second);
		else
			err = second;
		arena_deinit(&c->stop_arena);
		c->stop_arena = kept;
		c->stop = saved.stop;
	} else {
		arena_deinit(&kept);
		/* If that fails, its end is not noticed; what stopped it is what matters now. */
		if (alive && stop.thread == t)
			error_destroy(leave(c, t, frame, &saved));
	}
	free(saved.xstate);
	return err;
}
