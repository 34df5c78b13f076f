/* A line's code is not stepped through when its ways out are known: traps stand there, and the thread runs to one of them. Calls that are
 * run through cost nothing then. Where only the instruction itself knows what comes next, or a call is to be entered, it is stepped. */
#include "engine/control_internal.h"

#include "symbols/lookup.h"

#include <stdlib.h>

enum { CODE_MAX = 2048, EXITS_MAX = 10, KEPT_MAX = 4096, FEW = 1 };

/* What was found out about the code in [start, end) of a process. */
struct region {
	const struct eng_process *process;
	uint64_t start, end;
	bool usable, calls;
	uint8_t instructions; /* at most 255 */
	uint8_t exit_count, pause_count, call_count;
	uint64_t exits[EXITS_MAX];
	uint64_t pauses[EXITS_MAX]; /* returns, jumps through registers: stepped */
	uint64_t call_sites[EXITS_MAX], call_targets[EXITS_MAX]; /* 0: not known before */
	bool calls_judged;
	bool runs_through[EXITS_MAX]; /* a step that enters functions does not enter this one */
	/* Of a row: eng_plan_reach's answer, for steps that enter nothing and others; 0: not known yet. And for which inlined function. */
	uint64_t reach[2];
	const struct sym_function *reach_in[2];
};

static bool add(uint64_t list[EXITS_MAX], uint8_t *count, uint64_t addr)
{
	for (uint8_t i = 0; i < *count; i++) {
		if (list[i] == addr)
			return true;
	}
	if (*count == EXITS_MAX)
		return false;
	list[(*count)++] = addr;
	return true;
}

static bool take_insn(struct region *r, const struct arch_insn *insn, uint64_t at)
{
	bool inside = insn->has_target && insn->target >= r->start && insn->target < r->end;
	switch (insn->kind) {
	case ARCH_INSN_CALL:
		r->calls = true;
		if (!add(r->call_sites, &r->call_count, at))
			return false;
		r->call_targets[r->call_count - 1] = insn->has_target ? insn->target : 0;
		return true;
	case ARCH_INSN_JUMP:
	case ARCH_INSN_BRANCH:
		if (!insn->has_target)
			return add(r->pauses, &r->pause_count, at);
		return inside || add(r->exits, &r->exit_count, insn->target);
	case ARCH_INSN_RETURN:
		return add(r->pauses, &r->pause_count, at);
	case ARCH_INSN_INVALID:
	case ARCH_INSN_BREAKPOINT:
		return false;
	default:
		return true;
	}
}

static void analyse(struct eng_process *p, struct region *r)
{
	const struct arch *arch = p->session->arch;
	size_t size = (size_t)(r->end - r->start);
	uint8_t code[CODE_MAX];
	if (r->end <= r->start || r->end - r->start > CODE_MAX ||
	    eng_read_code(p, r->start, code, size) != size)
		return;
	struct arch_insn insn = { 0 };
	for (size_t at = 0; at < size; at += insn.length) {
		arch->decode(code + at, size - at, r->start + at, &insn);
		if (!take_insn(r, &insn, r->start + at))
			return;
		if (r->instructions < UINT8_MAX)
			r->instructions++;
	}
	/* The last one goes on behind the end, unless it never does. */
	bool falls = insn.kind != ARCH_INSN_JUMP && insn.kind != ARCH_INSN_RETURN;
	r->usable = !falls || add(r->exits, &r->exit_count, r->end);
}

static struct region *region_of(struct eng_control *c, struct eng_process *p, uint64_t start, uint64_t end)
{
	uint64_t key = start ^ end << 40 ^ (uint64_t)p->number << 56;
	struct region *known = map_get_ptr(&c->regions, key);
	if (known && known->process == p && known->start == start && known->end == end)
		return known;
	if (c->regions.count >= KEPT_MAX)
		eng_exits_forget(c);
	struct region *r = ARENA_NEW(&c->region_arena, struct region);
	r->process = p;
	r->start = start;
	r->end = end;
	analyse(p, r);
	map_set_ptr(&c->regions, key, r);
	return r;
}

