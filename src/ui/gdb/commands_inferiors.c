/* Several programs in one session: inferior, add-inferior, clone-inferior, remove-inferiors, kill and detach by number. */
#include "ui/gdb/looking.h"
#include "ui/gdb/running.h"
#include "ui/gdb/shell_internal.h"

#include <ctype.h>
#include <stdlib.h>

enum { COPIES_MAX = 10000 };

static struct eng_inferior *find(struct gdb *g, int64_t number)
{
	struct eng_inferior *const *list;
	size_t count = eng_inferiors(g->control, &list);
	for (size_t i = 0; i < count; i++) {
		if (list[i]->number == number)
			return list[i];
	}
	return NULL;
}

static struct error *unknown(int64_t number)
{
	return error_new(ERROR_USAGE, "Inferior ID %lld not known.", (long long)number);
}

static struct str connection_of(struct gdb *g, const struct eng_inferior *i)
{
	return i->connected ? arena_printf(&g->scratch, "%u (native)", eng_connection_number(g->control))
			    : STR_EMPTY;
}

/* ---- each inferior's own settings ---- */

static void replace(char **to, const char *from)
{
	char *copy = from ? xstrdup(from) : NULL;
	free(*to);
	*to = copy;
}

void gdb_settings_follow_inferior(struct gdb *g)
{
	const struct eng_inferior *i = eng_selected_inferior(g->control);
	if (g->settings_of == i->number)
		return;
	g->settings_of = i->number;
	replace(&g->settings.args, i->arguments ? i->arguments : "");
	replace(&g->settings.cwd, i->directory ? i->directory : "");
	replace(&g->settings.inferior_tty, i->terminal ? i->terminal : "");
}

/* ---- which is selected ---- */

static struct str describe(struct gdb *g, const struct eng_inferior *i)
{
	struct str process = i->process
				     ? arena_printf(&g->scratch, "process %d", eng_process_pid(i->process))
				     : STR_LIT("<null>");
	return arena_printf(&g->scratch, "%u [%.*s] (%s)", i->number, STR_ARG(process),
			    i->program ? i->program : "<noexec>");
}

static struct error *inferior_command(struct gdb *g, const struct gdb_command *c, struct str args)
{
	(void)c;
	int64_t number;
	if (!args.len) {
		struct str text = describe(g, eng_selected_inferior(g->control));
		gdb_print(g, "[Current inferior is %.*s]\n", STR_ARG(text));
		return NULL;
	}
	TRY(gdb_eval_number(g, args, &number));
	struct eng_inferior *i = find(g, number);
	if (!i)
		return unknown(number);
	eng_select_inferior(g->control, i);
	gdb_settings_follow_inferior(g);
	struct str text = describe(g, i);
	gdb_print(g, "[Switching to inferior %.*s]\n", STR_ARG(text));
	gdb_print_selected_thread(g);
	return NULL;
}

/* ---- more of them ---- */

static void say_added(struct gdb *g, const struct eng_inferior *i)
{
	if (g->settings.print_inferior_events)
		gdb_print(g, "[New inferior %u]\n", i->number);
	gdb_print(g, "Added inferior %u", i->number);
	if (i->connected)
		gdb_print(g, " on connection %.*s", STR_ARG(connection_of(g, i)));
	gdb_print(g, "\n");
}

static struct eng_inferior *add_beside(struct gdb *g, const struct eng_inferior *from, bool connect)
{
	struct eng_inferior *i = eng_inferior_add(g->control);
	i->connected = connect && from->connected;
	say_added(g, i);
	return i;
}

static struct error *take_copies(struct gdb *g, struct str *args, int64_t *ret)
{
	if (!args->len)
		return error_new(ERROR_USAGE, "No argument to -copies");
	TRY(gdb_eval_number(g, gdb_take_word(args), ret));
	if (*ret > COPIES_MAX)
		return error_new(ERROR_USAGE, "oxdb makes at most %d copies at a time.", COPIES_MAX);
	return NULL;
}

static struct error *give_program(struct gdb *g, struct eng_inferior *i, const char *path)
{
	struct eng_inferior *before = eng_selected_inferior(g->control);
	struct eng_thread *t = eng_selected_thread(g->control);
	uint32_t level = eng_selected_level(g->control);
	eng_select_inferior(g->control, i);
	struct error *err = gdb_open_program(g, path, true);
	eng_select_inferior(g->control, before);
	if (t) {
		eng_select_thread(g->control, t);
		eng_select_level(g->control, level);
	}
	return err;
}

