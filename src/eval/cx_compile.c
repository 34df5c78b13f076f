/* Trees of C-like expressions, with the types of a value, as bytecode. */
#include "eval/cx_compile_internal.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_DEPTH = 400, MAX_INLINED = 32 };

static bool fail_with(struct cx_compiler *c, enum error_code code, const struct eval_cx_node *n,
		      const char *format, ...) ERROR_PRINTF(4, 5);
static bool fail_with(struct cx_compiler *c, enum error_code code, const struct eval_cx_node *n,
		      const char *format, ...)
{
	if (c->error)
		return false;
	struct buf text = { 0 };
	va_list args;
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	c->error = error_new(code, "%s", text.data ? text.data : "");
	c->error->has_where = true;
	c->error->where = n->at;
	buf_deinit(&text);
	return false;
}
#define fail(c, n, ...) fail_with((c), ERROR_USAGE, (n), __VA_ARGS__)

size_t cx_emit(struct cx_compiler *c, struct eval_cx_op op)
{
	if (c->ops.count >= EVAL_CX_MAX_CODE) {
		if (!c->error)
			c->error = error_new(ERROR_LIMIT, "it takes more than %d instructions",
					     EVAL_CX_MAX_CODE);
		return 0;
	}
	vec_push(&c->ops, op);
	return c->ops.count - 1;
}

/* ---- types ---- */

static bool is_real(const struct sym_type *t)
{
	return type_kind(t) == SYM_TYPE_FLOAT;
}

static const struct sym_type *pointee(const struct sym_type *t)
{
	t = type_plain(t);
	return t ? sym_type_target(t) : NULL;
}

static bool is_integer(const struct sym_type *t)
{
	return type_is_integer(t) && type_size(t) <= 16;
}

static void type_text(struct eval_cx_type t, struct buf *out)
{
	buf_str(out, t.sym ? sym_type_name(t.sym) : STR_LIT("void"));
	if (t.view)
		buf_printf(out, ", variant %u", t.variant);
}

bool eval_cx_is_scalar(const struct sym_type *t)
{
	return is_integer(t) || type_is_pointer(t) || (is_real(t) && type_size(t) <= 8);
}

/* "unsigned __int64" and what else C and MSVC call scalars. */
static const struct sym_type *scalar_named(struct str name)
{
	static const char *const names[][2] = {
		{ "char", "char" },
		{ "signed char", "signed char" },
		{ "unsigned char", "unsigned char" },
		{ "__int8", "signed char" },
		{ "unsigned __int8", "unsigned char" },
		{ "short", "short" },
		{ "short int", "short" },
		{ "unsigned short", "unsigned short" },
		{ "unsigned short int", "unsigned short" },
		{ "__int16", "short" },
		{ "unsigned __int16", "unsigned short" },
		{ "wchar_t", "char16_t" }, /* as MSVC has it */
		{ "int", "int" },
		{ "signed", "int" },
		{ "signed int", "int" },
		{ "unsigned", "unsigned int" },
		{ "unsigned int", "unsigned int" },
		{ "__int32", "int" },
		{ "unsigned __int32", "unsigned int" },
		{ "long", "int" }, /* MSVC's has 32 bits */
		{ "unsigned long", "unsigned int" },
		{ "long long", "long" },
		{ "long long int", "long" },
		{ "unsigned long long", "unsigned long" },
		{ "__int64", "long" },
		{ "signed __int64", "long" },
		{ "unsigned __int64", "unsigned long" },
		{ "size_t", "unsigned long" },
		{ "ptrdiff_t", "long" },
		{ "float", "float" },
		{ "double", "double" },
		{ "void", "void" },
		{ "bool", "_Bool" },
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_is(name, names[i][0]))
			return cx_c_type(names[i][1]);
	/* uint8_t and its like; u32 */
	const struct sym_type *t = sym_type_primitive(NULL, name, false);
	return t || str_is(name, "str") ? t : sym_type_primitive(NULL, name, true);
}

static const struct sym_type *resolve(struct cx_compiler *c, const struct eval_cx_node *n,
				      const struct cx_type_text *text)
{
	const struct sym_type *t = scalar_named(text->name);
	if (!t && c->scope->type)
		t = c->scope->type(c->scope->ctx, text->name);
	if (!t) {
		fail_with(c, ERROR_NOT_FOUND, n, "there is no type %.*s", STR_ARG(text->name));
		return NULL;
	}
	if (text->pointers > 8) {
		fail(c, n, "the type has too many `*`");
		return NULL;
	}
	for (uint32_t i = 0; i < text->pointers; i++)
		t = sym_type_pointer_to(t);
	return t;
}

