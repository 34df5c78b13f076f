/* What a name means: a local of the frame, a static, a function, a type, an enumerator. */
#include "eval/eval_internal.h"

#include <stdlib.h>

enum { MAX_MODULES = 1 << 16, MAX_SEGMENTS = 64 };

/* ---- the frame ---- */

const struct sym_function *frame_function(const struct eval_env *env)
{
	const struct eval_frame *f = env->frame;
	struct sym_chain_entry chain[SYM_MAX_INLINE];
	if (!f || !f->module)
		return NULL;
	if (f->function)
		return f->function;
	return sym_chain_at(f->module, f->pc, chain) ? chain[0].function : NULL;
}

static const struct sym_variable *local_in(const struct machine *m, const struct sym_function *f,
					   struct str name)
{
	const struct sym_variable **locals;
	const struct sym_variable *const *params;
	size_t count = sym_function_locals(f, m->env->frame->pc, m->arena, &locals);
	for (size_t i = 0; i < count; i++)
		if (str_eq(sym_variable_name(locals[i]), name))
			return locals[i];
	count = sym_function_params(f, &params);
	for (size_t i = 0; i < count; i++)
		if (str_eq(sym_variable_name(params[i]), name))
			return params[i];
	return NULL;
}

/* Of two locals of one block with the same name the later one is meant; sym_function_scopes tells the blocks apart. */
static const struct sym_variable *find_local(const struct machine *m, struct str name)
{
	const struct sym_function *f = frame_function(m->env);
	struct sym_scope *scopes;
	if (!f)
		return NULL;
	size_t count = sym_function_scopes(f, m->env->frame->pc, m->arena, &scopes);
	for (size_t i = 0; i < count; i++)
		for (size_t j = scopes[i].count; j > 0; j--)
			if (str_eq(sym_variable_name(scopes[i].variables[j - 1]), name))
				return scopes[i].variables[j - 1];
	return local_in(m, f, name);
}

/* What a block around the frame's place has by that name that is no variable of its own. NULL: none. */
const struct sym_block_name *block_name(const struct machine *m, enum sym_block_name_kind kind,
					struct str name)
{
	const struct sym_function *f = frame_function(m->env);
	struct sym_block_name *names;
	struct sym_scope *scopes;
	size_t count = f ? sym_function_scopes(f, m->env->frame->pc, m->arena, &scopes) : 0;
	for (size_t i = 0; i < count; i++) {
		size_t n = sym_scope_names(f, &scopes[i], m->arena, &names);
		for (size_t k = 0; k < n; k++)
			if (names[k].kind == kind && str_eq(names[k].name, name))
				return &names[k];
	}
	return NULL;
}

/* ---- a variable's place, remembered ---- */

/* `DW_OP_fbreg N` with the frame base in a register, or `DW_OP_breg N`: nearly every local of a debug build. */
static bool single_register(struct dw_span expr, uint16_t *ret_reg)
{
	enum { OP_REG0 = 0x50, OP_REG31 = 0x6f };
	if (expr.size != 1 || expr.data[0] < OP_REG0 || expr.data[0] > OP_REG31)
		return false;
	*ret_reg = (uint16_t)(expr.data[0] - OP_REG0);
	return true;
}

static bool read_sleb(const uint8_t *bytes, size_t size, int64_t *ret)
{
	uint64_t value = 0;
	for (size_t i = 0; i < size && i < 9; i++) {
		value |= (uint64_t)(bytes[i] & 0x7f) << (7 * i);
		if (bytes[i] & 0x80)
			continue;
		if (bytes[i] & 0x40)
			value |= ~(uint64_t)0 << (7 * (i + 1));
		*ret = (int64_t)value;
		return i + 1 == size;
	}
	return false;
}

