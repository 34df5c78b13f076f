/* Values as text: summaries, scalars, and all of a value in one line. */
#include "natvis/view_internal.h"

#include <math.h>

/* ---- scalars ---- */

static void write_integer(eval_cx_cell n, bool is_signed, struct buf *out)
{
	char digits[48];
	size_t at = sizeof digits;
	bool negative = is_signed && (__int128)n < 0;
	n = negative ? -n : n;
	do {
		digits[--at] = (char)('0' + (int)(n % 10));
		n /= 10;
	} while (n);
	if (negative)
		digits[--at] = '-';
	buf_add(out, digits + at, sizeof digits - at);
}

static void write_base(eval_cx_cell n, unsigned bits_each, bool upper, const char *prefix, struct buf *out)
{
	char digits[132];
	size_t at = sizeof digits;
	unsigned mask = (1U << bits_each) - 1;
	do {
		digits[--at] = (upper ? "0123456789ABCDEF" : "0123456789abcdef")[(unsigned)n & mask];
		n >>= bits_each;
	} while (n);
	buf_str(out, str_from(prefix));
	buf_add(out, digits + at, sizeof digits - at);
}

static void write_real(eval_cx_cell cell, const struct nv_value *value, struct buf *out)
{
	uint64_t bits = (uint64_t)cell;
	double d;
	memcpy(&d, &bits, sizeof d);
	bool single = sym_type_size(nv_plain(value->is.type.sym)) == 4;
	if (value->format.style == EVAL_CX_FLOAT)
		buf_printf(out, "%f", d);
	else if (value->format.style == EVAL_CX_EXPONENT)
		buf_printf(out, "%e", d);
	else
		buf_printf(out, single ? "%.9g" : "%.17g", d);
}

static size_t utf8(uint32_t c, char out[4])
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	size_t count = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	for (size_t i = count; i-- > 1; c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3f));
	out[0] = (char)((0xf00 >> count & 0xff) | c);
	return count;
}

/* A character as Rust's {:?} escapes it between those quotes; '\0': no quotes, so that nothing but control characters is. */
static void write_char(uint32_t c, char quote, struct buf *out)
{
	char bytes[4];
	const char *named = c && c < 0x80 ? strchr("\nn\rr\tt", (int)c) : NULL;
	if (named && (named - "\nn\rr\tt") % 2 == 0 && c < 0x20)
		buf_printf(out, "\\%c", c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
	else if (c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0xd800 && c < 0xe000) || c > 0x10ffff)
		buf_printf(out, "\\u{%x}", c);
	else if (quote && (c == (uint32_t)quote || c == '\\'))
		buf_printf(out, "\\%c", (char)c);
	else
		buf_add(out, bytes, utf8(c, bytes));
}

static bool write_enumerator(const struct sym_type *t, eval_cx_cell cell, struct buf *out)
{
	const struct sym_enumerator *list;
	size_t count = sym_type_enumerators(t, &list);
	uint64_t size = sym_type_size(t);
	uint64_t mask = size >= 8 ? UINT64_MAX : (UINT64_C(1) << size * 8) - 1;
	for (size_t i = 0; i < count; i++)
		if (((uint64_t)list[i].value & mask) == ((uint64_t)cell & mask)) {
			buf_str(out, list[i].name);
			return true;
		}
	return false;
}

