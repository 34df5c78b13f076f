/* Making, changing and deleting breakpoints, watchpoints and catchpoints. What `info breakpoints` shows is in breakpoint_table.c. */
#include "ui/gdb/looking.h"
#include "ui/gdb/running.h"
#include "ui/gdb/script.h"

#include "target/syscalls.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>

/* ---- watch ---- */

static struct error *watch_command(struct gdb *g, const struct gdb_command *c, struct str args)
{
	enum eng_breakpoint_kind kind = c->name[0] == 'r'   ? ENG_BP_RWATCH
					: c->name[0] == 'a' ? ENG_BP_AWATCH
							    : ENG_BP_WATCH;
	static const char *const nouns[] = { "Hardware watchpoint", "Hardware read watchpoint",
					     "Hardware access (read/write) watchpoint" };
	struct str text = args, rest = STR_EMPTY;
	struct gdb_tail tail;
	struct eval_expr *expr;
	struct eval_value value;
	struct eng_breakpoint *b;
	bool location = false;
	if (str_starts(text, STR_LIT("-l ")) || str_starts(text, STR_LIT("-location "))) {
		location = true;
		gdb_take_word(&text);
	}
	if (!text.len)
		return error_new(ERROR_USAGE, "Argument required (expression to compute).");
	if (!g->settings.can_use_hw_watchpoints)
		return error_new(
			ERROR_USAGE,
			kind == ENG_BP_WATCH
				? "oxdb has no software watchpoints: see `set can-use-hw-watchpoints'."
				: "Can't set read/access watchpoint when hardware watchpoints are disabled.");
	const struct eval_env *env = gdb_env(g);
	TRY(eval_parse(g->eval, eval_language(g->eval, env), text, &rest, &expr));
	struct error *err = eval_run(expr, g->eval, env, &g->scratch, &value);
	bool local = !location && eval_expr_uses_locals(expr, g->eval, env);
	struct str shown = arena_str(&g->scratch, gdb_strip(eval_expr_text(expr)));
	bool constant = eval_expr_is_constant(expr);
	eval_expr_destroy(expr);
	if (!err)
		err = eval_check(&value);
	if (err)
		return err;
	TRY(gdb_parse_tail(g, rest, &tail));
	if (value.place == EVAL_PLACE_REGISTER || value.place == EVAL_PLACE_PIECES ||
	    value.place == EVAL_PLACE_NAMED_REGISTER)
		return error_new(ERROR_UNSUPPORTED,
				 "`%.*s' is in no memory, and oxdb has no software watchpoints.",
				 STR_ARG(shown));
	if (constant || (value.type && sym_type_kind(value.type) == SYM_TYPE_FUNCTION))
		return error_new(ERROR_USAGE, "Cannot watch constant value `%.*s'.", STR_ARG(shown));
	if (!value.has_address)
		return error_new(ERROR_UNSUPPORTED,
				 "Cannot watch `%.*s': it is no place in memory. Watch one with a condition: "
				 "watch PLACE if CONDITION.",
				 STR_ARG(shown));
	struct eng_thread *t = eng_selected_thread(g->control);
	const struct eng_level *level =
		local && t ? eng_level(g->control, t, eng_selected_level(g->control)) : NULL;
	uint64_t size = sym_type_size(value.type);
	gdb_settings_to_control(g);
	TRY(eng_watch(g->control, kind, value.address, (uint32_t)(size < 1024 ? size : 1024), level, &b));
	free(b->expression);
	struct str full = location ? arena_printf(&g->scratch, "-location %.*s", STR_ARG(shown)) : shown;
	b->expression = str_dup(full);
	b->thread = tail.thread;
	err = gdb_set_condition(g, b, tail.condition, tail.force);
	if (err) {
		eng_breakpoint_unmake(g->control, b);
		return err;
	}
	eval_convenience_set_int(g->eval, STR_LIT("bpnum"), b->number);
	gdb_print(g, "%s %u: %s\n", nouns[kind - ENG_BP_WATCH], b->number, b->expression);
	return NULL;
}

