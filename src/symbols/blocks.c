/* The names of blocks: in the order of their DIEs, and last those that only the abstract instance has, which are nowhere in this one. */
#include "symbols/symbols_internal.h"

enum { MAX_DEPTH = 64 };

struct block_builder {
	struct sym_function *function;
	VEC(const struct sym_variable *) variables;
	VEC(struct sym_block_name) names;
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

static void add_variable(struct block_builder *b, struct sym_unit *u, const struct dw_cursor *c)
{
	uint64_t id = c->die + u->bias;
	enum sym_block_name_kind kind = c->abbrev->tag == DW_TAG_formal_parameter ? SYM_BLOCK_PARAMETER
					: die_declares_variable(c)                ? SYM_BLOCK_DECLARATION
										  : SYM_BLOCK_VARIABLE;
	const struct sym_variable *v = b->inherited ? inherited_variable(u->module, b->function, id)
						    : variable_get(u->module, b->function, id);
	if (kind == SYM_BLOCK_VARIABLE)
		vec_push(&b->variables, v);
	if (v->name.len > 0)
		vec_push(&b->names,
			 (struct sym_block_name){ .kind = kind, .name = v->name, .variable = v });
}

static void add_type(struct block_builder *b, const struct dw_cursor *c)
{
	struct dw_value value;
	if (dw_attr(c, DW_AT_name, &value) && value.kind == DW_VALUE_STRING)
		vec_push(&b->names, (struct sym_block_name){ .kind = SYM_BLOCK_TYPE, .name = value.str });
}

/* In C they are names like any other. */
static void add_enumerators(struct block_builder *b, struct sym_unit *u, uint64_t id)
{
	const struct sym_enumerator *list;
	const struct sym_type *type = type_get(u->module, id);
	size_t count = type ? sym_type_enumerators(type, &list) : 0;
	for (size_t i = 0; i < count; i++)
		vec_push(&b->names, (struct sym_block_name){ .kind = SYM_BLOCK_CONSTANT,
							     .name = list[i].name,
							     .type = type,
							     .value = list[i].value });
}

static void add_label(struct block_builder *b, const struct dw_cursor *c)
{
	struct dw_value name, at;
	if (!dw_attr(c, DW_AT_name, &name) || name.kind != DW_VALUE_STRING)
		return;
	struct sym_block_name n = { .kind = SYM_BLOCK_LABEL, .name = name.str };
	if (dw_attr(c, DW_AT_low_pc, &at) && at.kind == DW_VALUE_ADDRESS)
		n.address = FILE_ADDR(at.u);
	vec_push(&b->names, n);
}

static bool add_name(void *ctx, struct sym_unit *u, const struct dw_cursor *c)
{
	struct block_builder *b = ctx;
	uint64_t id = c->die + u->bias;
	switch (c->abbrev->tag) {
	case DW_TAG_formal_parameter:
	case DW_TAG_variable:
		add_variable(b, u, c);
		break;
	case DW_TAG_enumeration_type:
		add_enumerators(b, u, id);
		/* fall through */
	case DW_TAG_structure_type:
	case DW_TAG_union_type:
	case DW_TAG_typedef:
	case DW_TAG_base_type:
		add_type(b, c);
		break;
	case DW_TAG_label:
		add_label(b, c);
		break;
	case DW_TAG_lexical_block:
		add_transparent(b, u, c);
		break;
	}
	return b->names.count < SYM_MAX_MEMBERS && b->variables.count < SYM_MAX_MEMBERS;
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
	if (block->count)
		block->variables =
			arena_copy(&m->arena, b.variables.data, block->count * sizeof *block->variables);
	block->name_count = b.names.count;
	if (block->name_count)
		block->names =
			arena_copy(&m->arena, b.names.data, block->name_count * sizeof *block->names);
	vec_free(&b.variables);
	vec_free(&b.names);
	map_set_ptr(&m->blocks, id, block);
	return block;
}
