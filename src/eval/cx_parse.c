/* C-like expressions as trees: tokens are taken from the text as the grammar asks for them. */
#include "eval/cx_internal.h"

#include <stdlib.h>

void *cx_fail(struct cx_parser *p, size_t at, const char *format, ...)
{
	if (p->error)
		return NULL;
	struct buf text = { 0 };
	va_list args;
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	p->error = error_new(ERROR_USAGE, "%s", text.data ? text.data : "");
	p->error->has_where = true;
	p->error->where = at;
	buf_deinit(&text);
	return NULL;
}

/* ---- tokens ---- */

static char peek(const struct cx_parser *p, size_t ahead)
{
	return p->at + ahead < p->text.len ? p->text.ptr[p->at + ahead] : '\0';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || (c & 0x80);
}

static bool is_name(char c)
{
	return is_name_start(c) || is_digit(c);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

void cx_blanks(struct cx_parser *p)
{
	while (is_blank(peek(p, 0)))
		p->at++;
}

bool cx_try(struct cx_parser *p, const char *token)
{
	cx_blanks(p);
	struct str wanted = str_from(token);
	if (!str_starts(str_sub(p->text, p->at, SIZE_MAX), wanted))
		return false;
	p->at += wanted.len;
	return true;
}

static bool expect(struct cx_parser *p, char c)
{
	cx_blanks(p);
	if (peek(p, 0) == c) {
		p->at++;
		return true;
	}
	if (p->at >= p->text.len)
		cx_fail(p, p->at, "it ends where `%c` is missing", c);
	else
		cx_fail(p, p->at, "`%c` is missing", c);
	return false;
}

static struct str word(struct cx_parser *p)
{
	size_t begin = p->at;
	while (is_name(peek(p, 0)))
		p->at++;
	return str_sub(p->text, begin, p->at - begin);
}

static struct eval_cx_node *node_at(struct cx_parser *p, enum cx_kind kind, size_t at)
{
	struct eval_cx_node *n = ARENA_NEW(p->arena, struct eval_cx_node);
	n->kind = (uint8_t)kind;
	n->at = (uint32_t)at;
	return n;
}

static bool enter(struct cx_parser *p)
{
	if (++p->depth <= EVAL_CX_MAX_NESTING)
		return true;
	if (!p->error) {
		cx_fail(p, p->at, "it is nested more than %d levels deep", EVAL_CX_MAX_NESTING);
		p->error->code = ERROR_LIMIT;
	}
	return false;
}

/* ---- types ---- */

static bool is_type_word(struct str w)
{
	static const char *const words[] = { "unsigned", "signed", "const",    "volatile", "struct",
					     "class",    "union",  "enum",     "char",     "short",
					     "int",      "long",   "float",    "double",   "bool",
					     "void",     "__int8", "__int16",  "__int32",  "__int64",
					     "wchar_t",  "size_t", "ptrdiff_t" };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_is(w, words[i]))
			return true;
	return false;
}

static bool is_qualifier(struct str w)
{
	return str_is(w, "const") || str_is(w, "volatile") || str_is(w, "struct") ||
	       str_is(w, "class") || str_is(w, "union") || str_is(w, "enum");
}

/* From `<` to behind its `>`; what is between may hold any brackets, closed in order. False: it is not closed. */
static bool skip_arguments(struct cx_parser *p)
{
	char open[64];
	size_t depth = 0;
	do {
		char c = peek(p, 0);
		if (p->at >= p->text.len)
			return false;
		p->at++;
		if (c == '-' && peek(p, 0) == '>') {
			p->at++; /* fn(A) -> B */
		} else if (c == '<' || c == '(' || c == '[') {
			if (depth == sizeof open)
				return false;
			open[depth++] = c;
		} else if (c == '>' || c == ')' || c == ']') {
			char wanted = c == '>' ? '<' : c == ')' ? '(' : '[';
			if (open[--depth] != wanted)
				return false;
		}
	} while (depth);
	return true;
}

