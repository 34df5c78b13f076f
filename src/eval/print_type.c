/* Types as gdb writes them. */
#include "eval/print_internal.h"

#include <stdlib.h>

enum { MAX_NAME = 16 << 10, MAX_DEPTH = 32 };

/* C's integers by the names that gdb gives them, wherever they stand in a type. */
static void c_name(struct str name, struct buf *out)
{
	static const struct {
		const char *from, *to;
	} words[] = {
		{ "long long unsigned int", "unsigned long long" }, { "long long int", "long long" },
		{ "long unsigned int", "unsigned long" },           { "long int", "long" },
		{ "short unsigned int", "unsigned short" },         { "short int", "short" },
	};
	for (size_t i = 0; i < name.len;) {
		bool begins = i == 0 || !parse_is_name(name.ptr[i - 1]);
		size_t taken = 0;
		for (size_t w = 0; begins && w < sizeof words / sizeof *words && !taken; w++) {
			struct str from = str_from(words[w].from), rest = str_sub(name, i, SIZE_MAX);
			if (!str_starts(rest, from) ||
			    (rest.len > from.len && parse_is_name(rest.ptr[from.len])))
				continue;
			buf_str(out, str_from(words[w].to));
			taken = from.len;
		}
		if (!taken) {
			buf_char(out, name.ptr[i]);
			taken = 1;
		}
		i += taken;
	}
}

static void rust_name(const struct sym_type *t, struct buf *out, int depth)
{
	const struct sym_type *target;
	bool known, varargs;
	if (!t || depth == 0 || out->len > MAX_NAME) {
		buf_str(out, t ? STR_LIT("...") : STR_LIT("()"));
		return;
	}
	switch (sym_type_kind(t)) {
	case SYM_TYPE_POINTER:
	case SYM_TYPE_REFERENCE:
		if (str_is(sym_type_bare_name(t), "*mut fn ()")) {
			buf_str(out, sym_type_bare_name(t));
			break;
		}
		buf_str(out, STR_LIT("*mut "));
		rust_name(sym_type_target(t), out, depth - 1);
		break;
	case SYM_TYPE_ARRAY: {
		uint64_t count = sym_type_count(t, &known);
		buf_char(out, '[');
		rust_name(sym_type_target(t), out, depth - 1);
		if (known)
			buf_printf(out, "; %llu", (unsigned long long)count);
		buf_char(out, ']');
		break;
	}
	case SYM_TYPE_FUNCTION: {
		size_t count = sym_type_param_count(t, &varargs);
		buf_str(out, STR_LIT("fn ("));
		for (size_t i = 0; i < count; i++) {
			if (i)
				buf_str(out, STR_LIT(", "));
			rust_name(sym_type_param(t, i), out, depth - 1);
		}
		buf_char(out, ')');
		target = sym_type_target(t);
		if (target && sym_type_kind(target) != SYM_TYPE_VOID &&
		    !str_is(sym_type_bare_name(target), "()")) {
			buf_str(out, STR_LIT(" -> "));
			rust_name(target, out, depth - 1);
		}
		break;
	}
	case SYM_TYPE_VOID:
		buf_str(out, STR_LIT("()"));
		break;
	case SYM_TYPE_STRUCT:
	case SYM_TYPE_UNION:
		/* Rust knows no tags. */
		buf_str(out, sym_type_is_rust(t) ? sym_type_name(t) : sym_type_bare_name(t));
		break;
	default:
		if (sym_type_is_rust(t))
			buf_str(out, sym_type_name(t));
		else
			c_name(sym_type_name(t), out);
		break;
	}
}

struct str rust_type_name(const struct sym_type *t, struct arena *arena)
{
	struct buf text = { 0 };
	rust_name(t, &text, MAX_DEPTH);
	struct str s = arena_str(arena, buf_view(&text));
	buf_deinit(&text);
	return s;
}

