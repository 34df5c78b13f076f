/* Completion: of commands here, of what follows them by the commands' own functions. */
#include "ui/gdb/complete.h"

#include "ui/gdb/settings.h"

#include "symbols/lookup.h"

#include <ctype.h>
#include <dirent.h>
#include <sys/stat.h>

/* ---- candidates ---- */

void gdb_complete_add(struct gdb *g, struct str candidate)
{
	struct gdb_candidates *c = g->shell->candidates;
	if (!c || c->limited || !str_starts(candidate, c->word) ||
	    memchr(candidate.ptr, '\n', candidate.len))
		return;
	/* Twice the limit, for those that come several times. */
	if (g->settings.max_completions && c->list.count >= 2 * (size_t)g->settings.max_completions)
		c->limited = true;
	else
		vec_push(&c->list, str_dup(candidate));
}

void gdb_candidates_deinit(struct gdb_candidates *c)
{
	vec_for(&c->list, text)
		free(*text);
	vec_free(&c->list);
}

size_t gdb_candidates_common(const struct gdb_candidates *c)
{
	if (!c->list.count)
		return 0;
	size_t common = strlen(c->list.data[0]);
	for (size_t i = 1; i < c->list.count; i++) {
		size_t same = 0;
		while (same < common && c->list.data[i][same] == c->list.data[0][same])
			same++;
		common = same;
	}
	return common;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort(struct gdb *g, struct gdb_candidates *c)
{
	size_t kept = 0;
	if (!c->list.count)
		return;
	qsort(c->list.data, c->list.count, sizeof *c->list.data, compare);
	for (size_t i = 0; i < c->list.count; i++) {
		char *text = c->list.data[i];
		bool over = g->settings.max_completions && kept >= g->settings.max_completions;
		if ((kept && strcmp(text, c->list.data[kept - 1]) == 0) || over) {
			c->limited |= over;
			free(text);
		} else {
			c->list.data[kept++] = text;
		}
	}
	c->list.count = kept;
}

/* ---- words, files ---- */

void gdb_complete_words(struct gdb *g, const char *words, struct str word)
{
	(void)word;
	for (const char *p = words; *p;) {
		struct str one = { p, strcspn(p, " ") };
		gdb_complete_add(g, one);
		p += one.len;
		p += strspn(p, " ");
	}
}

void gdb_complete_files(struct gdb *g, struct str word)
{
	size_t slash = str_rfind(word, STR_LIT("/"));
	struct str folder = slash == SIZE_MAX ? STR_EMPTY : str_sub(word, 0, slash + 1);
	struct str name = str_sub(word, folder.len, word.len);
	char *path = folder.len ? gdb_expand_home(folder) : xstrdup(".");
	DIR *d = opendir(path);
	for (struct dirent *e; d && (e = readdir(d));) {
		struct str entry = str_from(e->d_name);
		struct stat st;
		if (!str_starts(entry, name) || str_is(entry, ".") || str_is(entry, ".."))
			continue;
		struct buf full = { 0 };
		buf_str(&full, folder);
		buf_str(&full, entry);
		if (fstatat(dirfd(d), e->d_name, &st, 0) == 0 && S_ISDIR(st.st_mode)) {
			buf_char(&full, '/');
			if (g->shell->candidates)
				g->shell->candidates->open = true;
		}
		gdb_complete_add(g, buf_view(&full));
		buf_deinit(&full);
	}
	if (d)
		closedir(d);
	free(path);
}

/* ---- symbols ---- */

struct symbol_search {
	struct gdb *g;
	struct str word;
	struct str file;    /* of whose path this is the end; empty: any */
	bool typed;         /* the word has types of generics in it */
	struct arena arena; /* of a name that is looked at */
};

/* Without the types of what is generic: "gen::Stack<i32>::push<i32>" is typed as "gen::Stack::push". */
static struct str without_types(struct str name, struct arena *arena)
{
	size_t depth = 0, length = 0;
	if (!name.len || name.ptr[0] == '<' || !str_contains(name, STR_LIT("<")))
		return name;
	char *bare = arena_alloc(arena, name.len);
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];
		bool arrow = c == '>' && i && name.ptr[i - 1] == '-';
		if (c == '<')
			depth++;
		if (!depth)
			bare[length++] = c;
		if (c == '>' && depth && !arrow)
			depth--;
	}
	return (struct str){ bare, length };
}

