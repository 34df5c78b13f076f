/* Commands by their words, with gdb's rules for abbreviations: an exact name wins, else the only one that begins so. */
#include "ui/gdb/shell_internal.h"

#include <ctype.h>

static bool word_char(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '_' || c == '.';
}

size_t gdb_word_length(struct str text)
{
	if (text.len && (text.ptr[0] == '!' || text.ptr[0] == '|'))
		return 1;
	size_t length = 0;
	while (length < text.len && word_char(text.ptr[length]))
		length++;
	return length;
}

static struct str skip_blanks(struct str text)
{
	size_t at = 0;
	while (at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '\t'))
		at++;
	return str_sub(text, at, text.len);
}

/* ---- the registry ---- */

static int compare(const void *a, const void *b)
{
	const struct gdb_entry *x = a;
	const struct gdb_entry *y = b;
	return strcmp(x->path, y->path);
}

/* An alias stands in the same prefix as its command. */
static void add_aliases(struct gdb_registry *r, const struct gdb_command *command)
{
	const char *space = strrchr(command->name, ' ');
	int prefix = space ? (int)(space - command->name + 1) : 0;
	for (const char *alias = command->aliases; alias && *alias;) {
		int length = (int)strcspn(alias, " ");
		const char *path =
			arena_printf(&r->arena, "%.*s%.*s", prefix, command->name, length, alias).ptr;
		vec_push(&r->entries,
			 (struct gdb_entry){ .path = path, .command = command, .alias = true });
		alias += length;
		alias += strspn(alias, " ");
	}
}

void gdb_registry_add_table(struct gdb_registry *r, const struct gdb_command *commands, size_t count)
{
	vec_reserve(&r->entries, r->entries.count + count);
	for (size_t i = 0; i < count; i++) {
		vec_push(&r->entries,
			 (struct gdb_entry){ .path = commands[i].name, .command = &commands[i] });
		add_aliases(r, &commands[i]);
	}
}

void gdb_registry_sort(struct gdb_registry *r)
{
	if (r->entries.count)
		qsort(r->entries.data, r->entries.count, sizeof *r->entries.data, compare);
}

void gdb_registry_deinit(struct gdb_registry *r)
{
	vec_free(&r->entries);
	arena_deinit(&r->arena);
}

