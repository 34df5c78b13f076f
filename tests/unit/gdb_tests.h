/* What test_gdb.c runs besides its own. */
#pragma once

int gdb_linespec_tests(void);
