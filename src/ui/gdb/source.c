/* Source files: where the paths of the debug information are found on this machine, and the lines in them. */
#include "base/file.h"
#include "ui/gdb/looking.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_SOURCE_BYTES = 256 << 20 };

struct gdb_source {
	char *path;
	struct file_map map;
	uint32_t *starts; /* of each line, and one more: the end */
	size_t lines;
};

/* What is known about one path of the debug information. */
struct entry {
	char *path;
	struct str name;           /* as the line table has it */
	struct sym_module *module; /* whose; they live as long as the session */
	bool tried;
	struct gdb_source *source; /* NULL: not found */
	int why;                   /* errno then */
	char *advice;              /* what would have to be installed */
	bool advised;
};

struct substitution {
	char *from, *to;
};

/* One path may have several names: units of the standard library call a file differently. By the address of the path's bytes. */
struct named {
	char *path; /* a module may be gone, and its bytes be another's */
	struct str name;
	struct sym_module *module;
};

struct gdb_sources {
	struct map names;      /* → struct named */
	struct strmap by_path; /* → struct entry */
	VEC(struct entry *) entries;
	VEC(struct substitution) substitutions;
	/* The last one shown that could not be found: said once in a row. A unit's name for the file: to gdb another unit's is another file. */
	const void *missed;
};

static struct gdb_sources *sources(struct gdb *g)
{
	if (!g->sources)
		g->sources = xmalloc(sizeof *g->sources);
	return g->sources;
}

static struct entry *entry_for(struct gdb *g, struct str path)
{
	struct gdb_sources *s = sources(g);
	uint64_t found;
	if (strmap_get(&s->by_path, path, &found))
		return (struct entry *)(uintptr_t)found;
	struct entry *e = xmalloc(sizeof *e);
	e->path = str_dup(path);
	vec_push(&s->entries, e);
	strmap_set(&s->by_path, str_from(e->path), (uintptr_t)e);
	return e;
}

/* ---- lines ---- */

static void count_lines(struct gdb_source *s)
{
	VEC(uint32_t) starts = { 0 };
	const char *data = (const char *)s->map.data;
	size_t at = 0;
	while (at < s->map.size) {
		vec_push(&starts, (uint32_t)at);
		const char *end = memchr(data + at, '\n', s->map.size - at);
		at = end ? (size_t)(end - data) + 1 : s->map.size;
	}
	s->lines = starts.count;
	vec_push(&starts, (uint32_t)s->map.size);
	s->starts = starts.data;
}

size_t gdb_source_lines(const struct gdb_source *s)
{
	return s->lines;
}

size_t gdb_source_offset(const struct gdb_source *s, size_t line)
{
	return line == 0 || line > s->lines ? 0 : s->starts[line - 1];
}

struct str gdb_source_line(const struct gdb_source *s, size_t number)
{
	if (number == 0 || number > s->lines)
		return STR_EMPTY;
	struct str line = { (const char *)s->map.data + s->starts[number - 1],
			    s->starts[number] - s->starts[number - 1] };
	if (line.len > 0 && line.ptr[line.len - 1] == '\n')
		line.len--;
	if (line.len > 0 && line.ptr[line.len - 1] == '\r')
		line.len--;
	return line;
}

const char *gdb_source_path(const struct gdb_source *s)
{
	return s->path;
}

/* ---- names ---- */

static struct str base_name(struct str path)
{
	size_t slash = str_rfind(path, STR_LIT("/"));
	return slash == SIZE_MAX ? path : str_sub(path, slash + 1, SIZE_MAX);
}

