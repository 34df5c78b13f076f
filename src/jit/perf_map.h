/* The text of /tmp/perf-PID.map, by which JITs tell perf(1) the names of their code (Linux,
 * tools/perf/Documentation/jit-interface.txt): lines "START SIZE name", both numbers hexadecimal, names
 * may hold spaces. Parsing is a pure function over bytes. */
#pragma once

#include "base/error.h"
#include "base/str.h"

struct jit_perf_entry {
	uint64_t start, size;
	struct str name; /* in the text that was parsed */
};

struct jit_perf_lines {
	size_t good, bad;
	size_t first_bad; /* number of the first bad line, from 1; 0: none */
	size_t lines;     /* all so far: carries on from one part of a file to the next */
};

enum { JIT_PERF_MAX_LINE = 64 * 1024 };

/* Parses whole lines from the front of `text` and gives the number of bytes that they take; what is
 * behind the last newline is left for later, unless `last` says that there is nothing more to come or it
 * is longer than JIT_PERF_MAX_LINE. Lines are added to *lines. Empty lines are neither good nor bad; a
 * line with size 0 is good and gives no entry. */
size_t jit_perf_map_parse(struct str text, bool last, struct jit_perf_lines *lines,
			  void (*fn)(void *ctx, const struct jit_perf_entry *entry), void *ctx);

/* The whole map of a process, which has it in its own /tmp, under the pid by which it knows itself; nothing where there is none, or where it is
 * of an earlier process with the same pid. Errors: it is another user's or too long; or lines could not be read, and the others were told. */
struct error *jit_perf_map_read(int pid, void (*fn)(void *ctx, const struct jit_perf_entry *entry),
				void *ctx) ERROR_CHECK;
