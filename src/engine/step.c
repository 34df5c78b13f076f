/* Past a trap without letting another thread through: by emulation; else by stepping a copy of the instruction that stands elsewhere;
 * else by taking the trap out for one step, with the process frozen. */
#include "engine/internal.h"

#include "base/log.h"

/* An instruction steps at once, unless it is a system call that blocks. */
#define IN_PLACE_NS UINT64_C(2000000000)

static struct run_addr at(const struct eng_process *p, uint64_t addr)
{
	return RUN_ADDR(p->number, addr);
}

/* ---- emulation ---- */

struct emulation {
	struct eng_thread *thread;
	uint64_t pc, sp;
};

static bool same_page(uint64_t a, uint64_t b, size_t size)
{
	return a / ENG_PAGE == b / ENG_PAGE && (a + size - 1) / ENG_PAGE == b / ENG_PAGE;
}

/* The debugger's own reads and writes succeed where the program's would fault (guard pages, read-only memory) or grow the stack. So only
 * the page that the stack pointer is in, which has just been used, and reads of the module that the code is in. */
static bool emulated_read(void *ctx, uint64_t addr, void *buf, size_t size)
{
	const struct emulation *e = ctx;
	struct eng_process *p = e->thread->process;
	if (!same_page(addr, e->sp, size)) {
		const struct eng_module *module = eng_module_at(p, e->pc);
		if (!module || module != eng_module_at(p, addr))
			return false;
	}
	return eng_read(p, at(p, addr), buf, size) == size;
}

static bool emulated_write(void *ctx, uint64_t addr, const void *buf, size_t size)
{
	const struct emulation *e = ctx;
	struct eng_process *p = e->thread->process;
	if (!same_page(addr, e->sp, size) || addr % size != 0)
		return false;
	struct error *err = eng_write(p, at(p, addr), buf, size);
	bool done = !err;
	eng_ignore(err);
	return done;
}

static bool emulate(struct eng_thread *t, const struct arch_insn *insn)
{
	const struct arch *arch = t->process->session->arch;
	struct emulation e = { t, t->regs.value[arch->pc], t->regs.value[arch->sp] };
	struct arch_memory memory = { &e, emulated_read, emulated_write };
	if (!arch_emulate(arch, insn, &t->regs, &memory))
		return false;
	t->regs_dirty = true;
	t->runs++;
	t->past_trap = false;
	return true;
}

/* ---- a copy elsewhere ---- */

bool eng_scratch_overlaps(const struct eng_space *space, uint64_t addr, size_t size)
{
	const struct eng_scratch *s = &space->scratch;
	return s->count > 0 && addr < s->start + s->count * ENG_SLOT_SIZE && s->start < addr + size;
}

static void find_scratch(struct eng_process *p)
{
	struct eng_scratch *s = &p->space->scratch;
	/* Before the program's entry the modules are still being mapped. */
	if (s->looked_for || !p->past_entry)
		return;
	s->looked_for = true;
	uint64_t start, end;
	if (!eng_modules_slack(p, &start, &end))
		return;
	start = (start + ENG_SLOT_SIZE - 1) / ENG_SLOT_SIZE * ENG_SLOT_SIZE;
	size_t count = end > start ? (size_t)(end - start) / ENG_SLOT_SIZE : 0;
	if (count > ENG_SLOT_MAX)
		count = ENG_SLOT_MAX;
	if (!eng_read_raw(p, start, s->original, count * ENG_SLOT_SIZE))
		return;
	s->start = start;
	s->count = count;
}

static bool fill_slot(struct eng_process *p, unsigned i, const uint8_t content[ENG_SLOT_SIZE])
{
	struct eng_scratch *s = &p->space->scratch;
	if (s->valid[i] && memcmp(s->content[i], content, ENG_SLOT_SIZE) == 0)
		return true;
	s->written[i] = true;
	s->valid[i] = false;
	struct error *err = eng_write_raw(p, s->start + i * ENG_SLOT_SIZE, content, ENG_SLOT_SIZE);
	if (err) {
		eng_ignore(err);
		return false;
	}
	s->valid[i] = true;
	memcpy(s->content[i], content, ENG_SLOT_SIZE);
	return true;
}

/* A free slot, one that holds these bytes already if possible; false: none. */
static bool take_slot(struct eng_thread *t, const uint8_t content[ENG_SLOT_SIZE], unsigned *ret)
{
	struct eng_scratch *s = &t->process->space->scratch;
	unsigned best = ENG_SLOT_MAX;
	for (unsigned i = 0; i < s->count; i++) {
		if (s->user[i] || s->resident[i])
			continue;
		if (s->valid[i] && memcmp(s->content[i], content, ENG_SLOT_SIZE) == 0) {
			best = i;
			break;
		}
		if (best == ENG_SLOT_MAX || !s->valid[i])
			best = i;
	}
	if (best == ENG_SLOT_MAX || !fill_slot(t->process, best, content))
		return false;
	s->user[best] = t;
	*ret = best;
	return true;
}

