/* Values as gdb 13 writes them. */
#include "eval/print_internal.h"

bool print_interrupted(const struct printing *p)
{
	return p->p->interrupted && p->p->interrupted(p->p->symbolise_ctx);
}

void print_line(struct printing *p, uint32_t recurse)
{
	buf_char(p->out, '\n');
	buf_pad(p->out, ' ', 2 * (size_t)recurse);
}

void print_wrap(struct printing *p, uint32_t recurse)
{
	if (p->p->wrap)
		p->p->wrap(p->p->symbolise_ctx, 2 + 2 * recurse, p->out);
}

void print_styled(struct printing *p, enum eval_style style, struct str text)
{
	if (p->p->style)
		p->p->style(p->p->symbolise_ctx, style, text, p->out);
	else
		buf_str(p->out, text);
}

void print_unreadable(struct printing *p, struct error *err)
{
	print_styled(p, EVAL_STYLE_REMARK, arena_printf(p->arena, "<error: %s>", err->message));
	error_destroy(err);
}

static void complete(struct printing *p, struct eval_value *v, uint32_t recurse);

const char *print_text_prefix(const struct sym_type *t)
{
	struct str name = sym_type_bare_name(t);
	return str_is(name, "char16_t")   ? "u"
	       : str_is(name, "char32_t") ? "U"
	       : sym_type_size(t) > 1     ? "L"
					  : "";
}

/* Is an array or a pointer of such elements text? */
bool print_is_text(const struct printing *p, const struct sym_type *element)
{
	const struct sym_type *plain = type_plain(element);
	if (!plain || (p->letter && p->letter != 's'))
		return false;
	uint64_t size = sym_type_size(plain);
	/* C reads Rust's u8 and i8 as its char; Rust's char is none of C's. */
	if (sym_type_is_rust(plain))
		return size == 1 && (sym_type_kind(plain) == SYM_TYPE_SIGNED ||
				     sym_type_kind(plain) == SYM_TYPE_UNSIGNED);
	if (sym_type_kind(plain) == SYM_TYPE_CHAR)
		return size == 1 || size == 2 || size == 4;
	bool named_wide = false;
	for (const struct sym_type *t = element; t && sym_type_kind(t) == SYM_TYPE_ALIAS;
	     t = sym_type_target(t)) {
		struct str name = sym_type_bare_name(t);
		named_wide |= str_is(name, "wchar_t") || str_is(name, "char16_t") ||
			      str_is(name, "char32_t");
		if (t == sym_type_target(t))
			break;
	}
	bool integer = sym_type_kind(plain) == SYM_TYPE_SIGNED ||
		       sym_type_kind(plain) == SYM_TYPE_UNSIGNED;
	return (named_wide && (size == 2 || size == 4)) || (p->letter == 's' && size == 1 && integer);
}

/* ---- structures ---- */

static void member_value(struct printing *p, struct eval_value *v, const struct sym_member *member,
			 uint32_t recurse)
{
	struct eval_value part;
	struct error *err = value_part(p->p->env, p->arena, v, member, &part);
	if (err)
		print_unreadable(p, err);
	else if (member->name.len == 0 && recurse + 1 < PRINT_MAX_NESTING)
		complete(p, &part, recurse + 1); /* an anonymous union is no level of its own */
	else
		print_inner(p, &part, recurse + 1);
}

struct fields {
	bool pretty, named, wraps;
	const char *assign; /* ": " or " = " */
	uint32_t recurse;
};

static void fields(struct printing *p, struct eval_value *v, const struct sym_member *members,
		   size_t count, const struct fields *f)
{
	for (size_t i = 0; i < count && !print_interrupted(p); i++) {
		if (i)
			buf_char(p->out, ',');
		if (f->pretty)
			print_line(p, 1 + f->recurse);
		else if (i)
			buf_char(p->out, ' ');
		if (f->wraps && !f->pretty)
			print_wrap(p, f->recurse);
		if (f->named && members[i].name.len) {
			print_styled(p, EVAL_STYLE_NAME, members[i].name);
			buf_str(p->out, str_from(f->assign));
		}
		member_value(p, v, &members[i], f->recurse);
	}
	if (f->pretty)
		print_line(p, f->recurse);
}

