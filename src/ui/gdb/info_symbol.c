/* info symbol, info address, info scope: what is at an address, and where a name's value is. */
#include "eval/describe.h"
#include "ui/gdb/looking.h"

#include <inttypes.h>
#include <stdlib.h>

/* ---- info symbol ---- */

struct error *gdb_run_info_symbol(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct eval_value value;
	uint64_t addr, bias;
	struct eng_module *module = NULL;
	struct sym_symbol symbol;
	(void)command;
	if (args.len == 0)
		return error_new(ERROR_USAGE, "Argument required (address).");
	TRY(gdb_eval(g, args, &value));
	TRY(gdb_as_address(&value, &addr));
	struct sym_module *m = gdb_module_at(g, addr, &bias, &module);
	const struct elf_section *section = m ? elf_section_at(sym_module_elf(m), FILE_ADDR(addr - bias))
					      : NULL;
	if (!section || !(sym_stub_at(m, FILE_ADDR(addr - bias), &symbol) ||
			  sym_symbol_at(m, FILE_ADDR(addr - bias), &symbol))) {
		gdb_print(g, "No symbol matches %.*s.\n", STR_ARG(args));
		return NULL;
	}
	struct str name = sym_demangle_verbose(symbol.linkage_name, &g->scratch);
	uint64_t offset = addr - bias - symbol.addr.value;
	gdb_print(g, "%.*s", STR_ARG(name));
	if (offset)
		gdb_print(g, " + %" PRIu64, offset);
	gdb_print(g, " in section %.*s", STR_ARG(section->name));
	/* The dynamic linker stays known after the end, so there are two files then, too. */
	struct eng_inferior *i = eng_selected_inferior(g->control);
	struct str path;
	struct sym_module *linker;
	uint64_t at;
	if (i->process || eng_inferior_loader(g->control, i, &path, &at, &linker))
		gdb_print(g, " of %.*s", STR_ARG(gdb_library_name(g, module)));
	gdb_print(g, "\n");
	return NULL;
}

/* ---- where a variable is ---- */

static struct error *describe_variable(struct gdb *g, const struct sym_function *f, struct file_addr pc,
				       const struct sym_variable *v, uint64_t bias, struct buf *out)
{
	struct eval_place_query query = { .arch = eng_target(eng_control_session(g->control))->arch,
					  .function = f,
					  .pc = pc,
					  .bias = bias };
	bool somewhere;
	return eval_describe_place(&query, v, out, &somewhere);
}

/* ---- info address ---- */

static const struct sym_variable *local_named(struct gdb *g, const struct eng_level *level, struct str name)
{
	const struct sym_variable **locals;
	const struct sym_variable *const *params;
	if (!level || !level->function)
		return NULL;
	size_t count = sym_function_locals(level->function, level->lookup_pc, &g->scratch, &locals);
	for (size_t i = 0; i < count; i++)
		if (str_eq(sym_variable_name(locals[i]), name))
			return locals[i];
	count = sym_function_listed_params(level->function, &params);
	for (size_t i = 0; i < count; i++)
		if (str_eq(sym_variable_name(params[i]), name))
			return params[i];
	return NULL;
}

static bool block_has(struct gdb *g, const struct eng_level *level, enum sym_block_name_kind kind,
		      struct str name)
{
	struct sym_block_name *names;
	struct sym_scope *scopes;
	size_t count = level && level->function ? sym_function_scopes(level->function, level->lookup_pc,
								      &g->scratch, &scopes)
						: 0;
	for (size_t i = 0; i < count; i++) {
		size_t n = sym_scope_names(level->function, &scopes[i], &g->scratch, &names);
		for (size_t k = 0; k < n; k++)
			if (names[k].kind == kind && str_eq(names[k].name, name))
				return true;
	}
	return false;
}

/* The one that the frame's scopes are nearest to, or else the first. */
struct nearest_function {
	const struct sym_function *found;
	struct str name, here;
	size_t depth;
};

static bool take_function(void *ctx, const struct sym_function *f)
{
	struct nearest_function *nearest = ctx;
	struct sym_function_info info;
	sym_function_describe(f, &info);
	if (!info.entry.value)
		return true;
	size_t depth = nearest->here.len
			       ? sym_scope_depth(sym_function_path(f), nearest->name, nearest->here)
			       : 0;
	if (!nearest->found || depth > nearest->depth) {
		nearest->found = f;
		nearest->depth = depth;
	}
	return nearest->here.len > 0;
}

#define NO_DEBUGGING "Symbol \"%.*s\" is at 0x%" PRIx64 " in a file compiled without debugging.\n"

