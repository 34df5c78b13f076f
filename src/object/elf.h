/* ELF64 little-endian objects (System V gABI chapters 4 and 5; x86-64 psABI): bytes in, structs out. No
 * file is opened here and no process is asked. Nothing is decoded before it is asked for. Functions that
 * take a const file may run in several threads at once; the others (they decompress or build a table on
 * first use) need the file to themselves. Constants (ET_, SHT_, PT_, STT_ …) are <elf.h>'s. */
#pragma once

#include "base/addr.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

struct elf_section {
	struct str name;
	uint32_t index, type;  /* SHT_… */
	uint64_t flags;        /* SHF_… */
	struct file_addr addr; /* 0 when not loaded */
	uint64_t offset, size; /* in the file, as the header says; checked against the file only on use */
	uint32_t link, info;
	uint64_t entry_size;
};

struct elf_segment {
	uint32_t type, flags; /* PT_…, PF_… */
	uint64_t offset, file_size, mem_size, align;
	struct file_addr addr;
};

struct elf_symbol {
	struct str name;
	struct file_addr addr;
	uint64_t size;
	uint8_t type, binding; /* STT_…, STB_… */
	uint16_t section;      /* SHN_UNDEF (0) = not defined here */
};

struct elf_file;

/* Looks at the headers. `bytes` stay the caller's and outlive the file; `name` (for messages) is copied.
 * A file whose section table is cut off or lies opens with what can be trusted: trouble is told by
 * elf_trouble(). Errors: not ELF, not ELF64 little-endian, header cut off. */
struct error *elf_open(const char *name, const void *bytes, size_t size, struct elf_file **ret) ERROR_CHECK;
void elf_close(struct elf_file *elf);

const char *elf_name(const struct elf_file *elf);
/* NULL, or the first thing that was wrong with the tables and was left out. Owned by elf. */
const struct error *elf_trouble(const struct elf_file *elf);
uint16_t elf_type(const struct elf_file *elf);    /* ET_EXEC, ET_DYN, ET_CORE, ET_REL */
uint16_t elf_machine(const struct elf_file *elf); /* EM_X86_64 … */
struct file_addr elf_entry(const struct elf_file *elf);

size_t elf_section_count(const struct elf_file *elf);
const struct elf_section *elf_section(const struct elf_file *elf, size_t index);
/* ".debug_X" also finds a ".zdebug_X" where there is no section of the very name. */
const struct elf_section *elf_section_by_name(const struct elf_file *elf, const char *name);
/* NULL for an address that no allocated section holds. Where sections overlap, the one that begins last. */
const struct elf_section *elf_section_at(const struct elf_file *elf, struct file_addr addr);
size_t elf_segment_count(const struct elf_file *elf);
const struct elf_segment *elf_segment(const struct elf_file *elf, size_t index);

/* The section's bytes, decompressed when SHF_COMPRESSED (zlib, zstd) or named .zdebug_…; decompressed
 * bytes are kept until elf_close. SHT_NOBITS gives size 0. A size that the compression header claims is
 * believed up to 4 GiB and only as far as input could expand to (1032:1 for zlib). */
struct error *elf_section_data(struct elf_file *elf, const struct elf_section *section,
			       const uint8_t **ret_data, size_t *ret_size) ERROR_CHECK;
/* Decompresses those that are compressed and have not been yet, in parallel. Trouble is left to who asks for the data. */
void elf_decompress_ahead(struct elf_file *elf, const struct elf_section *const *sections, size_t count);
/* True and the bytes of the file that [addr, addr+size) is loaded from; false when any is not in a
 * PT_LOAD's file part. */
bool elf_loaded_bytes(const struct elf_file *elf, struct file_addr addr, size_t size, const uint8_t **ret);
/* The section's bytes as they stand in the file (compressed ones too), for file_drop. False for
 * SHT_NOBITS and for a range that is not all in the file. */
bool elf_section_file_range(const struct elf_file *elf, const struct elf_section *section,
			    size_t *ret_offset, size_t *ret_size);

/* Calls fn for each symbol (the null symbol 0 is left out) of .symtab (dynamic = false) or .dynsym (true)
 * until it gives false. Missing table = no calls, no error. A name outside its string table is empty.
 * Works for .dynsym without section headers (through PT_DYNAMIC). */
struct error *elf_symbols(struct elf_file *elf, bool dynamic,
			  bool (*fn)(void *ctx, const struct elf_symbol *symbol), void *ctx) ERROR_CHECK;

/* NT_GNU_BUILD_ID's bytes (usually 20), from PT_NOTE or a note section; length 0 when there is none. */
struct str elf_build_id(struct elf_file *elf);
/* .gnu_debuglink: file name and CRC-32 of the file it means. False when there is none. */
bool elf_debuglink(struct elf_file *elf, struct str *ret_name, uint32_t *ret_crc);
/* DT_SONAME, PT_INTERP; empty when there is none. */
struct str elf_soname(struct elf_file *elf);
struct str elf_interp(struct elf_file *elf);

/* Where the GOT-jumping stubs of .plt, .plt.got and .plt.sec lead: name of the dynamic symbol whose stub
 * holds addr, from .rela.plt / .rela.dyn and the stub's own `jmp *[rip+x]` (x86-64 only). False when addr
 * is in no such stub. */
bool elf_plt_target(struct elf_file *elf, struct file_addr addr, struct str *ret_name);
/* The same, and where the stub is. */
bool elf_plt_stub(struct elf_file *elf, struct file_addr addr, struct str *ret_name,
		  struct file_range *ret);
/* Each of them, until fn gives false. */
typedef bool elf_plt_fn(void *ctx, struct str name, struct file_range stub);
void elf_plt_each(struct elf_file *elf, elf_plt_fn *fn, void *ctx);
/* The stub that leads to the dynamic symbol of that name. */
bool elf_plt_by_name(struct elf_file *elf, struct str name, struct file_range *ret);
/* The slot that such a stub of lazy binding jumps through (R_X86_64_JUMP_SLOT): the 8 bytes that hold addr. */
bool elf_plt_slot(struct elf_file *elf, struct file_addr addr, struct str *ret_name,
		  struct file_range *ret);

/* The CRC-32 that .gnu_debuglink uses. */
uint32_t elf_crc32(const void *bytes, size_t size);

/* "DIR/.build-id/ab/cdef….debug" for a build-id of at least 2 bytes, in the arena; empty otherwise. */
struct str elf_build_id_path(struct arena *arena, struct str directory, struct str build_id);
