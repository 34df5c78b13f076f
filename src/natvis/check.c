/* What the elements of a file need of each other. */
#include "natvis/natvis_internal.h"

static void need(struct nv_file *f, struct nv_element *e, uint8_t kind)
{
	if (!nv_child(e, kind))
		nv_problem(f, e, e->line, false, "it needs a %s", nv_kind_name(kind));
}

static void once(struct nv_file *f, struct nv_element *e, uint8_t kind)
{
	struct nv_element *first = NULL;
	for (struct nv_element *c = e->first; c; c = c->next) {
		if (c->kind == kind && first)
			nv_problem(f, c, c->line, false, "there is a second %s (the first is in line %u)",
				   nv_kind_name(kind), first->line);
		else if (c->kind == kind)
			first = c;
	}
}

static void check_lists(struct nv_file *f, struct nv_element *e)
{
	static const struct {
		uint8_t kind, part;
		bool needed, once;
	} parts[] = {
		{ NV_ARRAY_ITEMS, NV_SIZE, true, false },
		{ NV_ARRAY_ITEMS, NV_VALUE_POINTER, true, false },
		{ NV_ARRAY_ITEMS, NV_RANK, false, true },
		{ NV_ARRAY_ITEMS, NV_DIRECTION, false, true },
		{ NV_ARRAY_ITEMS, NV_LOWER_BOUND, false, true },
		{ NV_ARRAY_ITEMS, NV_STRIDE, false, true },
		{ NV_INDEX_LIST_ITEMS, NV_SIZE, true, false },
		{ NV_INDEX_LIST_ITEMS, NV_VALUE_NODE, true, false },
		{ NV_LINKED_LIST_ITEMS, NV_HEAD_POINTER, true, true },
		{ NV_LINKED_LIST_ITEMS, NV_NEXT_POINTER, true, true },
		{ NV_LINKED_LIST_ITEMS, NV_VALUE_NODE, true, true },
		{ NV_TREE_ITEMS, NV_HEAD_POINTER, true, true },
		{ NV_TREE_ITEMS, NV_LEFT_POINTER, true, true },
		{ NV_TREE_ITEMS, NV_RIGHT_POINTER, true, true },
		{ NV_TREE_ITEMS, NV_VALUE_NODE, true, true },
		{ NV_CUSTOM_LIST_ITEMS, NV_SKIP, false, true },
	};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		if (parts[i].kind != e->kind)
			continue;
		if (parts[i].needed)
			need(f, e, parts[i].part);
		if (parts[i].once)
			once(f, e, parts[i].part);
	}
}

/* Elseif and Else stand behind an If or Elseif; an Item of Expand has a name, one of a list need not. */
static void check_order(struct nv_file *f, struct nv_element *e)
{
	const struct nv_element *before = NULL;
	for (struct nv_element *c = e->first; c; before = c, c = c->next) {
		bool follows = before && (before->kind == NV_IF || before->kind == NV_ELSEIF);
		if ((c->kind == NV_ELSEIF || c->kind == NV_ELSE) && !follows)
			nv_problem(f, c, c->line, false, "it stands behind no If");
		if (c->kind == NV_ITEM && e->kind == NV_EXPAND && !c->name.len)
			nv_problem(f, c, c->line, false, "it needs the attribute Name");
		if (c->kind == NV_ITEM && e->kind == NV_SKIP)
			nv_problem(f, c, c->line, false, "it cannot stand in Skip");
	}
}

/* ---- calls ---- */

struct calls {
	struct nv_file *file;
	struct nv_element *element;
};

size_t nv_parameters(const struct nv_element *intrinsic)
{
	size_t count = 0;
	for (const struct nv_element *c = intrinsic->first; c; c = c->next)
		count += c->kind == NV_PARAMETER;
	return count;
}

static void intrinsic_key(const struct nv_element *scope, struct str name, size_t arguments, struct buf *out)
{
	buf_printf(out, "%u:%.*s:", scope->id, STR_ARG(name));
	if (arguments == SIZE_MAX)
		buf_char(out, '*');
	else
		buf_printf(out, "%zu", arguments);
}

static const struct nv_element *intrinsic_in(const struct nv_file *f, const struct nv_element *scope,
					     struct str name, size_t arguments)
{
	struct buf key = { 0 };
	uint64_t found = 0;
	intrinsic_key(scope, name, arguments, &key);
	(void)strmap_get(&f->intrinsics, buf_view(&key), &found);
	buf_deinit(&key);
	return (const struct nv_element *)(uintptr_t)found;
}

/* The first one of that kind stays. */
static void add_intrinsic(struct nv_file *f, const struct nv_element *e)
{
	const size_t counts[] = { nv_parameters(e), SIZE_MAX };
	for (size_t i = 0; i < 2; i++) {
		if (intrinsic_in(f, e->parent, e->name, counts[i]))
			continue;
		struct buf key = { 0 };
		intrinsic_key(e->parent, e->name, counts[i], &key);
		strmap_set(&f->intrinsics, arena_str(&f->arena, buf_view(&key)), (uint64_t)(uintptr_t)e);
		buf_deinit(&key);
	}
}

