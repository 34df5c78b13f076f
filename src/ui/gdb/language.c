/* The language of expressions: `set language`, and a word when it is not the frame's. */
#include "symbols/lookup.h"
#include "ui/gdb/settings.h"

#define MISMATCH "Warning: the current language does not match this frame.\n"

static bool is_automatic(const struct gdb *g)
{
	return strcmp(g->settings.language, "auto") == 0 || strcmp(g->settings.language, "local") == 0;
}

/* What the unit says that the frame's code is of; AUTO: nothing does. */
static enum eval_language level_language(const struct eng_level *level)
{
	enum { LANG_RUST = 0x1c };
	struct sym_unit_info unit;
	bool known = level->function ? sym_function_unit(level->function, &unit)
				     : level->line.file.len > 0 && level->code.module &&
					       sym_unit_at(level->code.module, level->lookup_pc, &unit);
	if (!known)
		return EVAL_LANGUAGE_AUTO;
	return unit.language == LANG_RUST ? EVAL_LANGUAGE_RUST : EVAL_LANGUAGE_C;
}

void gdb_see_language(struct gdb *g, const struct eng_level *level)
{
	enum eval_language language = level_language(level);
	if (language != EVAL_LANGUAGE_AUTO)
		eval_seen_language(g->eval, language);
}

static enum eval_language selected_language(struct gdb *g)
{
	struct eng_thread *t = eng_selected_thread(g->control);
	const struct eng_level *level = t ? eng_level(g->control, t, eng_selected_level(g->control))
					  : NULL;
	return level ? level_language(level) : EVAL_LANGUAGE_AUTO;
}

static bool mismatches(struct gdb *g, enum eval_language now)
{
	enum eval_language frame = selected_language(g);
	return frame != EVAL_LANGUAGE_AUTO && frame != now;
}

void gdb_check_language(struct gdb *g)
{
	if (is_automatic(g) && !g->language_warned)
		return;
	enum eval_language now = eval_language(g->eval, gdb_env(g));
	/* It follows the frames again, and has come to another one than was asked for. */
	if (is_automatic(g)) {
		g->language_warned = now == g->language_asked;
		return;
	}
	if (g->language_warned || !mismatches(g, now))
		return;
	gdb_print(g, MISMATCH);
	g->language_warned = true;
}

struct error *gdb_language_changed(struct gdb *g)
{
	const char *name = g->settings.language;
	enum eval_language language = EVAL_LANGUAGE_AUTO;
	if (strcmp(name, "rust") == 0)
		language = EVAL_LANGUAGE_RUST;
	else if (strcmp(name, "c") == 0 || strcmp(name, "c++") == 0 || strcmp(name, "minimal") == 0 ||
		 strcmp(name, "asm") == 0)
		language = EVAL_LANGUAGE_C;
	else if (!is_automatic(g))
		return error_new(ERROR_UNSUPPORTED, "oxdb knows the languages rust and c, not %s.", name);
	eval_set_language(g->eval, language);
	g->language_asked = eval_language(g->eval, gdb_env(g));
	return NULL;
}

void gdb_show_language(struct gdb *g, struct buf *out)
{
	enum eval_language now = eval_language(g->eval, gdb_env(g));
	if (is_automatic(g)) {
		buf_printf(out, "The current source language is \"auto; currently %s\".\n",
			   now == EVAL_LANGUAGE_C ? "c" : "rust");
		return;
	}
	buf_printf(out, "The current source language is \"%s\".\n", g->settings.language);
	if (mismatches(g, now))
		buf_str(out, STR_LIT(MISMATCH));
}
