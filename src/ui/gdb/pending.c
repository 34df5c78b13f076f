/* Stands in for what the prompt needs while it is being written; goes when it is there. */
#include "ui/gdb/shell_internal.h"

#define PENDING __attribute__((weak))

PENDING void gdb_notice(void *ctx, const struct eng_notice *notice)
{
	(void)ctx, (void)notice;
}
PENDING struct error *gdb_parse_place(struct gdb *g, struct str text, struct eng_spec *ret, struct str *ret_rest)
{
	(void)g;
	*ret_rest = STR_EMPTY;
	*ret = (struct eng_spec){ .kind = ENG_SPEC_FUNCTION, .function = text };
	return NULL;
}