/* A path with its arguments: `a::b<c>::d`. */
static bool skip_path(struct cx_parser *p)
{
	do {
		cx_blanks(p);
		if (peek(p, 0) == '{') { /* {impl#0}, {closure_env#1} */
			while (p->at < p->text.len && peek(p, 0) != '}')
				p->at++;
			if (p->at++ >= p->text.len)
				return false;
		} else if (is_name_start(peek(p, 0))) {
			word(p);
		} else {
			return false;
		}
		size_t behind = p->at;
		cx_blanks(p);
		if (peek(p, 0) != '<')
			p->at = behind;
		else if (!skip_arguments(p))
			return false;
	} while (cx_try(p, "::"));
	return true;
}

bool cx_parse_type(struct cx_parser *p, char end, struct cx_type_text *ret)
{
	size_t before = p->at, begin, last;
	struct cx_type_text type = { 0 };
	bool primitive = false, path = false;
	struct buf name = { 0 };
	cx_blanks(p);
	for (last = p->at;; last = p->at) {
		cx_blanks(p);
		begin = p->at;
		struct str w = word(p);
		if (w.len == 0)
			break;
		if (is_qualifier(w))
			continue;
		if (!is_type_word(w) && !primitive && !path) {
			p->at = begin;
			if (!skip_path(p))
				break;
			path = true;
		} else if (is_type_word(w) && !path) {
			primitive = true;
		} else {
			break;
		}
		if (name.len)
			buf_char(&name, ' ');
		struct str part = str_sub(p->text, begin, p->at - begin);
		while (part.len && is_blank(part.ptr[part.len - 1]))
			part.len--;
		buf_str(&name, part);
	}
	p->at = last;
	bool is_type = name.len > 0;
	while (is_type && (cx_try(p, "*") || cx_try(p, "&")))
		type.pointers++;
	cx_blanks(p);
	while (is_type && is_name_start(peek(p, 0))) { /* T *const */
		is_type = is_qualifier(word(p));
		while (cx_try(p, "*"))
			type.pointers++;
		cx_blanks(p);
	}
	is_type = is_type && (end ? peek(p, 0) == end : p->at == p->text.len);
	if (is_type) {
		p->at += end != '\0';
		type.name = arena_str(p->arena, buf_view(&name));
		*ret = type;
	} else {
		p->at = before;
	}
	buf_deinit(&name);
	return is_type;
}

/* In `(name) x` a name alone is a type where an operand follows that cannot go on an expression in parentheses. */
static bool operand_follows(struct cx_parser *p)
{
	cx_blanks(p);
	char c = peek(p, 0);
	return is_name(c) || c == '(' || c == '~' || c == '"' || c == '\'' ||
	       (c == '!' && peek(p, 1) != '=');
}

static bool certainly_type(const struct cx_type_text *t)
{
	struct cx_parser words = { .text = t->name };
	return t->pointers || t->name.ptr[0] == '$' || str_contains(t->name, STR_LIT("<")) ||
	       is_type_word(word(&words));
}

/* ---- operands ---- */

static struct eval_cx_node *parse_unary(struct cx_parser *p);

