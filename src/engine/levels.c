/* The stack as users count it. A physical frame is taken apart into the functions that were inlined there, innermost first; frames are
 * unwound as far as somebody asks and kept until the thread runs. */
#include "engine/control_internal.h"

#include "symbols/lookup.h"
#include "unwind/calls.h"

#include <stddef.h>
#include <stdlib.h>

enum { POOL_KEPT = 4096, CHAINS_KEPT = 1 << 15 };

void eng_levels_free(struct eng_level_cache *cache)
{
	vec_for(&cache->pool, level)
		free(*level);
	vec_free(&cache->pool);
	cache->valid = false;
	cache->count = 0;
}

/* ---- chains ---- */

struct chain {
	const struct sym_module *module;
	uint64_t pc;
	size_t count;
	struct sym_chain_entry entries[];
};

/* A module's chain at pc: parsed once. */
static const struct chain *chain_at(struct eng_control *c, struct sym_module *m, struct file_addr pc)
{
	uint64_t key = pc.value ^ (uint64_t)(uintptr_t)m << 20;
	struct chain *known = map_get_ptr(&c->chains, key);
	if (known && known->module == m && known->pc == pc.value)
		return known;
	if (c->chains.count >= CHAINS_KEPT) {
		map_deinit(&c->chains);
		arena_reset(&c->chain_arena);
	}
	struct sym_chain_entry entries[SYM_MAX_INLINE];
	size_t count = sym_chain_at(m, pc, entries);
	struct chain *chain = arena_alloc(&c->chain_arena, sizeof *chain + count * sizeof *entries);
	chain->module = m;
	chain->pc = pc.value;
	chain->count = count;
	memcpy(chain->entries, entries, count * sizeof *entries);
	map_set_ptr(&c->chains, key, chain);
	return chain;
}

/* ---- walking ---- */

static struct eng_level *next_slot(struct eng_level_cache *cache)
{
	if (cache->count == cache->pool.count)
		vec_push(&cache->pool, xmalloc(sizeof(struct eng_level)));
	return cache->pool.data[cache->count++];
}

static void mark_line_start(struct eng_level *level)
{
	struct sym_line line;
	struct file_range range;
	level->pc_is_line_start = false;
	if (level->unwind.exact_pc && level->code.module && level->line.line != 0 &&
	    sym_line_range(level->code.module, level->lookup_pc, &line, &range)) {
		level->pc_is_line_start = range.start.value == level->lookup_pc.value &&
					  sym_line_is_stmt(level->code.module, level->lookup_pc);
		level->line = line;
	}
}

/* Execution went astray into a module's data: its symbols say what stands there. */
static void name_data(struct eng_control *c, struct eng_process *p, uint64_t at, struct eng_level *level)
{
	struct eng_module *m = eng_module_at(p, at);
	struct sym_module *symbols = m && !m->is_vdso ? eng_module_symbols(p, m) : NULL;
	if (!symbols)
		return;
	const struct chain *chain = chain_at(c, symbols, FILE_ADDR(at - m->bias));
	if (chain->count == 0)
		return;
	level->module = m;
	level->code.module = symbols;
	level->code.bias = m->bias;
	level->lookup_pc = FILE_ADDR(at - m->bias);
	level->info = chain->entries[0].info;
}

static void take_entry(struct eng_level *level, const struct sym_chain_entry *entry)
{
	level->function = entry->function;
	level->info = entry->info;
	level->line = entry->line;
	level->inlined = entry->inlined;
}

/* The frame in cache->next becomes levels. */
static void take_apart(struct eng_control *c, struct eng_level_cache *cache)
{
	const struct unwind_frame *unwind = &cache->next;
	struct eng_process *p = cache->view.process;
	uint64_t pc = unwind->pc.value, at = unwind->exact_pc || pc == 0 ? pc : pc - 1;
	struct eng_level *level = next_slot(cache);
	memset(level, 0, sizeof *level);
	level->level = (uint32_t)cache->count - 1;
	level->guess = unwind_is_guess(unwind->how);
	level->innermost_of_physical = true;
	level->unwind = *unwind;
	if (!cache->context.code(cache->context.ctx, at, &level->code))
		level->code = (struct unwind_code){ .kind = UNWIND_CODE_NONE };
	if (level->code.kind == UNWIND_CODE_NONE)
		name_data(c, p, at, level);
	if (level->code.kind != UNWIND_CODE_NATIVE)
		return;
	level->module = eng_module_at(p, at);
	level->lookup_pc = FILE_ADDR(at - level->code.bias);
	if (!level->code.module)
		return;
	const struct chain *chain = chain_at(c, level->code.module, level->lookup_pc);
	for (size_t i = 0; i < chain->count; i++) {
		const struct sym_chain_entry *entry = &chain->entries[i];
		if (i > 0) {
			struct eng_level *outer = next_slot(cache);
			*outer = *level;
			outer->level = (uint32_t)cache->count - 1;
			outer->innermost_of_physical = false;
			outer->pc_is_line_start = true;
			level = outer;
		}
		take_entry(level, entry);
		if (i == 0) {
			mark_line_start(level);
		} else if (level->line.line == 0) { /* of the call nothing is said: it is at no line */
			level->line = (struct sym_line){ 0 };
			level->pc_is_line_start = false;
		}
	}
}

