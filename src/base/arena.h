/* Memory of one lifetime (module, stop, scratch), freed as a whole. Not thread-safe: one arena, one
 * thread at a time. Allocation never fails: out of memory ends oxdb with a message. */
#pragma once

#include "base/error.h"
#include "base/str.h"

struct arena_block;

struct arena {
	struct arena_block *head;
	char *next, *end;
	size_t total; /* bytes handed out since init or the last reset */
};

#define ARENA_INIT ((struct arena){ NULL, NULL, NULL, 0 })

void arena_deinit(struct arena *a);
/* Frees all that was handed out; the arena stays usable. */
void arena_reset(struct arena *a);

void *arena_alloc(struct arena *a, size_t size) __attribute__((returns_nonnull)); /* zeroed, 16-aligned */
void *arena_array(struct arena *a, size_t count, size_t size) __attribute__((returns_nonnull));
#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, type, count) ((type *)arena_array((a), (count), sizeof(type)))

void *arena_copy(struct arena *a, const void *bytes, size_t size);
struct str arena_str(struct arena *a, struct str s); /* a copy, NUL-terminated behind its length */
struct str arena_printf(struct arena *a, const char *format, ...) ERROR_PRINTF(2, 3);

/* For the few places that need the heap: malloc and realloc that do not return NULL. xrealloc's growth
 * is not zeroed. Their symbols have other names: libiberty has functions of these, whose memory is not zeroed, and which
 * of them the linker takes would depend on the order of libraries. */
void *xmalloc(size_t size) __asm__("oxdb_xmalloc") __attribute__((returns_nonnull)); /* zeroed */
void *xrealloc(void *old, size_t size) __asm__("oxdb_xrealloc") __attribute__((returns_nonnull));
char *xstrdup(const char *s) __asm__("oxdb_xstrdup");
