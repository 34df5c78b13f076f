#include "eval/format.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void decimal_128(struct buf *out, unsigned __int128 value)
{
	char digits[40];
	size_t at = sizeof digits;
	do {
		digits[--at] = (char)('0' + (int)(value % 10));
		value /= 10;
	} while (value);
	buf_add(out, digits + at, sizeof digits - at);
}

void format_integer(struct buf *out, struct format_bytes bytes, bool is_signed)
{
	unsigned __int128 value = 0;
	size_t size = bytes.size;
	if (!size || size > sizeof value) {
		buf_printf(out, "<integer of %zu bytes>", size);
		return;
	}
	for (size_t i = size; i-- > 0;)
		value = value << 8 | bytes.data[i];
	if (is_signed && bytes.data[size - 1] & 0x80) {
		/* Two's complement in the type's width. */
		unsigned __int128 magnitude = -value;
		if (size < sizeof value)
			magnitude &= ((unsigned __int128)1 << (8 * size)) - 1;
		buf_char(out, '-');
		value = magnitude;
	}
	decimal_128(out, value);
}

/* IEEE 754 binary16, exactly. */
static double half_to_double(uint16_t h)
{
	int exponent = h >> 10 & 0x1f;
	double mantissa = h & 0x3ff;
	double sign = h & 0x8000 ? -1 : 1;
	if (exponent == 0x1f)
		return mantissa != 0 ? NAN : sign * INFINITY;
	return sign * (exponent ? ldexp(1024 + mantissa, exponent - 25) : ldexp(mantissa, -24));
}

/* The x87 format, rounded to a double. */
static double extended_to_double(const uint8_t *bytes)
{
	uint64_t mantissa = 0;
	for (int i = 7; i >= 0; i--)
		mantissa = mantissa << 8 | bytes[i];
	int exponent = (bytes[9] & 0x7f) << 8 | bytes[8];
	double sign = bytes[9] & 0x80 ? -1 : 1;
	if (exponent == 0x7fff)
		return mantissa << 1 ? NAN : sign * INFINITY;
	return sign * ldexp((double)mantissa, exponent - 16383 - 63);
}

/* The shortest digits that read back as the same number. */
static void shortest(char *text, size_t size, double value, bool is_float)
{
	for (int precision = 1; precision <= 17; precision++) {
		snprintf(text, size, "%.*g", precision, value);
		if (is_float ? strtof(text, NULL) == (float)value : strtod(text, NULL) == value)
			return;
	}
}

/* %g's "1e+21" as Rust writes it: "1e21"; whole numbers get their ".0". */
static void rust_float(struct buf *out, const char *text, double value)
{
	const char *e = strchr(text, 'e');
	if (!e) {
		buf_str(out, str_from(text));
		if (!strchr(text, '.'))
			buf_str(out, STR_LIT(".0"));
		return;
	}
	long exponent = strtol(e + 1, NULL, 10);
	if (exponent >= 0 && exponent < 16) { /* %g turns to exponents as soon as digits run out */
		buf_printf(out, "%.1f", value);
		return;
	}
	buf_add(out, text, (size_t)(e - text));
	buf_printf(out, "e%ld", exponent);
}

void format_float(struct buf *out, struct format_bytes bytes, bool rust)
{
	enum { X87_BYTES = 10 };
	double value;
	float narrow;
	switch (bytes.size) {
	case 2:
		value = half_to_double((uint16_t)(bytes.data[0] | bytes.data[1] << 8));
		break;
	case sizeof narrow:
		memcpy(&narrow, bytes.data, sizeof narrow);
		value = narrow;
		break;
	case sizeof value:
		memcpy(&value, bytes.data, sizeof value);
		break;
	case 12:
	case 16:
	case X87_BYTES:
		value = extended_to_double(bytes.data);
		break;
	default:
		buf_printf(out, "<float of %zu bytes>", bytes.size);
		return;
	}
	if (isnan(value)) {
		buf_str(out, rust ? STR_LIT("NaN") : STR_LIT("nan"));
		return;
	}
	if (isinf(value)) {
		buf_str(out, value < 0 ? STR_LIT("-inf") : STR_LIT("inf"));
		return;
	}
	char text[64];
	shortest(text, sizeof text, value, bytes.size <= sizeof narrow);
	if (rust)
		rust_float(out, text, value);
	else
		buf_str(out, str_from(text));
}

