/* The input is a set of sections (sections.h); .debug_line's programs are run one after the other. The
 * unit is made up: version 4, unless there is a .debug_info whose first unit's header can be read. */
#include "dwarf/line.h"
#include "sections.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile char sink;

static bool on_row(void *ctx, const struct dw_line *row)
{
	size_t *left = ctx;
	if (row->flags > 31)
		abort();
	if (*left == 0) /* more rows than bytes */
		abort();
	--*left;
	return true;
}

static uint64_t run(const struct dw_sections *sections, const struct dw_unit *unit, uint64_t offset)
{
	struct arena arena = ARENA_INIT;
	struct dw_line_header header;
	uint64_t next = 0;
	struct error *err = dw_line_header(sections, unit, offset, &arena, &header);
	if (!err) {
		size_t left = sections->section[DW_SECTION_LINE].size;
		next = header.end;
		err = dw_line_run(sections, &header, on_row, &left);
		for (uint32_t i = 0; i < header.file_count + 1 && i < 64; i++) {
			struct str path = dw_line_path(&header, i, STR_LIT("/build"), &arena);
			if (path.len > 0)
				sink = path.ptr[path.len - 1];
		}
	}
	error_destroy(err);
	arena_deinit(&arena);
	return next;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_sections f;
	fuzz_sections_init(&f, data, size);
	struct dw_unit unit = { .sections = &f.sections, .version = 4, .address_size = 8 };
	uint64_t ignored;
	error_destroy(dw_unit_read(&f.sections, 0, &unit, &ignored));
	uint64_t offset = 0;
	do
		offset = run(&f.sections, &unit, offset);
	while (offset != 0);
	fuzz_sections_deinit(&f);
	return 0;
}