/* What it names, without a frame; an address that was typed, or taken once and for all, stays. */
bool gdb_watch_place(void *ctx, const struct eng_breakpoint *b, uint64_t *ret_addr, uint32_t *ret_size)
{
	struct gdb *g = ctx;
	struct gdb_frame_env e;
	struct eval_expr *expr;
	struct eval_value value;
	struct arena arena = ARENA_INIT;
	if (!b->expression || str_starts(str_from(b->expression), STR_LIT("-location ")))
		return false;
	gdb_frame_env_init_bare(&e, g, NULL, NULL);
	struct error *err = eval_parse(g->eval, eval_language(g->eval, &e.env), str_from(b->expression),
				       NULL, &expr);
	if (!err) {
		err = eval_run(expr, g->eval, &e.env, &arena, &value);
		if (!err)
			err = eval_check(&value);
		eval_expr_destroy(expr);
	}
	bool found = !err && value.has_address;
	if (found) {
		uint64_t size = sym_type_size(value.type);
		*ret_addr = value.address;
		*ret_size = (uint32_t)(size < 1024 ? size : 1024);
	}
	error_destroy(err);
	arena_deinit(&arena);
	return found;
}

/* ---- changing ---- */

static struct error *find(struct gdb *g, int number, struct eng_breakpoint **ret)
{
	struct eng_breakpoint *b = number > 0 ? eng_breakpoint_find(g->control, (uint32_t)number) : NULL;
	if (!b)
		return error_new(ERROR_USAGE, "No breakpoint number %d.", number);
	*ret = b;
	return NULL;
}

/* location: from 1, 0: the whole. */
typedef struct error *each_fn(struct gdb *g, struct eng_breakpoint *b, unsigned location, void *ctx);

/* What is not there is said, and the others go on. */
static struct error *at_number(struct gdb *g, int number, each_fn *fn, void *ctx)
{
	struct eng_breakpoint *b = number > 0 ? eng_breakpoint_find(g->control, (uint32_t)number) : NULL;
	if (b)
		return fn(g, b, 0, ctx);
	gdb_print(g, "No breakpoint number %d.\n", number);
	return NULL;
}

static struct error *for_all(struct gdb *g, each_fn *fn, void *ctx)
{
	struct eng_breakpoint *const *list;
	size_t count = eng_breakpoints(g->control, &list);
	VEC(uint32_t) numbers = { 0 };
	for (size_t i = 0; i < count; i++)
		vec_push(&numbers, list[i]->number);
	struct error *err = NULL;
	vec_for(&numbers, n) {
		struct eng_breakpoint *b = eng_breakpoint_find(g->control, *n);
		if (b && !err)
			err = fn(g, b, 0, ctx);
	}
	vec_free(&numbers);
	return err;
}

/* Numbers and ranges of them; where no number begins the list ends, as with gdb. */
static struct error *for_numbers(struct gdb *g, struct str args, each_fn *fn, void *ctx)
{
	struct gdb_numbers list = { .text = args };
	if (!args.len)
		return error_new(ERROR_USAGE, "Argument required (one or more breakpoint numbers).");
	while (!gdb_numbers_end(&list) && !gdb_interrupted(g)) {
		int number;
		TRY(gdb_numbers_next(g, &list, &number));
		if (number == 0)
			gdb_warn(g, "bad breakpoint number at or near '0'");
		else
			TRY(at_number(g, number, fn, ctx));
	}
	return NULL;
}

/* A part of "2.1-3". */
static struct error *part(struct gdb *g, const char *what, struct str text, char trailer, int *ret)
{
	struct str rest = text;
	int n = gdb_take_number(g, &rest, trailer);
	struct str word = str_sub(text, 0, text.len - rest.len);
	if (n <= 0)
		return error_new(ERROR_USAGE, "%s breakpoint %s'%.*s'", n < 0 ? "Negative" : "Bad", what,
				 STR_ARG(word));
	*ret = n;
	return NULL;
}

