/* ELF symbols: by address from one sorted table, by name from the string tables as they are. */
#include "symbols/symbols_internal.h"

#include <elf.h>
#include <stdlib.h>

enum {
	MAX_TABLES = 4,
	/* Symbols that begin before an address and do not hold it, looked at on the way back to one that does. */
	MAX_STEPS_BACK = 256,
};

/* ---- what is a symbol here ---- */

/* Section and file names are no symbols of the program, and a TLS symbol's value is no address. */
static bool usable(const struct elf_symbol *s)
{
	return s->section != SHN_UNDEF && s->section != SHN_ABS && s->section != SHN_COMMON &&
	       s->name.len > 0 && s->type != STT_SECTION && s->type != STT_FILE && s->type != STT_TLS;
}

static bool is_function(uint8_t type)
{
	return type == STT_FUNC || type == STT_GNU_IFUNC;
}

/* Calls fn for all tables that may name something, until it gives false. */
static void each_symbol(struct sym_module *m, bool (*fn)(void *ctx, const struct elf_symbol *symbol),
			void *ctx)
{
	module_trouble(m, elf_symbols(m->elf, false, fn, ctx));
	if (m->debug_elf)
		module_trouble(m, elf_symbols(m->debug_elf, false, fn, ctx));
	module_trouble(m, elf_symbols(m->elf, true, fn, ctx));
}

/* ---- by address ---- */

struct adding {
	struct sym_module *module;
	bool own; /* of the module's file, not of the one with its debug information */
};

static bool add_entry(void *ctx, const struct elf_symbol *s)
{
	const struct adding *adding = ctx;
	struct sym_module *m = adding->module;
	if (!usable(s))
		return true;
	struct elf_entry e = { .addr = s->addr.value,
			       .size = s->size,
			       .name = s->name.ptr,
			       .name_len = (uint32_t)s->name.len };
	e.function = is_function(s->type);
	e.global = s->binding != STB_LOCAL;
	e.sized = s->size != 0;
	e.own = adding->own;
	vec_push(&m->symbols, e);
	return true;
}

static void add_entries(struct sym_module *m)
{
	struct adding adding = { m, true };
	module_trouble(m, elf_symbols(m->elf, false, add_entry, &adding));
	module_trouble(m, elf_symbols(m->elf, true, add_entry, &adding));
	adding.own = false;
	if (m->debug_elf)
		module_trouble(m, elf_symbols(m->debug_elf, false, add_entry, &adding));
}

static struct str entry_name(const struct elf_entry *e)
{
	return (struct str){ e->name, e->name_len };
}

/* By address; of those at one address the best one is the last, because a search goes backwards. It is the one whose name comes
 * last, which is gdb's choice, too: names with underscores in front are the library's own. */
static int compare_entries(const void *a, const void *b)
{
	const struct elf_entry *x = a, *y = b;
	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	if (x->sized != y->sized)
		return x->sized ? 1 : -1;
	if (x->own != y->own)
		return x->own ? 1 : -1;
	return str_cmp(entry_name(x), entry_name(y));
}

static int compare_names(const void *a, const void *b)
{
	return str_cmp(entry_name(a), entry_name(b));
}

/* Those at one address. Names that the module's own file has come last, as gdb asks that first. */
static void sort_group(struct elf_entry *group, size_t count)
{
	qsort(group, count, sizeof *group, compare_names);
	for (size_t i = 0, end; i < count; i = end) {
		bool own = false;
		for (end = i; end < count && compare_names(&group[end], &group[i]) == 0; end++)
			own |= group[end].own;
		for (size_t k = i; k < end; k++)
			group[k].own = own;
	}
	qsort(group, count, sizeof *group, compare_entries);
}

struct sort_key {
	uint64_t addr;
	size_t index;
};

