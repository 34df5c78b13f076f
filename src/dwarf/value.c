/* Attribute values: what each form's bytes mean (D5 7.5.5, 7.5.6). */
#include "dwarf/dwarf_internal.h"

#include <assert.h>

bool dw_section_string(const struct dw_sections *sections, enum dw_section_id id, uint64_t offset,
		       struct str *ret)
{
	const struct dw_span *span = &sections->section[id];
	if (offset >= span->size)
		return false;
	const char *s = (const char *)span->data + offset;
	const char *end = memchr(s, 0, span->size - (size_t)offset);
	if (!end)
		return false;
	*ret = (struct str){ s, (size_t)(end - s) };
	return true;
}

static void set_string(const struct dw_unit *unit, enum dw_section_id id, uint64_t offset,
		       struct dw_value *ret)
{
	struct str s;
	if (!dw_section_string(unit->sections, id, offset, &s))
		return;
	ret->kind = DW_VALUE_STRING;
	ret->str = s;
}

static void set_string_index(const struct dw_unit *unit, uint64_t index, struct dw_value *ret)
{
	const struct dw_span *span = &unit->sections->section[DW_SECTION_STR_OFFSETS];
	uint64_t at;
	if (__builtin_mul_overflow(index, (uint64_t)(unit->is_64 ? 8 : 4), &at) ||
	    __builtin_add_overflow(at, unit->str_offsets_base, &at) || at > span->size)
		return;
	struct reader r = reader_init(span->data, span->size);
	reader_seek(&r, (size_t)at);
	uint64_t offset = dw_read_offset(&r, unit->is_64);
	if (!r.failed)
		set_string(unit, DW_SECTION_STR, offset, ret);
}

static void set_address_index(const struct dw_unit *unit, uint64_t index, struct dw_value *ret)
{
	uint64_t addr;
	if (!dw_unit_addrx(unit, index, &addr))
		return;
	ret->kind = DW_VALUE_ADDRESS;
	ret->u = addr;
}

static void set_reference(const struct dw_unit *unit, uint64_t offset, struct dw_value *ret)
{
	uint64_t die;
	if (__builtin_add_overflow(unit->offset, offset, &die) || die < unit->first_die || die >= unit->end)
		return;
	ret->kind = DW_VALUE_REFERENCE;
	ret->u = die;
}

static void set_unsigned(enum dw_value_kind kind, uint64_t u, struct dw_value *ret)
{
	ret->kind = kind;
	ret->u = u;
}

static void set_block(struct reader *r, uint64_t size, struct dw_value *ret)
{
	const uint8_t *data = reader_bytes(r, size > SIZE_MAX ? SIZE_MAX : (size_t)size);
	ret->kind = DW_VALUE_BLOCK;
	ret->block = (struct dw_span){ data, data ? (size_t)size : 0 };
}

/* Before version 4 there was no sec_offset: data4 and data8 stood for it in these attributes (D4 7.5.4,
 * note). Not data_member_location, where producers mean a constant. */
static bool is_old_sec_offset(const struct dw_unit *unit, uint16_t name)
{
	if (unit->version >= 4)
		return false;
	switch (name) {
	case DW_AT_location:
	case DW_AT_stmt_list:
	case DW_AT_string_length:
	case DW_AT_return_addr:
	case DW_AT_start_scope:
	case DW_AT_frame_base:
	case DW_AT_macro_info:
	case DW_AT_segment:
	case DW_AT_static_link:
	case DW_AT_use_location:
	case DW_AT_vtable_elem_location:
	case DW_AT_ranges:
		return true;
	}
	return false;
}

