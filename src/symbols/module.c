#include "base/pool.h"
#include "symbols/symbols_internal.h"

#include <elf.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- trouble ---- */

void module_trouble(struct sym_module *m, struct error *err)
{
	if (!err)
		return;
	vec_for(&m->troubles, known) {
		if (strcmp((*known)->message, err->message) == 0) {
			error_destroy(err);
			return;
		}
	}
	if (m->troubles.count >= SYM_MAX_TROUBLES) {
		error_destroy(err);
		return;
	}
	if (m->troubles.count == SYM_MAX_TROUBLES - 1) {
		error_destroy(err);
		err = error_new(ERROR_LIMIT, "%s: more trouble than the %d kinds that are listed",
				m->path, SYM_MAX_TROUBLES - 1);
	}
	vec_push(&m->troubles, err);
}

bool sym_module_take_split(struct sym_module *m, struct str *ret_dwo)
{
	if (m->split_told || !m->split.len)
		return false;
	m->split_told = true;
	*ret_dwo = m->split;
	return true;
}

size_t sym_module_troubles(const struct sym_module *m, const struct error *const **ret)
{
	*ret = (const struct error *const *)m->troubles.data;
	return m->troubles.count;
}

/* ---- progress ---- */

static sym_progress_fn *progress_fn;
static void *progress_ctx;
static unsigned questions_left;

void sym_set_progress(sym_progress_fn *fn, void *ctx)
{
	progress_fn = fn;
	progress_ctx = ctx;
}

bool module_progress(const struct sym_module *m, size_t done, size_t total)
{
	bool goes_on = !progress_fn || progress_fn(progress_ctx, m->path, done, total);
	questions_left += !goes_on;
	return goes_on;
}

unsigned sym_questions_left(void)
{
	return questions_left;
}

/* ---- the separate debug file ---- */

/* Whether the file at `path` may be the debug information of m; opens it when it is. `crc` NULL: the build-id decides. */
static bool try_debug_file(struct sym_module *m, const char *path, const uint32_t *crc)
{
	struct file_map map;
	struct elf_file *elf = NULL;
	struct error *err;

	if (access(path, R_OK) != 0)
		return false;
	if ((err = file_open(path, &map))) {
		module_trouble(m, err);
		return false;
	}
	if ((err = elf_open(path, map.data, map.size, &elf))) {
		module_trouble(m, err);
		file_close(&map);
		return false;
	}
	struct str id = elf_build_id(m->elf), its = elf_build_id(elf);
	const char *why = NULL;
	if (id.len > 0 && its.len > 0) {
		if (!str_eq(id, its))
			why = "its build-id differs";
	} else if (!crc) {
		why = "it has no build-id";
	} else if (elf_crc32(map.data, map.size) != *crc) {
		why = "its CRC differs";
	}
	if (!why && elf_machine(elf) != elf_machine(m->elf))
		why = "it is for another CPU";
	if (why) {
		module_trouble(m, error_new(ERROR_FORMAT, "%s does not belong to %s (%s), not used",
					    path, m->path, why));
		elf_close(elf);
		file_close(&map);
		return false;
	}
	if (elf_trouble(elf))
		module_trouble(m, error_copy(elf_trouble(elf)));
	m->debug_map = map;
	m->debug_elf = elf;
	return true;
}

static const char *const default_directories[] = { "/usr/lib/debug", NULL };

/* A name out of a file may not lead anywhere else. */
static bool plain_file_name(struct str name)
{
	return name.len > 0 && name.len < NAME_MAX && !str_contains(name, STR_LIT("/")) &&
	       !str_is(name, "..") && !str_is(name, ".");
}

