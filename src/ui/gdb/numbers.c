/* Lists of numbers as gdb's commands take them: "1 3-5 $bpnum". What is wrong is worded, and passed over, as gdb does it. */
#include "ui/gdb/gdb_internal.h"

#include <ctype.h>

static bool blank(char c)
{
	return isspace((unsigned char)c);
}

static char at(struct str s, size_t i)
{
	return i < s.len ? s.ptr[i] : '\0';
}

static size_t dollar_length(struct str s)
{
	size_t end = 1;
	while (isalnum((unsigned char)at(s, end)) || at(s, end) == '_' || at(s, end) == '$')
		end++;
	return end;
}

static int variable(struct gdb *g, struct str name)
{
	int64_t value;
	struct error *err = gdb_eval_number(g, name, &value);
	if (!err && value >= INT32_MIN && value <= INT32_MAX)
		return (int)value;
	error_destroy(err);
	gdb_print(g, "Convenience variable must have integer value.\n");
	return 0;
}

int gdb_take_number(struct gdb *g, struct str *text, char trailer)
{
	struct str s = *text;
	size_t end = 0;
	int64_t n = 0;
	bool negative = false;
	if (at(s, 0) == '$') {
		end = dollar_length(s);
		n = variable(g, str_sub(s, 0, end));
	} else {
		negative = at(s, 0) == '-';
		end = negative;
		size_t digits = end;
		for (; isdigit((unsigned char)at(s, end)); end++)
			n = n > INT32_MAX ? n : n * 10 + (at(s, end) - '0');
		if (end == digits)
			while (end < s.len && !blank(s.ptr[end]))
				end++;
	}
	if (end < s.len && !blank(s.ptr[end]) && (!trailer || s.ptr[end] != trailer)) {
		while (end < s.len && !blank(s.ptr[end]) && (!trailer || s.ptr[end] != trailer))
			end++;
		n = 0;
	}
	while (end < s.len && blank(s.ptr[end]))
		end++;
	*text = str_sub(s, end, SIZE_MAX);
	if (n > INT32_MAX)
		n = INT32_MAX;
	return (int)(negative ? -n : n);
}

bool gdb_numbers_end(const struct gdb_numbers *n)
{
	char first = at(n->text, 0), second = at(n->text, 1);
	if (n->in_range)
		return false;
	if (first == '-')
		return !isdigit((unsigned char)second) && second != '$';
	return !isdigit((unsigned char)first) && first != '$';
}

struct error *gdb_numbers_next(struct gdb *g, struct gdb_numbers *n, int *ret)
{
	if (n->in_range) {
		*ret = ++n->last;
		n->in_range = n->last < n->end;
		return NULL;
	}
	if (at(n->text, 0) == '-')
		return error_new(ERROR_USAGE, "negative value");
	struct str before = n->text;
	n->last = gdb_take_number(g, &n->text, '-');
	if (at(n->text, 0) == '-') {
		/* Behind a blank it may begin an option. */
		char next = at(n->text, 1);
		bool option = n->text.ptr > before.ptr && blank(n->text.ptr[-1]) &&
			      (isalpha((unsigned char)next) || next == '-');
		if (!option) {
			struct str rest = gdb_strip(str_sub(n->text, 1, SIZE_MAX));
			n->end = gdb_take_number(g, &rest, '\0');
			n->text = rest;
			if (n->end < n->last)
				return error_new(ERROR_USAGE, "inverted range");
			n->in_range = n->end > n->last;
		}
	}
	*ret = n->last;
	return NULL;
}

struct error *gdb_each_number(struct gdb *g, struct str text, const char *bad, gdb_number_fn *fn, void *ctx)
{
	struct gdb_numbers list = { .text = gdb_strip(text) };
	while (!gdb_numbers_end(&list) && !gdb_interrupted(g)) {
		int number;
		struct str before = list.text;
		TRY(gdb_numbers_next(g, &list, &number));
		if (number)
			TRY(fn(ctx, (uint32_t)number));
		else
			gdb_warn(g, "bad %s number at or near '%.*s'", bad, STR_ARG(before));
	}
	return NULL;
}