static void bind_simply(const struct machine *m, struct binding *b)
{
	enum { OP_BREG0 = 0x70, OP_BREG31 = 0x8f, OP_FBREG = 0x91, OP_CALL_FRAME_CFA = 0x9c };
	struct dw_span expr, base;
	const struct dw_unit *unit;
	bool is_const;
	const struct eval_frame *frame = m->env->frame;
	b->simple = b->cfa = false;
	struct error *err = sym_variable_location(b->variable, frame->pc, &expr, &unit, &is_const);
	if (err || is_const || expr.size < 2 || !read_sleb(expr.data + 1, expr.size - 1, &b->offset)) {
		error_destroy(err);
		return;
	}
	if (expr.data[0] >= OP_BREG0 && expr.data[0] <= OP_BREG31) {
		b->base = (uint16_t)(expr.data[0] - OP_BREG0);
		b->simple = true;
	}
	const struct sym_function *outer = sym_function_at(frame->module, frame->pc);
	if (expr.data[0] != OP_FBREG || !outer)
		return;
	err = sym_function_frame_base(outer, frame->pc, &base, &unit);
	if (!err && single_register(base, &b->base))
		b->simple = true;
	else if (!err && base.size == 1 && base.data[0] == OP_CALL_FRAME_CFA)
		b->simple = b->cfa = true;
	error_destroy(err);
}

static bool bound_value(const struct machine *m, const struct binding *b, struct eval_value *ret)
{
	uint64_t base;
	if (!b->simple)
		return false;
	if (b->cfa)
		base = m->env->frame->frame->cfa;
	else if (!m->env->reg || !m->env->reg(m->env->ctx, b->base, &base))
		return false;
	if (b->cfa && !base)
		return false;
	value_at(sym_variable_type(b->variable), base + (uint64_t)b->offset, ret);
	return true;
}

static bool is_bound(const struct machine *m, const struct binding *b)
{
	const struct eval_frame *f = m->env->frame;
	return b->valid && f && f->module == b->module && f->pc.value == b->pc.value &&
	       f->function == b->function;
}

static void local_value(const struct machine *m, struct binding *b, struct eval_value *ret)
{
	if (m->no_side) {
		value_of_type(sym_variable_type(b->variable), m->arena, ret);
		ret->has_address = true;
		return;
	}
	if (!bound_value(m, b, ret))
		locate_variable(m->env, m->env->frame, b->variable, m->arena, ret);
}

bool local_is(struct machine *m, struct node *n, struct eval_value *ret)
{
	struct binding *b = &n->binding;
	const struct eval_frame *f = m->env->frame;
	if (!f || !f->module)
		return false;
	if (!is_bound(m, b)) {
		const struct sym_variable *v = find_local(m, n->text);
		b->valid = false;
		if (!v)
			return false;
		*b = (struct binding){ .valid = true,
				       .module = f->module,
				       .pc = f->pc,
				       .function = f->function,
				       .variable = v };
		bind_simply(m, b);
	}
	local_value(m, b, ret);
	return true;
}

/* ---- statics, functions, types ---- */

bool next_module(const struct machine *m, struct module_walk *w)
{
	const struct eval_frame *f = m->env->frame;
	if (!w->own_first) {
		w->own_first = true;
		if (f && f->module) {
			w->module = f->module;
			w->bias = f->bias;
			return true;
		}
	}
	while (m->env->module && w->index < MAX_MODULES &&
	       m->env->module(m->env->ctx, w->index++, &w->module, &w->bias))
		if (w->module && (!f || w->module != f->module))
			return true;
	return false;
}

void value_function(const struct sym_function *f, uint64_t bias, struct eval_value *ret)
{
	struct sym_function_info info;
	sym_function_describe(f, &info);
	*ret = (struct eval_value){ .type = sym_function_type(f),
				    .has_address = true,
				    .address = info.entry.value + bias };
}

struct first_function {
	const struct sym_function *found;
	struct str path, here, crate;
	size_t depth; /* sym_scope_depth of what was found */
	bool bare;    /* one word of Rust */
};

