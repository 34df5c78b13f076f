/* A call's arguments into registers, the stack and copies beside it, and its result out of them, by the function's calling convention. */
#include "eval/eval_internal.h"

enum {
	RED_ZONE = 256, /* of any convention, and then some */
	MAX_STACK = 1 << 16,
	MAX_BYTES = 1 << 20,
};

struct placing {
	struct eval_call_plan *plan;
	struct arena *arena;
	uint8_t *stack; /* as the callee sees it from sp + 8 on */
	uint64_t room;  /* copies grow down from here */
};

static bool is_xmm(unsigned reg)
{
	return reg >= ARCH_XMM0 && reg <= ARCH_XMM15;
}

static struct error *put_register(struct placing *p, unsigned reg, const uint8_t *bytes, size_t size)
{
	if (is_xmm(reg)) {
		unsigned i = reg - ARCH_XMM0;
		if (i >= EVAL_CALL_XMM || size > 16)
			return error_new(ERROR_UNSUPPORTED,
					 "An argument does not fit its vector register.");
		memcpy(p->plan->xmm[i], bytes, size);
		p->plan->has_xmm = true;
		return NULL;
	}
	uint64_t value = 0;
	if (size > sizeof value)
		return error_new(ERROR_UNSUPPORTED, "An argument does not fit its register.");
	memcpy(&value, bytes, size);
	arch_reg_set(&p->plan->regs, reg, value);
	return NULL;
}

static struct error *put_stack(struct placing *p, uint32_t offset, const uint8_t *bytes, uint64_t size)
{
	/* The callee's first instruction has the return address at sp. */
	if (offset < 8 || size > MAX_STACK || offset - 8 > MAX_STACK - size)
		return error_new(ERROR_UNSUPPORTED,
				 "The arguments are larger than the %d bytes that oxdb passes.",
				 MAX_STACK);
	memcpy(p->stack + offset - 8, bytes, size);
	uint64_t end = (offset - 8 + size + 7) / 8 * 8;
	if (end > p->plan->stack_size)
		p->plan->stack_size = end;
	return NULL;
}

/* Room beside the stack of the thread, for a copy or a result. */
static struct error *reserve(struct placing *p, uint64_t size, uint64_t align, uint64_t *ret)
{
	if (size > MAX_BYTES)
		return error_new(ERROR_UNSUPPORTED, "A value of %llu bytes cannot be passed.",
				 (unsigned long long)size);
	if (align < 16)
		align = 16;
	p->room = (p->room - size) / align * align;
	*ret = p->room;
	return NULL;
}

static void add_write(struct placing *p, uint64_t address, const uint8_t *bytes, size_t size)
{
	struct eval_call_plan *plan = p->plan;
	plan->writes[plan->write_count].address = address;
	plan->writes[plan->write_count].bytes = bytes;
	plan->writes[plan->write_count++].size = size;
}

static struct error *put_pointer(struct placing *p, const struct arch_place *place, uint64_t pointer)
{
	if (place->reg_count)
		return put_register(p, place->regs[0], (const uint8_t *)&pointer, sizeof pointer);
	return put_stack(p, place->stack_offset, (const uint8_t *)&pointer, sizeof pointer);
}

static struct error *put_parts(struct placing *p, const struct arch_place *place,
			       const struct eval_value *v)
{
	for (unsigned i = 0; i < place->reg_count; i++) {
		if (place->part_offset[i] > v->size ||
		    v->size - place->part_offset[i] < place->part_size[i])
			return error_new(ERROR_UNSUPPORTED, "An argument is smaller than its parameter.");
		const uint8_t *bytes = v->bytes + place->part_offset[i];
		if (place->regs[i] == ARCH_REG_NONE)
			TRY(put_stack(p, place->part_stack[i], bytes, place->part_size[i]));
		else
			TRY(put_register(p, place->regs[i], bytes, place->part_size[i]));
	}
	return NULL;
}

static struct error *put_argument(struct placing *p, const struct arch_place *place,
				  const struct eval_value *v)
{
	uint64_t copy;
	switch ((enum arch_place_kind)place->kind) {
	case ARCH_PLACE_NONE:
		return NULL;
	case ARCH_PLACE_REGS:
	case ARCH_PLACE_SPLIT:
		return put_parts(p, place, v);
	case ARCH_PLACE_STACK:
		return put_stack(p, place->stack_offset, v->bytes, v->size);
	case ARCH_PLACE_POINTER:
		TRY(reserve(p, v->size, v->type ? sym_type_align(v->type) : 16, &copy));
		add_write(p, copy, v->bytes, v->size);
		return put_pointer(p, place, copy);
	}
	return NULL;
}

