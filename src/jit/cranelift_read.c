#include "jit/cranelift_read.h"

#include <stdio.h>
#include <stdlib.h>

/* Far beyond what real modules have: what exceeds them is garbage. */
enum {
	MAX_MODULE = 1 << 16,
	MAX_ELEMENT = 1 << 16,
	MAX_FUNCTIONS = 1 << 24,
	MAX_FUNCTION_SIZE = 64 << 20,
	MAX_PARAMS = 4096,
	MAX_RELOCS = 1 << 18,
	MAX_TRAPS = 1 << 16,
	MAX_NAME = 4096,
	IDENTIFY_BYTES = 64 << 10,
	MAX_BULK = 256 << 20,
};

static bool read_memory(struct jit_process *jp, uint64_t addr, void *buf, size_t size)
{
	return eng_read(jp->process, RUN_ADDR(eng_process_number(jp->process), addr), buf, size) == size;
}

static struct error *garbage(const char *what, uint64_t addr)
{
	return error_at(ERROR_MEMORY, addr, "cranelift-jit's structures: %s makes no sense", what);
}

/* A Vec's pointer and length, out of the bytes of what holds it. */
static bool load_vec(const uint8_t *bytes, const struct jit_vec_layout *layout, uint64_t limit,
		     uint64_t *ret_pointer, uint64_t *ret_len)
{
	uint64_t pointer = jit_load(bytes + layout->pointer, 8), len = jit_load(bytes + layout->len, 8);
	/* An empty one dangles. */
	if (len > limit || pointer == 0 || (len > 0 && pointer < 4096))
		return false;
	*ret_pointer = pointer;
	*ret_len = len;
	return true;
}

bool jit_cl_open(struct jit_process *jp, const struct jit_module_info *info, uint64_t addr,
		 struct jit_cl_view *ret)
{
	const struct jit_cranelift_layout *l = info->layout;
	if (l->module_size > MAX_MODULE || l->declarations.element_size > MAX_ELEMENT ||
	    l->blobs.element_size > MAX_ELEMENT) {
		jit_trouble(jp, error_new(ERROR_LIMIT, "cranelift-jit's structures: larger than %d bytes",
					  MAX_ELEMENT));
		return false;
	}
	struct jit_cl_view view = { .jp = jp, .info = info, .layout = l, .bytes = xmalloc(l->module_size) };
	if (!read_memory(jp, addr, view.bytes, l->module_size) ||
	    !load_vec(view.bytes + l->declarations_at, &l->declarations, MAX_FUNCTIONS,
		      &view.declarations, &view.declaration_count) ||
	    !load_vec(view.bytes + l->blobs_at, &l->blobs, MAX_FUNCTIONS, &view.blobs, &view.blob_count)) {
		free(view.bytes);
		jit_trouble(jp, garbage("the JITModule", addr));
		return false;
	}
	*ret = view;
	return true;
}

void jit_cl_close(struct jit_cl_view *view)
{
	free(view->bytes);
}

bool jit_cl_pending(struct jit_cl_view *view, uint32_t **ret, size_t *ret_count)
{
	const struct jit_cranelift_layout *l = view->layout;
	uint64_t pointer, count;
	if (!l->has_pending ||
	    !load_vec(view->bytes + l->pending_at, &l->pending, MAX_FUNCTIONS, &pointer, &count))
		return false;
	uint32_t *ids = xmalloc(count * sizeof *ids + 1);
	if (!read_memory(view->jp, pointer, ids, count * sizeof *ids)) {
		free(ids);
		return false;
	}
	*ret = ids;
	*ret_count = count;
	return true;
}

/* ---- compiled functions ---- */

struct blob {
	uint64_t start, size;
	uint64_t relocs, reloc_count;
};

/* element: the bytes of an Option<CompiledBlob>. False: None, or garbage. */
static bool load_blob(const struct jit_cranelift_layout *l, const uint8_t *element, struct blob *ret)
{
	const struct sym_variant *v = jit_variant(l->blob_option, element);
	if (!v || !str_is(v->name, "Some"))
		return false;
	const uint8_t *blob = element + l->blob_payload;
	ret->start = jit_load(blob + l->blob_pointer, 8);
	ret->size = jit_load(blob + l->blob_size, 8);
	return ret->start >= 4096 && ret->size > 0 && ret->size <= MAX_FUNCTION_SIZE &&
	       load_vec(blob + l->relocs_at, &l->relocs, MAX_RELOCS, &ret->relocs, &ret->reloc_count);
}