/* The first segment of a path; STR_EMPTY: it has but one. */
static struct str crate_of(struct str path)
{
	size_t end = str_find(path, STR_LIT("::"));
	return end == SIZE_MAX ? STR_EMPTY : str_sub(path, 0, end);
}

static bool is_standard(struct str crate)
{
	return str_is(crate, "std") || str_is(crate, "core") || str_is(crate, "alloc");
}

/* A bare word that ends the path of something in another crate is hardly what is meant by it: `name` is no
 * std::backtrace_rs::Symbol::name. */
static bool is_meant(const struct first_function *first, const struct sym_function *f)
{
	if (!first->bare)
		return true;
	struct str crate = crate_of(sym_function_path(f));
	return first->crate.len ? str_eq(crate, first->crate) : !is_standard(crate);
}

/* One in the scopes around the frame is better than one whose path is the name itself, and that better than one that ends in it. */
static bool keep_function(void *ctx, const struct sym_function *f)
{
	struct first_function *first = ctx;
	struct sym_function_info info;
	sym_function_describe(f, &info);
	if (!info.entry.value)
		return true;
	size_t depth = first->here.len ? sym_scope_depth(sym_function_path(f), first->path, first->here)
				       : 0;
	if (depth > 1) {
		if (depth > first->depth) {
			first->found = f;
			first->depth = depth;
		}
		return true;
	}
	if (first->depth)
		return true;
	if (str_eq(sym_function_path(f), first->path) || str_eq(info.linkage_name, first->path)) {
		first->found = f;
		first->depth = 1;
		return first->here.len > 0;
	}
	if (!first->found && is_meant(first, f))
		first->found = f;
	return true;
}

static const struct sym_function *function_in(struct machine *m, struct sym_module *module, struct str path)
{
	const struct sym_function *here = m->rust ? frame_function(m->env) : NULL;
	struct first_function first = { .path = path,
					.here = here ? sym_function_path(here) : STR_EMPTY,
					.bare = m->rust && !str_contains(path, STR_LIT("::")) };
	if (!here && first.bare)
		here = sym_rust_main(module);
	if (here)
		first.crate = crate_of(sym_function_path(here));
	if (first.bare && !first.here.len)
		first.here = first.crate;
	error_destroy(sym_functions_by_name(module, path, keep_function, &first));
	return first.found;
}

struct function_walk {
	found_function_fn *fn;
	void *ctx;
	uint64_t bias;
	bool stopped;
};

static bool walk_function(void *ctx, const struct sym_function *f)
{
	struct function_walk *w = ctx;
	w->stopped = !w->fn(w->ctx, f, w->bias);
	return !w->stopped;
}

void find_functions(struct machine *m, struct str path, found_function_fn *fn, void *ctx)
{
	struct module_walk w = { 0 };
	struct function_walk f = { .fn = fn, .ctx = ctx };
	while (!f.stopped && next_module(m, &w)) {
		f.bias = w.bias;
		error_destroy(sym_functions_by_name(w.module, path, walk_function, &f));
	}
}

static const struct sym_type *type_of_program(struct machine *m, enum sym_type_tag tag, struct str path)
{
	struct module_walk w = { 0 };
	while (next_module(m, &w)) {
		const struct sym_function *from = m->env->frame && m->env->frame->module == w.module
							  ? frame_function(m->env)
							  : NULL;
		const struct sym_type *found = sym_type_near(w.module, tag, path, from);
		if (found)
			return found;
	}
	return NULL;
}

const struct sym_type *find_type(struct machine *m, struct str path)
{
	const struct sym_type *t = sym_type_primitive(NULL, path, m->rust);
	/* C's words come first, its typedefs as the program has them. */
	bool typedefs = t && !m->rust && str_ends(path, STR_LIT("_t"));
	if (t && !typedefs)
		return t;
	const struct sym_type *found = type_of_program(m, SYM_TAG_ANY, path);
	return found ? found : t;
}

/* ---- Rust's paths ---- */

