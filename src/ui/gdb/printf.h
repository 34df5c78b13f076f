#pragma once

#include "ui/gdb/shell_internal.h"

/* `"FORMAT", VALUE, …` */
struct error *gdb_printf(struct gdb *g, struct str args, struct buf *out) ERROR_CHECK;
/* What %s prints of a value: text up to a NUL behind a pointer, a Rust str or String, an array of bytes. */
struct error *gdb_value_text(struct gdb *g, const struct eval_value *v, struct buf *out) ERROR_CHECK;
/* The character that the escape at text[*at] (behind the backslash) means; moves *at behind it. */
char gdb_unescape(struct str text, size_t *at);
void gdb_add_utf8(struct buf *out, uint32_t character);
