/* Values as one line of text. */
#include "eval/format.h"

#include "symbols/lookup.h"

enum {
	MAX_ALIASES = 32,
	MAX_BITFIELD = 64,
	READ_PAGE = 4096,
};

const struct sym_type *format_resolve(const struct sym_type *type)
{
	for (int i = 0; type && i < MAX_ALIASES && sym_type_kind(type) == SYM_TYPE_ALIAS; i++)
		type = sym_type_target(type);
	return type;
}

bool format_read(const struct format *f, uint64_t addr, void *buf, size_t size)
{
	const struct unwind_context *u = f->frame->context;
	return size == 0 || (addr && addr <= UINT64_MAX - size && u->memory(u->ctx, addr, buf, size));
}

bool format_number(struct format_bytes bytes, uint64_t offset, uint64_t size, uint64_t *ret)
{
	if (!size || size > 8 || offset > bytes.size || bytes.size - offset < size)
		return false;
	if (format_lost(format_sub(bytes, offset, size), false))
		return false;
	uint64_t value = 0;
	for (uint64_t i = size; i-- > 0;)
		value = value << 8 | bytes.data[offset + i];
	*ret = value;
	return true;
}

struct format_bytes format_sub(struct format_bytes bytes, uint64_t offset, uint64_t size)
{
	if (offset > bytes.size)
		return (struct format_bytes){ bytes.data, 0, NULL };
	uint64_t left = bytes.size - offset;
	struct format_bytes ret = { bytes.data + offset, (size_t)(size < left ? size : left), NULL };
	for (size_t i = 0; bytes.lost && i < ret.size && !ret.lost; i++)
		if (bytes.lost[offset + i])
			ret.lost = bytes.lost + offset;
	return ret;
}

bool format_lost(struct format_bytes bytes, bool all)
{
	for (size_t i = 0; all && bytes.lost && i < bytes.size; i++)
		if (bytes.lost[i] != 0xff)
			return false;
	return bytes.lost != NULL;
}

static void bit_field(struct format *f, const struct sym_member *member, struct format_bytes bytes)
{
	const struct sym_type *type = format_resolve(member->type);
	uint8_t value[8] = { 0 };
	uint32_t count = member->bit_size;
	if (count > MAX_BITFIELD || member->offset > bytes.size ||
	    ((uint64_t)member->bit_offset + count + 7) / 8 > bytes.size - member->offset) {
		buf_str(f->out, STR_LIT("…"));
		return;
	}
	const uint8_t *from = bytes.data + member->offset;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t bit = member->bit_offset + i;
		if (bytes.lost && bytes.lost[member->offset + bit / 8] >> (bit % 8) & 1) {
			buf_str(f->out, STR_LIT("<optimized out>"));
			return;
		}
		if (from[bit / 8] >> (bit % 8) & 1)
			value[i / 8] |= (uint8_t)(1u << (i % 8));
	}
	bool is_signed = type && sym_type_kind(type) == SYM_TYPE_SIGNED;
	if (is_signed && value[(count - 1) / 8] >> ((count - 1) % 8) & 1)
		for (uint32_t i = count; i < MAX_BITFIELD; i++)
			value[i / 8] |= (uint8_t)(1u << (i % 8));
	size_t size = type && sym_type_size(type) <= sizeof value ? (size_t)sym_type_size(type)
								  : sizeof value;
	format_type(f, type, (struct format_bytes){ value, size, NULL }, FORMAT_MAX_DEPTH);
}

void format_member(struct format *f, const struct sym_member *member, struct format_bytes bytes, int depth)
{
	if (member->bit_size)
		bit_field(f, member, bytes);
	else
		format_type(f, member->type,
			    format_sub(bytes, member->offset,
				       member->type ? sym_type_size(member->type) : 0),
			    depth);
}

