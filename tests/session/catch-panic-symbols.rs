// Without debug information the user's frame is known by its symbol. gdb has no such thing.
//@ only-oxdb
//@ typed
//@ compile-flags: -Cstrip=debuginfo
//@ edition: 2021

#[inline(never)]
fn divide(a: i32, b: i32) -> i32 {
    if b == 0 {
        panic!("division of {a} by zero");
    }
    a / b
}

fn main() {
    println!("{}", divide(7, std::env::args().count() as i32 - 1));
}

// oxdb-command: catch panic
// oxdb-check: Catchpoint 1 (panic)
// oxdb-command: run
// oxdb-check: Catchpoint 1 (panic: division of 7 by zero), 0x[...] in catch_panic_symbols::divide[...]
// oxdb-command: info program
// oxdb-check: It stopped at breakpoint 1.