static void write_cell(const struct nv_value *value, eval_cx_cell cell, struct buf *out)
{
	const struct sym_type *t = nv_plain(value->is.type.sym);
	const struct eval_cx_format *f = &value->format;
	enum sym_type_kind kind = sym_type_kind(t);
	bool is_signed = kind == SYM_TYPE_SIGNED || (kind == SYM_TYPE_CHAR && !sym_type_is_rust(t));
	uint64_t size = sym_type_size(t);
	bool pointer = kind == SYM_TYPE_POINTER || kind == SYM_TYPE_REFERENCE;
	eval_cx_cell bits = size >= 16 ? cell : cell & (((eval_cx_cell)1 << size * 8) - 1);
	if (kind == SYM_TYPE_FLOAT) {
		write_real(cell, value, out);
		return;
	}
	switch ((enum eval_cx_style)f->style) {
	case EVAL_CX_HEX:
		write_base(bits, 4, f->upper, f->no_prefix ? "" : "0x", out);
		return;
	case EVAL_CX_OCTAL:
		write_base(bits, 3, false, f->no_prefix ? "" : "0", out);
		return;
	case EVAL_CX_BINARY:
		write_base(bits, 1, false, f->no_prefix ? "" : "0b", out);
		return;
	case EVAL_CX_CHAR:
		buf_char(out, '\'');
		write_char((uint32_t)bits, '\'', out);
		buf_char(out, '\'');
		return;
	default:
		break;
	}
	if (pointer && f->style != EVAL_CX_DECIMAL)
		write_base(bits, 4, false, "0x", out);
	else if (kind == SYM_TYPE_BOOL && f->style != EVAL_CX_DECIMAL && cell <= 1)
		buf_str(out, cell ? STR_LIT("true") : STR_LIT("false"));
	else if (kind == SYM_TYPE_ENUM && f->style != EVAL_CX_DECIMAL && write_enumerator(t, cell, out))
		return;
	else if (kind == SYM_TYPE_CHAR && f->style != EVAL_CX_DECIMAL) {
		if (size < 4)
			write_integer(cell, is_signed, out), buf_char(out, ' ');
		buf_char(out, '\'');
		write_char((uint32_t)bits, '\'', out);
		buf_char(out, '\'');
	} else
		write_integer(cell, is_signed, out);
}

void nv_scalar_write(struct nv_viewer *v, const struct nv_value *value, struct buf *out)
{
	eval_cx_cell cell;
	if (nv_cell(v, value, &cell))
		write_cell(value, cell, out);
	else
		buf_printf(out, "<cannot read 0x%llx>", (unsigned long long)(uint64_t)value->is.cell);
}

/* ---- text ---- */

/* The next character of UTF-8, or a byte that is none as it is; at least one byte is used. */
static uint32_t next_utf8(const uint8_t *bytes, size_t left, size_t *ret_used, bool *ret_good)
{
	uint8_t first = bytes[0];
	size_t count = first < 0x80                    ? 1
		       : first >= 0xf0 && first < 0xf5 ? 4
		       : first >= 0xe0                 ? 3
		       : first >= 0xc2                 ? 2
						       : 0;
	if (first >= 0xf5)
		count = 0;
	uint32_t c = count == 1 ? first : first & (0x7fU >> count);
	bool good = count && count <= left;
	for (size_t i = 1; good && i < count; i++) {
		good = (bytes[i] & 0xc0) == 0x80;
		c = c << 6 | (bytes[i] & 0x3f);
	}
	good = good && str_is_utf8((struct str){ (const char *)bytes, count });
	*ret_good = good;
	*ret_used = good ? count : 1;
	return good ? c : first;
}

struct text {
	eval_cx_cell place;
	uint64_t units; /* UINT64_MAX: up to a NUL */
	unsigned unit;
};

/* Where the text of a pointer or an array is. */
static bool find_text(struct nv_viewer *v, const struct nv_value *value, struct text *ret)
{
	const struct sym_type *t = nv_plain(value->is.type.sym);
	enum sym_type_kind kind = sym_type_kind(t);
	const struct sym_type *element = sym_type_target(t);
	ret->unit = value->format.unit ? value->format.unit : 1;
	ret->units = value->has_length ? value->length : UINT64_MAX;
	if (kind == SYM_TYPE_ARRAY && value->is.is_place) {
		bool known;
		uint64_t count = sym_type_count(t, &known);
		uint64_t size = element ? sym_type_size(element) : 1;
		ret->place = value->is.cell;
		if (known && count * size / ret->unit < ret->units)
			ret->units = count * size / ret->unit;
		return known || value->has_length;
	}
	return (kind == SYM_TYPE_POINTER || kind == SYM_TYPE_REFERENCE) && nv_cell(v, value, &ret->place);
}

