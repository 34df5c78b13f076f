/* Children of values: what Expand says, or the members of the raw form. */
#include "natvis/view_internal.h"

#include <stdlib.h>

/* Children in their order, of which a part is wanted. */
struct walk {
	struct nv_viewer *viewer;
	uint64_t at, from, to; /* number of the next child; those wanted */
	uint64_t index;        /* of the next element of a list */
	bool stopped;
	int depth;
	nv_child_fn *fn;
	void *ctx;
};

static bool emit(struct walk *w, struct nv_child *child)
{
	if (w->stopped)
		return false;
	uint64_t at = w->at++;
	if (at >= w->from && at < w->to && !w->fn(w->ctx, child))
		w->stopped = true;
	if (w->at >= w->to)
		w->stopped = true;
	return !w->stopped;
}

static void emit_trouble(struct walk *w, struct str trouble)
{
	struct nv_child child = { .trouble = trouble };
	emit(w, &child);
}

static bool emit_element(struct walk *w, const struct nv_value *value)
{
	struct nv_child child = { .index = w->index++, .value = *value };
	return emit(w, &child);
}

/* Elements that nobody wants are not looked at. */
static void pass(struct walk *w, uint64_t count)
{
	w->at += count;
	w->index += count;
}

/* ---- raw ---- */

static struct nv_value part_of(const struct nv_value *whole, const struct sym_type *type, uint64_t offset)
{
	struct nv_value part = { .is = whole->is, .object = whole->object };
	part.is.type = (struct eval_cx_type){ .sym = type };
	part.is.bit_size = part.is.bit_offset = 0;
	part.is.cell = (whole->is.cell & ~(eval_cx_cell)UINT64_MAX) |
		       (uint64_t)((uint64_t)whole->is.cell + offset);
	return part;
}

static void array_elements(struct walk *w, const struct nv_value *value, const struct sym_type *t)
{
	bool known;
	uint64_t count = sym_type_count(t, &known);
	const struct sym_type *element = sym_type_target(t);
	if (value->has_length && value->length < count)
		count = value->length;
	uint64_t size = element ? sym_type_size(element) : 0;
	for (uint64_t i = 0; known && element && i < count && !w->stopped; i++) {
		if (i == 0 && w->from > w->at) {
			uint64_t skip = w->from - w->at < count ? w->from - w->at : count;
			pass(w, skip);
			i = skip;
			if (i >= count)
				return;
		}
		struct nv_value part = part_of(value, element, i * size);
		emit_element(w, &part);
	}
}

static void raw_children(struct walk *w, const struct nv_value *value)
{
	const struct sym_type *t = nv_plain(value->is.type.sym);
	const struct sym_member *members;
	if (!t || value->is.type.view || !value->is.is_place)
		return;
	if (sym_type_kind(t) == SYM_TYPE_ARRAY) {
		array_elements(w, value, t);
		return;
	}
	size_t count = sym_type_members(t, &members);
	for (size_t i = 0; i < count && !w->stopped; i++) {
		struct nv_child child = { .is_raw = true, .name = members[i].name };
		child.value = part_of(value, members[i].type, members[i].offset);
		child.value.is.bit_size = members[i].bit_size;
		child.value.is.bit_offset = members[i].bit_offset;
		emit(w, &child);
	}
}

void nv_raw_children(struct nv_viewer *v, const struct nv_value *value, nv_child_fn *fn, void *ctx)
{
	struct walk w = { .viewer = v, .to = UINT64_MAX, .fn = fn, .ctx = ctx };
	raw_children(&w, value);
}

/* ---- items ---- */

static struct str label(struct nv_frame *f, const struct nv_element *e)
{
	struct buf text = { 0 };
	nv_display_write(f, &e->label, &text);
	struct str ret = arena_str(&f->context->viewer->arena, buf_view(&text));
	buf_deinit(&text);
	return ret;
}

