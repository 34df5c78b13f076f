/* DWARF 4 and 5 (and as much of 2 and 3 as they share): sections, units, abbreviations, DIEs, attribute
 * values. Bytes in, structs out; nothing here knows a file or a process. Offsets are into the section
 * that the name says. References are to "DWARF Debugging Information Format Version 5" (D5) and 4 (D4).
 *
 * Threads: a struct dw_sections and a struct dw_unit are read-only once made and may be shared; a cursor
 * belongs to one thread. */
#pragma once

#include "base/addr.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/reader.h"
#include "base/str.h"

#include "dwarf/constants.h"

enum dw_section_id {
	DW_SECTION_INFO,
	DW_SECTION_ABBREV,
	DW_SECTION_STR,
	DW_SECTION_LINE_STR,
	DW_SECTION_STR_OFFSETS,
	DW_SECTION_ADDR,
	DW_SECTION_LINE,
	DW_SECTION_RANGES,
	DW_SECTION_RNGLISTS,
	DW_SECTION_LOC,
	DW_SECTION_LOCLISTS,
	DW_SECTION_ARANGES,
	DW_SECTION_NAMES,
	DW_SECTION_TYPES,
	DW_SECTION_COUNT,
};

struct dw_span {
	const uint8_t *data;
	size_t size;
};

/* The sections of one file. Missing ones have size 0. Bytes are borrowed. */
struct dw_sections {
	const char *name; /* the file, for messages */
	struct dw_span section[DW_SECTION_COUNT];
};

/* ".debug_info" … as in ELF. */
const char *dw_section_name(enum dw_section_id id);

struct dw_attr_spec {
	uint16_t name; /* DW_AT_… */
	uint16_t form; /* DW_FORM_… */
	int64_t implicit_const;
};

struct dw_abbrev {
	uint64_t code;
	uint16_t tag; /* DW_TAG_… */
	bool children;
	uint32_t first_spec, spec_count; /* into dw_abbrevs.specs */
	/* Size in bytes of all attributes when each form has a fixed size, else 0: lets a scan skip DIEs. */
	uint32_t fixed_size;
	uint32_t first_skip; /* into dw_abbrevs.skips: the steps over the attributes, up to DW_SKIP_END */
	/* DW_AT_sibling comes at all. */
	bool has_sibling;
};

/* A step over attributes: `fixed` bytes, then one value of which only its own bytes tell the size. */
enum dw_skip_kind {
	DW_SKIP_END,
	DW_SKIP_LEB,
	DW_SKIP_CSTR,
	DW_SKIP_BLOCK1,
	DW_SKIP_BLOCK2,
	DW_SKIP_BLOCK4,
	DW_SKIP_BLOCK,
	DW_SKIP_INDIRECT,
};
struct dw_skip {
	uint32_t fixed;
	uint32_t kind;
};

/* One abbreviation table (D5 7.5.3), immutable. Dense codes are found by index. */
struct dw_abbrevs {
	struct dw_abbrev *abbrevs;
	size_t count;
	struct dw_attr_spec *specs;
	size_t spec_count;
	struct dw_skip *skips;
	bool dense; /* abbrevs[code - 1].code == code; else sorted by code */
	/* What sizes of forms were taken from; a unit that shares the table must have the same. */
	uint8_t address_size;
	bool is_64;
	bool has_ref_addr;
};

/* Heap-allocated; destroy with dw_abbrevs_destroy. Errors: truncated, duplicate code, absurd tag or
 * attribute, a form that oxdb does not know (nothing behind it could be found). */
struct error *dw_abbrevs_parse(const struct dw_sections *sections, uint64_t offset, uint8_t address_size,
			       bool is_64, struct dw_abbrevs **ret) ERROR_CHECK;
void dw_abbrevs_destroy(struct dw_abbrevs *abbrevs);
const struct dw_abbrev *dw_abbrevs_find(const struct dw_abbrevs *abbrevs, uint64_t code); /* NULL: none */

