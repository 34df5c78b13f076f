/* natvis list, load, unload, explain; and print with visualisers. */
#include "ui/gdb/looking.h"

#include "natvis/natvis.h"

#include <stdlib.h>

/* Made when it is first asked for. */
static struct nv_set *set_of(struct gdb *g)
{
	if (!g->natvis) {
		g->natvis = nv_set_create();
		nv_set_add_own(g->natvis);
	}
	return g->natvis;
}

void gdb_natvis_deinit(struct gdb *g)
{
	nv_set_destroy(g->natvis);
	g->natvis = NULL;
}

/* ---- files ---- */

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static struct error *run_list(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct nv_set *s = set_of(g);
	(void)command, (void)args;
	for (size_t i = 0; i < nv_set_count(s); i++) {
		const struct nv_file *f = nv_set_file(s, i);
		size_t types = nv_file_types(f), errors = nv_file_errors(f);
		gdb_print(g, "%.*s: %zu type%s", STR_ARG(nv_file_path(f)), types, plural(types));
		if (errors)
			gdb_print(g, ", %zu error%s", errors, plural(errors));
		gdb_print(g, "\n");
	}
	if (nv_set_count(s) == 0)
		gdb_print(g, "No visualisers are loaded.\n");
	return NULL;
}

static struct error *run_load(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct nv_file *f;
	const struct nv_problem *problems;
	(void)command;
	if (args.len == 0)
		return error_new(ERROR_USAGE, "Argument required (file of visualisers to load).");
	struct str path = arena_str(&g->scratch, args);
	TRY(nv_file_open(path.ptr, &f));
	size_t count = nv_file_problems(f, &problems), types = nv_file_types(f);
	for (size_t i = 0; i < count; i++)
		gdb_print(g, "%.*s:%u: %s%.*s%s%.*s\n", STR_ARG(path), problems[i].line,
			  problems[i].is_note ? "note: " : "", STR_ARG(problems[i].entry),
			  problems[i].entry.len ? ": " : "", STR_ARG(problems[i].message));
	/* The same file again takes the place of what it was. */
	while (nv_set_remove(set_of(g), path))
		;
	nv_set_add(set_of(g), f);
	gdb_print(g, "%.*s: %zu type%s loaded.\n", STR_ARG(path), types, plural(types));
	return NULL;
}

static struct error *run_unload(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command;
	if (args.len == 0)
		return error_new(ERROR_USAGE, "Argument required (file of visualisers to unload).");
	if (!nv_set_remove(set_of(g), args))
		return error_new(ERROR_NOT_FOUND, "No visualisers are loaded from %.*s.", STR_ARG(args));
	return NULL;
}

/* ---- values ---- */

struct looking {
	const struct eval_env *env;
};

static size_t read_memory(void *ctx, uint64_t address, void *buf, size_t size)
{
	const struct eval_env *env = ((struct looking *)ctx)->env;
	return env->read ? env->read(env->ctx, address, buf, size) : 0;
}

static const struct sym_type *find_type(void *ctx, struct str name)
{
	const struct eval_env *env = ((struct looking *)ctx)->env;
	struct sym_module *m;
	uint64_t bias;
	for (size_t i = 0; env->module && env->module(env->ctx, i, &m, &bias); i++) {
		const struct sym_type *t = sym_type_by_name(m, name);
		if (t)
			return t;
	}
	return NULL;
}

static struct nv_viewer *viewer_of(struct gdb *g, struct looking *l,
				   const struct eval_print_settings *settings)
{
	l->env = gdb_env(g);
	struct nv_settings s = { .set = set_of(g),
				 .ctx = l,
				 .read = read_memory,
				 .find_type = find_type,
				 .elements = settings->elements,
				 .max_depth = settings->max_depth == UINT32_MAX ? 100
										: settings->max_depth };
	return nv_viewer_create(&s);
}

static struct nv_value value_of(const struct eval_value *v)
{
	struct eval_cx_object object = { .has_address = v->has_address && !v->bit_size,
					 .address = v->address,
					 .bytes = v->bytes,
					 .size = v->bytes ? v->size : 0 };
	return nv_value_of(v->type, &object);
}

