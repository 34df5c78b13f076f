/* Control flow of expressions and what they say about the outside: registers, memory, places. */
#include "dwarf/expr_internal.h"

#include <assert.h>

/* What the place operations have said since the last piece. */
struct places {
	bool has_current;
	struct dw_place current;
	struct dw_location *out;
	size_t count;
	bool piecewise;
};

struct run {
	struct dw_expr *e;
	struct places *places;
	struct reader reader; /* over this expression */
};

/* e->error tells how it went. */
static void evaluate(struct dw_expr *e, struct dw_span expr, struct places *places);

static void missing(struct dw_expr *e, const char *what)
{
	dw_expr_fail(e, ERROR_NOT_FOUND, "%s is not available", what);
}

static uint64_t read_reg(struct dw_expr *e, uint64_t reg)
{
	uint64_t value = 0;
	const struct dw_expr_context *c = e->context;
	if (reg > UINT16_MAX || !c->reg || !c->reg(c->ctx, (unsigned)reg, &value))
		return dw_expr_fail(e, ERROR_NOT_FOUND, "register %llu is not available",
				    (unsigned long long)reg);
	return value;
}

static uint64_t read_memory(struct dw_expr *e, uint64_t addr, size_t size)
{
	const struct dw_expr_context *c = e->context;
	uint64_t value = 0;
	if (!c->memory || !c->memory(c->ctx, addr, &value, size))
		return dw_expr_fail(e, ERROR_NOT_FOUND, "memory at 0x%llx is not available",
				    (unsigned long long)addr);
	return value;
}

static void push_relocated(struct dw_expr *e, uint64_t file_addr)
{
	const struct dw_expr_context *c = e->context;
	if (!c->relocate)
		missing(e, "the address at run time");
	else
		dw_expr_push_generic(e, c->relocate(c->ctx, file_addr));
}

static uint64_t addrx(struct dw_expr *e, uint64_t index)
{
	uint64_t addr = 0;
	if (!e->context->unit || !dw_unit_addrx(e->context->unit, index, &addr))
		return dw_expr_fail(e, ERROR_FORMAT, "address index %llu is not in .debug_addr",
				    (unsigned long long)index);
	return addr;
}

static struct dw_span read_block(struct run *run, uint64_t size)
{
	const uint8_t *data = reader_bytes(&run->reader, size > SIZE_MAX ? SIZE_MAX : (size_t)size);
	return (struct dw_span){ data, data ? (size_t)size : 0 };
}

static void set_place(struct run *run, struct dw_place place)
{
	if (run->places->has_current)
		dw_expr_fail(run->e, ERROR_FORMAT, "two locations without a piece between them");
	run->places->has_current = true;
	run->places->current = place;
}

/* The place that was named, else the memory whose address is on top, else nowhere. */
static struct dw_place take_place(struct dw_expr *e, struct places *places)
{
	struct dw_place place = { .kind = DW_PLACE_EMPTY };
	if (places->has_current)
		place = places->current;
	else if (e->depth > 0)
		place = (struct dw_place){ .kind = DW_PLACE_MEMORY, .u = dw_expr_pop(e).u };
	places->has_current = false;
	return place;
}

static void add_piece(struct run *run, uint64_t size_bits, uint64_t offset_bits)
{
	struct dw_expr *e = run->e;
	struct places *places = run->places;
	if (!places->out) {
		dw_expr_fail(e, ERROR_FORMAT, "a piece where a number is wanted");
		return;
	}
	struct dw_place place = take_place(e, places);
	place.size_bits = size_bits;
	place.offset_bits = offset_bits;
	places->piecewise = true;
	if (size_bits == 0)
		return;
	if (places->count == DW_EXPR_MAX_PIECES)
		dw_expr_fail(e, ERROR_LIMIT, "more than %d pieces", DW_EXPR_MAX_PIECES);
	else
		places->out->places[places->count++] = place;
}

