/* Functions of one name, without an index: one scan over all units in parallel that compares names and keeps nothing else. It takes a third of
 * the time that making the index takes, and less of the memory; who asks for a few names only, which is most who set a breakpoint, never
 * waits for the index. */
#include "base/pool.h"
#include "symbols/symbols_internal.h"

#include <stdatomic.h>
#include <stdlib.h>

enum {
	MAX_WORKERS = 64,
	MAX_SCAN_TROUBLES = 8,
	AHEAD = 16, /* names whose text is on its way from memory */
};

/* Where the attributes that the scan wants stand in a function's DIE. */
struct shape {
	bool function, simple;           /* simple: the offsets below say it all */
	uint16_t name_form, origin_form; /* 0: not there */
	uint16_t name_at, origin_at;
};

struct candidate {
	uint64_t offset; /* in .debug_str */
	uint64_t id;
};

struct borrower {
	uint64_t id, origin;
};

struct worker {
	struct scan *scan;
	VEC(uint64_t) found; /* ids */
	VEC(struct borrower) far;
	VEC(struct error *) troubles;
	/* Of the unit at hand. */
	struct candidate ring[AHEAD];
	size_t ring_count;
	VEC(struct borrower) derived; /* functions without a name: their origin has it */
	struct kept_abbrevs kept;
	struct shape *shapes;
};

struct scan {
	struct sym_module *m;
	struct str identifier;
	struct worker workers[MAX_WORKERS];
	atomic_size_t scanned, units;
	atomic_bool stopped;
};

static void scan_trouble(struct worker *w, struct error *err)
{
	if (err && w->troubles.count < MAX_SCAN_TROUBLES)
		vec_push(&w->troubles, err);
	else
		error_destroy(err);
}

/* ---- names ---- */

/* As name_index_hash and the index's own rules would find it. */
static bool is_wanted(const struct scan *scan, struct str name)
{
	struct str wanted = scan->identifier;
	if (name.len > 0 && (name.ptr[0] == '{' || name.ptr[0] == '<'))
		return str_contains(name, wanted) && str_eq(path_last_identifier(name), wanted);
	return str_starts(name, wanted) && (name.len == wanted.len || name.ptr[wanted.len] == '<');
}

/* The same of a string whose end need not be looked for in most cases. */
static bool is_wanted_at(const struct scan *scan, const struct dw_span *strings, uint64_t offset)
{
	struct str wanted = scan->identifier;
	const char *text = (const char *)strings->data + offset;
	size_t left = strings->size - (size_t)offset;
	if (*text != '{' && *text != '<')
		return wanted.len < left && memcmp(text, wanted.ptr, wanted.len) == 0 &&
		       (text[wanted.len] == '\0' || text[wanted.len] == '<');
	const char *end = memchr(text, 0, left);
	return end && is_wanted(scan, (struct str){ text, (size_t)(end - text) });
}

static void decide(struct worker *w, const struct dw_span *strings, const struct candidate *c)
{
	if (is_wanted_at(w->scan, strings, c->offset))
		vec_push(&w->found, c->id);
}

/* Names lie all over .debug_str: by the time that one is looked at, its text is in the cache. */
static void consider(struct worker *w, const struct dw_span *strings, uint64_t offset, uint64_t id)
{
	if (offset >= strings->size)
		return;
	__builtin_prefetch(strings->data + offset);
	struct candidate *slot = &w->ring[w->ring_count++ % AHEAD];
	if (w->ring_count > AHEAD)
		decide(w, strings, slot);
	*slot = (struct candidate){ offset, id };
}

static void decide_rest(struct worker *w, const struct dw_span *strings)
{
	size_t from = w->ring_count > AHEAD ? w->ring_count - AHEAD : 0;
	for (size_t i = from; i < w->ring_count; i++)
		decide(w, strings, &w->ring[i % AHEAD]);
	w->ring_count = 0;
}

/* ---- DIEs ---- */