/* The name that a module's line table has for these very bytes; NULL: they are no module's. */
static const struct named *name_of(struct gdb *g, struct str path)
{
	struct gdb_sources *s = sources(g);
	struct named *known = map_get_ptr(&s->names, (uintptr_t)path.ptr);
	if (known && str_is(path, known->path))
		return known;
	struct eng_inferior *i = eng_selected_inferior(g->control);
	struct eng_module *const *modules;
	size_t count = eng_inferior_modules(i, &modules);
	for (size_t n = 0; n < count; n++) {
		struct str name = modules[n]->symbols ? sym_file_name(modules[n]->symbols, path)
						      : STR_EMPTY;
		if (name.len == 0)
			continue;
		if (!known) {
			known = xmalloc(sizeof *known);
			map_set_ptr(&s->names, (uintptr_t)path.ptr, known);
		}
		free(known->path);
		known->path = str_dup(path);
		known->name = str_sub(str_from(known->path), path.len - name.len, SIZE_MAX);
		known->module = modules[n]->symbols;
		return known;
	}
	return NULL;
}

struct str gdb_display_file(struct gdb *g, struct str path)
{
	const struct named *named = name_of(g, path);
	const char *how = g->settings.filename_display ? g->settings.filename_display : "relative";
	if (named && strcmp(how, "relative") == 0)
		return named->name;
	struct entry *e = entry_for(g, path);
	struct str name = named ? named->name : e->name.len ? e->name : str_from(e->path);
	if (strcmp(how, "basename") == 0)
		return base_name(name);
	if (strcmp(how, "absolute") == 0)
		return e->source ? str_from(e->source->path) : str_from(e->path);
	return name;
}

/* One unit's own file, by the bytes of its path: each has its own. A copy of them is the file of any. */
static const void *unit_file(struct gdb *g, struct str path)
{
	return name_of(g, path) ? (const void *)path.ptr : entry_for(g, path);
}

/* What a copy of the path is called from now on. */
static void keep_name(struct gdb *g, struct str path)
{
	const struct named *named = name_of(g, path);
	struct entry *e = entry_for(g, path);
	if (named) {
		e->name = str_sub(str_from(e->path), path.len - named->name.len, SIZE_MAX);
		e->module = named->module;
	}
}

struct sym_module *gdb_file_module(struct gdb *g, struct str path)
{
	return entry_for(g, path)->module;
}

/* ---- finding a file ---- */

/* The longest way that a path component rule allows: FROM must end at a '/' of the path. */
static char *substituted(struct gdb *g, struct str path)
{
	vec_for(&sources(g)->substitutions, rule) {
		struct str from = str_from(rule->from);
		if (!str_starts(path, from) || (path.len > from.len && path.ptr[from.len] != '/'))
			continue;
		struct buf text = { 0 };
		buf_str(&text, str_from(rule->to));
		buf_str(&text, str_sub(path, from.len, SIZE_MAX));
		return text.data;
	}
	return NULL;
}

static struct gdb_source *open_at(const char *path, int *why)
{
	struct file_map map;
	struct stat st;
	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode)) {
		if (errno && *why == ENOENT)
			*why = errno;
		return NULL;
	}
	if (st.st_size > MAX_SOURCE_BYTES) {
		*why = EFBIG;
		return NULL;
	}
	/* Not mapped: an editor may cut the file while it is shown. */
	struct error *err = file_read_all(path, MAX_SOURCE_BYTES, &map);
	if (err) {
		*why = err->sys_errno ? err->sys_errno : EIO;
		error_destroy(err);
		return NULL;
	}
	struct gdb_source *s = xmalloc(sizeof *s);
	char resolved[PATH_MAX];
	s->path = xstrdup(path[0] == '/' && !strstr(path, "/.") && !strstr(path, "//") ? path
			  : realpath(path, resolved)                                   ? resolved
										       : path);
	s->map = map;
	count_lines(s);
	return s;
}

static struct gdb_source *open_joined(struct str directory, struct str name, int *why)
{
	struct buf path = { 0 };
	buf_str(&path, directory);
	if (directory.len == 0 || directory.ptr[directory.len - 1] != '/')
		buf_char(&path, '/');
	while (name.len > 0 && name.ptr[0] == '/')
		name = str_sub(name, 1, SIZE_MAX);
	buf_str(&path, name);
	struct gdb_source *s = open_at(path.data, why);
	buf_deinit(&path);
	return s;
}