static struct error *shape_of(const struct sym_type *type, struct arch_shape *ret)
{
	*ret = (struct arch_shape){ .align = 1 };
	if (!type || type_kind(type) == SYM_TYPE_VOID || sym_type_shape(type, ret))
		return NULL;
	return error_new(ERROR_UNSUPPORTED,
			 "The type %.*s is incomplete; it can be neither passed nor returned.",
			 STR_ARG(sym_type_name(type)));
}

/* Without debug information, or with more arguments than parameters (printf): from the values' own types. */
static struct error *classify_values(const struct arch *arch, enum arch_convention convention,
				     const struct eval_value *args, size_t count,
				     const struct sym_type *result, struct arena *arena,
				     struct arch_call *ret)
{
	struct arch_shape *shapes = ARENA_ARRAY(arena, struct arch_shape, count + 1);
	for (size_t i = 0; i < count; i++)
		TRY(shape_of(args[i].type, &shapes[i]));
	TRY(shape_of(result, &shapes[count]));
	arch->classify(convention, &shapes[count], shapes, count, ret);
	return NULL;
}

struct error *eval_plan_call(const struct eval_env *env, const struct sym_function *f,
			     const struct eval_value *args, size_t count, uint64_t sp,
			     const struct sym_type *result, struct arena *arena, struct eval_call_plan *ret)
{
	const struct sym_variable *const *params;
	struct arch_call *call = ARENA_NEW(arena, struct arch_call);
	bool guess;
	size_t known = f ? sym_function_params(f, &params) : 0;
	enum arch_convention convention = f ? sym_function_convention(f, &guess) : ARCH_CC_SYSV;
	if (count > ARCH_MAX_ARGS)
		return error_new(ERROR_LIMIT, "More than %d arguments.", ARCH_MAX_ARGS);
	if (!f || known != count || !sym_function_call(f, call))
		TRY(classify_values(env->arch, convention, args, count, result, arena, call));
	*ret = (struct eval_call_plan){ .result = call->result, .type = result };
	ret->writes = arena_array(arena, count + 1, sizeof *ret->writes);
	struct placing p = { .plan = ret, .arena = arena, .room = (sp - RED_ZONE) / 16 * 16 };
	p.stack = arena_alloc(arena, MAX_STACK);
	ret->stack = p.stack;
	if (call->hidden_return) {
		TRY(reserve(&p, type_size(result), result ? sym_type_align(result) : 16,
			    &ret->result_address));
		ret->hidden_return = true;
		TRY(put_pointer(&p, &call->hidden, ret->result_address));
	}
	uint64_t vectors = 0;
	for (size_t i = 0; i < count; i++) {
		TRY(put_argument(&p, &call->args[i], &args[i]));
		for (unsigned k = 0; k < call->args[i].reg_count; k++)
			vectors += is_xmm(call->args[i].regs[k]);
	}
	/* A variadic callee wants the number of vector registers in al (psABI 3.2.3); others do not look at it. */
	arch_reg_set(&ret->regs, ARCH_RAX, vectors);
	arch_reg_set(&ret->regs, env->arch->sp, p.room);
	return NULL;
}

static bool take_part(uint16_t reg, const struct arch_regs *regs, const uint8_t (*xmm)[16], uint8_t *out,
		      size_t size)
{
	if (is_xmm(reg) && reg - ARCH_XMM0 < 2 && xmm && size <= 16) {
		memcpy(out, xmm[reg - ARCH_XMM0], size);
		return true;
	}
	if (is_xmm(reg) || !arch_reg_known(regs, reg) || size > 8)
		return false;
	memcpy(out, &regs->value[reg], size);
	return true;
}

struct error *eval_call_result(const struct eval_env *env, const struct eval_call_plan *plan,
			       const struct arch_regs *regs, const uint8_t (*xmm)[16],
			       struct arena *arena, struct eval_value *ret)
{
	uint64_t size = type_size(plan->type), bad;
	*ret = (struct eval_value){ .type = plan->type };
	if (type_kind(plan->type) == SYM_TYPE_VOID)
		return NULL;
	if (size > MAX_BYTES)
		return error_new(ERROR_UNSUPPORTED, "A value of %llu bytes cannot be returned.",
				 (unsigned long long)size);
	uint8_t *bytes = arena_alloc(arena, size ? size : 1);
	const struct arch_place *place = &plan->result;
	if (plan->hidden_return) {
		if (!env_read(env, plan->result_address, bytes, size, &bad))
			return memory_error(bad);
	} else if (place->kind == ARCH_PLACE_REGS) {
		for (unsigned i = 0; i < place->reg_count; i++) {
			if (place->part_offset[i] > size ||
			    size - place->part_offset[i] < place->part_size[i] ||
			    !take_part(place->regs[i], regs, xmm, bytes + place->part_offset[i],
				       place->part_size[i]))
				return error_new(
					ERROR_UNSUPPORTED,
					"The value is returned in a register that oxdb does not read.");
		}
	} else if (place->kind != ARCH_PLACE_NONE) {
		return error_new(ERROR_UNSUPPORTED,
				 "The value is returned in a way that oxdb does not know.");
	}
	ret->bytes = bytes;
	ret->size = size;
	return NULL;
}

