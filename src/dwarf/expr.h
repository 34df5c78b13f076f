/* DWARF expressions (D5 2.5 and 2.6; GNU and Wasm extensions named where used): one evaluator for
 * locations, frame bases, CFA rules and register rules. What it needs of the outside comes by callbacks. */
#pragma once

#include "base/buf.h"
#include "dwarf/dwarf.h"

/* Each callback gives false (or an error) for "not available". ctx is the caller's. A NULL callback is
 * "not available". */
struct dw_expr_context {
	void *ctx;
	uint8_t address_size;
	uint16_t version;           /* of the unit; 5 for CFI */
	const struct dw_unit *unit; /* for DW_OP_addrx, typed ops; NULL in CFI */
	bool (*reg)(void *ctx, unsigned dwarf_reg, uint64_t *ret);
	bool (*memory)(void *ctx, uint64_t addr, void *buf, size_t size);
	bool (*frame_base)(void *ctx, uint64_t *ret);
	bool (*cfa)(void *ctx, uint64_t *ret);
	/* file address → run-time address for DW_OP_addr/addrx (adds the load bias). */
	uint64_t (*relocate)(void *ctx, uint64_t file_addr);
	bool (*tls)(void *ctx, uint64_t offset, uint64_t *ret);
	/* DW_OP_entry_value / GNU_entry_value: the value that the sub-expression had on entry. */
	bool (*entry_value)(void *ctx, struct dw_span expr, uint64_t *ret);
	/* DW_OP_call2/4/call_ref: the location expression of that DIE (offset in .debug_info). */
	bool (*call)(void *ctx, uint64_t die, struct dw_span *ret_expr);
};

enum dw_place_kind {
	DW_PLACE_MEMORY,           /* u: address */
	DW_PLACE_REGISTER,         /* u: DWARF register number */
	DW_PLACE_VALUE,            /* u: the value itself (DW_OP_stack_value) */
	DW_PLACE_BYTES,            /* bytes: DW_OP_implicit_value */
	DW_PLACE_IMPLICIT_POINTER, /* u: DIE offset, offset: byte offset into what it points at */
	DW_PLACE_EMPTY,            /* optimised out */
};

struct dw_place {
	enum dw_place_kind kind;
	uint64_t u;
	int64_t offset;
	struct dw_span bytes;
	/* Of a composite: which part of the object, in bits. A simple location has size_bits 0 (= the
	 * whole). */
	uint64_t size_bits, offset_bits;
};

enum {
	DW_EXPR_MAX_PIECES = 64,
	DW_EXPR_MAX_STACK = 256,
	DW_EXPR_MAX_STEPS = 100000,
	DW_EXPR_MAX_DEPTH = 16
};

struct dw_location {
	size_t count; /* 1 for a simple one; an empty expression gives one DW_PLACE_EMPTY */
	struct dw_place places[DW_EXPR_MAX_PIECES];
};

/* What cannot be evaluated: floating point and 128-bit values of typed operations, other address spaces,
 * DW_OP_push_object_address, GNU_parameter_ref and GNU_variable_value, WebAssembly's: ERROR_UNSUPPORTED. */

/* Evaluates a location. ERROR_NOT_FOUND: something it needs is not available (the message says what:
 * "register 2", "memory at 0x…"); ERROR_FORMAT, ERROR_LIMIT, ERROR_UNSUPPORTED (the opcode's name)
 * otherwise. */
struct error *dw_expr_location(const struct dw_expr_context *context, struct dw_span expr,
			       struct dw_location *ret) ERROR_CHECK;
/* Evaluates to a number (CFA, register rules, bounds): top of stack; `initial` is pushed first when
 * has_initial. A register location gives the register's contents, an implicit value of at most 8 bytes
 * that value. */
struct error *dw_expr_value(const struct dw_expr_context *context, struct dw_span expr, bool has_initial,
			    uint64_t initial, uint64_t *ret) ERROR_CHECK;

/* Names for the text of an expression; both are asked with what the expression says, which may be nonsense. */
struct dw_expr_names {
	void *ctx;
	void (*reg)(void *ctx, unsigned dwarf_reg, struct buf *out);
	void (*type)(void *ctx, uint64_t die, struct buf *out); /* offset of a base type within the unit */
	/* Operations are separated by commas instead, pieces are operations like others, and the text ends without a line's end. */
	bool one_line;
};
/* The operations up to the next piece, or the end, a line each, in gdb's layout: "     3: DW_OP_stack_value".
 * *ret_end is the offset behind them. unit: NULL in CFI. Errors: an unknown operation, ERROR_TRUNCATED, ERROR_LIMIT (nesting). */
struct error *dw_expr_text(const struct dw_unit *unit, struct dw_span expr,
			   const struct dw_expr_names *names, struct buf *out, size_t *ret_end) ERROR_CHECK;
