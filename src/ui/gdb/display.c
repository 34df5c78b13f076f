/* Expressions that are shown whenever the program stops. */
#include "ui/gdb/looking.h"

#include <inttypes.h>
#include <stdlib.h>

static void display_deinit(struct gdb_display *d)
{
	free(d->text);
	free(d->function_name);
	eval_expr_destroy(d->expr);
}

/* The frame's function at whose locals a new one looks. */
static const struct sym_function *function_here(struct gdb *g)
{
	struct eng_thread *t = eng_selected_thread(g->control);
	const struct eng_level *level = t ? eng_level(g->control, t, eng_selected_level(g->control))
					  : NULL;
	return level ? level->function : NULL;
}

/* In a program that was rebuilt its function is another one with the same name. */
static bool is_here(struct gdb *g, struct gdb_display *d)
{
	const struct sym_function *here = function_here(g);
	if (!d->function || d->function == here)
		return true;
	if (!here || sym_function_module(here) == sym_function_module(d->function))
		return false;
	struct sym_function_info info;
	sym_function_describe(here, &info);
	if (!str_eq(str_from(d->function_name), info.name))
		return false;
	d->function = here;
	return true;
}

/* "/4xw ", as `info display` and (memory: "x/4xw ") each showing have it. */
static void add_format(const struct gdb_display *d, bool showing, struct buf *out)
{
	if (!d->memory) {
		if (d->format.letter)
			buf_printf(out, "/%c ", d->format.letter);
		return;
	}
	if (!showing) {
		buf_printf(out, "/%" PRIu64 "%c%c ", d->count, d->format.size ? d->format.size : 'b',
			   d->format.letter);
		return;
	}
	buf_str(out, STR_LIT("x/"));
	if (d->count != 1)
		buf_printf(out, "%" PRIu64, d->count);
	buf_char(out, d->format.letter);
	if (d->format.size && d->format.letter != 'i' && d->format.letter != 's')
		buf_char(out, d->format.size);
	buf_char(out, ' ');
}

static void show_error(struct gdb *g, struct error *err, struct buf *out)
{
	struct buf text = { 0 };
	buf_printf(&text, "<error: %s>", err->message);
	gdb_styled(g, GDB_STYLE_METADATA, buf_view(&text), out);
	buf_char(out, '\n');
	buf_deinit(&text);
	error_destroy(err);
}

static void show_memory(struct gdb *g, struct gdb_display *d, struct buf *out)
{
	struct eval_value value;
	uint64_t addr;
	struct gdb_format format = { .count = d->count, .has_count = true, .spec = d->format };
	uint64_t next = g->x_next;
	buf_str(out, d->count != 1 || d->format.letter == 'i' ? STR_LIT("\n") : STR_LIT("  "));
	struct error *err = eval_run(d->expr, g->eval, gdb_env(g), &g->scratch, &value);
	if (!err)
		err = gdb_as_address(&value, &addr);
	if (!err) {
		gdb_print_buf(g, out);
		err = gdb_examine(g, &format, addr);
	}
	if (err)
		show_error(g, err, out);
	g->x_next = next;
}

static void show_value(struct gdb *g, struct gdb_display *d, struct buf *out)
{
	struct eval_value value;
	struct eval_printer printer;
	const struct eval_env *env = gdb_env(g);
	gdb_printer_on_screen(g, env, &printer);
	buf_str(out, STR_LIT(" = "));
	size_t before = out->len;
	struct error *err = eval_run(d->expr, g->eval, env, &g->scratch, &value);
	if (!err)
		err = eval_print(&printer, &value, d->format, true, out);
	if (err) {
		out->len = before;
		show_error(g, err, out);
		return;
	}
	buf_char(out, '\n');
}

static void show(struct gdb *g, struct gdb_display *d)
{
	struct buf out = { 0 };
	if (!d->enabled || !is_here(g, d))
		return;
	buf_printf(&out, "%" PRIu32 ": ", d->number);
	add_format(d, true, &out);
	buf_str(&out, str_from(d->text));
	if (d->memory)
		show_memory(g, d, &out);
	else
		show_value(g, d, &out);
	gdb_print_buf(g, &out);
	buf_deinit(&out);
}

