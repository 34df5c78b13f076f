/* Callers by decoding a function from its first instruction, and by decoding to its return. x86-64. */
#include "unwind/x86_64_sim.h"

#include "base/map.h"

enum {
	PROLOGUE_MAX_INSNS = 96,
	FORWARD_MAX_INSNS = 2000,
	FORWARD_MAX_FORKS = 16,
	EPILOGUE_MAX_INSNS = 16,
	/* Behind `pop rbp` of a tail call: moves of the return address, `add rsp, N`. */
	EPILOGUE_TAIL_BYTES = 32,
};

static bool is_frame_end(const struct arch_insn *insn)
{
	return strcmp(insn->mnemonic, "leave") == 0 ||
	       (insn->kind == ARCH_INSN_POP && insn->operand_count &&
		insn->operands[0].reg == ARCH_RBP && insn->operands[0].kind == ARCH_OPERAND_REG);
}

/* Behind a stack probe's loop (`sub rsp, 4096; touch; cmp rsp, r11; jne`) sp is what the loop ran up to. */
static void leave_probe_loop(struct sim *s, const struct arch_insn *compare,
			     const struct arch_insn *branch, uint64_t pc)
{
	if (!branch->has_target || branch->target > pc || strcmp(compare->mnemonic, "cmp") != 0 ||
	    compare->operand_count < 2)
		return;
	const struct arch_operand *a = &compare->operands[0], *b = &compare->operands[1];
	if (a->kind != ARCH_OPERAND_REG || b->kind != ARCH_OPERAND_REG)
		return;
	uint16_t limit = a->reg == ARCH_RSP ? b->reg : b->reg == ARCH_RSP ? a->reg : ARCH_REG_NONE;
	if (limit < SIM_REGS && sim_is_stack(s->regs[limit]))
		s->regs[ARCH_RSP] = s->regs[limit];
}

/* The state before the instruction at `pc`, by decoding straight on from start. False: pc is not
 * reached (behind the first jump or return, far into the function, or inside an instruction); then *s
 * is the state of the function's body as far as it was seen. */
static bool simulate_to(struct sim *s, uint64_t start, uint64_t pc)
{
	struct unwind_code_window window = { .context = s->context };
	struct arch_insn insn = { .length = 0 }, previous;
	struct sim body;
	bool has_body = false;
	uint64_t at = start;
	for (int i = 0; i < PROLOGUE_MAX_INSNS && at <= pc; i++) {
		if (at == pc)
			return true;
		previous = insn;
		if (!unwind_insn_at(&window, at, &insn))
			break;
		if (insn.kind == ARCH_INSN_RETURN || insn.kind == ARCH_INSN_JUMP ||
		    insn.kind == ARCH_INSN_TRAP || insn.kind == ARCH_INSN_INVALID)
			break;
		if (is_frame_end(&insn) && sim_is_stack(s->regs[ARCH_RBP])) {
			body = *s;
			has_body = true;
		}
		if (insn.kind == ARCH_INSN_BRANCH)
			leave_probe_loop(s, &previous, &insn, at);
		sim_step(s, &insn, at + insn.length);
		at += insn.length;
	}
	if (has_body)
		*s = body;
	return false;
}

/* The stack pointer on entry, from a register that is known to be that plus something. rbp first: in
 * Cranelift's code a callee that pops its arguments moves rsp in ways that are not seen here. */
static bool entry_sp(const struct sim *s, const struct arch_regs *regs, bool use_sp, uint64_t *ret)
{
	static const unsigned order[] = { ARCH_RBP, ARCH_RSP };
	for (size_t i = 0; i < 2; i++) {
		unsigned reg = order[i];
		if ((reg == ARCH_RSP && !use_sp) || !sim_is_stack(s->regs[reg]) ||
		    !arch_reg_known(regs, reg))
			continue;
		*ret = regs->value[reg] - s->regs[reg].num;
		return true;
	}
	return false;
}

/* Caller registers of a frame whose state is s and whose stack pointer on entry was sp0. */
static bool caller_of_state(const struct sim *s, const struct unwind_frame *frame, uint64_t sp0,
			    bool exact, struct unwind_caller *ret)
{
	const struct unwind_context *context = s->context;
	struct sim_value place, number;
	uint64_t slot = sp0, pc;
	/* A tail call with more arguments moves the return address down (Cranelift's Tail convention). */
	if (sim_find(s, (struct sim_value){ .kind = SIM_RETURN_ADDRESS }, &place))
		slot = sp0 + place.num;
	uint64_t top = slot > sp0 ? slot : sp0; /* up, when the tail call has fewer arguments */
	if (top < frame->regs.value[ARCH_RSP] || !unwind_return_slot(context, slot, &pc))
		return false;
	struct unwind_caller caller = { .cfa = top + 8 };
	unwind_caller_regs(context, &frame->regs, true, pc, top + 8, &caller.regs);
	uint64_t saved = context->arch->callee_saved[ARCH_CC_SYSV] | UINT64_C(1) << context->arch->fp;
	for (unsigned reg = 0; reg < SIM_REGS; reg++) {
		const struct sim_value initial = { .kind = SIM_ENTRY, .reg = (uint8_t)reg };
		uint64_t value;
		if (!(saved >> reg & 1) || reg == ARCH_RSP)
			continue;
		if (exact && sim_equal(s->regs[reg], initial))
			continue; /* still there, or there again */
		if (sim_find(s, initial, &number)) {
			if (unwind_read_u64(context, sp0 + number.num, &value))
				arch_reg_set(&caller.regs, reg, value);
			else
				arch_reg_forget(&caller.regs, reg);
		} else if (!sim_equal(s->regs[reg], initial)) {
			arch_reg_forget(&caller.regs, reg);
		}
	}
	*ret = caller;
	return true;
}

