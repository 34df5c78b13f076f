/* What the files of the symbols layer share; nobody else includes it. */
#pragma once

#include "base/file.h"
#include "base/map.h"
#include "base/vec.h"
#include "dwarf/line.h"

#include "symbols/lookup.h"
#include "symbols/symbols.h"

#include <stdatomic.h>

enum {
	SYM_MAX_TROUBLES = 64,
	SYM_MAX_REFERENCES = 16, /* DW_AT_abstract_origin and DW_AT_specification followed in a row */
	SYM_MAX_NESTING = 64,    /* types inside types: names, shapes, alignment */
	SYM_MAX_MEMBERS = 1 << 16,
	SYM_MAX_PARAMS = 1024,
};

#define SYM_NONE UINT32_MAX

/* ---- one unit ---- */

/* A DIE that others lie in and that takes part in their paths. Offsets are relative to the unit's header. */
struct unit_scope {
	uint32_t begin, end; /* the DIE; behind its last child */
	uint32_t parent;     /* index, or SYM_NONE */
};

/* One contiguous piece of a function's code. */
struct unit_code {
	uint64_t start, end;
	uint64_t max_end; /* of this and all earlier ones: where a search backwards may stop */
	uint32_t die;     /* relative to the unit's header */
};

/* A row of the line table, as gdb keeps it: see lines.c. */
struct line_row {
	uint64_t addr;
	uint32_t file;   /* the first of the numbers that mean the same file */
	uint32_t line;   /* 0: a file's code ends here */
	uint16_t column; /* clamped */
	uint8_t flags;   /* DW_LINE_… */
};

/* Functions and namespaces of one unit. */
struct unit_map {
	VEC(struct unit_scope) scopes; /* by begin */
	VEC(struct unit_code) code;    /* by start */
};

/* All rows of a line program, sequence by sequence. */
struct written_row {
	uint64_t addr;
	uint32_t file, line, column;
};

struct written_sequence {
	uint64_t start, end;
	size_t first, last; /* rows; the last one only ends it */
};

struct written_lines {
	VEC(struct written_row) rows;
	VEC(struct written_sequence) sequences; /* by start */
};

/* Code that the table gives no line (0): gdb and `rows` count it to the row before it, whatever that is about. */
struct unlined {
	uint64_t start, end;
};

struct unit_lines {
	bool header_good, rows_read;
	struct dw_line_header header;
	struct str *paths; /* by file number, filled as asked for */
	uint32_t *numbers; /* by file number: the lowest that means the same file; once asked for */
	VEC(struct line_row) rows;     /* by address */
	VEC(struct unlined) unlined;   /* by address */
	struct written_lines *written; /* NULL until asked for */
};

/* DIEs of .debug_types are told from those of .debug_info by this added to their offset. "id" is such a number. */
#define TYPES_BIAS (UINT64_C(1) << 60)

struct sym_unit {
	struct sym_module *module;
	struct dw_unit dw;
	uint64_t bias; /* id - offset */
	/* unit_load */
	enum { UNIT_NEW, UNIT_LOADED, UNIT_BAD } state;
	uint16_t language;
	bool has_lines, has_aranges;
	bool far_inlines; /* with the index: inlined calls of functions that other units have */
	uint64_t stmt_list;
	struct str name, comp_dir, producer;
	struct unit_map *map;     /* NULL until unit_scan */
	struct unit_lines *lines; /* NULL until asked for */
};

/* Which unit a piece of the address space belongs to. */
struct unit_range {
	uint64_t start, end, max_end;
	uint32_t unit;
};

/* ---- the module ---- */

struct elf_entry {
	uint64_t addr, size;
	const char *name;
	uint32_t name_len;
	bool function, global, sized;
	bool own; /* the name stands in the module's own file, not only in the one with its debug information */
	uint64_t max_end;
};

struct name_index;

