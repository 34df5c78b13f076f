/* list, search: source text. */
#include "ui/gdb/looking.h"

#include <inttypes.h>
#include <stdlib.h>

/* ---- a place in source ---- */

struct place {
	struct str file; /* in scratch */
	uint32_t line;
	struct str symbol; /* the function's name, where it was asked for */
	bool is_address;
	uint64_t address;
};

static uint32_t list_size(const struct gdb *g)
{
	return g->settings.listsize ? g->settings.listsize : UINT32_MAX;
}

static uint32_t lines_around(const struct gdb *g, uint32_t line)
{
	uint32_t half = list_size(g) / 2;
	return line > half ? line - half : 1;
}

static uint32_t last_from(const struct gdb *g, uint32_t first)
{
	uint32_t size = list_size(g);
	return size - 1 > UINT32_MAX - first ? UINT32_MAX : first + size - 1;
}

/* Where its body begins, in its own file: what stands there may be inlined into it. */
static bool first_line(struct sym_module *m, const struct sym_function *f, struct sym_line *ret)
{
	struct sym_chain_entry chain[SYM_MAX_INLINE];
	size_t count = sym_chain_at(m, sym_function_body(f), chain);
	if (count == 0 || chain[count - 1].line.line == 0)
		return sym_line_at(m, sym_function_body(f), ret);
	*ret = chain[count - 1].line;
	return true;
}

struct error *gdb_need_list_place(struct gdb *g)
{
	struct eng_inferior *i = eng_selected_inferior(g->control);
	if (g->list.file)
		return NULL;
	struct sym_module *m = i->file.path || i->process ? i->file.symbols : NULL;
	if (!m && i->file.path)
		m = eng_inferior_symbols(g->control, i, &i->file);
	if (!m)
		return error_new(ERROR_USAGE, "No symbol table is loaded.  Use the \"file\" command.");
	const struct sym_function *f = sym_rust_main(m);
	struct sym_line line;
	if (f && first_line(m, f, &line)) {
		uint32_t most = list_size(g) - 1;
		gdb_list_from(g, line.file, line.line > most ? line.line - most : 1);
		return NULL;
	}
	struct eng_place *places;
	size_t count;
	struct eng_spec spec = { .kind = ENG_SPEC_FUNCTION, .function = STR_LIT("main") };
	struct error *err = eng_locate(g->control, i, &spec, &g->scratch, &places, &count);
	if (!err && count > 0 && places[0].line.file.len > 0) {
		uint32_t most = list_size(g) - 1;
		gdb_list_from(g, places[0].line.file,
			      places[0].line.line > most ? places[0].line.line - most : 1);
		return NULL;
	}
	error_destroy(err);
	return error_new(ERROR_USAGE, "No symbol table is loaded.  Use the \"file\" command.");
}

static void add_place(struct place *places, size_t *count, struct place add)
{
	for (size_t i = 0; i < *count; i++)
		if (places[i].line == add.line && str_eq(places[i].file, add.file))
			return;
	places[(*count)++] = add;
}

/* Functions are listed around the line of their first instruction, as gdb does. */
static struct error *locate(struct gdb *g, const struct eng_spec *spec, struct place **ret,
			    size_t *ret_count)
{
	struct eng_place *found;
	size_t count = 0, found_count;
	TRY(eng_locate(g->control, eng_selected_inferior(g->control), spec, &g->scratch, &found,
		       &found_count));
	struct place *places = ARENA_ARRAY(&g->scratch, struct place, found_count ? found_count : 1);
	for (size_t i = 0; i < found_count; i++) {
		struct sym_line line = found[i].line, entry_line;
		struct sym_function_info info = { 0 };
		if (spec->kind == ENG_SPEC_FUNCTION && found[i].function) {
			sym_function_describe(found[i].function, &info);
			if (info.entry.value &&
			    sym_line_at(sym_function_module(found[i].function), info.entry, &entry_line))
				line = entry_line;
		}
		if (line.file.len == 0)
			continue;
		add_place(places, &count,
			  (struct place){ .file = line.file,
					  .line = spec->kind == ENG_SPEC_LINE ? spec->line : line.line,
					  .symbol = found[i].function ? sym_function_path(found[i].function)
								      : found[i].name,
					  .is_address = spec->kind == ENG_SPEC_ADDRESS,
					  .address = spec->address });
	}
	*ret = places;
	*ret_count = count;
	return NULL;
}

