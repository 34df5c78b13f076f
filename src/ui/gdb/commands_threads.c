/* info threads, thread, thread apply, name, find; taas, tfaas. */
#include "ui/gdb/looking.h"
#include "ui/gdb/running.h"

#include <inttypes.h>
#include <stdlib.h>

/* ---- info threads ---- */

struct row {
	struct eng_thread *thread;
	struct str id, target;
};

static struct str target_column(struct gdb *g, struct eng_thread *t)
{
	struct str label = gdb_thread_label(g, t), name = gdb_thread_name(g, t);
	if (name.len == 0)
		return label;
	return arena_printf(&g->scratch, "%.*s \"%.*s\"", STR_ARG(label), STR_ARG(name));
}

static void print_row(struct gdb *g, const struct row *row, bool global, size_t width)
{
	struct buf out = { 0 };
	struct arena arena = ARENA_INIT;
	bool current = row->thread == eng_selected_thread(g->control);
	buf_printf(&out, "%c %-4.*s ", current ? '*' : ' ', STR_ARG(row->id));
	if (global)
		buf_printf(&out, "%-4" PRIu32 " ", eng_thread_global_number(g->control, row->thread));
	buf_str(&out, row->target);
	buf_pad(&out, ' ', width > row->target.len ? width - row->target.len : 0);
	buf_char(&out, ' ');
	uint32_t selected = current ? eng_selected_level(g->control) : 0;
	const struct eng_level *level =
		eng_thread_stopped(row->thread) ? eng_level(g->control, row->thread, selected) : NULL;
	if (level)
		gdb_frame_location(g, row->thread, level, false, false, &arena, &out);
	else
		buf_str(&out, STR_LIT("(running)\n"));
	gdb_print_buf(g, &out);
	buf_deinit(&out);
	arena_deinit(&arena);
}

static void print_threads(struct gdb *g, struct eng_thread *const *threads, size_t count, bool global)
{
	struct row *rows = ARENA_ARRAY(&g->scratch, struct row, count);
	size_t width = strlen("Target Id        ");
	for (size_t i = 0; i < count; i++) {
		rows[i] = (struct row){ threads[i], gdb_thread_id(g, threads[i]),
					target_column(g, threads[i]) };
		width = rows[i].target.len > width ? rows[i].target.len : width;
	}
	gdb_print(g, "  Id   %s%-*s Frame \n", global ? "GId  " : "", (int)width, "Target Id");
	for (size_t i = 0; i < count && !gdb_interrupted(g); i++)
		print_row(g, &rows[i], global, width);
}

static int by_number(const void *a, const void *b)
{
	struct eng_thread *const *x = a, *const *y = b;
	uint32_t m = eng_thread_number(*x), n = eng_thread_number(*y);
	return m < n ? -1 : m > n;
}

static struct error *run_info_threads(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct gdb_thread_list list = { 0 };
	struct eng_thread **threads;
	bool global = false;
	(void)command;
	size_t count = eng_all_threads(g->control, &g->scratch, &threads);
	struct str rest = args, word = gdb_take_word(&rest);
	if (str_is(word, "-gid")) {
		global = true;
		args = rest;
	}
	if (args.len > 0) {
		struct str text = args;
		struct error *err = gdb_take_threads(g, &text, false, &list);
		if (!err && text.len > 0)
			err = error_new(ERROR_USAGE, "Invalid thread ID: %.*s", STR_ARG(text));
		if (err) {
			vec_free(&list.threads);
			return err;
		}
		threads = list.threads.data;
		count = list.threads.count;
		if (count > 1)
			qsort(threads, count, sizeof *threads, by_number);
	}
	if (count > 0)
		print_threads(g, threads, count, global);
	else if (args.len > 0)
		gdb_print(g, "No threads match '%.*s'.\n", STR_ARG(args));
	else
		gdb_print(g, "No threads.\n");
	uint32_t ended = args.len > 0 ? 0 : eng_selected_that_ended(g->control);
	if (ended)
		gdb_print(g, "\nThe current thread <Thread ID %.*s> has terminated.  See `help thread'.\n",
			  STR_ARG(gdb_thread_id_of(g, eng_selected_inferior(g->control)->number, ended)));
	vec_free(&list.threads);
	return NULL;
}

