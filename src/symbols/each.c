/* Everything of a kind. Units are walked in parallel, some at a time; only what is wanted of their names is made into objects. */
#include "base/pool.h"
#include "symbols/lookup.h"
#include "symbols/symbols_internal.h"

#include <elf.h>
#include <stdlib.h>

enum {
	BATCH = 64, /* units whose names are kept at once */
	MAX_PATH = 16 << 10,
	MAX_PARTS = 64,
};

/* A DIE that takes part in the paths of those that lie in it. */
struct part {
	struct str name;
	uint32_t parent; /* SYM_NONE: none */
};

struct item {
	uint32_t die, parent;
	struct str name;
};

/* A function whose name is its origin's. */
struct borrower {
	uint32_t die;
	uint64_t origin; /* id */
};

struct level {
	uint32_t part;
	bool function;
};

/* What one unit has; its names are in its sections. */
struct unit_names {
	struct sym_unit *unit;
	bool paths, rust; /* of the language */
	VEC(struct part) parts;
	VEC(struct item) items;
	VEC(struct item) origins; /* functions that others may take their name from */
	VEC(struct borrower) borrowers;
	VEC(struct level) levels;
};

struct each {
	struct sym_module *m;
	enum sym_name_kind kind;
	bool (*wanted)(void *ctx, struct str name);
	sym_named_fn *fn;
	void *ctx;
	struct map verdicts; /* hash of a name → wanted */
	struct map given;    /* hash of a type's name */
	size_t first;        /* unit of the batch */
	struct unit_names units[BATCH];
	struct map addresses; /* of statics that were seen */
	bool stopped;
};

/* ---- in a worker ---- */

static bool is_type(uint16_t tag)
{
	switch (tag) {
	case DW_TAG_structure_type:
	case DW_TAG_class_type:
	case DW_TAG_union_type:
	case DW_TAG_interface_type:
	case DW_TAG_enumeration_type:
	case DW_TAG_typedef:
	case DW_TAG_base_type:
		return true;
	default:
		return false;
	}
}

static void see_die(struct each *e, struct unit_names *n, const struct dw_cursor *c, struct level around,
		    struct level *ret)
{
	uint16_t tag = c->abbrev->tag;
	bool function = tag == DW_TAG_subprogram, type = is_type(tag), variable = tag == DW_TAG_variable;
	bool space = tag == DW_TAG_namespace || tag == DW_TAG_module || (type && c->abbrev->children);
	uint32_t die = (uint32_t)(c->die - n->unit->dw.offset);
	ret->function |= function;
	/* What lies in a function is no file's. */
	if (!(space || (function && e->kind == SYM_NAME_FUNCTION) ||
	      (!around.function &&
	       ((type && e->kind == SYM_NAME_TYPE) || (variable && e->kind == SYM_NAME_VARIABLE)))))
		return;
	struct die_facts f = unit_die_facts(c, n->unit);
	struct item item = { die, around.part, f.name };
	if (space && f.name.len) {
		vec_push(&n->parts, (struct part){ f.name, around.part });
		ret->part = (uint32_t)n->parts.count - 1;
	}
	if (type && e->kind == SYM_NAME_TYPE && f.name.len && !f.declaration && !around.function)
		vec_push(&n->items, item);
	if (!function && !(variable && e->kind == SYM_NAME_VARIABLE))
		return;
	if (f.name.len)
		vec_push(&n->origins, item);
	if (!f.code || f.declaration)
		return;
	if (f.name.len)
		vec_push(&n->items, item);
	else if (f.origin)
		vec_push(&n->borrowers, (struct borrower){ die, f.origin });
}

static void walk(struct each *e, struct unit_names *n, const struct dw_unit *unit)
{
	struct dw_cursor c = dw_cursor_at(unit, unit->first_die);
	struct level innermost = { SYM_NONE, false };
	struct dw_value value;
	uint64_t language = 0;
	while (dw_cursor_next(&c)) {
		if (!c.abbrev) {
			if (n->levels.count)
				innermost = n->levels.data[--n->levels.count];
			continue;
		}
		struct level level = innermost;
		if (c.die == unit->first_die) {
			if (dw_attr(&c, DW_AT_language, &value))
				dw_value_unsigned(&value, &language);
		} else {
			see_die(e, n, &c, innermost, &level);
		}
		if (c.abbrev->children) {
			vec_push(&n->levels, innermost);
			innermost = level;
		}
	}
	error_destroy(dw_cursor_error(&c)); /* told when the unit is read */
	n->paths = language_has_paths((uint16_t)language);
	n->rust = language == DW_LANG_Rust;
}

static const struct item *find_origin(const struct unit_names *n, uint64_t relative)
{
	size_t low = 0, high = n->origins.count;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (n->origins.data[mid].die < relative)
			low = mid + 1;
		else
			high = mid;
	}
	return low < n->origins.count && n->origins.data[low].die == relative ? &n->origins.data[low]
									      : NULL;
}

