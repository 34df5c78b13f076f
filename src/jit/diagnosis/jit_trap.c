/* jit-trap: JIT code reached a trap that its compiler put there (jit-facts F). */
#include "jit/diagnosis/diagnosis.h"

static const struct {
	uint8_t code;
	const char *meaning, *hint;
} known[] = {
	{ 251, "the stack limit check failed",
	  "The recursion is too deep for the stack limit, or the limit is wrong." },
	{ 252, "an integer operation overflowed",
	  "Check the operands, or use the wrapping form of the operation." },
	{ 253, "a heap access was out of bounds", "Check the index against the length before the access." },
	{ 254, "an integer was divided by zero", "Check the divisor before the division." },
	{ 255, "a float does not fit the integer type that it was converted to",
	  "Use the saturating conversion, or check the range." },
};

static const struct jit_trap *trap_at(const struct jit_function *function, uint64_t pc)
{
	for (size_t i = 0; i < function->trap_count; i++)
		if (function->start + function->traps[i].offset == pc)
			return &function->traps[i];
	return NULL;
}

/* A load or store that the front end marked with a trap of its own, and that the CPU refused. Cranelift marks every other one heap_oob: that says
 * nothing. */
static void marked_access(const struct crash *c, const struct eng_frame *frame,
			  const struct jit_trap *trap, struct finding *f)
{
	struct str name = crash_frame_name(c, frame);
	struct report_verdict *v = &f->verdict;
	f->found = true;
	v->kind = REPORT_JIT_TRAP;
	v->confidence = REPORT_PROVEN;
	v->summary = crash_printf(
		c, "`%.*s` trapped: a memory access that it marks as user trap %u (%s) failed.",
		STR_ARG(name), trap->code, trap->name);
	v->hint = STR_LIT(
		"The front end gave the access this trap code, so it expects that it may fail: a signal handler has to turn it into the trap.");
	finding_guilty(c, f, name);
	finding_evidence(
		c, f, true,
		"Cranelift's trap table of `%.*s` has trap %u (%s) at offset 0x%x, where the CPU stopped.",
		STR_ARG(name), trap->code, trap->name, trap->offset);
	finding_evidence(c, f, true, "The access was to 0x%llx.", (unsigned long long)c->address);
}

void diagnose_jit_trap(const struct crash *c, struct finding *f)
{
	enum { USER_TRAP_LAST = 250, TRAP_HEAP_OOB = 253 };
	if (!c->is_fault || !c->backtrace.count)
		return;
	const struct eng_frame *frame = &c->backtrace.frames[0];
	uint64_t pc = frame->unwind.pc.value;
	const struct jit_function *function = jit_function_at(c->registry, c->process, pc);
	bool trapping = c->siginfo.signal == TARGET_SIGILL && c->insn.kind == ARCH_INSN_TRAP;
	bool dividing = c->siginfo.signal == TARGET_SIGFPE;
	const struct jit_trap *marked = function ? trap_at(function, pc) : NULL;
	if (!trapping && !dividing) {
		if (marked && marked->code > 0 && marked->code <= USER_TRAP_LAST && c->has_address &&
		    c->access != CRASH_ACCESS_EXECUTE)
			marked_access(c, frame, marked, f);
		else if (marked && marked->code == TRAP_HEAP_OOB)
			finding_ruled_out(
				c, f,
				"JIT trap: the access is marked heap_oob, as Cranelift marks every load and store by default");
		return;
	}
	if (frame->code.kind != UNWIND_CODE_JIT && frame->code.kind != UNWIND_CODE_ANON) {
		finding_ruled_out(c, f, "JIT trap: the instruction is in native code");
		return;
	}
	const struct jit_trap *trap = marked;
	struct str name = crash_frame_name(c, frame);
	struct report_verdict *v = &f->verdict;
	f->found = true;
	v->kind = REPORT_JIT_TRAP;
	finding_guilty(c, f, name);
	finding_evidence(c, f, true, "`%s` at 0x%llx in `%.*s` raised %s.", c->insn.mnemonic,
			 (unsigned long long)pc, STR_ARG(name), target_signal_name(c->siginfo.signal));
	if (!trap) {
		v->confidence = REPORT_LIKELY;
		v->summary =
			dividing
				? crash_printf(
					  c,
					  "A division in `%.*s` failed: the divisor is zero, or the quotient does not fit.",
					  STR_ARG(name))
				: crash_printf(
					  c,
					  "`%.*s` ran into a trap instruction; which trap it means was not recorded.",
					  STR_ARG(name));
		finding_evidence(
			c, f, false,
			"Cranelift makes a trap of its code by this instruction, but its trap table was not seen.");
		return;
	}
	const char *meaning = NULL;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (known[i].code == trap->code) {
			meaning = known[i].meaning;
			v->hint = str_from(known[i].hint);
		}
	v->confidence = REPORT_PROVEN;
	if (meaning)
		v->summary = crash_printf(c, "`%.*s` trapped: %s (Cranelift trap %s).", STR_ARG(name),
					  meaning, trap->name);
	else
		v->summary = crash_printf(c, "`%.*s` trapped by its own check: user trap %u (%s).",
					  STR_ARG(name), trap->code, trap->name);
	finding_evidence(
		c, f, true,
		"Cranelift's trap table of `%.*s` has trap %u (%s) at offset 0x%x, where the CPU stopped.",
		STR_ARG(name), trap->code, trap->name, trap->offset);
}
