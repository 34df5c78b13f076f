/* One walk over all DIEs of a unit, which keeps what address questions and paths need: pieces of code of functions and the scopes
 * that hold functions or types. */
#include "symbols/symbols_internal.h"

#include <stdlib.h>

enum {
	SCOPE = 1, /* takes part in the path of what it holds */
	CODE = 2,  /* a function that may have code */
	NAMED = 4, /* makes the scope around it worth keeping */
	MAX_PATH_PARTS = 64,
};

static uint8_t classify(const struct dw_abbrevs *abbrevs, const struct dw_abbrev *a)
{
	uint8_t flags = 0;
	switch (a->tag) {
	case DW_TAG_namespace:
	case DW_TAG_module:
	case DW_TAG_structure_type:
	case DW_TAG_class_type:
	case DW_TAG_union_type:
	case DW_TAG_interface_type:
	case DW_TAG_enumeration_type: /* rustc puts an enum's methods into it */
	case DW_TAG_subprogram:
		flags = NAMED | (a->children ? SCOPE : 0);
		break;
	case DW_TAG_base_type:
	case DW_TAG_typedef:
	case DW_TAG_variable:
		flags = NAMED;
		break;
	}
	if (a->tag == DW_TAG_variable || a->tag != DW_TAG_subprogram)
		return flags;
	for (uint32_t i = 0; i < a->spec_count; i++) {
		uint16_t name = abbrevs->specs[a->first_spec + i].name;
		if (name == DW_AT_low_pc || name == DW_AT_ranges)
			flags |= CODE;
	}
	return flags;
}

struct adder {
	struct unit_map *map;
	uint32_t die;
};

static void add_code(void *ctx, struct file_range range)
{
	struct adder *a = ctx;
	vec_push(&a->map->code,
		 (struct unit_code){ .start = range.start.value, .end = range.end.value, .die = a->die });
}

struct level {
	uint32_t scope; /* innermost one; SYM_NONE */
	bool opened;    /* by this level's DIE */
};

static void leave(struct unit_map *map, const struct level *level, bool *useful, uint32_t end)
{
	if (!level->opened)
		return;
	/* A structure with nothing but members, which most are, is in nobody's path. */
	if (!useful[0] && level->scope + 1 == map->scopes.count)
		map->scopes.count--;
	else
		map->scopes.data[level->scope].end = end;
}

static void walk(struct sym_unit *u, struct unit_map *map, const uint8_t *flags)
{
	VEC(struct level) stack = { 0 };
	VEC(bool) useful = { 0 }; /* per level: holds something named */
	struct dw_cursor c = dw_cursor_at(&u->dw, u->dw.first_die);
	uint32_t innermost = SYM_NONE;

	while (dw_cursor_next(&c)) {
		uint32_t die = (uint32_t)(c.die - u->dw.offset);
		if (!c.abbrev) {
			if (stack.count == 0)
				continue; /* padding behind the unit DIE's children */
			struct level *level = &stack.data[--stack.count];
			leave(map, level, &useful.data[--useful.count], die);
			if (level->opened)
				innermost = stack.count ? stack.data[stack.count - 1].scope : SYM_NONE;
			continue;
		}
		uint8_t f = flags[c.abbrev - u->dw.abbrevs->abbrevs];
		if (f & NAMED)
			for (size_t i = useful.count; i > 0 && !useful.data[i - 1]; i--)
				useful.data[i - 1] = true;
		if (f & CODE) {
			struct adder a = { map, die };
			module_trouble(u->module, dw_die_ranges(&c, true, add_code, &a));
		}
		if (!c.abbrev->children)
			continue;
		if (f & SCOPE) {
			vec_push(&map->scopes, (struct unit_scope){ .begin = die,
								    .end = UINT32_MAX,
								    .parent = innermost });
			innermost = (uint32_t)map->scopes.count - 1;
		}
		vec_push(&stack, (struct level){ innermost, (f & SCOPE) != 0 });
		vec_push(&useful, false);
	}
	module_trouble(u->module, dw_cursor_error(&c));
	vec_free(&stack);
	vec_free(&useful);
}

static int compare_code(const void *a, const void *b)
{
	const struct unit_code *x = a, *y = b;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	/* Of pieces that begin together the smaller one comes later and is found first, of equal ones (names of one function in assembler
	 * code, or functions that were merged) the last. */
	if (x->end != y->end)
		return x->end > y->end ? -1 : 1;
	return x->die < y->die ? -1 : x->die > y->die;
}

