/* The name index: the last identifier of the names of all functions with code or that were inlined, of all types and of all statics, hashed.
 * It is made by one scan over all units in parallel and is then immutable; what a hash finds is verified against the DIE
 * (names.c). Only a question by name makes it. */
#include "base/pool.h"
#include "symbols/symbols_internal.h"

#include <stdatomic.h>
#include <stdlib.h>

enum {
	MAX_WORKERS = 64,
	MAX_SCAN_TROUBLES = 8, /* of one worker */
	/* What was mapped of .debug_info and of .debug_str, which is read all over, is given back after this many bytes of the former.
	 * More often costs: each time all threads' page tables are made to agree. */
	DROP_EVERY = 8 << 20,
};

/* ---- what a worker keeps ---- */

enum { FUNCTION = 1, TYPE = 2, SPACE = 4, VARIABLE = 8 };

/* Where a DIE goes. */
enum use { USE_NONE, USE_FUNCTION, USE_ABSTRACT, USE_VARIABLE };

struct named_die {
	uint32_t die, hash;
	uint8_t use;
};

struct derived_die {
	uint32_t die;
	uint8_t use;
	uint64_t origin; /* id */
};

/* A DIE that others lie in. */
struct index_level {
	uint64_t path; /* hash */
	uint32_t name; /* of the innermost one that is a user's */
	bool function;
	bool made; /* within what thread_local! writes around its statics */
};

/* Where the attributes that the scan wants stand in a DIE, when everything before them has a fixed size. Linkage names are many
 * times as long as names: reading all attributes would take most of the scan's time. */
struct plan {
	uint8_t flags;
	bool simple; /* the offsets below say it all */
	bool code, declaration, abstract;
	uint16_t name_form, low_form, origin_form; /* 0: not there */
	uint16_t name_at, low_at, origin_at;
};

struct name_hashes {
	uint64_t offset; /* in .debug_str, plus 1; 0: free */
	uint64_t full;
	uint32_t identifier;
	uint8_t kind; /* of names */
};

/* Names that are no user's: "{closure#0}" and the like, what thread_local! writes its statics into, and what it calls them, of which a user may call
 * statics so, too. */
enum { NAME_PLAIN, NAME_BRACED, NAME_AROUND_THREAD_LOCAL, NAME_MAYBE_THREAD_LOCAL, NAME_THREAD_LOCAL };

enum { NAME_CACHE_BITS = 16 };

/* Numbers but 0, open addressing: a third of the room that struct map would take of some hundred thousand. */
struct hash_set {
	uint64_t *slots;
	size_t count, capacity; /* a power of two, or 0 */
};

struct worker {
	struct index_scan *scan;
	VEC(struct index_entry) functions, abstracts, types, variables;
	VEC(struct error *) troubles;
	struct hash_set seen;      /* of full type names */
	struct name_hashes *names; /* by hash: the same few names come again and again */
	/* Of the unit at hand. */
	VEC(struct named_die) named;
	VEC(struct derived_die) derived;
	VEC(struct index_level) levels;
	struct kept_abbrevs kept;
	struct plan *plans;
};

struct index_scan {
	struct sym_module *m;
	struct worker workers[MAX_WORKERS];
	atomic_size_t scanned;
	atomic_size_t units;
	atomic_bool stopped;
};

static void scan_trouble(struct worker *w, struct error *err)
{
	if (!err)
		return;
	if (w->troubles.count < MAX_SCAN_TROUBLES)
		vec_push(&w->troubles, err);
	else
		error_destroy(err);
}

static uint64_t *set_slot(uint64_t *slots, size_t capacity, uint64_t hash)
{
	size_t at = (size_t)(hash ^ hash >> 32) & (capacity - 1);
	while (slots[at] != 0 && slots[at] != hash)
		at = (at + 1) & (capacity - 1);
	return &slots[at];
}

