/* What arguments of commands are made of: words, /FMT, numbers and expressions. */
#include "ui/gdb/looking.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

struct str gdb_strip(struct str text)
{
	size_t from = 0;
	while (from < text.len && is_blank(text.ptr[from]))
		from++;
	text = str_sub(text, from, SIZE_MAX);
	while (text.len > 0 && is_blank(text.ptr[text.len - 1]))
		text.len--;
	return text;
}

struct str gdb_take_word(struct str *text)
{
	struct str s = gdb_strip(*text);
	size_t end = 0;
	while (end < s.len && !is_blank(s.ptr[end]))
		end++;
	*text = gdb_strip(str_sub(s, end, SIZE_MAX));
	return str_sub(s, 0, end);
}

/* ---- /FMT ---- */

static void take_letters(struct str *s, struct gdb_format *f)
{
	while (s->len > 0 && !is_blank(s->ptr[0])) {
		char c = s->ptr[0];
		if (c == 'b' || c == 'h' || c == 'w' || c == 'g')
			f->spec.size = c;
		else if (c == 'r')
			f->spec.raw = true;
		else if (c >= 'a' && c <= 'z' && c != 'm') /* m: memory's tags, of which x86-64 has none */
			f->spec.letter = c;
		else if (c != 'm')
			return;
		*s = str_sub(*s, 1, SIZE_MAX);
	}
}

struct error *gdb_take_format(struct str *args, struct gdb_format *ret)
{
	struct gdb_format f = { .count = 1 };
	struct str s = *args;
	if (s.len == 0 || s.ptr[0] != '/') {
		*ret = f;
		return NULL;
	}
	s = str_sub(s, 1, SIZE_MAX);
	if (s.len > 0 && s.ptr[0] == '-') {
		f.backwards = true;
		s = str_sub(s, 1, SIZE_MAX);
	}
	uint64_t count = 0;
	while (s.len > 0 && isdigit((unsigned char)s.ptr[0])) {
		if (count > UINT64_MAX / 10 - 9)
			return error_new(ERROR_USAGE, "Numeric constant too large.");
		count = count * 10 + (uint64_t)(s.ptr[0] - '0');
		f.has_count = true;
		s = str_sub(s, 1, SIZE_MAX);
	}
	if (f.has_count)
		f.count = count;
	take_letters(&s, &f);
	if (s.len > 0 && !is_blank(s.ptr[0]))
		return error_new(ERROR_USAGE, "Invalid character '%c' in format letter sequence.",
				 s.ptr[0]);
	*args = gdb_strip(s);
	*ret = f;
	return NULL;
}

/* ---- expressions ---- */

struct error *gdb_eval(struct gdb *g, struct str text, struct eval_value *ret)
{
	struct eval_expr *expr;
	const struct eval_env *env = gdb_env(g);
	TRY(eval_parse(g->eval, eval_language(g->eval, env), text, NULL, &expr));
	struct error *err = eval_run(expr, g->eval, env, &g->scratch, ret);
	eval_expr_destroy(expr);
	return err;
}

struct error *gdb_eval_number(struct gdb *g, struct str text, int64_t *ret)
{
	struct eval_value value;
	TRY(gdb_eval(g, text, &value));
	TRY(eval_check(&value));
	if (!eval_as_signed(&value, ret))
		return error_new(ERROR_USAGE, "Value can't be converted to integer.");
	return NULL;
}

struct error *gdb_as_address(const struct eval_value *value, uint64_t *ret)
{
	enum sym_type_kind kind = value->type ? sym_type_kind(value->type) : SYM_TYPE_VOID;
	if (value->state == EVAL_OK &&
	    (kind == SYM_TYPE_STRUCT || kind == SYM_TYPE_UNION || kind == SYM_TYPE_VARIANT))
		return error_new(ERROR_USAGE, "Value can't be converted to integer.");
	return eval_as_address(value, ret);
}
