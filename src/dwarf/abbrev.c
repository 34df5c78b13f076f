#include "dwarf/dwarf_internal.h"

#include "base/vec.h"

#include <stdlib.h>

bool dw_form_skip(uint16_t form, uint8_t address_size, bool is_64, struct dw_skip *ret)
{
	uint32_t offset_size = is_64 ? 8 : 4;
	uint32_t fixed = 0;
	enum dw_skip_kind kind = DW_SKIP_END;
	switch (form) {
	case DW_FORM_flag_present:
	case DW_FORM_implicit_const:
		break;
	case DW_FORM_data1:
	case DW_FORM_flag:
	case DW_FORM_ref1:
	case DW_FORM_strx1:
	case DW_FORM_addrx1:
		fixed = 1;
		break;
	case DW_FORM_data2:
	case DW_FORM_ref2:
	case DW_FORM_strx2:
	case DW_FORM_addrx2:
		fixed = 2;
		break;
	case DW_FORM_strx3:
	case DW_FORM_addrx3:
		fixed = 3;
		break;
	case DW_FORM_data4:
	case DW_FORM_ref4:
	case DW_FORM_ref_sup4:
	case DW_FORM_strx4:
	case DW_FORM_addrx4:
		fixed = 4;
		break;
	case DW_FORM_data8:
	case DW_FORM_ref8:
	case DW_FORM_ref_sig8:
	case DW_FORM_ref_sup8:
		fixed = 8;
		break;
	case DW_FORM_data16:
		fixed = 16;
		break;
	case DW_FORM_addr:
		fixed = address_size;
		break;
	case DW_FORM_ref_addr:
	case DW_FORM_sec_offset:
	case DW_FORM_strp:
	case DW_FORM_strp_sup:
	case DW_FORM_line_strp:
	case DW_FORM_GNU_ref_alt:
	case DW_FORM_GNU_strp_alt:
		fixed = offset_size;
		break;
	case DW_FORM_sdata:
	case DW_FORM_udata:
	case DW_FORM_ref_udata:
	case DW_FORM_strx:
	case DW_FORM_addrx:
	case DW_FORM_loclistx:
	case DW_FORM_rnglistx:
	case DW_FORM_GNU_addr_index:
	case DW_FORM_GNU_str_index:
		kind = DW_SKIP_LEB;
		break;
	case DW_FORM_string:
		kind = DW_SKIP_CSTR;
		break;
	case DW_FORM_block1:
		kind = DW_SKIP_BLOCK1;
		break;
	case DW_FORM_block2:
		kind = DW_SKIP_BLOCK2;
		break;
	case DW_FORM_block4:
		kind = DW_SKIP_BLOCK4;
		break;
	case DW_FORM_block:
	case DW_FORM_exprloc:
		kind = DW_SKIP_BLOCK;
		break;
	case DW_FORM_indirect:
		kind = DW_SKIP_INDIRECT;
		break;
	default:
		return false;
	}
	*ret = (struct dw_skip){ fixed, kind };
	return true;
}

struct builder {
	const struct dw_sections *sections;
	struct reader reader;
	struct dw_abbrevs *table;
	VEC(struct dw_abbrev) abbrevs;
	VEC(struct dw_attr_spec) specs;
	VEC(struct dw_skip) skips;
};

static struct error *bad(const struct builder *b, enum error_code code, const char *what, uint64_t number)
{
	return error_at(code, b->reader.pos, "%s: .debug_abbrev: %s %llu", b->sections->name, what,
			(unsigned long long)number);
}

/* One (name, form) pair; *ret_more is false at the pair of zeros that ends the list. */
static struct error *parse_spec(struct builder *b, struct dw_skip *pending, bool *ret_more)
{
	struct reader *r = &b->reader;
	uint64_t name = reader_uleb(r), form = reader_uleb(r);
	*ret_more = !r->failed && (name != 0 || form != 0);
	if (!*ret_more)
		return NULL;
	if (name == 0 || name > UINT16_MAX)
		return bad(b, ERROR_FORMAT, "no attribute has the number", name);
	struct dw_attr_spec spec = { .name = (uint16_t)name, .form = (uint16_t)form };
	struct dw_skip skip;
	if (form > UINT16_MAX ||
	    !dw_form_skip((uint16_t)form, b->table->address_size, b->table->is_64, &skip))
		return bad(b, ERROR_UNSUPPORTED, "unknown attribute form", form);
	if (form == DW_FORM_implicit_const)
		spec.implicit_const = reader_sleb(r);
	b->table->has_ref_addr |= form == DW_FORM_ref_addr;

	if (__builtin_add_overflow(pending->fixed, skip.fixed, &pending->fixed))
		return bad(b, ERROR_LIMIT, "an entry has more than 4 GiB of attributes, form", form);
	if (skip.kind != DW_SKIP_END) {
		pending->kind = skip.kind;
		vec_push(&b->skips, *pending);
		*pending = (struct dw_skip){ 0, DW_SKIP_END };
	}
	vec_push(&b->specs, spec);
	return NULL;
}

