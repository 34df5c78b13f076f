/* What the parts of src/ui/gdb that touch no process promise: lookup, options, words, history. Sessions are in tests/session. */
#include "gdb_tests.h"
#include "ui/gdb/input.h"
#include "ui/gdb/options.h"
#include "ui/gdb/printf.h"
#include "ui/gdb/script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* ---- lookup ---- */

static struct gdb_registry registry;

static int fill_registry(void **state)
{
	(void)state;
	gdb_registry_fill(&registry);
	return 0;
}

static int empty_registry(void **state)
{
	(void)state;
	gdb_registry_deinit(&registry);
	return 0;
}

static void expect_found(const char *line, const char *name, const char *args)
{
	struct gdb_found found;
	struct error *err = gdb_lookup(&registry, str_from(line), &found);
	assert_null(err);
	assert_non_null(found.command);
	assert_string_equal(found.command->name, name);
	char *rest = str_dup(found.args);
	assert_string_equal(rest, args);
	free(rest);
}

static void expect_error(const char *line, const char *message)
{
	struct gdb_found found;
	struct error *err = gdb_lookup(&registry, str_from(line), &found);
	assert_non_null(err);
	assert_string_equal(err->message, message);
	error_destroy(err);
}

static void finds_commands(void **state)
{
	(void)state;
	expect_found("break main", "break", "main");
	expect_found("  b  *0x10 ", "break", "*0x10 ");
	expect_found("p/x 3", "print", "/x 3");
	expect_found("x/4i $pc", "x", "/4i $pc");
	expect_found("!ls -l", "shell", "ls -l");
	expect_found("i b 3", "info breakpoints", "3");
	expect_found("info line main", "info line", "main");
}

static void finds_settings(void **state)
{
	(void)state;
	expect_found("show hist si", "show history size", "");
	expect_found("set confirm off", "set confirm", "off");
	expect_found("set print elements 3", "set print elements", "3");
	expect_found("set zork = 1", "set", "zork = 1");
}

static void words_its_errors_as_gdb(void **state)
{
	(void)state;
	expect_error("zork foo", "Undefined command: \"zork\".  Try \"help\".");
	expect_error("$x = 3", "Undefined command: \"\".  Try \"help\".");
	expect_error("info zork foo", "Undefined info command: \"zork foo\".  Try \"help info\".");
	expect_error("set print zork", "Undefined set print command: \"zork\".  Try \"help set print\".");
	expect_error("PRINT 1", "Undefined command: \"PRINT\".  Try \"help\".");
	expect_error("set logging o", "Ambiguous set logging command \"o\": off, on, overwrite.");
	expect_error("set p e 10", "Ambiguous set print command \"e 10\": elements, entry-values.");
}

static void an_alias_brings_its_words(void **state)
{
	struct gdb_found found;
	(void)state;
	const struct gdb_entry *print = gdb_registry_find(&registry, STR_LIT("print"));
	assert_non_null(print);
	gdb_registry_insert(&registry, STR_LIT("hex"), print->command, "/x", true);
	assert_null(gdb_lookup(&registry, STR_LIT("hex 10"), &found));
	assert_string_equal(found.command->name, "print");
	assert_string_equal(found.alias_args, "/x");
	assert_true(str_is(found.args, "10"));
}

/* Those of settings_more.c come when they are asked for. */
static void knows_seldom_settings(void **state)
{
	(void)state;
	expect_found("set confirm off", "set confirm", "off");
	expect_found("set debug infrun 1", "set debug infrun", "1");
	assert_null(registry.more);
	expect_found("show debug infru", "show debug infrun", "");
	expect_found("show style disassembler symbol foreground", "show style function foreground", "");
	expect_found("set sou open off", "set source open", "off");
	expect_error("set debug nosuch",
		     "Undefined set debug command: \"nosuch\".  Try \"help set debug\".");
}

static void every_command_has_help(void **state)
{
	(void)state;
	for (size_t i = 0; i < registry.entries.count; i++) {
		const struct gdb_command *c = registry.entries.data[i].command;
		assert_non_null(c->help);
		struct str first =
			str_sub(str_from(c->help), 0, str_find(str_from(c->help), STR_LIT("\n")));
		if (!first.len || first.ptr[first.len - 1] != '.')
			fail_msg("the help of `%s' does not begin with a sentence: %s", c->name, c->help);
	}
}

static void no_name_is_taken_twice(void **state)
{
	(void)state;
	for (size_t i = 1; i < registry.entries.count; i++)
		if (strcmp(registry.entries.data[i - 1].path, registry.entries.data[i].path) == 0)
			fail_msg("there are two commands `%s'", registry.entries.data[i].path);
}

/* ---- options ---- */

static struct error *parse(struct gdb_options *ret, const char *const *words)
{
	static char *argv[32];
	int argc = 0;
	argv[argc++] = (char *)"oxdb";
	while (*words)
		argv[argc++] = (char *)*words++;
	argv[argc] = NULL;
	return gdb_options_parse(argc, argv, ret);
}
#define PARSE(ret, ...) parse((ret), (const char *const[]){ __VA_ARGS__, NULL })

