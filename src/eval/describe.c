/* A variable's location as text. */
#include "eval/describe.h"

#include "base/reader.h"

#include <inttypes.h>

struct description {
	const struct eval_place_query *query;
	struct sym_module *module;
	const struct dw_unit *unit;
	struct str name; /* of the variable */
	struct file_addr pc;
	struct dw_span expr;
	struct buf *out;
	struct error *error; /* the first one of a list's entries */
};

/* ---- names ---- */

static void add_register(void *ctx, unsigned dwarf, struct buf *out)
{
	const struct description *d = ctx;
	const struct arch_reg *r = d->query->arch ? arch_reg_by_dwarf(d->query->arch, dwarf) : NULL;
	if (r)
		buf_str(out, str_from(r->name));
	else
		buf_printf(out, "reg%u", dwarf);
}

static void add_type(void *ctx, uint64_t die, struct buf *out)
{
	const struct description *d = ctx;
	const struct sym_type *t = sym_type_in_unit(d->module, d->unit, die);
	buf_str(out, t ? sym_type_name(t) : STR_LIT("?"));
}

/* ---- one piece ---- */

static bool piece_ends(const struct description *d, size_t at)
{
	return at == d->expr.size || d->expr.data[at] == DW_OP_piece ||
	       d->expr.data[at] == DW_OP_bit_piece;
}

/* A frame base that is a register, with or without an offset. */
static bool add_frame_base(const struct description *d, int64_t offset)
{
	struct dw_span base;
	const struct dw_unit *unit;
	int64_t base_offset = 0;
	if (!d->query->function)
		return false;
	struct error *err = sym_function_frame_base(d->query->function, d->pc, &base, &unit);
	error_destroy(err);
	if (err || base.size == 0)
		return false;
	unsigned op = base.data[0], reg;
	struct reader r = reader_init(base.data + 1, base.size - 1);
	if (op >= DW_OP_breg0 && op <= DW_OP_breg31) {
		reg = op - DW_OP_breg0;
		base_offset = reader_sleb(&r);
	} else if (op >= DW_OP_reg0 && op <= DW_OP_reg31) {
		reg = op - DW_OP_reg0;
	} else {
		return false;
	}
	if (r.failed || reader_left(&r) > 0)
		return false;
	buf_str(d->out, STR_LIT("a variable at frame base reg $"));
	add_register((void *)(uintptr_t)d, reg, d->out);
	buf_printf(d->out, " offset %" PRId64 "+%" PRId64, base_offset, offset);
	return true;
}

static bool is_thread_local(const struct description *d, size_t at, uint64_t *ret_offset)
{
	uint8_t op = d->expr.data[at], size = d->unit->address_size;
	if (op != DW_OP_addr && op != (size == 4 ? DW_OP_const4u : DW_OP_const8u))
		return false;
	struct reader r = reader_init(d->expr.data, d->expr.size);
	reader_seek(&r, at + 1);
	*ret_offset = reader_uint(&r, size);
	uint8_t next = reader_u8(&r);
	return !r.failed && (next == DW_OP_GNU_push_tls_address || next == DW_OP_form_tls_address) &&
	       piece_ends(d, r.pos);
}

/* The shapes for which there are words. Gives where they end; `at` itself: none of them. */
static size_t add_known(const struct description *d, size_t at)
{
	void *ctx = (void *)(uintptr_t)d;
	struct reader r = reader_init(d->expr.data, d->expr.size);
	reader_seek(&r, at + 1);
	uint8_t op = d->expr.data[at];
	uint64_t offset;
	if (op >= DW_OP_reg0 && op <= DW_OP_reg31) {
		buf_str(d->out, STR_LIT("a variable in $"));
		add_register(ctx, op - DW_OP_reg0, d->out);
	} else if (op == DW_OP_regx) {
		uint64_t reg = reader_uleb(&r);
		if (r.failed)
			return at;
		buf_str(d->out, STR_LIT("a variable in $"));
		add_register(ctx, reg > UINT16_MAX ? UINT16_MAX : (unsigned)reg, d->out);
	} else if (op == DW_OP_fbreg) {
		int64_t by = reader_sleb(&r);
		if (r.failed || !piece_ends(d, r.pos) || !add_frame_base(d, by))
			return at;
	} else if (is_thread_local(d, at, &offset)) {
		buf_printf(d->out,
			   "a thread-local variable at offset 0x%" PRIx64
			   " in the thread-local storage for `%s'",
			   offset, sym_module_path(d->module));
		reader_skip(&r, (size_t)d->unit->address_size + 1);
	} else if (op >= DW_OP_lit0 && op <= DW_OP_lit31 && at + 1 < d->expr.size &&
		   d->expr.data[at + 1] == DW_OP_stack_value) {
		buf_printf(d->out, "the constant %d", op - DW_OP_lit0);
		reader_skip(&r, 1);
	} else {
		return at;
	}
	return r.pos;
}

/* Behind a piece's place: its size. */
static bool add_size(const struct description *d, struct reader *r, bool empty)
{
	uint8_t op = reader_u8(r);
	uint64_t size = reader_uleb(r);
	if (op == DW_OP_piece) {
		buf_printf(d->out,
			   empty ? "an empty %" PRIu64 "-byte piece" : " [%" PRIu64 "-byte piece]", size);
	} else if (op == DW_OP_bit_piece) {
		uint64_t offset = reader_uleb(r);
		if (empty)
			buf_printf(d->out, "an empty %" PRIu64 "-bit piece", size);
		else
			buf_printf(d->out, " [%" PRIu64 "-bit piece, offset %" PRIu64 " bits]", size,
				   offset);
	} else {
		return false;
	}
	return !r->failed;
}

