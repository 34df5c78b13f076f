/* What the commands that run the program share; gdb_internal.h has what the others use too. */
#pragma once

#include "symbols/lookup.h"
#include "ui/gdb/gdb_internal.h"

/* "Thread 0x7ffff7d8b740 (LWP 123)", or "process 123" for a thread without a thread pointer. In the scratch arena. */
struct str gdb_thread_label(struct gdb *g, struct eng_thread *t);
/* The selected inferior's settings that are given to control before something runs. */
void gdb_settings_to_control(struct gdb *g);
/* commands_run.c: says so, as `detach` does. */
struct error *gdb_detach_inferior(struct gdb *g, struct eng_inferior *i) ERROR_CHECK;
/* commands_threads.c: "[Switching to thread 2.1 (Thread …)]" and its frame; nothing when none is selected. */
void gdb_print_selected_thread(struct gdb *g);
/* condition.c: the condition of a breakpoint, checked in the scope of its locations unless `force`. Empty: none. */
struct error *gdb_set_condition(struct gdb *g, struct eng_breakpoint *b, struct str text,
				bool force) ERROR_CHECK;
/* return_value.c: "Value returned is $1 = …" after a finish. */
void gdb_print_returned(struct gdb *g, const struct eng_stop *stop);
/* Before the stop is shown: that of a function of its own convention (DW_CC_nocall) nothing is known. */
void gdb_warn_returned(struct gdb *g, const struct eng_stop *stop);
/* commands_breakpoints.c: a breakpoint at a place that is no text of the user's; what it is called afterwards. Says that it was made. */
struct error *gdb_break_spec(struct gdb *g, const struct eng_spec *spec, struct str text) ERROR_CHECK;
/* Places of pending ones were found: what was typed behind them is read now. */
void gdb_resolve_pending(struct gdb *g);
/* break.c: that, as the lists show it. */
void gdb_add_pending_tail(const struct eng_breakpoint *b, struct buf *out);
bool gdb_watch_place(void *ctx, const struct eng_breakpoint *b, uint64_t *ret_addr, uint32_t *ret_size);
/* many_breakpoints.c */
struct error *gdb_run_rbreak(struct gdb *g, const struct gdb_command *command, struct str args) ERROR_CHECK;
struct error *gdb_run_save_breakpoints(struct gdb *g, const struct gdb_command *command,
				       struct str args) ERROR_CHECK;
/* stops.c: breakpoints that went with their threads, as far as nobody has told of them yet. */
void gdb_say_gone_breakpoints(struct gdb *g);
/* skip.c: is it on the list of what `step` runs through? ctx: the struct gdb. */
bool gdb_skips(void *ctx, const struct eng_level *level);
void gdb_skips_deinit(struct gdb *g);
/* dprintf.c: the breakpoint prints instead of stopping. text: the format and its values. */
void gdb_dprintf_arm(struct gdb *g, struct eng_breakpoint *b, struct str text);
/* break.c */
gdb_run_fn gdb_run_break, gdb_run_dprintf;
/* "if COND", "thread N" behind a place. */
struct gdb_tail {
	struct str condition;
	uint32_t thread;
	bool force;
};
struct error *gdb_parse_tail(struct gdb *g, struct str rest, struct gdb_tail *ret) ERROR_CHECK;
/* breakpoint_table.c */
struct error *gdb_info_breakpoints(struct gdb *g, const struct gdb_command *command,
				   struct str args) ERROR_CHECK;
