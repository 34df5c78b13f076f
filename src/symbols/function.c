/* Functions: what DWARF says of them, their inlined calls and lexical blocks, and the chain at an address. */
#include "symbols/lookup.h"
#include "symbols/symbols_internal.h"

#include <stdlib.h>

/* ---- attributes ---- */

static void fill_attr(struct function_attrs *a, struct sym_unit *u, const struct dw_value *value,
		      bool first, uint64_t *origin, uint64_t *specification)
{
	switch (value->name) {
	case DW_AT_name:
		if (a->name.len == 0 && value->kind == DW_VALUE_STRING)
			a->name = value->str;
		break;
	case DW_AT_linkage_name:
	case DW_AT_MIPS_linkage_name:
		if (a->linkage.len == 0 && value->kind == DW_VALUE_STRING)
			a->linkage = value->str;
		break;
	case DW_AT_decl_file:
		if (!a->decl_unit && dw_value_unsigned(value, &a->decl_file))
			a->decl_unit = u;
		break;
	case DW_AT_decl_line:
		if (a->decl_line == 0)
			dw_value_unsigned(value, &a->decl_line);
		break;
	case DW_AT_decl_column:
		if (a->decl_column == 0)
			dw_value_unsigned(value, &a->decl_column);
		break;
	case DW_AT_type:
		if (!a->has_type)
			a->has_type = die_ref(u, value, &a->type);
		break;
	case DW_AT_noreturn:
		a->noreturn |= value->kind == DW_VALUE_FLAG && value->u;
		break;
	case DW_AT_prototyped:
		a->prototyped |= value->kind == DW_VALUE_FLAG && value->u;
		break;
	case DW_AT_external:
		a->external |= value->kind == DW_VALUE_FLAG && value->u;
		break;
	case DW_AT_declaration:
		a->declaration |= first && value->kind == DW_VALUE_FLAG && value->u;
		break;
	case DW_AT_calling_convention:
		if (a->convention == 0)
			dw_value_unsigned(value, &a->convention);
		break;
	case DW_AT_abstract_origin:
		die_ref(u, value, origin);
		break;
	case DW_AT_specification:
		die_ref(u, value, specification);
		break;
	}
}

void function_read_attrs(struct sym_module *m, uint64_t id, struct function_attrs *a)
{
	for (int i = 0; i < SYM_MAX_REFERENCES && id; i++) {
		struct dw_cursor c;
		struct sym_unit *u;
		if (!die_at(m, id, &c, &u))
			return;
		a->path_id = id;
		a->path_unit = u;
		uint64_t origin = 0, specification = 0;
		struct dw_value value;
		for (struct dw_attr_iter it = dw_attrs(&c); dw_attr_next(&it, &value);)
			fill_attr(a, u, &value, i == 0, &origin, &specification);
		if (origin && !a->origin)
			a->origin = origin;
		id = origin ? origin : specification;
	}
}

const struct function_attrs *function_attrs(struct sym_function *f)
{
	if (!f->attrs_read) {
		f->attrs_read = true;
		function_read_attrs(f->unit->module, f->id, &f->attrs);
	}
	return &f->attrs;
}

struct sym_function *function_get(struct sym_module *m, uint64_t id)
{
	struct sym_function *f = map_get_ptr(&m->functions, id);
	if (f)
		return f;
	struct dw_cursor c;
	struct sym_unit *u;
	if (!die_at(m, id, &c, &u) || c.abbrev->tag != DW_TAG_subprogram)
		return NULL;
	f = ARENA_NEW(&m->arena, struct sym_function);
	*f = (struct sym_function){ .unit = u, .id = id, .outer = f, .scope = SYM_NONE };
	map_set_ptr(&m->functions, id, f);
	return f;
}

/* ---- ranges ---- */

struct range_list {
	VEC(struct file_range) list;
};

static void add_range(void *ctx, struct file_range range)
{
	struct range_list *ranges = ctx;
	vec_push(&ranges->list, range);
}

static void read_ranges(struct sym_function *f)
{
	struct sym_module *m = f->unit->module;
	struct range_list ranges = { 0 };
	struct dw_cursor c;
	struct sym_unit *u;
	f->ranges_read = true;
	if (!die_at(m, f->id, &c, &u))
		return;
	module_trouble(m, dw_die_ranges(&c, true, add_range, &ranges));
	f->range_count = ranges.list.count;
	f->ranges = ranges.list.count ? arena_copy(&m->arena, ranges.list.data,
						   ranges.list.count * sizeof *f->ranges)
				      : NULL;
	vec_free(&ranges.list);
}

