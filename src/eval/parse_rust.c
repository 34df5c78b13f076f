/* Rust's expressions, as far as gdb reads them and a little further (Reference, "Expressions"). */
#include "eval/parse_rust.h"

static struct node *expression(struct parser *p, int level);
static struct node *assignment(struct parser *p);

enum { LEVEL_RANGE = 0, LEVEL_OR = 1 };

/* ---- lists ---- */

/* Expressions up to `close`, which is taken, or to `only` behind the first one, which is not. *ret_comma: a comma stood before it. */
static bool elements(struct parser *p, const char *close, const char *only, struct node ***ret,
		     size_t *ret_count, bool *ret_comma)
{
	struct parse_list l = { 0 };
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
		if (*ret_comma)
			continue;
		size_t at = p->at;
		if (only && l.items.count == 1 && parse_try(p, only, NULL))
			p->at = at;
		else if (!parse_try(p, close, NULL))
			parse_fail(p, "',' or '%s' expected", close);
		break;
	}
	parse_list_to(p, &l, ret, ret_count);
	return !p->error;
}

static bool expressions(struct parser *p, const char *close, struct node ***ret, size_t *ret_count,
			bool *ret_comma)
{
	return elements(p, close, NULL, ret, ret_count, ret_comma);
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

/* Behind the bracket: `[a, b]`, `[a; n]`. */
static struct node *array(struct parser *p)
{
	struct node *n = node_new(p, NODE_ARRAY);
	bool comma;
	if (!elements(p, "]", ";", &n->list, &n->count, &comma))
		return NULL;
	if (!parse_try(p, ";", NULL))
		return n;
	n->a = n->list[0];
	n->list = NULL;
	n->count = 0;
	if (!(n->b = assignment(p)))
		return NULL;
	return parse_try(p, "]", NULL) ? n : parse_fail(p, "']' expected");
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
	struct parse_list values = { 0 };
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
	parse_list_to(p, &values, &n->list, &n->count);
	return p->error ? NULL : n;
}

static struct node *size_of(struct parser *p)
{
	struct node *n = node_new(p, NODE_SIZEOF);
	if (!parse_try(p, "(", NULL))
		return parse_fail(p, "'(' expected");
	if (rust_type_begins(p) && (n->a = rust_type_if(p, ")")))
		return n;
	if (!(n->a = assignment(p)))
		return NULL;
	return parse_try(p, ")", NULL) ? n : parse_fail(p, "')' expected");
}

/* `{type} address`: gdb's own. */
static struct node *braces(struct parser *p)
{
	struct node *n = node_new(p, NODE_AT);
	if (!(n->type_text = rust_type(p)))
		return NULL;
	if (!parse_try(p, "}", NULL))
		return parse_fail(p, "'}' expected");
	n->a = expression(p, 100);
	return n->a ? n : NULL;
}

static struct node *name(struct parser *p)
{
	if (rust_keyword(p, "true") || rust_keyword(p, "false")) {
		struct node *n = node_new(p, NODE_NUMBER);
		n->low = p->text.ptr[p->at - 2] == 'u';
		n->type = sym_type_primitive(NULL, STR_LIT("bool"), true);
		return n;
	}
	size_t start = p->at;
	if (rust_keyword(p, "sizeof")) {
		parse_blanks(p);
		if (parse_peek(p, 0) == '(')
			return size_of(p);
		p->at = start;
	}
	if (str_starts(str_sub(p->text, p->at, 2), STR_LIT("r#")))
		p->at += 2;
	struct str text = rust_path(p, false);
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
	if (parse_entry(p, false))
		n->kind = NODE_ENTRY;
	return n;
}

static struct node *primary(struct parser *p)
{
	parse_blanks(p);
	char c = parse_peek(p, 0), next = parse_peek(p, 1), third = parse_peek(p, 2);
	if (parse_is_digit(c))
		return rust_number(p);
	if (c == '$')
		return parse_dollar(p);
	if (c == '"')
		return rust_string(p, false);
	if (c == '\'')
		return rust_character(p, false);
	if (c == 'b' && next == '\'') {
		p->at++;
		return rust_character(p, true);
	}
	if (c == 'b' && next == '"') {
		p->at++;
		return rust_string(p, true);
	}
	if (c == 'b' && next == 'r' && (third == '"' || third == '#')) {
		p->at += 2;
		return rust_raw_string(p, true);
	}
	if (c == 'r' && (next == '"' || (next == '#' && (third == '"' || third == '#')))) {
		p->at++;
		return rust_raw_string(p, false);
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
	struct node *t = slice || rust_keyword(p, "&str") ? (p->at = at - 1, rust_type_if(p, NULL)) : NULL;
	if (t)
		return t;
	p->at = at;
	rust_keyword(p, "mut");
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
		if (rust_keyword(p, "mut") || rust_keyword(p, "const")) {
			p->at = at;
			struct node *t = rust_type_node(p);
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

static const struct parse_operator binaries[] = {
	{ "||", "=", OP_LOGICAL_OR, 1 }, { "&&", "=", OP_LOGICAL_AND, 2 },
	{ "==", NULL, OP_EQ, 3 },        { "!=", NULL, OP_NE, 3 },
	{ "<<", "=", OP_SHL, 7 },        { ">>", "=", OP_SHR, 7 },
	{ "<=", NULL, OP_LE, 3 },        { ">=", NULL, OP_GE, 3 },
	{ "<", "<=", OP_LT, 3 },         { ">", ">=", OP_GT, 3 },
	{ "|", "=", OP_OR, 4 },          { "^", "=", OP_XOR, 5 },
	{ "&", "=", OP_AND, 6 },         { "+", "=", OP_ADD, 8 },
	{ "-", "=", OP_SUB, 8 },         { "*", "=", OP_MUL, 9 },
	{ "/", "=", OP_DIV, 9 },         { "%", "=", OP_REM, 9 },
	{ "@", NULL, OP_NONE, 10 },      { 0 },
};

static struct node *casts(struct parser *p, struct node *n)
{
	while (n && !p->error && rust_keyword(p, "as")) {
		struct node *cast = node_new(p, NODE_CAST);
		cast->a = n;
		if (!(cast->type_text = rust_type(p)))
			return NULL;
		n = cast;
	}
	return n;
}

static struct node *operand(struct parser *p)
{
	return casts(p, unary(p));
}

static struct node *operators(struct parser *p, int level)
{
	return parse_operators(p, binaries, operand, level);
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

static struct node *assignment(struct parser *p)
{
	if (!parse_enter(p))
		return NULL;
	struct node *n = parse_assigned(p, expression(p, LEVEL_RANGE), assignment);
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
	return generic || c == '&' ? rust_type_if(p, NULL) : NULL;
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
