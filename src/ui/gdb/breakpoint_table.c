/* info breakpoints */
#include "ui/gdb/looking.h"
#include "ui/gdb/running.h"

#include "target/syscalls.h"

#include <inttypes.h>

static const char *type_name(const struct eng_breakpoint *b)
{
	switch (b->kind) {
	case ENG_BP_CODE:
		return b->dprintf ? "dprintf" : "breakpoint";
	case ENG_BP_HARDWARE:
		return "hw breakpoint";
	case ENG_BP_WATCH:
		return "hw watchpoint";
	case ENG_BP_RWATCH:
		return "read watchpoint";
	case ENG_BP_AWATCH:
		return "acc watchpoint";
	default:
		return "catchpoint";
	}
}

static const char *disposition_name(const struct eng_breakpoint *b)
{
	switch (b->disposition) {
	case ENG_DELETE:
		return "del";
	case ENG_DISABLE_ONCE:
		return "dis";
	case ENG_DISABLE_COUNT:
		return "dis";
	default:
		return "keep";
	}
}

/* "in f at file:line", the second part on a line of its own below the column when there are several. */
static void print_place(struct gdb *g, const struct eng_location *location, bool bare, uint32_t thread,
			uint32_t indent)
{
	const struct eng_place *place = &location->place;
	struct eng_inferior *const *inferiors;
	if (place->line.file.len) {
		struct str file = gdb_display_file(g, place->line.file);
		if (place->name.len && !bare) {
			gdb_print_str(g, STR_LIT("in "));
			gdb_print_styled(g, GDB_STYLE_FUNCTION, place->name);
			gdb_print_str(g, STR_LIT(" "));
			gdb_print_wrap_hint(g, indent);
			gdb_print_str(g, STR_LIT("at "));
		}
		gdb_print_styled(g, GDB_STYLE_FILE, file);
		gdb_print(g, ":%u", place->line.line);
	} else if (place->name.len) {
		gdb_print(g, "<%.*s", STR_ARG(place->name));
		if (place->name_offset)
			gdb_print(g, "+%" PRIu64, place->name_offset);
		gdb_print_str(g, STR_LIT(">"));
	}
	if (eng_inferiors(g->control, &inferiors) > 1)
		gdb_print(g, " inf %u", location->inferior->number);
	if (thread)
		gdb_print(g, " thread %u", thread);
	gdb_print_str(g, STR_LIT("\n"));
}

static void print_catch(struct gdb *g, const struct eng_breakpoint *b)
{
	switch (b->kind) {
	case ENG_BP_FORK:
	case ENG_BP_VFORK:
		gdb_print_str(g, b->kind == ENG_BP_FORK ? STR_LIT("fork") : STR_LIT("vfork"));
		if (b->child)
			gdb_print(g, ", process %d ", b->child);
		gdb_print_str(g, STR_LIT("\n"));
		break;
	case ENG_BP_EXEC:
		gdb_print_str(g, STR_LIT("exec"));
		if (b->path)
			gdb_print(g, ", program \"%s\" ", b->path);
		gdb_print_str(g, STR_LIT("\n"));
		break;
	case ENG_BP_PANIC:
		gdb_print_str(g, STR_LIT("panic\n"));
		break;
	case ENG_BP_LOAD:
	case ENG_BP_UNLOAD:
		gdb_print(g, "%s of library%s%s\n", b->kind == ENG_BP_LOAD ? "load" : "unload",
			  b->expression ? " matching " : "", b->expression ? b->expression : "");
		break;
	case ENG_BP_SIGNAL:
		gdb_print(g, "signal%s \"", b->number_count > 1 && b->number_count < 64 ? "s" : "");
		if (!b->number_count)
			gdb_print_str(g, STR_LIT("<standard signals>"));
		if (b->number_count == 64)
			gdb_print_str(g, STR_LIT("<any signal>"));
		for (size_t i = 0; b->number_count < 64 && i < b->number_count; i++)
			gdb_print(g, "%s%s", i ? " " : "", target_signal_name(b->numbers[i]));
		gdb_print_str(g, STR_LIT("\" \n"));
		break;
	default:
		gdb_print(g, "syscall%s \"", b->number_count > 1 ? "s" : "");
		if (!b->number_count)
			gdb_print_str(g, STR_LIT("<any syscall>"));
		for (size_t i = 0; i < b->number_count; i++) {
			const char *name = target_syscall_name((uint64_t)b->numbers[i]);
			gdb_print(g, "%s", i ? ", " : "");
			if (name)
				gdb_print(g, "%s", name);
			else
				gdb_print(g, "%d", b->numbers[i]);
		}
		gdb_print_str(g, STR_LIT("\" \n"));
		break;
	}
}

