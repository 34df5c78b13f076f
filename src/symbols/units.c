/* The list of units and the map from addresses to units. Headers are walked once; the map comes from .debug_aranges where it tells of
 * a unit and from the unit DIE otherwise. */
#include "symbols/symbols_internal.h"

#include <stdlib.h>

enum {
	MAX_UNITS = 1 << 20,
	/* Pages that the walk over headers touched are given back this often: reading one byte maps its whole neighbourhood. */
	DROP_EVERY = 64,
	/* Functions of a unit with no more than padding between them are one piece; a wrong claim on the padding does no harm,
	 * because what a unit says of its own functions decides. */
	PADDING = 64,
};

/* ---- headers ---- */

static void add_unit(struct sym_module *m, const struct dw_unit *dw, uint64_t bias)
{
	vec_push(&m->units, (struct sym_unit){ .module = m, .dw = *dw, .bias = bias });
	if (dw->type == DW_UT_type)
		map_set(&m->signatures, dw->type_signature, dw->type_die + bias);
}

static void read_headers(struct sym_module *m, enum dw_section_id id, uint64_t bias)
{
	const struct dw_span *span = &m->sections.section[id];
	uint64_t offset = 0, dropped = 0;
	size_t since_drop = 0;

	while (offset < span->size) {
		struct dw_unit dw;
		uint64_t next = 0;
		struct error *err = id == DW_SECTION_TYPES
					    ? dw_unit_read_types(&m->sections, offset, &dw, &next)
					    : dw_unit_read(&m->sections, offset, &dw, &next);
		if (!err)
			add_unit(m, &dw, bias);
		module_trouble(m, err);
		if (next <= offset)
			break;
		if (m->units.count >= MAX_UNITS) {
			module_trouble(m, error_new(ERROR_LIMIT, "%s: more than the limit of %d units",
						    m->sections.name, MAX_UNITS));
			break;
		}
		offset = next;
		if (++since_drop == DROP_EVERY) {
			module_drop(m, span->data + dropped, (size_t)(offset - dropped));
			dropped = offset;
			since_drop = 0;
		}
	}
}

void units_read(struct sym_module *m)
{
	if (m->units_read || !module_dwarf(m))
		return;
	m->units_read = true;
	read_headers(m, DW_SECTION_INFO, 0);
	read_headers(m, DW_SECTION_TYPES, TYPES_BIAS);
}

struct sym_unit *unit_by_id(struct sym_module *m, uint64_t id)
{
	units_read(m);
	size_t low = 0, high = m->units.count;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct sym_unit *u = &m->units.data[mid];
		if (id < u->dw.offset + u->bias)
			high = mid;
		else
			low = mid + 1;
	}
	if (low == 0)
		return NULL;
	struct sym_unit *u = &m->units.data[low - 1];
	return id - u->bias >= u->dw.first_die && id - u->bias < u->dw.end ? u : NULL;
}

/* ---- one unit ---- */

static const struct dw_abbrevs *abbrevs_of(struct sym_unit *u)
{
	struct sym_module *m = u->module;
	struct dw_abbrevs *abbrevs = NULL;
	uint64_t known;

	if (map_get(&m->abbrevs, u->dw.abbrev_offset, &known))
		return (const struct dw_abbrevs *)(uintptr_t)known;
	module_trouble(m, dw_abbrevs_parse(&m->sections, u->dw.abbrev_offset, u->dw.address_size,
					   u->dw.is_64, &abbrevs));
	map_set_ptr(&m->abbrevs, u->dw.abbrev_offset, abbrevs);
	return abbrevs;
}

static void read_unit_die(struct sym_unit *u, const struct dw_cursor *c)
{
	struct dw_value value;
	for (struct dw_attr_iter it = dw_attrs(c); dw_attr_next(&it, &value);) {
		uint64_t number;
		switch (value.name) {
		case DW_AT_name:
		case DW_AT_comp_dir:
		case DW_AT_producer:
			if (value.kind == DW_VALUE_STRING)
				*(value.name == DW_AT_name       ? &u->name
				  : value.name == DW_AT_comp_dir ? &u->comp_dir
								 : &u->producer) = value.str;
			break;
		case DW_AT_language:
			if (dw_value_unsigned(&value, &number))
				u->language = (uint16_t)number;
			break;
		case DW_AT_stmt_list:
			u->has_lines = dw_value_unsigned(&value, &u->stmt_list);
			break;
		case DW_AT_GNU_dwo_name:
		case DW_AT_dwo_name:
			if (value.kind != DW_VALUE_STRING || u->module->split.len)
				break;
			u->module->split = value.str;
			module_trouble(
				u->module,
				error_new(ERROR_UNSUPPORTED,
					  "%s: its debug information is split into .dwo files, which oxdb does not read",
					  u->module->sections.name));
			break;
		}
	}
}

