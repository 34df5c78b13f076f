/* C's types with their qualifiers, names in blocks, declarations. */
#include "symbols_tests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct arena arena;

#define assert_str(s, expected) assert_string_equal(arena_str(&arena, (s)).ptr, (expected))

/* ---- what there is to find ---- */

extern char **environ;

struct c_probe {
	char *const name;
	const int b;
	volatile int *restrict *deep;
};

const char *const c_probe_names[2] = { "a", "b" };
int *const c_probe_pointers[2][3];
int (*const c_probe_to_array)[3];
const int *const *const c_probe_deep;
char *const volatile c_probe_both;
struct c_probe c_probe_struct;

int c_probe_scopes(int first, char *const restrict second);

__attribute__((noinline)) int c_probe_scopes(int first, char *const restrict second)
{
	enum { C_PROBE_LOCAL = -4, C_PROBE_NEXT };
	typedef long c_probe_wide;
	extern int c_probe_elsewhere;
	c_probe_wide wide = first;
	while (wide < 3) {
		int inner = (int)wide + c_probe_elsewhere;
		wide += inner + second[0];
	}
	if (!environ)
		goto end;
	wide++;
end:
	return (int)wide + C_PROBE_LOCAL;
}

int c_probe_elsewhere = 7;

/* ---- types ---- */

static void check_type(struct sym_module *m, const char *variable, const char *name, const char *declared)
{
	const struct sym_variable *v = sym_variable_by_name(m, str_from(variable), NULL);
	if (!v)
		fail_msg("no variable %s", variable);
	const struct sym_type *t = sym_variable_type(v);
	assert_str(sym_type_name(t), name);
	assert_str(sym_type_declaration(t, str_from(variable), &arena), declared);
	assert_true(sym_variable_is_external(v));
}

static void check_qualifiers(struct sym_module *m)
{
	check_type(m, "c_probe_names", "const char * const[2]", "const char * const c_probe_names[2]");
	check_type(m, "c_probe_pointers", "int * const[2][3]", "int * const c_probe_pointers[2][3]");
	check_type(m, "c_probe_to_array", "int (* const)[3]", "int (* const c_probe_to_array)[3]");
	check_type(m, "c_probe_deep", "const int * const * const",
		   "const int * const * const c_probe_deep");
	check_type(m, "c_probe_both", "char * const volatile", "char * const volatile c_probe_both");
	const struct sym_type *t = sym_type_by_name(m, STR_LIT("c_probe"));
	assert_str(sym_type_name(sym_type_member(t, "name")->type), "char * const");
	assert_str(sym_type_name(sym_type_member(t, "b")->type), "const int");
	assert_str(sym_type_name(sym_type_member(t, "deep")->type), "volatile int * restrict *");
	/* The same but for the name. */
	const struct sym_type *constant = sym_type_member(t, "b")->type,
			      *plain = sym_type_primitive(m, STR_LIT("int"), false);
	assert_true(sym_type_same(constant, plain));
	assert_int_equal(sym_type_kind(constant), SYM_TYPE_SIGNED);
	assert_str(sym_type_name(sym_type_pointer_to(constant)), "const int *");
	assert_str(sym_type_name(sym_type_array_of(sym_type_member(t, "name")->type, 2)),
		   "char * const[2]");
}

/* ---- blocks ---- */

#ifndef __clang__

static bool keep(void *ctx, const struct sym_function *f)
{
	*(const struct sym_function **)ctx = f;
	return false;
}

static const struct sym_block_name *named(const struct sym_block_name *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (str_is(names[i].name, name))
			return &names[i];
	fail_msg("no %s", name);
	return NULL;
}

static void check_blocks(struct sym_module *m)
{
	const struct sym_function *f = NULL;
	struct sym_function_info info;
	struct sym_scope *scopes;
	struct sym_block_name *names;
	error_destroy(sym_functions_by_name(m, STR_LIT("c_probe_scopes"), keep, &f));
	assert_non_null(f);
	sym_function_describe(f, &info);
	size_t count = sym_function_scopes(f, info.entry, &arena, &scopes);
	assert_true(count > 0);
	size_t n = sym_scope_names(f, &scopes[count - 1], &arena, &names);
	assert_str(names[0].name, "first");
	assert_int_equal(names[0].kind, SYM_BLOCK_PARAMETER);
	assert_int_equal(named(names, n, "second")->kind, SYM_BLOCK_PARAMETER);
	assert_str(sym_type_name(sym_variable_type(named(names, n, "second")->variable)),
		   "char * const restrict");
	assert_int_equal(named(names, n, "C_PROBE_LOCAL")->kind, SYM_BLOCK_CONSTANT);
	assert_int_equal(named(names, n, "C_PROBE_LOCAL")->value, -4);
	assert_int_equal(named(names, n, "C_PROBE_NEXT")->value, -3);
	assert_int_equal(named(names, n, "c_probe_wide")->kind, SYM_BLOCK_TYPE);
	assert_int_equal(named(names, n, "c_probe_elsewhere")->kind, SYM_BLOCK_DECLARATION);
	assert_int_equal(named(names, n, "wide")->kind, SYM_BLOCK_VARIABLE);
	assert_int_equal(named(names, n, "end")->kind, SYM_BLOCK_LABEL);
	/* What is declared only is no variable of the block. */
	for (size_t i = 0; i < scopes[count - 1].count; i++)
		assert_false(
			str_is(sym_variable_name(scopes[count - 1].variables[i]), "c_probe_elsewhere"));
}

static void check_declarations(struct sym_module *m)
{
	const struct sym_variable *v = sym_declaration_by_name(m, STR_LIT("environ"));
	assert_non_null(v);
	assert_str(sym_type_name(sym_variable_type(v)), "char **");
	assert_null(sym_declaration_by_name(m, STR_LIT("c_probe_names")));
	assert_null(sym_declaration_by_name(m, STR_LIT("c_probe_nothing")));
}

#endif

void c_check_names(struct sym_module *m)
{
	check_qualifiers(m);
#ifndef __clang__ /* which says nothing of declarations and labels */
	check_blocks(m);
	check_declarations(m);
#endif
	arena_deinit(&arena);
	arena = ARENA_INIT;
}
