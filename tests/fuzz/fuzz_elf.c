/* The input is an ELF file. */
#include "object/elf.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile uint8_t sink;

static void touch(const void *bytes, size_t size)
{
	if (size > 0) {
		sink = ((const uint8_t *)bytes)[0];
		sink = ((const uint8_t *)bytes)[size - 1];
	}
}

static bool on_symbol(void *ctx, const struct elf_symbol *symbol)
{
	size_t *left = ctx;
	touch(symbol->name.ptr, symbol->name.len);
	return --*left > 0;
}

static void read_sections(struct elf_file *elf)
{
	size_t count = elf_section_count(elf);
	for (size_t i = 0; i < count && i < 64; i++) {
		const struct elf_section *s = elf_section(elf, i);
		const uint8_t *bytes;
		size_t size, offset;
		struct error *err = elf_section_data(elf, s, &bytes, &size);
		if (!err)
			touch(bytes, size);
		error_destroy(err);
		elf_section_file_range(elf, s, &offset, &size);
		if (!str_eq(s->name, STR_EMPTY) && s->name.len < 32) {
			char name[32] = { 0 };
			memcpy(name, s->name.ptr, s->name.len);
			elf_section_by_name(elf, name);
		}
		struct str target;
		for (uint64_t at = 0; at < 128; at += 8)
			if (elf_plt_target(elf, FILE_ADDR(s->addr.value + at), &target))
				touch(target.ptr, target.len);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct elf_file *elf;
	struct error *err = elf_open("fuzz", data, size, &elf);
	if (err) {
		error_destroy(err);
		return 0;
	}
	read_sections(elf);
	for (size_t i = 0; i < elf_segment_count(elf) && i < 64; i++) {
		const struct elf_segment *s = elf_segment(elf, i);
		const uint8_t *bytes;
		if (elf_loaded_bytes(elf, s->addr, s->file_size, &bytes))
			touch(bytes, s->file_size);
		elf_section_at(elf, s->addr);
	}
	for (int dynamic = 0; dynamic < 2; dynamic++) {
		size_t left = 1 << 16;
		error_destroy(elf_symbols(elf, dynamic, on_symbol, &left));
	}
	struct str id = elf_build_id(elf), name;
	touch(id.ptr, id.len);
	struct arena arena = ARENA_INIT;
	elf_build_id_path(&arena, STR_LIT("/usr/lib/debug"), id);
	arena_deinit(&arena);
	uint32_t crc;
	if (elf_debuglink(elf, &name, &crc))
		touch(name.ptr, name.len);
	name = elf_soname(elf);
	touch(name.ptr, name.len);
	name = elf_interp(elf);
	touch(name.ptr, name.len);
	elf_close(elf);
	return 0;
}
