/* The selected frame: what expressions are evaluated in, how addresses get names, how a frame is shown. */
#include "ui/gdb/looking.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- memory and modules ---- */

struct error *gdb_memory_error(uint64_t addr)
{
	return error_new(ERROR_MEMORY, "Cannot access memory at address 0x%" PRIx64, addr);
}

/* What a section holds, as gdb has it: headers and gaps between sections are not there before the program runs. */
static size_t read_file(struct eng_inferior *i, uint64_t addr, void *buf, size_t size)
{
	struct elf_file *elf = i->file.symbols ? sym_module_elf(i->file.symbols) : NULL;
	size_t done = 0;
	while (elf && done < size) {
		const uint8_t *bytes;
		uint64_t at = addr - i->file.bias + done;
		const struct elf_section *section = elf_section_at(elf, FILE_ADDR(at));
		if (!section)
			break;
		uint64_t left = section->addr.value + section->size - at;
		size_t part = left < size - done ? (size_t)left : size - done;
		if (elf_loaded_bytes(elf, FILE_ADDR(at), part, &bytes))
			memcpy((uint8_t *)buf + done, bytes, part);
		else
			memset((uint8_t *)buf + done, 0, part); /* .bss */
		done += part;
	}
	return done;
}

static size_t inferior_read(struct eng_inferior *i, uint64_t addr, void *buf, size_t size)
{
	if (i->process)
		return eng_read(i->process, RUN_ADDR(eng_process_number(i->process), addr), buf, size);
	return read_file(i, addr, buf, size);
}

size_t gdb_read(struct gdb *g, uint64_t addr, void *buf, size_t size)
{
	return inferior_read(eng_selected_inferior(g->control), addr, buf, size);
}

struct sym_module *gdb_module_at(struct gdb *g, uint64_t addr, uint64_t *ret_bias, struct eng_module **ret)
{
	struct eng_inferior *i = eng_selected_inferior(g->control);
	struct eng_module *m = NULL;
	if (i->process) {
		m = eng_module_at(i->process, addr);
	} else if (i->file.path) {
		m = &i->file;
	}
	struct sym_module *symbols = m ? eng_inferior_symbols(g->control, i, m) : NULL;
	if (!symbols)
		return NULL;
	if (!i->process && !elf_section_at(sym_module_elf(symbols), FILE_ADDR(addr - m->bias)))
		return NULL;
	*ret_bias = m->bias;
	if (ret)
		*ret = m;
	return symbols;
}

/* ---- names of addresses ---- */

static bool function_symbol(struct sym_module *m, struct file_addr addr, bool linkage,
			    struct str *ret_name, uint64_t *ret_start)
{
	const struct sym_function *f = sym_function_at(m, addr);
	struct sym_function_info info;
	if (!f)
		return false;
	sym_function_describe(f, &info);
	if (info.entry.value == 0 || info.entry.value > addr.value)
		return false;
	*ret_start = info.entry.value;
	*ret_name = linkage && info.linkage_name.len > 0 ? info.linkage_name : sym_function_path(f);
	return ret_name->len > 0;
}

/* gdb shows no label of data: how far that reaches is not known. */
static bool is_named(struct sym_module *m, const struct sym_symbol *symbol)
{
	enum { EXECUTABLE = 4 }; /* SHF_EXECINSTR */
	const struct elf_section *section = elf_section_at(sym_module_elf(m), symbol->addr);
	return symbol->sized || symbol->is_function || (section && section->flags & EXECUTABLE);
}

bool gdb_nearest_symbol(struct gdb *g, uint64_t addr, bool linkage, struct str *ret_name,
			uint64_t *ret_offset)
{
	uint64_t bias;
	struct sym_module *m = gdb_module_at(g, addr, &bias, NULL);
	if (!m)
		return false;
	struct file_addr at = FILE_ADDR(addr - bias);
	uint64_t start = 0;
	bool found = function_symbol(m, at, linkage, ret_name, &start);
	struct sym_symbol symbol;
	bool named = sym_stub_at(m, at, &symbol) ||
		     (sym_symbol_at(m, at, &symbol) && is_named(m, &symbol));
	if (named && (!found || symbol.addr.value > start)) {
		found = true;
		start = symbol.addr.value;
		*ret_name = linkage ? symbol.linkage_name
				    : sym_demangle_verbose(symbol.linkage_name, &g->scratch);
	}
	*ret_offset = at.value - start;
	return found;
}