/* The path of the module that the frame's function is in, without blocks of impls and functions around it. */
static struct str current_namespace(struct machine *m)
{
	const struct sym_function *f = frame_function(m->env);
	if (!f)
		return STR_EMPTY;
	struct str path = sym_function_path(f);
	size_t depth = 0, end = 0;
	for (size_t i = 0; i < path.len; i++) {
		char c = path.ptr[i];
		if (c == '<')
			depth++;
		else if (c == '>' && depth)
			depth--;
		else if (c == ':' && depth == 0 && i + 1 < path.len && path.ptr[i + 1] == ':') {
			end = i;
			i++;
		}
	}
	path.len = end;
	size_t braces = str_find(path, STR_LIT("::{"));
	return braces == SIZE_MAX ? path : str_sub(path, 0, braces);
}

static struct str parent_of(struct str path)
{
	size_t at = str_rfind(path, STR_LIT("::"));
	return at == SIZE_MAX ? STR_EMPTY : str_sub(path, 0, at);
}

static struct str join(struct machine *m, struct str a, struct str b)
{
	return a.len ? arena_printf(m->arena, "%.*s::%.*s", STR_ARG(a), STR_ARG(b)) : b;
}

/* self::, super::, crate:: and a leading :: resolved. The last is the crate in Rust 2015, as gdb has it, and all crates later: *ret_other is the
 * second meaning, or empty. */
static struct error *absolute_path(struct machine *m, struct str path, struct str *ret,
				   struct str *ret_other)
{
	*ret_other = STR_EMPTY;
	if (str_starts(path, STR_LIT("::"))) {
		*ret = str_sub(path, 2, SIZE_MAX);
		struct str here = current_namespace(m);
		if (!here.len)
			return NULL;
		*ret_other = *ret;
		*ret = join(m, str_sub(here, 0, str_find(here, STR_LIT("::"))), *ret);
		return NULL;
	}
	struct str here = STR_EMPTY, rest = path;
	bool relative = false;
	if (str_starts(rest, STR_LIT("crate::"))) {
		here = current_namespace(m);
		size_t end = str_find(here, STR_LIT("::"));
		here = str_sub(here, 0, end);
		rest = str_sub(rest, 7, SIZE_MAX);
		relative = true;
	}
	if (str_starts(rest, STR_LIT("self::"))) {
		here = current_namespace(m);
		rest = str_sub(rest, 6, SIZE_MAX);
		relative = true;
	}
	while (str_starts(rest, STR_LIT("super::"))) {
		if (!relative)
			here = current_namespace(m);
		relative = true;
		if (parent_of(here).len == 0)
			return error_new(ERROR_USAGE, "Too many super:: uses from '%.*s'",
					 STR_ARG(current_namespace(m)));
		here = parent_of(here);
		rest = str_sub(rest, 7, SIZE_MAX);
	}
	*ret = relative ? join(m, here, rest) : rest;
	return NULL;
}

/* ---- values that types have ---- */

static bool unit_variant(struct machine *m, const struct sym_type *type, struct str name,
			 struct eval_value *ret)
{
	const struct sym_variant_part *part = sym_type_variants(type_plain(type));
	for (size_t i = 0; part && i < part->count; i++) {
		const struct sym_variant *v = &part->variants[i];
		const struct sym_member *members;
		if (!str_eq(v->name, name) || sym_type_members(type_plain(v->member.type), &members) != 0)
			continue;
		value_of_type(type, m->arena, ret);
		uint64_t width = part->has_discr ? type_size(part->discr.type) : 0,
			 offset = part->discr.offset;
		if (v->is_default || width > 16 || offset > ret->size || ret->size - offset < width)
			return width == 0;
		uint64_t words[2] = { v->discr, v->discr_high };
		memcpy((uint8_t *)(uintptr_t)ret->bytes + offset, words, width);
		return true;
	}
	return false;
}

