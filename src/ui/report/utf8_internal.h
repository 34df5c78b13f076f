/* Characters of a terminal: what a UTF-8 sequence is and how many columns it takes. */
#pragma once

#include "base/str.h"

struct utf8_char {
	uint32_t code; /* UTF8_INVALID: one byte that belongs to no well-formed sequence */
	size_t length; /* bytes, 1 at least */
};

enum { UTF8_INVALID = 0xffffffff };

/* The first character of s, which is not empty (RFC 3629: no overlong forms, no surrogates). */
struct utf8_char utf8_next(struct str s);
/* Columns of a character: 0 for those that combine, 2 for the wide ones of East Asia and emoji (Unicode 15,
 * UAX #11), else 1. */
size_t utf8_columns(uint32_t code);
/* False for what a terminal obeys or hides rather than shows: control characters, marks of direction, line separators,
 * characters of no width that stand alone. */
bool utf8_shows(uint32_t code);
