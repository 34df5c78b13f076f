/* Looking at values: memory, types, and the compiled expressions of their entries. */
#include "natvis/view_internal.h"

#include <stdlib.h>

/* ---- viewers ---- */

struct nv_viewer *nv_viewer_create(const struct nv_settings *settings)
{
	struct nv_viewer *v = xmalloc(sizeof *v);
	v->settings = *settings;
	if (!v->settings.elements || v->settings.elements > NV_MAX_CHILDREN)
		v->settings.elements = NV_MAX_CHILDREN;
	if (!v->settings.max_depth)
		v->settings.max_depth = 20;
	v->steps = settings->steps ? settings->steps : NV_STEPS;
	return v;
}

void nv_viewer_destroy(struct nv_viewer *v)
{
	if (!v)
		return;
	for (size_t i = 0; i < v->contexts.capacity; i++)
		for (struct nv_context *c =
			     v->contexts.slots[i].used
				     ? (struct nv_context *)(uintptr_t)v->contexts.slots[i].value
				     : NULL;
		     c; c = c->next)
			map_deinit(&c->codes);
	map_deinit(&v->contexts);
	map_deinit(&v->seen);
	arena_deinit(&v->arena);
	free(v);
}

/* Pages are kept, so that elements of a list are read many at a time. Where a page is not there as a whole the bytes are read alone. */
static size_t view_read(void *ctx, uint64_t address, void *buf, size_t size)
{
	struct nv_viewer *v = ctx;
	uint64_t page = address / NV_PAGE;
	if (size == 0 || !v->settings.read)
		return 0;
	if ((address + size - 1) / NV_PAGE != page || page == UINT64_MAX / NV_PAGE)
		return v->settings.read(v->settings.ctx, address, buf, size);
	size_t slot = page % NV_PAGES;
	if (v->pages[slot].address != page + 1) {
		v->pages[slot].address = 0;
		if (v->settings.read(v->settings.ctx, page * NV_PAGE, v->pages[slot].bytes, NV_PAGE) !=
		    NV_PAGE)
			return v->settings.read(v->settings.ctx, address, buf, size);
		v->pages[slot].address = page + 1;
	}
	memcpy(buf, v->pages[slot].bytes + address % NV_PAGE, size);
	return size;
}

void nv_env_init(struct nv_viewer *v, const struct eval_cx_object *object, struct eval_cx_env *ret)
{
	memset(ret->cells, 0, sizeof ret->cells);
	ret->ctx = v;
	ret->read = view_read;
	ret->object = *object;
	ret->steps = &v->steps;
}

const struct sym_type *nv_plain(const struct sym_type *t)
{
	for (int i = 0; t && i < 32 && sym_type_kind(t) == SYM_TYPE_ALIAS; i++)
		t = sym_type_target(t);
	return t;
}

struct nv_value nv_value_of(const struct sym_type *type, const struct eval_cx_object *object)
{
	struct nv_value v = { .object = *object };
	v.is.type.sym = type;
	v.is.is_place = true;
	v.is.cell = object->has_address ? object->address : (eval_cx_cell)1 << 64;
	return v;
}

bool nv_is_place(const struct nv_value *v)
{
	return v->is.is_place && v->is.type.sym;
}

bool nv_cell(struct nv_viewer *v, const struct nv_value *value, eval_cx_cell *ret)
{
	struct eval_cx_env env;
	if (!value->is.is_place) {
		*ret = value->is.cell;
		return value->is.type.sym;
	}
	nv_env_init(v, &value->object, &env);
	if (!value->is.bit_size)
		return eval_cx_load(&env, value->is.cell, value->is.type.sym, ret);
	/* A bit field: its own small program. */
	uint8_t bytes[16] = { 0 };
	unsigned bit = value->is.bit_offset, count = value->is.bit_size;
	eval_cx_cell all;
	if (count > 64 || !eval_cx_read(&env, value->is.cell + bit / 8, bytes, (bit % 8 + count + 7) / 8))
		return false;
	memcpy(&all, bytes, sizeof all);
	all = all >> bit % 8 << (128 - count);
	*ret = sym_type_kind(nv_plain(value->is.type.sym)) == SYM_TYPE_SIGNED
		       ? (eval_cx_cell)((__int128)all >> (128 - count))
		       : all >> (128 - count);
	return true;
}

/* ---- types ---- */

static bool is_enum(const struct sym_type *t)
{
	enum sym_type_kind kind = sym_type_kind(t);
	return kind == SYM_TYPE_VARIANT || (kind == SYM_TYPE_ENUM && sym_type_is_rust(t));
}