static void c_type_name(const struct sym_type *t, struct buf *out)
{
	if (t && sym_type_is_rust(t))
		rust_type_in_c(t, STR_EMPTY, out);
	else
		c_name(t ? sym_type_name(t) : STR_LIT("void"), out);
}

void eval_type_name(const struct eval_printer *p, const struct sym_type *t, struct buf *out)
{
	struct buf text = { 0 };
	if (!t) {
		buf_str(out, p->language == EVAL_LANGUAGE_C ? STR_LIT("void") : STR_LIT("()"));
		return;
	}
	enum sym_type_kind kind = sym_type_kind(t);
	bool tagged = kind == SYM_TYPE_STRUCT || kind == SYM_TYPE_UNION;
	if (p->language != EVAL_LANGUAGE_C && tagged && !sym_type_is_rust(t) && !sym_type_bare_name(t).len)
		error_destroy(eval_type_definition(p, t, false, &text)); /* Rust has nothing shorter */
	else if (p->language != EVAL_LANGUAGE_C)
		rust_name(t, &text, MAX_DEPTH);
	else
		c_type_name(t, &text);
	buf_str(out, buf_view(&text));
	buf_deinit(&text);
}

/* ---- ptype ---- */

struct defining {
	const struct eval_printer *p;
	struct buf *out;
	bool offsets, hex, rust;
	uint64_t base; /* bits: of what is around, for /o */
};

static void definition(struct defining *d, const struct sym_type *t, unsigned level, int depth,
		       uint64_t base);

enum { OFFSET_COLUMNS = 27 };

static void indent(struct defining *d, unsigned level)
{
	buf_pad(d->out, ' ', level);
}

static void blank_columns(struct defining *d)
{
	if (d->offsets)
		buf_pad(d->out, ' ', OFFSET_COLUMNS);
}

/* Before a closing brace. */
static void close_columns(struct defining *d, unsigned level)
{
	blank_columns(d);
	if (d->offsets && level == 0)
		buf_pad(d->out, ' ', 2);
	indent(d, level);
}

/* "/ *      4      |       4 * /" before a member. */
static void place_columns(struct defining *d, const struct sym_member *m, uint64_t base, bool in_union)
{
	uint64_t size = type_size(m->type), at = base + m->offset;
	if (!d->offsets)
		return;
	uint64_t bits = at * 8 + m->bit_offset;
	if (in_union)
		buf_printf(d->out, d->hex ? "/*                0x%04llx */" : "/*              %8llu */",
			   (unsigned long long)size);
	else if (m->bit_size)
		buf_printf(d->out,
			   d->hex ? "/* 0x%04llx: 0x%llx |  0x%04llx */" : "/* %6llu:%2llu   |  %6llu */",
			   (unsigned long long)(bits / 8), (unsigned long long)(bits % 8),
			   (unsigned long long)size);
	else
		buf_printf(d->out, d->hex ? "/* 0x%04llx      |  0x%04llx */" : "/* %6llu      |  %6llu */",
			   (unsigned long long)at, (unsigned long long)size);
	if (d->rust)
		buf_pad(d->out, ' ', 2);
}

static uint64_t member_bits(const struct sym_member *m)
{
	return m->bit_size ? m->bit_size : type_size(m->type) * 8;
}

static void hole(struct defining *d, uint64_t end, uint64_t start, const char *word)
{
	uint64_t bits = start - end;
	if (!d->offsets || start <= end)
		return;
	uint64_t bytes = bits / 8;
	if (bits % 8)
		buf_printf(d->out, "/* XXX %2llu-bit %-7s    */\n", (unsigned long long)(bits % 8), word);
	if (bytes)
		buf_printf(d->out, "/* XXX %2llu-byte %-7s   */\n", (unsigned long long)bytes, word);
}

static void total(struct defining *d, const struct sym_type *t, unsigned level)
{
	if (!d->offsets)
		return;
	buf_char(d->out, '\n');
	buf_pad(d->out, ' ', OFFSET_COLUMNS + level + 4);
	buf_printf(d->out, "/* total size (bytes): %4llu */\n", (unsigned long long)type_size(t));
}

