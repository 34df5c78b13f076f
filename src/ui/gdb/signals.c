/* handle, info signals: what happens to signals, in gdb's order and words. */
#include "ui/gdb/looking.h"
#include "ui/gdb/running.h"

#include <stdlib.h>

enum { MAX_NUMERIC = 15 };

struct entry {
	const char *name;
	uint8_t number; /* Linux'; 0: there is none, the row is gdb's */
	bool stops;     /* of those: what gdb shows */
	const char *description;
};

static const struct entry entries[] = {
	{ "SIGHUP", 1, true, "Hangup" },
	{ "SIGINT", 2, true, "Interrupt" },
	{ "SIGQUIT", 3, true, "Quit" },
	{ "SIGILL", 4, true, "Illegal instruction" },
	{ "SIGTRAP", 5, true, "Trace/breakpoint trap" },
	{ "SIGABRT", 6, true, "Aborted" },
	{ "SIGEMT", 0, true, "Emulation trap" },
	{ "SIGFPE", 8, true, "Arithmetic exception" },
	{ "SIGKILL", 9, true, "Killed" },
	{ "SIGBUS", 7, true, "Bus error" },
	{ "SIGSEGV", 11, true, "Segmentation fault" },
	{ "SIGSYS", 31, true, "Bad system call" },
	{ "SIGPIPE", 13, true, "Broken pipe" },
	{ "SIGALRM", 14, false, "Alarm clock" },
	{ "SIGTERM", 15, true, "Terminated" },
	{ "SIGURG", 23, false, "Urgent I/O condition" },
	{ "SIGSTOP", 19, true, "Stopped (signal)" },
	{ "SIGTSTP", 20, true, "Stopped (user)" },
	{ "SIGCONT", 18, true, "Continued" },
	{ "SIGCHLD", 17, false, "Child status changed" },
	{ "SIGTTIN", 21, true, "Stopped (tty input)" },
	{ "SIGTTOU", 22, true, "Stopped (tty output)" },
	{ "SIGIO", 29, false, "I/O possible" },
	{ "SIGXCPU", 24, true, "CPU time limit exceeded" },
	{ "SIGXFSZ", 25, true, "File size limit exceeded" },
	{ "SIGVTALRM", 26, false, "Virtual timer expired" },
	{ "SIGPROF", 27, false, "Profiling timer expired" },
	{ "SIGWINCH", 28, false, "Window size changed" },
	{ "SIGLOST", 0, true, "Resource lost" },
	{ "SIGUSR1", 10, true, "User defined signal 1" },
	{ "SIGUSR2", 12, true, "User defined signal 2" },
	{ "SIGPWR", 30, true, "Power fail/restart" },
	{ "SIGPOLL", 0, false, "Pollable event occurred" },
	{ "SIGWIND", 0, true, "SIGWIND" },
	{ "SIGPHONE", 0, true, "SIGPHONE" },
	{ "SIGWAITING", 0, false, "Process's LWPs are blocked" },
	{ "SIGLWP", 0, false, "Signal LWP" },
	{ "SIGDANGER", 0, true, "Swap space dangerously low" },
	{ "SIGGRANT", 0, true, "Monitor mode granted" },
	{ "SIGRETRACT", 0, true, "Need to relinquish monitor mode" },
	{ "SIGMSG", 0, true, "Monitor mode data available" },
	{ "SIGSOUND", 0, true, "Sound completed" },
	{ "SIGSAK", 0, true, "Secure attention" },
	{ "SIGPRIO", 0, false, "SIGPRIO" },
	{ "SIG33", 33, true, "Real-time event 33" },
	{ "SIG34", 34, true, "Real-time event 34" },
	{ "SIG35", 35, true, "Real-time event 35" },
	{ "SIG36", 36, true, "Real-time event 36" },
	{ "SIG37", 37, true, "Real-time event 37" },
	{ "SIG38", 38, true, "Real-time event 38" },
	{ "SIG39", 39, true, "Real-time event 39" },
	{ "SIG40", 40, true, "Real-time event 40" },
	{ "SIG41", 41, true, "Real-time event 41" },
	{ "SIG42", 42, true, "Real-time event 42" },
	{ "SIG43", 43, true, "Real-time event 43" },
	{ "SIG44", 44, true, "Real-time event 44" },
	{ "SIG45", 45, true, "Real-time event 45" },
	{ "SIG46", 46, true, "Real-time event 46" },
	{ "SIG47", 47, true, "Real-time event 47" },
	{ "SIG48", 48, true, "Real-time event 48" },
	{ "SIG49", 49, true, "Real-time event 49" },
	{ "SIG50", 50, true, "Real-time event 50" },
	{ "SIG51", 51, true, "Real-time event 51" },
	{ "SIG52", 52, true, "Real-time event 52" },
	{ "SIG53", 53, true, "Real-time event 53" },
	{ "SIG54", 54, true, "Real-time event 54" },
	{ "SIG55", 55, true, "Real-time event 55" },
	{ "SIG56", 56, true, "Real-time event 56" },
	{ "SIG57", 57, true, "Real-time event 57" },
	{ "SIG58", 58, true, "Real-time event 58" },
	{ "SIG59", 59, true, "Real-time event 59" },
	{ "SIG60", 60, true, "Real-time event 60" },
	{ "SIG61", 61, true, "Real-time event 61" },
	{ "SIG62", 62, true, "Real-time event 62" },
	{ "SIG63", 63, true, "Real-time event 63" },
	{ "SIGCANCEL", 0, false, "LWP internal signal" },
	{ "SIG32", 32, true, "Real-time event 32" },
	{ "SIG64", 64, true, "Real-time event 64" },
	{ "SIG65", 0, true, "Real-time event 65" },
	{ "SIG66", 0, true, "Real-time event 66" },
	{ "SIG67", 0, true, "Real-time event 67" },
	{ "SIG68", 0, true, "Real-time event 68" },
	{ "SIG69", 0, true, "Real-time event 69" },
	{ "SIG70", 0, true, "Real-time event 70" },
	{ "SIG71", 0, true, "Real-time event 71" },
	{ "SIG72", 0, true, "Real-time event 72" },
	{ "SIG73", 0, true, "Real-time event 73" },
	{ "SIG74", 0, true, "Real-time event 74" },
	{ "SIG75", 0, true, "Real-time event 75" },
	{ "SIG76", 0, true, "Real-time event 76" },
	{ "SIG77", 0, true, "Real-time event 77" },
	{ "SIG78", 0, true, "Real-time event 78" },
	{ "SIG79", 0, true, "Real-time event 79" },
	{ "SIG80", 0, true, "Real-time event 80" },
	{ "SIG81", 0, true, "Real-time event 81" },
	{ "SIG82", 0, true, "Real-time event 82" },
	{ "SIG83", 0, true, "Real-time event 83" },
	{ "SIG84", 0, true, "Real-time event 84" },
	{ "SIG85", 0, true, "Real-time event 85" },
	{ "SIG86", 0, true, "Real-time event 86" },
	{ "SIG87", 0, true, "Real-time event 87" },
	{ "SIG88", 0, true, "Real-time event 88" },
	{ "SIG89", 0, true, "Real-time event 89" },
	{ "SIG90", 0, true, "Real-time event 90" },
	{ "SIG91", 0, true, "Real-time event 91" },
	{ "SIG92", 0, true, "Real-time event 92" },
	{ "SIG93", 0, true, "Real-time event 93" },
	{ "SIG94", 0, true, "Real-time event 94" },
	{ "SIG95", 0, true, "Real-time event 95" },
	{ "SIG96", 0, true, "Real-time event 96" },
	{ "SIG97", 0, true, "Real-time event 97" },
	{ "SIG98", 0, true, "Real-time event 98" },
	{ "SIG99", 0, true, "Real-time event 99" },
	{ "SIG100", 0, true, "Real-time event 100" },
	{ "SIG101", 0, true, "Real-time event 101" },
	{ "SIG102", 0, true, "Real-time event 102" },
	{ "SIG103", 0, true, "Real-time event 103" },
	{ "SIG104", 0, true, "Real-time event 104" },
	{ "SIG105", 0, true, "Real-time event 105" },
	{ "SIG106", 0, true, "Real-time event 106" },
	{ "SIG107", 0, true, "Real-time event 107" },
	{ "SIG108", 0, true, "Real-time event 108" },
	{ "SIG109", 0, true, "Real-time event 109" },
	{ "SIG110", 0, true, "Real-time event 110" },
	{ "SIG111", 0, true, "Real-time event 111" },
	{ "SIG112", 0, true, "Real-time event 112" },
	{ "SIG113", 0, true, "Real-time event 113" },
	{ "SIG114", 0, true, "Real-time event 114" },
	{ "SIG115", 0, true, "Real-time event 115" },
	{ "SIG116", 0, true, "Real-time event 116" },
	{ "SIG117", 0, true, "Real-time event 117" },
	{ "SIG118", 0, true, "Real-time event 118" },
	{ "SIG119", 0, true, "Real-time event 119" },
	{ "SIG120", 0, true, "Real-time event 120" },
	{ "SIG121", 0, true, "Real-time event 121" },
	{ "SIG122", 0, true, "Real-time event 122" },
	{ "SIG123", 0, true, "Real-time event 123" },
	{ "SIG124", 0, true, "Real-time event 124" },
	{ "SIG125", 0, true, "Real-time event 125" },
	{ "SIG126", 0, true, "Real-time event 126" },
	{ "SIG127", 0, true, "Real-time event 127" },
	{ "SIGINFO", 0, true, "Information request" },
	{ "EXC_BAD_ACCESS", 0, true, "Could not access memory" },
	{ "EXC_BAD_INSTRUCTION", 0, true, "Illegal instruction/operand" },
	{ "EXC_ARITHMETIC", 0, true, "Arithmetic exception" },
	{ "EXC_EMULATION", 0, true, "Emulation instruction" },
	{ "EXC_SOFTWARE", 0, true, "Software generated exception" },
	{ "EXC_BREAKPOINT", 0, true, "Breakpoint" },
	{ "SIGLIBRT", 0, false, "librt internal signal" },
};
enum { COUNT = sizeof entries / sizeof *entries };

