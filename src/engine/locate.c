#include "engine/control_internal.h"

#include "symbols/lookup.h"

#include <stdlib.h>

struct collector {
	struct eng_module *module;
	struct arena *arena;
	VEC(struct eng_place) list;
	uint32_t asked_line;
	bool by_line;
};

/* What the innermost function at an address is called, and how far into it that is. */
static void describe(struct eng_module *m, struct sym_module *symbols, struct file_addr addr,
		     struct eng_place *ret)
{
	struct sym_chain_entry chain[SYM_MAX_INLINE];
	size_t count = symbols ? sym_chain_at(symbols, addr, chain) : 0;
	ret->module = m;
	ret->address = addr.value + m->bias;
	if (count == 0)
		return;
	ret->function = chain[0].function;
	ret->name = chain[0].function ? sym_function_path(chain[0].function) : chain[0].info.name;
	ret->line = chain[0].line;
	ret->inlined = chain[0].inlined;
	uint64_t start = chain[0].info.entry.value ? chain[0].info.entry.value : chain[0].start.value;
	const struct file_range *ranges;
	if (chain[0].inlined && sym_function_ranges(chain[0].function, &ranges) > 0)
		start = ranges[0].start.value;
	ret->name_offset = addr.value - start;
}

void eng_place_at(struct eng_inferior *i, uint64_t address, struct eng_place *ret)
{
	struct eng_module *const *modules;
	size_t count = eng_inferior_modules(i, &modules);
	*ret = (struct eng_place){ .address = address };
	for (size_t k = 0; k < count; k++) {
		struct eng_module *m = modules[k];
		if (address < m->start || address >= m->end)
			continue;
		struct sym_module *symbols = eng_inferior_symbols(NULL, i, m);
		describe(m, symbols, FILE_ADDR(address - m->bias), ret);
		return;
	}
}

static bool add_spot(void *ctx, const struct sym_spot *spot)
{
	struct collector *c = ctx;
	struct eng_place place = { .module = c->module,
				   .address = spot->addr.value + c->module->bias,
				   .function = spot->function,
				   .line = spot->line,
				   .inlined = spot->inlined,
				   .asked_line = c->asked_line };
	eng_place_library(c->module->symbols, spot->addr, c->by_line, &place);
	if (place.function) {
		struct sym_function_info info;
		const struct file_range *ranges;
		sym_function_describe(place.function, &info);
		place.name = sym_function_path(place.function);
		uint64_t start = info.entry.value;
		if (sym_function_ranges(place.function, &ranges) > 0 && (place.inlined || !start))
			start = ranges[0].start.value;
		place.name_offset = spot->addr.value - start;
	}
	vec_push(&c->list, place);
	return true;
}

static int by_address(const void *a, const void *b)
{
	const struct eng_place *x = a, *y = b;
	return (x->address > y->address) - (x->address < y->address);
}

static void take(struct collector *c, struct arena *arena, struct eng_place **ret, size_t *ret_count)
{
	size_t kept = 0;
	if (c->list.count > 1)
		qsort(c->list.data, c->list.count, sizeof *c->list.data, by_address);
	for (size_t i = 0; i < c->list.count; i++) {
		if (kept == 0 || c->list.data[kept - 1].address != c->list.data[i].address)
			c->list.data[kept++] = c->list.data[i];
	}
	*ret = kept ? arena_copy(arena, c->list.data, kept * sizeof *c->list.data) : NULL;
	*ret_count = kept;
	vec_free(&c->list);
}

/* NOT_FOUND is an answer; what is wrong with a module is among its troubles. */
static bool found_in(struct error *err)
{
	bool ok = !err;
	error_destroy(err);
	return ok;
}

static struct error *no_symbols(struct eng_inferior *i)
{
	struct eng_module *const *modules;
	size_t count = eng_inferior_modules(i, &modules);
	return count == 0 ? error_new(ERROR_NOT_FOUND,
				      "No symbol table is loaded.  Use the \"file\" command.")
			  : NULL;
}