/* In a pattern a type of C's has its name alone. */
static struct str name_without_keyword(const struct sym_type *t)
{
	static const char *const keywords[] = { "struct ", "union ", "enum ", "class " };
	struct str name = sym_type_name(t);
	for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
		if (str_starts(name, str_from(keywords[i])))
			return str_sub(name, strlen(keywords[i]), SIZE_MAX);
	return name;
}

struct nv_seen *nv_see(struct nv_viewer *v, const struct sym_type *t)
{
	struct nv_seen *seen = map_get_ptr(&v->seen, (uint64_t)(uintptr_t)t);
	if (seen)
		return seen;
	seen = ARENA_NEW(&v->arena, struct nv_seen);
	seen->sym = t;
	map_set_ptr(&v->seen, (uint64_t)(uintptr_t)t, seen);
	struct nv_name *name = nv_name_parse(name_without_keyword(t), false, &v->arena, NULL);
	if (name && v->settings.set)
		seen->count = nv_set_find(v->settings.set, name, is_enum(t), &v->arena, seen->matches);
	return seen;
}

/* $T1 in a name becomes what the wildcard stands for. */
static struct str expand_names(const struct nv_match *m, struct str name, struct arena *arena)
{
	struct buf out = { 0 };
	for (size_t i = 0; i < name.len; i++) {
		size_t n = 0, at = i + 2;
		bool argument = name.ptr[i] == '$' && i + 1 < name.len && name.ptr[i + 1] == 'T';
		while (argument && at < name.len && name.ptr[at] >= '0' && name.ptr[at] <= '9' && n < 1000)
			n = n * 10 + (size_t)(name.ptr[at++] - '0');
		if (argument && n >= 1 && n <= m->captures.count) {
			nv_name_text(m->captures.names[n - 1], &out);
			i = at - 1;
		} else {
			buf_char(&out, name.ptr[i]);
		}
	}
	struct str ret = arena_str(arena, buf_view(&out));
	buf_deinit(&out);
	return ret;
}

/* An argument of the value's own type, which needs no search by name. */
static const struct sym_type *argument_type(const struct nv_context *c, struct str rust)
{
	const struct sym_type *self = nv_plain(c->scope.self.sym);
	for (size_t i = 0; self && i < NV_MAX_CAPTURES; i++) {
		const struct sym_type *t = sym_type_argument(self, i);
		if (!t)
			return NULL;
		if (str_eq(sym_type_name(t), rust))
			return t;
	}
	return NULL;
}

static const struct sym_type *pointed(struct nv_context *c, const struct nv_name *name);

static const struct sym_type *type_of_name(struct nv_context *c, const struct nv_name *name)
{
	struct nv_viewer *v = c->viewer;
	struct buf text = { 0 };
	nv_name_rust(name, &text);
	struct str rust = arena_str(&v->arena, buf_view(&text));
	buf_deinit(&text);
	const struct sym_type *t = argument_type(c, rust);
	if (!t)
		t = sym_type_primitive(NULL, rust, true);
	if (!t && v->settings.find_type)
		t = v->settings.find_type(v->settings.ctx, rust);
	return t ? t : pointed(c, name);
}

/* A thin pointer that the program has no type for is made of what it points at. */
static const struct sym_type *pointed(struct nv_context *c, const struct nv_name *name)
{
	static const char *const heads[] = { "ref$<>", "ref_mut$<>", "ptr_const$<>", "ptr_mut$<>" };
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		if (!str_is(name->head, heads[i]) || name->count != 1)
			continue;
		const struct nv_name *to = name->args[0];
		if (str_is(to->head, "str$") || str_is(to->head, "slice2$<>") || str_is(to->head, "dyn$<>"))
			return NULL;
		const struct sym_type *t = type_of_name(c, to);
		return t ? sym_type_pointer_to(t) : NULL;
	}
	return NULL;
}

static const struct sym_type *scope_type(void *ctx, struct str text)
{
	struct nv_context *c = ctx;
	struct str expanded = expand_names(c->match, text, &c->viewer->arena);
	struct nv_name *name = nv_name_parse(expanded, false, &c->viewer->arena, NULL);
	return name ? type_of_name(c, name) : NULL;
}