/* ---- values ---- */

/* From a place to the value. */
static bool load(struct cx_compiler *c, const struct eval_cx_node *n, struct cx_made *m)
{
	if (!m->place)
		return true;
	const struct sym_type *t = m->type.sym;
	uint64_t size = type_size(t);
	m->place = false;
	if (m->type.view || !t)
		return fail(c, n, "it is no number and no pointer");
	if (type_kind(t) == SYM_TYPE_ARRAY) { /* C's decay */
		const struct sym_type *element = pointee(t);
		if (!element)
			return fail(c, n, "the array has no elements");
		m->type.sym = sym_type_pointer_to(element);
		return true;
	}
	if (!eval_cx_is_scalar(t)) {
		struct buf name = { 0 };
		type_text(m->type, &name);
		fail(c, n, "a %.*s is no number and no pointer", STR_ARG(buf_view(&name)));
		buf_deinit(&name);
		return false;
	}
	if (m->bit_size)
		EMIT(.code = CX_OP_LOAD_BITS, .size = (uint8_t)m->bit_size, .imm = m->bit_offset,
		     .is_signed = type_is_signed(t));
	else
		EMIT(.code = is_real(t) ? CX_OP_LOAD_REAL : CX_OP_LOAD, .size = (uint8_t)size,
		     .is_signed = type_is_signed(t));
	m->bit_size = 0;
	return true;
}

static bool generate(struct cx_compiler *c, const struct eval_cx_node *n, struct cx_made *ret);

static bool generate_value(struct cx_compiler *c, const struct eval_cx_node *n, struct cx_made *ret)
{
	return generate(c, n, ret) && load(c, n, ret);
}

/* To another scalar type. */
static bool convert(struct cx_compiler *c, const struct eval_cx_node *n, struct cx_made *m,
		    const struct sym_type *to)
{
	const struct sym_type *from = m->type.sym;
	if (type_kind(to) == SYM_TYPE_BOOL) {
		if (is_real(from))
			EMIT(.code = CX_OP_INTEGER);
		EMIT(.code = CX_OP_TRUTH);
	} else if (is_real(to)) {
		if (type_is_pointer(from))
			return fail(c, n, "a pointer is no floating-point number");
		if (!is_real(from))
			EMIT(.code = CX_OP_REAL);
	} else if (is_integer(to) || type_is_pointer(to)) {
		if (is_real(from) && type_is_pointer(to))
			return fail(c, n, "a floating-point number is no pointer");
		if (is_real(from))
			EMIT(.code = CX_OP_INTEGER);
		/* The place of a pointer into the value's own bytes has more than 64 bits. */
		if (!type_is_pointer(to) || !type_is_pointer(from))
			EMIT(.code = CX_OP_CUT, .size = (uint8_t)type_size(to),
			     .is_signed = type_is_signed(to));
	} else {
		return fail(c, n, "the type is none that a number or pointer can be made");
	}
	m->type = cx_plain(to);
	return true;
}

/* ---- members ---- */

static bool no_member(struct cx_compiler *c, const struct eval_cx_node *n, struct eval_cx_type type,
		      struct str name)
{
	struct buf text = { 0 };
	type_text(type, &text);
	fail_with(c, ERROR_NOT_FOUND, n, "there is no member %.*s in %.*s", STR_ARG(name),
		  STR_ARG(buf_view(&text)));
	buf_deinit(&text);
	return false;
}

/* What a pointer's value points at, as a place. */
static bool follow(struct cx_compiler *c, const struct eval_cx_node *n, struct cx_made *m)
{
	if (!load(c, n, m))
		return false;
	const struct sym_type *target = type_is_pointer(m->type.sym) ? pointee(m->type.sym) : NULL;
	if (!target)
		return fail(c, n, "it is no pointer that can be followed");
	*m = (struct cx_made){ .type = cx_plain(target), .place = true };
	return true;
}

