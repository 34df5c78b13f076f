/* Questions by name: what the index's hashes find, verified against the DIEs. */
#include "base/pool.h"
#include "symbols/lookup.h"
#include "symbols/symbols_internal.h"

#include <stdlib.h>

enum { MAX_FOUND = 1 << 16, MAX_NEAR = 4096 };

struct found {
	VEC(uint64_t) ids;
};

static int compare_ids(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return *x < *y ? -1 : *x > *y;
}

/* Ids whose last identifier is probably the query's, in ascending order (workers put them in any). */
static struct found lookup(struct sym_module *m, const struct index_table *table, struct str query)
{
	struct found found = { 0 };
	uint32_t hash = name_index_hash(query);
	uint32_t bucket = hash & table->mask;
	for (uint32_t i = table->first[bucket]; i < table->first[bucket + 1]; i++) {
		const struct index_entry *e = &table->entries[i];
		const struct sym_unit *u = &m->units.data[e->unit];
		if (e->hash == hash && found.ids.count < MAX_FOUND)
			vec_push(&found.ids, u->dw.offset + u->bias + e->die);
	}
	if (found.ids.count)
		qsort(found.ids.data, found.ids.count, sizeof *found.ids.data, compare_ids);
	return found;
}

/* The same of functions, for which a search may do. */
static struct found lookup_functions(struct sym_module *m, bool abstract, struct str query)
{
	const struct name_search *s = module_search(m, query);
	if (!s) {
		const struct name_index *index = module_index(m);
		return lookup(m, abstract ? &index->abstracts : &index->functions, query);
	}
	struct found found = { 0 };
	const uint64_t *ids = abstract ? s->abstracts.data : s->functions.data;
	size_t count = abstract ? s->abstracts.count : s->functions.count;
	for (size_t i = 0; i < count && i < MAX_FOUND; i++)
		vec_push(&found.ids, ids[i]);
	return found;
}

/* False: no name of the debug information ends in the query's last identifier. Looking through the names' text is much less than making the
 * index, and most modules do not have what is looked for in all of them. */
static bool name_may_occur(struct sym_module *m, struct str query)
{
	enum {
		MAX_STRINGS = 32 << 20,
		MIN_IDENTIFIER = 4
	}; /* shorter names may stand in the DIEs themselves */
	struct str identifier = path_last_identifier(query);
	struct dw_span strings;
	if (m->index || (query.len && strchr("&*([", query.ptr[0])) || identifier.len < MIN_IDENTIFIER)
		return true;
	for (size_t i = 0; i < identifier.len; i++)
		if (strchr("<>,&*()[]{} :", identifier.ptr[i]))
			return true;
	if (!module_strings(m, MAX_STRINGS, &strings))
		return true;
	/* What comes before it may be another name's beginning: linkers let a string be the end of another. */
	const uint8_t *at = strings.data, *end = at + strings.size;
	while ((at = memmem(at, (size_t)(end - at), identifier.ptr, identifier.len))) {
		const uint8_t *behind = at + identifier.len;
		if (behind == end || *behind == 0 || strchr("<#}", *behind))
			return true;
		at++;
	}
	return false;
}

static bool occurs(const struct dw_span *strings, const char *text)
{
	return memmem(strings->data, strings->size, text, strlen(text)) != NULL;
}

/* True: the module was made by GCC from C and assembler alone, whose names have no paths. What made it says so in its units (DW_AT_producer). */
static bool made_of_c(struct sym_module *m)
{
	static const char *const others[] = { "rustc", "LLVM", "clang" };
	enum { MAX_STRINGS = 32 << 20 };
	struct dw_span strings;
	if (!module_strings(m, MAX_STRINGS, &strings))
		return false;
	bool c = false;
	const uint8_t *at = strings.data, *end = at + strings.size;
	while ((at = memmem(at, (size_t)(end - at), "GNU ", 4))) {
		at += 4;
		bool is_c = end - at >= 2 && at[0] == 'C' && at[1] >= '0' && at[1] <= '9';
		if (!is_c && !(end - at >= 3 && memcmp(at, "AS ", 3) == 0))
			return false;
		c |= is_c;
	}
	for (size_t i = 0; c && i < sizeof others / sizeof *others; i++)
		c = !occurs(&strings, others[i]);
	return c;
}

