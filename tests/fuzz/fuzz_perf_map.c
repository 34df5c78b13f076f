/* A perf map, read at once and in pieces: the same entries must come out, and none that reaches past
 * 2^64. */
#include "jit/perf_map.h"

#include <stdlib.h>

struct sum {
	uint64_t hash;
	size_t count;
};

static void add(void *ctx, const struct jit_perf_entry *entry)
{
	struct sum *sum = ctx;
	if (entry->size == 0 || entry->name.len == 0 || entry->start + (entry->size - 1) < entry->start)
		abort();
	sum->hash = sum->hash * 31 + str_hash(entry->name) + entry->start * 7 + entry->size;
	sum->count++;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	struct sum whole = { 0 }, pieces = { 0 };
	struct jit_perf_lines lines = { 0 }, piece_lines = { 0 };
	if (jit_perf_map_parse(text, true, &lines, add, &whole) != size)
		abort();
	if (size > JIT_PERF_MAX_LINE)
		return 0;
	size_t cut = size ? data[0] % size : 0;
	size_t used = jit_perf_map_parse(str_sub(text, 0, cut), false, &piece_lines, add, &pieces);
	if (used > cut)
		abort();
	(void)jit_perf_map_parse(str_sub(text, used, size), true, &piece_lines, add, &pieces);
	if (pieces.hash != whole.hash || pieces.count != whole.count || piece_lines.bad != lines.bad ||
	    piece_lines.first_bad != lines.first_bad)
		abort();
	return 0;
}
