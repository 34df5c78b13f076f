/* printf and eval: a format as C has it, with values of expressions. */
#include "ui/gdb/printf.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { MAX_FORMAT = 1 << 16, MAX_STRING = 1 << 20, MAX_WIDTH = 4096 };

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

static struct error *read_text(const struct eval_env *env, uint64_t addr, size_t limit, bool until_nul,
			       struct buf *out)
{
	size_t had = out->len;
	while (out->len - had < limit) {
		char part[256];
		uint64_t from = addr + (out->len - had);
		size_t room = 256 - from % 256; /* not across a page */
		if (room > limit - (out->len - had))
			room = limit - (out->len - had);
		size_t got = env->read ? env->read(env->ctx, from, part, room) : 0;
		char *end = until_nul ? memchr(part, 0, got) : NULL;
		buf_add(out, part, end ? (size_t)(end - part) : got);
		if (end)
			return NULL;
		if (got < room)
			return error_new(ERROR_MEMORY, "Cannot access memory at address 0x%" PRIx64,
					 from + got);
	}
	return NULL;
}

/* A str, a String or another structure of a pointer and a length somewhere inside; false: it is none. */
static bool find_slice(const struct sym_type *t, const uint8_t *bytes, size_t size, unsigned depth,
		       uint64_t *ret_pointer, bool *ret_has_pointer, uint64_t *ret_length,
		       bool *ret_has_length)
{
	const struct sym_member *members;
	size_t count = depth < 12 ? sym_type_members(t, &members) : 0;
	for (size_t i = 0; i < count; i++) {
		const struct sym_member *m = &members[i];
		enum sym_type_kind kind = sym_type_kind(m->type);
		uint64_t width = sym_type_size(m->type);
		if (m->offset > size || width > size - m->offset)
			continue;
		if (kind == SYM_TYPE_POINTER && width == 8 && !*ret_has_pointer) {
			memcpy(ret_pointer, bytes + m->offset, 8);
			*ret_has_pointer = true;
		} else if ((str_is(m->name, "length") || str_is(m->name, "len")) && width == 8 &&
			   !*ret_has_length) {
			memcpy(ret_length, bytes + m->offset, 8);
			*ret_has_length = true;
		} else if (!(*ret_has_pointer && *ret_has_length)) {
			find_slice(m->type, bytes + m->offset, width, depth + 1, ret_pointer,
				   ret_has_pointer, ret_length, ret_has_length);
		}
	}
	return *ret_has_pointer && *ret_has_length;
}

struct error *gdb_value_text(struct gdb *g, const struct eval_value *v, struct buf *out)
{
	const struct eval_env *env = gdb_env(g);
	uint64_t pointer = 0, length = 0;
	bool has_pointer = false, has_length = false;
	buf_str(out, STR_EMPTY);
	TRY(eval_check(v));
	enum sym_type_kind kind = v->type ? sym_type_kind(v->type) : SYM_TYPE_VOID;
	if (kind == SYM_TYPE_ARRAY) {
		const void *end = memchr(v->bytes, 0, v->size);
		buf_add(out, v->bytes, end ? (size_t)((const uint8_t *)end - v->bytes) : v->size);
		return NULL;
	}
	if (v->bytes && sym_type_members(v->type, &(const struct sym_member *){ 0 }) &&
	    find_slice(v->type, v->bytes, v->size, 0, &pointer, &has_pointer, &length, &has_length)) {
		/* A literal's text is nowhere in the program: it lies behind the pair. */
		if (!pointer && !v->has_address && v->size >= 16 && length <= v->size - 16) {
			buf_add(out, v->bytes + 16, length);
			return NULL;
		}
		return read_text(env, pointer, length < MAX_STRING ? length : MAX_STRING, false, out);
	}
	if (!eval_as_unsigned(v, &pointer))
		return error_new(ERROR_USAGE, "Value can't be converted to integer.");
	return read_text(env, pointer, MAX_STRING, true, out);
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

static struct error *print_number(const struct piece *p, const struct eval_value *v, struct buf *out)
{
	int64_t number;
	char format[64];
	uint64_t address;
	if (!eval_as_signed(v, &number)) {
		struct error *err = eval_as_address(v, &address);
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
		if (number > 0x7f && number < 0x110000)
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
