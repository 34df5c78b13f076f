#include "ui/report/text.h"

#include "ui/report/backtrace_internal.h"
#include "ui/report/layout_internal.h"

#include <stdio.h>

enum { BODY = 2, BULLET = 4, BYTES_LEAST_TEXT = 24 };

static void heading(struct layout *l, const char *title)
{
	layout_blank(l);
	layout_begin(l, 0, BODY);
	layout_words(l, TONE_TITLE, str_from(title));
	layout_end(l);
}

static void paragraph(struct layout *l, struct str s)
{
	if (!s.len)
		return;
	layout_begin(l, BODY, BODY);
	layout_prose(l, TONE_PLAIN, s);
	layout_end(l);
}

/* "- text", with "inferred: " before it where it was. */
static void bullet(struct layout *l, bool inferred, struct str s)
{
	layout_begin(l, BODY, BULLET);
	layout_solid(l, TONE_DIM, STR_LIT("- "));
	if (inferred) {
		layout_solid(l, TONE_LIKELY, STR_LIT("inferred:"));
		layout_space(l, 1);
	}
	layout_prose(l, TONE_PLAIN, s);
	layout_end(l);
}

/* ---- the headline ---- */

static void headline_words(struct layout *l, const struct report *r)
{
	const struct report_verdict *v = &r->verdict;
	if (r->outcome == REPORT_TIMEOUT) {
		layout_words(l, TONE_FAULT, STR_LIT("time-out"));
	} else if (r->outcome == REPORT_FAILED) {
		layout_words(l, TONE_FAULT, STR_LIT("failed"));
	} else if (v->kind == REPORT_NONE && str_is(r->fault.kind, "signal")) {
		/* Somebody ended it: there is no cause in the program to look for. */
		layout_words(l, TONE_FAULT, STR_LIT("ended by "));
		layout_solid(l, TONE_FAULT, r->signal_name);
	} else if (v->kind == REPORT_NONE) {
		layout_words(l, TONE_FAULT, STR_LIT("no cause could be shown"));
	} else {
		layout_words(l, TONE_FAULT, str_from(report_verdict_name(v->kind)));
		layout_space(l, 1);
		if (v->confidence == REPORT_PROVEN)
			layout_solid(l, TONE_TITLE, STR_LIT("(proven)"));
		else
			layout_solid(l, TONE_LIKELY, STR_LIT("(likely)"));
	}
}

/* "SIGSEGV in f at x.rs:3": all that the headline can say without a verdict. */
static void write_in_short(struct layout *l, const struct report *r)
{
	if (!r->signal_name.len && !r->where.len)
		return;
	layout_begin(l, BODY, BODY);
	layout_solid(l, TONE_PLAIN, r->signal_name.len ? r->signal_name : STR_LIT("It ended"));
	if (r->where.len) {
		layout_words(l, TONE_PLAIN,
			     str_starts(r->where, STR_LIT("0x")) ? STR_LIT(" at ") : STR_LIT(" in "));
		layout_prose(l, TONE_PLAIN, r->where);
	}
	layout_end(l);
}

static void write_headline(struct layout *l, const struct report *r)
{
	const struct report_verdict *v = &r->verdict;
	layout_begin(l, 0, BODY);
	layout_solid(l, TONE_TITLE, STR_LIT("oxdb:"));
	layout_space(l, 1);
	headline_words(l, r);
	layout_end(l);
	if (r->outcome == REPORT_FAILED)
		paragraph(l, r->failure);
	else if (r->outcome == REPORT_CRASHED && v->kind == REPORT_NONE)
		write_in_short(l, r);
	else
		paragraph(l, v->summary);
	if (!v->guilty_count)
		return;
	layout_begin(l, BODY, BULLET);
	layout_words(l, TONE_DIM, STR_LIT("guilty: "));
	for (size_t i = 0; i < v->guilty_count; i++) {
		if (i) {
			layout_solid(l, TONE_PLAIN, STR_LIT(","));
			layout_space(l, 1);
		}
		layout_words(l, TONE_FAULT, v->guilty[i]);
	}
	layout_end(l);
}

/* "thread 3 `worker`" */
static void thread_words(struct layout *l, uint32_t number, int32_t tid, struct str name)
{
	layout_words(l, TONE_PLAIN, STR_LIT("thread "));
	if (number)
		layout_printf(l, TONE_PLAIN, "%u", number);
	else
		layout_printf(l, TONE_PLAIN, "%d", tid);
	if (name.len) {
		layout_space(l, 1);
		layout_solid(l, TONE_PLAIN, STR_LIT("`"));
		layout_solid(l, TONE_CODE, name);
		layout_solid(l, TONE_PLAIN, STR_LIT("`"));
	}
}

