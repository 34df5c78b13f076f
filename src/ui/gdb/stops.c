/* What is said when something has run, and while it runs. */
#include "ui/gdb/looking.h"
#include "ui/gdb/running.h"
#include "ui/gdb/shell_internal.h"

#include "target/syscalls.h"

#include <inttypes.h>
#include <stdlib.h>

/* ---- threads ---- */

struct str gdb_thread_label(struct gdb *g, struct eng_thread *t)
{
	struct arch_regs regs;
	struct error *err = eng_thread_regs(t, &regs);
	uint64_t pointer = !err && arch_reg_known(&regs, ARCH_FS_BASE) ? regs.value[ARCH_FS_BASE] : 0;
	error_destroy(err);
	if (!pointer) /* it runs, or has ended */
		pointer = eng_thread_pointer(t);
	if (!pointer)
		return arena_printf(&g->scratch, "process %d", eng_process_pid(eng_thread_process(t)));
	return arena_printf(&g->scratch, "Thread 0x%" PRIx64 " (LWP %d)", pointer, eng_thread_tid(t));
}

/* Once there have been several threads the one that stopped is named: `Thread 2 "name" hit Breakpoint 1, `. */
static bool names_thread(struct gdb *g)
{
	return eng_highest_thread(g->control) > 1;
}

static void print_thread_prefix(struct gdb *g, struct eng_thread *t, const char *verb)
{
	struct str name = gdb_thread_name(g, t);
	gdb_print(g, "Thread %.*s", STR_ARG(gdb_thread_id(g, t)));
	if (name.len)
		gdb_print(g, " \"%.*s\"", STR_ARG(name));
	gdb_print(g, " %s ", verb);
}

/* ---- the first line of a stop ---- */

static const char *breakpoint_noun(const struct eng_breakpoint *b)
{
	bool temporary = b->disposition == ENG_DELETE;
	switch (b->kind) {
	case ENG_BP_CODE:
		return temporary ? "Temporary breakpoint" : "Breakpoint";
	case ENG_BP_HARDWARE:
		return temporary ? "Temporary breakpoint" : "Breakpoint";
	case ENG_BP_WATCH:
		return "Hardware watchpoint";
	case ENG_BP_RWATCH:
		return "Hardware read watchpoint";
	case ENG_BP_AWATCH:
		return "Hardware access (read/write) watchpoint";
	default:
		return temporary ? "Temporary catchpoint" : "Catchpoint";
	}
}

static void print_hit_of(struct gdb *g, const struct eng_stop *stop, const struct eng_breakpoint *b)
{
	gdb_print_str(g, STR_LIT("\n"));
	if (names_thread(g))
		print_thread_prefix(g, stop->thread, "hit");
	gdb_print(g, "%s %u", breakpoint_noun(b), b->number);
	if (b->location_count > 1 && stop->location > 0 && b->kind != ENG_BP_PANIC)
		gdb_print(g, ".%u", stop->location);
}

static void print_hit(struct gdb *g, const struct eng_stop *stop)
{
	print_hit_of(g, stop, stop->breakpoints[0]);
}

static void print_watched(struct gdb *g, const struct eng_breakpoint *b, const uint8_t *bytes, size_t size)
{
	struct eval_printer printer;
	struct buf text = { 0 };
	const struct eval_env *env = gdb_env(g);
	struct eval_expr *expr = NULL;
	const struct sym_type *type = NULL;
	bool is_type;
	struct error *err = b->expression ? eval_parse(g->eval, eval_language(g->eval, env),
						       str_from(b->expression), NULL, &expr)
					  : NULL;
	if (!err && expr)
		err = eval_type_of(expr, g->eval, env, &g->scratch, &type, &is_type);
	gdb_printer(g, env, &printer);
	if (!err && type && size >= sym_type_size(type)) {
		struct eval_value value = { .type = type,
					    .has_address = true,
					    .address = b->watch_addr,
					    .bytes = bytes,
					    .size = (size_t)sym_type_size(type) };
		err = eval_print(&printer, &value, (struct eval_format_spec){ 0 }, true, &text);
	} else { /* out of scope: the number */
		uint64_t number = 0;
		memcpy(&number, bytes, size < sizeof number ? size : sizeof number);
		buf_printf(&text, "%" PRIu64, number);
	}
	error_destroy(err);
	eval_expr_destroy(expr);
	gdb_print_buf(g, &text);
	buf_deinit(&text);
}

