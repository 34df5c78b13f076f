/* From the tree to a value. */
#include "eval/eval_internal.h"

#include <stdlib.h>

struct error *eval_operand(struct machine *m, struct node *n, struct eval_value *ret)
{
	TRY(eval_node(m, n, ret));
	if (ret->is_type && !m->no_side)
		return error_new(ERROR_USAGE, m->rust ? "Attempt to use a type name as an expression"
						      : "Attempt to use a type as an expression");
	return NULL;
}

struct error *eval_operands(struct machine *m, struct node *n, struct eval_value **ret)
{
	struct eval_value *list = ARENA_ARRAY(m->arena, struct eval_value, n->count ? n->count : 1);
	for (size_t i = 0; i < n->count; i++)
		TRY(eval_operand(m, n->list[i], &list[i]));
	*ret = list;
	return NULL;
}

/* The address of an array that only the expression knows: none; gdb says so too. */
static struct error *unary(struct machine *m, struct node *n, struct eval_value *ret)
{
	struct eval_value a;
	if (n->op == OP_ADDRESS && n->a->kind == NODE_INDEX && n->a->b->kind == NODE_RANGE)
		return eval_slice(m, n->a, ret);
	TRY(eval_node(m, n->a, &a));
	if (a.is_type && (n->op == OP_DEREF || n->op == OP_ADDRESS) && m->no_side && n->op == OP_ADDRESS) {
		*ret = (struct eval_value){ .type = sym_type_pointer_to(a.type), .is_type = true };
		return NULL;
	}
	if (a.is_type)
		return error_new(ERROR_USAGE, m->rust ? "Attempt to use a type name as an expression"
						      : "Attempt to take contents of a non-pointer value.");
	if (n->op == OP_ADDRESS && n->a->kind == NODE_NAME)
		TRY(value_named_address(m, &a, n->a->text));
	return eval_unary(m, (enum node_op)n->op, &a, ret);
}

static struct error *logical(struct machine *m, struct node *n, struct eval_value *ret)
{
	struct eval_value v;
	bool truth;
	TRY(eval_operand(m, n->a, &v));
	TRY(value_truth(m, &v, &truth));
	if (truth == (n->op == OP_LOGICAL_AND) || m->no_side) {
		TRY(eval_operand(m, n->b, &v));
		TRY(value_truth(m, &v, &truth));
	}
	value_number(type_named(m, "bool", "int"), truth, 0, m->arena, ret);
	return NULL;
}

/* A symbol that nothing tells the type of is of the one that it is cast to. */
static struct error *known_type(struct eval_value *v, const struct sym_type *type)
{
	if (v->type && v->lazy && type && str_is(sym_type_name(v->type), "<data variable, no debug info>"))
		v->type = type;
	return NULL;
}

static struct error *no_known_type(struct machine *m, struct node *n, const struct eval_value *v)
{
	if (m->no_side || !v->type || !v->lazy ||
	    !str_is(sym_type_name(v->type), "<data variable, no debug info>"))
		return NULL;
	return error_new(ERROR_USAGE, "'%.*s' has unknown type; cast it to its declared type",
			 STR_ARG(n->text));
}

static struct error *binary(struct machine *m, struct node *n, struct eval_value *ret)
{
	struct eval_value a, b;
	if (n->op == OP_LOGICAL_AND || n->op == OP_LOGICAL_OR)
		return logical(m, n, ret);
	TRY(eval_node(m, n->a, &a));
	TRY(no_known_type(m, n->a, &a));
	if (a.is_type) {
		/* `(T) -x`: whether T is a type only its name's meaning tells. */
		bool sign = n->op == OP_SUB || n->op == OP_ADD || n->op == OP_MUL || n->op == OP_AND;
		if (m->rust || !sign)
			return error_new(ERROR_USAGE, "Attempt to use a type name as an expression");
		enum node_op op = n->op == OP_SUB   ? OP_NEG
				  : n->op == OP_ADD ? OP_PLUS
				  : n->op == OP_MUL ? OP_DEREF
						    : OP_ADDRESS;
		struct eval_value inner;
		TRY(eval_operand(m, n->b, &b));
		TRY(eval_unary(m, op, &b, &inner));
		return value_cast(m, &inner, a.type, ret);
	}
	TRY(eval_operand(m, n->b, &b));
	return eval_binary(m, (enum node_op)n->op, &a, &b, ret);
}