/* By address, stable: a pass per byte that differs. A comparison sort of a big program's symbols takes ten times as long. */
static void radix_sort(struct sort_key *keys, struct sort_key *other, size_t count)
{
	size_t counts[8][256] = { 0 };
	for (size_t i = 0; i < count; i++)
		for (int byte = 0; byte < 8; byte++)
			counts[byte][keys[i].addr >> byte * 8 & 0xff]++;
	struct sort_key *from = keys, *to = other;
	for (int byte = 0; byte < 8; byte++) {
		size_t *starts = counts[byte], next = 0;
		if (starts[keys[0].addr >> byte * 8 & 0xff] == count)
			continue; /* the same in all */
		for (int digit = 0; digit < 256; digit++) {
			size_t here = starts[digit];
			starts[digit] = next;
			next += here;
		}
		for (size_t i = 0; i < count; i++)
			to[starts[from[i].addr >> byte * 8 & 0xff]++] = from[i];
		struct sort_key *swap = from;
		from = to;
		to = swap;
	}
	if (from != keys)
		memcpy(keys, from, count * sizeof *keys);
}

static void sort_entries(struct sym_module *m)
{
	size_t count = m->symbols.count;
	struct sort_key *keys = xmalloc(2 * count * sizeof *keys);
	struct elf_entry *sorted = xmalloc(count * sizeof *sorted);
	for (size_t i = 0; i < count; i++)
		keys[i] = (struct sort_key){ m->symbols.data[i].addr, i };
	radix_sort(keys, keys + count, count);
	for (size_t i = 0; i < count; i++)
		sorted[i] = m->symbols.data[keys[i].index];
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && sorted[end].addr == sorted[i].addr; end++)
			;
		if (end - i > 1)
			sort_group(&sorted[i], end - i);
	}
	free(keys);
	free(m->symbols.data);
	m->symbols.data = sorted;
	m->symbols.capacity = count;
}

/* A symbol without a size reaches to the next one, within its section. */
static void fill_sizes(struct sym_module *m)
{
	struct elf_entry *entries = m->symbols.data;
	uint64_t next = UINT64_MAX;
	for (size_t i = m->symbols.count; i > 0; i--) {
		struct elf_entry *e = &entries[i - 1];
		if (i < m->symbols.count && entries[i].addr != e->addr)
			next = entries[i].addr;
		if (e->sized)
			continue;
		const struct elf_section *section = elf_section_at(m->elf, FILE_ADDR(e->addr));
		uint64_t end = section ? section->addr.value + section->size : e->addr;
		if (next < end)
			end = next;
		e->size = end > e->addr ? end - e->addr : 0;
	}
}

static void read_symbols(struct sym_module *m)
{
	if (m->symbols_read)
		return;
	m->symbols_read = true;
	add_entries(m);
	if (m->symbols.count == 0)
		return;
	sort_entries(m);
	/* .dynsym repeats .symtab. */
	size_t kept = 1;
	for (size_t i = 1; i < m->symbols.count; i++) {
		const struct elf_entry *e = &m->symbols.data[i], *last = &m->symbols.data[kept - 1];
		if (e->addr == last->addr && e->size == last->size &&
		    str_eq(entry_name(e), entry_name(last)))
			continue;
		m->symbols.data[kept++] = *e;
	}
	m->symbols.count = kept;
	fill_sizes(m);
	uint64_t max_end = 0;
	vec_for(&m->symbols, e) {
		uint64_t end = e->size > UINT64_MAX - e->addr ? UINT64_MAX : e->addr + e->size;
		max_end = end > max_end ? end : max_end;
		e->max_end = max_end;
	}
}

