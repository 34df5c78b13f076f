#include "ui/report/backtrace_internal.h"

#include <stdio.h>

enum {
	INDENT = 2,
	LIBRARY_RUN = 2,   /* frames of libraries in a row that are worth folding */
	PERIOD_MAX = 6,    /* functions that call each other in a circle */
	REPEATS_LEAST = 3, /* of a period after its first appearance */
	VALUE_COLUMNS = 40,
};

/* One line of the backtrace before repetitions are folded. */
struct item {
	enum { ITEM_FRAME, ITEM_LIBRARY, ITEM_LEFT_OUT } kind;
	size_t first, count; /* frames in the list; ITEM_LEFT_OUT: how many */
};

const char *count_text(struct layout *l, uint64_t count)
{
	char digits[32];
	int length = snprintf(digits, sizeof digits, "%llu", (unsigned long long)count);
	struct buf text = { 0 };
	for (int i = 0; i < length; i++) {
		if (i && (length - i) % 3 == 0)
			buf_char(&text, ',');
		buf_char(&text, digits[i]);
	}
	const char *out = arena_str(&l->scratch, buf_view(&text)).ptr;
	buf_deinit(&text);
	return out;
}

/* ---- folding ---- */

/* What stands beside JIT code is at the boundary where faults come from, and the first frame is where it happened. */
static bool may_fold(const struct report_backtrace *bt, size_t i)
{
	if (i == 0 || !bt->frames[i].library)
		return false;
	return bt->frames[i - 1].kind != REPORT_FRAME_JIT &&
	       !(i + 1 < bt->count && bt->frames[i + 1].kind == REPORT_FRAME_JIT);
}

static size_t make_items(const struct report_backtrace *bt, struct item *items)
{
	size_t count = 0;
	for (size_t i = 0; i < bt->count;) {
		if (bt->left_out && i == bt->left_out_at)
			items[count++] = (struct item){ ITEM_LEFT_OUT, i, bt->left_out };
		size_t end = i;
		while (end < bt->count && may_fold(bt, end) &&
		       !(bt->left_out && end == bt->left_out_at && end > i))
			end++;
		if (end - i >= LIBRARY_RUN) {
			items[count++] = (struct item){ ITEM_LIBRARY, i, end - i };
			i = end;
		} else {
			items[count++] = (struct item){ ITEM_FRAME, i, 1 };
			i++;
		}
	}
	if (bt->left_out && bt->left_out_at >= bt->count)
		items[count++] = (struct item){ ITEM_LEFT_OUT, bt->count, bt->left_out };
	return count;
}

static bool same_place(const struct report_frame *a, const struct report_frame *b)
{
	return a->kind == b->kind && a->line == b->line && (a->line || a->offset == b->offset) &&
	       a->inlined == b->inlined && a->function.len && str_eq(a->function, b->function) &&
	       str_eq(a->file, b->file);
}

static bool same_item(const struct report_backtrace *bt, const struct item *a, const struct item *b)
{
	return a->kind == b->kind && a->kind != ITEM_LEFT_OUT && a->count == b->count &&
	       same_place(&bt->frames[a->first], &bt->frames[b->first]);
}

/* How often the first `period` items come again right behind themselves. */
static size_t repeats(const struct report_backtrace *bt, const struct item *items, size_t count,
		      size_t period)
{
	size_t same = 0;
	while (period + same < count && same_item(bt, &items[same], &items[period + same]))
		same++;
	return same / period;
}

/* ---- lines ---- */

static bool is_rust_library(const struct report_frame *f)
{
	static const char *const paths[] = { "/rustc/", "/library/std/", "/library/core/",
					     "/library/alloc/" };
	static const char *const names[] = { "std::", "core::", "alloc::", "<" };
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		if (str_contains(f->file, str_from(paths[i])))
			return true;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_starts(f->function, str_from(names[i])))
			return true;
	return str_contains(f->function, STR_LIT("rust_"));
}

static void write_note(struct layout *l, size_t column, const char *format, ...) ERROR_PRINTF(3, 4);
static void write_note(struct layout *l, size_t column, const char *format, ...)
{
	struct buf text = { 0 };
	va_list args;
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	layout_begin(l, column, column);
	layout_words(l, TONE_DIM, buf_view(&text));
	layout_end(l);
	buf_deinit(&text);
}

static void write_library(struct layout *l, const struct report_backtrace *bt, const struct item *item,
			  size_t column)
{
	size_t rust = 0;
	size_t guesses = 0;
	for (size_t i = 0; i < item->count; i++) {
		rust += is_rust_library(&bt->frames[item->first + i]);
		guesses += bt->frames[item->first + i].guess;
	}
	const char *whose = rust == item->count ? "std and core"
			    : rust              ? "std, core and the C library"
						: "the C library";
	if (guesses)
		write_note(l, column, "… %s frames of %s, %zu of them guessed …",
			   count_text(l, item->count), whose, guesses);
	else
		write_note(l, column, "… %s frames of %s …", count_text(l, item->count), whose);
}

static void write_arguments(struct layout *l, const struct report_frame *f)
{
	if (!f->argument_count)
		return;
	layout_space(l, 0); /* a long name may be parted from its arguments */
	layout_solid(l, TONE_PLAIN, STR_LIT("("));
	for (size_t i = 0; i < f->argument_count; i++) {
		const struct report_argument *arg = &f->arguments[i];
		if (i) {
			layout_solid(l, TONE_PLAIN, STR_LIT(","));
			layout_space(l, 1);
		}
		struct str value = layout_clean(l, arg->value);
		if (l->style->width)
			value = layout_cut_end(l, value, VALUE_COLUMNS);
		layout_solid(l, TONE_PLAIN, arg->name);
		layout_solid(l, TONE_DIM, STR_LIT("="));
		layout_words(l, TONE_PLAIN, value.len ? value : STR_LIT("?"));
	}
	layout_solid(l, TONE_PLAIN, STR_LIT(")"));
}

