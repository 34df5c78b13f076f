/* From a variable to its bytes: its location (D5 2.6) evaluated in a frame. */
#include "eval/place.h"

#include "base/reader.h"

enum { MAX_ALIASES = 32 };

static bool place_reg(void *ctx, unsigned reg, uint64_t *ret)
{
	struct place_context *c = ctx;
	if (c->env && !c->outer && c->has_frame && c->env->reg && c->env->reg(c->env->ctx, reg, ret))
		return true;
	if (c->callee && !arch_reg_known(&c->frame->frame->regs, reg))
		return place_reg(c->callee, reg, ret);
	if ((c->env && !c->outer) || !arch_reg_known(&c->frame->frame->regs, reg)) {
		c->missing_reg = true;
		c->reg = reg;
		return false;
	}
	*ret = c->frame->frame->regs.value[reg];
	return true;
}

static bool place_memory(void *ctx, uint64_t addr, void *buf, size_t size)
{
	struct place_context *c = ctx;
	const struct unwind_context *u = c->frame->context;
	c->address = addr;
	if (c->env ? env_read(c->env, addr, buf, size, &c->address) : u->memory(u->ctx, addr, buf, size))
		return true;
	c->missing_memory = true;
	return false;
}

static bool place_cfa(void *ctx, uint64_t *ret)
{
	struct place_context *c = ctx;
	*ret = c->has_frame ? c->frame->frame->cfa : 0;
	return *ret != 0;
}

static uint64_t place_relocate(void *ctx, uint64_t file_addr)
{
	struct place_context *c = ctx;
	return file_addr + c->frame->bias;
}

static bool place_tls(void *ctx, uint64_t offset, uint64_t *ret)
{
	struct place_context *c = ctx;
	if (c->env && c->env->tls && c->env->tls(c->env->ctx, c->frame->module, offset, ret))
		return true;
	c->missing_tls = true;
	return false;
}

/* A location as a number: what DW_AT_frame_base and DW_OP_entry_value mean by theirs. */
bool place_number(struct place_context *c, struct dw_span expr, uint64_t *ret)
{
	struct dw_location location;
	struct error *err = dw_expr_location(&c->expr, expr, &location);
	if (err) {
		error_destroy(err);
		return false;
	}
	if (location.count != 1)
		return false;
	switch (location.places[0].kind) {
	case DW_PLACE_REGISTER:
		return location.places[0].u <= UINT16_MAX &&
		       place_reg(c, (unsigned)location.places[0].u, ret);
	case DW_PLACE_MEMORY:
	case DW_PLACE_VALUE:
		*ret = location.places[0].u;
		return true;
	default:
		return false;
	}
}

static bool place_frame_base(void *ctx, uint64_t *ret)
{
	struct place_context *c = ctx;
	struct dw_span expr;
	const struct dw_unit *unit;
	if (c->in_frame_base || !c->function)
		return false;
	struct error *err = sym_function_frame_base(c->function, c->frame->pc, &expr, &unit);
	if (err) {
		error_destroy(err);
		return false;
	}
	const struct dw_unit *outer = c->expr.unit;
	c->in_frame_base = true;
	c->expr.unit = unit;
	bool ok = place_number(c, expr, ret);
	c->expr.unit = outer;
	c->in_frame_base = false;
	return ok;
}

static void set_state(struct eval_value *v, enum eval_state state, struct str why)
{
	v->state = state;
	v->why = why;
}

/* Why evaluation failed, in words for the user. Takes err. */
static void failed(const struct place_context *c, struct error *err, struct arena *arena,
		   struct eval_value *v)
{
	const struct arch *arch = c->env ? c->env->arch : c->frame->context->arch;
	if (c->missing_memory) {
		v->address = c->address;
		v->has_address = true;
		set_state(v, EVAL_UNREADABLE,
			  arena_printf(arena, "memory at 0x%jx cannot be read", (uintmax_t)c->address));
	} else if (c->missing_tls) {
		set_state(v, EVAL_UNREADABLE,
			  c->env ? arena_printf(arena, "Cannot find thread-local storage for this thread")
				 : STR_LIT("thread-local storage is not looked up"));
	} else if (c->missing_reg) {
		const struct arch_reg *reg = arch ? arch_reg_by_dwarf(arch, c->reg) : NULL;
		set_state(v, EVAL_OPTIMISED_OUT,
			  arena_printf(arena, "%s is not known in this frame",
				       reg ? reg->name : "a register"));
	} else if (err && err->code != ERROR_NOT_FOUND) {
		set_state(v, EVAL_UNREADABLE, arena_str(arena, str_from(err->message)));
	} else {
		set_state(v, EVAL_OPTIMISED_OUT,
			  err ? arena_str(arena, str_from(err->message)) : STR_LIT("no location here"));
	}
	error_destroy(err);
}

