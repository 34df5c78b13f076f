/* What the commands that look at a stopped program share; gdb_internal.h has what the others use too. */
#pragma once

#include "symbols/lookup.h"
#include "ui/gdb/gdb_internal.h"

/* ---- frame.c ---- */

/* What a frame is evaluated in, with everything that the environment points at. */
struct gdb_frame_env {
	struct eval_env env; /* ctx is the whole */
	struct gdb *g;
	struct eng_inferior *inferior;
	struct eng_thread *thread; /* NULL: none is stopped */
	const struct eng_level *level;
	struct eng_view view;
	struct unwind_context context;
	struct eval_frame frame;
	bool vectors_known;
	uint8_t vectors[16][16];
};
void gdb_frame_env_init(struct gdb_frame_env *e, struct gdb *g, struct eng_thread *t,
			const struct eng_level *level);
/* Without vector registers, which cost a system call. */
void gdb_frame_env_init_bare(struct gdb_frame_env *e, struct gdb *g, struct eng_thread *t,
			     const struct eng_level *level);
/* As gdb names a frame's function: "shapes::gen<u8>", "main"; empty: "??". */
struct str gdb_level_name(struct gdb *g, const struct eng_level *level);
/* Memory of the selected inferior, or, without a process, of its file. Bytes read from the front. */
size_t gdb_read(struct gdb *g, uint64_t addr, void *buf, size_t size);
/* "Cannot access memory at address 0x…" */
struct error *gdb_memory_error(uint64_t addr) ERROR_CHECK;
/* The module of the selected inferior that holds a run-time address, with its symbols; NULL: none. */
struct sym_module *gdb_module_at(struct gdb *g, uint64_t addr, uint64_t *ret_bias, struct eng_module **ret);
/* "<_ZN6shapes4main17hf5fd5fdfcdcdb145E+7>": with the linkage name, as in disassembly, unless `print asm-demangle` is on. */
bool gdb_symbolise_asm(void *ctx, uint64_t addr, struct buf *out);
/* The name and distance that both make: false when there is none. */
bool gdb_nearest_symbol(struct gdb *g, uint64_t addr, bool linkage, struct str *ret_name,
			uint64_t *ret_offset);
/* Should the address be shown in front of a level's line? */
bool gdb_level_shows_address(const struct eng_level *level);
void gdb_print_arguments(struct gdb *g, struct gdb_frame_env *e, const struct eng_level *level,
			 struct arena *arena, struct buf *out);
/* One line "#0  … (…) at file:line" without the source. */
void gdb_frame_location(struct gdb *g, struct eng_thread *t, const struct eng_level *level,
			bool with_level, bool force_address, struct arena *arena, struct buf *out);
/* Of a name: with print styles. */
void gdb_styled(struct gdb *g, enum gdb_style style, struct str text, struct buf *out);

/* ---- registers.c ---- */

bool gdb_named_register(void *ctx, struct str name, struct arena *arena, struct eval_value *ret);
struct error *gdb_set_named_register(void *ctx, struct str name, size_t offset, const uint8_t *bytes,
				     size_t size) ERROR_CHECK;
/* Bytes of the widest vector registers that the thread has: 16, 32, 64; *ret_masks: k0 to k7 too. */
unsigned gdb_vector_width(struct eng_thread *t, bool *ret_masks);

/* ---- siginfo.c ---- */

/* Of $_siginfo: Linux' siginfo_t, with gdb's names. */
const struct sym_type *gdb_siginfo_type(void);

/* ---- call.c ---- */

struct error *gdb_call(void *ctx, uint64_t function, const struct sym_function *f,
		       const struct eval_value *args, size_t count, struct arena *arena,
		       struct eval_value *ret);

/* ---- source.c ---- */