static bool read_blob(struct jit_cl_view *view, uint64_t id, struct blob *ret)
{
	size_t size = view->layout->blobs.element_size;
	uint8_t *element = xmalloc(size);
	bool good = id < view->blob_count &&
		    read_memory(view->jp, view->blobs + id * size, element, size) &&
		    load_blob(view->layout, element, ret);
	free(element);
	return good;
}

/* Elements from the front, as many as fit into `bytes`, on the heap. */
static uint8_t *read_blobs(struct jit_cl_view *view, size_t bytes, size_t *ret_count)
{
	size_t size = view->layout->blobs.element_size;
	size_t count = view->blob_count < bytes / size ? view->blob_count : bytes / size;
	uint8_t *elements = xmalloc(count * size + 1);
	if (count > 0 && !read_memory(view->jp, view->blobs, elements, count * size)) {
		free(elements);
		jit_trouble(view->jp, garbage("compiled_functions", view->blobs));
		elements = NULL;
		count = 0;
	}
	*ret_count = count;
	return elements;
}

/* ---- which module it is ---- */

static struct jit_cl_module *module_of_serial(struct jit_cranelift *c, uint64_t serial)
{
	for (size_t i = c->modules.count; i-- > 0;)
		if (c->modules.data[i]->serial == serial)
			return c->modules.data[i];
	return NULL;
}

/* By a function that it holds and that is known: the module itself may have moved since. */
static struct jit_cl_module *identify(struct jit_cl_view *view)
{
	if (view->module)
		return view->module;
	struct jit_cranelift *c = &view->jp->cranelift;
	size_t count;
	uint8_t *elements = read_blobs(view, IDENTIFY_BYTES, &count);
	for (size_t i = 0; i < count && !view->module; i++) {
		struct blob blob;
		if (!load_blob(view->layout, elements + i * view->layout->blobs.element_size, &blob))
			continue;
		const struct jit_function *f = jit_function_starting_at(view->jp, blob.start);
		if (f && f->source == JIT_SOURCE_CRANELIFT && f->end == blob.start + blob.size)
			view->module = module_of_serial(c, f->module);
	}
	free(elements);
	if (!view->module) {
		view->module = xmalloc(sizeof *view->module);
		view->module->serial = ++view->jp->module_serial;
		vec_push(&c->modules, view->module);
	}
	return view->module;
}

/* ---- declarations ---- */

static bool read_params(struct jit_cl_view *view, const uint8_t *vec, const struct jit_vec_layout *layout,
			size_t *ret_count, struct jit_abi_param **ret)
{
	const struct jit_abi_param_layout *l = &view->layout->declaration.signature.param;
	uint64_t pointer, count;
	if (layout->element_size > MAX_ELEMENT || !load_vec(vec, layout, MAX_PARAMS, &pointer, &count))
		return false;
	uint8_t *elements = xmalloc(count * layout->element_size + 1);
	if (!read_memory(view->jp, pointer, elements, count * layout->element_size)) {
		free(elements);
		return false;
	}
	struct jit_abi_param *params = ARENA_ARRAY(jit_arena(view->jp), struct jit_abi_param, count);
	for (size_t i = 0; i < count; i++) {
		const uint8_t *element = elements + i * layout->element_size;
		jit_decode_type((uint16_t)jit_load(element + l->value_type, l->value_size),
				view->info->cranelift_minor, &params[i]);
		params[i].purpose =
			jit_decode_purpose(jit_enum_name(l->purpose_type, element + l->purpose));
		params[i].extension =
			jit_decode_extension(jit_enum_name(l->extension_type, element + l->extension));
	}
	free(elements);
	*ret_count = count;
	*ret = params;
	return true;
}

