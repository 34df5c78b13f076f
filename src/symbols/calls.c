/* Call sites: read for a whole function when one of its calls is asked for. */
#include "symbols/calls.h"
#include "symbols/symbols_internal.h"

#include <stdlib.h>

enum { MAX_CALLS = 1 << 16, MAX_PARAMETERS = 256 };

struct function_calls {
	struct sym_call_site *sites; /* by return_pc */
	size_t count;
	const struct sym_call_site **tails;
	size_t tail_count;
};

struct calls_builder {
	struct sym_unit *unit;
	VEC(struct sym_call_site) sites;
};

/* ---- parameters ---- */

/* DW_OP_regN, or the stack pointer's base register with an offset (D5 3.4.2). */
static bool parameter_place(const struct sym_unit *u, struct dw_span expr, struct sym_call_parameter *ret)
{
	const struct arch *arch = u->module->arch;
	struct reader r = reader_init(expr.data, expr.size);
	uint8_t op = reader_u8(&r);
	uint64_t reg;
	if ((op >= DW_OP_reg0 && op <= DW_OP_reg31) || op == DW_OP_regx) {
		reg = op == DW_OP_regx ? reader_uleb(&r) : (uint64_t)(op - DW_OP_reg0);
		ret->kind = SYM_CALL_REGISTER;
		ret->reg = (unsigned)reg;
		return !r.failed && reader_left(&r) == 0 && reg <= UINT16_MAX;
	}
	if ((op < DW_OP_breg0 || op > DW_OP_breg31) && op != DW_OP_bregx)
		return false;
	reg = op == DW_OP_bregx ? reader_uleb(&r) : (uint64_t)(op - DW_OP_breg0);
	ret->kind = SYM_CALL_STACK;
	ret->offset = reader_sleb(&r);
	return !r.failed && reader_left(&r) == 0 && arch && reg == arch->sp;
}

static bool block_of(const struct dw_value *value, struct dw_span *ret)
{
	if (value->kind != DW_VALUE_BLOCK)
		return false;
	*ret = value->block;
	return true;
}

static bool read_parameter(struct sym_unit *u, const struct dw_cursor *c, struct sym_call_parameter *ret)
{
	struct dw_value value;
	struct dw_span place = { 0 };
	bool has_place = false, has_value = false;
	*ret = (struct sym_call_parameter){ 0 };
	for (struct dw_attr_iter it = dw_attrs(c); dw_attr_next(&it, &value);) {
		switch (value.name) {
		case DW_AT_location:
			has_place = block_of(&value, &place);
			break;
		case DW_AT_call_value:
		case DW_AT_GNU_call_site_value:
			has_value = block_of(&value, &ret->value);
			break;
		case DW_AT_call_data_value:
		case DW_AT_GNU_call_site_data_value:
			block_of(&value, &ret->data_value);
			break;
		}
	}
	/* One that is named by its DIE (DW_AT_call_parameter) is in no register: the caller left it out. */
	return has_value && has_place && parameter_place(u, place, ret);
}

struct parameters {
	VEC(struct sym_call_parameter) list;
};

static bool add_parameter(void *ctx, struct sym_unit *u, const struct dw_cursor *c)
{
	struct parameters *p = ctx;
	struct sym_call_parameter parameter;
	if ((c->abbrev->tag == DW_TAG_call_site_parameter ||
	     c->abbrev->tag == DW_TAG_GNU_call_site_parameter) &&
	    read_parameter(u, c, &parameter))
		vec_push(&p->list, parameter);
	return p->list.count < MAX_PARAMETERS;
}

/* ---- whom it calls ---- */

struct starts {
	VEC(struct file_addr) list;
};

static void add_start(void *ctx, struct file_range range)
{
	struct starts *s = ctx;
	if (s->list.count < MAX_PARAMETERS)
		vec_push(&s->list, range.start);
}

/* A function is named by a DIE: with code its addresses say which it is, a declaration's name does. */
static void target_of_die(struct sym_module *m, uint64_t die, struct sym_call_site *site)
{
	struct dw_cursor c;
	struct sym_unit *u;
	struct dw_value value;
	if (!die_at(m, die, &c, &u))
		return;
	if (dw_attr(&c, DW_AT_declaration, &value) && value.kind == DW_VALUE_FLAG && value.u &&
	    !dw_attr(&c, DW_AT_specification, &value)) {
		struct function_attrs a = { 0 };
		function_read_attrs(m, die, &a);
		site->name = a.linkage.len ? a.linkage : a.name;
		if (site->name.len && (a.linkage.len || !unit_has_paths(u)))
			site->target_kind = SYM_CALL_NAME;
		return;
	}
	struct starts starts = { 0 };
	module_trouble(m, dw_die_ranges(&c, false, add_start, &starts));
	if (starts.list.count) {
		site->target_kind = SYM_CALL_ADDRESSES;
		site->addresses = arena_copy(&m->arena, starts.list.data,
					     starts.list.count * sizeof *starts.list.data);
		site->address_count = starts.list.count;
	}
	vec_free(&starts.list);
}

/* ---- one call ---- */

static bool is_set(const struct dw_value *value)
{
	return value->kind == DW_VALUE_FLAG && value->u;
}

