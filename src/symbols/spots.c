/* Where breakpoints go: from a line of a file, or a function, to addresses; and the line table's rows for who shows them. */
#include "symbols/symbols_internal.h"

#include <elf.h>
#include <stdlib.h>

enum { MAX_SPOTS = 1 << 16 };

/* ---- rows ---- */

bool sym_line_range(struct sym_module *m, struct file_addr pc, struct sym_line *ret,
		    struct file_range *ret_range)
{
	size_t state = SIZE_MAX;
	for (struct sym_unit *u; (u = unit_at(m, pc.value, &state));) {
		struct line_row row;
		uint64_t end;
		if (!unit_row_at(u, pc.value, &row, &end))
			continue;
		*ret = (struct sym_line){ unit_file(u, row.file), row.line, row.column };
		*ret_range = (struct file_range){ FILE_ADDR(row.addr), FILE_ADDR(end) };
		return true;
	}
	return false;
}

void sym_line_rows(struct sym_module *m, struct file_range range,
		   void (*fn)(void *ctx, struct file_addr addr, struct sym_line line, bool is_stmt),
		   void *ctx)
{
	/* Code of several units: each tells of its own. */
	for (uint64_t pc = range.start.value; pc < range.end.value;) {
		size_t state = SIZE_MAX;
		uint64_t next = UINT64_MAX;
		struct sym_unit *u = unit_at(m, pc, &state);
		const struct unit_lines *lines = u ? unit_lines(u) : NULL;
		for (size_t i = lines ? lines_first(lines, pc) : 0;
		     lines && i < lines->rows.count && lines->rows.data[i].addr < range.end.value; i++) {
			const struct line_row *row = &lines->rows.data[i];
			if (row->line)
				fn(ctx, FILE_ADDR(row->addr),
				   (struct sym_line){ unit_file(u, row->file), row->line, row->column },
				   row->flags & DW_LINE_STMT);
			else if (i + 1 == lines->rows.count || lines->rows.data[i + 1].addr != row->addr) {
				next = row->addr; /* the end of a sequence */
				break;
			}
		}
		if (next <= pc || next == UINT64_MAX)
			break;
		pc = next;
	}
}

bool sym_line_is_stmt(struct sym_module *m, struct file_addr pc)
{
	size_t state = SIZE_MAX;
	for (struct sym_unit *u; (u = unit_at(m, pc.value, &state));) {
		struct line_row row;
		uint64_t end;
		if (unit_row_at(u, pc.value, &row, &end))
			return row.flags & DW_LINE_STMT;
	}
	return false;
}

/* ---- functions ---- */

static struct file_range entry_range(const struct sym_function *f, struct file_addr entry)
{
	const struct file_range *ranges;
	size_t count = sym_function_ranges(f, &ranges);
	for (size_t i = 0; i < count; i++)
		if (entry.value >= ranges[i].start.value && entry.value < ranges[i].end.value)
			return (struct file_range){ entry, ranges[i].end };
	return (struct file_range){ entry, entry };
}

static uint64_t body_of(struct sym_function *f)
{
	if (!f->prologue_read) {
		struct sym_function_info info;
		f->prologue_read = true;
		sym_function_describe(f, &info);
		struct file_range range = entry_range(f, info.entry);
		f->body_start = range.start.value < range.end.value ? prologue_end(f, range)
								    : range.start.value;
	}
	return f->body_start;
}

/* Behind the prologue of f when pc is in it. */
static uint64_t behind_prologue(struct sym_function *f, uint64_t pc)
{
	struct sym_function_info info;
	sym_function_describe(f, &info);
	struct file_range range = entry_range(f, info.entry);
	uint64_t body = body_of(f);
	return pc >= range.start.value && pc < range.end.value && pc < body ? body : pc;
}

struct file_addr sym_function_body(const struct sym_function *function)
{
	struct sym_function *f = (struct sym_function *)function;
	const struct file_range *ranges;
	if (f->outer == f)
		return FILE_ADDR(body_of(f));
	if (sym_function_ranges(f, &ranges) == 0)
		return FILE_ADDR(0);
	return FILE_ADDR(behind_prologue(f->outer, ranges[0].start.value));
}

