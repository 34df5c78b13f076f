#include "symbols/symbols_internal.h"

enum { MAX_CHILDREN = 1 << 16 };

const struct sym_type *sym_type_argument(const struct sym_type *t, size_t index)
{
	struct dw_cursor c;
	struct sym_unit *unit;
	if (!t || t->id == 0 || !die_at(t->module, t->id, &c, &unit) || !c.abbrev->children)
		return NULL;
	int depth = c.depth + 1;
	for (size_t i = 0; i < MAX_CHILDREN && dw_cursor_next(&c); i++) {
		if (!c.abbrev)
			return NULL; /* the end of t's children, for deeper ones are skipped */
		struct dw_value type;
		uint64_t id;
		if (c.depth == depth && c.abbrev->tag == DW_TAG_template_type_parameter && index-- == 0)
			return dw_attr(&c, DW_AT_type, &type) && die_ref(unit, &type, &id)
				       ? type_get(t->module, id)
				       : NULL;
		if (c.abbrev->children && !dw_cursor_skip_children(&c))
			return NULL;
	}
	return NULL;
}
