/* The line number program (D5 6.2.5); its header is in line_header.c. */
#include "dwarf/line.h"
#include "dwarf/dwarf_internal.h"

struct machine {
	const struct dw_line_header *header;
	struct reader reader;
	uint64_t address;
	uint32_t op_index, file, line, column, discriminator;
	uint8_t flags; /* the bits of the next row */
	bool stopped;
	uint64_t at; /* of the opcode */
	bool (*fn)(void *ctx, const struct dw_line *row);
	void *ctx;
};

static void reset(struct machine *m)
{
	m->address = 0;
	m->op_index = 0;
	m->file = m->line = 1;
	m->column = m->discriminator = 0;
	m->flags = m->header->default_is_stmt ? DW_LINE_STMT : 0;
}

static void emit(struct machine *m)
{
	struct dw_line row = {
		.addr = FILE_ADDR(m->address),
		.file = m->file,
		.line = m->line,
		.column = m->column,
		.discriminator = m->discriminator,
		.flags = m->flags,
		.offset = m->at,
	};
	if (!m->fn(m->ctx, &row))
		m->stopped = true;
	m->discriminator = 0;
	m->flags &= DW_LINE_STMT;
}

/* In operations; on a machine without VLIW (max_ops 1) each is an instruction. */
static void advance(struct machine *m, uint64_t operations)
{
	const struct dw_line_header *h = m->header;
	if (h->max_ops == 1) {
		m->address += operations * h->min_inst_length;
		return;
	}
	uint64_t total = m->op_index + operations;
	m->address += h->min_inst_length * (total / h->max_ops);
	m->op_index = (uint32_t)(total % h->max_ops);
}

static void special(struct machine *m, uint8_t opcode)
{
	const struct dw_line_header *h = m->header;
	uint8_t adjusted = opcode - h->opcode_base;
	advance(m, adjusted / h->line_range);
	m->line += (uint32_t)(h->line_base + adjusted % h->line_range);
	emit(m);
}

static void extended(struct machine *m)
{
	struct reader *r = &m->reader;
	uint64_t size = reader_uleb(r);
	struct reader sub = reader_sub(r, size > SIZE_MAX ? SIZE_MAX : (size_t)size);
	uint8_t opcode = size > 0 ? reader_u8(&sub) : 0;
	switch (opcode) {
	case DW_LNE_end_sequence:
		m->flags |= DW_LINE_END;
		emit(m);
		reset(m);
		break;
	case DW_LNE_set_address:
		/* As wide as the operand says: the header of versions below 5 does not know the size. */
		if (size >= 2 && size <= 9) {
			m->address = reader_uint(&sub, (size_t)size - 1);
			m->op_index = 0;
		}
		break;
	case DW_LNE_set_discriminator:
		m->discriminator = (uint32_t)reader_uleb(&sub);
		break;
	}
}

static void standard(struct machine *m, uint8_t opcode)
{
	struct reader *r = &m->reader;
	switch (opcode) {
	case DW_LNS_copy:
		emit(m);
		return;
	case DW_LNS_advance_pc:
		advance(m, reader_uleb(r));
		return;
	case DW_LNS_advance_line:
		m->line += (uint32_t)reader_sleb(r);
		return;
	case DW_LNS_set_file:
		m->file = (uint32_t)reader_uleb(r);
		return;
	case DW_LNS_set_column:
		m->column = (uint32_t)reader_uleb(r);
		return;
	case DW_LNS_negate_stmt:
		m->flags ^= DW_LINE_STMT;
		return;
	case DW_LNS_set_basic_block:
		m->flags |= DW_LINE_BASIC_BLOCK;
		return;
	case DW_LNS_const_add_pc:
		advance(m, (uint8_t)(255 - m->header->opcode_base) / m->header->line_range);
		return;
	case DW_LNS_fixed_advance_pc:
		m->address += reader_u16(r);
		m->op_index = 0;
		return;
	case DW_LNS_set_prologue_end:
		m->flags |= DW_LINE_PROLOGUE_END;
		return;
	case DW_LNS_set_epilogue_begin:
		m->flags |= DW_LINE_EPILOGUE_BEGIN;
		return;
	case DW_LNS_set_isa:
		reader_uleb(r);
		return;
	}
	/* A later version's: the header says how many operands it has. */
	for (uint8_t i = 0; i < m->header->opcode_lengths[opcode - 1]; i++)
		reader_uleb(r);
}

struct error *dw_line_run(const struct dw_sections *sections, const struct dw_line_header *header,
			  bool (*fn)(void *ctx, const struct dw_line *row), void *ctx)
{
	const struct dw_span *span = &sections->section[DW_SECTION_LINE];
	struct machine m = { .header = header, .fn = fn, .ctx = ctx };
	m.reader = reader_init(span->data, (size_t)header->end);
	reader_seek(&m.reader, (size_t)header->program);
	reset(&m);
	while (reader_left(&m.reader) > 0 && !m.stopped) {
		m.at = m.reader.pos;
		uint8_t opcode = reader_u8(&m.reader);
		if (opcode >= header->opcode_base)
			special(&m, opcode);
		else if (opcode == DW_LNS_extended)
			extended(&m);
		else
			standard(&m, opcode);
	}
	if (!m.reader.failed)
		return NULL;
	return error_at(ERROR_TRUNCATED, m.reader.failed_pos,
			"%s: .debug_line: the program of 0x%llx ends too soon", sections->name,
			(unsigned long long)header->offset);
}
