/* break and its like, and dprintf: a place is found, or waits for a library, and what stands behind it is read. */
#include "ui/gdb/looking.h"
#include "ui/gdb/running.h"
#include "ui/gdb/shell_internal.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>

struct error *gdb_parse_tail(struct gdb *g, struct str rest, struct gdb_tail *ret)
{
	struct gdb_tail tail = { 0 };
	rest = gdb_strip(rest);
	while (rest.len) {
		struct str before = rest;
		size_t length = 0;
		while (length < rest.len &&
		       (isalpha((unsigned char)rest.ptr[length]) || rest.ptr[length] == '-'))
			length++;
		struct str word = str_sub(rest, 0, length);
		rest = gdb_strip(str_sub(rest, length, SIZE_MAX));
		if (str_is(word, "if")) {
			tail.condition = rest;
			if (!rest.len)
				return error_new(ERROR_USAGE, "Argument required (breakpoint condition).");
			break;
		} else if (str_is(word, "thread")) {
			struct str word = gdb_take_word(&rest), id = word;
			struct gdb_thread_list list = { 0 };
			struct error *err = gdb_take_threads(g, &id, false, &list);
			if (!err && !list.threads.count)
				err = error_new(ERROR_USAGE, "Unknown thread %.*s.", STR_ARG(word));
			if (!err)
				tail.thread = eng_thread_global_number(g->control, list.threads.data[0]);
			vec_free(&list.threads);
			if (err)
				return err;
		} else if (str_is(word, "-force-condition")) {
			tail.force = true;
		} else {
			return error_new(ERROR_USAGE, "Junk at end of arguments.");
		}
		if (rest.len >= before.len)
			break;
	}
	*ret = tail;
	return NULL;
}

void gdb_add_pending_tail(const struct eng_breakpoint *b, struct buf *out)
{
	if (b->dprintf)
		buf_printf(out, ",%s", b->dprintf);
	else if (b->pending_tail)
		buf_printf(out, " %s", b->pending_tail);
}

static void print_address(struct gdb *g, uint64_t addr)
{
	gdb_print_styled(g, GDB_STYLE_ADDRESS, arena_printf(&g->scratch, "0x%" PRIx64, addr));
}

static void say_made(struct gdb *g, const struct eng_breakpoint *b)
{
	const char *noun = b->dprintf                     ? "Dprintf"
			   : b->kind == ENG_BP_HARDWARE   ? "Hardware assisted breakpoint"
			   : b->disposition == ENG_DELETE ? "Temporary breakpoint"
							  : "Breakpoint";
	if (b->location_count == 0) {
		struct buf tail = { 0 };
		gdb_add_pending_tail(b, &tail);
		gdb_print(g, "%s %u (%s%s) pending.\n", noun, b->number, b->spec_text,
			  tail.data ? tail.data : "");
		buf_deinit(&tail);
		return;
	}
	const struct eng_place *place = &b->locations[0].place;
	gdb_print(g, "%s %u", noun, b->number);
	if (g->settings.print.address || !place->line.file.len) {
		gdb_print_str(g, STR_LIT(" at "));
		print_address(g, place->address);
	}
	if (b->location_count > 1) {
		gdb_print(g, ": %s. (%zu locations)\n", b->spec_text, b->location_count);
	} else if (place->line.file.len) {
		struct str file = gdb_display_file(g, place->line.file);
		gdb_print_str(g, STR_LIT(": file "));
		gdb_print_styled(g, GDB_STYLE_FILE, file);
		gdb_print(g, ", line %u.\n", place->line.line);
	} else {
		gdb_print_str(g, STR_LIT("\n"));
	}
}

