#include "jit/panic.h"

#include "base/log.h"
#include "base/map.h"
#include "jit/arguments.h"
#include "jit/panic_payload.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	SNAPSHOT_MAX = 256 << 10, /* bytes of stack kept per panic */
	SNAPSHOT_CUT = 8 << 10,   /* … of one long ago, when there are many */
	MAX_CAUSES = 4,
	MAX_THREADS = 4096, /* threads whose panics are kept */
	MAX_NAME = 64,
	MAX_BEFORE = 256,
};

/* A panic as it is kept. The latest one of a thread is written over by the next; its buffers are used
 * again. */
struct record {
	struct jit_panic p;
	struct eng_snapshot_range range;
	uint8_t *stack;
	size_t stack_capacity;
	struct jit_location location;
	uint64_t location_at; /* where `location` was read from */
	char message[JIT_MAX_MESSAGE], name[MAX_NAME], before[MAX_BEFORE];
	uint64_t payload, text_at; /* 0: not known */
	struct jit_payload_type type;
	struct record *cause;
};

struct thread_panics {
	target_tid tid;
	struct record *own;
	struct record *passed_on; /* of another thread, raised again here (resume_unwind) */
	uint64_t latest_at;       /* order among the threads */
	uint64_t count;
	uint64_t stack_high; /* end of the stack it was last on */
};

/* Where a file's panics pass. */
struct panic_symbols {
	size_t begin_count, raise_count;
	struct file_addr begin[4], raise[4];
	bool has_unwinder, brings_std;
	struct file_addr unwinder;
};

struct process_panics {
	struct jit_panics *owner;
	struct eng_process *process;
	VEC(struct thread_panics *) threads;
	struct map types; /* vtable → index in type_list */
	VEC(struct jit_payload_type) type_list;
	VEC(const struct jit_panic *) list;
	VEC(uint64_t) modules; /* starts of those that were looked at, with their path's hash added */
	uint64_t count, order;
	size_t stacks; /* bytes of stack in the records */
	bool begin_hooked, unwinder_hooked;
};

struct jit_panics {
	struct eng_session *session;
	struct map symbols_of; /* struct sym_module * → struct panic_symbols * */
};

static const char panics_key; /* its address is the key */

/* ---- records ---- */

static void record_destroy(struct process_panics *pp, struct record *r)
{
	while (r) {
		struct record *cause = r->cause;
		pp->stacks -= r->stack_capacity;
		free(r->stack);
		free(r);
		r = cause;
	}
}

static void process_destroy(void *data)
{
	struct process_panics *pp = data;
	vec_for(&pp->threads, t) {
		record_destroy(pp, (*t)->own);
		free(*t);
	}
	vec_free(&pp->threads);
	map_deinit(&pp->types);
	vec_free(&pp->type_list);
	vec_free(&pp->list);
	vec_free(&pp->modules);
	free(pp);
}

/* A child begins without panics, but the hooks are in it. */
static void *process_copy(void *data, struct eng_process *child)
{
	struct process_panics *from = data;
	struct process_panics *to = xmalloc(sizeof *to);
	to->owner = from->owner;
	to->process = child;
	to->begin_hooked = from->begin_hooked;
	to->unwinder_hooked = from->unwinder_hooked;
	vec_for(&from->modules, m)
		vec_push(&to->modules, *m);
	return to;
}

static struct process_panics *process_get(struct jit_panics *panics, struct eng_process *p)
{
	struct process_panics *pp = eng_process_data(p, &panics_key);
	if (pp)
		return pp;
	pp = xmalloc(sizeof *pp);
	pp->owner = panics;
	pp->process = p;
	eng_process_attach_data(p, &panics_key, pp, process_destroy, process_copy);
	return pp;
}

static struct thread_panics *thread_find(struct process_panics *pp, target_tid tid)
{
	vec_for(&pp->threads, t)
		if ((*t)->tid == tid)
			return *t;
	return NULL;
}

