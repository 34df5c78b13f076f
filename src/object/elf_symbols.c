/* Symbol tables, found by section header or, in images without one, through PT_DYNAMIC. */
#include "object/elf_internal.h"

struct str elf_string(struct elf_span table, uint64_t offset)
{
	if (offset >= table.size)
		return STR_EMPTY;
	const char *s = (const char *)table.data + offset;
	const char *end = memchr(s, 0, table.size - offset);
	return end ? (struct str){ s, (size_t)(end - s) } : STR_EMPTY;
}

const struct elf_dynamic *elf_dynamic(struct elf_file *elf)
{
	if (elf->dynamic_read)
		return &elf->dynamic;
	elf->dynamic_read = true;
	struct elf_dynamic *d = &elf->dynamic;
	const struct elf_segment *segment = NULL;
	for (size_t i = 0; i < elf->segment_count && !segment; i++)
		if (elf->segments[i].type == PT_DYNAMIC)
			segment = &elf->segments[i];
	struct elf_span span;
	if (!segment || !elf_loaded_from(elf, segment->addr, &span))
		return d;
	if (span.size > segment->file_size)
		span.size = (size_t)segment->file_size;
	struct reader r = reader_init(span.data, span.size);
	while (reader_left(&r) >= sizeof(Elf64_Dyn)) {
		int64_t tag = (int64_t)reader_u64(&r);
		uint64_t value = reader_u64(&r);
		if (tag == DT_NULL)
			break;
		if (tag == DT_SYMTAB)
			d->symtab = FILE_ADDR(value);
		else if (tag == DT_STRTAB)
			d->strtab = FILE_ADDR(value);
		else if (tag == DT_STRSZ)
			d->strtab_size = value;
		else if (tag == DT_HASH)
			d->hash = FILE_ADDR(value);
		else if (tag == DT_GNU_HASH)
			d->gnu_hash = FILE_ADDR(value);
		else if (tag == DT_SONAME) {
			d->has_soname = true;
			d->soname = value;
		}
	}
	return d;
}

static bool dynamic_strings(struct elf_file *elf, struct elf_span *ret)
{
	const struct elf_dynamic *d = elf_dynamic(elf);
	if (!d->strtab.value || !elf_loaded_from(elf, d->strtab, ret))
		return false;
	if (ret->size > d->strtab_size)
		ret->size = (size_t)d->strtab_size;
	return true;
}

/* DT_GNU_HASH gives no count: the last symbol is the end of the chain that begins furthest behind. */
static size_t count_by_gnu_hash(struct elf_file *elf, struct file_addr addr)
{
	struct elf_span span;
	if (!elf_loaded_from(elf, addr, &span))
		return 0;
	struct reader r = reader_init(span.data, span.size);
	uint32_t buckets = reader_u32(&r);
	uint32_t first = reader_u32(&r);
	uint32_t bloom_words = reader_u32(&r);
	reader_skip(&r, 4);
	reader_skip(&r, (size_t)bloom_words * 8);
	uint32_t last = 0;
	for (uint32_t i = 0; i < buckets && !r.failed; i++) {
		uint32_t symbol = reader_u32(&r);
		if (symbol > last)
			last = symbol;
	}
	if (r.failed)
		return 0;
	if (last < first)
		return first;
	reader_skip(&r, (size_t)(last - first) * 4);
	while (!r.failed && !(reader_u32(&r) & 1))
		last++;
	return r.failed ? 0 : (size_t)last + 1;
}

static size_t count_by_hash(struct elf_file *elf, struct file_addr addr)
{
	const uint8_t *bytes;
	if (!elf_loaded_bytes(elf, addr, 8, &bytes))
		return 0;
	uint32_t chains;
	memcpy(&chains, bytes + 4, sizeof chains);
	return chains;
}

static void table_from_dynamic(struct elf_file *elf, struct elf_symbol_table *ret)
{
	const struct elf_dynamic *d = elf_dynamic(elf);
	struct elf_symbol_table table = { 0 };
	if (!d->symtab.value || !elf_loaded_from(elf, d->symtab, &table.symbols) ||
	    !dynamic_strings(elf, &table.strings))
		return;
	size_t count = d->hash.value ? count_by_hash(elf, d->hash) : 0;
	if (count == 0 && d->gnu_hash.value)
		count = count_by_gnu_hash(elf, d->gnu_hash);
	size_t fits = table.symbols.size / sizeof(Elf64_Sym);
	table.count = count < fits ? count : fits;
	*ret = table;
}

struct error *elf_symbol_table(struct elf_file *elf, bool dynamic, struct elf_symbol_table *ret)
{
	*ret = (struct elf_symbol_table){ 0 };
	const struct elf_section *section = NULL;
	for (size_t i = 0; i < elf->section_count && !section; i++)
		if (elf->sections[i].type == (dynamic ? SHT_DYNSYM : SHT_SYMTAB))
			section = &elf->sections[i];
	if (!section) {
		if (dynamic)
			table_from_dynamic(elf, ret);
		return NULL;
	}
	/* A debug file keeps .dynsym's header but not its bytes. */
	if (section->type == SHT_NOBITS)
		return NULL;
	const struct elf_section *strings = elf_section(elf, section->link);
	if (!strings)
		return error_new(ERROR_FORMAT, "%s: symbol table %.*s has its names in section %u of %zu",
				 elf->name, STR_ARG(section->name), section->link, elf->section_count);
	struct elf_symbol_table table;
	TRY(elf_section_data(elf, section, &table.symbols.data, &table.symbols.size));
	TRY(elf_section_data(elf, strings, &table.strings.data, &table.strings.size));
	table.count = table.symbols.size / sizeof(Elf64_Sym);
	*ret = table;
	return NULL;
}

struct error *elf_symbols(struct elf_file *elf, bool dynamic,
			  bool (*fn)(void *ctx, const struct elf_symbol *symbol), void *ctx)
{
	struct elf_symbol_table table;
	TRY(elf_symbol_table(elf, dynamic, &table));
	for (size_t i = 1; i < table.count; i++) {
		Elf64_Sym s;
		memcpy(&s, table.symbols.data + i * sizeof s, sizeof s);
		struct elf_symbol symbol = {
			.name = elf_string(table.strings, s.st_name),
			.addr = FILE_ADDR(s.st_value),
			.size = s.st_size,
			.type = ELF64_ST_TYPE(s.st_info),
			.binding = ELF64_ST_BIND(s.st_info),
			.section = s.st_shndx,
		};
		if (!fn(ctx, &symbol))
			return NULL;
	}
	return NULL;
}

struct str elf_soname(struct elf_file *elf)
{
	const struct elf_dynamic *d = elf_dynamic(elf);
	struct elf_span strings;
	if (!d->has_soname || !dynamic_strings(elf, &strings))
		return STR_EMPTY;
	return elf_string(strings, d->soname);
}