/* A line of a file need not have code to be listed. */
static struct error *line_place(struct gdb *g, const struct eng_spec *spec, struct place **ret,
				size_t *ret_count)
{
	struct error *err = locate(g, spec, ret, ret_count);
	if (!err && *ret_count > 0)
		return NULL;
	struct str file = spec->file;
	if (file.len == 0 && g->list.file)
		file = str_from(g->list.file);
	struct str full = gdb_find_file(g, file);
	if (full.len == 0)
		return err ? err : error_new(ERROR_NOT_FOUND, "No source file named %.*s.", STR_ARG(file));
	error_destroy(err);
	*ret = ARENA_NEW(&g->scratch, struct place);
	**ret = (struct place){ .file = full, .line = spec->line };
	*ret_count = 1;
	return NULL;
}

struct full_name {
	struct str wanted, found;
};

static bool match_file(void *ctx, struct str path)
{
	struct full_name *f = ctx;
	if (!str_ends(path, f->wanted) ||
	    (path.len > f->wanted.len && path.ptr[path.len - f->wanted.len - 1] != '/'))
		return true;
	f->found = path;
	return false;
}

struct str gdb_find_file(struct gdb *g, struct str name)
{
	struct eng_inferior *i = eng_selected_inferior(g->control);
	struct eng_module *const *modules;
	struct full_name f = { .wanted = name };
	size_t count = eng_inferior_modules(i, &modules);
	if (g->list.file && match_file(&f, str_from(g->list.file)) == false)
		return arena_str(&g->scratch, f.found);
	for (size_t n = 0; n < count && f.found.len == 0 && name.len > 0; n++) {
		struct sym_module *m = eng_inferior_symbols(g->control, i, modules[n]);
		if (m && sym_has_file(m, name))
			sym_files(m, match_file, &f);
	}
	return f.found;
}

static bool is_number(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
	return s.len > 0 && s.len < 10;
}

static uint32_t to_number(struct str s)
{
	uint32_t n = 0;
	for (size_t i = 0; i < s.len; i++)
		n = n * 10 + (uint32_t)(s.ptr[i] - '0');
	return n;
}

/* base: what "+3" and a bare number in a second argument are counted from. */
static struct error *take_place(struct gdb *g, struct str *text, const struct place *base,
				struct place **ret, size_t *ret_count)
{
	size_t end = 0;
	while (end < text->len && text->ptr[end] != ',' && text->ptr[end] != ' ')
		end++;
	struct str word = str_sub(*text, 0, end);
	bool sign = word.len > 1 && (word.ptr[0] == '+' || word.ptr[0] == '-');
	struct str digits = str_sub(word, sign, SIZE_MAX);
	if (is_number(digits)) {
		struct str rest = gdb_strip(str_sub(*text, end, SIZE_MAX));
		if (rest.len > 0 && rest.ptr[0] != ',')
			return error_new(ERROR_USAGE, "malformed linespec error: unexpected %s, \"%.*s\"",
					 is_number(rest) ? "number" : "string", STR_ARG(rest));
		TRY(gdb_need_list_place(g));
		uint32_t n = to_number(digits);
		/* As in gdb both ways from where `list` goes on. */
		uint32_t from = base ? base->line : g->list.first ? g->list.last + 1 : g->list.last;
		struct place *p = ARENA_NEW(&g->scratch, struct place);
		p->file = base ? base->file : arena_str(&g->scratch, str_from(g->list.file));
		p->line = !sign ? n : word.ptr[0] == '+' ? from + n : from > n ? from - n : 1;
		*text = rest;
		*ret = p;
		*ret_count = 1;
		return NULL;
	}
	struct eng_spec spec;
	struct str rest;
	TRY(gdb_parse_place(g, *text, &spec, &rest));
	if (rest.len > 0 && rest.ptr[0] != ',')
		return error_new(ERROR_USAGE, "Junk at end of line specification.");
	*text = gdb_strip(rest);
	return spec.kind == ENG_SPEC_LINE ? line_place(g, &spec, ret, ret_count)
					  : locate(g, &spec, ret, ret_count);
}