static struct error *add_command(struct gdb *g, const struct gdb_command *c, struct str args)
{
	(void)c;
	int64_t copies = 1;
	bool connect = true;
	char *program = NULL;
	struct error *err = NULL;
	while (args.len && !err) {
		struct str word = gdb_take_word(&args);
		if (str_is(word, "-copies")) {
			err = take_copies(g, &args, &copies);
		} else if (str_is(word, "-no-connection")) {
			connect = false;
		} else if (str_is(word, "-exec") && args.len) {
			free(program);
			program = gdb_expand_home(gdb_take_word(&args));
		} else {
			err = error_new(ERROR_USAGE, str_is(word, "-exec") ? "No argument to -exec"
									   : "Invalid argument");
		}
	}
	for (int64_t n = 0; n < copies && !err && !gdb_interrupted(g); n++) {
		struct eng_inferior *i = add_beside(g, eng_selected_inferior(g->control), connect);
		if (program)
			err = give_program(g, i, program);
	}
	free(program);
	return err;
}

static struct error *clone_one(struct gdb *g, const struct eng_inferior *from, bool connect)
{
	struct eng_inferior *i = add_beside(g, from, connect);
	eng_inferior_copy_settings(i, from);
	return from->program ? eng_inferior_set_program(g->control, i, from->program) : NULL;
}

static struct error *clone_command(struct gdb *g, const struct gdb_command *c, struct str args)
{
	(void)c;
	int64_t copies = 1;
	bool connect = true, named = false;
	struct eng_inferior *from = eng_selected_inferior(g->control);
	while (args.len) {
		struct str word = gdb_take_word(&args);
		if (str_is(word, "-copies")) {
			TRY(take_copies(g, &args, &copies));
			if (copies < 0)
				return error_new(ERROR_USAGE, "Invalid copies number");
		} else if (str_is(word, "-no-connection")) {
			connect = false;
		} else if (named) {
			return error_new(ERROR_USAGE, "Invalid argument");
		} else {
			int64_t number;
			TRY(gdb_eval_number(g, word, &number));
			from = find(g, number);
			if (!from)
				return unknown(number);
			named = true;
		}
	}
	for (int64_t n = 0; n < copies && !gdb_interrupted(g); n++)
		TRY(clone_one(g, from, connect));
	return NULL;
}

/* ---- fewer ---- */

typedef struct error *each_fn(struct gdb *g, struct eng_inferior *i);

/* What cannot be done with one is a warning, and the next has its turn. Words that are no numbers end the list. */
static struct error *for_each(struct gdb *g, struct str args, each_fn *fn)
{
	struct gdb_numbers list = { .text = args };
	while (!gdb_numbers_end(&list) && !gdb_interrupted(g)) {
		int number;
		TRY(gdb_numbers_next(g, &list, &number));
		struct eng_inferior *i = find(g, number);
		if (i)
			TRY(fn(g, i));
		else
			gdb_warn(g, "Inferior ID %d not known.", number);
	}
	return NULL;
}

static struct error *remove_one(struct gdb *g, struct eng_inferior *i)
{
	if (i == eng_selected_inferior(g->control))
		gdb_warn(g, "Can not remove current inferior %u.", i->number);
	else if (i->process)
		gdb_warn(g, "Can not remove active inferior %u.", i->number);
	else
		return eng_inferior_remove(g->control, i);
	return NULL;
}

static bool runs(struct gdb *g, const struct eng_inferior *i)
{
	if (!i->process)
		gdb_warn(g, "Inferior ID %u is not running.", i->number);
	return i->process != NULL;
}

static struct error *kill_one(struct gdb *g, struct eng_inferior *i)
{
	if (!runs(g, i))
		return NULL;
	TRY(eng_inferior_kill(g->control, i));
	gdb_say_gone_breakpoints(g);
	return NULL;
}

static struct error *detach_one(struct gdb *g, struct eng_inferior *i)
{
	return runs(g, i) ? gdb_detach_inferior(g, i) : NULL;
}

static struct error *remove_command(struct gdb *g, const struct gdb_command *c, struct str args)
{
	(void)c;
	if (!args.len)
		return error_new(ERROR_USAGE, "Requires an argument (inferior id(s) to remove)");
	return for_each(g, args, remove_one);
}

static struct error *kill_command(struct gdb *g, const struct gdb_command *c, struct str args)
{
	(void)c;
	if (!args.len)
		return error_new(ERROR_USAGE, "Requires argument (inferior id(s) to kill)");
	return for_each(g, args, kill_one);
}

static struct error *detach_command(struct gdb *g, const struct gdb_command *c, struct str args)
{
	(void)c;
	if (!args.len)
		return error_new(ERROR_USAGE, "Requires argument (inferior id(s) to detach)");
	return for_each(g, args, detach_one);
}

/* ---- info inferiors ---- */

