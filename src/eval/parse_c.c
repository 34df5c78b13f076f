/* C's expressions, with gdb's additions: `x@n`, `{type} addr`, `'file.c'::name`, `function::name`. What is a type and what a variable is not
 * known here: a name alone may turn out to be either, and `(name) x` is a cast. */
#include "eval/eval_internal.h"

#include <stdlib.h>

static struct node *expression(struct parser *p);
static struct node *assignment(struct parser *p);
static struct node *unary(struct parser *p);

static void *syntax_error(struct parser *p)
{
	return parse_fail(p, "A syntax error in expression, near `%.*s'.",
			  STR_ARG(str_sub(p->text, p->at, SIZE_MAX)));
}

static struct str peek_word(struct parser *p)
{
	parse_blanks(p);
	size_t end = p->at;
	if (parse_is_name_start(parse_peek(p, 0)))
		while (end < p->text.len && parse_is_name(p->text.ptr[end]))
			end++;
	return str_sub(p->text, p->at, end - p->at);
}

/* ---- types ---- */

struct words {
	int is_long, is_unsigned, is_signed, is_short;
	const char *base; /* "char", "int", "double" … */
};

static bool type_word(struct str word, struct words *w)
{
	static const char *const bases[] = { "char", "int",   "float",   "double",
					     "void", "_Bool", "__int128" };
	if (str_is(word, "long"))
		w->is_long++;
	else if (str_is(word, "unsigned"))
		w->is_unsigned++;
	else if (str_is(word, "signed"))
		w->is_signed++;
	else if (str_is(word, "short"))
		w->is_short++;
	else {
		for (size_t i = 0; i < sizeof bases / sizeof *bases; i++)
			if (str_is(word, bases[i]) && !w->base) {
				w->base = bases[i];
				return true;
			}
		return false;
	}
	return true;
}

/* 0: the word is none. */
static uint8_t qualifier(struct str word)
{
	return str_is(word, "const")                                    ? SYM_CONST
	       : str_is(word, "volatile")                               ? SYM_VOLATILE
	       : str_is(word, "_Atomic")                                ? SYM_ATOMIC
	       : str_is(word, "restrict") || str_is(word, "__restrict") ? SYM_RESTRICT
									: 0;
}

static const char *words_name(const struct words *w)
{
	bool u = w->is_unsigned;
	if (w->base && strcmp(w->base, "char") == 0)
		return u ? "unsigned char" : w->is_signed ? "signed char" : "char";
	if (w->base && strcmp(w->base, "double") == 0)
		return w->is_long ? "long double" : "double";
	if (w->base && strcmp(w->base, "__int128") == 0)
		return u ? "unsigned __int128" : "__int128";
	if (w->base && strcmp(w->base, "int") != 0)
		return w->base;
	if (w->is_short)
		return u ? "unsigned short" : "short";
	if (w->is_long >= 2)
		return u ? "unsigned long long" : "long long";
	if (w->is_long)
		return u ? "unsigned long" : "long";
	return u ? "unsigned int" : "int";
}

/* The part before the declarator. NULL without an error: no type begins here. *ret_sure: keywords say that it is one. */
static struct type_text *specifier(struct parser *p, bool *ret_sure)
{
	struct words w = { 0 };
	struct str name = STR_EMPTY;
	char tag = 0;
	bool any = false;
	uint8_t qualifiers = 0;
	for (;;) {
		size_t at = p->at;
		struct str word = peek_word(p);
		if (word.len == 0)
			break;
		if (qualifier(word)) {
			any = true;
			qualifiers |= qualifier(word);
		} else if (type_word(word, &w)) {
			any = true;
		} else if (!tag && !name.len &&
			   (str_is(word, "struct") || str_is(word, "union") || str_is(word, "enum") ||
			    str_is(word, "class"))) {
			tag = word.ptr[0];
			p->at += word.len;
			name = peek_word(p);
			any = true;
			word = name;
			if (!word.len)
				return syntax_error(p);
		} else if (!name.len && !w.base && !w.is_long && !w.is_unsigned && !w.is_signed &&
			   !w.is_short) {
			name = word;
		} else {
			p->at = at;
			break;
		}
		p->at += word.len;
	}
	*ret_sure = any;
	if (!any && !name.len)
		return NULL;
	struct type_text *t = type_text_new(p, TYPE_TEXT_NAME);
	t->tag = tag;
	t->qualifiers = qualifiers;
	t->name = name.len ? arena_str(p->arena, name) : str_from(words_name(&w));
	return t;
}