static bool step_copy(struct eng_thread *t, const uint8_t *bytes, const struct arch_insn *insn,
		      struct error **ret_err)
{
	struct eng_process *p = t->process;
	const struct arch *arch = p->session->arch;
	uint8_t content[ENG_SLOT_SIZE];
	uint64_t addr = t->past_addr;
	unsigned slot;
	find_scratch(p);
	/* Nothing of what is behind the copy is meant to run. */
	memset(content, arch->trap_size == 1 ? arch->trap[0] : 0, sizeof content);
	if (arch_relocatable(arch, insn)) {
		memcpy(content, bytes, insn->length);
		if (!take_slot(t, content, &slot))
			return false;
	} else { /* what depends on pc depends on the slot, too */
		const struct eng_scratch *s = &p->space->scratch;
		if (s->count == 0 || s->user[0] || s->resident[0] ||
		    !arch_relocate(arch, insn, bytes, addr, s->start, content) ||
		    !fill_slot(p, 0, content))
			return false;
		slot = 0;
		p->space->scratch.user[0] = t;
	}
	t->step = ENG_STEP_COPY;
	t->step_slot = slot;
	t->step_length = insn->length;
	t->copied_at = p->space->scratch.start + slot * ENG_SLOT_SIZE;
	arch_reg_set(&t->regs, arch->pc, t->copied_at);
	t->regs_dirty = true;
	*ret_err = eng_thread_run(t, true, 0);
	return true;
}

/* ---- a copy that jumps back ---- */

/* Slots that are kept for copies that are stepped. */
enum { STEPPED_SLOTS = 2 };

/* The slot for the instruction at addr; a new one if need be. One that another has is never taken away: a thread may be in it. */
static bool resident_slot(struct eng_process *p, uint64_t addr, unsigned *ret)
{
	struct eng_scratch *s = &p->space->scratch;
	unsigned unused = ENG_SLOT_MAX;
	for (unsigned i = STEPPED_SLOTS; i < s->count; i++) {
		if (s->resident[i] == addr) {
			*ret = i;
			return true;
		}
		if (!s->resident[i] && !s->user[i] && unused == ENG_SLOT_MAX)
			unused = i;
	}
	if (unused == ENG_SLOT_MAX && p->threads.count == 1 && s->count > STEPPED_SLOTS &&
	    p->space->refs == 1) {
		/* The only thread stands at addr. */
		s->next_victim = (s->next_victim + 1) % (unsigned)(s->count - STEPPED_SLOTS);
		unused = STEPPED_SLOTS + s->next_victim;
	}
	*ret = unused;
	return unused != ENG_SLOT_MAX;
}

/* The thread runs the copy and then on behind the instruction, without a stop. */
static bool jump_copy(struct eng_thread *t, uint64_t addr, const uint8_t *bytes,
		      const struct arch_insn *insn, struct error **ret_err)
{
	struct eng_process *p = t->process;
	const struct arch *arch = p->session->arch;
	uint8_t content[ENG_SLOT_SIZE], jump[ARCH_JUMP_MAX];
	struct eng_scratch *s = &p->space->scratch;
	unsigned slot;
	/* What may end elsewhere needs no jump, but its stops are told apart by the length. */
	if (t->stepping || insn->kind == ARCH_INSN_RETURN)
		return false;
	find_scratch(p);
	if (!resident_slot(p, addr, &slot))
		return false;
	uint64_t at = s->start + slot * ENG_SLOT_SIZE;
	size_t size = arch_jump(arch, addr + insn->length, jump);
	memset(content, arch->trap_size == 1 ? arch->trap[0] : 0, sizeof content);
	if (size == 0 || insn->length + size > ENG_SLOT_SIZE ||
	    !arch_relocate(arch, insn, bytes, addr, at, content))
		return false;
	memcpy(content + insn->length, jump, size);
	/* The program has changed the instruction, and a thread may be in the copy of the old one. */
	if (s->resident[slot] == addr && s->valid[slot] && p->threads.count > 1 &&
	    memcmp(s->content[slot], content, sizeof content) != 0)
		return false;
	if (!fill_slot(p, slot, content))
		return false;
	s->resident[slot] = addr;
	s->length[slot] = insn->length;
	t->copied_at = at;
	t->past_trap = false;
	arch_reg_set(&t->regs, arch->pc, at);
	t->regs_dirty = true;
	*ret_err = eng_thread_run(t, false, 0);
	return true;
}

void eng_step_settle(struct eng_thread *t)
{
	const struct eng_scratch *s = &t->process->space->scratch;
	const struct arch *arch = t->process->session->arch;
	uint64_t pc = t->regs.value[arch->pc], offset = pc - s->start;
	unsigned slot = (unsigned)(offset / ENG_SLOT_SIZE);
	if (t->step != ENG_STEP_NONE || pc < s->start || offset >= s->count * ENG_SLOT_SIZE ||
	    !s->resident[slot])
		return;
	uint64_t into = offset % ENG_SLOT_SIZE, addr = s->resident[slot];
	if (into != 0 && into != s->length[slot])
		return;
	if (into == 0) { /* not run yet, or one round of many: the hooks have */
		t->past_trap = true;
		t->past_addr = addr;
		t->past_sp = t->regs.value[arch->sp];
	}
	arch_reg_set(&t->regs, arch->pc, addr + into);
	t->regs_dirty = true;
}