static void number_bytes(uint64_t value, bool negative, uint8_t *out, size_t size)
{
	for (size_t i = 0; i < size; i++)
		out[i] = i < 8 ? (uint8_t)(value >> (8 * i)) : negative ? 0xff : 0;
}

/* The bytes of a register from its low end. False: not known, or the register is smaller than that. */
static bool register_bytes(struct place_context *c, uint64_t reg, uint8_t *out, size_t size)
{
	enum { XMM_BYTES = 16 };
	uint64_t value;
	if (reg >= ARCH_XMM0 && reg <= ARCH_XMM15 && c->frame->xmm && c->has_frame &&
	    c->frame->frame->index == 0 && size <= XMM_BYTES) {
		memcpy(out, c->frame->xmm[reg - ARCH_XMM0], size);
		return true;
	}
	if (reg > UINT16_MAX || size > sizeof value || !place_reg(c, (unsigned)reg, &value)) {
		c->missing_reg = true;
		c->reg = reg > UINT16_MAX ? ARCH_REG_NONE : (unsigned)reg;
		return false;
	}
	number_bytes(value, false, out, size);
	return true;
}

/* The bytes of one place. */
static bool place_bytes(struct place_context *c, const struct dw_place *place, bool is_signed,
			uint8_t *out, size_t size)
{
	switch (place->kind) {
	case DW_PLACE_MEMORY:
		return size == 0 || place_memory(c, place->u, out, size);
	case DW_PLACE_REGISTER:
		return register_bytes(c, place->u, out, size);
	case DW_PLACE_VALUE:
		number_bytes(place->u, is_signed && place->u >> 63, out, size);
		return true;
	case DW_PLACE_BYTES:
		memset(out, 0, size);
		if (place->bytes.size)
			memcpy(out, place->bytes.data, place->bytes.size < size ? place->bytes.size : size);
		return true;
	default:
		return false;
	}
}

static void copy_bits(const uint8_t *from, uint64_t from_bit, uint8_t *to, uint64_t to_bit, uint64_t count)
{
	if (from_bit % 8 == 0 && to_bit % 8 == 0 && count % 8 == 0) {
		memcpy(to + to_bit / 8, from + from_bit / 8, count / 8);
		return;
	}
	for (uint64_t i = 0; i < count; i++) {
		uint64_t f = from_bit + i, t = to_bit + i;
		if (from[f / 8] >> (f % 8) & 1)
			to[t / 8] |= (uint8_t)(1u << (t % 8));
	}
}

static void set_bits(uint8_t *bytes, uint64_t first, uint64_t count)
{
	if (first % 8 == 0 && count % 8 == 0) {
		memset(bytes + first / 8, 0xff, count / 8);
		return;
	}
	for (uint64_t i = first; i < first + count; i++)
		bytes[i / 8] |= (uint8_t)(1u << (i % 8));
}

/* A value in pieces (DW_OP_piece): put together in order. What has no place, or is in a register that is not known, is marked in `lost`; so is
 * what lies behind the last piece (LLVM writes none for the end of a value that it has removed). False: memory cannot be read. */
static bool composite_bytes(struct place_context *c, const struct dw_location *location, uint8_t *out,
			    uint8_t *lost, size_t size)
{
	uint64_t at = 0, end = (uint64_t)size * 8;
	uint8_t part[2 * EVAL_MAX_BYTES + 1];
	for (size_t i = 0; i < location->count && at < end; i++) {
		const struct dw_place *place = &location->places[i];
		uint64_t bits = place->size_bits < end - at ? place->size_bits : end - at;
		uint64_t bytes = (place->offset_bits + bits + 7) / 8;
		if (place->offset_bits <= EVAL_MAX_BYTES * 8 && place_bytes(c, place, false, part, bytes))
			copy_bits(part, place->offset_bits, out, at, bits);
		else if (c->missing_memory)
			return false;
		else
			set_bits(lost, at, bits);
		at += bits;
	}
	set_bits(lost, at, end - at);
	return true;
}

