/* Split DWARF: what is lost, said once for each module. */
#include "ui/gdb/looking.h"

#include <unistd.h>

static void tell(struct gdb *g, const char *module, struct str dwo)
{
	struct str path = arena_printf(&g->scratch, "%s.dwp", module);
	bool packed = access(path.ptr, R_OK) == 0;
	gdb_warn(g,
		 "%s: types, arguments and variables are in %.*s%.*s (split DWARF), which is not read; functions "
		 "and lines are known.\nBuild with `-C split-debuginfo=off' (or gcc's -gno-split-dwarf) to have them.",
		 module, STR_ARG(packed ? path : dwo),
		 STR_ARG(packed ? STR_EMPTY : STR_LIT(" and the like")));
}

void gdb_tell_split(struct gdb *g)
{
	struct eng_module *const *modules;
	size_t count = eng_inferior_modules(eng_selected_inferior(g->control), &modules);
	struct str dwo;
	for (size_t i = 0; i < count; i++)
		if (modules[i]->symbols && sym_module_take_split(modules[i]->symbols, &dwo))
			tell(g, sym_module_path(modules[i]->symbols), dwo);
}
