/* The files and the perf map of a running process. */
#include "ui/symbolize/symbolize_internal.h"

#include "base/file.h"
#include "jit/perf_map.h"
#include "object/elf.h"

#include <elf.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { MAX_MAPS = 256 << 20, MAX_PERF_MAP = 1 << 30 };

struct error *symbolize_read_mappings(struct symbolize_source *s)
{
	char path[64];
	struct file_map file;
	struct str text;
	snprintf(path, sizeof path, "/proc/%d/maps", s->pid);
	struct error *err = file_read_all(path, MAX_MAPS, &file);
	if (err)
		return error_prefix(err, "process %d", s->pid);
	text = (struct str){ (const char *)file.data, file.size };
	err = target_mappings_parse(text, &s->arena, &s->mappings);
	file_close(&file);
	return err ? error_prefix(err, "%s", path) : NULL;
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

/* The file as the process has it, wherever its path leads to now: replaced, deleted, in another mount namespace. */
static struct symbolize_module *module_of(struct symbolize_source *s, const struct target_mapping *mapping)
{
	char path[PATH_MAX];
	uint64_t key = str_hash(mapping->name), index;
	if (map_get(&s->module_of, key, &index))
		return &s->modules.data[index - 1];
	snprintf(path, sizeof path, "/proc/%d/map_files/%" PRIx64 "-%" PRIx64, s->pid, mapping->start,
		 mapping->end);
	if (access(path, R_OK) != 0)
		snprintf(path, sizeof path, "/proc/%d/root%.*s", s->pid, STR_ARG(mapping->name));
	struct symbolize_module *m = symbolize_add(s, path, mapping->name);
	map_set(&s->module_of, key, s->modules.count);
	return m;
}

/* The address that the segment which holds this byte of the file gives it. */
static bool address_of(struct elf_file *elf, uint64_t offset, uint64_t *ret)
{
	for (size_t i = 0; i < elf_segment_count(elf); i++) {
		const struct elf_segment *segment = elf_segment(elf, i);
		if (segment->type == PT_LOAD && offset >= segment->offset &&
		    offset - segment->offset < segment->mem_size) {
			*ret = segment->addr.value + (offset - segment->offset);
			return true;
		}
	}
	return false;
}

struct symbolize_module *symbolize_find(struct symbolize_source *s, uint64_t addr, uint64_t *ret_file)
{
	const struct target_mapping *mapping = mapping_at(s, addr);
	if (!mapping) { /* mapped since */
		struct error *err = symbolize_read_mappings(s);
		if (err)
			vec_push(&s->troubles, err);
		mapping = err ? NULL : mapping_at(s, addr);
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
	struct symbolize_code code = {
		.start = entry->start,
		.end = entry->start + entry->size,
		.line = s->code.count,
		.name = arena_str(&s->arena, entry->name),
	};
	if (code.end > code.start)
		vec_push(&s->code, code);
}

static int by_start(const void *a, const void *b)
{
	const struct symbolize_code *x = a, *y = b;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->line < y->line ? -1 : 1;
}

static void sort_code(struct symbolize_source *s)
{
	uint64_t reach = 0;
	if (s->code.count)
		qsort(s->code.data, s->code.count, sizeof *s->code.data, by_start);
	vec_for(&s->code, code) {
		reach = code->end > reach ? code->end : reach;
		code->reach = reach;
	}
}

static void read_perf_map(struct symbolize_source *s)
{
	char path[96];
	struct file_map file;
	struct jit_perf_lines lines = { 0 };
	s->perf_read = true;
	jit_perf_map_path(s->pid, path, sizeof path);
	if (access(path, F_OK) != 0)
		return;
	struct error *err = file_read_all(path, MAX_PERF_MAP, &file);
	if (err) {
		vec_push(&s->troubles, err);
		return;
	}
	jit_perf_map_parse((struct str){ (const char *)file.data, file.size }, true, &lines, take_entry, s);
	file_close(&file);
	sort_code(s);
	if (lines.bad)
		vec_push(&s->troubles,
			 error_new(ERROR_FORMAT,
				   "%s: %zu of %zu lines cannot be read, the first is line %zu", path,
				   lines.bad, lines.lines, lines.first_bad));
}

/* The later of two is what stands there now: JITs write a line again when code has taken the place of other code. */
struct str symbolize_perf_name(struct symbolize_source *s, uint64_t addr)
{
	if (!s->pid)
		return STR_EMPTY;
	if (!s->perf_read)
		read_perf_map(s);
	size_t low = 0, high = s->code.count;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (s->code.data[mid].start <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	const struct symbolize_code *best = NULL;
	for (size_t i = low; i > 0 && s->code.data[i - 1].reach > addr; i--) {
		const struct symbolize_code *code = &s->code.data[i - 1];
		if (addr < code->end && (!best || code->line > best->line))
			best = code;
	}
	return best ? best->name : STR_EMPTY;
}