/* ---- Rust ---- */

static void rust_structure(struct defining *d, const struct sym_type *t, const char *word,
			   struct str name, unsigned level);

/* gdb has the brace at the start of the line wherever the enumeration stands. */
static void rust_c_like(struct defining *d, const struct sym_type *t, unsigned level)
{
	const struct sym_enumerator *list;
	size_t count = sym_type_enumerators(t, &list);
	struct str name = sym_type_is_rust(t) ? sym_type_name(t) : sym_type_bare_name(t);
	buf_printf(d->out, "enum %.*s%s{\n", STR_ARG(name), name.len ? " " : "");
	for (size_t i = 0; i < count; i++)
		buf_printf(d->out, "%*s%.*s,\n", (int)level + 2, "", STR_ARG(list[i].name));
	buf_char(d->out, '}');
}

/* C's structures and enumerations without a name are written out in place. */
static void rust_inline_name(struct defining *d, const struct sym_type *t, unsigned level)
{
	enum sym_type_kind kind = t ? sym_type_kind(t) : SYM_TYPE_VOID;
	bool tagged = kind == SYM_TYPE_STRUCT || kind == SYM_TYPE_UNION;
	if (tagged && !sym_type_is_rust(t) && sym_type_bare_name(t).len == 0 && level < 4 * MAX_DEPTH)
		rust_structure(d, t, kind == SYM_TYPE_UNION ? "union " : "struct ", STR_EMPTY, level);
	else if (kind == SYM_TYPE_ENUM && !sym_type_is_rust(t) && sym_type_bare_name(t).len == 0)
		rust_c_like(d, t, level);
	else
		rust_name(t, d->out, MAX_DEPTH);
}

static void rust_members(struct defining *d, const struct sym_type *t, bool named, unsigned level)
{
	const struct sym_member *members;
	size_t count = sym_type_members(t, &members);
	bool in_union = sym_type_kind(t) == SYM_TYPE_UNION;
	uint64_t end = 0;
	/* With offsets in their order, as holes are looked for between neighbours. */
	size_t *order = xmalloc((count ? count : 1) * sizeof *order);
	for (size_t i = 0; i < count; i++)
		order[i] = i;
	for (size_t i = 1; d->offsets && i < count; i++)
		for (size_t j = i; j > 0 && members[order[j]].offset < members[order[j - 1]].offset; j--) {
			size_t swap = order[j];
			order[j] = order[j - 1];
			order[j - 1] = swap;
		}
	for (size_t i = 0; i < count; i++) {
		const struct sym_member *m = &members[order[i]];
		if (d->offsets && !in_union)
			hole(d, i ? end : m->offset * 8, m->offset * 8, "hole");
		place_columns(d, m, 0, in_union);
		indent(d, level + 2);
		if (named)
			buf_printf(d->out, "%.*s: ", STR_ARG(m->name));
		rust_inline_name(d, m->type, level + 2);
		buf_str(d->out, STR_LIT(",\n"));
		end = m->offset * 8 + member_bits(m);
	}
	free(order);
	if (d->offsets && !in_union)
		hole(d, end, type_size(t) * 8, "padding");
}

static void rust_structure(struct defining *d, const struct sym_type *t, const char *word,
			   struct str name, unsigned level)
{
	const struct sym_member *members;
	size_t count = sym_type_members(t, &members);
	bool tuple = rust_is_tuple_struct(t);
	buf_printf(d->out, "%s%.*s", word, STR_ARG(name));
	if (count == 0)
		return;
	buf_printf(d->out, "%s%c\n", name.len || *word ? " " : "", tuple ? '(' : '{');
	rust_members(d, t, !tuple, level);
	total(d, t, level);
	close_columns(d, level);
	buf_char(d->out, tuple ? ')' : '}');
}