/* ---- list ---- */

static struct error *list_range(struct gdb *g, struct str file, uint32_t first, uint32_t last)
{
	return gdb_list_lines(g, file, first ? first : 1, last);
}

/* Nothing, + or -: from where the last one ended. */
static struct error *list_on(struct gdb *g, bool backwards)
{
	TRY(gdb_need_list_place(g));
	struct str file = str_from(g->list.file);
	if (g->list.first == 0) {
		uint32_t first = lines_around(g, g->list.last);
		return list_range(g, file, first, last_from(g, first));
	}
	if (!backwards)
		return list_range(g, file, g->list.last + 1, last_from(g, g->list.last + 1));
	if (g->list.first <= 1)
		return error_new(ERROR_USAGE, "Already at the start of %.*s.",
				 STR_ARG(gdb_display_file(g, file)));
	uint32_t size = list_size(g), first = g->list.first > size ? g->list.first - size : 1;
	return list_range(g, file, first, g->list.first - 1);
}

static void print_address_place(struct gdb *g, const struct place *p)
{
	gdb_print(g, "0x%" PRIx64 " is in %.*s (%.*s:%" PRIu32 ").\n", p->address, STR_ARG(p->symbol),
		  STR_ARG(gdb_display_file(g, p->file)), p->line);
}

static struct error *list_each(struct gdb *g, const struct place *places, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint32_t first = lines_around(g, places[i].line);
		struct str symbol = places[i].symbol.len ? places[i].symbol : STR_LIT("???");
		if (count > 1)
			gdb_print(g, "file: \"%.*s\", line number: %" PRIu32 ", symbol: \"%.*s\"\n",
				  STR_ARG(gdb_display_file(g, places[i].file)), places[i].line,
				  STR_ARG(symbol));
		TRY(list_range(g, places[i].file, first, last_from(g, first)));
	}
	return NULL;
}

static struct error *ambiguous(struct gdb *g, const char *which, const struct place *places, size_t count)
{
	gdb_print(g, "Specified %s line '%s' is ambiguous:\n", which, "");
	for (size_t i = 0; i < count; i++)
		gdb_print(g, "file: \"%.*s\", line number: %" PRIu32 ", symbol: \"%.*s\"\n",
			  STR_ARG(gdb_display_file(g, places[i].file)), places[i].line,
			  STR_ARG(places[i].symbol));
	return NULL;
}

/* "FIRST,", ",LAST" and "FIRST,LAST" */
static struct error *list_between(struct gdb *g, const struct place *begin, struct str end_text)
{
	struct place *end = NULL;
	size_t count = 0;
	if (end_text.len == 0 && !begin)
		return error_new(ERROR_USAGE, "Two empty args do not say what lines to list.");
	if (end_text.len == 0)
		return list_range(g, begin->file, begin->line, last_from(g, begin->line ? begin->line : 1));
	TRY(take_place(g, &end_text, begin, &end, &count));
	if (count > 1)
		return ambiguous(g, "last", end, count);
	if (!begin) {
		uint32_t size = list_size(g);
		return list_range(g, end->file, end->line >= size ? end->line - size + 1 : 1, end->line);
	}
	if (!str_eq(begin->file, end->file))
		return error_new(ERROR_USAGE, "Specified first and last lines are in different files.");
	return list_range(g, begin->file, begin->line, end->line);
}