/* The end of the first line. */
static void print_thread(struct gdb *g, const struct eng_breakpoint *b)
{
	if (b->thread)
		gdb_print(g, " thread %u", b->thread);
	gdb_print_str(g, STR_LIT("\n"));
}

/* The column of addresses, which `set print address off` leaves out. */
static void print_cell(struct gdb *g, int width, const char *text)
{
	if (g->settings.print.address)
		gdb_print(g, "%-*s ", width, text);
}

static void print_address(struct gdb *g, uint64_t addr)
{
	if (!g->settings.print.address)
		return;
	gdb_print_styled(g, GDB_STYLE_ADDRESS, arena_printf(&g->scratch, "0x%016" PRIx64, addr));
	gdb_print_str(g, STR_LIT(" "));
}

/* The bodies of if and while stand further in. */
static void print_commands(struct gdb *g, const struct eng_breakpoint *b)
{
	enum { OUTERMOST = 8, DEEPEST = 200 };
	int column = OUTERMOST;
	for (size_t i = 0; b->commands && b->commands[i]; i++) {
		struct str line = gdb_strip(str_from(b->commands[i])), rest = line;
		struct str word = gdb_take_word(&rest);
		bool ends = str_is(word, "end"), otherwise = str_is(word, "else");
		if ((ends || otherwise) && column > OUTERMOST)
			column -= 2;
		gdb_print(g, "%*s%.*s\n", column, "", STR_ARG(line));
		if ((otherwise || str_is(word, "if") || str_is(word, "while")) && column < DEEPEST)
			column += 2;
	}
}

static void print_one(struct gdb *g, const struct eng_breakpoint *b, int type_width, int width)
{
	/* Where std begins its panics is nothing that anybody disables one by one. */
	bool several = b->location_count > 1 && b->kind != ENG_BP_PANIC;
	int column = g->settings.print.address ? width + 1 : 0;
	uint32_t indent = (uint32_t)(7 + 1 + type_width + 1 + 4 + 1 + 3 + 1 + column); /* of the last one */
	gdb_print(g, "%-7u %-*s %-4s %-3c ", b->number, type_width, type_name(b), disposition_name(b),
		  b->enabled ? 'y' : 'n');
	if (b->kind >= ENG_BP_FORK) {
		print_cell(g, width, "");
		print_catch(g, b);
	} else if (b->kind >= ENG_BP_WATCH) {
		print_cell(g, width, "");
		gdb_print(g, "%s", b->expression ? b->expression : "");
		struct eng_inferior *const *inferiors;
		if (eng_inferiors(g->control, &inferiors) > 1)
			gdb_print(g, " inf %u", b->watch_inferior);
		print_thread(g, b);
	} else if (b->location_count == 0) {
		struct buf tail = { 0 };
		gdb_add_pending_tail(b, &tail);
		print_cell(g, width, "<PENDING>");
		gdb_print(g, "%s%s", b->spec_text ? b->spec_text : "", tail.data ? tail.data : "");
		buf_deinit(&tail);
		print_thread(g, b);
	} else if (several) {
		print_cell(g, width, "<MULTIPLE>");
		print_thread(g, b);
	} else {
		print_address(g, b->locations[0].place.address);
		print_place(g, &b->locations[0], b->bare, b->thread, indent);
	}
	if (b->condition_text)
		gdb_print(g, "\tstop only if %s\n", b->condition_text);
	if (b->thread)
		gdb_print(g, "\tstop only in thread %u\n", b->thread);
	if (b->hits)
		gdb_print(g, "\t%s already hit %" PRIu64 " time%s\n",
			  b->kind >= ENG_BP_FORK ? "catchpoint" : "breakpoint", b->hits,
			  b->hits == 1 ? "" : "s");
	if (b->ignore)
		gdb_print(g, "\tignore next %" PRIu64 " hits\n", b->ignore);
	if (b->disposition == ENG_DISABLE_COUNT && b->enable_count > 1)
		gdb_print(g, "\tdisable after %s %" PRIu32 " hits\n", b->ignore ? "additional" : "next",
			  b->enable_count);
	if (b->dprintf && b->location_count)
		gdb_print(g, "        printf %s\n", b->dprintf);
	print_commands(g, b);
	for (size_t i = 0; several && i < b->location_count; i++) {
		struct buf number = { 0 };
		buf_printf(&number, "%u.%zu", b->number, i + 1);
		gdb_print(g, "%-7s %-*s %-4s %-3c ", number.data, type_width, "", "",
			  b->locations[i].enabled ? 'y' : 'n');
		print_address(g, b->locations[i].place.address);
		buf_deinit(&number);
		print_place(g, &b->locations[i], b->bare, 0, indent);
	}
}