static void take_pieces(struct place_context *c, const struct dw_location *location, size_t size,
			struct arena *arena, struct eval_value *v)
{
	uint8_t *bytes = arena_alloc(arena, size ? 2 * size : 1), *lost = bytes + size;
	if (!composite_bytes(c, location, bytes, lost, size)) {
		failed(c, NULL, arena, v);
		return;
	}
	*v = (struct eval_value){ .type = v->type, .bytes = bytes, .size = size };
	for (size_t i = 0; i < size && !v->lost; i++)
		if (lost[i])
			v->lost = lost;
	if (size && value_all_lost(v)) {
		set_state(v, EVAL_OPTIMISED_OUT, STR_LIT("no location here"));
		return;
	}
	if (c->env) {
		v->place = EVAL_PLACE_PIECES;
		v->pieces = location;
	}
}

static const struct sym_type *resolve(const struct sym_type *type)
{
	for (int i = 0; type && i < MAX_ALIASES && sym_type_kind(type) == SYM_TYPE_ALIAS; i++)
		type = sym_type_target(type);
	return type;
}

static void take_location(struct place_context *c, const struct dw_location *location,
			  struct arena *arena, struct eval_value *v)
{
	const struct sym_type *plain = resolve(v->type);
	bool is_signed = plain && sym_type_kind(plain) == SYM_TYPE_SIGNED;
	uint64_t whole = v->type ? sym_type_size(v->type) : 0;
	size_t size = whole < EVAL_MAX_BYTES ? (size_t)whole : EVAL_MAX_BYTES;
	bool simple = location->count == 1 && location->places[0].size_bits == 0;
	if (simple && location->places[0].kind == DW_PLACE_MEMORY) {
		v->has_address = true;
		v->address = location->places[0].u;
		if (c->env) {
			v->lazy = true; /* what an expression wants of it is seldom all */
			return;
		}
	}
	if (simple && location->places[0].kind == DW_PLACE_REGISTER) {
		v->place = EVAL_PLACE_REGISTER;
		v->reg = (uint16_t)location->places[0].u;
	}
	if (!simple && location->count) {
		take_pieces(c, location, size, arena, v);
		return;
	}
	enum dw_place_kind kind = simple ? location->places[0].kind : DW_PLACE_EMPTY;
	if (kind == DW_PLACE_IMPLICIT_POINTER && c->function) {
		v->pointee = sym_variable_pointed_at(c->function, location->places[0].u);
		v->pointee_offset = location->places[0].offset;
	}
	if (kind == DW_PLACE_EMPTY || kind == DW_PLACE_IMPLICIT_POINTER) {
		set_state(v, EVAL_OPTIMISED_OUT, STR_LIT("no location here"));
		return;
	}
	uint8_t *bytes = arena_alloc(arena, size ? size : 1);
	if (!place_bytes(c, &location->places[0], is_signed, bytes, size)) {
		failed(c, NULL, arena, v);
		return;
	}
	v->state = EVAL_OK;
	v->bytes = bytes;
	v->size = size;
}

static void take_constant(struct dw_span constant, struct arena *arena, struct eval_value *v)
{
	uint64_t whole = v->type ? sym_type_size(v->type) : constant.size;
	size_t size = whole < EVAL_MAX_BYTES ? (size_t)whole : EVAL_MAX_BYTES;
	uint8_t *bytes = arena_alloc(arena, size ? size : 1);
	if (constant.size)
		memcpy(bytes, constant.data, constant.size < size ? constant.size : size);
	v->state = EVAL_OK;
	v->bytes = bytes;
	v->size = size;
}

/* A complete type without bytes has one value only, wherever it is not. */
static bool is_zero_sized(const struct sym_type *type)
{
	struct arch_shape shape;
	return type && sym_type_size(type) == 0 && sym_type_shape(type, &shape) && shape.size == 0;
}

