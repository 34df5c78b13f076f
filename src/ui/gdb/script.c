/* define, document, if, while, source and hooks. */
#include "ui/gdb/script.h"

#include "ui/gdb/input.h"

#include "base/file.h"

#include <ctype.h>
#include <stdio.h>
#include <unistd.h>

enum { MAX_LINES = 1 << 20, MAX_FILE = 64 << 20, MAX_NESTING = 256 };

static struct gdb_scripts *scripts(struct gdb *g)
{
	return g->shell->scripts;
}

void gdb_free_lines(char **lines, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(lines[i]);
	free(lines);
}

/* ---- lines ---- */

static struct error *one_line(struct gdb *g, const char *prompt, char **ret)
{
	struct gdb_stream *stream = scripts(g)->stream;
	*ret = NULL;
	if (stream) {
		if (stream->next < stream->count)
			*ret = xstrdup(stream->lines[stream->next++]);
		return NULL;
	}
	if (gdb_read_line(g, prompt, ret) == GDB_LINE_INTERRUPTED)
		return error_new(ERROR_USAGE, "Quit");
	return NULL;
}

struct error *gdb_next_line(struct gdb *g, const char *prompt, char **ret)
{
	char *line;
	*ret = NULL;
	TRY(one_line(g, prompt, &line));
	for (size_t length; line && (length = strlen(line)) && line[length - 1] == '\\';) {
		char *more;
		struct error *err = one_line(g, "", &more);
		if (err || !more) {
			free(line);
			*ret = NULL;
			return err;
		}
		line = xrealloc(line, length + strlen(more) + 1);
		memcpy(line + length - 1, more, strlen(more) + 1);
		free(more);
	}
	*ret = line;
	return NULL;
}

/* Does the line begin something that ends with `end`? */
static bool opens_block(struct str line)
{
	static const char *const openers[] = { "if",       "while",    "while-stepping",
					       "stepping", "ws",       "commands",
					       "define",   "document", "define-prefix",
					       NULL };
	static const char *const bare[] = { "python", "py", "guile", "gu", NULL };
	struct str rest = line;
	struct str word = gdb_take_word(&rest);
	if (word.len && word.len > gdb_word_length(word)) /* "if(x)" */
		word = str_sub(word, 0, gdb_word_length(word));
	for (size_t i = 0; openers[i]; i++)
		if (str_is(word, openers[i]))
			return !str_is(word, "define-prefix");
	for (size_t i = 0; bare[i]; i++)
		if (str_is(word, bare[i]))
			return !rest.len;
	return false;
}

static struct error *read_lines(struct gdb *g, unsigned indent, bool nested, char ***ret, size_t *ret_count)
{
	VEC(char *) lines = { 0 };
	unsigned depth = 0;
	struct error *err = NULL;
	for (;;) {
		struct buf prompt = { 0 };
		char *line;
		buf_pad(&prompt, ' ', indent + depth);
		buf_char(&prompt, '>');
		err = gdb_next_line(g, prompt.data, &line);
		buf_deinit(&prompt);
		if (err || !line)
			break;
		struct str text = gdb_strip(str_from(line));
		if (str_is(text, "end") && depth-- == 0) {
			free(line);
			break;
		}
		depth += nested && opens_block(text);
		vec_push(&lines, nested ? str_dup(text) : xstrdup(line));
		free(line);
		if (lines.count > MAX_LINES || depth > MAX_NESTING) {
			err = error_new(ERROR_LIMIT, "Too many lines or levels in a body of commands.");
			break;
		}
	}
	if (err) {
		gdb_free_lines(lines.data, lines.count);
		return err;
	}
	*ret = lines.data;
	*ret_count = lines.count;
	return NULL;
}

struct error *gdb_read_block(struct gdb *g, unsigned indent, char ***ret, size_t *ret_count)
{
	return read_lines(g, indent, true, ret, ret_count);
}

static void say_banner(struct gdb *g, const char *banner)
{
	if (banner && !scripts(g)->stream && gdb_input_is_terminal(g))
		gdb_print(g, "%s\nEnd with a line saying just \"end\".\n", banner);
}