static struct eval_cx_node *parse_number(struct cx_parser *p)
{
	size_t begin = p->at;
	struct eval_cx_node *n = node_at(p, CX_NUMBER, begin);
	unsigned base = 10;
	if (peek(p, 0) == '0' && (peek(p, 1) | 0x20) == 'x')
		base = 16, p->at += 2;
	else if (peek(p, 0) == '0' && (peek(p, 1) | 0x20) == 'b')
		base = 2, p->at += 2;
	else if (peek(p, 0) == '0' && is_digit(peek(p, 1)))
		base = 8, p->at++;
	size_t digits = p->at;
	for (;; p->at++) {
		char c = peek(p, 0);
		unsigned digit = is_digit(c)                  ? (unsigned)(c - '0')
				 : (c | 0x20) >= 'a' && c > 0 ? (unsigned)((c | 0x20) - 'a') + 10
							      : 99;
		if (digit >= base)
			break;
		if (n->number > (UINT64_MAX - digit) / base)
			return cx_fail(p, begin, "the number has more than 64 bits");
		n->number = n->number * base + digit;
	}
	if (p->at == digits)
		return cx_fail(p, begin, "the number has no digits");
	if (base == 10 && (peek(p, 0) == '.' || (peek(p, 0) | 0x20) == 'e') &&
	    (peek(p, 0) != '.' || is_digit(peek(p, 1)))) {
		char text[64];
		size_t len = 0;
		p->at = begin;
		for (char c; (c = peek(p, 0)) && len + 1 < sizeof text; p->at++) {
			bool sign = (c == '-' || c == '+') && len && (text[len - 1] | 0x20) == 'e';
			if (!is_digit(c) && c != '.' && (c | 0x20) != 'e' && !sign)
				break;
			text[len++] = c;
		}
		text[len] = '\0';
		char *end;
		n->kind = CX_REAL;
		n->real = strtod(text, &end);
		if (*end)
			return cx_fail(p, begin, "this is no number");
		n->width = 8;
		if ((peek(p, 0) | 0x20) == 'f')
			p->at++, n->width = 4;
	} else {
		n->width = n->number > (base == 10 ? INT32_MAX : UINT32_MAX) ? 8 : 4;
		n->is_unsigned = base != 10 && n->number > INT32_MAX &&
				 (n->width == 4 || n->number > INT64_MAX);
		for (char c; (c = peek(p, 0) | 0x20) == 'u' || c == 'l'; p->at++) {
			if (c == 'u')
				n->is_unsigned = true;
			else
				n->width = 8;
		}
		if (str_starts(str_sub(p->text, p->at, 3), STR_LIT("i64")))
			p->at += 3, n->width = 8;
		if (n->number > INT64_MAX)
			n->is_unsigned = true;
	}
	if (is_name(peek(p, 0)))
		return cx_fail(p, begin, "this is no number");
	return n;
}

/* The character at p->at, an escape or itself. */
static unsigned escaped(struct cx_parser *p)
{
	static const char from[] = "ntr0abfv", to[] = "\n\t\r\0\a\b\f\v";
	char c = peek(p, 0);
	p->at++;
	if (c != '\\')
		return (unsigned char)c;
	c = peek(p, 0);
	p->at++;
	if (c == 'x') {
		unsigned value = 0;
		for (int i = 0; i < 2; i++, p->at++) {
			char d = peek(p, 0);
			if (is_digit(d))
				value = value * 16 + (unsigned)(d - '0');
			else if ((d | 0x20) >= 'a' && (d | 0x20) <= 'f')
				value = value * 16 + (unsigned)((d | 0x20) - 'a') + 10;
			else
				break;
		}
		return value;
	}
	const char *known = c ? strchr(from, c) : NULL;
	return (unsigned char)(known ? to[known - from] : c);
}

static struct eval_cx_node *parse_quoted(struct cx_parser *p, char quote)
{
	size_t begin = p->at++;
	struct eval_cx_node *n = node_at(p, quote == '"' ? CX_STRING : CX_CHAR, begin);
	struct buf text = { 0 };
	while (p->at < p->text.len && peek(p, 0) != quote)
		buf_char(&text, (char)escaped(p));
	bool closed = p->at < p->text.len;
	p->at += closed;
	n->text = arena_str(p->arena, buf_view(&text));
	buf_deinit(&text);
	if (!closed)
		return cx_fail(p, begin, "the quote is not closed");
	if (quote == '\'' && n->text.len != 1)
		return cx_fail(p, begin, "there is not one character in the quotes");
	if (quote == '\'')
		n->number = (unsigned char)n->text.ptr[0];
	return n;
}

static struct eval_cx_node *parse_call(struct cx_parser *p, struct eval_cx_node *n)
{
	struct eval_cx_node *list[EVAL_CX_MAX_ARGUMENTS];
	n->kind = CX_CALL;
	if (!cx_try(p, ")")) {
		do {
			if (n->count == EVAL_CX_MAX_ARGUMENTS)
				return cx_fail(p, p->at, "a call has more than %d arguments",
					       EVAL_CX_MAX_ARGUMENTS);
			struct eval_cx_node *a = cx_parse_expression(p);
			if (!a)
				return NULL;
			list[n->count++] = a;
		} while (cx_try(p, ","));
		if (!expect(p, ')'))
			return NULL;
	}
	n->list = ARENA_ARRAY(p->arena, struct eval_cx_node *, n->count);
	memcpy(n->list, list, n->count * sizeof *list);
	return n;
}

