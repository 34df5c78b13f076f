/* Calls of the program's functions: which one is meant, the arguments as its parameters want them. Placing them in registers is
 * place_call.c's work, running the program env->call's. */
#include "eval/eval_internal.h"

enum { MAX_CANDIDATES = 256, EVAL_MAX_CALL_ARGS = ARCH_MAX_ARGS - 1 };

/* ---- which function ---- */

struct candidates {
	struct machine *m;
	const struct eval_value *args;
	size_t count;
	const struct sym_function *found;
	uint64_t bias;
	size_t matches, seen;
};

/* Could a value of that type be passed for the parameter as it is? */
static bool fits(const struct sym_type *parameter, const struct sym_type *argument)
{
	if (!parameter || !argument)
		return parameter == argument;
	if (sym_type_same(type_plain(parameter), type_plain(argument)))
		return true;
	if (rust_is_str(parameter) && rust_is_str(argument))
		return true;
	if (type_is_pointer(parameter) && type_is_pointer(argument)) {
		const struct sym_type *a = sym_type_target(type_plain(parameter)),
				      *b = sym_type_target(type_plain(argument));
		return a && b && sym_type_same(type_plain(a), type_plain(b));
	}
	return false;
}

static bool consider(void *ctx, const struct sym_function *f, uint64_t bias)
{
	struct candidates *c = ctx;
	const struct sym_variable *const *params;
	struct sym_function_info info;
	sym_function_describe(f, &info);
	if (++c->seen > MAX_CANDIDATES)
		return false;
	if (!info.entry.value || sym_function_params(f, &params) != c->count)
		return true;
	for (size_t i = 0; i < c->count; i++)
		if (!fits(sym_variable_type(params[i]), c->args[i].type))
			return true;
	if (!c->found || c->found != f)
		c->matches++;
	c->found = f;
	c->bias = bias;
	return true;
}

/* The instance of a generic function, or the method, whose parameters are what is passed. */
static bool by_arguments(struct machine *m, struct str path, const struct eval_value *args, size_t count,
			 const struct sym_function **ret, struct eval_value *ret_value)
{
	struct candidates c = { .m = m, .args = args, .count = count };
	find_functions(m, path, consider, &c);
	if (!c.found)
		return false;
	*ret = c.found;
	value_function(c.found, c.bias, ret_value);
	return true;
}

static const struct sym_function *function_at(struct machine *m, uint64_t address)
{
	struct sym_module *module;
	uint64_t bias;
	for (size_t i = 0;
	     m->env->module && i < 1 << 16 && m->env->module(m->env->ctx, i, &module, &bias); i++) {
		if (!module || !sym_module_has_debug_info(module))
			continue;
		const struct sym_function *f = sym_function_at(module, FILE_ADDR(address - bias));
		struct sym_function_info info;
		if (!f)
			continue;
		sym_function_describe(f, &info);
		if (info.entry.value + bias == address)
			return f;
	}
	return NULL;
}

/* ---- arguments ---- */

/* Memory in the program for what has none yet, from its own malloc as gdb does it. */
static struct error *allocate(struct machine *m, uint64_t size, uint64_t *ret)
{
	struct node name = { .kind = NODE_NAME, .text = STR_LIT("malloc") };
	struct eval_value function, argument, result;
	struct error *err = eval_name(m, &name, &function);
	if (err || !function.has_address) {
		error_destroy(err);
		return error_new(
			ERROR_USAGE,
			"evaluation of this expression requires the program to have a function \"malloc\".");
	}
	value_number(sym_type_primitive(NULL, STR_LIT("unsigned long"), false), size, 0, m->arena,
		     &argument);
	/* Whatever the debug information of libc says or does not say of it. */
	static const struct sym_type *type;
	if (!type)
		type = sym_type_function_of(
			sym_type_pointer_to(sym_type_primitive(NULL, STR_LIT("void"), false)), false);
	result.type = sym_type_target(type);
	TRY(m->env->call(m->env->ctx, function.address, NULL, &argument, 1, m->arena, &result));
	if (!eval_as_unsigned(&result, ret) || *ret == 0)
		return error_new(ERROR_MEMORY, "memory allocation failed in the program");
	return NULL;
}

