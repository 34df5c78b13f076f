/* Zydis' formatter in Intel syntax, with addresses given their names. */
#include "arch/x86_64.h"

#include <inttypes.h>

static void formatter_init(ZydisFormatter *formatter)
{
	static const struct {
		ZydisFormatterProperty property;
		ZyanUPointer value;
	} properties[] = {
		{ ZYDIS_FORMATTER_PROP_FORCE_SIZE, ZYAN_TRUE },
		{ ZYDIS_FORMATTER_PROP_FORCE_RELATIVE_RIPREL, ZYAN_TRUE },
		{ ZYDIS_FORMATTER_PROP_ADDR_PADDING_ABSOLUTE, ZYDIS_PADDING_DISABLED },
		{ ZYDIS_FORMATTER_PROP_ADDR_PADDING_RELATIVE, ZYDIS_PADDING_DISABLED },
		{ ZYDIS_FORMATTER_PROP_DISP_PADDING, ZYDIS_PADDING_DISABLED },
		{ ZYDIS_FORMATTER_PROP_IMM_PADDING, ZYDIS_PADDING_DISABLED },
		{ ZYDIS_FORMATTER_PROP_HEX_UPPERCASE, ZYAN_FALSE },
	};
	ZydisFormatterInit(formatter, ZYDIS_FORMATTER_STYLE_INTEL);
	for (size_t i = 0; i < sizeof properties / sizeof *properties; i++)
		ZydisFormatterSetProperty(formatter, properties[i].property, properties[i].value);
}

static bool add_symbol(arch_symbolise_fn *symbolise, void *ctx, uint64_t addr, struct buf *out)
{
	if (!symbolise)
		return false;
	size_t before = out->len;
	buf_char(out, ' ');
	if (symbolise(ctx, addr, out))
		return true;
	out->len = before;
	out->data[before] = '\0';
	return false;
}

/* Names behind the text: of the branch target or constant that ends it, or of the address that a memory operand has without
 * any register's help. */
static void annotate(const struct arch_insn *insn, ZydisMnemonic mnemonic, uint64_t next_pc,
		     arch_symbolise_fn *symbolise, void *ctx, struct buf *out)
{
	static const struct arch_regs nothing_known;
	if (insn->has_target) {
		add_symbol(symbolise, ctx, insn->target, out);
		return;
	}
	for (size_t i = 0; i < insn->operand_count; i++) {
		const struct arch_operand *op = &insn->operands[i];
		uint64_t addr;
		if (!op->visible || op->segment != ARCH_REG_NONE ||
		    !arch_operand_address(op, &nothing_known, next_pc, &addr))
			continue;
		buf_printf(out, " # 0x%" PRIx64, addr);
		add_symbol(symbolise, ctx, addr, out);
		return;
	}
	if (mnemonic == ZYDIS_MNEMONIC_MOV && insn->operand_count >= 2 &&
	    insn->operands[1].kind == ARCH_OPERAND_IMM && insn->operands[1].bits == 64)
		add_symbol(symbolise, ctx, insn->operands[1].imm, out);
}

void x86_64_format(const uint8_t *bytes, size_t size, uint64_t pc, arch_symbolise_fn *symbolise,
		   void *ctx, struct buf *out)
{
	ZydisDecoder decoder;
	ZydisDecodedInstruction zi;
	ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
	ZydisFormatter formatter;
	char text[256];

	if (size == 0) {
		buf_str(out, STR_LIT(".byte ?"));
		return;
	}
	if (size > ARCH_INSN_MAX)
		size = ARCH_INSN_MAX;
	ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
	formatter_init(&formatter);
	if (!ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, bytes, size, &zi, operands)) ||
	    !ZYAN_SUCCESS(ZydisFormatterFormatInstruction(
		    &formatter, &zi, operands, zi.operand_count_visible, text, sizeof text, pc, NULL))) {
		buf_printf(out, ".byte 0x%02x", bytes[0]);
		return;
	}
	buf_str(out, str_from(text));

	struct arch_insn insn;
	ZydisMnemonic mnemonic = x86_64_decode_mnemonic(bytes, size, pc, &insn);
	annotate(&insn, mnemonic, pc + insn.length, symbolise, ctx, out);
}