bool sym_symbol_at(struct sym_module *m, struct file_addr addr, struct sym_symbol *ret)
{
	read_symbols(m);
	size_t low = 0, high = m->symbols.count;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (m->symbols.data[mid].addr <= addr.value)
			low = mid + 1;
		else
			high = mid;
	}
	/* A symbol without a size may be a label inside of one that has a size. */
	const struct elf_entry *best = NULL;
	for (int steps = 0; low > 0 && steps < MAX_STEPS_BACK; low--, steps++) {
		const struct elf_entry *e = &m->symbols.data[low - 1];
		if (e->max_end <= addr.value)
			break;
		if (addr.value - e->addr >= e->size)
			continue;
		if (!best || e->sized)
			best = e;
		if (best->sized)
			break;
	}
	if (!best)
		return false;
	*ret = (struct sym_symbol){ entry_name(best), FILE_ADDR(best->addr), best->size, best->function,
				    best->global,     best->sized,           false };
	return true;
}

size_t symbol_count(struct sym_module *m)
{
	read_symbols(m);
	return m->symbols.count;
}

struct sym_symbol symbol_nth(struct sym_module *m, size_t index)
{
	const struct elf_entry *e = &m->symbols.data[index];
	return (struct sym_symbol){ entry_name(e), FILE_ADDR(e->addr), e->size, e->function,
				    e->global,     e->sized,           false };
}

static struct str keep_name(struct sym_module *m, struct map *map, const char *key, struct str name)
{
	map_set_ptr(map, (uint64_t)(uintptr_t)key, arena_copy(&m->arena, &name, sizeof name));
	return name;
}

struct str symbol_demangled(struct sym_module *m, struct str linkage_name)
{
	const struct str *known = map_get_ptr(&m->demangled, (uint64_t)(uintptr_t)linkage_name.ptr);
	if (known)
		return *known;
	return keep_name(m, &m->demangled, linkage_name.ptr, sym_demangle(linkage_name, &m->arena));
}

struct str symbol_at_plt(struct sym_module *m, struct str name)
{
	const struct str *known = map_get_ptr(&m->stubs, (uint64_t)(uintptr_t)name.ptr);
	if (known)
		return *known;
	return keep_name(m, &m->stubs, name.ptr, arena_printf(&m->arena, "%.*s@plt", STR_ARG(name)));
}

bool sym_stub_at(struct sym_module *m, struct file_addr addr, struct sym_symbol *ret)
{
	struct file_range range;
	struct str name;
	bool stub = elf_plt_stub(m->elf, addr, &name, &range);
	if (!stub && !elf_plt_slot(m->elf, addr, &name, &range))
		return false;
	*ret = (struct sym_symbol){ .addr = range.start,
				    .size = range.end.value - range.start.value,
				    .is_function = stub,
				    .sized = true };
	if (stub)
		ret->linkage_name = symbol_at_plt(m, name);
	else
		ret->linkage_name = arena_printf(&m->arena, "%.*s@got.plt", STR_ARG(name));
	return true;
}

bool sym_stub_by_name(struct sym_module *m, struct str name, struct sym_symbol *ret)
{
	struct file_range range;
	return elf_plt_by_name(m->elf, name, &range) && sym_stub_at(m, range.start, ret);
}

/* ---- by name ---- */

/* False when `text` is in no string table, so that no symbol need be looked at. */
static bool in_string_tables(struct sym_module *m, struct str text)
{
	static const char *const names[] = { ".strtab", ".dynstr" };
	struct elf_file *const files[2] = { m->elf, m->debug_elf };
	bool any_table = false;

	for (int f = 0; f < 2 && files[f]; f++) {
		for (int i = 0; i < 2; i++) {
			const struct elf_section *section = elf_section_by_name(files[f], names[i]);
			const uint8_t *data;
			size_t size;
			if (!section)
				continue;
			struct error *err = elf_section_data(files[f], section, &data, &size);
			module_trouble(m, err);
			if (err)
				continue;
			any_table = true;
			bool found = size > 0 && memmem(data, size, text.ptr, text.len);
			module_drop(m, data, size);
			if (found)
				return true;
		}
	}
	/* Without section headers there is still PT_DYNAMIC's table. */
	return !any_table;
}

