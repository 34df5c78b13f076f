/* gdb's own functions: $_streq, $_strlen, $_regex, $_memeq, $_isvoid, $_as_string, $_caller_is and its like. gdb writes most of them in Python;
 * what they accept is wider here, since a Rust program's text is mostly a str or a String. */
#include "eval/eval_internal.h"

#include "eval/print.h"

#include <inttypes.h>
#include <regex.h>
#include <stdlib.h>

enum { MAX_TEXT = 1 << 20 };

/* ---- texts ---- */

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
			return memory_error(from + got);
	}
	return NULL;
}

struct slice {
	uint64_t pointer, length;
	bool has_pointer, has_length;
};

/* A str, a String or another structure of a pointer and a length somewhere inside; false: it is none. */
static bool find_slice(const struct sym_type *t, const uint8_t *bytes, size_t size, unsigned depth,
		       struct slice *s)
{
	const struct sym_member *members;
	size_t count = depth < 12 ? sym_type_members(t, &members) : 0;
	for (size_t i = 0; i < count; i++) {
		const struct sym_member *m = &members[i];
		uint64_t width = sym_type_size(m->type);
		if (m->offset > size || width > size - m->offset)
			continue;
		if (sym_type_kind(m->type) == SYM_TYPE_POINTER && width == 8 && !s->has_pointer) {
			memcpy(&s->pointer, bytes + m->offset, 8);
			s->has_pointer = true;
		} else if ((str_is(m->name, "length") || str_is(m->name, "len")) && width == 8 &&
			   !s->has_length) {
			memcpy(&s->length, bytes + m->offset, 8);
			s->has_length = true;
		} else if (!(s->has_pointer && s->has_length)) {
			find_slice(m->type, bytes + m->offset, width, depth + 1, s);
		}
	}
	return s->has_pointer && s->has_length;
}

struct error *eval_text(const struct eval_env *env, const struct eval_value *v, struct buf *out)
{
	const struct sym_member *members;
	struct slice s = { 0 };
	buf_str(out, STR_EMPTY);
	TRY(eval_check(v));
	if (type_kind(v->type) == SYM_TYPE_ARRAY) {
		const uint8_t *end = v->size ? memchr(v->bytes, 0, v->size) : NULL;
		buf_add(out, v->bytes, end ? (size_t)(end - v->bytes) : v->size);
		return NULL;
	}
	if (v->bytes && v->type && sym_type_members(v->type, &members) &&
	    find_slice(v->type, v->bytes, v->size, 0, &s)) {
		/* A literal's text is nowhere in the program: it lies behind the pair. */
		if (!s.pointer && !v->has_address && v->size >= 16 && s.length <= v->size - 16) {
			buf_add(out, v->bytes + 16, s.length);
			return NULL;
		}
		return read_text(env, s.pointer, s.length < MAX_TEXT ? s.length : MAX_TEXT, false, out);
	}
	if (!eval_as_unsigned(v, &s.pointer))
		return error_new(ERROR_USAGE, "Value can't be converted to integer.");
	return read_text(env, s.pointer, MAX_TEXT, true, out);
}

static bool holds_text(const struct eval_value *v)
{
	const struct sym_type *t = type_plain(v->type);
	if (type_is_pointer(t) || type_kind(t) == SYM_TYPE_ARRAY)
		return type_size(sym_type_target(t)) == 1;
	return t && !type_is_scalar(t);
}

/* ---- a call ---- */

struct call {
	struct machine *m;
	const struct eval_value *args;
	size_t count;
	struct eval_value *ret;
};

static struct error *text_of(const struct call *c, size_t i, struct buf *out)
{
	if (!holds_text(&c->args[i]))
		return error_new(
			ERROR_USAGE, "Trying to read string with inappropriate type `%.*s'.",
			STR_ARG(c->args[i].type ? sym_type_name(c->args[i].type) : STR_LIT("void")));
	return eval_text(c->m->env, &c->args[i], out);
}

static struct error *truth(const struct call *c, bool value)
{
	value_number(type_named(c->m, "bool", "int"), value, 0, c->m->arena, c->ret);
	return NULL;
}

static struct error *run_isvoid(const struct call *c)
{
	value_number(sym_type_primitive(NULL, STR_LIT("int"), false),
		     type_kind(c->args[0].type) == SYM_TYPE_VOID, 0, c->m->arena, c->ret);
	return NULL;
}

static struct error *run_strlen(const struct call *c)
{
	struct buf text = { 0 };
	struct error *err = text_of(c, 0, &text);
	value_number(type_named(c->m, "i64", "long long"), text.len, 0, c->m->arena, c->ret);
	buf_deinit(&text);
	return err;
}

static struct error *run_streq(const struct call *c)
{
	struct buf a = { 0 }, b = { 0 };
	struct error *err = text_of(c, 0, &a);
	if (!err)
		err = text_of(c, 1, &b);
	if (!err)
		err = truth(c, str_eq(buf_view(&a), buf_view(&b)));
	buf_deinit(&a);
	buf_deinit(&b);
	return err;
}

