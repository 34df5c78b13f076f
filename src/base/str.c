#include "base/str.h"

#include "base/arena.h"

size_t str_find(struct str s, struct str needle)
{
	if (needle.len == 0)
		return 0;
	if (s.len < needle.len)
		return SIZE_MAX;
	const char *at = memmem(s.ptr, s.len, needle.ptr, needle.len);
	return at ? (size_t)(at - s.ptr) : SIZE_MAX;
}

size_t str_rfind(struct str s, struct str needle)
{
	if (needle.len == 0)
		return s.len;
	if (s.len < needle.len)
		return SIZE_MAX;
	size_t end = s.len - needle.len + 1; /* one past the last place where it can begin */
	while (end > 0) {
		const char *at = memrchr(s.ptr, needle.ptr[0], end);
		if (!at)
			break;
		if (memcmp(at, needle.ptr, needle.len) == 0)
			return (size_t)(at - s.ptr);
		end = (size_t)(at - s.ptr);
	}
	return SIZE_MAX;
}

int str_cmp(struct str a, struct str b)
{
	size_t common = a.len < b.len ? a.len : b.len;
	int order = common ? memcmp(a.ptr, b.ptr, common) : 0;
	if (order != 0)
		return order;
	return (a.len > b.len) - (a.len < b.len);
}

/* Both halves of the 128-bit product, so that every input bit reaches the low bits that tables use. */
static inline uint64_t fold(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;
	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

uint64_t str_hash(struct str s)
{
	const uint64_t k1 = 0x9e3779b97f4a7c15, k2 = 0xd1342543de82ef95;
	uint64_t hash = k2 ^ s.len, word;
	size_t i = 0;
	for (; s.len - i >= 8; i += 8) {
		memcpy(&word, s.ptr + i, 8);
		hash = fold(hash ^ word, k1);
	}
	if (i < s.len) {
		word = 0;
		memcpy(&word, s.ptr + i, s.len - i);
		hash = fold(hash ^ word, k1);
	}
	return fold(hash ^ k1, k2);
}

char *str_dup(struct str s)
{
	char *copy = xmalloc(s.len + 1);
	if (s.len)
		memcpy(copy, s.ptr, s.len);
	return copy;
}

/* Length of the well-formed sequence at p (Unicode 15, table 3-7), 0 when there is none. */
static size_t utf8_sequence(const uint8_t *p, size_t left)
{
	if (p[0] < 0x80)
		return 1;
	size_t length;
	uint8_t low = 0x80, high = 0xbf; /* bounds of the second byte */
	if (p[0] >= 0xc2 && p[0] <= 0xdf) {
		length = 2;
	} else if (p[0] >= 0xe0 && p[0] <= 0xef) {
		length = 3;
		if (p[0] == 0xe0)
			low = 0xa0; /* overlong */
		if (p[0] == 0xed)
			high = 0x9f; /* surrogates */
	} else if (p[0] >= 0xf0 && p[0] <= 0xf4) {
		length = 4;
		if (p[0] == 0xf0)
			low = 0x90; /* overlong */
		if (p[0] == 0xf4)
			high = 0x8f; /* past U+10FFFF */
	} else {
		return 0;
	}
	if (left < length || p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < length; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	}
	return length;
}

bool str_is_utf8(struct str s)
{
	size_t i = 0;
	while (i < s.len) {
		uint64_t word;
		if (s.len - i >= 8) {
			memcpy(&word, s.ptr + i, 8);
			if ((word & 0x8080808080808080) == 0) {
				i += 8;
				continue;
			}
		}
		size_t length = utf8_sequence((const uint8_t *)s.ptr + i, s.len - i);
		if (length == 0)
			return false;
		i += length;
	}
	return true;
}

bool str_hex(struct str s, uint64_t *ret)
{
	uint64_t value = 0;
	if (str_starts(s, STR_LIT("0x")) || str_starts(s, STR_LIT("0X")))
		s = str_sub(s, 2, SIZE_MAX);
	if (s.len == 0 || s.len > 16)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i], letter = (char)(c | 0x20);
		if (c >= '0' && c <= '9')
			value = value << 4 | (uint64_t)(c - '0');
		else if (letter >= 'a' && letter <= 'f')
			value = value << 4 | (uint64_t)(letter - 'a' + 10);
		else
			return false;
	}
	*ret = value;
	return true;
}