static void add_byte_piece(struct run *run)
{
	uint64_t bits;
	if (__builtin_mul_overflow(reader_uleb(&run->reader), UINT64_C(8), &bits))
		dw_expr_fail(run->e, ERROR_FORMAT, "a piece of more than 2^61 bytes");
	else
		add_piece(run, bits, 0);
}

static void implicit_pointer(struct run *run)
{
	const struct dw_unit *unit = run->e->context->unit;
	if (!unit) {
		missing(run->e, "the unit");
		return;
	}
	/* A reference had the size of an address in version 2 (D4 7.5.4). */
	uint64_t die = unit->version == 2 ? reader_uint(&run->reader, unit->address_size)
					  : dw_read_offset(&run->reader, unit->is_64);
	int64_t offset = reader_sleb(&run->reader);
	set_place(run, (struct dw_place){ .kind = DW_PLACE_IMPLICIT_POINTER, .u = die, .offset = offset });
}

static void jump(struct run *run, int16_t by)
{
	struct reader *r = &run->reader;
	int64_t to = (int64_t)r->pos + by;
	if (to < 0 || (uint64_t)to > r->size)
		dw_expr_fail(run->e, ERROR_FORMAT, "a jump out of the expression");
	else if (!r->failed)
		r->pos = (size_t)to;
}

static void call(struct run *run, bool in_unit, uint64_t offset)
{
	struct dw_expr *e = run->e;
	const struct dw_expr_context *c = e->context;
	struct dw_span expr;
	if (run->reader.failed)
		return;
	if (in_unit && !c->unit) {
		missing(e, "the unit");
		return;
	}
	if (in_unit)
		offset += c->unit->offset;
	if (!c->call || !c->call(c->ctx, offset, &expr)) {
		missing(e, "the called expression");
		return;
	}
	if (e->calls == DW_EXPR_MAX_DEPTH) {
		dw_expr_fail(e, ERROR_LIMIT, "calls nested more than %d deep", DW_EXPR_MAX_DEPTH);
		return;
	}
	e->calls++;
	evaluate(e, expr, run->places);
	e->calls--;
}

static void entry_value(struct run *run)
{
	struct dw_expr *e = run->e;
	const struct dw_expr_context *c = e->context;
	struct dw_span expr = read_block(run, reader_uleb(&run->reader));
	uint64_t value;
	if (run->reader.failed)
		return;
	if (!c->entry_value || !c->entry_value(c->ctx, expr, &value))
		missing(e, "the value on entry");
	else
		dw_expr_push_generic(e, value);
}

static void dereference(struct run *run, size_t size, struct dw_expr_type type)
{
	struct dw_expr *e = run->e;
	if (run->reader.failed)
		return;
	if (size == 0 || size > 8) {
		dw_expr_fail(e, ERROR_UNSUPPORTED, "a read of %zu bytes", size);
		return;
	}
	uint64_t addr = dw_expr_pop(e).u;
	if (!e->error)
		dw_expr_push(e, (struct dw_expr_value){ read_memory(e, addr, size), type });
}

static void const_type(struct run *run)
{
	struct dw_expr_type type = dw_expr_base_type(run->e, reader_uleb(&run->reader));
	struct dw_span block = read_block(run, reader_u8(&run->reader));
	uint64_t u = 0;
	if (run->reader.failed || run->e->error)
		return;
	if (block.size == 0 || block.size != type.size) {
		dw_expr_fail(run->e, ERROR_FORMAT, "a constant of %zu bytes of a type of %u", block.size,
			     type.size);
		return;
	}
	memcpy(&u, block.data, block.size);
	dw_expr_push(run->e, (struct dw_expr_value){ u, type });
}

static void convert(struct run *run, bool reinterpret)
{
	struct dw_expr *e = run->e;
	struct dw_expr_type type = dw_expr_base_type(e, reader_uleb(&run->reader));
	struct dw_expr_value v = dw_expr_pop(e);
	unsigned from = v.type.size ? v.type.size : e->context->address_size;
	unsigned to = type.size ? type.size : e->context->address_size;
	if (reinterpret && from != to)
		dw_expr_fail(e, ERROR_FORMAT, "types of %u and %u bytes", from, to);
	if (v.type.is_signed && from < 8) {
		unsigned shift = 64 - 8 * from;
		v.u = (uint64_t)((int64_t)(v.u << shift) >> shift);
	}
	dw_expr_push(e, (struct dw_expr_value){ v.u, type });
}

