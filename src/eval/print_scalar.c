/* Numbers, characters, enumerators as gdb writes them. */
#include "eval/print_internal.h"

#include <math.h>
#include <stdio.h>

typedef unsigned __int128 wide;

static wide number_of(const uint8_t *bytes, size_t size)
{
	wide n = 0;
	for (size_t i = size < 16 ? size : 16; i-- > 0;)
		n = n << 8 | bytes[i];
	return n;
}

void print_decimal(struct buf *out, const uint8_t *bytes, size_t size, bool is_signed)
{
	char digits[40];
	size_t at = sizeof digits;
	wide n = number_of(bytes, size);
	size = size < 16 ? size : 16;
	if (is_signed && size && bytes[size - 1] & 0x80) {
		n = -n;
		if (size < 16)
			n &= ((wide)1 << (8 * size)) - 1;
		buf_char(out, '-');
	}
	do {
		digits[--at] = (char)('0' + (int)(n % 10));
		n /= 10;
	} while (n);
	buf_add(out, digits + at, sizeof digits - at);
}

void print_radix(struct buf *out, const uint8_t *bytes, size_t size, char letter, bool padded)
{
	char digits[130];
	size_t at = sizeof digits, least = 1;
	unsigned shift = letter == 't' ? 1 : letter == 'o' ? 3 : 4;
	wide n = number_of(bytes, size);
	bool zero = n == 0;
	if (letter == 'z' || (padded && letter != 'o'))
		least = letter == 't' ? 8 * size : 2 * size;
	while (n || sizeof digits - at < least) {
		digits[--at] = "0123456789abcdef"[(unsigned)n & ((1u << shift) - 1)];
		n >>= shift;
		if (at == 0)
			break;
	}
	if (letter == 'x' || letter == 'z')
		buf_str(out, STR_LIT("0x"));
	if (letter == 'o' && !zero)
		buf_char(out, '0');
	buf_add(out, digits + at, sizeof digits - at);
}

/* gdb names a NaN's payload; C's printf does not. */
static void print_nan(struct buf *out, bool negative, uint64_t mantissa)
{
	buf_printf(out, "%snan(0x%llx)", negative ? "-" : "", (unsigned long long)mantissa);
}

static void print_extended(struct buf *out, const uint8_t *bytes)
{
	uint64_t mantissa;
	long double number;
	memcpy(&mantissa, bytes, 8);
	unsigned exponent = (unsigned)(bytes[9] & 0x7f) << 8 | bytes[8];
	struct eval_value v = { .type = sym_type_primitive(NULL, STR_LIT("long double"), false),
				.bytes = bytes,
				.size = 16 };
	if (exponent == 0x7fff && mantissa << 1) {
		print_nan(out, bytes[9] & 0x80, mantissa);
	} else if (value_long_double(&v, &number)) {
		char text[64];
		snprintf(text, sizeof text, "%.21Lg", number);
		buf_str(out, str_from(text));
	}
}

void print_float(struct buf *out, const uint8_t *bytes, size_t size)
{
	char text[64];
	uint64_t bits = (uint64_t)number_of(bytes, size < 8 ? size : 8);
	struct eval_value v = { .type = sym_type_primitive(NULL, STR_LIT("double"), false),
				.bytes = bytes,
				.size = size };
	long double number;
	switch (size) {
	case 2:
	case 4:
	case 8: {
		unsigned fraction = size == 2 ? 10 : size == 4 ? 23 : 52;
		uint64_t mantissa = bits & ((UINT64_C(1) << fraction) - 1);
		if (!value_long_double(&v, &number))
			return;
		if (isnan(number)) {
			print_nan(out, bits >> (8 * size - 1) & 1, mantissa);
			return;
		}
		snprintf(text, sizeof text, "%.*Lg", size == 2 ? 5 : size == 4 ? 9 : 17, number);
		buf_str(out, str_from(text));
		return;
	}
	case 10:
	case 12:
	case 16:
		print_extended(out, bytes);
		return;
	default:
		buf_printf(out, "<invalid float value>");
	}
}

/* The upper half of an f32. */
void print_bfloat16(struct buf *out, const uint8_t *bytes)
{
	uint32_t bits = (uint32_t)(bytes[0] | bytes[1] << 8) << 16;
	float number;
	memcpy(&number, &bits, sizeof number);
	if (isnan(number))
		print_nan(out, bits >> 31, bits >> 16 & 0x7f);
	else
		buf_printf(out, "%.4g", (double)number);
}

/* ---- characters ---- */

