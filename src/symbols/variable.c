/* Parameters and local variables. */
#include "base/reader.h"
#include "symbols/lookup.h"
#include "symbols/symbols_internal.h"

#include <stdlib.h>

/* Calls fn for each direct child of the DIE until it gives false. */
void each_child(struct sym_module *m, uint64_t id,
		bool (*fn)(void *ctx, struct sym_unit *u, const struct dw_cursor *child), void *ctx)
{
	struct dw_cursor c;
	struct sym_unit *u;
	if (!die_at(m, id, &c, &u) || !c.abbrev->children)
		return;
	while (dw_cursor_next(&c) && c.abbrev) {
		if (!fn(ctx, u, &c) || !dw_cursor_skip_children(&c))
			break;
	}
	module_trouble(m, dw_cursor_error(&c));
}

/* ---- one variable ---- */

static void read_variable(struct sym_module *m, uint64_t id, struct sym_variable *v)
{
	bool has_file = false;
	for (int i = 0; i < SYM_MAX_REFERENCES && id; i++) {
		struct dw_cursor c;
		struct sym_unit *u;
		struct dw_value value;
		if (!die_at(m, id, &c, &u))
			return;
		uint64_t next = 0;
		for (struct dw_attr_iter it = dw_attrs(&c); dw_attr_next(&it, &value);) {
			switch (value.name) {
			case DW_AT_name:
				if (v->name.len == 0 && value.kind == DW_VALUE_STRING)
					v->name = value.str;
				break;
			case DW_AT_type:
				if (!v->has_type)
					v->has_type = die_ref(u, &value, &v->type);
				break;
			case DW_AT_decl_file:
				if (!has_file && dw_value_unsigned(&value, &v->decl_file)) {
					has_file = true;
					v->decl_unit = u;
				}
				break;
			case DW_AT_decl_line:
				if (v->decl_line == 0)
					dw_value_unsigned(&value, &v->decl_line);
				break;
			case DW_AT_decl_column:
				if (v->decl_column == 0)
					dw_value_unsigned(&value, &v->decl_column);
				break;
			case DW_AT_abstract_origin:
			case DW_AT_specification:
				die_ref(u, &value, &next);
				break;
			}
		}
		if (i == 0)
			v->origin = next;
		id = next;
	}
}

void variable_read(struct sym_variable *v)
{
	read_variable(v->module, v->id, v);
}

struct sym_variable *variable_get(struct sym_module *m, struct sym_function *f, uint64_t id)
{
	struct sym_variable *v = map_get_ptr(&m->variables, id);
	if (v)
		return v;
	v = ARENA_NEW(&m->arena, struct sym_variable);
	v->module = m;
	v->function = f;
	v->id = id;
	read_variable(m, id, v);
	map_set_ptr(&m->variables, id, v);
	return v;
}

const struct sym_variable *sym_variable_pointed_at(const struct sym_function *f, uint64_t die)
{
	struct sym_module *m = f->unit->module;
	struct dw_cursor c;
	struct sym_unit *u;
	/* It may be a local of f or of what is inlined there, or a static: kept apart from those that are known as what they are. */
	uint64_t key = die | UINT64_C(1) << 63;
	struct sym_variable *v = map_get_ptr(&m->variables, key);
	if (v)
		return v;
	if (die >> 63 || !die_at(m, die, &c, &u) ||
	    (c.abbrev->tag != DW_TAG_variable && c.abbrev->tag != DW_TAG_formal_parameter))
		return NULL;
	v = ARENA_NEW(&m->arena, struct sym_variable);
	v->module = m;
	v->function = (struct sym_function *)f;
	v->id = die;
	read_variable(m, die, v);
	map_set_ptr(&m->variables, key, v);
	return v;
}

struct str sym_variable_name(const struct sym_variable *v)
{
	return v->name;
}

struct sym_module *sym_variable_module(const struct sym_variable *v)
{
	return v->module;
}

