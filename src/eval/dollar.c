/* Registers and convenience variables. */
#include "eval/eval_internal.h"

#include <stdlib.h>

static bool sub_register(struct str name, unsigned *ret_reg, unsigned *ret_offset, unsigned *ret_size)
{
	static const char *const full[] = { "rax", "rdx", "rcx", "rbx", "rsi", "rdi", "rbp", "rsp" };
	static const char *const low[] = { "al", "dl", "cl", "bl", "sil", "dil", "bpl", "spl" };
	for (unsigned i = 0; i < 8; i++) {
		struct str word = { full[i] + 1, 2 };
		*ret_reg = i;
		*ret_offset = 0;
		*ret_size = name.len == 3 && name.ptr[0] == 'e' && str_eq(str_sub(name, 1, 2), word) ? 4
			    : str_eq(name, word)                                                     ? 2
			    : str_is(name, low[i])                                                   ? 1
												     : 0;
		if (*ret_size)
			return true;
		if (i < 4 && name.len == 2 && name.ptr[1] == 'h' && name.ptr[0] == full[i][1]) {
			*ret_offset = *ret_size = 1;
			return true;
		}
	}
	if (name.len >= 3 && name.ptr[0] == 'r' && parse_is_digit(name.ptr[1])) {
		char last = name.ptr[name.len - 1];
		unsigned n = 0;
		for (size_t i = 1; i + 1 < name.len; i++)
			n = parse_is_digit(name.ptr[i]) ? n * 10 + (unsigned)(name.ptr[i] - '0') : 99;
		*ret_reg = n;
		*ret_offset = 0;
		*ret_size = last == 'd' ? 4 : last == 'w' ? 2 : last == 'l' || last == 'b' ? 1 : 0;
		return n >= 8 && n <= 15 && *ret_size;
	}
	return false;
}

static const struct sym_type *flags_type(void)
{
	static const struct sym_type *made;
	if (!made)
		made = sym_type_named(sym_type_primitive(NULL, STR_LIT("unsigned int"), false),
				      STR_LIT("i386_eflags"));
	return made;
}

/* gdb's types of registers: code and data pointers for pc and the stack's, flags, numbers. */
static const struct sym_type *register_type(struct machine *m, unsigned reg, uint32_t size)
{
	static const struct sym_type *code[2];
	const struct arch *a = m->env->arch;
	if (size == 8 && reg == a->pc) {
		if (!code[m->rust])
			code[m->rust] = m->rust ? sym_type_named(sym_type_pointer_to(sym_type_primitive(
									 NULL, STR_LIT("()"), true)),
								 STR_LIT("*mut fn ()"))
						: sym_type_named(sym_type_pointer_to(sym_type_primitive(
									 NULL, STR_LIT("void"), false)),
								 STR_LIT("void (*)()"));
		return code[m->rust];
	}
	if (size == 8 && (reg == a->sp || reg == a->fp))
		return sym_type_pointer_to(type_named(m, "()", "void"));
	if (reg == ARCH_RFLAGS)
		return flags_type();
	const char *name = size == 8   ? "int64_t"
			   : size == 4 ? "int32_t"
			   : size == 2 ? "int16_t"
				       : "int8_t";
	if (reg >= ARCH_ES && reg <= ARCH_GS)
		name = "int32_t";
	if (size == 8 && (reg == ARCH_FS_BASE || reg == ARCH_GS_BASE || reg == ARCH_ORIG_RAX))
		name = "long";
	return sym_type_primitive(NULL, str_from(name), false);
}

static bool register_value(struct machine *m, struct str name, bool *ret_missing, struct eval_value *ret)
{
	const struct arch *a = m->env->arch;
	if (!a)
		return false;
	unsigned reg = ARCH_REG_NONE, offset = 0, size = 8;
	const struct arch_reg *known = arch_reg_by_name(a, name);
	if (str_is(name, "pc"))
		reg = a->pc;
	else if (str_is(name, "sp"))
		reg = a->sp;
	else if (str_is(name, "fp"))
		reg = a->fp;
	else if (str_is(name, "eflags") || str_is(name, "ps"))
		reg = ARCH_RFLAGS;
	else if (str_is(name, "orig_rax"))
		reg = ARCH_ORIG_RAX;
	else if (known && known->bits <= 64)
		reg = known->dwarf;
	else if (!sub_register(name, &reg, &offset, &size))
		return false;
	uint64_t value = 0;
	bool have = m->env->reg && m->env->reg(m->env->ctx, reg, &value);
	*ret_missing = !have && !m->env->frame && !m->no_side;
	if (*ret_missing)
		return false;
	const struct sym_type *type = register_type(m, reg, size);
	if (size == 8)
		size = (unsigned)type_size(type);
	uint8_t *bytes = arena_alloc(m->arena, 8);
	memcpy(bytes, (uint8_t *)&value + offset, size);
	*ret = (struct eval_value){ .type = type,
				    .bytes = bytes,
				    .size = size,
				    .place = EVAL_PLACE_REGISTER,
				    .reg = (uint16_t)reg,
				    .place_offset = offset };
	if (!have) {
		ret->state = EVAL_OPTIMISED_OUT;
		ret->why = STR_LIT("not saved");
	}
	return true;
}

struct error *eval_dollar(struct machine *m, struct node *n, struct eval_value *ret)
{
	bool missing = false;
	if (register_value(m, n->text, &missing, ret))
		return NULL;
	if (missing)
		return error_new(ERROR_USAGE, "No registers.");
	if (m->env->named_register && m->env->named_register(m->env->ctx, n->text, m->arena, ret)) {
		if (ret->place == EVAL_PLACE_NONE && !ret->has_address) {
			ret->place = EVAL_PLACE_NAMED_REGISTER;
			ret->name = n->text;
		}
		return NULL;
	}
	eval_convenience_get(m->session, n->text, ret);
	if (ret->size) /* it may be set anew while this is of use */
		ret->bytes = arena_copy(m->arena, ret->bytes, ret->size);
	if (ret->lost)
		ret->lost = arena_copy(m->arena, ret->lost, ret->size);
	return NULL;
}
