/* Ranges of addresses that may overlap, found by an address in them, the latest added first: code that
 * was made, freed and made again in the same place. Adding is cheap and needs no order. */
#pragma once

#include "base/map.h"
#include "base/vec.h"

struct jit_span_node {
	uint32_t id, next; /* next: index + 1 in nodes, 0 = end */
};

struct jit_span {
	uint64_t start, end;
	uint32_t id;
};

struct jit_spans {
	struct map heads; /* page number → index + 1 in nodes */
	VEC(struct jit_span_node) nodes;
	uint32_t unused;           /* chain of nodes that were taken out: index + 1 */
	VEC(struct jit_span) wide; /* those of so many pages that they are looked at one by one */
};

void jit_spans_deinit(struct jit_spans *s);
/* ids must grow from one call to the next. Empty ranges are ignored. */
void jit_spans_add(struct jit_spans *s, uint64_t start, uint64_t end, uint32_t id);
/* Takes out what was added with the same range and id; the more ranges touch its pages, the longer it
 * takes. */
void jit_spans_remove(struct jit_spans *s, uint64_t start, uint64_t end, uint32_t id);

/* `struct jit_spans_iter it = jit_spans_at(s, addr); while (jit_spans_next(&it, &id)) …`: ids, falling,
 * of all ranges that touch addr's page (the caller looks whether they hold addr). Nothing may be added
 * or taken out meanwhile. */
struct jit_spans_iter {
	const struct jit_spans *spans;
	uint64_t addr;
	uint32_t node; /* index + 1 */
	size_t wide;   /* this many of the wide ones are left */
};
struct jit_spans_iter jit_spans_at(const struct jit_spans *s, uint64_t addr);
bool jit_spans_next(struct jit_spans_iter *it, uint32_t *ret_id);
