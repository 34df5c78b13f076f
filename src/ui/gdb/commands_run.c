/* Starting, going on, ending. */
#include "ui/gdb/looking.h"
#include "ui/gdb/running.h"

#include <stdlib.h>

/* ---- before anything runs ---- */

void gdb_settings_to_control(struct gdb *g)
{
	struct eng_settings *to = eng_control_settings(g->control);
	const struct gdb_settings *from = &g->settings;
	to->follow_fork = strcmp(from->follow_fork_mode, "child") == 0 ? ENG_FOLLOW_CHILD
								       : ENG_FOLLOW_PARENT;
	to->follow_exec_new = strcmp(from->follow_exec_mode, "new") == 0;
	to->detach_on_fork = from->detach_on_fork;
	to->schedule_multiple = from->schedule_multiple;
	to->scheduler_lock = strcmp(from->scheduler_locking, "on") == 0     ? ENG_LOCK_ON
			     : strcmp(from->scheduler_locking, "step") == 0 ? ENG_LOCK_STEP
			     : strcmp(from->scheduler_locking, "off") == 0  ? ENG_LOCK_OFF
									    : ENG_LOCK_REPLAY;
	to->disable_randomization = from->disable_randomization;
	to->startup_with_shell = from->startup_with_shell;
	to->step_std = from->step_std;
	to->past_main = from->backtrace_past_main;
	to->step_over_no_debug = !from->step_stops_without_lines;
	to->stop_on_solib = from->stop_on_solib;
	to->unwind_on_signal = from->unwind_on_signal;
	to->breakpoint_pending = from->breakpoint_pending != 0;
}

/* What was said before is out when the program runs. */
static void let_go(struct gdb *g)
{
	gdb_settings_to_control(g);
	gdb_flush(g);
}

static struct error *count_of(struct gdb *g, struct str args, uint64_t *ret)
{
	int64_t n = 1;
	if (args.len)
		TRY(gdb_eval_number(g, args, &n));
	*ret = n > 0 ? (uint64_t)n : 0;
	return NULL;
}

/* ---- starting ---- */

static void set_string(char **to, const char *from)
{
	free(*to);
	*to = from && *from ? xstrdup(from) : NULL;
}

static struct error *start(struct gdb *g, enum eng_start how, struct str args)
{
	struct eng_inferior *i = eng_selected_inferior(g->control);
	struct eng_stop stop;
	if (i->process) {
		if (!gdb_query(g, "The program being debugged has been started already.\n"
				  "Start it from the beginning? "))
			return error_new(ERROR_USAGE, "Program not restarted.");
		TRY(eng_inferior_kill(g->control, i));
		gdb_say_gone_breakpoints(g);
	}
	if (!i->program)
		return error_new(ERROR_USAGE, "No executable file specified.\n"
					      "Use the \"file\" or \"exec-file\" command.");
	if (args.len) {
		free(g->settings.args);
		g->settings.args = str_dup(args);
	}
	set_string(&i->arguments, g->settings.args);
	set_string(&i->directory, g->settings.cwd);
	set_string(&i->terminal, g->settings.inferior_tty);
	TRY(eng_inferior_refresh(g->control, i)); /* what it says comes first */
	if (gdb_from_tty(g)) {
		gdb_print_str(g, STR_LIT("Starting program: "));
		gdb_print_styled(g, GDB_STYLE_FILE, str_from(i->program));
		gdb_print(g, " %s\n", i->arguments ? i->arguments : "");
	}
	let_go(g);
	struct error *err = eng_run(g->control, how, &stop);
	return gdb_ran(g, err, &stop);
}

static struct error *run_command(struct gdb *g, const struct gdb_command *c, struct str args)
{
	(void)c;
	return start(g, ENG_START_RUN, args);
}

static struct error *starti_command(struct gdb *g, const struct gdb_command *c, struct str args)
{
	(void)c;
	return start(g, ENG_START_ENTRY, args);
}

static struct error *start_command(struct gdb *g, const struct gdb_command *c, struct str args)
{
	(void)c;
	if (!eng_selected_inferior(g->control)->program)
		return error_new(ERROR_USAGE, "No symbol table loaded.  Use the \"file\" command.");
	TRY(gdb_execute(g, STR_LIT("tbreak main"), false));
	return start(g, ENG_START_RUN, args);
}

