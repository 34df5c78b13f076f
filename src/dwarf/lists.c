/* Ranges and locations: a DIE's own bounds, range lists and location lists of both generations (D4 2.6.2,
 * 2.17.3; D5 2.6.2, 2.17.3, 7.25, 7.28, 7.29). */
#include "dwarf/dwarf_internal.h"

struct list {
	const struct dw_unit *unit;
	enum dw_section_id section;
	bool locations; /* entries carry expressions */
	struct reader reader;
	uint64_t base;
	bool base_dropped; /* the list itself set its base to a tombstone */
	uint32_t entries;
	bool bases; /* those that the list sets are entries, too */
};

enum entry_kind { ENTRY_END, ENTRY_RANGE, ENTRY_DEFAULT, ENTRY_BASE };

struct entry {
	enum entry_kind kind;
	uint64_t start, end;
	bool dropped;
	struct dw_span expr;
	uint64_t offset; /* in the section */
};

static struct error *bad(const struct list *l, enum error_code code, uint64_t offset, const char *what)
{
	return error_at(code, offset, "%s: %s: %s", l->unit->sections->name, dw_section_name(l->section),
			what);
}

static struct error *list_open(const struct dw_unit *unit, const struct dw_value *value, bool locations,
			       struct list *ret)
{
	bool new = unit->version >= 5;
	struct list l = { .unit = unit, .locations = locations, .base = unit->low_pc };
	if (locations)
		l.section = new ? DW_SECTION_LOCLISTS : DW_SECTION_LOC;
	else
		l.section = new ? DW_SECTION_RNGLISTS : DW_SECTION_RANGES;
	const struct dw_span *span = &unit->sections->section[l.section];
	l.reader = reader_init(span->data, span->size);

	uint64_t at = value->u;
	if (value->kind == DW_VALUE_LIST_INDEX) {
		uint64_t list_base = locations ? unit->loclists_base : unit->rnglists_base, slot;
		if (!new)
			return bad(&l, ERROR_FORMAT, unit->offset, "a list index before DWARF version 5");
		if (__builtin_mul_overflow(value->u, (uint64_t)(unit->is_64 ? 8 : 4), &slot) ||
		    __builtin_add_overflow(slot, list_base, &slot) || slot > span->size)
			return bad(&l, ERROR_FORMAT, list_base, "a list index behind the section");
		reader_seek(&l.reader, (size_t)slot);
		uint64_t relative = dw_read_offset(&l.reader, unit->is_64);
		if (l.reader.failed || __builtin_add_overflow(relative, list_base, &at))
			return bad(&l, ERROR_FORMAT, slot, "a list index behind the section");
	} else if (value->kind != DW_VALUE_SEC_OFFSET) {
		return bad(&l, ERROR_FORMAT, unit->offset, "a list's offset is of another form");
	}
	if (at >= span->size)
		return bad(&l, ERROR_FORMAT, at, "a list begins behind the section");
	reader_seek(&l.reader, (size_t)at);
	*ret = l;
	return NULL;
}

static void read_expr(struct list *l, struct entry *e)
{
	uint64_t size = l->unit->version >= 5 ? reader_uleb(&l->reader) : reader_u16(&l->reader);
	const uint8_t *data = reader_bytes(&l->reader, size > SIZE_MAX ? SIZE_MAX : (size_t)size);
	e->expr = (struct dw_span){ data, data ? (size_t)size : 0 };
}

/* True: who walks the list wants to know. */
static bool set_base(struct list *l, uint64_t base, struct entry *e)
{
	l->base = base;
	l->base_dropped = dw_is_tombstone(base, l->unit->address_size);
	*e = (struct entry){ .kind = ENTRY_BASE, .start = base, .end = base };
	return l->bases;
}