static struct type_text *array_of(struct parser *p, struct type_text *t)
{
	uint64_t counts[16];
	size_t n = 0;
	for (;;) {
		uint64_t count = 0;
		size_t at = p->at;
		if (!parse_try(p, "[", NULL))
			break;
		parse_blanks(p);
		while (parse_is_digit(parse_peek(p, 0)) && count < UINT32_MAX)
			count = count * 10 + (uint64_t)(p->text.ptr[p->at++] - '0');
		if (n == 16)
			return syntax_error(p);
		if (!parse_try(p, "]", NULL)) { /* the index of an expression, then */
			p->at = at;
			break;
		}
		counts[n++] = count;
	}
	while (n > 0) {
		struct type_text *a = type_text_new(p, TYPE_TEXT_ARRAY);
		a->target = t;
		a->count = counts[--n];
		t = a;
	}
	return t;
}

static struct type_text *pointers(struct parser *p, struct type_text *t, bool *ret_sure)
{
	for (;;) {
		struct str word = peek_word(p);
		if (word.len && qualifier(word)) {
			t->qualifiers |= qualifier(word);
			p->at += word.len;
		} else if (parse_try(p, "*", NULL) || parse_try(p, "&", "&")) {
			struct type_text *to = type_text_new(p, TYPE_TEXT_POINTER);
			to->target = t;
			t = to;
			*ret_sure = true;
		} else {
			return t;
		}
	}
}

/* `int (*)(int)`, `int (*)[3]`: behind the specifier. */
static struct type_text *grouped(struct parser *p, struct type_text *t)
{
	size_t at = p->at, stars = 0;
	if (!parse_try(p, "(", NULL))
		return t;
	while (parse_try(p, "*", NULL))
		stars++;
	if (!stars || !parse_try(p, ")", NULL)) {
		p->at = at;
		return t;
	}
	if (parse_try(p, "(", NULL)) {
		struct type_text *f = type_text_new(p, TYPE_TEXT_FUNCTION);
		f->target = t;
		while (p->at < p->text.len && parse_peek(p, 0) != ')')
			p->at++;
		if (!parse_try(p, ")", NULL))
			return syntax_error(p);
		t = f;
	} else {
		t = array_of(p, t);
	}
	while (t && stars-- > 0) {
		struct type_text *to = type_text_new(p, TYPE_TEXT_POINTER);
		to->target = t;
		t = to;
	}
	return t;
}

static struct type_text *type(struct parser *p, bool *ret_sure)
{
	struct type_text *t = specifier(p, ret_sure);
	if (t)
		t = pointers(p, t, ret_sure);
	if (t)
		t = grouped(p, t);
	return t ? array_of(p, t) : NULL;
}

/* ---- literals ---- */