/* " at FILE:LINE", where there is one. */
static void add_line(struct gdb *g, uint64_t addr, struct buf *out)
{
	uint64_t bias;
	struct sym_line line;
	struct sym_module *m = gdb_module_at(g, addr, &bias, NULL);
	if (!m || !sym_line_at(m, FILE_ADDR(addr - bias), &line) || !line.file.len)
		return;
	struct str file = gdb_display_file(g, line.file);
	buf_printf(out, " at %.*s:%u", STR_ARG(file), line.line);
}

static bool add_symbol(struct gdb *g, uint64_t addr, bool linkage, enum gdb_style style, struct buf *out)
{
	struct str name;
	uint64_t offset;
	uint32_t most = g->settings.max_symbolic_offset;
	if (!gdb_nearest_symbol(g, addr, linkage, &name, &offset) || (most && offset > most))
		return false;
	buf_char(out, '<');
	gdb_styled(g, style, name, out);
	if (offset)
		buf_printf(out, "+%" PRIu64, offset);
	if (g->settings.print_symbol_filename)
		add_line(g, addr, out);
	buf_char(out, '>');
	return true;
}

bool gdb_symbolise(struct gdb *g, uint64_t addr, struct buf *out)
{
	return add_symbol(g, addr, !g->settings.print.demangle, GDB_STYLE_FUNCTION, out);
}

bool gdb_symbolise_asm(void *ctx, uint64_t addr, struct buf *out)
{
	struct gdb *g = ctx;
	return add_symbol(g, addr, !g->settings.print.asm_demangle, GDB_STYLE_FUNCTION, out);
}

/* ---- the environment of a frame ---- */

static size_t env_read(void *ctx, uint64_t addr, void *buf, size_t size)
{
	const struct gdb_frame_env *e = ctx;
	return inferior_read(e->inferior, addr, buf, size);
}

static struct error *env_write(void *ctx, uint64_t addr, const void *buf, size_t size)
{
	const struct gdb_frame_env *e = ctx;
	struct eng_process *p = e->inferior->process;
	if (!p)
		return gdb_memory_error(addr);
	if (!e->g->settings.may_write_memory)
		return error_new(ERROR_USAGE,
				 "Writing to memory is not allowed (addr 0x%" PRIx64 ", len %zu)", addr,
				 size);
	struct error *err = eng_write(p, RUN_ADDR(eng_process_number(p), addr), buf, size);
	if (!err)
		return NULL;
	error_destroy(err);
	return gdb_memory_error(addr);
}

static bool env_reg(void *ctx, unsigned reg, uint64_t *ret)
{
	const struct gdb_frame_env *e = ctx;
	if (!e->level || !arch_reg_known(&e->level->unwind.regs, reg))
		return false;
	*ret = e->level->unwind.regs.value[reg];
	return true;
}

static struct error *env_set_reg(void *ctx, unsigned reg, uint64_t value)
{
	const struct gdb_frame_env *e = ctx;
	if (!e->thread || !e->level)
		return error_new(ERROR_USAGE, "No registers.");
	if (!e->g->settings.may_write_registers)
		return error_new(ERROR_USAGE, "Writing to registers is not allowed (regno %u)", reg);
	if (reg == ARCH_ORIG_RAX)
		return error_new(ERROR_UNSUPPORTED,
				 "$orig_rax is not written: it is the kernel's note of a system call.");
	return eng_level_set_reg(e->g->control, e->thread, e->level->level, reg, value);
}

