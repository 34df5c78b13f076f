/* Vtables of trait objects. rustc describes each as a variable of its own whose type says for which type it was made. */
#include "symbols/symbols_internal.h"

#include <stdlib.h>

struct vtable_search {
	struct sym_module *m;
	uint64_t addr;
	const struct sym_type *found;
};

static const struct sym_type *containing_type(struct sym_module *m, uint64_t type)
{
	struct dw_cursor c;
	struct sym_unit *u;
	struct dw_value value;
	uint64_t id;
	return die_at(m, type, &c, &u) && dw_attr(&c, DW_AT_containing_type, &value) &&
			       die_ref(u, &value, &id)
		       ? type_get(m, id)
		       : NULL;
}

static bool look_at(void *ctx, struct sym_unit *u, const struct dw_cursor *c)
{
	struct vtable_search *s = ctx;
	struct dw_value value;
	struct file_addr addr;
	uint64_t type;
	if (c->abbrev->tag != DW_TAG_variable || !dw_attr(c, DW_AT_name, &value) ||
	    value.kind != DW_VALUE_STRING || !str_ends(value.str, STR_LIT("{vtable}")))
		return true;
	if (variable_address(variable_get(s->m, NULL, c->die + u->bias), &addr) &&
	    addr.value == s->addr && dw_attr(c, DW_AT_type, &value) && die_ref(u, &value, &type))
		s->found = containing_type(s->m, type);
	return !s->found;
}

const struct sym_type *sym_vtable_type(struct sym_module *m, struct file_addr vtable)
{
	struct vtable_search s = { .m = m, .addr = vtable.value };
	const struct sym_type *known = map_get_ptr(&m->vtables, vtable.value);
	size_t state = SIZE_MAX;
	if (known)
		return known;
	/* .debug_aranges has data, too: only the units that say they have something here are looked at. */
	for (struct sym_unit *u; !s.found && (u = unit_at(m, vtable.value, &state));)
		if (unit_load(u))
			each_child(m, u->dw.first_die + u->bias, look_at, &s);
	if (s.found)
		map_set_ptr(&m->vtables, vtable.value, (void *)(uintptr_t)s.found);
	return s.found;
}
