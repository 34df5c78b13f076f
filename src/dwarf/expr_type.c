/* Base types of typed operations (D5 2.5.1). */
#include "dwarf/expr_internal.h"

static struct dw_expr_type unsupported(struct dw_expr *e, const char *what)
{
	dw_expr_fail(e, ERROR_UNSUPPORTED, "%s", what);
	return (struct dw_expr_type){ 0 };
}

struct dw_expr_type dw_expr_base_type(struct dw_expr *e, uint64_t unit_offset)
{
	const struct dw_unit *unit = e->context->unit;
	if (unit_offset == 0)
		return (struct dw_expr_type){ 0 };
	if (!unit || !unit->abbrevs)
		return unsupported(e, "a type where there is no unit");
	uint64_t die;
	struct dw_value encoding, size;
	if (__builtin_add_overflow(unit->offset, unit_offset, &die) || die < unit->first_die ||
	    die >= unit->end) {
		dw_expr_fail(e, ERROR_FORMAT, "a type outside of the unit");
		return (struct dw_expr_type){ 0 };
	}
	struct dw_cursor c = dw_cursor_at(unit, die);
	uint64_t bytes;
	if (!dw_cursor_next(&c) || !c.abbrev || c.abbrev->tag != DW_TAG_base_type ||
	    !dw_attr(&c, DW_AT_encoding, &encoding) || !dw_attr(&c, DW_AT_byte_size, &size) ||
	    !dw_value_unsigned(&size, &bytes)) {
		dw_expr_fail(e, ERROR_FORMAT, "no base type at 0x%llx", (unsigned long long)die);
		return (struct dw_expr_type){ 0 };
	}
	if (bytes != 1 && bytes != 2 && bytes != 4 && bytes != 8)
		return unsupported(e, "a value that is not of 1, 2, 4 or 8 bytes");
	switch (encoding.u) {
	case DW_ATE_signed:
	case DW_ATE_signed_char:
		return (struct dw_expr_type){ (uint8_t)bytes, true };
	case DW_ATE_address:
	case DW_ATE_boolean:
	case DW_ATE_unsigned:
	case DW_ATE_unsigned_char:
	case DW_ATE_UTF:
		return (struct dw_expr_type){ (uint8_t)bytes, false };
	}
	return unsupported(e, dw_ate_name((unsigned)encoding.u));
}
