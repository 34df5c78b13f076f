/* The diagnosis: a list of rules, one file each. A rule looks at the crash and either finds a cause, with its evidence, or says in one line what it
 * looked at and why that was not it. No rule prints, and none stops another. */
#pragma once

#include "jit/crash.h"

struct finding {
	bool found;
	struct report_verdict verdict; /* found */
	struct str ruled_out; /* not found: "freed code: no code was freed in this process"; empty: does not apply */
};

typedef void diagnosis_rule(const struct crash *c, struct finding *ret);

diagnosis_rule diagnose_struct_return;
diagnosis_rule diagnose_callee_saved;
diagnosis_rule diagnose_freed_code;
diagnosis_rule diagnose_stack_overflow;
diagnosis_rule diagnose_jit_trap;
diagnosis_rule diagnose_null_pointer;
diagnosis_rule diagnose_rust_panic;

/* Runs all rules and puts the best finding (a fault of the boundary before its consequences) into the
 * report's verdict; `none` with all that was ruled out when nothing was found. */
void diagnose(const struct crash *c);

/* Help for rules: texts live in the report's arena. */
void finding_evidence(const struct crash *c, struct finding *f, bool observed, const char *format, ...)
	ERROR_PRINTF(4, 5);
void finding_guilty(const struct crash *c, struct finding *f, struct str name);
void finding_ruled_out(const struct crash *c, struct finding *f, const char *format, ...)
	ERROR_PRINTF(3, 4);
struct str crash_printf(const struct crash *c, const char *format, ...) ERROR_PRINTF(2, 3);