void eng_exits_forget(struct eng_control *c)
{
	map_deinit(&c->regions);
	map_deinit(&c->callbacks);
	arena_deinit(&c->region_arena);
}

static bool has(const uint64_t *list, uint8_t count, uint64_t addr)
{
	for (uint8_t i = 0; i < count; i++) {
		if (list[i] == addr)
			return true;
	}
	return false;
}

static bool add_all(struct eng_control *c, const uint64_t *list, uint8_t count)
{
	for (uint8_t i = 0; i < count; i++) {
		struct error *err = eng_temp_add(c, ENG_TEMP_EXIT, list[i], 0);
		if (err) {
			eng_ignore(err);
			return false;
		}
		c->plan.temps.data[c->plan.temps.count - 1].cfa = c->plan.physical.cfa;
	}
	return true;
}

/* Which calls a step goes into is seen when it is asked first: reading names takes time. */
static void judge_calls(struct eng_control *c, struct eng_process *p, struct region *r)
{
	for (uint8_t i = 0; i < r->call_count && !r->calls_judged; i++)
		r->runs_through[i] = r->call_targets[i] &&
				     eng_call_is_run_through(c, p, r->call_targets[i]);
	r->calls_judged = true;
}

static bool enters_at(const struct region *r, uint64_t pc, bool all)
{
	for (uint8_t i = 0; i < r->call_count; i++) {
		if (r->call_sites[i] == pc && (all || !r->runs_through[i]))
			return true;
	}
	return false;
}

/* A call that is run through may come to the user's functions; any other is stepped. */
static bool arm_calls(struct eng_control *c, struct eng_process *p, const struct region *r, bool all)
{
	for (uint8_t i = 0; i < r->call_count; i++) {
		if (!all && r->runs_through[i])
			eng_plan_watch_calls(c, p, r->call_targets[i]);
		else if (!add_all(c, &r->call_sites[i], 1))
			return false;
	}
	return true;
}

void eng_exits_disarm(struct eng_control *c)
{
	eng_temps_clear(c, 1u << ENG_TEMP_EXIT);
	c->plan.armed_start = c->plan.armed_end = c->plan.armed_cfa = 0;
}

bool eng_exits_arm(struct eng_control *c, struct eng_thread *t)
{
	struct eng_plan *plan = &c->plan;
	struct error *err = eng_thread_fetch(t);
	if (err) {
		eng_ignore(err);
		return false;
	}
	uint64_t pc = t->regs.value[c->session->arch->pc];
	if (plan->end <= plan->start || pc < plan->start || pc >= plan->end || !plan->physical.cfa)
		return false;
	struct region *r = region_of(c, t->process, plan->start, plan->end);
	bool enters = plan->over != ENG_OVER_ALL,
	     all = plan->in_library; /* there the library's are entered, too */
	if (enters && !all && r->usable)
		judge_calls(c, t->process, r);
	if (!r->usable || has(r->pauses, r->pause_count, pc) || (enters && enters_at(r, pc, all)) ||
	    (r->instructions <= FEW && !r->calls))
		return false;
	/* They stay while the thread is stepped now and then in between; a caller may be in the same code. */
	if (plan->armed_start == plan->start && plan->armed_end == plan->end &&
	    plan->armed_cfa == plan->physical.cfa)
		return true;
	eng_exits_disarm(c);
	if (!add_all(c, r->exits, r->exit_count) || !add_all(c, r->pauses, r->pause_count) ||
	    (enters && !arm_calls(c, t->process, r, all))) {
		eng_exits_disarm(c);
		return false;
	}
	plan->armed_start = plan->start;
	plan->armed_end = plan->end;
	plan->armed_cfa = plan->physical.cfa;
	if (r->calls && !plan->unwinding)
		eng_plan_watch_unwinding(c, t, 0);
	return true;
}

