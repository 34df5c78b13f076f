/* dprintf: text that a place prints in passing. The thread that comes there is all that stands still for it. */
#include "ui/gdb/looking.h"
#include "ui/gdb/printf.h"
#include "ui/gdb/running.h"
#include "ui/gdb/shell_internal.h"

#include <stdlib.h>

struct dprintf {
	struct gdb *g;
	struct arena arena; /* of one passing */
};

static struct error *print(struct gdb *g, struct eng_thread *t, const struct eng_breakpoint *b)
{
	struct gdb_frame_env e;
	struct buf text = { 0 };
	gdb_frame_env_init(&e, g, t, eng_level(g->control, t, 0));
	e.env.call = NULL; /* the other threads run */
	g->env = &e.env;
	struct error *err = gdb_printf(g, str_from(b->dprintf), &text);
	g->env = NULL;
	if (!err)
		gdb_print_buf(g, &text);
	gdb_flush(g); /* the program prints, too */
	buf_deinit(&text);
	return err;
}

static struct error *pass(void *ctx, struct eng_control *control, struct eng_thread *t,
			  struct eng_breakpoint *b, bool *ret_stop)
{
	struct dprintf *d = ctx;
	struct arena before = d->g->scratch;
	(void)control;
	/* The command that runs has something in its own. */
	d->g->scratch = d->arena;
	arena_reset(&d->g->scratch);
	struct error *err = print(d->g, t, b);
	d->arena = d->g->scratch;
	d->g->scratch = before;
	*ret_stop = err != NULL;
	if (!err)
		return NULL;
	gdb_print_error(d->g, err);
	return NULL;
}

static void destroy(void *ctx)
{
	struct dprintf *d = ctx;
	arena_deinit(&d->arena);
	free(d);
}

void gdb_dprintf_arm(struct gdb *g, struct eng_breakpoint *b, struct str text)
{
	struct dprintf *d = xmalloc(sizeof *d);
	*d = (struct dprintf){ .g = g, .arena = ARENA_INIT };
	b->dprintf = str_dup(text);
	b->instead = pass;
	b->instead_ctx = d;
	b->instead_destroy = destroy;
}