static bool generate_member(struct cx_compiler *c, const struct eval_cx_node *n, struct cx_made *ret)
{
	if (!generate(c, n->a, ret))
		return false;
	/* `.` follows a pointer as well, since a Rust reference is one thing here and another in MSVC's form. */
	if (n->op == CX_ARROW || (!ret->type.view && type_is_pointer(ret->type.sym)))
		if (!follow(c, n, ret))
			return false;
	if (!ret->place)
		return fail(c, n, "a number has no members");
	struct eval_cx_type type = ret->type;
	return cx_member_of(c, n->text, ret) || no_member(c, n, type, n->text);
}

/* ---- names ---- */

static struct cx_made self_place(struct cx_compiler *c)
{
	EMIT(.code = CX_OP_SELF);
	return (struct cx_made){ .type = c->scope->self, .place = true };
}

static bool generate_name(struct cx_compiler *c, const struct eval_cx_node *n, struct cx_made *ret)
{
	for (size_t i = c->variable_count; i-- > c->variable_base;)
		if (str_eq(c->variables[i].name, n->text)) {
			EMIT(.code = CX_OP_GET, .imm = (int64_t)i);
			*ret = (struct cx_made){ .type = c->variables[i].type };
			return true;
		}
	*ret = self_place(c);
	struct eval_cx_type type = ret->type;
	if (!type.view && type_is_pointer(type.sym) && !follow(c, n, ret))
		return false;
	type = ret->type;
	return cx_member_of(c, n->text, ret) || no_member(c, n, type, n->text);
}

/* The arguments go into cells of their own, then the body is compiled in place. */
static bool generate_call(struct cx_compiler *c, const struct eval_cx_node *n, struct cx_made *ret)
{
	struct eval_cx_intrinsic *f = xmalloc(sizeof *f);
	size_t before_base = c->variable_base, before_count = c->variable_count;
	bool good = c->scope->intrinsic && c->scope->intrinsic(c->scope->ctx, n->text, n->count, f);
	if (!good)
		fail_with(c, ERROR_NOT_FOUND, n, "there is no intrinsic %.*s", STR_ARG(n->text));
	else if (c->inlined == MAX_INLINED || before_count + n->count > EVAL_CX_MAX_CELLS)
		good = fail_with(c, ERROR_LIMIT, n, "calls of intrinsics are nested too deeply");
	for (size_t i = 0; good && i < n->count; i++) {
		struct cx_type_text text;
		struct cx_parser p = { .arena = c->arena, .text = f->parameters[i].type };
		struct cx_made arg;
		const struct sym_type *t = NULL;
		good = generate_value(c, n->list[i], &arg);
		if (good && !cx_parse_type(&p, '\0', &text))
			good = fail(c, n, "`%.*s` is no type", STR_ARG(f->parameters[i].type));
		good = good && (t = resolve(c, n, &text)) && convert(c, n->list[i], &arg, t);
		/* While the other arguments are computed the names are not those of the intrinsic yet. */
		if (good) {
			c->variables[before_count + i] = (struct eval_cx_variable){ STR_EMPTY, arg.type };
			c->variable_count = before_count + i + 1;
			EMIT(.code = CX_OP_SET, .imm = (int64_t)(before_count + i));
			EMIT(.code = CX_OP_POP);
		}
	}
	for (size_t i = 0; good && i < n->count; i++)
		c->variables[before_count + i].name = f->parameters[i].name;
	if (good) {
		c->variable_base = before_count;
		c->inlined++;
		good = generate(c, f->body->root, ret);
		c->inlined--;
	}
	c->variable_base = before_base;
	c->variable_count = before_count;
	free(f);
	return good;
}

/* ---- operators ---- */

/* C's usual arithmetic conversions. */
static const struct sym_type *common_type(const struct sym_type *a, const struct sym_type *b)
{
	if (is_real(a) || is_real(b))
		return cx_c_type("double");
	uint64_t x = type_size(a), y = type_size(b), size = x > y ? x : y;
	bool is_unsigned = (x == size && !type_is_signed(a)) || (y == size && !type_is_signed(b));
	if (size < 4)
		return cx_c_type("int");
	if (size == 4)
		return cx_c_type(is_unsigned ? "unsigned int" : "int");
	if (size == 8)
		return cx_c_type(is_unsigned ? "unsigned long" : "long");
	return cx_c_type(is_unsigned ? "unsigned __int128" : "__int128");
}

