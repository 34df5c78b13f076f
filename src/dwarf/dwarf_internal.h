/* What the files of the dwarf layer share; nobody else includes it. */
#pragma once

#include "dwarf/dwarf.h"

enum { DW_MAX_LIST_ENTRIES = 1 << 20 }; /* of one range or location list */

/* How to step over a value of this form; false for an unknown one. */
bool dw_form_skip(uint16_t form, uint8_t address_size, bool is_64, struct dw_skip *ret);

/* Decodes a value of an attribute. False for an unknown form; reader->failed when it ends too soon. */
bool dw_value_read(const struct dw_unit *unit, struct reader *reader, const struct dw_attr_spec *spec,
		   struct dw_value *ret);

/* The NUL-terminated string at offset of a section; false when it is not wholly inside. */
bool dw_section_string(const struct dw_sections *sections, enum dw_section_id id, uint64_t offset,
		       struct str *ret);

static inline uint64_t dw_read_offset(struct reader *r, bool is_64)
{
	return is_64 ? reader_u64(r) : reader_u32(r);
}

/* An initial length (D5 7.4). Reserved values fail the reader. */
uint64_t dw_read_initial_length(struct reader *r, bool *ret_is_64);

static inline uint64_t dw_max_address(uint8_t address_size)
{
	return address_size == 4 ? UINT32_MAX : UINT64_MAX;
}

/* What linkers put for an address in code that they dropped: GNU ld and lld 0, in range and location
 * lists 1 (a 0 would end the list), others ~0 or ~1. */
static inline bool dw_is_tombstone(uint64_t addr, uint8_t address_size)
{
	return addr <= 1 || addr >= dw_max_address(address_size) - 1;
}