size_t sym_function_ranges(const struct sym_function *function, const struct file_range **ret)
{
	struct sym_function *f = (struct sym_function *)function;
	if (!f->ranges_read)
		read_ranges(f);
	*ret = f->ranges;
	return f->range_count;
}

static struct file_addr entry_of(struct sym_function *f)
{
	struct dw_cursor c;
	struct sym_unit *u;
	struct dw_value value;
	const struct file_range *ranges;
	if (f->outer != f)
		return FILE_ADDR(0);
	if (sym_function_ranges(f, &ranges) == 0)
		return FILE_ADDR(0);
	/* A function in several pieces (hot and cold) lists the one with its entry first, unless it names the entry. */
	if (die_at(f->unit->module, f->id, &c, &u) && !dw_attr(&c, DW_AT_low_pc, &value) &&
	    dw_attr(&c, DW_AT_entry_pc, &value)) {
		for (size_t i = 0; i < f->range_count; i++)
			if (value.kind == DW_VALUE_ADDRESS && value.u >= ranges[i].start.value &&
			    value.u < ranges[i].end.value)
				return FILE_ADDR(value.u);
	}
	return ranges[0].start;
}

/* ---- inlined calls and blocks ---- */

struct body_builder {
	struct sym_unit *unit;
	VEC(struct body_scope) scopes;
	struct range_list ranges;
	bool calls;
};

/* Index of the new scope, or SYM_NONE when the DIE has no code of its own. */
static uint32_t add_scope(struct body_builder *b, const struct dw_cursor *c)
{
	size_t first = b->ranges.list.count;
	module_trouble(b->unit->module, dw_die_ranges(c, true, add_range, &b->ranges));
	if (b->ranges.list.count == first)
		return SYM_NONE;
	struct body_scope s = { .id = c->die + b->unit->bias,
				.first_range = (uint32_t)first,
				.range_count = (uint32_t)(b->ranges.list.count - first),
				.inlined = c->abbrev->tag == DW_TAG_inlined_subroutine };
	if (s.inlined) {
		struct dw_value value;
		s.block = true;
		for (struct dw_attr_iter it = dw_attrs(c); dw_attr_next(&it, &value);) {
			uint64_t number;
			if (value.name == DW_AT_abstract_origin)
				die_ref(b->unit, &value, &s.origin);
			if (value.name != DW_AT_call_file && value.name != DW_AT_call_line &&
			    value.name != DW_AT_call_column)
				continue;
			if (!dw_value_unsigned(&value, &number))
				continue;
			if (value.name == DW_AT_call_file)
				s.call_file = number;
			else if (value.name == DW_AT_call_line)
				s.call_line = (uint32_t)number;
			else
				s.call_column = (uint32_t)number;
		}
	}
	vec_push(&b->scopes, s);
	return (uint32_t)b->scopes.count - 1;
}

static void walk_body(struct body_builder *b, struct dw_cursor *c)
{
	VEC(uint32_t)
	open = { 0 }; /* per level of children: the scope to close at its end, or SYM_NONE */

	while (dw_cursor_next(c)) {
		if (!c->abbrev) {
			if (open.count == 0)
				break; /* the function's children end */
			uint32_t scope = open.data[--open.count];
			if (scope != SYM_NONE)
				b->scopes.data[scope].next = (uint32_t)b->scopes.count;
			continue;
		}
		uint32_t scope = SYM_NONE;
		switch (c->abbrev->tag) {
		case DW_TAG_inlined_subroutine:
			scope = add_scope(b, c);
			if (scope == SYM_NONE) { /* dropped, and so is all in it */
				if (!dw_cursor_skip_children(c))
					goto out;
				continue;
			}
			break;
		case DW_TAG_lexical_block:
		case DW_TAG_try_block:
		case DW_TAG_catch_block:
			scope = add_scope(b, c);
			break;
		case DW_TAG_template_type_parameter:
		case DW_TAG_template_value_parameter:
		case DW_TAG_call_site:
		case DW_TAG_GNU_call_site:
			b->calls |= c->abbrev->tag == DW_TAG_call_site ||
				    c->abbrev->tag == DW_TAG_GNU_call_site;
			if (!dw_cursor_skip_children(c))
				goto out;
			continue;
		default: /* types and functions inside have scopes of their own */
			for (size_t i = open.count; i > 0; i--)
				if (open.data[i - 1] != SYM_NONE) {
					b->scopes.data[open.data[i - 1]].block = true;
					break;
				}
			if (!dw_cursor_skip_children(c))
				goto out;
			continue;
		}
		if (c->abbrev->children)
			vec_push(&open, scope);
		else if (scope != SYM_NONE)
			b->scopes.data[scope].next = (uint32_t)b->scopes.count;
	}
out:
	while (open.count > 0) {
		uint32_t scope = open.data[--open.count];
		if (scope != SYM_NONE)
			b->scopes.data[scope].next = (uint32_t)b->scopes.count;
	}
	module_trouble(b->unit->module, dw_cursor_error(c));
	vec_free(&open);
}

