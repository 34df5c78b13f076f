/* info, set, show, and what they show that is no setting of the table. */
#include "ui/gdb/input.h"
#include "ui/gdb/script.h"
#include "ui/gdb/settings.h"

#include <stdio.h>

/* gdb looks a name up while it reads it, so that "No symbol …" comes before what is wrong behind it. */
static struct error *prefer_unknown_name(struct gdb *g, struct str args, struct error *err)
{
	struct eval_value value;
	size_t length = gdb_word_length(args);
	if (!length || strncmp(err->message, "A syntax error", 14) != 0)
		return err;
	struct error *unknown = gdb_eval(g, str_sub(args, 0, length), &value);
	if (!unknown)
		return err;
	error_destroy(err);
	return unknown;
}

/* `set NAME = VALUE` of a variable is what an unknown word means. */
static struct error *run_set(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct buf line = { 0 };
	(void)command;
	buf_printf(&line, "set variable %.*s", STR_ARG(args));
	struct error *err = gdb_execute(g, buf_view(&line), false);
	buf_deinit(&line);
	return err ? prefer_unknown_name(g, args, err) : NULL;
}

/* ---- show without a name: every setting below the prefix ---- */

static void show_below(struct gdb *g, struct str prefix)
{
	struct gdb_registry *r = &g->shell->registry;
	size_t first;
	size_t count = gdb_registry_below(r, prefix, &first);
	for (size_t i = first; i < first + count && !gdb_interrupted(g); i++) {
		const struct gdb_entry *e = &r->entries.data[i];
		const struct gdb_setting *setting = e->alias ? NULL : gdb_setting_of(e->command);
		if (!setting)
			continue;
		struct buf text = { 0 };
		gdb_print(g, "%s:  ", setting->name);
		gdb_setting_show(g, setting, &text);
		gdb_print_buf(g, &text);
		buf_deinit(&text);
	}
}

struct error *gdb_run_show_prefix(struct gdb *g, const struct gdb_command *command, struct str args)
{
	const char *show = strcmp(command->name, "info set") == 0 ? "show" : command->name;
	if (args.len)
		return error_new(ERROR_USAGE, "Undefined %s command: \"%.*s\".  Try \"help %s\".", show,
				 STR_ARG(args), show);
	show_below(g, str_from(show));
	return NULL;
}

/* ---- show version … ---- */

static struct error *run_version(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command, (void)args;
	gdb_print(g, "%s", gdb_version_text);
	return NULL;
}

static struct error *run_user(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command;
	if (args.len) {
		struct gdb_found found;
		TRY(gdb_lookup(&g->shell->registry, args, &found));
		struct gdb_user_command *own = gdb_user_command_of(found.command);
		if (!own)
			return error_new(ERROR_USAGE, "Not a user command.");
		gdb_show_user_command(g, own);
		return NULL;
	}
	for (size_t i = 0; i < g->shell->registry.entries.count; i++) {
		const struct gdb_entry *e = &g->shell->registry.entries.data[i];
		const struct gdb_user_command *own = e->alias ? NULL : gdb_user_command_of(e->command);
		if (own && own->defined)
			gdb_show_user_command(g, own);
	}
	return NULL;
}

static void print_value(struct gdb *g, const struct eval_value *value)
{
	struct eval_printer printer;
	struct buf text = { 0 };
	if (!value->type) {
		gdb_print(g, "void\n");
		return;
	}
	gdb_printer_on_screen(g, gdb_env(g), &printer);
	struct error *err = eval_print(&printer, value, (struct eval_format_spec){ 0 }, true, &text);
	if (err)
		buf_printf(&text, "<error: %s>", err->message);
	error_destroy(err);
	buf_char(&text, '\n');
	gdb_print_buf(g, &text);
	buf_deinit(&text);
}

static void show_variable(void *ctx, struct str name, const struct eval_value *value)
{
	gdb_print(ctx, "$%.*s = ", STR_ARG(name));
	print_value(ctx, value);
}

static struct error *run_convenience(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command, (void)args;
	eval_convenience_each(g->eval, show_variable, g);
	return NULL;
}

/* Ten values around N, or behind those shown last. */
static struct error *run_values(struct gdb *g, const struct gdb_command *command, struct str args)
{
	static const int64_t shown = 10;
	int64_t count = (int64_t)eval_history_count(g->eval);
	int64_t first = count - shown + 1;
	if (str_is(args, "+"))
		first = g->shell->last_value_shown + 1;
	else if (args.len) {
		TRY(gdb_eval_number(g, args, &first));
		first -= shown / 2;
		gdb_repeat_as(g, command, "+");
	}
	if (first < 1)
		first = 1;
	for (int64_t n = first; n < first + shown && n <= count && !gdb_interrupted(g); n++) {
		struct eval_value value;
		if (!eval_history_get(g->eval, (size_t)n, &value))
			continue;
		gdb_print(g, "$%lld = ", (long long)n);
		print_value(g, &value);
		g->shell->last_value_shown = n;
	}
	return NULL;
}