/* A record and its causes; nobody points at them any more. */
static void forget(struct process_panics *pp, struct record *r)
{
	vec_for(&pp->threads, t) {
		for (const struct record *gone = r; gone; gone = gone->cause)
			if ((*t)->passed_on == gone)
				(*t)->passed_on = NULL;
	}
	record_destroy(pp, r);
}

static void thread_forget(struct process_panics *pp, size_t index)
{
	struct thread_panics *gone = pp->threads.data[index];
	vec_remove(&pp->threads, index);
	forget(pp, gone->own);
	free(gone);
}

static struct thread_panics *thread_get(struct process_panics *pp, target_tid tid)
{
	struct thread_panics *t = thread_find(pp, tid);
	if (t)
		return t;
	if (pp->threads.count >= MAX_THREADS) {
		size_t oldest = 0;
		for (size_t i = 1; i < pp->threads.count; i++)
			if (pp->threads.data[i]->latest_at < pp->threads.data[oldest]->latest_at)
				oldest = i;
		thread_forget(pp, oldest);
	}
	t = xmalloc(sizeof *t);
	t->tid = tid;
	vec_push(&pp->threads, t);
	return t;
}

/* ---- taking a snapshot ---- */

static uint64_t stack_end(struct process_panics *pp, uint64_t sp)
{
	const struct target_mapping *m = eng_mapping_at(pp->process, sp);
	return m ? m->end : 0;
}

static int by_order(const void *a, const void *b)
{
	const struct thread_panics *x = *(struct thread_panics *const *)a,
				   *y = *(struct thread_panics *const *)b;
	return x->latest_at < y->latest_at ? -1 : x->latest_at > y->latest_at;
}

static void cut_stack(struct process_panics *pp, struct record *r)
{
	if (r->stack_capacity <= SNAPSHOT_CUT)
		return;
	pp->stacks -= r->stack_capacity - SNAPSHOT_CUT;
	r->stack = xrealloc(r->stack, SNAPSHOT_CUT);
	r->stack_capacity = SNAPSHOT_CUT;
	r->range.bytes = r->stack;
	if (r->range.size > SNAPSHOT_CUT)
		r->range.size = SNAPSHOT_CUT;
}

/* Half of what may be kept is made free at once: the threads are not put in order for each panic. */
static void cut_stacks(struct process_panics *pp, const struct record *latest)
{
	qsort(pp->threads.data, pp->threads.count, sizeof *pp->threads.data, by_order);
	vec_for(&pp->threads, t)
		for (struct record *r = (*t)->own; r && pp->stacks > JIT_PANIC_STACKS / 2; r = r->cause)
			if (r != latest)
				cut_stack(pp, r);
}

static void take_stack(struct process_panics *pp, struct thread_panics *t, struct record *r)
{
	struct target *target = eng_target(eng_process_session(pp->process));
	uint64_t sp = r->p.view.regs.value[eng_process_arch(pp->process)->sp];
	size_t got = 0;
	r->p.view.overlay = &r->range;
	r->p.view.overlay_count = 0;
	/* A thread's stack ends where it did the last time, unless it is on another stack now: then not
	 * all of it can be read. */
	for (int attempt = 0; attempt < 2; attempt++) {
		if (attempt > 0 || t->stack_high <= sp)
			t->stack_high = stack_end(pp, sp);
		if (t->stack_high <= sp)
			return;
		size_t want = t->stack_high - sp < SNAPSHOT_MAX ? t->stack_high - sp : SNAPSHOT_MAX;
		if (want > r->stack_capacity) {
			r->stack = xrealloc(r->stack, want);
			pp->stacks += want - r->stack_capacity;
			r->stack_capacity = want;
			if (pp->stacks > JIT_PANIC_STACKS)
				cut_stacks(pp, r);
		}
		struct error *err = target->ops->read_memory(target, eng_process_pid(pp->process), sp,
							     r->stack, want, &got);
		if (err)
			got = 0;
		error_destroy(err);
		if (got == want)
			break;
	}
	r->range = (struct eng_snapshot_range){ .start = sp, .size = got, .bytes = r->stack };
	r->p.view.overlay_count = got > 0;
}

