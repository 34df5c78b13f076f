#include "ui/gdb/gdb.h"

int gdb_main(int argc, char **argv, gdb_create_target *create_target)
{
	(void)argc, (void)argv, (void)create_target;
	return 2;
}