/* An error of a place is a question: shall it wait for a library? *ret NULL: it shall not, and that was said. */
static struct error *make(struct gdb *g, const struct eng_spec *spec, enum eng_breakpoint_kind kind,
			  const char *noun, bool bare, struct eng_breakpoint **ret)
{
	*ret = NULL;
	struct error *err = eng_break(g->control, spec, kind, false, ret);
	if (err && bare && str_starts(str_from(err->message), STR_LIT("No line "))) {
		error_destroy(err);
		err = error_new(ERROR_NOT_FOUND, "No line %u in the current file.", spec->line);
	}
	if (!err || err->code != ERROR_NOT_FOUND || g->settings.breakpoint_pending == 0)
		return err;
	gdb_print_error(g, err);
	if (g->settings.breakpoint_pending < 0 &&
	    !gdb_query_no(g, "Make %s pending on future shared library load? ", noun))
		return NULL;
	return eng_break(g->control, spec, kind, true, ret);
}

/* "Note: breakpoints 1 and 2 also set at pc 0x…." */
static void say_others(struct gdb *g, uint64_t address, uint32_t thread, uint32_t except)
{
	struct eng_breakpoint *const *list;
	size_t count = eng_breakpoints(g->control, &list), others = 0;
	VEC(const struct eng_breakpoint *) same = { 0 };
	for (size_t i = 0; i < count; i++) {
		bool there = false;
		for (size_t l = 0; l < list[i]->location_count && list[i]->kind <= ENG_BP_HARDWARE; l++)
			there |= list[i]->locations[l].place.address == address;
		if (there && list[i]->number != except)
			vec_push(&same, list[i]);
	}
	others = same.count;
	if (others)
		gdb_print(g, "Note: breakpoint%s ", others > 1 ? "s" : "");
	vec_for(&same, b) {
		others--;
		gdb_print(g, "%u", (*b)->number);
		if (!(*b)->thread && thread)
			gdb_print_str(g, STR_LIT(" (all threads)"));
		else if ((*b)->thread)
			gdb_print(g, " (thread %u)", (*b)->thread);
		gdb_print(g, "%s%s ", (*b)->enabled ? "" : " (disabled)",
			  others > 1    ? ","
			  : others == 1 ? " and"
					: "");
	}
	if (same.count) {
		gdb_print_str(g, STR_LIT("also set at pc "));
		print_address(g, address);
		gdb_print_str(g, STR_LIT(".\n"));
	}
	vec_free(&same);
}

static void say_notes(struct gdb *g, const struct eng_breakpoint *b)
{
	for (size_t i = 0; i < b->location_count; i++)
		say_others(g, b->locations[i].place.address, b->thread, b->number);
}

/* A line without its file? */
static bool bare_line(const struct eng_spec *spec, struct str typed)
{
	return spec->kind == ENG_SPEC_LINE && typed.len && str_find(typed, STR_LIT(":")) == SIZE_MAX &&
	       typed.ptr[0] != '-';
}

/* What a breakpoint is called afterwards: a line without its file gets it, a place without a name its address. */
static struct str canonical(struct gdb *g, const struct eng_spec *spec, struct str typed)
{
	bool bare = spec->kind == ENG_SPEC_LINE && spec->file.len &&
		    str_find(typed, STR_LIT(":")) == SIZE_MAX;
	if (bare && (!typed.len || typed.ptr[0] != '-' || isdigit((unsigned char)typed.ptr[1])))
		return arena_printf(&g->scratch, "%.*s:%u", STR_ARG(spec->file), spec->line);
	if (!typed.len)
		return arena_printf(&g->scratch, "*0x%" PRIx64, spec->address);
	return typed;
}

/* What stands behind the place. */
static struct error *apply_tail(struct gdb *g, struct eng_breakpoint *b, struct str text)
{
	struct gdb_tail tail;
	TRY(gdb_parse_tail(g, text, &tail));
	if (tail.thread)
		b->thread = tail.thread;
	return tail.condition.len ? gdb_set_condition(g, b, tail.condition, tail.force) : NULL;
}

void gdb_resolve_pending(struct gdb *g)
{
	struct eng_breakpoint *const *list;
	size_t count = eng_breakpoints(g->control, &list);
	for (size_t i = 0; i < count; i++) {
		struct eng_breakpoint *b = list[i];
		if (!b->pending_tail || b->location_count == 0)
			continue;
		char *tail = b->pending_tail;
		b->pending_tail = NULL;
		struct error *err = apply_tail(g, b, str_from(tail));
		if (!err) {
			free(tail);
			continue;
		}
		/* It waits on, for a place where that has a meaning. */
		b->pending_tail = tail;
		gdb_print_error(g, error_new(ERROR_USAGE, "Error in re-setting breakpoint %u: %s",
					     b->number, err->message));
		error_destroy(err);
		eng_breakpoint_unplace(g->control, b);
	}
}

