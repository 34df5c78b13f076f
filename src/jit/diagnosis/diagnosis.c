#include "jit/diagnosis/diagnosis.h"

#include <stdio.h>

/* In the order in which they win among equals: a broken boundary explains the null pointer or panic that follows from it. */
static diagnosis_rule *const rules[] = {
	diagnose_freed_code, diagnose_struct_return, diagnose_callee_saved, diagnose_stack_overflow,
	diagnose_jit_trap,   diagnose_null_pointer,  diagnose_rust_panic,
};

enum { RULE_COUNT = sizeof rules / sizeof *rules, EVIDENCE_MAX = 24, GUILTY_MAX = 4 };

struct str crash_printf(const struct crash *c, const char *format, ...)
{
	va_list args;
	struct buf text = { 0 };
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	struct str out = arena_str(&c->report->arena, buf_view(&text));
	buf_deinit(&text);
	return out;
}

void finding_evidence(const struct crash *c, struct finding *f, bool observed, const char *format, ...)
{
	va_list args;
	struct buf text = { 0 };
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	struct report_verdict *v = &f->verdict;
	if (!v->evidence)
		v->evidence = ARENA_ARRAY(&c->report->arena, struct report_evidence, EVIDENCE_MAX);
	if (v->evidence_count < EVIDENCE_MAX)
		v->evidence[v->evidence_count++] =
			(struct report_evidence){ arena_str(&c->report->arena, buf_view(&text)), observed };
	buf_deinit(&text);
}

void finding_guilty(const struct crash *c, struct finding *f, struct str name)
{
	struct report_verdict *v = &f->verdict;
	if (!name.len)
		return;
	if (!v->guilty)
		v->guilty = ARENA_ARRAY(&c->report->arena, struct str, GUILTY_MAX);
	for (size_t i = 0; i < v->guilty_count; i++)
		if (str_eq(v->guilty[i], name))
			return;
	if (v->guilty_count < GUILTY_MAX)
		v->guilty[v->guilty_count++] = arena_str(&c->report->arena, name);
}

void finding_ruled_out(const struct crash *c, struct finding *f, const char *format, ...)
{
	va_list args;
	struct buf text = { 0 };
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	f->ruled_out = arena_str(&c->report->arena, buf_view(&text));
	buf_deinit(&text);
}

void diagnose(const struct crash *c)
{
	struct report_verdict best = { 0 };
	struct str *ruled_out = ARENA_ARRAY(&c->report->arena, struct str, RULE_COUNT);
	size_t ruled_out_count = 0;
	for (size_t i = 0; i < RULE_COUNT; i++) {
		struct finding f = { 0 };
		rules[i](c, &f);
		/* A rule further down the list is about a symptom: it wins only where nothing above it was found at all. */
		if (f.found && best.kind == REPORT_NONE)
			best = f.verdict;
		else if (!f.found && f.ruled_out.len)
			ruled_out[ruled_out_count++] = f.ruled_out;
	}
	best.ruled_out = ruled_out;
	best.ruled_out_count = ruled_out_count;
	if (best.kind == REPORT_NONE)
		best.summary = STR_LIT("No cause could be shown.");
	c->report->verdict = best;
}
