/* cranelift-jit from outside: stops at the functions that define, finalize and free code. What is read
 * is read during the stop at which the module is known to be where the ABI says (Rust values move);
 * nothing is looked up again from an address that was remembered. */
#include "jit/cranelift_read.h"

#include <stdlib.h>

enum { MAX_CALLS = 4096 };

void jit_cranelift_init(struct jit_cranelift *c)
{
	(void)c;
}

static void module_destroy(struct jit_cl_module *m)
{
	map_deinit(&m->declarations);
	free(m);
}

void jit_cranelift_deinit(struct jit_cranelift *c)
{
	vec_for(&c->modules, m)
		module_destroy(*m);
	vec_free(&c->modules);
	vec_for(&c->calls, call)
		free(call->ids);
	vec_free(&c->calls);
	map_deinit(&c->traps);
}

static void map_copy(struct map *to, const struct map *from)
{
	for (size_t i = 0; i < from->capacity; i++)
		if (from->slots[i].used)
			map_set(to, from->slots[i].key, from->slots[i].value);
}

/* Calls under way are not copied: of the forking process's threads the child has only the one that
 * forks. */
void jit_cranelift_copy(struct jit_cranelift *to, struct jit_cranelift *from)
{
	vec_for(&from->modules, m) {
		struct jit_cl_module *copy = xmalloc(sizeof *copy);
		copy->serial = (*m)->serial;
		map_copy(&copy->declarations, &(*m)->declarations);
		vec_push(&to->modules, copy);
	}
	map_copy(&to->traps, &from->traps);
}

/* ---- where things are in a call ---- */

static void keep_trouble(struct jit_process *jp, const struct error *trouble)
{
	jit_trouble(jp, error_copy(trouble));
}

/* The parameter of that name, or else the one at that place (names could change, the order has not). */
static size_t parameter_index(const struct sym_function *f, const char *name, size_t usual)
{
	const struct sym_variable *const *params;
	size_t count = sym_function_params(f, &params);
	for (size_t i = 0; i < count; i++)
		if (str_is(sym_variable_name(params[i]), name))
			return i;
	return usual;
}

static const struct sym_type *pointee_of_parameter(const struct sym_function *f, size_t index)
{
	const struct sym_variable *const *params;
	size_t count = sym_function_params(f, &params);
	const struct sym_type *t = index < count ? sym_variable_type(params[index]) : NULL;
	while (t && sym_type_kind(t) == SYM_TYPE_ALIAS)
		t = sym_type_target(t);
	bool pointer = t &&
		       (sym_type_kind(t) == SYM_TYPE_POINTER || sym_type_kind(t) == SYM_TYPE_REFERENCE);
	return pointer ? sym_type_target(t) : t;
}

/* The register that holds the argument, or the pointer to its copy. */
static bool argument(const struct arch_call *call, const struct arch_regs *regs, size_t index, uint64_t *ret)
{
	const struct arch_place *place = index < call->arg_count ? &call->args[index] : NULL;
	if (!place || (place->kind != ARCH_PLACE_REGS && place->kind != ARCH_PLACE_POINTER) ||
	    place->reg_count == 0 || !arch_reg_known(regs, place->regs[0]))
		return false;
	*ret = regs->value[place->regs[0]];
	return true;
}

/* A hook that was reached: what it stands on. */
struct arrival {
	struct jit_process *jp;
	struct jit_module_info *info;
	const struct sym_function *function;
	struct arch_regs regs;
	uint64_t sp;
	struct arch_call call;
};

static bool among(uint64_t addr, const struct file_addr *list, size_t count, uint64_t bias)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].value + bias == addr)
			return true;
	return false;
}

static bool belongs(const struct jit_module_info *info, uint64_t addr, uint64_t bias)
{
	return among(addr, info->finalize, info->finalize_count, bias) ||
	       among(addr, info->define, info->define_count, bias) ||
	       among(addr, info->free, info->free_count, bias);
}

static bool arrive(struct eng_thread *t, const struct eng_hook *hook, void *registry, struct arrival *ret)
{
	struct jit_process *jp = jit_process_get(registry, eng_thread_process(t));
	uint64_t addr = eng_hook_addr(hook).value;
	ret->jp = jp;
	ret->info = NULL;
	struct file_addr file = { 0 };
	vec_for(&jp->modules, mapped) {
		if (mapped->info && belongs(mapped->info, addr, mapped->bias)) {
			ret->info = mapped->info;
			file.value = addr - mapped->bias;
		}
	}
	struct error *err = ret->info ? eng_thread_regs(t, &ret->regs) : NULL;
	if (!ret->info || err) {
		jit_trouble(jp, err);
		return false;
	}
	ret->sp = ret->regs.value[eng_process_arch(jp->process)->sp];
	ret->function = sym_function_at(ret->info->symbols, file);
	if (!ret->function || !sym_function_call(ret->function, &ret->call)) {
		jit_trouble(jp,
			    error_new(ERROR_NOT_FOUND,
				      "%s: no debug information about cranelift-jit: its functions' names and signatures are not known",
				      sym_module_path(ret->info->symbols)));
		return false;
	}
	return true;
}

