/* Where a function's body begins, as gdb finds it: what the line table marks as the prologue's end; else, for compilers that write a row
 * for the body, that row; else what the first instructions are. */
#include "symbols/symbols_internal.h"

#include <stdlib.h>

enum { MAX_ROWS = 4096, MAX_PROLOGUE_CODE = 16 };

static bool is_llvm(struct str producer)
{
	return str_starts(producer, STR_LIT("clang ")) ||
	       str_contains(producer, STR_LIT(" F90 Flang ")) || str_contains(producer, STR_LIT("LLVM"));
}

/* Optimised code of gcc 4.5 or later has location lists that are right from a function's first instruction on. */
static bool locations_valid(struct sym_unit *u)
{
	if (!unit_load(u) || !str_starts(u->producer, STR_LIT("GNU ")) || !u->dw.abbrevs)
		return false;
	const struct dw_abbrevs *abbrevs = u->dw.abbrevs;
	for (size_t i = 0; i < abbrevs->count; i++) {
		const struct dw_abbrev *a = &abbrevs->abbrevs[i];
		if (a->tag != DW_TAG_variable && a->tag != DW_TAG_formal_parameter)
			continue;
		for (uint32_t k = 0; k < a->spec_count; k++) {
			const struct dw_attr_spec *spec = &abbrevs->specs[a->first_spec + k];
			if (spec->name == DW_AT_location &&
			    (spec->form == DW_FORM_sec_offset || spec->form == DW_FORM_loclistx))
				return true;
		}
	}
	return false;
}

/* The row that is marked so, among those of the file that the function begins in. */
static bool marked_end(const struct unit_lines *lines, uint32_t file, struct file_range range, uint64_t *ret)
{
	for (size_t i = lines_first(lines, range.start.value);
	     i < lines->rows.count && lines->rows.data[i].addr < range.end.value; i++) {
		const struct line_row *row = &lines->rows.data[i];
		if (row->file == file && row->line && row->flags & DW_LINE_PROLOGUE_END) {
			*ret = row->addr;
			return true;
		}
	}
	return false;
}

/* Two rows of a file at the function's first address: there is no prologue. */
static bool has_double_row(const struct unit_lines *lines, uint32_t file, uint64_t start)
{
	int seen = 0;
	for (size_t i = lines_first(lines, start);
	     i < lines->rows.count && lines->rows.data[i].addr == start; i++)
		seen += lines->rows.data[i].file == file && lines->rows.data[i].line;
	return seen > 1;
}

static bool in_inlined(struct sym_function *f, uint64_t pc)
{
	const struct function_body *body = function_body(f);
	uint32_t from = 0, end = body->count, at;
	while ((at = body_enter(body, from, end, pc)) != SYM_NONE) {
		if (body->scopes[at].inlined)
			return true;
		from = at + 1;
		end = body->scopes[at].next;
	}
	return false;
}

/* 0: the rows do not tell. */
static uint64_t end_by_rows(struct sym_function *f, const struct unit_lines *lines, struct file_range range)
{
	struct line_row first, next;
	uint64_t end, next_end, stop = range.end.value;
	if (!unit_row_at(f->unit, range.start.value, &first, &end))
		return 0;
	if (first.addr == range.start.value && has_double_row(lines, first.file, first.addr))
		return first.addr;
	if (end >= stop)
		return 0;
	/* A smaller line is code that was moved up into the prologue. */
	for (int i = 0; i < MAX_ROWS && end < stop; i++) {
		if (!unit_row_at(f->unit, end, &next, &next_end) || next.line >= first.line ||
		    next.file != first.file || in_inlined(f, end))
			break;
		first = next;
		end = next_end;
	}
	return end < stop ? end : first.addr;
}

/* Behind `endbr64; push rbp; mov rbp, rsp`; start when there is no frame. */
static uint64_t end_by_code(struct sym_module *m, uint64_t start)
{
	static const uint8_t endbr[] = { 0xf3, 0x0f, 0x1e, 0xfa };
	static const uint8_t moves[2][3] = { { 0x48, 0x89, 0xe5 }, { 0x48, 0x8b, 0xec } };
	const uint8_t *code;
	if (m->arch != &arch_x86_64 ||
	    !elf_loaded_bytes(m->elf, FILE_ADDR(start), MAX_PROLOGUE_CODE, &code))
		return start;
	size_t at = memcmp(code, endbr, sizeof endbr) == 0 ? sizeof endbr : 0;
	if (code[at] == 0x40)
		at++;
	if (code[at] != 0x55)
		return start;
	at++;
	for (int i = 0; i < 2; i++)
		if (memcmp(code + at, moves[i], sizeof moves[i]) == 0)
			return start + at + sizeof moves[i];
	return start;
}

uint64_t prologue_end(struct sym_function *f, struct file_range range)
{
	const struct unit_lines *lines = unit_lines(f->unit);
	uint64_t start = range.start.value, pc, end;
	struct line_row row;
	if (lines && unit_row_at(f->unit, start, &row, &end) && marked_end(lines, row.file, range, &pc))
		return pc;
	if (locations_valid(f->unit))
		return start;
	pc = lines ? end_by_rows(f, lines, range) : 0;
	if (pc == 0 || !is_llvm(f->unit->producer))
		pc = end_by_code(f->unit->module, start);
	/* In the middle of a row: the next one, when it is still this function's. */
	if (lines && unit_row_at(f->unit, pc, &row, &end) && row.addr != pc && start <= end &&
	    end < range.end.value)
		pc = end;
	return pc;
}
