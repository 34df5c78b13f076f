/* help and apropos. */
#include "ui/gdb/help.h"

#include "ui/gdb/output.h"
#include "ui/gdb/script.h"
#include "ui/gdb/settings.h"

#include <ctype.h>
#include <regex.h>

struct class_text {
	const char *name, *title, *text;
	enum gdb_class class;
};
/* In the order in which `help` lists them. */
static const struct class_text classes[] = {
	{ "aliases", "User-defined aliases of other commands.", "", GDB_CLASS_ALIASES },
	{ "breakpoints", "Making program stop at certain points.", "", GDB_CLASS_BREAKPOINTS },
	{ "data", "Examining data.", "", GDB_CLASS_DATA },
	{ "files", "Specifying and examining files.", "", GDB_CLASS_FILES },
	{ "internals", "Maintenance commands.", "Commands that help who works on the debugger itself.\n",
	  GDB_CLASS_INTERNALS },
	{ "obscure", "Obscure features.", "", GDB_CLASS_OBSCURE },
	{ "running", "Running the program.", "", GDB_CLASS_RUNNING },
	{ "stack", "Examining the stack.",
	  "The stack is made up of stack frames: one for each call that has not returned, inlined\n"
	  "ones among them. Frame 0 is the innermost.\n",
	  GDB_CLASS_STACK },
	{ "status", "Status inquiries.", "", GDB_CLASS_STATUS },
	{ "support", "Support facilities.", "", GDB_CLASS_SUPPORT },
	{ "text-user-interface", "TUI is the debugger's text user interface.", "oxdb has none.\n",
	  GDB_CLASS_TUI },
	{ "user-defined", "User-defined commands.",
	  "The commands in this class are those defined by the user.\n"
	  "Use the \"define\" command to define a command.\n",
	  GDB_CLASS_USER },
};

/* ---- a command's text ---- */

void gdb_command_help(const struct gdb_command *command, struct buf *out)
{
	const char *text = command->help ? command->help : "";
	if (command->run == gdb_run_show_setting && strncmp(text, "Set ", 4) == 0) {
		buf_str(out, STR_LIT("Show "));
		text += 4;
	}
	buf_str(out, str_from(text));
}

/* The first line. */
static void add_summary(const struct gdb_command *command, struct buf *out)
{
	struct buf text = { 0 };
	gdb_command_help(command, &text);
	struct str line = str_sub(buf_view(&text), 0, str_find(buf_view(&text), STR_LIT("\n")));
	buf_str(out, line);
	buf_deinit(&text);
}

/* "backtrace, where, bt": the aliases of a command, as the lists show them. */
static void add_names(const struct gdb_registry *r, const struct gdb_entry *entry, struct gdb *g)
{
	gdb_print_styled(g, GDB_STYLE_TITLE, str_from(entry->path));
	const struct gdb_command *command = entry->command;
	for (const char *p = command->aliases; p && *p;) {
		size_t length = strcspn(p, " ");
		const char *space = strrchr(command->name, ' ');
		struct buf name = { 0 };
		if (space)
			buf_str(&name, (struct str){ command->name, (size_t)(space - command->name) + 1 });
		buf_str(&name, (struct str){ p, length });
		gdb_print(g, ", ");
		gdb_print_styled(g, GDB_STYLE_TITLE, buf_view(&name));
		buf_deinit(&name);
		p += length;
		p += strspn(p, " ");
	}
	for (size_t i = 0; i < r->entries.count; i++) {
		const struct gdb_entry *e = &r->entries.data[i];
		if (!e->alias || e->command != command || !e->dynamic)
			continue;
		gdb_print(g, ", ");
		gdb_print_styled(g, GDB_STYLE_TITLE, str_from(e->path));
		if (e->alias_args)
			gdb_print(g, " %s", e->alias_args);
	}
}

static bool has_aliases(const struct gdb_registry *r, const struct gdb_command *command)
{
	if (command->aliases && *command->aliases)
		return true;
	for (size_t i = 0; i < r->entries.count; i++)
		if (r->entries.data[i].dynamic && r->entries.data[i].alias &&
		    r->entries.data[i].command == command)
			return true;
	return false;
}

