/* System V AMD64 psABI, 3.2.3: classification of eightbytes and passing of parameters and results. */
#include "arch/convention.h"

#include <assert.h>

enum eightbyte_class { NO_CLASS, INTEGER, SSE, SSEUP, X87, X87UP, COMPLEX_X87, MEMORY };

/* A __m512 is eight eightbytes long. */
enum { MAX_EIGHTBYTES = 8 };

struct classes {
	size_t count; /* eightbytes */
	uint8_t c[MAX_EIGHTBYTES];
};

/* Rules (a) to (f) for two fields in one eightbyte. */
static uint8_t merge(uint8_t a, uint8_t b)
{
	if (a == b || b == NO_CLASS)
		return a;
	if (a == NO_CLASS)
		return b;
	if (a == MEMORY || b == MEMORY)
		return MEMORY;
	if (a == INTEGER || b == INTEGER)
		return INTEGER;
	if ((a >= X87 && a <= COMPLEX_X87) || (b >= X87 && b <= COMPLEX_X87))
		return MEMORY;
	return SSE;
}

/* The class of eightbyte `index` (0 = its first) of one scalar. */
static uint8_t scalar_class(const struct arch_scalar *scalar, size_t index)
{
	switch (scalar->kind) {
	case ARCH_SCALAR_X87:
		return index == 0 ? X87 : X87UP;
	case ARCH_SCALAR_FLOAT: /* __float128 is a pair as __m128 is */
	case ARCH_SCALAR_VECTOR:
		return index == 0 ? SSE : SSEUP;
	default:
		return INTEGER;
	}
}

static void merge_scalar(struct classes *ret, const struct arch_scalar *scalar)
{
	if (scalar->size == 0)
		return;
	size_t first = scalar->offset / 8;
	size_t last = (scalar->offset + (uint64_t)scalar->size - 1) / 8;
	for (size_t i = first; i <= last && i < ret->count; i++)
		ret->c[i] = merge(ret->c[i], scalar_class(scalar, i - first));
}

/* The post-merger cleanup. True when the whole is MEMORY. */
static bool clean_up(struct classes *cl)
{
	bool wide_vector = cl->c[0] == SSE;
	for (size_t i = 0; i < cl->count; i++) {
		if (cl->c[i] == MEMORY || (cl->c[i] == X87UP && (i == 0 || cl->c[i - 1] != X87)))
			return true;
		if (i > 0 && cl->c[i] != SSEUP)
			wide_vector = false;
	}
	if (cl->count > 2 && !wide_vector)
		return true;
	for (size_t i = 0; i < cl->count; i++)
		if (cl->c[i] == SSEUP && (i == 0 || (cl->c[i - 1] != SSE && cl->c[i - 1] != SSEUP)))
			cl->c[i] = SSE;
	return false;
}

static bool is_complex_long_double(const struct arch_shape *shape)
{
	return !shape->aggregate && shape->count == 2 && shape->scalars[0].kind == ARCH_SCALAR_X87 &&
	       shape->scalars[1].kind == ARCH_SCALAR_X87;
}

/* False when the class is MEMORY as a whole. */
static bool classify_shape(const struct arch_shape *shape, struct classes *ret)
{
	*ret = (struct classes){ .count = (shape->size + 7) / 8 };
	if (shape->size > sizeof ret->c * 8 || shape->unaligned || shape->count > ARCH_SHAPE_MAX)
		return false;
	if (is_complex_long_double(shape)) {
		ret->c[0] = COMPLEX_X87;
		return true;
	}
	for (size_t i = 0; i < shape->count; i++)
		merge_scalar(ret, &shape->scalars[i]);
	return !clean_up(ret);
}

static void add_part(struct arch_place *place, uint16_t reg, uint64_t offset, uint64_t size)
{
	place->regs[place->reg_count] = reg;
	place->part_offset[place->reg_count] = (uint16_t)offset;
	place->part_size[place->reg_count] = (uint16_t)size;
	place->reg_count++;
}

