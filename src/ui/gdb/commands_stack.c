/* backtrace, frame, up, down and what is said about the selected frame. */
#include "ui/gdb/looking.h"

#include <inttypes.h>
#include <stdlib.h>

/* ---- which levels there are ---- */

/* The program's main: nothing above it is the user's. */
static bool is_main(const struct eng_level *level)
{
	if (level->inlined || !level->function || !level->module || !level->module->is_main)
		return false;
	return level->function == sym_rust_main(sym_function_module(level->function)) ||
	       (!level->info.is_rust && str_is(level->info.name, "main"));
}

const struct eng_level *gdb_level(struct gdb *g, struct eng_thread *t, uint32_t n)
{
	uint32_t limit = g->settings.backtrace_limit;
	if (limit != 0 && n >= limit)
		return NULL;
	/* The selected level and those below it are known to be the user's. */
	uint32_t from = t == eng_selected_thread(g->control) ? eng_selected_level(g->control) : 0;
	for (uint32_t i = from < n ? from : n; i < n && !g->settings.backtrace_past_main; i++) {
		const struct eng_level *below = eng_level(g->control, t, i);
		if (!below || is_main(below))
			return NULL;
	}
	return eng_level(g->control, t, n);
}

static const struct eng_level *level_above(struct gdb *g, struct eng_thread *t,
					   const struct eng_level *level)
{
	uint32_t limit = g->settings.backtrace_limit;
	if ((limit != 0 && level->level + 1 >= limit) ||
	    (!g->settings.backtrace_past_main && is_main(level)))
		return NULL;
	return eng_level(g->control, t, level->level + 1);
}

/* ---- naming one of them ---- */

/* Without debug information: the symbol that the place is in is the frame's. */
static bool is_frame_of(const struct eng_level *level, const struct eng_place *place)
{
	struct file_range bounds;
	if (level->function || place->function)
		return level->function == place->function;
	uint64_t addr = place->address - level->code.bias;
	return level->code.kind == UNWIND_CODE_NATIVE && level->code.module &&
	       sym_function_bounds(level->code.module, level->lookup_pc, &bounds) &&
	       addr >= bounds.start.value && addr < bounds.end.value;
}

static struct error *frame_by_function(struct gdb *g, struct eng_thread *t, struct str name,
				       const struct eng_level **ret)
{
	struct eng_place *places;
	size_t count;
	if (name.len == 0)
		return error_new(ERROR_USAGE, "Missing function name argument");
	struct eng_spec spec = { .kind = ENG_SPEC_FUNCTION, .function = name };
	TRY(eng_locate(g->control, eng_selected_inferior(g->control), &spec, &g->scratch, &places, &count));
	for (const struct eng_level *l = gdb_level(g, t, 0); l; l = level_above(g, t, l)) {
		for (size_t i = 0; i < count; i++) {
			if (!is_frame_of(l, &places[i]))
				continue;
			*ret = l;
			return NULL;
		}
	}
	return error_new(ERROR_NOT_FOUND, "No frame for function \"%.*s\".", STR_ARG(name));
}

static struct error *frame_by_address(struct gdb *g, struct eng_thread *t, struct str args,
				      const struct eng_level **ret)
{
	int64_t addr, pc = 0;
	struct str rest = args, first = gdb_take_word(&rest);
	if (args.len == 0)
		return error_new(ERROR_USAGE, "Argument required (expression to compute).");
	TRY(gdb_eval_number(g, rest.len ? first : args, &addr));
	if (rest.len)
		TRY(gdb_eval_number(g, rest, &pc));
	*ret = eng_level_by_address(g->control, t, (uint64_t)addr, (uint64_t)pc);
	return *ret ? NULL : error_new(ERROR_NOT_FOUND, "No frame at address %.*s.", STR_ARG(args));
}

static bool is_word(struct str word, const char *full, size_t least)
{
	return word.len >= least && str_starts(str_from(full), word);
}

