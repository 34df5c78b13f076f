/* The tables of commands put together; a line of text made a command that runs; Enter. */
#include "ui/gdb/input.h"
#include "ui/gdb/output.h"
#include "ui/gdb/script.h"
#include "ui/gdb/settings.h"

#include <stdio.h>
#include <unistd.h>

/* A line per file. */
/* clang-format off */
static const struct gdb_command_table *const tables[] = {
	&gdb_commands_support,
	&gdb_commands_script,
	&gdb_commands_settings,
	&gdb_commands_files,
	&gdb_commands_run,
	&gdb_commands_inferiors,
	&gdb_commands_breakpoints,
	&gdb_commands_catch,
	&gdb_commands_stack,
	&gdb_commands_data,
	&gdb_commands_info,
	&gdb_commands_threads,
	&gdb_commands_source,
	&gdb_commands_small,
	&gdb_commands_skip,
	&gdb_commands_natvis,
	&gdb_commands_refused,
};
/* clang-format on */

/* ---- creation ---- */

void gdb_registry_fill(struct gdb_registry *r)
{
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		gdb_registry_add_table(r, tables[i]->commands, tables[i]->count);
	gdb_settings_register(r, gdb_settings_table, gdb_setting_count);
	gdb_registry_sort(r);
	r->more = gdb_settings_register_more;
}

struct gdb_shell *gdb_shell_create(struct gdb *g)
{
	struct gdb_shell *s = xmalloc(sizeof *s);
	s->input = gdb_input_create(g);
	s->scripts = xmalloc(sizeof *s->scripts);
	gdb_registry_fill(&s->registry);
	return s;
}

void gdb_shell_destroy(struct gdb *g)
{
	struct gdb_shell *s = g->shell;
	if (!s)
		return;
	gdb_input_destroy(g, s->input);
	gdb_scripts_deinit(s->scripts);
	free(s->scripts);
	gdb_registry_deinit(&s->registry);
	vec_for(&s->scratches, scratch)
		arena_deinit(scratch);
	vec_free(&s->scratches);
	buf_deinit(&s->last_line);
	buf_deinit(&s->previous_line);
	free(s);
}

/* ---- running a line ---- */

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

static struct str without_leading_blanks(struct str text)
{
	size_t start = 0;
	while (start < text.len && blank(text.ptr[start]))
		start++;
	return str_sub(text, start, text.len);
}

bool gdb_from_tty(const struct gdb *g)
{
	return g->shell->from_tty;
}

/* What a script does is nothing to Enter. */
void gdb_dont_repeat(struct gdb *g)
{
	if (!g->shell->scripts->stream)
		g->shell->last_line.len = 0;
}

void gdb_repeat_as(struct gdb *g, const struct gdb_command *command, const char *args)
{
	if (!gdb_from_tty(g))
		return;
	g->shell->last_line.len = 0;
	buf_printf(&g->shell->last_line, "%s %s", command->name, args);
}

static struct error *run_found(struct gdb *g, const struct gdb_found *found)
{
	const struct gdb_command *command = found->command;
	struct str args = found->args;
	gdb_settings_follow_inferior(g);
	if (command->flags & GDB_ONCE)
		gdb_dont_repeat(g);
	if (!command->run)
		return gdb_list_subcommands(g, command);
	if (!(command->flags & GDB_KEEPS_TEXT))
		args = gdb_strip(args);
	if (!found->alias_args)
		return command->run(g, command, args);
	struct buf joined = { 0 };
	buf_printf(&joined, "%s%s%.*s", found->alias_args, args.len ? " " : "", STR_ARG(args));
	struct error *err = command->run(g, command, buf_view(&joined));
	buf_deinit(&joined);
	return err;
}

/* An inner command has a scratch arena of its own: what the outer one keeps in it is not touched. */
static void enter(struct gdb *g)
{
	struct gdb_shell *s = g->shell;
	if (s->depth == 0)
		gdb_progress_take_stopped();
	if (s->depth++) {
		while (s->scratches.count < s->depth)
			vec_push(&s->scratches, ARENA_INIT);
		s->scratches.data[s->depth - 2] = g->scratch;
		g->scratch = s->scratches.data[s->depth - 1];
	}
	arena_reset(&g->scratch);
}

static void leave(struct gdb *g)
{
	struct gdb_shell *s = g->shell;
	if (--s->depth) {
		arena_reset(&g->scratch);
		s->scratches.data[s->depth] = g->scratch;
		g->scratch = s->scratches.data[s->depth - 1];
		s->scratches.data[s->depth - 1] = ARENA_INIT;
	}
}

struct error *gdb_execute(struct gdb *g, struct str line, bool from_tty)
{
	struct gdb_shell *s = g->shell;
	line = without_leading_blanks(line);
	if (!line.len || line.ptr[0] == '#')
		return NULL;
	if (s->depth >= GDB_MAX_DEPTH)
		return error_new(ERROR_LIMIT, "Max user call depth exceeded -- command aborted.");
	struct gdb_found found;
	bool was_from_tty = s->from_tty;
	TRY(gdb_lookup(&s->registry, line, &found));
	/* The command may change the text that it was read from (define, source). */
	char *copy = str_dup(line);
	found.args.ptr = copy + (found.args.ptr - line.ptr);
	s->from_tty = from_tty;
	enter(g);
	struct error *err = s->scripts->hooks.count ? gdb_run_hooks(g, found.command, false) : NULL;
	if (!err)
		err = run_found(g, &found);
	if (!err && s->scripts->hooks.count)
		err = gdb_run_hooks(g, found.command, true);
	if (!err)
		gdb_check_language(g);
	gdb_tell_split(g);
	leave(g);
	if (!err && (gdb_output_was_quit(g) || gdb_progress_stopped()))
		err = error_new(ERROR_USAGE, "Quit");
	s->from_tty = was_from_tty;
	free(copy);
	return err;
}

/* ---- Enter ---- */

static void remember(struct gdb_shell *s, struct str line)
{
	struct gdb_found found;
	struct error *err = gdb_lookup(&s->registry, line, &found);
	s->previous_line.len = 0;
	buf_str(&s->previous_line, buf_view(&s->last_line));
	s->last_line.len = 0;
	if (err) { /* which is said again, too */
		error_destroy(err);
	} else if (!found.command) {
		return;
	} else if (found.command->flags & GDB_REPEATS_BARE) {
		line = str_sub(line, 0, line.len - found.args.len);
	}
	buf_str(&s->last_line, line);
}

struct error *gdb_execute_typed(struct gdb *g, struct str line, bool from_tty)
{
	struct gdb_shell *s = g->shell;
	struct str text = without_leading_blanks(line);
	if (text.len && text.ptr[0] != '#')
		remember(s, text);
	else if (text.len || !s->last_line.len)
		return NULL;
	char *copy = str_dup(text.len ? text : buf_view(&s->last_line));
	gdb_trace_line(g, str_from(copy));
	struct error *err = gdb_execute(g, str_from(copy), from_tty);
	free(copy);
	return err;
}