static struct error *attach_command(struct gdb *g, const struct gdb_command *c, struct str args)
{
	(void)c;
	struct eng_stop stop;
	int64_t pid;
	if (!args.len)
		return error_new(ERROR_USAGE, "Argument required (process-id to attach).");
	char *text = str_dup(args), *end;
	pid = strtoll(text, &end, 0);
	bool bad = *end || end == text || pid < INT32_MIN || pid > INT32_MAX;
	free(text);
	if (bad)
		return error_new(ERROR_USAGE, "Illegal process-id: %.*s.", STR_ARG(args));
	struct eng_inferior *i = eng_selected_inferior(g->control);
	if (i->process) {
		if (!gdb_query(g, "A program is being debugged already.  Kill it? "))
			return error_new(ERROR_USAGE, "Not killed.");
		TRY(eng_inferior_kill(g->control, i));
		gdb_say_gone_breakpoints(g);
	}
	gdb_settings_to_control(g);
	if (i->program && gdb_from_tty(g))
		gdb_print(g, "Attaching to program: %s, process %d\n", i->program, (int)pid);
	else if (gdb_from_tty(g))
		gdb_print(g, "Attaching to process %d\n", (int)pid);
	struct error *err = pid > 0 ? eng_attach(g->control, (target_pid)pid, &stop)
				    : error_new(ERROR_GONE, "process %lld", (long long)pid);
	if (err && err->code == ERROR_PERMISSION)
		gdb_warn(g, "%s", err->message);
	if (err && (err->code == ERROR_GONE || err->code == ERROR_PERMISSION)) {
		const char *why = err->code == ERROR_GONE ? "No such process" : "Operation not permitted";
		error_destroy(err);
		err = error_new(ERROR_USAGE, "ptrace: %s.", why);
	}
	return gdb_ran(g, err, &stop);
}

struct error *gdb_detach_inferior(struct gdb *g, struct eng_inferior *i)
{
	target_pid pid = eng_process_pid(i->process);
	if (gdb_from_tty(g))
		gdb_print(g, "Detaching from program: %s, process %d\n", i->program ? i->program : "", pid);
	TRY(eng_inferior_detach(g->control, i, 0));
	gdb_say_gone_breakpoints(g);
	if (g->settings.print_inferior_events)
		gdb_print(g, "[Inferior %u (process %d) detached]\n", i->number, pid);
	return NULL;
}

static struct error *detach_command(struct gdb *g, const struct gdb_command *c, struct str args)
{
	(void)c, (void)args;
	struct eng_inferior *i;
	TRY(gdb_need_process(g, &i));
	return gdb_detach_inferior(g, i);
}

static struct error *kill_command(struct gdb *g, const struct gdb_command *c, struct str args)
{
	(void)c, (void)args;
	struct eng_inferior *i;
	TRY(gdb_need_process(g, &i));
	target_pid pid = eng_process_pid(i->process);
	if (!gdb_query(g, "Kill the program being debugged? "))
		return error_new(ERROR_USAGE, "Not confirmed.");
	TRY(eng_inferior_kill(g->control, i));
	gdb_say_gone_breakpoints(g);
	if (g->settings.print_inferior_events)
		gdb_print(g, "[Inferior %u (process %d) killed]\n", i->number, pid);
	return NULL;
}

/* ---- going on ---- */

static void print_ignoring(struct gdb *g, uint32_t number, uint64_t count)
{
	if (!gdb_from_tty(g) || count == 0)
		return;
	if (count == 1)
		gdb_print(g, "Will ignore next crossing of breakpoint %u.  ", number);
	else
		gdb_print(g, "Will ignore next %llu crossings of breakpoint %u.  ",
			  (unsigned long long)count, number);
}

static struct error *continue_command(struct gdb *g, const struct gdb_command *c, struct str args)
{
	(void)c;
	struct eng_inferior *i;
	struct eng_stop stop;
	TRY(gdb_need_process(g, &i));
	if (args.len) {
		uint64_t n;
		TRY(count_of(g, args, &n));
		const struct eng_stop *last = eng_last_stop(g->control);
		if (last->breakpoint_count == 0)
			gdb_print_str(g, STR_LIT("Not stopped at any breakpoint; argument ignored.\n"));
		for (size_t b = 0; n > 0 && b < last->breakpoint_count; b++) {
			last->breakpoints[b]->ignore = n - 1;
			print_ignoring(g, last->breakpoints[b]->number, (uint64_t)n - 1);
		}
	}
	if (gdb_from_tty(g))
		gdb_print_str(g, STR_LIT("Continuing.\n"));
	let_go(g);
	struct error *err = eng_continue(g->control, ENG_SIGNAL_AS_STOPPED, &stop);
	return gdb_ran(g, err, &stop);
}

