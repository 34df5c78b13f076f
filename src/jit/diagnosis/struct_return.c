/* struct-return-mismatch: JIT code calls a native function that returns a big value through a hidden pointer (System V psABI 3.2.3,
 * class MEMORY), while the signature declared to Cranelift has no such pointer: every argument arrives one place further on. And the
 * reverse: a declared pointer that the function does not take. */
#include "jit/diagnosis/diagnosis.h"

/* A native function called from JIT code, both on the stack now. */
struct boundary {
	size_t frame; /* of the native function; frame + 1 is the JIT one */
	const struct jit_function *caller;
	const struct jit_reloc *reloc; /* how the caller names it */
	const struct sym_function *callee;
	struct str callee_name;
	struct arch_call expected; /* where the callee looks for its arguments */
	struct arch_call declared; /* where the caller put them */
	const struct sym_type *result;
};

/* The relocation by which the caller reached the callee: the one whose address went into the call that returns to `return_pc`, else the
 * only one that leads to the callee's entry. */
static const struct jit_reloc *reloc_of_call(const struct crash *c, const struct jit_function *caller,
					     uint64_t callee_entry, uint64_t return_pc)
{
	const struct arch *arch = eng_process_arch(c->process);
	const struct jit_reloc *in_reg[ARCH_REG_LIMIT] = { NULL };
	size_t size = (size_t)(return_pc - caller->start);
	uint8_t *code = arena_alloc(&c->report->arena, size + 1);
	bool from_history;
	if (return_pc <= caller->start || return_pc > caller->end ||
	    crash_code(c, caller->start, code, size, &from_history) != size)
		return NULL;
	const struct jit_reloc *last = NULL;
	for (size_t pos = 0; pos < size;) {
		struct arch_insn insn;
		arch->decode(code + pos, size - pos, caller->start + pos, &insn);
		const struct jit_reloc *here = NULL;
		for (size_t i = 0; i < caller->reloc_count; i++)
			if (caller->relocs[i].offset >= pos && caller->relocs[i].offset < pos + insn.length)
				here = &caller->relocs[i];
		uint16_t reg = insn.operand_count && insn.operands[0].kind == ARCH_OPERAND_REG
				       ? insn.operands[0].reg
				       : ARCH_REG_NONE;
		if (insn.kind == ARCH_INSN_CALL && pos + insn.length == size)
			last = here ? here : reg < ARCH_REG_LIMIT ? in_reg[reg] : NULL;
		for (unsigned r = 0; r < 16 && insn.kind != ARCH_INSN_CALL; r++)
			if (insn.regs_written >> r & 1)
				in_reg[r] = NULL;
		if (here && reg < ARCH_REG_LIMIT && insn.kind == ARCH_INSN_OTHER)
			in_reg[reg] = here;
		pos += insn.length;
	}
	if (last)
		return last->target == callee_entry ? last : NULL;
	for (size_t i = 0; i < caller->reloc_count; i++) {
		if (!caller->relocs[i].is_function || caller->relocs[i].target != callee_entry)
			continue;
		if (last)
			return NULL; /* declared more than once */
		last = &caller->relocs[i];
	}
	return last;
}

static bool boundary_at(const struct crash *c, size_t i, struct boundary *ret)
{
	const struct eng_frame *native = &c->backtrace.frames[i];
	const struct eng_frame *jit = &c->backtrace.frames[i + 1];
	if (native->code.kind != UNWIND_CODE_NATIVE || jit->code.kind != UNWIND_CODE_JIT ||
	    jit->unwind.exact_pc)
		return false;
	bool freed;
	*ret = (struct boundary){ .frame = i,
				  .callee = crash_frame_function(native),
				  .caller = crash_jit_function(c, jit->unwind.pc.value - 1, &freed) };
	if (!ret->callee || !ret->caller)
		return false;
	struct sym_function_info info;
	sym_function_describe(ret->callee, &info);
	ret->callee_name = info.name;
	ret->reloc = reloc_of_call(c, ret->caller, info.entry.value + native->code.bias,
				   jit->unwind.pc.value);
	if (!ret->reloc || !ret->reloc->signature.known)
		return false;
	ret->result = sym_function_result(ret->callee);
	return sym_function_call_as(ret->callee, ARCH_CC_SYSV, &ret->expected) &&
	       jit_signature_call(&ret->reloc->signature, eng_process_arch(c->process), &ret->declared);
}

