/* callee-saved-clobbered: native code kept a value in a callee-saved register over a call; the JIT code that it called came back with another
 * value in it; then the value was used. The JIT code's bytes show whether it keeps the register (arch/clobber.h); the native code's,
 * where the value was made and which calls lie between that and its use. */
#include "jit/diagnosis/diagnosis.h"

#include "arch/clobber.h"

enum {
	FRAMES_LOOKED_AT = 8,
	FUNCTION_MAX = 256 * 1024, /* bytes of a function that are looked at */
	CODES_MAX = 512,
	ALL_CODE_MAX = 16 << 20, /* bytes of JIT code that are looked at */
	DEPTH_MAX = 4,
	CALLEES_MAX = 64,
	NEAR = 4096,      /* a field of what a pointer points at */
	TELLING = 0x1000, /* a smaller constant may be in a register by chance */
};

/* JIT code that may have been called. */
struct code {
	uint64_t start;
	size_t size;
	struct str name;
	struct arch_clobber_report report;
};

struct search {
	const struct crash *c;
	struct code *codes;
	size_t code_count;
	size_t kept;      /* of the codes that keep all registers */
	size_t looked_at; /* bytes */
	size_t left_out;  /* pieces of code, for there was too much */
	uint8_t *bytes;   /* FUNCTION_MAX */
	size_t callees;   /* native callees looked into */
};

/* A register whose value took part in the fault, in one frame. */
struct suspect {
	size_t frame;
	unsigned reg;
	bool operand; /* it is in the faulting operand itself */
};

/* How a call was tied to JIT code. */
struct guess {
	uint64_t return_pc;
	const struct code *code;
	bool exact; /* the call's target is that code */
	bool still; /* its address is where the call took it from, which may have got another value since */
	bool residue; /* its return address still stands under the stack pointer */
};

static void add_code(struct search *s, uint64_t start, uint64_t end, struct str name)
{
	const struct arch *arch = eng_process_arch(s->c->process);
	if (end <= start)
		return;
	size_t size = end - start < FUNCTION_MAX ? (size_t)(end - start) : FUNCTION_MAX;
	if (s->code_count == CODES_MAX || size > ALL_CODE_MAX - s->looked_at) {
		s->left_out++;
		return;
	}
	bool from_history;
	s->looked_at += size;
	size = crash_code(s->c, start, s->bytes, size, &from_history);
	struct code *code = &s->codes[s->code_count];
	*code = (struct code){ .start = start, .size = size, .name = name };
	arch->check_saved(s->bytes, size, start, start, arch->callee_saved[ARCH_CC_SYSV], &code->report);
	if (code->report.broken)
		s->code_count++;
	else
		s->kept++;
}

static void find_code(struct search *s)
{
	const struct jit_function *const *functions;
	size_t count = jit_functions(s->c->registry, s->c->process, &functions);
	s->codes = ARENA_ARRAY(&s->c->report->arena, struct code, CODES_MAX);
	/* The latest first; of those that were in the same place one after the other only the last one's bytes can be there. */
	for (size_t i = count; i-- > 0;) {
		bool freed;
		if (crash_jit_function(s->c, functions[i]->start, &freed) == functions[i])
			add_code(s, functions[i]->start, functions[i]->end, functions[i]->name);
	}
	const struct target_mappings *maps;
	struct error *err = eng_mappings(s->c->process, &maps);
	if (err) {
		error_destroy(err);
		return;
	}
	for (size_t i = 0; i < maps->count; i++) {
		const struct target_mapping *m = &maps->data[i];
		struct target_mapping whole;
		if (!(m->flags & TARGET_EXEC) ||
		    !jit_code_mapping_at(s->c->registry, s->c->process, m->start, &whole) ||
		    jit_function_at(s->c->registry, s->c->process, m->start))
			continue;
		add_code(s, m->start, m->end,
			 crash_printf(s->c, "code at 0x%llx", (unsigned long long)m->start));
	}
}

static const struct code *code_at(const struct search *s, uint64_t addr)
{
	for (size_t i = 0; i < s->code_count; i++)
		if (addr == s->codes[i].start)
			return &s->codes[i];
	return NULL;
}