static void read_signature(struct jit_cl_view *view, const uint8_t *bytes, struct jit_signature *ret)
{
	const struct jit_signature_layout *l = &view->layout->declaration.signature;
	struct str conv = jit_enum_name(l->call_conv_type, bytes + l->call_conv);
	ret->conv = jit_decode_call_conv(conv);
	(void)snprintf(ret->conv_name, sizeof ret->conv_name, "%.*s", STR_ARG(conv));
	ret->known =
		read_params(view, bytes + l->params_at, &l->params, &ret->param_count, &ret->params) &&
		read_params(view, bytes + l->returns_at, &l->returns, &ret->return_count, &ret->returns);
}

static struct str read_name(struct jit_cl_view *view, const uint8_t *bytes, uint32_t id)
{
	const struct jit_declaration_layout *l = &view->layout->declaration;
	if (sym_type_kind(l->name_type) == SYM_TYPE_VARIANT) {
		const struct sym_variant *v = jit_variant(l->name_type, bytes);
		if (v && str_is(v->name, "None"))
			return arena_printf(jit_arena(view->jp), ".Lfn%x", (unsigned)id);
	}
	uint64_t pointer, len;
	char name[MAX_NAME];
	if (!load_vec(bytes + l->name_payload, &l->string, UINT32_MAX, &pointer, &len))
		return STR_EMPTY;
	len = len < sizeof name ? len : sizeof name;
	struct str text = { name, len };
	return read_memory(view->jp, pointer, name, len) && str_is_utf8(text)
		       ? arena_str(jit_arena(view->jp), text)
		       : STR_EMPTY;
}

/* What is declared for a FuncId; NULL when it cannot be read. Read once: a declaration's signature never
 * changes. */
static const struct jit_declaration *declaration_of(struct jit_cl_view *view, uint32_t id)
{
	struct jit_cl_module *module = identify(view);
	struct jit_declaration *known = map_get_ptr(&module->declarations, id);
	size_t size = view->layout->declarations.element_size;
	if (known || id >= view->declaration_count)
		return known;
	uint8_t *element = xmalloc(size);
	if (read_memory(view->jp, view->declarations + id * size, element, size)) {
		const struct jit_declaration_layout *l = &view->layout->declaration;
		known = ARENA_NEW(jit_arena(view->jp), struct jit_declaration);
		known->name = read_name(view, element + l->name, id);
		read_signature(view, element + l->signature_at, &known->signature);
		map_set_ptr(&module->declarations, id, known);
	}
	free(element);
	return known;
}

/* ---- relocations ---- */

/* Where the finalized code leads at the relocation; cranelift-jit's perform_relocations reversed. */
static uint64_t reloc_target(const struct jit_function *f, const struct jit_reloc *r, int64_t addend,
			     const uint8_t *code, size_t code_size)
{
	size_t width = r->kind == JIT_RELOC_ABS8 ? 8 : 4;
	if (r->kind == JIT_RELOC_OTHER || !code || code_size < width || r->offset > code_size - width)
		return 0;
	uint64_t value = jit_load(code + r->offset, width);
	if (r->kind == JIT_RELOC_ABS8)
		return value - (uint64_t)addend;
	return f->start + r->offset + (uint64_t)(int64_t)(int32_t)value - (uint64_t)addend;
}

static void load_reloc(struct jit_cl_view *view, const struct jit_function *f, const uint8_t *element,
		       const uint8_t *code, size_t code_size, struct jit_reloc *ret)
{
	const struct jit_reloc_layout *l = &view->layout->reloc;
	const uint8_t *target = element + l->target;
	ret->offset = (uint32_t)jit_load(element + l->offset, l->offset_size);
	ret->kind = jit_decode_reloc_kind(jit_enum_name(l->kind_type, element + l->kind));
	int64_t addend = (int64_t)jit_load(element + l->addend, l->addend_size);
	ret->target = reloc_target(f, ret, addend, code, code_size);
	if (!str_is(jit_enum_name(l->target_type, target), "User") ||
	    jit_load(target + l->name_space, 4) != 0)
		return;
	ret->is_function = true;
	ret->index = (uint32_t)jit_load(target + l->index, 4);
	const struct jit_declaration *callee = declaration_of(view, ret->index);
	if (callee) {
		ret->name = callee->name;
		ret->signature = callee->signature;
	}
}