struct error *gdb_find_frame(struct gdb *g, struct str args, struct eng_thread **ret_thread,
			     const struct eng_level **ret)
{
	TRY(gdb_need_frame(g, ret_thread, ret));
	struct str rest = args, word = gdb_take_word(&rest);
	if (args.len == 0)
		return NULL;
	if (is_word(word, "function", 2))
		return frame_by_function(g, *ret_thread, rest, ret);
	if (is_word(word, "address", 1))
		return frame_by_address(g, *ret_thread, rest, ret);
	if (is_word(word, "view", 1) && rest.len == 0)
		return error_new(ERROR_USAGE, "Missing address argument to view a frame");
	if (is_word(word, "view", 1))
		return error_new(ERROR_UNSUPPORTED,
				 "Frames at a stack address of one's own cannot be viewed by oxdb.");
	if (is_word(word, "level", 1)) {
		args = rest;
		if (args.len == 0)
			return error_new(ERROR_USAGE, "Argument required (expression to compute).");
	}
	int64_t n;
	TRY(gdb_eval_number(g, args, &n));
	*ret = n >= 0 && n <= UINT32_MAX ? gdb_level(g, *ret_thread, (uint32_t)n) : NULL;
	return *ret ? NULL : error_new(ERROR_NOT_FOUND, "No frame at level %.*s.", STR_ARG(args));
}

static void show_selected(struct gdb *g, struct eng_thread *t, const struct eng_level *level)
{
	if (g->settings.suppress_notifications)
		gdb_list_from(g, level->line.file, level->line.line);
	else
		gdb_print_frame(g, t, level, GDB_FRAME_LEVEL | GDB_FRAME_LOCATION | GDB_FRAME_SOURCE);
}

static struct error *run_frame(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct eng_thread *t;
	const struct eng_level *level;
	(void)command;
	TRY(gdb_find_frame(g, args, &t, &level));
	eng_select_level(g->control, level->level);
	show_selected(g, t, level);
	return NULL;
}

static struct error *run_frame_function(struct gdb *g, const struct gdb_command *command, struct str args)
{
	return run_frame(g, command, arena_printf(&g->scratch, "function %.*s", STR_ARG(args)));
}

static struct error *run_frame_level(struct gdb *g, const struct gdb_command *command, struct str args)
{
	return run_frame(g, command, arena_printf(&g->scratch, "level %.*s", STR_ARG(args)));
}

static struct error *run_frame_address(struct gdb *g, const struct gdb_command *command, struct str args)
{
	return run_frame(g, command, arena_printf(&g->scratch, "address %.*s", STR_ARG(args)));
}

static struct error *run_select_frame(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct eng_thread *t;
	const struct eng_level *level;
	(void)command;
	TRY(gdb_find_frame(g, args, &t, &level));
	eng_select_level(g->control, level->level);
	gdb_list_from(g, level->line.file, level->line.line);
	return NULL;
}

/* ---- up, down ---- */

static struct error *move(struct gdb *g, struct str args, bool up)
{
	struct eng_thread *t;
	const struct eng_level *level;
	int64_t count = 1;
	TRY(gdb_need_frame(g, &t, &level));
	if (args.len > 0)
		TRY(gdb_eval_number(g, args, &count));
	if (!up)
		count = -count;
	int64_t left = count;
	for (; left > 0; left--) {
		const struct eng_level *next = level_above(g, t, level);
		if (!next)
			break;
		level = next;
	}
	if (left < 0) {
		int64_t target = (int64_t)level->level + left;
		left = target < 0 ? target : 0;
		level = eng_level(g->control, t, target < 0 ? 0 : (uint32_t)target);
	}
	if (left != 0 && args.len == 0)
		return error_new(ERROR_USAGE,
				 up ? "Initial frame selected; you cannot go up."
				    : "Bottom (innermost) frame selected; you cannot go down.");
	eng_select_level(g->control, level->level);
	return NULL;
}

static struct error *move_and_show(struct gdb *g, struct str args, bool up, bool silent)
{
	struct eng_thread *t;
	const struct eng_level *level;
	TRY(move(g, args, up));
	TRY(gdb_need_frame(g, &t, &level));
	if (silent)
		gdb_list_from(g, level->line.file, level->line.line);
	else
		show_selected(g, t, level);
	return NULL;
}

