/* printf and eval: a format as C has it, with values of expressions. */
#include "ui/gdb/printf.h"

#include "ui/gdb/looking.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { MAX_FORMAT = 1 << 16, MAX_WIDTH = 4096 };

/* One conversion with the text in front of it. */
struct piece {
	struct str text;  /* as it is printed */
	struct str flags; /* "-05.2": between % and the letters */
	char letter;      /* 0: text alone */
	unsigned longs;   /* how many l (z, t, j: 2) */
	bool is_long_double;
};
typedef VEC(struct piece) pieces;

/* ---- the format ---- */

/* The text between the quotes, escapes resolved; *rest: behind the closing one. */
static struct error *read_format(struct str *rest, struct buf *out)
{
	struct str s = *rest;
	if (!s.len || s.ptr[0] != '"')
		return error_new(ERROR_USAGE, "Bad format string, missing '\"'.");
	size_t at = 1;
	while (at < s.len && s.ptr[at] != '"') {
		char c = s.ptr[at++];
		if (c != '\\') {
			buf_char(out, c);
			continue;
		}
		if (at >= s.len)
			break;
		if (strchr("\\abefnrtv\"", s.ptr[at]) || (s.ptr[at] >= '0' && s.ptr[at] <= '7'))
			buf_char(out, gdb_unescape(s, &at));
		else
			return error_new(ERROR_USAGE,
					 "Unrecognized escape character \\%c in format string.",
					 s.ptr[at]);
	}
	if (at >= s.len)
		return error_new(ERROR_USAGE, "Bad format string, non-terminated '\"'.");
	if (out->len > MAX_FORMAT)
		return error_new(ERROR_LIMIT, "Format string too long.");
	*rest = gdb_strip(str_sub(s, at + 1, s.len));
	buf_str(out, STR_EMPTY);
	return NULL;
}

static struct error *read_conversion(struct str format, size_t *at, struct piece *p)
{
	size_t start = *at;
	size_t i = start;
	while (i < format.len && strchr("-+ #0'", format.ptr[i]))
		i++;
	while (i < format.len && ((format.ptr[i] >= '0' && format.ptr[i] <= '9') || format.ptr[i] == '.'))
		i++;
	p->flags = str_sub(format, start, i - start);
	if (i < format.len && format.ptr[i] == '*')
		return error_new(ERROR_USAGE, "`*' not supported for precision or width in printf");
	for (; i < format.len && strchr("lLzjtwH", format.ptr[i]); i++) {
		p->is_long_double |= format.ptr[i] == 'L';
		p->longs += format.ptr[i] == 'l' ? 1 : 2;
	}
	if (i >= format.len)
		return error_new(ERROR_USAGE, "Bad format string");
	p->letter = format.ptr[i];
	if (!strchr("diouxXcsaAeEfFgGp", p->letter))
		return error_new(ERROR_USAGE, "Unrecognized format specifier '%c' in printf", p->letter);
	*at = i + 1;
	return NULL;
}

static struct error *split_format(struct str format, pieces *ret)
{
	size_t start = 0;
	size_t i = 0;
	while (i < format.len) {
		if (format.ptr[i] != '%') {
			i++;
			continue;
		}
		struct piece p = { .text = str_sub(format, start, i - start) };
		if (i + 1 < format.len && format.ptr[i + 1] == '%') {
			p.text.len++; /* the first of both */
			i += 2;
		} else {
			i++;
			TRY(read_conversion(format, &i, &p));
		}
		vec_push(ret, p);
		start = i;
	}
	struct piece tail = { .text = str_sub(format, start, format.len) };
	vec_push(ret, tail);
	return NULL;
}

/* ---- the values ---- */

struct error *gdb_value_text(struct gdb *g, const struct eval_value *v, struct buf *out)
{
	return eval_text(gdb_env(g), v, out);
}

static struct error *next_value(struct gdb *g, struct str *args, struct eval_value *ret)
{
	struct eval_expr *expr;
	struct str rest;
	const struct eval_env *env = gdb_env(g);
	TRY(eval_parse(g->eval, eval_language(g->eval, env), *args, &rest, &expr));
	struct error *err = eval_run(expr, g->eval, env, &g->scratch, ret);
	eval_expr_destroy(expr);
	rest = gdb_strip(rest);
	if (!err && rest.len && rest.ptr[0] != ',')
		err = error_new(ERROR_USAGE, "Invalid argument syntax");
	*args = rest.len ? gdb_strip(str_sub(rest, 1, rest.len)) : rest;
	return err;
}

/* ---- one conversion ---- */

static void make_format(const struct piece *p, const char *length, char letter, char out[64])
{
	snprintf(out, 64, "%%%.*s%s%c", STR_ARG(p->flags), length, letter);
}

