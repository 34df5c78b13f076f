/* What a pointer points to: `*p`. */
#include "eval/eval_internal.h"

#include "symbols/lookup.h"

enum { MAX_MODULES = 1 << 16 };

/* Arrays and functions as C takes them in most places: by their address. */
struct error *value_decay(struct machine *m, struct eval_value *v)
{
	enum sym_type_kind kind = type_kind(v->type);
	if (kind == SYM_TYPE_ARRAY && !sym_type_is_vector(type_plain(v->type))) {
		TRY(value_to_program(m, v));
		if (!v->has_address)
			return error_new(ERROR_USAGE,
					 "Attempt to take address of value not located in memory.");
		value_number(sym_type_pointer_to(sym_type_target(type_plain(v->type))), v->address, 0,
			     m->arena, v);
	} else if (kind == SYM_TYPE_FUNCTION) {
		value_number(sym_type_pointer_to(v->type), v->address, 0, m->arena, v);
	}
	return NULL;
}

static bool word_of(const struct eval_value *v, const char *field, uint64_t *ret)
{
	const struct sym_member *f = sym_type_member(type_plain(v->type), field);
	if (!f || !type_is_pointer(type_plain(f->type)) || f->offset > v->size || v->size - f->offset < 8)
		return false;
	memcpy(ret, v->bytes + f->offset, 8);
	return true;
}

/* `&dyn Trait`, `Box<dyn Trait>`: the value behind it as what it is, which its vtable tells. */
static bool trait_object(struct machine *m, const struct eval_value *v, struct eval_value *ret)
{
	const struct sym_type *type = type_plain(v->type), *concrete = NULL;
	uint64_t data, vtable, bias;
	struct sym_module *module;
	if (type_kind(type) != SYM_TYPE_STRUCT || !sym_type_is_rust(type) || !m->env->module ||
	    !word_of(v, "pointer", &data) || !word_of(v, "vtable", &vtable))
		return false;
	for (size_t i = 0;
	     !concrete && i < MAX_MODULES && m->env->module(m->env->ctx, i, &module, &bias); i++)
		if (module && vtable >= bias)
			concrete = sym_vtable_type(module, FILE_ADDR(vtable - bias));
	if (concrete)
		value_at(concrete, data, ret);
	return concrete;
}

/* A pointer that is nowhere, to a variable that need not be in memory: what the variable holds. */
static struct error *pointed_at(struct machine *m, const struct eval_value *v,
				const struct sym_type *target, struct eval_value *ret)
{
	struct eval_value whole;
	uint64_t size = type_size(target);
	if (!m->env->frame)
		return error_new(ERROR_NOT_FOUND, "value has been optimized out");
	locate_variable(m->env, m->env->frame, v->pointee, m->arena, &whole);
	uint64_t room = type_size(whole.type), offset = (uint64_t)v->pointee_offset;
	if (offset > room || size > room - offset)
		return error_new(ERROR_USAGE,
				 "access outside bounds of object referenced via synthetic pointer");
	struct sym_member part = { .type = target, .offset = offset };
	return value_part(m->env, m->arena, &whole, &part, ret);
}

struct error *value_deref(struct machine *m, struct eval_value *v, struct eval_value *ret)
{
	const struct sym_type *type = type_plain(v->type);
	uint64_t address;
	if (v->pointee && v->state == EVAL_OPTIMISED_OUT && type_is_pointer(type) &&
	    type_size(sym_type_target(type)) > 0)
		return pointed_at(m, v, sym_type_target(type), ret);
	if (type_kind(type) == SYM_TYPE_FUNCTION) {
		*ret = *v;
		return NULL;
	}
	if (type_kind(type) == SYM_TYPE_ARRAY)
		TRY(value_decay(m, v)); /* gdb has it so for Rust, too */
	TRY(value_fetch(m->env, m->arena, v));
	if (trait_object(m, v, ret))
		return NULL;
	type = type_plain(v->type);
	if (!m->rust && type_kind(type) != SYM_TYPE_ENUM && type_is_integer(type)) {
		/* Whoever writes *0x1234 has an address in mind. */
		TRY(eval_as_address(v, &address));
		value_at(type_named(m, "i64", "long"), address, ret);
		return NULL;
	}
	const struct sym_type *target = type_is_pointer(type) ? sym_type_target(type) : NULL;
	if (target && type_kind(target) == SYM_TYPE_VOID && !m->rust)
		return error_new(ERROR_USAGE, "Attempt to dereference a generic pointer.");
	if (!target || type_kind(target) == SYM_TYPE_VOID)
		return error_new(ERROR_USAGE, "Attempt to take contents of a non-pointer value.");
	TRY(eval_as_address(v, &address));
	value_at(target, address, ret);
	return NULL;
}
