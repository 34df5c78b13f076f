#include "base/map.h"

#include "base/arena.h"

#include <stdlib.h>

/* Linear probing, at most 3/4 full, and removal by shifting back: no tombstones to sweep. */
enum { MAP_FIRST = 16 };

static bool is_full(size_t count, size_t capacity)
{
	return count >= capacity - capacity / 4;
}

/* Keys are often addresses, equal in their low bits: a product's high half mixes them. */
static size_t slot_of(uint64_t key, size_t capacity)
{
	unsigned __int128 product = (unsigned __int128)(key ^ 0x6a09e667f3bcc909) * 0x9e3779b97f4a7c15;
	return (size_t)((uint64_t)product ^ (uint64_t)(product >> 64)) & (capacity - 1);
}

void map_deinit(struct map *m)
{
	free(m->slots);
	*m = (struct map){ 0 };
}

/* The slot that holds key, or the free one where it belongs. Needs a map with a free slot. */
static struct map_slot *map_find(const struct map *m, uint64_t key)
{
	size_t i = slot_of(key, m->capacity);
	while (m->slots[i].used && m->slots[i].key != key)
		i = (i + 1) & (m->capacity - 1);
	return &m->slots[i];
}

static void map_grow(struct map *m)
{
	struct map old = *m;
	m->capacity = old.capacity ? old.capacity * 2 : MAP_FIRST;
	m->slots = xmalloc(m->capacity * sizeof *m->slots);
	for (size_t i = 0; i < old.capacity; i++) {
		if (old.slots[i].used)
			*map_find(m, old.slots[i].key) = old.slots[i];
	}
	free(old.slots);
}

void map_set(struct map *m, uint64_t key, uint64_t value)
{
	if (is_full(m->count, m->capacity))
		map_grow(m);
	struct map_slot *slot = map_find(m, key);
	m->count += !slot->used;
	*slot = (struct map_slot){ .key = key, .value = value, .used = true };
}

bool map_get(const struct map *m, uint64_t key, uint64_t *ret_value)
{
	if (m->count == 0)
		return false;
	const struct map_slot *slot = map_find(m, key);
	if (!slot->used)
		return false;
	if (ret_value)
		*ret_value = slot->value;
	return true;
}

bool map_remove(struct map *m, uint64_t key)
{
	if (m->count == 0)
		return false;
	struct map_slot *slot = map_find(m, key);
	if (!slot->used)
		return false;
	size_t mask = m->capacity - 1;
	size_t hole = (size_t)(slot - m->slots);
	for (size_t i = (hole + 1) & mask; m->slots[i].used; i = (i + 1) & mask) {
		size_t home = slot_of(m->slots[i].key, m->capacity);
		/* It may move back into the hole unless its home lies behind the hole. */
		if (((i - home) & mask) >= ((i - hole) & mask)) {
			m->slots[hole] = m->slots[i];
			hole = i;
		}
	}
	m->slots[hole].used = false;
	m->count--;
	return true;
}

void strmap_deinit(struct strmap *m)
{
	free(m->slots);
	*m = (struct strmap){ 0 };
}

static struct strmap_slot *strmap_find(const struct strmap *m, struct str key, uint64_t hash)
{
	size_t i = (size_t)hash & (m->capacity - 1);
	while (m->slots[i].key.ptr && !(m->slots[i].hash == hash && str_eq(m->slots[i].key, key)))
		i = (i + 1) & (m->capacity - 1);
	return &m->slots[i];
}

static void strmap_grow(struct strmap *m)
{
	struct strmap old = *m;
	m->capacity = old.capacity ? old.capacity * 2 : MAP_FIRST;
	m->slots = xmalloc(m->capacity * sizeof *m->slots);
	for (size_t i = 0; i < old.capacity; i++) {
		if (old.slots[i].key.ptr)
			*strmap_find(m, old.slots[i].key, old.slots[i].hash) = old.slots[i];
	}
	free(old.slots);
}

void strmap_set(struct strmap *m, struct str key, uint64_t value)
{
	if (!key.ptr)
		key.ptr = ""; /* NULL marks a free slot */
	if (is_full(m->count, m->capacity))
		strmap_grow(m);
	uint64_t hash = str_hash(key);
	struct strmap_slot *slot = strmap_find(m, key, hash);
	if (slot->key.ptr) {
		slot->value = value;
		return;
	}
	*slot = (struct strmap_slot){ .key = key, .hash = hash, .value = value };
	m->count++;
}

bool strmap_get(const struct strmap *m, struct str key, uint64_t *ret_value)
{
	if (m->count == 0)
		return false;
	const struct strmap_slot *slot = strmap_find(m, key, str_hash(key));
	if (!slot->key.ptr)
		return false;
	if (ret_value)
		*ret_value = slot->value;
	return true;
}
