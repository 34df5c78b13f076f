/* The format-neutral model of what a file says about its code: symbols, functions, inlined calls, lines, variables,
 * types. One struct sym_module per file. Addresses are file addresses; a module knows no process.
 *
 * Nothing is parsed before it is asked for: opening maps the file and looks at ELF headers. Address questions read the
 * unit DIEs once and then one unit in full; name questions make the name index by a parallel scan, once.
 * Everything returned lives as long as the module unless an arena is passed. One thread (the engine's) uses a module;
 * the scan's workers build only immutable results. */
#pragma once

#include "arch/arch.h"
#include "base/addr.h"
#include "base/arena.h"
#include "base/error.h"
#include "dwarf/cfi.h"
#include "dwarf/expr.h"
#include "object/elf.h"

struct sym_module;
struct sym_function;
struct sym_type;
struct sym_variable;

/* ---- modules ---- */

struct sym_options {
	const char *const *debug_directories; /* NULL-terminated; NULL: /usr/lib/debug. `DIR/.build-id/xx/….debug` is looked for */
	const char *root; /* prefix for paths ("/proc/PID/root"), or NULL */
};

/* Maps the file; its debug information is in itself, or in a file found by build-id or .gnu_debuglink (beside it, in
 * .debug/, in the debug directories; the CRC is checked). Errors: cannot be opened, not ELF. Lesser trouble: see
 * sym_module_troubles. */
struct error *sym_module_open(const char *path, const struct sym_options *options,
			      struct sym_module **ret) ERROR_CHECK;
/* The same of bytes in memory (a vDSO, a JIT image). The bytes are copied. */
struct error *sym_module_open_bytes(const char *name, const void *bytes, size_t size,
				    struct sym_module **ret) ERROR_CHECK;
void sym_module_close(struct sym_module *m);

/* ERROR_UNSUPPORTED for an object file that is not linked (ET_REL): its sections name each other by relocations, which are not applied, so that its
 * debug information would be read wrongly. */
struct error *sym_module_check_linked(struct sym_module *m) ERROR_CHECK;
/* Gives back the pages of the files that were read: what is read again is in the kernel's cache. */
void sym_module_drop_pages(struct sym_module *m);

const char *sym_module_path(const struct sym_module *m);
struct elf_file *sym_module_elf(struct sym_module *m); /* the file that is loaded (not the separate debug file) */
const struct arch *sym_module_arch(const struct sym_module *m); /* NULL when oxdb does not know the CPU */
struct str sym_module_build_id(struct sym_module *m);
bool sym_module_has_debug_info(struct sym_module *m);
/* The debug information as it is written, for who reads it so: all its sections, decompressed. NULL: there is none. */
const struct dw_sections *sym_module_dwarf(struct sym_module *m);
/* Call frame information likewise: .eh_frame (eh) or .debug_frame; its data has size 0 where there is none. */
const struct dw_cfi_section *sym_module_cfi(struct sym_module *m, bool eh);
/* True when any unit says DW_LANG_Rust or the ELF symbols are Rust's (no unit is parsed in full for it). */
bool sym_module_is_rust(struct sym_module *m);
/* What was wrong so far with this module's input, each once: (file, offset, reason). Grows as more is parsed. */
size_t sym_module_troubles(const struct sym_module *m, const struct error *const **ret);
/* True once, when a unit was met with whose types and variables are in a file of their own (split DWARF), which is not read: its name. */
bool sym_module_take_split(struct sym_module *m, struct str *ret_dwo);

/* ---- ELF symbols ---- */

struct sym_symbol {
	struct str linkage_name;
	struct file_addr addr;
	uint64_t size; /* as the table says, or up to the next symbol when it says 0 */
	bool is_function, global;
	bool sized;       /* the table says a size */
	bool is_resolver; /* STT_GNU_IFUNC: calling it gives the address of the function */
};

/* The symbol whose range holds addr, of .symtab, .dynsym, and the separate file's: of those that begin last one that says its size
 * before one that does not, and of several at one address the one whose name sorts last, as gdb does. */
bool sym_symbol_at(struct sym_module *m, struct file_addr addr, struct sym_symbol *ret);
/* A stub of a procedure linkage table ("fork@plt"), or its slot ("fork@got.plt"), which no symbol table names. */
bool sym_stub_at(struct sym_module *m, struct file_addr addr, struct sym_symbol *ret);
/* The stub through which "fork" is called. */
bool sym_stub_by_name(struct sym_module *m, struct str name, struct sym_symbol *ret);
/* By exact linkage name; defined symbols only. */
bool sym_symbol_by_name(struct sym_module *m, struct str linkage_name, struct sym_symbol *ret);
/* Function symbols whose demangled path is, or ends in, `path` at a `::` boundary ("JITModule::finalize_definitions",
 * "<A as B>::f"). At most `limit`; the count is returned. Cheap where the last identifier appears nowhere in the string table. */
