/* Types with their layout: one entry a type, below it members, enumerators and variants. */
#include "ui/dump/dump_internal.h"

#include <inttypes.h>

struct walk {
	struct dump *d;
	struct dump_unit *unit;
	struct dump_scopes scopes;
	bool unit_shown;
};

static const char *kind_of(uint16_t tag)
{
	switch (tag) {
	case DW_TAG_base_type:
		return "base";
	case DW_TAG_unspecified_type:
		return "unspecified";
	case DW_TAG_structure_type:
		return "struct";
	case DW_TAG_class_type:
		return "class";
	case DW_TAG_interface_type:
		return "interface";
	case DW_TAG_union_type:
		return "union";
	case DW_TAG_enumeration_type:
		return "enum";
	case DW_TAG_typedef:
		return "typedef";
	case DW_TAG_template_alias:
		return "alias";
	case DW_TAG_pointer_type:
		return "pointer";
	case DW_TAG_reference_type:
		return "reference";
	}
	return NULL;
}

static bool number_of(const struct dw_cursor *c, uint16_t attribute, uint64_t *ret)
{
	struct dw_value value;
	return dw_attr(c, attribute, &value) && dw_value_unsigned(&value, ret);
}

/* DW_AT_type's name; "void" where there is none. */
static void add_type(struct walk *w, const struct dw_cursor *c)
{
	struct dw_value value;
	struct buf *out = &w->d->out;
	uint64_t die;
	if (!dw_attr(c, DW_AT_type, &value)) {
		buf_str(out, STR_LIT("void"));
	} else if (value.kind == DW_VALUE_REFERENCE) {
		dump_type_name(w->d, value.u, out);
		buf_printf(out, " (0x%08" PRIx64 ")", value.u);
	} else if (value.kind == DW_VALUE_SIGNATURE && map_get(&w->d->signatures, value.u, &die)) {
		buf_printf(out, "type 0x%016" PRIx64 " (0x%08" PRIx64 ")", value.u, die);
	} else {
		buf_str(out, STR_LIT("?"));
	}
}

/* "src/main.rs:12", with two spaces before it. */
static void add_place(struct walk *w, const struct dw_cursor *c)
{
	uint64_t file, line;
	if (!number_of(c, DW_AT_decl_file, &file) || !number_of(c, DW_AT_decl_line, &line))
		return;
	struct str path = dump_unit_file(w->d, w->unit, file);
	if (!path.len)
		return;
	buf_str(&w->d->out, STR_LIT("  "));
	dump_escaped(&w->d->out, path);
	buf_printf(&w->d->out, ":%" PRIu64, line);
}

static void show_head(struct walk *w, const struct dw_cursor *c, struct str name)
{
	struct buf *out = &w->d->out;
	struct str scope = dump_scope_of(&w->scopes, c->depth);
	uint64_t number;
	buf_printf(out, "0x%08" PRIx64 "  %-11s ", c->die, kind_of(c->abbrev->tag));
	if (scope.len) {
		dump_escaped(out, scope);
		buf_str(out, STR_LIT("::"));
	}
	dump_escaped(out, name);
	if (number_of(c, DW_AT_byte_size, &number))
		buf_printf(out, ", %" PRIu64 " byte%s", number, number == 1 ? "" : "s");
	if (number_of(c, DW_AT_alignment, &number))
		buf_printf(out, ", aligned to %" PRIu64, number);
	if (number_of(c, DW_AT_encoding, &number))
		buf_printf(out, ", %s", dw_ate_name(number > UINT8_MAX ? 0 : (unsigned)number));
	switch (c->abbrev->tag) {
	case DW_TAG_typedef:
	case DW_TAG_template_alias:
	case DW_TAG_pointer_type:
	case DW_TAG_reference_type:
		buf_str(out, STR_LIT(" of "));
		add_type(w, c);
		break;
	case DW_TAG_enumeration_type:
		if (!dw_attr(c, DW_AT_type, &(struct dw_value){ 0 }))
			break;
		buf_str(out, STR_LIT(" of "));
		add_type(w, c);
	}
	add_place(w, c);
	buf_char(out, '\n');
}

static void show_member(struct walk *w, const struct dw_cursor *c)
{
	struct buf *out = &w->d->out;
	struct dw_value value;
	uint64_t number;
	if (dw_attr(c, DW_AT_data_member_location, &value) && value.kind != DW_VALUE_BLOCK &&
	    dw_value_unsigned(&value, &number))
		buf_printf(out, "+%-6" PRIu64 " ", number);
	else if (number_of(c, DW_AT_data_bit_offset, &number))
		buf_printf(out, "+%" PRIu64 ".%-4u ", number / 8, (unsigned)(number % 8));
	else
		buf_str(out, STR_LIT("        "));
	dump_escaped(out, dump_die_name(w->d, c));
	buf_str(out, STR_LIT(": "));
	add_type(w, c);
	if (number_of(c, DW_AT_bit_size, &number))
		buf_printf(out, ", %" PRIu64 " bit%s", number, number == 1 ? "" : "s");
	buf_char(out, '\n');
}

