#include "arch/emulate.h"

#include <string.h>

/* RFLAGS (SDM volume 1, 3.4.3.1). */
enum { FLAG_CF = 1, FLAG_PF = 4, FLAG_AF = 0x10, FLAG_ZF = 0x40, FLAG_SF = 0x80, FLAG_OF = 0x800 };
#define STATUS_FLAGS ((uint64_t)(FLAG_CF | FLAG_PF | FLAG_AF | FLAG_ZF | FLAG_SF | FLAG_OF))

enum { GPR_COUNT = 16 };

struct machine {
	const struct arch_insn *insn;
	const struct arch_operand *operands[2]; /* the visible ones, in order */
	size_t count;
	struct arch_regs regs;
	uint64_t next; /* address behind the instruction */
	const struct arch_memory *memory;
};

static bool plain_width(unsigned bits)
{
	return bits == 32 || bits == 64;
}

static bool get(const struct machine *m, const struct arch_operand *operand, uint64_t *ret)
{
	uint64_t addr;
	*ret = 0;
	switch (operand->kind) {
	case ARCH_OPERAND_IMM:
		*ret = operand->imm;
		return true;
	case ARCH_OPERAND_REG:
		if (!plain_width(operand->bits) || operand->reg >= GPR_COUNT ||
		    !arch_reg_known(&m->regs, operand->reg))
			return false;
		*ret = m->regs.value[operand->reg];
		break;
	case ARCH_OPERAND_MEM:
		if (!plain_width(operand->bits) ||
		    !arch_operand_address(operand, &m->regs, m->next, &addr) ||
		    !m->memory->read(m->memory->ctx, addr, ret, operand->bits / 8))
			return false;
		break;
	default:
		return false;
	}
	if (operand->bits == 32)
		*ret &= 0xffffffff;
	return true;
}

/* A write to a 32-bit register clears the upper half. */
static bool put(struct machine *m, const struct arch_operand *operand, uint64_t value)
{
	uint64_t addr;
	if (!plain_width(operand->bits))
		return false;
	if (operand->bits == 32)
		value &= 0xffffffff;
	switch (operand->kind) {
	case ARCH_OPERAND_REG:
		if (operand->reg >= GPR_COUNT)
			return false;
		arch_reg_set(&m->regs, operand->reg, value);
		return true;
	case ARCH_OPERAND_MEM:
		return arch_operand_address(operand, &m->regs, m->next, &addr) &&
		       m->memory->write(m->memory->ctx, addr, &value, operand->bits / 8);
	default:
		return false;
	}
}

static bool push(struct machine *m, uint64_t value)
{
	uint64_t sp = m->regs.value[ARCH_RSP] - 8;
	if (!arch_reg_known(&m->regs, ARCH_RSP) || !m->memory->write(m->memory->ctx, sp, &value, 8))
		return false;
	m->regs.value[ARCH_RSP] = sp;
	return true;
}

static void set_flags(struct machine *m, uint64_t result, unsigned bits, uint64_t carry_overflow_adjust)
{
	uint64_t sign = UINT64_C(1) << (bits - 1);
	uint64_t flags = carry_overflow_adjust;
	if ((bits == 64 ? result : result & 0xffffffff) == 0)
		flags |= FLAG_ZF;
	if (result & sign)
		flags |= FLAG_SF;
	if (__builtin_parity((unsigned)(result & 0xff)) == 0)
		flags |= FLAG_PF;
	m->regs.value[ARCH_RFLAGS] = (m->regs.value[ARCH_RFLAGS] & ~STATUS_FLAGS) | flags;
}

static void flags_of_sum(struct machine *m, uint64_t a, uint64_t b, uint64_t result, unsigned bits,
			 bool subtract)
{
	uint64_t sign = UINT64_C(1) << (bits - 1);
	uint64_t mask = bits == 64 ? ~UINT64_C(0) : 0xffffffff;
	uint64_t overflow = subtract ? (a ^ b) & (a ^ result) : ~(a ^ b) & (a ^ result);
	uint64_t flags = 0;
	if (subtract ? (a & mask) < (b & mask) : (result & mask) < (a & mask))
		flags |= FLAG_CF;
	if (overflow & sign)
		flags |= FLAG_OF;
	if ((a ^ b ^ result) & 0x10)
		flags |= FLAG_AF;
	set_flags(m, result, bits, flags);
}

static bool is(const struct machine *m, const char *mnemonic)
{
	return strcmp(m->insn->mnemonic, mnemonic) == 0;
}