struct error *gdb_run_list(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct place *places;
	size_t count;
	(void)command;
	if (args.len == 0 || str_is(args, "+") || str_is(args, "-"))
		return list_on(g, args.len > 0 && args.ptr[0] == '-');
	if (args.ptr[0] == ',')
		return list_between(g, NULL, gdb_strip(str_sub(args, 1, SIZE_MAX)));
	TRY(take_place(g, &args, NULL, &places, &count));
	if (count == 0)
		return error_new(ERROR_NOT_FOUND, "No line number known for %.*s.", STR_ARG(args));
	if (args.len > 0) {
		if (count > 1)
			return ambiguous(g, "first", places, count);
		return list_between(g, places, gdb_strip(str_sub(args, 1, SIZE_MAX)));
	}
	if (places[0].is_address)
		print_address_place(g, places);
	return list_each(g, places, count);
}

/* ---- search ---- */

static struct error *search(struct gdb *g, struct str args, bool forward)
{
	struct gdb_regex *regex;
	struct gdb_source *source;
	TRY(gdb_need_list_place(g));
	TRY(gdb_source_open(g, str_from(g->list.file), STR_EMPTY, &source));
	TRY(gdb_regex_new(args, &regex));
	uint32_t last = g->list.last, lines = (uint32_t)gdb_source_lines(source);
	uint32_t line = forward ? last + 1 : last - 1;
	while (line >= 1 && line <= lines && !gdb_regex_matches(regex, gdb_source_line(source, line)))
		line = forward ? line + 1 : line - 1;
	gdb_regex_destroy(regex);
	if (line < 1 || line > lines)
		return error_new(ERROR_NOT_FOUND, "Expression not found");
	TRY(gdb_list_lines(g, str_from(g->list.file), line, line));
	eval_convenience_set_int(g->eval, STR_LIT("_"), line);
	return NULL;
}

struct error *gdb_run_search(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command;
	return search(g, args, true);
}

struct error *gdb_run_reverse_search(struct gdb *g, const struct gdb_command *command, struct str args)
{
	(void)command;
	return search(g, args, false);
}

/* ---- info line ---- */

static void add_address(struct gdb *g, uint64_t addr, struct buf *out)
{
	gdb_styled(g, GDB_STYLE_ADDRESS, arena_printf(&g->scratch, "0x%" PRIx64, addr), out);
	buf_char(out, ' ');
	if (!gdb_symbolise_asm(g, addr, out))
		out->len--;
}

/* The line in each unit's copy of the file: gdb tells of each of them. */
struct copies {
	struct {
		struct sym_module *module;
		uint64_t bias;
		struct sym_line_entry entry;
	} * data;
	size_t count, capacity;
	struct sym_module *module;
	uint64_t bias;
};

static bool add_copy(void *ctx, const struct sym_line_entry *entry)
{
	enum { MAX_COPIES = 1 << 16 };
	struct copies *c = ctx;
	vec_push(c, ((__typeof__(*c->data)){ c->module, c->bias, *entry }));
	return c->count < MAX_COPIES;
}

/* Where the line is not in its own copy the first one that has it stands for it, or else that with the nearest line. */
static size_t best_copy(const struct copies *c, size_t own, uint32_t line)
{
	size_t best = own;
	if (c->data[own].entry.line == line)
		return own;
	for (size_t i = 0; i < c->count; i++) {
		const struct sym_line_entry *e = &c->data[i].entry, *b = &c->data[best].entry;
		if (!str_eq(e->file, c->data[own].entry.file) || e->line == 0)
			continue;
		if (e->line == line)
			return i;
		if (b->line == 0 || e->line < b->line)
			best = i;
	}
	return best;
}

static void add_line_name(struct gdb *g, uint32_t line, struct str file, struct buf *out)
{
	buf_printf(out, "Line %" PRIu32 " of \"%.*s\"", line, STR_ARG(file));
	gdb_wrap_hint(g, 2, out);
}