struct error *eval_returned(const struct eval_env *env, const struct sym_function *f,
			    const struct arch_regs *regs, const uint8_t (*xmm)[16], struct arena *arena,
			    struct eval_value *ret)
{
	struct arch_call *call = ARENA_NEW(arena, struct arch_call);
	struct eval_call_plan plan = { .type = sym_function_result(f) };
	*ret = (struct eval_value){ .type = plan.type };
	if (type_kind(plan.type) == SYM_TYPE_VOID)
		return NULL;
	if (!sym_function_call(f, call)) {
		bool guess;
		TRY(classify_values(env->arch, sym_function_convention(f, &guess), NULL, 0, plan.type,
				    arena, call));
	}
	plan.result = call->result;
	plan.hidden_return = call->hidden_return;
	plan.result_address = arch_reg_known(regs, ARCH_RAX) ? regs->value[ARCH_RAX] : 0;
	TRY(eval_call_result(env, &plan, regs, xmm, arena, ret));
	if (plan.hidden_return) {
		ret->has_address = true;
		ret->address = plan.result_address;
	}
	return NULL;
}

/* ---- return ---- */

static struct error *give_part(struct eval_return_plan *plan, unsigned reg, const uint8_t *bytes,
			       size_t size)
{
	enum { ST0 = 33 };
	if (is_xmm(reg) && reg - ARCH_XMM0 < 2 && size <= 16) {
		memcpy(plan->vector[reg - ARCH_XMM0], bytes, size);
		plan->vectors |= 1u << (reg - ARCH_XMM0);
		return NULL;
	}
	if (reg >= ST0 && reg - ST0 < 2 && size == sizeof plan->x87[0]) {
		memcpy(plan->x87[reg - ST0], bytes, size);
		plan->x87_count = reg - ST0 + 1 > plan->x87_count ? reg - ST0 + 1 : plan->x87_count;
		return NULL;
	}
	uint64_t value = 0;
	if (is_xmm(reg) || size > sizeof value || reg >= ARCH_REG_LIMIT)
		return error_new(ERROR_UNSUPPORTED,
				 "The value is returned in a register that oxdb does not write.");
	memcpy(&value, bytes, size);
	arch_reg_set(&plan->regs, reg, value);
	return NULL;
}

static struct error *give(const struct arch_call *call, const struct eval_value *v,
			  struct eval_return_plan *plan)
{
	const struct arch_place *place = &call->result;
	plan->in_memory = call->hidden_return || place->kind == ARCH_PLACE_POINTER;
	if (plan->in_memory || place->kind == ARCH_PLACE_NONE)
		return NULL;
	if (place->kind != ARCH_PLACE_REGS)
		return error_new(ERROR_UNSUPPORTED,
				 "The value is returned in a way that oxdb does not know.");
	for (unsigned i = 0; i < place->reg_count; i++) {
		size_t at = place->part_offset[i], size = place->part_size[i];
		if (at > v->size || size > v->size - at)
			return error_new(ERROR_UNSUPPORTED,
					 "The value is smaller than the function's result.");
		TRY(give_part(plan, place->regs[i], v->bytes + at, size));
	}
	return NULL;
}

struct error *eval_plan_return(struct eval_expr *e, struct eval_session *s, const struct eval_env *env,
			       const struct sym_function *f, struct arena *arena,
			       struct eval_return_plan *ret)
{
	struct machine m = machine_of(e, s, env, arena);
	const struct sym_type *type = f ? sym_function_result(f) : NULL;
	struct arch_call *call = ARENA_NEW(arena, struct arch_call);
	struct eval_value v;
	bool guess;
	*ret = (struct eval_return_plan){ 0 };
	TRY(eval_run(e, s, env, arena, &v));
	if (!f && e->root->kind != NODE_CAST)
		return error_new(ERROR_USAGE, "Return value type not available for selected stack frame.\n"
					      "Please use an explicit cast of the value to return.");
	ret->is_void = f && type_kind(type) == SYM_TYPE_VOID;
	if (ret->is_void)
		return NULL;
	if (f)
		TRY(value_coerce(&m, &v, type));
	TRY(eval_check(&v));
	if (!f || !sym_function_call(f, call))
		TRY(classify_values(env->arch, f ? sym_function_convention(f, &guess) : ARCH_CC_SYSV,
				    NULL, 0, v.type, arena, call));
	return give(call, &v, ret);
}
