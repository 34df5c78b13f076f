/* What entries are called, and whether they are asked for. */
#include "ui/dump/dump_internal.h"

#include <inttypes.h>
#include <stdlib.h>

enum { MAX_HOPS = 16 };

/* ---- names ---- */

static bool entry_at(struct dump *d, uint64_t die, struct dw_cursor *ret)
{
	struct dump_unit *u = dump_unit_at(d, die);
	if (!u)
		return false;
	*ret = dw_cursor_at(&u->dw, die);
	return dw_cursor_next(ret) && ret->abbrev;
}

struct str dump_die_name(struct dump *d, const struct dw_cursor *c)
{
	struct dw_cursor at = *c;
	struct dw_value value;
	for (int hops = 0; hops < MAX_HOPS; hops++) {
		if (dw_attr(&at, DW_AT_name, &value) && value.kind == DW_VALUE_STRING)
			return value.str;
		if (!(dw_attr(&at, DW_AT_abstract_origin, &value) ||
		      dw_attr(&at, DW_AT_specification, &value)) ||
		    value.kind != DW_VALUE_REFERENCE || !entry_at(d, value.u, &at))
			break;
	}
	return STR_EMPTY;
}

static void add_array(struct dw_cursor c, struct buf *out)
{
	int depth = c.depth;
	struct dw_value value;
	if (!c.abbrev->children)
		return;
	while (dw_cursor_next(&c) && c.depth > depth) {
		uint64_t count;
		if (!c.abbrev && c.depth == depth + 1)
			break;
		if (!c.abbrev || c.abbrev->tag != DW_TAG_subrange_type)
			continue;
		if (dw_attr(&c, DW_AT_count, &value) && dw_value_unsigned(&value, &count))
			buf_printf(out, "[%" PRIu64 "]", count);
		else if (dw_attr(&c, DW_AT_upper_bound, &value) && dw_value_unsigned(&value, &count))
			buf_printf(out, "[%" PRIu64 "]", count + 1);
		else
			buf_str(out, STR_LIT("[]"));
	}
}

static const char *type_word(uint16_t tag)
{
	switch (tag) {
	case DW_TAG_const_type:
		return "const ";
	case DW_TAG_volatile_type:
		return "volatile ";
	case DW_TAG_restrict_type:
		return "restrict ";
	case DW_TAG_atomic_type:
		return "_Atomic ";
	}
	return "";
}

static const char *type_suffix(uint16_t tag)
{
	switch (tag) {
	case DW_TAG_pointer_type:
		return " *";
	case DW_TAG_reference_type:
		return " &";
	case DW_TAG_rvalue_reference_type:
		return " &&";
	}
	return "";
}

static void type_name(struct dump *d, uint64_t die, int hops, struct buf *out)
{
	struct dw_cursor c;
	struct dw_value value;
	if (hops > MAX_HOPS || !entry_at(d, die, &c)) {
		buf_str(out, STR_LIT("?"));
		return;
	}
	if (dw_attr(&c, DW_AT_name, &value) && value.kind == DW_VALUE_STRING) {
		dump_escaped(out, value.str);
		return;
	}
	uint16_t tag = c.abbrev->tag;
	const char *word = type_word(tag), *suffix = type_suffix(tag);
	bool made_up = *word || *suffix || tag == DW_TAG_array_type || tag == DW_TAG_subroutine_type;
	if (!made_up) {
		buf_str(out, str_from(dw_tag_name(tag)));
		return;
	}
	buf_str(out, str_from(word));
	if (dw_attr(&c, DW_AT_type, &value) && value.kind == DW_VALUE_REFERENCE)
		type_name(d, value.u, hops + 1, out);
	else
		buf_str(out, STR_LIT("void"));
	buf_str(out, str_from(suffix));
	if (tag == DW_TAG_array_type)
		add_array(c, out);
	else if (tag == DW_TAG_subroutine_type)
		buf_str(out, STR_LIT(" (…)"));
}

void dump_type_name(struct dump *d, uint64_t die, struct buf *out)
{
	type_name(d, die, 0, out);
}

/* ---- scopes ---- */

struct str dump_scope_of(struct dump_scopes *s, int depth)
{
	size_t length = depth > 0 && (size_t)depth <= s->ends.count ? s->ends.data[depth - 1] : 0;
	s->path.len = length;
	return buf_view(&s->path);
}

