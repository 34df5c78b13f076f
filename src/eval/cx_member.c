/* Members of values: of structures as they are, of enums those that MSVC's debug information has. */
#include "eval/cx_compile_internal.h"

#include <stdio.h>

static uint64_t discr_mask(const struct sym_variant_part *part)
{
	uint64_t size = type_size(part->discr.type);
	return size >= 8 ? UINT64_MAX : (UINT64_C(1) << size * 8) - 1;
}

/* The tags that mean a variant without one of its own: those that no other has. */
static void fallback_range(const struct sym_variant_part *part, uint64_t *ret_begin, uint64_t *ret_end)
{
	uint64_t low = UINT64_MAX, high = 0, mask = discr_mask(part);
	for (size_t i = 0; i < part->count; i++) {
		if (part->variants[i].is_default)
			continue;
		low = (part->variants[i].discr & mask) < low ? part->variants[i].discr & mask : low;
		high = (part->variants[i].discr & mask) > high ? part->variants[i].discr & mask : high;
	}
	*ret_begin = low > high ? 0 : (high + 1) & mask;
	*ret_end = low > high ? mask : (low - 1) & mask;
}

static bool push_discr(struct cx_compiler *c, uint64_t value, struct cx_made *ret)
{
	EMIT(.code = CX_OP_POP);
	EMIT(.code = CX_OP_PUSH_WIDE, .imm = (int64_t)value);
	*ret = cx_value_of(cx_c_type("unsigned long"));
	return true;
}

static bool is_number(struct str s, uint32_t *ret)
{
	uint32_t n = 0;
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] < '0' || s.ptr[i] > '9' || n > 100000)
			return false;
		n = n * 10 + (uint32_t)(s.ptr[i] - '0');
	}
	*ret = n;
	return s.len > 0;
}

/* Members of `variantN`. The place is on the stack. */
static bool variant_member(struct cx_compiler *c, struct str name, struct cx_made *m)
{
	const struct sym_variant_part *part = sym_type_variants(type_plain(m->type.sym));
	const struct sym_variant *v = &part->variants[m->type.variant];
	uint64_t begin, end;
	if (str_is(name, "value")) {
		EMIT(.code = CX_OP_OFFSET, .imm = (int64_t)v->member.offset);
		m->type = cx_plain(v->member.type);
		return true;
	}
	if (str_is(name, "NAME")) {
		m->type.view = EVAL_CX_NAME;
		return true;
	}
	bool exact = part->has_discr ? !v->is_default : part->count == 1;
	bool wide = part->has_discr && type_size(part->discr.type) > 8;
	if (exact && !wide && str_is(name, "DISCR_EXACT"))
		return push_discr(c, part->has_discr ? v->discr & discr_mask(part) : 0, m);
	if (exact && wide && str_is(name, "DISCR128_EXACT_LO"))
		return push_discr(c, v->discr, m);
	if (exact && wide && str_is(name, "DISCR128_EXACT_HI"))
		return push_discr(c, v->discr_high, m);
	fallback_range(part, &begin, &end);
	if (part->has_discr && v->is_default && !wide && str_is(name, "DISCR_BEGIN"))
		return push_discr(c, begin, m);
	if (part->has_discr && v->is_default && !wide && str_is(name, "DISCR_END"))
		return push_discr(c, end, m);
	return false;
}

/* `variant3`, `variant_fallback`, `tag`. */
static bool enum_member(struct cx_compiler *c, struct str name, struct cx_made *m)
{
	const struct sym_type *t = type_plain(m->type.sym);
	const struct sym_variant_part *part = sym_type_variants(t);
	static const struct str prefix = { "variant", 7 };
	uint32_t index;
	if (!part)
		return false;
	bool wide = part->has_discr && type_size(part->discr.type) > 8;
	if (part->has_discr &&
	    (wide ? str_is(name, "tag128_lo") || str_is(name, "tag128_hi") : str_is(name, "tag"))) {
		uint64_t high = str_is(name, "tag128_hi") ? 8 : 0;
		EMIT(.code = CX_OP_OFFSET, .imm = (int64_t)(part->discr.offset + high));
		/* The discriminants are compared as numbers without a sign. */
		EMIT(.code = CX_OP_LOAD, .size = (uint8_t)(wide ? 8 : type_size(part->discr.type)));
		*m = cx_value_of(cx_c_type("unsigned long"));
		return true;
	}
	if (!part->has_discr && part->count == 1 && str_is(name, "tag"))
		return push_discr(c, 0, m);
	if (!str_starts(name, prefix))
		return false;
	struct str rest = str_sub(name, prefix.len, SIZE_MAX);
	if (str_is(rest, "_fallback")) {
		for (index = 0;
		     index < part->count && !(part->variants[index].is_default && part->has_discr);)
			index++;
	} else if (!is_number(rest, &index)) {
		return false;
	}
	if (index >= part->count)
		return false;
	m->type.view = EVAL_CX_VARIANT;
	m->type.variant = index;
	return true;
}

/* Of the place on the stack. False without an error: there is none. */
bool cx_member_of(struct cx_compiler *c, struct str name, struct cx_made *m)
{
	uint32_t index;
	if (m->type.view == EVAL_CX_VARIANT)
		return variant_member(c, name, m);
	if (m->type.view || !cx_is_aggregate(m->type.sym))
		return false;
	char text[256];
	const struct sym_member *found = NULL;
	if (is_number(name, &index)) { /* a tuple's */
		(void)snprintf(text, sizeof text, "__%u", index);
		found = sym_type_member(type_plain(m->type.sym), text);
	} else if (name.len < sizeof text) {
		memcpy(text, name.ptr, name.len);
		text[name.len] = '\0';
		found = sym_type_member(type_plain(m->type.sym), text);
	}
	if (!found)
		return enum_member(c, name, m);
	if (found->offset)
		EMIT(.code = CX_OP_OFFSET, .imm = (int64_t)found->offset);
	m->type = cx_plain(found->type);
	m->bit_size = found->bit_size;
	m->bit_offset = found->bit_offset;
	return true;
}