static void utf8(struct buf *out, uint32_t c)
{
	if (c < 0x80) {
		buf_char(out, (char)c);
	} else if (c < 0x800) {
		buf_char(out, (char)(0xc0 | c >> 6));
		buf_char(out, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		buf_char(out, (char)(0xe0 | c >> 12));
		buf_char(out, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_char(out, (char)(0x80 | (c & 0x3f)));
	} else {
		buf_char(out, (char)(0xf0 | c >> 18));
		buf_char(out, (char)(0x80 | (c >> 12 & 0x3f)));
		buf_char(out, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_char(out, (char)(0x80 | (c & 0x3f)));
	}
}

/* Controls, and what would turn a terminal's line around or hide in it. */
static bool is_unprintable(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || (c >= 0x200b && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
	       (c >= 0xe000 && c <= 0xf8ff) || (c >= 0xfff0 && c <= 0xfffb);
}

void format_code_point(struct buf *out, uint32_t c, char quote)
{
	switch (c) {
	case '\0':
		buf_str(out, STR_LIT("\\0"));
		return;
	case '\t':
		buf_str(out, STR_LIT("\\t"));
		return;
	case '\n':
		buf_str(out, STR_LIT("\\n"));
		return;
	case '\r':
		buf_str(out, STR_LIT("\\r"));
		return;
	case '\\':
		buf_str(out, STR_LIT("\\\\"));
		return;
	default:
		break;
	}
	if (c == (uint32_t)quote) {
		buf_char(out, '\\');
		buf_char(out, quote);
	} else if (is_unprintable(c) || c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) {
		buf_printf(out, "\\u{%x}", c);
	} else {
		utf8(out, c);
	}
}

/* The code point at the front of text and its length, or 0 when it is no well-formed UTF-8. */
static size_t next_code_point(const uint8_t *text, size_t size, uint32_t *ret)
{
	uint8_t first = text[0];
	size_t length = first < 0x80   ? 1
			: first < 0xc2 ? 0
			: first < 0xe0 ? 2
			: first < 0xf0 ? 3
			: first < 0xf5 ? 4
				       : 0;
	if (!length || length > size || !str_is_utf8((struct str){ (const char *)text, length }))
		return 0;
	static const uint8_t masks[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	uint32_t c = first & masks[length];
	for (size_t i = 1; i < length; i++)
		c = c << 6 | (text[i] & 0x3f);
	*ret = c;
	return length;
}

/* Is the rest a sequence that was only cut off? */
static bool is_cut_sequence(const uint8_t *text, size_t size)
{
	return size < 4 && text[0] >= 0xc2 && text[0] < 0xf5 && (size < 2 || (text[1] & 0xc0) == 0x80) &&
	       (size < 3 || (text[2] & 0xc0) == 0x80);
}

void format_text(struct buf *out, const uint8_t *text, size_t size, bool more)
{
	buf_char(out, '"');
	for (size_t at = 0; at < size;) {
		uint32_t c;
		size_t length = next_code_point(text + at, size - at, &c);
		if (length) {
			format_code_point(out, c, '"');
			at += length;
		} else if (more && is_cut_sequence(text + at, size - at)) {
			break;
		} else {
			buf_printf(out, "\\x%02x", text[at++]);
		}
	}
	buf_char(out, '"');
	if (more)
		buf_str(out, STR_LIT("…"));
}

void format_char(struct buf *out, struct format_bytes bytes, bool rust, bool is_unsigned)
{
	uint64_t c;
	if (!format_number(bytes, 0, bytes.size, &c)) {
		buf_printf(out, "<char of %zu bytes>", bytes.size);
		return;
	}
	if (bytes.size == 1 && !rust) {
		/* As gdb writes a C char: the number, then the character. */
		buf_printf(out, "%d '", is_unsigned ? (int)c : (int)(int8_t)c);
		if (c == '\'' || c == '\\')
			buf_printf(out, "\\%c", (char)c);
		else if (c >= 0x20 && c < 0x7f)
			buf_char(out, (char)c);
		else
			buf_printf(out, "\\%03o", (unsigned)c);
		buf_char(out, '\'');
		return;
	}
	if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) {
		buf_printf(out, "<not a char: 0x%jx>", (uintmax_t)c);
		return;
	}
	buf_char(out, '\'');
	format_code_point(out, (uint32_t)c, '\'');
	buf_char(out, '\'');
}
