/* The table of the commands that look at values and memory. */
#include "ui/gdb/looking.h"

#define FORMAT_HELP                                                                    \
	"FMT is a format letter: o(octal), x(hex), d(decimal), u(unsigned decimal),\n" \
	"  t(binary), f(float), a(address), i(instruction), c(char), s(string)\n"      \
	"  and z(hex, zero padded on the left)."

static const struct gdb_command commands[] = {
	{ "print", "inspect p", GDB_CLASS_DATA, GDB_SLASH, gdb_run_print, gdb_complete_print,
	  "Print value of expression EXP.\n"
	  "Usage: print [[OPTION]... --] [/FMT] [EXP]\n\n"
	  "Options (before a \"--\"): -address, -array, -array-indexes, -elements N, -max-depth N,\n"
	  "-null-stop, -object, -pretty, -repeats N, -static-members, -symbol, -union, -vtbl.\n\n"
	  "EXP may refer to variables of the selected frame, to statics, to $NAME (convenience\n"
	  "variables and registers) and to $, $$, $N (values printed before).\n"
	  "EXP may be preceded with /FMT, where FMT is a format letter\n"
	  "but no count or size letter (see \"x\" command)." },
	{ "call", NULL, GDB_CLASS_DATA, GDB_SLASH, gdb_run_call, gdb_complete_print,
	  "Call a function in the program.\n"
	  "Usage: call EXP\n"
	  "The argument is the function name and arguments, in the notation of the\n"
	  "current working language.  The result is printed and saved in the value\n"
	  "history, if it is not void." },
	{ "output", NULL, GDB_CLASS_DATA, GDB_SLASH, gdb_run_output, gdb_complete_expression,
	  "Like \"print\" but don't put in value history and don't print newline.\n"
	  "Usage: output EXP\n"
	  "This is useful in user-defined commands." },
	{ "set variable", "var", GDB_CLASS_DATA, 0, gdb_run_set_variable, gdb_complete_expression,
	  "Evaluate expression EXP and assign result to variable VAR.\n"
	  "Usage: set variable VAR = EXP\n"
	  "This uses assignment syntax appropriate for the current language\n"
	  "(VAR = EXP or VAR := EXP for example).\n"
	  "VAR may be a debugger \"convenience\" variable (names starting\n"
	  "with $), a register (a few standard names starting with $), or an actual\n"
	  "variable in the program being debugged.  EXP is any valid expression." },
	{ "x", NULL, GDB_CLASS_DATA, GDB_SLASH | GDB_REPEATS_BARE, gdb_run_x, gdb_complete_expression,
	  "Examine memory: x/FMT ADDRESS.\n"
	  "ADDRESS is an expression for the memory address to examine.\n"
	  "FMT is a repeat count followed by a format letter and a size letter.\n"
	  "Format letters are o(octal), x(hex), d(decimal), u(unsigned decimal),\n"
	  "  t(binary), f(float), a(address), i(instruction), c(char), s(string)\n"
	  "  and z(hex, zero padded on the left).\n"
	  "Size letters are b(byte), h(halfword), w(word), g(giant, 8 bytes).\n"
	  "The specified number of objects of the specified size are printed\n"
	  "according to the format.  If a negative number is specified, memory is\n"
	  "examined backward from the address.\n\n"
	  "Defaults for format and size letters are those previously used.\n"
	  "Default count is 1.  Default address is following last thing printed\n"
	  "with this command or \"print\"." },
	{ "display", NULL, GDB_CLASS_DATA, GDB_SLASH | GDB_ONCE, gdb_run_display, gdb_complete_expression,
	  "Print value of expression EXP each time the program stops.\n"
	  "Usage: display[/FMT] EXP\n"
	  "/FMT may be used before EXP as in the \"print\" command.\n"
	  "/FMT \"i\" or \"s\" or including a size-letter is allowed,\n"
	  "as in the \"x\" command, and then EXP is used to get the address to examine\n"
	  "and examining is done as in the \"x\" command.\n\n"
	  "With no argument, display all currently requested auto-display expressions.\n"
	  "Use \"undisplay\" to cancel display requests previously made." },
	{ "undisplay", NULL, GDB_CLASS_DATA, GDB_ONCE, gdb_run_undisplay, NULL,
	  "Cancel some expressions to be displayed when program stops.\n"
	  "Usage: undisplay [NUM]...\n"
	  "Arguments are the code numbers of the expressions to stop displaying.\n"
	  "No argument means cancel all automatic-display expressions.\n"
	  "\"delete display\" has the same effect as this command.\n"
	  "Do \"info display\" to see current list of code numbers." },
	{ "delete display", NULL, GDB_CLASS_DATA, GDB_ONCE, gdb_run_undisplay, NULL,
	  "Cancel some expressions to be displayed when program stops.\n"
	  "Usage: delete display [NUM]...\n"
	  "Arguments are the code numbers of the expressions to stop displaying.\n"
	  "No argument means cancel all automatic-display expressions." },
	{ "enable display", NULL, GDB_CLASS_DATA, 0, gdb_run_enable_display, NULL,
	  "Enable some expressions to be displayed when program stops.\n"
	  "Usage: enable display [NUM]...\n"
	  "Arguments are the code numbers of the expressions to resume displaying.\n"
	  "No argument means enable all automatic-display expressions." },
	{ "disable display", NULL, GDB_CLASS_DATA, 0, gdb_run_disable_display, NULL,
	  "Disable some expressions to be displayed when program stops.\n"
	  "Usage: disable display [NUM]...\n"
	  "Arguments are the code numbers of the expressions to stop displaying.\n"
	  "No argument means disable all automatic-display expressions." },
	{ "info display", NULL, GDB_CLASS_STATUS, 0, gdb_run_info_display, NULL,
	  "Expressions to display when program stops, with code numbers.\n"
	  "Usage: info display" },
	{ "ptype", NULL, GDB_CLASS_DATA, GDB_SLASH, gdb_run_ptype, gdb_complete_expression,
	  "Print definition of type TYPE.\n"
	  "Usage: ptype[/FLAGS] TYPE | EXPRESSION\n"
	  "Argument may be any type (for example a type name defined by typedef,\n"
	  "or \"struct STRUCT-TAG\" or \"union UNION-TAG\" or \"enum ENUM-TAG\")\n"
	  "or an expression, whose type is printed.\n\n"
	  "Available FLAGS are:\n"
	  "  /o    print offsets and sizes of fields in a struct (like pahole)" },
	{ "whatis", NULL, GDB_CLASS_DATA, GDB_SLASH, gdb_run_whatis, gdb_complete_expression,
	  "Print data type of expression EXP.\n"
	  "Only one level of typedefs is unrolled.  See also \"ptype\"." },
	{ "disassemble", NULL, GDB_CLASS_DATA, GDB_SLASH, gdb_run_disassemble, gdb_complete_expression,
	  "Disassemble a specified section of memory.\n"
	  "Usage: disassemble[/m|/r|/s] START [, END]\n"
	  "Default is the function surrounding the pc of the selected frame.\n\n"
	  "With a /s modifier, source lines are included (if available).\n"
	  "In this mode, the output is displayed in PC address order, and\n"
	  "file names and contents for all relevant source files are displayed.\n\n"
	  "With a /m modifier, source lines are included (if available).\n"
	  "This view is \"source centric\": the output is in source line order,\n"
	  "regardless of any optimization that is present.\n\n"
	  "With a /r modifier, raw instructions in hex are included.\n\n"
	  "With a single argument, the function surrounding that address is dumped.\n"
	  "Two arguments (separated by a comma) are taken as a range of memory to dump,\n"
	  "  in the form of \"start,end\", or \"start,+length\"." },
	{ "find", NULL, GDB_CLASS_DATA, GDB_SLASH, gdb_run_find, gdb_complete_expression,
	  "Search memory for a sequence of bytes.\n"
	  "Usage:\nfind [/SIZE-CHAR] [/MAX-COUNT] START-ADDRESS, END-ADDRESS, EXPR1 [, EXPR2 ...]\n"
	  "find [/SIZE-CHAR] [/MAX-COUNT] START-ADDRESS, +LENGTH, EXPR1 [, EXPR2 ...]\n"
	  "SIZE-CHAR is one of b,h,w,g for 8,16,32,64 bit values respectively,\n"
	  "and if not specified the size is taken from the type of the expression\n"
	  "in the current language.\n\n"
	  "The address of the last match is stored as the value of \"$_\".\n"
	  "Convenience variable \"$numfound\" is set to the number of matches." },
	{ "dump", NULL, GDB_CLASS_DATA, 0, NULL, NULL, "Dump target code/data to a local file." },
	{ "dump memory", NULL, GDB_CLASS_DATA, 0, gdb_run_dump_memory, NULL,
	  "Write contents of memory to a raw binary file.\n"
	  "Arguments are FILE START STOP.  Writes the contents of memory within the\n"
	  "range [START .. STOP) to the specified FILE in raw target ordered bytes." },
	{ "dump value", NULL, GDB_CLASS_DATA, 0, gdb_run_dump_value, NULL,
	  "Write the value of an expression to a raw binary file.\n"
	  "Arguments are FILE EXPRESSION.  Writes the value of EXPRESSION to\n"
	  "the specified FILE in raw target ordered bytes." },
	{ "dump binary", NULL, GDB_CLASS_DATA, 0, NULL, NULL,
	  "Write target code/data to a raw binary file." },
	{ "dump binary memory", NULL, GDB_CLASS_DATA, 0, gdb_run_dump_memory, NULL,
	  "Write contents of memory to a raw binary file.\nArguments are FILE START STOP." },
	{ "dump binary value", NULL, GDB_CLASS_DATA, 0, gdb_run_dump_value, NULL,
	  "Write the value of an expression to a raw binary file.\nArguments are FILE EXPRESSION." },
	{ "append", NULL, GDB_CLASS_DATA, 0, NULL, NULL, "Append target code/data to a local file." },
	{ "append memory", NULL, GDB_CLASS_DATA, 0, gdb_run_dump_memory, NULL,
	  "Append contents of memory to a raw binary file.\nArguments are FILE START STOP." },
	{ "append value", NULL, GDB_CLASS_DATA, 0, gdb_run_dump_value, NULL,
	  "Append the value of an expression to a raw binary file.\nArguments are FILE EXPRESSION." },
	{ "append binary", NULL, GDB_CLASS_DATA, 0, NULL, NULL,
	  "Append target code/data to a raw binary file." },
	{ "append binary memory", NULL, GDB_CLASS_DATA, 0, gdb_run_dump_memory, NULL,
	  "Append contents of memory to a raw binary file.\nArguments are FILE START STOP." },
	{ "append binary value", NULL, GDB_CLASS_DATA, 0, gdb_run_dump_value, NULL,
	  "Append the value of an expression to a raw binary file.\nArguments are FILE EXPRESSION." },
	{ "restore", NULL, GDB_CLASS_DATA, 0, gdb_run_restore, NULL,
	  "Restore the contents of FILE to target memory.\n"
	  "Arguments are FILE binary OFFSET START END where OFFSET, START and END are optional.\n"
	  "OFFSET will be added to the base address of the file (default zero)." },
};

const struct gdb_command_table gdb_commands_data = { commands, sizeof commands / sizeof *commands };
