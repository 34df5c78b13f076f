/* Lines of a given width out of words, numbers and columns, with colours. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "ui/report/text.h"

enum tone {
	TONE_PLAIN,
	TONE_TITLE,  /* headings, names of verdicts */
	TONE_FAULT,  /* what is wrong */
	TONE_LIKELY, /* guesses, inferences */
	TONE_DIM,    /* what the reader may pass over */
	TONE_CODE,   /* names and code */
	TONE_JIT,    /* the same, made at run time */
};

struct layout {
	const struct report_style *style;
	struct buf *out;
	size_t column;  /* of the next character, from 0 */
	size_t indent;  /* the part of it that is not in `out` yet */
	size_t hang;    /* where lines made by wrapping begin */
	size_t gap;     /* spaces before the next word, if it stays on this line */
	enum tone tone; /* in effect in `out` */
	/* The word that is being put together; a tone for each of its bytes. */
	struct buf word, word_tones;
	size_t word_columns;
	struct arena scratch;
};

void layout_init(struct layout *l, const struct report_style *style, struct buf *out);
void layout_deinit(struct layout *l);

/* Begins a line at column `indent`; what does not fit goes on at column `hang`. */
void layout_begin(struct layout *l, size_t indent, size_t hang);
void layout_end(struct layout *l);
void layout_blank(struct layout *l);
/* The next text begins at this column or, when that is passed, after two spaces. */
void layout_tab(struct layout *l, size_t column);
/* 0: a place where the line may be broken. */
void layout_space(struct layout *l, size_t count);

/* Text that stays together, added to the word before it unless there was a space. */
void layout_solid(struct layout *l, enum tone tone, struct str s);
void layout_printf(struct layout *l, enum tone tone, const char *format, ...) ERROR_PRINTF(3, 4);
/* Text that may be wrapped at its spaces. A newline in it begins a new line at `hang`. */
void layout_words(struct layout *l, enum tone tone, struct str s);
/* The same for oxdb's own sentences: `names` in backquotes get TONE_CODE, paths below the style's directory are shortened. */
void layout_prose(struct layout *l, enum tone tone, struct str s);

/* Columns that are left on a line that begins at `column`; SIZE_MAX without a width. */
size_t layout_room(const struct layout *l, size_t column);
/* The same as it will be shown, escaped; in scratch memory. */
struct str layout_clean(struct layout *l, struct str s);
/* Columns of clean text. */
size_t layout_columns(struct str s);
/* Clean text in at most `columns`: the middle or the end is left out for …; or its head, up to a slash, if it is a path
 * (what says nothing in it always). */
struct str layout_cut_middle(struct layout *l, struct str s, size_t columns);
struct str layout_cut_end(struct layout *l, struct str s, size_t columns);
struct str layout_cut_path(struct layout *l, struct str s, size_t columns);
/* Clean text of a Rust path: generic arguments are replaced by <…>, the innermost first, until it fits; then the middle. */
struct str layout_cut_name(struct layout *l, struct str s, size_t columns);
/* A path as seen from the style's directory. */
struct str layout_relative(const struct layout *l, struct str path);
