/* Command lines. The first byte chooses what reads the rest: the command line's words in the real tables of commands and settings, the words
 * of a user's command, the options of oxdb, or a line of history. Nothing is run. */
#include "ui/gdb/input.h"
#include "ui/gdb/options.h"
#include "ui/gdb/printf.h"
#include "ui/gdb/script.h"
#include "ui/gdb/settings.h"

static void look_up(struct str line)
{
	static struct gdb_registry registry;
	struct gdb_found found;
	size_t first;
	if (!registry.entries.count)
		gdb_registry_fill(&registry);
	struct error *err = gdb_lookup(&registry, line, &found);
	if (!err && found.command) { /* args are a part of the line */
		if (found.args.len &&
		    (found.args.ptr < line.ptr || found.args.ptr + found.args.len > line.ptr + line.len))
			__builtin_trap();
		gdb_registry_below(&registry, str_from(found.command->name), &first);
	}
	error_destroy(err);
}

static void split(struct str line)
{
	struct arena arena = ARENA_INIT;
	struct str *words;
	size_t count = gdb_split_words(line, &arena, &words);
	for (size_t i = 0; i < count; i++)
		if (!words[i].len)
			__builtin_trap();
	for (size_t at = 0; at < line.len;)
		gdb_unescape(line, &at);
	arena_deinit(&arena);
}

/* NULs separate the arguments. */
static void parse_options(struct str text)
{
	char *copy = str_dup(text);
	char name[] = "oxdb";
	char *argv[66] = { name };
	int argc = 1;
	struct gdb_options options;
	for (size_t at = 0; at < text.len && argc < 64; at += strlen(copy + at) + 1)
		argv[argc++] = copy + at;
	struct error *err = gdb_options_parse(argc, argv, &options);
	if (!err)
		gdb_options_deinit(&options);
	error_destroy(err);
	free(copy);
}

static void expand(struct str line)
{
	struct gdb_history h = { 0 };
	char *expanded;
	vec_push(&h.lines, xstrdup("break main"));
	vec_push(&h.lines, xstrdup("run"));
	struct error *err = gdb_history_expand(&h, line, &expanded);
	if (!err)
		free(expanded);
	error_destroy(err);
	gdb_history_deinit(&h);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size || size > 1 << 16)
		return 0;
	/* A copy of exactly this size, so that reading past it is seen. */
	char *copy = xmalloc(size);
	memcpy(copy, data + 1, size - 1);
	struct str text = { copy, size - 1 };
	switch (data[0] % 4) {
	case 0:
		look_up(text);
		break;
	case 1:
		split(text);
		break;
	case 2:
		parse_options(text);
		break;
	default:
		expand(text);
		break;
	}
	free(copy);
	return 0;
}
