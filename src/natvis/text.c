/* What stands in elements and attributes: expressions, and text with expressions in braces. */
#include "natvis/natvis_internal.h"

enum { MAX_PARTS = 256, SHOWN = 60 };

static uint32_t lines_before(struct str text, size_t at)
{
	uint32_t lines = 0;
	for (size_t i = 0; i < at && i < text.len; i++)
		lines += text.ptr[i] == '\n';
	return lines;
}

void nv_expr_parse(struct nv_file *f, struct nv_element *e, uint32_t line, const char *what,
		   struct str text, struct eval_cx_expr *ret)
{
	struct error *err = eval_cx_parse(text, &f->arena, ret);
	if (!err)
		return;
	size_t at = err->has_where ? err->where : 0;
	line += lines_before(text, at);
	struct str shown = text;
	while (shown.len && (shown.ptr[0] == ' ' || shown.ptr[0] == '\n' || shown.ptr[0] == '\t'))
		shown = str_sub(shown, 1, SIZE_MAX);
	size_t lead = text.len - shown.len;
	bool cut = shown.len > SHOWN;
	shown = str_sub(shown, 0, SHOWN);
	if (what)
		nv_problem(f, e, line, false, "%s `%.*s%s`, at %zu: %s", what, STR_ARG(shown),
			   cut ? "…" : "", at >= lead ? at - lead + 1 : 1, err->message);
	else
		nv_problem(f, e, line, false, "`%.*s%s`, at %zu: %s", STR_ARG(shown), cut ? "…" : "",
			   at >= lead ? at - lead + 1 : 1, err->message);
	error_destroy(err);
}

/* The `}` of an expression: not one in quotes. */
static size_t closing(struct str text, size_t from)
{
	char quote = '\0';
	for (size_t i = from; i < text.len; i++) {
		char c = text.ptr[i];
		if (quote && c == '\\')
			i++;
		else if (quote)
			quote = c == quote ? '\0' : quote;
		else if (c == '"' || c == '\'')
			quote = c;
		else if (c == '}')
			return i;
	}
	return SIZE_MAX;
}

void nv_display_parse(struct nv_file *f, struct nv_element *e, uint32_t line, const char *what,
		      struct str text, struct nv_display *ret)
{
	VEC(struct nv_part) parts = { 0 };
	struct buf plain = { 0 };
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		if ((c == '{' || c == '}') && i + 1 < text.len && text.ptr[i + 1] == c) {
			buf_char(&plain, c);
			i++;
			continue;
		}
		if (c == '}') {
			nv_problem(f, e, line + lines_before(text, i), false,
				   "%s has a `}` that closes nothing; `}}` is one brace", what);
			continue;
		}
		if (c != '{') {
			buf_char(&plain, c);
			continue;
		}
		size_t end = closing(text, i + 1);
		if (end == SIZE_MAX) {
			nv_problem(f, e, line + lines_before(text, i), false,
				   "%s has a `{` that is not closed; `{{` is one brace", what);
			break;
		}
		if (parts.count == MAX_PARTS) {
			nv_problem(f, e, line, false, "%s has more than %d expressions", what, MAX_PARTS);
			break;
		}
		struct nv_part part = { .text = arena_str(&f->arena, buf_view(&plain)) };
		buf_deinit(&plain);
		plain = (struct buf){ 0 };
		nv_expr_parse(f, e, line + lines_before(text, i), what,
			      str_sub(text, i + 1, end - i - 1), &part.expr);
		vec_push(&parts, part);
		i = end;
	}
	if (plain.len || !parts.count)
		vec_push(&parts, (struct nv_part){ .text = arena_str(&f->arena, buf_view(&plain)) });
	buf_deinit(&plain);
	ret->count = parts.count;
	ret->parts = arena_copy(&f->arena, parts.data, parts.count * sizeof *parts.data);
	vec_free(&parts);
}
