/* Runs the bytecode of C-like expressions. */
#include "eval/cx_internal.h"
#include "eval/eval_internal.h"

#include <assert.h>

static const eval_cx_cell own_bytes = (eval_cx_cell)1 << 64;

/* ---- memory ---- */

bool eval_cx_read(struct eval_cx_env *env, eval_cx_cell place, void *buf, size_t size)
{
	uint64_t address = (uint64_t)place;
	if (size == 0)
		return true;
	if (place >> 64) {
		const struct eval_cx_object *o = &env->object;
		if ((place >> 64) != 1 || !o->bytes || address > o->size || size > o->size - address)
			return false;
		memcpy(buf, o->bytes + address, size);
		return true;
	}
	return env->read && env->read(env->ctx, address, buf, size) == size;
}

static eval_cx_cell cut(eval_cx_cell v, unsigned bits, bool is_signed)
{
	if (bits >= 128)
		return v;
	if (bits == 0)
		return 0;
	v <<= 128 - bits;
	return is_signed ? (eval_cx_cell)((__int128)v >> (128 - bits)) : v >> (128 - bits);
}

static double real_of(eval_cx_cell v)
{
	uint64_t bits = (uint64_t)v;
	double d;
	memcpy(&d, &bits, sizeof d);
	return d;
}

static eval_cx_cell cell_of(double d)
{
	uint64_t bits;
	memcpy(&bits, &d, sizeof bits);
	return bits;
}

static bool load_real(struct eval_cx_env *env, eval_cx_cell place, size_t size, eval_cx_cell *ret)
{
	float f;
	double d;
	if (!eval_cx_read(env, place, size == 4 ? (void *)&f : (void *)&d, size == 4 ? 4 : 8))
		return false;
	*ret = cell_of(size == 4 ? (double)f : d);
	return true;
}

static bool load_integer(struct eval_cx_env *env, eval_cx_cell place, size_t size, bool is_signed,
			 eval_cx_cell *ret)
{
	eval_cx_cell v = 0;
	if (size > sizeof v || !eval_cx_read(env, place, &v, size))
		return false;
	*ret = cut(v, (unsigned)size * 8, is_signed);
	return true;
}

/* bit: counted from the place on. */
static bool load_bits(struct eval_cx_env *env, eval_cx_cell place, uint64_t bit, unsigned count,
		      bool is_signed, eval_cx_cell *ret)
{
	eval_cx_cell v = 0;
	size_t bytes = (bit % 8 + count + 7) / 8;
	if (bytes > sizeof v || !eval_cx_read(env, place + bit / 8, &v, bytes))
		return false;
	*ret = cut(v >> bit % 8, count, is_signed);
	return true;
}

bool eval_cx_load(struct eval_cx_env *env, eval_cx_cell place, const struct sym_type *type,
		  eval_cx_cell *ret)
{
	uint64_t size = type_size(type);
	if (!eval_cx_is_scalar(type))
		return false;
	if (type_kind(type) == SYM_TYPE_FLOAT)
		return load_real(env, place, size, ret);
	return load_integer(env, place, size, type_is_signed(type), ret);
}

const struct sym_variant *eval_cx_variant(struct eval_cx_env *env, eval_cx_cell place,
					  const struct sym_type *type)
{
	const struct sym_variant_part *part = sym_type_variants(type_plain(type));
	const struct sym_variant *otherwise = NULL;
	eval_cx_cell tag;
	if (!part)
		return NULL;
	if (!part->has_discr)
		return part->count == 1 ? part->variants : NULL;
	uint64_t size = type_size(part->discr.type);
	if (!load_integer(env, place + part->discr.offset, size, false, &tag))
		return NULL;
	for (size_t i = 0; i < part->count; i++) {
		const struct sym_variant *v = &part->variants[i];
		eval_cx_cell discr = (eval_cx_cell)v->discr_high << 64 | v->discr;
		if (v->is_default)
			otherwise = v;
		else if (cut(discr, (unsigned)size * 8, false) == tag)
			return v;
	}
	return otherwise;
}

/* ---- operators ---- */

static eval_cx_cell compare(uint8_t op, int order)
{
	switch (op) {
	case CX_EQ:
		return order == 0;
	case CX_NE:
		return order != 0;
	case CX_LT:
		return order < 0;
	case CX_LE:
		return order <= 0;
	case CX_GT:
		return order > 0;
	default:
		return order >= 0;
	}
}