static struct error *run_up(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command;
	return move_and_show(g, args, true, false);
}

static struct error *run_down(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command;
	return move_and_show(g, args, false, false);
}

static struct error *run_up_silently(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command;
	return move_and_show(g, args, true, true);
}

static struct error *run_down_silently(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command;
	return move_and_show(g, args, false, true);
}

/* ---- backtrace ---- */

struct backtrace {
	bool full;
	bool has_count;
	int64_t count;
};

/* -past-main [on|off] */
static bool take_switch(struct str *args)
{
	struct str rest = *args, word = gdb_take_word(&rest);
	bool on = str_is(word, "on") || str_is(word, "yes") || str_is(word, "1") || str_is(word, "enable");
	bool off = str_is(word, "off") || str_is(word, "no") || str_is(word, "0") ||
		   str_is(word, "disable");
	/* A number behind it is the count. */
	if ((on && !str_is(word, "1")) || (off && !str_is(word, "0"))) {
		*args = rest;
		return on;
	}
	return true;
}

static struct error *take_choice(struct str *args, const char *option, const char *choices, const char **ret)
{
	struct str word = gdb_take_word(args);
	if (word.len == 0)
		return error_new(ERROR_USAGE, "%s requires an argument", option);
	for (const char *at = choices; *at;) {
		size_t len = strcspn(at, " ");
		if (word.len <= len && memcmp(at, word.ptr, word.len) == 0) {
			static const char *const known[] = { "all",
							     "scalars",
							     "none",
							     "presence",
							     "auto",
							     "source-line",
							     "location",
							     "source-and-location",
							     "location-and-address",
							     "short-location",
							     "no",
							     "only",
							     "preferred",
							     "if-needed",
							     "both",
							     "compact",
							     "default" };
			for (size_t i = 0; i < sizeof known / sizeof *known; i++)
				if (strlen(known[i]) == len && memcmp(known[i], at, len) == 0)
					*ret = known[i];
			return NULL;
		}
		at += len;
		at += strspn(at, " ");
	}
	return error_new(ERROR_USAGE, "Undefined item: \"%.*s\".", STR_ARG(word));
}

/* One option; *ret_taken false: it is none. Those of gdb that change nothing here are accepted. */
static struct error *take_option(struct gdb *g, struct str *args, struct backtrace *b, bool *ret_taken)
{
	struct str rest = *args, word = gdb_take_word(&rest);
	*ret_taken = true;
	if (is_word(word, "-full", 3)) {
		b->full = true;
	} else if (is_word(word, "-frame-arguments", 8)) {
		TRY(take_choice(&rest, "-frame-arguments", "all scalars none presence",
				&g->settings.frame_arguments));
	} else if (is_word(word, "-frame-info", 8)) {
		TRY(take_choice(&rest, "-frame-info",
				"auto source-line location source-and-location location-and-address "
				"short-location",
				&g->settings.frame_info));
	} else if (is_word(word, "-past-main", 7)) {
		g->settings.backtrace_past_main = take_switch(&rest);
	} else if (is_word(word, "-past-entry", 7)) {
		g->settings.backtrace_past_entry = take_switch(&rest);
	} else if (is_word(word, "-raw-frame-arguments", 2) || is_word(word, "-no-filters", 2) ||
		   is_word(word, "-hide", 2)) {
		if (word.ptr[1] == 'r')
			take_switch(&rest);
	} else if (is_word(word, "-entry-values", 2)) {
		TRY(take_choice(&rest, "-entry-values", "no only preferred if-needed both compact default",
				&g->settings.entry_values));
	} else {
		*ret_taken = false;
		return NULL;
	}
	*args = rest;
	return NULL;
}

static struct error *parse_backtrace(struct gdb *g, struct str args, struct backtrace *b)
{
	bool taken = true;
	while (taken && args.len > 0 && args.ptr[0] == '-')
		TRY(take_option(g, &args, b, &taken));
	while (args.len > 0) {
		struct str rest = args, word = gdb_take_word(&rest);
		if (is_word(word, "full", 1))
			b->full = true;
		else if (!is_word(word, "no-filters", 1) && !is_word(word, "hide", 1))
			break;
		args = rest;
	}
	b->has_count = args.len > 0;
	return b->has_count ? gdb_eval_number(g, args, &b->count) : NULL;
}

