/* Format specifiers of C-like expressions, and their trees as text. */
#include "eval/cx_internal.h"

/* ---- specifiers ---- */

struct specifier {
	const char *name;
	struct eval_cx_format sets;
};

/* The longer of two with the same beginning first. */
static const struct specifier specifiers[] = {
	{ "nvoxb", { .style = EVAL_CX_HEX, .value_only = true, .no_prefix = true } },
	{ "nvox", { .style = EVAL_CX_HEX, .value_only = true } },
	{ "nvo", { .value_only = true } },
	{ "na", { .no_address = true } },
	{ "nd", { .no_derived = true } },
	{ "nr", { .no_raw = true } },
	{ "!", { .raw = true } },
	{ "s8b", { .style = EVAL_CX_TEXT, .unit = 1, .no_quotes = true } },
	{ "s32b", { .style = EVAL_CX_TEXT, .unit = 4, .no_quotes = true } },
	{ "s8", { .style = EVAL_CX_TEXT, .unit = 1 } },
	{ "s32", { .style = EVAL_CX_TEXT, .unit = 4 } },
	{ "sub", { .style = EVAL_CX_TEXT, .unit = 2, .no_quotes = true } },
	{ "su", { .style = EVAL_CX_TEXT, .unit = 2 } },
	{ "sb", { .style = EVAL_CX_TEXT, .unit = 1, .no_quotes = true } },
	{ "s", { .style = EVAL_CX_TEXT, .unit = 1 } },
	{ "en", { .style = EVAL_CX_ENUM } },
	{ "bb", { .style = EVAL_CX_BINARY, .no_prefix = true } },
	{ "bstr", { .style = EVAL_CX_TEXT, .unit = 2 } },
	{ "b", { .style = EVAL_CX_BINARY } },
	{ "xb", { .style = EVAL_CX_HEX, .no_prefix = true } },
	{ "hb", { .style = EVAL_CX_HEX, .no_prefix = true } },
	{ "Xb", { .style = EVAL_CX_HEX, .no_prefix = true, .upper = true } },
	{ "Hb", { .style = EVAL_CX_HEX, .no_prefix = true, .upper = true } },
	{ "x", { .style = EVAL_CX_HEX } },
	{ "hr", { 0 } }, /* names for error codes of Windows: numbers here */
	{ "hv", { .style = EVAL_CX_HEX } },
	{ "h", { .style = EVAL_CX_HEX } },
	{ "X", { .style = EVAL_CX_HEX, .upper = true } },
	{ "H", { .style = EVAL_CX_HEX, .upper = true } },
	{ "wc", { 0 } },
	{ "wm", { 0 } },
	{ "d", { .style = EVAL_CX_DECIMAL } },
	{ "i", { .style = EVAL_CX_DECIMAL } },
	{ "u", { .style = EVAL_CX_DECIMAL } },
	{ "o", { .style = EVAL_CX_OCTAL } },
	{ "c", { .style = EVAL_CX_CHAR } },
	{ "f", { .style = EVAL_CX_FLOAT } },
	{ "e", { .style = EVAL_CX_EXPONENT } },
	{ "g", { .style = EVAL_CX_SHORTER } },
};

const char *eval_cx_specifier(size_t n)
{
	return n < sizeof specifiers / sizeof *specifiers ? specifiers[n].name : NULL;
}

static void merge(struct eval_cx_format *to, const struct eval_cx_format *from)
{
	if (from->style != EVAL_CX_DEFAULT) {
		to->style = from->style;
		to->unit = from->unit;
		to->upper = from->upper;
		to->no_prefix = from->no_prefix;
		to->no_quotes = from->no_quotes;
	}
	to->no_address |= from->no_address;
	to->no_derived |= from->no_derived;
	to->no_raw |= from->no_raw;
	to->value_only |= from->value_only;
	to->raw |= from->raw;
}

static bool parse_view(struct cx_parser *p, struct eval_cx_format *ret)
{
	size_t begin = p->at;
	if (!cx_try(p, "view"))
		return false;
	if (!cx_try(p, "(")) {
		p->at = begin;
		return false;
	}
	cx_blanks(p);
	size_t from = p->at;
	while (p->at < p->text.len && p->text.ptr[p->at] != ')')
		p->at++;
	size_t to = p->at;
	while (to > from && p->text.ptr[to - 1] == ' ')
		to--;
	if (p->at++ >= p->text.len || to == from) {
		p->at = begin;
		cx_fail(p, begin, "view has no (NAME)");
		return true;
	}
	ret->view = str_sub(p->text, from, to - from);
	return true;
}

