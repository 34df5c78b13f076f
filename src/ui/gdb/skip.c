/* skip: functions that `step` runs through, by their names and by the files that they are in. */
#include "ui/gdb/looking.h"
#include "ui/gdb/running.h"

#include <fnmatch.h>

/* ---- is one meant? ---- */

/* A pattern is about as many of the path's last parts as it has itself. */
static bool glob_matches(const char *pattern, struct str path)
{
	struct str text = str_from(pattern);
	if (text.len && text.ptr[0] != '/') {
		size_t wanted = 1, at = path.len;
		for (size_t i = 0; i < text.len; i++)
			wanted += text.ptr[i] == '/';
		while (at && !(path.ptr[at - 1] == '/' && --wanted == 0))
			at--;
		path = str_sub(path, at, SIZE_MAX);
	}
	char *copy = str_dup(path);
	bool matches = fnmatch(pattern, copy, FNM_PATHNAME | FNM_NOESCAPE) == 0;
	free(copy);
	return matches;
}

static bool file_matches(const char *name, struct str path)
{
	struct str text = str_from(name);
	return str_ends(path, text) && (path.len == text.len || path.ptr[path.len - text.len - 1] == '/');
}

static bool matches(const struct gdb_skip *s, struct str file, struct str function)
{
	if (!s->enabled)
		return false;
	if (s->file && !(s->glob ? glob_matches(s->file, file) : file_matches(s->file, file)))
		return false;
	if (s->regex)
		return gdb_regex_matches(s->regex, function);
	return !s->function || str_is(function, s->function) ||
	       sym_path_matches(function, str_from(s->function));
}

bool gdb_skips(void *ctx, const struct eng_level *level)
{
	struct gdb *g = ctx;
	if (g->skips.count == 0)
		return false;
	struct str file = level->info.decl.file.len ? level->info.decl.file : level->line.file;
	struct str function = gdb_level_name(g, level);
	vec_for(&g->skips, s) {
		if (matches(s, file, function))
			return true;
	}
	return false;
}

/* ---- the list ---- */

static void skip_deinit(struct gdb_skip *s)
{
	free(s->file);
	free(s->function);
	gdb_regex_destroy(s->regex);
}

void gdb_skips_deinit(struct gdb *g)
{
	vec_for(&g->skips, s)
		skip_deinit(s);
	vec_free(&g->skips);
}

/* It becomes the list's. */
static void add(struct gdb *g, struct gdb_skip skip)
{
	skip.number = ++g->last_skip;
	skip.enabled = true;
	vec_push(&g->skips, skip);
	eng_skips_changed(g->control);
	const char *functions = skip.regex ? "Function(s)" : "Function";
	if (skip.function && skip.file)
		gdb_print(g, "%s %s in %s %s will be skipped when stepping.\n", functions, skip.function,
			  skip.glob ? "file(s)" : "file", skip.file);
	else if (skip.function)
		gdb_print(g, "%s %s will be skipped when stepping.\n", functions, skip.function);
	else
		gdb_print(g, "%s %s will be skipped when stepping.\n", skip.glob ? "File(s)" : "File",
			  skip.file);
}

static struct error *add_function(struct gdb *g, struct str name)
{
	struct eng_thread *t;
	const struct eng_level *level;
	if (!name.len) {
		struct error *err = gdb_need_frame(g, &t, &level);
		name = err ? STR_EMPTY : gdb_level_name(g, level);
		error_destroy(err);
	}
	if (!name.len)
		return error_new(ERROR_USAGE, "No default function now.");
	add(g, (struct gdb_skip){ .function = str_dup(name) });
	return NULL;
}

static struct error *skip_function(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command;
	return add_function(g, args);
}

static struct error *skip_file(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command;
	struct eng_thread *t;
	const struct eng_level *level;
	if (!args.len) {
		struct error *err = gdb_need_frame(g, &t, &level);
		args = err ? str_from(g->list.file) : level->line.file;
		error_destroy(err);
	}
	if (!args.len)
		return error_new(ERROR_USAGE, "No default file now.");
	add(g, (struct gdb_skip){ .file = str_dup(args) });
	return NULL;
}

/* The options' texts; empty: not given. */
struct options {
	struct str file, glob, function, regex;
};

