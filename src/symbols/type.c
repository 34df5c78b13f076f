/* Types, built from their DIEs as they are asked for. Everything that follows references has a limit: damaged input can make a type
 * hold itself. */
#include "symbols/symbols_internal.h"

#include <stdlib.h>

enum {
	AT_GNU_VECTOR = 0x2107, /* marks an array that is a SIMD vector */
	MAX_QUALIFIERS = 32,
	MAX_DIMENSIONS = 16,
};

static bool is_qualifier(uint16_t tag)
{
	return tag == DW_TAG_const_type || tag == DW_TAG_volatile_type || tag == DW_TAG_restrict_type ||
	       tag == DW_TAG_atomic_type || tag == DW_TAG_immutable_type || tag == DW_TAG_packed_type ||
	       tag == DW_TAG_shared_type;
}

static struct sym_type *made_up(struct sym_module *m, enum sym_type_kind kind, struct str name)
{
	struct sym_type *t = ARENA_NEW(&m->arena, struct sym_type);
	*t = (struct sym_type){ .module = m,
				.kind = kind,
				.bare = name,
				.name = name,
				.named = true,
				.members_read = true,
				.align = 1 };
	return t;
}

const struct sym_type *type_void(struct sym_module *m)
{
	if (!m->void_type)
		m->void_type = made_up(m, SYM_TYPE_VOID, STR_LIT("void"));
	return m->void_type;
}

static struct sym_type *unknown(struct sym_module *m)
{
	if (!m->unknown_type)
		m->unknown_type = made_up(m, SYM_TYPE_UNKNOWN, STR_LIT("<unknown type>"));
	return m->unknown_type;
}

bool type_is_rust(const struct sym_type *t)
{
	return t->unit && unit_is_rust(t->unit);
}

/* ---- building ---- */

static enum sym_type_kind base_kind(const struct sym_type *t)
{
	switch (t->encoding) {
	case DW_ATE_boolean:
		return SYM_TYPE_BOOL;
	case DW_ATE_signed_char:
	case DW_ATE_unsigned_char:
		if (!type_is_rust(t) || str_is(t->bare, "char"))
			return SYM_TYPE_CHAR;
		return t->encoding == DW_ATE_signed_char ? SYM_TYPE_SIGNED : SYM_TYPE_UNSIGNED;
	case DW_ATE_UTF:
	case DW_ATE_UCS:
	case DW_ATE_ASCII:
		return SYM_TYPE_CHAR;
	case DW_ATE_float:
	case DW_ATE_imaginary_float:
		return SYM_TYPE_FLOAT;
	case DW_ATE_complex_float:
		return SYM_TYPE_COMPLEX;
	case DW_ATE_signed:
	case DW_ATE_signed_fixed:
		return SYM_TYPE_SIGNED;
	case DW_ATE_unsigned:
	case DW_ATE_unsigned_fixed:
	case DW_ATE_address:
		/* rustc writes `()` and `!` as unsigned integers without bytes. */
		return t->has_size && t->size == 0 ? SYM_TYPE_STRUCT : SYM_TYPE_UNSIGNED;
	default:
		return SYM_TYPE_UNKNOWN;
	}
}

static bool has_variant_part(const struct dw_cursor *die)
{
	struct dw_cursor c = *die;
	if (!c.abbrev->children)
		return false;
	while (dw_cursor_next(&c) && c.abbrev) {
		if (c.abbrev->tag == DW_TAG_variant_part)
			return true;
		if (!dw_cursor_skip_children(&c))
			break;
	}
	return false;
}

static enum sym_type_kind kind_of(const struct sym_type *t, const struct dw_cursor *c)
{
	switch (t->tag) {
	case DW_TAG_base_type:
		return base_kind(t);
	case DW_TAG_pointer_type:
		return type_is_rust(t) && t->bare.len && t->bare.ptr[0] == '&' ? SYM_TYPE_REFERENCE
									       : SYM_TYPE_POINTER;
	case DW_TAG_reference_type:
	case DW_TAG_rvalue_reference_type:
		return SYM_TYPE_REFERENCE;
	case DW_TAG_structure_type:
	case DW_TAG_class_type:
	case DW_TAG_interface_type:
		return type_is_rust(t) && has_variant_part(c) ? SYM_TYPE_VARIANT : SYM_TYPE_STRUCT;
	case DW_TAG_union_type:
		return SYM_TYPE_UNION;
	case DW_TAG_enumeration_type:
		return SYM_TYPE_ENUM;
	case DW_TAG_array_type:
		return SYM_TYPE_ARRAY;
	case DW_TAG_subroutine_type:
	case DW_TAG_subprogram:
		return SYM_TYPE_FUNCTION;
	case DW_TAG_typedef:
	case DW_TAG_template_alias:
		return SYM_TYPE_ALIAS;
	default:
		return SYM_TYPE_UNKNOWN;
	}
}

