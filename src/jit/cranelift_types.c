#include "jit/cranelift_types.h"

#include "base/arena.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- layouts ---- */

static struct error *field(const struct sym_type *t, const char *path, uint32_t *ret_offset,
			   const struct sym_type **ret_type)
{
	struct sym_member m;
	TRY(jit_field(t, path, &m));
	*ret_offset = (uint32_t)m.offset;
	*ret_type = m.type;
	return NULL;
}

static struct error *vec_field(const struct sym_type *t, const char *path, uint32_t *ret_offset,
			       struct jit_vec_layout *ret)
{
	const struct sym_type *vec;
	uint32_t offset;
	TRY(field(t, path, &offset, &vec));
	TRY(jit_vec_layout(vec, ret));
	*ret_offset = offset;
	return NULL;
}

static struct error *no_variant(const struct sym_type *t, const char *name)
{
	struct str type = sym_type_name(t);
	return error_new(ERROR_UNSUPPORTED, "%.*s has no variant `%s`", STR_ARG(type), name);
}

/* Some's payload within an Option. */
static struct error *some_of(const struct sym_type *option, uint32_t *ret_offset,
			     const struct sym_type **ret_type)
{
	const struct sym_variant *some = jit_variant_named(option, "Some");
	if (!some)
		return no_variant(option, "Some");
	struct sym_member payload;
	TRY(jit_field(some->member.type, "__0", &payload));
	*ret_offset = (uint32_t)(some->member.offset + payload.offset);
	*ret_type = payload.type;
	return NULL;
}

static struct error *signature_layout(const struct sym_type *t, struct jit_signature_layout *ret)
{
	TRY(vec_field(t, "params", &ret->params_at, &ret->params));
	TRY(vec_field(t, "returns", &ret->returns_at, &ret->returns));
	TRY(field(t, "call_conv", &ret->call_conv, &ret->call_conv_type));
	const struct sym_type *value;
	struct jit_abi_param_layout *p = &ret->param;
	TRY(field(ret->params.element, "value_type", &p->value_type, &value));
	p->value_size = (uint32_t)sym_type_size(value);
	TRY(field(ret->params.element, "purpose", &p->purpose, &p->purpose_type));
	TRY(field(ret->params.element, "extension", &p->extension, &p->extension_type));
	if (p->value_size == 0 || p->value_size > 2 ||
	    sym_type_size(ret->returns.element) != sym_type_size(ret->params.element))
		return error_new(ERROR_UNSUPPORTED, "AbiParam: not as oxdb knows it");
	return NULL;
}

static struct error *declaration_layout(const struct sym_type *t, struct jit_declaration_layout *ret)
{
	TRY(field(t, "name", &ret->name, &ret->name_type));
	const struct sym_type *string = ret->name_type, *signature;
	if (sym_type_kind(string) == SYM_TYPE_VARIANT)
		TRY(some_of(ret->name_type, &ret->name_payload, &string));
	TRY(jit_string_layout(string, &ret->string));
	TRY(field(t, "signature", &ret->signature_at, &signature));
	return signature_layout(signature, &ret->signature);
}

static struct error *reloc_layout(const struct sym_type *t, struct jit_reloc_layout *ret)
{
	const struct sym_type *offset, *addend;
	TRY(field(t, "offset", &ret->offset, &offset));
	TRY(field(t, "kind", &ret->kind, &ret->kind_type));
	TRY(field(t, "addend", &ret->addend, &addend));
	TRY(field(t, "name", &ret->target, &ret->target_type));
	ret->offset_size = (uint32_t)sym_type_size(offset);
	ret->addend_size = (uint32_t)sym_type_size(addend);
	const struct sym_variant *user = jit_variant_named(ret->target_type, "User");
	if (!user)
		return no_variant(ret->target_type, "User");
	const struct sym_type *number;
	const struct sym_type *name_space;
	TRY(field(user->member.type, "namespace", &ret->name_space, &name_space));
	TRY(field(user->member.type, "index", &ret->index, &number));
	ret->name_space += (uint32_t)user->member.offset;
	ret->index += (uint32_t)user->member.offset;
	if (sym_type_size(number) != 4 || sym_type_size(name_space) != 4)
		return error_new(ERROR_UNSUPPORTED, "ModuleRelocTarget::User: not as oxdb knows it");
	return NULL;
}

