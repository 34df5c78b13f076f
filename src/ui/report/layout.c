#include "ui/report/layout_internal.h"

#include "ui/report/utf8_internal.h"

#include <assert.h>
#include <stdio.h>

static const struct str ellipsis = STR_LIT("…");

/* SGR parameters (ECMA-48, 8.3.117); the eight colours that every palette makes readable. */
static const char *const sgr[] = {
	[TONE_PLAIN] = "0", [TONE_TITLE] = "1", [TONE_FAULT] = "1;31", [TONE_LIKELY] = "33",
	[TONE_DIM] = "2",   [TONE_CODE] = "36", [TONE_JIT] = "35",
};

void layout_init(struct layout *l, const struct report_style *style, struct buf *out)
{
	*l = (struct layout){ .style = style, .out = out, .scratch = ARENA_INIT };
}

void layout_deinit(struct layout *l)
{
	buf_deinit(&l->word);
	buf_deinit(&l->word_tones);
	arena_deinit(&l->scratch);
}

static void set_tone(struct layout *l, enum tone tone)
{
	if (!l->style->colour || l->tone == tone)
		return;
	/* From one tone to another through a reset: bold and dim would add up. */
	buf_printf(l->out, tone == TONE_PLAIN || l->tone == TONE_PLAIN ? "\033[%sm" : "\033[0;%sm",
		   sgr[tone]);
	l->tone = tone;
}

/* The indentation is written with the first word, for there may be none. */
static void begin_at(struct layout *l, size_t indent)
{
	l->column = l->indent = indent;
	l->gap = 0;
}

static void new_line(struct layout *l, size_t indent)
{
	set_tone(l, TONE_PLAIN);
	buf_char(l->out, '\n');
	begin_at(l, indent);
}

/* ---- characters ---- */

/* One character as it may be shown. */
static void clean_char(bool utf8, const char *bytes, struct utf8_char c, struct buf *out)
{
	static const struct {
		uint32_t code;
		const char *ascii;
	} likenesses[] = { { 0x2026, "..." }, { 0x2013, "-" }, { 0x2192, "->" } };
	if (c.code == UTF8_INVALID) {
		buf_printf(out, "\\x%02x", (unsigned char)*bytes);
	} else if (c.code == '\n') {
		buf_str(out, STR_LIT("\\n"));
	} else if (c.code == '\r') {
		buf_str(out, STR_LIT("\\r"));
	} else if (c.code == '\t') {
		buf_str(out, STR_LIT("\\t"));
	} else if (!utf8_shows(c.code)) {
		buf_printf(out, c.code < 0x80 ? "\\x%02x" : "\\u{%x}", (unsigned)c.code);
	} else if (c.code < 0x80 || utf8) {
		buf_add(out, bytes, c.length);
	} else {
		for (size_t i = 0; i < sizeof likenesses / sizeof *likenesses; i++) {
			if (likenesses[i].code == c.code) {
				buf_str(out, str_from(likenesses[i].ascii));
				return;
			}
		}
		buf_printf(out, "\\u{%x}", (unsigned)c.code);
	}
}

void report_escape(struct str s, bool utf8, struct buf *out)
{
	assert(s.ptr || !s.len);
	while (s.len) {
		struct utf8_char c = utf8_next(s);
		clean_char(utf8, s.ptr, c, out);
		s = str_sub(s, c.length, s.len);
	}
}

struct str layout_clean(struct layout *l, struct str s)
{
	struct buf text = { 0 };
	report_escape(s, l->style->utf8, &text);
	struct str out = arena_str(&l->scratch, buf_view(&text));
	buf_deinit(&text);
	return out;
}

size_t layout_columns(struct str s)
{
	size_t columns = 0;
	while (s.len) {
		struct utf8_char c = utf8_next(s);
		columns += utf8_columns(c.code);
		s = str_sub(s, c.length, s.len);
	}
	return columns;
}

/* ---- words ---- */