/* The functions of one name. */
struct name_search {
	char *identifier; /* NULL: not used */
	VEC(uint64_t) ids, functions, abstracts;
};
/* So many names are searched for one by one; then the index is made. */
enum { SYM_SEARCHES = 3 };

struct sym_module {
	char *path;
	struct file_map map, debug_map;
	uint8_t *owned; /* open_bytes */
	struct elf_file *elf;
	struct elf_file *debug_elf; /* the separate file; NULL when there is none */
	const struct arch *arch;
	struct arena arena;
	VEC(struct error *) troubles;
	enum { RUST_UNASKED, RUST_NO, RUST_YES } rust;
	enum { PLAIN_UNASKED, PLAIN_NO, PLAIN_YES } plain_c; /* names.c */

	/* elfsyms.c */
	bool symbols_read;
	VEC(struct elf_entry) symbols; /* by address */
	struct map demangled; /* address of the linkage name's bytes → struct str in the arena */
	struct map stubs;     /* the same → "name@plt" */

	/* units.c */
	struct dw_sections sections;
	bool sections_read, locations_read, has_info;
	bool units_read, addresses_read;
	struct str split; /* the first unit's .dwo that was met with */
	bool split_told;
	VEC(struct sym_unit) units;       /* by offset in .debug_info */
	VEC(struct unit_range) addresses; /* by start */
	struct map abbrevs;               /* offset → struct dw_abbrevs * */

	struct map file_names; /* address of a path's bytes → length of the name at its end */
	struct map signatures; /* of type units → id of the type's DIE */
	struct map functions, variables, types, blocks; /* id → object in the arena */
	struct map vtables;                             /* address → struct sym_type */
	struct sym_type *void_type, *unknown_type;

	struct name_index *index;
	struct name_search searches[SYM_SEARCHES];
	struct file_index *files;
	bool enumerators_read, main_searched, files_stopped;
	bool files_listed;         /* file_paths, file_list: for sym_files */
	struct strmap enumerators; /* name → its type */
	struct strmap declarations; /* with them: name → id of a variable that C declares at a file's level */
	const struct sym_function *rust_main;
	struct strmap file_paths;
	VEC(struct str) file_list;

	/* frames.c */
	bool cfi_read, eh_index_read, debug_index_read;
	struct dw_cfi_section eh_frame, debug_frame;
	struct dw_cfi_index *eh_index, *debug_index;
	struct kept_row *kept_rows; /* [KEPT_ROWS], or NULL until asked for */
};

/* Takes err: kept when it is new and there is room, else destroyed. */
void module_trouble(struct sym_module *m, struct error *err);
/* These bytes of a mapped file are not needed soon. */
void module_drop(const struct sym_module *m, const void *bytes, size_t size);
/* The sections of the debug information; false when the module has none. */
bool module_dwarf(struct sym_module *m);
/* .debug_str alone; false when there is none, or it is bigger than `limit`. */
bool module_strings(struct sym_module *m, size_t limit, struct dw_span *ret);
/* False: no file of the line tables has this for its path's last component. It takes a few sections only. */
bool module_file_may_occur(struct sym_module *m, struct str name);
/* Location lists, which are left out of that until a variable is asked for: they may have to be decompressed. */
void module_locations(struct sym_module *m);

/* False: the user wants no more of it. */
bool module_progress(const struct sym_module *m, size_t done, size_t total);

/* ---- elfsyms.c ---- */

/* sym_demangle of a name out of a string table, once. */
struct str symbol_demangled(struct sym_module *m, struct str linkage_name);
/* All of them, by address. */
size_t symbol_count(struct sym_module *m);
struct sym_symbol symbol_nth(struct sym_module *m, size_t index);
/* Whether the tables define a symbol of that name, of whatever type; true when there is no table. */
bool symbol_is_defined(struct sym_module *m, struct str linkage_name);
/* "name@plt". */
struct str symbol_at_plt(struct sym_module *m, struct str name);

/* ---- units.c ---- */

