#include "arch/arch.h"

const struct arch *arch_by_elf_machine(uint16_t elf_machine)
{
	return elf_machine == arch_x86_64.elf_machine ? &arch_x86_64 : NULL;
}

const struct arch_reg *arch_reg_by_dwarf(const struct arch *arch, unsigned dwarf)
{
	for (size_t i = 0; i < arch->reg_count; i++)
		if (arch->regs[i].dwarf == dwarf)
			return &arch->regs[i];
	return NULL;
}

const struct arch_reg *arch_reg_by_name(const struct arch *arch, struct str name)
{
	for (size_t i = 0; i < arch->reg_count; i++)
		if (str_is(name, arch->regs[i].name))
			return &arch->regs[i];
	return NULL;
}

bool arch_operand_address(const struct arch_operand *operand, const struct arch_regs *regs,
			  uint64_t next_pc, uint64_t *ret)
{
	if (operand->kind != ARCH_OPERAND_MEM)
		return false;
	uint64_t address = (uint64_t)operand->disp;
	if (operand->base == ARCH_RIP) {
		address += next_pc;
	} else if (operand->base != ARCH_REG_NONE) {
		if (!arch_reg_known(regs, operand->base))
			return false;
		address += regs->value[operand->base];
	}
	if (operand->index != ARCH_REG_NONE) {
		if (operand->index > ARCH_R15 || !arch_reg_known(regs, operand->index))
			return false;
		address += regs->value[operand->index] * operand->scale;
	}
	if (operand->address_bits == 32)
		address = (uint32_t)address;
	if (operand->segment != ARCH_REG_NONE) {
		unsigned base = operand->segment == ARCH_FS ? ARCH_FS_BASE : ARCH_GS_BASE;
		if (!arch_reg_known(regs, base))
			return false;
		address += regs->value[base];
	}
	*ret = address;
	return true;
}
