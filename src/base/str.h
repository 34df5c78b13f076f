/* A string as pointer and length. Not NUL-terminated, not owned: it lives as long as the bytes that
 * it points at (a file mapping, an arena). Bytes are UTF-8 by convention, never by promise. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
	const char *ptr; /* may be NULL when len is 0 */
	size_t len;      /* bytes */
};

/* printf("%.*s", STR_ARG(s)); longer than INT_MAX is cut. It evaluates s several times. */
#define STR_ARG(s) ((s).len > INT32_MAX ? INT32_MAX : (int)(s).len), ((s).ptr ? (s).ptr : "")
#define STR_LIT(lit) ((struct str){ (lit), sizeof(lit) - 1 })
#define STR_EMPTY ((struct str){ NULL, 0 })

static inline struct str str_from(const char *cstr)
{
	return (struct str){ cstr, cstr ? strlen(cstr) : 0 };
}

static inline bool str_eq(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool str_is(struct str a, const char *cstr)
{
	return str_eq(a, str_from(cstr));
}

static inline bool str_starts(struct str s, struct str prefix)
{
	return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.ptr, prefix.ptr, prefix.len) == 0);
}

static inline bool str_ends(struct str s, struct str suffix)
{
	return s.len >= suffix.len &&
	       (suffix.len == 0 || memcmp(s.ptr + s.len - suffix.len, suffix.ptr, suffix.len) == 0);
}

/* The part of s from byte `from` on, `count` bytes at most; clamped, never out of bounds. */
static inline struct str str_sub(struct str s, size_t from, size_t count)
{
	if (from > s.len)
		from = s.len;
	if (count > s.len - from)
		count = s.len - from;
	return (struct str){ from > 0 ? s.ptr + from : s.ptr, count };
}

/* Offset of the first (last) `needle` in s, or SIZE_MAX. An empty needle is found at 0 (s.len). */
size_t str_find(struct str s, struct str needle);
size_t str_rfind(struct str s, struct str needle);
static inline bool str_contains(struct str s, struct str needle)
{
	return str_find(s, needle) != SIZE_MAX;
}

/* Order of bytes, as memcmp; a prefix comes first. */
int str_cmp(struct str a, struct str b);

/* 64-bit hash for tables in memory; not for storage and not against an adversary's collisions. */
uint64_t str_hash(struct str s);

/* A NUL-terminated copy on the heap (free with free()). */
char *str_dup(struct str s);

/* All of s is 1 to 16 hexadecimal digits, perhaps behind "0x". *ret is untouched otherwise. */
bool str_hex(struct str s, uint64_t *ret);

/* True when all bytes are well-formed UTF-8. */
bool str_is_utf8(struct str s);
