/* Places as gdb's commands take them: LINE, FILE:LINE, +N, -N, *ADDRESS, FUNCTION, FILE:FUNCTION, and the explicit form with options. Rust's
 * paths are full of colons and brackets, so a place ends where a blank, a comma or a keyword stands outside of all brackets. */
#include "ui/gdb/looking.h"
#include "ui/gdb/running.h"

#include <ctype.h>

static bool blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool word_follows(struct str s, size_t at, const char *word)
{
	struct str rest = str_sub(s, at, SIZE_MAX);
	size_t len = strlen(word);
	return str_starts(rest, str_from(word)) && rest.len > len &&
	       (blank(rest.ptr[len]) || rest.ptr[len] == '(');
}

static bool keyword_at(struct str s, size_t at)
{
	return word_follows(s, at, "if") || word_follows(s, at, "thread") || word_follows(s, at, "task") ||
	       word_follows(s, at, "inferior") || word_follows(s, at, "-force-condition") ||
	       str_is(str_sub(s, at, SIZE_MAX), "-force-condition");
}

/* Where the place at the beginning of s ends. `<T as Trait>::f` and `{impl#0}` hold blanks and commas of their own. */
static size_t place_length(struct str s)
{
	size_t depth = 0;
	char quote = 0;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		if (quote) {
			quote = c == quote ? 0 : quote;
			continue;
		}
		if ((c == '"' || c == '\'') && depth == 0)
			quote = c;
		else if (c == '<' || c == '(' || c == '[' || c == '{')
			depth++;
		else if ((c == '>' && !(i > 0 && s.ptr[i - 1] == '-')) || c == ')' || c == ']' || c == '}')
			depth -= depth > 0;
		else if (c == ',' && depth == 0)
			return i;
		else if (blank(c) && depth == 0) {
			size_t next = i;
			while (next < s.len && blank(s.ptr[next]))
				next++;
			if (next == s.len || keyword_at(s, next))
				return i;
		}
	}
	return s.len;
}

static struct str unquoted(struct str s)
{
	if (s.len >= 2 && (s.ptr[0] == '"' || s.ptr[0] == '\'') && s.ptr[s.len - 1] == s.ptr[0])
		return str_sub(s, 1, s.len - 2);
	return s;
}

static bool number(struct str s, uint32_t *ret)
{
	uint64_t n = 0;
	if (s.len == 0)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (!isdigit((unsigned char)s.ptr[i]))
			return false;
		n = n * 10 + (uint64_t)(s.ptr[i] - '0');
		if (n > INT32_MAX)
			return false;
	}
	*ret = (uint32_t)n;
	return true;
}

/* The colon between a file and the rest: a single one, outside of brackets and quotes. SIZE_MAX: none. */
static size_t file_colon(struct str s)
{
	size_t depth = 0;
	char quote = 0;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		if (quote || ((c == '"' || c == '\'') && depth == 0)) {
			quote = !quote ? c : quote == c ? 0 : quote;
			continue;
		}
		if (c == '<' || c == '(' || c == '{')
			depth++;
		else if ((c == '>' || c == ')' || c == '}') && depth > 0)
			depth--;
		if (c != ':' || depth > 0)
			continue;
		if (i + 1 < s.len && s.ptr[i + 1] == ':')
			i++;
		else
			return i;
	}
	return SIZE_MAX;
}

/* The file and line that a number alone is relative to: the selected frame's, or where `list` stands. */
static struct error *default_line(struct gdb *g, struct str *ret_file, uint32_t *ret_line)
{
	struct eng_thread *t = eng_selected_thread(g->control);
	const struct eng_level *level = t ? eng_level(g->control, t, eng_selected_level(g->control))
					  : NULL;
	if (level && level->line.file.len) {
		*ret_file = level->line.file;
		*ret_line = level->line.line;
		return NULL;
	}
	TRY(gdb_need_list_place(g));
	*ret_file = arena_str(&g->scratch, str_from(g->list.file));
	*ret_line = g->list.first ? g->list.last + 1 : 1; /* as gdb has it: where `list` goes on */
	return NULL;
}

static struct error *offset_place(struct gdb *g, struct str s, struct eng_spec *ret)
{
	uint32_t n = 0, line;
	struct str file;
	if (!number(str_sub(s, 1, SIZE_MAX), &n)) { /* a function's name, for what it is worth */
		*ret = (struct eng_spec){ .kind = ENG_SPEC_FUNCTION, .function = s };
		return NULL;
	}
	TRY(default_line(g, &file, &line));
	line = s.ptr[0] == '+' ? line + n : line > n ? line - n : 1;
	*ret = (struct eng_spec){ .kind = ENG_SPEC_LINE, .file = file, .line = line };
	return NULL;
}

