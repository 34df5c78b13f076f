/* info functions, variables, types, sources: everything of a kind. */
#include "ui/gdb/looking.h"

#include <inttypes.h>
#include <stdlib.h>

struct found {
	struct str file, text; /* file empty: no debug information */
	struct str path;       /* of the file, whole */
	struct str name;
	uint32_t line;
	bool external;
	uint64_t addr;
};

struct listing {
	struct gdb *g;
	enum sym_name_kind kind;
	struct gdb_regex *name, *type;
	struct eval_printer printer;
	struct sym_module *module;
	uint64_t bias;
	VEC(struct found) found;
	struct arena arena;
};

static bool wanted(void *ctx, struct str name)
{
	struct listing *l = ctx;
	return gdb_regex_matches(l->name, name);
}

static void add_type_name(struct listing *l, const struct sym_type *t, struct buf *out)
{
	if (t)
		eval_type_name(&l->printer, t, out);
	else
		buf_str(out, l->printer.language == EVAL_LANGUAGE_RUST ? STR_LIT("()") : STR_LIT("void"));
}

static void describe_function(struct listing *l, const struct sym_named *n, struct buf *out)
{
	const struct sym_variable *const *params;
	const struct sym_function *f = n->function;
	bool varargs;
	size_t count = sym_function_params(f, &params);
	struct sym_function_info info;
	sym_function_describe(f, &info);
	l->printer.language = info.is_rust ? EVAL_LANGUAGE_RUST : EVAL_LANGUAGE_C;
	const struct sym_type *result = sym_function_result(f);
	struct str path = sym_function_path(f);
	if (!n->external)
		buf_str(out, STR_LIT("static "));
	if (info.is_rust) {
		buf_printf(out, "fn %.*s(", STR_ARG(path));
	} else {
		size_t before = out->len;
		add_type_name(l, result, out);
		if (out->len == before || out->data[out->len - 1] != '*')
			buf_char(out, ' ');
		buf_printf(out, "%.*s(", STR_ARG(path));
	}
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buf_str(out, STR_LIT(", "));
		add_type_name(l, sym_variable_type(params[i]), out);
	}
	sym_type_param_count(sym_function_type(f), &varargs);
	if (varargs)
		buf_str(out, count ? STR_LIT(", ...") : STR_LIT("..."));
	else if (!info.is_rust && count == 0 && sym_function_is_prototyped(f))
		buf_str(out, STR_LIT("void"));
	buf_char(out, ')');
	if (info.is_rust && result) {
		buf_str(out, STR_LIT(" -> "));
		add_type_name(l, result, out);
	}
	buf_char(out, ';');
}

/* gdb leaves the name of a Rust static away; who lists statics wants it. */
static void describe_variable(struct listing *l, const struct sym_named *n, struct buf *out)
{
	const struct sym_type *t = sym_variable_type(n->variable);
	bool rust = t && sym_type_is_rust(t);
	l->printer.language = rust ? EVAL_LANGUAGE_RUST : EVAL_LANGUAGE_C;
	if (!n->external)
		buf_str(out, STR_LIT("static "));
	if (rust) {
		buf_printf(out, "%.*s: ", STR_ARG(n->name));
		add_type_name(l, t, out);
	} else {
		eval_declaration(&l->printer, t, n->name, out);
	}
	buf_char(out, ';');
}

/* Base types have no semicolon. */
static void describe_type(struct listing *l, const struct sym_named *n, struct buf *out)
{
	bool rust = sym_type_is_rust(n->type);
	enum sym_type_kind kind = sym_type_kind(n->type);
	l->printer.language = rust ? EVAL_LANGUAGE_RUST : EVAL_LANGUAGE_C;
	bool tagged = kind == SYM_TYPE_STRUCT || kind == SYM_TYPE_UNION || kind == SYM_TYPE_ENUM ||
		      kind == SYM_TYPE_VARIANT;
	if (!rust && kind == SYM_TYPE_ALIAS) {
		buf_str(out, STR_LIT("typedef "));
		add_type_name(l, sym_type_target(n->type), out);
		buf_printf(out, " %.*s;", STR_ARG(n->name));
		return;
	}
	if (rust)
		buf_str(out, n->name);
	else
		add_type_name(l, n->type, out);
	if (tagged && !str_is(n->name, "()") && !str_is(n->name, "!"))
		buf_char(out, ';');
}