static struct error *step_by(struct gdb *g, enum eng_step_unit unit, bool over, struct str args)
{
	struct eng_inferior *i;
	struct eng_stop stop;
	uint64_t count;
	TRY(gdb_need_process(g, &i));
	TRY(count_of(g, args, &count));
	if (count == 0) { /* it is shown where it stands */
		struct eng_thread *t;
		const struct eng_level *level;
		TRY(gdb_need_frame(g, &t, &level));
		gdb_print_frame(g, t, level, GDB_FRAME_LOCATION | GDB_FRAME_SOURCE);
		return NULL;
	}
	let_go(g);
	struct error *err = eng_step(g->control, unit, over, count, &stop);
	return gdb_ran(g, err, &stop);
}

static struct error *step_command(struct gdb *g, const struct gdb_command *c, struct str args)
{
	(void)c;
	return step_by(g, ENG_STEP_LINE, false, args);
}

static struct error *next_command(struct gdb *g, const struct gdb_command *c, struct str args)
{
	(void)c;
	return step_by(g, ENG_STEP_LINE, true, args);
}

static struct error *stepi_command(struct gdb *g, const struct gdb_command *c, struct str args)
{
	(void)c;
	return step_by(g, ENG_STEP_INSTRUCTION, false, args);
}

static struct error *nexti_command(struct gdb *g, const struct gdb_command *c, struct str args)
{
	(void)c;
	return step_by(g, ENG_STEP_INSTRUCTION, true, args);
}

static struct error *finish_command(struct gdb *g, const struct gdb_command *c, struct str args)
{
	(void)c;
	struct eng_thread *t;
	const struct eng_level *level;
	struct eng_inferior *i;
	struct eng_stop stop;
	TRY(gdb_need_process(g, &i));
	if (args.len)
		return error_new(ERROR_USAGE, "The \"finish\" command does not take any arguments.");
	TRY(gdb_need_frame(g, &t, &level));
	if (!gdb_level(g, t, level->level + 1))
		return error_new(ERROR_USAGE, "\"finish\" not meaningful in the outermost frame.");
	if (gdb_from_tty(g)) {
		gdb_print_str(g, STR_LIT("Run till exit from "));
		gdb_print_frame(g, t, level, GDB_FRAME_LOCATION | GDB_FRAME_LEVEL);
	}
	let_go(g);
	struct error *err = eng_finish(g->control, &stop);
	return gdb_ran(g, err, &stop);
}

/* A line that was typed without a file is told of without one. */
static struct error *in_current_file(struct error *err, const struct eng_spec *spec, struct str typed)
{
	bool bare = spec->kind == ENG_SPEC_LINE && str_find(typed, STR_LIT(":")) == SIZE_MAX &&
		    typed.ptr[0] != '-';
	if (!err || !bare || !str_starts(str_from(err->message), STR_LIT("No line ")))
		return err;
	error_destroy(err);
	return error_new(ERROR_NOT_FOUND, "No line %u in the current file.", spec->line);
}

static struct error *until_command(struct gdb *g, const struct gdb_command *c, struct str args)
{
	bool advance = strcmp(c->name, "advance") == 0;
	struct eng_inferior *i;
	struct eng_stop stop;
	struct eng_spec spec;
	struct error *err;
	TRY(gdb_need_process(g, &i));
	if (advance && !args.len)
		return error_new(ERROR_USAGE, "Argument required (a location).");
	if (args.len)
		TRY(gdb_parse_place(g, args, &spec, NULL));
	let_go(g);
	if (args.len)
		err = in_current_file(eng_until(g->control, &spec, true, &stop), &spec, args);
	else
		err = eng_until_next(g->control, &stop);
	return gdb_ran(g, err, &stop);
}