static const char *why_stopped(enum unwind_end end)
{
	switch (end) {
	case UNWIND_END_CORRUPT:
		return "previous frame inner to this frame (corrupt stack?)";
	case UNWIND_END_LIMIT:
		return "too many frames";
	default:
		return NULL;
	}
}

static struct error *print_levels(struct gdb *g, struct eng_thread *t, const struct eng_level *level,
				  const struct backtrace *b)
{
	struct buf text = { 0 };
	struct arena arena = ARENA_INIT;
	struct gdb_variable_filter all = { 0 };
	bool force = strcmp(g->settings.frame_info, "location-and-address") == 0;
	bool with_source = str_starts(str_from(g->settings.frame_info), STR_LIT("source-"));
	const struct eng_level *last = NULL;
	struct error *err = NULL;
	for (int64_t n = 0; level && (!b->has_count || b->count < 0 || n < b->count) && !err; n++) {
		if (with_source) {
			gdb_show_frame(g, t, level, GDB_FRAME_LOCATION | GDB_FRAME_LEVEL);
		} else {
			gdb_frame_location(g, t, level, true, force, &arena, &text);
		}
		if (b->full) {
			gdb_print_buf(g, &text);
			err = gdb_print_locals(g, t, level, 8, &all);
		}
		if (text.len > 1 << 15)
			gdb_print_buf(g, &text);
		if (arena.total > 1 << 18)
			arena_reset(&arena);
		if (gdb_interrupted(g))
			break;
		last = level;
		level = level_above(g, t, level);
	}
	gdb_print_buf(g, &text);
	buf_deinit(&text);
	arena_deinit(&arena);
	if (err || !gdb_from_tty(g) || gdb_interrupted(g))
		return err;
	const char *why = last && !level ? why_stopped(eng_level_end(g->control, t)) : NULL;
	if (level)
		gdb_print(g, "(More stack frames follow...)\n");
	else if (why && !is_main(last))
		gdb_print(g, "Backtrace stopped: %s\n", why);
	return NULL;
}

static struct error *backtrace(struct gdb *g, struct str args)
{
	struct eng_thread *t = eng_selected_thread(g->control);
	struct backtrace b = { 0 };
	const struct eng_level *level = t ? gdb_level(g, t, 0) : NULL;
	if (!level)
		return error_new(ERROR_USAGE, "No stack.");
	TRY(parse_backtrace(g, args, &b));
	if (b.has_count && b.count < 0) {
		/* The last ones: where they begin is known at the end. */
		uint32_t total = 0;
		for (const struct eng_level *l = level; l && !gdb_interrupted(g); l = level_above(g, t, l))
			total++;
		uint64_t wanted = (uint64_t)-b.count;
		level = eng_level(g->control, t, wanted < total ? total - (uint32_t)wanted : 0);
	}
	return print_levels(g, t, level, &b);
}

/* Options hold for this command. */
static struct error *run_backtrace(struct gdb *g, const struct gdb_command *command, struct str args)
{
	const char *entry_values = g->settings.entry_values;
	const char *arguments = g->settings.frame_arguments, *info = g->settings.frame_info;
	bool past_main = g->settings.backtrace_past_main, past_entry = g->settings.backtrace_past_entry;
	(void)command;
	struct error *err = backtrace(g, args);
	g->settings.frame_arguments = arguments;
	g->settings.entry_values = entry_values;
	g->settings.frame_info = info;
	g->settings.backtrace_past_main = past_main;
	g->settings.backtrace_past_entry = past_entry;
	return err;
}

/* ---- info args, info locals ---- */

static struct error *need_frame_for_info(struct gdb *g, struct eng_thread **ret_thread,
					 const struct eng_level **ret)
{
	struct error *err = gdb_need_frame(g, ret_thread, ret);
	if (!err)
		return NULL;
	error_destroy(err);
	return error_new(ERROR_USAGE, "No frame selected.");
}

