/* The input: u8 flags (1: no unit; 2: addresses of 4 bytes; 4: nothing is available; 8: version 2), then
 * the expression. The unit (below) has base types at 0x0c (u64), 0x0f (i32), 0x12 (u8) and 0x15 (f64),
 * and two entries in .debug_addr. */
#include "dwarf/expr.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t abbrev[] = {
	1,
	DW_TAG_compile_unit,
	1,
	0,
	0,
	2,
	DW_TAG_base_type,
	0,
	DW_AT_encoding,
	DW_FORM_data1,
	DW_AT_byte_size,
	DW_FORM_data1,
	0,
	0,
	0,
};
static const uint8_t info[] = {
	0x16,
	0,
	0,
	0,
	4,
	0,
	0,
	0,
	0,
	0,
	8,
	1,
	2,
	DW_ATE_unsigned,
	8,
	2,
	DW_ATE_signed,
	4,
	2,
	DW_ATE_boolean,
	1,
	2,
	DW_ATE_float,
	8,
	0,
	0,
};
static const uint8_t addrs[] = { 0, 0x10, 0, 0, 0, 0, 0, 0, 0, 0x20, 0, 0, 0, 0, 0, 0 };

/* The expression calls itself at even offsets and is one literal at odd ones. */
static struct dw_span whole;

static bool get_reg(void *ctx, unsigned reg, uint64_t *ret)
{
	(void)ctx;
	*ret = 0x7ffe0000 + reg * 8;
	return reg < 17;
}

static bool get_memory(void *ctx, uint64_t addr, void *buf, size_t size)
{
	(void)ctx;
	memset(buf, (int)(addr & 0xff), size);
	return (addr & 0xfff) != 0xfff;
}

static bool get_number(void *ctx, uint64_t *ret)
{
	(void)ctx;
	*ret = 0x7ffe1000;
	return true;
}

static uint64_t relocate(void *ctx, uint64_t file_addr)
{
	(void)ctx;
	return file_addr + 0x555500000000;
}

static bool get_tls(void *ctx, uint64_t offset, uint64_t *ret)
{
	(void)ctx;
	*ret = 0x7f0000000000 + offset;
	return true;
}

static bool get_entry_value(void *ctx, struct dw_span expr, uint64_t *ret)
{
	(void)ctx;
	*ret = expr.size ? expr.data[0] : 0;
	return expr.size > 0;
}

static bool get_call(void *ctx, uint64_t die, struct dw_span *ret)
{
	static const uint8_t literal[] = { DW_OP_lit7 };
	(void)ctx;
	*ret = die & 1 ? (struct dw_span){ literal, sizeof literal } : whole;
	return true;
}

static void name_reg(void *ctx, unsigned reg, struct buf *out)
{
	(void)ctx;
	buf_printf(out, "r%u", reg);
}

static void name_type(void *ctx, uint64_t die, struct buf *out)
{
	(void)ctx;
	buf_printf(out, "%llx", (unsigned long long)die);
}

static void write_text(const struct dw_unit *unit)
{
	struct dw_expr_names names = { .reg = name_reg, .type = name_type };
	struct buf out = { 0 };
	size_t end = 0;
	struct error *err = dw_expr_text(unit, whole, &names, &out, &end);
	if (!err && end > whole.size)
		abort();
	error_destroy(err);
	buf_deinit(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	uint8_t flags = data[0];
	struct dw_sections sections = { .name = "fuzz" };
	sections.section[DW_SECTION_INFO] = (struct dw_span){ info, sizeof info };
	sections.section[DW_SECTION_ABBREV] = (struct dw_span){ abbrev, sizeof abbrev };
	sections.section[DW_SECTION_ADDR] = (struct dw_span){ addrs, sizeof addrs };
	struct dw_unit unit;
	uint64_t next;
	struct dw_abbrevs *abbrevs;
	if (dw_unit_read(&sections, 0, &unit, &next) ||
	    dw_abbrevs_parse(&sections, 0, 8, false, &abbrevs) || dw_unit_set_abbrevs(&unit, abbrevs))
		abort();
	if (flags & 8)
		unit.version = 2;

	whole = (struct dw_span){ data + 1, size - 1 };
	struct dw_expr_context context = {
		.address_size = flags & 2 ? 4 : 8,
		.version = unit.version,
		.unit = flags & 1 ? NULL : &unit,
	};
	if (!(flags & 4)) {
		context.reg = get_reg;
		context.memory = get_memory;
		context.frame_base = context.cfa = get_number;
		context.relocate = relocate;
		context.tls = get_tls;
		context.entry_value = get_entry_value;
		context.call = get_call;
	}
	struct dw_location location;
	uint64_t value;
	struct error *err = dw_expr_location(&context, whole, &location);
	if (!err && (location.count == 0 || location.count > DW_EXPR_MAX_PIECES))
		abort();
	error_destroy(err);
	err = dw_expr_value(&context, whole, flags & 16, 0x1234, &value);
	if (!err && context.address_size == 0)
		abort();
	error_destroy(err);
	write_text(context.unit);
	dw_abbrevs_destroy(abbrevs);
	return 0;
}