/* Where in a path the part begins that `word` is the beginning of: at its start or behind a "::"; SIZE_MAX: nowhere. */
static size_t part_of(struct str path, struct str word)
{
	if (str_starts(path, word))
		return 0;
	for (size_t at = 0; at + 2 < path.len && path.ptr[at] != '<'; at++)
		if (path.ptr[at] == ':' && path.ptr[at + 1] == ':' &&
		    str_starts(str_sub(path, at + 2, path.len), word))
			return at + 2;
	return SIZE_MAX;
}

/* A function of an impl has a name with both the type and the trait. */
static bool in_impl(struct str name)
{
	return str_contains(name, STR_LIT("{impl#"));
}

static bool wanted(void *ctx, struct str name)
{
	struct symbol_search *s = ctx;
	if (s->word.len && s->word.ptr[0] == '<')
		return in_impl(name) || str_starts(name, s->word);
	arena_reset(&s->arena);
	return part_of(s->typed ? name : without_types(name, &s->arena), s->word) != SIZE_MAX;
}

/* "<Type as Trait>::method", or "<Type>::method". */
static void add_of_impl(struct symbol_search *s, const struct sym_named *named)
{
	struct sym_function_info info;
	arena_reset(&s->arena);
	struct str name = named->name;
	if (named->function && in_impl(name)) {
		sym_function_describe(named->function, &info);
		name = sym_demangle(info.linkage_name, &s->arena);
	}
	gdb_complete_add(s->g, name);
}

static bool add_symbol(void *ctx, const struct sym_named *named)
{
	struct symbol_search *s = ctx;
	if (s->file.len && !str_ends(named->file, s->file))
		return true;
	arena_reset(&s->arena);
	struct str name = s->typed ? named->name : without_types(named->name, &s->arena);
	size_t at = part_of(name, s->word);
	if (s->word.len && s->word.ptr[0] == '<')
		add_of_impl(s, named);
	else if (at != SIZE_MAX)
		gdb_complete_add(s->g, str_sub(name, at, name.len));
	return !(s->g->shell->candidates && s->g->shell->candidates->limited) && !gdb_interrupted(s->g);
}

/* The program's own names before those of libraries. */
static void add_symbols_of(struct gdb *g, struct str word, enum sym_name_kind kind, bool elf,
			   struct str file)
{
	struct eng_inferior *inferior = eng_selected_inferior(g->control);
	struct eng_module *const *modules;
	struct symbol_search search = {
		.g = g, .word = word, .file = file, .typed = str_contains(word, STR_LIT("<"))
	};
	size_t count = eng_inferior_modules(inferior, &modules);
	for (size_t i = 0; i < count && !gdb_interrupted(g); i++) {
		if (g->shell->candidates && g->shell->candidates->limited)
			break;
		struct sym_module *m = eng_inferior_symbols(g->control, inferior, modules[i]);
		if (m)
			sym_each(m, kind, elf, wanted, add_symbol, &search);
	}
	arena_deinit(&search.arena);
}

static void add_symbols(struct gdb *g, struct str word, enum sym_name_kind kind, bool elf)
{
	add_symbols_of(g, word, kind, elf, STR_EMPTY);
}

void gdb_complete_symbols(struct gdb *g, struct str word)
{
	add_symbols(g, word, SYM_NAME_FUNCTION, word.len > 0);
	add_symbols(g, word, SYM_NAME_VARIABLE, false);
	add_symbols(g, word, SYM_NAME_TYPE, false);
}

static bool name_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == ':' || c == '<' || c == '>' ||
	       (unsigned char)c >= 0x80;
}

/* From now on only the last `length` bytes of the text are the word. */
static struct str narrow(struct gdb *g, struct str word, size_t length)
{
	word = str_sub(word, word.len - length, length);
	if (g->shell->candidates)
		g->shell->candidates->word = word;
	return word;
}

static size_t last_name(struct str text)
{
	size_t length = 0;
	while (length < text.len && name_char(text.ptr[text.len - 1 - length]))
		length++;
	return length;
}

