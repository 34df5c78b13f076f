#include "jit/triage.h"

#include "base/map.h"
#include "engine/engine.h"
#include "jit/diagnosis/diagnosis.h"
#include "jit/first_fault.h"

#include <stdatomic.h>
#include <stdio.h>

enum {
	FRAMES_KEPT = 200,
	NOTES_MAX = 24,
	PANIC_EXIT_CODE = 101, /* std's lang_start and libtest end so after an unhandled panic */
	SI_CODE_TKILL = -6,
};

/* Descendants that outlive the program are waited for this long, then left to themselves. */
static const uint64_t linger_ns = UINT64_C(2000000000);

/* For triage_stop, which a signal handler calls. */
static struct target *_Atomic stoppable;
static atomic_bool stop_wanted;

struct triage {
	const struct triage_options *options;
	struct eng_session *session;
	struct jit_registry *registry;
	struct jit_panics *panics;
	struct first_faults *faults;
	struct eng_process *root;
	uint32_t root_number;
	int root_status;
	bool root_gone;
	struct report *report; /* the first crash's */
	size_t further_crashes;
	struct map last_signals; /* tid → struct target_siginfo *: the last deadly signal given to a thread */
};

static void add_note(struct report *r, struct str note)
{
	if (!r->notes)
		r->notes = ARENA_ARRAY(&r->arena, struct str, NOTES_MAX);
	if (r->note_count < NOTES_MAX)
		r->notes[r->note_count++] = note;
}

static bool has_note(const struct report *r, struct str note)
{
	for (size_t i = 0; i < r->note_count; i++)
		if (str_eq(r->notes[i], note))
			return true;
	return false;
}

static struct report *report_new(struct triage *t, struct eng_process *p, enum report_outcome outcome)
{
	struct report *r = xmalloc(sizeof *r);
	r->arena = ARENA_INIT;
	r->outcome = outcome;
	if (p) {
		r->pid = eng_process_pid(p);
		r->process = eng_process_number(p);
		r->is_descendant = r->process != t->root_number;
		r->program = arena_str(&r->arena, str_from(eng_process_name(p)));
		r->command_line = arena_str(&r->arena, str_from(eng_process_command(p)));
	}
	return r;
}

static struct str thread_name(struct triage *t, struct eng_process *p, target_tid tid, struct arena *arena)
{
	struct target *target = eng_target(t->session);
	struct str name = STR_EMPTY;
	struct error *err = target->ops->thread_name(target, eng_process_pid(p), tid, arena, &name);
	error_destroy(err);
	return err ? STR_EMPTY : name;
}

/* Who sent the signal, in words. */
static struct str sender_text(struct triage *t, const struct target_siginfo *si, struct eng_process *p,
			      struct arena *arena)
{
	if (!si->has_sender || si->sender_pid == eng_process_pid(p))
		return STR_EMPTY;
	if (si->sender_pid == 0)
		return STR_LIT("the kernel or a process outside this pid namespace");
	struct target *target = eng_target(t->session);
	struct str command = STR_EMPTY;
	struct error *err = target->ops->command_line(target, si->sender_pid, arena, &command);
	error_destroy(err);
	return arena_printf(arena, "pid %d%s%.*s%s, user %u", si->sender_pid,
			    !err && command.len ? " (" : "", STR_ARG(command),
			    !err && command.len ? ")" : "", si->sender_uid);
}

static void fill_signal(struct triage *t, struct crash *c)
{
	struct report *r = c->report;
	r->signal = c->siginfo.signal;
	if (!r->signal)
		return;
	r->signal_name = str_from(target_signal_name(r->signal));
	r->signal_description = str_from(target_signal_description(r->signal));
	r->signal_code = c->siginfo.code;
	r->signal_sender = sender_text(t, &c->siginfo, c->process, &r->arena);
}

static void note_earlier_panics(struct report *r, const struct jit_panic *p)
{
	if (!p->earlier || !p->before.len)
		return;
	add_note(r, arena_printf(&r->arena, "The thread had panicked %llu time%s before, last at %.*s",
				 (unsigned long long)p->earlier, p->earlier == 1 ? "" : "s",
				 STR_ARG(p->before)));
}

