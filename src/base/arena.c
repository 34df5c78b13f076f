#include "base/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Under ASan each allocation is a block of its own, so that a write past its end is caught. */
#if defined(__SANITIZE_ADDRESS__)
#define ARENA_SINGLE 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_SINGLE 1
#endif
#endif
#ifndef ARENA_SINGLE
#define ARENA_SINGLE 0
#endif

enum {
	ARENA_ALIGN = 16,
	BLOCK_FIRST = 4 << 10,
	BLOCK_MAX = 1 << 20,
	BLOCK_KEEP = 64 << 10, /* a reset keeps one block up to this size */
};

struct arena_block {
	struct arena_block *prev;
	size_t size; /* of the bytes */
	_Alignas(ARENA_ALIGN) char bytes[];
};

static _Noreturn void out_of_memory(size_t size)
{
	fprintf(stderr, "oxdb: out of memory (%zu bytes wanted)\n", size);
	/* Not exit(): this may be a worker, and handlers could want memory again. */
	_exit(2);
}

void *xmalloc(size_t size)
{
	void *p = calloc(1, size ? size : 1);
	if (!p)
		out_of_memory(size);
	return p;
}

void *xrealloc(void *old, size_t size)
{
	void *p = realloc(old, size ? size : 1);
	if (!p)
		out_of_memory(size);
	return p;
}

char *xstrdup(const char *s)
{
	return str_dup(str_from(s));
}

static void free_blocks(struct arena_block *block)
{
	while (block) {
		struct arena_block *prev = block->prev;
		free(block);
		block = prev;
	}
}

void arena_deinit(struct arena *a)
{
	free_blocks(a->head);
	*a = ARENA_INIT;
}

void arena_reset(struct arena *a)
{
	struct arena_block *keep = a->head;
	/* Large blocks come from calloc already zero, and untouched pages of them cost nothing: giving
	 * one back is cheaper than clearing it. */
	if (ARENA_SINGLE || !keep || keep->size > BLOCK_KEEP || !a->next) {
		arena_deinit(a);
		return;
	}
	free_blocks(keep->prev);
	keep->prev = NULL;
	memset(keep->bytes, 0, (size_t)(a->next - keep->bytes));
	a->next = keep->bytes;
	a->total = 0;
}

static struct arena_block *block_create(size_t size)
{
	if (size > SIZE_MAX - sizeof(struct arena_block))
		out_of_memory(size);
	struct arena_block *block = xmalloc(sizeof *block + size);
	block->size = size;
	return block;
}

static void *alloc_slow(struct arena *a, size_t size)
{
	size_t grown = BLOCK_FIRST;
	if (a->head && a->head->size >= BLOCK_FIRST)
		grown = a->head->size < BLOCK_MAX ? a->head->size * 2 : BLOCK_MAX;
	if (ARENA_SINGLE || size > grown / 4) {
		/* A block of its own, behind the head, whose free rest stays in use. */
		struct arena_block *block = block_create(size);
		if (a->head) {
			block->prev = a->head->prev;
			a->head->prev = block;
		} else {
			a->head = block;
			a->next = a->end = NULL;
		}
		return block->bytes;
	}
	struct arena_block *block = block_create(grown);
	block->prev = a->head;
	a->head = block;
	a->next = block->bytes + size;
	a->end = block->bytes + block->size;
	return block->bytes;
}

void *arena_alloc(struct arena *a, size_t size)
{
	if (size > SIZE_MAX - ARENA_ALIGN)
		out_of_memory(size);
	if (!ARENA_SINGLE)
		size = size ? (size + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1) : ARENA_ALIGN;
	a->total += size;
	if (!a->next || (size_t)(a->end - a->next) < size)
		return alloc_slow(a, size);
	void *p = a->next;
	a->next += size;
	return p;
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(count, size, &bytes))
		out_of_memory(SIZE_MAX);
	return arena_alloc(a, bytes);
}

void *arena_copy(struct arena *a, const void *bytes, size_t size)
{
	void *copy = arena_alloc(a, size);
	if (size)
		memcpy(copy, bytes, size);
	return copy;
}

struct str arena_str(struct arena *a, struct str s)
{
	char *copy = arena_alloc(a, s.len + 1);
	if (s.len)
		memcpy(copy, s.ptr, s.len);
	return (struct str){ copy, s.len };
}

struct str arena_printf(struct arena *a, const char *format, ...)
{
	char small[256];
	va_list args;
	va_start(args, format);
	int length = vsnprintf(small, sizeof small, format, args);
	va_end(args);
	if (length < 0)
		return arena_str(a, STR_EMPTY);
	size_t len = (size_t)length;
	if (len < sizeof small)
		return arena_str(a, (struct str){ small, len });
	char *text = arena_alloc(a, len + 1);
	va_start(args, format);
	vsnprintf(text, len + 1, format, args);
	va_end(args);
	return (struct str){ text, len };
}