static const struct jit_cranelift_layout *layout_of(struct arrival *a)
{
	struct jit_module_info *info = a->info;
	if (!info->layout_read) {
		info->layout_read = true;
		struct sym_function_info about;
		sym_function_describe(a->function, &about);
		info->cranelift_minor = jit_cranelift_minor(about.decl.file);
		const struct sym_type *t =
			pointee_of_parameter(a->function, parameter_index(a->function, "self", 0));
		info->trouble =
			t ? jit_cranelift_layout(t, &info->layout)
			  : error_new(ERROR_NOT_FOUND, "finalize_definitions has no parameter `self`");
		if (info->trouble)
			info->trouble = error_prefix(info->trouble, "cranelift-jit's structures");
	}
	if (!info->layout)
		keep_trouble(a->jp, info->trouble);
	return info->layout;
}

static const struct jit_context_layout *context_layout_of(struct arrival *a)
{
	struct jit_module_info *info = a->info;
	if (!info->context_read) {
		info->context_read = true;
		const struct sym_type *t =
			pointee_of_parameter(a->function, parameter_index(a->function, "ctx", 2));
		info->context_trouble =
			t ? jit_context_layout(t, &info->context)
			  : error_new(ERROR_NOT_FOUND, "define_function has no parameter `ctx`");
		if (info->context_trouble)
			info->context_trouble = error_prefix(info->context_trouble, "Cranelift's traps");
	}
	if (!info->context)
		keep_trouble(a->jp, info->context_trouble);
	return info->context;
}

/* ---- calls under way ---- */

static void call_remove(struct jit_cranelift *c, size_t index)
{
	free(c->calls.data[index].ids);
	vec_remove(&c->calls, index);
}

/* Frames at or below sp were left some other way than by returning. */
static void drop_left_calls(struct jit_cranelift *c, target_tid tid, uint64_t sp)
{
	for (size_t i = c->calls.count; i-- > 0;)
		if (c->calls.data[i].tid == tid && c->calls.data[i].sp <= sp)
			call_remove(c, i);
}

static void call_begin(struct arrival *a, struct eng_thread *t, struct jit_cl_call call,
		       eng_hook_fn *on_return)
{
	struct jit_cranelift *c = &a->jp->cranelift;
	call.tid = eng_thread_tid(t);
	call.sp = a->sp;
	call.info = a->info;
	drop_left_calls(c, call.tid, call.sp);
	struct error *err = c->calls.count < MAX_CALLS
				    ? eng_hook_return(t, on_return, a->jp->registry)
				    : error_new(ERROR_LIMIT,
						"more than %d calls of cranelift-jit at once", MAX_CALLS);
	if (err) {
		free(call.ids);
		jit_trouble(a->jp, err);
		return;
	}
	vec_push(&c->calls, call);
}

/* The call that has just returned; its ids are the caller's to free. */
static bool call_end(struct jit_process *jp, struct eng_thread *t, struct jit_cl_call *ret)
{
	struct jit_cranelift *c = &jp->cranelift;
	struct arch_regs regs;
	struct error *err = eng_thread_regs(t, &regs);
	if (err) {
		jit_trouble(jp, err);
		return false;
	}
	const struct arch *arch = eng_process_arch(jp->process);
	uint64_t sp = regs.value[arch->sp];
	target_tid tid = eng_thread_tid(t);
	/* The outermost that lies below: deeper ones never came back. */
	size_t found = SIZE_MAX;
	for (size_t i = 0; i < c->calls.count; i++)
		if (c->calls.data[i].tid == tid && c->calls.data[i].sp < sp &&
		    (found == SIZE_MAX || c->calls.data[i].sp > c->calls.data[found].sp))
			found = i;
	if (found == SIZE_MAX)
		return false;
	*ret = c->calls.data[found];
	c->calls.data[found].ids = NULL;
	vec_remove(&c->calls, found);
	drop_left_calls(c, tid, sp - 1);
	return true;
}

/* ---- finalize_definitions ---- */

static void on_finalize_return(struct eng_thread *t, struct eng_hook *hook, void *user)
{
	(void)hook;
	struct jit_process *jp = jit_process_get(user, eng_thread_process(t));
	struct jit_cl_call call;
	if (!call_end(jp, t, &call))
		return;
	struct jit_cl_view view;
	if (jit_cl_open(jp, call.info, call.module, &view)) {
		if (call.listed)
			jit_cl_take_functions(&view, call.ids, call.id_count);
		else
			jit_cl_take_all(&view);
		jit_cl_close(&view);
	}
	free(call.ids);
}

