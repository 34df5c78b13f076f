/* Files: XML by expat, elements by the schema's tables. */
#include "natvis/schema.h"

#include "base/file.h"

#include <expat.h>
#include <stdlib.h>

struct frame {
	struct nv_element *element; /* NULL: inside of what is passed over */
	const struct nv_rule *rule;
	struct buf text;
	uint32_t text_line;
};

struct reading {
	struct nv_file *file;
	XML_Parser parser;
	struct frame stack[NV_MAX_DEPTH];
	size_t depth;
	bool stopped;
};

/* ---- problems ---- */

static struct str entry_of(struct nv_file *f, const struct nv_element *e)
{
	const struct nv_element *type = e;
	while (type && type->kind != NV_TYPE)
		type = type->parent;
	if (!e || e->kind == NV_AUTO_VISUALIZER)
		return STR_EMPTY;
	if (!type || type == e) {
		const char *kind = nv_kind_name(e->kind);
		return e->name.len ? arena_printf(&f->arena, "%s %.*s", kind, STR_ARG(e->name))
				   : str_from(kind);
	}
	bool named = e->name.len && e->kind != NV_SKIP;
	return arena_printf(&f->arena, "Type %.*s, %s%s%.*s", STR_ARG(type->name), nv_kind_name(e->kind),
			    named ? " " : "", STR_ARG(named ? e->name : STR_EMPTY));
}

void nv_problem(struct nv_file *f, struct nv_element *e, uint32_t line, bool is_note, const char *format,
		...)
{
	for (struct nv_element *b = e; b && !is_note; b = b->parent) {
		b->broken = true;
		if (b->kind == NV_TYPE || (b->optional && b->kind != NV_INTRINSIC))
			break; /* without the optional element the entry is still of use */
	}
	size_t *count = is_note ? &f->notes : &f->errors;
	if ((*count)++ >= NV_MAX_PROBLEMS)
		return;
	struct buf text = { 0 };
	va_list args;
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	/* An expression may go over several lines; a message does not. */
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] == '\n' || text.data[i] == '\t' || text.data[i] == '\r')
			text.data[i] = ' ';
	vec_push(&f->problems, (struct nv_problem){ line, is_note, entry_of(f, e),
						    arena_str(&f->arena, buf_view(&text)) });
	buf_deinit(&text);
}

static uint32_t line_of(const struct reading *r)
{
	return (uint32_t)XML_GetCurrentLineNumber(r->parser);
}

static void stop(struct reading *r, struct nv_element *e, const char *format, ...) ERROR_PRINTF(3, 4);
static void stop(struct reading *r, struct nv_element *e, const char *format, ...)
{
	struct buf text = { 0 };
	va_list args;
	if (r->stopped)
		return;
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	nv_problem(r->file, e, line_of(r), false, "%s", text.data);
	buf_deinit(&text);
	r->stopped = true;
	XML_StopParser(r->parser, XML_FALSE);
}

/* ---- attributes ---- */

static bool read_bool(struct reading *r, struct nv_element *e, const char *name, struct str value)
{
	if (str_is(value, "true") || str_is(value, "1"))
		return true;
	if (!str_is(value, "false") && !str_is(value, "0"))
		nv_problem(r->file, e, line_of(r), false, "%s is `%.*s`, not true or false", name,
			   STR_ARG(value));
	return false;
}

static uint8_t read_priority(struct reading *r, struct nv_element *e, struct str value)
{
	static const char *const names[] = { "Low", "MediumLow", "Medium", "MediumHigh", "High" };
	for (uint8_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_is(value, names[i]))
			return i;
	nv_problem(r->file, e, line_of(r), false,
		   "Priority is `%.*s`, not Low, MediumLow, Medium, MediumHigh or High", STR_ARG(value));
	return NV_MEDIUM;
}

