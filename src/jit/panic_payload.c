#include "jit/panic_payload.h"

#include "jit/rust_layout.h"

enum {
	WORD = 8,
	LOWEST = 4096,
	MAX_LINE = 10000000,
	MAX_COLUMN = 1000000,
	METHODS = 5,
	MAX_PAYLOAD = 1 << 20
};

static const uint64_t none_capacity = UINT64_C(1) << 63; /* Option<String> that is None, in later versions */

static bool read_words(struct eng_process *p, uint64_t addr, uint64_t *ret, size_t count)
{
	return addr >= LOWEST &&
	       eng_read(p, RUN_ADDR(eng_process_number(p), addr), ret, count * WORD) == count * WORD;
}

/* ---- text ---- */

/* Without NUL and other control characters: bytes that only happen to be UTF-8 are full of them. */
static bool is_text(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];
		if ((c < 0x20 && c != '\n' && c != '\t' && c != '\r' && c != 0x1b) || c == 0x7f)
			return false;
	}
	return str_is_utf8((struct str){ s, len });
}

/* len bytes at addr, cut behind a whole character; SIZE_MAX when they are no text. */
static size_t read_text(struct eng_process *p, uint64_t addr, uint64_t len, char *buf)
{
	if (len > INT32_MAX || (len > 0 && addr < LOWEST))
		return SIZE_MAX;
	size_t want = len < JIT_MAX_MESSAGE ? len : JIT_MAX_MESSAGE;
	if (eng_read(p, RUN_ADDR(eng_process_number(p), addr), buf, want) != want)
		return SIZE_MAX;
	for (int i = 0; want < len && want > 0 && i < 4 && !str_is_utf8((struct str){ buf, want }); i++)
		want--;
	return is_text(buf, want) ? want : SIZE_MAX;
}

bool jit_location_read(struct eng_process *p, uint64_t addr, struct jit_location *ret)
{
	/* A fat pointer to the file's name, which in later versions ends in a NUL that the length
	 * counts; line; column. */
	uint64_t words[3];
	if (addr % WORD != 0 || !read_words(p, addr, words, 3) || words[1] == 0 ||
	    words[1] > JIT_MAX_MESSAGE)
		return false;
	uint32_t line = (uint32_t)words[2], column = (uint32_t)(words[2] >> 32);
	if (line == 0 || line > MAX_LINE || column > MAX_COLUMN || words[0] < LOWEST ||
	    eng_read(p, RUN_ADDR(eng_process_number(p), words[0]), ret->file, words[1]) != words[1])
		return false;
	size_t len = words[1];
	if (len > 0 && ret->file[len - 1] == '\0')
		len--;
	if (len == 0 || !is_text(ret->file, len) || memchr(ret->file, '\n', len))
		return false;
	ret->file_len = len;
	ret->line = line;
	ret->column = column;
	return true;
}

/* ---- types ---- */

static struct str symbol_of(struct eng_process *p, uint64_t addr, struct arena *arena)
{
	struct eng_module *m = addr ? eng_module_at(p, addr) : NULL;
	struct sym_module *symbols = m ? eng_module_symbols(p, m) : NULL;
	struct sym_symbol symbol;
	if (!symbols || !sym_symbol_at(symbols, FILE_ADDR(addr - m->bias), &symbol))
		return STR_EMPTY;
	return sym_demangle(symbol.linkage_name, arena);
}

static bool kind_of_name(struct str name, enum jit_payload_kind *ret)
{
	/* In this order: one name is part of another. */
	static const struct {
		const char *part;
		enum jit_payload_kind kind;
	} names[] = {
		{ "StaticStrPayload", JIT_PAYLOAD_STATIC },
		{ "StrPanicPayload", JIT_PAYLOAD_STATIC },
		{ "FormatStringPayload", JIT_PAYLOAD_FORMAT },
		{ "begin_panic_handler::PanicPayload", JIT_PAYLOAD_FORMAT },
		{ "RewrapBox", JIT_PAYLOAD_BOX },
		{ "panicking::begin_panic::", JIT_PAYLOAD_VALUE },
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (str_contains(name, str_from(names[i].part))) {
			*ret = names[i].kind;
			return true;
		}
	}
	return false;
}

/* The type that a payload wraps, as far as a symbol tells: drop_in_place<…Payload<String>>,
 * <…Payload<&str> as …>. */
static void text_of_name(struct str name, struct jit_payload_type *type)
{
	if (!name.ptr)
		return;
	size_t at = str_find(name, STR_LIT("Payload<"));
	struct str inner = at == SIZE_MAX ? name : str_sub(name, at + 8, SIZE_MAX);
	/* Legacy mangling leaves methods generic. */
	if (inner.len == 0 || str_starts(inner, STR_LIT("A>")))
		return;
	type->text_known = true;
	type->is_text = str_starts(inner, STR_LIT("alloc::string::String")) ||
			str_starts(inner, STR_LIT("&str")) ||
			str_contains(inner, STR_LIT("drop_in_place<alloc::string::String>")) ||
			str_contains(inner, STR_LIT("drop_in_place<&str>")) ||
			str_contains(inner, STR_LIT("drop_in_place::<&str>")) ||
			str_contains(inner, STR_LIT("drop_in_place::<alloc::string::String>"));
}

