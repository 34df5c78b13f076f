/* The rules of stepping, as gdb has them: a step runs while pc is in the code of the line that it began in; calls are run through to
 * their return (next), entered up to the end of the prologue when they have lines (step), and the step ends at the beginning of another
 * line's statement. Inlined functions are frames. What differs: the standard library is not entered unless the user wants that. */
#include "engine/control_internal.h"

#include "symbols/lookup.h"

static bool same_line(const struct sym_line *a, const struct sym_line *b)
{
	return a->line == b->line && str_eq(a->file, b->file);
}

/* Everything else waits until the thread is back where `level` was called from. */
static bool resume_at_caller(struct eng_control *c, struct eng_thread *t)
{
	const struct eng_level *level = eng_level(c, t, 0), *caller = eng_level_caller(c, t, 0);
	uint64_t cfa = level->unwind.cfa;
	if (!caller || !cfa)
		return false;
	uint64_t pc = caller->unwind.pc.value;
	eng_plan_watch_unwinding(c, t, caller->level);
	struct error *err = eng_temp_add(c, ENG_TEMP_RESUME, pc, cfa);
	c->plan.resuming = !err;
	eng_ignore(err);
	return !err;
}

static bool ends(struct eng_control *c, struct eng_thread *t, struct eng_stop *ret)
{
	return eng_plan_end(c, t, ENG_STOP_STEPPED, ret);
}

/* A function with lines was called by a step: to the end of its prologue. */
static bool step_into(struct eng_control *c, struct eng_thread *t, const struct eng_level *level,
		      struct eng_stop *ret)
{
	struct sym_module *m = level->code.module;
	const struct sym_function *f = sym_function_at(m, level->lookup_pc);
	if (!f)
		return ends(c, t, ret);
	struct sym_line line;
	struct file_range range, bounds;
	struct file_addr body = sym_function_body(f);
	/* In the middle of a line: on to the next one. */
	if (sym_line_range(m, body, &line, &range) && range.start.value != body.value &&
	    sym_function_bounds(m, body, &bounds) && range.end.value < bounds.end.value)
		body = range.end;
	uint64_t target = body.value + level->code.bias;
	if (target == level->unwind.pc.value)
		return ends(c, t, ret);
	/* And to end right away then. */
	c->plan.end = c->plan.start;
	c->plan.entered = target;
	struct error *err = eng_temp_add(c, ENG_TEMP_RESUME, target, 0);
	c->plan.resuming = !err;
	eng_ignore(err);
	return err ? ends(c, t, ret) : false;
}

static bool in_stub(const struct eng_level *level)
{
	struct elf_file *elf = level->code.module ? sym_module_elf(level->code.module) : NULL;
	const struct elf_section *section = elf ? elf_section_at(elf, level->lookup_pc) : NULL;
	return section && str_starts(section->name, STR_LIT(".plt"));
}

/* The dynamic linker's code, through which a function is called for the first time. */
static bool in_linker(const struct eng_thread *t, uint64_t pc)
{
	struct eng_process *p = t->process;
	const struct eng_module *m = p->r_debug ? eng_module_at(p, p->r_debug) : NULL;
	return m && m != eng_module_at(p, p->entry) && pc >= m->start && pc < m->end;
}

static bool has_lines(const struct eng_level *level)
{
	return level->function && level->line.line != 0;
}

/* Was the call made by a function of the library's that was inlined into the frame that is stepped? */
static bool library_calls(struct eng_control *c, struct eng_thread *t)
{
	const struct eng_level *level = eng_level_caller(c, t, 0);
	for (; level && level->inlined; level = eng_level(c, t, level->level + 1)) {
		struct eng_frame_id id = eng_frame_id_of(level);
		if (eng_frame_id_eq(&id, &c->plan.frame))
			return false;
		if (eng_step_skips(c, level))
			return true;
	}
	return false;
}

/* What a step goes into: what has lines and is not the library's; of what that calls only the user's. */
static bool enters(struct eng_control *c, struct eng_thread *t, const struct eng_level *level)
{
	if (!has_lines(level) || eng_step_skips(c, level))
		return false;
	return level->info.is_rust || (level->module && level->module->is_main) || !library_calls(c, t);
}

