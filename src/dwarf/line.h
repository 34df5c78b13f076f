/* Line number programs, versions 2 to 5 (D5 6.2). */
#pragma once

#include "dwarf/dwarf.h"

struct dw_line_file {
	struct str name;    /* as written */
	uint64_t directory; /* index into directories */
	bool has_md5;
	uint8_t md5[16];
};

/* The header: what file numbers mean. Arrays live in the arena that was given. */
struct dw_line_header {
	uint64_t offset, end, program; /* offsets in .debug_line */
	uint16_t version;
	uint8_t address_size, min_inst_length, max_ops, default_is_stmt, line_range, opcode_base;
	int8_t line_base;
	const uint8_t *opcode_lengths; /* [opcode_base - 1] */
	const struct str *directories; /* index as in the program: version < 5 has an empty entry 0, the unit's own */
	size_t directory_count;
	const struct dw_line_file *files; /* index as in the program: version < 5 has an empty entry 0 */
	size_t file_count;
};

enum {
	DW_LINE_STMT = 1,
	DW_LINE_BASIC_BLOCK = 2,
	DW_LINE_END = 4, /* end_sequence: the address behind the last byte */
	DW_LINE_PROLOGUE_END = 8,
	DW_LINE_EPILOGUE_BEGIN = 16,
};

struct dw_line {
	struct file_addr addr;
	uint32_t file, line, column, discriminator;
	uint8_t flags;
	uint64_t offset; /* in .debug_line, of the opcode that made it */
};

/* `offset` is DW_AT_stmt_list. The unit gives the address size (for versions < 5) and the base of strx
 * forms. Strings are views of the sections. Files that a program itself defines (DW_LNE_define_file,
 * which no compiler writes) are not in the table. */
struct error *dw_line_header(const struct dw_sections *sections, const struct dw_unit *unit,
			     uint64_t offset, struct arena *arena, struct dw_line_header *ret) ERROR_CHECK;

/* Runs the program; fn gets each row in order until it gives false. Rows of sequences that begin at a
 * linker's tombstone (0 with no code there is the caller's business; ~0, ~0-1) are given like others. The
 * number of rows is bounded by the program's bytes (no opcode makes more than one). */
struct error *dw_line_run(const struct dw_sections *sections, const struct dw_line_header *header,
			  bool (*fn)(void *ctx, const struct dw_line *row), void *ctx) ERROR_CHECK;

/* The full path of a file number: absolute name, or directory/name, or comp_dir/directory/name; empty for
 * a number that is not in the table. In the arena. */
struct str dw_line_path(const struct dw_line_header *header, uint32_t file, struct str comp_dir,
			struct arena *arena);