static struct error *put_in_program(struct machine *m, const uint8_t *bytes, size_t size, uint64_t *ret)
{
	TRY(allocate(m, size ? size : 1, ret));
	if (!m->env->write)
		return error_new(ERROR_USAGE, "cannot access memory without a process");
	return m->env->write(m->env->ctx, *ret, bytes, size);
}

static struct error *place_text(struct machine *m, struct eval_value *v)
{
	uint64_t pair[2];
	if (v->size < sizeof pair)
		return NULL;
	memcpy(pair, v->bytes, sizeof pair);
	if (v->has_address || pair[0] || v->size < sizeof pair + pair[1])
		return NULL;
	TRY(put_in_program(m, v->bytes + sizeof pair, pair[1], &pair[0]));
	v->bytes = arena_copy(m->arena, pair, sizeof pair);
	v->size = sizeof pair;
	return NULL;
}

struct error *value_to_program(struct machine *m, struct eval_value *v)
{
	bool is_array = type_kind(v->type) == SYM_TYPE_ARRAY && !sym_type_is_vector(type_plain(v->type));
	if (m->no_side || !m->env->call || v->lazy)
		return NULL;
	if (rust_is_str(v->type))
		return place_text(m, v);
	if (!is_array || v->has_address || v->place != EVAL_PLACE_NONE)
		return NULL;
	TRY(put_in_program(m, v->bytes, v->size, &v->address));
	v->has_address = true;
	return NULL;
}

/* An argument for a parameter: text gets memory, arrays decay, a reference is taken where one is wanted, numbers are converted. */
struct error *value_coerce(struct machine *m, struct eval_value *v, const struct sym_type *parameter)
{
	struct eval_value cast;
	TRY(value_fetch(m->env, m->arena, v));
	if (rust_is_str(v->type) || type_kind(parameter) != SYM_TYPE_ARRAY)
		TRY(value_to_program(m, v));
	if (!parameter) {
		/* C's promotions where no prototype tells. */
		if (type_is_integer(v->type) && type_size(v->type) < 4)
			parameter = sym_type_primitive(NULL, STR_LIT("int"), false);
		else if (type_kind(v->type) == SYM_TYPE_FLOAT && type_size(v->type) == 4)
			parameter = sym_type_primitive(NULL, STR_LIT("double"), false);
		else if (type_kind(v->type) == SYM_TYPE_ARRAY || type_kind(v->type) == SYM_TYPE_FUNCTION)
			parameter = sym_type_pointer_to(type_kind(v->type) == SYM_TYPE_ARRAY
								? sym_type_target(type_plain(v->type))
								: v->type);
		else
			return NULL;
	}
	bool wants_pointer = type_is_pointer(parameter);
	if (m->rust && wants_pointer && !type_is_scalar(v->type) && v->has_address &&
	    type_kind(v->type) != SYM_TYPE_ARRAY && type_kind(v->type) != SYM_TYPE_FUNCTION) {
		const struct sym_type *target = sym_type_target(type_plain(parameter));
		if (target && v->type && sym_type_same(type_plain(target), type_plain(v->type))) {
			value_number(parameter, v->address, 0, m->arena, v);
			return NULL;
		}
	}
	if (rust_is_slice(parameter) && rust_is_slice(v->type)) {
		v->type = parameter;
		return NULL;
	}
	TRY(value_cast(m, v, parameter, &cast));
	TRY(value_fetch(m->env, m->arena, &cast));
	*v = cast;
	return NULL;
}

static struct error *run(struct machine *m, const struct eval_value *function,
			 const struct sym_function *f, struct eval_value *args, size_t count,
			 struct eval_value *ret)
{
	const struct sym_type *type = type_plain(function->type);
	if (type_is_pointer(type))
		type = type_plain(sym_type_target(type));
	bool varargs = false;
	size_t known = type_kind(type) == SYM_TYPE_FUNCTION ? sym_type_param_count(type, &varargs) : 0;
	bool prototype = type_kind(type) == SYM_TYPE_FUNCTION;
	if (!m->no_side && !m->env->call)
		return error_new(ERROR_USAGE, "You can't do that without a process to debug.");
	if (prototype && count < known)
		return error_new(ERROR_USAGE, "Too few arguments in function call.");
	if (prototype && count > known && !varargs && m->rust)
		return error_new(ERROR_USAGE, "Too many arguments in function call.");
	if (m->no_side) {
		value_of_type(prototype ? sym_type_target(type) : NULL, m->arena, ret);
		return NULL;
	}
	uint64_t address;
	TRY(eval_as_address(function, &address));
	for (size_t i = 0; i < count; i++)
		TRY(value_coerce(m, &args[i], i < known ? sym_type_param(type, i) : NULL));
	*ret = (struct eval_value){ .type = prototype ? sym_type_target(type) : NULL };
	TRY(m->env->call(m->env->ctx, address, f, args, count, m->arena, ret));
	value_detach(ret);
	if (m->rust && !ret->type)
		value_of_type(sym_type_primitive(NULL, STR_LIT("()"), true), m->arena, ret);
	return NULL;
}

