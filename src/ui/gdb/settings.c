/* set and show of settings_table.c's rows: how a value is read, kept and written. */
#include "ui/gdb/settings.h"

#include <errno.h>
#include <stdio.h>

/* A row's two commands. */
struct row {
	struct gdb_command set, show;
	const struct gdb_setting *setting;
};

static const struct gdb_setting *setting_of(const struct gdb_command *command)
{
	if (command->run == gdb_run_set_setting)
		return ((const struct row *)((const char *)command - offsetof(struct row, set)))->setting;
	if (command->run == gdb_run_show_setting)
		return ((const struct row *)((const char *)command - offsetof(struct row, show)))->setting;
	return NULL;
}

const struct gdb_setting *gdb_setting_of(const struct gdb_command *command)
{
	return setting_of(command);
}

static void *place(struct gdb *g, const struct gdb_setting *setting)
{
	return (char *)&g->settings + setting->offset;
}

/* ---- reading ---- */

/* Is `word` a beginning of `full` with at least `least` letters? */
static bool begins(struct str word, const char *full, size_t least)
{
	return word.len >= least && str_starts(str_from(full), word);
}

/* 1, 0, -1 for auto, -2 for none of them. */
static int parse_switch(struct str text)
{
	if (!text.len || begins(text, "on", 2) || begins(text, "1", 1) || begins(text, "yes", 1) ||
	    begins(text, "enable", 1))
		return 1;
	if (begins(text, "off", 2) || begins(text, "0", 1) || begins(text, "no", 1) ||
	    begins(text, "disable", 1))
		return 0;
	return begins(text, "auto", 1) || str_is(text, "-1") ? -1 : -2;
}

