/* Debug information as text, as it is written: for who makes it, and looks whether it says what it should. */
#pragma once

#include "symbols/symbols.h"

enum dump_what { DUMP_INFO, DUMP_TYPES, DUMP_LINE, DUMP_CFI, DUMP_NAMES };

/* Takes the text in pieces of some size; false: nobody reads on, and the dump ends there. */
struct dump_sink {
	void *ctx;
	bool (*write)(void *ctx, struct str text);
};

/* `name` not empty: only what has that name (a function, a type, a file; as a path or the end of one), or what is at that offset or address,
 * "0x…". What cannot be read stands in the text, in its place. ERROR_NOT_FOUND: the file has no such information, or nothing of that name.
 * ERROR_UNSUPPORTED: it is not linked. */
struct error *dump_file(struct sym_module *m, enum dump_what what, struct str name,
			const struct dump_sink *sink) ERROR_CHECK;