static void show_child(struct walk *w, const struct dw_cursor *c, size_t indent)
{
	struct buf *out = &w->d->out;
	struct dw_value value;
	int64_t number;
	switch (c->abbrev->tag) {
	case DW_TAG_member:
		buf_pad(out, ' ', indent);
		show_member(w, c);
		return;
	case DW_TAG_inheritance:
		buf_pad(out, ' ', indent);
		buf_str(out, STR_LIT("base class "));
		show_member(w, c);
		return;
	case DW_TAG_enumerator:
		buf_pad(out, ' ', indent);
		dump_escaped(out, dump_die_name(w->d, c));
		if (dw_attr(c, DW_AT_const_value, &value) && dw_value_signed(&value, &number))
			buf_printf(out, " = %" PRId64, number);
		buf_char(out, '\n');
		return;
	case DW_TAG_variant_part:
		buf_pad(out, ' ', indent);
		buf_str(out, STR_LIT("variants by "));
		if (dw_attr(c, DW_AT_discr, &value) && value.kind == DW_VALUE_REFERENCE)
			buf_printf(out, "0x%08" PRIx64 "\n", value.u);
		else
			buf_str(out, STR_LIT("nothing\n"));
		return;
	case DW_TAG_variant:
		buf_pad(out, ' ', indent);
		if (dw_attr(c, DW_AT_discr_value, &value) && dw_value_signed(&value, &number))
			buf_printf(out, "variant %" PRId64 "\n", number);
		else
			buf_str(out, STR_LIT("variant otherwise\n"));
		return;
	case DW_TAG_template_type_parameter:
		buf_pad(out, ' ', indent);
		buf_str(out, STR_LIT("parameter "));
		dump_escaped(out, dump_die_name(w->d, c));
		buf_str(out, STR_LIT(" = "));
		add_type(w, c);
		buf_char(out, '\n');
	}
}

/* Members, and those of variants; types within the type have their own turn. */
static void show_children(struct walk *w, struct dw_cursor c)
{
	int depth = c.depth;
	if (!c.abbrev->children)
		return;
	while (dw_cursor_next(&c) && c.depth > depth) {
		if (!c.abbrev) {
			if (c.depth == depth + 1)
				break;
			continue;
		}
		show_child(w, &c, 12 + 2 * (size_t)(c.depth - depth - 1));
		dump_flush(w->d, false);
		if (c.abbrev->tag != DW_TAG_variant_part && c.abbrev->tag != DW_TAG_variant &&
		    !dw_cursor_skip_children(&c))
			break;
	}
}

static void visit(struct walk *w, const struct dw_cursor *c)
{
	struct dump *d = w->d;
	struct dw_value name;
	if (!kind_of(c->abbrev->tag) || dw_attr(c, DW_AT_declaration, &name) ||
	    !dw_attr(c, DW_AT_name, &name) || name.kind != DW_VALUE_STRING)
		return;
	if (d->name.len &&
	    !(d->has_number ? c->die == d->number
			    : dump_name_matches(d, dump_scope_of(&w->scopes, c->depth), name.str)))
		return;
	d->found = true;
	if (!w->unit_shown) {
		buf_printf(&d->out, "unit 0x%08" PRIx64 " ", w->unit->dw.offset);
		dump_quoted(&d->out, w->unit->name);
		buf_char(&d->out, '\n');
		w->unit_shown = true;
	}
	show_head(w, c, name.str);
	show_children(w, *c);
}

void dump_types(struct dump *d)
{
	struct walk w = { .d = d };
	dump_units_read(d);
	for (size_t i = 0; i < d->units.count && !d->stopped; i++) {
		w.unit = &d->units.data[i];
		w.unit_shown = false;
		if (!w.unit->readable)
			continue;
		struct dw_cursor c = dw_cursor_at(&w.unit->dw, w.unit->dw.first_die);
		while (!d->stopped && dw_cursor_next(&c)) {
			if (!c.abbrev)
				continue;
			visit(&w, &c);
			dump_scope_enter(&w.scopes, d, &c);
			dump_flush(d, false);
		}
		dump_trouble(d, 0, dw_cursor_error(&c));
	}
	dump_scopes_deinit(&w.scopes);
}
