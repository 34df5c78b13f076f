/* Types that no DIE describes: what an expression makes of others. Those that are made of a module's types live as long as it; the rest are
 * never freed, and there are few of them. */
#include "base/buf.h"
#include "symbols/lookup.h"
#include "symbols/symbols_internal.h"

#include <stdlib.h>

static struct arena forever = ARENA_INIT;

static struct arena *home(struct sym_module *m)
{
	return m ? &m->arena : &forever;
}

static struct sym_type *make(struct sym_module *m, enum sym_type_kind kind, bool rust, uint64_t size)
{
	struct sym_type *t = ARENA_NEW(home(m), struct sym_type);
	*t = (struct sym_type){
		.module = m,
		.kind = kind,
		.made_rust = rust,
		.has_size = true,
		.size = size,
		.members_read = true,
	};
	return t;
}

static void give_name(struct sym_type *t, struct str name)
{
	t->bare = t->name = name;
	t->named = true;
}

bool sym_type_is_rust(const struct sym_type *t)
{
	return t->made_rust || type_is_rust(t);
}

/* ---- primitives ---- */

struct primitive {
	const char *name;
	uint8_t kind, size, encoding;
};

static const struct primitive rust_primitives[] = {
	{ "i8", SYM_TYPE_SIGNED, 1, DW_ATE_signed },
	{ "i16", SYM_TYPE_SIGNED, 2, DW_ATE_signed },
	{ "i32", SYM_TYPE_SIGNED, 4, DW_ATE_signed },
	{ "i64", SYM_TYPE_SIGNED, 8, DW_ATE_signed },
	{ "i128", SYM_TYPE_SIGNED, 16, DW_ATE_signed },
	{ "isize", SYM_TYPE_SIGNED, 8, DW_ATE_signed },
	{ "u8", SYM_TYPE_UNSIGNED, 1, DW_ATE_unsigned },
	{ "u16", SYM_TYPE_UNSIGNED, 2, DW_ATE_unsigned },
	{ "u32", SYM_TYPE_UNSIGNED, 4, DW_ATE_unsigned },
	{ "u64", SYM_TYPE_UNSIGNED, 8, DW_ATE_unsigned },
	{ "u128", SYM_TYPE_UNSIGNED, 16, DW_ATE_unsigned },
	{ "usize", SYM_TYPE_UNSIGNED, 8, DW_ATE_unsigned },
	{ "f32", SYM_TYPE_FLOAT, 4, DW_ATE_float },
	{ "f64", SYM_TYPE_FLOAT, 8, DW_ATE_float },
	{ "bool", SYM_TYPE_BOOL, 1, DW_ATE_boolean },
	{ "char", SYM_TYPE_CHAR, 4, DW_ATE_UTF },
	{ "()", SYM_TYPE_STRUCT, 0, DW_ATE_unsigned },
	{ "str", SYM_TYPE_UNKNOWN, 0, 0 },
};

static const struct primitive c_primitives[] = {
	{ "char", SYM_TYPE_CHAR, 1, DW_ATE_signed_char },
	{ "signed char", SYM_TYPE_CHAR, 1, DW_ATE_signed_char },
	{ "unsigned char", SYM_TYPE_CHAR, 1, DW_ATE_unsigned_char },
	{ "short", SYM_TYPE_SIGNED, 2, DW_ATE_signed },
	{ "unsigned short", SYM_TYPE_UNSIGNED, 2, DW_ATE_unsigned },
	{ "int", SYM_TYPE_SIGNED, 4, DW_ATE_signed },
	{ "unsigned int", SYM_TYPE_UNSIGNED, 4, DW_ATE_unsigned },
	{ "long", SYM_TYPE_SIGNED, 8, DW_ATE_signed },
	{ "unsigned long", SYM_TYPE_UNSIGNED, 8, DW_ATE_unsigned },
	{ "long long", SYM_TYPE_SIGNED, 8, DW_ATE_signed },
	{ "unsigned long long", SYM_TYPE_UNSIGNED, 8, DW_ATE_unsigned },
	{ "__int128", SYM_TYPE_SIGNED, 16, DW_ATE_signed },
	{ "unsigned __int128", SYM_TYPE_UNSIGNED, 16, DW_ATE_unsigned },
	{ "float", SYM_TYPE_FLOAT, 4, DW_ATE_float },
	{ "double", SYM_TYPE_FLOAT, 8, DW_ATE_float },
	{ "long double", SYM_TYPE_FLOAT, 16, DW_ATE_float },
	{ "_Bool", SYM_TYPE_BOOL, 1, DW_ATE_boolean },
	{ "wchar_t", SYM_TYPE_CHAR, 4, DW_ATE_signed },
	{ "char16_t", SYM_TYPE_CHAR, 2, DW_ATE_UTF },
	{ "char32_t", SYM_TYPE_CHAR, 4, DW_ATE_UTF },
	{ "int8_t", SYM_TYPE_SIGNED, 1, DW_ATE_signed },
	{ "uint8_t", SYM_TYPE_UNSIGNED, 1, DW_ATE_unsigned },
	{ "int16_t", SYM_TYPE_SIGNED, 2, DW_ATE_signed },
	{ "uint16_t", SYM_TYPE_UNSIGNED, 2, DW_ATE_unsigned },
	{ "int32_t", SYM_TYPE_SIGNED, 4, DW_ATE_signed },
	{ "uint32_t", SYM_TYPE_UNSIGNED, 4, DW_ATE_unsigned },
	{ "int64_t", SYM_TYPE_SIGNED, 8, DW_ATE_signed },
	{ "uint64_t", SYM_TYPE_UNSIGNED, 8, DW_ATE_unsigned },
	{ "int128_t", SYM_TYPE_SIGNED, 16, DW_ATE_signed },
	{ "uint128_t", SYM_TYPE_UNSIGNED, 16, DW_ATE_unsigned },
	{ "ieee_single", SYM_TYPE_FLOAT, 4, DW_ATE_float },
	{ "ieee_double", SYM_TYPE_FLOAT, 8, DW_ATE_float },
	{ "void", SYM_TYPE_VOID, 1, 0 },
};

