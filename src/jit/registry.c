#include "jit/internal.h"

#include <stdlib.h>

enum { MAX_TROUBLES = 64, MAX_FUNCTION_PAGES = 1 << 16, PAGE = 4096 };

struct jit_registry {
	struct eng_session *session;
	VEC(struct jit_module_info *) infos;
	struct map info_of;    /* struct sym_module * → index in infos */
	uint64_t stop;         /* counts events */
	bool hooks_from_start; /* the kernel does not tell of new code */
};

static const char process_key; /* its address is the key */

/* ---- processes ---- */

static struct jit_store *store_create(void)
{
	struct jit_store *store = xmalloc(sizeof *store);
	store->references = 1;
	store->arena = ARENA_INIT;
	return store;
}

static void store_release(struct jit_store *store)
{
	if (--store->references > 0)
		return;
	arena_deinit(&store->arena);
	free(store);
}

/* What a record points at that is only its own; shared with its copies in forked children. */
struct jit_details {
	size_t references;
	struct jit_reloc *relocs;
	struct jit_trap *traps;
};

static void details_release(struct jit_details *details)
{
	if (!details || --details->references > 0)
		return;
	free(details->relocs);
	free(details->traps);
	free(details);
}

static void *copy_of(const void *bytes, size_t size)
{
	return size > 0 ? memcpy(xmalloc(size), bytes, size) : NULL;
}

static struct jit_details *details_of(const struct jit_function *f)
{
	if (f->reloc_count == 0 && f->trap_count == 0)
		return NULL;
	struct jit_details *details = xmalloc(sizeof *details);
	details->references = 1;
	details->relocs = copy_of(f->relocs, f->reloc_count * sizeof *f->relocs);
	details->traps = copy_of(f->traps, f->trap_count * sizeof *f->traps);
	return details;
}

static struct jit_record *record_of(struct jit_function *f)
{
	return (struct jit_record *)f;
}

static void record_destroy(struct jit_function *f)
{
	details_release(record_of(f)->details);
	free(record_of(f));
}

static void process_destroy(void *data)
{
	struct jit_process *jp = data;
	jit_history_deinit(&jp->history);
	jit_perf_deinit(&jp->perf);
	jit_cranelift_deinit(&jp->cranelift);
	jit_spans_deinit(&jp->live_spans);
	jit_spans_deinit(&jp->freed_spans);
	vec_for(&jp->functions, f)
		record_destroy(*f);
	vec_free(&jp->functions);
	vec_free(&jp->freed);
	vec_for(&jp->troubles, err)
		error_destroy(*err);
	vec_free(&jp->troubles);
	vec_free(&jp->modules);
	vec_for(&jp->inherited, store)
		store_release(*store);
	vec_free(&jp->inherited);
	store_release(jp->store);
	free(jp);
}

static bool is_live(const struct jit_function *f)
{
	return f->freed == SIZE_MAX;
}

/* Takes a reference of the details. */
static struct jit_function *record_add(struct jit_process *jp, const struct jit_function *f,
				       struct jit_details *details)
{
	struct jit_record *record = xmalloc(sizeof *record);
	record->f = *f;
	record->index = (uint32_t)jp->functions.count;
	record->details = details;
	record->f.relocs = details ? details->relocs : NULL;
	record->f.traps = details ? details->traps : NULL;
	vec_push(&jp->functions, &record->f);
	if (is_live(f))
		jit_spans_add(&jp->live_spans, f->start, f->end, record->index);
	return &record->f;
}

static void freed_add(struct jit_process *jp, struct jit_function *f)
{
	record_of(f)->freed_index = (uint32_t)jp->freed.count;
	jit_spans_add(&jp->freed_spans, f->start, f->end, record_of(f)->freed_index);
	vec_push(&jp->freed, f);
}

/* A forked child knows what its parent knew. Records are copied because they change (a function is freed
 * here and lives there), what they point at is shared. The perf map is the child's own, under its own
 * pid. */
