#include "arch/clobber_step.h"

static uint64_t bit(unsigned reg)
{
	return UINT64_C(1) << reg;
}

static struct value add(const struct state *st, const struct value *a, const struct value *b, uint32_t pc)
{
	if (b->kind == VALUE_CONST && a->kind != VALUE_OTHER) {
		struct value v = *a;
		v.k += b->k;
		v.pc = pc;
		return v;
	}
	if (a->kind == VALUE_CONST && b->kind == VALUE_ENTRY)
		return add(st, b, a, pc);
	return value_other(value_deps(st, a) | value_deps(st, b), pc);
}

static bool is_tracked(uint16_t reg)
{
	return reg < TRACKED_REGS && reg != ARCH_RIP;
}

static struct value address_of(const struct state *st, const struct step *s, const struct arch_operand *op)
{
	struct value address = value_const((uint64_t)op->disp, s->offset);
	if (op->segment != ARCH_REG_NONE)
		return value_other(0, s->offset);
	if (op->base == ARCH_RIP)
		address.k += s->next_pc;
	else if (is_tracked(op->base))
		address = add(st, &st->regs[op->base], &address, s->offset);
	if (op->index != ARCH_REG_NONE) {
		struct value index = value_other(0, s->offset);
		if (is_tracked(op->index))
			index = st->regs[op->index];
		if (index.kind == VALUE_CONST)
			index.k *= op->scale;
		else if (op->scale != 1)
			index = value_other(value_deps(st, &index), s->offset);
		address = add(st, &address, &index, s->offset);
	}
	if (op->address_bits == 32)
		address = value_other(value_deps(st, &address), s->offset);
	return address;
}

/* A value cut to an operand's width. */
static struct value narrowed(const struct state *st, struct value v, unsigned bits)
{
	if (bits >= 64)
		return v;
	if (v.kind == VALUE_CONST)
		v.k &= (UINT64_C(1) << bits) - 1;
	else
		v = value_other(value_deps(st, &v), v.pc);
	return v;
}

static struct value read_operand(const struct state *st, const struct step *s,
				 const struct arch_operand *op)
{
	struct value v;
	switch (op->kind) {
	case ARCH_OPERAND_REG:
		if (!is_tracked(op->reg))
			return value_other(0, s->offset);
		v = st->regs[op->reg];
		if (op->high_byte || (op->reg >= ARCH_XMM0 && op->bits != 128))
			v = value_other(value_deps(st, &v), s->offset);
		return narrowed(st, v, op->bits);
	case ARCH_OPERAND_MEM:
		v = address_of(st, s, op);
		return slot_load(st, &v, op->bits / 8, s->offset);
	default:
		return value_const(op->imm, s->offset);
	}
}

static void write_reg(struct state *st, const struct step *s, const struct arch_operand *op, struct value v)
{
	if (!is_tracked(op->reg))
		return;
	struct value *reg = &st->regs[op->reg];
	bool vector = op->reg >= ARCH_XMM0;
	unsigned whole = vector ? 128 : 64;
	if (op->bits == whole)
		*reg = v;
	else if (!vector && op->bits == 32)
		*reg = narrowed(st, v, 32);
	else
		*reg = value_other(value_deps(st, reg) | value_deps(st, &v), s->offset);
	reg->pc = s->offset;
}

static void write_operand(struct state *st, const struct step *s, const struct arch_operand *op,
			  struct value v)
{
	if (op->kind == ARCH_OPERAND_REG) {
		write_reg(st, s, op, v);
	} else if (op->kind == ARCH_OPERAND_MEM) {
		struct value address = address_of(st, s, op);
		slot_store(st, &address, op->bits / 8, &v, op->base == ARCH_RSP || op->base == ARCH_RBP);
	}
}

static void move_sp(struct state *st, const struct step *s, int64_t bytes)
{
	struct value by = value_const((uint64_t)bytes, s->offset);
	st->regs[ARCH_RSP] = add(st, &st->regs[ARCH_RSP], &by, s->offset);
}