/* Up to version 4: pairs of addresses. Gives false for a base selection, which is no entry. */
static bool read_old(struct list *l, struct entry *e)
{
	uint8_t size = l->unit->address_size;
	uint64_t start = reader_uint(&l->reader, size), end = reader_uint(&l->reader, size);
	*e = (struct entry){ .kind = ENTRY_END };
	if (start == 0 && end == 0)
		return true;
	if (start == dw_max_address(size)) {
		return set_base(l, end, e);
	}
	*e = (struct entry){ .kind = ENTRY_RANGE,
			     .start = l->base + start,
			     .end = l->base + end,
			     .dropped = l->base_dropped };
	if (l->locations)
		read_expr(l, e);
	return true;
}

static bool read_index(struct list *l, uint64_t *ret)
{
	uint64_t index = reader_uleb(&l->reader);
	return l->reader.failed || dw_unit_addrx(l->unit, index, ret);
}

/* Version 5. The two kinds of list number their entries alike up to 4; then location lists have
 * default_location, so that range lists' later ones are lower by one. */
static struct error *read_new(struct list *l, struct entry *e, bool *ret_is_entry)
{
	struct reader *r = &l->reader;
	uint64_t at = r->pos, base = 0;
	uint8_t size = l->unit->address_size, kind = reader_u8(r);
	bool known = true;
	*ret_is_entry = true;
	*e = (struct entry){ .kind = ENTRY_RANGE };
	if (!l->locations && kind >= DW_RLE_base_address)
		kind++;
	switch (kind) {
	case DW_LLE_end_of_list:
		e->kind = ENTRY_END;
		return NULL;
	case DW_LLE_base_addressx:
		known = read_index(l, &base);
		*ret_is_entry = set_base(l, base, e);
		break;
	case DW_LLE_base_address:
		*ret_is_entry = set_base(l, reader_uint(r, size), e);
		break;
	case DW_LLE_startx_endx:
		known = read_index(l, &e->start) && read_index(l, &e->end);
		break;
	case DW_LLE_startx_length:
		known = read_index(l, &e->start);
		e->end = e->start + reader_uleb(r);
		break;
	case DW_LLE_offset_pair:
		e->start = l->base + reader_uleb(r);
		e->end = l->base + reader_uleb(r);
		e->dropped = l->base_dropped;
		break;
	case DW_LLE_default_location:
		e->kind = ENTRY_DEFAULT;
		break;
	case DW_LLE_start_end:
		e->start = reader_uint(r, size);
		e->end = reader_uint(r, size);
		break;
	case DW_LLE_start_length:
		e->start = reader_uint(r, size);
		e->end = e->start + reader_uleb(r);
		break;
	case DW_LLE_GNU_view_pair:
		if (l->locations) {
			reader_uleb(r);
			reader_uleb(r);
			*ret_is_entry = false;
			break;
		}
		/* fall through */
	default:
		return bad(l, ERROR_FORMAT, at, "an unknown kind of list entry");
	}
	if (!known)
		return bad(l, ERROR_FORMAT, at, "a list entry's address index is not in .debug_addr");
	if (*ret_is_entry && l->locations && e->kind != ENTRY_BASE)
		read_expr(l, e);
	return NULL;
}

static struct error *list_next(struct list *l, struct entry *ret)
{
	for (bool is_entry = false; !is_entry;) {
		uint64_t at = l->reader.pos;
		if (++l->entries > DW_MAX_LIST_ENTRIES)
			return bad(l, ERROR_LIMIT, l->reader.pos, "a list of more than 1048576 entries");
		if (l->unit->version >= 5)
			TRY(read_new(l, ret, &is_entry));
		else
			is_entry = read_old(l, ret);
		TRY(reader_error(&l->reader, 0, dw_section_name(l->section)));
		ret->offset = at;
	}
	ret->dropped |= dw_is_tombstone(ret->start, l->unit->address_size);
	return NULL;
}

