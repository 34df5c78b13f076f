/* What a function that was run to its end returned: its result's place by its convention, out of the registers as they are now. */
#include "ui/gdb/looking.h"
#include "ui/gdb/running.h"

#include <stdlib.h>

/* Parts of a result in registers, put together. False: it is somewhere that oxdb does not read. */
static bool from_registers(struct gdb_frame_env *e, const struct arch_place *place, uint8_t *bytes,
			   size_t size)
{
	for (unsigned i = 0; i < place->reg_count; i++) {
		unsigned reg = place->regs[i];
		uint8_t part[16] = { 0 };
		if (reg >= ARCH_XMM0 && reg <= ARCH_XMM15) {
			if (!e->vectors_known)
				return false;
			memcpy(part, e->vectors[reg - ARCH_XMM0], sizeof part);
		} else if (arch_reg_known(&e->view.regs, reg)) {
			memcpy(part, &e->view.regs.value[reg], sizeof(uint64_t));
		} else {
			return false;
		}
		size_t at = place->part_offset[i], count = place->part_size[i];
		if (count > sizeof part || at > size || count > size - at)
			return false;
		memcpy(bytes + at, part, count);
	}
	return true;
}

static bool result_value(struct gdb *g, struct gdb_frame_env *e, const struct eng_stop *stop,
			 struct eval_value *ret)
{
	const struct sym_type *type = sym_function_result(stop->finished);
	struct arch_call call;
	size_t size = type ? (size_t)sym_type_size(type) : 0;
	if (!type || size == 0 || size > EVAL_MAX_BYTES || !sym_function_call(stop->finished, &call))
		return false;
	struct eval_value value = { .type = type, .size = size };
	if (call.hidden_return || call.result.kind == ARCH_PLACE_POINTER) {
		uint8_t *bytes = arena_alloc(&g->scratch, size);
		if (!arch_reg_known(&e->view.regs, ARCH_RAX))
			return false;
		value.address = e->view.regs.value[ARCH_RAX];
		value.has_address = true;
		value.bytes = bytes;
		if (gdb_read(g, value.address, bytes, size) != size)
			return false;
	} else if (call.result.kind == ARCH_PLACE_REGS) {
		uint8_t *bytes = arena_alloc(&g->scratch, size);
		value.bytes = bytes;
		if (!from_registers(e, &call.result, bytes, size))
			return false;
	} else {
		return false;
	}
	*ret = value;
	return true;
}

void gdb_print_returned(struct gdb *g, const struct eng_stop *stop)
{
	struct gdb_frame_env e;
	struct eval_value value;
	struct eval_printer printer;
	struct buf text = { 0 };
	if (!stop->finished)
		return;
	gdb_frame_env_init(&e, g, stop->thread, eng_level(g->control, stop->thread, 0));
	struct error *err = eng_view_of_thread(stop->thread, &e.view);
	if (!e.vectors_known && !err) {
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
	if (!result_value(g, &e, stop, &value))
		return;
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