static bool is_convenience(const struct node *n, const struct eval_value *v)
{
	return n->kind == NODE_DOLLAR && v->place == EVAL_PLACE_CONVENIENCE;
}

static struct error *assign(struct machine *m, struct node *n, struct eval_value *ret)
{
	struct eval_value target, value;
	TRY(eval_operand(m, n->a, &target));
	if (n->op == OP_NONE && n->b->kind == NODE_ARRAY && n->b->count &&
	    type_kind(target.type) == SYM_TYPE_ARRAY) {
		struct eval_value *list;
		TRY(eval_operands(m, n->b, &list));
		TRY(value_elements(m, list, n->b->count, target.type, &value));
	} else {
		TRY(eval_operand(m, n->b, &value));
	}
	if (n->op != OP_NONE) {
		struct eval_value old = target, sum;
		if (!old.type) /* $x += 1 where there was none */
			value_number(type_named(m, "i32", "int"), 0, 0, m->arena, &old);
		TRY(eval_binary(m, (enum node_op)n->op, &old, &value, &sum));
		value = sum;
	}
	if (m->no_side) {
		*ret = target;
	} else if (is_convenience(n->a, &target)) {
		if (value.state != EVAL_OPTIMISED_OUT)
			TRY(value_look(m->env, m->arena, &value));
		eval_convenience_set(m->session, n->a->text, &value);
		eval_convenience_get(m->session, n->a->text, ret);
	} else {
		TRY(value_assign(m, &target, &value));
		/* What is there now, which need not be all that was written. */
		*ret = target;
		if (target.has_address && !target.bit_size) {
			ret->lazy = true;
			ret->size = 0;
		} else {
			TRY(value_cast(m, &value, target.type, ret));
			value_keep_bits(m->arena, target.bit_size, ret);
		}
	}
	if (m->rust)
		value_of_type(sym_type_primitive(NULL, STR_LIT("()"), true), m->arena, ret);
	return NULL;
}

static struct error *step(struct machine *m, struct node *n, struct eval_value *ret)
{
	struct eval_value target, one, sum;
	TRY(eval_operand(m, n->a, &target));
	TRY(value_fetch(m->env, m->arena, &target));
	struct eval_value old = target;
	if (!old.type)
		value_number(type_named(m, "i32", "int"), 0, 0, m->arena, &old);
	value_number(type_named(m, "i32", "int"), 1, 0, m->arena, &one);
	TRY(eval_binary(m, n->op == '+' ? OP_ADD : OP_SUB, &old, &one, &sum));
	if (!m->no_side) {
		if (is_convenience(n->a, &target))
			eval_convenience_set(m->session, n->a->text, &sum);
		else
			TRY(value_assign(m, &target, &sum));
	}
	*ret = n->low ? old : sum;
	value_detach(ret);
	return NULL;
}

static struct error *cast(struct machine *m, struct node *n, struct eval_value *ret)
{
	const struct sym_type *type;
	struct eval_value v;
	TRY(resolve_type(m, n->type_text, &type));
	if (n->a->kind == NODE_CALL)
		m->call_type = type;
	struct error *err = eval_operand(m, n->a, &v);
	m->call_type = NULL;
	if (err)
		return err;
	TRY(known_type(&v, type));
	TRY(value_cast(m, &v, type, ret));
	if (ret->bytes == v.bytes && ret->has_address)
		return NULL; /* the same place seen as another type of the same layout */
	if (ret->state != EVAL_OPTIMISED_OUT)
		TRY(value_look(m->env, m->arena, ret));
	value_detach(ret);
	return NULL;
}

