/* The input is an ELF file. All of its debug information is written out, in every kind of dump, to nobody. */
#include "ui/dump/dump.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ENOUGH = 1 << 20 };

/* Text of entries that many others share multiplies; who reads it stops some day. */
static bool take(void *ctx, struct str text)
{
	size_t *taken = ctx;
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] < 0x20 && text.ptr[i] != '\n')
			abort(); /* a terminal would obey it */
	*taken += text.len;
	return *taken < ENOUGH;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum dump_what kinds[] = { DUMP_INFO, DUMP_TYPES, DUMP_LINE, DUMP_CFI, DUMP_NAMES };
	struct sym_module *m;
	struct error *err = sym_module_open_bytes("fuzz", data, size, &m);
	if (err) {
		error_destroy(err);
		return 0;
	}
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		size_t taken = 0;
		struct dump_sink sink = { &taken, take };
		error_destroy(dump_file(m, kinds[i], STR_EMPTY, &sink));
		error_destroy(dump_file(m, kinds[i], STR_LIT("main"), &sink));
		error_destroy(dump_file(m, kinds[i], STR_LIT("0x40"), &sink));
	}
	sym_module_close(m);
	return 0;
}