/* No name of it can be what is asked for, since it has no paths. */
static bool lacks_paths(struct sym_module *m, struct str query)
{
	if (m->index || !str_contains(query, STR_LIT("::")))
		return false;
	if (m->plain_c == PLAIN_UNASKED)
		m->plain_c = made_of_c(m) ? PLAIN_YES : PLAIN_NO;
	return m->plain_c == PLAIN_YES;
}

/* The module has debug information that may know the name. */
static bool may_know(struct sym_module *m, struct str query)
{
	return query.len > 0 && sym_module_has_debug_info(m) && name_may_occur(m, query) &&
	       !lacks_paths(m, query) && module_dwarf(m);
}

/* ---- functions ---- */

/* What only the DWARF path can answer: generics of a legacy-mangled function, impl numbers, bodies of async functions (which are mangled as
 * closures). */
static bool needs_dwarf_path(struct str query)
{
	static const char *const braced[] = { "{impl#", "{async_", "{gen_", "{coroutine" };
	size_t open = str_find(query, STR_LIT("<"));
	bool needs = open != SIZE_MAX && open > 0;
	for (size_t i = 0; i < sizeof braced / sizeof *braced && !needs; i++)
		needs = str_contains(query, str_from(braced[i]));
	return needs;
}

static bool function_matches(struct sym_module *m, uint64_t id, struct str query, struct arena *scratch)
{
	struct function_attrs a = { 0 };
	function_read_attrs(m, id, &a);
	if (name_is_rust_mangled(a.linkage)) {
		/* Legacy mangling leaves the numbers of closures out. */
		bool numbered = path_has_numbers(query);
		if (path_matches(sym_demangle(a.linkage, scratch), query) &&
		    (!numbered || !a.path_unit ||
		     path_numbers_match(unit_path(a.path_unit, a.path_id, a.name, scratch), query)))
			return true;
		if (!numbered && !needs_dwarf_path(query))
			return false;
	}
	if (a.name.len == 0 || !a.path_unit)
		return false;
	/* A unit is scanned for its paths only when the name alone does not decide. */
	if (path_matches(a.name, query))
		return true;
	return str_contains(query, STR_LIT("::")) &&
	       path_matches(unit_path(a.path_unit, a.path_id, a.name, scratch), query);
}

struct error *sym_functions_by_name(struct sym_module *m, struct str path, sym_function_fn *fn, void *ctx)
{
	if (path.len == 0)
		return error_new(ERROR_USAGE, "an empty function name");
	if (!may_know(m, path))
		return NULL;
	struct found found = lookup_functions(m, false, path);
	struct arena scratch = ARENA_INIT;
	bool more = true;
	for (size_t i = 0; i < found.ids.count && more; i++) {
		arena_reset(&scratch);
		if (!function_matches(m, found.ids.data[i], path, &scratch))
			continue;
		const struct sym_function *f = function_get(m, found.ids.data[i]);
		const struct file_range *ranges;
		/* What the linker dropped has no code left. */
		if (f && sym_function_ranges(f, &ranges) > 0)
			more = fn(ctx, f);
	}
	arena_deinit(&scratch);
	vec_free(&found.ids);
	return NULL;
}

/* ---- inlined copies ---- */

/* A unit to be walked for calls of functions. */
struct inlined_unit {
	struct sym_unit *unit;
	VEC(uint64_t) callers; /* ids of functions that have such a call */
};

struct inlined_search {
	const uint64_t *origins; /* ascending */
	size_t origin_count;
	VEC(struct inlined_unit) units;
};

static bool is_wanted(const struct inlined_search *s, uint64_t id)
{
	return bsearch(&id, s->origins, s->origin_count, sizeof id, compare_ids) != NULL;
}

/* The innermost function with code that each DIE lies in, by depth. */
struct caller_level {
	int depth;
	uint64_t id;
};

