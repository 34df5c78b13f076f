/* What both languages' parsers share, and the compiled expression. */
#include "eval/eval_internal.h"

#include <stdlib.h>

struct node *node_new(struct parser *p, enum node_kind kind)
{
	struct node *n = ARENA_NEW(p->arena, struct node);
	n->kind = (uint8_t)kind;
	return n;
}

struct node *node_unary(struct parser *p, enum node_op op, struct node *a)
{
	if (!a)
		return NULL;
	struct node *n = node_new(p, NODE_UNARY);
	n->op = (uint8_t)op;
	n->a = a;
	return n;
}

struct node *node_binary(struct parser *p, enum node_op op, struct node *a, struct node *b)
{
	if (!a || !b)
		return NULL;
	struct node *n = node_new(p, NODE_BINARY);
	n->op = (uint8_t)op;
	n->a = a;
	n->b = b;
	return n;
}

void *parse_fail(struct parser *p, const char *format, ...)
{
	if (!p->error) {
		struct buf text = { 0 };
		va_list args;
		va_start(args, format);
		buf_vprintf(&text, format, args);
		va_end(args);
		p->error = error_new(ERROR_USAGE, "%s", text.data ? text.data : "");
		buf_deinit(&text);
	}
	return NULL;
}

bool parse_enter(struct parser *p)
{
	if (++p->depth <= EVAL_MAX_NESTING)
		return true;
	parse_fail(p, "The expression is nested too deeply (more than %d levels).", EVAL_MAX_NESTING);
	return false;
}

void parse_blanks(struct parser *p)
{
	while (parse_peek(p, 0) == ' ' || parse_peek(p, 0) == '\t' || parse_peek(p, 0) == '\n')
		p->at++;
}

bool parse_try(struct parser *p, const char *token, const char *longer)
{
	parse_blanks(p);
	struct str rest = str_sub(p->text, p->at, SIZE_MAX), word = str_from(token);
	if (!str_starts(rest, word))
		return false;
	/* `longer`: what may not follow, a character each. */
	if (rest.len > word.len && longer && strchr(longer, rest.ptr[word.len]))
		return false;
	p->at += word.len;
	return true;
}

struct type_text *type_text_new(struct parser *p, enum type_text_kind kind)
{
	struct type_text *t = ARENA_NEW(p->arena, struct type_text);
	t->kind = (uint8_t)kind;
	return t;
}

void parse_list_to(struct parser *p, struct parse_list *l, void *ret_items, size_t *ret_count)
{
	void **copy = arena_array(p->arena, l->items.count ? l->items.count : 1, sizeof *copy);
	if (l->items.count)
		memcpy(copy, l->items.data, l->items.count * sizeof *copy);
	*(void ***)ret_items = copy;
	*ret_count = l->items.count;
	vec_free(&l->items);
}

static const struct parse_operator *take_operator(struct parser *p, const struct parse_operator *table,
						  int level)
{
	for (const struct parse_operator *o = table; o->token; o++) {
		size_t at = p->at;
		if (!parse_try(p, o->token, o->longer))
			continue;
		if (o->level >= level)
			return o;
		p->at = at;
		return NULL;
	}
	return NULL;
}

struct node *parse_operators(struct parser *p, const struct parse_operator *table,
			     struct node *(*operand)(struct parser *), int level)
{
	struct node *n = operand(p);
	const struct parse_operator *o;
	while (n && !p->error && (o = take_operator(p, table, level))) {
		struct node *right = parse_enter(p) ? parse_operators(p, table, operand, o->level + 1)
						    : NULL;
		p->depth--;
		if (!right)
			return NULL;
		if (o->op != OP_NONE) {
			n = node_binary(p, (enum node_op)o->op, n, right);
			continue;
		}
		struct node *repeat = node_new(p, NODE_REPEAT);
		repeat->a = n;
		repeat->b = right;
		n = repeat;
	}
	return p->error ? NULL : n;
}

struct node *parse_assigned(struct parser *p, struct node *n, struct node *(*value)(struct parser *))
{
	static const struct parse_operator assigns[] = {
		{ "+=", NULL, OP_ADD, 0 },  { "-=", NULL, OP_SUB, 0 }, { "*=", NULL, OP_MUL, 0 },
		{ "/=", NULL, OP_DIV, 0 },  { "%=", NULL, OP_REM, 0 }, { "&=", NULL, OP_AND, 0 },
		{ "|=", NULL, OP_OR, 0 },   { "^=", NULL, OP_XOR, 0 }, { "<<=", NULL, OP_SHL, 0 },
		{ ">>=", NULL, OP_SHR, 0 }, { "=", "=", OP_NONE, 0 },  { 0 },
	};
	const struct parse_operator *o = n ? take_operator(p, assigns, 0) : NULL;
	if (!o)
		return n;
	struct node *a = node_new(p, NODE_ASSIGN);
	a->op = o->op;
	a->a = n;
	a->b = value(p);
	return a->b ? a : NULL;
}

