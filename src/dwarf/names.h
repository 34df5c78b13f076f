/* .debug_names: accelerated access by name (D5 6.1.1). */
#pragma once

#include "dwarf/dwarf.h"

struct dw_name_attr {
	uint16_t index, form; /* DW_IDX_…, DW_FORM_… */
	int64_t implicit_const;
};
struct dw_name_abbrev {
	uint64_t code;
	uint64_t offset;       /* in .debug_names */
	uint16_t tag;          /* DW_TAG_… */
	uint32_t first, count; /* into attrs */
};

/* One index, of one or many units. Offsets are into .debug_names. */
struct dw_names {
	const struct dw_sections *sections;
	uint64_t offset, end;
	bool is_64;
	uint16_t version;
	uint32_t unit_count, local_type_count, foreign_type_count, bucket_count, name_count;
	struct str augmentation;
	uint64_t units, local_types, foreign_types, buckets, hashes, strings, entries, abbrev_table, pool;
	/* Sorted by code. */
	struct dw_name_abbrev *abbrevs;
	size_t abbrev_count;
	struct dw_name_attr *attrs;
};

/* Heap: dw_names_close. *ret_next is set as dw_unit_read does it. Errors: tables that do not fit, abbreviations that cannot be read. */
struct error *dw_names_open(const struct dw_sections *sections, uint64_t offset, struct dw_names *ret,
			    uint64_t *ret_next) ERROR_CHECK;
void dw_names_close(struct dw_names *names);

/* Offset in .debug_info of unit `index` (< unit_count). */
uint64_t dw_names_unit(const struct dw_names *names, uint32_t index);

struct dw_name {
	struct str name;
	bool bad_string; /* its offset is not in .debug_str */
	uint32_t hash;   /* as the table has it; 0 without a hash table */
	uint64_t slot;   /* offset of its string's offset, */
	uint64_t entry;  /* and of its first entry */
};
/* Name `index`, from 0. */
void dw_names_name(const struct dw_names *names, uint32_t index, struct dw_name *ret);

struct dw_name_entry {
	uint64_t offset;
	uint16_t tag;
	bool has_unit, has_type_unit, has_die;
	uint64_t unit, type_unit; /* numbers in their lists; without any the only unit is meant */
	uint64_t die;             /* offset within the unit */
	bool has_parent;
	uint64_t parent; /* offset of an entry within the pool */
};
typedef bool dw_name_entry_fn(void *ctx, const struct dw_name_entry *entry);
/* The entries of a name, until fn gives false. */
struct error *dw_names_entries(const struct dw_names *names, uint64_t entry, dw_name_entry_fn *fn,
			       void *ctx) ERROR_CHECK;