bool dw_value_read(const struct dw_unit *unit, struct reader *r, const struct dw_attr_spec *spec,
		   struct dw_value *ret)
{
	uint16_t form = spec->form;
	if (form == DW_FORM_indirect) {
		uint64_t actual = reader_uleb(r);
		if (actual > UINT16_MAX || actual == DW_FORM_indirect || actual == DW_FORM_implicit_const)
			return false;
		form = (uint16_t)actual;
	}
	*ret = (struct dw_value){ .name = spec->name, .form = form, .kind = DW_VALUE_BAD };
	switch (form) {
	case DW_FORM_addr:
		set_unsigned(DW_VALUE_ADDRESS, reader_uint(r, unit->address_size), ret);
		return true;
	case DW_FORM_addrx:
	case DW_FORM_GNU_addr_index:
		set_address_index(unit, reader_uleb(r), ret);
		return true;
	case DW_FORM_addrx1:
		set_address_index(unit, reader_u8(r), ret);
		return true;
	case DW_FORM_addrx2:
		set_address_index(unit, reader_u16(r), ret);
		return true;
	case DW_FORM_addrx3:
		set_address_index(unit, reader_u24(r), ret);
		return true;
	case DW_FORM_addrx4:
		set_address_index(unit, reader_u32(r), ret);
		return true;

	case DW_FORM_data1:
		set_unsigned(DW_VALUE_UNSIGNED, reader_u8(r), ret);
		return true;
	case DW_FORM_data2:
		set_unsigned(DW_VALUE_UNSIGNED, reader_u16(r), ret);
		return true;
	case DW_FORM_data4:
		set_unsigned(is_old_sec_offset(unit, spec->name) ? DW_VALUE_SEC_OFFSET : DW_VALUE_UNSIGNED,
			     reader_u32(r), ret);
		return true;
	case DW_FORM_data8:
		set_unsigned(is_old_sec_offset(unit, spec->name) ? DW_VALUE_SEC_OFFSET : DW_VALUE_UNSIGNED,
			     reader_u64(r), ret);
		return true;
	case DW_FORM_udata:
		set_unsigned(DW_VALUE_UNSIGNED, reader_uleb(r), ret);
		return true;
	case DW_FORM_sdata:
		ret->kind = DW_VALUE_SIGNED;
		ret->s = reader_sleb(r);
		return true;
	case DW_FORM_implicit_const:
		ret->kind = DW_VALUE_SIGNED;
		ret->s = spec->implicit_const;
		return true;
	case DW_FORM_flag:
		set_unsigned(DW_VALUE_FLAG, reader_u8(r) != 0, ret);
		return true;
	case DW_FORM_flag_present:
		set_unsigned(DW_VALUE_FLAG, 1, ret);
		return true;

	case DW_FORM_string: {
		struct str s = reader_cstr(r);
		ret->kind = DW_VALUE_STRING;
		ret->str = s;
		return true;
	}
	case DW_FORM_strp:
		set_string(unit, DW_SECTION_STR, dw_read_offset(r, unit->is_64), ret);
		return true;
	case DW_FORM_line_strp:
		set_string(unit, DW_SECTION_LINE_STR, dw_read_offset(r, unit->is_64), ret);
		return true;
	case DW_FORM_strx:
	case DW_FORM_GNU_str_index:
		set_string_index(unit, reader_uleb(r), ret);
		return true;
	case DW_FORM_strx1:
		set_string_index(unit, reader_u8(r), ret);
		return true;
	case DW_FORM_strx2:
		set_string_index(unit, reader_u16(r), ret);
		return true;
	case DW_FORM_strx3:
		set_string_index(unit, reader_u24(r), ret);
		return true;
	case DW_FORM_strx4:
		set_string_index(unit, reader_u32(r), ret);
		return true;

	case DW_FORM_block1:
		set_block(r, reader_u8(r), ret);
		return true;
	case DW_FORM_block2:
		set_block(r, reader_u16(r), ret);
		return true;
	case DW_FORM_block4:
		set_block(r, reader_u32(r), ret);
		return true;
	case DW_FORM_block:
	case DW_FORM_exprloc:
		set_block(r, reader_uleb(r), ret);
		return true;
	case DW_FORM_data16:
		set_block(r, 16, ret);
		return true;

	case DW_FORM_ref1:
		set_reference(unit, reader_u8(r), ret);
		return true;
	case DW_FORM_ref2:
		set_reference(unit, reader_u16(r), ret);
		return true;
	case DW_FORM_ref4:
		set_reference(unit, reader_u32(r), ret);
		return true;
	case DW_FORM_ref8:
		set_reference(unit, reader_u64(r), ret);
		return true;
	case DW_FORM_ref_udata:
		set_reference(unit, reader_uleb(r), ret);
		return true;
	case DW_FORM_ref_addr: {
		uint64_t die = dw_read_offset(r, unit->is_64);
		if (die < unit->sections->section[DW_SECTION_INFO].size)
			set_unsigned(DW_VALUE_REFERENCE, die, ret);
		return true;
	}
	case DW_FORM_ref_sig8:
		set_unsigned(DW_VALUE_SIGNATURE, reader_u64(r), ret);
		return true;
	case DW_FORM_ref_sup4:
		set_unsigned(DW_VALUE_OTHER_FILE, reader_u32(r), ret);
		return true;
	case DW_FORM_ref_sup8:
		set_unsigned(DW_VALUE_OTHER_FILE, reader_u64(r), ret);
		return true;
	case DW_FORM_strp_sup:
	case DW_FORM_GNU_ref_alt:
	case DW_FORM_GNU_strp_alt:
		set_unsigned(DW_VALUE_OTHER_FILE, dw_read_offset(r, unit->is_64), ret);
		return true;

	case DW_FORM_sec_offset:
		set_unsigned(DW_VALUE_SEC_OFFSET, dw_read_offset(r, unit->is_64), ret);
		return true;
	case DW_FORM_loclistx:
	case DW_FORM_rnglistx:
		set_unsigned(DW_VALUE_LIST_INDEX, reader_uleb(r), ret);
		return true;
	}
	return false;
}