static void frame_base(struct run *run)
{
	const struct dw_expr_context *c = run->e->context;
	int64_t offset = reader_sleb(&run->reader);
	uint64_t base;
	if (!c->frame_base || !c->frame_base(c->ctx, &base))
		missing(run->e, "the frame base");
	else
		dw_expr_push_generic(run->e, base + (uint64_t)offset);
}

static void frame_cfa(struct run *run)
{
	const struct dw_expr_context *c = run->e->context;
	uint64_t cfa;
	if (!c->cfa || !c->cfa(c->ctx, &cfa))
		missing(run->e, "the frame's CFA");
	else
		dw_expr_push_generic(run->e, cfa);
}

static void tls_address(struct run *run)
{
	struct dw_expr *e = run->e;
	uint64_t offset = dw_expr_pop(e).u, addr;
	if (e->error)
		return;
	if (!e->context->tls || !e->context->tls(e->context->ctx, offset, &addr))
		missing(e, "the thread's storage");
	else
		dw_expr_push_generic(e, addr);
}

static void push_breg(struct run *run, uint64_t reg)
{
	int64_t offset = reader_sleb(&run->reader);
	if (!run->reader.failed)
		dw_expr_push_generic(run->e, read_reg(run->e, reg) + (uint64_t)offset);
}

static void push_typed_reg(struct run *run)
{
	uint64_t reg = reader_uleb(&run->reader);
	struct dw_expr_type type = dw_expr_base_type(run->e, reader_uleb(&run->reader));
	if (!run->reader.failed && !run->e->error)
		dw_expr_push(run->e, (struct dw_expr_value){ read_reg(run->e, reg), type });
}

/* Constants and addresses that stand in the expression. False for another opcode. */
static bool literal_op(struct run *run, uint8_t opcode)
{
	struct dw_expr *e = run->e;
	struct reader *r = &run->reader;
	switch (opcode) {
	case DW_OP_addr:
		push_relocated(e, reader_uint(r, e->context->address_size));
		return true;
	case DW_OP_addrx:
	case DW_OP_GNU_addr_index:
		push_relocated(e, addrx(e, reader_uleb(r)));
		return true;
	case DW_OP_constx:
	case DW_OP_GNU_const_index:
		dw_expr_push_generic(e, addrx(e, reader_uleb(r)));
		return true;
	case DW_OP_const1u:
		dw_expr_push_generic(e, reader_u8(r));
		return true;
	case DW_OP_const1s:
		dw_expr_push_generic(e, (uint64_t)(int8_t)reader_u8(r));
		return true;
	case DW_OP_const2u:
		dw_expr_push_generic(e, reader_u16(r));
		return true;
	case DW_OP_const2s:
		dw_expr_push_generic(e, (uint64_t)(int16_t)reader_u16(r));
		return true;
	case DW_OP_const4u:
		dw_expr_push_generic(e, reader_u32(r));
		return true;
	case DW_OP_const4s:
		dw_expr_push_generic(e, (uint64_t)(int32_t)reader_u32(r));
		return true;
	case DW_OP_const8u:
	case DW_OP_const8s:
		dw_expr_push_generic(e, reader_u64(r));
		return true;
	case DW_OP_constu:
		dw_expr_push_generic(e, reader_uleb(r));
		return true;
	case DW_OP_consts:
		dw_expr_push_generic(e, (uint64_t)reader_sleb(r));
		return true;
	case DW_OP_const_type:
	case DW_OP_GNU_const_type:
		const_type(run);
		return true;
	}
	if (opcode >= DW_OP_lit0 && opcode <= DW_OP_lit31) {
		dw_expr_push_generic(e, opcode - DW_OP_lit0);
		return true;
	}
	return false;
}