/* static_cast<T>(x) and its like. */
static struct eval_cx_node *parse_named_cast(struct cx_parser *p, struct eval_cx_node *n)
{
	n->kind = CX_CAST;
	if (!expect(p, '<'))
		return NULL;
	if (!cx_parse_type(p, '>', &n->type))
		return cx_fail(p, p->at, "a type is missing");
	if (!expect(p, '('))
		return NULL;
	n->a = cx_parse_expression(p);
	return n->a && expect(p, ')') ? n : NULL;
}

static struct eval_cx_node *parse_sizeof(struct cx_parser *p, struct eval_cx_node *n)
{
	size_t before = p->at;
	n->kind = CX_SIZEOF;
	if (cx_try(p, "(") && cx_parse_type(p, ')', &n->type) && certainly_type(&n->type))
		return n;
	n->type = (struct cx_type_text){ 0 };
	p->at = before;
	n->a = parse_unary(p);
	return n->a ? n : NULL;
}

static struct eval_cx_node *parse_name(struct cx_parser *p)
{
	static const char *const casts[] = { "static_cast", "reinterpret_cast", "const_cast",
					     "dynamic_cast" };
	size_t begin = p->at;
	struct eval_cx_node *n = node_at(p, CX_NAME, begin);
	n->text = word(p);
	for (size_t i = 0; i < sizeof casts / sizeof *casts; i++)
		if (str_is(n->text, casts[i]))
			return parse_named_cast(p, n);
	if (str_is(n->text, "sizeof"))
		return parse_sizeof(p, n);
	if (str_is(n->text, "true") || str_is(n->text, "false")) {
		n->kind = CX_BOOL;
		n->number = n->text.ptr[0] == 't';
		return n;
	}
	if (str_is(n->text, "nullptr") || str_is(n->text, "this")) {
		n->kind = n->text.ptr[0] == 't' ? CX_THIS : CX_NULL;
		return n;
	}
	for (;;) { /* a::b; its blanks are dropped */
		size_t before = p->at;
		if (!cx_try(p, "::")) {
			p->at = before;
			break;
		}
		cx_blanks(p);
		if (!is_name_start(peek(p, 0)))
			return cx_fail(p, p->at, "a name is missing behind `::`");
		word(p);
		n->text = str_sub(p->text, begin, p->at - begin);
	}
	return cx_try(p, "(") ? parse_call(p, n) : n;
}

static struct eval_cx_node *parse_primary(struct cx_parser *p)
{
	cx_blanks(p);
	char c = peek(p, 0);
	if (c == '(') {
		p->at++;
		struct eval_cx_node *n = cx_parse_expression(p);
		return n && expect(p, ')') ? n : NULL;
	}
	if (is_digit(c))
		return parse_number(p);
	if (c == '"' || c == '\'')
		return parse_quoted(p, c);
	if (c == ':' && peek(p, 1) == ':')
		p->at += 2;
	if (is_name_start(peek(p, 0)))
		return parse_name(p);
	if (p->at >= p->text.len)
		return cx_fail(p, p->at,
			       p->text.len ? "it ends where an operand is missing" : "it is empty");
	return cx_fail(p, p->at, "an operand is missing at `%c`", c);
}

static struct eval_cx_node *step_node(struct cx_parser *p, struct eval_cx_node *a, char c, bool behind,
				      size_t at)
{
	struct eval_cx_node *n = node_at(p, CX_STEP, at);
	n->op = c == '+' ? CX_ADD : CX_SUB;
	n->number = behind;
	n->a = a;
	return a ? n : NULL;
}

