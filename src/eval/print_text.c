/* Strings as gdb writes them: in quotes, with escapes, runs of one character as repeats, cut at `print elements`. */
#include "eval/print_internal.h"

enum { CHUNK = 256, MAX_TEXT = 64 << 20 };

/* One character of a string. */
struct text_unit {
	uint32_t code; /* code point, or the byte when not valid */
	bool valid;
	uint8_t length;  /* bytes */
	bool incomplete; /* the text ends in it */
};

struct text {
	const uint8_t *bytes;
	size_t size;
	unsigned width;
	bool more; /* there is more of it in memory */
};

uint32_t print_limit_characters(const struct printing *p)
{
	uint32_t limit = p->s->characters ? p->s->characters : p->s->elements;
	return limit ? limit : UINT32_MAX;
}

static void next_unit(const struct text *t, size_t at, struct text_unit *ret)
{
	const uint8_t *b = t->bytes + at;
	size_t left = t->size - at;
	*ret = (struct text_unit){ .code = b[0], .length = 1 };
	if (t->width == 2 || t->width == 4) {
		uint32_t c = 0;
		memcpy(&c, b, t->width);
		*ret = (struct text_unit){ c, c <= 0x10ffff && (c < 0xd800 || c > 0xdfff),
					   (uint8_t)t->width, false };
		return;
	}
	unsigned count = b[0] < 0x80   ? 1
			 : b[0] < 0xc2 ? 0
			 : b[0] < 0xe0 ? 2
			 : b[0] < 0xf0 ? 3
			 : b[0] < 0xf5 ? 4
				       : 0;
	if (count == 1) {
		ret->valid = true;
		return;
	}
	if (count == 0)
		return;
	if (left < count) {
		bool continued = true;
		for (size_t i = 1; i < left; i++)
			continued = continued && (b[i] & 0xc0) == 0x80;
		if (continued) {
			ret->incomplete = true;
			ret->length = (uint8_t)left;
		}
		return;
	}
	if (!str_is_utf8((struct str){ (const char *)b, count }))
		return;
	uint32_t c = b[0] & (0xffu >> (count + 1));
	for (unsigned i = 1; i < count; i++)
		c = c << 6 | (b[i] & 0x3f);
	*ret = (struct text_unit){ c, true, (uint8_t)count, false };
}

static bool same_unit(const struct text *t, size_t a, const struct text_unit *x, size_t b,
		      const struct text_unit *y)
{
	return x->valid == y->valid && x->incomplete == y->incomplete && x->length == y->length &&
	       memcmp(t->bytes + a, t->bytes + b, x->length) == 0;
}

static bool printable(uint32_t c)
{
	return (c >= 0x20 && c < 0x7f) ||
	       (c >= 0xa0 && c != 0xad && !(c >= 0xe000 && c <= 0xf8ff) && c < 0xf0000 &&
		!(c >= 0x2028 && c <= 0x2029) && (c & 0xfffe) != 0xfffe);
}

/* True when the last one was written in hexadecimal, which a digit behind it would go on. */
static bool octal(struct buf *out, const struct text *t, size_t at, unsigned length)
{
	bool hex = false;
	for (unsigned i = 0; i + t->width <= length; i += t->width) {
		uint32_t value = 0;
		memcpy(&value, t->bytes + at + i, t->width);
		hex = value > 0777;
		buf_printf(out, hex ? "\\x%x" : "\\%03o", (unsigned)value);
	}
	return hex;
}

/* *escaped: the last one was written as digits, which must not run into these. */
static void print_unit(struct buf *out, const struct text *t, size_t at, const struct text_unit *u,
		       char quote, bool *escaped)
{
	static const char from[] = "\a\b\f\n\r\t\v", to[] = "abfnrtv";
	char utf8[4];
	bool digit = u->code >= '0' && u->code <= '9';
	const char *found = u->valid && u->code && u->code < 0x80 ? strchr(from, (int)u->code) : NULL;
	bool was = *escaped;
	*escaped = false;
	if (u->valid && (u->code == (uint32_t)quote || u->code == '\\')) {
		buf_printf(out, "\\%c", (char)u->code);
	} else if (found) {
		buf_printf(out, "\\%c", to[found - from]);
	} else if (u->valid && printable(u->code) && !(was && digit)) {
		buf_add(out, utf8, utf8_encode(u->code, utf8));
	} else {
		*escaped = octal(out, t, at, u->length);
	}
}

/* What was put down so far. */
struct line {
	struct buf *out;
	const char *prefix;
	bool any, open, escaped;
};

static void close_quotes(struct line *l)
{
	if (l->open)
		buf_char(l->out, '"');
	l->open = false;
}

static void open_quotes(struct line *l)
{
	if (l->open)
		return;
	if (l->any)
		buf_str(l->out, STR_LIT(", "));
	buf_str(l->out, str_from(l->prefix));
	buf_char(l->out, '"');
	l->open = l->any = true;
	l->escaped = false;
}

