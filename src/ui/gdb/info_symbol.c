/* info symbol, info address, info scope: what is at an address, and where a name's value is. */
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
	if (!section || !sym_symbol_at(m, FILE_ADDR(addr - bias), &symbol)) {
		gdb_print(g, "No symbol matches %.*s.\n", STR_ARG(args));
		return NULL;
	}
	struct str name = sym_demangle_verbose(symbol.linkage_name, &g->scratch);
	uint64_t offset = addr - bias - symbol.addr.value;
	gdb_print(g, "%.*s", STR_ARG(name));
	if (offset)
		gdb_print(g, " + %" PRIu64, offset);
	gdb_print(g, " in section %.*s", STR_ARG(section->name));
	if (eng_selected_inferior(g->control)->process)
		gdb_print(g, " of %.*s", STR_ARG(gdb_library_name(g, module)));
	gdb_print(g, "\n");
	return NULL;
}

/* ---- where a variable is ---- */

enum {
	OP_ADDR = 0x03,
	OP_CONST8U = 0x0e,
	OP_REG0 = 0x50,
	OP_BREG0 = 0x70,
	OP_FBREG = 0x91,
	OP_FORM_TLS = 0x9b,
	OP_CALL_FRAME_CFA = 0x9c,
	OP_STACK_VALUE = 0x9f,
	OP_GNU_PUSH_TLS = 0xe0,
};

/* The signed LEB128 that the rest of an expression is; false when there is more, or less. */
static bool only_sleb(const uint8_t *data, size_t size, int64_t *ret)
{
	uint64_t value = 0;
	unsigned shift = 0;
	for (size_t i = 0; i < size && shift < 64; i++, shift += 7) {
		value |= (uint64_t)(data[i] & 0x7f) << shift;
		if (data[i] & 0x80)
			continue;
		if (shift + 7 < 64 && (data[i] & 0x40))
			value |= ~UINT64_C(0) << (shift + 7);
		*ret = (int64_t)value;
		return i + 1 == size;
	}
	return false;
}

static const char *reg_name(struct gdb *g, unsigned dwarf)
{
	const struct arch_reg *r =
		arch_reg_by_dwarf(eng_target(eng_control_session(g->control))->arch, dwarf);
	return r ? r->name : "?";
}

static bool describe_frame_base(struct gdb *g, const struct sym_function *f, struct file_addr pc,
				int64_t offset, struct buf *out)
{
	struct dw_span base;
	const struct dw_unit *unit;
	int64_t base_offset = 0;
	struct error *err = sym_function_frame_base(f, pc, &base, &unit);
	error_destroy(err);
	if (err || base.size == 0)
		return false;
	unsigned op = base.data[0], reg;
	if (op >= OP_REG0 && op < OP_REG0 + 32 && base.size == 1)
		reg = op - OP_REG0;
	else if (op >= OP_BREG0 && op < OP_BREG0 + 32 &&
		 only_sleb(base.data + 1, base.size - 1, &base_offset))
		reg = op - OP_BREG0;
	else
		return false;
	buf_printf(out, "a variable at frame base reg $%s offset %" PRId64 "+%" PRId64, reg_name(g, reg),
		   base_offset, offset);
	return true;
}

static void describe_expression(struct gdb *g, const struct sym_function *f, struct file_addr pc,
				struct dw_span expr, uint64_t bias, struct buf *out)
{
	int64_t offset;
	uint64_t addr;
	unsigned op = expr.size ? expr.data[0] : 0;
	if (expr.size == 0) {
		buf_str(out, STR_LIT("optimized out"));
	} else if (op == OP_ADDR && expr.size == 9) {
		memcpy(&addr, expr.data + 1, 8);
		buf_printf(out, "static storage at address 0x%" PRIx64, addr + bias);
	} else if ((op == OP_CONST8U || op == OP_ADDR) && expr.size == 10 &&
		   (expr.data[9] == OP_GNU_PUSH_TLS || expr.data[9] == OP_FORM_TLS)) {
		memcpy(&addr, expr.data + 1, 8);
		buf_printf(out,
			   "a thread-local variable at offset 0x%" PRIx64
			   " in the thread-local storage for `%s'",
			   addr, f ? sym_module_path(sym_function_module(f)) : "");
	} else if (op >= OP_REG0 && op < OP_REG0 + 32 && expr.size == 1) {
		buf_printf(out, "a variable in $%s", reg_name(g, op - OP_REG0));
	} else if (op >= OP_BREG0 && op < OP_BREG0 + 32 &&
		   only_sleb(expr.data + 1, expr.size - 1, &offset)) {
		buf_printf(out, "a variable at offset %" PRId64 " from base reg $%s", offset,
			   reg_name(g, op - OP_BREG0));
	} else if (op == OP_FBREG && f && only_sleb(expr.data + 1, expr.size - 1, &offset)) {
		/* With a base that is computed itself (the CFA, as C has it) gdb shows the operation. */
		if (!describe_frame_base(g, f, pc, offset, out))
			buf_printf(out, "a complex DWARF expression:\n     0: DW_OP_fbreg %" PRId64 "\n",
				   offset);
	} else {
		buf_str(out,
			expr.data[expr.size - 1] == OP_STACK_VALUE
				? STR_LIT("a complex DWARF expression giving its value")
				: STR_LIT("a variable with complex DWARF expression locating its address in memory"));
	}
}