/* Registers, memory, frame and thread. */
static bool outside_op(struct run *run, uint8_t opcode)
{
	struct dw_expr *e = run->e;
	struct reader *r = &run->reader;
	switch (opcode) {
	case DW_OP_deref:
		dereference(run, e->context->address_size, (struct dw_expr_type){ 0 });
		return true;
	case DW_OP_deref_size:
		dereference(run, reader_u8(r), (struct dw_expr_type){ 0 });
		return true;
	case DW_OP_deref_type:
	case DW_OP_GNU_deref_type: {
		size_t size = reader_u8(r);
		dereference(run, size, dw_expr_base_type(e, reader_uleb(r)));
		return true;
	}
	case DW_OP_bregx:
		push_breg(run, reader_uleb(r));
		return true;
	case DW_OP_regval_type:
	case DW_OP_GNU_regval_type:
		push_typed_reg(run);
		return true;
	case DW_OP_fbreg:
		frame_base(run);
		return true;
	case DW_OP_call_frame_cfa:
		frame_cfa(run);
		return true;
	case DW_OP_form_tls_address:
	case DW_OP_GNU_push_tls_address:
		tls_address(run);
		return true;
	case DW_OP_entry_value:
	case DW_OP_GNU_entry_value:
		entry_value(run);
		return true;
	}
	if (opcode >= DW_OP_breg0 && opcode <= DW_OP_breg31) {
		push_breg(run, opcode - DW_OP_breg0);
		return true;
	}
	return false;
}

/* Operations that say where the object is. */
static bool place_op(struct run *run, uint8_t opcode)
{
	struct reader *r = &run->reader;
	switch (opcode) {
	case DW_OP_regx:
		set_place(run, (struct dw_place){ .kind = DW_PLACE_REGISTER, .u = reader_uleb(r) });
		return true;
	case DW_OP_stack_value:
		set_place(run, (struct dw_place){ .kind = DW_PLACE_VALUE, .u = dw_expr_pop(run->e).u });
		return true;
	case DW_OP_implicit_value:
		set_place(run, (struct dw_place){ .kind = DW_PLACE_BYTES,
						  .bytes = read_block(run, reader_uleb(r)) });
		return true;
	case DW_OP_implicit_pointer:
	case DW_OP_GNU_implicit_pointer:
		implicit_pointer(run);
		return true;
	case DW_OP_piece:
		add_byte_piece(run);
		return true;
	case DW_OP_bit_piece: {
		uint64_t size = reader_uleb(r);
		add_piece(run, size, reader_uleb(r));
		return true;
	}
	}
	if (opcode >= DW_OP_reg0 && opcode <= DW_OP_reg31) {
		set_place(run, (struct dw_place){ .kind = DW_PLACE_REGISTER, .u = opcode - DW_OP_reg0 });
		return true;
	}
	return false;
}

static void other_op(struct run *run, uint8_t opcode)
{
	struct dw_expr *e = run->e;
	struct reader *r = &run->reader;
	switch (opcode) {
	case DW_OP_nop:
	case DW_OP_GNU_uninit: /* the variable has no value yet; where it will be is the same */
		return;
	case DW_OP_pick:
		dw_expr_push(e, dw_expr_peek(e, reader_u8(r)));
		return;
	case DW_OP_plus_uconst: {
		struct dw_expr_value v = dw_expr_pop(e);
		v.u += reader_uleb(r);
		dw_expr_push(e, v);
		return;
	}
	case DW_OP_skip:
		jump(run, (int16_t)reader_u16(r));
		return;
	case DW_OP_bra: {
		int16_t by = (int16_t)reader_u16(r);
		if (dw_expr_pop(e).u != 0)
			jump(run, by);
		return;
	}
	case DW_OP_call2:
		call(run, true, reader_u16(r));
		return;
	case DW_OP_call4:
		call(run, true, reader_u32(r));
		return;
	case DW_OP_call_ref:
		call(run, false, dw_read_offset(r, e->context->unit && e->context->unit->is_64));
		return;
	case DW_OP_convert:
	case DW_OP_GNU_convert:
		convert(run, false);
		return;
	case DW_OP_reinterpret:
	case DW_OP_GNU_reinterpret:
		convert(run, true);
		return;
	}
	dw_expr_fail(e, ERROR_UNSUPPORTED, "the operation 0x%02x is not supported", opcode);
}

