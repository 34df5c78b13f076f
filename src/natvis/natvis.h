/* Visualisers: files of Natvis, which say how values of a type are to be shown.
 * Source: Natvis's schema (natvis.xsd) and "Create custom views of C++ objects" in the documentation of Visual Studio; for Rust's
 * names rustc's src/etc/natvis and compiler/rustc_codegen_ssa/src/debuginfo/type_names.rs.
 *
 * A file is read once: its XML is checked against the schema, each expression is parsed, each type's name becomes a pattern. What is
 * wrong with it is a list of problems, and an entry with an error is left out of what is used. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "eval/cx.h"

enum {
	NV_MAX_FILE = 16 << 20, /* bytes */
	NV_MAX_DEPTH = 64,      /* of elements in each other */
	NV_MAX_ELEMENTS = 1 << 18,
	NV_MAX_PROBLEMS = 100,
};

/* ---- files ---- */

struct nv_problem {
	uint32_t line;      /* from 1 */
	bool is_note;       /* something that oxdb passes over, and no error */
	struct str entry;   /* "Type alloc::vec::Vec<*>, DisplayString"; empty: outside all entries */
	struct str message; /* one line, no full stop */
};

struct nv_file;

/* Only a file that cannot be read, or is too large, is an error here. */
struct error *nv_file_open(const char *path, struct nv_file **ret) ERROR_CHECK;
/* The same of bytes; they are copied as far as they are needed. */
struct nv_file *nv_file_read(struct str path, const void *bytes, size_t size);
void nv_file_close(struct nv_file *f);

struct str nv_file_path(const struct nv_file *f);
/* In the order of lines. At most NV_MAX_PROBLEMS of each kind are kept. */
size_t nv_file_problems(const struct nv_file *f, const struct nv_problem **ret);
/* How many there were; those that were not kept are counted. */
size_t nv_file_errors(const struct nv_file *f);
/* How many entries `Type` can be used. */
size_t nv_file_types(const struct nv_file *f);

/* ---- names of types ---- */

enum { NV_MAX_CAPTURES = 32 };

/* A name as a tree, the same for both forms that rustc writes: `&[u8]` is `ref$<slice2$<u8> >`, `(A, B)` is `tuple$<A,B>`. */
struct nv_name;
/* A pattern may hold `*` for an argument; the last one of a list stands for all that follow. NULL: it is no name of a type, and
 * *ret_why (may be NULL) says why. */
struct nv_name *nv_name_parse(struct str text, bool pattern, struct arena *arena, const char **ret_why);
/* As MSVC's form writes it, without blanks. */
void nv_name_text(const struct nv_name *n, struct buf *out);
/* As rustc writes it in DWARF. */
void nv_name_rust(const struct nv_name *n, struct buf *out);
/* `enum2$<n>`, as MSVC's form wraps enums. */
struct nv_name *nv_name_enum(struct nv_name *n, struct arena *arena);

struct nv_captures {
	const struct nv_name *names[NV_MAX_CAPTURES]; /* $T1 is names[0] */
	size_t count;
};
bool nv_name_matches(const struct nv_name *pattern, const struct nv_name *name, struct nv_captures *ret);

/* ---- which visualiser ---- */

/* Files that are in use. */
struct nv_set;
struct nv_set *nv_set_create(void);
void nv_set_destroy(struct nv_set *s);
/* Adds the visualisers that are part of oxdb: those of Rust's standard library, by the name "std.natvis". */
void nv_set_add_own(struct nv_set *s);
/* The set owns the file from now on. Of equal entries that of the file that was added last is taken. */
void nv_set_add(struct nv_set *s, struct nv_file *f);
bool nv_set_remove(struct nv_set *s, struct str path); /* and closes it; false: there is none */
size_t nv_set_count(const struct nv_set *s);
const struct nv_file *nv_set_file(const struct nv_set *s, size_t index);

/* An entry that fits a name. */
struct nv_match {
	const struct nv_file *file;
	const struct nv_type *type;
	struct nv_captures captures;
	bool as_enum; /* by the name enum2$<…> */
};
enum { NV_MAX_MATCHES = 8 };
/* The entries for a type's name, the one to use first: by priority, then the pattern that says more, then the file that was added
 * later. is_enum: of Rust's, so that `enum2$<NAME>` is its name as well. In constant time but for entries of the same path. */
size_t nv_set_find(struct nv_set *s, struct nv_name *name, bool is_enum, struct arena *arena,
		   struct nv_match ret[NV_MAX_MATCHES]);
/* Its name as the file has it, and its line. */
struct str nv_type_name(const struct nv_type *t);
uint32_t nv_type_line(const struct nv_type *t);

/* ---- values ---- */

/* A value: where it is or what it is, and how it was asked for. */
struct nv_value {
	struct eval_cx_result is;
	struct eval_cx_object object; /* whose own bytes a place may be in */
	struct eval_cx_format format;
	bool has_length; /* the format says how many elements or characters: */
	uint64_t length;
	struct str view;
	/* A child that is made up by its parent's visualiser: by this element, for the parent's value. NULL: it is none. */
	const struct nv_element *synthetic;
	const struct nv_match *match;
};

/* How values are looked at: from one stop of the program, within limits. */
struct nv_viewer;
struct nv_settings {
	struct nv_set *set;
	void *ctx;
	size_t (*read)(void *ctx, uint64_t address, void *buf, size_t size);
	/* A type by its name as rustc writes it in DWARF. NULL: there is none. */
	const struct sym_type *(*find_type)(void *ctx, struct str name);
	uint32_t elements;  /* children that are shown of a value; 0: NV_MAX_CHILDREN */
	uint32_t max_depth; /* of values in each other that are written out; 0: 20 */
	uint64_t steps;     /* of expressions and lists, for all values together; 0: NV_STEPS */
};
enum { NV_STEPS = 2000000, NV_MAX_CHILDREN = 100000, NV_MAX_TEXT = 1 << 20 };
struct nv_viewer *nv_viewer_create(const struct nv_settings *settings);
void nv_viewer_destroy(struct nv_viewer *v);

struct nv_value nv_value_of(const struct sym_type *type, const struct eval_cx_object *object);
/* One line: the summary, and the children in braces: `Vec(size=3) = {1, 2, 3}`. What cannot be had is said in angle brackets. Never fails. */
void nv_print(struct nv_viewer *v, const struct nv_value *value, struct buf *out);
/* The summary alone. */
void nv_summary(struct nv_viewer *v, const struct nv_value *value, struct buf *out);

struct nv_child {
	struct str name; /* in the viewer's memory; empty: an element of a list, whose number is index */
	bool is_raw;     /* name is a member of the type */
	uint64_t index;
	struct nv_value value;
	struct str trouble; /* instead of a value: why the children end here */
};
typedef bool nv_child_fn(void *ctx, const struct nv_child *child); /* false: no more */
/* Those from `from` on, `count` at most. */
void nv_children(struct nv_viewer *v, const struct nv_value *value, uint64_t from, uint64_t count,
		 nv_child_fn *fn, void *ctx);
/* The visualiser that a value is shown by; false: none. *ret_why: why one that fits was not taken, or empty; in the viewer's memory. */
bool nv_visualiser(struct nv_viewer *v, const struct nv_value *value, struct nv_match *ret,
		   struct str *ret_why);