enum {
	RUST_COUNT = sizeof rust_primitives / sizeof *rust_primitives,
	C_COUNT = sizeof c_primitives / sizeof *c_primitives
};

const struct sym_type *sym_type_primitive(struct sym_module *m, struct str name, bool rust)
{
	static struct sym_type *rust_made[RUST_COUNT], *c_made[C_COUNT];
	const struct primitive *table = rust ? rust_primitives : c_primitives;
	struct sym_type **made = rust ? rust_made : c_made;
	size_t count = rust ? RUST_COUNT : C_COUNT;
	(void)m;
	for (size_t i = 0; i < count; i++) {
		if (!str_is(name, table[i].name))
			continue;
		if (!made[i]) {
			made[i] = make(NULL, table[i].kind, rust, table[i].size);
			made[i]->encoding = table[i].encoding;
			made[i]->align = table[i].size ? table[i].size : 1;
			give_name(made[i], str_from(table[i].name));
		}
		return made[i];
	}
	return NULL;
}

/* ---- pointers, arrays, slices ---- */

static struct str c_pointer_name(const struct sym_type *t, struct arena *arena)
{
	if (t->id && t->module && !t->qualifiers && t->kind != SYM_TYPE_ARRAY &&
	    t->kind != SYM_TYPE_FUNCTION)
		return c_declaration(t->module, true, type_die(t), STR_LIT("*"), arena);
	struct str name = sym_type_name(t);
	size_t declarator = t->kind == SYM_TYPE_ARRAY      ? str_find(name, STR_LIT("["))
			    : t->kind == SYM_TYPE_FUNCTION ? str_find(name, STR_LIT("("))
							   : SIZE_MAX;
	if (declarator != SIZE_MAX) {
		char last = declarator ? name.ptr[declarator - 1] : ' ';
		return arena_printf(arena, "%.*s%s(*)%.*s", (int)declarator, name.ptr,
				    last == ' ' || last == '*' ? "" : " ",
				    STR_ARG(str_sub(name, declarator, SIZE_MAX)));
	}
	return arena_printf(arena, str_ends(name, STR_LIT("*")) ? "%.*s*" : "%.*s *", STR_ARG(name));
}

const struct sym_type *sym_type_pointer_to(const struct sym_type *target)
{
	struct sym_type *t = (struct sym_type *)target;
	if (t->made_pointer)
		return t->made_pointer;
	bool rust = sym_type_is_rust(t);
	struct sym_type *p = make(t->module, SYM_TYPE_POINTER, rust, 8);
	struct arena *arena = home(t->module);
	p->target = t;
	p->has_target = true;
	p->align = 8;
	give_name(p, rust ? arena_printf(arena, "*mut %.*s", STR_ARG(sym_type_name(t)))
			  : c_pointer_name(t, arena));
	t->made_pointer = p;
	return p;
}

