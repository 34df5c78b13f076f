/* Lists of tests, and which of them are meant. */
#include "ui/cargo/cargo.h"

static bool next_line(struct str *text, struct str *ret)
{
	if (!text->len)
		return false;
	size_t end = str_find(*text, STR_LIT("\n"));
	*ret = str_sub(*text, 0, end);
	*text = str_sub(*text, end == SIZE_MAX ? text->len : end + 1, text->len);
	if (str_ends(*ret, STR_LIT("\r")))
		ret->len--;
	return true;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* libtest ends its list with "12 tests, 0 benchmarks". */
static bool is_sum(struct str line)
{
	return line.len && is_digit(line.ptr[0]) && str_contains(line, STR_LIT(" test")) &&
	       str_contains(line, STR_LIT(" benchmark"));
}

bool cargo_parse_list(struct str output, size_t program, struct cargo_tests *ret)
{
	static const struct str kinds[] = { { ": test", 6 }, { ": benchmark", 11 } };
	bool is_list = false;
	struct str line;
	while (next_line(&output, &line)) {
		is_list |= is_sum(line);
		for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
			if (!str_ends(line, kinds[i]) || line.len == kinds[i].len)
				continue;
			is_list = true;
			vec_push(ret,
				 (struct cargo_test){ .name = str_sub(line, 0, line.len - kinds[i].len),
						      .program = program });
		}
	}
	return is_list;
}

/* "FILE - ITEM (line N)"; false: not a doc test. */
static bool item_of(struct str name, struct str *ret)
{
	size_t dash = str_find(name, STR_LIT(" - "));
	size_t line = str_rfind(name, STR_LIT(" (line "));
	if (dash == SIZE_MAX || line == SIZE_MAX || line < dash + 3)
		return false;
	*ret = str_sub(name, dash + 3, line - dash - 3);
	return true;
}

static bool is_last_part(struct str path, struct str part)
{
	return path.len > part.len + 2 && str_ends(path, part) &&
	       str_ends(str_sub(path, 0, path.len - part.len), STR_LIT("::"));
}

enum cargo_fit cargo_fit(const struct cargo_test *test, const struct cargo_program *program,
			 struct str filter)
{
	struct str name = test->name;
	if (!filter.len)
		return CARGO_FIT_PART;
	if (str_eq(name, filter))
		return CARGO_FIT_EXACT;
	if (filter.len == program->id.len + 1 + name.len && str_starts(filter, program->id) &&
	    filter.ptr[program->id.len] == ' ' && str_ends(filter, name))
		return CARGO_FIT_EXACT;
	struct str item;
	if (is_last_part(name, filter))
		return CARGO_FIT_LAST;
	if (item_of(name, &item) && (str_eq(item, filter) || is_last_part(item, filter)))
		return CARGO_FIT_LAST;
	return str_contains(name, filter) ? CARGO_FIT_PART : CARGO_FIT_NONE;
}

void cargo_filter(const struct cargo_tests *all, const struct cargo_programs *programs,
		  const char *filter, bool best_only, struct cargo_tests *ret)
{
	struct str wanted = str_from(filter);
	for (enum cargo_fit fit = CARGO_FIT_EXACT; fit < CARGO_FIT_NONE; fit++) {
		for (size_t i = 0; i < all->count; i++) {
			const struct cargo_test *t = &all->data[i];
			if (cargo_fit(t, &programs->data[t->program], wanted) == fit)
				vec_push(ret, *t);
		}
		if (best_only && fit == CARGO_FIT_LAST && ret->count)
			return;
	}
}

/* ---- doc tests ---- */

/* The next word of a text at white space. */
static bool next_word(struct str *text, struct str *ret)
{
	static const char space[] = " \t\r\n";
	while (text->len && memchr(space, text->ptr[0], sizeof space - 1))
		*text = str_sub(*text, 1, text->len);
	size_t length = 0;
	while (length < text->len && !memchr(space, text->ptr[length], sizeof space - 1))
		length++;
	*ret = str_sub(*text, 0, length);
	*text = str_sub(*text, length, text->len);
	return length != 0;
}

/* A word of the other's name that is in no part of ours; empty: none. */
static struct str telling_word(struct str other, struct str ours)
{
	struct str word;
	while (next_word(&other, &word) && str_contains(ours, word))
		;
	return word;
}

/* Whether that filter, and leaving out the others that it matches, gives the one. `ret` NULL: only asked. */
static bool select_by(const struct cargo_tests *all, size_t which, struct str filter,
		      struct arena *arena, struct cargo_words *ret)
{
	struct str name = all->data[which].name;
	if (ret)
		vec_push(ret, arena_str(arena, filter).ptr);
	for (size_t i = 0; i < all->count; i++) {
		if (i == which || !str_contains(all->data[i].name, filter))
			continue;
		struct str word = telling_word(all->data[i].name, name);
		if (!word.len)
			return false;
		if (!ret)
			continue;
		vec_push(ret, "--skip");
		vec_push(ret, arena_str(arena, word).ptr);
	}
	return true;
}

struct error *cargo_select_doc_test(const struct cargo_tests *all, size_t which, struct arena *arena,
				    struct cargo_words *ret)
{
	struct str rest = all->data[which].name;
	struct str word;
	while (next_word(&rest, &word)) {
		if (word.ptr[0] == '-' ||
		    !select_by(all, which, word, NULL, NULL)) /* a dash begins an option */
			continue;
		select_by(all, which, word, arena, ret);
		return NULL;
	}
	return error_new(ERROR_UNSUPPORTED, "%.*s cannot be told from the others by rustdoc's filters",
			 STR_ARG(all->data[which].name));
}