/* A call that was left: in cache->next stands what it returns to, and behind that whom it was made for. */
static bool take_left_call(struct eng_level_cache *cache)
{
	const struct arch *arch = cache->view.process->session->arch;
	uint64_t sp = cache->next.regs.value[arch->sp];
	struct eng_thread_control *tc = cache->view.thread->control;
	if (!eng_left_call_regs(tc, cache->next.pc.value, sp))
		return false;
	struct eng_level *level = next_slot(cache);
	memset(level, 0, sizeof *level);
	level->level = (uint32_t)cache->count - 1;
	level->left_call = level->innermost_of_physical = true;
	level->unwind = cache->next;
	level->unwind.cfa = sp;
	return true;
}

/* The caller of the last level. */
static enum unwind_end next_frame(struct eng_level_cache *cache)
{
	const struct eng_level *last = cache->pool.data[cache->count - 1];
	if (!last->left_call)
		return unwind_next(&cache->context, &cache->next, &cache->next);
	const struct arch *arch = cache->view.process->session->arch;
	uint32_t index = last->unwind.index, changes = last->unwind.stack_changes;
	unwind_start(&cache->context,
		     eng_left_call_regs(cache->view.thread->control, last->unwind.pc.value,
					last->unwind.regs.value[arch->sp]),
		     &cache->next);
	cache->next.index = index + 1;
	cache->next.stack_changes = changes;
	return UNWIND_END_NONE;
}

/* The function that is gone: of its frame there is what its caller's registers say. What was inlined there is not taken apart: gdb shows
 * the innermost. */
static void add_tail_call(struct eng_control *c, struct eng_level_cache *cache,
			  const struct eng_level *inner, uint64_t pc)
{
	struct eng_level *level = next_slot(cache);
	memset(level, 0, sizeof *level);
	level->level = (uint32_t)cache->count - 1;
	level->tail_call = level->innermost_of_physical = true;
	level->unwind = cache->next;
	level->unwind.pc.value = pc;
	level->unwind.cfa = inner->unwind.cfa;
	level->unwind.index = inner->unwind.index;
	arch_reg_set(&level->unwind.regs, c->session->arch->pc, pc);
	if (!cache->context.code(cache->context.ctx, pc - 1, &level->code))
		level->code = (struct unwind_code){ .kind = UNWIND_CODE_NONE };
	level->module = eng_module_at(cache->view.process, pc - 1);
	level->lookup_pc = FILE_ADDR(pc - 1 - level->code.bias);
	if (!level->code.module)
		return;
	const struct chain *chain = chain_at(c, level->code.module, level->lookup_pc);
	if (chain->count == 0)
		return;
	take_entry(level, &chain->entries[0]);
	level->inlined = false;
}

/* Between the last level and its caller in cache->next. */
static void add_tail_calls(struct eng_control *c, struct eng_level_cache *cache)
{
	const struct eng_level *inner = cache->pool.data[cache->count - 1];
	uint64_t pcs[UNWIND_MAX_TAIL_CALLS];
	if (!inner->function || !inner->info.entry.value || inner->unwind.signal_frame ||
	    !inner->unwind.cfa || cache->next.how != UNWIND_CFI || cache->next.exact_pc)
		return;
	size_t count = unwind_tail_calls(&cache->context, cache->next.pc.value,
					 inner->info.entry.value + inner->code.bias, pcs);
	for (size_t i = 0; i < count; i++)
		add_tail_call(c, cache, inner, pcs[i]);
}

/* Answers about calls hold for one process and its modules. */
static struct unwind_calls *calls_of(struct eng_control *c, const struct eng_process *p)
{
	if (!c->calls)
		c->calls = unwind_calls_create();
	size_t modules = p->modules.count + p->retired.count;
	if (c->calls_process != p || c->calls_modules != modules)
		unwind_calls_clear(c->calls);
	c->calls_process = p;
	c->calls_modules = modules;
	return c->calls;
}