static struct str array_name(const struct sym_type *element, uint64_t count, bool rust, struct arena *arena)
{
	struct str name = sym_type_name(element);
	if (rust)
		return arena_printf(arena, "[%.*s; %llu]", STR_ARG(name), (unsigned long long)count);
	if (element->id && element->module && !element->qualifiers && element->kind != SYM_TYPE_ARRAY &&
	    !element->vector && !unit_has_paths(element->unit))
		return c_declaration(element->module, true, type_die(element),
				     arena_printf(arena, "[%llu]", (unsigned long long)count), arena);
	size_t at = element->kind == SYM_TYPE_ARRAY ? str_find(name, STR_LIT("[")) : SIZE_MAX;
	if (at == SIZE_MAX)
		return arena_printf(arena, str_ends(name, STR_LIT("*")) ? "%.*s[%llu]" : "%.*s [%llu]",
				    STR_ARG(name), (unsigned long long)count);
	return arena_printf(arena, "%.*s[%llu]%.*s", (int)at, name.ptr, (unsigned long long)count,
			    STR_ARG(str_sub(name, at, SIZE_MAX)));
}

const struct sym_type *sym_type_array_of(const struct sym_type *element, uint64_t count)
{
	struct sym_type *e = (struct sym_type *)element;
	for (struct sym_type *a = e->made_arrays; a; a = a->next_array)
		if (a->count == count)
			return a;
	bool rust = sym_type_is_rust(e);
	uint64_t size;
	if (__builtin_mul_overflow(sym_type_size(e), count, &size))
		size = UINT64_MAX;
	struct sym_type *a = make(e->module, SYM_TYPE_ARRAY, rust, size);
	a->target = e;
	a->has_target = true;
	a->count = count;
	a->count_known = true;
	a->align = sym_type_align(e);
	a->name = array_name(e, count, rust, home(e->module));
	a->named = true;
	a->next_array = e->made_arrays;
	e->made_arrays = a;
	return a;
}

/* "const char", "char * const", "int (* const)(int)". */
static struct str qualified_name(const struct sym_type *t, unsigned qualifiers, struct arena *arena)
{
	struct str name = sym_type_name(t);
	size_t group = str_find(name, STR_LIT("(*"));
	if (t->kind != SYM_TYPE_POINTER && t->kind != SYM_TYPE_REFERENCE)
		return arena_printf(arena, "%.*s%.*s",
				    STR_ARG(c_qualifiers(qualifiers, false, true, arena)), STR_ARG(name));
	size_t at = group == SIZE_MAX ? name.len : group + 2;
	return arena_printf(arena, "%.*s%.*s%.*s", (int)at, name.ptr,
			    STR_ARG(c_qualifiers(qualifiers, true, false, arena)),
			    STR_ARG(str_sub(name, at, SIZE_MAX)));
}

const struct sym_type *sym_type_qualified(const struct sym_type *type, unsigned qualifiers)
{
	struct sym_type *t = (struct sym_type *)type;
	if (!qualifiers || t->qualifiers || sym_type_is_rust(t))
		return t;
	for (struct sym_type *q = t->made_qualified; q; q = q->next_qualified)
		if (q->qualifiers == qualifiers)
			return q;
	struct arena *arena = home(t->module);
	struct sym_type *q = ARENA_NEW(arena, struct sym_type);
	type_read_members(t);
	*q = *t;
	q->plain = t;
	q->qualifiers = (uint8_t)qualifiers;
	q->made_pointer = q->made_slice = NULL;
	q->made_arrays = q->next_array = q->made_qualified = NULL;
	q->name = qualified_name(t, qualifiers, arena); /* its bare name stays */
	q->named = true;
	q->next_qualified = t->made_qualified;
	t->made_qualified = q;
	return q;
}

static const struct sym_type *fat_pointer(const struct sym_type *element, struct str name)
{
	struct sym_type *s = make(element->module, SYM_TYPE_STRUCT, true, 16);
	struct sym_member *members = ARENA_ARRAY(home(element->module), struct sym_member, 2);
	members[0] =
		(struct sym_member){ .name = STR_LIT("data_ptr"), .type = sym_type_pointer_to(element) };
	members[1] = (struct sym_member){ .name = STR_LIT("length"),
					  .type = sym_type_primitive(NULL, STR_LIT("usize"), true),
					  .offset = 8 };
	s->members = members;
	s->member_count = 2;
	s->align = 8;
	give_name(s, name);
	return s;
}

const struct sym_type *sym_type_slice_of(const struct sym_type *element)
{
	struct sym_type *e = (struct sym_type *)element;
	if (!e->made_slice)
		e->made_slice = fat_pointer(e, STR_LIT("&[*gdb*]"));
	return e->made_slice;
}

