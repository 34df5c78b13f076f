#include "ui/gdb/looking.h"
const struct gdb_command_table gdb_commands_info = { NULL, 0 };