static struct str *option_of(struct options *o, struct str word)
{
	if (str_is(word, "-fi") || str_is(word, "-file"))
		return &o->file;
	if (str_is(word, "-gfi") || str_is(word, "-gfile"))
		return &o->glob;
	if (str_is(word, "-fu") || str_is(word, "-function"))
		return &o->function;
	if (str_is(word, "-rfu") || str_is(word, "-rfunction"))
		return &o->regex;
	return NULL;
}

/* A word, or what stands in quotes. */
static struct str take_value(struct gdb *g, struct str *text)
{
	if (!text->len || (text->ptr[0] != '\'' && text->ptr[0] != '"'))
		return gdb_take_word(text);
	char quote[] = { text->ptr[0], '\0' };
	struct str inner = str_sub(*text, 1, SIZE_MAX);
	size_t end = str_find(inner, str_from(quote));
	*text = gdb_strip(str_sub(inner, end == SIZE_MAX ? inner.len : end + 1, SIZE_MAX));
	return arena_str(&g->scratch, str_sub(inner, 0, end));
}

static struct error *take_options(struct gdb *g, struct str args, struct options *ret)
{
	while (args.len) {
		struct str word = gdb_take_word(&args);
		struct str *value = option_of(ret, word);
		if (!value && word.ptr[0] == '-')
			return error_new(ERROR_USAGE, "Invalid skip option: %.*s", STR_ARG(word));
		if (!value)
			return error_new(ERROR_USAGE, "Invalid argument: %.*s", STR_ARG(word));
		if (!args.len)
			return error_new(ERROR_USAGE, "Missing value for %.*s option.", STR_ARG(word));
		*value = take_value(g, &args);
	}
	if (ret->file.len && ret->glob.len)
		return error_new(ERROR_USAGE, "Cannot specify both -file and -gfile.");
	if (ret->function.len && ret->regex.len)
		return error_new(ERROR_USAGE, "Cannot specify both -function and -rfunction.");
	return NULL;
}

static struct error *skip_command(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct options o = { 0 };
	struct gdb_skip skip = { 0 };
	(void)command;
	if (!args.len || args.ptr[0] != '-')
		return add_function(g, args);
	TRY(take_options(g, args, &o));
	if (o.regex.len)
		TRY(gdb_regex_new_extended(o.regex, &skip.regex));
	struct str file = o.glob.len ? o.glob : o.file;
	struct str function = o.regex.len ? o.regex : o.function;
	skip.glob = o.glob.len > 0;
	skip.file = file.len ? str_dup(file) : NULL;
	skip.function = function.len ? str_dup(function) : NULL;
	add(g, skip);
	return NULL;
}

/* ---- what is done with entries ---- */

static struct error *check_numbers(struct gdb *g, struct str numbers)
{
	struct gdb_numbers list = { .text = numbers };
	int n;
	if (numbers.len && gdb_numbers_end(&list))
		return error_new(ERROR_USAGE, "Arguments must be numbers or '$' variables.");
	while (!gdb_numbers_end(&list) && !gdb_interrupted(g))
		TRY(gdb_numbers_next(g, &list, &n));
	return NULL;
}

/* Does a list of numbers, which is in order, name it? An empty list names all. */
static bool named(struct gdb *g, struct str numbers, uint32_t number)
{
	struct gdb_numbers list = { .text = numbers };
	bool found = !numbers.len;
	while (!gdb_numbers_end(&list) && !found && !gdb_interrupted(g)) {
		int n;
		struct error *err = gdb_numbers_next(g, &list, &n);
		found = !err && n > 0 && (uint32_t)n == number;
		error_destroy(err);
	}
	return found;
}

enum change { DELETE, ENABLE, DISABLE };

static struct error *change(struct gdb *g, enum change change, struct str numbers)
{
	size_t kept = 0, found = 0;
	TRY(check_numbers(g, numbers));
	for (size_t i = 0; i < g->skips.count; i++) {
		struct gdb_skip *s = &g->skips.data[i];
		bool meant = named(g, numbers, s->number);
		found += meant;
		if (meant && change == DELETE) {
			skip_deinit(s);
			continue;
		}
		if (meant)
			s->enabled = change == ENABLE;
		g->skips.data[kept++] = *s;
	}
	g->skips.count = kept;
	eng_skips_changed(g->control);
	if (!found && numbers.len)
		return error_new(ERROR_USAGE, "No skiplist entries found with number %.*s.",
				 STR_ARG(numbers));
	return found ? NULL : error_new(ERROR_USAGE, "No skiplist entries found.");
}