static struct error *name_of(struct machine *m, const struct sym_function *f, uint64_t address,
			     struct str *ret)
{
	struct sym_function_info info;
	struct sym_module *module;
	struct sym_symbol symbol;
	uint64_t bias;
	for (size_t i = 0;
	     !f && m->env->module && i < 1 << 16 && m->env->module(m->env->ctx, i, &module, &bias); i++)
		if (module && sym_symbol_at(module, FILE_ADDR(address - bias), &symbol) &&
		    symbol.addr.value + bias == address) {
			*ret = symbol.linkage_name;
			return NULL;
		}
	if (!f) {
		*ret = arena_printf(m->arena, "at 0x%jx", (uintmax_t)address);
		return NULL;
	}
	sym_function_describe(f, &info);
	*ret = info.name;
	return NULL;
}

/* Nothing is known of it, or only that it has no parameters that anybody wrote down. */
static bool is_untyped(const struct sym_type *type)
{
	return str_is(sym_type_name(type), "<text variable, no debug info>") ||
	       str_is(sym_type_bare_name(type), "<untyped>");
}

static bool is_resolver(struct machine *m, uint64_t address)
{
	struct sym_module *module;
	struct sym_symbol symbol, same;
	uint64_t bias;
	for (size_t i = 0;
	     m->env->module && i < 1 << 16 && m->env->module(m->env->ctx, i, &module, &bias); i++)
		if (module && sym_symbol_at(module, FILE_ADDR(address - bias), &symbol) &&
		    symbol.addr.value + bias == address)
			return sym_symbol_by_name(module, symbol.linkage_name, &same) && same.is_resolver;
	return false;
}

/* The function's type is what a cast says; the arguments are passed as they are. */
static struct error *call_untyped(struct machine *m, const struct eval_value *function, bool resolver,
				  struct eval_value *args, size_t count, const struct sym_type *result,
				  struct eval_value *ret)
{
	uint64_t address;
	m->call_type = NULL;
	if (m->no_side) {
		value_of_type(result, m->arena, ret);
		return NULL;
	}
	if (!m->env->call)
		return error_new(ERROR_USAGE, "You can't do that without a process to debug.");
	TRY(eval_as_address(function, &address));
	if (resolver) {
		struct eval_value target = { .type = sym_type_primitive(NULL, STR_LIT("unsigned long"),
									false) };
		TRY(m->env->call(m->env->ctx, address, NULL, NULL, 0, m->arena, &target));
		if (!eval_as_unsigned(&target, &address))
			return error_new(ERROR_MEMORY, "The function could not be resolved.");
	}
	for (size_t i = 0; i < count; i++)
		TRY(value_coerce(m, &args[i], NULL));
	*ret = (struct eval_value){ .type = result };
	TRY(m->env->call(m->env->ctx, address, NULL, args, count, m->arena, ret));
	value_detach(ret);
	return NULL;
}

