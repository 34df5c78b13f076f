/* Names: the index that the file brings along (.debug_names), and the one that oxdb makes itself. */
#include "ui/dump/dump_internal.h"

#include <inttypes.h>

/* ---- .debug_names ---- */

struct walk {
	struct dump *d;
	const struct dw_names *names;
};

static bool show_entry(void *ctx, const struct dw_name_entry *e)
{
	struct walk *w = ctx;
	const struct dw_names *n = w->names;
	struct buf *out = &w->d->out;
	buf_printf(out, "      0x%08" PRIx64 "  %s", e->offset, dw_tag_name(e->tag));
	uint64_t unit = 0;
	bool known = false;
	if (!e->has_type_unit && (e->has_unit ? e->unit : 0) < n->unit_count) {
		unit = dw_names_unit(n, (uint32_t)(e->has_unit ? e->unit : 0));
		known = true;
		buf_printf(out, ", unit 0x%08" PRIx64, unit);
	} else if (e->has_type_unit) {
		buf_printf(out, ", type unit %" PRIu64, e->type_unit);
	}
	if (e->has_die && known)
		buf_printf(out, ", entry 0x%08" PRIx64, unit + e->die);
	else if (e->has_die)
		buf_printf(out, ", entry 0x%" PRIx64 " in it", e->die);
	if (e->has_parent)
		buf_printf(out, ", parent 0x%08" PRIx64, n->pool + e->parent);
	buf_char(out, '\n');
	dump_flush(w->d, false);
	return !w->d->stopped;
}

static void show_index(struct walk *w)
{
	struct dump *d = w->d;
	const struct dw_names *n = w->names;
	struct buf *out = &d->out;
	bool header_shown = false;
	for (uint32_t i = 0; (i < n->name_count || !header_shown) && !d->stopped; i++) {
		struct dw_name name = { 0 };
		if (i < n->name_count)
			dw_names_name(n, i, &name);
		if (d->name.len && (i >= n->name_count || !dump_name_matches(d, STR_EMPTY, name.name))) {
			if (i >= n->name_count)
				break;
			continue;
		}
		if (!header_shown) {
			buf_printf(out,
				   "0x%08" PRIx64
				   ": names, version %u, %u unit%s, %u type unit%s, %u bucket%s, "
				   "%u name%s, augmentation ",
				   n->offset, n->version, n->unit_count, n->unit_count == 1 ? "" : "s",
				   n->local_type_count + n->foreign_type_count,
				   n->local_type_count + n->foreign_type_count == 1 ? "" : "s",
				   n->bucket_count, n->bucket_count == 1 ? "" : "s", n->name_count,
				   n->name_count == 1 ? "" : "s");
			dump_quoted(out, n->augmentation);
			buf_char(out, '\n');
			header_shown = true;
		}
		if (i >= n->name_count)
			break;
		d->found = true;
		buf_printf(out, "  %5u  hash 0x%08x  ", i + 1, name.hash);
		dump_quoted(out, name.name);
		buf_str(out, name.bad_string ? STR_LIT(" <leads nowhere>\n") : STR_LIT("\n"));
		dump_trouble(d, 6, dw_names_entries(n, name.entry, show_entry, w));
	}
}

static void show_indexes(struct dump *d)
{
	uint64_t size = d->sections ? d->sections->section[DW_SECTION_NAMES].size : 0;
	if (size == 0) {
		if (!d->name.len)
			buf_str(&d->out, STR_LIT(".debug_names: there is none\n"));
		return;
	}
	if (!d->name.len)
		buf_str(&d->out, STR_LIT(".debug_names\n"));
	for (uint64_t offset = 0; offset < size && !d->stopped;) {
		struct dw_names names;
		uint64_t next;
		struct error *err = dw_names_open(d->sections, offset, &names, &next);
		if (err) {
			dump_trouble(d, 0, err);
		} else {
			struct walk w = { d, &names };
			show_index(&w);
			dw_names_close(&names);
		}
		if (next <= offset)
			break;
		offset = next;
	}
}

/* ---- oxdb's own ---- */

struct own {
	struct dump *d;
	const char *kind;
};

static bool is_wanted(void *ctx, struct str name)
{
	const struct own *own = ctx;
	return !own->d->name.len || sym_path_matches(name, own->d->name);
}

static bool show_named(void *ctx, const struct sym_named *named)
{
	struct own *own = ctx;
	struct dump *d = own->d;
	struct buf *out = &d->out;
	d->found = true;
	buf_printf(out, "  %-8s ", own->kind);
	if (named->addr.value)
		buf_printf(out, " 0x%016" PRIx64 "  ", named->addr.value);
	else
		buf_pad(out, ' ', 21);
	dump_escaped(out, named->name);
	if (named->file.len) {
		buf_str(out, STR_LIT("  "));
		dump_escaped(out, named->file);
		if (named->line)
			buf_printf(out, ":%u", named->line);
	}
	buf_char(out, '\n');
	dump_flush(d, false);
	return !d->stopped;
}

void dump_names(struct dump *d)
{
	static const char *const kinds[] = {
		[SYM_NAME_FUNCTION] = "function", [SYM_NAME_VARIABLE] = "variable", [SYM_NAME_TYPE] = "type"
	};
	show_indexes(d);
	if (!d->name.len)
		buf_str(&d->out, STR_LIT("oxdb's own index\n"));
	for (int kind = SYM_NAME_FUNCTION; kind <= SYM_NAME_TYPE && !d->stopped; kind++) {
		struct own own = { d, kinds[kind] };
		sym_each(d->m, (enum sym_name_kind)kind, true, is_wanted, show_named, &own);
	}
}