struct str sym_variable_path(const struct sym_variable *v, struct arena *arena)
{
	struct dw_cursor c;
	struct sym_unit *u;
	uint64_t id = v->origin ? v->origin : v->id;
	if (v->function || !id || !die_at(v->module, id, &c, &u))
		return v->name;
	return unit_path(u, id, v->name, arena);
}

const struct sym_type *sym_variable_type(const struct sym_variable *v)
{
	struct sym_module *m = v->module;
	return v->has_type ? type_get(m, v->type) : type_void(m);
}

struct sym_line sym_variable_decl(const struct sym_variable *v)
{
	struct sym_line line = { 0 };
	if (v->decl_unit)
		line = (struct sym_line){ unit_file(v->decl_unit, v->decl_file), (uint32_t)v->decl_line,
					  (uint32_t)v->decl_column };
	return line;
}

bool die_declares_variable(const struct dw_cursor *c)
{
	struct dw_value value;
	return dw_attr(c, DW_AT_declaration, &value) && !dw_attr(c, DW_AT_location, &value) &&
	       !dw_attr(c, DW_AT_const_value, &value) && dw_attr(c, DW_AT_external, &value);
}

bool sym_variable_is_external(const struct sym_variable *v)
{
	uint64_t id = v->id;
	for (int i = 0; i < SYM_MAX_REFERENCES && id; i++) {
		struct dw_cursor c;
		struct sym_unit *u;
		struct dw_value value;
		if (!die_at(v->module, id, &c, &u))
			return false;
		if (dw_attr(&c, DW_AT_external, &value))
			return true;
		bool more = dw_attr(&c, DW_AT_specification, &value) ||
			    dw_attr(&c, DW_AT_abstract_origin, &value);
		if (!more || !die_ref(u, &value, &id))
			return false;
	}
	return false;
}

/* ---- parameters ---- */

struct param_list {
	struct sym_function *function;
	VEC(const struct sym_variable *) list;
	VEC(uint64_t) ids;
	bool varargs;
};

static bool add_param(void *ctx, struct sym_unit *u, const struct dw_cursor *c)
{
	struct param_list *p = ctx;
	if (c->abbrev->tag == DW_TAG_unspecified_parameters)
		p->varargs = true;
	if (c->abbrev->tag == DW_TAG_formal_parameter)
		vec_push(&p->ids, c->die + u->bias);
	return p->ids.count < SYM_MAX_PARAMS;
}

/* An instance may leave out parameters that it makes nothing of; the abstract one has them all, in order. */
static void complete_from_origin(struct param_list *own, uint64_t origin)
{
	struct sym_module *m = own->function->unit->module;
	struct param_list all = { .function = own->function };
	each_child(m, origin, add_param, &all);
	own->varargs |= all.varargs;
	VEC(const struct sym_variable *) merged = { 0 };
	for (size_t i = 0; i < all.ids.count; i++) {
		const struct sym_variable *found = NULL;
		for (size_t j = 0; j < own->list.count && !found; j++)
			if (own->list.data[j] && own->list.data[j]->origin == all.ids.data[i]) {
				found = own->list.data[j];
				own->list.data[j] = NULL;
			}
		if (!found) {
			struct sym_variable *v = ARENA_NEW(&m->arena, struct sym_variable);
			v->module = m;
			v->function = own->function;
			read_variable(m, all.ids.data[i], v);
			v->origin = all.ids.data[i];
			found = v;
		}
		vec_push(&merged, found);
	}
	vec_for(&own->list, rest)
		if (*rest)
			vec_push(&merged, *rest);
	vec_free(&own->list);
	own->list.data = merged.data;
	own->list.count = merged.count;
	own->list.capacity = merged.capacity;
	vec_free(&all.ids);
}