/* True when it was not there. */
static bool set_add(struct hash_set *set, uint64_t hash)
{
	hash |= hash == 0;
	if (set->count * 4 >= set->capacity * 3) {
		size_t capacity = set->capacity ? set->capacity * 2 : 1024;
		uint64_t *slots = xmalloc(capacity * sizeof *slots);
		for (size_t i = 0; i < set->capacity; i++)
			if (set->slots[i])
				*set_slot(slots, capacity, set->slots[i]) = set->slots[i];
		free(set->slots);
		set->slots = slots;
		set->capacity = capacity;
	}
	uint64_t *slot = set_slot(set->slots, set->capacity, hash);
	if (*slot)
		return false;
	*slot = hash;
	set->count++;
	return true;
}

/* ---- names ---- */

/* Of a DW_AT_name: up to its generics. Pointers, tuples and slices are found by their whole text only. */
static struct str die_identifier(struct str name)
{
	char c = name.len ? name.ptr[0] : 0;
	if (c == '{' || c == '<')
		return path_last_identifier(name);
	if (c == '&' || c == '*' || c == '(' || c == '[')
		return name;
	const char *open = name.len ? memchr(name.ptr, '<', name.len) : NULL;
	if (open)
		name.len = (size_t)(open - name.ptr);
	return name;
}

static uint32_t fold(uint64_t h)
{
	uint32_t folded = (uint32_t)(h ^ h >> 32);
	return folded ? folded : 1; /* 0 stands for "in another unit" */
}

static uint32_t identifier_hash(struct str name)
{
	return fold(str_hash(die_identifier(name)));
}

uint32_t name_index_hash(struct str query)
{
	return identifier_hash(query.len && strchr("&*([", query.ptr[0]) ? query
									 : path_last_identifier(query));
}

bool name_is_thread_local(struct str name, bool *ret_surely)
{
	*ret_surely = str_is(name, "__RUST_STD_INTERNAL_VAL");
	return *ret_surely || str_is(name, "VAL") || str_is(name, "__KEY");
}

bool name_holds_thread_local(struct str name)
{
	return str_starts(name, STR_LIT("{constant")) || str_is(name, "__getit");
}

static struct name_hashes hashes_of(struct str name)
{
	bool surely;
	uint8_t kind = NAME_PLAIN;
	if (name_holds_thread_local(name))
		kind = NAME_AROUND_THREAD_LOCAL;
	else if (name.ptr[0] == '{')
		kind = NAME_BRACED;
	else if (name_is_thread_local(name, &surely))
		kind = surely ? NAME_THREAD_LOCAL : NAME_MAYBE_THREAD_LOCAL;
	return (struct name_hashes){ 1, str_hash(name), identifier_hash(name), kind };
}

static struct name_hashes hashes_at(struct worker *w, const struct dw_unit *unit, uint64_t offset)
{
	const struct dw_span *strings = &unit->sections->section[DW_SECTION_STR];
	struct name_hashes *slot =
		&w->names[(offset * UINT64_C(0x9e3779b97f4a7c15)) >> (64 - NAME_CACHE_BITS)];
	if (slot->offset == offset + 1)
		return *slot;
	if (offset >= strings->size)
		return (struct name_hashes){ 0 };
	const uint8_t *text = strings->data + offset;
	const uint8_t *end = memchr(text, 0, strings->size - (size_t)offset);
	if (!end || end == text)
		return (struct name_hashes){ 0 };
	*slot = hashes_of((struct str){ (const char *)text, (size_t)(end - text) });
	slot->offset = offset + 1;
	return *slot;
}

/* ---- plans ---- */

static uint8_t classify(const struct dw_abbrev *a)
{
	switch (a->tag) {
	case DW_TAG_subprogram:
		return FUNCTION;
	case DW_TAG_namespace:
	case DW_TAG_module:
		return SPACE;
	case DW_TAG_structure_type:
	case DW_TAG_class_type:
	case DW_TAG_union_type:
	case DW_TAG_interface_type:
	case DW_TAG_enumeration_type:
	case DW_TAG_typedef:
	case DW_TAG_base_type:
		return TYPE;
	case DW_TAG_variable:
		return VARIABLE;
	default:
		return 0;
	}
}