static void item(struct walk *w, struct nv_frame *f, const struct nv_element *e)
{
	struct nv_child child = { 0 };
	struct str trouble = STR_EMPTY;
	if (!nv_eval_value(f, &e->expr, &child.value, &trouble)) {
		if (!e->optional)
			emit_trouble(w, trouble);
		return;
	}
	/* In a list an item without a name is an element. */
	if (e->name.len)
		child.name = label(f, e);
	else
		child.index = w->index++;
	emit(w, &child);
}

static void expand(struct walk *w, const struct nv_value *value, const struct nv_match *match,
		   const struct nv_element *entry);

/* All children of a value, as if they were this one's. */
static void expanded_item(struct walk *w, struct nv_frame *f, const struct nv_element *e)
{
	struct nv_value value;
	struct str trouble = STR_EMPTY, why = STR_EMPTY;
	if (!nv_eval_value(f, &e->expr, &value, &trouble)) {
		if (!e->optional)
			emit_trouble(w, trouble);
		return;
	}
	if (w->depth == NV_MAX_EXPANDED) {
		emit_trouble(w, STR_LIT("ExpandedItems lead to each other too deeply"));
		return;
	}
	const struct nv_match *match = nv_match_of(w->viewer, &value, &why);
	w->depth++;
	if (match && nv_child(match->type->element, NV_EXPAND))
		expand(w, &value, match, match->type->element);
	else if (match)
		emit(w, &(struct nv_child){ .index = w->index++, .value = value });
	else if (value.is.type.sym && eval_cx_is_scalar(nv_plain(value.is.type.sym)))
		emit(w, &(struct nv_child){ .index = w->index++, .value = value });
	else
		raw_children(w, &value);
	w->depth--;
}

static void synthetic(struct walk *w, struct nv_frame *f, const struct nv_element *e,
		      const struct nv_value *value, const struct nv_match *match)
{
	struct nv_child child = { .name = label(f, e), .value = *value };
	child.value.synthetic = e;
	child.value.match = match;
	child.value.format = (struct eval_cx_format){ 0 };
	emit(w, &child);
}

/* ---- lists ---- */

/* The first Size that applies. False: none does, or it is not known (trouble). */
static bool size_of(struct nv_frame *f, const struct nv_element *list, uint64_t *ret,
		    struct str *ret_trouble)
{
	for (const struct nv_element *e = list->first; e; e = e->next) {
		eval_cx_cell size;
		struct str trouble = STR_EMPTY;
		if (e->kind != NV_SIZE || !nv_applies(f, e, STR_EMPTY, &trouble))
			continue;
		if (nv_eval_number(f, e->expr.root, &size, &trouble)) {
			*ret = (__int128)size < 0 ? 0 : size > UINT64_MAX ? UINT64_MAX : (uint64_t)size;
			return true;
		}
		if (!e->optional) {
			*ret_trouble = trouble;
			return false;
		}
	}
	return false;
}

/* The first child of that kind that applies. */
static const struct nv_element *chosen(struct nv_frame *f, const struct nv_element *list, uint8_t kind)
{
	struct str trouble = STR_EMPTY;
	for (const struct nv_element *e = list->first; e; e = e->next)
		if (e->kind == kind && nv_applies(f, e, STR_EMPTY, &trouble))
			return e;
	return NULL;
}

enum { MAX_RANK = 8 };

struct shape {
	uint64_t rank, count;
	uint64_t size[MAX_RANK], stride[MAX_RANK]; /* elements */
};

static bool number_of(struct nv_frame *f, const struct nv_element *list, uint8_t kind,
		      uint64_t otherwise, uint64_t *ret, struct str *ret_trouble)
{
	const struct nv_element *e = nv_child(list, kind);
	eval_cx_cell cell;
	*ret = otherwise;
	if (!e)
		return true;
	if (!nv_eval_number(f, e->expr.root, &cell, ret_trouble))
		return false;
	*ret = (uint64_t)cell;
	return true;
}