static struct str last_component(struct str path)
{
	size_t slash = str_rfind(path, STR_LIT("/"));
	return slash == SIZE_MAX || slash + 1 == path.len ? path : str_sub(path, slash + 1, SIZE_MAX);
}

static void write_place(struct layout *l, const struct report_frame *f)
{
	if (f->file.len && f->line) {
		char line[16];
		int length = snprintf(line, sizeof line, ":%u", f->line);
		struct str path = layout_clean(l, layout_relative(l, f->file));
		if (l->style->width)
			path = layout_cut_path(l, path, layout_room(l, l->hang) - (size_t)length - 3);
		layout_space(l, 1);
		layout_solid(l, TONE_DIM, STR_LIT("at"));
		/* Stays with its "at". */
		layout_solid(l, TONE_PLAIN, STR_LIT(" "));
		layout_solid(l, TONE_PLAIN, path);
		layout_solid(l, TONE_PLAIN, str_from(line));
	} else if (f->module.len && f->kind == REPORT_FRAME_NATIVE) {
		layout_space(l, 1);
		layout_words(l, TONE_DIM, STR_LIT("in "));
		layout_solid(l, TONE_PLAIN, last_component(f->module));
	}
}

static const char *const labels[] = {
	[REPORT_FRAME_NATIVE] = "native",
	[REPORT_FRAME_JIT] = "JIT",
	[REPORT_FRAME_UNKNOWN] = "no known code",
};

static void write_label(struct layout *l, const struct report_frame *f)
{
	enum tone tone = f->guess ? TONE_LIKELY : f->kind == REPORT_FRAME_JIT ? TONE_JIT : TONE_DIM;
	layout_space(l, 2);
	layout_solid(l, tone, str_from(labels[f->kind]));
	if (f->inlined)
		layout_solid(l, TONE_DIM, STR_LIT(" (inlined)"));
	if (f->freed)
		layout_solid(l, TONE_FAULT, STR_LIT(" (freed)"));
	if (f->guess)
		layout_printf(l, TONE_LIKELY, ", guess (%s)", f->how ? f->how : "?");
}

static void write_frame(struct layout *l, const struct report_frame *f, size_t column)
{
	enum tone name_tone = f->kind == REPORT_FRAME_JIT ? TONE_JIT : TONE_CODE;
	layout_begin(l, INDENT, column + 2);
	layout_printf(l, TONE_DIM, "#%u", f->number);
	if (f->guess)
		layout_solid(l, TONE_LIKELY, STR_LIT("?"));
	layout_tab(l, column);
	struct str name = layout_clean(l, f->function);
	if (!name.len) {
		layout_printf(l, name_tone, "0x%llx", (unsigned long long)f->pc);
	} else {
		if (l->style->width)
			name = layout_cut_name(l, name, layout_room(l, column));
		layout_solid(l, name_tone, name);
		/* A line of the source says it better. */
		if (f->offset && !(f->file.len && f->line))
			layout_printf(l, TONE_PLAIN, "+0x%llx", (unsigned long long)f->offset);
	}
	write_arguments(l, f);
	write_place(l, f);
	write_label(l, f);
	layout_end(l);
	if (f->signature.len) {
		layout_begin(l, column + 2, column + 4);
		if (f->kind == REPORT_FRAME_JIT)
			layout_words(l, TONE_DIM, STR_LIT("declared "));
		layout_words(l, TONE_DIM, f->signature);
		layout_end(l);
	}
}

static void write_item(struct layout *l, const struct report_backtrace *bt, const struct item *item,
		       size_t column)
{
	if (item->kind == ITEM_LEFT_OUT)
		write_note(l, column, "… %s frames left out …", count_text(l, item->count));
	else if (item->kind == ITEM_LIBRARY)
		write_library(l, bt, item, column);
	else
		write_frame(l, &bt->frames[item->first], column);
}

/* Where functions' names begin: behind the widest number and a guess's question mark. */
static size_t name_column(const struct report_backtrace *bt)
{
	uint32_t most = 0;
	for (size_t i = 0; i < bt->count; i++)
		most = bt->frames[i].number > most ? bt->frames[i].number : most;
	int digits = snprintf(NULL, 0, "%u", most);
	return INDENT + 1 + (size_t)digits + 2;
}

void backtrace_write(struct layout *l, const struct report_backtrace *bt)
{
	struct arena arena = ARENA_INIT;
	struct item *items = ARENA_ARRAY(&arena, struct item, bt->count + 2);
	size_t count = make_items(bt, items);
	size_t column = name_column(bt);
	for (size_t i = 0; i < count;) {
		size_t period = 1;
		size_t times = 0;
		while (period <= PERIOD_MAX &&
		       (times = repeats(bt, items + i, count - i, period)) < REPEATS_LEAST)
			period++;
		if (period > PERIOD_MAX) {
			write_item(l, bt, &items[i++], column);
			continue;
		}
		size_t frames = 0;
		for (size_t k = 0; k < period; k++) {
			frames += items[i + k].count;
			write_item(l, bt, &items[i + k], column);
		}
		if (frames == 1)
			write_note(l, column, "… the same frame repeats %s times …", count_text(l, times));
		else
			write_note(l, column, "… the same %zu frames repeat %s times …", frames,
				   count_text(l, times));
		i += period * (times + 1);
	}
	if (!bt->complete)
		write_note(l, column, "(the backtrace ends here: %.*s)",
			   STR_ARG(bt->end.len ? bt->end : STR_LIT("nothing is known of a caller")));
	arena_deinit(&arena);
}