static struct eng_signal_policy policy_of(struct gdb *g, const struct entry *e)
{
	if (e->number)
		return eng_signal_policy(g->control, e->number);
	if (g->foreign_signals)
		return g->foreign_signals[e - entries];
	return (struct eng_signal_policy){ .stop = e->stops, .print = e->stops, .pass = true };
}

static void set_policy(struct gdb *g, const struct entry *e, struct eng_signal_policy policy)
{
	if (e->number) {
		eng_set_signal_policy(g->control, e->number, policy);
		return;
	}
	if (!g->foreign_signals) {
		struct eng_signal_policy *all = xmalloc(COUNT * sizeof *all);
		for (size_t i = 0; i < COUNT; i++)
			all[i] = policy_of(g, &entries[i]);
		g->foreign_signals = all;
	}
	g->foreign_signals[e - entries] = policy;
}

static void print_header(struct gdb *g)
{
	gdb_print(g, "Signal        Stop\tPrint\tPass to program\tDescription\n");
}

static void print_entry(struct gdb *g, const struct entry *e)
{
	struct eng_signal_policy p = policy_of(g, e);
	gdb_print(g, "%-13s %s\t%s\t%s\t\t%s\n", e->name, p.stop ? "Yes" : "No", p.print ? "Yes" : "No",
		  p.pass ? "Yes" : "No", e->description);
}

