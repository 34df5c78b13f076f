/* The user's functions behind library calls: a closure that an iterator calls, a Display that print does. A step that does not enter the
 * library still wants to stop there. The library's code is read, not stepped: from the function that was called along its direct calls
 * to where the user's begin; calls whose targets only the moment tells are trapped themselves. */
#include "engine/control_internal.h"

#include "symbols/lookup.h"

#include <stdlib.h>

enum { FUNCTIONS_MAX = 512, BYTES_MAX = 1 << 16, TRAPS_MAX = 256 };

/* Where a thread is stopped that runs through a library's function. */
struct eng_callback {
	enum eng_temp_kind kind;
	uint64_t addr;
};

/* All that can be reached from one function; kept as long as the modules and what is skipped stay the same. */
struct eng_callbacks {
	const struct eng_process *process;
	uint64_t entry;
	size_t count;
	struct eng_callback *data;
};

struct search {
	struct eng_control *control;
	struct eng_process *process;
	struct map seen; /* entries of functions */
	VEC(uint64_t) queue;
	VEC(struct eng_callback) found;
};

static void add_trap(struct search *s, enum eng_temp_kind kind, uint64_t addr)
{
	if (s->found.count < TRAPS_MAX)
		vec_push(&s->found, ((struct eng_callback){ kind, addr }));
}

/* What ends in a panic calls nothing that a step is looking for. */
static bool fails(const struct sym_function *f, struct str name)
{
	return sym_function_noreturn(f) || str_contains(name, STR_LIT("panicking")) ||
	       str_contains(name, STR_LIT("handle_error"));
}

/* False: no function with debug information begins there, or one that no step enters. */
static bool called_at(struct eng_control *c, struct eng_process *p, uint64_t target, struct eng_level *ret)
{
	struct eng_module *m = eng_module_at(p, target);
	struct sym_module *symbols = m ? eng_module_symbols(p, m) : NULL;
	const struct sym_function *f = symbols ? sym_function_at(symbols, FILE_ADDR(target - m->bias))
					       : NULL;
	if (!f)
		return false;
	*ret = (struct eng_level){ .function = f };
	sym_function_describe(f, &ret->info);
	return ret->info.entry.value + m->bias == target && !fails(f, ret->info.name) &&
	       !eng_step_skipped_by_user(c, ret);
}

bool eng_call_is_run_through(struct eng_control *c, struct eng_process *p, uint64_t target)
{
	struct eng_level level;
	return called_at(c, p, target, &level) && eng_step_skips(c, &level);
}

/* A function that may be called: the user's is stopped in, the library's is looked through. */
static void meet(struct search *s, uint64_t target)
{
	struct eng_level level;
	if (s->seen.count >= FUNCTIONS_MAX || map_get(&s->seen, target, NULL))
		return;
	map_set(&s->seen, target, 1);
	if (!called_at(s->control, s->process, target, &level))
		return;
	const struct eng_module *m = eng_module_at(s->process, target);
	/* What of the C library's has debug information is not the user's for that. */
	if (eng_step_skips(s->control, &level))
		vec_push(&s->queue, target);
	else if (level.info.decl.line && (level.info.is_rust || m->is_main))
		add_trap(s, ENG_TEMP_ENTER, sym_function_body(level.function).value + m->bias);
}

/* Does an instruction of the library's call or jump somewhere that only its operand says? */
static bool indirect(const struct arch_insn *insn)
{
	return (insn->kind == ARCH_INSN_CALL || insn->kind == ARCH_INSN_JUMP) && !insn->has_target;
}

/* `call *addr(%rip)` of what is bound at start: as good as direct. */
static bool bound_target(struct search *s, const struct arch_insn *insn, uint64_t next, uint64_t *ret)
{
	const struct arch_operand *operand = &insn->operands[0];
	return operand->kind == ARCH_OPERAND_MEM && operand->base == s->control->session->arch->pc &&
	       operand->index == ARCH_REG_NONE &&
	       eng_read_u64(s->process, next + (uint64_t)operand->disp, ret);
}

static void look_through(struct search *s, uint64_t entry)
{
	struct eng_module *m = eng_module_at(s->process, entry);
	struct sym_module *symbols = m ? eng_module_symbols(s->process, m) : NULL;
	struct file_range range;
	if (!symbols || !sym_function_bounds(symbols, FILE_ADDR(entry - m->bias), &range))
		return;
	size_t size = (size_t)(range.end.value - range.start.value);
	if (size == 0 || size > BYTES_MAX)
		return;
	uint64_t start = range.start.value + m->bias, target;
	uint8_t *code = xmalloc(size);
	const struct arch *arch = s->control->session->arch;
	size = eng_read_code(s->process, start, code, size);
	struct arch_insn insn;
	for (size_t at = 0; at < size; at += insn.length) {
		arch->decode(code + at, size - at, start + at, &insn);
		bool leaves = insn.kind == ARCH_INSN_CALL || insn.kind == ARCH_INSN_JUMP;
		if (!leaves)
			continue;
		if (insn.has_target && (insn.target < start || insn.target >= start + size))
			meet(s, insn.target);
		else if (indirect(&insn) && bound_target(s, &insn, start + at + insn.length, &target))
			meet(s, target);
		else if (indirect(&insn) && insn.kind == ARCH_INSN_CALL)
			add_trap(s, ENG_TEMP_INDIRECT, start + at);
	}
	free(code);
}