bool unit_load(struct sym_unit *u)
{
	if (u->state != UNIT_NEW)
		return u->state == UNIT_LOADED;
	u->state = UNIT_BAD;
	/* References count in 32 bits from the unit's header. */
	if (u->dw.end - u->dw.offset >= UINT32_MAX) {
		module_trouble(u->module, error_at(ERROR_LIMIT, u->dw.offset, "%s: a unit of 4 GiB or more",
						   u->module->sections.name));
		return false;
	}
	const struct dw_abbrevs *abbrevs = abbrevs_of(u);
	if (!abbrevs)
		return false;
	struct error *err = dw_unit_set_abbrevs(&u->dw, abbrevs);
	if (err) {
		module_trouble(u->module, err);
		return false;
	}
	struct dw_cursor c = dw_cursor_at(&u->dw, u->dw.first_die);
	if (!dw_cursor_next(&c) || !c.abbrev) {
		module_trouble(u->module, dw_cursor_error(&c));
		return false;
	}
	read_unit_die(u, &c);
	u->state = UNIT_LOADED;
	return true;
}

bool unit_is_rust(const struct sym_unit *u)
{
	return u->language == DW_LANG_Rust;
}

bool language_has_paths(uint16_t language)
{
	switch (language) {
	case DW_LANG_C89:
	case DW_LANG_C:
	case DW_LANG_C99:
	case DW_LANG_C11:
	case DW_LANG_C17:
	case DW_LANG_Mips_Assembler:
		return false;
	default:
		return true;
	}
}

bool unit_has_paths(const struct sym_unit *u)
{
	return language_has_paths(u->language);
}

bool die_at(struct sym_module *m, uint64_t id, struct dw_cursor *ret, struct sym_unit **ret_unit)
{
	struct sym_unit *u = unit_by_id(m, id);
	if (!u || !unit_load(u))
		return false;
	*ret = dw_cursor_at(&u->dw, id - u->bias);
	if (!dw_cursor_next(ret)) {
		module_trouble(m, dw_cursor_error(ret));
		return false;
	}
	*ret_unit = u;
	return ret->abbrev != NULL;
}

bool die_ref(struct sym_unit *u, const struct dw_value *value, uint64_t *ret_id)
{
	switch (value->kind) {
	case DW_VALUE_REFERENCE:
		/* Only DW_FORM_ref_addr leaves its section: it always means .debug_info. */
		*ret_id = value->u + (value->form == DW_FORM_ref_addr ? 0 : u->bias);
		return true;
	case DW_VALUE_SIGNATURE:
		return map_get(&u->module->signatures, value->u, ret_id);
	case DW_VALUE_OTHER_FILE:
		module_trouble(u->module,
			       error_new(ERROR_UNSUPPORTED,
					 "%s: refers to a supplementary (dwz) file, which oxdb does not read",
					 u->module->sections.name));
		return false;
	default:
		return false;
	}
}

/* ---- looking into a unit and forgetting it again ---- */

/* Abbreviation tables are some 20 KB each; a look at each of a thousand unit DIEs keeps none. */
struct peek {
	struct dw_unit unit;
	struct dw_cursor die;
	struct dw_abbrevs *abbrevs; /* owned, or NULL */
};

static bool peek_open(const struct sym_unit *u, struct peek *ret)
{
	struct sym_module *m = u->module;
	const struct dw_abbrevs *abbrevs = map_get_ptr(&m->abbrevs, u->dw.abbrev_offset);
	*ret = (struct peek){ .unit = u->dw };
	if (!abbrevs) {
		module_trouble(m, dw_abbrevs_parse(&m->sections, u->dw.abbrev_offset, u->dw.address_size,
						   u->dw.is_64, &ret->abbrevs));
		abbrevs = ret->abbrevs;
		if (!abbrevs)
			return false;
	}
	struct error *err = dw_unit_set_abbrevs(&ret->unit, abbrevs);
	if (!err) {
		ret->die = dw_cursor_at(&ret->unit, ret->unit.first_die);
		if (dw_cursor_next(&ret->die) && ret->die.abbrev)
			return true;
		err = dw_cursor_error(&ret->die);
	}
	module_trouble(m, err);
	dw_abbrevs_destroy(ret->abbrevs);
	return false;
}