static bool scope_intrinsic(void *ctx, struct str name, size_t arguments, struct eval_cx_intrinsic *ret)
{
	struct nv_context *c = ctx;
	bool other;
	const struct nv_element *e =
		nv_intrinsic(c->match->file, c->match->type->element, name, arguments, &other);
	if (!e || !e->expr.root || arguments > EVAL_CX_MAX_ARGUMENTS)
		return false;
	ret->body = &e->expr;
	ret->count = 0;
	for (const struct nv_element *p = e->first; p; p = p->next)
		if (p->kind == NV_PARAMETER)
			ret->parameters[ret->count++] = (struct eval_cx_parameter){ p->name, p->type_text };
	return true;
}

/* ---- contexts ---- */

/* The type of a variable is that of its first value, which may use those before it. */
static void add_variables(struct nv_context *c, const struct nv_element *list)
{
	for (const struct nv_element *e = list->first; e; e = e->next) {
		struct eval_cx_code code;
		if (e->kind != NV_VARIABLE || c->scope.variable_count == NV_MAX_VARIABLES)
			continue;
		struct error *err = eval_cx_compile(e->expr.root, &c->scope, &c->viewer->arena, &code);
		const struct sym_type *t = err ? sym_type_primitive(NULL, STR_LIT("int"), false)
					       : code.type.sym;
		error_destroy(err);
		c->variables[c->scope.variable_count++] =
			(struct eval_cx_variable){ e->name, { .sym = nv_plain(t) } };
	}
	const struct nv_element *skip = nv_child(list, NV_SKIP);
	if (skip && c->scope.variable_count < NV_MAX_VARIABLES)
		c->variables[c->scope.variable_count++] = (struct eval_cx_variable){
			skip->name, { .sym = sym_type_primitive(NULL, STR_LIT("unsigned long"), false) }
		};
}

struct nv_context *nv_context_get(struct nv_viewer *v, const struct nv_match *match,
				  struct eval_cx_type self, const struct nv_element *list)
{
	uint64_t key = (uint64_t)(uintptr_t)match * 31 + (uint64_t)(uintptr_t)self.sym * 7 + self.view +
		       self.variant * 3 + (uint64_t)(uintptr_t)list * 13;
	struct nv_context *first = map_get_ptr(&v->contexts, key);
	for (struct nv_context *c = first; c; c = c->next)
		if (c->match == match && c->list == list && c->scope.self.sym == self.sym &&
		    c->scope.self.view == self.view && c->scope.self.variant == self.variant)
			return c;
	struct nv_context *c = ARENA_NEW(&v->arena, struct nv_context);
	c->viewer = v;
	c->match = match;
	c->list = list;
	c->variables[0] = (struct eval_cx_variable){
		STR_LIT("$i"), { .sym = sym_type_primitive(NULL, STR_LIT("unsigned long"), false) }
	};
	c->scope = (struct eval_cx_scope){ .self = self,
					   .variables = c->variables,
					   .variable_count = 1,
					   .ctx = c,
					   .type = scope_type,
					   .intrinsic = scope_intrinsic };
	if (list)
		add_variables(c, list);
	c->next = first;
	map_set_ptr(&v->contexts, key, c);
	return c;
}

void nv_frame_init(struct nv_frame *f, struct nv_context *context, const struct nv_value *self)
{
	f->context = context;
	nv_env_init(context->viewer, &self->object, &f->env);
	/* `this` is the value's place, which may lie within the object. */
	if (!(self->is.cell >> 64)) {
		f->env.object.has_address = true;
		f->env.object.address = (uint64_t)self->is.cell;
	} else {
		uint64_t at = (uint64_t)self->is.cell;
		at = at < f->env.object.size ? at : f->env.object.size;
		f->env.object.has_address = false;
		f->env.object.bytes += f->env.object.bytes ? at : 0;
		f->env.object.size -= at;
	}
}

static struct str trouble_of(struct nv_viewer *v, struct error *err)
{
	struct str text = arena_str(&v->arena, str_from(err->message));
	error_destroy(err);
	return text;
}

static struct nv_compiled *compiled(struct nv_context *c, const struct eval_cx_node *root)
{
	struct nv_compiled *code = map_get_ptr(&c->codes, (uint64_t)(uintptr_t)root);
	if (code)
		return code;
	code = ARENA_NEW(&c->viewer->arena, struct nv_compiled);
	struct error *err = eval_cx_compile(root, &c->scope, &c->viewer->arena, &code->code);
	if (err)
		code->trouble = trouble_of(c->viewer, err);
	map_set_ptr(&c->codes, (uint64_t)(uintptr_t)root, code);
	return code;
}