/* True for a command without arguments by which the program's path is known: "./name" of "/home/name". */
static bool says_no_more(struct str command, struct str program)
{
	if (str_starts(command, STR_LIT("./")))
		command = str_sub(command, 2, SIZE_MAX);
	if (!command.len || !str_ends(program, command))
		return false;
	return command.len == program.len || *command.ptr == '/' ||
	       program.ptr[program.len - command.len - 1] == '/';
}

static void write_process(struct layout *l, const struct report *r)
{
	if (!r->pid)
		return;
	layout_blank(l);
	layout_begin(l, 0, BODY);
	layout_words(l, TONE_TITLE, STR_LIT("Process "));
	layout_printf(l, TONE_TITLE, "%d", r->pid);
	if (r->program.len) {
		struct str program = layout_clean(l, layout_relative(l, r->program));
		if (l->style->width)
			program = layout_cut_path(l, program, layout_room(l, BODY));
		layout_solid(l, TONE_TITLE, STR_LIT(":"));
		layout_space(l, 1);
		layout_solid(l, TONE_PLAIN, program);
	}
	if (r->is_descendant) {
		layout_solid(l, TONE_PLAIN, STR_LIT(","));
		layout_words(l, TONE_PLAIN, STR_LIT(" a descendant"));
	}
	if (r->tid || r->thread) {
		layout_solid(l, TONE_PLAIN, STR_LIT(","));
		layout_space(l, 1);
		thread_words(l, r->thread, r->tid, r->thread_name);
	}
	layout_end(l);
	if (r->command_line.len && !says_no_more(r->command_line, r->program)) {
		struct str command = layout_clean(l, r->command_line);
		layout_begin(l, BODY, BULLET);
		layout_words(l, TONE_DIM, STR_LIT("started as "));
		if (l->style->width)
			command = layout_cut_end(l, command, l->style->width * 2);
		layout_words(l, TONE_PLAIN, command);
		layout_end(l);
	}
}

/* ---- what happened ---- */

static void write_panic(struct layout *l, const struct report *r)
{
	const struct report_panic *p = &r->panic;
	layout_begin(l, BODY, BODY);
	layout_words(l, TONE_PLAIN, STR_LIT("The Rust code panicked"));
	if (p->file.len) {
		struct str file = layout_clean(l, layout_relative(l, p->file));
		if (l->style->width)
			file = layout_cut_path(l, file, layout_room(l, BODY));
		layout_words(l, TONE_PLAIN, STR_LIT(" at "));
		layout_solid(l, TONE_CODE, file);
		layout_printf(l, TONE_PLAIN, ":%u:%u", p->line, p->column);
	}
	layout_solid(l, TONE_PLAIN, p->has_message ? STR_LIT(":") : STR_LIT("; the payload is no text."));
	layout_end(l);
	if (p->has_message) {
		layout_begin(l, BULLET, BULLET);
		layout_words(l, TONE_FAULT, p->message.len ? p->message : STR_LIT("(an empty message)"));
		layout_end(l);
	}
	if (!p->can_unwind)
		paragraph(l, STR_LIT("This panic may not unwind: it ends the process."));
}

static void write_end(struct layout *l, const struct report *r)
{
	layout_begin(l, BODY, BODY);
	if (r->signal) {
		layout_words(l, TONE_PLAIN, STR_LIT("The process died of "));
		layout_solid(l, TONE_FAULT, r->signal_name);
		layout_words(l, TONE_PLAIN, STR_LIT(" ("));
		layout_words(l, TONE_PLAIN, r->signal_description);
		layout_solid(l, TONE_PLAIN, STR_LIT(")."));
	} else {
		layout_words(l, TONE_PLAIN, STR_LIT("The process ended with exit code "));
		layout_printf(l, TONE_PLAIN, "%d.", r->exit_code);
	}
	layout_end(l);
}

