/* What the files that print values and types as gdb does share. */
#pragma once

#include "eval/eval_internal.h"
#include "eval/print.h"

enum { PRINT_MAX_NESTING = 128 };

struct printing {
	const struct eval_printer *p;
	const struct eval_print_settings *s;
	struct arena *arena;
	struct buf *out;
	char letter; /* 0: none */
	bool rust;
	bool raw;
	bool padded; /* x: hexadecimal and binary in their full width */
};

/* ---- print.c ---- */

/* Within another value, or at its top behind what print puts before it. */
void print_inner(struct printing *p, struct eval_value *v, uint32_t recurse);
bool print_interrupted(const struct printing *p);
/* A new line, indented for a member of what is `recurse` levels deep. */
void print_line(struct printing *p, uint32_t recurse);
/* A line may be broken here, within what is `recurse` levels deep. */
void print_wrap(struct printing *p, uint32_t recurse);
void print_styled(struct printing *p, enum eval_style style, struct str text);
void print_unreadable(struct printing *p, struct error *err); /* takes err */
/* Is an array or a pointer of such elements text? */
bool print_is_text(const struct printing *p, const struct sym_type *element);
const char *print_text_prefix(const struct sym_type *t); /* of a character: u, U, L or nothing */

/* ---- print_array.c ---- */

void print_array(struct printing *p, struct eval_value *v, uint32_t recurse);

/* ---- print_scalar.c ---- */

void print_decimal(struct buf *out, const uint8_t *bytes, size_t size, bool is_signed);
/* x o t z; padded: x and t in their full width */
void print_radix(struct buf *out, const uint8_t *bytes, size_t size, char letter, bool padded);
void print_bfloat16(struct buf *out, const uint8_t *bytes);
void print_float(struct buf *out, const uint8_t *bytes, size_t size);
/* `97 'a'`, as the language of the type writes it. */
void print_char(struct printing *p, const struct sym_type *type, const uint8_t *bytes, size_t size);
void print_c_char(struct buf *out, int64_t number, uint32_t unit); /* of one byte */
void print_enum(struct printing *p, const struct sym_type *type, const uint8_t *bytes, size_t size);
/* With a format's letter. */
void print_formatted_scalar(struct printing *p, const struct sym_type *type, const uint8_t *bytes,
			    size_t size, char letter);
void print_address(struct printing *p, uint64_t address); /* "0x1234 <main+4>" with `print symbol` */
void print_code_address(struct printing *p, uint64_t address); /* the symbol always */

/* ---- print_text.c ---- */

/* A string in quotes with its repeats, of `count` units of `width` bytes. terminator: a NUL at the end is not part of it. */
void print_string(struct printing *p, const uint8_t *text, size_t count, unsigned width,
		  const char *prefix, bool terminator, bool more);
/* Of memory: `count` bytes when not SIZE_MAX, else up to the NUL. */
void print_string_at(struct printing *p, uint64_t address, uint64_t count, unsigned width,
		     const char *prefix);
uint32_t print_limit_characters(const struct printing *p); /* UINT32_MAX: none */

/* ---- print_type.c ---- */

struct str rust_type_name(const struct sym_type *t, struct arena *arena);
/* A C declaration of `name`, which is empty for the type alone. */
void rust_type_in_c(const struct sym_type *t, struct str name, struct buf *out);