static void takes_gdbs_options(void **state)
{
	struct gdb_options o;
	(void)state;
	assert_null(PARSE(&o, "-q", "--batch", "-nx", "-ex", "p 1", "-x=file", "--command", "more", "prog",
			  "-iex", "p 0", "-cd=/tmp", "--tty", "/dev/null", "-d", "a", "--directory=b"));
	assert_true(o.quiet && o.batch && o.no_init);
	assert_string_equal(o.program, "prog");
	assert_string_equal(o.directory, "/tmp");
	assert_string_equal(o.tty, "/dev/null");
	assert_int_equal(o.source_directories.count, 2);
	assert_int_equal(o.todo.count, 4);
	assert_int_equal(o.todo.data[1].kind, GDB_TODO_FILE);
	assert_string_equal(o.todo.data[2].text, "more");
	assert_int_equal(o.todo.data[3].kind, GDB_TODO_INIT_COMMAND);
	gdb_options_deinit(&o);
}

static void arguments_of_the_program_are_its_own(void **state)
{
	struct gdb_options o;
	(void)state;
	assert_null(PARSE(&o, "-q", "--args", "prog", "-x", "--batch"));
	assert_false(o.batch);
	assert_string_equal(o.args[0], "-x");
	assert_string_equal(o.args[1], "--batch");
	assert_null(o.args[2]);
	gdb_options_deinit(&o);
}

static void refuses_what_there_is_not(void **state)
{
	struct gdb_options o;
	struct error *err;
	(void)state;
	err = PARSE(&o, "-i=mi");
	assert_non_null(err);
	assert_non_null(strstr(err->message, "MI"));
	error_destroy(err);
	err = PARSE(&o, "--zork");
	assert_non_null(err);
	error_destroy(err);
	err = PARSE(&o, "-ex");
	assert_non_null(err);
	error_destroy(err);
	err = PARSE(&o, "--args");
	assert_non_null(err);
	error_destroy(err);
	/* As gdb has it, what is too much is told of and passed over. */
	assert_null(PARSE(&o, "a", "1", "c"));
	assert_string_equal(o.excess, "c");
	assert_false(o.more_excess);
	gdb_options_deinit(&o);
}

/* ---- words, escapes, history ---- */

static void splits_words(void **state)
{
	struct arena arena = ARENA_INIT;
	struct str *words;
	(void)state;
	assert_int_equal(gdb_split_words(STR_LIT("  a 'b c' \"d 'e\" f\\ g 'h"), &arena, &words), 5);
	assert_true(str_is(words[0], "a"));
	assert_true(str_is(words[1], "'b c'"));
	assert_true(str_is(words[2], "\"d 'e\""));
	assert_true(str_is(words[3], "f\\ g"));
	assert_true(str_is(words[4], "'h"));
	assert_int_equal(gdb_split_words(STR_LIT("  "), &arena, &words), 0);
	arena_deinit(&arena);
}

static void reads_escapes(void **state)
{
	size_t at = 0;
	(void)state;
	assert_int_equal(gdb_unescape(STR_LIT("n"), &at), '\n');
	at = 0;
	assert_int_equal(gdb_unescape(STR_LIT("1017"), &at), 'A');
	assert_int_equal(at, 3);
	at = 0;
	assert_int_equal(gdb_unescape(STR_LIT("q"), &at), 'q');
	at = 0;
	assert_int_equal(gdb_unescape(STR_LIT("7"), &at), 7);
}

static void expands_history(void **state)
{
	struct gdb_history h = { 0 };
	char *text;
	(void)state;
	vec_push(&h.lines, xstrdup("break main"));
	vec_push(&h.lines, xstrdup("run"));
	assert_null(gdb_history_expand(&h, STR_LIT("!! now"), &text));
	assert_string_equal(text, "run now");
	free(text);
	assert_null(gdb_history_expand(&h, STR_LIT("!1"), &text));
	assert_string_equal(text, "break main");
	free(text);
	assert_null(gdb_history_expand(&h, STR_LIT("!br"), &text));
	assert_string_equal(text, "break main");
	free(text);
	assert_null(gdb_history_expand(&h, STR_LIT("! ls"), &text));
	assert_null(text);
	struct error *err = gdb_history_expand(&h, STR_LIT("!99"), &text);
	assert_non_null(err);
	error_destroy(err);
	gdb_history_deinit(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_commands),
		cmocka_unit_test(finds_settings),
		cmocka_unit_test(words_its_errors_as_gdb),
		cmocka_unit_test(an_alias_brings_its_words),
		cmocka_unit_test(knows_seldom_settings),
		cmocka_unit_test(every_command_has_help),
		cmocka_unit_test(no_name_is_taken_twice),
		cmocka_unit_test(takes_gdbs_options),
		cmocka_unit_test(arguments_of_the_program_are_its_own),
		cmocka_unit_test(refuses_what_there_is_not),
		cmocka_unit_test(splits_words),
		cmocka_unit_test(reads_escapes),
		cmocka_unit_test(expands_history),
	};
	int failed = cmocka_run_group_tests(tests, fill_registry, empty_registry);
	return failed + gdb_linespec_tests();
}
