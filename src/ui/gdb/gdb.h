/* The session in gdb's language: `oxdb [OPTION…] [PROGRAM]`. */
#pragma once

#include "engine/control.h"

typedef struct error *gdb_create_target(struct target **ret);

/* What main() returns. argv[0] is oxdb's own name. */
int gdb_main(int argc, char **argv, gdb_create_target *create_target);