static const struct entry *by_name(struct str name)
{
	for (size_t i = 0; i < COUNT; i++)
		if (str_is(name, entries[i].name))
			return &entries[i];
	return NULL;
}

static bool is_number(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
	return s.len > 0;
}

/* Numbers are gdb's own, places in its table, of which it takes those up to 15. */
static struct error *by_number(struct str text, const struct entry **ret)
{
	unsigned n = 0;
	for (size_t i = 0; i < text.len && n < 1000; i++)
		n = n * 10 + (unsigned)(text.ptr[i] - '0');
	if (n >= 1 && n <= MAX_NUMERIC) {
		*ret = &entries[n - 1];
		return NULL;
	}
	return error_new(ERROR_USAGE, "Only signals 1-15 are valid as numeric signals.\n"
				      "Use \"info signals\" for a list of symbolic signals.");
}

struct error *gdb_run_info_signals(struct gdb *g, const struct gdb_command *command, struct str args)
{
	const struct entry *e;
	(void)command;
	print_header(g);
	if (args.len > 0) {
		e = by_name(args);
		if (!e && !is_number(args)) {
			int64_t n;
			TRY(gdb_eval_number(g, args, &n));
			args = arena_printf(&g->scratch, "%lld", (long long)n);
			if (n < 0)
				args = STR_LIT("0");
		}
		if (!e)
			TRY(by_number(args, &e));
		print_entry(g, e);
		return NULL;
	}
	gdb_print(g, "\n");
	for (size_t i = 0; i < COUNT && !gdb_interrupted(g); i++)
		print_entry(g, &entries[i]);
	gdb_print(g, "\nUse the \"handle\" command to change these tables.\n");
	return NULL;
}

/* ---- handle ---- */

struct change {
	bool picked[COUNT];
	int stop, print, pass; /* 1 on, -1 off, 0 as it was */
};

static bool take_keyword(struct str word, struct change *c)
{
	static const struct {
		const char *name;
		size_t least;
		int stop, print, pass;
	} words[] = {
		{ "stop", 1, 1, 1, 0 },      { "ignore", 1, 0, 0, -1 }, { "print", 2, 0, 1, 0 },
		{ "pass", 2, 0, 0, 1 },      { "nostop", 3, -1, 0, 0 }, { "noignore", 3, 0, 0, 1 },
		{ "noprint", 4, -1, -1, 0 }, { "nopass", 4, 0, 0, -1 },
	};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (word.len < words[i].least || !str_starts(str_from(words[i].name), word))
			continue;
		c->stop = words[i].stop ? words[i].stop : c->stop;
		c->print = words[i].print ? words[i].print : c->print;
		c->pass = words[i].pass ? words[i].pass : c->pass;
		return true;
	}
	return false;
}

