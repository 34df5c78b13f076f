/* What the files of the object layer's ELF half share; nobody else includes it. */
#pragma once

#include "base/reader.h"
#include "base/vec.h"

#include "object/elf.h"

#include <elf.h>

/* Facts out of PT_DYNAMIC; addresses 0 when the entry is not there. */
struct elf_dynamic {
	struct file_addr symtab, strtab, hash, gnu_hash;
	uint64_t strtab_size;
	bool has_soname;
	uint64_t soname; /* offset into strtab */
};

struct elf_got_slot {
	uint64_t addr;
	struct str name;
	bool jump; /* of lazy binding */
};

struct elf_span {
	const uint8_t *data;
	size_t size;
};

struct elf_file {
	char *name;
	const uint8_t *bytes;
	size_t size;
	struct error *trouble;
	Elf64_Ehdr header;

	struct elf_section *sections;
	size_t section_count;
	const struct elf_section **by_addr; /* allocated ones, sorted by address */
	size_t by_addr_count;
	struct elf_segment *segments;
	size_t segment_count;
	struct elf_span *decompressed; /* per section; NULL until the first compressed one is read */

	bool dynamic_read;
	struct elf_dynamic dynamic;
	bool got_read;
	VEC(struct elf_got_slot) got; /* sorted by address */
};

/* The bytes that are loaded at addr, as far as its segment's part of the file goes. */
bool elf_loaded_from(const struct elf_file *elf, struct file_addr addr, struct elf_span *ret);
const struct elf_dynamic *elf_dynamic(struct elf_file *elf);

struct elf_symbol_table {
	struct elf_span symbols, strings;
	size_t count;
};
/* Count 0 when there is no such table. */
struct error *elf_symbol_table(struct elf_file *elf, bool dynamic, struct elf_symbol_table *ret) ERROR_CHECK;
/* The NUL-terminated string at offset; empty when it is not wholly inside. */
struct str elf_string(struct elf_span table, uint64_t offset);

/* Heap bytes; the caller frees them. */
struct error *elf_decompress(const struct elf_file *elf, const struct elf_section *section,
			     struct elf_span raw, struct elf_span *ret) ERROR_CHECK;
bool elf_is_compressed(const struct elf_section *section);