static bool add_file(void *ctx, struct str path)
{
	struct gdb *g = ctx;
	size_t slash = str_rfind(path, STR_LIT("/"));
	struct str name = slash == SIZE_MAX ? path : str_sub(path, slash + 1, path.len);
	gdb_complete_add(g, name);
	gdb_complete_add(g, path);
	/* Its end, from a folder on that the word begins with. */
	struct str word = g->shell->candidates ? g->shell->candidates->word : STR_EMPTY;
	for (size_t i = 1; i < path.len && str_find(word, STR_LIT("/")) != SIZE_MAX; i++)
		if (path.ptr[i - 1] == '/' && str_starts(str_sub(path, i, SIZE_MAX), word))
			gdb_complete_add(g, str_sub(path, i, SIZE_MAX));
	return !(g->shell->candidates && g->shell->candidates->limited);
}

/* The colon behind a file's name: a single one, with a dot somewhere before it. SIZE_MAX: there is none. */
static size_t file_end(struct str word)
{
	for (size_t i = 0; i < word.len; i++) {
		if (word.ptr[i] != ':')
			continue;
		if (i + 1 < word.len && word.ptr[i + 1] == ':')
			i++;
		else
			return str_contains(str_sub(word, 0, i), STR_LIT(".")) ? i : SIZE_MAX;
	}
	return SIZE_MAX;
}

void gdb_complete_places(struct gdb *g, struct str args, struct str word)
{
	struct eng_inferior *inferior = eng_selected_inferior(g->control);
	struct eng_module *const *modules;
	size_t colon = file_end(word);
	(void)args;
	if (word.len && word.ptr[0] == '*') {
		gdb_complete_expression(g, args, word);
		return;
	}
	if (args.len && args.ptr[0] == '<') { /* there are blanks in "<Type as Trait>" */
		word = narrow(g, args, args.len);
		colon = SIZE_MAX;
	}
	struct str file = colon == SIZE_MAX ? STR_EMPTY : str_sub(word, 0, colon);
	if (file.len)
		word = narrow(g, word, word.len - colon - 1);
	add_symbols_of(g, word, SYM_NAME_FUNCTION, word.len > 0 && !file.len, file);
	if (colon != SIZE_MAX || !word.len)
		return;
	if (eng_inferior_modules(inferior, &modules)) {
		struct sym_module *m = eng_inferior_symbols(g->control, inferior, modules[0]);
		if (m)
			sym_files(m, add_file, g);
	}
}

/* ---- expressions ---- */

/* The expression that ends at the end of text: back over names, fields, indices and calls. */
static struct str expression_before(struct str text)
{
	size_t start = text.len;
	unsigned depth = 0;
	while (start) {
		char c = text.ptr[start - 1];
		if (c == ']' || c == ')')
			depth++;
		else if ((c == '[' || c == '(') && !depth)
			break;
		else if (c == '[' || c == '(')
			depth--;
		else if (!depth && !name_char(c) && c != '.' && c != '$')
			break;
		start--;
	}
	return str_sub(text, start, text.len);
}

static void add_fields(struct gdb *g, struct str expression)
{
	const struct eval_env *env = gdb_env(g);
	struct eval_expr *expr;
	const struct sym_type *type = NULL;
	bool is_type;
	struct error *err = eval_parse(g->eval, eval_language(g->eval, env), expression, NULL, &expr);
	if (!err) {
		err = eval_type_of(expr, g->eval, env, &g->scratch, &type, &is_type);
		eval_expr_destroy(expr);
	}
	if (err) {
		error_destroy(err); /* nothing to offer */
		return;
	}
	for (int i = 0;
	     i < 8 && type &&
	     (sym_type_kind(type) == SYM_TYPE_POINTER || sym_type_kind(type) == SYM_TYPE_REFERENCE);
	     i++)
		type = sym_type_target(type);
	const struct sym_member *members;
	size_t count = type ? sym_type_members(type, &members) : 0;
	for (size_t i = 0; i < count; i++) {
		struct str name = members[i].name;
		if (name.len > 2 && name.ptr[0] == '_' && name.ptr[1] == '_' &&
		    isdigit((unsigned char)name.ptr[2]))
			name = str_sub(name, 2, name.len); /* a tuple's */
		gdb_complete_add(g, name);
	}
}

