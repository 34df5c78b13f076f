/* return: frames are left without being run to their end, with a value if one is given. */
#include "symbols/lookup.h"
#include "ui/gdb/looking.h"
#include "ui/gdb/running.h"

static struct error *plan_value(struct gdb *g, struct eng_thread *t, const struct eng_level *level,
				struct str text, struct eval_return_plan *ret)
{
	const struct eval_env *env = gdb_env_of(g, t, level);
	struct eval_expr *expr;
	TRY(eval_parse(g->eval, eval_language(g->eval, env), text, NULL, &expr));
	struct error *err = eval_plan_return(expr, g->eval, env, level->function, &g->scratch, ret);
	eval_expr_destroy(expr);
	return err;
}

/* What is said before the question. */
static struct str doubts(struct gdb *g, const struct sym_function *f,
			 const struct eval_return_plan *plan, struct str name)
{
	if (plan->in_memory)
		return STR_LIT("The location at which to store the function's return value is unknown.\n"
			       "If you continue, the return value that you specified will be ignored.\n");
	if (f && !plan->is_void && sym_function_nocall(f))
		return arena_printf(
			&g->scratch,
			"Function '%.*s' does not follow the target calling convention.\n"
			"If you continue, setting the return value will probably lead to unpredictable "
			"behaviors.\n",
			STR_ARG(name));
	return STR_EMPTY;
}

static struct error *confirm(struct gdb *g, const struct eng_level *level, struct str doubt)
{
	bool sure;
	if (level->function && sym_function_noreturn(level->function))
		gdb_warn(g, "Function does not return normally to caller.");
	struct str name = gdb_level_name(g, level);
	if (level->function)
		sure = gdb_query(g, "%.*sMake %.*s return now? ", STR_ARG(doubt), STR_ARG(name));
	else
		sure = gdb_query(g, "Make selected stack frame return now? ");
	return sure ? NULL : error_new(ERROR_USAGE, "Not confirmed");
}

struct error *gdb_run_return(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct eng_thread *t = eng_selected_thread(g->control);
	uint32_t number = t ? eng_selected_level(g->control) : 0;
	const struct eng_level *level = t ? eng_level(g->control, t, number) : NULL;
	struct eval_return_plan plan = { .is_void = true };
	(void)command;
	if (!level)
		return error_new(ERROR_USAGE, "No selected frame.");
	if (level->inlined)
		return error_new(ERROR_USAGE, "Can not force return from an inlined function.");
	if (args.len > 0) {
		TRY(plan_value(g, t, level, args, &plan));
		/* The expression may have run something. */
		level = eng_level(g->control, t, number);
		if (!level)
			return error_new(ERROR_GONE, "The frame is gone.");
	}
	if (gdb_from_tty(g))
		TRY(confirm(g, level, doubts(g, level->function, &plan, gdb_level_name(g, level))));
	struct eng_result result = { .regs = plan.regs,
				     .vectors = plan.vectors,
				     .x87_count = plan.x87_count };
	memcpy(result.vector, plan.vector, sizeof result.vector);
	memcpy(result.x87, plan.x87, sizeof result.x87);
	TRY(eng_return(g->control, &result));
	if (!gdb_from_tty(g))
		return NULL;
	TRY(gdb_need_frame(g, &t, &level));
	gdb_print_frame(g, t, level, GDB_FRAME_LEVEL | GDB_FRAME_LOCATION | GDB_FRAME_SOURCE);
	return NULL;
}