static void print_watch(struct gdb *g, const struct eng_stop *stop, const struct eng_breakpoint *b)
{
	const uint8_t *before = b->watch_before, *now = b->watch_old;
	size_t size = b->watch_size;
	print_hit_of(g, stop, b);
	gdb_print(g, ": %s\n\n", b->expression ? b->expression : "");
	if (!b->watch_known)
		return;
	if (memcmp(before, now, size) != 0) {
		gdb_print_str(g, STR_LIT("Old value = "));
		print_watched(g, b, before, size);
		gdb_print_str(g, STR_LIT("\nNew value = "));
	} else {
		gdb_print_str(g, STR_LIT("Value = "));
	}
	print_watched(g, b, now, size);
	gdb_print_str(g, STR_LIT("\n"));
}

/* Each place that was accessed, and the breakpoint to which that has led. */
static void print_watches(struct gdb *g, const struct eng_stop *stop)
{
	for (size_t i = 0; i < stop->breakpoint_count; i++) {
		const struct eng_breakpoint *b = stop->breakpoints[i];
		if (b->kind == ENG_BP_CODE || b->kind == ENG_BP_HARDWARE) {
			print_hit_of(g, stop, b);
			gdb_print_str(g, STR_LIT(", "));
			return;
		}
		print_watch(g, stop, b);
	}
}

static void print_syscall(struct gdb *g, const struct eng_stop *stop)
{
	const char *name = target_syscall_name(stop->syscall);
	print_hit(g, stop);
	gdb_print(g, " (%s syscall ", stop->returning ? "returned from" : "call to");
	if (name)
		gdb_print(g, "%s), ", name);
	else
		gdb_print(g, "%" PRIu64 "), ", stop->syscall);
}

static void print_signal(struct gdb *g, const struct eng_stop *stop)
{
	gdb_print_str(g, STR_LIT("\n"));
	if (names_thread(g))
		print_thread_prefix(g, stop->thread, "received");
	else
		gdb_print_str(g, STR_LIT("Program received "));
	gdb_print(g, "signal %s, %s.\n", target_signal_name(stop->signal),
		  target_signal_description(stop->signal));
}

static void set_exit_code(struct gdb *g, int code)
{
	eval_convenience_set_int(g->eval, STR_LIT("_exitcode"), code);
	if (g->batch)
		return;
}

void gdb_say_gone_breakpoints(struct gdb *g)
{
	gdb_print_buf(g, &g->stops.gone);
}

/* What goes with its process is told of after that's end. */
static void note_gone_breakpoint(struct gdb *g, const struct eng_notice *n)
{
	struct str id = gdb_thread_id(g, n->thread);
	buf_printf(&g->stops.gone,
		   "Thread-specific breakpoint %u deleted - thread %.*s no longer in the thread list.\n",
		   n->number, STR_ARG(id));
	if (!n->last)
		gdb_say_gone_breakpoints(g);
}

static void print_exit(struct gdb *g, const struct eng_inferior *i, target_pid pid, int status)
{
	int code = status >> 8 & 0xff;
	gdb_print(g, "[Inferior %u (process %d) exited ", i->number, pid);
	if (code == 0)
		gdb_print_str(g, STR_LIT("normally]\n"));
	else
		gdb_print(g, "with code 0%o]\n", (unsigned)code);
	gdb_say_gone_breakpoints(g);
}

static void print_death(struct gdb *g, const struct eng_stop *stop)
{
	int signal = stop->status & 0x7f;
	gdb_print(g, "\nProgram terminated with signal %s, %s.\nThe program no longer exists.\n",
		  target_signal_name(signal), target_signal_description(signal));
	eval_convenience_set_int(g->eval, STR_LIT("_exitsignal"), signal);
	eval_convenience_clear(g->eval, STR_LIT("_exitcode"));
	gdb_say_gone_breakpoints(g);
}

/* On one line: what a terminal would obey becomes a blank. */
static void print_message(struct gdb *g, struct str text)
{
	gdb_print_str(g, STR_LIT(": "));
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];
		gdb_print_str(g, c < ' ' || c == 0x7f ? STR_LIT(" ") : str_sub(text, i, 1));
	}
}

