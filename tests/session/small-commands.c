// Commands of a few lines each, and settings of gdb's that mean nothing here.
//@ typed
#include <stdio.h>

int twice(int n)
{
	return n + n; /* #break */
}

int main(void)
{
	printf("%d\n", twice(4));
	return 0;
}

// gdb-command: info connections
// gdb-check: No connections.
// gdb-command: info auto-load
// gdb-check: gdb-scripts:  No auto-load scripts.
// gdb-check: libthread-db:  No auto-loaded libthread-db.
// gdb-command: run
// gdb-command: info connections
// gdb-check:   Num  What    Description       
// gdb-check: * 1    native  Native process    
// gdb-command: sharedlibrary
// gdb-command: interrupt
// gdb-command: stop
// gdb-command: demangle -l rust -- _RNvC3foo3bar
// gdb-check: foo[0]::bar
// gdb-command: demangle twice
// gdb-check: Can't demangle "twice"
// gdb-command: demangle
// gdb-check: Usage: demangle [-l LANGUAGE] [--] NAME
// gdb-command: show debug infrun
// gdb-check: Inferior debugging is off.
// gdb-command: show debug dwarf-die
// gdb-check: Debugging of the DWARF DIE reader is 0.
// gdb-command: set style filename foreground red
// gdb-command: show style filename
// gdb-check: style filename background:  The "filename" style background color is: none
// gdb-check: style filename foreground:  The "filename" style foreground color is: red
// gdb-check: style filename intensity:  The "filename" style display intensity is: normal
// gdb-command: set style filename foreground pink
// gdb-check: Undefined item: "pink".
// gdb-command: show endian
// gdb-check: The target endianness is set automatically (currently little endian).
// gdb-command: set check type off
// gdb-command: show check type
// gdb-check: Strict type checking is off.
// gdb-command: show tui border-kind
// gdb-check: The kind of border for TUI windows is "acs".
// gdb-command: with style function foreground red -- show style function foreground
// gdb-check: The "function" style foreground color is: red
// gdb-command: show style function foreground
// gdb-check: The "function" style foreground color is: yellow
// gdb-command: enable breakpoints once 1
// gdb-command: info breakpoints
// gdb-check: 1       breakpoint     dis  y   0x[...] in twice at [...]:7
// gdb-command: enable count 2 1
// gdb-command: disable breakpoints 1
// gdb-command: info breakpoints
// gdb-check: 1       breakpoint     dis  n   0x[...] in twice at [...]:7
// gdb-command: set c
// gdb-check: List of set check subcommands:
// gdb-command: set debug infrun 1
// oxdb-check: "set debug infrun" has no effect in oxdb: it is about gdb's inside. OXDB_LOG=all in the environment tells of oxdb's.
// oxdb-command: set remote exec-file x
// oxdb-check: oxdb debugs processes of this machine only: it does not speak gdb's remote protocol.
// oxdb-command: enable pretty-printer
// oxdb-check: oxdb has none: they are code in Python, and oxdb has gdb's command language only.
// oxdb-command: maintenance info sections
// oxdb-check: oxdb has none of gdb's maintenance commands: they are about its inside. OXDB_LOG=all in the environment tells of oxdb's.
// oxdb-command: help maintenance info sections
// oxdb-check: Refuse gdb's maintenance commands.
// oxdb-command: info modules
// oxdb-check: oxdb knows Rust and C, not Fortran. Rust's modules are the beginnings of its paths: `info functions ^NAME::'.
// gdb-command: delete breakpoints
// gdb-command: print $_gdb_setting("print elements")
// gdb-check: $[...] = 200
// gdb-command: print $_gdb_setting_str("print elements")
// gdb-check: $[...] = "200"
// gdb-command: print $_gdb_setting("confirm")
// gdb-check: $[...] = 0
// gdb-command: print $_gdb_setting("follow-fork-mode")
// gdb-check: $[...] = "parent"
// gdb-command: print $_gdb_setting("nosuch")
// gdb-check: First argument of $_gdb_setting must be a valid setting of the 'show' command.
// gdb-command: print $_gdb_setting()
// gdb-check: You must provide an argument to $_gdb_setting
// gdb-command: print $_gdb_maint_setting("nosuch")
// gdb-check: First argument of $_gdb_maint_setting must be a valid setting of the 'show' command.
// gdb-command: set source open off
// gdb-command: frame
// gdb-check: 7	in [...]small-commands.c
// gdb-command: show source open
// gdb-check: Source opening is "off".
// gdb-command: print 5
// gdb-check: $[...] = 5
// gdb-command: with listsize 3
// gdb-check: $[...] = 5
// gdb-command: alias zz = print
// gdb-command: alias zz = print
// gdb-check: Alias already exists: zz
// gdb-command: info line 9,10
// gdb-check: Junk at end of line specification: ,10
// gdb-command: delete
// gdb-command: up
// gdb-command: break
// gdb-command: info breakpoints
// gdb-check: [...]breakpoint     keep y   0x[...] [...]small-commands.c:12
