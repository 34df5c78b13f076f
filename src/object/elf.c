#include "object/elf_internal.h"

#include "base/pool.h"

#include <stdlib.h>

enum { MAX_SECTIONS = 1 << 22, MAX_SEGMENTS = 1 << 20 };

static void keep_trouble(struct elf_file *elf, struct error *err)
{
	if (elf->trouble)
		error_destroy(err);
	else
		elf->trouble = err;
}

static bool in_file(const struct elf_file *elf, uint64_t offset, uint64_t size)
{
	return offset <= elf->size && size <= elf->size - offset;
}

/* How many of `wanted` table entries the file really holds. */
static size_t clamp_table(struct elf_file *elf, const char *what, uint64_t offset, size_t entry_size,
			  uint64_t wanted, uint64_t limit)
{
	uint64_t fits = offset <= elf->size ? (elf->size - offset) / entry_size : 0;
	if (wanted > limit) {
		keep_trouble(elf, error_at(ERROR_LIMIT, offset, "%s: %s has more than %llu entries",
					   elf->name, what, (unsigned long long)limit));
		wanted = limit;
	}
	if (wanted > fits) {
		keep_trouble(elf, error_at(ERROR_TRUNCATED, offset,
					   "%s: %s of %llu entries ends behind the file", elf->name,
					   what, (unsigned long long)wanted));
		wanted = fits;
	}
	return (size_t)wanted;
}

static Elf64_Shdr section_header(const struct elf_file *elf, size_t index)
{
	Elf64_Shdr header;
	memcpy(&header, elf->bytes + elf->header.e_shoff + index * sizeof header, sizeof header);
	return header;
}

static void read_section_names(struct elf_file *elf, uint64_t names_index, const uint32_t *name_offsets)
{
	if (names_index == SHN_UNDEF)
		return;
	if (names_index >= elf->section_count) {
		keep_trouble(elf,
			     error_new(ERROR_FORMAT,
				       "%s: section names are said to be in section %llu of %zu",
				       elf->name, (unsigned long long)names_index, elf->section_count));
		return;
	}
	const struct elf_section *names = &elf->sections[names_index];
	if (!in_file(elf, names->offset, names->size) || names->type == SHT_NOBITS) {
		keep_trouble(elf, error_at(ERROR_TRUNCATED, names->offset,
					   "%s: the section names end behind the file", elf->name));
		return;
	}
	struct elf_span table = { elf->bytes + names->offset, names->size };
	for (size_t i = 0; i < elf->section_count; i++) {
		if (name_offsets[i] >= table.size)
			keep_trouble(elf, error_at(ERROR_FORMAT, names->offset,
						   "%s: section %zu has its name outside of the names",
						   elf->name, i));
		elf->sections[i].name = elf_string(table, name_offsets[i]);
	}
}

static int compare_by_addr(const void *a, const void *b)
{
	const struct elf_section *x = *(const struct elf_section *const *)a,
				 *y = *(const struct elf_section *const *)b;
	if (x->addr.value != y->addr.value)
		return x->addr.value < y->addr.value ? -1 : 1;
	return x->index < y->index ? -1 : 1;
}

static void sort_by_addr(struct elf_file *elf)
{
	elf->by_addr = xmalloc((elf->section_count + 1) * sizeof(struct elf_section *));
	for (size_t i = 0; i < elf->section_count; i++) {
		const struct elf_section *s = &elf->sections[i];
		/* .tbss takes no addresses: what follows it starts at the same one. */
		bool takes_no_room = (s->flags & SHF_TLS) && s->type == SHT_NOBITS;
		if ((s->flags & SHF_ALLOC) && s->size > 0 && !takes_no_room)
			elf->by_addr[elf->by_addr_count++] = s;
	}
	qsort(elf->by_addr, elf->by_addr_count, sizeof *elf->by_addr, compare_by_addr);
}

static void read_sections(struct elf_file *elf)
{
	const Elf64_Ehdr *h = &elf->header;
	if (h->e_shoff == 0)
		return;
	if (h->e_shentsize != sizeof(Elf64_Shdr)) {
		keep_trouble(elf, error_new(ERROR_FORMAT, "%s: section headers of %u bytes, not %zu",
					    elf->name, h->e_shentsize, sizeof(Elf64_Shdr)));
		return;
	}
	uint64_t count = h->e_shnum, names_index = h->e_shstrndx;
	if (clamp_table(elf, "section table", h->e_shoff, sizeof(Elf64_Shdr), 1, 1) == 0)
		return;
	/* Numbers that do not fit the header stand in section 0 (gABI, "Special Sections"). */
	Elf64_Shdr first = section_header(elf, 0);
	if (count == 0)
		count = first.sh_size;
	if (names_index == SHN_XINDEX)
		names_index = first.sh_link;
	elf->section_count =
		clamp_table(elf, "section table", h->e_shoff, sizeof(Elf64_Shdr), count, MAX_SECTIONS);
	if (elf->section_count == 0)
		return;

	elf->sections = xmalloc(elf->section_count * sizeof *elf->sections);
	uint32_t *name_offsets = xmalloc(elf->section_count * sizeof *name_offsets);
	for (size_t i = 0; i < elf->section_count; i++) {
		Elf64_Shdr s = section_header(elf, i);
		elf->sections[i] = (struct elf_section){
			.index = (uint32_t)i,
			.type = s.sh_type,
			.flags = s.sh_flags,
			.addr = FILE_ADDR(s.sh_addr),
			.offset = s.sh_offset,
			.size = s.sh_size,
			.link = s.sh_link,
			.info = s.sh_info,
			.entry_size = s.sh_entsize,
		};
		name_offsets[i] = s.sh_name;
	}
	read_section_names(elf, names_index, name_offsets);
	free(name_offsets);
	sort_by_addr(elf);
}

