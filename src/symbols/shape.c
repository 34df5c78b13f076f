/* Types flattened to their scalars, for calling conventions. */
#include "symbols/symbols_internal.h"

#include <stdlib.h>

static bool flatten(const struct sym_type *t, uint64_t offset, struct arch_shape *shape, int depth);

static bool full(const struct arch_shape *shape)
{
	return shape->count > ARCH_SHAPE_MAX;
}

static void add_scalar(struct arch_shape *shape, uint64_t offset, uint64_t size,
		       enum arch_scalar_kind kind, uint64_t align)
{
	if (size == 0 || full(shape))
		return;
	if (align && offset % align != 0)
		shape->unaligned = true;
	for (uint32_t i = 0; i < shape->count; i++) {
		const struct arch_scalar *s = &shape->scalars[i];
		if (s->offset == offset && s->size == size && s->kind == (uint8_t)kind)
			return; /* another variant or union member of the same sort */
	}
	if (shape->count == ARCH_SHAPE_MAX || offset > UINT32_MAX || size > UINT32_MAX) {
		shape->count = ARCH_SHAPE_MAX + 1;
		return;
	}
	shape->scalars[shape->count++] =
		(struct arch_scalar){ (uint32_t)offset, (uint32_t)size, (uint8_t)kind };
}

static bool flatten_members(const struct sym_type *t, uint64_t offset, struct arch_shape *shape, int depth)
{
	const struct sym_member *members;
	size_t count = sym_type_members(t, &members);
	for (size_t i = 0; i < count && !full(shape); i++) {
		if (members[i].bit_size) {
			uint64_t first = members[i].offset + members[i].bit_offset / 8;
			uint64_t last = members[i].offset +
					(members[i].bit_offset + members[i].bit_size - 1) / 8;
			add_scalar(shape, offset + first, last - first + 1, ARCH_SCALAR_INT, 0);
		} else if (!flatten(members[i].type, offset + members[i].offset, shape, depth)) {
			return false;
		}
	}
	const struct sym_variant_part *part = sym_type_variants(t);
	if (!part)
		return true;
	if (part->has_discr && !flatten(part->discr.type, offset + part->discr.offset, shape, depth))
		return false;
	for (size_t i = 0; i < part->count && !full(shape); i++) {
		const struct sym_member *payload = &part->variants[i].member;
		if (!flatten(payload->type, offset + payload->offset, shape, depth))
			return false;
	}
	return true;
}

static bool flatten_array(const struct sym_type *t, uint64_t offset, struct arch_shape *shape, int depth)
{
	const struct sym_type *element = sym_type_target(t);
	uint64_t size = element ? sym_type_size(element) : 0;
	if (t->vector) {
		add_scalar(shape, offset, sym_type_size(t), ARCH_SCALAR_VECTOR, 0);
		return true;
	}
	shape->array = true;
	if (!element)
		return false;
	if (size == 0 || !t->count_known)
		return size == 0 ? flatten(element, offset, shape, depth)
				 : true; /* a flexible array takes no room */
	for (uint64_t i = 0; i < t->count && !full(shape); i++)
		if (!flatten(element, offset + i * size, shape, depth))
			return false;
	return true;
}

static bool flatten(const struct sym_type *t, uint64_t offset, struct arch_shape *shape, int depth)
{
	t = type_behind_aliases(t);
	uint64_t size = sym_type_size(t); /* a declaration becomes what it declares */
	if (depth == 0 || t->declaration)
		return false;
	switch (t->kind) {
	case SYM_TYPE_VOID:
		return true;
	case SYM_TYPE_BOOL:
	case SYM_TYPE_CHAR:
	case SYM_TYPE_SIGNED:
	case SYM_TYPE_UNSIGNED:
	case SYM_TYPE_POINTER:
	case SYM_TYPE_REFERENCE:
	case SYM_TYPE_ENUM:
		add_scalar(shape, offset, size, ARCH_SCALAR_INT, sym_type_align(t));
		return true;
	case SYM_TYPE_FLOAT:
		/* x86-64's long double is 10 bytes of x87 in 16; __float128 of the same size is not. */
		add_scalar(shape, offset, size,
			   str_is(t->bare, "long double") ? ARCH_SCALAR_X87 : ARCH_SCALAR_FLOAT,
			   sym_type_align(t));
		return true;
	case SYM_TYPE_COMPLEX: {
		enum arch_scalar_kind kind = size == 32 && str_contains(t->bare, STR_LIT("long double"))
						     ? ARCH_SCALAR_X87
						     : ARCH_SCALAR_FLOAT;
		add_scalar(shape, offset, size / 2, kind, sym_type_align(t));
		add_scalar(shape, offset + size / 2, size / 2, kind, sym_type_align(t));
		return true;
	}
	case SYM_TYPE_STRUCT:
	case SYM_TYPE_UNION:
	case SYM_TYPE_VARIANT:
		return flatten_members(t, offset, shape, depth - 1);
	case SYM_TYPE_ARRAY:
		return flatten_array(t, offset, shape, depth - 1);
	default:
		return false;
	}
}