static const uint8_t *function_bytes(const struct crash *c, uint64_t pc, uint64_t *ret_start,
				     size_t *ret_size)
{
	uint64_t end;
	if (!crash_function_range(c, pc, ret_start, &end) || end - *ret_start > FUNCTION_MAX)
		return NULL;
	uint8_t *bytes = arena_alloc(&c->report->arena, (size_t)(end - *ret_start));
	bool from_history;
	*ret_size = crash_code(c, *ret_start, bytes, (size_t)(end - *ret_start), &from_history);
	return bytes;
}

/* Where an indirect call went, from what its operand says now; registers that the call may have changed do not count. *ret_sure: memory that it
 * was read from cannot have changed either. */
static bool call_target(const struct crash *c, const struct arch_regs *regs,
			const struct arch_insn *insn, uint64_t next_pc, uint64_t *ret, bool *ret_sure)
{
	const struct arch *arch = eng_process_arch(c->process);
	*ret_sure = true;
	if (insn->has_target) {
		*ret = insn->target;
		return true;
	}
	uint64_t stable = arch->callee_saved[ARCH_CC_SYSV] | UINT64_C(1) << arch->sp |
			  UINT64_C(1) << arch->pc;
	for (size_t i = 0; i < insn->operand_count; i++) {
		const struct arch_operand *op = &insn->operands[i];
		if (!op->visible)
			continue;
		if (op->kind == ARCH_OPERAND_REG && op->reg < ARCH_REG_LIMIT &&
		    (stable >> op->reg & 1) && arch_reg_known(regs, op->reg)) {
			*ret = regs->value[op->reg];
			return true;
		}
		bool base_ok = op->base == ARCH_REG_NONE ||
			       (op->base < ARCH_REG_LIMIT && (stable >> op->base & 1));
		bool index_ok = op->index == ARCH_REG_NONE ||
				(op->index < ARCH_REG_LIMIT && (stable >> op->index & 1));
		uint64_t address;
		if (op->kind == ARCH_OPERAND_MEM && base_ok && index_ok &&
		    arch_operand_address(op, regs, next_pc, &address) &&
		    eng_view_read(&c->view, address, ret, sizeof *ret) == sizeof *ret) {
			const struct target_mapping *m = eng_mapping_at(c->process, address);
			*ret_sure = m && !(m->flags & TARGET_WRITE);
			return true;
		}
	}
	return false;
}

static bool try_call(struct search *s, const struct suspect *suspect, const struct arch_regs *regs,
		     const struct arch_insn *insn, uint64_t next_pc, size_t depth, struct guess *ret);

/* A native function that neither saves nor writes the register leaves it to those whom it calls. */
static bool try_native(struct search *s, const struct suspect *suspect, uint64_t target, size_t depth,
		       struct guess *ret)
{
	const struct arch *arch = eng_process_arch(s->c->process);
	uint64_t start;
	size_t size;
	if (depth == DEPTH_MAX || s->callees == CALLEES_MAX)
		return false;
	s->callees++;
	const uint8_t *bytes = function_bytes(s->c, target, &start, &size);
	if (!bytes || start != target)
		return false;
	for (size_t pos = 0; pos < size;) {
		struct arch_insn insn;
		arch->decode(bytes + pos, size - pos, start + pos, &insn);
		if (insn.regs_written >> suspect->reg & 1 && insn.kind != ARCH_INSN_CALL)
			return false;
		pos += insn.length;
	}
	struct arch_regs unknown = { .known = 0 };
	for (size_t pos = 0; pos < size;) {
		struct arch_insn insn;
		arch->decode(bytes + pos, size - pos, start + pos, &insn);
		uint64_t next = start + pos + insn.length;
		if (insn.kind == ARCH_INSN_CALL &&
		    try_call(s, suspect, &unknown, &insn, next, depth + 1, ret)) {
			ret->exact = ret->still = false;
			return true;
		}
		pos += insn.length;
	}
	return false;
}