/* Headers of all units. */
void units_read(struct sym_module *m);
struct sym_unit *unit_by_id(struct sym_module *m, uint64_t id);
/* Units whose ranges hold pc, the next after *state (start with SIZE_MAX); NULL when there are no more. */
struct sym_unit *unit_at(struct sym_module *m, uint64_t pc, size_t *state);
/* Abbreviations and the unit DIE. False: the unit cannot be read (the trouble is recorded). */
bool unit_load(struct sym_unit *u);
/* DW_AT_language without loading the unit; 0 when there is none. */
uint16_t unit_peek_language(struct sym_unit *u);
bool unit_is_rust(const struct sym_unit *u);
/* C's languages have no paths. */
bool language_has_paths(uint16_t language);
bool unit_has_paths(const struct sym_unit *u);
/* A cursor on the DIE `id`, its attributes readable; *ret_unit is the unit that holds it. False when there is none. */
bool die_at(struct sym_module *m, uint64_t id, struct dw_cursor *ret, struct sym_unit **ret_unit);
/* The id of the DIE that a reference in unit u means; false when it is no reference or leads nowhere. */
bool die_ref(struct sym_unit *u, const struct dw_value *value, uint64_t *ret_id);

/* DW_AT_name and DW_AT_comp_dir of a unit: what the files of its line table are relative to. */
struct unit_file_base {
	struct str name, directory;
};

/* For a worker: a copy of the unit with abbreviations, which are *ret_own (dw_abbrevs_destroy) where nobody has parsed them yet. False: they are
 * damaged. */
bool unit_in_worker(const struct sym_unit *u, struct dw_unit *ret, struct dw_abbrevs **ret_own);

/* The header of the unit's line table, and what it is relative to, without loading the unit. They live until fn returns. */
void unit_peek_lines(struct sym_unit *u,
		     void (*fn)(void *ctx, const struct dw_line_header *header,
				const struct unit_file_base *base),
		     void *ctx);

/* ---- files.c ---- */

struct file_index;
/* Units with the file and its number there, in order of units, until fn gives false. */
typedef bool file_fn(void *ctx, struct sym_unit *u, uint32_t file);
void module_files(struct sym_module *m, struct str path, file_fn *fn, void *ctx);
bool path_ends_in(struct str path, struct str suffix); /* at a '/' */
void file_index_destroy(struct file_index *index);

/* ---- prologue.c ---- */

/* Where a breakpoint on the function that begins at range's start goes. */
uint64_t prologue_end(struct sym_function *f, struct file_range range);

/* ---- unit_scan.c ---- */

const struct unit_map *unit_scan(struct sym_unit *u);

/* What names a DIE and says whether it has a place; origin: the id of what it is an instance or the definition of, 0 for none. In any thread. */
struct die_facts {
	struct str name;
	bool code, declaration, abstract;
	uint64_t origin;
};
struct die_facts unit_die_facts(const struct dw_cursor *c, const struct sym_unit *u);
/* The function whose code holds pc, and that piece of code. */
bool unit_function_at(struct sym_unit *u, uint64_t pc, uint64_t *ret_id, struct file_range *ret_range);
/* "a::b::name" out of the DIEs around DIE `id` of the unit. */
struct str unit_path(struct sym_unit *u, uint64_t id, struct str name, struct arena *arena);

/* ---- lines.c ---- */

/* The line table's header, and with its rows; NULL: there is none. */
struct unit_lines *unit_lines_header(struct sym_unit *u);
struct unit_lines *unit_lines(struct sym_unit *u);
/* The row that pc belongs to, and the address of the next one. False: none. */
bool unit_row_at(struct sym_unit *u, uint64_t pc, struct line_row *ret, uint64_t *ret_end);
bool unit_line_at(struct sym_unit *u, uint64_t pc, struct sym_line *ret);
/* Is pc in code without a line? */
bool unit_unlined_at(struct sym_unit *u, uint64_t pc, struct file_range *ret);
/* How much of the end of a path is the file's name as gdb has it: with the table's directory for it, which version 5 has for the unit's
 * own files, too; the unit's own file is called as the unit calls itself. */