struct error *gdb_read_body(struct gdb *g, const char *banner, char ***ret_lines, size_t *ret_count)
{
	say_banner(g, banner);
	return read_lines(g, 0, true, ret_lines, ret_count);
}

/* ---- executing lines ---- */

size_t gdb_split_words(struct str text, struct arena *arena, struct str **ret)
{
	VEC(struct str) words = { 0 };
	for (size_t i = 0; i < text.len;) {
		if (isspace((unsigned char)text.ptr[i])) {
			i++;
			continue;
		}
		size_t start = i;
		char quote = 0;
		for (; i < text.len && (quote || !isspace((unsigned char)text.ptr[i])); i++) {
			char c = text.ptr[i];
			if (c == '\\' && i + 1 < text.len)
				i++;
			else if (quote && c == quote)
				quote = 0;
			else if (!quote && (c == '"' || c == '\''))
				quote = c;
		}
		vec_push(&words, str_sub(text, start, i - start));
	}
	*ret = words.count ? arena_copy(arena, words.data, words.count * sizeof *words.data) : NULL;
	size_t count = words.count;
	vec_free(&words);
	return count;
}

/* "$argc" or "$argN" at the start of text: its length. */
static size_t argument_at(struct str text, bool *ret_count, size_t *ret_index)
{
	if (!str_starts(text, STR_LIT("$arg")) || text.len < 5)
		return 0;
	size_t at = 4;
	*ret_count = text.ptr[4] == 'c';
	*ret_index = 0;
	if (*ret_count)
		at = 5;
	for (; !*ret_count && at < text.len && isdigit((unsigned char)text.ptr[at]) && at < 12; at++)
		*ret_index = *ret_index * 10 + (size_t)(text.ptr[at] - '0');
	if (at == 4 || (at < text.len && (isalnum((unsigned char)text.ptr[at]) || text.ptr[at] == '_')))
		return 0;
	return at;
}

static struct error *insert_arguments(const struct gdb_user_arguments *a, struct str line, struct buf *out)
{
	buf_str(out, STR_EMPTY);
	for (size_t i = 0; i < line.len;) {
		bool counts;
		size_t index;
		size_t length = line.ptr[i] == '$'
					? argument_at(str_sub(line, i, line.len), &counts, &index)
					: 0;
		if (!length) {
			buf_char(out, line.ptr[i++]);
			continue;
		}
		if (counts)
			buf_printf(out, "%zu", a->count);
		else if (index < a->count)
			buf_str(out, a->words[index]);
		else
			return error_new(ERROR_USAGE, "Missing argument %zu in user function.", index);
		i += length;
	}
	return NULL;
}

struct error *gdb_insert_arguments(struct gdb *g, struct str line, struct buf *out)
{
	if (scripts(g)->arguments)
		return insert_arguments(scripts(g)->arguments, line, out);
	buf_str(out, line);
	return NULL;
}

void gdb_trace_line(struct gdb *g, struct str line)
{
	struct buf text = { 0 };
	if (!g->settings.trace_commands)
		return;
	buf_pad(&text, '+', scripts(g)->trace_depth + 1);
	buf_str(&text, line);
	buf_char(&text, '\n');
	gdb_print_buf(g, &text);
	buf_deinit(&text);
}

static struct error *execute_line(struct gdb *g, const char *line, bool from_tty)
{
	const struct gdb_user_arguments *arguments = scripts(g)->arguments;
	struct buf text = { 0 };
	struct error *err = NULL;
	struct str stripped = str_from(line + strspn(line, " \t"));
	if (!stripped.len || stripped.ptr[0] == '#')
		return NULL;
	if (arguments && strstr(line, "$arg"))
		err = insert_arguments(arguments, stripped, &text);
	if (!err) {
		struct str first = stripped;
		struct str word = gdb_take_word(&first);
		bool control = str_is(word, "if") || str_is(word, "while"); /* shown as they were written */
		gdb_trace_line(g, text.data && !control ? buf_view(&text) : stripped);
		stripped = text.data ? buf_view(&text) : stripped;
		err = gdb_execute(g, stripped, from_tty);
	}
	buf_deinit(&text);
	return err;
}

