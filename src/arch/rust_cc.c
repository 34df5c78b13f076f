/* The convention of extern "Rust" on x86-64, as rustc 1.63 to 1.95 compile it: what layout calls a scalar or a scalar pair goes
 * to LLVM as one or two values; other types of up to 8 bytes as an integer; the rest by a pointer to a copy. LLVM gives each
 * value the next register of System V's lists, on its own. */
#include "arch/convention.h"

#include <assert.h>

static const uint16_t int_regs[6] = { ARCH_RDI, ARCH_RSI, ARCH_RDX, ARCH_RCX, ARCH_R8, ARCH_R9 };

/* The values that a type is handed to LLVM as. */
struct values {
	size_t count; /* 0: by pointer */
	struct arch_scalar v[2];
};

static uint64_t align_up(uint64_t n, uint64_t align)
{
	return align ? (n + align - 1) / align * align : n;
}

/* The distinct scalars of a shape; variants of an enum and fields of a union lie over each other and count once when they are of
 * one class and size. False when they differ or are more than two. */
static bool distinct_scalars(const struct arch_shape *shape, struct values *ret)
{
	*ret = (struct values){ 0 };
	if (shape->count > ARCH_SHAPE_MAX)
		return false;
	for (size_t i = 0; i < shape->count; i++) {
		const struct arch_scalar *scalar = &shape->scalars[i];
		const struct arch_scalar *last = ret->count ? &ret->v[ret->count - 1] : NULL;
		if (last && scalar->offset < last->offset + (uint64_t)last->size) {
			if (scalar->offset != last->offset || scalar->size != last->size ||
			    scalar->kind != last->kind)
				return false;
			continue;
		}
		if (ret->count == 2)
			return false;
		ret->v[ret->count++] = *scalar;
	}
	return ret->count > 0;
}

static uint64_t scalar_align(const struct arch_scalar *scalar, const struct arch_shape *shape)
{
	/* u128 is aligned to 8 bytes before rustc 1.77. */
	return scalar->size > shape->align ? shape->align : scalar->size;
}

/* Layout's scalars have 1, 2, 4, 8 or 16 bytes; a base type in broken debug information may have any number. */
static bool is_scalar_size(uint32_t size)
{
	return size <= 16 && (size & (size - 1)) == 0;
}

/* Layout calls it a scalar or a pair only when nothing but those make up its size and alignment. */
static bool is_scalar_or_pair(const struct arch_shape *shape, const struct values *values)
{
	const struct arch_scalar *a = &values->v[0], *b = &values->v[1];
	if (shape->array || shape->unaligned || a->offset != 0 || a->kind == ARCH_SCALAR_VECTOR ||
	    a->kind == ARCH_SCALAR_X87 || !is_scalar_size(a->size))
		return false;
	if (values->count == 1)
		return a->size == shape->size;
	uint64_t a_align = scalar_align(a, shape), b_align = scalar_align(b, shape);
	return b->kind != ARCH_SCALAR_VECTOR && b->kind != ARCH_SCALAR_X87 && is_scalar_size(b->size) &&
	       b->offset == align_up(a->size, b_align) &&
	       shape->align == (a_align > b_align ? a_align : b_align) &&
	       shape->size == align_up(b->offset + (uint64_t)b->size, shape->align);
}

static void values_of(const struct arch_shape *shape, struct values *ret)
{
	if (distinct_scalars(shape, ret) && is_scalar_or_pair(shape, ret))
		return;
	*ret = (struct values){ 0 };
	bool vector = shape->count == 1 && shape->scalars[0].kind == ARCH_SCALAR_VECTOR;
	if (shape->size <= 8 && !vector) {
		ret->count = 1;
		ret->v[0] = (struct arch_scalar){ 0, (uint32_t)shape->size, ARCH_SCALAR_INT };
	}
}

static void add_part(struct arch_place *place, uint16_t reg, uint64_t offset, uint64_t size)
{
	place->regs[place->reg_count] = reg;
	place->part_offset[place->reg_count] = (uint16_t)offset;
	place->part_size[place->reg_count] = (uint16_t)size;
	place->reg_count++;
}

struct state {
	unsigned ints, floats; /* registers taken */
	uint64_t stack;        /* bytes of arguments on the stack */
	bool any_on_stack;     /* in the argument at hand */
};

