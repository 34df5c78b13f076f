/* What can be said of an expression before it is run. */
#include "eval/eval_internal.h"

static bool uses_locals(struct machine *m, struct node *n, int depth)
{
	struct eval_value v;
	if (!n || depth == 0)
		return false;
	if (n->kind == NODE_ENTRY)
		return true;
	if (n->kind == NODE_NAME && !str_contains(n->text, STR_LIT("::")) && local_is(m, n, &v))
		return true;
	for (size_t i = 0; i < n->count && n->list; i++)
		if (uses_locals(m, n->list[i], depth - 1))
			return true;
	return uses_locals(m, n->a, depth - 1) || uses_locals(m, n->b, depth - 1) ||
	       uses_locals(m, n->c, depth - 1);
}

bool eval_expr_uses_locals(struct eval_expr *e, struct eval_session *s, const struct eval_env *env)
{
	struct arena arena = ARENA_INIT;
	struct machine m = machine_of(e, s, env, &arena);
	m.no_side = true;
	bool uses = uses_locals(&m, e->root, 2 * EVAL_MAX_NESTING);
	arena_deinit(&arena);
	return uses;
}

static bool is_constant(const struct node *n, int depth)
{
	if (!n)
		return true;
	if (depth == 0)
		return false;
	switch (n->kind) {
	case NODE_NAME:
	case NODE_SCOPE:
	case NODE_DOLLAR:
	case NODE_CALL:
	case NODE_AT:
		return false;
	default:
		break;
	}
	for (size_t i = 0; i < n->count && n->list; i++) {
		if (!is_constant(n->list[i], depth - 1))
			return false;
	}
	return is_constant(n->a, depth - 1) && is_constant(n->b, depth - 1) &&
	       is_constant(n->c, depth - 1);
}

bool eval_expr_is_constant(const struct eval_expr *e)
{
	return is_constant(e->root, 2 * EVAL_MAX_NESTING);
}
