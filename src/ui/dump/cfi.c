/* Call frame information: entries, their instructions and the rows that these make. */
#include "ui/dump/dump_internal.h"

#include <inttypes.h>

struct walk {
	struct dump *d;
	const struct dw_cfi_section *section;
	struct dump_ranges functions; /* that are asked for */
	struct map shown;             /* CIEs, when only some are */
	bool header_shown;
};

static void add_reg(void *ctx, unsigned dwarf_reg, struct buf *out)
{
	dump_reg(ctx, dwarf_reg, out);
}

static void show_instruction(void *ctx, uint64_t offset, struct str text)
{
	struct walk *w = ctx;
	buf_printf(&w->d->out, "    0x%08" PRIx64 "  ", offset);
	buf_str(&w->d->out, text);
	buf_char(&w->d->out, '\n');
}

static void show_instructions(struct walk *w, const struct dw_cfi_entry *entry)
{
	struct dw_expr_names names = { .ctx = w->d, .reg = add_reg };
	dump_trouble(w->d, 4, dw_cfi_instructions(w->section, entry, &names, show_instruction, w));
}

/* ---- rows ---- */

static void add_rule(struct walk *w, unsigned reg, const struct dw_cfi_rule *rule)
{
	struct buf *out = &w->d->out;
	buf_char(out, ' ');
	dump_reg(w->d, reg, out);
	buf_char(out, '=');
	switch (rule->kind) {
	case DW_CFI_UNDEFINED:
		buf_str(out, STR_LIT("undefined"));
		break;
	case DW_CFI_SAME:
		buf_str(out, STR_LIT("same"));
		break;
	case DW_CFI_OFFSET:
		buf_printf(out, "[cfa%+" PRId64 "]", rule->offset);
		break;
	case DW_CFI_VAL_OFFSET:
		buf_printf(out, "cfa%+" PRId64, rule->offset);
		break;
	case DW_CFI_REGISTER:
		dump_reg(w->d, rule->reg, out);
		break;
	case DW_CFI_EXPRESSION:
		buf_str(out, STR_LIT("[("));
		dump_expr(w->d, NULL, rule->expr, out);
		buf_str(out, STR_LIT(")]"));
		break;
	case DW_CFI_VAL_EXPRESSION:
		buf_char(out, '(');
		dump_expr(w->d, NULL, rule->expr, out);
		buf_char(out, ')');
		break;
	}
}

static void show_row(void *ctx, struct file_addr start, const struct dw_cfi_row *row)
{
	struct walk *w = ctx;
	struct buf *out = &w->d->out;
	buf_printf(out, "    row 0x%016" PRIx64 "  cfa=", start.value);
	if (row->cfa_is_expr) {
		buf_char(out, '(');
		dump_expr(w->d, NULL, row->cfa_expr, out);
		buf_char(out, ')');
	} else {
		dump_reg(w->d, row->cfa_reg, out);
		buf_printf(out, "%+" PRId64, row->cfa_offset);
	}
	for (unsigned reg = 0; reg < DW_CFI_MAX_REG; reg++)
		if (row->rules[reg].kind != DW_CFI_UNDEFINED_BY_DEFAULT)
			add_rule(w, reg, &row->rules[reg]);
	buf_char(out, '\n');
	dump_flush(w->d, false);
}

/* ---- entries ---- */

static void show_header(struct walk *w)
{
	if (w->header_shown)
		return;
	w->header_shown = true;
	buf_printf(&w->d->out, "%s at 0x%" PRIx64 ", 0x%zx bytes\n",
		   w->section->is_eh ? ".eh_frame" : ".debug_frame", w->section->addr,
		   w->section->data.size);
}

static void add_encoding(struct buf *out, uint8_t encoding)
{
	static const char *const formats[16] = {
		"absptr", "uleb128", "udata2",  "udata4", "udata8", NULL,     NULL,
		NULL,     "signed",  "sleb128", "sdata2", "sdata4", "sdata8",
	};
	static const char *const bases[8] = { "",         "pcrel ",   "textrel ",
					      "datarel ", "funcrel ", "aligned " };
	const char *format = formats[encoding & 0x0f], *base = bases[encoding >> 4 & 7];
	if (encoding == DW_EH_PE_omit)
		buf_str(out, STR_LIT("omit"));
	else if (!format || !base)
		buf_printf(out, "0x%02x", encoding);
	else
		buf_printf(out, "%s%s%s", encoding & DW_EH_PE_indirect ? "indirect " : "", base, format);
}