/* ret_line: how many lines were read when it ended. */
static struct error *run_stream(struct gdb *g, struct gdb_stream *stream, bool from_tty, size_t *ret_line)
{
	struct gdb_scripts *s = scripts(g);
	struct error *err = NULL;
	stream->outer = s->stream;
	s->stream = stream;
	while (!err && !g->quitting && s->loop == GDB_LOOP_NONE && stream->next < stream->count) {
		char *line;
		if (gdb_interrupted(g)) {
			err = error_new(ERROR_USAGE, "Quit");
			break;
		}
		*ret_line = stream->next + 1;
		err = gdb_next_line(g, NULL, &line);
		if (!err && line)
			err = execute_line(g, line, from_tty);
		free(line);
	}
	s->stream = stream->outer;
	return err;
}

struct error *gdb_execute_lines(struct gdb *g, char *const *lines, size_t count, bool from_tty)
{
	struct gdb_stream stream = { .lines = lines, .count = count };
	size_t line = 0;
	return run_stream(g, &stream, from_tty, &line);
}

/* ---- files ---- */

static void split_file(struct str text, char ***ret, size_t *ret_count)
{
	VEC(char *) lines = { 0 };
	while (text.len) {
		size_t end = str_find(text, STR_LIT("\n"));
		struct str line = str_sub(text, 0, end);
		if (line.len && line.ptr[line.len - 1] == '\r')
			line.len--;
		vec_push(&lines, str_dup(line));
		text = end == SIZE_MAX ? STR_EMPTY : str_sub(text, end + 1, text.len);
	}
	*ret = lines.data;
	*ret_count = lines.count;
}

static bool is_python(const char *path)
{
	return str_ends(str_from(path), STR_LIT(".py")) || str_ends(str_from(path), STR_LIT(".scm"));
}

struct error *gdb_source_file(struct gdb *g, const char *path, bool from_tty, bool verbose)
{
	struct gdb_scripts *s = scripts(g);
	struct file_map file;
	if (is_python(path))
		return error_new(
			ERROR_UNSUPPORTED,
			"%s: scripts in Python or Guile cannot be run: oxdb has gdb's command language only.",
			path);
	struct error *err = file_read_all(path, MAX_FILE, &file);
	if (err && err->sys_errno) {
		int number = err->sys_errno;
		error_destroy(err);
		return error_new(ERROR_NOT_FOUND, "%s: %s.", path, strerror(number));
	}
	TRY(err);
	char **lines;
	size_t count;
	split_file((struct str){ (const char *)file.data, file.size }, &lines, &count);
	file_close(&file);
	bool trace = g->settings.trace_commands;
	unsigned depth = s->trace_depth;
	if (verbose)
		g->settings.trace_commands = true;
	if (s->stream)
		s->trace_depth++;
	struct gdb_stream stream = { .lines = lines, .count = count };
	size_t line = 0;
	err = run_stream(g, &stream, from_tty, &line);
	s->trace_depth = depth;
	if (verbose)
		g->settings.trace_commands = trace;
	gdb_free_lines(lines, count);
	if (!err || strcmp(err->message, "Quit") == 0)
		return err;
	struct error *placed = error_new(err->code, "%s:%zu: Error in sourced command file:\n%s", path,
					 line, err->message);
	error_destroy(err);
	return placed;
}

static struct error *run_source(struct gdb *g, const struct gdb_command *command, struct str args)
{
	bool verbose = false;
	(void)command;
	for (;;) {
		struct str rest = args;
		struct str word = gdb_take_word(&rest);
		if (str_is(word, "-v"))
			verbose = true;
		else if (!str_is(word, "-s"))
			break;
		args = rest;
	}
	if (!args.len)
		return error_new(ERROR_USAGE, "source command requires file name of file to source.");
	char *path = gdb_expand_home(args);
	struct error *err = gdb_source_file(g, path, false, verbose);
	free(path);
	return err;
}

/* ---- if, while ---- */

static struct error *read_control(struct gdb *g, const struct gdb_command *command, struct str args,
				  struct gdb_body *ret)
{
	if (!args.len)
		return error_new(ERROR_USAGE, "%s command requires an argument.", command->name);
	return gdb_read_block(g, 1, &ret->lines, &ret->count);
}