static void read_segments(struct elf_file *elf)
{
	const Elf64_Ehdr *h = &elf->header;
	uint64_t count = h->e_phnum;
	if (count == PN_XNUM && elf->section_count > 0)
		count = elf->sections[0].info;
	if (count == 0)
		return;
	if (h->e_phentsize != sizeof(Elf64_Phdr)) {
		keep_trouble(elf, error_new(ERROR_FORMAT, "%s: program headers of %u bytes, not %zu",
					    elf->name, h->e_phentsize, sizeof(Elf64_Phdr)));
		return;
	}
	elf->segment_count = clamp_table(elf, "program header table", h->e_phoff, sizeof(Elf64_Phdr),
					 count, MAX_SEGMENTS);
	if (elf->segment_count == 0)
		return;
	elf->segments = xmalloc(elf->segment_count * sizeof *elf->segments);
	for (size_t i = 0; i < elf->segment_count; i++) {
		Elf64_Phdr p;
		memcpy(&p, elf->bytes + h->e_phoff + i * sizeof p, sizeof p);
		elf->segments[i] = (struct elf_segment){
			.type = p.p_type,
			.flags = p.p_flags,
			.offset = p.p_offset,
			.file_size = p.p_filesz,
			.mem_size = p.p_memsz,
			.align = p.p_align,
			.addr = FILE_ADDR(p.p_vaddr),
		};
	}
}

struct error *elf_open(const char *name, const void *bytes, size_t size, struct elf_file **ret)
{
	const uint8_t *ident = bytes;
	if (size < SELFMAG || memcmp(ident, ELFMAG, SELFMAG) != 0)
		return error_new(ERROR_FORMAT, "%s: not an ELF file", name);
	if (size < sizeof(Elf64_Ehdr))
		return error_new(ERROR_TRUNCATED, "%s: the ELF header is cut off after %zu bytes", name,
				 size);
	if (ident[EI_CLASS] != ELFCLASS64 || ident[EI_DATA] != ELFDATA2LSB)
		return error_new(ERROR_UNSUPPORTED, "%s: not a 64-bit little-endian ELF file", name);

	struct elf_file *elf = xmalloc(sizeof *elf);
	elf->name = xstrdup(name);
	elf->bytes = bytes;
	elf->size = size;
	memcpy(&elf->header, bytes, sizeof elf->header);
	read_sections(elf);
	read_segments(elf);
	*ret = elf;
	return NULL;
}

void elf_close(struct elf_file *elf)
{
	if (!elf)
		return;
	if (elf->decompressed)
		for (size_t i = 0; i < elf->section_count; i++)
			free((void *)elf->decompressed[i].data);
	free(elf->decompressed);
	vec_free(&elf->got);
	free(elf->by_addr);
	free(elf->sections);
	free(elf->segments);
	error_destroy(elf->trouble);
	free(elf->name);
	free(elf);
}

const char *elf_name(const struct elf_file *elf)
{
	return elf->name;
}

const struct error *elf_trouble(const struct elf_file *elf)
{
	return elf->trouble;
}

uint16_t elf_type(const struct elf_file *elf)
{
	return elf->header.e_type;
}

uint16_t elf_machine(const struct elf_file *elf)
{
	return elf->header.e_machine;
}

struct file_addr elf_entry(const struct elf_file *elf)
{
	return FILE_ADDR(elf->header.e_entry);
}

size_t elf_section_count(const struct elf_file *elf)
{
	return elf->section_count;
}

const struct elf_section *elf_section(const struct elf_file *elf, size_t index)
{
	return index < elf->section_count ? &elf->sections[index] : NULL;
}

const struct elf_section *elf_section_by_name(const struct elf_file *elf, const char *name)
{
	struct str wanted = str_from(name);
	bool is_debug = str_starts(wanted, STR_LIT(".debug_"));
	const struct elf_section *old_style = NULL;
	for (size_t i = 0; i < elf->section_count; i++) {
		struct str have = elf->sections[i].name;
		if (str_eq(have, wanted))
			return &elf->sections[i];
		if (is_debug && !old_style && str_starts(have, STR_LIT(".zdebug_")) &&
		    str_eq(str_sub(have, 2, SIZE_MAX), str_sub(wanted, 1, SIZE_MAX)))
			old_style = &elf->sections[i];
	}
	return old_style;
}

