/* A command that is under way in one thread: what it was about when it began, and what comes of the places where it wanted to stop. */
#include "engine/control_internal.h"

#include "symbols/lookup.h"

#include <stdlib.h>

void eng_plan_clear(struct eng_control *c)
{
	eng_temps_clear(c, ~0u);
	__typeof__(c->plan.temps.data) data = c->plan.temps.data;
	size_t capacity = c->plan.temps.capacity;
	c->plan = (struct eng_plan){ 0 };
	c->plan.temps.data = data;
	c->plan.temps.capacity = capacity;
}

void eng_plan_begin(struct eng_control *c, enum eng_plan_kind kind, struct eng_thread *t)
{
	eng_plan_clear(c);
	c->plan.kind = kind;
	c->plan.thread = t;
}

/* The frame that steps belong to is level n. */
void eng_plan_frame(struct eng_control *c, struct eng_thread *t, uint32_t n)
{
	struct eng_plan *plan = &c->plan;
	const struct eng_level *level = eng_level(c, t, n);
	if (level && level->unwind.cfa == 0)
		eng_level_caller(c, t, n); /* which tells where this frame ends */
	plan->frame = eng_frame_id_of(level);
	plan->physical = plan->frame;
	plan->physical.inlined = NULL;
	plan->line = plan->from = level ? level->line : (struct sym_line){ 0 };
}

/* Of a whole function: what runs the command's own code, told from what it calls. */
static uint64_t function_start(struct eng_control *c, struct eng_thread *t)
{
	return eng_frame_id_physical(c, t, 0).start;
}

void eng_plan_here(struct eng_control *c, struct eng_thread *t)
{
	eng_plan_frame(c, t, 0);
	c->plan.start_function = function_start(c, t);
}

bool eng_plan_end(struct eng_control *c, struct eng_thread *t, enum eng_stop_kind kind, struct eng_stop *ret)
{
	struct eng_plan *plan = &c->plan;
	eng_stop_begin(c, kind, t, ret);
	struct eng_frame_id now = eng_frame_id_of(eng_level(c, t, 0));
	ret->new_frame = kind != ENG_STOP_STEPPED || !eng_frame_id_eq(&now, &plan->frame) ||
			 function_start(c, t) != plan->start_function;
	if (plan->new_frame)
		ret->new_frame = true;
	ret->finished = plan->finished;
	ret->finished_module = plan->finished_module;
	return true;
}

/* ---- landing pads ---- */

/* A panic that is caught further out never comes back to where the command waits for it. */
static void watch_unwinder(struct eng_control *c, struct eng_thread *t)
{
	struct eng_process *p = t->process;
	struct eng_module *const *modules;
	size_t count = eng_modules(p, &modules);
	for (size_t i = 0; i < count; i++) {
		struct eng_module *m = modules[i];
		if (!m->unwinder_sought && !m->is_vdso) {
			struct sym_module *symbols = eng_module_symbols(p, m);
			size_t room = sizeof m->unwinder_exit / sizeof *m->unwinder_exit;
			m->unwinder_sought = true;
			m->unwinder_exits =
				symbols ? (uint8_t)eng_unwinder_exits(symbols, m->unwinder_exit, room) : 0;
		}
		for (uint8_t k = 0; k < m->unwinder_exits; k++)
			eng_ignore(eng_temp_add(c, ENG_TEMP_UNWIND, m->unwinder_exit[k].value + m->bias,
						0));
	}
}

void eng_plan_watch_unwinding(struct eng_control *c, struct eng_thread *t, uint32_t n)
{
	const struct eng_level *level = eng_level(c, t, n);
	if (c->plan.unwinding || !level)
		return;
	c->plan.unwinding = true;
	c->plan.unwound_sp = level->unwind.regs.value[c->session->arch->sp];
	watch_unwinder(c, t);
}

/* Frames that the command's own has called are cleaned up first; pads in those are passed. */
static void on_unwind(struct eng_control *c, struct eng_thread *t)
{
	uint64_t sp, pad;
	if (!eng_unwinder_target(t, &sp, &pad) || sp < c->plan.unwound_sp)
		return;
	eng_temps_clear(c, 1u << ENG_TEMP_PAD);
	eng_ignore(eng_temp_add(c, ENG_TEMP_PAD, pad, sp));
}

