/* What the operating system knows of the process: info proc, auxv, sharedlibrary, files. */
#include "base/file.h"
#include "ui/gdb/looking.h"
#include "ui/gdb/running.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { MAX_PROC_FILE = 1 << 20 };

/* ---- info sharedlibrary ---- */

static bool is_library(const struct eng_module *m)
{
	return !m->is_main && !m->is_vdso && m->path;
}

/* The dynamic linker's list (link.h): gdb calls libraries as it does, not as the memory map. The linker itself comes first. */
struct linked {
	struct eng_module *module;
	struct str name;
};

static uint64_t first_link(struct gdb *g, struct eng_inferior *i)
{
	struct eng_module *const *modules;
	size_t count = eng_inferior_modules(i, &modules);
	for (size_t n = 0; n < count; n++) {
		struct sym_symbol symbol;
		uint64_t map;
		struct sym_module *symbols = is_library(modules[n]) && strstr(modules[n]->path, "/ld-")
						     ? eng_inferior_symbols(g->control, i, modules[n])
						     : NULL;
		if (symbols && sym_symbol_by_name(symbols, STR_LIT("_r_debug"), &symbol) &&
		    gdb_read(g, symbol.addr.value + modules[n]->bias + 8, &map, 8) == 8)
			return map;
	}
	return 0;
}

/* The dynamic linker as the program asks for it; empty: the module is another file. Before it has linked itself nothing else says so. */
static struct str linker_name(struct gdb *g, struct eng_inferior *i, const struct eng_module *m)
{
	struct eng_module *const *modules;
	size_t count = eng_inferior_modules(i, &modules);
	char real[PATH_MAX];
	for (size_t n = 0; n < count; n++) {
		struct sym_module *symbols =
			modules[n]->is_main ? eng_inferior_symbols(g->control, i, modules[n]) : NULL;
		if (!symbols)
			continue;
		struct str name = arena_str(&g->scratch, elf_interp(sym_module_elf(symbols)));
		if (name.len && realpath(name.ptr, real) && strcmp(real, m->path) == 0)
			return name;
	}
	return STR_EMPTY;
}

static size_t link_list(struct gdb *g, struct eng_inferior *i, struct linked *ret, size_t limit)
{
	struct eng_module *const *modules;
	size_t count = eng_inferior_modules(i, &modules), found = 0;
	uint64_t link = first_link(g, i);
	for (size_t steps = 0; link && steps < 4096 && found < limit; steps++) {
		uint64_t words[4]; /* l_addr, l_name, l_ld, l_next */
		char name[512];
		if (gdb_read(g, link, words, sizeof words) != sizeof words)
			break;
		link = words[3];
		size_t got = gdb_read(g, words[1], name, sizeof name - 1);
		name[got] = '\0';
		for (size_t n = 0; n < count; n++) {
			if (!is_library(modules[n]) || modules[n]->bias != words[0] || !name[0])
				continue;
			struct linked add = { modules[n], arena_str(&g->scratch, str_from(name)) };
			bool linker = strstr(modules[n]->path, "/ld-") != NULL;
			if (linker)
				memmove(ret + 1, ret, found * sizeof *ret);
			ret[linker ? 0 : found] = add;
			found++;
			break;
		}
	}
	/* Those that the linker does not tell of, yet or any more. */
	for (size_t n = 0; n < count && found < limit; n++) {
		bool there = !is_library(modules[n]);
		for (size_t k = 0; k < found; k++)
			there |= ret[k].module == modules[n];
		if (there)
			continue;
		struct str asked = linker_name(g, i, modules[n]);
		ret[found++] =
			(struct linked){ modules[n], asked.len ? asked : str_from(modules[n]->path) };
	}
	return found;
}

struct str gdb_library_name(struct gdb *g, struct eng_module *m)
{
	static struct eng_module *known;
	static char *known_path, *known_name;
	if (known == m && known_path && m->path && strcmp(known_path, m->path) == 0)
		return str_from(known_name);
	struct eng_inferior *i = eng_selected_inferior(g->control);
	struct linked list[256];
	size_t count = i->process ? link_list(g, i, list, 256) : 0;
	struct str name = str_from(m->path);
	for (size_t n = 0; n < count; n++)
		if (list[n].module == m)
			name = list[n].name;
	free(known_path);
	free(known_name);
	known = m;
	known_path = xstrdup(m->path);
	known_name = str_dup(name);
	return str_from(known_name);
}