static void write_fault(struct layout *l, const struct report *r)
{
	const struct report_fault *f = &r->fault;
	if (f->description.len) {
		layout_begin(l, BODY, BODY);
		if (r->signal && f->is_fault) {
			layout_solid(l, TONE_FAULT, r->signal_name);
			layout_words(l, TONE_PLAIN, STR_LIT(" ("));
			layout_words(l, TONE_PLAIN, r->signal_description);
			layout_solid(l, TONE_PLAIN, STR_LIT("):"));
			layout_space(l, 1);
		}
		layout_prose(l, TONE_PLAIN, f->description);
		layout_end(l);
	}
	if (f->has_address && f->address_meaning.len) {
		layout_begin(l, BODY, BULLET);
		layout_words(l, TONE_DIM, STR_LIT("address "));
		layout_printf(l, TONE_PLAIN, "0x%llx:", (unsigned long long)f->address);
		layout_space(l, 1);
		layout_prose(l, TONE_PLAIN, f->address_meaning);
		layout_end(l);
	}
	if (f->operand.len) {
		layout_begin(l, BODY, BULLET);
		layout_words(l, TONE_DIM, STR_LIT("operand "));
		layout_words(l, TONE_PLAIN, f->operand);
		layout_end(l);
	}
}

static void write_happened(struct layout *l, const struct report *r)
{
	bool ended = r->signal || r->has_exit_code;
	if (!r->panic.present && !r->fault.kind.len && !ended)
		return;
	heading(l, "What happened");
	if (r->panic.present)
		write_panic(l, r);
	if (!r->panic.present || !str_is(r->fault.kind, "panic"))
		write_fault(l, r);
	paragraph(l, r->fault.afterwards);
	if (!r->fault.is_fault && !str_is(r->fault.kind, "signal") && ended)
		write_end(l, r);
	if (str_is(r->fault.kind, "signal") && !r->fault.description.len && ended)
		write_end(l, r);
}

static void write_verdict(struct layout *l, const struct report *r)
{
	const struct report_verdict *v = &r->verdict;
	if (v->evidence_count) {
		heading(l, "Evidence");
		for (size_t i = 0; i < v->evidence_count; i++)
			bullet(l, !v->evidence[i].observed, v->evidence[i].text);
	}
	if (v->hint.len) {
		heading(l, "Hint");
		paragraph(l, v->hint);
	}
	if (v->kind == REPORT_NONE && v->ruled_out_count) {
		heading(l, "Ruled out");
		for (size_t i = 0; i < v->ruled_out_count; i++)
			bullet(l, false, v->ruled_out[i]);
	}
}

/* ---- where ---- */

static struct str bytes_text(struct layout *l, const struct report_instruction *in)
{
	struct buf text = { 0 };
	size_t length = in->length < sizeof in->bytes ? in->length : sizeof in->bytes;
	for (size_t i = 0; i < length; i++)
		buf_printf(&text, "%s%02x", i ? " " : "", in->bytes[i]);
	struct str out = arena_str(&l->scratch, buf_view(&text));
	buf_deinit(&text);
	return out;
}

static void write_instructions(struct layout *l, const struct report *r)
{
	enum { ADDRESS_COLUMN = 5 };
	int digits = 1;
	size_t longest = 1;
	size_t widest = 0;
	for (size_t i = 0; i < r->instruction_count; i++) {
		const struct report_instruction *in = &r->instructions[i];
		int d = snprintf(NULL, 0, "%llx", (unsigned long long)in->address);
		size_t text = layout_columns(layout_clean(l, in->text));
		digits = d > digits ? d : digits;
		longest = in->length > longest ? in->length : longest;
		widest = text > widest ? text : widest;
	}
	size_t bytes_column = ADDRESS_COLUMN + 2 + (size_t)digits + 2;
	size_t text_column = bytes_column + longest * 3 - 1 + 2;
	size_t width = l->style->width;
	if (width && text_column + (widest > BYTES_LEAST_TEXT ? widest : BYTES_LEAST_TEXT) > width)
		text_column = bytes_column;
	for (size_t i = 0; i < r->instruction_count; i++) {
		const struct report_instruction *in = &r->instructions[i];
		enum tone tone = in->marked ? TONE_FAULT : in->decodable ? TONE_PLAIN : TONE_DIM;
		layout_begin(l, BODY, text_column + 2);
		if (in->marked)
			layout_solid(l, TONE_FAULT, STR_LIT("=>"));
		layout_tab(l, ADDRESS_COLUMN);
		layout_printf(l, in->marked ? TONE_FAULT : TONE_DIM, "0x%0*llx", digits,
			      (unsigned long long)in->address);
		if (text_column != bytes_column) {
			layout_tab(l, bytes_column);
			layout_solid(l, TONE_DIM, bytes_text(l, in));
		}
		layout_tab(l, text_column);
		struct str text = layout_clean(l, in->text);
		if (width)
			text = layout_cut_end(l, text, layout_room(l, text_column));
		layout_solid(l, tone, text);
		layout_end(l);
	}
}