/* The innermost block that has names, or SYM_NONE for the function's own. */
static uint32_t block_at(struct sym_function *f, uint64_t pc)
{
	const struct function_body *body = function_body(f);
	uint32_t from = 0, end = body->count, at, block = SYM_NONE;
	while ((at = body_enter(body, from, end, pc)) != SYM_NONE) {
		if (body->scopes[at].block)
			block = at;
		from = at + 1;
		end = body->scopes[at].next;
	}
	return block;
}

/* Where a breakpoint goes, and from where it was moved behind a prologue. */
struct target_pc {
	uint64_t pc, from;
	uint32_t line;                    /* that was found at `from`; 0: a function was */
	const struct sym_function *asked; /* NULL: a line was */
};

/* Moved behind a prologue into an inlined call it is named by the line that the call stands in. */
static void spot_at(struct sym_module *m, const struct target_pc *target, struct sym_spot *ret)
{
	struct sym_chain_entry chain[SYM_MAX_INLINE];
	size_t count = sym_chain_at(m, FILE_ADDR(target->pc), chain);
	bool moved = target->pc != target->from;
	*ret = (struct sym_spot){ .addr = FILE_ADDR(target->pc), .function = target->asked };
	if (count)
		ret->line = chain[moved ? count - 1 : 0].line;
	if (!moved && target->line)
		ret->line.line = target->line;
	if (!ret->function) {
		if (moved)
			count = sym_chain_at(m, FILE_ADDR(target->from), chain);
		ret->function = count ? chain[0].function : NULL;
	}
	ret->inlined = ret->function && ret->function->outer != ret->function;
}

/* ---- a line of a file ---- */

struct found_pc {
	uint64_t pc;
	struct sym_function *function; /* out-of-line; NULL: none */
	uint32_t block;
	bool apart; /* not in the piece that the function begins with: moved away as unlikely */
};

struct line_search {
	struct sym_module *m;
	uint32_t line, nearest; /* 0: none yet */
	bool any_file;
	VEC(struct found_pc) pcs;
	/* Files of one unit may be several numbers for one. */
	struct sym_unit *last_unit;
	VEC(uint32_t) last_files;
};

static bool seen_file(struct line_search *s, struct sym_unit *u, uint32_t number)
{
	if (s->last_unit != u) {
		s->last_unit = u;
		s->last_files.count = 0;
	}
	vec_for(&s->last_files, file)
		if (*file == number)
			return true;
	vec_push(&s->last_files, number);
	return false;
}

static bool search_unit(void *ctx, struct sym_unit *u, uint32_t file)
{
	struct line_search *s = ctx;
	const struct unit_lines *lines = unit_lines(u);
	s->any_file = true;
	if (!lines || file >= lines->header.file_count)
		return true;
	uint32_t number = lines->numbers[file];
	if (seen_file(s, u, number))
		return true;
	for (size_t i = 0; i < lines->rows.count && s->pcs.count < MAX_SPOTS; i++) {
		const struct line_row *row = &lines->rows.data[i];
		if (row->file != number || row->line < s->line || !(row->flags & DW_LINE_STMT))
			continue;
		if (row->line == s->line)
			vec_push(&s->pcs, (struct found_pc){ .pc = row->addr });
		else if (s->nearest == 0 || row->line < s->nearest)
			s->nearest = row->line;
	}
	return true;
}

static void search_line(struct line_search *s, struct str file, uint32_t line)
{
	s->line = line;
	s->nearest = 0;
	s->last_unit = NULL;
	module_files(s->m, file, search_unit, s);
}

static int compare_pcs(const void *a, const void *b)
{
	const struct found_pc *x = a, *y = b;
	if (x->function != y->function)
		return (uintptr_t)x->function < (uintptr_t)y->function ? -1 : 1;
	if (x->block != y->block)
		return x->block < y->block ? -1 : 1;
	if (x->apart != y->apart)
		return x->apart ? 1 : -1;
	return x->pc < y->pc ? -1 : x->pc > y->pc;
}