/* Bytes of a value of the form; SIZE_MAX when they differ from value to value. */
size_t form_fixed_size(uint16_t form, uint8_t address_size, bool is_64)
{
	switch (form) {
	case DW_FORM_flag_present:
	case DW_FORM_implicit_const:
		return 0;
	case DW_FORM_data1:
	case DW_FORM_ref1:
	case DW_FORM_flag:
	case DW_FORM_strx1:
	case DW_FORM_addrx1:
		return 1;
	case DW_FORM_data2:
	case DW_FORM_ref2:
	case DW_FORM_strx2:
	case DW_FORM_addrx2:
		return 2;
	case DW_FORM_strx3:
	case DW_FORM_addrx3:
		return 3;
	case DW_FORM_data4:
	case DW_FORM_ref4:
	case DW_FORM_strx4:
	case DW_FORM_addrx4:
		return 4;
	case DW_FORM_data8:
	case DW_FORM_ref8:
	case DW_FORM_ref_sig8:
		return 8;
	case DW_FORM_addr:
		return address_size;
	case DW_FORM_strp:
	case DW_FORM_line_strp:
	case DW_FORM_sec_offset:
	case DW_FORM_ref_addr:
		return is_64 ? 8 : 4;
	default:
		return SIZE_MAX;
	}
}

bool form_is_simple_name(uint16_t form)
{
	return form == DW_FORM_strp || form == DW_FORM_strx1 || form == DW_FORM_strx2 ||
	       form == DW_FORM_strx3 || form == DW_FORM_strx4;
}

bool form_is_simple_reference(uint16_t form)
{
	return form == DW_FORM_ref1 || form == DW_FORM_ref2 || form == DW_FORM_ref4 ||
	       form == DW_FORM_ref8 || form == DW_FORM_ref_addr;
}

static struct plan plan_of(const struct dw_abbrevs *abbrevs, const struct dw_abbrev *a)
{
	struct plan plan = { .flags = classify(a), .simple = true };
	size_t at = 0;
	for (uint32_t i = 0; plan.flags && i < a->spec_count; i++) {
		const struct dw_attr_spec *spec = &abbrevs->specs[a->first_spec + i];
		bool wanted = true, simple = at <= UINT16_MAX;
		switch (spec->name) {
		case DW_AT_name:
			simple &= form_is_simple_name(spec->form);
			plan.name_form = spec->form;
			plan.name_at = (uint16_t)at;
			break;
		case DW_AT_low_pc:
			simple &= spec->form == DW_FORM_addr;
			plan.low_form = spec->form;
			plan.low_at = (uint16_t)at;
			break;
		case DW_AT_ranges:
		case DW_AT_location:
		case DW_AT_const_value:
			plan.code = true;
			break;
		case DW_AT_inline:
			plan.abstract = true;
			break;
		case DW_AT_declaration:
			simple &= spec->form == DW_FORM_flag_present;
			plan.declaration = true;
			break;
		case DW_AT_abstract_origin:
		case DW_AT_specification:
			simple &= form_is_simple_reference(spec->form) && !plan.origin_form;
			plan.origin_form = spec->form;
			plan.origin_at = (uint16_t)at;
			break;
		default:
			wanted = false;
			break;
		}
		if (wanted && !simple)
			plan.simple = false;
		size_t size = form_fixed_size(spec->form, abbrevs->address_size, abbrevs->is_64);
		at = size == SIZE_MAX || at > UINT16_MAX ? SIZE_MAX / 2 : at + size;
	}
	return plan;
}

static bool has_far_origin(const struct dw_abbrevs *abbrevs, const struct dw_abbrev *a)
{
	for (uint32_t i = 0; a->tag == DW_TAG_inlined_subroutine && i < a->spec_count; i++) {
		const struct dw_attr_spec *spec = &abbrevs->specs[a->first_spec + i];
		if (spec->name == DW_AT_abstract_origin && spec->form == DW_FORM_ref_addr)
			return true;
	}
	return false;
}

void kept_abbrevs_deinit(struct kept_abbrevs *k)
{
	dw_abbrevs_destroy(k->abbrevs);
	*k = (struct kept_abbrevs){ 0 };
}

