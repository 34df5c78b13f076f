/* A bounds-checked cursor over little-endian bytes. A read past the end gives 0 and sets `failed`,
 * which stays set: parse a whole record, then ask once. Nothing is ever read outside [data, data+size). */
#pragma once

#include "base/error.h"
#include "base/str.h"

struct reader {
	const uint8_t *data;
	size_t size;
	size_t pos;        /* offset of the next byte */
	size_t failed_pos; /* where the first failed read began */
	bool failed;
};

static inline struct reader reader_init(const void *data, size_t size)
{
	return (struct reader){ .data = data, .size = size };
}

static inline size_t reader_left(const struct reader *r)
{
	return r->failed ? 0 : r->size - r->pos;
}

static inline bool reader_has(struct reader *r, size_t count)
{
	if (!r->failed && r->size - r->pos >= count)
		return true;
	if (!r->failed) {
		r->failed = true;
		r->failed_pos = r->pos;
	}
	return false;
}

#define READER_UINT_(name, type)                        \
	static inline type name(struct reader *r)       \
	{                                               \
		type v = 0;                             \
		if (!reader_has(r, sizeof v))           \
			return 0;                       \
		memcpy(&v, r->data + r->pos, sizeof v); \
		r->pos += sizeof v;                     \
		return v;                               \
	}
READER_UINT_(reader_u8, uint8_t)
READER_UINT_(reader_u16, uint16_t)
READER_UINT_(reader_u32, uint32_t)
READER_UINT_(reader_u64, uint64_t)
#undef READER_UINT_

uint32_t reader_u24(struct reader *r);
/* An integer of 1 to 8 bytes; any other count, as a broken header may name, fails. */
uint64_t reader_uint(struct reader *r, size_t bytes);
int64_t reader_int(struct reader *r, size_t bytes);
/* LEB128 (DWARF 5, 7.6). Bits past 64 are dropped; more than 16 bytes fail. */
uint64_t reader_uleb_slow(struct reader *r);
int64_t reader_sleb(struct reader *r);
static inline uint64_t reader_uleb(struct reader *r)
{
	if (!r->failed && r->pos < r->size && r->data[r->pos] < 0x80)
		return r->data[r->pos++];
	return reader_uleb_slow(r);
}
/* Up to and without the NUL; fails when there is none. */
struct str reader_cstr(struct reader *r);
/* A view of the next `count` bytes, or NULL. */
const uint8_t *reader_bytes(struct reader *r, size_t count);
static inline void reader_skip(struct reader *r, size_t count)
{
	if (reader_has(r, count))
		r->pos += count;
}
/* An absolute position; past the end fails. */
void reader_seek(struct reader *r, size_t pos);
/* A reader of the bytes [pos, pos+count), whose own pos counts from 0; on failure of r, an empty failed
 * one. r moves past it. */
struct reader reader_sub(struct reader *r, size_t count);
/* NULL when nothing failed, else ERROR_TRUNCATED "WHAT: ends too soon at 0x…" with base + failed_pos. */
struct error *reader_error(const struct reader *r, uint64_t base, const char *what) ERROR_CHECK;
