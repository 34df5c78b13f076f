/* What is the standard library's: its code is inlined into the user's, and commands are about the user's as long as nobody wants otherwise. */
#include "engine/control_internal.h"

#include "symbols/lookup.h"

static bool has_part(struct str path, const char *part)
{
	return str_contains(path, str_from(part));
}

/* The paths that rustc writes for the library's sources and for the crates built into it, with and without rust-src. */
bool eng_library_file(struct str path)
{
	static const char *const crates[] = {
		"/library/core/src/", "/library/std/src/",          "/library/alloc/src/",
		"/library/test/src/", "/library/panic_unwind/src/", "/library/proc_macro/src/",
	};
	if (str_starts(path, STR_LIT("/rustc/")) || str_starts(path, STR_LIT("/rust/deps/")))
		return true;
	if (!has_part(path, "/library/"))
		return false;
	for (size_t i = 0; i < sizeof crates / sizeof *crates; i++) {
		if (has_part(path, crates[i]))
			return true;
	}
	return false;
}

bool eng_is_library(const struct sym_function_info *info, const struct sym_line *line)
{
	struct str file = info->decl.file.len ? info->decl.file : line->file;
	return file.len > 0 && eng_library_file(file);
}

bool eng_step_skips(struct eng_control *c, const struct eng_level *level)
{
	return !c->settings.step_std && level && eng_is_library(&level->info, &level->line);
}

bool eng_step_skipped_by_user(struct eng_control *c, const struct eng_level *level)
{
	return c->listener.skips && level && level->function && c->listener.skips(c->listener.ctx, level);
}

/* Of a line, the function that has it; of a function, that. */
static size_t asked_level(const struct sym_chain_entry *chain, size_t count, size_t levels, bool by_line,
			  const struct eng_place *place)
{
	for (size_t i = by_line ? levels : 0; i < count; i++) {
		if (by_line ? chain[i].line.line == place->line.line &&
				      str_eq(chain[i].line.file, place->line.file)
			    : chain[i].function == place->function)
			return i;
	}
	return by_line ? levels : count;
}

void eng_place_library(struct sym_module *m, struct file_addr addr, bool by_line, struct eng_place *place)
{
	struct sym_chain_entry chain[SYM_MAX_INLINE];
	size_t levels = 0;
	if (!place->function || (by_line && eng_library_file(place->line.file)))
		return;
	size_t count = sym_chain_at(m, addr, chain);
	while (levels < count && eng_is_library(&chain[levels].info, &chain[levels].line))
		levels++;
	size_t asked = asked_level(chain, count, levels, by_line, place);
	if (levels == 0 || asked < levels || asked == count || !chain[asked].line.line)
		return;
	if (!by_line)
		place->line = chain[asked].line;
	place->function = chain[asked].function;
	place->inlined = chain[asked].inlined;
	place->library_levels = (uint32_t)levels;
}

uint32_t eng_breakpoint_level(struct eng_thread *t, const struct eng_breakpoint *b)
{
	uint64_t pc = t->regs.value[t->process->session->arch->pc];
	for (size_t i = 0; i < b->location_count; i++) {
		const struct eng_place *place = &b->locations[i].place;
		if (place->address == pc)
			return place->library_levels;
	}
	return 0;
}

uint32_t eng_hit_level(struct eng_control *c, struct eng_thread *t)
{
	uint32_t least = UINT32_MAX;
	vec_for(&eng_thread_control(c, t)->hits, b) {
		uint32_t n = eng_breakpoint_level(t, *b);
		least = n < least ? n : least;
	}
	return least == UINT32_MAX ? 0 : least;
}

uint32_t eng_users_level(struct eng_control *c, struct eng_thread *t, uint32_t library_levels)
{
	unsigned hidden = eng_levels_skipped(c, t);
	if (c->settings.step_std || library_levels <= hidden)
		return 0;
	uint32_t n = library_levels - hidden;
	const struct eng_level *level = eng_level(c, t, n);
	return level && level->unwind.index == 0 && !level->tail_call ? n : 0;
}

uint32_t eng_outside_library(struct eng_control *c, struct eng_thread *t)
{
	const struct eng_level *level;
	for (uint32_t n = 0;
	     (level = eng_level(c, t, n)) != NULL && level->unwind.index == 0 && !level->tail_call; n++)
		if (!eng_step_skips(c, level))
			return n;
	return 0;
}

uint32_t eng_stepped_level(struct eng_control *c, const struct eng_thread *t)
{
	const struct eng_stop *stop = &c->stop;
	bool users = stop->thread == t && stop->kind != ENG_STOP_PANIC;
	return users && !c->settings.step_std && c->level >= stop->select ? stop->select : 0;
}