static struct eval_cx_node *parse_postfix(struct cx_parser *p)
{
	struct eval_cx_node *a = parse_primary(p);
	int before = p->depth;
	while (a) {
		size_t at = p->at;
		if (!enter(p)) /* the tree grows as deep as parentheses would make it */
			return NULL;
		if (cx_try(p, "[")) {
			struct eval_cx_node *n = node_at(p, CX_INDEX, at);
			n->a = a;
			n->b = cx_parse_expression(p);
			a = n->b && expect(p, ']') ? n : NULL;
		} else if (cx_try(p, "->") || cx_try(p, ".")) {
			struct eval_cx_node *n = node_at(p, CX_MEMBER, at);
			n->op = p->text.ptr[p->at - 1] == '>' ? CX_ARROW : CX_DOT;
			n->a = a;
			cx_blanks(p);
			n->text = word(p); /* tuples' members are written 0, too */
			if (n->text.len == 0)
				return cx_fail(p, p->at, "a member's name is missing");
			a = n;
		} else if (cx_try(p, "++") || cx_try(p, "--")) {
			a = step_node(p, a, p->text.ptr[p->at - 1], true, at);
		} else {
			break;
		}
	}
	p->depth = before;
	return a;
}

static struct eval_cx_node *parse_cast(struct cx_parser *p)
{
	size_t before = p->at;
	struct cx_type_text type;
	if (peek(p, 0) != '(')
		return NULL;
	p->at++;
	if (cx_parse_type(p, ')', &type) && (certainly_type(&type) || operand_follows(p))) {
		struct eval_cx_node *n = node_at(p, CX_CAST, before);
		n->type = type;
		n->a = parse_unary(p);
		if (n->a || p->error)
			return n->a ? n : NULL;
	}
	p->at = before;
	return NULL;
}

static struct eval_cx_node *parse_unary(struct cx_parser *p)
{
	static const struct {
		char c;
		uint8_t op;
	} operators[] = { { '-', CX_NEG },        { '+', CX_PLUS },  { '!', CX_NOT },
			  { '~', CX_COMPLEMENT }, { '*', CX_DEREF }, { '&', CX_ADDRESS } };
	if (!enter(p))
		return NULL;
	struct eval_cx_node *n = NULL;
	cx_blanks(p);
	size_t at = p->at;
	char c = peek(p, 0);
	if ((c == '+' || c == '-') && peek(p, 1) == c) {
		p->at += 2;
		n = step_node(p, parse_unary(p), c, false, at);
	} else if (c == '(') {
		n = parse_cast(p);
		if (!n && !p->error)
			n = parse_postfix(p);
	} else {
		size_t i = 0;
		while (i < sizeof operators / sizeof *operators && operators[i].c != c)
			i++;
		if (i < sizeof operators / sizeof *operators) {
			p->at++;
			struct eval_cx_node *a = parse_unary(p);
			n = a ? node_at(p, CX_UNARY, at) : NULL;
			if (n) {
				n->op = operators[i].op;
				n->a = a;
			}
		} else {
			n = parse_postfix(p);
		}
	}
	p->depth--;
	return n;
}

/* ---- operators ---- */

struct binary {
	const char *token, *not_before; /* characters that would make another token of it */
	uint8_t op, level;              /* a higher one binds closer */
};

static const struct binary binaries[] = {
	{ "||", "=", CX_LOGICAL_OR, 1 }, { "&&", "=", CX_LOGICAL_AND, 2 }, { "|", "|=", CX_OR, 3 },
	{ "^", "=", CX_XOR, 4 },         { "&", "&=", CX_AND, 5 },         { "==", "", CX_EQ, 6 },
	{ "!=", "", CX_NE, 6 },          { "<=", "", CX_LE, 7 },           { ">=", "", CX_GE, 7 },
	{ "<<", "=", CX_SHL, 8 },        { ">>", "=", CX_SHR, 8 },         { "<", "<=", CX_LT, 7 },
	{ ">", ">=", CX_GT, 7 },         { "+", "+=", CX_ADD, 9 },         { "-", "-=>", CX_SUB, 9 },
	{ "*", "=", CX_MUL, 10 },        { "/", "=", CX_DIV, 10 },         { "%", "=", CX_REM, 10 },
};

