/* What an attribute's value says. */
#include "ui/dump/dump_internal.h"

#include <inttypes.h>

/* ---- numbers with names ---- */

static const char *pick(const char *const *names, size_t count, uint64_t number)
{
	return number < count && names[number] ? names[number] : NULL;
}
#define PICK(number, ...)                          \
	pick((const char *const[]){ __VA_ARGS__ }, \
	     sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *), number)

static const char *name_of_number(uint16_t attribute, uint64_t number)
{
	unsigned small = number > UINT16_MAX ? UINT16_MAX : (unsigned)number;
	switch (attribute) {
	case DW_AT_language:
		return dw_lang_name(small);
	case DW_AT_encoding:
		return dw_ate_name(small);
	case DW_AT_inline:
		return PICK(number, "DW_INL_not_inlined", "DW_INL_inlined",
			    "DW_INL_declared_not_inlined", "DW_INL_declared_inlined");
	case DW_AT_accessibility:
		return PICK(number, NULL, "DW_ACCESS_public", "DW_ACCESS_protected", "DW_ACCESS_private");
	case DW_AT_visibility:
		return PICK(number, NULL, "DW_VIS_local", "DW_VIS_exported", "DW_VIS_qualified");
	case DW_AT_virtuality:
		return PICK(number, "DW_VIRTUALITY_none", "DW_VIRTUALITY_virtual",
			    "DW_VIRTUALITY_pure_virtual");
	case DW_AT_calling_convention:
		return PICK(number, NULL, "DW_CC_normal", "DW_CC_program", "DW_CC_nocall",
			    "DW_CC_pass_by_reference", "DW_CC_pass_by_value");
	case DW_AT_identifier_case:
		return PICK(number, "DW_ID_case_sensitive", "DW_ID_up_case", "DW_ID_down_case",
			    "DW_ID_case_insensitive");
	case DW_AT_endianity:
		return PICK(number, "DW_END_default", "DW_END_big", "DW_END_little");
	case DW_AT_ordering:
		return PICK(number, "DW_ORD_row_major", "DW_ORD_col_major");
	case DW_AT_defaulted:
		return PICK(number, "DW_DEFAULTED_no", "DW_DEFAULTED_in_class",
			    "DW_DEFAULTED_out_of_class");
	}
	return NULL;
}

static void add_constant(struct dump *d, struct dump_unit *unit, const struct dw_cursor *c,
			 const struct dw_value *value)
{
	struct buf *out = &d->out;
	uint64_t number = value->u;
	if (value->kind == DW_VALUE_SIGNED && value->s < 0) {
		buf_printf(out, "%" PRId64, value->s);
		return;
	}
	const char *name = name_of_number(value->name, number);
	struct dw_value low;
	if (name) {
		buf_printf(out, "%s (%" PRIu64 ")", name, number);
		return;
	}
	switch (value->name) {
	case DW_AT_decl_file:
	case DW_AT_call_file: {
		struct str path = dump_unit_file(d, unit, number);
		buf_printf(out, "%" PRIu64, number);
		if (path.len) {
			buf_char(out, ' ');
			dump_quoted(out, path);
		}
		return;
	}
	case DW_AT_high_pc:
		buf_printf(out, "0x%" PRIx64, number);
		if (dw_attr(c, DW_AT_low_pc, &low) && low.kind == DW_VALUE_ADDRESS)
			buf_printf(out, " (to 0x%016" PRIx64 ")", low.u + number);
		return;
	case DW_AT_decl_line:
	case DW_AT_decl_column:
	case DW_AT_call_line:
	case DW_AT_call_column:
	case DW_AT_byte_size:
	case DW_AT_bit_size:
	case DW_AT_data_member_location:
	case DW_AT_data_bit_offset:
	case DW_AT_alignment:
	case DW_AT_count:
	case DW_AT_upper_bound:
		buf_printf(out, "%" PRIu64, number);
		return;
	}
	buf_printf(out, number < 10 ? "%" PRIu64 : "%" PRIu64 " (0x%" PRIx64 ")", number, number);
}