/* ---- places that were waited for ---- */

static bool on_return(struct eng_control *c, struct eng_thread *t, struct eng_stop *ret)
{
	struct eng_plan *plan = &c->plan;
	if (plan->kind == ENG_PLAN_CALL)
		return eng_plan_end(c, t, ENG_STOP_CALLED, ret);
	const struct sym_function *finished = plan->finished;
	eng_stop_hide_inlined(c, t);
	eng_plan_end(c, t, plan->kind == ENG_PLAN_FINISH ? ENG_STOP_FINISHED : ENG_STOP_LOCATION, ret);
	ret->finished = finished;
	return true;
}

/* In the frame where the command began, not in another call of the same function. */
static bool in_frame(struct eng_control *c, struct eng_thread *t, unsigned kind)
{
	vec_for(&c->plan.temps, temp) {
		if (temp->kind != kind || temp->addr != t->regs.value[c->session->arch->pc])
			continue;
		if (temp->cfa == 0)
			return true;
		struct eng_frame_id id = eng_frame_id_physical(c, t, 0);
		if (id.cfa == temp->cfa)
			return true;
	}
	return false;
}

static bool on_place(struct eng_control *c, struct eng_thread *t, struct eng_stop *ret)
{
	uint64_t pc = t->regs.value[c->session->arch->pc];
	uint32_t library_levels = 0;
	vec_for(&c->plan.temps, temp) {
		if (temp->kind == ENG_TEMP_PLACE && temp->addr == pc)
			library_levels = temp->library_levels;
	}
	eng_stop_hide_inlined(c, t);
	eng_plan_end(c, t, ENG_STOP_LOCATION, ret);
	ret->select = eng_users_level(c, t, library_levels);
	return true;
}

bool eng_plan_hit(struct eng_control *c, struct eng_thread *t, unsigned temps, struct eng_stop *ret)
{
	struct eng_plan *plan = &c->plan;
	if (temps >> ENG_TEMP_CALL & 1)
		return eng_plan_end(c, t, ENG_STOP_CALLED, ret);
	if (temps >> ENG_TEMP_PLACE & 1 && in_frame(c, t, ENG_TEMP_PLACE))
		return on_place(c, t, ret);
	if (temps >> ENG_TEMP_RETURN & 1)
		return on_return(c, t, ret);
	if (temps >> ENG_TEMP_PAD & 1) {
		eng_temps_clear(c, 1u << ENG_TEMP_PAD);
		eng_stop_hide_inlined(c, t);
		return !eng_plan_passes_pad(c, t) && eng_plan_end(c, t, ENG_STOP_STEPPED, ret);
	}
	if (temps >> ENG_TEMP_UNWIND & 1) {
		on_unwind(c, t);
		return false;
	}
	if (temps >> ENG_TEMP_ENTER & 1)
		return eng_plan_entered(c, t, ret);
	if (temps >> ENG_TEMP_INDIRECT & 1) {
		eng_plan_indirect(c, t);
		return false;
	}
	if (temps >> ENG_TEMP_RESUME & 1) {
		plan->resuming = false;
		eng_temps_clear(c, 1u << ENG_TEMP_RESUME | 1u << ENG_TEMP_ENTER | 1u << ENG_TEMP_INDIRECT);
		eng_exits_disarm(c); /* other calls of the line's had traps of these kinds, too */
		return eng_plan_stepped(c, t, ret);
	}
	if (temps >> ENG_TEMP_EXIT & 1 && plan->exits) {
		if (in_frame(c, t, ENG_TEMP_EXIT)) {
			plan->exits = false;
			return eng_plan_stepped(c, t, ret);
		}
		return false;
	}
	/* A step that ends at a trap of another command's. */
	return t->stepping && eng_plan_stepped(c, t, ret);
}