static struct error *at_locations(struct gdb *g, struct str word, size_t dot, each_fn *fn, void *ctx)
{
	struct str places = str_sub(word, dot + 1, SIZE_MAX);
	size_t dash = str_find(places, STR_LIT("-"));
	struct eng_breakpoint *b;
	int number, from, to;
	if (dot == 0 || !places.len)
		return error_new(ERROR_USAGE, "Bad breakpoint number at or near: '%.*s'", STR_ARG(word));
	TRY(part(g, "number ", str_sub(word, 0, dot), '.', &number));
	if (dash != SIZE_MAX && dash + 1 == places.len)
		return error_new(ERROR_USAGE, "Bad breakpoint location number at or near: '%.*s'",
				 STR_ARG(places));
	TRY(part(g, "location number ", str_sub(places, 0, dash), '\0', &from));
	to = from;
	if (dash != SIZE_MAX)
		TRY(part(g, "location number ", str_sub(places, dash + 1, SIZE_MAX), '\0', &to));
	if (from > to)
		return error_new(ERROR_USAGE, "Inverted breakpoint location range at '%d-%d'", from, to);
	b = eng_breakpoint_find(g->control, (uint32_t)number);
	if (!b)
		return error_new(ERROR_USAGE, "Bad breakpoint number '%d'", number);
	for (int n = from; n <= to; n++) {
		if ((size_t)n > b->location_count)
			return error_new(ERROR_USAGE, "Bad breakpoint location number '%d'", n);
		TRY(fn(g, b, (unsigned)n, ctx));
	}
	return NULL;
}

/* What enable and disable take: "1", "2-4", "2.1", "2.1-3". */
static struct error *for_locations(struct gdb *g, struct str args, each_fn *fn, void *ctx)
{
	while (args.len) {
		struct str word = gdb_take_word(&args);
		size_t dot = str_find(word, STR_LIT(".")), dash = str_find(word, STR_LIT("-"));
		int from, to;
		if (dot != SIZE_MAX) {
			TRY(at_locations(g, word, dot, fn, ctx));
			continue;
		}
		if (dash != SIZE_MAX && dash + 1 == word.len)
			return error_new(ERROR_USAGE, "Bad breakpoint number at or near: '%.*s'",
					 STR_ARG(word));
		if (dash == 0)
			dash = SIZE_MAX; /* a negative number is told of as one */
		TRY(part(g, "number ", str_sub(word, 0, dash), '\0', &from));
		to = from;
		if (dash != SIZE_MAX)
			TRY(part(g, "number ", str_sub(word, dash + 1, SIZE_MAX), '\0', &to));
		if (from > to)
			return error_new(ERROR_USAGE, "Inverted breakpoint range at '%d-%d'", from, to);
		for (int n = from; n <= to && !gdb_interrupted(g); n++)
			TRY(at_number(g, n, fn, ctx));
	}
	return NULL;
}

static struct error *delete_one(struct gdb *g, struct eng_breakpoint *b, unsigned location, void *ctx)
{
	(void)location, (void)ctx;
	eng_breakpoint_delete(g->control, b);
	return NULL;
}

static struct error *delete_command(struct gdb *g, const struct gdb_command *c, struct str args)
{
	(void)c;
	struct eng_breakpoint *const *list;
	if (!args.len && gdb_from_tty(g) && eng_breakpoints(g->control, &list) &&
	    !gdb_query(g, "Delete all breakpoints? "))
		return NULL;
	return args.len ? for_numbers(g, args, delete_one, NULL) : for_all(g, delete_one, NULL);
}

struct change {
	bool enabled;
	enum eng_disposition disposition;
	bool set_disposition;
	uint32_t count;
};