/* ---- expressions and lists ---- */

void dump_reg(struct dump *d, unsigned dwarf_reg, struct buf *out)
{
	const struct arch *arch = sym_module_arch(d->m);
	const struct arch_reg *reg = arch ? arch_reg_by_dwarf(arch, dwarf_reg) : NULL;
	if (reg)
		buf_str(out, str_from(reg->name));
	else
		buf_printf(out, "r%u", dwarf_reg);
}

struct names {
	struct dump *d;
	const struct dump_unit *unit;
};

static void add_reg(void *ctx, unsigned dwarf_reg, struct buf *out)
{
	dump_reg(((struct names *)ctx)->d, dwarf_reg, out);
}

static void add_type(void *ctx, uint64_t die, struct buf *out)
{
	struct names *names = ctx;
	if (names->unit)
		dump_type_name(names->d, names->unit->dw.offset + die, out);
}

void dump_expr(struct dump *d, const struct dump_unit *unit, struct dw_span expr, struct buf *out)
{
	struct names ctx = { d, unit };
	struct dw_expr_names names = { .ctx = &ctx, .reg = add_reg, .type = add_type, .one_line = true };
	size_t end;
	struct error *err = dw_expr_text(unit ? &unit->dw : NULL, expr, &names, out, &end);
	if (expr.size == 0)
		buf_str(out, STR_LIT("<empty>"));
	if (!err)
		return;
	buf_printf(out, " <trouble: %s>", err->message);
	error_destroy(err);
}

static bool is_location(uint16_t attribute)
{
	switch (attribute) {
	case DW_AT_location:
	case DW_AT_string_length:
	case DW_AT_return_addr:
	case DW_AT_data_member_location:
	case DW_AT_frame_base:
	case DW_AT_segment:
	case DW_AT_static_link:
	case DW_AT_use_location:
	case DW_AT_vtable_elem_location:
		return true;
	}
	return false;
}

struct entries {
	struct dump *d;
	const struct dump_unit *unit;
	size_t indent;
	bool locations;
};

static void add_entry(void *ctx, const struct dw_location_entry *entry)
{
	struct entries *e = ctx;
	struct buf *out = &e->d->out;
	buf_pad(out, ' ', e->indent);
	if (entry->base) {
		buf_printf(out, "base 0x%016" PRIx64 "\n", entry->start.value);
		return;
	}
	if (entry->otherwise)
		buf_str(out, STR_LIT("otherwise"));
	else
		buf_printf(out, "[0x%016" PRIx64 ", 0x%016" PRIx64 ")", entry->start.value,
			   entry->end.value);
	if (e->locations) {
		buf_str(out, STR_LIT(": "));
		dump_expr(e->d, e->unit, entry->expr, out);
	}
	buf_str(out, entry->dropped ? STR_LIT("  (dropped by the linker)\n") : STR_LIT("\n"));
	dump_flush(e->d, false);
}

static void add_list(struct dump *d, struct dump_unit *unit, const struct dw_value *value,
		     bool locations, size_t indent)
{
	struct entries e = { d, unit, indent, locations };
	buf_char(&d->out, '\n');
	struct error *err = locations ? dw_location_entries(&unit->dw, value, add_entry, &e)
				      : dw_range_entries(&unit->dw, value, add_entry, &e);
	dump_trouble(d, indent, err);
}

/* ---- others ---- */

