/* Zydis' decoder behind struct arch_insn. */
#include "arch/x86_64.h"

/* DWARF number of the full register that holds reg: psABI figure 3.36; Zydis numbers as the encoding does. */
static uint16_t dwarf_reg(ZydisRegister reg)
{
	static const uint8_t gpr[16] = {
		ARCH_RAX, ARCH_RCX, ARCH_RDX, ARCH_RBX, ARCH_RSP, ARCH_RBP, ARCH_RSI, ARCH_RDI,
		ARCH_R8,  ARCH_R9,  ARCH_R10, ARCH_R11, ARCH_R12, ARCH_R13, ARCH_R14, ARCH_R15,
	};
	if (reg == ZYDIS_REGISTER_NONE)
		return ARCH_REG_NONE;
	ZydisRegister full = ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, reg);
	if (full == ZYDIS_REGISTER_NONE)
		full = reg;
	ZyanI8 id = ZydisRegisterGetId(full);
	switch (ZydisRegisterGetClass(full)) {
	case ZYDIS_REGCLASS_GPR64:
		return id >= 0 && id < 16 ? gpr[id] : ARCH_REG_NONE;
	case ZYDIS_REGCLASS_XMM:
	case ZYDIS_REGCLASS_YMM:
	case ZYDIS_REGCLASS_ZMM:
		return (uint16_t)(id < 16 ? ARCH_XMM0 + id : 67 + id - 16);
	case ZYDIS_REGCLASS_X87:
		return (uint16_t)(33 + id);
	case ZYDIS_REGCLASS_MMX:
		return (uint16_t)(41 + id);
	case ZYDIS_REGCLASS_MASK:
		return (uint16_t)(118 + id);
	case ZYDIS_REGCLASS_SEGMENT: /* es cs ss ds fs gs in both */
		return (uint16_t)(ARCH_ES + id);
	case ZYDIS_REGCLASS_FLAGS:
		return ARCH_RFLAGS;
	case ZYDIS_REGCLASS_IP:
		return ARCH_RIP;
	default:
		return ARCH_REG_NONE;
	}
}

static void add_to_mask(uint64_t *mask, uint16_t reg)
{
	if (reg < ARCH_REG_LIMIT)
		*mask |= UINT64_C(1) << reg;
}

static bool is_high_byte(ZydisRegister reg)
{
	return reg == ZYDIS_REGISTER_AH || reg == ZYDIS_REGISTER_BH || reg == ZYDIS_REGISTER_CH ||
	       reg == ZYDIS_REGISTER_DH;
}

static enum arch_insn_kind kind_of_interrupt(const ZydisDecodedInstruction *zi,
					     const ZydisDecodedOperand *operands)
{
	if (zi->mnemonic == ZYDIS_MNEMONIC_INT3)
		return ARCH_INSN_BREAKPOINT;
	/* The system-call gates of Linux (32-bit) and Windows. */
	if (zi->mnemonic == ZYDIS_MNEMONIC_INT &&
	    (operands[0].imm.value.u == 0x80 || operands[0].imm.value.u == 0x2e))
		return ARCH_INSN_SYSCALL;
	return ARCH_INSN_OTHER;
}

static enum arch_insn_kind kind_of(const ZydisDecodedInstruction *zi, const ZydisDecodedOperand *operands)
{
	switch (zi->mnemonic) {
	case ZYDIS_MNEMONIC_UD0:
	case ZYDIS_MNEMONIC_UD1:
	case ZYDIS_MNEMONIC_UD2:
		return ARCH_INSN_TRAP;
	case ZYDIS_MNEMONIC_SYSCALL:
	case ZYDIS_MNEMONIC_SYSENTER:
		return ARCH_INSN_SYSCALL;
	case ZYDIS_MNEMONIC_DIV:
	case ZYDIS_MNEMONIC_IDIV:
		return ARCH_INSN_DIVIDE;
	case ZYDIS_MNEMONIC_XABORT: /* Zydis counts xabort and xend among the branches; outside a transaction they fall through */
	case ZYDIS_MNEMONIC_XEND:
		return ARCH_INSN_OTHER;
	default:
		break;
	}
	switch (zi->meta.category) {
	case ZYDIS_CATEGORY_CALL:
		return ARCH_INSN_CALL;
	case ZYDIS_CATEGORY_UNCOND_BR:
		return ARCH_INSN_JUMP;
	case ZYDIS_CATEGORY_COND_BR:
		return ARCH_INSN_BRANCH;
	case ZYDIS_CATEGORY_RET:
		return ARCH_INSN_RETURN;
	case ZYDIS_CATEGORY_PUSH:
		return ARCH_INSN_PUSH;
	case ZYDIS_CATEGORY_POP:
		return ARCH_INSN_POP;
	case ZYDIS_CATEGORY_INTERRUPT:
		return kind_of_interrupt(zi, operands);
	default:
		return ARCH_INSN_OTHER;
	}
}