static struct error *run_commands(struct gdb *g, const struct gdb_command *command, struct str args)
{
	static const int64_t shown = 10;
	const struct gdb_history *h = gdb_input_history(g);
	int64_t count = h ? (int64_t)h->lines.count : 0;
	int64_t first = count - shown + 1;
	if (str_is(args, "+"))
		first = g->shell->last_command_shown + 1;
	else if (args.len) {
		TRY(gdb_eval_number(g, args, &first));
		first -= shown / 2;
		gdb_repeat_as(g, command, "+");
	}
	if (first < 1)
		first = 1;
	for (int64_t n = first; n < first + shown && n <= count; n++) {
		gdb_print(g, "%5lld  %s\n", (long long)n, h->lines.data[n - 1]);
		g->shell->last_command_shown = n;
	}
	return NULL;
}

static struct error *run_copying(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command, (void)args;
	gdb_print(g, "oxdb is licensed under either of the MIT license or the Apache License, Version 2.0, at your "
		     "option.\nThere is no warranty, to the extent permitted by law.\n");
	return NULL;
}

static struct error *run_configuration(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command, (void)args;
	gdb_print(g,
		  "This oxdb was configured as \"x86_64-linux-gnu\", with libedit, Zydis, zlib and zstd.\n");
	return NULL;
}

static struct error *run_varsize_limit(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command;
	if (args.len)
		return error_new(ERROR_USAGE, "`show varsize-limit' takes no arguments.");
	return gdb_execute(g, STR_LIT("show max-value-size"), false);
}

/* Of older scripts. */
static struct error *run_set_logging(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct buf line = { 0 };
	struct error *err = NULL;
	if (!args.len)
		return gdb_list_subcommands(g, command);
	if (!str_is(args, "on") && !str_is(args, "off"))
		return error_new(ERROR_USAGE,
				 "Undefined set logging command: \"%.*s\".  Try \"help set logging\".",
				 STR_ARG(args));
	gdb_print(g,
		  "Warning: 'set logging %.*s', an alias for the command 'set logging enabled', is deprecated.\n"
		  "Use 'set logging enabled %.*s'.\n\n",
		  STR_ARG(args), STR_ARG(args));
	buf_printf(&line, "set logging enabled %.*s", STR_ARG(args));
	err = gdb_execute(g, buf_view(&line), g->shell->from_tty);
	buf_deinit(&line);
	return err;
}

static struct error *run_safe_path(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)g, (void)command, (void)args;
	return NULL; /* nothing is loaded by itself */
}

#define SET_PREFIX(name, aliases, text)                                                                     \
	{                                                                                                   \
		"set " name, aliases, GDB_CLASS_SUPPORT, 0, NULL, NULL, "Generic command for setting " text \
	}
#define SHOW_PREFIX(name, aliases, text)                                                \
	{                                                                               \
		"show " name, aliases, GDB_CLASS_SUPPORT, 0, gdb_run_show_prefix, NULL, \
			"Generic command for showing " text                             \
	}
#define PREFIX(name, aliases, text) SET_PREFIX(name, aliases, text), SHOW_PREFIX(name, aliases, text)

static struct error *run_set_radix(struct gdb *g, const struct gdb_command *command, struct str args)
{
	int64_t radix = 10;
	(void)command;
	if (args.len)
		TRY(gdb_eval_number(g, args, &radix));
	struct buf line = { 0 };
	buf_printf(&line, "set output-radix 0x%llx", (unsigned long long)radix);
	struct error *err = gdb_execute(g, buf_view(&line), false);
	line.len = 0;
	buf_printf(&line, "set input-radix 0x%llx", (unsigned long long)radix);
	if (!err)
		err = gdb_execute(g, buf_view(&line), false);
	buf_deinit(&line);
	if (err)
		return err;
	if (gdb_from_tty(g))
		gdb_print(g, "Input and output radices now set to decimal %u, hex %x, octal %o.\n",
			  (unsigned)radix, (unsigned)radix, (unsigned)radix);
	return NULL;
}

static struct error *run_show_radix(struct gdb *g, const struct gdb_command *command, struct str args)
{
	uint32_t in = g->settings.input_radix, out = g->settings.output_radix;
	(void)command, (void)args;
	if (in == out) {
		gdb_print(g, "Input and output radices set to decimal %u, hex %x, octal %o.\n", in, in, in);
		return NULL;
	}
	gdb_print(g, "Input radix set to decimal %u, hex %x, octal %o.\n", in, in, in);
	gdb_print(g, "Output radix set to decimal %u, hex %x, octal %o.\n", out, out, out);
	return NULL;
}

