#pragma once

#include "base/buf.h"
#include "base/map.h"
#include "base/vec.h"
#include "dwarf/line.h"
#include "dwarf/names.h"
#include "symbols/lookup.h"
#include "ui/dump/dump.h"

struct dump_unit {
	struct dw_unit dw;
	bool readable; /* its abbreviations are there */
	bool lines_read, has_lines;
	struct dw_line_header lines;
	struct str name, comp_dir;
	struct str *paths; /* of its files, as far as they were asked for */
};

struct dump {
	struct sym_module *m;
	const struct dw_sections *sections; /* NULL: none */
	struct str name;                    /* what is asked for; empty: all */
	bool has_number;                    /* that is a number, */
	uint64_t number;
	bool found;
	const struct dump_sink *sink;
	struct buf out;
	bool stopped;
	VEC(struct dump_unit) units; /* .debug_info's, then .debug_types', each in order */
	size_t info_units;
	struct map abbrevs;    /* offset → table */
	struct map signatures; /* of type units → offset of the type's DIE */
	struct arena arena;
};

/* ---- text ---- */

/* Hands on what there is, when it is enough. */
void dump_flush(struct dump *d, bool all);
/* In quotes; what a terminal would obey is escaped. */
void dump_quoted(struct buf *out, struct str s);
void dump_escaped(struct buf *out, struct str s);
/* "trouble: MESSAGE" on a line of its own; takes the error, NULL is none. */
void dump_trouble(struct dump *d, size_t indent, struct error *err);

/* ---- units ---- */

void dump_units_read(struct dump *d);
/* The unit of .debug_info that has the offset; NULL: none that can be read. */
struct dump_unit *dump_unit_at(struct dump *d, uint64_t offset);
const struct dw_line_header *dump_unit_lines(struct dump *d, struct dump_unit *unit); /* NULL: none */
/* Path of a file number of the unit; empty: none. */
struct str dump_unit_file(struct dump *d, struct dump_unit *unit, uint64_t file);

/* ---- names ---- */

/* DW_AT_name of the entry, or of the one that it is an instance of; empty: none. */
struct str dump_die_name(struct dump *d, const struct dw_cursor *c);
/* What the type at this offset is called; made up for those without a name: "const char *". */
void dump_type_name(struct dump *d, uint64_t die, struct buf *out);
/* Is it asked for? `scope` is the path of what is around it. */
bool dump_name_matches(const struct dump *d, struct str scope, struct str name);
bool dump_path_matches(const struct dump *d, struct str path); /* of a file */
/* Code of the functions that are asked for by name, by address; no two ranges overlap or touch. */
struct dump_ranges {
	VEC(struct file_range) list;
};
void dump_function_ranges(struct dump *d, struct dump_ranges *ret);
/* Has part anything of them? */
bool dump_in_ranges(const struct dump_ranges *ranges, struct file_range part);

/* The path of what is around an entry, kept while entries are walked in order. */
struct dump_scopes {
	VEC(size_t) ends; /* by depth: length of `path` */
	struct buf path;
};
/* The scope of an entry at this depth. */
struct str dump_scope_of(struct dump_scopes *s, int depth);
void dump_scope_enter(struct dump_scopes *s, struct dump *d, const struct dw_cursor *c);
void dump_scopes_deinit(struct dump_scopes *s);

/* ---- values ---- */

/* What a value says, on one line, and below it, each on a line indented by `indent`, the entries of a list. raw: the value's own bytes as a
 * number, where they are one. */
void dump_value(struct dump *d, struct dump_unit *unit, const struct dw_cursor *c,
		const struct dw_value *value, const uint64_t *raw, size_t indent);
void dump_expr(struct dump *d, const struct dump_unit *unit, struct dw_span expr, struct buf *out);
void dump_reg(struct dump *d, unsigned dwarf_reg, struct buf *out);

/* ---- the dumps ---- */

void dump_info(struct dump *d);
void dump_types(struct dump *d);
void dump_line(struct dump *d);
void dump_cfi(struct dump *d);
void dump_names(struct dump *d);