const struct function_body *function_body(struct sym_function *f)
{
	struct sym_module *m = f->unit->module;
	struct dw_cursor c;
	struct body_builder b = { 0 };

	if (f->body_read)
		return &f->body;
	f->body_read = true;
	if (!die_at(m, f->id, &c, &b.unit) || !c.abbrev->children)
		return &f->body;
	walk_body(&b, &c);
	f->body.calls = b.calls;
	f->body.count = (uint32_t)b.scopes.count;
	if (b.scopes.count)
		f->body.scopes =
			arena_copy(&m->arena, b.scopes.data, b.scopes.count * sizeof *b.scopes.data);
	if (b.ranges.list.count)
		f->body.ranges = arena_copy(&m->arena, b.ranges.list.data,
					    b.ranges.list.count * sizeof *b.ranges.list.data);
	vec_free(&b.scopes);
	vec_free(&b.ranges.list);
	return &f->body;
}

static bool scope_holds(const struct function_body *body, const struct body_scope *s, uint64_t pc)
{
	for (uint32_t i = 0; i < s->range_count; i++) {
		const struct file_range *r = &body->ranges[s->first_range + i];
		if (pc >= r->start.value && pc < r->end.value)
			return true;
	}
	return false;
}

uint32_t body_enter(const struct function_body *body, uint32_t from, uint32_t end, uint64_t pc)
{
	while (from < end) {
		const struct body_scope *s = &body->scopes[from];
		if (scope_holds(body, s, pc))
			return from;
		from = s->next;
	}
	return SYM_NONE;
}

struct sym_function *inlined_function(struct sym_function *outer, uint32_t scope)
{
	struct sym_module *m = outer->unit->module;
	uint64_t id = outer->body.scopes[scope].id;
	struct sym_function *f = map_get_ptr(&m->functions, id);
	if (!f) {
		f = ARENA_NEW(&m->arena, struct sym_function);
		*f = (struct sym_function){ .unit = outer->unit, .id = id, .outer = outer, .scope = scope };
		map_set_ptr(&m->functions, id, f);
	}
	return f;
}

/* ---- description ---- */

static void describe(struct sym_function *f)
{
	struct sym_module *m = f->unit->module;
	const struct function_attrs *a = function_attrs(f);
	struct sym_function_info *info = &f->info;

	f->described = true;
	info->from_debug_info = true;
	info->entry = entry_of(f);
	info->linkage_name = a->linkage;
	struct sym_unit *home = a->path_unit ? a->path_unit : f->unit;
	bool mangled = name_is_rust_mangled(a->linkage);
	info->is_rust = mangled || unit_is_rust(home);
	if (a->name.len > 0 && !mangled)
		info->name = unit_path(home, a->path_id, a->name, &m->arena);
	else
		info->name = sym_demangle(a->linkage, &m->arena);
	struct sym_symbol symbol;
	if (info->name.len == 0 && info->entry.value && sym_symbol_at(m, info->entry, &symbol)) {
		info->linkage_name = symbol.linkage_name;
		info->name = sym_demangle(symbol.linkage_name, &m->arena);
	}
	if (a->decl_unit)
		info->decl = (struct sym_line){ unit_file(a->decl_unit, a->decl_file),
						(uint32_t)a->decl_line, (uint32_t)a->decl_column };
}

void sym_function_describe(const struct sym_function *function, struct sym_function_info *ret)
{
	struct sym_function *f = (struct sym_function *)function;
	if (!f->described)
		describe(f);
	*ret = f->info;
}

struct str sym_function_path(const struct sym_function *function)
{
	struct sym_function *f = (struct sym_function *)function;
	if (f->path_read)
		return f->path;
	const struct function_attrs *a = function_attrs(f);
	struct sym_unit *home = a->path_unit ? a->path_unit : f->unit;
	f->path_read = true;
	bool c_symbol = a->linkage.len > 0 && !str_starts(a->linkage, STR_LIT("_Z")) &&
			!name_is_rust_mangled(a->linkage) && !unit_is_rust(home);
	if (c_symbol) {
		f->path = a->linkage;
	} else if (a->name.len > 0) {
		f->path = unit_path(home, a->path_id, a->name, &f->unit->module->arena);
	} else {
		struct sym_function_info info;
		sym_function_describe(f, &info);
		f->path = info.name;
	}
	return f->path;
}