static void *process_copy(void *data, struct eng_process *child)
{
	struct jit_process *from = data;
	struct jit_process *to = xmalloc(sizeof *to);
	to->registry = from->registry;
	to->process = child;
	to->store = store_create();
	vec_for(&from->inherited, store) {
		(*store)->references++;
		vec_push(&to->inherited, *store);
	}
	from->store->references++;
	vec_push(&to->inherited, from->store);
	to->module_serial = from->module_serial;
	vec_for(&from->functions, f) {
		struct jit_details *details = record_of(*f)->details;
		if (details)
			details->references++;
		(void)record_add(to, *f, details);
	}
	vec_for(&from->freed, f)
		freed_add(to, to->functions.data[record_of(*f)->index]);
	jit_history_init(&to->history, to);
	jit_history_copy(&to->history, &from->history);
	jit_cranelift_copy(&to->cranelift, &from->cranelift);
	vec_for(&from->troubles, err)
		vec_push(&to->troubles, error_copy(*err));
	vec_for(&from->modules, mapped)
		vec_push(&to->modules, *mapped);
	return to;
}

uint64_t jit_registry_stop(const struct jit_registry *r)
{
	return r->stop;
}

struct jit_process *jit_process_get(struct jit_registry *r, struct eng_process *p)
{
	struct jit_process *jp = eng_process_data(p, &process_key);
	if (jp)
		return jp;
	jp = xmalloc(sizeof *jp);
	jp->registry = r;
	jp->process = p;
	jp->store = store_create();
	jit_history_init(&jp->history, jp);
	jit_cranelift_init(&jp->cranelift);
	eng_process_attach_data(p, &process_key, jp, process_destroy, process_copy);
	return jp;
}

void jit_trouble(struct jit_process *jp, struct error *err)
{
	if (!err)
		return;
	/* A process that ends under our hands is no trouble. */
	bool keep = err->code != ERROR_GONE && jp->troubles.count < MAX_TROUBLES;
	vec_for(&jp->troubles, known)
		keep = keep && strcmp((*known)->message, err->message) != 0;
	LOG("jit", "process %u: %s", eng_process_number(jp->process), err->message);
	if (keep)
		vec_push(&jp->troubles, err);
	else
		error_destroy(err);
}

/* ---- functions ---- */

struct jit_function *jit_function_add(struct jit_process *jp, const struct jit_function *f)
{
	struct jit_function *record = record_add(jp, f, details_of(f));
	if (!is_live(f))
		freed_add(jp, record);
	return record;
}

/* Drops the records that are marked, by their index in functions; indexes all others anew, by whether they
 * are live now. */
static void drop_records(struct jit_process *jp, const bool *drop)
{
	size_t kept = 0, freed = 0;
	jit_spans_deinit(&jp->live_spans);
	jit_spans_deinit(&jp->freed_spans);
	vec_for(&jp->freed, f)
		if (!drop[record_of(*f)->index] && !is_live(*f))
			jp->freed.data[freed++] = *f;
	jp->freed.count = 0;
	for (size_t i = 0; i < freed; i++)
		freed_add(jp, jp->freed.data[i]);
	for (size_t i = 0; i < jp->functions.count; i++) {
		struct jit_function *f = jp->functions.data[i];
		if (drop[i]) {
			record_destroy(f);
			continue;
		}
		record_of(f)->index = (uint32_t)kept;
		jp->functions.data[kept] = f;
		if (is_live(f))
			jit_spans_add(&jp->live_spans, f->start, f->end, (uint32_t)kept);
		kept++;
	}
	jp->functions.count = kept;
}

void jit_functions_revive(struct jit_process *jp, size_t first, size_t last)
{
	bool any = false;
	vec_for(&jp->freed, f) {
		if ((*f)->freed < first || (*f)->freed >= last || jit_function_starting_at(jp, (*f)->start))
			continue;
		(*f)->freed = SIZE_MAX;
		any = true;
	}
	if (!any)
		return;
	bool *drop = xmalloc(jp->functions.count);
	drop_records(jp, drop);
	free(drop);
}