/* A handler that runs first is none of the command's business: it is stepped over like a call. */
struct error *eng_plan_signal(struct eng_control *c, struct eng_thread *t, int signal)
{
	struct eng_plan *plan = &c->plan;
	struct target *target = c->session->target;
	const struct arch *arch = c->session->arch;
	bool caught = false;
	if (plan->thread == t && plan->ranged && !plan->resuming && !plan->exits && signal) {
		eng_ignore(target->ops->signal_caught(target, t->process->pid, t->tid, signal, &caught));
		struct error *err = caught ? eng_thread_fetch(t) : NULL;
		if (caught && !err)
			err = eng_temp_add(c, ENG_TEMP_RESUME, t->regs.value[arch->pc],
					   t->regs.value[arch->sp]);
		plan->resuming = caught && !err;
		eng_ignore(err);
	}
	return eng_go_on(c, t, signal);
}

/* ---- requests ---- */

static struct error *stepping_thread(struct eng_control *c, struct eng_thread **ret)
{
	struct eng_thread *t;
	TRY(eng_request_thread(c, &t));
	if (!t || !eng_level(c, t, 0))
		return error_new(ERROR_USAGE, "The program is not being run.");
	*ret = t;
	return NULL;
}

static void say_no_lines(struct eng_control *c, const struct eng_level *level)
{
	eng_notify(c, &(struct eng_notice){ .kind = ENG_NOTICE_NO_LINES,
					    .inferior = c->inferior,
					    .text = level->info.name });
}

/* As gdb does, any symbol counts: code may stand where data is declared. */
static bool bounds_of(struct sym_module *m, struct file_addr pc, struct file_range *ret)
{
	struct sym_symbol symbol;
	if (sym_function_bounds(m, pc, ret))
		return true;
	if (!sym_symbol_at(m, pc, &symbol) || symbol.size == 0)
		return false;
	*ret = (struct file_range){ symbol.addr, FILE_ADDR(symbol.addr.value + symbol.size) };
	return true;
}

/* The code that one step goes through. */
static struct error *line_range(struct eng_control *c, struct eng_thread *t)
{
	struct eng_plan *plan = &c->plan;
	const struct eng_level *level = eng_level(c, t, 0);
	struct sym_line line;
	struct file_range range;
	uint64_t pc = level->unwind.pc.value, bias = level->code.bias;
	struct sym_module *m = level->code.module;
	if (m && sym_line_range(m, FILE_ADDR(pc - bias), &line, &range) && line.line) {
		plan->start = range.start.value + bias;
		plan->end = range.end.value + bias;
	} else if (!c->settings.step_over_no_debug) {
		plan->start = plan->end = 1;
	} else if (m && bounds_of(m, FILE_ADDR(pc - bias), &range)) {
		plan->start = range.start.value + bias;
		plan->end = range.end.value + bias;
		say_no_lines(c, level);
	} else {
		return error_new(ERROR_NOT_FOUND, "Cannot find bounds of current function");
	}
	return NULL;
}

/* Single instructions, as many as there are: between them it is not asked where they are, and nobody else is made to stand still. */
static void begin_instructions(struct eng_control *c, struct eng_thread *t, uint64_t *left)
{
	struct eng_plan *plan = &c->plan;
	eng_plan_begin(c, ENG_PLAN_STEP, t);
	plan->ranged = true;
	plan->over = ENG_OVER_NONE;
	plan->start = plan->end = 1;
	plan->more = *left - 1;
	*left = 1;
	if (plan->more == 0)
		eng_plan_here(c, t);
}

/* One step of a command that may have more. *ret_done: it needs nothing to run. */
static struct error *begin_step(struct eng_control *c, struct eng_thread *t, enum eng_step_unit unit,
				bool over, bool *ret_done)
{
	struct eng_plan *plan = &c->plan;
	eng_plan_begin(c, ENG_PLAN_STEP, t);
	plan->ranged = true;
	plan->over = over ? ENG_OVER_ALL : ENG_OVER_NO_LINES;
	uint32_t n = unit == ENG_STEP_LINE ? eng_stepped_level(c, t) : 0;
	plan->in_library = eng_step_skips(c, eng_level(c, t, n));
	eng_plan_here(c, t);
	if (n)
		eng_plan_frame(c, t, n);
	*ret_done = false;
	if (unit == ENG_STEP_INSTRUCTION) {
		plan->start = plan->end = 1;
		return NULL;
	}
	/* To step at a call of an inlined function is to go down into it, unless that is skipped: its code is the caller's then. */
	if (!over && eng_levels_enter(c, t)) {
		const struct eng_level *level = eng_level(c, t, 0);
		*ret_done = !eng_step_skips(c, level) && !eng_step_skipped_by_user(c, level);
		if (*ret_done)
			return NULL;
	}
	return line_range(c, t);
}

