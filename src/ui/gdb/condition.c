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

static struct error *check(void *ctx, struct eng_control *control, struct eng_thread *t,
			   struct eng_breakpoint *b, bool *ret_stop)
{
	struct condition *c = ctx;
	(void)control, (void)b;
	struct gdb_frame_env e;
	struct eval_value value;
	const struct eng_level *level = eng_level(c->g->control, t, 0);
	gdb_frame_env_init(&e, c->g, t, level);
	arena_reset(&c->arena);
	struct error *err = eval_run(c->expr, c->g->eval, &e.env, &c->arena, &value);
	if (!err)
		err = eval_as_bool(&value, ret_stop);
	if (err)
		return error_prefix(err, "Error in testing condition for breakpoint %u:\n", b->number);
	return NULL;
}

static void destroy(void *ctx)
{
	struct condition *c = ctx;
	eval_expr_destroy(c->expr);
	arena_deinit(&c->arena);
	free(c);
}

struct error *gdb_set_condition(struct gdb *g, struct eng_breakpoint *b, struct str text)
{
	struct condition *c = NULL;
	text = gdb_strip(text);
	if (text.len) {
		c = xmalloc(sizeof *c);
		*c = (struct condition){ .g = g, .arena = ARENA_INIT };
		enum eval_language language = EVAL_LANGUAGE_AUTO;
		if (b->location_count && b->locations[0].place.function) {
			struct sym_unit_info unit;
			if (sym_function_unit(b->locations[0].place.function, &unit))
				language = unit.language == 0x1c ? EVAL_LANGUAGE_RUST : EVAL_LANGUAGE_C; /* DW_LANG_Rust */
		}
		if (language == EVAL_LANGUAGE_AUTO)
			language = eval_language(g->eval, gdb_env(g));
		struct error *err = eval_parse(g->eval, language, text, NULL, &c->expr);
		if (err) {
			free(c);
			return err;
		}
	}
	if (b->condition_destroy)
		b->condition_destroy(b->condition_ctx);
	free(b->condition_text);
	b->condition_text = c ? str_dup(text) : NULL;
	b->condition = c ? check : NULL;
	b->condition_ctx = c;
	b->condition_destroy = c ? destroy : NULL;
	return NULL;
}