static void find_debug_file(struct sym_module *m, const char *file, const struct sym_options *options)
{
	const char *const *directories = options && options->debug_directories ? options->debug_directories
									       : default_directories;
	const char *root = options && options->root ? options->root : "";
	struct str id = elf_build_id(m->elf), link;
	struct arena arena = ARENA_INIT;
	uint32_t crc;

	for (size_t i = 0; id.len >= 2 && directories[i]; i++) {
		struct str directory = arena_printf(&arena, "%s%s", root, directories[i]);
		struct str path = elf_build_id_path(&arena, directory, id);
		if (path.len > 0 && try_debug_file(m, path.ptr, NULL))
			goto out;
	}
	bool linked = elf_debuglink(m->elf, &link, &crc) && plain_file_name(link);
	const char *slash = strrchr(file, '/');
	struct str folder = slash ? (struct str){ file, (size_t)(slash - file) } : STR_LIT(".");
	if (!linked) {
		/* Without a link there is no CRC: only a build-id proves that NAME.debug belongs here. */
		if (id.len > 0) {
			struct str path = arena_printf(&arena, "%s.debug", file);
			try_debug_file(m, path.ptr, NULL);
		}
		goto out;
	}
	struct str beside = arena_printf(&arena, "%.*s/%.*s", STR_ARG(folder), STR_ARG(link));
	/* A link to the file's own name is common where the debug file stands in another directory. */
	if (strcmp(beside.ptr, file) != 0 && try_debug_file(m, beside.ptr, &crc))
		goto out;
	struct str hidden = arena_printf(&arena, "%.*s/.debug/%.*s", STR_ARG(folder), STR_ARG(link));
	if (try_debug_file(m, hidden.ptr, &crc))
		goto out;
	struct str inside = folder; /* the folder as the debuggee's root sees it */
	if (*root && str_starts(inside, str_from(root)))
		inside = str_sub(inside, strlen(root), SIZE_MAX);
	for (size_t i = 0; directories[i]; i++) {
		struct str path = arena_printf(&arena, "%s%s%.*s/%.*s", root, directories[i],
					       STR_ARG(inside), STR_ARG(link));
		if (try_debug_file(m, path.ptr, &crc))
			break;
	}
out:
	arena_deinit(&arena);
}

/* ---- sections ---- */

/* Also under the name that GNU's compressed sections had before SHF_COMPRESSED. */
static const struct elf_section *find_section(struct elf_file *elf, const char *name)
{
	const struct elf_section *section = elf_section_by_name(elf, name);
	char old[40];
	if (section)
		return section;
	snprintf(old, sizeof old, ".z%s", name + 1);
	return elf_section_by_name(elf, old);
}

static bool has_section(struct elf_file *elf, const char *name)
{
	const struct elf_section *section = find_section(elf, name);
	return section && section->type != SHT_NOBITS && section->size > 0;
}

/* ---- opening ---- */

static struct error *open_elf(struct sym_module *m, const char *name, const void *bytes, size_t size)
{
	TRY(elf_open(name, bytes, size, &m->elf));
	m->arch = arch_by_elf_machine(elf_machine(m->elf));
	if (elf_trouble(m->elf))
		module_trouble(m, error_copy(elf_trouble(m->elf)));
	return NULL;
}

struct error *sym_module_open(const char *path, const struct sym_options *options, struct sym_module **ret)
{
	struct sym_module *m = xmalloc(sizeof *m);
	struct arena arena = ARENA_INIT;
	struct str file = arena_printf(&arena, "%s%s", options && options->root ? options->root : "", path);

	m->path = xstrdup(path);
	struct error *err = file_open(file.ptr, &m->map);
	if (!err)
		err = open_elf(m, path, m->map.data, m->map.size);
	if (err) {
		sym_module_close(m);
	} else {
		if (!has_section(m->elf, ".debug_info"))
			find_debug_file(m, file.ptr, options);
		*ret = m;
	}
	arena_deinit(&arena);
	return err;
}

struct error *sym_module_open_bytes(const char *name, const void *bytes, size_t size,
				    struct sym_module **ret)
{
	struct sym_module *m = xmalloc(sizeof *m);

	m->path = xstrdup(name);
	m->owned = xmalloc(size);
	if (size)
		memcpy(m->owned, bytes, size);
	struct error *err = open_elf(m, name, m->owned, size);
	if (err) {
		sym_module_close(m);
		return err;
	}
	*ret = m;
	return NULL;
}

static void unit_deinit(struct sym_unit *u)
{
	if (u->map) {
		vec_free(&u->map->scopes);
		vec_free(&u->map->code);
	}
	if (u->lines) {
		vec_free(&u->lines->rows);
		vec_free(&u->lines->unlined);
		if (u->lines->written)
			written_lines_deinit(u->lines->written);
	}
}