static bool array_shape(struct nv_frame *f, const struct nv_element *list, struct shape *s,
			struct str *ret_trouble)
{
	bool backward = nv_child(list, NV_DIRECTION) && nv_child(list, NV_DIRECTION)->backward;
	if (!number_of(f, list, NV_RANK, 1, &s->rank, ret_trouble))
		return false;
	if (s->rank < 1 || s->rank > MAX_RANK) {
		*ret_trouble = STR_LIT("the Rank of the array is not from 1 to 8");
		return false;
	}
	s->count = 1;
	for (uint64_t i = 0; i < s->rank; i++) {
		f->env.cells[0] = i;
		if (!size_of(f, list, &s->size[i], ret_trouble))
			return false;
		s->count = s->size[i] && s->count > UINT64_MAX / s->size[i] ? UINT64_MAX
									    : s->count * s->size[i];
	}
	for (uint64_t i = 0, next = 1; i < s->rank; i++) {
		uint64_t d = backward ? i : s->rank - 1 - i;
		f->env.cells[0] = d;
		if (!number_of(f, list, NV_STRIDE, next, &s->stride[d], ret_trouble))
			return false;
		next *= s->size[d];
	}
	return true;
}

static struct str array_label(struct nv_frame *f, const struct nv_element *list, const struct shape *s,
			      const uint64_t *at)
{
	struct arena *arena = &f->context->viewer->arena;
	struct str text = STR_EMPTY;
	for (uint64_t i = 0; i < s->rank; i++) {
		uint64_t low;
		struct str trouble = STR_EMPTY;
		f->env.cells[0] = i;
		if (!number_of(f, list, NV_LOWER_BOUND, 0, &low, &trouble))
			low = 0;
		text = arena_printf(arena, "%.*s[%lld]", STR_ARG(text), (long long)(at[i] + low));
	}
	return text;
}

static void array_items(struct walk *w, struct nv_frame *f, const struct nv_element *list)
{
	struct shape s;
	struct nv_value pointer;
	eval_cx_cell place;
	struct str trouble = STR_EMPTY;
	if (!array_shape(f, list, &s, &trouble)) {
		if (trouble.len && !list->optional)
			emit_trouble(w, trouble);
		return;
	}
	const struct nv_element *e = chosen(f, list, NV_VALUE_POINTER);
	if (!e || s.count == 0)
		return;
	const struct sym_type *element = NULL;
	if (nv_eval_value(f, &e->expr, &pointer, &trouble))
		element = sym_type_target(nv_plain(pointer.is.type.sym));
	bool array = element && pointer.is.is_place &&
		     sym_type_kind(nv_plain(pointer.is.type.sym)) == SYM_TYPE_ARRAY;
	place = pointer.is.cell;
	if (!element || (!array && !nv_cell(w->viewer, &pointer, &place))) {
		emit_trouble(w, trouble.len ? trouble
					    : STR_LIT("ValuePointer is no pointer that can be read"));
		return;
	}
	struct nv_value whole = pointer;
	whole.is.is_place = true;
	whole.is.cell = place;
	whole.is.bit_size = 0;
	bool named = s.rank > 1 || nv_child(list, NV_LOWER_BOUND);
	uint64_t first = w->from > w->at ? w->from - w->at : 0;
	first = first < s.count ? first : s.count;
	pass(w, first);
	for (uint64_t i = first; i < s.count && !w->stopped; i++) {
		uint64_t at[MAX_RANK], rest = i, offset = 0;
		for (uint64_t d = s.rank; d-- > 0; rest /= s.size[d]) {
			at[d] = rest % s.size[d];
			offset += at[d] * s.stride[d];
		}
		struct nv_child child = { .index = w->index++ };
		child.value = part_of(&whole, element, offset * sym_type_size(element));
		child.value.format = e->expr.format;
		child.value.view = e->expr.format.view;
		if (named)
			child.name = array_label(f, list, &s, at);
		emit(w, &child);
	}
}