void format_elements(struct format *f, const struct sym_type *element, struct format_bytes bytes,
		     uint64_t count, const char *open, const char *close, int depth)
{
	uint64_t size = element ? sym_type_size(element) : 0;
	buf_str(f->out, str_from(open));
	uint64_t i = 0;
	for (; i < count && i < FORMAT_MAX_ELEMENTS && !format_full(f); i++) {
		if (size && (i + 1) * size > bytes.size)
			break;
		if (i)
			buf_str(f->out, STR_LIT(", "));
		format_type(f, element, format_sub(bytes, i * size, size), depth + 1);
	}
	if (i < count)
		buf_printf(f->out, "%s… %ju in all", i ? ", " : "", (uintmax_t)count);
	buf_str(f->out, str_from(close));
}

/* ---- C ---- */

/* gdb's `0x… "text"` for a pointer to char. */
static void c_string_at(struct format *f, uint64_t addr)
{
	uint8_t text[EVAL_MAX_STRING];
	size_t size = sizeof text;
	if (!format_read(f, addr, text, size)) {
		/* The text may end right before an unmapped page. */
		size = READ_PAGE - addr % READ_PAGE < size ? (size_t)(READ_PAGE - addr % READ_PAGE) : 0;
		if (!size || !format_read(f, addr, text, size))
			return;
	}
	const uint8_t *end = memchr(text, 0, size);
	buf_char(f->out, ' ');
	format_text(f->out, text, end ? (size_t)(end - text) : size, !end);
}

static void c_struct(struct format *f, const struct sym_type *type, struct format_bytes bytes, int depth)
{
	const struct sym_member *members;
	size_t count = sym_type_members(type, &members);
	if (depth >= FORMAT_MAX_DEPTH && count) {
		buf_str(f->out, STR_LIT("{…}"));
		return;
	}
	buf_char(f->out, '{');
	for (size_t i = 0; i < count && !format_full(f); i++) {
		if (i)
			buf_str(f->out, STR_LIT(", "));
		if (i == FORMAT_MAX_ELEMENTS) {
			buf_str(f->out, STR_LIT("…"));
			break;
		}
		if (members[i].name.len) {
			buf_str(f->out, members[i].name);
			buf_str(f->out, STR_LIT(" = "));
		}
		format_member(f, &members[i], bytes, depth + 1);
	}
	buf_char(f->out, '}');
}

static void array(struct format *f, const struct sym_type *type, struct format_bytes bytes, int depth)
{
	const struct sym_type *element = format_resolve(sym_type_target(type));
	bool known;
	uint64_t count = sym_type_count(type, &known), size = element ? sym_type_size(element) : 0;
	if (!known)
		count = size ? bytes.size / size : 0;
	if (!f->rust && element && sym_type_kind(element) == SYM_TYPE_CHAR && size == 1 && !bytes.lost) {
		const uint8_t *end = bytes.size ? memchr(bytes.data, 0, bytes.size) : NULL;
		size_t length = end ? (size_t)(end - bytes.data) : bytes.size;
		bool more = length > EVAL_MAX_STRING || (!end && bytes.size < count);
		format_text(f->out, bytes.data, length > EVAL_MAX_STRING ? EVAL_MAX_STRING : length, more);
		return;
	}
	format_elements(f, element, bytes, count, f->rust ? "[" : "{", f->rust ? "]" : "}", depth);
}

/* ---- both ---- */

/* `&` before a value that can be read; an address says less, except where there is nothing behind it. */
static bool reference(struct format *f, const struct sym_type *type, uint64_t addr, int depth)
{
	struct str name = sym_type_bare_name(type), content;
	const struct sym_type *target = format_resolve(sym_type_target(type));
	bool is_box = format_box_content(name, &content);
	if (!f->rust || !target || depth >= FORMAT_MAX_DEPTH || !(is_box || str_starts(name, STR_LIT("&"))))
		return false;
	enum sym_type_kind kind = sym_type_kind(target);
	uint64_t size = sym_type_size(target);
	uint8_t bytes[EVAL_MAX_BYTES];
	if (kind == SYM_TYPE_VOID || kind == SYM_TYPE_FUNCTION || kind == SYM_TYPE_UNKNOWN || !size ||
	    size > sizeof bytes || !format_read(f, addr, bytes, (size_t)size))
		return false;
	if (!is_box)
		buf_str(f->out, str_starts(name, STR_LIT("&mut ")) ? STR_LIT("&mut ") : STR_LIT("&"));
	else
		buf_str(f->out, STR_LIT("Box("));
	format_type(f, target, (struct format_bytes){ bytes, (size_t)size, NULL }, depth + 1);
	if (is_box)
		buf_char(f->out, ')');
	return true;
}