static void rust_variant_line(struct defining *d, const struct sym_variant *v)
{
	const struct sym_member *members;
	const struct sym_type *t = type_plain(v->member.type);
	size_t count = sym_type_members(t, &members);
	bool tuple = rust_is_tuple_struct(t);
	buf_str(d->out, v->name);
	if (count == 0)
		return;
	buf_char(d->out, tuple ? '(' : '{');
	for (size_t i = 0; i < count; i++) {
		if (i)
			buf_str(d->out, STR_LIT(", "));
		if (!tuple)
			buf_printf(d->out, "%.*s: ", STR_ARG(members[i].name));
		rust_inline_name(d, members[i].type, 0);
	}
	buf_char(d->out, tuple ? ')' : '}');
}

static void rust_enum(struct defining *d, const struct sym_type *t)
{
	const struct sym_variant_part *part = sym_type_variants(t);
	buf_printf(d->out, "enum %.*s", STR_ARG(sym_type_name(t)));
	if (!part || part->count == 0)
		return;
	buf_str(d->out, STR_LIT(" {\n"));
	for (size_t i = 0; i < part->count; i++) {
		const struct sym_variant *v = &part->variants[i];
		place_columns(d, &v->member, 0, false);
		indent(d, 2);
		if (d->offsets)
			rust_structure(d, type_plain(v->member.type), "", v->name, 4);
		else
			rust_variant_line(d, v);
		buf_str(d->out, STR_LIT(",\n"));
	}
	total(d, t, 0);
	close_columns(d, 0);
	buf_char(d->out, '}');
}

static void rust_definition(struct defining *d, const struct sym_type *t)
{
	struct str name = sym_type_is_rust(t) ? sym_type_name(t) : sym_type_bare_name(t);
	switch (sym_type_kind(t)) {
	case SYM_TYPE_STRUCT:
		if (rust_is_tuple(t) || str_is(sym_type_bare_name(t), "()") ||
		    str_is(sym_type_bare_name(t), "!"))
			buf_str(d->out, name);
		else
			rust_structure(d, t, "struct ", name, 0);
		break;
	case SYM_TYPE_UNION:
		rust_structure(d, t, "union ", name, 0);
		break;
	case SYM_TYPE_VARIANT:
		rust_enum(d, t);
		break;
	case SYM_TYPE_ENUM:
		rust_c_like(d, t, 0);
		break;
	default:
		rust_inline_name(d, t, 0);
		break;
	}
}

/* ---- C ---- */

/* What stands before and behind a declarator, by the name of the type: "int [3]" is "int " and " [3]"; gdb leaves no blank there. */
static void c_declaration_of(struct defining *d, const struct sym_type *t, struct str name)
{
	if (t && sym_type_is_rust(t)) {
		rust_type_in_c(t, name, d->out);
		return;
	}
	struct arena arena = ARENA_INIT;
	struct str whole = t ? sym_type_declaration(t, name, &arena) : STR_EMPTY;
	c_name(whole, d->out);
	arena_deinit(&arena);
	if (whole.len)
		return;
	struct str type = t ? sym_type_name(t) : STR_LIT("void");
	size_t vector = str_find(type, STR_LIT(" __attribute__ (("));
	size_t group = str_find(type, STR_LIT("(*"));
	size_t at = SIZE_MAX;
	if (group != SIZE_MAX) {
		at = group + 1;
		while (at < type.len && (type.ptr[at] == '*' || parse_is_name(type.ptr[at])))
			at++;
	} else if (vector != SIZE_MAX) {
		at = vector;
	} else {
		size_t bracket = str_find(type, STR_LIT("[")), parenthesis = str_find(type, STR_LIT("("));
		at = bracket < parenthesis ? bracket : parenthesis;
	}
	struct str head = str_sub(type, 0, at),
		   tail = str_sub(type, at == SIZE_MAX ? type.len : at, SIZE_MAX);
	while (head.len && head.ptr[head.len - 1] == ' ')
		head.len--;
	c_name(head, d->out);
	if (name.len && head.len && head.ptr[head.len - 1] != '*')
		buf_char(d->out, ' ');
	buf_str(d->out, name);
	if (!name.len && tail.len && head.len && head.ptr[head.len - 1] != '*')
		buf_char(d->out, ' ');
	c_name(tail, d->out);
}

