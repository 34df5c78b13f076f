#include "jit/rust_layout.h"

enum { WORD = 8, MAX_WRAPPERS = 12, MAX_VARIANTS = 4096, MAX_ENUMERATORS = 1 << 16 };

static struct error *lacks(const struct sym_type *t, const char *what, struct str name)
{
	struct str type = sym_type_name(t);
	return error_new(ERROR_UNSUPPORTED, "%.*s has no %s `%.*s`", STR_ARG(type), what, STR_ARG(name));
}

static const struct sym_member *member_of(const struct sym_type *t, struct str name)
{
	const struct sym_member *members;
	size_t count = sym_type_members(t, &members);
	for (size_t i = 0; i < count; i++)
		if (str_eq(members[i].name, name))
			return &members[i];
	return NULL;
}

/* Broken DWARF may place a member outside of what holds it; whoever reads the bytes of t relies on it
 * that none is. */
static bool is_inside(const struct sym_type *t, uint64_t offset, const struct sym_type *member)
{
	uint64_t size = sym_type_size(t);
	return offset <= size && sym_type_size(member) <= size - offset;
}

struct error *jit_field(const struct sym_type *t, const char *path, struct sym_member *ret)
{
	struct sym_member found = { .type = t };
	for (struct str rest = str_from(path); rest.len > 0;) {
		size_t dot = str_find(rest, STR_LIT("."));
		struct str name = str_sub(rest, 0, dot);
		const struct sym_member *m = member_of(found.type, name);
		if (!m || !is_inside(found.type, m->offset, m->type))
			return lacks(found.type, "field", name);
		uint64_t offset = found.offset + m->offset;
		found = *m;
		found.offset = offset;
		rest = dot == SIZE_MAX ? STR_EMPTY : str_sub(rest, dot + 1, SIZE_MAX);
	}
	*ret = found;
	return NULL;
}

static bool is_pointer(const struct sym_type *t)
{
	enum sym_type_kind kind = sym_type_kind(t);
	return kind == SYM_TYPE_POINTER || kind == SYM_TYPE_REFERENCE;
}

/* Through wrappers with one field that matters, by any of the names that std gives it. */
static bool unwrap(struct sym_member *m, bool (*wanted)(const struct sym_type *t))
{
	static const char *const names[] = { "inner", "ptr", "pointer", "value", "__0", "0" };
	for (int depth = 0; depth < MAX_WRAPPERS; depth++) {
		if (wanted(m->type))
			return true;
		const struct sym_member *next = NULL;
		for (size_t i = 0; i < sizeof names / sizeof *names && !next; i++)
			next = sym_type_member(m->type, names[i]);
		if (!next || !is_inside(m->type, next->offset, next->type))
			return false;
		uint64_t offset = m->offset + next->offset;
		*m = *next;
		m->offset = offset;
	}
	return false;
}

static bool is_array(const struct sym_type *t)
{
	return sym_type_kind(t) == SYM_TYPE_ARRAY;
}

struct error *jit_vec_layout(const struct sym_type *t, struct jit_vec_layout *ret)
{
	struct sym_member len = { 0 }, pointer = { 0 };
	TRY(jit_field(t, "len", &len));
	TRY(jit_field(t, "buf", &pointer));
	if (!unwrap(&pointer, is_pointer) || sym_type_size(pointer.type) != WORD)
		return lacks(pointer.type, "pointer", STR_LIT("ptr"));
	if (sym_type_size(len.type) != WORD)
		return lacks(t, "word", STR_LIT("len"));
	const struct sym_type *element = sym_type_argument(t, 0);
	if (!element)
		element = sym_type_target(pointer.type);
	uint64_t size = element ? sym_type_size(element) : 0;
	if (size == 0)
		return lacks(t, "size of its element", STR_LIT("T"));
	*ret = (struct jit_vec_layout){
		.pointer = (uint32_t)pointer.offset,
		.len = (uint32_t)len.offset,
		.size = (uint32_t)sym_type_size(t),
		.element = element,
		.element_size = size,
	};
	return NULL;
}

struct error *jit_string_layout(const struct sym_type *t, struct jit_vec_layout *ret)
{
	struct sym_member vec;
	struct jit_vec_layout layout = { 0 };
	TRY(jit_field(t, "vec", &vec));
	TRY(jit_vec_layout(vec.type, &layout));
	if (layout.element_size != 1)
		return lacks(t, "bytes in", STR_LIT("vec"));
	layout.pointer += (uint32_t)vec.offset;
	layout.len += (uint32_t)vec.offset;
	layout.size = (uint32_t)sym_type_size(t);
	*ret = layout;
	return NULL;
}

/* The place of alternative `name` of a union or an enum, relative to t. */
static bool alternative(const struct sym_type *t, const char *union_name, const char *variant_name,
			struct sym_member *ret)
{
	if (sym_type_kind(t) == SYM_TYPE_VARIANT) {
		const struct sym_variant *v = jit_variant_named(t, variant_name);
		if (!v)
			return false;
		*ret = v->member;
		return is_inside(t, ret->offset, ret->type);
	}
	const struct sym_member *m = sym_type_member(t, union_name);
	if (!m || !is_inside(t, m->offset, m->type))
		return false;
	*ret = *m;
	return true;
}