/* A call has been made from the frame that is stepped. */
static bool on_call(struct eng_control *c, struct eng_thread *t, const struct eng_level *level,
		    struct eng_stop *ret)
{
	struct eng_plan *plan = &c->plan;
	if (plan->over == ENG_OVER_NONE)
		return ends(c, t, ret);
	if (plan->over == ENG_OVER_ALL)
		return !resume_at_caller(c, t) && ends(c, t, ret);
	if (in_stub(level))
		return false;
	if (eng_step_skipped_by_user(c, level))
		return !resume_at_caller(c, t) && ends(c, t, ret);
	if (enters(c, t, level))
		return step_into(c, t, level, ret);
	if (!c->settings.step_over_no_debug && !has_lines(level))
		return ends(c, t, ret);
	if (!resume_at_caller(c, t))
		return ends(c, t, ret);
	if (has_lines(level))
		eng_plan_watch_callbacks(c, t);
	return false;
}

static bool calls_inner(struct eng_control *c, struct eng_thread *t, const struct eng_frame_id *outer)
{
	const struct eng_level *caller = eng_level_caller(c, t, 0);
	if (!caller)
		return false;
	struct eng_frame_id id = eng_frame_id_of(caller);
	id.inlined = NULL;
	return eng_frame_id_eq(&id, outer);
}

/* At the call of an inlined function. */
static bool at_inlined_call(struct eng_control *c, struct eng_thread *t, struct eng_stop *ret)
{
	struct eng_plan *plan = &c->plan;
	const struct eng_level *level = eng_level(c, t, 0);
	bool same = same_line(&level->line, &plan->line);
	/* A call that no statement of the source has made. */
	if (level->line.line == 0)
		return false;
	if (plan->over == ENG_OVER_ALL)
		return !same && ends(c, t, ret);
	if (same) {
		eng_levels_enter(c, t);
		level = eng_level(c, t, 0);
		if (eng_step_skips(c, level) || eng_step_skipped_by_user(c, level))
			return false;
	}
	return ends(c, t, ret);
}

/* Is the frame that is stepped one of those that the innermost was inlined into? */
static bool inside_inlined(struct eng_control *c, struct eng_thread *t, const struct eng_frame_id *outer)
{
	const struct eng_level *level;
	for (uint32_t n = 1;
	     (level = eng_level(c, t, n)) != NULL && level->unwind.index == 0 && !level->tail_call; n++) {
		struct eng_frame_id id = eng_frame_id_of(level);
		if (eng_frame_id_eq(&id, outer))
			return true;
	}
	return false;
}

bool eng_begins_thread(const struct eng_level *level)
{
	static const char *const runtime[] = { "__libc_start_call_main", "start_thread" };
	if (str_contains(level->info.name, STR_LIT("__rust_begin_short_backtrace")))
		return true;
	if (level->info.is_rust)
		return false;
	for (size_t i = 0; i < sizeof runtime / sizeof *runtime; i++) {
		if (str_is(level->info.name, runtime[i]))
			return true;
	}
	return level->line.line == 0 && str_is(level->info.name, "main");
}

static bool is_users(struct eng_control *c, const struct eng_level *level)
{
	return has_lines(level) && !eng_step_skips(c, level);
}

/* The next frame of the user's further out than the innermost; NULL: there is none. *ret_inner: the one that it called. */
static const struct eng_level *next_of_users(struct eng_control *c, struct eng_thread *t,
					     const struct eng_level **ret_inner)
{
	enum { FAR = 64 };
	const struct eng_level *level, *inner = eng_level(c, t, 0);
	if (eng_begins_thread(inner))
		return NULL;
	for (uint32_t n = 1; n < FAR && (level = eng_level(c, t, n)) != NULL; n++) {
		if (eng_begins_thread(level))
			return NULL;
		if (level->tail_call)
			continue;
		bool same = level->unwind.index == inner->unwind.index;
		if (is_users(c, level) && (same || level->innermost_of_physical)) {
			*ret_inner = inner;
			return level;
		}
		if (!same)
			inner = level;
	}
	return NULL;
}

static bool resume_at(struct eng_control *c, struct eng_thread *t, const struct eng_level *level,
		      const struct eng_level *inner)
{
	struct error *err = eng_temp_add(c, ENG_TEMP_RESUME, level->unwind.pc.value, inner->unwind.cfa);
	if (err) {
		eng_ignore(err);
		return false;
	}
	c->plan.resuming = true;
	eng_plan_watch_unwinding(c, t, level->level);
	return true;
}