/* The nearest line of all modules that have the file. */
static struct error *locate_line(struct eng_control *ec, struct eng_inferior *i,
				 const struct eng_spec *spec, struct collector *c)
{
	struct eng_module *const *modules;
	size_t count = eng_inferior_modules(i, &modules);
	bool any_file = false;
	uint32_t best = 0;
	c->by_line = true;
	TRY(no_symbols(i));
	for (size_t k = 0; k < count; k++) {
		struct sym_module *symbols = eng_inferior_symbols(ec, i, modules[k]);
		uint32_t line = 0;
		if (!symbols || modules[k]->is_vdso || !sym_has_file(symbols, spec->file))
			continue;
		any_file = true;
		size_t before = c->list.count;
		c->module = modules[k];
		if (!found_in(sym_line_spots(symbols, spec->file, spec->line, add_spot, c, &line)))
			continue;
		if (best && line > best) {
			c->list.count = before;
		} else if (best && line < best) {
			memmove(c->list.data, c->list.data + before,
				(c->list.count - before) * sizeof *c->list.data);
			c->list.count -= before;
		}
		if (!best || line < best)
			best = line;
	}
	for (size_t k = 0; k < c->list.count; k++)
		c->list.data[k].asked_line = best != spec->line ? spec->line : 0;
	if (!any_file)
		return error_new(ERROR_NOT_FOUND, "No source file named %.*s.", STR_ARG(spec->file));
	if (c->list.count == 0)
		return error_new(ERROR_NOT_FOUND, "No line %u in file \"%.*s\".", spec->line,
				 STR_ARG(spec->file));
	return NULL;
}

static bool names_file(const struct sym_spot *spot, struct str file)
{
	struct sym_function_info info;
	if (!spot->function)
		return false;
	sym_function_describe(spot->function, &info);
	struct str path = info.decl.file.len ? info.decl.file : spot->line.file;
	if (!str_ends(path, file))
		return false;
	return path.len == file.len || path.ptr[path.len - file.len - 1] == '/';
}

struct narrowed {
	struct collector *collector;
	struct str file;
};

static bool add_narrowed(void *ctx, const struct sym_spot *spot)
{
	struct narrowed *n = ctx;
	return !names_file(spot, n->file) || add_spot(n->collector, spot);
}

static bool add_rust_main(struct collector *c, struct sym_module *symbols, bool entry)
{
	const struct sym_function *f = sym_rust_main(symbols);
	if (!f)
		return false;
	struct sym_function_info info;
	sym_function_describe(f, &info);
	struct sym_spot spot = { .addr = entry ? info.entry : sym_function_body(f), .function = f };
	sym_line_at(symbols, spot.addr, &spot.line);
	return add_spot(c, &spot);
}

/* Another name of a function that has debug information: malloc is __libc_malloc. Not of the function that chooses which one is meant. */
static void add_alias(struct collector *c, struct sym_module *symbols, const struct eng_spec *spec,
		      const struct sym_symbol *symbol, const struct sym_function *f)
{
	struct sym_function_info info;
	sym_function_describe(f, &info);
	if (symbol->is_resolver || info.entry.value != symbol->addr.value ||
	    !str_eq(symbol->linkage_name, spec->function))
		return;
	struct sym_spot spot = { .addr = spec->function_entry ? info.entry : sym_function_body(f),
				 .function = f };
	sym_line_at(symbols, spot.addr, &spot.line);
	add_spot(c, &spot);
}

/* Functions that only the symbol table knows. */
static void add_symbols(struct collector *c, struct sym_module *symbols, const struct eng_spec *spec)
{
	enum { LIMIT = 256 };
	struct sym_symbol list[LIMIT];
	size_t count = sym_symbols_by_path(symbols, spec->function, list, LIMIT);
	for (size_t k = 0; k < count; k++) {
		/* One with debug information was found by it, or is not meant, unless that has another name for it. */
		const struct sym_function *f = sym_function_at(symbols, list[k].addr);
		if (f) {
			add_alias(c, symbols, spec, &list[k], f);
			continue;
		}
		struct eng_place place = { 0 };
		describe(c->module, symbols, list[k].addr, &place);
		place.name = sym_demangle(list[k].linkage_name, c->arena);
		if (!spec->function_entry) {
			struct file_addr body = eng_plain_prologue(symbols, list[k].addr, list[k].size);
			place.address = body.value + c->module->bias;
			place.name_offset = body.value - list[k].addr.value;
		}
		vec_push(&c->list, place);
	}
}

/* `main` of a Rust program is that one and no other: libraries are not searched for it, which would mean to read their names. */
static bool is_rust_main(struct eng_control *ec, struct eng_inferior *i, const struct eng_spec *spec,
			 struct collector *c)
{
	struct eng_module *const *modules;
	size_t count = eng_inferior_modules(i, &modules);
	if (!str_is(spec->function, "main") || spec->file.len)
		return false;
	for (size_t k = 0; k < count; k++) {
		struct sym_module *symbols = modules[k]->is_main ? eng_inferior_symbols(ec, i, modules[k])
								 : NULL;
		c->module = modules[k];
		if (symbols && add_rust_main(c, symbols, spec->function_entry))
			return true;
	}
	return false;
}