/* The constant that the code leaves in the register on the path that was followed is there now, and is none that is there by chance. */
static bool value_told(const struct suspect *suspect, const struct code *code, uint64_t value)
{
	const struct arch_clobber_detail *d = &code->report.detail[suspect->reg];
	return d->has_imm && d->imm == value && value >= TELLING;
}

static bool may_be(const struct search *s, const struct suspect *suspect, const struct code *code,
		   uint64_t value)
{
	if (!(code->report.broken >> suspect->reg & 1))
		return false;
	/* Without a faulting address only the value connects the register with what happened. */
	return s->c->is_fault || value_told(suspect, code, value);
}

static bool try_call(struct search *s, const struct suspect *suspect, const struct arch_regs *regs,
		     const struct arch_insn *insn, uint64_t next_pc, size_t depth, struct guess *ret)
{
	uint64_t value = s->c->backtrace.frames[suspect->frame].unwind.regs.value[suspect->reg];
	uint64_t target;
	bool sure;
	if (call_target(s->c, regs, insn, next_pc, &target, &sure)) {
		const struct code *code = code_at(s, target);
		if (code && may_be(s, suspect, code, value)) {
			*ret = (struct guess){
				.return_pc = next_pc, .code = code, .exact = sure, .still = !sure
			};
			return true;
		}
		return !code && eng_module_at(s->c->process, target) &&
		       try_native(s, suspect, target, depth, ret);
	}
	for (size_t i = 0; i < insn->operand_count; i++) {
		/* A register that the callee might have changed, and did not: it still has the address of the code. */
		const struct arch_operand *op = &insn->operands[i];
		const struct code *code = op->visible && op->kind == ARCH_OPERAND_REG &&
							  op->reg < ARCH_REG_LIMIT &&
							  arch_reg_known(regs, op->reg)
						  ? code_at(s, regs->value[op->reg])
						  : NULL;
		if (code && may_be(s, suspect, code, value)) {
			*ret = (struct guess){ .return_pc = next_pc, .code = code, .still = true };
			return true;
		}
	}
	/* Where it went is not known any more: any JIT code that breaks this register and leaves this value may be it. */
	for (size_t i = 0; i < s->code_count; i++) {
		if (!may_be(s, suspect, &s->codes[i], value))
			continue;
		*ret = (struct guess){ .return_pc = next_pc, .code = &s->codes[i] };
		return true;
	}
	return false;
}

static bool decode_call_before(const struct crash *c, uint64_t return_pc, struct arch_insn *ret)
{
	uint8_t bytes[ARCH_INSN_MAX];
	return eng_view_read(&c->view, return_pc - sizeof bytes, bytes, sizeof bytes) == sizeof bytes &&
	       eng_process_arch(c->process)->call_before(bytes, sizeof bytes, return_pc, ret);
}

/* Straight on from the call's return to pc, and nothing on the way changes the register that was called through: it has the value that the
 * call left in it. */
static bool untouched_since(const struct crash *c, const struct arch_insn *call, uint64_t return_pc,
			    const uint8_t *bytes, size_t size, uint64_t start, uint64_t pc)
{
	const struct arch_operand *op = call->operand_count ? &call->operands[0] : NULL;
	if (!op || op->kind != ARCH_OPERAND_REG || op->reg >= 64 || pc - start > size)
		return false;
	uint64_t at = return_pc;
	while (at < pc) {
		struct arch_insn insn;
		eng_process_arch(c->process)
			->decode(bytes + (at - start), size - (size_t)(at - start), at, &insn);
		if (insn.kind != ARCH_INSN_OTHER || insn.regs_written >> op->reg & 1)
			return false;
		at += insn.length;
	}
	return at == pc;
}