static void take_name(struct process_panics *pp, struct record *r)
{
	struct target *target = eng_target(eng_process_session(pp->process));
	struct arena scratch = ARENA_INIT;
	struct str name = STR_EMPTY;
	error_destroy(target->ops->thread_name(target, eng_process_pid(pp->process), r->p.tid, &scratch,
					       &name));
	size_t len = name.len < sizeof r->name ? name.len : sizeof r->name;
	if (len > 0)
		memcpy(r->name, name.ptr, len);
	r->p.thread_name = (struct str){ r->name, len };
	arena_deinit(&scratch);
}

static struct jit_payload_type type_of(struct process_panics *pp, uint64_t vtable)
{
	uint64_t index;
	if (!map_get(&pp->types, vtable, &index)) {
		index = pp->type_list.count;
		vec_push(&pp->type_list, jit_payload_type(pp->process, vtable));
		map_set(&pp->types, vtable, index);
	}
	return pp->type_list.data[index];
}

static void take_message(struct process_panics *pp, struct record *r)
{
	size_t len = r->payload
			     ? jit_payload_text(pp->process, r->type, r->payload, r->message, &r->text_at)
			     : SIZE_MAX;
	r->p.has_message = len != SIZE_MAX;
	r->p.message = (struct str){ r->message, r->p.has_message ? len : 0 };
}

static bool is_consequence(const struct record *r)
{
	/* core::panicking::panic_cannot_unwind and panic_in_cleanup */
	static const char *const texts[] = {
		"panic in a function that cannot unwind",
		"panic in a destructor during cleanup",
	};
	for (size_t i = 0; r->p.has_message && i < sizeof texts / sizeof *texts; i++)
		if (str_is(r->p.message, texts[i]))
			return true;
	return false;
}

static size_t cause_depth(const struct record *r)
{
	size_t depth = 0;
	for (; r; r = r->cause)
		depth++;
	return depth;
}

static void describe_before(struct record *r, const struct jit_panic *old)
{
	int len = snprintf(r->before, sizeof r->before, "%.*s:%u: %.*s", STR_ARG(old->file), old->line,
			   STR_ARG(old->has_message ? old->message : STR_LIT("(no text)")));
	size_t end = len < 0 ? 0 : (size_t)len < sizeof r->before ? (size_t)len : sizeof r->before - 1;
	while (end > 0 && !str_is_utf8((struct str){ r->before, end })) /* cut inside a character */
		end--;
	r->p.before = (struct str){ r->before, end };
}

/* A new panic of the thread. It takes the place of the one before, which was caught, unless it says
 * itself that it comes of it. */
static struct record *record_begin(struct process_panics *pp, struct eng_thread *thread,
				   const struct arch_regs *regs, uint64_t payload, uint64_t vtable)
{
	struct thread_panics *t = thread_get(pp, eng_thread_tid(thread));
	struct record *r = xmalloc(sizeof *r);
	r->payload = payload;
	r->type = type_of(pp, vtable);
	take_message(pp, r);
	if (t->own && is_consequence(r) && cause_depth(t->own) < MAX_CAUSES) {
		r->cause = t->own;
		r->p.cause = &t->own->p;
	} else if (t->own) {
		describe_before(r, &t->own->p);
		r->stack = t->own->stack;
		r->stack_capacity = t->own->stack_capacity;
		r->location = t->own->location;
		r->location_at = t->own->location_at;
		t->own->stack = NULL;
		t->own->stack_capacity = 0;
		forget(pp, t->own);
	}
	t->own = r;
	t->passed_on = NULL;
	t->latest_at = ++pp->order;
	r->p.thread = eng_thread_number(thread);
	r->p.tid = t->tid;
	r->p.serial = ++pp->count;
	r->p.earlier = t->count++;
	r->p.can_unwind = true;
	r->p.view = (struct eng_view){ .process = pp->process, .thread = thread, .regs = *regs };
	take_name(pp, r);
	take_stack(pp, t, r);
	return r;
}

