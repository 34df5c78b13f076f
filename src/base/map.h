/* Hash maps on the heap, open addressing, from a 64-bit key or a string to a 64-bit value (often a
 * pointer or an index). Iteration order is unspecified. */
#pragma once

#include "base/str.h"

struct map_slot {
	uint64_t key, value;
	bool used;
};

struct map {
	struct map_slot *slots;
	size_t count, capacity; /* capacity is a power of two, or 0 */
};

void map_deinit(struct map *m);
/* Replaces the value of a key that is there. */
void map_set(struct map *m, uint64_t key, uint64_t value);
bool map_get(const struct map *m, uint64_t key, uint64_t *ret_value);
bool map_remove(struct map *m, uint64_t key);
static inline void *map_get_ptr(const struct map *m, uint64_t key)
{
	uint64_t v;
	return map_get(m, key, &v) ? (void *)(uintptr_t)v : NULL;
}
static inline void map_set_ptr(struct map *m, uint64_t key, void *value)
{
	map_set(m, key, (uint64_t)(uintptr_t)value);
}

struct strmap_slot {
	struct str key; /* key.ptr NULL = free */
	uint64_t hash, value;
};

/* Keys are borrowed: their bytes outlive the map. */
struct strmap {
	struct strmap_slot *slots;
	size_t count, capacity;
};

void strmap_deinit(struct strmap *m);
void strmap_set(struct strmap *m, struct str key, uint64_t value);
bool strmap_get(const struct strmap *m, struct str key, uint64_t *ret_value);
