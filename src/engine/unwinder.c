/* Where libgcc's unwinder goes to a landing pad. Its functions that do so end, as __builtin_eh_return compiles on x86-64, with the stack
 * pointer taken from rcx, where the pad's address lies on the stack: `mov %rcx,%rsp; pop %rcx; jmp *%rcx`, or `ret` in older ones. gdb
 * relies on a probe, which distributions leave out. */
#include "engine/control_internal.h"

static const char *const functions[] = { "_Unwind_RaiseException", "_Unwind_Resume",
					 "_Unwind_ForcedUnwind", "_Unwind_Resume_or_Rethrow" };

static bool leaves(const uint8_t *code, size_t left)
{
	static const uint8_t pop[] = { 0x48, 0x89, 0xcc, 0x59, 0xff, 0xe1 };
	static const uint8_t ret[] = { 0x48, 0x89, 0xcc, 0xc3 };
	return (left >= sizeof pop && memcmp(code, pop, sizeof pop) == 0) ||
	       (left >= sizeof ret && memcmp(code, ret, sizeof ret) == 0);
}

size_t eng_unwinder_exits(struct sym_module *m, struct file_addr *ret, size_t limit)
{
	enum { SIZE_LIMIT = 1 << 14 };
	struct elf_file *elf = sym_module_elf(m);
	size_t count = 0;
	for (size_t i = 0; elf && i < sizeof functions / sizeof *functions; i++) {
		struct sym_symbol symbol;
		const uint8_t *code;
		if (!sym_symbol_by_name(m, str_from(functions[i]), &symbol) || symbol.size > SIZE_LIMIT ||
		    !elf_loaded_bytes(elf, symbol.addr, (size_t)symbol.size, &code))
			continue;
		for (size_t at = 0; at < symbol.size && count < limit; at++) {
			if (leaves(code + at, (size_t)symbol.size - at))
				ret[count++] = FILE_ADDR(symbol.addr.value + at);
		}
	}
	return count;
}

bool eng_unwinder_target(struct eng_thread *t, uint64_t *ret_sp, uint64_t *ret_pad)
{
	struct error *err = eng_thread_fetch(t);
	if (err) {
		eng_ignore(err);
		return false;
	}
	uint64_t at = t->regs.value[ARCH_RCX];
	*ret_sp = at + 8;
	return eng_read_u64(t->process, at, ret_pad);
}
