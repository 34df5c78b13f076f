/* Names of types, in the forms that rustc writes for DWARF and for MSVC, as one tree; patterns; and back to text. */
#include "natvis/natvis_internal.h"

#include <stdlib.h>

enum { MAX_NESTING = 64, MAX_NODES = 1 << 14, MAX_ARGUMENTS = 256 };

struct name_parser {
	struct arena *arena;
	struct str text;
	size_t at, nodes;
	int depth;
	bool pattern;
	const char *why;
};

static struct nv_name *parse(struct name_parser *p);

static char peek(const struct name_parser *p, size_t ahead)
{
	return p->at + ahead < p->text.len ? p->text.ptr[p->at + ahead] : '\0';
}

static void blanks(struct name_parser *p)
{
	while (peek(p, 0) == ' ' || peek(p, 0) == '\t' || peek(p, 0) == '\n')
		p->at++;
}

static bool try(struct name_parser *p, const char *token)
{
	blanks(p);
	struct str wanted = str_from(token);
	if (!str_starts(str_sub(p->text, p->at, SIZE_MAX), wanted))
		return false;
	p->at += wanted.len;
	return true;
}

static void *fail(struct name_parser *p, const char *why)
{
	if (!p->why)
		p->why = why;
	return NULL;
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
	       c == '$' || c == '#' || (c & 0x80);
}

/* A word of the language, and not the beginning of a longer one. */
static bool try_word(struct name_parser *p, const char *word)
{
	size_t before = p->at;
	if (try(p, word) && !is_word(peek(p, 0)))
		return true;
	p->at = before;
	return false;
}

static struct nv_name *node(struct name_parser *p, struct str head)
{
	if (++p->nodes > MAX_NODES)
		return fail(p, "the name is too long");
	struct nv_name *n = ARENA_NEW(p->arena, struct nv_name);
	n->head = head;
	n->literals = 1;
	return n;
}

static void set_args(struct name_parser *p, struct nv_name *n, struct nv_name *const *args, size_t count)
{
	n->args = ARENA_ARRAY(p->arena, struct nv_name *, count);
	n->count = count;
	for (size_t i = 0; i < count; i++) {
		n->args[i] = args[i];
		n->literals += args[i]->literals;
	}
}

static struct nv_name *wrap(struct name_parser *p, struct str head, struct nv_name *inner)
{
	struct nv_name *n = inner ? node(p, head) : NULL;
	if (n)
		set_args(p, n, &inner, 1);
	return n;
}

struct arguments {
	struct nv_name *list[MAX_ARGUMENTS];
	size_t count;
};

/* Up to `end`, with commas between. */
static bool parse_list(struct name_parser *p, const char *end, uint32_t segment, struct arguments *a)
{
	while (!try(p, end)) {
		if (a->count == MAX_ARGUMENTS)
			return fail(p, "it has too many arguments");
		struct nv_name *n = parse(p);
		if (!n)
			return false;
		n->segment = segment;
		a->list[a->count++] = n;
		if (!try(p, ",")) {
			if (try(p, end))
				break;
			return fail(p, "an argument does not end in `,` or a bracket");
		}
	}
	return true;
}

/* The arguments on the heap: a frame of this recursion would be large. */
static struct nv_name *listed(struct name_parser *p, struct str head, const char *end)
{
	struct arguments *a = xmalloc(sizeof *a);
	struct nv_name *n = parse_list(p, end, 0, a) ? node(p, head) : NULL;
	if (n)
		set_args(p, n, a->list, a->count);
	free(a);
	return n;
}

/* `[T]` and `[T; N]`, behind the bracket. */
static struct nv_name *parse_array(struct name_parser *p)
{
	struct nv_name *args[2] = { parse(p) };
	if (!args[0])
		return NULL;
	if (try(p, "]"))
		return wrap(p, STR_LIT("slice2$<>"), args[0]);
	if (!try(p, ";"))
		return fail(p, "`]` is missing");
	args[1] = parse(p);
	if (!args[1] || !try(p, "]"))
		return fail(p, "`]` is missing");
	struct nv_name *n = node(p, STR_LIT("array$<>"));
	if (n)
		set_args(p, n, args, 2);
	return n;
}

