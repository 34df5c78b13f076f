/* rust-panic: the program's own panic, and nothing of the boundary behind it. */
#include "jit/diagnosis/diagnosis.h"

void diagnose_rust_panic(const struct crash *c, struct finding *f)
{
	const struct jit_panic *p = c->panic;
	if (!p) {
		finding_ruled_out(c, f, "Rust panic: none was going on in this thread");
		return;
	}
	struct report_verdict *v = &f->verdict;
	f->found = true;
	v->kind = REPORT_RUST_PANIC;
	v->confidence = REPORT_PROVEN;
	struct str at = p->file.len
				? crash_printf(c, " at %.*s:%u:%u", STR_ARG(p->file), p->line, p->column)
				: STR_EMPTY;
	size_t user = crash_user_frame(c);
	struct str name = user < c->backtrace.count ? crash_frame_name(c, &c->backtrace.frames[user])
						    : STR_EMPTY;
	if (user < c->backtrace.count && c->backtrace.frames[user].chain_count) {
		/* The innermost of the program's own functions, inlined ones included. */
		const struct eng_frame *frame = &c->backtrace.frames[user];
		for (size_t i = 0; i < frame->chain_count; i++) {
			struct eng_frame alone = *frame;
			alone.chain = &frame->chain[i];
			alone.chain_count = 1;
			if (!crash_is_library_frame(&alone)) {
				name = frame->chain[i].info.name;
				break;
			}
		}
	}
	finding_guilty(c, f, name);
	struct str subject = name.len ? crash_printf(c, "`%.*s`", STR_ARG(name)) : STR_LIT("The program");
	v->summary = p->has_message
			     ? crash_printf(c, "%.*s panicked%.*s: %.*s", STR_ARG(subject), STR_ARG(at),
					    STR_ARG(p->message))
			     : crash_printf(c, "%.*s panicked%.*s.", STR_ARG(subject), STR_ARG(at));
	finding_evidence(c, f, true, "std began a panic%.*s in thread %u.", STR_ARG(at), p->thread);
	bool jit = false;
	for (size_t i = 0; i < c->backtrace.count; i++)
		jit |= c->backtrace.frames[i].code.kind == UNWIND_CODE_JIT ||
		       c->backtrace.frames[i].code.kind == UNWIND_CODE_ANON;
	if (c->siginfo.signal == TARGET_SIGABRT)
		finding_evidence(c, f, true, "The process was aborted because of it (SIGABRT)%s.",
				 !p->can_unwind ? ": this panic may not unwind" : "");
	else if (c->report->has_exit_code && c->tid == eng_process_pid(c->process))
		finding_evidence(c, f, true,
				 "It was in the main thread, and the process ended with exit code %d.",
				 c->report->exit_code);
	else if (c->report->has_exit_code)
		finding_evidence(c, f, true,
				 "The main thread ended the process with exit code %d afterwards.",
				 c->report->exit_code);
	if (jit && c->siginfo.signal == TARGET_SIGABRT)
		v->hint = STR_LIT(
			"Mend what the message says. A panic cannot unwind through JIT code: catch it with catch_unwind in the helper and "
			"return an error instead.");
	else
		v->hint = STR_LIT("Mend what the message says.");
}
