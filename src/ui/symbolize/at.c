/* From an address to functions and lines. */
#include "ui/symbolize/symbolize_internal.h"

#include <stdlib.h>

struct symbolize_module *symbolize_add(struct symbolize_source *s, const char *path, struct str name,
				       struct error *err)
{
	struct symbolize_module m = { .path = arena_str(&s->arena, name) };
	if (!err)
		err = sym_module_open(path, &s->options, &m.symbols);
	if (err) {
		vec_push(&s->troubles, err);
		m.symbols = NULL;
	}
	vec_push(&s->modules, m);
	return &s->modules.data[s->modules.count - 1];
}

struct error *symbolize_open_file(const char *path, const struct sym_options *options,
				  struct symbolize_source **ret)
{
	struct sym_module *symbols;
	TRY(sym_module_open(path, options, &symbols));
	struct error *err = sym_module_check_linked(symbols);
	if (err) {
		sym_module_close(symbols);
		return err;
	}
	struct symbolize_source *s = xmalloc(sizeof *s);
	s->options = *options;
	struct symbolize_module m = { .symbols = symbols, .path = str_from(sym_module_path(symbols)) };
	vec_push(&s->modules, m);
	*ret = s;
	return NULL;
}

struct error *symbolize_open_process(struct target *target, int pid, const struct sym_options *options,
				     struct symbolize_source **ret)
{
	if (!target->ops->foreign_mappings)
		return error_new(ERROR_UNSUPPORTED,
				 "processes cannot be looked at without holding them here");
	struct symbolize_source *s = xmalloc(sizeof *s);
	s->options = *options;
	s->target = target;
	s->pid = pid;
	struct error *err = symbolize_read_mappings(s);
	if (err) {
		symbolize_close(s);
		return err;
	}
	*ret = s;
	return NULL;
}

void symbolize_close(struct symbolize_source *s)
{
	vec_for(&s->modules, m) {
		if (m->symbols)
			sym_module_close(m->symbols);
	}
	vec_for(&s->troubles, err)
		error_destroy(*err);
	vec_free(&s->modules);
	vec_free(&s->troubles);
	vec_free(&s->code);
	jit_spans_deinit(&s->code_spans);
	strmap_deinit(&s->module_of);
	arena_deinit(&s->mappings_arena);
	arena_deinit(&s->arena);
	free(s);
}

/* A chain entry's line is where the next inner call stands, the innermost one's that of the address. */
static void take_chain(const struct sym_chain_entry *chain, size_t count, struct symbolize_place *ret)
{
	for (size_t i = 0; i < count; i++) {
		const struct sym_chain_entry *entry = &chain[i];
		ret->frames[i] = (struct symbolize_frame){
			.name = entry->info.name,
			.linkage_name = entry->info.linkage_name,
			.file = entry->line.file,
			.line = entry->line.line,
			.column = entry->line.column,
		};
	}
	ret->count = count;
}

void symbolize_nothing(uint64_t addr, struct symbolize_place *ret)
{
	ret->addr = addr;
	ret->module = STR_EMPTY;
	ret->count = 1;
	ret->frames[0] = (struct symbolize_frame){ 0 };
}

void symbolize_at(struct symbolize_source *s, uint64_t addr, struct symbolize_place *ret)
{
	uint64_t file_addr = addr;
	struct symbolize_module *m = s->pid ? symbolize_find(s, addr, &file_addr) : &s->modules.data[0];
	symbolize_nothing(addr, ret);
	if (m)
		ret->module = m->path;
	if (!m) {
		ret->frames[0].name = symbolize_perf_name(s, addr);
		return;
	}
	if (!m->symbols)
		return;
	struct sym_chain_entry chain[SYM_MAX_INLINE];
	struct sym_symbol stub;
	size_t count = sym_chain_as_written(m->symbols, FILE_ADDR(file_addr), chain);
	if (count)
		take_chain(chain, count, ret);
	else if (sym_stub_at(m->symbols, FILE_ADDR(file_addr), &stub))
		ret->frames[0].name = stub.linkage_name;
}

void symbolize_begin(struct symbolize_source *s)
{
	s->may_look_again = true;
}

void symbolize_drop_pages(struct symbolize_source *s)
{
	vec_for(&s->modules, m) {
		if (m->symbols)
			sym_module_drop_pages(m->symbols);
	}
}

const struct error *symbolize_next_trouble(struct symbolize_source *s)
{
	if (s->troubles_told < s->troubles.count)
		return s->troubles.data[s->troubles_told++];
	vec_for(&s->modules, m) {
		const struct error *const *list;
		if (m->symbols && m->told < sym_module_troubles(m->symbols, &list))
			return list[m->told++];
	}
	return NULL;
}