static void index_items(struct walk *w, struct nv_frame *f, const struct nv_element *list)
{
	uint64_t count = 0;
	struct str trouble = STR_EMPTY;
	if (!size_of(f, list, &count, &trouble)) {
		if (trouble.len && !list->optional)
			emit_trouble(w, trouble);
		return;
	}
	uint64_t first = w->from > w->at ? w->from - w->at : 0;
	first = first < count ? first : count;
	pass(w, first);
	for (uint64_t i = first; i < count && !w->stopped; i++) {
		struct nv_value value;
		f->env.cells[0] = i;
		const struct nv_element *e = chosen(f, list, NV_VALUE_NODE);
		if (!e)
			return;
		if (!e->expr.root || !nv_eval_value(f, &e->expr, &value, &trouble)) {
			emit_trouble(w, trouble.len ? trouble : STR_LIT("ValueNode has no expression"));
			return;
		}
		emit_element(w, &value);
	}
	f->env.cells[0] = 0;
}

/* A pointer to a node, as the node's value. */
static bool node_at(struct walk *w, const struct nv_value *pointer, struct nv_value *ret,
		    struct str *ret_trouble)
{
	eval_cx_cell place;
	const struct sym_type *t = nv_plain(pointer->is.type.sym);
	const struct sym_type *target = t ? sym_type_target(t) : NULL;
	if (!target || !eval_cx_is_scalar(t) || !nv_cell(w->viewer, pointer, &place)) {
		*ret_trouble = STR_LIT("the node's pointer is none that can be read");
		return false;
	}
	*ret = (struct nv_value){ .object = pointer->object };
	ret->is = (struct eval_cx_result){ .type = { .sym = target }, .is_place = true, .cell = place };
	return true;
}

static bool follow_pointer(struct walk *w, struct nv_frame *f, const struct nv_element *e,
			   struct nv_value *ret, struct str *ret_trouble)
{
	struct nv_value pointer;
	return nv_eval_value(f, &e->expr, &pointer, ret_trouble) && node_at(w, &pointer, ret, ret_trouble);
}

/* A node's value is computed in the node. */
static bool emit_node(struct walk *w, struct nv_frame *f, const struct nv_element *value_node,
		      const struct nv_value *node)
{
	struct str trouble = STR_EMPTY;
	struct nv_child child = { .value = *node };
	if (!nv_applies(f, value_node, STR_EMPTY, &trouble))
		return true;
	if (value_node->expr.root && !nv_eval_value(f, &value_node->expr, &child.value, &trouble)) {
		emit_trouble(w, trouble);
		return false;
	}
	/* `this` says the node itself, and not its address. */
	if (value_node->expr.root && str_is(value_node->expr.text, "this"))
		child.value.is = node->is;
	if (value_node->name.len)
		child.name = label(f, value_node);
	child.index = w->index++;
	return emit(w, &child);
}

static bool take_step(struct nv_viewer *v)
{
	if (v->steps == 0)
		return false;
	v->steps--;
	return true;
}

static void linked_items(struct walk *w, struct nv_frame *f, const struct nv_element *list,
			 const struct nv_match *match)
{
	const struct nv_element *next = nv_child(list, NV_NEXT_POINTER),
				*value = nv_child(list, NV_VALUE_NODE);
	struct str trouble = STR_EMPTY;
	struct nv_value node;
	uint64_t size = UINT64_MAX, count = 0, lap = 1;
	bool sized = size_of(f, list, &size, &trouble);
	if (trouble.len || !follow_pointer(w, f, nv_child(list, NV_HEAD_POINTER), &node, &trouble)) {
		if (!list->optional)
			emit_trouble(w, trouble);
		return;
	}
	eval_cx_cell head = node.is.cell, seen = 0;
	while (node.is.cell && count < size && !w->stopped) {
		struct nv_frame in_node;
		if (!take_step(w->viewer)) {
			emit_trouble(w, STR_LIT("the limit of steps is reached"));
			return;
		}
		/* A list that comes back to itself: to its head, as rings do, or (Brent) to any node. */
		if (!sized && count && node.is.cell == head)
			return;
		if (node.is.cell == seen) {
			emit_trouble(w, STR_LIT("the list is a circle"));
			return;
		}
		if (++count == lap) {
			seen = node.is.cell;
			lap *= 2;
		}
		nv_frame_init(&in_node, nv_context_get(w->viewer, match, node.is.type, NULL), &node);
		if (!emit_node(w, &in_node, value, &node))
			return;
		if (count < size && !follow_pointer(w, &in_node, next, &node, &trouble)) {
			emit_trouble(w, trouble);
			return;
		}
	}
	if (sized && count < size && !w->stopped)
		emit_trouble(w, STR_LIT("the list ends before its Size"));
}