static void fill_panic(struct crash *c)
{
	const struct jit_panic *p = c->panic;
	struct report_panic *out = &c->report->panic;
	if (!p)
		return;
	struct arena *arena = &c->report->arena;
	*out = (struct report_panic){
		.present = true,
		.has_message = p->has_message,
		.message = arena_str(arena, p->message),
		.file = arena_str(arena, p->file),
		.line = p->line,
		.column = p->column,
		.thread_name = arena_str(arena, p->thread_name),
		.can_unwind = p->can_unwind,
	};
}

static struct str native_where(struct report *r, const struct report_frame *f)
{
	if (f->file.len && f->line)
		return arena_printf(&r->arena, "%.*s at %.*s:%u", STR_ARG(f->function), STR_ARG(f->file),
				    f->line);
	return arena_printf(&r->arena, "%.*s+0x%llx", STR_ARG(f->function), (unsigned long long)f->offset);
}

static void fill_where(const struct crash *c)
{
	struct report *r = c->report;
	const struct report_backtrace *bt = &r->backtrace;
	size_t at = 0;
	/* A panic or an abort is raised by the library; the reader asks where in the program. */
	while (!c->is_fault && at < bt->count &&
	       (bt->frames[at].library || bt->frames[at].kind == REPORT_FRAME_UNKNOWN))
		at++;
	if (at >= bt->count)
		at = 0;
	if (at >= bt->count)
		return;
	const struct report_frame *f = &bt->frames[at];
	if (!f->function.len && f->module.len)
		r->where = arena_printf(&r->arena, "0x%llx in %.*s", (unsigned long long)f->pc,
					STR_ARG(f->module));
	else if (!f->function.len)
		r->where = arena_printf(&r->arena, "0x%llx, which is in no code that is known",
					(unsigned long long)f->pc);
	else if (f->kind == REPORT_FRAME_JIT)
		r->where = arena_printf(&r->arena, "%.*s+0x%llx (JIT%s)", STR_ARG(f->function),
					(unsigned long long)f->offset, f->freed ? ", freed" : "");
	else
		r->where = native_where(r, f);
	/* A fault in std or libc: the reader knows the program's own function that led there. */
	size_t user = at;
	while (user < bt->count &&
	       (bt->frames[user].library || bt->frames[user].kind == REPORT_FRAME_UNKNOWN))
		user++;
	if (user > at && user < bt->count && bt->frames[user].kind == REPORT_FRAME_NATIVE &&
	    bt->frames[user].function.len)
		r->where = arena_printf(&r->arena, "%.*s, for %.*s", STR_ARG(r->where),
					STR_ARG(native_where(r, &bt->frames[user])));
}

static void note_troubles(struct triage *t, const struct crash *c)
{
	struct report *r = c->report;
	const struct error *const *troubles;
	size_t count = jit_troubles(t->registry, c->process, &troubles);
	for (size_t i = 0; i < count; i++)
		add_note(r, arena_str(&r->arena, str_from(troubles[i]->message)));
	struct jit_history *history = jit_history_of(t->registry, c->process);
	const char *why;
	if (history && jit_history_incomplete(history, &why) && !has_note(r, str_from(why)))
		add_note(r, arena_printf(&r->arena, "The history of JIT code is incomplete: %s", why));
	const struct jit_history_event *events;
	size_t event_count = history ? jit_history_events(history, &events) : 0;
	size_t unseen = 0;
	for (size_t i = 0; i < event_count; i++)
		unseen += events[i].kind == JIT_HISTORY_SEEN || events[i].kind == JIT_HISTORY_GONE;
	if (unseen)
		add_note(r, arena_printf(&r->arena,
					 "%zu range%s of executable memory came or went by raw system calls or unseen: who did it was not recorded.",
					 unseen, unseen == 1 ? "" : "s"));
	struct eng_module *const *modules;
	size_t module_count = eng_modules(c->process, &modules);
	for (size_t i = 0; i < module_count; i++) {
		if (modules[i]->trouble)
			add_note(r, arena_str(&r->arena, str_from(modules[i]->trouble->message)));
		if (!modules[i]->symbols)
			continue;
		size_t n = sym_module_troubles(modules[i]->symbols, &troubles);
		for (size_t k = 0; k < n; k++)
			add_note(r, arena_str(&r->arena, str_from(troubles[k]->message)));
		if (modules[i]->is_main && !sym_module_has_debug_info(modules[i]->symbols))
			add_note(r, arena_printf(&r->arena,
						 "%s has no debug information: there are no source lines, no arguments and no JIT signatures. Build it with "
						 "debug = true (Cargo profile) or -g.",
						 modules[i]->path));
	}
}