static void pointer(struct format *f, const struct sym_type *type, struct format_bytes bytes, int depth)
{
	uint64_t addr;
	if (!format_number(bytes, 0, bytes.size, &addr)) {
		buf_printf(f->out, "<pointer of %zu bytes>", bytes.size);
		return;
	}
	if (reference(f, type, addr, depth))
		return;
	buf_printf(f->out, "0x%jx", (uintmax_t)addr);
	const struct sym_type *target = format_resolve(sym_type_target(type));
	if (!f->rust && target && sym_type_kind(target) == SYM_TYPE_CHAR && sym_type_size(target) == 1 &&
	    addr)
		c_string_at(f, addr);
}

static int64_t sign_extend(uint64_t value, uint64_t size)
{
	if (size >= 8)
		return (int64_t)value;
	unsigned shift = (unsigned)(64 - 8 * size);
	return (int64_t)(value << shift) >> shift;
}

static void enumeration(struct format *f, const struct sym_type *type, struct format_bytes bytes)
{
	const struct sym_enumerator *list;
	size_t count = sym_type_enumerators(type, &list);
	uint64_t value;
	if (!format_number(bytes, 0, bytes.size, &value)) {
		format_integer(f->out, bytes, false);
		return;
	}
	/* Enumerators may be written signed or unsigned: compared at the type's width. */
	uint64_t mask = bytes.size >= 8 ? UINT64_MAX : (UINT64_C(1) << (8 * bytes.size)) - 1;
	for (size_t i = 0; i < count; i++) {
		if (((uint64_t)list[i].value & mask) == value) {
			buf_str(f->out, list[i].name);
			return;
		}
	}
	const struct sym_type *integer = sym_type_target(type);
	bool is_signed = integer && sym_type_kind(integer) == SYM_TYPE_SIGNED;
	intmax_t number = is_signed ? sign_extend(value, bytes.size) : (intmax_t)value;
	if (f->rust)
		buf_printf(f->out, "<no %.*s: %jd>", STR_ARG(sym_type_bare_name(type)), number);
	else
		buf_printf(f->out, "%jd", number);
}

static void boolean(struct format *f, struct format_bytes bytes)
{
	uint64_t value;
	if (!format_number(bytes, 0, bytes.size, &value))
		value = 2;
	if (value <= 1)
		buf_str(f->out, value ? STR_LIT("true") : STR_LIT("false"));
	else
		buf_printf(f->out, "<not a bool: %ju>", (uintmax_t)value);
}

/* A kind that has no better text. */
static void raw(struct format *f, struct format_bytes bytes)
{
	enum { SHOWN = 16 };
	buf_str(f->out, STR_LIT("<bytes"));
	for (size_t i = 0; i < bytes.size && i < SHOWN; i++)
		buf_printf(f->out, " %02x", bytes.data[i]);
	buf_str(f->out, bytes.size > SHOWN ? STR_LIT(" …>") : STR_LIT(">"));
}

static void complex_number(struct format *f, struct format_bytes bytes)
{
	format_float(f->out, format_sub(bytes, 0, bytes.size / 2), f->rust);
	buf_str(f->out, STR_LIT(" + "));
	format_float(f->out, format_sub(bytes, bytes.size / 2, bytes.size / 2), f->rust);
	buf_str(f->out, STR_LIT("i"));
}

/* Arrays and structures show what there is of them. */
static bool has_parts(enum sym_type_kind kind)
{
	return kind == SYM_TYPE_ARRAY || kind == SYM_TYPE_STRUCT || kind == SYM_TYPE_UNION ||
	       kind == SYM_TYPE_VARIANT;
}