/* The frame's own module first, then the others in their order. */
static bool env_module(void *ctx, size_t index, struct sym_module **ret, uint64_t *ret_bias)
{
	const struct gdb_frame_env *e = ctx;
	struct eng_module *const *modules;
	size_t count = eng_inferior_modules(e->inferior, &modules);
	const struct eng_module *own = e->level ? e->level->module : NULL;
	for (size_t i = 0, seen = 0; i < count + 1; i++) {
		struct eng_module *m = i == 0 ? (struct eng_module *)own : modules[i - 1];
		if (!m || (i > 0 && m == own))
			continue;
		struct sym_module *symbols = eng_inferior_symbols(e->g->control, e->inferior, m);
		if (!symbols || seen++ < index)
			continue;
		*ret = symbols;
		*ret_bias = m->bias;
		return true;
	}
	return false;
}

static bool env_program(void *ctx, struct sym_module **ret, uint64_t *ret_bias)
{
	const struct gdb_frame_env *e = ctx;
	struct eng_module *const *modules;
	size_t count = eng_inferior_modules(e->inferior, &modules);
	for (size_t i = 0; i < count; i++) {
		if (!modules[i]->is_main)
			continue;
		*ret = eng_inferior_symbols(e->g->control, e->inferior, modules[i]);
		*ret_bias = modules[i]->bias;
		return *ret != NULL;
	}
	return false;
}

static bool env_tls(void *ctx, struct sym_module *symbols, uint64_t offset, uint64_t *ret)
{
	const struct gdb_frame_env *e = ctx;
	struct eng_module *const *modules;
	size_t count = eng_inferior_modules(e->inferior, &modules);
	for (size_t i = 0; i < count; i++) {
		if (modules[i]->symbols != symbols)
			continue;
		struct error *err = eng_tls(e->thread, modules[i], offset, ret);
		error_destroy(err);
		return !err;
	}
	return false;
}

static void read_vectors(struct gdb_frame_env *e)
{
	struct target *target = eng_target(eng_control_session(e->g->control));
	uint8_t *bytes;
	size_t size;
	struct error *err =
		target->ops->get_xstate
			? target->ops->get_xstate(target, eng_thread_tid(e->thread), &bytes, &size)
			: error_new(ERROR_UNSUPPORTED, "no vectors");
	if (err) {
		error_destroy(err);
		return;
	}
	e->vectors_known = target->arch->vectors(bytes, size, e->vectors);
	free(bytes);
}

static bool env_caller(void *ctx, uint64_t n, struct arena *arena, struct str *ret)
{
	const struct gdb_frame_env *e = ctx;
	uint64_t wanted = e->level->level + n;
	const struct eng_level *level =
		wanted < UINT32_MAX ? eng_level(e->g->control, e->thread, (uint32_t)wanted) : NULL;
	if (level)
		*ret = arena_str(arena, gdb_level_name(e->g, level));
	return level != NULL;
}

static bool env_setting(void *ctx, struct str name, struct arena *arena, struct eval_setting *ret)
{
	const struct gdb_frame_env *e = ctx;
	return gdb_setting_read(e->g, name, arena, ret);
}

static void env_warn(void *ctx, const char *text)
{
	const struct gdb_frame_env *e = ctx;
	gdb_warn(e->g, "%s", text);
}

void gdb_frame_env_init_bare(struct gdb_frame_env *e, struct gdb *g, struct eng_thread *t,
			     const struct eng_level *level)
{
	e->g = g;
	e->thread = t;
	e->level = level;
	e->vectors_known = false;
	e->inferior = t ? eng_inferior_of(g->control, eng_thread_process(t)) : NULL;
	if (!e->inferior)
		e->inferior = eng_selected_inferior(g->control);
	e->env = (struct eval_env){
		.ctx = e,
		.arch = eng_target(eng_control_session(g->control))->arch,
		.read = env_read,
		.write = env_write,
		.module = env_module,
		.program = env_program,
		.named_register = gdb_named_register,
		.warn = env_warn,
		.setting = env_setting,
	};
	if (!t || !level)
		return;
	eng_level_eval(g->control, t, level, &e->view, &e->context, &e->frame);
	e->env.frame = &e->frame;
	e->env.reg = env_reg;
	e->env.set_reg = env_set_reg;
	e->env.set_named_register = gdb_set_named_register;
	e->env.tls = env_tls;
	e->env.call = gdb_call;
	e->env.caller = env_caller;
}