void sym_module_close(struct sym_module *m)
{
	if (!m)
		return;
	name_index_destroy(m->index);
	searches_deinit(m);
	file_index_destroy(m->files);
	if (m->eh_index)
		dw_cfi_index_destroy(m->eh_index);
	if (m->debug_index)
		dw_cfi_index_destroy(m->debug_index);
	vec_for(&m->units, u)
		unit_deinit(u);
	vec_free(&m->units);
	vec_free(&m->addresses);
	for (size_t i = 0; i < m->abbrevs.capacity; i++)
		if (m->abbrevs.slots[i].used && m->abbrevs.slots[i].value)
			dw_abbrevs_destroy((struct dw_abbrevs *)(uintptr_t)m->abbrevs.slots[i].value);
	map_deinit(&m->abbrevs);
	strmap_deinit(&m->enumerators);
	strmap_deinit(&m->declarations);
	map_deinit(&m->functions);
	map_deinit(&m->file_names);
	free(m->kept_rows);
	strmap_deinit(&m->file_paths);
	vec_free(&m->file_list);
	map_deinit(&m->variables);
	map_deinit(&m->types);
	map_deinit(&m->vtables);
	map_deinit(&m->blocks);
	map_deinit(&m->signatures);
	vec_free(&m->symbols);
	map_deinit(&m->demangled);
	map_deinit(&m->stubs);
	vec_for(&m->troubles, trouble)
		error_destroy(*trouble);
	vec_free(&m->troubles);
	if (m->debug_elf)
		elf_close(m->debug_elf);
	if (m->elf)
		elf_close(m->elf);
	file_close(&m->debug_map);
	file_close(&m->map);
	free(m->owned);
	free(m->path);
	arena_deinit(&m->arena);
	free(m);
}

/* ---- what a module is ---- */

const char *sym_module_path(const struct sym_module *m)
{
	return m->path;
}

struct elf_file *sym_module_elf(struct sym_module *m)
{
	return m->elf;
}

const struct arch *sym_module_arch(const struct sym_module *m)
{
	return m->arch;
}

struct str sym_module_build_id(struct sym_module *m)
{
	return elf_build_id(m->elf);
}

static struct dw_span read_section(struct sym_module *m, struct elf_file *elf, const char *name)
{
	struct dw_span span = { 0 };
	const struct elf_section *section = find_section(elf, name);
	if (section)
		module_trouble(m, elf_section_data(elf, section, &span.data, &span.size));
	return span;
}

/* Variables' locations, too, where there is a CPU to spare: what they are asked for is seldom far. */
static void decompress_all(struct elf_file *elf)
{
	const struct elf_section *sections[DW_SECTION_COUNT];
	size_t count = 0;
	for (int i = 0; i < DW_SECTION_COUNT; i++) {
		bool locations = i == DW_SECTION_LOC || i == DW_SECTION_LOCLISTS;
		const struct elf_section *section = find_section(elf, dw_section_name(i));
		if (section && i != DW_SECTION_NAMES && (!locations || pool_width() > 1))
			sections[count++] = section;
	}
	elf_decompress_ahead(elf, sections, count);
}

bool module_dwarf(struct sym_module *m)
{
	if (m->sections_read)
		return m->has_info;
	m->sections_read = true;
	struct elf_file *elf = m->debug_elf ? m->debug_elf : m->elf;
	m->sections.name = elf_name(elf);
	decompress_all(elf);
	for (int i = 0; i < DW_SECTION_COUNT; i++)
		if (i != DW_SECTION_LOC && i != DW_SECTION_LOCLISTS && i != DW_SECTION_NAMES)
			m->sections.section[i] = read_section(m, elf, dw_section_name(i));
	m->has_info = m->sections.section[DW_SECTION_INFO].size > 0 &&
		      m->sections.section[DW_SECTION_ABBREV].size > 0;
	return m->has_info;
}

bool module_strings(struct sym_module *m, size_t limit, struct dw_span *ret)
{
	struct elf_file *elf = m->debug_elf ? m->debug_elf : m->elf;
	const struct elf_section *section = find_section(elf, ".debug_str");
	if (!section || section->size > limit)
		return false;
	*ret = m->sections_read ? m->sections.section[DW_SECTION_STR] : read_section(m, elf, ".debug_str");
	return ret->size > 0 && ret->size <= limit;
}

