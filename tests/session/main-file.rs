// Lines without a file are those of main's own file, also where main begins with inlined code of the standard library.
// gdb takes the library's file (sip.rs) for the default one.
//@ only-oxdb
//@ compile-flags: -g -O
//@ edition: 2021
use std::collections::HashMap;

fn main() {
    let mut m = HashMap::new();
    m.insert(std::env::args().count(), 3);
    println!("{:?}", m);
}

// oxdb-command: info source
// oxdb-command: list
// oxdb-check: [...]fn main() {
// oxdb-command: break 11
// oxdb-check: Breakpoint 1 at 0x[...]: file [...]main-file.rs, line 11.
