/* Rust's types in C's notation, for a frame of C's that is given them: "struct shapes::Point *", "u8 (*)[5]", "i32 (*)(i32)". */
#include "eval/print_internal.h"

enum { MAX_NAME = 16 << 10, MAX_DEPTH = 32 };

static void rust_in_c(const struct sym_type *t, struct str inner, struct buf *out, int depth);

static const char *c_keyword(const struct sym_type *t)
{
	switch (sym_type_kind(t)) {
	case SYM_TYPE_STRUCT:
	case SYM_TYPE_VARIANT:
		return str_is(sym_type_bare_name(t), "()") ? "" : "struct ";
	case SYM_TYPE_UNION:
		return "union ";
	case SYM_TYPE_ENUM:
		return "enum ";
	default:
		return "";
	}
}

static void rust_function_in_c(const struct sym_type *t, struct str inner, struct buf *out, int depth)
{
	bool varargs;
	struct buf declarator = { 0 };
	size_t count = sym_type_param_count(t, &varargs);
	buf_printf(&declarator, "%.*s(", STR_ARG(inner));
	for (size_t i = 0; i < count && declarator.len < MAX_NAME; i++) {
		if (i)
			buf_str(&declarator, STR_LIT(", "));
		rust_in_c(sym_type_param(t, i), STR_EMPTY, &declarator, depth);
	}
	buf_str(&declarator, count ? STR_LIT(")") : STR_LIT("void)"));
	rust_in_c(sym_type_target(t), buf_view(&declarator), out, depth);
	buf_deinit(&declarator);
}

static void rust_in_c(const struct sym_type *t, struct str inner, struct buf *out, int depth)
{
	const char *blank = inner.len ? " " : "";
	struct buf declarator = { 0 };
	enum sym_type_kind kind = t ? sym_type_kind(t) : SYM_TYPE_VOID;
	if (depth == 0 || out->len > MAX_NAME) {
		buf_printf(out, "...%s%.*s", blank, STR_ARG(inner));
		return;
	}
	if (kind == SYM_TYPE_POINTER || kind == SYM_TYPE_REFERENCE) {
		const struct sym_type *target = sym_type_target(t);
		enum sym_type_kind inside = target ? sym_type_kind(target) : SYM_TYPE_VOID;
		bool group = inside == SYM_TYPE_ARRAY || inside == SYM_TYPE_FUNCTION;
		buf_printf(&declarator, group ? "(*%.*s)" : "*%.*s", STR_ARG(inner));
		rust_in_c(target, buf_view(&declarator), out, depth - 1);
	} else if (kind == SYM_TYPE_ARRAY) {
		bool known;
		uint64_t count = sym_type_count(t, &known);
		if (known)
			buf_printf(&declarator, "%.*s[%llu]", STR_ARG(inner), (unsigned long long)count);
		else
			buf_printf(&declarator, "%.*s[]", STR_ARG(inner));
		rust_in_c(sym_type_target(t), buf_view(&declarator), out, depth - 1);
	} else if (kind == SYM_TYPE_FUNCTION) {
		rust_function_in_c(t, inner, out, depth - 1);
	} else if (kind == SYM_TYPE_VOID) {
		buf_printf(out, "void%s%.*s", blank, STR_ARG(inner));
	} else {
		buf_printf(out, "%s%.*s%s%.*s", c_keyword(t), STR_ARG(sym_type_name(t)), blank,
			   STR_ARG(inner));
	}
	buf_deinit(&declarator);
}

void rust_type_in_c(const struct sym_type *t, struct str name, struct buf *out)
{
	rust_in_c(t, name, out, MAX_DEPTH);
}