/* What the operand that was just made is converted to is known only when the other one has been made: room for that is left behind it. */
enum { CONVERSION = 2 };

static size_t leave_room(struct cx_compiler *c)
{
	size_t at = c->ops.count;
	for (int i = 0; i < CONVERSION; i++)
		EMIT(.code = CX_OP_NOTHING);
	return at;
}

static bool convert_at(struct cx_compiler *c, size_t room, const struct eval_cx_node *n,
		       struct cx_made *m, const struct sym_type *to)
{
	size_t count = c->ops.count;
	bool good = convert(c, n, m, to) && !c->error;
	assert(c->ops.count - count <= CONVERSION);
	for (size_t i = count; good && i < c->ops.count; i++)
		c->ops.data[room + i - count] = c->ops.data[i];
	c->ops.count = count;
	return good;
}

static uint64_t element_size(const struct sym_type *pointer)
{
	const struct sym_type *t = pointee(pointer);
	uint64_t size = t && type_kind(t) != SYM_TYPE_VOID ? type_size(t) : 1;
	return size;
}

/* Both are on the stack. */
static bool pointer_binary(struct cx_compiler *c, const struct eval_cx_node *n, const struct sym_type *x,
			   const struct sym_type *y, struct cx_made *ret)
{
	if (n->op >= CX_EQ && n->op <= CX_GE) {
		EMIT(.code = CX_OP_BINARY, .size = 16, .imm = n->op);
		*ret = cx_value_of(cx_c_type("_Bool"));
		return true;
	}
	if (n->op == CX_SUB && type_is_pointer(x) && type_is_pointer(y)) {
		uint64_t size = element_size(x);
		if (!size)
			return fail(c, n, "the elements have no size");
		EMIT(.code = CX_OP_DISTANCE, .imm = (int64_t)size);
		*ret = cx_value_of(cx_c_type("long"));
		return true;
	}
	bool turned = n->op == CX_ADD && is_integer(x) && !type_is_pointer(x); /* 1 + p */
	if (turned || ((n->op == CX_ADD || n->op == CX_SUB) && is_integer(y) && !type_is_pointer(y))) {
		const struct sym_type *pointer = turned ? y : x;
		EMIT(.code = n->op == CX_ADD ? CX_OP_INDEX : CX_OP_UNINDEX, .is_signed = turned,
		     .imm = (int64_t)element_size(pointer));
		*ret = cx_value_of(pointer);
		return true;
	}
	return fail(c, n, "the operator is not for these pointers");
}

static bool generate_logical(struct cx_compiler *c, const struct eval_cx_node *n, struct cx_made *ret)
{
	struct cx_made m;
	if (!generate_value(c, n->a, &m) || !convert(c, n->a, &m, cx_c_type("_Bool")))
		return false;
	if (n->op == CX_LOGICAL_OR)
		EMIT(.code = CX_OP_NOT);
	size_t skip = EMIT(.code = CX_OP_JUMP_IF_NOT);
	if (!generate_value(c, n->b, &m) || !convert(c, n->b, &m, cx_c_type("_Bool")))
		return false;
	size_t end = EMIT(.code = CX_OP_JUMP);
	size_t otherwise = EMIT(.code = CX_OP_PUSH, .imm = n->op == CX_LOGICAL_OR);
	if (c->error)
		return false;
	c->ops.data[skip].imm = (int64_t)otherwise;
	c->ops.data[end].imm = (int64_t)c->ops.count;
	*ret = cx_value_of(cx_c_type("_Bool"));
	return true;
}

static bool binary_op(struct cx_compiler *c, const struct eval_cx_node *n, const struct sym_type *t,
		      struct cx_made *ret)
{
	bool compares = n->op >= CX_EQ && n->op <= CX_GE;
	if (is_real(t)) {
		bool arithmetic = n->op >= CX_ADD && n->op <= CX_DIV;
		if (!compares && !arithmetic)
			return fail(c, n, "the operator is not for floating-point numbers");
		EMIT(.code = CX_OP_BINARY_REAL, .imm = n->op);
	} else {
		EMIT(.code = CX_OP_BINARY, .size = (uint8_t)type_size(t), .is_signed = type_is_signed(t),
		     .imm = n->op);
	}
	*ret = cx_value_of(compares ? cx_c_type("_Bool") : t);
	return true;
}