static void add_intrinsics(struct nv_file *f, const struct nv_element *scope)
{
	for (const struct nv_element *c = scope->first; c; c = c->next) {
		if (c->kind == NV_INTRINSIC)
			add_intrinsic(f, c);
		else if (c->kind == NV_TYPE)
			add_intrinsics(f, c);
	}
}

const struct nv_element *nv_intrinsic(const struct nv_file *f, const struct nv_element *e,
				      struct str name, size_t arguments, bool *ret_other)
{
	while (e && e->kind != NV_TYPE)
		e = e->parent;
	const struct nv_element *scopes[] = { e, f->root };
	*ret_other = false;
	for (size_t i = 0; i < 2; i++) {
		const struct nv_element *found = scopes[i] ? intrinsic_in(f, scopes[i], name, arguments)
							   : NULL;
		if (found)
			return found;
		*ret_other |= scopes[i] && intrinsic_in(f, scopes[i], name, SIZE_MAX);
	}
	return NULL;
}

static void check_call(void *ctx, struct str name, size_t arguments)
{
	struct calls *c = ctx;
	bool other = false;
	if (arguments == SIZE_MAX) {
		bool index = str_is(name, "$i");
		if (!index)
			nv_problem(c->file, c->element, c->element->line, false,
				   "`%.*s` is no value: expressions know $i", STR_ARG(name));
		return;
	}
	if (nv_intrinsic(c->file, c->element, name, arguments, &other))
		return;
	if (other)
		nv_problem(c->file, c->element, c->element->line, false,
			   "the intrinsic %.*s is not for %zu argument%s", STR_ARG(name), arguments,
			   arguments == 1 ? "" : "s");
	else
		nv_problem(c->file, c->element, c->element->line, false, "there is no intrinsic %.*s",
			   STR_ARG(name));
}

static void check_calls(struct nv_file *f, struct nv_element *e)
{
	struct calls c = { f, e };
	if (e->condition.root)
		eval_cx_each_name(&e->condition, check_call, &c);
	if (e->expr.root)
		eval_cx_each_name(&e->expr, check_call, &c);
	const struct nv_display *displays[] = { &e->display, &e->label };
	for (size_t d = 0; d < 2; d++)
		for (size_t i = 0; i < displays[d]->count; i++)
			if (displays[d]->parts[i].expr.root)
				eval_cx_each_name(&displays[d]->parts[i].expr, check_call, &c);
}

/* ---- intrinsics ---- */

enum { MAX_CHAIN = 32 };
enum { NOT_VISITED, ON_THE_WAY, VISITED };

struct chain {
	struct nv_file *file;
	const struct nv_element *caller;
	unsigned depth, longest;
};

static unsigned chain_from(struct nv_file *f, struct nv_element *e, unsigned depth);

static void follow_call(void *ctx, struct str name, size_t arguments)
{
	struct chain *c = ctx;
	bool other;
	const struct nv_element *e =
		arguments == SIZE_MAX ? NULL : nv_intrinsic(c->file, c->caller, name, arguments, &other);
	unsigned longest = e ? chain_from(c->file, (struct nv_element *)e, c->depth + 1) : 0;
	if (longest > c->longest)
		c->longest = longest;
}

/* How many intrinsics are called one by the other from here on, MAX_CHAIN + 1 for more or a circle. Each is looked at once. */
static unsigned chain_from(struct nv_file *f, struct nv_element *e, unsigned depth)
{
	struct chain c = { .file = f, .caller = e, .depth = depth };
	if (e->visit == VISITED)
		return e->chain;
	if (e->visit == ON_THE_WAY || depth > MAX_CHAIN)
		return MAX_CHAIN + 1;
	e->visit = ON_THE_WAY;
	if (e->expr.root)
		eval_cx_each_name(&e->expr, follow_call, &c);
	e->visit = VISITED;
	e->chain = (uint8_t)(c.longest < MAX_CHAIN ? c.longest + 1 : MAX_CHAIN + 1);
	return e->chain;
}

static void check_intrinsic(struct nv_file *f, struct nv_element *e)
{
	const struct nv_element *first = intrinsic_in(f, e->parent, e->name, nv_parameters(e));
	if (first && first != e)
		nv_problem(f, e, e->line, false, "the intrinsic %.*s is there already, in line %u",
			   STR_ARG(e->name), first->line);
	if (nv_parameters(e) > EVAL_CX_MAX_ARGUMENTS)
		nv_problem(f, e, e->line, false, "it has more than %d parameters", EVAL_CX_MAX_ARGUMENTS);
	if (chain_from(f, e, 1) > MAX_CHAIN)
		nv_problem(f, e, e->line, false,
			   "it is in a circle of calls, or a chain of more than %d", MAX_CHAIN);
}

static void check_element(struct nv_file *f, struct nv_element *e)
{
	check_lists(f, e);
	check_order(f, e);
	check_calls(f, e);
	if (e->kind == NV_TYPE || e->kind == NV_SYNTHETIC)
		once(f, e, NV_EXPAND);
	if (e->kind == NV_INTRINSIC)
		check_intrinsic(f, e);
	for (struct nv_element *c = e->first; c; c = c->next)
		check_element(f, c);
}

void nv_check(struct nv_file *f)
{
	if (!f->root)
		return;
	add_intrinsics(f, f->root);
	check_element(f, f->root);
}