static struct error *run_info_args(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct gdb_variable_filter filter;
	struct eng_thread *t;
	const struct eng_level *level;
	(void)command;
	TRY(gdb_take_filter(args, GDB_FILTER_TYPE, &filter));
	TRY(need_frame_for_info(g, &t, &level));
	return gdb_print_args(g, t, level, &filter);
}

static struct error *run_info_locals(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct gdb_variable_filter filter;
	struct eng_thread *t;
	const struct eng_level *level;
	(void)command;
	TRY(gdb_take_filter(args, GDB_FILTER_TYPE, &filter));
	TRY(need_frame_for_info(g, &t, &level));
	return gdb_print_locals(g, t, level, 0, &filter);
}

/* ---- frame apply ---- */

struct error *gdb_take_apply_flags(struct str *args, struct gdb_apply_flags *ret)
{
	struct gdb_apply_flags f = { 0 };
	while (args->len > 1 && args->ptr[0] == '-') {
		struct str rest = *args, word = gdb_take_word(&rest);
		if (str_is(word, "--")) {
			*args = rest;
			break;
		}
		for (size_t i = 1; i < word.len; i++) {
			f.quiet |= word.ptr[i] == 'q';
			f.go_on |= word.ptr[i] == 'c';
			f.silent |= word.ptr[i] == 's';
			if (!strchr("qcs", word.ptr[i])) {
				*ret = f;
				return NULL;
			}
		}
		*args = rest;
		if (f.go_on && f.silent)
			return error_new(ERROR_USAGE, "frame apply: cannot use -c and -s together");
	}
	*ret = f;
	return NULL;
}

static struct error *apply_to(struct gdb *g, struct eng_thread *t, const struct eng_level *level,
			      struct str command, const struct gdb_apply_flags *flags)
{
	struct buf out = { 0 };
	uint32_t number = level->level;
	eng_select_level(g->control, number);
	struct error *err = gdb_execute_to(g, command, &out);
	t = eng_selected_thread(g->control);
	level = t ? eng_level(g->control, t, number) : NULL;
	bool show = err ? !flags->silent : !flags->silent || out.len > 0;
	if (show && !flags->quiet && level)
		gdb_print_frame(g, t, level, GDB_FRAME_LEVEL | GDB_FRAME_LOCATION);
	gdb_print_buf(g, &out);
	buf_deinit(&out);
	if (err && (flags->silent || flags->go_on)) {
		if (flags->go_on)
			gdb_print(g, "%s\n", err->message);
		error_destroy(err);
		return NULL;
	}
	return err;
}

/* "all", COUNT, -COUNT, "level N N-M …" in front of the flags and the command. */
struct selection {
	bool is_levels, from_end;
	uint64_t count;
	VEC(uint32_t) levels;
};

static struct error *take_levels(struct gdb *g, struct str *args, struct selection *s)
{
	struct gdb_numbers list = { .text = *args };
	s->is_levels = true;
	while (!gdb_numbers_end(&list) && s->levels.count < 1 << 16) {
		int n;
		TRY(gdb_numbers_next(g, &list, &n));
		vec_push(&s->levels, (uint32_t)n);
	}
	*args = list.text;
	if (s->levels.count == 0)
		return error_new(ERROR_USAGE, "Missing or invalid LEVEL... argument");
	return NULL;
}

static struct error *take_selection(struct gdb *g, struct str *args, struct selection *s)
{
	struct str rest = *args, word = gdb_take_word(&rest);
	int64_t count;
	if (word.len == 0)
		return error_new(ERROR_USAGE, "Missing COUNT argument.");
	*args = rest;
	s->count = UINT64_MAX;
	if (str_is(word, "all"))
		return NULL;
	if (is_word(word, "level", 1))
		return take_levels(g, args, s);
	struct error *err = gdb_eval_number(g, word, &count);
	if (err) {
		error_destroy(err);
		return error_new(ERROR_USAGE, "Invalid COUNT argument.");
	}
	s->from_end = count < 0;
	s->count = (uint64_t)(count < 0 ? -count : count);
	return NULL;
}