static bool parse_size(struct cx_parser *p, struct eval_cx_format *ret)
{
	char c = p->at < p->text.len ? p->text.ptr[p->at] : '\0';
	if (c >= '0' && c <= '9') {
		struct cx_parser number = { .arena = p->arena, .text = p->text, .at = p->at };
		while (number.at < p->text.len && number.text.ptr[number.at] >= '0' &&
		       number.text.ptr[number.at] <= '9')
			number.at++;
		size_t end = number.at;
		number.text.len = end;
		number.at = p->at;
		ret->size = cx_parse_expression(&number);
		if (number.error && !p->error)
			p->error = number.error;
		else
			error_destroy(number.error);
		p->at = end;
		return true;
	}
	if (c != '[')
		return false;
	p->at++;
	ret->size = cx_parse_expression(p);
	if (ret->size && !cx_try(p, "]"))
		cx_fail(p, p->at, "`]` is missing");
	return true;
}

static bool parse_one(struct cx_parser *p, struct eval_cx_format *ret)
{
	if (parse_view(p, ret) || parse_size(p, ret))
		return true;
	struct str rest = str_sub(p->text, p->at, SIZE_MAX);
	for (size_t i = 0; i < sizeof specifiers / sizeof *specifiers; i++)
		if (str_starts(rest, str_from(specifiers[i].name))) {
			merge(ret, &specifiers[i].sets);
			p->at += strlen(specifiers[i].name);
			return true;
		}
	return false;
}

void cx_parse_format(struct cx_parser *p, struct eval_cx_format *ret)
{
	do { /* one behind the other, with or without commas */
		cx_blanks(p);
		if (p->at >= p->text.len) {
			cx_fail(p, p->at, "it ends where a format specifier is missing");
			return;
		}
		if (!parse_one(p, ret)) {
			cx_fail(p, p->at, "`%.*s` is no format specifier",
				STR_ARG(str_sub(p->text, p->at, 20)));
			return;
		}
		(void)cx_try(p, ",");
		cx_blanks(p);
	} while (!p->error && p->at < p->text.len);
}

/* ---- trees as text ---- */

static const char *const op_texts[] = {
	[CX_NONE] = "",     [CX_ADD] = "+",          [CX_SUB] = "-",         [CX_MUL] = "*",
	[CX_DIV] = "/",     [CX_REM] = "%",          [CX_SHL] = "<<",        [CX_SHR] = ">>",
	[CX_AND] = "&",     [CX_OR] = "|",           [CX_XOR] = "^",         [CX_EQ] = "==",
	[CX_NE] = "!=",     [CX_LT] = "<",           [CX_LE] = "<=",         [CX_GT] = ">",
	[CX_GE] = ">=",     [CX_LOGICAL_AND] = "&&", [CX_LOGICAL_OR] = "||", [CX_NEG] = "-",
	[CX_PLUS] = "+",    [CX_NOT] = "!",          [CX_COMPLEMENT] = "~",  [CX_DEREF] = "*",
	[CX_ADDRESS] = "&", [CX_ARROW] = "->",       [CX_DOT] = ".",
};

static void describe_type(const struct cx_type_text *t, struct buf *out)
{
	buf_str(out, t->name);
	buf_pad(out, '*', t->pointers);
}

