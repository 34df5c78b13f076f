/* What the files of gdb's dialect share. A command is a row in a table of one of the files commands_*.c; shell.c puts the tables together,
 * finds the command for a line and runs it; everything that is printed goes through output.c. */
#pragma once

#include "base/buf.h"
#include "base/map.h"
#include "base/vec.h"
#include "engine/control.h"
#include "eval/expr.h"
#include "eval/print.h"
#include "ui/gdb/gdb.h"

struct gdb;
struct gdb_command;

/* ---- commands ---- */

/* `args`: what follows the command's words, blanks around it stripped; empty when nothing does. Errors are printed as gdb prints its own and
 * end the script that the command stands in. */
typedef struct error *gdb_run_fn(struct gdb *g, const struct gdb_command *command, struct str args);
/* Adds candidates (full words that `word` begins) for the text before the cursor, with gdb_complete_add. */
typedef void gdb_complete_fn(struct gdb *g, struct str args, struct str word);

enum gdb_class {
	GDB_CLASS_NONE, /* aliases */
	GDB_CLASS_ALIASES,
	GDB_CLASS_BREAKPOINTS,
	GDB_CLASS_DATA,
	GDB_CLASS_FILES,
	GDB_CLASS_INTERNALS,
	GDB_CLASS_OBSCURE,
	GDB_CLASS_RUNNING,
	GDB_CLASS_STACK,
	GDB_CLASS_STATUS,
	GDB_CLASS_SUPPORT,
	GDB_CLASS_TUI,
	GDB_CLASS_USER,
};

enum {
	GDB_ONCE = 1,         /* Enter does not run it again … */
	GDB_REPEATS_BARE = 2, /* … or does so without its arguments (list, x: they go on) */
	GDB_SLASH = 4, /* takes /FMT directly behind its name: "x/4i", "print/x", "disassemble /s"; args begin with it */
	GDB_COVERS = 16,    /* its help is that of whatever words follow it, too */
	GDB_KEEPS_TEXT = 8, /* args are not stripped of trailing blanks (echo, set prompt) */
};

struct gdb_command {
	const char *name; /* "info breakpoints": prefix words first */
	const char *aliases; /* other names, by spaces ("b br bre brea"); exact matches even when ambiguous. NULL */
	enum gdb_class class;
	unsigned flags;
	gdb_run_fn *run;           /* NULL: a prefix that wants a word */
	gdb_complete_fn *complete; /* NULL: none */
	/* As gdb's `help` shows it; the first line, which ends in a full stop, is the summary in lists. */
	const char *help;
};
struct gdb_command_table {
	const struct gdb_command *commands;
	size_t count;
};
/* One per file, joined in shell.c. */
extern const struct gdb_command_table gdb_commands_support, gdb_commands_settings, gdb_commands_files,
	gdb_commands_run, gdb_commands_breakpoints, gdb_commands_stack, gdb_commands_data,
	gdb_commands_info, gdb_commands_threads, gdb_commands_source, gdb_commands_natvis,
	gdb_commands_refused, gdb_commands_catch, gdb_commands_inferiors, gdb_commands_small,
	gdb_commands_skip;

/* Runs one line as if it had been typed. from_tty: typed by a person: questions are asked, more is said. */
struct error *gdb_execute(struct gdb *g, struct str line, bool from_tty) ERROR_CHECK;
/* The same with what it prints to stdout kept in `out` instead (thread apply -s). */
struct error *gdb_execute_to(struct gdb *g, struct str line, struct buf *out) ERROR_CHECK;
/* The command that runs was typed by a person. */
bool gdb_from_tty(const struct gdb *g);
/* Several lines, if/while among them; stops at the first error. */
struct error *gdb_execute_lines(struct gdb *g, char *const *lines, size_t count, bool from_tty) ERROR_CHECK;
/* Enter does not run the command that runs again … */
void gdb_dont_repeat(struct gdb *g);
/* … or does so with other arguments. */
void gdb_repeat_as(struct gdb *g, const struct gdb_command *command, const char *args);
/* Lines up to `end` from where commands come from (terminal with the prompt ">", or the script), nested ones included. Malloc'ed. */
struct error *gdb_read_body(struct gdb *g, const char *banner, char ***ret_lines,
			    size_t *ret_count) ERROR_CHECK;