struct error *eng_step(struct eng_control *c, enum eng_step_unit unit, bool over, uint64_t count,
		       struct eng_stop *ret)
{
	struct eng_thread *t;
	TRY(stepping_thread(c, &t));
	uint64_t left = count ? count : 1;
	for (bool first = true;; first = false) {
		bool done = false;
		if (unit == ENG_STEP_INSTRUCTION && !over)
			begin_instructions(c, t, &left);
		else
			TRY(begin_step(c, t, unit, over, &done));
		if (unit == ENG_STEP_LINE && !done)
			eng_plan_reach(c, t, eng_level(c, t, 0));
		int signal = first && !done ? eng_signal_to_pass(c, t, ENG_SIGNAL_AS_STOPPED) : 0;
		if (done) {
			c->previous = c->thread ? c->thread->tid : 0;
			eng_stop_forget(c);
			eng_plan_end(c, t, ENG_STOP_STEPPED, ret);
			eng_stop_finish(c, ret);
		} else {
			TRY(eng_go(c, t, signal, ret));
		}
		if (--left == 0 || ret->kind != ENG_STOP_STEPPED || ret->thread != t)
			return NULL;
		if (c->listener.interrupted && c->listener.interrupted(c->listener.ctx)) {
			ret->kind = c->stop.kind = ENG_STOP_INTERRUPT;
			return NULL;
		}
	}
}

/* What called it, of what users see: nothing further out than C's main. */
static const struct eng_level *caller_of(struct eng_control *c, struct eng_thread *t,
					 const struct eng_level *level)
{
	const struct eng_level *outer = level;
	for (uint32_t n = level->level; outer && outer->unwind.index == level->unwind.index;
	     outer = eng_level(c, t, ++n)) {
		if (!c->settings.past_main && !outer->info.is_rust && str_is(outer->info.name, "main"))
			return NULL;
	}
	return outer;
}

/* Out of an inlined function: stepping, as if in its caller, until there is nothing of it left. */
static struct error *finish_inlined(struct eng_control *c, struct eng_thread *t, struct eng_stop *ret)
{
	struct eng_plan *plan = &c->plan;
	uint32_t n = c->level;
	eng_plan_frame(c, t, n + 1);
	plan->line = plan->from =
		(struct sym_line){ 0 }; /* the rest of the call's line is a place to stop, too */
	plan->ranged = true;
	plan->start = plan->end = eng_level(c, t, n)->unwind.pc.value;
	plan->over = ENG_OVER_ALL;
	plan->kind = ENG_PLAN_STEP;
	plan->start_function = function_start(c, t);
	plan->new_frame = true;
	eng_plan_watch_unwinding(c, t, n + 1);
	return eng_go(c, t, eng_signal_to_pass(c, t, ENG_SIGNAL_AS_STOPPED), ret);
}

struct error *eng_finish(struct eng_control *c, struct eng_stop *ret)
{
	struct eng_thread *t;
	TRY(stepping_thread(c, &t));
	const struct eng_level *level = eng_level(c, t, c->level);
	if (!level)
		return error_new(ERROR_USAGE, "No selected frame.");
	const struct eng_level *caller = caller_of(c, t, level);
	eng_plan_begin(c, ENG_PLAN_FINISH, t);
	if (level->inlined)
		return finish_inlined(c, t, ret);
	if (!caller) {
		eng_plan_clear(c);
		return error_new(ERROR_USAGE, "\"finish\" not meaningful in the outermost frame.");
	}
	c->plan.finished = level->function;
	c->plan.finished_module = level->module;
	TRY(eng_temp_add(c, ENG_TEMP_RETURN, caller->unwind.pc.value, level->unwind.cfa));
	eng_plan_watch_unwinding(c, t, caller->level);
	return eng_go(c, t, eng_signal_to_pass(c, t, ENG_SIGNAL_AS_STOPPED), ret);
}