void jit_functions_renumber(struct jit_process *jp, const uint32_t *renumber, size_t count)
{
	bool *drop = xmalloc(jp->functions.count + 1), any = false;
	for (size_t i = 0; i < jp->functions.count; i++) {
		struct jit_function *f = jp->functions.data[i];
		if (f->made < count)
			f->made = renumber[f->made] == UINT32_MAX ? SIZE_MAX : renumber[f->made];
		if (f->freed >= count)
			continue;
		drop[i] = renumber[f->freed] == UINT32_MAX;
		any = any || drop[i];
		f->freed = renumber[f->freed];
	}
	if (any)
		drop_records(jp, drop);
	free(drop);
}

static void drop_oldest_freed(struct jit_process *jp)
{
	jit_trouble(jp, error_new(ERROR_LIMIT,
				  "more than %d functions were freed: the oldest of them are forgotten",
				  JIT_MAX_FREED));
	bool *drop = xmalloc(jp->functions.count);
	for (size_t i = 0; i < jp->freed.count / 2; i++)
		drop[record_of(jp->freed.data[i])->index] = true;
	drop_records(jp, drop);
	free(drop);
}

void jit_function_freed(struct jit_process *jp, struct jit_function *f, size_t freed)
{
	if (jp->freed.count >= JIT_MAX_FREED)
		drop_oldest_freed(jp);
	jit_spans_remove(&jp->live_spans, f->start, f->end, record_of(f)->index);
	f->freed = freed;
	freed_add(jp, f);
}

struct jit_function *jit_function_starting_at(struct jit_process *jp, uint64_t addr)
{
	struct jit_spans_iter it = jit_spans_at(&jp->live_spans, addr);
	for (uint32_t id; jit_spans_next(&it, &id);)
		if (jp->functions.data[id]->start == addr)
			return jp->functions.data[id];
	return NULL;
}

static bool starts_in(const struct jit_function *f, uint64_t start, uint64_t end)
{
	return is_live(f) && f->start >= start && f->start < end;
}

void jit_functions_freed(struct jit_process *jp, uint64_t start, uint64_t end, size_t freed)
{
	uint64_t first = start / PAGE, last = (end - 1) / PAGE;
	if (end <= start)
		return;
	VEC(struct jit_function *) gone = { 0 };
	if (last - first >= MAX_FUNCTION_PAGES) {
		vec_for(&jp->functions, f)
			if (starts_in(*f, start, end))
				vec_push(&gone, *f);
	} else {
		for (uint64_t page = first; page <= last; page++) {
			struct jit_spans_iter it = jit_spans_at(&jp->live_spans, page * PAGE);
			for (uint32_t id; jit_spans_next(&it, &id);) {
				struct jit_function *f = jp->functions.data[id];
				/* Once, though it may touch several pages. */
				if (starts_in(f, start, end) && f->start / PAGE == page)
					vec_push(&gone, f);
			}
		}
	}
	vec_for(&gone, f)
		jit_function_freed(jp, *f, freed);
	vec_free(&gone);
}

const struct jit_function *jit_function_at(struct jit_registry *r, struct eng_process *p, uint64_t addr)
{
	struct jit_process *jp = jit_process_get(r, p);
	struct jit_spans_iter it = jit_spans_at(&jp->live_spans, addr);
	for (uint32_t id; jit_spans_next(&it, &id);) {
		const struct jit_function *f = jp->functions.data[id];
		if (addr >= f->start && addr < f->end)
			return f;
	}
	struct target_mapping mapping;
	if (!jit_history_live_at(&jp->history, addr, NULL) && !jit_code_mapping_at(r, p, addr, &mapping))
		return NULL;
	jit_perf_refresh(jp);
	return jit_perf_at(jp, addr, SIZE_MAX);
}

