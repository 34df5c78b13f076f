/* What happened, in words: from the signal, siginfo, the faulting instruction's operands and the memory map. */
#include "jit/crash.h"
#include "jit/diagnosis/diagnosis.h"

/* si_code values (asm-generic/siginfo.h, arch/x86 for SI_KERNEL of general-protection faults). */
enum { SI_CODE_KERNEL = 0x80, SEGV_CODE_MAPERR = 1, SEGV_CODE_ACCERR = 2, FPE_CODE_INTDIV = 1 };

static bool operand_access(const struct crash *c, const struct arch_operand *op, uint64_t *ret)
{
	return op->kind == ARCH_OPERAND_MEM && (op->read || op->write) &&
	       arch_operand_address(op, &c->view.regs,
				    c->view.regs.value[eng_process_arch(c->process)->pc] + c->insn.length,
				    ret);
}

/* The operand whose access the CPU refused. With si_addr the one that holds it; without (general protection: address 0) the one that is
 * not canonical or not aligned. */
static void find_operand(struct crash *c)
{
	const struct arch *arch = eng_process_arch(c->process);
	for (size_t i = 0; i < c->insn.operand_count; i++) {
		const struct arch_operand *op = &c->insn.operands[i];
		uint64_t address;
		if (!operand_access(c, op, &address))
			continue;
		uint64_t size = op->bits ? (op->bits + 7) / 8 : 1;
		bool is_it;
		if (c->has_address)
			is_it = c->address - address < size ||
				(address - c->address < 8 && c->insn.kind == ARCH_INSN_PUSH);
		else
			is_it = !arch->canonical(address) ||
				(c->insn.needs_alignment && address % size != 0);
		if (!is_it)
			continue;
		c->operand = op;
		c->access = op->write && !op->read ? CRASH_ACCESS_WRITE : CRASH_ACCESS_READ;
		if (op->write && op->read) {
			/* Read-modify-write: it failed at the read unless the page can be read. */
			const struct target_mapping *m = eng_mapping_at(c->process, address);
			c->access = m && (m->flags & TARGET_READ) ? CRASH_ACCESS_WRITE : CRASH_ACCESS_READ;
		}
		if (!c->has_address) {
			c->has_address = true;
			c->address = address;
		}
		return;
	}
}

void crash_read_fault(struct crash *c)
{
	const struct arch *arch = eng_process_arch(c->process);
	if (!c->is_fault)
		return;
	uint64_t pc = c->view.regs.value[arch->pc];
	bool memory_fault = c->siginfo.signal == TARGET_SIGSEGV || c->siginfo.signal == TARGET_SIGBUS;
	if (memory_fault && c->siginfo.has_addr && c->siginfo.code != SI_CODE_KERNEL) {
		c->has_address = true;
		c->address = c->siginfo.addr;
	}
	const struct target_mapping *mapping = eng_mapping_at(c->process, pc);
	if (memory_fault && ((c->has_address && c->address == pc) || !arch->canonical(pc)) &&
	    !(mapping && (mapping->flags & TARGET_EXEC) && c->siginfo.code == SEGV_CODE_MAPERR)) {
		c->access = CRASH_ACCESS_EXECUTE;
		c->has_address = true;
		c->address = pc;
		return;
	}
	uint8_t bytes[ARCH_INSN_MAX];
	size_t have = eng_view_read(&c->view, pc, bytes, sizeof bytes);
	if (!have)
		return;
	arch->decode(bytes, have, pc, &c->insn);
	if (memory_fault)
		find_operand(c);
}

static const char *access_verb(enum crash_access access)
{
	switch (access) {
	case CRASH_ACCESS_WRITE:
		return "writing";
	case CRASH_ACCESS_EXECUTE:
		return "executing";
	default:
		return "reading";
	}
}

static const char *access_kind(enum crash_access access)
{
	return access == CRASH_ACCESS_WRITE     ? "write"
	       : access == CRASH_ACCESS_EXECUTE ? "execute"
						: "read";
}

/* "[rax + rcx*8 + 0x10]; rax = 0x12, rcx = 0" */
static struct str operand_text(const struct crash *c)
{
	const struct arch *arch = eng_process_arch(c->process);
	const struct arch_operand *op = c->operand;
	struct buf text = { 0 }, values = { 0 };
	buf_char(&text, '[');
	const uint16_t regs[] = { op->segment, op->base, op->index };
	const char *join = "";
	for (size_t i = 0; i < 3; i++) {
		if (regs[i] == ARCH_REG_NONE)
			continue;
		const struct arch_reg *reg = arch_reg_by_dwarf(arch, regs[i]);
		const char *name = reg ? reg->name : "?";
		buf_printf(&text, "%s%s", join, name);
		if (i == 2 && op->scale > 1)
			buf_printf(&text, "*%u", op->scale);
		join = i == 0 ? ":" : " + ";
		if (arch_reg_known(&c->view.regs, regs[i]))
			buf_printf(&values, "%s%s = 0x%llx", values.len ? ", " : "", name,
				   (unsigned long long)c->view.regs.value[regs[i]]);
	}
	if (op->disp || (op->base == ARCH_REG_NONE && op->index == ARCH_REG_NONE))
		buf_printf(&text, "%s0x%llx",
			   text.len == 1  ? ""
			   : op->disp < 0 ? " - "
					  : " + ",
			   (unsigned long long)(op->disp < 0 ? -(uint64_t)op->disp : (uint64_t)op->disp));
	buf_char(&text, ']');
	if (values.len)
		buf_printf(&text, "; %s", values.data);
	struct str out = arena_str(&c->report->arena, buf_view(&text));
	buf_deinit(&text);
	buf_deinit(&values);
	return out;
}