/* All that can be said of the crash; c's process, view, siginfo, is_fault and panic are set. */
static void explain(struct triage *t, struct crash *c)
{
	struct report *r = c->report;
	c->registry = t->registry;
	r->thread = c->thread;
	r->tid = c->tid;
	r->thread_name = c->panic ? arena_str(&r->arena, c->panic->thread_name)
				  : thread_name(t, c->process, c->tid, &r->arena);
	jit_registry_refresh(t->registry, c->process);
	crash_read_fault(c);
	eng_backtrace(&c->view, FRAMES_KEPT, true, &r->arena, &c->backtrace);
	fill_signal(t, c);
	fill_panic(c);
	crash_describe_fault(c);
	crash_list_instructions(c);
	crash_describe_registers(c);
	crash_fill_backtrace(c, &c->view, &c->backtrace, &r->backtrace);
	r->backtrace.thread = r->thread;
	r->backtrace.tid = r->tid;
	r->backtrace.thread_name = r->thread_name;
	fill_where(c);
	diagnose(c);
	if (c->panic)
		note_earlier_panics(r, c->panic);
	note_troubles(t, c);
}

/* The panic that an abort of this thread belongs to: std's frame that began it is still on the stack. */
static const struct jit_panic *panic_behind(struct triage *t, struct eng_thread *thread)
{
	struct eng_process *p = eng_thread_process(thread);
	const struct jit_panic *panic = jit_panic_latest(t->panics, p, eng_thread_tid(thread));
	struct eng_view view;
	struct error *err = panic ? eng_view_of_thread(thread, &view) : NULL;
	if (!panic || err) {
		error_destroy(err);
		return NULL;
	}
	/* At a function's first instruction the CFA is the stack pointer plus the return address. */
	const struct arch *arch = eng_process_arch(p);
	uint64_t cfa = panic->view.regs.value[arch->sp] + arch->address_size;
	struct unwind_context context;
	eng_view_unwind_context(&view, &context);
	struct unwind_frame frame;
	unwind_start(&context, &view.regs, &frame);
	for (size_t i = 0; i < FRAMES_KEPT; i++) {
		if (frame.cfa == cfa)
			return panic;
		if (unwind_next(&context, &frame, &frame) != UNWIND_END_NONE)
			break;
		if (frame.regs.value[arch->sp] == cfa)
			return panic;
	}
	return NULL;
}

static void use_panic(struct crash *c, const struct jit_panic *panic)
{
	/* What std says of its own failure to go on is not the news. */
	while (panic->cause)
		panic = panic->cause;
	c->panic = panic;
	c->view = panic->view;
	c->thread = panic->thread;
	c->tid = panic->tid;
	c->is_fault = false;
}

