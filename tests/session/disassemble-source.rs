// disassemble /s and /m show the lines between that have no code of their own; code is named by the symbol.
//@ compile-flags: -g
//@ edition: 2021

#[inline(never)]
fn values(n: i32) -> i32 {
    let mut x = n;
    let _unit = ();
    x ^= 3;
    x ^ 5
}

fn main() {
    println!("{}", values(4)); // #break
}

// gdb-command: disassemble /s disassemble_source::values
// gdb-check: Dump of assembler code for function _ZN[...]disassemble_source6values[...]:
// gdb-check: [...]disassemble-source.rs:
// gdb-check: 7	    let mut x = n;
// gdb-check: 8	    let _unit = ();
// gdb-check: 9	    x ^= 3;
// gdb-check: 10	    x ^ 5
// gdb-check: End of assembler dump.
// gdb-command: disassemble /m disassemble_source::values
// gdb-check: 7	    let mut x = n;
// gdb-check: 8	    let _unit = ();
// gdb-check: 9	    x ^= 3;
// gdb-check: End of assembler dump.