void gdb_do_displays(struct gdb *g)
{
	for (size_t i = 0; i < g->displays.count && !gdb_interrupted(g); i++)
		show(g, &g->displays.data[i]);
}

/* ---- the commands ---- */

struct error *gdb_run_display(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct gdb_format format;
	struct eval_expr *expr;
	(void)command;
	bool formatted = args.len > 0 && args.ptr[0] == '/';
	if (args.len == 0) {
		gdb_do_displays(g);
		return NULL;
	}
	TRY(gdb_take_format(&args, &format));
	if (formatted && format.spec.size && !format.spec.letter)
		format.spec.letter = 'x';
	const struct eval_env *env = gdb_env(g);
	TRY(eval_parse(g->eval, eval_language(g->eval, env), args, NULL, &expr));
	/* Names that mean nothing are told now, and not at each stop. */
	const struct sym_type *type;
	bool is_type;
	struct error *err = eval_type_of(expr, g->eval, env, &g->scratch, &type, &is_type);
	if (err) {
		eval_expr_destroy(expr);
		return err;
	}
	struct gdb_display d = { .number = ++g->last_display,
				 .enabled = true,
				 .memory = format.spec.size || format.spec.letter == 'i' ||
					   format.spec.letter == 's',
				 .count = format.count,
				 .format = format.spec,
				 .text = str_dup(args),
				 .expr = expr };
	if (d.memory && (d.format.letter == 'i' || d.format.letter == 's') && !d.format.size)
		d.format.size = 'b';
	if (eval_expr_uses_locals(expr, g->eval, env))
		d.function = function_here(g);
	if (d.function) {
		struct sym_function_info info;
		sym_function_describe(d.function, &info);
		d.function_name = str_dup(info.name);
	}
	vec_push(&g->displays, d);
	if (gdb_from_tty(g))
		show(g, &g->displays.data[g->displays.count - 1]);
	return NULL;
}

struct picked {
	struct gdb *g;
	enum { PICK_DELETE, PICK_ENABLE, PICK_DISABLE } what;
};

static struct error *pick(void *ctx, uint32_t number)
{
	struct picked *p = ctx;
	for (size_t i = 0; i < p->g->displays.count; i++) {
		struct gdb_display *d = &p->g->displays.data[i];
		if (d->number != number)
			continue;
		if (p->what != PICK_DELETE) {
			d->enabled = p->what == PICK_ENABLE;
			return NULL;
		}
		display_deinit(d);
		vec_remove(&p->g->displays, i);
		return NULL;
	}
	gdb_print(p->g, "No display number %" PRIu32 ".\n", number);
	return NULL;
}

static struct error *change(struct gdb *g, struct str args, int what)
{
	struct picked p = { g, what };
	if (args.len == 0) {
		vec_for(&g->displays, d)
			d->enabled = what == PICK_ENABLE;
		return NULL;
	}
	return gdb_each_number(g, args, "display", pick, &p);
}

static void delete_all(struct gdb *g)
{
	vec_for(&g->displays, d)
		display_deinit(d);
	g->displays.count = 0;
}

struct error *gdb_run_undisplay(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command;
	if (args.len > 0)
		return change(g, args, PICK_DELETE);
	if (gdb_query(g, "Delete all auto-display expressions? "))
		delete_all(g);
	return NULL;
}

struct error *gdb_run_enable_display(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command;
	return change(g, args, PICK_ENABLE);
}

struct error *gdb_run_disable_display(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command;
	return change(g, args, PICK_DISABLE);
}

struct error *gdb_run_info_display(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command, (void)args;
	struct buf out = { 0 };
	if (g->displays.count == 0) {
		gdb_print(g, "There are no auto-display expressions now.\n");
		return NULL;
	}
	buf_str(&out, STR_LIT("Auto-display expressions now in effect:\nNum Enb Expression\n"));
	vec_for(&g->displays, d) {
		buf_printf(&out, "%" PRIu32 ":   %c  ", d->number, d->enabled ? 'y' : 'n');
		add_format(d, false, &out);
		buf_str(&out, str_from(d->text));
		if (!is_here(g, d))
			buf_str(&out, STR_LIT("\n(cannot be evaluated in the current context)"));
		buf_char(&out, '\n');
	}
	gdb_print_buf(g, &out);
	buf_deinit(&out);
	return NULL;
}