static void walk_callers(const struct inlined_search *s, struct inlined_unit *iu, const struct dw_unit *unit)
{
	struct dw_cursor c = dw_cursor_at(unit, unit->first_die);
	VEC(struct caller_level) callers = { 0 };
	struct sym_unit *u = iu->unit;
	struct dw_value value;
	while (dw_cursor_next(&c)) {
		while (callers.count && c.depth <= callers.data[callers.count - 1].depth)
			callers.count--;
		if (!c.abbrev)
			continue;
		if (c.abbrev->tag == DW_TAG_subprogram && c.abbrev->children)
			vec_push(&callers, (struct caller_level){ c.depth, c.die + u->bias });
		if (c.abbrev->tag != DW_TAG_inlined_subroutine || callers.count == 0 ||
		    !dw_attr(&c, DW_AT_abstract_origin, &value) || value.kind != DW_VALUE_REFERENCE)
			continue;
		uint64_t origin = value.u + (value.form == DW_FORM_ref_addr ? 0 : u->bias);
		uint64_t caller = callers.data[callers.count - 1].id;
		if (is_wanted(s, origin) &&
		    (iu->callers.count == 0 || iu->callers.data[iu->callers.count - 1] != caller))
			vec_push(&iu->callers, caller);
	}
	error_destroy(dw_cursor_error(&c)); /* the index has told */
	vec_free(&callers);
}

static void search_inlined(void *ctx, size_t index, size_t worker)
{
	struct inlined_search *s = ctx;
	struct inlined_unit *iu = &s->units.data[index];
	struct dw_unit unit;
	struct dw_abbrevs *own;
	(void)worker;
	if (!unit_in_worker(iu->unit, &unit, &own))
		return;
	walk_callers(s, iu, &unit);
	dw_abbrevs_destroy(own);
}

static bool give_inlined(const struct inlined_search *s, struct sym_module *m, uint64_t caller,
			 sym_function_fn *fn, void *ctx)
{
	struct sym_function *f = function_get(m, caller);
	const struct file_range *ranges;
	if (!f || sym_function_ranges(f, &ranges) == 0)
		return true;
	const struct function_body *body = function_body(f);
	for (uint32_t i = 0; i < body->count; i++)
		if (body->scopes[i].inlined && is_wanted(s, body->scopes[i].origin) &&
		    !fn(ctx, inlined_function(f, i)))
			return false;
	return true;
}

void inlined_by_name(struct sym_module *m, struct str path, sym_function_fn *fn, void *ctx)
{
	if (!may_know(m, path))
		return;
	struct found found = lookup_functions(m, true, path);
	struct arena scratch = ARENA_INIT;
	size_t kept = 0;
	for (size_t i = 0; i < found.ids.count; i++) {
		arena_reset(&scratch);
		if (function_matches(m, found.ids.data[i], path, &scratch))
			found.ids.data[kept++] = found.ids.data[i];
	}
	arena_deinit(&scratch);
	struct inlined_search s = { .origins = found.ids.data, .origin_count = kept };
	/* Those units that have the functions, and those that may call another's. */
	for (size_t u = 0, i = 0; kept > 0 && u < m->units.count; u++) {
		struct sym_unit *unit = &m->units.data[u];
		while (i < kept && found.ids.data[i] < unit->dw.offset + unit->bias)
			i++;
		if (unit->far_inlines || (i < kept && found.ids.data[i] - unit->bias < unit->dw.end))
			vec_push(&s.units, (struct inlined_unit){ .unit = unit });
	}
	pool_for(s.units.count, search_inlined, &s);
	bool more = true;
	for (size_t i = 0; i < s.units.count; i++) {
		struct inlined_unit *iu = &s.units.data[i];
		for (size_t k = 0; k < iu->callers.count && more; k++)
			more = give_inlined(&s, m, iu->callers.data[k], fn, ctx);
		vec_free(&iu->callers);
	}
	vec_free(&s.units);
	vec_free(&found.ids);
}

/* ---- nearness ---- */

size_t sym_scope_depth(struct str path, struct str query, struct str from)
{
	size_t at = 0, depth = 1, best = 0;
	for (;;) {
		struct str rest = str_sub(path, at, SIZE_MAX);
		if (query.len && str_starts(rest, query) &&
		    (rest.len == query.len || rest.ptr[query.len] == '<'))
			best = depth;
		struct str part = str_sub(from, at, SIZE_MAX);
		size_t end = str_find(part, STR_LIT("::"));
		part = str_sub(part, 0, end);
		if (part.len == 0 || !str_starts(rest, part) ||
		    !str_starts(str_sub(rest, part.len, SIZE_MAX), STR_LIT("::")))
			return best;
		at += part.len + 2;
		depth++;
	}
}