/* "(y or n) " → true for yes; true without asking when confirm is off or nobody is there to ask. gdb's suffix in that case is printed. */
bool gdb_query(struct gdb *g, const char *format, ...) ERROR_PRINTF(2, 3);
/* "(y or [n]) ": no where nobody answers. */
bool gdb_query_no(struct gdb *g, const char *format, ...) ERROR_PRINTF(2, 3);

/* Runs hook-stop; for whoever shows a stop, before it does. */
struct error *gdb_run_stop_hook(struct gdb *g) ERROR_CHECK;

/* ---- output ---- */

enum gdb_style {
	GDB_PLAIN,
	GDB_STYLE_FILE,      /* green */
	GDB_STYLE_FUNCTION,  /* yellow */
	GDB_STYLE_VARIABLE,  /* cyan */
	GDB_STYLE_ADDRESS,   /* blue */
	GDB_STYLE_TITLE,     /* bold */
	GDB_STYLE_HIGHLIGHT, /* red */
	GDB_STYLE_METADATA,  /* dim */
};
/* What begins a style on the terminal: an escape sequence, or empty. */
enum { GDB_STYLE_LENGTH = 32 };
const char *gdb_style_start(const struct gdb *g, enum gdb_style style, char buffer[GDB_STYLE_LENGTH]);
void gdb_settings_init(struct gdb *g);
void gdb_settings_deinit(struct gdb *g);
/* Tells the engine. */
void gdb_settings_apply(struct gdb *g);
/* To stdout through the pager. Text of the debuggee is escaped before it comes here, except values (eval_print escapes). */
void gdb_print(struct gdb *g, const char *format, ...) ERROR_PRINTF(2, 3);
void gdb_print_str(struct gdb *g, struct str text);
void gdb_print_styled(struct gdb *g, enum gdb_style style, struct str text);
void gdb_print_buf(struct gdb *g, struct buf *text); /* and empties it */
/* A line that gets too long may be broken here, the next one indented so much. Where nothing is wrapped it is nothing. */
void gdb_wrap_hint(struct gdb *g, uint32_t indent, struct buf *out);
void gdb_print_wrap_hint(struct gdb *g, uint32_t indent);
/* To stderr (warnings, errors): "warning: …". A whole line, newline added. */
void gdb_warn(struct gdb *g, const char *format, ...) ERROR_PRINTF(2, 3);
/* The same with another word in front ("Warning: "), as gdb writes some. */
void gdb_warn_as(struct gdb *g, const char *word, const char *format, ...) ERROR_PRINTF(3, 4);
void gdb_flush(struct gdb *g);
/* The user pressed Ctrl-C (or q at the pager) since the command began: long output ends. */
bool gdb_interrupted(struct gdb *g);
/* A table with columns as gdb's `info breakpoints`: widths are the caller's. */

/* ---- settings: a table too ---- */

enum gdb_setting_kind {
	GDB_SETTING_BOOL,      /* bool */
	GDB_SETTING_AUTO_BOOL, /* int: 0, 1, -1 auto */
	GDB_SETTING_UINT,      /* uint32_t, 0 or "unlimited": 0 */
	GDB_SETTING_UINT_MAX,  /* uint32_t, "unlimited": UINT32_MAX, 0 is 0 (max-depth: -1) */
	GDB_SETTING_ZUINT,     /* uint32_t, no unlimited */
	GDB_SETTING_ENUM,      /* const char *, one of `choices` */
	GDB_SETTING_STRING,    /* char *, malloc'ed */
	GDB_SETTING_FILENAME,  /* the same, completed as a file */
};
struct gdb_setting {
	const char *name; /* "print elements" */
	enum gdb_setting_kind kind;
	size_t offset;       /* of the variable in struct gdb_settings */
	const char *choices; /* ENUM: by spaces */
	const char *help;    /* gdb's for `help set …`: "Set … ." first line; "Show" is derived */
	const char *show;    /* `show` prints this with %s for the value: "Limit on … is %s." */
	/* After a set; an error undoes it. NULL. */
	struct error *(*changed)(struct gdb *g);
	/* What `show` says, where one sentence does not do. NULL. */
	void (*shown)(struct gdb *g, struct buf *out);
	const char *idle; /* why it has no effect, a sentence without its beginning; NULL: it has one */
};
/* The variable of a setting of settings_more.c. */
struct gdb_more_setting {
	union {
		bool flag;
		int automatic;
		uint32_t number;
		const char *choice;
		char *text;
	};
	bool set; /* else it has its initial value, whatever stands here */
};
enum { GDB_MORE_SETTINGS = 176 };