static void print_copy(struct gdb *g, const struct copies *c, size_t n, uint32_t line)
{
	size_t best = best_copy(c, n, line);
	const struct sym_line_entry *e = &c->data[best].entry;
	struct str name = gdb_display_file(g, e->file);
	struct sym_line found;
	struct file_range range;
	struct buf out = { 0 };
	if (e->line == 0) {
		gdb_print(g, "Line number %" PRIu32 " is out of range for \"%.*s\".\n", line,
			  STR_ARG(name));
		return;
	}
	uint64_t bias = c->data[best].bias;
	bool known = sym_line_range(c->data[best].module, e->addr, &found, &range);
	uint64_t start = (known ? range.start.value : e->addr.value) + bias;
	add_line_name(g, line, name, &out);
	if (known && found.line == line) {
		buf_str(&out, STR_LIT(" starts at address "));
		add_address(g, start, &out);
		gdb_wrap_hint(g, 2, &out);
		buf_str(&out, STR_LIT(" and ends at "));
		add_address(g, range.end.value + bias, &out);
		buf_str(&out, STR_LIT(".\n"));
	} else {
		buf_str(&out, STR_LIT(" is at address "));
		add_address(g, start, &out);
		gdb_wrap_hint(g, 2, &out);
		buf_str(&out, STR_LIT(" but contains no code.\n"));
	}
	gdb_print_buf(g, &out);
	buf_deinit(&out);
	g->x_next = start;
	gdb_set_last_address(g, start, NULL);
}

/* In each unit's copy of the file, or in one of them. */
static struct error *line_info(struct gdb *g, struct str file, uint32_t line, bool all)
{
	struct eng_inferior *inferior = eng_selected_inferior(g->control);
	struct eng_module *const *modules;
	struct copies copies = { 0 };
	size_t count = eng_inferior_modules(inferior, &modules);
	g->info_line = line;
	for (size_t k = 0; k < count; k++) {
		copies.module = eng_inferior_symbols(g->control, inferior, modules[k]);
		copies.bias = modules[k]->bias;
		if (copies.module && sym_has_file(copies.module, file))
			sym_line_entries(copies.module, file, line, add_copy, &copies);
	}
	size_t shown = all || copies.count == 0 ? copies.count : 1;
	size_t i = 0;
	while (i < shown && !gdb_interrupted(g))
		print_copy(g, &copies, i++, line);
	bool quit = gdb_interrupted(g) && (i < shown || copies.count == 0);
	if (copies.count == 0 && !quit)
		gdb_print(g, "Line number %" PRIu32 " is out of range for \"%.*s\".\n", line,
			  STR_ARG(gdb_display_file(g, file)));
	vec_free(&copies);
	return quit ? error_new(ERROR_USAGE, "Quit") : NULL;
}

static void address_info(struct gdb *g, uint64_t addr)
{
	uint64_t bias;
	struct sym_line line;
	struct file_range range;
	struct buf out = { 0 };
	struct sym_module *m = gdb_module_at(g, addr, &bias, NULL);
	if (m && sym_line_range(m, FILE_ADDR(addr - bias), &line, &range) && line.file.len > 0) {
		add_line_name(g, line.line, gdb_display_file(g, line.file), &out);
		buf_str(&out, STR_LIT(" starts at address "));
		add_address(g, range.start.value + bias, &out);
		gdb_wrap_hint(g, 2, &out);
		buf_str(&out, STR_LIT(" and ends at "));
		add_address(g, range.end.value + bias, &out);
		buf_str(&out, STR_LIT(".\n"));
		g->x_next = range.start.value + bias;
		gdb_set_last_address(g, g->x_next, NULL);
	} else {
		buf_str(&out, STR_LIT("No line number information available"));
		if (addr != 0) {
			buf_str(&out, STR_LIT(" for address "));
			gdb_wrap_hint(g, 2, &out);
			add_address(g, addr, &out);
		} else {
			buf_char(&out, '.');
		}
		buf_char(&out, '\n');
	}
	gdb_print_buf(g, &out);
	buf_deinit(&out);
}