/* "1.2" or "1.2.3.4", as one number. */
static uint64_t read_version(struct reading *r, struct nv_element *e, const char *name, struct str value,
			     uint64_t otherwise)
{
	uint64_t version = 0, part = 0;
	size_t parts = 0, digits = 0;
	bool good = true;
	for (size_t i = 0; i <= value.len && good; i++) {
		char c = i < value.len ? value.ptr[i] : '.';
		if (c >= '0' && c <= '9') {
			part = part * 10 + (uint64_t)(c - '0');
			good = part <= UINT16_MAX;
			digits++;
		} else {
			good = c == '.' && digits && ++parts <= 4;
			version = version << 16 | part;
			part = digits = 0;
		}
	}
	if (good && (parts == 2 || parts == 4))
		return parts == 2 ? version << 32 : version;
	nv_problem(r->file, e, line_of(r), false, "%s is `%.*s`, not a version as 1.2 or 1.2.3.4", name,
		   STR_ARG(value));
	return otherwise;
}

static uint32_t read_count(struct reading *r, struct nv_element *e, struct str value)
{
	uint32_t count = 0;
	for (size_t i = 0; i < value.len && value.len <= 5; i++)
		count = value.ptr[i] >= '0' && value.ptr[i] <= '9'
				? count * 10 + (uint32_t)(value.ptr[i] - '0')
				: UINT16_MAX * 10U;
	if (count >= 1 && count <= 50000)
		return count;
	nv_problem(r->file, e, line_of(r), false,
		   "MaxItemsPerView is `%.*s`, not a number from 1 to 50000", STR_ARG(value));
	return 5000;
}

static void read_pattern(struct reading *r, struct nv_element *e)
{
	const char *why = "it is empty";
	e->pattern = nv_name_parse(e->name, true, &r->file->arena, &why);
	/* A pointer's type has no visualiser: such a name is meant as a wildcard that Natvis does not have. */
	if (e->pattern && str_is(e->pattern->head, "ptr_mut$<>") && str_ends(e->name, STR_LIT("*"))) {
		e->pattern = NULL;
		why = "`*` stands for an argument as a whole";
	}
	if (!e->pattern)
		nv_problem(r->file, e, e->line, false, "`%.*s` is no name of a type: %s",
			   STR_ARG(e->name), why);
}

/* A name in expressions. */
static bool is_identifier(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
		if (!letter && (i == 0 || c < '0' || c > '9'))
			return false;
	}
	return s.len > 0;
}

static void read_name(struct reading *r, struct nv_element *e)
{
	switch (e->kind) {
	case NV_TYPE:
	case NV_ALTERNATIVE_TYPE:
		read_pattern(r, e);
		break;
	case NV_ITEM:
	case NV_SYNTHETIC:
	case NV_VALUE_NODE:
		nv_display_parse(r->file, e, e->line, "Name", e->name, &e->label);
		break;
	case NV_INTRINSIC:
	case NV_PARAMETER:
	case NV_VARIABLE:
	case NV_SKIP:
		if (!is_identifier(e->name))
			nv_problem(r->file, e, e->line, false, "`%.*s` is no identifier", STR_ARG(e->name));
		break;
	default:
		break;
	}
}