static bool plain_escape(uint32_t c, char *ret)
{
	static const char from[] = "\a\b\f\n\r\t\v", to[] = "abfnrtv";
	const char *found = c && c < 0x80 ? strchr(from, (int)c) : NULL;
	if (!found)
		return false;
	*ret = to[found - from];
	return true;
}

/* One byte that stands for a character. */
void print_c_char(struct buf *out, int64_t number, uint32_t unit)
{
	char letter;
	buf_printf(out, "%lld '", (long long)number);
	if (unit == '\'' || unit == '\\')
		buf_printf(out, "\\%c", (char)unit);
	else if (plain_escape(unit, &letter))
		buf_printf(out, "\\%c", letter);
	else if (unit >= 0x20 && unit < 0x7f)
		buf_char(out, (char)unit);
	else
		buf_printf(out, "\\%03o", (unsigned)unit);
	buf_char(out, '\'');
}

static void rust_char(struct buf *out, uint32_t c)
{
	buf_printf(out, "%u '", (unsigned)c);
	if (c == '\\' || c == '\'')
		buf_printf(out, "\\%c", (char)c);
	else if (c == '\n' || c == '\r' || c == '\t')
		buf_printf(out, "\\%c", c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
	else if (c == 0)
		buf_str(out, STR_LIT("\\0"));
	else if (c >= 0x20 && c < 0x7f)
		buf_char(out, (char)c);
	else if (c <= 0xff)
		buf_printf(out, "\\x%02x", (unsigned)c);
	else
		buf_printf(out, "\\u{%06x}", (unsigned)c);
	buf_char(out, '\'');
}

static void wide_char(struct buf *out, const struct sym_type *type, int64_t number, uint32_t c, size_t size)
{
	struct str name = sym_type_bare_name(type);
	char utf8[4], letter;
	const char *prefix = str_is(name, "char16_t") ? "u" : str_is(name, "char32_t") ? "U" : "L";
	buf_printf(out, "%lld %s'", (long long)number, prefix);
	if (c == '\'' || c == '\\')
		buf_printf(out, "\\%c", (char)c);
	else if (plain_escape(c, &letter))
		buf_printf(out, "\\%c", letter);
	else if ((c >= 0x20 && c < 0x7f) || (c >= 0xa0 && c <= 0x10ffff && (c < 0xd800 || c > 0xdfff)))
		buf_add(out, utf8, utf8_encode(c, utf8));
	else if (c <= 0777)
		buf_printf(out, "\\%03o", (unsigned)c);
	else
		buf_printf(out, "\\x%0*x", (int)(2 * size), (unsigned)c);
	buf_char(out, '\'');
}

void print_char(struct printing *p, const struct sym_type *type, const uint8_t *bytes, size_t size)
{
	uint64_t n = (uint64_t)number_of(bytes, size);
	type = type_plain(type);
	int64_t number = (int64_t)n;
	if (type_is_signed(type) && size && size < 8 && bytes[size - 1] & 0x80)
		number = (int64_t)(n | ~UINT64_C(0) << (8 * size));
	if (sym_type_is_rust(type) || (p->rust && size == 4))
		rust_char(p->out, (uint32_t)n);
	else if (size == 1)
		print_c_char(p->out, number, (uint8_t)n);
	else
		wide_char(p->out, type, number, (uint32_t)n, size);
}

/* ---- enumerators ---- */

/* All enumerators are bits of their own: then a value is a sum of them. */
static bool is_flag_enum(const struct sym_enumerator *list, size_t count)
{
	uint64_t taken = 0;
	for (size_t i = 0; i < count; i++) {
		uint64_t v = (uint64_t)list[i].value;
		if (list[i].value < 0)
			return false;
		if (v == 0)
			continue;
		uint64_t run = v / (v & -v); /* contiguous bits: one less than a power of two */
		if (run & (run + 1))
			return false;
		if (v & (v - 1) && taken & v)
			return false;
		taken |= v;
	}
	return true;
}

static void enumerator_name(struct printing *p, const struct sym_type *type, struct str name)
{
	if (sym_type_is_rust(type))
		buf_printf(p->out, "%.*s::%.*s", STR_ARG(sym_type_name(type)), STR_ARG(name));
	else
		buf_str(p->out, name);
}

static void flags(struct printing *p, const struct sym_type *type, const struct sym_enumerator *list,
		  size_t count, uint64_t value)
{
	if (value == 0) {
		buf_char(p->out, '0');
		return;
	}
	bool first = true;
	buf_char(p->out, '(');
	for (size_t i = 0; i < count; i++) {
		uint64_t v = (uint64_t)list[i].value;
		if (!v || (value & v) != v)
			continue;
		if (!first)
			buf_str(p->out, STR_LIT(" | "));
		enumerator_name(p, type, list[i].name);
		first = false;
		value &= ~v;
	}
	if (value)
		buf_printf(p->out, "%sunknown: 0x%llx", first ? "" : " | ", (unsigned long long)value);
	buf_char(p->out, ')');
}

void print_enum(struct printing *p, const struct sym_type *type, const uint8_t *bytes, size_t size)
{
	const struct sym_enumerator *list;
	size_t count = sym_type_enumerators(type, &list);
	uint64_t mask = size >= 8 ? UINT64_MAX : (UINT64_C(1) << (8 * size)) - 1;
	uint64_t value = (uint64_t)number_of(bytes, size < 8 ? size : 8);
	for (size_t i = 0; i < count; i++)
		if (((uint64_t)list[i].value & mask) == value) {
			enumerator_name(p, type, list[i].name);
			return;
		}
	if (is_flag_enum(list, count))
		flags(p, type, list, count, value);
	else
		print_decimal(p->out, bytes, size, type_is_signed(type));
}

/* ---- addresses ---- */

static bool symbolise(struct printing *p, uint64_t address, bool linkage, bool blank)
{
	size_t before = p->out->len;
	bool (*fn)(void *, uint64_t, struct buf *) = p->p->symbolise;
	if (linkage && !p->s->asm_demangle && p->p->symbolise_linkage)
		fn = p->p->symbolise_linkage;
	if (!fn)
		return false;
	if (blank)
		buf_char(p->out, ' ');
	if (fn(p->p->symbolise_ctx, address, p->out))
		return true;
	p->out->len = before;
	return false;
}

static void print_plain_address(struct printing *p, uint64_t address)
{
	char text[24];
	snprintf(text, sizeof text, "0x%llx", (unsigned long long)address);
	print_styled(p, EVAL_STYLE_ADDRESS, str_from(text));
}

void print_code_address(struct printing *p, uint64_t address)
{
	if (p->s->address)
		print_plain_address(p, address);
	symbolise(p, address, false, p->s->address);
}

void print_address(struct printing *p, uint64_t address)
{
	if (p->s->address)
		print_plain_address(p, address);
	if (p->s->symbol)
		symbolise(p, address, false, p->s->address);
}

/* ---- with a letter ---- */

static void as_float(struct printing *p, const struct sym_type *type, const uint8_t *bytes, size_t size)
{
	if (type_kind(type) == SYM_TYPE_FLOAT || size == 4 || size == 8 || size == 16)
		print_float(p->out, bytes, size);
	else
		print_decimal(p->out, bytes, size, type_is_signed(type));
}

/* A float as the integer that is nearest to zero of it; what does not fit is the greatest or the least one. */
static int64_t whole_part(const uint8_t *bytes, size_t size)
{
	double number = 0;
	if (size == sizeof(float)) {
		float narrow;
		memcpy(&narrow, bytes, sizeof narrow);
		number = (double)narrow;
	} else if (size >= sizeof number) {
		memcpy(&number, bytes, sizeof number);
	}
	if (number <= (double)INT64_MIN)
		return INT64_MIN;
	return number < 0x1p63 ? (int64_t)number : INT64_MAX; /* no number, either */
}

static void as_char(struct printing *p, const struct sym_type *type, const uint8_t *bytes, size_t size)
{
	uint8_t low = type_kind(type) == SYM_TYPE_FLOAT ? (uint8_t)whole_part(bytes, size) : bytes[0];
	int64_t number = type_is_signed(type) || type_kind(type) == SYM_TYPE_FLOAT ? (int8_t)low : low;
	print_c_char(p->out, number, low);
}

void print_formatted_scalar(struct printing *p, const struct sym_type *type, const uint8_t *bytes,
			    size_t size, char letter)
{
	if (size == 0) {
		buf_str(p->out, letter == 'x' || letter == 'z' || letter == 'a' ? STR_LIT("0x0")
				: letter == 'c'                                 ? STR_LIT("0 '\\000'")
										: STR_LIT("0"));
		return;
	}
	switch (letter) {
	case 'd':
		print_decimal(p->out, bytes, size, true);
		break;
	case 'u':
		print_decimal(p->out, bytes, size, false);
		break;
	case 'a':
		buf_printf(p->out, "0x%llx", (unsigned long long)number_of(bytes, size < 8 ? size : 8));
		symbolise(p, (uint64_t)number_of(bytes, size < 8 ? size : 8), true, true);
		break;
	case 'c':
		as_char(p, type, bytes, size);
		break;
	case 'f':
		as_float(p, type, bytes, size);
		break;
	default:
		print_radix(p->out, bytes, size, letter, p->padded);
		break;
	}
}