struct error *kept_abbrevs_take(struct kept_abbrevs *k, struct dw_unit *unit, bool *ret_new)
{
	*ret_new = !k->abbrevs || k->offset != unit->abbrev_offset ||
		   k->abbrevs->address_size != unit->address_size || k->abbrevs->is_64 != unit->is_64;
	if (*ret_new) {
		kept_abbrevs_deinit(k);
		TRY(dw_abbrevs_parse(unit->sections, unit->abbrev_offset, unit->address_size,
				     unit->is_64, &k->abbrevs));
		k->offset = unit->abbrev_offset;
		for (size_t i = 0; i < k->abbrevs->count; i++)
			k->far_inlines |= has_far_origin(k->abbrevs, &k->abbrevs->abbrevs[i]);
	}
	return dw_unit_set_abbrevs(unit, k->abbrevs);
}

static bool take_abbrevs(struct worker *w, struct dw_unit *unit)
{
	bool is_new;
	struct error *err = kept_abbrevs_take(&w->kept, unit, &is_new);
	if (err) {
		scan_trouble(w, err);
		return false;
	}
	const struct dw_abbrevs *abbrevs = w->kept.abbrevs;
	if (is_new)
		w->plans = xrealloc(w->plans, abbrevs->count * sizeof *w->plans);
	for (size_t i = 0; is_new && i < abbrevs->count; i++)
		w->plans[i] = plan_of(abbrevs, &abbrevs->abbrevs[i]);
	return true;
}

/* ---- DIEs ---- */

/* Of a DIE, as far as the index asks. */
struct entry_facts {
	struct name_hashes name; /* offset 0: none */
	bool code, declaration, abstract;
	uint64_t origin;
};

static struct entry_facts read_any(const struct dw_cursor *c, const struct sym_unit *u)
{
	struct die_facts facts = unit_die_facts(c, u);
	return (struct entry_facts){ facts.name.len ? hashes_of(facts.name) : (struct name_hashes){ 0 },
				     facts.code, facts.declaration, facts.abstract, facts.origin };
}

uint64_t planned_value(const struct dw_cursor *c, uint16_t at, uint16_t form)
{
	struct reader r = reader_init(c->reader.data, c->reader.size);
	const struct dw_abbrevs *abbrevs = c->unit->abbrevs;
	reader_seek(&r, (size_t)c->attrs + at);
	return reader_uint(&r, form_fixed_size(form, abbrevs->address_size, abbrevs->is_64));
}

bool planned_string(const struct dw_cursor *c, uint16_t at, uint16_t form, uint64_t *ret)
{
	const struct dw_unit *unit = c->unit;
	uint64_t offset = planned_value(c, at, form);
	if (form != DW_FORM_strp) {
		const struct dw_span *offsets = &unit->sections->section[DW_SECTION_STR_OFFSETS];
		size_t width = unit->is_64 ? 8 : 4;
		if (unit->str_offsets_base > offsets->size ||
		    offset > (offsets->size - unit->str_offsets_base) / width)
			return false;
		struct reader r = reader_init(offsets->data, offsets->size);
		reader_seek(&r, (size_t)(unit->str_offsets_base + offset * width));
		offset = reader_uint(&r, width);
		if (r.failed)
			return false;
	}
	*ret = offset;
	return true;
}

static struct name_hashes planned_name(struct worker *w, const struct dw_cursor *c, const struct plan *plan)
{
	uint64_t offset;
	if (!planned_string(c, plan->name_at, plan->name_form, &offset))
		return (struct name_hashes){ 0 };
	return hashes_at(w, c->unit, offset);
}

static struct entry_facts read_facts(struct worker *w, const struct dw_cursor *c,
				     const struct sym_unit *u, const struct plan *plan)
{
	if (!plan->simple)
		return read_any(c, u);
	struct entry_facts facts = { .code = plan->code,
				     .declaration = plan->declaration,
				     .abstract = plan->abstract };
	if (plan->name_form)
		facts.name = planned_name(w, c, plan);
	if (plan->low_form)
		facts.code |= planned_value(c, plan->low_at, plan->low_form) > 1;
	if (plan->origin_form) {
		facts.origin = planned_value(c, plan->origin_at, plan->origin_form);
		if (plan->origin_form != DW_FORM_ref_addr)
			facts.origin += u->dw.offset + u->bias;
	}
	return facts;
}