/* The cache of a thread, made anew when that has run. NULL: it is not stopped. */
static struct eng_level_cache *cache_of(struct eng_control *c, struct eng_thread *t)
{
	if (!t || t->gone || t->running)
		return NULL;
	struct eng_level_cache *cache = &eng_thread_control(c, t)->levels;
	if (cache->valid && cache->runs == t->runs && cache->writes == c->session->writes)
		return cache;
	/* What is written to memory and registers may move frames, but a function that is hidden stays so as long as pc does. */
	bool stands = cache->valid && t->runs - cache->runs == t->rewrites - cache->rewrites;
	unsigned skipped = stands ? cache->skipped : 0;
	cache->valid = false;
	while (cache->pool.count > POOL_KEPT)
		free(cache->pool.data[--cache->pool.count]);
	struct error *err = eng_view_of_thread(t, &cache->view);
	if (err) {
		eng_ignore(err);
		return NULL;
	}
	eng_view_unwind_context(&cache->view, &cache->context);
	cache->context.calls = calls_of(c, t->process);
	cache->control = c;
	cache->runs = t->runs;
	cache->rewrites = t->rewrites;
	cache->writes = c->session->writes;
	cache->valid = true;
	cache->count = 0;
	cache->skipped = skipped;
	cache->vectors_read = false;
	cache->end = UNWIND_END_NONE;
	unwind_start(&cache->context, &cache->view.regs, &cache->next);
	return cache;
}

/* Where nothing describes the code, the caller tells where its callee's frame ended. */
static void learn_cfa(struct eng_control *c, struct eng_level_cache *cache)
{
	uint64_t cfa = cache->next.regs.value[c->session->arch->sp];
	for (size_t i = cache->count; i-- > 0;) {
		struct eng_level *level = cache->pool.data[i];
		if (level->unwind.index + 1 != cache->next.index || level->unwind.cfa != 0 ||
		    level->unwind.signal_frame)
			return;
		level->unwind.cfa = cfa;
	}
}

/* One more physical frame. */
static void walk_on(struct eng_control *c, struct eng_level_cache *cache)
{
	size_t first = cache->count;
	/* Not before it is asked for: most steps look at the innermost alone. */
	if (first > 0)
		cache->end = next_frame(cache);
	if (cache->end != UNWIND_END_NONE)
		return;
	if (first > 0) {
		learn_cfa(c, cache);
		add_tail_calls(c, cache);
	}
	if (first == 0 || !take_left_call(cache))
		take_apart(c, cache);
	for (size_t i = first; i < cache->count; i++)
		cache->pool.data[i]->level -= cache->skipped;
}

static const struct eng_level *level_at(struct eng_control *c, struct eng_level_cache *cache, size_t index)
{
	while (cache->count <= index && cache->end == UNWIND_END_NONE)
		walk_on(c, cache);
	return index < cache->count ? cache->pool.data[index] : NULL;
}

const struct eng_level *eng_level(struct eng_control *c, struct eng_thread *t, uint32_t n)
{
	struct eng_level_cache *cache = cache_of(c, t);
	return cache ? level_at(c, cache, (size_t)n + cache->skipped) : NULL;
}

enum unwind_end eng_level_end(struct eng_control *c, struct eng_thread *t)
{
	struct eng_level_cache *cache = cache_of(c, t);
	return cache ? cache->end : UNWIND_END_LOST;
}

const struct eng_level *eng_level_caller(struct eng_control *c, struct eng_thread *t, uint32_t n)
{
	const struct eng_level *level = eng_level(c, t, n);
	if (!level)
		return NULL;
	uint32_t index = level->unwind.index;
	do {
		level = eng_level(c, t, ++n);
	} while (level && level->unwind.index == index);
	return level;
}

const struct eng_level *eng_level_by_address(struct eng_control *c, struct eng_thread *t, uint64_t cfa,
					     uint64_t pc)
{
	const struct eng_level *level;
	for (uint32_t n = 0; (level = eng_level(c, t, n)) != NULL; n++) {
		if (level->unwind.cfa == cfa && (pc == 0 || level->unwind.pc.value == pc))
			return level;
	}
	return NULL;
}

/* ---- which frame it is ---- */

struct eng_frame_id eng_frame_id_of(const struct eng_level *level)
{
	struct eng_frame_id id = { 0 };
	if (!level)
		return id;
	struct file_range range;
	struct sym_symbol symbol;
	id.cfa = level->unwind.cfa;
	id.inlined = level->inlined ? level->function : NULL;
	if (level->code.module && sym_function_bounds(level->code.module, level->lookup_pc, &range))
		id.start = range.start.value + level->code.bias;
	else if (level->code.module && sym_symbol_at(level->code.module, level->lookup_pc, &symbol))
		id.start = symbol.addr.value + level->code.bias;
	return id;
}

