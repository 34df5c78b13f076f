/* Between cfi.c (finding entries) and cfi_run.c (running their instructions). */
#pragma once

#include "dwarf/cfi.h"
#include "dwarf/dwarf_internal.h"

struct dw_cie {
	uint64_t offset;
	uint64_t code_align;
	int64_t data_align;
	uint16_t return_reg;
	uint8_t pointer_encoding; /* DW_EH_PE_… of the FDEs' addresses */
	uint8_t address_size;
	bool signal_frame;
	bool has_augmentation_data; /* its FDEs have some too */
	uint8_t version;
	struct str augmentation;
	uint8_t lsda_encoding; /* DW_EH_PE_omit: its FDEs have none */
	bool has_personality;
	uint64_t personality;
	struct reader instructions; /* positions are section offsets */
};

struct dw_fde {
	uint64_t offset;
	uint64_t start, end;
	struct dw_cie cie;
	struct reader augmentation; /* its data; of size 0 without any */
	struct reader instructions;
};

/* A pointer of .eh_frame at r->pos, which is an offset into bytes that are loaded at data_addr. False for
 * what it does not know, for an indirect one, and where the bytes end. */
bool dw_cfi_read_pointer(const struct dw_cfi_section *s, struct reader *r, uint64_t data_addr,
			 uint8_t encoding, uint64_t function, uint64_t *ret);

/* The FDE at an offset. ERROR_FORMAT when it is none. */
struct error *dw_cfi_fde_at(const struct dw_cfi_section *s, uint64_t offset, struct dw_fde *ret) ERROR_CHECK;

/* Runs the instructions up to pc, which is in the FDE's range. */
struct error *dw_cfi_run(const struct dw_cfi_section *s, const struct dw_fde *fde, uint64_t pc,
			 struct dw_cfi_row *ret) ERROR_CHECK;
