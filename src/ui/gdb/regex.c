/* Regular expressions over texts that are no C strings. */
#include "ui/gdb/looking.h"

#include <regex.h>
#include <stdlib.h>

struct gdb_regex {
	regex_t compiled;
};

static struct error *compile(struct str text, int flags, const char *what, struct gdb_regex **ret)
{
	if (text.len == 0) {
		*ret = NULL;
		return NULL;
	}
	struct gdb_regex *r = xmalloc(sizeof *r);
	char *pattern = str_dup(text);
	int code = regcomp(&r->compiled, pattern, flags | REG_NOSUB);
	free(pattern);
	if (code != 0) {
		char why[128];
		/* The C library has no words of its own for a bracket that is left open. */
		bool bracket = code == REG_EBRACK ||
			       (code == REG_BADPAT && str_contains(text, STR_LIT("[")));
		regerror(code, &r->compiled, why, sizeof why);
		free(r);
		return error_new(ERROR_USAGE, "%s: %s", what, bracket ? "Unmatched [ or [^" : why);
	}
	*ret = r;
	return NULL;
}

struct error *gdb_regex_new(struct str text, struct gdb_regex **ret)
{
	return compile(text, 0, "Invalid regexp", ret);
}

struct error *gdb_regex_new_extended(struct str text, struct gdb_regex **ret)
{
	return compile(text, REG_EXTENDED, "regexp", ret);
}

bool gdb_regex_matches(const struct gdb_regex *r, struct str text)
{
	if (!r)
		return true;
	regmatch_t range = { .rm_so = 0, .rm_eo = (regoff_t)text.len };
	return regexec(&r->compiled, text.ptr ? text.ptr : "", 1, &range, REG_STARTEND) == 0;
}

void gdb_regex_destroy(struct gdb_regex *r)
{
	if (!r)
		return;
	regfree(&r->compiled);
	free(r);
}