/* Through the directories of `directory`: each with the whole name and with its last component. */
static struct gdb_source *open_in_directories(struct gdb *g, struct str name, struct str comp_dir, int *why)
{
	struct str list = str_from(g->settings.directories ? g->settings.directories : "$cdir:$cwd");
	const struct str names[2] = { name, base_name(name) };
	char cwd[PATH_MAX];
	for (int i = 0; i < 2; i++) {
		for (struct str rest = list; rest.len > 0;) {
			size_t colon = str_find(rest, STR_LIT(":"));
			struct str directory = str_sub(rest, 0, colon);
			rest = colon == SIZE_MAX ? STR_EMPTY : str_sub(rest, colon + 1, SIZE_MAX);
			if (str_is(directory, "$cwd"))
				directory = str_from(getcwd(cwd, sizeof cwd));
			else if (str_is(directory, "$cdir"))
				directory = comp_dir;
			if (directory.len == 0)
				continue;
			struct gdb_source *s = open_joined(directory, names[i], why);
			if (s)
				return s;
		}
	}
	return NULL;
}

static struct gdb_source *find_source(struct gdb *g, struct entry *e, struct str comp_dir)
{
	struct str path = str_from(e->path);
	char *other = substituted(g, path);
	struct gdb_source *s = NULL;
	e->why = ENOENT;
	if (other)
		s = open_at(other, &e->why);
	if (!s)
		s = open_at(e->path, &e->why);
	if (!s && str_starts(path, STR_LIT("/rustc/"))) {
		char *found = gdb_rust_src_find(path, &e->advice);
		if (found)
			s = open_at(found, &e->why);
		free(found);
	}
	if (!s)
		s = open_in_directories(g, other ? str_from(other) : path, comp_dir, &e->why);
	if (!s && e->name.len > 0 && e->name.len < path.len)
		s = open_in_directories(g, e->name, comp_dir, &e->why);
	free(other);
	return s;
}

/* gdb says so once, when it opens the file. */
static void warn_if_newer(struct gdb *g, const struct gdb_source *s)
{
	const struct eng_inferior *i = eng_selected_inferior(g->control);
	struct stat source, program;
	if (i->program && stat(s->path, &source) == 0 && stat(i->program, &program) == 0 &&
	    source.st_mtime > program.st_mtime)
		gdb_warn(g, "Source file is more recent than executable.");
}

struct error *gdb_source_open(struct gdb *g, struct str path, struct str comp_dir, struct gdb_source **ret)
{
	if (path.len == 0)
		return error_new(ERROR_NOT_FOUND, "No symbol table is loaded.  Use the \"file\" command.");
	struct entry *e = entry_for(g, path);
	if (!e->tried) {
		e->tried = true;
		if (e->name.len == 0)
			keep_name(g, path);
		e->source = find_source(g, e, comp_dir);
		if (e->source)
			warn_if_newer(g, e->source);
	}
	if (!e->source)
		return error_errno(e->why, "%.*s", STR_ARG(gdb_display_file(g, path)));
	*ret = e->source;
	return NULL;
}

const struct gdb_source *gdb_source_opened(struct gdb *g, struct str path)
{
	return entry_for(g, path)->source;
}

/* ---- showing lines ---- */

/* Control characters of a file would be obeyed by the terminal. */
static void add_line_text(struct str line, struct buf *out)
{
	size_t from = 0;
	for (size_t i = 0; i < line.len; i++) {
		unsigned char c = (unsigned char)line.ptr[i];
		if ((c >= 0x20 && c != 0x7f) || c == '\t')
			continue;
		buf_add(out, line.ptr + from, i - from);
		from = i + 1;
		if (c == 0x7f)
			buf_str(out, STR_LIT("^?"));
		else
			buf_printf(out, "^%c", c + 0100);
	}
	buf_add(out, line.ptr + from, line.len - from);
}