/* ---- thread ---- */

void gdb_print_selected_thread(struct gdb *g)
{
	struct eng_thread *t = eng_selected_thread(g->control);
	if (!t)
		return;
	gdb_print(g, "[Switching to thread %.*s (%.*s)]", STR_ARG(gdb_thread_id(g, t)),
		  STR_ARG(gdb_thread_label(g, t)));
	gdb_print(g, eng_thread_stopped(t) ? "\n" : "(running)\n");
	const struct eng_level *level = eng_level(g->control, t, eng_selected_level(g->control));
	if (level && g->settings.suppress_notifications)
		gdb_list_from(g, level->line.file, level->line.line);
	else if (level)
		gdb_print_frame(g, t, level, GDB_FRAME_LEVEL | GDB_FRAME_LOCATION | GDB_FRAME_SOURCE);
}

static struct error *no_such_thread(struct gdb *g, struct str word)
{
	struct eng_inferior *const *list;
	size_t count = eng_inferiors(g->control, &list), dot = str_find(word, STR_LIT("."));
	bool known = dot == SIZE_MAX;
	for (size_t i = 0; i < count && !known; i++)
		known = str_eq(arena_printf(&g->scratch, "%u", list[i]->number), str_sub(word, 0, dot));
	if (!known)
		return error_new(ERROR_NOT_FOUND, "No inferior number '%.*s'",
				 STR_ARG(str_sub(word, 0, dot)));
	uint32_t ended = eng_selected_that_ended(g->control);
	if (ended && str_eq(word, gdb_thread_id_of(g, eng_selected_inferior(g->control)->number, ended)))
		return error_new(ERROR_GONE, "Thread ID %.*s has terminated.", STR_ARG(word));
	return error_new(ERROR_NOT_FOUND, "Unknown thread %.*s.", STR_ARG(word));
}

static struct error *run_thread(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct eng_thread *t = eng_selected_thread(g->control);
	(void)command;
	if (args.len == 0) {
		if (!t)
			return error_new(ERROR_USAGE, "No thread selected");
		gdb_print(g, "[Current thread is %.*s (%.*s)]\n", STR_ARG(gdb_thread_id(g, t)),
			  STR_ARG(gdb_thread_label(g, t)));
		return NULL;
	}
	struct gdb_thread_list list = { 0 };
	struct str rest = args, word = gdb_take_word(&rest);
	struct str text = word;
	TRY(gdb_take_threads(g, &text, false, &list));
	t = list.threads.count ? list.threads.data[0] : NULL;
	vec_free(&list.threads);
	if (!t)
		return no_such_thread(g, word);
	struct eng_inferior *i = eng_inferior_of(g->control, eng_thread_process(t));
	if (i)
		eng_select_inferior(g->control, i);
	eng_select_thread(g->control, t);
	gdb_print_selected_thread(g);
	return NULL;
}

static struct error *run_thread_name(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct eng_thread *t = eng_selected_thread(g->control);
	(void)command;
	if (!t)
		return error_new(ERROR_USAGE, "No thread selected");
	uint32_t number = eng_thread_global_number(g->control, t);
	for (size_t i = 0; i < g->thread_names.count; i++) {
		if (g->thread_names.data[i].number != number)
			continue;
		free(g->thread_names.data[i].name);
		vec_remove(&g->thread_names, i);
		break;
	}
	if (args.len > 0)
		vec_push(&g->thread_names, (struct gdb_thread_name){ number, str_dup(args) });
	return NULL;
}

