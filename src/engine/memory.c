/* Memory of a process: cached by page, without what we have planted in it. */
#include "engine/internal.h"

#include <stdlib.h>

/* A direct-mapped cache of 4 MiB at most; a miss reads ahead, because one system call for four pages costs little more than for one and
 * a walk up the stack wants them all. Big reads pass it by. */
enum { CACHE_PAGES = 1024, READ_AHEAD = 4, BIG_READ = 16 * ENG_PAGE };

struct eng_space *eng_space_create(void)
{
	struct eng_space *space = xmalloc(sizeof *space);
	space->refs = 1;
	space->generation = 1;
	return space;
}

void eng_space_free_cache(struct eng_space *space)
{
	for (size_t i = 0; space->pages && i < CACHE_PAGES; i++)
		free(space->pages[i]);
	free(space->pages);
	space->pages = NULL;
	space->mappings_valid = false;
	arena_deinit(&space->mappings_arena);
}

void eng_space_unref(struct eng_space *space)
{
	if (--space->refs > 0)
		return;
	eng_space_free_cache(space);
	vec_for(&space->traps, trap)
		free(*trap);
	vec_free(&space->traps);
	map_deinit(&space->removed);
	free(space);
}

void eng_space_invalidate(struct eng_space *space)
{
	space->generation++;
}

/* A target may give a part where pages of different kinds meet. */
static size_t read_parts(struct eng_process *p, uint64_t addr, void *buf, size_t size)
{
	struct target *t = p->session->target;
	size_t done = 0;
	while (done < size) {
		size_t got = 0;
		struct error *err = t->ops->read_memory(t, p->pid, addr + done, (char *)buf + done,
							size - done, &got);
		eng_ignore(err);
		if (err || got == 0)
			break;
		done += got;
	}
	return done;
}

bool eng_read_raw(struct eng_process *p, uint64_t addr, void *buf, size_t size)
{
	return read_parts(p, addr, buf, size) == size;
}

/* Small writes are common (a trap): only the pages concerned are read again. */
struct error *eng_write_raw(struct eng_process *p, uint64_t addr, const void *buf, size_t size)
{
	struct target *t = p->session->target;
	struct eng_space *space = p->space;
	if (size > BIG_READ)
		eng_space_invalidate(space);
	uint64_t page = addr & ~(uint64_t)(ENG_PAGE - 1);
	for (; space->pages && size <= BIG_READ && page < addr + size; page += ENG_PAGE) {
		struct eng_page *cached = space->pages[page / ENG_PAGE % CACHE_PAGES];
		if (cached && cached->addr == page)
			cached->generation = 0;
	}
	return t->ops->write_memory(t, p->pid, addr, buf, size);
}

static struct eng_page *page_slot(struct eng_space *space, uint64_t addr)
{
	struct eng_page **slot = &space->pages[addr / ENG_PAGE % CACHE_PAGES];
	if (!*slot)
		*slot = xmalloc(sizeof **slot);
	return *slot;
}

static void fill(struct eng_process *p, uint64_t first, size_t wanted)
{
	struct eng_space *space = p->space;
	uint8_t bytes[READ_AHEAD * ENG_PAGE];
	/* Most stops have one thing read, or nothing; who reads on wants more. */
	size_t count = space->missed == space->generation ? READ_AHEAD : 1;
	space->missed = space->generation;
	if (first > UINT64_MAX - sizeof bytes)
		count = wanted;
	size_t got = 0;
	struct target *t = p->session->target;
	struct error *err = t->ops->read_memory(t, p->pid, first, bytes, count * ENG_PAGE, &got);
	eng_ignore(err);
	size_t whole = err ? 0 : got / ENG_PAGE;
	for (size_t i = 0; i < count; i++) {
		if (i >= whole && i >= wanted)
			break; /* nobody asked for it: no need to remember that it is not there */
		struct eng_page *page = page_slot(space, first + i * ENG_PAGE);
		page->addr = first + i * ENG_PAGE;
		page->generation = space->generation;
		page->readable = i < whole;
		if (page->readable)
			memcpy(page->bytes, bytes + i * ENG_PAGE, ENG_PAGE);
	}
}

static const struct eng_page *page_at(struct eng_process *p, uint64_t addr)
{
	struct eng_space *space = p->space;
	if (!space->pages)
		space->pages = xmalloc(CACHE_PAGES * sizeof *space->pages);
	struct eng_page *page = page_slot(space, addr);
	if (page->addr != addr || page->generation != space->generation)
		fill(p, addr, 1);
	return page_slot(space, addr);
}

bool eng_read_raw_cached(struct eng_process *p, uint64_t addr, void *buf, size_t size)
{
	uint8_t *out = buf;
	while (size > 0) {
		size_t offset = addr % ENG_PAGE;
		size_t part = ENG_PAGE - offset < size ? ENG_PAGE - offset : size;
		const struct eng_page *page = page_at(p, addr - offset);
		if (!page->readable)
			return false;
		memcpy(out, page->bytes + offset, part);
		out += part;
		addr += part;
		size -= part;
	}
	return true;
}

