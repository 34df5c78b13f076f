/* Instructions as gdb and objdump write them: AT&T's operands or Intel's, mnemonics padded, no blanks between operands. Zydis spells some
 * mnemonics in its own way; addresses, registers, immediates and names are the same. */
#include "arch/x86_64.h"

#include <ctype.h>
#include <inttypes.h>

static void formatter_init(ZydisFormatter *formatter, bool intel)
{
	static const struct {
		ZydisFormatterProperty property;
		ZyanUPointer value;
	} properties[] = {
		{ ZYDIS_FORMATTER_PROP_FORCE_RELATIVE_RIPREL, ZYAN_TRUE },
		{ ZYDIS_FORMATTER_PROP_ADDR_PADDING_ABSOLUTE, ZYDIS_PADDING_DISABLED },
		{ ZYDIS_FORMATTER_PROP_ADDR_PADDING_RELATIVE, ZYDIS_PADDING_DISABLED },
		{ ZYDIS_FORMATTER_PROP_DISP_PADDING, ZYDIS_PADDING_DISABLED },
		{ ZYDIS_FORMATTER_PROP_IMM_PADDING, ZYDIS_PADDING_DISABLED },
		{ ZYDIS_FORMATTER_PROP_IMM_SIGNEDNESS, ZYDIS_SIGNEDNESS_UNSIGNED },
		{ ZYDIS_FORMATTER_PROP_HEX_UPPERCASE, ZYAN_FALSE },
	};
	ZydisFormatterInit(formatter, intel ? ZYDIS_FORMATTER_STYLE_INTEL : ZYDIS_FORMATTER_STYLE_ATT);
	for (size_t i = 0; i < sizeof properties / sizeof *properties; i++)
		ZydisFormatterSetProperty(formatter, properties[i].property, properties[i].value);
	if (intel)
		ZydisFormatterSetProperty(formatter, ZYDIS_FORMATTER_PROP_FORCE_SIZE, ZYAN_TRUE);
}

/* ---- mnemonics ---- */

struct spelling {
	const char *zydis, *gdb;
};

static const char *spelled(const struct spelling *table, size_t count, struct str word)
{
	for (size_t i = 0; i < count; i++)
		if (str_is(word, table[i].zydis))
			return table[i].gdb;
	return NULL;
}

/* Conditions: setnz is setne. */
static bool add_condition(struct str word, struct buf *out)
{
	static const char *const kinds[] = { "cmov", "set", "j" };
	static const struct spelling conditions[] = { { "z", "e" },   { "nz", "ne" }, { "nbe", "a" },
						      { "nb", "ae" }, { "nl", "ge" }, { "nle", "g" } };
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (!str_starts(word, str_from(kinds[i])))
			continue;
		struct str condition = str_sub(word, strlen(kinds[i]), SIZE_MAX);
		const char *gdb = spelled(conditions, sizeof conditions / sizeof *conditions, condition);
		if (!gdb)
			return false;
		buf_printf(out, "%s%s", kinds[i], gdb);
		return true;
	}
	return false;
}

static char size_letter(uint16_t bits)
{
	return bits == 8 ? 'b' : bits == 16 ? 'w' : bits == 32 ? 'l' : 'q';
}

/* Padding: its second operand, a register, is not shown. */
static bool is_long_nop(const ZydisDecodedInstruction *zi, const ZydisDecodedOperand *operands)
{
	return zi->mnemonic == ZYDIS_MNEMONIC_NOP && zi->operand_count_visible > 0 &&
	       operands[0].type == ZYDIS_OPERAND_TYPE_MEMORY;
}

/* AT&T's extending moves have the sizes of both operands; a whole address or 64-bit number makes `mov` a `movabs`. */
static bool add_move(const ZydisDecodedInstruction *zi, const ZydisDecodedOperand *operands, bool intel,
		     struct buf *out)
{
	bool extends = zi->mnemonic == ZYDIS_MNEMONIC_MOVZX || zi->mnemonic == ZYDIS_MNEMONIC_MOVSX ||
		       zi->mnemonic == ZYDIS_MNEMONIC_MOVSXD;
	if (extends && !intel) {
		buf_printf(out, "mov%c%c%c", zi->mnemonic == ZYDIS_MNEMONIC_MOVZX ? 'z' : 's',
			   size_letter(operands[1].size), size_letter(operands[0].size));
		return true;
	}
	if (is_long_nop(zi, operands) && !intel) {
		buf_printf(out, "nop%c", size_letter(operands[0].size));
		return true;
	}
	if (zi->mnemonic != ZYDIS_MNEMONIC_MOV || (zi->raw.imm[0].size != 64 && zi->raw.disp.size != 64))
		return false;
	buf_str(out, STR_LIT("movabs"));
	return true;
}

