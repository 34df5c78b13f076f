/* rbreak and save breakpoints: many breakpoints at once, from a regular expression and to a file. */
#include "ui/gdb/looking.h"
#include "ui/gdb/running.h"
#include "ui/gdb/shell_internal.h"

#include "target/syscalls.h"

#include <errno.h>
#include <stdio.h>

/* ---- rbreak ---- */

static struct error *break_function(void *ctx, struct str path, struct str name, struct str text)
{
	struct gdb *g = ctx;
	struct eng_spec spec = { .kind = ENG_SPEC_FUNCTION, .file = path, .function = name };
	struct str place = path.len ? arena_printf(&g->scratch, "%.*s:%.*s", STR_ARG(path), STR_ARG(name))
				    : name;
	struct error *err = gdb_interrupted(g) ? error_new(ERROR_USAGE, "Quit")
					       : gdb_break_spec(g, &spec, place);
	/* One that has no code of its own is told of, and the others are made. */
	if (err && err->code != ERROR_NOT_FOUND)
		return err;
	if (err)
		gdb_print_error(g, err);
	else
		gdb_print(g, path.len ? "%.*s\n" : "<function, no debug info> %.*s;\n", STR_ARG(text));
	return NULL;
}

/* "file.rs:regex": a colon alone, since those of a path come in pairs. */
static struct str take_file(struct str *args)
{
	size_t colon = str_find(*args, STR_LIT(":"));
	if (colon == SIZE_MAX || (colon + 1 < args->len && args->ptr[colon + 1] == ':'))
		return STR_EMPTY;
	struct str file = gdb_strip(str_sub(*args, 0, colon));
	*args = gdb_strip(str_sub(*args, colon + 1, SIZE_MAX));
	return file;
}

static uint32_t newest(struct gdb *g)
{
	struct eng_breakpoint *const *list;
	size_t count = eng_breakpoints(g->control, &list);
	return count ? list[count - 1]->number : 0;
}

struct error *gdb_run_rbreak(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command;
	struct str file = take_file(&args);
	uint32_t before = newest(g);
	struct error *err = gdb_each_function(g, file, args, break_function, g);
	g->rbreak_first = before + 1;
	g->rbreak_last = newest(g);
	return err;
}

/* ---- save breakpoints ---- */

static const char *verb(const struct eng_breakpoint *b)
{
	bool once = b->disposition == ENG_DELETE;
	switch (b->kind) {
	case ENG_BP_CODE:
		return b->dprintf ? "dprintf" : once ? "tbreak" : "break";
	case ENG_BP_HARDWARE:
		return once ? "thbreak" : "hbreak";
	case ENG_BP_WATCH:
		return "watch";
	case ENG_BP_RWATCH:
		return "rwatch";
	case ENG_BP_AWATCH:
		return "awatch";
	default:
		return once ? "tcatch" : "catch";
	}
}

static void add_catch(const struct eng_breakpoint *b, struct buf *out)
{
	static const char *const names[] = { "fork", "vfork", "exec", "signal", "syscall", "panic" };
	buf_printf(out, " %s", names[b->kind - ENG_BP_FORK]);
	for (size_t i = 0; i < b->number_count; i++) {
		const char *name = b->kind == ENG_BP_SIGNAL
					   ? target_signal_name(b->numbers[i])
					   : target_syscall_name((uint64_t)b->numbers[i]);
		if (name)
			buf_printf(out, " %s", name);
		else
			buf_printf(out, " %d", b->numbers[i]);
	}
}

/* $bpnum is the breakpoint that the line before has made. */
static void add_details(const struct eng_breakpoint *b, struct buf *out)
{
	if (b->condition_text)
		buf_printf(out, "  condition $bpnum %s\n", b->condition_text);
	if (b->ignore)
		buf_printf(out, "  ignore $bpnum %llu\n", (unsigned long long)b->ignore);
	if (b->commands && b->commands[0]) {
		buf_str(out, STR_LIT("  commands\n"));
		for (size_t i = 0; b->commands[i]; i++)
			buf_printf(out, "    %s\n", b->commands[i]);
		buf_str(out, STR_LIT("  end\n"));
	}
	if (b->disposition == ENG_DISABLE_ONCE)
		buf_str(out, STR_LIT("enable once $bpnum\n"));
	else if (b->disposition == ENG_DISABLE_COUNT)
		buf_printf(out, "enable count %u $bpnum\n", b->enable_count);
	if (!b->enabled)
		buf_str(out, STR_LIT("disable $bpnum\n"));
	for (size_t i = 0; b->enabled && b->kind < ENG_BP_WATCH && i < b->location_count; i++)
		if (!b->locations[i].enabled)
			buf_printf(out, "disable $bpnum.%zu\n", i + 1);
}

static void add_place(const struct eng_breakpoint *b, struct buf *out)
{
	buf_printf(out, " %s", b->spec_text ? b->spec_text : "");
	gdb_add_pending_tail(b, out);
}

static void add_breakpoint(const struct eng_breakpoint *b, struct buf *out)
{
	buf_printf(out, "%s", verb(b));
	if (b->kind >= ENG_BP_FORK)
		add_catch(b, out);
	else if (b->kind >= ENG_BP_WATCH)
		buf_printf(out, " %s", b->expression ? b->expression : "");
	else
		add_place(b, out);
	if (b->thread && b->kind < ENG_BP_FORK)
		buf_printf(out, " thread %u", b->thread);
	buf_char(out, '\n');
	add_details(b, out);
}

static struct error *write_file(const char *path, struct str text)
{
	FILE *file = fopen(path, "we");
	if (!file)
		return error_new(ERROR_NOT_FOUND, "Unable to open file '%s' for saving (%s)", path,
				 strerror(errno));
	bool good = fwrite(text.ptr, 1, text.len, file) == text.len;
	if (fclose(file) != 0)
		good = false;
	return good ? NULL : error_new(ERROR_SYSTEM, "Writing '%s': %s.", path, strerror(errno));
}

struct error *gdb_run_save_breakpoints(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct eng_breakpoint *const *list;
	struct buf text = { 0 };
	(void)command;
	if (!args.len)
		return error_new(ERROR_USAGE, "Argument required (file name in which to save)");
	size_t count = eng_breakpoints(g->control, &list);
	if (!count) {
		gdb_warn(g, "Nothing to save.");
		return NULL;
	}
	for (size_t i = 0; i < count; i++)
		add_breakpoint(list[i], &text);
	char *path = gdb_expand_home(args);
	struct error *err = write_file(path, buf_view(&text));
	if (!err && gdb_from_tty(g))
		gdb_print(g, "Saved to file '%s'.\n", path);
	free(path);
	buf_deinit(&text);
	return err;
}