/* The line of the `else` that belongs to this `if`; count when there is none. */
static size_t find_else(const struct gdb_body *b)
{
	unsigned depth = 0;
	for (size_t i = 0; i < b->count; i++) {
		struct str line = str_from(b->lines[i]);
		if (str_is(line, "end"))
			depth--;
		else if (opens_block(line))
			depth++;
		else if (!depth && str_is(line, "else"))
			return i;
	}
	return b->count;
}

static struct error *run_block(struct gdb *g, char *const *lines, size_t count)
{
	struct gdb_scripts *s = scripts(g);
	s->trace_depth++;
	struct error *err = gdb_execute_lines(g, lines, count, false);
	s->trace_depth--;
	return err;
}

static struct error *condition(struct gdb *g, struct eval_expr *expr, bool *ret)
{
	struct eval_value value;
	arena_reset(&g->scratch);
	TRY(eval_run(expr, g->eval, gdb_env(g), &g->scratch, &value));
	return eval_as_bool(&value, ret);
}

static struct error *parse_condition(struct gdb *g, struct str text, struct eval_expr **ret)
{
	return eval_parse(g->eval, eval_language(g->eval, gdb_env(g)), text, NULL, ret);
}

static struct error *run_if(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct gdb_body b;
	struct eval_expr *expr = NULL;
	bool holds = false;
	TRY(read_control(g, command, args, &b));
	struct error *err = parse_condition(g, args, &expr);
	if (!err)
		err = condition(g, expr, &holds);
	if (expr)
		eval_expr_destroy(expr);
	size_t middle = find_else(&b);
	if (!err && holds)
		err = run_block(g, b.lines, middle);
	else if (!err && middle < b.count)
		err = run_block(g, b.lines + middle + 1, b.count - middle - 1);
	gdb_free_lines(b.lines, b.count);
	return err;
}

static struct error *run_while(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct gdb_scripts *s = scripts(g);
	struct gdb_body b;
	struct eval_expr *expr = NULL;
	bool holds = false;
	TRY(read_control(g, command, args, &b));
	struct error *err = parse_condition(g, args, &expr);
	s->loop_depth++;
	while (!err && !g->quitting && s->loop != GDB_LOOP_BREAK) {
		err = condition(g, expr, &holds);
		if (err || !holds)
			break;
		s->loop = GDB_LOOP_NONE;
		err = gdb_interrupted(g) ? error_new(ERROR_USAGE, "Quit") : run_block(g, b.lines, b.count);
		if (s->loop == GDB_LOOP_CONTINUE)
			s->loop = GDB_LOOP_NONE;
	}
	s->loop_depth--;
	s->loop = GDB_LOOP_NONE;
	if (expr)
		eval_expr_destroy(expr);
	gdb_free_lines(b.lines, b.count);
	return err;
}

static struct error *run_loop_word(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct gdb_scripts *s = scripts(g);
	(void)args;
	if (!s->loop_depth)
		return error_new(ERROR_USAGE, "Undefined command: \"%s\".  Try \"help\".", command->name);
	s->loop = strcmp(command->name, "loop_break") == 0 ? GDB_LOOP_BREAK : GDB_LOOP_CONTINUE;
	return NULL;
}

static struct error *run_end(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)g, (void)command, (void)args;
	return error_new(ERROR_USAGE, "This command cannot be used at the top level.");
}

/* ---- define ---- */

static struct error *run_user(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct gdb_scripts *s = scripts(g);
	const struct gdb_user_command *c = (const struct gdb_user_command *)command;
	if (!c->defined)
		return gdb_list_subcommands(g, command);
	if (g->settings.max_user_call_depth && s->user_depth >= g->settings.max_user_call_depth)
		return error_new(ERROR_LIMIT, "Max user call depth exceeded -- command aborted.");
	struct arena arena = ARENA_INIT;
	struct gdb_user_arguments arguments = { .outer = s->arguments, .all = args };
	arguments.count = gdb_split_words(args, &arena, &arguments.words);
	unsigned loops = s->loop_depth;
	s->arguments = &arguments;
	s->loop_depth = 0;
	s->user_depth++;
	struct error *err = run_block(g, c->body.lines, c->body.count);
	s->user_depth--;
	s->loop_depth = loops;
	s->arguments = arguments.outer;
	arena_deinit(&arena);
	return err;
}