struct dimension {
	uint64_t count;
	bool known;
};

static size_t read_dimensions(const struct dw_cursor *die, struct dimension ret[MAX_DIMENSIONS])
{
	struct dw_cursor c = *die;
	size_t count = 0;
	if (!c.abbrev->children)
		return 0;
	while (count < MAX_DIMENSIONS && dw_cursor_next(&c) && c.abbrev) {
		if (c.abbrev->tag == DW_TAG_subrange_type || c.abbrev->tag == DW_TAG_enumeration_type) {
			struct dimension d = { 0 };
			struct dw_value value;
			uint64_t lower = 0, upper;
			/* A block is an expression and a reference a variable: only the running program knows. */
			bool constant = dw_attr(&c, DW_AT_count, &value);
			if (constant && value.kind != DW_VALUE_BLOCK) {
				d.known = dw_value_unsigned(&value, &d.count);
			} else if (!constant && dw_attr(&c, DW_AT_upper_bound, &value) &&
				   value.kind != DW_VALUE_BLOCK && dw_value_unsigned(&value, &upper)) {
				if (dw_attr(&c, DW_AT_lower_bound, &value))
					dw_value_unsigned(&value, &lower);
				d.known = true;
				d.count = upper + 1 - lower; /* an upper bound of -1 is none at all */
			}
			ret[count++] = d;
		}
		if (!dw_cursor_skip_children(&c))
			break;
	}
	return count;
}

/* An array of several dimensions is an array of arrays; only the outermost has the DIE. */
static void build_array(struct sym_type *t, const struct dw_cursor *c)
{
	struct dimension dims[MAX_DIMENSIONS];
	size_t count = read_dimensions(c, dims);
	if (count == 0)
		return;
	struct sym_type *at = t;
	for (size_t i = 0;; i++) {
		at->count = dims[i].count;
		at->count_known = dims[i].known;
		if (i + 1 == count)
			break;
		struct sym_type *inner = ARENA_NEW(&t->module->arena, struct sym_type);
		*inner = (struct sym_type){ .module = t->module,
					    .unit = t->unit,
					    .kind = SYM_TYPE_ARRAY,
					    .tag = DW_TAG_array_type,
					    .members_read = true,
					    .has_target = t->has_target,
					    .target_id = t->target_id };
		at->target = inner;
		at = inner;
	}
}

static struct sym_type *build(struct sym_module *m, uint64_t id, struct sym_unit *u,
			      const struct dw_cursor *c)
{
	struct sym_type *t = ARENA_NEW(&m->arena, struct sym_type);
	struct dw_value value;
	*t = (struct sym_type){ .module = m, .unit = u, .id = id, .path_id = id, .tag = c->abbrev->tag };
	uint64_t number;
	for (struct dw_attr_iter it = dw_attrs(c); dw_attr_next(&it, &value);) {
		switch (value.name) {
		case DW_AT_name:
			if (value.kind == DW_VALUE_STRING)
				t->bare = value.str;
			break;
		case DW_AT_byte_size:
			t->has_size = value.kind != DW_VALUE_BLOCK && dw_value_unsigned(&value, &t->size);
			break;
		case DW_AT_encoding:
			if (dw_value_unsigned(&value, &number))
				t->encoding = (uint8_t)number;
			break;
		case DW_AT_alignment:
			if (dw_value_unsigned(&value, &number) && number <= UINT32_MAX &&
			    !(number & (number - 1)))
				t->align = number;
			break;
		case DW_AT_type:
			t->has_target = die_ref(u, &value, &t->target_id);
			break;
		case DW_AT_specification: /* g++ puts a type unit's namespaces around a declaration */
			if (die_ref(u, &value, &number) && unit_by_id(m, number) == u)
				t->path_id = number;
			break;
		case DW_AT_declaration:
			t->declaration = value.kind == DW_VALUE_FLAG && value.u;
			break;
		case DW_AT_prototyped:
			t->prototyped = value.kind == DW_VALUE_FLAG && value.u;
			break;
		case AT_GNU_VECTOR:
			t->vector = true;
			break;
		}
	}
	if ((t->tag == DW_TAG_pointer_type || t->tag == DW_TAG_reference_type ||
	     t->tag == DW_TAG_rvalue_reference_type) &&
	    !t->has_size) {
		t->has_size = true;
		t->size = u->dw.address_size;
	}
	t->kind = kind_of(t, c);
	if (t->kind == SYM_TYPE_ARRAY)
		build_array(t, c);
	return t;
}

