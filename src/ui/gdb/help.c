/* help and apropos. */
#include "ui/gdb/shell_internal.h"

/* The first line of a command's help, up to its full stop. */
static struct str summary(const struct gdb_command *command)
{
	struct str text = str_from(command->help);
	size_t line = str_find(text, STR_LIT("\n"));
	if (line != SIZE_MAX)
		text = str_sub(text, 0, line);
	return text;
}

struct error *gdb_list_subcommands(struct gdb *g, const struct gdb_command *prefix)
{
	const struct gdb_registry *r = &g->shell->registry;
	size_t first;
	size_t length = strlen(prefix->name) + 1;
	size_t count = gdb_registry_below(r, str_from(prefix->name), &first);
	gdb_print(g, "List of %s subcommands:\n\n", prefix->name);
	for (size_t i = first; i < first + count; i++) {
		const struct gdb_entry *e = &r->entries.data[i];
		if (e->alias || strchr(e->path + length, ' '))
			continue;
		struct str text = summary(e->command);
		gdb_print(g, "%s -- %.*s\n", e->path, STR_ARG(text));
	}
	return NULL;
}