static int compare_scalars(const void *a, const void *b)
{
	const struct arch_scalar *x = a, *y = b;
	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	return x->size < y->size ? -1 : x->size > y->size;
}

bool sym_type_shape(const struct sym_type *type, struct arch_shape *ret)
{
	const struct sym_type *t = type_behind_aliases(type);
	struct arch_shape shape = { .size = sym_type_size(t), .align = sym_type_align(t) };
	shape.aggregate = t->kind == SYM_TYPE_STRUCT || t->kind == SYM_TYPE_UNION ||
			  t->kind == SYM_TYPE_VARIANT || (t->kind == SYM_TYPE_ARRAY && !t->vector);
	if (!flatten(t, 0, &shape, SYM_MAX_NESTING))
		return false;
	if (!full(&shape))
		qsort(shape.scalars, shape.count, sizeof *shape.scalars, compare_scalars);
	*ret = shape;
	return true;
}

/* ---- calls ---- */

enum arch_convention sym_function_convention(const struct sym_function *function, bool *ret_guess)
{
	const struct function_attrs *a = function_attrs((struct sym_function *)function);
	const struct sym_unit *home = a->path_unit ? a->path_unit : function->unit;
	*ret_guess = false;
	if (a->convention == DW_CC_LLVM_Win64)
		return ARCH_CC_WIN64;
	/* DWARF does not tell extern "C" from extern "Rust"; a name that nobody mangled was made for other languages. */
	if (!unit_is_rust(home) || !name_is_rust_mangled(a->linkage))
		return ARCH_CC_SYSV;
	*ret_guess = true;
	return ARCH_CC_RUST;
}

/* rustc leaves a closure's own environment out of its parameters when it names what it captures instead. */
static bool environment_is_missing(const struct sym_function *f,
				   const struct sym_variable *const *params, size_t count)
{
	const struct function_attrs *a = function_attrs((struct sym_function *)f);
	if (!str_starts(a->name, STR_LIT("{closure#")))
		return false;
	return count == 0 ||
	       !str_contains(sym_type_name(sym_variable_type(params[0])), STR_LIT("{closure_env#"));
}

bool sym_function_call_as(const struct sym_function *f, enum arch_convention convention,
			  struct arch_call *ret)
{
	const struct arch *arch = f->unit->module->arch;
	const struct sym_variable *const *params;
	size_t count = sym_function_params(f, &params);
	const struct sym_type *result = sym_function_result(f);
	struct arch_shape result_shape = { 0 };

	if (!arch || !arch->classify || count > ARCH_MAX_ARGS ||
	    environment_is_missing(f, params, count) || (result && !sym_type_shape(result, &result_shape)))
		return false;
	struct arch_shape *shapes = xmalloc((count + 1) * sizeof *shapes);
	bool known = true;
	for (size_t i = 0; i < count && known; i++)
		known = sym_type_shape(sym_variable_type(params[i]), &shapes[i]);
	if (known)
		arch->classify(convention, &result_shape, shapes, count, ret);
	free(shapes);
	return known;
}

bool sym_function_call(const struct sym_function *f, struct arch_call *ret)
{
	bool guess;
	return sym_function_call_as(f, sym_function_convention(f, &guess), ret);
}