/* One whose origin is elsewhere, or has its name from another in turn, is asked about later. */
static void resolve_borrowers(struct unit_names *n)
{
	vec_for(&n->borrowers, b) {
		const struct sym_unit *u = n->unit;
		const struct item *origin = find_origin(n, b->origin - u->bias - u->dw.offset);
		struct item item = { b->die, SYM_NONE, STR_EMPTY };
		if (origin) {
			item.parent = origin->parent;
			item.name = origin->name;
		}
		vec_push(&n->items, item);
	}
}

static void scan(void *ctx, size_t index, size_t worker)
{
	struct each *e = ctx;
	struct unit_names *n = &e->units[index];
	struct dw_unit unit;
	struct dw_abbrevs *own;
	(void)worker;
	n->unit = &e->m->units.data[e->first + index];
	if (n->unit->dw.end - n->unit->dw.offset >= UINT32_MAX)
		return;
	if (!unit_in_worker(n->unit, &unit, &own))
		return;
	walk(e, n, &unit);
	resolve_borrowers(n);
	dw_abbrevs_destroy(own);
	vec_free(&n->levels);
	vec_free(&n->origins);
	vec_free(&n->borrowers);
}

/* ---- what is wanted ---- */

static struct str item_path(const struct unit_names *n, const struct item *item, char *buf)
{
	struct str parts[MAX_PARTS];
	size_t count = 0, at = 0;
	uint32_t part = n->paths ? item->parent : SYM_NONE;
	if (part == SYM_NONE)
		return item->name;
	for (; part != SYM_NONE && count < MAX_PARTS; part = n->parts.data[part].parent)
		parts[count++] = n->parts.data[part].name;
	while (count > 0) {
		struct str s = parts[--count];
		if (s.len + item->name.len + 2 > MAX_PATH - at)
			return item->name;
		memcpy(buf + at, s.ptr, s.len);
		memcpy(buf + at + s.len, "::", 2);
		at += s.len + 2;
	}
	memcpy(buf + at, item->name.ptr, item->name.len);
	return (struct str){ buf, at + item->name.len };
}

static bool is_wanted(struct each *e, struct str name)
{
	uint64_t hash = str_hash(name), verdict;
	if (!e->wanted)
		return true;
	if (!map_get(&e->verdicts, hash, &verdict)) {
		verdict = e->wanted(e->ctx, name);
		map_set(&e->verdicts, hash, verdict);
	}
	return verdict;
}

static void set_decl(struct sym_named *named, struct sym_line decl)
{
	named->file = decl.file;
	named->line = decl.line;
}

static bool describe_function(struct each *e, const struct unit_names *n, uint64_t id, struct sym_named *ret)
{
	struct sym_function_info info;
	const struct file_range *ranges;
	ret->function = function_get(e->m, id);
	if (!ret->function || sym_function_ranges(ret->function, &ranges) == 0)
		return false;
	sym_function_describe(ret->function, &info);
	set_decl(ret, info.decl);
	if (ret->file.len == 0)
		ret->file = n->unit->name;
	ret->external = function_attrs((struct sym_function *)ret->function)->external;
	ret->addr = info.entry;
	ret->name = sym_function_path(ret->function);
	return true;
}

static bool describe_variable(struct each *e, const struct unit_names *n, uint64_t id, struct str name,
			      struct sym_named *ret)
{
	ret->variable = variable_get(e->m, NULL, id);
	ret->name = arena_str(&e->m->arena, name);
	set_decl(ret, sym_variable_decl(ret->variable));
	if (ret->file.len == 0) /* a vtable */
		ret->file = n->unit->name;
	ret->external = sym_variable_is_external(ret->variable);
	if (variable_is_dropped(ret->variable))
		return false;
	if (variable_address(ret->variable, &ret->addr))
		map_set(&e->addresses, ret->addr.value, 1);
	return true;
}

static bool describe_type(struct each *e, uint64_t id, struct sym_named *ret)
{
	struct dw_cursor c;
	struct sym_unit *u;
	struct dw_value value;
	uint64_t file, line = 0;
	ret->type = type_get(e->m, id);
	ret->name = sym_type_name(ret->type);
	if (!die_at(e->m, id, &c, &u))
		return false;
	if (dw_attr(&c, DW_AT_decl_line, &value))
		dw_value_unsigned(&value, &line);
	struct str path = u->name;
	if (dw_attr(&c, DW_AT_decl_file, &value) && dw_value_unsigned(&value, &file))
		path = unit_file(u, file);
	set_decl(ret, (struct sym_line){ path, (uint32_t)line, 0 });
	return true;
}

/* Each unit has types of its own, also where many units of a crate have the same ones: gdb lists them by units. */
static bool is_new_type(struct each *e, const struct unit_names *n, struct str name)
{
	uint64_t known, hash = str_hash(name);
	hash ^= (uint64_t)(n->unit - e->m->units.data + 1) * UINT64_C(0x9e3779b97f4a7c15);
	if (map_get(&e->given, hash, &known))
		return false;
	map_set(&e->given, hash, 1);
	return true;
}