const struct sym_type *sym_type_str(void)
{
	static const struct sym_type *made;
	if (!made)
		made = fat_pointer(sym_type_primitive(NULL, STR_LIT("u8"), true), STR_LIT("&str"));
	return made;
}

const struct sym_type *sym_type_tuple_of(const struct sym_type *const *elements, size_t count,
					 struct arena *arena)
{
	struct sym_type *s = ARENA_NEW(arena, struct sym_type);
	struct sym_member *members = ARENA_ARRAY(arena, struct sym_member, count ? count : 1);
	struct buf name = { 0 };
	uint64_t at = 0, align = 1;
	buf_char(&name, '(');
	for (size_t i = 0; i < count; i++) {
		uint64_t its = sym_type_align(elements[i]);
		at = (at + its - 1) / its * its;
		align = its > align ? its : align;
		members[i] = (struct sym_member){ .name = arena_printf(arena, "__%zu", i),
						  .type = elements[i],
						  .offset = at };
		at += sym_type_size(elements[i]);
		buf_printf(&name, "%s%.*s", i ? ", " : "", STR_ARG(sym_type_name(elements[i])));
	}
	buf_char(&name, ')');
	*s = (struct sym_type){ .kind = SYM_TYPE_STRUCT,
				.made_rust = true,
				.has_size = true,
				.size = (at + align - 1) / align * align,
				.align = align,
				.members = members,
				.member_count = count,
				.members_read = true };
	give_name(s, arena_str(arena, buf_view(&name)));
	buf_deinit(&name);
	return s;
}

const struct sym_type *sym_type_named(const struct sym_type *like, struct str name)
{
	struct sym_type *t = ARENA_NEW(&forever, struct sym_type);
	*t = *like;
	t->made_pointer = t->made_arrays = t->next_array = t->made_qualified = t->next_qualified = NULL;
	t->made_slice = NULL;
	give_name(t, arena_str(&forever, name));
	return t;
}

/* ---- functions ---- */

const struct sym_type *sym_function_type(const struct sym_function *function)
{
	struct sym_function *f = (struct sym_function *)function;
	struct sym_module *m = f->unit->module;
	if (f->type)
		return f->type;
	const struct sym_variable *const *params;
	size_t count = sym_function_params(f, &params);
	bool rust = unit_is_rust(f->unit);
	struct sym_type *t = make(m, SYM_TYPE_FUNCTION, rust, 1);
	const struct sym_type **types = ARENA_ARRAY(&m->arena, const struct sym_type *, count ? count : 1);
	for (size_t i = 0; i < count; i++)
		types[i] = sym_variable_type(params[i]);
	t->param_types = types;
	t->param_count = count;
	t->varargs = f->varargs;
	t->target = sym_function_result(f);
	if (t->target && t->target->kind == SYM_TYPE_UNKNOWN)
		t->target = NULL;
	t->has_target = t->target != NULL;
	t->unit = f->unit;
	if (rust) {
		struct buf text = { 0 };
		buf_str(&text, STR_LIT("fn ("));
		for (size_t i = 0; i < count; i++)
			buf_printf(&text, "%s%.*s", i ? ", " : "", STR_ARG(sym_type_name(types[i])));
		buf_char(&text, ')');
		if (t->target && t->target->kind != SYM_TYPE_VOID)
			buf_printf(&text, " -> %.*s", STR_ARG(sym_type_name(t->target)));
		give_name(t, arena_str(&m->arena, buf_view(&text)));
		buf_deinit(&text);
	} else {
		struct buf text = { 0 };
		buf_char(&text, '(');
		for (size_t i = 0; i < count; i++)
			buf_printf(&text, "%s%.*s", i ? ", " : "", STR_ARG(sym_type_name(types[i])));
		if (t->varargs)
			buf_str(&text, count ? STR_LIT(", ...") : STR_LIT("..."));
		const struct function_attrs *a = function_attrs(f);
		t->prototyped = sym_function_is_prototyped(f);
		buf_str(&text, count || t->varargs || !t->prototyped ? STR_LIT(")") : STR_LIT("void)"));
		if (a->has_type && (!t->target || t->target->kind == SYM_TYPE_VOID)) {
			/* Of an assembler's function nobody knows the result (DW_TAG_unspecified_type). */
			t->bare = STR_LIT("<untyped>");
			t->target = NULL;
		}
		bool typed = a->has_type && t->bare.len == 0;
		t->name = c_declaration(m, typed, a->type, buf_view(&text), &m->arena);
		t->named = true;
		buf_deinit(&text);
	}
	f->type = t;
	return t;
}