/* Once a library is unloaded nothing tells its name any more. */
void gdb_remember_libraries(struct gdb *g)
{
	struct eng_breakpoint *const *list;
	size_t count = eng_breakpoints(g->control, &list);
	for (size_t i = 0; i < count; i++) {
		for (size_t l = 0; l < list[i]->location_count; l++) {
			struct eng_module *m = list[i]->locations[l].place.module;
			if (!m || !is_library(m) || gdb_remembered_library(g, str_from(m->path)).len)
				continue;
			struct gdb_library add = { xstrdup(m->path), str_dup(gdb_library_name(g, m)) };
			vec_push(&g->libraries, add);
		}
	}
}

struct str gdb_remembered_library(struct gdb *g, struct str path)
{
	vec_for(&g->libraries, library) {
		if (str_is(path, library->path))
			return str_from(library->name);
	}
	return STR_EMPTY;
}

void gdb_forget_libraries(struct gdb *g)
{
	vec_for(&g->libraries, library) {
		free(library->path);
		free(library->name);
	}
	vec_free(&g->libraries);
}

struct library {
	struct str name;
	uint64_t bias;
	struct sym_module *symbols; /* NULL: they cannot be read */
};

/* With no process the dynamic linker alone, where it was. */
static size_t libraries_of(struct gdb *g, struct eng_inferior *i, struct library **ret)
{
	struct eng_module *const *modules;
	size_t limit = i->process ? eng_inferior_modules(i, &modules) : 0;
	struct linked *list = ARENA_ARRAY(&g->scratch, struct linked, limit + 1);
	size_t count = limit ? link_list(g, i, list, limit) : 0;
	struct library *libraries = *ret = ARENA_ARRAY(&g->scratch, struct library, count + 1);
	for (size_t n = 0; n < count; n++)
		libraries[n] = (struct library){ list[n].name, list[n].module->bias,
						 eng_inferior_symbols(g->control, i, list[n].module) };
	if (!i->process && eng_inferior_loader(g->control, i, &libraries[0].name, &libraries[0].bias,
					       &libraries[0].symbols))
		count = 1;
	return count;
}

static void add_address(struct gdb *g, uint64_t addr, struct buf *out)
{
	gdb_styled(g, GDB_STYLE_ADDRESS, arena_printf(&g->scratch, "0x%016" PRIx64, addr), out);
	buf_str(out, STR_LIT("  "));
}

/* True: it has no debug information. */
static bool add_library(struct gdb *g, const struct library *l, struct buf *out)
{
	const struct elf_section *text =
		l->symbols ? elf_section_by_name(sym_module_elf(l->symbols), ".text") : NULL;
	bool bare = l->symbols && !sym_module_has_debug_info(l->symbols);
	if (text) {
		add_address(g, l->bias + text->addr.value, out);
		add_address(g, l->bias + text->addr.value + text->size, out);
	} else {
		buf_pad(out, ' ', 40);
	}
	buf_printf(out, "%-12s", !l->symbols ? "No" : bare ? "Yes (*)" : "Yes");
	gdb_styled(g, GDB_STYLE_FILE, l->name, out);
	buf_char(out, '\n');
	return bare;
}

struct error *gdb_run_info_sharedlibrary(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct gdb_regex *regex;
	struct library *libraries;
	size_t matched = 0;
	bool missing = false;
	struct buf out = { 0 };
	(void)command;
	TRY(gdb_regex_new(args, &regex));
	size_t count = libraries_of(g, eng_selected_inferior(g->control), &libraries);
	for (size_t n = 0; n < count; n++) {
		if (!gdb_regex_matches(regex, libraries[n].name))
			continue;
		if (matched++ == 0)
			buf_str(&out, STR_LIT("From                To                  Syms Read   Shared Object "
					      "Library\n"));
		missing |= add_library(g, &libraries[n], &out);
	}
	gdb_regex_destroy(regex);
	if (missing)
		buf_str(&out, STR_LIT("(*): Shared library is missing debugging information.\n"));
	if (matched == 0)
		buf_str(&out, count == 0 ? STR_LIT("No shared libraries loaded at this time.\n")
					 : STR_LIT("No shared libraries matched.\n"));
	gdb_print_buf(g, &out);
	buf_deinit(&out);
	return NULL;
}

/* ---- info files ---- */

static void add_sections(struct elf_file *elf, uint64_t bias, const char *suffix, struct buf *out)
{
	enum { ALLOCATED = 2 }; /* SHF_ALLOC */
	for (size_t n = 0; n < elf_section_count(elf); n++) {
		const struct elf_section *s = elf_section(elf, n);
		if (!(s->flags & ALLOCATED))
			continue;
		buf_printf(out, "\t0x%016" PRIx64 " - 0x%016" PRIx64 " is %.*s%s\n", s->addr.value + bias,
			   s->addr.value + s->size + bias, STR_ARG(s->name), suffix);
	}
}

