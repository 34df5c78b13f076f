/* What C knows by name beside what the index has: enumerators, which are names of their own (Rust's belong to their types), and variables that
 * are only declared. Read once, when somebody asks for one. */
#include "symbols/lookup.h"
#include "symbols/symbols_internal.h"

#include <stdlib.h>

enum { MAX_ENUMERATORS = 1 << 20 };

static void add_enum(struct sym_module *m, uint64_t id)
{
	const struct sym_type *t = type_get(m, id);
	const struct sym_enumerator *list;
	if (t->kind != SYM_TYPE_ENUM)
		return;
	size_t count = sym_type_enumerators(t, &list);
	for (size_t i = 0; i < count && m->enumerators.count < MAX_ENUMERATORS; i++) {
		uint64_t taken;
		if (list[i].name.len && !strmap_get(&m->enumerators, list[i].name, &taken))
			strmap_set(&m->enumerators, list[i].name, (uint64_t)(uintptr_t)t);
	}
}

/* `extern char **environ;` of which the unit has no definition. */
static void add_declaration(struct sym_unit *u, const struct dw_cursor *c)
{
	struct dw_value name;
	uint64_t known;
	if (!die_declares_variable(c) || !dw_attr(c, DW_AT_name, &name) || name.kind != DW_VALUE_STRING)
		return;
	if (u->module->declarations.count < MAX_ENUMERATORS &&
	    !strmap_get(&u->module->declarations, name.str, &known))
		strmap_set(&u->module->declarations, name.str, c->die + u->bias);
}

static void read_unit(struct sym_unit *u)
{
	struct dw_cursor c;
	struct sym_unit *unit;
	if (!unit_load(u) || unit_is_rust(u) ||
	    !die_at(u->module, u->dw.first_die + u->bias, &c, &unit) || !c.abbrev->children)
		return;
	while (dw_cursor_next(&c) && c.abbrev) {
		if (c.abbrev->tag == DW_TAG_enumeration_type)
			add_enum(u->module, c.die + u->bias);
		else if (c.abbrev->tag == DW_TAG_variable)
			add_declaration(u, &c);
		if (!dw_cursor_skip_children(&c))
			break;
	}
	module_trouble(u->module, dw_cursor_error(&c));
}

static void read_names(struct sym_module *m)
{
	if (m->enumerators_read)
		return;
	m->enumerators_read = true;
	units_read(m);
	vec_for(&m->units, u) {
		uint16_t language = unit_peek_language(u);
		if (language != DW_LANG_Rust)
			read_unit(u);
	}
}

const struct sym_variable *sym_declaration_by_name(struct sym_module *m, struct str name)
{
	uint64_t found;
	read_names(m);
	return strmap_get(&m->declarations, name, &found) ? variable_get(m, NULL, found) : NULL;
}

const struct sym_type *sym_enumerator_by_name(struct sym_module *m, struct str name, int64_t *ret)
{
	uint64_t found;
	read_names(m);
	if (!strmap_get(&m->enumerators, name, &found))
		return NULL;
	const struct sym_type *t = (const struct sym_type *)(uintptr_t)found;
	const struct sym_enumerator *list;
	size_t count = sym_type_enumerators(t, &list);
	for (size_t i = 0; i < count; i++)
		if (str_eq(list[i].name, name))
			*ret = list[i].value;
	return t;
}
