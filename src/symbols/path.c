/* Rust paths as text: components, generics, qualified selves; and whether a shorter path means a longer one. */
#include "symbols/symbols_internal.h"

enum { MAX_COMPONENTS = 64, MAX_DEPTH = 12, MAX_ARGUMENTS = 32 };

struct component {
	struct str identifier; /* "Vec"; empty for a qualified self */
	struct str generics;   /* "T, U" without the brackets; empty when there are none */
	struct str self;       /* inside of "<A as B>", "<impl B for A>" */
};

struct path {
	size_t count;
	struct component c[MAX_COMPONENTS];
};

/* As str_sub, but a part of nothing is "" and no NULL. */
static struct str part(struct str s, size_t from, size_t count)
{
	struct str result = str_sub(s, from, count);
	return result.ptr ? result : STR_LIT("");
}

static struct str trim(struct str s)
{
	while (s.len > 0 && s.ptr[0] == ' ')
		s = part(s, 1, SIZE_MAX);
	while (s.len > 0 && s.ptr[s.len - 1] == ' ')
		s.len--;
	return s;
}

/* Offset of the first `what` outside of brackets from `from` on, or SIZE_MAX. */
static size_t find_outside(struct str s, size_t from, struct str what)
{
	int depth = 0;
	for (size_t i = from; i < s.len; i++) {
		if (depth == 0 && str_starts(part(s, i, SIZE_MAX), what))
			return i;
		switch (s.ptr[i]) {
		case '<':
		case '(':
		case '[':
		case '{':
			depth++;
			break;
		case '>':
			if (i > 0 && s.ptr[i - 1] == '-')
				break; /* "->" */
				       /* fall through */
		case ')':
		case ']':
		case '}':
			if (depth > 0)
				depth--;
			break;
		}
	}
	return SIZE_MAX;
}

static struct component component_of(struct str text)
{
	struct component c = { STR_LIT(""), STR_LIT(""), STR_LIT("") };
	if (text.len > 1 && text.ptr[0] == '<' && text.ptr[text.len - 1] == '>') {
		c.self = trim(part(text, 1, text.len - 2));
		return c;
	}
	size_t open = str_find(text, STR_LIT("<"));
	if (text.len == 0 || open == SIZE_MAX || open == 0 || text.ptr[text.len - 1] != '>') {
		c.identifier = text;
		return c;
	}
	c.identifier = part(text, 0, open);
	c.generics = trim(part(text, open + 1, text.len - open - 2));
	return c;
}

static void path_split(struct str text, struct path *ret)
{
	size_t from = 0;
	ret->count = 0;
	text = trim(part(text, 0, SIZE_MAX));
	for (;;) {
		size_t end = find_outside(text, from, STR_LIT("::"));
		struct component c =
			component_of(part(text, from, end == SIZE_MAX ? SIZE_MAX : end - from));
		/* "f::<u8>": a turbofish belongs to the component before. */
		bool turbofish = c.self.len > 0 && ret->count > 0 &&
				 !str_starts(c.self, STR_LIT("impl ")) &&
				 ret->c[ret->count - 1].self.len == 0;
		if (turbofish) {
			ret->c[ret->count - 1].generics = c.self;
		} else {
			if (ret->count == MAX_COMPONENTS) { /* the last ones decide */
				memmove(ret->c, ret->c + 1, (MAX_COMPONENTS - 1) * sizeof *ret->c);
				ret->count--;
			}
			ret->c[ret->count++] = c;
		}
		if (end == SIZE_MAX)
			return;
		from = end + 2;
	}
}

/* "{{closure}}" (legacy mangling), "{closure#0}" (v0, DWARF) and "{closure}" are one name; a number, where both have one,
 * must agree. */
static bool identifiers_match(struct str a, struct str b)
{
	if (str_eq(a, b))
		return true;
	if (a.len == 0 || b.len == 0 || a.ptr[0] != '{' || b.ptr[0] != '{')
		return false;
	struct str *const both[2] = { &a, &b };
	size_t hash[2];
	for (int i = 0; i < 2; i++) {
		struct str *s = both[i];
		while (s->len > 0 && s->ptr[0] == '{')
			*s = part(*s, 1, SIZE_MAX);
		while (s->len > 0 && s->ptr[s->len - 1] == '}')
			s->len--;
		hash[i] = str_find(*s, STR_LIT("#"));
	}
	if (hash[0] != SIZE_MAX && hash[1] != SIZE_MAX)
		return str_eq(a, b);
	return str_eq(part(a, 0, hash[0]), part(b, 0, hash[1]));
}

static bool suffix_matches(struct str path, struct str query, int depth);

