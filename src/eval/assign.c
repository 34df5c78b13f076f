/* Assignment: bytes to the place that a value stands in. */
#include "eval/eval_internal.h"

#include "dwarf/expr.h"

#include <stdio.h>

static void put_bits(uint8_t *to, uint64_t first, uint64_t count, const uint8_t *from, uint64_t from_bit)
{
	for (uint64_t i = 0; i < count; i++) {
		uint64_t bit = first + i, other = from_bit + i;
		to[bit / 8] = (uint8_t)(to[bit / 8] & ~(1u << (bit % 8)));
		if (from[other / 8] >> (other % 8) & 1)
			to[bit / 8] |= (uint8_t)(1u << (bit % 8));
	}
}

static struct error *write_memory(struct machine *m, uint64_t address, const uint8_t *bytes, size_t size)
{
	if (!m->env->write)
		return error_new(ERROR_USAGE, "cannot access memory without a process");
	return m->env->write(m->env->ctx, address, bytes, size);
}

/* `count` bits of what is assigned, and where they go in one place. */
struct bits {
	const uint8_t *bytes;
	uint64_t from, to, count;
};

static struct error *write_memory_bits(struct machine *m, uint64_t address, const struct bits *b)
{
	uint64_t first = b->to / 8, bad;
	size_t size = (size_t)((b->to + b->count + 7) / 8 - first);
	uint8_t *whole = arena_alloc(m->arena, size ? size : 1);
	bool partly = b->to % 8 || b->count % 8;
	if (partly && !env_read(m->env, address + first, whole, size, &bad))
		return memory_error(bad);
	put_bits(whole, b->to % 8, b->count, b->bytes, b->from);
	return write_memory(m, address + first, whole, size);
}

static struct error *write_register_bits(struct machine *m, unsigned reg, const struct bits *b)
{
	uint64_t value = 0;
	uint8_t bytes[8];
	if (!m->env->set_reg)
		return error_new(ERROR_USAGE, "No registers.");
	if (b->to + b->count > 64)
		return error_new(ERROR_USAGE, "Unable to write value larger than its register.");
	if (m->env->reg && b->count < 64)
		m->env->reg(m->env->ctx, reg, &value);
	memcpy(bytes, &value, sizeof bytes);
	put_bits(bytes, b->to, b->count, b->bytes, b->from);
	memcpy(&value, bytes, sizeof bytes);
	return m->env->set_reg(m->env->ctx, reg, value);
}

/* Where of the target the bits of its value begin, and how many there are. */
static struct bits bits_of(const struct eval_value *target, const uint8_t *bytes)
{
	return (struct bits){ .bytes = bytes,
			      .to = 8 * (uint64_t)target->place_offset + target->bit_offset,
			      .count = target->bit_size ? target->bit_size : 8 * type_size(target->type) };
}

static struct error *not_modifiable(void)
{
	return error_new(ERROR_USAGE, "Left operand of assignment is not a modifiable lvalue.");
}

static struct error *write_piece(struct machine *m, const struct dw_place *place, const struct bits *b,
				 bool write)
{
	bool in_register = place->kind == DW_PLACE_REGISTER && place->u <= UINT16_MAX;
	if (!in_register && place->kind != DW_PLACE_MEMORY)
		return not_modifiable();
	if (!write)
		return NULL;
	return in_register ? write_register_bits(m, (unsigned)place->u, b)
			   : write_memory_bits(m, place->u, b);
}

/* To each piece that has some of the bits. Not `write`: it is only seen whether that can be done. */
static struct error *each_piece(struct machine *m, const struct dw_location *l, const struct bits *b,
				bool write)
{
	uint64_t start = 0, last = b->to + b->count;
	for (size_t i = 0; i < l->count && start < last; i++) {
		const struct dw_place *place = &l->places[i];
		uint64_t end = place->size_bits < last - start ? start + place->size_bits : last;
		uint64_t first = start > b->to ? start : b->to;
		struct bits part = { .bytes = b->bytes,
				     .from = first - b->to,
				     .to = place->offset_bits + (first - start),
				     .count = end > first ? end - first : 0 };
		if (part.count)
			TRY(write_piece(m, place, &part, write));
		start = end;
	}
	return start < last ? not_modifiable() : NULL;
}