static void add_mnemonic(const ZydisDecodedInstruction *zi, const ZydisDecodedOperand *operands,
			 struct str word, bool intel, struct buf *out)
{
	static const struct spelling att[] = { { "cdqe", "cltq" }, { "cqo", "cqto" }, { "cwde", "cwtl" },
					       { "cdq", "cltd" },  { "cbw", "cbtw" }, { "cwd", "cwtd" } };
	const char *gdb = intel ? NULL : spelled(att, sizeof att / sizeof *att, word);
	if (gdb)
		buf_str(out, str_from(gdb));
	else if (!add_condition(word, out) && !add_move(zi, operands, intel, out))
		buf_str(out, word);
}

static bool is_prefix(struct str word)
{
	static const char *const prefixes[] = { "lock",  "rep", "repe",    "repz",     "repne",
						"repnz", "bnd", "notrack", "xacquire", "xrelease" };
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (str_is(word, prefixes[i]))
			return true;
	return false;
}

/* "dword ptr" is in capitals with gdb. */
static void add_operands(struct str s, bool intel, struct buf *out)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == ' ' && i > 0 && s.ptr[i - 1] == ',')
			continue;
		size_t ptr = intel && (i == 0 || s.ptr[i - 1] == ' ' || s.ptr[i - 1] == ',')
				     ? str_find(str_sub(s, i, 12), STR_LIT(" ptr"))
				     : SIZE_MAX;
		if (ptr != SIZE_MAX && !memchr(s.ptr + i, ',', ptr)) {
			for (size_t end = i + ptr + 4; i < end; i++)
				buf_char(out, (char)toupper((unsigned char)s.ptr[i]));
			i--;
			continue;
		}
		buf_char(out, s.ptr[i]);
	}
}

/* "mov $0x3, %edi" → "mov    $0x3,%edi" */
static void add_padded(const ZydisDecodedInstruction *zi, const ZydisDecodedOperand *operands,
		       struct str text, bool intel, bool indirect, struct buf *out)
{
	for (;;) {
		size_t blank = str_find(text, STR_LIT(" "));
		struct str word = str_sub(text, 0, blank);
		text = blank == SIZE_MAX ? STR_EMPTY : str_sub(text, blank + 1, SIZE_MAX);
		size_t before = out->len;
		bool prefix = is_prefix(word);
		if (prefix)
			buf_str(out, str_is(word, "repe")    ? STR_LIT("repz")
				     : str_is(word, "repne") ? STR_LIT("repnz")
							     : word);
		else
			add_mnemonic(zi, operands, word, intel, out);
		if (text.len == 0)
			return;
		if (!prefix) {
			size_t length = out->len - before;
			buf_pad(out, ' ', length < 6 ? 6 - length : 0);
			buf_char(out, ' ');
			if (indirect && text.ptr[0] != '*')
				buf_char(out, '*');
			add_operands(text, intel, out);
			return;
		}
		buf_char(out, ' ');
	}
}

static void add_symbol(arch_symbolise_fn *symbolise, void *ctx, uint64_t addr, struct buf *out)
{
	size_t before = out->len;
	if (!symbolise)
		return;
	buf_char(out, ' ');
	if (symbolise(ctx, addr, out))
		return;
	out->len = before;
	out->data[before] = '\0';
}

/* The name of a branch's target; the address that rip-relative operands mean, behind a '#'. */
static void annotate(const struct arch_insn *insn, uint64_t next_pc, arch_symbolise_fn *symbolise,
		     void *ctx, struct buf *out)
{
	if (insn->has_target) {
		add_symbol(symbolise, ctx, insn->target, out);
		return;
	}
	for (size_t i = 0; i < insn->operand_count; i++) {
		const struct arch_operand *op = &insn->operands[i];
		if (op->kind != ARCH_OPERAND_MEM || !op->visible || op->base != ARCH_RIP)
			continue;
		uint64_t addr = next_pc + (uint64_t)op->disp;
		buf_printf(out, "        # 0x%" PRIx64, addr);
		add_symbol(symbolise, ctx, addr, out);
		return;
	}
}

void x86_64_format_gdb(const uint8_t *bytes, size_t size, uint64_t pc, bool intel,
		       arch_symbolise_fn *symbolise, void *ctx, struct buf *out)
{
	ZydisDecoder decoder;
	ZydisDecodedInstruction zi;
	ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
	ZydisFormatter formatter;
	char text[256];

	if (size > ARCH_INSN_MAX)
		size = ARCH_INSN_MAX;
	ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
	formatter_init(&formatter, intel);
	if (size == 0 || !ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, bytes, size, &zi, operands)) ||
	    !ZYAN_SUCCESS(ZydisFormatterFormatInstruction(
		    &formatter, &zi, operands, is_long_nop(&zi, operands) ? 1 : zi.operand_count_visible,
		    text, sizeof text, pc, NULL))) {
		buf_str(out, STR_LIT("(bad)"));
		return;
	}
	struct arch_insn insn;
	x86_64_decode(bytes, size, pc, &insn);
	bool jumps = insn.kind == ARCH_INSN_CALL || insn.kind == ARCH_INSN_JUMP;
	add_padded(&zi, operands, str_from(text), intel, jumps && !insn.has_target && !intel, out);
	annotate(&insn, pc + insn.length, symbolise, ctx, out);
}