/* By what gdb sorts. */
static struct str sort_name(struct listing *l, const struct sym_named *n)
{
	if (n->function)
		return sym_function_path(n->function);
	if (!n->type || sym_type_is_rust(n->type))
		return n->name;
	enum sym_type_kind kind = sym_type_kind(n->type);
	bool tagged = kind == SYM_TYPE_STRUCT || kind == SYM_TYPE_UNION || kind == SYM_TYPE_ENUM;
	if (tagged || kind == SYM_TYPE_ALIAS)
		return sym_type_bare_name(n->type);
	struct buf name = { 0 };
	add_type_name(l, n->type, &name);
	struct str ret = arena_str(&l->arena, buf_view(&name));
	buf_deinit(&name);
	return ret;
}

static bool type_fits(struct listing *l, const struct sym_named *n)
{
	struct buf name = { 0 };
	if (!l->type)
		return true;
	const struct sym_type *t = n->function   ? sym_function_type(n->function)
				   : n->variable ? sym_variable_type(n->variable)
						 : n->type;
	if (t)
		l->printer.language = sym_type_is_rust(t) ? EVAL_LANGUAGE_RUST : EVAL_LANGUAGE_C;
	add_type_name(l, t, &name);
	bool fits = gdb_regex_matches(l->type, buf_view(&name));
	buf_deinit(&name);
	return fits;
}

static bool add(void *ctx, const struct sym_named *n)
{
	struct listing *l = ctx;
	struct buf text = { 0 };
	struct found f = { .line = n->line, .external = n->external, .addr = n->addr.value + l->bias };
	if (n->file.len == 0) {
		f.text = f.name = sym_demangle_verbose(n->name, &l->arena);
		if (l->type)
			return true;
	} else {
		f.file = gdb_display_file(l->g, n->file);
		f.path = n->file;
		if (n->function)
			describe_function(l, n, &text);
		else if (n->variable)
			describe_variable(l, n, &text);
		else
			describe_type(l, n, &text);
		bool fits = type_fits(l, n);
		f.text = arena_str(&l->arena, buf_view(&text));
		f.name = sort_name(l, n);
		buf_deinit(&text);
		if (!fits)
			return true;
	}
	vec_push(&l->found, f);
	return !gdb_interrupted(l->g);
}

static int compare(const void *a, const void *b)
{
	const struct found *x = a, *y = b;
	if ((x->file.len == 0) != (y->file.len == 0))
		return x->file.len == 0 ? 1 : -1;
	if (x->file.len == 0)
		return x->addr != y->addr ? (x->addr < y->addr ? -1 : 1) : str_cmp(x->text, y->text);
	int order = str_cmp(x->file, y->file);
	if (order == 0 && x->external != y->external)
		order = x->external ? -1 : 1;
	if (order == 0)
		order = str_cmp(x->name, y->name);
	if (order == 0 && x->line != y->line)
		order = x->line < y->line ? -1 : 1;
	return order ? order : str_cmp(x->text, y->text);
}

/* A symbol without debug information. */
static void add_bare(struct listing *l, const struct found *f, struct buf *out)
{
	enum gdb_style style = l->kind == SYM_NAME_FUNCTION ? GDB_STYLE_FUNCTION : GDB_STYLE_VARIABLE;
	gdb_styled(l->g, GDB_STYLE_ADDRESS, arena_printf(&l->arena, "0x%016" PRIx64, f->addr), out);
	buf_str(out, STR_LIT("  "));
	gdb_styled(l->g, style, f->text, out);
	buf_char(out, '\n');
}