/* Before a library is there, its function is the stub through which the program calls it. */
static void add_stubs(struct eng_control *ec, struct eng_inferior *i, const struct eng_spec *spec,
		      struct collector *c)
{
	struct eng_module *const *modules;
	size_t count = eng_inferior_modules(i, &modules);
	struct sym_symbol stub;
	for (size_t k = 0; k < count; k++) {
		struct sym_module *symbols = eng_inferior_symbols(ec, i, modules[k]);
		if (!symbols || !sym_stub_by_name(symbols, spec->function, &stub))
			continue;
		vec_push(&c->list, (struct eng_place){ .module = modules[k],
						       .address = stub.addr.value + modules[k]->bias,
						       .name = stub.linkage_name });
	}
}

static struct error *locate_function(struct eng_control *ec, struct eng_inferior *i,
				     const struct eng_spec *spec, struct collector *c)
{
	struct eng_module *const *modules;
	size_t count = eng_inferior_modules(i, &modules);
	struct narrowed narrowed = { c, spec->file };
	TRY(no_symbols(i));
	if (is_rust_main(ec, i, spec, c))
		return NULL;
	for (size_t k = 0; k < count; k++) {
		struct sym_module *symbols = eng_inferior_symbols(ec, i, modules[k]);
		if (!symbols)
			continue;
		c->module = modules[k];
		size_t before = c->list.count;
		sym_spot_fn *fn = spec->file.len ? add_narrowed : add_spot;
		void *ctx = spec->file.len ? (void *)&narrowed : c;
		found_in(sym_function_spots(symbols, spec->function, spec->function_entry, fn, ctx));
		if (spec->file.len == 0 && c->list.count == before)
			add_symbols(c, symbols, spec);
	}
	if (c->list.count == 0 && spec->file.len == 0)
		add_stubs(ec, i, spec, c);
	if (c->list.count > 0)
		return NULL;
	if (spec->file.len)
		return error_new(ERROR_NOT_FOUND, "Function \"%.*s\" not defined in \"%.*s\".",
				 STR_ARG(spec->function), STR_ARG(spec->file));
	return error_new(ERROR_NOT_FOUND, "Function \"%.*s\" not defined.", STR_ARG(spec->function));
}

/* Code without lines: behind `push %rbp; mov %rsp,%rbp` (with endbr64 before it), which is what gdb looks for; no part of it will do. */
struct file_addr eng_plain_prologue(struct sym_module *symbols, struct file_addr entry, uint64_t size)
{
	static const uint8_t endbr[] = { 0xf3, 0x0f, 0x1e, 0xfa };
	static const uint8_t moves[][3] = { { 0x48, 0x89, 0xe5 }, { 0x48, 0x8b, 0xec } };
	const uint8_t *code;
	struct elf_file *elf = sym_module_elf(symbols);
	if (size < 8 || !elf || !elf_loaded_bytes(elf, entry, 8, &code))
		return entry;
	size_t used = memcmp(code, endbr, sizeof endbr) == 0 ? sizeof endbr : 0;
	if (code[used] != 0x55)
		return entry;
	for (size_t k = 0; k < 2; k++) {
		if (memcmp(code + used + 1, moves[k], 3) == 0)
			return FILE_ADDR(entry.value + used + 4);
	}
	return entry;
}

struct error *eng_locate(struct eng_control *ec, struct eng_inferior *i, const struct eng_spec *spec,
			 struct arena *arena, struct eng_place **ret, size_t *ret_count)
{
	struct collector c = { .arena = arena };
	struct error *err = NULL;
	unsigned left = sym_questions_left();
	eng_stay_anywhere(ec); /* indexes may have to be made */
	switch (spec->kind) {
	case ENG_SPEC_LINE:
		err = locate_line(ec, i, spec, &c);
		break;
	case ENG_SPEC_FUNCTION:
		err = locate_function(ec, i, spec, &c);
		break;
	case ENG_SPEC_ADDRESS: {
		struct eng_place place;
		eng_place_at(i, spec->address, &place);
		vec_push(&c.list, place);
		break;
	}
	}
	if (sym_questions_left() != left) {
		error_destroy(err);
		err = error_new(ERROR_LIMIT, "Quit");
	}
	if (err) {
		vec_free(&c.list);
		return err;
	}
	take(&c, arena, ret, ret_count);
	return NULL;
}