static struct error *run_thread_find(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct gdb_regex *regex;
	struct eng_thread **threads;
	(void)command;
	if (args.len == 0)
		return error_new(ERROR_USAGE, "Command requires an argument.");
	TRY(gdb_regex_new(args, &regex));
	size_t count = eng_all_threads(g->control, &g->scratch, &threads);
	bool found = false;
	for (size_t i = 0; i < count; i++) {
		struct str name = gdb_thread_name(g, threads[i]), label = gdb_thread_label(g, threads[i]);
		struct str id = gdb_thread_id(g, threads[i]);
		if (name.len > 0 && gdb_regex_matches(regex, name)) {
			gdb_print(g, "Thread %.*s has target name '%.*s'\n", STR_ARG(id), STR_ARG(name));
			found = true;
		}
		if (gdb_regex_matches(regex, label)) {
			gdb_print(g, "Thread %.*s has target id '%.*s'\n", STR_ARG(id), STR_ARG(label));
			found = true;
		}
	}
	if (!found)
		gdb_print(g, "No threads match '%.*s'\n", STR_ARG(args));
	gdb_regex_destroy(regex);
	return NULL;
}

/* ---- thread apply ---- */

static bool still_there(struct gdb *g, const struct eng_thread *t)
{
	return eng_is_thread(g->control, t);
}

static void select_thread(struct gdb *g, struct eng_thread *t)
{
	struct eng_inferior *i = eng_inferior_of(g->control, eng_thread_process(t));
	if (i)
		eng_select_inferior(g->control, i);
	eng_select_thread(g->control, t);
}

static struct error *apply_to(struct gdb *g, struct eng_thread *t, struct str command,
			      const struct gdb_apply_flags *flags)
{
	struct buf out = { 0 }, head = { 0 };
	select_thread(g, t);
	/* The command may be the thread's end. */
	buf_printf(&head, "\nThread %.*s (%.*s):\n", STR_ARG(gdb_thread_id(g, t)),
		   STR_ARG(target_column(g, t)));
	struct error *err = gdb_execute_to(g, command, &out);
	bool show = !flags->silent || (!err && out.len > 0);
	if (show && !flags->quiet)
		gdb_print_buf(g, &head);
	gdb_print_buf(g, &out);
	buf_deinit(&head);
	buf_deinit(&out);
	if (err && (flags->silent || flags->go_on)) {
		if (flags->go_on)
			gdb_print(g, "%s\n", err->message);
		error_destroy(err);
		return NULL;
	}
	return err;
}

static struct error *apply(struct gdb *g, struct eng_thread *const *threads, size_t count,
			   struct str command, const struct gdb_apply_flags *flags)
{
	struct eng_thread *before = eng_selected_thread(g->control);
	uint32_t level = before ? eng_selected_level(g->control) : 0;
	char *text = str_dup(command);
	struct error *err = NULL;
	for (size_t i = 0; i < count && !err && !gdb_interrupted(g); i++)
		if (still_there(g, threads[i]))
			err = apply_to(g, threads[i], str_from(text), flags);
	free(text);
	if (before && still_there(g, before)) {
		select_thread(g, before);
		eng_select_level(g->control, level);
	}
	return err;
}

/* The last ones first, unless told otherwise. */
static struct error *apply_all(struct gdb *g, struct str args)
{
	struct gdb_apply_flags flags;
	struct eng_thread **threads;
	bool ascending = false;
	for (;;) {
		struct str rest = args, word = gdb_take_word(&rest);
		if (!str_is(word, "-ascending"))
			break;
		ascending = true;
		args = rest;
	}
	TRY(gdb_take_apply_flags(&args, &flags));
	if (args.len == 0)
		return error_new(ERROR_USAGE, "Please specify a command at the end of 'thread apply all'");
	size_t count = eng_all_threads(g->control, &g->scratch, &threads);
	/* The list outlives what the commands do to the scratch arena. */
	struct eng_thread **kept = xmalloc((count + 1) * sizeof(struct eng_thread *));
	for (size_t i = 0; i < count; i++)
		kept[i] = threads[ascending ? i : count - 1 - i];
	struct error *err = apply(g, kept, count, args, &flags);
	free(kept);
	return err;
}

