/* What stepping asks of a line table beyond its rows: code of no line, and rows in which a statement only ends. */
#include "symbols/symbols_internal.h"

bool sym_line_missing(struct sym_module *m, struct file_addr pc, struct file_range *ret_range)
{
	size_t state = SIZE_MAX;
	for (struct sym_unit *u; (u = unit_at(m, pc.value, &state));)
		if (unit_unlined_at(u, pc.value, ret_range))
			return true;
	return false;
}

static bool decode_at(struct sym_module *m, uint64_t pc, struct arch_insn *ret)
{
	const uint8_t *code;
	size_t size = ARCH_INSN_MAX;
	while (size > 0 && !elf_loaded_bytes(m->elf, FILE_ADDR(pc), size, &code))
		size--;
	if (size == 0 || !m->arch)
		return false;
	m->arch->decode(code, size, pc, ret);
	return true;
}

/* Through code without a line to the first that has one. False: it parts on the way. */
static bool first_line(struct sym_module *m, uint64_t pc, struct sym_line *ret)
{
	enum { FAR = 32 };
	struct file_range range;
	struct arch_insn insn;
	for (int i = 0; i < FAR; i++) {
		if (!sym_line_missing(m, FILE_ADDR(pc), &range))
			return sym_line_range(m, FILE_ADDR(pc), ret, &range);
		if (!decode_at(m, pc, &insn))
			return false;
		pc += insn.length;
		if (insn.kind == ARCH_INSN_JUMP && insn.has_target)
			pc = insn.target;
		else if (insn.kind != ARCH_INSN_OTHER)
			return false;
	}
	return false;
}

bool sym_line_jumps(struct sym_module *m, struct file_range range, struct sym_line *ret)
{
	struct arch_insn insn;
	struct file_range rest;
	if (!decode_at(m, range.start.value, &insn) || insn.kind != ARCH_INSN_JUMP || !insn.has_target)
		return false;
	uint64_t end = range.start.value + insn.length;
	if (end != range.end.value && !sym_line_missing(m, FILE_ADDR(end), &rest))
		return false;
	return first_line(m, insn.target, ret);
}
