/* Strings of memory as gdb writes them: x/s. */
#include "ui/gdb/looking.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct unit_text {
	char text[16];
	size_t bytes; /* of it in memory */
};

static uint32_t unit_at(const uint8_t *bytes, size_t unit)
{
	uint32_t c = 0;
	memcpy(&c, bytes, unit);
	return c;
}

static size_t utf8_length(const uint8_t *bytes, size_t left)
{
	size_t length = bytes[0] >= 0xf0 ? 4 : bytes[0] >= 0xe0 ? 3 : bytes[0] >= 0xc2 ? 2 : 0;
	if (length == 0 || length > left || !str_is_utf8((struct str){ (const char *)bytes, length }))
		return 0;
	return length;
}

static size_t encode(uint32_t c, char *out)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/* One character between quotes of that kind. */
static struct unit_text describe(const uint8_t *bytes, size_t left, size_t unit, char quote)
{
	static const char letters[] = "\aa\bb\ff\nn\rr\tt\vv";
	struct unit_text t = { .bytes = unit };
	uint32_t c = unit_at(bytes, unit);
	for (size_t i = 0; i + 1 < sizeof letters - 1; i += 2) {
		if (c == (unsigned char)letters[i]) {
			snprintf(t.text, sizeof t.text, "\\%c", letters[i + 1]);
			return t;
		}
	}
	size_t length = unit == 1 && c >= 0x80 ? utf8_length(bytes, left) : 0;
	if (c == (unsigned char)quote || c == '\\') {
		snprintf(t.text, sizeof t.text, "\\%c", (char)c);
	} else if (length) {
		memcpy(t.text, bytes, length);
		t.bytes = length;
	} else if (c >= 0x20 && c < 0x7f) {
		t.text[0] = (char)c;
	} else if (unit > 1 && c >= 0xa0 && c < 0x110000 && (c < 0xd800 || c >= 0xe000)) {
		encode(c, t.text);
	} else if (unit == 1) {
		snprintf(t.text, sizeof t.text, "\\%03o", (unsigned)c);
	} else {
		snprintf(t.text, sizeof t.text, "\\%03o", (unsigned)(c & 0xffff));
	}
	return t;
}

static size_t repeats_from(const uint8_t *bytes, size_t count, size_t unit, size_t at, size_t units)
{
	size_t n = 1;
	while (at + (n + 1) * units <= count &&
	       memcmp(bytes + at * unit, bytes + (at + n * units) * unit, units * unit) == 0)
		n++;
	return n;
}

void gdb_add_string(const struct eval_printer *printer, const uint8_t *bytes, size_t count, size_t unit,
		    bool more, struct buf *out)
{
	uint32_t threshold = printer->settings.repeats ? printer->settings.repeats : UINT32_MAX;
	bool open = false, any = false;
	const char *prefix = unit == 2 ? "u" : unit == 4 ? "U" : "";
	for (size_t i = 0; i < count;) {
		struct unit_text t = describe(bytes + i * unit, (count - i) * unit, unit, '"');
		size_t units = t.bytes / unit;
		size_t n = repeats_from(bytes, count, unit, i, units);
		if (n > threshold) {
			struct unit_text quoted =
				describe(bytes + i * unit, (count - i) * unit, unit, '\'');
			buf_str(out, open ? STR_LIT("\", ") : any ? STR_LIT(", ") : STR_EMPTY);
			buf_printf(out, "%s'%s' <repeats %zu times>", prefix, quoted.text, n);
			open = false;
			i += n * units;
		} else {
			if (!open)
				buf_printf(out, "%s%s\"", any ? ", " : "", prefix);
			open = true;
			buf_str(out, str_from(t.text));
			i += units;
		}
		any = true;
	}
	if (!any)
		buf_printf(out, "%s\"\"", prefix);
	else if (open)
		buf_char(out, '"');
	if (more)
		buf_str(out, STR_LIT("..."));
}