struct numbers {
	uint32_t *data;
	size_t count, capacity;
};

/* As gdb has it, a word that begins with no digit ends the list. */
static struct error *wanted_numbers(struct gdb *g, struct str args, struct numbers *ret)
{
	struct gdb_numbers list = { .text = args };
	struct error *err = NULL;
	bool any = !gdb_numbers_end(&list);
	while (!err && any && !gdb_numbers_end(&list)) {
		int number = 0;
		err = gdb_numbers_next(g, &list, &number);
		any = number != 0;
		vec_push(ret, (uint32_t)number);
	}
	if (!err && !any)
		err = error_new(ERROR_USAGE, "Arguments must be numbers or '$' variables.");
	return err;
}

/* As wide as an address of the machine once one is known: that of a watch is while its process runs. */
static bool has_address(struct gdb *g, const struct eng_breakpoint *b)
{
	struct eng_inferior *const *all;
	bool runs = false;
	if (b->kind >= ENG_BP_FORK)
		return false;
	if (b->kind < ENG_BP_WATCH)
		return b->location_count > 0;
	for (size_t count = eng_inferiors(g->control, &all), i = 0; i < count; i++)
		runs |= all[i]->process != NULL;
	return runs;
}

static bool is_shown(const struct eng_breakpoint *b, bool watches, const struct numbers *wanted, bool all)
{
	if (watches && (b->kind < ENG_BP_WATCH || b->kind >= ENG_BP_FORK))
		return false;
	for (size_t i = 0; !all && i < wanted->count; i++)
		all = wanted->data[i] == b->number;
	return all;
}

struct error *gdb_info_breakpoints(struct gdb *g, const struct gdb_command *c, struct str args)
{
	bool watches = str_is(str_from(c->name), "info watchpoints");
	struct eng_breakpoint *const *list;
	size_t count = eng_breakpoints(g->control, &list);
	struct numbers wanted = { 0 };
	if (args.len && count) {
		struct error *err = wanted_numbers(g, args, &wanted);
		if (err) {
			vec_free(&wanted);
			return err;
		}
	}
	int width = 10, type_width = 14;
	bool any = false;
	for (size_t i = 0; i < count; i++) {
		if (!is_shown(list[i], watches, &wanted, !args.len))
			continue;
		int type = (int)strlen(type_name(list[i]));
		type_width = type > type_width ? type : type_width;
		width = has_address(g, list[i]) ? 18 : width;
	}
	for (size_t i = 0; i < count; i++) {
		if (!is_shown(list[i], watches, &wanted, !args.len))
			continue;
		if (!any) {
			gdb_print(g, "Num     %-*s Disp Enb ", type_width, "Type");
			print_cell(g, width, "Address");
			gdb_print_str(g, STR_LIT("What\n"));
		}
		any = true;
		print_one(g, list[i], type_width, width);
	}
	if (!any && watches)
		gdb_print(g, "No watchpoint%s%.*s%s.\n", args.len ? " matching '" : "s", STR_ARG(args),
			  args.len ? "'" : "");
	else if (!any && args.len)
		gdb_print(g, "No breakpoint or watchpoint matching '%.*s'.\n", STR_ARG(args));
	else if (!any)
		gdb_print_str(g, STR_LIT("No breakpoints or watchpoints.\n"));
	vec_free(&wanted);
	return NULL;
}