static struct str permissions(const struct target_mapping *m, struct arena *arena)
{
	return arena_printf(arena, "%c%c%c", m->flags & TARGET_READ ? 'r' : '-',
			    m->flags & TARGET_WRITE ? 'w' : '-', m->flags & TARGET_EXEC ? 'x' : '-');
}

static struct str address_meaning(const struct crash *c)
{
	struct arena *arena = &c->report->arena;
	const struct arch *arch = eng_process_arch(c->process);
	uint64_t a = c->address;
	if (!arch->canonical(a))
		return STR_LIT("not a canonical address");
	if (a >> 63)
		return STR_LIT("in the kernel's half of the address space");
	/* The kernel looked at the page when it was touched; the map may have changed since. */
	bool unmapped_then = c->siginfo.signal == TARGET_SIGSEGV && c->siginfo.code == SEGV_CODE_MAPERR;
	const struct target_mapping *m = eng_mapping_at(c->process, a);
	bool freed = false;
	const struct jit_function *function = crash_jit_function(c, a, &freed);
	if (function && freed)
		return arena_printf(arena, "in the freed JIT function `%.*s`", STR_ARG(function->name));
	if (!m || unmapped_then) {
		if (a == 0)
			return STR_LIT("null, unmapped");
		if (a < 0x10000)
			return arena_printf(arena, "unmapped, %llu bytes above null",
					    (unsigned long long)a);
		return STR_LIT("unmapped");
	}
	struct str rights = permissions(m, arena);
	if (m->name.len)
		return arena_printf(arena, "in %.*s, mapped %.*s", STR_ARG(m->name), STR_ARG(rights));
	return arena_printf(arena, "in memory mapped %.*s", STR_ARG(rights));
}

static void describe_memory(const struct crash *c, struct report_fault *f)
{
	struct arena *arena = &c->report->arena;
	const struct arch *arch = eng_process_arch(c->process);
	f->kind = str_from(access_kind(c->access));
	if (!c->has_address) {
		f->description = arena_printf(
			arena, "A memory access failed in `%s`; the CPU does not say at which address.",
			c->insn.length ? c->insn.mnemonic : "an instruction that cannot be read");
		return;
	}
	f->has_address = true;
	f->address = c->address;
	f->size = c->operand ? (uint32_t)(c->operand->bits + 7) / 8 : 0;
	f->address_meaning = address_meaning(c);
	if (c->operand)
		f->operand = operand_text(c);
	struct str size = f->size ? arena_printf(arena, "%u byte%s at ", f->size, f->size == 1 ? "" : "s")
				  : STR_EMPTY;
	const char *verb = access_verb(c->access);
	unsigned long long a = c->address;
	const struct target_mapping *m = eng_mapping_at(c->process, c->address);
	if (!arch->canonical(c->address)) {
		f->kind = STR_LIT("non-canonical");
		f->description = arena_printf(
			arena, "%s %.*s0x%llx, which is no canonical address: no pointer looks like that.",
			verb, STR_ARG(size), a);
	} else if (c->siginfo.code == SI_CODE_KERNEL && c->insn.needs_alignment && c->operand) {
		f->kind = STR_LIT("alignment");
		f->description = arena_printf(
			arena, "%s %.*s0x%llx with `%s`, which needs an address that is a multiple of %u.",
			verb, STR_ARG(size), a, c->insn.mnemonic, f->size);
	} else if (c->siginfo.signal == TARGET_SIGBUS) {
		f->description = arena_printf(
			arena,
			"%s %.*s0x%llx failed: the page is mapped, but what should be behind it is not there "
			"(a file that was truncated, or no memory).",
			verb, STR_ARG(size), a);
	} else if (c->siginfo.code == SEGV_CODE_MAPERR || !m) {
		f->description = arena_printf(arena, "%s %.*s0x%llx, where nothing is mapped.", verb,
					      STR_ARG(size), a);
	} else {
		const char *may = c->access == CRASH_ACCESS_WRITE     ? "written"
				  : c->access == CRASH_ACCESS_EXECUTE ? "executed"
								      : "read";
		f->description =
			arena_printf(arena, "%s %.*s0x%llx, which is mapped %.*s and may not be %s.",
				     verb, STR_ARG(size), a, STR_ARG(permissions(m, arena)), may);
	}
	char *first = (char *)f->description.ptr;
	*first = (char)(*first - 'a' + 'A');
}