void gdb_frame_env_init(struct gdb_frame_env *e, struct gdb *g, struct eng_thread *t,
			const struct eng_level *level)
{
	gdb_frame_env_init_bare(e, g, t, level);
	if (e->env.frame)
		e->frame.xmm = eng_level_vectors(g->control, t, level);
	if (!e->env.frame || e->frame.xmm || level->unwind.index != 0 ||
	    level->code.kind != UNWIND_CODE_NATIVE)
		return;
	read_vectors(e);
	if (e->vectors_known)
		e->frame.xmm = (const uint8_t(*)[16])e->vectors;
}

const struct eval_env *gdb_env_of(struct gdb *g, struct eng_thread *t, const struct eng_level *level)
{
	struct gdb_frame_env *e = ARENA_NEW(&g->scratch, struct gdb_frame_env);
	gdb_frame_env_init(e, g, t, level);
	return &e->env;
}

const struct eval_env *gdb_env(struct gdb *g)
{
	if (g->env)
		return g->env;
	struct eng_thread *t = eng_selected_thread(g->control);
	return gdb_env_of(g, t, t ? eng_level(g->control, t, eng_selected_level(g->control)) : NULL);
}

static bool symbolise_plainly(void *ctx, uint64_t addr, struct buf *out)
{
	const struct gdb *g = ctx;
	return add_symbol(ctx, addr, !g->settings.print.demangle, GDB_PLAIN, out);
}

static bool symbolise_asm_plainly(void *ctx, uint64_t addr, struct buf *out)
{
	const struct gdb *g = ctx;
	return add_symbol(ctx, addr, !g->settings.print.asm_demangle, GDB_PLAIN, out);
}

static bool symbolise_on_screen(void *ctx, uint64_t addr, struct buf *out)
{
	return gdb_symbolise(ctx, addr, out);
}

static bool printer_interrupted(void *ctx)
{
	return gdb_interrupted(ctx);
}

void gdb_printer(struct gdb *g, const struct eval_env *env, struct eval_printer *ret)
{
	*ret = (struct eval_printer){
		.settings = g->settings.print,
		.language = eval_language(g->eval, env),
		.env = env,
		.symbolise = symbolise_plainly,
		.symbolise_linkage = symbolise_asm_plainly,
		.symbolise_ctx = g,
		.interrupted = printer_interrupted,
	};
}

static void printer_wrap(void *ctx, uint32_t indent, struct buf *out)
{
	gdb_wrap_hint(ctx, indent, out);
}

static void printer_style(void *ctx, enum eval_style style, struct str text, struct buf *out)
{
	static const enum gdb_style styles[] = {
		[EVAL_STYLE_NAME] = GDB_STYLE_VARIABLE, [EVAL_STYLE_ADDRESS] = GDB_STYLE_ADDRESS, [EVAL_STYLE_REMARK] = GDB_STYLE_METADATA
	};
	gdb_styled(ctx, styles[style], text, out);
}

void gdb_printer_on_screen(struct gdb *g, const struct eval_env *env, struct eval_printer *ret)
{
	gdb_printer(g, env, ret);
	ret->symbolise = symbolise_on_screen;
	ret->symbolise_linkage = gdb_symbolise_asm;
	ret->wrap = printer_wrap;
	ret->style = printer_style;
}

/* ---- what a command needs ---- */

struct error *gdb_need_process(struct gdb *g, struct eng_inferior **ret)
{
	struct eng_inferior *i = eng_selected_inferior(g->control);
	if (!i->process)
		return error_new(ERROR_USAGE, "The program is not being run.");
	*ret = i;
	return NULL;
}

struct error *gdb_need_thread(struct gdb *g, struct eng_thread **ret)
{
	struct eng_thread *t = eng_selected_thread(g->control);
	if (!t)
		return error_new(ERROR_USAGE, eng_selected_inferior(g->control)->process
						      ? "No thread selected"
						      : "The program is not being run.");
	*ret = t;
	return NULL;
}