static void take_location(struct process_panics *pp, struct record *r, uint64_t addr)
{
	if (r->location_at != addr) {
		r->location_at = 0;
		if (!jit_location_read(pp->process, addr, &r->location))
			return;
		r->location_at = addr;
	}
	r->p.file = (struct str){ r->location.file, r->location.file_len };
	r->p.line = r->location.line;
	r->p.column = r->location.column;
}

/* ---- hooks ---- */

/* panic_with_hook(payload: &mut dyn PanicPayload, location, can_unwind, …), and in earlier versions
 * rust_panic_with_hook(payload, Option<&Arguments>, location, can_unwind …): whichever of the two is a
 * location. */
static void on_begin(struct eng_thread *thread, struct eng_hook *hook, void *user)
{
	(void)hook;
	enum { PAYLOAD, VTABLE, THIRD, FOURTH, FIFTH, COUNT };
	struct arch_regs regs;
	uint64_t a[COUNT];
	if (!jit_thread_arguments(thread, &regs, a, COUNT))
		return;
	struct process_panics *pp = process_get(user, eng_thread_process(thread));
	struct record *r = record_begin(pp, thread, &regs, a[PAYLOAD], a[VTABLE]);
	take_location(pp, r, a[THIRD]);
	bool early = r->p.line == 0;
	if (early)
		take_location(pp, r, a[FOURTH]);
	r->p.can_unwind = (uint8_t)a[early ? FIFTH : FOURTH] != 0;
	LOG("jit", "panic %llu in thread %u: %.*s at %.*s:%u", (unsigned long long)r->p.serial,
	    r->p.thread, STR_ARG(r->p.message), STR_ARG(r->p.file), r->p.line);
}

static bool same_payload(const struct record *a, const struct record *b)
{
	return a->p.has_message && b->p.has_message && str_eq(a->p.message, b->p.message) &&
	       (a->text_at == b->text_at || a->text_at == 0 || b->text_at == 0);
}

/* resume_unwind with the payload of a panic that is known, of this thread or of one that was joined. */
static bool passes_on(struct process_panics *pp, struct eng_thread *thread, const struct record *resumed)
{
	struct record *known = NULL;
	uint64_t at = 0;
	vec_for(&pp->threads, t) {
		if ((*t)->own && same_payload((*t)->own, resumed) && (*t)->latest_at > at) {
			known = (*t)->own;
			at = (*t)->latest_at;
		}
	}
	if (!known)
		return false;
	struct thread_panics *t = thread_get(pp, eng_thread_tid(thread));
	t->passed_on = known == t->own ? NULL : known;
	t->latest_at = ++pp->order;
	return true;
}

static void on_resume(struct process_panics *pp, struct eng_thread *thread, const struct arch_regs *regs,
		      uint64_t payload, uint64_t vtable)
{
	struct record *resumed = xmalloc(sizeof *resumed);
	resumed->payload = payload;
	resumed->type = type_of(pp, vtable);
	take_message(pp, resumed);
	if (!passes_on(pp, thread, resumed))
		(void)record_begin(pp, thread, regs, payload, vtable);
	record_destroy(pp, resumed);
}

/* rust_panic(payload: &mut dyn PanicPayload): the hook has run, now the payload goes to the unwinder. */
static void on_raise(struct eng_thread *thread, struct eng_hook *hook, void *user)
{
	(void)hook;
	struct arch_regs regs;
	uint64_t a[2];
	if (!jit_thread_arguments(thread, &regs, a, 2))
		return;
	struct process_panics *pp = process_get(user, eng_thread_process(thread));
	struct thread_panics *t = thread_find(pp, eng_thread_tid(thread));
	if (!t || !t->own || t->own->payload != a[0])
		on_resume(pp, thread, &regs, a[0], a[1]);
	else if (!t->own->p.has_message)
		take_message(pp, t->own);
}

/* A program without symbols: the exception that a panic becomes (panic_unwind, gcc.rs:
 * _Unwind_Exception, a canary in later versions, Box<dyn Any>). */
