/* A report for a reader: plain lines for a pipe or a file, coloured and fitted to the width for a terminal. */
#pragma once

#include "base/buf.h"
#include "jit/report.h"

struct report_style {
	bool colour; /* SGR escape sequences; no others are ever written */
	size_t width; /* columns of the terminal, REPORT_WIDTH_MIN at least; 0: no wrapping, nothing is cut */
	bool utf8;            /* false: … is written as ..., what is not ASCII as \u{…} */
	struct str directory; /* absolute; paths of files below it are written relative to it. Empty: none */
};

enum { REPORT_WIDTH_MIN = 40 };

/* Adds the report to `out`, each line ended. Nothing for REPORT_EXITED and REPORT_DETACHED. Whatever the debuggee has put into a name or a
 * message, no control character and no character that changes the direction of text gets into `out`. */
void report_text(const struct report *r, const struct report_style *style, struct buf *out);
/* Adds one line of text with the same care: what may not be shown, line ends too, is escaped (\n, \x1b, \u{202e}). */
void report_escape(struct str s, bool utf8, struct buf *out);