/* Faults with #GP outside ring 0 (or outside IOPL, which user code does not have). int n: the gates that systems leave open to
 * user code are breakpoint, overflow, system calls and Windows' 0x29 to 0x2e. */
static bool is_privileged(const ZydisDecodedInstruction *zi, const ZydisDecodedOperand *operands)
{
	if (zi->attributes & ZYDIS_ATTRIB_IS_PRIVILEGED)
		return true;
	switch (zi->mnemonic) {
	case ZYDIS_MNEMONIC_CLI:
	case ZYDIS_MNEMONIC_STI:
		return true;
	case ZYDIS_MNEMONIC_INT: {
		uint64_t vector = operands[0].imm.value.u & 0xff;
		return vector != 3 && vector != 4 && vector != 0x80 && !(vector >= 0x29 && vector <= 0x2e);
	}
	default:
		return zi->meta.category == ZYDIS_CATEGORY_IO ||
		       zi->meta.category == ZYDIS_CATEGORY_IOSTRINGOP;
	}
}

/* The explicitly aligned moves of VEX and EVEX: exception types 1 and E1 (Intel SDM vol. 2, 2.4). */
static bool is_aligned_vector_move(ZydisMnemonic mnemonic)
{
	switch (mnemonic) {
	case ZYDIS_MNEMONIC_VMOVAPS:
	case ZYDIS_MNEMONIC_VMOVAPD:
	case ZYDIS_MNEMONIC_VMOVDQA:
	case ZYDIS_MNEMONIC_VMOVDQA32:
	case ZYDIS_MNEMONIC_VMOVDQA64:
	case ZYDIS_MNEMONIC_VMOVNTPS:
	case ZYDIS_MNEMONIC_VMOVNTPD:
	case ZYDIS_MNEMONIC_VMOVNTDQ:
	case ZYDIS_MNEMONIC_VMOVNTDQA:
		return true;
	default:
		return false;
	}
}

/* 16-byte memory operands of legacy SSE are aligned but for these (Intel SDM vol. 2, tables 2-18 to 2-21). */
static bool is_unaligned_legacy_sse(ZydisMnemonic mnemonic)
{
	switch (mnemonic) {
	case ZYDIS_MNEMONIC_MOVUPS:
	case ZYDIS_MNEMONIC_MOVUPD:
	case ZYDIS_MNEMONIC_MOVDQU:
	case ZYDIS_MNEMONIC_LDDQU:
	case ZYDIS_MNEMONIC_MASKMOVDQU:
	case ZYDIS_MNEMONIC_PCMPESTRI:
	case ZYDIS_MNEMONIC_PCMPESTRM:
	case ZYDIS_MNEMONIC_PCMPISTRI:
	case ZYDIS_MNEMONIC_PCMPISTRM:
		return true;
	default:
		return false;
	}
}

static bool has_xmm(const ZydisDecodedInstruction *zi, const ZydisDecodedOperand *operands)
{
	for (size_t i = 0; i < zi->operand_count; i++)
		if (operands[i].type == ZYDIS_OPERAND_TYPE_REGISTER &&
		    ZydisRegisterGetClass(operands[i].reg.value) == ZYDIS_REGCLASS_XMM)
			return true;
	return false;
}

