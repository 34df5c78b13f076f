#include "ui/gdb/looking.h"
struct error *gdb_call(void *ctx, uint64_t function, const struct sym_function *f,
		       const struct eval_value *args, size_t count, struct arena *arena,
		       struct eval_value *ret)
{
	(void)ctx, (void)function, (void)f, (void)args, (void)count, (void)arena, (void)ret;
	return error_new(ERROR_UNSUPPORTED, "not yet");
}