static void add_locals(struct gdb *g)
{
	struct eng_thread *t = eng_selected_thread(g->control);
	const struct eng_level *level = t ? eng_level(g->control, t, eng_selected_level(g->control))
					  : NULL;
	if (!level || !level->function)
		return;
	const struct sym_variable *const *parameters;
	const struct sym_variable **locals;
	size_t count = sym_function_params(level->function, &parameters);
	for (size_t i = 0; i < count; i++)
		gdb_complete_add(g, sym_variable_name(parameters[i]));
	count = sym_function_locals(level->function, level->lookup_pc, &g->scratch, &locals);
	for (size_t i = 0; i < count; i++)
		gdb_complete_add(g, sym_variable_name(locals[i]));
}

static void add_convenience(void *ctx, struct str name, const struct eval_value *value)
{
	struct buf text = { 0 };
	(void)value;
	buf_printf(&text, "$%.*s", STR_ARG(name));
	gdb_complete_add(ctx, buf_view(&text));
	buf_deinit(&text);
}

/* What can be asked for without having been set. */
static void add_known(struct gdb *g)
{
	for (size_t i = 0; eval_function_name(i); i++)
		gdb_complete_add(g, arena_printf(&g->scratch, "$%s", eval_function_name(i)));
	gdb_complete_words(g, "$_ $__ $_exitcode $_gthread $_inferior $_siginfo $_thread", STR_EMPTY);
}

static void add_registers(struct gdb *g)
{
	gdb_complete_words(g,
			   "$rax $rbx $rcx $rdx $rsi $rdi $rbp $rsp $r8 $r9 $r10 $r11 $r12 $r13 $r14 $r15 $rip "
			   "$eflags $cs $ss $ds $es $fs $gs $fs_base $gs_base $orig_rax $pc $sp $fp",
			   STR_EMPTY);
}

/* "Size::La": of an enum without fields. */
static void add_variants(struct gdb *g, struct str word)
{
	size_t colons = str_rfind(word, STR_LIT("::"));
	const struct eval_env *env = gdb_env(g);
	const struct sym_enumerator *list;
	const struct sym_type *type = NULL;
	struct eval_expr *expr;
	bool is_type = false;
	if (colons == SIZE_MAX || colons == 0)
		return;
	struct str name = str_sub(word, 0, colons);
	struct error *err = eval_parse(g->eval, eval_language(g->eval, env), name, NULL, &expr);
	if (!err) {
		err = eval_type_of(expr, g->eval, env, &g->scratch, &type, &is_type);
		eval_expr_destroy(expr);
	}
	size_t count = !err && type && is_type && sym_type_kind(type) == SYM_TYPE_ENUM
			       ? sym_type_enumerators(type, &list)
			       : 0;
	error_destroy(err);
	for (size_t i = 0; i < count; i++) {
		size_t last = str_rfind(list[i].name, STR_LIT("::"));
		struct str bare = last == SIZE_MAX ? list[i].name
						   : str_sub(list[i].name, last + 2, SIZE_MAX);
		gdb_complete_add(g, arena_printf(&g->scratch, "%.*s::%.*s", STR_ARG(name), STR_ARG(bare)));
	}
}

void gdb_complete_expression(struct gdb *g, struct str args, struct str word)
{
	size_t length = last_name(word);
	char before = length < word.len ? word.ptr[word.len - 1 - length] : 0;
	if (before == '.') {
		struct str text = str_sub(args, 0, args.len - length - 1);
		narrow(g, word, length);
		add_fields(g, expression_before(text));
		return;
	}
	/* "p->f": '>' counts as a part of a name. */
	bool arrow = before == '-' && length && word.ptr[word.len - length] == '>';
	if (arrow && eval_language(g->eval, gdb_env(g)) == EVAL_LANGUAGE_C) {
		struct str text = str_sub(args, 0, args.len - length - 1);
		narrow(g, word, length - 1);
		add_fields(g, expression_before(text));
		return;
	}
	if (before == '$') {
		narrow(g, word, length + 1);
		eval_convenience_each(g->eval, add_convenience, g);
		add_known(g);
		add_registers(g);
		return;
	}
	word = narrow(g, word, length);
	add_locals(g);
	add_variants(g, word);
	if (word.len)
		gdb_complete_symbols(g, word);
}

/* ---- commands ---- */