/* The same type with the name that its qualifiers give it; Rust has none. */
static struct sym_type *with_qualifiers(struct sym_module *m, uint64_t id, struct sym_type *t)
{
	struct dw_cursor c;
	struct sym_unit *u;
	if (t->kind == SYM_TYPE_UNKNOWN || (t->unit && unit_is_rust(t->unit)) ||
	    !die_at(m, id, &c, &u) || !is_qualifier(c.abbrev->tag) || unit_is_rust(u))
		return t;
	struct sym_type *q = ARENA_NEW(&m->arena, struct sym_type);
	*q = *t;
	q->qualified = id;
	q->named = false;
	q->made_pointer = q->made_slice = NULL;
	q->made_arrays = q->next_array = q->made_qualified = q->next_qualified = NULL;
	if (!q->id) { /* void */
		q->name = c_declaration(m, true, id, STR_EMPTY, &m->arena);
		q->named = true;
	}
	return q;
}

const struct sym_type *type_get(struct sym_module *m, uint64_t id)
{
	uint64_t asked = id;
	struct sym_type *t = map_get_ptr(&m->types, id);
	for (int i = 0; !t; i++) {
		struct dw_cursor c;
		struct sym_unit *u;
		struct dw_value value;
		if (i == MAX_QUALIFIERS || !die_at(m, id, &c, &u)) {
			t = unknown(m);
		} else if (c.abbrev->tag == DW_TAG_unspecified_type) {
			t = (struct sym_type *)type_void(m);
		} else if (is_qualifier(c.abbrev->tag)) {
			if (!dw_attr(&c, DW_AT_type, &value))
				t = (struct sym_type *)type_void(m);
			else if (die_ref(u, &value, &id))
				t = map_get_ptr(&m->types, id);
			else
				t = unknown(m);
		} else if (dw_attr(&c, DW_AT_signature, &value) && die_ref(u, &value, &id)) {
			t = map_get_ptr(&m->types, id); /* the type itself is in a unit of its own */
		} else {
			t = build(m, id, u, &c);
			map_set_ptr(&m->types, id, t);
		}
	}
	if (asked != id) {
		t = with_qualifiers(m, asked, t);
		map_set_ptr(&m->types, asked, t);
	}
	return t;
}

/* ---- what a type is made of ---- */

/* LLVM leaves a declaration where a type is described in another unit (LTO), and a C file may know no more of it. */
void type_define(struct sym_type *t)
{
	if (!t->declaration || t->defined || !t->id)
		return;
	t->defined = true;
	uint64_t id = type_definition(t);
	const struct sym_type *d = id ? type_get(t->module, id) : NULL;
	if (!d || d == t)
		return;
	t->unit = d->unit;
	t->id = d->id;
	t->path_id = d->path_id;
	t->kind = d->kind;
	t->has_size = d->has_size;
	t->size = d->size;
	t->align = d->align;
	t->has_target = d->has_target;
	t->target_id = d->target_id;
	t->declaration = t->members_read = false;
}

enum sym_type_kind sym_type_kind(const struct sym_type *t)
{
	/* Which of Rust's structures are enums only their definition says. */
	if (t->declaration && t->kind == SYM_TYPE_STRUCT && type_is_rust(t))
		type_define((struct sym_type *)t);
	return t->kind;
}

struct str sym_type_bare_name(const struct sym_type *t)
{
	return t->bare;
}

struct sym_module *sym_type_module(const struct sym_type *t)
{
	return t->module;
}

const struct sym_type *sym_type_target(const struct sym_type *type)
{
	struct sym_type *t = (struct sym_type *)type;
	if (t->target)
		return t->target;
	if (t->kind == SYM_TYPE_ENUM)
		type_define(t);
	if (t->has_target)
		t->target = type_get(t->module, t->target_id);
	else if (t->kind == SYM_TYPE_POINTER || t->kind == SYM_TYPE_REFERENCE)
		t->target = type_void(t->module);
	return t->target;
}

