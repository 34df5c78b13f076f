/* What a function that was run to its end returned: its result's place by its convention, out of the registers as they are now. */
#include "ui/gdb/looking.h"
#include "ui/gdb/running.h"

#include <stdlib.h>

static bool own_convention(const struct sym_function *f)
{
	const struct sym_type *type = f && sym_function_nocall(f) ? sym_function_result(f) : NULL;
	return type && sym_type_size(type) > 0;
}

void gdb_warn_returned(struct gdb *g, const struct eng_stop *stop)
{
	if (!own_convention(stop->finished))
		return;
	struct str name = sym_function_path(stop->finished);
	gdb_warn(g,
		 "Function '%.*s' does not follow the target calling convention, cannot determine its "
		 "returned value.",
		 STR_ARG(name));
}

static void print_unknown(struct gdb *g, const struct eng_stop *stop)
{
	struct gdb_frame_env e;
	struct eval_printer printer;
	struct buf name = { 0 };
	gdb_frame_env_init(&e, g, stop->thread, eng_level(g->control, stop->thread, 0));
	gdb_printer(g, &e.env, &printer);
	eval_type_name(&printer, sym_function_result(stop->finished), &name);
	buf_str(&name, STR_EMPTY);
	gdb_print(g, "Value returned has type: %s. Cannot determine contents\n", name.data);
	buf_deinit(&name);
}

void gdb_print_returned(struct gdb *g, const struct eng_stop *stop)
{
	struct gdb_frame_env e;
	struct eval_value value;
	struct eval_printer printer;
	struct buf text = { 0 };
	if (!stop->finished)
		return;
	if (own_convention(stop->finished)) {
		print_unknown(g, stop);
		return;
	}
	gdb_frame_env_init(&e, g, stop->thread, eng_level(g->control, stop->thread, 0));
	struct error *err = eng_view_of_thread(stop->thread, &e.view);
	if (stop->returned && !err) {
		e.view.regs = stop->returned->regs;
		e.vectors_known = stop->returned->has_xmm;
		memcpy(e.vectors, stop->returned->xmm, sizeof stop->returned->xmm);
	} else if (!e.vectors_known && !err) {
		struct target *target = eng_target(eng_control_session(g->control));
		uint8_t *xsave;
		size_t size;
		err = target->ops->get_xstate(target, eng_thread_tid(stop->thread), &xsave, &size);
		if (!err) {
			e.vectors_known = target->arch->vectors(xsave, size, e.vectors);
			free(xsave);
		}
	}
	error_destroy(err);
	err = eval_returned(&e.env, stop->finished, &e.view.regs,
			    e.vectors_known ? (const uint8_t(*)[16])e.vectors : NULL, &g->scratch, &value);
	if (err || !value.type || sym_type_size(value.type) == 0) {
		error_destroy(err); /* void, or somewhere that is not read */
		return;
	}
	gdb_printer(g, &e.env, &printer);
	err = eval_print(&printer, &value, (struct eval_format_spec){ 0 }, true, &text);
	if (!err) {
		size_t number = eval_history_add(g->eval, &value);
		gdb_print(g, "Value returned is $%zu = ", number);
		if (g->settings.print_finish)
			gdb_print_buf(g, &text);
		else
			gdb_print_styled(g, GDB_STYLE_METADATA, STR_LIT("<not displayed>"));
		gdb_print_str(g, STR_LIT("\n"));
	}
	error_destroy(err);
	buf_deinit(&text);
}