static bool generics_match(struct str a, struct str b, int depth)
{
	size_t i = 0, j = 0;
	for (int n = 0; n < MAX_ARGUMENTS; n++) {
		size_t i_end = find_outside(a, i, STR_LIT(",")), j_end = find_outside(b, j, STR_LIT(","));
		if (!suffix_matches(part(a, i, i_end == SIZE_MAX ? SIZE_MAX : i_end - i),
				    part(b, j, j_end == SIZE_MAX ? SIZE_MAX : j_end - j), depth))
			return false;
		if (j_end == SIZE_MAX) /* "Vec<u8>" may leave out the allocator */
			return true;
		if (i_end == SIZE_MAX)
			return false;
		i = i_end + 1;
		j = j_end + 1;
	}
	return false;
}

struct self_parts {
	struct str type, trait; /* trait empty: none */
};

static struct self_parts self_parts(struct str self)
{
	struct self_parts parts = { self, STR_LIT("") };
	size_t at;
	if (str_starts(self, STR_LIT("impl "))) {
		self = part(self, 5, SIZE_MAX);
		at = find_outside(self, 0, STR_LIT(" for "));
		if (at == SIZE_MAX)
			parts.type = self;
		else
			parts = (struct self_parts){ part(self, at + 5, SIZE_MAX), part(self, 0, at) };
	} else if ((at = find_outside(self, 0, STR_LIT(" as "))) != SIZE_MAX) {
		parts = (struct self_parts){ part(self, 0, at), part(self, at + 4, SIZE_MAX) };
	}
	return parts;
}

static bool selves_match(struct str path, struct str query, int depth)
{
	struct self_parts p = self_parts(path), q = self_parts(query);
	if (!suffix_matches(p.type, q.type, depth))
		return false;
	return q.trait.len == 0 || (p.trait.len > 0 && suffix_matches(p.trait, q.trait, depth));
}

/* The first `count` components of the query against the end of a path. */
static bool ends_in(const struct path *path, const struct path *query, size_t count, int depth)
{
	size_t i = path->count;
	for (size_t j = count; j > 0; j--) {
		const struct component *q = &query->c[j - 1];
		if (i == 0)
			return false;
		const struct component *p = &path->c[--i];
		if (q->self.len > 0) {
			if (p->self.len == 0 || !selves_match(p->self, q->self, depth))
				return false;
			continue;
		}
		if (p->self.len > 0) {
			/* "Type::method" and "Trait::method" for "<Type as Trait>::method". */
			struct self_parts parts = self_parts(p->self);
			struct path inner;
			if (depth <= 0)
				return false;
			path_split(parts.type, &inner);
			if (ends_in(&inner, query, j, depth - 1))
				return true;
			if (parts.trait.len == 0)
				return false;
			path_split(parts.trait, &inner);
			return ends_in(&inner, query, j, depth - 1);
		}
		if (!identifiers_match(p->identifier, q->identifier))
			return false;
		if (q->generics.len > 0 && !generics_match(p->generics, q->generics, depth))
			return false;
	}
	return true;
}

static bool suffix_matches(struct str text, struct str query, int depth)
{
	struct path p, q;
	if (depth <= 0)
		return str_eq(trim(text), trim(query));
	path_split(text, &p);
	path_split(query, &q);
	return ends_in(&p, &q, q.count, depth - 1);
}

/* A query may have blanks and what a path leaves out, but not without end; it is split again for every path. */
bool path_matches(struct str path, struct str query)
{
	enum { MAX_SURPLUS = 4096 };
	return query.len > 0 && query.len / 2 <= path.len + MAX_SURPLUS &&
	       suffix_matches(path, query, MAX_DEPTH);
}

bool sym_path_matches(struct str path, struct str query)
{
	return path_matches(path, query);
}

bool path_has_numbers(struct str query)
{
	size_t brace = str_find(query, STR_LIT("{"));
	return brace != SIZE_MAX && str_contains(str_sub(query, brace, SIZE_MAX), STR_LIT("#"));
}

bool path_numbers_match(struct str path, struct str query)
{
	struct path p, q;
	path_split(path, &p);
	path_split(query, &q);
	for (size_t i = 1; i <= q.count && i <= p.count; i++) {
		struct str a = p.c[p.count - i].identifier, b = q.c[q.count - i].identifier;
		bool both = a.len && b.len && a.ptr[0] == '{' && b.ptr[0] == '{';
		if (both && !identifiers_match(a, b))
			return false;
	}
	return true;
}

struct str path_last_identifier(struct str text)
{
	struct path p;
	path_split(text, &p);
	struct str id = p.count ? p.c[p.count - 1].identifier : STR_LIT("");
	while (id.len > 0 && id.ptr[0] == '{')
		id = part(id, 1, SIZE_MAX);
	for (size_t i = 0; i < id.len; i++)
		if (id.ptr[i] == '#' || id.ptr[i] == '}')
			id.len = i;
	return id;
}