static struct node *history(struct parser *p, bool back, uint64_t number)
{
	struct node *n = node_new(p, NODE_HISTORY);
	n->op = back;
	n->low = number;
	return n;
}

/* `$`, `$$`, `$3`, `$$3`, `$name`. */
struct node *parse_dollar(struct parser *p)
{
	size_t start = p->at;
	p->at++;
	bool back = parse_peek(p, 0) == '$';
	p->at += back;
	size_t digits = p->at;
	while (parse_is_name(parse_peek(p, 0)))
		p->at++;
	struct str word = str_sub(p->text, digits, p->at - digits);
	bool number = true;
	uint64_t value = 0;
	for (size_t i = 0; i < word.len; i++) {
		number = number && parse_is_digit(word.ptr[i]) && value < UINT32_MAX;
		value = value * 10 + (uint64_t)(word.ptr[i] - '0');
	}
	if (word.len == 0)
		return history(p, true, back);
	if (number)
		return history(p, back, value);
	struct node *n = node_new(p, NODE_DOLLAR);
	n->text = arena_str(p->arena, str_sub(p->text, start + 1, p->at - start - 1));
	return n;
}

size_t utf8_encode(uint32_t c, char out[4])
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | (c >> 18 & 7));
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

static bool ends_early(struct str rest)
{
	static const char *const words[] = { "if", "thread", "task", "inferior", "-force-condition" };
	if (rest.len && rest.ptr[0] == ',')
		return true;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		struct str word = str_from(words[i]);
		if (str_starts(rest, word) && (rest.len == word.len || !parse_is_name(rest.ptr[word.len])))
			return true;
	}
	return false;
}

static struct error *parse_whole(struct parser *p, enum eval_language language, struct str *ret_rest,
				 struct node **ret)
{
	struct node *root = language == EVAL_LANGUAGE_C ? parse_c(p) : parse_rust(p);
	if (p->error)
		return p->error;
	parse_blanks(p);
	struct str rest = str_sub(p->text, p->at, SIZE_MAX);
	if (rest.len && !(ret_rest && ends_early(rest))) {
		if (language == EVAL_LANGUAGE_C)
			return error_new(ERROR_USAGE, "A syntax error in expression, near `%.*s'.",
					 STR_ARG(rest));
		return error_new(ERROR_USAGE, "Syntax error near '%.*s'", STR_ARG(rest));
	}
	if (ret_rest)
		ret_rest->len = rest.len;
	*ret = root;
	return NULL;
}

struct error *eval_parse(struct eval_session *s, enum eval_language language, struct str text,
			 struct str *ret_rest, struct eval_expr **ret)
{
	if (text.len > EVAL_MAX_TEXT)
		return error_new(ERROR_LIMIT, "The expression is longer than %d bytes.", EVAL_MAX_TEXT);
	struct eval_expr *e = xmalloc(sizeof *e);
	e->arena = ARENA_INIT;
	e->text = arena_str(&e->arena, text);
	if (language == EVAL_LANGUAGE_AUTO)
		language = eval_language(s, NULL);
	e->language = language;
	struct parser p = {
		.arena = &e->arena, .session = s, .text = e->text, .stop_early = ret_rest != NULL
	};
	struct str rest = { 0 };
	struct error *err = parse_whole(&p, language, ret_rest ? &rest : NULL, &e->root);
	if (err) {
		eval_expr_destroy(e);
		return err;
	}
	if (ret_rest) {
		*ret_rest = str_sub(text, text.len - rest.len, SIZE_MAX);
		e->text.len -= rest.len;
		while (e->text.len && e->text.ptr[e->text.len - 1] == ' ')
			e->text.len--;
	}
	*ret = e;
	return NULL;
}

void eval_expr_destroy(struct eval_expr *e)
{
	if (!e)
		return;
	arena_deinit(&e->arena);
	free(e);
}

struct str eval_expr_text(const struct eval_expr *e)
{
	return e->text;
}

bool parse_entry(struct parser *p, bool blanks)
{
	static const char word[] = "entry";
	size_t start = p->at, length = sizeof word - 1;
	if (blanks)
		parse_blanks(p);
	bool found = parse_peek(p, 0) == '@';
	p->at += found;
	if (found && blanks)
		parse_blanks(p);
	found = found && str_is(str_sub(p->text, p->at, length), word) &&
		!parse_is_name(parse_peek(p, length));
	p->at = found ? p->at + length : start;
	return found;
}
