/* Catchpoints: stops at events that are no places. */
#include "ui/gdb/looking.h"
#include "ui/gdb/running.h"

#include "target/gdb_signals.h"
#include "target/syscalls.h"

#include <ctype.h>

enum { MAX_NUMERIC_SIGNAL = 15, LAST_SIGNAL = 64 };

typedef VEC(int) catch_list;

/* Numbers are gdb's own: places in its table. */
static struct error *signal_of_number(uint64_t number, uint64_t *ret)
{
	const struct target_gdb_signal *signals;
	size_t count = target_gdb_signals(&signals);
	if (number == 0 || number > MAX_NUMERIC_SIGNAL || number > count)
		return error_new(ERROR_USAGE, "Only signals 1-15 are valid as numeric signals.\n"
					      "Use \"info signals\" for a list of symbolic signals.");
	*ret = (uint64_t)signals[number - 1].number;
	return *ret ? NULL : error_new(ERROR_USAGE, "Linux has no %s.", signals[number - 1].name);
}

static struct error *add_signal(struct str word, bool alone, catch_list *list)
{
	uint64_t number = 0;
	bool negative = word.len > 1 && word.ptr[0] == '-', digits = word.len > 0;
	for (size_t i = negative; i < word.len; i++) {
		digits = digits && isdigit((unsigned char)word.ptr[i]);
		number = digits && number < 1000 ? number * 10 + (uint64_t)(word.ptr[i] - '0') : number;
	}
	if (digits)
		TRY(signal_of_number(negative ? 0 : number, &number));
	else
		number = 0;
	if (str_is(word, "all") && !alone)
		return error_new(ERROR_USAGE, "'all' cannot be caught with other signals");
	if (str_is(word, "all"))
		for (int s = 1; s <= LAST_SIGNAL; s++)
			vec_push(list, s);
	for (int s = 1; !digits && s <= LAST_SIGNAL && !str_is(word, "all"); s++)
		if (str_is(word, target_signal_name(s)))
			number = (uint64_t)s;
	if (!number && !str_is(word, "all"))
		return error_new(ERROR_USAGE, "Unknown signal name '%.*s'.", STR_ARG(word));
	if (number)
		vec_push(list, (int)number);
	return NULL;
}

static struct error *add_syscall(struct str word, catch_list *list)
{
	uint64_t number = 0;
	bool digits = word.len > 0;
	for (size_t i = 0; i < word.len; i++) {
		digits = digits && isdigit((unsigned char)word.ptr[i]);
		number = digits && number < INT32_MAX / 16 ? number * 10 + (uint64_t)(word.ptr[i] - '0')
							   : number;
	}
	size_t colon = str_find(word, STR_LIT(":"));
	struct str group = str_sub(word, 0, colon);
	if (colon != SIZE_MAX && (str_is(group, "g") || str_is(group, "group"))) {
		const uint16_t *calls;
		struct str name = str_sub(word, colon + 1, SIZE_MAX);
		size_t count = target_syscall_group(name, &calls);
		for (size_t n = 0; n < count; n++)
			vec_push(list, calls[n]);
		return count ? NULL
			     : error_new(ERROR_USAGE, "Unknown syscall group '%.*s'.", STR_ARG(name));
	}
	if (!digits && !target_syscall_number(word, &number))
		return error_new(ERROR_USAGE, "Unknown syscall name '%.*s'.", STR_ARG(word));
	vec_push(list, (int)number);
	return NULL;
}

static struct error *catch_numbers(struct gdb *g, enum eng_breakpoint_kind kind, struct str args,
				   int **ret, size_t *ret_count)
{
	catch_list numbers = { 0 };
	struct error *err = NULL;
	struct str all = args;
	if (args.len && kind != ENG_BP_SIGNAL && kind != ENG_BP_SYSCALL)
		return error_new(ERROR_USAGE, "Junk at end of arguments.");
	while (args.len && !err) {
		struct str word = gdb_take_word(&args);
		err = kind == ENG_BP_SIGNAL ? add_signal(word, word.len == all.len, &numbers)
					    : add_syscall(word, &numbers);
	}
	if (!err) {
		*ret = arena_copy(&g->scratch, numbers.data ? numbers.data : &(int){ 0 },
				  (numbers.count ? numbers.count : 1) * sizeof(int));
		*ret_count = numbers.count;
	}
	vec_free(&numbers);
	return err;
}