static void write_word_part(struct layout *l, size_t from, size_t to)
{
	buf_pad(l->out, ' ', l->indent);
	l->indent = 0;
	for (size_t i = from; i < to;) {
		size_t end = i + 1;
		while (end < to && l->word_tones.data[end] == l->word_tones.data[i])
			end++;
		set_tone(l, (enum tone)l->word_tones.data[i]);
		buf_add(l->out, l->word.data + i, end - i);
		i = end;
	}
}

/* A word wider than a line: broken where the line ends. */
static void write_in_pieces(struct layout *l)
{
	size_t from = 0;
	size_t pos = 0;
	while (pos < l->word.len) {
		struct utf8_char c = utf8_next(str_sub(buf_view(&l->word), pos, SIZE_MAX));
		size_t columns = utf8_columns(c.code);
		if (l->column + columns > l->style->width) {
			write_word_part(l, from, pos);
			new_line(l, l->hang);
			from = pos;
		}
		l->column += columns;
		pos += c.length;
	}
	write_word_part(l, from, pos);
}

static void flush(struct layout *l)
{
	if (!l->word.len)
		return;
	size_t width = l->style->width;
	if (width && l->column > l->hang && l->column + l->gap + l->word_columns > width)
		new_line(l, l->hang);
	if (width && l->column + l->gap >= width)
		l->gap = 0; /* an indented line of a message */
	if (l->gap) {
		if (*l->word_tones.data != (char)l->tone)
			set_tone(l, TONE_PLAIN);
		buf_pad(l->out, ' ', l->indent + l->gap);
		l->indent = 0;
		l->column += l->gap;
		l->gap = 0;
	}
	if (width && l->column + l->word_columns > width) {
		write_in_pieces(l);
	} else {
		write_word_part(l, 0, l->word.len);
		l->column += l->word_columns;
	}
	l->word.len = 0;
	l->word_tones.len = 0;
	l->word_columns = 0;
}

static void add_char(struct layout *l, enum tone tone, const char *bytes, struct utf8_char c)
{
	size_t start = l->word.len;
	clean_char(l->style->utf8, bytes, c, &l->word);
	buf_pad(&l->word_tones, (char)tone, l->word.len - start);
	l->word_columns += layout_columns(str_sub(buf_view(&l->word), start, SIZE_MAX));
}

void layout_begin(struct layout *l, size_t indent, size_t hang)
{
	/* Some room must be left, whatever the numbers in front need. */
	size_t most = l->style->width / 2;
	l->hang = l->style->width && hang > most ? most : hang;
	begin_at(l, indent);
}

void layout_end(struct layout *l)
{
	flush(l);
	new_line(l, 0);
	arena_reset(&l->scratch);
}

void layout_blank(struct layout *l)
{
	new_line(l, 0);
}

void layout_tab(struct layout *l, size_t column)
{
	flush(l);
	l->gap = column > l->column ? column - l->column : 2;
}

void layout_space(struct layout *l, size_t count)
{
	flush(l);
	l->gap += count;
}

void layout_solid(struct layout *l, enum tone tone, struct str s)
{
	assert(s.ptr || !s.len);
	while (s.len) {
		struct utf8_char c = utf8_next(s);
		add_char(l, tone, s.ptr, c);
		s = str_sub(s, c.length, s.len);
	}
}

void layout_printf(struct layout *l, enum tone tone, const char *format, ...)
{
	struct buf text = { 0 };
	va_list args;
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	layout_solid(l, tone, buf_view(&text));
	buf_deinit(&text);
}

/* Bytes of the style's directory with its slash when s begins with a path below it. */
static size_t directory_prefix(const struct layout *l, struct str s)
{
	struct str directory = l->style->directory;
	if (directory.len < 2 || !str_starts(s, directory) || s.len <= directory.len + 1 ||
	    s.ptr[directory.len] != '/')
		return 0;
	return directory.len + 1;
}

static bool begins_path(char before)
{
	return before == ' ' || before == '(' || before == '`' || before == '"' || before == '\n';
}