size_t sym_symbols_by_path(struct sym_module *m, struct str path, struct sym_symbol *ret, size_t limit);

/* Demangles Rust (legacy, v0) and C++; the hash of legacy names is left out. The text as given when it is no mangled name. */
struct str sym_demangle(struct str linkage_name, struct arena *arena);

/* ---- functions, lines ---- */

struct sym_line {
	struct str file; /* full path; empty: not known */
	uint32_t line;   /* 0: compiler-made code */
	uint32_t column;
};

/* What is said of a function without debug information, too. */
struct sym_function_info {
	struct str name; /* Rust path as written: "core::slice::iter::Iter<T>::next", "<A as B>::f"; for C the name */
	struct str linkage_name; /* empty when not known */
	struct sym_line decl;
	struct file_addr entry; /* of the out-of-line copy; 0 when only inlined */
	bool is_rust;
	bool from_debug_info; /* else from the ELF symbol */
};

/* One of the functions that a pc is in, innermost first. */
struct sym_chain_entry {
	const struct sym_function *function; /* NULL: only the ELF symbol is known */
	struct sym_function_info info;
	struct sym_line line; /* innermost: the line of pc; others: where the inlined call stands in this function */
	bool inlined; /* this function was inlined into the next entry's */
	/* Entry of the containing out-of-line function (same for the whole chain); 0 when not known. pc may lie before it: a cold
	 * part stands anywhere. */
	struct file_addr start;
};

enum { SYM_MAX_INLINE = 64 };

/* The inlined chain at pc; count >= 1 when anything (even an ELF symbol) is known. For a return address ask with pc - 1. */
size_t sym_chain_at(struct sym_module *m, struct file_addr pc, struct sym_chain_entry ret[SYM_MAX_INLINE]);
/* The same, with the last row of the line program that begins at pc or before it as the line of pc, whatever the row says: line 0, too. sym_chain_at
 * has what a debugger makes of it. */
size_t sym_chain_as_written(struct sym_module *m, struct file_addr pc,
			    struct sym_chain_entry ret[SYM_MAX_INLINE]);
/* The line-table row for pc alone. */
bool sym_line_at(struct sym_module *m, struct file_addr pc, struct sym_line *ret);

/* Functions whose path is or ends in `path` at a `::` boundary; generics may be left out of it ("Vec::push",
 * "push", "Type::method", "<T as Trait>::method"). Out-of-line copies. From the name index (parallel scan the first time). */
typedef bool sym_function_fn(void *ctx, const struct sym_function *function); /* false: stop */
struct error *sym_functions_by_name(struct sym_module *m, struct str path, sym_function_fn *fn,
				    void *ctx) ERROR_CHECK;
/* The function whose out-of-line code holds pc; NULL without debug info. */
const struct sym_function *sym_function_at(struct sym_module *m, struct file_addr pc);
void sym_function_describe(const struct sym_function *f, struct sym_function_info *ret);
size_t sym_function_ranges(const struct sym_function *f, const struct file_range **ret);
struct sym_module *sym_function_module(const struct sym_function *f);

/* DW_AT_type: NULL = no result (void, `()` is a ZST type). */
const struct sym_type *sym_function_result(const struct sym_function *f);
/* Formal parameters in order. For an inlined function ask with the function of the chain entry and the pc. */
size_t sym_function_params(const struct sym_function *f, const struct sym_variable *const **ret);
/* Locals whose scope holds pc, innermost scope first (parameters not included). */
size_t sym_function_locals(const struct sym_function *f, struct file_addr pc, struct arena *arena,
			   const struct sym_variable ***ret);
bool sym_function_noreturn(const struct sym_function *f);
/* "extern "C" fn"-ness as far as DWARF shows it: C for units that are not Rust's and for Rust functions whose linkage name is
 * not mangled or whose producer says so. A guess is marked. */
enum arch_convention sym_function_convention(const struct sym_function *f, bool *ret_guess);
/* The prototype as its language writes it: `extern "C" fn next_event(parser: *mut Parser) -> Event`. */
struct str sym_function_prototype(const struct sym_function *f, struct arena *arena);

/* ---- variables ---- */

struct str sym_variable_name(const struct sym_variable *v);
const struct sym_type *sym_variable_type(const struct sym_variable *v);
struct sym_line sym_variable_decl(const struct sym_variable *v);
/* The location expression valid at pc, and the unit (for addrx). ERROR_NOT_FOUND: optimised out here. With DW_AT_const_value
 * *ret_const is true and *ret_expr the value's own bytes instead (a number: 8 of them, little-endian, whatever the type's size). */
struct error *sym_variable_location(const struct sym_variable *v, struct file_addr pc,
				    struct dw_span *ret_expr, const struct dw_unit **ret_unit,
				    bool *ret_const) ERROR_CHECK;