/* Bytes of an SSE class at eightbyte i with the SSEUPs behind it. */
static uint64_t sse_size(const struct classes *cl, size_t i, uint64_t size)
{
	size_t end = i + 1;
	while (end < cl->count && cl->c[end] == SSEUP)
		end++;
	return (end * 8 < size ? end * 8 : size) - i * 8;
}

static uint64_t eightbyte_size(size_t i, uint64_t size)
{
	return size - i * 8 < 8 ? size - i * 8 : 8;
}

struct state {
	unsigned ints, floats; /* registers taken */
	uint64_t stack;        /* bytes of arguments on the stack */
};

static void pass_in_memory(const struct arch_shape *shape, struct state *st, struct arch_place *ret)
{
	uint64_t align = shape->align > 8 && (shape->align & (shape->align - 1)) == 0 ? shape->align : 8;
	st->stack = (st->stack + align - 1) & ~(align - 1);
	*ret = (struct arch_place){ .kind = ARCH_PLACE_STACK, .stack_offset = (uint32_t)(st->stack + 8) };
	st->stack += (shape->size + 7) & ~UINT64_C(7);
}

static const uint16_t int_regs[6] = { ARCH_RDI, ARCH_RSI, ARCH_RDX, ARCH_RCX, ARCH_R8, ARCH_R9 };

static void pass(const struct arch_shape *shape, struct state *st, struct arch_place *ret)
{
	struct classes cl;
	struct state after = *st;

	*ret = (struct arch_place){ .kind = ARCH_PLACE_NONE };
	if (shape->size == 0)
		return;
	if (!classify_shape(shape, &cl)) {
		pass_in_memory(shape, st, ret);
		return;
	}
	for (size_t i = 0; i < cl.count; i++) {
		switch (cl.c[i]) {
		case INTEGER:
			if (after.ints == 6) /* no half in a register: the whole goes to the stack */
				goto memory;
			add_part(ret, int_regs[after.ints++], i * 8, eightbyte_size(i, shape->size));
			break;
		case SSE:
			if (after.floats == 8)
				goto memory;
			add_part(ret, (uint16_t)(ARCH_XMM0 + after.floats++), i * 8,
				 sse_size(&cl, i, shape->size));
			break;
		case NO_CLASS: /* padding takes no register */
		case SSEUP:
			break;
		default: /* x87 classes are passed in memory */
			goto memory;
		}
	}
	/* A type of padding only (C++'s empty class) is passed nowhere. */
	ret->kind = ret->reg_count ? ARCH_PLACE_REGS : ARCH_PLACE_NONE;
	*st = after;
	return;
memory:
	pass_in_memory(shape, st, ret);
}

enum { ST0 = 33 };

static bool return_in_regs(const struct arch_shape *shape, struct arch_place *ret)
{
	static const uint16_t ints[2] = { ARCH_RAX, ARCH_RDX };
	unsigned int_count = 0, float_count = 0;
	struct classes cl;

	*ret = (struct arch_place){ .kind = ARCH_PLACE_NONE };
	if (shape->size == 0)
		return true;
	if (!classify_shape(shape, &cl))
		return false;
	for (size_t i = 0; i < cl.count; i++) {
		switch (cl.c[i]) {
		case INTEGER:
			assert(int_count < 2); /* clean_up: more than two eightbytes are one vector */
			add_part(ret, ints[int_count++], i * 8, eightbyte_size(i, shape->size));
			break;
		case SSE:
			add_part(ret, (uint16_t)(ARCH_XMM0 + float_count++), i * 8,
				 sse_size(&cl, i, shape->size));
			break;
		case X87:
			add_part(ret, ST0, i * 8, 10);
			break;
		case COMPLEX_X87:
			add_part(ret, ST0, 0, 10);
			add_part(ret, ST0 + 1, 16, 10);
			break;
		default:
			break;
		}
	}
	ret->kind = ret->reg_count ? ARCH_PLACE_REGS : ARCH_PLACE_NONE;
	return true;
}

void sysv_classify(const struct arch_shape *result, const struct arch_shape *args, size_t arg_count,
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