/* Does the beginning of the text match? As Python's re.match, which gdb's function is. */
static struct error *match(struct str text, struct str pattern, bool *ret)
{
	regex_t regex;
	struct buf anchored = { 0 };
	buf_printf(&anchored, "^(%.*s)", STR_ARG(pattern));
	int code = regcomp(&regex, anchored.data, REG_EXTENDED | REG_NOSUB);
	buf_deinit(&anchored);
	if (code != 0)
		return error_new(ERROR_USAGE, "Invalid regexp: %.*s", STR_ARG(pattern));
	regmatch_t range = { .rm_so = 0, .rm_eo = (regoff_t)text.len };
	*ret = regexec(&regex, text.ptr ? text.ptr : "", 1, &range, REG_STARTEND) == 0;
	regfree(&regex);
	return NULL;
}

static struct error *run_regex(const struct call *c)
{
	struct buf text = { 0 }, pattern = { 0 };
	bool matches = false;
	struct error *err = text_of(c, 0, &text);
	if (!err)
		err = text_of(c, 1, &pattern);
	if (!err)
		err = match(buf_view(&text), buf_view(&pattern), &matches);
	if (!err)
		err = truth(c, matches);
	buf_deinit(&text);
	buf_deinit(&pattern);
	return err;
}

static struct error *run_memeq(const struct call *c)
{
	uint64_t at[2];
	int64_t length;
	if (!eval_as_signed(&c->args[2], &length))
		return error_new(ERROR_USAGE, "Value can't be converted to integer.");
	if (length < 0)
		return error_new(ERROR_USAGE, "length must be non-negative");
	for (size_t i = 0; i < 2; i++)
		TRY(eval_as_address(&c->args[i], &at[i]));
	for (uint64_t done = 0; done < (uint64_t)length;) {
		uint8_t a[4096], b[4096];
		uint64_t rest = (uint64_t)length - done, bad;
		size_t size = rest < sizeof a ? (size_t)rest : sizeof a;
		if (!env_read(c->m->env, at[0] + done, a, size, &bad) ||
		    !env_read(c->m->env, at[1] + done, b, size, &bad))
			return memory_error(bad);
		if (memcmp(a, b, size) != 0)
			return truth(c, false);
		done += size;
	}
	return truth(c, true);
}

/* As the language has its texts. */
static void give_text(const struct call *c, struct str text)
{
	if (c->m->rust) {
		value_text(c->m, text, c->ret);
		return;
	}
	size_t size = text.len + 1;
	char *bytes = arena_alloc(c->m->arena, size);
	memcpy(bytes, text.len ? text.ptr : "", text.len);
	const struct sym_type *element = sym_type_primitive(NULL, STR_LIT("char"), false);
	*c->ret = (struct eval_value){ .type = sym_type_array_of(element, size),
				       .bytes = (const uint8_t *)bytes,
				       .size = size };
}

static struct error *run_as_string(const struct call *c)
{
	struct buf text = { 0 };
	struct eval_printer printer = { .settings = EVAL_PRINT_DEFAULTS,
					.language = c->m->language,
					.env = c->m->env };
	struct error *err = eval_print(&printer, &c->args[0], (struct eval_format_spec){ 0 }, false, &text);
	if (!err)
		give_text(c, buf_view(&text));
	buf_deinit(&text);
	return err;
}

/* ---- settings ---- */

static struct error *setting(const struct call *c, const char *function, bool as_text, bool maintenance)
{
	struct eval_setting found = { 0 };
	struct buf name = { 0 };
	struct error *err = text_of(c, 0, &name);
	if (err) {
		error_destroy(err);
		buf_deinit(&name);
		return error_new(ERROR_USAGE, "First argument of $%s must be a string.", function);
	}
	bool known = !maintenance && c->m->env->setting &&
		     c->m->env->setting(c->m->env->ctx, buf_view(&name), c->m->arena, &found);
	buf_deinit(&name);
	if (!known)
		return error_new(ERROR_USAGE,
				 "First argument of $%s must be a valid setting of the 'show' command.",
				 function);
	if (as_text || !found.is_number)
		give_text(c, found.text);
	else
		value_number(sym_type_primitive(NULL, c->m->rust ? STR_LIT("i32") : STR_LIT("int"),
						c->m->rust),
			     found.number, found.number < 0 ? -1 : 0, c->m->arena, c->ret);
	return NULL;
}

static struct error *run_setting(const struct call *c)
{
	return setting(c, "_gdb_setting", false, false);
}

static struct error *run_setting_str(const struct call *c)
{
	return setting(c, "_gdb_setting_str", true, false);
}

static struct error *run_maint_setting(const struct call *c)
{
	return setting(c, "_gdb_maint_setting", false, true);
}

static struct error *run_maint_setting_str(const struct call *c)
{
	return setting(c, "_gdb_maint_setting_str", true, true);
}

/* ---- numbers of two parts, which neither language's debug information has ---- */

static struct error *run_complex(const struct call *c)
{
	(void)c;
	return error_new(ERROR_USAGE, "expected a complex number");
}

