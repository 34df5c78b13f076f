/* Statics, and what only the linker knows by name. */
#include "eval/eval_internal.h"

/* A program that uses a library's variable directly has a copy of it, which the library uses, too: what the library has is never changed. */
static void prefer_copy(const struct machine *m, struct sym_module *module, struct str name,
			struct eval_value *v)
{
	struct sym_module *program;
	struct sym_symbol symbol;
	uint64_t bias;
	if (!v->has_address || !m->env->program || !m->env->program(m->env->ctx, &program, &bias) ||
	    program == module || !sym_symbol_by_name(program, name, &symbol) || symbol.is_function ||
	    !symbol.global)
		return;
	v->address = symbol.addr.value + bias;
}

bool static_value(struct machine *m, struct sym_module *module, uint64_t bias, struct str path,
		  struct eval_value *ret)
{
	const struct sym_function *from =
		m->env->frame && m->env->frame->module == module ? frame_function(m->env) : NULL;
	const struct sym_variable *v = sym_variable_by_name(module, path, from);
	if (!v)
		return false;
	if (m->no_side) {
		value_of_type(sym_variable_type(v), m->arena, ret);
		ret->has_address = true;
		return true;
	}
	struct eval_frame frame = { .module = module, .bias = bias };
	if (m->env->frame && m->env->frame->module == module)
		frame = *m->env->frame;
	locate_variable(m->env, &frame, v, m->arena, ret);
	if (sym_variable_is_external(v))
		prefer_copy(m, module, path, ret);
	return true;
}

/* ---- symbols ---- */

/* The type that C's files declare it to have; NULL: none does. */
static const struct sym_type *declared_type(const struct machine *m, struct str name)
{
	const struct sym_block_name *local = block_name(m, SYM_BLOCK_DECLARATION, name);
	const struct sym_variable *v = local ? local->variable : NULL;
	struct module_walk w = { 0 };
	while (!v && next_module(m, &w))
		if (sym_module_has_debug_info(w.module))
			v = sym_declaration_by_name(w.module, name);
	return v ? sym_variable_type(v) : NULL;
}

static void data_value(const struct machine *m, struct sym_module *module, uint64_t address,
		       const struct sym_symbol *symbol, struct str name, struct eval_value *ret)
{
	static const struct sym_type *unknown;
	if (!unknown)
		unknown = sym_type_named(sym_type_primitive(NULL, STR_LIT("int"), false),
					 STR_LIT("<data variable, no debug info>"));
	const struct sym_type *type = declared_type(m, name);
	value_at(type ? type : unknown, address, ret);
	if (symbol->global)
		prefer_copy(m, module, name, ret);
}

/* The debug information of the function at a symbol's address is as good as its own (malloc is __libc_malloc). */
static void code_value(struct sym_module *module, uint64_t bias, const struct sym_symbol *symbol,
		       struct eval_value *ret)
{
	static const struct sym_type *unknown;
	struct sym_function_info info = { .entry = FILE_ADDR(0) };
	if (!unknown)
		unknown = sym_type_named(sym_type_function_of(NULL, false),
					 STR_LIT("<text variable, no debug info>"));
	const struct sym_function *f =
		sym_module_has_debug_info(module) ? sym_function_at(module, symbol->addr) : NULL;
	if (f)
		sym_function_describe(f, &info);
	if (f && info.entry.value == symbol->addr.value)
		value_function(f, bias, ret);
	else
		value_at(unknown, symbol->addr.value + bias, ret);
}

bool symbol_value(struct machine *m, struct str name, struct eval_value *ret)
{
	struct module_walk w = { 0 };
	struct sym_symbol symbol;
	while (next_module(m, &w)) {
		if (!sym_symbol_by_name(w.module, name, &symbol))
			continue;
		if (symbol.is_function)
			code_value(w.module, w.bias, &symbol, ret);
		else
			data_value(m, w.module, symbol.addr.value + w.bias, &symbol, name, ret);
		return true;
	}
	/* A library's that is not there yet. */
	for (w = (struct module_walk){ 0 }; next_module(m, &w);)
		if (sym_stub_by_name(w.module, name, &symbol)) {
			code_value(w.module, w.bias, &symbol, ret);
			return true;
		}
	return false;
}