/* The structure or union without a name that a member is, or of which it is an array or pointer: written out in place. */
static const struct sym_type *anonymous_inside(const struct sym_type *t)
{
	for (int i = 0; t && i < 8; i++) {
		enum sym_type_kind kind = sym_type_kind(t);
		if (kind == SYM_TYPE_ARRAY || kind == SYM_TYPE_POINTER)
			t = sym_type_target(t);
		else
			break;
	}
	if (!t)
		return NULL;
	enum sym_type_kind kind = sym_type_kind(t);
	bool tagged = kind == SYM_TYPE_STRUCT || kind == SYM_TYPE_UNION || kind == SYM_TYPE_ENUM;
	return tagged && sym_type_bare_name(t).len == 0 ? t : NULL;
}

static void array_suffix(struct defining *d, const struct sym_type *t)
{
	bool known;
	for (int i = 0; i < 8 && t && sym_type_kind(t) == SYM_TYPE_ARRAY; i++, t = sym_type_target(t)) {
		uint64_t count = sym_type_count(t, &known);
		if (known)
			buf_printf(d->out, "[%llu]", (unsigned long long)count);
		else
			buf_str(d->out, STR_LIT("[]"));
	}
}

static void c_enum_body(struct defining *d, const struct sym_type *t)
{
	const struct sym_enumerator *list;
	size_t count = sym_type_enumerators(t, &list);
	int64_t next = 0;
	buf_char(d->out, '{');
	bool rust = sym_type_is_rust(t);
	for (size_t i = 0; i < count; i++) {
		buf_str(d->out, i ? STR_LIT(", ") : STR_EMPTY);
		if (rust)
			buf_printf(d->out, "%.*s::", STR_ARG(sym_type_name(t)));
		buf_str(d->out, list[i].name);
		if (list[i].value != next)
			buf_printf(d->out, " = %lld", (long long)list[i].value);
		next = list[i].value + 1;
	}
	buf_char(d->out, '}');
}

/* With offsets a structure with a name is written out in place too. */
static const struct sym_type *written_out(const struct defining *d, const struct sym_type *t)
{
	enum sym_type_kind kind = sym_type_kind(t);
	if (d->offsets && (kind == SYM_TYPE_STRUCT || kind == SYM_TYPE_UNION))
		return t;
	return anonymous_inside(t);
}

static void c_member(struct defining *d, const struct sym_member *m, unsigned level, int depth,
		     uint64_t base, bool in_union)
{
	const struct sym_type *inner = written_out(d, m->type);
	place_columns(d, m, base, in_union);
	indent(d, level + 4);
	if (inner) {
		definition(d, inner, level + 4, depth - 1, base + m->offset);
		if (m->name.len) {
			buf_char(d->out, ' ');
			if (type_is_pointer(m->type))
				buf_char(d->out, '*');
			buf_str(d->out, m->name);
			array_suffix(d, m->type);
		}
	} else {
		c_declaration_of(d, m->type, m->name);
	}
	if (m->bit_size)
		buf_printf(d->out, " : %u", m->bit_size);
	buf_str(d->out, STR_LIT(";\n"));
}

