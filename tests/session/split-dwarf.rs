// Split DWARF: what is in a .dwo is not read, and that is said once.
//@ compile-flags: -g -C split-debuginfo=unpacked
//@ edition: 2021

fn add(a: i32, b: i32) -> i32 {
    a + b // #break
}

fn main() {
    println!("{}", add(1, 2));
}

// oxdb-command: run
// oxdb-check: warning: [...]split-dwarf: types, arguments and variables are in [...].dwo and the like (split DWARF), which is not read; [...]
// oxdb-check: Build with `-C split-debuginfo=off' [...]
// oxdb-check: [...]split_dwarf::add[...]
// oxdb-command: info locals
// oxdb-check: No symbol table info available.
// oxdb-command: kill