/* `op a, b` that sets the flags. */
static bool arithmetic(struct machine *m)
{
	uint64_t a, b;
	const struct arch_operand *to = m->operands[0];
	/* Not read-modify-write: it may be locked, and other threads run. */
	if (m->count != 2 || (to->kind == ARCH_OPERAND_MEM && !is(m, "cmp") && !is(m, "test")))
		return false;
	if (!arch_reg_known(&m->regs, ARCH_RFLAGS) || !plain_width(to->bits) || !get(m, to, &a) ||
	    !get(m, m->operands[1], &b))
		return false;
	bool subtract = is(m, "sub") || is(m, "cmp");
	if (subtract || is(m, "add")) {
		uint64_t result = subtract ? a - b : a + b;
		if (!is(m, "cmp") && !put(m, to, result))
			return false;
		flags_of_sum(m, a, b, result, to->bits, subtract);
		return true;
	}
	/* AF is undefined behind these; CPUs clear it. */
	uint64_t result = is(m, "xor") ? a ^ b : is(m, "or") ? a | b : a & b;
	if (!is(m, "test") && !put(m, to, result))
		return false;
	set_flags(m, result, to->bits, 0);
	return true;
}

static bool is_arithmetic(const struct machine *m)
{
	return is(m, "sub") || is(m, "add") || is(m, "cmp") || is(m, "test") || is(m, "xor") ||
	       is(m, "and") || is(m, "or");
}

/* Condition codes as branches are named (SDM volume 1, appendix B). */
static bool condition(const struct machine *m, bool *ret)
{
	uint64_t flags = m->regs.value[ARCH_RFLAGS];
	bool c = flags & FLAG_CF, z = flags & FLAG_ZF, s = flags & FLAG_SF, o = flags & FLAG_OF,
	     p = flags & FLAG_PF;
	const struct {
		const char *name;
		bool holds;
	} known[] = {
		{ "jz", z },       { "jnz", !z },          { "jb", c },
		{ "jnb", !c },     { "jbe", c || z },      { "jnbe", !c && !z },
		{ "js", s },       { "jns", !s },          { "jl", s != o },
		{ "jnl", s == o }, { "jle", z || s != o }, { "jnle", !z && s == o },
		{ "jo", o },       { "jno", !o },          { "jp", p },
		{ "jnp", !p },
	};
	if (!arch_reg_known(&m->regs, ARCH_RFLAGS))
		return false;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (is(m, known[i].name)) {
			*ret = known[i].holds;
			return true;
		}
	}
	return false;
}

static bool pop(struct machine *m, uint64_t *ret)
{
	if (!arch_reg_known(&m->regs, ARCH_RSP) ||
	    !m->memory->read(m->memory->ctx, m->regs.value[ARCH_RSP], ret, 8))
		return false;
	m->regs.value[ARCH_RSP] += 8;
	return true;
}

/* Leaves pc to the caller unless it is a transfer. */
static bool run(struct machine *m, uint64_t *pc)
{
	uint64_t value;
	switch (m->insn->kind) {
	case ARCH_INSN_CALL:
		if (!m->insn->has_target || !push(m, m->next))
			return false;
		*pc = m->insn->target;
		return true;
	case ARCH_INSN_JUMP:
		*pc = m->insn->target;
		return m->insn->has_target;
	case ARCH_INSN_BRANCH: {
		bool taken;
		if (!m->insn->has_target || !condition(m, &taken))
			return false;
		if (taken)
			*pc = m->insn->target;
		return true;
	}
	case ARCH_INSN_RETURN:
		return m->count == 0 && is(m, "ret") && pop(m, pc);
	case ARCH_INSN_POP:
		return m->count == 1 && is(m, "pop") && m->operands[0]->bits == 64 &&
		       m->operands[0]->kind == ARCH_OPERAND_REG && m->operands[0]->reg != ARCH_RSP &&
		       pop(m, &value) && put(m, m->operands[0], value);
	case ARCH_INSN_PUSH:
		return m->count == 1 && m->operands[0]->bits == 64 &&
		       m->operands[0]->kind != ARCH_OPERAND_MEM && is(m, "push") &&
		       get(m, m->operands[0], &value) && push(m, value);
	case ARCH_INSN_OTHER:
		break;
	default:
		return false;
	}
	if (is(m, "nop") || is(m, "endbr64"))
		return true;
	if (is(m, "mov"))
		return m->count == 2 && get(m, m->operands[1], &value) && put(m, m->operands[0], value);
	if (is(m, "lea"))
		return m->count == 2 && m->operands[1]->kind == ARCH_OPERAND_MEM &&
		       m->operands[1]->segment == ARCH_REG_NONE &&
		       arch_operand_address(m->operands[1], &m->regs, m->next, &value) &&
		       put(m, m->operands[0], value);
	return is_arithmetic(m) && arithmetic(m);
}