struct error *gdb_run_info_files(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct eng_inferior *i = eng_selected_inferior(g->control);
	struct eng_module *const *modules;
	struct eng_thread *t = eng_selected_thread(g->control);
	struct buf out = { 0 };
	(void)command, (void)args;
	if (!i->program)
		return NULL;
	size_t count = eng_inferior_modules(i, &modules);
	buf_printf(&out, "Symbols from \"%s\".\n", i->program);
	if (t)
		buf_printf(&out,
			   "Native process:\n\tUsing the running image of child %.*s.\n"
			   "\tWhile running this, GDB does not access memory from...\n",
			   STR_ARG(gdb_thread_label(g, t)));
	buf_str(&out, STR_LIT("Local exec file:\n\t`"));
	gdb_styled(g, GDB_STYLE_FILE, str_from(i->program), &out);
	buf_str(&out, STR_LIT("', file type elf64-x86-64.\n"));
	for (size_t n = 0; n < count; n++) {
		struct eng_module *m = modules[n];
		struct sym_module *symbols = eng_inferior_symbols(g->control, i, m);
		uint64_t bias = m->bias;
		if (!symbols)
			continue;
		struct elf_file *elf = sym_module_elf(symbols);
		bool own = m->is_main || m == &i->file;
		if (own)
			buf_printf(&out, "\tEntry point: 0x%" PRIx64 "\n", elf_entry(elf).value + bias);
		struct str suffix =
			own ? STR_LIT("")
			: m->is_vdso
				? arena_printf(&g->scratch, " in system-supplied DSO at 0x%" PRIx64,
					       m->start)
				: arena_printf(&g->scratch, " in %.*s", STR_ARG(gdb_library_name(g, m)));
		add_sections(elf, bias, suffix.ptr, &out);
	}
	gdb_print_buf(g, &out);
	buf_deinit(&out);
	return NULL;
}

/* ---- info proc ---- */

static void print_link(struct gdb *g, target_pid pid, const char *name)
{
	char path[64], text[PATH_MAX];
	snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
	ssize_t size = readlink(path, text, sizeof text - 1);
	if (size < 0) {
		gdb_warn(g, "unable to read link '%s'", path);
		return;
	}
	gdb_print(g, "%s = '%.*s'\n", name, (int)size, text);
}

/* false: it cannot be read. */
static bool read_proc(struct gdb *g, target_pid pid, const char *name, struct file_map *ret)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
	struct error *err = file_read_all(path, MAX_PROC_FILE, ret);
	if (!err)
		return true;
	error_destroy(err);
	gdb_warn(g, "unable to open /proc file '%s'", path);
	return false;
}

static void print_command_line(struct gdb *g, target_pid pid)
{
	struct file_map map;
	struct buf text = { 0 };
	if (!read_proc(g, pid, "cmdline", &map))
		return;
	for (size_t i = 0; i < map.size; i++)
		buf_char(&text, map.data[i] || i + 1 == map.size ? (char)map.data[i] : ' ');
	while (text.len > 0 && text.data[text.len - 1] == '\0')
		text.len--;
	gdb_print(g, "cmdline = '%.*s'\n", (int)text.len, text.data ? text.data : "");
	buf_deinit(&text);
	file_close(&map);
}

static void print_proc_file(struct gdb *g, target_pid pid, const char *name)
{
	struct file_map map;
	if (!read_proc(g, pid, name, &map))
		return;
	gdb_print_str(g, (struct str){ (const char *)map.data, map.size });
	file_close(&map);
}