/* From concrete state s, standing before a return (or a jump that leaves the function): the caller. */
static bool caller_at_return(const struct sim *s, const struct unwind_frame *frame,
			     const struct arch_insn *insn, struct unwind_caller *ret)
{
	const struct unwind_context *context = s->context;
	struct sim_value sp = s->regs[ARCH_RSP];
	struct sim_value target = sim_load(s, sp);
	struct arch_insn call;
	struct unwind_stack stack = unwind_stack_of(context, frame->regs.value[ARCH_RSP]);
	if (sp.kind != SIM_NUMBER || target.kind != SIM_NUMBER || sp.num < frame->regs.value[ARCH_RSP] ||
	    sp.num > stack.high - 8 || !unwind_return_address(context, target.num, &call))
		return false;
	uint64_t after = sp.num + 8;
	if (insn->kind == ARCH_INSN_RETURN && insn->operand_count &&
	    insn->operands[0].kind == ARCH_OPERAND_IMM && insn->operands[0].visible)
		after += insn->operands[0].imm & 0xffff; /* `ret N` */
	struct unwind_caller caller = { .cfa = after };
	unwind_caller_regs(context, &frame->regs, true, target.num, after, &caller.regs);
	uint64_t saved = context->arch->callee_saved[ARCH_CC_SYSV] | UINT64_C(1) << context->arch->fp;
	for (unsigned reg = 0; reg < SIM_REGS; reg++) {
		if (!(saved >> reg & 1) || reg == ARCH_RSP)
			continue;
		if (s->regs[reg].kind == SIM_NUMBER && (!s->sp_doubtful || reg == context->arch->fp))
			arch_reg_set(&caller.regs, reg, s->regs[reg].num);
		else
			arch_reg_forget(&caller.regs, reg);
	}
	*ret = caller;
	return true;
}

/* Straight on from pc to a return or jump: for the few instructions behind `pop rbp`. */
static bool finish_epilogue(const struct unwind_context *context, const struct unwind_frame *frame,
			    struct unwind_caller *ret)
{
	struct unwind_code_window window = { .context = context };
	struct sim s;
	sim_init_regs(&s, context, &frame->regs);
	uint64_t at = frame->pc.value;
	for (int i = 0; i < EPILOGUE_MAX_INSNS; i++) {
		struct arch_insn insn;
		if (!unwind_insn_at(&window, at, &insn) || insn.kind == ARCH_INSN_INVALID)
			return false;
		if (insn.kind == ARCH_INSN_RETURN || insn.kind == ARCH_INSN_JUMP)
			return caller_at_return(&s, frame, &insn, ret);
		sim_step(&s, &insn, at + insn.length);
		at += insn.length;
	}
	return false;
}

/* Does pc stand behind Cranelift's `mov rsp, rbp; pop rbp`, with nothing between but straight code of a
 * few instructions? */
static bool behind_frame_end(const struct unwind_context *context, uint64_t start, uint64_t pc)
{
	static const uint8_t frame_end[] = { 0x48, 0x89, 0xec, 0x5d };
	struct unwind_code_window window = { .context = context };
	struct arch_insn insn;
	if (unwind_insn_at(&window, pc, &insn) && insn.kind == ARCH_INSN_RETURN)
		return true; /* there is no other way to a return */
	for (uint64_t back = 0; back <= EPILOGUE_TAIL_BYTES && pc - start >= back + sizeof frame_end;
	     back++) {
		uint8_t bytes[sizeof frame_end];
		uint64_t at = pc - back;
		if (!context->memory(context->ctx, at - sizeof bytes, bytes, sizeof bytes) ||
		    memcmp(bytes, frame_end, sizeof bytes) != 0)
			continue;
		while (at < pc && unwind_insn_at(&window, at, &insn) && insn.kind == ARCH_INSN_OTHER)
			at += insn.length;
		return at == pc;
	}
	return false;
}