static void write_units(const uint8_t *bytes, size_t size, unsigned unit, char quote, struct buf *out)
{
	for (size_t i = 0; i + unit <= size;) {
		size_t used = unit;
		bool good = true;
		uint32_t c = 0;
		if (unit == 1) {
			c = next_utf8(bytes + i, size - i, &used, &good);
		} else {
			memcpy(&c, bytes + i, unit);
			uint16_t low = 0;
			if (unit == 2 && c >= 0xd800 && c < 0xdc00 && i + 4 <= size)
				memcpy(&low, bytes + i + 2, 2);
			if (low >= 0xdc00 && low < 0xe000) {
				c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00U);
				used = 4;
			}
		}
		if (good)
			write_char(c, quote, out);
		else
			buf_printf(out, "\\x%02x", c);
		i += used;
	}
}

/* How much is read of a text: the setting's number of characters. */
bool nv_text_write(struct nv_viewer *v, const struct nv_value *value, struct buf *out)
{
	struct text text;
	struct eval_cx_env env;
	if (!find_text(v, value, &text))
		return false;
	nv_env_init(v, &value->object, &env);
	uint64_t wanted = text.units < v->settings.elements ? text.units : v->settings.elements;
	struct buf bytes = { 0 };
	uint8_t piece[256];
	bool ended = false, readable = true;
	while (!ended && readable && bytes.len < wanted * text.unit) {
		uint64_t left = wanted * text.unit - bytes.len;
		size_t count = left < sizeof piece ? (size_t)left : sizeof piece;
		/* Up to a NUL it may go no further than its page. */
		if (text.units == UINT64_MAX) {
			size_t to_page = NV_PAGE - (size_t)((uint64_t)text.place + bytes.len) % NV_PAGE;
			count = count < to_page ? count : to_page;
		}
		readable = eval_cx_read(&env, text.place + bytes.len, piece, count);
		for (size_t i = 0; readable && text.units == UINT64_MAX && i + text.unit <= count;
		     i += text.unit) {
			static const uint8_t nul[4];
			if (memcmp(piece + i, nul, text.unit) == 0) {
				ended = true;
				count = i;
			}
		}
		if (readable)
			buf_add(&bytes, piece, count);
	}
	bool quotes = !value->format.no_quotes;
	if (!readable && bytes.len == 0) {
		buf_printf(out, "<cannot read 0x%llx>", (unsigned long long)(uint64_t)text.place);
	} else {
		buf_str(out, quotes ? STR_LIT("\"") : STR_EMPTY);
		write_units((const uint8_t *)bytes.data, bytes.len, text.unit, quotes ? '"' : '\0', out);
		buf_str(out, quotes ? STR_LIT("\"") : STR_EMPTY);
		if (!readable || (!ended && bytes.len / text.unit < text.units))
			buf_str(out, STR_LIT("..."));
	}
	buf_deinit(&bytes);
	return true;
}

/* ---- summaries ---- */

static bool display_possible(struct nv_frame *f, const struct nv_display *d, struct str *ret_trouble)
{
	struct eval_cx_result r;
	for (size_t i = 0; i < d->count; i++)
		if (d->parts[i].expr.root && !nv_eval(f, d->parts[i].expr.root, &r, ret_trouble))
			return false;
	return true;
}

const struct nv_element *nv_summary_of(struct nv_frame *f, const struct nv_element *entry,
				       struct str view, struct str *ret_trouble)
{
	for (const struct nv_element *e = entry->first; e; e = e->next) {
		struct str trouble = STR_EMPTY;
		struct eval_cx_result r;
		if (e->kind != NV_DISPLAY_STRING && e->kind != NV_SMART_POINTER)
			continue;
		if (!nv_applies(f, e, view, &trouble)) {
			*ret_trouble = trouble.len ? trouble : *ret_trouble;
			continue;
		}
		if (e->kind == NV_DISPLAY_STRING ? display_possible(f, &e->display, &trouble)
						 : nv_eval(f, e->expr.root, &r, &trouble))
			return e;
		if (!e->optional && !ret_trouble->len)
			*ret_trouble = trouble;
		if (!e->optional)
			return NULL;
	}
	return NULL;
}

void nv_display_write(struct nv_frame *f, const struct nv_display *d, struct buf *out)
{
	for (size_t i = 0; i < d->count && out->len < NV_MAX_TEXT; i++) {
		struct nv_value value;
		struct str trouble = STR_EMPTY;
		buf_str(out, d->parts[i].text);
		if (!d->parts[i].expr.root)
			continue;
		if (nv_eval_value(f, &d->parts[i].expr, &value, &trouble))
			nv_summary(f->context->viewer, &value, out);
		else
			buf_printf(out, "<%.*s>", STR_ARG(trouble));
	}
}