static struct error *divide(uint8_t op, eval_cx_cell a, eval_cx_cell b, bool is_signed, eval_cx_cell *ret)
{
	if (b == 0)
		return error_new(ERROR_USAGE, "division by zero");
	if (is_signed && (__int128)b == -1) /* the least number by -1 has no result */
		*ret = op == CX_DIV ? -a : 0;
	else if (is_signed)
		*ret = (eval_cx_cell)(op == CX_DIV ? (__int128)a / (__int128)b : (__int128)a % (__int128)b);
	else
		*ret = op == CX_DIV ? a / b : a % b;
	return NULL;
}

static struct error *binary(const struct eval_cx_op *op, eval_cx_cell a, eval_cx_cell b, eval_cx_cell *ret)
{
	unsigned bits = op->size * 8U;
	bool compares = op->imm >= CX_EQ && op->imm <= CX_GE;
	switch (op->imm) {
	case CX_ADD:
		*ret = a + b;
		break;
	case CX_SUB:
		*ret = a - b;
		break;
	case CX_MUL:
		*ret = a * b;
		break;
	case CX_DIV:
	case CX_REM:
		TRY(divide((uint8_t)op->imm, a, b, op->is_signed, ret));
		break;
	case CX_SHL:
		*ret = b >= bits ? 0 : a << (unsigned)b;
		break;
	case CX_SHR:
		if (b >= bits)
			*ret = op->is_signed && (__int128)a < 0 ? ~(eval_cx_cell)0 : 0;
		else
			*ret = op->is_signed ? (eval_cx_cell)((__int128)a >> (unsigned)b)
					     : a >> (unsigned)b;
		break;
	case CX_AND:
		*ret = a & b;
		break;
	case CX_OR:
		*ret = a | b;
		break;
	case CX_XOR:
		*ret = a ^ b;
		break;
	default:
		if (op->is_signed)
			*ret = compare((uint8_t)op->imm,
				       (__int128)a < (__int128)b ? -1 : (__int128)a > (__int128)b);
		else
			*ret = compare((uint8_t)op->imm, a < b ? -1 : a > b);
		break;
	}
	if (!compares)
		*ret = cut(*ret, bits, op->is_signed);
	return NULL;
}

static eval_cx_cell binary_real(uint8_t op, double a, double b)
{
	switch (op) {
	case CX_ADD:
		return cell_of(a + b);
	case CX_SUB:
		return cell_of(a - b);
	case CX_MUL:
		return cell_of(a * b);
	case CX_DIV:
		return cell_of(a / b);
	case CX_EQ:
		return a == b;
	case CX_NE:
		return a != b;
	case CX_LT:
		return a < b;
	case CX_LE:
		return a <= b;
	case CX_GT:
		return a > b;
	default:
		return a >= b;
	}
}

/* Out of range, and what is no number: 0. */
static eval_cx_cell integer_of(double d)
{
	return d > -9.3e18 && d < 1.8e19 ? (eval_cx_cell)(__int128)d : 0;
}

/* An address keeps its high half: it does not leave its memory. */
static eval_cx_cell move(eval_cx_cell place, uint64_t by)
{
	return (place & ~(eval_cx_cell)UINT64_MAX) | (uint64_t)((uint64_t)place + by);
}

/* ---- the machine ---- */

struct stack {
	eval_cx_cell cells[EVAL_CX_MAX_STACK];
	size_t count;
};

static struct error *unreadable(eval_cx_cell place, size_t size)
{
	if (place >> 64)
		return error_new(ERROR_MEMORY, "%zu bytes at offset %llu are not in the value", size,
				 (unsigned long long)(uint64_t)place);
	return error_at(ERROR_MEMORY, (uint64_t)place, "cannot read %zu byte%s", size,
			size == 1 ? "" : "s");
}

static struct error *run_load(const struct eval_cx_op *op, struct eval_cx_env *env, eval_cx_cell *top)
{
	bool good;
	eval_cx_cell place = *top;
	if (op->code == CX_OP_LOAD_REAL)
		good = load_real(env, place, op->size, top);
	else if (op->code == CX_OP_LOAD_BITS)
		good = load_bits(env, place, (uint64_t)op->imm, op->size, op->is_signed, top);
	else
		good = load_integer(env, place, op->size, op->is_signed, top);
	return good ? NULL
		    : unreadable(place, op->code == CX_OP_LOAD_BITS ? (op->size + 7U) / 8 : op->size);
}