const struct elf_section *elf_section_at(const struct elf_file *elf, struct file_addr addr)
{
	size_t low = 0, high = elf->by_addr_count;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (elf->by_addr[mid]->addr.value <= addr.value)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == 0)
		return NULL;
	const struct elf_section *s = elf->by_addr[low - 1];
	return addr.value - s->addr.value < s->size ? s : NULL;
}

size_t elf_segment_count(const struct elf_file *elf)
{
	return elf->segment_count;
}

const struct elf_segment *elf_segment(const struct elf_file *elf, size_t index)
{
	return index < elf->segment_count ? &elf->segments[index] : NULL;
}

bool elf_section_file_range(const struct elf_file *elf, const struct elf_section *section,
			    size_t *ret_offset, size_t *ret_size)
{
	if (section->type == SHT_NOBITS || !in_file(elf, section->offset, section->size))
		return false;
	*ret_offset = (size_t)section->offset;
	*ret_size = (size_t)section->size;
	return true;
}

struct error *elf_section_data(struct elf_file *elf, const struct elf_section *section,
			       const uint8_t **ret_data, size_t *ret_size)
{
	if (section->type == SHT_NOBITS) {
		*ret_data = NULL;
		*ret_size = 0;
		return NULL;
	}
	if (!in_file(elf, section->offset, section->size))
		return error_at(ERROR_TRUNCATED, section->offset, "%s: section %.*s ends behind the file",
				elf->name, STR_ARG(section->name));
	struct elf_span span = { elf->bytes + section->offset, (size_t)section->size };
	if (elf_is_compressed(section)) {
		if (!elf->decompressed)
			elf->decompressed = xmalloc(elf->section_count * sizeof *elf->decompressed);
		struct elf_span *kept = &elf->decompressed[section->index];
		if (!kept->data)
			TRY(elf_decompress(elf, section, span, kept));
		span = *kept;
	}
	*ret_data = span.data;
	*ret_size = span.size;
	return NULL;
}

struct ahead {
	struct elf_file *elf;
	const struct elf_section *const *sections;
};

static void decompress_one(void *ctx, size_t index, size_t worker)
{
	(void)worker;
	const struct ahead *ahead = ctx;
	struct elf_file *elf = ahead->elf;
	const struct elf_section *section = ahead->sections[index];
	struct elf_span raw = { elf->bytes + section->offset, (size_t)section->size };
	error_destroy(elf_decompress(elf, section, raw, &elf->decompressed[section->index]));
}

static int bigger_first(const void *a, const void *b)
{
	const struct elf_section *const *x = a, *const *y = b;
	return ((*x)->size < (*y)->size) - ((*x)->size > (*y)->size);
}

void elf_decompress_ahead(struct elf_file *elf, const struct elf_section *const *sections, size_t count)
{
	VEC(const struct elf_section *) list = { 0 };
	for (size_t i = 0; i < count; i++) {
		const struct elf_section *s = sections[i];
		if (s->type != SHT_NOBITS && in_file(elf, s->offset, s->size) && elf_is_compressed(s) &&
		    !(elf->decompressed && elf->decompressed[s->index].data))
			vec_push(&list, s);
	}
	if (list.count > 1) { /* the one that takes longest is begun first */
		if (!elf->decompressed)
			elf->decompressed = xmalloc(elf->section_count * sizeof *elf->decompressed);
		qsort(list.data, list.count, sizeof *list.data, bigger_first);
		struct ahead ahead = { elf, list.data };
		pool_for(list.count, decompress_one, &ahead);
	}
	vec_free(&list);
}

bool elf_loaded_from(const struct elf_file *elf, struct file_addr addr, struct elf_span *ret)
{
	for (size_t i = 0; i < elf->segment_count; i++) {
		const struct elf_segment *s = &elf->segments[i];
		uint64_t into = addr.value - s->addr.value;
		if (s->type != PT_LOAD || addr.value < s->addr.value || into >= s->file_size ||
		    s->offset > elf->size)
			continue;
		uint64_t have = elf->size - s->offset;
		if (have > s->file_size)
			have = s->file_size;
		if (into >= have)
			continue;
		*ret = (struct elf_span){ elf->bytes + s->offset + into, (size_t)(have - into) };
		return true;
	}
	return false;
}

bool elf_loaded_bytes(const struct elf_file *elf, struct file_addr addr, size_t size, const uint8_t **ret)
{
	struct elf_span span;
	if (!elf_loaded_from(elf, addr, &span) || span.size < size)
		return false;
	*ret = span.data;
	return true;
}