/* Back in the library, which the user's function was called by: on to the next frame of the user's, if there is one. */
static bool leave_library(struct eng_control *c, struct eng_thread *t)
{
	const struct eng_level *inner, *level = next_of_users(c, t, &inner);
	if (!level || level->unwind.index == inner->unwind.index || !resume_at(c, t, level, inner))
		return false;
	if (c->plan.over != ENG_OVER_ALL)
		eng_plan_watch_callbacks(c, t);
	return true;
}

/* To the next statement of a function that has code of the library's in it. */
static void go_on_in(struct eng_control *c, struct eng_thread *t, const struct eng_level *level)
{
	struct eng_plan *plan = &c->plan;
	eng_plan_frame(c, t, level->level);
	plan->line.line = plan->from.line = 0;
	plan->start = plan->end = 0;
	plan->over = ENG_OVER_ALL;
	plan->resuming = plan->exits = false;
	eng_temps_clear(c, 1u << ENG_TEMP_RESUME);
	eng_exits_disarm(c);
}

bool eng_plan_passes_pad(struct eng_control *c, struct eng_thread *t)
{
	struct eng_plan *plan = &c->plan;
	const struct eng_level *inner = eng_level(c, t, 0), *level;
	if (plan->in_library || !inner || c->settings.step_std)
		return false;
	if (!eng_step_skips(c, inner)) {
		/* Code of the library's that the compiler has merged into a function of the user's. */
		bool merged = plan->ranged && eng_library_file(inner->line.file);
		if (merged)
			go_on_in(c, t, inner);
		return merged;
	}
	level = next_of_users(c, t, &inner);
	if (!level) {
		plan->resuming = true;
		return true;
	}
	if (!plan->ranged)
		return false;
	if (level->unwind.index != inner->unwind.index)
		return resume_at(c, t, level, inner);
	/* What catches is inlined. */
	go_on_in(c, t, level);
	return true;
}

/* Through the binding of a symbol to the function that it leads to: the stub is stepped, what it calls is run through. */
static bool resolving(struct eng_control *c, struct eng_thread *t)
{
	const struct eng_level *caller = eng_level_caller(c, t, 0);
	if (caller && in_linker(t, caller->unwind.pc.value))
		resume_at_caller(c, t);
	return false;
}

/* A signal handler of the library's: on to where the signal came. */
static bool pass_handler(struct eng_control *c, struct eng_thread *t)
{
	const struct eng_level *caller = eng_level_caller(c, t, 0);
	if (!caller || !caller->unwind.signal_frame)
		return false;
	const struct eng_level *interrupted = eng_level_caller(c, t, caller->level);
	if (!interrupted)
		return false;
	struct error *err = eng_temp_add(c, ENG_TEMP_RESUME, interrupted->unwind.pc.value,
					 interrupted->unwind.regs.value[c->session->arch->sp]);
	c->plan.resuming = !err;
	eng_ignore(err);
	return c->plan.resuming;
}

/* Where the parts of an `if` or `match` come together rustc leaves a jump that has the line of the whole: control goes from the part's line
 * back to that and on to what follows. Nothing of the statement happens there. The jump at the end of a `loop`, which goes into the
 * statement, is a place to stop. */
static bool only_leaves(struct sym_module *m, struct file_range range, const struct sym_line *line,
			const struct sym_line *from)
{
	struct sym_line there;
	if (line->line >= from->line || !str_eq(line->file, from->file) ||
	    !sym_line_jumps(m, range, &there))
		return false;
	return there.line < line->line || there.line > from->line || !str_eq(there.file, line->file);
}

/* Code of the library's that was inlined where one function of the user's goes on to another, which is meant. */
static bool begins_in_library(struct eng_control *c, const struct eng_level *level)
{
	return !c->plan.in_library && level->inlined && eng_step_skips(c, level);
}

