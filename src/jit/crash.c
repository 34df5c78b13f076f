#include "jit/crash.h"

#include <stdarg.h>

/* Paths of the standard library's sources, as rustc writes them into debug info and as rust-src has them on disk. */
static bool is_std_path(struct str file)
{
	return str_starts(file, STR_LIT("/rustc/")) || str_contains(file, STR_LIT("/library/std/src/")) ||
	       str_contains(file, STR_LIT("/library/core/src/")) ||
	       str_contains(file, STR_LIT("/library/alloc/src/")) ||
	       str_contains(file, STR_LIT("/library/panic_unwind/"));
}

static bool is_std_function(struct str name)
{
	static const char *const prefixes[] = {
		"std::",      "core::",   "alloc::",   "<std::",
		"<core::",    "<alloc::", "__rustc::", "rust_begin_unwind",
		"rust_panic", "__rust_",  "<&",        "<[",
	};
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (str_starts(name, str_from(prefixes[i])))
			return true;
	return false;
}

static bool is_c_library(const struct eng_frame *frame)
{
	if (!frame->module)
		return false;
	struct str path = str_from(frame->module->path);
	size_t slash = str_rfind(path, STR_LIT("/"));
	struct str base = slash == SIZE_MAX ? path : str_sub(path, slash + 1, SIZE_MAX);
	static const char *const names[] = { "libc.so",    "libc-",   "ld-linux", "libgcc_s",
					     "libpthread", "libm.so", "[vdso]" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_starts(base, str_from(names[i])))
			return true;
	return false;
}

static bool is_library_entry(const struct sym_chain_entry *entry)
{
	/* The line says where the code was written, which decides for `<T as Trait>` instances of the program's own types too. */
	if (entry->info.decl.file.len)
		return is_std_path(entry->info.decl.file);
	if (entry->line.file.len && !entry->inlined)
		return is_std_path(entry->line.file);
	return is_std_function(entry->info.name) || str_is(entry->info.name, "_start");
}

bool crash_is_library_frame(const struct eng_frame *frame)
{
	if (frame->code.kind == UNWIND_CODE_JIT || frame->code.kind == UNWIND_CODE_ANON)
		return false;
	if (is_c_library(frame))
		return true;
	if (!frame->chain_count)
		return false;
	for (size_t i = 0; i < frame->chain_count; i++)
		if (!is_library_entry(&frame->chain[i]))
			return false;
	return true;
}

size_t crash_user_frame(const struct crash *c)
{
	size_t i = 0;
	while (i < c->backtrace.count && (crash_is_library_frame(&c->backtrace.frames[i]) ||
					  c->backtrace.frames[i].code.kind == UNWIND_CODE_NONE ||
					  c->backtrace.frames[i].unwind.signal_frame))
		i++;
	return i;
}

size_t crash_frame_number(const struct crash *c, size_t index)
{
	const struct eng_backtrace *bt = &c->backtrace;
	size_t number = bt->left_out && index >= bt->left_out_at ? bt->left_out : 0;
	for (size_t i = 0; i <= index && i < bt->count; i++)
		number += bt->frames[i].chain_count ? bt->frames[i].chain_count : 1;
	return number - 1;
}

const struct sym_function *crash_frame_function(const struct eng_frame *frame)
{
	return frame->chain_count ? frame->chain[frame->chain_count - 1].function : NULL;
}

const struct jit_function *crash_jit_function(const struct crash *c, uint64_t pc, bool *ret_freed)
{
	const struct jit_function *function = jit_function_at(c->registry, c->process, pc);
	if (function) {
		*ret_freed = false;
		return function;
	}
	if (jit_freed_at(c->registry, c->process, pc, &function, 1) == 1) {
		*ret_freed = true;
		return function;
	}
	return NULL;
}

