// Stubs of the procedure linkage table and their slots have names, though no symbol table has them.
//@ compile-flags: -Wl,-z,lazy -fcf-protection=none -no-pie
#include <stdlib.h>

int main(void)
{
	return abs(atoi("3")) - 3; // #break
}

// gdb-command: run
// gdb-command: x/4i $pc
// gdb-check:    [...] <main+[...]>:	call   [...] <atoi@plt>
// gdb-command: tbreak *0x401030
// gdb-command: x/2i 0x401030
// gdb-check:    0x401030 <atoi@plt>:	jmp    *[...](%rip)        # 0x[...] <atoi@got.plt>
// gdb-check:    0x401036 <atoi@plt+6>:	push   $0x0
// gdb-command: info symbol 0x401033
// gdb-check: atoi@plt + 3 in section .plt[...]
// gdb-command: x/i 0x401020
// gdb-check:    0x401020:	push   [...](%rip)        # 0x[...]
// gdb-command: continue
// gdb-check: Temporary breakpoint [...], 0x0000000000401030 in atoi@plt ()
