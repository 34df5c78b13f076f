#include "base/reader.h"

enum { LEB_MAX_BYTES = 16 };

static void fail_at(struct reader *r, size_t pos)
{
	if (r->failed)
		return;
	r->failed = true;
	r->failed_pos = pos;
}

uint32_t reader_u24(struct reader *r)
{
	return (uint32_t)reader_uint(r, 3);
}

uint64_t reader_uint(struct reader *r, size_t bytes)
{
	if (bytes < 1 || bytes > 8) {
		fail_at(r, r->pos);
		return 0;
	}
	if (!reader_has(r, bytes))
		return 0;
	uint64_t v = 0;
	memcpy(&v, r->data + r->pos, bytes);
	r->pos += bytes;
	return v;
}

int64_t reader_int(struct reader *r, size_t bytes)
{
	uint64_t v = reader_uint(r, bytes);
	if (r->failed)
		return 0;
	unsigned unused = 64 - 8 * (unsigned)bytes;
	return (int64_t)(v << unused) >> unused;
}

/* Returns false, with r failed, when no byte without the continuation bit comes soon enough. */
static bool read_leb(struct reader *r, uint64_t *ret_bits, unsigned *ret_shift, uint8_t *ret_last)
{
	if (r->failed)
		return false;
	uint64_t bits = 0;
	unsigned shift = 0;
	size_t left = r->size - r->pos;
	for (size_t i = 0; i < left && i < LEB_MAX_BYTES; i++) {
		uint8_t byte = r->data[r->pos + i];
		if (shift < 64)
			bits |= (uint64_t)(byte & 0x7f) << shift;
		shift += 7;
		if (byte < 0x80) {
			r->pos += i + 1;
			*ret_bits = bits;
			*ret_shift = shift;
			*ret_last = byte;
			return true;
		}
	}
	fail_at(r, r->pos);
	return false;
}

uint64_t reader_uleb_slow(struct reader *r)
{
	uint64_t bits;
	unsigned shift;
	uint8_t last;
	return read_leb(r, &bits, &shift, &last) ? bits : 0;
}

int64_t reader_sleb(struct reader *r)
{
	uint64_t bits;
	unsigned shift;
	uint8_t last;
	if (!read_leb(r, &bits, &shift, &last))
		return 0;
	if (shift < 64 && (last & 0x40))
		bits |= UINT64_MAX << shift;
	return (int64_t)bits;
}

struct str reader_cstr(struct reader *r)
{
	size_t left = reader_left(r);
	const char *start = left ? (const char *)r->data + r->pos : NULL;
	const char *nul = left ? memchr(start, 0, left) : NULL;
	if (!nul) {
		fail_at(r, r->pos);
		return STR_EMPTY;
	}
	struct str s = { start, (size_t)(nul - start) };
	r->pos += s.len + 1;
	return s;
}

const uint8_t *reader_bytes(struct reader *r, size_t count)
{
	if (!reader_has(r, count) || !r->data)
		return NULL;
	const uint8_t *bytes = r->data + r->pos;
	r->pos += count;
	return bytes;
}

void reader_seek(struct reader *r, size_t pos)
{
	if (r->failed)
		return;
	if (pos > r->size)
		fail_at(r, pos);
	else
		r->pos = pos;
}

struct reader reader_sub(struct reader *r, size_t count)
{
	const uint8_t *bytes = reader_bytes(r, count);
	struct reader sub = reader_init(bytes, r->failed ? 0 : count);
	sub.failed = r->failed;
	return sub;
}

struct error *reader_error(const struct reader *r, uint64_t base, const char *what)
{
	if (!r->failed)
		return NULL;
	return error_at(ERROR_TRUNCATED, base + r->failed_pos, "%s: ends too soon", what);
}
