/* A thread seen from one moment: its registers, memory with what was kept of that moment laid over it, and the frames on its stack. */
#include "engine/internal.h"

#include <stdlib.h>

struct error *eng_view_of_thread(struct eng_thread *t, struct eng_view *ret)
{
	struct eng_view view = { .process = t->process, .thread = t };
	TRY(eng_thread_regs(t, &view.regs));
	*ret = view;
	return NULL;
}

/* ---- memory ---- */

/* How many bytes from addr on come from the overlay (found) or do not (not found) before that changes. */
static const struct eng_snapshot_range *overlay_at(const struct eng_view *v, uint64_t addr,
						   uint64_t *ret_run)
{
	uint64_t run = UINT64_MAX - addr;
	for (size_t i = 0; i < v->overlay_count; i++) {
		const struct eng_snapshot_range *r = &v->overlay[i];
		if (addr >= r->start && addr - r->start < r->size) {
			*ret_run = r->size - (addr - r->start);
			return r;
		}
		if (r->start > addr && r->size > 0 && r->start - addr < run)
			run = r->start - addr;
	}
	*ret_run = run;
	return NULL;
}

size_t eng_view_read(const struct eng_view *v, uint64_t addr, void *buf, size_t size)
{
	if (v->overlay_count == 0)
		return eng_read(v->process, RUN_ADDR(v->process->number, addr), buf, size);
	uint8_t *out = buf;
	size_t done = 0;
	while (done < size) {
		uint64_t run;
		const struct eng_snapshot_range *r = overlay_at(v, addr + done, &run);
		size_t part = run < size - done ? (size_t)run : size - done;
		if (part == 0)
			break;
		if (r) {
			memcpy(out + done, r->bytes + (addr + done - r->start), part);
		} else {
			size_t got = eng_read(v->process, RUN_ADDR(v->process->number, addr + done),
					      out + done, part);
			if (got < part)
				return done + got;
		}
		done += part;
	}
	return done;
}

/* ---- for unwind ---- */

/* Code that the program cannot write to is what its file has: no need to read it out of the process at each stop. */
static bool code_of_file(struct eng_process *p, uint64_t addr, void *buf, size_t size)
{
	const struct eng_code_range *range = p->gone ? NULL : eng_code_at(p, addr);
	const uint8_t *bytes;
	if (!range || range->writable || size > range->end - addr || range->module->is_vdso)
		return false;
	struct sym_module *symbols = eng_module_symbols(p, range->module);
	struct elf_file *elf = symbols ? sym_module_elf(symbols) : NULL;
	if (!elf || !elf_loaded_bytes(elf, FILE_ADDR(addr - range->module->bias), size, &bytes))
		return false;
	memcpy(buf, bytes, size);
	return true;
}

size_t eng_read_code(struct eng_process *p, uint64_t addr, void *buf, size_t size)
{
	const struct eng_code_range *range = p->gone ? NULL : eng_code_at(p, addr);
	size_t part = range && range->end - addr < size ? (size_t)(range->end - addr) : size;
	if (range && code_of_file(p, addr, buf, part))
		return part;
	return eng_read(p, RUN_ADDR(p->number, addr), buf, size);
}

static bool view_memory(void *ctx, uint64_t addr, void *buf, size_t size)
{
	const struct eng_view *v = ctx;
	if (v->overlay_count == 0 && code_of_file(v->process, addr, buf, size))
		return true;
	return eng_view_read(ctx, addr, buf, size) == size;
}

static bool native_code(struct eng_process *p, uint64_t pc, struct unwind_code *ret)
{
	const struct eng_code_range *range = eng_code_at(p, pc);
	if (!range)
		return false;
	*ret = (struct unwind_code){ .kind = UNWIND_CODE_NATIVE,
				     .module = eng_module_symbols(p, range->module),
				     .bias = range->module->bias,
				     .start = range->start,
				     .end = range->end };
	return true;
}

static bool code_at(struct eng_process *p, uint64_t pc, struct unwind_code *ret)
{
	struct eng_session *s = p->session;
	if (p->gone)
		return false;
	if (native_code(p, pc, ret))
		return true;
	if (s->source.code && s->source.code(s->source.ctx, p, pc, ret))
		return true;
	const struct target_mapping *m = eng_mapping_at(p, pc);
	if (!m || !(m->flags & TARGET_EXEC))
		return false;
	/* A file that was mapped without the dynamic linker's announcing it, or is about to be announced. */
	if (m->inode != 0 && p->modules_generation != p->space->generation && eng_modules_refresh(p) &&
	    native_code(p, pc, ret))
		return true;
	*ret = (struct unwind_code){ .kind = UNWIND_CODE_ANON, .start = m->start, .end = m->end };
	return true;
}

static bool view_code(void *ctx, uint64_t pc, struct unwind_code *ret)
{
	const struct eng_view *v = ctx;
	return code_at(v->process, pc, ret);
}

/* The memory map is only read when the thread is on another stack than last time. */
static bool view_stack_bounds(void *ctx, uint64_t sp, uint64_t *ret_low, uint64_t *ret_high)
{
	const struct eng_view *v = ctx;
	struct eng_thread *t = v->thread;
	if (t && sp >= t->stack_low && sp < t->stack_high) {
		*ret_low = t->stack_low;
		*ret_high = t->stack_high;
		return true;
	}
	uint64_t run;
	const struct eng_snapshot_range *r = overlay_at(v, sp, &run);
	if (r) {
		*ret_low = r->start;
		*ret_high = r->start + r->size;
		return true;
	}
	const struct target_mapping *m = v->process->gone ? NULL : eng_mapping_at(v->process, sp);
	if (!m || !(m->flags & TARGET_WRITE))
		return false;
	if (t) {
		t->stack_low = m->start;
		t->stack_high = m->end;
	}
	*ret_low = m->start;
	*ret_high = m->end;
	return true;
}

