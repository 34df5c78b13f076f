/* Rust's literals (Reference, "Tokens"). */
#include "eval/parse_rust.h"

#include <stdlib.h>

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

struct str rust_take_name(struct parser *p)
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
		n->type = suffix_type(rust_take_name(p));
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

struct node *rust_number(struct parser *p)
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
		n->type = suffix_type(rust_take_name(p));
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

struct node *rust_character(struct parser *p, bool is_byte)
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

struct node *rust_raw_string(struct parser *p, bool bytes)
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

struct node *rust_string(struct parser *p, bool bytes)
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