static void read_attribute(struct reading *r, struct nv_element *e, int attribute, const char *name,
			   struct str value)
{
	switch (attribute) {
	case NV_ATTR_NAME:
	case NV_ATTR_VALUE:
		break; /* first of all, in read_attributes */
	case NV_ATTR_PRIORITY:
		e->priority = read_priority(r, e, value);
		break;
	case NV_ATTR_INHERITABLE:
		e->inheritable = read_bool(r, e, name, value);
		break;
	case NV_ATTR_INCLUDE_VIEW:
		e->include = value;
		break;
	case NV_ATTR_EXCLUDE_VIEW:
		e->exclude = value;
		break;
	case NV_ATTR_OPTIONAL:
		e->optional = read_bool(r, e, name, value);
		break;
	case NV_ATTR_CONDITION:
		nv_expr_parse(r->file, e, line_of(r), name, value, &e->condition);
		break;
	case NV_ATTR_MODULE_NAME:
		e->module = value;
		break;
	case NV_ATTR_MODULE_VERSION_MIN:
	case NV_ATTR_MIN:
		e->min_version = read_version(r, e, name, value, 0);
		break;
	case NV_ATTR_MODULE_VERSION_MAX:
	case NV_ATTR_MAX:
		e->max_version = read_version(r, e, name, value, UINT64_MAX);
		break;
	case NV_ATTR_USAGE:
		if (!str_is(value, "Minimal") && !str_is(value, "Indexable") && !str_is(value, "Full"))
			nv_problem(r->file, e, line_of(r), false,
				   "Usage is `%.*s`, not Minimal, Indexable or Full", STR_ARG(value));
		break;
	case NV_ATTR_HIDE_RAW_VIEW:
		e->hide_raw = read_bool(r, e, name, value);
		break;
	case NV_ATTR_EXPRESSION:
	case NV_ATTR_INITIAL_VALUE:
		nv_expr_parse(r->file, e, line_of(r), name, value, &e->expr);
		break;
	case NV_ATTR_TYPE:
		e->type_text = value;
		break;
	case NV_ATTR_MAX_ITEMS:
		e->max_items = read_count(r, e, value);
		break;
	default:
		break;
	}
}

static void read_attributes(struct reading *r, struct nv_element *e, const struct nv_rule *rule,
			    const char **attributes)
{
	struct nv_file *f = r->file;
	uint32_t seen = 0;
	struct str kept[32];
	size_t count = 0;
	/* Its name stands in what is said of the others; and Optional says what an error means. */
	for (size_t i = 0; attributes[i] && count < 32; i += 2, count++) {
		int a = nv_attribute_find(str_from(attributes[i]));
		kept[count] = arena_str(&f->arena, str_from(attributes[i + 1]));
		if ((a == NV_ATTR_NAME || a == NV_ATTR_VALUE) && rule->allowed >> a & 1)
			e->name = kept[count];
		if (a == NV_ATTR_OPTIONAL && rule->allowed >> a & 1)
			e->optional = str_is(kept[count], "true");
	}
	for (size_t i = 0; i < count; i++) {
		struct str name = str_from(attributes[2 * i]);
		int a = nv_attribute_find(name);
		if (str_starts(name, STR_LIT("xml")))
			continue;
		if (a < 0 || !(rule->allowed >> a & 1)) {
			nv_problem(f, e, e->line, false, "it takes no attribute %.*s", STR_ARG(name));
			continue;
		}
		seen |= UINT32_C(1) << a;
		if (kept[i].len == 0 && a != NV_ATTR_PASSED_OVER)
			nv_problem(f, e, e->line, false, "%.*s is empty", STR_ARG(name));
		else
			read_attribute(r, e, a, attributes[2 * i], kept[i]);
	}
	for (int a = 0; a < NV_ATTR_PASSED_OVER; a++)
		if (rule->needed >> a & 1 && !(seen >> a & 1))
			nv_problem(f, e, e->line, false, "it needs the attribute %s",
				   nv_attribute_name((enum nv_attribute)a));
	if (e->name.len)
		read_name(r, e);
}

/* ---- elements ---- */

static struct nv_element *element_new(struct reading *r, const struct nv_rule *rule,
				      struct nv_element *parent)
{
	struct nv_element *e = ARENA_NEW(&r->file->arena, struct nv_element);
	e->kind = rule->kind;
	e->line = line_of(r);
	e->inheritable = true;
	e->priority = NV_MEDIUM;
	e->max_items = 5000;
	e->max_version = UINT64_MAX;
	e->parent = parent;
	e->id = (uint32_t)r->file->elements++;
	return e;
}

static void link_child(struct nv_element *parent, struct nv_element *e)
{
	if (parent->last)
		parent->last->next = e;
	else
		parent->first = e;
	parent->last = e;
}