const struct sym_type *type_behind_aliases(const struct sym_type *t)
{
	for (int i = 0; i < SYM_MAX_NESTING && t->kind == SYM_TYPE_ALIAS; i++) {
		const struct sym_type *target = sym_type_target(t);
		if (!target)
			return type_void(t->module);
		t = target;
	}
	return t->kind == SYM_TYPE_ALIAS ? unknown(t->module) : t;
}

uint64_t sym_type_count(const struct sym_type *t, bool *ret_known)
{
	*ret_known = t->count_known;
	return t->count;
}

static uint64_t size_within(const struct sym_type *t, int depth)
{
	t = type_behind_aliases(t);
	type_define((struct sym_type *)t);
	if (t->has_size || depth == 0)
		return t->size;
	const struct sym_type *target = sym_type_target(t);
	uint64_t size = 0;
	if (t->kind == SYM_TYPE_ARRAY && t->count_known && target &&
	    __builtin_mul_overflow(size_within(target, depth - 1), t->count, &size))
		return 0;
	if (t->kind == SYM_TYPE_ENUM && target)
		size = size_within(target, depth - 1);
	return size;
}

uint64_t sym_type_size(const struct sym_type *t)
{
	return size_within(t, SYM_MAX_NESTING);
}

static uint64_t highest_power(uint64_t n)
{
	return n ? n & -n : 1;
}

static uint64_t align_within(struct sym_type *t, int depth);

static void align_member(const struct sym_member *member, uint64_t *align, int depth)
{
	uint64_t its = align_within((struct sym_type *)member->type, depth);
	/* Packed: a member that stands where its type could not. */
	while (its > 1 && member->offset % its != 0)
		its /= 2;
	if (its > *align)
		*align = its;
}

static uint64_t align_within(struct sym_type *t, int depth)
{
	t = (struct sym_type *)type_behind_aliases(t);
	type_define(t);
	if (t->align || depth == 0 || t->measuring)
		return t->align ? t->align : 1;
	t->measuring = true;
	uint64_t align = 1, size = sym_type_size(t);
	const struct sym_type *target;
	switch (t->kind) {
	case SYM_TYPE_STRUCT:
	case SYM_TYPE_UNION:
	case SYM_TYPE_VARIANT:
		type_read_members(t);
		for (size_t i = 0; i < t->member_count; i++)
			align_member(&t->members[i], &align, depth - 1);
		if (t->variants) {
			if (t->variants->has_discr)
				align_member(&t->variants->discr, &align, depth - 1);
			for (size_t i = 0; i < t->variants->count; i++)
				align_member(&t->variants->variants[i].member, &align, depth - 1);
		}
		if (size % align != 0)
			align = highest_power(size);
		break;
	case SYM_TYPE_ARRAY:
		target = sym_type_target(t);
		align = t->vector ? highest_power(size)
			: target  ? align_within((struct sym_type *)target, depth - 1)
				  : 1;
		break;
	case SYM_TYPE_COMPLEX:
		align = highest_power(size / 2);
		break;
	default:
		align = highest_power(size);
		if (align > 16)
			align = 16;
		break;
	}
	t->measuring = false;
	t->align = align;
	return align;
}

uint64_t sym_type_align(const struct sym_type *t)
{
	return align_within((struct sym_type *)t, SYM_MAX_NESTING);
}

/* ---- members ---- */

struct collector {
	struct sym_type *type;
	VEC(struct sym_member) members;
	VEC(struct sym_enumerator) enumerators;
	VEC(uint64_t) params;
};

/* DW_OP_plus_uconst N or DW_OP_constu N, as DWARF 2 compilers write an offset. */
static bool offset_of_block(struct dw_span block, uint64_t *ret)
{
	struct reader r = reader_init(block.data, block.size);
	uint8_t op = reader_u8(&r);
	uint64_t n = reader_uleb(&r);
	if (r.failed || (op != DW_OP_plus_uconst && op != DW_OP_constu))
		return false;
	*ret = n;
	return true;
}

struct bits {
	uint64_t size, data_offset, old_offset, storage;
	bool has_data, has_old, has_storage;
};

