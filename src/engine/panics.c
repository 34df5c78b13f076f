/* catch panic: where std begins one, before anything is unwound. */
#include "engine/control_internal.h"

#include "symbols/lookup.h"

#include <stdlib.h>
#include <string.h>

/* Every panic begins in the first; its message is made by then only if it has no arguments. One that may unwind goes on to `rust_panic`, with
 * its message made, before anything is unwound; one that may not aborts before. */
static const char *const names[] = { "std::panicking::rust_panic_with_hook",
				     "std::panicking::panic_with_hook", "__rustc::rust_panic",
				     "std::panicking::rust_panic", "rust_panic" };
enum { FIRST_LATE = 2 };

static bool is_late(const struct eng_location *location)
{
	return str_is(location->place.name, "rust_panic");
}

bool eng_panic_admits(struct eng_control *c, struct eng_breakpoint *b, size_t index, struct eng_thread *t)
{
	const struct eng_location *location = &b->locations[index];
	bool later = false;
	for (size_t i = 0; i < b->location_count; i++)
		later |= b->locations[i].place.module == location->place.module &&
			 is_late(&b->locations[i]);
	if (!later || !c->listener.panic_now)
		return true;
	return c->listener.panic_now(c->listener.ctx, t, is_late(location));
}

static void add_symbol(struct eng_inferior *i, struct eng_module *m, const struct sym_symbol *symbol,
		       bool late, eng_locations *ret)
{
	struct eng_location location = { .inferior = i, .enabled = true };
	vec_for(ret, other) {
		if (other->place.address == symbol->addr.value + m->bias && other->inferior == i)
			return;
	}
	location.place.module = m;
	location.place.address = symbol->addr.value + m->bias;
	location.place.name = late ? STR_LIT("rust_panic") : STR_LIT("rust_panic_with_hook");
	vec_push(ret, location);
}

struct error *eng_panic_places(struct eng_control *c, struct eng_breakpoint *b, eng_locations *ret)
{
	enum { LIMIT = 8 };
	(void)b;
	vec_for(&c->inferiors, i) {
		struct eng_module *const *modules;
		size_t count = eng_inferior_modules(*i, &modules);
		for (size_t k = 0; k < count; k++) {
			struct sym_module *symbols = eng_inferior_symbols(c, *i, modules[k]);
			struct sym_symbol list[LIMIT];
			if (!symbols || modules[k]->is_vdso)
				continue;
			for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
				size_t found =
					sym_symbols_by_path(symbols, str_from(names[n]), list, LIMIT);
				for (size_t s = 0; s < found; s++)
					add_symbol(*i, modules[k], &list[s], n >= FIRST_LATE, ret);
			}
		}
	}
	return NULL;
}

/* Without debug information the name tells: a path that begins with none of the library's crates. */
static bool is_users_symbol(const struct eng_level *level)
{
	static const char *const crates[] = { "std", "core", "alloc", "__rustc", "panic_unwind", "test" };
	struct str name = level->info.name;
	if (!str_contains(name, STR_LIT("::")))
		return false;
	size_t at = 0;
	while (at < name.len && strchr("<&*_ ", name.ptr[at]))
		at++;
	if (at > 0 && name.ptr[at - 1] == '_') /* of "__rustc" */
		while (at > 0 && name.ptr[at - 1] == '_')
			at--;
	name = str_sub(name, at, SIZE_MAX);
	for (size_t i = 0; i < sizeof crates / sizeof *crates; i++) {
		size_t length = strlen(crates[i]);
		if (str_starts(name, str_from(crates[i])) && name.len > length &&
		    (name.ptr[length] == ':' || name.ptr[length] == '['))
			return false;
	}
	return true;
}

/* The first frame that is none of the library's. */
static uint32_t user_level(struct eng_control *c, struct eng_thread *t)
{
	enum { FAR = 256 };
	bool was = c->settings.step_std;
	c->settings.step_std = false;
	uint32_t found = 0;
	const struct eng_level *level;
	for (uint32_t n = 0;
	     n < FAR && (level = eng_level(c, t, n)) != NULL && !eng_begins_thread(level); n++) {
		bool by_symbol = !level->function && is_users_symbol(level);
		if (!by_symbol && (!level->function || level->line.line == 0 || eng_step_skips(c, level)))
			continue;
		found = n;
		break;
	}
	c->settings.step_std = was;
	return found;
}

void eng_panic_describe(struct eng_control *c, struct eng_thread *t, struct eng_stop *ret)
{
	ret->select = user_level(c, t);
	if (c->listener.panic_message)
		ret->text = c->listener.panic_message(c->listener.ctx, t, &c->stop_arena);
}
