/* Files in use, and the index that finds their entries by the path of a type's name. */
#include "base/map.h"
#include "natvis/natvis_internal.h"

#include <stdlib.h>

/* An entry under one of its names. */
struct named {
	const struct nv_type *type;
	const struct nv_file *file;
	const struct nv_name *pattern;
	uint8_t priority;
	size_t order;       /* of adding */
	struct named *next; /* with the same path */
};

struct nv_set {
	VEC(struct nv_file *) files;
	/* Made when it is asked for, and made anew after a change. */
	bool indexed;
	struct arena arena;
	struct strmap by_head; /* to struct named */
	struct named *any;     /* patterns that are a `*` alone */
};

struct nv_set *nv_set_create(void)
{
	return xmalloc(sizeof(struct nv_set));
}

static void forget(struct nv_set *s)
{
	strmap_deinit(&s->by_head);
	s->by_head = (struct strmap){ 0 };
	arena_reset(&s->arena);
	s->any = NULL;
	s->indexed = false;
}

void nv_set_destroy(struct nv_set *s)
{
	if (!s)
		return;
	forget(s);
	arena_deinit(&s->arena);
	vec_for(&s->files, f)
		nv_file_close(*f);
	vec_free(&s->files);
	free(s);
}

void nv_set_add(struct nv_set *s, struct nv_file *f)
{
	forget(s);
	vec_push(&s->files, f);
}

void nv_set_add_own(struct nv_set *s)
{
	for (const struct nv_embedded *e = nv_embedded_files; e->name; e++)
		nv_set_add(s, nv_file_read(str_from(e->name), e->bytes, e->size));
}

bool nv_set_remove(struct nv_set *s, struct str path)
{
	for (size_t i = s->files.count; i-- > 0;)
		if (str_eq(s->files.data[i]->path, path)) {
			forget(s);
			nv_file_close(s->files.data[i]);
			vec_remove(&s->files, i);
			return true;
		}
	return false;
}

size_t nv_set_count(const struct nv_set *s)
{
	return s->files.count;
}

const struct nv_file *nv_set_file(const struct nv_set *s, size_t index)
{
	return s->files.data[index];
}

/* ---- index ---- */

static void add_named(struct nv_set *s, const struct nv_type *t, const struct nv_element *e, size_t order)
{
	if (!e->pattern || e->broken)
		return;
	struct named *n = ARENA_NEW(&s->arena, struct named);
	*n = (struct named){ t, t->file, e->pattern, e->priority, order, NULL };
	struct named **list = &s->any;
	uint64_t found;
	if (e->pattern->wild) {
		n->next = *list;
		*list = n;
		return;
	}
	if (strmap_get(&s->by_head, e->pattern->head, &found))
		n->next = (struct named *)(uintptr_t)found;
	strmap_set(&s->by_head, e->pattern->head, (uint64_t)(uintptr_t)n);
}

static void make_index(struct nv_set *s)
{
	size_t order = 0;
	if (s->indexed)
		return;
	vec_for(&s->files, f)
		vec_for(&(*f)->types, t) {
			if (t->element->broken)
				continue;
			add_named(s, t, t->element, order);
			for (const struct nv_element *c = t->element->first; c; c = c->next)
				if (c->kind == NV_ALTERNATIVE_TYPE)
					add_named(s, t, c, order);
			order++;
		}
	s->indexed = true;
}

/* Higher: before others. */
struct rank {
	int priority;
	bool exact; /* each argument has one of its own in the pattern */
	size_t literals, order;
};

static struct rank rank_of(const struct named *n, const struct nv_name *name)
{
	return (struct rank){ n->priority, !n->pattern->wild && n->pattern->count == name->count,
			      n->pattern->literals, n->order };
}

static bool before(struct rank a, struct rank b)
{
	if (a.priority != b.priority)
		return a.priority > b.priority;
	if (a.literals != b.literals)
		return a.literals > b.literals;
	if (a.exact != b.exact)
		return a.exact;
	return a.order > b.order;
}

struct finding {
	struct nv_match *list;
	struct rank ranks[NV_MAX_MATCHES];
	size_t count;
};

static void find_in(const struct named *list, const struct nv_name *name, bool as_enum, struct finding *f)
{
	for (const struct named *n = list; n; n = n->next) {
		struct nv_match m = { .file = n->file, .type = n->type, .as_enum = as_enum };
		struct rank rank = rank_of(n, name);
		bool full = f->count == NV_MAX_MATCHES;
		if ((full && !before(rank, f->ranks[f->count - 1])) ||
		    !nv_name_matches(n->pattern, name, &m.captures))
			continue;
		size_t at = f->count - full;
		for (; at > 0 && before(rank, f->ranks[at - 1]); at--) {
			f->list[at] = f->list[at - 1];
			f->ranks[at] = f->ranks[at - 1];
		}
		f->list[at] = m;
		f->ranks[at] = rank;
		f->count += !full;
	}
}

static const struct named *with_head(const struct nv_set *s, const struct nv_name *name)
{
	uint64_t found;
	return strmap_get(&s->by_head, name->head, &found) ? (const struct named *)(uintptr_t)found : NULL;
}

size_t nv_set_find(struct nv_set *s, struct nv_name *name, bool is_enum, struct arena *arena,
		   struct nv_match ret[NV_MAX_MATCHES])
{
	struct finding f = { .list = ret };
	make_index(s);
	find_in(with_head(s, name), name, false, &f);
	if (is_enum) {
		struct nv_name *wrapped = nv_name_enum(name, arena);
		if (wrapped)
			find_in(with_head(s, wrapped), wrapped, true, &f);
	}
	find_in(s->any, name, false, &f);
	return f.count;
}

struct str nv_type_name(const struct nv_type *t)
{
	return t->element->name;
}

uint32_t nv_type_line(const struct nv_type *t)
{
	return t->element->line;
}
