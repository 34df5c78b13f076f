/* Arguments and locals of a frame, one a line. */
#include "ui/gdb/looking.h"

#include <stdlib.h>

/* One word, or what stands in quotes. */
static struct str take_quoted(struct str *text)
{
	char quote = text->len ? text->ptr[0] : 0;
	size_t end = quote == '"' || quote == '\''
			     ? str_find(str_sub(*text, 1, SIZE_MAX), (struct str){ &quote, 1 })
			     : SIZE_MAX;
	if (end == SIZE_MAX)
		return gdb_take_word(text);
	struct str inside = str_sub(*text, 1, end);
	*text = gdb_strip(str_sub(*text, end + 2, SIZE_MAX));
	return inside;
}

struct error *gdb_take_filter(struct str args, unsigned allowed, struct gdb_variable_filter *ret)
{
	struct gdb_variable_filter f = { 0 };
	while (args.len > 0 && args.ptr[0] == '-') {
		struct str rest = args;
		struct str word = gdb_take_word(&rest);
		if (str_is(word, "--")) {
			args = rest;
			break;
		}
		if (str_is(word, "-q")) {
			f.quiet = true;
		} else if (str_is(word, "-n") && allowed & GDB_FILTER_DEBUG_ONLY) {
			f.debug_only = true;
		} else if (str_is(word, "-t") && allowed & GDB_FILTER_TYPE) {
			f.type = take_quoted(&rest);
			if (f.type.len == 0)
				return error_new(ERROR_USAGE, "-t requires an argument");
		} else {
			break;
		}
		args = rest;
	}
	f.name = args;
	*ret = f;
	return NULL;
}

struct lines {
	struct gdb *g;
	struct eval_printer printer;
	struct gdb_regex *name, *type;
	unsigned indent;
	size_t count;
	struct buf out;
};

static struct error *lines_init(struct lines *l, struct gdb *g, struct eng_thread *t,
				const struct eng_level *level, const struct gdb_variable_filter *filter)
{
	*l = (struct lines){ .g = g };
	TRY(gdb_regex_new(filter->name, &l->name));
	struct error *err = gdb_regex_new(filter->type, &l->type);
	if (err) {
		gdb_regex_destroy(l->name);
		return err;
	}
	gdb_printer_on_screen(g, gdb_env_of(g, t, level), &l->printer);
	return NULL;
}

static void lines_end(struct lines *l)
{
	gdb_print_buf(l->g, &l->out);
	buf_deinit(&l->out);
	gdb_regex_destroy(l->name);
	gdb_regex_destroy(l->type);
}

static bool type_matches(struct lines *l, const struct sym_type *type)
{
	if (!l->type)
		return true;
	struct buf name = { 0 };
	if (type)
		eval_type_name(&l->printer, type, &name);
	bool matches = gdb_regex_matches(l->type, buf_view(&name));
	buf_deinit(&name);
	return matches;
}

static void add_value(struct lines *l, struct str name, const struct eval_value *value)
{
	l->count++;
	buf_pad(&l->out, ' ', l->indent);
	gdb_styled(l->g, GDB_STYLE_VARIABLE, name, &l->out);
	buf_str(&l->out, STR_LIT(" = "));
	size_t before = l->out.len;
	struct error *err =
		value->state == EVAL_UNREADABLE
			? eval_check(value)
			: eval_print(&l->printer, value, (struct eval_format_spec){ 0 }, false, &l->out);
	if (err) {
		l->out.len = before;
		buf_printf(&l->out, "<error reading variable %.*s (%s)>", STR_ARG(name), err->message);
		error_destroy(err);
	}
	buf_char(&l->out, '\n');
	if (l->out.len > 1 << 16)
		gdb_print_buf(l->g, &l->out);
}

static void add_variable(struct lines *l, const struct sym_variable *v)
{
	struct str name = sym_variable_name(v);
	struct eval_value value;
	if (name.len == 0 || !gdb_regex_matches(l->name, name) || !type_matches(l, sym_variable_type(v)))
		return;
	eval_read_variable(l->printer.env, v, &l->g->scratch, &value);
	add_value(l, name, &value);
}

/* An enumerator of a type that the block declares. */
static void add_constant(struct lines *l, const struct sym_block_name *n)
{
	if (!gdb_regex_matches(l->name, n->name) || !type_matches(l, n->type))
		return;
	struct eval_value value = { .type = n->type, .size = sym_type_size(n->type) };
	if (value.size > sizeof n->value)
		return;
	value.bytes = arena_copy(&l->g->scratch, &n->value, sizeof n->value);
	add_value(l, n->name, &value);
}

static void add_scope(struct lines *l, const struct sym_function *f, const struct sym_scope *scope)
{
	struct sym_block_name *names;
	size_t count = sym_scope_names(f, scope, &l->g->scratch, &names);
	for (size_t i = 0; i < count && !gdb_interrupted(l->g); i++) {
		if (names[i].kind == SYM_BLOCK_VARIABLE)
			add_variable(l, names[i].variable);
		else if (names[i].kind == SYM_BLOCK_CONSTANT)
			add_constant(l, &names[i]);
	}
}

struct error *gdb_print_locals(struct gdb *g, struct eng_thread *t, const struct eng_level *level,
			       unsigned indent, const struct gdb_variable_filter *filter)
{
	struct lines l;
	struct sym_scope *scopes;
	if (!level->function) {
		if (!filter->quiet)
			gdb_print(g, "No symbol table info available.\n");
		return NULL;
	}
	TRY(lines_init(&l, g, t, level, filter));
	l.indent = indent;
	size_t count = sym_function_scopes(level->function, level->lookup_pc, &g->scratch, &scopes);
	for (size_t i = 0; i < count; i++)
		add_scope(&l, level->function, &scopes[i]);
	lines_end(&l);
	if (l.count == 0 && !filter->quiet)
		gdb_print(g, filter->name.len || filter->type.len ? "No matching locals.\n"
								  : "No locals.\n");
	return NULL;
}

struct error *gdb_print_args(struct gdb *g, struct eng_thread *t, const struct eng_level *level,
			     const struct gdb_variable_filter *filter)
{
	struct lines l;
	const struct sym_variable *const *params;
	if (!level->function) {
		if (!filter->quiet)
			gdb_print(g, "No symbol table info available.\n");
		return NULL;
	}
	TRY(lines_init(&l, g, t, level, filter));
	size_t count = sym_function_listed_params(level->function, &params);
	for (size_t i = 0; i < count; i++)
		add_variable(&l, params[i]);
	lines_end(&l);
	if (l.count == 0 && !filter->quiet)
		gdb_print(g, filter->name.len || filter->type.len ? "No matching arguments.\n"
								  : "No arguments.\n");
	return NULL;
}