/* A unit's header (D5 7.5.1) and the bases that its first DIE names. */
struct dw_unit {
	const struct dw_sections *sections;
	enum dw_section_id section; /* DW_SECTION_INFO, or DW_SECTION_TYPES; offsets below are into it */
	uint64_t offset;            /* of the header */
	uint64_t first_die;         /* offset of the unit DIE */
	uint64_t end;               /* offset behind the unit */
	uint16_t version;
	uint8_t type;         /* DW_UT_… (DW_UT_compile for version < 5, DW_UT_type in .debug_types) */
	uint8_t address_size; /* bytes: 4 or 8 */
	bool is_64;           /* 64-bit DWARF */
	uint64_t abbrev_offset;
	uint64_t type_signature; /* of a type unit, with the offset of its type's DIE; */
	uint64_t type_die;
	uint64_t dwo_id;                  /* of a skeleton or split unit (version 5) */
	const struct dw_abbrevs *abbrevs; /* NULL until dw_unit_set_abbrevs */
	/* From the unit DIE; dw_unit_set_abbrevs fills them in. */
	uint64_t str_offsets_base, addr_base, rnglists_base, loclists_base;
	bool has_low_pc;
	uint64_t low_pc; /* base address for ranges and locations */
};

/* Reads the header at `offset`; *ret_next is the next header's offset (always > offset). A unit whose
 * length runs past the section, whose version is not 2 to 5 or whose address size is not 4 or 8 is an
 * error, and *ret_next is then still set when the length can be trusted, else 0. */
struct error *dw_unit_read(const struct dw_sections *sections, uint64_t offset, struct dw_unit *ret,
			   uint64_t *ret_next) ERROR_CHECK;
/* The same for a type unit of version 4 in .debug_types. */
struct error *dw_unit_read_types(const struct dw_sections *sections, uint64_t offset,
				 struct dw_unit *ret, uint64_t *ret_next) ERROR_CHECK;
/* Entry `index` of .debug_addr from unit's base on; false when it is not in the section. */
bool dw_unit_addrx(const struct dw_unit *unit, uint64_t index, uint64_t *ret);
/* Sets unit->abbrevs (borrowed) and reads the bases and low_pc from the unit DIE. ERROR_UNSUPPORTED:
 * DW_FORM_ref_addr in version 2, whose size was another one (D4 7.5.4). */
struct error *dw_unit_set_abbrevs(struct dw_unit *unit, const struct dw_abbrevs *abbrevs) ERROR_CHECK;

/* An attribute's value, decoded as far as its form says. */
enum dw_value_kind {
	DW_VALUE_NONE,
	DW_VALUE_ADDRESS,   /* u: address (already through .debug_addr) */
	DW_VALUE_UNSIGNED,  /* u: data1…8, udata */
	DW_VALUE_SIGNED,    /* s: sdata, implicit_const */
	DW_VALUE_FLAG,      /* u: 0 or 1 */
	DW_VALUE_STRING,    /* str */
	DW_VALUE_BLOCK,     /* block, exprloc, data16 */
	DW_VALUE_REFERENCE, /* u: offset of a DIE in .debug_info (unit-relative ones already added up) */
	DW_VALUE_SEC_OFFSET, /* u: offset into the section that the attribute's class means */
	DW_VALUE_LIST_INDEX, /* u: rnglistx or loclistx index */
	DW_VALUE_SIGNATURE,  /* u: type signature (ref_sig8) */
	DW_VALUE_OTHER_FILE, /* u: offset into a supplementary file (GNU_ref_alt, strp_sup) */
	DW_VALUE_BAD,        /* a reference out of the sections; the DIE's other attributes are fine */
};

struct dw_value {
	uint16_t name, form;
	enum dw_value_kind kind;
	union {
		uint64_t u;
		int64_t s;
		struct str str;
		struct dw_span block;
	};
};

/* The value as an unsigned (signed) constant whatever class it was written as: addresses, constants,
 * flags, section offsets, little-endian blocks of at most 8 bytes; false for others. Signed: data1 to
 * data8 and blocks are extended from their own width. An unsigned one of a negative sdata is its 64-bit
 * two's complement. */
bool dw_value_unsigned(const struct dw_value *value, uint64_t *ret);
bool dw_value_signed(const struct dw_value *value, int64_t *ret);