/* What stands behind the place is read; while there is none, it is kept. */
static struct error *finish_tail(struct gdb *g, struct eng_breakpoint *b, struct str rest, bool dprintf)
{
	if (dprintf && rest.ptr[0] != '"') {
		if (gdb_from_tty(g))
			say_notes(g, b);
		return error_new(ERROR_USAGE, "Bad format string, missing '\"'.");
	}
	if (dprintf)
		gdb_dprintf_arm(g, b, rest);
	else if (b->location_count)
		return apply_tail(g, b, rest);
	else if (rest.len)
		b->pending_tail = str_dup(rest);
	return NULL;
}

enum flavour { KEPT, TEMPORARY, DPRINTF };

static struct error *break_at(struct gdb *g, struct str args, enum eng_breakpoint_kind kind,
			      enum flavour flavour)
{
	struct eng_spec spec;
	struct str rest;
	struct eng_breakpoint *b;
	const char *noun = flavour == DPRINTF        ? "dprintf"
			   : kind == ENG_BP_HARDWARE ? "hw breakpoint"
						     : "breakpoint";
	TRY(gdb_parse_place(g, args, &spec, &rest));
	struct str text = gdb_strip(str_sub(gdb_strip(args), 0, gdb_strip(args).len - rest.len));
	bool comma = rest.len && rest.ptr[0] == ',';
	if (flavour == DPRINTF) {
		rest = comma ? gdb_strip(str_sub(rest, 1, SIZE_MAX)) : STR_EMPTY;
		if (!rest.len)
			return error_new(ERROR_USAGE, "Format string required");
	} else if (comma) {
		return error_new(ERROR_USAGE, "Garbage '%.*s' at end of command", STR_ARG(rest));
	}
	gdb_settings_to_control(g);
	TRY(make(g, &spec, kind, noun, bare_line(&spec, text), &b));
	if (!b)
		return NULL;
	free(b->spec_text);
	b->spec_text = str_dup(canonical(g, &spec, text));
	b->bare = !text.len;
	if (flavour == TEMPORARY)
		b->disposition = ENG_DELETE;
	struct error *err = finish_tail(g, b, gdb_strip(rest), flavour == DPRINTF);
	if (err) {
		eng_breakpoint_unmake(g->control, b);
		return err;
	}
	if (gdb_from_tty(g))
		say_notes(g, b);
	eval_convenience_set_int(g->eval, STR_LIT("bpnum"), b->number);
	say_made(g, b);
	gdb_remember_libraries(g);
	return eng_breakpoint_update(g->control, b);
}

struct error *gdb_break_spec(struct gdb *g, const struct eng_spec *spec, struct str text)
{
	struct eng_breakpoint *b;
	gdb_settings_to_control(g);
	TRY(eng_break(g->control, spec, ENG_BP_CODE, false, &b));
	if (gdb_from_tty(g))
		say_notes(g, b);
	free(b->spec_text);
	b->spec_text = str_dup(text);
	eval_convenience_set_int(g->eval, STR_LIT("bpnum"), b->number);
	say_made(g, b);
	return eng_breakpoint_update(g->control, b);
}

struct error *gdb_run_break(struct gdb *g, const struct gdb_command *c, struct str args)
{
	bool hardware = strstr(c->name, "hbreak") != NULL;
	return break_at(g, args, hardware ? ENG_BP_HARDWARE : ENG_BP_CODE,
			c->name[0] == 't' ? TEMPORARY : KEPT);
}

struct error *gdb_run_dprintf(struct gdb *g, const struct gdb_command *c, struct str args)
{
	(void)c;
	return break_at(g, args, ENG_BP_CODE, DPRINTF);
}