/* Else how much of the beginning of a path two have in common, by components; a unit's own come before all others. */
static size_t nearness(struct str path, const struct sym_unit *unit, struct str query, struct str from,
		       const struct sym_unit *from_unit)
{
	enum { IN_SCOPE = 1 << 24 };
	size_t near = unit == from_unit ? 1 : 0, common = 0, depth = sym_scope_depth(path, query, from);
	if (depth)
		return IN_SCOPE + 2 * depth + near;
	for (size_t i = 0; i < path.len && i < from.len && path.ptr[i] == from.ptr[i]; i++)
		if (path.ptr[i] == ':' && i > 0 && path.ptr[i - 1] == ':')
			common++;
	return 2 * common + near;
}

/* Without a frame a bare word is one of the program's crate, as `main` would mean it. */
static void home_of(struct sym_module *m, const struct sym_function *from, struct str query,
		    struct str *ret_path, struct sym_unit **ret_unit)
{
	*ret_path = STR_EMPTY;
	*ret_unit = NULL;
	if (!from && !str_contains(query, STR_LIT("::")) && str_find(query, STR_LIT("<")) == SIZE_MAX)
		from = sym_rust_main(m);
	if (!from)
		return;
	const struct function_attrs *a = function_attrs((struct sym_function *)from);
	*ret_path = sym_function_path(from);
	*ret_unit = a->path_unit ? a->path_unit : from->unit;
}

/* ---- types ---- */

static bool has_tag(const struct dw_cursor *c, enum sym_type_tag tag)
{
	switch (tag) {
	case SYM_TAG_STRUCT:
		return c->abbrev->tag == DW_TAG_structure_type || c->abbrev->tag == DW_TAG_class_type;
	case SYM_TAG_UNION:
		return c->abbrev->tag == DW_TAG_union_type;
	case SYM_TAG_ENUM:
		return c->abbrev->tag == DW_TAG_enumeration_type;
	case SYM_TAG_ANY:
		break;
	}
	return true;
}

static bool type_matches(struct sym_module *m, uint64_t id, enum sym_type_tag tag, struct str path,
			 struct arena *scratch, struct str *ret_path)
{
	struct dw_cursor c;
	struct sym_unit *u;
	struct dw_value value;
	if (!die_at(m, id, &c, &u) || !has_tag(&c, tag) || !dw_attr(&c, DW_AT_name, &value) ||
	    value.kind != DW_VALUE_STRING)
		return false;
	*ret_path = STR_EMPTY;
	bool bare = path_matches(value.str, path);
	if (!bare && !str_contains(path, STR_LIT("::")))
		return false;
	const struct sym_type *t = type_get(m, id);
	if (t->id)
		*ret_path = unit_path(t->unit, t->path_id, t->bare, scratch);
	return bare || path_matches(*ret_path, path);
}

const struct sym_type *sym_type_near(struct sym_module *m, enum sym_type_tag tag, struct str path,
				     const struct sym_function *from)
{
	if (!may_know(m, path))
		return NULL;
	const struct name_index *index = module_index(m);
	struct found found = lookup(m, &index->types, path);
	struct arena scratch = ARENA_INIT;
	struct str home;
	struct sym_unit *home_unit;
	size_t best_near = 0;
	uint64_t best = 0;
	bool any = false;
	home_of(m, from, path, &home, &home_unit);
	for (size_t i = 0; i < found.ids.count && i < MAX_NEAR; i++) {
		struct str its;
		arena_reset(&scratch);
		if (!type_matches(m, found.ids.data[i], tag, path, &scratch, &its))
			continue;
		size_t near = nearness(its, unit_by_id(m, found.ids.data[i]), path, home, home_unit);
		if (any && near <= best_near)
			continue;
		any = true;
		best = found.ids.data[i];
		best_near = near;
		if (!home.len)
			break;
	}
	arena_deinit(&scratch);
	vec_free(&found.ids);
	return any ? type_get(m, best) : NULL;
}