/* The program's own bytes over those that we have put there. */
static void mask(const struct eng_process *p, uint64_t addr, uint8_t *buf, size_t size)
{
	const struct eng_space *space = p->space;
	size_t trap_size = p->session->arch->trap_size;
	for (size_t i = eng_trap_from(space, addr < trap_size ? 0 : addr - trap_size + 1);
	     i < space->traps.count; i++) {
		const struct eng_trap *trap = space->traps.data[i];
		if (trap->addr >= addr + size)
			break;
		for (size_t b = 0; trap->planted && b < trap_size; b++) {
			if (trap->addr + b - addr < size)
				buf[trap->addr + b - addr] = trap->original[b];
		}
	}
	if (!eng_scratch_overlaps(space, addr, size))
		return;
	const struct eng_scratch *scratch = &space->scratch;
	for (size_t b = 0; b < scratch->count * ENG_SLOT_SIZE; b++) {
		if (scratch->written[b / ENG_SLOT_SIZE] && scratch->start + b - addr < size)
			buf[scratch->start + b - addr] = scratch->original[b];
	}
}

size_t eng_read(struct eng_process *p, struct run_addr where, void *buf, size_t size)
{
	uint64_t addr = where.value;
	uint8_t *out = buf;
	if (!p->space || size == 0)
		return 0;
	if (size - 1 > UINT64_MAX - addr)
		size = (size_t)(UINT64_MAX - addr);
	size_t done = 0;
	if (size >= BIG_READ)
		done = read_parts(p, addr, buf, size);
	while (size < BIG_READ && done < size) {
		uint64_t at = addr + done;
		size_t offset = at % ENG_PAGE;
		size_t part = ENG_PAGE - offset < size - done ? ENG_PAGE - offset : size - done;
		const struct eng_page *page = page_at(p, at - offset);
		if (!page->readable)
			break;
		memcpy(out + done, page->bytes + offset, part);
		done += part;
	}
	if (done > 0)
		mask(p, addr, out, done);
	return done;
}

struct error *eng_read_exact(struct eng_process *p, struct run_addr addr, void *buf, size_t size)
{
	size_t got = eng_read(p, addr, buf, size);
	if (got < size)
		return error_at(ERROR_MEMORY, addr.value + got, "process %d: cannot read memory", p->pid);
	return NULL;
}

bool eng_read_u64(struct eng_process *p, uint64_t addr, uint64_t *ret)
{
	return eng_read(p, RUN_ADDR(p->number, addr), ret, sizeof *ret) == sizeof *ret;
}

struct error *eng_write(struct eng_process *p, struct run_addr where, const void *buf, size_t size)
{
	struct eng_space *space = p->space;
	uint64_t addr = where.value;
	if (!space)
		return error_new(ERROR_GONE, "process %d: no longer exists", p->pid);
	if (size == 0)
		return NULL;
	const struct arch *arch = p->session->arch;
	p->session->writes++;
	uint8_t *bytes = xmalloc(size);
	memcpy(bytes, buf, size);
	for (size_t i = eng_trap_from(space, addr < arch->trap_size ? 0 : addr - arch->trap_size + 1);
	     i < space->traps.count; i++) {
		const struct eng_trap *trap = space->traps.data[i];
		if (trap->addr >= addr + size)
			break;
		for (size_t b = 0; trap->planted && b < arch->trap_size; b++) {
			if (trap->addr + b - addr < size)
				bytes[trap->addr + b - addr] = arch->trap[b];
		}
	}
	struct error *err = eng_write_raw(p, addr, bytes, size);
	free(bytes);
	if (err)
		return err;
	/* What is under a trap has changed as well. */
	for (size_t i = eng_trap_from(space, addr < arch->trap_size ? 0 : addr - arch->trap_size + 1);
	     i < space->traps.count; i++) {
		struct eng_trap *trap = space->traps.data[i];
		if (trap->addr >= addr + size)
			break;
		for (size_t b = 0; b < arch->trap_size; b++) {
			if (trap->addr + b - addr < size)
				trap->original[b] = ((const uint8_t *)buf)[trap->addr + b - addr];
		}
	}
	return NULL;
}

struct error *eng_mappings(struct eng_process *p, const struct target_mappings **ret)
{
	struct eng_space *space = p->space;
	if (!space)
		return error_new(ERROR_GONE, "process %d: no longer exists", p->pid);
	if (!space->mappings_valid || space->mappings_generation != space->generation) {
		space->mappings_valid = false;
		arena_reset(&space->mappings_arena);
		struct target *t = p->session->target;
		TRY(t->ops->mappings(t, p->pid, &space->mappings_arena, &space->mappings));
		space->mappings_valid = true;
		space->mappings_generation = space->generation;
	}
	*ret = &space->mappings;
	return NULL;
}

const struct target_mapping *eng_mapping_at(struct eng_process *p, uint64_t addr)
{
	const struct target_mappings *mappings;
	struct error *err = eng_mappings(p, &mappings);
	if (err) {
		eng_ignore(err);
		return NULL;
	}
	size_t low = 0, high = mappings->count;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (mappings->data[mid].end <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	const struct target_mapping *m = &mappings->data[low];
	return low < mappings->count && m->start <= addr ? m : NULL;
}
