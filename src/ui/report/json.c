#include "ui/report/json.h"

#include "ui/report/utf8_internal.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

/* In the document a key is always there; jansson's _new functions take what they are given and fail on NULL, which is what
 * lack of memory makes. */
struct writer {
	bool failed;
};

static json_t *checked(struct writer *w, json_t *value)
{
	if (!value)
		w->failed = true;
	return value;
}

static void set(struct writer *w, json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value) != 0)
		w->failed = true;
}

static void append(struct writer *w, json_t *array, json_t *value)
{
	if (json_array_append_new(array, value) != 0)
		w->failed = true;
}

/* ---- values ---- */

/* As it is, but with U+FFFD for each byte that is no UTF-8. */
static json_t *string(struct writer *w, struct str s)
{
	if (str_is_utf8(s))
		return checked(w, json_stringn(s.ptr ? s.ptr : "", s.len));
	struct buf text = { 0 };
	while (s.len) {
		struct utf8_char c = utf8_next(s);
		buf_str(&text, c.code == UTF8_INVALID ? STR_LIT("\xef\xbf\xbd") : str_sub(s, 0, c.length));
		s = str_sub(s, c.length, s.len);
	}
	json_t *value = checked(w, json_stringn(text.data, text.len));
	buf_deinit(&text);
	return value;
}

static json_t *text(struct writer *w, struct str s)
{
	return s.len ? string(w, s) : json_null();
}

static json_t *integer(struct writer *w, uint64_t value)
{
	return checked(w, json_integer((json_int_t)value));
}

static json_t *from_one(struct writer *w, uint64_t value)
{
	return value ? integer(w, value) : json_null();
}

static json_t *address(struct writer *w, uint64_t value)
{
	char digits[32];
	snprintf(digits, sizeof digits, "0x%llx", (unsigned long long)value);
	return checked(w, json_string(digits));
}

static json_t *strings(struct writer *w, const struct str *list, size_t count)
{
	json_t *array = checked(w, json_array());
	for (size_t i = 0; i < count; i++)
		if (list[i].len)
			append(w, array, string(w, list[i]));
	return array;
}

static json_t *new_object(struct writer *w)
{
	return checked(w, json_object());
}

/* ---- parts ---- */

static json_t *process(struct writer *w, const struct report *r)
{
	if (!r->pid)
		return json_null();
	json_t *o = new_object(w);
	set(w, o, "pid", integer(w, (uint64_t)r->pid));
	set(w, o, "number", integer(w, r->process ? r->process : 1));
	set(w, o, "program", text(w, r->program));
	set(w, o, "command_line", text(w, r->command_line));
	set(w, o, "descendant", json_boolean(r->is_descendant));
	return o;
}

static json_t *signal_name(struct writer *w, const struct report *r)
{
	/* Real-time signals have no names of their own (signal(7)). */
	if (str_starts(r->signal_name, STR_LIT("SIG")))
		return string(w, r->signal_name);
	return checked(w, json_sprintf("SIG%d", r->signal));
}

static json_t *signal_of(struct writer *w, const struct report *r)
{
	if (!r->signal)
		return json_null();
	json_t *o = new_object(w);
	set(w, o, "number", integer(w, (uint64_t)r->signal));
	set(w, o, "name", signal_name(w, r));
	set(w, o, "description", text(w, r->signal_description));
	set(w, o, "code", checked(w, json_integer(r->signal_code)));
	set(w, o, "sender", text(w, r->signal_sender));
	return o;
}

static json_t *fault(struct writer *w, const struct report_fault *f)
{
	if (!f->kind.len)
		return json_null();
	json_t *o = new_object(w);
	set(w, o, "kind", string(w, f->kind));
	set(w, o, "description", string(w, f->description.len ? f->description : f->kind));
	set(w, o, "address", f->has_address ? address(w, f->address) : json_null());
	set(w, o, "size", from_one(w, f->size));
	set(w, o, "meaning", text(w, f->address_meaning));
	set(w, o, "operand", text(w, f->operand));
	set(w, o, "first_of_several", json_boolean(f->first_of_several));
	set(w, o, "afterwards", text(w, f->afterwards));
	return o;
}