static bool try_suspect(struct search *s, const struct suspect *suspect, struct guess *ret)
{
	const struct crash *c = s->c;
	const struct arch *arch = eng_process_arch(c->process);
	const struct eng_frame *frame = &c->backtrace.frames[suspect->frame];
	uint64_t start;
	size_t size;
	const uint8_t *bytes = function_bytes(
		c, frame->unwind.exact_pc ? frame->unwind.pc.value : frame->unwind.pc.value - 1, &start,
		&size);
	if (!bytes)
		return false;
	struct arch_definition def;
	arch->last_definition(bytes, size, start, start, frame->unwind.pc.value, suspect->reg, &def);
	if (!def.in_step)
		return false;
	for (size_t i = def.call_count; i > 0; i--) {
		uint64_t return_pc = def.calls[i - 1];
		struct arch_insn insn;
		bool going_on = !frame->unwind.exact_pc && return_pc == frame->unwind.pc.value;
		if (going_on || !decode_call_before(c, return_pc, &insn) ||
		    !try_call(s, suspect, &frame->unwind.regs, &insn, return_pc, 0, ret))
			continue;
		/* The call pushed its return address; nothing has been called since if it still stands there. */
		uint64_t word;
		uint64_t sp = frame->unwind.regs.value[arch->sp];
		ret->return_pc = return_pc;
		ret->residue = suspect->frame == 0 &&
			       eng_view_read(&c->view, sp - 8, &word, sizeof word) == sizeof word &&
			       word == return_pc;
		if (ret->still && ret->residue)
			ret->exact = untouched_since(c, &insn, return_pc, bytes, size, start,
						     frame->unwind.pc.value);
		return true;
	}
	return false;
}

/* Registers whose value the fault came from: those of the faulting operand, then any in the inner frames that points at the faulting address. */
static size_t find_suspects(const struct crash *c, struct suspect *ret, size_t limit)
{
	const struct arch *arch = eng_process_arch(c->process);
	uint64_t saved = arch->callee_saved[ARCH_CC_SYSV];
	size_t count = 0;
	if (c->operand) {
		const uint16_t regs[] = { c->operand->base, c->operand->index };
		for (size_t i = 0; i < 2; i++)
			if (regs[i] < ARCH_REG_LIMIT && (saved >> regs[i] & 1) && count < limit)
				ret[count++] = (struct suspect){ 0, regs[i], true };
	}
	for (size_t f = 0; f < c->backtrace.count && f < FRAMES_LOOKED_AT; f++) {
		const struct eng_frame *frame = &c->backtrace.frames[f];
		if (frame->code.kind != UNWIND_CODE_NATIVE)
			break;
		for (unsigned r = 0; r < ARCH_REG_LIMIT && count < limit; r++) {
			if (!(saved >> r & 1) || !arch_reg_known(&frame->unwind.regs, r))
				continue;
			uint64_t value = frame->unwind.regs.value[r];
			bool near = c->has_address && c->address - value < NEAR;
			/* A panic has no address: only a value that JIT code is known to leave counts (value_told), so it must tell. */
			if (near || (!c->is_fault && value >= TELLING))
				ret[count++] = (struct suspect){ f, r, false };
		}
	}
	return count;
}