/* ---- more code of the same line ---- */

/* Does the code at addr belong to that line of the function itself? What is inlined there is of the library's, or else not entered. */
static bool of_line(struct eng_control *c, struct sym_module *m, struct file_addr addr,
		    const struct sym_function *f)
{
	const struct eng_plan *plan = &c->plan;
	struct sym_chain_entry chain[SYM_MAX_INLINE];
	struct file_range missing;
	size_t count = sym_chain_at(m, addr, chain), own = 0;
	while (own < count && chain[own].function != f)
		own++;
	if (own == count || chain[own].line.line != plan->line.line ||
	    !str_eq(chain[own].line.file, plan->line.file) || sym_line_missing(m, addr, &missing))
		return false;
	for (size_t i = 0; i < own && plan->over != ENG_OVER_ALL; i++) {
		if (!eng_is_library(&chain[i].info, &chain[i].line))
			return false;
	}
	return true;
}

/* The end of a row may have no line of its own; it is the row's then, but the next statement is a place to stop, on the same line, too. */
static bool has_gap(struct sym_module *m, struct file_range row)
{
	struct file_range missing;
	return sym_line_missing(m, FILE_ADDR(row.end.value - 1), &missing);
}

static bool ends_in_line(struct eng_control *c, struct sym_module *m, struct file_range row,
			 const struct sym_function *f)
{
	struct file_range missing;
	uint64_t last = row.end.value - 1;
	if (sym_line_missing(m, FILE_ADDR(last), &missing) && missing.start.value > row.start.value)
		last = missing.start.value - 1;
	return of_line(c, m, FILE_ADDR(last), f);
}

static uint64_t find_reach(struct eng_control *c, struct eng_process *p, const struct eng_level *level)
{
	enum { ROWS_MAX = 32 };
	const struct eng_plan *plan = &c->plan;
	struct sym_module *m = level->code.module;
	uint64_t bias = level->code.bias, reach = plan->end;
	const struct sym_function *f = plan->frame.inlined ? plan->frame.inlined
							   : sym_function_at(m, level->lookup_pc);
	struct sym_line line;
	struct file_range range = { FILE_ADDR(plan->start - bias), FILE_ADDR(reach - bias) };
	bool gap = false;
	for (int i = 0; f && i < ROWS_MAX; i++) {
		struct file_addr at = FILE_ADDR(reach - bias);
		gap |= has_gap(m, range);
		if (!sym_line_range(m, at, &line, &range) || range.start.value != at.value ||
		    (gap && sym_line_is_stmt(m, at)) || !of_line(c, m, at, f) ||
		    !ends_in_line(c, m, range, f) ||
		    !region_of(c, p, plan->start, range.end.value + bias)->usable)
			break;
		reach = range.end.value + bias;
	}
	return reach;
}

/* A line's code is in several rows, of what is inlined there among others. Those that follow the one that is stepped are run through with it:
 * at none of them the step would end. */
void eng_plan_reach(struct eng_control *c, struct eng_thread *t, const struct eng_level *level)
{
	struct eng_plan *plan = &c->plan;
	bool enters = plan->over != ENG_OVER_ALL;
	if (!level->code.module || plan->line.line == 0 || plan->over == ENG_OVER_NONE ||
	    (enters && c->settings.step_std) || plan->start >= plan->end || plan->start == 1)
		return;
	struct region *r = region_of(c, t->process, plan->start, plan->end);
	if (!r->usable)
		return;
	uint64_t reach = r->reach[enters];
	if (!reach || r->reach_in[enters] != plan->frame.inlined) {
		reach = find_reach(c, t->process, level);
		r = region_of(c, t->process, plan->start, plan->end); /* it may have been forgotten meanwhile */
		r->reach[enters] = reach;
		r->reach_in[enters] = plan->frame.inlined;
	}
	plan->end = reach;
}

void eng_skips_changed(struct eng_control *c)
{
	eng_exits_forget(c);
}