static void add_line(const struct gdb_source *s, uint32_t number, struct buf *out)
{
	buf_printf(out, "%" PRIu32 "\t", number);
	add_line_text(gdb_source_line(s, number), out);
	buf_char(out, '\n');
}

/* Unless nobody is to read files: `set source open off'. */
static struct error *open_to_show(struct gdb *g, struct str file, struct gdb_source **ret)
{
	if (!g->settings.source_open)
		return error_new(ERROR_NOT_FOUND, "Source files are not opened.");
	return gdb_source_open(g, file, STR_EMPTY, ret);
}

/* "12\tsrc/x.rs: No such file or directory." on stderr the first time, "12\tin src/x.rs" after that. */
static void print_missing(struct gdb *g, struct str file, uint32_t line)
{
	struct gdb_sources *s = sources(g);
	struct entry *e = entry_for(g, file);
	struct str name = gdb_display_file(g, file);
	const void *unit = file.ptr == g->list.file ? g->list.unit_file : unit_file(g, file);
	if (s->missed == unit || !g->settings.source_open) {
		gdb_print(g, "%" PRIu32 "\tin ", line);
		gdb_print_styled(g, GDB_STYLE_FILE, name);
		gdb_print(g, "\n");
		return;
	}
	s->missed = unit;
	gdb_flush(g);
	fprintf(stderr, "%" PRIu32 "\t%.*s: %s.\n", line, STR_ARG(name), strerror(e->why));
	if (e->advice && !e->advised) {
		e->advised = true;
		fprintf(stderr, "%s\n", e->advice);
	}
}

void gdb_list_from(struct gdb *g, struct str file, uint32_t line)
{
	if (file.len == 0)
		return;
	keep_name(g, file);
	if (file.ptr != g->list.file)
		g->list.unit_file = unit_file(g, file);
	if (!g->list.file || !str_is(file, g->list.file)) {
		free(g->list.file);
		g->list.file = str_dup(file);
	}
	g->list.first = 0;
	g->list.last = line;
	g->info_line = 0;
}

void gdb_print_source_line(struct gdb *g, struct str file, uint32_t line)
{
	struct gdb_source *source;
	struct error *err = open_to_show(g, file, &source);
	if (err) {
		error_destroy(err);
		print_missing(g, file, line);
		return;
	}
	sources(g)->missed = NULL;
	if (line == 0 || line > source->lines) {
		struct str name = gdb_display_file(g, file);
		gdb_flush(g);
		fprintf(stderr, "Line number %" PRIu32 " out of range; %.*s has %zu lines.\n", line,
			STR_ARG(name), source->lines);
		return;
	}
	struct buf text = { 0 };
	add_line(source, line, &text);
	gdb_print_buf(g, &text);
	buf_deinit(&text);
}

struct error *gdb_list_lines(struct gdb *g, struct str file, uint32_t first, uint32_t last)
{
	struct gdb_source *source;
	struct error *err = open_to_show(g, file, &source);
	if (err) {
		error_destroy(err);
		print_missing(g, file, first);
		gdb_list_from(g, file, first);
		g->list.first = g->list.last = first;
		return NULL;
	}
	sources(g)->missed = NULL;
	if (first > source->lines) {
		struct str name = gdb_display_file(g, file);
		gdb_list_from(g, file, first);
		g->list.first = first; /* where `list` goes on, again and again */
		g->list.last = first - 1;
		return error_new(ERROR_USAGE, "Line number %" PRIu32 " out of range; %.*s has %zu lines.",
				 first, STR_ARG(name), source->lines);
	}
	struct buf text = { 0 };
	if (last > source->lines)
		last = (uint32_t)source->lines;
	uint32_t line = first;
	for (; line <= last && !gdb_interrupted(g); line++) {
		add_line(source, line, &text);
		if (text.len > 1 << 16)
			gdb_print_buf(g, &text);
	}
	gdb_print_buf(g, &text);
	buf_deinit(&text);
	bool quit = line <= last;
	if (!quit || line > first) { /* what was not shown is what `list` goes on with */
		gdb_list_from(g, file, first);
		g->list.first = first;
		g->list.last = quit ? line - 1 : last;
	}
	return quit ? error_new(ERROR_USAGE, "Quit") : NULL;
}