static bool is_apart(struct sym_function *f, uint64_t pc)
{
	struct sym_function_info info;
	sym_function_describe(f, &info);
	struct file_range range = entry_range(f, info.entry);
	return pc < range.start.value || pc >= range.end.value;
}

/* Optimised code has a line in many pieces: one for each block, the lowest, and one in the block's part that was moved away, since neither
 * is on the way to the other. */
static void one_per_block(struct line_search *s)
{
	vec_for(&s->pcs, found) {
		found->function = (struct sym_function *)sym_function_at(s->m, FILE_ADDR(found->pc));
		found->block = found->function ? block_at(found->function, found->pc) : SYM_NONE;
		found->apart = found->function && is_apart(found->function, found->pc);
	}
	if (s->pcs.count > 0)
		qsort(s->pcs.data, s->pcs.count, sizeof *s->pcs.data, compare_pcs);
	size_t kept = 0;
	for (size_t i = 0; i < s->pcs.count; i++) {
		const struct found_pc *p = &s->pcs.data[i], *last = kept ? &s->pcs.data[kept - 1] : NULL;
		if (last && p->function == last->function && p->block == last->block &&
		    p->apart == last->apart && (p->function || p->pc == last->pc))
			continue;
		s->pcs.data[kept++] = *p;
	}
	s->pcs.count = kept;
}

static int compare_targets(const void *a, const void *b)
{
	const struct target_pc *x = a, *y = b;
	return x->pc < y->pc ? -1 : x->pc > y->pc;
}

/* Spots by address, each once. */
static void give_spots(struct sym_module *m, struct target_pc *targets, size_t count, sym_spot_fn *fn,
		       void *ctx)
{
	if (count > 0)
		qsort(targets, count, sizeof *targets, compare_targets);
	for (size_t i = 0; i < count; i++) {
		struct sym_spot spot;
		if (i > 0 && targets[i].pc == targets[i - 1].pc)
			continue;
		spot_at(m, &targets[i], &spot);
		if (!fn(ctx, &spot))
			return;
	}
}

struct error *sym_line_spots(struct sym_module *m, struct str file, uint32_t line, sym_spot_fn *fn,
			     void *ctx, uint32_t *ret_line)
{
	struct line_search s = { .m = m };
	*ret_line = line;
	if (line > 0)
		search_line(&s, file, line);
	if (s.pcs.count == 0 && s.nearest) {
		*ret_line = s.nearest;
		search_line(&s, file, s.nearest);
	}
	vec_free(&s.last_files);
	if (s.pcs.count == 0) {
		vec_free(&s.pcs);
		if (s.any_file || sym_has_file(m, file))
			return error_new(ERROR_NOT_FOUND, "No line %u in file \"%.*s\".", line,
					 STR_ARG(file));
		return error_new(ERROR_NOT_FOUND, "No source file named %.*s.", STR_ARG(file));
	}
	one_per_block(&s);
	struct target_pc *targets = xmalloc(s.pcs.count * sizeof *targets);
	for (size_t i = 0; i < s.pcs.count; i++) {
		const struct found_pc *p = &s.pcs.data[i];
		uint64_t pc = p->function ? behind_prologue(p->function, p->pc) : p->pc;
		targets[i] = (struct target_pc){ pc, p->pc, s.line, NULL };
	}
	give_spots(m, targets, s.pcs.count, fn, ctx);
	free(targets);
	vec_free(&s.pcs);
	return NULL;
}

struct range_search {
	struct line_search lines;
	void (*fn)(void *ctx, struct file_range range);
	void *ctx;
};

