/* A C-like expression: it is parsed, and what it is as text is an expression again, with the same text. */
#include "eval/cx.h"

#include <stdlib.h>

static void ignore_name(void *ctx, struct str name, size_t arguments)
{
	size_t *count = ctx;
	*count += name.len + (arguments == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = ARENA_INIT;
	struct eval_cx_expr e;
	struct str text = { (const char *)data, size };
	struct error *err = eval_cx_parse(text, &arena, &e);
	if (err && (err->where > size || !*err->message))
		abort();
	if (!err) {
		size_t names = 0;
		struct buf out = { 0 };
		eval_cx_each_name(&e, ignore_name, &names);
		eval_cx_describe(&e, &out);
		buf_deinit(&out);
	}
	error_destroy(err);
	arena_deinit(&arena);
	return 0;
}