bool eng_frame_id_eq(const struct eng_frame_id *a, const struct eng_frame_id *b)
{
	/* Of outermost frames, where a thread's code begins, only the function may be known. */
	bool known = a->cfa != 0 || a->start != 0;
	return known && a->cfa == b->cfa && a->start == b->start && a->inlined == b->inlined;
}

struct eng_frame_id eng_frame_id_physical(struct eng_control *c, struct eng_thread *t, uint32_t n)
{
	struct eng_frame_id id = eng_frame_id_of(eng_level(c, t, n));
	id.inlined = NULL;
	return id;
}

/* ---- inlined functions that are about to begin ---- */

/* Is it entered at pc: at its entry, or from code that is not its own? */
static bool begins_here(const struct eng_level *level)
{
	const struct file_range *ranges;
	size_t count = sym_function_ranges(level->function, &ranges);
	uint64_t pc = level->lookup_pc.value;
	bool starts = false, goes_on = false;
	for (size_t i = 0; i < count; i++) {
		starts |= ranges[i].start.value == pc;
		goes_on |= ranges[i].start.value < pc && pc <= ranges[i].end.value;
	}
	return starts && (!goes_on || ranges[0].start.value == pc);
}

static void set_skipped(struct eng_level_cache *cache, unsigned skipped)
{
	for (size_t i = 0; i < cache->count; i++)
		cache->pool.data[i]->level += cache->skipped - skipped;
	cache->skipped = skipped;
}

void eng_levels_skip(struct eng_control *c, struct eng_thread *t,
		     bool (*shown)(void *ctx, const struct eng_level *level), void *ctx)
{
	struct eng_level_cache *cache = cache_of(c, t);
	if (!cache)
		return;
	unsigned skipped = 0;
	const struct eng_level *level;
	while ((level = level_at(c, cache, skipped)) != NULL && level->inlined && level->unwind.exact_pc &&
	       level->unwind.index == 0 && begins_here(level) && !(shown && shown(ctx, level)))
		skipped++;
	set_skipped(cache, skipped);
}

bool eng_levels_enter(struct eng_control *c, struct eng_thread *t)
{
	struct eng_level_cache *cache = cache_of(c, t);
	if (!cache || cache->skipped == 0)
		return false;
	set_skipped(cache, cache->skipped - 1);
	return true;
}

unsigned eng_levels_skipped(struct eng_control *c, struct eng_thread *t)
{
	struct eng_level_cache *cache = cache_of(c, t);
	return cache ? cache->skipped : 0;
}

/* ---- for eval ---- */

static void read_vectors(struct eng_level_cache *cache)
{
	struct eng_thread *t = cache->view.thread;
	struct target *target = t->process->session->target;
	const struct arch *arch = t->process->session->arch;
	uint8_t *bytes;
	size_t size;
	cache->vectors_read = true;
	cache->vectors_known = false;
	struct error *err = target->ops->get_xstate(target, t->tid, &bytes, &size);
	if (err) {
		eng_ignore(err);
		return;
	}
	cache->vectors_known = arch->vectors && arch->vectors(bytes, size, cache->vectors);
	free(bytes);
}

/* Nothing further out is the user's, so that gdb has no caller of it. */
static bool is_outermost(const struct eng_control *c, const struct eng_level *level)
{
	if (c->settings.past_main || level->inlined || !level->function || !level->module ||
	    !level->module->is_main)
		return false;
	return (!level->info.is_rust && str_is(level->info.name, "main")) ||
	       level->function == sym_rust_main(level->code.module);
}

/* The frame that called this one, jumps included. */
static bool level_caller(void *ctx, const struct eval_frame *frame, struct eval_frame *ret)
{
	struct eng_level_cache *cache = ctx;
	const struct eng_level *level = (const struct eng_level *)((const char *)frame->frame -
								   offsetof(struct eng_level, unwind));
	size_t index = (size_t)level->level + cache->skipped;
	do {
		if (is_outermost(cache->control, level))
			return false;
		level = level_at(cache->control, cache, ++index);
	} while (level && !level->innermost_of_physical);
	if (!level)
		return false;
	*ret = (struct eval_frame){ .context = frame->context,
				    .frame = &level->unwind,
				    .module = level->code.module,
				    .bias = level->code.bias,
				    .pc = level->lookup_pc,
				    .function = level->function,
				    .caller = level_caller,
				    .caller_ctx = cache };
	return true;
}