/* In order: left, the node, right. The way down is kept, for a tree may be any list. */
static void tree_items(struct walk *w, struct nv_frame *f, const struct nv_element *list,
		       const struct nv_match *match)
{
	const struct nv_element *left = nv_child(list, NV_LEFT_POINTER),
				*right = nv_child(list, NV_RIGHT_POINTER);
	const struct nv_element *value = nv_child(list, NV_VALUE_NODE);
	struct str trouble = STR_EMPTY;
	uint64_t size = UINT64_MAX, count = 0;
	struct nv_value node;
	VEC(struct nv_value) way = { 0 };
	(void)size_of(f, list, &size, &trouble);
	if (trouble.len || !follow_pointer(w, f, nv_child(list, NV_HEAD_POINTER), &node, &trouble)) {
		if (!list->optional)
			emit_trouble(w, trouble);
		return;
	}
	while ((node.is.cell || way.count) && count < size && !w->stopped && !trouble.len) {
		struct nv_frame in_node;
		if (!take_step(w->viewer) || way.count > NV_MAX_CHILDREN) {
			trouble = STR_LIT("the limit of steps is reached");
			break;
		}
		bool down = node.is.cell != 0;
		if (down)
			vec_push(&way, node);
		else
			node = way.data[--way.count];
		struct nv_value here = node;
		nv_frame_init(&in_node, nv_context_get(w->viewer, match, here.is.type, NULL), &here);
		if (!down && (count++, !emit_node(w, &in_node, value, &here)))
			break;
		(void)follow_pointer(w, &in_node, down ? left : right, &node, &trouble);
	}
	if (trouble.len)
		emit_trouble(w, trouble);
	vec_free(&way);
}

/* ---- CustomListItems ---- */

enum flow { FLOW_ON, FLOW_BREAK, FLOW_END };

static enum flow run_code(struct walk *w, struct nv_frame *f, const struct nv_element *in,
			  struct str *trouble);

static enum flow run_loop(struct walk *w, struct nv_frame *f, const struct nv_element *e,
			  struct str *trouble)
{
	while (nv_applies(f, e, STR_EMPTY, trouble) && !trouble->len) {
		enum flow flow = run_code(w, f, e, trouble);
		if (flow != FLOW_ON)
			return flow == FLOW_BREAK ? FLOW_ON : flow;
	}
	return trouble->len ? FLOW_END : FLOW_ON;
}

static enum flow run_statement(struct walk *w, struct nv_frame *f, const struct nv_element *e,
			       struct str *trouble)
{
	struct eval_cx_result r;
	if (e->kind == NV_LOOP)
		return run_loop(w, f, e, trouble);
	if (!nv_applies(f, e, STR_EMPTY, trouble))
		return trouble->len ? FLOW_END : FLOW_ON;
	if (e->kind == NV_BREAK)
		return FLOW_BREAK;
	if (e->kind == NV_ITEM)
		item(w, f, e);
	else if (e->kind == NV_EXEC && !nv_eval(f, e->expr.root, &r, trouble))
		return FLOW_END;
	return w->stopped ? FLOW_END : FLOW_ON;
}

