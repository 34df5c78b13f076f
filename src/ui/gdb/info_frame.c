/* `info frame`. */
#include "ui/gdb/looking.h"

#include <inttypes.h>
#include <stdlib.h>

/* ---- where registers were saved ---- */

struct saved {
	struct gdb *g;
	struct eng_thread *thread;
	const struct eng_level *level;
};

/* The first level of the physical frame that this level's frame called; NULL: it is the innermost. */
static const struct eng_level *callee(const struct saved *s, const struct eng_level *level)
{
	uint32_t n = level->level;
	for (const struct eng_level *l = level; n > 0; l = eng_level(s->g->control, s->thread, n)) {
		if (!l)
			return NULL;
		n--;
		const struct eng_level *inner = eng_level(s->g->control, s->thread, n);
		if (inner && inner->unwind.index != level->unwind.index)
			return inner;
	}
	return NULL;
}

/* Without call frame information: what the caller's stack pointer is says where the frame was. 0: not known. */
static uint64_t cfa_of(struct gdb *g, struct eng_thread *t, const struct eng_level *level)
{
	const struct eng_level *caller =
		level->unwind.cfa ? NULL : eng_level_caller(g->control, t, level->level);
	if (!caller || unwind_is_guess(caller->unwind.how) || caller->unwind.how == UNWIND_SIGNAL ||
	    !arch_reg_known(&caller->unwind.regs, ARCH_RSP))
		return level->unwind.cfa;
	return caller->unwind.regs.value[ARCH_RSP];
}

static bool row_of(const struct eng_level *level, struct dw_cfi_row *ret)
{
	if (level->code.kind != UNWIND_CODE_NATIVE || !level->code.module)
		return false;
	struct error *err = sym_cfi_row(level->code.module, level->lookup_pc, ret);
	error_destroy(err);
	return !err;
}

/* Call frame information says that nothing called it: for gdb it has no address. */
static bool is_outermost(const struct eng_level *level)
{
	static struct dw_cfi_row row;
	return row_of(level, &row) && row.rules[ARCH_RIP].kind == DW_CFI_UNDEFINED;
}

/* What gdb takes for the frame's address. */
static uint64_t address_of(struct gdb *g, struct eng_thread *t, const struct eng_level *level)
{
	return is_outermost(level) ? 0 : cfa_of(g, t, level);
}

/* Where the caller's value of a register lies in memory, as far as this very frame has put it there: gdb shows no others, though the
 * registers that the frame leaves alone may have been saved by those that it called. */
static bool saved_at(const struct saved *s, unsigned reg, uint64_t *ret)
{
	static struct dw_cfi_row row;
	/* The caller that is shown is one that jumped here: no return address says so. */
	const struct eng_level *outer = eng_level(s->g->control, s->thread, s->level->level + 1);
	if (reg == ARCH_RIP && outer && outer->tail_call)
		return false;
	if (!row_of(s->level, &row)) {
		/* The return address alone is sure. */
		uint64_t cfa = cfa_of(s->g, s->thread, s->level);
		*ret = cfa - 8;
		return reg == ARCH_RIP && cfa != 0;
	}
	*ret = s->level->unwind.cfa + (uint64_t)row.rules[reg].offset;
	return row.rules[reg].kind == DW_CFI_OFFSET;
}

static void print_saved_registers(const struct saved *s)
{
	const struct arch *arch = eng_process_arch(eng_thread_process(s->thread));
	struct buf text = { 0 };
	for (size_t i = 0; i < arch->reg_count; i++) {
		const struct arch_reg *r = &arch->regs[i];
		uint64_t addr;
		if (!r->general || r->dwarf == arch->sp || r->dwarf > ARCH_RIP ||
		    !saved_at(s, r->dwarf, &addr))
			continue;
		buf_str(&text, text.len ? STR_LIT(",") : STR_LIT(" Saved registers:\n "));
		gdb_wrap_hint(s->g, 1, &text);
		buf_printf(&text, " %s at 0x%" PRIx64, r->name, addr);
	}
	if (text.len)
		buf_char(&text, '\n');
	gdb_print_buf(s->g, &text);
	buf_deinit(&text);
}

/* ---- where gdb says that arguments are ---- */

/* gdb's amd64 prologue analysis: rbp where the function sets it up, else rsp as it was behind the pushes. */
static bool frame_base(struct gdb *g, const struct eng_level *level, uint64_t *ret)
{
	const struct arch_regs *regs = &level->unwind.regs;
	static const uint8_t moves[2][3] = { { 0x48, 0x89, 0xe5 }, { 0x48, 0x8b, 0xec } };
	struct file_range bounds;
	uint8_t code[4];
	int64_t offset = -8;
	/* gdb has no base for an inlined call, or one that jumped. */
	if (level->inlined || level->tail_call)
		return false;
	if (level->code.kind == UNWIND_CODE_NATIVE && level->code.module &&
	    sym_function_bounds(level->code.module, level->lookup_pc, &bounds)) {
		uint64_t start = bounds.start.value + level->code.bias, pc = level->unwind.pc.value;
		if (gdb_read(g, start, code, sizeof code) == sizeof code && code[0] == 0x55 && pc > start) {
			offset += 8;
			bool sets = memcmp(code + 1, moves[0], 3) == 0 ||
				    memcmp(code + 1, moves[1], 3) == 0;
			if (sets && pc > start + 1) {
				*ret = regs->value[ARCH_RBP];
				return pc > start + 3 && arch_reg_known(regs, ARCH_RBP);
			}
		}
	}
	*ret = regs->value[ARCH_RSP] + (uint64_t)offset;
	return arch_reg_known(regs, ARCH_RSP);
}