/* A process dies of a signal; the thread that took it stands before its end. */
static void explain_signal(struct triage *t, struct eng_thread *thread, int signal)
{
	struct eng_process *p = eng_thread_process(thread);
	if (t->report) {
		t->further_crashes++;
		return;
	}
	struct crash c = {
		.report = report_new(t, p, REPORT_CRASHED),
		.process = p,
		.thread = eng_thread_number(thread),
		.tid = eng_thread_tid(thread),
		.siginfo = { .signal = signal },
	};
	const struct target_siginfo *last = map_get_ptr(&t->last_signals, (uint64_t)eng_thread_tid(thread));
	if (last && last->signal == signal)
		c.siginfo = *last;
	struct error *err = eng_view_of_thread(thread, &c.view);
	if (err) {
		c.report->outcome = REPORT_CRASHED;
		add_note(c.report,
			 arena_printf(&c.report->arena, "The thread's registers could not be read: %s",
				      err->message));
		error_destroy(err);
	}
	jit_panic_complete(t->panics, thread);
	bool in_handler = false;
	const struct first_fault *fault = first_fault_behind(t->faults, thread, &in_handler);
	/* It survived that one, and stands at the place again when another signal comes. */
	if (fault && !in_handler && fault->siginfo.signal != signal)
		fault = NULL;
	/* std ends what cannot unwind by abort(), core by a trap instruction. */
	const struct jit_panic *panic =
		signal == TARGET_SIGABRT || signal == TARGET_SIGILL ? panic_behind(t, thread) : NULL;
	struct report_fault *f = &c.report->fault;
	if (fault && !(panic && !in_handler)) {
		c.siginfo = fault->siginfo;
		c.is_fault = true;
		c.view.regs = fault->regs;
		c.view.overlay = fault->overlay;
		c.view.overlay_count = fault->overlay_count;
		f->first_of_several = in_handler || fault->again || signal != fault->siginfo.signal ||
				      (last && last->has_sender);
		if (f->first_of_several)
			f->afterwards = arena_printf(
				&c.report->arena,
				in_handler
					? "The program's own handler ran for %s, and the process died of %s inside it."
					: "A handler ran for %s first and returned (Rust's std has one, for stack overflows), "
					  "and the process died of %s then.",
				target_signal_name(fault->siginfo.signal), target_signal_name(signal));
	} else if (panic) {
		use_panic(&c, panic);
	}
	explain(t, &c);
	t->report = c.report;
}

/* The panic to blame for exit code 101: main's own, unless that one only passes on that another thread had panicked. */
static const struct jit_panic *guilty_panic(struct triage *t, struct eng_process *p)
{
	const struct jit_panic *const *panics;
	size_t count = jit_panics_of(t->panics, p, &panics);
	const struct jit_panic *main_panic = NULL;
	const struct jit_panic *other = NULL;
	for (size_t i = 0; i < count; i++) {
		if (panics[i]->tid == eng_process_pid(p))
			main_panic = panics[i];
		else if (!other)
			other = panics[i];
	}
	bool passes_on = main_panic && main_panic->has_message &&
			 str_contains(main_panic->message, STR_LIT("Any { .. }"));
	return main_panic && !(passes_on && other) ? main_panic : other;
}

/* A test runner catches its tests' panics, those that a test expects too, and ends with the same code: the reader may mean another one. */
static void note_other_panics(struct triage *t, struct crash *c, const struct jit_panic *blamed)
{
	const struct jit_panic *const *panics;
	size_t count = jit_panics_of(t->panics, c->process, &panics);
	size_t others = 0;
	bool main_panicked = false;
	for (size_t i = 0; i < count; i++) {
		const struct jit_panic *p = panics[i];
		main_panicked |= p->tid == eng_process_pid(c->process);
		if (p == blamed)
			continue;
		others++;
		add_note(c->report,
			 arena_printf(&c->report->arena, "Thread %u%s%.*s%s also panicked, at %.*s:%u: %.*s",
				      p->thread, p->thread_name.len ? " `" : "", STR_ARG(p->thread_name),
				      p->thread_name.len ? "`" : "", STR_ARG(p->file), p->line,
				      STR_ARG(p->has_message ? p->message : STR_LIT("(no text)"))));
	}
	/* Those that a thread had before were caught; so may the last one have been. */
	if ((blamed->earlier || (others && !main_panicked)) && c->report->verdict.kind == REPORT_RUST_PANIC)
		c->report->verdict.confidence = REPORT_LIKELY;
}

static void explain_panic_exit(struct triage *t, struct eng_process *p, int exit_code)
{
	const struct jit_panic *panic = guilty_panic(t, p);
	if (!panic)
		return;
	if (t->report) {
		t->further_crashes++;
		return;
	}
	struct crash c = { .report = report_new(t, p, REPORT_CRASHED), .process = p };
	c.report->has_exit_code = true;
	c.report->exit_code = exit_code;
	use_panic(&c, panic);
	explain(t, &c);
	note_other_panics(t, &c, panic);
	t->report = c.report;
}

static bool wait_signaled(int status)
{
	return (status & 0x7f) != 0 && (status & 0x7f) != 0x7f;
}

static int wait_exit_code(int status)
{
	return status >> 8 & 0xff;
}