static uint64_t path_hash(uint64_t parent, uint64_t name)
{
	return (parent ^ name) * UINT64_C(0x9e3779b97f4a7c15) + 1;
}

static void see_type(struct worker *w, const struct entry_facts *facts, uint32_t unit, uint32_t die,
		     uint64_t path)
{
	if (!facts->declaration && facts->name.offset && set_add(&w->seen, path))
		vec_push(&w->types, (struct index_entry){ facts->name.identifier, unit, die });
}

static void see_origin(struct worker *w, const struct entry_facts *facts, uint32_t die, uint32_t hash,
		       enum use use)
{
	if (facts->name.offset)
		vec_push(&w->named, (struct named_die){ die, hash, (uint8_t)use });
	else if (facts->origin)
		vec_push(&w->derived, (struct derived_die){ die, (uint8_t)use, facts->origin });
}

static void see_function(struct worker *w, const struct entry_facts *facts, uint32_t die)
{
	enum use use = facts->code ? USE_FUNCTION : facts->abstract ? USE_ABSTRACT : USE_NONE;
	see_origin(w, facts, die, facts->name.identifier, use);
}

/* What thread_local! makes goes by the name of the namespace around it. */
static void see_variable(struct worker *w, const struct entry_facts *facts, uint32_t die,
			 const struct index_level *around)
{
	bool made = facts->name.kind == NAME_THREAD_LOCAL ||
		    (facts->name.kind == NAME_MAYBE_THREAD_LOCAL && around->made);
	bool hidden = made && around->name;
	see_origin(w, facts, die, hidden ? around->name : facts->name.identifier,
		   facts->code && !facts->declaration ? USE_VARIABLE : USE_NONE);
}

static void see_die(struct worker *w, const struct dw_cursor *c, struct sym_unit *u,
		    const struct plan *plan, uint32_t number, const struct index_level *around,
		    struct index_level *ret)
{
	/* Locals are found by their functions. */
	if (plan->flags == VARIABLE && around->function)
		return;
	struct entry_facts facts = read_facts(w, c, u, plan);
	uint32_t die = (uint32_t)(c->die - u->dw.offset);
	switch (plan->flags) {
	case FUNCTION:
		see_function(w, &facts, die);
		ret->function = true;
		break;
	case VARIABLE:
		see_variable(w, &facts, die, around);
		break;
	default:
		ret->path = path_hash(around->path, facts.name.full);
		if (facts.name.kind == NAME_AROUND_THREAD_LOCAL) {
			ret->made = true;
		} else if (facts.name.kind != NAME_BRACED) {
			ret->name = facts.name.identifier;
			ret->made = false;
		}
		ret->function = false;
		if (plan->flags == TYPE)
			see_type(w, &facts, number, die, ret->path);
		break;
	}
}

static void walk_unit(struct worker *w, struct sym_unit *u, const struct dw_unit *unit, uint32_t number)
{
	struct dw_cursor c = dw_cursor_at(unit, unit->first_die);
	struct index_level innermost = { 0 };
	w->levels.count = 0;
	while (dw_cursor_next(&c)) {
		if (!c.abbrev) {
			innermost = w->levels.count ? w->levels.data[--w->levels.count]
						    : (struct index_level){ 0 };
			continue;
		}
		const struct plan *plan = &w->plans[c.abbrev - unit->abbrevs->abbrevs];
		struct index_level level = innermost;
		if (plan->flags)
			see_die(w, &c, u, plan, number, &innermost, &level);
		if (c.abbrev->children) {
			vec_push(&w->levels, innermost);
			innermost = level;
		}
	}
	scan_trouble(w, dw_cursor_error(&c));
}

static const struct named_die *find_named(const struct worker *w, uint32_t die)
{
	size_t low = 0, high = w->named.count;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (w->named.data[mid].die < die)
			low = mid + 1;
		else
			high = mid;
	}
	return low < w->named.count && w->named.data[low].die == die ? &w->named.data[low] : NULL;
}

