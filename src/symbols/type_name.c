/* Types as text, in the syntax of their language. */
#include "base/buf.h"
#include "symbols/lookup.h"
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

enum { MAX_QUALIFIERS = 32 };

static unsigned qualifier_of(uint16_t tag)
{
	switch (tag) {
	case DW_TAG_const_type:
		return SYM_CONST;
	case DW_TAG_volatile_type:
		return SYM_VOLATILE;
	case DW_TAG_restrict_type:
		return SYM_RESTRICT;
	case DW_TAG_atomic_type:
		return SYM_ATOMIC;
	default:
		return 0;
	}
}

/* A type without its qualifiers, which are added to those that there are already. */
struct c_resolved {
	bool has_type, good; /* not has_type: void */
	uint64_t id;
	struct c_type type;
	unsigned qualifiers;
};

static struct c_resolved c_resolve(struct sym_module *m, bool has_type, uint64_t id, unsigned qualifiers)
{
	struct c_resolved r = { .has_type = has_type, .good = true, .id = id, .qualifiers = qualifiers };
	for (int i = 0; i < MAX_QUALIFIERS && r.has_type; i++) {
		r.good = c_read(m, r.id, &r.type);
		unsigned qualifier = r.good ? qualifier_of(r.type.tag) : 0;
		if (!qualifier)
			return r;
		r.qualifiers |= qualifier;
		r.has_type = r.type.has_target;
		r.id = r.type.target;
	}
	r.good = r.good && !r.has_type;
	return r;
}

struct str c_qualifiers(unsigned qualifiers, bool before, bool behind, struct arena *arena)
{
	static const char *const words[] = { " const", " volatile", " restrict", " _Atomic" };
	struct buf text = { 0 };
	for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
		if (qualifiers >> i & 1)
			buf_str(&text, str_from(words[i] + (text.len == 0 && !before)));
	if (text.len && behind)
		buf_char(&text, ' ');
	struct str ret = arena_str(arena, buf_view(&text));
	buf_deinit(&text);
	return ret;
}

/* What is declared so far, from the name outwards. */
struct declarator {
	struct str text;
	bool blank; /* qualifiers of a pointer that come next want a blank behind them */
};

static struct str c_declare(struct sym_module *m, bool has_type, uint64_t id, unsigned qualifiers,
			    struct declarator inner, struct arena *arena, int depth);

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
		buf_str(&text, c_declare(m, t->params[i] != 0, t->params[i], 0, (struct declarator){ 0 },
					 arena, depth));
	}
	if (t->varargs)
		buf_str(&text, t->param_count ? STR_LIT(", ...") : STR_LIT("..."));
	else if (t->param_count == 0 && t->prototyped)
		buf_str(&text, STR_LIT("void"));
	struct str result = arena_str(arena, buf_view(&text));
	buf_deinit(&text);
	return result;
}

static struct str c_pointer(struct sym_module *m, const struct c_resolved *t, struct declarator inner,
			    struct arena *arena, int depth)
{
	const char *star = t->type.tag == DW_TAG_pointer_type     ? "*"
			   : t->type.tag == DW_TAG_reference_type ? "&"
								  : "&&";
	struct c_resolved target = c_resolve(m, t->type.has_target, t->type.target, 0);
	bool group = target.has_type && target.good &&
		     (target.type.tag == DW_TAG_array_type || target.type.tag == DW_TAG_subroutine_type);
	struct str qualifiers = c_qualifiers(t->qualifiers, true, inner.blank, arena);
	inner.text = arena_printf(arena, group ? "(%s%.*s%.*s)" : "%s%.*s%.*s", star,
				  STR_ARG(qualifiers), STR_ARG(inner.text));
	inner.blank = true;
	return c_declare(m, t->type.has_target, t->type.target, 0, inner, arena, depth - 1);
}

/* What qualifies an array qualifies its elements. */
static struct str c_array(struct sym_module *m, const struct c_resolved *resolved,
			  struct declarator inner, struct arena *arena, int depth)
{
	const struct sym_type *t = type_get(m, resolved->id);
	struct buf text = { 0 };
	buf_str(&text, inner.text);
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
	inner.text = arena_str(arena, buf_view(&text));
	buf_deinit(&text);
	return c_declare(m, t->has_target, t->target_id, resolved->qualifiers, inner, arena, depth - 1);
}

