/* The input is an ELF file with debug information. Every kind of question that a session has for a module is asked of it. */
#include "symbols/lookup.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_FUNCTIONS = 12, MAX_LINES = 24, MAX_SPOTS = 64, MAX_NAMED = 64 };

static void ask_type(const struct sym_type *t, int depth)
{
	const struct sym_member *members;
	const struct sym_enumerator *enumerators;
	struct arch_shape shape;
	bool known;
	if (!t || depth == 0)
		return;
	sym_type_name(t);
	sym_type_size(t);
	sym_type_align(t);
	sym_type_count(t, &known);
	sym_type_shape(t, &shape);
	sym_type_enumerators(t, &enumerators);
	sym_type_argument(t, 0);
	sym_type_same(t, sym_type_target(t));
	ask_type(sym_type_target(t), depth - 1);
	size_t count = sym_type_members(t, &members);
	for (size_t i = 0; i < count && i < 4; i++)
		ask_type(members[i].type, depth - 1);
	const struct sym_variant_part *part = sym_type_variants(t);
	for (size_t i = 0; part && i < part->count && i < 4; i++)
		ask_type(part->variants[i].member.type, depth - 1);
}

static void ask_variable(const struct sym_variable *v, struct file_addr pc)
{
	struct dw_span expr;
	const struct dw_unit *unit;
	bool constant;
	sym_variable_decl(v);
	ask_type(sym_variable_type(v), 5);
	error_destroy(sym_variable_location(v, pc, &expr, &unit, &constant));
}

static void ask_function(const struct sym_function *f, struct file_addr pc)
{
	struct arena arena = ARENA_INIT;
	const struct sym_variable *const *params;
	struct sym_function_info info;
	struct sym_unit_info unit;
	struct sym_scope *scopes;
	struct arch_call call;
	struct dw_span expr;
	const struct dw_unit *dw;
	sym_function_describe(f, &info);
	sym_function_path(f);
	sym_function_body(f);
	sym_function_prototype(f, &arena);
	sym_function_call(f, &call);
	sym_function_unit(f, &unit);
	sym_function_nocall(f);
	ask_type(sym_function_type(f), 3);
	size_t count = sym_function_params(f, &params);
	for (size_t i = 0; i < count && i < 8; i++)
		ask_variable(params[i], pc);
	count = sym_function_scopes(f, pc, &arena, &scopes);
	for (size_t i = 0; i < count && i < 8; i++)
		for (size_t k = 0; k < scopes[i].count && k < 8; k++)
			ask_variable(scopes[i].variables[k], pc);
	error_destroy(sym_function_frame_base(f, pc, &expr, &dw));
	arena_deinit(&arena);
}

struct asked {
	struct sym_module *m;
	size_t spots, functions, named;
};

static bool on_spot(void *ctx, const struct sym_spot *spot)
{
	struct asked *a = ctx;
	struct sym_chain_entry chain[SYM_MAX_INLINE];
	sym_chain_as_written(a->m, spot->addr, chain);
	size_t count = sym_chain_at(a->m, spot->addr, chain);
	for (size_t i = 0; i < count && a->functions < MAX_FUNCTIONS; i++, a->functions++)
		if (chain[i].function)
			ask_function(chain[i].function, spot->addr);
	return ++a->spots < MAX_SPOTS;
}

static void on_row(void *ctx, struct file_addr addr, struct sym_line line, bool is_stmt)
{
	(void)addr;
	(void)line;
	*(size_t *)ctx += is_stmt;
}

static void on_range(void *ctx, struct file_range range)
{
	*(uint64_t *)ctx ^= range.start.value;
}

static bool on_file(void *ctx, struct str path)
{
	struct asked *a = ctx;
	for (uint32_t line = 1; line < MAX_LINES && a->spots < MAX_SPOTS; line++) {
		uint32_t found;
		uint64_t seen = 0;
		error_destroy(sym_line_spots(a->m, path, line, on_spot, a, &found));
		error_destroy(sym_line_ranges(a->m, path, line, on_range, &seen));
	}
	sym_file_name(a->m, path);
	return a->spots < MAX_SPOTS;
}

static bool wanted(void *ctx, struct str name)
{
	(void)ctx;
	return name.len > 0;
}

static bool on_named(void *ctx, const struct sym_named *named)
{
	struct asked *a = ctx;
	struct file_range bounds = { named->addr, FILE_ADDR(named->addr.value + 64) };
	struct sym_line line;
	struct sym_unit_info unit;
	struct dw_cfi_row row;
	size_t rows = 0;
	if (named->function) {
		struct sym_function_info info;
		const struct file_range *ranges;
		sym_function_describe(named->function, &info);
		if (sym_function_ranges(named->function, &ranges) > 0)
			bounds = ranges[0];
		ask_function(named->function, info.entry);
		error_destroy(sym_function_spots(a->m, named->name, a->named % 2, on_spot, a));
	}
	if (named->variable) {
		ask_variable(named->variable, named->addr);
		sym_variable_by_name(a->m, named->name, NULL);
	}
	if (named->type) {
		ask_type(named->type, 5);
		sym_type_near(a->m, SYM_TAG_ANY, named->name, sym_rust_main(a->m));
	}
	sym_line_range(a->m, named->addr, &line, &bounds);
	sym_line_rows(a->m, bounds, on_row, &rows);
	sym_unit_at(a->m, named->addr, &unit);
	sym_function_bounds(a->m, named->addr, &bounds);
	error_destroy(sym_cfi_row(a->m, named->addr, &row));
	return ++a->named < MAX_NAMED;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sym_module *m;
	const struct error *const *troubles;
	struct error *err = sym_module_open_bytes("fuzz", data, size, &m);
	if (err) {
		error_destroy(err);
		return 0;
	}
	struct asked a = { .m = m };
	for (int kind = SYM_NAME_FUNCTION; kind <= SYM_NAME_TYPE; kind++) {
		a.named = a.spots = a.functions = 0;
		sym_each(m, (enum sym_name_kind)kind, true, wanted, on_named, &a);
	}
	a.spots = a.functions = 0;
	sym_files(m, on_file, &a);
	sym_module_is_rust(m);
	sym_module_troubles(m, &troubles);
	sym_module_close(m);
	return 0;
}