/* ---- the command ---- */

static const char *language_of(struct gdb *g, const struct eng_level *level)
{
	struct sym_unit_info unit;
	(void)g;
	if (!level->function || !sym_function_unit(level->function, &unit))
		return NULL;
	return gdb_language_name(unit.language);
}

static void print_head(struct gdb *g, struct eng_thread *t, const struct eng_level *level, bool selected,
		       uint64_t saved_pc, bool has_pc)
{
	struct str name = gdb_level_name(g, level);
	if (selected)
		gdb_print(g, "Stack level %" PRIu32 ", frame at ", level->level);
	else
		gdb_print(g, "Stack frame at ");
	gdb_print(g, "0x%" PRIx64 ":\n rip = 0x%" PRIx64, address_of(g, t, level), level->unwind.pc.value);
	gdb_print_wrap_hint(g, 3);
	if (name.len)
		gdb_print(g, " in %.*s", STR_ARG(name));
	gdb_print_wrap_hint(g, 3);
	if (level->line.file.len > 0) {
		gdb_print_str(g, STR_LIT(" ("));
		gdb_print_styled(g, GDB_STYLE_FILE, gdb_display_file(g, level->line.file));
		gdb_print(g, ":%" PRIu32 ")", level->line.line);
	}
	gdb_print_str(g, STR_LIT("; "));
	gdb_print_wrap_hint(g, 4);
	if (has_pc)
		gdb_print(g, "saved rip = 0x%" PRIx64 "\n", saved_pc);
	else
		gdb_print_str(g, STR_LIT("saved rip = <not saved>\n"));
}

/* Who called it and whom it called. */
static void print_neighbours(struct gdb *g, struct eng_thread *t, const struct eng_level *level)
{
	const struct eng_level *caller = gdb_level(g, t, level->level + 1);
	const struct eng_level *inner = level->level > 0 ? eng_level(g->control, t, level->level - 1)
							 : NULL;
	if (!caller) {
		if (eng_level_end(g->control, t) == UNWIND_END_ENTRY &&
		    !eng_level(g->control, t, level->level + 1))
			gdb_print(g, " Outermost frame: outermost\n");
	} else if (level->tail_call) {
		gdb_print(g, " tail call frame");
	} else if (level->inlined) {
		gdb_print(g, " inlined into frame %" PRIu32, caller->level);
	} else {
		gdb_print(g, " called by frame at 0x%" PRIx64, address_of(g, t, caller));
	}
	if (inner && caller)
		gdb_print(g, ",");
	gdb_print_wrap_hint(g, 3);
	if (inner)
		gdb_print(g, " caller of frame at 0x%" PRIx64, address_of(g, t, inner));
	if (inner || caller)
		gdb_print(g, "\n");
}

/* inner: the frame that the registers of an inlined call, which are its caller's, were unwound from; NULL: they are the thread's. */
static void print_arguments(struct gdb *g, struct eng_thread *t, const struct eng_level *level,
			    const struct eng_level *inner)
{
	struct gdb_frame_env *e = ARENA_NEW(&g->scratch, struct gdb_frame_env);
	struct buf text = { 0 };
	uint64_t base;
	e->thread = t;
	if (frame_base(g, level, &base)) {
		buf_printf(&text, " Arglist at 0x%" PRIx64 ", args: ", base);
		gdb_print_arguments(g, e, level, &g->scratch, &text);
		buf_printf(&text, "\n Locals at 0x%" PRIx64 ",", base);
	} else {
		buf_str(&text, STR_LIT(" Arglist at unknown address.\n Locals at unknown address,"));
	}
	if ((level->inlined && !inner) || level->tail_call)
		buf_str(&text, STR_LIT(" Previous frame's sp in rsp\n"));
	else
		buf_printf(&text, " Previous frame's sp is 0x%" PRIx64 "\n",
			   cfa_of(g, t, level->inlined ? inner : level));
	gdb_print_buf(g, &text);
	buf_deinit(&text);
}

/* A return address as gdb has it: of one that jumped, or was inlined, its real caller's. */
static const struct eng_level *saved_level(struct gdb *g, struct eng_thread *t,
					   const struct eng_level *level)
{
	while (level && (level->inlined || level->tail_call))
		level = eng_level(g->control, t, level->level + 1);
	return level ? eng_level(g->control, t, level->level + 1) : NULL;
}

struct error *gdb_info_frame(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct eng_thread *t;
	const struct eng_level *level;
	(void)command;
	TRY(gdb_find_frame(g, args, &t, &level));
	const struct eng_level *caller = saved_level(g, t, level);
	print_head(g, t, level, args.len == 0, caller ? caller->unwind.pc.value : 0, caller != NULL);
	print_neighbours(g, t, level);
	const char *language = language_of(g, level);
	if (language)
		gdb_print(g, " source language %s.\n", language);
	struct saved saved = { g, t, level };
	if (level->inlined)
		saved.level = callee(&saved, level);
	print_arguments(g, t, level, saved.level);
	if (saved.level && !level->tail_call)
		print_saved_registers(&saved);
	return NULL;
}