size_t file_name_length(const struct dw_line_header *header, uint64_t file,
			const struct unit_file_base *base, struct str path);
/* Index of the first row at addr or behind it. */
size_t lines_first(const struct unit_lines *lines, uint64_t addr);
/* Full path of a file number of the unit's line table; empty when not known. */
struct str unit_file(struct sym_unit *u, uint64_t file);

/* ---- written_lines.c ---- */

void written_lines_deinit(struct written_lines *lines);
/* The row that pc is in. */
bool written_line_at(struct sym_module *m, struct file_addr pc, struct sym_line *ret);

/* ---- function.c ---- */

/* What a DIE says of a function, with what it leaves to its abstract origin and its declaration. */
struct function_attrs {
	struct str name, linkage;
	struct sym_unit *decl_unit;
	uint64_t decl_file, decl_line, decl_column;
	bool has_type, noreturn, declaration, external, prototyped;
	uint64_t type;    /* id */
	uint64_t origin;  /* the first DW_AT_abstract_origin, 0 none */
	uint64_t path_id; /* the last one of the chain: its parents are the path */
	struct sym_unit *path_unit;
	uint64_t convention;
};

/* An inlined call or a lexical block of a function, in the order of its DIEs. */
struct body_scope {
	uint64_t id;
	uint64_t origin; /* of an inlined call: the function's id */
	uint32_t next;   /* index behind its last child */
	uint32_t first_range, range_count;
	uint32_t call_line, call_column;
	uint64_t call_file;
	bool inlined;
	bool block; /* holds a name of its own: gdb has no block for others, and so one breakpoint location for it and what it is in */
};

struct function_body {
	struct body_scope *scopes;
	uint32_t count;
	struct file_range *ranges;
	bool calls; /* something is told of its calls */
};

struct function_calls;

struct sym_function {
	struct sym_unit *unit;
	uint64_t id;
	struct sym_function *outer; /* the out-of-line function: itself when it is one */
	uint32_t scope;             /* index in outer's body when inlined, else SYM_NONE */
	bool attrs_read, ranges_read, params_read, body_read, described, path_read, prologue_read;
	struct str path; /* sym_function_path */
	struct function_attrs attrs;
	struct sym_function_info info;
	uint64_t body_start; /* behind the prologue */
	struct file_range *ranges;
	size_t range_count;
	struct function_body body;
	const struct sym_variable **params, **listed_params;
	size_t param_count;
	bool varargs;                       /* with params */
	const struct sym_type *type;        /* sym_function_type */
	const struct function_calls *calls; /* calls.c; NULL: not read */
};

/* The function object of an inlined call: outer's body has it at `scope`. */
struct sym_function *inlined_function(struct sym_function *outer, uint32_t scope);
/* The function object of a subprogram DIE, of which there is one. NULL when the DIE is none. */
struct sym_function *function_get(struct sym_module *m, uint64_t id);
const struct function_attrs *function_attrs(struct sym_function *f);
/* *ret zeroed before. */
void function_read_attrs(struct sym_module *m, uint64_t id, struct function_attrs *ret);
const struct function_body *function_body(struct sym_function *f);
/* The first scope of [from, end) on one level that holds pc, or SYM_NONE. */
uint32_t body_enter(const struct function_body *body, uint32_t from, uint32_t end, uint64_t pc);

/* ---- variable.c ---- */

struct sym_variable {
	struct sym_module *module;
	struct sym_function *function; /* NULL: a static */
	uint64_t id;                   /* 0: this instance has no DIE for it */
	uint64_t origin;               /* DIE in the abstract instance, or 0 */
	struct str name;
	bool has_type;
	uint64_t type; /* id */
	struct sym_unit *decl_unit;
	uint64_t decl_file, decl_line, decl_column;
	uint8_t constant[8];
};