/* `dyn A + B`, behind the word. */
static struct nv_name *parse_dyn(struct name_parser *p)
{
	struct nv_name *args[16];
	size_t count = 0;
	do {
		if (count == sizeof args / sizeof *args)
			return fail(p, "it has too many traits");
		struct nv_name *n = parse(p);
		if (!n)
			return NULL;
		args[count++] = n;
	} while (try(p, "+"));
	struct nv_name *n = node(p, STR_LIT("dyn$<>"));
	if (n)
		set_args(p, n, args, count);
	return n;
}

/* What rustc writes in braces, {impl#0}, is impl$0 for MSVC. */
static void braces(struct name_parser *p, struct buf *head)
{
	for (p->at++; p->at < p->text.len && peek(p, 0) != '}'; p->at++)
		buf_char(head, peek(p, 0) == '#' ? '$' : peek(p, 0));
	p->at += p->at < p->text.len;
}

/* fn(A) -> B and its like are compared as text. */
static struct nv_name *opaque(struct name_parser *p, size_t begin)
{
	size_t depth = 0;
	struct buf text = { 0 };
	for (p->at = begin; p->at < p->text.len; p->at++) {
		char c = peek(p, 0);
		bool arrow = c == '>' && p->at > begin && p->text.ptr[p->at - 1] == '-';
		bool opens = c == '(' || c == '[' || c == '<';
		bool closes = c == ')' || c == ']' || (c == '>' && !arrow);
		if (depth == 0 && (closes || c == ',' || c == ';'))
			break;
		depth += opens;
		depth -= closes;
		if (c != ' ')
			buf_char(&text, c);
	}
	struct nv_name *n = text.len ? node(p, arena_str(p->arena, buf_view(&text)))
				     : fail(p, "a name is missing");
	buf_deinit(&text);
	return n;
}

/* Words, `::` and arguments. */
static struct nv_name *parse_path(struct name_parser *p)
{
	struct arguments *a = xmalloc(sizeof *a);
	struct buf head = { 0 };
	struct nv_name *n = NULL;
	uint32_t segment = 0;
	bool good = true;
	(void)try(p, "::");
	for (;;) {
		size_t before = head.len;
		blanks(p);
		while (is_word(peek(p, 0)) || peek(p, 0) == '{') {
			if (peek(p, 0) == '{')
				braces(p, &head);
			else
				buf_char(&head, p->text.ptr[p->at++]);
		}
		if (head.len == before) {
			good = fail(p, "a name is missing");
			break;
		}
		if (try(p, "<")) {
			buf_str(&head, STR_LIT("<>"));
			good = parse_list(p, ">", segment++, a);
			if (!good)
				break;
		}
		if (!try(p, "::"))
			break;
		buf_str(&head, STR_LIT("::"));
	}
	if (good)
		n = node(p, arena_str(p->arena, buf_view(&head)));
	if (n)
		set_args(p, n, a->list, a->count);
	buf_deinit(&head);
	free(a);
	return n;
}

/* An associated type of a trait, `Item=u32`; a pointer of C's, `T *`. */
static struct nv_name *parse_suffix(struct name_parser *p, struct nv_name *n)
{
	size_t before = p->at;
	if (n && try(p, "=")) {
		struct nv_name *args[2] = { n, parse(p) };
		n = args[1] ? node(p, STR_LIT("assoc$<>")) : NULL;
		if (n)
			set_args(p, n, args, 2);
		return n;
	}
	while (n && try(p, "*")) {
		blanks(p);
		if (p->at < p->text.len && peek(p, 0) != ',' && peek(p, 0) != '>' && peek(p, 0) != '*') {
			p->at = before;
			return fail(p, "`*` stands for an argument as a whole");
		}
		n = wrap(p, STR_LIT("ptr_mut$<>"), n);
	}
	return n;
}