static void c_structure(struct printing *p, struct eval_value *v, uint32_t recurse)
{
	const struct sym_member *members;
	const struct sym_type *type = type_plain(v->type);
	size_t count = sym_type_members(type, &members);
	if (sym_type_kind(type) == SYM_TYPE_UNION && recurse && !p->s->union_) {
		buf_str(p->out, STR_LIT("{...}"));
		return;
	}
	if (sym_type_is_declaration(type)) {
		buf_str(p->out, STR_LIT("<incomplete type>"));
		return;
	}
	buf_char(p->out, '{');
	if (count == 0)
		buf_str(p->out, STR_LIT("<No data fields>"));
	else
		fields(p, v, members, count, &(struct fields){ p->s->pretty, true, true, " = ", recurse });
	buf_char(p->out, '}');
}

static struct error *read_pair(struct printing *p, struct eval_value *v, uint64_t *ret_data,
			       uint64_t *ret_length)
{
	TRY(value_fetch(p->p->env, p->arena, v));
	const struct sym_member *data = sym_type_member(type_plain(v->type), "data_ptr");
	const struct sym_member *length = sym_type_member(type_plain(v->type), "length");
	if (!data || !length || v->size < data->offset + 8 || v->size < length->offset + 8)
		return error_new(ERROR_FORMAT, "The slice is cut off");
	memcpy(ret_data, v->bytes + data->offset, 8);
	memcpy(ret_length, v->bytes + length->offset, 8);
	return NULL;
}

/* Its pointer or its length is optimized out: gdb's words for what it cannot follow. */
static bool lost_pair(struct printing *p, const struct eval_value *v)
{
	if (v->lost)
		buf_str(p->out, STR_LIT("<error reading variable: value has been optimized out>"));
	return v->lost;
}

static void rust_text(struct printing *p, struct eval_value *v)
{
	uint64_t data, length;
	if (lost_pair(p, v))
		return;
	struct error *err = read_pair(p, v, &data, &length);
	if (err) {
		print_unreadable(p, err);
		return;
	}
	/* Text that is in no memory lies behind the pair. */
	if (!data && v->size >= 16 && length && v->size - 16 >= length) {
		uint64_t limit = print_limit_characters(p), shown = length < limit ? length : limit;
		print_string(p, v->bytes + 16, shown, 1, "", false, shown < length);
		return;
	}
	if (length == 0)
		buf_str(p->out, STR_LIT("\"\""));
	else
		print_string_at(p, data, length, 1, "");
}

/* Is the pair's number one of elements? Of `&Path` and `Rc<str>` it is one of the bytes at the end of what is pointed at. */
static bool counts_elements(const struct sym_type *type)
{
	static const char *const around[] = { "&mut ", "&", "*const ", "*mut ", "alloc::boxed::Box<" };
	struct str name = sym_type_name(type);
	for (size_t i = 0; i < sizeof around / sizeof *around; i++) {
		struct str prefix = str_from(around[i]);
		if (!str_starts(name, prefix))
			continue;
		name = str_sub(name, prefix.len, SIZE_MAX);
		return str_starts(name, STR_LIT("[")) || str_starts(name, STR_LIT("str"));
	}
	return true;
}

static void rust_slice(struct printing *p, struct eval_value *v, uint32_t recurse)
{
	uint64_t data, length;
	const struct sym_type *type = type_plain(v->type);
	const struct sym_member *pointer = sym_type_member(type, "data_ptr");
	const struct sym_type *element =
		type_is_pointer(pointer->type) ? sym_type_target(type_plain(pointer->type)) : NULL;
	buf_printf(p->out, "%.*s ", STR_ARG(sym_type_name(type)));
	if (lost_pair(p, v))
		return;
	struct error *err = element ? read_pair(p, v, &data, &length) : NULL;
	if (err) {
		print_unreadable(p, err);
		return;
	}
	if (!counts_elements(type)) {
		print_address(p, data);
		return;
	}
	uint64_t size;
	if (!element || length > INT64_MAX || __builtin_mul_overflow(type_size(element), length, &size)) {
		buf_str(p->out, STR_LIT("<error: The slice's length is not credible>"));
		return;
	}
	struct eval_value content;
	value_at(sym_type_array_of(element, length), data, &content);
	uint8_t first;
	uint64_t bad;
	if (size && !env_read(p->p->env, data, &first, 1, &bad)) {
		buf_printf(p->out, "<error: Cannot access memory at address 0x%llx>",
			   (unsigned long long)data);
		return;
	}
	print_array(p, &content, recurse);
}

