#include "dwarf/dwarf_internal.h"

const char *dw_section_name(enum dw_section_id id)
{
	static const char *const names[DW_SECTION_COUNT] = {
		[DW_SECTION_INFO] = ".debug_info",
		[DW_SECTION_ABBREV] = ".debug_abbrev",
		[DW_SECTION_STR] = ".debug_str",
		[DW_SECTION_LINE_STR] = ".debug_line_str",
		[DW_SECTION_STR_OFFSETS] = ".debug_str_offsets",
		[DW_SECTION_ADDR] = ".debug_addr",
		[DW_SECTION_LINE] = ".debug_line",
		[DW_SECTION_RANGES] = ".debug_ranges",
		[DW_SECTION_RNGLISTS] = ".debug_rnglists",
		[DW_SECTION_LOC] = ".debug_loc",
		[DW_SECTION_LOCLISTS] = ".debug_loclists",
		[DW_SECTION_ARANGES] = ".debug_aranges",
		[DW_SECTION_NAMES] = ".debug_names",
		[DW_SECTION_TYPES] = ".debug_types",
	};
	return names[id];
}

uint64_t dw_read_initial_length(struct reader *r, bool *ret_is_64)
{
	uint64_t length = reader_u32(r);
	*ret_is_64 = length == 0xffffffff;
	if (*ret_is_64)
		length = reader_u64(r);
	else if (length >= 0xfffffff0)
		reader_seek(r, SIZE_MAX);
	return length;
}

/* The header behind the version, whose fields changed places in version 5. */
static void read_header_rest(struct reader *r, struct dw_unit *unit)
{
	unit->type = unit->section == DW_SECTION_TYPES ? DW_UT_type : DW_UT_compile;
	if (unit->version >= 5) {
		unit->type = reader_u8(r);
		unit->address_size = reader_u8(r);
		unit->abbrev_offset = dw_read_offset(r, unit->is_64);
	} else {
		unit->abbrev_offset = dw_read_offset(r, unit->is_64);
		unit->address_size = reader_u8(r);
	}
	if (unit->type == DW_UT_type || unit->type == DW_UT_split_type) {
		unit->type_signature = reader_u64(r);
		unit->type_die = unit->offset + dw_read_offset(r, unit->is_64);
	} else if (unit->type == DW_UT_skeleton || unit->type == DW_UT_split_compile) {
		unit->dwo_id = reader_u64(r);
	}
	unit->first_die = r->pos;
}

static struct error *read_unit(const struct dw_sections *sections, enum dw_section_id section,
			       uint64_t offset, struct dw_unit *ret, uint64_t *ret_next)
{
	const struct dw_span *span = &sections->section[section];
	const char *where = dw_section_name(section);
	struct reader r = reader_init(span->data, span->size);
	struct dw_unit unit = { .sections = sections, .section = section, .offset = offset };

	*ret_next = 0;
	reader_seek(&r, offset > SIZE_MAX ? SIZE_MAX : (size_t)offset);
	uint64_t length = dw_read_initial_length(&r, &unit.is_64);
	if (r.failed)
		return error_at(ERROR_TRUNCATED, offset, "%s: %s: no whole unit header", sections->name,
				where);
	if (length > r.size - r.pos)
		return error_at(ERROR_TRUNCATED, offset,
				"%s: %s: a unit of %llu bytes ends behind the section", sections->name,
				where, (unsigned long long)length);
	unit.end = r.pos + length;
	*ret_next = unit.end;

	r.size = (size_t)unit.end;
	unit.version = reader_u16(&r);
	if (!r.failed && (unit.version < 2 || unit.version > 5))
		return error_at(ERROR_UNSUPPORTED, offset, "%s: %s: a unit of DWARF version %u",
				sections->name, where, unit.version);
	read_header_rest(&r, &unit);
	if (r.failed)
		return error_at(ERROR_TRUNCATED, offset,
				"%s: %s: a unit of %llu bytes is shorter than its header",
				sections->name, where, (unsigned long long)length);
	if (unit.address_size != 4 && unit.address_size != 8)
		return error_at(ERROR_UNSUPPORTED, offset, "%s: %s: a unit with addresses of %u bytes",
				sections->name, where, unit.address_size);
	*ret = unit;
	return NULL;
}

struct error *dw_unit_read(const struct dw_sections *sections, uint64_t offset, struct dw_unit *ret,
			   uint64_t *ret_next)
{
	return read_unit(sections, DW_SECTION_INFO, offset, ret, ret_next);
}

struct error *dw_unit_read_types(const struct dw_sections *sections, uint64_t offset,
				 struct dw_unit *ret, uint64_t *ret_next)
{
	return read_unit(sections, DW_SECTION_TYPES, offset, ret, ret_next);
}

bool dw_unit_addrx(const struct dw_unit *unit, uint64_t index, uint64_t *ret)
{
	const struct dw_span *span = &unit->sections->section[DW_SECTION_ADDR];
	uint64_t at;
	if (__builtin_mul_overflow(index, (uint64_t)unit->address_size, &at) ||
	    __builtin_add_overflow(at, unit->addr_base, &at) || at > span->size)
		return false;
	struct reader r = reader_init(span->data, span->size);
	reader_seek(&r, (size_t)at);
	uint64_t addr = reader_uint(&r, unit->address_size);
	if (r.failed)
		return false;
	*ret = addr;
	return true;
}

struct error *dw_unit_set_abbrevs(struct dw_unit *unit, const struct dw_abbrevs *abbrevs)
{
	const char *name = unit->sections->name;
	if (abbrevs->address_size != unit->address_size || abbrevs->is_64 != unit->is_64)
		return error_at(ERROR_FORMAT, unit->offset,
				"%s: %s: units of different address or offset size share abbreviations",
				name, dw_section_name(unit->section));
	if (abbrevs->has_ref_addr && unit->version == 2 && unit->address_size != (unit->is_64 ? 8 : 4))
		return error_at(ERROR_UNSUPPORTED, unit->offset,
				"%s: %s: DW_FORM_ref_addr of DWARF version 2", name,
				dw_section_name(unit->section));
	unit->abbrevs = abbrevs;
	/* Behind the header of the one contribution that there is when no base is given (D5 7.26 to
	 * 7.29). */
	if (unit->version >= 5) {
		unit->str_offsets_base = unit->addr_base = unit->is_64 ? 16 : 8;
		unit->rnglists_base = unit->loclists_base = unit->is_64 ? 20 : 12;
	}

	struct dw_cursor c = dw_cursor_at(unit, unit->first_die);
	if (!dw_cursor_next(&c))
		return dw_cursor_error(&c);
	if (!c.abbrev)
		return NULL;
	struct dw_value value;
	for (struct dw_attr_iter it = dw_attrs(&c); dw_attr_next(&it, &value);) {
		if (value.name == DW_AT_str_offsets_base)
			dw_value_unsigned(&value, &unit->str_offsets_base);
		else if (value.name == DW_AT_addr_base || value.name == DW_AT_GNU_addr_base)
			dw_value_unsigned(&value, &unit->addr_base);
		else if (value.name == DW_AT_rnglists_base)
			dw_value_unsigned(&value, &unit->rnglists_base);
		else if (value.name == DW_AT_loclists_base)
			dw_value_unsigned(&value, &unit->loclists_base);
	}
	/* Only now: it may be an index that needs addr_base, which comes behind it. */
	if (dw_attr(&c, DW_AT_low_pc, &value) && value.kind == DW_VALUE_ADDRESS) {
		unit->has_low_pc = true;
		unit->low_pc = value.u;
	}
	return NULL;
}