static struct error *address_place(struct gdb *g, struct str s, struct eng_spec *ret)
{
	struct eval_value value;
	uint64_t addr;
	TRY(gdb_eval(g, s, &value));
	TRY(eval_as_address(&value, &addr));
	*ret = (struct eng_spec){ .kind = ENG_SPEC_ADDRESS, .address = addr };
	return NULL;
}

/* The line that a $VARIABLE is. */
static struct error *convenience_line(struct gdb *g, struct str s, struct eng_spec *ret)
{
	int64_t n;
	struct eval_value value;
	struct error *err = gdb_eval_number(g, s, &n);
	if (err) {
		error_destroy(err);
		eval_convenience_get(g->eval, str_sub(s, 1, SIZE_MAX), &value);
		return value.type
			       ? error_new(ERROR_USAGE,
					   "Convenience variables used in line specs must have integer values.")
			       : error_new(ERROR_NOT_FOUND,
					   "Undefined convenience variable or function \"%.*s\" not defined.",
					   STR_ARG(s));
	}
	if (n < 0 || n > INT32_MAX)
		return error_new(ERROR_USAGE, "Line number %lld out of range", (long long)n);
	*ret = (struct eng_spec){ .kind = ENG_SPEC_LINE, .line = (uint32_t)n };
	return NULL;
}

static struct error *convenience_place(struct gdb *g, struct str s, struct eng_spec *ret)
{
	uint32_t line;
	struct eng_spec spec;
	TRY(convenience_line(g, s, &spec));
	TRY(default_line(g, &spec.file, &line));
	*ret = spec;
	return NULL;
}

/* What begins as a line's number and is none. */
static struct error *no_line(struct str file, struct str text)
{
	struct str behind = text, digits = gdb_take_word(&behind);
	uint32_t n;
	bool negative = str_starts(digits, STR_LIT("-"));
	if (number(str_sub(digits, negative, SIZE_MAX), &n) && behind.len)
		return error_new(ERROR_USAGE, "malformed linespec error: unexpected %s, \"%.*s\"",
				 isdigit((unsigned char)behind.ptr[0]) ? "number" : "string",
				 STR_ARG(behind));
	if (negative && number(str_sub(digits, 1, SIZE_MAX), &n))
		return error_new(ERROR_NOT_FOUND, "No line %.*s in file \"%.*s\".", STR_ARG(digits),
				 STR_ARG(file));
	return NULL;
}

static struct error *named_place(struct gdb *g, struct str s, struct eng_spec *ret)
{
	struct eng_spec spec = { .kind = ENG_SPEC_FUNCTION };
	uint32_t line;
	size_t colon = file_colon(s);
	struct str behind = s, first = gdb_take_word(&behind);
	if (colon == 0)
		return error_new(ERROR_USAGE, "malformed linespec error: unexpected colon");
	if (behind.len && number(first, &line))
		return error_new(ERROR_USAGE, "malformed linespec error: unexpected %s, \"%.*s\"",
				 isdigit((unsigned char)behind.ptr[0]) ? "number" : "string",
				 STR_ARG(behind));
	if (number(s, &line)) {
		uint32_t unused;
		spec.kind = ENG_SPEC_LINE;
		spec.line = line;
		TRY(default_line(g, &spec.file, &unused));
	} else if (colon != SIZE_MAX) {
		struct str rest = gdb_strip(str_sub(s, colon + 1, SIZE_MAX));
		spec.file = unquoted(gdb_strip(str_sub(s, 0, colon)));
		if (rest.len && rest.ptr[0] == '$') {
			struct str file = spec.file;
			TRY(convenience_line(g, rest, &spec));
			spec.file = file;
		} else if (number(rest, &spec.line)) {
			spec.kind = ENG_SPEC_LINE;
		} else {
			TRY(no_line(spec.file, rest));
			spec.function = unquoted(rest);
		}
	} else {
		spec.function = unquoted(s);
	}
	if (spec.kind == ENG_SPEC_FUNCTION && spec.function.len == 0)
		return error_new(ERROR_USAGE, "malformed linespec error: unexpected end of input");
	*ret = spec;
	return NULL;
}