void format_type(struct format *f, const struct sym_type *type, struct format_bytes bytes, int depth)
{
	type = format_resolve(type);
	enum sym_type_kind kind = type ? sym_type_kind(type) : SYM_TYPE_VOID;
	/* Arrays have no limit of their own, and a broken file may have one that is its own element. */
	/* A number of which only a part was read, of a value beyond EVAL_MAX_BYTES. */
	bool cut_off = type && bytes.size < sym_type_size(type) && !has_parts(kind);
	if (!type || depth > FORMAT_MAX_NESTING || cut_off) {
		buf_str(f->out, type ? STR_LIT("…") : STR_LIT("()"));
		return;
	}
	if (format_lost(bytes, has_parts(kind))) {
		buf_str(f->out, STR_LIT("<optimized out>"));
		return;
	}
	if (has_parts(kind) && sym_type_is_declaration(type)) {
		buf_str(f->out, STR_LIT("<incomplete type>"));
		return;
	}
	switch (kind) {
	case SYM_TYPE_BOOL:
		boolean(f, bytes);
		break;
	case SYM_TYPE_CHAR:
		format_char(f->out, bytes, f->rust,
			    str_starts(sym_type_bare_name(type), STR_LIT("unsigned")));
		break;
	case SYM_TYPE_SIGNED:
	case SYM_TYPE_UNSIGNED:
		format_integer(f->out, bytes, kind == SYM_TYPE_SIGNED);
		break;
	case SYM_TYPE_FLOAT:
		format_float(f->out, bytes, f->rust);
		break;
	case SYM_TYPE_COMPLEX:
		complex_number(f, bytes);
		break;
	case SYM_TYPE_POINTER:
	case SYM_TYPE_REFERENCE:
		pointer(f, type, bytes, depth);
		break;
	case SYM_TYPE_ENUM:
		enumeration(f, type, bytes);
		break;
	case SYM_TYPE_ARRAY:
		array(f, type, bytes, depth);
		break;
	case SYM_TYPE_VARIANT:
		format_variant(f, type, bytes, depth);
		break;
	case SYM_TYPE_STRUCT:
		if (!f->rust)
			c_struct(f, type, bytes, depth);
		else if (!format_rust_known(f, type, bytes, depth))
			format_rust_struct(f, type, sym_type_bare_name(type), bytes, depth);
		break;
	case SYM_TYPE_UNION:
		if (f->rust)
			format_rust_struct(f, type, sym_type_bare_name(type), bytes, depth);
		else
			c_struct(f, type, bytes, depth);
		break;
	default:
		raw(f, bytes);
		break;
	}
}

/* Cuts what was added since `start` to `width` characters. */
static void cut(struct buf *out, size_t start, size_t width)
{
	size_t characters = 0, keep = out->len;
	for (size_t i = start; i < out->len; i++) {
		if (((uint8_t)out->data[i] & 0xc0) == 0x80)
			continue; /* a continuation byte */
		if (width && characters == width - 1)
			keep = i;
		characters++;
	}
	if (characters <= width)
		return;
	out->len = width ? keep : start;
	if (width)
		buf_str(out, STR_LIT("…"));
	else if (out->data)
		out->data[out->len] = '\0';
}

static bool frame_is_rust(const struct eval_frame *frame)
{
	if (!frame->module)
		return false;
	const struct sym_function *function = sym_function_at(frame->module, frame->pc);
	if (!function)
		return sym_module_is_rust(frame->module);
	struct sym_function_info info;
	sym_function_describe(function, &info);
	return info.is_rust;
}

void eval_format(const struct eval_frame *frame, const struct eval_value *value, size_t width,
		 struct buf *out)
{
	struct format f = {
		.frame = frame,
		.out = out,
		.start = out->len,
		.most_bytes = width < SIZE_MAX / 8 ? width * 4
						   : SIZE_MAX / 2, /* a character is up to 4 bytes */
	};
	switch (value->state) {
	case EVAL_OPTIMISED_OUT:
		buf_str(out, STR_LIT("<optimized out>"));
		break;
	case EVAL_UNREADABLE:
		if (value->has_address)
			buf_printf(out, "<cannot read 0x%jx>", (uintmax_t)value->address);
		else
			buf_printf(out, "<cannot tell: %.*s>", STR_ARG(value->why));
		break;
	case EVAL_OK:
		f.rust = frame_is_rust(frame);
		format_type(&f, value->type,
			    (struct format_bytes){ value->bytes, value->size, value->lost }, 0);
		break;
	}
	cut(out, f.start, width);
}