/* Walks DIEs in the order of their bytes. */
struct dw_cursor {
	const struct dw_unit *unit;
	struct reader reader;           /* over .debug_info; pos = offset */
	uint64_t die;                   /* offset of the current DIE */
	const struct dw_abbrev *abbrev; /* NULL at a null entry (end of siblings) */
	uint64_t attrs;                 /* offset of its first attribute */
	/* 0 = the DIE that the cursor began at (and its siblings, when walked on); a null entry has the
	 * depth of the siblings that it ends. */
	int depth;
	int next_depth;
	/* Set by the first failure, which ends the walk. */
	const char *error;
	enum error_code error_code;
	uint64_t error_offset;
};

enum { DW_MAX_DEPTH = 4096 }; /* rustc nests a lexical block for each `let` */

/* At a DIE of the unit (first_die or any DIE offset in it). */
struct dw_cursor dw_cursor_at(const struct dw_unit *unit, uint64_t die_offset);
/* Reads the next entry in byte order, from the start position or after the previous DIE's attributes;
 * updates depth (children entered, null entries left). False at the unit's end or on bad data (see
 * dw_cursor_error). Deeper than DW_MAX_DEPTH is ERROR_LIMIT. */
bool dw_cursor_next(struct dw_cursor *c);
/* After next: skips the current DIE's children (by DW_AT_sibling where it points forward, else by
 * walking), so that the next call gives its sibling or the null entry. The cursor is then between
 * entries: it has no current DIE. False on bad data. */
bool dw_cursor_skip_children(struct dw_cursor *c);
/* NULL when the walk ended at the unit's end (or has not ended). */
struct error *dw_cursor_error(const struct dw_cursor *c) ERROR_CHECK;

/* The attributes of the current DIE, one by one. */
struct dw_attr_iter {
	const struct dw_cursor *cursor;
	struct reader reader;
	uint32_t next_spec;
};
struct dw_attr_iter dw_attrs(const struct dw_cursor *c);
/* False behind the last one, and where the unit ends within the attributes (dw_cursor_next then fails
 * too). */
bool dw_attr_next(struct dw_attr_iter *it, struct dw_value *ret);
/* One attribute of the current DIE; false when it is not there. */
bool dw_attr(const struct dw_cursor *c, uint16_t name, struct dw_value *ret);

/* Ranges of a DIE: DW_AT_ranges (either version), or low_pc and high_pc. Empty ranges are left out; so
 * are those at address 0, 1, ~0 or ~1 that linkers leave of dropped functions, when `drop_tombstones`. At
 * most 1 << 20 entries. Ranges that were found before an error have been given. */
typedef void dw_range_fn(void *ctx, struct file_range range);
struct error *dw_die_ranges(const struct dw_cursor *c, bool drop_tombstones, dw_range_fn *fn,
			    void *ctx) ERROR_CHECK;

/* The expression that is valid at pc for a location attribute (exprloc, block or list): *ret_expr. With a
 * list and no entry for pc: ERROR_NOT_FOUND. */
struct error *dw_location_at(const struct dw_unit *unit, const struct dw_value *location,
			     struct file_addr pc, struct dw_span *ret_expr) ERROR_CHECK;
/* Every entry of a location list (a plain expression is one entry of [0, ~0)). */
typedef void dw_location_fn(void *ctx, struct file_range range, struct dw_span expr);
struct error *dw_locations(const struct dw_unit *unit, const struct dw_value *location,
			   dw_location_fn *fn, void *ctx) ERROR_CHECK;
/* The entries of a location list as they are written, empty ones too; not of a plain expression (ERROR_FORMAT). */
struct dw_location_entry {
	uint64_t offset; /* of the entry, in its section */
	bool dropped;    /* of code that the linker dropped */
	bool base;       /* none: the base address for those behind it, in start */
	bool otherwise;  /* for all addresses that no other entry has */
	struct file_addr start, end;
	struct dw_span expr;
};
typedef void dw_location_entry_fn(void *ctx, const struct dw_location_entry *entry);
struct error *dw_location_entries(const struct dw_unit *unit, const struct dw_value *location,
				  dw_location_entry_fn *fn, void *ctx) ERROR_CHECK;
/* The same of a range list, whose entries have no expressions. */
struct error *dw_range_entries(const struct dw_unit *unit, const struct dw_value *ranges,
			       dw_location_entry_fn *fn, void *ctx) ERROR_CHECK;
