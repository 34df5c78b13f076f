/* The names of blocks: in the order of their DIEs, and last those that only the abstract instance has, which are nowhere in this one. */
#include "symbols/symbols_internal.h"

enum { MAX_DEPTH = 64 };

struct block_builder {
	struct sym_function *function;
	VEC(const struct sym_variable *) variables;
	size_t names;
	int depth;
	bool inherited; /* of the abstract instance: shared by all, so that their objects are not */
};

static struct sym_variable *inherited_variable(struct sym_module *m, struct sym_function *f, uint64_t id)
{
	struct sym_variable *v = ARENA_NEW(&m->arena, struct sym_variable);
	v->module = m;
	v->function = f;
	v->id = id;
	variable_read(v);
	return v;
}

static bool add_name(void *ctx, struct sym_unit *u, const struct dw_cursor *c);

static bool has_code(const struct dw_cursor *c)
{
	struct dw_value value;
	return dw_attr(c, DW_AT_low_pc, &value) || dw_attr(c, DW_AT_ranges, &value);
}

/* A block that has no code of its own is no scope: what is in it belongs to the one around it. */
static void add_transparent(struct block_builder *b, struct sym_unit *u, const struct dw_cursor *c)
{
	if (has_code(c) || b->depth == MAX_DEPTH)
		return;
	b->depth++;
	each_child(u->module, c->die + u->bias, add_name, b);
	b->depth--;
}

static bool add_name(void *ctx, struct sym_unit *u, const struct dw_cursor *c)
{
	struct block_builder *b = ctx;
	struct dw_value value;
	uint64_t id = c->die + u->bias;
	switch (c->abbrev->tag) {
	case DW_TAG_variable:
		vec_push(&b->variables, b->inherited ? inherited_variable(u->module, b->function, id)
						     : variable_get(u->module, b->function, id));
		/* fall through */
	case DW_TAG_structure_type:
	case DW_TAG_union_type:
	case DW_TAG_enumeration_type:
	case DW_TAG_typedef:
	case DW_TAG_base_type:
		b->names += (dw_attr(c, DW_AT_name, &value) || dw_attr(c, DW_AT_abstract_origin, &value));
		break;
	case DW_TAG_lexical_block:
		add_transparent(b, u, c);
		break;
	}
	return b->variables.count < SYM_MAX_MEMBERS;
}

/* ---- what the abstract instance has besides ---- */

struct child {
	uint64_t id;
	uint64_t origin; /* 0: none is named */
	uint16_t tag;
};

struct children {
	VEC(struct child) list;
};

static bool add_child(void *ctx, struct sym_unit *u, const struct dw_cursor *c)
{
	struct children *children = ctx;
	struct child child = { .id = c->die + u->bias, .tag = c->abbrev->tag };
	struct dw_value value;
	bool call = child.tag == DW_TAG_call_site || child.tag == DW_TAG_GNU_call_site;
	if (!call && dw_attr(c, DW_AT_abstract_origin, &value))
		die_ref(u, &value, &child.origin);
	vec_push(&children->list, child);
	return children->list.count < SYM_MAX_MEMBERS;
}

static uint64_t origin_of(struct sym_module *m, uint64_t id)
{
	struct dw_cursor c;
	struct sym_unit *u;
	struct dw_value value;
	uint64_t origin = 0;
	if (die_at(m, id, &c, &u) && dw_attr(&c, DW_AT_abstract_origin, &value))
		die_ref(u, &value, &origin);
	return origin;
}

/* To the end of a chain of origins. */
static uint64_t last_origin(struct sym_module *m, uint64_t id)
{
	uint64_t next = id;
	for (int i = 0; next && i < SYM_MAX_REFERENCES; i++) {
		id = next;
		next = origin_of(m, id);
	}
	return id;
}

static bool same_shape(const struct children *a, const struct children *b)
{
	if (a->list.count != b->list.count)
		return false;
	for (size_t i = 0; i < a->list.count; i++)
		if (a->list.data[i].tag != b->list.data[i].tag)
			return false;
	return true;
}

/* Blocks that name no origin, as clang's, have the one in their place when both trees look alike. */
static void mark_known(struct sym_module *m, const struct children *own, const struct children *all,
		       struct map *known)
{
	bool alike = same_shape(own, all);
	for (size_t i = 0; i < own->list.count; i++) {
		const struct child *c = &own->list.data[i];
		if (c->origin)
			map_set(known, last_origin(m, c->origin), 1);
		else if (alike && c->tag == DW_TAG_lexical_block)
			map_set(known, all->list.data[i].id, 1);
	}
}

static void inherit(struct block_builder *b, uint64_t id)
{
	struct sym_module *m = b->function->unit->module;
	uint64_t origin = origin_of(m, id), value;
	struct children own = { 0 }, all = { 0 };
	struct map known = { 0 };
	if (!origin || origin == id)
		return;
	each_child(m, id, add_child, &own);
	each_child(m, origin, add_child, &all);
	mark_known(m, &own, &all, &known);
	b->inherited = true;
	for (size_t i = 0; i < all.list.count; i++) {
		struct dw_cursor c;
		struct sym_unit *u;
		const struct child *child = &all.list.data[i];
		if (!map_get(&known, child->id, &value) && die_at(m, child->id, &c, &u) &&
		    !add_name(b, u, &c))
			break;
	}
	b->inherited = false;
	map_deinit(&known);
	vec_free(&own.list);
	vec_free(&all.list);
}

const struct block_names *block_names(struct sym_function *f, uint64_t id)
{
	struct sym_module *m = f->unit->module;
	struct block_names *block = map_get_ptr(&m->blocks, id);
	if (block)
		return block;
	struct block_builder b = { .function = f };
	each_child(m, id, add_name, &b);
	inherit(&b, id);
	block = ARENA_NEW(&m->arena, struct block_names);
	block->count = b.variables.count;
	block->names = b.names;
	if (block->count)
		block->variables =
			arena_copy(&m->arena, b.variables.data, block->count * sizeof *block->variables);
	vec_free(&b.variables);
	map_set_ptr(&m->blocks, id, block);
	return block;
}
