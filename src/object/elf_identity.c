/* What tells one file from another and leads to its debug file: build-id, .gnu_debuglink, interpreter. */
#include "object/elf_internal.h"

#include <stdio.h>
#include <zlib.h>

static struct elf_span file_part(const struct elf_file *elf, uint64_t offset, uint64_t size)
{
	if (offset > elf->size)
		return (struct elf_span){ 0 };
	uint64_t have = elf->size - offset;
	return (struct elf_span){ elf->bytes + offset, (size_t)(size < have ? size : have) };
}

/* Notes are padded to 4 bytes; in a segment aligned to 8, to 8 (gABI, "Note Section"). */
static struct str find_build_id(struct elf_span notes, uint64_t align)
{
	struct reader r = reader_init(notes.data, notes.size);
	size_t mask = align == 8 ? 7 : 3;
	while (reader_left(&r) >= sizeof(Elf64_Nhdr)) {
		uint32_t name_size = reader_u32(&r);
		uint32_t desc_size = reader_u32(&r);
		uint32_t type = reader_u32(&r);
		const uint8_t *name = reader_bytes(&r, name_size);
		reader_skip(&r, -r.pos & mask);
		const uint8_t *desc = reader_bytes(&r, desc_size);
		if (!name || !desc || r.failed)
			break;
		if (type == NT_GNU_BUILD_ID && name_size == 4 && memcmp(name, "GNU", 4) == 0)
			return (struct str){ (const char *)desc, desc_size };
		size_t padding = -r.pos & mask;
		if (reader_left(&r) < padding)
			break;
		reader_skip(&r, padding);
	}
	return STR_EMPTY;
}

struct str elf_build_id(struct elf_file *elf)
{
	for (size_t i = 0; i < elf->segment_count; i++) {
		const struct elf_segment *s = &elf->segments[i];
		struct str id = s->type == PT_NOTE
					? find_build_id(file_part(elf, s->offset, s->file_size), s->align)
					: STR_EMPTY;
		if (id.len > 0)
			return id;
	}
	for (size_t i = 0; i < elf->section_count; i++) {
		const struct elf_section *s = &elf->sections[i];
		struct str id = s->type == SHT_NOTE ? find_build_id(file_part(elf, s->offset, s->size), 4)
						    : STR_EMPTY;
		if (id.len > 0)
			return id;
	}
	return STR_EMPTY;
}

bool elf_debuglink(struct elf_file *elf, struct str *ret_name, uint32_t *ret_crc)
{
	const struct elf_section *section = elf_section_by_name(elf, ".gnu_debuglink");
	if (!section || section->type == SHT_NOBITS)
		return false;
	struct elf_span span = file_part(elf, section->offset, section->size);
	struct reader r = reader_init(span.data, span.size);
	struct str name = reader_cstr(&r);
	reader_skip(&r, -r.pos & 3);
	uint32_t crc = reader_u32(&r);
	if (r.failed || name.len == 0)
		return false;
	*ret_name = name;
	*ret_crc = crc;
	return true;
}

struct str elf_interp(struct elf_file *elf)
{
	for (size_t i = 0; i < elf->segment_count; i++) {
		const struct elf_segment *s = &elf->segments[i];
		if (s->type == PT_INTERP)
			return elf_string(file_part(elf, s->offset, s->file_size), 0);
	}
	return STR_EMPTY;
}

uint32_t elf_crc32(const void *bytes, size_t size)
{
	return (uint32_t)crc32_z(0, bytes, size);
}

struct str elf_build_id_path(struct arena *arena, struct str directory, struct str build_id)
{
	if (build_id.len < 2)
		return STR_EMPTY;
	struct str first = str_sub(build_id, 0, 1), rest = str_sub(build_id, 1, 64);
	char hex[2 * 64 + 1];
	for (size_t i = 0; i < rest.len; i++)
		snprintf(hex + 2 * i, 3, "%02x", (uint8_t)rest.ptr[i]);
	return arena_printf(arena, "%.*s/.build-id/%02x/%s.debug", STR_ARG(directory),
			    (uint8_t)first.ptr[0], hex);
}