struct error *gdb_need_frame(struct gdb *g, struct eng_thread **ret_thread,
			     const struct eng_level **ret_level)
{
	struct eng_thread *t = eng_selected_thread(g->control);
	const struct eng_level *level = t ? eng_level(g->control, t, eng_selected_level(g->control))
					  : NULL;
	if (!level)
		return error_new(ERROR_USAGE, "No stack.");
	*ret_thread = t;
	*ret_level = level;
	return NULL;
}

/* DW_LANG_… as gdb calls them. */
const char *gdb_language_name(uint16_t language)
{
	switch (language) {
	case 0x1c:
		return "rust";
	case 0x01:
	case 0x02:
	case 0x0c:
	case 0x1d:
		return "c";
	case 0x04:
	case 0x1a:
	case 0x21:
		return "c++";
	case 0x8001:
		return "asm";
	default:
		return NULL;
	}
}

/* ---- showing a frame ---- */

bool gdb_styling(struct gdb *g)
{
	return g->settings.style_enabled;
}

void gdb_styled(struct gdb *g, enum gdb_style style, struct str text, struct buf *out)
{
	char buffer[GDB_STYLE_LENGTH];
	if (style == GDB_PLAIN || !gdb_styling(g)) {
		buf_str(out, text);
		return;
	}
	struct str start = str_from(gdb_style_start(g, style, buffer));
	buf_str(out, start);
	buf_str(out, text);
	if (start.len)
		buf_str(out, STR_LIT("\033[m"));
}

struct str gdb_level_name(struct gdb *g, const struct eng_level *level)
{
	if (level->function)
		return sym_function_path(level->function);
	if (level->info.linkage_name.len > 0)
		return sym_demangle_verbose(level->info.linkage_name, &g->scratch);
	return level->info.name;
}

/* The line of an outer function of an inlined chain is the call's, if it is known; there is no instruction that it could be in the middle of. */
bool gdb_level_shows_address(const struct eng_level *level)
{
	return !level->pc_is_line_start;
}

/* An argument as `set print entry-values` wants it shown. */
struct argument {
	bool has_now, has_entry;
	bool same; /* name=name@entry=now */
	struct eval_value now, entry;
};

static bool same_value(const struct eval_value *a, const struct eval_value *b)
{
	return a->state == EVAL_OK && b->state == EVAL_OK && a->size == b->size && !a->lost &&
	       !b->lost && a->bytes && b->bytes && memcmp(a->bytes, b->bytes, a->size) == 0;
}

/* All of it, or a part. */
static bool is_lost(const struct eval_value *v)
{
	return (v->state == EVAL_OPTIMISED_OUT && !v->pointee) || v->lost;
}

static void read_argument(struct gdb *g, const struct eval_env *env, const struct sym_variable *v,
			  struct arena *arena, struct argument *ret)
{
	struct str mode = str_from(g->settings.entry_values);
	bool only = str_is(mode, "only"), preferred = str_is(mode, "preferred"),
	     both = str_is(mode, "both");
	bool compact = str_is(mode, "compact"), if_needed = str_is(mode, "if-needed");
	struct argument a = { .has_now = !only && !preferred };
	if (a.has_now)
		eval_read_variable(env, v, arena, &a.now);
	bool lost = a.has_now && is_lost(&a.now);
	if (!str_is(mode, "no") && (!if_needed || lost))
		a.has_entry = eval_read_entry_value(env, v, arena, &a.entry);
	if (a.has_entry && (compact || str_is(mode, "default")) && same_value(&a.now, &a.entry)) {
		a.same = true;
		a.has_entry = false;
	} else if (!a.has_entry) {
		if (preferred) {
			a.has_now = true;
			eval_read_variable(env, v, arena, &a.now);
			lost = is_lost(&a.now);
		}
		if (only || both || (preferred && lost)) {
			a.has_entry = true;
			a.entry = (struct eval_value){ .state = EVAL_OPTIMISED_OUT,
						       .type = sym_variable_type(v) };
		}
	}
	if ((compact || if_needed || preferred) && lost && a.has_entry)
		a.has_now = false;
	*ret = a;
}

