/* Each register with what it points at. */
#include "jit/crash.h"

enum { STRING_SHOWN = 32, STRING_LEAST = 4 };

/* Text at addr: printable UTF-8 for at least four characters. Rust's strings end with no NUL, so this only shows how it begins. */
static bool text_at(const struct crash *c, uint64_t addr, struct buf *out)
{
	char bytes[STRING_SHOWN + 1];
	size_t have = eng_view_read(&c->view, addr, bytes, sizeof bytes);
	size_t n = 0;
	while (n < have && ((unsigned char)bytes[n] >= 0x20 || bytes[n] == '\n' || bytes[n] == '\t') &&
	       bytes[n] != 0x7f)
		n++;
	bool ended = n < have && bytes[n] == '\0';
	if (n < STRING_LEAST || (!ended && n < have))
		return false;
	size_t shown = n > STRING_SHOWN ? STRING_SHOWN : n;
	/* Do not cut a character in two. */
	while (shown > 0 && !ended && ((unsigned char)bytes[shown] & 0xc0) == 0x80)
		shown--;
	if (shown < STRING_LEAST || !str_is_utf8((struct str){ bytes, shown }))
		return false;
	buf_char(out, '"');
	for (size_t i = 0; i < shown; i++) {
		if (bytes[i] == '\n')
			buf_str(out, STR_LIT("\\n"));
		else if (bytes[i] == '\t')
			buf_str(out, STR_LIT("\\t"));
		else if (bytes[i] == '"' || bytes[i] == '\\')
			buf_printf(out, "\\%c", bytes[i]);
		else
			buf_char(out, bytes[i]);
	}
	buf_str(out, ended ? STR_LIT("\"") : STR_LIT("…\""));
	return true;
}

/* Number of the physical frame whose part of the stack holds addr; false when it is in none that was walked. */
static bool stack_frame_of(const struct crash *c, uint64_t addr, size_t *ret)
{
	const struct eng_backtrace *bt = &c->backtrace;
	uint64_t low = c->view.regs.value[eng_process_arch(c->process)->sp];
	size_t number = 0;
	for (size_t i = 0; i < bt->count; i++) {
		uint64_t high = bt->frames[i].unwind.cfa;
		if (high && addr >= low && addr < high && high - low < (1 << 20)) {
			*ret = number;
			return true;
		}
		if (high)
			low = high;
		if (bt->left_out && i + 1 == bt->left_out_at)
			return false; /* numbers behind the gap would lie */
		number += bt->frames[i].chain_count ? bt->frames[i].chain_count : 1;
	}
	return false;
}

static struct str meaning_of(const struct crash *c, uint64_t value)
{
	struct arena *arena = &c->report->arena;
	if (value < 0x1000)
		return STR_EMPTY; /* a number */
	const struct arch *arch = eng_process_arch(c->process);
	if (!arch->canonical(value))
		return STR_EMPTY;
	struct buf text = { 0 };
	const struct target_mapping *m = eng_mapping_at(c->process, value);
	size_t frame;
	if (crash_symbolise(c, value, &text)) {
		if (m && !(m->flags & TARGET_EXEC)) {
			size_t mark = text.len;
			buf_str(&text, STR_LIT(": "));
			if (!text_at(c, value, &text))
				text.len = mark;
		}
	} else if (!m) {
		/* Most small numbers are no addresses at all. */
		if (value >= UINT64_C(1) << 32)
			buf_str(&text, STR_LIT("unmapped"));
	} else {
		if (stack_frame_of(c, value, &frame))
			buf_printf(&text, "stack, frame %zu", frame);
		else if (str_is(m->name, "[stack]"))
			buf_str(&text, STR_LIT("stack"));
		else if (str_is(m->name, "[heap]"))
			buf_str(&text, STR_LIT("heap"));
		else if (m->name.len) {
			size_t slash = str_rfind(m->name, STR_LIT("/"));
			buf_str(&text, slash == SIZE_MAX ? m->name : str_sub(m->name, slash + 1, SIZE_MAX));
		} else if (m->flags & TARGET_EXEC)
			buf_str(&text, STR_LIT("executable memory without a name"));
		else if (!(m->flags & (TARGET_READ | TARGET_WRITE)))
			buf_str(&text, STR_LIT("guard page"));
		else
			buf_str(&text, STR_LIT("anonymous memory"));
		size_t mark = text.len;
		buf_str(&text, STR_LIT(": "));
		if (!text_at(c, value, &text))
			text.len = mark;
	}
	struct str out = text.len ? arena_str(arena, buf_view(&text)) : STR_EMPTY;
	buf_deinit(&text);
	return out;
}

void crash_describe_registers(const struct crash *c)
{
	const struct arch *arch = eng_process_arch(c->process);
	struct report *r = c->report;
	r->registers = ARENA_ARRAY(&r->arena, struct report_register, arch->reg_count);
	for (size_t i = 0; i < arch->reg_count; i++) {
		const struct arch_reg *reg = &arch->regs[i];
		if (!reg->general || !arch_reg_known(&c->view.regs, reg->dwarf))
			continue;
		struct report_register *out = &r->registers[r->register_count++];
		out->name = reg->name;
		out->value = c->view.regs.value[reg->dwarf];
		out->known = true;
		out->bits = reg->bits;
		bool pointer = reg->bits == 64 && reg->dwarf != ARCH_RFLAGS;
		if (pointer)
			out->meaning = meaning_of(c, out->value);
	}
}