static void c_structure(struct defining *d, const struct sym_type *t, unsigned level, int depth,
			uint64_t base)
{
	const struct sym_member *members;
	size_t count = sym_type_members(t, &members);
	bool in_union = sym_type_kind(t) == SYM_TYPE_UNION;
	struct str name = sym_type_is_rust(t) ? sym_type_name(t) : sym_type_bare_name(t);
	uint64_t end = 0;
	buf_printf(d->out, "%s %.*s%s{", in_union ? "union" : "struct", STR_ARG(name), name.len ? " " : "");
	if (depth == 0) {
		buf_str(d->out, STR_LIT("...}"));
		return;
	}
	buf_char(d->out, '\n');
	if (count == 0) {
		blank_columns(d);
		indent(d, level + 4);
		buf_str(d->out, sym_type_is_declaration(t) ? STR_LIT("<incomplete type>\n")
							   : STR_LIT("<no data fields>\n"));
	}
	for (size_t i = 0; i < count; i++) {
		uint64_t start = members[i].offset * 8 + (members[i].bit_size ? members[i].bit_offset : 0);
		if (i && !in_union)
			hole(d, end, start, "hole");
		c_member(d, &members[i], level, depth, base, in_union);
		end = start + member_bits(&members[i]);
	}
	if (count && !in_union)
		hole(d, end, type_size(t) * 8, "padding");
	if (count)
		total(d, t, level);
	close_columns(d, level);
	buf_char(d->out, '}');
}

/* "const " of what its name says before the keyword. */
static void add_qualifiers(struct defining *d, const struct sym_type *t, const char *keyword)
{
	struct str name = sym_type_name(t);
	size_t at = sym_type_is_rust(t) ? SIZE_MAX : str_find(name, str_from(keyword));
	if (at != SIZE_MAX)
		buf_str(d->out, str_sub(name, 0, at));
}

static void c_definition(struct defining *d, const struct sym_type *t, unsigned level, int depth,
			 uint64_t base)
{
	bool rust = sym_type_is_rust(t);
	struct str name = rust ? sym_type_name(t) : sym_type_bare_name(t);
	switch (str_is(name, "()") ? SYM_TYPE_VOID : sym_type_kind(t)) {
	case SYM_TYPE_STRUCT:
	case SYM_TYPE_UNION:
		add_qualifiers(d, t, sym_type_kind(t) == SYM_TYPE_UNION ? "union " : "struct ");
		c_structure(d, t, level, depth, base);
		break;
	case SYM_TYPE_ENUM:
		add_qualifiers(d, t, "enum ");
		buf_printf(d->out, "enum %s%.*s%s", rust ? "class " : "", STR_ARG(name),
			   name.len ? " " : "");
		if (depth == 0)
			buf_str(d->out, STR_LIT("{...}"));
		else
			c_enum_body(d, t);
		break;
	default:
		c_type_name(t, d->out);
		break;
	}
}

static void definition(struct defining *d, const struct sym_type *t, unsigned level, int depth,
		       uint64_t base)
{
	enum sym_type_kind kind = sym_type_kind(t);
	bool tagged = kind == SYM_TYPE_STRUCT || kind == SYM_TYPE_UNION;
	if (d->rust && (sym_type_is_rust(t) || tagged || kind == SYM_TYPE_ENUM))
		rust_definition(d, t);
	else
		c_definition(d, t, level, depth, base);
}

void eval_declaration(const struct eval_printer *p, const struct sym_type *t, struct str name,
		      struct buf *out)
{
	struct defining d = { .p = p, .out = out };
	const struct sym_type *inner = t ? anonymous_inside(t) : NULL;
	if (!inner) {
		c_declaration_of(&d, t, name);
		return;
	}
	definition(&d, inner, 0, 1, 0);
	buf_printf(out, " %s%.*s", type_is_pointer(t) ? "*" : "", STR_ARG(name));
	array_suffix(&d, t);
}

/* What has no name is written out one level deep; with offsets all of it is. */
static int shown_depth(const struct defining *d)
{
	return d->offsets ? MAX_DEPTH : 2;
}