static const struct {
	const char *name;
	enum eng_breakpoint_kind kind;
} catchable[] = {
	{ "fork", ENG_BP_FORK },     { "vfork", ENG_BP_VFORK },     { "exec", ENG_BP_EXEC },
	{ "signal", ENG_BP_SIGNAL }, { "syscall", ENG_BP_SYSCALL }, { "panic", ENG_BP_PANIC },
};

/* A program that was stripped of its symbols panics without being caught. */
static void say_no_panics(struct gdb *g, const struct eng_breakpoint *b)
{
	if (b->kind == ENG_BP_PANIC && b->location_count == 0 && eng_selected_inferior(g->control)->program)
		gdb_print_str(g, STR_LIT("No symbol of Rust's panics is known yet (rust_panic): nothing is "
					 "caught unless a library has it.\n"));
}

static void say_caught(struct gdb *g, const struct eng_breakpoint *b, const char *name)
{
	gdb_print(g, "Catchpoint %u (", b->number);
	if (b->kind == ENG_BP_SYSCALL && b->number_count) {
		gdb_print(g, "syscall%s", b->number_count > 1 ? "s" : "");
		for (size_t i = 0; i < b->number_count; i++) {
			const char *call = target_syscall_name((uint64_t)b->numbers[i]);
			gdb_print(g, call ? " '%s' [%d]" : " %s%d", call ? call : "", b->numbers[i]);
		}
	} else if (b->kind == ENG_BP_SYSCALL) {
		gdb_print_str(g, STR_LIT("any syscall"));
	} else if (b->kind == ENG_BP_SIGNAL && b->number_count == LAST_SIGNAL) {
		gdb_print_str(g, STR_LIT("any signal"));
	} else if (b->kind == ENG_BP_SIGNAL && b->number_count) {
		gdb_print_str(g, b->number_count > 1 ? STR_LIT("signals") : STR_LIT("signal"));
		for (size_t i = 0; i < b->number_count; i++)
			gdb_print(g, " %s", target_signal_name(b->numbers[i]));
	} else {
		gdb_print(g, "%s", b->kind == ENG_BP_SIGNAL ? "standard signals" : name);
	}
	gdb_print_str(g, STR_LIT(")\n"));
}

/* ---- catch load, catch unload ---- */

static bool library_matches(void *ctx, const char *path)
{
	return gdb_regex_matches(ctx, str_from(path));
}

static void library_destroy(void *ctx)
{
	gdb_regex_destroy(ctx);
}

static struct error *catch_library_command(struct gdb *g, const struct gdb_command *c, struct str args)
{
	bool load = str_ends(str_from(c->name), STR_LIT(" load"));
	struct gdb_regex *regex = NULL;
	struct eng_breakpoint *b;
	TRY(gdb_regex_new(args, &regex));
	gdb_settings_to_control(g);
	TRY(eng_catch(g->control, load ? ENG_BP_LOAD : ENG_BP_UNLOAD, NULL, 0, &b));
	if (regex) {
		b->expression = str_dup(args);
		b->library_ctx = regex;
		b->library_matches = library_matches;
		b->library_destroy = library_destroy;
	}
	if (c->name[0] == 't')
		b->disposition = ENG_DELETE;
	eval_convenience_set_int(g->eval, STR_LIT("bpnum"), b->number);
	gdb_print(g, "Catchpoint %u (%s)\n", b->number, load ? "load" : "unload");
	return NULL;
}

/* "catch fork", "tcatch fork". */
static struct error *catch_command(struct gdb *g, const struct gdb_command *c, struct str args)
{
	const char *what = strchr(c->name, ' ') + 1;
	size_t i = 0;
	struct eng_breakpoint *b;
	int *numbers;
	size_t count;
	while (strcmp(catchable[i].name, what) != 0)
		i++;
	struct str condition = STR_EMPTY;
	if (str_starts(args, STR_LIT("if ")) && catchable[i].kind != ENG_BP_SIGNAL &&
	    catchable[i].kind != ENG_BP_SYSCALL) {
		condition = gdb_strip(str_sub(args, 3, SIZE_MAX));
		args = STR_EMPTY;
	}
	TRY(catch_numbers(g, catchable[i].kind, args, &numbers, &count));
	gdb_settings_to_control(g);
	TRY(eng_catch(g->control, catchable[i].kind, numbers, count, &b));
	struct error *err = gdb_set_condition(g, b, condition, true);
	if (err) {
		eng_breakpoint_unmake(g->control, b);
		return err;
	}
	if (c->name[0] == 't')
		b->disposition = ENG_DELETE;
	eval_convenience_set_int(g->eval, STR_LIT("bpnum"), b->number);
	say_caught(g, b, catchable[i].name);
	say_no_panics(g, b);
	return NULL;
}

