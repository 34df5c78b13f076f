/* What follows commands that take words of their own: signals, syscalls, registers, options, names of commands. */
#include "ui/gdb/complete.h"

#include "target/syscalls.h"

enum { LAST_SIGNAL = 64, LAST_SYSCALL = 1024 };

void gdb_complete_file(struct gdb *g, struct str args, struct str word)
{
	(void)args;
	gdb_complete_files(g, word);
}

void gdb_complete_signals(struct gdb *g, struct str args, struct str word)
{
	(void)args, (void)word;
	for (int s = 1; s <= LAST_SIGNAL; s++) {
		struct str name = str_from(target_signal_name(s));
		if (str_starts(name, STR_LIT("SIG")))
			gdb_complete_add(g, name);
	}
	gdb_complete_words(g, "all", word);
}

void gdb_complete_handle(struct gdb *g, struct str args, struct str word)
{
	gdb_complete_signals(g, args, word);
	gdb_complete_words(g, "ignore nopass noignore noprint nostop pass print stop", word);
}

void gdb_complete_syscalls(struct gdb *g, struct str args, struct str word)
{
	(void)args, (void)word;
	for (uint64_t n = 0; n < LAST_SYSCALL; n++) {
		const char *name = target_syscall_name(n);
		if (name)
			gdb_complete_add(g, str_from(name));
	}
}

void gdb_complete_registers(struct gdb *g, struct str args, struct str word)
{
	(void)args;
	gdb_complete_words(
		g,
		"rax rbx rcx rdx rsi rdi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15 rip eflags cs ss ds es fs gs "
		"fs_base gs_base orig_rax st0 st1 st2 st3 st4 st5 st6 st7 fctrl fstat ftag fiseg fioff foseg fooff fop "
		"mxcsr xmm0 xmm1 xmm2 xmm3 xmm4 xmm5 xmm6 xmm7 xmm8 xmm9 xmm10 xmm11 xmm12 xmm13 xmm14 xmm15 "
		"ymm0 ymm1 ymm2 ymm3 ymm4 ymm5 ymm6 ymm7 ymm8 ymm9 ymm10 ymm11 ymm12 ymm13 ymm14 ymm15",
		word);
}

void gdb_complete_backtrace(struct gdb *g, struct str args, struct str word)
{
	(void)args;
	if (word.len && word.ptr[0] == '-')
		gdb_complete_words(
			g,
			"-entry-values -frame-arguments -frame-info -full -hide -no-filters -past-entry "
			"-past-main -raw-frame-arguments",
			word);
	else
		gdb_complete_words(g, "full", word);
}

void gdb_complete_apply(struct gdb *g, struct str args, struct str word)
{
	(void)args;
	if (word.len && word.ptr[0] == '-')
		gdb_complete_words(g, "-c -q -s", word);
	else
		gdb_complete_words(g, "all", word);
}

void gdb_complete_proc(struct gdb *g, struct str args, struct str word)
{
	(void)args;
	gdb_complete_words(g, "all cmdline cwd exe files mappings stat status", word);
}

/* Commands by their whole names: what `define`, `document` and `alias` are about. */
void gdb_complete_commands(struct gdb *g, struct str args, struct str word)
{
	const struct gdb_registry *r = &g->shell->registry;
	(void)args, (void)word;
	for (size_t i = 0; i < r->entries.count; i++)
		if (!r->entries.data[i].alias && !strchr(r->entries.data[i].path, ' '))
			gdb_complete_add(g, str_from(r->entries.data[i].path));
}

/* Options come first, then an expression. */
void gdb_complete_print(struct gdb *g, struct str args, struct str word)
{
	if (args.len && args.ptr[0] == '-' && word.len && word.ptr[0] == '-') {
		gdb_complete_words(
			g,
			"-address -array -array-indexes -characters -elements -max-depth "
			"-memory-tag-violations -nibbles -null-stop -object -pretty -raw-values -repeats "
			"-static-members -symbol -union -vtbl",
			word);
		return;
	}
	gdb_complete_expression(g, args, word);
}

void gdb_complete_watch(struct gdb *g, struct str args, struct str word)
{
	if (args.len == word.len && word.len && word.ptr[0] == '-')
		gdb_complete_words(g, "-location", word);
	else
		gdb_complete_expression(g, args, word);
}

void gdb_complete_frame_apply(struct gdb *g, struct str args, struct str word)
{
	gdb_complete_apply(g, args, word);
	if (args.len == word.len)
		gdb_complete_words(g, "level", word);
}

void gdb_complete_frame(struct gdb *g, struct str args, struct str word)
{
	if (args.len == word.len)
		gdb_complete_words(g, "address function level", word);
}

/* Numbers of breakpoints. */
void gdb_complete_condition(struct gdb *g, struct str args, struct str word)
{
	struct eng_breakpoint *const *list;
	size_t count = eng_breakpoints(g->control, &list);
	if (args.len != word.len) {
		gdb_complete_expression(g, args, word);
		return;
	}
	gdb_complete_words(g, "-force", word);
	for (size_t i = 0; i < count; i++)
		gdb_complete_add(g, arena_printf(&g->scratch, "%u", list[i]->number));
}

/* A setting as `set` would complete it, and behind "--" a command. */
void gdb_complete_with(struct gdb *g, struct str args, struct str word)
{
	struct gdb_candidates c;
	struct buf line = { 0 };
	size_t at = str_find(args, STR_LIT("-- "));
	(void)word;
	if (at == SIZE_MAX)
		buf_printf(&line, "set %.*s", STR_ARG(args));
	else
		buf_str(&line, str_sub(args, at + 3, SIZE_MAX));
	gdb_complete(g, buf_view(&line), &c);
	g->shell->candidates->word = str_sub(args, args.len - c.word.len, SIZE_MAX);
	vec_for(&c.list, text)
		gdb_complete_add(g, str_from(*text));
	gdb_candidates_deinit(&c);
	buf_deinit(&line);
}
