/* null-pointer: an access at or just above address 0, by the CPU or found first by a check of rustc's. */
#include "jit/diagnosis/diagnosis.h"

/* Nothing is mapped below (vm.mmap_min_addr's default). */
enum { NULL_PAGE_END = 0x10000, LIKELY_OFFSET = 4096 };

static bool names_null(const struct jit_panic *panic)
{
	return panic->has_message &&
	       str_starts(panic->message, STR_LIT("null pointer dereference occurred"));
}

static void guilty_user_frame(const struct crash *c, struct finding *f)
{
	size_t i = crash_user_frame(c);
	if (i < c->backtrace.count)
		finding_guilty(c, f, crash_frame_name(c, &c->backtrace.frames[i]));
}

static void from_panic(const struct crash *c, struct finding *f)
{
	struct report_verdict *v = &f->verdict;
	f->found = true;
	v->kind = REPORT_NULL_POINTER;
	v->confidence = REPORT_PROVEN;
	v->summary = crash_printf(
		c, "A null pointer was dereferenced at %.*s:%u; rustc's check found it before the CPU did.",
		STR_ARG(c->panic->file), c->panic->line);
	v->hint = STR_LIT(
		"Check the pointer with is_null(), or use Option<&T> or NonNull<T> so that null cannot get here.");
	finding_evidence(c, f, true, "The panic says: %.*s.", STR_ARG(c->panic->message));
	guilty_user_frame(c, f);
}

void diagnose_null_pointer(const struct crash *c, struct finding *f)
{
	if (c->panic && names_null(c->panic)) {
		from_panic(c, f);
		return;
	}
	if (!c->is_fault || (c->siginfo.signal != TARGET_SIGSEGV && c->siginfo.signal != TARGET_SIGBUS))
		return;
	if (!c->has_address || c->address >= NULL_PAGE_END) {
		if (c->has_address)
			finding_ruled_out(c, f, "null pointer: 0x%llx is not near address 0",
					  (unsigned long long)c->address);
		return;
	}
	/* The pointer itself: the base register; what is added to it is a field's offset or an index. */
	bool base_is_null = c->access == CRASH_ACCESS_EXECUTE ? c->address == 0 : false;
	const char *reg_name = NULL;
	uint64_t base = 0;
	if (c->operand) {
		uint16_t reg = c->operand->base != ARCH_REG_NONE ? c->operand->base : c->operand->index;
		const struct arch_reg *desc =
			reg == ARCH_REG_NONE ? NULL : arch_reg_by_dwarf(eng_process_arch(c->process), reg);
		if (desc && arch_reg_known(&c->view.regs, reg)) {
			reg_name = desc->name;
			base = c->view.regs.value[reg];
		}
		base_is_null = base == 0;
	}
	if (!base_is_null && c->address >= LIKELY_OFFSET) {
		finding_ruled_out(c, f,
				  "null pointer: 0x%llx is low, but no null pointer is in the operand",
				  (unsigned long long)c->address);
		return;
	}
	struct report_verdict *v = &f->verdict;
	f->found = true;
	v->kind = REPORT_NULL_POINTER;
	v->confidence = base_is_null ? REPORT_PROVEN : REPORT_LIKELY;
	guilty_user_frame(c, f);
	struct str where = v->guilty_count ? crash_printf(c, " in `%.*s`", STR_ARG(v->guilty[0]))
					   : STR_EMPTY;
	if (c->access == CRASH_ACCESS_EXECUTE) {
		v->summary =
			base_is_null
				? crash_printf(c, "A null function pointer was called%.*s.", STR_ARG(where))
				: crash_printf(c, "The small number 0x%llx was called as a function%.*s.",
					       (unsigned long long)c->address, STR_ARG(where));
		v->hint = STR_LIT(
			"Look at where the function pointer comes from: it was never set, or was not found.");
		finding_evidence(c, f, true, "The CPU was to execute address 0x%llx.",
				 (unsigned long long)c->address);
	} else {
		const char *verb = c->access == CRASH_ACCESS_WRITE ? "written through" : "read through";
		if (base_is_null && c->address)
			v->summary = crash_printf(
				c,
				"A null pointer was %s%.*s, %llu bytes from its start: a field or an element of something that is not there.",
				verb, STR_ARG(where), (unsigned long long)c->address);
		else if (base_is_null)
			v->summary = crash_printf(c, "A null pointer was %s%.*s.", verb, STR_ARG(where));
		else
			v->summary = crash_printf(
				c,
				"The small number 0x%llx was used as a pointer%.*s: a null pointer plus an offset, or a number in a pointer's place.",
				(unsigned long long)(reg_name ? base : c->address), STR_ARG(where));
		v->hint = STR_LIT("Look at where the pointer comes from, and check it for null there.");
		if (reg_name)
			finding_evidence(c, f, true, "The operand's pointer is in %s, which is 0x%llx.",
					 reg_name, (unsigned long long)base);
		finding_evidence(c, f, true,
				 "The access was to address 0x%llx, in the page that is never mapped.",
				 (unsigned long long)c->address);
	}
}