uint64_t type_definition(const struct sym_type *t)
{
	struct sym_module *m = t->module;
	struct arena scratch = ARENA_INIT;
	struct str path = unit_path(t->unit, t->path_id, t->bare, &scratch);
	uint64_t ret = 0;
	if (t->bare.len && may_know(m, path)) {
		struct found found = lookup(m, &module_index(m)->types, path);
		for (size_t i = 0; i < found.ids.count && !ret; i++) {
			struct dw_cursor c;
			struct sym_unit *u;
			struct dw_value value;
			/* Names are compared first: most have the same last identifier and nothing else. */
			if (!die_at(m, found.ids.data[i], &c, &u) || c.abbrev->tag != t->tag ||
			    !dw_attr(&c, DW_AT_name, &value) || value.kind != DW_VALUE_STRING ||
			    !str_eq(value.str, t->bare))
				continue;
			const struct sym_type *other = type_get(m, found.ids.data[i]);
			if (other->id && !other->declaration &&
			    str_eq(unit_path(other->unit, other->path_id, other->bare, &scratch), path))
				ret = other->id;
		}
		vec_free(&found.ids);
	}
	arena_deinit(&scratch);
	return ret;
}

const struct sym_type *sym_type_by_name(struct sym_module *m, struct str path)
{
	return sym_type_near(m, SYM_TAG_ANY, path, NULL);
}

/* ---- statics ---- */

static uint64_t variable_path_id(const struct sym_variable *v)
{
	return v->origin ? v->origin : v->id;
}

/* "tl::DEPTH::{constant#0}::{closure#1}::__RUST_STD_INTERNAL_VAL" is tl::DEPTH, and so were DEPTH::__getit::VAL and DEPTH::__getit::__KEY; a user's
 * own VAL is none of it. */
struct str without_thread_local(struct str path)
{
	size_t end = str_rfind(path, STR_LIT("::"));
	bool made;
	if (end == SIZE_MAX || !name_is_thread_local(str_sub(path, end + 2, SIZE_MAX), &made))
		return path;
	for (;;) {
		struct str around = str_sub(path, 0, end);
		size_t at = str_rfind(around, STR_LIT("::"));
		struct str last = at == SIZE_MAX ? around : str_sub(around, at + 2, SIZE_MAX);
		bool holds = name_holds_thread_local(last);
		made |= holds;
		if (at == SIZE_MAX || !(holds || (last.len > 0 && last.ptr[0] == '{')))
			return made ? around : path;
		end = at;
	}
}

static struct str raw_variable_path(const struct sym_variable *v, struct arena *arena)
{
	uint64_t id = variable_path_id(v);
	struct sym_unit *u = unit_by_id(v->module, id);
	return u ? unit_path(u, id, v->name, arena) : v->name;
}

struct str variable_path(const struct sym_variable *v, struct arena *arena)
{
	return without_thread_local(raw_variable_path(v, arena));
}

/* thread_local! writes two statics, one for types with drop glue and one for others, of which the linker drops one. */
static bool has_symbol(struct sym_module *m, const struct sym_variable *v)
{
	struct dw_cursor c;
	struct sym_unit *u;
	struct dw_value value;
	if (!die_at(m, v->id, &c, &u) || !dw_attr(&c, DW_AT_linkage_name, &value) ||
	    value.kind != DW_VALUE_STRING)
		return true;
	return symbol_is_defined(m, value.str);
}

const struct sym_variable *sym_variable_by_name(struct sym_module *m, struct str path,
						const struct sym_function *from)
{
	if (!may_know(m, path))
		return NULL;
	const struct name_index *index = module_index(m);
	struct found found = lookup(m, &index->variables, path);
	struct arena scratch = ARENA_INIT;
	struct str home;
	struct sym_unit *home_unit;
	size_t best_near = 0;
	const struct sym_variable *best = NULL;
	home_of(m, from, path, &home, &home_unit);
	for (size_t i = 0; i < found.ids.count && i < MAX_NEAR; i++) {
		arena_reset(&scratch);
		const struct sym_variable *v = variable_get(m, NULL, found.ids.data[i]);
		struct str raw = raw_variable_path(v, &scratch), its = without_thread_local(raw);
		if (!path_matches(its, path) || (its.len != raw.len && !has_symbol(m, v)))
			continue;
		size_t near = nearness(its, unit_by_id(m, v->id), path, home, home_unit);
		if (!best || near > best_near) {
			best = v;
			best_near = near;
		}
	}
	arena_deinit(&scratch);
	vec_free(&found.ids);
	return best;
}
