/* Values: a variable of a frame, as bytes with a type, and as text. Thin now: locations, scalars,
 * pointers, strings, slices, structures a few levels deep. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "symbols/symbols.h"
#include "unwind/unwind.h"

struct eval_frame {
	const struct unwind_context *context; /* memory */
	const struct unwind_frame *frame;     /* registers, CFA */
	struct sym_module *module;
	uint64_t bias;
	struct file_addr pc; /* for location lists: already moved back from a return address */
	/* Vector registers of the innermost frame: 16 bytes each of xmm0-15, or NULL when not known. */
	const uint8_t (*xmm)[16];
	/* Of which the frame is, inlined or not; NULL: the innermost at pc. */
	const struct sym_function *function;
	/* The frame that called this one (or, as call sites prove, jumped to it), in which values on entry are found. False: none. NULL: what
	 * unwind_next says. */
	bool (*caller)(void *ctx, const struct eval_frame *frame, struct eval_frame *ret);
	void *caller_ctx;
};

enum eval_state { EVAL_OK, EVAL_OPTIMISED_OUT, EVAL_UNREADABLE };

/* Where an assignment to a value goes. */
enum eval_place {
	EVAL_PLACE_NONE,           /* memory when it has an address, else nowhere */
	EVAL_PLACE_REGISTER,       /* reg, from byte place_offset on */
	EVAL_PLACE_NAMED_REGISTER, /* the register of gdb's name `name` */
	EVAL_PLACE_CONVENIENCE,    /* the variable $name, from byte place_offset on */
	EVAL_PLACE_PIECES,         /* where `pieces` say, from byte place_offset of the object on */
};

struct dw_location;

struct eval_value {
	enum eval_state state;
	const struct sym_type *type; /* NULL: void (a convenience variable that was never set) */
	struct str why;              /* when not OK */
	bool has_address;
	uint64_t address; /* of a value in memory; of an unreadable one what could not be read */
	const uint8_t *bytes; /* in the arena; sym_type_size() bytes, at most EVAL_MAX_BYTES unless an expression made it */
	size_t size;
	/* Which of the bytes' bits are optimized out, though others are known: size bytes, a set bit for each lost one (and 0 in `bytes`).
	 * NULL: none. A value of which all is lost is mostly EVAL_OPTIMISED_OUT, but a part of another may be of this kind, too. */
	const uint8_t *lost;
	const struct dw_location *pieces; /* in the arena */
	/* Of an optimized out pointer: the variable into which it points, so many bytes behind its beginning (DW_OP_implicit_pointer). */
	const struct sym_variable *pointee;
	int64_t pointee_offset;
	uint8_t place;         /* enum eval_place */
	uint16_t reg;          /* DWARF number */
	uint32_t place_offset; /* bytes */
	/* Of a bit field, bit_size not 0: the bits from bit_offset on at its address (or place_offset); bytes are those of the number. */
	uint32_t bit_size, bit_offset;
	struct str name;
	bool lazy;    /* inside an expression: in memory at address, not read yet */
	bool is_type; /* inside an expression: the type itself is meant */
};

enum { EVAL_MAX_BYTES = 4096, EVAL_MAX_STRING = 200 };

/* Never fails: what cannot be had is a state with its reason. */
void eval_variable(const struct eval_frame *frame, const struct sym_variable *variable,
		   struct arena *arena, struct eval_value *ret);
/* One line, as a Rust programmer would write the value: `18`, `0x7f.. `, `"text"`, `Point { x: 1, y: 2
 * }`, `&[1, 2, 3]`, `Some(5)`; C values as gdb writes them. `<optimized out>` and `<cannot read 0x…>`
 * otherwise. At most `width` characters, cut with "…". */
void eval_format(const struct eval_frame *frame, const struct eval_value *value, size_t width,
		 struct buf *out);