static void say(const struct crash *c, const struct suspect *suspect, const struct guess *guess,
		struct finding *f)
{
	const struct arch_reg *reg = arch_reg_by_dwarf(eng_process_arch(c->process), suspect->reg);
	const char *name = reg ? reg->name : "?";
	const struct eng_frame *frame = &c->backtrace.frames[suspect->frame];
	const struct arch_clobber_detail *d = &guess->code->report.detail[suspect->reg];
	uint64_t value = frame->unwind.regs.value[suspect->reg];
	struct str native = crash_frame_name(c, frame);
	struct report_verdict *v = &f->verdict;
	bool told = value_told(suspect, guess->code, value);
	bool always = guess->code->report.always >> suspect->reg & 1;
	/* Which code is called does not say that it was (there may be branches): the return address does, or the value. */
	bool every_step = suspect->operand && ((guess->exact && guess->residue && always) ||
					       (told && (guess->exact || guess->residue)));
	f->found = true;
	v->kind = REPORT_CALLEE_SAVED_CLOBBERED;
	v->confidence = every_step ? REPORT_PROVEN : REPORT_LIKELY;
	v->summary = crash_printf(
		c,
		"The JIT code `%.*s` changed %s and did not restore it; `%.*s` kept a value in %s over the call and used what it found there.",
		STR_ARG(guess->code->name), name, STR_ARG(native), name);
	v->hint = crash_printf(
		c,
		"Save %s at the start of `%.*s` and restore it before every return (the System V ABI lets a function change rax, rcx, rdx, rsi, rdi and "
		"r8 to r11 only), or use one of those instead.",
		name, STR_ARG(guess->code->name));
	finding_guilty(c, f, guess->code->name);
	finding_evidence(
		c, f, true,
		"`%.*s` writes %s at 0x%llx and returns at 0x%llx without the value that %s had on entry%s.",
		STR_ARG(guess->code->name), name, (unsigned long long)d->write_pc,
		(unsigned long long)d->return_pc, name,
		always ? "; so does every path through it" : ", on one of its paths");
	if (told)
		finding_evidence(c, f, true,
				 "It leaves 0x%llx in %s, and that is the value of %s in frame %zu now.",
				 (unsigned long long)d->imm, name, name,
				 crash_frame_number(c, suspect->frame));
	finding_evidence(
		c, f, guess->exact || guess->residue,
		"`%.*s` called it%s; the call returns to 0x%llx, after %s was set and before it was used.",
		STR_ARG(native),
		guess->exact && guess->still
			? " last of all (its address is still in the register of the call, the return address under the stack pointer)"
		: guess->exact   ? ""
		: guess->residue ? " last of all (the return address still stands under the stack pointer)"
		: guess->still   ? " (its address is still where the call took it from)"
				 : " or something that calls it",
		(unsigned long long)guess->return_pc, name);
	if (!guess->exact && !every_step)
		finding_evidence(
			c, f, false,
			"That this call reached `%.*s` is not seen any more; it is JIT code here that breaks %s.",
			STR_ARG(guess->code->name), name);
	else if (!every_step && !guess->residue && !told)
		finding_evidence(c, f, false,
				 "That this call was made on the way to the fault is not seen.");
	else if (!every_step && !always && !told)
		finding_evidence(c, f, false,
				 "That the path was taken on which it breaks %s is not seen.", name);
	if (suspect->operand)
		finding_evidence(c, f, true, "The faulting instruction makes its address from %s = 0x%llx.",
				 name, (unsigned long long)value);
	else if (c->has_address)
		finding_evidence(c, f, false,
				 "%s = 0x%llx of that frame points at the faulting address 0x%llx.",
				 name, (unsigned long long)value, (unsigned long long)c->address);
	else
		finding_evidence(c, f, false, "The panic followed while %s = 0x%llx was in use.", name,
				 (unsigned long long)value);
}

void diagnose_callee_saved(const struct crash *c, struct finding *f)
{
	struct suspect suspects[32];
	struct search s = { .c = c };
	if (!c->backtrace.count || (!c->is_fault && !c->panic))
		return;
	s.bytes = xmalloc(FUNCTION_MAX);
	find_code(&s);
	free(s.bytes);
	if (!s.code_count) {
		if (s.left_out)
			finding_ruled_out(
				c, f,
				"callee-saved registers: %zu pieces of JIT code keep them; %zu more were not looked at (limit %d MiB)",
				s.kept, s.left_out, ALL_CODE_MAX >> 20);
		else if (s.kept)
			finding_ruled_out(
				c, f,
				"callee-saved registers: %s %zu piece%s of JIT code in this process %s them",
				s.kept == 1 ? "the" : "all", s.kept, s.kept == 1 ? "" : "s",
				s.kept == 1 ? "keeps" : "keep");
		return;
	}
	size_t count = find_suspects(c, suspects, sizeof suspects / sizeof *suspects);
	for (size_t i = 0; i < count; i++) {
		struct guess guess;
		if (try_suspect(&s, &suspects[i], &guess)) {
			say(c, &suspects[i], &guess, f);
			return;
		}
	}
	finding_ruled_out(
		c, f,
		"callee-saved registers: `%.*s` does not keep them all, but nothing shows that the fault came from one",
		STR_ARG(s.codes[0].name));
}