static json_t *panic(struct writer *w, const struct report_panic *p)
{
	if (!p->present)
		return json_null();
	json_t *o = new_object(w);
	set(w, o, "message", p->has_message ? string(w, p->message) : json_null());
	set(w, o, "file", text(w, p->file));
	set(w, o, "line", from_one(w, p->line));
	set(w, o, "column", from_one(w, p->column));
	set(w, o, "thread", text(w, p->thread_name));
	set(w, o, "can_unwind", json_boolean(p->can_unwind));
	return o;
}

static json_t *thread(struct writer *w, uint32_t number, int32_t tid, struct str name)
{
	json_t *o = new_object(w);
	set(w, o, "number", integer(w, number));
	set(w, o, "tid", integer(w, tid > 0 ? (uint64_t)tid : 0));
	set(w, o, "name", text(w, name));
	return o;
}

static json_t *instructions(struct writer *w, const struct report *r)
{
	json_t *array = checked(w, json_array());
	for (size_t i = 0; i < r->instruction_count; i++) {
		const struct report_instruction *in = &r->instructions[i];
		char bytes[2 * sizeof in->bytes + 1] = "";
		for (size_t k = 0; k < in->length && k < sizeof in->bytes; k++)
			snprintf(bytes + 2 * k, 3, "%02x", in->bytes[k]);
		json_t *o = new_object(w);
		set(w, o, "address", address(w, in->address));
		set(w, o, "bytes", checked(w, json_string(bytes)));
		set(w, o, "text", string(w, in->text));
		set(w, o, "marked", json_boolean(in->marked));
		set(w, o, "decodable", json_boolean(in->decodable));
		append(w, array, o);
	}
	return array;
}

static json_t *arguments(struct writer *w, const struct report_frame *f)
{
	json_t *array = checked(w, json_array());
	for (size_t i = 0; i < f->argument_count; i++) {
		json_t *o = new_object(w);
		set(w, o, "name", text(w, f->arguments[i].name));
		set(w, o, "type", text(w, f->arguments[i].type));
		set(w, o, "value", text(w, f->arguments[i].value));
		append(w, array, o);
	}
	return array;
}

static json_t *frame(struct writer *w, const struct report_frame *f)
{
	static const char *const kinds[] = {
		[REPORT_FRAME_NATIVE] = "native",
		[REPORT_FRAME_JIT] = "jit",
		[REPORT_FRAME_UNKNOWN] = "unknown",
	};
	json_t *o = new_object(w);
	set(w, o, "number", integer(w, f->number));
	set(w, o, "kind", checked(w, json_string(kinds[f->kind])));
	set(w, o, "pc", address(w, f->pc));
	set(w, o, "function", text(w, f->function));
	set(w, o, "offset",
	    f->function.len && f->offset <= INT64_MAX ? integer(w, f->offset) : json_null());
	set(w, o, "file", text(w, f->file));
	set(w, o, "line", from_one(w, f->line));
	set(w, o, "column", from_one(w, f->column));
	set(w, o, "module", text(w, f->module));
	set(w, o, "inlined", json_boolean(f->inlined));
	set(w, o, "how", checked(w, json_string(f->how ? f->how : "scan")));
	set(w, o, "guess", json_boolean(f->guess));
	set(w, o, "library", json_boolean(f->library));
	set(w, o, "freed", json_boolean(f->freed));
	set(w, o, "arguments", arguments(w, f));
	set(w, o, "signature", text(w, f->signature));
	return o;
}

/* The five keys that every backtrace has. */
static void set_backtrace(struct writer *w, json_t *o, const struct report_backtrace *bt)
{
	json_t *frames = checked(w, json_array());
	for (size_t i = 0; i < bt->count; i++)
		append(w, frames, frame(w, &bt->frames[i]));
	set(w, o, "frames", frames);
	set(w, o, "frames_complete", json_boolean(bt->complete));
	set(w, o, "frames_end", text(w, bt->end));
	set(w, o, "frames_left_out", integer(w, bt->left_out));
	set(w, o, "frames_left_out_at", bt->left_out ? integer(w, bt->left_out_at) : json_null());
}

static json_t *other_threads(struct writer *w, const struct report *r)
{
	json_t *array = checked(w, json_array());
	for (size_t i = 0; i < r->other_count; i++) {
		const struct report_backtrace *bt = &r->others[i];
		json_t *o = new_object(w);
		set(w, o, "pid", integer(w, (uint64_t)(bt->pid ? bt->pid : r->pid)));
		set(w, o, "thread", thread(w, bt->thread, bt->tid, bt->thread_name));
		set_backtrace(w, o, bt);
		append(w, array, o);
	}
	return array;
}