static struct error *describe_expression(const struct description *d)
{
	struct dw_expr_names names = { .ctx = (void *)(uintptr_t)d, .reg = add_register, .type = add_type };
	struct reader r = reader_init(d->expr.data, d->expr.size);
	while (reader_left(&r) > 0) {
		size_t at = r.pos;
		if (at > 0)
			buf_str(d->out, STR_LIT(", and "));
		size_t end = add_known(d, at);
		bool listed = end == at && !piece_ends(d, at);
		if (listed) {
			buf_str(d->out, STR_LIT("a complex DWARF expression:\n"));
			/* Its offsets are counted from the piece's begin. */
			struct dw_span rest = { d->expr.data + at, d->expr.size - at };
			TRY(dw_expr_text(d->unit, rest, &names, d->out, &end));
			end += at;
		}
		reader_seek(&r, end);
		if (reader_left(&r) == 0)
			break;
		if (listed)
			buf_str(d->out, STR_LIT("   "));
		if (!add_size(d, &r, end == at))
			return error_new(ERROR_FORMAT, "Corrupted DWARF2 expression for \"%.*s\".",
					 STR_ARG(d->name));
	}
	return r.failed ? error_new(ERROR_FORMAT, "Corrupted DWARF2 expression for \"%.*s\".",
				    STR_ARG(d->name))
			: NULL;
}

/* ---- lists ---- */

static void add_entry(void *ctx, const struct dw_location_entry *entry)
{
	struct description *d = ctx;
	if (d->error)
		return;
	/* Without an end of the line, and as the file has it: gdb's own way. */
	if (entry->base) {
		buf_printf(d->out, "  Base address 0x%" PRIx64, entry->start.value);
		return;
	}
	if (entry->otherwise)
		buf_str(d->out, STR_LIT("  Elsewhere: "));
	else
		buf_printf(d->out, "  Range 0x%" PRIx64 "-0x%" PRIx64 ": ",
			   entry->start.value + d->query->bias, entry->end.value + d->query->bias);
	d->expr = entry->expr;
	d->pc = entry->start;
	/* An empty entry may lie behind the function, whose base it counts from. */
	if (d->expr.size && d->expr.data[0] == DW_OP_fbreg && !sym_function_at(d->module, d->pc))
		d->error = error_new(ERROR_NOT_FOUND, "No block found for address for symbol \"%.*s\".",
				     STR_ARG(d->name));
	else
		d->error = describe_expression(d);
	if (!d->error)
		buf_char(d->out, '\n');
}

/* ---- a variable ---- */

static bool is_static(const struct description *d, uint64_t *ret)
{
	struct reader r = reader_init(d->expr.data, d->expr.size);
	uint8_t op = reader_u8(&r);
	if (op == DW_OP_addr) {
		*ret = reader_uint(&r, d->unit->address_size);
		return !r.failed && reader_left(&r) == 0;
	}
	if (op != DW_OP_addrx && op != DW_OP_GNU_addr_index)
		return false;
	uint64_t index = reader_uleb(&r);
	return !r.failed && reader_left(&r) == 0 && dw_unit_addrx(d->unit, index, ret);
}

static void describe_constant(const struct description *d, const struct sym_variable *v)
{
	uint64_t number = 0;
	const struct sym_type *type = sym_variable_type(v);
	if (!d->query->scope) {
		buf_str(d->out, STR_LIT("constant"));
		return;
	}
	enum sym_type_kind kind = sym_type_kind(type);
	if (d->expr.size > sizeof number || kind == SYM_TYPE_STRUCT || kind == SYM_TYPE_ARRAY ||
	    kind == SYM_TYPE_FLOAT) {
		buf_str(d->out, STR_LIT("constant bytes: "));
		for (size_t i = 0; i < d->expr.size && i < sym_type_size(type); i++)
			buf_printf(d->out, " %02x", d->expr.data[i]);
		return;
	}
	memcpy(&number, d->expr.data, d->expr.size);
	buf_printf(d->out, "a constant with value %" PRId64 " (0x%" PRIx64 ")", (int64_t)number, number);
}

struct error *eval_describe_place(const struct eval_place_query *q, const struct sym_variable *v,
				  struct buf *out, bool *ret_is_somewhere)
{
	struct description d = { .query = q,
				 .module = sym_variable_module(v),
				 .name = sym_variable_name(v),
				 .pc = q->pc,
				 .out = out };
	bool list, constant;
	uint64_t address;
	*ret_is_somewhere = true;
	TRY(sym_variable_locations(v, NULL, NULL, &d.unit, &list));
	if (list) {
		buf_str(out, STR_LIT("multi-location:\n"));
		TRY(sym_variable_locations(v, add_entry, &d, &d.unit, &list));
		return d.error;
	}
	struct error *err = sym_variable_location(v, q->pc, &d.expr, &d.unit, &constant);
	if (err && err->code != ERROR_NOT_FOUND)
		return err;
	error_destroy(err);
	if (err || d.expr.size == 0) {
		*ret_is_somewhere = false;
		buf_str(out, STR_LIT("optimized out"));
	} else if (constant) {
		describe_constant(&d, v);
	} else if (is_static(&d, &address)) {
		buf_printf(out, "%sstatic storage at address 0x%" PRIx64, q->scope ? "in " : "",
			   address + q->bias);
	} else {
		return describe_expression(&d);
	}
	return NULL;
}