bool nv_eval(struct nv_frame *f, const struct eval_cx_node *root, struct eval_cx_result *ret,
	     struct str *ret_trouble)
{
	struct nv_compiled *code = compiled(f->context, root);
	if (code->trouble.len) {
		*ret_trouble = code->trouble;
		return false;
	}
	struct error *err = eval_cx_run(&code->code, &f->env, ret);
	if (err)
		*ret_trouble = trouble_of(f->context->viewer, err);
	return !err;
}

bool nv_eval_number(struct nv_frame *f, const struct eval_cx_node *root, eval_cx_cell *ret,
		    struct str *ret_trouble)
{
	struct eval_cx_result r;
	if (!nv_eval(f, root, &r, ret_trouble))
		return false;
	if (!r.is_place) {
		*ret = r.cell;
		return true;
	}
	struct nv_value value = { .is = r, .object = f->env.object };
	if (!r.type.view && eval_cx_is_scalar(r.type.sym) && nv_cell(f->context->viewer, &value, ret))
		return true;
	*ret_trouble = STR_LIT("it is no number that can be read");
	return false;
}

bool nv_eval_value(struct nv_frame *f, const struct eval_cx_expr *e, struct nv_value *ret,
		   struct str *ret_trouble)
{
	struct nv_value value = { .object = f->env.object, .format = e->format };
	eval_cx_cell size;
	if (!nv_eval(f, e->root, &value.is, ret_trouble))
		return false;
	value.view = e->format.view.len ? e->format.view : STR_EMPTY;
	/* The length is a number from here on, since it is said in names of this context. */
	if (e->format.size) {
		if (!nv_eval_number(f, e->format.size, &size, ret_trouble))
			return false;
		value.length = (uint64_t)size;
		value.has_length = true;
	}
	*ret = value;
	return true;
}

/* ---- conditions ---- */

static bool has_view(struct str list, struct str view)
{
	while (list.len) {
		size_t end = str_find(list, STR_LIT(";"));
		struct str one = str_sub(list, 0, end);
		while (one.len && one.ptr[0] == ' ')
			one = str_sub(one, 1, SIZE_MAX);
		while (one.len && one.ptr[one.len - 1] == ' ')
			one.len--;
		if (str_eq(one, view))
			return true;
		list = end == SIZE_MAX ? STR_EMPTY : str_sub(list, end + 1, SIZE_MAX);
	}
	return false;
}

bool nv_applies(struct nv_frame *f, const struct nv_element *e, struct str view, struct str *ret_trouble)
{
	eval_cx_cell truth;
	struct str trouble = STR_EMPTY;
	if (e->broken)
		return false;
	if (e->include.len && !has_view(e->include, view))
		return false;
	if (e->exclude.len && has_view(e->exclude, view))
		return false;
	if (!e->condition.root)
		return true;
	if (nv_eval_number(f, e->condition.root, &truth, &trouble))
		return truth != 0;
	if (!e->optional)
		*ret_trouble = trouble;
	return false;
}

const struct nv_match *nv_match_of(struct nv_viewer *v, const struct nv_value *value, struct str *ret_why)
{
	if (!value->is.type.sym || value->is.type.view || value->format.raw || !value->is.is_place)
		return NULL;
	if (value->match)
		return value->match;
	struct nv_seen *seen = nv_see(v, nv_plain(value->is.type.sym));
	for (size_t i = 0; i < seen->count; i++) {
		struct str trouble = STR_EMPTY;
		const struct nv_element *entry = seen->matches[i].type->element;
		struct nv_frame f;
		nv_frame_init(&f, nv_context_get(v, &seen->matches[i], value->is.type, NULL), value);
		/* An entry whose summary cannot be made is not for this value. */
		if (!nv_applies(&f, entry, value->view, &trouble) && !trouble.len)
			continue;
		if (!trouble.len)
			(void)nv_summary_of(&f, entry, value->view, &trouble);
		if (!trouble.len)
			return &seen->matches[i];
		*ret_why = arena_printf(&v->arena, "%.*s:%u: %.*s", STR_ARG(seen->matches[i].file->path),
					entry->line, STR_ARG(trouble));
	}
	return NULL;
}

bool nv_visualiser(struct nv_viewer *v, const struct nv_value *value, struct nv_match *ret,
		   struct str *ret_why)
{
	*ret_why = STR_EMPTY;
	const struct nv_match *m = nv_match_of(v, value, ret_why);
	if (m)
		*ret = *m;
	return m;
}