/* The rule of the element where it stands, or NULL with a problem told. */
static const struct nv_rule *rule_here(struct reading *r, struct str name, struct nv_element *parent)
{
	const struct nv_rule *rule = nv_rule_find(name);
	if (!rule)
		nv_problem(r->file, parent, line_of(r), false, "there is no element %.*s", STR_ARG(name));
	else if (parent && !(rule->parents >> parent->kind & 1))
		nv_problem(r->file, parent, line_of(r), false, "%s cannot stand in %s", rule->name,
			   nv_kind_name(parent->kind));
	else if (!parent && rule->kind != NV_AUTO_VISUALIZER)
		nv_problem(r->file, parent, line_of(r), false,
			   "the outermost element is %s, not AutoVisualizer", rule->name);
	else
		return rule;
	return NULL;
}

static void on_start(void *ctx, const char *name, const char **attributes)
{
	struct reading *r = ctx;
	struct frame *outer = r->depth ? &r->stack[r->depth - 1] : NULL;
	struct nv_element *parent = outer ? outer->element : NULL;
	if (r->stopped)
		return;
	if (r->depth == NV_MAX_DEPTH) {
		stop(r, parent, "elements are nested more than %d deep", NV_MAX_DEPTH);
		return;
	}
	if (r->file->elements >= NV_MAX_ELEMENTS) {
		stop(r, parent, "the file has more than %d elements", NV_MAX_ELEMENTS);
		return;
	}
	struct frame *f = &r->stack[r->depth++];
	*f = (struct frame){ 0 };
	if (outer && !parent)
		return;
	f->rule = rule_here(r, str_from(name), parent);
	if (!f->rule)
		return;
	if (f->rule->kind == NV_PASSED_OVER) {
		nv_problem(r->file, parent, line_of(r), true,
			   "%s is passed over: it is for Visual Studio", name);
		return;
	}
	f->element = element_new(r, f->rule, parent);
	read_attributes(r, f->element, f->rule, attributes);
	if (parent)
		link_child(parent, f->element);
	else
		r->file->root = f->element;
}

