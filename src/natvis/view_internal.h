/* Values as they are looked at: what viewing a value needs, once for each type. */
#pragma once

#include "natvis/natvis_internal.h"
#include "symbols/lookup.h"

enum { NV_PAGE = 4096, NV_PAGES = 16, NV_MAX_VARIABLES = 32, NV_MAX_EXPANDED = 16 };

/* Expressions of an entry for one type of `this`. */
struct nv_context {
	struct nv_viewer *viewer;
	const struct nv_match *match;
	const struct nv_element *list; /* whose variables are in scope; NULL: none */
	struct eval_cx_scope scope;
	struct eval_cx_variable variables[NV_MAX_VARIABLES]; /* `$i` is the first */
	struct map codes; /* of an expression's tree: struct nv_compiled */
	struct nv_context *next;
};

struct nv_compiled {
	struct eval_cx_code code;
	struct str trouble; /* it could not be compiled */
};

/* A type's entries. */
struct nv_seen {
	const struct sym_type *sym;
	struct nv_match matches[NV_MAX_MATCHES];
	size_t count;
};

struct nv_viewer {
	struct nv_settings settings;
	struct arena arena;
	struct map seen;     /* of a type: struct nv_seen */
	struct map contexts; /* by a hash: struct nv_context, a list */
	uint64_t steps;
	struct {
		uint64_t address; /* of the page, + 1 */
		uint8_t bytes[NV_PAGE];
	} pages[NV_PAGES];
	int depth;
};

/* An evaluation in progress: one object, its cells. */
struct nv_frame {
	struct nv_context *context;
	struct eval_cx_env env;
};

struct nv_seen *nv_see(struct nv_viewer *v, const struct sym_type *t);
/* list: of a CustomListItems, whose variables are known; else NULL. */
struct nv_context *nv_context_get(struct nv_viewer *v, const struct nv_match *match,
				  struct eval_cx_type self, const struct nv_element *list);
void nv_frame_init(struct nv_frame *f, struct nv_context *context, const struct nv_value *self);
/* False: *ret_trouble says why. */
bool nv_eval(struct nv_frame *f, const struct eval_cx_node *root, struct eval_cx_result *ret,
	     struct str *ret_trouble);
/* An integer or a pointer, as a number. */
bool nv_eval_number(struct nv_frame *f, const struct eval_cx_node *root, eval_cx_cell *ret,
		    struct str *ret_trouble);
/* With the expression's format. */
bool nv_eval_value(struct nv_frame *f, const struct eval_cx_expr *e, struct nv_value *ret,
		   struct str *ret_trouble);
/* Whether an element is for this value: its views, its condition. A condition that cannot be evaluated is false, with *ret_trouble set
 * unless the element is optional. */
bool nv_applies(struct nv_frame *f, const struct nv_element *e, struct str view, struct str *ret_trouble);
bool nv_is_place(const struct nv_value *v);
/* A scalar's value; false: it is none, or cannot be read. */
bool nv_cell(struct nv_viewer *v, const struct nv_value *value, eval_cx_cell *ret);
void nv_env_init(struct nv_viewer *v, const struct eval_cx_object *object, struct eval_cx_env *ret);
const struct sym_type *nv_plain(const struct sym_type *t); /* without aliases */
/* The entry that the value is shown by; NULL: its raw form is. */
const struct nv_match *nv_match_of(struct nv_viewer *v, const struct nv_value *value, struct str *ret_why);
/* The first DisplayString or SmartPointer of an entry (or Synthetic) that applies, all of whose expressions can be evaluated. NULL: none;
 * *ret_trouble is set when that is because one that is not optional cannot. */
const struct nv_element *nv_summary_of(struct nv_frame *f, const struct nv_element *entry,
				       struct str view, struct str *ret_trouble);
/* A display string; what cannot be had is said in angle brackets. */
void nv_display_write(struct nv_frame *f, const struct nv_display *d, struct buf *out);
/* Scalars and text by a value's format. */
void nv_scalar_write(struct nv_viewer *v, const struct nv_value *value, struct buf *out);
bool nv_text_write(struct nv_viewer *v, const struct nv_value *value, struct buf *out);
void nv_raw_children(struct nv_viewer *v, const struct nv_value *value, nv_child_fn *fn, void *ctx);