/* ---- who called? ---- */

static struct error *caller_arguments(const struct call *c, struct buf *text, uint64_t *ret_n)
{
	int64_t n = 1;
	TRY(text_of(c, 0, text));
	if (c->count > 1 && !eval_as_signed(&c->args[1], &n))
		return error_new(ERROR_USAGE, "Value can't be converted to integer.");
	if (n < 0)
		return error_new(ERROR_USAGE, "nframes must be >= 0");
	if (!c->m->env->caller || !c->m->env->frame)
		return error_new(ERROR_USAGE, "No frame is currently selected.");
	*ret_n = (uint64_t)n;
	return NULL;
}

/* Is (or begins, as the pattern says) the name of the frame that is n further out so; any: or of one before it? */
static struct error *caller_is(const struct call *c, bool any, bool regex)
{
	struct buf text = { 0 };
	struct str name;
	uint64_t n = 0;
	bool found = false;
	struct error *err = caller_arguments(c, &text, &n);
	for (uint64_t i = any ? 0 : n; !err && i <= n && !found; i++) {
		if (!c->m->env->caller(c->m->env->ctx, i, c->m->arena, &name))
			break;
		if (regex)
			err = match(name, buf_view(&text), &found);
		else
			found = str_eq(name, buf_view(&text));
	}
	buf_deinit(&text);
	return err ? err : truth(c, found);
}

static struct error *run_caller_is(const struct call *c)
{
	return caller_is(c, false, false);
}

static struct error *run_caller_matches(const struct call *c)
{
	return caller_is(c, false, true);
}

static struct error *run_any_caller_is(const struct call *c)
{
	return caller_is(c, true, false);
}

static struct error *run_any_caller_matches(const struct call *c)
{
	return caller_is(c, true, true);
}

/* ---- the table ---- */

static const struct {
	const char *name;
	uint8_t least, most;
	struct error *(*run)(const struct call *c);
} functions[] = {
	{ "_isvoid", 1, 1, run_isvoid },
	{ "_strlen", 1, 1, run_strlen },
	{ "_streq", 2, 2, run_streq },
	{ "_regex", 2, 2, run_regex },
	{ "_memeq", 3, 3, run_memeq },
	{ "_as_string", 1, 1, run_as_string },
	{ "_caller_is", 1, 2, run_caller_is },
	{ "_caller_matches", 1, 2, run_caller_matches },
	{ "_any_caller_is", 1, 2, run_any_caller_is },
	{ "_any_caller_matches", 1, 2, run_any_caller_matches },
	{ "_gdb_setting", 1, 1, run_setting },
	{ "_gdb_setting_str", 1, 1, run_setting_str },
	{ "_gdb_maint_setting", 1, 1, run_maint_setting },
	{ "_gdb_maint_setting_str", 1, 1, run_maint_setting_str },
	{ "_cimag", 1, 1, run_complex },
	{ "_creal", 1, 1, run_complex },
};

const char *eval_function_name(size_t n)
{
	return n < sizeof functions / sizeof *functions ? functions[n].name : NULL;
}

static struct error *wrong_count(const char *name, size_t least, size_t most, size_t count)
{
	if (strcmp(name, "_isvoid") == 0)
		return error_new(ERROR_USAGE, "You must provide one argument for $_isvoid.");
	if (strstr(name, "_setting"))
		return error_new(ERROR_USAGE,
				 count ? "You can only provide one argument to $%s"
				       : "You must provide an argument to $%s",
				 name);
	return error_new(ERROR_USAGE, "You must provide %zu argument%s for $%s.",
			 count < least ? least : most, (count < least ? least : most) == 1 ? "" : "s",
			 name);
}

struct error *eval_internal_function(struct machine *m, struct node *n, struct eval_value *ret,
				     bool *ret_done)
{
	enum { MOST = 3 };
	struct eval_value args[MOST];
	size_t i = 0;
	while (eval_function_name(i) && !str_is(n->a->text, functions[i].name))
		i++;
	*ret_done = eval_function_name(i) != NULL;
	if (!*ret_done)
		return NULL;
	if (n->count < functions[i].least || n->count > functions[i].most)
		return wrong_count(functions[i].name, functions[i].least, functions[i].most, n->count);
	for (size_t k = 0; k < n->count; k++) {
		TRY(eval_node(m, n->list[k], &args[k]));
		bool asks_bytes = functions[i].run != run_isvoid && functions[i].run != run_as_string;
		bool lost = args[k].lost || args[k].state == EVAL_OPTIMISED_OUT;
		if (!m->no_side && (asks_bytes || !lost))
			TRY(value_fetch(m->env, m->arena, &args[k]));
	}
	const struct call c = { .m = m, .args = args, .count = n->count, .ret = ret };
	if (!m->no_side)
		return functions[i].run(&c);
	/* What gdb says of all of them as long as they do not run. */
	value_number(sym_type_primitive(NULL, STR_LIT("int"), false), 0, 0, m->arena, ret);
	return NULL;
}