/* Calls fn for each direct child of the DIE until it gives false. */
void each_child(struct sym_module *m, uint64_t id,
		bool (*fn)(void *ctx, struct sym_unit *u, const struct dw_cursor *child), void *ctx);
struct sym_variable *variable_get(struct sym_module *m, struct sym_function *f, uint64_t id);
bool variable_address(const struct sym_variable *v,
		      struct file_addr *ret);           /* of a static whose location is one address */
bool die_declares_variable(const struct dw_cursor *c);  /* that is elsewhere */
bool variable_is_dropped(const struct sym_variable *v); /* a static that the linker left out */

/* Everything that the DIE v->id says, and those that it refers to. */
void variable_read(struct sym_variable *v);

/* ---- blocks.c ---- */

struct block_names {
	const struct sym_variable **variables; /* in order of their DIEs */
	size_t count;
	struct sym_block_name *names; /* the same, with parameters and whatever else has a name here */
	size_t name_count;
};

/* The names of the block (a lexical block, a function, an inlined call) that belongs to f. */
const struct block_names *block_names(struct sym_function *f, uint64_t id);

/* ---- type.c ---- */

struct sym_type {
	struct sym_module *module;
	struct sym_unit *unit;
	uint64_t id; /* 0: made up (void, inner dimensions of an array) */
	uint64_t qualified; /* the DIE of a qualifier that this is the type of, else 0: it differs in its name alone */
	/* SYM_CONST … that an expression gave it: another name for `plain` */
	uint8_t qualifiers;
	const struct sym_type *plain;
	struct sym_type *made_qualified, *next_qualified; /* of a plain one: what was made of it */
	uint64_t path_id;                                 /* the DIE whose parents are the path */
	enum sym_type_kind kind;
	uint16_t tag;
	uint8_t encoding; /* DW_ATE_… of a base type */
	bool declaration, vector, has_size, has_target, named, varargs, prototyped;
	bool defined; /* of a declaration: it has been looked for what is declared */
	bool members_read, measuring;
	struct str bare, name;
	uint64_t size, align;
	uint64_t target_id;
	const struct sym_type *target; /* once asked for */
	uint64_t count;
	bool count_known;
	const struct sym_member *members;
	size_t member_count;
	const struct sym_enumerator *enumerators;
	size_t enumerator_count;
	const struct sym_variant_part *variants;
	const uint64_t *params;              /* ids of a subroutine's parameter types, 0 none */
	const struct sym_type **param_types; /* instead of those, of a made-up one */
	size_t param_count;
	/* type_made.c: what was made of it, once; arrays are a list */
	bool made_rust;
	const struct sym_type *made_pointer, *made_slice;
	struct sym_type *made_arrays, *next_array;
};

static inline uint64_t type_die(const struct sym_type *t)
{
	return t->qualified ? t->qualified : t->id;
}
/* The type of the DIE; never NULL: what cannot be read is SYM_TYPE_UNKNOWN. */
const struct sym_type *type_get(struct sym_module *m, uint64_t id);
const struct sym_type *type_void(struct sym_module *m);
bool type_is_rust(const struct sym_type *t);
/* Never an alias. */
const struct sym_type *type_behind_aliases(const struct sym_type *t);
/* A declaration becomes what it declares where the module has that; whoever asks what a type is made of calls it first. */
void type_define(struct sym_type *t);
/* Members, enumerators, variants, the parameters of a function type. */
void type_read_members(struct sym_type *t);

/* ---- names.c ---- */

/* The DIE that defines what t declares: of the same kind and path. 0: there is none in the module. */
uint64_t type_definition(const struct sym_type *t);

/* ---- type_name.c ---- */

/* "const volatile" in gdb's order, with a blank before it, or behind it, if there is any. */
struct str c_qualifiers(unsigned qualifiers, bool before, bool behind, struct arena *arena);
/* A C declaration of `name` with the type of that DIE: "const char *name", "int (*name)(int)". Without a type: void. */
struct str c_declaration(struct sym_module *m, bool has_type, uint64_t type_id, struct str name,
			 struct arena *arena);