/* The same as in `params`; those without a DIE of this instance last. */
static const struct sym_variable **listed(struct sym_module *m, const struct param_list *params,
					  const uint64_t *ids, size_t id_count)
{
	VEC(const struct sym_variable *) list = { 0 };
	for (size_t i = 0; i < id_count; i++)
		for (size_t k = 0; k < params->list.count; k++)
			if (params->list.data[k]->id == ids[i])
				vec_push(&list, params->list.data[k]);
	for (size_t k = 0; k < params->list.count; k++)
		if (params->list.data[k]->id == 0)
			vec_push(&list, params->list.data[k]);
	const struct sym_variable **ret = NULL;
	if (list.count == params->list.count)
		ret = arena_copy(&m->arena, list.data, list.count * sizeof *list.data);
	vec_free(&list);
	return ret;
}

static void read_params(struct sym_function *f)
{
	struct sym_module *m = f->unit->module;
	struct param_list p = { .function = f };
	f->params_read = true;
	each_child(m, f->id, add_param, &p);
	vec_for(&p.ids, id)
		vec_push(&p.list, variable_get(m, f, *id));
	const struct function_attrs *a = function_attrs(f);
	if (a->origin && a->origin != f->id)
		complete_from_origin(&p, a->origin);
	f->varargs = p.varargs;
	f->param_count = p.list.count;
	if (p.list.count) {
		f->params = arena_copy(&m->arena, p.list.data, p.list.count * sizeof *p.list.data);
		f->listed_params = listed(m, &p, p.ids.data, p.ids.count);
		if (!f->listed_params)
			f->listed_params = f->params;
	}
	vec_free(&p.list);
	vec_free(&p.ids);
}

size_t sym_function_params(const struct sym_function *function, const struct sym_variable *const **ret)
{
	struct sym_function *f = (struct sym_function *)function;
	if (!f->params_read)
		read_params(f);
	*ret = f->params;
	return f->param_count;
}

size_t sym_function_listed_params(const struct sym_function *f, const struct sym_variable *const **ret)
{
	size_t count = sym_function_params(f, ret);
	*ret = f->listed_params;
	return count;
}

/* ---- locals ---- */

size_t sym_function_locals(const struct sym_function *function, struct file_addr pc, struct arena *arena,
			   const struct sym_variable ***ret)
{
	struct sym_function *f = (struct sym_function *)function;
	const struct function_body *body = function_body(f->outer);
	VEC(uint64_t) scopes = { 0 }; /* outermost first */
	uint32_t from = 0, end = body->count, at;

	vec_push(&scopes, f->id);
	if (f->scope != SYM_NONE) {
		from = f->scope + 1;
		end = body->scopes[f->scope].next;
	}
	while ((at = body_enter(body, from, end, pc.value)) != SYM_NONE && !body->scopes[at].inlined) {
		vec_push(&scopes, body->scopes[at].id);
		from = at + 1;
		end = body->scopes[at].next;
	}
	VEC(const struct sym_variable *) locals = { 0 };
	for (size_t i = scopes.count; i > 0; i--) {
		const struct block_names *block = block_names(f, scopes.data[i - 1]);
		for (size_t k = 0; k < block->count; k++)
			vec_push(&locals, block->variables[k]);
	}
	size_t count = locals.count;
	*ret = count ? arena_copy(arena, locals.data, count * sizeof *locals.data) : NULL;
	vec_free(&locals);
	vec_free(&scopes);
	return count;
}

/* ---- where they are ---- */

static bool find_attr(struct sym_module *m, uint64_t id, uint16_t name, struct dw_value *ret,
		      struct sym_unit **ret_unit)
{
	for (int i = 0; i < SYM_MAX_REFERENCES && id; i++) {
		struct dw_cursor c;
		struct dw_value origin;
		if (!die_at(m, id, &c, ret_unit))
			return false;
		if (dw_attr(&c, name, ret))
			return true;
		if (!dw_attr(&c, DW_AT_abstract_origin, &origin) || !die_ref(*ret_unit, &origin, &id))
			return false;
	}
	return false;
}