/* A structure or union of Rust under that name. */
static void rust_structure(struct printing *p, struct eval_value *v, uint32_t recurse)
{
	const struct sym_member *members;
	const struct sym_type *type = type_plain(v->type);
	size_t count = sym_type_members(type, &members);
	bool tuple = rust_is_tuple(type), tuple_struct = !tuple && rust_is_tuple_struct(type);
	if (!tuple) {
		buf_str(p->out, sym_type_name(type));
		if (count == 0)
			return;
		buf_char(p->out, ' ');
	}
	buf_char(p->out, tuple || tuple_struct ? '(' : '{');
	fields(p, v, members, count,
	       &(struct fields){ p->s->pretty, !tuple && !tuple_struct, false, ": ", recurse });
	buf_char(p->out, tuple || tuple_struct ? ')' : '}');
}

static void print_member_name(struct printing *p, struct str name)
{
	print_styled(p, EVAL_STYLE_NAME, name);
	buf_str(p->out, STR_LIT(": "));
}

static void rust_enum(struct printing *p, struct eval_value *v, uint32_t recurse)
{
	const struct sym_type *type = type_plain(v->type);
	const struct sym_variant_part *part = sym_type_variants(type);
	struct error *err = value_look(p->p->env, p->arena, v);
	bool lost;
	if (err) {
		print_unreadable(p, err);
		return;
	}
	if (!part || part->count == 0) {
		buf_printf(p->out, "%.*s {<No data fields>}", STR_ARG(sym_type_name(type)));
		return;
	}
	const struct sym_variant *which = rust_variant(v, &lost);
	struct eval_value payload;
	if (!which) {
		print_styled(p, EVAL_STYLE_REMARK,
			     lost ? STR_LIT("<optimized out>")
				  : STR_LIT("<error: Could not find active enum variant>"));
		return;
	}
	err = value_part(p->p->env, p->arena, v, &which->member, &payload);
	if (err) {
		print_unreadable(p, err);
		return;
	}
	const struct sym_member *members;
	const struct sym_type *inner = type_plain(which->member.type);
	size_t count = sym_type_members(inner, &members);
	bool tuple = rust_is_tuple_struct(inner);
	buf_str(p->out, sym_type_name(inner));
	if (count == 0)
		return;
	buf_char(p->out, tuple ? '(' : '{');
	for (size_t i = 0; i < count && !print_interrupted(p); i++) {
		if (i)
			buf_str(p->out, STR_LIT(", "));
		if (!tuple)
			print_member_name(p, members[i].name);
		member_value(p, &payload, &members[i], recurse);
	}
	buf_char(p->out, tuple ? ')' : '}');
}

/* `&[T]`, `Box<[T]>`, `*const [T]`: whatever has these two members is one to gdb. */
static bool prints_as_slice(const struct sym_type *type)
{
	const struct sym_member *members;
	return sym_type_kind(type) == SYM_TYPE_STRUCT && sym_type_members(type, &members) == 2 &&
	       sym_type_member(type, "data_ptr") && sym_type_member(type, "length");
}

static void structure(struct printing *p, struct eval_value *v, uint32_t recurse)
{
	const struct sym_type *type = type_plain(v->type);
	struct str name = sym_type_bare_name(type);
	if (!sym_type_is_rust(type) || (!p->rust && !str_is(name, "()"))) {
		if (p->rust) {
			const struct sym_member *members;
			size_t count = sym_type_members(type, &members);
			buf_printf(p->out, "%.*s%s{", STR_ARG(name), name.len ? " " : "");
			fields(p, v, members, count,
			       &(struct fields){ p->s->pretty, true, false, ": ", recurse });
			buf_char(p->out, '}');
		} else {
			c_structure(p, v, recurse);
		}
	} else if (sym_type_is_declaration(type)) {
		buf_str(p->out, STR_LIT("<incomplete type>"));
	} else if (str_is(name, "()") || str_is(name, "!")) {
		if (recurse == 0 && p->letter && p->letter != 's')
			print_formatted_scalar(p, type, NULL, 0, p->letter);
		else
			buf_str(p->out, STR_LIT("()"));
	} else if (rust_is_str(type)) {
		rust_text(p, v);
	} else if (prints_as_slice(type)) {
		rust_slice(p, v, recurse);
	} else {
		rust_structure(p, v, recurse);
	}
}

/* ---- pointers ---- */