static void to_stack(struct state *st, uint64_t offset, uint64_t size, struct arch_place *place)
{
	uint64_t align = size > 8 ? 16 : 8;
	st->stack = align_up(st->stack, align);
	if (!st->any_on_stack)
		place->stack_offset = (uint32_t)(st->stack + 8);
	st->any_on_stack = true;
	for (uint64_t done = 0; done < size; done += 8) {
		place->part_stack[place->reg_count] = (uint32_t)(st->stack + 8);
		add_part(place, ARCH_REG_NONE, offset + done, size - done < 8 ? size - done : 8);
		st->stack += 8;
	}
}

static void pass_value(const struct arch_scalar *value, struct state *st, struct arch_place *place)
{
	unsigned words = (value->size + 7) / 8;
	if (value->kind == ARCH_SCALAR_FLOAT) {
		if (st->floats < 8)
			add_part(place, (uint16_t)(ARCH_XMM0 + st->floats++), value->offset, value->size);
		else
			to_stack(st, value->offset, value->size, place);
	} else if (st->ints + words <= 6) {
		for (unsigned i = 0; i < words; i++)
			add_part(place, int_regs[st->ints++], value->offset + i * 8,
				 value->size - i * 8 < 8 ? value->size - i * 8 : 8);
	} else {
		to_stack(st, value->offset, value->size, place); /* u128 is not split (LLVM 20 and later) */
	}
}

static void pass(const struct arch_shape *shape, struct state *st, struct arch_place *ret)
{
	struct values values;

	*ret = (struct arch_place){ .kind = ARCH_PLACE_NONE };
	if (shape->size == 0)
		return;
	values_of(shape, &values);
	st->any_on_stack = false;
	if (values.count == 0) {
		const struct arch_scalar pointer = { 0, 8, ARCH_SCALAR_INT };
		pass_value(&pointer, st, ret);
		ret->kind = ARCH_PLACE_POINTER;
		if (st->any_on_stack)
			ret->reg_count = 0;
		return;
	}
	for (size_t i = 0; i < values.count; i++)
		pass_value(&values.v[i], st, ret);
	ret->kind = st->any_on_stack ? ARCH_PLACE_SPLIT : ARCH_PLACE_REGS;
	/* One value on the stack, or two whose slots are laid out as the type is, are simply there. */
	bool all_on_stack = st->any_on_stack;
	for (size_t i = 0; i < ret->reg_count; i++)
		all_on_stack = all_on_stack && ret->regs[i] == ARCH_REG_NONE &&
			       ret->part_stack[i] - ret->stack_offset == ret->part_offset[i];
	if (all_on_stack) {
		ret->kind = ARCH_PLACE_STACK;
		ret->reg_count = 0;
	}
}

static bool return_in_regs(const struct arch_shape *shape, struct arch_place *ret)
{
	static const uint16_t ints[2] = { ARCH_RAX, ARCH_RDX };
	unsigned int_count = 0, float_count = 0;
	struct values values;

	*ret = (struct arch_place){ .kind = ARCH_PLACE_NONE };
	if (shape->size == 0)
		return true;
	values_of(shape, &values);
	if (values.count == 0 || shape->size > 16)
		return false;
	for (size_t i = 0; i < values.count; i++) {
		const struct arch_scalar *value = &values.v[i];
		if (value->kind == ARCH_SCALAR_FLOAT) {
			add_part(ret, (uint16_t)(ARCH_XMM0 + float_count++), value->offset, value->size);
			continue;
		}
		for (uint32_t done = 0; done < value->size; done += 8) {
			assert(int_count < 2); /* the values' sizes, each a scalar's, come to 16 at most */
			add_part(ret, ints[int_count++], value->offset + done,
				 value->size - done < 8 ? value->size - done : 8);
		}
	}
	ret->kind = ARCH_PLACE_REGS;
	return true;
}

void rust_cc_classify(const struct arch_shape *result, const struct arch_shape *args, size_t arg_count,
		      struct arch_call *ret)
{
	struct state st = { 0 };

	memset(ret, 0, sizeof *ret);
	if (!return_in_regs(result, &ret->result)) {
		ret->hidden_return = true;
		ret->result = (struct arch_place){ .kind = ARCH_PLACE_POINTER };
		add_part(&ret->result, ARCH_RAX, 0, 8);
		ret->hidden = (struct arch_place){ .kind = ARCH_PLACE_REGS };
		add_part(&ret->hidden, int_regs[st.ints++], 0, 8);
	}
	ret->arg_count = arg_count < ARCH_MAX_ARGS ? arg_count : ARCH_MAX_ARGS;
	for (size_t i = 0; i < ret->arg_count; i++)
		pass(&args[i], &st, &ret->args[i]);
}