struct gdb_user_command *gdb_user_command_of(const struct gdb_command *command)
{
	return command->run == run_user ? (struct gdb_user_command *)command : NULL;
}

static struct gdb_user_command *new_user_command(struct gdb *g, struct str name)
{
	struct gdb_user_command *c = xmalloc(sizeof *c);
	c->command = (struct gdb_command){ .name = str_dup(name),
					   .class = GDB_CLASS_USER,
					   .flags = 0,
					   .run = run_user,
					   .help = "User-defined." };
	vec_push(&scripts(g)->commands, c);
	return c;
}

/* "info foo": what is in front of the last word must be a prefix. *ret_path: with full words. */
static struct error *check_name(struct gdb *g, struct str args, struct buf *ret_path)
{
	struct gdb_registry *r = &g->shell->registry;
	size_t last = str_rfind(args, STR_LIT(" "));
	struct str name = last == SIZE_MAX ? args : str_sub(args, last + 1, args.len);
	if (!args.len)
		return error_new(ERROR_USAGE, "Argument required (name of command to define).");
	if (gdb_word_length(name) != name.len || name.ptr[0] == '!' || name.ptr[0] == '|')
		return error_new(ERROR_USAGE, "Junk in argument list: \"%.*s\"", STR_ARG(name));
	if (last != SIZE_MAX) {
		struct gdb_found found;
		size_t first;
		struct str prefix = gdb_strip(str_sub(args, 0, last));
		TRY(gdb_lookup(r, prefix, &found));
		struct gdb_user_command *own = gdb_user_command_of(found.command);
		if (found.args.len || (!gdb_registry_below(r, str_from(found.command->name), &first) &&
				       !(own && !own->defined)))
			return error_new(ERROR_USAGE, "\"%.*s\" is not a prefix command.", STR_ARG(prefix));
		buf_printf(ret_path, "%s ", found.command->name);
	}
	buf_str(ret_path, name);
	return NULL;
}

/* The command that "hook-NAME" or "hookpost-NAME" is about: false when it is no such name. */
static bool hooked(struct gdb *g, struct str path, bool *ret_after, const struct gdb_command **ret)
{
	size_t last = str_rfind(path, STR_LIT(" "));
	size_t start = last == SIZE_MAX ? 0 : last + 1;
	struct str name = str_sub(path, start, path.len);
	*ret_after = str_starts(name, STR_LIT("hookpost-"));
	if (!*ret_after && !str_starts(name, STR_LIT("hook-")))
		return false;
	struct buf text = { 0 };
	struct gdb_found found;
	*ret = NULL;
	buf_str(&text, str_sub(path, 0, start));
	buf_str(&text, str_sub(name, *ret_after ? 9 : 5, name.len));
	struct error *err = gdb_lookup(&g->shell->registry, buf_view(&text), &found);
	if (!err && !found.args.len)
		*ret = found.command;
	error_destroy(err);
	bool stop = str_is(buf_view(&text), "stop");
	buf_deinit(&text);
	if (stop)
		*ret = NULL;
	return stop || *ret;
}

static void set_hook(struct gdb *g, const struct gdb_command *command, bool after,
		     struct gdb_user_command *own)
{
	struct gdb_scripts *s = scripts(g);
	struct gdb_hook *hook = NULL;
	vec_for(&s->hooks, h)
		if (h->command == command)
			hook = h;
	if (!hook) {
		vec_push(&s->hooks, (struct gdb_hook){ .command = command });
		hook = &s->hooks.data[s->hooks.count - 1];
	}
	*(after ? &hook->after : &hook->before) = own;
}

static bool is_hook_name(struct str path)
{
	size_t last = str_rfind(path, STR_LIT(" "));
	struct str name = last == SIZE_MAX ? path : str_sub(path, last + 1, path.len);
	return str_starts(name, STR_LIT("hook-")) || str_starts(name, STR_LIT("hookpost-"));
}