static void pointer(struct printing *p, struct eval_value *v, uint32_t recurse)
{
	const struct sym_type *target = type_plain(sym_type_target(type_plain(v->type)));
	uint64_t address = 0;
	(void)recurse;
	memcpy(&address, v->bytes, v->size < 8 ? v->size : 8);
	bool code = type_kind(target) == SYM_TYPE_FUNCTION ||
		    str_is(sym_type_bare_name(type_plain(v->type)), "*mut fn ()") ||
		    str_is(sym_type_bare_name(type_plain(v->type)), "void (*)()");
	if (code) {
		print_code_address(p, address);
		return;
	}
	const struct sym_type *element = target && sym_type_kind(target) == SYM_TYPE_ARRAY
						 ? type_plain(sym_type_target(target))
						 : NULL;
	bool known;
	if (p->rust && element && str_is(sym_type_bare_name(element), "u8") && sym_type_is_rust(element)) {
		uint64_t count = sym_type_count(target, &known);
		if (p->s->address)
			buf_printf(p->out, "0x%llx ", (unsigned long long)address);
		buf_char(p->out, 'b');
		print_string_at(p, address, count, 1, "");
		return;
	}
	size_t before = p->out->len;
	print_address(p, address);
	if (!p->rust && target && address && print_is_text(p, sym_type_target(type_plain(v->type)))) {
		if (p->out->len > before)
			buf_char(p->out, ' ');
		print_string_at(p, address, UINT64_MAX, (unsigned)sym_type_size(target),
				print_text_prefix(target));
	}
}

static void function(struct printing *p, struct eval_value *v)
{
	buf_char(p->out, '{');
	eval_type_name(p->p, v->type, p->out);
	buf_str(p->out, STR_LIT("} "));
	print_code_address(p, v->address);
}

/* ---- anything ---- */

static void flags(struct printing *p, const char *const *names, size_t count, uint32_t bits)
{
	buf_str(p->out, STR_LIT("[ "));
	for (size_t i = 0; i < count; i++)
		if (names[i] && bits >> i & 1 && names[i][0])
			buf_printf(p->out, "%s ", names[i]);
	buf_char(p->out, ']');
}

/* A register that is a set of flags. */
static bool flags_register(struct printing *p, const struct sym_type *type, const struct eval_value *v)
{
	static const char *const mxcsr[] = { "IE", "DE", "ZE", "OE", "UE", "PE", "DAZ", "IM",
					     "DM", "ZM", "OM", "UM", "PM", NULL, NULL,  "FZ" };
	static const char *const eflags[] = { "CF", "",   "PF", NULL,  "AF",  NULL, "ZF", "SF",
					      "TF", "IF", "DF", "OF",  NULL,  NULL, "NT", NULL,
					      "RF", "VM", "AC", "VIF", "VIP", "ID" };
	struct str name = sym_type_bare_name(type);
	uint32_t bits;
	if (v->size != 4)
		return false;
	memcpy(&bits, v->bytes, 4);
	if (str_is(name, "i386_eflags"))
		flags(p, eflags, sizeof eflags / sizeof *eflags, bits);
	else if (str_is(name, "i386_mxcsr"))
		flags(p, mxcsr, sizeof mxcsr / sizeof *mxcsr, bits);
	else
		return false;
	return true;
}