static void on_finalize(struct eng_thread *t, struct eng_hook *hook, void *user)
{
	struct arrival a;
	/* Before the first mprotect. */
	jit_history_plant(&jit_process_get(user, eng_thread_process(t))->history);
	if (!arrive(t, hook, user, &a) || !layout_of(&a))
		return;
	struct jit_cl_call call = { 0 };
	if (!argument(&a.call, &a.regs, parameter_index(a.function, "self", 0), &call.module))
		return;
	/* The list is taken out of the module while the function runs. */
	struct jit_cl_view view;
	if (!jit_cl_open(a.jp, a.info, call.module, &view))
		return;
	call.listed = jit_cl_pending(&view, &call.ids, &call.id_count);
	jit_cl_close(&view);
	call_begin(&a, t, call, on_finalize_return);
}

/* ---- define_function ---- */

static void on_define_return(struct eng_thread *t, struct eng_hook *hook, void *user)
{
	(void)hook;
	struct jit_process *jp = jit_process_get(user, eng_thread_process(t));
	struct jit_cl_call call;
	if (!call_end(jp, t, &call))
		return;
	struct jit_cl_view view;
	if (jit_cl_open(jp, call.info, call.module, &view)) {
		jit_cl_take_traps(&view, call.id, call.context);
		jit_cl_close(&view);
	}
	free(call.ids);
}

static void on_define(struct eng_thread *t, struct eng_hook *hook, void *user)
{
	struct arrival a;
	struct jit_cl_call call = { 0 };
	uint64_t id;
	if (!arrive(t, hook, user, &a) || !layout_of(&a) || !context_layout_of(&a) ||
	    !argument(&a.call, &a.regs, parameter_index(a.function, "self", 0), &call.module) ||
	    !argument(&a.call, &a.regs, parameter_index(a.function, "id", 1), &id) ||
	    !argument(&a.call, &a.regs, parameter_index(a.function, "ctx", 2), &call.context))
		return;
	call.id = (uint32_t)id;
	call_begin(&a, t, call, on_define_return);
}

/* ---- free_memory ---- */

static void on_free(struct eng_thread *t, struct eng_hook *hook, void *user)
{
	struct arrival a;
	uint64_t module;
	/* By value, which is by a pointer to it. */
	if (!arrive(t, hook, user, &a) || !layout_of(&a) ||
	    !argument(&a.call, &a.regs, parameter_index(a.function, "self", 0), &module))
		return;
	struct jit_cl_view view;
	if (!jit_cl_open(a.jp, a.info, module, &view))
		return;
	jit_cl_free_all(&view, t);
	jit_cl_close(&view);
}

/* ---- planting ---- */

static size_t find(struct sym_module *m, const char *path, struct file_addr *ret, size_t limit)
{
	struct sym_symbol symbols[16];
	struct arena scratch = ARENA_INIT;
	size_t count = sym_symbols_by_path(m, str_from(path), symbols, sizeof symbols / sizeof *symbols),
	       kept = 0;
	for (size_t i = 0; i < count && kept < limit; i++) {
		struct str name = sym_demangle(symbols[i].linkage_name, &scratch);
		if (str_contains(name, STR_LIT("JITModule")) && !str_contains(name, STR_LIT("{closure")))
			ret[kept++] = symbols[i].addr;
	}
	arena_deinit(&scratch);
	return kept;
}

void jit_cranelift_find(struct jit_module_info *info)
{
	enum { LIMIT = sizeof info->finalize / sizeof *info->finalize };
	info->finalize_count =
		find(info->symbols, "JITModule::finalize_definitions", info->finalize, LIMIT);
	if (info->finalize_count == 0)
		return;
	info->define_count = find(info->symbols, "define_function_with_control_plane", info->define, LIMIT);
	info->free_count = find(info->symbols, "JITModule::free_memory", info->free, LIMIT);
}

static void plant(struct jit_process *jp, const struct file_addr *list, size_t count, uint64_t bias,
		  eng_hook_fn *fn)
{
	for (size_t i = 0; i < count; i++) {
		struct eng_hook *hook;
		jit_trouble(jp,
			    eng_hook_add(jp->process,
					 RUN_ADDR(eng_process_number(jp->process), list[i].value + bias),
					 fn, jp->registry, &hook));
	}
}

void jit_cranelift_plant(struct jit_process *jp, struct jit_module_info *info, uint64_t bias)
{
	plant(jp, info->finalize, info->finalize_count, bias, on_finalize);
	plant(jp, info->define, info->define_count, bias, on_define);
	plant(jp, info->free, info->free_count, bias, on_free);
}
