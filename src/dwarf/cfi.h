/* Call frame information: .eh_frame (LSB core 10.6), its .eh_frame_hdr, and .debug_frame (D5 6.4). */
#pragma once

#include "dwarf/dwarf.h"

enum { DW_CFI_MAX_REG = 64 }; /* rules are kept for DWARF registers 0..63 */

enum dw_cfi_rule_kind {
	DW_CFI_UNDEFINED_BY_DEFAULT, /* nothing said: the ABI decides (callee-saved = same value) */
	DW_CFI_UNDEFINED,
	DW_CFI_SAME,
	DW_CFI_OFFSET,     /* saved at CFA + offset */
	DW_CFI_VAL_OFFSET, /* is CFA + offset */
	DW_CFI_REGISTER,   /* is in register `reg` */
	DW_CFI_EXPRESSION, /* saved at the address that expr gives (CFA pushed first) */
	DW_CFI_VAL_EXPRESSION,
};

struct dw_cfi_rule {
	uint8_t kind; /* enum dw_cfi_rule_kind */
	uint16_t reg;
	int64_t offset;
	struct dw_span expr;
};

/* The row of the virtual table that holds at one pc. */
struct dw_cfi_row {
	struct file_range function; /* the FDE's range */
	bool cfa_is_expr;
	uint16_t cfa_reg;
	int64_t cfa_offset;
	struct dw_span cfa_expr;
	uint16_t return_reg; /* the return address column */
	bool signal_frame;   /* augmentation 'S' */
	uint64_t ruled;      /* bit by register: its rule is another than UNDEFINED_BY_DEFAULT */
	struct dw_cfi_rule rules[DW_CFI_MAX_REG];
};

struct dw_cfi_section {
	const char *name; /* of the file, for messages */
	struct dw_span data;
	uint64_t addr; /* the section's link-time address (pc-relative encodings) */
	bool is_eh;    /* .eh_frame rules, else .debug_frame's */
	uint8_t address_size;
	uint64_t text_addr, got_addr; /* bases of DW_EH_PE_textrel / datarel; 0 when not used */
	/* .eh_frame_hdr, size 0 when there is none. */
	struct dw_span hdr;
	uint64_t hdr_addr;
};

/* Entries of a section without a usable header, sorted once. Heap. */
struct dw_cfi_index;
struct error *dw_cfi_index_build(const struct dw_cfi_section *section,
				 struct dw_cfi_index **ret) ERROR_CHECK;
void dw_cfi_index_destroy(struct dw_cfi_index *index);

/* The row for pc. Uses the header's binary search table when it is there and sound, else `index` (may be
 * NULL: then a linear walk). ERROR_NOT_FOUND when no FDE covers pc. */
struct error *dw_cfi_row_at(const struct dw_cfi_section *section, const struct dw_cfi_index *index,
			    struct file_addr pc, struct dw_cfi_row *ret) ERROR_CHECK;

/* Every FDE's range, until fn gives false (for function boundaries where there are no symbols). */
struct error *dw_cfi_functions(const struct dw_cfi_section *section,
			       bool (*fn)(void *ctx, struct file_range range), void *ctx) ERROR_CHECK;