static struct error *apply_all(struct gdb *g, const struct selection *s, struct str command,
			       const struct gdb_apply_flags *flags)
{
	uint32_t total = 0;
	struct eng_thread *t = eng_selected_thread(g->control);
	for (const struct eng_level *l = gdb_level(g, t, 0); l && (s->from_end || total < s->count);
	     l = level_above(g, t, l))
		total++;
	uint32_t from = s->from_end && s->count < total ? total - (uint32_t)s->count : 0;
	size_t count = s->is_levels ? s->levels.count : total - from;
	for (size_t i = 0; i < count && !gdb_interrupted(g); i++) {
		uint32_t number = s->is_levels ? s->levels.data[i] : from + (uint32_t)i;
		t = eng_selected_thread(g->control);
		eng_select_level(g->control, 0);
		const struct eng_level *level = t ? gdb_level(g, t, number) : NULL;
		if (!level)
			return error_new(ERROR_NOT_FOUND, "No frame at level %" PRIu32 ".", number);
		TRY(apply_to(g, t, level, command, flags));
	}
	return NULL;
}

static struct error *run_frame_apply(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct selection s = { 0 };
	struct gdb_apply_flags flags;
	(void)command;
	struct eng_thread *t = eng_selected_thread(g->control);
	if (!t)
		return error_new(ERROR_USAGE, "No stack.");
	struct error *err = take_selection(g, &args, &s);
	if (!err)
		err = gdb_take_apply_flags(&args, &flags);
	if (!err && args.len == 0)
		err = error_new(ERROR_USAGE, "Please specify a command to apply on the selected frames");
	if (!err) {
		uint32_t before = eng_selected_level(g->control);
		char *text = str_dup(args);
		err = apply_all(g, &s, str_from(text), &flags);
		free(text);
		if (eng_selected_thread(g->control) == t)
			eng_select_level(g->control, before);
	}
	vec_free(&s.levels);
	return err;
}

static struct error *run_faas(struct gdb *g, const struct gdb_command *command, struct str args)
{
	if (args.len == 0)
		return error_new(ERROR_USAGE, "Please specify a command to apply on all frames");
	return run_frame_apply(g, command, arena_printf(&g->scratch, "all -s %.*s", STR_ARG(args)));
}

/* ---- the table ---- */