static uint8_t alignment_of(const ZydisDecodedInstruction *zi, const ZydisDecodedOperand *operands)
{
	const ZydisDecodedOperand *mem = NULL;
	for (size_t i = 0; i < zi->operand_count && !mem; i++)
		if (operands[i].type == ZYDIS_OPERAND_TYPE_MEMORY)
			mem = &operands[i];
	if (!mem || mem->mem.type == ZYDIS_MEMOP_TYPE_AGEN)
		return 0;
	if (is_aligned_vector_move(zi->mnemonic))
		return (uint8_t)(mem->size / 8);
	switch (zi->meta.isa_set) {
	case ZYDIS_ISA_SET_FXSAVE:
	case ZYDIS_ISA_SET_FXSAVE64:
	case ZYDIS_ISA_SET_CMPXCHG16B:
		return 16;
	case ZYDIS_ISA_SET_XSAVE:
	case ZYDIS_ISA_SET_XSAVEC:
	case ZYDIS_ISA_SET_XSAVEOPT:
	case ZYDIS_ISA_SET_XSAVES:
		return 64;
	default:
		break;
	}
	if (zi->encoding == ZYDIS_INSTRUCTION_ENCODING_LEGACY && mem->size == 128 &&
	    has_xmm(zi, operands) && !is_unaligned_legacy_sse(zi->mnemonic))
		return 16;
	return 0;
}

/* Zydis' stack operands are [rsp] as the manual's pseudo code has it; the contract wants the address relative to rsp before the
 * instruction. */
static int64_t stack_adjustment(const ZydisDecodedInstruction *zi, const ZydisDecodedOperand *op)
{
	if (op->mem.base != ZYDIS_REGISTER_RSP)
		return 0;
	if (op->visibility == ZYDIS_OPERAND_VISIBILITY_HIDDEN)
		return (op->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) ? -(int64_t)(op->size / 8) : 0;
	return zi->mnemonic == ZYDIS_MNEMONIC_POP ? op->size / 8 : 0;
}

/* Has an address, but does not access it in a way that can fault. */
static bool only_names_address(const ZydisDecodedInstruction *zi, const ZydisDecodedOperand *op)
{
	return op->mem.type == ZYDIS_MEMOP_TYPE_AGEN || zi->meta.category == ZYDIS_CATEGORY_NOP ||
	       zi->meta.category == ZYDIS_CATEGORY_WIDENOP ||
	       zi->meta.category == ZYDIS_CATEGORY_PREFETCH ||
	       zi->meta.category == ZYDIS_CATEGORY_PREFETCHWT1 ||
	       zi->meta.category == ZYDIS_CATEGORY_CLDEMOTE;
}