static void evaluate(struct dw_expr *e, struct dw_span expr, struct places *places)
{
	struct run run = { e, places, reader_init(expr.data, expr.size) };
	while (reader_left(&run.reader) > 0 && !e->error) {
		if (++e->steps > DW_EXPR_MAX_STEPS) {
			dw_expr_fail(e, ERROR_LIMIT, "the expression takes more than %d steps",
				     DW_EXPR_MAX_STEPS);
			break;
		}
		uint8_t opcode = reader_u8(&run.reader);
		e->opcode = opcode;
		if (!literal_op(&run, opcode) && !dw_expr_stack_op(e, opcode) &&
		    !outside_op(&run, opcode) && !place_op(&run, opcode))
			other_op(&run, opcode);
		if (run.reader.failed)
			dw_expr_fail(e, ERROR_TRUNCATED, "the expression ends within an operation");
	}
}

static void begin(struct dw_expr *e, const struct dw_expr_context *context)
{
	assert(context->address_size == 4 || context->address_size == 8);
	/* Not the whole: the stack is big and needs no values. */
	e->context = context;
	e->name = context->unit ? context->unit->sections->name : "expression";
	e->depth = 0;
	e->calls = 0;
	e->steps = 0;
	e->opcode = DW_OP_nop;
	e->error = NULL;
}

struct error *dw_expr_location(const struct dw_expr_context *context, struct dw_span expr,
			       struct dw_location *ret)
{
	struct dw_expr e;
	struct dw_location location;
	struct places places = { .out = &location };
	begin(&e, context);
	evaluate(&e, expr, &places);
	if (e.error)
		return e.error;
	if (!places.piecewise) {
		location.places[0] = take_place(&e, &places);
		places.count = 1;
	} else if (places.has_current || places.count == 0) {
		dw_expr_fail(&e, ERROR_FORMAT, "pieces, and a location that is not one");
		return e.error;
	}
	ret->count = places.count;
	memcpy(ret->places, location.places, places.count * sizeof *ret->places);
	return NULL;
}

static uint64_t place_number(struct dw_expr *e, const struct dw_place *place)
{
	uint64_t u = 0;
	switch (place->kind) {
	case DW_PLACE_MEMORY:
	case DW_PLACE_VALUE:
		return place->u;
	case DW_PLACE_REGISTER:
		return read_reg(e, place->u);
	case DW_PLACE_BYTES:
		if (place->bytes.size == 0 || place->bytes.size > sizeof u)
			return dw_expr_fail(e, ERROR_FORMAT, "%zu bytes where a number is wanted",
					    place->bytes.size);
		memcpy(&u, place->bytes.data, place->bytes.size);
		return u;
	case DW_PLACE_IMPLICIT_POINTER:
		return dw_expr_fail(e, ERROR_FORMAT, "an implicit pointer where a number is wanted");
	case DW_PLACE_EMPTY:
		break;
	}
	return dw_expr_fail(e, ERROR_FORMAT, "the expression gives no number");
}

struct error *dw_expr_value(const struct dw_expr_context *context, struct dw_span expr, bool has_initial,
			    uint64_t initial, uint64_t *ret)
{
	struct dw_expr e;
	struct places places = { 0 };
	begin(&e, context);
	if (has_initial)
		dw_expr_push_generic(&e, initial);
	evaluate(&e, expr, &places);
	if (e.error)
		return e.error;
	struct dw_place place = take_place(&e, &places);
	uint64_t number = place_number(&e, &place);
	if (e.error)
		return e.error;
	*ret = number;
	return NULL;
}