static struct str c_tagged(const char *keyword, const struct c_type *t, const struct sym_unit *u,
			   struct arena *arena)
{
	bool bare = u && unit_has_paths(u); /* C++ and others name a type without its keyword */
	if (t->name.len == 0)
		return arena_printf(arena, "%s {...}", keyword);
	return bare ? t->name : arena_printf(arena, "%s %.*s", keyword, STR_ARG(t->name));
}

static struct str c_base(const struct c_resolved *t, const struct sym_unit *u, struct arena *arena)
{
	if (!t->has_type)
		return STR_LIT("void");
	if (!t->good)
		return STR_LIT("<unknown type>");
	switch (t->type.tag) {
	case DW_TAG_structure_type:
		return c_tagged("struct", &t->type, u, arena);
	case DW_TAG_class_type:
		return c_tagged("class", &t->type, u, arena);
	case DW_TAG_union_type:
		return c_tagged("union", &t->type, u, arena);
	case DW_TAG_enumeration_type:
		return c_tagged("enum", &t->type, u, arena);
	default:
		return t->type.name.len ? t->type.name : STR_LIT("<unknown type>");
	}
}

static struct str c_declare(struct sym_module *m, bool has_type, uint64_t id, unsigned qualifiers,
			    struct declarator inner, struct arena *arena, int depth)
{
	if (depth <= 0 || inner.text.len > MAX_TEXT)
		return before(STR_LIT("<unknown type>"), inner.text, arena);
	struct c_resolved t = c_resolve(m, has_type, id, qualifiers);
	switch (t.has_type && t.good ? t.type.tag : 0) {
	case DW_TAG_pointer_type:
	case DW_TAG_reference_type:
	case DW_TAG_rvalue_reference_type:
		return c_pointer(m, &t, inner, arena, depth);
	case DW_TAG_array_type:
		return c_array(m, &t, inner, arena, depth);
	case DW_TAG_subroutine_type: {
		struct str params = c_params(m, type_get(m, t.id), arena, depth - 1);
		inner.text = arena_printf(arena, "%.*s(%.*s)", STR_ARG(inner.text), STR_ARG(params));
		inner.blank = false;
		return c_declare(m, t.type.has_target, t.type.target, 0, inner, arena, depth - 1);
	}
	default: {
		struct str word = c_base(&t, unit_by_id(m, t.id), arena);
		struct str words = c_qualifiers(t.qualifiers, false, true, arena);
		if (words.len)
			word = arena_printf(arena, "%.*s%.*s", STR_ARG(words), STR_ARG(word));
		return before(word, inner.text, arena);
	}
	}
}

struct str c_declaration(struct sym_module *m, bool has_type, uint64_t type_id, struct str name,
			 struct arena *arena)
{
	struct declarator inner = { .text = name };
	inner.blank = name.len && name.ptr[0] != '(' && name.ptr[0] != '[';
	return c_declare(m, has_type, type_id, 0, inner, arena, SYM_MAX_NESTING);
}

struct str sym_type_declaration(const struct sym_type *t, struct str name, struct arena *arena)
{
	bool path = t->unit && unit_has_paths(t->unit) && t->bare.len > 0;
	if (!t->id || type_is_rust(t) || t->vector || path || t->qualifiers)
		return STR_EMPTY;
	return c_declaration(t->module, true, type_die(t), name, arena);
}

/* "const volatile " of a type that is such a one. */
static struct str own_qualifiers(const struct sym_type *t, struct arena *arena)
{
	struct c_resolved r = c_resolve(t->module, true, type_die(t), 0);
	return c_qualifiers(r.qualifiers, false, true, arena);
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
			       : c_declaration(t->module, true, type_die(t), STR_EMPTY, arena);
		if (path && t->qualified)
			t->name = arena_printf(arena, "%.*s%.*s", STR_ARG(own_qualifiers(t, arena)),
					       STR_ARG(t->name));
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
		bool blank = at == name.len && target->kind != SYM_TYPE_POINTER;
		buf_printf(&text, "%.*s%s", (int)at, name.ptr, blank ? " " : "");
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
