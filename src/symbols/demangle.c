#include "base/buf.h"
#include "symbols/lookup.h"
#include "symbols/symbols_internal.h"

#include <libiberty/demangle.h>
#include <setjmp.h>
#include <stdlib.h>

/* Names are as long as generics make them; a few KB happen. Back references can make a short name expand without
 * end, so the text has a limit of its own. */
enum { INPUT_LIMIT = 16 << 10, OUTPUT_LIMIT = 64 << 10 };

static bool is_upper_or_digit(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* "_ZN…17h0123456789abcdefE", perhaps with a suffix (".llvm.123") behind it. */
static bool is_rust_legacy(struct str name)
{
	if (!str_starts(name, STR_LIT("_ZN")))
		return false;
	size_t hash = str_rfind(name, STR_LIT("17h"));
	if (hash == SIZE_MAX || name.len < hash + 20)
		return false;
	for (size_t i = hash + 3; i < hash + 19; i++) {
		char c = name.ptr[i];
		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false;
	}
	return name.ptr[hash + 19] == 'E' && (name.len == hash + 20 || name.ptr[hash + 20] == '.');
}

bool name_is_rust_mangled(struct str name)
{
	if (str_starts(name, STR_LIT("_R")) && name.len > 3)
		return is_upper_or_digit(name.ptr[2]);
	return is_rust_legacy(name);
}

struct output {
	struct buf text;
	jmp_buf stop;
};

static void add_text(const char *text, size_t size, void *opaque)
{
	struct output *out = opaque;
	if (out->text.len + size > OUTPUT_LIMIT)
		longjmp(out->stop, 1); /* the callback has no other way to say stop */
	buf_add(&out->text, text, size);
}

static bool demangle_to(const char *name, bool rust, bool verbose, struct output *out)
{
	if (setjmp(out->stop))
		return false;
	return rust ? rust_demangle_callback(name, DMGL_PARAMS | (verbose ? DMGL_VERBOSE : 0), add_text, out)
		    : cplus_demangle_v3_callback(name, DMGL_PARAMS | DMGL_ANSI, add_text, out);
}

static struct str demangle(struct str name, bool verbose, struct arena *arena)
{
	bool rust = name_is_rust_mangled(name);
	if ((!rust && !str_starts(name, STR_LIT("_Z"))) || name.len > INPUT_LIMIT)
		return name;
	char *copy = str_dup(name);
	struct output *out = xmalloc(sizeof *out);
	struct str result = name;
	/* C++ has names that look like Rust's legacy ones, and old demanglers do not know all of Rust's v0. */
	bool done = demangle_to(copy, rust, verbose, out);
	if (!done && rust && name.ptr[1] == 'Z') {
		out->text.len = 0;
		done = demangle_to(copy, false, verbose, out);
	}
	if (done && out->text.len > 0)
		result = arena_str(arena, buf_view(&out->text));
	buf_deinit(&out->text);
	free(out);
	free(copy);
	return result;
}

struct str sym_demangle(struct str name, struct arena *arena)
{
	return demangle(name, false, arena);
}

struct str sym_demangle_verbose(struct str name, struct arena *arena)
{
	return demangle(name, true, arena);
}
