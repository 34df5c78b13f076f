#include "ui/gdb/looking.h"
const struct gdb_command_table gdb_commands_source = { NULL, 0 };