static void add_argument_value(struct gdb *g, const struct eval_printer *printer,
			       const struct eval_value *value, struct buf *out)
{
	struct error *err;
	size_t before = out->len;
	if (value->state == EVAL_UNREADABLE)
		err = eval_check(value);
	else if (strcmp(g->settings.frame_arguments, "all") == 0)
		err = eval_print(printer, value, (struct eval_format_spec){ 0 }, false, out);
	else
		err = eval_print_argument(printer, value, out);
	if (err) {
		out->len = before;
		buf_printf(out, "<error reading variable: %s>", err->message);
		error_destroy(err);
	}
}

static void add_argument(struct gdb *g, const struct eval_printer *printer, const struct sym_variable *v,
			 struct arena *arena, struct buf *out)
{
	struct argument a;
	struct str name = sym_variable_name(v);
	if (strcmp(g->settings.frame_arguments, "none") == 0) {
		gdb_styled(g, GDB_STYLE_VARIABLE, name, out);
		buf_str(out, STR_LIT("=..."));
		return;
	}
	read_argument(g, printer->env, v, arena, &a);
	struct str entry = arena_printf(arena, "%.*s@entry", STR_ARG(name));
	if (a.has_now) {
		struct str both = a.same ? arena_printf(arena, "%.*s=%.*s", STR_ARG(name), STR_ARG(entry))
					 : name;
		gdb_styled(g, GDB_STYLE_VARIABLE, both, out);
		buf_char(out, '=');
		add_argument_value(g, printer, &a.now, out);
	}
	if (!a.has_entry)
		return;
	if (a.has_now)
		buf_str(out, STR_LIT(", "));
	gdb_styled(g, GDB_STYLE_VARIABLE, entry, out);
	buf_char(out, '=');
	add_argument_value(g, printer, &a.entry, out);
}

void gdb_print_arguments(struct gdb *g, struct gdb_frame_env *e, const struct eng_level *level,
			 struct arena *arena, struct buf *out)
{
	const struct sym_variable *const *params;
	size_t count = level->function ? sym_function_listed_params(level->function, &params) : 0;
	struct eval_printer printer;
	if (count == 0)
		return;
	if (strcmp(g->settings.frame_arguments, "presence") == 0) {
		bool any = false; /* what has no name is not shown otherwise, either */
		for (size_t i = 0; i < count; i++)
			any |= sym_variable_name(params[i]).len > 0;
		buf_str(out, any ? STR_LIT("...") : STR_EMPTY);
		return;
	}
	gdb_frame_env_init(e, g, e->thread, level);
	gdb_printer(g, &e->env, &printer);
	bool first = true;
	for (size_t i = 0; i < count; i++) {
		struct str name = sym_variable_name(params[i]);
		if (name.len == 0)
			continue;
		if (!first)
			buf_str(out, STR_LIT(", "));
		first = false;
		gdb_wrap_hint(g, 4, out);
		add_argument(g, &printer, params[i], arena, out);
	}
}

static void add_place(struct gdb *g, const struct eng_level *level, struct buf *out)
{
	char number[16];
	if (level->line.file.len > 0) {
		gdb_wrap_hint(g, 3, out);
		buf_str(out, STR_LIT(" at "));
		gdb_styled(g, GDB_STYLE_FILE, gdb_display_file(g, level->line.file), out);
		buf_char(out, ':');
		snprintf(number, sizeof number, "%" PRIu32, level->line.line);
		buf_str(out, str_from(number));
	} else if (level->module && !level->module->is_main && !level->module->is_vdso) {
		gdb_wrap_hint(g, 2, out);
		buf_str(out, STR_LIT(" from "));
		gdb_styled(g, GDB_STYLE_FILE, gdb_library_name(g, level->module), out);
	}
}

static void add_address(struct gdb *g, uint64_t addr, struct buf *out)
{
	char text[24];
	snprintf(text, sizeof text, "0x%016" PRIx64, addr);
	gdb_styled(g, GDB_STYLE_ADDRESS, str_from(text), out);
}

