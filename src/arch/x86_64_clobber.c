/* The walk over a function's paths behind clobber.h. */
#include "arch/clobber.h"
#include "arch/clobber_step.h"

#include "base/vec.h"

#include <assert.h>

enum {
	STATES_PER_BLOCK = 8, /* kept apart before joining */
	MAX_STATES = 20000,   /* of all blocks: about 45 MB */
	MAX_STEPS = 400000,   /* instructions, re-visits included */
	MAX_CODE = 16 << 20,
};

/* What to take for granted about calls; see clobber.h. */
struct assumptions {
	bool callee_pops; /* `call; sub rsp, N`: the callee took N bytes off */
	const uint8_t *barred; /* offsets (a bitmap) that a returning call does not fall through to; or NULL */
};

/* One of the states in which a block is entered. */
struct entry {
	struct state state;
	uint32_t offset; /* of the block */
	uint32_t next;   /* number of the block's next entry, or 0 */
	bool queued;
	bool after_call; /* arrived by falling through from a call */
};

struct walk {
	const uint8_t *code;
	uint32_t size;
	uint64_t base_pc, mask;
	struct assumptions assume;
	const uint8_t *targets;      /* bitmap: where jumps go */
	uint8_t *conflicts;          /* bitmap: blocks entered with different stacks */
	uint32_t *first;             /* per offset: number of its first entry, or 0 */
	VEC(struct entry *) entries; /* numbered from 1 */
	VEC(uint32_t) queue;         /* numbers of entries */
	uint32_t steps;
	bool saw_call_then_sub;
	struct arch_clobber_report report;
	uint64_t not_always; /* registers that some return has their entry value in */
};

static bool bitmap_get(const uint8_t *map, uint32_t i)
{
	return map[i / 8] >> (i % 8) & 1;
}

static void bitmap_set(uint8_t *map, uint32_t i)
{
	map[i / 8] |= (uint8_t)(1 << (i % 8));
}

static bool inside(const struct walk *w, uint64_t pc)
{
	return pc - w->base_pc < w->size;
}

static void decode_at(const struct walk *w, uint32_t offset, struct arch_insn *insn, struct step *ret)
{
	ret->insn = insn;
	ret->offset = offset;
	ret->mnemonic =
		x86_64_decode_mnemonic(w->code + offset, w->size - offset, w->base_pc + offset, insn);
	ret->next_pc = w->base_pc + offset + insn->length;
}

static struct entry *entry_of(const struct walk *w, uint32_t number)
{
	assert(number > 0 && number <= w->entries.count);
	return w->entries.data[number - 1];
}

static void enqueue(struct walk *w, uint32_t number)
{
	struct entry *e = entry_of(w, number);
	if (e->queued)
		return;
	e->queued = true;
	vec_push(&w->queue, number);
}

static bool same_stack(const struct state *a, const struct state *b)
{
	const struct value *x = &a->regs[ARCH_RSP], *y = &b->regs[ARCH_RSP];
	if (value_is_stack(x) && value_is_stack(y) && (x->base != y->base || x->k != y->k))
		return false;
	return state_same_saves(a, b);
}

/* Adds a way into the block at offset: to the entry that it resembles, as one of its own, or, when there are too many, to the
 * last. */
static void enter(struct walk *w, uint32_t offset, const struct state *st, bool after_call)
{
	if (after_call && w->assume.barred && bitmap_get(w->assume.barred, offset))
		return;
	uint32_t count = 0, last = 0;
	for (uint32_t number = w->first[offset]; number != 0; number = entry_of(w, number)->next) {
		struct entry *e = entry_of(w, number);
		if (!same_stack(&e->state, st))
			bitmap_set(w->conflicts, offset);
		if (e->after_call == after_call && state_same_shape(&e->state, st)) {
			if (state_join(&e->state, st))
				enqueue(w, number);
			return;
		}
		count++;
		last = number;
	}
	if (count >= STATES_PER_BLOCK) {
		if (state_join(&entry_of(w, last)->state, st))
			enqueue(w, last);
		return;
	}
	if (w->entries.count >= MAX_STATES) {
		w->report.complete = false;
		return;
	}
	struct entry *e = xmalloc(sizeof *e);
	*e = (struct entry){ .state = *st, .offset = offset, .after_call = after_call };
	vec_push(&w->entries, e);
	uint32_t added = (uint32_t)w->entries.count;
	if (last)
		entry_of(w, last)->next = added;
	else
		w->first[offset] = added;
	enqueue(w, added);
}