static struct error *at_address(struct machine *m, struct node *n, struct eval_value *ret)
{
	const struct sym_type *type;
	struct eval_value v;
	uint64_t address;
	TRY(resolve_type(m, n->type_text, &type));
	TRY(eval_operand(m, n->a, &v));
	if (type_kind(v.type) != SYM_TYPE_ARRAY)
		TRY(value_fetch(m->env, m->arena, &v));
	TRY(eval_as_address(&v, &address));
	value_at(type, address, ret);
	return NULL;
}

static struct error *repeat(struct machine *m, struct node *n, struct eval_value *ret)
{
	struct eval_value v, count;
	int64_t times;
	TRY(eval_operand(m, n->a, &v));
	TRY(eval_operand(m, n->b, &count));
	TRY(value_fetch(m->env, m->arena, &count));
	if (!type_is_integer(count.type) || !eval_as_signed(&count, &times))
		return error_new(ERROR_USAGE, "Only values in memory can be extended with '@'.");
	if (!v.has_address || v.bit_size)
		return error_new(ERROR_USAGE, "Only values in memory can be extended with '@'.");
	if (times <= 0)
		return error_new(ERROR_USAGE, "Invalid number %jd of repetitions.", (intmax_t)times);
	if (!v.type)
		return error_new(ERROR_USAGE, "Only values in memory can be extended with '@'.");
	value_at(sym_type_array_of(v.type, (uint64_t)times), v.address, ret);
	return NULL;
}

static struct error *size_of(struct machine *m, struct node *n, struct eval_value *ret)
{
	struct eval_value v;
	bool before = m->no_side;
	m->no_side = true;
	struct error *err = eval_node(m, n->a, &v);
	m->no_side = before;
	if (err)
		return err;
	value_number(type_named(m, "usize", "int"), type_size(v.type), 0, m->arena, ret);
	return NULL;
}

static struct error *type_alone(struct machine *m, struct node *n, struct eval_value *ret)
{
	const struct sym_type *type;
	/* `path<T>` without more may be a function. */
	struct error *err = resolve_type(m, n->type_text, &type);
	if (err && n->type_text->kind == TYPE_TEXT_NAME && !n->type_text->tag) {
		struct node named = { .kind = NODE_NAME, .text = n->type_text->name };
		error_destroy(err);
		return eval_name(m, &named, ret);
	}
	if (err)
		return err;
	*ret = (struct eval_value){ .type = type, .is_type = true };
	return NULL;
}

static struct error *choice(struct machine *m, struct node *n, struct eval_value *ret)
{
	struct eval_value v;
	bool truth;
	TRY(eval_operand(m, n->a, &v));
	TRY(value_truth(m, &v, &truth));
	return eval_operand(m, truth ? n->b : n->c, ret);
}

static struct error *field(struct machine *m, struct node *n, struct eval_value *ret)
{
	struct eval_value v;
	TRY(eval_operand(m, n->a, &v));
	return value_field(m, &v, n->text, n->op, ret);
}

static struct error *index_of(struct machine *m, struct node *n, struct eval_value *ret)
{
	struct eval_value v, index;
	if (n->b->kind == NODE_RANGE)
		return error_new(ERROR_USAGE, "Can't take slice of array without '&'");
	TRY(eval_operand(m, n->a, &v));
	TRY(eval_operand(m, n->b, &index));
	return value_index(m, &v, &index, ret);
}