/* Lines [first, last] with their numbers. ERROR when there are none of them, in gdb's words. Sets where `list` goes on. */
struct error *gdb_list_lines(struct gdb *g, struct str file, uint32_t first, uint32_t last) ERROR_CHECK;
/* Where `list` stands when nothing was said or shown yet: around main. */
struct error *gdb_need_list_place(struct gdb *g) ERROR_CHECK;
/* A frame at this line was shown: `list` begins around it. */
void gdb_list_from(struct gdb *g, struct str file, uint32_t line);
size_t gdb_source_offset(const struct gdb_source *s, size_t line); /* of the line's first byte in the file */
bool gdb_styling(struct gdb *g);                                   /* stdout shows colours */
/* `set substitute-path`: the part of source.c that knows toolchains calls it for nothing else. */
struct error *gdb_substitute_add(struct gdb *g, struct str from, struct str to) ERROR_CHECK;
struct error *gdb_substitute_remove(struct gdb *g, struct str from) ERROR_CHECK; /* empty: all */
void gdb_substitute_show(struct gdb *g, struct str from);
/* Forgets which files were found and which were not. */
void gdb_sources_forget(struct gdb *g);
void gdb_sources_destroy(struct gdb *g);

/* ---- rust_src.c: where a toolchain keeps the sources of its standard library ---- */

/* "/rustc/HASH/library/core/src/…" → a path that may exist, on the heap; NULL: no toolchain of this hash is known, or `path` is no such.
 * *ret_advice (on the heap or NULL): what to install. */
char *gdb_rust_src_find(struct str path, char **ret_advice);

/* ---- commands_stack.c ---- */

/* Level n as the user may go to it: none above main unless `backtrace past-main` is on, none behind `backtrace limit`. */
const struct eng_level *gdb_level(struct gdb *g, struct eng_thread *t, uint32_t n);
/* Locals of a frame, innermost block first, one a line behind `indent` blanks. filters: NULL or regular expressions. */
struct gdb_variable_filter {
	struct str name, type; /* regular expressions; empty: all */
	bool quiet, debug_only;
};
enum { GDB_FILTER_TYPE = 1, GDB_FILTER_DEBUG_ONLY = 2 }; /* what there is beside -q */
struct error *gdb_print_locals(struct gdb *g, struct eng_thread *t, const struct eng_level *level,
			       unsigned indent, const struct gdb_variable_filter *filter) ERROR_CHECK;
struct error *gdb_print_args(struct gdb *g, struct eng_thread *t, const struct eng_level *level,
			     const struct gdb_variable_filter *filter) ERROR_CHECK;
/* "-q -n -t TYPE NAME" */
struct error *gdb_take_filter(struct str args, unsigned allowed,
			      struct gdb_variable_filter *ret) ERROR_CHECK;
/* "level 3", "function f", "address 0x…", "3", "" (the selected one): the frame, not selected. */
struct error *gdb_find_frame(struct gdb *g, struct str args, struct eng_thread **ret_thread,
			     const struct eng_level **ret) ERROR_CHECK;
/* Flags of `frame apply` and `thread apply`: "-c -q -s". */
struct gdb_apply_flags {
	bool quiet, go_on, silent;
};
struct error *gdb_take_apply_flags(struct str *args, struct gdb_apply_flags *ret) ERROR_CHECK;

/* ---- regular expressions as gdb's info commands take them (basic ones) ---- */

struct gdb_regex;
struct error *gdb_regex_new(struct str text, struct gdb_regex **ret) ERROR_CHECK; /* NULL for an empty one */
struct error *gdb_regex_new_extended(struct str text, struct gdb_regex **ret) ERROR_CHECK; /* skip's */
bool gdb_regex_matches(const struct gdb_regex *r, struct str text); /* NULL: all */
void gdb_regex_destroy(struct gdb_regex *r);

/* ---- format.c ---- */

/* eval_as_address; a structure is none, as with gdb. */
struct error *gdb_as_address(const struct eval_value *value, uint64_t *ret) ERROR_CHECK;

/* ---- info_frame.c ---- */

struct error *gdb_info_frame(struct gdb *g, const struct gdb_command *command, struct str args) ERROR_CHECK;
const char *gdb_language_name(uint16_t dwarf_language); /* "rust", "c" …, as gdb says; NULL: one that it does not know */

/* ---- commands_natvis.c ---- */

/* As its author's visualiser shows it; false: print it as ever. */
bool gdb_natvis_print(struct gdb *g, const struct eval_value *value,
		      const struct eval_print_settings *settings, struct buf *out);

/* ---- commands of the table in commands_data.c, by file ---- */

/* print.c */
gdb_run_fn gdb_run_print, gdb_run_call, gdb_run_output, gdb_run_set_variable, gdb_run_whatis,
	gdb_run_ptype;
