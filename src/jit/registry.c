#include "jit/internal.h"

#include <stdlib.h>

enum { MAX_TROUBLES = 64, MAX_FREED = 64, MAX_FUNCTION_PAGES = 1 << 16, PAGE = 4096 };

struct jit_registry {
	struct eng_session *session;
	VEC(struct jit_module_info *) infos;
	struct map info_of;    /* struct sym_module * → index in infos */
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

static void process_destroy(void *data)
{
	struct jit_process *jp = data;
	jit_history_deinit(&jp->history);
	jit_perf_deinit(&jp->perf);
	jit_cranelift_deinit(&jp->cranelift);
	jit_spans_deinit(&jp->spans);
	vec_free(&jp->functions);
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
	vec_for(&from->functions, f)
		(void)jit_function_add(to, *f);
	jit_history_init(&to->history, to);
	jit_history_copy(&to->history, &from->history);
	jit_cranelift_copy(&to->cranelift, &from->cranelift);
	vec_for(&from->troubles, err)
		vec_push(&to->troubles, error_copy(*err));
	vec_for(&from->modules, mapped)
		vec_push(&to->modules, *mapped);
	return to;
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
	struct jit_function *copy = arena_copy(jit_arena(jp), f, sizeof *f);
	jit_spans_add(&jp->spans, f->start, f->end, (uint32_t)jp->functions.count);
	vec_push(&jp->functions, copy);
	return copy;
}

static bool is_live(const struct jit_function *f)
{
	return f->freed == SIZE_MAX;
}

struct jit_function *jit_function_starting_at(struct jit_process *jp, uint64_t addr)
{
	struct jit_spans_iter it = jit_spans_at(&jp->spans, addr);
	for (uint32_t id; jit_spans_next(&it, &id);) {
		struct jit_function *f = jp->functions.data[id];
		if (f->start == addr && is_live(f))
			return f;
	}
	return NULL;
}

static void freed_one(struct jit_function *f, uint64_t start, uint64_t end, size_t freed)
{
	if (is_live(f) && f->start >= start && f->start < end)
		f->freed = freed;
}

void jit_functions_freed(struct jit_process *jp, uint64_t start, uint64_t end, size_t freed)
{
	uint64_t first = start / PAGE, last = (end - 1) / PAGE;
	if (end <= start)
		return;
	if (last - first >= MAX_FUNCTION_PAGES) {
		vec_for(&jp->functions, f)
			freed_one(*f, start, end, freed);
		return;
	}
	for (uint64_t page = first; page <= last; page++) {
		struct jit_spans_iter it = jit_spans_at(&jp->spans, page * PAGE);
		for (uint32_t id; jit_spans_next(&it, &id);)
			freed_one(jp->functions.data[id], start, end, freed);
	}
}

const struct jit_function *jit_function_at(struct jit_registry *r, struct eng_process *p, uint64_t addr)
{
	struct jit_process *jp = jit_process_get(r, p);
	struct jit_spans_iter it = jit_spans_at(&jp->spans, addr);
	for (uint32_t id; jit_spans_next(&it, &id);) {
		const struct jit_function *f = jp->functions.data[id];
		if (is_live(f) && addr >= f->start && addr < f->end)
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
	struct jit_spans_iter it = jit_spans_at(&jp->spans, addr);
	size_t count = 0;
	for (uint32_t id; count < limit && jit_spans_next(&it, &id);) {
		const struct jit_function *f = jp->functions.data[id];
		if (!is_live(f) && addr >= f->start && addr < f->end)
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
