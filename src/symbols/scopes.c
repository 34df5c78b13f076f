/* Blocks and their variables, and what is known of a unit. */
#include "symbols/lookup.h"
#include "symbols/symbols_internal.h"

#include <stdlib.h>

/* ---- the variables of a block ---- */

/* gdb keeps the names of a block that is no function in a hash table, and lists them in its order. The hash is made for Ada's names,
 * where "__" begins the last part and capitals end it. */
static uint32_t name_hash(struct str name)
{
	bool plain = name.len > 0 && name.ptr[0] == '_';
	uint32_t hash = 0;
	for (size_t i = 0; i < name.len; i++) {
		unsigned char c = (unsigned char)name.ptr[i];
		if (!plain && (c == '$' || c == '.' || c == 'X')) {
			if (i > 0)
				return hash;
			plain = true;
		}
		if (!plain && c == '_' && i > 0 && i + 1 < name.len && name.ptr[i + 1] == '_') {
			unsigned char next = i + 2 < name.len ? (unsigned char)name.ptr[i + 2] : 0;
			if ((next < 'a' || next > 'z') && next != 'O')
				return hash;
			hash = 0;
			i++;
			continue;
		}
		if (!plain && str_is(str_sub(name, i, SIZE_MAX), "TKB"))
			return hash;
		if (c >= 'A' && c <= 'Z')
			c = (unsigned char)(c - 'A' + 'a');
		hash = hash * 67 + c - 113;
	}
	return hash;
}

struct hashed {
	uint32_t bucket, index;
};

static int compare_hashed(const void *a, const void *b)
{
	const struct hashed *x = a, *y = b;
	if (x->bucket != y->bucket)
		return x->bucket < y->bucket ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

/* Brings `count` items of `size` bytes into the order of a table of all the block's names; `name`: where in an item its name is. */
static void order_by_hash(const struct block_names *block, void *items, size_t count, size_t size,
			  struct str (*name)(const void *item))
{
	uint32_t buckets = (uint32_t)(block->name_count / 5 + 1);
	if (count < 2)
		return;
	struct hashed *order = xmalloc(count * sizeof *order);
	char *before = xmalloc(count * size);
	memcpy(before, items, count * size);
	for (size_t i = 0; i < count; i++)
		order[i] = (struct hashed){ name_hash(name(before + i * size)) % buckets, (uint32_t)i };
	qsort(order, count, sizeof *order, compare_hashed);
	for (size_t i = 0; i < count; i++)
		memcpy((char *)items + i * size, before + order[i].index * size, size);
	free(before);
	free(order);
}

static struct str variable_name(const void *item)
{
	return (*(const struct sym_variable *const *)item)->name;
}

static struct str block_name(const void *item)
{
	return ((const struct sym_block_name *)item)->name;
}

/* ---- blocks ---- */

struct scope_list {
	struct sym_function *function;
	struct arena *arena;
	VEC(struct sym_scope) scopes; /* outermost first */
};

static void add_scope(struct scope_list *l, uint64_t id, struct file_range range, bool own)
{
	const struct block_names *block = block_names(l->function, id);
	if (!own && block->name_count == 0)
		return;
	struct sym_scope scope = { .range = range, .count = block->count, .id = id };
	if (scope.count)
		scope.variables =
			arena_copy(l->arena, block->variables, scope.count * sizeof *scope.variables);
	if (!own)
		order_by_hash(block, scope.variables, scope.count, sizeof *scope.variables, variable_name);
	vec_push(&l->scopes, scope);
}

static struct file_range range_with(const struct file_range *ranges, size_t count, uint64_t pc)
{
	for (size_t i = 0; i < count; i++)
		if (pc >= ranges[i].start.value && pc < ranges[i].end.value)
			return ranges[i];
	return count ? ranges[0] : (struct file_range){ { 0 }, { 0 } };
}

size_t sym_function_scopes(const struct sym_function *function, struct file_addr pc, struct arena *arena,
			   struct sym_scope **ret)
{
	struct sym_function *f = (struct sym_function *)function;
	const struct function_body *body = function_body(f->outer);
	struct scope_list l = { .function = f, .arena = arena };
	uint32_t from = 0, end = body->count, at;
	const struct file_range *ranges;
	size_t range_count = sym_function_ranges(f, &ranges);

	add_scope(&l, f->id, range_with(ranges, range_count, pc.value), true);
	if (f->scope != SYM_NONE) {
		from = f->scope + 1;
		end = body->scopes[f->scope].next;
	}
	while ((at = body_enter(body, from, end, pc.value)) != SYM_NONE && !body->scopes[at].inlined) {
		const struct body_scope *s = &body->scopes[at];
		add_scope(&l, s->id, range_with(&body->ranges[s->first_range], s->range_count, pc.value),
			  false);
		from = at + 1;
		end = s->next;
	}
	size_t count = l.scopes.count;
	*ret = ARENA_ARRAY(arena, struct sym_scope, count);
	for (size_t i = 0; i < count; i++)
		(*ret)[i] = l.scopes.data[count - 1 - i];
	vec_free(&l.scopes);
	return count;
}

size_t sym_scope_names(const struct sym_function *function, const struct sym_scope *scope,
		       struct arena *arena, struct sym_block_name **ret)
{
	struct sym_function *f = (struct sym_function *)function;
	const struct block_names *block = block_names(f, scope->id);
	bool own = scope->id == f->id, inlined = own && f->outer != f;
	struct sym_block_name *names =
		ARENA_ARRAY(arena, struct sym_block_name, block->name_count + inlined);
	if (inlined) {
		const struct file_range *ranges;
		size_t count = sym_function_ranges(f, &ranges);
		names[0] = (struct sym_block_name){ .kind = SYM_BLOCK_FUNCTION,
						    .name = sym_function_path(f),
						    .address = count ? ranges[0].start : FILE_ADDR(0) };
	}
	if (block->name_count)
		memcpy(names + inlined, block->names, block->name_count * sizeof *names);
	if (!own)
		order_by_hash(block, names, block->name_count, sizeof *names, block_name);
	*ret = names;
	return block->name_count + inlined;
}

/* ---- units ---- */

static bool describe_unit(struct sym_unit *u, struct sym_unit_info *ret)
{
	if (!unit_load(u))
		return false;
	*ret = (struct sym_unit_info){ .name = u->name,
				       .directory = u->comp_dir,
				       .producer = u->producer,
				       .language = u->language,
				       .dwarf_version = u->dw.version };
	return true;
}

bool sym_unit_at(struct sym_module *m, struct file_addr pc, struct sym_unit_info *ret)
{
	size_t state = SIZE_MAX;
	struct sym_unit *u, *first = NULL;
	while ((u = unit_at(m, pc.value, &state))) {
		uint64_t id;
		struct file_range range;
		if (unit_function_at(u, pc.value, &id, &range))
			return describe_unit(u, ret);
		if (!first)
			first = u;
	}
	return first && describe_unit(first, ret);
}

bool sym_function_unit(const struct sym_function *f, struct sym_unit_info *ret)
{
	return describe_unit(f->unit, ret);
}

bool sym_function_is_prototyped(const struct sym_function *f)
{
	bool c = !unit_has_paths(f->unit) && f->unit->language != DW_LANG_Mips_Assembler;
	return !c || function_attrs((struct sym_function *)f)->prototyped;
}

bool sym_function_nocall(const struct sym_function *function)
{
	const struct function_attrs *a = function_attrs((struct sym_function *)function);
	return a->convention == DW_CC_nocall;
}
