/* Places in code as people name them, looked up in all modules of an inferior. */
#pragma once

#include "engine/engine.h"

struct eng_control;
struct eng_inferior;

enum eng_spec_kind {
	ENG_SPEC_LINE, /* file (empty: the default file, which the caller fills in) and line */
	ENG_SPEC_FUNCTION, /* a path or its suffix: "main", "Type::method", "<T as Trait>::method", `file` narrows it */
	ENG_SPEC_ADDRESS, /* run-time (file address without a process) */
};
struct eng_spec {
	enum eng_spec_kind kind;
	struct str file;
	uint32_t line;
	struct str function;
	uint64_t address;
	bool function_entry; /* FUNCTION: its first instruction, not behind the prologue */
};

struct eng_place {
	struct eng_module *module;           /* NULL: an address in none */
	uint64_t address;                    /* run-time; without a process the file's */
	const struct sym_function *function; /* that holds it, innermost inlined one first; NULL */
	struct str name;                     /* of that function, or of the ELF symbol; may be empty */
	uint64_t name_offset;                /* from the function's start */
	struct sym_line line;                /* empty file: not known */
	/* So many innermost inlined functions at the address are std's, and `function` and `line` are further out: a stop shows the first
	 * frame that is not std's. */
	uint32_t library_levels;
	bool inlined;        /* an inlined copy */
	uint32_t asked_line; /* LINE: when the next line with code was taken, what was asked for; else 0 */
};

/* Every place that the spec means, by address, each once: each instance of a generic, each inlined copy. Names live as long as the
 * module; the array is in the arena. "main" is the Rust main of a Rust program. ERROR_NOT_FOUND with gdb's words ("Function \"x\" not
 * defined."; "No source file named x."; "No line 99 in file \"x\"."). */
struct error *eng_locate(struct eng_control *c, struct eng_inferior *i, const struct eng_spec *spec,
			 struct arena *arena, struct eng_place **ret, size_t *ret_count) ERROR_CHECK;
/* What is at an address. */
void eng_place_at(struct eng_inferior *i, uint64_t address, struct eng_place *ret);
