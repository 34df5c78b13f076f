/* Shared by the files that write values as text. */
#pragma once

#include "eval/eval.h"

enum {
	FORMAT_MAX_DEPTH = 3,     /* of structures in structures */
	FORMAT_MAX_NESTING = 8,   /* of anything */
	FORMAT_MAX_ELEMENTS = 32, /* of arrays, slices, members */
};

struct format {
	const struct eval_frame *frame;
	struct buf *out;
	size_t start;      /* of this value in out */
	size_t most_bytes; /* more need not be written, they are cut anyway */
	bool rust;         /* else C */
};

/* Bytes of a place that is being written. */
struct format_bytes {
	const uint8_t *data;
	size_t size;         /* may be less than the type's */
	const uint8_t *lost; /* which bits are optimized out, as in struct eval_value; NULL: none */
};

static inline bool format_full(const struct format *f)
{
	return f->out->len - f->start > f->most_bytes;
}

/* ---- format.c ---- */

void format_type(struct format *f, const struct sym_type *type, struct format_bytes bytes, int depth);
const struct sym_type *format_resolve(const struct sym_type *type);
bool format_read(const struct format *f, uint64_t addr, void *buf, size_t size);
/* A little-endian number of 1 to 8 bytes, false when there are fewer, or one of them is lost. */
bool format_number(struct format_bytes bytes, uint64_t offset, uint64_t size, uint64_t *ret);
struct format_bytes format_sub(struct format_bytes bytes, uint64_t offset, uint64_t size);
bool format_lost(struct format_bytes bytes, bool all); /* is some of it, or all of it? */
void format_member(struct format *f, const struct sym_member *member, struct format_bytes bytes, int depth);
/* `open elements close`, `count` of them, the first ones out of bytes. */
void format_elements(struct format *f, const struct sym_type *element, struct format_bytes bytes,
		     uint64_t count, const char *open, const char *close, int depth);

/* ---- scalar.c ---- */

void format_integer(struct buf *out, struct format_bytes bytes, bool is_signed);
void format_float(struct buf *out, struct format_bytes bytes, bool rust);
/* A code point within quotes of the kind `quote`, escaped as Rust does. */
void format_code_point(struct buf *out, uint32_t c, char quote);
/* Text in double quotes, `more`: there is more of it than shown. */
void format_text(struct buf *out, const uint8_t *text, size_t size, bool more);
/* A Rust char, or a C one. is_unsigned: C's `unsigned char`. */
void format_char(struct buf *out, struct format_bytes bytes, bool rust, bool is_unsigned);

/* ---- rust.c: shapes that stand for more than their members ---- */

/* "dyn Shape" of "alloc::boxed::Box<dyn Shape, alloc::alloc::Global>"; false when the name is no Box's. */
bool format_box_content(struct str name, struct str *ret);
/* True when the structure was one of them and was written. */
bool format_rust_known(struct format *f, const struct sym_type *type, struct format_bytes bytes, int depth);
void format_rust_struct(struct format *f, const struct sym_type *type, struct str name,
			struct format_bytes bytes, int depth);
void format_variant(struct format *f, const struct sym_type *type, struct format_bytes bytes, int depth);