static void report_broken(struct walk *w, unsigned reg, const struct value *v, uint64_t return_pc)
{
	struct arch_clobber_detail *d = &w->report.detail[reg];
	bool first = !(w->report.broken >> reg & 1);
	bool has_imm = v->kind == VALUE_CONST;
	if (!first && (d->has_imm || !has_imm)) /* a constant says most */
		return;
	w->report.broken |= UINT64_C(1) << reg;
	*d = (struct arch_clobber_detail){ .write_pc = w->base_pc + v->pc,
					   .return_pc = return_pc,
					   .has_imm = has_imm,
					   .imm = has_imm ? v->k : 0 };
}

static void check_registers(struct walk *w, const struct state *st, uint64_t return_pc)
{
	for (unsigned reg = 0; reg < TRACKED_REGS; reg++) {
		const struct value *v = &st->regs[reg];
		if (!(w->mask >> reg & 1))
			continue;
		if (value_is_entry(v, reg, 0)) {
			w->not_always |= UINT64_C(1) << reg;
			continue;
		}
		if (v->kind == VALUE_OTHER && (v->deps >> reg & 1))
			w->report.maybe |= UINT64_C(1) << reg;
		else
			report_broken(w, reg, v, return_pc);
	}
}

static void check_return(struct walk *w, const struct state *st, uint64_t return_pc)
{
	const struct value *sp = &st->regs[ARCH_RSP];
	if (sp->kind == VALUE_OTHER || sp->base == ALIGNED_SP) {
		w->report.sp_unknown = true;
	} else if (!value_is_entry(sp, ARCH_RSP, 0) && w->report.sp_balanced) {
		w->report.sp_balanced = false;
		w->report.bad_return_pc = return_pc;
	}
	check_registers(w, st, return_pc);
}

/* A jump out of the code. */
static void leave_code(struct walk *w, const struct state *st, uint64_t pc)
{
	if (value_is_entry(&st->regs[ARCH_RSP], ARCH_RSP, 0))
		check_registers(w, st, pc);
	else
		w->report.complete = false;
}

static void leave_unknown(struct walk *w, const struct state *st)
{
	w->report.complete = false;
	if (!value_is_entry(&st->regs[ARCH_RSP], ARCH_RSP, 0))
		return;
	for (unsigned reg = 0; reg < TRACKED_REGS; reg++)
		if ((w->mask >> reg & 1) && !value_is_entry(&st->regs[reg], reg, 0))
			w->report.maybe |= UINT64_C(1) << reg;
}

static void go(struct walk *w, const struct state *st, uint64_t from_pc, uint64_t target)
{
	if (inside(w, target))
		enter(w, (uint32_t)(target - w->base_pc), st, false);
	else
		leave_code(w, st, from_pc);
}

static void branch(struct walk *w, const struct state *st, const struct step *s)
{
	bool jz = s->mnemonic == ZYDIS_MNEMONIC_JZ, jnz = s->mnemonic == ZYDIS_MNEMONIC_JNZ;
	uint64_t pc = w->base_pc + s->offset;
	struct state taken = *st, passed = *st;
	bool can_take = !(jz || jnz) || step_refine(&taken, jz);
	bool can_pass = !(jz || jnz) || step_refine(&passed, jnz);
	if (can_take && s->insn->has_target)
		go(w, &taken, pc, s->insn->target);
	if (can_pass && inside(w, s->next_pc))
		enter(w, (uint32_t)(s->next_pc - w->base_pc), &passed, false);
	else if (can_pass)
		w->report.complete = false;
}

/* jmp [rip+X] is a jump through the GOT to another function. Other indirect jumps are tail calls or jump tables: what is not as on
 * entry there, though rsp is, may be broken. */
static void jump(struct walk *w, const struct state *st, const struct step *s)
{
	const struct arch_operand *op = &s->insn->operands[0];
	uint64_t pc = w->base_pc + s->offset;
	if (s->insn->has_target)
		go(w, st, pc, s->insn->target);
	else if (op->kind == ARCH_OPERAND_MEM && op->base == ARCH_RIP && op->index == ARCH_REG_NONE)
		leave_code(w, st, pc);
	else
		leave_unknown(w, st);
}