const struct unit_map *unit_scan(struct sym_unit *u)
{
	if (u->map)
		return u->map;
	if (!unit_load(u))
		return NULL;
	struct unit_map *map = u->map = ARENA_NEW(&u->module->arena, struct unit_map);
	const struct dw_abbrevs *abbrevs = u->dw.abbrevs;
	uint8_t *flags = xmalloc(abbrevs->count);
	for (size_t i = 0; i < abbrevs->count; i++)
		flags[i] = classify(abbrevs, &abbrevs->abbrevs[i]);
	walk(u, map, flags);
	free(flags);
	if (map->code.count)
		qsort(map->code.data, map->code.count, sizeof *map->code.data, compare_code);
	uint64_t max_end = 0;
	vec_for(&map->code, code) {
		max_end = code->end > max_end ? code->end : max_end;
		code->max_end = max_end;
	}
	/* The few DIEs that are asked for later fault in again. */
	module_drop(u->module, u->dw.sections->section[u->dw.section].data + u->dw.offset,
		    (size_t)(u->dw.end - u->dw.offset));
	return map;
}

bool unit_function_at(struct sym_unit *u, uint64_t pc, uint64_t *ret_id, struct file_range *ret_range)
{
	const struct unit_map *map = unit_scan(u);
	size_t low = 0, high = map ? map->code.count : 0;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (map->code.data[mid].start <= pc)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low > 0 && map->code.data[low - 1].max_end > pc; low--) {
		const struct unit_code *code = &map->code.data[low - 1];
		if (pc >= code->end)
			continue;
		*ret_id = u->dw.offset + code->die + u->bias;
		*ret_range = (struct file_range){ FILE_ADDR(code->start), FILE_ADDR(code->end) };
		return true;
	}
	return false;
}

/* ---- paths ---- */

/* The innermost scope that the DIE lies in, itself not counted. */
static uint32_t scope_around(const struct unit_map *map, uint32_t die)
{
	size_t low = 0, high = map->scopes.count;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (map->scopes.data[mid].begin < die)
			low = mid + 1;
		else
			high = mid;
	}
	uint32_t at = low ? (uint32_t)low - 1 : SYM_NONE;
	while (at != SYM_NONE && map->scopes.data[at].end <= die)
		at = map->scopes.data[at].parent;
	return at;
}

static struct str scope_name(struct sym_unit *u, uint32_t die)
{
	struct dw_cursor c = dw_cursor_at(&u->dw, u->dw.offset + die);
	struct dw_value value;
	if (!dw_cursor_next(&c) || !c.abbrev)
		return STR_EMPTY;
	if (dw_attr(&c, DW_AT_name, &value) && value.kind == DW_VALUE_STRING)
		return value.str;
	return c.abbrev->tag == DW_TAG_namespace ? STR_LIT("(anonymous namespace)") : STR_EMPTY;
}

struct str unit_path(struct sym_unit *u, uint64_t id, struct str name, struct arena *arena)
{
	const struct unit_map *map;
	struct str parts[MAX_PATH_PARTS];
	size_t count = 0, size = name.len;

	if (!unit_load(u) || !unit_has_paths(u) || !(map = unit_scan(u)))
		return name;
	uint32_t around = scope_around(map, (uint32_t)(id - u->bias - u->dw.offset));
	for (; around != SYM_NONE && count < MAX_PATH_PARTS; around = map->scopes.data[around].parent) {
		struct str part = scope_name(u, map->scopes.data[around].begin);
		if (part.len == 0)
			continue;
		parts[count++] = part;
		size += part.len + 2;
	}
	if (count == 0)
		return name;
	char *text = arena_alloc(arena, size + 1);
	size_t at = 0;
	while (count > 0) {
		struct str part = parts[--count];
		memcpy(text + at, part.ptr, part.len);
		at += part.len;
		text[at++] = ':';
		text[at++] = ':';
	}
	if (name.len)
		memcpy(text + at, name.ptr, name.len);
	return (struct str){ text, size };
}

struct die_facts unit_die_facts(const struct dw_cursor *c, const struct sym_unit *u)
{
	struct die_facts facts = { 0 };
	struct dw_value value;
	for (struct dw_attr_iter it = dw_attrs(c); dw_attr_next(&it, &value);) {
		switch (value.name) {
		case DW_AT_name:
			if (value.kind == DW_VALUE_STRING)
				facts.name = value.str;
			break;
		case DW_AT_low_pc:
			facts.code |= value.kind == DW_VALUE_ADDRESS && value.u > 1;
			break;
		case DW_AT_ranges:
		case DW_AT_location:
		case DW_AT_const_value:
			facts.code = true;
			break;
		case DW_AT_inline:
			facts.abstract = true;
			break;
		case DW_AT_declaration:
			facts.declaration = value.kind == DW_VALUE_FLAG && value.u;
			break;
		case DW_AT_abstract_origin:
		case DW_AT_specification:
			/* Not die_ref: it records trouble, which is the main thread's. */
			if (value.kind == DW_VALUE_REFERENCE)
				facts.origin = value.u + (value.form == DW_FORM_ref_addr ? 0 : u->bias);
			break;
		}
	}
	return facts;
}