void dump_scope_enter(struct dump_scopes *s, struct dump *d, const struct dw_cursor *c)
{
	size_t depth = c->depth > 0 ? (size_t)c->depth : 0;
	dump_scope_of(s, c->depth);
	if (depth > s->ends.count)
		return;
	s->ends.count = depth;
	switch (c->abbrev->tag) {
	case DW_TAG_namespace:
	case DW_TAG_module:
	case DW_TAG_structure_type:
	case DW_TAG_class_type:
	case DW_TAG_union_type:
	case DW_TAG_enumeration_type:
	case DW_TAG_subprogram: {
		struct str name = dump_die_name(d, c);
		if (s->path.len && name.len)
			buf_str(&s->path, STR_LIT("::"));
		buf_str(&s->path, name);
		break;
	}
	}
	vec_push(&s->ends, s->path.len);
}

void dump_scopes_deinit(struct dump_scopes *s)
{
	vec_free(&s->ends);
	buf_deinit(&s->path);
}

/* ---- what is asked for ---- */

bool dump_name_matches(const struct dump *d, struct str scope, struct str name)
{
	if (name.len == 0)
		return false;
	if (str_eq(name, d->name))
		return true;
	/* "a::b" is scope "…::a", or "a", and name "b". */
	if (!str_ends(d->name, name) || d->name.len < name.len + 2)
		return false;
	struct str rest = str_sub(d->name, 0, d->name.len - name.len);
	if (!str_ends(rest, STR_LIT("::")))
		return false;
	rest.len -= 2;
	if (!str_ends(scope, rest))
		return false;
	return scope.len == rest.len || str_ends(str_sub(scope, 0, scope.len - rest.len), STR_LIT("::"));
}

bool dump_path_matches(const struct dump *d, struct str path)
{
	if (d->name.len == 0 || !str_ends(path, d->name))
		return false;
	return path.len == d->name.len || path.ptr[path.len - d->name.len - 1] == '/';
}

static bool add_function(void *ctx, const struct sym_function *function)
{
	struct dump_ranges *ranges = ctx;
	const struct file_range *parts;
	size_t count = sym_function_ranges(function, &parts);
	for (size_t i = 0; i < count; i++)
		vec_push(&ranges->list, parts[i]);
	return true;
}

static int compare_ranges(const void *a, const void *b)
{
	const struct file_range *x = a, *y = b;
	return x->start.value < y->start.value ? -1 : x->start.value > y->start.value;
}

/* In order, and none within another: what is folded together has the same code. */
static void sort_ranges(struct dump_ranges *ranges)
{
	size_t kept = 0;
	if (ranges->list.count)
		qsort(ranges->list.data, ranges->list.count, sizeof *ranges->list.data, compare_ranges);
	vec_for(&ranges->list, range) {
		struct file_range *last = kept ? &ranges->list.data[kept - 1] : NULL;
		if (!last || range->start.value > last->end.value)
			ranges->list.data[kept++] = *range;
		else if (range->end.value > last->end.value)
			last->end = range->end;
	}
	ranges->list.count = kept;
}

void dump_function_ranges(struct dump *d, struct dump_ranges *ret)
{
	struct sym_symbol symbol;
	struct file_range range;
	if (d->has_number) {
		if (sym_function_bounds(d->m, FILE_ADDR(d->number), &range))
			vec_push(&ret->list, range);
		return;
	}
	/* What it says is that there are none. */
	error_destroy(sym_functions_by_name(d->m, d->name, add_function, ret));
	if (ret->list.count == 0 && sym_symbol_by_name(d->m, d->name, &symbol) && symbol.is_function)
		vec_push(&ret->list,
			 ((struct file_range){ symbol.addr, FILE_ADDR(symbol.addr.value + symbol.size) }));
	sort_ranges(ret);
}

static const struct file_range *range_before(const struct dump_ranges *ranges, uint64_t addr)
{
	size_t low = 0, high = ranges->list.count;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (ranges->list.data[mid].start.value < addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low ? &ranges->list.data[low - 1] : NULL;
}

bool dump_in_ranges(const struct dump_ranges *ranges, struct file_range part)
{
	const struct file_range *range = range_before(ranges, part.end.value);
	return range && range->end.value > part.start.value;
}
