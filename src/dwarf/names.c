#include "dwarf/names.h"
#include "dwarf/dwarf_internal.h"

#include "base/vec.h"

#include <stdlib.h>

static struct error *bad(const struct dw_sections *sections, enum error_code code, uint64_t offset,
			 const char *what)
{
	return error_at(code, offset, "%s: .debug_names: %s", sections->name, what);
}

/* ---- the header ---- */

static struct error *read_header(const struct dw_sections *sections, uint64_t offset, struct dw_names *n,
				 struct reader *ret_reader, uint64_t *ret_next)
{
	const struct dw_span *span = &sections->section[DW_SECTION_NAMES];
	struct reader r = reader_init(span->data, span->size);
	*n = (struct dw_names){ .sections = sections, .offset = offset };
	reader_seek(&r, offset > SIZE_MAX ? SIZE_MAX : (size_t)offset);
	uint64_t length = dw_read_initial_length(&r, &n->is_64);
	if (r.failed || length > r.size - r.pos)
		return bad(sections, ERROR_TRUNCATED, offset, "an index ends behind the section");
	n->end = *ret_next = r.pos + length;
	r.size = (size_t)n->end;
	n->version = reader_u16(&r);
	reader_skip(&r, 2);
	n->unit_count = reader_u32(&r);
	n->local_type_count = reader_u32(&r);
	n->foreign_type_count = reader_u32(&r);
	n->bucket_count = reader_u32(&r);
	n->name_count = reader_u32(&r);
	uint32_t abbrev_size = reader_u32(&r), augmentation = reader_u32(&r);
	const uint8_t *text = reader_bytes(&r, augmentation);
	if (!r.failed && n->version != 5)
		return bad(sections, ERROR_UNSUPPORTED, offset, "an index of unknown version");
	if (r.failed)
		return bad(sections, ERROR_TRUNCATED, offset, "an index is shorter than its header");
	n->augmentation = (struct str){ (const char *)text, augmentation };
	while (n->augmentation.len && n->augmentation.ptr[n->augmentation.len - 1] == 0)
		n->augmentation.len--;
	/* Counts have 32 bits, and entries at most 8 bytes: the sum fits 64. */
	uint64_t word = n->is_64 ? 8 : 4;
	n->units = r.pos;
	n->local_types = n->units + n->unit_count * word;
	n->foreign_types = n->local_types + n->local_type_count * word;
	n->buckets = n->foreign_types + (uint64_t)n->foreign_type_count * 8;
	n->hashes = n->buckets + (uint64_t)n->bucket_count * 4;
	n->strings = n->hashes + (n->bucket_count ? (uint64_t)n->name_count * 4 : 0);
	n->entries = n->strings + n->name_count * word;
	n->abbrev_table = n->entries + n->name_count * word;
	n->pool = n->abbrev_table + abbrev_size;
	if (n->pool > n->end)
		return bad(sections, ERROR_FORMAT, offset, "an index's tables end behind it");
	*ret_reader = r;
	return NULL;
}

/* ---- abbreviations ---- */

static int compare_codes(const void *a, const void *b)
{
	uint64_t x = ((const struct dw_name_abbrev *)a)->code,
		 y = ((const struct dw_name_abbrev *)b)->code;
	return x < y ? -1 : x > y;
}

static struct error *read_abbrevs(struct dw_names *n, struct reader r)
{
	VEC(struct dw_name_abbrev) abbrevs = { 0 };
	VEC(struct dw_name_attr) attrs = { 0 };
	struct error *err = NULL;
	r.size = (size_t)n->pool;
	reader_seek(&r, (size_t)n->abbrev_table);
	while (!err && !r.failed) {
		struct dw_name_abbrev abbrev = { .offset = r.pos, .code = reader_uleb(&r) };
		if (r.failed || abbrev.code == 0)
			break;
		uint64_t tag = reader_uleb(&r);
		abbrev.tag = tag > UINT16_MAX ? 0 : (uint16_t)tag;
		abbrev.first = (uint32_t)attrs.count;
		while (!err && !r.failed) {
			struct dw_skip skip;
			uint64_t at = r.pos, index = reader_uleb(&r), form = reader_uleb(&r);
			if (r.failed || (index == 0 && form == 0))
				break;
			struct dw_name_attr attr = { (uint16_t)(index > UINT16_MAX ? 0 : index),
						     (uint16_t)(form > UINT16_MAX ? 0 : form), 0 };
			if (!dw_form_skip(attr.form, 8, n->is_64, &skip))
				err = bad(n->sections, ERROR_UNSUPPORTED, at,
					  "an abbreviation has an unknown form");
			if (attr.form == DW_FORM_implicit_const)
				attr.implicit_const = reader_sleb(&r);
			vec_push(&attrs, attr);
		}
		abbrev.count = (uint32_t)attrs.count - abbrev.first;
		vec_push(&abbrevs, abbrev);
	}
	if (!err && r.failed)
		err = bad(n->sections, ERROR_TRUNCATED, r.failed_pos, "the abbreviations end too soon");
	if (abbrevs.count)
		qsort(abbrevs.data, abbrevs.count, sizeof *abbrevs.data, compare_codes);
	for (size_t i = 1; !err && i < abbrevs.count; i++)
		if (abbrevs.data[i].code == abbrevs.data[i - 1].code)
			err = bad(n->sections, ERROR_FORMAT, abbrevs.data[i].offset,
				  "two abbreviations have the same code");
	n->abbrevs = abbrevs.data;
	n->abbrev_count = abbrevs.count;
	n->attrs = attrs.data;
	return err;
}