/* A bit field's place within the storage unit of its type (D5 5.7.6; bit_offset counts from the other end, D3 5.6.6). */
static void place_bits(struct sym_member *member, const struct bits *b)
{
	uint64_t storage = b->has_storage ? b->storage : sym_type_size(member->type),
		 first = b->data_offset;
	if (b->size == 0 || b->size > UINT32_MAX || storage == 0 || storage > 64)
		return;
	if (b->has_old && !b->has_data)
		first = member->offset * 8 + storage * 8 - b->old_offset - b->size;
	else if (!b->has_data)
		first = member->offset * 8;
	uint64_t offset = first / 8 / storage * storage;
	if (first - offset * 8 + b->size > storage * 8)
		offset = first / 8;
	member->offset = offset;
	member->bit_offset = (uint32_t)(first - offset * 8);
	member->bit_size = (uint32_t)b->size;
}

/* False for a static member, which has no place in the object. */
static bool read_member(struct sym_unit *u, const struct dw_cursor *c, struct sym_member *ret)
{
	struct sym_module *m = u->module;
	struct sym_member member = { 0 };
	struct bits bits = { 0 };
	struct dw_value value;
	uint64_t id;
	for (struct dw_attr_iter it = dw_attrs(c); dw_attr_next(&it, &value);) {
		switch (value.name) {
		case DW_AT_name:
			if (value.kind == DW_VALUE_STRING)
				member.name = value.str;
			break;
		case DW_AT_type:
			if (die_ref(u, &value, &id))
				member.type = type_get(m, id);
			break;
		case DW_AT_data_member_location:
			if (value.kind == DW_VALUE_BLOCK)
				offset_of_block(value.block, &member.offset);
			else
				dw_value_unsigned(&value, &member.offset);
			break;
		case DW_AT_bit_size:
			dw_value_unsigned(&value, &bits.size);
			break;
		case DW_AT_data_bit_offset:
			bits.has_data = dw_value_unsigned(&value, &bits.data_offset);
			break;
		case DW_AT_bit_offset:
			bits.has_old = dw_value_unsigned(&value, &bits.old_offset);
			break;
		case DW_AT_byte_size:
			bits.has_storage = dw_value_unsigned(&value, &bits.storage);
			break;
		case DW_AT_external:
		case DW_AT_declaration:
			return false;
		}
	}
	if (!member.type)
		member.type = unknown(m);
	place_bits(&member, &bits);
	*ret = member;
	return true;
}

static void read_discr_value(const struct dw_cursor *c, uint64_t width, struct sym_variant *ret)
{
	struct dw_value value;
	ret->is_default = true;
	if (!dw_attr(c, DW_AT_discr_value, &value))
		return;
	ret->is_default = false;
	if (value.kind == DW_VALUE_BLOCK) {
		struct reader r = reader_init(value.block.data, value.block.size);
		ret->discr = reader_uint(&r, value.block.size < 8 ? value.block.size : 8);
		if (value.block.size > 8)
			ret->discr_high = reader_uint(&r, value.block.size < 16 ? value.block.size - 8 : 8);
	} else {
		dw_value_unsigned(&value, &ret->discr);
	}
	if (width < 8)
		ret->discr &= (UINT64_C(1) << width * 8) - 1;
}

/* DW_TAG_variant: its discriminant value and the one member that holds its payload. The cursor ends behind it. */
static bool read_variant(struct sym_unit *u, struct dw_cursor *c, uint64_t width, struct sym_variant *ret)
{
	*ret = (struct sym_variant){ 0 };
	read_discr_value(c, width, ret);
	if (!c->abbrev->children)
		return false;
	bool found = false;
	while (dw_cursor_next(c) && c->abbrev) {
		if (c->abbrev->tag == DW_TAG_member && !found && read_member(u, c, &ret->member)) {
			ret->name = ret->member.name;
			found = true;
		}
		if (!dw_cursor_skip_children(c))
			return false;
	}
	return found;
}

static void read_variant_part(struct collector *k, const struct dw_cursor *die)
{
	struct sym_unit *u = k->type->unit;
	struct sym_module *m = u->module;
	struct sym_variant_part part = { 0 };
	struct dw_cursor c;
	struct dw_value value;
	uint64_t id;
	struct sym_unit *discr_unit;

	if (dw_attr(die, DW_AT_discr, &value) && die_ref(u, &value, &id) &&
	    die_at(m, id, &c, &discr_unit) && c.abbrev->tag == DW_TAG_member)
		part.has_discr = read_member(discr_unit, &c, &part.discr);
	uint64_t width = part.has_discr ? sym_type_size(part.discr.type) : 8;
	VEC(struct sym_variant) variants = { 0 };
	c = *die;
	if (c.abbrev->children) {
		while (dw_cursor_next(&c) && c.abbrev && variants.count < SYM_MAX_MEMBERS) {
			struct sym_variant variant;
			if (c.abbrev->tag == DW_TAG_variant) {
				if (read_variant(u, &c, width, &variant))
					vec_push(&variants, variant);
			} else if (!dw_cursor_skip_children(&c)) {
				break;
			}
		}
	}
	part.count = variants.count;
	if (variants.count)
		part.variants =
			arena_copy(&m->arena, variants.data, variants.count * sizeof *variants.data);
	vec_free(&variants);
	k->type->variants = arena_copy(&m->arena, &part, sizeof part);
}