/* In the code of a row that the step has not begun in. */
static bool at_row(struct eng_control *c, struct eng_thread *t, const struct eng_level *level,
		   struct eng_stop *ret)
{
	struct eng_plan *plan = &c->plan;
	struct sym_line line;
	struct file_range range;
	struct sym_module *m = level->code.module;
	if (!m || !sym_line_range(m, level->lookup_pc, &line, &range))
		return ends(c, t, ret);
	/* No statement, and the same frame: its code is passed, but what counts as another line does not change. */
	struct eng_frame_id frame = eng_frame_id_of(level);
	bool same_frame = eng_frame_id_eq(&frame, &plan->frame), passed = false;
	struct sym_line from = same_frame ? plan->from : line;
	if (range.start.value == level->lookup_pc.value && !same_line(&line, &plan->line)) {
		bool leaves = same_frame && only_leaves(m, range, &line, &plan->from);
		if (!leaves && sym_line_is_stmt(m, level->lookup_pc))
			return begins_in_library(c, level) ? eng_plan_end_entered(c, t, ret) : ends(c, t, ret);
		passed = same_frame;
		line.line = 0; /* in another frame the next statement counts whatever its line is */
	}
	/* In the middle of a line, or in more code of the same one: to its end. */
	if (!passed) {
		struct file_range missing;
		eng_plan_frame(c, t, 0);
		plan->line = plan->from = line;
		if (sym_line_missing(m, level->lookup_pc, &missing))
			plan->from = from;
	}
	plan->start = range.start.value + level->code.bias;
	plan->end = range.end.value + level->code.bias;
	if (!passed)
		eng_plan_reach(c, t, level);
	return false;
}

/* pc has left the code that it was in. */
static bool left_range(struct eng_control *c, struct eng_thread *t, struct eng_stop *ret)
{
	struct eng_plan *plan = &c->plan;
	bool insn = plan->start == 1 && plan->end == 1;
	if (!insn)
		eng_stop_hide_inlined(c, t);
	const struct eng_level *level = eng_level(c, t, 0);
	if (!level)
		return ends(c, t, ret);
	if (plan->entered && plan->entered == level->unwind.pc.value)
		return eng_plan_end_entered(c, t, ret);
	plan->entered = 0;
	if (!insn && level->unwind.signal_frame)
		return false;
	if (!insn && plan->over == ENG_OVER_NO_LINES &&
	    (in_stub(level) || in_linker(t, level->unwind.pc.value)))
		return resolving(c, t);
	struct eng_frame_id frame = eng_frame_id_of(level), physical = frame;
	physical.inlined = NULL;
	if (!eng_frame_id_eq(&physical, &plan->physical) && calls_inner(c, t, &plan->physical))
		return on_call(c, t, level, ret);
	if (plan->over == ENG_OVER_NO_LINES && level->info.name.len == 0 && level->line.line == 0 &&
	    c->settings.step_over_no_debug && !insn && resume_at_caller(c, t))
		return false;
	if (insn || level->line.line == 0)
		return ends(c, t, ret);
	if (eng_frame_id_eq(&frame, &plan->frame) && eng_levels_skipped(c, t) > 0)
		return at_inlined_call(c, t, ret);
	if (level->inlined && !eng_frame_id_eq(&frame, &plan->frame) && inside_inlined(c, t, &plan->frame)) {
		if (plan->over == ENG_OVER_ALL || eng_step_skips(c, level) ||
		    eng_step_skipped_by_user(c, level))
			return false;
		return ends(c, t, ret);
	}
	bool other = !eng_frame_id_eq(&physical, &plan->physical);
	if (other && eng_step_skips(c, level) &&
	    (pass_handler(c, t) || (!plan->in_library && leave_library(c, t))))
		return false;
	return at_row(c, t, level, ret);
}

/* A function that calls itself has the same code in all its frames: after its return the stack is above the frame that was stepped in, at its
 * first instruction it may be a new one. */
static bool in_range(const struct eng_control *c, const struct eng_thread *t)
{
	const struct eng_plan *plan = &c->plan;
	uint64_t pc = t->regs.value[c->session->arch->pc], sp = t->regs.value[c->session->arch->sp];
	if (pc < plan->start || pc >= plan->end)
		return false;
	return !plan->physical.cfa || (sp < plan->physical.cfa && pc != plan->start_function);
}

bool eng_plan_stepped(struct eng_control *c, struct eng_thread *t, struct eng_stop *ret)
{
	struct eng_plan *plan = &c->plan;
	if (plan->resuming || !plan->ranged)
		return false;
	struct error *err = eng_thread_fetch(t);
	if (err) {
		eng_ignore(err);
		return false;
	}
	if (plan->more > 0) {
		if (--plan->more == 0)
			eng_plan_here(c, t);
		return false;
	}
	if (in_range(c, t))
		return false;
	return left_range(c, t, ret);
}