void place_init(struct place_context *c, const struct eval_env *env, const struct eval_frame *frame,
		const struct dw_unit *unit)
{
	const struct arch *arch = env ? env->arch : frame->context->arch;
	*c = (struct place_context){ .env = env, .frame = frame, .has_frame = frame->frame != NULL };
	if (c->has_frame)
		c->function = sym_function_at(frame->module, frame->pc);
	c->expr = (struct dw_expr_context){
		.ctx = c,
		.address_size = arch ? arch->address_size : 8,
		.version = unit ? unit->version : 5,
		.unit = unit,
		.reg = place_reg,
		.memory = place_memory,
		.frame_base = place_frame_base,
		.cfa = place_cfa,
		.relocate = place_relocate,
		.tls = place_tls,
		.entry_value = place_entry_value,
	};
}

static void evaluate(const struct eval_env *env, const struct eval_frame *frame,
		     const struct sym_variable *variable, struct arena *arena, struct eval_value *ret)
{
	struct eval_value v = { .type = sym_variable_type(variable) };
	struct dw_span expr = { 0 };
	const struct dw_unit *unit = NULL;
	bool is_const = false;
	struct place_context c;
	struct error *err = sym_variable_location(variable, frame->pc, &expr, &unit, &is_const);
	place_init(&c, env, frame, unit);
	if (err) {
		failed(&c, err, arena, &v);
		*ret = v;
		return;
	}
	if (is_const) {
		take_constant(expr, arena, &v);
		*ret = v;
		return;
	}
	struct dw_location *location = ARENA_NEW(arena, struct dw_location);
	err = dw_expr_location(&c.expr, expr, location);
	if (err)
		failed(&c, err, arena, &v);
	else
		take_location(&c, location, arena, &v);
	*ret = v;
}

static void zero_sized(struct arena *arena, struct eval_value *v)
{
	if (v->state != EVAL_OK && is_zero_sized(v->type))
		*v = (struct eval_value){ .state = EVAL_OK, .type = v->type, .bytes = arena_alloc(arena, 1) };
}

void eval_variable(const struct eval_frame *frame, const struct sym_variable *variable,
		   struct arena *arena, struct eval_value *ret)
{
	struct eval_value v;
	evaluate(NULL, frame, variable, arena, &v);
	zero_sized(arena, &v);
	*ret = v;
}

void locate_variable(const struct eval_env *env, const struct eval_frame *frame,
		     const struct sym_variable *variable, struct arena *arena, struct eval_value *ret)
{
	struct eval_value v;
	evaluate(env, frame, variable, arena, &v);
	zero_sized(arena, &v);
	*ret = v;
}

bool eval_read_entry_value(const struct eval_env *env, const struct sym_variable *v, struct arena *arena,
			   struct eval_value *ret)
{
	struct place_context c;
	struct dw_span expr;
	const struct dw_unit *unit = NULL;
	uint64_t number;
	const struct sym_type *type = sym_variable_type(v);
	uint64_t size = type ? sym_type_size(type) : 0;
	if (!env->frame || size == 0 || size > sizeof number ||
	    !sym_variable_location_on_entry(v, &expr, &unit))
		return false;
	place_init(&c, env, env->frame, unit);
	if (!place_argument(&c, expr, &number))
		return false;
	*ret = (struct eval_value){ .state = EVAL_OK, .type = type, .size = size };
	ret->bytes = arena_copy(arena, &number, size);
	return true;
}

void eval_read_variable(const struct eval_env *env, const struct sym_variable *v, struct arena *arena,
			struct eval_value *ret)
{
	struct eval_frame nowhere = { 0 };
	struct eval_value value;
	locate_variable(env, env->frame ? env->frame : &nowhere, v, arena, &value);
	struct error *err = value.lazy ? value_fetch(env, arena, &value) : NULL;
	if (err) {
		value.state = EVAL_UNREADABLE;
		value.lazy = false;
		value.why = arena_str(arena, str_from(err->message));
		if (err->has_where)
			value.address = err->where;
		error_destroy(err);
	}
	*ret = value;
}