static bool generate_binary(struct cx_compiler *c, const struct eval_cx_node *n, struct cx_made *ret)
{
	struct cx_made a, b;
	if (n->op == CX_LOGICAL_AND || n->op == CX_LOGICAL_OR)
		return generate_logical(c, n, ret);
	if (!generate_value(c, n->a, &a))
		return false;
	size_t room = leave_room(c);
	if (!generate_value(c, n->b, &b))
		return false;
	if (type_is_pointer(a.type.sym) || type_is_pointer(b.type.sym))
		return pointer_binary(c, n, a.type.sym, b.type.sym, ret);
	bool shift = n->op == CX_SHL || n->op == CX_SHR;
	const struct sym_type *t = common_type(a.type.sym, shift ? a.type.sym : b.type.sym);
	return convert_at(c, room, n->a, &a, t) &&
	       convert(c, n->b, &b, shift ? cx_c_type("unsigned int") : t) && binary_op(c, n, t, ret);
}

static bool generate_unary(struct cx_compiler *c, const struct eval_cx_node *n, struct cx_made *ret)
{
	if (n->op == CX_ADDRESS) {
		if (!generate(c, n->a, ret))
			return false;
		if (!ret->place || ret->bit_size || ret->type.view || !ret->type.sym)
			return fail(c, n, "it has no address");
		*ret = cx_value_of(sym_type_pointer_to(ret->type.sym));
		return true;
	}
	if (n->op == CX_DEREF)
		return generate(c, n->a, ret) && follow(c, n, ret);
	if (!generate_value(c, n->a, ret))
		return false;
	if (n->op == CX_NOT) {
		if (!convert(c, n->a, ret, cx_c_type("_Bool")))
			return false;
		EMIT(.code = CX_OP_NOT);
		*ret = cx_value_of(cx_c_type("_Bool"));
		return true;
	}
	if (type_is_pointer(ret->type.sym))
		return fail(c, n, "the operator is not for pointers");
	const struct sym_type *t = common_type(ret->type.sym, ret->type.sym);
	if (is_real(t) && n->op == CX_COMPLEMENT)
		return fail(c, n, "the operator is not for floating-point numbers");
	if (!convert(c, n->a, ret, t))
		return false;
	if (n->op == CX_NEG)
		EMIT(.code = is_real(t) ? CX_OP_NEG_REAL : CX_OP_NEG);
	else if (n->op == CX_COMPLEMENT)
		EMIT(.code = CX_OP_COMPLEMENT);
	if (!is_real(t))
		EMIT(.code = CX_OP_CUT, .size = (uint8_t)type_size(t), .is_signed = type_is_signed(t));
	*ret = cx_value_of(t);
	return true;
}

static bool generate_index(struct cx_compiler *c, const struct eval_cx_node *n, struct cx_made *ret)
{
	struct cx_made index;
	if (!generate(c, n->a, ret))
		return false;
	bool array = ret->place && type_kind(ret->type.sym) == SYM_TYPE_ARRAY && !ret->type.view;
	const struct sym_type *element = pointee(ret->type.sym);
	if (!array && !load(c, n, ret))
		return false;
	if (!array && !type_is_pointer(ret->type.sym))
		return fail(c, n, "it is no array and no pointer");
	if (!element || type_kind(element) == SYM_TYPE_VOID)
		return fail(c, n, "the elements have no type");
	if (!generate_value(c, n->b, &index) || !is_integer(index.type.sym))
		return fail(c, n, "the index is no integer");
	EMIT(.code = CX_OP_INDEX, .imm = (int64_t)type_size(element));
	*ret = (struct cx_made){ .type = cx_plain(element), .place = true };
	return true;
}

static const struct sym_type *choice_type(const struct sym_type *a, const struct sym_type *b)
{
	if (type_is_pointer(a) || type_is_pointer(b))
		return type_is_pointer(a) ? a : b;
	if (type_kind(a) == SYM_TYPE_BOOL && type_kind(b) == SYM_TYPE_BOOL)
		return a;
	return common_type(a, b);
}