/* The code cannot be read any more (freed, not kept): where Cranelift's frames always are. */
static bool cranelift_blind(const struct unwind_context *context, uint64_t start,
			    const struct unwind_frame *frame, struct unwind_caller *ret)
{
	enum { PUSH_RBP_LENGTH = 1 };
	struct sim s;
	sim_init_entry(&s, context);
	uint64_t into = frame->pc.value - start;
	if (into >= PUSH_RBP_LENGTH) {
		s.regs[ARCH_RSP].num -= 8;
		s.slots[s.slot_count++] = (struct sim_slot){
			.kind = SIM_ENTRY,
			.bytes = 8,
			.addr = s.regs[ARCH_RSP].num,
			.value = { .kind = SIM_ENTRY, .reg = ARCH_RBP },
		};
	}
	if (into > PUSH_RBP_LENGTH)
		s.regs[ARCH_RBP] = s.regs[ARCH_RSP];
	uint64_t sp0;
	if (!entry_sp(&s, &frame->regs, true, &sp0) || !caller_of_state(&s, frame, sp0, false, ret))
		return false;
	/* Which registers were saved is not known. */
	uint64_t pc = ret->regs.value[ARCH_RIP], sp = ret->regs.value[ARCH_RSP],
		 rbp = ret->regs.value[ARCH_RBP];
	bool rbp_known = arch_reg_known(&ret->regs, ARCH_RBP);
	unwind_caller_regs(context, &frame->regs, false, pc, sp, &ret->regs);
	if (rbp_known)
		arch_reg_set(&ret->regs, ARCH_RBP, rbp);
	return true;
}

bool unwind_prologue(const struct unwind_context *context, uint64_t start, bool cranelift,
		     const struct unwind_frame *frame, struct unwind_caller *ret)
{
	uint64_t pc = frame->pc.value, sp0;
	if (pc < start)
		return false;
	uint8_t first;
	if (!context->memory(context->ctx, start, &first, 1))
		return cranelift && cranelift_blind(context, start, frame, ret);
	struct sim s;
	sim_init_entry(&s, context);
	bool exact = simulate_to(&s, start, pc);
	if (!exact) {
		/* rsp may differ in the body; without the rules of one generator so may everything. */
		if (cranelift && behind_frame_end(context, start, pc))
			return finish_epilogue(context, frame, ret);
		if (!sim_is_stack(s.regs[ARCH_RBP]))
			return false;
	}
	if (!entry_sp(&s, &frame->regs, exact, &sp0))
		return false;
	return caller_of_state(&s, frame, sp0, exact, ret);
}

/* ---- forward ---- */

struct forward_path {
	struct sim sim;
	uint64_t pc;
};

/* A jump that is not followed: through a stub's table, or at the end of a function that has given its
 * frame back. */
static bool leaves_function(const struct sim *s, const struct unwind_frame *frame,
			    const struct arch_insn *insn)
{
	if (insn->operand_count && insn->operands[0].kind == ARCH_OPERAND_MEM &&
	    insn->operands[0].base == ARCH_RIP)
		return true;
	struct sim_value sp = s->regs[ARCH_RSP];
	return sp.kind == SIM_NUMBER && sp.num > frame->regs.value[ARCH_RSP];
}

/* Follows one path to its end, pushing the other sides of branches onto `paths`. */
static bool follow(struct forward_path *paths, size_t *path_count, const struct unwind_frame *frame,
		   struct map *seen, int *budget, struct unwind_caller *ret)
{
	struct forward_path *path = &paths[--*path_count];
	struct sim s = path->sim;
	uint64_t at = path->pc;
	struct unwind_code_window window = { .context = s.context };
	for (;;) {
		struct arch_insn insn;
		struct unwind_code code;
		uint64_t ignored;
		if (--*budget < 0 || map_get(seen, at, &ignored) || !unwind_insn_at(&window, at, &insn))
			return false;
		map_set(seen, at, 1);
		switch (insn.kind) {
		case ARCH_INSN_INVALID:
		case ARCH_INSN_TRAP:
		case ARCH_INSN_BREAKPOINT:
			return false;
		case ARCH_INSN_RETURN:
			return caller_at_return(&s, frame, &insn, ret);
		case ARCH_INSN_JUMP:
			if (!insn.has_target)
				return leaves_function(&s, frame, &insn) &&
				       caller_at_return(&s, frame, &insn, ret);
			if (!unwind_code_at(s.context, insn.target, &code))
				return false;
			at = insn.target;
			continue;
		case ARCH_INSN_BRANCH:
			if (insn.has_target && *path_count < FORWARD_MAX_FORKS)
				paths[(*path_count)++] =
					(struct forward_path){ .sim = s, .pc = insn.target };
			break;
		default:
			if (insn.privileged) /* hlt behind a call that does not return */
				return false;
			sim_step(&s, &insn, at + insn.length);
			break;
		}
		at += insn.length;
	}
}

bool unwind_forward(const struct unwind_context *context, const struct unwind_frame *frame,
		    struct unwind_caller *ret)
{
	struct forward_path paths[FORWARD_MAX_FORKS];
	size_t path_count = 1;
	int budget = FORWARD_MAX_INSNS;
	struct map seen = { 0 };
	bool found = false;
	paths[0].pc = frame->pc.value;
	sim_init_regs(&paths[0].sim, context, &frame->regs);
	while (!found && path_count && budget > 0)
		found = follow(paths, &path_count, frame, &seen, &budget, ret);
	map_deinit(&seen);
	return found;
}