static struct error *may_define(struct gdb *g, struct str path, const struct gdb_entry *old)
{
	bool after;
	const struct gdb_command *command;
	bool agreed = true;
	if (old && !old->alias && old->command->class == GDB_CLASS_USER)
		agreed = gdb_query(g, "Redefine command \"%.*s\"? ", STR_ARG(path));
	else if (old && !old->alias)
		agreed = gdb_query(g, "Really redefine built-in command \"%.*s\"? ", STR_ARG(path));
	if (agreed && is_hook_name(path) && !hooked(g, path, &after, &command)) {
		gdb_warn(g, "Your new `%.*s' command does not hook any existing command.", STR_ARG(path));
		agreed = gdb_query(g, "Proceed? ");
	}
	return agreed ? NULL : error_new(ERROR_USAGE, "Command \"%.*s\" not redefined.", STR_ARG(path));
}

/* Takes the body. */
static void define(struct gdb *g, struct str path, struct gdb_body body, bool defined)
{
	const struct gdb_entry *old = gdb_registry_find(&g->shell->registry, path);
	struct gdb_user_command *c = old && !old->alias ? gdb_user_command_of(old->command) : NULL;
	bool after;
	const struct gdb_command *command;
	bool hook = is_hook_name(path) && hooked(g, path, &after, &command);
	if (!c) {
		c = new_user_command(g, path);
		if (old && !old->alias)
			c->command.aliases = old->command->aliases;
		gdb_registry_insert(&g->shell->registry, path, &c->command, NULL, false);
	} else if (defined) {
		vec_push(&scripts(g)->graveyard, c->body);
	}
	if (defined) {
		c->body = body;
		c->defined = true;
	}
	if (hook)
		set_hook(g, command, after, c);
}

static struct error *run_define(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct buf path = { 0 };
	struct gdb_body body = { 0 };
	bool prefix = strcmp(command->name, "define-prefix") == 0;
	struct error *err = check_name(g, args, &path);
	const struct gdb_entry *old = err ? NULL : gdb_registry_find(&g->shell->registry, buf_view(&path));
	if (!err && !(prefix && old))
		err = may_define(g, buf_view(&path), old);
	if (!err && !prefix) {
		struct buf banner = { 0 };
		buf_printf(&banner, "Type commands for definition of \"%s\".", path.data);
		err = gdb_read_body(g, banner.data, &body.lines, &body.count);
		buf_deinit(&banner);
	}
	if (!err)
		define(g, buf_view(&path), body, !prefix);
	buf_deinit(&path);
	return err;
}

static struct error *run_document(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct gdb_found found;
	struct gdb_body body;
	struct buf doc = { 0 };
	(void)command;
	if (!args.len)
		return error_new(ERROR_USAGE, "Argument required (name of command to define).");
	struct error *err = gdb_lookup(&g->shell->registry, args, &found);
	if (err) {
		error_destroy(err);
		return error_new(ERROR_USAGE, "Undefined command: \"%.*s\".", STR_ARG(args));
	}
	struct gdb_user_command *c = gdb_user_command_of(found.command);
	if (!c)
		return error_new(ERROR_USAGE, "Command \"%.*s\" is built-in.", STR_ARG(args));
	if (!scripts(g)->stream && gdb_input_is_terminal(g))
		gdb_print(g, "Type documentation for \"%.*s\".\nEnd with a line saying just \"end\".\n",
			  STR_ARG(args));
	TRY(read_lines(g, 0, false, &body.lines, &body.count));
	buf_str(&doc, STR_EMPTY);
	for (size_t i = 0; i < body.count; i++)
		buf_printf(&doc, "%s%s", i ? "\n" : "", body.lines[i]);
	gdb_free_lines(body.lines, body.count);
	free(c->doc);
	c->doc = doc.data ? doc.data : xstrdup("");
	c->command.help = c->doc;
	return NULL;
}

struct error *gdb_run_hooks(struct gdb *g, const struct gdb_command *command, bool after)
{
	struct gdb_scripts *s = scripts(g);
	for (size_t i = 0; i < s->hooks.count; i++) {
		struct gdb_hook *hook = &s->hooks.data[i];
		struct gdb_user_command *own = after ? hook->after : hook->before;
		if (hook->command != command || !own || hook->running)
			continue;
		hook->running = true;
		struct error *err = run_user(g, &own->command, STR_EMPTY);
		s->hooks.data[i].running = false; /* the table may have moved */
		return err;
	}
	return NULL;
}