static const struct derived_die *find_derived(const struct worker *w, uint32_t die)
{
	size_t low = 0, high = w->derived.count;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (w->derived.data[mid].die < die)
			low = mid + 1;
		else
			high = mid;
	}
	return low < w->derived.count && w->derived.data[low].die == die ? &w->derived.data[low] : NULL;
}

/* The name of a DIE that has none itself is where its origin has it, in the same unit but for optimisation across units, whose
 * functions get hash 0 and are looked at one by one afterwards. */
static uint32_t derived_hash(const struct worker *w, const struct sym_unit *u, const struct derived_die *d)
{
	for (int i = 0; i < SYM_MAX_REFERENCES && d; i++) {
		uint64_t relative = d->origin - u->bias - u->dw.offset;
		if (relative >= u->dw.end - u->dw.offset)
			return 0;
		const struct named_die *named = find_named(w, (uint32_t)relative);
		if (named)
			return named->hash;
		d = find_derived(w, (uint32_t)relative);
	}
	return 0;
}

static void keep_entry(struct worker *w, uint8_t use, struct index_entry entry)
{
	switch (use) {
	case USE_FUNCTION:
		vec_push(&w->functions, entry);
		break;
	case USE_ABSTRACT:
		vec_push(&w->abstracts, entry);
		break;
	case USE_VARIABLE:
		vec_push(&w->variables, entry);
		break;
	}
}

void scan_drop(struct sym_module *m, const struct dw_unit *unit, atomic_size_t *scanned)
{
	/* Some bytes of units that others are still at go, too, and fault in again. */
	size_t size = (size_t)(unit->end - unit->offset);
	size_t before = atomic_fetch_add(scanned, size);
	if (before / DROP_EVERY == (before + size) / DROP_EVERY)
		return;
	const struct dw_span *info = &unit->sections->section[unit->section];
	const struct dw_span *strings = &unit->sections->section[DW_SECTION_STR];
	size_t from = unit->offset > 2 * DROP_EVERY ? (size_t)unit->offset - 2 * DROP_EVERY : 0;
	module_drop(m, info->data + from, (size_t)unit->end - from);
	if (strings->size)
		module_drop(m, strings->data, strings->size);
}

static void scan_unit(void *ctx, size_t index, size_t worker)
{
	struct index_scan *scan = ctx;
	struct worker *w = &scan->workers[worker];
	struct sym_unit *u = &scan->m->units.data[index];
	struct dw_unit unit = u->dw;
	unit.abbrevs = NULL;
	if (worker == 0 && !module_progress(scan->m, atomic_load(&scan->units), scan->m->units.count))
		atomic_store(&scan->stopped, true);
	if (atomic_load(&scan->stopped))
		return;
	atomic_fetch_add(&scan->units, 1);
	if (u->dw.end - u->dw.offset >= UINT32_MAX || !take_abbrevs(w, &unit))
		return;
	w->named.count = w->derived.count = 0;
	if (!w->names)
		w->names = xmalloc(sizeof *w->names << NAME_CACHE_BITS);
	walk_unit(w, u, &unit, (uint32_t)index);
	vec_for(&w->named, n)
		keep_entry(w, n->use, (struct index_entry){ n->hash, (uint32_t)index, n->die });
	vec_for(&w->derived, d)
		if (d->use != USE_NONE)
			keep_entry(w, d->use,
				   (struct index_entry){ derived_hash(w, u, d), (uint32_t)index, d->die });
	scan->m->units.data[index].far_inlines = w->kept.far_inlines;
	scan_drop(scan->m, &unit, &scan->scanned);
}

/* ---- the tables ---- */

