/* Call frame information of a module, and function boundaries. */
#include "symbols/symbols_internal.h"

#include <elf.h>
#include <stdlib.h>

static struct dw_span section_span(struct sym_module *m, struct elf_file *elf, const char *name,
				   uint64_t *ret_addr)
{
	struct dw_span span = { 0 };
	const struct elf_section *section = elf_section_by_name(elf, name);
	if (!section || section->type == SHT_NOBITS)
		return span;
	module_trouble(m, elf_section_data(elf, section, &span.data, &span.size));
	*ret_addr = section->addr.value;
	return span;
}

/* Without section headers PT_GNU_EH_FRAME leads to the header, and the header to the section (LSB core 10.6.2). */
static void eh_frame_of_segments(struct sym_module *m)
{
	struct dw_cfi_section *s = &m->eh_frame;
	for (size_t i = 0; i < elf_segment_count(m->elf); i++) {
		const struct elf_segment *segment = elf_segment(m->elf, i);
		const uint8_t *hdr;
		if (segment->type != PT_GNU_EH_FRAME || segment->file_size < 8 ||
		    segment->file_size > SIZE_MAX ||
		    !elf_loaded_bytes(m->elf, segment->addr, (size_t)segment->file_size, &hdr))
			continue;
		/* Every linker writes the pointer pc-relative in 4 bytes. */
		if (hdr[0] != 1 || hdr[1] != (DW_EH_PE_pcrel | DW_EH_PE_sdata4))
			continue;
		int32_t relative;
		memcpy(&relative, hdr + 4, sizeof relative);
		s->addr = segment->addr.value + 4 + (uint64_t)(int64_t)relative;
		for (size_t j = 0; j < elf_segment_count(m->elf); j++) {
			const struct elf_segment *load = elf_segment(m->elf, j);
			uint64_t into = s->addr - load->addr.value;
			const uint8_t *data;
			if (load->type != PT_LOAD || s->addr < load->addr.value || into >= load->file_size ||
			    !elf_loaded_bytes(m->elf, FILE_ADDR(s->addr),
					      (size_t)(load->file_size - into), &data))
				continue;
			s->data = (struct dw_span){ data, (size_t)(load->file_size - into) };
			s->hdr = (struct dw_span){ hdr, (size_t)segment->file_size };
			s->hdr_addr = segment->addr.value;
			return;
		}
	}
}

static void read_cfi(struct sym_module *m)
{
	if (m->cfi_read)
		return;
	m->cfi_read = true;
	uint8_t address_size = m->arch ? m->arch->address_size : 8;
	struct dw_cfi_section *s = &m->eh_frame;
	*s = (struct dw_cfi_section){ .name = elf_name(m->elf), .is_eh = true, .address_size = address_size };
	s->data = section_span(m, m->elf, ".eh_frame", &s->addr);
	s->hdr = section_span(m, m->elf, ".eh_frame_hdr", &s->hdr_addr);
	if (s->data.size == 0)
		eh_frame_of_segments(m);
	const struct elf_section *text = elf_section_by_name(m->elf, ".text");
	const struct elf_section *got = elf_section_by_name(m->elf, ".got");
	s->text_addr = text ? text->addr.value : 0;
	s->got_addr = got ? got->addr.value : 0;

	struct elf_file *const files[2] = { m->elf, m->debug_elf };
	s = &m->debug_frame;
	for (int i = 0; i < 2 && files[i] && s->data.size == 0; i++) {
		*s = (struct dw_cfi_section){ .name = elf_name(files[i]), .address_size = address_size };
		s->data = section_span(m, files[i], ".debug_frame", &s->addr);
	}
}

/* True and the row when this section has one. What is wrong with the section is trouble of the module; NOT_FOUND is none. */
static bool row_in(struct sym_module *m, const struct dw_cfi_section *section, struct dw_cfi_index **index,
		   bool *index_read, struct file_addr pc, struct dw_cfi_row *ret)
{
	if (section->data.size == 0)
		return false;
	if (section->hdr.size == 0 && !*index_read) {
		*index_read = true;
		module_trouble(m, dw_cfi_index_build(section, index));
	}
	struct error *err = dw_cfi_row_at(section, *index, pc, ret);
	if (!err)
		return true;
	if (err->code == ERROR_NOT_FOUND)
		error_destroy(err);
	else
		module_trouble(m, err);
	return false;
}

struct error *sym_cfi_row(struct sym_module *m, struct file_addr pc, struct dw_cfi_row *ret)
{
	read_cfi(m);
	if (row_in(m, &m->eh_frame, &m->eh_index, &m->eh_index_read, pc, ret) ||
	    row_in(m, &m->debug_frame, &m->debug_index, &m->debug_index_read, pc, ret))
		return NULL;
	return error_at(ERROR_NOT_FOUND, pc.value, "%s: no call frame information for the code", m->path);
}

enum { KEPT_ROWS = 32 };

/* A deep stack has the same few places again and again. */
struct kept_row {
	uint64_t pc;
	bool used, covered;
	struct dw_cfi_row row;
};

const struct dw_cfi_row *sym_cfi_row_kept(struct sym_module *m, struct file_addr pc)
{
	if (!m->kept_rows)
		m->kept_rows = xmalloc(KEPT_ROWS * sizeof *m->kept_rows);
	struct kept_row *kept =
		&m->kept_rows[(pc.value * UINT64_C(0x9e3779b97f4a7c15)) >> 32 & (KEPT_ROWS - 1)];
	if (!kept->used || kept->pc != pc.value) {
		struct error *err = sym_cfi_row(m, pc, &kept->row);
		kept->used = true;
		kept->pc = pc.value;
		kept->covered = !err;
		error_destroy(err);
	}
	return kept->covered ? &kept->row : NULL;
}

bool sym_function_bounds(struct sym_module *m, struct file_addr pc, struct file_range *ret)
{
	struct sym_symbol symbol;
	if (sym_symbol_at(m, pc, &symbol) && symbol.is_function) {
		*ret = (struct file_range){ symbol.addr, FILE_ADDR(symbol.addr.value + symbol.size) };
		return true;
	}
	size_t state = SIZE_MAX;
	for (struct sym_unit *u; (u = unit_at(m, pc.value, &state));) {
		uint64_t id;
		if (unit_function_at(u, pc.value, &id, ret))
			return true;
	}
	struct dw_cfi_row row;
	struct error *err = sym_cfi_row(m, pc, &row);
	if (!err)
		*ret = row.function;
	bool found = !err;
	error_destroy(err);
	return found;
}

const struct dw_cfi_section *sym_module_cfi(struct sym_module *m, bool eh)
{
	read_cfi(m);
	return eh ? &m->eh_frame : &m->debug_frame;
}