static void scalar(struct printing *p, struct eval_value *v, uint32_t recurse)
{
	const struct sym_type *type = type_plain(v->type);
	enum sym_type_kind kind = type_kind(type);
	if (p->letter && p->letter != 's') {
		print_formatted_scalar(p, type, v->bytes, v->size, p->letter);
		return;
	}
	bool numeric = kind == SYM_TYPE_BOOL || kind == SYM_TYPE_CHAR || kind == SYM_TYPE_SIGNED ||
		       kind == SYM_TYPE_UNSIGNED;
	if (numeric && p->s->radix && v->size && !flags_register(p, type, v)) {
		print_formatted_scalar(p, type, v->bytes, v->size, p->s->radix);
		return;
	}
	switch (kind) {
	case SYM_TYPE_BOOL:
		if (v->size && v->bytes[0] <= 1)
			buf_str(p->out, v->bytes[0] ? STR_LIT("true") : STR_LIT("false"));
		else
			print_decimal(p->out, v->bytes, v->size, false);
		break;
	case SYM_TYPE_CHAR:
		print_char(p, type, v->bytes, v->size);
		break;
	case SYM_TYPE_SIGNED:
	case SYM_TYPE_UNSIGNED:
		if (flags_register(p, type, v)) {
			break;
		} else if (!p->rust && print_is_text(p, v->type) && v->size > 1) {
			print_char(p, v->type, v->bytes, v->size);
		} else if (!p->rust && sym_type_is_rust(type) && v->size == 1) {
			print_c_char(p->out, kind == SYM_TYPE_SIGNED ? (int8_t)v->bytes[0] : v->bytes[0],
				     v->bytes[0]);
		} else {
			print_decimal(p->out, v->bytes, v->size, kind == SYM_TYPE_SIGNED);
		}
		break;
	case SYM_TYPE_FLOAT:
		if (v->size == 2 && str_is(sym_type_bare_name(type), "bfloat16"))
			print_bfloat16(p->out, v->bytes);
		else
			print_float(p->out, v->bytes, v->size);
		break;
	case SYM_TYPE_COMPLEX:
		print_float(p->out, v->bytes, v->size / 2);
		buf_str(p->out, STR_LIT(" + "));
		print_float(p->out, v->bytes + v->size / 2, v->size / 2);
		buf_char(p->out, 'i');
		break;
	case SYM_TYPE_POINTER:
	case SYM_TYPE_REFERENCE:
		pointer(p, v, recurse);
		break;
	case SYM_TYPE_ENUM:
		print_enum(p, type, v->bytes, v->size);
		break;
	default:
		buf_str(p->out, STR_LIT("<error type>"));
		break;
	}
}

static bool is_aggregate(enum sym_type_kind kind)
{
	return kind == SYM_TYPE_ARRAY || kind == SYM_TYPE_STRUCT || kind == SYM_TYPE_UNION ||
	       kind == SYM_TYPE_VARIANT;
}

static bool too_deep(const struct printing *p, enum sym_type_kind kind, uint32_t recurse)
{
	return is_aggregate(kind) && ((p->s->max_depth != UINT32_MAX && recurse >= p->s->max_depth) ||
				      recurse >= PRINT_MAX_NESTING);
}

static void complete(struct printing *p, struct eval_value *v, uint32_t recurse)
{
	enum sym_type_kind kind = type_kind(v->type);
	switch (kind) {
	case SYM_TYPE_VOID:
		buf_str(p->out, p->rust ? STR_LIT("()") : STR_LIT("void"));
		break;
	case SYM_TYPE_ARRAY:
		print_array(p, v, recurse);
		break;
	case SYM_TYPE_STRUCT:
	case SYM_TYPE_UNION:
		structure(p, v, recurse);
		break;
	case SYM_TYPE_VARIANT:
		rust_enum(p, v, recurse);
		break;
	case SYM_TYPE_FUNCTION:
		function(p, v);
		break;
	default: {
		struct error *err = value_fetch(p->p->env, p->arena, v);
		if (err)
			print_unreadable(p, err);
		else if (v->size < type_size(v->type) && v->size == 0)
			buf_str(p->out, STR_LIT("<error: value is not available>"));
		else
			scalar(p, v, recurse);
	}
	}
}

/* Text counts as a scalar. */
static bool is_string(const struct printing *p, const struct sym_type *type)
{
	if (type_kind(type) == SYM_TYPE_ARRAY)
		return !p->rust && print_is_text(p, sym_type_target(type_plain(type)));
	return rust_is_str(type);
}

void print_inner(struct printing *p, struct eval_value *v, uint32_t recurse)
{
	enum sym_type_kind kind = type_kind(v->type);
	/* A number is known as a whole or not at all; what has parts shows those. */
	if (v->state == EVAL_OPTIMISED_OUT || (v->state == EVAL_OK && v->lost && !is_aggregate(kind))) {
		print_styled(p, EVAL_STYLE_REMARK,
			     v->pointee                        ? STR_LIT("<synthetic pointer>")
			     : v->place == EVAL_PLACE_REGISTER ? STR_LIT("<not saved>")
							       : STR_LIT("<optimized out>"));
		return;
	}
	if (v->state == EVAL_UNREADABLE) {
		if (v->has_address)
			buf_printf(p->out, "<error: Cannot access memory at address 0x%llx>",
				   (unsigned long long)v->address);
		else
			buf_printf(p->out, "<error: %.*s>", STR_ARG(v->why));
		return;
	}
	if (too_deep(p, kind, recurse) && !is_string(p, v->type)) {
		buf_str(p->out, STR_LIT("{...}"));
		return;
	}
	complete(p, v, recurse);
}

