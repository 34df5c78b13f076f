#include "jit/perf_map.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* A hexadecimal number of at most 64 bits, with or without 0x, that ends at a blank. */
static bool take_hex(struct str *s, uint64_t *ret)
{
	if (s->len >= 2 && s->ptr[0] == '0' && (s->ptr[1] == 'x' || s->ptr[1] == 'X'))
		*s = str_sub(*s, 2, SIZE_MAX);
	uint64_t value = 0;
	size_t digits = 0;
	for (; digits < s->len && !is_blank(s->ptr[digits]); digits++) {
		char c = s->ptr[digits];
		unsigned digit;
		if (c >= '0' && c <= '9')
			digit = (unsigned)(c - '0');
		else if (c >= 'a' && c <= 'f')
			digit = (unsigned)(c - 'a' + 10);
		else if (c >= 'A' && c <= 'F')
			digit = (unsigned)(c - 'A' + 10);
		else
			return false;
		if (value >> 60)
			return false;
		value = value << 4 | digit;
	}
	if (digits == 0)
		return false;
	*s = str_sub(*s, digits, SIZE_MAX);
	*ret = value;
	return true;
}

static struct str skip_blanks(struct str s)
{
	size_t i = 0;
	while (i < s.len && is_blank(s.ptr[i]))
		i++;
	return str_sub(s, i, SIZE_MAX);
}

static bool parse_line(struct str line, struct jit_perf_entry *ret)
{
	struct str rest = skip_blanks(line);
	if (!take_hex(&rest, &ret->start) || rest.len == 0)
		return false;
	rest = skip_blanks(rest);
	if (!take_hex(&rest, &ret->size) || rest.len == 0)
		return false;
	rest = skip_blanks(rest);
	while (rest.len > 0 && (rest.ptr[rest.len - 1] == '\r' || is_blank(rest.ptr[rest.len - 1])))
		rest.len--;
	ret->name = rest;
	return rest.len > 0 && !memchr(rest.ptr, '\0', rest.len) && ret->size <= UINT64_MAX - ret->start;
}

size_t jit_perf_map_parse(struct str text, bool last, struct jit_perf_lines *lines,
			  void (*fn)(void *ctx, const struct jit_perf_entry *entry), void *ctx)
{
	size_t pos = 0;
	while (pos < text.len) {
		const char *begin = text.ptr + pos;
		const char *newline = memchr(begin, '\n', text.len - pos);
		if (!newline && !last && text.len - pos <= JIT_PERF_MAX_LINE)
			break;
		size_t len = newline ? (size_t)(newline - begin) : text.len - pos;
		pos += len + (newline != NULL);
		lines->lines++;
		struct str line = { begin, len };
		if (skip_blanks(line).len == 0)
			continue;
		struct jit_perf_entry entry;
		if (len > JIT_PERF_MAX_LINE || !parse_line(line, &entry)) {
			if (lines->bad++ == 0)
				lines->first_bad = lines->lines;
			continue;
		}
		lines->good++;
		if (entry.size > 0)
			fn(ctx, &entry);
	}
	return pos;
}
