/* A function's prototype as its language writes it. */
#include "base/buf.h"
#include "symbols/symbols_internal.h"

static void rust_prototype(const struct sym_function *f, struct buf *out, struct arena *arena)
{
	const struct function_attrs *a = function_attrs((struct sym_function *)f);
	const struct sym_variable *const *params;
	size_t count = sym_function_params(f, &params);
	bool guess;
	enum arch_convention convention = sym_function_convention(f, &guess);

	if (convention == ARCH_CC_WIN64)
		buf_str(out, STR_LIT("extern \"win64\" "));
	else if (convention == ARCH_CC_SYSV && !guess)
		buf_str(out, STR_LIT("extern \"C\" "));
	buf_str(out, STR_LIT("fn "));
	buf_str(out, a->name.len ? rust_shorten(a->name, arena) : STR_LIT("_"));
	buf_char(out, '(');
	for (size_t i = 0; i < count; i++) {
		struct str name = sym_variable_name(params[i]);
		if (i)
			buf_str(out, STR_LIT(", "));
		buf_str(out, name.len ? name : STR_LIT("_"));
		buf_str(out, STR_LIT(": "));
		buf_str(out, rust_short_name(sym_variable_type(params[i]), arena));
	}
	if (f->varargs)
		buf_str(out, count ? STR_LIT(", ...") : STR_LIT("..."));
	buf_char(out, ')');
	const struct sym_type *result = sym_function_result(f);
	if (sym_function_noreturn(f))
		buf_str(out, STR_LIT(" -> !"));
	else if (result && !str_is(sym_type_bare_name(result), "()")) {
		buf_str(out, STR_LIT(" -> "));
		buf_str(out, rust_short_name(result, arena));
	}
}

static void c_prototype(const struct sym_function *f, struct buf *out, struct arena *arena)
{
	struct sym_module *m = f->unit->module;
	const struct function_attrs *a = function_attrs((struct sym_function *)f);
	const struct sym_variable *const *params;
	size_t count = sym_function_params(f, &params);
	struct buf inner = { 0 };

	buf_str(&inner, a->name);
	buf_char(&inner, '(');
	for (size_t i = 0; i < count; i++) {
		if (i)
			buf_str(&inner, STR_LIT(", "));
		buf_str(&inner,
			c_declaration(m, params[i]->has_type, params[i]->type, params[i]->name, arena));
	}
	if (f->varargs)
		buf_str(&inner, count ? STR_LIT(", ...") : STR_LIT("..."));
	else if (count == 0)
		buf_str(&inner, STR_LIT("void"));
	buf_char(&inner, ')');
	buf_str(out, c_declaration(m, a->has_type, a->type, buf_view(&inner), arena));
	buf_deinit(&inner);
}

struct str sym_function_prototype(const struct sym_function *f, struct arena *arena)
{
	const struct function_attrs *a = function_attrs((struct sym_function *)f);
	const struct sym_unit *home = a->path_unit ? a->path_unit : f->unit;
	struct buf text = { 0 };
	if (unit_is_rust(home))
		rust_prototype(f, &text, arena);
	else
		c_prototype(f, &text, arena);
	struct str result = arena_str(arena, buf_view(&text));
	buf_deinit(&text);
	return result;
}