static json_t *registers(struct writer *w, const struct report *r)
{
	json_t *array = checked(w, json_array());
	for (size_t i = 0; i < r->register_count; i++) {
		const struct report_register *reg = &r->registers[i];
		json_t *o = new_object(w);
		set(w, o, "name", string(w, str_from(reg->name)));
		set(w, o, "value", reg->known ? address(w, reg->value) : json_null());
		set(w, o, "meaning", text(w, reg->meaning));
		append(w, array, o);
	}
	return array;
}

static json_t *evidence(struct writer *w, const struct report_verdict *v)
{
	json_t *array = checked(w, json_array());
	for (size_t i = 0; i < v->evidence_count; i++) {
		json_t *o = new_object(w);
		set(w, o, "text", string(w, v->evidence[i].text));
		set(w, o, "observed", json_boolean(v->evidence[i].observed));
		append(w, array, o);
	}
	return array;
}

static json_t *verdict(struct writer *w, const struct report *r)
{
	static const char *const confidences[] = {
		[REPORT_NO_CONFIDENCE] = "none",
		[REPORT_LIKELY] = "likely",
		[REPORT_PROVEN] = "proven",
	};
	const struct report_verdict *v = &r->verdict;
	json_t *o = new_object(w);
	set(w, o, "kind", checked(w, json_string(report_verdict_name(v->kind))));
	set(w, o, "confidence", checked(w, json_string(confidences[v->confidence])));
	set(w, o, "summary", text(w, v->summary));
	set(w, o, "hint", text(w, v->hint));
	set(w, o, "guilty", strings(w, v->guilty, v->guilty_count));
	set(w, o, "evidence", evidence(w, v));
	set(w, o, "ruled_out", strings(w, v->ruled_out, v->ruled_out_count));
	return o;
}

static json_t *document(struct writer *w, const struct report *r)
{
	static const char *const outcomes[] = {
		[REPORT_EXITED] = "exited",   [REPORT_CRASHED] = "crashed",
		[REPORT_TIMEOUT] = "timeout", [REPORT_DETACHED] = "detached",
		[REPORT_FAILED] = "failed",
	};
	json_t *o = new_object(w);
	bool has_thread = r->tid || r->thread || r->outcome == REPORT_CRASHED;
	set(w, o, "schema", integer(w, 1));
	set(w, o, "outcome", checked(w, json_string(outcomes[r->outcome])));
	set(w, o, "failure", text(w, r->outcome == REPORT_FAILED ? r->failure : STR_EMPTY));
	set(w, o, "process", process(w, r));
	set(w, o, "exit_code", r->has_exit_code ? checked(w, json_integer(r->exit_code)) : json_null());
	set(w, o, "signal", signal_of(w, r));
	set(w, o, "fault", fault(w, &r->fault));
	set(w, o, "panic", panic(w, &r->panic));
	set(w, o, "thread", has_thread ? thread(w, r->thread, r->tid, r->thread_name) : json_null());
	set(w, o, "where", text(w, r->where));
	set(w, o, "instructions", instructions(w, r));
	set(w, o, "instructions_note", text(w, r->instructions_note));
	set_backtrace(w, o, &r->backtrace);
	set(w, o, "other_threads", other_threads(w, r));
	set(w, o, "registers", registers(w, r));
	set(w, o, "verdict", verdict(w, r));
	set(w, o, "notes", strings(w, r->notes, r->note_count));
	return o;
}

static int add_to_buf(const char *bytes, size_t size, void *out)
{
	buf_add(out, bytes, size);
	return 0;
}

struct error *report_json(const struct report *r, struct buf *out)
{
	struct writer w = { false };
	size_t before = out->len;
	json_t *root = document(&w, r);
	if (w.failed || json_dump_callback(root, add_to_buf, out, JSON_COMPACT) != 0) {
		json_decref(root);
		out->len = before;
		return error_new(ERROR_LIMIT, "the JSON document: out of memory");
	}
	json_decref(root);
	buf_char(out, '\n');
	return NULL;
}