struct error *gdb_run_stop_hook(struct gdb *g)
{
	return gdb_run_hooks(g, NULL, false);
}

/* ---- show user ---- */

static bool first_word_is(struct str line, const char *word)
{
	return str_is(gdb_take_word(&line), word);
}

void gdb_show_user_command(struct gdb *g, const struct gdb_user_command *c)
{
	size_t depth = 1;
	gdb_print(g, "User command \"");
	gdb_print_styled(g, GDB_STYLE_TITLE, str_from(c->command.name));
	gdb_print(g, "\":\n");
	for (size_t i = 0; i < c->body.count; i++) {
		struct str line = str_from(c->body.lines[i]);
		bool middle = first_word_is(line, "else");
		if ((middle || str_is(line, "end")) && depth > 1)
			depth--;
		gdb_print(g, "%*s%.*s\n", (int)(2 * depth), "", STR_ARG(line));
		if (middle || opens_block(line))
			depth++;
	}
	if (c->body.count)
		gdb_print(g, "\n");
}

void gdb_scripts_deinit(struct gdb_scripts *s)
{
	vec_for(&s->commands, c) {
		gdb_free_lines((*c)->body.lines, (*c)->body.count);
		free((*c)->doc);
		free((char *)(*c)->command.name);
		free(*c);
	}
	vec_for(&s->graveyard, body)
		gdb_free_lines(body->lines, body->count);
	vec_free(&s->commands);
	vec_free(&s->graveyard);
	vec_free(&s->hooks);
}

static const struct gdb_command commands[] = {
	{ "source", NULL, GDB_CLASS_SUPPORT, 0, run_source, gdb_complete_file,
	  "Read commands from a file named FILE.\n\nUsage: source [-s] [-v] FILE\n"
	  "-v: each command is shown before it runs.\n"
	  "The commands do not ask questions. The first error ends the file." },
	{ "if", NULL, GDB_CLASS_SUPPORT, GDB_ONCE, run_if, NULL,
	  "Execute nested commands once IF the conditional expression is non zero.\nUsage: if EXPRESSION\n"
	  "Lines follow, up to one that says just `end'; `else' on a line of its own separates those\n"
	  "for the other case." },
	{ "while", NULL, GDB_CLASS_SUPPORT, GDB_ONCE, run_while, NULL,
	  "Execute nested commands WHILE the conditional expression is non zero.\nUsage: while EXPRESSION\n"
	  "Lines follow, up to one that says just `end'; among them loop_break and loop_continue." },
	{ "loop_break", NULL, GDB_CLASS_NONE, 0, run_loop_word, NULL, "Leave the innermost `while'." },
	{ "loop_continue", NULL, GDB_CLASS_NONE, 0, run_loop_word, NULL,
	  "Begin the innermost `while' anew." },
	{ "end", NULL, GDB_CLASS_NONE, 0, run_end, NULL, "End of a body of commands." },
	{ "define", NULL, GDB_CLASS_SUPPORT, GDB_ONCE, run_define, gdb_complete_commands,
	  "Define a new command name.  Command name is argument.\nUsage: define COMMAND\n"
	  "Definition appears on following lines, one command per line.\nEnd with a line of just \"end\".\n"
	  "Use the \"document\" command to give documentation for the new command.\n"
	  "$argc is the number of arguments of the new command, $arg0 its first. A command\n"
	  "hook-NAME runs before the command NAME, hookpost-NAME after it; hook-stop when the\n"
	  "program has stopped." },
	{ "define-prefix", NULL, GDB_CLASS_SUPPORT, 0, run_define, NULL,
	  "Define or mark a command as a user-defined prefix command.\nUsage: define-prefix COMMAND" },
	{ "document", NULL, GDB_CLASS_SUPPORT, GDB_ONCE, run_document, gdb_complete_commands,
	  "Document a user-defined command.\nUsage: document COMMAND\n"
	  "Lines follow, up to one that says just `end'; `help COMMAND' shows them." },
};
const struct gdb_command_table gdb_commands_script = { commands, sizeof commands / sizeof *commands };