struct jit_payload_type jit_payload_type(struct eng_process *p, uint64_t vtable)
{
	struct jit_payload_type type = { .kind = JIT_PAYLOAD_UNKNOWN };
	/* drop_in_place, size, align, then methods. */
	uint64_t words[3 + METHODS];
	if (!read_words(p, vtable, words, 3))
		return type;
	type.size = words[1];
	if (type.size > MAX_PAYLOAD || words[2] == 0 || words[2] > 4096)
		return (struct jit_payload_type){ .kind = JIT_PAYLOAD_UNKNOWN };
	struct arena scratch = ARENA_INIT;
	struct str drop = symbol_of(p, words[0], &scratch);
	bool named = kind_of_name(drop, &type.kind);
	for (size_t i = 3; i < 3 + METHODS && !named && read_words(p, vtable, words, i + 1); i++) {
		struct str name = symbol_of(p, words[i], &scratch);
		named = kind_of_name(name, &type.kind);
		if (named && type.kind == JIT_PAYLOAD_VALUE)
			text_of_name(name, &type);
	}
	if (type.kind == JIT_PAYLOAD_VALUE && drop.len > 0)
		text_of_name(drop, &type);
	if (!named) /* a program without symbols */
		type.kind = type.size == 2 * WORD   ? JIT_PAYLOAD_STATIC
			    : type.size == 3 * WORD ? JIT_PAYLOAD_VALUE
			    : type.size == 4 * WORD ? JIT_PAYLOAD_FORMAT
						    : JIT_PAYLOAD_UNKNOWN;
	arena_deinit(&scratch);
	return type;
}

/* ---- payloads ---- */

/* A String whose three words stand in any order: the pointer is the one that can be read, of the others
 * the capacity is the greater. */
static size_t string_of_words(struct eng_process *p, const uint64_t words[3], char *buf, uint64_t *ret_text)
{
	for (size_t i = 0; i < 3; i++) {
		uint64_t a = words[(i + 1) % 3], b = words[(i + 2) % 3];
		uint64_t len = a < b ? a : b, capacity = a < b ? b : a;
		if (words[i] < LOWEST || capacity == none_capacity || capacity > INT64_MAX >> 8 || len == 0)
			continue;
		size_t got = read_text(p, words[i], len, buf);
		if (got != SIZE_MAX) {
			*ret_text = words[i];
			return got;
		}
	}
	return SIZE_MAX;
}

static size_t text_of_value(struct eng_process *p, struct jit_payload_type type, uint64_t data,
			    char *buf, uint64_t *ret_text)
{
	uint64_t words[3];
	if (type.text_known && !type.is_text)
		return SIZE_MAX;
	if (type.size == 2 * WORD && read_words(p, data, words, 2) && words[0] >= LOWEST) {
		*ret_text = words[0];
		return read_text(p, words[0], words[1], buf);
	}
	return type.size == 3 * WORD && read_words(p, data, words, 3)
		       ? string_of_words(p, words, buf, ret_text)
		       : SIZE_MAX;
}

static size_t text_of_format(struct eng_process *p, uint64_t data, char *buf, uint64_t *ret_text)
{
	uint64_t words[4];
	if (!read_words(p, data, words, 4) || words[0] == none_capacity || words[1] == none_capacity)
		return SIZE_MAX;
	/* The String before the pointer to the Arguments, or behind it. */
	size_t len = string_of_words(p, words, buf, ret_text);
	return len != SIZE_MAX ? len : string_of_words(p, words + 1, buf, ret_text);
}

static size_t text_of_box(struct eng_process *p, uint64_t data, char *buf, uint64_t *ret_text)
{
	uint64_t words[2];
	if (!read_words(p, data, words, 2))
		return SIZE_MAX;
	struct jit_payload_type inner = jit_payload_type(p, words[1]);
	struct arena scratch = ARENA_INIT;
	uint64_t drop;
	if (read_words(p, words[1], &drop, 1)) {
		struct str name = symbol_of(p, drop, &scratch);
		if (str_contains(name, STR_LIT("drop_in_place")))
			text_of_name(name, &inner);
	}
	arena_deinit(&scratch);
	return text_of_value(p, inner, words[0], buf, ret_text);
}

size_t jit_payload_text(struct eng_process *p, struct jit_payload_type type, uint64_t data, char *buf,
			uint64_t *ret_text)
{
	switch (type.kind) {
	case JIT_PAYLOAD_STATIC:
		type.text_known = false;
		type.size = 2 * WORD;
		return text_of_value(p, type, data, buf, ret_text);
	case JIT_PAYLOAD_FORMAT:
		return text_of_format(p, data, buf, ret_text);
	case JIT_PAYLOAD_VALUE:
		return text_of_value(p, type, data, buf, ret_text);
	case JIT_PAYLOAD_BOX:
		return text_of_box(p, data, buf, ret_text);
	default:
		return SIZE_MAX;
	}
}
