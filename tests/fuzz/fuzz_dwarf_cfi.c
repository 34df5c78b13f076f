/* The input: u8 flags (1: .eh_frame, else .debug_frame; 2: addresses of 4 bytes), u32 address of the
 * section, u32 address of its .eh_frame_hdr, u32 size of the latter, its bytes, and the section to the
 * end. */
#include "dwarf/cfi.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile uint8_t sink;

struct pcs {
	uint64_t pc[64];
	size_t count;
};

static bool on_function(void *ctx, struct file_range range)
{
	struct pcs *pcs = ctx;
	if (range.start.value >= range.end.value)
		abort();
	pcs->pc[pcs->count++] = range.start.value;
	pcs->pc[pcs->count++] = range.start.value + (range.end.value - range.start.value) / 2;
	pcs->pc[pcs->count++] = range.end.value - 1;
	pcs->pc[pcs->count++] = range.end.value;
	return pcs->count + 4 <= 64;
}

static void look_up(const struct dw_cfi_section *section, const struct dw_cfi_index *index, uint64_t pc)
{
	struct dw_cfi_row row;
	struct error *err = dw_cfi_row_at(section, index, FILE_ADDR(pc), &row);
	if (!err) {
		if (pc < row.function.start.value || pc >= row.function.end.value)
			abort();
		for (int i = 0; i < DW_CFI_MAX_REG; i++)
			if (row.rules[i].expr.size > 0)
				sink = row.rules[i].expr.data[row.rules[i].expr.size - 1];
	}
	error_destroy(err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader r = reader_init(data, size);
	uint8_t flags = reader_u8(&r);
	struct dw_cfi_section section = {
		.name = "fuzz",
		.is_eh = flags & 1,
		.address_size = flags & 2 ? 4 : 8,
	};
	section.addr = reader_u32(&r);
	section.hdr_addr = reader_u32(&r);
	size_t hdr_size = reader_u32(&r);
	if (hdr_size > reader_left(&r))
		hdr_size = reader_left(&r);
	section.hdr = (struct dw_span){ reader_bytes(&r, hdr_size), hdr_size };
	size_t left = reader_left(&r);
	section.data = (struct dw_span){ reader_bytes(&r, left), left };
	if (r.failed)
		return 0;

	struct pcs pcs = { .count = 0 };
	struct dw_cfi_index *index;
	error_destroy(dw_cfi_functions(&section, on_function, &pcs));
	struct error *err = dw_cfi_index_build(&section, &index);
	for (size_t i = 0; i < pcs.count; i++) {
		look_up(&section, NULL, pcs.pc[i]);
		if (!err)
			look_up(&section, index, pcs.pc[i]);
	}
	if (!err)
		dw_cfi_index_destroy(index);
	error_destroy(err);
	return 0;
}
