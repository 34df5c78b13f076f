/* Places as break, list and their like take them. The first byte says whether there is a line that +N is relative to, and whether something
 * may follow the place; the rest is the text. */
#include "../unit/gdb_session.h"

/* Texts of a spec are parts of what was typed, or of the session. */
static void check(struct str part, struct str text, struct gdb *g)
{
	bool of_text = part.ptr >= text.ptr && part.ptr + part.len <= text.ptr + text.len;
	if (part.len && !of_text && !(g->list.file && str_eq(part, str_from(g->list.file))))
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct gdb g;
	struct eng_spec spec = { 0 };
	struct str rest = STR_EMPTY;
	if (!size || size > 1 << 12)
		return 0;
	if (!g.control)
		gdb_session_init(&g);
	if (data[0] & 1)
		gdb_session_list(&g, "/src/main.rs", 11, 20);
	else
		free(g.list.file), g.list = (struct gdb_list_place){ 0 };
	/* A copy of exactly this size, so that reading past it is seen. */
	char *copy = xmalloc(size);
	memcpy(copy, data + 1, size - 1);
	struct str text = { copy, size - 1 };
	eval_convenience_set_int(g.eval, STR_LIT("line"), 12);
	struct error *err = gdb_parse_place(&g, text, &spec, data[0] & 2 ? &rest : NULL);
	if (!err) {
		check(spec.file, text, &g);
		check(spec.function, text, &g);
		check(rest, text, &g);
		if (spec.kind == ENG_SPEC_FUNCTION && !spec.function.len)
			__builtin_trap();
		if (rest.len > text.len)
			__builtin_trap();
	}
	error_destroy(err);
	arena_reset(&g.scratch);
	free(copy);
	return 0;
}
