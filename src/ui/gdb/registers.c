#include "ui/gdb/looking.h"
bool gdb_named_register(void *ctx, struct str name, struct arena *arena, struct eval_value *ret)
{
	(void)ctx, (void)name, (void)arena, (void)ret;
	return false;
}
const char *gdb_language_name(uint16_t l)
{
	switch (l) {
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
	case 0x1e:
	case 0x0d:
		return NULL;
	}
	return NULL;
}
bool gdb_styling(struct gdb *g)
{
	return g->settings.style_enabled;
}