/* What the statements of the line reach to, those that follow on each other as one. */
static bool give_ranges(void *ctx, struct sym_unit *u, uint32_t file)
{
	struct range_search *s = ctx;
	const struct unit_lines *lines = unit_lines(u);
	if (!lines || file >= lines->header.file_count || seen_file(&s->lines, u, lines->numbers[file]))
		return true;
	uint64_t done = 0;
	struct file_range open = { FILE_ADDR(0), FILE_ADDR(0) };
	for (size_t i = 0; i < lines->rows.count; i++) {
		const struct line_row *row = &lines->rows.data[i];
		struct line_row best;
		uint64_t end;
		if (row->file != lines->numbers[file] || row->line != s->lines.line ||
		    row->addr < done || !unit_row_at(u, row->addr, &best, &end))
			continue;
		if (best.line != s->lines.line || best.file != row->file)
			end = row->addr; /* no code of its own */
		done = row->addr + 1;
		if (open.end.value != open.start.value && open.end.value == row->addr && end > row->addr) {
			open.end = FILE_ADDR(end);
			continue;
		}
		if (open.start.value)
			s->fn(s->ctx, open);
		open = (struct file_range){ FILE_ADDR(row->addr), FILE_ADDR(end) };
	}
	if (open.start.value)
		s->fn(s->ctx, open);
	return true;
}

struct error *sym_line_ranges(struct sym_module *m, struct str file, uint32_t line,
			      void (*fn)(void *ctx, struct file_range range), void *ctx)
{
	struct range_search s = { .lines = { .m = m, .line = line }, .fn = fn, .ctx = ctx };
	if (!sym_has_file(m, file))
		return error_new(ERROR_NOT_FOUND, "No source file named %.*s.", STR_ARG(file));
	if (line > 0)
		module_files(m, file, give_ranges, &s);
	vec_free(&s.lines.last_files);
	return NULL;
}

struct entry_search {
	struct line_search lines;
	bool (*fn)(void *ctx, const struct sym_line_entry *entry);
	void *ctx;
};

static bool give_entry(void *ctx, struct sym_unit *u, uint32_t file)
{
	struct entry_search *s = ctx;
	const struct unit_lines *lines = unit_lines(u);
	if (!lines || file >= lines->header.file_count || seen_file(&s->lines, u, lines->numbers[file]))
		return true;
	struct sym_line_entry entry = { .file = unit_file(u, file) };
	for (size_t i = 0; i < lines->rows.count && entry.line != s->lines.line; i++) {
		const struct line_row *row = &lines->rows.data[i];
		if (row->file != lines->numbers[file] || !(row->flags & DW_LINE_STMT) || row->line == 0 ||
		    row->line < s->lines.line || (entry.line && row->line >= entry.line))
			continue;
		entry.line = row->line;
		entry.addr = FILE_ADDR(row->addr);
	}
	return s->fn(s->ctx, &entry);
}

void sym_line_entries(struct sym_module *m, struct str file, uint32_t line,
		      bool (*fn)(void *ctx, const struct sym_line_entry *entry), void *ctx)
{
	struct entry_search s = { .lines = { .m = m, .line = line }, .fn = fn, .ctx = ctx };
	module_files(m, file, give_entry, &s);
	vec_free(&s.lines.last_files);
}

/* ---- functions by name ---- */

struct function_search {
	bool entry;
	VEC(struct target_pc) targets;
};

static bool add_function(void *ctx, const struct sym_function *function)
{
	struct function_search *s = ctx;
	struct sym_function *f = (struct sym_function *)function;
	const struct file_range *ranges;
	if (f->outer == f) {
		struct sym_function_info info;
		sym_function_describe(f, &info);
		uint64_t body = s->entry ? info.entry.value : body_of(f);
		vec_push(&s->targets, (struct target_pc){ body, info.entry.value, 0, f });
	} else if (sym_function_ranges(f, &ranges) > 0) {
		uint64_t start = ranges[0].start.value;
		uint64_t pc = s->entry ? start : behind_prologue(f->outer, start);
		vec_push(&s->targets, (struct target_pc){ pc, start, 0, f });
	}
	return s->targets.count < MAX_SPOTS;
}

struct error *sym_function_spots(struct sym_module *m, struct str path, bool entry, sym_spot_fn *fn,
				 void *ctx)
{
	struct function_search s = { .entry = entry };
	TRY(sym_functions_by_name(m, path, add_function, &s));
	inlined_by_name(m, path, add_function, &s);
	give_spots(m, s.targets.data, s.targets.count, fn, ctx);
	vec_free(&s.targets);
	return NULL;
}