/* A static, a function, or a symbol without debug information, of one module. */
static struct error *address_in(struct gdb *g, struct sym_module *m, uint64_t bias, struct str name,
				const struct eng_level *level, struct buf *out, bool *ret_found)
{
	const struct sym_function *from = level ? level->function : NULL;
	struct nearest_function nearest = { .name = name,
					    .here = from ? sym_function_path(from) : STR_EMPTY };
	struct sym_symbol symbol;
	*ret_found = true;
	const struct sym_variable *v = sym_variable_by_name(m, name, from);
	if (v) {
		struct str path = sym_variable_path(v, &g->scratch);
		buf_printf(out, "Symbol \"%.*s\" is ", STR_ARG(path.len ? path : name));
		TRY(describe_variable(g, NULL, FILE_ADDR(0), v, bias, out));
		buf_str(out, STR_LIT(".\n"));
		return NULL;
	}
	error_destroy(sym_functions_by_name(m, name, take_function, &nearest));
	const struct sym_function *f = nearest.found;
	if (f) {
		struct sym_function_info info;
		sym_function_describe(f, &info);
		buf_printf(out, "Symbol \"%.*s\" is a function at address 0x%" PRIx64 ".\n",
			   STR_ARG(sym_function_path(f)), info.entry.value + bias);
		return NULL;
	}
	int64_t number;
	if (sym_module_has_debug_info(m) && sym_enumerator_by_name(m, name, &number)) {
		buf_printf(out, "Symbol \"%.*s\" is constant.\n", STR_ARG(name));
		return NULL;
	}
	*ret_found = sym_symbol_by_name(m, name, &symbol);
	bool declared = *ret_found && !symbol.is_function &&
			(block_has(g, level, SYM_BLOCK_DECLARATION, name) ||
			 (sym_module_has_debug_info(m) && sym_declaration_by_name(m, name)));
	if (declared)
		buf_printf(out, "Symbol \"%.*s\" is static storage at address 0x%" PRIx64 ".\n",
			   STR_ARG(name), symbol.addr.value + bias);
	else if (*ret_found)
		buf_printf(out, NO_DEBUGGING, STR_ARG(name), symbol.addr.value + bias);
	return NULL;
}

struct error *gdb_run_info_address(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct eng_thread *t = eng_selected_thread(g->control);
	const struct eng_level *level = t ? eng_level(g->control, t, eng_selected_level(g->control))
					  : NULL;
	struct buf out = { 0 };
	(void)command;
	if (args.len == 0)
		return error_new(ERROR_USAGE, "Argument required.");
	const struct sym_variable *v = local_named(g, level, args);
	bool found = v != NULL;
	struct error *err = NULL;
	if (v) {
		buf_printf(&out, "Symbol \"%.*s\" is ", STR_ARG(args));
		err = describe_variable(g, level->function, level->lookup_pc, v, level->code.bias, &out);
		if (!err)
			buf_str(&out, STR_LIT(".\n"));
	} else if (block_has(g, level, SYM_BLOCK_CONSTANT, args)) {
		buf_printf(&out, "Symbol \"%.*s\" is constant.\n", STR_ARG(args));
		found = true;
	}
	const struct eval_env *env = gdb_env(g);
	struct sym_module *m;
	uint64_t bias;
	/* "main" is Rust's, not the shim of C. */
	for (size_t i = 0; !err && !found && env->module(env->ctx, i, &m, &bias); i++) {
		const struct sym_function *main = str_is(args, "main") ? sym_rust_main(m) : NULL;
		err = address_in(g, m, bias, main ? sym_function_path(main) : args, level, &out, &found);
	}
	struct sym_symbol stub;
	for (size_t i = 0; !err && !found && env->module(env->ctx, i, &m, &bias); i++) {
		found = sym_stub_by_name(m, args, &stub);
		if (found)
			buf_printf(&out, NO_DEBUGGING, STR_ARG(args), stub.addr.value + bias);
	}
	if (!err && !found)
		err = error_new(ERROR_NOT_FOUND, "No symbol \"%.*s\" in current context.", STR_ARG(args));
	gdb_print_buf(g, &out);
	buf_deinit(&out);
	return err;
}

/* ---- info scope ---- */

struct scope_print {
	struct gdb *g;
	struct sym_module *module;
	const struct sym_function *function; /* the innermost one at pc */
	struct file_addr pc;
	uint64_t bias;
	struct str place;
	size_t count;
	struct buf out;
	struct error *error; /* the first one ends it */
};