/* Whatever `set` sets, with gdb's defaults filled in by gdb_settings_init. Add a field here, and a row and a default in settings_table.c. */
struct gdb_settings {
	bool confirm, pagination, style_enabled, style_sources, verbose, trace_commands, history_save,
		history_expansion, editing, suppress_notifications, startup_quietly;
	bool step_std, disable_randomization, detach_on_fork, startup_with_shell, schedule_multiple,
		unwind_on_signal, print_thread_events, print_inferior_events, print_symbol_filename,
		print_sevenbit, print_finish, print_nibbles, print_raw_values, print_raw_frame_arguments,
		backtrace_past_main, backtrace_past_entry, breakpoint_always_inserted,
		breakpoint_auto_hw, step_stops_without_lines, may_call_functions, may_write_memory,
		may_write_registers, auto_solib_add, type_hex, source_open, print_natvis;
	uint32_t width, height, listsize, history_size, history_duplicates, backtrace_limit,
		max_completions, max_user_call_depth, max_value_size, stop_on_solib,
		can_use_hw_watchpoints, max_symbolic_offset, input_radix, output_radix;
	int breakpoint_pending, disassemble_next_line; /* -1: auto */
	const char *follow_fork_mode, *follow_exec_mode, *scheduler_locking, *disassembly_flavor,
		*language, *frame_arguments, *frame_info, *entry_values, *filename_display,
		*multiple_symbols, *case_sensitive, *symbol_loading, *dprintf_style;
	bool logging_enabled, logging_overwrite, logging_redirect, logging_debugredirect;
	char *prompt, *args, *cwd, *inferior_tty, *history_filename, *debug_file_directory, *sysroot,
		*directories, *solib_search_path, *logging_file, *exec_wrapper, *disassembler_options;
	struct eval_print_settings print;
	/* Accepted so that scripts written for gdb run; oxdb behaves as their only sensible value says. */
	struct {
		bool flags[32];
		uint32_t numbers[16];
		const char *choices[8];
		char *texts[8];
	} idle;
	struct gdb_more_setting more[GDB_MORE_SETTINGS];
};

/* ---- the session ---- */

struct gdb_display {
	uint32_t number;
	bool enabled, memory; /* memory: as by x */
	uint64_t count;       /* of x */
	struct eval_format_spec format;
	char *text;
	struct eval_expr *expr;
	const struct sym_function *function; /* whose locals it uses: shown in its frames only; NULL: everywhere */
	char *function_name;
};

/* Where `list` goes on. */
struct gdb_list_place {
	const void *unit_file; /* which unit's file it is; only compared */
	char *file;            /* full path as the debug information has it; NULL: not set yet */
	uint32_t first, last;  /* lines that were listed last; 0: none */
};

/* What the dynamic linker calls a library that has, or had, breakpoints in it. */
struct gdb_library {
	char *path, *name;
};

/* `thread name`. */
struct gdb_thread_name {
	uint32_t number; /* eng_thread_global_number */
	char *name;
};

/* skip.c: functions that `step` runs through. */
struct gdb_skip {
	uint32_t number;
	bool enabled, glob;      /* glob: `file` is a pattern */
	char *file, *function;   /* as given; NULL: any */
	struct gdb_regex *regex; /* NULL: `function` is a name */
};

struct gdb_shell;   /* shell.c: input, history, scripts, user's commands */
struct gdb_output;  /* output.c */
struct gdb_sources; /* source.c: files and where they were found */

