/* Bytes of hand-made DWARF: a growing buffer with the formats' primitives, and the sections of this very program. */
#pragma once

#include "base/buf.h"
#include "base/file.h"
#include "dwarf/dwarf.h"

#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static inline void ok(struct error *err)
{
	if (err)
		fail_msg("%s", err->message);
}

static inline void fails(struct error *err, enum error_code code)
{
	assert_non_null(err);
	assert_int_equal(err->code, code);
	error_destroy(err);
}

static inline void put(struct buf *b, uint64_t value, size_t bytes)
{
	buf_add(b, &value, bytes);
}

#define PUT_BYTES(b, ...)                                 \
	do {                                              \
		const uint8_t bytes_[] = { __VA_ARGS__ }; \
		buf_add((b), bytes_, sizeof bytes_);      \
	} while (0)

static inline void put_str(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s) + 1);
}

static inline void put_uleb(struct buf *b, uint64_t value)
{
	do {
		uint8_t byte = value & 0x7f;
		value >>= 7;
		put(b, byte | (value ? 0x80 : 0), 1);
	} while (value);
}

/* Replaces the placeholder length at `at` by what was put behind it. */
static inline void end_length(struct buf *b, size_t at, size_t bytes)
{
	uint64_t length = b->len - at - bytes;
	memcpy(b->data + at, &length, bytes);
}

static inline struct dw_span span_of(const struct buf *b)
{
	return (struct dw_span){ (const uint8_t *)b->data, b->len };
}

/* The section of the ELF file; size 0 when it is not there. For this program only: nothing is checked. */
static inline struct dw_span self_section(const struct file_map *map, const char *name, uint64_t *ret_addr)
{
	const Elf64_Ehdr *header = (const Elf64_Ehdr *)map->data;
	const Elf64_Shdr *sections = (const Elf64_Shdr *)(map->data + header->e_shoff);
	const char *names = (const char *)map->data + sections[header->e_shstrndx].sh_offset;
	for (int i = 0; i < header->e_shnum; i++)
		if (strcmp(names + sections[i].sh_name, name) == 0) {
			if (ret_addr)
				*ret_addr = sections[i].sh_addr;
			return (struct dw_span){ map->data + sections[i].sh_offset, sections[i].sh_size };
		}
	return (struct dw_span){ 0 };
}