static void scope_variable(struct scope_print *s, const struct sym_variable *v)
{
	struct eval_place_query query = { .arch = eng_target(eng_control_session(s->g->control))->arch,
					  .function = s->function,
					  .pc = s->pc,
					  .bias = s->bias,
					  .scope = true };
	bool somewhere;
	s->error = eval_describe_place(&query, v, &s->out, &somewhere);
	if (s->error)
		return;
	const struct sym_type *type = sym_variable_type(v);
	if (type && somewhere)
		buf_printf(&s->out, ", length %" PRIu64, sym_type_size(type));
}

/* Its place is what the linker found under its name. */
static void scope_declaration(struct scope_print *s, const struct sym_variable *v)
{
	const struct eval_env *env = gdb_env(s->g);
	struct sym_symbol symbol;
	struct sym_module *m = s->module;
	uint64_t bias = s->bias;
	bool found = sym_symbol_by_name(m, sym_variable_name(v), &symbol);
	for (size_t i = 0; !found && env->module(env->ctx, i, &m, &bias); i++)
		found = sym_symbol_by_name(m, sym_variable_name(v), &symbol);
	if (found)
		buf_printf(&s->out, "static storage at address 0x%" PRIx64, symbol.addr.value + bias);
	else
		buf_str(&s->out, STR_LIT("Unresolved Static"));
	buf_printf(&s->out, ", length %" PRIu64, sym_type_size(sym_variable_type(v)));
}

static void scope_name(struct scope_print *s, const struct sym_block_name *n)
{
	if (s->count++ == 0)
		buf_printf(&s->out, "Scope for %.*s:\n", STR_ARG(s->place));
	buf_printf(&s->out, "Symbol %.*s is ", STR_ARG(n->name));
	switch (n->kind) {
	case SYM_BLOCK_VARIABLE:
	case SYM_BLOCK_PARAMETER:
		scope_variable(s, n->variable);
		break;
	case SYM_BLOCK_DECLARATION:
		scope_declaration(s, n->variable);
		break;
	case SYM_BLOCK_TYPE:
		buf_str(&s->out, STR_LIT("a typedef"));
		break;
	case SYM_BLOCK_CONSTANT:
		buf_printf(&s->out, "a constant with value %" PRId64 " (0x%" PRIx64 "), length %" PRIu64,
			   n->value, (uint64_t)n->value, sym_type_size(n->type));
		break;
	case SYM_BLOCK_LABEL:
		if (n->address.value)
			buf_printf(&s->out, "a label at address 0x%" PRIx64 ", length %u",
				   n->address.value + s->bias, sym_module_arch(s->module)->address_size);
		else
			buf_str(&s->out, STR_LIT("optimized out"));
		break;
	case SYM_BLOCK_FUNCTION:
		/* The length of a function's type is 1. */
		buf_printf(&s->out, "a function at address 0x%" PRIx64 ", length 1",
			   n->address.value + s->bias);
		break;
	}
	if (!s->error) /* which stands where the text has come to */
		buf_str(&s->out, STR_LIT(".\n"));
}

static void print_scope(struct scope_print *s)
{
	struct sym_scope *scopes;
	size_t count = sym_function_scopes(s->function, s->pc, &s->g->scratch, &scopes);
	for (size_t i = 0; i < count; i++) {
		struct sym_block_name *names;
		size_t n = sym_scope_names(s->function, &scopes[i], &s->g->scratch, &names);
		for (size_t k = 0; k < n && !s->error; k++)
			scope_name(s, &names[k]);
	}
}

static bool scope_at(struct scope_print *s, const struct eng_place *place)
{
	struct sym_chain_entry chain[SYM_MAX_INLINE];
	struct eng_module *module;
	s->module = gdb_module_at(s->g, place->address, &s->bias, &module);
	s->pc = FILE_ADDR(place->address - s->bias);
	if (s->module && sym_chain_at(s->module, s->pc, chain) > 0)
		s->function = chain[0].function;
	return s->function != NULL;
}

struct error *gdb_run_info_scope(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct eng_spec spec;
	struct str rest;
	struct eng_place *places;
	size_t count;
	(void)command;
	if (args.len == 0)
		return error_new(ERROR_USAGE,
				 "requires an argument (function, line or *addr) to define a scope");
	TRY(gdb_parse_place(g, args, &spec, &rest));
	TRY(eng_locate(g->control, eng_selected_inferior(g->control), &spec, &g->scratch, &places, &count));
	struct scope_print s = { .g = g, .place = args };
	if (count > 0 && scope_at(&s, &places[0]))
		print_scope(&s);
	if (s.count == 0)
		buf_printf(&s.out, "Scope for %.*s contains no locals or arguments.\n", STR_ARG(args));
	gdb_print_buf(g, &s.out);
	buf_deinit(&s.out);
	return s.error;
}