/* The debugger's own are changed only when the user is sure. */
static void pick(struct gdb *g, struct change *c, const struct entry *e, bool explicit_one)
{
	bool ours = e->number == TARGET_SIGINT || e->number == TARGET_SIGTRAP;
	if (ours && !explicit_one)
		return;
	if (ours && !c->picked[e - entries] &&
	    !gdb_query(g, "%s is used by the debugger.\nAre you sure you want to change it? ", e->name)) {
		gdb_print(g, "Not confirmed, unchanged.\n");
		return;
	}
	c->picked[e - entries] = true;
}

static struct error *take_word(struct gdb *g, struct str word, struct change *c)
{
	const struct entry *from, *to;
	if (word.len >= 1 && str_starts(STR_LIT("all"), word)) {
		for (size_t i = 0; i < COUNT; i++)
			pick(g, c, &entries[i], false);
		return NULL;
	}
	if (take_keyword(word, c))
		return NULL;
	size_t dash = str_find(word, STR_LIT("-"));
	if (is_number(str_sub(word, 0, dash))) {
		TRY(by_number(str_sub(word, 0, dash), &from));
		to = from;
		if (dash != SIZE_MAX)
			TRY(by_number(str_sub(word, dash + 1, SIZE_MAX), &to));
		if (to < from) {
			const struct entry *swap = to;
			to = from;
			from = swap;
		}
		for (const struct entry *e = from; e <= to; e++)
			pick(g, c, e, true);
		return NULL;
	}
	from = by_name(word);
	if (!from)
		return error_new(ERROR_USAGE, "Unrecognized or ambiguous flag word: \"%.*s\".",
				 STR_ARG(word));
	pick(g, c, from, true);
	return NULL;
}

struct error *gdb_run_handle(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct change c = { 0 };
	bool shown = false;
	(void)command;
	if (args.len == 0)
		return error_new(ERROR_USAGE, "Argument required (signal to handle).");
	while (args.len > 0)
		TRY(take_word(g, gdb_take_word(&args), &c));
	for (size_t i = 0; i < COUNT; i++) {
		if (!c.picked[i])
			continue;
		struct eng_signal_policy p = policy_of(g, &entries[i]);
		p.stop = c.stop ? c.stop > 0 : p.stop;
		p.print = c.print ? c.print > 0 : p.print;
		p.pass = c.pass ? c.pass > 0 : p.pass;
		set_policy(g, &entries[i], p);
		if (!gdb_from_tty(g))
			continue;
		if (!shown)
			print_header(g);
		shown = true;
		print_entry(g, &entries[i]);
	}
	return NULL;
}

/* ---- signal ---- */

/* 0 is none: *ret NULL. */
static struct error *take_signal(struct gdb *g, struct str args, const struct entry **ret)
{
	int64_t n;
	if (args.len == 0)
		return error_new(ERROR_USAGE, "Argument required (signal number).");
	*ret = by_name(args);
	if (*ret)
		return NULL;
	TRY(gdb_eval_number(g, args, &n));
	if (n == 0)
		return NULL;
	return by_number(n > 0 ? arena_printf(&g->scratch, "%lld", (long long)n) : STR_LIT("0"), ret);
}

struct error *gdb_run_signal(struct gdb *g, const struct gdb_command *command, struct str args)
{
	const struct entry *e;
	struct eng_inferior *i;
	struct eng_stop stop = { 0 };
	(void)command;
	TRY(gdb_need_process(g, &i));
	TRY(take_signal(g, args, &e));
	if (gdb_from_tty(g) && e)
		gdb_print(g, "Continuing with signal %s.\n", e->name);
	else if (gdb_from_tty(g))
		gdb_print(g, "Continuing with no signal.\n");
	gdb_settings_to_control(g);
	gdb_flush(g);
	struct error *err = eng_continue(g->control, e ? e->number : ENG_SIGNAL_NONE, &stop);
	return gdb_ran(g, err, &stop);
}

struct error *gdb_run_queue_signal(struct gdb *g, const struct gdb_command *command, struct str args)
{
	const struct entry *e;
	struct eng_inferior *i;
	struct eng_thread *t;
	(void)command;
	TRY(gdb_need_process(g, &i));
	TRY(take_signal(g, args, &e));
	TRY(gdb_need_thread(g, &t));
	if (e && !policy_of(g, e).pass)
		return error_new(ERROR_USAGE,
				 "Signal handling set to not pass this signal to the program.");
	eng_queue_signal(g->control, t, e ? e->number : 0);
	return NULL;
}
