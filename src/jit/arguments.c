#include "jit/arguments.h"

#include "base/log.h"

#include <assert.h>

bool jit_thread_arguments(struct eng_thread *t, struct arch_regs *regs, uint64_t *ret, size_t count)
{
	static const struct arch_shape word = {
		.size = 8, .align = 8, .count = 1, .scalars = { { .size = 8, .kind = ARCH_SCALAR_INT } }
	};
	struct error *err = eng_thread_regs(t, regs);
	if (err) {
		LOG("jit", "arguments: %s", err->message);
		error_destroy(err);
		return false;
	}
	struct arch_shape shapes[JIT_MAX_ARGUMENTS];
	assert(count <= JIT_MAX_ARGUMENTS);
	for (size_t i = 0; i < JIT_MAX_ARGUMENTS; i++)
		shapes[i] = word;
	struct arch_call call;
	eng_process_arch(eng_thread_process(t))
		->classify(ARCH_CC_SYSV, &(struct arch_shape){ .size = 0 }, shapes, count, &call);
	for (size_t i = 0; i < count; i++) {
		if (call.args[i].kind != ARCH_PLACE_REGS || !arch_reg_known(regs, call.args[i].regs[0]))
			return false;
		ret[i] = regs->value[call.args[i].regs[0]];
	}
	return true;
}