/* `Color::Red`, `Option::None` of a type that is known so far. */
static bool enumerator_of(struct machine *m, struct str path, struct eval_value *ret)
{
	size_t at = str_rfind(path, STR_LIT("::"));
	const struct sym_type *type = at == SIZE_MAX ? NULL : find_type(m, str_sub(path, 0, at));
	struct str name = str_sub(path, at + 2, SIZE_MAX);
	if (!type)
		return false;
	if (type_kind(type) == SYM_TYPE_VARIANT)
		return unit_variant(m, type, name, ret);
	const struct sym_enumerator *list;
	size_t count = type_kind(type) == SYM_TYPE_ENUM ? sym_type_enumerators(type_plain(type), &list)
							: 0;
	for (size_t i = 0; i < count; i++) {
		if (!str_eq(list[i].name, name))
			continue;
		value_number(type, (uint64_t)list[i].value, 0, m->arena, ret);
		return true;
	}
	return false;
}

/* A path in everything there is, nearest first: as given, then within the frame's modules. */
static bool global_value(struct machine *m, struct str path, struct eval_value *ret)
{
	struct module_walk w = { 0 };
	while (next_module(m, &w)) {
		if (!sym_module_has_debug_info(w.module))
			continue;
		if (static_value(m, w.module, w.bias, path, ret))
			return true;
		const struct sym_function *f = function_in(m, w.module, path);
		if (f) {
			value_function(f, w.bias, ret);
			return true;
		}
	}
	return false;
}

static bool type_value(struct machine *m, struct str path, struct eval_value *ret)
{
	const struct sym_type *type = find_type(m, path);
	const struct sym_member *members;
	if (!type)
		return false;
	bool unit = m->rust && !m->no_side && type_kind(type) == SYM_TYPE_STRUCT &&
		    type_size(type) == 0 && sym_type_members(type_plain(type), &members) == 0;
	if (unit) {
		value_of_type(type, m->arena, ret);
		return true;
	}
	*ret = (struct eval_value){ .type = type, .is_type = true };
	return true;
}

static struct error *no_symbol(struct machine *m, struct str name)
{
	struct module_walk w = { 0 };
	bool any = false;
	while (!any && next_module(m, &w))
		any = sym_module_has_debug_info(w.module);
	if (!any)
		return error_new(ERROR_NOT_FOUND, "No symbol table is loaded.  Use the \"file\" command.");
	return m->rust ? error_new(ERROR_NOT_FOUND, "No symbol '%.*s' in current context", STR_ARG(name))
		       : error_new(ERROR_NOT_FOUND, "No symbol \"%.*s\" in current context.",
				   STR_ARG(name));
}

/* C's enumerators are global names, or those of a block. */
static bool c_enumerator(struct machine *m, struct str name, struct eval_value *ret)
{
	struct module_walk w = { 0 };
	const struct sym_block_name *local = block_name(m, SYM_BLOCK_CONSTANT, name);
	if (local) {
		value_number(local->type, (uint64_t)local->value, 0, m->arena, ret);
		return true;
	}
	while (next_module(m, &w)) {
		int64_t value;
		const struct sym_type *type = sym_enumerator_by_name(w.module, name, &value);
		if (!type)
			continue;
		value_number(type, (uint64_t)value, 0, m->arena, ret);
		return true;
	}
	return false;
}

/* A path that is not a local's. */
static bool meaning_of(struct machine *m, struct str path, bool single, struct eval_value *ret)
{
	return global_value(m, path, ret) || (m->rust && !single && enumerator_of(m, path, ret)) ||
	       (!m->rust && c_enumerator(m, path, ret)) || type_value(m, path, ret);
}

struct error *eval_name(struct machine *m, struct node *n, struct eval_value *ret)
{
	struct str path = n->text, other = STR_EMPTY;
	bool single = !str_contains(path, STR_LIT("::"));
	if (single && local_is(m, n, ret))
		return NULL;
	if (m->rust)
		TRY(absolute_path(m, path, &path, &other));
	if (meaning_of(m, path, single, ret) || (other.len && meaning_of(m, other, single, ret)))
		return NULL;
	if (single && symbol_value(m, path, ret))
		return NULL;
	if (n->op && !m->rust)
		return error_new(ERROR_USAGE, "Invalid character constant.");
	return no_symbol(m, n->text);
}

