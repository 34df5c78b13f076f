/* A report as one JSON document: docs/triage.schema.json. */
#pragma once

#include "base/buf.h"
#include "base/error.h"
#include "jit/report.h"

/* Adds the document to `out`: one line, ended. Bytes that are no UTF-8 become U+FFFD. Fails only for want of memory. */
struct error *report_json(const struct report *r, struct buf *out) ERROR_CHECK;
