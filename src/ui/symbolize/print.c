/* addr2line's text, llvm-symbolizer's, and its JSON. */
#include "ui/symbolize/symbolize.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>

static struct str name_of(const struct symbolize_frame *f, const struct symbolize_format *format)
{
	struct str name = format->linkage_names && f->linkage_name.len ? f->linkage_name : f->name;
	return name.len ? name : STR_LIT("??");
}

static struct str file_of(const struct symbolize_frame *f, const struct symbolize_format *format)
{
	size_t slash = format->base_names ? str_rfind(f->file, STR_LIT("/")) : SIZE_MAX;
	if (!f->file.len)
		return STR_LIT("??");
	return slash == SIZE_MAX ? f->file : str_sub(f->file, slash + 1, SIZE_MAX);
}

/* addr2line has a question mark for the line of a file that it knows. */
static void add_line(const struct symbolize_frame *f, const struct symbolize_format *format, struct buf *out)
{
	struct str file = file_of(f, format);
	buf_str(out, file);
	if (format->style == SYMBOLIZE_LLVM)
		buf_printf(out, ":%" PRIu32 ":%" PRIu32, f->line, f->column);
	else if (f->line || !f->file.len)
		buf_printf(out, ":%" PRIu32, f->line);
	else
		buf_str(out, STR_LIT(":?"));
}

static void print_text(const struct symbolize_place *place, const struct symbolize_format *format,
		       struct buf *out)
{
	size_t count = format->innermost_only ? 1 : place->count;
	if (format->addresses)
		buf_printf(out, format->style == SYMBOLIZE_GNU ? "0x%016" PRIx64 "%s" : "0x%" PRIx64 "%s",
			   place->addr, format->one_line ? ": " : "\n");
	for (size_t i = 0; i < count; i++) {
		const struct symbolize_frame *f = &place->frames[i];
		if (i && format->one_line)
			buf_str(out, STR_LIT(" (inlined by) "));
		buf_str(out, name_of(f, format));
		buf_str(out, format->one_line ? STR_LIT(" at ") : STR_LIT("\n"));
		add_line(f, format, out);
		buf_char(out, '\n');
	}
	if (format->style == SYMBOLIZE_LLVM)
		buf_char(out, '\n');
}

/* ---- JSON ---- */

/* Bytes that are no UTF-8 are shown as U+FFFD each. */
static json_t *text(struct str s)
{
	json_t *whole = json_stringn(s.ptr ? s.ptr : "", s.len);
	if (whole)
		return whole;
	struct buf clean = { 0 };
	for (size_t i = 0; i < s.len; i++) {
		if ((unsigned char)s.ptr[i] < 0x80)
			buf_char(&clean, s.ptr[i]);
		else
			buf_str(&clean, STR_LIT("\xef\xbf\xbd"));
	}
	whole = json_stringn(clean.data, clean.len);
	buf_deinit(&clean);
	return whole;
}

static struct error *print_json(const struct symbolize_place *place,
				const struct symbolize_format *format, struct buf *out)
{
	char addr[32];
	json_t *symbols = json_array();
	size_t count = format->innermost_only ? 1 : place->count;
	bool known = place->frames[0].name.len || place->frames[0].file.len;
	for (size_t i = 0; known && i < count; i++) {
		const struct symbolize_frame *f = &place->frames[i];
		struct str name = name_of(f, format), file = file_of(f, format);
		json_array_append_new(symbols,
				      json_pack("{s:o, s:o, s:I, s:I}", "FunctionName",
						text(f->name.len ? name : STR_EMPTY), "FileName",
						text(f->file.len ? file : STR_EMPTY), "Line",
						(json_int_t)f->line, "Column", (json_int_t)f->column));
	}
	(void)snprintf(addr, sizeof addr, "0x%" PRIx64, place->addr);
	json_t *document = json_pack("{s:s, s:o, s:o}", "Address", addr, "ModuleName",
				     text(place->module), "Symbol", symbols);
	char *dumped = document ? json_dumps(document, JSON_COMPACT) : NULL;
	json_decref(document);
	if (!dumped)
		return error_new(ERROR_LIMIT, "no memory for the document of 0x%" PRIx64, place->addr);
	buf_str(out, str_from(dumped));
	buf_char(out, '\n');
	free(dumped);
	return NULL;
}

struct error *symbolize_print(const struct symbolize_place *place, const struct symbolize_format *format,
			      struct buf *out)
{
	if (format->style == SYMBOLIZE_JSON)
		return print_json(place, format, out);
	print_text(place, format, out);
	return NULL;
}