/* N of a `sub rsp, N` at this offset, else 0. */
static uint64_t sub_rsp_at(const struct walk *w, uint32_t offset)
{
	struct arch_insn insn;
	struct step s;
	if (offset >= w->size)
		return 0;
	decode_at(w, offset, &insn, &s);
	bool is_sub = s.mnemonic == ZYDIS_MNEMONIC_SUB && insn.operands[0].kind == ARCH_OPERAND_REG &&
		      insn.operands[0].reg == ARCH_RSP && insn.operands[1].kind == ARCH_OPERAND_IMM;
	return is_sub ? insn.operands[1].imm : 0;
}

static void call(struct walk *w, struct state *st, const struct step *s)
{
	uint32_t next = s->offset + s->insn->length;
	uint64_t sub = sub_rsp_at(w, next);
	if (sub)
		w->saw_call_then_sub = true;
	step_call(st, s, w->assume.callee_pops ? sub : 0);
}

static bool is_padding(const struct step *s)
{
	return s->mnemonic == ZYDIS_MNEMONIC_NOP || s->mnemonic == ZYDIS_MNEMONIC_INT3;
}

/* From one entry of a block along the straight line to where control is transferred or another block begins. */
static void run(struct walk *w, const struct entry *e)
{
	struct state st = e->state;
	uint32_t offset = e->offset;
	bool after_call = e->after_call;
	for (bool first = true;; first = false) {
		if (offset >= w->size) {
			if (!after_call) /* a call that ends the code does not return */
				w->report.complete = false;
			return;
		}
		if (!first && (w->first[offset] || bitmap_get(w->targets, offset))) {
			enter(w, offset, &st, after_call);
			return;
		}
		if (w->steps++ >= MAX_STEPS) {
			w->report.complete = false;
			return;
		}
		struct arch_insn insn;
		struct step s;
		decode_at(w, offset, &insn, &s);
		if (!is_padding(&s))
			after_call = false;
		switch (insn.kind) {
		case ARCH_INSN_RETURN:
			if (insn.regs_written >> ARCH_CS & 1) /* far: no function's end */
				w->report.complete = false;
			else
				check_return(w, &st, w->base_pc + offset);
			return;
		case ARCH_INSN_JUMP:
			jump(w, &st, &s);
			return;
		case ARCH_INSN_BRANCH: {
			bool compared = st.compared;
			step_apply(&st, &s);
			st.compared = compared;
			branch(w, &st, &s);
			return;
		}
		case ARCH_INSN_CALL:
			call(w, &st, &s);
			after_call = true;
			break;
		case ARCH_INSN_TRAP:
		case ARCH_INSN_BREAKPOINT:
			return;
		case ARCH_INSN_INVALID:
			w->report.complete = false;
			return;
		default:
			if (s.mnemonic == ZYDIS_MNEMONIC_HLT)
				return;
			step_apply(&st, &s);
			break;
		}
		offset += insn.length;
	}
}

static void walk_run(struct walk *w, uint32_t entry_offset)
{
	struct state st;
	state_init(&st, w->mask | UINT64_C(1) << ARCH_RSP);
	w->report.complete = true;
	w->report.sp_balanced = true;
	enter(w, entry_offset, &st, false);
	while (w->queue.count > 0) {
		struct entry *e = entry_of(w, w->queue.data[--w->queue.count]);
		e->queued = false;
		run(w, e);
	}
	if (w->report.complete)
		w->report.always = w->report.broken & ~w->report.maybe & ~w->not_always;
	w->report.maybe &= ~w->report.broken;
}

/* Offsets that direct jumps in the code go to, by linear decoding. */
static uint8_t *find_targets(const struct walk *w)
{
	uint8_t *map = xmalloc(w->size / 8 + 1);
	struct arch_insn insn;
	for (uint32_t offset = 0; offset < w->size; offset += insn.length) {
		x86_64_decode(w->code + offset, w->size - offset, w->base_pc + offset, &insn);
		if ((insn.kind == ARCH_INSN_JUMP || insn.kind == ARCH_INSN_BRANCH) && insn.has_target &&
		    inside(w, insn.target))
			bitmap_set(map, (uint32_t)(insn.target - w->base_pc));
	}
	return map;
}