/* A place that begins with no option, up to what follows it. */
static struct error *plain_place(struct gdb *g, struct str *text, struct eng_spec *ret);

/* -function F -source S -line L -qualified, in any order. */
static struct error *explicit_place(struct gdb *g, struct str *text, struct eng_spec *ret)
{
	struct eng_spec spec = { .kind = ENG_SPEC_FUNCTION };
	struct str line = STR_EMPTY;
	while (text->len && text->ptr[0] == '-' && !keyword_at(*text, 0)) {
		struct str option = gdb_take_word(text);
		if (str_starts(STR_LIT("-qualified"), option) && option.len > 1)
			continue;
		size_t length = place_length(*text);
		/* The value ends before the next option, too. */
		size_t next = str_find(str_sub(*text, 0, length), STR_LIT(" -"));
		if (next != SIZE_MAX)
			length = next;
		struct str value = unquoted(gdb_strip(str_sub(*text, 0, length)));
		if (!value.len)
			return error_new(ERROR_USAGE, "missing argument for \"%.*s\"", STR_ARG(option));
		*text = gdb_strip(str_sub(*text, length, SIZE_MAX));
		if (str_starts(STR_LIT("-function"), option) && option.len > 1)
			spec.function = value;
		else if (str_starts(STR_LIT("-source"), option) && option.len > 1)
			spec.file = value;
		else if (str_starts(STR_LIT("-line"), option) && option.len > 2)
			line = value;
		else
			return error_new(ERROR_USAGE, "invalid explicit location argument, \"%.*s\"",
					 STR_ARG(option));
	}
	if (line.len && !spec.function.len) {
		struct eng_spec relative = { 0 };
		uint32_t unused;
		spec.kind = ENG_SPEC_LINE;
		if (line.ptr[0] == '+' || line.ptr[0] == '-') {
			TRY(offset_place(g, line, &relative));
			spec.line = relative.line;
			spec.file = relative.file;
		} else if (!number(line, &spec.line)) {
			return error_new(ERROR_USAGE, "malformed line offset: \"%.*s\"", STR_ARG(line));
		} else if (!spec.file.len) {
			TRY(default_line(g, &spec.file, &unused));
		}
	} else if (!spec.function.len && !spec.file.len && text->len) { /* -qualified PLACE */
		return plain_place(g, text, ret);
	} else if (!spec.function.len) {
		return error_new(ERROR_USAGE, "Source filename requires function, label, or line offset.");
	}
	*ret = spec;
	return NULL;
}

/* Where the selected frame stands. */
static struct error *current_place(struct gdb *g, struct eng_spec *ret)
{
	struct eng_thread *t = eng_selected_thread(g->control);
	const struct eng_level *level = t ? eng_level(g->control, t, eng_selected_level(g->control))
					  : NULL;
	if (!level)
		return error_new(ERROR_USAGE, "No default breakpoint address now.");
	*ret = (struct eng_spec){ .kind = ENG_SPEC_ADDRESS, .address = level->unwind.pc.value };
	return NULL;
}

static struct error *plain_place(struct gdb *g, struct str *text, struct eng_spec *ret)
{
	size_t length = text->len && keyword_at(*text, 0) ? 0 : place_length(*text);
	struct str s = gdb_strip(str_sub(*text, 0, length));
	*text = gdb_strip(str_sub(*text, length, SIZE_MAX));
	if (s.len == 0)
		return current_place(g, ret);
	if (s.ptr[0] == '*')
		return address_place(g, str_sub(s, 1, SIZE_MAX), ret);
	if (s.ptr[0] == '+' || s.ptr[0] == '-')
		return offset_place(g, s, ret);
	if (s.ptr[0] == '$')
		return convenience_place(g, s, ret);
	return named_place(g, s, ret);
}

struct error *gdb_parse_place(struct gdb *g, struct str text, struct eng_spec *ret, struct str *ret_rest)
{
	struct eng_spec spec = { 0 };
	text = gdb_strip(text);
	bool options = text.len > 1 && text.ptr[0] == '-' && isalpha((unsigned char)text.ptr[1]) &&
		       !keyword_at(text, 0);
	if (options)
		TRY(explicit_place(g, &text, &spec));
	else
		TRY(plain_place(g, &text, &spec));
	if (!ret_rest && text.len)
		return error_new(ERROR_USAGE, "Junk at end of arguments: %.*s", STR_ARG(text));
	*ret = spec;
	if (ret_rest)
		*ret_rest = text;
	return NULL;
}