static void print_found(struct listing *l)
{
	struct buf out = { 0 };
	const struct found *last = NULL;
	if (l->found.count)
		qsort(l->found.data, l->found.count, sizeof *l->found.data, compare);
	vec_for(&l->found, f) {
		if (last && compare(last, f) == 0)
			continue;
		bool new_file = !last || !str_eq(last->file, f->file);
		if (new_file && f->file.len > 0) {
			buf_str(&out, STR_LIT("\nFile "));
			gdb_styled(l->g, GDB_STYLE_FILE, f->file, &out);
			buf_str(&out, STR_LIT(":\n"));
		} else if (new_file) {
			buf_str(&out, STR_LIT("\nNon-debugging symbols:\n"));
		}
		if (f->file.len == 0)
			add_bare(l, f, &out);
		else if (f->line)
			buf_printf(&out, "%" PRIu32 ":\t%.*s\n", f->line, STR_ARG(f->text));
		else
			buf_printf(&out, "\t%.*s\n", STR_ARG(f->text));
		if (out.len > 1 << 16)
			gdb_print_buf(l->g, &out);
		last = f;
	}
	gdb_print_buf(l->g, &out);
	buf_deinit(&out);
}

static void print_header(struct gdb *g, const char *what, const struct gdb_variable_filter *filter)
{
	if (filter->name.len > 0 && filter->type.len > 0)
		gdb_print(g,
			  "All %ss matching regular expression \"%.*s\" with type matching regular expression \"%.*s\":\n",
			  what, STR_ARG(filter->name), STR_ARG(filter->type));
	else if (filter->name.len > 0)
		gdb_print(g, "All %ss matching regular expression \"%.*s\":\n", what,
			  STR_ARG(filter->name));
	else if (filter->type.len > 0)
		gdb_print(g, "All defined %ss with type matching regular expression \"%.*s\" :\n", what,
			  STR_ARG(filter->type));
	else
		gdb_print(g, "All defined %ss:\n", what);
}

static struct error *list_kind(struct gdb *g, struct str args, enum sym_name_kind kind, const char *what)
{
	struct listing l = { .g = g, .kind = kind, .arena = ARENA_INIT };
	struct gdb_variable_filter filter;
	TRY(gdb_take_filter(args, kind == SYM_NAME_TYPE ? 0 : GDB_FILTER_TYPE | GDB_FILTER_DEBUG_ONLY,
			    &filter));
	TRY(gdb_regex_new(filter.name, &l.name));
	struct error *err = gdb_regex_new(filter.type, &l.type);
	const struct eval_env *env = gdb_env(g);
	gdb_printer(g, env, &l.printer);
	for (size_t i = 0; !err && env->module(env->ctx, i, &l.module, &l.bias) && !gdb_interrupted(g); i++)
		sym_each(l.module, kind, !filter.debug_only && kind != SYM_NAME_TYPE, wanted, add, &l);
	if (!err && (l.found.count > 0 || !filter.quiet)) {
		print_header(g, what, &filter);
		print_found(&l);
	}
	if (!err && gdb_interrupted(g))
		err = error_new(ERROR_USAGE, "Quit");
	gdb_regex_destroy(l.name);
	gdb_regex_destroy(l.type);
	vec_free(&l.found);
	arena_deinit(&l.arena);
	return err;
}

struct error *gdb_run_info_functions(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command;
	return list_kind(g, args, SYM_NAME_FUNCTION, "function");
}

struct error *gdb_run_info_variables(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command;
	return list_kind(g, args, SYM_NAME_VARIABLE, "variable");
}

struct error *gdb_run_info_types(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command;
	return list_kind(g, args, SYM_NAME_TYPE, "type");
}

/* ---- functions for rbreak ---- */

static bool ends_with_path(struct str path, struct str end)
{
	if (!str_ends(path, end))
		return false;
	return path.len == end.len || path.ptr[path.len - end.len - 1] == '/';
}