struct dw_attr_iter dw_attrs(const struct dw_cursor *c)
{
	struct dw_attr_iter it = { .cursor = c, .reader = c->reader };
	it.reader.pos = (size_t)c->attrs;
	return it;
}

bool dw_attr_next(struct dw_attr_iter *it, struct dw_value *ret)
{
	const struct dw_abbrev *abbrev = it->cursor->abbrev;
	if (!abbrev || it->next_spec >= abbrev->spec_count)
		return false;
	const struct dw_unit *unit = it->cursor->unit;
	const struct dw_attr_spec *spec = &unit->abbrevs->specs[abbrev->first_spec + it->next_spec++];
	struct dw_value value;
	if (!dw_value_read(unit, &it->reader, spec, &value) || it->reader.failed) {
		it->next_spec = abbrev->spec_count;
		return false;
	}
	*ret = value;
	return true;
}

bool dw_attr(const struct dw_cursor *c, uint16_t name, struct dw_value *ret)
{
	if (!c->abbrev || c->abbrev->spec_count == 0)
		return false;
	/* Most askings are in vain: the abbreviation tells without a byte of the DIE. */
	const struct dw_attr_spec *specs = &c->unit->abbrevs->specs[c->abbrev->first_spec];
	uint32_t wanted = 0;
	while (wanted < c->abbrev->spec_count && specs[wanted].name != name)
		wanted++;
	if (wanted == c->abbrev->spec_count)
		return false;
	struct dw_attr_iter it = dw_attrs(c);
	struct dw_value value;
	while (dw_attr_next(&it, &value))
		if (it.next_spec == wanted + 1) {
			*ret = value;
			return true;
		}
	return false;
}

static uint64_t block_uint(struct dw_span block)
{
	uint64_t u = 0;
	memcpy(&u, block.data, block.size);
	return u;
}

static int64_t extend(uint64_t u, unsigned bytes)
{
	if (bytes == 0 || bytes >= 8)
		return (int64_t)u;
	unsigned shift = 64 - 8 * bytes;
	return (int64_t)(u << shift) >> shift;
}

bool dw_value_unsigned(const struct dw_value *value, uint64_t *ret)
{
	switch (value->kind) {
	case DW_VALUE_ADDRESS:
	case DW_VALUE_UNSIGNED:
	case DW_VALUE_FLAG:
	case DW_VALUE_SEC_OFFSET:
		*ret = value->u;
		return true;
	case DW_VALUE_SIGNED:
		*ret = (uint64_t)value->s;
		return true;
	case DW_VALUE_BLOCK:
		if (value->block.size == 0 || value->block.size > 8)
			return false;
		*ret = block_uint(value->block);
		return true;
	default:
		return false;
	}
}

bool dw_value_signed(const struct dw_value *value, int64_t *ret)
{
	uint64_t u;
	if (!dw_value_unsigned(value, &u))
		return false;
	unsigned bytes = 8;
	if (value->kind == DW_VALUE_BLOCK)
		bytes = (unsigned)value->block.size;
	else if (value->kind == DW_VALUE_UNSIGNED && value->form == DW_FORM_data1)
		bytes = 1;
	else if (value->kind == DW_VALUE_UNSIGNED && value->form == DW_FORM_data2)
		bytes = 2;
	else if (value->kind == DW_VALUE_UNSIGNED && value->form == DW_FORM_data4)
		bytes = 4;
	*ret = extend(u, bytes);
	return true;
}