static struct shape shape_of(const struct dw_abbrevs *abbrevs, const struct dw_abbrev *a)
{
	struct shape shape = { .function = a->tag == DW_TAG_subprogram, .simple = true };
	size_t at = 0;
	for (uint32_t i = 0; shape.function && i < a->spec_count; i++) {
		const struct dw_attr_spec *spec = &abbrevs->specs[a->first_spec + i];
		bool simple = at <= UINT16_MAX;
		if (spec->name == DW_AT_name) {
			shape.simple &= simple && form_is_simple_name(spec->form);
			shape.name_form = spec->form;
			shape.name_at = (uint16_t)at;
		} else if (spec->name == DW_AT_abstract_origin || spec->name == DW_AT_specification) {
			shape.simple &= simple && form_is_simple_reference(spec->form) &&
					!shape.origin_form;
			shape.origin_form = spec->form;
			shape.origin_at = (uint16_t)at;
		}
		size_t size = form_fixed_size(spec->form, abbrevs->address_size, abbrevs->is_64);
		at = size == SIZE_MAX || at > UINT16_MAX ? SIZE_MAX / 2 : at + size;
	}
	return shape;
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
		w->shapes = xrealloc(w->shapes, abbrevs->count * sizeof *w->shapes);
	for (size_t i = 0; is_new && i < abbrevs->count; i++)
		w->shapes[i] = shape_of(abbrevs, &abbrevs->abbrevs[i]);
	return true;
}

static void see_any(struct worker *w, const struct dw_cursor *c, const struct sym_unit *u)
{
	struct dw_value value;
	uint64_t id = c->die + u->bias;
	if (dw_attr(c, DW_AT_name, &value)) {
		if (value.kind == DW_VALUE_STRING && is_wanted(w->scan, value.str))
			vec_push(&w->found, id);
	} else if ((dw_attr(c, DW_AT_abstract_origin, &value) || dw_attr(c, DW_AT_specification, &value)) &&
		   value.kind == DW_VALUE_REFERENCE) {
		uint64_t bias = value.form == DW_FORM_ref_addr ? 0 : u->bias;
		vec_push(&w->derived, (struct borrower){ id, value.u + bias });
	}
}

static void see_function(struct worker *w, const struct dw_cursor *c, const struct sym_unit *u,
			 const struct shape *shape)
{
	if (!shape->simple) {
		see_any(w, c, u);
		return;
	}
	uint64_t id = c->die + u->bias;
	if (shape->name_form) {
		uint64_t offset;
		if (planned_string(c, shape->name_at, shape->name_form, &offset))
			consider(w, &c->unit->sections->section[DW_SECTION_STR], offset, id);
	} else if (shape->origin_form) {
		uint64_t origin = planned_value(c, shape->origin_at, shape->origin_form);
		if (shape->origin_form != DW_FORM_ref_addr)
			origin += u->dw.offset + u->bias;
		vec_push(&w->derived, (struct borrower){ id, origin });
	}
}

