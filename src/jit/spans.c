#include "jit/spans.h"

enum { PAGE_SHIFT = 12, WIDE_PAGES = 1024 };

void jit_spans_deinit(struct jit_spans *s)
{
	map_deinit(&s->heads);
	vec_free(&s->nodes);
	vec_free(&s->wide);
	s->unused = 0;
}

void jit_spans_add(struct jit_spans *s, uint64_t start, uint64_t end, uint32_t id)
{
	if (end <= start)
		return;
	uint64_t first = start >> PAGE_SHIFT, last = (end - 1) >> PAGE_SHIFT;
	if (last - first >= WIDE_PAGES) {
		vec_push(&s->wide, (struct jit_span){ .start = start, .end = end, .id = id });
		return;
	}
	for (uint64_t page = first; page <= last; page++) {
		uint64_t head = 0;
		(void)map_get(&s->heads, page, &head);
		struct jit_span_node node = { .id = id, .next = (uint32_t)head };
		uint32_t index = s->unused;
		if (index > 0) {
			s->unused = s->nodes.data[index - 1].next;
			s->nodes.data[index - 1] = node;
		} else {
			vec_push(&s->nodes, node);
			index = (uint32_t)s->nodes.count;
		}
		map_set(&s->heads, page, index);
	}
}

static void remove_from_page(struct jit_spans *s, uint64_t page, uint32_t id)
{
	uint64_t head = 0;
	(void)map_get(&s->heads, page, &head);
	uint32_t before = 0, at = (uint32_t)head;
	while (at > 0 && s->nodes.data[at - 1].id != id) {
		before = at;
		at = s->nodes.data[at - 1].next;
	}
	if (at == 0)
		return;
	uint32_t next = s->nodes.data[at - 1].next;
	if (before > 0)
		s->nodes.data[before - 1].next = next;
	else if (next > 0)
		map_set(&s->heads, page, next);
	else
		(void)map_remove(&s->heads, page);
	s->nodes.data[at - 1].next = s->unused;
	s->unused = at;
}

void jit_spans_remove(struct jit_spans *s, uint64_t start, uint64_t end, uint32_t id)
{
	if (end <= start)
		return;
	uint64_t first = start >> PAGE_SHIFT, last = (end - 1) >> PAGE_SHIFT;
	if (last - first < WIDE_PAGES) {
		for (uint64_t page = first; page <= last; page++)
			remove_from_page(s, page, id);
		return;
	}
	for (size_t i = s->wide.count; i-- > 0;)
		if (s->wide.data[i].id == id) {
			vec_remove(&s->wide, i);
			return;
		}
}

struct jit_spans_iter jit_spans_at(const struct jit_spans *s, uint64_t addr)
{
	uint64_t head = 0;
	(void)map_get(&s->heads, addr >> PAGE_SHIFT, &head);
	return (struct jit_spans_iter){
		.spans = s, .addr = addr, .node = (uint32_t)head, .wide = s->wide.count
	};
}

bool jit_spans_next(struct jit_spans_iter *it, uint32_t *ret_id)
{
	while (it->wide > 0) {
		const struct jit_span *w = &it->spans->wide.data[it->wide - 1];
		if (it->addr >= w->start && it->addr < w->end)
			break;
		it->wide--;
	}
	const struct jit_span_node *node = it->node ? &it->spans->nodes.data[it->node - 1] : NULL;
	const struct jit_span *wide = it->wide ? &it->spans->wide.data[it->wide - 1] : NULL;
	if (wide && (!node || wide->id > node->id)) {
		it->wide--;
		*ret_id = wide->id;
		return true;
	}
	if (!node)
		return false;
	it->node = node->next;
	*ret_id = node->id;
	return true;
}