static void on_unwinder(struct eng_thread *thread, struct eng_hook *hook, void *user)
{
	(void)hook;
	/* "MOZ\0RUST": as a number with its first letter highest, later as bytes. */
	static const uint64_t rust_number = UINT64_C(0x4d4f5a0052555354),
			      rust_bytes = UINT64_C(0x54535552005a4f4d);
	enum { HEADER = 32, CANARY = 8 };
	struct arch_regs regs;
	uint64_t exception, class;
	struct process_panics *pp = process_get(user, eng_thread_process(thread));
	if (pp->begin_hooked || !jit_thread_arguments(thread, &regs, &exception, 1) ||
	    !eng_read_u64(pp->process, exception, &class) || (class != rust_number && class != rust_bytes))
		return;
	struct record *r = record_begin(pp, thread, &regs, 0, 0);
	r->type.kind = JIT_PAYLOAD_BOX;
	for (uint64_t at = exception + HEADER; at <= exception + HEADER + CANARY && !r->p.has_message;
	     at += CANARY) {
		r->payload = at;
		take_message(pp, r);
	}
	r->payload = 0; /* nothing to be read later */
}

/* ---- planting ---- */

static size_t find(struct sym_module *m, const char *path, const char *const *accepted,
		   struct file_addr *ret, size_t limit)
{
	struct sym_symbol symbols[8];
	struct arena scratch = ARENA_INIT;
	size_t count = sym_symbols_by_path(m, str_from(path), symbols, sizeof symbols / sizeof *symbols),
	       kept = 0;
	for (size_t i = 0; i < count && kept < limit; i++) {
		struct str name = sym_demangle(symbols[i].linkage_name, &scratch);
		bool good = false;
		for (const char *const *a = accepted; *a && !good; a++)
			good = str_is(name, *a);
		if (good)
			ret[kept++] = symbols[i].addr;
	}
	arena_deinit(&scratch);
	return kept;
}

/* Paths of std's sources that its panic locations name are in every program, stripped or not. */
static bool brings_std(struct sym_module *m)
{
	struct elf_file *elf = sym_module_elf(m);
	const struct elf_section *section = elf_section_by_name(elf, ".rodata");
	const uint8_t *data;
	size_t size;
	struct error *err = section ? elf_section_data(elf, section, &data, &size)
				    : error_new(ERROR_NOT_FOUND, "no .rodata");
	if (err) {
		error_destroy(err);
		return false;
	}
	return str_contains((struct str){ (const char *)data, size }, STR_LIT("library/std/src/"));
}

static struct panic_symbols *symbols_of(struct jit_panics *panics, struct sym_module *m, bool is_main)
{
	static const char *const begin[] = { "std::panicking::rust_panic_with_hook",
					     "std::panicking::panic_with_hook", NULL };
	static const char *const raise[] = { "__rustc::rust_panic", "rust_panic",
					     "std::panicking::rust_panic", NULL };
	struct panic_symbols *s = map_get_ptr(&panics->symbols_of, (uint64_t)(uintptr_t)m);
	if (s)
		return s;
	s = xmalloc(sizeof *s);
	s->begin_count = find(m, "rust_panic_with_hook", begin, s->begin, 4);
	if (s->begin_count == 0) /* its name in 1.95 */
		s->begin_count = find(m, "panic_with_hook", begin, s->begin, 4);
	if (s->begin_count > 0)
		s->raise_count = find(m, "rust_panic", raise, s->raise, 4);
	else if (is_main)
		s->brings_std = brings_std(m);
	struct sym_symbol unwinder;
	struct str soname = elf_soname(sym_module_elf(m));
	if (str_starts(soname, STR_LIT("libgcc_s")) || str_starts(soname, STR_LIT("libunwind")) ||
	    s->brings_std) {
		s->has_unwinder = sym_symbol_by_name(m, STR_LIT("_Unwind_RaiseException"), &unwinder);
		s->unwinder = s->has_unwinder ? unwinder.addr : FILE_ADDR(0);
	}
	map_set_ptr(&panics->symbols_of, (uint64_t)(uintptr_t)m, s);
	return s;
}

