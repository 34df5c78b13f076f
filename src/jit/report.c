#include "jit/report.h"

#include "jit/triage.h"

#include <stdlib.h>

const char *report_verdict_name(enum report_verdict_kind kind)
{
	static const char *const names[] = {
		[REPORT_NONE] = "none",
		[REPORT_STRUCT_RETURN_MISMATCH] = "struct-return-mismatch",
		[REPORT_CALLEE_SAVED_CLOBBERED] = "callee-saved-clobbered",
		[REPORT_FREED_CODE] = "freed-code",
		[REPORT_NULL_POINTER] = "null-pointer",
		[REPORT_STACK_OVERFLOW] = "stack-overflow",
		[REPORT_RUST_PANIC] = "rust-panic",
		[REPORT_JIT_TRAP] = "jit-trap",
		[REPORT_ARGUMENT_MISMATCH] = "argument-mismatch",
		[REPORT_CONVENTION_MISMATCH] = "convention-mismatch",
		[REPORT_STACK_MISALIGNED] = "stack-misaligned",
		[REPORT_NOT_EXECUTABLE] = "not-executable",
		[REPORT_INVALID_VALUE] = "invalid-value",
	};
	return names[kind];
}

void report_destroy(struct report *report)
{
	if (!report)
		return;
	arena_deinit(&report->arena);
	free(report);
}