static struct error *module_layout(const struct sym_type *t, struct jit_cranelift_layout *ret)
{
	ret->module_size = sym_type_size(t);
	TRY(vec_field(t, "declarations.functions.elems", &ret->declarations_at, &ret->declarations));
	TRY(declaration_layout(ret->declarations.element, &ret->declaration));
	TRY(vec_field(t, "compiled_functions.elems", &ret->blobs_at, &ret->blobs));
	ret->blob_option = ret->blobs.element;
	const struct sym_type *blob, *pointer, *size;
	TRY(some_of(ret->blob_option, &ret->blob_payload, &blob));
	TRY(field(blob, "ptr", &ret->blob_pointer, &pointer));
	TRY(field(blob, "size", &ret->blob_size, &size));
	TRY(vec_field(blob, "relocs", &ret->relocs_at, &ret->relocs));
	TRY(reloc_layout(ret->relocs.element, &ret->reloc));
	if (sym_type_size(pointer) != 8 || sym_type_size(size) != 8)
		return error_new(ERROR_UNSUPPORTED, "CompiledBlob: not as oxdb knows it");
	/* Only saves looking at all functions each time. */
	struct error *err = vec_field(t, "functions_to_finalize", &ret->pending_at, &ret->pending);
	ret->has_pending = !err && ret->pending.element_size == 4;
	error_destroy(err);
	return NULL;
}

struct error *jit_cranelift_layout(const struct sym_type *t, struct jit_cranelift_layout **ret)
{
	struct jit_cranelift_layout *layout = xmalloc(sizeof *layout);
	struct error *err = module_layout(t, layout);
	if (err) {
		free(layout);
		return err;
	}
	*ret = layout;
	return NULL;
}

static struct error *context_layout(const struct sym_type *t, struct jit_context_layout *ret)
{
	ret->context_size = sym_type_size(t);
	TRY(field(t, "compiled_code", &ret->compiled_at, &ret->compiled_option));
	const struct sym_type *code, *traps, *offset;
	uint32_t some, traps_at;
	TRY(some_of(ret->compiled_option, &some, &code));
	TRY(field(code, "buffer.traps", &traps_at, &traps));
	ret->traps_at = some + traps_at;
	TRY(jit_small_vec_layout(traps, &ret->traps));
	TRY(field(ret->traps.element, "offset", &ret->trap_offset, &offset));
	TRY(field(ret->traps.element, "code", &ret->trap_code, &ret->code_type));
	ret->trap_offset_size = (uint32_t)sym_type_size(offset);
	if (sym_type_size(ret->code_type) == 0)
		return error_new(ERROR_UNSUPPORTED, "TrapCode: not as oxdb knows it");
	return NULL;
}

struct error *jit_context_layout(const struct sym_type *t, struct jit_context_layout **ret)
{
	struct jit_context_layout *layout = xmalloc(sizeof *layout);
	struct error *err = context_layout(t, layout);
	if (err) {
		free(layout);
		return err;
	}
	*ret = layout;
	return NULL;
}

/* ---- decoding ---- */

/* Lanes count from LANE_BASE, vectors add 16 times the logarithm of their lane count, dynamic vectors
 * 0x80 more. */
enum {
	LANE_BASE = 0x70,
	DYNAMIC_BASE = 0x100,
	TYPE_LIMIT = 0x180,
	FLOATS_GREW = 110 /* f16 and f128 moved the others down */
};

struct lane {
	const char *name; /* NULL: none has that number */
	uint8_t bytes;
	bool is_float;
};
static const struct lane lanes[16] = {
	[4] = { "i8", 1, false },  [5] = { "i16", 2, false },   [6] = { "i32", 4, false },
	[7] = { "i64", 8, false }, [8] = { "i128", 16, false }, [9] = { "f16", 2, true },
	[10] = { "f32", 4, true }, [11] = { "f64", 8, true },   [12] = { "f128", 16, true },
};
static const struct lane early_lanes[16] = {
	[6] = { "i8", 1, false },  [7] = { "i16", 2, false },    [8] = { "i32", 4, false },
	[9] = { "i64", 8, false }, [10] = { "i128", 16, false }, [11] = { "f32", 4, true },
	[12] = { "f64", 8, true },
};

void jit_decode_type(uint16_t number, unsigned minor, struct jit_abi_param *ret)
{
	ret->bytes = 0;
	ret->is_float = ret->is_vector = false;
	const struct lane *lane = &(minor != 0 && minor < FLOATS_GREW ? early_lanes : lanes)[number & 15];
	unsigned dynamic = number >= DYNAMIC_BASE ? 0x80 : 0;
	if (number < LANE_BASE || number >= TYPE_LIMIT || !lane->name) {
		(void)snprintf(ret->type, sizeof ret->type, "?0x%x", number);
		return;
	}
	unsigned log2_lanes = (number - dynamic - LANE_BASE) >> 4;
	unsigned bytes = (unsigned)lane->bytes << log2_lanes;
	ret->is_float = lane->is_float;
	ret->is_vector = log2_lanes > 0;
	/* Of a dynamic vector only the least size is known. */
	ret->bytes = dynamic || bytes > UINT8_MAX ? UINT8_MAX : (uint8_t)bytes;
	if (log2_lanes == 0)
		(void)snprintf(ret->type, sizeof ret->type, "%s", lane->name);
	else
		(void)snprintf(ret->type, sizeof ret->type, "%sx%u%s", lane->name, 1U << log2_lanes,
			       dynamic ? "xN" : "");
}