const struct sym_type *sym_type_function_of(const struct sym_type *result, bool rust)
{
	struct sym_type *t = make(result ? result->module : NULL, SYM_TYPE_FUNCTION, rust, 1);
	struct arena *arena = home(t->module);
	t->target = result;
	t->has_target = result != NULL;
	if (rust)
		give_name(t, result ? arena_printf(arena, "fn () -> %.*s", STR_ARG(sym_type_name(result)))
				    : STR_LIT("fn ()"));
	else
		give_name(t, arena_printf(arena, "%.*s ()",
					  STR_ARG(result ? sym_type_name(result) : STR_LIT("void"))));
	return t;
}

size_t sym_type_param_count(const struct sym_type *t, bool *ret_varargs)
{
	type_read_members((struct sym_type *)t);
	*ret_varargs = t->varargs;
	return t->param_count;
}

const struct sym_type *sym_type_param(const struct sym_type *t, size_t index)
{
	type_read_members((struct sym_type *)t);
	if (index >= t->param_count)
		return NULL;
	if (t->param_types)
		return t->param_types[index];
	return t->params[index] ? type_get(t->module, t->params[index]) : NULL;
}

/* ---- questions ---- */

bool sym_type_is_declaration(const struct sym_type *t)
{
	type_define((struct sym_type *)t);
	return t->declaration;
}

bool sym_type_is_vector(const struct sym_type *t)
{
	return t->vector;
}

bool sym_type_is_unsigned_char(const struct sym_type *t)
{
	return t->kind == SYM_TYPE_CHAR && t->encoding != DW_ATE_signed_char &&
	       t->encoding != DW_ATE_signed;
}

static struct str unqualified_name(const struct sym_type *t)
{
	t = t->qualifiers ? t->plain : t;
	return sym_type_name(t->qualified && t->id ? type_get(t->module, t->id) : t);
}

static bool same(const struct sym_type *a, const struct sym_type *b, int depth)
{
	if (a == b)
		return true;
	if (!a || !b || depth == 0 || a->kind != b->kind || sym_type_size(a) != sym_type_size(b) ||
	    sym_type_is_rust(a) != sym_type_is_rust(b))
		return false;
	switch (a->kind) {
	case SYM_TYPE_POINTER:
	case SYM_TYPE_REFERENCE:
		return same(sym_type_target(a), sym_type_target(b), depth - 1);
	case SYM_TYPE_ARRAY:
		return a->count == b->count && a->count_known == b->count_known &&
		       same(sym_type_target(a), sym_type_target(b), depth - 1);
	default:
		/* Without a name only the DIE itself is the same. */
		return a->bare.len != 0 && str_eq(unqualified_name(a), unqualified_name(b));
	}
}

bool sym_type_same(const struct sym_type *a, const struct sym_type *b)
{
	return same(a, b, SYM_MAX_NESTING);
}

static struct sym_type *with_members(enum sym_type_kind kind, struct str name,
				     const struct sym_member *members, size_t count, uint64_t size)
{
	struct sym_type *t = make(NULL, kind, true, size);
	t->members = arena_copy(&forever, members, count * sizeof *members);
	t->member_count = count;
	t->align = size ? size : 1;
	give_name(t, arena_str(&forever, name));
	return t;
}

const struct sym_type *sym_type_union_of(struct str name, const struct sym_member *members, size_t count,
					 uint64_t size)
{
	return with_members(SYM_TYPE_UNION, name, members, count, size);
}

const struct sym_type *sym_type_c_members_of(bool is_union, struct str name,
					     const struct sym_member *members, size_t count, uint64_t size)
{
	struct sym_type *t =
		with_members(is_union ? SYM_TYPE_UNION : SYM_TYPE_STRUCT, name, members, count, size);
	t->made_rust = false;
	t->name = arena_printf(&forever, "%s %.*s", is_union ? "union" : "struct",
			       STR_ARG(name.len ? name : STR_LIT("{...}")));
	return t;
}

const struct sym_type *sym_type_vector_of(const struct sym_type *t, uint64_t count)
{
	struct sym_type *made = make(NULL, SYM_TYPE_ARRAY, false, count * sym_type_size(t));
	*made = *sym_type_array_of(t, count);
	made->vector = true;
	struct str element = sym_type_name(t);
	made->name = arena_printf(&forever, "%.*s __attribute__ ((vector_size(%llu)))", STR_ARG(element),
				  (unsigned long long)count);
	return made;
}

const struct sym_type *sym_type_float_of(struct str name, uint64_t size)
{
	struct sym_type *t = make(NULL, SYM_TYPE_FLOAT, false, size);
	t->encoding = DW_ATE_float;
	t->align = size;
	give_name(t, arena_str(&forever, name));
	return t;
}