static struct error *optimised_out(const struct sym_variable *v, struct file_addr pc)
{
	return error_at(ERROR_NOT_FOUND, pc.value, "%.*s: optimised out", STR_ARG(v->name));
}

static bool location_address(const struct dw_unit *unit, struct dw_span expr, struct file_addr *ret)
{
	struct reader r = reader_init(expr.data, expr.size);
	uint8_t op = reader_u8(&r);
	bool known = false;
	if (op == DW_OP_addr) {
		ret->value = reader_uint(&r, unit->address_size);
		known = !r.failed;
	} else if (op == DW_OP_addrx) {
		known = dw_unit_addrx(unit, reader_uleb(&r), &ret->value);
	}
	return known && reader_left(&r) == 0;
}

/* Linkers leave the address of a static that they dropped at 0 or at the greatest one. */
static bool is_dropped(struct sym_module *m, const struct dw_unit *unit, struct dw_span expr)
{
	struct file_addr addr;
	if (!location_address(unit, expr, &addr))
		return false;
	uint64_t greatest = unit->address_size == 8 ? UINT64_MAX : UINT32_MAX;
	return addr.value == greatest || (addr.value == 0 && !elf_section_at(m->elf, addr));
}

/* A static's location, which does not depend on a pc. */
static bool static_location(const struct sym_variable *v, struct sym_unit **ret_unit, struct dw_span *ret)
{
	struct dw_value value;
	struct dw_cursor c;
	module_locations(v->module);
	if (!v->id || !die_at(v->module, v->id, &c, ret_unit) || !dw_attr(&c, DW_AT_location, &value))
		return false;
	struct error *err = dw_location_at(&(*ret_unit)->dw, &value, FILE_ADDR(0), ret);
	error_destroy(err);
	return !err;
}

bool variable_address(const struct sym_variable *v, struct file_addr *ret)
{
	struct sym_unit *u;
	struct dw_span expr;
	return static_location(v, &u, &expr) && location_address(&u->dw, expr, ret);
}

bool variable_is_dropped(const struct sym_variable *v)
{
	struct sym_unit *u;
	struct dw_span expr;
	return static_location(v, &u, &expr) && is_dropped(v->module, &u->dw, expr);
}

struct error *sym_variable_location(const struct sym_variable *variable, struct file_addr pc,
				    struct dw_span *ret_expr, const struct dw_unit **ret_unit,
				    bool *ret_const)
{
	struct sym_variable *v = (struct sym_variable *)variable;
	struct sym_module *m = v->module;
	struct dw_value value;
	struct dw_cursor c;
	struct sym_unit *u;
	uint64_t number;

	module_locations(m);
	if (v->id && die_at(m, v->id, &c, &u) && dw_attr(&c, DW_AT_location, &value)) {
		struct dw_span expr;
		struct error *err = dw_location_at(&u->dw, &value, pc, &expr);
		if (err && err->code == ERROR_NOT_FOUND) {
			error_destroy(err);
			return optimised_out(v, pc);
		}
		if (err)
			return err;
		if (expr.size == 0 || is_dropped(m, &u->dw, expr))
			return optimised_out(v, pc);
		*ret_expr = expr;
		*ret_unit = &u->dw;
		*ret_const = false;
		return NULL;
	}
	if (!find_attr(m, v->id ? v->id : v->origin, DW_AT_const_value, &value, &u))
		return optimised_out(v, pc);
	if (value.kind == DW_VALUE_BLOCK) {
		*ret_expr = value.block;
	} else if (value.kind == DW_VALUE_STRING) {
		*ret_expr = (struct dw_span){ (const uint8_t *)value.str.ptr, value.str.len };
	} else {
		int64_t wide;
		/* data1 of an int's -1 is 0xff: the type's signedness decides how it widens. */
		const struct sym_type *type = sym_variable_type(v);
		if (sym_type_kind(type) == SYM_TYPE_SIGNED && dw_value_signed(&value, &wide))
			number = (uint64_t)wide;
		else if (!dw_value_unsigned(&value, &number))
			return optimised_out(v, pc);
		memcpy(v->constant, &number, sizeof number);
		*ret_expr = (struct dw_span){ v->constant, sizeof v->constant };
	}
	*ret_unit = &u->dw;
	*ret_const = true;
	return NULL;
}