static void add_reference(struct dump *d, struct dump_unit *unit, const struct dw_value *value)
{
	struct buf *out = &d->out;
	bool types = unit->dw.section == DW_SECTION_TYPES;
	buf_printf(out, "0x%08" PRIx64, value->u);
	/* Those of .debug_types stay in their unit. */
	struct dump_unit *target = types && value->form != DW_FORM_ref_addr ? unit
									    : dump_unit_at(d, value->u);
	struct dw_cursor c;
	if (target)
		c = dw_cursor_at(&target->dw, value->u);
	if (!target || !dw_cursor_next(&c) || !c.abbrev) {
		buf_str(out, STR_LIT(" <no entry>"));
		return;
	}
	struct str name = dump_die_name(d, &c);
	if (name.len) {
		buf_char(out, ' ');
		dump_quoted(out, name);
	} else if (!types && value->name == DW_AT_type) {
		buf_str(out, STR_LIT(" \""));
		dump_type_name(d, value->u, out);
		buf_char(out, '"');
	} else if (value->name != DW_AT_sibling) {
		buf_printf(out, " %s", dw_tag_name(c.abbrev->tag));
	}
}

static void add_bytes(struct buf *out, struct dw_span block)
{
	enum { SHOWN = 64 };
	buf_printf(out, "%zu byte%s:", block.size, block.size == 1 ? "" : "s");
	for (size_t i = 0; i < block.size && i < SHOWN; i++)
		buf_printf(out, " %02x", block.data[i]);
	if (block.size > SHOWN)
		buf_str(out, STR_LIT(" …"));
}

static void add_signature(struct dump *d, uint64_t signature)
{
	uint64_t die;
	buf_printf(&d->out, "0x%016" PRIx64, signature);
	if (map_get(&d->signatures, signature, &die))
		buf_printf(&d->out, " (type at 0x%08" PRIx64 ")", die);
}

void dump_value(struct dump *d, struct dump_unit *unit, const struct dw_cursor *c,
		const struct dw_value *value, const uint64_t *raw, size_t indent)
{
	struct buf *out = &d->out;
	bool list = value->kind == DW_VALUE_SEC_OFFSET || value->kind == DW_VALUE_LIST_INDEX;
	switch (value->kind) {
	case DW_VALUE_NONE:
		break;
	case DW_VALUE_ADDRESS:
		buf_printf(out, "0x%016" PRIx64, value->u);
		if (raw && value->form != DW_FORM_addr)
			buf_printf(out, " (index %" PRIu64 ")", *raw);
		break;
	case DW_VALUE_UNSIGNED:
	case DW_VALUE_SIGNED:
		add_constant(d, unit, c, value);
		break;
	case DW_VALUE_FLAG:
		buf_str(out, value->u ? STR_LIT("true") : STR_LIT("false"));
		break;
	case DW_VALUE_STRING:
		dump_quoted(out, value->str);
		break;
	case DW_VALUE_BLOCK:
		if (value->form == DW_FORM_exprloc || is_location(value->name)) {
			buf_char(out, '(');
			dump_expr(d, unit, value->block, out);
			buf_char(out, ')');
		} else {
			add_bytes(out, value->block);
		}
		break;
	case DW_VALUE_REFERENCE:
		add_reference(d, unit, value);
		break;
	case DW_VALUE_SEC_OFFSET:
	case DW_VALUE_LIST_INDEX:
		if (value->kind == DW_VALUE_LIST_INDEX)
			buf_printf(out, "index %" PRIu64, value->u);
		else
			buf_printf(out, "0x%08" PRIx64, value->u);
		break;
	case DW_VALUE_SIGNATURE:
		add_signature(d, value->u);
		break;
	case DW_VALUE_OTHER_FILE:
		buf_printf(out, "0x%08" PRIx64 " in the supplementary file", value->u);
		break;
	case DW_VALUE_BAD:
		if (raw)
			buf_printf(out, "0x%" PRIx64 " ", *raw);
		buf_str(out, STR_LIT("<leads nowhere>"));
		break;
	}
	if (list && (value->name == DW_AT_ranges || is_location(value->name)))
		add_list(d, unit, value, value->name != DW_AT_ranges, indent);
	else
		buf_char(out, '\n');
}
