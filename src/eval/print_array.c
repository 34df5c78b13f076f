/* Arrays as gdb writes them: what repeats once, of memory no more than is shown. */
#include "eval/print_internal.h"

enum { WINDOW = 64 << 10 };

/* Elements in memory that were not read with the value: read a window at a time. */
struct window {
	struct eval_value *v;
	const struct sym_type *element;
	uint64_t size; /* of an element */
	uint64_t first, count;
	const uint8_t *bytes;
	uint8_t *own;
	bool failed;
	uint64_t bad;
};

static const uint8_t *window_at(struct printing *p, struct window *w, uint64_t index)
{
	uint64_t offset = index * w->size;
	if (w->size == 0)
		return (const uint8_t *)"";
	if (!w->v->lazy && w->v->bytes && offset <= w->v->size && w->v->size - offset >= w->size)
		return w->v->bytes + offset;
	if (index >= w->first && index < w->first + w->count)
		return w->bytes + (index - w->first) * w->size;
	if (!w->v->has_address || w->size > WINDOW)
		return NULL;
	bool known;
	uint64_t all = sym_type_count(type_plain(w->v->type), &known), many = WINDOW / w->size;
	uint64_t left = all - index;
	if (left < many)
		many = left;
	/* print elements bounds what is looked at, up to the end of a run of repeats */
	if (p->s->elements && many > 2 * (uint64_t)p->s->elements)
		many = 2 * (uint64_t)p->s->elements;
	if (!w->own)
		w->own = arena_alloc(p->arena, WINDOW);
	if (!env_read(p->p->env, w->v->address + offset, w->own, many * w->size, &w->bad)) {
		many = (w->bad - (w->v->address + offset)) / w->size;
		w->failed = true;
	}
	w->first = index;
	w->count = many;
	w->bytes = w->own;
	return many ? w->bytes : NULL;
}

/* Which bits of an element are optimized out; NULL: none. */
static const uint8_t *lost_at(const struct window *w, uint64_t index)
{
	uint64_t offset = index * w->size;
	if (!w->v->lost || offset > w->v->size || w->v->size - offset < w->size)
		return NULL;
	for (uint64_t i = 0; i < w->size; i++)
		if (w->v->lost[offset + i])
			return w->v->lost + offset;
	return NULL;
}

/* How many elements from `index` on are alike, as far as they are known. */
static uint64_t run_of(struct printing *p, struct window *w, uint64_t index, uint64_t count,
		       const uint8_t *first)
{
	const uint8_t *next, *lost = lost_at(w, index), *other;
	uint64_t run = 1;
	while (index + run < count && !w->failed && (next = window_at(p, w, index + run)) &&
	       memcmp(first, next, w->size) == 0) {
		other = lost_at(w, index + run);
		if (!lost != !other || (lost && memcmp(lost, other, w->size) != 0))
			break;
		run++;
	}
	return run;
}

static void element_at(struct printing *p, struct window *w, uint64_t index, const uint8_t *bytes,
		       uint32_t recurse)
{
	struct eval_value e = { .type = w->element,
				.bytes = bytes,
				.size = w->size,
				.lost = bytes ? lost_at(w, index) : NULL,
				.has_address = w->v->has_address,
				.address = w->v->address + index * w->size };
	if (!bytes && w->size) {
		if (w->failed || !w->v->has_address) {
			buf_printf(p->out, "<error: Cannot access memory at address 0x%llx>",
				   (unsigned long long)(w->failed ? w->bad : e.address));
			return;
		}
		e.lazy = true;
	}
	print_inner(p, &e, recurse + 1);
}

/* In the letter of the elements, as gdb has it. */
static void print_index(struct printing *p, uint64_t index)
{
	buf_char(p->out, '[');
	if (p->letter && p->letter != 's')
		print_formatted_scalar(p, sym_type_primitive(NULL, STR_LIT("long"), false),
				       (const uint8_t *)&index, sizeof index, p->letter);
	else
		buf_printf(p->out, "%llu", (unsigned long long)index);
	buf_str(p->out, STR_LIT("] = "));
}