void eng_level_eval(struct eng_control *c, struct eng_thread *t, const struct eng_level *level,
		    struct eng_view *view, struct unwind_context *context, struct eval_frame *ret)
{
	struct eng_level_cache *cache = cache_of(c, t);
	*view = cache ? cache->view : (struct eng_view){ .process = t->process, .thread = t };
	eng_view_unwind_context(view, context);
	context->calls = calls_of(c, t->process);
	*ret = (struct eval_frame){ .context = context,
				    .frame = &level->unwind,
				    .module = level->code.module,
				    .bias = level->code.bias,
				    .pc = level->lookup_pc,
				    .function = level->function,
				    .caller = cache ? level_caller : NULL,
				    .caller_ctx = cache };
}

const uint8_t (*eng_level_vectors(struct eng_control *c, struct eng_thread *t,
				  const struct eng_level *level))[16]
{
	struct eng_level_cache *cache = cache_of(c, t);
	if (!cache || level->unwind.index != 0)
		return NULL;
	if (!cache->vectors_read)
		read_vectors(cache);
	return cache->vectors_known ? (const uint8_t(*)[16])cache->vectors : NULL;
}

/* ---- writing registers ---- */

/* Where the frame that called this one has its register: true and an address when this frame has saved it, or the same register. */
static struct error *saved_at(const struct eng_level *inner, unsigned reg, uint64_t *ret_addr)
{
	struct dw_cfi_row row;
	if (!inner->code.module)
		return error_new(ERROR_UNSUPPORTED, "Left operand of assignment is not an lvalue.");
	TRY(sym_cfi_row(inner->code.module, inner->lookup_pc, &row));
	if (reg >= DW_CFI_MAX_REG)
		return NULL;
	switch (row.rules[reg].kind) {
	case DW_CFI_OFFSET:
		*ret_addr = inner->unwind.cfa + (uint64_t)row.rules[reg].offset;
		return NULL;
	case DW_CFI_SAME:
	case DW_CFI_UNDEFINED_BY_DEFAULT:
		return NULL;
	default:
		return error_new(ERROR_UNSUPPORTED, "Left operand of assignment is not an lvalue.");
	}
}

struct error *eng_level_set_reg(struct eng_control *c, struct eng_thread *t, uint32_t n,
				unsigned dwarf_reg, uint64_t value)
{
	const struct eng_level *level = eng_level(c, t, n);
	if (!level)
		return error_new(ERROR_NOT_FOUND, "No frame selected.");
	const struct arch *arch = c->session->arch;
	uint32_t index = level->unwind.index;
	uint64_t addr = 0;
	while (n > 0 && index > 0 && addr == 0) {
		const struct eng_level *inner = eng_level(c, t, --n);
		if (inner->unwind.index >= index)
			continue;
		index = inner->unwind.index;
		if (dwarf_reg == arch->sp)
			return error_new(ERROR_UNSUPPORTED, "Left operand of assignment is not an lvalue.");
		if (dwarf_reg == arch->pc && inner->unwind.cfa)
			addr = inner->unwind.cfa - arch->address_size;
		else
			TRY(saved_at(inner, dwarf_reg, &addr));
	}
	if (addr)
		return eng_write(t->process, RUN_ADDR(t->process->number, addr), &value,
				 arch->address_size);
	struct arch_regs regs = { 0 };
	arch_reg_set(&regs, dwarf_reg, value);
	return eng_thread_set_regs(t, &regs);
}

struct error *eng_set_xstate(struct eng_control *c, struct eng_thread *t, const uint8_t *bytes, size_t size)
{
	struct target *target = c->session->target;
	c->session->writes++; /* what was kept of the registers is no longer true */
	return target->ops->set_xstate(target, t->tid, bytes, size);
}

struct error *eng_set_siginfo(struct eng_control *c, struct eng_thread *t, size_t offset,
			      const uint8_t *bytes, size_t size)
{
	struct target *target = c->session->target;
	uint8_t all[TARGET_SIGINFO_SIZE];
	if (!target->ops->siginfo_bytes || !target->ops->set_siginfo_bytes || offset > sizeof all ||
	    size > sizeof all - offset)
		return error_new(ERROR_UNSUPPORTED, "What a signal says cannot be changed here.");
	TRY(target->ops->siginfo_bytes(target, t->tid, all));
	memcpy(all + offset, bytes, size);
	return target->ops->set_siginfo_bytes(target, t->tid, all);
}
