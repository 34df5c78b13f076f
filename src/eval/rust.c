/* Rust's structures: fat pointers, String, Vec, enums with data, tuples. Shapes are known by their
 * members, whose names have stayed the same from rustc 1.63 on; offsets come from the debug
 * information. */
#include "eval/format.h"

enum {
	MAX_POINTER_SEARCH = 6, /* Vec → RawVec → RawVecInner → Unique → NonNull → pointer */
	MAX_UNINHABITED_DEPTH = 4,
};

static const struct sym_member *member(const struct sym_type *type, const char *name)
{
	return type ? sym_type_member(type, name) : NULL;
}

static bool member_number(const struct sym_member *m, struct format_bytes bytes, uint64_t *ret)
{
	const struct sym_type *type = m ? format_resolve(m->type) : NULL;
	return type && format_number(bytes, m->offset, sym_type_size(type), ret);
}

/* Text or elements behind a pointer and a length. False when they do not hold together: then the bare
 * members say more. */
static bool text_at(struct format *f, uint64_t addr, uint64_t length)
{
	uint8_t text[EVAL_MAX_STRING];
	size_t size = length < sizeof text ? (size_t)length : sizeof text;
	if (length > INT64_MAX || !format_read(f, addr, text, size))
		return false;
	format_text(f->out, text, size, length > size);
	return true;
}

static bool elements_at(struct format *f, const struct sym_type *element, uint64_t addr, uint64_t length,
			const char *open, int depth)
{
	uint8_t bytes[EVAL_MAX_BYTES];
	uint64_t size = element ? sym_type_size(element) : 0, wanted = length;
	if (!element || length > INT64_MAX)
		return false;
	if (size) {
		if (length > INT64_MAX / size)
			return false;
		if (wanted > FORMAT_MAX_ELEMENTS)
			wanted = FORMAT_MAX_ELEMENTS;
		if (wanted > sizeof bytes / size)
			wanted = sizeof bytes / size;
		if (!format_read(f, addr, bytes, (size_t)(wanted * size)))
			return false;
	} else {
		wanted = 0;
	}
	format_elements(f, element, (struct format_bytes){ bytes, (size_t)(wanted * size), NULL },
			length, open, "]", depth);
	return true;
}

bool format_box_content(struct str name, struct str *ret)
{
	/* rustc gives this type its whole path as the bare name. */
	static const char *const prefixes[] = { "alloc::boxed::Box<", "Box<" };
	for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
		struct str prefix = str_from(prefixes[i]);
		if (!str_starts(name, prefix))
			continue;
		struct str content = str_sub(name, prefix.len, SIZE_MAX);
		size_t end = str_rfind(content, STR_LIT(", alloc::alloc::Global>"));
		if (end == SIZE_MAX)
			end = content.len ? content.len - 1 : 0;
		*ret = str_sub(content, 0, end);
		return true;
	}
	return false;
}

/* What stands before the elements of "&mut [u8]", "&[u8]", "Box<[u8]>". */
static const char *slice_open(struct str name)
{
	struct str content;
	if (format_box_content(name, &content))
		return "[";
	return str_starts(name, STR_LIT("&mut ")) ? "&mut [" : "&[";
}

static bool fat_pointer(struct format *f, const struct sym_type *type, struct format_bytes bytes, int depth)
{
	const struct sym_member *data = member(type, "data_ptr"), *length = member(type, "length");
	uint64_t addr, count;
	if (!data || !length || !member_number(data, bytes, &addr) || !member_number(length, bytes, &count))
		return false;
	struct str name = sym_type_bare_name(type);
	const struct sym_type *pointer = format_resolve(data->type);
	const struct sym_type *element = pointer ? format_resolve(sym_type_target(pointer)) : NULL;
	struct str content;
	if (str_ends(name, STR_LIT("str")) ||
	    (format_box_content(name, &content) && str_is(content, "str")))
		return text_at(f, addr, count);
	return depth < FORMAT_MAX_DEPTH && elements_at(f, element, addr, count, slice_open(name), depth);
}

static bool dyn_pointer(struct format *f, const struct sym_type *type, struct format_bytes bytes)
{
	const struct sym_member *pointer = member(type, "pointer"), *vtable = member(type, "vtable");
	uint64_t addr;
	if (!pointer || !vtable || !member_number(pointer, bytes, &addr))
		return false;
	struct str name = sym_type_bare_name(type), content;
	if (format_box_content(name, &content))
		buf_printf(f->out, "Box<%.*s> 0x%jx", STR_ARG(content), (uintmax_t)addr);
	else
		buf_printf(f->out, "%.*s 0x%jx", STR_ARG(name), (uintmax_t)addr);
	return true;
}