static void peek_close(struct peek *p)
{
	dw_abbrevs_destroy(p->abbrevs);
}

uint16_t unit_peek_language(struct sym_unit *u)
{
	struct peek p;
	struct dw_value value;
	uint64_t language = 0;

	if (u->state == UNIT_LOADED)
		return u->language;
	if (!peek_open(u, &p))
		return 0;
	if (dw_attr(&p.die, DW_AT_language, &value))
		dw_value_unsigned(&value, &language);
	peek_close(&p);
	return (uint16_t)language;
}

void unit_peek_lines(struct sym_unit *u,
		     void (*fn)(void *ctx, const struct dw_line_header *header,
				const struct unit_file_base *base),
		     void *ctx)
{
	struct peek p;
	struct dw_value value;
	uint64_t offset;
	struct unit_file_base base = { STR_EMPTY, STR_EMPTY };
	if (!peek_open(u, &p))
		return;
	if (dw_attr(&p.die, DW_AT_comp_dir, &value) && value.kind == DW_VALUE_STRING)
		base.directory = value.str;
	if (dw_attr(&p.die, DW_AT_name, &value) && value.kind == DW_VALUE_STRING)
		base.name = value.str;
	if (dw_attr(&p.die, DW_AT_stmt_list, &value) && dw_value_unsigned(&value, &offset)) {
		struct arena arena = ARENA_INIT;
		struct dw_line_header header;
		struct error *err = dw_line_header(&u->module->sections, &p.unit, offset, &arena, &header);
		module_trouble(u->module, err);
		if (!err)
			fn(ctx, &header, &base);
		arena_deinit(&arena);
	}
	peek_close(&p);
}

/* ---- addresses ---- */

struct adder {
	struct sym_module *m;
	uint32_t unit;
	size_t added;
};

static void add_range(void *ctx, struct file_range range)
{
	struct adder *a = ctx;
	struct sym_module *m = a->m;

	a->added++;
	if (m->addresses.count > 0) {
		struct unit_range *last = &m->addresses.data[m->addresses.count - 1];
		if (last->unit == a->unit && range.start.value >= last->start &&
		    range.start.value <= last->end + PADDING) {
			if (range.end.value > last->end)
				last->end = range.end.value;
			return;
		}
	}
	vec_push(&m->addresses,
		 (struct unit_range){ .start = range.start.value, .end = range.end.value, .unit = a->unit });
}

/* One set of .debug_aranges (D5 6.1.2). False: nothing behind it can be read. */
static bool read_arange_set(struct sym_module *m, struct reader *r)
{
	size_t begin = r->pos;
	uint64_t length = reader_u32(r);
	bool is_64 = length == UINT32_MAX;
	if (is_64)
		length = reader_u64(r);
	struct reader set = reader_sub(r, length > SIZE_MAX ? SIZE_MAX : (size_t)length);
	if (r->failed)
		return false;
	uint16_t version = reader_u16(&set);
	uint64_t info = is_64 ? reader_u64(&set) : reader_u32(&set);
	uint8_t address_size = reader_u8(&set), segment_size = reader_u8(&set);
	struct sym_unit *u = NULL;
	if (!set.failed && version == 2 && (address_size == 4 || address_size == 8) && segment_size == 0)
		u = unit_by_id(m, info + (is_64 ? 24 : 12)); /* an offset behind the header, of DWARF 5, too */
	if (!u || u->dw.offset != info)
		return true;
	/* The tuples are aligned to their own size, counted from the set's start. */
	struct reader tuples = reader_init(r->data + begin, r->pos - begin);
	size_t step = 2 * (size_t)address_size;
	size_t header = (is_64 ? 12u : 4u) + 2 + (is_64 ? 8u : 4u) + 2;
	reader_seek(&tuples, (header + step - 1) / step * step);
	struct adder a = { m, (uint32_t)(u - m->units.data), 0 };
	while (reader_left(&tuples) >= step) {
		uint64_t start = reader_uint(&tuples, address_size),
			 size = reader_uint(&tuples, address_size);
		uint64_t highest = address_size == 4 ? UINT32_MAX : UINT64_MAX;
		if (size == 0 || start <= 1 || start >= highest - 1 || size > highest - start)
			continue; /* what linkers leave of dropped functions */
		add_range(&a, (struct file_range){ FILE_ADDR(start), FILE_ADDR(start + size) });
	}
	u->has_aranges = true;
	return true;
}