static void read_enumerator(struct collector *k, const struct dw_cursor *c)
{
	struct sym_enumerator e = { 0 };
	struct dw_value value;
	if (dw_attr(c, DW_AT_name, &value) && value.kind == DW_VALUE_STRING)
		e.name = value.str;
	if (dw_attr(c, DW_AT_const_value, &value)) {
		const struct sym_type *target = sym_type_target(k->type);
		uint64_t number;
		/* data1 to data8 do not say whether they are signed: the integer behind the enum does. */
		bool is_signed = target && type_behind_aliases(target)->kind == SYM_TYPE_SIGNED;
		if (is_signed)
			dw_value_signed(&value, &e.value);
		else if (dw_value_unsigned(&value, &number))
			e.value = (int64_t)number;
	}
	vec_push(&k->enumerators, e);
}

static void collect(struct collector *k, const struct dw_cursor *c)
{
	struct sym_type *t = k->type;
	struct sym_member member;
	struct dw_value value;
	uint64_t id;
	switch (c->abbrev->tag) {
	case DW_TAG_member:
	case DW_TAG_inheritance:
		if (k->members.count < SYM_MAX_MEMBERS && read_member(t->unit, c, &member))
			vec_push(&k->members, member);
		break;
	case DW_TAG_enumerator:
		if (k->enumerators.count < SYM_MAX_MEMBERS)
			read_enumerator(k, c);
		break;
	case DW_TAG_variant_part:
		if (!t->variants)
			read_variant_part(k, c);
		break;
	case DW_TAG_formal_parameter:
		if (k->params.count < SYM_MAX_PARAMS)
			vec_push(&k->params,
				 dw_attr(c, DW_AT_type, &value) && die_ref(t->unit, &value, &id) ? id : 0);
		break;
	case DW_TAG_unspecified_parameters:
		t->varargs = true;
		break;
	}
}

void type_read_members(struct sym_type *t)
{
	struct dw_cursor c;
	struct sym_unit *u;
	type_define(t);
	if (t->members_read)
		return;
	t->members_read = true;
	if (!t->id || !die_at(t->module, t->id, &c, &u) || !c.abbrev->children)
		return;
	struct collector k = { .type = t };
	while (dw_cursor_next(&c) && c.abbrev) {
		collect(&k, &c);
		if (!dw_cursor_skip_children(&c))
			break;
	}
	module_trouble(t->module, dw_cursor_error(&c));
	struct arena *arena = &t->module->arena;
	t->member_count = k.members.count;
	if (k.members.count)
		t->members = arena_copy(arena, k.members.data, k.members.count * sizeof *k.members.data);
	t->enumerator_count = k.enumerators.count;
	if (k.enumerators.count)
		t->enumerators = arena_copy(arena, k.enumerators.data,
					    k.enumerators.count * sizeof *k.enumerators.data);
	t->param_count = k.params.count;
	if (k.params.count)
		t->params = arena_copy(arena, k.params.data, k.params.count * sizeof *k.params.data);
	vec_free(&k.members);
	vec_free(&k.enumerators);
	vec_free(&k.params);
}

size_t sym_type_members(const struct sym_type *type, const struct sym_member **ret)
{
	type_read_members((struct sym_type *)type);
	*ret = type->members;
	return type->member_count;
}

const struct sym_member *sym_type_member(const struct sym_type *t, const char *name)
{
	const struct sym_member *members;
	size_t count = sym_type_members(t, &members);
	for (size_t i = 0; i < count; i++)
		if (str_is(members[i].name, name))
			return &members[i];
	return NULL;
}

size_t sym_type_enumerators(const struct sym_type *type, const struct sym_enumerator **ret)
{
	type_read_members((struct sym_type *)type);
	*ret = type->enumerators;
	return type->enumerator_count;
}

const struct sym_variant_part *sym_type_variants(const struct sym_type *type)
{
	type_read_members((struct sym_type *)type);
	return type->variants;
}