struct error *gdb_take_print_options(struct str *args, struct eval_print_settings *settings) ERROR_CHECK;
struct error *gdb_take_value_format(struct str *args, const char *command,
				    struct gdb_format *ret) ERROR_CHECK;
struct error *gdb_print_value(struct gdb *g, const struct eval_value *value,
			      struct eval_format_spec format, const struct eval_print_settings *settings,
			      const char *before) ERROR_CHECK;
/* examine.c */
gdb_run_fn gdb_run_x;
struct error *gdb_examine(struct gdb *g, const struct gdb_format *format, uint64_t addr) ERROR_CHECK;
/* display.c */
gdb_run_fn gdb_run_display, gdb_run_undisplay, gdb_run_enable_display, gdb_run_disable_display,
	gdb_run_info_display;
/* memory.c */
gdb_run_fn gdb_run_find, gdb_run_dump_memory, gdb_run_dump_value, gdb_run_restore;
/* disassemble.c */
gdb_run_fn gdb_run_disassemble;
void gdb_disassemble_line(struct gdb *g,
			  const struct eng_level *level); /* behind a frame's source line, as set */
struct error *gdb_read_insn(struct gdb *g, uint64_t addr, uint8_t bytes[ARCH_INSN_MAX], size_t *ret_size,
			    struct arch_insn *ret) ERROR_CHECK;
struct error *gdb_format_insn(struct gdb *g, uint64_t addr, struct buf *out, uint8_t *ret_length,
			      uint8_t ret_bytes[ARCH_INSN_MAX]) ERROR_CHECK;
/* list.c */
gdb_run_fn gdb_run_list, gdb_run_search, gdb_run_reverse_search, gdb_run_info_line, gdb_run_info_source;
/* The module whose line tables have that path, as far as it was asked for by its name; NULL: not known. */
struct sym_module *gdb_file_module(struct gdb *g, struct str path);
/* The full path of a source file by its end; empty: none. */
struct str gdb_find_file(struct gdb *g, struct str name);
const struct gdb_source *gdb_source_opened(struct gdb *g,
					   struct str path); /* NULL: not found, or not asked for yet */
/* info_symbol.c */
gdb_run_fn gdb_run_info_symbol, gdb_run_info_address, gdb_run_info_scope;
/* info_registers.c */
gdb_run_fn gdb_run_info_registers, gdb_run_info_all_registers, gdb_run_info_float, gdb_run_info_vector;
/* threads.c */
typedef struct error *gdb_thread_fn(void *ctx, struct gdb *g, struct eng_thread *t);
/* Thread IDs "1 2-4 1.3 2.*" at the front of *text, which then begins behind them. Unknown ones are passed to `unknown`. */
struct gdb_thread_list {
	VEC(struct eng_thread *) threads;
	bool any; /* there was an ID at all */
};
struct error *gdb_take_threads(struct gdb *g, struct str *text, bool warn,
			       struct gdb_thread_list *ret) ERROR_CHECK;
/* info_process.c */
struct str gdb_library_name(struct gdb *g,
			    struct eng_module *m); /* as the dynamic linker calls it; until the next call */
gdb_run_fn gdb_run_info_sharedlibrary, gdb_run_info_files, gdb_run_info_proc, gdb_run_info_auxv,
	gdb_run_info_program;
/* Of those that breakpoints stand in, for when they are unloaded; empty: it has none. */
void gdb_remember_libraries(struct gdb *g);
struct str gdb_remembered_library(struct gdb *g, struct str path);
void gdb_forget_libraries(struct gdb *g);
/* signals.c */
gdb_run_fn gdb_run_info_signals, gdb_run_handle, gdb_run_signal, gdb_run_queue_signal;
/* returning.c */
gdb_run_fn gdb_run_return;
/* info_names.c */
/* Functions whose name matches, in the order of `info functions`; file: in files of this name only, empty: all, and symbols without debug
 * information (path empty) too. name: as a breakpoint's place has it, text: as `info functions` shows it. An error ends it. */
typedef struct error *gdb_function_fn(void *ctx, struct str path, struct str name, struct str text);
struct error *gdb_each_function(struct gdb *g, struct str file, struct str regex, gdb_function_fn *fn,
				void *ctx) ERROR_CHECK;
gdb_run_fn gdb_run_info_functions, gdb_run_info_variables, gdb_run_info_types, gdb_run_info_sources;