static void print_run(struct line *l, const struct text *t, size_t at, const struct text_unit *u,
		      size_t count, uint32_t repeats)
{
	if (u->incomplete) {
		close_quotes(l);
		buf_str(l->out,
			l->any ? STR_LIT(", <incomplete sequence ") : STR_LIT("<incomplete sequence "));
		octal(l->out, t, at, u->length);
		buf_char(l->out, '>');
		l->any = true;
		return;
	}
	if (count > repeats) {
		close_quotes(l);
		if (l->any)
			buf_str(l->out, STR_LIT(", "));
		bool escaped = false;
		buf_str(l->out, str_from(l->prefix));
		buf_char(l->out, '\'');
		print_unit(l->out, t, at, u, '\'', &escaped);
		buf_printf(l->out, "' <repeats %zu times>", count);
		l->any = true;
		return;
	}
	open_quotes(l);
	for (size_t i = 0; i < count; i++)
		print_unit(l->out, t, at, u, '"', &l->escaped);
}

void print_string(struct printing *p, const uint8_t *bytes, size_t count, unsigned width,
		  const char *prefix, bool terminator, bool more)
{
	struct text t = { .bytes = bytes, .size = count * width, .width = width };
	struct line l = { .out = p->out, .prefix = prefix };
	uint32_t limit = print_limit_characters(p), repeats = p->s->repeats ? p->s->repeats : UINT32_MAX;
	uint32_t last = 1;
	if (terminator && !more && count) {
		last = 0;
		memcpy(&last, bytes + (count - 1) * width, width);
		t.size -= last == 0 ? width : 0;
	}
	if (t.size == 0) {
		buf_str(p->out, str_from(prefix));
		buf_str(p->out, STR_LIT("\"\""));
		if (more)
			buf_str(p->out, STR_LIT("..."));
		return;
	}
	size_t at = 0, printed = 0;
	while (at < t.size && printed < limit && !print_interrupted(p)) {
		struct text_unit u, next;
		next_unit(&t, at, &u);
		size_t end = at + u.length, run = 1;
		while (end < t.size) {
			next_unit(&t, end, &next);
			if (u.incomplete || !same_unit(&t, at, &u, end, &next))
				break;
			/* What does not become a repeat counts one by one. */
			if (printed + run >= limit && run <= repeats && repeats == UINT32_MAX)
				break;
			run++;
			end += u.length;
		}
		print_run(&l, &t, at, &u, run, repeats);
		printed += run;
		at = end;
	}
	close_quotes(&l);
	if (more || at < t.size)
		buf_str(p->out, STR_LIT("..."));
}

/* Bytes up to the NUL, the limit, or where memory ends. */
static size_t read_text(struct printing *p, uint64_t address, uint64_t count, unsigned width,
			struct buf *into, bool *ret_nul, bool *ret_failed, uint64_t *ret_bad)
{
	uint64_t limit = print_limit_characters(p);
	uint64_t wanted = count < limit ? count : limit;
	*ret_nul = *ret_failed = false;
	*ret_bad = 0;
	if (wanted > MAX_TEXT)
		wanted = MAX_TEXT;
	for (uint64_t done = 0; done < wanted;) {
		uint8_t chunk[CHUNK];
		/* To the end of the page first: the text may end where memory does. */
		uint64_t units = (wanted - done) < CHUNK / width ? wanted - done : CHUNK / width;
		size_t got = p->p->env->read ? p->p->env->read(p->p->env->ctx, address + done * width,
							       chunk, units * width)
					     : 0;
		size_t full = got / width;
		for (size_t i = 0; i < full; i++) {
			uint32_t unit = 0;
			memcpy(&unit, chunk + i * width, width);
			if (unit == 0 && count == UINT64_MAX) {
				*ret_nul = true;
				buf_add(into, chunk, i * width);
				return (size_t)(done + i);
			}
		}
		buf_add(into, chunk, full * width);
		done += full;
		if (full < units) {
			*ret_failed = true;
			*ret_bad = address + done * width;
			return (size_t)done;
		}
	}
	return (size_t)wanted;
}

void print_string_at(struct printing *p, uint64_t address, uint64_t count, unsigned width,
		     const char *prefix)
{
	struct buf text = { 0 };
	bool nul, failed;
	uint64_t bad;
	size_t got = read_text(p, address, count, width, &text, &nul, &failed, &bad);
	bool more = count == UINT64_MAX ? !nul && !failed : got < count;
	if (count == UINT64_MAX && !nul && !failed) {
		/* Cut right before its end is not cut. */
		uint8_t next[4] = { 0 };
		uint64_t unused;
		uint32_t unit = 0;
		if (env_read(p->p->env, address + got * width, next, width, &unused)) {
			memcpy(&unit, next, width);
			more = unit != 0;
		}
	}
	if (got || !failed)
		print_string(p, (const uint8_t *)text.data, got, width, prefix, false, more);
	if (failed)
		buf_printf(p->out, "<error: Cannot access memory at address 0x%llx>",
			   (unsigned long long)bad);
	buf_deinit(&text);
}