static struct error *change_one(struct gdb *g, struct eng_breakpoint *b, unsigned location, void *ctx)
{
	const struct change *change = ctx;
	if (location && b->location_count > 1) { /* the only one is the whole breakpoint */
		b->locations[location - 1].enabled = change->enabled;
	} else {
		b->enabled = change->enabled;
		if (change->set_disposition)
			b->disposition = change->disposition;
		if (change->count)
			b->enable_count = change->count;
	}
	return eng_breakpoint_update(g->control, b);
}

static struct error *enable_command(struct gdb *g, const struct gdb_command *c, struct str args)
{
	struct change change = { .enabled = c->name[0] == 'e' };
	return args.len ? for_locations(g, args, change_one, &change) : for_all(g, change_one, &change);
}

/* enable once, delete, count */
static struct error *enable_for(struct gdb *g, const struct gdb_command *c, struct str args)
{
	const char *word = strrchr(c->name, ' ') + 1;
	struct change change = { .enabled = true, .set_disposition = true };
	change.disposition = word[0] == 'o'   ? ENG_DISABLE_ONCE
			     : word[0] == 'd' ? ENG_DELETE
					      : ENG_DISABLE_COUNT;
	if (word[0] == 'c') {
		if (!args.len)
			return error_new(ERROR_USAGE, "Argument required (hit count).");
		int n = gdb_take_number(g, &args, '\0');
		change.count = n > 0 ? (uint32_t)n : 0;
	}
	return for_numbers(g, args, change_one, &change);
}

static struct error *condition_command(struct gdb *g, const struct gdb_command *c, struct str args)
{
	(void)c;
	struct eng_breakpoint *b;
	bool force = str_starts(args, STR_LIT("-force ")) ||
		     str_starts(args, STR_LIT("-force-condition "));
	if (force)
		gdb_take_word(&args);
	if (!args.len)
		return error_new(ERROR_USAGE, "Argument required (breakpoint number).");
	if (args.ptr[0] == '-')
		return error_new(ERROR_USAGE, "Unrecognized option at: %.*s", STR_ARG(args));
	struct str before = args;
	int number = gdb_take_number(g, &args, '\0');
	if (!number)
		return error_new(ERROR_USAGE, "Bad breakpoint argument: '%.*s'", STR_ARG(before));
	TRY(find(g, number, &b));
	TRY(gdb_set_condition(g, b, args, force));
	if (!args.len)
		gdb_print(g, "Breakpoint %u now unconditional.\n", b->number);
	return NULL;
}

static struct error *ignore_command(struct gdb *g, const struct gdb_command *c, struct str args)
{
	(void)c;
	struct eng_breakpoint *b;
	struct str all = args;
	int64_t n = 0;
	if (!args.len)
		return error_new(ERROR_USAGE, "Argument required (a breakpoint number).");
	int number = gdb_take_number(g, &args, '\0');
	if (!number)
		return error_new(ERROR_USAGE, "bad breakpoint number: '%.*s'", STR_ARG(all));
	if (!args.len)
		return error_new(ERROR_USAGE, "Second argument (specified ignore-count) is missing.");
	TRY(gdb_eval_number(g, args, &n));
	TRY(find(g, number, &b));
	b->ignore = n > 0 ? (uint64_t)n : 0;
	if (!gdb_from_tty(g))
		return NULL;
	if (b->ignore == 0)
		gdb_print(g, "Will stop next time breakpoint %u is reached.\n", b->number);
	else if (b->ignore == 1)
		gdb_print(g, "Will ignore next crossing of breakpoint %u.\n", b->number);
	else
		gdb_print(g, "Will ignore next %llu crossings of breakpoint %u.\n",
			  (unsigned long long)b->ignore, b->number);
	return NULL;
}

struct numbers {
	VEC(uint32_t) list;
};

static struct error *note_number(struct gdb *g, struct eng_breakpoint *b, unsigned location, void *ctx)
{
	struct numbers *n = ctx;
	(void)g, (void)location;
	vec_push(&n->list, b->number);
	return NULL;
}

