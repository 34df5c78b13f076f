/* From the program's very first instruction on. */
//@ typed
//@ compile-flags: -g
#include <stdio.h>

int main(void)
{
	puts("done");
	return 0;
}

// gdb-command: starti
// gdb-check: Program stopped.
// gdb-check: 0x[...] in _start () from [...]
// gdb-command: set var $begin = $pc
// gdb-command: stepi
// gdb-command: print $pc != $begin && $pc < $begin + 16
// gdb-check: $1 = 1
// gdb-command: starti
// gdb-command: stepi 2
// gdb-command: print $pc == $begin
// gdb-check: $2 = 0
// gdb-command: starti
// gdb-command: print $pc == $begin
// gdb-check: $3 = 1
// Where _start has neither lines nor call frame information gdb does not find back to it.
// oxdb-command: nexti
// oxdb-command: nexti
// oxdb-check: 0x[...] in _dl_start_user () from [...]
// gdb-command: continue
// gdb-check: done
