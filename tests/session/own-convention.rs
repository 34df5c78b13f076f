// A function of a convention of its own (DW_CC_nocall, as LLVM marks what it has changed): it is not called, and its result is not known.
//@ typed
//@ compile-flags: -g -O
//@ edition: 2021

use std::hint::black_box;

#[inline(never)]
fn leaf(n: u32) -> u32 {
    black_box(n) + 1 // #break
}

#[inline(never)]
fn deep(n: u32) -> u32 {
    if n == 0 { leaf(n) } else { deep(n - 1) + 1 }
}

fn main() {
    println!("{}", deep(black_box(4)));
}

// gdb-command: run
// gdb-command: print own_convention::leaf(1)
// gdb-check: Cannot call the function 'own_convention::leaf' which does not follow the target calling convention.
// What is displayed stands before what was returned.
// gdb-command: display 6 * 7
// gdb-check: 1: 6 * 7 = 42
// gdb-command: finish
// gdb-check: warning: Function 'own_convention::leaf' does not follow the target calling convention, cannot determine its returned value.
// gdb-check: 1: 6 * 7 = 42
// gdb-check: Value returned has type: u32. Cannot determine contents
// gdb-command: info sources -basename ^own-conv
// gdb-check: [...]own-convention.rs[...]
// gdb-command: info sources -dirname ^own-conv
// gdb-command: info sources -dirname
// gdb-check: Missing REGEXP for 'info sources'.
// gdb-command: info sources -nothing
// gdb-check: Unrecognized option at: -nothing
// gdb-command: kill