static void list_entry(struct gdb *g, const struct gdb_entry *e)
{
	struct buf text = { 0 };
	add_names(&g->shell->registry, e, g);
	buf_str(&text, STR_LIT(" -- "));
	add_summary(e->command, &text);
	buf_char(&text, '\n');
	gdb_print_buf(g, &text);
	buf_deinit(&text);
}

static bool hidden(const struct gdb_entry *e)
{
	return e->alias || !e->command->help;
}

/* ---- lists ---- */

static void list_below(struct gdb *g, struct str prefix)
{
	struct gdb_registry *r = &g->shell->registry;
	size_t first;
	size_t count = gdb_registry_below(r, prefix, &first);
	for (size_t i = first; i < first + count && !gdb_interrupted(g); i++) {
		const struct gdb_entry *e = &r->entries.data[i];
		if (!hidden(e) && !strchr(e->path + prefix.len + 1, ' '))
			list_entry(g, e);
	}
}

static void hints(struct gdb *g)
{
	gdb_print(g, "\nType \"help\" followed by command name for full documentation.\n"
		     "Type \"apropos word\" to search for commands related to \"word\".\n"
		     "Type \"apropos -v word\" for full documentation of commands related to \"word\".\n"
		     "Command name abbreviations are allowed if unambiguous.\n");
}

struct error *gdb_list_subcommands(struct gdb *g, const struct gdb_command *prefix)
{
	gdb_print(g, "List of %s subcommands:\n\n", prefix->name);
	list_below(g, str_from(prefix->name));
	gdb_print(g,
		  "\nType \"help %s\" followed by %s subcommand name for full documentation.\n"
		  "Type \"apropos word\" to search for commands related to \"word\".\n"
		  "Type \"apropos -v word\" for full documentation of commands related to \"word\".\n"
		  "Command name abbreviations are allowed if unambiguous.\n",
		  prefix->name, prefix->name);
	return NULL;
}

static void list_class(struct gdb *g, const struct class_text *class)
{
	const struct gdb_registry *r = &g->shell->registry;
	gdb_print(g, "%s\n%s\nList of commands:\n\n", class->title, class->text);
	for (size_t i = 0; i < r->entries.count && !gdb_interrupted(g); i++) {
		const struct gdb_entry *e = &r->entries.data[i];
		bool wanted = class->class == GDB_CLASS_ALIASES
				      ? e->dynamic && e->alias
				      : !hidden(e) && e->command->class == class->class;
		if (wanted && !strchr(e->path, ' '))
			list_entry(g, e);
	}
	hints(g);
}

static void list_classes(struct gdb *g)
{
	gdb_print(g, "List of classes of commands:\n\n");
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
		gdb_print_styled(g, GDB_STYLE_TITLE, str_from(classes[i].name));
		gdb_print(g, " -- %s\n", classes[i].title);
	}
	gdb_print(g, "\nType \"help\" followed by a class name for a list of commands in that class.\n"
		     "Type \"help all\" for the list of all commands.\n"
		     "Type \"help\" followed by command name for full documentation.\n"
		     "Type \"apropos word\" to search for commands related to \"word\".\n"
		     "Type \"apropos -v word\" for full documentation of commands related to \"word\".\n"
		     "Command name abbreviations are allowed if unambiguous.\n");
}

static void list_all(struct gdb *g)
{
	const struct gdb_registry *r = &g->shell->registry;
	for (size_t c = 0; c < sizeof classes / sizeof *classes; c++) {
		bool any = false;
		for (size_t i = 0; i < r->entries.count && !gdb_interrupted(g); i++) {
			const struct gdb_entry *e = &r->entries.data[i];
			if (hidden(e) || e->command->class != classes[c].class || strchr(e->path, ' '))
				continue;
			if (!any)
				gdb_print(g, "\nCommand class: %s\n\n", classes[c].name);
			any = true;
			list_entry(g, e);
		}
	}
	gdb_print(g, "\n");
}

/* ---- help COMMAND ---- */

