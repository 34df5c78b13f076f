/* What cargo, nextest, rustdoc and test programs print, and the words of the command line: nothing of it is trusted, and what is found is part of it. */
#include "ui/cargo/cargo.h"

#include <stdlib.h>

enum { WORDS_MAX = 64 };

/* Each doc test is told from the others, or not at all: what is selected runs, and runs alone. */
static void select_each(const struct cargo_tests *tests, struct arena *arena)
{
	for (size_t which = 0; which < tests->count && which < 16; which++) {
		struct cargo_words words = { 0 };
		struct error *err = cargo_select_doc_test(tests, which, arena, &words);
		for (size_t i = 0; i < tests->count && !err; i++) {
			bool runs = str_contains(tests->data[i].name, str_from(words.data[0]));
			for (size_t w = 2; w < words.count; w += 2)
				runs &= !str_contains(tests->data[i].name, str_from(words.data[w]));
			if (runs != (i == which))
				abort();
		}
		error_destroy(err);
		vec_free(&words);
	}
}

static bool has_nul(struct str text)
{
	return text.len && memchr(text.ptr, '\0', text.len);
}

static void read_list(struct str text, struct arena *arena)
{
	struct cargo_program program = { .id = STR_LIT("words") };
	const struct cargo_programs programs = { .data = &program, .count = 1 };
	struct cargo_tests tests = { 0 };
	struct cargo_tests found = { 0 };
	if (!cargo_parse_list(text, 0, &tests) && tests.count)
		abort();
	for (size_t i = 0; i < tests.count; i++)
		if (cargo_fit(&tests.data[i], &program, tests.data[i].name) != CARGO_FIT_EXACT)
			abort();
	cargo_filter(&tests, &programs, NULL, true, &found);
	if (found.count != tests.count)
		abort();
	if (!has_nul(text))
		select_each(&tests, arena);
	vec_free(&found);
	vec_free(&tests);
}

static void read_documents(struct str text, struct arena *arena)
{
	struct cargo_programs programs = { 0 };
	struct cargo_tests tests = { 0 };
	cargo_parse_messages(text, arena, &programs);
	error_destroy(cargo_parse_metadata(text, arena, &programs));
	struct cargo_program one = { .path = STR_LIT("/t/a") };
	struct cargo_programs two = { .data = &one, .count = 1 };
	error_destroy(cargo_parse_nextest(text, &two, arena, &tests));
	vec_free(&tests);
	vec_free(&programs);
	struct str package = cargo_package_of(text);
	if (package.len && (package.ptr < text.ptr || package.ptr + package.len > text.ptr + text.len))
		abort();
}

static void sort_words(struct str text, struct arena *arena)
{
	char *words[WORDS_MAX + 1] = { "test" };
	int count = 1;
	struct str line = arena_str(arena, text);
	for (char *rest = (char *)(uintptr_t)line.ptr, *word;
	     count < WORDS_MAX && (word = strsep(&rest, "\n"));)
		words[count++] = word;
	for (enum cargo_command command = CARGO_TEST; command <= CARGO_RUN; command++) {
		struct cargo_options o;
		struct cargo_words nextest = { 0 };
		struct error *err = cargo_options_parse(command, count, words, &o);
		error_destroy(err);
		if (err)
			continue;
		cargo_nextest_options(&o.cargo, arena, &nextest);
		if (nextest.count > o.cargo.count || o.rest > words + count)
			abort();
		vec_free(&nextest);
		cargo_options_deinit(&o);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = ARENA_INIT;
	struct str text = { (const char *)data, size };
	read_list(text, &arena);
	read_documents(text, &arena);
	sort_words(text, &arena);
	arena_deinit(&arena);
	return 0;
}