unsigned jit_cranelift_minor(struct str path)
{
	static const struct str prefix = { "cranelift-jit-0.", 16 };
	size_t at = str_rfind(path, prefix);
	unsigned minor = 0;
	for (size_t i = at == SIZE_MAX ? path.len : at + prefix.len;
	     i < path.len && path.ptr[i] >= '0' && path.ptr[i] <= '9'; i++)
		minor = minor < 100000 ? minor * 10 + (unsigned)(path.ptr[i] - '0') : minor;
	return minor;
}

static int find_name(struct str name, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (names[i] && str_is(name, names[i]))
			return (int)i;
	return -1;
}
#define FIND(name, names) find_name((name), (names), sizeof(names) / sizeof *(names))

enum jit_call_conv jit_decode_call_conv(struct str enumerator)
{
	static const char *const names[] = {
		[JIT_CC_FAST] = "Fast",
		[JIT_CC_COLD] = "Cold",
		[JIT_CC_TAIL] = "Tail",
		[JIT_CC_SYSTEM_V] = "SystemV",
		[JIT_CC_WINDOWS_FASTCALL] = "WindowsFastcall",
		[JIT_CC_APPLE_AARCH64] = "AppleAarch64",
		[JIT_CC_PROBESTACK] = "Probestack",
		[JIT_CC_WINCH] = "Winch",
		[JIT_CC_PRESERVE_ALL] = "PreserveAll",
	};
	int found = FIND(enumerator, names);
	return found < 0 ? JIT_CC_UNKNOWN : (enum jit_call_conv)found;
}

enum jit_purpose jit_decode_purpose(struct str variant)
{
	static const char *const names[] = {
		[JIT_PURPOSE_NORMAL] = "Normal",
		[JIT_PURPOSE_STRUCT_ARGUMENT] = "StructArgument",
		[JIT_PURPOSE_STRUCT_RETURN] = "StructReturn",
		[JIT_PURPOSE_VMCONTEXT] = "VMContext",
	};
	int found = FIND(variant, names);
	return found < 0 ? JIT_PURPOSE_OTHER : (enum jit_purpose)found;
}

enum jit_extension jit_decode_extension(struct str enumerator)
{
	return str_is(enumerator, "Uext")   ? JIT_EXTENSION_UEXT
	       : str_is(enumerator, "Sext") ? JIT_EXTENSION_SEXT
					    : JIT_EXTENSION_NONE;
}

enum jit_reloc_kind jit_decode_reloc_kind(struct str enumerator)
{
	static const char *const names[] = {
		[JIT_RELOC_ABS8] = "Abs8",
		[JIT_RELOC_PCREL4] = "X86PCRel4",
		[JIT_RELOC_CALL_PCREL4] = "X86CallPCRel4",
	};
	int found = FIND(enumerator, names);
	return found < 0 ? JIT_RELOC_OTHER : (enum jit_reloc_kind)found;
}

void jit_decode_trap(uint8_t code, struct jit_trap *ret)
{
	/* cranelift-codegen, ir/trapcode.rs: reserved ones count up from 251. */
	static const char *const reserved[] = { "stk_ovf", "int_ovf", "heap_oob", "int_divz", "bad_toint" };
	enum { RESERVED = 251 };
	ret->code = code;
	if (code >= RESERVED)
		(void)snprintf(ret->name, sizeof ret->name, "%s", reserved[code - RESERVED]);
	else if (code > 0)
		(void)snprintf(ret->name, sizeof ret->name, "user%u", code);
	else
		ret->name[0] = '\0';
}

void jit_decode_trap_name(struct str variant, uint16_t user, struct jit_trap *ret)
{
	static const struct {
		const char *variant;
		uint8_t code;
	} known[] = {
		{ "StackOverflow", 251 },          { "IntegerOverflow", 252 },
		{ "HeapOutOfBounds", 253 },        { "IntegerDivisionByZero", 254 },
		{ "BadConversionToInteger", 255 },
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (str_is(variant, known[i].variant)) {
			jit_decode_trap(known[i].code, ret);
			return;
		}
	}
	if (str_is(variant, "User") && user >= 1 && user <= 250) {
		jit_decode_trap((uint8_t)user, ret);
		return;
	}
	/* UnreachableCodeReached, TableOutOfBounds …: as Cranelift wrote them, in its own case. */
	ret->code = 0;
	(void)snprintf(ret->name, sizeof ret->name, "%.*s", STR_ARG(variant));
}