bool gdb_natvis_print(struct gdb *g, const struct eval_value *value,
		      const struct eval_print_settings *settings, struct buf *out)
{
	struct looking l;
	struct nv_match match;
	struct str why;
	if (!value->type || value->state != EVAL_OK || value->lost || value->is_type)
		return false;
	struct nv_viewer *v = viewer_of(g, &l, settings);
	struct nv_value looked = value_of(value);
	/* What has neither a visualiser nor parts that may have one is printed as ever; so is what would be written in C's notation. */
	const struct sym_member *members;
	bool shown = nv_visualiser(v, &looked, &match, &why) ||
		     (sym_type_is_rust(value->type) &&
		      (sym_type_variants(value->type) || sym_type_members(value->type, &members) ||
		       sym_type_kind(value->type) == SYM_TYPE_ARRAY));
	if (shown)
		nv_print(v, &looked, out);
	nv_viewer_destroy(v);
	return shown;
}

static struct error *run_explain(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct eval_value value;
	struct looking l;
	struct nv_match match;
	struct str why;
	struct buf text = { 0 };
	(void)command;
	if (args.len == 0)
		return error_new(ERROR_USAGE, "Argument required (expression to compute).");
	TRY(gdb_eval(g, args, &value));
	if (!value.type || value.state != EVAL_OK)
		return error_new(ERROR_USAGE, "There is no value to explain.");
	struct nv_viewer *v = viewer_of(g, &l, &g->settings.print);
	struct nv_value looked = value_of(&value);
	buf_printf(&text, "type: %.*s\n", STR_ARG(sym_type_name(value.type)));
	if (nv_visualiser(v, &looked, &match, &why)) {
		buf_printf(&text, "visualiser: Type %.*s, %.*s:%u%s\n",
			   STR_ARG(nv_type_name(match.type)), STR_ARG(nv_file_path(match.file)),
			   nv_type_line(match.type), match.as_enum ? " (as an enum)" : "");
		for (size_t i = 0; i < match.captures.count; i++) {
			buf_printf(&text, "$T%zu: ", i + 1);
			nv_name_rust(match.captures.names[i], &text);
			buf_char(&text, '\n');
		}
	} else {
		buf_str(&text, STR_LIT("visualiser: none\n"));
	}
	if (why.len)
		buf_printf(&text, "passed over: %.*s\n", STR_ARG(why));
	buf_str(&text, STR_LIT("summary: "));
	nv_summary(v, &looked, &text);
	buf_char(&text, '\n');
	gdb_print_buf(g, &text);
	buf_deinit(&text);
	nv_viewer_destroy(v);
	return NULL;
}

/* clang-format off */
static const struct gdb_command commands[] = {
	{ "natvis", NULL, GDB_CLASS_SUPPORT, 0, NULL, NULL,
	  "Visualisers: how values of a type are shown while `print natvis' is on.\n"
	  "oxdb has those of Rust's standard library; a file of the same language, Natvis, adds others." },
	{ "natvis list", NULL, GDB_CLASS_SUPPORT, 0, run_list, NULL,
	  "List the files of visualisers.\nUsage: natvis list" },
	{ "natvis load", NULL, GDB_CLASS_SUPPORT, GDB_ONCE, run_load, gdb_complete_file,
	  "Load a file of visualisers.\nUsage: natvis load FILE\n"
	  "Its errors are listed; the types that have none are used, before those that were loaded earlier." },
	{ "natvis unload", NULL, GDB_CLASS_SUPPORT, GDB_ONCE, run_unload, NULL,
	  "Forget a file of visualisers.\nUsage: natvis unload FILE\nFILE is as `natvis list' names it." },
	{ "natvis explain", NULL, GDB_CLASS_SUPPORT, 0, run_explain, gdb_complete_expression,
	  "Say which visualiser a value is shown by, and why.\nUsage: natvis explain EXP\n"
	  "Its type, the entry with file and line, what the wildcards stand for, and the summary." },
};
/* clang-format on */
const struct gdb_command_table gdb_commands_natvis = { commands, sizeof commands / sizeof *commands };