static void show_cie(struct walk *w, const struct dw_cfi_entry *e)
{
	struct buf *out = &w->d->out;
	show_header(w);
	buf_printf(out, "0x%08" PRIx64 ": CIE version %u, augmentation ", e->offset, e->version);
	dump_quoted(out, e->augmentation);
	buf_printf(out, ", code alignment %" PRIu64 ", data alignment %" PRId64 ", return address in ",
		   e->code_align, e->data_align);
	dump_reg(w->d, e->return_reg, out);
	if (w->section->is_eh) {
		buf_str(out, STR_LIT(", addresses "));
		add_encoding(out, e->pointer_encoding);
	}
	if (e->has_personality)
		buf_printf(out, ", personality 0x%" PRIx64, e->personality);
	if (e->lsda_encoding != DW_EH_PE_omit) {
		buf_str(out, STR_LIT(", LSDA "));
		add_encoding(out, e->lsda_encoding);
	}
	buf_char(out, '\n');
	show_instructions(w, e);
}

static void show_fde(struct walk *w, const struct dw_cfi_entry *e)
{
	struct buf *out = &w->d->out;
	struct sym_symbol symbol;
	show_header(w);
	buf_printf(out, "0x%08" PRIx64 ": FDE of CIE 0x%08" PRIx64 ", [0x%016" PRIx64 ", 0x%016" PRIx64 ")",
		   e->offset, e->cie, e->range.start.value, e->range.end.value);
	if (e->has_lsda)
		buf_printf(out, ", LSDA 0x%" PRIx64, e->lsda);
	if (sym_symbol_at(w->d->m, e->range.start, &symbol)) {
		struct arena arena = ARENA_INIT;
		buf_char(out, ' ');
		dump_escaped(out, sym_demangle(symbol.linkage_name, &arena));
		if (symbol.addr.value != e->range.start.value)
			buf_printf(out, "+0x%" PRIx64, e->range.start.value - symbol.addr.value);
		arena_deinit(&arena);
	}
	buf_char(out, '\n');
	show_instructions(w, e);
	dump_trouble(w->d, 4, dw_cfi_rows(w->section, e->offset, show_row, w));
}

/* ---- what is asked for ---- */

static bool is_wanted(struct walk *w, const struct dw_cfi_entry *e)
{
	const struct dump *d = w->d;
	if (d->has_number && d->number >= e->range.start.value && d->number < e->range.end.value)
		return true;
	return dump_in_ranges(&w->functions, e->range);
}

struct one {
	uint64_t offset;
	struct walk *w;
};

static bool show_one_cie(void *ctx, const struct dw_cfi_entry *entry, const struct error *trouble)
{
	struct one *one = ctx;
	if (entry->offset == one->offset && !trouble && entry->is_cie)
		show_cie(one->w, entry);
	return entry->offset < one->offset;
}

static void show_wanted(struct walk *w, const struct dw_cfi_entry *e)
{
	uint64_t known;
	w->d->found = true;
	if (!map_get(&w->shown, e->cie, &known)) {
		struct one one = { e->cie, w };
		map_set(&w->shown, e->cie, 1);
		dw_cfi_each(w->section, show_one_cie, &one);
	}
	show_fde(w, e);
}

static bool visit(void *ctx, const struct dw_cfi_entry *entry, const struct error *trouble)
{
	struct walk *w = ctx;
	struct dump *d = w->d;
	dump_flush(d, false);
	if (trouble) {
		if (!d->name.len)
			dump_trouble(d, 0, error_copy(trouble));
	} else if (d->name.len) {
		if (!entry->is_cie && !entry->is_end && is_wanted(w, entry))
			show_wanted(w, entry);
	} else if (entry->is_end) {
		buf_printf(&d->out, "0x%08" PRIx64 ": the end\n", entry->offset);
	} else if (entry->is_cie) {
		show_cie(w, entry);
	} else {
		show_fde(w, entry);
	}
	return !d->stopped && !(entry->is_end && w->section->is_eh);
}

void dump_cfi(struct dump *d)
{
	struct walk w = { .d = d };
	if (d->name.len)
		dump_function_ranges(d, &w.functions);
	for (int eh = 1; eh >= 0; eh--) {
		w.section = sym_module_cfi(d->m, eh == 1);
		w.header_shown = false;
		if (w.section->data.size == 0)
			continue;
		if (!d->name.len)
			show_header(&w);
		dw_cfi_each(w.section, visit, &w);
		map_deinit(&w.shown);
		w.shown = (struct map){ 0 };
	}
	vec_free(&w.functions.list);
}
