/* A session of ui/gdb without a program and without a terminal: for tests of what reads text. */
#pragma once

#include "arch/arch.h"
#include "target/fake/fake.h"
#include "ui/gdb/looking.h"
#include "ui/gdb/output.h"
#include "ui/gdb/settings.h"

static inline void gdb_session_init(struct gdb *g)
{
	const struct eng_options options = { 0 };
	const struct eng_listener listener = { .ctx = g };
	*g = (struct gdb){ 0 };
	gdb_settings_init(g);
	g->output = gdb_output_create(g);
	g->control = eng_control_create(eng_session_create(target_fake_create(&arch_x86_64), &options),
					&listener);
	g->eval = eval_session_create();
}

/* Where `list` stands: lines [first, last] of this file. */
static inline void gdb_session_list(struct gdb *g, const char *file, uint32_t first, uint32_t last)
{
	free(g->list.file);
	g->list = (struct gdb_list_place){ .file = xstrdup(file), .first = first, .last = last };
}

static inline void gdb_session_deinit(struct gdb *g)
{
	struct eng_session *engine = eng_control_session(g->control);
	free(g->list.file);
	gdb_sources_destroy(g);
	eval_session_destroy(g->eval);
	eng_control_destroy(g->control);
	eng_session_destroy(engine);
	gdb_settings_deinit(g);
	gdb_output_destroy(g->output);
	arena_deinit(&g->scratch);
}