/* The first entry that is not before `path`. */
static size_t lower_bound(const struct gdb_registry *r, struct str path)
{
	size_t low = 0;
	size_t high = r->entries.count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (str_cmp(str_from(r->entries.data[middle].path), path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct gdb_entry *gdb_registry_find(const struct gdb_registry *r, struct str path)
{
	size_t at = lower_bound(r, path);
	if (at < r->entries.count && str_is(path, r->entries.data[at].path))
		return &r->entries.data[at];
	return NULL;
}

void gdb_registry_insert(struct gdb_registry *r, struct str path, const struct gdb_command *command,
			 const char *alias_args, bool alias)
{
	size_t at = lower_bound(r, path);
	struct gdb_entry entry = { .command = command, .alias = alias, .dynamic = true };
	if (alias_args)
		entry.alias_args = arena_str(&r->arena, str_from(alias_args)).ptr;
	if (at < r->entries.count && str_is(path, r->entries.data[at].path)) {
		const struct gdb_command *old = r->entries.data[at].command;
		entry.path = r->entries.data[at].path;
		for (size_t i = 0; !alias && i < r->entries.count; i++) /* its aliases mean the new one */
			if (r->entries.data[i].command == old && r->entries.data[i].alias)
				r->entries.data[i].command = command;
		r->entries.data[at] = entry;
		return;
	}
	entry.path = arena_str(&r->arena, path).ptr;
	vec_push(&r->entries, entry);
	memmove(&r->entries.data[at + 1], &r->entries.data[at],
		(r->entries.count - 1 - at) * sizeof *r->entries.data);
	r->entries.data[at] = entry;
}

/* "set", "show print": settings stand below it. */
static bool of_settings(struct str path)
{
	return str_starts(path, STR_LIT("set")) || str_starts(path, STR_LIT("show"));
}

static void add_more(struct gdb_registry *r)
{
	void (*more)(struct gdb_registry *) = r->more;
	r->more = NULL;
	if (more)
		more(r);
}

static size_t below(const struct gdb_registry *r, struct str prefix, size_t *ret_first)
{
	struct buf start = { 0 };
	buf_str(&start, prefix);
	if (prefix.len)
		buf_char(&start, ' ');
	size_t first = lower_bound(r, buf_view(&start));
	size_t end = first;
	while (end < r->entries.count && str_starts(str_from(r->entries.data[end].path), buf_view(&start)))
		end++;
	buf_deinit(&start);
	*ret_first = first;
	return end - first;
}

size_t gdb_registry_below(struct gdb_registry *r, struct str prefix, size_t *ret_first)
{
	if (of_settings(prefix))
		add_more(r);
	return below(r, prefix, ret_first);
}

static bool is_prefix(const struct gdb_registry *r, const struct gdb_command *command)
{
	size_t first;
	return below(r, str_from(command->name), &first) > 0;
}

/* ---- lookup ---- */

/* Names directly below `start` ("info b": those that begin so) and not deeper. */
struct matches {
	const struct gdb_entry *exact, *only;
	size_t count;
};

static bool deeper(const struct gdb_entry *e, size_t from)
{
	return strchr(e->path + from, ' ') != NULL;
}

static void find_matches(const struct gdb_registry *r, struct str start, struct matches *ret)
{
	*ret = (struct matches){ 0 };
	for (size_t i = lower_bound(r, start); i < r->entries.count; i++) {
		const struct gdb_entry *e = &r->entries.data[i];
		if (!str_starts(str_from(e->path), start))
			break;
		if (deeper(e, start.len))
			continue;
		if (!e->path[start.len])
			ret->exact = e;
		ret->only = e;
		ret->count++;
	}
}

/* gdb's buffer for the candidates has 100 bytes. */
static struct error *ambiguous(const struct gdb_registry *r, struct str prefix, struct str start,
			       struct str line)
{
	enum { ROOM = 100 };
	struct buf names = { 0 };
	for (size_t i = lower_bound(r, start); i < r->entries.count; i++) {
		const char *path = r->entries.data[i].path;
		if (!str_starts(str_from(path), start))
			break;
		if (deeper(&r->entries.data[i], start.len))
			continue;
		const char *name = path + prefix.len;
		if (names.len + strlen(name) + 6 >= ROOM) {
			buf_str(&names, STR_LIT(".."));
			break;
		}
		buf_printf(&names, "%s%s", names.len ? ", " : "", name);
	}
	struct error *err = error_new(ERROR_USAGE, "Ambiguous %.*scommand \"%.*s\": %s.",
				      STR_ARG(prefix), STR_ARG(line), names.data ? names.data : "");
	buf_deinit(&names);
	return err;
}

/* `prefix` ends in a blank unless it is empty. */
static struct error *undefined(struct str prefix, struct str word)
{
	struct str help = str_sub(prefix, 0, prefix.len ? prefix.len - 1 : 0);
	return error_new(ERROR_USAGE, "Undefined %.*scommand: \"%.*s\".  Try \"help%s%.*s\".",
			 STR_ARG(prefix), STR_ARG(word), help.len ? " " : "", STR_ARG(help));
}

/* One word further: *command becomes the command below it that text begins with. False: the rest are arguments. */
static struct error *one_word(struct gdb_registry *r, struct gdb_found *found, struct buf *path,
			      bool *ret_deeper)
{
	struct str text = found->args;
	size_t length = gdb_word_length(text);
	const struct gdb_command *parent = found->command;
	size_t prefix = path->len;
	struct matches m = { 0 };
	*ret_deeper = false;
	if (length) {
		buf_str(path, str_sub(text, 0, length));
		find_matches(r, buf_view(path), &m);
		if (!m.exact && prefix && r->more && of_settings(buf_view(path))) {
			add_more(r);
			find_matches(r, buf_view(path), &m);
		}
	}
	if (!m.exact && m.count > 1)
		return ambiguous(r, str_sub(buf_view(path), 0, prefix), buf_view(path), text);
	const struct gdb_entry *e = m.exact ? m.exact : m.only;
	if (!e) {
		if (parent && (parent->run || !text.len))
			return NULL;
		return undefined(str_sub(buf_view(path), 0, prefix),
				 prefix ? text : str_sub(text, 0, length));
	}
	found->command = e->command;
	found->alias_args = e->alias_args;
	found->args = skip_blanks(str_sub(text, length, text.len));
	path->len = 0;
	buf_printf(path, "%s ", e->command->name);
	*ret_deeper = !e->alias_args && is_prefix(r, e->command);
	return NULL;
}

struct error *gdb_lookup(struct gdb_registry *r, struct str line, struct gdb_found *ret)
{
	struct gdb_found found = { .args = skip_blanks(line) };
	struct buf path = { 0 };
	struct error *err = NULL;
	bool deeper_still = found.args.len > 0;
	buf_str(&path, STR_EMPTY);
	while (deeper_still && !err)
		err = one_word(r, &found, &path, &deeper_still);
	buf_deinit(&path);
	if (!err)
		*ret = found;
	return err;
}
