/* echo, quit and what else helps the others. */
#include "ui/gdb/shell_internal.h"

static char escape(struct str text, size_t *at)
{
	char c = text.ptr[(*at)++];
	switch (c) {
	case 'a':
		return '\a';
	case 'b':
		return '\b';
	case 'e':
		return '\033';
	case 'f':
		return '\f';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	case 'v':
		return '\v';
	default:
		break;
	}
	if (c < '0' || c > '7')
		return c;
	int value = c - '0';
	for (int i = 0; i < 2 && *at < text.len && text.ptr[*at] >= '0' && text.ptr[*at] <= '7'; i++)
		value = value * 8 + (text.ptr[(*at)++] - '0');
	return (char)value;
}

static struct error *run_echo(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct buf out = { 0 };
	(void)command;
	for (size_t i = 0; i < args.len;) {
		if (args.ptr[i] != '\\') {
			buf_char(&out, args.ptr[i++]);
		} else if (++i < args.len) { /* a backslash at the end protects blanks before it */
			buf_char(&out, escape(args, &i));
		}
	}
	gdb_print_buf(g, &out);
	buf_deinit(&out);
	return NULL;
}

static struct error *run_quit(struct gdb *g, const struct gdb_command *command, struct str args)
{
	int64_t code = 0;
	(void)command;
	if (args.len)
		TRY(gdb_eval_number(g, args, &code));
	g->quitting = true;
	g->exit_code = (int)(code & 0xff);
	return NULL;
}

static const struct gdb_command commands[] = {
	{ "echo", NULL, GDB_CLASS_SUPPORT, GDB_KEEPS_TEXT, run_echo, NULL, "Print a constant string." },
	{ "quit", "q exit", GDB_CLASS_SUPPORT, 0, run_quit, NULL, "Exit oxdb." },
};
const struct gdb_command_table gdb_commands_support = { commands, sizeof commands / sizeof *commands };