struct error *eng_until_next(struct eng_control *c, struct eng_stop *ret)
{
	struct eng_thread *t;
	bool done;
	TRY(stepping_thread(c, &t));
	TRY(begin_step(c, t, ENG_STEP_LINE, true, &done));
	struct eng_plan *plan = &c->plan;
	const struct eng_level *level = eng_level(c, t, 0);
	uint64_t pc = level->unwind.pc.value;
	struct file_range range;
	if (level->code.module &&
	    sym_function_bounds(level->code.module, FILE_ADDR(pc - level->code.bias), &range)) {
		plan->start = range.start.value + level->code.bias;
		if (plan->end <= pc)
			plan->end = pc + 1;
	}
	return eng_go(c, t, eng_signal_to_pass(c, t, ENG_SIGNAL_AS_STOPPED), ret);
}

struct error *eng_until(struct eng_control *c, const struct eng_spec *spec, bool in_frame_only,
			struct eng_stop *ret)
{
	struct eng_thread *t;
	TRY(stepping_thread(c, &t));
	struct arena arena = ARENA_INIT;
	struct eng_place *places;
	size_t count;
	struct error *err = eng_locate(c, c->inferior, spec, &arena, &places, &count);
	if (err) {
		arena_deinit(&arena);
		return err;
	}
	const struct eng_level *level = eng_level(c, t, c->level);
	const struct eng_level *caller = level ? caller_of(c, t, level) : NULL;
	eng_plan_begin(c, ENG_PLAN_UNTIL, t);
	for (size_t i = 0; i < count && !err; i++) {
		err = eng_temp_add(c, ENG_TEMP_PLACE, places[i].address, 0);
		if (!err)
			c->plan.temps.data[c->plan.temps.count - 1].library_levels =
				places[i].library_levels;
		/* In another function there is no frame to tell apart yet. */
		struct eng_frame_id id = eng_frame_id_of(level);
		uint64_t start = places[i].address - places[i].name_offset;
		if (!err && in_frame_only && id.start == start)
			c->plan.temps.data[c->plan.temps.count - 1].cfa = id.cfa;
	}
	if (!err && caller) {
		err = eng_temp_add(c, ENG_TEMP_RETURN, caller->unwind.pc.value, level->unwind.cfa);
		eng_plan_watch_unwinding(c, t, caller->level);
	}
	arena_deinit(&arena);
	if (err) {
		eng_plan_clear(c);
		return err;
	}
	return eng_go(c, t, eng_signal_to_pass(c, t, ENG_SIGNAL_AS_STOPPED), ret);
}

/* ---- return ---- */

struct error *eng_return(struct eng_control *c, const struct eng_result *result)
{
	struct eng_thread *t;
	TRY(stepping_thread(c, &t));
	const struct eng_level *level = eng_level(c, t, c->level);
	if (level && level->inlined)
		return error_new(ERROR_UNSUPPORTED, "Can not force return from an inlined function.");
	const struct eng_level *caller = eng_level_caller(c, t, c->level);
	if (!level || !caller)
		return error_new(ERROR_USAGE, "Can not force return from the outermost frame.");
	struct arch_regs regs = caller->unwind.regs;
	for (unsigned reg = 0; result && reg < ARCH_REG_LIMIT; reg++) {
		if (arch_reg_known(&result->regs, reg))
			arch_reg_set(&regs, reg, result->regs.value[reg]);
	}
	if (result)
		TRY(eng_set_result_vectors(c, t, result));
	/* What the caller does not know of keeps the value that it has now. */
	TRY(eng_thread_set_regs(t, &regs));
	t->past_trap = false;
	struct eng_thread_control *tc = eng_thread_control(c, t);
	tc->levels.skipped = 0;
	c->level = 0;
	const struct arch *arch = c->session->arch;
	if (eng_left_call_ends(tc, regs.value[arch->pc], regs.value[arch->sp]))
		return eng_left_call_pop(c, t);
	return NULL;
}
