/* print, output, call, set var, whatis, ptype. */
#include "ui/gdb/looking.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- print's options ---- */

struct option {
	const char *name;
	enum { OPTION_BOOL, OPTION_NUMBER, OPTION_IGNORED } kind;
	size_t offset; /* in struct eval_print_settings */
	uint32_t unlimited;
};

#define FIELD(f) offsetof(struct eval_print_settings, f)
static const struct option options[] = {
	{ "address", OPTION_BOOL, FIELD(address), 0 },
	{ "array", OPTION_BOOL, FIELD(array), 0 },
	{ "array-indexes", OPTION_BOOL, FIELD(array_indexes), 0 },
	{ "characters", OPTION_NUMBER, FIELD(characters), 0 },
	{ "elements", OPTION_NUMBER, FIELD(elements), 0 },
	{ "max-depth", OPTION_NUMBER, FIELD(max_depth), UINT32_MAX },
	{ "memory-tag-violations", OPTION_IGNORED, 0, 0 },
	{ "nibbles", OPTION_IGNORED, 0, 0 },
	{ "null-stop", OPTION_BOOL, FIELD(null_stop), 0 },
	{ "object", OPTION_BOOL, FIELD(object), 0 },
	{ "pretty", OPTION_BOOL, FIELD(pretty), 0 },
	{ "raw-values", OPTION_IGNORED, 0, 0 },
	{ "repeats", OPTION_NUMBER, FIELD(repeats), 0 },
	{ "static-members", OPTION_BOOL, FIELD(static_members), 0 },
	{ "symbol", OPTION_BOOL, FIELD(symbol), 0 },
	{ "union", OPTION_BOOL, FIELD(union_), 0 },
	{ "vtbl", OPTION_BOOL, FIELD(vtbl), 0 },
};

static struct error *find_option(struct str word, const struct option **ret)
{
	const struct option *found = NULL;
	size_t matches = 0;
	for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
		if (!str_starts(str_from(options[i].name), word))
			continue;
		if (strlen(options[i].name) == word.len) {
			*ret = &options[i];
			return NULL;
		}
		found = &options[i];
		matches++;
	}
	if (matches > 1)
		return error_new(ERROR_USAGE, "-%.*s matches multiple options", STR_ARG(word));
	*ret = matches ? found : NULL;
	return NULL;
}

static bool is_off(struct str word)
{
	return str_is(word, "off") || str_is(word, "no") || str_is(word, "0") || str_is(word, "disable");
}

static bool is_on(struct str word)
{
	return str_is(word, "on") || str_is(word, "yes") || str_is(word, "1") || str_is(word, "enable");
}

static struct error *take_value(const struct option *option, struct str *args,
				struct eval_print_settings *settings)
{
	char *field = (char *)settings + option->offset;
	struct str rest = *args, word = gdb_take_word(&rest);
	if (option->kind == OPTION_NUMBER) {
		if (word.len == 0 || word.ptr[0] == '-')
			return error_new(ERROR_USAGE, "-%s requires an argument", option->name);
		uint32_t value = 0;
		if (str_is(word, "unlimited")) {
			value = option->unlimited;
		} else {
			for (size_t i = 0; i < word.len; i++) {
				if (word.ptr[i] < '0' || word.ptr[i] > '9' || value > 100000000)
					return error_new(ERROR_USAGE,
							 "No symbol \"%.*s\" in current context.",
							 STR_ARG(word));
				value = value * 10 + (uint32_t)(word.ptr[i] - '0');
			}
		}
		*(uint32_t *)field = value;
		*args = rest;
		return NULL;
	}
	if (option->kind == OPTION_BOOL)
		*(bool *)field = !is_off(word);
	if (is_on(word) || is_off(word))
		*args = rest;
	return NULL;
}

/* "-elements 3 -pretty --": only before a "--", since an expression may begin with a minus. */
struct error *gdb_take_print_options(struct str *args, struct eval_print_settings *settings)
{
	struct str s = *args;
	if (s.len == 0 || s.ptr[0] != '-')
		return NULL;
	size_t end = str_find(s, STR_LIT(" --"));
	bool only_end = str_starts(s, STR_LIT("--")) && (s.len == 2 || s.ptr[2] == ' ');
	if (!only_end && (end == SIZE_MAX || (s.len > end + 3 && s.ptr[end + 3] != ' ')))
		return NULL;
	while (s.len > 0 && s.ptr[0] == '-') {
		struct str rest = s, word = gdb_take_word(&rest);
		const struct option *option = NULL;
		if (str_is(word, "--")) {
			*args = rest;
			return NULL;
		}
		TRY(find_option(str_sub(word, 1, SIZE_MAX), &option));
		if (!option)
			return error_new(ERROR_USAGE, "Unrecognized option at: %.*s", STR_ARG(s));
		s = rest;
		TRY(take_value(option, &s, settings));
	}
	*args = s;
	return NULL;
}