/* Those that are meant when none is named: of the last rbreak, or the last one. */
static struct error *last_made(struct gdb *g, struct numbers *ret)
{
	struct eng_breakpoint *const *list;
	size_t count = eng_breakpoints(g->control, &list);
	if (!count)
		return error_new(ERROR_USAGE, "No breakpoints specified.");
	bool many = list[count - 1]->number == g->rbreak_last;
	for (size_t i = 0; i < count; i++)
		if (i + 1 == count || (many && list[i]->number >= g->rbreak_first))
			vec_push(&ret->list, list[i]->number);
	return NULL;
}

static void keep_commands(struct eng_breakpoint *b, char *const *lines, size_t count)
{
	for (size_t i = 0; b->commands && b->commands[i]; i++)
		free(b->commands[i]);
	free(b->commands);
	b->commands = xmalloc((count + 1) * sizeof *b->commands);
	for (size_t i = 0; i < count; i++)
		b->commands[i] = xstrdup(lines[i]);
}

static struct error *keep_all(struct gdb *g, const uint32_t *numbers, size_t many, char *const *lines,
			      size_t count)
{
	for (size_t i = 0; i < many; i++) {
		struct eng_breakpoint *b = eng_breakpoint_find(g->control, numbers[i]);
		if (b && b->dprintf)
			return error_new(ERROR_UNSUPPORTED,
					 "Breakpoint %u is a dprintf: it prints, and has no commands.",
					 b->number);
		if (b)
			keep_commands(b, lines, count);
	}
	return NULL;
}

static struct error *commands_command(struct gdb *g, const struct gdb_command *c, struct str args)
{
	(void)c;
	char **lines;
	size_t count;
	struct numbers numbers = { 0 };
	struct buf banner = { 0 };
	struct error *err = args.len ? for_numbers(g, args, note_number, &numbers)
				     : last_made(g, &numbers);
	buf_printf(&banner, "Type commands for breakpoint(s) ");
	if (args.len)
		buf_str(&banner, args);
	else if (numbers.list.count > 1)
		buf_printf(&banner, "%u-%u", g->rbreak_first, g->rbreak_last);
	else if (numbers.list.count)
		buf_printf(&banner, "%u", numbers.list.data[0]);
	buf_printf(&banner, ", one per line.");
	if (!err && numbers.list.count) {
		err = gdb_read_body(g, banner.data, &lines, &count);
		if (!err) {
			err = keep_all(g, numbers.list.data, numbers.list.count, lines, count);
			gdb_free_lines(lines, count);
		}
	}
	vec_free(&numbers.list);
	buf_deinit(&banner);
	return err;
}

static struct error *clear_command(struct gdb *g, const struct gdb_command *c, struct str args)
{
	(void)c;
	struct eng_spec spec;
	struct eng_place *places;
	size_t count;
	TRY(gdb_parse_place(g, args, &spec, NULL));
	bool line = spec.kind == ENG_SPEC_LINE; /* this very one, not the next with code */
	struct error *err = eng_locate(g->control, eng_selected_inferior(g->control), &spec, &g->scratch,
				       &places, &count);
	if (err && !(line && err->code == ERROR_NOT_FOUND))
		return err;
	count = err ? 0 : count;
	error_destroy(err);
	struct eng_breakpoint *const *list;
	VEC(uint32_t) numbers = { 0 };
	size_t all = eng_breakpoints(g->control, &list);
	for (size_t i = 0; i < all; i++) {
		bool there = false;
		for (size_t l = 0; l < list[i]->location_count; l++)
			for (size_t p = 0; p < count; p++) {
				const struct eng_place *place = &list[i]->locations[l].place;
				there |= line ? place->line.line == spec.line &&
							 str_eq(place->line.file, places[p].line.file)
					      : place->address == places[p].address;
			}
		if (there)
			vec_push(&numbers, list[i]->number);
	}
	if (numbers.count == 0) {
		vec_free(&numbers);
		return args.len ? error_new(ERROR_USAGE, "No breakpoint at %.*s.", STR_ARG(args))
				: error_new(ERROR_USAGE, "No breakpoint at this line.");
	}
	gdb_print(g, "Deleted breakpoint%s ", numbers.count > 1 ? "s" : "");
	vec_for(&numbers, n) {
		gdb_print(g, "%u ", *n);
		eng_breakpoint_delete(g->control, eng_breakpoint_find(g->control, *n));
	}
	gdb_print_str(g, STR_LIT("\n"));
	vec_free(&numbers);
	return NULL;
}