static void search(struct search *s)
{
	for (size_t i = 0; i < s->queue.count; i++)
		look_through(s, s->queue.data[i]);
	vec_free(&s->queue);
	map_deinit(&s->seen);
}

static void arm(struct eng_control *c, const struct eng_callback *list, size_t count)
{
	struct map there = { 0 };
	vec_for(&c->plan.temps, temp) {
		if (temp->kind == ENG_TEMP_ENTER || temp->kind == ENG_TEMP_INDIRECT)
			map_set(&there, temp->addr, 1);
	}
	for (size_t i = 0; i < count && there.count < TRAPS_MAX; i++) {
		if (map_get(&there, list[i].addr, NULL))
			continue;
		map_set(&there, list[i].addr, 1);
		eng_ignore(eng_temp_add(c, list[i].kind, list[i].addr, 0));
	}
	map_deinit(&there);
}

void eng_plan_watch_calls(struct eng_control *c, struct eng_process *p, uint64_t entry)
{
	uint64_t key = entry ^ (uint64_t)p->number << 56;
	struct eng_callbacks *known = map_get_ptr(&c->callbacks, key);
	if (!known || known->process != p || known->entry != entry) {
		struct search s = { .control = c, .process = p };
		map_set(&s.seen, entry, 1);
		vec_push(&s.queue, entry);
		search(&s);
		known = ARENA_NEW(&c->region_arena, struct eng_callbacks);
		*known = (struct eng_callbacks){ .process = p, .entry = entry, .count = s.found.count };
		known->data =
			arena_copy(&c->region_arena, s.found.data, s.found.count * sizeof *s.found.data);
		vec_free(&s.found);
		map_set_ptr(&c->callbacks, key, known);
	}
	arm(c, known->data, known->count);
}

void eng_plan_watch_callbacks(struct eng_control *c, struct eng_thread *t)
{
	struct eng_frame_id id = eng_frame_id_physical(c, t, 0);
	if (id.start)
		eng_plan_watch_calls(c, t->process, id.start);
}

/* The thread stands at a call whose target its registers tell now. */
void eng_plan_indirect(struct eng_control *c, struct eng_thread *t)
{
	struct eng_process *p = t->process;
	const struct arch *arch = p->session->arch;
	uint8_t bytes[ARCH_INSN_MAX];
	struct arch_insn insn;
	uint64_t pc = t->regs.value[arch->pc], target = 0, addr;
	size_t got = eng_read(p, RUN_ADDR(p->number, pc), bytes, sizeof bytes);
	arch->decode(bytes, got, pc, &insn);
	const struct arch_operand *operand = &insn.operands[0];
	if (insn.kind != ARCH_INSN_CALL || insn.operand_count == 0)
		return;
	if (operand->kind == ARCH_OPERAND_REG && arch_reg_known(&t->regs, operand->reg))
		target = t->regs.value[operand->reg];
	else if (operand->kind == ARCH_OPERAND_MEM &&
		 arch_operand_address(operand, &t->regs, pc + insn.length, &addr))
		eng_read_u64(p, addr, &target);
	if (!target)
		return;
	if (eng_call_is_run_through(c, p, target)) {
		eng_plan_watch_calls(c, p, target);
		return;
	}
	struct search s = { .control = c, .process = p };
	meet(&s, target);
	search(&s);
	arm(c, s.found.data, s.found.count);
	vec_free(&s.found);
}

/* Code of the library's that the function begins with is the function's. */
bool eng_plan_end_entered(struct eng_control *c, struct eng_thread *t, struct eng_stop *ret)
{
	eng_stop_hide_inlined(c, t);
	eng_plan_end(c, t, ENG_STOP_STEPPED, ret);
	ret->select = eng_outside_library(c, t);
	return true;
}

/* In the user's function: the step ends here. */
bool eng_plan_entered(struct eng_control *c, struct eng_thread *t, struct eng_stop *ret)
{
	c->plan.resuming = false;
	eng_temps_clear(c, 1u << ENG_TEMP_RESUME | 1u << ENG_TEMP_ENTER | 1u << ENG_TEMP_INDIRECT);
	return eng_plan_end_entered(c, t, ret);
}