static void print_stat(struct gdb *g, target_pid pid)
{
	static const char *const names[] = { "Parent process: ",
					     "Process group: ",
					     "Session id: ",
					     "TTY: ",
					     "TTY owner process group: ",
					     NULL,
					     "Minor faults (no memory page): ",
					     "Minor faults, children: ",
					     "Major faults (memory page faults): ",
					     "Major faults, children: ",
					     "utime: ",
					     "stime: ",
					     "utime, children: ",
					     "stime, children: ",
					     "jiffies remaining in current time slice: ",
					     "'nice' value: ",
					     "jiffies until next timeout: ",
					     "jiffies until next SIGALRM: ",
					     "start time (jiffies since system boot): ",
					     "Virtual memory size: ",
					     "Resident set size: ",
					     "rlim: " };
	struct file_map map;
	if (!read_proc(g, pid, "stat", &map))
		return;
	struct str text = { (const char *)map.data, map.size };
	size_t open = str_find(text, STR_LIT("(")), close = str_rfind(text, STR_LIT(")"));
	if (open != SIZE_MAX && close != SIZE_MAX && close > open) {
		gdb_print(g, "Process: %d\nExec file: %.*s\n", pid,
			  STR_ARG(str_sub(text, open + 1, close - open - 1)));
		text = str_sub(text, close + 1, SIZE_MAX);
		struct str state = gdb_take_word(&text);
		gdb_print(g, "State: %.*s\n", STR_ARG(state));
		for (size_t i = 0; i < sizeof names / sizeof *names && text.len > 0; i++) {
			struct str word = gdb_take_word(&text);
			char *number = str_dup(word);
			uint64_t n = (uint64_t)strtoll(number, NULL, 10);
			if (i == sizeof names / sizeof *names - 1)
				n = strtoull(number, NULL, 10);
			free(number);
			if (names[i])
				gdb_print(g, "%s%" PRIu64 "\n", names[i], n);
			else
				gdb_print(g, "Flags: 0x%" PRIx64 "\n", n);
		}
		static const char *const places[] = { "Start of text", "End of text", "Start of stack" };
		for (size_t i = 0; i < 3 && text.len > 0; i++) {
			char *number = str_dup(gdb_take_word(&text));
			gdb_print(g, "%s: 0x%llx\n", places[i], strtoull(number, NULL, 10));
			free(number);
		}
	}
	file_close(&map);
}

static struct error *print_mappings(struct gdb *g, struct eng_process *p)
{
	const struct target_mappings *maps;
	struct buf out = { 0 };
	TRY(eng_mappings(p, &maps));
	buf_str(&out, STR_LIT("Mapped address spaces:\n\n"));
	buf_printf(&out, "  %18s %18s %10s %10s  %s  %s\n", "Start Addr", "End Addr", "Size", "Offset",
		   "Perms", "objfile");
	for (size_t i = 0; i < maps->count; i++) {
		const struct target_mapping *m = &maps->data[i];
		char start[24], end[24], size[24], offset[24];
		snprintf(start, sizeof start, "0x%" PRIx64, m->start);
		snprintf(end, sizeof end, "0x%" PRIx64, m->end);
		snprintf(size, sizeof size, "0x%" PRIx64, m->end - m->start);
		snprintf(offset, sizeof offset, "0x%" PRIx64, m->offset);
		buf_printf(&out, "  %18s %18s %10s %10s  %c%c%c%c   %.*s\n", start, end, size, offset,
			   m->flags & TARGET_READ ? 'r' : '-', m->flags & TARGET_WRITE ? 'w' : '-',
			   m->flags & TARGET_EXEC ? 'x' : '-', m->flags & TARGET_SHARED ? 's' : 'p',
			   STR_ARG(m->name));
	}
	gdb_print_buf(g, &out);
	buf_deinit(&out);
	return NULL;
}

struct error *gdb_run_info_proc(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct eng_inferior *i = eng_selected_inferior(g->control);
	(void)command;
	struct str word = gdb_take_word(&args);
	bool all = str_is(word, "all");
	if (word.len > 0 && word.ptr[0] >= '0' && word.ptr[0] <= '9')
		return error_new(ERROR_UNSUPPORTED, "Only the selected process can be asked about.");
	static const char *const known[] = { "all", "mappings", "stat", "status", "cmdline", "cwd", "exe" };
	bool valid = word.len == 0;
	for (size_t n = 0; n < sizeof known / sizeof *known; n++)
		valid |= str_starts(str_from(known[n]), word);
	if (!valid)
		return error_new(ERROR_USAGE, "Too many parameters: %.*s", STR_ARG(word));
	if (!i->process)
		return error_new(ERROR_USAGE, "No current process: you must name one.");
	target_pid pid = eng_process_pid(i->process);
	gdb_print(g, "process %d\n", pid);
	bool minimal = word.len == 0 || all;
	if (minimal || str_is(word, "cmdline"))
		print_command_line(g, pid);
	if (minimal || str_is(word, "cwd"))
		print_link(g, pid, "cwd");
	if (minimal || str_is(word, "exe"))
		print_link(g, pid, "exe");
	if (all || (word.len > 0 && str_starts(STR_LIT("mappings"), word)))
		TRY(print_mappings(g, i->process));
	if (all || str_is(word, "status"))
		print_proc_file(g, pid, "status");
	if (all || str_is(word, "stat"))
		print_stat(g, pid);
	return NULL;
}

/* ---- info auxv ---- */