static struct error *evaluate(struct machine *m, struct node *n, struct eval_value *ret)
{
	struct eval_value unused;
	switch ((enum node_kind)n->kind) {
	case NODE_NUMBER:
		eval_literal_number(m, n, ret);
		return NULL;
	case NODE_STRING:
		eval_literal_text(m, n, ret);
		return NULL;
	case NODE_NAME: {
		struct error *err = eval_name(m, n, ret);
		if (!err || !n->a)
			return err;
		error_destroy(err);
		eval_literal_number(m, n->a, ret);
		return NULL;
	}
	case NODE_ENTRY:
		return eval_entry_name(m, n, ret);
	case NODE_SCOPE:
		return eval_scope_name(m, n, ret);
	case NODE_DOLLAR:
		return eval_dollar(m, n, ret);
	case NODE_HISTORY:
		return session_history(m->session, n->low, n->op, ret);
	case NODE_UNARY:
		return unary(m, n, ret);
	case NODE_BINARY:
		return binary(m, n, ret);
	case NODE_ASSIGN:
		return assign(m, n, ret);
	case NODE_STEP:
		return step(m, n, ret);
	case NODE_FIELD:
		return field(m, n, ret);
	case NODE_INDEX:
		return index_of(m, n, ret);
	case NODE_RANGE:
		return eval_range(m, n, ret);
	case NODE_CALL:
		return eval_call(m, n, ret);
	case NODE_CAST:
		return cast(m, n, ret);
	case NODE_AT:
		return at_address(m, n, ret);
	case NODE_REPEAT:
		return repeat(m, n, ret);
	case NODE_SIZEOF:
		return size_of(m, n, ret);
	case NODE_TYPE:
		return type_alone(m, n, ret);
	case NODE_TUPLE:
		return eval_tuple(m, n, ret);
	case NODE_ARRAY:
		return eval_array(m, n, ret);
	case NODE_STRUCT:
		return eval_structure(m, n, ret);
	case NODE_COMMA:
		TRY(eval_operand(m, n->a, &unused));
		return eval_operand(m, n->b, ret);
	case NODE_CHOICE:
		return choice(m, n, ret);
	}
	return error_new(ERROR_UNSUPPORTED, "The expression cannot be evaluated.");
}

struct error *eval_node(struct machine *m, struct node *n, struct eval_value *ret)
{
	if (m->depth >= EVAL_MAX_DEPTH)
		return error_new(ERROR_LIMIT, "The expression is nested too deeply (more than %d levels).",
				 EVAL_MAX_DEPTH);
	m->depth++;
	struct error *err = evaluate(m, n, ret);
	m->depth--;
	/* For a type alone bytes do not matter, and reading them could fail. */
	if (!err && m->no_side && (ret->lazy || ret->lost || ret->state != EVAL_OK)) {
		struct eval_value v = *ret;
		value_of_type(v.type, m->arena, ret);
		ret->is_type = v.is_type;
		ret->has_address = v.has_address || v.state == EVAL_OK;
		ret->address = v.address;
	}
	return err;
}

struct machine machine_of(struct eval_expr *e, struct eval_session *s, const struct eval_env *env,
			  struct arena *arena)
{
	return (struct machine){ .session = s,
				 .env = env,
				 .arena = arena,
				 .expr = e,
				 .language = e->language,
				 .rust = e->language != EVAL_LANGUAGE_C };
}

struct error *eval_run(struct eval_expr *e, struct eval_session *s, const struct eval_env *env,
		       struct arena *arena, struct eval_value *ret)
{
	struct machine m = machine_of(e, s, env, arena);
	struct eval_value v;
	TRY(eval_node(&m, e->root, &v));
	TRY(no_known_type(&m, e->root, &v));
	if (v.is_type)
		return error_new(ERROR_USAGE, m.rust ? "Attempt to use a type name as an expression"
						     : "Attempt to use a type as an expression");
	if (v.state != EVAL_OPTIMISED_OUT)
		TRY(value_look(env, arena, &v));
	*ret = v;
	return NULL;
}

struct error *eval_type_of(struct eval_expr *e, struct eval_session *s, const struct eval_env *env,
			   struct arena *arena, const struct sym_type **ret, bool *ret_is_type)
{
	struct machine m = machine_of(e, s, env, arena);
	struct eval_value v;
	m.no_side = true;
	TRY(eval_node(&m, e->root, &v));
	*ret = v.type;
	*ret_is_type = v.is_type;
	return NULL;
}