static int by_id(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static const struct borrower *find_borrower(const struct borrower *list, size_t count, uint64_t id)
{
	/* uint64_t id comes first in it */
	return count ? bsearch(&id, list, count, sizeof *list, by_id) : NULL;
}

/* Functions whose name is elsewhere in the unit; what leads out of it is kept for the end. `first`: of the unit's own in w->found. */
static void follow_origins(struct worker *w, const struct sym_unit *u, size_t first)
{
	size_t last = w->found.count;
	uint64_t begin = u->dw.offset + u->bias, size = u->dw.end - u->dw.offset;
	if (last == first && !w->kept.abbrevs->has_ref_addr)
		return;
	vec_for(&w->derived, d) {
		uint64_t origin = d->origin;
		const struct borrower *next = d;
		for (int i = 0; i < SYM_MAX_REFERENCES && next; i++) {
			origin = next->origin;
			if (origin - begin >= size)
				break;
			next = find_borrower(w->derived.data, w->derived.count, origin);
		}
		if (origin - begin >= size)
			vec_push(&w->far, (struct borrower){ d->id, origin });
		else if (last > first &&
			 bsearch(&origin, &w->found.data[first], last - first, sizeof origin, by_id))
			vec_push(&w->found, d->id);
	}
}

static void scan_unit(void *ctx, size_t index, size_t worker)
{
	struct scan *scan = ctx;
	struct worker *w = &scan->workers[worker];
	struct sym_unit *u = &scan->m->units.data[index];
	struct dw_unit unit = u->dw;
	unit.abbrevs = NULL;
	w->scan = scan;
	if (worker == 0 && !module_progress(scan->m, atomic_load(&scan->units), scan->m->units.count))
		atomic_store(&scan->stopped, true);
	if (atomic_load(&scan->stopped))
		return;
	atomic_fetch_add(&scan->units, 1);
	if (u->dw.end - u->dw.offset >= UINT32_MAX || !take_abbrevs(w, &unit))
		return;
	size_t first = w->found.count;
	w->derived.count = 0;
	struct dw_cursor c = dw_cursor_at(&unit, unit.first_die);
	while (dw_cursor_next(&c)) {
		const struct shape *shape = c.abbrev ? &w->shapes[c.abbrev - unit.abbrevs->abbrevs] : NULL;
		if (shape && shape->function)
			see_function(w, &c, u, shape);
	}
	scan_trouble(w, dw_cursor_error(&c));
	decide_rest(w, &unit.sections->section[DW_SECTION_STR]);
	if (w->found.count > first + 1) /* names in the DIEs themselves are not put off */
		qsort(&w->found.data[first], w->found.count - first, sizeof *w->found.data, by_id);
	follow_origins(w, u, first);
	u->far_inlines = w->kept.far_inlines;
	scan_drop(scan->m, &unit, &scan->scanned);
}

/* ---- what comes of it ---- */

static bool contains(const struct name_search *s, uint64_t id)
{
	return s->ids.count && bsearch(&id, s->ids.data, s->ids.count, sizeof id, by_id);
}

/* Functions whose name is in another unit (optimisation across units), step by step. */
static void follow_far(struct scan *scan, struct name_search *s)
{
	for (int i = 0; i < SYM_MAX_REFERENCES; i++) {
		size_t before = s->ids.count;
		VEC(uint64_t) more = { 0 };
		for (size_t k = 0; k < MAX_WORKERS; k++)
			vec_for(&scan->workers[k].far, b)
				if (contains(s, b->origin) && !contains(s, b->id))
					vec_push(&more, b->id);
		vec_for(&more, id)
			vec_push(&s->ids, *id);
		vec_free(&more);
		if (s->ids.count == before)
			return;
		qsort(s->ids.data, s->ids.count, sizeof *s->ids.data, by_id);
	}
}

static void worker_deinit(struct worker *w)
{
	vec_free(&w->found);
	vec_free(&w->far);
	vec_free(&w->troubles);
	vec_free(&w->derived);
	kept_abbrevs_deinit(&w->kept);
	free(w->shapes);
}

/* Those that the index would have in its tables. */
static void classify(struct sym_module *m, struct name_search *s)
{
	vec_for(&s->ids, id) {
		struct dw_cursor c;
		struct sym_unit *u;
		struct dw_value value;
		if (!die_at(m, *id, &c, &u))
			continue;
		bool code = dw_attr(&c, DW_AT_ranges, &value) ||
			    (dw_attr(&c, DW_AT_low_pc, &value) && value.kind == DW_VALUE_ADDRESS &&
			     value.u > 1);
		if (code)
			vec_push(&s->functions, *id);
		else if (dw_attr(&c, DW_AT_inline, &value))
			vec_push(&s->abstracts, *id);
	}
}

/* False: the user has stopped it. */
static bool search(struct sym_module *m, struct name_search *s)
{
	struct scan *scan = xmalloc(sizeof *scan);
	scan->m = m;
	scan->identifier = str_from(s->identifier);
	units_read(m);
	pool_for(m->units.count, scan_unit, scan);
	bool stopped = atomic_load(&scan->stopped);
	for (size_t i = 0; i < MAX_WORKERS; i++) {
		vec_for(&scan->workers[i].troubles, err)
			module_trouble(m, *err);
		vec_for(&scan->workers[i].found, id)
			vec_push(&s->ids, *id);
	}
	if (s->ids.count)
		qsort(s->ids.data, s->ids.count, sizeof *s->ids.data, by_id);
	if (!stopped) {
		follow_far(scan, s);
		classify(m, s);
	}
	for (size_t i = 0; i < MAX_WORKERS; i++)
		worker_deinit(&scan->workers[i]);
	free(scan);
	return !stopped;
}

static void search_deinit(struct name_search *s)
{
	free(s->identifier);
	vec_free(&s->ids);
	vec_free(&s->functions);
	vec_free(&s->abstracts);
	*s = (struct name_search){ 0 };
}

void searches_deinit(struct sym_module *m)
{
	for (size_t i = 0; i < SYM_SEARCHES; i++)
		search_deinit(&m->searches[i]);
}

const struct name_search *module_search(struct sym_module *m, struct str query)
{
	struct str identifier = path_last_identifier(query);
	if (m->index || identifier.len == 0 || strchr("&*([", query.ptr[0]) ||
	    str_contains(identifier, STR_LIT("<")))
		return NULL;
	for (size_t i = 0; i < SYM_SEARCHES; i++) {
		struct name_search *s = &m->searches[i];
		if (s->identifier && str_is(identifier, s->identifier))
			return s;
		if (s->identifier)
			continue;
		s->identifier = str_dup(identifier);
		if (search(m, s))
			return s;
		search_deinit(s);
		static const struct name_search nothing;
		return &nothing;
	}
	return NULL;
}
