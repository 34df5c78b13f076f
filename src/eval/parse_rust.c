/* Rust's expressions, as far as gdb reads them and a little further (Reference, "Expressions"). */
#include "eval/eval_internal.h"

#include <stdlib.h>

static struct node *expression(struct parser *p, int level);
static struct node *assignment(struct parser *p);
static struct type_text *type(struct parser *p);

enum { LEVEL_RANGE = 0, LEVEL_OR = 1 };

/* ---- literals ---- */

static int digit_value(char c, int base)
{
	int d = c >= '0' && c <= '9'                 ? c - '0'
		: (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
						     : 99;
	return d < base ? d : -1;
}

static const struct sym_type *suffix_type(struct str name)
{
	static const char *const names[] = { "i8",  "i16", "i32",  "i64",   "i128",  "u8",  "u16",
					     "u32", "u64", "u128", "isize", "usize", "f32", "f64" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_is(name, names[i]))
			return sym_type_primitive(NULL, name, true);
	return NULL;
}

static struct str take_name(struct parser *p)
{
	size_t start = p->at;
	while (parse_is_name(parse_peek(p, 0)))
		p->at++;
	return str_sub(p->text, start, p->at - start);
}

/* `1.5`, `1.`, `1e3`; not `1..2` and not `1.method`. */
static bool is_float(const struct parser *p, size_t end)
{
	char c = end < p->text.len ? p->text.ptr[end] : '\0';
	char after = end + 1 < p->text.len ? p->text.ptr[end + 1] : '\0';
	if (c == '.')
		return after != '.' && !parse_is_name_start(after);
	return (c | 32) == 'e' && (parse_is_digit(after) || after == '-' || after == '+');
}

static struct node *float_literal(struct parser *p)
{
	char digits[128];
	size_t len = 0;
	bool exponent = false;
	for (;; p->at++) {
		char c = parse_peek(p, 0);
		bool sign = (c == '-' || c == '+') && exponent && (digits[len - 1] | 32) == 'e';
		if (c == '_')
			continue;
		if (!parse_is_digit(c) && !sign && !(c == '.' && !exponent && !memchr(digits, '.', len)) &&
		    !((c | 32) == 'e' && !exponent))
			break;
		if (len + 1 >= sizeof digits)
			return parse_fail(p, "Invalid floating-point literal");
		exponent |= (c | 32) == 'e';
		digits[len++] = c;
	}
	digits[len] = '\0';
	struct node *n = node_new(p, NODE_NUMBER);
	n->type = sym_type_primitive(NULL, STR_LIT("f64"), true);
	if (parse_is_name_start(parse_peek(p, 0))) {
		size_t start = p->at;
		n->type = suffix_type(take_name(p));
		if (!n->type || sym_type_kind(n->type) != SYM_TYPE_FLOAT) {
			p->at = start;
			return parse_fail(p, "Syntax error near '%.*s'",
					  STR_ARG(str_sub(p->text, start, SIZE_MAX)));
		}
	}
	n->real = strtod(digits, NULL);
	return n;
}

static void default_type(struct node *n)
{
	bool wide = n->high || n->low >> 63, middle = n->low >> 31 != 0;
	n->type = sym_type_primitive(NULL,
				     wide     ? STR_LIT("u64")
				     : middle ? STR_LIT("i64")
					      : STR_LIT("i32"),
				     true);
}

static struct node *number(struct parser *p)
{
	int base = 10;
	if (parse_peek(p, 0) == '0') {
		char c = parse_peek(p, 1);
		base = c == 'x' ? 16 : c == 'o' ? 8 : c == 'b' ? 2 : 10;
	}
	size_t start = p->at;
	p->at += base == 10 ? 0 : 2;
	unsigned __int128 value = 0;
	bool any = false, too_large = false;
	for (;; p->at++) {
		char c = parse_peek(p, 0);
		if (c == '_')
			continue;
		/* f32 behind a decimal number, and e as its exponent, are no digits. */
		int d = digit_value(c, base);
		if (d < 0)
			break;
		any = true;
		too_large |= value > (~(unsigned __int128)0 - (unsigned)d) / (unsigned)base;
		value = value * (unsigned)base + (unsigned)d;
	}
	if (!any)
		return parse_fail(p, "Syntax error near '%.*s'",
				  STR_ARG(str_sub(p->text, start, SIZE_MAX)));
	if (base == 10 && is_float(p, p->at)) {
		p->at = start;
		return float_literal(p);
	}
	struct node *n = node_new(p, NODE_NUMBER);
	n->low = (uint64_t)value;
	n->high = (uint64_t)(value >> 64);
	default_type(n);
	bool suffixed = parse_is_name_start(parse_peek(p, 0));
	if (suffixed) {
		size_t at = p->at;
		n->type = suffix_type(take_name(p));
		if (!n->type)
			return parse_fail(p, "Syntax error near '%.*s'",
					  STR_ARG(str_sub(p->text, at, SIZE_MAX)));
		if (sym_type_kind(n->type) == SYM_TYPE_FLOAT)
			n->real = (double)value;
	}
	if (too_large || (n->high && !(suffixed && sym_type_size(n->type) == 16)))
		return parse_fail(p, "Integer literal is too large");
	return n;
}

/* Behind the backslash. False: an error was set. */
static bool escape(struct parser *p, bool is_byte, uint32_t *ret)
{
	char c = parse_peek(p, 0);
	static const char from[] = "nrt\\0'\"", to[] = "\n\r\t\\\0'\"";
	const char *found = c ? strchr(from, c) : NULL;
	p->at++;
	if (found) {
		*ret = (uint8_t)to[found - from];
		return true;
	}
	uint32_t value = 0;
	if (c == 'x') {
		for (int i = 0; i < 2; i++, p->at++) {
			int d = digit_value(parse_peek(p, 0), 16);
			if (d < 0)
				return parse_fail(p, "Not enough hex digits seen"), false;
			value = value * 16 + (uint32_t)d;
		}
		if (!is_byte && value > 0x7f)
			return parse_fail(p, "Invalid escape \\x in literal"), false;
		*ret = value;
		return true;
	}
	if (c == 'u' && !is_byte) {
		if (parse_peek(p, 0) != '{')
			return parse_fail(p, "Missing '{' in Unicode escape"), false;
		p->at++;
		int count = 0;
		for (; count <= 6 && digit_value(parse_peek(p, 0), 16) >= 0; count++, p->at++)
			value = value * 16 + (uint32_t)digit_value(parse_peek(p, 0), 16);
		if (count > 6)
			return parse_fail(p, "Overlong hex escape"), false;
		if (count == 0)
			return parse_fail(p, "Not enough hex digits seen"), false;
		if (parse_peek(p, 0) != '}')
			return parse_fail(p, "Missing '}' in Unicode escape"), false;
		p->at++;
		*ret = value;
		return true;
	}
	if (c == 'u')
		return parse_fail(p, "Unicode escape in byte literal"), false;
	return parse_fail(p, "Invalid escape \\%c in literal", c ? c : ' '), false;
}

/* One code point of well-formed UTF-8, else one byte. */
static uint32_t take_code_point(struct parser *p)
{
	uint8_t first = (uint8_t)parse_peek(p, 0);
	size_t count = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
	struct str s = str_sub(p->text, p->at, count);
	if (count == 1 || s.len < count || !str_is_utf8(s)) {
		p->at++;
		return first;
	}
	uint32_t c = first & (0xffu >> (count + 1));
	for (size_t i = 1; i < count; i++)
		c = c << 6 | ((uint8_t)s.ptr[i] & 0x3f);
	p->at += count;
	return c;
}

static struct node *character(struct parser *p, bool is_byte)
{
	uint32_t c;
	p->at++;
	if (parse_peek(p, 0) == '\\') {
		p->at++;
		if (!escape(p, is_byte, &c))
			return NULL;
	} else if (p->at >= p->text.len || parse_peek(p, 0) == '\'') {
		return parse_fail(p, p->at >= p->text.len ? "Unterminated character literal"
							  : "empty character literal");
	} else {
		c = take_code_point(p);
	}
	if (parse_peek(p, 0) != '\'')
		return parse_fail(p, memchr(p->text.ptr + p->at, '\'', p->text.len - p->at)
					     ? "overlong character literal"
					     : "Unterminated character literal");
	p->at++;
	if (is_byte && c > 0xff)
		return parse_fail(p, "Non-ASCII value in byte string");
	struct node *n = node_new(p, NODE_NUMBER);
	n->type = sym_type_primitive(NULL, is_byte ? STR_LIT("u8") : STR_LIT("char"), true);
	n->low = c;
	return n;
}

static struct node *string_node(struct parser *p, struct buf *text, bool bytes)
{
	struct node *n = node_new(p, NODE_STRING);
	n->op = bytes ? STRING_BYTES : STRING_STR;
	n->text = arena_str(p->arena, buf_view(text));
	buf_deinit(text);
	return n;
}

static struct node *raw_string(struct parser *p, bool bytes)
{
	size_t hashes = 0;
	while (parse_peek(p, 0) == '#') {
		hashes++;
		p->at++;
	}
	if (parse_peek(p, 0) != '"')
		return parse_fail(p, "Syntax error near '%.*s'",
				  STR_ARG(str_sub(p->text, p->at, SIZE_MAX)));
	p->at++;
	for (size_t start = p->at; p->at < p->text.len; p->at++) {
		size_t n = 0;
		while (parse_peek(p, 0) == '"' && n < hashes && parse_peek(p, 1 + n) == '#')
			n++;
		if (parse_peek(p, 0) != '"' || n < hashes)
			continue;
		struct buf text = { 0 };
		buf_add(&text, p->text.ptr + start, p->at - start);
		p->at += 1 + hashes;
		return string_node(p, &text, bytes);
	}
	return parse_fail(p, "Unexpected EOF in string");
}

static struct node *string(struct parser *p, bool bytes)
{
	struct buf text = { 0 };
	p->at++;
	while (p->at < p->text.len && parse_peek(p, 0) != '"') {
		uint32_t c;
		char utf8[4];
		if (parse_peek(p, 0) == '\\') {
			p->at++;
			if (!escape(p, bytes, &c))
				break;
		} else {
			c = take_code_point(p);
			if (bytes && c > 0x7f) {
				parse_fail(p, "Non-ASCII value in byte string");
				break;
			}
		}
		if (bytes)
			buf_char(&text, (char)c);
		else
			buf_add(&text, utf8, utf8_encode(c, utf8));
	}
	if (!p->error && parse_peek(p, 0) != '"')
		parse_fail(p, "Unexpected EOF in string");
	if (p->error) {
		buf_deinit(&text);
		return NULL;
	}
	p->at++;
	return string_node(p, &text, bytes);
}

/* ---- lists ---- */

struct list {
	VEC(void *) items;
};

static void list_to(struct parser *p, struct list *l, void *ret_items, size_t *ret_count)
{
	void **copy = arena_array(p->arena, l->items.count ? l->items.count : 1, sizeof *copy);
	if (l->items.count)
		memcpy(copy, l->items.data, l->items.count * sizeof *copy);
	*(void ***)ret_items = copy;
	*ret_count = l->items.count;
	vec_free(&l->items);
}

/* Expressions up to `close`, which is taken. *ret_comma: one stood before it. */
static bool expressions(struct parser *p, const char *close, struct node ***ret, size_t *ret_count,
			bool *ret_comma)
{
	struct list l = { 0 };
	*ret_comma = false;
	while (!parse_try(p, close, NULL)) {
		struct node *n = l.items.count < EVAL_MAX_LIST ? assignment(p) : NULL;
		if (!n) {
			if (!p->error)
				parse_fail(p, "The list has more than %d elements.", EVAL_MAX_LIST);
			break;
		}
		vec_push(&l.items, n);
		*ret_comma = parse_try(p, ",", NULL);
		if (!*ret_comma) {
			if (!parse_try(p, close, NULL))
				parse_fail(p, "',' or '%s' expected", close);
			break;
		}
	}
	list_to(p, &l, ret, ret_count);
	return !p->error;
}

/* ---- types ---- */

static struct type_text *type_new(struct parser *p, enum type_text_kind kind)
{
	struct type_text *t = ARENA_NEW(p->arena, struct type_text);
	t->kind = (uint8_t)kind;
	return t;
}

/* `<…>` at p->at, brackets matched; `->` is none. */
static bool skip_generics(struct parser *p)
{
	int depth = 0;
	for (; p->at < p->text.len; p->at++) {
		char c = parse_peek(p, 0);
		if (c == '<')
			depth++;
		if (c == '>' && p->text.ptr[p->at - 1] != '-' && --depth == 0) {
			p->at++;
			return true;
		}
	}
	parse_fail(p, "',' or '>' expected");
	return false;
}

/* The text of a path; generics behind `::` or, in a type, directly. Blanks in it are left out except between words. */
static struct str path(struct parser *p, bool in_type)
{
	struct buf text = { 0 };
	parse_blanks(p);
	for (;;) {
		size_t start = p->at;
		if (parse_peek(p, 0) == '<' &&
		    (in_type || text.len == 0 || str_ends(buf_view(&text), STR_LIT("::")))) {
			if (!skip_generics(p))
				break;
			if (str_ends(buf_view(&text), STR_LIT("::")))
				text.len -= 2; /* the turbofish is not in names */
		} else if (parse_is_name_start(parse_peek(p, 0)) || parse_peek(p, 0) == '{') {
			/* {closure#0}, {impl#1}: as they stand in names */
			if (parse_peek(p, 0) == '{') {
				while (p->at < p->text.len && parse_peek(p, 0) != '}')
					p->at++;
				p->at++;
			} else {
				take_name(p);
			}
		} else if (str_starts(str_sub(p->text, p->at, 2), STR_LIT("::"))) {
			p->at += 2;
		} else {
			break;
		}
		buf_str(&text, str_sub(p->text, start, p->at - start));
		char c = parse_peek(p, 0);
		bool colons = str_starts(str_sub(p->text, p->at, 2), STR_LIT("::"));
		bool after_colons = str_ends(buf_view(&text), STR_LIT("::"));
		if (!colons && !after_colons && !(in_type && c == '<'))
			break;
		if (after_colons && !parse_is_name_start(c) && c != '<' && c != '{') {
			parse_fail(p, "identifier expected");
			break;
		}
	}
	struct str result = arena_str(p->arena, buf_view(&text));
	buf_deinit(&text);
	return result;
}

static bool keyword(struct parser *p, const char *word)
{
	parse_blanks(p);
	struct str rest = str_sub(p->text, p->at, SIZE_MAX), w = str_from(word);
	if (!str_starts(rest, w) || (rest.len > w.len && parse_is_name(rest.ptr[w.len])))
		return false;
	p->at += w.len;
	return true;
}

static bool types(struct parser *p, struct type_text *into)
{
	struct list l = { 0 };
	while (!parse_try(p, ")", NULL)) {
		struct type_text *t = l.items.count < EVAL_MAX_LIST ? type(p) : NULL;
		if (!t)
			break;
		vec_push(&l.items, t);
		if (!parse_try(p, ",", NULL)) {
			if (!parse_try(p, ")", NULL))
				parse_fail(p, "',' or ')' expected");
			break;
		}
	}
	list_to(p, &l, &into->list, &into->list_count);
	return !p->error;
}

static struct type_text *array_type(struct parser *p)
{
	struct type_text *t = type_new(p, TYPE_TEXT_ARRAY);
	if (!(t->target = type(p)))
		return NULL;
	if (!parse_try(p, ";", NULL))
		return parse_fail(p, "';' expected");
	parse_blanks(p);
	struct node *n = parse_is_digit(parse_peek(p, 0)) ? number(p) : NULL;
	if (!n || n->high)
		return parse_fail(p, "integer expected");
	t->count = n->low;
	if (!parse_try(p, "]", NULL))
		return parse_fail(p, "']' expected");
	return t;
}

static struct type_text *reference_type(struct parser *p)
{
	keyword(p, "mut");
	if (parse_try(p, "[", NULL)) {
		struct type_text *t = type_new(p, TYPE_TEXT_SLICE);
		size_t at = p->at;
		if (!(t->target = type(p)))
			return NULL;
		if (parse_try(p, "]", NULL))
			return t;
		p->at = at;
		t->kind = TYPE_TEXT_POINTER;
		t->target = array_type(p);
		return t->target ? t : NULL;
	}
	if (keyword(p, "str")) {
		struct type_text *t = type_new(p, TYPE_TEXT_NAME);
		t->name = STR_LIT("&str");
		return t;
	}
	if (keyword(p, "dyn")) {
		size_t start = p->at;
		path(p, true);
		struct type_text *t = type_new(p, TYPE_TEXT_NAME);
		t->name = arena_printf(
			p->arena, "&dyn %.*s",
			STR_ARG(str_sub(p->text, start + 1, p->at > start ? p->at - start - 1 : 0)));
		return t;
	}
	struct type_text *t = type_new(p, TYPE_TEXT_POINTER);
	t->target = type(p);
	return t->target ? t : NULL;
}

static struct type_text *type_inner(struct parser *p)
{
	struct type_text *t;
	if (parse_try(p, "*", NULL)) {
		if (!keyword(p, "mut") && !keyword(p, "const"))
			return parse_fail(p, "mut or const expected");
		t = type_new(p, TYPE_TEXT_POINTER);
		t->target = type(p);
		return t->target ? t : NULL;
	}
	if (parse_try(p, "&", NULL))
		return reference_type(p);
	if (parse_try(p, "[", NULL))
		return array_type(p);
	if (parse_try(p, "(", NULL)) {
		t = type_new(p, TYPE_TEXT_TUPLE);
		return types(p, t) ? t : NULL;
	}
	if (keyword(p, "fn")) {
		t = type_new(p, TYPE_TEXT_FUNCTION);
		if (!parse_try(p, "(", NULL))
			return parse_fail(p, "'(' expected");
		if (!types(p, t))
			return NULL;
		if (parse_try(p, "->", NULL) && !(t->target = type(p)))
			return NULL;
		return t;
	}
	t = type_new(p, TYPE_TEXT_NAME);
	t->name = path(p, true);
	if (p->error)
		return NULL;
	return t->name.len ? t : parse_fail(p, "identifier expected");
}

static struct type_text *type(struct parser *p)
{
	if (!parse_enter(p))
		return NULL;
	struct type_text *t = type_inner(p);
	p->depth--;
	return t;
}

/* ---- primary expressions ---- */

static struct node *tuple_or_group(struct parser *p)
{
	bool comma;
	struct node *n = node_new(p, NODE_TUPLE);
	if (!expressions(p, ")", &n->list, &n->count, &comma))
		return NULL;
	return n->count == 1 && !comma ? n->list[0] : n;
}

static struct node *array(struct parser *p)
{
	struct node *n = node_new(p, NODE_ARRAY);
	bool comma;
	size_t at = p->at;
	if (!parse_try(p, "]", NULL)) {
		struct node *first = assignment(p);
		if (!first)
			return NULL;
		if (parse_try(p, ";", NULL)) {
			n->a = first;
			if (!(n->b = assignment(p)))
				return NULL;
			return parse_try(p, "]", NULL) ? n : parse_fail(p, "']' expected");
		}
		p->at = at;
	} else {
		p->at = at;
	}
	return expressions(p, "]", &n->list, &n->count, &comma) ? n : NULL;
}

static struct str field_name(struct parser *p)
{
	parse_blanks(p);
	size_t start = p->at;
	if (str_starts(str_sub(p->text, p->at, 2), STR_LIT("r#")))
		start = p->at += 2;
	while (parse_is_name(parse_peek(p, 0)))
		p->at++;
	return arena_str(p->arena, str_sub(p->text, start, p->at - start));
}

static struct node *structure(struct parser *p, struct str name)
{
	struct node *n = node_new(p, NODE_STRUCT);
	struct list values = { 0 };
	VEC(struct str) names = { 0 };
	n->text = name;
	while (!p->error && !parse_try(p, "}", NULL)) {
		if (parse_try(p, "..", NULL)) {
			if ((n->a = assignment(p)) && !parse_try(p, "}", NULL))
				parse_fail(p, "'}' expected");
			break;
		}
		size_t start = p->at;
		struct str field = field_name(p);
		if (field.len == 0) {
			parse_fail(p, "'}', '..', or identifier expected");
			break;
		}
		/* `Point {x}` means `Point {x: x}`. */
		if (!parse_try(p, ":", NULL))
			p->at = start;
		struct node *value = names.count < EVAL_MAX_LIST ? assignment(p) : NULL;
		if (!value)
			break;
		vec_push(&names, field);
		vec_push(&values.items, value);
		if (!parse_try(p, ",", NULL)) {
			if (!parse_try(p, "}", NULL))
				parse_fail(p, "'}', ',', or '..' expected");
			break;
		}
	}
	if (names.count)
		n->names = arena_copy(p->arena, names.data, names.count * sizeof *names.data);
	vec_free(&names);
	list_to(p, &values, &n->list, &n->count);
	return p->error ? NULL : n;
}

static bool type_begins(struct parser *p)
{
	parse_blanks(p);
	char c = parse_peek(p, 0);
	return c == '*' || c == '&' || c == '[';
}

static struct node *type_node(struct parser *p)
{
	struct node *n = node_new(p, NODE_TYPE);
	n->type_text = type(p);
	return n->type_text ? n : NULL;
}

/* A type where an expression could stand: tried first, and left when it does not end at `close`. */
static struct node *type_if(struct parser *p, const char *close)
{
	size_t at = p->at;
	struct parser trial = *p;
	struct node *n = type_node(&trial);
	if (n && !trial.error &&
	    (close ? parse_try(&trial, close, NULL) : (parse_blanks(&trial), trial.at == trial.text.len))) {
		p->at = trial.at;
		return n;
	}
	error_destroy(trial.error);
	p->at = at;
	return NULL;
}

static struct node *size_of(struct parser *p)
{
	struct node *n = node_new(p, NODE_SIZEOF);
	if (!parse_try(p, "(", NULL))
		return parse_fail(p, "'(' expected");
	if (type_begins(p) && (n->a = type_if(p, ")")))
		return n;
	if (!(n->a = assignment(p)))
		return NULL;
	return parse_try(p, ")", NULL) ? n : parse_fail(p, "')' expected");
}

/* `{type} address`: gdb's own. */
static struct node *braces(struct parser *p)
{
	struct node *n = node_new(p, NODE_AT);
	if (!(n->type_text = type(p)))
		return NULL;
	if (!parse_try(p, "}", NULL))
		return parse_fail(p, "'}' expected");
	n->a = expression(p, 100);
	return n->a ? n : NULL;
}

static struct node *name(struct parser *p)
{
	if (keyword(p, "true") || keyword(p, "false")) {
		struct node *n = node_new(p, NODE_NUMBER);
		n->low = p->text.ptr[p->at - 2] == 'u';
		n->type = sym_type_primitive(NULL, STR_LIT("bool"), true);
		return n;
	}
	size_t start = p->at;
	if (keyword(p, "sizeof")) {
		parse_blanks(p);
		if (parse_peek(p, 0) == '(')
			return size_of(p);
		p->at = start;
	}
	if (str_starts(str_sub(p->text, p->at, 2), STR_LIT("r#")))
		p->at += 2;
	struct str text = path(p, false);
	if (p->error)
		return NULL;
	size_t end = p->at;
	parse_blanks(p);
	/* A name before `{` is a structure; nothing else can follow so. */
	if (parse_peek(p, 0) == '{') {
		p->at++;
		return structure(p, text);
	}
	p->at = end;
	struct node *n = node_new(p, NODE_NAME);
	n->text = text;
	return n;
}

static struct node *primary(struct parser *p)
{
	parse_blanks(p);
	char c = parse_peek(p, 0), next = parse_peek(p, 1), third = parse_peek(p, 2);
	if (parse_is_digit(c))
		return number(p);
	if (c == '$')
		return parse_dollar(p);
	if (c == '"')
		return string(p, false);
	if (c == '\'')
		return character(p, false);
	if (c == 'b' && next == '\'') {
		p->at++;
		return character(p, true);
	}
	if (c == 'b' && next == '"') {
		p->at++;
		return string(p, true);
	}
	if (c == 'b' && next == 'r' && (third == '"' || third == '#')) {
		p->at += 2;
		return raw_string(p, true);
	}
	if (c == 'r' && (next == '"' || (next == '#' && (third == '"' || third == '#')))) {
		p->at++;
		return raw_string(p, false);
	}
	if (parse_try(p, "(", NULL))
		return tuple_or_group(p);
	if (c == '[') {
		p->at++;
		return array(p); /* `[i32; 3]` is a type, which its element tells */
	}
	if (c == '{') {
		p->at++;
		return braces(p);
	}
	if (parse_is_name_start(c) || (c == ':' && next == ':') || c == '<')
		return name(p);
	return parse_fail(p, "unexpected token");
}

static struct node *field(struct parser *p, struct node *of)
{
	struct node *n = node_new(p, NODE_FIELD);
	n->a = of;
	n->text = field_name(p);
	if (n->text.len == 0)
		return parse_fail(p, "field name expected");
	return n;
}

static struct node *index_of(struct parser *p, struct node *of)
{
	struct node *n = node_new(p, NODE_INDEX);
	n->a = of;
	if (!(n->b = expression(p, LEVEL_RANGE)))
		return NULL;
	return parse_try(p, "]", NULL) ? n : parse_fail(p, "']' expected");
}

static struct node *postfix(struct parser *p, struct node *n)
{
	while (n && !p->error) {
		size_t at = p->at;
		if (parse_try(p, ".", ".")) {
			n = field(p, n);
		} else if (parse_try(p, "[", NULL)) {
			n = index_of(p, n);
		} else if (parse_try(p, "(", NULL)) {
			struct node *call = node_new(p, NODE_CALL);
			bool comma;
			call->a = n;
			n = expressions(p, ")", &call->list, &call->count, &comma) ? call : NULL;
		} else {
			p->at = at;
			break;
		}
	}
	return n;
}

static struct node *unary(struct parser *p);

static struct node *address_of(struct parser *p)
{
	size_t at = p->at;
	bool slice = parse_peek(p, 0) == '[';
	/* `&str`, `&[T]`: types, where nothing follows. */
	p->at--;
	struct node *t = slice || keyword(p, "&str") ? (p->at = at - 1, type_if(p, NULL)) : NULL;
	if (t)
		return t;
	p->at = at;
	keyword(p, "mut");
	return node_unary(p, OP_ADDRESS, unary(p));
}

static struct node *unary_inner(struct parser *p)
{
	parse_blanks(p);
	size_t at = p->at;
	if (parse_try(p, "-", NULL))
		return node_unary(p, OP_NEG, unary(p));
	if (parse_try(p, "+", NULL))
		return node_unary(p, OP_PLUS, unary(p));
	if (parse_try(p, "!", NULL))
		return node_unary(p, OP_NOT, unary(p));
	if (parse_try(p, "*", NULL)) {
		if (keyword(p, "mut") || keyword(p, "const")) {
			p->at = at;
			struct node *t = type_node(p);
			return t;
		}
		return node_unary(p, OP_DEREF, unary(p));
	}
	/* `&&x` is two of them. */
	if (parse_try(p, "&", NULL))
		return address_of(p);
	return postfix(p, primary(p));
}

static struct node *unary(struct parser *p)
{
	if (!parse_enter(p))
		return NULL;
	struct node *n = unary_inner(p);
	p->depth--;
	return n;
}

/* ---- binary operators ---- */

struct binary {
	const char *token, *longer;
	uint8_t op, level;
};

static const struct binary binaries[] = {
	{ "||", "=", OP_LOGICAL_OR, 1 }, { "&&", "=", OP_LOGICAL_AND, 2 }, { "==", NULL, OP_EQ, 3 },
	{ "!=", NULL, OP_NE, 3 },        { "<<", "=", OP_SHL, 7 },         { ">>", "=", OP_SHR, 7 },
	{ "<=", NULL, OP_LE, 3 },        { ">=", NULL, OP_GE, 3 },         { "<", "<=", OP_LT, 3 },
	{ ">", ">=", OP_GT, 3 },         { "|", "=", OP_OR, 4 },           { "^", "=", OP_XOR, 5 },
	{ "&", "=", OP_AND, 6 },         { "+", "=", OP_ADD, 8 },          { "-", "=", OP_SUB, 8 },
	{ "*", "=", OP_MUL, 9 },         { "/", "=", OP_DIV, 9 },          { "%", "=", OP_REM, 9 },
	{ "@", NULL, OP_NONE, 10 },
};

static const struct binary *take_binary(struct parser *p, int level)
{
	for (size_t i = 0; i < sizeof binaries / sizeof *binaries; i++) {
		size_t at = p->at;
		if (!parse_try(p, binaries[i].token, binaries[i].longer))
			continue;
		if (binaries[i].level >= level)
			return &binaries[i];
		p->at = at;
		return NULL;
	}
	return NULL;
}

static struct node *casts(struct parser *p, struct node *n)
{
	while (n && !p->error && keyword(p, "as")) {
		struct node *cast = node_new(p, NODE_CAST);
		cast->a = n;
		if (!(cast->type_text = type(p)))
			return NULL;
		n = cast;
	}
	return n;
}

static struct node *operators(struct parser *p, int level)
{
	struct node *n = casts(p, unary(p));
	const struct binary *b;
	while (n && !p->error && (b = take_binary(p, level))) {
		struct node *right = parse_enter(p) ? operators(p, b->level + 1) : NULL;
		p->depth--;
		if (b->op != OP_NONE) {
			n = node_binary(p, (enum node_op)b->op, n, right);
		} else if (right) {
			struct node *repeat = node_new(p, NODE_REPEAT);
			repeat->a = n;
			repeat->b = right;
			n = repeat;
		} else {
			n = NULL;
		}
	}
	return p->error ? NULL : n;
}

static bool ends_here(struct parser *p)
{
	parse_blanks(p);
	char c = parse_peek(p, 0);
	return c == '\0' || c == ']' || c == ')' || c == ',' || c == ';' || c == '}';
}

static struct node *expression(struct parser *p, int level)
{
	if (level >= 100)
		return unary(p);
	struct node *from = NULL;
	parse_blanks(p);
	bool range = str_starts(str_sub(p->text, p->at, 2), STR_LIT(".."));
	if (!range && !(from = operators(p, LEVEL_OR)))
		return NULL;
	if (!parse_try(p, "..", NULL))
		return from;
	struct node *n = node_new(p, NODE_RANGE);
	n->op = parse_try(p, "=", NULL);
	n->a = from;
	if (!ends_here(p) && !(n->b = operators(p, LEVEL_OR)))
		return NULL;
	return n;
}

static struct node *assignment_inner(struct parser *p)
{
	static const struct binary assigns[] = {
		{ "+=", NULL, OP_ADD, 0 },  { "-=", NULL, OP_SUB, 0 }, { "*=", NULL, OP_MUL, 0 },
		{ "/=", NULL, OP_DIV, 0 },  { "%=", NULL, OP_REM, 0 }, { "&=", NULL, OP_AND, 0 },
		{ "|=", NULL, OP_OR, 0 },   { "^=", NULL, OP_XOR, 0 }, { "<<=", NULL, OP_SHL, 0 },
		{ ">>=", NULL, OP_SHR, 0 }, { "=", "=", OP_NONE, 0 },
	};
	struct node *n = expression(p, LEVEL_RANGE);
	for (size_t i = 0; n && i < sizeof assigns / sizeof *assigns; i++) {
		if (!parse_try(p, assigns[i].token, assigns[i].longer))
			continue;
		struct node *a = node_new(p, NODE_ASSIGN);
		a->op = assigns[i].op;
		a->a = n;
		a->b = assignment(p);
		return a->b ? a : NULL;
	}
	return n;
}

static struct node *assignment(struct parser *p)
{
	if (!parse_enter(p))
		return NULL;
	struct node *n = assignment_inner(p);
	p->depth--;
	return n;
}

/* Nothing but a type, as ptype takes it: with generics without `::`, `(i32, u8)`. */
static struct node *whole_type(struct parser *p)
{
	parse_blanks(p);
	char c = parse_peek(p, 0);
	bool generic = memchr(p->text.ptr ? p->text.ptr : "", '<', p->text.len) &&
		       (parse_is_name_start(c) || c == '&');
	return generic || c == '&' ? type_if(p, NULL) : NULL;
}

struct node *parse_rust(struct parser *p)
{
	struct node *n = whole_type(p);
	if (n && n->type_text->kind != TYPE_TEXT_POINTER)
		return n; /* a name with generics: eval_name and types look alike */
	p->at = 0;
	n = assignment(p);
	while (n && !p->error && !p->stop_early && parse_try(p, ",", NULL)) {
		struct node *comma = node_new(p, NODE_COMMA);
		comma->a = n;
		comma->b = assignment(p);
		n = comma->b ? comma : NULL;
	}
	return n;
}