size_t jit_freed_at(struct jit_registry *r, struct eng_process *p, uint64_t addr,
		    const struct jit_function **ret, size_t limit)
{
	struct jit_process *jp = jit_process_get(r, p);
	struct jit_spans_iter it = jit_spans_at(&jp->freed_spans, addr);
	size_t count = 0;
	for (uint32_t id; count < limit && jit_spans_next(&it, &id);) {
		const struct jit_function *f = jp->freed.data[id];
		if (addr >= f->start && addr < f->end)
			ret[count++] = f;
	}
	if (count > 0 || limit == 0)
		return count;
	/* A perf map says nothing of an end; the history does. */
	const struct jit_history_event *events;
	size_t event_count = jit_history_events(&jp->history, &events);
	size_t last = jit_history_index_at(&jp->history, addr);
	if (last >= event_count ||
	    (events[last].kind != JIT_HISTORY_FREED && events[last].kind != JIT_HISTORY_GONE))
		return 0;
	jit_perf_refresh(jp);
	ret[0] = jit_perf_at(jp, addr, last);
	return ret[0] != NULL;
}

const struct jit_function *jit_function_by_name(struct jit_registry *r, struct eng_process *p,
						struct str name)
{
	struct jit_process *jp = jit_process_get(r, p);
	const struct jit_function *best = NULL;
	vec_for(&jp->functions, f) {
		if (str_eq((*f)->name, name) && (!best || is_live(*f) || !is_live(best)))
			best = *f;
	}
	if (best)
		return best;
	jit_perf_refresh(jp);
	return jit_perf_by_name(jp, name);
}

size_t jit_functions(struct jit_registry *r, struct eng_process *p, const struct jit_function *const **ret)
{
	struct jit_process *jp = jit_process_get(r, p);
	*ret = (const struct jit_function *const *)jp->functions.data;
	return jp->functions.count;
}

bool jit_code_mapping_at(struct jit_registry *r, struct eng_process *p, uint64_t addr,
			 struct target_mapping *ret)
{
	(void)r;
	const struct target_mapping *m = eng_mapping_at(p, addr);
	if (!m || !jit_is_code_mapping(m))
		return false;
	*ret = *m;
	return true;
}

size_t jit_troubles(struct jit_registry *r, struct eng_process *p, const struct error *const **ret)
{
	struct jit_process *jp = jit_process_get(r, p);
	*ret = (const struct error *const *)jp->troubles.data;
	return jp->troubles.count;
}

struct jit_history *jit_history_of(struct jit_registry *r, struct eng_process *p)
{
	return &jit_process_get(r, p)->history;
}

void jit_registry_refresh(struct jit_registry *r, struct eng_process *p)
{
	struct jit_process *jp = jit_process_get(r, p);
	r->stop++; /* whatever was looked at since the event was perhaps too early */
	jit_history_reconcile(&jp->history);
	jit_perf_refresh(jp);
}

/* What the unwinder asks. */
static bool code_at(void *ctx, struct eng_process *p, uint64_t pc, struct unwind_code *ret)
{
	struct jit_registry *r = ctx;
	const struct jit_function *f = jit_function_at(r, p, pc);
	if (f) {
		*ret = (struct unwind_code){
			.kind = UNWIND_CODE_JIT,
			.start = f->start,
			.end = f->end,
			.frame_pointer = f->frame_pointer,
		};
		return true;
	}
	struct jit_range range;
	struct target_mapping mapping;
	if (jit_history_live_at(&jit_process_get(r, p)->history, pc, &range))
		*ret = (struct unwind_code){ .kind = UNWIND_CODE_ANON,
					     .start = range.start,
					     .end = range.end };
	else if (jit_code_mapping_at(r, p, pc, &mapping))
		*ret = (struct unwind_code){ .kind = UNWIND_CODE_ANON,
					     .start = mapping.start,
					     .end = mapping.end };
	else
		return false;
	return true;
}

/* ---- modules ---- */