/* Trees are at most a few times EVAL_CX_MAX_NESTING deep. */
static void describe(const struct eval_cx_node *n, struct buf *out)
{
	switch ((enum cx_kind)n->kind) {
	case CX_NUMBER:
		buf_printf(out, "%llu%s%s", (unsigned long long)n->number, n->is_unsigned ? "u" : "",
			   n->width == 8 ? "l" : "");
		break;
	case CX_REAL:
		buf_printf(out, "%g", n->real);
		break;
	case CX_CHAR:
		buf_printf(out, "'\\%llu'", (unsigned long long)n->number);
		break;
	case CX_STRING:
		buf_printf(out, "\"%.*s\"", STR_ARG(n->text));
		break;
	case CX_BOOL:
		buf_str(out, n->number ? STR_LIT("true") : STR_LIT("false"));
		break;
	case CX_NULL:
		buf_str(out, STR_LIT("nullptr"));
		break;
	case CX_THIS:
		buf_str(out, STR_LIT("this"));
		break;
	case CX_NAME:
		buf_str(out, n->text);
		break;
	case CX_MEMBER:
		describe(n->a, out);
		buf_str(out, str_from(op_texts[n->op]));
		buf_str(out, n->text);
		break;
	case CX_INDEX:
		describe(n->a, out);
		buf_char(out, '[');
		describe(n->b, out);
		buf_char(out, ']');
		break;
	case CX_CALL:
		buf_str(out, n->text);
		buf_char(out, '(');
		for (size_t i = 0; i < n->count; i++) {
			buf_str(out, i ? STR_LIT(", ") : STR_EMPTY);
			describe(n->list[i], out);
		}
		buf_char(out, ')');
		break;
	case CX_CAST:
		buf_char(out, '(');
		describe_type(&n->type, out);
		buf_char(out, ')');
		describe(n->a, out);
		break;
	case CX_SIZEOF:
		buf_str(out, STR_LIT("sizeof("));
		if (n->a)
			describe(n->a, out);
		else
			describe_type(&n->type, out);
		buf_char(out, ')');
		break;
	case CX_UNARY:
		buf_printf(out, "(%s", op_texts[n->op]);
		describe(n->a, out);
		buf_char(out, ')');
		break;
	case CX_BINARY:
	case CX_ASSIGN:
		buf_char(out, '(');
		describe(n->a, out);
		buf_printf(out, " %s%s ", op_texts[n->op], n->kind == CX_ASSIGN ? "=" : "");
		describe(n->b, out);
		buf_char(out, ')');
		break;
	case CX_CHOICE:
		buf_char(out, '(');
		describe(n->a, out);
		buf_str(out, STR_LIT(" ? "));
		describe(n->b, out);
		buf_str(out, STR_LIT(" : "));
		describe(n->c, out);
		buf_char(out, ')');
		break;
	case CX_STEP:
		buf_printf(out, "(%s", n->number ? "" : op_texts[n->op]);
		buf_str(out, n->number ? STR_EMPTY : str_from(op_texts[n->op]));
		describe(n->a, out);
		if (n->number)
			buf_printf(out, "%s%s", op_texts[n->op], op_texts[n->op]);
		buf_char(out, ')');
		break;
	}
}

static void describe_format(const struct eval_cx_format *f, struct buf *out)
{
	static const char *const styles[] = {
		[EVAL_CX_DEFAULT] = "", [EVAL_CX_DECIMAL] = "d",  [EVAL_CX_OCTAL] = "o",
		[EVAL_CX_HEX] = "x",    [EVAL_CX_BINARY] = "b",   [EVAL_CX_CHAR] = "c",
		[EVAL_CX_FLOAT] = "f",  [EVAL_CX_EXPONENT] = "e", [EVAL_CX_SHORTER] = "g",
		[EVAL_CX_TEXT] = "s",   [EVAL_CX_ENUM] = "en",
	};
	if (f->style == EVAL_CX_TEXT)
		buf_printf(out, ", s%u", f->unit * 8U);
	else if (f->style)
		buf_printf(out, ", %s", styles[f->style]);
	static const char *const names[] = { "upper", "no_prefix", "no_quotes", "na",
					     "nd",    "nr",        "nvo",       "!" };
	const bool set[] = { f->upper,      f->no_prefix, f->no_quotes,  f->no_address,
			     f->no_derived, f->no_raw,    f->value_only, f->raw };
	for (size_t i = 0; i < sizeof set / sizeof *set; i++)
		if (set[i])
			buf_printf(out, ", %s", names[i]);
	if (f->view.len)
		buf_printf(out, ", view(%.*s)", STR_ARG(f->view));
	if (f->size) {
		buf_str(out, STR_LIT(", ["));
		describe(f->size, out);
		buf_char(out, ']');
	}
}

void eval_cx_describe(const struct eval_cx_expr *e, struct buf *out)
{
	describe(e->root, out);
	describe_format(&e->format, out);
}

static void each_name(const struct eval_cx_node *n, eval_cx_name_fn *fn, void *ctx)
{
	if (!n)
		return;
	if (n->kind == CX_CALL)
		fn(ctx, n->text, n->count);
	else if (n->kind == CX_NAME && n->text.len && n->text.ptr[0] == '$')
		fn(ctx, n->text, SIZE_MAX);
	each_name(n->a, fn, ctx);
	each_name(n->b, fn, ctx);
	each_name(n->c, fn, ctx);
	for (size_t i = 0; i < n->count; i++)
		each_name(n->list[i], fn, ctx);
}

void eval_cx_each_name(const struct eval_cx_expr *e, eval_cx_name_fn *fn, void *ctx)
{
	each_name(e->root, fn, ctx);
	each_name(e->format.size, fn, ctx);
}