/* ---- values ---- */

struct error *gdb_take_value_format(struct str *args, const char *command, struct gdb_format *ret)
{
	TRY(gdb_take_format(args, ret));
	if (ret->has_count && ret->count != 1)
		return error_new(ERROR_USAGE,
				 "Item count other than 1 is meaningless in \"%s\" command.", command);
	if (ret->spec.letter == 'i')
		return error_new(ERROR_USAGE, "Format letter \"%c\" is meaningless in \"%s\" command.",
				 ret->spec.letter, command);
	if (ret->spec.size && ret->spec.letter != 's')
		return error_new(ERROR_USAGE, "Size letters are meaningless in \"%s\" command.", command);
	return NULL;
}

static struct error *check_size(struct gdb *g, const struct eval_value *value)
{
	uint64_t size = value->type ? sym_type_size(value->type) : 0, most = g->settings.max_value_size;
	if (!most || size <= most)
		return NULL;
	return error_new(ERROR_LIMIT,
			 "value requires %" PRIu64 " bytes, which is more than max-value-size", size);
}

/* What was written before something could not be is shown too. */
struct error *gdb_print_value(struct gdb *g, const struct eval_value *value, struct eval_format_spec format,
			      const struct eval_print_settings *settings, const char *before)
{
	struct eval_printer printer;
	struct buf text = { 0 };
	const struct eval_env *env = gdb_env(g);
	gdb_printer_on_screen(g, env, &printer);
	if (settings)
		printer.settings = *settings;
	TRY(check_size(g, value));
	buf_str(&text, str_from(before));
	bool plain = !format.letter && !format.raw;
	struct error *err = NULL;
	if (!(g->settings.print_natvis && plain && gdb_natvis_print(g, value, &printer.settings, &text)))
		err = eval_print(&printer, value, format, true, &text);
	gdb_print_buf(g, &text);
	buf_deinit(&text);
	return err;
}

static bool is_void(const struct eval_value *v)
{
	return !v->type || sym_type_kind(v->type) == SYM_TYPE_VOID;
}

static struct error *print_with(struct gdb *g, struct str args, bool show_void)
{
	struct eval_print_settings settings = g->settings.print;
	struct gdb_format format;
	struct eval_value value;
	char before[32];
	TRY(gdb_take_print_options(&args, &settings));
	bool slash = args.len > 0 && args.ptr[0] == '/';
	TRY(gdb_take_value_format(&args, show_void ? "print" : "call", &format));
	if (slash) { /* what was not said is as last time, x's letter, too */
		if (!format.spec.letter)
			format.spec.letter = g->x_format.letter;
		g->x_format.letter = format.spec.letter;
	}
	if (args.len > 0)
		TRY(gdb_eval(g, args, &value));
	else if (!eval_history_get(g->eval, eval_history_count(g->eval), &value))
		value = (struct eval_value){ 0 };
	if (!show_void && is_void(&value))
		return NULL;
	TRY(check_size(g, &value));
	size_t number = eval_history_add(g->eval, &value);
	snprintf(before, sizeof before, "$%zu = ", number);
	TRY(gdb_print_value(g, &value, format.spec, &settings, before));
	gdb_print(g, "\n");
	return NULL;
}

struct error *gdb_run_print(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command;
	return print_with(g, args, true);
}

struct error *gdb_run_call(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command;
	return print_with(g, args, false);
}

struct error *gdb_run_output(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct gdb_format format;
	struct eval_value value;
	(void)command;
	TRY(gdb_take_value_format(&args, "output", &format));
	if (args.len == 0)
		return error_new(ERROR_USAGE, "Argument required (expression to compute).");
	TRY(gdb_eval(g, args, &value));
	return gdb_print_value(g, &value, format.spec, NULL, "");
}