static void write_where(struct layout *l, const struct report *r)
{
	if (!r->where.len && !r->instruction_count && !r->instructions_note.len)
		return;
	heading(l, "Where");
	paragraph(l, r->where);
	write_instructions(l, r);
	paragraph(l, r->instructions_note);
}

/* ---- backtraces, registers, notes ---- */

static void write_backtrace(struct layout *l, const struct report *r, const struct report_backtrace *bt)
{
	if (!bt->count)
		return;
	layout_blank(l);
	layout_begin(l, 0, BODY);
	layout_words(l, TONE_TITLE, STR_LIT("Backtrace"));
	if (bt->tid || bt->thread) {
		layout_words(l, TONE_PLAIN, STR_LIT(" of "));
		if (bt->pid && bt->pid != r->pid)
			layout_printf(l, TONE_PLAIN, "process %d, ", bt->pid);
		thread_words(l, bt->thread, bt->tid, bt->thread_name);
		if (bt->thread && bt->tid) {
			layout_words(l, TONE_DIM, STR_LIT(" (tid "));
			layout_printf(l, TONE_DIM, "%d)", bt->tid);
		}
	}
	layout_end(l);
	backtrace_write(l, bt);
}

/* A register too narrow for an address (x86's segment selectors) is not worth a line of its own. */
static bool is_narrow(const struct report_register *reg)
{
	return reg->bits && reg->bits < 32;
}

static void write_register(struct layout *l, const struct report_register *reg, size_t name_columns)
{
	size_t value_column = BODY + name_columns + 2;
	size_t meaning_column = value_column + 18 + 2;
	layout_begin(l, BODY, meaning_column);
	layout_solid(l, TONE_PLAIN, str_from(reg->name));
	layout_tab(l, value_column);
	if (reg->known)
		layout_printf(l, TONE_PLAIN, "0x%016llx", (unsigned long long)reg->value);
	else
		layout_solid(l, TONE_DIM, STR_LIT("not known"));
	if (reg->meaning.len) {
		struct str meaning = layout_clean(l, reg->meaning);
		if (l->style->width)
			meaning = layout_cut_middle(l, meaning, layout_room(l, meaning_column));
		layout_tab(l, meaning_column);
		layout_solid(l, TONE_DIM, meaning);
	}
	layout_end(l);
}

static void write_registers(struct layout *l, const struct report *r)
{
	if (!r->register_count)
		return;
	heading(l, "Registers");
	size_t longest = 0;
	size_t narrow = 0;
	for (size_t i = 0; i < r->register_count; i++) {
		size_t length = strlen(r->registers[i].name);
		longest = length > longest ? length : longest;
		narrow += is_narrow(&r->registers[i]);
	}
	for (size_t i = 0; i < r->register_count; i++)
		if (!is_narrow(&r->registers[i]))
			write_register(l, &r->registers[i], longest);
	if (!narrow)
		return;
	layout_begin(l, BODY, BODY);
	for (size_t i = 0; i < r->register_count; i++) {
		const struct report_register *reg = &r->registers[i];
		if (!is_narrow(reg) || !reg->known)
			continue;
		layout_printf(l, TONE_DIM, "%s=0x%llx", reg->name, (unsigned long long)reg->value);
		layout_space(l, 2);
	}
	layout_end(l);
}

static void write_notes(struct layout *l, const struct report *r)
{
	if (!r->note_count)
		return;
	heading(l, "Notes");
	for (size_t i = 0; i < r->note_count; i++)
		bullet(l, false, r->notes[i]);
}

void report_text(const struct report *r, const struct report_style *style, struct buf *out)
{
	if (r->outcome == REPORT_EXITED || r->outcome == REPORT_DETACHED)
		return;
	struct layout l;
	layout_init(&l, style, out);
	write_headline(&l, r);
	write_process(&l, r);
	if (r->outcome == REPORT_CRASHED) {
		write_happened(&l, r);
		write_verdict(&l, r);
	}
	write_where(&l, r);
	write_backtrace(&l, r, &r->backtrace);
	for (size_t i = 0; i < r->other_count; i++)
		write_backtrace(&l, r, &r->others[i]);
	write_registers(&l, r);
	write_notes(&l, r);
	layout_deinit(&l);
}