/* The result is written out, the declarator behind it stays: "struct point {…} (int, double)". */
static void function_definition(struct defining *d, const struct sym_type *function,
				const struct sym_type *whole)
{
	const struct sym_type *result = type_plain(sym_type_target(function));
	if (sym_type_is_rust(whole)) {
		rust_type_in_c(whole, STR_EMPTY, d->out);
		return;
	}
	struct str name = sym_type_name(whole),
		   head = result ? sym_type_name(sym_type_target(function)) : STR_LIT("void");
	enum sym_type_kind kind = type_kind(result);
	bool tagged = kind == SYM_TYPE_STRUCT || kind == SYM_TYPE_UNION || kind == SYM_TYPE_ENUM;
	bool plain = result && sym_type_kind(sym_type_target(function)) == SYM_TYPE_ALIAS &&
		     !type_is_pointer(result);
	if ((!tagged && !plain) || !str_starts(name, head)) {
		c_name(name, d->out);
		return;
	}
	definition(d, result, 0, shown_depth(d), 0);
	c_name(str_sub(name, head.len, SIZE_MAX), d->out);
}

/* ptype looks through a typedef, at the top and behind pointers and arrays. */
static void c_outer(struct defining *d, const struct sym_type *t)
{
	enum { MAX_LAYERS = 16 };
	const struct sym_type *layers[MAX_LAYERS], *next;
	size_t count = 0;
	bool as_named = true; /* nothing in it has to be written out */
	t = type_plain(t);
	bool vector = t && sym_type_is_vector(t);
	while (t && !vector && count < MAX_LAYERS &&
	       (type_is_pointer(t) || sym_type_kind(t) == SYM_TYPE_ARRAY)) {
		layers[count++] = t;
		next = sym_type_target(t);
		t = type_plain(next);
		as_named = as_named && t == next;
	}
	enum sym_type_kind innermost = type_kind(t);
	if (as_named && count && innermost != SYM_TYPE_STRUCT && innermost != SYM_TYPE_UNION &&
	    innermost != SYM_TYPE_ENUM && innermost != SYM_TYPE_FUNCTION) {
		c_type_name(layers[0], d->out);
		return;
	}
	if (!t || type_kind(t) == SYM_TYPE_VOID) {
		buf_str(d->out, STR_LIT("void"));
	} else if (type_kind(t) == SYM_TYPE_FUNCTION) {
		function_definition(d, t, count ? layers[0] : t);
		return;
	} else {
		definition(d, t, 0, shown_depth(d), 0);
	}
	if (count == 0)
		return;
	buf_char(d->out, ' ');
	/* The declarator, from the innermost layer out. */
	struct buf declarator = { 0 };
	for (size_t i = 0; i < count; i++) {
		bool pointer = type_is_pointer(layers[i]);
		if (pointer) {
			struct buf next = { 0 };
			buf_char(&next, '*');
			buf_str(&next, buf_view(&declarator));
			buf_deinit(&declarator);
			declarator = next;
		} else {
			if (declarator.len && declarator.data[0] == '*') {
				struct buf next = { 0 };
				buf_char(&next, '(');
				buf_str(&next, buf_view(&declarator));
				buf_char(&next, ')');
				buf_deinit(&declarator);
				declarator = next;
			}
			struct defining suffix = { .out = &declarator };
			bool known;
			uint64_t n = sym_type_count(layers[i], &known);
			buf_printf(suffix.out, known ? "[%llu]" : "[]", (unsigned long long)n);
		}
	}
	buf_str(d->out, buf_view(&declarator));
	buf_deinit(&declarator);
}

struct error *eval_type_definition(const struct eval_printer *p, const struct sym_type *t,
				   enum eval_offsets offsets, struct buf *out)
{
	struct defining d = { .p = p, .out = out, .rust = p->language != EVAL_LANGUAGE_C };
	if (!t) {
		buf_str(out, d.rust ? STR_LIT("()") : STR_LIT("void"));
		return NULL;
	}
	enum sym_type_kind kind = type_kind(t);
	d.hex = offsets == EVAL_OFFSETS_HEX;
	d.offsets = offsets != EVAL_NO_OFFSETS &&
		    (kind == SYM_TYPE_STRUCT || kind == SYM_TYPE_UNION || kind == SYM_TYPE_VARIANT) &&
		    !rust_is_tuple(t);
	if (d.rust)
		definition(&d, type_plain(t), 0, MAX_DEPTH, 0);
	else
		c_outer(&d, t);
	return NULL;
}