/* On the heap. */
static void read_relocs(struct jit_cl_view *view, const struct blob *blob, struct jit_function *f,
			const uint8_t *code, size_t code_size)
{
	size_t size = view->layout->relocs.element_size, count = blob->reloc_count;
	if (count == 0 || size > MAX_ELEMENT)
		return;
	uint8_t *elements = xmalloc(count * size);
	if (read_memory(view->jp, blob->relocs, elements, count * size)) {
		f->relocs = xmalloc(count * sizeof *f->relocs);
		f->reloc_count = count;
		for (size_t i = 0; i < count; i++)
			load_reloc(view, f, elements + i * size, code, code_size, &f->relocs[i]);
	}
	free(elements);
}

/* ---- functions ---- */

/* The copy that history took when the memory became executable, or one of its own. */
static void take_code(struct jit_process *jp, struct jit_function *f)
{
	const struct jit_history_event *events;
	size_t count = jit_history_events(&jp->history, &events), size = f->end - f->start;
	if (f->made < count) {
		const struct jit_history_event *e = &events[f->made];
		if (e->code && e->code_start <= f->start && f->end <= e->code_start + e->code_size) {
			f->code = e->code + (f->start - e->code_start);
			f->code_size = size;
			return;
		}
	}
	uint8_t *code = jit_history_reserve(&jp->history, size);
	if (code && read_memory(jp, f->start, code, size)) {
		f->code = code;
		f->code_size = size;
	}
}

static void take_function(struct jit_cl_view *view, uint32_t id, const struct blob *blob)
{
	struct jit_process *jp = view->jp;
	struct jit_function f = {
		.start = blob->start,
		.end = blob->start + blob->size,
		.source = JIT_SOURCE_CRANELIFT,
		.frame_pointer = true,
		.module = identify(view)->serial,
		.made = jit_history_index_at(&jp->history, blob->start),
		.freed = SIZE_MAX,
	};
	const struct jit_function *known = jit_function_starting_at(jp, f.start);
	if (known && known->end == f.end && known->source == f.source)
		return;
	/* Whatever was recorded in this place cannot be there any more. */
	if (f.made == SIZE_MAX && known)
		f.made = jit_history_add(&jp->history, JIT_HISTORY_SEEN, f.start, f.end, NULL, NULL, true);
	if (f.made != SIZE_MAX)
		jit_functions_freed(jp, f.start, f.end, f.made);
	const struct jit_declaration *declared = declaration_of(view, id);
	if (declared) {
		f.name = declared->name;
		f.signature = declared->signature;
	}
	take_code(jp, &f);
	read_relocs(view, blob, &f, f.code, f.code_size);
	struct jit_traps *traps = map_get_ptr(&jp->cranelift.traps, f.start);
	if (traps) {
		f.traps = traps->traps;
		f.trap_count = traps->count;
		(void)map_remove(&jp->cranelift.traps, f.start);
	}
	LOG("jit", "function %.*s %#lx-%#lx, %zu relocations, %zu traps", STR_ARG(f.name),
	    (unsigned long)f.start, (unsigned long)f.end, f.reloc_count, f.trap_count);
	(void)jit_function_add(jp, &f);
	free(f.relocs);
}

void jit_cl_take_functions(struct jit_cl_view *view, const uint32_t *ids, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct blob blob;
		if (read_blob(view, ids[i], &blob))
			take_function(view, ids[i], &blob);
	}
}

void jit_cl_take_all(struct jit_cl_view *view)
{
	size_t count;
	uint8_t *elements = read_blobs(view, MAX_BULK, &count);
	for (size_t i = 0; i < count; i++) {
		struct blob blob;
		if (load_blob(view->layout, elements + i * view->layout->blobs.element_size, &blob))
			take_function(view, (uint32_t)i, &blob);
	}
	free(elements);
}

/* ---- traps ---- */