struct sym_module *sym_function_module(const struct sym_function *f)
{
	return f->unit->module;
}

const struct sym_type *sym_function_result(const struct sym_function *f)
{
	const struct function_attrs *a = function_attrs((struct sym_function *)f);
	return a->has_type ? type_get(f->unit->module, a->type) : NULL;
}

bool sym_function_noreturn(const struct sym_function *f)
{
	return function_attrs((struct sym_function *)f)->noreturn;
}

/* ---- at an address ---- */

const struct sym_function *sym_function_at(struct sym_module *m, struct file_addr pc)
{
	size_t state = SIZE_MAX;
	for (struct sym_unit *u; (u = unit_at(m, pc.value, &state));) {
		struct file_range range;
		uint64_t id;
		if (unit_function_at(u, pc.value, &id, &range))
			return function_get(m, id);
	}
	return NULL;
}

bool sym_line_at(struct sym_module *m, struct file_addr pc, struct sym_line *ret)
{
	size_t state = SIZE_MAX;
	for (struct sym_unit *u; (u = unit_at(m, pc.value, &state));)
		if (unit_line_at(u, pc.value, ret))
			return true;
	return false;
}

/* Without debug information: the symbol, or the stub's name in a procedure linkage table. */
static size_t chain_of_symbol(struct sym_module *m, struct file_addr pc, const struct sym_line *line,
			      struct sym_chain_entry *ret)
{
	struct sym_symbol symbol;
	struct str name;
	if (line)
		ret->line = *line;
	if (sym_symbol_at(m, pc, &symbol)) {
		ret->info.linkage_name = symbol.linkage_name;
		ret->info.name = symbol_demangled(m, symbol.linkage_name);
		ret->info.entry = ret->start = symbol.addr;
		ret->info.is_rust = name_is_rust_mangled(symbol.linkage_name);
		return 1;
	}
	if (elf_plt_target(m->elf, pc, &name)) {
		ret->info.name = symbol_at_plt(m, name);
		return 1;
	}
	return line ? 1 : 0;
}

/* innermost: the line of pc, or NULL. */
static size_t chain_at(struct sym_module *m, struct file_addr pc, const struct sym_line *innermost,
		       struct sym_chain_entry ret[SYM_MAX_INLINE])
{
	struct sym_function *f = (struct sym_function *)sym_function_at(m, pc);
	memset(ret, 0, sizeof *ret);
	if (!f)
		return chain_of_symbol(m, pc, innermost, ret);

	/* From the outside in, keeping the innermost calls when there are more than fit. */
	const struct function_body *body = function_body(f);
	uint32_t calls[SYM_MAX_INLINE - 1];
	size_t count = 0;
	uint32_t from = 0, end = body->count, at;
	while ((at = body_enter(body, from, end, pc.value)) != SYM_NONE) {
		const struct body_scope *s = &body->scopes[at];
		if (s->inlined) {
			if (count == SYM_MAX_INLINE - 1)
				memmove(calls, calls + 1, --count * sizeof *calls);
			calls[count++] = at;
		}
		from = at + 1;
		end = s->next;
	}
	struct sym_line line = innermost ? *innermost : (struct sym_line){ 0 };
	struct file_addr start = entry_of(f);
	for (size_t i = 0; i <= count; i++) {
		bool inlined = i < count;
		const struct body_scope *s = inlined ? &body->scopes[calls[count - 1 - i]] : NULL;
		struct sym_chain_entry *e = &ret[i];
		*e = (struct sym_chain_entry){ .line = line, .inlined = inlined, .start = start };
		e->function = inlined ? inlined_function(f, calls[count - 1 - i]) : f;
		sym_function_describe(e->function, &e->info);
		if (inlined)
			line = (struct sym_line){ unit_file(f->unit, s->call_file), s->call_line,
						  s->call_column };
	}
	return count + 1;
}

size_t sym_chain_at(struct sym_module *m, struct file_addr pc, struct sym_chain_entry ret[SYM_MAX_INLINE])
{
	struct sym_line line;
	return chain_at(m, pc, sym_line_at(m, pc, &line) ? &line : NULL, ret);
}

size_t sym_chain_as_written(struct sym_module *m, struct file_addr pc,
			    struct sym_chain_entry ret[SYM_MAX_INLINE])
{
	struct sym_line line;
	return chain_at(m, pc, written_line_at(m, pc, &line) ? &line : NULL, ret);
}
