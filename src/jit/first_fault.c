#include "jit/first_fault.h"

#include "base/map.h"

enum { STACK_KEPT = 64 * 1024, CODE_BEFORE = 64, CODE_KEPT = 160, FRAMES_LOOKED_AT = 200 };

struct slot {
	struct first_fault fault;
	uint32_t process;
	target_tid tid;
	uint64_t used; /* order of use among the slots */
	uint8_t code[CODE_KEPT];
	uint8_t *stack;                 /* STACK_KEPT bytes */
	uint64_t stack_low, stack_high; /* the mapping that the stack was in when another sp was last met */
};

struct first_faults {
	struct map slots; /* tid → struct slot * */
	uint64_t order;
};

struct first_faults *first_faults_create(void)
{
	return xmalloc(sizeof(struct first_faults));
}

static void slot_destroy(struct slot *slot)
{
	free(slot->stack);
	free(slot);
}

void first_faults_destroy(struct first_faults *faults)
{
	for (size_t i = 0; i < faults->slots.capacity; i++)
		if (faults->slots.slots[i].used)
			slot_destroy((struct slot *)(uintptr_t)faults->slots.slots[i].value);
	map_deinit(&faults->slots);
	free(faults);
}

/* Does a frame of the handler's stack carry the interrupted registers of this fault? */
static bool on_stack(struct eng_thread *t, const struct arch_regs *now, const struct first_fault *fault)
{
	struct eng_view view = { .process = eng_thread_process(t), .thread = t, .regs = *now };
	struct unwind_context context;
	eng_view_unwind_context(&view, &context);
	const struct arch *arch = context.arch;
	struct unwind_frame frame;
	unwind_start(&context, now, &frame);
	for (size_t i = 0; i < FRAMES_LOOKED_AT; i++) {
		bool signal_frame = frame.signal_frame;
		if (unwind_next(&context, &frame, &frame) != UNWIND_END_NONE)
			return false;
		if ((signal_frame || frame.how == UNWIND_SIGNAL) &&
		    frame.pc.value == fault->regs.value[arch->pc] &&
		    frame.regs.value[arch->sp] == fault->regs.value[arch->sp])
			return true;
	}
	return false;
}

static bool same_place(const struct arch *arch, const struct arch_regs *a, const struct arch_regs *b)
{
	return a->value[arch->pc] == b->value[arch->pc] && a->value[arch->sp] == b->value[arch->sp];
}

/* The instruction fails again as it failed before: the handler returned and had changed nothing. */
static bool same_fault(const struct first_fault *f, const struct arch_regs *regs,
		       const struct target_siginfo *siginfo)
{
	return f->siginfo.signal == siginfo->signal && f->siginfo.addr == siginfo->addr &&
	       memcmp(f->regs.value, regs->value, sizeof regs->value) == 0;
}

/* The memory map is read only when sp leaves the stack that is known. */
static bool same_stack(struct slot *slot, struct eng_process *p, uint64_t sp, uint64_t other)
{
	if (sp == other)
		return true;
	if (sp < slot->stack_low || sp >= slot->stack_high) {
		const struct target_mapping *here = eng_mapping_at(p, sp);
		if (!here)
			return true;
		slot->stack_low = here->start;
		slot->stack_high = here->end;
	}
	return other >= slot->stack_low && other < slot->stack_high;
}

/* The thread's own, or a new one, or the one that is longest unused. */
static struct slot *slot_get(struct first_faults *faults, target_tid tid)
{
	struct slot *slot = map_get_ptr(&faults->slots, (uint64_t)tid);
	if (slot)
		return slot;
	for (size_t i = 0; faults->slots.count >= FIRST_FAULTS_KEPT && i < faults->slots.capacity; i++) {
		const struct map_slot *m = &faults->slots.slots[i];
		struct slot *other = m->used ? (struct slot *)(uintptr_t)m->value : NULL;
		if (other && (!slot || other->used < slot->used))
			slot = other;
	}
	if (slot) {
		(void)map_remove(&faults->slots, (uint64_t)slot->tid);
	} else {
		slot = xmalloc(sizeof *slot);
		slot->stack = xmalloc(STACK_KEPT);
	}
	slot->tid = tid;
	map_set_ptr(&faults->slots, (uint64_t)tid, slot);
	return slot;
}