static void give_item(struct each *e, const struct unit_names *n, const struct item *item, char *buf)
{
	struct sym_unit *u = n->unit;
	uint64_t id = u->dw.offset + u->bias + item->die;
	struct sym_named named = { 0 };
	struct str path = item_path(n, item, buf);
	if (path.len == 0) {
		const struct sym_function *f = function_get(e->m, id);
		path = f ? sym_function_path(f) : STR_EMPTY;
	}
	if (e->kind == SYM_NAME_VARIABLE)
		path = without_thread_local(path);
	if (path.len == 0 || !is_wanted(e, path))
		return;
	bool good = false;
	switch (e->kind) {
	case SYM_NAME_FUNCTION:
		good = describe_function(e, n, id, &named);
		break;
	case SYM_NAME_VARIABLE:
		good = describe_variable(e, n, id, path, &named);
		break;
	case SYM_NAME_TYPE:
		good = is_new_type(e, n, path) && describe_type(e, id, &named);
		break;
	}
	if (good && !e->fn(e->ctx, &named))
		e->stopped = true;
}

static void give_batch(struct each *e, size_t count, char *buf)
{
	for (size_t i = 0; i < count; i++) {
		struct unit_names *n = &e->units[i];
		for (size_t k = 0; k < n->items.count && !e->stopped; k++)
			give_item(e, n, &n->items.data[k], buf);
		vec_free(&n->parts);
		vec_free(&n->items);
		*n = (struct unit_names){ 0 };
	}
}

/* ---- ELF symbols ---- */

/* gdb does not know that the symbol of a Rust static is the static that it has told of, and tells of both. */
static bool has_debug_info(struct each *e, const struct sym_symbol *symbol, bool code)
{
	size_t state = SIZE_MAX;
	uint64_t known;
	if (code)
		return unit_at(e->m, symbol->addr.value, &state) != NULL;
	if (name_is_rust_mangled(symbol->linkage_name))
		return false;
	return map_get(&e->addresses, symbol->addr.value, &known) ||
	       sym_declaration_by_name(e->m, symbol->linkage_name);
}

static void give_symbols(struct each *e)
{
	size_t count = symbol_count(e->m);
	struct arena scratch = ARENA_INIT;
	for (size_t i = 0; i < count && !e->stopped; i++) {
		struct sym_symbol symbol = symbol_nth(e->m, i);
		const struct elf_section *section = elf_section_at(e->m->elf, symbol.addr);
		bool code = section && section->flags & SHF_EXECINSTR;
		if (code != (e->kind == SYM_NAME_FUNCTION) || has_debug_info(e, &symbol, code))
			continue;
		arena_reset(&scratch);
		struct str name = sym_demangle_verbose(symbol.linkage_name, &scratch);
		if (!is_wanted(e, name))
			continue;
		struct sym_named named = { .name = arena_str(&e->m->arena, name), .addr = symbol.addr };
		if (!e->fn(e->ctx, &named))
			e->stopped = true;
	}
	arena_deinit(&scratch);
}

static bool give_stub(void *ctx, struct str name, struct file_range range)
{
	struct each *e = ctx;
	struct sym_symbol stub;
	(void)name;
	if (!sym_stub_at(e->m, range.start, &stub) || !is_wanted(e, stub.linkage_name))
		return true;
	struct sym_named named = { .name = stub.linkage_name, .addr = stub.addr };
	e->stopped = !e->fn(e->ctx, &named);
	return !e->stopped;
}

void sym_each(struct sym_module *m, enum sym_name_kind kind, bool elf,
	      bool (*wanted)(void *ctx, struct str name), sym_named_fn *fn, void *ctx)
{
	struct each *e = xmalloc(sizeof *e);
	*e = (struct each){ .m = m, .kind = kind, .wanted = wanted, .fn = fn, .ctx = ctx };
	if (module_dwarf(m)) {
		char *buf = xmalloc(MAX_PATH);
		units_read(m);
		const struct dw_span *strings = &m->sections.section[DW_SECTION_STR];
		for (size_t count; e->first < m->units.count && !e->stopped; e->first += count) {
			if (!module_progress(m, e->first, m->units.count)) {
				e->stopped = true;
				break;
			}
			count = m->units.count - e->first < BATCH ? m->units.count - e->first : BATCH;
			pool_for(count, scan, e);
			give_batch(e, count, buf);
			uint64_t from = m->units.data[e->first].dw.offset;
			const struct dw_unit *last = &m->units.data[e->first + count - 1].dw;
			const struct dw_span *span = &m->sections.section[last->section];
			if (last->section == m->units.data[e->first].dw.section)
				module_drop(m, span->data + from, (size_t)(last->end - from));
			if (strings->size)
				module_drop(m, strings->data, strings->size);
		}
		free(buf);
	}
	if (elf && kind != SYM_NAME_TYPE && !e->stopped)
		give_symbols(e);
	if (elf && kind == SYM_NAME_FUNCTION && !e->stopped)
		elf_plt_each(m->elf, give_stub, e);
	map_deinit(&e->verdicts);
	map_deinit(&e->given);
	map_deinit(&e->addresses);
	free(e);
}