/* Rust's text for a type, paths shortened to their last component ("Option<String>"). */
struct str rust_short_name(const struct sym_type *t, struct arena *arena);
struct str rust_shorten(struct str name, struct arena *arena);

/* ---- demangle.c ---- */

bool name_is_rust_mangled(struct str linkage_name);

/* ---- path.c ---- */

/* True when `path` is, or ends in, `query` at a `::` boundary; see symbols.h on generics and traits. */
bool path_matches(struct str path, struct str query);
/* The query has the number of a closure or the like, "{closure#1}"; where both have one at the same place from the end, they agree. */
bool path_has_numbers(struct str query);
bool path_numbers_match(struct str path, struct str query);
/* The last component's identifier, without generics, for hashing and searching: "push" of "Vec<T>::push<U>". */
struct str path_last_identifier(struct str path);

/* ---- index.c ---- */

struct index_entry {
	uint32_t hash;
	uint32_t unit;
	uint32_t die; /* relative to the unit's header */
};

struct index_table {
	struct index_entry *entries; /* by bucket */
	uint32_t *first;             /* [mask + 2]: where a bucket begins */
	uint32_t mask;
};

struct name_index {
	struct index_table functions; /* with code */
	struct index_table abstracts; /* what inlined copies refer to */
	struct index_table types, variables;
};

const struct name_index *module_index(struct sym_module *m);
void name_index_destroy(struct name_index *index);
/* Of the last identifier of a path. */
uint32_t name_index_hash(struct str query);
/* What thread_local! calls its statics, whose name is that of the namespace around them; surely: nobody else would. Else it is one only where a
 * name that holds such statics is around it. */
bool name_is_thread_local(struct str name, bool *ret_surely);
bool name_holds_thread_local(struct str name);

/* What scans over all units share. Bytes of a value of the form; SIZE_MAX when they differ from value to value. */
size_t form_fixed_size(uint16_t form, uint8_t address_size, bool is_64);
/* Names and references that are read without a look at the other attributes. */
bool form_is_simple_name(uint16_t form);
bool form_is_simple_reference(uint16_t form);
/* The abbreviations that a scan has at hand: most units share a table. */
struct kept_abbrevs {
	struct dw_abbrevs *abbrevs;
	uint64_t offset;
	bool far_inlines; /* inlined calls of functions that other units have */
};
/* Gives unit its table, the one at hand if it is that. *ret_new: it is another one than before. */
struct error *kept_abbrevs_take(struct kept_abbrevs *k, struct dw_unit *unit, bool *ret_new) ERROR_CHECK;
void kept_abbrevs_deinit(struct kept_abbrevs *k);
/* The value that stands so many bytes behind the DIE's beginning; of a simple name: where it is in .debug_str. */
uint64_t planned_value(const struct dw_cursor *c, uint16_t at, uint16_t form);
bool planned_string(const struct dw_cursor *c, uint16_t at, uint16_t form, uint64_t *ret);
/* A worker is through with the unit; `scanned` counts the bytes of all of them. */
void scan_drop(struct sym_module *m, const struct dw_unit *unit, atomic_size_t *scanned);

/* ---- search.c ---- */

/* Functions whose last identifier is the query's, ascending ids; NULL: it is for the index to say. */
const struct name_search *module_search(struct sym_module *m, struct str query);
void searches_deinit(struct sym_module *m);

/* ---- names.c ---- */

/* sym_functions_by_name for the inlined copies. */
void inlined_by_name(struct sym_module *m, struct str path, sym_function_fn *fn, void *ctx);
/* The path as its user wrote it: without what thread_local! puts behind it. */
struct str without_thread_local(struct str path);
struct str variable_path(const struct sym_variable *v, struct arena *arena);