static const struct class_text *find_class(struct str name)
{
	const struct class_text *found = NULL;
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
		if (str_is(name, classes[i].name))
			return &classes[i];
		if (str_starts(str_from(classes[i].name), name)) {
			if (found)
				return NULL;
			found = &classes[i];
		}
	}
	return found;
}

static void describe(struct gdb *g, const struct gdb_command *command)
{
	struct gdb_registry *r = &g->shell->registry;
	struct buf text = { 0 };
	size_t first;
	const struct gdb_entry *e = gdb_registry_find(r, str_from(command->name));
	if (e && has_aliases(r, command)) {
		add_names(r, e, g);
		gdb_print(g, "\n");
	}
	gdb_command_help(command, &text);
	buf_char(&text, '\n');
	gdb_print_buf(g, &text);
	buf_deinit(&text);
	if (gdb_registry_below(r, str_from(command->name), &first)) {
		gdb_print(g, "\nList of %s subcommands:\n\n", command->name);
		list_below(g, str_from(command->name));
		gdb_print(g,
			  "\nType \"help %s\" followed by %s subcommand name for full documentation.\n"
			  "Type \"apropos word\" to search for commands related to \"word\".\n"
			  "Type \"apropos -v word\" for full documentation of commands related to \"word\".\n"
			  "Command name abbreviations are allowed if unambiguous.\n",
			  command->name, command->name);
	}
}

struct error *gdb_run_help(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct gdb_found found;
	(void)command;
	if (!args.len) {
		list_classes(g);
		return NULL;
	}
	if (str_is(args, "all")) {
		list_all(g);
		return NULL;
	}
	struct error *err = gdb_lookup(&g->shell->registry, args, &found);
	if (!err && (!found.args.len || found.command->flags & GDB_COVERS)) {
		describe(g, found.command);
		return NULL;
	}
	const struct class_text *class = find_class(args);
	if (class) {
		error_destroy(err);
		list_class(g, class);
		return NULL;
	}
	if (err)
		return err;
	return error_new(ERROR_USAGE, "Undefined %s command: \"%.*s\".  Try \"help %s\".",
			 found.command->name, STR_ARG(found.args), found.command->name);
}

/* ---- apropos ---- */

static bool name_or_text_matches(const regex_t *pattern, const struct gdb_entry *e)
{
	struct buf text = { 0 };
	gdb_command_help(e->command, &text);
	bool matches = regexec(pattern, e->path, 0, NULL, 0) == 0 ||
		       regexec(pattern, text.data ? text.data : "", 0, NULL, 0) == 0;
	buf_deinit(&text);
	for (const char *p = e->command->aliases; !matches && p && *p;) {
		char *alias = str_dup((struct str){ p, strcspn(p, " ") });
		matches = regexec(pattern, alias, 0, NULL, 0) == 0;
		p += strlen(alias);
		p += strspn(p, " ");
		free(alias);
	}
	return matches;
}

struct error *gdb_run_apropos(struct gdb *g, const struct gdb_command *command, struct str args)
{
	const struct gdb_registry *r = &g->shell->registry;
	regex_t pattern;
	struct str rest = args;
	bool verbose = str_is(gdb_take_word(&rest), "-v");
	(void)command;
	if (verbose)
		args = rest;
	if (!args.len)
		return error_new(ERROR_USAGE, "REGEXP string is empty");
	char *text = str_dup(args);
	int code = regcomp(&pattern, text, REG_ICASE | REG_NOSUB);
	free(text);
	if (code != 0) {
		char why[128];
		regerror(code, &pattern, why, sizeof why);
		return error_new(ERROR_USAGE, "Error in regular expression: %s", why);
	}
	for (size_t i = 0; i < r->entries.count && !gdb_interrupted(g); i++) {
		const struct gdb_entry *e = &r->entries.data[i];
		if (hidden(e) || !name_or_text_matches(&pattern, e))
			continue;
		if (!verbose) {
			list_entry(g, e);
			continue;
		}
		add_names(r, e, g);
		gdb_print(g, "\n");
		struct buf full = { 0 };
		gdb_command_help(e->command, &full);
		buf_str(&full, STR_LIT("\n\n"));
		gdb_print_buf(g, &full);
		buf_deinit(&full);
	}
	regfree(&pattern);
	return NULL;
}
