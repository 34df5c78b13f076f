/* Rust's paths and types (Reference, "Paths", "Type expressions"). */
#include "eval/parse_rust.h"

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

struct str rust_path(struct parser *p, bool in_type)
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
				rust_take_name(p);
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

bool rust_keyword(struct parser *p, const char *word)
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
	struct parse_list l = { 0 };
	while (!parse_try(p, ")", NULL)) {
		struct type_text *t = l.items.count < EVAL_MAX_LIST ? rust_type(p) : NULL;
		if (!t)
			break;
		vec_push(&l.items, t);
		if (!parse_try(p, ",", NULL)) {
			if (!parse_try(p, ")", NULL))
				parse_fail(p, "',' or ')' expected");
			break;
		}
	}
	parse_list_to(p, &l, &into->list, &into->list_count);
	return !p->error;
}

/* Behind the type of its elements: `; 3]`. */
static struct type_text *array_type(struct parser *p, struct type_text *element)
{
	struct type_text *t = type_text_new(p, TYPE_TEXT_ARRAY);
	t->target = element;
	if (!parse_try(p, ";", NULL))
		return parse_fail(p, "';' expected");
	parse_blanks(p);
	struct node *n = parse_is_digit(parse_peek(p, 0)) ? rust_number(p) : NULL;
	if (!n || n->high)
		return parse_fail(p, "integer expected");
	t->count = n->low;
	if (!parse_try(p, "]", NULL))
		return parse_fail(p, "']' expected");
	return t;
}

static struct type_text *reference_type(struct parser *p)
{
	rust_keyword(p, "mut");
	if (parse_try(p, "[", NULL)) {
		struct type_text *element = rust_type(p);
		if (!element)
			return NULL;
		bool slice = parse_try(p, "]", NULL);
		struct type_text *t = type_text_new(p, slice ? TYPE_TEXT_SLICE : TYPE_TEXT_POINTER);
		t->target = slice ? element : array_type(p, element);
		return t->target ? t : NULL;
	}
	if (rust_keyword(p, "str")) {
		struct type_text *t = type_text_new(p, TYPE_TEXT_NAME);
		t->name = STR_LIT("&str");
		return t;
	}
	if (rust_keyword(p, "dyn")) {
		size_t start = p->at;
		rust_path(p, true);
		struct type_text *t = type_text_new(p, TYPE_TEXT_NAME);
		t->name = arena_printf(
			p->arena, "&dyn %.*s",
			STR_ARG(str_sub(p->text, start + 1, p->at > start ? p->at - start - 1 : 0)));
		return t;
	}
	struct type_text *t = type_text_new(p, TYPE_TEXT_POINTER);
	t->target = rust_type(p);
	return t->target ? t : NULL;
}

static struct type_text *type_inner(struct parser *p)
{
	struct type_text *t;
	if (parse_try(p, "*", NULL)) {
		if (!rust_keyword(p, "mut") && !rust_keyword(p, "const"))
			return parse_fail(p, "mut or const expected");
		t = type_text_new(p, TYPE_TEXT_POINTER);
		t->target = rust_type(p);
		return t->target ? t : NULL;
	}
	if (parse_try(p, "&", NULL))
		return reference_type(p);
	if (parse_try(p, "[", NULL)) {
		t = rust_type(p);
		return t ? array_type(p, t) : NULL;
	}
	if (parse_try(p, "(", NULL)) {
		t = type_text_new(p, TYPE_TEXT_TUPLE);
		return types(p, t) ? t : NULL;
	}
	if (rust_keyword(p, "fn")) {
		t = type_text_new(p, TYPE_TEXT_FUNCTION);
		if (!parse_try(p, "(", NULL))
			return parse_fail(p, "'(' expected");
		if (!types(p, t))
			return NULL;
		if (parse_try(p, "->", NULL) && !(t->target = rust_type(p)))
			return NULL;
		return t;
	}
	t = type_text_new(p, TYPE_TEXT_NAME);
	t->name = rust_path(p, true);
	if (p->error)
		return NULL;
	return t->name.len ? t : parse_fail(p, "identifier expected");
}

struct type_text *rust_type(struct parser *p)
{
	if (!parse_enter(p))
		return NULL;
	struct type_text *t = type_inner(p);
	p->depth--;
	return t;
}

bool rust_type_begins(struct parser *p)
{
	parse_blanks(p);
	char c = parse_peek(p, 0);
	return c == '*' || c == '&' || c == '[';
}

struct node *rust_type_node(struct parser *p)
{
	struct node *n = node_new(p, NODE_TYPE);
	n->type_text = rust_type(p);
	return n->type_text ? n : NULL;
}

struct node *rust_type_if(struct parser *p, const char *close)
{
	size_t at = p->at;
	struct parser trial = *p;
	struct node *n = rust_type_node(&trial);
	if (n && !trial.error &&
	    (close ? parse_try(&trial, close, NULL) : (parse_blanks(&trial), trial.at == trial.text.len))) {
		p->at = trial.at;
		return n;
	}
	error_destroy(trial.error);
	p->at = at;
	return NULL;
}