static void load_trap(const struct jit_context_layout *l, const uint8_t *element, struct jit_trap *ret)
{
	ret->offset = (uint32_t)jit_load(element + l->trap_offset, l->trap_offset_size);
	const uint8_t *code = element + l->trap_code;
	if (sym_type_kind(l->code_type) != SYM_TYPE_VARIANT &&
	    sym_type_kind(l->code_type) != SYM_TYPE_ENUM) {
		jit_decode_trap(code[0], ret);
		return;
	}
	const struct sym_variant *v = jit_variant(l->code_type, code);
	const struct sym_member *user =
		v && str_is(v->name, "User") ? sym_type_member(v->member.type, "__0") : NULL;
	uint64_t at = user ? v->member.offset + user->offset : 0;
	bool inside = user && at < sym_type_size(l->code_type) && sym_type_size(l->code_type) - at >= 2;
	jit_decode_trap_name(jit_enum_name(l->code_type, code),
			     inside ? (uint16_t)jit_load(code + at, 2) : 0, ret);
}

void jit_cl_take_traps(struct jit_cl_view *view, uint32_t id, uint64_t context)
{
	const struct jit_context_layout *l = view->info->context;
	const struct jit_small_vec_layout *v = &l->traps;
	struct blob blob;
	size_t size = sym_type_size(l->compiled_option);
	/* Not there: the function could not be compiled. */
	if (!read_blob(view, id, &blob) || size > MAX_MODULE || v->element_size > MAX_ELEMENT)
		return;
	uint8_t *option = xmalloc(size), *elements = NULL;
	if (!read_memory(view->jp, context + l->compiled_at, option, size) ||
	    !str_is(jit_enum_name(l->compiled_option, option), "Some"))
		goto out;
	const uint8_t *vec = option + l->traps_at;
	uint64_t capacity = jit_load(vec + v->capacity, 8);
	bool on_heap = capacity > v->inline_count;
	uint64_t count = on_heap ? jit_load(vec + v->heap_len, 8) : capacity;
	if (count == 0 || count > MAX_TRAPS)
		goto out;
	elements = xmalloc(count * v->element_size);
	if (!on_heap)
		memcpy(elements, vec + v->inline_data, count * v->element_size);
	else if (!read_memory(view->jp, jit_load(vec + v->heap_pointer, 8), elements,
			      count * v->element_size))
		goto out;
	struct jit_traps *traps = ARENA_NEW(jit_arena(view->jp), struct jit_traps);
	traps->count = count;
	traps->traps = ARENA_ARRAY(jit_arena(view->jp), struct jit_trap, count);
	for (size_t i = 0; i < count; i++)
		load_trap(l, elements + i * v->element_size, &traps->traps[i]);
	map_set_ptr(&view->jp->cranelift.traps, blob.start, traps);
out:
	free(elements);
	free(option);
}

/* ---- freeing ---- */

static int by_start(const void *a, const void *b)
{
	const struct jit_function *x = *(struct jit_function *const *)a,
				  *y = *(struct jit_function *const *)b;
	return x->start < y->start ? -1 : x->start > y->start;
}

void jit_cl_free_all(struct jit_cl_view *view, struct eng_thread *t)
{
	enum { PAGE = 4096 };
	struct jit_process *jp = view->jp;
	VEC(struct jit_function *) functions = { 0 };
	size_t count;
	uint8_t *elements = read_blobs(view, MAX_BULK, &count);
	for (size_t i = 0; i < count; i++) {
		struct blob blob;
		struct jit_function *f =
			load_blob(view->layout, elements + i * view->layout->blobs.element_size, &blob)
				? jit_function_starting_at(jp, blob.start)
				: NULL;
		if (f)
			vec_push(&functions, f);
	}
	free(elements);
	if (functions.count > 0)
		qsort(functions.data, functions.count, sizeof *functions.data, by_start);
	/* An event for each stretch of pages without a gap. */
	for (size_t i = 0; i < functions.count;) {
		size_t first = i;
		uint64_t start = functions.data[i]->start / PAGE * PAGE, end = 0;
		for (; i < functions.count && (i == first || functions.data[i]->start <= end); i++)
			end = (functions.data[i]->end + PAGE - 1) / PAGE * PAGE;
		size_t index = jit_history_add(&jp->history, JIT_HISTORY_FREED, start, end, t,
					       "JITModule::free_memory", true);
		for (size_t j = first; j < i && index != SIZE_MAX; j++)
			jit_function_freed(jp, functions.data[j], index);
	}
	vec_free(&functions);
}