static void on_text(void *ctx, const char *text, int len)
{
	struct reading *r = ctx;
	if (r->stopped || r->depth == 0)
		return;
	struct frame *f = &r->stack[r->depth - 1];
	if (!f->element)
		return;
	if (f->text.len == 0)
		f->text_line = line_of(r);
	if (f->text.len + (size_t)len > 1 << 16) {
		stop(r, f->element, "the text has more than %d bytes", 1 << 16);
		return;
	}
	buf_add(&f->text, text, (size_t)len);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static struct str trim(struct str s, uint32_t *line)
{
	while (s.len && is_blank(s.ptr[0])) {
		*line += s.ptr[0] == '\n';
		s = str_sub(s, 1, SIZE_MAX);
	}
	while (s.len && is_blank(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

static void end_content(struct reading *r, struct frame *f)
{
	struct nv_element *e = f->element;
	uint32_t line = f->text.len ? f->text_line : e->line;
	struct str text = trim(buf_view(&f->text), &line);
	text = arena_str(&r->file->arena, text);
	switch ((enum nv_content)f->rule->content) {
	case NV_CONTENT_ELEMENTS:
		if (text.len)
			nv_problem(r->file, e, line, false, "it takes no text");
		break;
	case NV_CONTENT_EXPR:
		if (text.len)
			nv_expr_parse(r->file, e, line, NULL, text, &e->expr);
		else
			nv_problem(r->file, e, line, false, "it has no expression");
		break;
	case NV_CONTENT_MAYBE:
		if (text.len)
			nv_expr_parse(r->file, e, line, NULL, text, &e->expr);
		break;
	case NV_CONTENT_DISPLAY:
		nv_display_parse(r->file, e, line, "the text", text, &e->display);
		break;
	case NV_CONTENT_DIRECTION:
		e->backward = str_is(text, "Backward");
		if (!e->backward && !str_is(text, "Forward"))
			nv_problem(r->file, e, line, false,
				   "Direction is `%.*s`, not Forward or Backward", STR_ARG(text));
		break;
	case NV_CONTENT_ANY:
		break;
	}
}

static void on_end(void *ctx, const char *name)
{
	struct reading *r = ctx;
	(void)name;
	if (r->stopped || r->depth == 0)
		return;
	struct frame *f = &r->stack[--r->depth];
	if (f->element)
		end_content(r, f);
	buf_deinit(&f->text);
}

/* Entities can be a text of gigabytes: there is no use for them here. */
static void on_doctype(void *ctx, const char *name, const char *system, const char *public, int internal)
{
	(void)name;
	(void)system;
	(void)public;
	(void)internal;
	stop(ctx, NULL, "a DOCTYPE is not read");
}

static void collect_types(struct nv_file *f)
{
	for (struct nv_element *e = f->root ? f->root->first : NULL; e; e = e->next)
		if (e->kind == NV_TYPE)
			vec_push(&f->types, (struct nv_type){ e, f });
}

static int by_line(const void *a, const void *b)
{
	const struct nv_problem *x = a, *y = b;
	return x->line < y->line ? -1 : x->line > y->line;
}

struct nv_file *nv_file_read(struct str path, const void *bytes, size_t size)
{
	struct nv_file *f = xmalloc(sizeof *f);
	struct reading r = { .file = f, .parser = XML_ParserCreate(NULL) };
	enum { PIECE = 1 << 20 };
	f->path = arena_str(&f->arena, path);
	if (!r.parser)
		abort();
	XML_SetUserData(r.parser, &r);
	XML_SetElementHandler(r.parser, on_start, on_end);
	XML_SetCharacterDataHandler(r.parser, on_text);
	XML_SetStartDoctypeDeclHandler(r.parser, on_doctype);
	enum XML_Status status = XML_STATUS_OK;
	for (size_t at = 0; status == XML_STATUS_OK; at += PIECE) {
		size_t count = at < size ? size - at : 0;
		bool last = count <= PIECE;
		status = XML_Parse(r.parser, count ? (const char *)bytes + at : "",
				   (int)(last ? count : PIECE), last);
		if (last)
			break;
	}
	if (status == XML_STATUS_ERROR && !r.stopped)
		nv_problem(f, NULL, line_of(&r), false, "this is no XML: %s",
			   XML_ErrorString(XML_GetErrorCode(r.parser)));
	while (r.depth > 0)
		buf_deinit(&r.stack[--r.depth].text);
	XML_ParserFree(r.parser);
	collect_types(f);
	nv_check(f);
	if (f->problems.count)
		qsort(f->problems.data, f->problems.count, sizeof *f->problems.data, by_line);
	return f;
}

struct error *nv_file_open(const char *path, struct nv_file **ret)
{
	struct file_map map;
	TRY(file_read_all(path, NV_MAX_FILE, &map));
	*ret = nv_file_read(str_from(path), map.data, map.size);
	file_close(&map);
	return NULL;
}

void nv_file_close(struct nv_file *f)
{
	if (!f)
		return;
	vec_free(&f->types);
	vec_free(&f->problems);
	strmap_deinit(&f->intrinsics);
	arena_deinit(&f->arena);
	free(f);
}

struct str nv_file_path(const struct nv_file *f)
{
	return f->path;
}

size_t nv_file_problems(const struct nv_file *f, const struct nv_problem **ret)
{
	*ret = f->problems.data;
	return f->problems.count;
}

size_t nv_file_errors(const struct nv_file *f)
{
	return f->errors;
}

size_t nv_file_types(const struct nv_file *f)
{
	size_t count = 0;
	for (size_t i = 0; i < f->types.count; i++)
		count += !f->types.data[i].element->broken;
	return count;
}
