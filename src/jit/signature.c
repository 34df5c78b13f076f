#include "jit/registry.h"

#include "base/buf.h"

#include <ctype.h>

/* CLIF's word for a convention that oxdb knows; the enumerator in lower case with underscores
 * otherwise. */
static void conv_text(const struct jit_signature *s, struct buf *out)
{
	static const char *const words[] = {
		[JIT_CC_FAST] = "fast",
		[JIT_CC_COLD] = "cold",
		[JIT_CC_TAIL] = "tail",
		[JIT_CC_SYSTEM_V] = "system_v",
		[JIT_CC_WINDOWS_FASTCALL] = "windows_fastcall",
		[JIT_CC_APPLE_AARCH64] = "apple_aarch64",
		[JIT_CC_PROBESTACK] = "probestack",
		[JIT_CC_WINCH] = "winch",
		[JIT_CC_PRESERVE_ALL] = "preserve_all",
	};
	if (s->conv != JIT_CC_UNKNOWN) {
		buf_printf(out, "%s", words[s->conv]);
		return;
	}
	for (const char *c = s->conv_name; *c; c++) {
		if (isupper((unsigned char)*c) && c != s->conv_name)
			buf_char(out, '_');
		buf_char(out, (char)tolower((unsigned char)*c));
	}
	if (s->conv_name[0] == '\0')
		buf_char(out, '?');
}

static void param_text(const struct jit_abi_param *p, struct buf *out)
{
	static const char *const extensions[] = { "", " uext", " sext" };
	static const char *const purposes[] = { "", " sarg", " sret", " vmctx", " special" };
	buf_printf(out, "%s%s%s", p->type, extensions[p->extension], purposes[p->purpose]);
}

static void list_text(const struct jit_abi_param *params, size_t count, struct buf *out)
{
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buf_printf(out, ", ");
		param_text(&params[i], out);
	}
}

struct str jit_signature_text(const struct jit_signature *signature, struct arena *arena)
{
	if (!signature->known)
		return STR_EMPTY;
	struct buf out = { 0 };
	buf_printf(&out, "fn(");
	list_text(signature->params, signature->param_count, &out);
	buf_printf(&out, ")");
	if (signature->return_count > 0) {
		buf_printf(&out, " -> ");
		list_text(signature->returns, signature->return_count, &out);
	}
	buf_char(&out, ' ');
	conv_text(signature, &out);
	struct str text = arena_str(arena, buf_view(&out));
	buf_deinit(&out);
	return text;
}

enum { INTEGER_ARGUMENTS = 6 };

/* A value as Cranelift passes it (cranelift-codegen, isa/x64/abi.rs, compute_arg_locs): integers in one
 * register, i128 in two or on the stack, floats and vectors in a vector register; pointers to results
 * and contexts are ordinary integers. False for what is split or passed otherwise: then nothing is
 * claimed. */
static bool value_shape(const struct jit_abi_param *p, struct arch_shape *ret)
{
	bool vector = p->is_vector || (p->is_float && p->bytes == 16);
	if (p->purpose == JIT_PURPOSE_STRUCT_ARGUMENT || p->purpose == JIT_PURPOSE_OTHER ||
	    p->bytes == 0 || p->bytes > 16)
		return false;
	*ret = (struct arch_shape){ .size = p->bytes, .align = p->bytes, .count = 1 };
	ret->scalars[0].size = p->bytes;
	if (vector) {
		ret->scalars[0].kind = ARCH_SCALAR_VECTOR;
	} else if (p->is_float) {
		ret->scalars[0].kind = ARCH_SCALAR_FLOAT;
	} else if (p->bytes == 16) {
		ret->count = 2;
		ret->scalars[0] = (struct arch_scalar){ .size = 8, .kind = ARCH_SCALAR_INT };
		ret->scalars[1] = (struct arch_scalar){ .offset = 8, .size = 8, .kind = ARCH_SCALAR_INT };
	}
	return true;
}

/* One result, or two that have a register each: as System V returns a struct of two words. More of them
 * Cranelift spreads over registers and an area of its own. */
static bool result_shape(const struct jit_signature *s, struct arch_shape *ret)
{
	*ret = (struct arch_shape){ .size = 0 };
	if (s->return_count == 0)
		return true;
	if (s->return_count == 1)
		return value_shape(&s->returns[0], ret);
	struct arch_shape second;
	if (s->return_count > 2 || !value_shape(&s->returns[0], ret) ||
	    !value_shape(&s->returns[1], &second) || ret->size > 8 || second.size > 8 ||
	    s->returns[0].is_vector || s->returns[1].is_vector)
		return false;
	ret->size = 16;
	ret->align = 8;
	ret->aggregate = true;
	ret->count = 2;
	ret->scalars[1] = second.scalars[0];
	ret->scalars[1].offset = 8;
	return true;
}

bool jit_signature_call(const struct jit_signature *signature, const struct arch *arch,
			struct arch_call *ret)
{
	bool system_v = signature->conv == JIT_CC_SYSTEM_V || signature->conv == JIT_CC_FAST ||
			signature->conv == JIT_CC_COLD;
	struct arch_shape args[ARCH_MAX_ARGS], result;
	if (!signature->known || !system_v || signature->param_count > ARCH_MAX_ARGS ||
	    !result_shape(signature, &result))
		return false;
	size_t integers = 0;
	for (size_t i = 0; i < signature->param_count; i++) {
		if (!value_shape(&signature->params[i], &args[i]))
			return false;
		bool pair = args[i].count == 2;
		/* Where only one register is left, Cranelift gives up that one too and System V does
		 * not. */
		if (pair && integers == INTEGER_ARGUMENTS - 1)
			return false;
		if (args[i].scalars[0].kind == ARCH_SCALAR_INT)
			integers += pair ? 2 : 1;
	}
	arch->classify(ARCH_CC_SYSV, &result, args, signature->param_count, ret);
	return true;
}
