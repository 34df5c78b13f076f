/* Call frame information: .eh_frame (LSB core 10.6), its .eh_frame_hdr, and .debug_frame (D5 6.4). */
#pragma once

#include "base/buf.h"
#include "dwarf/dwarf.h"
#include "dwarf/expr.h"

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

/* ---- the section as it is written ---- */

struct dw_cfi_entry {
	uint64_t offset, next; /* in the section; next is behind the entry */
	bool is_cie,
		is_end; /* neither: an FDE. is_end: the terminator of .eh_frame, which has nothing else */
	uint64_t cie;   /* offset of an FDE's CIE; of a CIE its own */
	/* Of the CIE. */
	uint8_t version, pointer_encoding, lsda_encoding; /* DW_EH_PE_… */
	struct str augmentation;
	uint64_t code_align;
	int64_t data_align;
	uint16_t return_reg;
	bool signal_frame, has_personality;
	uint64_t personality; /* address of the routine, or of the pointer to it (indirect) */
	/* Of the FDE. */
	struct file_range range;
	bool has_lsda;
	uint64_t lsda;
	uint64_t instructions; /* offset in the section of the first; they end at `next` */
};
/* Every entry in turn, CIEs, FDEs and the terminator, until fn gives false. trouble (the caller's own still): the entry could not be
 * read, of which only offset, next (0: nothing behind it can be found) and is_cie are set then. */
typedef bool dw_cfi_entry_fn(void *ctx, const struct dw_cfi_entry *entry, const struct error *trouble);
void dw_cfi_each(const struct dw_cfi_section *section, dw_cfi_entry_fn *fn, void *ctx);

/* The rows of the FDE at `offset`, in order. Errors: also a location that goes back or leaves the FDE's range, which dw_cfi_row_at
 * puts up with. fn may be NULL: then only errors are of interest. */
typedef void dw_cfi_row_fn(void *ctx, struct file_addr start, const struct dw_cfi_row *row);
struct error *dw_cfi_rows(const struct dw_cfi_section *section, uint64_t offset, dw_cfi_row_fn *fn,
			  void *ctx) ERROR_CHECK;

/* The instructions of an entry, each as text: "DW_CFA_offset rbp at cfa-16". names->type is not asked. */
typedef void dw_cfi_instruction_fn(void *ctx, uint64_t offset, struct str text);
struct error *dw_cfi_instructions(const struct dw_cfi_section *section, const struct dw_cfi_entry *entry,
				  const struct dw_expr_names *names, dw_cfi_instruction_fn *fn,
				  void *ctx) ERROR_CHECK;