/* A process is gone by a signal that nobody could look at before: only that can be told. */
static void report_end(struct triage *t, struct eng_process *p, int signal)
{
	struct report *r = report_new(t, p, REPORT_CRASHED);
	r->signal = signal;
	r->signal_name = str_from(target_signal_name(signal));
	r->signal_description = str_from(target_signal_description(signal));
	r->fault.kind = STR_LIT("signal");
	r->fault.description = arena_printf(
		&r->arena, "%s (%s) ended the process at once; nothing of it could be read before.",
		target_signal_name(signal), target_signal_description(signal));
	r->verdict.summary = STR_LIT("No cause could be shown.");
	t->report = r;
	if (t->options->on_report)
		t->options->on_report(t->options->ctx, r);
}

/* By these one process ends another on purpose, or the kernel a writer whose reader has left: nothing to explain of a descendant
 * (`yes | head`, a test that stops its server). */
static bool ends_on_purpose(int signal)
{
	return signal == TARGET_SIGHUP || signal == TARGET_SIGINT || signal == TARGET_SIGKILL ||
	       signal == TARGET_SIGPIPE || signal == TARGET_SIGALRM || signal == TARGET_SIGTERM;
}

static bool is_descendant(const struct triage *t, const struct eng_process *p)
{
	return eng_process_number(p) != t->root_number;
}

static void on_dying(struct triage *t, const struct eng_event *e)
{
	bool first = !t->report;
	if (wait_signaled(e->status) && is_descendant(t, e->process) && ends_on_purpose(e->status & 0x7f))
		return;
	if (wait_signaled(e->status))
		explain_signal(t, e->thread, e->status & 0x7f);
	else if (wait_exit_code(e->status) == PANIC_EXIT_CODE)
		explain_panic_exit(t, e->process, PANIC_EXIT_CODE);
	if (first && t->report && t->options->on_report)
		t->options->on_report(t->options->ctx, t->report);
}

static bool cpu_fault(const struct target_siginfo *si)
{
	bool fault_signal = si->signal == TARGET_SIGSEGV || si->signal == TARGET_SIGBUS ||
			    si->signal == TARGET_SIGILL || si->signal == TARGET_SIGFPE ||
			    si->signal == TARGET_SIGTRAP;
	return fault_signal && !si->has_sender;
}

static void on_signal(struct triage *t, const struct eng_event *e)
{
	if (cpu_fault(&e->siginfo))
		first_fault_record(t->faults, e->thread, &e->siginfo);
	if (!target_signal_deadly(e->signal))
		return;
	struct target_siginfo *si = map_get_ptr(&t->last_signals, (uint64_t)eng_thread_tid(e->thread));
	if (!si) {
		si = xmalloc(sizeof *si);
		map_set_ptr(&t->last_signals, (uint64_t)eng_thread_tid(e->thread), si);
	}
	*si = e->siginfo;
}

struct process_list {
	struct eng_process **data;
	size_t count, capacity;
};

/* All processes stop; the list is the caller's, since the session's changes when one ends meanwhile. Returns how many threads they have. */
static size_t freeze_all(struct triage *t, struct report *r, struct process_list *ret)
{
	struct eng_process *const *processes;
	struct eng_thread *const *threads;
	size_t count = eng_processes(t->session, &processes);
	size_t total = 0;
	for (size_t i = 0; i < count; i++)
		vec_push(ret, processes[i]);
	vec_for(ret, p) {
		struct error *err = eng_freeze(*p);
		if (err && err->code != ERROR_GONE)
			add_note(r, arena_str(&r->arena, str_from(err->message)));
		error_destroy(err);
	}
	vec_for(ret, p)
		total += eng_threads(*p, &threads);
	return total;
}

