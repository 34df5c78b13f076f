/* A dozen instructions around the one that matters. */
#include "jit/crash.h"

enum { LISTING_BEFORE = 6, LISTING_AFTER = 6, LISTING_WINDOW = 16 * 1024 };

struct site {
	uint64_t start; /* of the bytes; code begins there */
	uint64_t pc;    /* the marked instruction, or the byte behind a marked call */
	bool behind_call;
};

static bool symbolise(void *ctx, uint64_t addr, struct buf *out)
{
	buf_char(out, '<');
	size_t mark = out->len;
	if (crash_symbolise(ctx, addr, out)) {
		buf_char(out, '>');
		return true;
	}
	out->len = mark - 1;
	if (out->data)
		out->data[out->len] = '\0';
	return false;
}

/* Where the reader wants to look: the faulting instruction; for panics, aborts and signals from outside the last call in the program's own
 * code; for a bad call whose target has no bytes, the call. */
static bool choose_site(const struct crash *c, struct site *ret)
{
	size_t index = 0;
	uint8_t byte;
	bool from_history;
	if (!c->is_fault)
		index = crash_user_frame(c);
	else if (!crash_code(c, c->view.regs.value[eng_process_arch(c->process)->pc], &byte, 1,
			     &from_history))
		index = 1;
	if (index >= c->backtrace.count)
		index = 0;
	if (index >= c->backtrace.count)
		return false;
	const struct unwind_frame *frame = &c->backtrace.frames[index].unwind;
	ret->pc = frame->pc.value;
	ret->behind_call = !frame->exact_pc;
	uint64_t end;
	uint64_t inside = ret->behind_call ? ret->pc - 1 : ret->pc;
	if (!crash_function_range(c, inside, &ret->start, &end) || ret->pc - ret->start > LISTING_WINDOW)
		ret->start = 0;
	return true;
}

/* Without a known start: the nearest address before pc from which decoding meets pc and passes no undecodable byte. */
static uint64_t resynchronise(const struct crash *c, const struct site *site)
{
	const struct arch *arch = eng_process_arch(c->process);
	uint8_t bytes[LISTING_BEFORE * ARCH_INSN_MAX];
	for (size_t back = sizeof bytes; back > 0; back--) {
		if (back > site->pc)
			continue;
		bool from_history;
		uint64_t at = site->pc - back;
		if (crash_code(c, at, bytes, back, &from_history) != back)
			continue;
		size_t pos = 0;
		while (pos < back) {
			struct arch_insn insn;
			arch->decode(bytes + pos, back - pos, at + pos, &insn);
			if (insn.kind == ARCH_INSN_INVALID)
				break;
			pos += insn.length;
		}
		if (pos == back)
			return at;
	}
	return site->pc;
}

static void add_instruction(const struct crash *c, const uint8_t *bytes, size_t size, uint64_t pc,
			    bool marked, struct report_instruction *ret)
{
	const struct arch *arch = eng_process_arch(c->process);
	struct arch_insn insn;
	arch->decode(bytes, size, pc, &insn);
	ret->address = pc;
	ret->length = insn.length;
	ret->marked = marked;
	ret->decodable = insn.kind != ARCH_INSN_INVALID;
	memcpy(ret->bytes, bytes, insn.length < sizeof ret->bytes ? insn.length : sizeof ret->bytes);
	struct buf text = { 0 };
	arch->format(bytes, size, pc, symbolise, (void *)c, &text);
	ret->text = arena_str(&c->report->arena, buf_view(&text));
	buf_deinit(&text);
}

void crash_list_instructions(const struct crash *c)
{
	struct report *r = c->report;
	const struct arch *arch = eng_process_arch(c->process);
	struct site site;
	if (!choose_site(c, &site))
		return;
	uint64_t start = site.start ? site.start : resynchronise(c, &site);
	size_t before = (size_t)(site.pc - start);
	size_t window = before + (size_t)LISTING_AFTER * ARCH_INSN_MAX + ARCH_INSN_MAX;
	uint8_t *bytes = arena_alloc(&r->arena, window);
	bool from_history = false;
	size_t have = crash_code(c, start, bytes, window, &from_history);
	if (have <= before && !(site.behind_call && have == before)) {
		r->instructions_note = arena_printf(&r->arena, "There is no code to show at 0x%llx.",
						    (unsigned long long)site.pc);
		return;
	}
	if (from_history)
		r->instructions_note = STR_LIT("The bytes are as they were before the code was freed.");
	/* First pass: where instructions begin, up to the marked one. */
	uint64_t ring[LISTING_BEFORE + 1] = { 0 };
	size_t seen = 0;
	size_t pos = 0;
	size_t mark = SIZE_MAX;
	while (pos < have) {
		struct arch_insn insn;
		arch->decode(bytes + pos, have - pos, start + pos, &insn);
		ring[seen++ % (LISTING_BEFORE + 1)] = pos;
		bool is_mark = site.behind_call ? pos + insn.length >= before : pos >= before;
		if (is_mark) {
			mark = pos;
			break;
		}
		pos += insn.length;
	}
	if (mark == SIZE_MAX)
		return;
	if (!site.behind_call)
		mark = before; /* decoding from a wrong start may step over it */
	size_t listed_before = seen - 1 < LISTING_BEFORE ? seen - 1 : LISTING_BEFORE;
	r->instructions =
		ARENA_ARRAY(&r->arena, struct report_instruction, LISTING_BEFORE + LISTING_AFTER + 1);
	for (size_t i = listed_before; i > 0; i--) {
		size_t at = ring[(seen - 1 - i) % (LISTING_BEFORE + 1)];
		add_instruction(c, bytes + at, mark - at, start + at, false,
				&r->instructions[r->instruction_count++]);
	}
	uint64_t end = UINT64_MAX;
	uint64_t function_start;
	uint64_t function_end;
	if (crash_function_range(c, start + mark, &function_start, &function_end))
		end = function_end;
	pos = mark;
	for (size_t i = 0; i <= LISTING_AFTER && pos < have && start + pos < end; i++) {
		struct report_instruction *out = &r->instructions[r->instruction_count++];
		add_instruction(c, bytes + pos, have - pos, start + pos, i == 0, out);
		pos += out->length;
	}
}