/* The first pointer inside a structure, searched depth first. */
static const struct sym_type *find_pointer(const struct sym_type *type, uint64_t offset, int depth,
					   uint64_t *ret_offset)
{
	type = format_resolve(type);
	if (!type || depth > MAX_POINTER_SEARCH)
		return NULL;
	if (sym_type_kind(type) == SYM_TYPE_POINTER) {
		*ret_offset = offset;
		return type;
	}
	const struct sym_member *members;
	size_t count = sym_type_kind(type) == SYM_TYPE_STRUCT ? sym_type_members(type, &members) : 0;
	for (size_t i = 0; i < count && i < FORMAT_MAX_ELEMENTS; i++) {
		const struct sym_type *found =
			find_pointer(members[i].type, offset + members[i].offset, depth + 1, ret_offset);
		if (found)
			return found;
	}
	return NULL;
}

/* Vec<T> {buf: RawVec<T>, len}: where its elements are. */
static bool vec_parts(const struct sym_type *type, struct format_bytes bytes, uint64_t *ret_addr,
		      uint64_t *ret_length, const struct sym_type **ret_element)
{
	const struct sym_member *buf = member(type, "buf"), *len = member(type, "len");
	uint64_t offset;
	if (!buf || !len || !member_number(len, bytes, ret_length))
		return false;
	const struct sym_type *pointer = find_pointer(buf->type, buf->offset, 0, &offset);
	if (!pointer || !format_number(bytes, offset, sym_type_size(pointer), ret_addr))
		return false;
	const struct sym_type *element = sym_type_argument(type, 0);
	*ret_element = format_resolve(element ? element : sym_type_target(pointer));
	return true;
}

/* A buffer that cannot be what its fields say: these, without the wrappers around them. */
static void bad_buffer(struct format *f, const char *name, uint64_t addr, uint64_t length)
{
	buf_printf(f->out, "%s { ptr: 0x%jx, len: %ju }", name, (uintmax_t)addr, (uintmax_t)length);
}

static bool vector(struct format *f, const struct sym_type *type, struct format_bytes bytes, int depth)
{
	uint64_t addr, length;
	const struct sym_type *element;
	if (depth >= FORMAT_MAX_DEPTH || !vec_parts(type, bytes, &addr, &length, &element))
		return false;
	if (!elements_at(f, element, addr, length, "[", depth))
		bad_buffer(f, "Vec", addr, length);
	return true;
}

static bool string(struct format *f, const struct sym_type *type, struct format_bytes bytes)
{
	const struct sym_member *vec = member(type, "vec");
	const struct sym_type *vec_type = vec ? format_resolve(vec->type) : NULL, *element;
	uint64_t addr, length;
	if (!vec_type || !vec_parts(vec_type, format_sub(bytes, vec->offset, sym_type_size(vec_type)),
				    &addr, &length, &element))
		return false;
	if (!text_at(f, addr, length))
		bad_buffer(f, "String", addr, length);
	return true;
}

bool format_rust_known(struct format *f, const struct sym_type *type, struct format_bytes bytes, int depth)
{
	struct str name = sym_type_bare_name(type);
	if (fat_pointer(f, type, bytes, depth) || dyn_pointer(f, type, bytes))
		return true;
	if (str_is(name, "String"))
		return string(f, type, bytes);
	return str_starts(name, STR_LIT("Vec<")) && vector(f, type, bytes, depth);
}

/* "Wrapper" of "Wrapper<alloc::string::String>", as Debug writes it. A name that begins with '<' or '{'
 * stays whole. */
static struct str without_generics(struct str name)
{
	size_t at = str_find(name, STR_LIT("<"));
	return at == SIZE_MAX || at == 0 ? name : str_sub(name, 0, at);
}

static bool is_tuple_field(const struct sym_member *m, size_t index)
{
	if (!str_starts(m->name, STR_LIT("__")) || m->name.len < 3)
		return false;
	uint64_t number = 0;
	for (size_t i = 2; i < m->name.len && i < 8; i++) {
		if (m->name.ptr[i] < '0' || m->name.ptr[i] > '9')
			return false;
		number = number * 10 + (uint64_t)(m->name.ptr[i] - '0');
	}
	return number == index;
}

static void fields(struct format *f, const struct sym_member *members, size_t count, bool tuple,
		   struct format_bytes bytes, int depth)
{
	for (size_t i = 0; i < count && !format_full(f); i++) {
		if (i)
			buf_str(f->out, STR_LIT(", "));
		if (i == FORMAT_MAX_ELEMENTS) {
			buf_str(f->out, STR_LIT("…"));
			return;
		}
		if (!tuple) {
			buf_str(f->out, members[i].name);
			buf_str(f->out, STR_LIT(": "));
		}
		format_member(f, &members[i], bytes, depth + 1);
	}
}