static void describe_variable(struct gdb *g, const struct sym_function *f, struct file_addr pc,
			      const struct sym_variable *v, uint64_t bias, struct buf *out)
{
	struct dw_span expr;
	const struct dw_unit *unit;
	bool constant;
	struct error *err = sym_variable_location(v, pc, &expr, &unit, &constant);
	if (err)
		buf_str(out, STR_LIT("optimized out"));
	else if (constant)
		buf_str(out, STR_LIT("constant"));
	else
		describe_expression(g, f, pc, expr, bias, out);
	error_destroy(err);
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
	count = sym_function_params(level->function, &params);
	for (size_t i = 0; i < count; i++)
		if (str_eq(sym_variable_name(params[i]), name))
			return params[i];
	return NULL;
}

static bool take_function(void *ctx, const struct sym_function *f)
{
	struct sym_function_info info;
	sym_function_describe(f, &info);
	if (!info.entry.value)
		return true;
	*(const struct sym_function **)ctx = f;
	return false;
}

/* A static, a function, or a symbol without debug information, of one module. */
static bool address_in(struct gdb *g, struct sym_module *m, uint64_t bias, struct str name,
		       const struct sym_function *from, struct buf *out)
{
	const struct sym_function *f = NULL;
	struct sym_symbol symbol;
	const struct sym_variable *v = sym_variable_by_name(m, name, from);
	if (v) {
		struct str path = sym_variable_path(v, &g->scratch);
		buf_printf(out, "Symbol \"%.*s\" is ", STR_ARG(path.len ? path : name));
		describe_variable(g, NULL, FILE_ADDR(0), v, bias, out);
		buf_str(out, STR_LIT(".\n"));
		return true;
	}
	struct error *err = sym_functions_by_name(m, name, take_function, &f);
	error_destroy(err);
	if (f) {
		struct sym_function_info info;
		sym_function_describe(f, &info);
		buf_printf(out, "Symbol \"%.*s\" is a function at address 0x%" PRIx64 ".\n",
			   STR_ARG(sym_function_path(f)), info.entry.value + bias);
		return true;
	}
	if (!sym_symbol_by_name(m, name, &symbol))
		return false;
	buf_printf(out, "Symbol \"%.*s\" is at 0x%" PRIx64 " in a file compiled without debugging.\n",
		   STR_ARG(name), symbol.addr.value + bias);
	return true;
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
	if (v) {
		buf_printf(&out, "Symbol \"%.*s\" is ", STR_ARG(args));
		describe_variable(g, level->function, level->lookup_pc, v, level->code.bias, &out);
		buf_str(&out, STR_LIT(".\n"));
	}
	const struct eval_env *env = gdb_env(g);
	struct sym_module *m;
	uint64_t bias;
	/* "main" is Rust's, not the shim of C. */
	for (size_t i = 0; !found && env->module(env->ctx, i, &m, &bias); i++) {
		const struct sym_function *main = str_is(args, "main") ? sym_rust_main(m) : NULL;
		found = address_in(g, m, bias, main ? sym_function_path(main) : args,
				   level ? level->function : NULL, &out);
	}
	if (!found)
		buf_printf(&out, "No symbol \"%.*s\" in current context.\n", STR_ARG(args));
	gdb_print_buf(g, &out);
	buf_deinit(&out);
	return NULL;
}

/* ---- info scope ---- */

struct scope_print {
	struct gdb *g;
	const struct sym_function *function;
	struct file_addr pc;
	uint64_t bias;
	struct str place;
	size_t count;
	struct buf out;
};

static void scope_variable(struct scope_print *s, const struct sym_variable *v)
{
	struct str name = sym_variable_name(v);
	if (name.len == 0)
		return;
	if (s->count++ == 0)
		buf_printf(&s->out, "Scope for %.*s:\n", STR_ARG(s->place));
	buf_printf(&s->out, "Symbol %.*s is ", STR_ARG(name));
	describe_variable(s->g, s->function, s->pc, v, s->bias, &s->out);
	const struct sym_type *type = sym_variable_type(v);
	if (type)
		buf_printf(&s->out, ", length %" PRIu64, sym_type_size(type));
	buf_str(&s->out, STR_LIT(".\n"));
}

static void scope_params(struct scope_print *s)
{
	const struct sym_variable *const *params;
	size_t count = sym_function_params(s->function, &params);
	for (size_t i = 0; i < count; i++)
		scope_variable(s, params[i]);
}

static void print_scope(struct scope_print *s)
{
	struct sym_scope *scopes;
	const struct file_range *ranges;
	size_t count = sym_function_scopes(s->function, s->pc, &s->g->scratch, &scopes);
	size_t range_count = sym_function_ranges(s->function, &ranges);
	bool done = false;
	for (size_t i = 0; i < count; i++) {
		bool whole = i + 1 == count && range_count > 0 &&
			     scopes[i].range.start.value == ranges[0].start.value &&
			     scopes[i].range.end.value == ranges[0].end.value;
		if (whole)
			scope_params(s);
		done |= whole;
		for (size_t k = 0; k < scopes[i].count; k++)
			scope_variable(s, scopes[i].variables[k]);
	}
	if (!done)
		scope_params(s);
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
	if (count > 0 && places[0].function && places[0].module) {
		s.function = places[0].function;
		s.bias = eng_selected_inferior(g->control)->process ? places[0].module->bias : 0;
		s.pc = FILE_ADDR(places[0].address - s.bias);
		print_scope(&s);
	}
	if (s.count == 0)
		buf_printf(&s.out, "Scope for %.*s contains no locals or arguments.\n", STR_ARG(args));
	gdb_print_buf(g, &s.out);
	buf_deinit(&s.out);
	return NULL;
}