/* gdb puts a pointer's type before it; not before C's text. */
static bool wants_type(const struct printing *p, const struct eval_value *v)
{
	const struct sym_type *type = v->type, *target;
	if ((v->state != EVAL_OK && !v->pointee) || !type_is_pointer(type) ||
	    (p->letter && p->letter != 's'))
		return false;
	if (p->rust || sym_type_kind(type) == SYM_TYPE_ALIAS)
		return true;
	target = sym_type_target(type);
	struct str name = target ? sym_type_bare_name(target) : STR_EMPTY;
	return !str_is(name, "char") && !str_is(name, "wchar_t") && !str_is(name, "char16_t") &&
	       !str_is(name, "char32_t");
}

static bool is_format(char letter)
{
	return strchr("xduotzacfsi", letter) != NULL;
}

static void formatted_function(struct printing *p, const struct eval_value *v)
{
	uint8_t first = 0;
	uint64_t bad;
	env_read(p->p->env, v->address, &first, 1, &bad);
	print_formatted_scalar(p, v->type, &first, 1, p->letter);
}

struct error *eval_print(const struct eval_printer *printer, const struct eval_value *v,
			 struct eval_format_spec format, bool top, struct buf *out)
{
	struct arena arena = ARENA_INIT;
	struct printing p = { .p = printer,
			      .s = &printer->settings,
			      .arena = &arena,
			      .out = out,
			      .letter = format.letter,
			      .rust = printer->language != EVAL_LANGUAGE_C,
			      .raw = format.raw };
	struct eval_value value = *v;
	struct error *err = NULL;
	if (value_all_lost(v)) /* and not each of its members */
		value.state = EVAL_OPTIMISED_OUT;
	if (v->state == EVAL_UNREADABLE && top)
		err = eval_check(v);
	else if (format.letter && !is_format(format.letter))
		err = error_new(ERROR_USAGE, "Undefined output format \"%c\".", format.letter);
	if (!err && format.letter == 'a' && type_kind(v->type) == SYM_TYPE_FUNCTION)
		err = error_new(ERROR_USAGE, "Value can't be converted to integer.");
	if (!err && format.letter && format.letter != 's' && type_kind(v->type) == SYM_TYPE_FUNCTION &&
	    v->has_address) {
		formatted_function(&p, v);
	} else if (!err) {
		if (top && wants_type(&p, v)) {
			buf_char(out, '(');
			eval_type_name(printer, v->type, out);
			buf_str(out, STR_LIT(") "));
		}
		print_inner(&p, &value, 0);
	}
	arena_deinit(&arena);
	return err;
}

struct error *eval_print_argument(const struct eval_printer *p, const struct eval_value *v, struct buf *out)
{
	enum sym_type_kind kind = type_kind(v->type);
	/* Whether it is there or not. */
	if (is_aggregate(kind) && v->state != EVAL_UNREADABLE) {
		buf_str(out, STR_LIT("..."));
		return NULL;
	}
	return eval_print(p, v, (struct eval_format_spec){ 0 }, false, out);
}

struct error *eval_print_unit(const struct eval_printer *printer, const uint8_t *bytes, size_t size,
			      char letter, struct buf *out)
{
	struct printing p = { .p = printer,
			      .s = &printer->settings,
			      .out = out,
			      .letter = letter,
			      .padded = true,
			      .rust = printer->language != EVAL_LANGUAGE_C };
	const struct sym_type *type = sym_type_primitive(NULL, STR_LIT("long"), false);
	if (size == 0 || size > 16)
		return error_new(ERROR_USAGE, "Invalid size of a unit.");
	if (letter && !is_format(letter))
		return error_new(ERROR_USAGE, "Undefined output format \"%c\".", letter);
	if (letter == 'f' && size != 4 && size != 8 && size != 10 && size != 16)
		print_decimal(out, bytes, size, true);
	else
		print_formatted_scalar(&p, type, bytes, size, letter ? letter : 'x');
	return NULL;
}

void eval_print_text(const struct eval_printer *printer, const uint8_t *bytes, size_t count, size_t unit,
		     bool more, struct buf *out)
{
	struct printing p = { .p = printer, .s = &printer->settings, .out = out };
	print_string(&p, bytes, count, (unsigned)unit,
		     unit == 2   ? "u"
		     : unit == 4 ? "U"
				 : "",
		     false, more);
}