/* All of it or nothing: what has no place for a part stays as it is. */
static struct error *write_pieces(struct machine *m, const struct dw_location *l, const struct bits *b)
{
	TRY(each_piece(m, l, b, false));
	return each_piece(m, l, b, true);
}

/* Part of it may be lost: gdb's rule, which goes by the value as one of the field's declared type. */
static void warn_of_lost_bits(struct machine *m, uint32_t count, const struct eval_value *value)
{
	uint64_t bits = 0, mask = ((uint64_t)1 << (count - 1) << 1) - 1;
	if (!m->env->warn || count > 64 || value->size > sizeof bits)
		return;
	memcpy(&bits, value->bytes, value->size);
	unsigned width = 8 * (unsigned)value->size;
	if (type_is_signed(value->type) && width < 64 && bits >> (width - 1) & 1)
		bits |= UINT64_MAX << width;
	bool negative = (~bits & ~(mask >> 1)) == 0;
	if (negative || (bits & ~mask) == 0)
		return;
	char text[64];
	snprintf(text, sizeof text, "Value does not fit in %u bits.", count);
	m->env->warn(m->env->ctx, text);
}

struct error *value_assign(struct machine *m, struct eval_value *target, struct eval_value *value)
{
	struct eval_value converted;
	bool somewhere = target->has_address || target->place != EVAL_PLACE_NONE;
	if (!somewhere || target->is_type || target->state == EVAL_OPTIMISED_OUT)
		return error_new(ERROR_USAGE, "Left operand of assignment is not %s lvalue.",
				 target->state == EVAL_OPTIMISED_OUT ? "a modifiable" : "an");
	uint64_t whole = type_size(target->type);
	value->size = whole > EVAL_MAX_BYTES && whole <= EVAL_MAX_OBJECT && value->lazy ? (size_t)whole
											: value->size;
	TRY(value_fetch(m->env, m->arena, value));
	if (target->place == EVAL_PLACE_NONE || target->place == EVAL_PLACE_PIECES)
		TRY(value_to_program(m, value));
	TRY(value_cast(m, value, target->type, &converted));
	TRY(value_fetch(m->env, m->arena, &converted));
	if (converted.size < whole)
		return error_new(ERROR_LIMIT, "A value of more than %d bytes cannot be assigned.",
				 EVAL_MAX_OBJECT);
	if (target->bit_size && target->place != EVAL_PLACE_CONVENIENCE)
		warn_of_lost_bits(m, target->bit_size, &converted);
	struct bits bits = bits_of(target, converted.bytes);
	if (target->place == EVAL_PLACE_PIECES)
		return write_pieces(m, target->pieces, &bits);
	if (target->place == EVAL_PLACE_REGISTER)
		return write_register_bits(m, target->reg, &bits);
	if (target->bit_size && target->has_address) {
		bits.to = target->bit_offset;
		return write_memory_bits(m, target->address, &bits);
	}
	if (target->place == EVAL_PLACE_CONVENIENCE)
		return session_assign_part(m->session, target->name, target->place_offset,
					   converted.bytes, (size_t)whole);
	if (target->place == EVAL_PLACE_NAMED_REGISTER && m->env->set_named_register)
		return m->env->set_named_register(m->env->ctx, target->name, target->place_offset,
						  converted.bytes, (size_t)whole);
	if (target->place == EVAL_PLACE_NAMED_REGISTER)
		return error_new(ERROR_UNSUPPORTED, "Register $%.*s cannot be written.",
				 STR_ARG(target->name));
	return write_memory(m, target->address, converted.bytes, (size_t)whole);
}