static struct error *run_thread_apply(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct gdb_thread_list list = { 0 };
	struct gdb_apply_flags flags;
	(void)command;
	if (args.len == 0)
		return error_new(ERROR_USAGE, "Please specify a thread ID list");
	struct str rest = args, word = gdb_take_word(&rest);
	if (str_is(word, "all"))
		return apply_all(g, rest);
	struct error *err = gdb_take_threads(g, &args, true, &list);
	if (!err)
		err = gdb_take_apply_flags(&args, &flags);
	if (!err && args.len == 0)
		err = error_new(ERROR_USAGE, "Please specify a command following the thread ID list");
	if (!err)
		err = apply(g, list.threads.data, list.threads.count, args, &flags);
	vec_free(&list.threads);
	return err;
}

static struct error *run_taas(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command;
	if (args.len == 0)
		return error_new(ERROR_USAGE, "Please specify a command to apply on all threads");
	return apply_all(g, arena_printf(&g->scratch, "-s %.*s", STR_ARG(args)));
}

static struct error *run_tfaas(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command;
	if (args.len == 0)
		return error_new(ERROR_USAGE,
				 "Please specify a command to apply on all frames of all threads");
	return apply_all(g, arena_printf(&g->scratch, "-s -- frame apply all -s %.*s", STR_ARG(args)));
}

static const struct gdb_command commands[] = {
	{ "info threads", NULL, GDB_CLASS_STATUS, 0, run_info_threads, NULL,
	  "Display currently known threads.\n"
	  "Usage: info threads [OPTION]... [ID]...\n"
	  "If ID is given, it is a space-separated list of IDs of threads to display.\n"
	  "Otherwise, all threads are displayed.\n\n"
	  "Options:\n"
	  "  -gid\n    Show global thread IDs." },
	{ "thread", "t", GDB_CLASS_RUNNING, 0, run_thread, NULL,
	  "Use this command to switch between threads.\n"
	  "The new thread ID must be currently known." },
	{ "thread apply", NULL, GDB_CLASS_RUNNING, GDB_COVERS, run_thread_apply, gdb_complete_apply,
	  "Apply a command to a list of threads.\n"
	  "Usage: thread apply ID... [OPTION]... COMMAND\n"
	  "ID is a space-separated list of IDs of threads to apply COMMAND on.\n"
	  "Prints per-inferior thread number and target system's thread id\n"
	  "followed by COMMAND output.\n\n"
	  "By default, an error raised during the execution of COMMAND\n"
	  "aborts \"thread apply\".\n\n"
	  "Options:\n"
	  "  -q\n    Disables printing the thread information.\n"
	  "  -c\n    Print any error raised by COMMAND and continue.\n"
	  "  -s\n    Silently ignore any errors or empty output produced by COMMAND." },
	{ "thread name", NULL, GDB_CLASS_RUNNING, 0, run_thread_name, NULL,
	  "Set the current thread's name.\n"
	  "Usage: thread name [NAME]\n"
	  "If NAME is not given, then any existing name is removed." },
	{ "thread find", NULL, GDB_CLASS_RUNNING, 0, run_thread_find, NULL,
	  "Find threads that match a regular expression.\n"
	  "Usage: thread find REGEXP\n"
	  "Will display thread ids whose name, target ID, or extra info matches REGEXP." },
	{ "taas", NULL, GDB_CLASS_RUNNING, 0, run_taas, NULL,
	  "Apply a command to all threads (ignoring errors and empty output).\n"
	  "Usage: taas [OPTION]... COMMAND\n"
	  "Shortcut for 'thread apply all -s [OPTION]... COMMAND'" },
	{ "tfaas", NULL, GDB_CLASS_RUNNING, 0, run_tfaas, NULL,
	  "Apply a command to all frames of all threads (ignoring errors and empty output).\n"
	  "Usage: tfaas [OPTION]... COMMAND\n"
	  "Shortcut for 'thread apply all -s -- frame apply all -s [OPTION]... COMMAND'" },
};

const struct gdb_command_table gdb_commands_threads = { commands, sizeof commands / sizeof *commands };
