/* Questions that a session asks of a module besides those of symbols.h: from source positions to code, everything of a kind, scopes,
 * types that the program does not have. */
#pragma once

#include "symbols/symbols.h"

/* ---- from lines to code ---- */

struct sym_spot {
	struct file_addr addr;
	/* By which gdb names it: the one that was asked for; of a line the innermost there, before the prologue was left behind. NULL: none */
	const struct sym_function *function;
	struct sym_line line; /* as found: of addr, or of the inlined call that the prologue's end fell into */
	bool inlined;         /* the function's copy is */
};
typedef bool sym_spot_fn(void *ctx, const struct sym_spot *spot); /* false: stop */

/* A file as a user names it matches a path that ends in it at a '/'. Breakpoint addresses for `line`, or for the nearest line behind it
 * that has code: in each out-of-line function and each inlined copy one (the lowest is_stmt row of a block); when that is a function's
 * first line, the address behind its prologue. *ret_line is the line that was found. ERROR_NOT_FOUND: no such file, or no line. */
struct error *sym_line_spots(struct sym_module *m, struct str file, uint32_t line, sym_spot_fn *fn,
			     void *ctx, uint32_t *ret_line) ERROR_CHECK;
bool sym_has_file(struct sym_module *m, struct str file);
/* Functions by path suffix with their breakpoint addresses (behind the prologue, or the entry), inlined copies too. */
struct error *sym_function_spots(struct sym_module *m, struct str path, bool entry, sym_spot_fn *fn,
				 void *ctx) ERROR_CHECK;
/* The address behind the prologue (the second line row, or DWARF's prologue_end), as gdb chooses it for rustc's and gcc's code. */
struct file_addr sym_function_body(const struct sym_function *f);
/* The rust `main` of the program: what lang_start is given. NULL: none. */
const struct sym_function *sym_rust_main(struct sym_module *m);
/* The row that holds pc: [start, end) up to the next row of another address; false: none. */
bool sym_line_range(struct sym_module *m, struct file_addr pc, struct sym_line *ret,
		    struct file_range *ret_range);
/* May execution stop at the start of that row? */
bool sym_line_is_stmt(struct sym_module *m, struct file_addr pc);
/* Is pc in code to which the compiler gave no line? sym_line_range gives the row before it, as gdb does. *ret_range: that code. */
bool sym_line_missing(struct sym_module *m, struct file_addr pc, struct file_range *ret_range);
/* Is a row's code nothing but a jump? To which line that leads, through code without one. */
bool sym_line_jumps(struct sym_module *m, struct file_range range, struct sym_line *ret);
/* Ranges of code for a line of a file (`info line`, `disassemble /s`). */
struct error *sym_line_ranges(struct sym_module *m, struct str file, uint32_t line,
			      void (*fn)(void *ctx, struct file_range range), void *ctx) ERROR_CHECK;
/* A line in one unit's copy of a file: the first statement of it, or of the nearest line behind it that has any. */
struct sym_line_entry {
	struct str file; /* full path */
	uint32_t line;   /* that was found; 0: none */
	struct file_addr addr;
};
/* For each unit that has the file, in their order, whether it has code of it or not. */
void sym_line_entries(struct sym_module *m, struct str file, uint32_t line,
		      bool (*fn)(void *ctx, const struct sym_line_entry *entry), void *ctx);
/* Rows of [range) in order of address. */
void sym_line_rows(struct sym_module *m, struct file_range range,
		   void (*fn)(void *ctx, struct file_addr addr, struct sym_line line, bool is_stmt),
		   void *ctx);

/* ---- everything of a kind ---- */

/* The end of a path that this module gave (its very bytes): the file's name as the line table has it, "src/main.rs", relative to the
 * unit's directory or absolute. Empty: not this module's. */
struct str sym_file_name(struct sym_module *m, struct str path);
typedef bool sym_file_fn(void *ctx, struct str path);
void sym_files(struct sym_module *m, sym_file_fn *fn, void *ctx);

struct sym_named {
	struct str name; /* with its path */
	struct str file; /* empty: no debug information; the unit's where nothing else is said */
	uint32_t line;
	struct file_addr addr;
	const struct sym_function *function;
	const struct sym_variable *variable;
	const struct sym_type *type;
	bool external; /* known outside its unit: DW_AT_external */
};
enum sym_name_kind { SYM_NAME_FUNCTION, SYM_NAME_VARIABLE, SYM_NAME_TYPE };
typedef bool sym_named_fn(void *ctx, const struct sym_named *named);
/* Those whose name passes `wanted` (asked of each name once, before anything else of it is read). With `elf` symbols without debug
 * information come last, with an empty file. */
