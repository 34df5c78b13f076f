/* freed-code: execution went to, or came back to, code whose memory was freed. */
#include "jit/diagnosis/diagnosis.h"

/* First frames of a recorded backtrace as "a, called by b, called by c", `limit` of them; own: those of the program alone, not of the crates that
 * it uses. */
static struct str who(const struct crash *c, const struct jit_history_event *event, size_t limit, bool own)
{
	struct buf text = { 0 };
	size_t shown = 0;
	for (size_t i = 0; i < event->pc_count && shown < limit; i++) {
		struct sym_chain_entry chain[SYM_MAX_INLINE];
		struct eng_module *module;
		size_t count = eng_chain_at(c->process, event->pcs[i], i == 0, chain, &module);
		for (size_t k = 0; k < count && shown < limit; k++) {
			struct eng_frame frame = { .module = module, .chain = &chain[k], .chain_count = 1 };
			frame.code.kind = UNWIND_CODE_NATIVE;
			if (crash_is_library_frame(&frame) ||
			    (own && str_contains(chain[k].line.file, STR_LIT("/registry/src/"))))
				continue;
			buf_printf(&text, "%s`%.*s`", shown ? ", called by " : "",
				   STR_ARG(chain[k].info.name));
			struct str line = crash_line_text(&c->report->arena, &chain[k].line);
			if (line.len)
				buf_printf(&text, " (%.*s)", STR_ARG(line));
			shown++;
		}
	}
	struct str out = arena_str(&c->report->arena, buf_view(&text));
	buf_deinit(&text);
	return out;
}

static const struct jit_history_event *freeing_event(const struct crash *c, uint64_t addr,
						     const struct jit_function *function)
{
	struct jit_history *history = jit_history_of(c->registry, c->process);
	if (!history)
		return NULL;
	const struct jit_history_event *events;
	size_t count = jit_history_events(history, &events);
	if (function && function->freed < count)
		return &events[function->freed];
	const struct jit_history_event *last = jit_history_last(history, addr);
	if (!last || (last->kind != JIT_HISTORY_FREED && last->kind != JIT_HISTORY_CHANGED &&
		      last->kind != JIT_HISTORY_GONE))
		return NULL;
	return last;
}

/* True when the memory at addr now holds other bytes than the freed function had: what is executed is something else. */
static bool bytes_differ(const struct crash *c, const struct jit_function *function)
{
	uint8_t now[64];
	size_t size = function->code_size < sizeof now ? function->code_size : sizeof now;
	return function->code && eng_view_read(&c->view, function->start, now, size) == size &&
	       memcmp(now, function->code, size) != 0;
}

/* The innermost pc is a return address: the instruction before it is a call. Code that is called is entered at its start. */
static bool was_returned_to(const struct crash *c, uint64_t pc, const struct jit_function *function)
{
	uint8_t bytes[ARCH_INSN_MAX];
	struct arch_insn call;
	bool from_history;
	if (!function || pc <= function->start)
		return false;
	size_t size = pc - function->start < sizeof bytes ? (size_t)(pc - function->start) : sizeof bytes;
	return crash_code(c, pc - size, bytes, size, &from_history) == size &&
	       eng_process_arch(c->process)->call_before(bytes, size, pc, &call);
}

/* How many other functions were at this address before they were freed; they are guilty as well, the latest first. */
static size_t earlier_tenants(const struct crash *c, uint64_t pc, const struct jit_function *function,
			      struct finding *f)
{
	enum { LOOKED_AT = 1000 };
	const struct jit_function **all =
		ARENA_ARRAY(&c->report->arena, const struct jit_function *, LOOKED_AT);
	size_t count = jit_freed_at(c->registry, c->process, pc, all, LOOKED_AT);
	size_t others = 0;
	for (size_t i = 0; i < count; i++) {
		if (all[i] == function || (function && str_eq(all[i]->name, function->name)))
			continue;
		finding_guilty(c, f, all[i]->name);
		others++;
	}
	return others;
}

