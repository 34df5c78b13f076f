/* Where cranelift-jit's structures have what oxdb wants, as the program's DWARF says (the fields
 * have kept their names from 0.110 to 0.135). Found once per file, from the type of `self` of the hooked
 * function: no name index is needed. */
#pragma once

#include "jit/registry.h"
#include "jit/rust_layout.h"

struct jit_abi_param_layout {
	uint32_t value_type, value_size, purpose, extension; /* offsets, and the size of ir::Type */
	const struct sym_type *purpose_type, *extension_type;
};

struct jit_signature_layout {
	uint32_t params_at, returns_at, call_conv;
	const struct sym_type *call_conv_type;
	struct jit_vec_layout params, returns;
	struct jit_abi_param_layout param;
};

/* FunctionDeclaration */
struct jit_declaration_layout {
	uint32_t name, signature_at;
	const struct sym_type *name_type; /* Option<String>; String in early versions */
	uint32_t name_payload;            /* offset of the String within it */
	struct jit_vec_layout string;
	struct jit_signature_layout signature;
};

/* ModuleReloc and ModuleRelocTarget */
struct jit_reloc_layout {
	uint32_t offset, kind, addend, target;
	uint32_t offset_size, addend_size;
	const struct sym_type *kind_type, *target_type;
	uint32_t name_space, index; /* of the variant User, within the target */
};

struct jit_cranelift_layout {
	uint64_t module_size;
	uint32_t declarations_at, blobs_at; /* Vecs within JITModule */
	struct jit_vec_layout declarations, blobs;
	bool has_pending; /* functions_to_finalize */
	uint32_t pending_at;
	struct jit_vec_layout pending;
	struct jit_declaration_layout declaration;
	const struct sym_type *blob_option; /* Option<CompiledBlob> */
	uint32_t blob_payload;
	uint32_t blob_pointer, blob_size, relocs_at; /* within CompiledBlob */
	struct jit_vec_layout relocs;
	struct jit_reloc_layout reloc;
};

/* t: JITModule. *ret is on the heap. */
struct error *jit_cranelift_layout(const struct sym_type *t, struct jit_cranelift_layout **ret) ERROR_CHECK;

/* Context.compiled_code: Option<CompiledCode>, its buffer's traps. */
struct jit_context_layout {
	uint64_t context_size;
	uint32_t compiled_at;
	const struct sym_type *compiled_option;
	uint32_t traps_at; /* within the option's value, when Some */
	struct jit_small_vec_layout traps;
	uint32_t trap_offset, trap_code; /* MachTrap */
	uint32_t trap_offset_size;
	const struct sym_type *code_type; /* TrapCode: a number around NonZeroU8, an enum up to 0.112 */
};
/* t: Context. *ret is on the heap. */
struct error *jit_context_layout(const struct sym_type *t, struct jit_context_layout **ret) ERROR_CHECK;

/* ---- decoding ---- */

/* ir::Type's number (cranelift-codegen-shared, constants.rs; cranelift-codegen-meta, cdsl/types.rs):
 * fills in type, bytes, is_float, is_vector. "?0x12" and 0 bytes for one that oxdb does not know. minor:
 * of Cranelift 0.MINOR, 0 not known (taken as a recent one): the numbers changed with 0.110. */
void jit_decode_type(uint16_t number, unsigned minor, struct jit_abi_param *ret);
/* 135 out of "…/cranelift-jit-0.135.8/src/backend.rs"; 0 when the path has no version. */
unsigned jit_cranelift_minor(struct str path);
enum jit_call_conv jit_decode_call_conv(struct str enumerator);
enum jit_purpose jit_decode_purpose(struct str variant);
enum jit_extension jit_decode_extension(struct str enumerator);
enum jit_reloc_kind jit_decode_reloc_kind(struct str enumerator);
/* The number of a TrapCode (0.113 on). */
void jit_decode_trap(uint8_t code, struct jit_trap *ret);
/* The variant's name of a TrapCode that was an enum (up to 0.112); `user`: the payload of User. */
void jit_decode_trap_name(struct str variant, uint16_t user, struct jit_trap *ret);