struct error *jit_small_vec_layout(const struct sym_type *t, struct jit_small_vec_layout *ret)
{
	struct sym_member capacity = { 0 }, data = { 0 }, fixed = { 0 }, heap = { 0 };
	TRY(jit_field(t, "capacity", &capacity));
	TRY(jit_field(t, "data", &data));
	if (!alternative(data.type, "inline", "Inline", &fixed) || !unwrap(&fixed, is_array))
		return lacks(data.type, "array", STR_LIT("inline"));
	if (!alternative(data.type, "heap", "Heap", &heap))
		return lacks(data.type, "field", STR_LIT("heap"));
	/* (NonNull<T>, usize) of the union, {ptr, len} of the enum */
	const struct sym_member *pointer = sym_type_member(heap.type, "__0"),
				*len = sym_type_member(heap.type, "__1");
	if (!pointer)
		pointer = sym_type_member(heap.type, "ptr");
	if (!len)
		len = sym_type_member(heap.type, "len");
	struct sym_member raw;
	if (!pointer || !len || !is_inside(heap.type, pointer->offset, pointer->type) ||
	    !is_inside(heap.type, len->offset, len->type) ||
	    (raw = *pointer, !unwrap(&raw, is_pointer)) || sym_type_size(raw.type) != WORD ||
	    sym_type_size(len->type) != WORD || sym_type_size(capacity.type) != WORD)
		return lacks(heap.type, "pointer and length", STR_LIT("heap"));
	const struct sym_type *element = sym_type_target(fixed.type);
	bool known;
	uint64_t count = sym_type_count(fixed.type, &known);
	if (!element || sym_type_size(element) == 0 || !known ||
	    count > sym_type_size(fixed.type) / sym_type_size(element))
		return lacks(fixed.type, "element", STR_LIT("T"));
	*ret = (struct jit_small_vec_layout){
		.capacity = (uint32_t)capacity.offset,
		.inline_data = (uint32_t)(data.offset + fixed.offset),
		.heap_pointer = (uint32_t)(data.offset + heap.offset + raw.offset),
		.heap_len = (uint32_t)(data.offset + heap.offset + len->offset),
		.inline_count = count,
		.element = element,
		.element_size = sym_type_size(element),
	};
	return NULL;
}

uint64_t jit_load(const uint8_t *bytes, size_t size)
{
	uint64_t v = 0;
	for (size_t i = 0; i < size && i < 8; i++)
		v |= (uint64_t)bytes[i] << (8 * i);
	return v;
}

const struct sym_variant *jit_variant(const struct sym_type *t, const uint8_t *bytes)
{
	const struct sym_variant_part *part = sym_type_variants(t);
	if (!part || part->count == 0)
		return NULL;
	if (!part->has_discr)
		return &part->variants[0];
	uint64_t size = sym_type_size(part->discr.type);
	if (size > 16 || !is_inside(t, part->discr.offset, part->discr.type))
		return NULL;
	const uint8_t *discr = bytes + part->discr.offset;
	uint64_t low = jit_load(discr, size), high = size > 8 ? jit_load(discr + 8, size - 8) : 0;
	const struct sym_variant *fallback = NULL;
	for (size_t i = 0; i < part->count && i < MAX_VARIANTS; i++) {
		const struct sym_variant *v = &part->variants[i];
		if (v->is_default)
			fallback = v;
		else if (v->discr == low && (size <= 8 || v->discr_high == high))
			return v;
	}
	return fallback;
}

const struct sym_variant *jit_variant_named(const struct sym_type *t, const char *name)
{
	const struct sym_variant_part *part = sym_type_variants(t);
	for (size_t i = 0; part && i < part->count && i < MAX_VARIANTS; i++)
		if (str_is(part->variants[i].name, name))
			return is_inside(t, part->variants[i].member.offset, part->variants[i].member.type)
				       ? &part->variants[i]
				       : NULL;
	return NULL;
}

struct str jit_enum_name(const struct sym_type *t, const uint8_t *bytes)
{
	if (sym_type_kind(t) == SYM_TYPE_VARIANT) {
		const struct sym_variant *v = jit_variant(t, bytes);
		return v ? v->name : STR_EMPTY;
	}
	uint64_t size = sym_type_size(t);
	if (sym_type_kind(t) != SYM_TYPE_ENUM || size == 0 || size > 8)
		return STR_EMPTY;
	uint64_t mask = size == 8 ? UINT64_MAX : (UINT64_C(1) << (8 * size)) - 1;
	uint64_t value = jit_load(bytes, size);
	const struct sym_enumerator *list;
	size_t count = sym_type_enumerators(t, &list);
	for (size_t i = 0; i < count && i < MAX_ENUMERATORS; i++)
		if (((uint64_t)list[i].value & mask) == value)
			return list[i].name;
	return STR_EMPTY;
}