static struct str trap_text(const struct crash *c)
{
	bool freed;
	uint64_t pc = c->view.regs.value[eng_process_arch(c->process)->pc];
	const struct jit_function *function = crash_jit_function(c, pc, &freed);
	if (!function)
		return STR_EMPTY;
	for (size_t i = 0; i < function->trap_count; i++)
		if (function->start + function->traps[i].offset == pc)
			return arena_printf(&c->report->arena, "Cranelift trap %u (%s)",
					    function->traps[i].code, function->traps[i].name);
	return STR_EMPTY;
}

/* The divisor, where the instruction's operand can be read: div and idiv name it alone. */
static bool read_divisor(const struct crash *c, uint64_t *ret)
{
	for (size_t i = 0; i < c->insn.operand_count; i++) {
		const struct arch_operand *op = &c->insn.operands[i];
		uint64_t mask = op->bits >= 64 ? UINT64_MAX : (UINT64_C(1) << op->bits) - 1;
		uint64_t address;
		uint64_t value = 0;
		if (!op->visible)
			continue;
		if (op->kind == ARCH_OPERAND_REG && arch_reg_known(&c->view.regs, op->reg)) {
			*ret = c->view.regs.value[op->reg] >> (op->high_byte ? 8 : 0) & mask;
			return true;
		}
		if (operand_access(c, op, &address) && op->bits <= 64 &&
		    eng_view_read(&c->view, address, &value, (op->bits + 7) / 8) == (op->bits + 7U) / 8) {
			*ret = value & mask;
			return true;
		}
	}
	return false;
}

static const char *division_text(const struct crash *c)
{
	uint64_t divisor;
	if (c->siginfo.code != FPE_CODE_INTDIV)
		return "An arithmetic exception";
	if (c->insn.kind != ARCH_INSN_DIVIDE || !read_divisor(c, &divisor))
		return "Integer division by zero, or a quotient that does not fit,";
	return divisor == 0 ? "Integer division by zero"
			    : "Integer division whose quotient does not fit its type";
}

static void describe_fault(const struct crash *c, struct report_fault *f)
{
	struct arena *arena = &c->report->arena;
	struct str trap = trap_text(c);
	switch (c->siginfo.signal) {
	case TARGET_SIGSEGV:
	case TARGET_SIGBUS:
		if (c->insn.privileged) {
			f->kind = STR_LIT("illegal-instruction");
			f->description = arena_printf(
				arena, "Executing `%s`, which is not allowed outside the kernel.",
				c->insn.mnemonic);
			return;
		}
		describe_memory(c, f);
		return;
	case TARGET_SIGFPE:
		f->kind = STR_LIT("divide");
		f->description = arena_printf(arena, "%s in `%s`%s%.*s.", division_text(c),
					      c->insn.length ? c->insn.mnemonic : "?",
					      trap.len ? ": " : "", STR_ARG(trap));
		return;
	case TARGET_SIGILL:
		if (c->insn.kind == ARCH_INSN_TRAP) {
			f->kind = STR_LIT("trap");
			f->description =
				trap.len ? arena_printf(arena,
							"%.*s: the code reached its trap instruction `%s`.",
							STR_ARG(trap), c->insn.mnemonic)
					 : arena_printf(arena,
							"The code reached the trap instruction `%s`.",
							c->insn.mnemonic);
		} else {
			f->kind = STR_LIT("illegal-instruction");
			f->description = STR_LIT("Executing bytes that are no instruction of this CPU.");
		}
		return;
	default:
		f->kind = STR_LIT("trap");
		f->description = arena_printf(arena, "The code raised %s by itself.",
					      target_signal_name(c->siginfo.signal));
		return;
	}
}

void crash_describe_fault(const struct crash *c)
{
	struct report *r = c->report;
	struct report_fault *f = &r->fault;
	struct arena *arena = &r->arena;
	if (c->panic) {
		f->kind = STR_LIT("panic");
		f->description =
			c->panic->has_message
				? arena_printf(arena, "The Rust code panicked: %.*s",
					       STR_ARG(c->panic->message))
				: STR_LIT("The Rust code panicked (its payload is no text, or could not be read).");
		return;
	}
	if (c->is_fault) {
		f->is_fault = true;
		describe_fault(c, f);
		return;
	}
	int signal = c->siginfo.signal;
	if (signal == TARGET_SIGABRT &&
	    (!c->siginfo.has_sender || c->siginfo.sender_pid == eng_process_pid(c->process))) {
		f->kind = STR_LIT("abort");
		f->description = STR_LIT("The program called abort().");
	} else if (signal) {
		f->kind = STR_LIT("signal");
		if (r->signal_sender.len)
			f->description = arena_printf(
				arena, "%s (%s) was sent by %.*s.", target_signal_name(signal),
				target_signal_description(signal), STR_ARG(r->signal_sender));
		else if (c->siginfo.has_sender && c->siginfo.sender_pid == eng_process_pid(c->process))
			f->description = arena_printf(arena, "%s (%s) was raised by the process itself.",
						      target_signal_name(signal),
						      target_signal_description(signal));
		else
			f->description = arena_printf(arena, "%s (%s) came from outside.",
						      target_signal_name(signal),
						      target_signal_description(signal));
	}
}