static enum flow run_code(struct walk *w, struct nv_frame *f, const struct nv_element *in,
			  struct str *trouble)
{
	bool chosen_before = false; /* an If or Elseif of this chain was taken */
	if (!take_step(w->viewer)) {
		*trouble = STR_LIT("the limit of steps is reached");
		return FLOW_END;
	}
	for (const struct nv_element *e = in->first; e; e = e->next) {
		enum flow flow = FLOW_ON;
		if (e->kind == NV_IF || e->kind == NV_ELSEIF || e->kind == NV_ELSE) {
			if (e->kind == NV_IF)
				chosen_before = false;
			if (!chosen_before && nv_applies(f, e, STR_EMPTY, trouble)) {
				chosen_before = true;
				flow = run_code(w, f, e, trouble);
			}
		} else if (e->kind == NV_LOOP || e->kind == NV_BREAK || e->kind == NV_ITEM ||
			   e->kind == NV_EXEC) {
			flow = run_statement(w, f, e, trouble);
		}
		if (trouble->len)
			return FLOW_END;
		if (flow != FLOW_ON)
			return flow;
	}
	return FLOW_ON;
}

static void custom_items(struct walk *w, const struct nv_element *list, const struct nv_value *value,
			 const struct nv_match *match)
{
	struct nv_frame f;
	struct str trouble = STR_EMPTY;
	size_t cell = 1;
	nv_frame_init(&f, nv_context_get(w->viewer, match, value->is.type, list), value);
	for (const struct nv_element *e = list->first; e; e = e->next) {
		eval_cx_cell first;
		if (e->kind != NV_VARIABLE || cell == NV_MAX_VARIABLES)
			continue;
		if (!nv_eval_number(&f, e->expr.root, &first, &trouble)) {
			if (!list->optional)
				emit_trouble(w, trouble);
			return;
		}
		f.env.cells[cell++] = first;
	}
	(void)run_code(w, &f, list, &trouble);
	if (trouble.len && !list->optional)
		emit_trouble(w, trouble);
}

/* ---- Expand ---- */

static void expand_element(struct walk *w, struct nv_frame *f, const struct nv_element *e,
			   const struct nv_value *value, const struct nv_match *match)
{
	switch (e->kind) {
	case NV_ITEM:
		item(w, f, e);
		break;
	case NV_EXPANDED_ITEM:
		expanded_item(w, f, e);
		break;
	case NV_SYNTHETIC:
		synthetic(w, f, e, value, match);
		break;
	case NV_ARRAY_ITEMS:
		array_items(w, f, e);
		break;
	case NV_INDEX_LIST_ITEMS:
		index_items(w, f, e);
		break;
	case NV_LINKED_LIST_ITEMS:
		linked_items(w, f, e, match);
		break;
	case NV_TREE_ITEMS:
		tree_items(w, f, e, match);
		break;
	case NV_CUSTOM_LIST_ITEMS:
		custom_items(w, e, value, match);
		break;
	default:
		break;
	}
}

static void expand(struct walk *w, const struct nv_value *value, const struct nv_match *match,
		   const struct nv_element *entry)
{
	const struct nv_element *all = nv_child(entry, NV_EXPAND);
	struct nv_frame f;
	nv_frame_init(&f, nv_context_get(w->viewer, match, value->is.type, NULL), value);
	for (const struct nv_element *e = all ? all->first : NULL; e && !w->stopped; e = e->next) {
		struct str trouble = STR_EMPTY;
		f.env.cells[0] = 0;
		if (nv_applies(&f, e, value->view, &trouble))
			expand_element(w, &f, e, value, match);
		else if (trouble.len)
			emit_trouble(w, trouble);
	}
}

void nv_children(struct nv_viewer *v, const struct nv_value *value, uint64_t from, uint64_t count,
		 nv_child_fn *fn, void *ctx)
{
	struct walk w = { .viewer = v, .from = from, .fn = fn, .ctx = ctx };
	struct str why = STR_EMPTY;
	w.to = count > UINT64_MAX - from ? UINT64_MAX : from + count;
	if (count == 0)
		return;
	const struct nv_match *match = value->synthetic ? value->match : nv_match_of(v, value, &why);
	const struct nv_element *entry = value->synthetic ? value->synthetic
					 : match          ? match->type->element
							  : NULL;
	if (entry && nv_child(entry, NV_EXPAND))
		expand(&w, value, match, entry);
	else if (!value->synthetic)
		raw_children(&w, value);
}