/* ---- settings ---- */

static void source_destroy(struct gdb_source *s)
{
	if (!s)
		return;
	file_close(&s->map);
	free(s->starts);
	free(s->path);
	free(s);
}

void gdb_sources_forget(struct gdb *g)
{
	struct gdb_sources *s = sources(g);
	vec_for(&s->entries, at) {
		struct entry *e = *at;
		source_destroy(e->source);
		free(e->advice);
		e->source = NULL;
		e->advice = NULL;
		e->tried = e->advised = false;
	}
	s->missed = NULL;
}

void gdb_sources_destroy(struct gdb *g)
{
	struct gdb_sources *s = g->sources;
	if (!s)
		return;
	gdb_sources_forget(g);
	vec_for(&s->entries, at) {
		free((*at)->path);
		free(*at);
	}
	vec_for(&s->substitutions, rule) {
		free(rule->from);
		free(rule->to);
	}
	vec_free(&s->entries);
	vec_free(&s->substitutions);
	for (size_t i = 0; i < s->names.capacity; i++) {
		struct named *named = s->names.slots[i].used ? (void *)(uintptr_t)s->names.slots[i].value
							     : NULL;
		if (named)
			free(named->path);
		free(named);
	}
	map_deinit(&s->names);
	strmap_deinit(&s->by_path);
	free(s);
	g->sources = NULL;
}

static char *without_slash(struct str s)
{
	while (s.len > 1 && s.ptr[s.len - 1] == '/')
		s.len--;
	return str_dup(s);
}

struct error *gdb_substitute_add(struct gdb *g, struct str from, struct str to)
{
	struct gdb_sources *s = sources(g);
	if (from.len == 0)
		return error_new(ERROR_USAGE, "First argument must be at least one character long");
	struct substitution rule = { without_slash(from), without_slash(to) };
	for (size_t i = 0; i < s->substitutions.count; i++) {
		if (strcmp(s->substitutions.data[i].from, rule.from) != 0)
			continue;
		free(s->substitutions.data[i].from);
		free(s->substitutions.data[i].to);
		vec_remove(&s->substitutions, i);
		break;
	}
	vec_push(&s->substitutions, rule);
	gdb_sources_forget(g);
	return NULL;
}

struct error *gdb_substitute_remove(struct gdb *g, struct str from)
{
	struct gdb_sources *s = sources(g);
	bool found = from.len == 0;
	for (size_t i = s->substitutions.count; i > 0; i--) {
		struct substitution *rule = &s->substitutions.data[i - 1];
		if (from.len > 0 && !str_is(from, rule->from))
			continue;
		found = true;
		free(rule->from);
		free(rule->to);
		vec_remove(&s->substitutions, i - 1);
	}
	if (!found)
		return error_new(ERROR_USAGE, "No substitution rule defined for `%.*s'", STR_ARG(from));
	gdb_sources_forget(g);
	return NULL;
}

void gdb_substitute_show(struct gdb *g, struct str from)
{
	if (from.len > 0)
		gdb_print(g, "Source path substitution rule matching `%.*s':\n", STR_ARG(from));
	else
		gdb_print(g, "List of all source path substitution rules:\n");
	vec_for(&sources(g)->substitutions, rule) {
		if (from.len > 0 && !str_is(from, rule->from))
			continue;
		gdb_print(g, "  `%s' -> `%s'.\n", rule->from, rule->to);
	}
}
