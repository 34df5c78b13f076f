/* Values on entry (D5 2.5.1.7, 3.4): what a register held when a function began is what its caller put there, and the caller's call site
 * tells of what that was made. It is believed where the call is proven to have reached this very function: it names it, and the function
 * cannot have begun anew in the same frame. */
#include "base/reader.h"
#include "eval/place.h"
#include "unwind/calls.h"

/* What is looked for among a call's parameters. */
struct wanted {
	enum sym_call_parameter_kind kind;
	unsigned reg;
	int64_t offset;
	bool pointee; /* not the parameter: what it points at */
};

static bool takes_register(struct reader *r, uint8_t op, uint8_t first, uint8_t extended, uint64_t *ret)
{
	if (op >= first && op <= first + 31)
		*ret = (uint64_t)(op - first);
	else if (op == extended)
		*ret = reader_uleb(r);
	else
		return false;
	return !r->failed && *ret <= UINT16_MAX;
}

/* DW_OP_regN, or DW_OP_bregN 0 with a dereference: more than that nobody writes. */
static bool parse_wanted(struct dw_span expr, struct wanted *ret)
{
	struct reader r = reader_init(expr.data, expr.size);
	uint8_t op = reader_u8(&r);
	uint64_t reg;
	*ret = (struct wanted){ .kind = SYM_CALL_REGISTER };
	if (takes_register(&r, op, DW_OP_reg0, DW_OP_regx, &reg)) {
		ret->reg = (unsigned)reg;
		return reader_left(&r) == 0;
	}
	if (!takes_register(&r, op, DW_OP_breg0, DW_OP_bregx, &reg) || reader_sleb(&r) != 0)
		return false;
	ret->reg = (unsigned)reg;
	ret->pointee = true;
	op = reader_u8(&r);
	if (op == DW_OP_deref_size)
		reader_u8(&r);
	return !r.failed && (op == DW_OP_deref || op == DW_OP_deref_size) && reader_left(&r) == 0;
}

static const struct sym_call_parameter *find_parameter(const struct sym_call_site *site,
						       const struct wanted *wanted)
{
	for (size_t i = 0; i < site->parameter_count; i++) {
		const struct sym_call_parameter *p = &site->parameters[i];
		if (p->kind == wanted->kind &&
		    (p->kind == SYM_CALL_REGISTER ? p->reg == wanted->reg : p->offset == wanted->offset))
			return p;
	}
	return NULL;
}

/* ---- the caller ---- */

static bool unwound_caller(const struct eval_frame *frame, struct unwind_frame *storage,
			   struct eval_frame *ret)
{
	struct unwind_code code;
	const struct unwind_context *context = frame->context;
	if (unwind_next(context, frame->frame, storage) != UNWIND_END_NONE || unwind_is_guess(storage->how))
		return false;
	uint64_t at = storage->pc.value - !storage->exact_pc;
	if (!context->code(context->ctx, at, &code) || code.kind != UNWIND_CODE_NATIVE)
		return false;
	*ret = (struct eval_frame){ .context = context,
				    .frame = storage,
				    .module = code.module,
				    .bias = code.bias,
				    .pc = FILE_ADDR(at - code.bias) };
	return code.module != NULL;
}

static bool caller_of(const struct eval_frame *frame, struct unwind_frame *storage, struct eval_frame *ret)
{
	if (!frame->caller)
		return unwound_caller(frame, storage, ret);
	return frame->caller(frame->caller_ctx, frame, ret) && ret->module && !ret->frame->exact_pc &&
	       !unwind_is_guess(ret->frame->how);
}

struct reach {
	uint64_t function;
	bool reached;
};

static bool check_target(void *ctx, uint64_t function)
{
	struct reach *r = ctx;
	r->reached |= function == r->function;
	return !r->reached;
}

/* Is it proven that the call went to the function that begins there? `caller` evaluates in the caller's frame. */
static bool goes_to(struct place_context *caller, const struct sym_call_site *site, uint64_t function)
{
	uint64_t target;
	struct reach reach = { .function = function };
	struct unwind_call call = { site, caller->frame->bias };
	if (site->target_kind != SYM_CALL_EXPRESSION)
		return unwind_call_targets(caller->frame->context, &call, check_target, &reach) &&
		       reach.reached;
	struct error *err = dw_expr_value(&caller->expr, site->target, false, 0, &target);
	error_destroy(err);
	return !err && target == function;
}