/* sure: no frame on the way was guessed. */
static void say(const struct crash *c, struct finding *f, size_t frame, bool sure, uint64_t pc,
		const struct jit_function *function, const struct jit_history_event *event)
{
	struct str name = function && function->name.len
				  ? function->name
				  : crash_printf(c, "code at 0x%llx", (unsigned long long)event->start);
	/* Memory that goes back to an allocator loses the permission first; more was not seen of that. */
	bool changed = event->kind == JIT_HISTORY_CHANGED;
	bool seen = event->kind == JIT_HISTORY_FREED;
	const char *call = event->call ? event->call : "an unrecorded system call";
	struct report_verdict *v = &f->verdict;
	f->found = true;
	v->kind = REPORT_FREED_CODE;
	bool called = frame == 0 && !was_returned_to(c, pc, function);
	finding_guilty(c, f, name);
	size_t others = earlier_tenants(c, pc, function, f);
	v->confidence = seen && sure && !others ? REPORT_PROVEN : REPORT_LIKELY;
	struct str freed_by = who(c, event, 3, false);
	struct str culprit = who(c, event, 1, true);
	v->summary = crash_printf(c, "%s the JIT function `%.*s` after its memory %s%s%.*s.",
				  called ? "The program called" : "The program returned into",
				  STR_ARG(name), changed ? "was made not executable" : "was freed",
				  culprit.len ? " by " : "", STR_ARG(culprit));
	v->hint = STR_LIT(
		"Keep the module (and its memory) alive for as long as any pointer into its code can be called or is on a stack; "
		"free it only after the last call has returned.");
	if (function)
		finding_evidence(c, f, true, "`%.*s` was at 0x%llx–0x%llx.", STR_ARG(name),
				 (unsigned long long)function->start, (unsigned long long)function->end);
	if (changed)
		finding_evidence(c, f, true,
				 "Thread %u took the permission to execute 0x%llx–0x%llx away by %s.",
				 event->thread, (unsigned long long)event->start,
				 (unsigned long long)event->end, call);
	else
		finding_evidence(c, f, seen, "%s by thread %u: %s gave back 0x%llx–0x%llx.",
				 seen ? "That memory was freed" : "That memory went away", event->thread,
				 call, (unsigned long long)event->start, (unsigned long long)event->end);
	if (freed_by.len)
		finding_evidence(c, f, true, "%s in %.*s.", changed ? "That was" : "It was freed",
				 STR_ARG(freed_by));
	if (frame == 0 && c->access == CRASH_ACCESS_EXECUTE)
		finding_evidence(
			c, f, true,
			"Now the CPU was to execute 0x%llx, %llu bytes into it, which is no longer executable.",
			(unsigned long long)pc,
			(unsigned long long)(pc - (function ? function->start : event->start)));
	else
		finding_evidence(c, f, sure, "Frame %zu of the backtrace is at 0x%llx, inside it.",
				 crash_frame_number(c, frame), (unsigned long long)pc);
	if (others)
		finding_evidence(
			c, f, false,
			"`%.*s` was the last that had this address; %zu other function%s had it before, and the pointer may be of any of them.",
			STR_ARG(name), others, others == 1 ? "" : "s");
	if (called && c->backtrace.count > 1) {
		struct str caller = crash_frame_name(c, &c->backtrace.frames[1]);
		if (caller.len)
			finding_evidence(c, f, true, "The call came from `%.*s`.", STR_ARG(caller));
	}
}

void diagnose_freed_code(const struct crash *c, struct finding *f)
{
	size_t jit_frames = 0;
	bool sure = true;
	for (size_t i = 0; i < c->backtrace.count && i < 64; i++) {
		const struct eng_frame *frame = &c->backtrace.frames[i];
		sure = sure && !unwind_is_guess(frame->unwind.how);
		if (frame->code.kind == UNWIND_CODE_NATIVE)
			continue;
		uint64_t pc = frame->unwind.pc.value;
		const struct jit_function *function = NULL;
		const struct jit_function *live = jit_function_at(c->registry, c->process, pc);
		bool was_freed = jit_freed_at(c->registry, c->process, pc, &function, 1) == 1;
		/* Memory is handed out again: live code at the same address is not the freed code. */
		if (live && !(was_freed && frame->code.kind == UNWIND_CODE_JIT && bytes_differ(c, live)))
			continue;
		if (frame->code.kind == UNWIND_CODE_ANON && !(was_freed && bytes_differ(c, function)))
			continue;
		const struct jit_history_event *event = freeing_event(c, pc, was_freed ? function : NULL);
		if (event) {
			say(c, f, i, sure, pc, was_freed ? function : NULL, event);
			return;
		}
		jit_frames++;
	}
	const struct jit_history_event *events;
	struct jit_history *history = jit_history_of(c->registry, c->process);
	size_t count = history ? jit_history_events(history, &events) : 0;
	size_t freed = 0;
	for (size_t i = 0; i < count; i++)
		freed += events[i].kind == JIT_HISTORY_FREED;
	if (c->access == CRASH_ACCESS_EXECUTE && c->address >= 0x10000)
		finding_ruled_out(
			c, f,
			"freed code: no code was recorded at 0x%llx (what comes and goes by raw system calls is not recorded)",
			(unsigned long long)c->address);
	else if (freed)
		finding_ruled_out(
			c, f, "freed code: code was freed %zu time%s, but nothing on this stack was in it",
			freed, freed == 1 ? "" : "s");
	else if (count || jit_frames)
		finding_ruled_out(c, f, "freed code: no code was seen to be freed in this process");
}