static bool is_aggregate(const struct sym_type *t)
{
	enum sym_type_kind kind = sym_type_kind(t);
	return kind == SYM_TYPE_STRUCT || kind == SYM_TYPE_UNION || kind == SYM_TYPE_VARIANT ||
	       kind == SYM_TYPE_ARRAY;
}

/* By the value's own entry; false: it has no summary. */
static bool entry_summary(struct nv_viewer *v, const struct nv_value *value,
			  const struct nv_match *match, struct buf *out)
{
	const struct nv_element *entry = value->synthetic ? value->synthetic : match->type->element;
	struct str trouble = STR_EMPTY;
	struct nv_value pointer;
	struct nv_frame f;
	nv_frame_init(&f, nv_context_get(v, match, value->is.type, NULL), value);
	const struct nv_element *e = nv_summary_of(&f, entry, value->view, &trouble);
	if (e && e->kind == NV_DISPLAY_STRING)
		nv_display_write(&f, &e->display, out);
	else if (e && nv_eval_value(&f, &e->expr, &pointer, &trouble))
		nv_summary(v, &pointer, out);
	return e;
}

static void write_name_of_variant(const struct nv_value *value, struct buf *out)
{
	const struct sym_variant_part *part = sym_type_variants(nv_plain(value->is.type.sym));
	if (part && value->is.type.variant < part->count)
		buf_str(out, part->variants[value->is.type.variant].name);
}

static bool simple_summary(struct nv_viewer *v, const struct nv_value *value, struct buf *out)
{
	const struct sym_type *t = nv_plain(value->is.type.sym);
	if (!t)
		buf_str(out, STR_LIT("void"));
	else if (value->is.type.view == EVAL_CX_NAME)
		write_name_of_variant(value, out);
	else if (value->format.style == EVAL_CX_TEXT && nv_text_write(v, value, out))
		return true;
	else if (eval_cx_is_scalar(t))
		nv_scalar_write(v, value, out);
	else
		return false;
	return true;
}

/* Values within values within values … end somewhere. False: here, which is written. */
static bool go_deeper(struct nv_viewer *v, const struct nv_value *value, struct buf *out,
		      const struct nv_match **ret_match)
{
	struct str why = STR_EMPTY;
	if (out->len >= NV_MAX_TEXT || v->depth >= (int)v->settings.max_depth) {
		buf_str(out, STR_LIT("..."));
		return false;
	}
	v->depth++;
	*ret_match = value->synthetic ? value->match : nv_match_of(v, value, &why);
	return true;
}

void nv_summary(struct nv_viewer *v, const struct nv_value *value, struct buf *out)
{
	const struct nv_match *match;
	if (!go_deeper(v, value, out, &match))
		return;
	if (!(match && entry_summary(v, value, match, out)) && !simple_summary(v, value, out)) {
		/* What has no summary is written out within another's. */
		v->depth--;
		nv_print(v, value, out);
		v->depth++;
	}
	v->depth--;
}

/* ---- a whole value ---- */

struct printing {
	struct nv_viewer *viewer;
	struct buf *out;
	uint64_t count, limit;
	bool is_tuple, is_array, cut;
};

static bool print_child(void *ctx, const struct nv_child *child)
{
	struct printing *p = ctx;
	if (p->count++ == p->limit || p->out->len >= NV_MAX_TEXT) {
		p->cut = true;
		return false;
	}
	if (p->count > 1)
		buf_str(p->out, STR_LIT(", "));
	if (child->trouble.len) {
		buf_printf(p->out, "<%.*s>", STR_ARG(child->trouble));
		return true;
	}
	if (child->name.len && !p->is_tuple) {
		buf_str(p->out, child->name);
		buf_str(p->out, child->is_raw ? STR_LIT(": ") : STR_LIT(" = "));
	}
	nv_print(p->viewer, &child->value, p->out);
	return true;
}