/* A constant of a base type, which for a floating-point number is all that is written: its bytes. */
static bool typed_constant(struct dw_span expr, uint64_t *ret)
{
	struct reader r = reader_init(expr.data, expr.size);
	uint8_t op = reader_u8(&r);
	if (op != DW_OP_const_type && op != DW_OP_GNU_const_type)
		return false;
	reader_uleb(&r);
	size_t size = reader_u8(&r);
	*ret = reader_uint(&r, size);
	return !r.failed && reader_left(&r) == 0;
}

/* A vector register alone, for a floating-point number: nobody can compute with it, but it may be there. */
static bool typed_register(const struct place_context *c, struct dw_span expr, uint64_t *ret)
{
	struct reader r = reader_init(expr.data, expr.size);
	uint8_t op = reader_u8(&r);
	uint64_t reg = reader_uleb(&r);
	reader_uleb(&r);
	if ((op != DW_OP_regval_type && op != DW_OP_GNU_regval_type) || r.failed ||
	    reader_left(&r) > 0 || reg < ARCH_XMM0 || reg > ARCH_XMM15)
		return false;
	while (c && !(c->has_frame && c->frame->frame->index == 0 && c->frame->xmm))
		c = c->callee;
	if (c)
		memcpy(ret, c->frame->xmm[reg - ARCH_XMM0], sizeof *ret);
	return c != NULL;
}

/* The value of a call's parameter, in the frame of whom it came from. */
static bool argument(struct place_context *c, const struct wanted *wanted, uint64_t *ret)
{
	struct sym_function_info info;
	struct unwind_frame storage;
	struct eval_frame frame;
	struct place_context caller;
	if (!c->function || !c->has_frame || !c->frame->context || c->callers >= PLACE_MAX_CALLERS)
		return false;
	sym_function_describe(c->function, &info);
	uint64_t function = info.entry.value + c->frame->bias;
	if (!info.entry.value || !caller_of(c->frame, &storage, &frame))
		return false;
	struct file_addr return_pc = FILE_ADDR(frame.frame->pc.value - frame.bias);
	const struct sym_call_site *site = frame.function
						   ? sym_function_call_site(frame.function, return_pc)
						   : sym_call_site_at(frame.module, return_pc);
	const struct sym_call_parameter *parameter = site ? find_parameter(site, wanted) : NULL;
	struct dw_span expr = !parameter        ? (struct dw_span){ 0 }
			      : wanted->pointee ? parameter->data_value
						: parameter->value;
	if (expr.size == 0)
		return false;
	place_init(&caller, c->env, &frame, site->unit);
	caller.outer = true;
	caller.callee = c;
	caller.callers = c->callers + 1;
	if (!goes_to(&caller, site, function) || unwind_may_restart(frame.context, function))
		return false;
	if (typed_constant(expr, ret) || typed_register(c, expr, ret))
		return true;
	struct error *err = dw_expr_value(&caller.expr, expr, false, 0, ret);
	error_destroy(err);
	return !err;
}

/* ---- for location.c ---- */

/* Where the function has not begun yet, what it holds on entry is still there. */
static bool is_at_entry(const struct place_context *c)
{
	struct sym_function_info info;
	if (!c->function || !c->has_frame || !c->frame->frame->exact_pc)
		return false;
	sym_function_describe(c->function, &info);
	return info.entry.value && info.entry.value == c->frame->pc.value;
}

bool place_entry_value(void *ctx, struct dw_span expr, uint64_t *ret)
{
	struct place_context *c = ctx;
	struct wanted wanted;
	if (is_at_entry(c))
		return place_number(c, expr, ret);
	return parse_wanted(expr, &wanted) && argument(c, &wanted, ret);
}

bool place_argument(struct place_context *c, struct dw_span expr, uint64_t *ret)
{
	struct wanted wanted;
	struct reader r = reader_init(expr.data, expr.size);
	if (reader_u8(&r) == DW_OP_fbreg) {
		wanted = (struct wanted){ .kind = SYM_CALL_STACK, .offset = reader_sleb(&r) };
		return !r.failed && reader_left(&r) == 0 && argument(c, &wanted, ret);
	}
	return parse_wanted(expr, &wanted) && !wanted.pointee && argument(c, &wanted, ret);
}
