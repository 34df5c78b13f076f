/* Types as text, in the syntax of their language. */
#include "base/buf.h"
#include "symbols/symbols_internal.h"

enum { MAX_TEXT = 16 << 10, MAX_SHOWN_PARAMS = 64 };

/* ---- C ---- */

/* Reads the DIE of a type as C needs it: with its qualifiers. */
struct c_type {
	uint16_t tag;
	struct str name;
	bool has_target;
	uint64_t target;
};

static bool c_read(struct sym_module *m, uint64_t id, struct c_type *ret)
{
	struct dw_cursor c;
	struct sym_unit *u;
	struct dw_value value;
	if (!die_at(m, id, &c, &u))
		return false;
	if (dw_attr(&c, DW_AT_signature, &value) && die_ref(u, &value, &id) && !die_at(m, id, &c, &u))
		return false;
	*ret = (struct c_type){ .tag = c.abbrev->tag };
	if (dw_attr(&c, DW_AT_name, &value) && value.kind == DW_VALUE_STRING)
		ret->name = value.str;
	ret->has_target = dw_attr(&c, DW_AT_type, &value) && die_ref(u, &value, &ret->target);
	return true;
}

static struct str c_declare(struct sym_module *m, bool has_type, uint64_t id, struct str inner,
			    struct arena *arena, int depth);

static struct str before(struct str word, struct str inner, struct arena *arena)
{
	if (inner.len == 0)
		return word;
	return arena_printf(arena, "%.*s %.*s", STR_ARG(word), STR_ARG(inner));
}

static struct str c_params(struct sym_module *m, const struct sym_type *t, struct arena *arena, int depth)
{
	struct buf text = { 0 };
	type_read_members((struct sym_type *)t);
	for (size_t i = 0; i < t->param_count && i < MAX_SHOWN_PARAMS && text.len < MAX_TEXT; i++) {
		if (i)
			buf_str(&text, STR_LIT(", "));
		buf_str(&text, c_declare(m, t->params[i] != 0, t->params[i], STR_EMPTY, arena, depth));
	}
	if (t->varargs)
		buf_str(&text, t->param_count ? STR_LIT(", ...") : STR_LIT("..."));
	else if (t->param_count == 0)
		buf_str(&text, STR_LIT("void"));
	struct str result = arena_str(arena, buf_view(&text));
	buf_deinit(&text);
	return result;
}

static const char *c_qualifier(uint16_t tag)
{
	switch (tag) {
	case DW_TAG_const_type:
		return "const";
	case DW_TAG_volatile_type:
		return "volatile";
	case DW_TAG_restrict_type:
		return "restrict";
	case DW_TAG_atomic_type:
		return "_Atomic";
	default:
		return "";
	}
}

static struct str c_pointer(struct sym_module *m, const struct c_type *t, struct str inner,
			    struct arena *arena, int depth)
{
	const char *star = t->tag == DW_TAG_pointer_type     ? "*"
			   : t->tag == DW_TAG_reference_type ? "&"
							     : "&&";
	struct c_type target;
	bool group = t->has_target && c_read(m, t->target, &target) &&
		     (target.tag == DW_TAG_array_type || target.tag == DW_TAG_subroutine_type);
	inner = arena_printf(arena, group ? "(%s%.*s)" : "%s%.*s", star, STR_ARG(inner));
	return c_declare(m, t->has_target, t->target, inner, arena, depth - 1);
}

static struct str c_array(struct sym_module *m, uint64_t id, struct str inner, struct arena *arena,
			  int depth)
{
	const struct sym_type *t = type_get(m, id);
	struct buf text = { 0 };
	buf_str(&text, inner);
	/* The dimensions behind the first have no DIE of their own; the element follows the last. */
	for (int i = 0; i < 16 && t->kind == SYM_TYPE_ARRAY; i++) {
		if (t->count_known)
			buf_printf(&text, "[%llu]", (unsigned long long)t->count);
		else
			buf_str(&text, STR_LIT("[]"));
		const struct sym_type *next = t->target;
		if (!next || next->id || next->kind != SYM_TYPE_ARRAY)
			break;
		t = next;
	}
	struct str declarator = arena_str(arena, buf_view(&text));
	buf_deinit(&text);
	return c_declare(m, t->has_target, t->target_id, declarator, arena, depth - 1);
}