void sym_each(struct sym_module *m, enum sym_name_kind kind, bool elf,
	      bool (*wanted)(void *ctx, struct str name), sym_named_fn *fn, void *ctx);

/* Statics and globals whose path is or ends in `path`; NULL: none. The nearest to `from` (may be NULL: a unit's own first). */
const struct sym_variable *sym_variable_by_name(struct sym_module *m, struct str path,
						const struct sym_function *from);
struct sym_module *sym_variable_module(const struct sym_variable *v);
/* Parameters as gdb lists them: in the order of this instance's DIEs, and last those that only the abstract one has. */
size_t sym_function_listed_params(const struct sym_function *f, const struct sym_variable *const **ret);
/* Whether the variable has a list of locations; with fn each entry of it is told, in order, as it is written. */
struct error *sym_variable_locations(const struct sym_variable *v, dw_location_entry_fn *fn, void *ctx,
				     const struct dw_unit **ret_unit, bool *ret_list) ERROR_CHECK;
/* Where a parameter is at the first instruction of its out-of-line function, as far as it is told; false: it is not. */
bool sym_variable_location_on_entry(const struct sym_variable *v, struct dw_span *ret_expr,
				    const struct dw_unit **ret_unit);
/* The variable of the DIE at this offset in .debug_info, which a location in f names (DW_OP_implicit_pointer); NULL: there is none. */
const struct sym_variable *sym_variable_pointed_at(const struct sym_function *f, uint64_t die);
/* The type of a DIE by its offset within a unit that sym_variable_location or the like gave; NULL: none there. */
const struct sym_type *sym_type_in_unit(struct sym_module *m, const struct dw_unit *unit, uint64_t offset);
/* "shapes::COUNTER" of a static; a local's bare name. */
struct str sym_variable_path(const struct sym_variable *v, struct arena *arena);
/* The same type under the name that qualifiers give it in C; made once for each. */
enum { SYM_CONST = 1, SYM_VOLATILE = 2, SYM_RESTRICT = 4, SYM_ATOMIC = 8 };
const struct sym_type *sym_type_qualified(const struct sym_type *t, unsigned qualifiers);
/* As C declares something of that type: "const char *name[3]". Empty: it is none of C's, or not of the program's. */
struct str sym_type_declaration(const struct sym_type *t, struct str name, struct arena *arena);
/* What C writes before the name of a type that is no typedef. */
enum sym_type_tag { SYM_TAG_ANY, SYM_TAG_STRUCT, SYM_TAG_UNION, SYM_TAG_ENUM };
/* Types the same way; typedefs, too, with SYM_TAG_ANY. */
const struct sym_type *sym_type_near(struct sym_module *m, enum sym_type_tag tag, struct str path,
				     const struct sym_function *from);

/* The enum that has the enumerator, in a language where those are names of their own; NULL: none. */
const struct sym_type *sym_enumerator_by_name(struct sym_module *m, struct str name, int64_t *ret);
/* A variable that a file of C declares and none here defines: it has a type and no place. NULL: none. */
const struct sym_variable *sym_declaration_by_name(struct sym_module *m, struct str name);
bool sym_variable_is_external(const struct sym_variable *v);

/* Told of work that may take long, on the calling thread: units of `path` (the module's) done so far. False: leave it; the question is then
 * answered as if nothing were there, and asked again the work begins again. NULL: nobody is told. */
typedef bool sym_progress_fn(void *ctx, const char *path, size_t done, size_t total);
void sym_set_progress(sym_progress_fn *fn, void *ctx);
/* How often it was left so far: what was answered while this grew says nothing. */
unsigned sym_questions_left(void);

/* ---- scopes ---- */

/* Blocks around pc in f that have variables, innermost first, without f's parameters; the last is f's own, which may have none. The
 * variables of a block are in gdb's order: f's own as declared, those of others by the hash of their names. */
struct sym_scope {
	struct file_range range; /* that holds pc */
	const struct sym_variable **variables;
	size_t count;
	uint64_t id;
};
size_t sym_function_scopes(const struct sym_function *f, struct file_addr pc, struct arena *arena,
			   struct sym_scope **ret);

/* All that has a name in a scope, in the same order; f's own scope has its parameters, too, and its own name where f was inlined. */
enum sym_block_name_kind {
	SYM_BLOCK_VARIABLE,
	SYM_BLOCK_PARAMETER,
	SYM_BLOCK_DECLARATION, /* of a variable that is elsewhere: C's extern */
	SYM_BLOCK_TYPE,
	SYM_BLOCK_CONSTANT, /* C's enumerators */
	SYM_BLOCK_LABEL,
	SYM_BLOCK_FUNCTION,
};
struct sym_block_name {
	enum sym_block_name_kind kind;
	struct str name;
	const struct sym_variable *variable; /* of the first three alone */
	const struct sym_type *type;         /* of a constant alone */
	int64_t value;                       /* the same */
	struct file_addr address;            /* of a label or a function; 0: a label without code */
};
size_t sym_scope_names(const struct sym_function *f, const struct sym_scope *scope, struct arena *arena,
		       struct sym_block_name **ret);