struct error *sym_variable_locations(const struct sym_variable *v, dw_location_entry_fn *fn, void *ctx,
				     const struct dw_unit **ret_unit, bool *ret_list)
{
	struct sym_module *m = v->module;
	struct dw_value value;
	struct dw_cursor c;
	struct sym_unit *u;
	module_locations(m);
	*ret_list = v->id && die_at(m, v->id, &c, &u) && dw_attr(&c, DW_AT_location, &value) &&
		    value.kind != DW_VALUE_BLOCK;
	if (!*ret_list)
		return NULL;
	*ret_unit = &u->dw;
	return fn ? dw_location_entries(&u->dw, &value, fn, ctx) : NULL;
}

struct on_entry {
	uint64_t entry;
	bool found;
	struct dw_span expr;
};

/* An empty entry at the first instruction is for that alone. */
static void match_entry(void *ctx, const struct dw_location_entry *e)
{
	struct on_entry *o = ctx;
	bool holds = o->entry >= e->start.value &&
		     (o->entry < e->end.value ||
		      (e->start.value == e->end.value && o->entry == e->start.value));
	if (e->base || e->otherwise || o->found || !holds)
		return;
	o->found = true;
	o->expr = e->expr;
}

bool sym_variable_location_on_entry(const struct sym_variable *v, struct dw_span *ret_expr,
				    const struct dw_unit **ret_unit)
{
	struct sym_module *m = v->module;
	struct sym_function_info info;
	struct dw_value value;
	struct dw_cursor c;
	struct sym_unit *u;
	module_locations(m);
	if (!v->id || !v->function || !die_at(m, v->id, &c, &u) || !dw_attr(&c, DW_AT_location, &value))
		return false;
	*ret_unit = &u->dw;
	*ret_expr = value.block;
	if (value.kind == DW_VALUE_BLOCK)
		return value.block.size > 0;
	sym_function_describe(v->function->outer, &info);
	struct on_entry o = { .entry = info.entry.value };
	if (!info.entry.value)
		return false;
	module_trouble(m, dw_location_entries(&u->dw, &value, match_entry, &o));
	*ret_expr = o.expr;
	return o.found && o.expr.size > 0;
}

const struct sym_type *sym_type_in_unit(struct sym_module *m, const struct dw_unit *unit, uint64_t offset)
{
	struct sym_unit *u =
		unit_by_id(m, unit->first_die + (unit->section == DW_SECTION_TYPES ? TYPES_BIAS : 0));
	uint64_t die;
	if (!u || __builtin_add_overflow(unit->offset, offset, &die) || die < unit->first_die ||
	    die >= unit->end)
		return NULL;
	return type_get(m, die + u->bias);
}

struct error *sym_function_frame_base(const struct sym_function *f, struct file_addr pc,
				      struct dw_span *ret_expr, const struct dw_unit **ret_unit)
{
	struct sym_module *m = f->unit->module;
	struct dw_value value;
	struct dw_cursor c;
	struct sym_unit *u;
	module_locations(m);
	if (!die_at(m, f->outer->id, &c, &u) || !dw_attr(&c, DW_AT_frame_base, &value))
		return error_at(ERROR_NOT_FOUND, pc.value, "%s: the function has no frame base", m->path);
	TRY(dw_location_at(&u->dw, &value, pc, ret_expr));
	*ret_unit = &u->dw;
	return NULL;
}