struct gdb {
	struct eng_control *control;
	struct eval_session *eval;
	struct gdb_settings settings;
	uint32_t settings_of; /* the inferior whose args, cwd and tty are in them */
	struct gdb_shell *shell;
	struct gdb_output *output;
	struct gdb_sources *sources;
	struct nv_set *natvis; /* commands_natvis.c; NULL: not asked for yet */
	VEC(struct gdb_display) displays;
	uint32_t last_display;
	VEC(struct gdb_skip) skips;
	VEC(struct gdb_library) libraries;
	uint32_t last_skip;
	struct gdb_list_place list;
	VEC(struct gdb_thread_name) thread_names;
	uint32_t info_line; /* the last one of `info line`, which goes on with the next; 0: none since something was listed */
	/* x: where and how it goes on. */
	uint64_t x_next, x_count;
	struct eval_format_spec x_format;
	uint32_t rbreak_first, rbreak_last; /* what the last rbreak made; `commands` is for all of them */
	struct arena scratch;               /* reset before each command */
	const struct eval_env *env; /* what expressions are evaluated in for the moment; NULL: the selected frame */
	struct gdb_stops {
		bool in_commands; /* breakpoints' commands run */
		uint64_t count;   /* of stops so far */
		struct buf gone;  /* breakpoints of threads that have ended, to be told of */
	} stops;
	enum eval_language language_asked; /* by `set language`, or the frame's when it was set to auto */
	bool language_warned;              /* that it is not the frame's */
	bool putting_back;                 /* a setting becomes what it was */
	struct eng_signal_policy *foreign_signals; /* of signals that Linux does not have (signals.c); NULL: as gdb has them */
	bool batch, quiet, fullname;
	bool quitting;
	int exit_code;
};

/* ---- shared helpers (who has them: the file) ---- */

/* frame.c. The environment of the selected frame; valid until the scratch arena is reset or something runs. Never NULL: without a
 * process only statics of the file and literals can be read. */
const struct eval_env *gdb_env(struct gdb *g);
const struct eval_env *gdb_env_of(struct gdb *g, struct eng_thread *t, const struct eng_level *level);
void gdb_natvis_deinit(struct gdb *g);
void gdb_printer(struct gdb *g, const struct eval_env *env, struct eval_printer *ret);
/* The same with colours and hints where lines may be broken: for what is printed as it is. */
void gdb_printer_on_screen(struct gdb *g, const struct eval_env *env, struct eval_printer *ret);
/* "0x… <main+4>"'s second part; false when there is no symbol. */
bool gdb_symbolise(struct gdb *g, uint64_t addr, struct buf *out);
/* ERROR "No stack."/"No frame selected."/"The program is not being run." when there is none. */
struct error *gdb_need_frame(struct gdb *g, struct eng_thread **ret_thread,
			     const struct eng_level **ret_level) ERROR_CHECK;
struct error *gdb_need_thread(struct gdb *g, struct eng_thread **ret) ERROR_CHECK;
struct error *gdb_need_process(struct gdb *g, struct eng_inferior **ret) ERROR_CHECK;

enum gdb_frame_print {
	GDB_FRAME_LOCATION = 1, /* #0 … function (args) at file:line */
	GDB_FRAME_SOURCE = 2,   /* the source line */
	GDB_FRAME_LEVEL = 4,    /* with "#N  " */
};
/* A frame as a stop, `frame`, `up` and `backtrace` show it; sets where `list` goes on when SOURCE. */
void gdb_print_frame(struct gdb *g, struct eng_thread *t, const struct eng_level *level, unsigned what);
/* The same without moving `list`. True: with its source line. */
bool gdb_show_frame(struct gdb *g, struct eng_thread *t, const struct eng_level *level, unsigned what);
/* language.c. The level is the selected one: its language is that of expressions from now on where a frame says nothing of it. */
void gdb_see_language(struct gdb *g, const struct eng_level *level);
/* After a command: warns, once, when the language that was set is not the frame's. */
void gdb_check_language(struct gdb *g);
/* split.c. After a command. */
void gdb_tell_split(struct gdb *g);
struct error *gdb_language_changed(struct gdb *g);
void gdb_show_language(struct gdb *g, struct buf *out);

/* source.c. Lines of a file; NULL text with an error as gdb words it ("28\tsrc/x.rs: No such file or directory."). The paths of the
 * debug information are mapped by substitute-path, directories, sysroot, and /rustc/HASH to the toolchain's rust-src. */
struct gdb_source;
struct error *gdb_source_open(struct gdb *g, struct str path, struct str comp_dir,
			      struct gdb_source **ret) ERROR_CHECK; /* cached */
size_t gdb_source_lines(const struct gdb_source *s);
struct str gdb_source_line(const struct gdb_source *s, size_t number); /* from 1, without its end */
const char *gdb_source_path(const struct gdb_source *s);               /* where it was found */
/* "12\tlet x = 1;\n"; or, once per file and place, the message why not. */
void gdb_print_source_line(struct gdb *g, struct str file, uint32_t line);
/* The name of a file as `set filename-display` wants it. */
struct str gdb_display_file(struct gdb *g, struct str path);