static struct error *checked(struct machine *m, struct eval_value *function, const struct sym_function *f,
			     struct eval_value *args, size_t count, struct eval_value *ret)
{
	const struct sym_type *type = type_plain(function->type);
	if (type_is_pointer(type))
		type = type_plain(sym_type_target(type));
	struct str name;
	if (f && sym_function_nocall(f)) {
		TRY(name_of(m, f, function->address, &name));
		return error_new(
			ERROR_USAGE,
			"Cannot call the function '%.*s' which does not follow the target calling convention.",
			STR_ARG(name));
	}
	if (type_kind(type) != SYM_TYPE_FUNCTION && !type_is_integer(type) &&
	    !type_is_pointer(function->type))
		return error_new(ERROR_USAGE, "Cannot perform a call on a value of type `%.*s'",
				 STR_ARG(type ? sym_type_name(type) : STR_LIT("void")));
	bool resolver = type_kind(type) == SYM_TYPE_FUNCTION && is_resolver(m, function->address);
	if (type_kind(type) != SYM_TYPE_FUNCTION || resolver || is_untyped(type)) {
		const struct sym_type *result = m->call_type;
		if (!result || type_kind(result) == SYM_TYPE_FUNCTION) {
			TRY(name_of(m, f, function->address, &name));
			return error_new(
				ERROR_USAGE,
				"'%.*s' has unknown return type; cast the call to its declared return type",
				STR_ARG(name));
		}
		return call_untyped(m, function, resolver, args, count, result, ret);
	}
	return run(m, function, f, args, count, ret);
}

/* ---- methods ---- */

struct by_receiver {
	const struct sym_type *type;
	size_t count;
	const struct sym_function *found;
	uint64_t bias;
	bool by_reference;
};

static bool consider_receiver(void *ctx, const struct sym_function *f, uint64_t bias)
{
	struct by_receiver *b = ctx;
	const struct sym_variable *const *params;
	struct sym_function_info info;
	sym_function_describe(f, &info);
	if (!info.entry.value || sym_function_params(f, &params) < 1)
		return true;
	const struct sym_type *self = type_plain(sym_variable_type(params[0]));
	const struct sym_type *target = type_is_pointer(self) ? type_plain(sym_type_target(self)) : self;
	if (!target || !sym_type_same(target, type_plain(b->type)))
		return true;
	b->found = f;
	b->bias = bias;
	b->by_reference = type_is_pointer(self);
	return false;
}

/* By the receiver alone: the other arguments are converted. */
static bool method_by_receiver(struct machine *m, struct str path, const struct eval_value *receiver,
			       const struct sym_function **ret, struct eval_value *ret_value,
			       struct eval_value *ret_self)
{
	struct by_receiver b = { .type = receiver->type };
	find_functions(m, path, consider_receiver, &b);
	if (!b.found || (b.by_reference && !receiver->has_address))
		return false;
	*ret = b.found;
	value_function(b.found, b.bias, ret_value);
	*ret_self = *receiver;
	if (b.by_reference)
		value_number(sym_type_pointer_to(receiver->type), receiver->address, 0, m->arena, ret_self);
	return true;
}

/* `receiver.name(…)`: a function of the receiver's type, by value, by reference, or through references to it. */
static struct error *method(struct machine *m, struct node *n, struct eval_value *args, size_t count,
			    struct eval_value *ret, bool *ret_done)
{
	enum { MAX_POINTERS = 8 };
	struct eval_value receiver, field, function;
	const struct sym_function *f;
	*ret_done = true;
	TRY(eval_node(m, n->a->a, &receiver));
	/* A field that holds a function. */
	struct error *err = value_field(m, &receiver, n->a->text, false, &field);
	bool holds = !err && type_is_pointer(field.type);
	error_destroy(err);
	if (holds) {
		*ret_done = false;
		return NULL;
	}
	struct str first = STR_EMPTY;
	struct eval_value *all = ARENA_ARRAY(m->arena, struct eval_value, count + 1);
	for (int i = 0; i < MAX_POINTERS && receiver.type; i++) {
		const struct sym_type *type = type_plain(receiver.type);
		if (!type_is_pointer(type)) {
			struct str path = arena_printf(m->arena, "%.*s::%.*s",
						       STR_ARG(sym_type_name(type)), STR_ARG(n->a->text));
			if (!first.len)
				first = path;
			memcpy(all + 1, args, count * sizeof *args);
			all[0] = receiver;
			bool found = by_arguments(m, path, all, count + 1, &f, &function);
			if (!found && (receiver.has_address || m->no_side)) {
				value_number(sym_type_pointer_to(receiver.type), receiver.address, 0,
					     m->arena, &all[0]);
				found = by_arguments(m, path, all, count + 1, &f, &function);
			}
			/* With arguments that have to be converted first: by the receiver alone. */
			if (!found)
				found = method_by_receiver(m, path, &receiver, &f, &function, &all[0]);
			if (found)
				return checked(m, &function, f, all, count + 1, ret);
			break;
		}
		struct eval_value next;
		TRY(value_deref(m, &receiver, &next));
		receiver = next;
	}
	if (!first.len)
		first = n->a->text;
	return error_new(ERROR_NOT_FOUND, "Could not find function named '%.*s'", STR_ARG(first));
}