static bool declares_pointer(const struct jit_signature *s)
{
	for (size_t i = 0; i < s->param_count; i++)
		if (s->params[i].purpose == JIT_PURPOSE_STRUCT_RETURN)
			return true;
	return false;
}

/* Integer places that a call uses up, the hidden pointer not counted: to tell a pointer that was declared as an ordinary first argument. */
static size_t integer_words(const struct arch_call *call)
{
	size_t n = 0;
	for (size_t i = 0; i < call->arg_count; i++) {
		const struct arch_place *p = &call->args[i];
		if (p->kind == ARCH_PLACE_STACK || p->kind == ARCH_PLACE_POINTER)
			n++;
		for (size_t k = 0; p->kind == ARCH_PLACE_REGS && k < p->reg_count; k++)
			n += p->regs[k] < ARCH_XMM0;
	}
	return n;
}

static struct str place_text(const struct crash *c, const struct arch_place *p)
{
	const struct arch *arch = eng_process_arch(c->process);
	if (p->kind == ARCH_PLACE_STACK)
		return crash_printf(c, "[rsp+%u]", p->stack_offset);
	if (!p->reg_count)
		return STR_LIT("nowhere");
	struct buf text = { 0 };
	for (size_t i = 0; i < p->reg_count; i++) {
		const struct arch_reg *reg = arch_reg_by_dwarf(arch, p->regs[i]);
		buf_printf(&text, "%s%s", i ? ":" : "", reg ? reg->name : "?");
	}
	struct str out = arena_str(&c->report->arena, buf_view(&text));
	buf_deinit(&text);
	return out;
}

static bool same_place(const struct arch_place *a, const struct arch_place *b)
{
	if (a->kind == ARCH_PLACE_STACK || b->kind == ARCH_PLACE_STACK)
		return a->kind == b->kind && a->stack_offset == b->stack_offset;
	return a->reg_count && b->reg_count && a->regs[0] == b->regs[0];
}

/* The value that the callee has for a parameter, from the report's own frame. */
static struct str value_of(const struct crash *c, const struct boundary *b, struct str name)
{
	const struct report_backtrace *bt = &c->report->backtrace;
	uint64_t pc = c->backtrace.frames[b->frame].unwind.pc.value;
	for (size_t i = 0; i < bt->count; i++) {
		const struct report_frame *frame = &bt->frames[i];
		if (frame->pc != pc || frame->inlined)
			continue;
		for (size_t k = 0; k < frame->argument_count; k++)
			if (str_eq(frame->arguments[k].name, name))
				return frame->arguments[k].value;
	}
	return STR_EMPTY;
}