static void add_commands(struct gdb *g, struct str prefix, struct str word)
{
	struct gdb_registry *r = &g->shell->registry;
	size_t first;
	size_t skip = prefix.len ? prefix.len + 1 : 0;
	size_t count = gdb_registry_below(r, prefix, &first);
	g->shell->candidates->word = word;
	for (size_t i = first; i < first + count; i++) {
		const struct gdb_entry *e = &r->entries.data[i];
		const char *name = strrchr(e->command->name, ' ');
		name = name ? name + 1 : e->command->name;
		bool abbreviation = e->alias && strncmp(name, e->path + skip, strlen(e->path + skip)) == 0;
		if (e->command->help && !abbreviation && !strchr(e->path + skip, ' '))
			gdb_complete_add(g, str_from(e->path + skip));
	}
}

static struct str last_word(struct str text)
{
	size_t length = 0;
	while (length < text.len && !isspace((unsigned char)text.ptr[text.len - 1 - length]))
		length++;
	return str_sub(text, text.len - length, length);
}

/* What follows a command's words. */
static void add_arguments(struct gdb *g, const struct gdb_command *command, struct str args)
{
	const struct gdb_setting *setting = gdb_setting_of(command);
	struct str word = last_word(args);
	g->shell->candidates->word = word;
	if (command->flags & GDB_SLASH && args.len && args.ptr[0] == '/' && word.len == args.len)
		return; /* a format */
	if (setting && setting->kind == GDB_SETTING_ENUM && command->run == gdb_run_set_setting)
		gdb_complete_words(g, setting->choices, word);
	else if (command->complete)
		command->complete(g, args, word);
}

static void complete_line(struct gdb *g, struct str text)
{
	struct gdb_registry *r = &g->shell->registry;
	size_t start = 0;
	while (start < text.len && isspace((unsigned char)text.ptr[start]))
		start++;
	text = str_sub(text, start, text.len);
	if (gdb_word_length(text) == text.len) {
		add_commands(g, STR_EMPTY, text);
		return;
	}
	struct gdb_found found;
	struct error *err = gdb_lookup(r, text, &found);
	size_t first;
	bool prefix = false;
	if (!err && found.command)
		prefix = gdb_registry_below(r, str_from(found.command->name), &first) > 0;
	/* The lookup takes a word that stands at the cursor as a whole one: "info th" is not yet "info threads". */
	bool open = text.len && !isspace((unsigned char)text.ptr[text.len - 1]);
	struct str word = last_word(text);
	if (open && (err || !found.args.len) && gdb_word_length(word) == word.len) {
		struct str before = gdb_strip(str_sub(text, 0, text.len - word.len));
		struct gdb_found outer;
		error_destroy(err);
		err = gdb_lookup(r, before, &outer);
		if (!err && !outer.args.len &&
		    gdb_registry_below(r, str_from(outer.command->name), &first)) {
			add_commands(g, str_from(outer.command->name), word);
			return;
		}
	}
	if (!err && prefix && !found.args.len)
		add_commands(g, str_from(found.command->name), STR_EMPTY);
	else if (!err && found.command) {
		if (prefix && gdb_word_length(found.args) == found.args.len)
			add_commands(g, str_from(found.command->name), found.args);
		add_arguments(g, found.command, found.args);
	}
	error_destroy(err);
}

void gdb_complete(struct gdb *g, struct str text, struct gdb_candidates *ret)
{
	*ret = (struct gdb_candidates){ .word = str_sub(text, text.len, 0) };
	struct gdb_candidates *before = g->shell->candidates;
	g->shell->candidates = ret;
	complete_line(g, text);
	g->shell->candidates = before;
	sort(g, ret);
}

/* ---- complete ---- */

struct error *gdb_run_complete(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct gdb_candidates c;
	(void)command;
	gdb_complete(g, args, &c);
	struct str before = str_sub(args, 0, args.len - c.word.len);
	vec_for(&c.list, text) {
		size_t length = strlen(*text);
		if (c.open && length > 1 && (*text)[length - 1] == '/')
			(*text)[length - 1] = '\0'; /* the slash is for who types on */
		gdb_print(g, "%.*s%s\n", STR_ARG(before), *text);
	}
	if (c.limited)
		gdb_print(g, "%.*s%.*s *** List may be truncated, max-completions reached. ***\n",
			  STR_ARG(before), STR_ARG(c.word));
	gdb_candidates_deinit(&c);
	return NULL;
}