/* ---- tuple structs and variants as functions ---- */

static struct error *construct(struct machine *m, const struct sym_type *type, struct eval_value *args,
			       size_t count, struct eval_value *ret)
{
	const struct sym_member *members;
	size_t fields = sym_type_members(type_plain(type), &members);
	if (fields != count)
		return error_new(ERROR_USAGE, "Too %s arguments in function call.",
				 count < fields ? "few" : "many");
	uint64_t size = type_size(type);
	if (size > EVAL_MAX_OBJECT)
		return error_new(ERROR_LIMIT, "The value would have more than %d bytes.", EVAL_MAX_OBJECT);
	uint8_t *bytes = arena_alloc(m->arena, size ? size : 1);
	for (size_t i = 0; i < count; i++) {
		struct str name = arena_printf(m->arena, "__%zu", i);
		const struct sym_member *member = sym_type_member(type_plain(type), name.ptr);
		struct eval_value cast;
		if (!member)
			return error_new(ERROR_USAGE, "There is no member named %zu.", i);
		if (rust_is_str(args[i].type))
			TRY(value_to_program(m, &args[i]));
		TRY(value_cast(m, &args[i], member->type, &cast));
		TRY(value_fetch(m->env, m->arena, &cast));
		uint64_t part = type_size(member->type);
		if (cast.size < part || member->offset > size || size - member->offset < part)
			return error_new(ERROR_LIMIT, "A part is larger than %d bytes.", EVAL_MAX_BYTES);
		memcpy(bytes + member->offset, cast.bytes, part);
	}
	*ret = (struct eval_value){ .type = type, .bytes = bytes, .size = size };
	return NULL;
}

struct error *eval_call(struct machine *m, struct node *n, struct eval_value *ret)
{
	struct eval_value *args, function;
	const struct sym_function *f = NULL;
	bool done;
	if (n->count > EVAL_MAX_CALL_ARGS)
		return error_new(ERROR_LIMIT, "More than %d arguments.", EVAL_MAX_CALL_ARGS);
	args = ARENA_ARRAY(m->arena, struct eval_value, n->count + 1);
	if (n->a->kind == NODE_DOLLAR) {
		TRY(eval_internal_function(m, n, ret, &done));
		if (done)
			return NULL;
	}
	const struct sym_type *call_type = m->call_type; /* of this call, not of those in its arguments */
	m->call_type = NULL;
	for (size_t i = 0; i < n->count; i++)
		TRY(eval_node(m, n->list[i], &args[i]));
	m->call_type = call_type;
	if (m->rust && n->a->kind == NODE_FIELD) {
		TRY(method(m, n, args, n->count, ret, &done));
		if (done)
			return NULL;
	}
	struct error *err = eval_node(m, n->a, &function);
	/* A generic function has no name without its arguments' types. */
	if (n->a->kind == NODE_NAME && m->rust && (err || type_kind(function.type) == SYM_TYPE_FUNCTION) &&
	    by_arguments(m, n->a->text, args, n->count, &f, &function)) {
		error_destroy(err);
		return checked(m, &function, f, args, n->count, ret);
	}
	if (err)
		return err;
	if (function.is_type) {
		if (!m->rust && n->count == 1)
			return value_cast(m, &args[0], function.type, ret);
		if (m->rust && rust_is_tuple_struct(function.type))
			return construct(m, function.type, args, n->count, ret);
		return error_new(ERROR_USAGE, "Attempt to use a type name as an expression");
	}
	if (type_kind(function.type) != SYM_TYPE_FUNCTION)
		TRY(value_fetch(m->env, m->arena, &function));
	uint64_t address;
	if (type_kind(function.type) == SYM_TYPE_FUNCTION)
		f = function_at(m, function.address);
	else if (type_is_pointer(function.type) && eval_as_unsigned(&function, &address))
		f = function_at(m, address);
	return checked(m, &function, f, args, n->count, ret);
}