static void print_row(struct gdb *g, const struct eng_inferior *i)
{
	struct str process = i->process
				     ? arena_printf(&g->scratch, "process %d", eng_process_pid(i->process))
				     : STR_LIT("<null>");
	struct str program = i->program ? str_from(i->program) : STR_EMPTY;
	gdb_print(g, "%c %-4u %-17.*s %-20.*s ", i == eng_selected_inferior(g->control) ? '*' : ' ',
		  i->number, STR_ARG(process), STR_ARG(connection_of(g, i)));
	gdb_print_styled(g, GDB_STYLE_FILE, program);
	gdb_print(g, "%*s \n", program.len < 17 ? (int)(17 - program.len) : 0, "");
}

static struct error *is_in_list(struct gdb *g, struct str args, uint32_t number, bool *ret)
{
	struct gdb_numbers list = { .text = args };
	*ret = !args.len;
	if (args.len && !isdigit((unsigned char)args.ptr[0]) && args.ptr[0] != '$')
		return error_new(ERROR_USAGE, "Arguments must be numbers or '$' variables.");
	while (!*ret && !gdb_numbers_end(&list)) {
		int n;
		TRY(gdb_numbers_next(g, &list, &n));
		if (n == 0)
			return error_new(ERROR_USAGE, "Arguments must be numbers or '$' variables.");
		*ret = n > 0 && (uint32_t)n == number;
	}
	return NULL;
}

static struct error *info_command(struct gdb *g, const struct gdb_command *c, struct str args)
{
	(void)c;
	struct eng_inferior *const *list;
	size_t count = eng_inferiors(g->control, &list), shown = 0;
	for (size_t k = 0; k < count; k++) {
		bool wanted;
		TRY(is_in_list(g, args, list[k]->number, &wanted));
		if (!wanted)
			continue;
		if (shown++ == 0)
			gdb_print(g, "  Num  %-17s %-20s %-17s \n", "Description", "Connection",
				  "Executable");
		print_row(g, list[k]);
	}
	if (shown == 0)
		gdb_print(g, "No inferiors.\n");
	return NULL;
}

static const struct gdb_command commands[] = {
	{ "inferior", NULL, GDB_CLASS_RUNNING, 0, inferior_command, NULL,
	  "Use this command to switch between inferiors.\nUsage: inferior ID\n"
	  "The new inferior ID must be currently known." },
	{ "info inferiors", NULL, GDB_CLASS_STATUS, 0, info_command, NULL,
	  "Print a list of inferiors being managed.\nUsage: info inferiors [ID]...\n"
	  "If IDs are specified, the list is limited to just those inferiors.\n"
	  "By default all inferiors are displayed." },
	{ "add-inferior", NULL, GDB_CLASS_RUNNING, 0, add_command, NULL,
	  "Add a new inferior.\nUsage: add-inferior [-copies N] [-exec FILENAME] [-no-connection]\n"
	  "N is the optional number of inferiors to add, default is 1.\n"
	  "FILENAME is the file name of the executable to use\nas main program.\n"
	  "By default, the new inferior inherits the current inferior's connection.\n"
	  "If -no-connection is specified, the new inferior begins with\nno target connection yet." },
	{ "clone-inferior", NULL, GDB_CLASS_RUNNING, 0, clone_command, NULL,
	  "Clone inferior ID.\nUsage: clone-inferior [-copies N] [-no-connection] [ID]\n"
	  "Add N copies of inferior ID.  The new inferiors have the same\n"
	  "executable loaded as the copied inferior.  If -copies is not specified,\n"
	  "adds 1 copy.  If ID is not specified, it is the current inferior\nthat is cloned.\n"
	  "By default, the new inferiors inherit the copied inferior's connection.\n"
	  "If -no-connection is specified, the new inferiors begin with\nno target connection yet." },
	{ "remove-inferiors", NULL, GDB_CLASS_RUNNING, 0, remove_command, NULL,
	  "Remove inferior ID (or list of IDs).\nUsage: remove-inferiors ID..." },
	{ "kill inferiors", NULL, GDB_CLASS_RUNNING, 0, kill_command, NULL,
	  "Kill inferior ID (or list of IDs).\nUsage: kill inferiors ID...\n"
	  "Similar to the kill command, but you specify the inferiors by their numbers." },
	{ "detach inferiors", NULL, GDB_CLASS_RUNNING, 0, detach_command, NULL,
	  "Detach from inferior ID (or list of IDS).\nUsage: detach inferiors ID...\n"
	  "Similar to the detach command, but you specify the inferiors by their numbers." },
};
const struct gdb_command_table gdb_commands_inferiors = { commands, sizeof commands / sizeof *commands };