static struct nv_name *parse_here(struct name_parser *p)
{
	blanks(p);
	size_t begin = p->at;
	if (try(p, "&mut "))
		return wrap(p, STR_LIT("ref_mut$<>"), parse(p));
	if (try(p, "&"))
		return wrap(p, STR_LIT("ref$<>"), parse(p));
	if (try(p, "*const "))
		return wrap(p, STR_LIT("ptr_const$<>"), parse(p));
	if (try(p, "*mut "))
		return wrap(p, STR_LIT("ptr_mut$<>"), parse(p));
	if (p->pattern && try(p, "*")) {
		struct nv_name *n = node(p, STR_EMPTY);
		if (n) {
			n->wild = true;
			n->literals = 0;
		}
		return n;
	}
	if (try(p, "("))
		return listed(p, STR_LIT("tuple$<>"), ")");
	if (try(p, "["))
		return parse_array(p);
	if (try_word(p, "dyn"))
		return parse_dyn(p);
	if (try_word(p, "!"))
		return node(p, STR_LIT("never$"));
	if (try_word(p, "str"))
		return node(p, STR_LIT("str$"));
	if (try_word(p, "fn") || try_word(p, "unsafe") || try_word(p, "extern") || peek(p, 0) == '-' ||
	    peek(p, 0) == '\'' || peek(p, 0) == '"' || peek(p, 0) == '<')
		return opaque(p, begin);
	return parse_suffix(p, parse_path(p));
}

static struct nv_name *parse(struct name_parser *p)
{
	if (++p->depth > MAX_NESTING)
		return fail(p, "it is nested too deeply");
	struct nv_name *n = parse_here(p);
	p->depth--;
	return n;
}

struct nv_name *nv_name_parse(struct str text, bool pattern, struct arena *arena, const char **ret_why)
{
	struct name_parser p = { .arena = arena, .text = text, .pattern = pattern };
	struct nv_name *n = parse(&p);
	blanks(&p);
	if (n && p.at < text.len)
		n = fail(&p, peek(&p, 0) == '*' ? "`*` stands for an argument as a whole"
						: "something stands behind the name");
	if (!n && ret_why)
		*ret_why = p.why;
	return n;
}

struct nv_name *nv_name_enum(struct nv_name *n, struct arena *arena)
{
	struct name_parser p = { .arena = arena };
	return wrap(&p, STR_LIT("enum2$<>"), n);
}

/* ---- matching ---- */

static bool capture(struct nv_captures *c, const struct nv_name *n)
{
	if (c->count < NV_MAX_CAPTURES)
		c->names[c->count++] = n;
	return true;
}

/* How many arguments from `from` on are of the same `<>`. */
static size_t group(const struct nv_name *n, size_t from)
{
	size_t to = from;
	while (to < n->count && n->args[to]->segment == n->args[from]->segment)
		to++;
	return to - from;
}

static bool matches(const struct nv_name *p, const struct nv_name *n, struct nv_captures *c)
{
	if (p->wild)
		return capture(c, n);
	if (!str_eq(p->head, n->head))
		return false;
	if (p->count == 0 || n->count == 0)
		return p->count == n->count;
	size_t i = 0, j = 0;
	while (i < p->count) {
		if (j >= n->count || p->args[i]->segment != n->args[j]->segment)
			return false;
		size_t wanted = group(p, i), there = group(n, j);
		bool rest = p->args[i + wanted - 1]->wild;
		if (rest ? there < wanted : there != wanted)
			return false;
		for (size_t k = 0; k < wanted; k++)
			if (!matches(p->args[i + k], n->args[j + k], c))
				return false;
		for (size_t k = wanted; k < there; k++)
			capture(c, n->args[j + k]);
		i += wanted;
		j += there;
	}
	return j == n->count;
}