struct str crash_frame_name(const struct crash *c, const struct eng_frame *frame)
{
	if (frame->chain_count)
		return frame->chain[frame->chain_count - 1].info.name;
	bool freed;
	const struct jit_function *function = crash_jit_function(c, frame->unwind.pc.value, &freed);
	if (function && function->name.len)
		return function->name;
	struct arena *arena = &c->report->arena;
	if (function)
		return arena_printf(arena, "code at 0x%llx", (unsigned long long)function->start);
	if (frame->code.kind == UNWIND_CODE_ANON)
		return arena_printf(arena, "code at 0x%llx", (unsigned long long)frame->code.start);
	if (!frame->module)
		return STR_EMPTY;
	/* A stripped program: its file and the address in it. */
	struct str path = str_from(frame->module->path);
	size_t slash = str_rfind(path, STR_LIT("/"));
	return arena_printf(arena, "%.*s+0x%llx",
			    STR_ARG(slash == SIZE_MAX ? path : str_sub(path, slash + 1, SIZE_MAX)),
			    (unsigned long long)(frame->unwind.pc.value - frame->module->bias));
}

bool crash_function_range(const struct crash *c, uint64_t pc, uint64_t *ret_start, uint64_t *ret_end)
{
	bool freed;
	const struct jit_function *function = crash_jit_function(c, pc, &freed);
	if (function) {
		*ret_start = function->start;
		*ret_end = function->end;
		return true;
	}
	struct eng_module *module = eng_module_at(c->process, pc);
	struct sym_module *symbols = module ? eng_module_symbols(c->process, module) : NULL;
	struct file_range range;
	if (!symbols || !sym_function_bounds(symbols, FILE_ADDR(pc - module->bias), &range))
		return false;
	*ret_start = range.start.value + module->bias;
	*ret_end = range.end.value + module->bias;
	return true;
}

size_t crash_code(const struct crash *c, uint64_t addr, uint8_t *buf, size_t size, bool *ret_from_history)
{
	const struct target_mapping *mapping = eng_mapping_at(c->process, addr);
	bool freed;
	const struct jit_function *function = crash_jit_function(c, addr, &freed);
	if (mapping && (mapping->flags & TARGET_EXEC) && !(function && freed)) {
		*ret_from_history = false;
		return eng_view_read(&c->view, addr, buf, size);
	}
	const uint8_t *copy = NULL;
	size_t have = 0;
	if (function && function->code && addr >= function->start &&
	    addr < function->start + function->code_size) {
		copy = function->code + (addr - function->start);
		have = function->code_size - (size_t)(addr - function->start);
	} else {
		struct jit_history *history = jit_history_of(c->registry, c->process);
		copy = history ? jit_history_code(history, addr, &have) : NULL;
	}
	if (!copy)
		return 0;
	*ret_from_history = true;
	if (have > size)
		have = size;
	memcpy(buf, copy, have);
	return have;
}

bool crash_symbolise(const struct crash *c, uint64_t addr, struct buf *out)
{
	bool freed;
	const struct jit_function *function = crash_jit_function(c, addr, &freed);
	if (function) {
		buf_printf(out, "%s%.*s", freed ? "freed JIT " : "JIT ",
			   STR_ARG(function->name.len ? function->name : STR_LIT("(unnamed)")));
		if (addr != function->start)
			buf_printf(out, "+0x%llx", (unsigned long long)(addr - function->start));
		return true;
	}
	struct eng_module *module = eng_module_at(c->process, addr);
	struct sym_module *symbols = module ? eng_module_symbols(c->process, module) : NULL;
	struct sym_symbol symbol;
	if (!symbols || !sym_symbol_at(symbols, FILE_ADDR(addr - module->bias), &symbol))
		return false;
	buf_str(out, sym_demangle(symbol.linkage_name, &c->report->arena));
	uint64_t offset = addr - module->bias - symbol.addr.value;
	if (offset)
		buf_printf(out, "+0x%llx", (unsigned long long)offset);
	return true;
}

struct str crash_line_text(struct arena *arena, const struct sym_line *line)
{
	if (!line->file.len)
		return STR_EMPTY;
	return arena_printf(arena, "%.*s:%u", STR_ARG(line->file), line->line);
}