static void print_libraries(struct gdb *g, const struct eng_stop *stop)
{
	bool any = stop->added_count || stop->removed_count;
	if (stop->breakpoint_count) {
		print_hit(g, stop);
		gdb_print_str(g, STR_LIT("\n"));
	} else if (any) {
		gdb_print_str(g, STR_LIT("Stopped due to shared library event:\n"));
	} else {
		gdb_print_str(
			g,
			STR_LIT("Stopped due to shared library event (no libraries added or removed)\n"));
	}
	for (size_t i = 0; i < stop->removed_count; i++)
		gdb_print(g, "%s%.*s\n", i ? "    " : "  Inferior unloaded ", STR_ARG(stop->removed[i]));
	for (size_t i = 0; i < stop->added_count; i++)
		gdb_print(g, "%s%.*s\n", i ? "    " : "  Inferior loaded ",
			  STR_ARG(gdb_library_name(g, stop->added[i])));
}

/* What stands before the frame. */
static void print_cause(struct gdb *g, const struct eng_stop *stop)
{
	switch (stop->kind) {
	case ENG_STOP_BREAKPOINT:
		print_hit(g, stop);
		gdb_print_str(g, STR_LIT(", "));
		break;
	case ENG_STOP_WATCH:
		print_watches(g, stop);
		break;
	case ENG_STOP_WATCH_SCOPE:
		gdb_print(g,
			  "\nWatchpoint %u deleted because the program has left the block in\n"
			  "which its expression is valid.\n",
			  stop->breakpoints[0]->number);
		break;
	case ENG_STOP_FORK:
	case ENG_STOP_VFORK:
		print_hit(g, stop);
		gdb_print(g, " (%s process %d), ", stop->kind == ENG_STOP_FORK ? "forked" : "vforked",
			  stop->child);
		break;
	case ENG_STOP_EXEC:
		print_hit(g, stop);
		gdb_print(g, " (exec'd %.*s), ", STR_ARG(stop->text));
		break;
	case ENG_STOP_SYSCALL:
		print_syscall(g, stop);
		break;
	case ENG_STOP_PANIC:
		print_hit(g, stop);
		gdb_print_str(g, STR_LIT(" (panic"));
		if (stop->text.len)
			print_message(g, stop->text);
		gdb_print_str(g, STR_LIT("), "));
		break;
	case ENG_STOP_SIGNAL:
	case ENG_STOP_INTERRUPT:
		if (stop->breakpoint_count) {
			print_hit(g, stop);
			gdb_print(g, " (signal %s), ", target_signal_name(stop->signal));
		} else {
			print_signal(g, stop);
		}
		break;
	case ENG_STOP_ENTRY:
		gdb_print(g, "\nProgram stopped.\n");
		break;
	case ENG_STOP_VFORK_HELD:
		gdb_print_str(g, STR_LIT("Can not resume the parent process over vfork in the foreground while\n"
					 "holding the child stopped.  Try \"set detach-on-fork\" or "
					 "\"set schedule-multiple\".\n"));
		break;
	case ENG_STOP_SOLIB:
		print_libraries(g, stop);
		break;
	default:
		break;
	}
}

/* ---- the whole of it ---- */

/* Commands of the breakpoints that stopped here; "silent" as the first keeps the stop quiet. */
static bool is_silent(const struct eng_stop *stop)
{
	/* What a dprintf could not print was said in place of it. */
	if (stop->kind == ENG_STOP_BREAKPOINT && stop->breakpoint_count && stop->breakpoints[0]->dprintf)
		return true;
	for (size_t i = 0; i < stop->breakpoint_count; i++) {
		char *const *commands = stop->breakpoints[i]->commands;
		if (commands && commands[0] && str_is(gdb_strip(str_from(commands[0])), "silent"))
			return true;
	}
	return false;
}

