/* Rust's own structures in a program's memory, as its DWARF lays them out (rustc reorders fields from
 * build to build: no offset is ever assumed). Layouts are found by names of fields, which differ between
 * versions of std in known ways. Failing functions name the first thing that is missing. */
#pragma once

#include "base/error.h"
#include "symbols/symbols.h"

/* A dotted path of fields ("declarations.functions.elems"), each found by name and inside what holds it;
 * the offset is relative to t. ERROR_UNSUPPORTED: "TYPE has no field `x`". */
struct error *jit_field(const struct sym_type *t, const char *path, struct sym_member *ret) ERROR_CHECK;

/* Vec<T>: `len`, and the pointer inside `buf` (RawVec: `ptr`; later `inner.ptr`; Unique, NonNull
 * around a raw pointer). */
struct jit_vec_layout {
	uint32_t pointer, len;          /* offsets */
	uint32_t size;                  /* of the Vec itself */
	const struct sym_type *element; /* NULL only for Strings, whose element is a byte */
	uint64_t element_size;
};
struct error *jit_vec_layout(const struct sym_type *t, struct jit_vec_layout *ret) ERROR_CHECK;
/* String: `vec` is a Vec<u8>. */
struct error *jit_string_layout(const struct sym_type *t, struct jit_vec_layout *ret) ERROR_CHECK;

/* SmallVec<[T; N]> 1.x: `capacity` (the length while inline) and `data`, an enum or a union of the
 * inline array and (pointer, length). */
struct jit_small_vec_layout {
	uint32_t capacity; /* offsets */
	uint32_t inline_data, heap_pointer, heap_len;
	uint64_t inline_count;
	const struct sym_type *element;
	uint64_t element_size;
};
struct error *jit_small_vec_layout(const struct sym_type *t, struct jit_small_vec_layout *ret) ERROR_CHECK;

/* The variant that a value has: niches, several dataful variants and single inhabited ones included.
 * bytes are all of the value. NULL: none fits. */
const struct sym_variant *jit_variant(const struct sym_type *t, const uint8_t *bytes);
/* The variant of that name; NULL: none. */
const struct sym_variant *jit_variant_named(const struct sym_type *t, const char *name);
/* Name of a C-like enum's value, of a variant otherwise. Empty: none. */
struct str jit_enum_name(const struct sym_type *t, const uint8_t *bytes);

/* A little-endian unsigned number of 1 to 8 bytes. */
uint64_t jit_load(const uint8_t *bytes, size_t size);
