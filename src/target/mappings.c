/* /proc/PID/maps: `START-END rwxp OFFSET MAJ:MIN INODE      NAME`, numbers in hex but the inode's. */
#include "target/target.h"

#include "base/vec.h"

struct scan {
	const char *at, *end;
};

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* At least one digit, no overflow, then `behind`, which is passed over ('\0': nothing is looked for). */
static bool number(struct scan *s, unsigned base, char behind, uint64_t *ret)
{
	uint64_t value = 0;
	const char *first = s->at;
	for (; s->at < s->end; s->at++) {
		int d = digit(*s->at);
		if (d < 0 || (unsigned)d >= base)
			break;
		if (__builtin_mul_overflow(value, base, &value) ||
		    __builtin_add_overflow(value, (unsigned)d, &value))
			return false;
	}
	if (s->at == first)
		return false;
	if (behind) {
		if (s->at == s->end || *s->at != behind)
			return false;
		s->at++;
	}
	*ret = value;
	return true;
}

static bool flags(struct scan *s, uint8_t *ret)
{
	static const char letters[] = "rwxs";
	static const uint8_t bits[] = { TARGET_READ, TARGET_WRITE, TARGET_EXEC, TARGET_SHARED };
	if (s->end - s->at < 5 || s->at[4] != ' ')
		return false;
	uint8_t value = 0;
	for (int i = 0; i < 4; i++) {
		if (s->at[i] == letters[i])
			value |= bits[i];
		else if (s->at[i] != (i == 3 ? 'p' : '-'))
			return false;
	}
	s->at += 5;
	*ret = value;
	return true;
}

/* The kernel writes a newline in a name as \012 and leaves all else alone. */
static struct str unescape(struct str raw, struct arena *arena)
{
	if (!str_contains(raw, STR_LIT("\\012")))
		return arena_str(arena, raw);
	char *out = arena_alloc(arena, raw.len + 1);
	size_t len = 0;
	for (size_t i = 0; i < raw.len; i++) {
		if (str_starts(str_sub(raw, i, 4), STR_LIT("\\012"))) {
			out[len++] = '\n';
			i += 3;
		} else {
			out[len++] = raw.ptr[i];
		}
	}
	return (struct str){ out, len };
}

static bool line(struct str text, struct arena *arena, struct target_mapping *ret)
{
	struct scan s = { text.ptr, text.ptr + text.len };
	struct target_mapping m = { 0 };
	uint64_t major, minor;
	if (!number(&s, 16, '-', &m.start) || !number(&s, 16, ' ', &m.end) || !flags(&s, &m.flags) ||
	    !number(&s, 16, ' ', &m.offset) || !number(&s, 16, ':', &major) ||
	    !number(&s, 16, ' ', &minor) || !number(&s, 10, '\0', &m.inode) || m.end < m.start ||
	    major > UINT32_MAX || minor > UINT32_MAX)
		return false;
	m.device_major = (uint32_t)major;
	m.device_minor = (uint32_t)minor;
	while (s.at < s.end && *s.at == ' ')
		s.at++;
	m.name = unescape((struct str){ s.at, (size_t)(s.end - s.at) }, arena);
	*ret = m;
	return true;
}

struct error *target_mappings_parse(struct str text, struct arena *arena, struct target_mappings *ret)
{
	size_t lines = 0;
	for (size_t i = 0; i < text.len; i++)
		lines += text.ptr[i] == '\n';
	struct target_mappings found = { ARENA_ARRAY(arena, struct target_mapping, lines + 1), 0 };
	for (size_t pos = 0; pos < text.len;) {
		struct str rest = str_sub(text, pos, SIZE_MAX);
		size_t len = str_find(rest, STR_LIT("\n"));
		struct str one = str_sub(rest, 0, len);
		if (one.len > 0) {
			struct target_mapping *m = &found.data[found.count];
			if (!line(one, arena, m))
				return error_at(ERROR_FORMAT, pos, "memory map: a line that is no mapping");
			/* They come sorted; a list that changes while it is read may repeat itself. */
			if (found.count == 0 || m->start >= m[-1].end)
				found.count++;
		}
		pos += one.len + 1;
	}
	*ret = found;
	return NULL;
}