bool module_file_may_occur(struct sym_module *m, struct str name)
{
	/* Where the names in line tables stand, by their form (D5 6.2.4.1, D4 6.2.4). */
	static const enum dw_section_id places[] = { DW_SECTION_LINE_STR, DW_SECTION_STR, DW_SECTION_LINE };
	enum { COUNT = sizeof places / sizeof *places, MAX_BYTES = 32 << 20 };
	struct elf_file *elf = m->debug_elf ? m->debug_elf : m->elf;
	const struct elf_section *sections[COUNT];
	uint64_t size = 0;
	size_t count = 0;
	for (size_t i = 0; i < COUNT; i++) {
		const struct elf_section *section = find_section(elf, dw_section_name(places[i]));
		if (!section)
			continue;
		sections[count++] = section;
		size += section->size;
	}
	if (name.len == 0 || size > MAX_BYTES)
		return true;
	elf_decompress_ahead(elf, sections, count);
	for (size_t i = 0; i < count; i++) {
		struct dw_span span = { 0 };
		module_trouble(m, elf_section_data(elf, sections[i], &span.data, &span.size));
		const uint8_t *at = span.data, *end = at + span.size;
		while (at && (at = memmem(at, (size_t)(end - at), name.ptr, name.len))) {
			at += name.len;
			if (at == end || *at == 0)
				return true;
		}
	}
	return false;
}

void module_locations(struct sym_module *m)
{
	if (m->locations_read)
		return;
	m->locations_read = true;
	struct elf_file *elf = m->debug_elf ? m->debug_elf : m->elf;
	m->sections.section[DW_SECTION_LOC] = read_section(m, elf, dw_section_name(DW_SECTION_LOC));
	m->sections.section[DW_SECTION_LOCLISTS] =
		read_section(m, elf, dw_section_name(DW_SECTION_LOCLISTS));
}

bool sym_module_has_debug_info(struct sym_module *m)
{
	/* Reading the sections may mean to decompress them. */
	return m->sections_read ? m->has_info
				: has_section(m->debug_elf ? m->debug_elf : m->elf, ".debug_info");
}

struct rust_search {
	bool found, any_function;
};

static bool rust_symbol(void *ctx, const struct elf_symbol *symbol)
{
	struct rust_search *search = ctx;
	search->any_function |= symbol->type == STT_FUNC && symbol->section != SHN_UNDEF;
	search->found = name_is_rust_mangled(symbol->name) || str_is(symbol->name, "rust_eh_personality");
	return !search->found;
}

static bool any_rust_unit(struct sym_module *m)
{
	if (!module_dwarf(m))
		return false;
	units_read(m);
	for (size_t i = 0; i < m->units.count; i++)
		if (unit_peek_language(&m->units.data[i]) == DW_LANG_Rust)
			return true;
	return false;
}

bool sym_module_is_rust(struct sym_module *m)
{
	if (m->rust != RUST_UNASKED)
		return m->rust == RUST_YES;
	struct rust_search full = { 0 }, dynamic = { 0 };
	struct elf_file *const files[2] = { m->elf, m->debug_elf };
	for (int i = 0; i < 2 && files[i] && !full.found; i++)
		module_trouble(m, elf_symbols(files[i], false, rust_symbol, &full));
	if (!full.found)
		module_trouble(m, elf_symbols(m->elf, true, rust_symbol, &dynamic));
	bool rust = full.found || dynamic.found;
	/* A whole symbol table without any says no; a stripped program's units may still say yes. */
	if (!rust && !full.any_function)
		rust = any_rust_unit(m);
	m->rust = rust ? RUST_YES : RUST_NO;
	return rust;
}

static bool inside(const struct file_map *map, const uint8_t *bytes)
{
	return map->mapped && bytes >= map->data && bytes < map->data + map->size;
}

void module_drop(const struct sym_module *m, const void *bytes, size_t size)
{
	const struct file_map *map = inside(&m->map, bytes)         ? &m->map
				     : inside(&m->debug_map, bytes) ? &m->debug_map
								    : NULL;
	if (map)
		file_drop(map, (size_t)((const uint8_t *)bytes - map->data), size);
}

void sym_module_drop_pages(struct sym_module *m)
{
	file_drop(&m->map, 0, m->map.size);
	file_drop(&m->debug_map, 0, m->debug_map.size);
}

const struct dw_sections *sym_module_dwarf(struct sym_module *m)
{
	if (!module_dwarf(m))
		return NULL;
	module_locations(m);
	if (m->sections.section[DW_SECTION_NAMES].size == 0)
		m->sections.section[DW_SECTION_NAMES] = read_section(
			m, m->debug_elf ? m->debug_elf : m->elf, dw_section_name(DW_SECTION_NAMES));
	return &m->sections;
}

struct error *sym_module_check_linked(struct sym_module *m)
{
	if (elf_type(m->elf) != ET_REL)
		return NULL;
	return error_new(
		ERROR_UNSUPPORTED,
		"%s: is not linked, and its sections' references to each other are not read: link it first",
		sym_module_path(m));
}
