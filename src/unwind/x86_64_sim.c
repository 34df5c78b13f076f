#include "unwind/x86_64_sim.h"

enum { WORD = 8, WORD_BITS = 64 };

void sim_init_entry(struct sim *s, const struct unwind_context *context)
{
	*s = (struct sim){ .context = context };
	for (unsigned reg = 0; reg < SIM_REGS; reg++)
		s->regs[reg] = (struct sim_value){ .kind = SIM_ENTRY, .reg = (uint8_t)reg };
}

void sim_init_regs(struct sim *s, const struct unwind_context *context, const struct arch_regs *regs)
{
	*s = (struct sim){ .context = context };
	for (unsigned reg = 0; reg < SIM_REGS; reg++)
		if (arch_reg_known(regs, reg))
			s->regs[reg] = sim_number(regs->value[reg]);
}

static bool is_place(struct sim_value addr)
{
	return addr.kind == SIM_NUMBER || sim_is_stack(addr);
}

static bool overlap(const struct sim_slot *slot, struct sim_value addr, uint64_t bytes)
{
	/* Differences modulo 2^64, so that nothing overflows at either end of the address space. */
	return slot->kind == addr.kind &&
	       (addr.num - slot->addr < slot->bytes || slot->addr - addr.num < bytes);
}

struct sim_value sim_load(const struct sim *s, struct sim_value addr)
{
	const struct sim_value unknown = { .kind = SIM_UNKNOWN };
	if (!is_place(addr))
		return unknown;
	for (size_t i = s->slot_count; i-- > 0;) {
		const struct sim_slot *slot = &s->slots[i];
		if (overlap(slot, addr, WORD))
			return slot->addr == addr.num && slot->bytes == WORD ? slot->value : unknown;
	}
	if (s->overflow)
		return unknown;
	if (addr.kind == SIM_ENTRY)
		return addr.num == 0 ? (struct sim_value){ .kind = SIM_RETURN_ADDRESS } : unknown;
	uint64_t value;
	return unwind_read_u64(s->context, addr.num, &value) ? sim_number(value) : unknown;
}

bool sim_find(const struct sim *s, struct sim_value value, struct sim_value *ret_addr)
{
	for (size_t i = s->slot_count; i-- > 0;) {
		const struct sim_slot *slot = &s->slots[i];
		struct sim_value addr = { .kind = slot->kind, .reg = ARCH_RSP, .num = slot->addr };
		if (sim_equal(slot->value, value) && sim_equal(sim_load(s, addr), value)) {
			*ret_addr = addr;
			return true;
		}
	}
	return false;
}

static void store(struct sim *s, struct sim_value addr, unsigned bits, struct sim_value value)
{
	if (!is_place(addr) || !bits)
		return; /* through a pointer that is not followed: not to saved registers, it is hoped */
	uint8_t bytes = (uint8_t)(bits / 8 < UINT8_MAX ? bits / 8 : UINT8_MAX);
	if (bytes != WORD)
		value = (struct sim_value){ .kind = SIM_UNKNOWN };
	for (size_t i = s->slot_count; i-- > 0;) {
		struct sim_slot *slot = &s->slots[i];
		if (!overlap(slot, addr, bytes))
			continue;
		if (slot->addr == addr.num && slot->bytes == bytes) {
			slot->value = value;
			return;
		}
		break;
	}
	if (s->slot_count == SIM_MAX_SLOTS) {
		/* The oldest goes, and with it the certainty about whatever is in no slot. */
		memmove(s->slots, s->slots + 1, (SIM_MAX_SLOTS - 1) * sizeof s->slots[0]);
		s->slot_count--;
		s->overflow = true;
	}
	s->slots[s->slot_count++] =
		(struct sim_slot){ .kind = addr.kind, .bytes = bytes, .addr = addr.num, .value = value };
}

static struct sim_value add(struct sim_value v, uint64_t num)
{
	if (v.kind != SIM_NUMBER && v.kind != SIM_ENTRY)
		return (struct sim_value){ .kind = SIM_UNKNOWN };
	v.num += num;
	return v;
}

static struct sim_value operand_address(const struct sim *s, const struct arch_operand *op, uint64_t next_pc)
{
	const struct sim_value unknown = { .kind = SIM_UNKNOWN };
	if (op->segment != ARCH_REG_NONE)
		return unknown;
	struct sim_value addr = sim_number(0);
	if (op->base == ARCH_RIP)
		addr = sim_number(next_pc);
	else if (op->base != ARCH_REG_NONE)
		addr = op->base < SIM_REGS ? s->regs[op->base] : unknown;
	if (op->index != ARCH_REG_NONE) {
		struct sim_value index = op->index < SIM_REGS ? s->regs[op->index] : unknown;
		addr = index.kind == SIM_NUMBER ? add(addr, index.num * op->scale) : unknown;
	}
	return add(addr, (uint64_t)op->disp);
}

/* A 64-bit operand's value. */
static struct sim_value operand_value(const struct sim *s, const struct arch_operand *op, uint64_t next_pc)
{
	if (op->kind == ARCH_OPERAND_IMM)
		return sim_number(op->imm);
	if (op->bits == WORD_BITS && op->kind == ARCH_OPERAND_REG && op->reg < SIM_REGS)
		return s->regs[op->reg];
	if (op->bits == WORD_BITS && op->kind == ARCH_OPERAND_MEM)
		return sim_load(s, operand_address(s, op, next_pc));
	return (struct sim_value){ .kind = SIM_UNKNOWN };
}

static bool is_full_reg(const struct arch_operand *op)
{
	return op->kind == ARCH_OPERAND_REG && op->bits == WORD_BITS && op->reg < SIM_REGS;
}