/* Numbers are expressions; the usual ones need no evaluation. */
static struct error *parse_number(struct gdb *g, struct str text, int64_t *ret)
{
	int64_t value = 0;
	size_t at = text.len && text.ptr[0] == '-';
	size_t digits = text.len - at;
	for (; at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9'; at++)
		if (value < INT64_C(100000000000))
			value = value * 10 + (text.ptr[at] - '0');
	bool one_digit = digits == 1 && at == text.len && value < 2;
	bool decimal = g->settings.input_radix == 10 || g->putting_back || one_digit;
	if (!digits || at < text.len || !decimal || (digits > 1 && text.ptr[text.len - digits] == '0'))
		return gdb_eval_number(g, text, ret);
	*ret = text.ptr[0] == '-' ? -value : value;
	return NULL;
}

static bool is_unlimited(struct str text)
{
	return begins(text, "unlimited", 1);
}

static struct error *set_number(struct gdb *g, const struct gdb_setting *setting, struct str text)
{
	bool has_unlimited = setting->kind != GDB_SETTING_ZUINT;
	uint32_t unlimited = setting->kind == GDB_SETTING_UINT_MAX ? UINT32_MAX : 0;
	uint32_t *variable = place(g, setting);
	int64_t value;
	if (!text.len)
		return error_new(ERROR_USAGE, "Argument required (integer to set it to%s).",
				 has_unlimited ? ", or \"unlimited\"" : ".");
	if (has_unlimited && is_unlimited(text)) {
		*variable = unlimited;
		return NULL;
	}
	TRY(parse_number(g, text, &value));
	if (setting->kind == GDB_SETTING_UINT_MAX && value == -1)
		value = UINT32_MAX;
	else if (value < 0 || value > INT32_MAX)
		return error_new(ERROR_USAGE, "integer %lld out of range", (long long)value);
	*variable = (uint32_t)value;
	return NULL;
}

/* The choices by commas, as gdb lists them. */
static void list_choices(const char *choices, struct buf *out)
{
	for (const char *p = choices; *p;) {
		size_t length = strcspn(p, " ");
		buf_printf(out, "%s%.*s", p == choices ? "" : ", ", (int)length, p);
		p += length;
		p += strspn(p, " ");
	}
}

/* The choice that `word` means, as a string that lives as long as oxdb: within `choices` they are not terminated. */
static const char *intern(struct str word)
{
	static struct arena names;
	static VEC(const char *) known;
	vec_for(&known, name)
		if (str_is(word, *name))
			return *name;
	vec_push(&known, arena_str(&names, word).ptr);
	return known.data[known.count - 1];
}

static struct error *find_choice(const char *choices, struct str word, struct str *ret)
{
	size_t matches = 0;
	struct str found = STR_EMPTY;
	for (const char *p = choices; *p;) {
		struct str choice = { p, strcspn(p, " ") };
		if (str_eq(choice, word)) {
			*ret = choice;
			return NULL;
		}
		if (str_starts(choice, word)) {
			found = choice;
			matches++;
		}
		p += choice.len;
		p += strspn(p, " ");
	}
	if (matches != 1)
		return error_new(ERROR_USAGE,
				 matches ? "Ambiguous item \"%.*s\"." : "Undefined item: \"%.*s\".",
				 STR_ARG(word));
	*ret = found;
	return NULL;
}

static struct error *set_choice(struct gdb *g, const struct gdb_setting *setting, struct str text)
{
	struct str choice;
	if (!text.len) {
		struct buf list = { 0 };
		list_choices(setting->choices, &list);
		struct error *err = error_new(ERROR_USAGE, "Requires an argument. Valid arguments are %s.",
					      list.data ? list.data : "");
		buf_deinit(&list);
		return err;
	}
	struct str word = gdb_take_word(&text);
	TRY(find_choice(setting->choices, word, &choice));
	if (text.len)
		return error_new(ERROR_USAGE, "Junk after item \"%.*s\": %.*s", STR_ARG(word),
				 STR_ARG(text));
	*(const char **)place(g, setting) = intern(choice);
	return NULL;
}

static void set_text(struct gdb *g, const struct gdb_setting *setting, struct str text)
{
	char **variable = place(g, setting);
	char *copy = str_dup(text);
	free(*variable);
	*variable = copy;
}

static struct error *set_filename(struct gdb *g, const struct gdb_setting *setting, struct str text)
{
	if (!text.len && !setting->choices) /* "optional": may be empty */
		return error_new(ERROR_USAGE, "Argument required (filename to set it to.).");
	if (text.len && text.ptr[0] == '~' && (text.len == 1 || text.ptr[1] == '/') && getenv("HOME")) {
		struct buf path = { 0 };
		struct str rest = str_sub(text, 1, text.len);
		buf_printf(&path, "%s%.*s", getenv("HOME"), STR_ARG(rest));
		set_text(g, setting, buf_view(&path));
		buf_deinit(&path);
	} else {
		set_text(g, setting, text);
	}
	return NULL;
}

static struct error *set_value(struct gdb *g, const struct gdb_setting *setting, struct str text)
{
	int value;
	switch (setting->kind) {
	case GDB_SETTING_BOOL:
		value = parse_switch(text);
		if (value < 0)
			return error_new(ERROR_USAGE, "\"on\" or \"off\" expected.");
		*(bool *)place(g, setting) = value;
		return NULL;
	case GDB_SETTING_AUTO_BOOL:
		value = parse_switch(text);
		if (value < -1)
			return error_new(ERROR_USAGE, "\"on\", \"off\" or \"auto\" expected.");
		*(int *)place(g, setting) = value;
		return NULL;
	case GDB_SETTING_UINT:
	case GDB_SETTING_UINT_MAX:
	case GDB_SETTING_ZUINT:
		return set_number(g, setting, text);
	case GDB_SETTING_ENUM:
		return set_choice(g, setting, text);
	case GDB_SETTING_STRING:
		set_text(g, setting, text);
		return NULL;
	case GDB_SETTING_FILENAME:
		return set_filename(g, setting, text);
	}
	return NULL;
}

void gdb_setting_put_back(struct gdb *g, const struct gdb_setting *setting, struct str text)
{
	bool before = g->putting_back;
	g->putting_back = true; /* numbers are decimal, whatever the input radix is */
	error_destroy(set_value(g, setting, text));
	g->putting_back = before;
}

struct error *gdb_setting_set(struct gdb *g, const struct gdb_setting *setting, struct str text)
{
	struct buf before = { 0 };
	gdb_setting_value(g, setting, &before);
	struct error *err = set_value(g, setting, text);
	if (!err && gdb_setting_initial(setting))
		((struct gdb_more_setting *)place(g, setting))->set = true;
	if (!err && setting->changed) {
		err = setting->changed(g);
		if (err && err->code != ERROR_LIMIT) /* what it was is a value that could be set */
			gdb_setting_put_back(g, setting, buf_view(&before));
	}
	buf_deinit(&before);
	gdb_settings_apply(g);
	return err;
}

/* ---- writing ---- */

void gdb_setting_value(struct gdb *g, const struct gdb_setting *setting, struct buf *out)
{
	const void *variable = place(g, setting);
	buf_str(out, STR_EMPTY);
	const char *initial = gdb_setting_initial(setting);
	if (initial && !((const struct gdb_more_setting *)variable)->set) {
		buf_str(out, str_from(initial));
		return;
	}
	switch (setting->kind) {
	case GDB_SETTING_BOOL:
		buf_printf(out, "%s", *(const bool *)variable ? "on" : "off");
		break;
	case GDB_SETTING_AUTO_BOOL: {
		int value = *(const int *)variable;
		buf_printf(out, "%s", value < 0 ? "auto" : value ? "on" : "off");
		break;
	}
	case GDB_SETTING_UINT:
	case GDB_SETTING_UINT_MAX: {
		uint32_t value = *(const uint32_t *)variable;
		if (value == (setting->kind == GDB_SETTING_UINT ? 0 : UINT32_MAX))
			buf_printf(out, "unlimited");
		else
			buf_printf(out, "%u", value);
		break;
	}
	case GDB_SETTING_ZUINT:
		buf_printf(out, "%u", *(const uint32_t *)variable);
		break;
	case GDB_SETTING_ENUM:
		buf_printf(out, "%s", *(const char *const *)variable);
		break;
	case GDB_SETTING_STRING:
	case GDB_SETTING_FILENAME: {
		const char *text = *(char *const *)variable;
		buf_printf(out, "%s", text ? text : "");
		break;
	}
	}
}

void gdb_setting_show(struct gdb *g, const struct gdb_setting *setting, struct buf *out)
{
	if (setting->shown) {
		setting->shown(g, out);
		return;
	}
	struct buf value = { 0 };
	struct str text = str_from(setting->show);
	gdb_setting_value(g, setting, &value);
	const char *initial = gdb_setting_initial(setting);
	size_t bar = initial ? str_find(text, STR_LIT("|")) : SIZE_MAX;
	if (bar != SIZE_MAX)
		text = str_is(buf_view(&value), initial) ? str_sub(text, 0, bar)
							 : str_sub(text, bar + 1, SIZE_MAX);
	size_t at = str_find(text, STR_LIT("%s"));
	buf_str(out, str_sub(text, 0, at));
	if (at != SIZE_MAX) {
		buf_str(out, buf_view(&value));
		buf_str(out, str_sub(text, at + 2, text.len));
	}
	buf_char(out, '\n');
	buf_deinit(&value);
}

/* ---- for expressions ---- */

/* "No limit" is -1 where 0 is a limit. */
static int64_t unlimited_number(const struct gdb_setting *setting)
{
	bool zero_is_one = setting->kind == GDB_SETTING_UINT_MAX ||
			   strcmp(setting->name, "max-value-size") == 0 ||
			   strcmp(setting->name, "max-completions") == 0;
	return zero_is_one ? -1 : 0;
}

static int64_t number_of(const struct gdb_setting *setting, struct str text)
{
	if (setting->kind == GDB_SETTING_BOOL || setting->kind == GDB_SETTING_AUTO_BOOL)
		return str_is(text, "auto") ? -1 : str_is(text, "on");
	if (str_is(text, "unlimited"))
		return unlimited_number(setting);
	int64_t n = 0;
	for (size_t i = 0; i < text.len && n < INT32_MAX; i++)
		n = n * 10 + (text.ptr[i] - '0');
	return n;
}

bool gdb_setting_read(struct gdb *g, struct str name, struct arena *arena, struct eval_setting *ret)
{
	struct gdb_found found;
	struct buf text = { 0 };
	buf_printf(&text, "show %.*s", STR_ARG(name));
	struct error *err = gdb_lookup(&g->shell->registry, buf_view(&text), &found);
	const struct gdb_setting *setting = !err && !found.args.len ? setting_of(found.command) : NULL;
	error_destroy(err);
	text.len = 0;
	if (setting) {
		gdb_setting_value(g, setting, &text);
		*ret = (struct eval_setting){ .text = arena_str(arena, buf_view(&text)) };
		ret->is_number = setting->kind != GDB_SETTING_ENUM && setting->kind != GDB_SETTING_STRING &&
				 setting->kind != GDB_SETTING_FILENAME;
		ret->number = ret->is_number ? number_of(setting, ret->text) : 0;
	}
	buf_deinit(&text);
	return setting != NULL;
}

/* ---- commands ---- */

struct error *gdb_run_set_setting(struct gdb *g, const struct gdb_command *command, struct str args)
{
	const struct gdb_setting *setting = setting_of(command);
	TRY(gdb_setting_set(g, setting, args));
	if (setting->idle && gdb_from_tty(g))
		gdb_print(g, "\"set %s\" has no effect in oxdb: %s\n", setting->name, setting->idle);
	return NULL;
}

struct error *gdb_run_show_setting(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct buf text = { 0 };
	(void)args;
	gdb_setting_show(g, setting_of(command), &text);
	gdb_print_buf(g, &text);
	buf_deinit(&text);
	return NULL;
}

static void complete_value(struct gdb *g, struct str args, struct str word)
{
	(void)args;
	gdb_complete_words(g, "off on", word);
}

static void complete_auto(struct gdb *g, struct str args, struct str word)
{
	(void)args;
	gdb_complete_words(g, "auto off on", word);
}

static void complete_number(struct gdb *g, struct str args, struct str word)
{
	(void)args;
	gdb_complete_words(g, "unlimited", word);
}

static void complete_file(struct gdb *g, struct str args, struct str word)
{
	(void)args;
	gdb_complete_files(g, word);
}

static gdb_complete_fn *completer(const struct gdb_setting *setting)
{
	switch (setting->kind) {
	case GDB_SETTING_BOOL:
		return complete_value;
	case GDB_SETTING_AUTO_BOOL:
		return complete_auto;
	case GDB_SETTING_UINT:
	case GDB_SETTING_UINT_MAX:
		return complete_number;
	case GDB_SETTING_FILENAME:
		return complete_file;
	case GDB_SETTING_STRING:
		return strcmp(setting->name, "args") == 0 ? complete_file : NULL;
	default:
		return NULL;
	}
}

static void prefix_name(const char *command, const char *setting, char *out)
{
	size_t length = strlen(command);
	memcpy(out, command, length);
	memcpy(out + length, setting, strlen(setting) + 1);
}

void gdb_settings_register(struct gdb_registry *r, const struct gdb_setting *settings, size_t count)
{
	struct row *rows = ARENA_ARRAY(&r->arena, struct row, count);
	for (size_t i = 0; i < count; i++) {
		const struct gdb_setting *setting = &settings[i];
		size_t length = strlen(setting->name);
		char *names = arena_alloc(&r->arena, 2 * length + sizeof "set " + sizeof "show ");
		char *show_name = names + length + sizeof "set ";
		prefix_name("set ", setting->name, names);
		prefix_name("show ", setting->name, show_name);
		rows[i].setting = setting;
		rows[i].set = (struct gdb_command){ .name = names,
						    .class = GDB_CLASS_SUPPORT,
						    .flags = setting->kind == GDB_SETTING_STRING
								     ? GDB_KEEPS_TEXT
								     : 0,
						    .run = gdb_run_set_setting,
						    .complete = completer(setting),
						    .help = setting->help };
		if (setting->idle)
			rows[i].set.help = arena_printf(&r->arena, "%s\nThis has no effect in oxdb: %s",
							setting->help, setting->idle)
						   .ptr;
		rows[i].show = rows[i].set;
		rows[i].show.name = show_name;
		rows[i].show.run = gdb_run_show_setting;
		rows[i].show.complete = NULL;
		gdb_registry_add_table(r, &rows[i].set, 1);
		gdb_registry_add_table(r, &rows[i].show, 1);
	}
}

/* ---- the engine's ---- */

static enum eng_scheduler_lock lock_of(const char *name)
{
	switch (name[0]) {
	case 's':
		return ENG_LOCK_STEP;
	case 'r':
		return ENG_LOCK_REPLAY;
	default:
		return name[1] == 'n' ? ENG_LOCK_ON : ENG_LOCK_OFF;
	}
}

void gdb_settings_apply(struct gdb *g)
{
	const struct gdb_settings *s = &g->settings;
	struct eng_settings *e = eng_control_settings(g->control);
	e->follow_fork = s->follow_fork_mode[0] == 'c' ? ENG_FOLLOW_CHILD : ENG_FOLLOW_PARENT;
	e->detach_on_fork = s->detach_on_fork;
	e->follow_exec_new = s->follow_exec_mode[0] == 'n';
	e->schedule_multiple = s->schedule_multiple;
	e->scheduler_lock = lock_of(s->scheduler_locking);
	e->disable_randomization = s->disable_randomization;
	e->startup_with_shell = s->startup_with_shell;
	if (e->step_std != s->step_std)
		eng_skips_changed(g->control);
	e->step_std = s->step_std;
	e->past_main = s->backtrace_past_main;
	e->step_over_no_debug = !s->step_stops_without_lines;
	e->stop_on_solib = s->stop_on_solib != 0;
	e->unwind_on_signal = s->unwind_on_signal;
	e->breakpoint_pending = s->breakpoint_pending != 0;
}
