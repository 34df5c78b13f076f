/* The backtrace as the report has it: physical frames with their inlined functions, arguments, labels. */
#include "eval/eval.h"
#include "jit/crash.h"

#include <stdlib.h>

enum { ARGUMENTS_SHOWN = 12, ARGUMENT_WIDTH = 100, FRAMES_WITH_ARGUMENTS = 48 };

/* Floats are in vector registers, which a view does not keep: the thread's own do where it still stands there. */
static bool read_vectors(const struct eng_view *view, uint8_t ret[16][16])
{
	const struct arch *arch = eng_process_arch(view->process);
	struct target *target = eng_target(eng_process_session(view->process));
	struct arch_regs now;
	uint8_t *xsave = NULL;
	size_t size;
	if (!view->thread || !eng_thread_stopped(view->thread))
		return false;
	struct error *err = eng_thread_regs(view->thread, &now);
	bool here = !err && now.value[arch->pc] == view->regs.value[arch->pc] &&
		    now.value[arch->sp] == view->regs.value[arch->sp];
	if (here)
		err = target->ops->get_xstate(target, eng_thread_tid(view->thread), &xsave, &size);
	bool ok = here && !err && arch->vectors(xsave, size, ret);
	free(xsave);
	error_destroy(err);
	return ok;
}

static void fill_arguments(const struct crash *c, const struct eng_view *view,
			   const struct eng_frame *frame, const struct sym_chain_entry *entry,
			   struct report_frame *out)
{
	struct arena *arena = &c->report->arena;
	const struct sym_variable *const *params;
	if (!entry->function || !frame->module)
		return;
	size_t count = sym_function_params(entry->function, &params);
	if (count > ARGUMENTS_SHOWN)
		count = ARGUMENTS_SHOWN;
	out->arguments = ARENA_ARRAY(arena, struct report_argument, count ? count : 1);
	struct unwind_context context;
	eng_view_unwind_context(view, &context);
	struct eval_frame place = {
		.context = &context,
		.frame = &frame->unwind,
		.module = frame->code.module,
		.bias = frame->code.bias,
		.pc = frame->lookup_pc,
	};
	uint8_t vectors[16][16];
	if (frame->unwind.index == 0 && count && read_vectors(view, vectors))
		place.xmm = vectors;
	struct buf text = { 0 };
	for (size_t i = 0; i < count; i++) {
		struct report_argument *arg = &out->arguments[out->argument_count];
		arg->name = arena_str(arena, sym_variable_name(params[i]));
		if (!arg->name.len)
			continue;
		const struct sym_type *type = sym_variable_type(params[i]);
		arg->type = type ? arena_str(arena, sym_type_name(type)) : STR_EMPTY;
		struct eval_value value;
		eval_variable(&place, params[i], arena, &value);
		text.len = 0;
		eval_format(&place, &value, ARGUMENT_WIDTH, &text);
		arg->value = arena_str(arena, buf_view(&text));
		out->argument_count++;
	}
	buf_deinit(&text);
}

static void fill_native(const struct crash *c, const struct eng_view *view, const struct eng_frame *frame,
			size_t chain, bool arguments, struct report_frame *out)
{
	const struct sym_chain_entry *entry = &frame->chain[chain];
	out->function = arena_str(&c->report->arena, entry->info.name);
	out->file = arena_str(&c->report->arena, entry->line.file);
	out->line = entry->line.line;
	out->column = entry->line.column;
	out->inlined = entry->inlined;
	/* The start is that of the function's main part; a cold part may lie before it. */
	if (entry->start.value && frame->lookup_pc.value >= entry->start.value)
		out->offset = frame->unwind.pc.value - (entry->start.value + frame->code.bias);
	if (arguments)
		fill_arguments(c, view, frame, entry, out);
}

static void fill_jit(const struct crash *c, const struct eng_frame *frame, struct report_frame *out)
{
	uint64_t pc = frame->unwind.pc.value;
	const struct jit_function *function =
		crash_jit_function(c, frame->unwind.exact_pc ? pc : pc - 1, &out->freed);
	if (!function) {
		if (frame->code.kind == UNWIND_CODE_ANON) {
			out->kind = REPORT_FRAME_JIT;
			out->function = arena_printf(&c->report->arena, "(code at 0x%llx)",
						     (unsigned long long)frame->code.start);
			out->offset = pc - frame->code.start;
		}
		return;
	}
	out->kind = REPORT_FRAME_JIT;
	out->function = function->name.len ? arena_str(&c->report->arena, function->name)
					   : arena_printf(&c->report->arena, "(unnamed at 0x%llx)",
							  (unsigned long long)function->start);
	out->offset = pc - function->start;
	if (function->signature.known)
		out->signature = jit_signature_text(&function->signature, &c->report->arena);
}

static struct str end_text(enum unwind_end end)
{
	switch (end) {
	case UNWIND_END_LOST:
		return STR_LIT("nothing credible further up the stack");
	case UNWIND_END_CORRUPT:
		return STR_LIT("the stack is damaged here");
	case UNWIND_END_LIMIT:
		return STR_LIT("too many frames");
	default:
		return STR_EMPTY;
	}
}

void crash_fill_backtrace(const struct crash *c, const struct eng_view *view,
			  const struct eng_backtrace *bt, struct report_backtrace *ret)
{
	struct arena *arena = &c->report->arena;
	size_t count = 0;
	for (size_t i = 0; i < bt->count; i++)
		count += bt->frames[i].chain_count ? bt->frames[i].chain_count : 1;
	ret->frames = ARENA_ARRAY(arena, struct report_frame, count ? count : 1);
	uint32_t number = 0;
	for (size_t i = 0; i < bt->count; i++) {
		const struct eng_frame *frame = &bt->frames[i];
		if (bt->left_out && i == bt->left_out_at) {
			ret->left_out = bt->left_out;
			ret->left_out_at = ret->count;
			number += (uint32_t)bt->left_out;
		}
		size_t entries = frame->chain_count ? frame->chain_count : 1;
		bool at_boundary = i + 1 < bt->count && bt->frames[i + 1].code.kind == UNWIND_CODE_JIT;
		for (size_t k = 0; k < entries; k++) {
			struct report_frame *out = &ret->frames[ret->count++];
			out->number = number++;
			out->pc = frame->unwind.pc.value;
			out->how = unwind_how_name(frame->unwind.how);
			out->guess = unwind_is_guess(frame->unwind.how);
			out->kind = REPORT_FRAME_UNKNOWN;
			if (frame->module) {
				out->kind = REPORT_FRAME_NATIVE;
				out->module = arena_str(arena, str_from(frame->module->path));
				out->library = crash_is_library_frame(frame);
			}
			if (frame->chain_count) {
				fill_native(c, view, frame, k, i < FRAMES_WITH_ARGUMENTS, out);
				struct eng_frame alone = *frame;
				alone.chain = &frame->chain[k];
				alone.chain_count = 1;
				out->library = crash_is_library_frame(&alone);
			} else {
				fill_jit(c, frame, out);
			}
			if (at_boundary && k + 1 == entries && crash_frame_function(frame))
				out->signature = sym_function_prototype(crash_frame_function(frame), arena);
		}
	}
	ret->complete = bt->end == UNWIND_END_ENTRY;
	ret->end = end_text(bt->end);
}
