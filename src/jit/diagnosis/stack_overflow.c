/* stack-overflow: the access is in or under the guard of the stack that the thread runs on. */
#include "jit/diagnosis/diagnosis.h"

enum {
	NEAR_SP = 64 * 1024, /* how far below sp code touches memory without having moved sp (probes, pushes) */
	FAR_FRAME = 1024 * 1024, /* a frame without probes may jump over the guard by this much */
};

struct stack {
	uint64_t low, high; /* what is mapped of it */
};

/* The writable mapping that was the stack: the one right above the fault. */
static bool find_stack(const struct crash *c, uint64_t sp, struct stack *ret)
{
	const struct target_mappings *maps;
	struct error *err = eng_mappings(c->process, &maps);
	if (err) {
		error_destroy(err);
		return false;
	}
	for (size_t i = 0; i < maps->count; i++) {
		const struct target_mapping *m = &maps->data[i];
		bool writable = (m->flags & (TARGET_READ | TARGET_WRITE)) == (TARGET_READ | TARGET_WRITE);
		if (!writable || m->inode || m->end <= sp)
			continue;
		/* sp itself may be below the mapping, in the guard or under it. */
		if (m->start > sp && m->start - sp > FAR_FRAME)
			return false;
		*ret = (struct stack){ m->start, m->end };
		return true;
	}
	return false;
}

struct tally {
	struct str name;
	size_t calls;
	uint64_t biggest;
	size_t looked_at; /* innermost frames, all in a row */
};

/* Which function comes most often, and the biggest frame of it. */
static struct tally most_frequent(const struct crash *c)
{
	enum { LOOKED_AT = 256 };
	const struct eng_backtrace *bt = &c->backtrace;
	struct tally best = { 0 };
	size_t known = bt->left_out ? bt->left_out_at : bt->count;
	size_t count = known < LOOKED_AT ? known : LOOKED_AT;
	for (size_t i = 0; i < count; i++) {
		struct tally t = { crash_frame_name(c, &bt->frames[i]), 0, 0, count };
		if (!t.name.len)
			continue;
		for (size_t k = 0; k < count; k++) {
			if (!str_eq(crash_frame_name(c, &bt->frames[k]), t.name))
				continue;
			t.calls++;
			uint64_t below = k ? bt->frames[k - 1].unwind.cfa : 0;
			uint64_t size = below && bt->frames[k].unwind.cfa > below
						? bt->frames[k].unwind.cfa - below
						: 0;
			if (size > t.biggest && size < (UINT64_C(1) << 32))
				t.biggest = size;
		}
		if (t.calls > best.calls)
			best = t;
		if (best.calls * 2 > count)
			break;
	}
	return best;
}

void diagnose_stack_overflow(const struct crash *c, struct finding *f)
{
	if (!c->is_fault || !c->has_address ||
	    (c->siginfo.signal != TARGET_SIGSEGV && c->siginfo.signal != TARGET_SIGBUS))
		return;
	uint64_t sp = c->view.regs.value[eng_process_arch(c->process)->sp];
	struct stack stack;
	if (!find_stack(c, sp, &stack)) {
		finding_ruled_out(c, f, "stack overflow: the stack pointer 0x%llx is at no stack",
				  (unsigned long long)sp);
		return;
	}
	bool below = c->address < stack.low && stack.low - c->address <= FAR_FRAME;
	bool near_sp = c->address < sp ? sp - c->address <= FAR_FRAME : c->address - sp <= FAR_FRAME;
	bool at_end = sp < stack.low || sp - stack.low <= NEAR_SP;
	if (!below || !near_sp || !at_end) {
		finding_ruled_out(
			c, f,
			"stack overflow: the stack has %llu KiB left below the stack pointer, and the access was not there",
			sp > stack.low ? (unsigned long long)(sp - stack.low) / 1024 : 0ULL);
		return;
	}
	struct tally t = most_frequent(c);
	size_t depth = c->backtrace.count + c->backtrace.left_out;
	struct report_verdict *v = &f->verdict;
	f->found = true;
	v->kind = REPORT_STACK_OVERFLOW;
	v->confidence = REPORT_PROVEN;
	c->report->fault.kind = STR_LIT("stack-overflow");
	unsigned long long used = (stack.high - (sp > stack.low ? sp : stack.low)) / 1024;
	bool recursion = t.calls >= 8;
	if (recursion) {
		v->summary = crash_printf(
			c,
			"The stack of thread %u overflowed: `%.*s` recursed until all %llu KiB were used (%zu frames).",
			c->thread, STR_ARG(t.name), used, depth);
		finding_guilty(c, f, t.name);
		v->hint = STR_LIT(
			"Give the recursion an end, or make it a loop; a larger stack (std::thread::Builder::stack_size, ulimit -s) only moves the limit.");
	} else {
		size_t user = crash_user_frame(c);
		struct str name = user < c->backtrace.count
					  ? crash_frame_name(c, &c->backtrace.frames[user])
					  : STR_EMPTY;
		finding_guilty(c, f, name);
		v->summary = crash_printf(
			c, "The stack of thread %u overflowed in `%.*s`: all %llu KiB were used.",
			c->thread, STR_ARG(name), used);
		v->hint = STR_LIT("Move large local values to the heap, or give the thread a larger stack.");
	}
	finding_evidence(
		c, f, true,
		"The access to 0x%llx is %llu bytes under the stack, which ends at 0x%llx; the stack pointer is 0x%llx.",
		(unsigned long long)c->address, (unsigned long long)(stack.low - c->address),
		(unsigned long long)stack.low, (unsigned long long)sp);
	finding_evidence(c, f, true, "%zu frames are on the stack.", depth);
	if (recursion)
		finding_evidence(c, f, true, "`%.*s` has %zu of the innermost %zu frames%s.",
				 STR_ARG(t.name), t.calls, t.looked_at,
				 t.biggest ? crash_printf(c, ", %llu bytes each at most",
							  (unsigned long long)t.biggest)
						     .ptr
					   : "");
}
