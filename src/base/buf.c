#include "base/buf.h"

#include "base/arena.h"

#include <stdio.h>
#include <stdlib.h>

enum { BUF_FIRST = 64 };

void buf_deinit(struct buf *b)
{
	free(b->data);
	*b = (struct buf){ 0 };
}

/* Room for `count` more bytes and the NUL. */
static void reserve(struct buf *b, size_t count)
{
	if (b->capacity - b->len > count)
		return;
	size_t wanted;
	if (__builtin_add_overflow(b->len, count, &wanted) || __builtin_add_overflow(wanted, 1, &wanted))
		wanted = SIZE_MAX; /* which xrealloc reports as out of memory */
	size_t grown = b->capacity ? b->capacity : BUF_FIRST;
	if (__builtin_mul_overflow(grown, 2, &grown) || grown < wanted)
		grown = wanted;
	b->data = xrealloc(b->data, grown);
	b->capacity = grown;
}

void buf_add(struct buf *b, const void *bytes, size_t count)
{
	reserve(b, count);
	if (count)
		memcpy(b->data + b->len, bytes, count);
	b->len += count;
	b->data[b->len] = '\0';
}

void buf_str(struct buf *b, struct str s)
{
	buf_add(b, s.ptr, s.len);
}

void buf_char(struct buf *b, char c)
{
	reserve(b, 1);
	b->data[b->len++] = c;
	b->data[b->len] = '\0';
}

void buf_pad(struct buf *b, char c, size_t count)
{
	reserve(b, count);
	memset(b->data + b->len, c, count);
	b->len += count;
	b->data[b->len] = '\0';
}

void buf_printf(struct buf *b, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	buf_vprintf(b, format, args);
	va_end(args);
}

void buf_vprintf(struct buf *b, const char *format, va_list args)
{
	reserve(b, BUF_FIRST - 1); /* enough for most: then the text is formatted once */
	va_list again;
	va_copy(again, args);
	int length = vsnprintf(b->data + b->len, b->capacity - b->len, format, args);
	if (length < 0) { /* a wide character that the locale cannot write */
		b->data[b->len] = '\0';
	} else {
		if ((size_t)length >= b->capacity - b->len) {
			reserve(b, (size_t)length);
			vsnprintf(b->data + b->len, b->capacity - b->len, format, again);
		}
		b->len += (size_t)length;
	}
	va_end(again);
}