static struct str mark(const struct layout *l)
{
	return l->style->utf8 ? ellipsis : STR_LIT("...");
}

/* How much of the path that s begins with says nothing to a reader: the commit of rustc's own sources, the place of cargo's
 * registry. *ret_short stands for it. */
static size_t noise(const struct layout *l, struct str s, struct str *ret_short)
{
	enum { HASH_END = sizeof "/rustc/" - 1 + 40 };
	static const struct str registry = STR_LIT("/registry/src/");
	if (!s.len || *s.ptr != '/')
		return 0;
	*ret_short = mark(l);
	if (str_starts(s, STR_LIT("/rustc/")) && s.len > HASH_END && s.ptr[HASH_END] == '/') {
		*ret_short = l->style->utf8 ? STR_LIT("/rustc/…") : STR_LIT("/rustc/...");
		return HASH_END;
	}
	size_t end = 0;
	while (end < s.len && !strchr(" \n:)`\"", s.ptr[end]))
		end++;
	size_t at = str_find(str_sub(s, 0, end), registry);
	size_t host = at == SIZE_MAX ? SIZE_MAX : at + registry.len;
	size_t slash = at == SIZE_MAX ? SIZE_MAX : str_find(str_sub(s, host, end - host), STR_LIT("/"));
	return slash == SIZE_MAX ? 0 : host + slash;
}

static void add_text(struct layout *l, enum tone tone, struct str s, bool prose)
{
	assert(s.ptr || !s.len);
	bool name = false;
	char before = ' ';
	while (s.len) {
		struct utf8_char c = utf8_next(s);
		size_t skip = prose && begins_path(before) ? directory_prefix(l, s) : 0;
		if (skip) {
			s = str_sub(s, skip, s.len);
			before = '/';
			continue;
		}
		struct str instead;
		skip = prose && l->style->width && begins_path(before) ? noise(l, s, &instead) : 0;
		if (skip) {
			layout_solid(l, tone, instead);
			s = str_sub(s, skip, s.len);
			before = '/';
			continue;
		}
		before = *s.ptr;
		if (c.code == ' ') {
			flush(l);
			l->gap++;
		} else if (c.code == '\n') {
			flush(l);
			new_line(l, l->hang);
		} else if (prose && c.code == '`') {
			name = !name;
			add_char(l, tone == TONE_PLAIN ? TONE_CODE : tone, s.ptr, c);
		} else {
			add_char(l, name && tone == TONE_PLAIN ? TONE_CODE : tone, s.ptr, c);
		}
		s = str_sub(s, c.length, s.len);
	}
}

void layout_words(struct layout *l, enum tone tone, struct str s)
{
	add_text(l, tone, s, false);
}

void layout_prose(struct layout *l, enum tone tone, struct str s)
{
	add_text(l, tone, s, true);
}

/* ---- cutting ---- */

size_t layout_room(const struct layout *l, size_t column)
{
	if (!l->style->width)
		return SIZE_MAX;
	return column + 4 < l->style->width ? l->style->width - column : 4;
}

struct str layout_relative(const struct layout *l, struct str path)
{
	return str_sub(path, directory_prefix(l, path), SIZE_MAX);
}

/* Bytes of the longest head of s that takes at most `columns`. */
static size_t head_bytes(struct str s, size_t columns)
{
	size_t pos = 0;
	size_t used = 0;
	while (pos < s.len) {
		struct utf8_char c = utf8_next(str_sub(s, pos, SIZE_MAX));
		used += utf8_columns(c.code);
		if (used > columns)
			break;
		pos += c.length;
	}
	return pos;
}

/* Where the longest tail begins that takes at most `columns`. */
static size_t tail_start(struct str s, size_t columns)
{
	size_t total = layout_columns(s);
	size_t pos = 0;
	while (pos < s.len && total > columns) {
		struct utf8_char c = utf8_next(str_sub(s, pos, SIZE_MAX));
		total -= utf8_columns(c.code);
		pos += c.length;
	}
	return pos;
}