struct error *dw_names_open(const struct dw_sections *sections, uint64_t offset, struct dw_names *ret,
			    uint64_t *ret_next)
{
	struct dw_names n;
	struct reader r;
	*ret_next = 0;
	TRY(read_header(sections, offset, &n, &r, ret_next));
	struct error *err = read_abbrevs(&n, r);
	if (err)
		dw_names_close(&n);
	else
		*ret = n;
	return err;
}

void dw_names_close(struct dw_names *names)
{
	free(names->abbrevs);
	free(names->attrs);
}

/* ---- the tables ---- */

static uint64_t read_at(const struct dw_names *n, uint64_t offset, size_t size)
{
	struct reader r = reader_init(n->sections->section[DW_SECTION_NAMES].data, (size_t)n->end);
	reader_seek(&r, (size_t)offset);
	return reader_uint(&r, size);
}

uint64_t dw_names_unit(const struct dw_names *names, uint32_t index)
{
	size_t word = names->is_64 ? 8 : 4;
	return read_at(names, names->units + (uint64_t)index * word, word);
}

void dw_names_name(const struct dw_names *names, uint32_t index, struct dw_name *ret)
{
	size_t word = names->is_64 ? 8 : 4;
	*ret = (struct dw_name){ .slot = names->strings + (uint64_t)index * word };
	if (names->bucket_count)
		ret->hash = (uint32_t)read_at(names, names->hashes + (uint64_t)index * 4, 4);
	uint64_t string = read_at(names, ret->slot, word);
	ret->bad_string = !dw_section_string(names->sections, DW_SECTION_STR, string, &ret->name);
	ret->entry = names->pool + read_at(names, names->entries + (uint64_t)index * word, word);
}

static const struct dw_name_abbrev *find_abbrev(const struct dw_names *n, uint64_t code)
{
	size_t low = 0, high = n->abbrev_count;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (n->abbrevs[mid].code < code)
			low = mid + 1;
		else
			high = mid;
	}
	return low < n->abbrev_count && n->abbrevs[low].code == code ? &n->abbrevs[low] : NULL;
}

static struct error *read_entry(const struct dw_names *n, const struct dw_name_abbrev *abbrev,
				struct reader *r, struct dw_name_entry *e)
{
	/* References in entries count from their unit's header, which is not known here. */
	struct dw_unit any = { .sections = n->sections, .version = 5, .address_size = 8, .end = UINT64_MAX };
	any.is_64 = n->is_64;
	e->tag = abbrev->tag;
	for (uint32_t i = 0; i < abbrev->count; i++) {
		const struct dw_name_attr *attr = &n->attrs[abbrev->first + i];
		struct dw_attr_spec spec = { .form = attr->form, .implicit_const = attr->implicit_const };
		struct dw_value value;
		if (!dw_value_read(&any, r, &spec, &value) || r->failed)
			return bad(n->sections, ERROR_TRUNCATED, e->offset,
				   "an entry ends behind its index");
		uint64_t number = value.u;
		if (value.kind != DW_VALUE_REFERENCE && value.kind != DW_VALUE_SIGNATURE &&
		    !dw_value_unsigned(&value, &number))
			continue;
		switch (attr->index) {
		case DW_IDX_compile_unit:
			e->has_unit = true;
			e->unit = number;
			break;
		case DW_IDX_type_unit:
			e->has_type_unit = true;
			e->type_unit = number;
			break;
		case DW_IDX_die_offset:
			e->has_die = true;
			e->die = number;
			break;
		case DW_IDX_parent:
			e->has_parent = value.kind != DW_VALUE_FLAG;
			e->parent = number;
			break;
		}
	}
	return NULL;
}

struct error *dw_names_entries(const struct dw_names *names, uint64_t entry, dw_name_entry_fn *fn, void *ctx)
{
	struct reader r = reader_init(names->sections->section[DW_SECTION_NAMES].data, (size_t)names->end);
	if (entry < names->pool || entry >= names->end)
		return bad(names->sections, ERROR_FORMAT, entry, "a name's entries are not in the index");
	reader_seek(&r, (size_t)entry);
	for (bool more = true; more;) {
		struct dw_name_entry e = { .offset = r.pos };
		uint64_t code = reader_uleb(&r);
		if (r.failed)
			return bad(names->sections, ERROR_TRUNCATED, e.offset,
				   "a name's entries end behind the index");
		if (code == 0)
			break;
		const struct dw_name_abbrev *abbrev = find_abbrev(names, code);
		if (!abbrev)
			return bad(names->sections, ERROR_FORMAT, e.offset,
				   "an entry's code is not in the abbreviations");
		TRY(read_entry(names, abbrev, &r, &e));
		more = fn(ctx, &e);
	}
	return NULL;
}