/* Size of the hidden stack operand: 8, or 2 with an operand-size prefix. */
static unsigned stack_size(const struct step *s)
{
	for (size_t i = 0; i < s->insn->operand_count; i++)
		if (s->insn->operands[i].kind == ARCH_OPERAND_MEM && !s->insn->operands[i].visible)
			return s->insn->operands[i].bits / 8;
	return 8;
}

static void push(struct state *st, const struct step *s, struct value v)
{
	unsigned size = stack_size(s);
	move_sp(st, s, -(int64_t)size);
	slot_store(st, &st->regs[ARCH_RSP], size, &v, true);
}

static struct value pop(struct state *st, const struct step *s)
{
	unsigned size = stack_size(s);
	struct value v = slot_load(st, &st->regs[ARCH_RSP], size, s->offset);
	move_sp(st, s, size);
	return v;
}

/* Anything without a rule of its own: what it writes may hold anything of what it reads. */
static void apply_generic(struct state *st, const struct step *s)
{
	const struct arch_insn *insn = s->insn;
	uint64_t deps = 0, narrow = 0;
	for (size_t i = 0; i < insn->operand_count; i++) {
		const struct arch_operand *op = &insn->operands[i];
		if (op->read) {
			struct value v = read_operand(st, s, op);
			deps |= value_deps(st, &v);
		}
		bool vector = op->reg != ARCH_REG_NONE && op->reg >= ARCH_XMM0;
		if (op->kind == ARCH_OPERAND_REG && op->write && is_tracked(op->reg) &&
		    op->bits < (vector ? 128 : 32))
			narrow |= bit(op->reg);
	}
	bool all_listed = insn->operand_count < ARCH_INSN_MAX_OPERANDS;
	for (unsigned reg = 0; reg < TRACKED_REGS; reg++)
		if (!all_listed && reg != ARCH_RIP && (insn->regs_read >> reg & 1))
			deps |= value_deps(st, &st->regs[reg]);

	bool string = s->mnemonic == ZYDIS_MNEMONIC_MOVSB || s->mnemonic == ZYDIS_MNEMONIC_MOVSW ||
		      s->mnemonic == ZYDIS_MNEMONIC_MOVSQ || s->mnemonic == ZYDIS_MNEMONIC_STOSB ||
		      s->mnemonic == ZYDIS_MNEMONIC_STOSW || s->mnemonic == ZYDIS_MNEMONIC_STOSD ||
		      s->mnemonic == ZYDIS_MNEMONIC_STOSQ ||
		      (s->mnemonic == ZYDIS_MNEMONIC_MOVSD && !insn->operands[0].visible);
	for (size_t i = 0; i < insn->operand_count; i++) {
		const struct arch_operand *op = &insn->operands[i];
		if (op->kind != ARCH_OPERAND_MEM || !op->write)
			continue;
		if (string) /* with rep the size is not known */
			slot_store_unknown(st, deps);
		else
			write_operand(st, s, op, value_other(deps, s->offset));
	}
	for (unsigned reg = 0; reg < TRACKED_REGS; reg++) {
		if (reg == ARCH_RIP || !(insn->regs_written >> reg & 1))
			continue;
		bool keeps_some = ((narrow | insn->regs_read) >> reg & 1) != 0;
		uint64_t old = keeps_some ? value_deps(st, &st->regs[reg]) : 0;
		st->regs[reg] = value_other(deps | old, s->offset);
	}
	if (insn->kind == ARCH_INSN_SYSCALL)
		st->regs[ARCH_RAX] = value_other(st->escaped, s->offset);
}

static bool same_reg(const struct arch_operand *a, const struct arch_operand *b)
{
	return a->kind == ARCH_OPERAND_REG && b->kind == ARCH_OPERAND_REG && a->reg == b->reg &&
	       a->bits == b->bits && a->high_byte == b->high_byte;
}

static void apply_add(struct state *st, const struct step *s, bool negative)
{
	const struct arch_operand *dst = &s->insn->operands[0];
	struct value a = read_operand(st, s, dst), b = value_const(1, s->offset);
	if (s->insn->operand_count > 1 && s->insn->operands[1].visible)
		b = read_operand(st, s, &s->insn->operands[1]);
	if (negative && b.kind == VALUE_CONST)
		b.k = -b.k;
	else if (negative)
		b = value_other(value_deps(st, &b), s->offset);
	write_operand(st, s, dst, add(st, &a, &b, s->offset));
}