/* DW_AT_frame_base at pc of the out-of-line function that v's function is in. */
struct error *sym_function_frame_base(const struct sym_function *f, struct file_addr pc,
				      struct dw_span *ret_expr,
				      const struct dw_unit **ret_unit) ERROR_CHECK;

/* ---- types ---- */

enum sym_type_kind {
	SYM_TYPE_VOID,
	SYM_TYPE_BOOL,
	SYM_TYPE_CHAR /* Rust char, C char */,
	SYM_TYPE_SIGNED,
	SYM_TYPE_UNSIGNED,
	SYM_TYPE_FLOAT,
	SYM_TYPE_POINTER,
	SYM_TYPE_REFERENCE,
	SYM_TYPE_STRUCT,
	SYM_TYPE_UNION,
	SYM_TYPE_ENUM /* C-like */,
	SYM_TYPE_VARIANT /* a structure with a variant part */,
	SYM_TYPE_ARRAY,
	SYM_TYPE_FUNCTION,
	SYM_TYPE_ALIAS /* typedef */,
	SYM_TYPE_COMPLEX,
	SYM_TYPE_UNKNOWN,
};

struct sym_member {
	struct str name; /* as in DWARF: "__0" for tuple fields; empty for anonymous */
	const struct sym_type *type;
	uint64_t offset;               /* bytes */
	uint32_t bit_size, bit_offset; /* bit fields; bit_size 0 = none */
};

struct sym_enumerator {
	struct str name;
	int64_t value;
};

struct sym_variant {
	bool is_default; /* no DW_AT_discr_value */
	uint64_t discr,
		discr_high; /* low and high 64 bits, as an unsigned number of the discriminant's width */
	struct str name;    /* of the variant */
	struct sym_member member; /* its payload, a structure */
};

struct sym_variant_part {
	bool has_discr;
	struct sym_member discr; /* offset, type */
	size_t count;
	const struct sym_variant *variants;
};

enum sym_type_kind sym_type_kind(const struct sym_type *t); /* const, volatile, restrict, atomic are looked through */
struct str sym_type_name(const struct sym_type *t); /* with its path: "cranelift_jit::backend::JITModule"; C: "struct x", "char *" */
struct str sym_type_bare_name(const struct sym_type *t); /* DW_AT_name */
uint64_t sym_type_size(const struct sym_type *t);        /* bytes; arrays: of the whole */
uint64_t sym_type_align(const struct sym_type *t);       /* DW_AT_alignment, or computed */
const struct sym_type *sym_type_target(
	const struct sym_type *t); /* pointee, element, aliased, enum's integer, function's result; NULL none */
uint64_t sym_type_count(const struct sym_type *t, bool *ret_known); /* array elements */
size_t sym_type_members(const struct sym_type *t, const struct sym_member **ret);
const struct sym_member *sym_type_member(const struct sym_type *t, const char *name); /* NULL: none */
size_t sym_type_enumerators(const struct sym_type *t, const struct sym_enumerator **ret);
const struct sym_variant_part *sym_type_variants(const struct sym_type *t); /* NULL unless VARIANT */
/* The index-th type argument (DW_TAG_template_type_parameter): FunctionDeclaration of Vec<FunctionDeclaration, Global>. NULL: none. */
const struct sym_type *sym_type_argument(const struct sym_type *t, size_t index);
struct sym_module *sym_type_module(const struct sym_type *t);
/* The type for which rustc made the vtable (of a trait object) at this address. NULL: it is none, or none that is described. */
const struct sym_type *sym_vtable_type(struct sym_module *m, struct file_addr vtable);
/* A type by path suffix, from the name index. NULL when there is none. */
const struct sym_type *sym_type_by_name(struct sym_module *m, struct str path);
/* Flattened for a calling convention; false when the type is incomplete. */
bool sym_type_shape(const struct sym_type *t, struct arch_shape *ret);

/* Where arguments and result of f are at its first instruction, by its own convention (sym_function_convention) or by the one that
 * the caller knows it to have. False: a type is incomplete, there are more than ARCH_MAX_ARGS, or a
 * closure's environment is not among the parameters. */
bool sym_function_call(const struct sym_function *f, struct arch_call *ret);
bool sym_function_call_as(const struct sym_function *f, enum arch_convention convention,
			  struct arch_call *ret);

/* ---- frames ---- */

/* The CFI row for pc from .eh_frame or .debug_frame (the separate file's too). ERROR_NOT_FOUND: none covers pc. */
struct error *sym_cfi_row(struct sym_module *m, struct file_addr pc, struct dw_cfi_row *ret) ERROR_CHECK;
/* The same, kept for the next time; valid until the next call. NULL: none. */
const struct dw_cfi_row *sym_cfi_row_kept(struct sym_module *m, struct file_addr pc);
/* The code range of the function around pc: symbol, DWARF or FDE. */
bool sym_function_bounds(struct sym_module *m, struct file_addr pc, struct file_range *ret);