static void plant(struct process_panics *pp, const struct file_addr *list, size_t count, uint64_t bias,
		  eng_hook_fn *fn)
{
	for (size_t i = 0; i < count; i++) {
		struct eng_hook *hook;
		struct error *err = eng_hook_add(
			pp->process, RUN_ADDR(eng_process_number(pp->process), list[i].value + bias), fn,
			pp->owner, &hook);
		if (err)
			LOG("jit", "no hook for panics: %s", err->message);
		else if (fn == on_begin)
			pp->begin_hooked = true;
		error_destroy(err);
	}
}

static void modules_changed(struct jit_panics *panics, struct eng_process *p)
{
	struct process_panics *pp = process_get(panics, p);
	struct eng_module *const *modules;
	size_t count = eng_modules(p, &modules);
	VEC(uint64_t) now = { 0 };
	bool wants_unwinder = false;
	for (size_t i = 0; i < count; i++) {
		struct eng_module *m = modules[i];
		struct sym_module *symbols = m->is_vdso ? NULL : eng_module_symbols(p, m);
		if (!symbols)
			continue;
		uint64_t identity = m->start + str_hash(str_from(m->path));
		bool known = false;
		vec_for(&pp->modules, k)
			known = known || *k == identity;
		vec_push(&now, identity);
		struct panic_symbols *s = symbols_of(panics, symbols, m->is_main);
		wants_unwinder = wants_unwinder || s->brings_std;
		if (known)
			continue;
		plant(pp, s->begin, s->begin_count, m->bias, on_begin);
		plant(pp, s->raise, s->raise_count, m->bias, on_raise);
	}
	for (size_t i = 0; i < count && wants_unwinder && !pp->begin_hooked && !pp->unwinder_hooked; i++) {
		struct eng_module *m = modules[i];
		struct sym_module *symbols = m->is_vdso ? NULL : eng_module_symbols(p, m);
		struct panic_symbols *s = symbols ? symbols_of(panics, symbols, m->is_main) : NULL;
		if (s && s->has_unwinder) {
			plant(pp, &s->unwinder, 1, m->bias, on_unwinder);
			pp->unwinder_hooked = true;
		}
	}
	vec_free(&pp->modules);
	vec_for(&now, identity)
		vec_push(&pp->modules, *identity);
	vec_free(&now);
}

void jit_panics_event(struct jit_panics *panics, const struct eng_event *event)
{
	if (event->kind == ENG_EVENT_MODULES)
		modules_changed(panics, event->process);
	else if (event->kind == ENG_EVENT_DYING && event->thread)
		jit_panic_complete(panics, event->thread);
}

/* ---- questions ---- */

static void check_thread(struct process_panics *pp, struct record *r)
{
	struct eng_thread *const *threads;
	size_t count = eng_threads(pp->process, &threads);
	struct eng_thread *found = NULL;
	for (size_t i = 0; i < count; i++)
		if (threads[i] == r->p.view.thread && eng_thread_tid(threads[i]) == r->p.tid)
			found = threads[i];
	for (; r; r = r->cause)
		r->p.view.thread = found;
}

size_t jit_panics_of(struct jit_panics *panics, struct eng_process *p, const struct jit_panic *const **ret)
{
	struct process_panics *pp = process_get(panics, p);
	if (pp->threads.count > 0)
		qsort(pp->threads.data, pp->threads.count, sizeof *pp->threads.data, by_order);
	pp->list.count = 0;
	/* Each once, at the place of the thread that raised it last. */
	for (size_t i = 0; i < pp->threads.count; i++) {
		struct thread_panics *t = pp->threads.data[i];
		struct record *r = t->passed_on ? t->passed_on : t->own;
		bool again = !r;
		for (size_t j = i + 1; j < pp->threads.count && !again; j++) {
			const struct thread_panics *later = pp->threads.data[j];
			again = r == (later->passed_on ? later->passed_on : later->own);
		}
		if (again)
			continue;
		check_thread(pp, r);
		vec_push(&pp->list, &r->p);
	}
	*ret = pp->list.data;
	return pp->list.count;
}