static bool generate_choice(struct cx_compiler *c, const struct eval_cx_node *n, struct cx_made *ret)
{
	struct cx_made m, a, b;
	if (!generate_value(c, n->a, &m) || !convert(c, n->a, &m, cx_c_type("_Bool")))
		return false;
	size_t skip = EMIT(.code = CX_OP_JUMP_IF_NOT);
	if (!generate_value(c, n->b, &a))
		return false;
	size_t room = leave_room(c);
	size_t end = EMIT(.code = CX_OP_JUMP);
	size_t otherwise = c->ops.count;
	if (!generate_value(c, n->c, &b))
		return false;
	const struct sym_type *t = choice_type(a.type.sym, b.type.sym);
	if (!convert_at(c, room, n->b, &a, t) || !convert(c, n->c, &b, t) || c->error)
		return false;
	c->ops.data[skip].imm = (int64_t)otherwise;
	c->ops.data[end].imm = (int64_t)c->ops.count;
	*ret = cx_value_of(t);
	return true;
}

/* Only variables of a list can be changed, never the program. */
static bool variable_at(struct cx_compiler *c, const struct eval_cx_node *n, size_t *ret)
{
	if (n->kind == CX_NAME && c->inlined == 0)
		for (size_t i = c->variable_count; i-- > c->variable_base;)
			if (str_eq(c->variables[i].name, n->text)) {
				*ret = i;
				return true;
			}
	return fail(c, n, "only a Variable of CustomListItems can be changed");
}

static bool store(struct cx_compiler *c, const struct eval_cx_node *n, size_t variable, struct cx_made *m)
{
	if (!convert(c, n, m, c->variables[variable].type.sym))
		return false;
	EMIT(.code = CX_OP_SET, .imm = (int64_t)variable);
	*m = cx_value_of(c->variables[variable].type.sym);
	return true;
}

static bool generate_assign(struct cx_compiler *c, const struct eval_cx_node *n, struct cx_made *ret)
{
	size_t variable;
	if (!variable_at(c, n->a, &variable))
		return false;
	struct eval_cx_node binary = { .kind = CX_BINARY, .op = n->op, .at = n->at, .a = n->a, .b = n->b };
	if (!(n->op ? generate_binary(c, &binary, ret) : generate_value(c, n->b, ret)))
		return false;
	return store(c, n, variable, ret);
}

static bool generate_step(struct cx_compiler *c, const struct eval_cx_node *n, struct cx_made *ret)
{
	size_t variable;
	if (!variable_at(c, n->a, &variable))
		return false;
	struct eval_cx_node one = { .kind = CX_NUMBER, .at = n->at, .number = 1, .width = 4 };
	struct eval_cx_node binary = { .kind = CX_BINARY, .op = n->op, .at = n->at, .a = n->a, .b = &one };
	if (n->number)
		EMIT(.code = CX_OP_GET, .imm = (int64_t)variable);
	if (!generate_binary(c, &binary, ret) || !store(c, n, variable, ret))
		return false;
	if (n->number) {
		EMIT(.code = CX_OP_POP);
		*ret = cx_value_of(c->variables[variable].type.sym);
	}
	return true;
}

static bool generate_cast(struct cx_compiler *c, const struct eval_cx_node *n, struct cx_made *ret)
{
	const struct sym_type *t = resolve(c, n, &n->type);
	if (!t || !generate(c, n->a, ret))
		return false;
	/* (T)x of the same structure, as `($T1)value` is written, changes nothing. */
	if (ret->place && !ret->type.view && cx_is_aggregate(t) &&
	    type_size(t) == type_size(ret->type.sym)) {
		ret->type = cx_plain(t);
		return true;
	}
	return load(c, n, ret) && convert(c, n, ret, t);
}

static bool generate_sizeof(struct cx_compiler *c, const struct eval_cx_node *n, struct cx_made *ret)
{
	const struct sym_type *t = NULL;
	size_t before = c->ops.count;
	if (n->a && generate(c, n->a, ret)) {
		t = ret->type.sym;
		c->ops.count = before;
	} else if (n->a && n->a->kind == CX_NAME && c->error && c->error->code == ERROR_NOT_FOUND) {
		/* A name alone may be a type's. */
		struct cx_type_text text = { .name = n->a->text };
		error_destroy(c->error);
		c->error = NULL;
		c->ops.count = before;
		t = resolve(c, n->a, &text);
	} else if (!n->a) {
		t = resolve(c, n, &n->type);
	}
	if (!t)
		return c->error ? false : fail(c, n, "it has no size");
	EMIT(.code = CX_OP_PUSH, .imm = (int64_t)type_size(t));
	*ret = cx_value_of(cx_c_type("unsigned long"));
	return true;
}