/* Argument by argument: where the JIT code put it, and as what the function took it. */
static void say_arguments(const struct crash *c, const struct boundary *b, struct finding *f)
{
	const struct sym_variable *const *params;
	size_t count = sym_function_params(b->callee, &params);
	for (size_t i = 0; i < b->declared.arg_count; i++) {
		const struct arch_place *put = &b->declared.args[i];
		struct str place = place_text(c, put);
		const char *type = b->reloc->signature.params[i].type;
		if (b->expected.hidden_return && same_place(put, &b->expected.hidden)) {
			finding_evidence(
				c, f, true,
				"Argument %zu of the call (%s) is in %.*s, where `%.*s` expects the hidden pointer to its result.",
				i + 1, type, STR_ARG(place), STR_ARG(b->callee_name));
			continue;
		}
		for (size_t k = 0; k < b->expected.arg_count && k < count; k++) {
			if (!same_place(put, &b->expected.args[k]))
				continue;
			struct str name = sym_variable_name(params[k]);
			struct str value = value_of(c, b, name);
			finding_evidence(
				c, f, true,
				"Argument %zu of the call (%s) is in %.*s, where `%.*s` takes it as `%.*s`, its parameter %zu%s%.*s.",
				i + 1, type, STR_ARG(place), STR_ARG(b->callee_name), STR_ARG(name),
				k + 1, value.len ? ": " : "", STR_ARG(value));
		}
	}
	for (size_t k = 0; k < b->expected.arg_count && k < count; k++) {
		bool given = false;
		for (size_t i = 0; i < b->declared.arg_count; i++)
			given |= same_place(&b->declared.args[i], &b->expected.args[k]);
		if (given || b->expected.args[k].kind == ARCH_PLACE_NONE)
			continue;
		struct str name = sym_variable_name(params[k]);
		struct str value = value_of(c, b, name);
		finding_evidence(
			c, f, true,
			"Parameter `%.*s` of `%.*s` is read from %.*s, which the call does not set%s%.*s.",
			STR_ARG(name), STR_ARG(b->callee_name),
			STR_ARG(place_text(c, &b->expected.args[k])), value.len ? ": " : "",
			STR_ARG(value));
	}
}

static const struct report_frame *report_frame_of(const struct crash *c, const struct boundary *b)
{
	const struct report_backtrace *bt = &c->report->backtrace;
	size_t number = crash_frame_number(c, b->frame);
	for (size_t i = 0; i < bt->count; i++)
		if (bt->frames[i].number == number)
			return &bt->frames[i];
	return NULL;
}

/* Does the fault follow from the arguments? It does in the function itself and in the library below it; in another function of the program's
 * own only when that one got a value which arrived here. */
static bool is_tied(const struct crash *c, const struct boundary *b)
{
	const struct report_frame *here = report_frame_of(c, b);
	bool between = false;
	for (const struct report_frame *f = c->report->backtrace.frames; here && f < here; f++) {
		/* Inlined callees of the function itself are no other function's frames. */
		between |= !f->library && f->kind == REPORT_FRAME_NATIVE && f->pc != here->pc;
		for (size_t i = 0; i < f->argument_count; i++)
			for (size_t k = 0; k < here->argument_count; k++) {
				struct str value = f->arguments[i].value;
				if (value.len > 2 && value.ptr[0] != '<' &&
				    str_eq(value, here->arguments[k].value))
					return true;
			}
	}
	return !between;
}

