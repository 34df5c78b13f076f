/* The files and the perf map of a running process. */
#include "ui/symbolize/symbolize_internal.h"

#include "jit/perf_map.h"
#include "object/elf.h"

#include <elf.h>

struct error *symbolize_read_mappings(struct symbolize_source *s)
{
	arena_reset(&s->mappings_arena);
	s->mappings = (struct target_mappings){ 0 };
	return s->target->ops->foreign_mappings(s->target, s->pid, &s->mappings_arena, &s->mappings);
}

static const struct target_mapping *mapping_at(const struct symbolize_source *s, uint64_t addr)
{
	size_t low = 0, high = s->mappings.count;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (s->mappings.data[mid].end <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low < s->mappings.count && s->mappings.data[low].start <= addr ? &s->mappings.data[low]
									      : NULL;
}

/* By the file itself: a library that was replaced and loaded again is there twice under one name. */
static struct symbolize_module *module_of(struct symbolize_source *s, const struct target_mapping *mapping)
{
	struct str path, key = arena_printf(&s->arena, "%u:%u:%llu %.*s", mapping->device_major,
					    mapping->device_minor, (unsigned long long)mapping->inode,
					    STR_ARG(mapping->name));
	uint64_t index;
	if (strmap_get(&s->module_of, key, &index))
		return &s->modules.data[index];
	struct error *err = s->target->ops->foreign_file(s->target, s->pid, mapping, &s->arena, &path);
	struct symbolize_module *m = symbolize_add(s, err ? NULL : path.ptr, mapping->name, err);
	strmap_set(&s->module_of, key, s->modules.count - 1);
	return m;
}

/* The address that the segment which holds this byte of the file gives it. */
static bool address_of(struct elf_file *elf, uint64_t offset, uint64_t *ret)
{
	for (size_t i = 0; i < elf_segment_count(elf); i++) {
		const struct elf_segment *segment = elf_segment(elf, i);
		if (segment->type == PT_LOAD && offset >= segment->offset &&
		    offset - segment->offset < segment->file_size) {
			*ret = segment->addr.value + (offset - segment->offset);
			return true;
		}
	}
	return false;
}

struct symbolize_module *symbolize_find(struct symbolize_source *s, uint64_t addr, uint64_t *ret_file)
{
	const struct target_mapping *mapping = mapping_at(s, addr);
	/* Mapped since. Not for each address that is nowhere. */
	if (!mapping && s->may_look_again) {
		struct error *err = symbolize_read_mappings(s);
		s->may_look_again = false;
		if (err)
			vec_push(&s->troubles, err);
		mapping = mapping_at(s, addr);
	}
	if (!mapping || mapping->inode == 0 || mapping->name.len == 0)
		return NULL;
	struct symbolize_module *m = module_of(s, mapping);
	uint64_t offset = addr - mapping->start + mapping->offset;
	if (m->symbols && !address_of(sym_module_elf(m->symbols), offset, ret_file))
		return NULL;
	return m;
}

/* ---- the perf map ---- */

static void take_entry(void *ctx, const struct jit_perf_entry *entry)
{
	struct symbolize_source *s = ctx;
	struct jit_perf_entry kept = *entry;
	kept.name = arena_str(&s->arena, entry->name);
	jit_spans_add(&s->code_spans, entry->start, entry->start + entry->size, (uint32_t)s->code.count);
	vec_push(&s->code, kept);
}

/* The later of two is what stands there now: JITs write a line again when code has taken the place of other code. */
struct str symbolize_perf_name(struct symbolize_source *s, uint64_t addr)
{
	if (!s->pid)
		return STR_EMPTY;
	if (!s->perf_read) {
		s->perf_read = true;
		struct error *err = jit_perf_map_read(s->pid, take_entry, s);
		if (err)
			vec_push(&s->troubles, err);
	}
	struct jit_spans_iter it = jit_spans_at(&s->code_spans, addr);
	for (uint32_t id; jit_spans_next(&it, &id);) {
		const struct jit_perf_entry *code = &s->code.data[id];
		if (addr >= code->start && addr < code->start + code->size)
			return code->name;
	}
	return STR_EMPTY;
}