static const char break_help[] =
	"Set a breakpoint.\nUsage: break [PLACE] [thread N] [if CONDITION]\n"
	"PLACE is LINE, FILE:LINE, a function by its path or the end of it, FILE:FUNCTION, *ADDRESS, +N or -N; without it\n"
	"the place where the selected frame stands. A function means all instances of a generic and all inlined copies.";

#define ENABLE(prefix)                                                                                     \
	{ prefix " count",                                                                                 \
	  NULL,                                                                                            \
	  GDB_CLASS_BREAKPOINTS,                                                                           \
	  0,                                                                                               \
	  enable_for,                                                                                      \
	  NULL,                                                                                            \
	  "Enable some breakpoints for a number of hits.\nUsage: " prefix " count N NUMBER…" },            \
		{ prefix " delete",                                                                        \
		  NULL,                                                                                    \
		  GDB_CLASS_BREAKPOINTS,                                                                   \
		  0,                                                                                       \
		  enable_for,                                                                              \
		  NULL,                                                                                    \
		  "Enable some breakpoints and delete them when hit.\nUsage: " prefix " delete NUMBER…" }, \
	{                                                                                                  \
		prefix " once", NULL, GDB_CLASS_BREAKPOINTS, 0, enable_for, NULL,                          \
			"Enable some breakpoints for one hit.\nUsage: " prefix " once NUMBER…"           \
	}