static struct error *refuse_catch(struct gdb *g, const struct gdb_command *c, struct str args)
{
	const char *reason = strchr(c->help, '\n');
	(void)g, (void)args;
	return error_new(ERROR_UNSUPPORTED, "%s", reason ? reason + 1 : c->help);
}

/* Each with its temporary twin. */
#define CATCH(what, complete, help)                                                           \
	{ "catch " what, NULL, GDB_CLASS_BREAKPOINTS, 0, catch_command, complete, help },     \
	{                                                                                     \
		"tcatch " what, NULL, GDB_CLASS_BREAKPOINTS, 0, catch_command, complete, help \
	}
#define CATCH_LIBRARY(what, summary)                                                                  \
	{ "catch " what,                                                                              \
	  NULL,                                                                                       \
	  GDB_CLASS_BREAKPOINTS,                                                                      \
	  0,                                                                                          \
	  catch_library_command,                                                                      \
	  NULL,                                                                                       \
	  summary "\nUsage: catch " what " [REGEX]\n"                                                 \
		  "If REGEX is given, only stop for libraries matching the regular expression." },    \
	{                                                                                             \
		"tcatch " what, NULL, GDB_CLASS_BREAKPOINTS, 0, catch_library_command, NULL,          \
			summary                                                                       \
			"\nUsage: tcatch " what " [REGEX]\n"                                          \
			"If REGEX is given, only stop for libraries matching the regular expression." \
	}
#define NO_CATCH(what, event, why)                                                  \
	{ "catch " what,                                                            \
	  NULL,                                                                     \
	  GDB_CLASS_BREAKPOINTS,                                                    \
	  0,                                                                        \
	  refuse_catch,                                                             \
	  NULL,                                                                     \
	  "Refuse to catch " event ".\n" why },                                     \
	{                                                                           \
		"tcatch " what, NULL, GDB_CLASS_BREAKPOINTS, 0, refuse_catch, NULL, \
			"Refuse to catch " event ".\n" why                          \
	}
#define NO_ADA "oxdb catches nothing of Ada's."
#define NO_CXX "oxdb does not catch C++ exceptions; `catch panic' is for Rust's panics."

static const struct gdb_command commands[] = {
	{ "catch", NULL, GDB_CLASS_BREAKPOINTS, 0, NULL, NULL, "Set catchpoints to catch events." },
	{ "tcatch", NULL, GDB_CLASS_BREAKPOINTS, 0, NULL, NULL,
	  "Set temporary catchpoints to catch events." },
	CATCH("exec", NULL, "Catch calls to exec."),
	CATCH("fork", NULL, "Catch calls to fork."),
	CATCH("panic", NULL,
	      "Catch Rust's panics, before anything is unwound.\nThe user's frame is selected and the message is shown."),
	CATCH("signal", gdb_complete_signals,
	      "Catch signals by their names and/or numbers.\nUsage: catch signal [[NAME|NUMBER] [NAME|NUMBER]...|all]\n"
	      "Without any: all but those that oxdb itself uses."),
	CATCH("syscall", gdb_complete_syscalls,
	      "Catch system calls by their names, groups and/or numbers.\nUsage: catch syscall [NAME|group:NAME|g:NAME|NUMBER]...\nAt the call and at its return; "
	      "without any: all."),
	CATCH("vfork", NULL, "Catch calls to vfork."),
	NO_CATCH("assert", "Ada's assertions", NO_ADA),
	NO_CATCH("catch", "a C++ exception, when caught", NO_CXX),
	NO_CATCH("exception", "Ada's exceptions, when raised", NO_ADA),
	NO_CATCH("handlers", "Ada's exceptions, when handled", NO_ADA),
	CATCH_LIBRARY("load", "Catch loads of shared libraries."),
	NO_CATCH("rethrow", "a C++ exception, when rethrown", NO_CXX),
	NO_CATCH("throw", "a C++ exception, when thrown", NO_CXX),
	CATCH_LIBRARY("unload", "Catch unloads of shared libraries."),
};
const struct gdb_command_table gdb_commands_catch = { commands, sizeof commands / sizeof *commands };