/* `and rsp, -N`: rsp is now a multiple of N, at an unknown distance below. Twice in a function is more than is tracked. */
static void apply_align_sp(struct state *st, const struct step *s)
{
	bool used = false;
	for (uint32_t i = 0; i < st->slot_count; i++)
		used |= st->slots[i].origin == ALIGNED_SP;
	for (unsigned i = 0; i < TRACKED_REGS; i++)
		used |= i != ALIGNED_SP && st->regs[i].kind == VALUE_ENTRY &&
			st->regs[i].base == ALIGNED_SP;
	struct value *sp = &st->regs[ARCH_RSP];
	if (used || !value_is_stack(sp))
		*sp = value_other(bit(ARCH_RSP), s->offset);
	else
		*sp = (struct value){ .kind = VALUE_ENTRY, .base = ALIGNED_SP, .pc = s->offset };
}

static void apply_xchg(struct state *st, const struct step *s)
{
	const struct arch_operand *a = &s->insn->operands[0], *b = &s->insn->operands[1];
	struct value va = read_operand(st, s, a), vb = read_operand(st, s, b);
	/* The memory operand first: its address is made of the old registers. */
	if (b->kind == ARCH_OPERAND_MEM) {
		write_operand(st, s, b, va);
		write_operand(st, s, a, vb);
	} else {
		write_operand(st, s, a, vb);
		write_operand(st, s, b, va);
	}
}

static void apply_leave(struct state *st, const struct step *s)
{
	st->regs[ARCH_RSP] = st->regs[ARCH_RBP];
	struct value fp = pop(st, s);
	fp.pc = s->offset;
	st->regs[ARCH_RBP] = fp;
}

static void apply_enter(struct state *st, const struct step *s)
{
	if (s->insn->operands[1].imm != 0) { /* nested frames: nobody's code */
		apply_generic(st, s);
		return;
	}
	push(st, s, st->regs[ARCH_RBP]);
	st->regs[ARCH_RBP] = st->regs[ARCH_RSP];
	st->regs[ARCH_RBP].pc = s->offset;
	move_sp(st, s, -(int64_t)(s->insn->operands[0].imm & 0xffff));
}

static void apply_compare(struct state *st, const struct step *s)
{
	const struct arch_operand *a = &s->insn->operands[0], *b = &s->insn->operands[1];
	if (a->kind != ARCH_OPERAND_REG || b->kind != ARCH_OPERAND_REG || a->bits != 64 ||
	    !is_tracked(a->reg) || !is_tracked(b->reg))
		return;
	st->compared = true;
	st->compared_a = (uint8_t)a->reg;
	st->compared_b = (uint8_t)b->reg;
}