/* ---- main ---- */

/* Addresses that instructions of [start, start + size) load, in order, until fn gives true. */
static bool each_loaded_address(struct sym_module *m, uint64_t start, size_t size,
				bool (*fn)(void *ctx, const struct arch_insn *insn, uint64_t address),
				void *ctx)
{
	const uint8_t *code;
	while (size > 0 && !elf_loaded_bytes(m->elf, FILE_ADDR(start), size, &code))
		size /= 2;
	if (!m->arch)
		return false;
	for (size_t at = 0; at < size;) {
		struct arch_insn insn;
		uint64_t pc = start + at;
		m->arch->decode(code + at, size - at, pc, &insn);
		at += insn.length;
		bool lea = strcmp(insn.mnemonic, "lea") == 0;
		for (int i = 0; i < insn.operand_count; i++) {
			const struct arch_operand *op = &insn.operands[i];
			if (lea && op->kind == ARCH_OPERAND_MEM && op->base == m->arch->pc &&
			    op->index == ARCH_REG_NONE) {
				if (fn(ctx, &insn, pc + insn.length + (uint64_t)op->disp))
					return true;
			} else if (op->kind == ARCH_OPERAND_IMM && !insn.has_target) {
				if (fn(ctx, &insn, op->imm))
					return true;
			}
		}
		if (insn.kind == ARCH_INSN_RETURN || insn.kind == ARCH_INSN_INVALID)
			break;
	}
	return false;
}

/* DWARF's register number of the first argument. */
enum { FIRST_ARGUMENT = ARCH_RDI };

static bool loads_first_argument(void *ctx, const struct arch_insn *insn, uint64_t address)
{
	if (!(insn->regs_written >> FIRST_ARGUMENT & 1))
		return false;
	*(uint64_t *)ctx = address;
	return true;
}

/* The C main: what the program's first instructions hand to __libc_start_main, since to look it up by name means to read all symbols. */
static uint64_t c_main(struct sym_module *m)
{
	enum { START_CODE = 64 };
	uint64_t entry = elf_entry(m->elf).value, address = 0;
	struct sym_symbol symbol;
	if (entry && elf_type(m->elf) != ET_REL &&
	    each_loaded_address(m, entry, START_CODE, loads_first_argument, &address)) {
		const struct elf_section *section = elf_section_at(m->elf, FILE_ADDR(address));
		if (section && section->flags & SHF_EXECINSTR)
			return address;
	}
	if (sym_symbol_by_name(m, STR_LIT("main"), &symbol) && symbol.is_function)
		return symbol.addr.value;
	return 0;
}

struct main_search {
	struct sym_module *m;
	const struct sym_function *found;
};

static bool is_rust_main(void *ctx, const struct arch_insn *insn, uint64_t address)
{
	struct main_search *s = ctx;
	(void)insn;
	const struct elf_section *section = elf_section_at(s->m->elf, FILE_ADDR(address));
	if (!section || !(section->flags & SHF_EXECINSTR))
		return false;
	struct sym_function *f = (struct sym_function *)sym_function_at(s->m, FILE_ADDR(address));
	struct sym_function_info info;
	if (!f)
		return false;
	sym_function_describe(f, &info);
	if (info.entry.value != address || !info.is_rust ||
	    !str_eq(function_attrs(f)->name, STR_LIT("main")))
		return false;
	s->found = f;
	return true;
}

/* That is a shim, which takes the address of the program's own main, to hand it to std::rt::lang_start. */
const struct sym_function *sym_rust_main(struct sym_module *m)
{
	enum { SHIM_CODE = 128 };
	if (!m->main_searched) {
		m->main_searched = true;
		uint64_t shim = module_dwarf(m) ? c_main(m) : 0;
		struct main_search s = { .m = m };
		if (shim)
			each_loaded_address(m, shim, SHIM_CODE, is_rust_main, &s);
		m->rust_main = s.found;
	}
	return m->rust_main;
}