static const struct gdb_command commands[] = {
	{ "break", "b br bre brea", GDB_CLASS_BREAKPOINTS, 0, gdb_run_break, gdb_complete_places,
	  break_help },
	{ "tbreak", "tb tbr", GDB_CLASS_BREAKPOINTS, 0, gdb_run_break, gdb_complete_places,
	  "Set a breakpoint that is deleted when it is hit.\nUsage: tbreak [PLACE] [thread N] [if CONDITION]" },
	{ "hbreak", "hb", GDB_CLASS_BREAKPOINTS, 0, gdb_run_break, gdb_complete_places,
	  "Set a breakpoint in a debug register.\nUsage: hbreak [PLACE] [thread N] [if CONDITION]" },
	{ "thbreak", "thb", GDB_CLASS_BREAKPOINTS, 0, gdb_run_break, gdb_complete_places,
	  "Set a breakpoint in a debug register that is deleted when it is hit.\nUsage: thbreak [PLACE] [if CONDITION]" },
	{ "rbreak", NULL, GDB_CLASS_BREAKPOINTS, 0, gdb_run_rbreak, NULL,
	  "Set a breakpoint for all functions matching REGEXP.\nUsage: rbreak [FILE:]REGEXP\nWith FILE: those of this source file. "
	  "`commands' behind it are for all of them." },
	{ "save", NULL, GDB_CLASS_BREAKPOINTS, 0, NULL, NULL, "Save breakpoint definitions as a script." },
	{ "save breakpoints", NULL, GDB_CLASS_BREAKPOINTS, 0, gdb_run_save_breakpoints, gdb_complete_file,
	  "Save current breakpoint definitions as a script.\nUsage: save breakpoints FILE\nThe `source' command makes them again in "
	  "another session: with their conditions, commands and counts." },
	{ "dprintf", NULL, GDB_CLASS_BREAKPOINTS, 0, gdb_run_dprintf, gdb_complete_places,
	  "Set a dynamic printf at specified location.\nUsage: dprintf PLACE,\"FORMAT\",ARG1,ARG2…\n"
	  "When the program comes there the text is printed, as by `printf', and the program goes on. A function of the\n"
	  "program cannot be called for it; what cannot be printed stops. It has a number as breakpoints have: `condition',\n"
	  "`ignore', `disable' and `delete' work on it." },
	{ "watch", NULL, GDB_CLASS_BREAKPOINTS, 0, watch_command, gdb_complete_watch,
	  "Stop when a place changes its value.\nUsage: watch [-l|-location] EXPRESSION [thread N] [if CONDITION]" },
	{ "rwatch", NULL, GDB_CLASS_BREAKPOINTS, 0, watch_command, gdb_complete_watch,
	  "Stop when a place is read.\nUsage: rwatch [-l|-location] EXPRESSION [thread N] [if CONDITION]" },
	{ "awatch", NULL, GDB_CLASS_BREAKPOINTS, 0, watch_command, gdb_complete_watch,
	  "Stop when a place is read or written.\nUsage: awatch [-l|-location] EXPRESSION [thread N] [if CONDITION]" },
	{ "delete", "d del dele", GDB_CLASS_BREAKPOINTS, GDB_ONCE, delete_command, NULL,
	  "Delete breakpoints.\nUsage: delete [breakpoints] [NUMBER…]" },
	{ "delete breakpoints", NULL, GDB_CLASS_BREAKPOINTS, GDB_ONCE, delete_command, NULL,
	  "Delete all or some breakpoints.\nUsage: delete breakpoints [NUMBER…]" },
	{ "clear", "cl", GDB_CLASS_BREAKPOINTS, 0, clear_command, gdb_complete_places,
	  "Delete the breakpoints at a place.\nUsage: clear [PLACE]" },
	{ "enable", "en", GDB_CLASS_BREAKPOINTS, 0, enable_command, NULL,
	  "Enable breakpoints.\nUsage: enable [breakpoints] [once|count N|delete] [NUMBER[.LOCATION]…]" },
	{ "enable breakpoints", NULL, GDB_CLASS_BREAKPOINTS, 0, enable_command, NULL,
	  "Enable all or some breakpoints.\nUsage: enable breakpoints [NUMBER[.LOCATION]…]" },
	ENABLE("enable"),
	ENABLE("enable breakpoints"),
	{ "disable", "dis disa", GDB_CLASS_BREAKPOINTS, 0, enable_command, NULL,
	  "Disable breakpoints.\nUsage: disable [breakpoints] [NUMBER[.LOCATION]…]" },
	{ "disable breakpoints", NULL, GDB_CLASS_BREAKPOINTS, 0, enable_command, NULL,
	  "Disable all or some breakpoints.\nUsage: disable breakpoints [NUMBER[.LOCATION]…]" },
	{ "condition", NULL, GDB_CLASS_BREAKPOINTS, 0, condition_command, gdb_complete_condition,
	  "Set a breakpoint's condition, or take it away.\nUsage: condition NUMBER [EXPRESSION]" },
	{ "ignore", NULL, GDB_CLASS_BREAKPOINTS, 0, ignore_command, NULL,
	  "Pass a breakpoint a number of times.\nUsage: ignore NUMBER COUNT" },
	{ "commands", NULL, GDB_CLASS_BREAKPOINTS, GDB_ONCE, commands_command, NULL,
	  "Commands to run when a breakpoint stops the program.\nUsage: commands [NUMBER]\nThe lines follow, up to \"end\"; "
	  "\"silent\" as the first one keeps the stop quiet." },
	{ "info watchpoints", NULL, GDB_CLASS_STATUS, 0, gdb_info_breakpoints, NULL,
	  "Status of specified watchpoints (all watchpoints if no argument).\nUsage: info watchpoints [NUMBER…]" },
	{ "info breakpoints", "b", GDB_CLASS_STATUS, 0, gdb_info_breakpoints, NULL,
	  "Show breakpoints, watchpoints and catchpoints.\nUsage: info breakpoints [NUMBER…]" },
};
const struct gdb_command_table gdb_commands_breakpoints = { commands, sizeof commands / sizeof *commands };