static struct slot *slot_of(struct first_faults *faults, struct eng_thread *t)
{
	struct slot *slot = map_get_ptr(&faults->slots, (uint64_t)eng_thread_tid(t));
	/* Thread ids come again. */
	if (!slot || slot->process != eng_process_number(eng_thread_process(t)))
		return NULL;
	slot->used = ++faults->order;
	return slot;
}

void first_fault_record(struct first_faults *faults, struct eng_thread *t,
			const struct target_siginfo *siginfo)
{
	struct eng_process *p = eng_thread_process(t);
	const struct arch *arch = eng_process_arch(p);
	struct arch_regs regs;
	struct error *err = eng_thread_regs(t, &regs);
	if (err) {
		error_destroy(err);
		return;
	}
	struct slot *slot = slot_of(faults, t);
	bool again = slot && same_fault(&slot->fault, &regs, siginfo);
	if (slot) {
		/* A fault further down while the first one's signal frame is still there: it is the handler that fails. The walk is only made
		 * where the stack pointer allows it. */
		const struct arch_regs *kept = &slot->fault.regs;
		bool deeper = regs.value[arch->sp] < kept->value[arch->sp];
		if ((deeper || !same_stack(slot, p, regs.value[arch->sp], kept->value[arch->sp])) &&
		    on_stack(t, &regs, &slot->fault))
			return;
	} else {
		slot = slot_get(faults, eng_thread_tid(t));
		slot->used = ++faults->order;
		slot->process = eng_process_number(p);
		slot->stack_low = slot->stack_high = 0;
	}
	struct first_fault *f = &slot->fault;
	f->siginfo = *siginfo;
	f->regs = regs;
	f->again = again;
	f->overlay_count = 0;
	uint64_t code = regs.value[arch->pc] - CODE_BEFORE;
	size_t have = eng_read(p, RUN_ADDR(eng_process_number(p), code), slot->code, CODE_KEPT);
	if (have)
		f->overlay[f->overlay_count++] = (struct eng_snapshot_range){ code, have, slot->code };
	uint64_t sp = regs.value[arch->sp];
	have = eng_read(p, RUN_ADDR(eng_process_number(p), sp), slot->stack, STACK_KEPT);
	if (have)
		f->overlay[f->overlay_count++] = (struct eng_snapshot_range){ sp, have, slot->stack };
}

const struct first_fault *first_fault_behind(struct first_faults *faults, struct eng_thread *t,
					     bool *ret_in_handler)
{
	struct slot *slot = slot_of(faults, t);
	struct arch_regs regs;
	if (!slot)
		return NULL;
	struct error *err = eng_thread_regs(t, &regs);
	if (err) {
		error_destroy(err);
		return NULL;
	}
	if (same_place(eng_process_arch(eng_thread_process(t)), &slot->fault.regs, &regs)) {
		*ret_in_handler = false;
		return &slot->fault;
	}
	if (!on_stack(t, &regs, &slot->fault))
		return NULL;
	*ret_in_handler = true;
	return &slot->fault;
}

void first_faults_forget(struct first_faults *faults, const struct eng_process *p)
{
	for (size_t i = 0; i < faults->slots.capacity; i++) {
		struct map_slot *m = &faults->slots.slots[i];
		struct slot *slot = m->used ? (struct slot *)(uintptr_t)m->value : NULL;
		if (!slot || slot->process != eng_process_number(p))
			continue;
		map_remove(&faults->slots, m->key);
		slot_destroy(slot);
		i = (size_t)-1; /* removal moves slots */
	}
}

size_t first_faults_count(const struct first_faults *faults)
{
	return faults->slots.count;
}
