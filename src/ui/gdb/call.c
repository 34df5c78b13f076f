/* Functions of the program that an expression calls. */
#include "ui/gdb/looking.h"
#include "ui/gdb/running.h"
#include "ui/gdb/shell_internal.h"

static struct error *write_copies(struct gdb_frame_env *e, const struct eval_call_plan *plan)
{
	for (size_t i = 0; i < plan->write_count; i++)
		TRY(e->env.write(e, plan->writes[i].address, plan->writes[i].bytes, plan->writes[i].size));
	return NULL;
}

struct error *gdb_call(void *ctx, uint64_t function, const struct sym_function *f,
		       const struct eval_value *args, size_t count, struct arena *arena,
		       struct eval_value *ret)
{
	struct gdb_frame_env *e = ctx;
	struct gdb *g = e->g;
	struct eng_thread *t = e->thread;
	uint32_t number = e->level->level;
	struct eval_call_plan plan;
	struct arch_regs regs;
	uint8_t xmm[2][16];
	/* The copies go below what the innermost frame has, whichever is selected. */
	const struct eng_level *innermost = eng_level(g->control, t, 0);
	if (!innermost)
		return error_new(ERROR_USAGE, "You can't do that without a process to debug.");
	if (!g->settings.may_call_functions)
		return error_new(ERROR_USAGE,
				 "Cannot call functions in the program: may-call-functions is off.");
	uint64_t sp = innermost->unwind.regs.value[e->env.arch->sp];
	TRY(eval_plan_call(&e->env, f, args, count, sp, ret->type, arena, &plan));
	TRY(write_copies(e, &plan));
	struct str name;
	uint64_t offset;
	bool named = gdb_nearest_symbol(g, function, false, &name, &offset) && offset == 0;
	struct eng_call call = {
		.function = function,
		.name = named ? arena_str(arena, name).ptr : NULL,
		.regs = &plan.regs,
		.xmm = plan.has_xmm ? (const uint8_t(*)[16])plan.xmm : NULL,
		.stack = plan.stack,
		.stack_size = plan.stack_size,
	};
	struct error *err = eng_call(g->control, &call, &regs, xmm);
	const struct eng_stop *stop = eng_last_stop(g->control);
	if (err && stop->in_call) { /* where it stands instead */
		struct eng_stop shown = *stop;
		gdb_print_error(g, gdb_ran(g, NULL, &shown));
	}
	if (err)
		return err;
	/* The stack was looked at anew. */
	const struct eng_level *level = eng_level(g->control, t, number);
	if (!level)
		return error_new(ERROR_GONE, "The frame is gone after the call.");
	gdb_frame_env_init(e, g, t, level);
	return eval_call_result(&e->env, &plan, &regs, (const uint8_t(*)[16])xmm, arena, ret);
}