void step_apply(struct state *st, const struct step *s)
{
	const struct arch_operand *op = s->insn->operands;
	st->compared = false;
	switch (s->mnemonic) {
	case ZYDIS_MNEMONIC_MOV:
	case ZYDIS_MNEMONIC_MOVAPS:
	case ZYDIS_MNEMONIC_MOVAPD:
	case ZYDIS_MNEMONIC_MOVUPS:
	case ZYDIS_MNEMONIC_MOVUPD:
	case ZYDIS_MNEMONIC_MOVDQA:
	case ZYDIS_MNEMONIC_MOVDQU:
	case ZYDIS_MNEMONIC_VMOVAPS:
	case ZYDIS_MNEMONIC_VMOVAPD:
	case ZYDIS_MNEMONIC_VMOVUPS:
	case ZYDIS_MNEMONIC_VMOVUPD:
	case ZYDIS_MNEMONIC_VMOVDQA:
	case ZYDIS_MNEMONIC_VMOVDQU:
		write_operand(st, s, &op[0], read_operand(st, s, &op[1]));
		return;
	case ZYDIS_MNEMONIC_LEA:
		write_operand(st, s, &op[0], address_of(st, s, &op[1]));
		return;
	case ZYDIS_MNEMONIC_PUSH:
		push(st, s, read_operand(st, s, &op[0]));
		return;
	case ZYDIS_MNEMONIC_POP: {
		/* The decoder counts a memory operand's address from rsp before the pop. */
		struct state before = *st;
		struct value v = pop(st, s);
		if (op[0].kind == ARCH_OPERAND_MEM) {
			struct value address = address_of(&before, s, &op[0]);
			slot_store(st, &address, op[0].bits / 8, &v,
				   op[0].base == ARCH_RSP || op[0].base == ARCH_RBP);
		} else {
			write_operand(st, s, &op[0], v);
		}
		return;
	}
	case ZYDIS_MNEMONIC_PUSHFQ:
		push(st, s, value_other(0, s->offset));
		return;
	case ZYDIS_MNEMONIC_POPFQ:
		pop(st, s);
		return;
	case ZYDIS_MNEMONIC_LEAVE:
		apply_leave(st, s);
		return;
	case ZYDIS_MNEMONIC_ENTER:
		apply_enter(st, s);
		return;
	case ZYDIS_MNEMONIC_ADD:
	case ZYDIS_MNEMONIC_INC:
		apply_add(st, s, false);
		return;
	case ZYDIS_MNEMONIC_SUB:
		if (same_reg(&op[0], &op[1]))
			write_operand(st, s, &op[0], value_const(0, s->offset));
		else
			apply_add(st, s, true);
		return;
	case ZYDIS_MNEMONIC_DEC:
		apply_add(st, s, true);
		return;
	case ZYDIS_MNEMONIC_XOR:
	case ZYDIS_MNEMONIC_PXOR:
	case ZYDIS_MNEMONIC_XORPS:
	case ZYDIS_MNEMONIC_XORPD:
		if (same_reg(&op[0], &op[1]))
			write_operand(st, s, &op[0], value_const(0, s->offset));
		else
			apply_generic(st, s);
		return;
	case ZYDIS_MNEMONIC_AND:
		if (op[0].kind == ARCH_OPERAND_REG && op[0].reg == ARCH_RSP && op[0].bits == 64 &&
		    op[1].kind == ARCH_OPERAND_IMM)
			apply_align_sp(st, s);
		else
			apply_generic(st, s);
		return;
	case ZYDIS_MNEMONIC_XCHG:
		apply_xchg(st, s);
		return;
	case ZYDIS_MNEMONIC_CMP:
		apply_generic(st, s);
		apply_compare(st, s);
		return;
	case ZYDIS_MNEMONIC_NOP:
	case ZYDIS_MNEMONIC_ENDBR64:
		return;
	default:
		apply_generic(st, s);
		return;
	}
}

void step_call(struct state *st, const struct step *s, uint64_t popped)
{
	static const uint8_t args[] = { ARCH_RAX, ARCH_RDI, ARCH_RSI, ARCH_RDX,
					ARCH_RCX, ARCH_R8,  ARCH_R9 };
	st->compared = false;
	if (s->insn->has_target &&
	    s->insn->target == s->next_pc) { /* call to the next instruction: a way to read rip */
		push(st, s, value_const(s->next_pc, s->offset));
		return;
	}
	/* What the callee was given it may give back, but not a way to the save slots. */
	uint64_t deps = st->escaped;
	for (size_t i = 0; i < sizeof args; i++)
		deps |= value_deps(st, &st->regs[args[i]]);
	deps &= ~bit(ARCH_RSP);
	slots_after_call(st);
	for (unsigned reg = 0; reg < TRACKED_REGS; reg++)
		if (!(st->interesting >> reg & 1) && reg != ALIGNED_SP)
			st->regs[reg] = value_other(deps, s->offset);
	move_sp(st, s, (int64_t)popped);
}

bool step_refine(struct state *st, bool equal)
{
	if (!st->compared)
		return true;
	struct value *a = &st->regs[st->compared_a], *b = &st->regs[st->compared_b];
	if (value_is_stack(a) && value_is_stack(b) && a->base == b->base)
		return (a->k == b->k) == equal;
	if (equal && value_is_stack(a) && b->kind == VALUE_OTHER)
		*b = *a;
	else if (equal && value_is_stack(b) && a->kind == VALUE_OTHER)
		*a = *b;
	return true;
}
