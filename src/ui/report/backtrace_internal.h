/* A backtrace as lines, with what repeats or belongs to the libraries folded. */
#pragma once

#include "ui/report/layout_internal.h"

void backtrace_write(struct layout *l, const struct report_backtrace *bt);
/* "1,234,567" in scratch memory. */
const char *count_text(struct layout *l, uint64_t count);