/* The program's own first, then its libraries. */
static bool view_function(void *ctx, struct str name, uint64_t *ret)
{
	const struct eng_view *v = ctx;
	struct eng_process *p = v->process;
	for (size_t i = 0; i < p->modules.count; i++) {
		struct eng_module *m = p->modules.data[i];
		struct sym_module *symbols = eng_module_symbols(p, m);
		struct sym_symbol symbol;
		if (!symbols || !sym_symbol_by_name(symbols, name, &symbol) || !symbol.is_function)
			continue;
		*ret = symbol.addr.value + m->bias;
		return true;
	}
	return false;
}

void eng_view_unwind_context(const struct eng_view *v, struct unwind_context *ret)
{
	*ret = (struct unwind_context){ .ctx = (void *)(uintptr_t)v,
					.arch = v->process->session->arch,
					.process = v->process->number,
					.memory = view_memory,
					.code = view_code,
					.stack_bounds = view_stack_bounds,
					.function = view_function };
}

/* ---- symbols of a pc ---- */

size_t eng_chain_at(struct eng_process *p, uint64_t pc, bool exact,
		    struct sym_chain_entry ret[SYM_MAX_INLINE], struct eng_module **ret_module)
{
	/* A call that does not return may be its function's last instruction. */
	uint64_t at = exact || pc == 0 ? pc : pc - 1;
	struct eng_module *m = eng_module_at(p, at);
	if (ret_module)
		*ret_module = m;
	struct sym_module *symbols = m ? eng_module_symbols(p, m) : NULL;
	return symbols ? sym_chain_at(symbols, FILE_ADDR(at - m->bias), ret) : 0;
}

static void describe(const struct eng_view *v, const struct unwind_frame *unwind, bool symbols,
		     struct arena *arena, struct sym_chain_entry *chain, struct eng_frame *ret)
{
	struct eng_process *p = v->process;
	uint64_t pc = unwind->pc.value;
	uint64_t at = unwind->exact_pc || pc == 0 ? pc : pc - 1;
	*ret = (struct eng_frame){ .unwind = *unwind };
	if (!code_at(p, at, &ret->code))
		ret->code = (struct unwind_code){ .kind = UNWIND_CODE_NONE };
	if (ret->code.kind != UNWIND_CODE_NATIVE)
		return;
	ret->module = eng_module_at(p, at);
	ret->lookup_pc = FILE_ADDR(at - ret->code.bias);
	if (!symbols || !ret->code.module)
		return;
	size_t count = sym_chain_at(ret->code.module, ret->lookup_pc, chain);
	ret->chain_count = count;
	ret->chain = count ? arena_copy(arena, chain, count * sizeof *chain) : NULL;
}

/* ---- backtraces ---- */

/* The last frames seen, in a ring. */
struct tail {
	struct unwind_frame *frames;
	size_t size, seen;
};

void eng_backtrace(const struct eng_view *v, size_t limit, bool symbols, struct arena *arena,
		   struct eng_backtrace *ret)
{
	struct unwind_context context;
	eng_view_unwind_context(v, &context);
	if (limit == 0)
		limit = 1;
	size_t head_size = limit - limit / 4;
	struct tail tail = { .size = limit - head_size };
	VEC(struct unwind_frame) head = { 0 };
	struct unwind_frame frame;
	unwind_start(&context, &v->regs, &frame);
	enum unwind_end end = UNWIND_END_NONE;
	for (size_t walked = 0; end == UNWIND_END_NONE; walked++) {
		if (head.count < head_size) {
			vec_push(&head, frame);
		} else if (tail.size > 0) {
			if (!tail.frames)
				tail.frames = xmalloc(tail.size * sizeof *tail.frames);
			tail.frames[tail.seen++ % tail.size] = frame;
		} else {
			tail.seen++;
		}
		end = walked + 1 < UNWIND_MAX_FRAMES ? unwind_next(&context, &frame, &frame)
						     : UNWIND_END_LIMIT;
	}
	size_t kept_tail = tail.seen < tail.size ? tail.seen : tail.size;
	struct eng_backtrace out = { .count = head.count + kept_tail,
				     .left_out = tail.seen - kept_tail,
				     .end = end };
	out.left_out_at = out.left_out ? head.count : 0;
	out.frames = ARENA_ARRAY(arena, struct eng_frame, out.count);
	struct sym_chain_entry *chain = symbols ? xmalloc(SYM_MAX_INLINE * sizeof *chain) : NULL;
	for (size_t i = 0; i < out.count; i++) {
		const struct unwind_frame *from =
			i < head.count ? &head.data[i]
				       : &tail.frames[(out.left_out + (i - head.count)) % tail.size];
		describe(v, from, symbols, arena, chain, &out.frames[i]);
	}
	free(chain);
	free(tail.frames);
	vec_free(&head);
	*ret = out;
}

size_t eng_backtrace_pcs(const struct eng_view *v, uint64_t *ret_pcs, size_t limit)
{
	struct unwind_context context;
	eng_view_unwind_context(v, &context);
	struct unwind_frame frame;
	size_t count = 0;
	if (limit == 0)
		return 0;
	unwind_start(&context, &v->regs, &frame);
	do {
		ret_pcs[count++] = frame.pc.value;
	} while (count < limit && unwind_next(&context, &frame, &frame) == UNWIND_END_NONE);
	return count;
}
