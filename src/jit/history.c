#include "jit/internal.h"

#include <stdlib.h>

enum {
	PAGE_SHIFT = 12,
	WIDE_PAGES = 4096,
	MAX_COPIES = 64 << 20, /* bytes of code kept per process */
};

static uint64_t page_down(uint64_t addr)
{
	return addr >> PAGE_SHIFT << PAGE_SHIFT;
}

static uint64_t page_up(uint64_t addr)
{
	uint64_t up = page_down(addr + ((1 << PAGE_SHIFT) - 1));
	return up < addr ? page_down(UINT64_MAX) : up;
}

/* ---- the executable ranges that are there now ---- */

/* Index of the first live range that ends behind addr. */
static size_t live_from(const struct jit_history *h, uint64_t addr)
{
	size_t low = 0, high = h->live.count;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (h->live.data[mid].end <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool live_overlaps(const struct jit_history *h, uint64_t start, uint64_t end)
{
	if (start >= end)
		return false; /* an empty range inside a live one overlaps nothing */
	size_t i = live_from(h, start);
	return i < h->live.count && h->live.data[i].start < end;
}

bool jit_history_live_at(const struct jit_history *h, uint64_t addr, struct jit_range *ret)
{
	size_t i = live_from(h, addr);
	if (i == h->live.count || h->live.data[i].start > addr)
		return false;
	if (ret)
		*ret = h->live.data[i];
	return true;
}

static void live_insert(struct jit_history *h, size_t at, struct jit_range range)
{
	vec_push(&h->live, range);
	memmove(&h->live.data[at + 1], &h->live.data[at], (h->live.count - 1 - at) * sizeof range);
	h->live.data[at] = range;
}

static void live_add(struct jit_history *h, uint64_t start, uint64_t end)
{
	size_t first = live_from(h, start);
	/* One that ends where this begins is joined too: many small mappings side by side are one
	 * range. */
	if (first > 0 && h->live.data[first - 1].end == start)
		first--;
	size_t last = first;
	struct jit_range joined = { start, end };
	for (; last < h->live.count && h->live.data[last].start <= end; last++) {
		joined.start = h->live.data[last].start < joined.start ? h->live.data[last].start
								       : joined.start;
		joined.end = h->live.data[last].end > joined.end ? h->live.data[last].end : joined.end;
	}
	if (last == first) {
		live_insert(h, first, joined);
		return;
	}
	h->live.data[first] = joined;
	memmove(&h->live.data[first + 1], &h->live.data[last], (h->live.count - last) * sizeof joined);
	h->live.count -= last - first - 1;
}

static void live_remove(struct jit_history *h, uint64_t start, uint64_t end)
{
	for (size_t i = live_from(h, start); i < h->live.count && h->live.data[i].start < end;) {
		struct jit_range old = h->live.data[i];
		if (old.start < start && old.end > end) {
			h->live.data[i].end = start;
			live_insert(h, i + 1, (struct jit_range){ end, old.end });
			return;
		}
		if (old.start < start)
			h->live.data[i++].end = start;
		else if (old.end > end)
			h->live.data[i++].start = end;
		else
			vec_remove(&h->live, i);
	}
}

/* ---- events ---- */

void jit_history_init(struct jit_history *h, struct jit_process *owner)
{
	h->owner = owner;
	h->holders = xmalloc(sizeof *h->holders);
	*h->holders = 1;
}

void jit_history_deinit(struct jit_history *h)
{
	if (--*h->holders == 0) {
		vec_free(&h->events);
		map_deinit(&h->pages);
		vec_free(&h->wide);
		free(h->holders);
	}
	vec_free(&h->live);
	vec_for(&h->pending, call)
		vec_free(&call->taken);
	vec_free(&h->pending);
	free(h->incomplete);
}

void jit_history_copy(struct jit_history *to, struct jit_history *from)
{
	free(to->holders); /* nothing was recorded in it */
	to->holders = from->holders;
	++*to->holders;
	memcpy(&to->events, &from->events, sizeof to->events);
	to->pages = from->pages;
	memcpy(&to->wide, &from->wide, sizeof to->wide);
	vec_for(&from->live, range)
		vec_push(&to->live, *range);
	to->copied = from->copied;
	to->planted = from->planted;
	to->incomplete = from->incomplete ? xstrdup(from->incomplete) : NULL;
}

/* Most children exec at once and never need a copy. */
static void own_records(struct jit_history *h)
{
	if (*h->holders == 1)
		return;
	--*h->holders;
	struct jit_history shared = *h;
	jit_history_init(h, h->owner);
	memset(&h->events, 0, sizeof h->events);
	memset(&h->wide, 0, sizeof h->wide);
	h->pages = (struct map){ 0 };
	vec_reserve(&h->events, shared.events.count + 1);
	vec_for(&shared.events, e)
		vec_push(&h->events, *e);
	for (size_t i = 0; i < shared.pages.capacity; i++)
		if (shared.pages.slots[i].used)
			map_set(&h->pages, shared.pages.slots[i].key, shared.pages.slots[i].value);
	vec_for(&shared.wide, w)
		vec_push(&h->wide, *w);
}

static void incomplete(struct jit_history *h, struct error *why)
{
	if (!h->incomplete)
		h->incomplete = xstrdup(why->message);
	jit_trouble(h->owner, why);
}

/* Nearly always at once, where jit_history_last looks through all. */
static const struct jit_history_event *event_at(const struct jit_history *h, uint64_t addr)
{
	uint64_t index = SIZE_MAX;
	bool found = map_get(&h->pages, addr >> PAGE_SHIFT, &index);
	for (size_t i = h->wide.count; i-- > 0;) {
		const struct jit_history_event *e = &h->events.data[h->wide.data[i]];
		if (found && h->wide.data[i] < index)
			break;
		if (addr >= e->start && addr < e->end)
			return e;
	}
	return found ? &h->events.data[index] : NULL;
}

uint8_t *jit_history_reserve(struct jit_history *h, size_t size)
{
	if (size > MAX_COPIES - h->copied) {
		incomplete(h, error_new(ERROR_LIMIT, "more than %d MiB of code: no further copies are kept",
					MAX_COPIES >> 20));
		return NULL;
	}
	h->copied += size;
	return arena_alloc(jit_arena(h->owner), size);
}

/* Keeps the bytes of [start, end) that can be read from the front. An earlier copy of the same bytes is
 * used again. */
static void take_copy(struct jit_history *h, struct jit_history_event *event,
		      const struct jit_history_event *earlier)
{
	size_t size = event->end - event->start;
	event->code_start = event->start;
	if (size > MAX_COPIES) {
		incomplete(h, error_new(ERROR_LIMIT, "code of %zu MiB at once is not copied (limit %d MiB)",
					size >> 20, MAX_COPIES >> 20));
		return;
	}
	uint8_t *bytes = xmalloc(size);
	size_t have = eng_read(h->owner->process,
			       RUN_ADDR(eng_process_number(h->owner->process), event->start), bytes, size);
	bool same = earlier && earlier->code && earlier->code_start <= event->start &&
		    earlier->code_start + earlier->code_size >= event->start + have &&
		    memcmp(earlier->code + (event->start - earlier->code_start), bytes, have) == 0;
	if (same) {
		event->code = earlier->code + (event->start - earlier->code_start);
		event->code_size = have;
	} else if (have > 0) {
		uint8_t *kept = jit_history_reserve(h, have);
		if (kept) {
			memcpy(kept, bytes, have);
			event->code = kept;
			event->code_size = have;
		}
	}
	free(bytes);
}

static void backtrace(struct jit_history_event *event, struct eng_thread *t)
{
	struct eng_view view;
	event->tid = eng_thread_tid(t);
	event->thread = eng_thread_number(t);
	struct error *err = eng_view_of_thread(t, &view);
	if (!err)
		event->pc_count = eng_backtrace_pcs(&view, event->pcs, JIT_HISTORY_FRAMES);
	error_destroy(err);
}

static void index_event(struct jit_history *h, size_t index)
{
	const struct jit_history_event *e = &h->events.data[index];
	if ((e->end - e->start) >> PAGE_SHIFT >= WIDE_PAGES)
		vec_push(&h->wide, (uint32_t)index);
	else
		for (uint64_t page = e->start >> PAGE_SHIFT; page <= (e->end - 1) >> PAGE_SHIFT; page++)
			map_set(&h->pages, page, index);
}

/* Where the first event that is kept from `index` on is now. */
static size_t renumbered(const uint32_t *renumber, size_t count, size_t kept, size_t index)
{
	while (index < count && renumber[index] == UINT32_MAX)
		index++;
	return index < count ? renumber[index] : kept;
}

/* Drops the events that are marked and gives all others new indexes. */
static void drop_events(struct jit_history *h, const bool *drop)
{
	own_records(h);
	size_t count = h->events.count, kept = 0;
	uint32_t *renumber = xmalloc(count * sizeof *renumber);
	for (size_t i = 0; i < count; i++) {
		renumber[i] = drop[i] ? UINT32_MAX : (uint32_t)kept;
		if (!drop[i])
			h->events.data[kept++] = h->events.data[i];
	}
	h->events.count = kept;
	map_deinit(&h->pages);
	h->wide.count = 0;
	for (size_t i = 0; i < kept; i++)
		index_event(h, i);
	vec_for(&h->pending, call) {
		call->first = renumbered(renumber, count, kept, call->first);
		call->last = renumbered(renumber, count, kept, call->last);
	}
	jit_functions_renumber(h->owner, renumber, count);
	free(renumber);
}

/* The older half goes, but for what tells of code that is still there, unless that is most of it. */
static void drop_oldest_events(struct jit_history *h)
{
	size_t half = h->events.count / 2, kept = 0;
	incomplete(h, error_new(ERROR_LIMIT,
				"more than %d changes of executable memory: the oldest are forgotten",
				JIT_MAX_EVENTS));
	bool *drop = xmalloc(h->events.count);
	for (size_t i = 0; i < half; i++) {
		const struct jit_history_event *e = &h->events.data[i];
		drop[i] = event_at(h, e->start) != e || !jit_history_live_at(h, e->start, NULL);
		kept += !drop[i];
	}
	if (kept > half / 2)
		memset(drop, true, half);
	drop_events(h, drop);
	free(drop);
}

size_t jit_history_add(struct jit_history *h, enum jit_history_kind kind, uint64_t start, uint64_t end,
		       struct eng_thread *t, const char *call, bool copy)
{
	if (end <= start)
		return SIZE_MAX;
	own_records(h);
	if (h->events.count >= JIT_MAX_EVENTS)
		drop_oldest_events(h);
	struct jit_history_event event = { .kind = kind, .start = start, .end = end, .call = call };
	const struct jit_history_event *earlier = event_at(h, start);
	if (copy)
		take_copy(h, &event, earlier);
	if (t)
		backtrace(&event, t);
	size_t index = h->events.count;
	vec_push(&h->events, event);
	index_event(h, index);
	LOG("jit", "history: kind %d %#lx-%#lx by %s, %zu bytes, %zu frames", (int)kind,
	    (unsigned long)start, (unsigned long)end, call ? call : "nobody seen", event.code_size,
	    event.pc_count);
	return index;
}

/* The live parts of [start, end) end, or change: an event for each, functions are freed with it. Those
 * whose freeing was recorded already by the function that means it (free_memory) are only taken off the
 * list. */
static void live_ends(struct jit_history *h, enum jit_history_kind kind, uint64_t start, uint64_t end,
		      struct eng_thread *t, const char *call)
{
	for (size_t i = live_from(h, start); i < h->live.count && h->live.data[i].start < end; i++) {
		uint64_t low = h->live.data[i].start > start ? h->live.data[i].start : start;
		uint64_t high = h->live.data[i].end < end ? h->live.data[i].end : end;
		const struct jit_history_event *last = event_at(h, low);
		if (last && last->kind == JIT_HISTORY_FREED && last->start <= low && last->end >= high)
			continue;
		size_t index = jit_history_add(h, kind, low, high, t, call, kind != JIT_HISTORY_GONE);
		if (kind != JIT_HISTORY_CHANGED && index != SIZE_MAX)
			jit_functions_freed(h->owner, low, high, index);
	}
	live_remove(h, start, end);
}

static void live_begins(struct jit_history *h, enum jit_history_kind kind, uint64_t start, uint64_t end,
			struct eng_thread *t, const char *call, bool copy)
{
	(void)jit_history_add(h, kind, start, end, t, call, copy);
	live_add(h, start, end);
}

/* ---- the memory map ---- */

bool jit_is_code_mapping(const struct target_mapping *m)
{
	if (!(m->flags & TARGET_EXEC))
		return false;
	if (m->inode == 0)
		return !str_is(m->name, "[vdso]") && !str_is(m->name, "[vsyscall]");
	/* Files that are only memory. */
	return str_starts(m->name, STR_LIT("/memfd:")) || str_is(m->name, "/dev/zero (deleted)") ||
	       str_starts(m->name, STR_LIT("/SYSV"));
}

/* Recorded as freed at the entry of the function that means to (free_memory), the pages may still be there for a moment; and news of their
 * making may come after that. */
static bool is_being_freed(const struct jit_history *h, uint64_t start, uint64_t end)
{
	const struct jit_history_event *last = event_at(h, start);
	return last && last->kind == JIT_HISTORY_FREED && last->start <= start && last->end >= end &&
	       last->call && strcmp(last->call, "munmap") != 0 && strcmp(last->call, "mmap") != 0;
}

/* What of [start, end) is executable now and not known as such. */
static void add_unknown(struct jit_history *h, enum jit_history_kind kind, uint64_t start, uint64_t end)
{
	for (uint64_t at = start; at < end;) {
		size_t i = live_from(h, at);
		uint64_t live_start = i < h->live.count ? h->live.data[i].start : UINT64_MAX;
		if (live_start > at) {
			uint64_t stop = live_start < end ? live_start : end;
			if (!is_being_freed(h, at, stop))
				live_begins(h, kind, at, stop, NULL, NULL, true);
			at = stop;
		} else {
			at = h->live.data[i].end;
		}
	}
}

static void scan(struct jit_history *h, enum jit_history_kind kind, const struct target_mappings *maps,
		 uint64_t start, uint64_t end)
{
	for (size_t i = 0; i < maps->count; i++) {
		const struct target_mapping *m = &maps->data[i];
		if (jit_is_code_mapping(m) && m->start < end && m->end > start)
			add_unknown(h, kind, m->start > start ? m->start : start,
				    m->end < end ? m->end : end);
	}
}

static const struct target_mappings *read_map(struct jit_history *h)
{
	const struct target_mappings *maps = NULL;
	jit_trouble(h->owner, eng_mappings(h->owner->process, &maps));
	return maps;
}

/* A thread may still stand at the call that was recorded: the stop was at its first instruction. */
static bool is_under_way(const struct jit_history *h, const struct jit_history_event *e)
{
	enum { CALL_BYTES = 64 };
	struct eng_thread *const *threads;
	size_t count = eng_threads(h->owner->process, &threads);
	uint16_t pc = eng_process_arch(h->owner->process)->pc;
	for (size_t i = 0; i < count && e->pc_count > 0; i++) {
		struct arch_regs regs;
		if (eng_thread_tid(threads[i]) != e->tid)
			continue;
		struct error *err = eng_thread_stopped(threads[i]) ? eng_thread_regs(threads[i], &regs)
								   : NULL;
		bool here = !eng_thread_stopped(threads[i]) ||
			    (!err && regs.value[pc] - e->pcs[0] < CALL_BYTES);
		error_destroy(err);
		return here;
	}
	return false;
}

/* What is no longer executable in [start, end), where no code mapping is. */
static void find_gone(struct jit_history *h, uint64_t start, uint64_t end)
{
	while (live_overlaps(h, start, end)) {
		struct jit_range range = h->live.data[live_from(h, start)];
		uint64_t low = range.start > start ? range.start : start,
			 high = range.end < end ? range.end : end;
		/* Neighbours that came one by one go one by one. */
		const struct jit_history_event *last = event_at(h, low);
		if (last && last->start <= low && last->end > low && last->end < high)
			high = last->end;
		if (!last || !is_under_way(h, last))
			live_ends(h, JIT_HISTORY_GONE, low, high, NULL, NULL);
		start = high;
	}
}

void jit_history_reconcile(struct jit_history *h)
{
	const struct target_mappings *maps = read_map(h);
	if (!maps)
		return;
	uint64_t from = 0;
	for (size_t i = 0; i < maps->count; i++) {
		if (!jit_is_code_mapping(&maps->data[i]))
			continue;
		find_gone(h, from, maps->data[i].start);
		from = maps->data[i].end;
	}
	find_gone(h, from, UINT64_MAX);
	scan(h, JIT_HISTORY_SEEN, maps, 0, UINT64_MAX);
}

static void pending_remove_at(struct jit_history *h, size_t index)
{
	vec_free(&h->pending.data[index].taken);
	vec_remove(&h->pending, index);
}

static void pending_remove(struct jit_history *h, target_tid tid)
{
	for (size_t i = h->pending.count; i-- > 0;)
		if (h->pending.data[i].tid == tid)
			pending_remove_at(h, i);
}

/* The calls of threads that have ended meanwhile never return. */
static void pending_prune(struct jit_history *h)
{
	struct eng_thread *const *threads;
	size_t count = h->pending.count > 0 ? eng_threads(h->owner->process, &threads) : 0;
	for (size_t i = h->pending.count; i-- > 0;) {
		bool ended = true;
		for (size_t j = 0; j < count && ended; j++)
			ended = eng_thread_tid(threads[j]) != h->pending.data[i].tid;
		if (ended)
			pending_remove_at(h, i);
	}
}

/* Is a thread inside mmap for executable memory? */
static bool is_mapping(struct jit_history *h)
{
	pending_prune(h);
	vec_for(&h->pending, call)
		if (call->maps)
			return true;
	return false;
}

void jit_history_appeared(struct jit_history *h, uint64_t start, uint64_t end)
{
	/* The first code comes before the hooks: that the kernel told of it is all that could be known
	 * of its making. */
	enum jit_history_kind kind = h->planted ? JIT_HISTORY_SEEN : JIT_HISTORY_EXECUTABLE;
	jit_history_plant(h);
	struct jit_range known;
	/* Seen already; or the call that does it is being watched, and recorded with its backtrace when
	 * it returns. */
	if (is_mapping(h) || (jit_history_live_at(h, start, &known) && known.end >= end))
		return;
	const struct target_mappings *maps = read_map(h);
	start = page_down(start);
	end = page_up(end);
	/* An empty range: the kernel lost records. */
	if (maps)
		scan(h, kind, maps, start == end ? 0 : start, start == end ? UINT64_MAX : end);
	/* The news is late: nobody saw it, and it is gone already. */
	if (end > start && !live_overlaps(h, start, end) && !event_at(h, start) && !event_at(h, end - 1)) {
		(void)jit_history_add(h, kind, start, end, NULL, NULL, false);
		(void)jit_history_add(h, JIT_HISTORY_GONE, start, end, NULL, NULL, false);
	}
}

/* ---- the calls ---- */

enum { PROT_EXEC_ = 4, MAP_FIXED_ = 0x10, MAP_ANONYMOUS_ = 0x20 }; /* Linux, x86-64 and most others */

static struct jit_history *history_of_thread(struct eng_thread *t, void *user)
{
	return &jit_process_get(user, eng_thread_process(t))->history;
}

/* The kernel refused: what was recorded at the call's entry did not happen. */
static void take_back(struct jit_history *h, struct jit_pending_call *call)
{
	LOG("jit", "history: refused, %zu events are taken back", call->last - call->first);
	vec_for(&call->taken, range)
		live_add(h, range->start, range->end);
	if (call->last == call->first)
		return;
	jit_functions_revive(h->owner, call->first, call->last);
	bool *drop = xmalloc(h->events.count);
	memset(drop + call->first, true, call->last - call->first);
	drop_events(h, drop);
	free(drop);
}

/* What mmap, munmap and mprotect return. */
static bool call_result(struct eng_thread *t, uint64_t *ret)
{
	struct arch_regs regs;
	struct error *err = eng_thread_regs(t, &regs);
	struct arch_call call;
	const struct arch *arch = eng_process_arch(eng_thread_process(t));
	struct arch_shape word = {
		.size = 8, .align = 8, .count = 1, .scalars = { { .size = 8, .kind = ARCH_SCALAR_INT } }
	};
	arch->classify(ARCH_CC_SYSV, &word, NULL, 0, &call);
	bool known = !err && call.result.kind == ARCH_PLACE_REGS;
	if (known)
		*ret = regs.value[call.result.regs[0]];
	error_destroy(err);
	return known;
}

static void mapped(struct jit_history *h, struct eng_thread *t, uint64_t start)
{
	const struct target_mapping *m = eng_mapping_at(eng_thread_process(t), start);
	/* The new mapping may have grown together with a neighbour. */
	if (m && jit_is_code_mapping(m) && start + 4096 > start) {
		struct jit_range known;
		uint64_t end = m->end;
		size_t i = live_from(h, start);
		if (i < h->live.count && h->live.data[i].start < end &&
		    !jit_history_live_at(h, start, &known))
			end = h->live.data[i].start;
		live_begins(h, JIT_HISTORY_EXECUTABLE, start, end, t, "mmap", false);
	}
}

static void on_return(struct eng_thread *t, struct eng_hook *hook, void *user)
{
	(void)hook;
	struct jit_history *h = history_of_thread(t, user);
	uint64_t result;
	bool known = call_result(t, &result);
	for (size_t i = h->pending.count; i-- > 0;) {
		struct jit_pending_call *call = &h->pending.data[i];
		if (call->tid != eng_thread_tid(t))
			continue;
		/* -1 in an int; no page's address ends so. */
		bool refused = known && (uint32_t)result == UINT32_MAX, maps = call->maps;
		if (refused && call->ends)
			take_back(h, call);
		pending_remove_at(h, i);
		if (known && !refused && maps)
			mapped(h, t, result);
		return;
	}
}

/* A call begins whose return is of interest. kind: of the end of live code in [start, end), if there is
 * any. */
static void call_begins(struct jit_history *h, struct eng_thread *t, void *user, bool maps,
			enum jit_history_kind kind, uint64_t start, uint64_t end, const char *name)
{
	struct jit_pending_call call = {
		.tid = eng_thread_tid(t),
		.maps = maps,
		.ends = live_overlaps(h, start, end),
		.first = h->events.count,
		.last = h->events.count,
	};
	/* One that it left by longjmp. */
	pending_remove(h, call.tid);
	if (!call.maps && !call.ends)
		return;
	for (size_t i = live_from(h, start);
	     call.ends && i < h->live.count && h->live.data[i].start < end; i++) {
		struct jit_range range = h->live.data[i];
		range.start = range.start > start ? range.start : start;
		range.end = range.end < end ? range.end : end;
		vec_push(&call.taken, range);
	}
	vec_push(&h->pending, call);
	if (call.ends)
		live_ends(h, kind, start, end, t, name);
	h->pending.data[h->pending.count - 1].last = h->events.count;
	struct error *err = eng_hook_return(t, on_return, user);
	if (!err)
		return;
	/* That it succeeds is likely. */
	pending_remove(h, call.tid);
	if (maps)
		jit_trouble(h->owner, err);
	else
		error_destroy(err);
}

static void on_mprotect(struct eng_thread *t, struct eng_hook *hook, void *user)
{
	(void)hook;
	struct arch_regs regs;
	uint64_t a[3];
	if (!jit_thread_arguments(t, &regs, a, 3))
		return;
	struct jit_history *h = history_of_thread(t, user);
	uint64_t start = page_down(a[0]), end = page_up(a[0] + a[1]);
	if (end <= start)
		return;
	if (!(a[2] & PROT_EXEC_)) {
		call_begins(h, t, user, false, JIT_HISTORY_CHANGED, start, end, "mprotect");
		return;
	}
	/* A loader's text is a file's. */
	if (!eng_module_at(eng_thread_process(t), start))
		live_begins(h, JIT_HISTORY_EXECUTABLE, start, end, t, "mprotect", true);
}

static void on_munmap(struct eng_thread *t, struct eng_hook *hook, void *user)
{
	(void)hook;
	struct arch_regs regs;
	uint64_t a[2];
	if (!jit_thread_arguments(t, &regs, a, 2))
		return;
	struct jit_history *h = history_of_thread(t, user);
	uint64_t start = page_down(a[0]), end = page_up(a[0] + a[1]);
	call_begins(h, t, user, false, JIT_HISTORY_FREED, start, end, "munmap");
}

static void on_mmap(struct eng_thread *t, struct eng_hook *hook, void *user)
{
	(void)hook;
	struct arch_regs regs;
	uint64_t a[4];
	if (!jit_thread_arguments(t, &regs, a, 4))
		return;
	struct jit_history *h = history_of_thread(t, user);
	uint64_t start = page_down(a[0]), end = page_up(a[0] + a[1]);
	/* Of what it is mapped over. */
	bool ends = (a[3] & MAP_FIXED_) && end > start;
	call_begins(h, t, user, (a[2] & PROT_EXEC_) && (a[3] & MAP_ANONYMOUS_), JIT_HISTORY_FREED,
		    ends ? start : 0, ends ? end : 0, "mmap");
}

/* ---- planting ---- */

void jit_history_find(struct jit_module_info *info, bool is_main)
{
	static const struct {
		const char *name;
		enum jit_memory_call call;
	} names[] = {
		{ "mprotect", JIT_CALL_MPROTECT },   { "munmap", JIT_CALL_MUNMAP },
		{ "mmap", JIT_CALL_MMAP },           { "mmap64", JIT_CALL_MMAP },
		{ "__mprotect", JIT_CALL_MPROTECT }, { "__munmap", JIT_CALL_MUNMAP },
		{ "__mmap", JIT_CALL_MMAP },         { "pkey_mprotect", JIT_CALL_MPROTECT },
	};
	struct elf_file *elf = sym_module_elf(info->symbols);
	struct str soname = elf_soname(elf);
	/* glibc and musl; else a program that brings its own. */
	bool libc = str_starts(soname, STR_LIT("libc.")) || str_starts(soname, STR_LIT("ld-musl"));
	if (!libc && !(is_main && elf_interp(elf).len == 0))
		return;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct sym_symbol symbol;
		bool known = !sym_symbol_by_name(info->symbols, str_from(names[i].name), &symbol);
		for (size_t j = 0; j < info->memory_count && !known; j++)
			known = info->memory[j].addr.value == symbol.addr.value;
		if (!known)
			info->memory[info->memory_count++] =
				(struct jit_memory_symbol){ .addr = symbol.addr,
							    .call = (uint8_t)names[i].call };
	}
}

void jit_history_plant(struct jit_history *h)
{
	static eng_hook_fn *const functions[] = {
		[JIT_CALL_MMAP] = on_mmap,
		[JIT_CALL_MUNMAP] = on_munmap,
		[JIT_CALL_MPROTECT] = on_mprotect,
	};
	struct jit_process *jp = h->owner;
	if (h->planted)
		return;
	unsigned calls = 0;
	vec_for(&jp->modules, mapped) {
		const struct jit_module_info *info = mapped->info;
		for (size_t i = 0; info && i < info->memory_count; i++) {
			struct eng_hook *hook;
			uint64_t addr = info->memory[i].addr.value + mapped->bias;
			struct error *err =
				eng_hook_add(jp->process, RUN_ADDR(eng_process_number(jp->process), addr),
					     functions[info->memory[i].call], jp->registry, &hook);
			if (!err)
				calls |= 1U << info->memory[i].call;
			jit_trouble(jp, err);
		}
	}
	h->planted = true;
	const struct target_mappings *maps = read_map(h);
	if (maps)
		scan(h, JIT_HISTORY_EXECUTABLE, maps, 0, UINT64_MAX);
	if (calls != 7)
		incomplete(h, error_new(ERROR_NOT_FOUND,
					"no C library with symbols of mmap, munmap and mprotect: what the program does with "
					"executable memory is not recorded"));
}

/* ---- questions ---- */

size_t jit_history_index_at(const struct jit_history *h, uint64_t addr)
{
	const struct jit_history_event *e = event_at(h, addr);
	return e && addr >= e->start && addr < e->end ? (size_t)(e - h->events.data) : SIZE_MAX;
}

size_t jit_history_events(const struct jit_history *h, const struct jit_history_event **ret)
{
	*ret = h->events.data;
	return h->events.count;
}

const struct jit_history_event *jit_history_last(const struct jit_history *h, uint64_t addr)
{
	for (size_t i = h->events.count; i-- > 0;)
		if (addr >= h->events.data[i].start && addr < h->events.data[i].end)
			return &h->events.data[i];
	return NULL;
}

const uint8_t *jit_history_code(const struct jit_history *h, uint64_t addr, size_t *ret_size)
{
	for (size_t i = h->events.count; i-- > 0;) {
		const struct jit_history_event *e = &h->events.data[i];
		if (e->code && addr >= e->code_start && addr - e->code_start < e->code_size) {
			*ret_size = e->code_size - (addr - e->code_start);
			return e->code + (addr - e->code_start);
		}
	}
	return NULL;
}

bool jit_history_incomplete(const struct jit_history *h, const char **ret_why)
{
	if (!h->incomplete)
		return false;
	*ret_why = h->incomplete;
	return true;
}