void gdb_frame_location(struct gdb *g, struct eng_thread *t, const struct eng_level *level,
			bool with_level, bool force_address, struct arena *arena, struct buf *out)
{
	struct gdb_frame_env *e = ARENA_NEW(arena, struct gdb_frame_env);
	e->thread = t;
	if (with_level)
		buf_printf(out, "#%-2" PRIu32 " ", level->level);
	if (level->unwind.signal_frame) {
		buf_str(out, STR_LIT("<signal handler called>\n"));
		return;
	}
	if (level->left_call) {
		buf_str(out, STR_LIT("<function called from gdb>\n"));
		return;
	}
	bool known = level->line.file.len > 0;
	if (g->settings.print.address && (!known || force_address || gdb_level_shows_address(level))) {
		add_address(g, level->unwind.pc.value, out);
		buf_str(out, STR_LIT(" in "));
	}
	struct str name = gdb_level_name(g, level);
	gdb_styled(g, name.len ? GDB_STYLE_FUNCTION : GDB_PLAIN, name.len ? name : STR_LIT("??"), out);
	gdb_wrap_hint(g, 3, out);
	buf_str(out, STR_LIT(" ("));
	gdb_print_arguments(g, e, level, arena, out);
	buf_char(out, ')');
	if (strcmp(g->settings.frame_info, "short-location") != 0)
		add_place(g, level, out);
	buf_char(out, '\n');
}

/* The source line, or, where that can be done, the sign by which an editor finds it itself. */
static void print_source(struct gdb *g, const struct eng_level *level, bool alone)
{
	struct gdb_source *source;
	if (g->fullname) {
		struct error *err = gdb_source_open(g, level->line.file, STR_EMPTY, &source);
		if (!err) {
			gdb_print(g, "\032\032%s:%" PRIu32 ":%zu:%s:0x%" PRIx64 "\n",
				  gdb_source_path(source), level->line.line,
				  gdb_source_offset(source, level->line.line),
				  gdb_level_shows_address(level) ? "middle" : "beg",
				  level->unwind.pc.value);
			return;
		}
		error_destroy(err);
	}
	if (alone && g->settings.print.address && gdb_level_shows_address(level)) {
		struct buf text = { 0 };
		add_address(g, level->unwind.pc.value, &text);
		buf_char(&text, '\t');
		gdb_print_buf(g, &text);
		buf_deinit(&text);
	}
	gdb_print_source_line(g, level->line.file, level->line.line);
}

/* `set print frame-info` overrides what a command wants. */
static unsigned wanted_parts(const struct gdb *g, unsigned what, bool *ret_address)
{
	const char *info = g->settings.frame_info;
	unsigned level = what & GDB_FRAME_LEVEL;
	*ret_address = strcmp(info, "location-and-address") == 0;
	if (strcmp(info, "source-line") == 0)
		return level | GDB_FRAME_SOURCE;
	if (strcmp(info, "location") == 0 || strcmp(info, "short-location") == 0 || *ret_address)
		return level | GDB_FRAME_LOCATION;
	if (strcmp(info, "source-and-location") == 0)
		return level | GDB_FRAME_LOCATION | GDB_FRAME_SOURCE;
	return what;
}

void gdb_print_frame(struct gdb *g, struct eng_thread *t, const struct eng_level *level, unsigned what)
{
	if (gdb_show_frame(g, t, level, what))
		gdb_list_from(g, level->line.file, level->line.line);
}

bool gdb_show_frame(struct gdb *g, struct eng_thread *t, const struct eng_level *level, unsigned what)
{
	bool force_address;
	what = wanted_parts(g, what, &force_address);
	bool known = level->line.file.len > 0;
	if (level->level == eng_selected_level(g->control))
		gdb_see_language(g, level);
	if ((what & GDB_FRAME_LOCATION) || !known) {
		struct buf text = { 0 };
		struct arena arena = ARENA_INIT;
		gdb_frame_location(g, t, level, what & GDB_FRAME_LEVEL, force_address, &arena, &text);
		gdb_print_buf(g, &text);
		buf_deinit(&text);
		arena_deinit(&arena);
	}
	if (!(what & GDB_FRAME_SOURCE))
		return false;
	bool shown = known && !level->unwind.signal_frame;
	if (shown)
		print_source(g, level, !(what & GDB_FRAME_LOCATION));
	if (g->settings.disassemble_next_line)
		gdb_disassemble_line(g, level);
	return shown;
}
