/* The walk over DIEs. An index scan calls dw_cursor_next for every one of a file, so it reads bytes
 * itself instead of through `reader`'s checked calls: one bounds check per step. */
#include "dwarf/dwarf_internal.h"

#include <assert.h>

struct dw_cursor dw_cursor_at(const struct dw_unit *unit, uint64_t die_offset)
{
	assert(unit->abbrevs);
	const struct dw_span *span = &unit->sections->section[unit->section];
	struct dw_cursor c = { .unit = unit, .reader = reader_init(span->data, (size_t)unit->end) };
	if (die_offset < unit->first_die || die_offset > unit->end) {
		c.error = "no entry of this unit";
		c.error_code = ERROR_FORMAT;
		c.error_offset = die_offset;
		return c;
	}
	c.reader.pos = (size_t)die_offset;
	return c;
}

static bool fail(struct dw_cursor *c, enum error_code code, uint64_t offset, const char *what)
{
	c->error = what;
	c->error_code = code;
	c->error_offset = offset;
	c->abbrev = NULL;
	return false;
}

static inline bool skip_leb(const uint8_t *data, size_t size, size_t *pos)
{
	size_t at = *pos;
	while (at < size)
		if (data[at++] < 0x80) {
			*pos = at;
			return true;
		}
	return false;
}

static bool skip_block(const uint8_t *data, size_t size, size_t *pos, size_t length_bytes)
{
	struct reader r = { .data = data, .size = size, .pos = *pos };
	uint64_t length = length_bytes ? reader_uint(&r, length_bytes) : reader_uleb(&r);
	if (r.failed || length > r.size - r.pos)
		return false;
	*pos = r.pos + (size_t)length;
	return true;
}

static bool skip_value(const struct dw_unit *unit, const uint8_t *data, size_t size, size_t *pos,
		       uint32_t kind);

/* The form stands before the value; implicit_const has no value to stand here and indirect must not nest. */
static bool skip_indirect(const struct dw_unit *unit, const uint8_t *data, size_t size, size_t *pos)
{
	struct reader r = { .data = data, .size = size, .pos = *pos };
	uint64_t form = reader_uleb(&r);
	struct dw_skip skip;
	if (r.failed || form > UINT16_MAX || form == DW_FORM_indirect || form == DW_FORM_implicit_const ||
	    !dw_form_skip((uint16_t)form, unit->address_size, unit->is_64, &skip) ||
	    skip.fixed > r.size - r.pos)
		return false;
	*pos = r.pos + skip.fixed;
	return skip_value(unit, data, size, pos, skip.kind);
}

static bool skip_value(const struct dw_unit *unit, const uint8_t *data, size_t size, size_t *pos,
		       uint32_t kind)
{
	switch (kind) {
	case DW_SKIP_END:
		return true;
	case DW_SKIP_LEB:
		return skip_leb(data, size, pos);
	case DW_SKIP_CSTR: {
		const uint8_t *end = *pos < size ? memchr(data + *pos, 0, size - *pos) : NULL;
		if (end)
			*pos = (size_t)(end - data) + 1;
		return end != NULL;
	}
	case DW_SKIP_BLOCK1:
		return skip_block(data, size, pos, 1);
	case DW_SKIP_BLOCK2:
		return skip_block(data, size, pos, 2);
	case DW_SKIP_BLOCK4:
		return skip_block(data, size, pos, 4);
	case DW_SKIP_BLOCK:
		return skip_block(data, size, pos, 0);
	case DW_SKIP_INDIRECT:
		return skip_indirect(unit, data, size, pos);
	}
	return false;
}

static bool skip_attrs(const struct dw_unit *unit, const struct dw_abbrev *abbrev, const uint8_t *data,
		       size_t size, size_t *pos)
{
	size_t at = *pos;
	for (const struct dw_skip *skip = &unit->abbrevs->skips[abbrev->first_skip];; skip++) {
		if (size - at < skip->fixed)
			return false;
		at += skip->fixed;
		if (skip->kind == DW_SKIP_END)
			break;
		if (skip->kind == DW_SKIP_LEB) {
			if (!skip_leb(data, size, &at))
				return false;
		} else if (skip->kind == DW_SKIP_BLOCK && at < size && data[at] < 0x80 &&
			   size - at > data[at]) {
			at += 1 + (size_t)data[at];
		} else if (!skip_value(unit, data, size, &at, skip->kind)) {
			return false;
		}
	}
	*pos = at;
	return true;
}

bool dw_cursor_next(struct dw_cursor *c)
{
	if (c->error)
		return false;
	const struct dw_unit *unit = c->unit;
	const uint8_t *data = c->reader.data;
	size_t size = c->reader.size, pos = c->reader.pos;
	if (c->abbrev && !skip_attrs(unit, c->abbrev, data, size, &pos))
		return fail(c, ERROR_TRUNCATED, c->die, "an entry's attributes end behind the unit");
	c->abbrev = NULL;
	c->reader.pos = pos;
	if (pos >= size)
		return false;

	c->die = pos;
	uint64_t code = data[pos++];
	if (code >= 0x80) {
		struct reader r = { .data = data, .size = size, .pos = pos - 1 };
		code = reader_uleb_slow(&r);
		if (r.failed)
			return fail(c, ERROR_TRUNCATED, c->die, "an entry's code ends behind the unit");
		pos = r.pos;
	}
	c->reader.pos = c->attrs = pos;
	c->depth = c->next_depth;
	if (code == 0) {
		/* Padding at a unit's end: nothing is left to leave. */
		if (c->next_depth > -DW_MAX_DEPTH)
			c->next_depth--;
		return true;
	}
	const struct dw_abbrevs *abbrevs = unit->abbrevs;
	const struct dw_abbrev *abbrev = abbrevs->dense && code <= abbrevs->count
						 ? &abbrevs->abbrevs[code - 1]
						 : dw_abbrevs_find(abbrevs, code);
	if (!abbrev)
		return fail(c, ERROR_FORMAT, c->die, "an entry's code is not in the abbreviations");
	if (abbrev->children && ++c->next_depth > DW_MAX_DEPTH)
		return fail(c, ERROR_LIMIT, c->die, "entries are nested more than 4096 deep");
	c->abbrev = abbrev;
	return true;
}

bool dw_cursor_skip_children(struct dw_cursor *c)
{
	if (c->error)
		return false;
	if (!c->abbrev || !c->abbrev->children)
		return true;
	int depth = c->depth;
	struct dw_value sibling;
	if (c->abbrev->has_sibling && dw_attr(c, DW_AT_sibling, &sibling) &&
	    sibling.kind == DW_VALUE_REFERENCE && sibling.u > c->attrs && sibling.u <= c->unit->end) {
		c->abbrev = NULL;
		c->reader.pos = (size_t)sibling.u;
		c->next_depth = depth;
		return true;
	}
	while (dw_cursor_next(c))
		if (!c->abbrev && c->depth == depth + 1)
			return true;
	return !c->error;
}

struct error *dw_cursor_error(const struct dw_cursor *c)
{
	if (!c->error)
		return NULL;
	return error_at(c->error_code, c->error_offset, "%s: %s: %s", c->unit->sections->name,
			dw_section_name(c->unit->section), c->error);
}