const struct jit_panic *jit_panic_latest(struct jit_panics *panics, struct eng_process *p, target_tid tid)
{
	struct process_panics *pp = process_get(panics, p);
	const struct thread_panics *t = thread_find(pp, tid);
	struct record *r = !t ? NULL : t->passed_on ? t->passed_on : t->own;
	if (!r)
		return NULL;
	check_thread(pp, r);
	return &r->p;
}

void jit_panic_complete(struct jit_panics *panics, struct eng_thread *thread)
{
	struct process_panics *pp = process_get(panics, eng_thread_process(thread));
	struct thread_panics *t = thread_find(pp, eng_thread_tid(thread));
	struct arch_regs regs;
	if (!t || !t->own || t->own->p.has_message || !t->own->payload)
		return;
	struct error *err = eng_thread_regs(thread, &regs);
	unsigned sp = eng_process_arch(pp->process)->sp;
	/* Its frame, and the payload above it, are there as long as the stack has not shrunk past it. */
	if (!err && regs.value[sp] <= t->own->p.view.regs.value[sp])
		take_message(pp, t->own);
	error_destroy(err);
}

void jit_panic_begins(struct jit_panics *panics, struct eng_thread *t, const struct arch_regs *regs,
		      uint64_t payload, uint64_t vtable)
{
	(void)record_begin(process_get(panics, eng_thread_process(t)), t, regs, payload, vtable);
}

/* In a function that tells the hook, or one that only passes a caught panic on? */
static bool called_with_hook(struct eng_thread *t, const struct arch_regs *regs)
{
	struct eng_process *p = eng_thread_process(t);
	struct sym_symbol symbol;
	uint64_t from;
	if (!eng_read_u64(p, regs->value[eng_process_arch(p)->sp], &from))
		return true;
	struct eng_module *m = eng_module_at(p, from - 1);
	struct sym_module *symbols = m ? eng_module_symbols(p, m) : NULL;
	return !symbols || !sym_symbol_at(symbols, FILE_ADDR(from - 1 - m->bias), &symbol) ||
	       str_contains(symbol.linkage_name, STR_LIT("with_hook"));
}

bool jit_panic_stops(struct eng_thread *t, bool late)
{
	enum { FOURTH = 3, FIFTH, COUNT };
	struct arch_regs regs;
	uint64_t a[COUNT];
	if (!jit_thread_arguments(t, &regs, a, COUNT))
		return true;
	if (late)
		return called_with_hook(t, &regs);
	/* can_unwind, behind the location; before 1.81 there was the message between them. */
	return !((a[FOURTH] <= 1 ? a[FOURTH] : a[FIFTH]) & 1);
}

struct str jit_panic_text(struct eng_thread *t, struct arena *arena)
{
	struct arch_regs regs;
	uint64_t a[2], at;
	char *text = arena_alloc(arena, JIT_MAX_MESSAGE);
	if (!jit_thread_arguments(t, &regs, a, 2) || !a[0] || !a[1])
		return STR_EMPTY;
	struct eng_process *p = eng_thread_process(t);
	size_t len = jit_payload_text(p, jit_payload_type(p, a[1]), a[0], text, &at);
	return (struct str){ text, len == SIZE_MAX ? 0 : len };
}

size_t jit_panic_stacks(struct jit_panics *panics, struct eng_process *p)
{
	return process_get(panics, p)->stacks;
}

uint64_t jit_panic_count(struct jit_panics *panics, struct eng_process *p)
{
	return process_get(panics, p)->count;
}

struct jit_panics *jit_panics_create(struct eng_session *s)
{
	struct jit_panics *panics = xmalloc(sizeof *panics);
	panics->session = s;
	return panics;
}

void jit_panics_destroy(struct jit_panics *panics)
{
	if (!panics)
		return;
	for (size_t i = 0; i < panics->symbols_of.capacity; i++)
		if (panics->symbols_of.slots[i].used)
			free((void *)(uintptr_t)panics->symbols_of.slots[i].value);
	map_deinit(&panics->symbols_of);
	free(panics);
}