static const struct binary *find_binary(struct cx_parser *p, int level)
{
	cx_blanks(p);
	struct str rest = str_sub(p->text, p->at, SIZE_MAX);
	for (size_t i = 0; i < sizeof binaries / sizeof *binaries; i++) {
		struct str token = str_from(binaries[i].token);
		if (!str_starts(rest, token))
			continue;
		char next = rest.len > token.len ? rest.ptr[token.len] : '\0';
		if (next && strchr(binaries[i].not_before, next))
			continue;
		return binaries[i].level >= level ? &binaries[i] : NULL;
	}
	return NULL;
}

static struct eval_cx_node *parse_binary(struct cx_parser *p, int level)
{
	struct eval_cx_node *a = parse_unary(p);
	int before = p->depth;
	const struct binary *op;
	while (a && (op = find_binary(p, level))) {
		if (!enter(p))
			return NULL;
		struct eval_cx_node *n = node_at(p, CX_BINARY, p->at);
		p->at += strlen(op->token);
		n->op = op->op;
		n->a = a;
		n->b = parse_binary(p, op->level + 1);
		a = n->b ? n : NULL;
	}
	p->depth = before;
	return a;
}

static uint8_t assignment(struct cx_parser *p, bool *ret)
{
	static const struct {
		const char *token;
		uint8_t op;
	} operators[] = { { "+=", CX_ADD }, { "-=", CX_SUB },  { "*=", CX_MUL },  { "/=", CX_DIV },
			  { "%=", CX_REM }, { "<<=", CX_SHL }, { ">>=", CX_SHR }, { "&=", CX_AND },
			  { "|=", CX_OR },  { "^=", CX_XOR } };
	*ret = true;
	for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
		if (cx_try(p, operators[i].token))
			return operators[i].op;
	cx_blanks(p);
	*ret = peek(p, 0) == '=' && peek(p, 1) != '=';
	p->at += *ret;
	return CX_NONE;
}

struct eval_cx_node *cx_parse_expression(struct cx_parser *p)
{
	if (!enter(p))
		return NULL;
	struct eval_cx_node *a = parse_binary(p, 1);
	size_t at = p->at;
	bool assigns = false;
	if (a && cx_try(p, "?")) {
		struct eval_cx_node *n = node_at(p, CX_CHOICE, at);
		n->a = a;
		n->b = cx_parse_expression(p);
		n->c = n->b && expect(p, ':') ? cx_parse_expression(p) : NULL;
		a = n->c ? n : NULL;
	} else if (a) {
		uint8_t op = assignment(p, &assigns);
		struct eval_cx_node *n = assigns ? node_at(p, CX_ASSIGN, at) : a;
		if (assigns) {
			n->op = op;
			n->a = a;
			n->b = cx_parse_expression(p);
		}
		a = assigns && !n->b ? NULL : n;
	}
	p->depth--;
	return a;
}

struct error *eval_cx_parse(struct str text, struct arena *arena, struct eval_cx_expr *ret)
{
	struct cx_parser p = { .arena = arena, .text = text };
	struct eval_cx_expr e = { 0 };
	if (text.len > EVAL_CX_MAX_TEXT)
		return error_new(ERROR_LIMIT, "it is longer than %d bytes", EVAL_CX_MAX_TEXT);
	e.root = cx_parse_expression(&p);
	if (e.root && cx_try(&p, ","))
		cx_parse_format(&p, &e.format);
	cx_blanks(&p);
	if (!p.error && p.at < text.len)
		cx_fail(&p, p.at, "it should end before `%.*s`", STR_ARG(str_sub(text, p.at, 20)));
	if (p.error)
		return p.error;
	while (text.len && is_blank(text.ptr[text.len - 1]))
		text.len--;
	while (text.len && is_blank(text.ptr[0]))
		text = str_sub(text, 1, SIZE_MAX);
	e.text = text;
	*ret = e;
	return NULL;
}