/* Is a function's path, with or without its generics' arguments, `query`, or does it end in it at a `::`? As places are found. */
bool sym_path_matches(struct str path, struct str query);
/* What `query` means within what is called `from`: how many parts of that path are around what is called `path`, plus 1, when this is the query
 * written out from there. 0: it is not. The more, the nearer. */
size_t sym_scope_depth(struct str path, struct str query, struct str from);
/* sym_demangle with the hashes of Rust's names, as gdb shows an ELF symbol: "shapes::main::hf5fd5fdfcdcdb145". */
struct str sym_demangle_verbose(struct str linkage_name, struct arena *arena);

/* ---- units ---- */

struct sym_unit_info {
	struct str name, directory, producer;
	uint16_t language; /* DW_LANG_… */
	uint16_t dwarf_version;
};
bool sym_unit_at(struct sym_module *m, struct file_addr pc, struct sym_unit_info *ret);
/* The name by its DIEs, as gdb says it: "shapes::{impl#0}::area", "shapes::gen<u8>"; sym_function_info's names the trait. */
struct str sym_function_path(const struct sym_function *f);
bool sym_function_unit(const struct sym_function *f, struct sym_unit_info *ret);
bool sym_function_is_prototyped(const struct sym_function *f); /* in C: "f(void)", not "f()" */
/* DW_AT_calling_convention DW_CC_nocall, of the function or its type. */
bool sym_function_nocall(const struct sym_function *f);

/* ---- types that no DIE describes; live as long as the module of those that they are made of ---- */

const struct sym_type *sym_type_pointer_to(const struct sym_type *t); /* `*mut T` in Rust, `T *` in C */
const struct sym_type *sym_type_array_of(const struct sym_type *t, uint64_t count);
/* "i32", "u8", "f64", "bool", "char", "usize", "()" …; C's names with rust = false ("unsigned long", "void", "int64_t"). NULL: no such
 * name. m may be NULL. */
const struct sym_type *sym_type_primitive(struct sym_module *m, struct str name, bool rust);
/* Rust's `&[T]` {data_ptr, length}, of `T`; named as gdb names its own. */
const struct sym_type *sym_type_slice_of(const struct sym_type *t);
const struct sym_type *sym_type_str(void); /* `&str` */
/* Laid out in order; lives as long as the arena. */
const struct sym_type *sym_type_tuple_of(const struct sym_type *const *elements, size_t count,
					 struct arena *arena);
/* A union, for vector registers; never freed. The members' names are the caller's and live on. */
const struct sym_type *sym_type_union_of(struct str name, const struct sym_member *members, size_t count,
					 uint64_t size);
/* C's structures and unions, without padding that the offsets do not say; the name may be empty. As above. */
const struct sym_type *sym_type_c_members_of(bool is_union, struct str name,
					     const struct sym_member *members, size_t count,
					     uint64_t size);
/* An array of the kind that registers hold (`T __attribute__ ((vector_size(N)))`); of a primitive, never freed. */
const struct sym_type *sym_type_vector_of(const struct sym_type *t, uint64_t count);
/* A floating-point number of a width that programs do not have ("half"); never freed. */
const struct sym_type *sym_type_float_of(struct str name, uint64_t size);
/* The same with another name, for registers' types; never freed. */
const struct sym_type *sym_type_named(const struct sym_type *like, struct str name);
/* A function with that result (NULL: none) of which no arguments are known. */
const struct sym_type *sym_type_function_of(const struct sym_type *result, bool rust);
/* SYM_TYPE_FUNCTION; its sym_type_target is the result (NULL: none). */
const struct sym_type *sym_function_type(const struct sym_function *f);
size_t sym_type_param_count(const struct sym_type *t, bool *ret_varargs);
const struct sym_type *sym_type_param(const struct sym_type *t, size_t index); /* NULL: void, or not known */
/* A stable identity: the same type in several units has the same. */
bool sym_type_same(const struct sym_type *a, const struct sym_type *b);
bool sym_type_is_rust(const struct sym_type *t);
bool sym_type_is_declaration(const struct sym_type *t);   /* incomplete */
bool sym_type_is_vector(const struct sym_type *t);        /* a SIMD array */
bool sym_type_is_unsigned_char(const struct sym_type *t); /* C's unsigned char, char8_t … */