static void table_build(struct index_table *table, struct index_entry *const *lists,
			const size_t *counts, size_t list_count)
{
	size_t total = 0;
	for (size_t i = 0; i < list_count; i++)
		total += counts[i];
	uint32_t buckets = 16;
	while (buckets < total && buckets < UINT32_C(1) << 30)
		buckets *= 2;
	table->mask = buckets - 1;
	table->first = xmalloc(((size_t)buckets + 1) * sizeof *table->first);
	table->entries = xmalloc(total * sizeof *table->entries);
	for (size_t i = 0; i < list_count; i++)
		for (size_t j = 0; j < counts[i]; j++)
			table->first[(lists[i][j].hash & table->mask) + 1]++;
	for (uint32_t b = 0; b < buckets; b++)
		table->first[b + 1] += table->first[b];
	/* Filling moves each bucket's start to its end, which is the next one's start: shifted back below. */
	for (size_t i = 0; i < list_count; i++)
		for (size_t j = 0; j < counts[i]; j++)
			table->entries[table->first[lists[i][j].hash & table->mask]++] = lists[i][j];
	memmove(table->first + 1, table->first, buckets * sizeof *table->first);
	table->first[0] = 0;
}

static void resolve_far(struct sym_module *m, struct index_entry *entries, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (entries[i].hash != 0)
			continue;
		struct sym_unit *u = &m->units.data[entries[i].unit];
		struct function_attrs attrs = { 0 };
		function_read_attrs(m, u->dw.offset + u->bias + entries[i].die, &attrs);
		entries[i].hash = identifier_hash(attrs.name);
	}
}

static void worker_deinit(struct worker *w)
{
	vec_free(&w->functions);
	vec_free(&w->abstracts);
	vec_free(&w->types);
	vec_free(&w->variables);
	vec_free(&w->troubles);
	vec_free(&w->named);
	vec_free(&w->derived);
	vec_free(&w->levels);
	free(w->seen.slots);
	kept_abbrevs_deinit(&w->kept);
	free(w->names);
	free(w->plans);
}

/* One table of the workers' lists of a kind. */
#define BUILD_TABLE(scan, table, kind)                                   \
	do {                                                             \
		struct index_entry *lists_[MAX_WORKERS];                 \
		size_t counts_[MAX_WORKERS];                             \
		for (size_t i_ = 0; i_ < MAX_WORKERS; i_++) {            \
			lists_[i_] = (scan)->workers[i_].kind.data;      \
			counts_[i_] = (scan)->workers[i_].kind.count;    \
			resolve_far((scan)->m, lists_[i_], counts_[i_]); \
		}                                                        \
		table_build((table), lists_, counts_, MAX_WORKERS);      \
		for (size_t i_ = 0; i_ < MAX_WORKERS; i_++)              \
			vec_free(&(scan)->workers[i_].kind);             \
	} while (0)

/* For the answers of a scan that was stopped. */
static const struct name_index *empty_index(void)
{
	static uint32_t first[2];
	static const struct index_table none = { .first = first };
	static struct name_index empty;
	empty.functions = empty.abstracts = empty.types = empty.variables = none;
	return &empty;
}

const struct name_index *module_index(struct sym_module *m)
{
	if (m->index)
		return m->index;
	struct index_scan *scan = xmalloc(sizeof *scan);
	scan->m = m;
	units_read(m);
	pool_for(m->units.count, scan_unit, scan);
	for (size_t i = 0; i < MAX_WORKERS; i++)
		vec_for(&scan->workers[i].troubles, err)
			module_trouble(m, *err);
	if (atomic_load(&scan->stopped)) {
		for (size_t i = 0; i < MAX_WORKERS; i++)
			worker_deinit(&scan->workers[i]);
		free(scan);
		return empty_index();
	}
	struct name_index *index = m->index = xmalloc(sizeof *index);
	BUILD_TABLE(scan, &index->functions, functions);
	BUILD_TABLE(scan, &index->abstracts, abstracts);
	BUILD_TABLE(scan, &index->types, types);
	BUILD_TABLE(scan, &index->variables, variables);
	for (size_t i = 0; i < MAX_WORKERS; i++)
		worker_deinit(&scan->workers[i]);
	free(scan);
	module_drop(m, m->sections.section[DW_SECTION_INFO].data,
		    m->sections.section[DW_SECTION_INFO].size);
	return index;
}

static void table_free(struct index_table *table)
{
	free(table->entries);
	free(table->first);
}

void name_index_destroy(struct name_index *index)
{
	if (!index)
		return;
	table_free(&index->functions);
	table_free(&index->abstracts);
	table_free(&index->types);
	table_free(&index->variables);
	free(index);
}