/* Is there an '=' that is no comparison? */
static bool assigns(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char before = i ? text.ptr[i - 1] : ' ', behind = i + 1 < text.len ? text.ptr[i + 1] : ' ';
		if (text.ptr[i] != '=')
			continue;
		if (behind == '=') {
			i++;
			continue;
		}
		bool shift = i > 1 && text.ptr[i - 2] == before;
		if (before != '!' && ((before != '<' && before != '>') || shift))
			return true;
	}
	return false;
}

struct error *gdb_run_set_variable(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct eval_value value;
	(void)command;
	if (args.len == 0)
		return error_new(ERROR_USAGE, "Argument required (expression to compute).");
	TRY(gdb_eval(g, args, &value));
	if (!assigns(args))
		gdb_warn(g, "Expression is not an assignment (and might have no effect)");
	return NULL;
}

/* ---- types ---- */

static struct error *take_type_flags(struct str *args, enum eval_offsets *ret_offsets)
{
	bool offsets = false, hex = false;
	*ret_offsets = EVAL_NO_OFFSETS;
	if (args->len == 0 || args->ptr[0] != '/')
		return NULL;
	struct str rest = *args, word = gdb_take_word(&rest);
	for (size_t i = 1; i < word.len; i++) {
		if (word.ptr[i] == 'o')
			offsets = true;
		else if (word.ptr[i] == 'x' || word.ptr[i] == 'd')
			hex = word.ptr[i] == 'x';
		else if (!strchr("rmMtT", word.ptr[i]))
			return error_new(ERROR_USAGE, "unrecognized flag '%c'", word.ptr[i]);
	}
	if (offsets)
		*ret_offsets = hex ? EVAL_OFFSETS_HEX : EVAL_OFFSETS_DECIMAL;
	*args = rest;
	return NULL;
}

static struct error *type_of(struct gdb *g, struct str args, const struct eval_env *env,
			     const struct sym_type **ret, bool *ret_is_type)
{
	struct eval_expr *expr;
	if (args.len == 0) {
		struct eval_value value = { 0 };
		size_t count = eval_history_count(g->eval);
		if (count == 0)
			return error_new(ERROR_USAGE, "The history is empty.");
		eval_history_get(g->eval, count, &value);
		*ret = value.type;
		*ret_is_type = false;
		return NULL;
	}
	TRY(eval_parse(g->eval, eval_language(g->eval, env), args, NULL, &expr));
	struct error *err = eval_type_of(expr, g->eval, env, &g->scratch, ret, ret_is_type);
	eval_expr_destroy(expr);
	return err;
}

static struct error *print_type(struct gdb *g, struct str args, bool definition)
{
	struct eval_printer printer;
	const struct sym_type *type;
	bool is_type;
	enum eval_offsets offsets;
	struct buf text = { 0 };
	const struct eval_env *env = gdb_env(g);
	struct error *err = NULL;
	TRY(take_type_flags(&args, &offsets));
	TRY(type_of(g, args, env, &type, &is_type));
	gdb_printer(g, env, &printer);
	/* `whatis` of a typedef's name gives what it stands for. */
	if (!definition && is_type && type && sym_type_kind(type) == SYM_TYPE_ALIAS &&
	    sym_type_target(type))
		type = sym_type_target(type);
	if (!type) {
		buf_str(&text, printer.language == EVAL_LANGUAGE_RUST ? STR_LIT("type = ()")
								      : STR_LIT("type = void"));
	} else if (definition) {
		enum sym_type_kind kind = sym_type_kind(type);
		bool header =
			offsets != EVAL_NO_OFFSETS &&
			(kind == SYM_TYPE_STRUCT || kind == SYM_TYPE_UNION || kind == SYM_TYPE_VARIANT);
		buf_str(&text,
			header ? STR_LIT("/* offset      |    size */  type = ") : STR_LIT("type = "));
		/* A typedef's are shown without a header. */
		while (offsets && sym_type_kind(type) == SYM_TYPE_ALIAS && sym_type_target(type))
			type = sym_type_target(type);
		err = eval_type_definition(&printer, type, offsets, &text);
	} else {
		buf_str(&text, STR_LIT("type = "));
		eval_type_name(&printer, type, &text);
	}
	buf_char(&text, '\n');
	if (!err)
		gdb_print_buf(g, &text);
	buf_deinit(&text);
	return err;
}

struct error *gdb_run_whatis(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command;
	return print_type(g, args, false);
}

struct error *gdb_run_ptype(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command;
	return print_type(g, args, true);
}
