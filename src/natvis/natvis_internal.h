/* A file as a tree of elements, with its expressions parsed. */
#pragma once

#include "base/map.h"
#include "base/vec.h"
#include "eval/cx.h"
#include "natvis/natvis.h"

enum nv_kind {
	NV_AUTO_VISUALIZER,
	NV_TYPE,
	NV_ALTERNATIVE_TYPE,
	NV_VERSION,
	NV_SMART_POINTER,
	NV_MOST_DERIVED_TYPE,
	NV_DISPLAY_STRING,
	NV_STRING_VIEW,
	NV_EXPAND,
	NV_ITEM, /* of Expand and of CustomListItems */
	NV_EXPANDED_ITEM,
	NV_SYNTHETIC,
	NV_ARRAY_ITEMS,
	NV_INDEX_LIST_ITEMS,
	NV_LINKED_LIST_ITEMS,
	NV_TREE_ITEMS,
	NV_CUSTOM_LIST_ITEMS,
	NV_SIZE,
	NV_DIRECTION,
	NV_RANK,
	NV_LOWER_BOUND,
	NV_STRIDE,
	NV_VALUE_POINTER,
	NV_VALUE_NODE,
	NV_HEAD_POINTER,
	NV_NEXT_POINTER,
	NV_LEFT_POINTER,
	NV_RIGHT_POINTER,
	NV_VARIABLE,
	NV_SKIP,
	NV_LOOP,
	NV_IF,
	NV_ELSEIF,
	NV_ELSE,
	NV_EXEC,
	NV_BREAK,
	NV_INTRINSIC,
	NV_PARAMETER,
	NV_PASSED_OVER, /* UIVisualizer and others, with all that is in them */
	NV_KIND_COUNT,
};

/* Text with expressions in it: "{{ len={len} }}". */
struct nv_part {
	struct str text;          /* before the expression */
	struct eval_cx_expr expr; /* root NULL: none */
};
struct nv_display {
	struct nv_part *parts;
	size_t count;
};

enum nv_priority { NV_LOW, NV_MEDIUM_LOW, NV_MEDIUM, NV_MEDIUM_HIGH, NV_HIGH };

struct nv_element {
	uint8_t kind;
	bool optional, broken; /* broken: an error is in it */
	bool inheritable, hide_raw;
	bool backward;        /* Direction */
	uint8_t priority;     /* enum nv_priority */
	uint8_t visit, chain; /* of an Intrinsic, in check.c */
	uint32_t line;
	uint32_t max_items;
	uint32_t id; /* dense, in its file */
	struct nv_element *parent, *first, *last, *next;
	struct str name;               /* Name, Value of Skip */
	struct nv_display label;       /* Name, where it may hold expressions */
	struct nv_display display;     /* DisplayString */
	struct eval_cx_expr condition; /* root NULL: none */
	struct eval_cx_expr expr;      /* what the element says, its Expression or InitialValue */
	struct str type_text;          /* Type of a Parameter */
	struct str include, exclude;   /* views, separated by ';' */
	struct str module;
	uint64_t min_version, max_version; /* four numbers of 16 bits; 0 and UINT64_MAX: no bound */
	struct nv_name *pattern;           /* Type, AlternativeType */
};

/* An entry: a Type. */
struct nv_type {
	struct nv_element *element;
	struct nv_file *file;
};

struct nv_file {
	struct arena arena;
	struct str path;
	struct nv_element *root;
	VEC(struct nv_type) types;
	VEC(struct nv_problem) problems;
	size_t errors, notes, elements;
	/* Of each Intrinsic its element by "ID of its parent:NAME:parameters", and by the same with `*` for the parameters. */
	struct strmap intrinsics;
};

/* Files that are part of oxdb. */
struct nv_embedded {
	const char *name; /* NULL behind the last one */
	const unsigned char *bytes;
	unsigned long size;
};
extern const struct nv_embedded nv_embedded_files[];

/* What the reader needs while it reads. */
void nv_problem(struct nv_file *f, struct nv_element *e, uint32_t line, bool is_note, const char *format,
		...) ERROR_PRINTF(5, 6);
/* "{{ len={len} }}" into parts; problems are told of. */
void nv_display_parse(struct nv_file *f, struct nv_element *e, uint32_t line, const char *what,
		      struct str text, struct nv_display *ret);
void nv_expr_parse(struct nv_file *f, struct nv_element *e, uint32_t line, const char *what,
		   struct str text, struct eval_cx_expr *ret);
/* What elements need of each other, once all are there. */
void nv_check(struct nv_file *f);
const char *nv_kind_name(uint8_t kind);
/* The intrinsic that a call in e means: the Type's own, else the file's. NULL: none; *ret_other: there is one of that name with another
 * number of parameters. */
const struct nv_element *nv_intrinsic(const struct nv_file *f, const struct nv_element *e,
				      struct str name, size_t arguments, bool *ret_other);
size_t nv_parameters(const struct nv_element *intrinsic);

static inline struct nv_element *nv_child(const struct nv_element *e, uint8_t kind)
{
	for (struct nv_element *c = e->first; c; c = c->next)
		if (c->kind == kind)
			return c;
	return NULL;
}

/* ---- names ---- */

struct nv_name {
	bool wild;
	struct str head;  /* "alloc::vec::Vec<>": the arguments of each part are left out */
	uint32_t segment; /* as an argument: of which `<>` of the path it is, from 0 */
	struct nv_name **args;
	size_t count;
	size_t literals; /* how many names, not wildcards, are in it */
};
