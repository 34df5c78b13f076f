/* What the parts of the parser for Rust share. Those that give a node or type give NULL after an error, which p->error says. */
#pragma once

#include "eval/eval_internal.h"

/* Letters and digits from here on; may be empty. */
struct str rust_take_name(struct parser *p);
bool rust_keyword(struct parser *p, const char *word); /* taken when it is the next word */

/* At the first digit. */
struct node *rust_number(struct parser *p);
/* At the quote. */
struct node *rust_character(struct parser *p, bool is_byte);
struct node *rust_string(struct parser *p, bool bytes);
/* At the first `#` or quote. */
struct node *rust_raw_string(struct parser *p, bool bytes);

/* The text of a path; generics behind `::` or, in a type, directly. Blanks in it are left out except between words. */
struct str rust_path(struct parser *p, bool in_type);
struct type_text *rust_type(struct parser *p);
struct node *rust_type_node(struct parser *p);
bool rust_type_begins(struct parser *p); /* no expression that begins so */
/* A type where an expression could stand: tried first, and left (NULL without an error) when it does not end at `close` (NULL: the text's end). */
struct node *rust_type_if(struct parser *p, const char *close);