/* Puts a value where a visible operand says. */
static void assign(struct sim *s, const struct arch_operand *op, uint64_t next_pc, struct sim_value value)
{
	if (is_full_reg(op))
		s->regs[op->reg] = value;
	else if (op->kind == ARCH_OPERAND_REG && op->reg < SIM_REGS)
		s->regs[op->reg] = (struct sim_value){ .kind = SIM_UNKNOWN };
	else if (op->kind == ARCH_OPERAND_MEM)
		store(s, operand_address(s, op, next_pc), op->bits, value);
}

/* Everything that is written becomes unknown. */
static void forget_written(struct sim *s, const struct arch_insn *insn, uint64_t next_pc)
{
	for (uint8_t i = 0; i < insn->operand_count; i++) {
		const struct arch_operand *op = &insn->operands[i];
		if (op->kind == ARCH_OPERAND_MEM && op->write)
			store(s, operand_address(s, op, next_pc), op->bits,
			      (struct sim_value){ .kind = SIM_UNKNOWN });
	}
	for (unsigned reg = 0; reg < SIM_REGS; reg++)
		if (insn->regs_written >> reg & 1)
			s->regs[reg] = (struct sim_value){ .kind = SIM_UNKNOWN };
}

static const struct arch_operand *visible(const struct arch_insn *insn, uint8_t index)
{
	if (index >= insn->operand_count || !insn->operands[index].visible)
		return NULL;
	return &insn->operands[index];
}

static bool is(const struct arch_insn *insn, const char *mnemonic)
{
	return strncmp(insn->mnemonic, mnemonic, sizeof insn->mnemonic) == 0;
}

static void pop_into(struct sim *s, const struct arch_operand *op, uint64_t next_pc)
{
	struct sim_value value = sim_load(s, s->regs[ARCH_RSP]);
	s->regs[ARCH_RSP] = add(s->regs[ARCH_RSP], WORD);
	if (op)
		assign(s, op, next_pc, value);
}

static void push(struct sim *s, const struct arch_operand *op, uint64_t next_pc)
{
	struct sim_value value = { .kind = SIM_UNKNOWN };
	if (op)
		value = operand_value(s, op, next_pc);
	s->regs[ARCH_RSP] = add(s->regs[ARCH_RSP], -(uint64_t)WORD);
	store(s, s->regs[ARCH_RSP], WORD_BITS, value);
}

/* mov, lea, add, sub, and, with a full register as the destination, or a store. False: none of these. */
static bool step_arithmetic(struct sim *s, const struct arch_insn *insn, uint64_t next_pc)
{
	const struct arch_operand *to = visible(insn, 0), *from = visible(insn, 1);
	if (!to || !from || insn->operand_count < 2)
		return false;
	if (is(insn, "mov")) {
		if (is_full_reg(to) && to->reg == ARCH_RSP && s->sp_raised && is_full_reg(from) &&
		    from->reg == ARCH_RBP && s->regs[ARCH_RSP].kind == SIM_NUMBER &&
		    !sim_equal(s->regs[ARCH_RSP], s->regs[ARCH_RBP]))
			s->sp_doubtful = true;
		/* A 32-bit immediate or register clears the upper half: nothing that frames are made of. */
		struct sim_value value = { .kind = SIM_UNKNOWN };
		if (to->bits == WORD_BITS)
			value = operand_value(s, from, next_pc);
		assign(s, to, next_pc, value);
		return true;
	}
	if (!is_full_reg(to))
		return false;
	if (is(insn, "lea")) {
		s->regs[to->reg] = operand_address(s, from, next_pc);
		return true;
	}
	struct sim_value value = operand_value(s, from, next_pc);
	if (value.kind != SIM_NUMBER)
		return false;
	struct sim_value *reg = &s->regs[to->reg];
	if (is(insn, "add"))
		*reg = add(*reg, value.num);
	else if (is(insn, "sub"))
		*reg = add(*reg, -value.num);
	else if (is(insn, "and") && reg->kind == SIM_NUMBER)
		reg->num &= value.num;
	else
		return false;
	return true;
}

void sim_step(struct sim *s, const struct arch_insn *insn, uint64_t next_pc)
{
	const struct arch_operand *first = visible(insn, 0);
	switch (insn->kind) {
	case ARCH_INSN_PUSH:
		if (first && first->bits == 16)
			break; /* moves sp by 2: nothing is known any more */
		push(s, first, next_pc);
		return;
	case ARCH_INSN_POP:
		if (first && first->bits == 16)
			break;
		pop_into(s, first, next_pc);
		return;
	case ARCH_INSN_CALL: {
		uint64_t kept = s->context->arch->callee_saved[ARCH_CC_SYSV] | UINT64_C(1) << ARCH_RSP;
		for (unsigned reg = 0; reg < SIM_REGS; reg++)
			if (!(kept >> reg & 1))
				s->regs[reg] = (struct sim_value){ .kind = SIM_UNKNOWN };
		return;
	}
	case ARCH_INSN_RETURN:
	case ARCH_INSN_JUMP:
	case ARCH_INSN_BRANCH:
		return;
	default:
		break;
	}
	if (is(insn, "leave")) {
		s->regs[ARCH_RSP] = s->regs[ARCH_RBP];
		s->regs[ARCH_RBP] = sim_load(s, s->regs[ARCH_RSP]);
		s->regs[ARCH_RSP] = add(s->regs[ARCH_RSP], WORD);
		return;
	}
	if (!step_arithmetic(s, insn, next_pc))
		forget_written(s, insn, next_pc);
	s->sp_raised = is(insn, "add") && first && is_full_reg(first) && first->reg == ARCH_RSP;
}