static struct str c_tagged(const char *keyword, const struct c_type *t, const struct sym_unit *u,
			   struct arena *arena)
{
	bool bare = u && unit_has_paths(u); /* C++ and others name a type without its keyword */
	if (t->name.len == 0)
		return arena_printf(arena, "%s {...}", keyword);
	return bare ? t->name : arena_printf(arena, "%s %.*s", keyword, STR_ARG(t->name));
}

static struct str c_declare(struct sym_module *m, bool has_type, uint64_t id, struct str inner,
			    struct arena *arena, int depth)
{
	struct c_type t;
	if (!has_type)
		return before(STR_LIT("void"), inner, arena);
	if (depth <= 0 || inner.len > MAX_TEXT || !c_read(m, id, &t))
		return before(STR_LIT("<unknown type>"), inner, arena);
	struct sym_unit *u = unit_by_id(m, id);
	switch (t.tag) {
	case DW_TAG_const_type:
	case DW_TAG_volatile_type:
	case DW_TAG_restrict_type:
	case DW_TAG_atomic_type: {
		struct c_type target = { 0 };
		struct str word = str_from(c_qualifier(t.tag));
		if (t.has_target && c_read(m, t.target, &target) && target.tag == DW_TAG_pointer_type)
			return c_declare(m, true, t.target, before(word, inner, arena), arena, depth - 1);
		return before(word, c_declare(m, t.has_target, t.target, inner, arena, depth - 1), arena);
	}
	case DW_TAG_pointer_type:
	case DW_TAG_reference_type:
	case DW_TAG_rvalue_reference_type:
		return c_pointer(m, &t, inner, arena, depth);
	case DW_TAG_array_type:
		return c_array(m, id, inner, arena, depth);
	case DW_TAG_subroutine_type: {
		struct str params = c_params(m, type_get(m, id), arena, depth - 1);
		return c_declare(m, t.has_target, t.target,
				 arena_printf(arena, "%.*s(%.*s)", STR_ARG(inner), STR_ARG(params)),
				 arena, depth - 1);
	}
	case DW_TAG_structure_type:
		return before(c_tagged("struct", &t, u, arena), inner, arena);
	case DW_TAG_class_type:
		return before(c_tagged("class", &t, u, arena), inner, arena);
	case DW_TAG_union_type:
		return before(c_tagged("union", &t, u, arena), inner, arena);
	case DW_TAG_enumeration_type:
		return before(c_tagged("enum", &t, u, arena), inner, arena);
	default:
		return before(t.name.len ? t.name : STR_LIT("<unknown type>"), inner, arena);
	}
}

struct str c_declaration(struct sym_module *m, bool has_type, uint64_t type_id, struct str name,
			 struct arena *arena)
{
	return c_declare(m, has_type, type_id, name, arena, SYM_MAX_NESTING);
}

/* ---- Rust ---- */

static void rust_name(const struct sym_type *t, struct buf *out, int depth)
{
	const struct sym_type *target;
	if (depth == 0 || out->len > MAX_TEXT) {
		buf_str(out, STR_LIT("…"));
		return;
	}
	if (t->bare.len > 0) {
		struct arena arena = ARENA_INIT;
		bool path = t->kind == SYM_TYPE_STRUCT || t->kind == SYM_TYPE_VARIANT ||
			    t->kind == SYM_TYPE_UNION || t->kind == SYM_TYPE_ENUM ||
			    t->kind == SYM_TYPE_ALIAS;
		buf_str(out, path && t->id ? unit_path(t->unit, t->path_id, t->bare, &arena) : t->bare);
		arena_deinit(&arena);
		return;
	}
	switch (t->kind) {
	case SYM_TYPE_POINTER:
	case SYM_TYPE_REFERENCE:
		buf_str(out, STR_LIT("*mut ")); /* rustc leaves the name out of pointers that it made itself */
		rust_name(sym_type_target(t), out, depth - 1);
		break;
	case SYM_TYPE_ARRAY:
		buf_char(out, '[');
		if ((target = sym_type_target(t)))
			rust_name(target, out, depth - 1);
		if (t->count_known)
			buf_printf(out, "; %llu", (unsigned long long)t->count);
		buf_char(out, ']');
		break;
	case SYM_TYPE_FUNCTION:
		type_read_members((struct sym_type *)t);
		buf_str(out, STR_LIT("fn("));
		for (size_t i = 0; i < t->param_count && i < MAX_SHOWN_PARAMS; i++) {
			if (i)
				buf_str(out, STR_LIT(", "));
			if (t->params[i])
				rust_name(type_get(t->module, t->params[i]), out, depth - 1);
			else
				buf_char(out, '_');
		}
		buf_char(out, ')');
		if ((target = sym_type_target(t))) {
			buf_str(out, STR_LIT(" -> "));
			rust_name(target, out, depth - 1);
		}
		break;
	default:
		buf_str(out, STR_LIT("<unnamed>"));
		break;
	}
}