struct error *gdb_each_function(struct gdb *g, struct str file, struct str regex, gdb_function_fn *fn,
				void *ctx)
{
	struct listing l = { .g = g, .kind = SYM_NAME_FUNCTION, .arena = ARENA_INIT };
	const struct eval_env *env = gdb_env(g);
	const struct found *last = NULL;
	struct error *err;
	TRY(gdb_regex_new(regex, &l.name));
	gdb_printer(g, env, &l.printer);
	for (size_t i = 0; env->module(env->ctx, i, &l.module, &l.bias) && !gdb_interrupted(g); i++)
		sym_each(l.module, l.kind, !file.len, wanted, add, &l);
	if (l.found.count)
		qsort(l.found.data, l.found.count, sizeof *l.found.data, compare);
	err = gdb_interrupted(g) ? error_new(ERROR_USAGE, "Quit") : NULL;
	vec_for(&l.found, f) {
		bool again = last && compare(last, f) == 0;
		last = f;
		if (err || again || (file.len && !ends_with_path(f->path, file)))
			continue;
		err = fn(ctx, f->path, f->path.len ? f->name : f->text, f->text);
	}
	gdb_regex_destroy(l.name);
	vec_free(&l.found);
	arena_deinit(&l.arena);
	return err;
}

/* ---- info sources ---- */

enum file_part { WHOLE_PATH, DIRNAME, BASENAME };

struct files {
	struct gdb *g;
	struct gdb_regex *regex;
	enum file_part part;
	struct buf out;
	struct strmap seen;
};

static struct str part_of(struct str path, enum file_part part)
{
	size_t at = str_rfind(path, STR_LIT("/"));
	if (part == WHOLE_PATH)
		return path;
	if (at == SIZE_MAX)
		return part == DIRNAME ? STR_LIT(".") : path;
	return part == DIRNAME ? str_sub(path, 0, at) : str_sub(path, at + 1, SIZE_MAX);
}

static bool add_file(void *ctx, struct str path)
{
	struct files *f = ctx;
	uint64_t known;
	if (!gdb_regex_matches(f->regex, part_of(path, f->part)) || strmap_get(&f->seen, path, &known))
		return true;
	strmap_set(&f->seen, path, 1);
	if (f->seen.count > 1)
		buf_str(&f->out, STR_LIT(", "));
	gdb_wrap_hint(f->g, 0, &f->out);
	gdb_styled(f->g, GDB_STYLE_FILE, path, &f->out);
	return true;
}

static struct error *take_file_part(struct str *args, enum file_part *ret)
{
	*ret = WHOLE_PATH;
	while (args->len > 1 && args->ptr[0] == '-') {
		struct str option = gdb_take_word(args);
		if (str_is(option, "--"))
			break;
		bool dirname = str_starts(STR_LIT("-dirname"), option);
		if (!dirname && !str_starts(STR_LIT("-basename"), option))
			return error_new(ERROR_USAGE, "Unrecognized option at: %.*s", STR_ARG(option));
		if (*ret != WHOLE_PATH && (*ret == DIRNAME) != dirname)
			return error_new(ERROR_USAGE,
					 "You cannot give both -basename and -dirname to 'info sources'.");
		*ret = dirname ? DIRNAME : BASENAME;
	}
	if (*ret != WHOLE_PATH && !args->len)
		return error_new(ERROR_USAGE, "Missing REGEXP for 'info sources'.");
	return NULL;
}

struct error *gdb_run_info_sources(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct gdb_regex *regex;
	struct eng_inferior *inferior = eng_selected_inferior(g->control);
	struct eng_module *const *modules;
	enum file_part part;
	(void)command;
	TRY(take_file_part(&args, &part));
	TRY(gdb_regex_new(args, &regex));
	size_t count = eng_inferior_modules(inferior, &modules);
	for (size_t i = 0; i < count && !gdb_interrupted(g); i++) {
		struct sym_module *m = eng_inferior_symbols(g->control, inferior, modules[i]);
		struct files files = { .g = g, .regex = regex, .part = part };
		if (!m || !sym_module_has_debug_info(m))
			continue;
		sym_files(m, add_file, &files);
		if (files.seen.count > 0) {
			gdb_print_styled(g, GDB_STYLE_FILE, str_from(modules[i]->path));
			gdb_print_str(g, STR_LIT(":\n\n"));
			gdb_print_buf(g, &files.out);
			gdb_print(g, "\n\n");
		}
		buf_deinit(&files.out);
		strmap_deinit(&files.seen);
	}
	gdb_regex_destroy(regex);
	return NULL;
}