static struct jit_module_info *info_of(struct jit_registry *r, struct sym_module *symbols, bool is_main)
{
	uint64_t index;
	if (map_get(&r->info_of, (uint64_t)(uintptr_t)symbols, &index))
		return r->infos.data[index];
	struct jit_module_info *info = xmalloc(sizeof *info);
	info->symbols = symbols;
	jit_cranelift_find(info);
	jit_history_find(info, is_main);
	map_set(&r->info_of, (uint64_t)(uintptr_t)symbols, r->infos.count);
	vec_push(&r->infos, info);
	return info;
}

static bool is_same(const struct jit_mapped_module *mapped, const struct eng_module *m)
{
	return mapped->start == m->start && mapped->path_hash == str_hash(str_from(m->path));
}

static bool is_mapped(struct eng_module *const *modules, size_t count,
		      const struct jit_mapped_module *mapped)
{
	for (size_t i = 0; i < count; i++)
		if (is_same(mapped, modules[i]))
			return true;
	return false;
}

static void modules_changed(struct jit_process *jp)
{
	struct eng_module *const *modules;
	size_t count = eng_modules(jp->process, &modules);
	for (size_t i = jp->modules.count; i-- > 0;)
		if (!is_mapped(modules, count, &jp->modules.data[i]))
			vec_remove(&jp->modules, i);
	for (size_t i = 0; i < count; i++) {
		struct eng_module *m = modules[i];
		bool known = m->is_vdso;
		vec_for(&jp->modules, mapped)
			known = known || is_same(mapped, m);
		if (known)
			continue;
		struct jit_mapped_module mapped = {
			.start = m->start,
			.path_hash = str_hash(str_from(m->path)),
			.bias = m->bias,
			.is_main = m->is_main,
		};
		struct sym_module *symbols = eng_module_symbols(jp->process, m);
		if (symbols) {
			mapped.info = info_of(jp->registry, symbols, m->is_main);
			jit_cranelift_plant(jp, mapped.info, m->bias);
		}
		vec_push(&jp->modules, mapped);
	}
}

/* Children inherit the watch, and the hooks. */
static void watch(struct jit_registry *r, struct jit_process *jp)
{
	struct eng_process *p = jp->process;
	struct target *target = eng_target(r->session);
	if (!eng_process_parent(p) && !r->hooks_from_start) {
		struct error *err =
			target->ops->watch_code
				? target->ops->watch_code(target, eng_process_pid(p))
				: error_new(ERROR_UNSUPPORTED, "%s: no watch", target->ops->name);
		r->hooks_from_start = err != NULL;
		if (err)
			LOG("jit", "hooks from the start: %s", err->message);
		error_destroy(err);
	}
	if (r->hooks_from_start)
		jit_history_plant(&jp->history);
}

void jit_registry_event(struct jit_registry *r, const struct eng_event *event)
{
	r->stop++;
	if (event->kind == ENG_EVENT_MODULES) {
		struct jit_process *jp = jit_process_get(r, event->process);
		bool first = jp->modules.count == 0;
		modules_changed(jp);
		if (first)
			watch(r, jp);
	} else if (event->kind == ENG_EVENT_CODE_MAPPED) {
		jit_history_appeared(&jit_process_get(r, event->process)->history, event->range.start,
				     event->range.end);
	}
}

/* ---- the registry ---- */

struct jit_registry *jit_registry_create(struct eng_session *s)
{
	struct jit_registry *r = xmalloc(sizeof *r);
	r->session = s;
	eng_set_code_source(s, &(struct eng_code_source){ .ctx = r, .code = code_at });
	return r;
}

void jit_registry_destroy(struct jit_registry *r)
{
	if (!r)
		return;
	eng_set_code_source(r->session, NULL);
	vec_for(&r->infos, info) {
		free((*info)->layout);
		free((*info)->context);
		error_destroy((*info)->trouble);
		error_destroy((*info)->context_trouble);
		free(*info);
	}
	vec_free(&r->infos);
	map_deinit(&r->info_of);
	free(r);
}