static void read_name(struct sym_type *t)
{
	struct arena *arena = &t->module->arena;
	if (t->id && !type_is_rust(t)) {
		struct str bare = t->bare;
		bool path = unit_has_paths(t->unit) && bare.len > 0 && t->tag != DW_TAG_base_type;
		t->name = path ? unit_path(t->unit, t->path_id, bare, arena)
			       : c_declaration(t->module, true, t->id, STR_EMPTY, arena);
		if (t->vector && t->count_known) /* as gdb says it, which counts elements */
			t->name = arena_printf(arena, "%.*s __attribute__ ((vector_size(%llu)))",
					       STR_ARG(sym_type_name(sym_type_target(t))),
					       (unsigned long long)t->count);
		return;
	}
	struct buf text = { 0 };
	const struct sym_type *target =
		t->kind == SYM_TYPE_ARRAY && t->unit && !type_is_rust(t) ? sym_type_target(t) : NULL;
	if (target) {
		/* An inner dimension of C's: "int [2][3]" without its first. */
		struct str name = sym_type_name(target);
		size_t at = target->kind == SYM_TYPE_ARRAY ? str_find(name, STR_LIT("[")) : SIZE_MAX;
		at = at == SIZE_MAX ? name.len : at;
		buf_printf(&text, "%.*s%s", (int)at, name.ptr, at == name.len ? " " : "");
		if (t->count_known)
			buf_printf(&text, "[%llu]", (unsigned long long)t->count);
		else
			buf_str(&text, STR_LIT("[]"));
		buf_str(&text, str_sub(name, at, SIZE_MAX));
	} else {
		rust_name(t, &text, SYM_MAX_NESTING);
	}
	t->name = arena_str(arena, buf_view(&text));
	buf_deinit(&text);
}

struct str sym_type_name(const struct sym_type *type)
{
	struct sym_type *t = (struct sym_type *)type;
	if (!t->named) {
		t->named = true;
		read_name(t);
	}
	return t->name;
}

static bool in_identifier(char c)
{
	return c == '_' || c == '{' || c == '}' || c == '#' || (c >= '0' && c <= '9') ||
	       (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80);
}

struct str rust_shorten(struct str name, struct arena *arena)
{
	static const struct str allocator = { ", Global>", 9 }; /* the default, which nobody writes */
	char *text = arena_alloc(arena, name.len + 1);
	size_t len = 0;
	for (size_t i = 0; i < name.len;) {
		size_t end = i;
		while (end < name.len && in_identifier(name.ptr[end]))
			end++;
		if (end > i && str_starts(str_sub(name, end, SIZE_MAX), STR_LIT("::"))) {
			i = end + 2;
			continue;
		}
		if (end == i)
			end++;
		memcpy(text + len, name.ptr + i, end - i);
		len += end - i;
		i = end;
		if (str_ends((struct str){ text, len }, allocator)) {
			len -= allocator.len;
			text[len++] = '>';
		}
	}
	return (struct str){ text, len };
}

struct str rust_short_name(const struct sym_type *t, struct arena *arena)
{
	return rust_shorten(sym_type_name(t), arena);
}