struct error *dw_die_ranges(const struct dw_cursor *c, bool drop_tombstones, dw_range_fn *fn, void *ctx)
{
	struct dw_value value, high;
	if (dw_attr(c, DW_AT_ranges, &value)) {
		struct list l;
		struct entry e;
		TRY(list_open(c->unit, &value, false, &l));
		for (;;) {
			TRY(list_next(&l, &e));
			if (e.kind == ENTRY_END)
				return NULL;
			if (e.start < e.end && !(drop_tombstones && e.dropped))
				fn(ctx, (struct file_range){ FILE_ADDR(e.start), FILE_ADDR(e.end) });
		}
	}
	if (!dw_attr(c, DW_AT_low_pc, &value) || value.kind != DW_VALUE_ADDRESS ||
	    !dw_attr(c, DW_AT_high_pc, &high))
		return NULL;
	uint64_t end;
	if (!dw_value_unsigned(&high, &end))
		return error_at(ERROR_FORMAT, c->die,
				"%s: %s: DW_AT_high_pc is neither address nor constant",
				c->unit->sections->name, dw_section_name(c->unit->section));
	/* Since version 4 a constant is the size (D4 2.17.2). */
	if (high.kind != DW_VALUE_ADDRESS)
		end += value.u;
	if (value.u < end && !(drop_tombstones && dw_is_tombstone(value.u, c->unit->address_size)))
		fn(ctx, (struct file_range){ FILE_ADDR(value.u), FILE_ADDR(end) });
	return NULL;
}

struct error *dw_location_at(const struct dw_unit *unit, const struct dw_value *location,
			     struct file_addr pc, struct dw_span *ret_expr)
{
	if (location->kind == DW_VALUE_BLOCK) {
		*ret_expr = location->block;
		return NULL;
	}
	struct list l;
	struct entry e;
	bool has_default = false;
	struct dw_span otherwise = { 0 };
	TRY(list_open(unit, location, true, &l));
	for (;;) {
		TRY(list_next(&l, &e));
		if (e.kind == ENTRY_END)
			break;
		if (e.kind == ENTRY_DEFAULT) {
			has_default = true;
			otherwise = e.expr;
		} else if (pc.value >= e.start && pc.value < e.end) {
			*ret_expr = e.expr;
			return NULL;
		}
	}
	if (!has_default)
		return error_at(ERROR_NOT_FOUND, pc.value, "%s: no location is given for the code",
				unit->sections->name);
	*ret_expr = otherwise;
	return NULL;
}

struct error *dw_locations(const struct dw_unit *unit, const struct dw_value *location,
			   dw_location_fn *fn, void *ctx)
{
	struct file_range everywhere = { FILE_ADDR(0), FILE_ADDR(UINT64_MAX) };
	if (location->kind == DW_VALUE_BLOCK) {
		fn(ctx, everywhere, location->block);
		return NULL;
	}
	struct list l;
	struct entry e;
	TRY(list_open(unit, location, true, &l));
	for (;;) {
		TRY(list_next(&l, &e));
		if (e.kind == ENTRY_END)
			return NULL;
		if (e.kind == ENTRY_DEFAULT)
			fn(ctx, everywhere, e.expr);
		else if (e.start < e.end)
			fn(ctx, (struct file_range){ FILE_ADDR(e.start), FILE_ADDR(e.end) }, e.expr);
	}
}

static struct error *give_entries(const struct dw_unit *unit, const struct dw_value *value,
				  bool locations, dw_location_entry_fn *fn, void *ctx)
{
	struct list l;
	struct entry e;
	TRY(list_open(unit, value, locations, &l));
	l.bases = true;
	for (;;) {
		TRY(list_next(&l, &e));
		if (e.kind == ENTRY_END)
			return NULL;
		struct dw_location_entry entry = { .offset = e.offset,
						   .dropped = e.dropped,
						   .base = e.kind == ENTRY_BASE,
						   .otherwise = e.kind == ENTRY_DEFAULT,
						   .start = FILE_ADDR(e.start),
						   .end = FILE_ADDR(e.end),
						   .expr = e.expr };
		fn(ctx, &entry);
	}
}

struct error *dw_location_entries(const struct dw_unit *unit, const struct dw_value *location,
				  dw_location_entry_fn *fn, void *ctx)
{
	return give_entries(unit, location, true, fn, ctx);
}

struct error *dw_range_entries(const struct dw_unit *unit, const struct dw_value *ranges,
			       dw_location_entry_fn *fn, void *ctx)
{
	return give_entries(unit, ranges, false, fn, ctx);
}
