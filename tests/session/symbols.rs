// info functions, variables, types, line, symbol, address, scope.
//@ compile-flags: -g
//@ edition: 2021

static TABLE_SIZE: u32 = 12;
static mut TABLE_USED: u32 = 3;

struct TableEntry {
    key: u32,
}

fn table_lookup(key: u32) -> TableEntry {
    let entry = TableEntry { key };
    unsafe { TABLE_USED += 1 };
    entry // #break
}

fn main() {
    let e = table_lookup(TABLE_SIZE);
    println!("{} {}", e.key, unsafe { TABLE_USED });
}

// gdb-command: info functions ^symbols::
// gdb-check: All functions matching regular expression "^symbols::":
// gdb-check: File [...]symbols.rs:
// gdb-check: 18:	static fn symbols::main();
// gdb-check: 12:	static fn symbols::table_lookup(u32) -> symbols::TableEntry;
// gdb-command: info variables TABLE_
// gdb-check: All variables matching regular expression "TABLE_":
// gdb-check: File [...]symbols.rs:
// gdb-check: 5:	static u32;
// gdb-check: 6:	static u32;
// gdb-check: Non-debugging symbols:
// gdb-check: [...]  symbols::TABLE_SIZE::[...]
// gdb-check: [...]  _GLOBAL_OFFSET_TABLE_
// gdb-check: [...]  symbols::TABLE_USED::[...]
// oxdb-check: All variables matching regular expression "TABLE_":
// oxdb-check: File [...]symbols.rs:
// oxdb-check: 5:[...]TABLE_SIZE[...]
// oxdb-check: 6:[...]TABLE_USED[...]
// oxdb-check: Non-debugging symbols:
// gdb-command: info types TableEntry
// gdb-check: All types matching regular expression "TableEntry":
// gdb-check: File [...]symbols.rs/@/symbols.[...]-cgu.0:
// gdb-check: 	symbols::TableEntry;
// gdb-command: run
// gdb-check: Breakpoint 1, symbols::table_lookup (key=12) at [...]symbols.rs:16
// gdb-check: 16	}
// gdb-command: info line
// gdb-check: Line 16 of "[...]symbols.rs" starts at address [...] <[...]+125> and ends at [...] <[...]+130>.
// gdb-command: info line symbols.rs:14
// gdb-check: Line 14 of "[...]symbols.rs" starts at address [...] <[...]+16> and ends at [...] <[...]+119>.
// gdb-command: info line symbols::main
// gdb-check: Line 18 of "[...]symbols.rs" starts at address [...] <[...]> and ends at [...] <[...]+4>.
// gdb-command: info symbol $pc
// gdb-check: symbols::table_lookup::[...] + 125 in section .text of [...]symbols
// gdb-command: info address symbols::table_lookup
// gdb-check: Symbol "symbols::table_lookup" is a function at address [...].
// gdb-command: info scope symbols::table_lookup
// gdb-check: Scope for symbols::table_lookup:
// gdb-check: Symbol key is a variable at frame base reg $rsp offset 0+16, length 4.
// gdb-command: print TABLE_USED
// gdb-check: $1 = 4
// gdb-command: print symbols::TABLE_SIZE
// gdb-check: $2 = 12
// gdb-command: print &symbols::TABLE_USED
// gdb-check: $3 = (*mut u32) [...] <symbols::TABLE_USED::[...]>
// gdb-command: info source
// gdb-check: Current source file is [...]symbols.rs
// gdb-check: Compilation directory is [...]
// gdb-check: Located in [...]
// gdb-check: Contains [...] lines.
// gdb-check: Source language is rust.
// gdb-check: Producer is clang[...]
// gdb-check: Compiled with DWARF [...] debugging format.
// gdb-check: Does not include preprocessor macro info.
// gdb-command: info frame
// gdb-check: Stack level 0, frame at [...]:
// gdb-check:  rip = [...] in symbols::table_lookup ([...]symbols.rs:16); saved rip = [...]
// gdb-check:  called by frame at [...]
// gdb-check:  source language rust.
// gdb-check:  Arglist at [...], args: key=12
// gdb-check:  Locals at [...], Previous frame's sp is [...]
// gdb-check:  Saved registers:
// gdb-check:   rip at [...]