/* Another function takes this one's frame for its own. */
static struct error *confirm_jump(struct gdb *g, const struct eng_place *to)
{
	struct eng_thread *t = eng_selected_thread(g->control);
	const struct eng_level *level = t ? eng_level(g->control, t, 0) : NULL;
	uint64_t bias;
	if (!level || !level->code.module)
		return NULL;
	const struct sym_function *from = sym_function_at(level->code.module, level->lookup_pc);
	struct sym_module *m = gdb_module_at(g, to->address, &bias, NULL);
	if (!from || (m && sym_function_at(m, FILE_ADDR(to->address - bias)) == from) ||
	    gdb_query(g, "Line %u is not in `%.*s'.  Jump anyway? ", to->line.line,
		      STR_ARG(sym_function_path(from))))
		return NULL;
	return error_new(ERROR_USAGE, "Not confirmed.");
}

static struct error *jump_command(struct gdb *g, const struct gdb_command *c, struct str args)
{
	(void)c;
	struct eng_inferior *i;
	struct eng_spec spec;
	struct eng_place *places;
	struct eng_stop stop;
	size_t count;
	TRY(gdb_need_process(g, &i));
	if (!args.len)
		return error_new(ERROR_USAGE, "Argument required (starting address).");
	TRY(gdb_parse_place(g, args, &spec, NULL));
	TRY(in_current_file(eng_locate(g->control, i, &spec, &g->scratch, &places, &count), &spec, args));
	if (count != 1)
		return error_new(ERROR_USAGE, "Unreasonable jump request");
	TRY(confirm_jump(g, &places[0]));
	if (gdb_from_tty(g))
		gdb_print(g, "Continuing at 0x%llx.\n", (unsigned long long)places[0].address);
	let_go(g);
	struct error *err = eng_jump(g->control, places[0].address, &stop);
	return gdb_ran(g, err, &stop);
}

static const struct gdb_command commands[] = {
	{ "run", "r", GDB_CLASS_RUNNING, GDB_ONCE, run_command, gdb_complete_file,
	  "Start the program.\nUsage: run [ARGUMENT…]\n"
	  "The arguments, redirections and wildcards among them, are the shell's; without any the last ones are used again." },
	{ "start", NULL, GDB_CLASS_RUNNING, GDB_ONCE, start_command, gdb_complete_file,
	  "Start the program and stop at the beginning of main.\nUsage: start [ARGUMENT…]" },
	{ "starti", NULL, GDB_CLASS_RUNNING, GDB_ONCE, starti_command, gdb_complete_file,
	  "Start the program and stop at its first instruction.\nUsage: starti [ARGUMENT…]" },
	{ "attach", NULL, GDB_CLASS_RUNNING, GDB_ONCE, attach_command, NULL,
	  "Attach to a process that runs.\nUsage: attach PID" },
	{ "detach", NULL, GDB_CLASS_RUNNING, GDB_ONCE, detach_command, NULL,
	  "Detach from the process, which runs on." },
	{ "kill", "k", GDB_CLASS_RUNNING, 0, kill_command, NULL, "Kill the program." },
	{ "continue", "c fg", GDB_CLASS_RUNNING, 0, continue_command, NULL,
	  "Let the program go on.\nUsage: continue [N]\nWith N the breakpoint here is ignored N - 1 times." },
	{ "step", "s", GDB_CLASS_RUNNING, 0, step_command, NULL,
	  "Step until another source line, into calls.\nUsage: step [N]" },
	{ "next", "n", GDB_CLASS_RUNNING, 0, next_command, NULL,
	  "Step until another source line, over calls.\nUsage: next [N]" },
	{ "stepi", "si", GDB_CLASS_RUNNING, 0, stepi_command, NULL,
	  "Step one instruction.\nUsage: stepi [N]" },
	{ "nexti", "ni", GDB_CLASS_RUNNING, 0, nexti_command, NULL,
	  "Step one instruction, over calls.\nUsage: nexti [N]" },
	{ "finish", "fin", GDB_CLASS_RUNNING, 0, finish_command, NULL,
	  "Run until the selected frame returns, and show its value." },
	{ "until", "u", GDB_CLASS_RUNNING, 0, until_command, gdb_complete_places,
	  "Run until a later line than this one, or a place in this frame.\nUsage: until [PLACE]" },
	{ "advance", NULL, GDB_CLASS_RUNNING, 0, until_command, gdb_complete_places,
	  "Run to a place, or until this frame returns.\nUsage: advance PLACE" },
	{ "jump", "j", GDB_CLASS_RUNNING, 0, jump_command, gdb_complete_places,
	  "Go on at another place.\nUsage: jump PLACE" },
};
const struct gdb_command_table gdb_commands_run = { commands, sizeof commands / sizeof *commands };