static void say(const struct crash *c, const struct boundary *b, bool missing, bool sure, struct finding *f)
{
	struct arena *arena = &c->report->arena;
	struct str jit_name = b->caller->name.len ? b->caller->name : STR_LIT("(unnamed JIT function)");
	struct str declared = jit_signature_text(&b->reloc->signature, arena);
	struct str prototype = sym_function_prototype(b->callee, arena);
	struct str result = b->result ? sym_type_name(b->result) : STR_LIT("nothing");
	uint64_t size = b->result ? sym_type_size(b->result) : 0;
	struct report_verdict *v = &f->verdict;
	f->found = true;
	v->kind = REPORT_STRUCT_RETURN_MISMATCH;
	v->confidence = sure ? REPORT_PROVEN : REPORT_LIKELY;
	if (missing) {
		v->summary = crash_printf(
			c,
			"The JIT function `%.*s` calls `%.*s` without the hidden pointer for its result: `%.*s` returns `%.*s` (%llu bytes) in "
			"memory, the signature declared to Cranelift has no pointer for it. All arguments arrive shifted by one.",
			STR_ARG(jit_name), STR_ARG(b->callee_name), STR_ARG(b->callee_name),
			STR_ARG(result), (unsigned long long)size);
		v->hint = crash_printf(
			c,
			"Declare `%.*s` with `AbiParam::special(types::I64, ArgumentPurpose::StructReturn)` as its first parameter and pass the address "
			"of a %llu-byte stack slot; or let it write through an ordinary pointer argument and return at most two words.",
			STR_ARG(b->callee_name), (unsigned long long)size);
	} else {
		v->summary = crash_printf(
			c,
			"The JIT function `%.*s` passes `%.*s` a hidden pointer for its result, but `%.*s` returns `%.*s` (%llu bytes) in registers. "
			"All arguments arrive shifted by one.",
			STR_ARG(jit_name), STR_ARG(b->callee_name), STR_ARG(b->callee_name),
			STR_ARG(result), (unsigned long long)size);
		v->hint = crash_printf(
			c,
			"Declare `%.*s` without the StructReturn parameter and with its result as ordinary returns.",
			STR_ARG(b->callee_name));
	}
	finding_guilty(c, f, jit_name);
	finding_guilty(c, f, b->callee_name);
	finding_evidence(c, f, true, "Declared to Cranelift: `%.*s` as `%.*s`.",
			 STR_ARG(b->reloc->name.len ? b->reloc->name : b->callee_name), STR_ARG(declared));
	finding_evidence(c, f, true, "Compiled by rustc: `%.*s`.", STR_ARG(prototype));
	if (missing)
		finding_evidence(
			c, f, true,
			"`%.*s` has %llu bytes, so the System V ABI returns it through a hidden pointer in %.*s.",
			STR_ARG(result), (unsigned long long)size,
			STR_ARG(place_text(c, &b->expected.hidden)));
	finding_evidence(
		c, f, !unwind_is_guess(c->backtrace.frames[b->frame + 1].unwind.how),
		"Frame %zu is that call: `%.*s` returns to `%.*s`+0x%llx, and the call's relocation leads to it.",
		crash_frame_number(c, b->frame), STR_ARG(b->callee_name), STR_ARG(jit_name),
		(unsigned long long)(c->backtrace.frames[b->frame + 1].unwind.pc.value - b->caller->start));
	say_arguments(c, b, f);
	if (!is_tied(c, b)) {
		v->confidence = REPORT_LIKELY;
		finding_evidence(
			c, f, false,
			"The fault is in a function further in, whose arguments are none of these: it may have another cause.");
	}
}

void diagnose_struct_return(const struct crash *c, struct finding *f)
{
	size_t looked_at = 0;
	size_t boundaries = 0;
	bool sure = true; /* a return address that was guessed may be of a call that is long over */
	for (size_t i = 0; i + 1 < c->backtrace.count; i++) {
		const struct eng_frame *frame = &c->backtrace.frames[i];
		sure = sure && !unwind_is_guess(c->backtrace.frames[i + 1].unwind.how);
		boundaries += frame->code.kind == UNWIND_CODE_NATIVE &&
			      c->backtrace.frames[i + 1].code.kind == UNWIND_CODE_JIT;
		struct boundary b;
		if (!boundary_at(c, i, &b))
			continue;
		looked_at++;
		bool pointer = declares_pointer(&b.reloc->signature);
		/* A pointer declared, or taken, as an ordinary first argument is the same to the ABI. */
		bool one_more = integer_words(&b.declared) > integer_words(&b.expected);
		if (b.expected.hidden_return && !pointer && !one_more) {
			say(c, &b, true, sure, f);
			return;
		}
		if (!b.expected.hidden_return && pointer && one_more) {
			say(c, &b, false, sure, f);
			return;
		}
	}
	if (looked_at)
		finding_ruled_out(
			c, f, "struct return: the %s from JIT to native code on this stack %s as declared",
			looked_at == 1 ? "call" : "calls",
			looked_at == 1 ? "returns its result" : "return their results");
	else if (boundaries)
		finding_ruled_out(
			c, f,
			"struct return: not checked, the declared signature of the call from JIT code is not known");
}
