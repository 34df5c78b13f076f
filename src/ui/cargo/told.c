/* How cargo and nextest are told to start programs by oxdb: by an environment variable for each target, which goes before the runners of all
 * configuration files, whatever those look like. (Of a value of --config and one of a file cargo makes a list, or an error.) */
#include "ui/cargo/cargo_internal.h"

enum { TRIPLES_MAX = 16 };

extern char **environ;

/* ---- targets ---- */

struct triples {
	struct str list[TRIPLES_MAX];
	size_t count;
};

/* Something like x86_64-unknown-linux-musl. Another word in its place does no harm: nothing is built for it. */
static void add_triple(struct triples *t, struct str word)
{
	size_t dashes = 0;
	if (str_starts(word, STR_LIT("-")))
		return;
	for (size_t i = 0; i < word.len; i++) {
		char c = word.ptr[i];
		dashes += c == '-';
		if (!(c == '-' || c == '_' || c == '.' || (c >= '0' && c <= '9') ||
		      (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')))
			return;
	}
	for (size_t i = 0; i < t->count; i++)
		if (str_eq(t->list[i], word))
			return;
	if (dashes >= 2 && t->count < TRIPLES_MAX)
		t->list[t->count++] = word;
}

/* Where a target other than the host was built for, the path has its name. */
static void add_parts_of_path(struct triples *t, struct str path)
{
	while (path.len) {
		size_t slash = str_find(path, STR_LIT("/"));
		add_triple(t, str_sub(path, 0, slash));
		path = str_sub(path, slash == SIZE_MAX ? path.len : slash + 1, path.len);
	}
}

/* As cargo spells it: CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER. */
static struct str variable_of(struct str triple, struct arena *arena)
{
	struct buf name = { 0 };
	buf_str(&name, STR_LIT("CARGO_TARGET_"));
	for (size_t i = 0; i < triple.len; i++) {
		char c = triple.ptr[i];
		buf_char(&name, c >= 'a' && c <= 'z'   ? (char)(c - 'a' + 'A')
				: c == '-' || c == '.' ? '_'
						       : c);
	}
	buf_str(&name, STR_LIT("_RUNNER"));
	struct str ret = arena_str(arena, buf_view(&name));
	buf_deinit(&name);
	return ret;
}

/* The words that are cargo's own. */
static void add_words(struct triples *t, char *const *words)
{
	for (; *words && strcmp(*words, "--") != 0; words++) {
		const char *equals = strchr(*words, '=');
		add_triple(t, str_from(equals ? equals + 1 : *words));
	}
}

/* ---- the environment ---- */

static size_t count_of(char *const *list)
{
	size_t count = 0;
	while (list[count])
		count++;
	return count;
}

/* "NAME=VALUE": is it one of these names? */
static bool is_named(const char *variable, const struct str *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strncmp(variable, names[i].ptr, names[i].len) == 0 && variable[names[i].len] == '=')
			return true;
	return false;
}

char *const *cargo_starts_environment(const struct cargo_starts *s, const char *runner, struct str host,
				      const struct cargo_programs *programs, char *const *words,
				      struct arena *arena)
{
	struct triples triples = { .count = 0 };
	struct str names[TRIPLES_MAX];
	size_t used = 0;
	add_triple(&triples, host);
	add_words(&triples, words);
	add_triple(&triples, str_from(getenv("CARGO_BUILD_TARGET")));
	for (size_t i = 0; programs && i < programs->count; i++)
		add_parts_of_path(&triples, programs->data[i].path);
	char **ret = ARENA_ARRAY(arena, char *, count_of(environ) + triples.count + 1);
	for (size_t i = 0; i < triples.count; i++)
		names[i] = variable_of(triples.list[i], arena);
	for (char *const *variable = environ; *variable; variable++)
		if (!is_named(*variable, names, triples.count))
			ret[used++] = *variable;
	for (size_t i = 0; i < triples.count; i++) {
		struct str text = arena_printf(arena, "%.*s=%s/oxdb %s", STR_ARG(names[i]),
					       cargo_starts_folder(s), runner);
		ret[used++] = (char *)(uintptr_t)text.ptr;
	}
	return ret;
}

char *const *cargo_restore_environment(const struct cargo_starts *s, char *const *env, struct arena *arena)
{
	char **ret = ARENA_ARRAY(arena, char *, count_of(env) + 1);
	struct str folder = arena_printf(arena, "%s/", cargo_starts_folder(s));
	size_t used = 0;
	for (; *env; env++) {
		struct str variable = str_from(*env);
		size_t equals = str_find(variable, STR_LIT("="));
		if (equals == SIZE_MAX || !str_starts(variable, STR_LIT("CARGO_TARGET_")) ||
		    !str_starts(str_sub(variable, equals + 1, variable.len), folder)) {
			ret[used++] = *env;
			continue;
		}
		struct str name = arena_str(arena, str_sub(variable, 0, equals));
		const char *before = getenv(name.ptr);
		if (before)
			ret[used++] = (char *)(uintptr_t)arena_printf(arena, "%s=%s", name.ptr, before).ptr;
	}
	return ret;
}

void cargo_forget_runner(const char *own)
{
	struct arena arena = ARENA_INIT;
	size_t length = strlen(own);
	for (char **variable = environ; *variable;) {
		const char *equals = strchr(*variable, '=');
		struct str name = { *variable, equals ? (size_t)(equals - *variable) : 0 };
		bool names_us = equals && strncmp(equals + 1, own, length) == 0 &&
				equals[1 + length] == ' ';
		if (!names_us || !str_starts(name, STR_LIT("CARGO_TARGET_")) ||
		    !str_ends(name, STR_LIT("_RUNNER"))) {
			variable++;
			continue;
		}
		unsetenv(arena_str(&arena, name).ptr);
		variable = environ; /* it has moved */
	}
	arena_deinit(&arena);
}