bool nv_name_matches(const struct nv_name *pattern, const struct nv_name *name, struct nv_captures *ret)
{
	struct nv_captures c = { .count = 0 };
	if (!matches(pattern, name, &c))
		return false;
	*ret = c;
	return true;
}

/* ---- text ---- */

static void text_of(const struct nv_name *n, bool rust, struct buf *out);

static void list_of(const struct nv_name *n, size_t from, size_t count, const char *between, bool rust,
		    struct buf *out)
{
	for (size_t i = 0; i < count; i++) {
		if (i)
			buf_str(out, str_from(between));
		text_of(n->args[from + i], rust, out);
	}
}

/* The forms that Rust has signs for. */
static bool rust_sign(const struct nv_name *n, struct buf *out)
{
	static const struct {
		const char *head, *before, *between, *behind;
	} signs[] = { { "ref$<>", "&", "", "" },
		      { "ref_mut$<>", "&mut ", "", "" },
		      { "ptr_const$<>", "*const ", "", "" },
		      { "ptr_mut$<>", "*mut ", "", "" },
		      { "slice2$<>", "[", "", "]" },
		      { "array$<>", "[", "; ", "]" },
		      { "tuple$<>", "(", ", ", ")" },
		      { "dyn$<>", "dyn ", " + ", "" },
		      { "assoc$<>", "", "=", "" },
		      { "enum2$<>", "", "", "" },
		      { "str$", "str", "", "" },
		      { "never$", "!", "", "" },
		      { "tuple$", "()", "", "" } };
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (str_is(n->head, signs[i].head)) {
			buf_str(out, str_from(signs[i].before));
			list_of(n, 0, n->count, signs[i].between, true, out);
			buf_str(out, str_from(signs[i].behind));
			return true;
		}
	return false;
}

/* impl$0 is {impl#0} again: all that ends in `$` and digits. */
static void rust_segment(struct str s, struct buf *out)
{
	size_t dollar = str_rfind(s, STR_LIT("$"));
	bool braced = dollar != SIZE_MAX && dollar > 0 && dollar + 1 < s.len;
	for (size_t i = dollar + 1; braced && i < s.len; i++)
		braced = s.ptr[i] >= '0' && s.ptr[i] <= '9';
	if (!braced) {
		buf_str(out, s);
		return;
	}
	buf_printf(out, "{%.*s#%.*s}", STR_ARG(str_sub(s, 0, dollar)),
		   STR_ARG(str_sub(s, dollar + 1, SIZE_MAX)));
}

static void text_of(const struct nv_name *n, bool rust, struct buf *out)
{
	if (n->wild) {
		buf_char(out, '*');
		return;
	}
	if (rust && rust_sign(n, out))
		return;
	size_t arg = 0, at = 0;
	uint32_t segment = 0;
	while (at < n->head.len) {
		struct str rest = str_sub(n->head, at, SIZE_MAX);
		size_t args = str_find(rest, STR_LIT("<>")), path = str_find(rest, STR_LIT("::"));
		size_t end = args < path ? args : path;
		struct str part = str_sub(rest, 0, end);
		if (rust)
			rust_segment(part, out);
		else
			buf_str(out, part);
		if (end == SIZE_MAX)
			break;
		if (args == end) {
			bool has = arg < n->count && n->args[arg]->segment == segment++;
			size_t count = has ? group(n, arg) : 0;
			buf_char(out, '<');
			list_of(n, arg, count, rust ? ", " : ",", rust, out);
			buf_char(out, '>');
			arg += count;
		} else {
			buf_str(out, STR_LIT("::"));
		}
		at += end + 2;
	}
}

void nv_name_text(const struct nv_name *n, struct buf *out)
{
	text_of(n, false, out);
}

void nv_name_rust(const struct nv_name *n, struct buf *out)
{
	text_of(n, true, out);
}