static struct error *run_two(const struct eval_cx_op *op, eval_cx_cell a, eval_cx_cell b, eval_cx_cell *ret)
{
	switch (op->code) {
	case CX_OP_INDEX:
		*ret = op->is_signed ? move(b, (uint64_t)a * (uint64_t)op->imm)
				     : move(a, (uint64_t)b * (uint64_t)op->imm);
		return NULL;
	case CX_OP_UNINDEX:
		*ret = move(a, -((uint64_t)b * (uint64_t)op->imm));
		return NULL;
	case CX_OP_DISTANCE:
		*ret = (eval_cx_cell)(__int128)((int64_t)((uint64_t)a - (uint64_t)b) / op->imm);
		return NULL;
	case CX_OP_BINARY_REAL:
		*ret = binary_real((uint8_t)op->imm, real_of(a), real_of(b));
		return NULL;
	default:
		return binary(op, a, b, ret);
	}
}

static struct error *run_one(const struct eval_cx_op *op, struct eval_cx_env *env, eval_cx_cell *top)
{
	switch (op->code) {
	case CX_OP_SET:
		env->cells[op->imm] = *top;
		return NULL;
	case CX_OP_OFFSET:
		*top = move(*top, (uint64_t)op->imm);
		return NULL;
	case CX_OP_CUT:
		*top = cut(*top, op->size * 8U, op->is_signed);
		return NULL;
	case CX_OP_TRUTH:
		*top = *top != 0;
		return NULL;
	case CX_OP_NOT:
		*top = *top == 0;
		return NULL;
	case CX_OP_NEG:
		*top = -*top;
		return NULL;
	case CX_OP_COMPLEMENT:
		*top = ~*top;
		return NULL;
	case CX_OP_NEG_REAL:
		*top = cell_of(-real_of(*top));
		return NULL;
	case CX_OP_REAL:
		*top = cell_of((__int128)*top < 0 ? (double)(__int128)*top : (double)*top);
		return NULL;
	case CX_OP_INTEGER:
		*top = integer_of(real_of(*top));
		return NULL;
	default:
		return run_load(op, env, top);
	}
}

static struct error *step(const struct eval_cx_op *op, struct eval_cx_env *env, struct stack *s, size_t *pc)
{
	switch (op->code) {
	case CX_OP_NOTHING:
		return NULL;
	case CX_OP_PUSH:
		s->cells[s->count++] = (eval_cx_cell)(__int128)op->imm;
		return NULL;
	case CX_OP_PUSH_WIDE:
		s->cells[s->count++] = (eval_cx_cell)op->high << 64 | (uint64_t)op->imm;
		return NULL;
	case CX_OP_SELF:
		s->cells[s->count++] = env->object.has_address ? env->object.address : own_bytes;
		return NULL;
	case CX_OP_GET:
		s->cells[s->count++] = env->cells[op->imm];
		return NULL;
	case CX_OP_POP:
		s->count--;
		return NULL;
	case CX_OP_JUMP:
		*pc = (size_t)op->imm;
		return NULL;
	case CX_OP_JUMP_IF_NOT:
		if (!s->cells[--s->count])
			*pc = (size_t)op->imm;
		return NULL;
	case CX_OP_INDEX:
	case CX_OP_UNINDEX:
	case CX_OP_DISTANCE:
	case CX_OP_BINARY:
	case CX_OP_BINARY_REAL:
		s->count--;
		return run_two(op, s->cells[s->count - 1], s->cells[s->count], &s->cells[s->count - 1]);
	default:
		return run_one(op, env, &s->cells[s->count - 1]);
	}
}

struct error *eval_cx_run(const struct eval_cx_code *code, struct eval_cx_env *env,
			  struct eval_cx_result *ret)
{
	struct stack s;
	s.count = 0;
	for (size_t pc = 0; pc < code->count;) {
		const struct eval_cx_op *op = &code->ops[pc++];
		if (*env->steps == 0)
			return error_new(ERROR_LIMIT, "the limit of steps is reached");
		--*env->steps;
		if (s.count == EVAL_CX_MAX_STACK)
			return error_new(ERROR_LIMIT, "the expression takes more than %d values at a time",
					 EVAL_CX_MAX_STACK);
		TRY(step(op, env, &s, &pc));
	}
	assert(s.count == 1);
	*ret = (struct eval_cx_result){ .type = code->type,
					.is_place = code->is_place,
					.cell = s.cells[0],
					.bit_size = code->bit_size,
					.bit_offset = code->bit_offset };
	return NULL;
}
