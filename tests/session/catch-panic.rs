// catch panic stops before anything is unwound, with the user's frame selected and the message shown. gdb has no such thing.
//@ only-oxdb
//@ compile-flags: -g
//@ edition: 2021

struct Guard;
impl Drop for Guard {
    fn drop(&mut self) {
        println!("dropped");
    }
}

fn divide(a: i32, b: i32) -> i32 {
    let guard = Guard;
    if b == 0 {
        panic!("division of {a} by zero");
    }
    drop(guard);
    a / b
}

fn main() {
    let caught = std::panic::catch_unwind(|| divide(7, 0));
    println!("{}", caught.is_err());
    let v: Vec<i32> = Vec::new();
    let i = 1;
    println!("{}", v[i]);
}

// oxdb-command: catch panic
// oxdb-check: Catchpoint 1 (panic)
// oxdb-command: run
// oxdb-check: Catchpoint 1 [...]division of 7 by zero[...]
// oxdb-check: 16	        panic!("division of {a} by zero");
// oxdb-command: print a
// oxdb-check: $1 = 7
// oxdb-command: up
// oxdb-check: [...]catch_panic::main::{closure#0}[...]
// oxdb-command: continue
// oxdb-check: dropped
// oxdb-check: true
// oxdb-check: Catchpoint 1 [...]index out of bounds: the len is 0 but the index is 1[...]
// oxdb-check: 27	    println!("{}", v[i]);
// oxdb-command: print i
// oxdb-check: $2 = 1
// oxdb-command: continue
// oxdb-check: [Inferior 1 (process [...]) exited with code 0145]