/* linespec.c. A place: FILE:LINE, LINE, +N, -N, *EXPR, FUNCTION, FILE:FUNCTION, nothing (where the frame stands), $var; stops at " if ",
 * " thread " … or a comma, and gives what is left. */
struct error *gdb_parse_place(struct gdb *g, struct str text, struct eng_spec *ret,
			      struct str *ret_rest) ERROR_CHECK;

/* stops.c. What is said when something has run: "Breakpoint 1, …", the frame, displays; runs breakpoints' commands; sets $_exitcode …
 * The error of the request that ran, if any, is passed through. */
struct error *gdb_ran(struct gdb *g, struct error *err, const struct eng_stop *stop) ERROR_CHECK;
void gdb_notice(void *ctx, const struct eng_notice *notice);

/* threads.c: "2", with several inferiors "1.2"; the name that the user or else the program gave it, empty: none. In scratch. */
struct str gdb_thread_id(struct gdb *g, struct eng_thread *t);
struct str gdb_thread_id_of(struct gdb *g, uint32_t inferior, uint32_t number);
struct str gdb_thread_name(struct gdb *g, struct eng_thread *t);

/* display.c: what `display` was told to show after each stop. */
void gdb_do_displays(struct gdb *g);

/* examine.c: $_ is this address, $__ what is there; spec NULL: nothing is known of that (info line, info breakpoints). */
void gdb_set_last_address(struct gdb *g, uint64_t addr, const struct eval_format_spec *spec);

/* format.c: "/4xw" at the front of *args is taken off. */
struct gdb_format {
	uint64_t count; /* 1 when none was given */
	bool has_count, backwards;
	struct eval_format_spec spec;
};
struct error *gdb_take_format(struct str *args, struct gdb_format *ret) ERROR_CHECK;
/* numbers.c. A number or $VARIABLE at the front of *text, which then begins behind it and the blanks there; `trailer` may follow it at once.
 * 0: it is none, as what follows it is told, a variable without a number was said. */
int gdb_take_number(struct gdb *g, struct str *text, char trailer);
/* "1 2-4 $bpnum", one after the other; it ends where no number begins. ERROR "inverted range", "negative value". */
struct gdb_numbers {
	struct str text;
	bool in_range;
	int last, end;
};
bool gdb_numbers_end(const struct gdb_numbers *n);
struct error *gdb_numbers_next(struct gdb *g, struct gdb_numbers *n, int *ret) ERROR_CHECK;
/* Each of them; one that is 0 is warned of as "bad BAD number". */
typedef struct error *gdb_number_fn(void *ctx, uint32_t number);
struct error *gdb_each_number(struct gdb *g, struct str text, const char *bad, gdb_number_fn *fn,
			      void *ctx) ERROR_CHECK;
struct str gdb_take_word(struct str *text); /* the next word; the rest is stripped */
struct str gdb_strip(struct str text);
/* An expression's value as a number, "print-like" errors. */
struct error *gdb_eval_number(struct gdb *g, struct str text, int64_t *ret) ERROR_CHECK;
struct error *gdb_eval(struct gdb *g, struct str text, struct eval_value *ret) ERROR_CHECK; /* in scratch */

/* settings.c: for $_gdb_setting. */
bool gdb_setting_read(struct gdb *g, struct str name, struct arena *arena, struct eval_setting *ret);

/* shell.c */
void gdb_complete_add(struct gdb *g, struct str candidate);
void gdb_complete_symbols(struct gdb *g, struct str word); /* functions, variables, types */
void gdb_complete_places(struct gdb *g, struct str args, struct str word);
void gdb_complete_expression(struct gdb *g, struct str args, struct str word);
void gdb_complete_files(struct gdb *g, struct str word);
void gdb_complete_words(struct gdb *g, const char *words, struct str word);
/* complete_words.c */
gdb_complete_fn gdb_complete_file, gdb_complete_signals, gdb_complete_handle, gdb_complete_syscalls,
	gdb_complete_registers, gdb_complete_backtrace, gdb_complete_apply, gdb_complete_proc,
	gdb_complete_commands, gdb_complete_print, gdb_complete_watch, gdb_complete_frame_apply,
	gdb_complete_frame, gdb_complete_condition, gdb_complete_with;
