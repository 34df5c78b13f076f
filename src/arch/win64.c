/* Microsoft's x64 calling convention ("x64 calling convention" in the MSVC documentation): arguments count by position, each
 * takes one slot of 8 bytes, the first four slots are registers with 32 bytes of shadow space. */
#include "arch/convention.h"

enum { SLOTS_IN_REGS = 4 };

static const uint16_t int_regs[SLOTS_IN_REGS] = { ARCH_RCX, ARCH_RDX, ARCH_R8, ARCH_R9 };

static bool is_slot_size(uint64_t size)
{
	return size == 1 || size == 2 || size == 4 || size == 8;
}

/* A float or double itself; inside a struct it travels as an integer. */
static bool is_float(const struct arch_shape *shape)
{
	return !shape->aggregate && shape->count == 1 && shape->scalars[0].kind == ARCH_SCALAR_FLOAT &&
	       shape->size <= 8;
}

static struct arch_place in_reg(uint8_t kind, uint16_t reg, uint64_t size)
{
	return (struct arch_place){
		.kind = kind, .reg_count = 1, .regs = { reg }, .part_size = { (uint16_t)size }
	};
}

static void pass(const struct arch_shape *shape, size_t *slot, struct arch_place *ret)
{
	*ret = (struct arch_place){ .kind = ARCH_PLACE_NONE };
	if (shape->size == 0)
		return;
	bool by_value = is_slot_size(shape->size);
	size_t at = (*slot)++;
	if (at >= SLOTS_IN_REGS) {
		ret->kind = by_value ? ARCH_PLACE_STACK : ARCH_PLACE_POINTER;
		ret->stack_offset = (uint32_t)(8 + at * 8);
	} else if (by_value && is_float(shape)) {
		*ret = in_reg(ARCH_PLACE_REGS, (uint16_t)(ARCH_XMM0 + at), shape->size);
	} else {
		*ret = in_reg(by_value ? ARCH_PLACE_REGS : ARCH_PLACE_POINTER, int_regs[at],
			      by_value ? shape->size : 8);
	}
}

/* __int128 and __m128 come back in xmm0, as do wider vectors. */
static bool returned_in_xmm0(const struct arch_shape *shape)
{
	if (shape->aggregate || shape->count != 1)
		return false;
	switch (shape->scalars[0].kind) {
	case ARCH_SCALAR_FLOAT: /* gcc returns __float128 in memory */
		return shape->size <= 8;
	case ARCH_SCALAR_VECTOR:
		return shape->size >= 16;
	case ARCH_SCALAR_INT:
		return shape->size == 16;
	default:
		return false;
	}
}

void win64_classify(const struct arch_shape *result, const struct arch_shape *args, size_t arg_count,
		    struct arch_call *ret)
{
	size_t slot = 0;

	memset(ret, 0, sizeof *ret);
	if (result->size == 0) {
		ret->result.kind = ARCH_PLACE_NONE;
	} else if (returned_in_xmm0(result)) {
		ret->result = in_reg(ARCH_PLACE_REGS, ARCH_XMM0, result->size);
	} else if (is_slot_size(result->size)) {
		ret->result = in_reg(ARCH_PLACE_REGS, ARCH_RAX, result->size);
	} else {
		ret->hidden_return = true;
		ret->hidden = in_reg(ARCH_PLACE_REGS, int_regs[slot++], 8);
		ret->result = in_reg(ARCH_PLACE_POINTER, ARCH_RAX, 8);
	}
	ret->arg_count = arg_count < ARCH_MAX_ARGS ? arg_count : ARCH_MAX_ARGS;
	for (size_t i = 0; i < ret->arg_count; i++)
		pass(&args[i], &slot, &ret->args[i]);
}