static struct str cut(struct layout *l, struct str s, size_t head, size_t tail)
{
	size_t from = tail_start(s, tail);
	return arena_printf(&l->scratch, "%.*s%s%.*s", STR_ARG(str_sub(s, 0, head_bytes(s, head))),
			    mark(l).ptr, STR_ARG(str_sub(s, from, SIZE_MAX)));
}

struct str layout_cut_middle(struct layout *l, struct str s, size_t columns)
{
	size_t mark_columns = layout_columns(mark(l));
	if (layout_columns(s) <= columns)
		return s;
	if (columns <= mark_columns)
		return str_sub(mark(l), 0, l->style->utf8 ? mark(l).len : columns);
	size_t tail = (columns - mark_columns) / 2;
	return cut(l, s, columns - mark_columns - tail, tail);
}

struct str layout_cut_end(struct layout *l, struct str s, size_t columns)
{
	size_t mark_columns = layout_columns(mark(l));
	if (layout_columns(s) <= columns || columns <= mark_columns)
		return layout_cut_middle(l, s, columns);
	return cut(l, s, columns - mark_columns, 0);
}

struct str layout_cut_path(struct layout *l, struct str s, size_t columns)
{
	size_t mark_columns = layout_columns(mark(l));
	struct str instead;
	size_t skip = noise(l, s, &instead);
	if (skip)
		s = arena_printf(&l->scratch, "%.*s%.*s", STR_ARG(instead),
				 STR_ARG(str_sub(s, skip, SIZE_MAX)));
	if (layout_columns(s) <= columns || columns <= mark_columns)
		return layout_cut_middle(l, s, columns);
	size_t from = tail_start(s, columns - mark_columns);
	size_t slash = str_find(str_sub(s, from, SIZE_MAX), STR_LIT("/"));
	if (slash != SIZE_MAX && s.len - from - slash > 1)
		from += slash;
	return arena_printf(&l->scratch, "%s%.*s", mark(l).ptr, STR_ARG(str_sub(s, from, SIZE_MAX)));
}

/* How far a < or > at s[i] changes the nesting of generic arguments: 0 for -> and =>. */
static int nesting(struct str s, size_t i)
{
	if (s.ptr[i] == '<')
		return 1;
	if (s.ptr[i] == '>' && i && s.ptr[i - 1] != '-' && s.ptr[i - 1] != '=')
		return -1;
	return 0;
}

/* s with what stands in brackets of this depth or deeper left out; `<T as Trait>` in front counts as depth 0. */
static struct str without_generics(struct layout *l, struct str s, int depth)
{
	struct buf text = { 0 };
	int level = s.ptr[0] == '<' ? -1 : 0;
	for (size_t i = 0; i < s.len; i++) {
		int change = nesting(s, i);
		if (change > 0 && ++level == depth)
			buf_printf(&text, "<%s", mark(l).ptr);
		if (level < depth)
			buf_char(&text, s.ptr[i]);
		if (change < 0 && level == depth)
			buf_char(&text, '>');
		if (change < 0 && level > 0) /* the bracket in front closes at 0 */
			level--;
	}
	struct str out = arena_str(&l->scratch, buf_view(&text));
	buf_deinit(&text);
	return out;
}

struct str layout_cut_name(struct layout *l, struct str s, size_t columns)
{
	if (layout_columns(s) <= columns)
		return s;
	int level = 0;
	int deepest = 0;
	for (size_t i = 0; i < s.len && level >= 0; i++) {
		level += nesting(s, i);
		deepest = level > deepest ? level : deepest;
	}
	struct str shorter = s;
	enum { DEPTH_MAX = 16 }; /* deeper ones go at once */
	for (int depth = deepest < DEPTH_MAX ? deepest : DEPTH_MAX; level == 0 && depth >= 1; depth--) {
		shorter = without_generics(l, s, depth);
		if (layout_columns(shorter) <= columns)
			return shorter;
	}
	return layout_cut_middle(l, shorter, columns);
}
