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

enum cargo_fit cargo_fit(const struct cargo_test *test, const struct cargo_program *program,
			 struct str filter)
{
	struct str name = test->name;
	if (str_eq(name, filter))
		return CARGO_FIT_EXACT;
	if (filter.len == program->id.len + 1 + name.len && str_starts(filter, program->id) &&
	    filter.ptr[program->id.len] == ' ' && str_ends(filter, name))
		return CARGO_FIT_EXACT;
	if (name.len > filter.len + 2 && str_ends(name, filter) &&
	    str_ends(str_sub(name, 0, name.len - filter.len), STR_LIT("::")))
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
