/* The tree of entries, with every attribute. */
#include "ui/dump/dump_internal.h"

#include <inttypes.h>
#include <stdio.h>

enum { ATTRIBUTE_INDENT = 14, MAX_INDENT = 128 };

struct walk {
	struct dump *d;
	struct dump_unit *unit;
	struct dump_scopes scopes;
	VEC(uint64_t) ancestors; /* by depth */
	int shown_depth;         /* an entry at this depth and what is below it are shown; -1: none is */
	bool header_shown;
};

static size_t indent_of(int depth)
{
	size_t indent = depth > 0 ? 2 * (size_t)depth : 0;
	return indent > MAX_INDENT ? MAX_INDENT : indent;
}

/* ---- one entry ---- */

/* The value's own bytes as a number: an index, an offset into strings. */
static bool raw_value(const struct dw_unit *unit, struct reader r, uint16_t form, uint64_t *ret)
{
	size_t word = unit->is_64 ? 8 : 4;
	switch (form) {
	case DW_FORM_strx:
	case DW_FORM_addrx:
	case DW_FORM_GNU_addr_index:
	case DW_FORM_GNU_str_index:
	case DW_FORM_ref_udata:
		*ret = reader_uleb(&r);
		break;
	case DW_FORM_strx1:
	case DW_FORM_addrx1:
	case DW_FORM_ref1:
		*ret = reader_u8(&r);
		break;
	case DW_FORM_strx2:
	case DW_FORM_addrx2:
	case DW_FORM_ref2:
		*ret = reader_u16(&r);
		break;
	case DW_FORM_strx3:
	case DW_FORM_addrx3:
		*ret = reader_u24(&r);
		break;
	case DW_FORM_strx4:
	case DW_FORM_addrx4:
	case DW_FORM_ref4:
		*ret = reader_u32(&r);
		break;
	case DW_FORM_ref8:
		*ret = reader_u64(&r);
		break;
	case DW_FORM_strp:
	case DW_FORM_line_strp:
	case DW_FORM_ref_addr:
		*ret = reader_uint(&r, word);
		break;
	default:
		return false;
	}
	return !r.failed;
}

static void show_attributes(struct walk *w, const struct dw_cursor *c)
{
	struct dump *d = w->d;
	struct dw_value value;
	size_t indent = ATTRIBUTE_INDENT + indent_of(c->depth);
	struct dw_attr_iter it = dw_attrs(c);
	for (;;) {
		struct reader before = it.reader;
		if (!dw_attr_next(&it, &value))
			break;
		uint64_t raw;
		bool has_raw = raw_value(&w->unit->dw, before, value.form, &raw);
		const char *name = dw_at_name(value.name), *form = dw_form_name(value.form);
		buf_pad(&d->out, ' ', indent);
		if (strcmp(name, "DW_AT_?") == 0) {
			char number[16];
			snprintf(number, sizeof number, "DW_AT_0x%x", value.name);
			buf_printf(&d->out, "%-24s %-22s ", number, form);
		} else {
			buf_printf(&d->out, "%-24s %-22s ", name, form);
		}
		dump_value(d, w->unit, c, &value, has_raw ? &raw : NULL, indent + 4);
	}
}

static void show_unit(struct walk *w)
{
	const struct dw_unit *u = &w->unit->dw;
	static const char *const types[] = {
		[DW_UT_compile] = "DW_UT_compile",
		[DW_UT_type] = "DW_UT_type",
		[DW_UT_partial] = "DW_UT_partial",
		[DW_UT_skeleton] = "DW_UT_skeleton",
		[DW_UT_split_compile] = "DW_UT_split_compile",
		[DW_UT_split_type] = "DW_UT_split_type",
	};
	const char *type = u->type < sizeof types / sizeof *types ? types[u->type] : NULL;
	if (w->header_shown)
		return;
	w->header_shown = true;
	buf_printf(&w->d->out,
		   "0x%08" PRIx64 ": unit of %s, DWARF %u%s, %s, 0x%" PRIx64
		   " bytes, abbreviations at 0x%" PRIx64 ", addresses of %u bytes",
		   u->offset, dw_section_name(u->section), u->version, u->is_64 ? " of 64 bits" : "",
		   type ? type : "of an unknown type", u->end - u->offset, u->abbrev_offset,
		   u->address_size);
	if (u->type == DW_UT_type || u->type == DW_UT_split_type)
		buf_printf(&w->d->out, ", signature 0x%016" PRIx64 ", type at 0x%08" PRIx64,
			   u->type_signature, u->type_die);
	if (u->type == DW_UT_skeleton || u->type == DW_UT_split_compile)
		buf_printf(&w->d->out, ", id 0x%016" PRIx64, u->dwo_id);
	buf_char(&w->d->out, '\n');
}

