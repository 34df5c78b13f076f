/* What stands at an address of a file or of a running process: functions with what was inlined, lines; and as text for whoever knows addr2line
 * or llvm-symbolizer. One thread uses a source. */
#pragma once

#include "base/buf.h"
#include "symbols/symbols.h"

struct symbolize_source;
struct target;

/* Addresses are the file's own (as objdump shows them). */
struct error *symbolize_open_file(const char *path, const struct sym_options *options,
				  struct symbolize_source **ret) ERROR_CHECK;
/* Addresses are those of the process, which runs on: its mappings are read now, and again when an address is in none of them. Files are read as the
 * process has them, names of code made at run time from its perf map. The target stays the caller's. Errors: it is gone, it may not be read. */
struct error *symbolize_open_process(struct target *target, int pid, const struct sym_options *options,
				     struct symbolize_source **ret) ERROR_CHECK;
void symbolize_close(struct symbolize_source *s);

struct symbolize_frame {
	struct str name;         /* as Rust or C writes it; empty: not known */
	struct str linkage_name; /* empty: it has none */
	struct str file;         /* empty: not known */
	uint32_t line, column;
};

struct symbolize_place {
	uint64_t addr;                                 /* as it was asked for */
	struct str module;                             /* path; empty: in none */
	size_t count;                                  /* at least 1 */
	struct symbolize_frame frames[SYM_MAX_INLINE]; /* innermost first: each was inlined into the next one */
};

/* Some addresses will be asked for: what is read again because of them is read once for all. */
void symbolize_begin(struct symbolize_source *s);
/* An address of which nothing is known gives one frame without names. All texts live as long as the source. */
void symbolize_at(struct symbolize_source *s, uint64_t addr, struct symbolize_place *ret);
/* Gives back what the kernel has in its cache anyway; for who asks about very many. */
void symbolize_drop_pages(struct symbolize_source *s);
void symbolize_nothing(uint64_t addr, struct symbolize_place *ret);
/* What was wrong with the debug information so far and has not been told of yet; NULL: nothing more. The source's. */
const struct error *symbolize_next_trouble(struct symbolize_source *s);

enum symbolize_style {
	SYMBOLIZE_LLVM, /* function, file:line:column, for each frame; an empty line */
	SYMBOLIZE_GNU,  /* function, file:line, for each frame, as addr2line -f -i */
	SYMBOLIZE_JSON, /* an object with llvm-symbolizer's keys in a line */
};

struct symbolize_format {
	enum symbolize_style style;
	bool addresses; /* in front */
	bool one_line;  /* "function at file:line", " (inlined by) …", as addr2line -p */
	bool base_names;
	bool linkage_names;
	bool innermost_only;
};

/* Errors: no memory for a JSON document. */
struct error *symbolize_print(const struct symbolize_place *place, const struct symbolize_format *format,
			      struct buf *out) ERROR_CHECK;