static void show_stop(struct gdb *g, const struct eng_stop *stop)
{
	if (stop->thread_changed) {
		struct str label = gdb_thread_label(g, stop->thread);
		gdb_print(g, "[Switching to %.*s]\n", STR_ARG(label));
	}
	if (stop->kind == ENG_STOP_FINISHED)
		gdb_warn_returned(g, stop);
	print_cause(g, stop);
	const struct eng_level *level = eng_level(g->control, stop->thread, stop->select);
	if (!level)
		return;
	bool source_only = stop->kind == ENG_STOP_STEPPED && !stop->new_frame;
	gdb_print_frame(g, stop->thread, level,
			source_only ? GDB_FRAME_SOURCE : GDB_FRAME_LOCATION | GDB_FRAME_SOURCE);
	gdb_do_displays(g);
	if (stop->kind == ENG_STOP_FINISHED)
		gdb_print_returned(g, stop);
}

static void forget_process(struct gdb *g, const struct eng_stop *stop)
{
	if (stop->kind == ENG_STOP_KILLED) {
		print_death(g, stop);
		return;
	}
	set_exit_code(g, stop->status >> 8 & 0xff);
	print_exit(g, stop->inferior, stop->pid, stop->status);
}

static bool begins_block(struct str line)
{
	struct str word = gdb_take_word(&line);
	return str_is(word, "if") || str_is(word, "while") || str_is(word, "while-stepping") ||
	       str_is(word, "stepping") || str_is(word, "ws") || str_is(word, "python") ||
	       str_is(word, "define") || str_is(word, "document") || str_is(word, "commands");
}

/* Lines from `at` that belong together: one, or a block up to its end. */
static size_t statement_lines(char *const *lines, size_t count, size_t at)
{
	size_t depth = 0;
	for (size_t i = at; i < count; i++) {
		struct str line = gdb_strip(str_from(lines[i]));
		if (str_is(line, "end"))
			depth -= depth > 0;
		else if (begins_block(line))
			depth++;
		if (depth == 0)
			return i + 1 - at;
	}
	return count - at;
}

struct lines {
	char **data;
	size_t count, capacity;
};

/* Copies: a command may delete its breakpoint. */
static void collect(const struct eng_breakpoint *b, struct lines *lines)
{
	for (size_t n = 0; b->commands && b->commands[n]; n++) {
		if (n > 0 || !str_is(gdb_strip(str_from(b->commands[n])), "silent"))
			vec_push(lines, xstrdup(b->commands[n]));
	}
}

/* Commands of the last stop's breakpoints. One that lets the program go on is the last of them, and the new stop's are next; so a list that
 * ends in `continue` may run any number of times. */
static struct error *run_commands(struct gdb *g)
{
	struct error *err = NULL;
	uint64_t shown;
	if (g->stops.in_commands)
		return NULL;
	g->stops.in_commands = true;
	do {
		const struct eng_stop *stop = eng_last_stop(g->control);
		struct lines lines = { 0 };
		shown = g->stops.count;
		for (size_t i = 0; stop->thread && i < stop->breakpoint_count; i++)
			collect(stop->breakpoints[i], &lines);
		for (size_t at = 0; at < lines.count && !err && shown == g->stops.count;) {
			size_t count = statement_lines(lines.data, lines.count, at);
			err = gdb_execute_lines(g, lines.data + at, count, false);
			at += count;
		}
		vec_for(&lines, line)
			free(*line);
		vec_free(&lines);
	} while (!err && shown != g->stops.count && !gdb_interrupted(g) && !g->quitting);
	g->stops.in_commands = false;
	return err;
}

struct error *gdb_ran(struct gdb *g, struct error *err, const struct eng_stop *stop)
{
	struct target *target = eng_target(eng_control_session(g->control));
	target->ops->terminal_to_us(target);
	if (err)
		return err;
	if (stop->kind == ENG_STOP_NONE) {
		gdb_print(g, "No unwaited-for children left.\n");
		return NULL;
	}
	g->stops.count++;
	if (!stop->thread) {
		forget_process(g, stop);
		return NULL;
	}
	if (stop->select)
		eng_select_level(g->control, stop->select);
	gdb_print_error(g, gdb_run_stop_hook(g));
	const struct eng_level *level = eng_level(g->control, stop->thread, stop->select);
	if (level)
		gdb_see_language(g, level);
	if (!is_silent(stop) && stop->kind != ENG_STOP_CALLED)
		show_stop(g, stop);
	return run_commands(g);
}

/* ---- notices ---- */