static void elements(struct printing *p, struct eval_value *v, const struct sym_type *element,
		     uint64_t count, uint32_t recurse)
{
	uint32_t limit = p->s->elements ? p->s->elements : UINT32_MAX;
	uint32_t threshold = p->s->repeats ? p->s->repeats : UINT32_MAX;
	struct window w = { .v = v, .element = element, .size = type_size(element) };
	uint64_t i = 0, printed = 0;
	for (; i < count && printed < limit && !print_interrupted(p) && !w.failed; printed++) {
		if (i && p->s->array) {
			buf_char(p->out, ',');
			print_line(p, 1 + recurse);
		} else if (i) {
			buf_str(p->out, STR_LIT(", "));
		} else if (p->s->array) {
			print_line(p, 1 + recurse);
		}
		print_wrap(p, recurse);
		if (p->s->array_indexes)
			print_index(p, i);
		uint8_t kept[256];
		const uint8_t *bytes = window_at(p, &w, i);
		uint64_t run = 1;
		if (bytes) {
			/* The window moves while a run is looked for. */
			bytes = w.size <= sizeof kept ? memcpy(kept, bytes, w.size)
						      : arena_copy(p->arena, bytes, w.size);
			if (threshold != UINT32_MAX)
				run = run_of(p, &w, i, count, bytes);
		}
		if (w.failed && run > 1)
			w.failed = false; /* of what was only looked at; it fails again when its turn comes */
		element_at(p, &w, i, bytes, recurse);
		if (run > threshold) {
			buf_char(p->out, ' ');
			print_styled(
				p, EVAL_STYLE_REMARK,
				arena_printf(p->arena, "<repeats %llu times>", (unsigned long long)run));
			i += run;
			printed += threshold - 1;
		} else {
			i++;
		}
	}
	if (i < count && !w.failed)
		buf_str(p->out, STR_LIT("..."));
}

static struct error *whole_bytes(struct printing *p, struct eval_value *v, uint64_t size,
				 const uint8_t **ret)
{
	if (!v->lazy && v->size >= size) {
		*ret = v->bytes;
		return NULL;
	}
	uint64_t bad;
	if (!v->has_address || size > 16 << 20)
		return error_new(ERROR_LIMIT,
				 "value requires %llu bytes, which is more than max-value-size",
				 (unsigned long long)size);
	uint8_t *bytes = arena_alloc(p->arena, size ? size : 1);
	if (!env_read(p->p->env, v->address, bytes, size, &bad))
		return memory_error(bad);
	*ret = bytes;
	return NULL;
}

static void c_text_array(struct printing *p, struct eval_value *v, const struct sym_type *element,
			 uint64_t count)
{
	unsigned width = (unsigned)type_size(element);
	const uint8_t *bytes;
	bool more = false;
	uint64_t limit = print_limit_characters(p), shown = count;
	/* Of a huge array only what can be shown; a run of repeats at its end is cut then. */
	if (shown > (4096 / width) && shown > limit)
		shown = limit > 4096 / width ? limit : 4096 / width;
	struct error *err = whole_bytes(p, v, shown * width, &bytes);
	if (err) {
		print_unreadable(p, err);
		return;
	}
	if (p->s->null_stop) {
		uint64_t n = 0;
		uint32_t unit = 1;
		for (; n < shown && n < limit && unit; n += unit != 0) {
			unit = 0;
			memcpy(&unit, bytes + n * width, width);
		}
		more = n == limit && n < count && unit;
		shown = count = n;
	}
	print_string(p, bytes, shown, width, print_text_prefix(type_plain(element)), true,
		     more || shown < count);
}

void print_array(struct printing *p, struct eval_value *v, uint32_t recurse)
{
	const struct sym_type *type = type_plain(v->type), *element = sym_type_target(type);
	bool known;
	uint64_t count = sym_type_count(type, &known);
	if (!known)
		count = 0;
	if (!p->rust && print_is_text(p, element) && count && !v->lost) {
		c_text_array(p, v, element, count);
		return;
	}
	/* What an expression made of bytes that are nowhere is text to gdb. */
	if (p->rust && !v->has_address && !v->lazy && !v->lost && !p->letter &&
	    type_size(element) == 1 && v->place == EVAL_PLACE_NONE && sym_type_module(type) == NULL &&
	    type_kind(element) == SYM_TYPE_UNSIGNED && recurse == 0 && v->name.len == 1) {
		buf_char(p->out, 'b');
		print_string(p, v->bytes, count, 1, "", false, false);
		return;
	}
	buf_char(p->out, p->rust ? '[' : '{');
	if (count)
		elements(p, v, element, count, recurse);
	if (p->s->array && count)
		print_line(p, recurse);
	buf_char(p->out, p->rust ? ']' : '}');
}
