/* The input format of the targets that need several sections at once: chunks of
 *   u8 section (enum dw_section_id), u32 size (little-endian), the section's bytes
 * until the input ends. A size that runs past the input is cut; of two chunks of one section the last
 * counts; a section number that does not exist is taken modulo their count. Each section is copied to an
 * allocation of exactly its size, so that ASan sees a read one byte past it. */
#pragma once

#include "dwarf/dwarf.h"

#include <stdlib.h>

struct fuzz_sections {
	struct dw_sections sections;
	uint8_t *copies[DW_SECTION_COUNT];
};

static inline void fuzz_sections_init(struct fuzz_sections *f, const uint8_t *data, size_t size)
{
	struct reader r = reader_init(data, size);
	memset(f, 0, sizeof *f);
	f->sections.name = "fuzz";
	while (reader_left(&r) >= 5) {
		unsigned id = reader_u8(&r) % DW_SECTION_COUNT;
		size_t count = reader_u32(&r);
		if (count > reader_left(&r))
			count = reader_left(&r);
		free(f->copies[id]);
		f->copies[id] = malloc(count ? count : 1);
		if (count > 0)
			memcpy(f->copies[id], reader_bytes(&r, count), count);
		f->sections.section[id] = (struct dw_span){ f->copies[id], count };
	}
}

static inline void fuzz_sections_deinit(struct fuzz_sections *f)
{
	for (size_t i = 0; i < DW_SECTION_COUNT; i++)
		free(f->copies[i]);
}