static void read_site(struct calls_builder *b, const struct dw_cursor *c)
{
	struct sym_unit *u = b->unit;
	struct sym_call_site site = { .unit = &u->dw };
	struct dw_value value;
	uint64_t origin = 0;
	bool has_pc = false, has_target = false;
	for (struct dw_attr_iter it = dw_attrs(c); dw_attr_next(&it, &value);) {
		switch (value.name) {
		case DW_AT_call_return_pc:
		case DW_AT_low_pc: /* the GNU extension's name for the same */
			if (value.kind == DW_VALUE_ADDRESS) {
				has_pc = true;
				site.return_pc = FILE_ADDR(value.u);
			}
			break;
		case DW_AT_call_tail_call:
		case DW_AT_GNU_tail_call:
			site.tail |= is_set(&value);
			break;
		case DW_AT_call_target:
		case DW_AT_GNU_call_site_target:
			has_target = block_of(&value, &site.target) || die_ref(u, &value, &origin);
			break;
		case DW_AT_call_origin:
		case DW_AT_abstract_origin:
			if (!has_target)
				die_ref(u, &value, &origin);
			break;
		}
	}
	if (!has_pc)
		return;
	if (site.target.size)
		site.target_kind = SYM_CALL_EXPRESSION;
	else if (origin)
		target_of_die(u->module, origin, &site);
	struct parameters parameters = { 0 };
	if (c->abbrev->children)
		each_child(u->module, c->die + u->bias, add_parameter, &parameters);
	site.parameter_count = parameters.list.count;
	if (parameters.list.count)
		site.parameters = arena_copy(&u->module->arena, parameters.list.data,
					     parameters.list.count * sizeof *parameters.list.data);
	vec_free(&parameters.list);
	vec_push(&b->sites, site);
}

/* ---- a function's ---- */

static void walk(struct calls_builder *b, struct dw_cursor *c)
{
	int depth = c->depth;
	while (b->sites.count < MAX_CALLS && dw_cursor_next(c)) {
		if (!c->abbrev) {
			if (c->depth <= depth + 1)
				break; /* the function's children end */
			continue;
		}
		switch (c->abbrev->tag) {
		case DW_TAG_call_site:
		case DW_TAG_GNU_call_site:
			read_site(b, c);
			break;
		case DW_TAG_inlined_subroutine:
		case DW_TAG_lexical_block:
		case DW_TAG_try_block:
		case DW_TAG_catch_block:
			continue;
		}
		/* What else there is has scopes, and calls, of its own. */
		if (!dw_cursor_skip_children(c))
			break;
	}
	module_trouble(b->unit->module, dw_cursor_error(c));
}

static bool tells_of_all_tail_calls(const struct dw_cursor *c)
{
	static const uint16_t names[] = { DW_AT_call_all_calls, DW_AT_call_all_tail_calls,
					  DW_AT_GNU_all_call_sites, DW_AT_GNU_all_tail_call_sites };
	struct dw_value value;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (dw_attr(c, names[i], &value) && is_set(&value))
			return true;
	return false;
}

static int compare_sites(const void *a, const void *b)
{
	uint64_t x = ((const struct sym_call_site *)a)->return_pc.value,
		 y = ((const struct sym_call_site *)b)->return_pc.value;
	return x < y ? -1 : x > y;
}

static const struct function_calls *function_calls(struct sym_function *f)
{
	struct sym_module *m = f->unit->module;
	struct dw_cursor c;
	struct calls_builder b = { 0 };
	if (f->calls)
		return f->calls;
	struct function_calls *calls = ARENA_NEW(&m->arena, struct function_calls);
	f->calls = calls;
	if (!function_body(f)->calls || !die_at(m, f->id, &c, &b.unit))
		return calls;
	bool all = tells_of_all_tail_calls(&c);
	walk(&b, &c);
	calls->count = b.sites.count;
	if (b.sites.count) {
		qsort(b.sites.data, b.sites.count, sizeof *b.sites.data, compare_sites);
		calls->sites = arena_copy(&m->arena, b.sites.data, b.sites.count * sizeof *b.sites.data);
	}
	vec_free(&b.sites);
	VEC(const struct sym_call_site *) tails = { 0 };
	for (size_t i = 0; all && i < calls->count; i++)
		if (calls->sites[i].tail)
			vec_push(&tails, &calls->sites[i]);
	calls->tail_count = tails.count;
	if (tails.count)
		calls->tails = arena_copy(&m->arena, tails.data, tails.count * sizeof *tails.data);
	vec_free(&tails);
	return calls;
}

const struct sym_call_site *sym_function_call_site(const struct sym_function *f, struct file_addr return_pc)
{
	const struct function_calls *calls = function_calls(f->outer);
	size_t low = 0, high = calls->count;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (calls->sites[mid].return_pc.value < return_pc.value)
			low = mid + 1;
		else
			high = mid;
	}
	return low < calls->count && calls->sites[low].return_pc.value == return_pc.value
		       ? &calls->sites[low]
		       : NULL;
}

const struct sym_call_site *sym_call_site_at(struct sym_module *m, struct file_addr return_pc)
{
	const struct sym_function *f =
		return_pc.value ? sym_function_at(m, FILE_ADDR(return_pc.value - 1)) : NULL;
	return f ? sym_function_call_site(f, return_pc) : NULL;
}

size_t sym_function_tail_calls(const struct sym_function *f, const struct sym_call_site *const **ret)
{
	const struct function_calls *calls = function_calls(f->outer);
	*ret = calls->tails;
	return calls->tail_count;
}
