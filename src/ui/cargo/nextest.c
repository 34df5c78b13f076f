/* cargo-nextest, where it is installed. */
#include "ui/cargo/cargo.h"

#include <jansson.h>
#include <unistd.h>

/* ---- is it there ---- */

static bool is_in_folder(struct str folder, const char *more)
{
	struct buf path = { 0 };
	buf_printf(&path, "%.*s%s/cargo-nextest", STR_ARG(folder), more);
	bool is = access(path.data, X_OK) == 0;
	buf_deinit(&path);
	return is;
}

bool cargo_has_nextest(void)
{
	const char *home = getenv("CARGO_HOME");
	const char *user = getenv("HOME");
	struct str path = str_from(getenv("PATH"));
	if (home && *home ? is_in_folder(str_from(home), "/bin")
			  : user && is_in_folder(str_from(user), "/.cargo/bin"))
		return true;
	while (path.len) {
		size_t colon = str_find(path, STR_LIT(":"));
		struct str folder = str_sub(path, 0, colon);
		path = str_sub(path, colon == SIZE_MAX ? path.len : colon + 1, path.len);
		if (folder.len && is_in_folder(folder, ""))
			return true;
	}
	return false;
}

/* ---- its options ---- */

/* nextest's own profiles and jobs have taken cargo's names. An empty name: nextest has no such option and needs none. */
static const struct {
	const char *cargo, *nextest;
} renamed[] = {
	{ "--profile", "--cargo-profile" },
	{ "--jobs", "--build-jobs" },
	{ "-j", "--build-jobs" },
	{ "-q", "" },
	{ "--quiet", "" },
	{ "-v", "" },
	{ "-vv", "" },
	{ "--verbose", "" },
	{ "--future-incompat-report", "" },
};

static const char *rename_option(const char *word, struct arena *arena)
{
	size_t length = strcspn(word, "=");
	if (word[0] == '-' && word[1] == 'j' && word[2])
		return arena_printf(arena, "--build-jobs=%s", word + 2).ptr;
	for (size_t i = 0; i < sizeof renamed / sizeof *renamed; i++) {
		if (!str_is((struct str){ word, length }, renamed[i].cargo))
			continue;
		return *renamed[i].nextest
			       ? arena_printf(arena, "%s%s", renamed[i].nextest, word + length).ptr
			       : NULL;
	}
	return word;
}

void cargo_nextest_options(const struct cargo_words *cargo, struct arena *arena, struct cargo_words *ret)
{
	for (size_t i = 0; i < cargo->count; i++) {
		const char *word = rename_option(cargo->data[i], arena);
		if (word)
			vec_push(ret, word);
	}
}

/* ---- its list ---- */

/* The default filter of its configuration leaves a test out as #[ignore] does: unless it is asked for by name. */
static bool is_left_out(const json_t *test)
{
	const char *reason =
		json_string_value(json_object_get(json_object_get(test, "filter-match"), "reason"));
	return json_is_true(json_object_get(test, "ignored")) ||
	       (reason && strcmp(reason, "default-filter") == 0);
}

static void take_suite(struct cargo_program *p, const json_t *suite, size_t program, struct arena *arena,
		       struct cargo_tests *ret)
{
	const json_t *cases = json_object_get(suite, "testcases");
	const char *id = json_string_value(json_object_get(suite, "binary-id"));
	if (id)
		p->id = arena_str(arena, str_from(id));
	const char *name;
	json_t *one;
	json_object_foreach((json_t *)(uintptr_t)cases, name, one)
	{
		vec_push(ret, (struct cargo_test){
				      .name = arena_str(arena, str_from(name)),
				      .program = program,
				      .ignored = is_left_out(one),
			      });
	}
}

static const json_t *find_suite(const json_t *suites, struct str path)
{
	const char *id;
	json_t *suite;
	json_object_foreach((json_t *)(uintptr_t)suites, id, suite)
	{
		const char *at = json_string_value(json_object_get(suite, "binary-path"));
		if (at && str_is(path, at))
			return suite;
	}
	return NULL;
}

struct error *cargo_parse_nextest(struct str output, struct cargo_programs *programs,
				  struct arena *arena, struct cargo_tests *ret)
{
	json_error_t where;
	struct cargo_tests tests = { 0 };
	json_t *list = json_loadb(output.ptr ? output.ptr : "", output.len, 0, &where);
	if (!list)
		return error_new(ERROR_FORMAT, "cargo nextest list: %s", where.text);
	const json_t *suites = json_object_get(list, "rust-suites");
	struct error *err = json_is_object(suites)
				    ? NULL
				    : error_new(ERROR_FORMAT, "cargo nextest list: no rust-suites");
	for (size_t i = 0; i < programs->count && !err; i++) {
		const json_t *suite = find_suite(suites, programs->data[i].path);
		if (!suite)
			err = error_new(ERROR_NOT_FOUND, "cargo nextest list: nothing of %.*s",
					STR_ARG(programs->data[i].path));
		else
			take_suite(&programs->data[i], suite, i, arena, &tests);
	}
	json_decref(list);
	if (err)
		vec_free(&tests);
	else
		*ret = tests;
	return err;
}