/* ---- name@entry ---- */

struct error *eval_entry_name(struct machine *m, struct node *n, struct eval_value *ret)
{
	const struct sym_function *f = frame_function(m->env);
	const struct sym_variable *v = find_local(m, n->text), *const * parameters;
	size_t count = f && v ? sym_function_params(f, &parameters) : 0, at = 0;
	while (at < count && parameters[at] != v)
		at++;
	if (at == count)
		return error_new(ERROR_USAGE,
				 "@entry can be used only for function parameters, not for \"%.*s\"",
				 STR_ARG(n->text));
	if (!m->no_side && eval_read_entry_value(m->env, v, m->arena, ret))
		return NULL;
	value_of_type(sym_variable_type(v), m->arena, ret);
	if (!m->no_side)
		ret->state = EVAL_OPTIMISED_OUT; /* nobody has told what it was */
	return NULL;
}

/* ---- 'file.c'::name, function::name ---- */

static bool path_ends(struct str path, struct str file)
{
	return str_ends(path, file) && (path.len == file.len || path.ptr[path.len - file.len - 1] == '/');
}

struct in_file {
	struct str file;
	const struct sym_function *function;
};

static bool take_in_file(void *ctx, const struct sym_function *f)
{
	struct in_file *in = ctx;
	struct sym_function_info info;
	sym_function_describe(f, &info);
	if (!path_ends(info.decl.file, in->file))
		return true;
	in->function = f;
	return false;
}

static bool static_of_function(struct machine *m, struct str function, struct str name,
			       struct eval_value *ret)
{
	struct module_walk w = { 0 };
	while (next_module(m, &w)) {
		const struct sym_function *f = function_in(m, w.module, function);
		struct sym_function_info info;
		if (!f)
			continue;
		sym_function_describe(f, &info);
		const struct sym_variable **locals;
		size_t count = sym_function_locals(f, info.entry, m->arena, &locals);
		for (size_t i = 0; i < count; i++) {
			if (!str_eq(sym_variable_name(locals[i]), name))
				continue;
			struct eval_frame frame = { .module = w.module, .bias = w.bias };
			if (m->env->frame && frame_function(m->env) == f)
				frame = *m->env->frame;
			locate_variable(m->env, &frame, locals[i], m->arena, ret);
			return true;
		}
	}
	return false;
}

struct error *eval_scope_name(struct machine *m, struct node *n, struct eval_value *ret)
{
	struct str scope = n->names[0];
	struct module_walk w = { 0 };
	while (next_module(m, &w)) {
		struct in_file f = { .file = scope };
		if (!sym_has_file(w.module, scope))
			continue;
		const struct sym_variable *v =
			sym_variable_by_name(w.module, n->text, frame_function(m->env));
		struct eval_frame frame = { .module = w.module, .bias = w.bias };
		if (v && path_ends(sym_variable_decl(v).file, scope)) {
			locate_variable(m->env, &frame, v, m->arena, ret);
			return NULL;
		}
		error_destroy(sym_functions_by_name(w.module, n->text, take_in_file, &f));
		if (!f.function)
			continue;
		value_function(f.function, w.bias, ret);
		return NULL;
	}
	if (static_of_function(m, scope, n->text, ret))
		return NULL;
	if (str_contains(scope, STR_LIT(".")))
		return error_new(ERROR_NOT_FOUND, "No symbol \"%.*s\" in current context.", STR_ARG(scope));
	return error_new(ERROR_NOT_FOUND, "No symbol \"%.*s\" in specified context.", STR_ARG(n->text));
}

/* ---- types as written ---- */