static const struct gdb_command commands[] = {
	{ "backtrace", "bt where", GDB_CLASS_STACK, 0, run_backtrace, gdb_complete_backtrace,
	  "Print backtrace of all stack frames, or innermost COUNT frames.\n"
	  "Usage: backtrace [OPTION]... [QUALIFIER]... [COUNT | -COUNT]\n\n"
	  "Options:\n"
	  "  -frame-arguments all|scalars|none|presence\n"
	  "    Set printing of non-scalar frame arguments.\n"
	  "  -frame-info auto|source-line|location|source-and-location|location-and-address|short-location\n"
	  "    Set printing of frame information.\n"
	  "  -past-main [on|off]\n"
	  "    Set whether backtraces should continue past \"main\".\n"
	  "  -past-entry [on|off]\n"
	  "    Set whether backtraces should continue past the entry point of a program.\n"
	  "  -full\n"
	  "    Print values of local variables.\n\n"
	  "For backward compatibility, the following qualifiers are supported:\n"
	  "   full       - same as -full option.\n"
	  "   no-filters - same as -no-filters option.\n"
	  "   hide       - same as -hide.\n\n"
	  "With a negative COUNT, print outermost -COUNT frames." },
	{ "frame", "f", GDB_CLASS_STACK, GDB_COVERS, run_frame, NULL,
	  "Select and print a stack frame.\n"
	  "With no argument, print the selected stack frame.  (See also \"info frame\").\n"
	  "A single numerical argument specifies the frame to select." },
	{ "frame address", NULL, GDB_CLASS_STACK, 0, run_frame_address, NULL,
	  "Select and print a stack frame by stack address.\n\nUsage: frame address STACK-ADDRESS" },
	{ "frame function", NULL, GDB_CLASS_STACK, 0, run_frame_function, NULL,
	  "Select and print a stack frame by function name.\n\nUsage: frame function NAME\n\n"
	  "The innermost frame that visited function NAME is selected." },
	{ "frame level", NULL, GDB_CLASS_STACK, 0, run_frame_level, NULL,
	  "Select and print a stack frame by level.\n\nUsage: frame level LEVEL" },
	{ "frame apply", NULL, GDB_CLASS_STACK, GDB_COVERS, run_frame_apply, gdb_complete_frame_apply,
	  "Apply a command to a number of frames.\n\n"
	  "Usage: frame apply [all | COUNT | -COUNT | level LEVEL...] [OPTION]... COMMAND\n"
	  "With a negative COUNT argument, applies the command on outermost -COUNT frames.\n\n"
	  "Options:\n"
	  "  -q\n    Disables printing the frame information.\n"
	  "  -c\n    Print any error raised by COMMAND and continue.\n"
	  "  -s\n    Silently ignore any errors or empty output produced by COMMAND." },
	{ "faas", NULL, GDB_CLASS_STACK, 0, run_faas, NULL,
	  "Apply a command to all frames (ignoring errors and empty output).\n"
	  "Usage: faas [OPTION]... COMMAND\n"
	  "shortcut for 'frame apply all -s [OPTION]... COMMAND'" },
	{ "select-frame", NULL, GDB_CLASS_STACK, GDB_COVERS, run_select_frame, gdb_complete_frame,
	  "Select a stack frame without printing anything.\n"
	  "A single numerical argument specifies the frame to select." },
	{ "up", NULL, GDB_CLASS_STACK, 0, run_up, NULL,
	  "Select and print stack frame that called this one.\n"
	  "An argument says how many frames up to go." },
	{ "down", "do dow", GDB_CLASS_STACK, 0, run_down, NULL,
	  "Select and print stack frame called by this one.\n"
	  "An argument says how many frames down to go." },
	{ "up-silently", NULL, GDB_CLASS_SUPPORT, 0, run_up_silently, NULL,
	  "Same as the `up' command, but does not print anything.\n"
	  "This is useful in command scripts." },
	{ "down-silently", NULL, GDB_CLASS_SUPPORT, 0, run_down_silently, NULL,
	  "Same as the `down' command, but does not print anything.\n"
	  "This is useful in command scripts." },
	{ "info frame", "f", GDB_CLASS_STATUS, GDB_COVERS, gdb_info_frame, gdb_complete_frame,
	  "All about the selected stack frame.\n"
	  "With no arguments, displays information about the selected stack frame.\n"
	  "Alternatively a frame specification may be provided (See \"frame\")\n"
	  "the information is then printed about the specified frame." },
	{ "info stack", "s", GDB_CLASS_STATUS, 0, run_backtrace, NULL,
	  "Backtrace of the stack, or innermost COUNT frames." },
	{ "info args", NULL, GDB_CLASS_STATUS, 0, run_info_args, NULL,
	  "All argument variables of current stack frame or those matching REGEXPs.\n"
	  "Usage: info args [-q] [-t TYPEREGEXP] [NAMEREGEXP]\n"
	  "Prints the argument variables of the current stack frame.\n\n"
	  "Options:\n"
	  "  -t TYPEREGEXP\n    Only print the arguments whose type matches TYPEREGEXP.\n"
	  "  -q\n    For \"quiet\": if no argument matches, nothing is said." },
	{ "info locals", "lo", GDB_CLASS_STATUS, 0, run_info_locals, NULL,
	  "All local variables of current stack frame or those matching REGEXPs.\n"
	  "Usage: info locals [-q] [-t TYPEREGEXP] [NAMEREGEXP]\n"
	  "Prints the local variables of the current stack frame.\n\n"
	  "Options:\n"
	  "  -t TYPEREGEXP\n    Only print the variables whose type matches TYPEREGEXP.\n"
	  "  -q\n    For \"quiet\": if no variable matches, nothing is said." },
};

const struct gdb_command_table gdb_commands_stack = { commands, sizeof commands / sizeof *commands };