struct error *gdb_run_info_line(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct eng_spec spec;
	struct str rest;
	(void)command;
	if (args.len == 0) {
		TRY(gdb_need_list_place(g));
		uint32_t listed = g->list.first ? g->list.first : g->list.last;
		uint32_t line = g->info_line ? g->info_line + 1 : listed;
		return line_info(g, arena_str(&g->scratch, str_from(g->list.file)), line, false);
	}
	gdb_dont_repeat(g);
	if (is_number(args)) {
		TRY(gdb_need_list_place(g));
		return line_info(g, arena_str(&g->scratch, str_from(g->list.file)), to_number(args), true);
	}
	TRY(gdb_parse_place(g, args, &spec, &rest));
	if (rest.len)
		return error_new(ERROR_USAGE, "Junk at end of line specification: %.*s", STR_ARG(rest));
	if (spec.kind == ENG_SPEC_LINE) {
		if (spec.file.len && gdb_find_file(g, spec.file).len == 0)
			return error_new(ERROR_NOT_FOUND, "No source file named %.*s.", STR_ARG(spec.file));
		return line_info(g, spec.file.len ? spec.file : str_from(g->list.file), spec.line, true);
	}
	if (spec.kind == ENG_SPEC_ADDRESS) {
		address_info(g, spec.address);
		return NULL;
	}
	struct eng_place *places;
	size_t count;
	spec.function_entry = true;
	TRY(eng_locate(g->control, eng_selected_inferior(g->control), &spec, &g->scratch, &places, &count));
	size_t i = 0;
	while (i < count && !gdb_interrupted(g))
		address_info(g, places[i++].address);
	return i < count ? error_new(ERROR_USAGE, "Quit") : NULL;
}

/* ---- info source ---- */

static bool first_spot(void *ctx, const struct sym_spot *spot)
{
	*(struct file_addr *)ctx = spot->addr;
	return false;
}

static bool unit_in(struct sym_module *m, struct str file, struct sym_unit_info *ret)
{
	struct file_addr addr = { 0 };
	uint32_t line;
	if (!sym_has_file(m, file))
		return false;
	struct error *err = sym_line_spots(m, file, 1, first_spot, &addr, &line);
	bool found = !err && addr.value && sym_unit_at(m, addr, ret);
	error_destroy(err);
	return found;
}

static bool unit_of_file(struct gdb *g, struct str file, struct sym_unit_info *ret)
{
	struct eng_inferior *inferior = eng_selected_inferior(g->control);
	struct eng_thread *t = eng_selected_thread(g->control);
	const struct eng_level *level = t ? eng_level(g->control, t, eng_selected_level(g->control))
					  : NULL;
	if (level && level->code.module && str_eq(level->line.file, file) &&
	    sym_unit_at(level->code.module, level->lookup_pc, ret))
		return true;
	struct sym_module *m = gdb_file_module(g, file); /* which the process may have had */
	if (m)
		return unit_in(m, file, ret);
	struct eng_module *const *modules;
	size_t count = eng_inferior_modules(inferior, &modules);
	for (size_t i = 0; i < count; i++) {
		m = eng_inferior_symbols(g->control, inferior, modules[i]);
		if (m && unit_in(m, file, ret))
			return true;
	}
	return false;
}

struct error *gdb_run_info_source(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct sym_unit_info unit;
	(void)command, (void)args;
	if (!g->list.file) {
		gdb_print(g, "No current source file.\n");
		return NULL;
	}
	struct str file = str_from(g->list.file);
	const struct gdb_source *source = gdb_source_opened(g, file);
	bool known = unit_of_file(g, file, &unit);
	gdb_print(g, "Current source file is %.*s\n", STR_ARG(gdb_display_file(g, file)));
	if (known && unit.directory.len > 0)
		gdb_print(g, "Compilation directory is %.*s\n", STR_ARG(unit.directory));
	if (source)
		gdb_print(g, "Located in %s\nContains %zu line%s.\n", gdb_source_path(source),
			  gdb_source_lines(source), gdb_source_lines(source) == 1 ? "" : "s");
	if (!known)
		return NULL;
	const char *language = gdb_language_name(unit.language);
	gdb_print(g, "Source language is %s.\n", language ? language : "unknown");
	gdb_print(g, "Producer is %.*s.\n",
		  STR_ARG(unit.producer.len ? unit.producer : STR_LIT("unknown")));
	gdb_print(g, "Compiled with DWARF %u debugging format.\n", unit.dwarf_version);
	gdb_print(g, "Does not include preprocessor macro info.\n");
	return NULL;
}