/* Widths that would fill the memory. */
static struct error *check_flags(const struct piece *p)
{
	size_t number = 0;
	for (size_t i = 0; i < p->flags.len; i++) {
		char c = p->flags.ptr[i];
		number = c >= '0' && c <= '9' ? number * 10 + (size_t)(c - '0') : 0;
		if (number > MAX_WIDTH || p->flags.len > 40)
			return error_new(ERROR_LIMIT, "A width of more than %d is not printed.", MAX_WIDTH);
	}
	return NULL;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

/* Of a float, as far as it goes. */
static int64_t whole(const struct eval_value *v)
{
	double number = 0;
	eval_as_double(v, &number);
	if (number >= 0x1p63)
		return INT64_MAX;
	return number < -0x1p63 ? INT64_MIN : number == number ? (int64_t)number : 0;
}

static struct error *print_number(const struct piece *p, const struct eval_value *v, struct buf *out)
{
	int64_t number;
	char format[64];
	uint64_t address;
	enum sym_type_kind kind = v->type ? sym_type_kind(v->type) : SYM_TYPE_VOID;
	bool integer = kind == SYM_TYPE_SIGNED || kind == SYM_TYPE_UNSIGNED || kind == SYM_TYPE_ENUM;
	if (integer && sym_type_size(v->type) > 8)
		return error_new(ERROR_USAGE,
				 "That operation is not available on integers of more than 8 bytes.");
	if (kind == SYM_TYPE_FLOAT) {
		number = whole(v);
	} else if (!eval_as_signed(v, &number)) {
		struct error *err = gdb_as_address(v, &address);
		error_destroy(err);
		if (err)
			return error_new(ERROR_USAGE, "Value can't be converted to integer.");
		number = (int64_t)address;
	}
	if (p->letter == 'p') {
		if (number) {
			make_format(p, "ll", 'x', format);
			/* '#' for the 0x */
			memmove(format + 2, format + 1, strlen(format + 1) + 1);
			format[1] = '#';
			buf_printf(out, format, (long long)number);
		} else {
			make_format(p, "", 's', format);
			buf_printf(out, format, "(nil)");
		}
	} else if (p->letter == 'c') {
		make_format(p, "", 'c', format);
		/* Rust's characters; a byte is put out as it is. */
		bool wide = kind == SYM_TYPE_CHAR && sym_type_size(v->type) == 4;
		if (wide && number > 0x7f && number < 0x110000)
			gdb_add_utf8(out, (uint32_t)number);
		else
			buf_printf(out, format, (int)number);
	} else if (p->longs) {
		make_format(p, "ll", p->letter, format);
		buf_printf(out, format, (long long)number);
	} else {
		make_format(p, "", p->letter, format);
		buf_printf(out, format, (int)number);
	}
	return NULL;
}

/* An integer's bits are taken as those of the float of its size, as gdb does. */
static struct error *print_float(const struct piece *p, const struct eval_value *v, struct buf *out)
{
	double number;
	char format[64];
	enum sym_type_kind kind = v->type ? sym_type_kind(v->type) : SYM_TYPE_VOID;
	if (kind != SYM_TYPE_FLOAT && v->size == 4 && v->bytes) {
		float f;
		memcpy(&f, v->bytes, 4);
		number = (double)f;
	} else if (kind != SYM_TYPE_FLOAT && v->size == 8 && v->bytes) {
		memcpy(&number, v->bytes, 8);
	} else if (!eval_as_double(v, &number)) {
		return error_new(ERROR_USAGE, "Invalid floating value found in program.");
	}
	make_format(p, "", p->letter, format);
	buf_printf(out, format, number);
	return NULL;
}

static struct error *print_piece(struct gdb *g, const struct piece *p, const struct eval_value *v,
				 struct buf *out)
{
	TRY(check_flags(p));
	TRY(eval_check(v));
	if (strchr("aAeEfFgG", p->letter))
		return print_float(p, v, out);
	if (p->letter != 's')
		return print_number(p, v, out);
	struct buf text = { 0 };
	char format[64];
	struct error *err = gdb_value_text(g, v, &text);
	make_format(p, "", 's', format);
	if (!err && p->flags.len)
		buf_printf(out, format, text.data ? text.data : "");
	else if (!err)
		buf_str(out, buf_view(&text));
	buf_deinit(&text);
	return err;
}

#pragma GCC diagnostic pop

/* ---- all of it ---- */

static struct error *collect_values(struct gdb *g, const pieces *list, struct str args,
				    struct eval_value **ret)
{
	size_t wanted = 0;
	size_t count = 0;
	for (size_t i = 0; i < list->count; i++)
		wanted += list->data[i].letter != 0;
	struct eval_value *values = ARENA_ARRAY(&g->scratch, struct eval_value, wanted + 1);
	if (args.len) {
		if (args.ptr[0] != ',')
			return error_new(ERROR_USAGE, "Invalid argument syntax");
		args = gdb_strip(str_sub(args, 1, args.len));
	}
	while (args.len) {
		struct eval_value value;
		TRY(next_value(g, &args, &value));
		if (count < wanted)
			values[count] = value;
		count++;
	}
	if (count != wanted)
		return error_new(ERROR_USAGE, "Wrong number of arguments for specified format-string");
	*ret = values;
	return NULL;
}

static struct error *print_pieces(struct gdb *g, const pieces *list, const struct eval_value *values,
				  struct buf *out)
{
	for (size_t i = 0; i < list->count; i++) {
		buf_str(out, list->data[i].text);
		if (list->data[i].letter)
			TRY(print_piece(g, &list->data[i], values++, out));
	}
	return NULL;
}

struct error *gdb_printf(struct gdb *g, struct str args, struct buf *out)
{
	struct buf format = { 0 };
	pieces list = { 0 };
	struct eval_value *values = NULL;
	if (!args.len)
		return error_new(ERROR_USAGE,
				 "Argument required (format-control string and values to print).");
	struct error *err = read_format(&args, &format);
	if (!err)
		err = split_format(buf_view(&format), &list);
	if (!err)
		err = collect_values(g, &list, args, &values);
	if (!err)
		err = print_pieces(g, &list, values, out);
	vec_free(&list);
	buf_deinit(&format);
	return err;
}