struct error *gdb_run_info_auxv(struct gdb *g, const struct gdb_command *command, struct str args)
{
	enum how { DECIMAL, HEX, TEXT };
	static const struct {
		uint8_t type, how;
		const char *name, *description;
	} entries[] = {
		{ 33, HEX, "AT_SYSINFO_EHDR", "System-supplied DSO's ELF header" },
		{ 51, HEX, "AT_MINSIGSTKSZ", "Minimum stack size for signal delivery" },
		{ 16, HEX, "AT_HWCAP", "Machine-dependent CPU capability hints" },
		{ 6, DECIMAL, "AT_PAGESZ", "System page size" },
		{ 17, DECIMAL, "AT_CLKTCK", "Frequency of times()" },
		{ 3, HEX, "AT_PHDR", "Program headers for program" },
		{ 4, DECIMAL, "AT_PHENT", "Size of program header entry" },
		{ 5, DECIMAL, "AT_PHNUM", "Number of program headers" },
		{ 7, HEX, "AT_BASE", "Base address of interpreter" },
		{ 8, HEX, "AT_FLAGS", "Flags" },
		{ 9, HEX, "AT_ENTRY", "Entry point of program" },
		{ 11, DECIMAL, "AT_UID", "Real user ID" },
		{ 12, DECIMAL, "AT_EUID", "Effective user ID" },
		{ 13, DECIMAL, "AT_GID", "Real group ID" },
		{ 14, DECIMAL, "AT_EGID", "Effective group ID" },
		{ 23, DECIMAL, "AT_SECURE", "Boolean, was exec setuid-like?" },
		{ 25, HEX, "AT_RANDOM", "Address of 16 random bytes" },
		{ 26, HEX, "AT_HWCAP2", "Extension of AT_HWCAP" },
		{ 31, TEXT, "AT_EXECFN", "File name of executable" },
		{ 15, TEXT, "AT_PLATFORM", "String identifying platform" },
		{ 27, HEX, "???", "" },
		{ 28, HEX, "???", "" },
	};
	struct eng_inferior *inferior = eng_selected_inferior(g->control);
	struct target *target = eng_target(eng_control_session(g->control));
	(void)command, (void)args;
	if (!inferior->process)
		return error_new(ERROR_USAGE, "The program has no auxiliary information now.");
	for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
		uint64_t value;
		char text[256] = "";
		struct error *err = target->ops->auxv(target, eng_process_pid(inferior->process),
						      entries[i].type, &value);
		error_destroy(err);
		if (err)
			continue;
		gdb_print(g, "%-4u %-20s %-30s ", entries[i].type, entries[i].name, entries[i].description);
		if (entries[i].how == DECIMAL)
			gdb_print(g, "%" PRIu64 "\n", value);
		else if (entries[i].how == HEX)
			gdb_print(g, "0x%" PRIx64 "\n", value);
		else {
			size_t got = gdb_read(g, value, text, sizeof text - 1);
			text[got] = '\0';
			gdb_print(g, "0x%" PRIx64 " \"%s\"\n", value, text);
		}
	}
	gdb_print(g, "%-4u %-20s %-30s 0x0\n", 0, "AT_NULL", "End of vector");
	return NULL;
}

/* ---- info program ---- */

static void print_why(struct gdb *g, const struct eng_stop *stop)
{
	for (size_t i = 0; stop->kind != ENG_STOP_STEPPED && i < stop->breakpoint_count; i++) {
		uint32_t number = stop->breakpoints[i]->number;
		if (eng_breakpoint_find(g->control, number))
			gdb_print(g, "It stopped at breakpoint %" PRIu32 ".\n", number);
		else
			gdb_print(g, "It stopped at a breakpoint that has since been deleted.\n");
	}
	if (stop->kind == ENG_STOP_STEPPED)
		gdb_print(g, "It stopped after being stepped.\n");
	else if (stop->kind == ENG_STOP_SIGNAL && stop->breakpoint_count == 0)
		gdb_print(g, "It stopped with signal %s, %s.\n", target_signal_name(stop->signal),
			  target_signal_description(stop->signal));
}

struct error *gdb_run_info_program(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct eng_thread *t = eng_selected_thread(g->control);
	const struct eng_level *level = t ? eng_level(g->control, t, 0) : NULL;
	(void)command, (void)args;
	if (!level) {
		gdb_print(g, "The program being debugged is not being run.\n");
		return NULL;
	}
	gdb_print(g, "\tUsing the running image of child %.*s.\nProgram stopped at 0x%" PRIx64 ".\n",
		  STR_ARG(gdb_thread_label(g, t)), level->unwind.pc.value);
	print_why(g, eng_last_stop(g->control));
	if (gdb_from_tty(g))
		gdb_print(g, "Type \"info stack\" or \"info registers\" for more information.\n");
	return NULL;
}