static const struct gdb_command commands[] = {
	{ "info", "inf i", GDB_CLASS_STATUS, 0, NULL, NULL,
	  "Generic command for showing things about the program being debugged." },
	{ "info set", NULL, GDB_CLASS_STATUS, 0, gdb_run_show_prefix, NULL, "Show all settings." },
	{ "set", NULL, GDB_CLASS_DATA, 0, run_set, NULL,
	  "Evaluate expression EXP and assign result to variable VAR.\nUsage: set VAR = EXP\n"
	  "This uses assignment syntax appropriate for the current language. VAR may be a debugger\n"
	  "\"convenience\" variable (names starting with $), a register (a few standard names starting with $),\n"
	  "or an actual variable in the program being debugged. `set variable' is the same where VAR would be\n"
	  "taken for a setting. What follows are settings." },
	{ "show", NULL, GDB_CLASS_STATUS, 0, gdb_run_show_prefix, NULL,
	  "Generic command for showing things about the debugger." },
	{ "unset", NULL, GDB_CLASS_DATA, 0, NULL, NULL, "Complement to certain \"set\" commands." },
	PREFIX("auto-load", NULL, "auto-loading."),
	PREFIX("backtrace", NULL, "backtrace specific variables."),
	PREFIX("breakpoint", NULL, "breakpoint specific variables."),
	PREFIX("debuginfod", NULL, "debuginfod."),
	PREFIX("history", NULL, "command history parameters."),
	PREFIX("index-cache", NULL, "the index cache."),
	PREFIX("print", "p pr", "how things print."),
	PREFIX("print type", NULL, "how types print."),
	PREFIX("python", NULL, "Python."),
	PREFIX("source", NULL, "source settings."),
	PREFIX("style", NULL, "style settings."),
	{ "set radix", NULL, GDB_CLASS_SUPPORT, 0, run_set_radix, NULL,
	  "Set default input and output number radices.\nUsage: set radix [RADIX]\nWithout RADIX: 10. That of input is for C's numbers; Rust's say it themselves." },
	{ "show radix", NULL, GDB_CLASS_SUPPORT, 0, run_show_radix, NULL,
	  "Show the default input and output number radices." },
	{ "set logging", NULL, GDB_CLASS_SUPPORT, 0, NULL, NULL, "Set logging options." },
	{ "set logging on", NULL, GDB_CLASS_SUPPORT, 0, run_set_logging, NULL, "Enable logging." },
	{ "set logging off", NULL, GDB_CLASS_SUPPORT, 0, run_set_logging, NULL, "Disable logging." },
	{ "show logging", NULL, GDB_CLASS_SUPPORT, 0, gdb_run_show_prefix, NULL, "Show logging options." },
	{ "show version", NULL, GDB_CLASS_SUPPORT, 0, run_version, NULL,
	  "Show what version of oxdb this is." },
	{ "show user", NULL, GDB_CLASS_USER, 0, run_user, NULL,
	  "Show definitions of non-python/scheme user defined commands.\nUsage: show user [COMMAND]" },
	{ "show convenience", "conv", GDB_CLASS_DATA, 0, run_convenience, NULL,
	  "Debugger convenience (\"$foo\") variables and functions.\n"
	  "Values are assigned to them with `set', such as \"set $foo = 3\"." },
	{ "show values", NULL, GDB_CLASS_DATA, 0, run_values, NULL,
	  "Elements of value history around item number IDX (or last ten)." },
	{ "show commands", NULL, GDB_CLASS_STATUS, 0, run_commands, NULL,
	  "Show the history of commands you typed.\nUsage: show commands [NUMBER | +]" },
	{ "show copying", NULL, GDB_CLASS_SUPPORT, 0, run_copying, NULL,
	  "Conditions for redistributing copies of oxdb." },
	{ "show warranty", NULL, GDB_CLASS_SUPPORT, 0, run_copying, NULL,
	  "Various kinds of warranty you do not have." },
	{ "info copying", NULL, GDB_CLASS_STATUS, 0, run_copying, NULL,
	  "Conditions for redistributing copies of oxdb." },
	{ "info warranty", NULL, GDB_CLASS_STATUS, 0, run_copying, NULL,
	  "Various kinds of warranty you do not have." },
	{ "show varsize-limit", NULL, GDB_CLASS_STATUS, 0, run_varsize_limit, NULL,
	  "Show the maximum number of bytes allowed in a variable-size object.\nSee `set max-value-size'." },
	{ "show configuration", NULL, GDB_CLASS_SUPPORT, 0, run_configuration, NULL,
	  "Show how oxdb was configured at build time." },
	{ "add-auto-load-safe-path", NULL, GDB_CLASS_SUPPORT, 0, run_safe_path, NULL,
	  "Accept a directory to auto-load files from.\nNothing is loaded from it." },
};
const struct gdb_command_table gdb_commands_settings = { commands, sizeof commands / sizeof *commands };
