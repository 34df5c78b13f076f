/* A growing text on the heap. Always NUL-terminated behind len once anything was added. */
#pragma once

#include "base/error.h"
#include "base/str.h"

struct buf {
	char *data;
	size_t len, capacity;
};

void buf_deinit(struct buf *b);
void buf_add(struct buf *b, const void *bytes, size_t count);
void buf_str(struct buf *b, struct str s);
void buf_char(struct buf *b, char c);
void buf_pad(struct buf *b, char c, size_t count);
void buf_printf(struct buf *b, const char *format, ...) ERROR_PRINTF(2, 3);
void buf_vprintf(struct buf *b, const char *format, va_list args);
static inline struct str buf_view(const struct buf *b)
{
	return (struct str){ b->data, b->len };
}