static bool is_tuple(const struct sym_type *t)
{
	const struct sym_member *members;
	size_t count = sym_type_members(t, &members);
	return count > 0 && str_is(members[0].name, "__0") && sym_type_kind(t) == SYM_TYPE_STRUCT;
}

static const struct sym_variant *variant_of(struct nv_viewer *v, const struct nv_value *value)
{
	struct eval_cx_env env;
	nv_env_init(v, &value->object, &env);
	return eval_cx_variant(&env, value->is.cell, value->is.type.sym);
}

static void print_raw(struct nv_viewer *v, const struct nv_value *value, struct buf *out)
{
	const struct sym_type *t = nv_plain(value->is.type.sym);
	struct printing p = { .viewer = v, .out = out, .limit = v->settings.elements };
	if (sym_type_kind(t) == SYM_TYPE_VARIANT) {
		const struct sym_variant *variant = variant_of(v, value);
		const struct sym_variant_part *part = sym_type_variants(t);
		if (!variant) {
			buf_printf(out, "<%s>",
				   part && part->has_discr ? "no variant has this tag" : "no variant");
			return;
		}
		struct nv_value payload = *value;
		const struct sym_member *members;
		payload.is.type.sym = variant->member.type;
		payload.is.cell += variant->member.offset;
		payload.format = (struct eval_cx_format){ .raw = true };
		buf_str(out, sym_type_name(t));
		buf_str(out, STR_LIT("::"));
		buf_str(out, variant->name);
		t = nv_plain(variant->member.type);
		if (!t || sym_type_members(t, &members) == 0)
			return;
		p.is_tuple = is_tuple(t);
		buf_str(out, p.is_tuple ? STR_LIT("(") : STR_LIT("{"));
		nv_raw_children(v, &payload, print_child, &p);
		buf_str(out, p.is_tuple ? STR_LIT(")") : STR_LIT("}"));
		return;
	}
	p.is_tuple = is_tuple(t);
	p.is_array = sym_type_kind(t) == SYM_TYPE_ARRAY;
	struct str name = sym_type_name(t);
	bool anonymous = p.is_array || str_starts(name, STR_LIT("("));
	if (!anonymous)
		buf_str(out, name);
	if (!anonymous && !p.is_tuple)
		buf_char(out, ' ');
	buf_str(out, p.is_array ? STR_LIT("[") : p.is_tuple ? STR_LIT("(") : STR_LIT("{"));
	nv_raw_children(v, value, print_child, &p);
	if (p.cut)
		buf_str(out, STR_LIT("..."));
	buf_str(out, p.is_array ? STR_LIT("]") : p.is_tuple ? STR_LIT(")") : STR_LIT("}"));
}

static bool has_children(const struct nv_element *entry)
{
	const struct nv_element *expand = nv_child(entry, NV_EXPAND);
	return expand && expand->first;
}

static void print_entry(struct nv_viewer *v, const struct nv_value *value, const struct nv_match *match,
			struct buf *out)
{
	const struct nv_element *entry = value->synthetic ? value->synthetic : match->type->element;
	size_t before = out->len;
	bool text = nv_child(entry, NV_STRING_VIEW);
	bool summary = entry_summary(v, value, match, out);
	if (!summary)
		out->len = before;
	/* What is a text is whole without its characters. */
	if ((summary && text) || !has_children(entry))
		return;
	struct printing p = { .viewer = v, .out = out, .limit = v->settings.elements };
	buf_str(out, summary ? STR_LIT(" = {") : STR_LIT("{"));
	nv_children(v, value, 0, (uint64_t)v->settings.elements + 1, print_child, &p);
	if (p.cut)
		buf_str(out, STR_LIT("..."));
	buf_char(out, '}');
}

void nv_print(struct nv_viewer *v, const struct nv_value *value, struct buf *out)
{
	const struct nv_match *match;
	if (!go_deeper(v, value, out, &match))
		return;
	const struct sym_type *t = nv_plain(value->is.type.sym);
	if (match)
		print_entry(v, value, match, out);
	else if (!simple_summary(v, value, out)) {
		if (value->is.is_place && is_aggregate(t) && !value->is.type.view)
			print_raw(v, value, out);
		else
			buf_str(out, STR_LIT("{...}"));
	}
	v->depth--;
}