static void add_backtrace(struct triage *t, struct report *r, struct eng_thread *thread)
{
	struct eng_process *p = eng_thread_process(thread);
	struct crash c = { .report = r, .process = p, .registry = t->registry };
	struct error *err = eng_view_of_thread(thread, &c.view);
	if (err) {
		error_destroy(err);
		return;
	}
	eng_backtrace(&c.view, FRAMES_KEPT, true, &r->arena, &c.backtrace);
	bool main_thread = p == t->root && eng_thread_tid(thread) == eng_process_pid(p);
	struct report_backtrace *out = main_thread ? &r->backtrace : &r->others[r->other_count++];
	out->pid = eng_process_pid(p);
	out->thread = eng_thread_number(thread);
	out->tid = eng_thread_tid(thread);
	out->thread_name = thread_name(t, p, out->tid, &r->arena);
	crash_fill_backtrace(&c, &c.view, &c.backtrace, out);
	if (main_thread) {
		r->thread = out->thread;
		r->tid = out->tid;
		r->thread_name = out->thread_name;
		fill_where(&c);
	}
}

static void explain_timeout(struct triage *t)
{
	struct report *r = report_new(t, t->root, REPORT_TIMEOUT);
	struct process_list processes = { 0 };
	size_t total = freeze_all(t, r, &processes);
	r->others = ARENA_ARRAY(&r->arena, struct report_backtrace, total ? total : 1);
	vec_for(&processes, p) {
		struct eng_thread *const *threads;
		size_t count = eng_threads(*p, &threads);
		if (count > 0)
			jit_registry_refresh(t->registry, *p);
		for (size_t k = 0; k < count; k++) {
			if (eng_thread_stopped(threads[k]))
				add_backtrace(t, r, threads[k]);
		}
	}
	r->verdict.summary = arena_printf(&r->arena, "The program was still running after %g seconds.",
					  t->options->timeout_s);
	if (t->report)
		add_note(r, arena_printf(&r->arena, "Before that, process %d had crashed: %.*s",
					 t->report->pid, STR_ARG(t->report->verdict.summary)));
	report_destroy(t->report);
	t->report = r;
	if (t->options->on_report)
		t->options->on_report(t->options->ctx, r);
	for (size_t i = processes.count; i > 0 && !t->options->pid; i--)
		error_destroy(eng_kill(processes.data[i - 1]));
	for (size_t i = processes.count; i > 0 && t->options->pid; i--)
		error_destroy(eng_thaw(processes.data[i - 1]));
	vec_free(&processes);
}

static struct error *detach_all(struct triage *t)
{
	struct eng_process *const *processes;
	size_t count;
	while ((count = eng_processes(t->session, &processes)) > 0) {
		struct error *err = eng_detach(processes[count - 1]);
		if (err)
			return err;
	}
	return NULL;
}

/* Told to end, or out of time with a program that is not ours to kill. */
static bool lets_go(struct triage *t)
{
	if (!t->options->pid)
		return false;
	if (!atomic_load(&stop_wanted))
		explain_timeout(t);
	else if (!t->report)
		t->report = report_new(t, t->root, REPORT_DETACHED);
	return true;
}

static struct error *run(struct triage *t)
{
	uint64_t deadline =
		t->options->timeout_s > 0 ? eng_now_ns() + (uint64_t)(t->options->timeout_s * 1e9) : 0;
	bool timed_out = false;
	for (;;) {
		struct eng_event e;
		TRY(eng_wait(t->session, deadline, &e));
		jit_registry_event(t->registry, &e);
		jit_panics_event(t->panics, &e);
		switch (e.kind) {
		case ENG_EVENT_ALL_GONE:
			return NULL;
		case ENG_EVENT_TIMEOUT:
			if (t->root_gone || lets_go(t))
				return detach_all(t);
			if (!timed_out)
				explain_timeout(t);
			timed_out = true;
			deadline = eng_now_ns() + linger_ns;
			t->root_gone = true; /* killed; whatever is left is given up after that */
			continue;
		case ENG_EVENT_SIGNAL:
			on_signal(t, &e);
			break;
		case ENG_EVENT_DYING:
			if (!timed_out)
				on_dying(t, &e);
			break;
		case ENG_EVENT_EXITED:
			first_faults_forget(t->faults, e.process);
			/* SIGKILL may leave no stop before the end. */
			if (wait_signaled(e.status) && !t->report && !timed_out &&
			    !(is_descendant(t, e.process) && ends_on_purpose(e.status & 0x7f)))
				report_end(t, e.process, e.status & 0x7f);
			if (eng_process_number(e.process) == t->root_number) {
				t->root_gone = true;
				t->root_status = e.status;
				if (!timed_out)
					deadline = eng_now_ns() + linger_ns;
			}
			continue;
		default:
			break;
		}
		if (e.thread) {
			struct error *err = eng_resume(e.thread, e.kind == ENG_EVENT_SIGNAL ? e.signal : 0);
			if (err && err->code != ERROR_GONE)
				return err;
			error_destroy(err);
		}
	}
}