/* One walk over `like`'s code under other assumptions. The result's bitmap of conflicts is the caller's. */
static struct walk walk_once(const struct walk *like, uint32_t entry_offset, struct assumptions assume)
{
	struct walk w = *like;
	w.assume = assume;
	w.conflicts = xmalloc(w.size / 8 + 1);
	w.first = xmalloc(w.size * sizeof *w.first);
	walk_run(&w, entry_offset);
	vec_for(&w.entries, e)
		free(*e);
	vec_free(&w.entries);
	vec_free(&w.queue);
	free(w.first);
	w.first = NULL;
	return w;
}

static bool any(const uint8_t *map, uint32_t size)
{
	for (uint32_t i = 0; i <= size / 8; i++)
		if (map[i])
			return true;
	return false;
}

static bool is_clean(const struct arch_clobber_report *r)
{
	return r->complete && !r->broken && !r->maybe && r->sp_balanced && !r->sp_unknown;
}

/* Only what holds under the other assumptions too stays shown. */
static void weaken(struct arch_clobber_report *r, const struct arch_clobber_report *other)
{
	r->maybe |= r->broken & ~other->broken;
	r->broken &= other->broken;
	r->always &= other->always;
	if (!r->sp_balanced && other->sp_balanced) {
		r->sp_balanced = true;
		r->sp_unknown = true;
		r->bad_return_pc = 0;
	}
}

void arch_x86_64_check_saved(const uint8_t *code, size_t size, uint64_t base_pc, uint64_t entry_pc,
			     uint64_t callee_saved_mask, struct arch_clobber_report *ret)
{
	const uint64_t tracked = ((UINT64_C(1) << TRACKED_REGS) - 1) &
				 ~(UINT64_C(1) << ARCH_RIP | UINT64_C(1) << ARCH_RSP);
	memset(ret, 0, sizeof *ret);
	ret->sp_balanced = true;
	if (size > MAX_CODE || entry_pc - base_pc >= size)
		return;

	struct walk like = { .code = code,
			     .size = (uint32_t)size,
			     .base_pc = base_pc,
			     .mask = callee_saved_mask & tracked };
	uint32_t entry_offset = (uint32_t)(entry_pc - base_pc);
	uint8_t *targets = find_targets(&like);
	like.targets = targets;
	struct walk main_walk = walk_once(&like, entry_offset, (struct assumptions){ 0 });
	*ret = main_walk.report;
	bool trouble = ret->broken || !ret->sp_balanced;
	if (trouble && main_walk.saw_call_then_sub) {
		struct walk w = walk_once(&like, entry_offset, (struct assumptions){ .callee_pops = true });
		/* Code that is all right so and wrong otherwise was made for it. */
		if (is_clean(&w.report)) {
			*ret = w.report;
			trouble = false;
		} else {
			weaken(ret, &w.report);
		}
		free(w.conflicts);
	}
	if (trouble && any(main_walk.conflicts, like.size)) {
		struct walk w = walk_once(&like, entry_offset,
					  (struct assumptions){ .barred = main_walk.conflicts });
		weaken(ret, &w.report);
		free(w.conflicts);
	}
	for (unsigned reg = 0; reg < ARCH_REG_LIMIT; reg++)
		if (!(ret->broken >> reg & 1))
			memset(&ret->detail[reg], 0, sizeof ret->detail[reg]);
	free(main_walk.conflicts);
	free(targets);
}

void arch_x86_64_last_definition(const uint8_t *code, size_t size, uint64_t base_pc,
				 uint64_t function_start, uint64_t at_pc, unsigned reg,
				 struct arch_definition *ret)
{
	memset(ret, 0, sizeof *ret);
	if (reg >= ARCH_REG_LIMIT || function_start < base_pc || at_pc < function_start ||
	    at_pc - base_pc > size)
		return;
	struct arch_definition d = { 0 };
	uint64_t pc = function_start;
	while (pc < at_pc) {
		struct arch_insn insn;
		x86_64_decode(code + (pc - base_pc), size - (pc - base_pc), pc, &insn);
		if (insn.kind == ARCH_INSN_CALL) {
			if (d.call_count == ARCH_DEFINITION_CALLS_MAX) {
				memmove(d.calls, d.calls + 1, sizeof d.calls - sizeof *d.calls);
				d.call_count--;
				d.more_calls = true;
			}
			d.calls[d.call_count++] = pc + insn.length;
		} else if (insn.regs_written >> reg & 1) {
			d = (struct arch_definition){ .found = true, .def_pc = pc };
		}
		pc += insn.length;
	}
	if (pc != at_pc)
		return;
	d.in_step = true;
	*ret = d;
}
