/* The command line of oxdb. */
#pragma once

#include "jit/triage.h"

/* Makes the target that programs are run in: the host's. */
typedef struct error *cli_create_target(struct target **ret);

/* What main() returns: 0; 2 when oxdb could not do its work, with the reason on stderr; or what the command says. */
int cli_main(int argc, char **argv, cli_create_target *create_target);