static void read_aranges(struct sym_module *m)
{
	const struct dw_span *span = &m->sections.section[DW_SECTION_ARANGES];
	struct reader r = reader_init(span->data, span->size);
	while (reader_left(&r) > 0) {
		if (!read_arange_set(m, &r)) {
			module_trouble(m, reader_error(&r, 0, ".debug_aranges"));
			break;
		}
	}
	if (span->size)
		module_drop(m, span->data, span->size);
}

/* These write the ranges of every unit that has code, so that a unit without any has none. */
static bool always_writes_ranges(struct str producer)
{
	return str_contains(producer, STR_LIT("LLVM")) || str_contains(producer, STR_LIT("clang")) ||
	       str_contains(producer, STR_LIT("GNU")) || str_contains(producer, STR_LIT("rustc"));
}

static void add_unit_ranges(struct sym_unit *u)
{
	struct adder a = { u->module, (uint32_t)(u - u->module->units.data), 0 };
	struct peek p;
	if (!peek_open(u, &p))
		return;
	struct dw_value value;
	module_trouble(u->module, dw_die_ranges(&p.die, true, add_range, &a));
	bool scan = a.added == 0 && p.die.abbrev->children &&
		    !(dw_attr(&p.die, DW_AT_producer, &value) && value.kind == DW_VALUE_STRING &&
		      always_writes_ranges(value.str));
	peek_close(&p);
	if (!scan)
		return;
	const struct unit_map *map = unit_scan(u);
	for (size_t i = 0; map && i < map->code.count; i++)
		add_range(&a, (struct file_range){ FILE_ADDR(map->code.data[i].start),
						   FILE_ADDR(map->code.data[i].end) });
}

static int compare_ranges(const void *a, const void *b)
{
	const struct unit_range *x = a, *y = b;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->unit < y->unit ? -1 : x->unit > y->unit;
}

static void read_addresses(struct sym_module *m)
{
	if (m->addresses_read || !module_dwarf(m))
		return;
	m->addresses_read = true;
	units_read(m);
	read_aranges(m);
	size_t since_drop = 0, first = 0;
	const uint8_t *info = m->sections.section[DW_SECTION_INFO].data;
	for (size_t i = 0; i < m->units.count; i++) {
		struct sym_unit *u = &m->units.data[i];
		if (u->has_aranges || u->bias != 0 || u->dw.type == DW_UT_type)
			continue;
		add_unit_ranges(u);
		if (++since_drop == DROP_EVERY) {
			uint64_t from = m->units.data[first].dw.offset;
			module_drop(m, info + from, (size_t)(u->dw.offset - from));
			first = i;
			since_drop = 0;
		}
	}
	if (m->addresses.count)
		qsort(m->addresses.data, m->addresses.count, sizeof *m->addresses.data, compare_ranges);
	uint64_t max_end = 0;
	vec_for(&m->addresses, r) {
		max_end = r->end > max_end ? r->end : max_end;
		r->max_end = max_end;
	}
}

struct sym_unit *unit_at(struct sym_module *m, uint64_t pc, size_t *state)
{
	read_addresses(m);
	size_t at = *state;
	if (at == SIZE_MAX) {
		size_t low = 0, high = m->addresses.count;
		while (low < high) {
			size_t mid = low + (high - low) / 2;
			if (m->addresses.data[mid].start <= pc)
				low = mid + 1;
			else
				high = mid;
		}
		at = low;
	}
	while (at > 0 && m->addresses.data[at - 1].max_end > pc) {
		const struct unit_range *r = &m->addresses.data[--at];
		if (pc < r->end) {
			*state = at;
			return &m->units.data[r->unit];
		}
	}
	*state = 0;
	return NULL;
}

bool unit_in_worker(const struct sym_unit *u, struct dw_unit *ret, struct dw_abbrevs **ret_own)
{
	struct dw_abbrevs *own = NULL;
	*ret = u->dw;
	*ret_own = NULL;
	if (ret->abbrevs)
		return true;
	struct error *err =
		dw_abbrevs_parse(ret->sections, ret->abbrev_offset, ret->address_size, ret->is_64, &own);
	if (!err)
		err = dw_unit_set_abbrevs(ret, own);
	if (err) {
		error_destroy(err);
		dw_abbrevs_destroy(own);
		return false;
	}
	*ret_own = own;
	return true;
}