static void convert_operand(const ZydisDecodedInstruction *zi, const ZydisDecodedOperand *op,
			    uint64_t pc, struct arch_operand *ret)
{
	*ret = (struct arch_operand){
		.read = (op->actions & ZYDIS_OPERAND_ACTION_MASK_READ) != 0,
		.write = (op->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0,
		.visible = op->visibility != ZYDIS_OPERAND_VISIBILITY_HIDDEN,
		.bits = op->size,
		.reg = ARCH_REG_NONE,
		.base = ARCH_REG_NONE,
		.index = ARCH_REG_NONE,
		.segment = ARCH_REG_NONE,
	};
	switch (op->type) {
	case ZYDIS_OPERAND_TYPE_REGISTER:
		ret->kind = ARCH_OPERAND_REG;
		ret->reg = dwarf_reg(op->reg.value);
		ret->high_byte = is_high_byte(op->reg.value);
		break;
	case ZYDIS_OPERAND_TYPE_MEMORY:
		ret->kind = ARCH_OPERAND_MEM;
		ret->base = dwarf_reg(op->mem.base);
		if (op->mem.type != ZYDIS_MEMOP_TYPE_MIB)
			ret->index = dwarf_reg(op->mem.index);
		ret->scale = op->mem.scale;
		ret->disp = op->mem.disp.has_displacement ? op->mem.disp.value : 0;
		ret->disp += stack_adjustment(zi, op);
		ret->address_bits = zi->address_width == 32 ? 32 : 64;
		if (op->mem.segment == ZYDIS_REGISTER_FS || op->mem.segment == ZYDIS_REGISTER_GS)
			ret->segment = dwarf_reg(op->mem.segment);
		if (only_names_address(zi, op))
			ret->read = ret->write = false;
		break;
	default: { /* immediates; far pointers do not exist in long mode */
		uint64_t target;
		ret->kind = ARCH_OPERAND_IMM;
		ret->imm = op->imm.value.u;
		if (op->imm.is_relative && ZYAN_SUCCESS(ZydisCalcAbsoluteAddress(zi, op, pc, &target)))
			ret->imm = target;
		break;
	}
	}
}

/* Visible operands, then hidden memory, then the rest. */
static unsigned operand_rank(const ZydisDecodedOperand *op)
{
	if (op->visibility != ZYDIS_OPERAND_VISIBILITY_HIDDEN)
		return 0;
	return op->type == ZYDIS_OPERAND_TYPE_MEMORY ? 1 : 2;
}

static void convert_operands(const ZydisDecodedInstruction *zi, const ZydisDecodedOperand *operands,
			     uint64_t pc, struct arch_insn *ret)
{
	for (unsigned rank = 0; rank < 3; rank++)
		for (size_t i = 0; i < zi->operand_count; i++)
			if (operand_rank(&operands[i]) == rank &&
			    ret->operand_count < ARCH_INSN_MAX_OPERANDS)
				convert_operand(zi, &operands[i], pc, &ret->operands[ret->operand_count++]);

	for (size_t i = 0; i < zi->operand_count; i++) {
		const ZydisDecodedOperand *op = &operands[i];
		if (op->type == ZYDIS_OPERAND_TYPE_REGISTER) {
			/* What is written only on a condition (cmov) is else kept: its old value flows through. */
			if (op->actions & (ZYDIS_OPERAND_ACTION_MASK_READ | ZYDIS_OPERAND_ACTION_CONDWRITE))
				add_to_mask(&ret->regs_read, dwarf_reg(op->reg.value));
			if (op->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE)
				add_to_mask(&ret->regs_written, dwarf_reg(op->reg.value));
		} else if (op->type == ZYDIS_OPERAND_TYPE_MEMORY) {
			add_to_mask(&ret->regs_read, dwarf_reg(op->mem.base));
			if (op->mem.type != ZYDIS_MEMOP_TYPE_MIB)
				add_to_mask(&ret->regs_read, dwarf_reg(op->mem.index));
		}
	}
}

ZydisMnemonic x86_64_decode_mnemonic(const uint8_t *bytes, size_t size, uint64_t pc, struct arch_insn *ret)
{
	ZydisDecoder decoder;
	ZydisDecodedInstruction zi;
	ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];

	memset(ret, 0, sizeof *ret);
	ret->length = 1;
	ret->kind = ARCH_INSN_INVALID;
	if (size > ARCH_INSN_MAX)
		size = ARCH_INSN_MAX;
	ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
	if (size == 0 || !ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, bytes, size, &zi, operands)))
		return ZYDIS_MNEMONIC_INVALID;

	ret->length = zi.length;
	ret->kind = (uint8_t)kind_of(&zi, operands);
	ret->alignment = alignment_of(&zi, operands);
	ret->needs_alignment = ret->alignment != 0;
	ret->privileged = is_privileged(&zi, operands);
	const char *name = ZydisMnemonicGetString(zi.mnemonic);
	for (size_t i = 0; name && name[i] && i < sizeof ret->mnemonic - 1; i++)
		ret->mnemonic[i] = name[i];
	if (zi.meta.branch_type != ZYDIS_BRANCH_TYPE_NONE && zi.operand_count > 0 &&
	    operands[0].type == ZYDIS_OPERAND_TYPE_IMMEDIATE && operands[0].imm.is_relative)
		ret->has_target =
			ZYAN_SUCCESS(ZydisCalcAbsoluteAddress(&zi, &operands[0], pc, &ret->target));
	convert_operands(&zi, operands, pc, ret);
	return zi.mnemonic;
}

void x86_64_decode(const uint8_t *bytes, size_t size, uint64_t pc, struct arch_insn *ret)
{
	x86_64_decode_mnemonic(bytes, size, pc, ret);
}

/* How likely it is that a call is what stands here; 0 is best. A call whose first byte is a prefix that compilers do not put
 * there is likelier a shorter call behind another instruction's last byte. */
static unsigned call_rank(const uint8_t *bytes, const struct arch_insn *insn)
{
	if (insn->has_target && insn->length == 5)
		return 0;
	if ((bytes[0] & 0xf0) == 0x40)
		return 1;
	return bytes[0] == 0xff ? 2 : 3;
}

bool x86_64_call_before(const uint8_t *bytes, size_t size, uint64_t pc, struct arch_insn *ret_call)
{
	unsigned best = UINT32_MAX;
	for (size_t length = 2; length <= size && length <= ARCH_INSN_MAX; length++) {
		struct arch_insn insn;
		const uint8_t *start = bytes + size - length;
		x86_64_decode(start, length, pc - length, &insn);
		if (insn.kind != ARCH_INSN_CALL || insn.length != length || call_rank(start, &insn) >= best)
			continue;
		best = call_rank(start, &insn);
		*ret_call = insn;
	}
	return best != UINT32_MAX;
}