void format_rust_struct(struct format *f, const struct sym_type *type, struct str name,
			struct format_bytes bytes, int depth)
{
	const struct sym_member *members;
	size_t count = sym_type_members(type, &members);
	bool is_tuple_type = str_starts(name, STR_LIT("("));
	bool tuple = count > 0;
	for (size_t i = 0; i < count && tuple; i++)
		tuple = is_tuple_field(&members[i], i);
	if (!is_tuple_type)
		buf_str(f->out, without_generics(name));
	if (!count) {
		buf_str(f->out, is_tuple_type ? STR_LIT("()") : STR_EMPTY);
		return;
	}
	bool spaced = !tuple && !is_tuple_type;
	buf_str(f->out, spaced ? STR_LIT(" { ") : STR_LIT("("));
	if (depth >= FORMAT_MAX_DEPTH)
		buf_str(f->out, STR_LIT("…"));
	else
		fields(f, members, count, !spaced, bytes, depth);
	if (is_tuple_type && count == 1)
		buf_char(f->out, ',');
	buf_str(f->out, spaced ? STR_LIT(" }") : STR_LIT(")"));
}

/* ---- enums with data ---- */

/* `!`, an enum without variants, or a structure that holds one: no value of it can exist. */
static bool uninhabited(const struct sym_type *type, int depth)
{
	type = format_resolve(type);
	if (!type || depth > MAX_UNINHABITED_DEPTH)
		return false;
	const struct sym_enumerator *enumerators;
	const struct sym_member *members;
	const struct sym_variant_part *part;
	size_t count;
	switch (sym_type_kind(type)) {
	case SYM_TYPE_ENUM:
		return sym_type_enumerators(type, &enumerators) == 0;
	case SYM_TYPE_VARIANT:
		part = sym_type_variants(type);
		return !part || part->count == 0;
	case SYM_TYPE_STRUCT:
		count = sym_type_members(type, &members);
		for (size_t i = 0; i < count && i < FORMAT_MAX_ELEMENTS; i++)
			if (uninhabited(members[i].type, depth + 1))
				return true;
		return false;
	default:
		return str_is(sym_type_bare_name(type), "!");
	}
}

/* The discriminant as an unsigned number of its width. */
static bool read_discriminant(const struct sym_variant_part *part, struct format_bytes bytes,
			      uint64_t *ret_low, uint64_t *ret_high)
{
	const struct sym_type *type = format_resolve(part->discr.type);
	uint64_t size = type ? sym_type_size(type) : 0, low, high = 0;
	if (!format_number(bytes, part->discr.offset, size < 8 ? size : 8, &low) ||
	    (size > 8 && !format_number(bytes, part->discr.offset + 8, size - 8 < 8 ? size - 8 : 8, &high)))
		return false;
	*ret_low = low;
	*ret_high = high;
	return true;
}

static const struct sym_variant *active_variant(const struct sym_variant_part *part,
						struct format_bytes bytes)
{
	const struct sym_variant *fallback = NULL;
	if (!part->has_discr) {
		for (size_t i = 0; i < part->count; i++)
			if (!uninhabited(part->variants[i].member.type, 0))
				return &part->variants[i];
		return NULL;
	}
	uint64_t low, high;
	if (!read_discriminant(part, bytes, &low, &high))
		return NULL;
	for (size_t i = 0; i < part->count; i++) {
		const struct sym_variant *v = &part->variants[i];
		if (v->is_default)
			fallback = v;
		else if (v->discr == low && v->discr_high == high)
			return v;
	}
	return fallback;
}

void format_variant(struct format *f, const struct sym_type *type, struct format_bytes bytes, int depth)
{
	const struct sym_variant_part *part = sym_type_variants(type);
	const struct sym_variant *v = part ? active_variant(part, bytes) : NULL;
	uint64_t low, high;
	if (!v && part && part->has_discr && part->discr.type &&
	    format_lost(format_sub(bytes, part->discr.offset, sym_type_size(part->discr.type)), false)) {
		buf_str(f->out, STR_LIT("<optimized out>"));
		return;
	}
	if (!v) {
		buf_printf(f->out, "<no %.*s", STR_ARG(without_generics(sym_type_bare_name(type))));
		if (part && part->has_discr && read_discriminant(part, bytes, &low, &high))
			buf_printf(f->out, ": discriminant 0x%jx", (uintmax_t)low);
		buf_char(f->out, '>');
		return;
	}
	const struct sym_type *payload = format_resolve(v->member.type);
	if (!payload) {
		buf_str(f->out, v->name);
		return;
	}
	/* The name is the variant's: a coroutine's payloads have names of their own ("Suspend0" for
	 * variant "3"). */
	struct str name = v->name.len && (v->name.ptr[0] < '0' || v->name.ptr[0] > '9')
				  ? v->name
				  : sym_type_bare_name(payload);
	format_rust_struct(f, payload, name, format_sub(bytes, v->member.offset, sym_type_size(payload)),
			   depth);
}