static struct error *skip_delete(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command;
	if (!args.len && gdb_from_tty(g) && !gdb_query(g, "Delete all skiplist entries? "))
		return NULL;
	return change(g, DELETE, args);
}

static struct error *skip_enable(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command;
	return change(g, ENABLE, args);
}

static struct error *skip_disable(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command;
	return change(g, DISABLE, args);
}

static struct error *info_skip(struct gdb *g, const struct gdb_command *command, struct str args)
{
	size_t shown = 0;
	(void)command;
	TRY(check_numbers(g, args));
	vec_for(&g->skips, s) {
		if (!named(g, args, s->number))
			continue;
		if (shown++ == 0)
			gdb_print(g, "%-5s %-3s %4s %-20s %2s %s\n", "Num", "Enb", "Glob", "File", "RE",
				  "Function");
		gdb_print(g, "%-5u %-3s %4s %-20s %2s %s\n", s->number, s->enabled ? "y" : "n",
			  s->glob ? "y" : "n", s->file ? s->file : "<none>", s->regex ? "y" : "n",
			  s->function ? s->function : "<none>");
	}
	if (!shown && args.len)
		gdb_print(g, "No skiplist entries found with number %.*s.\n", STR_ARG(args));
	else if (!shown)
		gdb_print(g, "Not skipping any files or functions.\n");
	return NULL;
}

/* clang-format off */
static const struct gdb_command commands[] = {
	{ "skip", NULL, GDB_CLASS_BREAKPOINTS, 0, skip_command, gdb_complete_places,
	  "Ignore a function while stepping.\n\nUsage: skip [FUNCTION-NAME]\n       skip [FILE-SPEC] [FUNCTION-SPEC]\n"
	  "If no arguments are given, ignore the current function.\n\n"
	  "FILE-SPEC is one of:\n       -fi|-file FILE-NAME\n       -gfi|-gfile GLOB-FILE-PATTERN\n"
	  "FUNCTION-SPEC is one of:\n       -fu|-function FUNCTION-NAME\n       -rfu|-rfunction FUNCTION-NAME-REGULAR-EXPRESSION\n\n"
	  "FUNCTION-NAME is a path, or the end of one; `step' runs through what is meant, and through all that it calls." },
	{ "skip function", NULL, GDB_CLASS_BREAKPOINTS, 0, skip_function, gdb_complete_places,
	  "Ignore a function while stepping.\nUsage: skip function [FUNCTION-NAME]\n"
	  "If no function name is given, skip the current function." },
	{ "skip file", NULL, GDB_CLASS_BREAKPOINTS, 0, skip_file, gdb_complete_file,
	  "Ignore a file while stepping.\nUsage: skip file [FILE-NAME]\nIf no filename is given, ignore the current file." },
	{ "skip delete", NULL, GDB_CLASS_BREAKPOINTS, 0, skip_delete, NULL,
	  "Delete skip entries.\nUsage: skip delete [NUMBER | RANGES]...\n"
	  "If you don't specify any numbers or ranges, we'll delete all skips." },
	{ "skip enable", NULL, GDB_CLASS_BREAKPOINTS, 0, skip_enable, NULL,
	  "Enable skip entries.\nUsage: skip enable [NUMBER | RANGES]...\n"
	  "If you don't specify any numbers or ranges, we'll enable all skip entries." },
	{ "skip disable", NULL, GDB_CLASS_BREAKPOINTS, 0, skip_disable, NULL,
	  "Disable skip entries.\nUsage: skip disable [NUMBER | RANGES]...\n"
	  "If you don't specify any numbers or ranges, we'll disable all skip entries." },
	{ "info skip", NULL, GDB_CLASS_STATUS, 0, info_skip, NULL,
	  "Display the status of skips.\nUsage: info skip [NUMBER | RANGES]...\n"
	  "You can specify numbers (e.g. \"info skip 1 3\"),\nranges (e.g. \"info skip 4-8\"), or both (e.g. \"info skip 1 3 4-8\")." },
};
/* clang-format on */
const struct gdb_command_table gdb_commands_skip = { commands, sizeof commands / sizeof *commands };