static void notice_fork(struct gdb *g, const struct eng_notice *n)
{
	const char *how = n->vfork ? "vfork" : "fork";
	if (!g->settings.print_inferior_events)
		return;
	if (n->followed) {
		struct str label = n->thread ? gdb_thread_label(g, n->thread)
					     : arena_printf(&g->scratch, "process %d", n->parent_pid);
		gdb_print(g, "[Attaching after %.*s %s to child process %d]\n", STR_ARG(label), how,
			  n->pid);
	}
	if (n->kept || n->followed)
		gdb_print(g, "[New inferior %u (process %d)]\n", n->inferior->number, n->pid);
	else
		gdb_print(g, "[Detaching after %s from child process %d]\n", how, n->pid);
	gdb_flush(g); /* the program goes on, and may print */
}

static void notice_left(struct gdb *g, const struct eng_notice *n)
{
	if (!g->settings.print_inferior_events)
		return;
	if (n->vfork)
		gdb_print(g, "[Detaching vfork parent process %d after child %s]\n", n->pid,
			  n->exec ? "exec" : "exit");
	else
		gdb_print(g, "[Detaching after fork from parent process %d]\n", n->pid);
	gdb_print(g, "[Inferior %u (process %d) detached]\n", n->inferior->number, n->pid);
}

static void notice_unloaded(struct gdb *g, struct str path)
{
	struct str name = gdb_remembered_library(g, path);
	if (!name.len)
		name = path;
	gdb_warn(g, "Temporarily disabling breakpoints for unloaded shared library \"%.*s\"",
		 STR_ARG(name));
}

void gdb_notice(void *ctx, const struct eng_notice *n)
{
	struct gdb *g = ctx;
	struct str label;
	switch (n->kind) {
	case ENG_NOTICE_THREAD_NEW:
	case ENG_NOTICE_THREAD_GONE:
		if (!g->settings.print_thread_events)
			break;
		label = gdb_thread_label(g, n->thread);
		gdb_print(g, n->kind == ENG_NOTICE_THREAD_NEW ? "[New %.*s]\n" : "[%.*s exited]\n",
			  STR_ARG(label));
		gdb_flush(g); /* the program runs on */
		break;
	case ENG_NOTICE_FORK:
		notice_fork(g, n);
		break;
	case ENG_NOTICE_PARENT_LEFT:
		notice_left(g, n);
		break;
	case ENG_NOTICE_BREAKPOINT_GONE:
		note_gone_breakpoint(g, n);
		break;
	case ENG_NOTICE_INFERIOR_GONE:
		print_exit(g, n->inferior, n->pid, n->status);
		break;
	case ENG_NOTICE_EXEC:
		gdb_print(g, "process %d is executing new program: %.*s\n", n->pid, STR_ARG(n->text));
		break;
	case ENG_NOTICE_SIGNAL:
		gdb_print(g, "\nProgram received signal %s, %s.\n", target_signal_name(n->signal),
			  target_signal_description(n->signal));
		break;
	case ENG_NOTICE_NO_LINES:
		gdb_print(g,
			  "Single stepping until exit from function %.*s,\n"
			  "which has no line number information.\n",
			  STR_ARG(n->text));
		break;
	case ENG_NOTICE_TROUBLE:
		gdb_warn(g, "%.*s", STR_ARG(n->text));
		break;
	case ENG_NOTICE_UNLOADED:
		notice_unloaded(g, n->text);
		break;
	case ENG_NOTICE_CONDITION:
		gdb_print_error(g, error_new(ERROR_USAGE, "Error in testing breakpoint condition:\n%.*s",
					     STR_ARG(n->text)));
		break;
	case ENG_NOTICE_PROGRAM_CHANGED:
		gdb_print(g, "`%.*s' has changed; re-reading symbols.\n", STR_ARG(n->text));
		gdb_sources_forget(g); /* they are others, too */
		if (n->written_over)
			eval_session_forget(g->eval, n->written_over);
		break;
	case ENG_NOTICE_BREAKPOINTS:
		gdb_resolve_pending(g);
		gdb_remember_libraries(g);
		return;
	case ENG_NOTICE_DETACHED:
		return;
	}
	gdb_flush(g); /* the program goes on, and may print */
}
