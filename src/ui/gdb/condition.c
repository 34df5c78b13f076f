/* Conditions: parsed once, evaluated in the innermost frame's registers at each hit. The false path is hot: no unwinding, no allocation
 * that lasts. */
#include "ui/gdb/looking.h"
#include "ui/gdb/running.h"

#include <stdlib.h>

struct condition {
	struct gdb *g;
	struct eval_expr *expr;
	struct arena arena;
};

static struct error *evaluate(struct condition *c, struct gdb_frame_env *e, bool *ret_stop)
{
	struct eval_value value;
	e->env.call = NULL; /* other threads run */
	arena_reset(&c->arena);
	TRY(eval_run(c->expr, c->g->eval, &e->env, &c->arena, &value));
	return eval_as_bool(&value, ret_stop);
}

static struct error *check(void *ctx, struct eng_control *control, struct eng_thread *t,
			   struct eng_breakpoint *b, bool *ret_stop)
{
	struct condition *c = ctx;
	struct gdb_frame_env e;
	const struct eng_level *level = eng_level(control, t, eng_breakpoint_level(t, b));
	gdb_frame_env_init_bare(&e, c->g, t, level);
	struct error *err = evaluate(c, &e, ret_stop);
	if (!err)
		return NULL;
	/* It may be for the vector registers. */
	error_destroy(err);
	gdb_frame_env_init(&e, c->g, t, level);
	return evaluate(c, &e, ret_stop);
}

static void destroy(void *ctx)
{
	struct condition *c = ctx;
	eval_expr_destroy(c->expr);
	arena_deinit(&c->arena);
	free(c);
}

static enum eval_language language_of(struct gdb *g, const struct eng_breakpoint *b)
{
	enum { DW_LANG_RUST = 0x1c };
	struct sym_unit_info unit;
	for (size_t i = 0; i < b->location_count; i++) {
		const struct sym_function *f = b->locations[i].place.function;
		if (f && sym_function_unit(f, &unit))
			return unit.language == DW_LANG_RUST ? EVAL_LANGUAGE_RUST : EVAL_LANGUAGE_C;
	}
	return eval_language(g->eval, gdb_env(g));
}

/* Are all its names known at this location? Nothing is read. */
static struct error *check_names(struct gdb *g, struct eval_expr *expr, const struct eng_place *place)
{
	struct gdb_frame_env e;
	struct unwind_frame registers = { 0 };
	const struct sym_type *type;
	bool is_type;
	if (!place->module || !place->module->symbols)
		return NULL;
	gdb_frame_env_init_bare(&e, g, NULL, NULL);
	e.view = (struct eng_view){ .process = e.inferior->process };
	e.context = (struct unwind_context){ .arch = e.env.arch };
	e.frame = (struct eval_frame){ .context = &e.context,
				       .frame = &registers,
				       .module = place->module->symbols,
				       .bias = place->module->bias,
				       .pc = FILE_ADDR(place->address - place->module->bias),
				       .function = place->library_levels ? place->function : NULL };
	e.env.frame = &e.frame;
	return eval_type_of(expr, g->eval, &e.env, &g->scratch, &type, &is_type);
}

/* A watchpoint's condition is one of the frame that it is made in. */
static struct error *check_here(struct gdb *g, struct eval_expr *expr)
{
	const struct sym_type *type;
	bool is_type;
	return eval_type_of(expr, g->eval, gdb_env(g), &g->scratch, &type, &is_type);
}

/* At one location at least; the others are disabled, as gdb has it. */
static struct error *check_locations(struct gdb *g, struct eng_breakpoint *b, struct eval_expr *expr)
{
	struct error *first = NULL;
	size_t good = 0;
	for (size_t i = 0; i < b->location_count; i++) {
		struct error *err = check_names(g, expr, &b->locations[i].place);
		good += !err;
		if (err && !first)
			first = err;
		else
			error_destroy(err);
	}
	if (good == 0)
		return first;
	for (size_t i = 0; first && i < b->location_count; i++) {
		struct error *err = check_names(g, expr, &b->locations[i].place);
		if (!err)
			continue;
		gdb_warn(g, "failed to validate condition at location %u.%zu, disabling:\n  %s",
			 b->number, i + 1, err->message);
		b->locations[i].enabled = false;
		error_destroy(err);
	}
	error_destroy(first);
	return NULL;
}

static struct error *parse(struct gdb *g, struct eng_breakpoint *b, struct str text, bool force,
			   struct condition **ret)
{
	struct condition *c = xmalloc(sizeof *c);
	*c = (struct condition){ .g = g, .arena = ARENA_INIT };
	struct error *err = eval_parse(g->eval, language_of(g, b), text, NULL, &c->expr);
	if (!err && !force && b->location_count)
		err = check_locations(g, b, c->expr);
	else if (!err && !force && b->kind >= ENG_BP_WATCH && b->kind <= ENG_BP_AWATCH)
		err = check_here(g, c->expr);
	if (err) {
		eval_expr_destroy(c->expr);
		free(c);
		return err;
	}
	*ret = c;
	return NULL;
}

struct error *gdb_set_condition(struct gdb *g, struct eng_breakpoint *b, struct str text, bool force)
{
	struct condition *c = NULL;
	text = gdb_strip(text);
	if (text.len)
		TRY(parse(g, b, text, force, &c));
	if (b->condition_destroy)
		b->condition_destroy(b->condition_ctx);
	free(b->condition_text);
	b->condition_text = c ? str_dup(text) : NULL;
	b->condition = c ? check : NULL;
	b->condition_ctx = c;
	b->condition_destroy = c ? destroy : NULL;
	return NULL;
}