bool arch_emulate(const struct arch *arch, const struct arch_insn *insn, struct arch_regs *regs,
		  const struct arch_memory *memory)
{
	if (arch != &arch_x86_64 || !arch_reg_known(regs, arch->pc))
		return false;
	struct machine m = {
		.insn = insn, .regs = *regs, .next = regs->value[arch->pc] + insn->length, .memory = memory
	};
	for (size_t i = 0; i < insn->operand_count; i++) {
		if (!insn->operands[i].visible)
			continue;
		if (m.count == 2)
			return false;
		m.operands[m.count++] = &insn->operands[i];
	}
	uint64_t pc = m.next;
	if (!run(&m, &pc))
		return false;
	m.regs.value[arch->pc] = pc;
	*regs = m.regs;
	return true;
}

bool arch_relocatable(const struct arch *arch, const struct arch_insn *insn)
{
	switch (insn->kind) {
	case ARCH_INSN_OTHER:
	case ARCH_INSN_DIVIDE:
	case ARCH_INSN_PUSH:
	case ARCH_INSN_POP:
	case ARCH_INSN_RETURN:
		break;
	default:
		return false;
	}
	for (size_t i = 0; i < insn->operand_count; i++) {
		const struct arch_operand *operand = &insn->operands[i];
		if (operand->kind == ARCH_OPERAND_MEM && operand->base == arch->pc)
			return false;
	}
	return !insn->privileged;
}

/* Where the displacement stands is not among what is decoded: it is found by what a change of it changes. */
static bool move_displacement(const struct arch *arch, const struct arch_insn *insn,
			      const struct arch_operand *operand, uint64_t from, uint64_t to, uint8_t *code)
{
	int64_t moved = operand->disp + (int64_t)(from - to);
	int32_t old = (int32_t)operand->disp, new = (int32_t)moved;
	size_t index = (size_t)(operand - insn->operands);
	if (moved != new || old != operand->disp)
		return false;
	for (size_t at = insn->length < 4 ? 0 : (size_t)insn->length - 4; at > 0; at--) {
		uint8_t copy[ARCH_INSN_MAX];
		struct arch_insn changed;
		if (memcmp(code + at, &old, sizeof old) != 0)
			continue;
		memcpy(copy, code, insn->length);
		memcpy(copy + at, &new, sizeof new);
		arch->decode(copy, insn->length, to, &changed);
		if (changed.length != insn->length || changed.operand_count != insn->operand_count ||
		    changed.operands[index].base != arch->pc || changed.operands[index].disp != moved)
			continue;
		memcpy(code, copy, insn->length);
		return true;
	}
	return false;
}

bool arch_relocate(const struct arch *arch, const struct arch_insn *insn, const uint8_t *bytes,
		   uint64_t from, uint64_t to, uint8_t *ret)
{
	struct arch_insn plain = *insn;
	const struct arch_operand *relative = NULL;
	for (size_t i = 0; i < insn->operand_count; i++) {
		if (insn->operands[i].kind != ARCH_OPERAND_MEM || insn->operands[i].base != arch->pc)
			continue;
		if (relative)
			return false;
		relative = &insn->operands[i];
		plain.operands[i].base = ARCH_REG_NONE;
	}
	if (!arch_relocatable(arch, &plain))
		return false;
	memcpy(ret, bytes, insn->length);
	return !relative || move_displacement(arch, insn, relative, from, to, ret);
}

size_t arch_jump(const struct arch *arch, uint64_t target, uint8_t ret[ARCH_JUMP_MAX])
{
	static const uint8_t indirect[] = { 0xff, 0x25, 0, 0, 0, 0 }; /* jmp *0(%rip) */
	if (arch != &arch_x86_64)
		return 0;
	memcpy(ret, indirect, sizeof indirect);
	memcpy(ret + sizeof indirect, &target, sizeof target);
	return sizeof indirect + sizeof target;
}

bool arch_return_address(const struct arch *arch, const struct arch_regs *regs,
			 const struct arch_memory *memory, uint64_t *ret)
{
	return arch == &arch_x86_64 && arch_reg_known(regs, arch->sp) &&
	       memory->read(memory->ctx, regs->value[arch->sp], ret, sizeof *ret);
}