static bool generate_number(struct cx_compiler *c, const struct eval_cx_node *n, struct cx_made *ret)
{
	EMIT(.code = CX_OP_PUSH_WIDE, .imm = (int64_t)n->number);
	*ret = cx_value_of(cx_c_type(n->width == 8 ? (n->is_unsigned ? "unsigned long" : "long")
						   : (n->is_unsigned ? "unsigned int" : "int")));
	return true;
}

static bool generate_real(struct cx_compiler *c, double real, struct cx_made *ret)
{
	uint64_t bits;
	memcpy(&bits, &real, sizeof bits);
	EMIT(.code = CX_OP_PUSH_WIDE, .imm = (int64_t)bits);
	*ret = cx_value_of(cx_c_type("double"));
	return true;
}

static bool generate_kind(struct cx_compiler *c, const struct eval_cx_node *n, struct cx_made *ret)
{
	switch ((enum cx_kind)n->kind) {
	case CX_NUMBER:
		return generate_number(c, n, ret);
	case CX_REAL:
		return generate_real(c, n->real, ret);
	case CX_CHAR:
	case CX_BOOL:
		EMIT(.code = CX_OP_PUSH, .imm = (int64_t)n->number);
		*ret = cx_value_of(cx_c_type(n->kind == CX_CHAR ? "char" : "_Bool"));
		return true;
	case CX_NULL:
		EMIT(.code = CX_OP_PUSH);
		*ret = cx_value_of(sym_type_pointer_to(cx_c_type("void")));
		return true;
	case CX_STRING:
		return fail(c, n, "a text is in no memory");
	case CX_THIS:
		EMIT(.code = CX_OP_SELF);
		if (c->scope->self.view || !c->scope->self.sym)
			return fail(c, n, "there is no value");
		*ret = cx_value_of(sym_type_pointer_to(c->scope->self.sym));
		return true;
	case CX_NAME:
		return generate_name(c, n, ret);
	case CX_MEMBER:
		return generate_member(c, n, ret);
	case CX_INDEX:
		return generate_index(c, n, ret);
	case CX_CALL:
		return generate_call(c, n, ret);
	case CX_CAST:
		return generate_cast(c, n, ret);
	case CX_SIZEOF:
		return generate_sizeof(c, n, ret);
	case CX_UNARY:
		return generate_unary(c, n, ret);
	case CX_BINARY:
		return generate_binary(c, n, ret);
	case CX_CHOICE:
		return generate_choice(c, n, ret);
	case CX_ASSIGN:
		return generate_assign(c, n, ret);
	case CX_STEP:
		return generate_step(c, n, ret);
	}
	return false;
}

static bool generate(struct cx_compiler *c, const struct eval_cx_node *n, struct cx_made *ret)
{
	*ret = (struct cx_made){ 0 };
	if (++c->depth > MAX_DEPTH)
		return fail_with(c, ERROR_LIMIT, n, "it is nested too deeply");
	bool good = generate_kind(c, n, ret) && !c->error;
	c->depth--;
	return good;
}

struct error *eval_cx_compile(const struct eval_cx_node *root, const struct eval_cx_scope *scope,
			      struct arena *arena, struct eval_cx_code *ret)
{
	struct cx_compiler *c = xmalloc(sizeof *c);
	struct cx_made made;
	c->scope = scope;
	c->arena = arena;
	assert(scope->variable_count <= EVAL_CX_MAX_CELLS);
	c->variable_count = scope->variable_count;
	if (scope->variable_count)
		memcpy(c->variables, scope->variables, scope->variable_count * sizeof *c->variables);
	bool good = generate(c, root, &made);
	struct error *err = good       ? NULL
			    : c->error ? c->error
				       : error_new(ERROR_USAGE, "it has no sense");
	if (good)
		*ret = (struct eval_cx_code){ .ops = arena_copy(arena, c->ops.data,
								c->ops.count * sizeof *c->ops.data),
					      .count = c->ops.count,
					      .type = made.type,
					      .is_place = made.place,
					      .bit_size = made.bit_size,
					      .bit_offset = made.bit_offset };
	vec_free(&c->ops);
	free(c);
	return err;
}