static struct sym_symbol to_symbol(struct sym_module *m, const struct elf_symbol *s)
{
	struct sym_symbol result = { s->name,
				     s->addr,
				     s->size,
				     is_function(s->type),
				     s->binding != STB_LOCAL,
				     s->size != 0,
				     s->type == STT_GNU_IFUNC };
	struct sym_symbol at;
	if (s->size == 0 && sym_symbol_at(m, s->addr, &at) && at.addr.value == s->addr.value)
		result.size = at.size;
	return result;
}

struct by_name {
	struct str name;
	struct elf_symbol best;
	bool found;
};

static bool match_name(void *ctx, const struct elf_symbol *s)
{
	struct by_name *b = ctx;
	if (!usable(s) || !str_eq(s->name, b->name))
		return true;
	/* A local one may be there several times; a global one is what the name means. */
	if (!b->found || (b->best.binding == STB_LOCAL && s->binding != STB_LOCAL))
		b->best = *s;
	b->found = true;
	return b->best.binding == STB_LOCAL;
}

bool sym_symbol_by_name(struct sym_module *m, struct str linkage_name, struct sym_symbol *ret)
{
	struct by_name b = { .name = linkage_name };
	if (linkage_name.len == 0 || !in_string_tables(m, linkage_name))
		return false;
	each_symbol(m, match_name, &b);
	if (b.found)
		*ret = to_symbol(m, &b.best);
	return b.found;
}

static bool match_any(void *ctx, const struct elf_symbol *s)
{
	struct by_name *b = ctx;
	b->found |= s->section != SHN_UNDEF && str_eq(s->name, b->name);
	return !b->found;
}

bool symbol_is_defined(struct sym_module *m, struct str linkage_name)
{
	struct by_name b = { .name = linkage_name };
	each_symbol(m, match_any, &b);
	/* Nothing can be said of a stripped file. */
	return b.found || !elf_section_by_name(m->debug_elf ? m->debug_elf : m->elf, ".symtab");
}

struct by_path {
	struct str path, identifier; /* identifier: empty when it is not in mangled names as it is */
	struct arena arena;
	VEC(struct elf_symbol) found;
	size_t limit;
};

static bool match_path(void *ctx, const struct elf_symbol *s)
{
	struct by_path *b = ctx;
	if (!usable(s) || !is_function(s->type) ||
	    (b->identifier.len && !str_contains(s->name, b->identifier)))
		return true;
	arena_reset(&b->arena);
	if (!path_matches(sym_demangle(s->name, &b->arena), b->path))
		return true;
	vec_for(&b->found, known)
		if (known->addr.value == s->addr.value && str_eq(known->name, s->name))
			return true;
	vec_push(&b->found, *s);
	return b->found.count < b->limit;
}

/* Closures and names that are not ASCII are spelled otherwise in mangled names. */
static bool spelled_alike(struct str identifier)
{
	for (size_t i = 0; i < identifier.len; i++) {
		char c = identifier.ptr[i];
		if (!(c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		      (c >= 'A' && c <= 'Z')))
			return false;
	}
	return !str_contains(identifier, STR_LIT("closure")) && !str_contains(identifier, STR_LIT("shim"));
}

size_t sym_symbols_by_path(struct sym_module *m, struct str path, struct sym_symbol *ret, size_t limit)
{
	struct by_path b = { .path = path, .identifier = path_last_identifier(path), .limit = limit };
	if (limit == 0 || path.len == 0)
		return 0;
	if (!spelled_alike(b.identifier))
		b.identifier = STR_EMPTY;
	else if (!in_string_tables(m, b.identifier))
		return 0;
	each_symbol(m, match_path, &b);
	for (size_t i = 0; i < b.found.count; i++)
		ret[i] = to_symbol(m, &b.found.data[i]);
	size_t count = b.found.count;
	vec_free(&b.found);
	arena_deinit(&b.arena);
	return count;
}