/* ---- stops ---- */

void eng_step_abandon(struct eng_thread *t)
{
	struct eng_space *space = t->process->space;
	if (t->step == ENG_STEP_COPY && space)
		space->scratch.user[t->step_slot] = NULL;
	t->step = ENG_STEP_NONE;
}

void eng_step_stopped(struct eng_thread *t)
{
	const struct arch *arch = t->process->session->arch;
	enum eng_step_kind kind = t->step;
	eng_step_abandon(t);
	struct error *err = eng_thread_fetch(t);
	if (err) {
		eng_ignore(err);
		return;
	}
	uint64_t pc = t->regs.value[arch->pc], here = pc;
	if (kind == ENG_STEP_COPY && pc == t->copied_at)
		pc = t->past_addr; /* not run yet, or one round of a string instruction */
	else if (kind == ENG_STEP_COPY && pc == t->copied_at + t->step_length)
		pc = t->past_addr + t->step_length;
	/* Whatever was reported: a stop at the same pc has not run it, or is one round of many. */
	if (pc != t->past_addr)
		t->past_trap = false;
	if (pc != here) {
		arch_reg_set(&t->regs, arch->pc, pc);
		t->regs_dirty = true;
	}
}

/* ---- in place ---- */

/* Those that were frozen are thawed, in whatever space they are by then (exec). */
struct frozen {
	struct eng_process **data;
	size_t count, capacity;
};

static struct error *freeze_space(struct eng_session *s, const struct eng_space *space, struct frozen *ret)
{
	for (size_t i = 0; i < s->all.count; i++) {
		struct eng_process *p = s->all.data[i];
		if (p->gone || p->space != space)
			continue;
		TRY(eng_freeze(p));
		vec_push(ret, p);
	}
	return NULL;
}

static struct error *thaw_all(struct frozen *frozen)
{
	struct error *err = NULL;
	vec_for(frozen, p) {
		struct error *one = eng_thaw(*p);
		if (err)
			error_destroy(one);
		else
			err = one;
	}
	vec_free(frozen);
	return err;
}

/* An interrupt that was on its way when the thread hit the trap comes first. */
static bool only_interrupted(struct eng_thread *t)
{
	return t->past_trap && t->has_deferred && t->deferred.kind == TARGET_EVENT_INTERRUPTED;
}

static struct error *step_and_wait(struct eng_thread *t)
{
	uint64_t deadline = eng_now_ns() + IN_PLACE_NS;
	t->step = ENG_STEP_IN_PLACE;
	TRY(eng_thread_run(t, true, 0));
	while (!t->gone && (t->running || only_interrupted(t))) {
		if (!t->running) {
			t->has_deferred = false;
			t->step = ENG_STEP_IN_PLACE;
			TRY(eng_thread_run(t, true, 0));
		}
		uint64_t now = eng_now_ns();
		bool any;
		if (now >= deadline)
			break;
		TRY(eng_pump(t->process->session, (int)((deadline - now) / 1000000) + 1, &any));
	}
	return NULL;
}

static struct error *step_in_place(struct eng_thread *t, uint64_t addr)
{
	struct eng_process *p = t->process;
	struct eng_space *space = p->space;
	struct eng_session *s = p->session;
	LOG("engine", "thread %d steps in place at 0x%llx", t->tid, (unsigned long long)addr);
	space->refs++; /* an exec of another thread may come in between */
	t->busy = true;
	struct frozen frozen = { 0 };
	struct error *err = freeze_space(s, space, &frozen);
	struct eng_trap *trap = eng_trap_at(space, addr);
	if (!err && trap && !t->gone && !t->running && p->space == space) {
		eng_trap_lift(p, trap);
		err = step_and_wait(t);
		trap = eng_trap_at(space, addr);
		if (trap && trap->hooks && !trap->planted && p->space == space)
			eng_ignore(eng_trap_plant(p, trap));
	}
	t->busy = false;
	struct error *thaw = thaw_all(&frozen);
	eng_space_unref(space);
	if (!err)
		return thaw;
	error_destroy(thaw);
	return err;
}

struct error *eng_step_over(struct eng_thread *t, struct eng_trap *trap)
{
	struct eng_process *p = t->process;
	const struct arch *arch = p->session->arch;
	uint8_t bytes[ARCH_INSN_MAX];
	uint64_t addr = trap->addr;
	size_t got = eng_read_code(p, addr, bytes, sizeof bytes);
	struct arch_insn insn;
	arch->decode(bytes, got, addr, &insn);
	struct error *err = NULL;
	if (jump_copy(t, addr, bytes, &insn, &err))
		return err;
	if (emulate(t, &insn))
		return t->stepping ? eng_stepped(t) : eng_thread_run(t, false, 0);
	if (step_copy(t, bytes, &insn, &err))
		return err;
	return step_in_place(t, addr);
}