static struct error *tuple_type(struct machine *m, const struct type_text *t, const struct sym_type **ret)
{
	if (t->list_count == 0) {
		*ret = sym_type_primitive(NULL, STR_LIT("()"), true);
		return NULL;
	}
	const struct sym_type **types = ARENA_ARRAY(m->arena, const struct sym_type *, t->list_count);
	for (size_t i = 0; i < t->list_count; i++)
		TRY(resolve_type(m, t->list[i], &types[i]));
	/* The program's own of that name has rustc's layout. */
	const struct sym_type *made = sym_type_tuple_of(types, t->list_count, session_types(m->session));
	const struct sym_type *own = find_type(m, sym_type_name(made));
	*ret = own ? own : made;
	return NULL;
}

/* A pointer to a function of that shape: the types of its arguments do not matter for what it is used for. */
static struct error *function_type(struct machine *m, const struct type_text *t, const struct sym_type **ret)
{
	const struct sym_type *result = NULL;
	if (t->target)
		TRY(resolve_type(m, t->target, &result));
	*ret = sym_type_function_of(result, m->rust);
	if (m->rust)
		*ret = sym_type_pointer_to(*ret);
	return NULL;
}

static struct error *named_type(struct machine *m, const struct type_text *t, const struct sym_type **ret)
{
	struct str path = t->name, other = STR_EMPTY;
	const char *word = t->tag == 'e' ? "enum" : t->tag == 'u' ? "union" : "struct"; /* or "class" */
	if (m->rust)
		TRY(absolute_path(m, path, &path, &other));
	if (str_is(path, "&str"))
		*ret = sym_type_str();
	else if (t->tag)
		*ret = type_of_program(m,
				       t->tag == 'e'   ? SYM_TAG_ENUM
				       : t->tag == 'u' ? SYM_TAG_UNION
						       : SYM_TAG_STRUCT,
				       path);
	else
		*ret = find_type(m, path);
	if (!*ret && other.len)
		*ret = find_type(m, other);
	if (*ret)
		return NULL;
	if (t->tag)
		return error_new(ERROR_NOT_FOUND, "No %s type named %.*s.", word, STR_ARG(t->name));
	return m->rust ? error_new(ERROR_NOT_FOUND, "No type name '%.*s' in current context",
				   STR_ARG(t->name))
		       : error_new(ERROR_NOT_FOUND, "No symbol \"%.*s\" in current context.",
				   STR_ARG(t->name));
}

static struct error *resolve_plain(struct machine *m, const struct type_text *t, const struct sym_type **ret)
{
	const struct sym_type *target = NULL;
	if (t->kind == TYPE_TEXT_POINTER || t->kind == TYPE_TEXT_ARRAY || t->kind == TYPE_TEXT_SLICE)
		TRY(resolve_type(m, t->target, &target));
	switch ((enum type_text_kind)t->kind) {
	case TYPE_TEXT_NAME:
		return named_type(m, t, ret);
	case TYPE_TEXT_POINTER:
		*ret = sym_type_pointer_to(target);
		return NULL;
	case TYPE_TEXT_ARRAY:
		*ret = sym_type_array_of(target, t->count);
		return NULL;
	case TYPE_TEXT_SLICE: {
		struct str name = arena_printf(m->arena, "&[%.*s]", STR_ARG(sym_type_name(target)));
		const struct sym_type *own = find_type(m, name);
		*ret = own ? own : sym_type_slice_of(target);
		return NULL;
	}
	case TYPE_TEXT_TUPLE:
		return tuple_type(m, t, ret);
	case TYPE_TEXT_FUNCTION:
		return function_type(m, t, ret);
	}
	return error_new(ERROR_UNSUPPORTED, "The type cannot be used.");
}

struct error *resolve_type(struct machine *m, const struct type_text *t, const struct sym_type **ret)
{
	TRY(resolve_plain(m, t, ret));
	*ret = sym_type_qualified(*ret, t->qualifiers);
	return NULL;
}