static int exit_code_of(const struct triage *t)
{
	if (t->report && (t->report->outcome == REPORT_CRASHED || t->report->outcome == REPORT_TIMEOUT))
		return 1;
	if (t->report && t->report->outcome == REPORT_DETACHED)
		return 0;
	if (wait_signaled(t->root_status))
		return 1;
	return wait_exit_code(t->root_status);
}

static void free_signals(struct triage *t)
{
	for (size_t i = 0; i < t->last_signals.capacity; i++)
		if (t->last_signals.slots[i].used)
			free((void *)(uintptr_t)t->last_signals.slots[i].value);
	map_deinit(&t->last_signals);
}

void triage_stop(void)
{
	atomic_store(&stop_wanted, true);
	struct target *target = atomic_load(&stoppable);
	if (target)
		target->ops->wake(target);
}

static struct error *launch(struct triage *t)
{
	struct target_launch spec = { .argv = t->options->argv,
				      .ignore_interrupts = true,
				      .follow_children = !t->options->no_children,
				      .keep_aslr = true };
	return eng_launch(t->session, &spec, &t->root);
}

/* Its modules are there already: nobody else will say so. */
static struct error *attach(struct triage *t)
{
	TRY(eng_adopt(t->session, t->options->pid, &t->root));
	struct eng_thread *const *threads;
	size_t count = eng_threads(t->root, &threads);
	struct eng_event e = { .kind = ENG_EVENT_MODULES,
			       .process = t->root,
			       .thread = count > 0 ? threads[0] : NULL };
	jit_registry_event(t->registry, &e);
	jit_panics_event(t->panics, &e);
	struct target *target = eng_target(t->session);
	atomic_store(&stoppable, target);
	if (atomic_load(&stop_wanted))
		target->ops->wake(target);
	return eng_thaw(t->root);
}

struct error *triage_run(struct target *target, const struct triage_options *options,
			 struct triage_result *ret)
{
	struct triage t = { .options = options };
	struct eng_options engine = { .follow_children = !options->no_children,
				      .debug_directories = options->debug_directories };
	t.session = eng_session_create(target, &engine);
	t.registry = jit_registry_create(t.session);
	t.panics = jit_panics_create(t.session);
	t.faults = first_faults_create();
	struct error *err = options->pid ? attach(&t) : launch(&t);
	if (!err) {
		t.root_number = eng_process_number(t.root);
		struct report *plain = report_new(&t, t.root, REPORT_EXITED);
		err = run(&t);
		if (t.report) {
			report_destroy(plain);
		} else {
			plain->has_exit_code = !wait_signaled(t.root_status);
			plain->exit_code = wait_exit_code(t.root_status);
			t.report = plain;
		}
	}
	if (t.further_crashes && t.report)
		add_note(t.report,
			 arena_printf(&t.report->arena,
				      "%zu more process%s crashed later; this report is of the first.",
				      t.further_crashes, t.further_crashes == 1 ? "" : "es"));
	if (options->pid) {
		struct error *left = detach_all(&t);
		if (left && left->code != ERROR_GONE && !err)
			err = left;
		else
			error_destroy(left);
		atomic_store(&stoppable, NULL);
	}
	if (err) {
		report_destroy(t.report);
		t.report = report_new(&t, NULL, REPORT_FAILED);
		t.report->failure = arena_str(&t.report->arena, str_from(err->message));
	}
	ret->report = t.report;
	ret->exit_code = err ? 2 : exit_code_of(&t);
	ret->program_end =
		wait_signaled(t.root_status) ? -(t.root_status & 0x7f) : wait_exit_code(t.root_status);
	first_faults_destroy(t.faults);
	jit_panics_destroy(t.panics);
	jit_registry_destroy(t.registry);
	eng_session_destroy(t.session);
	free_signals(&t);
	return err;
}