static void show_entry(struct walk *w, const struct dw_cursor *c)
{
	struct buf *out = &w->d->out;
	buf_printf(out, "0x%08" PRIx64 ": ", c->die);
	buf_pad(out, ' ', indent_of(c->depth));
	if (!c->abbrev) {
		buf_str(out, STR_LIT("NULL\n"));
		return;
	}
	const char *name = dw_tag_name(c->abbrev->tag);
	if (strcmp(name, "DW_TAG_?") == 0)
		buf_printf(out, "DW_TAG_0x%x", c->abbrev->tag);
	else
		buf_str(out, str_from(name));
	buf_printf(out, " [%" PRIu64 "]%s\n", c->abbrev->code, c->abbrev->children ? " *" : "");
	show_attributes(w, c);
}

/* ---- what is asked for ---- */

/* The way to an entry, a line each. */
static void show_ancestors(struct walk *w, int depth)
{
	struct buf *out = &w->d->out;
	for (int i = 0; i < depth && (size_t)i < w->ancestors.count; i++) {
		struct dw_cursor c = dw_cursor_at(&w->unit->dw, w->ancestors.data[i]);
		if (!dw_cursor_next(&c) || !c.abbrev)
			continue;
		struct str name = dump_die_name(w->d, &c);
		buf_printf(out, "0x%08" PRIx64 ": ", c.die);
		buf_pad(out, ' ', indent_of(i));
		buf_str(out, str_from(dw_tag_name(c.abbrev->tag)));
		if (name.len) {
			buf_char(out, ' ');
			dump_quoted(out, name);
		}
		buf_str(out, STR_LIT(" …\n"));
	}
}

static bool is_wanted(struct walk *w, const struct dw_cursor *c)
{
	struct dump *d = w->d;
	struct dw_value value;
	if (d->has_number)
		return c->die == d->number;
	switch (c->abbrev->tag) {
	case DW_TAG_compile_unit:
	case DW_TAG_partial_unit:
	case DW_TAG_skeleton_unit:
	case DW_TAG_type_unit:
		return dump_path_matches(d, dump_die_name(d, c));
	case DW_TAG_subprogram:
		if (dw_attr(c, DW_AT_linkage_name, &value) && value.kind == DW_VALUE_STRING &&
		    str_eq(value.str, d->name))
			return true;
		return dump_name_matches(d, dump_scope_of(&w->scopes, c->depth), dump_die_name(d, c));
	}
	if (!dw_attr(c, DW_AT_name, &value) || value.kind != DW_VALUE_STRING)
		return false;
	return dump_name_matches(d, dump_scope_of(&w->scopes, c->depth), value.str);
}

static void visit(struct walk *w, const struct dw_cursor *c)
{
	struct dump *d = w->d;
	/* A null entry has the depth of the siblings that it ends: the shown entry's own children's, or its siblings'. */
	if (w->shown_depth >= 0 && c->depth <= w->shown_depth)
		w->shown_depth = -1;
	if (!d->name.len || w->shown_depth >= 0) {
		show_entry(w, c);
		return;
	}
	if (!c->abbrev)
		return;
	if (is_wanted(w, c)) {
		d->found = true;
		show_unit(w);
		show_ancestors(w, c->depth);
		show_entry(w, c);
		w->shown_depth = c->depth;
	}
	dump_scope_enter(&w->scopes, d, c);
	size_t depth = c->depth > 0 ? (size_t)c->depth : 0;
	if (depth < w->ancestors.count)
		w->ancestors.count = depth;
	if (depth == w->ancestors.count)
		vec_push(&w->ancestors, c->die);
}

static void walk_unit(struct walk *w)
{
	struct dump *d = w->d;
	w->shown_depth = -1;
	w->header_shown = false;
	if (!d->name.len)
		show_unit(w);
	if (!w->unit->readable)
		return;
	if (d->has_number && (d->number < w->unit->dw.offset || d->number >= w->unit->dw.end))
		return;
	struct dw_cursor c = dw_cursor_at(&w->unit->dw, w->unit->dw.first_die);
	while (!d->stopped && dw_cursor_next(&c)) {
		visit(w, &c);
		dump_flush(d, false);
	}
	dump_trouble(d, 0, dw_cursor_error(&c));
}

void dump_info(struct dump *d)
{
	struct walk w = { .d = d };
	dump_units_read(d);
	for (size_t i = 0; i < d->units.count && !d->stopped; i++) {
		w.unit = &d->units.data[i];
		walk_unit(&w);
	}
	dump_scopes_deinit(&w.scopes);
	vec_free(&w.ancestors);
}