static struct error *parse_abbrev(struct builder *b, uint64_t code)
{
	struct reader *r = &b->reader;
	uint64_t tag = reader_uleb(r);
	uint8_t children = reader_u8(r);
	if (r->failed)
		return NULL;
	if (tag == 0 || tag > UINT16_MAX)
		return bad(b, ERROR_FORMAT, "no entry has the tag", tag);
	if (children > 1)
		return bad(b, ERROR_FORMAT, "children are neither there nor not there but", children);
	struct dw_abbrev abbrev = {
		.code = code,
		.tag = (uint16_t)tag,
		.children = children == 1,
		.first_spec = (uint32_t)b->specs.count,
		.first_skip = (uint32_t)b->skips.count,
	};
	struct dw_skip pending = { 0, DW_SKIP_END };
	for (bool more = true; more;)
		TRY(parse_spec(b, &pending, &more));
	vec_push(&b->skips, pending);
	abbrev.spec_count = (uint32_t)b->specs.count - abbrev.first_spec;
	if (b->skips.count == abbrev.first_skip + 1)
		abbrev.fixed_size = pending.fixed;
	for (uint32_t i = 0; i < abbrev.spec_count; i++)
		abbrev.has_sibling |= b->specs.data[abbrev.first_spec + i].name == DW_AT_sibling;
	vec_push(&b->abbrevs, abbrev);
	return NULL;
}

static struct error *parse_all(struct builder *b)
{
	/* Each entry takes at least three bytes, so the section's size bounds the loop; counts must fit
	 * uint32_t. */
	if (b->reader.size > UINT32_MAX)
		return bad(b, ERROR_LIMIT, "the section has more than 4 GiB:", b->reader.size);
	while (!b->reader.failed) {
		uint64_t code = reader_uleb(&b->reader);
		if (code == 0)
			break;
		TRY(parse_abbrev(b, code));
	}
	return reader_error(&b->reader, 0, ".debug_abbrev");
}

static int compare_codes(const void *a, const void *b)
{
	uint64_t x = ((const struct dw_abbrev *)a)->code, y = ((const struct dw_abbrev *)b)->code;
	return x < y ? -1 : x > y;
}

static struct error *sort_codes(struct builder *b)
{
	bool sorted = true, dense = true;
	for (size_t i = 0; i < b->abbrevs.count; i++) {
		dense &= b->abbrevs.data[i].code == i + 1;
		sorted &= i == 0 || b->abbrevs.data[i - 1].code < b->abbrevs.data[i].code;
	}
	if (!sorted) {
		qsort(b->abbrevs.data, b->abbrevs.count, sizeof *b->abbrevs.data, compare_codes);
		dense = true;
		for (size_t i = 0; i < b->abbrevs.count; i++) {
			dense &= b->abbrevs.data[i].code == i + 1;
			if (i > 0 && b->abbrevs.data[i - 1].code == b->abbrevs.data[i].code)
				return bad(b, ERROR_FORMAT, "two entries have the code",
					   b->abbrevs.data[i].code);
		}
	}
	b->table->dense = dense;
	return NULL;
}

struct error *dw_abbrevs_parse(const struct dw_sections *sections, uint64_t offset, uint8_t address_size,
			       bool is_64, struct dw_abbrevs **ret)
{
	const struct dw_span *span = &sections->section[DW_SECTION_ABBREV];
	struct builder b = { .sections = sections, .reader = reader_init(span->data, span->size) };
	if (offset >= span->size)
		return error_at(ERROR_FORMAT, offset,
				"%s: .debug_abbrev: no table, the section has %zu bytes", sections->name,
				span->size);
	reader_seek(&b.reader, (size_t)offset);
	b.table = xmalloc(sizeof *b.table);
	b.table->address_size = address_size;
	b.table->is_64 = is_64;

	struct error *err = parse_all(&b);
	if (!err)
		err = sort_codes(&b);
	b.table->abbrevs = b.abbrevs.data;
	b.table->count = b.abbrevs.count;
	b.table->specs = b.specs.data;
	b.table->spec_count = b.specs.count;
	b.table->skips = b.skips.data;
	if (err) {
		dw_abbrevs_destroy(b.table);
		return err;
	}
	*ret = b.table;
	return NULL;
}

void dw_abbrevs_destroy(struct dw_abbrevs *abbrevs)
{
	if (!abbrevs)
		return;
	free(abbrevs->abbrevs);
	free(abbrevs->specs);
	free(abbrevs->skips);
	free(abbrevs);
}

const struct dw_abbrev *dw_abbrevs_find(const struct dw_abbrevs *abbrevs, uint64_t code)
{
	/* code 0 wraps to a number that no table is as long as. */
	if (abbrevs->dense)
		return code - 1 < abbrevs->count ? &abbrevs->abbrevs[code - 1] : NULL;
	size_t low = 0, high = abbrevs->count;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (abbrevs->abbrevs[mid].code < code)
			low = mid + 1;
		else
			high = mid;
	}
	return low < abbrevs->count && abbrevs->abbrevs[low].code == code ? &abbrevs->abbrevs[low] : NULL;
}
