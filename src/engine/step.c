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

/* A free slot, one that holds these bytes already if possible; false: none. */
static bool take_slot(struct eng_thread *t, const uint8_t content[ENG_SLOT_SIZE], unsigned *ret)
{
	struct eng_scratch *s = &t->process->space->scratch;
	unsigned best = ENG_SLOT_MAX;
	for (unsigned i = 0; i < s->count; i++) {
		if (s->user[i])
			continue;
		if (s->valid[i] && memcmp(s->content[i], content, ENG_SLOT_SIZE) == 0) {
			best = i;
			break;
		}
		if (best == ENG_SLOT_MAX || !s->valid[i])
			best = i;
	}
	if (best == ENG_SLOT_MAX)
		return false;
	if (!s->valid[best] || memcmp(s->content[best], content, ENG_SLOT_SIZE) != 0) {
		s->written[best] = true;
		s->valid[best] = false;
		struct error *err = eng_write_raw(t->process, s->start + best * ENG_SLOT_SIZE, content,
						  ENG_SLOT_SIZE);
		if (err) {
			eng_ignore(err);
			return false;
		}
		s->valid[best] = true;
		memcpy(s->content[best], content, ENG_SLOT_SIZE);
	}
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
	if (insn->length > ENG_SLOT_SIZE || !arch_relocatable(arch, insn))
		return false;
	find_scratch(p);
	/* Nothing of what is behind the copy is meant to run. */
	memset(content, arch->trap_size == 1 ? arch->trap[0] : 0, sizeof content);
	memcpy(content, bytes, insn->length);
	unsigned slot;
	if (!take_slot(t, content, &slot))
		return false;
	t->step = ENG_STEP_COPY;
	t->step_slot = slot;
	t->step_length = insn->length;
	t->copied_at = p->space->scratch.start + slot * ENG_SLOT_SIZE;
	arch_reg_set(&t->regs, arch->pc, t->copied_at);
	t->regs_dirty = true;
	*ret_err = eng_thread_run(t, true, 0);
	return true;
}

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
	size_t got = eng_read(p, at(p, addr), bytes, sizeof bytes);
	struct arch_insn insn;
	arch->decode(bytes, got, addr, &insn);
	if (emulate(t, &insn))
		return t->stepping ? eng_stepped(t) : eng_thread_run(t, false, 0);
	struct error *err = NULL;
	if (step_copy(t, bytes, &insn, &err))
		return err;
	return step_in_place(t, addr);
}