static int digit_value(char c, uint32_t base)
{
	int d = c >= '0' && c <= '9'                 ? c - '0'
		: (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
						     : 99;
	return (uint32_t)d < base ? d : -1;
}

static struct node *float_literal(struct parser *p, size_t start, size_t end)
{
	struct node *n = node_new(p, NODE_NUMBER);
	struct str digits = arena_str(p->arena, str_sub(p->text, start, end - start));
	char *stop;
	n->real = strtod(digits.ptr, &stop);
	const char *name = "double";
	if ((*stop | 32) == 'f')
		name = "float";
	else if ((*stop | 32) == 'l')
		name = "long double";
	if (*stop && (name[0] == 'd' || stop[1]))
		return parse_fail(p, "Invalid number \"%.*s\".", STR_ARG(digits));
	n->type = sym_type_primitive(NULL, str_from(name), false);
	p->at = end;
	return n;
}

/* Where a number's text ends, and whether it is one with a fraction. */
static size_t number_end(const struct parser *p, bool *ret_float)
{
	size_t end = p->at;
	bool hex = session_input_radix(p->session) > 10 ||
		   (parse_peek(p, 0) == '0' && (parse_peek(p, 1) | 32) == 'x');
	*ret_float = false;
	for (; end < p->text.len; end++) {
		char c = p->text.ptr[end], before = end > p->at ? p->text.ptr[end - 1] : 0;
		bool sign = (c == '-' || c == '+') && !hex && (before | 32) == 'e';
		if (!parse_is_name(c) && c != '.' && !sign)
			break;
		if (c == '.' || (!hex && (c | 32) == 'e'))
			*ret_float = true;
	}
	return end;
}

/* By its prefix, gdb's own among them; *at moves behind it. */
static uint32_t radix_of(const struct parser *p, size_t end, size_t *at)
{
	if (parse_peek(p, 0) != '0' || end - *at < 2)
		return session_input_radix(p->session);
	char c = (char)(parse_peek(p, 1) | 32);
	uint32_t base = c == 'x' ? 16 : c == 'b' ? 2 : c == 't' || c == 'd' ? 10 : 8;
	*at += base == 8 ? 1 : 2;
	return base;
}

static struct node *number(struct parser *p)
{
	bool is_float;
	size_t start = p->at, end = number_end(p, &is_float);
	struct str text = str_sub(p->text, start, end - start);
	if (is_float)
		return float_literal(p, start, end);
	size_t at = start;
	uint32_t base = radix_of(p, end, &at);
	unsigned __int128 value = 0;
	for (; at < end && digit_value(p->text.ptr[at], base) >= 0; at++) {
		value = value * base + (unsigned)digit_value(p->text.ptr[at], base);
		if (value >> 64)
			return parse_fail(p, "Numeric constant too large.");
	}
	int longs = 0, unsigneds = 0;
	for (; at < end; at++) {
		if ((p->text.ptr[at] | 32) == 'l')
			longs++;
		else if ((p->text.ptr[at] | 32) == 'u')
			unsigneds++;
		else
			return parse_fail(p, "Invalid number \"%.*s\".", STR_ARG(text));
	}
	if (longs > 2 || unsigneds > 1)
		return parse_fail(p, "Invalid number \"%.*s\".", STR_ARG(text));
	struct node *n = node_new(p, NODE_NUMBER);
	n->low = (uint64_t)value;
	bool fits_int = !longs && value >> 32 == 0, is_unsigned = unsigneds;
	if (fits_int && value >> 31)
		fits_int = base != 10 || is_unsigned, is_unsigned = is_unsigned || base != 10;
	else if (!fits_int && value >> 63)
		is_unsigned = true;
	const char *name = fits_int      ? is_unsigned ? "unsigned int" : "int"
			   : longs == 2  ? is_unsigned ? "unsigned long long" : "long long"
			   : is_unsigned ? "unsigned long"
					 : "long";
	n->type = sym_type_primitive(NULL, str_from(name), false);
	p->at = end;
	return n;
}

/* Behind the backslash. */
static uint32_t escape(struct parser *p)
{
	static const char from[] = "abefnrtv\\'\"?", to[] = "\a\b\033\f\n\r\t\v\\'\"?";
	char c = parse_peek(p, 0);
	uint32_t value = 0;
	if (c >= '0' && c <= '7') {
		for (int i = 0; i < 3 && digit_value(parse_peek(p, 0), 8) >= 0; i++, p->at++)
			value = value * 8 + (uint32_t)digit_value(parse_peek(p, 0), 8);
		return value;
	}
	p->at++;
	if (c == 'x') {
		if (digit_value(parse_peek(p, 0), 16) < 0)
			parse_fail(p, "\\x escape without a following hex digit");
		for (; digit_value(parse_peek(p, 0), 16) >= 0; p->at++)
			value = value * 16 + (uint32_t)digit_value(parse_peek(p, 0), 16);
		return value;
	}
	const char *found = c ? strchr(from, c) : NULL;
	return found ? (uint8_t)to[found - from] : (uint8_t)c;
}

/* The type that a prefix stands for. */
static const struct sym_type *prefixed(char prefix)
{
	const char *name = prefix == 'L'   ? "wchar_t"
			   : prefix == 'u' ? "char16_t"
			   : prefix == 'U' ? "char32_t"
					   : "char";
	return sym_type_primitive(NULL, str_from(name), false);
}

static struct node *character(struct parser *p, char prefix)
{
	p->at++;
	struct node *n = node_new(p, NODE_NUMBER);
	n->type = prefixed(prefix);
	if (parse_peek(p, 0) == '\'')
		return parse_fail(p, "Empty character constant.");
	if (p->at >= p->text.len)
		return parse_fail(p, "Unmatched single quote.");
	if (parse_peek(p, 0) == '\\') {
		p->at++;
		n->low = escape(p);
	} else {
		n->low = (uint8_t)parse_peek(p, 0);
		p->at++;
	}
	if (p->error)
		return NULL;
	if (parse_peek(p, 0) != '\'')
		return parse_fail(p, "Unmatched single quote.");
	p->at++;
	if (!prefix)
		n->low = (uint64_t)(int64_t)(int8_t)n->low;
	return n;
}

static struct node *string(struct parser *p, char prefix)
{
	struct buf text = { 0 };
	do {
		p->at++;
		while (p->at < p->text.len && parse_peek(p, 0) != '"' && !p->error) {
			if (parse_peek(p, 0) == '\\') {
				p->at++;
				buf_char(&text, (char)escape(p));
			} else {
				buf_char(&text, parse_peek(p, 0));
				p->at++;
			}
		}
		if (p->at >= p->text.len)
			parse_fail(p, "Unterminated string in expression.");
		p->at++;
		parse_blanks(p);
	} while (!p->error && parse_peek(p, 0) == '"');
	struct node *n = node_new(p, NODE_STRING);
	n->op = prefix ? STRING_C_WIDE : STRING_C;
	n->type = prefixed(prefix);
	n->text = arena_str(p->arena, buf_view(&text));
	buf_deinit(&text);
	return p->error ? NULL : n;
}

/* ---- primary expressions ---- */

/* `'file.c'::name`, or 'name' quoted whole. */
static struct node *quoted(struct parser *p)
{
	size_t close = str_find(str_sub(p->text, p->at + 1, SIZE_MAX), STR_LIT("'"));
	struct str inner = str_sub(p->text, p->at + 1, close);
	p->at += close + 2;
	struct node *n = node_new(p, NODE_NAME);
	n->text = arena_str(p->arena, inner);
	n->op = 1; /* quoted */
	return n;
}

static bool is_quoted_name(const struct parser *p)
{
	struct str rest = str_sub(p->text, p->at + 1, SIZE_MAX);
	size_t close = str_find(rest, STR_LIT("'"));
	return close != SIZE_MAX && close > 1 && rest.ptr[0] != '\\';
}

static struct node *scoped(struct parser *p, struct node *n)
{
	while (n && n->kind == NODE_NAME && parse_try(p, "::", NULL)) {
		struct str word = peek_word(p);
		if (!word.len)
			return syntax_error(p);
		p->at += word.len;
		struct node *s = node_new(p, NODE_SCOPE);
		s->names = arena_copy(p->arena, &n->text, sizeof n->text);
		s->text = arena_str(p->arena, word);
		n = s;
	}
	return n;
}

/* A number, if nothing is called so: `set input-radix 16'. */
static bool all_digits(struct str word, uint32_t radix)
{
	for (size_t i = 0; i < word.len; i++)
		if (digit_value(word.ptr[i], radix) < 0)
			return false;
	return radix > 10 && word.len > 0;
}

static struct node *name(struct parser *p)
{
	size_t start = p->at;
	bool sure = false;
	struct type_text *t = type(p, &sure);
	if (t && sure && !p->error) {
		/* `a * b`: only keywords make a type of it, the star of a name is multiplication. */
		struct type_text *base = t;
		while (base->kind != TYPE_TEXT_NAME && base->target)
			base = base->target;
		bool keywords = base->tag || sym_type_primitive(NULL, base->name, false);
		parse_blanks(p);
		char next = parse_peek(p, 0);
		if (keywords || (t->kind == TYPE_TEXT_POINTER && (next == ')' || next == '\0'))) {
			struct node *n = node_new(p, NODE_TYPE);
			n->type_text = t;
			return n;
		}
	}
	if (p->error)
		return NULL;
	p->at = start;
	struct str word = peek_word(p);
	p->at += word.len;
	struct node *n = node_new(p, NODE_NAME);
	n->text = arena_str(p->arena, word);
	if (parse_entry(p, true))
		n->kind = NODE_ENTRY;
	else if (all_digits(word, session_input_radix(p->session))) {
		size_t end = p->at;
		p->at = start;
		n->a = number(p);
		p->at = end;
	}
	return scoped(p, n);
}

static struct node *primary(struct parser *p)
{
	parse_blanks(p);
	char c = parse_peek(p, 0), next = parse_peek(p, 1);
	if (parse_is_digit(c) || (c == '.' && parse_is_digit(next)))
		return number(p);
	if (c == '$')
		return parse_dollar(p);
	if (c == '"')
		return string(p, 0);
	if ((c == 'L' || c == 'u' || c == 'U') && (next == '"' || next == '\'')) {
		p->at++;
		return next == '"' ? string(p, c) : character(p, c);
	}
	if (c == '\'')
		return is_quoted_name(p) ? scoped(p, quoted(p)) : character(p, 0);
	if (parse_try(p, "(", NULL)) {
		struct node *n = expression(p);
		if (!n)
			return NULL;
		return parse_try(p, ")", NULL) ? n : syntax_error(p);
	}
	if (parse_try(p, "::", NULL) || parse_is_name_start(c))
		return name(p);
	if (c == '#' || c == '`' || c == '\\')
		return parse_fail(p, "Invalid character '%c' in expression.", c);
	return syntax_error(p);
}

static struct node *step(struct parser *p, struct node *of, char op, bool old)
{
	if (!of)
		return NULL;
	struct node *n = node_new(p, NODE_STEP);
	n->op = (uint8_t)op;
	n->low = old;
	n->a = of;
	return n;
}

static struct node *field(struct parser *p, struct node *of, bool arrow)
{
	struct node *n = node_new(p, NODE_FIELD);
	struct str word = peek_word(p);
	if (!word.len)
		return syntax_error(p);
	p->at += word.len;
	n->a = of;
	n->op = arrow;
	n->text = arena_str(p->arena, word);
	return n;
}

/* Expressions with commas between, up to `close` and over it. */
static bool list_to(struct parser *p, const char *close, struct node ***ret, size_t *ret_count)
{
	struct parse_list list = { 0 };
	while (!p->error && !parse_try(p, close, NULL)) {
		struct node *argument = list.items.count < EVAL_MAX_LIST ? assignment(p) : syntax_error(p);
		if (!argument)
			break;
		vec_push(&list.items, argument);
		if (!parse_try(p, ",", NULL)) {
			if (!parse_try(p, close, NULL))
				syntax_error(p);
			break;
		}
	}
	parse_list_to(p, &list, ret, ret_count);
	return !p->error;
}

static struct node *arguments(struct parser *p, struct node *of)
{
	struct node *n = node_new(p, NODE_CALL);
	n->a = of;
	return list_to(p, ")", &n->list, &n->count) ? n : NULL;
}

static struct node *postfix(struct parser *p, struct node *n)
{
	while (n && !p->error) {
		if (parse_try(p, "->", NULL)) {
			n = field(p, n, true);
		} else if (parse_try(p, ".", NULL)) {
			n = field(p, n, false);
		} else if (parse_try(p, "++", NULL)) {
			n = step(p, n, '+', true);
		} else if (parse_try(p, "--", NULL)) {
			n = step(p, n, '-', true);
		} else if (parse_try(p, "[", NULL)) {
			struct node *index = node_new(p, NODE_INDEX);
			index->a = n;
			index->b = expression(p);
			if (!index->b || !parse_try(p, "]", NULL))
				return syntax_error(p);
			n = index;
		} else if (parse_try(p, "(", NULL)) {
			n = arguments(p, n);
		} else {
			break;
		}
	}
	return n;
}

/* Can what stands here only be the operand of a cast? */
static bool begins_operand(struct parser *p)
{
	parse_blanks(p);
	char c = parse_peek(p, 0);
	return parse_is_name(c) || c == '$' || c == '"' || c == '\'' || c == '~' || c == '!' || c == '{';
}

/* `(type) x` at the parenthesis. NULL without an error: it is no cast. */
static struct node *cast(struct parser *p)
{
	size_t start = p->at;
	bool sure = false;
	p->at++;
	parse_blanks(p);
	if (!parse_is_name_start(parse_peek(p, 0))) {
		p->at = start;
		return NULL;
	}
	struct parser trial = *p;
	struct type_text *t = type(&trial, &sure);
	bool closed = t && !trial.error && parse_try(&trial, ")", NULL);
	error_destroy(trial.error);
	bool keywords = closed && t->kind == TYPE_TEXT_NAME && sym_type_primitive(NULL, t->name, false);
	if (closed) {
		p->at = trial.at;
		struct str word = peek_word(p);
		closed = (sure || keywords || begins_operand(p)) && !str_is(word, "if") &&
			 !str_is(word, "thread");
	}
	parse_blanks(p);
	char c = parse_peek(p, 0);
	bool type_alone = c == '\0' || c == ')' || c == ',';
	if (!closed || type_alone) {
		p->at = start;
		return NULL;
	}
	struct node *n = node_new(p, NODE_CAST);
	n->type_text = t;
	n->a = unary(p);
	return n->a ? n : NULL;
}

static struct node *size_of(struct parser *p)
{
	struct node *n = node_new(p, NODE_SIZEOF);
	n->a = unary(p);
	return n->a ? n : NULL;
}

static struct node *braces(struct parser *p)
{
	struct node *n = node_new(p, NODE_AT);
	bool sure;
	parse_blanks(p);
	if (!parse_is_name_start(parse_peek(p, 0))) {
		n = node_new(p, NODE_ARRAY);
		return list_to(p, "}", &n->list, &n->count) ? n : NULL;
	}
	struct parser trial = *p;
	n->type_text = type(&trial, &sure);
	bool closed = n->type_text && !trial.error && parse_try(&trial, "}", NULL);
	error_destroy(trial.error);
	if (!closed) {
		n = node_new(p, NODE_ARRAY);
		return list_to(p, "}", &n->list, &n->count) ? n : NULL;
	}
	p->at = trial.at;
	n->a = unary(p);
	return n->a ? n : NULL;
}

static struct node *unary_inner(struct parser *p)
{
	parse_blanks(p);
	if (parse_try(p, "++", NULL))
		return step(p, unary(p), '+', false);
	if (parse_try(p, "--", NULL))
		return step(p, unary(p), '-', false);
	if (parse_try(p, "-", NULL))
		return node_unary(p, OP_NEG, unary(p));
	if (parse_try(p, "+", NULL))
		return node_unary(p, OP_PLUS, unary(p));
	if (parse_try(p, "!", NULL))
		return node_unary(p, OP_LOGICAL_NOT, unary(p));
	if (parse_try(p, "~", NULL))
		return node_unary(p, OP_COMPLEMENT, unary(p));
	if (parse_try(p, "*", NULL))
		return node_unary(p, OP_DEREF, unary(p));
	if (parse_try(p, "&", "&"))
		return node_unary(p, OP_ADDRESS, unary(p));
	if (parse_try(p, "{", NULL))
		return braces(p);
	struct str word = peek_word(p);
	if (str_is(word, "sizeof")) {
		p->at += word.len;
		return size_of(p);
	}
	if (parse_peek(p, 0) == '(') {
		struct node *n = cast(p);
		if (n || p->error)
			return n;
	}
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

static const struct parse_operator binaries[] = {
	{ "||", NULL, OP_LOGICAL_OR, 1 }, { "&&", NULL, OP_LOGICAL_AND, 2 },
	{ "==", NULL, OP_EQ, 6 },         { "!=", NULL, OP_NE, 6 },
	{ "<<", "=", OP_SHL, 8 },         { ">>", "=", OP_SHR, 8 },
	{ "<=", NULL, OP_LE, 7 },         { ">=", NULL, OP_GE, 7 },
	{ "<", "<=", OP_LT, 7 },          { ">", ">=", OP_GT, 7 },
	{ "|", "=", OP_OR, 3 },           { "^", "=", OP_XOR, 4 },
	{ "&", "=", OP_AND, 5 },          { "@", NULL, OP_NONE, 9 },
	{ "+", "=+", OP_ADD, 10 },        { "-", "=->", OP_SUB, 10 },
	{ "*", "=", OP_MUL, 11 },         { "/", "=", OP_DIV, 11 },
	{ "%", "=", OP_REM, 11 },         { 0 },
};

static struct node *choice(struct parser *p)
{
	struct node *n = parse_operators(p, binaries, unary, 1);
	if (!n || !parse_try(p, "?", NULL))
		return n;
	struct node *c = node_new(p, NODE_CHOICE);
	c->a = n;
	if (!(c->b = expression(p)))
		return NULL;
	if (!parse_try(p, ":", NULL))
		return syntax_error(p);
	c->c = assignment(p);
	return c->c ? c : NULL;
}

static struct node *assignment(struct parser *p)
{
	if (!parse_enter(p))
		return NULL;
	struct node *n = parse_assigned(p, choice(p), assignment);
	p->depth--;
	return n;
}

static struct node *comma(struct parser *p)
{
	struct node *n = assignment(p);
	while (n && !p->error && !(p->stop_early && p->depth == 0) && parse_try(p, ",", NULL)) {
		struct node *both = node_new(p, NODE_COMMA);
		both->a = n;
		both->b = assignment(p);
		n = both->b ? both : NULL;
	}
	return n;
}

static struct node *expression(struct parser *p)
{
	if (!parse_enter(p))
		return NULL;
	struct node *n = comma(p);
	p->depth--;
	return n;
}

struct node *parse_c(struct parser *p)
{
	return comma(p);
}
