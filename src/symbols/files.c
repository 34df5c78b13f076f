/* Source files: which units have which. Made of the line tables' headers at the first question for a file. */
#include "symbols/symbols_internal.h"

#include <stdlib.h>

struct file_entry {
	uint32_t hash; /* of the path's last component */
	uint32_t unit, file;
};

struct file_index {
	VEC(struct file_entry) entries; /* by hash, unit, file */
};

static struct str last_component(struct str path)
{
	size_t slash = str_rfind(path, STR_LIT("/"));
	return slash == SIZE_MAX ? path : str_sub(path, slash + 1, SIZE_MAX);
}

static uint32_t component_hash(struct str path)
{
	uint64_t hash = str_hash(last_component(path));
	return (uint32_t)(hash ^ hash >> 32);
}

bool path_ends_in(struct str path, struct str suffix)
{
	if (suffix.len == 0 || !str_ends(path, suffix))
		return false;
	size_t at = path.len - suffix.len;
	return at == 0 || path.ptr[at - 1] == '/';
}

struct builder {
	struct file_index *index;
	uint32_t unit;
};

static void add_files(void *ctx, const struct dw_line_header *header, const struct unit_file_base *base)
{
	struct builder *b = ctx;
	(void)base;
	for (size_t i = 0; i < header->file_count; i++)
		if (header->files[i].name.len > 0)
			vec_push(&b->index->entries,
				 (struct file_entry){ component_hash(header->files[i].name), b->unit,
						      (uint32_t)i });
}

static int compare_entries(const void *a, const void *b)
{
	const struct file_entry *x = a, *y = b;
	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	if (x->unit != y->unit)
		return x->unit < y->unit ? -1 : 1;
	return x->file < y->file ? -1 : x->file > y->file;
}

static const struct file_index *file_index(struct sym_module *m)
{
	if (m->files && m->files_stopped) {
		file_index_destroy(m->files);
		m->files = NULL;
		m->files_stopped = false;
	}
	if (m->files)
		return m->files;
	struct file_index *index = m->files = xmalloc(sizeof *index);
	units_read(m);
	for (size_t i = 0; i < m->units.count; i++) {
		struct builder b = { index, (uint32_t)i };
		if (i % 64 == 0 && !module_progress(m, i, m->units.count)) {
			/* What is there already answers this question; the next one begins anew. */
			m->files_stopped = true;
			break;
		}
		if (m->units.data[i].bias == 0 && m->units.data[i].dw.type != DW_UT_type)
			unit_peek_lines(&m->units.data[i], add_files, &b);
	}
	if (index->entries.count)
		qsort(index->entries.data, index->entries.count, sizeof *index->entries.data,
		      compare_entries);
	const struct dw_span *line = &m->sections.section[DW_SECTION_LINE];
	const struct dw_span *info = &m->sections.section[DW_SECTION_INFO];
	if (line->size)
		module_drop(m, line->data, line->size);
	if (info->size)
		module_drop(m, info->data, info->size);
	return index;
}

void file_index_destroy(struct file_index *index)
{
	if (!index)
		return;
	vec_free(&index->entries);
	free(index);
}

struct check {
	struct str path;
	const struct file_entry *entries;
	size_t count;
	VEC(uint32_t) files;
};

static void check_files(void *ctx, const struct dw_line_header *header, const struct unit_file_base *base)
{
	struct check *c = ctx;
	struct arena arena = ARENA_INIT;
	for (size_t i = 0; i < c->count; i++) {
		struct str path = dw_line_path(header, c->entries[i].file, base->directory, &arena);
		if (path_ends_in(path, c->path))
			vec_push(&c->files, c->entries[i].file);
	}
	arena_deinit(&arena);
}

void module_files(struct sym_module *m, struct str path, file_fn *fn, void *ctx)
{
	if (path.len == 0 || (!m->files && !module_file_may_occur(m, last_component(path))) ||
	    !module_dwarf(m))
		return;
	while (str_starts(path, STR_LIT("./")))
		path = str_sub(path, 2, SIZE_MAX);
	const struct file_index *index = file_index(m);
	uint32_t hash = component_hash(path);
	size_t low = 0, high = index->entries.count;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (index->entries.data[mid].hash < hash)
			low = mid + 1;
		else
			high = mid;
	}
	bool more = true;
	for (size_t end; low < index->entries.count && more; low = end) {
		const struct file_entry *first = &index->entries.data[low];
		if (first->hash != hash)
			break;
		for (end = low + 1; end < index->entries.count; end++)
			if (index->entries.data[end].hash != hash ||
			    index->entries.data[end].unit != first->unit)
				break;
		struct check c = { .path = path, .entries = first, .count = end - low };
		unit_peek_lines(&m->units.data[first->unit], check_files, &c);
		for (size_t i = 0; i < c.files.count && more; i++)
			more = fn(ctx, &m->units.data[first->unit], c.files.data[i]);
		vec_free(&c.files);
	}
}

static bool stop(void *ctx, struct sym_unit *u, uint32_t file)
{
	(void)u;
	(void)file;
	*(bool *)ctx = true;
	return false;
}

bool sym_has_file(struct sym_module *m, struct str file)
{
	bool found = false;
	module_files(m, file, stop, &found);
	return found;
}

/* ---- all of them ---- */

static void list_files(void *ctx, const struct dw_line_header *header, const struct unit_file_base *base)
{
	struct sym_module *m = ctx;
	struct arena arena = ARENA_INIT;
	for (size_t i = 0; i < header->file_count; i++) {
		struct str path = dw_line_path(header, (uint32_t)i, base->directory, &arena);
		uint64_t known;
		if (path.len == 0 || strmap_get(&m->file_paths, path, &known))
			continue;
		path = arena_str(&m->arena, path);
		strmap_set(&m->file_paths, path, 1);
		map_set(&m->file_names, (uintptr_t)path.ptr, file_name_length(header, i, base, path));
		vec_push(&m->file_list, path);
	}
	arena_deinit(&arena);
}

void sym_files(struct sym_module *m, sym_file_fn *fn, void *ctx)
{
	if (!module_dwarf(m))
		return;
	units_read(m);
	for (size_t i = 0; !m->files_listed && i < m->units.count; i++)
		if (m->units.data[i].bias == 0 && m->units.data[i].dw.type != DW_UT_type)
			unit_peek_lines(&m->units.data[i], list_files, m);
	m->files_listed = true;
	for (size_t i = 0; i < m->file_list.count; i++)
		if (!fn(ctx, m->file_list.data[i]))
			break;
}
